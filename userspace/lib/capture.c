// SPDX-License-Identifier: MIT
/*
 * Capture: a queue of memory-mapped buffers on the picture node and, beside it, one on the metadata
 * node of the same channel. Frames are handed out where the card wrote them and go back to the card
 * when they are released; no picture is copied.
 *
 * What surprises people:
 * - With config.map off nothing is mapped: a program that only counts frames then costs the machine
 *   next to nothing, even at 8K.
 * - Metadata may come before or after its picture. What has come is kept, 64 entries of it.
 */
#include <endian.h>
#include <errno.h>
#include <libv4l2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "device.h"
#include "error.h"
#include "uapi/kinora.h"

#define BUFFERS_MAX 32
#define META_BUFFERS 8
#define META_KEPT 64			/* a power of two */

struct mapping {
	void *data;			/* NULL: not mapped */
	size_t bytes;
};

/* One node's buffers. */
struct queue {
	int fd;
	const char *path;
	enum v4l2_buf_type type;
	unsigned int count;
	struct mapping maps[BUFFERS_MAX];
	bool streaming;
};

struct kinora_capture {
	struct kinora_device *device;
	struct queue video, meta;	/* meta.fd is -1 without metadata */
	bool map;
	struct v4l2_format old;		/* to set again; type 0: nothing was changed */
	struct kinora_capture_format format;
	char meta_missing[160];		/* why; "": there is metadata */
	unsigned int events;

	struct kinora_meta kept[META_KEPT];
	uint64_t arrived, taken; /* entries ever; `arrived` mod META_KEPT is the next place */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ----------------------------------------------------------------- queues */

static int fail_queue(const struct queue *queue, int error, const char *what)
{
	if (error == -EBUSY)
		return kinora_fail_busy(queue->path, "capture");
	if (error == -ENODEV || error == -EIO)
		return kinora_fail(-ENODEV, "'%s' is gone: card or driver was removed",
				   queue->path);
	if (error == -ENOMEM)
		return kinora_fail(error, "no memory for the buffers of '%s': use fewer of them",
				   queue->path);
	return kinora_fail(error, "cannot %s on '%s': %s", what, queue->path, strerror(-error));
}

static int buffer_queue(const struct queue *queue, unsigned int index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = queue->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	return kinora_node_ioctl(queue->fd, VIDIOC_QBUF, &buffer);
}

static int buffer_map(struct queue *queue, unsigned int index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = queue->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int ret = kinora_node_ioctl(queue->fd, VIDIOC_QUERYBUF, &buffer);
	void *data;

	if (ret)
		return ret;
	data = v4l2_mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, queue->fd,
			 buffer.m.offset);
	if (data == MAP_FAILED)
		return -errno;
	queue->maps[index] = (struct mapping){ data, buffer.length };
	return 0;
}

static void queue_stop(struct queue *queue)
{
	if (queue->streaming)
		kinora_node_ioctl(queue->fd, VIDIOC_STREAMOFF, &queue->type);
	queue->streaming = false;
}

