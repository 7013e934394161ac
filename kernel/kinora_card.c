// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card as a whole: who it is, starting and stopping it, and what happens when it stops
 * answering or disappears.
 *
 * A card that is not there reads as all ones, so every wait ends early on that value. A card that
 * is there but does not do what it is told loses bus mastering before any memory is freed; it gets
 * a reset, and with it a second chance, when an application starts to stream again.
 */
#include <linux/delay.h>
#include <linux/iopoll.h>

#include "kinora.h"

#define ALL_ONES (~0U)
#define POLL_US 50

/* A card may ask for any time; the driver waits this long at most, ms. */
#define TIMEOUT_MIN_MS 10
#define TIMEOUT_MAX_MS 10000

static void set_state(struct kinora_device *kdev, enum kinora_card_state state)
{
	unsigned long flags;

	spin_lock_irqsave(&kdev->state_lock, flags);
	if (kdev->state != KINORA_CARD_GONE) /* for good */
		WRITE_ONCE(kdev->state, state);
	spin_unlock_irqrestore(&kdev->state_lock, flags);
}

/**
 * kinora_card_wait() - wait until register bits have a value
 * @kdev: card
 * @offset: of the register
 * @mask: bits to look at
 * @want: value they shall have
 *
 * Return: 0, -ETIMEDOUT after the card's own limit, -ENODEV if the card is not there.
 */
int kinora_card_wait(struct kinora_device *kdev, u32 offset, u32 mask, u32 want)
{
	u32 value;
	int ret;

	ret = read_poll_timeout(kinora_read, value, value == ALL_ONES || (value & mask) == want,
				POLL_US, kdev->timeout_ms * USEC_PER_MSEC, false, kdev, offset);
	if (value == ALL_ONES)
		return -ENODEV;
	return ret;
}

static void read_serial(struct kinora_device *kdev)
{
	unsigned int i;
	__le32 word;

	for (i = 0; i < KINORA_SERIAL_BYTES; i += sizeof(word)) {
		word = cpu_to_le32(kinora_read(kdev, KINORA_REG_SERIAL + i));
		memcpy(kdev->serial + i, &word, sizeof(word));
	}
	kdev->serial[KINORA_SERIAL_BYTES] = '\0';
	for (i = 0; kdev->serial[i]; i++) {
		/* the kernel's isalnum() knows Latin-1 */
		if ((isascii(kdev->serial[i]) && isalnum(kdev->serial[i])) ||
		    kdev->serial[i] == '-')
			continue;
		dev_warn(&kdev->pdev->dev, "serial number has other characters than [A-Za-z0-9-]\n");
		kdev->serial[0] = '\0';
		return;
	}
}

/**
 * kinora_card_identify() - read and check what the card says of itself
 * @kdev: card
 *
 * Return: 0, or -ENODEV with a message if the driver cannot work with it.
 */
