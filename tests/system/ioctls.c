// SPDX-License-Identifier: MIT
/*
 * Description: what real clients rely on and v4l2-compliance does not test: names, exact S_FMT, one
 * frame interval, S_INPUT of the current input while another file streams, LOG_STATUS, time stamps,
 * timings that can all be set, controls, and the default that OBS needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define PERIOD_2160P60_NS 16666667
/*
 * The driver steers its idea of the card's clock by 500 ppm at most (kinora_clock.c), 8.3 us in a
 * period; and a timeval has microseconds.
 */
#define APART_NS 10000

static const struct capture_signal signal_8k = { 7680, 4320, 60, 1 };
static const struct capture_signal signal_2160 = { 3840, 2160, 60, 1 };

static void test_names(void)
{
	struct v4l2_capability cap = { 0 };
	struct capture capture;

	CHECK_EQ(device_count(DEVICE_VIDEO), 4);
	CHECK_EQ(device_count(DEVICE_META), 4);
	for (unsigned int channel = 1; channel <= 4; channel++) {
		if (!CHECK_OK(capture_open(&capture, channel, DEVICE_VIDEO)))
			continue;
		if (CHECK_OK(capture_ioctl(capture.fd, VIDIOC_QUERYCAP, &cap))) {
			CHECK(!strncmp((char *)cap.bus_info, "PCI:", 4), "bus_info '%s'",
			      cap.bus_info);
			CHECK(strcasestr((char *)cap.card, "kinora"), "card '%s'", cap.card);
			CHECK(cap.device_caps & V4L2_CAP_VIDEO_CAPTURE, "no VIDEO_CAPTURE");
			CHECK(cap.device_caps & V4L2_CAP_STREAMING, "no STREAMING");
			CHECK(!(cap.device_caps & (V4L2_CAP_META_CAPTURE |
						   V4L2_CAP_VIDEO_CAPTURE_MPLANE)),
			      "device_caps 0x%08x", cap.device_caps);
		}
		capture_close(&capture);
		if (!CHECK_OK(capture_open(&capture, channel, DEVICE_META)))
			continue;
		if (CHECK_OK(capture_ioctl(capture.fd, VIDIOC_QUERYCAP, &cap))) {
			CHECK(cap.device_caps & V4L2_CAP_META_CAPTURE, "no META_CAPTURE");
			CHECK(!(cap.device_caps & V4L2_CAP_VIDEO_CAPTURE),
			      "VIDEO_CAPTURE on a meta node");
		}
		CHECK_EQ(capture.format.fmt.meta.dataformat, v4l2_fourcc('K', 'N', 'R', 'M'));
		CHECK_EQ(capture.format.fmt.meta.buffersize, 65536);
		capture_close(&capture);
	}
}

/* design.md: the four picture nodes come first, in channel order, then those of metadata. */
static void test_node_order(void)
{
	unsigned int last = 0, number;
	char path[DEVICE_PATH_MAX];

	for (unsigned int i = 0; i < 8; i++) {
		enum device_kind kind = i < 4 ? DEVICE_VIDEO : DEVICE_META;

		if (!CHECK_OK(device_find(i % 4 + 1, kind, path)) ||
		    !CHECK_EQ(sscanf(path, "/dev/video%u", &number), 1))
			return;
		CHECK(!i || number > last, "%s is channel %u's and comes too early", path,
		      i % 4 + 1);
		last = number;
	}
}

/* The first open finds what is plugged in, in a format that OBS and FFmpeg can take. */
static void test_first_open(void)
{
	struct capture capture;
	struct v4l2_pix_format *pix = &capture.format.fmt.pix;

	if (!CHECK_OK(world_say("signal sdi3 2160p50 pattern=rp219")))
		return;
	suite_pause(500);
	if (!CHECK_OK(capture_open(&capture, 3, DEVICE_VIDEO)))
		return;
	CHECK(pix->width == 3840 && pix->height == 2160,
	      "first open: %ux%u although 2160p is there", pix->width, pix->height);
	CHECK_EQ(pix->pixelformat, V4L2_PIX_FMT_UYVY);
	CHECK_EQ(pix->bytesperline, 3840 * 2);
	CHECK_EQ(pix->sizeimage, 3840 * 2160 * 2);
	CHECK_EQ(pix->field, V4L2_FIELD_NONE);
	capture_close(&capture);
}

