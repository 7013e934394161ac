// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/picture.c */
/*
 * Description: the test patterns against the numbers of their standards: code values, columns and
 * rows, at every size. All numbers are from RP 219-1, BT.2111, EBU R 103 and RP 198 as published
 * for 1920 x 1080, times 2/3, 2 and 4 for the other sizes.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "unit.h"

struct colour {
	uint16_t y, cb, cr;
};

/* A column of the standard's 1920: width and colour. */
struct column {
	uint16_t width;
	struct colour colour;
};

#define GREY(v)	{ v, 512, 512 }

static const struct {
	unsigned int width, height;
} sizes[] = { { 1280, 720 }, { 1920, 1080 }, { 3840, 2160 }, { 7680, 4320 } };

#define SIZES	(sizeof(sizes) / sizeof(sizes[0]))

static struct picture_source *pattern_open(enum picture_pattern pattern, unsigned int size)
{
	struct picture_source *src = NULL;

	CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&src, pattern, sizes[size].width,
						     sizes[size].height), 0);
	CU_ASSERT_EQUAL(src->width, sizes[size].width);
	CU_ASSERT_EQUAL(src->height, sizes[size].height);
	CU_ASSERT_EQUAL(src->frames, 1);
	return src;
}

static int colour_is(const struct picture_row *row, unsigned int x, const struct colour *want)
{
	/* chroma sample n belongs to pixel 2n: at an odd pixel it may still be the neighbour's */
	return row->y[x] == want->y &&
	       (x % 2 || (row->cb[x / 2] == want->cb && row->cr[x / 2] == want->cr));
}

/* First, middle and last pixel of every column of a row. */
static void check_columns(const struct picture_source *src, unsigned int y,
			  const struct column *columns, unsigned int count)
{
	struct picture_row row;
	unsigned int at = 0;

	CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
	CU_ASSERT_EQUAL(src->row(src, 0, y, &row), 0);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int from = lround(at * src->width / 1920.);
		unsigned int to = lround((at + columns[i].width) * src->width / 1920.);
		int good = colour_is(&row, from, &columns[i].colour) &&
			   colour_is(&row, (from + to) / 2, &columns[i].colour) &&
			   colour_is(&row, to - 1, &columns[i].colour);

		CU_ASSERT(good);
		if (!good)
			printf("\n%ux%u row %u column %u", src->width, src->height, y, i);
		at += columns[i].width;
	}
	CU_ASSERT_EQUAL(at, 1920);
	picture_row_finish(&row);
}

/* First and last row of a band given in rows of 1080. */
static void check_band(const struct picture_source *src, unsigned int from, unsigned int to,
		       const struct column *columns, unsigned int count)
{
	check_columns(src, from * src->height / 1080, columns, count);
	check_columns(src, to * src->height / 1080 - 1, columns, count);
}

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void test_rp219(void)
{
	static const struct column top[] = {
		{ 240, GREY(414) }, { 205, GREY(721) }, { 206, { 674, 176, 543 } },
		{ 206, { 581, 589, 176 } }, { 206, { 534, 253, 207 } }, { 206, { 251, 771, 817 } },
		{ 206, { 204, 435, 848 } }, { 205, { 111, 848, 481 } }, { 240, GREY(414) },
	};
	/* 100 % cyan, yellow, blue and red of RP 219-1 */
	static const struct column second[] = {
		{ 240, { 754, 615, 64 } }, { 205, GREY(940) }, { 1235, GREY(721) },
		{ 240, { 127, 960, 471 } },
	};
	static const struct column bottom[] = {
		{ 240, GREY(195) }, { 309, GREY(64) }, { 411, GREY(940) }, { 171, GREY(64) },
		{ 69, GREY(46) }, { 68, GREY(64) }, { 69, GREY(82) }, { 68, GREY(64) },
		{ 69, GREY(99) }, { 206, GREY(64) }, { 240, GREY(195) },
	};

	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(PICTURE_RP219, i);

		check_band(src, 0, 630, top, COUNT(top));
		check_band(src, 630, 720, second, COUNT(second));
		check_band(src, 810, 1080, bottom, COUNT(bottom));
		picture_source_destroy(src);
	}
}