int kinora_card_identify(struct kinora_device *kdev)
{
	struct device *dev = &kdev->pdev->dev;
	u32 magic, version, cap;

	magic = kinora_read(kdev, KINORA_REG_MAGIC);
	if (magic != KINORA_MAGIC) {
		dev_err(dev, "BAR 0 starts with %#010x instead of %#010x: not a Kinora card, or it does not answer\n",
			magic, KINORA_MAGIC);
		return -ENODEV;
	}
	version = kinora_read(kdev, KINORA_REG_VERSION);
	kdev->version = version;
	kdev->controller.present = FIELD_GET(KINORA_VERSION_MINOR_MASK, version) >= 1;
	if (FIELD_GET(KINORA_VERSION_MAJOR_MASK, version) != KINORA_VERSION_MAJOR) {
		dev_err(dev, "card speaks version %lu.%lu of the contract, driver %u.x: update the older one\n",
			FIELD_GET(KINORA_VERSION_MAJOR_MASK, version),
			FIELD_GET(KINORA_VERSION_MINOR_MASK, version), KINORA_VERSION_MAJOR);
		return -ENODEV;
	}

	kdev->board = kinora_read(kdev, KINORA_REG_BOARD);
	kdev->firmware = kinora_read(kdev, KINORA_REG_FIRMWARE);
	kdev->formats = kinora_read(kdev, KINORA_REG_FORMATS);
	kdev->connectors = kinora_read(kdev, KINORA_REG_CONNECTORS);
	read_serial(kdev);

	cap = kinora_read(kdev, KINORA_REG_CAP);
	kdev->num_channels = FIELD_GET(KINORA_CAP_CHANNELS_MASK, cap);
	if (!kdev->num_channels || kdev->num_channels > KINORA_CHANNELS) {
		dev_err(dev, "card has %u channels, the driver takes 1 to %u\n",
			kdev->num_channels, KINORA_CHANNELS);
		return -ENODEV;
	}
	if (FIELD_GET(KINORA_CAP_RING_LOG2_MASK, cap) < KINORA_RING_LOG2) {
		dev_err(dev, "card's rings take 2^%lu entries, the driver needs 2^%u\n",
			FIELD_GET(KINORA_CAP_RING_LOG2_MASK, cap), KINORA_RING_LOG2);
		return -ENODEV;
	}
	kdev->timeout_ms = clamp_t(u32, FIELD_GET(KINORA_CAP_TIMEOUT_MASK, cap),
				   TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
	return 0;
}

static int card_reset(struct kinora_device *kdev)
{
	int ret;

	kinora_write(kdev, KINORA_REG_CONTROL, KINORA_CONTROL_RESET);
	ret = kinora_card_wait(kdev, KINORA_REG_CONTROL, KINORA_CONTROL_RESET, 0);
	if (ret)
		return ret;
	return kinora_card_wait(kdev, KINORA_REG_STATUS, KINORA_STATUS_READY, KINORA_STATUS_READY);
}

/* After a reset the card counts frames from 0, and its clock may have jumped. */
static void forget_counts(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	unsigned long flags;

	kinora_clock_reset(kdev);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		spin_lock_irqsave(&channel->lock, flags);
		channel->rebase = true;
		channel->video_stream.any_frame = false;
		channel->meta_stream.any_frame = false;
		spin_unlock_irqrestore(&channel->lock, flags);
	}
}

static int card_start(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	int ret;

	ret = card_reset(kdev); /* before bus mastering: another kernel may have left it running */
	if (ret)
		return ret;
	memset(kdev->signals, 0, KINORA_SIGNALS_BYTES);
	pci_set_master(kdev->pdev);

	kinora_write(kdev, KINORA_REG_SIGNALS_LO, lower_32_bits(kdev->signals_dma));
	kinora_write(kdev, KINORA_REG_SIGNALS_HI, upper_32_bits(kdev->signals_dma));
	kinora_write(kdev, KINORA_REG_EVENT_VECTOR, 0);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		kinora_input_write(channel);
	kinora_write(kdev, KINORA_REG_CONTROL, KINORA_CONTROL_ENABLE);
	ret = kinora_card_wait(kdev, KINORA_REG_STATUS, KINORA_STATUS_ENABLED,
			       KINORA_STATUS_ENABLED);
	if (ret) {
		pci_clear_master(kdev->pdev);
		return ret;
	}
	set_state(kdev, KINORA_CARD_UP);
	forget_counts(kdev);
	return 0;
}

/**
 * kinora_card_start() - reset the card, give it its memory and let it report signals
 * @kdev: card that is down
 *
 * The signals it has are known afterwards.
 *
 * Return: 0, or a negative errno; then it cannot reach memory.
 */
int kinora_card_start(struct kinora_device *kdev)
{
	int ret = -ENODEV;

	mutex_lock(&kdev->mutex);
	if (kinora_state(kdev) != KINORA_CARD_GONE)
		ret = card_start(kdev);
	mutex_unlock(&kdev->mutex);
	if (ret)
		return ret;
	/* only ever by the work: of two readers at once the slower would bring back old blocks */
	schedule_work(&kdev->signal_work);
	flush_work(&kdev->signal_work);
	return 0;
}

/**
 * kinora_card_stop() - end all DMA, politely if the card listens
 * @kdev: card whose streams have been stopped
 *
 * Afterwards the card cannot reach memory.
 */
void kinora_card_stop(struct kinora_device *kdev)
{
	mutex_lock(&kdev->mutex);
	if (kinora_state(kdev) == KINORA_CARD_UP) {
		kinora_write(kdev, KINORA_REG_CONTROL, 0);
		if (kinora_card_wait(kdev, KINORA_REG_STATUS, KINORA_STATUS_ENABLED, 0))
			dev_warn(&kdev->pdev->dev, "card does not stop, taking bus mastering away\n");
	}
	pci_clear_master(kdev->pdev);
	set_state(kdev, KINORA_CARD_DOWN);
	mutex_unlock(&kdev->mutex);
}

