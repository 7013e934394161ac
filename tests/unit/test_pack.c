// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/pack.c */
/*
 * Description: the memory formats byte by byte. The expected bytes were worked out by hand from
 * docs/hardware.md section 8 (and, for RGB, from BT.709 and BT.2020), not by the code.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "unit.h"

static const struct picture_colour hd = { PICTURE_MATRIX_709, PICTURE_RANGE_NARROW };
static const struct picture_colour uhd = { PICTURE_MATRIX_2020, PICTURE_RANGE_NARROW };

/* Eight pixels: a whole group of v210 and a part. 4 and 1019 are the ends of what SDI carries. */
static uint16_t y_top[8] = { 64, 940, 502, 4, 1019, 721, 200, 301 };
static uint16_t cb_top[4] = { 512, 960, 64, 300 };
static uint16_t cr_top[4] = { 512, 64, 960, 711 };
static uint16_t y_below[8] = { 4, 4, 4, 4, 4, 4, 4, 4 };
static uint16_t cb_below[4] = { 514, 960, 65, 100 };
static uint16_t cr_below[4] = { 511, 4, 1019, 712 };

static void expect(uint32_t format, unsigned int plane, const uint8_t *want, size_t bytes)
{
	struct picture_row top = { y_top, cb_top, cr_top }, below = { y_below, cb_below, cr_below };
	struct mem_layout layout;
	uint8_t got[80];

	CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, format, 8, 2, 0), 0);
	CU_ASSERT_EQUAL_FATAL(layout.plane[plane].row_bytes, bytes);
	memset(got, 0xa5, sizeof(got));
	pack_row(&layout, plane, hd, &top, &below, got);
	CU_ASSERT_EQUAL(memcmp(got, want, bytes), 0);
	CU_ASSERT_EQUAL(got[bytes], 0xa5);
	for (size_t i = 0; i < bytes; i++)
		if (got[i] != want[i])
			printf("\n%s plane %u byte %zu: 0x%02x, not 0x%02x",
			       mem_format_name(format), plane, i, got[i], want[i]);
}

/* (v + 2) >> 2: 64 -> 16, 940 -> 235, 502 -> 126, 721 -> 180, 301 -> 75; 4 -> 1, 1019 -> 254. */
static void test_uyvy(void)
{
	static const uint8_t want[] = {
		128, 16, 128, 235, 240, 126, 16, 1, 16, 254, 240, 180, 75, 50, 178, 75
	};

	expect(KINORA_FMT_UYVY, 0, want, sizeof(want));
}

static void test_yuyv(void)
{
	static const uint8_t want[] = {
		16, 128, 235, 128, 126, 240, 1, 16, 254, 16, 180, 240, 50, 75, 75, 178
	};

	expect(KINORA_FMT_YUYV, 0, want, sizeof(want));
}

static const uint8_t luma8[] = { 16, 235, 126, 1, 254, 180, 50, 75 };

/* Chroma means, rounded up: Cb 513 960 65 200, Cr 512 34 990 712; then to 8 bit. */
static void test_nv12(void)
{
	static const uint8_t chroma[] = { 128, 128, 240, 9, 16, 248, 50, 178 };

	expect(KINORA_FMT_NV12, 0, luma8, sizeof(luma8));
	expect(KINORA_FMT_NV12, 1, chroma, sizeof(chroma));
}

static void test_nv16(void)
{
	static const uint8_t chroma[] = { 128, 128, 240, 16, 16, 240, 75, 178 };

	expect(KINORA_FMT_NV16, 0, luma8, sizeof(luma8));
	expect(KINORA_FMT_NV16, 1, chroma, sizeof(chroma));
}

/* v << 6, low byte first: 64 -> 0x1000, 940 -> 0xeb00, 502 -> 0x7d80, 1019 -> 0xfec0. */
static void test_p010(void)
{
	static const uint8_t luma[] = {
		0x00, 0x10, 0x00, 0xeb, 0x80, 0x7d, 0x00, 0x01,
		0xc0, 0xfe, 0x40, 0xb4, 0x00, 0x32, 0x40, 0x4b
	};
	static const uint8_t chroma[] = {
		0x40, 0x80, 0x00, 0x80, 0x00, 0xf0, 0x80, 0x08,
		0x40, 0x10, 0x80, 0xf7, 0x00, 0x32, 0x00, 0xb2
	};

	expect(KINORA_FMT_P010, 0, luma, sizeof(luma));
	expect(KINORA_FMT_P010, 1, chroma, sizeof(chroma));
}