static void queue_finish(struct queue *queue)
{
	struct v4l2_requestbuffers request = {
		.type = queue->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	unsigned int i;

	if (queue->fd < 0)
		return;
	queue_stop(queue);
	for (i = 0; i < queue->count; i++)
		if (queue->maps[i].data)
			v4l2_munmap(queue->maps[i].data, queue->maps[i].bytes);
	if (queue->count)
		kinora_node_ioctl(queue->fd, VIDIOC_REQBUFS, &request);
	queue->count = 0;
}

static int queue_init(struct queue *queue, unsigned int buffers, bool map)
{
	struct v4l2_requestbuffers request = {
		.count = buffers,
		.type = queue->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	unsigned int i;
	int ret = kinora_node_ioctl(queue->fd, VIDIOC_REQBUFS, &request);

	if (ret)
		return fail_queue(queue, ret, "allocate buffers");
	queue->count = request.count < BUFFERS_MAX ? request.count : BUFFERS_MAX;
	for (i = 0; i < queue->count; i++) {
		ret = map ? buffer_map(queue, i) : 0;
		if (!ret)
			ret = buffer_queue(queue, i);
		if (ret)
			return fail_queue(queue, ret, "queue buffers");
	}
	return 0;
}

static int queue_start(struct queue *queue)
{
	int ret = kinora_node_ioctl(queue->fd, VIDIOC_STREAMON, &queue->type);

	if (ret)
		return fail_queue(queue, ret, "start capture");
	queue->streaming = true;
	return 0;
}

/* -EAGAIN: nothing there. Sets a message for other failures. */
static int queue_dequeue(const struct queue *queue, struct v4l2_buffer *buffer)
{
	int ret;

	memset(buffer, 0, sizeof(*buffer));
	buffer->type = queue->type;
	buffer->memory = V4L2_MEMORY_MMAP;
	ret = kinora_node_ioctl(queue->fd, VIDIOC_DQBUF, buffer);
	if (ret && ret != -EAGAIN)
		return fail_queue(queue, ret, "take frames");
	if (!ret && buffer->index >= queue->count)
		return kinora_fail(-EIO, "'%s' gave back buffer %u of %u: the driver is broken",
				   queue->path, buffer->index, queue->count);
	return ret;
}

/* ------------------------------------------------------------------ set up */

static void format_names(struct kinora_device *device, char *names, size_t room)
{
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	names[0] = '\0';
	while (!kinora_node_ioctl(device->fd, VIDIOC_ENUM_FMT, &desc)) {
		const struct kinora_format_info *info = kinora_format_find(desc.pixelformat);
		size_t length = strlen(names);

		if (info)
			snprintf(names + length, room - length, "%s%s", length ? ", " : "",
				 info->name);
		desc.index++;
	}
}

static int format_change(struct kinora_capture *capture, struct v4l2_format *format,
			 uint32_t fourcc)
{
	struct v4l2_pix_format *pix = &format->fmt.pix;
	const struct queue *queue = &capture->video;
	char names[160];
	int ret;

	capture->old = *format;
	pix->pixelformat = fourcc;
	pix->bytesperline = 0;
	pix->sizeimage = 0;
	ret = kinora_node_ioctl(queue->fd, VIDIOC_S_FMT, format);
	if (!ret && pix->pixelformat == fourcc)
		return 0;
	if (ret == -EBUSY) {
		capture->old.type = 0;
		return fail_queue(queue, ret, "set the format");
	}
	format_names(capture->device, names, sizeof(names));
	return kinora_fail(-EINVAL, "'%s' does not write '%.4s': it has %s", queue->path,
			   (const char *)&fourcc, names);
}

static int format_init(struct kinora_capture *capture, uint32_t fourcc)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct kinora_capture_format *out = &capture->format;
	const struct v4l2_pix_format *pix = &format.fmt.pix;
	int ret = kinora_node_ioctl(capture->video.fd, VIDIOC_G_FMT, &format);

	if (ret)
		return fail_queue(&capture->video, ret, "read the format");
	if (fourcc && pix->pixelformat != fourcc) {
		ret = format_change(capture, &format, fourcc);
		if (ret)
			return ret;
	}
	out->fourcc = pix->pixelformat;
	out->info = kinora_format_find(pix->pixelformat);
	if (out->info && strlen(out->info->name) < sizeof(out->name))
		snprintf(out->name, sizeof(out->name), "%s", out->info->name);
	else
		snprintf(out->name, sizeof(out->name), "%.4s", (const char *)&out->fourcc);
	out->width = pix->width;
	out->height = pix->height;
	out->stride = pix->bytesperline;
	out->bytes = pix->sizeimage;
	kinora_device_colour(capture->device, pix, &out->colour);
	return 0;
}

/* 0, or a negative errno and a message, which is then the reason why there is no metadata. */
static int meta_init(struct kinora_capture *capture)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_META_CAPTURE };
	struct queue *meta = &capture->meta;
	int ret;

	meta->path = capture->device->channel.meta;
	meta->type = V4L2_BUF_TYPE_META_CAPTURE;
	if (!meta->path[0])
		return kinora_fail(-ENODEV, "'%s' has no metadata node",
				   capture->device->channel.video);
	ret = kinora_node_open(meta->path);
	if (ret < 0)
		return ret;
	meta->fd = ret;
	ret = kinora_node_ioctl(meta->fd, VIDIOC_G_FMT, &format);
	if (ret || format.fmt.meta.dataformat != V4L2_META_FMT_KINORA)
		return kinora_fail(-EINVAL, "'%s' is no metadata node of a kinora card",
				   meta->path);
	return queue_init(meta, META_BUFFERS, true);
}