static void test_formats(void)
{
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct capture capture = { .fd = -1 };
	unsigned int found = 0;

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_UYVY, 2))
		return;
	capture_buffers_free(&capture);
	for (; !capture_ioctl(capture.fd, VIDIOC_ENUM_FMT, &desc); desc.index++) {
		CHECK(desc.index || desc.pixelformat == V4L2_PIX_FMT_UYVY,
		      "the first format is %.4s", (char *)&desc.pixelformat);
		for (unsigned int i = 0; i < CONTENT_FORMATS; i++)
			if (desc.pixelformat == content_formats[i].fourcc)
				found |= 1 << i;
		CHECK_OK(capture_format(&capture, desc.pixelformat));
	}
	CHECK_EQ(found, (1 << CONTENT_FORMATS) - 1);
	CHECK_EQ(desc.index, CONTENT_FORMATS);
	capture_close(&capture);
}

/* S_FMT of another size or an unknown format gives what the timings allow, never an error. */
static void test_wrong_format(void)
{
	struct capture capture = { .fd = -1 };
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_NV12, 2))
		return;
	capture_buffers_free(&capture);
	format.fmt.pix.width = 640;
	format.fmt.pix.height = 480;
	format.fmt.pix.pixelformat = v4l2_fourcc('?', '?', '?', '?');
	format.fmt.pix.bytesperline = 1;
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_TRY_FMT, &format));
	CHECK(format.fmt.pix.width == 7680 && format.fmt.pix.height == 4320, "TRY_FMT gives %ux%u",
	      format.fmt.pix.width, format.fmt.pix.height);
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_FMT, &format));
	CHECK_EQ(format.fmt.pix.pixelformat, V4L2_PIX_FMT_NV12);
	capture_close(&capture);
}

static void test_frame_sizes(void)
{
	struct capture capture = { .fd = -1 };
	struct v4l2_frmsizeenum size = { .pixel_format = V4L2_PIX_FMT_UYVY };

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_UYVY, 2))
		return;
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_ENUM_FRAMESIZES, &size));
	CHECK_EQ(size.type, V4L2_FRMSIZE_TYPE_DISCRETE);
	CHECK(size.discrete.width == 7680 && size.discrete.height == 4320, "frame size %ux%u",
	      size.discrete.width, size.discrete.height);
	size.index = 1;
	CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_ENUM_FRAMESIZES, &size), -EINVAL);
	capture_close(&capture);
}

static void test_input_while_streaming(void)
{
	struct capture capture = { .fd = -1 };
	int other, index, current, wrong = 99;

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_UYVY, 4))
		return;
	other = open(capture.path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (!CHECK(other >= 0, "second open: %s", strerror(errno)) ||
	    !CHECK_OK(capture_start(&capture)))
		goto out;
	CHECK_OK(capture_ioctl(other, VIDIOC_G_INPUT, &current));
	CHECK_EQ(current, device_input(other, DEVICE_SDI_QUAD));
	CHECK_OK(capture_ioctl(other, VIDIOC_S_INPUT, &current));
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_S_INPUT, &current));
	index = device_input(other, DEVICE_SDI1);
	CHECK_EQ(capture_ioctl(other, VIDIOC_S_INPUT, &index), -EBUSY);
	CHECK_EQ(capture_ioctl(other, VIDIOC_S_INPUT, &wrong), -EINVAL);
	CHECK_OK(capture_ioctl(other, VIDIOC_LOG_STATUS, NULL));
	close(other);
out:
	capture_close(&capture);
}

