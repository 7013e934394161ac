// SPDX-License-Identifier: MIT
/* Sources: kernel/kinora_colour.c */
/*
 * Description: what the driver tells V4L2 of a signal's colours, from the codes of ST 352 and the
 * InfoFrames of CTA-861-I (6.4 AVI, 6.9 dynamic range and mastering), written out here byte by
 * byte.
 */
#include <string.h>

#include "kinora_colour.h"
#include "kinora_hw.h"
#include "unit.h"

static struct kinora_colours find(struct kinora_colour_key key)
{
	struct kinora_colours colours = { 0 };

	kinora_colour_find(&key, &colours);
	return colours;
}

#define SAME(c, space, enc, quant, xfer) do { \
	CU_ASSERT_EQUAL((c).colorspace, V4L2_COLORSPACE_##space); \
	CU_ASSERT_EQUAL((c).ycbcr_enc, V4L2_YCBCR_ENC_##enc); \
	CU_ASSERT_EQUAL((c).quantization, V4L2_QUANTIZATION_##quant##_RANGE); \
	CU_ASSERT_EQUAL((c).xfer_func, V4L2_XFER_FUNC_##xfer); \
} while (0)

static void test_sdi(void)
{
	struct kinora_colours c;

	c = find((struct kinora_colour_key){ .colorimetry = KINORA_COLORIMETRY_709 });
	SAME(c, REC709, 709, LIM, 709);
	/* 4320p50 HLG BT.2020: V4L2 has no HLG, the private control has */
	c = find((struct kinora_colour_key){ .colorimetry = KINORA_COLORIMETRY_2020,
					     .transfer = KINORA_TRANSFER_HLG });
	SAME(c, BT2020, BT2020, LIM, 709);
	c = find((struct kinora_colour_key){ .colorimetry = KINORA_COLORIMETRY_2020,
					     .transfer = KINORA_TRANSFER_PQ });
	SAME(c, BT2020, BT2020, LIM, SMPTE2084);
	c = find((struct kinora_colour_key){ .range = KINORA_RANGE_FULL });
	SAME(c, REC709, 709, FULL, 709);
	c = find((struct kinora_colour_key){ .colorimetry = KINORA_COLORIMETRY_UNKNOWN,
					     .transfer = KINORA_TRANSFER_UNSPECIFIED });
	SAME(c, REC709, 709, LIM, 709);
	/* RGB in memory is full range (docs/hardware.md section 8) */
	c = find((struct kinora_colour_key){ .colorimetry = KINORA_COLORIMETRY_2020,
					     .rgb_memory = 1 });
	CU_ASSERT_EQUAL(c.quantization, V4L2_QUANTIZATION_FULL_RANGE);
	/* RGB on SDI is video, not sRGB */
	c = find((struct kinora_colour_key){ .sampling = KINORA_SAMPLING_RGB,
					     .range = KINORA_RANGE_FULL });
	SAME(c, REC709, 709, LIM, 709);
}

/* HB0-2, checksum, PB1 ...: only what the test is about is set. */
static struct kinora_colours with_avi(unsigned int y, unsigned int c, unsigned int ec,
				      unsigned int ace, struct kinora_colour_key key)
{
	__u8 avi[KINORA_INFOFRAME_BYTES] = { 0x82, 0x02, 13 };

	avi[4] = y << 5;	/* PB1: Y2 Y1 Y0 */
	avi[5] = c << 6;	/* PB2: C1 C0 */
	avi[6] = ec << 4;	/* PB3: EC2 EC1 EC0 */
	avi[17] = ace << 4;	/* PB14: ACE3 ... ACE0 */
	key.hdmi = 1;
	key.avi = avi;
	return find(key);
}

static void test_hdmi(void)
{
	struct kinora_colour_key ycc = { .sampling = KINORA_SAMPLING_444 };
	struct kinora_colour_key rgb = { .sampling = KINORA_SAMPLING_RGB,
					 .range = KINORA_RANGE_FULL };
	struct kinora_colours c;

	/* RGB without colorimetry is sRGB; YCbCr keeps the block's */
	SAME(with_avi(0, 0, 0, 0, rgb), SRGB, 709, LIM, SRGB);
	SAME(with_avi(2, 2, 0, 0, ycc), REC709, 709, LIM, 709);
	ycc.colorimetry = KINORA_COLORIMETRY_601;
	SAME(with_avi(2, 1, 0, 0, ycc), SMPTE170M, 601, LIM, 709);
	/* C = 1, 2: EC means nothing */
	SAME(with_avi(2, 1, 4, 0, ycc), SMPTE170M, 601, LIM, 709);

	SAME(with_avi(2, 3, 0, 0, ycc), SMPTE170M, XV601, LIM, 709);
	SAME(with_avi(2, 3, 2, 0, ycc), SRGB, 601, LIM, SRGB);
	SAME(with_avi(2, 3, 3, 0, ycc), OPRGB, 601, LIM, OPRGB);
	ycc.colorimetry = KINORA_COLORIMETRY_709;
	SAME(with_avi(2, 3, 1, 0, ycc), REC709, XV709, LIM, 709);
	SAME(with_avi(0, 3, 4, 0, rgb), OPRGB, 709, LIM, OPRGB);
	SAME(with_avi(0, 3, 7, 0, rgb), DCI_P3, 709, LIM, DCI_P3);

	ycc.colorimetry = KINORA_COLORIMETRY_2020;
	ycc.sampling = KINORA_SAMPLING_420;
	SAME(with_avi(3, 3, 6, 0, ycc), BT2020, BT2020, LIM, 709);
	SAME(with_avi(3, 3, 5, 0, ycc), BT2020, BT2020_CONST_LUM, LIM, 709);
	ycc.transfer = KINORA_TRANSFER_PQ;
	SAME(with_avi(3, 3, 6, 0, ycc), BT2020, BT2020, LIM, SMPTE2084);
	rgb.colorimetry = KINORA_COLORIMETRY_2020;
	rgb.transfer = KINORA_TRANSFER_HLG;
	SAME(with_avi(0, 3, 6, 0, rgb), BT2020, BT2020, LIM, 709);

	/* the same bytes say nothing of SDI; no InfoFrame is DVI */
	c = find((struct kinora_colour_key){ .hdmi = 1, .sampling = KINORA_SAMPLING_RGB });
	SAME(c, SRGB, 709, LIM, SRGB);
}

/*
 * A DRM InfoFrame of a BT.2020 display of 1000 cd/m2 as sources send them: primaries red, green,
 * blue in units of 0.00002 (BT.2020: R .708 .292, G .170 .797, B .131 .046, D65 .3127 .3290), black
 * 0.005 cd/m2, MaxCLL 1000, MaxFALL 400.
 */
static const __u8 drm[KINORA_INFOFRAME_BYTES] = {
	0x87, 0x01, 26, 0x00,
	0x02, 0x00,				/* PB1 EOTF: PQ; PB2: type 1 */
	0x48, 0x8a, 0x08, 0x39,			/* 35400, 14600 */
	0x34, 0x21, 0xaa, 0x9b,			/* 8500, 39850 */
	0x96, 0x19, 0xfc, 0x08,			/* 6550, 2300 */
	0x13, 0x3d, 0x42, 0x40,			/* 15635, 16450 */
	0xe8, 0x03, 0x32, 0x00,			/* 1000, 50 */
	0xe8, 0x03, 0x90, 0x01,			/* 1000, 400 */
};

#define BOTH (KINORA_HDR10_CLL | KINORA_HDR10_MASTERING)

static void test_hdr10(void)
{
	struct v4l2_ctrl_hdr10_mastering_display m;
	struct v4l2_ctrl_hdr10_cll_info cll;
	__u8 other[KINORA_INFOFRAME_BYTES];
	unsigned int i;

	CU_ASSERT_EQUAL_FATAL(kinora_colour_hdr10(drm, &cll, &m), BOTH);
	CU_ASSERT_EQUAL(cll.max_content_light_level, 1000);
	CU_ASSERT_EQUAL(cll.max_pic_average_light_level, 400);
	/* V4L2: green, blue, red; 0.0001 cd/m2 */
	CU_ASSERT_EQUAL(m.display_primaries_x[0], 8500);
	CU_ASSERT_EQUAL(m.display_primaries_y[0], 39850);
	CU_ASSERT_EQUAL(m.display_primaries_x[1], 6550);
	CU_ASSERT_EQUAL(m.display_primaries_y[1], 2300);
	CU_ASSERT_EQUAL(m.display_primaries_x[2], 35400);
	CU_ASSERT_EQUAL(m.display_primaries_y[2], 14600);
	CU_ASSERT_EQUAL(m.white_point_x, 15635);
	CU_ASSERT_EQUAL(m.white_point_y, 16450);
	CU_ASSERT_EQUAL(m.max_display_mastering_luminance, 10000000);
	CU_ASSERT_EQUAL(m.min_display_mastering_luminance, 50);

	/* in whatever order they come: green, blue, red and blue, green, red */
	memcpy(other, drm, sizeof(other));
	memcpy(other + 6, drm + 10, 8);
	memcpy(other + 14, drm + 6, 4);
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), BOTH);
	CU_ASSERT_EQUAL(m.display_primaries_x[0], 8500);
	CU_ASSERT_EQUAL(m.display_primaries_x[1], 6550);
	CU_ASSERT_EQUAL(m.display_primaries_x[2], 35400);
	memcpy(other + 6, drm + 14, 4);
	memcpy(other + 10, drm + 10, 4);
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), BOTH);
	CU_ASSERT_EQUAL(m.display_primaries_x[0], 8500);
	CU_ASSERT_EQUAL(m.display_primaries_x[1], 6550);
	CU_ASSERT_EQUAL(m.display_primaries_x[2], 35400);

	/* black of 0 is the darkest V4L2 has; white above 10,000 cd/m2 the brightest */
	memcpy(other, drm, sizeof(other));
	other[24] = 0;
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), BOTH);
	CU_ASSERT_EQUAL(m.min_display_mastering_luminance, 1);
	other[22] = 0xff;
	other[23] = 0xff;
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), BOTH);
	CU_ASSERT_EQUAL(m.max_display_mastering_luminance, 100000000);

	/* any part unknown: V4L2 cannot say so; the light levels are there all the same */
	for (i = 6; i < 24; i += 2) {
		memcpy(other, drm, sizeof(other));
		other[i] = 0;
		other[i + 1] = 0;
		cll.max_content_light_level = 0;
		CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), KINORA_HDR10_CLL);
		CU_ASSERT_EQUAL(cll.max_content_light_level, 1000);
	}
	/* HLG has no such metadata, whatever a source sends; other metadata types are not known */
	memcpy(other, drm, sizeof(other));
	other[4] = 3;
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), 0);
	other[4] = 2;
	other[5] = 1;
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), 0);
	/* black brighter than white */
	memcpy(other, drm, sizeof(other));
	other[22] = 5;
	other[23] = 0;
	other[24] = 0x50;
	other[25] = 0xc3;
	CU_ASSERT_EQUAL(kinora_colour_hdr10(other, &cll, &m), KINORA_HDR10_CLL);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "SDI", test_sdi },
		{ "HDMI", test_hdmi },
		{ "HDR10 metadata", test_hdr10 },
		CU_TEST_INFO_NULL,
	};

	return unit_run("signal colours", tests);
}
