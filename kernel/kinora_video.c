// SPDX-License-Identifier: GPL-2.0-only
/*
 * Picture nodes: one VIDEO_CAPTURE node a channel. Formats, sizes and intervals; inputs are in
 * kinora_input.c, timings in kinora_dv.c, buffers in kinora_queue.c.
 *
 * Width, height and rate are the timing's and nothing else's: there is no scaler, so each format
 * has exactly one frame size and one interval. The frames of an interlaced signal come whole, both
 * fields in one buffer and the first one, the upper, in lines 0, 2, 4 ...: V4L2_FIELD_INTERLACED,
 * 25 of them a second for 1080i50. Colours are those of the signal (kinora_colour.c).
 */
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "kinora.h"
#include "kinora_colour.h"

static bool card_writes(const struct kinora_device *kdev, const struct kinora_format *format)
{
	return format && (kdev->formats & BIT(format->id));
}

/* Number index of the formats this card can write. */
static const struct kinora_format *format_get(const struct kinora_device *kdev, unsigned int index)
{
	const struct kinora_format *format;
	unsigned int i;

	for (i = 0; (format = kinora_format_get(i)); i++)
		if (card_writes(kdev, format) && !index--)
			return format;
	return NULL;
}

static const struct kinora_format *format_find(const struct kinora_device *kdev, u32 fourcc)
{
	const struct kinora_format *format = kinora_format_find(fourcc);

	return card_writes(kdev, format) ? format : NULL;
}

static int enum_fmt(struct file *file, void *priv, struct v4l2_fmtdesc *desc)
{
	struct kinora_node *node = video_drvdata(file);
	const struct kinora_format *format = format_get(node->channel->kdev, desc->index);

	if (!format)
		return -EINVAL;
	desc->pixelformat = format->fourcc;
	strscpy(desc->description, format->description, sizeof(desc->description));
	return 0;
}

static void fill_colours(struct kinora_channel *channel, const struct kinora_format *format,
			 struct v4l2_pix_format *pix)
{
	u8 avi[KINORA_INFOFRAME_BYTES];
	struct kinora_signal_info info;
	struct kinora_colours colours;
	struct kinora_colour_key key;

	kinora_input_signal(channel, &info);
	key = (struct kinora_colour_key) {
		.colorimetry = info.colorimetry,
		.transfer = info.transfer,
		.range = info.range,
		.sampling = info.sampling,
		.hdmi = channel->inputs[channel->input] == KINORA_CONN_HDMI1,
		.rgb_memory = format->rgb,
	};
	if (key.hdmi && kinora_infoframe_get(channel->kdev, KINORA_INFOFRAME_AVI, avi))
		key.avi = avi;
	kinora_colour_find(&key, &colours);
	pix->colorspace = colours.colorspace;
	pix->ycbcr_enc = colours.ycbcr_enc;
	pix->quantization = colours.quantization;
	pix->xfer_func = colours.xfer_func;
}

static int fill_pix(struct kinora_node *node, const struct kinora_format *format,
		    struct v4l2_pix_format *pix)
{
	struct kinora_channel *channel = node->channel;
	struct kinora_layout layout;
	int ret;

	ret = kinora_format_layout(format, channel->timing->width, channel->timing->height,
				   &layout);
	if (ret)
		return ret;
	*pix = (struct v4l2_pix_format) {
		.width = channel->timing->width,
		.height = channel->timing->height,
		.pixelformat = format->fourcc,
		.field = kinora_timing_interlaced(channel->timing) ? V4L2_FIELD_INTERLACED :
								      V4L2_FIELD_NONE,
		.bytesperline = layout.stride0,
		.sizeimage = layout.bytes,
	};
	fill_colours(channel, format, pix);
	return 0;
}

static int g_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	struct kinora_node *node = video_drvdata(file);

	return fill_pix(node, node->format, &f->fmt.pix);
}

static const struct kinora_format *format_or_default(struct kinora_node *node, u32 fourcc)
{
	const struct kinora_device *kdev = node->channel->kdev;

	return format_find(kdev, fourcc) ?: format_get(kdev, 0);
}

static int try_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	struct kinora_node *node = video_drvdata(file);

	return fill_pix(node, format_or_default(node, f->fmt.pix.pixelformat), &f->fmt.pix);
}

static int s_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	struct kinora_node *node = video_drvdata(file);
	const struct kinora_format *format = format_or_default(node, f->fmt.pix.pixelformat);
	struct kinora_layout layout;
	int ret;

	ret = kinora_format_layout(format, node->channel->timing->width,
				   node->channel->timing->height, &layout);
	if (ret)
		return ret;
	if (format != node->format) {
		if (vb2_is_busy(&node->queue))
			return -EBUSY;
		node->format = format;
		node->layout = layout;
		node->sizeimage = layout.bytes;
	}
	return fill_pix(node, format, &f->fmt.pix);
}

