// SPDX-License-Identifier: GPL-2.0-only
/*
 * The signals on the connectors.
 *
 * The card writes a block per connector into memory whenever its signal changes and then raises the
 * event interrupt. The driver keeps a checked copy of each block; everything applications ask about
 * signals is answered from the copies, without a register read. Counters (errors, skew, clock) are
 * brought up to date by the card once a second without an event: who shows them reads the block.
 *
 * Who is told of what: a change of the picture itself (it comes, goes, or has another raster) is a
 * V4L2_EVENT_SOURCE_CHANGE with the input's index as id; colours and the like are controls, and
 * their changes V4L2_EVENT_CTRL (kinora_controls.c).
 */
#include <media/v4l2-event.h>

#include "kinora.h"
#include "kinora_trace.h"

#define SIGNAL_TRIES 100

static_assert(sizeof(struct kinora_signal) == KINORA_SIGNAL_BYTES);
static_assert(KINORA_CONNECTORS * KINORA_SIGNAL_BYTES <= KINORA_SIGNALS_BYTES);

static const char * const state_words[] = {
	[KINORA_SIGNAL_NONE] = "no signal",
	[KINORA_SIGNAL_UNSTABLE] = "no lock",
	[KINORA_SIGNAL_UNSUPPORTED] = "unsupported signal",
	[KINORA_SIGNAL_LOCKED] = "locked",
};

static const char * const reason_words[] = {
	[KINORA_REASON_NONE] = "no reason given",
	[KINORA_REASON_LINK_MISSING] = "not all four links are locked",
	[KINORA_REASON_LINKS_DIFFER] = "the four links differ in raster, rate or payload id",
	[KINORA_REASON_LINK_ORDER] = "the links are not plugged in the order 1, 2, 3, 4",
	[KINORA_REASON_SKEW] = "the links are further apart than can be realigned",
	[KINORA_REASON_RASTER] = "the raster matches no standard this input takes",
	[KINORA_REASON_DUAL_LINK] = "one link of a dual-link picture, which this card cannot take",
	[KINORA_REASON_SAMPLING] = "sampling or depth this input cannot take",
	[KINORA_REASON_FLAPPING] = "lock comes and goes; waiting for it to stand",
	[KINORA_REASON_TRAINING] = "link training failed at every rate",
};

/**
 * kinora_signal_state_words() - a signal's state for people
 * @state: KINORA_SIGNAL_*
 *
 * Return: words.
 */
const char *kinora_signal_state_words(u8 state)
{
	return state < ARRAY_SIZE(state_words) ? state_words[state] : "unknown state";
}

/**
 * kinora_signal_reason_words() - why there is no picture, for people
 * @reason: KINORA_REASON_*
 *
 * Return: words.
 */
const char *kinora_signal_reason_words(u8 reason)
{
	return reason < ARRAY_SIZE(reason_words) ? reason_words[reason] : "unknown reason";
}

static const struct kinora_signal *signal_block(struct kinora_device *kdev, unsigned int connector)
{
	return kdev->signals + connector * KINORA_SIGNAL_BYTES;
}

/* A whole copy of a block as it is now; -EIO if the card keeps writing it or never finishes. */
static int block_read(struct kinora_device *kdev, unsigned int connector,
		      struct kinora_signal *copy)
{
	const struct kinora_signal *block = signal_block(kdev, connector);
	unsigned int i;
	__le32 end;

	for (i = 0; i < SIGNAL_TRIES; i++) {
		end = READ_ONCE(block->seq_end);
		dma_rmb(); /* the card writes upwards, so seq_end is read first ... */
		memcpy(copy, block, sizeof(*copy));
		dma_rmb(); /* ... and seq_begin last */
		if (READ_ONCE(block->seq_begin) == end)
			return 0;
		cpu_relax();
	}
	return -EIO;
}

/**
 * kinora_signal_read() - a connector's block with the counters of now
 * @kdev: card that is not gone
 * @connector: KINORA_CONN_*
 * @copy: filled, nothing of it checked
 *
 * A signal that the driver has not looked at yet is not shown, so that what is read here never
 * runs ahead of the ioctls.
 *
 * Return: 0, or -EIO if the card keeps writing the block or never finishes.
 */
int kinora_signal_read(struct kinora_device *kdev, unsigned int connector,
		       struct kinora_signal *copy)
{
	int ret = block_read(kdev, connector, copy);

	if (ret)
		return ret;
	spin_lock(&kdev->signal_lock);
	if (copy->generation != kdev->block[connector].generation)
		*copy = kdev->block[connector];
	spin_unlock(&kdev->signal_lock);
	return 0;
}

/**
 * kinora_signal_parse() - check a copy of a block
 * @block: copy
 * @connector: whose it is
 * @info: filled
 */
void kinora_signal_parse(const struct kinora_signal *block, unsigned int connector,
			 struct kinora_signal_info *info)
{
	struct kinora_timing_key key = {
		.width = le16_to_cpu(block->width),
		.height = le16_to_cpu(block->height),
		.htotal = le16_to_cpu(block->htotal),
		.vtotal = le16_to_cpu(block->vtotal),
		.rate_num = le32_to_cpu(block->rate_num),
		.rate_den = le32_to_cpu(block->rate_den),
		.interlaced = !!(block->scan & KINORA_SCAN_INTERLACED),
	};
	unsigned int i;

