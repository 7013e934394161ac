// SPDX-License-Identifier: MIT
/*
 * Description: the machine is suspended and resumed, idle and while streaming: the node works
 * again, and a stream that was running goes on or says that it ended.
 *
 * Suspend to idle with pm_test, which takes all devices through suspend and resume and needs nobody
 * to wake the machine. The test machine's file system does not survive that, so tests/system/run
 * copies this program and `stimulus` to the guest's memory first.
 */
#include <errno.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

static const struct capture_signal signal_2160 = { 3840, 2160, 60, 1 };

static bool suspend(void)
{
	return CHECK_OK(device_write("/sys/power/pm_test", "devices")) &&
	       CHECK_OK(device_write_within("/sys/power/state", "freeze", 40000));
}

static int begin(struct capture *capture)
{
	capture->fd = -1;
	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")))
		return -EINVAL;
	return capture_prepare(capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 8);
}

static bool take_good(struct capture *capture, unsigned int frames)
{
	for (unsigned int i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(capture, &buffer, 1000)) ||
		    !CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "a marked frame") ||
		    !content_check(NULL, &capture->layout, capture->buffer[buffer.index].start,
				   "a frame") ||
		    !CHECK_OK(capture_give(capture, buffer.index)))
			return false;
	}
	return true;
}

static void test_idle(void)
{
	struct capture capture;

	if (!suspend() || begin(&capture))
		return;
	if (CHECK_OK(capture_start(&capture)))
		take_good(&capture, 30);
	capture_close(&capture);
}

/* Open with buffers, but stopped: everything that was set is still set. */
static void test_open(void)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct capture capture;
	int input;

	if (begin(&capture))
		return;
	if (suspend()) {
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_FMT, &format));
		CHECK_EQ(format.fmt.pix.width, 3840);
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_INPUT, &input));
		CHECK_EQ(input, device_input(capture.fd, DEVICE_SDI1));
		if (CHECK_OK(capture_start(&capture)))
			take_good(&capture, 30);
	}
	capture_close(&capture);
}

static void test_streaming(void)
{
	struct capture capture;
	uint32_t last = 0;
	unsigned int good = 0;
	int ret = 0;

	if (begin(&capture))
		return;
	if (!CHECK_OK(capture_start(&capture)) || !take_good(&capture, 30) || !suspend())
		goto out;
	/* frames from before the sleep, marked ones, then whole ones again */
	for (unsigned int i = 0; i < 120 && !ret && good < 30; i++) {
		struct v4l2_buffer buffer;

		ret = capture_take(&capture, &buffer, 2000);
		if (ret)
			break;
		CHECK(!i || buffer.sequence > last, "sequence %u after %u", buffer.sequence, last);
		last = buffer.sequence;
		good = buffer.flags & V4L2_BUF_FLAG_ERROR ? 0 : good + 1;
		ret = capture_give(&capture, buffer.index);
	}
	suite_note("after the sleep: %s, %u whole frames in a row",
		   ret ? strerror(-ret) : "streaming on", good);
	CHECK(good >= 30, "the stream does not go on: %s", strerror(-ret));
	CHECK_OK(capture_stop(&capture));
	if (CHECK_OK(capture_start(&capture)))
		take_good(&capture, 30);
out:
	capture_close(&capture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "idle", test_idle },
		{ "open", test_open },
		{ "streaming", test_streaming },
		{ 0 },
	};
	static const struct suite suite = { .name = "suspend", .tests = tests, .time_limit = 120 };

	return suite_main(argc, argv, &suite);
}
