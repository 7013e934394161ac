/* SPDX-License-Identifier: MIT */
/*
 * An open node, as device.c and capture.c share it.
 */
#ifndef KINORA_LIB_DEVICE_H
#define KINORA_LIB_DEVICE_H

#include <linux/videodev2.h>

#include "kinora.h"

struct kinora_device {
	int fd;				/* of libv4l2, conversion off */
	struct kinora_channel channel;
	struct v4l2_capability capability;
	char version[16];
	struct v4l2_input input;	/* that kinora_device_input() last asked for */
};

/* A V4L2 node for reading and writing, without blocking: fd or negative errno. */
int kinora_node_open(const char *path);
void kinora_node_close(int fd);
/* 0 or negative errno; repeats what a signal interrupts. Sets no message. */
int kinora_node_ioctl(int fd, unsigned long request, void *argument);

/* The colours of a negotiated format; the curve by the driver's control where it has one. */
void kinora_device_colour(struct kinora_device *device, const struct v4l2_pix_format *pix,
			  struct kinora_colour *colour);

/* -EBUSY with a message that names who holds the node. */
int kinora_fail_busy(const char *path, const char *what);

#endif
