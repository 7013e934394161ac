// SPDX-License-Identifier: MIT
/*
 * Description: every way an application can bring or borrow buffers: MMAP, USERPTR (aligned and
 * not), DMABUF from another node and from udmabuf, CREATE_BUFS, a greedy REQBUFS, EXPBUF; and what
 * the driver must refuse.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/udmabuf.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

static const struct capture_signal signal_1080 = { 1920, 1080, 60, 1 };
static const struct capture_signal signal_8k = { 7680, 4320, 60, 1 };

#define FRAMES 30

/* Capture and check every frame in every byte, traps included. buffer[].start must be mapped. */
static void capture_checked(struct capture *capture, const struct content_picture *picture,
			    unsigned int frames)
{
	unsigned int i;

	for (i = 0; i < capture->buffers; i++)
		content_trap_set(&capture->layout, capture->buffer[i].start);
	if (!CHECK_OK(capture_start(capture)))
		return;
	for (i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;
		uint8_t *start;

		if (!CHECK_OK(capture_take(capture, &buffer, 1000)))
			return;
		start = capture->buffer[buffer.index].start;
		CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "frame %u is marked", i);
		CHECK_EQ(buffer.bytesused, capture->layout.bytes);
		CHECK_EQ(buffer.memory, capture->memory);
		CHECK_EQ(content_trap_count(&capture->layout, start), 0);
		content_check(picture, &capture->layout, start, "frame");
		content_trap_set(&capture->layout, start);
		if (!CHECK_OK(capture_give(capture, buffer.index)))
			return;
	}
	CHECK_OK(capture_stop(capture));
}

/* Opened, locked on 1080p60 bars, in a format; buffers are the test's own business. */
static int begin(struct capture *capture, struct content_picture *picture, uint32_t fourcc)
{
	capture->fd = -1;
	if (!CHECK_OK(world_say("signal sdi1 1080p60 pattern=rp219")) ||
	    !CHECK_OK(content_bars_create(picture, CONTENT_RP219, 1920, 1080)))
		return -EINVAL;
	if (capture_prepare(capture, DEVICE_SDI1, &signal_1080, fourcc, 2)) {
		content_destroy(picture);
		return -EINVAL;
	}
	capture_buffers_free(capture);
	return 0;
}

static void end(struct capture *capture, struct content_picture *picture)
{
	capture_close(capture);
	content_destroy(picture);
}

static void test_mmap(void)
{
	struct capture capture;
	struct content_picture picture;

	if (begin(&capture, &picture, V4L2_PIX_FMT_NV12))
		return;
	if (CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_MMAP, 4)))
		capture_checked(&capture, &picture, FRAMES);
	end(&capture, &picture);
}

static void test_userptr(void)
{
	struct capture capture;
	struct content_picture picture;

	if (begin(&capture, &picture, V4L2_PIX_FMT_UYVY))
		return;
	if (CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_USERPTR, 4)))
		capture_checked(&capture, &picture, FRAMES);
	end(&capture, &picture);
}

/* The contract wants 8-aligned data: an odd address or a short one is refused, 8 is not. */
static void test_userptr_alignment(void)
{
	struct capture capture;
	struct content_picture picture;
	struct v4l2_buffer buffer = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				      .memory = V4L2_MEMORY_USERPTR };
	uint8_t *memory;
	int ret;

	if (begin(&capture, &picture, V4L2_PIX_FMT_UYVY))
		return;
	memory = aligned_alloc(4096, capture.layout.bytes + 8192);
	if (!CHECK(memory, "no memory") ||
	    !CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_USERPTR, 2)))
		goto out;
	memset(memory, 0, capture.layout.bytes + 8192);
	buffer.length = capture.layout.bytes;
	buffer.m.userptr = (unsigned long)memory + 1;
	ret = capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer);
	CHECK(ret == -EINVAL || ret == -EFAULT, "QBUF of an odd address: %s", strerror(-ret));
	buffer.m.userptr = (unsigned long)memory + 4;
	ret = capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer);
	CHECK(ret == -EINVAL || ret == -EFAULT, "QBUF of a 4-aligned address: %s", strerror(-ret));
	buffer.m.userptr = (unsigned long)memory;
	buffer.length = capture.layout.bytes - 1;
	ret = capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer);
	CHECK(ret == -EINVAL || ret == -EFAULT, "QBUF of a short buffer: %s", strerror(-ret));
	buffer.m.userptr = 0x1000;
	buffer.length = capture.layout.bytes;
	ret = capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer);
	CHECK(ret < 0, "QBUF of an address that is not there succeeds");
	/* the queue is none the worse: own memory, shifted by 8 bytes */
	for (unsigned int i = 0; i < capture.buffers; i++) {
		munmap(capture.buffer[i].start, capture.buffer[i].length);
		capture.buffer[i].length = capture.layout.bytes;
		capture.buffer[i].start = NULL;
	}
	capture.buffer[0].start = memory + 8;
	capture.buffer[1].start = aligned_alloc(4096, (capture.layout.bytes + 4095) & ~4095UL);
	if (CHECK(capture.buffer[1].start, "no memory")) {
		memset(capture.buffer[1].start, 0, capture.layout.bytes);
		capture_checked(&capture, &picture, FRAMES);
		capture_stop(&capture);
		free(capture.buffer[1].start);
	}
	capture.buffer[0].start = capture.buffer[1].start = NULL;