/* OBS calls it at each of its time-outs: a hundred times must not take long. */
static void test_log_status(void)
{
	struct capture capture;
	uint64_t began;

	if (!CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	began = suite_now();
	for (unsigned int i = 0; i < 100; i++)
		if (!CHECK_OK(capture_ioctl(capture.fd, VIDIOC_LOG_STATUS, NULL)))
			break;
	CHECK(suite_now() - began < 1000000000, "100 LOG_STATUS take %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
	capture_close(&capture);
}

/* Start of frame, monotonic, never from the future, and the metadata's own ns say the same. */
static void test_time_stamps(void)
{
	struct capture capture = { .fd = -1 };
	uint64_t last = 0, began, worst = 0;

	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 8))
		return;
	began = suite_now();
	if (!CHECK_OK(capture_start(&capture)))
		goto out;
	for (unsigned int i = 0; i < 300; i++) {
		struct v4l2_buffer buffer;
		uint64_t now, stamp;
		int64_t apart;

		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
			break;
		now = suite_now();
		stamp = capture_time(&buffer);
		CHECK_EQ(buffer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK,
			 V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
		CHECK_EQ(buffer.flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK,
			 V4L2_BUF_FLAG_TSTAMP_SRC_SOE);
		CHECK(!(buffer.flags & V4L2_BUF_FLAG_TIMECODE), "FLAG_TIMECODE is set");
		CHECK_EQ(buffer.field, V4L2_FIELD_NONE);
		CHECK(stamp <= now, "frame %u is %llu ns from the future", i,
		      (unsigned long long)(stamp - now));
		/* a frame is whole one period after its start: nobody can have it before */
		CHECK(now - stamp >= 15000000, "frame %u came %llu us after its start of frame", i,
		      (unsigned long long)(now - stamp) / 1000);
		CHECK(stamp > last, "frame %u goes back in time", i);
		CHECK(stamp + 20000000 > began, "frame %u began before STREAMON", i);
		apart = (int64_t)(stamp - last) - PERIOD_2160P60_NS;
		CHECK(!last || llabs(apart) <= APART_NS,
		      "frame %u begins %llu ns after the one before", i,
		      (unsigned long long)(stamp - last));
		if (now - stamp > worst)
			worst = now - stamp;
		last = stamp;
		if (!CHECK_OK(capture_give(&capture, buffer.index)))
			break;
	}
	suite_note("latest frame %.2f ms after its start, period 16.67 ms", worst / 1e6);
out:
	capture_close(&capture);
}

/* A metadata node opened beside the picture node leaves that one what it was set to. */
static void test_meta_open(void)
{
	static const struct capture_signal signal = { 1920, 1080, 50, 1 };
	struct v4l2_enum_dv_timings list = { 0 };
	struct v4l2_dv_timings now = { 0 };
	struct capture video, meta;

	if (!CHECK_OK(world_say("signal sdi1 1080p50")) ||
	    !CHECK_OK(capture_open(&video, 1, DEVICE_VIDEO)))
		return;
	if (!CHECK_OK(capture_input(&video, DEVICE_SDI1)) ||
	    !CHECK_OK(capture_lock(&video, &signal, 5000)) ||
	    !CHECK_OK(capture_ioctl(video.fd, VIDIOC_ENUM_DV_TIMINGS, &list)) ||
	    !CHECK_OK(capture_ioctl(video.fd, VIDIOC_S_DV_TIMINGS, &list.timings)) ||
	    !CHECK_OK(capture_open(&meta, 1, DEVICE_META)))
		goto out;
	CHECK_OK(capture_ioctl(video.fd, VIDIOC_G_DV_TIMINGS, &now));
	CHECK(now.bt.height == list.timings.bt.height, "set to %u lines, opened beside: %u",
	      list.timings.bt.height, now.bt.height);
	capture_close(&meta);
out:
	capture_close(&video);
}

/* V4L2: a rate that cannot be reduced has the flag cleared. */
static void set_reduced(struct capture *capture, const struct v4l2_dv_timings *timings)
{
	struct v4l2_dv_timings now = *timings;

	now.bt.flags |= V4L2_DV_FL_REDUCED_FPS;
	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_S_DV_TIMINGS, &now));
	CHECK(now.bt.pixelclock == timings->bt.pixelclock &&
		      !(now.bt.flags & V4L2_DV_FL_REDUCED_FPS),
	      "%llu Hz, reduced: %llu Hz, flags %#x", timings->bt.pixelclock, now.bt.pixelclock,
	      now.bt.flags);
}

