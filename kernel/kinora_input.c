// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inputs, the signals on them, and timings.
 *
 * The card writes a block per connector into memory whenever its signal changes and then raises the
 * event interrupt. The driver keeps a checked copy of each block; everything applications ask about
 * signals is answered from the copies, without a register read.
 *
 * Programs such as OBS never query timings, so the driver locks on by itself: when a node is opened
 * and nobody else has it open, and when S_INPUT switches, the channel takes over the timing of the
 * signal. Until somebody has used S_INPUT it also chooses the input: the quad link if it carries a
 * picture (its links each look like a picture of their own), else the current input, else the first
 * one with a signal. A channel whose buffers are in use is left as it is; applications are told of
 * changes by V4L2_EVENT_SOURCE_CHANGE with the input's index as id.
 */
#include <linux/nospec.h>
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "kinora.h"
#include "kinora_trace.h"

#define SIGNAL_TRIES 100
#define PICTURE_CONNECTORS (BIT(KINORA_CONN_SDI1) | BIT(KINORA_CONN_SDI2) | \
			    BIT(KINORA_CONN_SDI3) | BIT(KINORA_CONN_SDI4) | \
			    BIT(KINORA_CONN_SDI_QUAD) | BIT(KINORA_CONN_HDMI1))

static_assert(sizeof(struct kinora_signal) == KINORA_SIGNAL_BYTES);
static_assert(KINORA_CONNECTORS * KINORA_SIGNAL_BYTES <= KINORA_SIGNALS_BYTES);

/* What each connector can carry. */
static const struct connector {
	const char *name;
	u8 standards;		/* KINORA_TIMING_* */
	u16 min_height;		/* lines */
	u64 max_pixelclock;	/* Hz */
} connectors[KINORA_CONNECTORS] = {
	[KINORA_CONN_SDI1] = { "SDI 1", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI2] = { "SDI 2", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI3] = { "SDI 3", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI4] = { "SDI 4", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI_QUAD] = { "SDI 1-4 quad link", KINORA_TIMING_SDI, 2160, 4752000000ULL },
	[KINORA_CONN_HDMI1] = { "HDMI 1", KINORA_TIMING_CTA, 720, 4752000000ULL },
	[KINORA_CONN_REF] = { "reference" },
};

static const char * const transfer_menu[] = {
	[KINORA_TRANSFER_SDR] = "SDR (BT.709, BT.2020)",
	[KINORA_TRANSFER_HLG] = "HLG (BT.2100)",
	[KINORA_TRANSFER_PQ] = "PQ (BT.2100)",
	[KINORA_TRANSFER_UNSPECIFIED] = "Unspecified",
	NULL
};

static const char * const state_names[] = {
	[KINORA_SIGNAL_NONE] = "no signal",
	[KINORA_SIGNAL_UNSTABLE] = "no lock",
	[KINORA_SIGNAL_UNSUPPORTED] = "unsupported signal",
	[KINORA_SIGNAL_LOCKED] = "locked",
};

/**
 * kinora_connector_name() - what is printed beside a connector
 * @connector: KINORA_CONN_*
 *
 * Return: its name.
 */
const char *kinora_connector_name(unsigned int connector)
{
	return connectors[connector].name;
}

/* Can a picture of that raster be captured from that connector? Interlaced ones cannot yet. */
static bool can_capture(unsigned int connector, const struct kinora_timing *timing)
{
	const struct connector *c = &connectors[connector];

	return !kinora_timing_interlaced(timing) && (timing->standards & c->standards) &&
	       timing->height >= c->min_height && timing->pixelclock <= c->max_pixelclock;
}

/* --- signal blocks --- */

static const struct kinora_signal *signal_block(struct kinora_device *kdev, unsigned int connector)
{
	return kdev->signals + connector * KINORA_SIGNAL_BYTES;
}

/* A whole copy of a block; false if the card keeps writing it or never finishes. */
static bool block_copy(const struct kinora_signal *block, struct kinora_signal *copy)
{
	unsigned int i;
	__le32 end;

	for (i = 0; i < SIGNAL_TRIES; i++) {
		end = READ_ONCE(block->seq_end);
		dma_rmb(); /* the card writes upwards, so seq_end is read first ... */
		memcpy(copy, block, sizeof(*copy));
		dma_rmb(); /* ... and seq_begin last */
		if (READ_ONCE(block->seq_begin) == end)
			return true;
		cpu_relax();
	}
	return false;
}

