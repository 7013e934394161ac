/* SPDX-License-Identifier: MIT */
/*
 * Capture on V4L2's own ioctls, without a library between the test and the driver. Every wait has
 * a limit. All functions return 0 or a negative errno.
 *
 *	capture_open() capture_input() capture_lock() capture_format() capture_buffers()
 *	capture_start()  ... capture_take() capture_give() ...  capture_stop() capture_close()
 */
#ifndef SYSTEM_CAPTURE_H
#define SYSTEM_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/videodev2.h>

#include "device.h"
#include "stamp.h"

#define CAPTURE_BUFFERS_MAX 64

struct capture_buffer {
	uint8_t *start;			/* NULL: not mapped here */
	size_t length;
	int dmabuf;			/* -1: none */
	bool owned;			/* start is memory of ours (USERPTR), freed at the end */
};

struct capture {
	int fd;
	char path[DEVICE_PATH_MAX];
	enum v4l2_buf_type type;
	enum v4l2_memory memory;
	struct v4l2_format format;
	struct mem_layout layout;	/* of a picture, by content_layout() */
	unsigned int buffers;
	struct capture_buffer buffer[CAPTURE_BUFFERS_MAX];
	bool streaming;
};

int capture_open(struct capture *capture, unsigned int channel, enum device_kind kind);
/* Safe on a capture that was never opened or is already closed, and in any state. */
void capture_close(struct capture *capture);

int capture_input(struct capture *capture, enum device_input input);

/*
 * Wait until the detected picture has this size and this rate (0/0: any), then take its timings
 * over. -ETIMEDOUT, with a message of what was there instead, after ms.
 */
struct capture_signal {
	unsigned int width, height;
	unsigned int rate_num, rate_den;
};

int capture_lock(struct capture *capture, const struct capture_signal *signal, unsigned int ms);
/* Detected timings; the errno of QUERY_DV_TIMINGS as it is. */
int capture_query(struct capture *capture, struct v4l2_dv_timings *timings);
/* Does the pixel clock give this rate, within 1e-6 and so clear of its 1/1.001 neighbour? */
bool capture_rate_is(const struct v4l2_dv_timings *timings, unsigned int num, unsigned int den);

/* Set a pixel format of the current timings' size; -EPROTO when the driver changed anything. */
int capture_format(struct capture *capture, uint32_t fourcc);

/* Up to count buffers, fewer when the driver allows fewer; MMAP ones are mapped. */
int capture_buffers(struct capture *capture, enum v4l2_memory memory, unsigned int count);
void capture_buffers_free(struct capture *capture);

/* Queue one, queue all that are free, dequeue one within ms (-ETIMEDOUT). */
int capture_give(struct capture *capture, unsigned int index);
int capture_take(struct capture *capture, struct v4l2_buffer *buffer, unsigned int ms);

/* Queue every buffer and STREAMON; STREAMOFF. */
int capture_start(struct capture *capture);
int capture_stop(struct capture *capture);

/* The start-of-frame stamp of a buffer, ns with microsecond steps. */
uint64_t capture_time(const struct v4l2_buffer *buffer);

/* Subscribe to and fetch events; next: -ENOENT when there is none within ms. */
int capture_subscribe(struct capture *capture, unsigned int id);
int capture_event(struct capture *capture, struct v4l2_event *event, unsigned int ms);

/* ioctl that goes on after EINTR; 0 or negative errno. */
int capture_ioctl(int fd, unsigned long request, void *argument);

/*
 * The usual beginning in one: open, choose the input, lock, set the format, allocate MMAP buffers.
 * Each step is a check of the running test; on failure the capture is closed.
 */
int capture_prepare(struct capture *capture, enum device_input input,
		    const struct capture_signal *signal, uint32_t fourcc, unsigned int count);

#endif
