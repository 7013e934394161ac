// SPDX-License-Identifier: MIT
/* Sources: kernel/kinora_timings.c */
/*
 * Description: the driver's table of rasters: totals, rates and pixel clocks against CTA-861 and
 * SMPTE, and that each is found by what a signal or an application says of it, and only then.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kinora_timings.h"
#include "unit.h"

#define SDI KINORA_TIMING_SDI
#define CTA KINORA_TIMING_CTA

static const struct kinora_timing *find(unsigned int width, unsigned int height,
					unsigned int htotal, unsigned int vtotal,
					unsigned int num, unsigned int den, int interlaced,
					unsigned int standards)
{
	struct kinora_timing_key key = {
		.width = width, .height = height, .htotal = htotal, .vtotal = vtotal,
		.rate_num = num, .rate_den = den, .interlaced = interlaced, .standards = standards,
	};

	return kinora_timing_find(&key);
}

/*
 * CTA-861-I, table 1 and the DTDs of its video codes; pixel clocks in Hz, those of 1/1.001 rounded.
 * Blanking is front porch, sync, back porch.
 */
static const struct {
	unsigned int vic, width, height, htotal, vtotal, fps;
	unsigned int hblank[3], vblank[3];
	unsigned long long clock, clock_1001; /* 0: does not exist */
} cta[] = {
	{ 194, 7680, 4320, 11000, 4500, 24, { 2552, 176, 592 }, { 16, 20, 144 },
	  1188000000, 1186813187 },
	{ 195, 7680, 4320, 10800, 4400, 25, { 2352, 176, 592 }, { 16, 20, 44 },
	  1188000000, 0 },
	{ 196, 7680, 4320, 9000, 4400, 30, { 552, 176, 592 }, { 16, 20, 44 },
	  1188000000, 1186813187 },
	{ 197, 7680, 4320, 11000, 4500, 48, { 2552, 176, 592 }, { 16, 20, 144 },
	  2376000000, 2373626374 },
	{ 198, 7680, 4320, 10800, 4400, 50, { 2352, 176, 592 }, { 16, 20, 44 },
	  2376000000, 0 },
	{ 199, 7680, 4320, 9000, 4400, 60, { 552, 176, 592 }, { 16, 20, 44 },
	  2376000000, 2373626374 },
	{ 200, 7680, 4320, 10560, 4500, 100, { 2112, 176, 592 }, { 16, 20, 144 },
	  4752000000, 0 },
	{ 201, 7680, 4320, 8800, 4500, 120, { 352, 176, 592 }, { 16, 20, 144 },
	  4752000000, 4747252747 },
	{ 93, 3840, 2160, 5500, 2250, 24, { 1276, 88, 296 }, { 8, 10, 72 },
	  297000000, 296703297 },
	{ 94, 3840, 2160, 5280, 2250, 25, { 1056, 88, 296 }, { 8, 10, 72 }, 297000000, 0 },
	{ 95, 3840, 2160, 4400, 2250, 30, { 176, 88, 296 }, { 8, 10, 72 },
	  297000000, 296703297 },
	{ 114, 3840, 2160, 5500, 2250, 48, { 1276, 88, 296 }, { 8, 10, 72 },
	  594000000, 593406593 },
	{ 96, 3840, 2160, 5280, 2250, 50, { 1056, 88, 296 }, { 8, 10, 72 }, 594000000, 0 },
	{ 97, 3840, 2160, 4400, 2250, 60, { 176, 88, 296 }, { 8, 10, 72 },
	  594000000, 593406593 },
	{ 117, 3840, 2160, 5280, 2250, 100, { 1056, 88, 296 }, { 8, 10, 72 },
	  1188000000, 0 },
	{ 118, 3840, 2160, 4400, 2250, 120, { 176, 88, 296 }, { 8, 10, 72 },
	  1188000000, 1186813187 },
	{ 32, 1920, 1080, 2750, 1125, 24, { 638, 44, 148 }, { 4, 5, 36 },
	  74250000, 74175824 },
	{ 33, 1920, 1080, 2640, 1125, 25, { 528, 44, 148 }, { 4, 5, 36 }, 74250000, 0 },
	{ 34, 1920, 1080, 2200, 1125, 30, { 88, 44, 148 }, { 4, 5, 36 },
	  74250000, 74175824 },
	{ 31, 1920, 1080, 2640, 1125, 50, { 528, 44, 148 }, { 4, 5, 36 }, 148500000, 0 },
	{ 16, 1920, 1080, 2200, 1125, 60, { 88, 44, 148 }, { 4, 5, 36 },
	  148500000, 148351648 },
	{ 19, 1280, 720, 1980, 750, 50, { 440, 40, 220 }, { 5, 5, 20 }, 74250000, 0 },
	{ 4, 1280, 720, 1650, 750, 60, { 110, 40, 220 }, { 5, 5, 20 }, 74250000, 74175824 },
	{ 111, 1920, 1080, 2750, 1125, 48, { 638, 44, 148 }, { 4, 5, 36 },
	  148500000, 148351648 },
	{ 64, 1920, 1080, 2640, 1125, 100, { 528, 44, 148 }, { 4, 5, 36 }, 297000000, 0 },
	{ 63, 1920, 1080, 2200, 1125, 120, { 88, 44, 148 }, { 4, 5, 36 },
	  297000000, 296703297 },
	{ 60, 1280, 720, 3300, 750, 24, { 1760, 40, 220 }, { 5, 5, 20 }, 59400000, 59340659 },
	{ 61, 1280, 720, 3960, 750, 25, { 2420, 40, 220 }, { 5, 5, 20 }, 74250000, 0 },
	{ 62, 1280, 720, 3300, 750, 30, { 1760, 40, 220 }, { 5, 5, 20 }, 74250000, 74175824 },
	{ 108, 1280, 720, 2500, 750, 48, { 960, 40, 220 }, { 5, 5, 20 }, 90000000, 89910090 },
	{ 41, 1280, 720, 1980, 750, 100, { 440, 40, 220 }, { 5, 5, 20 }, 148500000, 0 },
	{ 47, 1280, 720, 1650, 750, 120, { 110, 40, 220 }, { 5, 5, 20 },
	  148500000, 148351648 },
};