/* Every timing an input enumerates can be set there, and the format follows. */
static void set_all_timings(enum device_input input, unsigned int width, unsigned int htotal,
			    unsigned long long pixelclock)
{
	unsigned int found = 0;
	struct v4l2_enum_dv_timings list = { 0 };
	struct v4l2_dv_timings_cap cap = { 0 };
	struct capture capture;

	if (!CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	CHECK_OK(capture_input(&capture, input));
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_DV_TIMINGS_CAP, &cap));
	CHECK(cap.bt.max_width >= width && cap.bt.max_pixelclock >= pixelclock,
	      "DV_TIMINGS_CAP: at most %u pixels, %llu Hz", cap.bt.max_width,
	      (unsigned long long)cap.bt.max_pixelclock);
	for (; !capture_ioctl(capture.fd, VIDIOC_ENUM_DV_TIMINGS, &list); list.index++) {
		const struct v4l2_bt_timings *bt = &list.timings.bt;
		struct v4l2_dv_timings now = { 0 };

		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_S_DV_TIMINGS, &list.timings));
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_DV_TIMINGS, &now));
		CHECK(now.bt.width == bt->width && now.bt.height == bt->height &&
			      now.bt.pixelclock == bt->pixelclock,
		      "timings %u: set %ux%u, got %ux%u", list.index, bt->width, bt->height,
		      now.bt.width, now.bt.height);
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_FMT, &capture.format));
		CHECK_EQ(capture.format.fmt.pix.width, bt->width);
		CHECK_EQ(capture.format.fmt.pix.height, bt->height);
		if (capture_rate_is(&list.timings, 25, 1) || capture_rate_is(&list.timings, 50, 1))
			set_reduced(&capture, &list.timings);
		found += bt->width == width && V4L2_DV_BT_FRAME_WIDTH(bt) == htotal &&
			 bt->pixelclock == pixelclock;
	}
	CHECK(found == 1, "%u pixels of %u at %llu Hz are there %u times", width, htotal,
	      pixelclock, found);
	capture_close(&capture);
}

static void test_all_timings(void)
{
	if (!CHECK_OK(world_say("signal sdi-quad off")))
		return;
	/* 60 Hz with the totals of SDI, and those of CTA-861 */
	set_all_timings(DEVICE_SDI_QUAD, 7680, 8800, 2376000000);
	set_all_timings(DEVICE_SDI1, 3840, 4400, 594000000);
	set_all_timings(DEVICE_HDMI1, 7680, 9000, 2376000000);
}

static void test_parm(void)
{
	struct capture capture = { .fd = -1 };
	static const unsigned int wishes[][2] = { { 0, 1 }, { 1, 0 }, { 1, 25 }, { 0, 0 } };

	if (!CHECK_OK(world_say("signal sdi-quad 4320p59.94")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD,
			    &(struct capture_signal){ 7680, 4320, 60000, 1001 }, V4L2_PIX_FMT_UYVY,
			    2))
		return;
	for (unsigned int i = 0; i < 4; i++) {
		struct v4l2_streamparm parm = { .type = capture.type };

		parm.parm.capture.timeperframe.numerator = wishes[i][0];
		parm.parm.capture.timeperframe.denominator = wishes[i][1];
		CHECK_OK(capture_ioctl(capture.fd, VIDIOC_S_PARM, &parm));
		CHECK(parm.parm.capture.timeperframe.numerator == 1001 &&
			      parm.parm.capture.timeperframe.denominator == 60000,
		      "S_PARM %u/%u gives %u/%u", wishes[i][0], wishes[i][1],
		      parm.parm.capture.timeperframe.numerator,
		      parm.parm.capture.timeperframe.denominator);
		CHECK_EQ(parm.parm.capture.readbuffers, 0);
	}
	capture_close(&capture);
}