static void meta_give_up(struct kinora_capture *capture)
{
	snprintf(capture->meta_missing, sizeof(capture->meta_missing), "%s", kinora_error());
	queue_finish(&capture->meta);
	kinora_node_close(capture->meta.fd);
	capture->meta.fd = -1;
}

static void subscribe(struct kinora_capture *capture)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_SOURCE_CHANGE };
	int input = 0;

	/* The event's id is the input. A driver without the event refuses, which is no failure. */
	if (!kinora_node_ioctl(capture->video.fd, VIDIOC_G_INPUT, &input))
		subscription.id = (uint32_t)input;
	kinora_node_ioctl(capture->video.fd, VIDIOC_SUBSCRIBE_EVENT, &subscription);
}

static void unsubscribe(struct kinora_capture *capture)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_ALL };

	kinora_node_ioctl(capture->video.fd, VIDIOC_UNSUBSCRIBE_EVENT, &subscription);
}

int kinora_capture_create(struct kinora_capture **capture, struct kinora_device *device,
			  const struct kinora_capture_config *config)
{
	struct kinora_capture *c;
	int ret;

	if (config->buffers < 2 || config->buffers > BUFFERS_MAX)
		return kinora_fail(-EINVAL, "%u buffers: use 2 to %u", config->buffers,
				   BUFFERS_MAX);
	c = calloc(1, sizeof(*c));
	if (!c)
		return kinora_fail(-ENOMEM, "out of memory for a capture");
	c->device = device;
	c->map = config->map;
	c->meta.fd = -1;
	c->video.fd = device->fd;
	c->video.path = device->channel.video;
	c->video.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	subscribe(c);
	ret = format_init(c, config->format);
	if (!ret)
		ret = queue_init(&c->video, config->buffers, config->map);
	if (ret) {
		kinora_capture_destroy(c);
		return ret;
	}
	if (!config->meta)
		snprintf(c->meta_missing, sizeof(c->meta_missing), "metadata was not asked for");
	else if (meta_init(c))
		meta_give_up(c);
	*capture = c;
	return 0;
}

int kinora_capture_start(struct kinora_capture *capture)
{
	int ret;

	/* The picture first: sequence then starts at its first frame. */
	ret = queue_start(&capture->video);
	if (!ret && capture->meta.fd >= 0 && queue_start(&capture->meta))
		meta_give_up(capture);
	return ret;
}

void kinora_capture_stop(struct kinora_capture *capture)
{
	queue_stop(&capture->meta);
	queue_stop(&capture->video);
}

void kinora_capture_destroy(struct kinora_capture *capture)
{
	if (!capture)
		return;
	queue_finish(&capture->meta);
	kinora_node_close(capture->meta.fd);
	queue_finish(&capture->video);
	if (capture->old.type)
		kinora_node_ioctl(capture->video.fd, VIDIOC_S_FMT, &capture->old);
	unsubscribe(capture);
	free(capture);
}

const struct kinora_capture_format *kinora_capture_format(const struct kinora_capture *capture)
{
	return &capture->format;
}

unsigned int kinora_capture_buffers(const struct kinora_capture *capture)
{
	return capture->video.count;
}

const char *kinora_capture_meta_missing(const struct kinora_capture *capture)
{
	return capture->meta_missing[0] ? capture->meta_missing : NULL;
}

/* --------------------------------------------------------------- metadata */

/* Everything in the buffer comes from the card: false for what does not hold together. */
static bool meta_decode(const struct mapping *map, const struct v4l2_buffer *buffer,
			struct kinora_meta *meta)
{
	struct kinora_meta_header header;
	uint32_t status;