static void test_cta(void)
{
	const struct kinora_timing *t;
	unsigned int i;

	for (i = 0; i < sizeof(cta) / sizeof(cta[0]); i++) {
		t = find(cta[i].width, cta[i].height, cta[i].htotal, cta[i].vtotal, cta[i].fps, 1,
			 0, CTA);
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_EQUAL(t->vic, cta[i].vic);
		CU_ASSERT_EQUAL(t->pixelclock, cta[i].clock);
		CU_ASSERT_EQUAL(t->hfront, cta[i].hblank[0]);
		CU_ASSERT_EQUAL(t->hsync, cta[i].hblank[1]);
		CU_ASSERT_EQUAL(t->hback, cta[i].hblank[2]);
		CU_ASSERT_EQUAL(t->vfront, cta[i].vblank[0]);
		CU_ASSERT_EQUAL(t->vsync, cta[i].vblank[1]);
		CU_ASSERT_EQUAL(t->vback, cta[i].vblank[2]);

		t = find(cta[i].width, cta[i].height, cta[i].htotal, cta[i].vtotal,
			 cta[i].fps * 1000, 1001, 0, CTA);
		if (!cta[i].clock_1001) {
			CU_ASSERT_PTR_NULL(t);
			continue;
		}
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_EQUAL(t->vic, cta[i].vic);
		CU_ASSERT_EQUAL(t->pixelclock, cta[i].clock_1001);
	}
}

/*
 * SMPTE ST 274 (1080), ST 296 (720), ST 2036-1 (2160 and 4320): words a line and lines a frame.
 * 4320 lines at 25, 30, 50 and 60 Hz are not the rasters of CTA-861.
 */
static const struct {
	unsigned int width, height, htotal, vtotal, fps, fraction;
} sdi[] = {
	{ 7680, 4320, 11000, 4500, 24, 1 }, { 7680, 4320, 10560, 4500, 25, 0 },
	{ 7680, 4320, 8800, 4500, 30, 1 }, { 7680, 4320, 11000, 4500, 48, 1 },
	{ 7680, 4320, 10560, 4500, 50, 0 }, { 7680, 4320, 8800, 4500, 60, 1 },
	{ 7680, 4320, 10560, 4500, 100, 0 }, { 7680, 4320, 8800, 4500, 120, 1 },
	{ 3840, 2160, 5500, 2250, 24, 1 }, { 3840, 2160, 5280, 2250, 25, 0 },
	{ 3840, 2160, 4400, 2250, 30, 1 }, { 3840, 2160, 5500, 2250, 48, 1 },
	{ 3840, 2160, 5280, 2250, 50, 0 }, { 3840, 2160, 4400, 2250, 60, 1 },
	{ 1920, 1080, 2750, 1125, 24, 1 }, { 1920, 1080, 2640, 1125, 25, 0 },
	{ 1920, 1080, 2200, 1125, 30, 1 }, { 1920, 1080, 2750, 1125, 48, 1 },
	{ 1920, 1080, 2640, 1125, 50, 0 }, { 1920, 1080, 2200, 1125, 60, 1 },
	{ 1280, 720, 4125, 750, 24, 1 }, { 1280, 720, 3960, 750, 25, 0 },
	{ 1280, 720, 3300, 750, 30, 1 }, { 1280, 720, 1980, 750, 50, 0 },
	{ 1280, 720, 1650, 750, 60, 1 },
};

