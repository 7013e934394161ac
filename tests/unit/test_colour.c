// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/convert.c userspace/lib/format.c userspace/lib/colour.c */
/* Sources: userspace/lib/error.c */
/*
 * Description: pictures to R'G'B'. Test bars with the code values of the standards come back as the
 * colours they stand for, from every memory format, at 8 and at 16 bits; ten bits keep all ten;
 * chroma is interpolated where it lies; sizes that do not fit are refused.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kinora.h"
#include "unit.h"

#define WIDTH 14	/* a bar has two pixels; and no multiple of six, for v210 */
#define HEIGHT 4

struct bar {
	int y, cb, cr;		/* 10-bit codes */
	int r, g, b;		/* 0 or 1, times the level */
};

/* SMPTE RP 219 / ARIB STD-B28: 75 % bars, BT.709. */
static const struct bar bars_709_75[7] = {
	{ 721, 512, 512, 1, 1, 1 }, { 674, 176, 543, 1, 1, 0 }, { 581, 589, 176, 0, 1, 1 },
	{ 534, 253, 207, 0, 1, 0 }, { 251, 771, 817, 1, 0, 1 }, { 204, 435, 848, 1, 0, 0 },
	{ 111, 848, 481, 0, 0, 1 },
};

/* ITU-R BT.2111: 75 % HLG bars, BT.2020 narrow range. */
static const struct bar bars_2020_75[7] = {
	{ 721, 512, 512, 1, 1, 1 }, { 682, 176, 539, 1, 1, 0 }, { 548, 606, 176, 0, 1, 1 },
	{ 509, 270, 203, 0, 1, 0 }, { 276, 754, 821, 1, 0, 1 }, { 237, 418, 848, 1, 0, 0 },
	{ 103, 848, 485, 0, 0, 1 },
};

/* ITU-R BT.2111: 100 % bars. */
static const struct bar bars_2020_100[7] = {
	{ 940, 512, 512, 1, 1, 1 }, { 888, 64, 548, 1, 1, 0 }, { 710, 637, 64, 0, 1, 1 },
	{ 658, 189, 100, 0, 1, 0 }, { 346, 835, 924, 1, 0, 1 }, { 294, 387, 960, 1, 0, 0 },
	{ 116, 960, 476, 0, 0, 1 },
};

/* Samples of a picture as the wire carries them: 10 bit, chroma with every second pixel. */
struct samples {
	int y[HEIGHT][WIDTH], cb[HEIGHT][WIDTH / 2], cr[HEIGHT][WIDTH / 2];
};

static void put16(uint8_t *p, int code)
{
	p[0] = (uint8_t)(code << 6);
	p[1] = (uint8_t)(code << 6 >> 8);
}

static uint8_t to8(int code)
{
	return (uint8_t)((code + 2) / 4);
}

static void pack_v210_line(const struct samples *s, int line, uint8_t *out)
{
	int stream[2 * WIDTH + 12] = { 0 };

	for (int x = 0; x < WIDTH; x += 2) {
		stream[2 * x] = s->cb[line][x / 2];
		stream[2 * x + 1] = s->y[line][x];
		stream[2 * x + 2] = s->cr[line][x / 2];
		stream[2 * x + 3] = s->y[line][x + 1];
	}
	for (int i = 0; i < 2 * WIDTH; i += 3, out += 4) {
		uint32_t word = (uint32_t)stream[i] | (uint32_t)stream[i + 1] << 10 |
				(uint32_t)stream[i + 2] << 20;

		out[0] = (uint8_t)word;
		out[1] = (uint8_t)(word >> 8);
		out[2] = (uint8_t)(word >> 16);
		out[3] = (uint8_t)(word >> 24);
	}
}

static void pack_packed_line(const struct samples *s, uint32_t fourcc, int line, uint8_t *out)
{
	for (int x = 0; x < WIDTH; x += 2) {
		int y0 = s->y[line][x], y1 = s->y[line][x + 1];
		int cb = s->cb[line][x / 2], cr = s->cr[line][x / 2];

		if (fourcc == KINORA_FORMAT_UYVY) {
			*out++ = to8(cb);
			*out++ = to8(y0);
			*out++ = to8(cr);
			*out++ = to8(y1);
		} else if (fourcc == KINORA_FORMAT_YUYV) {
			*out++ = to8(y0);
			*out++ = to8(cb);
			*out++ = to8(y1);
			*out++ = to8(cr);
		} else {	/* Y210 */
			put16(out, y0);
			put16(out + 2, cb);
			put16(out + 4, y1);
			put16(out + 6, cr);
			out += 8;
		}
	}
}

