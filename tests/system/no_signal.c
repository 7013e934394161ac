// SPDX-License-Identifier: MIT
/*
 * Description: what programs see without a usable signal: the right errno of QUERY_DV_TIMINGS, the
 * input's status, STREAMON that works, marked frames at the negotiated cadence and size, and an
 * event as soon as a signal comes.
 */
#include <errno.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

static const struct capture_signal signal_2160p60 = { 3840, 2160, 60, 1 };

struct query_question {
	struct capture *capture;
	int wanted, last;
};

static bool query_gives(void *data)
{
	struct query_question *question = data;
	struct v4l2_dv_timings timings;

	question->last = capture_query(question->capture, &timings);
	return question->last == question->wanted;
}

static bool expect_query(struct capture *capture, int wanted)
{
	struct query_question question = { .capture = capture, .wanted = wanted };

	suite_until(query_gives, &question, 2000);
	return CHECK(question.last == wanted, "QUERY_DV_TIMINGS: %s, expected %s",
		     strerror(-question.last), strerror(-wanted));
}

static uint32_t input_status(struct capture *capture)
{
	struct v4l2_input input = { 0 };

	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_G_INPUT, &input.index));
	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_ENUMINPUT, &input));
	return input.status;
}

static void test_nothing(void)
{
	struct capture capture;

	if (!CHECK_OK(world_say("signal sdi1 off")) ||
	    !CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	CHECK_OK(capture_input(&capture, DEVICE_SDI1));
	expect_query(&capture, -ENOLINK);
	CHECK(input_status(&capture) & V4L2_IN_ST_NO_SIGNAL, "ENUMINPUT: NO_SIGNAL is not set");
	capture_close(&capture);
}

static void test_no_lock(void)
{
	struct capture capture;

	if (!CHECK_OK(world_say("signal sdi1 2160p60")) ||
	    !CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	CHECK_OK(capture_input(&capture, DEVICE_SDI1));
	expect_query(&capture, 0);
	CHECK_EQ(input_status(&capture) & (V4L2_IN_ST_NO_SIGNAL | V4L2_IN_ST_NO_SYNC |
					   V4L2_IN_ST_NO_H_LOCK), 0);
	CHECK_OK(world_say("fault sdi1 unlock 60000"));
	expect_query(&capture, -ENOLCK);
	CHECK(input_status(&capture) & (V4L2_IN_ST_NO_SYNC | V4L2_IN_ST_NO_H_LOCK),
	      "ENUMINPUT: neither NO_SYNC nor NO_H_LOCK is set");
	CHECK_OK(world_say("fault sdi1 clear"));
	expect_query(&capture, 0);
	capture_close(&capture);
}

/* Four links further apart than can be realigned are a signal that cannot be captured. */
static void test_out_of_range(void)
{
	struct capture capture;

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    !CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	CHECK_OK(capture_input(&capture, DEVICE_SDI_QUAD));
	expect_query(&capture, 0);
	CHECK_OK(world_say("fault sdi-quad skew 500 lines"));
	expect_query(&capture, -ERANGE);
	CHECK_OK(world_say("fault sdi-quad clear"));
	expect_query(&capture, 0);
	capture_close(&capture);
}

/* Frames come, all marked, of the negotiated size and cadence. */
static bool expect_marked(struct capture *capture, unsigned int frames, double period_ns)
{
	uint64_t first = 0, last = 0;
	struct v4l2_buffer buffer;

	for (unsigned int i = 0; i < frames; i++) {
		if (!CHECK_OK(capture_take(capture, &buffer, 1000)))
			return false;
		CHECK(buffer.flags & V4L2_BUF_FLAG_ERROR, "frame %u of no signal is not marked", i);
		CHECK_EQ(buffer.bytesused, capture->layout.bytes);
		CHECK_EQ(buffer.sequence, i);
		last = capture_time(&buffer);
		if (!i)
			first = last;
		if (!CHECK_OK(capture_give(capture, buffer.index)))
			return false;
	}
	return CHECK((last - first) / (frames - 1) > period_ns * 0.99 &&
			     (last - first) / (frames - 1) < period_ns * 1.01,
		     "marked frames every %.3f ms, negotiated %.3f ms",
		     (last - first) / 1e6 / (frames - 1), period_ns / 1e6);
}

static void test_streaming(void)
{
	struct capture capture = { .fd = -1 };
	struct v4l2_event event;
	struct v4l2_buffer buffer;
	int ret = 0;

	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_2160p60, V4L2_PIX_FMT_UYVY, 8))
		return;
	if (!CHECK_OK(world_say("signal sdi1 off")) || !expect_query(&capture, -ENOLINK) ||
	    !CHECK_OK(capture_subscribe(&capture, device_input(capture.fd, DEVICE_SDI1))))
		goto out;
	while (!capture_event(&capture, &event, 0))
		;
	if (!CHECK_OK(capture_start(&capture)) || !expect_marked(&capture, 60, 1e9 / 60))
		goto out;
	CHECK_EQ(capture_event(&capture, &event, 0), -ENOENT);
	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")))
		goto out;
	CHECK(!capture_event(&capture, &event, 2000) && event.type == V4L2_EVENT_SOURCE_CHANGE,
	      "no event although a signal came");
	for (unsigned int i = 0; i < 60 && !ret; i++) {
		ret = capture_take(&capture, &buffer, 1000);
		if (!CHECK_OK(ret) || !(buffer.flags & V4L2_BUF_FLAG_ERROR))
			break;
		ret = capture_give(&capture, buffer.index);
	}
	if (CHECK(!ret && !(buffer.flags & V4L2_BUF_FLAG_ERROR),
		  "no picture although a signal came"))
		content_check(NULL, &capture.layout, capture.buffer[buffer.index].start,
			      "first picture");
out:
	capture_close(&capture);
}

/* A node opened for the first time without a signal still has a format, timings and a cadence. */
static void test_defaults(void)
{
	struct capture capture;
	struct v4l2_dv_timings timings = { 0 };
	struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_buffer buffer;

	if (!CHECK_OK(world_say("signal sdi2 off")) ||
	    !CHECK_OK(capture_open(&capture, 2, DEVICE_VIDEO)))
		return;
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_DV_TIMINGS, &timings));
	CHECK(timings.bt.width && timings.bt.height && timings.bt.pixelclock, "no default timings");
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_PARM, &parm));
	CHECK(parm.parm.capture.timeperframe.numerator &&
		      parm.parm.capture.timeperframe.denominator,
	      "no default frame rate");
	if (!CHECK_OK(capture_format(&capture, V4L2_PIX_FMT_UYVY)) ||
	    !CHECK_OK(capture_buffers(&capture, V4L2_MEMORY_MMAP, 4)) ||
	    !CHECK_OK(capture_start(&capture)))
		goto out;
	for (unsigned int i = 0; i < 10; i++) {
		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)) ||
		    !CHECK(buffer.flags & V4L2_BUF_FLAG_ERROR,
			   "a whole picture without a signal") ||
		    !CHECK_OK(capture_give(&capture, buffer.index)))
			break;
	}
out:
	capture_close(&capture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "nothing connected", test_nothing },
		{ "no lock", test_no_lock },
		{ "a signal that cannot be captured", test_out_of_range },
		{ "streaming until a signal comes", test_streaming },
		{ "a node that never saw a signal", test_defaults },
		{ 0 },
	};
	static const struct suite suite = { .name = "no_signal", .tests = tests, .time_limit = 60 };

	return suite_main(argc, argv, &suite);
}