static void test_sdi(void)
{
	const struct kinora_timing *t;
	unsigned int i;

	for (i = 0; i < sizeof(sdi) / sizeof(sdi[0]); i++) {
		t = find(sdi[i].width, sdi[i].height, sdi[i].htotal, sdi[i].vtotal, sdi[i].fps, 1,
			 0, SDI);
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_EQUAL(t->rate_num, sdi[i].fps);
		CU_ASSERT_EQUAL(t->rate_den, 1);
		t = find(sdi[i].width, sdi[i].height, sdi[i].htotal, sdi[i].vtotal,
			 sdi[i].fps * 1000, 1001, 0, SDI);
		CU_ASSERT_EQUAL(t != NULL, sdi[i].fraction);
	}
	/* the trap: same picture, rate and clock, other totals */
	CU_ASSERT_PTR_NULL(find(7680, 4320, 9000, 4400, 60, 1, 0, SDI));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 60, 1, 0, CTA));
	CU_ASSERT_EQUAL(find(7680, 4320, 8800, 4500, 60, 1, 0, SDI)->pixelclock, 2376000000ULL);
	CU_ASSERT_EQUAL(find(7680, 4320, 8800, 4500, 60000, 1001, 0, SDI)->pixelclock,
			2373626374ULL);
}

/*
 * CTA-861-I, VIC 5 and 20: 2, 5 and 15 lines and half a line more, twice. SMPTE ST 274: active
 * lines 21-560 and 584-1123 of 1125, so 22 lines of blanking before the first field and 23 before
 * the second.
 */
static void check_interlaced(const struct kinora_timing *t, unsigned int vic,
			     unsigned long long clock)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_TRUE(kinora_timing_interlaced(t));
	CU_ASSERT_EQUAL(t->vic, vic);
	CU_ASSERT_EQUAL(t->pixelclock, clock);
	CU_ASSERT_EQUAL(t->vfront, 2);
	CU_ASSERT_EQUAL(t->vsync, 5);
	CU_ASSERT_EQUAL(t->vback, 15);
	CU_ASSERT_EQUAL(t->vfront + t->vsync + t->vback, 1125 - 1123 + 20);
	CU_ASSERT_EQUAL(t->vblank2, 584 - 560 - 1);
	CU_ASSERT_EQUAL(t->hsync, 44);
	CU_ASSERT_EQUAL(t->hback, 148);
}

static void test_interlaced(void)
{
	static const unsigned int standards[] = { SDI, CTA };
	unsigned int i, s;

	for (i = 0; i < 2; i++) {
		s = standards[i];
		check_interlaced(find(1920, 1080, 2640, 1125, 25, 1, 1, s), 20, 74250000);
		check_interlaced(find(1920, 1080, 2200, 1125, 30, 1, 1, s), 5, 74250000);
		check_interlaced(find(1920, 1080, 2200, 1125, 30000, 1001, 1, s), 5, 74175824);
		/* rates are those of frames */
		CU_ASSERT_PTR_NULL(find(1920, 1080, 2640, 1125, 50, 1, 1, s));
		CU_ASSERT_PTR_NULL(find(1920, 1080, 2200, 1125, 60, 1, 1, s));
	}
	/* 1080p25 has the same totals and is another raster */
	CU_ASSERT_EQUAL(find(1920, 1080, 2640, 1125, 25, 1, 0, SDI)->vic, 33);
	CU_ASSERT_FALSE(kinora_timing_interlaced(find(1920, 1080, 2640, 1125, 25, 1, 0, SDI)));
}