/* Semi-planar; chroma lines of 4:2:0 come from the even lines. */
static void pack_planes(const struct samples *s, const struct kinora_format_info *format,
			size_t stride, uint8_t *out)
{
	int size = format->bits == 8 ? 1 : 2;

	for (int line = 0; line < HEIGHT; line++) {
		int chroma_line = line / (int)format->chroma_lines;
		uint8_t *luma = out + stride * (size_t)line;
		uint8_t *chroma = out + stride * (size_t)(HEIGHT + chroma_line);

		for (int x = 0; x < WIDTH; x++) {
			int c = x % 2 ? s->cr[line][x / 2] : s->cb[line][x / 2];

			if (size == 1)
				luma[x] = to8(s->y[line][x]);
			else
				put16(luma + 2 * x, s->y[line][x]);
			if (line % (int)format->chroma_lines)
				continue;
			if (size == 1)
				chroma[x] = to8(c);
			else
				put16(chroma + 2 * x, c);
		}
	}
}

/* The picture in one of our YCbCr formats; data is to be freed. Lines are 32 bytes longer. */
static void pack(const struct samples *s, uint32_t fourcc, struct kinora_picture *picture)
{
	const struct kinora_format_info *format = kinora_format_find(fourcc);
	size_t stride = kinora_format_stride(format, WIDTH) + 32;
	uint8_t *data = malloc(kinora_format_bytes(format, stride, HEIGHT));

	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
	memset(data, 0xa5, kinora_format_bytes(format, stride, HEIGHT));
	for (int line = 0; line < HEIGHT && !format->planar_chroma; line++) {
		if (fourcc == KINORA_FORMAT_V210)
			pack_v210_line(s, line, data + stride * (size_t)line);
		else
			pack_packed_line(s, fourcc, line, data + stride * (size_t)line);
	}
	if (format->planar_chroma)
		pack_planes(s, format, stride, data);
	*picture = (struct kinora_picture){
		.format = format,
		.width = WIDTH,
		.height = HEIGHT,
		.stride = stride,
		.data = data,
		.bytes = kinora_format_bytes(format, stride, HEIGHT),
	};
}

static void convert8(const struct kinora_picture *picture, uint8_t rgb[HEIGHT][WIDTH][3])
{
	struct kinora_converter *converter = NULL;

	CU_ASSERT_EQUAL_FATAL(kinora_converter_create(&converter, picture, 8), 0);
	for (unsigned int y = 0; y < HEIGHT; y++)
		kinora_converter_line(converter, y, rgb[y]);
	kinora_converter_destroy(converter);
}

static void convert16(const struct kinora_picture *picture, uint16_t rgb[HEIGHT][WIDTH][3])
{
	struct kinora_converter *converter = NULL;

	CU_ASSERT_EQUAL_FATAL(kinora_converter_create(&converter, picture, 16), 0);
	for (unsigned int y = 0; y < HEIGHT; y++)
		kinora_converter_line(converter, y, rgb[y]);
	kinora_converter_destroy(converter);
}

static void samples_of_bars(const struct bar bars[7], struct samples *s)
{
	for (int line = 0; line < HEIGHT; line++)
		for (int x = 0; x < WIDTH; x++) {
			const struct bar *bar = &bars[x / 2];

			s->y[line][x] = bar->y;
			s->cb[line][x / 2] = bar->cb;
			s->cr[line][x / 2] = bar->cr;
		}
}

static const uint32_t formats[] = {
	KINORA_FORMAT_UYVY, KINORA_FORMAT_YUYV, KINORA_FORMAT_NV12, KINORA_FORMAT_NV16,
	KINORA_FORMAT_P010, KINORA_FORMAT_Y210, KINORA_FORMAT_V210,
};

