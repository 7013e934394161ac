// SPDX-License-Identifier: MIT
/*
 * Description: every picture rate told apart and named as the right fraction: QUERY_DV_TIMINGS
 * (raster and pixel clock to the Hz), G_PARM, ENUM_FRAMEINTERVALS, the slope of the metadata node's
 * nanoseconds within 5 ppm, v4l2-ctl --query-dv-timings and `kinora timing`.
 *
 * Rasters and clocks: ST 274 for 1080, ST 2036-1 totals for 2160 and 4320 (5280/4400/5500 x 2250
 * and twice that), written out as numbers.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/meta.h"
#include "lib/suite.h"
#include "lib/world.h"

#define KINORA "build/userspace/kinora"

struct rate {
	const char *mode;
	unsigned int num, den;
	unsigned int width, height, htotal, vtotal;
	unsigned long long pixelclock;
};

static const struct rate rates_8k[] = {
	{ "4320p23.98", 24000, 1001, 7680, 4320, 11000, 4500, 1186813187 },
	{ "4320p24", 24, 1, 7680, 4320, 11000, 4500, 1188000000 },
	{ "4320p25", 25, 1, 7680, 4320, 10560, 4500, 1188000000 },
	{ "4320p29.97", 30000, 1001, 7680, 4320, 8800, 4500, 1186813187 },
	{ "4320p30", 30, 1, 7680, 4320, 8800, 4500, 1188000000 },
	{ "4320p50", 50, 1, 7680, 4320, 10560, 4500, 2376000000 },
	{ "4320p59.94", 60000, 1001, 7680, 4320, 8800, 4500, 2373626374 },
	{ "4320p60", 60, 1, 7680, 4320, 8800, 4500, 2376000000 },
};

static const struct rate rates_2160[] = {
	{ "2160p23.98", 24000, 1001, 3840, 2160, 5500, 2250, 296703297 },
	{ "2160p50", 50, 1, 3840, 2160, 5280, 2250, 594000000 },
	{ "2160p59.94", 60000, 1001, 3840, 2160, 4400, 2250, 593406593 },
	{ "2160p60", 60, 1, 3840, 2160, 4400, 2250, 594000000 },
};

static const struct rate rates_1080[] = {
	{ "1080p23.98", 24000, 1001, 1920, 1080, 2750, 1125, 74175824 },
	{ "1080p25", 25, 1, 1920, 1080, 2640, 1125, 74250000 },
	{ "1080p29.97", 30000, 1001, 1920, 1080, 2200, 1125, 74175824 },
	{ "1080p50", 50, 1, 1920, 1080, 2640, 1125, 148500000 },
	{ "1080p59.94", 60000, 1001, 1920, 1080, 2200, 1125, 148351648 },
	{ "1080p60", 60, 1, 1920, 1080, 2200, 1125, 148500000 },
};

static void check_timings(struct capture *capture, const struct rate *rate)
{
	struct v4l2_dv_timings timings;
	const struct v4l2_bt_timings *bt = &timings.bt;

	if (!CHECK_OK(capture_query(capture, &timings)))
		return;
	CHECK_EQ(timings.type, V4L2_DV_BT_656_1120);
	CHECK_EQ(bt->width, rate->width);
	CHECK_EQ(bt->height, rate->height);
	CHECK_EQ(bt->interlaced, V4L2_DV_PROGRESSIVE);
	CHECK_EQ(V4L2_DV_BT_FRAME_WIDTH(bt), rate->htotal);
	CHECK_EQ(V4L2_DV_BT_FRAME_HEIGHT(bt), rate->vtotal);
	CHECK_EQ(bt->pixelclock, rate->pixelclock);
}

static void check_parm(struct capture *capture, const struct rate *rate)
{
	struct v4l2_streamparm parm = { .type = capture->type };
	struct v4l2_frmivalenum interval = {
		.pixel_format = V4L2_PIX_FMT_UYVY, .width = rate->width, .height = rate->height,
	};
	const struct v4l2_fract *frame = &parm.parm.capture.timeperframe;

	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_G_PARM, &parm));
	CHECK(parm.parm.capture.capability & V4L2_CAP_TIMEPERFRAME, "G_PARM without TIMEPERFRAME");
	CHECK(frame->numerator == rate->den && frame->denominator == rate->num,
	      "%s: G_PARM says %u/%u, expected %u/%u", rate->mode, frame->numerator,
	      frame->denominator, rate->den, rate->num);
	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_ENUM_FRAMEINTERVALS, &interval));
	CHECK_EQ(interval.type, V4L2_FRMIVAL_TYPE_DISCRETE);
	CHECK(interval.discrete.numerator == rate->den &&
		      interval.discrete.denominator == rate->num,
	      "%s: the frame interval is %u/%u", rate->mode, interval.discrete.numerator,
	      interval.discrete.denominator);
	interval.index = 1;
	CHECK_EQ(capture_ioctl(capture->fd, VIDIOC_ENUM_FRAMEINTERVALS, &interval), -EINVAL);
}

/* Metadata of frames that were not whole, and not for the card's own lateness. */
static void check_marked(const char *mode, unsigned int marked)
{
	int64_t late = marked ? world_overruns(1, DEVICE_META) : 0;

	CHECK(late >= marked, "%s: %u metadata frames have FLAG_ERROR, the card was late for %"
	      PRId64, mode, marked, late);
}