/**
 * kinora_card_down() - take note that the card must be left alone for now
 * @kdev: card whose bus is in error
 */
void kinora_card_down(struct kinora_device *kdev)
{
	set_state(kdev, KINORA_CARD_DOWN);
}

/* Everybody who waits for the card, in the driver, DQBUF or poll, hears that it is in vain. */
static void tell_all(struct kinora_device *kdev, bool idle_too)
{
	struct kinora_channel *channel;

	kinora_controller_wake(kdev);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		wake_up_all(&channel->video_stream.drained);
		wake_up_all(&channel->meta_stream.drained);
		if (idle_too || vb2_is_streaming(&channel->video.queue))
			vb2_queue_error(&channel->video.queue);
		if (channel->meta_stream.rings &&
		    (idle_too || vb2_is_streaming(&channel->meta.queue)))
			vb2_queue_error(&channel->meta.queue);
	}
}

/**
 * kinora_card_fail() - give up a card that answers but does not obey
 * @kdev: card
 * @why: for the log
 *
 * It can reach no memory any more; applications get EIO until they stream anew.
 */
void kinora_card_fail(struct kinora_device *kdev, const char *why)
{
	pci_clear_master(kdev->pdev);
	if (kinora_state(kdev) == KINORA_CARD_UP)
		dev_err(&kdev->pdev->dev,
			"%s: took bus mastering away; the next STREAMON resets the card\n", why);
	set_state(kdev, KINORA_CARD_FAILED);
	tell_all(kdev, false);
}

/**
 * kinora_card_gone() - take note that the card is gone for good
 * @kdev: card; may be called from any context
 *
 * Who waits in DQBUF gets EIO, poll says POLLERR, STREAMON fails with ENODEV.
 */
void kinora_card_gone(struct kinora_device *kdev)
{
	unsigned long flags;
	bool first;

	spin_lock_irqsave(&kdev->state_lock, flags);
	first = kdev->state != KINORA_CARD_GONE;
	WRITE_ONCE(kdev->state, KINORA_CARD_GONE);
	spin_unlock_irqrestore(&kdev->state_lock, flags);
	if (first)
		tell_all(kdev, true);
}

/**
 * kinora_card_check() - look whether the card is still there and well
 * @kdev: card that is up
 *
 * Return: 0, -ENODEV if it is gone, -EIO if only a reset can help; both have been acted upon.
 */
int kinora_card_check(struct kinora_device *kdev)
{
	u32 status = kinora_read(kdev, KINORA_REG_STATUS);

	if (status == ALL_ONES) {
		if (kinora_state(kdev) != KINORA_CARD_GONE)
			dev_err(&kdev->pdev->dev, "card does not answer any more (reads as all ones): it was removed or lost power\n");
		pci_clear_master(kdev->pdev); /* should it be back, old addresses are not for it */
		kinora_card_gone(kdev);
		return -ENODEV;
	}
	if (status & KINORA_STATUS_FATAL) {
		kinora_card_fail(kdev, "card reports a fatal error");
		return -EIO;
	}
	return 0;
}

/**
 * kinora_card_revive() - get a card ready for streaming
 * @kdev: card in any state
 *
 * Return: 0 if it is up, perhaps after a reset; -ENODEV if it is gone; else why not.
 */
int kinora_card_revive(struct kinora_device *kdev)
{
	int ret = 0;

	mutex_lock(&kdev->mutex);
	switch (kinora_state(kdev)) {
	case KINORA_CARD_UP:
		break;
	case KINORA_CARD_FAILED:
		ret = card_start(kdev);
		if (ret)
			dev_err(&kdev->pdev->dev, "reset did not bring the card back: %pe\n",
				ERR_PTR(ret));
		else
			dev_info(&kdev->pdev->dev, "reset brought the card back\n");
		break;
	case KINORA_CARD_DOWN:
		ret = -EIO;
		break;
	case KINORA_CARD_GONE:
		ret = -ENODEV;
		break;
	}
	mutex_unlock(&kdev->mutex);
	return ret;
}
