// SPDX-License-Identifier: MIT
/*
 * Description: the controls of a picture node: colours that change reach the application as events
 * without a new picture being claimed, what HDMI says of itself, HDR10 metadata, and the range of
 * RGB that a user can set until a stream runs.
 */
#include <errno.h>
#include <string.h>

#include "kinora_hw.h"
#include "lib/capture.h"
#include "lib/connector.h"
#include "lib/suite.h"
#include "lib/world.h"

static const struct capture_signal signal_1080p50 = { 1920, 1080, 50, 1 };

/* Events of a second; counts of source changes, and whether each control was heard of. */
struct heard {
	unsigned int source_changes;
	unsigned int controls;		/* bit n: V4L2_CID_KINORA_BASE + n */
	int32_t value[32];
};

static void listen_for(struct capture *capture, unsigned int wanted, struct heard *heard)
{
	uint64_t end = suite_now() + 2000000000ULL;
	struct v4l2_event event;
	unsigned int n;

	memset(heard, 0, sizeof(*heard));
	while ((heard->controls & wanted) != wanted && suite_now() < end) {
		if (capture_event(capture, &event, 100))
			continue;
		if (event.type == V4L2_EVENT_SOURCE_CHANGE)
			heard->source_changes++;
		n = event.id - V4L2_CID_KINORA_BASE;
		if (event.type != V4L2_EVENT_CTRL || n >= 32)
			continue;
		heard->controls |= 1u << n;
		heard->value[n] = event.u.ctrl.value;
	}
	/* whoever claims a new picture does it at once */
	while (!capture_event(capture, &event, 50))
		if (event.type == V4L2_EVENT_SOURCE_CHANGE)
			heard->source_changes++;
}

#define BIT_OF(cid) (1u << ((cid) - V4L2_CID_KINORA_BASE))

#define VALUE(heard, cid) ((heard).value[(cid) - V4L2_CID_KINORA_BASE])

/* The source stops saying that it is HLG, and says it again; the picture stays. */
static void test_colour_events(void)
{
	struct capture capture = { .fd = -1 };
	struct heard heard;

	if (!CHECK_OK(world_say("signal hdmi1 1080p50 sampling=422 transfer=hlg colour=2020")) ||
	    capture_prepare(&capture, DEVICE_HDMI1, &signal_1080p50, V4L2_PIX_FMT_UYVY, 4))
		return;
	control_expect(&capture, V4L2_CID_KINORA_TRANSFER, "transfer", KINORA_TRANSFER_HLG);
	control_expect(&capture, V4L2_CID_KINORA_COLORIMETRY, "colorimetry",
		       KINORA_COLORIMETRY_2020);
	CHECK_OK(control_subscribe(&capture, V4L2_CID_KINORA_TRANSFER));
	CHECK_OK(control_subscribe(&capture, V4L2_CID_KINORA_STATE));
	CHECK_OK(capture_subscribe(&capture, device_input(capture.fd, DEVICE_HDMI1)));
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_OK(world_say("fault hdmi1 infoframe drm %s", i ? "good" : "missing"));
		listen_for(&capture, BIT_OF(V4L2_CID_KINORA_TRANSFER), &heard);
		CHECK(heard.controls == BIT_OF(V4L2_CID_KINORA_TRANSFER),
		      "heard of controls 0x%x", heard.controls);
		CHECK_EQ(VALUE(heard, V4L2_CID_KINORA_TRANSFER),
			 i ? KINORA_TRANSFER_HLG : KINORA_TRANSFER_SDR);
		CHECK_EQ(heard.source_changes, 0);
	}
	/* the cable goes: that is another picture, and another state */
	CHECK_OK(world_say("signal hdmi1 off"));
	listen_for(&capture, BIT_OF(V4L2_CID_KINORA_STATE), &heard);
	CHECK(heard.source_changes, "no source change when the cable went");
	CHECK_EQ(VALUE(heard, V4L2_CID_KINORA_STATE), KINORA_SIGNAL_NONE);
	capture_close(&capture);
}