/* The third row: yellow, black, a luma ramp over 1030 columns, white, red. */
static void test_rp219_ramp(void)
{
	static const struct colour yellow = { 877, 64, 553 }, red = { 250, 409, 960 };
	static const struct colour black = GREY(64), white = GREY(940);

	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(PICTURE_RP219, i);
		unsigned int from = lround(445 * src->width / 1920.);
		unsigned int to = lround(1475 * src->width / 1920.), rises = 0;
		struct picture_row row;

		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
		src->row(src, 0, 720 * src->height / 1080, &row);
		CU_ASSERT(colour_is(&row, 0, &yellow));
		CU_ASSERT(colour_is(&row, from - 1, &black));
		CU_ASSERT_EQUAL(row.y[from], 64);
		CU_ASSERT_EQUAL(row.y[to - 1], 940);
		for (unsigned int x = from + 1; x < to; x++) {
			CU_ASSERT(row.y[x] - row.y[x - 1] == 0 || row.y[x] - row.y[x - 1] == 1 ||
				  src->width == 1280);
			rises += row.y[x] > row.y[x - 1];
		}
		CU_ASSERT(rises >= (src->width == 1280 ? 600 : 876));
		CU_ASSERT(colour_is(&row, to, &white));
		CU_ASSERT(colour_is(&row, src->width - 2, &red));
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

static void check_bt2111(enum picture_pattern pattern, const struct column *bars,
			 const struct column *bottom, uint16_t level)
{
	static const struct column hundred[] = {
		{ 240, GREY(414) }, { 206, GREY(940) }, { 206, { 888, 64, 548 } },
		{ 206, { 710, 637, 64 } }, { 204, { 658, 189, 100 } }, { 206, { 346, 835, 924 } },
		{ 206, { 294, 387, 960 } }, { 206, { 116, 960, 476 } }, { 240, GREY(414) },
	};
	const struct column stair[] = {
		{ 240, GREY(level) }, { 206, GREY(4) }, { 103, GREY(64) }, { 103, GREY(152) },
		{ 103, GREY(239) }, { 103, GREY(327) }, { 102, GREY(414) }, { 102, GREY(502) },
		{ 103, GREY(590) }, { 103, GREY(677) }, { 103, GREY(765) }, { 103, GREY(852) },
		{ 103, GREY(940) }, { 103, GREY(1019) }, { 240, GREY(level) },
	};

	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(pattern, i);
		struct picture_row row;

		check_band(src, 0, 90, hundred, COUNT(hundred));
		check_band(src, 90, 630, bars, 9);
		check_band(src, 630, 720, stair, COUNT(stair));
		check_band(src, 810, 1080, bottom, 15);

		/* black 240, -7 % for 559, ramp 5..1018 over 1014, 109 % for 107 */
		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
		src->row(src, 0, 800 * src->height / 1080, &row);
		CU_ASSERT_EQUAL(row.y[0], 64);
		CU_ASSERT_EQUAL(row.y[src->width / 8], 4);
		CU_ASSERT_EQUAL(row.y[lround(799 * src->width / 1920.) - 1], 4);
		CU_ASSERT_EQUAL(row.y[lround(799 * src->width / 1920.)], 5);
		CU_ASSERT_EQUAL(row.y[lround(1813 * src->width / 1920.) - 1], 1018);
		CU_ASSERT_EQUAL(row.y[lround(1813 * src->width / 1920.)], 1019);
		CU_ASSERT_EQUAL(row.y[src->width - 1], 1019);
		if (src->width == 1920)
			for (unsigned int x = 799; x < 1813; x++)
				CU_ASSERT_EQUAL(row.y[x], 5 + x - 799);
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

/*
 * The bottom rows give the BT.709 colours as R'G'B' in BT.2020: 713 719 316 and so on. As YCbCr:
 * Y = 64 + .2627 R + .6780 G + .0593 B, Cb = 512 + (B - Y) / 1.8814 * 896 / 876,
 * Cr = 512 + (R - Y) / 1.4746 * 896 / 876, each of them worked out by hand.
 */
static void test_bt2111_hlg(void)
{
	static const struct column bars[] = {
		{ 240, GREY(414) }, { 206, GREY(721) }, { 206, { 682, 176, 539 } },
		{ 206, { 548, 606, 176 } }, { 204, { 509, 270, 203 } }, { 206, { 276, 754, 821 } },
		{ 206, { 237, 418, 848 } }, { 206, { 103, 848, 485 } }, { 240, GREY(414) },
	};
	static const struct column bottom[] = {
		{ 80, { 694, 307, 526 } }, { 80, { 665, 541, 424 } }, { 80, { 631, 330, 430 } },
		{ 136, GREY(64) }, { 70, GREY(48) }, { 68, GREY(64) }, { 70, GREY(80) },
		{ 68, GREY(64) }, { 70, GREY(99) }, { 238, GREY(64) }, { 438, GREY(721) },
		{ 282, GREY(64) },
		{ 80, { 407, 674, 681 } }, { 80, { 360, 405, 706 } }, { 80, { 201, 784, 530 } },
	};

	check_bt2111(PICTURE_BT2111_HLG, bars, bottom, 721);
}

static void test_bt2111_pq(void)
{
	static const struct column bars[] = {
		{ 240, GREY(414) }, { 206, GREY(572) }, { 206, { 542, 252, 533 } },
		{ 206, { 439, 585, 252 } }, { 204, { 408, 325, 273 } }, { 206, { 228, 699, 751 } },
		{ 206, { 197, 439, 772 } }, { 206, { 94, 772, 491 } }, { 240, GREY(414) },
	};
	static const struct column bottom[] = {
		{ 80, { 559, 415, 518 } }, { 80, { 545, 526, 470 } }, { 80, { 529, 425, 474 } },
		{ 136, GREY(64) }, { 70, GREY(48) }, { 68, GREY(64) }, { 70, GREY(80) },
		{ 68, GREY(64) }, { 70, GREY(99) }, { 238, GREY(64) }, { 438, GREY(572) },
		{ 282, GREY(64) },
		{ 80, { 419, 591, 593 } }, { 80, { 392, 438, 608 } }, { 80, { 277, 667, 540 } },
	};

	check_bt2111(PICTURE_BT2111_PQ, bars, bottom, 572);
}

static void test_ramp(void)
{
	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(PICTURE_RAMP, i);
		unsigned int seen[1024] = { 0 }, missing = 0;
		struct picture_row row;

		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
		src->row(src, 0, src->height - 1, &row);
		CU_ASSERT_EQUAL(row.y[0], 4);
		CU_ASSERT_EQUAL(row.y[src->width - 1], 1019);
		for (unsigned int x = 0; x < src->width; x++) {
			seen[row.y[x] & 1023]++;
			CU_ASSERT(x == 0 || row.y[x] >= row.y[x - 1]);
			CU_ASSERT_EQUAL(row.cb[x / 2], 512);
			CU_ASSERT_EQUAL(row.cr[x / 2], 512);
		}
		for (unsigned int v = 4; v <= 1019; v++)
			missing += !seen[v];
		CU_ASSERT_EQUAL(missing, 0);
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

/* RP 198: C 300h Y 198h above, C 200h Y 110h below, the very first Y 190h. */
static void test_checkfield(void)
{
	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(PICTURE_CHECKFIELD, i);
		unsigned int wrong = 0;
		struct picture_row row;

		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
		for (unsigned int y = 0; y < src->height; y++) {
			int upper = y < src->height / 2;

			src->row(src, 0, y, &row);
			for (unsigned int x = 0; x < src->width; x++) {
				unsigned int want = x || y ? upper ? 0x198 : 0x110 : 0x190;

				wrong += row.y[x] != want;
				wrong += row.cb[x / 2] != (upper ? 0x300 : 0x200);
				wrong += row.cr[x / 2] != (upper ? 0x300 : 0x200);
			}
		}
		CU_ASSERT_EQUAL(wrong, 0);
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

/*
 * The plate by its definition in picture.c: phase (u^2 + v^2) / (8 width) turns with u, v doubled
 * distances from the centre; luma 502 + 438 cos. Chroma at a quarter of the pace, 512 + 224 cos and
 * sin; it leaves out the constant 2 / (8 width), or rather keeps a quarter of a table step.
 */
static void test_zoneplate(void)
{
	const double turn = 2 * acos(-1);

	for (unsigned int i = 0; i < SIZES; i++) {
		struct picture_source *src = pattern_open(PICTURE_ZONEPLATE, i);
		unsigned int wrong = 0;
		struct picture_row row;

		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, src->width), 0);
		for (unsigned int y = 0; y < src->height; y += 97) {
			double v = 2. * y - (src->height - 1);

			src->row(src, 0, y, &row);
			for (unsigned int x = 0; x < src->width; x += 31) {
				double u = 2. * x - (src->width - 1);
				double phase = (u * u + v * v) / 8 / src->width;

				wrong += fabs(row.y[x] - (502 + 438 * cos(turn * phase))) > .51;
				if (x % 2)
					continue;
				phase *= turn / 4;
				wrong += fabs(row.cb[x / 2] - (512 + 224 * cos(phase))) > 1;
				wrong += fabs(row.cr[x / 2] - (512 + 224 * sin(phase))) > 1;
			}
		}
		CU_ASSERT_EQUAL(wrong, 0);
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

static void test_black(void)
{
	static const struct column all[] = { { 1920, GREY(64) } };
	struct picture_source *src = pattern_open(PICTURE_BLACK, 1);

	check_band(src, 0, 1080, all, 1);
	picture_source_destroy(src);
}

/* Rows of a class are equal, the class names an earlier row or the row itself, bars have few. */
static void test_row_class(void)
{
	static const unsigned int most[PICTURE_PATTERNS] = {
		[PICTURE_RP219] = 4, [PICTURE_BT2111_HLG] = 5, [PICTURE_BT2111_PQ] = 5,
		[PICTURE_RAMP] = 1, [PICTURE_ZONEPLATE] = 540, [PICTURE_CHECKFIELD] = 3,
		[PICTURE_BLACK] = 1,
	};
	struct picture_row row, same;

	CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, 1920), 0);
	CU_ASSERT_EQUAL_FATAL(picture_row_init(&same, 1920), 0);
	for (int pattern = 0; pattern < PICTURE_PATTERNS; pattern++) {
		struct picture_source *src = pattern_open(pattern, 1);
		unsigned int wrong = 0, classes = 0;

		for (unsigned int y = 0; y < 1080; y++) {
			unsigned int class = src->row_class(src, 0, y);

			CU_ASSERT_FATAL(class <= y);
			classes += class == y;
			src->row(src, 0, y, &row);
			src->row(src, 0, class, &same);
			/* y, cb and cr lie behind each other */
			wrong += !!memcmp(row.y, same.y, 2 * 1920 * sizeof(*row.y));
		}
		CU_ASSERT_EQUAL(wrong, 0);
		CU_ASSERT_EQUAL(classes, most[pattern]);
		picture_source_destroy(src);
	}
	picture_row_finish(&row);
	picture_row_finish(&same);
}

static void test_legal(void)
{
	struct picture_row row;

	CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, 1280), 0);
	for (int pattern = 0; pattern < PICTURE_PATTERNS; pattern++) {
		struct picture_source *src = pattern_open(pattern, 0);
		unsigned int wrong = 0;

		for (unsigned int y = 0; y < 720; y++) {
			src->row(src, 0, y, &row);
			for (unsigned int i = 0; i < 2 * 1280; i++)
				wrong += row.y[i] < 4 || row.y[i] > 1019;
		}
		CU_ASSERT_EQUAL(wrong, 0);
		picture_source_destroy(src);
	}
	picture_row_finish(&row);
}