/*
 * The first pixel of each bar carries its own chroma. Codes are rounded to whole numbers, which may
 * move a component by 0.5 (1 + 1.8814 * 876/896) of a code, 1.4; 8-bit codes count four.
 */
static void check_bars(const struct bar bars[7], double level, enum kinora_matrix matrix)
{
	struct samples s;

	samples_of_bars(bars, &s);
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		uint8_t rgb8[HEIGHT][WIDTH][3];
		uint16_t rgb16[HEIGHT][WIDTH][3];
		struct kinora_picture picture;
		double code;

		pack(&s, formats[f], &picture);
		picture.colour.matrix = matrix;
		convert8(&picture, rgb8);
		convert16(&picture, rgb16);
		code = picture.format->bits == 8 ? 4 : 1;
		for (int i = 0; i < 7; i++) {
			const int want[3] = { bars[i].r, bars[i].g, bars[i].b };

			for (int c = 0; c < 3; c++) {
				double exact = want[c] * level;

				CU_ASSERT_DOUBLE_EQUAL(rgb16[1][2 * i][c] * 876.0 / 65535,
						       exact * 876, 1.45 * code);
				/* Within one code of what 8 bits can say. */
				CU_ASSERT_DOUBLE_EQUAL(rgb8[1][2 * i][c], exact * 255,
						       code == 1 ? 1.0 : 2.0);
			}
		}
		free((void *)picture.data);
	}
}

static void test_bars_709(void)
{
	check_bars(bars_709_75, 0.75, KINORA_MATRIX_709);
}

static void test_bars_2020(void)
{
	check_bars(bars_2020_75, 0.75, KINORA_MATRIX_2020);
	check_bars(bars_2020_100, 1.0, KINORA_MATRIX_2020);
}

/* The wrong matrix must show: green of BT.709 bars read as BT.2020 is 5 % off and more. */
static void test_matrix_matters(void)
{
	uint8_t rgb[HEIGHT][WIDTH][3];
	struct kinora_picture picture;
	struct samples s;

	samples_of_bars(bars_709_75, &s);
	pack(&s, KINORA_FORMAT_V210, &picture);
	picture.colour.matrix = KINORA_MATRIX_2020;
	convert8(&picture, rgb);
	CU_ASSERT(abs(rgb[0][6][0] - 0) > 4 || abs(rgb[0][6][1] - 191) > 4);
	free((void *)picture.data);
}

/* BT.601 red, 100 %: Y 81, Cb 90, Cr 240 of 8 bits (BT.601-7 with Kr .299, Kb .114). */
static void test_601(void)
{
	uint8_t rgb[HEIGHT][WIDTH][3];
	struct kinora_picture picture;
	struct bar red[7];
	struct samples s;

	for (int i = 0; i < 7; i++)
		red[i] = (struct bar){ 81 * 4, 90 * 4, 240 * 4, 1, 0, 0 };
	samples_of_bars(red, &s);
	pack(&s, KINORA_FORMAT_UYVY, &picture);
	picture.colour.matrix = KINORA_MATRIX_601;
	convert8(&picture, rgb);
	CU_ASSERT(abs(rgb[0][0][0] - 255) <= 1);
	CU_ASSERT(rgb[0][0][1] <= 1);
	CU_ASSERT(rgb[0][0][2] <= 1);
	free((void *)picture.data);
}

/* Every grey from 64 to 940 gives its own 16-bit value, and from it the code comes back. */
static void test_ten_bits_stay(void)
{
	uint16_t rgb[HEIGHT][WIDTH][3];
	struct samples s;

	for (int code = 64; code <= 940; code++) {
		struct kinora_picture picture;

		for (int line = 0; line < HEIGHT; line++)
			for (int x = 0; x < WIDTH; x++) {
				s.y[line][x] = code;
				s.cb[line][x / 2] = 512;
				s.cr[line][x / 2] = 512;
			}
		pack(&s, code % 2 ? KINORA_FORMAT_V210 : KINORA_FORMAT_P010, &picture);
		convert16(&picture, rgb);
		for (int c = 0; c < 3; c++)
			CU_ASSERT_EQUAL(lround(rgb[2][5][c] * 876.0 / 65535) + 64, code);
		CU_ASSERT_DOUBLE_EQUAL(rgb[2][5][0], (code - 64) * 65535.0 / 876, 1);
		free((void *)picture.data);
	}
}