static int control(struct capture *capture, uint32_t id, int *value)
{
	struct v4l2_control c = { .id = id };
	int ret = capture_ioctl(capture->fd, VIDIOC_G_CTRL, &c);

	*value = c.value;
	return ret;
}

struct control_question {
	struct capture *capture;
	uint32_t id;
	int wanted, mask, value, ret;
};

static bool control_is(void *data)
{
	struct control_question *q = data;

	q->ret = control(q->capture, q->id, &q->value);
	return !q->ret && (q->value & q->mask) == q->wanted;
}

/* Of the bits in mask. */
static void expect_control(struct capture *capture, uint32_t id, const char *name, int mask,
			   int wanted)
{
	struct control_question q = {
		.capture = capture, .id = id, .mask = mask, .wanted = wanted
	};

	suite_until(control_is, &q, 2000);
	CHECK(!q.ret && (q.value & mask) == wanted, "%s is 0x%x (%s), expected 0x%x in 0x%x", name,
	      q.value, strerror(-q.ret), wanted, mask);
}

static void test_controls(void)
{
	/* docs of uapi/kinora.h: V4L2_CID_USER_BASE + 0x1f40 */
	const uint32_t transfer = V4L2_CID_USER_BASE + 0x1f40;
	const uint32_t payload_id = V4L2_CID_USER_BASE + 0x1f41;
	static const char *const names[] = { "sdr", "hlg", "pq" };
	struct v4l2_queryctrl query = { .id = transfer };
	struct v4l2_control set = { .id = transfer };
	struct capture capture = { .fd = -1 };
	int power;	/* the input's bit of V4L2_CID_DV_RX_POWER_PRESENT */

	if (!CHECK_OK(world_say("signal sdi1 2160p60 transfer=sdr")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 2))
		return;
	power = 1 << device_input(capture.fd, DEVICE_SDI1);
	if (CHECK_OK(capture_ioctl(capture.fd, VIDIOC_QUERYCTRL, &query))) {
		CHECK_EQ(query.type, V4L2_CTRL_TYPE_MENU);
		CHECK(query.flags & V4L2_CTRL_FLAG_READ_ONLY,
		      "the transfer control can be written");
		CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_S_CTRL, &set), -EACCES);
	}
	for (int i = 0; i < 3; i++) {
		CHECK_OK(world_say("signal sdi1 2160p60 transfer=%s colour=2020", names[i]));
		expect_control(&capture, transfer, "transfer", -1, i);
		/* CE, p60 in byte 2 with the transfer in bits 5:4, BT.2020, 10 bit narrow */
		expect_control(&capture, payload_id, "payload id", -1, 0x01a0cbce | i << 12);
		expect_control(&capture, V4L2_CID_DV_RX_POWER_PRESENT, "RX_POWER_PRESENT", power,
			       power);
	}
	CHECK_OK(world_say("signal sdi1 off"));
	expect_control(&capture, V4L2_CID_DV_RX_POWER_PRESENT, "RX_POWER_PRESENT", power, 0);
	expect_control(&capture, payload_id, "payload id", -1, 0);
	capture_close(&capture);
}