static void test_y210(void)
{
	static const uint8_t want[] = {
		0x00, 0x10, 0x00, 0x80, 0x00, 0xeb, 0x00, 0x80,
		0x80, 0x7d, 0x00, 0xf0, 0x00, 0x01, 0x00, 0x10,
		0xc0, 0xfe, 0x00, 0x10, 0x40, 0xb4, 0x00, 0xf0,
		0x00, 0x32, 0x00, 0x4b, 0x40, 0x4b, 0xc0, 0xb1
	};

	expect(KINORA_FMT_Y210, 0, want, sizeof(want));
}

/*
 * Words of the first group: Cb 512 Y 64 Cr 512 = 0x20010200; Y 940 Cb 960 Y 502 = 0x1f6f03ac;
 * Cr 64 Y 4 Cb 64 = 0x04001040; Y 1019 Cr 960 Y 721 = 0x2d1f03fb. Second group, two pixels only:
 * Cb 300 Y 200 Cr 711 = 0x2c73212c; Y 301 = 0x0000012d.
 */
static void test_v210(void)
{
	static const uint8_t want[32] = {
		0x00, 0x02, 0x01, 0x20, 0xac, 0x03, 0x6f, 0x1f,
		0x40, 0x10, 0x00, 0x04, 0xfb, 0x03, 0x1f, 0x2d,
		0x2c, 0x21, 0x73, 0x2c, 0x2d, 0x01, 0x00, 0x00,
	};

	expect(KINORA_FMT_V210, 0, want, sizeof(want));
}

/* A row of one colour, as RGB. */
static void flat(uint32_t format, struct picture_colour colour, uint16_t y, uint16_t cb,
		 uint16_t cr, uint8_t out[8])
{
	uint16_t ys[2] = { y, y };
	struct picture_row row = { ys, &cb, &cr };
	struct mem_layout layout;

	CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, format, 2, 2, 0), 0);
	pack_row(&layout, 0, colour, &row, NULL, out);
}

/* Byte order and ends of the scale: white, black, and full red, which BT.2020 codes 294 387 960. */
static void test_rgb_bytes(void)
{
	static const uint8_t white[4] = { 255, 255, 255, 0 }, red[4] = { 0, 0, 255, 0 };
	static const uint8_t blue[4] = { 255, 0, 0, 0 }, none[4];
	static const uint8_t white10[4] = { 0xfc, 0xff, 0xff, 0xff };
	static const uint8_t red10[4] = { 0x00, 0x00, 0xc0, 0xff };
	static const uint8_t blue10[4] = { 0xfc, 0x0f, 0x00, 0x00 };
	uint8_t got[8];

	flat(KINORA_FMT_XBGR32, uhd, 940, 512, 512, got);
	CU_ASSERT_EQUAL(memcmp(got, white, 4), 0);
	CU_ASSERT_EQUAL(memcmp(got + 4, white, 4), 0);
	flat(KINORA_FMT_XBGR32, uhd, 64, 512, 512, got);
	CU_ASSERT_EQUAL(memcmp(got, none, 4), 0);
	flat(KINORA_FMT_XBGR32, uhd, 294, 387, 960, got);
	CU_ASSERT_EQUAL(memcmp(got, red, 4), 0);
	flat(KINORA_FMT_XBGR32, uhd, 116, 960, 476, got);
	CU_ASSERT_EQUAL(memcmp(got, blue, 4), 0);

	flat(KINORA_FMT_RGBX1010102, uhd, 940, 512, 512, got);
	CU_ASSERT_EQUAL(memcmp(got, white10, 4), 0);
	flat(KINORA_FMT_RGBX1010102, uhd, 294, 387, 960, got);
	CU_ASSERT_EQUAL(memcmp(got, red10, 4), 0);
	flat(KINORA_FMT_RGBX1010102, uhd, 116, 960, 476, got);
	CU_ASSERT_EQUAL(memcmp(got, blue10, 4), 0);
	/* below black and above white */
	flat(KINORA_FMT_XBGR32, hd, 4, 512, 512, got);
	CU_ASSERT_EQUAL(memcmp(got, none, 4), 0);
	flat(KINORA_FMT_XBGR32, hd, 1019, 512, 512, got);
	CU_ASSERT_EQUAL(memcmp(got, white, 4), 0);
}

