// SPDX-License-Identifier: MIT
/*
 * The ioctls, in the order in which programs use them. USERPTR memory is page aligned; DMABUF
 * buffers are brought by the test itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture.h"
#include "content.h"
#include "suite.h"

int capture_ioctl(int fd, unsigned long request, void *argument)
{
	int ret;

	do {
		ret = ioctl(fd, request, argument);
	} while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : 0;
}

int capture_open(struct capture *capture, unsigned int channel, enum device_kind kind)
{
	int ret;

	memset(capture, 0, sizeof(*capture));
	capture->fd = -1;
	capture->type = kind == DEVICE_VIDEO ? V4L2_BUF_TYPE_VIDEO_CAPTURE :
					       V4L2_BUF_TYPE_META_CAPTURE;
	ret = device_find(channel, kind, capture->path);
	if (ret)
		return ret;
	capture->fd = open(capture->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (capture->fd < 0)
		return -errno;
	capture->format.type = capture->type;
	return capture_ioctl(capture->fd, VIDIOC_G_FMT, &capture->format);
}

void capture_close(struct capture *capture)
{
	if (capture->fd < 0 || !capture->type)
		return;
	capture_stop(capture);
	capture_buffers_free(capture);
	close(capture->fd);
	capture->fd = -1;
}

int capture_input(struct capture *capture, enum device_input input)
{
	int index = device_input(capture->fd, input);

	if (index < 0)
		return index;
	return capture_ioctl(capture->fd, VIDIOC_S_INPUT, &index);
}

int capture_query(struct capture *capture, struct v4l2_dv_timings *timings)
{
	memset(timings, 0, sizeof(*timings));
	return capture_ioctl(capture->fd, VIDIOC_QUERY_DV_TIMINGS, timings);
}

bool capture_rate_is(const struct v4l2_dv_timings *timings, unsigned int num, unsigned int den)
{
	const struct v4l2_bt_timings *bt = &timings->bt;
	double total = (double)V4L2_DV_BT_FRAME_WIDTH(bt) * V4L2_DV_BT_FRAME_HEIGHT(bt);
	double want = total * num / den;

	return bt->pixelclock > want * (1 - 1e-6) && bt->pixelclock < want * (1 + 1e-6);
}

struct lock_question {
	struct capture *capture;
	const struct capture_signal *signal;
	struct v4l2_dv_timings timings;
	int last;
};

static bool signal_is_there(void *data)
{
	struct lock_question *question = data;
	const struct capture_signal *signal = question->signal;

	question->last = capture_query(question->capture, &question->timings);
	return !question->last && question->timings.bt.width == signal->width &&
	       question->timings.bt.height == signal->height &&
	       (!signal->rate_num ||
		capture_rate_is(&question->timings, signal->rate_num, signal->rate_den));
}

int capture_lock(struct capture *capture, const struct capture_signal *signal, unsigned int ms)
{
	struct lock_question question = { .capture = capture, .signal = signal };

	if (!suite_until(signal_is_there, &question, ms)) {
		suite_note("%s: no %ux%u at %u/%u after %u ms; query: %s, %ux%u, %llu Hz",
			   capture->path, signal->width, signal->height, signal->rate_num,
			   signal->rate_den, ms,
			   question.last ? strerror(-question.last) : "locked",
			   question.timings.bt.width, question.timings.bt.height,
			   (unsigned long long)question.timings.bt.pixelclock);
		return -ETIMEDOUT;
	}
	return capture_ioctl(capture->fd, VIDIOC_S_DV_TIMINGS, &question.timings);
}

int capture_format(struct capture *capture, uint32_t fourcc)
{
	struct v4l2_pix_format *pix = &capture->format.fmt.pix;
	struct v4l2_dv_timings timings = { 0 };
	int ret;

	ret = capture_ioctl(capture->fd, VIDIOC_G_DV_TIMINGS, &timings);
	if (ret)
		return ret;
	memset(&capture->format, 0, sizeof(capture->format));
	capture->format.type = capture->type;
	pix->width = timings.bt.width;
	pix->height = timings.bt.height;
	pix->pixelformat = fourcc;
	pix->field = V4L2_FIELD_ANY;
	ret = capture_ioctl(capture->fd, VIDIOC_S_FMT, &capture->format);
	if (ret)
		return ret;
	if (pix->width != timings.bt.width || pix->height != timings.bt.height ||
	    pix->pixelformat != fourcc)
		return -EPROTO;
	ret = content_layout(&capture->layout, fourcc, pix->width, pix->height);
	if (ret)
		return ret;
	if (pix->bytesperline != capture->layout.plane[0].stride ||
	    pix->sizeimage != capture->layout.bytes) {
		suite_note("bytesperline %u, sizeimage %u; the document gives %u and %u",
			   pix->bytesperline, pix->sizeimage, capture->layout.plane[0].stride,
			   capture->layout.bytes);
		return -EPROTO;
	}
	return 0;
}

static size_t buffer_bytes(const struct capture *capture)
{
	return capture->type == V4L2_BUF_TYPE_META_CAPTURE ? capture->format.fmt.meta.buffersize :
							     capture->format.fmt.pix.sizeimage;
}

static int map_buffer(struct capture *capture, unsigned int index)
{
	struct capture_buffer *own = &capture->buffer[index];
	struct v4l2_buffer buffer = {
		.index = index, .type = capture->type, .memory = V4L2_MEMORY_MMAP,
	};
	int ret = capture_ioctl(capture->fd, VIDIOC_QUERYBUF, &buffer);

	if (ret)
		return ret;
	own->length = buffer.length;
	own->start = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, capture->fd,
			  buffer.m.offset);
	if (own->start == MAP_FAILED) {
		own->start = NULL;
		return -errno;
	}
	return 0;
}

static int own_buffer(struct capture *capture, unsigned int index)
{
	struct capture_buffer *own = &capture->buffer[index];

	own->length = (buffer_bytes(capture) + 4095) & ~4095UL;
	own->start = mmap(NULL, own->length, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (own->start == MAP_FAILED) {
		own->start = NULL;
		return -errno;
	}
	own->owned = true;
	return 0;
}

int capture_buffers(struct capture *capture, enum v4l2_memory memory, unsigned int count)
{
	struct v4l2_requestbuffers request = {
		.count = count, .type = capture->type, .memory = memory,
	};
	int ret = capture_ioctl(capture->fd, VIDIOC_REQBUFS, &request);

	if (ret)
		return ret;
	if (request.count > CAPTURE_BUFFERS_MAX)
		return -E2BIG;
	capture->memory = memory;
	capture->buffers = request.count;
	for (unsigned int i = 0; i < request.count; i++)
		capture->buffer[i] = (struct capture_buffer){ .dmabuf = -1 };
	for (unsigned int i = 0; i < request.count && !ret; i++) {
		if (memory == V4L2_MEMORY_MMAP)
			ret = map_buffer(capture, i);
		else if (memory == V4L2_MEMORY_USERPTR)
			ret = own_buffer(capture, i);
	}
	return ret;
}

void capture_buffers_free(struct capture *capture)
{
	struct v4l2_requestbuffers request = { .type = capture->type, .memory = capture->memory };

	for (unsigned int i = 0; i < capture->buffers; i++) {
		struct capture_buffer *own = &capture->buffer[i];

		if (own->start)
			munmap(own->start, own->length);
		if (own->dmabuf >= 0)
			close(own->dmabuf);
	}
	if (capture->buffers)
		capture_ioctl(capture->fd, VIDIOC_REQBUFS, &request);
	capture->buffers = 0;
}

int capture_give(struct capture *capture, unsigned int index)
{
	const struct capture_buffer *own = &capture->buffer[index];
	struct v4l2_buffer buffer = {
		.index = index, .type = capture->type, .memory = capture->memory,
	};

	if (capture->memory == V4L2_MEMORY_USERPTR) {
		buffer.m.userptr = (unsigned long)own->start;
		buffer.length = own->length;
	} else if (capture->memory == V4L2_MEMORY_DMABUF) {
		buffer.m.fd = own->dmabuf;
		buffer.length = own->length;
	}
	return capture_ioctl(capture->fd, VIDIOC_QBUF, &buffer);
}

int capture_take(struct capture *capture, struct v4l2_buffer *buffer, unsigned int ms)
{
	uint64_t until = suite_now() + ms * 1000000ULL;

	for (;;) {
		struct pollfd fd = { .fd = capture->fd, .events = POLLIN };
		uint64_t now;
		int ret;

		memset(buffer, 0, sizeof(*buffer));
		buffer->type = capture->type;
		buffer->memory = capture->memory;
		ret = capture_ioctl(capture->fd, VIDIOC_DQBUF, buffer);
		if (ret != -EAGAIN)
			return ret;
		now = suite_now();
		if (now >= until)
			return -ETIMEDOUT;
		if (poll(&fd, 1, (until - now) / 1000000 + 1) < 0 && errno != EINTR)
			return -errno;
	}
}

int capture_start(struct capture *capture)
{
	int ret;

	for (unsigned int i = 0; i < capture->buffers; i++) {
		ret = capture_give(capture, i);
		if (ret)
			return ret;
	}
	ret = capture_ioctl(capture->fd, VIDIOC_STREAMON, &capture->type);
	capture->streaming = !ret;
	return ret;
}

int capture_stop(struct capture *capture)
{
	capture->streaming = false;
	return capture_ioctl(capture->fd, VIDIOC_STREAMOFF, &capture->type);
}

uint64_t capture_time(const struct v4l2_buffer *buffer)
{
	return buffer->timestamp.tv_sec * 1000000000ULL + buffer->timestamp.tv_usec * 1000ULL;
}

int capture_subscribe(struct capture *capture, unsigned int id)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_SOURCE_CHANGE, .id = id,
	};

	return capture_ioctl(capture->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription);
}

int capture_event(struct capture *capture, struct v4l2_event *event, unsigned int ms)
{
	struct pollfd fd = { .fd = capture->fd, .events = POLLPRI };

	if (poll(&fd, 1, ms) < 0)
		return -errno;
	memset(event, 0, sizeof(*event));
	return capture_ioctl(capture->fd, VIDIOC_DQEVENT, event);
}

int capture_prepare(struct capture *capture, enum device_input input,
		    const struct capture_signal *signal, uint32_t fourcc, unsigned int count)
{
	int ret = capture_open(capture, 1, DEVICE_VIDEO);

	if (!CHECK(!ret, "cannot open the picture node of channel 1: %s", strerror(-ret)))
		return ret;
	ret = capture_input(capture, input);
	if (!CHECK(!ret, "%s: S_INPUT: %s", capture->path, strerror(-ret)))
		goto out_close;
	ret = capture_lock(capture, signal, 5000);
	if (!CHECK(!ret, "%s: no lock: %s", capture->path, strerror(-ret)))
		goto out_close;
	ret = capture_format(capture, fourcc);
	if (!CHECK(!ret, "%s: S_FMT %.4s: %s", capture->path, (char *)&fourcc, strerror(-ret)))
		goto out_close;
	ret = capture_buffers(capture, V4L2_MEMORY_MMAP, count);
	if (!CHECK(!ret, "%s: %u buffers: %s", capture->path, count, strerror(-ret)))
		goto out_close;
	return 0;

out_close:
	capture_close(capture);
	return ret;
}
