// SPDX-License-Identifier: GPL-2.0-only
/*
 * Picture nodes: one VIDEO_CAPTURE node a channel. Formats, sizes and intervals; inputs and timings
 * are in kinora_input.c, buffers in kinora_queue.c.
 *
 * Width, height and rate are the timing's and nothing else's: there is no scaler, so each format
 * has exactly one frame size and one interval. Colours are those of the signal; RGB formats are
 * full range, because the card converts. HLG has no V4L2 transfer function: such pictures say
 * V4L2_XFER_FUNC_709, which HLG is made to be shown as where it is not understood, and the control
 * V4L2_CID_KINORA_TRANSFER tells the truth.
 */
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "kinora.h"

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

static int fill_pix(struct kinora_node *node, const struct kinora_format *format,
		    struct v4l2_pix_format *pix)
{
	struct kinora_channel *channel = node->channel;
	struct kinora_signal_info info;
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
		.field = V4L2_FIELD_NONE,
		.bytesperline = layout.stride0,
		.sizeimage = layout.bytes,
	};
	kinora_input_signal(channel, &info);
	kinora_input_colours(&info, format->rgb, pix);
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
	.vidioc_querycap = kinora_querycap,
	.vidioc_enum_fmt_vid_cap = enum_fmt,
	.vidioc_g_fmt_vid_cap = g_fmt,
	.vidioc_try_fmt_vid_cap = try_fmt,
	.vidioc_s_fmt_vid_cap = s_fmt,
	.vidioc_enum_framesizes = enum_framesizes,
	.vidioc_enum_frameintervals = enum_frameintervals,
	.vidioc_g_parm = g_parm,
	.vidioc_s_parm = g_parm,
	.vidioc_enum_input = kinora_enum_input,
	.vidioc_g_input = kinora_g_input,
	.vidioc_s_input = kinora_s_input,
	.vidioc_g_dv_timings = kinora_g_dv_timings,
	.vidioc_s_dv_timings = kinora_s_dv_timings,
	.vidioc_query_dv_timings = kinora_query_dv_timings,
	.vidioc_enum_dv_timings = kinora_enum_dv_timings,
	.vidioc_dv_timings_cap = kinora_dv_timings_cap,
	.vidioc_g_edid = kinora_g_edid,
	.vidioc_s_edid = kinora_s_edid,
	.vidioc_reqbufs = vb2_ioctl_reqbufs,
	.vidioc_create_bufs = vb2_ioctl_create_bufs,
	KINORA_REMOVE_BUFS_OP
	.vidioc_prepare_buf = vb2_ioctl_prepare_buf,
	.vidioc_querybuf = vb2_ioctl_querybuf,
	.vidioc_qbuf = vb2_ioctl_qbuf,
	.vidioc_dqbuf = vb2_ioctl_dqbuf,
	.vidioc_expbuf = vb2_ioctl_expbuf,
	.vidioc_streamon = vb2_ioctl_streamon,
	.vidioc_streamoff = vb2_ioctl_streamoff,
	.vidioc_log_status = kinora_log_status,
	.vidioc_subscribe_event = kinora_subscribe_event,
	.vidioc_unsubscribe_event = v4l2_event_unsubscribe,
};

static const struct v4l2_file_operations fops = {
	.owner = THIS_MODULE,
	.open = kinora_open,
	.release = vb2_fop_release,
	.unlocked_ioctl = video_ioctl2,
	.mmap = vb2_fop_mmap,
	.poll = vb2_fop_poll,
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
 * kinora_video_config() - what the picture stream is started with
 * @channel: channel
 * @config: to fill
 */
void kinora_video_config(struct kinora_channel *channel, struct kinora_config *config)
{
	*config = (struct kinora_config) {
		.format = channel->video.format->id,
		.width = channel->timing->width,
		.height = channel->timing->height,
		.layout = channel->video.layout,
		.period_num = channel->timing->rate_den,
		.period_den = channel->timing->rate_num,
	};
}

/**
 * kinora_video_init() - set up the picture node of a channel, unregistered
 * @channel: whose controls are set up
 *
 * Return: 0 or a negative errno.
 */
int kinora_video_init(struct kinora_channel *channel)
{
	struct kinora_node *node = &channel->video;
	struct video_device *vdev = &node->vdev;

	node->channel = channel;
	node->stream = &channel->video_stream;
	node->format = format_get(channel->kdev, 0);
	if (!node->format) {
		dev_err(&channel->kdev->pdev->dev, "card writes no format the driver knows (%#x)\n",
			channel->kdev->formats);
		return -ENODEV;
	}

	snprintf(vdev->name, sizeof(vdev->name), "kinora ch%u video", channel->index + 1);
	vdev->fops = &fops;
	vdev->ioctl_ops = &ioctl_ops;
	vdev->release = video_device_release_empty;
	vdev->v4l2_dev = &channel->kdev->v4l2_dev;
	vdev->lock = &channel->mutex;
	vdev->queue = &node->queue;
	vdev->ctrl_handler = &channel->ctrls;
	vdev->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	video_set_drvdata(vdev, node);
	return kinora_queue_init(node, V4L2_BUF_TYPE_VIDEO_CAPTURE);
}
