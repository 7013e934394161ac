// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CEC line of the HDMI input as /dev/cecN.
 *
 * The controller does the line: bits, acknowledging, attempts. The driver hands it a message and
 * gets events back, both through the mailbox. The CEC core calls adap_transmit with the adapter's
 * lock held, so that only notes the message; a work asks the controller.
 *
 * The card is a sink. Its physical address follows from its EDID (kinora_edid.c), so the adapter
 * has none of its own choice (no CEC_CAP_PHYS_ADDR): 0.0.0.0, a TV, unless an EDID says that the
 * card stands further down. The line works without hot-plug, so needs_hpd stays unset.
 *
 * Locks: the adapter's own is held around all operations, and outside the mailbox's mutex.
 */
#include <linux/ktime.h>
#include <media/cec.h>

#include "kinora.h"

#define ATTEMPTS_MAX 5

static_assert(KINORA_CEC_NO_ADDRESS == CEC_PHYS_ADDR_INVALID);

/* --- what the core asks for --- */

static int configure(struct kinora_device *kdev)
{
	struct kinora_cec *cec = &kdev->cec;
	struct kinora_cec_config config = {
		.addresses = cpu_to_le16(cec->addresses),
		.enable = cec->enabled,
	};

	return kinora_mailbox(kdev, KINORA_OP_CEC_CONFIG, 0, &config, sizeof(config), NULL, NULL,
			      NULL);
}

/* The core takes no refusal of what switches off; a card that cannot be told is off anyway. */
static int adap_enable(struct cec_adapter *adapter, bool enable)
{
	struct kinora_device *kdev = cec_get_drvdata(adapter);
	int ret;

	kdev->cec.enabled = enable;
	kdev->cec.addresses = 0;
	ret = configure(kdev);
	return enable ? ret : 0;
}

static int adap_log_addr(struct cec_adapter *adapter, u8 address)
{
	struct kinora_device *kdev = cec_get_drvdata(adapter);
	int ret;

	if (address == CEC_LOG_ADDR_INVALID) {
		kdev->cec.addresses = 0;
		configure(kdev);
		return 0;
	}
	if (address >= CEC_LOG_ADDR_UNREGISTERED)
		return 0; /* broadcasts are heard, but never acknowledged */
	kdev->cec.addresses |= BIT(address);
	ret = configure(kdev);
	if (ret)
		kdev->cec.addresses &= ~BIT(address);
	return ret;
}

static int adap_transmit(struct cec_adapter *adapter, u8 attempts, u32 free_time,
			 struct cec_msg *msg)
{
	struct kinora_device *kdev = cec_get_drvdata(adapter);
	struct kinora_cec *cec = &kdev->cec;

	/* a program can be quicker than kinora_cec_init() */
	if (!READ_ONCE(cec->adapter) || kinora_state(kdev) != KINORA_CARD_UP)
		return -EIO;
	spin_lock(&cec->lock);
	cec->message = (struct kinora_cec_message) {
		.attempts = clamp_t(u8, attempts, 1, ATTEMPTS_MAX),
		.free_time = free_time,
		.length = msg->len,
	};
	memcpy(cec->message.bytes, msg->msg, msg->len);
	cec->sending = true;
	spin_unlock(&cec->lock);
	schedule_work(&cec->transmit);
	return 0;
}

static void adap_status(struct cec_adapter *adapter, struct seq_file *file)
{
	struct kinora_device *kdev = cec_get_drvdata(adapter);

	seq_printf(file, "acknowledged logical addresses: %#06x\nlost events: %u\n",
		   kdev->cec.addresses, kdev->cec.lost);
}

static const struct cec_adap_ops adap_ops = {
	.adap_enable = adap_enable,
	.adap_log_addr = adap_log_addr,
	.adap_transmit = adap_transmit,
	.adap_status = adap_status,
};

/* --- what the controller says --- */

/*
 * The message being sent has met its end, if there is one. What the controller gave up early, the
 * core tries again.
 */