static void block_parse(const struct kinora_signal *block, unsigned int connector,
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
		.standards = connectors[connector].standards,
	};

	memset(info, 0, sizeof(*info));
	info->generation = le32_to_cpu(block->generation);
	info->state = min_t(u8, block->state, KINORA_SIGNAL_LOCKED);
	info->interface = block->interface;
	info->mapping = block->mapping;
	info->scan = block->scan;
	info->colorimetry = block->colorimetry;
	info->transfer = min_t(u8, block->transfer, KINORA_TRANSFER_UNSPECIFIED);
	info->range = block->range;
	info->sampling = block->sampling;
	info->depth = block->depth;
	info->reason = block->reason;
	info->links = le16_to_cpu(block->links);
	info->payload_id = le32_to_cpu(block->payload_id[0]);
	if (block->state == KINORA_SIGNAL_LOCKED)
		info->timing = kinora_timing_find(&key);
}

static bool same_signal(const struct kinora_signal_info *a, const struct kinora_signal_info *b)
{
	return a->state == b->state && a->timing == b->timing && a->scan == b->scan &&
	       a->colorimetry == b->colorimetry && a->transfer == b->transfer &&
	       a->range == b->range && a->sampling == b->sampling;
}

static void connector_signal(struct kinora_device *kdev, unsigned int connector,
			     struct kinora_signal_info *info)
{
	spin_lock(&kdev->signal_lock);
	*info = kdev->signal[connector];
	spin_unlock(&kdev->signal_lock);
}

/**
 * kinora_input_signal() - the signal on a channel's current input
 * @channel: channel
 * @info: filled
 */
void kinora_input_signal(struct kinora_channel *channel, struct kinora_signal_info *info)
{
	connector_signal(channel->kdev, channel->inputs[READ_ONCE(channel->input)], info);
}

static void update_controls(struct kinora_channel *channel)
{
	struct kinora_signal_info info;
	u32 power = 0;
	unsigned int i;

	lockdep_assert_held(&channel->mutex);
	for (i = 0; i < channel->num_inputs; i++) {
		connector_signal(channel->kdev, channel->inputs[i], &info);
		if (info.state != KINORA_SIGNAL_NONE)
			power |= BIT(i);
	}
	kinora_input_signal(channel, &info);
	v4l2_ctrl_s_ctrl(channel->power_ctrl, power);
	v4l2_ctrl_s_ctrl(channel->transfer_ctrl, info.transfer);
	v4l2_ctrl_s_ctrl(channel->payload_ctrl, info.payload_id);
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

/**
 * kinora_signal_update() - read the blocks, tell applications what changed
 * @kdev: card
 *
 * Return: whether any block was new.
 */
bool kinora_signal_update(struct kinora_device *kdev)
{
	struct kinora_signal_info info, old;
	struct kinora_channel *channel;
	struct kinora_signal block;
	bool any = false;
	unsigned int i;

	for (i = 0; i < KINORA_CONNECTORS; i++) {
		if (!(kdev->connectors & BIT(i)))
			continue;
		if (!block_copy(signal_block(kdev, i), &block)) {
			dev_warn_ratelimited(&kdev->pdev->dev, "signal block of %s is never whole\n",
					     connectors[i].name);
			continue;
		}
		block_parse(&block, i, &info);
		spin_lock(&kdev->signal_lock);
		old = kdev->signal[i];
		kdev->signal[i] = info;
		spin_unlock(&kdev->signal_lock);
		if (info.generation == old.generation && same_signal(&info, &old))
			continue;
		any = true;
		trace_kinora_signal(i, &info);
		if (!same_signal(&info, &old))
			send_event(kdev, i);
	}
	if (!any)
		return false;
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		mutex_lock(&channel->mutex);
		update_controls(channel);
		mutex_unlock(&channel->mutex);
	}
	return true;
}