/* Below black and above white: clipped, not wrapped around. */
static void test_clipping(void)
{
	uint8_t rgb[HEIGHT][WIDTH][3];
	struct kinora_picture picture;
	struct bar extreme[7] = {
		{ 4, 512, 512, 0, 0, 0 },    { 1019, 512, 512, 1, 1, 1 }, { 4, 4, 4, 0, 0, 0 },
		{ 1019, 1019, 1019, 1, 1, 1 }, { 0, 1023, 1023, 0, 0, 0 }, { 1023, 0, 0, 1, 1, 1 },
		{ 64, 512, 512, 0, 0, 0 },
	};
	struct samples s;

	samples_of_bars(extreme, &s);
	pack(&s, KINORA_FORMAT_Y210, &picture);
	convert8(&picture, rgb);
	CU_ASSERT_EQUAL(rgb[0][0][0], 0);
	CU_ASSERT_EQUAL(rgb[0][2][1], 255);
	CU_ASSERT_EQUAL(rgb[0][4][0], 0);
	CU_ASSERT_EQUAL(rgb[0][6][0], 255);
	CU_ASSERT_EQUAL(rgb[0][10][1], 255);
	free((void *)picture.data);
}

/* Chroma goes from 400 to 600 between two samples: the pixel between them has 500. */
static void test_chroma_across(void)
{
	uint16_t rgb[HEIGHT][WIDTH][3];
	struct kinora_picture picture;
	struct samples s;

	for (int line = 0; line < HEIGHT; line++)
		for (int x = 0; x < WIDTH; x++) {
			s.y[line][x] = 500;
			s.cb[line][x / 2] = 512;
			s.cr[line][x / 2] = x / 2 % 2 ? 600 : 400;
		}
	pack(&s, KINORA_FORMAT_V210, &picture);
	convert16(&picture, rgb);
	for (int x = 0; x < WIDTH; x++) {
		int cr = x % 2 ? 500 : x / 2 % 2 ? 600 : 400;
		double red = (500 - 64) / 876.0 + 1.5748 * (cr - 512) / 896.0;

		if (x == WIDTH - 1)	/* nothing beyond: the last sample again */
			red = (500 - 64) / 876.0 + 1.5748 * (400 - 512) / 896.0;
		CU_ASSERT_DOUBLE_EQUAL(rgb[0][x][0] / 65535.0, red, 0.00003);
	}
	free((void *)picture.data);
}

/* 4:2:0: chroma line 0 is 400, line 1 is 600; picture lines lie at -1/4, 1/4, 3/4, 5/4 of them. */
static void test_chroma_down(void)
{
	static const int want[HEIGHT] = { 400, 450, 550, 600 };
	uint16_t rgb[HEIGHT][WIDTH][3];
	struct kinora_picture picture;
	struct samples s;

	for (int line = 0; line < HEIGHT; line++)
		for (int x = 0; x < WIDTH; x++) {
			s.y[line][x] = 500;
			s.cb[line][x / 2] = 512;
			s.cr[line][x / 2] = line / 2 ? 600 : 400;
		}
	pack(&s, KINORA_FORMAT_P010, &picture);
	convert16(&picture, rgb);
	for (int line = 0; line < HEIGHT; line++)
		CU_ASSERT_DOUBLE_EQUAL(rgb[line][3][0] / 65535.0,
				       436 / 876.0 + 1.5748 * (want[line] - 512) / 896.0, 0.00003);
	free((void *)picture.data);
}