static void test_names(void)
{
	static const char *const names[] = {
		"rp219", "bt2111-hlg", "bt2111-pq", "ramp", "zoneplate", "checkfield", "black"
	};
	enum picture_pattern pattern;

	for (int i = 0; i < PICTURE_PATTERNS; i++) {
		CU_ASSERT_STRING_EQUAL(picture_pattern_name(i), names[i]);
		CU_ASSERT_EQUAL(picture_pattern_find(names[i], &pattern), 0);
		CU_ASSERT_EQUAL((int)pattern, i);
	}
	CU_ASSERT_EQUAL(picture_pattern_find("rp21", &pattern), -EINVAL);
	CU_ASSERT_PTR_NULL(picture_pattern_name(PICTURE_PATTERNS));
}

static void test_refused(void)
{
	struct picture_source *src = NULL;

	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_PATTERNS, 1920, 1080), -EINVAL);
	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_BLACK, 1921, 1080), -EINVAL);
	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_BLACK, 0, 1080), -EINVAL);
	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_BLACK, 7682, 1080), -EINVAL);
	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_BLACK, 1920, 15), -EINVAL);
	CU_ASSERT_EQUAL(picture_pattern_create(&src, PICTURE_BLACK, 1920, 4321), -EINVAL);
	CU_ASSERT_PTR_NULL(src);
	picture_source_destroy(NULL);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "rp219", test_rp219 },
		{ "rp219, ramp", test_rp219_ramp },
		{ "bt2111-hlg", test_bt2111_hlg },
		{ "bt2111-pq", test_bt2111_pq },
		{ "ramp", test_ramp },
		{ "checkfield", test_checkfield },
		{ "zoneplate", test_zoneplate },
		{ "black", test_black },
		{ "row classes", test_row_class },
		{ "legal codes", test_legal },
		{ "names", test_names },
		{ "sizes that cannot be", test_refused },
		CU_TEST_INFO_NULL,
	};

	return unit_run("picture", tests);
}
