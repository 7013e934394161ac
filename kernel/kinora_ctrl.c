// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card's controller: requests through the mailbox, and the block in which it tells the news.
 *
 * A request goes into the window in BAR 0, its number into a register; the reply is in the same
 * window when the controller block in memory carries that number (docs/hardware.md section 13).
 * The interrupt handler itself wakes whoever waits, because the event work may be waiting for a
 * channel's mutex that is held by the very ioctl that made the request. A lost interrupt costs
 * LOOK_MS; no register is read until the reply is there.
 *
 * What the controller block announces (CEC messages, another EDID, a restart, and with the signal
 * block another InfoFrame) is fetched by a work of its own, so that reading signals never waits for
 * the mailbox.
 *
 * A card of contract 1.0 has none of this: every request is answered with -EOPNOTSUPP, and nothing
 * is said about it.
 */
#include <linux/io.h>

#include "kinora.h"

/* The contract gives the controller 500 ms; an emulated one may be late. */
#define REPLY_MS 1000
#define LOOK_MS 20

#define WORDS(bytes) DIV_ROUND_UP(bytes, sizeof(u32))

static_assert(sizeof(struct kinora_mailbox) + KINORA_MAILBOX_PAYLOAD == KINORA_MAILBOX_BYTES);
static_assert(sizeof(struct kinora_controller_block) == KINORA_SIGNAL_BYTES);
static_assert(sizeof(struct kinora_cec_config) == 4);
static_assert(sizeof(struct kinora_cec_message) == 32);
static_assert(sizeof(struct kinora_log) == 24);
static_assert(sizeof(struct kinora_firmware_header) == KINORA_FIRMWARE_HEADER_BYTES);

/* kinora_controller.pending: what the work has to do */
enum {
	PENDING_RESTART,
	PENDING_EDID,
	PENDING_CEC,
	PENDING_INFOFRAMES,
};

static const struct kinora_controller_block *block(struct kinora_device *kdev)
{
	return kdev->signals + KINORA_CONTROLLER_BLOCK;
}

/*
 * Each counter is looked at alone, and a later value comes with another event: the block need not
 * be whole.
 */
static u32 count(const __le32 *field)
{
	return le32_to_cpu(READ_ONCE(*field));
}

static u32 infoframe_count(struct kinora_device *kdev)
{
	const struct kinora_signal *signal =
		kdev->signals + KINORA_CONN_HDMI1 * KINORA_SIGNAL_BYTES;

	return count(&signal->infoframes);
}

/* --- mailbox --- */

static int status_to_errno(u16 status)
{
	switch (status) {
	case KINORA_MAILBOX_OK:
		return 0;
	case KINORA_MAILBOX_UNKNOWN:
		return -EOPNOTSUPP;
	case KINORA_MAILBOX_INVALID:
		return -EINVAL;
	case KINORA_MAILBOX_CHECKSUM:
		return -EBADMSG;
	case KINORA_MAILBOX_BUSY:
		return -EBUSY;
	case KINORA_MAILBOX_TOO_LARGE:
		return -E2BIG;
	default:
		return -EPROTO;
	}
}

static int not_up(struct kinora_device *kdev)
{
	switch (kinora_state(kdev)) {
	case KINORA_CARD_UP:
		return 0;
	case KINORA_CARD_GONE:
		return -ENODEV;
	default:
		return -EIO;
	}
}

static bool answered(struct kinora_device *kdev, u32 number)
{
	return count(&block(kdev)->mailbox_done) == number || not_up(kdev);
}

/* Not killable: until the reply has come, or time is up, the window is the controller's. */
static int reply_wait(struct kinora_device *kdev, u32 number)
{
	struct kinora_controller *controller = &kdev->controller;
	unsigned long end = jiffies + msecs_to_jiffies(REPLY_MS);
	bool woken = true;
	int ret;

	while (!answered(kdev, number)) {
		if (time_after(jiffies, end)) {
			if (kinora_read(kdev, KINORA_REG_MAILBOX_DONE) == number) {
				controller->books.unannounced++;
				return 0;
			}
			controller->books.timeouts++;
			dev_warn_ratelimited(&kdev->pdev->dev, "controller does not answer\n");
			return kinora_card_check(kdev) ?: -ETIMEDOUT;
		}
		woken = wait_event_timeout(controller->wait, answered(kdev, number),
					   msecs_to_jiffies(LOOK_MS)) > 1;
	}
	ret = not_up(kdev);
	if (!ret && !woken)
		controller->books.lost_interrupts++;
	return ret;
}

static void window_write(struct kinora_device *kdev, size_t bytes)
{
	__iowrite32_copy(kdev->regs + KINORA_MAILBOX_WINDOW, kdev->controller.window,
			 WORDS(sizeof(struct kinora_mailbox) + bytes));
	wmb(); /* the controller finds the request when it is rung */
}