out:
	end(&capture, &picture);
	free(memory);
}

/*
 * Export the MMAP buffers of channel 2 and import on channel 1. Both are one PCI function, and
 * videobuf2 maps such a buffer twice for it; DMA-API debug takes that for a fault and then falls
 * silent, so not under it.
 */
static void test_dmabuf_from_node(void)
{
	struct capture capture, other = { .fd = -1 };
	struct content_picture picture;

	if (suite_debug_kernel()) {
		suite_note("not with DMA-API debug: it knows no second mapping for one device");
		return;
	}
	if (begin(&capture, &picture, V4L2_PIX_FMT_UYVY))
		return;
	if (!CHECK_OK(world_say("signal sdi2 1080p60 pattern=rp219")) ||
	    !CHECK_OK(capture_open(&other, 2, DEVICE_VIDEO)) ||
	    !CHECK_OK(capture_input(&other, DEVICE_SDI1)) ||
	    !CHECK_OK(capture_lock(&other, &signal_1080, 3000)) ||
	    !CHECK_OK(capture_format(&other, V4L2_PIX_FMT_UYVY)) ||
	    !CHECK_OK(capture_buffers(&other, V4L2_MEMORY_MMAP, 4)) ||
	    !CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_DMABUF, 4)))
		goto out;
	if (!CHECK(other.buffers == 4 && capture.buffers == 4, "%u and %u buffers", other.buffers,
		   capture.buffers))
		goto out;
	for (unsigned int i = 0; i < 4; i++) {
		struct v4l2_exportbuffer export = {
			.type = other.type, .index = i, .flags = O_RDWR | O_CLOEXEC,
		};

		if (!CHECK_OK(capture_ioctl(other.fd, VIDIOC_EXPBUF, &export)))
			goto out;
		capture.buffer[i].dmabuf = export.fd;
		capture.buffer[i].length = other.buffer[i].length;
		capture.buffer[i].start = mmap(NULL, capture.buffer[i].length,
					       PROT_READ | PROT_WRITE, MAP_SHARED, export.fd, 0);
		if (!CHECK(capture.buffer[i].start != MAP_FAILED, "mmap of the dma-buf")) {
			capture.buffer[i].start = NULL;
			goto out;
		}
	}
	capture_checked(&capture, &picture, FRAMES);
out:
	end(&capture, &picture);
	capture_close(&other);
}

/* Memory of neither the driver nor V4L2: memfd through /dev/udmabuf, where the kernel has it. */
static void test_dmabuf_from_udmabuf(void)
{
	struct capture capture;
	struct content_picture picture;
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	if (device < 0) {
		suite_note("no /dev/udmabuf in this kernel: nothing to import");
		return;
	}
	if (begin(&capture, &picture, V4L2_PIX_FMT_YUYV)) {
		close(device);
		return;
	}
	if (!CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_DMABUF, 3)))
		goto out;
	for (unsigned int i = 0; i < capture.buffers; i++) {
		size_t bytes = (capture.layout.bytes + 4095) & ~4095UL;
		struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = bytes };
		int memory = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);

		create.memfd = memory;
		if (!CHECK(memory >= 0 && !ftruncate(memory, bytes) &&
				   !fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK),
			   "memfd: %s", strerror(errno)))
			goto out;
		capture.buffer[i].length = bytes;
		capture.buffer[i].start =
			mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
		capture.buffer[i].dmabuf = ioctl(device, UDMABUF_CREATE, &create);
		close(memory);
		if (!CHECK(capture.buffer[i].dmabuf >= 0, "UDMABUF_CREATE: %s", strerror(errno)))
			goto out;
	}
	capture_checked(&capture, &picture, FRAMES);
out:
	end(&capture, &picture);
	close(device);
}

static void test_dmabuf_refused(void)
{
	struct capture capture;
	struct content_picture picture;
	struct v4l2_buffer buffer = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				      .memory = V4L2_MEMORY_DMABUF };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!begin(&capture, &picture, V4L2_PIX_FMT_UYVY)) {
		if (CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_DMABUF, 2))) {
			buffer.m.fd = -1;
			CHECK(capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer) < 0, "QBUF of fd -1");
			buffer.m.fd = null;
			CHECK(capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer) < 0,
			      "QBUF of /dev/null");
		}
		end(&capture, &picture);
	}
	close(null);
}

