// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connectors and routing: what each connector can carry, which one a channel takes, and what it
 * expects there.
 *
 * Programs such as OBS never query timings, so the driver locks on by itself: when a node is opened
 * and nobody else has it open, and when S_INPUT switches, the channel takes over the timing of the
 * signal. A metadata node does so only if the picture node is not open, because who has that one
 * may have chosen timings already, and not asked for buffers yet. Until somebody has used S_INPUT
 * the channel also chooses the input: the quad link if it carries a picture (its links each look
 * like a picture of their own), else the channel's own SDI connector, else HDMI, else what it had.
 * A channel whose buffers are in use is left as it is.
 *
 * The media graph (kinora_media.c) shows and changes the same routing.
 */
#include <linux/nospec.h>
#include <linux/sched.h>
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "kinora.h"

#define PICTURE_CONNECTORS (BIT(KINORA_CONN_SDI1) | BIT(KINORA_CONN_SDI2) | \
			    BIT(KINORA_CONN_SDI3) | BIT(KINORA_CONN_SDI4) | \
			    BIT(KINORA_CONN_SDI_QUAD) | BIT(KINORA_CONN_HDMI1))

/* What each connector can carry. HDMI without DSC ends at 8Kp60, as 4:2:0 (HDMI 2.1, 6.4). */
static const struct connector {
	const char *name;
	const char *word;	/* in sysfs, as in docs/stimulus.md */
	u8 standards;		/* KINORA_TIMING_* */
	u16 min_height;		/* lines */
	u64 max_pixelclock;	/* Hz */
} connectors[KINORA_CONNECTORS] = {
	[KINORA_CONN_SDI1] = { "SDI 1", "sdi1", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI2] = { "SDI 2", "sdi2", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI3] = { "SDI 3", "sdi3", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI4] = { "SDI 4", "sdi4", KINORA_TIMING_SDI, 720, 594000000 },
	[KINORA_CONN_SDI_QUAD] = { "SDI 1-4 quad link", "sdi-quad", KINORA_TIMING_SDI, 2160,
				   4752000000ULL },
	[KINORA_CONN_HDMI1] = { "HDMI 1", "hdmi1", KINORA_TIMING_CTA, 720, 2376000000ULL },
	[KINORA_CONN_REF] = { "reference", "ref" },
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

/**
 * kinora_connector_word() - a connector's name as one word
 * @connector: KINORA_CONN_*
 *
 * Return: the word.
 */
const char *kinora_connector_word(unsigned int connector)
{
	return connectors[connector].word;
}

/**
 * kinora_connector_standards() - whose rasters a connector carries
 * @connector: KINORA_CONN_*
 *
 * Return: KINORA_TIMING_*.
 */
u8 kinora_connector_standards(unsigned int connector)
{
	return connectors[connector].standards;
}

/**
 * kinora_connector_can() - can a picture of that raster be captured from that connector?
 * @connector: KINORA_CONN_*
 * @timing: raster
 *
 * Return: whether it can.
 */
bool kinora_connector_can(unsigned int connector, const struct kinora_timing *timing)
{
	const struct connector *c = &connectors[connector];

	return (timing->standards & c->standards) && timing->height >= c->min_height &&
	       timing->pixelclock <= c->max_pixelclock;
}

/**
 * kinora_connector_timing() - the raster a connector's signal has
 * @connector: KINORA_CONN_*
 * @key: what the card measured; standards are set
 *
 * Return: its entry in the table, or NULL if it is in no standard the connector carries.
 */
const struct kinora_timing *kinora_connector_timing(unsigned int connector,
						    struct kinora_timing_key *key)
{
	key->standards = connectors[connector].standards;
	return kinora_timing_find(key);
}

/**
 * kinora_input_signal() - the signal on a channel's current input
 * @channel: channel
 * @info: filled
 */
void kinora_input_signal(struct kinora_channel *channel, struct kinora_signal_info *info)
{
	kinora_signal_get(channel->kdev, channel->inputs[READ_ONCE(channel->input)], info);
}

/* --- routing and lock-on --- */

/**
 * kinora_input_busy() - do buffers or streams depend on a channel's input and timing?
 * @channel: channel
 *
 * Return: whether they have to stay as they are.
 */
bool kinora_input_busy(struct kinora_channel *channel)
{
	lockdep_assert_held(&channel->mutex);
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
	mutex_lock(&channel->kdev->mutex); /* not while the card is started, which writes it, too */
	WRITE_ONCE(channel->input, index);
	if (kinora_state(channel->kdev) == KINORA_CARD_UP)
		kinora_input_write(channel); /* else when the card is started */
	mutex_unlock(&channel->kdev->mutex);
}

static bool has_picture(struct kinora_channel *channel, unsigned int index)
{
	struct kinora_signal_info info;

	kinora_signal_get(channel->kdev, channel->inputs[index], &info);
	return info.timing && kinora_connector_can(channel->inputs[index], info.timing);
}

static unsigned int input_choose(struct kinora_channel *channel)
{
	unsigned int i;

	for (i = 0; i < channel->num_inputs; i++)
		if (channel->inputs[i] == KINORA_CONN_SDI_QUAD && has_picture(channel, i))
			return i;
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
		if (!kinora_connector_can(connector, timing))
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
	if (info.timing && kinora_connector_can(connector, info.timing) &&
	    !kinora_video_set_timing(channel, info.timing))
		return;
	if (!channel->timing || !kinora_connector_can(connector, channel->timing))
		kinora_video_set_timing(channel, default_timing(connector));
}

/**
 * kinora_input_lock_on() - let a channel follow what is plugged in
 * @channel: channel; left alone while it is in use
 */
void kinora_input_lock_on(struct kinora_channel *channel)
{
	lockdep_assert_held(&channel->mutex);
	if (kinora_input_busy(channel))
		return;
	if (!channel->input_chosen)
		input_select(channel, input_choose(channel));
	timing_lock_on(channel);
	kinora_controls_update(channel);
}

/* A node was opened: was it nobody's, and may it change the channel? */
static bool is_free(struct kinora_node *node, struct file *file)
{
	struct kinora_channel *channel = node->channel;

	return v4l2_fh_is_singular_file(file) &&
	       (node == &channel->video || list_empty(&channel->video.vdev.fh_list));
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
	if (!ret && is_free(node, file))
		kinora_input_lock_on(channel);
	kinora_media_update(channel);
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
	kinora_signal_get(channel->kdev, channel->inputs[index], &info);
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
 * kinora_input_set() - let a channel take another input
 * @channel: channel; the media graph does not know of it yet
 * @index: of the input; the current one is always fine
 *
 * Return: 0, or -EBUSY while the channel is in use.
 */
int kinora_input_set(struct kinora_channel *channel, unsigned int index)
{
	lockdep_assert_held(&channel->mutex);
	if (index != channel->input && kinora_input_busy(channel))
		return -EBUSY;
	channel->input_chosen = true;
	if (index == channel->input)
		return 0;
	input_select(channel, index);
	kinora_input_lock_on(channel);
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
	int ret;

	if (index >= channel->num_inputs)
		return -EINVAL;
	ret = kinora_input_set(channel, array_index_nospec(index, channel->num_inputs));
	kinora_media_update(channel);
	return ret;
}

/* --- events, status --- */

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

/* "kinora ch1 video: 4 buffers of ffmpeg (pid 123), streaming" */
static void log_holder(struct kinora_node *node)
{
	if (vb2_is_busy(&node->queue))
		dev_info(&node->channel->kdev->pdev->dev, "%s: %u buffers of %s (pid %d)%s\n",
			 node->vdev.name, kinora_vb2_num_buffers(&node->queue), node->holder_comm,
			 node->holder_pid, vb2_is_streaming(&node->queue) ? ", streaming" : "");
}

static void log_input(struct kinora_channel *channel, unsigned int index)
{
	static const char * const mappings[] = {
		[KINORA_MAPPING_SINGLE] = "",
		[KINORA_MAPPING_2SI] = ", two-sample interleave",
		[KINORA_MAPPING_SQD] = ", square division",
	};
	unsigned int connector = channel->inputs[index];
	const struct kinora_timing *timing;
	struct kinora_signal_info info;
	char picture[48] = "";
	u64 age;

	kinora_signal_get(channel->kdev, connector, &info);
	timing = info.timing;
	age = div_u64(ktime_get_ns() - info.seen_ns, NSEC_PER_MSEC);
	if (timing)
		snprintf(picture, sizeof(picture), " %ux%u%s at %u/%u Hz", timing->width,
			 timing->height, kinora_timing_interlaced(timing) ? " interlaced" : "",
			 timing->rate_num, timing->rate_den);
	else if (info.state == KINORA_SIGNAL_LOCKED)
		snprintf(picture, sizeof(picture), " to a raster the driver does not know");
	dev_info(&channel->kdev->pdev->dev,
		 "ch%u: %s%s: %s%s%s%s for %llu ms%s%s%s%s%s, payload id %#010x\n",
		 channel->index + 1, kinora_connector_name(connector),
		 index == channel->input ? " (current)" : "",
		 kinora_signal_state_words(info.state), picture,
		 info.state == KINORA_SIGNAL_LOCKED || !info.reason ? "" : ": ",
		 info.state == KINORA_SIGNAL_LOCKED || !info.reason ? "" :
		 kinora_signal_reason_words(info.reason), age, mappings[info.mapping],
		 info.flags & KINORA_SIGNAL_FLAG_OVERRIDE ? " set by hand" : "",
		 info.reason == KINORA_REASON_FLAPPING ? ", flapping" : "",
		 info.flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES ?
		 ", payload id contradicts the signal" : "",
		 info.flags & KINORA_SIGNAL_FLAG_ERRORS ? ", wire errors" : "",
		 info.payload_id[0]);
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
	unsigned long flags;
	unsigned int i;

	if (!__ratelimit(&channel->log_limit))
		return 0;
	for (i = 0; i < channel->num_inputs; i++)
		log_input(channel, i);
	dev_info(dev, "ch%u: expects %ux%u%s at %u/%u Hz\n", channel->index + 1, timing->width,
		 timing->height, kinora_timing_interlaced(timing) ? " interlaced" : "",
		 timing->rate_num, timing->rate_den);
	log_holder(&channel->video);
	log_holder(&channel->meta);
	if (kinora_input_busy(channel))
		dev_info(dev, "ch%u: input and timings are in use: EBUSY until the buffers are freed\n",
			 channel->index + 1);
	spin_lock_irqsave(&channel->lock, flags);
	books = node->stream->books;
	spin_unlock_irqrestore(&channel->lock, flags);
	dev_info(dev, "%s: %llu frames, %llu with errors, %llu lost\n", node->vdev.name,
		 books.frames, books.errors, books.lost);
	return 0;
}

/**
 * kinora_input_init() - find a channel's inputs, set up its controls and first timing
 * @channel: channel whose picture node is set up
 *
 * Return: 0 or a negative errno.
 */
int kinora_input_init(struct kinora_channel *channel)
{
	struct kinora_device *kdev = channel->kdev;
	unsigned int connector;
	u32 inputs;

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
	return kinora_controls_init(channel);
}

/**
 * kinora_input_finish() - free a channel's controls
 * @channel: whose files are all closed
 */
void kinora_input_finish(struct kinora_channel *channel)
{
	kinora_controls_finish(channel);
}
