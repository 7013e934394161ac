// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata nodes: one META_CAPTURE node a channel, with the ancillary packets of each frame, exact
 * times and the timecode. The card writes struct kinora_meta_header and the packets (uapi/kinora.h)
 * straight into the buffer; a buffer has the sequence number of the picture it belongs to.
 *
 * Input and timing are the channel's, so switching the input here switches it for the picture node
 * too; the timing is chosen there.
 */
#include <media/v4l2-ioctl.h>

#include "kinora.h"

static int enum_fmt(struct file *file, void *priv, struct v4l2_fmtdesc *desc)
{
	if (desc->index)
		return -EINVAL;
	desc->pixelformat = V4L2_META_FMT_KINORA;
	strscpy(desc->description, "Kinora ancillary data", sizeof(desc->description));
	return 0;
}

static int get_fmt(struct file *file, void *priv, struct v4l2_format *format)
{
	format->fmt.meta = (struct v4l2_meta_format) {
		.dataformat = V4L2_META_FMT_KINORA,
		.buffersize = KINORA_META_BUFFER_BYTES,
	};
	return 0;
}

static const struct v4l2_ioctl_ops ioctl_ops = {
	KINORA_NODE_IOCTL_OPS
	.vidioc_enum_fmt_meta_cap = enum_fmt,
	.vidioc_g_fmt_meta_cap = get_fmt,
	.vidioc_s_fmt_meta_cap = get_fmt, /* there is only one */
	.vidioc_try_fmt_meta_cap = get_fmt,
};

/**
 * kinora_meta_init() - set up the metadata node of a channel, unregistered
 * @channel: channel
 *
 * Return: 0 or a negative errno.
 */
int kinora_meta_init(struct kinora_channel *channel)
{
	struct kinora_node *node = &channel->meta;
	struct video_device *vdev = &node->vdev;

	node->layout.bytes = KINORA_META_BUFFER_BYTES;
	node->sizeimage = node->layout.bytes;
	vdev->ioctl_ops = &ioctl_ops;
	vdev->device_caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
	return kinora_node_init(node, channel, &channel->meta_stream, "meta",
				V4L2_BUF_TYPE_META_CAPTURE);
}