/* Takes head and payload of a reply out of the window. Each value is read once, then checked. */
static int window_read(struct kinora_device *kdev, u16 op, size_t room, size_t *bytes, u16 *arg)
{
	const void __iomem *window = kdev->regs + KINORA_MAILBOX_WINDOW;
	u32 *copy = kdev->controller.window;
	struct kinora_mailbox head;
	int ret;

	__ioread32_copy(&head, window, WORDS(sizeof(head)));
	*bytes = le16_to_cpu(head.length);
	*arg = le16_to_cpu(head.arg);
	if (le16_to_cpu(head.op) != op)
		return kinora_card_check(kdev) ?: -EPROTO;
	ret = status_to_errno(le16_to_cpu(head.status));
	if (ret)
		return ret;
	if (*bytes > KINORA_MAILBOX_PAYLOAD || *bytes > room)
		return -EPROTO;
	__ioread32_copy(copy, window + sizeof(head), WORDS(*bytes));
	return 0;
}

static int exchange(struct kinora_device *kdev, u16 op, u16 arg, const void *request, size_t bytes,
		    size_t room, size_t *reply_bytes, u16 *reply_arg)
{
	struct kinora_controller *controller = &kdev->controller;
	struct kinora_mailbox head = {
		.op = cpu_to_le16(op),
		.length = cpu_to_le16(bytes),
		.arg = cpu_to_le16(arg),
	};
	int ret;

	ret = not_up(kdev);
	if (ret)
		return ret;
	memset(controller->window, 0, sizeof(controller->window));
	memcpy(controller->window, &head, sizeof(head));
	if (bytes)
		memcpy((u8 *)controller->window + sizeof(head), request, bytes);
	window_write(kdev, bytes);
	if (!++controller->number)
		controller->number = 1; /* 0 means that nothing was ever asked */
	controller->books.requests++;
	kinora_write(kdev, KINORA_REG_MAILBOX_REQUEST, controller->number);
	ret = reply_wait(kdev, controller->number);
	if (!ret)
		ret = window_read(kdev, op, room, reply_bytes, reply_arg);
	return ret;
}

/**
 * kinora_mailbox() - ask the controller
 * @kdev: card in any state
 * @op: KINORA_OP_*
 * @arg: by op
 * @request: payload, may be NULL if @bytes is 0
 * @bytes: of it
 * @reply: payload of the reply, may be NULL if none is wanted
 * @reply_bytes: in: room in @reply; out: bytes there; may be NULL
 * @reply_arg: by op, may be NULL
 *
 * Sleeps, usually for a millisecond, one second at most. Who waits for his turn can be killed.
 *
 * Return: 0; -EOPNOTSUPP: no mailbox, or no such op; -EINVAL, -EBADMSG (checksum), -EBUSY, -E2BIG:
 * what the controller said; -EPROTO: it talked nonsense; -ETIMEDOUT: it said nothing; -EIO,
 * -ENODEV: the card is not up, or not there; -EINTR: killed.
 */
int kinora_mailbox(struct kinora_device *kdev, u16 op, u16 arg, const void *request, size_t bytes,
		   void *reply, size_t *reply_bytes, u16 *reply_arg)
{
	struct kinora_controller *controller = &kdev->controller;
	size_t got = 0;
	ktime_t begin;
	u16 got_arg;
	int ret;

	if (!controller->present)
		return -EOPNOTSUPP;
	if (WARN_ON(bytes > KINORA_MAILBOX_PAYLOAD))
		return -EINVAL;
	ret = mutex_lock_killable(&controller->mutex);
	if (ret)
		return ret;
	begin = ktime_get();
	ret = exchange(kdev, op, arg, request, bytes, reply_bytes ? *reply_bytes : 0, &got,
		       &got_arg);
	controller->books.longest_us = max_t(s64, controller->books.longest_us,
					     ktime_us_delta(ktime_get(), begin));
	if (ret) {
		controller->books.failures++;
	} else {
		if (reply)
			memcpy(reply, controller->window, got);
		if (reply_bytes)
			*reply_bytes = got;
		if (reply_arg)
			*reply_arg = got_arg;
	}
	mutex_unlock(&controller->mutex);
	if (ret == -EPROTO)
		dev_warn_ratelimited(&kdev->pdev->dev,
				     "controller's reply to request %u breaks the contract\n", op);
	return ret;
}

/* --- what the controller announces --- */

/**
 * kinora_controller_wake() - let those who wait for a reply look again
 * @kdev: card; may be called from any context
 */