/* Slope of sof_ns over frame numbers, a second and a half long. */
static void check_slope(struct capture *video, const struct rate *rate)
{
	struct capture meta = { .fd = -1 };
	struct kinora_meta_header first = { 0 }, header = { 0 };
	unsigned int frames = 3 * rate->num / rate->den / 2, marked = 0;
	double slope, want = 1e9 * rate->den / rate->num, ppm;

	if (meta_prepare(&meta, 1, 8))
		return;
	world_books_reset();
	if (!CHECK_OK(capture_start(video)) || !CHECK_OK(capture_start(&meta)))
		goto out;
	for (unsigned int i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(&meta, &buffer, 1000)) ||
		    !meta_read(&meta, &buffer, &header))
			goto out;
		CHECK(le32toh(header.rate_num) == rate->num &&
			      le32toh(header.rate_den) == rate->den,
		      "%s: metadata says %u/%u", rate->mode, le32toh(header.rate_num),
		      le32toh(header.rate_den));
		marked += !!(buffer.flags & V4L2_BUF_FLAG_ERROR);
		if (!i)
			first = header;
		if (!CHECK_OK(capture_give(&meta, buffer.index)))
			goto out;
	}
	check_marked(rate->mode, marked);
	slope = (double)(le64toh(header.sof_ns) - le64toh(first.sof_ns)) /
		(le64toh(header.frame) - le64toh(first.frame));
	ppm = (slope / want - 1) * 1e6;
	CHECK(fabs(ppm) <= 5, "%s: a frame takes %.3f ns, that is %+.2f ppm", rate->mode, slope,
	      ppm);
out:
	capture_close(&meta);
	CHECK_OK(capture_stop(video));
}

static void check_v4l2_ctl(struct capture *capture, const struct rate *rate)
{
	static struct world_output output;
	const char *const argv[] = { "v4l2-ctl", "-d", capture->path, "--query-dv-timings", NULL };
	char width[64], clock[64], fps[64];

	if (!CHECK_EQ(world_run(&output, 10000, argv), 0))
		return;
	snprintf(width, sizeof(width), "Active width: %u", rate->width);
	snprintf(clock, sizeof(clock), "Pixelclock: %llu Hz", rate->pixelclock);
	snprintf(fps, sizeof(fps), "(%.2f frames per second)", (double)rate->num / rate->den);
	CHECK(strstr(output.out, width), "v4l2-ctl does not say '%s': %.700s", width, output.out);
	CHECK(strstr(output.out, clock), "v4l2-ctl does not say '%s': %.700s", clock, output.out);
	CHECK(strstr(output.out, fps), "v4l2-ctl does not say '%s': %.700s", fps, output.out);
}

/* Of the program's own limits this suite judges the rate; others judge that frames come in time. */
static void check_limits(const struct rate *rate, json_t *checks)
{
	json_t *check;
	bool judged = false;
	size_t i;

	json_array_foreach(checks, i, check) {
		const char *name = json_string_value(json_object_get(check, "name"));
		bool pass = json_is_true(json_object_get(check, "pass"));

		if (name && !strcmp(name, "rate error")) {
			CHECK(pass, "%s: kinora timing does not pass the rate", rate->mode);
			judged = true;
		} else if (!pass) {
			suite_note("%s: kinora timing: %s", rate->mode, name ? name : "?");
		}
	}
	CHECK(judged, "%s: kinora timing does not judge the rate", rate->mode);
}