static int near(int a, int b, int by)
{
	return abs(a - b) <= by;
}

/*
 * The bars of the standards, whose R'G'B' is known: 75 % of 255 is 191, of 1023 is 767; 58 % in PQ
 * is code 572, so (572 - 64) / 876 of 1023 = 593. The codes are rounded, hence 1 and 2.
 */
static void test_rgb_bars(void)
{
	static const struct {
		struct picture_colour colour;
		uint16_t y, cb, cr;
		uint16_t r, g, b;	/* of 1023 */
	} bars[] = {
		{ { PICTURE_MATRIX_709, 0 }, 674, 176, 543, 767, 767, 0 },
		{ { PICTURE_MATRIX_709, 0 }, 581, 589, 176, 0, 767, 767 },
		{ { PICTURE_MATRIX_709, 0 }, 534, 253, 207, 0, 767, 0 },
		{ { PICTURE_MATRIX_709, 0 }, 251, 771, 817, 767, 0, 767 },
		{ { PICTURE_MATRIX_709, 0 }, 204, 435, 848, 767, 0, 0 },
		{ { PICTURE_MATRIX_709, 0 }, 111, 848, 481, 0, 0, 767 },
		{ { PICTURE_MATRIX_2020, 0 }, 682, 176, 539, 767, 767, 0 },
		{ { PICTURE_MATRIX_2020, 0 }, 548, 606, 176, 0, 767, 767 },
		{ { PICTURE_MATRIX_2020, 0 }, 509, 270, 203, 0, 767, 0 },
		{ { PICTURE_MATRIX_2020, 0 }, 276, 754, 821, 767, 0, 767 },
		{ { PICTURE_MATRIX_2020, 0 }, 197, 439, 772, 593, 0, 0 },
		{ { PICTURE_MATRIX_2020, 0 }, 94, 772, 491, 0, 0, 593 },
		/* BT.601: Y = .299 R + .587 G + .114 B; 75 % red: 64 + 657 * .299 = 260 ... */
		{ { PICTURE_MATRIX_601, 0 }, 260, 399, 848, 767, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		uint8_t got[8];
		uint32_t word;

		flat(KINORA_FMT_XBGR32, bars[i].colour, bars[i].y, bars[i].cb, bars[i].cr, got);
		CU_ASSERT(near(got[0], bars[i].b * 255 / 1023, 1));
		CU_ASSERT(near(got[1], bars[i].g * 255 / 1023, 1));
		CU_ASSERT(near(got[2], bars[i].r * 255 / 1023, 1));
		CU_ASSERT_EQUAL(got[3], 0);
		flat(KINORA_FMT_RGBX1010102, bars[i].colour, bars[i].y, bars[i].cb, bars[i].cr,
		     got);
		word = got[0] | got[1] << 8 | got[2] << 16 | (uint32_t)got[3] << 24;
		CU_ASSERT(near(word >> 22, bars[i].r, 2));
		CU_ASSERT(near(word >> 12 & 0x3ff, bars[i].g, 2));
		CU_ASSERT(near(word >> 2 & 0x3ff, bars[i].b, 2));
		CU_ASSERT_EQUAL(word & 3, 0);
	}
}

/*
 * Chroma between samples. BT.709, Y 500: (500 - 64) / 876 * 255 = 126.92. Cr 512, 712: at pixels 0,
 * 1, 2, 3 Cr is 0, 100, 200, 200 above neutral. R adds 1.5748 * Cr / 896 * 255 = 44.82, 89.64; G
 * takes away .468124 * Cr / 896 * 255 = 13.32, 26.65.
 */
static void test_rgb_interpolation(void)
{
	static const uint8_t want[16] = {
		127, 127, 127, 0, 127, 114, 172, 0, 127, 100, 217, 0, 127, 100, 217, 0
	};
	uint16_t y[4] = { 500, 500, 500, 500 }, cb[2] = { 512, 512 }, cr[2] = { 512, 712 };
	struct picture_row row = { y, cb, cr };
	struct mem_layout layout;
	uint8_t got[16];

	CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, KINORA_FMT_XBGR32, 4, 2, 0), 0);
	pack_row(&layout, 0, hd, &row, NULL, got);
	CU_ASSERT_EQUAL(memcmp(got, want, sizeof(want)), 0);
}