static void sent(struct kinora_device *kdev, u8 status, u8 attempts, ktime_t stamp)
{
	struct kinora_cec *cec = &kdev->cec;
	u8 arbitration = 0, nack = 0, low_drive = 0, error = 0, wanted;
	bool sending;

	spin_lock(&cec->lock);
	sending = cec->sending;
	wanted = cec->message.attempts;
	cec->sending = false;
	spin_unlock(&cec->lock);
	if (!sending)
		return; /* the core has given it up, or the event is made up */
	attempts = clamp_t(u8, attempts, 1, ATTEMPTS_MAX);
	switch (status) {
	case CEC_TX_STATUS_OK:
		nack = attempts - 1; /* most likely */
		break;
	case CEC_TX_STATUS_NACK:
		nack = attempts;
		break;
	case CEC_TX_STATUS_ARB_LOST:
		arbitration = attempts;
		break;
	case CEC_TX_STATUS_LOW_DRIVE:
		low_drive = attempts;
		break;
	default:
		error = attempts;
		break;
	}
	if (status != CEC_TX_STATUS_OK && attempts >= wanted)
		status |= CEC_TX_STATUS_MAX_RETRIES;
	cec_transmit_done_ts(cec->adapter, status, arbitration, nack, low_drive, error, stamp);
}

static void transmit_work(struct work_struct *work)
{
	struct kinora_cec *cec = container_of(work, struct kinora_cec, transmit);
	struct kinora_device *kdev = container_of(cec, struct kinora_device, cec);
	struct kinora_cec_message message;

	spin_lock(&cec->lock);
	message = cec->message;
	spin_unlock(&cec->lock);
	if (kinora_mailbox(kdev, KINORA_OP_CEC_TRANSMIT, 0, &message, sizeof(message), NULL, NULL,
			   NULL))
		sent(kdev, CEC_TX_STATUS_ERROR, ATTEMPTS_MAX, ktime_get());
}

static u8 sent_status(u8 status)
{
	switch (status) {
	case KINORA_CEC_TX_OK:
		return CEC_TX_STATUS_OK;
	case KINORA_CEC_TX_NACK:
		return CEC_TX_STATUS_NACK;
	case KINORA_CEC_TX_ARBITRATION:
		return CEC_TX_STATUS_ARB_LOST;
	case KINORA_CEC_TX_LOW_DRIVE:
		return CEC_TX_STATUS_LOW_DRIVE;
	default:
		return CEC_TX_STATUS_ERROR;
	}
}

static void received(struct kinora_device *kdev, const struct kinora_cec_message *message,
		     ktime_t stamp)
{
	struct cec_msg msg = { .len = message->length };

	if (!msg.len || msg.len > sizeof(message->bytes)) {
		dev_warn_ratelimited(&kdev->pdev->dev, "CEC message of %u bytes\n", msg.len);
		return;
	}
	memcpy(msg.msg, message->bytes, msg.len);
	cec_received_msg_ts(kdev->cec.adapter, &msg, stamp);
}

static void event_take(struct kinora_device *kdev, const struct kinora_cec_message *message)
{
	u64 age = kinora_clock_age(kdev, le64_to_cpu(message->time_ns));
	ktime_t stamp = ktime_sub_ns(ktime_get(), age);

	switch (message->kind) {
	case KINORA_CEC_RECEIVED:
		received(kdev, message, stamp);
		break;
	case KINORA_CEC_SENT:
		sent(kdev, sent_status(message->status), message->attempts, stamp);
		break;
	case KINORA_CEC_LOST:
		kdev->cec.lost++;
		dev_warn_ratelimited(&kdev->pdev->dev, "CEC messages were lost\n");
		break;
	default:
		dev_warn_ratelimited(&kdev->pdev->dev, "CEC event of unknown kind %u\n",
				     message->kind);
		break;
	}
}

/**
 * kinora_cec_events() - take what the controller has queued
 * @kdev: card with a controller
 *
 * Only ever called by the controller's work, so events stay in order.
 */