/**
 * kinora_signal_work() - an event came
 * @work: kinora_device.signal_work
 *
 * If no signal changed, the event was about a stream or the whole card; only then registers are
 * read.
 */
void kinora_signal_work(struct work_struct *work)
{
	struct kinora_device *kdev = container_of(work, struct kinora_device, signal_work);
	struct kinora_channel *channel;
	bool known;

	if (kinora_state(kdev) != KINORA_CARD_UP)
		return;
	known = kinora_controller_update(kdev);
	if (kinora_signal_update(kdev) || known || kinora_card_check(kdev))
		return;
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		/* nothing starts or stops between look and deed */
		mutex_lock(&channel->mutex);
		kinora_stream_check(&channel->video_stream);
		kinora_stream_check(&channel->meta_stream);
		mutex_unlock(&channel->mutex);
	}
}

/* --- colours --- */

/**
 * kinora_input_colours() - a signal's colours as V4L2 describes them
 * @info: signal
 * @rgb: the memory format is RGB
 * @pix: whose four colour fields are set
 */
void kinora_input_colours(const struct kinora_signal_info *info, bool rgb,
			  struct v4l2_pix_format *pix)
{
	switch (info->colorimetry) {
	case KINORA_COLORIMETRY_2020:
		pix->colorspace = V4L2_COLORSPACE_BT2020;
		pix->ycbcr_enc = V4L2_YCBCR_ENC_BT2020;
		break;
	case KINORA_COLORIMETRY_601:
		pix->colorspace = V4L2_COLORSPACE_SMPTE170M;
		pix->ycbcr_enc = V4L2_YCBCR_ENC_601;
		break;
	default:
		pix->colorspace = V4L2_COLORSPACE_REC709;
		pix->ycbcr_enc = V4L2_YCBCR_ENC_709;
		break;
	}
	pix->xfer_func = info->transfer == KINORA_TRANSFER_PQ ? V4L2_XFER_FUNC_SMPTE2084 :
								V4L2_XFER_FUNC_709;
	pix->quantization = rgb || info->range == KINORA_RANGE_FULL ?
			    V4L2_QUANTIZATION_FULL_RANGE : V4L2_QUANTIZATION_LIM_RANGE;
}

/* --- routing and lock-on --- */

/* Input and timing stay as they are while buffers or streams depend on them. */
static bool input_busy(struct kinora_channel *channel)
{
	return vb2_is_busy(&channel->video.queue) || channel->running;
}

/**
 * kinora_input_write() - tell the card which connector a channel takes
 * @channel: with its streams stopped
 */
void kinora_input_write(struct kinora_channel *channel)
{
	kinora_write(channel->kdev, KINORA_REG_CHANNEL(channel->index) + KINORA_CHANNEL_INPUT,
		     channel->inputs[channel->input]);
}

static void input_select(struct kinora_channel *channel, unsigned int index)
{
	if (index == channel->input)
		return;
	WRITE_ONCE(channel->input, index);
	if (kinora_state(channel->kdev) == KINORA_CARD_UP)
		kinora_input_write(channel); /* else when the card is started */
}

static bool has_picture(struct kinora_channel *channel, unsigned int index)
{
	struct kinora_signal_info info;

	connector_signal(channel->kdev, channel->inputs[index], &info);
	return info.timing && can_capture(channel->inputs[index], info.timing);
}

static unsigned int input_choose(struct kinora_channel *channel)
{
	unsigned int i;

	for (i = 0; i < channel->num_inputs; i++)
		if (channel->inputs[i] == KINORA_CONN_SDI_QUAD && has_picture(channel, i))
			return i;
	if (has_picture(channel, channel->input))
		return channel->input;
	for (i = 0; i < channel->num_inputs; i++)
		if (has_picture(channel, i))
			return i;
	return channel->input;
}

/* 60 Hz at the most lines the connector has; what a channel expects before it saw a signal. */
static const struct kinora_timing *default_timing(unsigned int connector)
{
	u16 height = connectors[connector].min_height > 1080 ? 4320 : 1080;
	const struct kinora_timing *timing, *any = NULL;
	unsigned int i;

	for (i = 0; (timing = kinora_timing_get(i)); i++) {
		if (!can_capture(connector, timing))
			continue;
		any = timing;
		if (timing->height == height && timing->rate_num == 60)
			break;
	}
	return timing ?: any;
}