/* Full range: 1019 / 1023 * 255 = 254.0, 64 / 1023 * 255 = 15.95. */
static void test_rgb_full_range(void)
{
	static const struct picture_colour full = { PICTURE_MATRIX_709, PICTURE_RANGE_FULL };
	uint8_t got[8];

	flat(KINORA_FMT_XBGR32, full, 1019, 512, 512, got);
	CU_ASSERT_EQUAL(got[0], 254);
	flat(KINORA_FMT_XBGR32, full, 64, 512, 512, got);
	CU_ASSERT_EQUAL(got[0], 16);
}

/* Frame sizes in bytes from the tables of the formats. */
static void test_sizes(void)
{
	static const struct {
		uint32_t format, width, height, stride, bytes;
	} sizes[] = {
		{ KINORA_FMT_UYVY, 7680, 4320, 15360, 66355200 },
		{ KINORA_FMT_YUYV, 7680, 4320, 15360, 66355200 },
		{ KINORA_FMT_NV12, 7680, 4320, 7680, 49766400 },
		{ KINORA_FMT_NV16, 7680, 4320, 7680, 66355200 },
		{ KINORA_FMT_P010, 7680, 4320, 15360, 99532800 },
		{ KINORA_FMT_Y210, 7680, 4320, 30720, 132710400 },
		{ KINORA_FMT_V210, 7680, 4320, 20480, 88473600 },
		{ KINORA_FMT_XBGR32, 7680, 4320, 30720, 132710400 },
		{ KINORA_FMT_RGBX1010102, 7680, 4320, 30720, 132710400 },
		{ KINORA_FMT_V210, 3840, 2160, 10240, 22118400 },
		{ KINORA_FMT_V210, 1920, 1080, 5120, 5529600 },
		{ KINORA_FMT_V210, 1280, 720, 3456, 2488320 },
		{ KINORA_FMT_NV12, 1280, 720, 1280, 1382400 },
	};
	struct mem_layout layout;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, sizes[i].format, sizes[i].width,
						      sizes[i].height, 0), 0);
		CU_ASSERT_EQUAL(layout.plane[0].stride, sizes[i].stride);
		CU_ASSERT_EQUAL(layout.bytes, sizes[i].bytes);
		CU_ASSERT_EQUAL(layout.plane[0].offset, 0);
		CU_ASSERT_EQUAL(layout.plane[0].rows, sizes[i].height);
	}
	/* v210 at 1280: 214 groups of 16 bytes, 32 of padding */
	mem_layout_init(&layout, KINORA_FMT_V210, 1280, 720, 0);
	CU_ASSERT_EQUAL(layout.plane[0].row_bytes, 3424);
	mem_layout_init(&layout, KINORA_FMT_P010, 1920, 1080, 0);
	CU_ASSERT_EQUAL(layout.planes, 2);
	CU_ASSERT_EQUAL(layout.plane[1].offset, 3840 * 1080);
	CU_ASSERT_EQUAL(layout.plane[1].rows, 540);
	CU_ASSERT_EQUAL(pack_rows_needed(KINORA_FMT_P010, 1), 2);
	CU_ASSERT_EQUAL(pack_rows_needed(KINORA_FMT_P010, 0), 1);
	CU_ASSERT_EQUAL(pack_rows_needed(KINORA_FMT_NV16, 1), 1);
}