/* RGB formats need no matrix; the order of the bytes is what matters. */
static void test_rgb(void)
{
	static const uint8_t xbgr[8] = { 10, 20, 30, 0, 255, 128, 0, 99 };
	/* R 31:22, G 21:12, B 11:2, little endian: 1023, 512, 1 */
	const uint32_t word = 1023u << 22 | 512u << 12 | 1u << 2 | 3;
	const uint8_t rgbx[8] = { (uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
				  (uint8_t)(word >> 24), 0, 0, 0, 0 };
	struct kinora_picture picture = {
		.format = kinora_format_find(KINORA_FORMAT_XBGR32),
		.width = 2,
		.height = 1,
		.stride = 8,
		.data = xbgr,
		.bytes = 8,
		.colour = { .full_range = true },
	};
	struct kinora_converter *converter = NULL;
	uint16_t rgb16[6];
	uint8_t rgb8[6];

	CU_ASSERT_EQUAL_FATAL(kinora_converter_create(&converter, &picture, 8), 0);
	kinora_converter_line(converter, 0, rgb8);
	kinora_converter_destroy(converter);
	CU_ASSERT_EQUAL(memcmp(rgb8, ((uint8_t[]){ 30, 20, 10, 0, 128, 255 }), 6), 0);

	picture.format = kinora_format_find(KINORA_FORMAT_RGBX1010102);
	picture.data = rgbx;
	CU_ASSERT_EQUAL_FATAL(kinora_converter_create(&converter, &picture, 16), 0);
	kinora_converter_line(converter, 0, rgb16);
	kinora_converter_destroy(converter);
	CU_ASSERT_EQUAL(rgb16[0], 65535);
	CU_ASSERT_EQUAL(rgb16[1] >> 6, 512);
	CU_ASSERT_EQUAL(rgb16[2] >> 6, 1);
	CU_ASSERT_EQUAL(rgb16[3], 0);
}

/* Sizes of standards.md section 4, 7680x4320. */
static void test_sizes(void)
{
	static const struct {
		uint32_t fourcc;
		size_t stride, bytes;
	} want[] = {
		{ KINORA_FORMAT_NV12, 7680, 49766400 },	  { KINORA_FORMAT_UYVY, 15360, 66355200 },
		{ KINORA_FORMAT_NV16, 7680, 66355200 },	  { KINORA_FORMAT_V210, 20480, 88473600 },
		{ KINORA_FORMAT_P010, 15360, 99532800 },  { KINORA_FORMAT_Y210, 30720, 132710400 },
		{ KINORA_FORMAT_XBGR32, 30720, 132710400 },
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct kinora_format_info *format = kinora_format_find(want[i].fourcc);

		CU_ASSERT_EQUAL(kinora_format_stride(format, 7680), want[i].stride);
		CU_ASSERT_EQUAL(kinora_format_bytes(format, want[i].stride, 4320), want[i].bytes);
		CU_ASSERT_PTR_EQUAL(kinora_format_find_name(format->name), format);
	}
	CU_ASSERT_EQUAL(kinora_format_stride(kinora_format_find(KINORA_FORMAT_V210), 1280), 3456);
	CU_ASSERT_PTR_NULL(kinora_format_find_name("h264"));
}

static void test_refusals(void)
{
	static const uint8_t data[4096];
	const struct kinora_picture good = {
		.format = kinora_format_find(KINORA_FORMAT_NV12),
		.width = 16,
		.height = 16,
		.stride = 16,
		.data = data,
		.bytes = 384,
	};
	struct kinora_picture picture = good;
	struct kinora_converter *converter = NULL;

	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &good, 8), 0);
	kinora_converter_destroy(converter);
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &good, 12), -EINVAL);
	picture.bytes = 383;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	picture = good;
	picture.width = 17;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	picture = good;
	picture.height = 15;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	picture = good;
	picture.stride = 15;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	picture = good;
	picture.stride = SIZE_MAX / 16;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	picture = good;
	picture.height = 0;
	CU_ASSERT_EQUAL(kinora_converter_create(&converter, &picture, 8), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "nv12"));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "bars 709", test_bars_709 },
		{ "bars 2020", test_bars_2020 },
		{ "matrix matters", test_matrix_matters },
		{ "601", test_601 },
		{ "ten bits stay", test_ten_bits_stay },
		{ "clipping", test_clipping },
		{ "chroma across", test_chroma_across },
		{ "chroma down", test_chroma_down },
		{ "rgb", test_rgb },
		{ "sizes", test_sizes },
		{ "refusals", test_refusals },
		CU_TEST_INFO_NULL,
	};

	return unit_run("colour", tests);
}