/* The timing of the current input's signal; if it has none, the last one if it will do. */
static void timing_lock_on(struct kinora_channel *channel)
{
	unsigned int connector = channel->inputs[channel->input];
	struct kinora_signal_info info;

	kinora_input_signal(channel, &info);
	if (info.timing && can_capture(connector, info.timing) &&
	    !kinora_video_set_timing(channel, info.timing))
		return;
	if (!channel->timing || !can_capture(connector, channel->timing))
		kinora_video_set_timing(channel, default_timing(connector));
}

/**
 * kinora_input_lock_on() - let a channel follow what is plugged in
 * @channel: channel; left alone while it is in use
 */
void kinora_input_lock_on(struct kinora_channel *channel)
{
	lockdep_assert_held(&channel->mutex);
	if (input_busy(channel))
		return;
	if (!channel->input_chosen)
		input_select(channel, input_choose(channel));
	timing_lock_on(channel);
	update_controls(channel);
}

/**
 * kinora_open() - open a node of either kind
 * @file: file
 *
 * The first to open a node finds the channel locked on to its signal.
 *
 * Return: 0 or a negative errno.
 */
int kinora_open(struct file *file)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	int ret;

	if (kinora_state(channel->kdev) == KINORA_CARD_GONE)
		return -ENODEV;
	mutex_lock(&channel->mutex);
	ret = v4l2_fh_open(file);
	if (!ret && v4l2_fh_is_singular_file(file))
		kinora_input_lock_on(channel);
	mutex_unlock(&channel->mutex);
	return ret;
}

/**
 * kinora_enum_input() - VIDIOC_ENUMINPUT
 * @file: of a node
 * @priv: unused
 * @input: to fill
 *
 * Return: 0, or -EINVAL past the last input.
 */
int kinora_enum_input(struct file *file, void *priv, struct v4l2_input *input)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	struct kinora_signal_info info;
	unsigned int index = input->index;

	if (index >= channel->num_inputs)
		return -EINVAL;
	index = array_index_nospec(index, channel->num_inputs);
	strscpy(input->name, connectors[channel->inputs[index]].name, sizeof(input->name));
	input->type = V4L2_INPUT_TYPE_CAMERA;
	if (node == &channel->video) /* whose ioctls these are */
		input->capabilities = V4L2_IN_CAP_DV_TIMINGS;
	connector_signal(channel->kdev, channel->inputs[index], &info);
	if (kinora_state(channel->kdev) == KINORA_CARD_GONE)
		input->status = V4L2_IN_ST_NO_POWER;
	else if (info.state == KINORA_SIGNAL_NONE)
		input->status = V4L2_IN_ST_NO_SIGNAL;
	else if (info.state != KINORA_SIGNAL_LOCKED)
		input->status = V4L2_IN_ST_NO_SYNC;
	return 0;
}

/**
 * kinora_g_input() - VIDIOC_G_INPUT
 * @file: of a node
 * @priv: unused
 * @index: to fill
 *
 * Return: 0.
 */
int kinora_g_input(struct file *file, void *priv, unsigned int *index)
{
	struct kinora_node *node = video_drvdata(file);

	*index = node->channel->input;
	return 0;
}

/**
 * kinora_s_input() - VIDIOC_S_INPUT
 * @file: of a node
 * @priv: unused
 * @index: of the input; the current one is always fine
 *
 * Return: 0, -EINVAL if there is no such input, -EBUSY while the channel is in use.
 */
int kinora_s_input(struct file *file, void *priv, unsigned int index)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;

	if (index >= channel->num_inputs)
		return -EINVAL;
	index = array_index_nospec(index, channel->num_inputs);
	if (index != channel->input && input_busy(channel))
		return -EBUSY;
	channel->input_chosen = true;
	if (index == channel->input)
		return 0;
	input_select(channel, index);
	kinora_input_lock_on(channel);
	return 0;
}

/* --- DV timings --- */