/* `kinora timing` over a second: passes its own limit, names the fraction, within 5 ppm. */
static void check_kinora_timing(struct capture *capture, const struct rate *rate)
{
	static struct world_output output;
	char frames[16];
	const char *const argv[] = {
		KINORA, "timing", "-d", capture->path, "--frames", frames, "--json", "-", NULL
	};
	json_error_t error;
	json_t *root, *clock, *fraction;
	double ppm;
	int status;

	snprintf(frames, sizeof(frames), "%u", rate->num / rate->den + 1);
	status = world_run(&output, 30000, argv);
	CHECK(status == 0 || status == 1, "kinora timing: status %d, %.500s", status, output.err);
	root = json_loads(output.out, 0, &error);
	if (!CHECK(root, "kinora timing --json -: %s: %.300s", error.text, output.out))
		return;
	clock = json_object_get(json_object_get(root, "clocks"), "card");
	fraction = json_object_get(clock, "nominal");
	CHECK(json_integer_value(json_object_get(fraction, "num")) == rate->num &&
	      json_integer_value(json_object_get(fraction, "den")) == rate->den,
	      "%s: kinora timing says %lld/%lld", rate->mode,
	      json_integer_value(json_object_get(fraction, "num")),
	      json_integer_value(json_object_get(fraction, "den")));
	CHECK(json_is_number(json_object_get(clock, "ppm")), "%s: kinora timing gives no ppm",
	      rate->mode);
	ppm = json_number_value(json_object_get(clock, "ppm"));
	CHECK(fabs(ppm) <= 5, "%s: kinora timing says %+.2f ppm", rate->mode, ppm);
	check_limits(rate, json_object_get(root, "checks"));
	json_decref(root);
}

static void run(const struct rate *rates, unsigned int count, const char *connector,
		enum device_input input)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct rate *rate = &rates[i];
		const struct capture_signal signal = { rate->width, rate->height, rate->num,
						       rate->den };
		struct capture capture = { .fd = -1 };

		if (!CHECK_OK(world_say("signal %s %s pattern=rp219", connector, rate->mode)) ||
		    capture_prepare(&capture, input, &signal, V4L2_PIX_FMT_UYVY, 4))
			continue;
		check_timings(&capture, rate);
		check_parm(&capture, rate);
		check_v4l2_ctl(&capture, rate);
		check_slope(&capture, rate);
		capture_buffers_free(&capture);
		check_kinora_timing(&capture, rate);
		capture_close(&capture);
	}
}

#define RUN(rates, connector, input)                                                               \
	run(rates, sizeof(rates) / sizeof((rates)[0]), connector, input)

static void test_8k(void)
{
	RUN(rates_8k, "sdi-quad", DEVICE_SDI_QUAD);
}

static void test_2160(void)
{
	RUN(rates_2160, "sdi1", DEVICE_SDI1);
}

static void test_1080(void)
{
	RUN(rates_1080, "sdi1", DEVICE_SDI1);
}

/* A source that runs 20 ppm fast is still the nominal rate, and the slope shows the 20 ppm. */
static void test_clock_error(void)
{
	static const struct rate rate = { "2160p50", 50, 1, 3840, 2160, 5280, 2250, 0 };
	static const struct capture_signal signal = { 3840, 2160, 0, 0 };
	struct capture capture = { .fd = -1 }, meta = { .fd = -1 };
	struct kinora_meta_header first = { 0 }, header = { 0 };
	unsigned int marked = 0;
	double ppm;

	if (!CHECK_OK(world_say("signal sdi1 2160p50 pattern=rp219 ppm=20")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal, V4L2_PIX_FMT_UYVY, 4))
		return;
	check_parm(&capture, &rate);
	if (meta_prepare(&meta, 1, 8))
		goto out_video;
	world_books_reset();
	if (!CHECK_OK(capture_start(&capture)) || !CHECK_OK(capture_start(&meta)))
		goto out;
	for (unsigned int i = 0; i < 100; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(&meta, &buffer, 1000)) ||
		    !meta_read(&meta, &buffer, &header))
			goto out;
		marked += !!(buffer.flags & V4L2_BUF_FLAG_ERROR);
		if (!i)
			first = header;
		if (!CHECK_OK(capture_give(&meta, buffer.index)))
			goto out;
	}
	check_marked(rate.mode, marked);
	ppm = (20e6 * (le64toh(header.frame) - le64toh(first.frame)) /
	       (le64toh(header.sof_ns) - le64toh(first.sof_ns)) - 1) * 1e6;
	CHECK(fabs(ppm - 20) <= 5, "a source 20 ppm fast is measured as %+.2f ppm", ppm);
out:
	capture_close(&meta);
out_video:
	capture_close(&capture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "8K, eight rates", test_8k },
		{ "2160p", test_2160 },
		{ "1080p", test_1080 },
		{ "a source 20 ppm fast", test_clock_error },
		{ 0 },
	};
	static const struct suite suite = { .name = "rates", .tests = tests, .time_limit = 300 };

	return suite_main(argc, argv, &suite);
}