	memset(info, 0, sizeof(*info));
	info->generation = le32_to_cpu(block->generation);
	info->state = min_t(u8, block->state, KINORA_SIGNAL_LOCKED);
	info->interface = block->interface;
	info->mapping = min_t(u8, block->mapping, KINORA_MAPPING_SQD);
	info->scan = block->scan;
	info->colorimetry = block->colorimetry <= KINORA_COLORIMETRY_601 ?
			    block->colorimetry : KINORA_COLORIMETRY_UNKNOWN;
	info->transfer = min_t(u8, block->transfer, KINORA_TRANSFER_UNSPECIFIED);
	info->range = min_t(u8, block->range, KINORA_RANGE_FULL);
	info->sampling = min_t(u8, block->sampling, KINORA_SAMPLING_420);
	info->depth = min_t(u8, block->depth, 16);
	info->reason = block->reason <= KINORA_REASON_TRAINING ? block->reason :
								 KINORA_REASON_NONE;
	info->links = le16_to_cpu(block->links);
	for (i = 0; i < ARRAY_SIZE(info->payload_id); i++)
		info->payload_id[i] = le32_to_cpu(block->payload_id[i]);
	info->flags = block->flags;
	info->it_content = min_t(u8, block->it_content, KINORA_IT_GAME);
	info->order = block->order;
	info->infoframes = le32_to_cpu(block->infoframes);
	info->since_ns = le64_to_cpu(block->since_ns);
	if (info->state == KINORA_SIGNAL_LOCKED)
		info->timing = kinora_connector_timing(connector, &key);
}

/* Is it the same picture? Else whoever captures has to choose timings anew. */
static bool same_picture(const struct kinora_signal_info *a, const struct kinora_signal_info *b)
{
	return a->state == b->state && a->timing == b->timing && a->scan == b->scan;
}

/**
 * kinora_signal_get() - the last good copy of a connector's block
 * @kdev: card
 * @connector: KINORA_CONN_*
 * @info: filled
 */
void kinora_signal_get(struct kinora_device *kdev, unsigned int connector,
		       struct kinora_signal_info *info)
{
	spin_lock(&kdev->signal_lock);
	*info = kdev->signal[connector];
	spin_unlock(&kdev->signal_lock);
}

static void send_event(struct kinora_device *kdev, unsigned int connector)
{
	struct v4l2_event event = {
		.type = V4L2_EVENT_SOURCE_CHANGE,
		.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION,
	};
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		for (event.id = 0; event.id < channel->num_inputs; event.id++)
			if (channel->inputs[event.id] == connector &&
			    video_is_registered(&channel->video.vdev))
				v4l2_event_queue(&channel->video.vdev, &event);
}

/**
 * kinora_signal_pending() - has the card written a block the driver has not read?
 * @kdev: card; may be called from any context
 *
 * Return: whether it has.
 */
bool kinora_signal_pending(struct kinora_device *kdev)
{
	unsigned int i;

	for (i = 0; i < KINORA_CONNECTORS; i++)
		if ((kdev->connectors & BIT(i)) &&
		    le32_to_cpu(READ_ONCE(signal_block(kdev, i)->generation)) !=
		    READ_ONCE(kdev->signal[i].generation))
			return true;
	return false;
}

/* Reads the blocks, tells applications what changed. Was any block new? */
static bool signals_update(struct kinora_device *kdev)
{
	struct kinora_signal_info info, old;
	struct kinora_signal block;
	bool any = false;
	unsigned int i;

	for (i = 0; i < KINORA_CONNECTORS; i++) {
		if (!(kdev->connectors & BIT(i)))
			continue;
		if (block_read(kdev, i, &block)) {
			dev_warn_ratelimited(&kdev->pdev->dev, "signal block of %s is never whole\n",
					     kinora_connector_name(i));
			continue;
		}
		kinora_signal_parse(&block, i, &info);
		spin_lock(&kdev->signal_lock);
		old = kdev->signal[i];
		info.seen_ns = info.generation == old.generation && old.seen_ns ? old.seen_ns :
										  ktime_get_ns();
		kdev->signal[i] = info;
		kdev->block[i] = block;
		spin_unlock(&kdev->signal_lock);
		if (info.generation == old.generation && same_picture(&info, &old))
			continue;
		any = true;
		trace_kinora_signal(i, &info);
		kinora_sysfs_notify(kdev, i);
		if (!same_picture(&info, &old))
			send_event(kdev, i);
	}
	if (any)
		kinora_controls_refresh(kdev);
	return any;
}

/**
 * kinora_signal_work() - an event came
 * @work: kinora_device.signal_work
 *
 * If neither a signal nor the controller has anything new, the event was about a stream or the
 * whole card; only then registers are read.
 */
void kinora_signal_work(struct work_struct *work)
{
	struct kinora_device *kdev = container_of(work, struct kinora_device, signal_work);
	struct kinora_channel *channel;
	bool known;

	if (kinora_state(kdev) != KINORA_CARD_UP)
		return;
	known = kinora_controller_update(kdev);
	if (signals_update(kdev) || known || kinora_card_check(kdev))
		return;
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		/* nothing starts or stops between look and deed */
		mutex_lock(&channel->mutex);
		kinora_stream_check(&channel->video_stream);
		kinora_stream_check(&channel->meta_stream);
		mutex_unlock(&channel->mutex);
	}
}