static void fill_timings(const struct kinora_timing *timing, struct v4l2_dv_timings *timings)
{
	struct v4l2_bt_timings *bt = &timings->bt;

	memset(timings, 0, sizeof(*timings));
	timings->type = V4L2_DV_BT_656_1120;
	bt->width = timing->width;
	bt->height = timing->height;
	bt->pixelclock = timing->pixelclock;
	bt->hfrontporch = timing->hfront;
	bt->hsync = timing->hsync;
	bt->hbackporch = timing->hback;
	bt->vfrontporch = timing->vfront;
	bt->vsync = timing->vsync;
	bt->vbackporch = timing->vback;
	bt->flags = V4L2_DV_FL_IS_CE_VIDEO;
	/* the pixel clock says which of both it is, so V4L2_DV_FL_REDUCED_FPS stays clear */
	if (timing->rate_den == 1 && (timing->rate_num % 24 == 0 || timing->rate_num % 30 == 0))
		bt->flags |= V4L2_DV_FL_CAN_REDUCE_FPS;
	if (timing->standards & KINORA_TIMING_SDI)
		bt->standards |= V4L2_DV_BT_STD_SDI;
	if (timing->standards & KINORA_TIMING_CTA) {
		bt->standards |= V4L2_DV_BT_STD_CEA861;
		bt->polarities = V4L2_DV_HSYNC_POS_POL | V4L2_DV_VSYNC_POS_POL;
		bt->flags |= V4L2_DV_FL_HAS_CEA861_VIC;
		bt->cea861_vic = timing->vic;
	}
}

/* The entry an application means; NULL if the connector cannot capture that. */
static const struct kinora_timing *find_timings(unsigned int connector,
						const struct v4l2_dv_timings *timings)
{
	const struct v4l2_bt_timings *bt = &timings->bt;
	struct kinora_timing_key key = {
		.width = bt->width,
		.height = bt->height,
		.htotal = V4L2_DV_BT_FRAME_WIDTH(bt),
		.vtotal = V4L2_DV_BT_FRAME_HEIGHT(bt),
		.interlaced = !!bt->interlaced,
		.standards = connectors[connector].standards,
	};
	const struct kinora_timing *timing;
	u64 pixelclock = bt->pixelclock;

	if (timings->type != V4L2_DV_BT_656_1120 || pixelclock > U64_MAX / 1000)
		return NULL;
	timing = kinora_timing_find_clock(&key, pixelclock);
	/* a nominal clock with this flag means the one divided by 1.001 */
	if (timing && timing->rate_den == 1 && (bt->flags & V4L2_DV_FL_REDUCED_FPS))
		timing = kinora_timing_find_clock(&key, div_u64(pixelclock * 1000, 1001));
	return timing && can_capture(connector, timing) ? timing : NULL;
}

/**
 * kinora_g_dv_timings() - VIDIOC_G_DV_TIMINGS
 * @file: of a picture node
 * @priv: unused
 * @timings: to fill
 *
 * Return: 0.
 */
int kinora_g_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings)
{
	struct kinora_node *node = video_drvdata(file);

	fill_timings(node->channel->timing, timings);
	return 0;
}

/**
 * kinora_s_dv_timings() - VIDIOC_S_DV_TIMINGS
 * @file: of a picture node
 * @priv: unused
 * @timings: wanted; comes back as the driver has it
 *
 * Return: 0, -EINVAL if the input cannot carry it, -EBUSY while the channel is in use.
 */
int kinora_s_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	const struct kinora_timing *timing;
	int ret;

	timing = find_timings(channel->inputs[channel->input], timings);
	if (!timing)
		return -EINVAL;
	if (timing != channel->timing) {
		if (input_busy(channel))
			return -EBUSY;
		ret = kinora_video_set_timing(channel, timing);
		if (ret)
			return ret;
	}
	fill_timings(timing, timings);
	return 0;
}

/**
 * kinora_query_dv_timings() - VIDIOC_QUERY_DV_TIMINGS
 * @file: of a picture node
 * @priv: unused
 * @timings: to fill with those of the signal
 *
 * Return: 0; -ENOLINK without a signal, -ENOLCK without lock, -ERANGE if it is locked but cannot be
 * captured; -ENODEV if the card is gone.
 */