	if (buffer->bytesused < sizeof(header) || buffer->bytesused > map->bytes)
		return false;
	memcpy(&header, map->data, sizeof(header));
	if (le32toh(header.magic) != KINORA_META_MAGIC ||
	    le16toh(header.version) != KINORA_META_VERSION ||
	    le32toh(header.bytes) > buffer->bytesused)
		return false;
	status = le32toh(header.status);
	*meta = (struct kinora_meta){
		.sequence = buffer->sequence,
		.timestamp_ns = (uint64_t)buffer->timestamp.tv_sec * 1000000000 +
				(uint64_t)buffer->timestamp.tv_usec * 1000,
		.frame = le64toh(header.frame),
		.sof_ns = le64toh(header.sof_ns),
		.eof_ns = le64toh(header.eof_ns),
		.timecode = le64toh(header.timecode),
		.payload_id = le32toh(header.payload_id),
		.generation = le32toh(header.generation),
		.rate = { le32toh(header.rate_num), le32toh(header.rate_den) },
		.error = buffer->flags & V4L2_BUF_FLAG_ERROR ||
			 status & (KINORA_META_NO_SIGNAL | KINORA_META_MISMATCH),
	};
	return true;
}

/* Moves what has come to `kept` and gives the buffers back. */
static int meta_drain(struct kinora_capture *capture)
{
	struct queue *queue = &capture->meta;
	struct v4l2_buffer buffer;
	int ret;

	while (queue->fd >= 0) {
		ret = queue_dequeue(queue, &buffer);
		if (ret)
			return ret == -EAGAIN ? 0 : ret;
		if (meta_decode(&queue->maps[buffer.index], &buffer,
				&capture->kept[capture->arrived % META_KEPT]))
			capture->arrived++;
		ret = buffer_queue(queue, buffer.index);
		if (ret)
			return fail_queue(queue, ret, "give buffers back");
	}
	return 0;
}

int kinora_capture_take_meta(struct kinora_capture *capture, struct kinora_meta *meta)
{
	int ret = meta_drain(capture);

	if (ret)
		return ret;
	if (capture->arrived - capture->taken > META_KEPT)
		capture->taken = capture->arrived - META_KEPT;
	if (capture->taken == capture->arrived)
		return 0;
	*meta = capture->kept[capture->taken++ % META_KEPT];
	return 1;
}

/* 0, -EAGAIN: may still come, -ENODATA: will not. */
static int meta_lookup(const struct kinora_capture *capture, uint32_t sequence,
		       struct kinora_meta *meta)
{
	uint64_t count = capture->arrived < META_KEPT ? capture->arrived : META_KEPT, i;

	for (i = 1; i <= count; i++) {
		const struct kinora_meta *kept = &capture->kept[(capture->arrived - i) % META_KEPT];

		if (kept->sequence == sequence) {
			*meta = *kept;
			return 0;
		}
		if ((int32_t)(kept->sequence - sequence) < 0)
			return i == 1 ? -EAGAIN : -ENODATA;
	}
	return count ? -ENODATA : -EAGAIN;
}

/* ----------------------------------------------------------------- frames */

static void events_take(struct kinora_capture *capture)
{
	struct v4l2_event event;

	while (!kinora_node_ioctl(capture->video.fd, VIDIOC_DQEVENT, &event))
		if (event.type == V4L2_EVENT_SOURCE_CHANGE)
			capture->events |= KINORA_EVENT_SOURCE_CHANGE;
}

unsigned int kinora_capture_events(struct kinora_capture *capture)
{
	unsigned int events = capture->events;

	capture->events = 0;
	return events;
}

static int frame_dequeue(struct kinora_capture *capture, struct kinora_frame *frame)
{
	const struct mapping *map;
	struct v4l2_buffer buffer;
	int ret = queue_dequeue(&capture->video, &buffer);

	if (ret)
		return ret;
	map = &capture->video.maps[buffer.index];
	*frame = (struct kinora_frame){
		.index = buffer.index,
		.sequence = buffer.sequence,
		.timestamp_ns = (uint64_t)buffer.timestamp.tv_sec * 1000000000 +
				(uint64_t)buffer.timestamp.tv_usec * 1000,
		.dequeued_ns = now_ns(),
		.at_end = (buffer.flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK) !=
			  V4L2_BUF_FLAG_TSTAMP_SRC_SOE,
		.error = buffer.flags & V4L2_BUF_FLAG_ERROR,
		.data = map->data,
		.bytes = buffer.bytesused,
	};
	if (map->data && frame->bytes > map->bytes)
		frame->bytes = map->bytes;
	return 0;
}