void kinora_controller_wake(struct kinora_device *kdev)
{
	if (wq_has_sleeper(&kdev->controller.wait))
		wake_up_all(&kdev->controller.wait);
}

/**
 * kinora_controller_pending() - has the controller announced what nobody has looked at?
 * @kdev: card; may be called from any context
 *
 * Return: whether it has.
 */
bool kinora_controller_pending(struct kinora_device *kdev)
{
	const struct kinora_controller *controller = &kdev->controller;

	return controller->present &&
	       (count(&block(kdev)->restarts) != READ_ONCE(controller->restarts) ||
		count(&block(kdev)->edid_count) != READ_ONCE(controller->edid_count) ||
		count(&block(kdev)->cec_count) != READ_ONCE(controller->cec_count));
}

static bool note(struct kinora_controller *controller, u32 *seen, u32 now, unsigned int what)
{
	if (xchg(seen, now) == now)
		return false;
	set_bit(what, &controller->pending);
	return true;
}

/**
 * kinora_controller_update() - look at what the controller announces
 * @kdev: card
 *
 * Return: whether anything was new, so that an event is explained.
 */
bool kinora_controller_update(struct kinora_device *kdev)
{
	const struct kinora_controller_block *b = block(kdev);
	struct kinora_controller *controller = &kdev->controller;
	u32 restarts;
	bool any;

	if (!controller->present)
		return false;
	any = xchg(&controller->mailbox_done, count(&b->mailbox_done)) != count(&b->mailbox_done);
	restarts = count(&b->restarts);
	if (note(controller, &controller->restarts, restarts, PENDING_RESTART))
		any = true;
	if (note(controller, &controller->edid_count, count(&b->edid_count), PENDING_EDID))
		any = true;
	if (note(controller, &controller->cec_count, count(&b->cec_count), PENDING_CEC))
		any = true;
	/* these come with another generation of the signal block, which explains the event */
	note(controller, &controller->infoframe_count, infoframe_count(kdev), PENDING_INFOFRAMES);
	if (READ_ONCE(controller->pending))
		schedule_work(&controller->work);
	return any;
}

static void controller_work(struct work_struct *work)
{
	struct kinora_controller *controller =
		container_of(work, struct kinora_controller, work);
	struct kinora_device *kdev = container_of(controller, struct kinora_device, controller);

	if (kinora_state(kdev) != KINORA_CARD_UP)
		return; /* kinora_controller_start() asks for everything */
	if (test_and_clear_bit(PENDING_RESTART, &controller->pending)) {
		kinora_firmware_update(kdev);
		kinora_cec_restore(kdev);
		set_bit(PENDING_INFOFRAMES, &controller->pending);
	}
	if (test_and_clear_bit(PENDING_EDID, &controller->pending))
		kinora_edid_update(kdev);
	if (test_and_clear_bit(PENDING_CEC, &controller->pending))
		kinora_cec_events(kdev);
	if (test_and_clear_bit(PENDING_INFOFRAMES, &controller->pending)) {
		kinora_infoframe_update(kdev);
		kinora_controls_refresh(kdev);
	}
}

/* --- life --- */

/**
 * kinora_controller_init() - set up what needs no card
 * @kdev: card
 */
void kinora_controller_init(struct kinora_device *kdev)
{
	struct kinora_controller *controller = &kdev->controller;

	mutex_init(&controller->mutex);
	init_waitqueue_head(&controller->wait);
	INIT_WORK(&controller->work, controller_work);
	mutex_init(&kdev->edid.mutex);
	spin_lock_init(&kdev->infoframes.lock);
}

/**
 * kinora_controller_start() - bring the controller's side up to date
 * @kdev: card that was started, perhaps again
 *
 * After power was lost it has forgotten what it was told, so it is told again.
 */
void kinora_controller_start(struct kinora_device *kdev)
{
	struct kinora_controller *controller = &kdev->controller;

	if (!controller->present)
		return;
	kinora_controller_update(kdev);
	kinora_edid_restore(kdev);
	set_bit(PENDING_RESTART, &controller->pending);
	set_bit(PENDING_EDID, &controller->pending);
	set_bit(PENDING_CEC, &controller->pending);
	schedule_work(&controller->work);
}

/**
 * kinora_controller_halt() - wait until nobody talks to the controller any more
 * @kdev: card that is not up, whose event interrupt and signal work have ended
 */
void kinora_controller_halt(struct kinora_device *kdev)
{
	struct kinora_controller *controller = &kdev->controller;

	kinora_controller_wake(kdev);
	cancel_work_sync(&controller->work);
	kinora_cec_halt(kdev);
	mutex_lock(&controller->mutex); /* who holds it may still look at the window */
	mutex_unlock(&controller->mutex);
}