/* Colours follow the signal: what a player needs to show it right. */
static void test_colours(void)
{
	static const struct {
		const char *words;
		unsigned int colorspace, ycbcr, xfer;
	} cases[] = {
		{ "transfer=sdr colour=709", V4L2_COLORSPACE_REC709, V4L2_YCBCR_ENC_709,
		  V4L2_XFER_FUNC_709 },
		{ "transfer=sdr colour=2020", V4L2_COLORSPACE_BT2020, V4L2_YCBCR_ENC_BT2020,
		  V4L2_XFER_FUNC_709 },
		{ "transfer=pq colour=2020", V4L2_COLORSPACE_BT2020, V4L2_YCBCR_ENC_BT2020,
		  V4L2_XFER_FUNC_SMPTE2084 },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture capture = { .fd = -1 };
		const struct v4l2_pix_format *pix = &capture.format.fmt.pix;
		unsigned int ycbcr, xfer;

		if (!CHECK_OK(world_say("signal sdi1 off")) ||
		    !CHECK_OK(world_say("signal sdi1 2160p60 %s", cases[i].words)) ||
		    capture_prepare(&capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 2))
			continue;
		CHECK(pix->colorspace == cases[i].colorspace, "%s: colorspace %u, expected %u",
		      cases[i].words, pix->colorspace, cases[i].colorspace);
		ycbcr = pix->ycbcr_enc ? pix->ycbcr_enc
				       : V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
		xfer = pix->xfer_func ? pix->xfer_func
				      : V4L2_MAP_XFER_FUNC_DEFAULT(pix->colorspace);
		CHECK(ycbcr == cases[i].ycbcr, "%s: ycbcr_enc %u, expected %u", cases[i].words,
		      ycbcr, cases[i].ycbcr);
		CHECK(xfer == cases[i].xfer, "%s: xfer_func %u, expected %u", cases[i].words, xfer,
		      cases[i].xfer);
		CHECK(pix->quantization != V4L2_QUANTIZATION_FULL_RANGE, "%s: full range",
		      cases[i].words);
		capture_close(&capture);
	}
}

/* Things a program can get wrong must come back as errors, not as trouble. */
static void test_misuse(void)
{
	struct capture capture = { .fd = -1 };
	struct v4l2_dv_timings timings = { 0 };
	struct v4l2_format format;
	int other, ret, type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (!CHECK_OK(world_say("signal sdi1 2160p60")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 4))
		return;
	ret = capture_ioctl(capture.fd, VIDIOC_S_DV_TIMINGS, &timings);
	CHECK(ret == -EINVAL || ret == -ERANGE, "S_DV_TIMINGS of nothing: %s", strerror(-ret));
	format = capture.format;
	format.fmt.pix.pixelformat = V4L2_PIX_FMT_NV12;
	CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_S_FMT, &format), -EBUSY);
	CHECK_OK(capture_query(&capture, &timings));
	timings.bt.width = 1920;
	timings.bt.height = 1080;
	CHECK(capture_ioctl(capture.fd, VIDIOC_S_DV_TIMINGS, &timings) < 0,
	      "S_DV_TIMINGS with buffers allocated succeeds");
	if (!CHECK_OK(capture_start(&capture)))
		goto out;
	other = open(capture.path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	CHECK_EQ(capture_ioctl(other, VIDIOC_STREAMON, &type), -EBUSY);
	CHECK_EQ(capture_ioctl(other, VIDIOC_STREAMOFF, &type), -EBUSY);
	close(other);
	/* the stream does not mind */
	for (unsigned int i = 0; i < 10; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)) ||
		    !CHECK_OK(capture_give(&capture, buffer.index)))
			break;
	}
out:
	capture_close(&capture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "first open locks on", test_first_open },
		{ "names and capabilities", test_names },
		{ "order of the nodes", test_node_order },
		{ "formats", test_formats },
		{ "wrong formats", test_wrong_format },
		{ "frame sizes", test_frame_sizes },
		{ "all timings", test_all_timings },
		{ "metadata node opened beside", test_meta_open },
		{ "S_PARM", test_parm },
		{ "S_INPUT while streaming", test_input_while_streaming },
		{ "LOG_STATUS", test_log_status },
		{ "time stamps", test_time_stamps },
		{ "controls", test_controls },
		{ "colours", test_colours },
		{ "misuse", test_misuse },
		{ 0 },
	};
	static const struct suite suite = { .name = "ioctls", .tests = tests, .time_limit = 90 };

	return suite_main(argc, argv, &suite);
}