/* Until something happens on either node. 0, -ETIMEDOUT, -EINTR. */
static int wait(struct kinora_capture *capture, uint64_t deadline_ns)
{
	struct pollfd fds[2] = {
		{ .fd = capture->video.fd, .events = POLLIN | POLLPRI },
		{ .fd = capture->meta.fd, .events = POLLIN },	/* -1 is passed over */
	};
	uint64_t now = now_ns();
	int left = now >= deadline_ns ? 0 : (int)((deadline_ns - now + 999999) / 1000000);
	int ret = poll(fds, 2, left);

	if (ret < 0)
		return kinora_fail(-errno, "waiting for a frame of '%s' was interrupted",
				   capture->video.path);
	if (!ret)
		return kinora_fail(
			-ETIMEDOUT,
			"no frame from '%s' in time: 'kinora status' tells about its signal",
			capture->video.path);
	if (fds[0].revents & POLLPRI)
		events_take(capture);
	if (fds[0].revents & (POLLERR | POLLNVAL) && !(fds[0].revents & POLLIN))
		return kinora_fail(
			-ENODEV,
			"'%s' stopped delivering: card or driver was removed, or capture was "
			"not started",
			capture->video.path);
	if (fds[1].revents & (POLLERR | POLLNVAL) && !(fds[1].revents & POLLIN)) {
		kinora_fail(-ENODEV, "'%s' stopped delivering", capture->meta.path);
		meta_give_up(capture);	/* the picture goes on without it */
	}
	return 0;
}

int kinora_capture_next(struct kinora_capture *capture, struct kinora_frame *frame, int timeout_ms)
{
	uint64_t deadline = now_ns() + (uint64_t)timeout_ms * 1000000;
	int ret;

	for (;;) {
		/* The picture first: its time in hand counts. */
		int got = frame_dequeue(capture, frame);

		if (got != -EAGAIN)
			return got;
		ret = meta_drain(capture);
		if (!ret)
			ret = wait(capture, deadline);
		if (ret)
			return ret;
	}
}

int kinora_capture_release(struct kinora_capture *capture, const struct kinora_frame *frame)
{
	int ret = buffer_queue(&capture->video, frame->index);

	return ret ? fail_queue(&capture->video, ret, "give buffers back") : 0;
}

int kinora_capture_find_meta(struct kinora_capture *capture, uint32_t sequence,
			     struct kinora_meta *meta, int timeout_ms)
{
	uint64_t deadline = now_ns() + (uint64_t)timeout_ms * 1000000;
	int ret;

	if (capture->meta.fd < 0)
		return kinora_fail(-ENODATA, "%s", capture->meta_missing);
	for (;;) {
		struct pollfd fd = { .fd = capture->meta.fd, .events = POLLIN };
		uint64_t now = now_ns();

		ret = meta_drain(capture);
		if (!ret)
			ret = meta_lookup(capture, sequence, meta);
		if (ret == -ENODATA)
			return kinora_fail(ret, "there is no metadata for frame %u of '%s'",
					   sequence, capture->video.path);
		if (ret != -EAGAIN)
			return ret;
		if (now >= deadline)
			return kinora_fail(-ETIMEDOUT, "metadata for frame %u of '%s' did not come",
					   sequence, capture->video.path);
		if (poll(&fd, 1, (int)((deadline - now + 999999) / 1000000)) < 0)
			return kinora_fail(-errno, "waiting for metadata was interrupted");
		if (fd.revents & (POLLERR | POLLNVAL) && !(fd.revents & POLLIN))
			return kinora_fail(-ENODEV, "'%s' stopped delivering",
					   capture->meta.path);
	}
}

int kinora_capture_picture(const struct kinora_capture *capture, const struct kinora_frame *frame,
			   struct kinora_picture *picture)
{
	const struct kinora_capture_format *format = &capture->format;

	if (!format->info)
		return kinora_fail(-EINVAL, "cannot read pictures of format '%s'", format->name);
	if (!frame->data)
		return kinora_fail(-EINVAL, "frame %u is not mapped: set config.map",
				   frame->sequence);
	*picture = (struct kinora_picture){
		.format = format->info,
		.width = format->width,
		.height = format->height,
		.stride = format->stride,
		.data = frame->data,
		.bytes = frame->bytes,
		.colour = format->colour,
	};
	return 0;
}