void kinora_cec_events(struct kinora_device *kdev)
{
	struct kinora_cec *cec = &kdev->cec;
	unsigned int requests = 2; /* for the 32 it keeps; what comes meanwhile is announced */
	size_t bytes, i;

	if (!cec->adapter)
		return;
	do {
		bytes = sizeof(cec->events);
		if (kinora_mailbox(kdev, KINORA_OP_CEC_EVENTS, 0, NULL, 0, cec->events, &bytes,
				   NULL))
			return; /* the next event brings them */
		for (i = 0; i < bytes / sizeof(cec->events[0]); i++)
			event_take(kdev, &cec->events[i]);
	} while (--requests && bytes == sizeof(cec->events)); /* there may be more */
}

/* --- what the rest of the driver says --- */

/**
 * kinora_cec_address() - the EDID gives the card another physical address
 * @kdev: card
 * @address: its own; KINORA_CEC_NO_ADDRESS: none
 */
void kinora_cec_address(struct kinora_device *kdev, u16 address)
{
	if (kdev->cec.adapter)
		cec_s_phys_addr(kdev->cec.adapter, address, false);
}

/**
 * kinora_cec_restore() - the controller was started anew: tell it what it was told
 * @kdev: card that is up
 */
void kinora_cec_restore(struct kinora_device *kdev)
{
	struct cec_adapter *adapter = kdev->cec.adapter;
	int ret = 0;

	if (!adapter)
		return;
	mutex_lock(&adapter->lock);
	if (kdev->cec.enabled)
		ret = configure(kdev);
	mutex_unlock(&adapter->lock);
	if (ret)
		dev_warn(&kdev->pdev->dev, "CEC cannot be switched on again: %pe\n", ERR_PTR(ret));
	cancel_work_sync(&kdev->cec.transmit);
	sent(kdev, CEC_TX_STATUS_ERROR, 1, ktime_get()); /* it was forgotten: once more */
}

/**
 * kinora_cec_halt() - nothing will be heard of the card for now
 * @kdev: card that is not up
 */
void kinora_cec_halt(struct kinora_device *kdev)
{
	if (!kdev->cec.adapter)
		return;
	cancel_work_sync(&kdev->cec.transmit);
	sent(kdev, CEC_TX_STATUS_ERROR, ATTEMPTS_MAX, ktime_get());
}

/**
 * kinora_cec_init() - register the adapter
 * @kdev: card that is up
 *
 * Return: 0, also if the card has no HDMI, or a negative errno.
 */
int kinora_cec_init(struct kinora_device *kdev)
{
	struct kinora_cec *cec = &kdev->cec;
	struct cec_adapter *adapter;
	char name[32];
	int ret;

	if (!kinora_has_hdmi(kdev))
		return 0;
	spin_lock_init(&cec->lock);
	INIT_WORK(&cec->transmit, transmit_work);
	snprintf(name, sizeof(name), KINORA_NAME "-%s", pci_name(kdev->pdev));
	adapter = cec_allocate_adapter(&adap_ops, kdev, name, CEC_CAP_DEFAULTS, CEC_MAX_LOG_ADDRS);
	if (IS_ERR(adapter))
		return PTR_ERR(adapter);
	ret = cec_register_adapter(adapter, &kdev->pdev->dev);
	if (ret) {
		cec_delete_adapter(adapter);
		return ret;
	}
	get_device(&adapter->devnode.dev); /* until kinora_cec_finish(), after the last work */
	WRITE_ONCE(cec->adapter, adapter); /* from now on messages are sent */
	return 0;
}

/**
 * kinora_cec_unregister() - take /dev/cecN away
 * @kdev: card, up if it is still there
 */
void kinora_cec_unregister(struct kinora_device *kdev)
{
	if (kdev->cec.adapter)
		cec_unregister_adapter(kdev->cec.adapter);
}

/**
 * kinora_cec_finish() - forget the adapter
 * @kdev: card whose works have ended
 */
void kinora_cec_finish(struct kinora_device *kdev)
{
	if (kdev->cec.adapter)
		put_device(&kdev->cec.adapter->devnode.dev);
	kdev->cec.adapter = NULL;
}

/**
 * kinora_cec_name() - what /dev/cecN is called
 * @kdev: card
 *
 * Return: "cec0", or "" if there is none.
 */
const char *kinora_cec_name(struct kinora_device *kdev)
{
	return kdev->cec.adapter ? dev_name(&kdev->cec.adapter->devnode.dev) : "";
}