/* What HDMI says of itself, V4L2's way. */
static void test_hdmi(void)
{
	static const struct {
		const char *word;
		int32_t value;
	} contents[] = {
		{ "content=graphics", V4L2_DV_IT_CONTENT_TYPE_GRAPHICS },
		{ "content=photo", V4L2_DV_IT_CONTENT_TYPE_PHOTO },
		{ "content=cinema", V4L2_DV_IT_CONTENT_TYPE_CINEMA },
		{ "content=game", V4L2_DV_IT_CONTENT_TYPE_GAME },
		{ "", V4L2_DV_IT_CONTENT_TYPE_NO_ITC },
	};
	struct capture capture = { .fd = -1 };
	int32_t power;

	for (unsigned int i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		if (!CHECK_OK(world_say("signal hdmi1 1080p50 sampling=rgb depth=8 %s",
					contents[i].word)) ||
		    capture_prepare(&capture, DEVICE_HDMI1, &signal_1080p50, V4L2_PIX_FMT_UYVY, 2))
			continue;
		control_expect(&capture, V4L2_CID_DV_RX_IT_CONTENT_TYPE, "IT content",
			       contents[i].value);
		control_expect(&capture, V4L2_CID_KINORA_SAMPLING, "sampling",
			       KINORA_SAMPLING_RGB);
		control_expect(&capture, V4L2_CID_KINORA_DEPTH, "depth", 8);
		/* RGB on the wire is sRGB, and narrow once it is YCbCr */
		CHECK_EQ(capture.format.fmt.pix.colorspace, V4L2_COLORSPACE_SRGB);
		CHECK_EQ(capture.format.fmt.pix.quantization, V4L2_QUANTIZATION_LIM_RANGE);
		capture_close(&capture);
	}
	if (!CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
		return;
	power = 1 << device_input(capture.fd, DEVICE_HDMI1);
	control_expect(&capture, V4L2_CID_DV_RX_POWER_PRESENT, "power present", power);
	CHECK_OK(world_say("signal hdmi1 off"));
	control_expect(&capture, V4L2_CID_DV_RX_POWER_PRESENT, "power present", 0);
	capture_close(&capture);
}

/* A compound control; false while it is inactive. */
static bool compound(struct capture *capture, uint32_t id, void *value, unsigned int size)
{
	struct v4l2_query_ext_ctrl query = { .id = id };
	struct v4l2_ext_control control = { .id = id, .size = size, .ptr = value };
	struct v4l2_ext_controls controls = { .count = 1, .controls = &control };

	if (!CHECK_OK(capture_ioctl(capture->fd, VIDIOC_QUERY_EXT_CTRL, &query)))
		return false;
	CHECK(query.flags & V4L2_CTRL_FLAG_READ_ONLY, "control 0x%x can be written", id);
	CHECK_OK(capture_ioctl(capture->fd, VIDIOC_G_EXT_CTRLS, &controls));
	return !(query.flags & V4L2_CTRL_FLAG_INACTIVE);
}

struct hdr10_question {
	struct capture *capture;
	bool want;
};

static bool hdr10_is(void *data)
{
	struct v4l2_ctrl_hdr10_mastering_display mastering;
	struct hdr10_question *q = data;

	return compound(q->capture, V4L2_CID_COLORIMETRY_HDR10_MASTERING_DISPLAY, &mastering,
			sizeof(mastering)) == q->want;
}

/* The virtual player's master: BT.2020 primaries, D65, 0.005 to 1000 cd/m2, MaxCLL 1000, 400. */
static void test_hdr10(void)
{
	struct v4l2_ctrl_hdr10_mastering_display m;
	struct v4l2_ctrl_hdr10_cll_info cll;
	struct capture capture = { .fd = -1 };
	struct hdr10_question q = { .capture = &capture, .want = true };

	if (!CHECK_OK(world_say("signal hdmi1 1080p50 sampling=422 transfer=pq colour=2020")) ||
	    capture_prepare(&capture, DEVICE_HDMI1, &signal_1080p50, V4L2_PIX_FMT_UYVY, 2))
		return;
	CHECK_EQ(capture.format.fmt.pix.colorspace, V4L2_COLORSPACE_BT2020);
	CHECK_EQ(capture.format.fmt.pix.xfer_func, V4L2_XFER_FUNC_SMPTE2084);
	if (CHECK(suite_until(hdr10_is, &q, 2000), "no HDR10 metadata")) {
		compound(&capture, V4L2_CID_COLORIMETRY_HDR10_MASTERING_DISPLAY, &m, sizeof(m));
		CHECK(compound(&capture, V4L2_CID_COLORIMETRY_HDR10_CLL_INFO, &cll, sizeof(cll)),
		      "no light levels");
		CHECK_EQ(m.display_primaries_x[0], 8500);
		CHECK_EQ(m.display_primaries_y[0], 39850);
		CHECK_EQ(m.display_primaries_x[1], 6550);
		CHECK_EQ(m.display_primaries_y[1], 2300);
		CHECK_EQ(m.display_primaries_x[2], 35400);
		CHECK_EQ(m.display_primaries_y[2], 14600);
		CHECK_EQ(m.white_point_x, 15635);
		CHECK_EQ(m.white_point_y, 16450);
		CHECK_EQ(m.max_display_mastering_luminance, 10000000);
		CHECK_EQ(m.min_display_mastering_luminance, 50);
		CHECK_EQ(cll.max_content_light_level, 1000);
		CHECK_EQ(cll.max_pic_average_light_level, 400);
	}
	CHECK_OK(world_say("fault hdmi1 infoframe drm missing"));
	q.want = false;
	CHECK(suite_until(hdr10_is, &q, 2000), "HDR10 metadata of a source that sends none");
	CHECK_OK(world_say("fault hdmi1 clear"));
	capture_close(&capture);
	world_say("signal hdmi1 off");
}

/* Can be set, but not under a running stream, which was told the old one. */
static void test_rgb_range(void)
{
	struct capture capture = { .fd = -1 };

	if (!CHECK_OK(world_say("signal sdi1 1080p50")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_1080p50, V4L2_PIX_FMT_UYVY, 4))
		return;
	control_expect(&capture, V4L2_CID_DV_RX_RGB_RANGE, "RGB range", V4L2_DV_RGB_RANGE_AUTO);
	CHECK_OK(control_set(&capture, V4L2_CID_DV_RX_RGB_RANGE, V4L2_DV_RGB_RANGE_FULL));
	if (CHECK_OK(capture_start(&capture)))
		CHECK_EQ(control_set(&capture, V4L2_CID_DV_RX_RGB_RANGE,
				     V4L2_DV_RGB_RANGE_LIMITED), -EBUSY);
	CHECK_OK(capture_stop(&capture));
	CHECK_OK(control_set(&capture, V4L2_CID_DV_RX_RGB_RANGE, V4L2_DV_RGB_RANGE_AUTO));
	capture_close(&capture);
	world_say("signal sdi1 off");
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "colours change, the picture stays", test_colour_events },
		{ "HDMI", test_hdmi },
		{ "HDR10 metadata", test_hdr10 },
		{ "RGB range", test_rgb_range },
		{ 0 },
	};
	static const struct suite suite = { .name = "controls", .tests = tests, .time_limit = 90 };

	return suite_main(argc, argv, &suite);
}