/* Rates are fractions: any way to write one will do, and nothing near it. */
static void test_rates(void)
{
	const struct kinora_timing *t60 = find(7680, 4320, 8800, 4500, 60, 1, 0, SDI);
	const struct kinora_timing *t5994 = find(7680, 4320, 8800, 4500, 60000, 1001, 0, SDI);

	CU_ASSERT_PTR_NOT_NULL_FATAL(t60);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t5994);
	CU_ASSERT_PTR_NOT_EQUAL(t60, t5994);
	CU_ASSERT_PTR_EQUAL(find(7680, 4320, 8800, 4500, 60000, 1000, 0, SDI), t60);
	CU_ASSERT_PTR_EQUAL(find(7680, 4320, 8800, 4500, 120000, 2002, 0, SDI), t5994);
	CU_ASSERT_PTR_EQUAL(find(7680, 4320, 8800, 4500, 4294967280u, 71582788, 0, SDI), t60);
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 5994, 100, 0, SDI));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 59, 1, 0, SDI));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 60, 0, 0, SDI));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 0, 1, 0, SDI));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 0, 0, 0, SDI));
	CU_ASSERT_PTR_NULL(find(0, 0, 0, 0, 0, 0, 0, SDI | CTA));
	CU_ASSERT_PTR_NULL(find(7680, 4320, 8800, 4500, 60, 1, 0, 0));
}

static const struct kinora_timing *by_clock(unsigned long long clock)
{
	struct kinora_timing_key key = {
		.width = 7680, .height = 4320, .htotal = 8800, .vtotal = 4500, .standards = SDI,
	};

	return kinora_timing_find_clock(&key, clock);
}

/* By pixel clock: 60 and 60/1.001 are 999 ppm apart, and 200 ppm of error still tell them apart. */
static void test_clock(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(by_clock(2376000000ULL));
	CU_ASSERT_EQUAL(by_clock(2376000000ULL)->rate_den, 1);
	CU_ASSERT_EQUAL(by_clock(2376000000ULL + 475200)->rate_den, 1);
	CU_ASSERT_EQUAL(by_clock(2376000000ULL - 475200)->rate_den, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(by_clock(2373626374ULL));
	CU_ASSERT_EQUAL(by_clock(2373626374ULL)->rate_den, 1001);
	CU_ASSERT_EQUAL(by_clock(2373626374ULL + 474725)->rate_den, 1001);
	CU_ASSERT_PTR_NULL(by_clock(2374800000ULL)); /* half way */
	CU_ASSERT_EQUAL(by_clock(1188000000ULL)->rate_num, 30);
	CU_ASSERT_EQUAL(by_clock(4752000000ULL)->rate_num, 120);
	CU_ASSERT_PTR_NULL(by_clock(0));
	CU_ASSERT_PTR_NULL(by_clock(1));
	CU_ASSERT_PTR_NULL(by_clock(~0ULL));
}

/* What has to hold for each entry, and that each is found again by its own values. */
static void test_table(void)
{
	const struct kinora_timing *t;
	unsigned int i;

	for (i = 0; (t = kinora_timing_get(i)); i++) {
		unsigned int ht = kinora_timing_htotal(t), vt = kinora_timing_vtotal(t);
		double exact = (double)ht * vt * t->rate_num / t->rate_den;
		struct kinora_timing_key key = {
			.width = t->width, .height = t->height, .htotal = ht, .vtotal = vt,
			.rate_num = t->rate_num, .rate_den = t->rate_den,
			.interlaced = kinora_timing_interlaced(t), .standards = t->standards,
		};

		CU_ASSERT_DOUBLE_EQUAL((double)t->pixelclock, exact, 0.5);
		CU_ASSERT_EQUAL(t->width * 9, t->height * 16);
		CU_ASSERT_TRUE(t->rate_den == 1 || t->rate_den == 1001);
		CU_ASSERT_TRUE(t->standards && !(t->standards & ~(SDI | CTA)));
		CU_ASSERT_EQUAL(!!(t->standards & CTA), t->vic != 0);
		CU_ASSERT_PTR_EQUAL(kinora_timing_find(&key), t);
		CU_ASSERT_PTR_EQUAL(kinora_timing_find_clock(&key, t->pixelclock), t);
	}
	CU_ASSERT_EQUAL(i, 15 + 16 + 13 + 19); /* of 720, 1080, 2160 and 4320 lines */
	CU_ASSERT_PTR_NULL(kinora_timing_get(i + 1));
	CU_ASSERT_PTR_NULL(kinora_timing_get(~0u));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "cta", test_cta },
		{ "sdi", test_sdi },
		{ "interlaced", test_interlaced },
		{ "rates", test_rates },
		{ "clock", test_clock },
		{ "table", test_table },
		CU_TEST_INFO_NULL,
	};

	return unit_run("timings", tests);
}