static int enum_framesizes(struct file *file, void *priv, struct v4l2_frmsizeenum *size)
{
	struct kinora_node *node = video_drvdata(file);

	if (size->index || !format_find(node->channel->kdev, size->pixel_format))
		return -EINVAL;
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = node->channel->timing->width;
	size->discrete.height = node->channel->timing->height;
	return 0;
}

static struct v4l2_fract timing_period(const struct kinora_timing *timing)
{
	return (struct v4l2_fract) {
		.numerator = timing->rate_den,
		.denominator = timing->rate_num,
	};
}

static int enum_frameintervals(struct file *file, void *priv, struct v4l2_frmivalenum *interval)
{
	struct kinora_node *node = video_drvdata(file);
	const struct kinora_timing *timing = node->channel->timing;

	if (interval->index || !format_find(node->channel->kdev, interval->pixel_format) ||
	    interval->width != timing->width || interval->height != timing->height)
		return -EINVAL;
	interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	interval->discrete = timing_period(timing);
	return 0;
}

/* Also S_PARM: whatever is asked for, the signal's rate is what there is. */
static int g_parm(struct file *file, void *priv, struct v4l2_streamparm *parm)
{
	struct kinora_node *node = video_drvdata(file);

	if (parm->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return -EINVAL;
	parm->parm.capture = (struct v4l2_captureparm) {
		.capability = V4L2_CAP_TIMEPERFRAME,
		.timeperframe = timing_period(node->channel->timing),
	};
	return 0;
}

static const struct v4l2_ioctl_ops ioctl_ops = {
	KINORA_NODE_IOCTL_OPS
	.vidioc_enum_fmt_vid_cap = enum_fmt,
	.vidioc_g_fmt_vid_cap = g_fmt,
	.vidioc_try_fmt_vid_cap = try_fmt,
	.vidioc_s_fmt_vid_cap = s_fmt,
	.vidioc_enum_framesizes = enum_framesizes,
	.vidioc_enum_frameintervals = enum_frameintervals,
	.vidioc_g_parm = g_parm,
	.vidioc_s_parm = g_parm,
	.vidioc_g_dv_timings = kinora_g_dv_timings,
	.vidioc_s_dv_timings = kinora_s_dv_timings,
	.vidioc_query_dv_timings = kinora_query_dv_timings,
	.vidioc_enum_dv_timings = kinora_enum_dv_timings,
	.vidioc_dv_timings_cap = kinora_dv_timings_cap,
	.vidioc_g_edid = kinora_g_edid,
	.vidioc_s_edid = kinora_s_edid,
	.vidioc_subscribe_event = kinora_subscribe_event,
	.vidioc_unsubscribe_event = v4l2_event_unsubscribe,
};

/**
 * kinora_video_set_timing() - let a channel expect a raster
 * @channel: with no buffers and no stream
 * @timing: raster
 *
 * The picture node's format follows.
 *
 * Return: 0, or -EINVAL if the format cannot have that size.
 */
int kinora_video_set_timing(struct kinora_channel *channel, const struct kinora_timing *timing)
{
	struct kinora_node *node = &channel->video;
	struct kinora_layout layout;
	int ret;

	ret = kinora_format_layout(node->format, timing->width, timing->height, &layout);
	if (ret)
		return ret;
	channel->timing = timing;
	node->layout = layout;
	node->sizeimage = layout.bytes;
	return 0;
}

/**
 * kinora_video_init() - set up the picture node of a channel, unregistered
 * @channel: channel; its inputs and controls are not needed yet
 *
 * Return: 0 or a negative errno.
 */
int kinora_video_init(struct kinora_channel *channel)
{
	struct kinora_node *node = &channel->video;
	struct video_device *vdev = &node->vdev;

	node->format = format_get(channel->kdev, 0);
	if (!node->format) {
		dev_err(&channel->kdev->pdev->dev, "card writes no format the driver knows (%#x)\n",
			channel->kdev->formats);
		return -ENODEV;
	}
	vdev->ioctl_ops = &ioctl_ops;
	vdev->ctrl_handler = &channel->ctrls;
	vdev->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	if (!kinora_has_hdmi(channel->kdev)) { /* no input has an EDID */
		v4l2_disable_ioctl(vdev, VIDIOC_G_EDID);
		v4l2_disable_ioctl(vdev, VIDIOC_S_EDID);
	}
	return kinora_node_init(node, channel, &channel->video_stream, "video",
				V4L2_BUF_TYPE_VIDEO_CAPTURE);
}