static void test_bad_layouts(void)
{
	static const struct {
		uint32_t format, width, height, stride;
	} bad[] = {
		{ KINORA_FMTS, 1920, 1080, 0 }, { UINT32_MAX, 1920, 1080, 0 },
		{ KINORA_FMT_UYVY, 0, 1080, 0 }, { KINORA_FMT_UYVY, 1920, 0, 0 },
		{ KINORA_FMT_UYVY, 1921, 1080, 0 }, { KINORA_FMT_UYVY, 7682, 1080, 0 },
		{ KINORA_FMT_UYVY, 1920, 4321, 0 }, { KINORA_FMT_NV12, 1920, 1081, 0 },
		{ KINORA_FMT_UYVY, 1920, 1080, 3839 }, { KINORA_FMT_V210, 1920, 1080, 5120 + 64 },
		{ KINORA_FMT_UYVY, 1920, 1080, 0x80000000 },
	};
	struct mem_layout layout, changed;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(mem_layout_init(&layout, bad[i].format, bad[i].width, bad[i].height,
						bad[i].stride), -EINVAL);

	CU_ASSERT_EQUAL(mem_layout_init_host(&layout, KINORA_FMT_NV12, 1920, 1080, 2048, 2048,
					     2048 * 1080, 2048 * 1620), 0);
	CU_ASSERT_EQUAL(mem_layout_check(&layout), 0);
	CU_ASSERT_EQUAL(mem_layout_init_host(&changed, KINORA_FMT_NV12, 1920, 1080, 2048, 1919,
					     2048 * 1080, 2048 * 1080 + 1919 * 540), -EINVAL);
	CU_ASSERT_EQUAL(mem_layout_init_host(&changed, KINORA_FMT_NV12, 1920, 1080, 2048, 2048,
					     2048 * 1080 - 1, 2048 * 1620), -EINVAL);
	CU_ASSERT_EQUAL(mem_layout_init_host(&changed, KINORA_FMT_NV12, 1920, 1080, 2048, 2048,
					     2048 * 1080, 2048 * 1620 - 1), -EINVAL);
	CU_ASSERT_EQUAL(mem_layout_init_host(&changed, KINORA_FMT_UYVY, 1920, 1080, 0, 0, 0,
					     3840 * 1080), -EINVAL);
	CU_ASSERT_EQUAL(mem_layout_init_host(&changed, KINORA_FMT_UYVY, 1920, 1080, 3840, 3840, 0,
					     3840 * 1080), -EINVAL);
	changed = layout;
	changed.planes = 1;
	CU_ASSERT_EQUAL(mem_layout_check(&changed), -EINVAL);
	changed = layout;
	changed.plane[1].rows++;
	CU_ASSERT_EQUAL(mem_layout_check(&changed), -EINVAL);
	changed = layout;
	changed.plane[0].row_bytes--;
	CU_ASSERT_EQUAL(mem_layout_check(&changed), -EINVAL);
}

static void test_names(void)
{
	CU_ASSERT_STRING_EQUAL(mem_format_name(KINORA_FMT_V210), "v210");
	CU_ASSERT_STRING_EQUAL(mem_format_name(KINORA_FMT_RGBX1010102), "rgbx1010102");
	CU_ASSERT_PTR_NULL(mem_format_name(KINORA_FMTS));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "uyvy", test_uyvy },
		{ "yuyv", test_yuyv },
		{ "nv12", test_nv12 },
		{ "nv16", test_nv16 },
		{ "p010", test_p010 },
		{ "y210", test_y210 },
		{ "v210", test_v210 },
		{ "rgb, byte order and ends of scale", test_rgb_bytes },
		{ "rgb, bars of the standards", test_rgb_bars },
		{ "rgb, chroma between samples", test_rgb_interpolation },
		{ "rgb, full range signal", test_rgb_full_range },
		{ "sizes", test_sizes },
		{ "layouts that cannot be", test_bad_layouts },
		{ "names", test_names },
		CU_TEST_INFO_NULL,
	};

	return unit_run("pack", tests);
}
