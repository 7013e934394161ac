// SPDX-License-Identifier: GPL-2.0-only
/*
 * DV timings: the rasters of kinora_timings.c in V4L2's terms, and the ioctls.
 *
 * 60 and 59.94 Hz are two timings with two pixel clocks, both exact. V4L2_DV_FL_REDUCED_FPS would
 * say that the clock given is not the real one, so it is never set; applications may set it beside
 * a nominal clock and get the other timing. V4L2_DV_FL_CAN_REDUCE_FPS and _CAN_DETECT_REDUCED_FPS
 * say of the nominal one that the other exists and is told apart. All of these are CTA-861's and
 * not set on rasters that only SDI has.
 */
#include "kinora.h"

/* Is there the same at a rate divided by 1.001? */
static bool can_reduce(const struct kinora_timing *timing)
{
	return timing->rate_den == 1 && timing->rate_num % 6 == 0;
}

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
	if (kinora_timing_interlaced(timing)) {
		/* porches and sync are the same, the odd line is in the second back porch */
		bt->interlaced = V4L2_DV_INTERLACED;
		bt->il_vfrontporch = timing->vfront;
		bt->il_vsync = timing->vsync;
		bt->il_vbackporch = timing->vblank2 - timing->vfront - timing->vsync;
		bt->flags |= V4L2_DV_FL_HALF_LINE;
	}
	if (timing->standards & KINORA_TIMING_SDI)
		bt->standards |= V4L2_DV_BT_STD_SDI;
	if (timing->standards & KINORA_TIMING_CTA) {
		bt->standards |= V4L2_DV_BT_STD_CEA861;
		bt->polarities = V4L2_DV_HSYNC_POS_POL | V4L2_DV_VSYNC_POS_POL;
		bt->flags |= V4L2_DV_FL_HAS_CEA861_VIC;
		bt->cea861_vic = timing->vic;
		if (can_reduce(timing))
			bt->flags |= V4L2_DV_FL_CAN_REDUCE_FPS | V4L2_DV_FL_CAN_DETECT_REDUCED_FPS;
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
		.standards = kinora_connector_standards(connector),
	};
	const struct kinora_timing *timing;
	u64 pixelclock = bt->pixelclock;

	if (timings->type != V4L2_DV_BT_656_1120 || pixelclock > U64_MAX / 1000)
		return NULL;
	timing = kinora_timing_find_clock(&key, pixelclock);
	/* a nominal clock with this flag means the one divided by 1.001, elsewhere nothing */
	if (timing && can_reduce(timing) && (bt->flags & V4L2_DV_FL_REDUCED_FPS))
		timing = kinora_timing_find_clock(&key, div_u64(pixelclock * 1000, 1001));
	return timing && kinora_connector_can(connector, timing) ? timing : NULL;
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
		if (kinora_input_busy(channel))
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
	if (!info.timing || !kinora_connector_can(channel->inputs[channel->input], info.timing))
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
		if (!kinora_connector_can(channel->inputs[channel->input], timing) || left--)
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
		if (!kinora_connector_can(channel->inputs[channel->input], timing))
			continue;
		fill_timings(timing, &entry);
		bt->min_width = min(bt->min_width, entry.bt.width);
		bt->max_width = max(bt->max_width, entry.bt.width);
		bt->min_height = min(bt->min_height, entry.bt.height);
		bt->max_height = max(bt->max_height, entry.bt.height);
		bt->min_pixelclock = min(bt->min_pixelclock, entry.bt.pixelclock);
		bt->max_pixelclock = max(bt->max_pixelclock, entry.bt.pixelclock);
		bt->standards |= entry.bt.standards;
		if (entry.bt.interlaced)
			bt->capabilities |= V4L2_DV_BT_CAP_INTERLACED;
	}
	return 0;
}
