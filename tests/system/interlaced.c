// SPDX-License-Identifier: MIT
/*
 * Description: 1080i50, 59.94 and 60: timings with both fields' blanking (CTA-861-I, VIC 5 and 20;
 * SMPTE ST 274), whole frames as V4L2_FIELD_INTERLACED at 25 to 30 a second, every line of the
 * noise where it belongs, and no progressive picture taken for an interlaced one.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 8
#define FRAMES 25
#define KEPT 3 /* of the last frames, to be compared when no more come */

static const struct interlaced_case {
	const char *mode;
	struct capture_signal signal;
	unsigned int htotal, hfront, vic;
	unsigned long long pixelclock;
	unsigned int flags;
} cases[] = {
	{ "1080i50", { 1920, 1080, 25, 1 }, 2640, 528, 20, 74250000,
	  V4L2_DV_FL_HALF_LINE | V4L2_DV_FL_IS_CE_VIDEO | V4L2_DV_FL_HAS_CEA861_VIC },
	{ "1080i59.94", { 1920, 1080, 30000, 1001 }, 2200, 88, 5, 74175824,
	  V4L2_DV_FL_HALF_LINE | V4L2_DV_FL_IS_CE_VIDEO | V4L2_DV_FL_HAS_CEA861_VIC },
	{ "1080i60", { 1920, 1080, 30, 1 }, 2200, 88, 5, 74250000,
	  V4L2_DV_FL_HALF_LINE | V4L2_DV_FL_IS_CE_VIDEO | V4L2_DV_FL_HAS_CEA861_VIC |
	  V4L2_DV_FL_CAN_REDUCE_FPS | V4L2_DV_FL_CAN_DETECT_REDUCED_FPS },
};

static void check_timings(struct capture *capture, const struct interlaced_case *c)
{
	struct v4l2_dv_timings timings;
	const struct v4l2_bt_timings *bt = &timings.bt;

	if (!CHECK_OK(capture_query(capture, &timings)))
		return;
	CHECK_EQ(bt->interlaced, V4L2_DV_INTERLACED);
	CHECK_EQ(bt->width, 1920);
	CHECK_EQ(bt->height, 1080);
	CHECK_EQ(bt->pixelclock, c->pixelclock);
	CHECK_EQ(V4L2_DV_BT_FRAME_WIDTH(bt), c->htotal);
	CHECK_EQ(V4L2_DV_BT_FRAME_HEIGHT(bt), 1125);
	CHECK_EQ(bt->hfrontporch, c->hfront);
	CHECK_EQ(bt->vfrontporch, 2);
	CHECK_EQ(bt->vsync, 5);
	CHECK_EQ(bt->vbackporch, 15);
	CHECK_EQ(bt->il_vfrontporch, 2);
	CHECK_EQ(bt->il_vsync, 5);
	CHECK_EQ(bt->il_vbackporch, 16);
	CHECK_EQ(bt->flags, c->flags);
	CHECK_EQ(bt->cea861_vic, c->vic);
}

static void check_interval(struct capture *capture, const struct interlaced_case *c)
{
	struct v4l2_streamparm parm = { .type = capture->type };
	struct v4l2_frmivalenum interval = {
		.pixel_format = V4L2_PIX_FMT_V210, .width = 1920, .height = 1080,
	};

	if (CHECK_OK(capture_ioctl(capture->fd, VIDIOC_G_PARM, &parm))) {
		CHECK_EQ(parm.parm.capture.timeperframe.denominator, c->signal.rate_num);
		CHECK_EQ(parm.parm.capture.timeperframe.numerator, c->signal.rate_den);
	}
	if (CHECK_OK(capture_ioctl(capture->fd, VIDIOC_ENUM_FRAMEINTERVALS, &interval)))
		CHECK_EQ(interval.discrete.denominator, c->signal.rate_num);
}

/*
 * Frames one period apart, marked as what they are, none of them lost or freewheeled. Comparing
 * noise takes an emulated processor longer than a frame, so it is done at the end.
 */