int kinora_query_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	struct kinora_signal_info info;

	memset(timings, 0, sizeof(*timings));
	if (kinora_state(channel->kdev) == KINORA_CARD_GONE)
		return -ENODEV;
	kinora_input_signal(channel, &info);
	switch (info.state) {
	case KINORA_SIGNAL_NONE:
		return -ENOLINK;
	case KINORA_SIGNAL_UNSTABLE:
		return -ENOLCK;
	case KINORA_SIGNAL_UNSUPPORTED:
		return -ERANGE;
	}
	if (!info.timing || !can_capture(channel->inputs[channel->input], info.timing))
		return -ERANGE;
	fill_timings(info.timing, timings);
	return 0;
}

/**
 * kinora_enum_dv_timings() - VIDIOC_ENUM_DV_TIMINGS
 * @file: of a picture node
 * @priv: unused
 * @timings: to fill; what the current input can carry
 *
 * Return: 0, or -EINVAL past the last.
 */
int kinora_enum_dv_timings(struct file *file, void *priv, struct v4l2_enum_dv_timings *timings)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	const struct kinora_timing *timing;
	unsigned int left = timings->index;
	unsigned int i;

	for (i = 0; (timing = kinora_timing_get(i)); i++) {
		if (!can_capture(channel->inputs[channel->input], timing) || left--)
			continue;
		memset(timings->reserved, 0, sizeof(timings->reserved));
		fill_timings(timing, &timings->timings);
		return 0;
	}
	return -EINVAL;
}

/**
 * kinora_dv_timings_cap() - VIDIOC_DV_TIMINGS_CAP
 * @file: of a picture node
 * @priv: unused
 * @cap: to fill; the bounds of what the current input can carry
 *
 * Return: 0.
 */
int kinora_dv_timings_cap(struct file *file, void *priv, struct v4l2_dv_timings_cap *cap)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	struct v4l2_bt_timings_cap *bt = &cap->bt;
	const struct kinora_timing *timing;
	struct v4l2_dv_timings entry;
	unsigned int i;

	memset(cap, 0, sizeof(*cap));
	cap->type = V4L2_DV_BT_656_1120;
	bt->capabilities = V4L2_DV_BT_CAP_PROGRESSIVE;
	bt->min_width = U32_MAX;
	bt->min_height = U32_MAX;
	bt->min_pixelclock = U64_MAX;
	for (i = 0; (timing = kinora_timing_get(i)); i++) {
		if (!can_capture(channel->inputs[channel->input], timing))
			continue;
		fill_timings(timing, &entry);
		bt->min_width = min(bt->min_width, entry.bt.width);
		bt->max_width = max(bt->max_width, entry.bt.width);
		bt->min_height = min(bt->min_height, entry.bt.height);
		bt->max_height = max(bt->max_height, entry.bt.height);
		bt->min_pixelclock = min(bt->min_pixelclock, entry.bt.pixelclock);
		bt->max_pixelclock = max(bt->max_pixelclock, entry.bt.pixelclock);
		bt->standards |= entry.bt.standards;
	}
	return 0;
}

/* --- events, status, controls --- */

/**
 * kinora_subscribe_event() - VIDIOC_SUBSCRIBE_EVENT
 * @fh: of a picture node
 * @sub: source changes (id: index of an input) or control changes
 *
 * Return: 0 or a negative errno.
 */
int kinora_subscribe_event(struct v4l2_fh *fh, const struct v4l2_event_subscription *sub)
{
	struct kinora_node *node = video_get_drvdata(fh->vdev);

	if (sub->type != V4L2_EVENT_SOURCE_CHANGE)
		return v4l2_ctrl_subscribe_event(fh, sub);
	if (sub->id >= node->channel->num_inputs)
		return -EINVAL;
	return v4l2_src_change_event_subscribe(fh, sub);
}

/**
 * kinora_log_status() - VIDIOC_LOG_STATUS
 * @file: of a node
 * @priv: unused
 *
 * From memory, and not too often: OBS calls it for every late frame.
 *
 * Return: 0.
 */