/* FFmpeg asks for 256, PipeWire for 32: fewer come back, at least 8, and what came back works. */
static void test_greedy(void)
{
	struct capture capture = { .fd = -1 };
	struct v4l2_requestbuffers request = {
		.count = 256, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP,
	};

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60 pattern=black")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k,
			    v4l2_fourcc('v', '2', '1', '0'), 2))
		return;
	capture_buffers_free(&capture);
	if (!CHECK_OK(capture_ioctl(capture.fd, VIDIOC_REQBUFS, &request)))
		goto out;
	suite_note("REQBUFS(256) of 8K v210 gives %u", request.count);
	CHECK(request.count >= 8 && request.count < 256, "REQBUFS(256) of 8K v210 gives %u buffers",
	      request.count);
	request.count = 0;
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_REQBUFS, &request));
	/* and again: nothing is lost on the way */
	for (unsigned int i = 0; i < 5; i++) {
		request.count = 8;
		if (!CHECK_OK(capture_ioctl(capture.fd, VIDIOC_REQBUFS, &request)) ||
		    !CHECK_EQ(request.count, 8))
			break;
	}
	request.count = 0;
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_REQBUFS, &request));
out:
	capture_close(&capture);
}

/* Buffers added while streaming are used; what is too small, or larger than memory, is refused. */
static void test_create_bufs(void)
{
	struct capture capture;
	struct content_picture picture;
	struct v4l2_create_buffers create = { .count = 2, .memory = V4L2_MEMORY_MMAP };
	unsigned int seen = 0;

	if (begin(&capture, &picture, V4L2_PIX_FMT_UYVY))
		return;
	if (!CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_MMAP, 2)) ||
	    !CHECK_OK(capture_start(&capture)))
		goto out;
	create.format = capture.format;
	if (!CHECK_OK(capture_ioctl(capture.fd, VIDIOC_CREATE_BUFS, &create)))
		goto out;
	CHECK_EQ(create.count, 2);
	CHECK_EQ(create.index, 2);
	for (unsigned int i = 2; i < 4; i++) {
		struct v4l2_buffer buffer = {
			.index = i, .type = capture.type, .memory = V4L2_MEMORY_MMAP,
		};

		if (CHECK_OK(capture_ioctl(capture.fd, VIDIOC_QUERYBUF, &buffer)))
			CHECK(buffer.length >= capture.layout.bytes, "buffer %u has %u bytes", i,
			      buffer.length);
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer));
	}
	for (unsigned int i = 0; i < 12; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
			break;
		seen |= 1 << buffer.index;
		capture_ioctl(capture.fd, VIDIOC_QBUF, &buffer);
	}
	CHECK_EQ(seen, 0xf);
	create.format.fmt.pix.sizeimage = capture.layout.bytes / 2;
	CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_CREATE_BUFS, &create), -EINVAL);
	create.format.fmt.pix.sizeimage = UINT32_MAX; /* in whole pages 0, as 32 bits go */
	CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_CREATE_BUFS, &create), -ENOMEM);
out:
	end(&capture, &picture);
}

/* Two buffers only, start and stop many times in every phase of a frame. */
static void test_start_stop(void)
{
	struct capture capture;
	struct content_picture picture;

	if (begin(&capture, &picture, V4L2_PIX_FMT_UYVY))
		return;
	if (!CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_MMAP, 2)))
		goto out;
	for (unsigned int i = 0; i < 50; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_start(&capture)))
			break;
		if (i % 2 && (!CHECK_OK(capture_take(&capture, &buffer, 1000)) ||
			      !CHECK_EQ(buffer.sequence, 0)))
			break;
		suite_pause(suite_random(20));
		if (!CHECK_OK(capture_stop(&capture)))
			break;
	}
out:
	end(&capture, &picture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "MMAP", test_mmap },
		{ "USERPTR", test_userptr },
		{ "USERPTR, alignment and size", test_userptr_alignment },
		{ "DMABUF of another node", test_dmabuf_from_node },
		{ "DMABUF of udmabuf", test_dmabuf_from_udmabuf },
		{ "DMABUF, what is refused", test_dmabuf_refused },
		{ "REQBUFS(256)", test_greedy },
		{ "CREATE_BUFS while streaming", test_create_bufs },
		{ "start and stop 50 times", test_start_stop },
		{ 0 },
	};
	static const struct suite suite = { .name = "buffers", .tests = tests, .time_limit = 120 };

	return suite_main(argc, argv, &suite);
}