static void take_frames(struct capture *capture, const struct interlaced_case *c,
			const struct content_picture *picture)
{
	double period = 1e9 * c->signal.rate_den / c->signal.rate_num;
	unsigned int kept[KEPT];
	uint64_t first = 0;

	for (unsigned int i = 0; i < FRAMES; i++) {
		struct v4l2_buffer buffer;
		double off;

		if (!CHECK_OK(capture_take(capture, &buffer, 1000)))
			return;
		CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "%s: frame %u is marked", c->mode, i);
		CHECK_EQ(buffer.field, V4L2_FIELD_INTERLACED);
		CHECK_EQ(buffer.sequence, i);
		CHECK_EQ(buffer.bytesused, capture->layout.bytes);
		if (!i)
			first = capture_time(&buffer);
		off = capture_time(&buffer) - first - i * period;
		CHECK(off > -1e6 && off < 1e6, "%s: frame %u comes %.0f ns off its time", c->mode,
		      i, off);
		if (i >= FRAMES - KEPT)
			kept[i - (FRAMES - KEPT)] = buffer.index;
		else if (!CHECK_OK(capture_give(capture, buffer.index)))
			return;
	}
	for (unsigned int i = 0; i < KEPT; i++)
		content_check(picture, &capture->layout, capture->buffer[kept[i]].start, c->mode);
}

static void run(enum device_input input, const char *connector)
{
	struct content_picture picture = { 0 };
	char path[PATH_MAX];

	if (!getcwd(path, sizeof(path) - 64)) {
		CHECK(false, "no current directory");
		return;
	}
	mkdir("build", 0755);
	strcat(path, "/build/interlaced-noise.y4m");
	if (!CHECK_OK(content_noise_create(&picture, suite_options.seed, 1920, 1080, false)) ||
	    !CHECK_OK(content_write_y4m(path, &picture, 1, 25, 1)))
		goto out;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct interlaced_case *c = &cases[i];
		struct capture capture = { .fd = -1 };

		if (!CHECK_OK(world_say("signal %s %s file=%s", connector, c->mode, path)) ||
		    capture_prepare(&capture, input, &c->signal, V4L2_PIX_FMT_V210, BUFFERS))
			continue;
		CHECK_EQ(capture.format.fmt.pix.field, V4L2_FIELD_INTERLACED);
		check_timings(&capture, c);
		check_interval(&capture, c);
		if (CHECK_OK(capture_start(&capture)))
			take_frames(&capture, c, &picture);
		capture_close(&capture);
	}
out:
	world_say("signal %s off", connector);
	unlink(path);
	content_destroy(&picture);
}

static void test_sdi(void)
{
	run(DEVICE_SDI1, "sdi1");
}

static void test_hdmi(void)
{
	run(DEVICE_HDMI1, "hdmi1");
}

/* 1080p25 has the totals and the rate of 1080i50, and is not it: frames are marked. */
static void test_progressive(void)
{
	static const struct capture_signal signal = { 1920, 1080, 25, 1 };
	struct capture capture = { .fd = -1 };
	struct v4l2_buffer buffer;

	if (!CHECK_OK(world_say("signal sdi1 1080i50")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal, V4L2_PIX_FMT_UYVY, BUFFERS))
		return;
	if (!CHECK_OK(capture_subscribe(&capture, device_input(capture.fd, DEVICE_SDI1))) ||
	    !CHECK_OK(capture_start(&capture)))
		goto out;
	if (CHECK_OK(capture_take(&capture, &buffer, 1000)))
		CHECK_OK(capture_give(&capture, buffer.index));
	CHECK_OK(world_say("signal sdi1 1080p25"));
	for (unsigned int i = 0; i < 2 * BUFFERS + 25; i++) {
		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)) ||
		    !CHECK_OK(capture_give(&capture, buffer.index)))
			goto out;
	}
	CHECK(buffer.flags & V4L2_BUF_FLAG_ERROR, "a progressive frame came as an interlaced one");
	CHECK_EQ(buffer.field, V4L2_FIELD_INTERLACED);
out:
	capture_close(&capture);
	world_say("signal sdi1 off");
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "SDI", test_sdi },
		{ "HDMI", test_hdmi },
		{ "1080p25 is another picture", test_progressive },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "interlaced", .tests = tests, .time_limit = 90,
	};

	return suite_main(argc, argv, &suite);
}