int kinora_log_status(struct file *file, void *priv)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	const struct kinora_timing *timing = channel->timing;
	struct device *dev = &channel->kdev->pdev->dev;
	struct kinora_books books;
	struct kinora_signal_info info;
	unsigned long flags;
	unsigned int i;

	if (!__ratelimit(&channel->log_limit))
		return 0;
	for (i = 0; i < channel->num_inputs; i++) {
		connector_signal(channel->kdev, channel->inputs[i], &info);
		dev_info(dev, "ch%u: %s%s: %s, reason %u, payload id %#010x\n",
			 channel->index + 1, kinora_connector_name(channel->inputs[i]),
			 i == channel->input ? " (current)" : "", state_names[info.state],
			 info.reason, info.payload_id);
	}
	dev_info(dev, "ch%u: expects %ux%u at %u/%u Hz\n", channel->index + 1, timing->width,
		 timing->height, timing->rate_num, timing->rate_den);
	spin_lock_irqsave(&channel->lock, flags);
	books = node->stream->books;
	spin_unlock_irqrestore(&channel->lock, flags);
	dev_info(dev, "%s: %llu frames, %llu with errors, %llu lost\n", node->vdev.name,
		 books.frames, books.errors, books.lost);
	return 0;
}

/* All controls are read-only: nobody but update_controls() sets them. */
static int set_ctrl(struct v4l2_ctrl *ctrl)
{
	return 0;
}

static const struct v4l2_ctrl_ops ctrl_ops = {
	.s_ctrl = set_ctrl,
};

static const struct v4l2_ctrl_config transfer_config = {
	.ops = &ctrl_ops,
	.id = V4L2_CID_KINORA_TRANSFER,
	.name = "Transfer Characteristic",
	.type = V4L2_CTRL_TYPE_MENU,
	.max = KINORA_TRANSFER_UNSPECIFIED,
	.def = KINORA_TRANSFER_SDR,
	.qmenu = transfer_menu,
	.flags = V4L2_CTRL_FLAG_READ_ONLY,
};

static const struct v4l2_ctrl_config payload_config = {
	.ops = &ctrl_ops,
	.id = V4L2_CID_KINORA_PAYLOAD_ID,
	.name = "ST 352 Payload ID",
	.type = V4L2_CTRL_TYPE_BITMASK,
	.max = U32_MAX,
	.flags = V4L2_CTRL_FLAG_READ_ONLY,
};

/**
 * kinora_input_init() - find a channel's inputs, set up its controls and first timing
 * @channel: channel whose picture node is set up
 *
 * Return: 0 or a negative errno.
 */
int kinora_input_init(struct kinora_channel *channel)
{
	struct kinora_device *kdev = channel->kdev;
	struct v4l2_ctrl_handler *ctrls = &channel->ctrls;
	unsigned int connector;
	u32 inputs;
	int ret;

	inputs = kinora_read(kdev, KINORA_REG_CHANNEL(channel->index) + KINORA_CHANNEL_INPUTS);
	inputs &= kdev->connectors & PICTURE_CONNECTORS;
	for (connector = 0; connector < KINORA_CONNECTORS; connector++)
		if (inputs & BIT(connector))
			channel->inputs[channel->num_inputs++] = connector;
	if (!channel->num_inputs) {
		dev_err(&kdev->pdev->dev, "ch%u: card names no input for it\n", channel->index + 1);
		return -ENODEV;
	}
	timing_lock_on(channel); /* no signal is known yet: the default */

	v4l2_ctrl_handler_init(ctrls, 3);
	channel->power_ctrl = v4l2_ctrl_new_std(ctrls, &ctrl_ops, V4L2_CID_DV_RX_POWER_PRESENT, 0,
						BIT(channel->num_inputs) - 1, 0, 0);
	channel->transfer_ctrl = v4l2_ctrl_new_custom(ctrls, &transfer_config, NULL);
	channel->payload_ctrl = v4l2_ctrl_new_custom(ctrls, &payload_config, NULL);
	ret = ctrls->error;
	if (ret)
		v4l2_ctrl_handler_free(ctrls);
	return ret;
}

/**
 * kinora_input_finish() - free a channel's controls
 * @channel: whose files are all closed
 */
void kinora_input_finish(struct kinora_channel *channel)
{
	v4l2_ctrl_handler_free(&channel->ctrls);
}
