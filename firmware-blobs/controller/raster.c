// SPDX-License-Identifier: MIT
/*
 * The table of SDI rasters, and the arithmetic around it.
 *
 * A row repeats nothing of its arithmetic: words x lines x rate is always the clock of a data
 * stream, htotal x vtotal x rate always the pixel clock, and the unit test holds every row to both.
 * Rows are 4:2:2 with 10 bits; a picture of twice the bits (4:4:4, or 12 bits) has twice the words
 * on a link of its rate and becomes another row, marked FULL.
 *
 * Surprises: words is of a data stream as the receiver delivers it (kinora_hw.h), and that is not
 * the pixels of a line. On 6G there are four streams at 148.5 MHz. For 2160 lines each has the Y
 * and the C of a quarter of the picture in turn, so a line has twice the words it has on 12G, where
 * Y and C go in streams of their own; for 1080 lines at 100 and 120 Hz each has half of the Y or of
 * the C.
 *
 * On 3G level B two streams take turns with the lines of a picture above 30 Hz, each in the
 * transport of an interlaced one (ST 372): F toggles, at half the rate of the picture. Two pictures
 * of their own (ST 425-1, dual stream) look the same to the receiver. A source has to say which it
 * sends; of one that does not, one picture is assumed, as that is what level B exists for, and what
 * combines two pictures is newer than the rule to say so.
 */
#include "raster.h"

#include <stddef.h>

#include "kinora_hw.h"

#define ROW_(link, f, scan, all, fps, w, l, x, y, xt, yt) \
	{ .link_rate = KINORA_RX_RATE_##link, .toggles = (f), .interlaced = (scan), \
	  .full = (all), .rate = (fps), .words = (w), .lines = (l), .width = (x), .height = (y), \
	  .htotal = (xt), .vtotal = (yt) }
#define ROW(link, scan, fps, w, ...) ROW_(link, scan, scan, false, fps, w, __VA_ARGS__)
#define FULL(link, scan, fps, w, ...) ROW_(link, scan, scan, true, fps, w, __VA_ARGS__)
#define TURNS(link, fps, w, ...) ROW_(link, true, false, false, fps, w, __VA_ARGS__)

static const struct raster rasters[] = {
	/* ST 292-1 with ST 296 */
	ROW(HD, false, 24, 4125, 750, 1280, 720, 4125, 750),
	ROW(HD, false, 25, 3960, 750, 1280, 720, 3960, 750),
	ROW(HD, false, 30, 3300, 750, 1280, 720, 3300, 750),
	ROW(HD, false, 50, 1980, 750, 1280, 720, 1980, 750),
	ROW(HD, false, 60, 1650, 750, 1280, 720, 1650, 750),
	/* ST 292-1 with ST 274; interlaced 24 exists only as PsF (RP 211) */
	ROW(HD, false, 24, 2750, 1125, 1920, 1080, 2750, 1125),
	ROW(HD, false, 25, 2640, 1125, 1920, 1080, 2640, 1125),
	ROW(HD, false, 30, 2200, 1125, 1920, 1080, 2200, 1125),
	ROW(HD, true, 24, 2750, 1125, 1920, 1080, 2750, 1125),
	ROW(HD, true, 25, 2640, 1125, 1920, 1080, 2640, 1125),
	ROW(HD, true, 30, 2200, 1125, 1920, 1080, 2200, 1125),
	/* ST 425-1 level A, mapping structure 1 */
	ROW(3GA, false, 48, 2750, 1125, 1920, 1080, 2750, 1125),
	ROW(3GA, false, 50, 2640, 1125, 1920, 1080, 2640, 1125),
	ROW(3GA, false, 60, 2200, 1125, 1920, 1080, 2200, 1125),
	/* mapping structures 2 to 4 */
	FULL(3GA, false, 24, 8250, 750, 1280, 720, 4125, 750),
	FULL(3GA, false, 25, 7920, 750, 1280, 720, 3960, 750),
	FULL(3GA, false, 30, 6600, 750, 1280, 720, 3300, 750),
	FULL(3GA, false, 50, 3960, 750, 1280, 720, 1980, 750),
	FULL(3GA, false, 60, 3300, 750, 1280, 720, 1650, 750),
	FULL(3GA, false, 24, 5500, 1125, 1920, 1080, 2750, 1125),
	FULL(3GA, false, 25, 5280, 1125, 1920, 1080, 2640, 1125),
	FULL(3GA, false, 30, 4400, 1125, 1920, 1080, 2200, 1125),
	FULL(3GA, true, 24, 5500, 1125, 1920, 1080, 2750, 1125),
	FULL(3GA, true, 25, 5280, 1125, 1920, 1080, 2640, 1125),
	FULL(3GA, true, 30, 4400, 1125, 1920, 1080, 2200, 1125),
	/* level B: the first of two streams, each as of ST 292-1 */
	ROW(3GB, false, 24, 4125, 750, 1280, 720, 4125, 750),
	ROW(3GB, false, 25, 3960, 750, 1280, 720, 3960, 750),
	ROW(3GB, false, 30, 3300, 750, 1280, 720, 3300, 750),
	ROW(3GB, false, 50, 1980, 750, 1280, 720, 1980, 750),
	ROW(3GB, false, 60, 1650, 750, 1280, 720, 1650, 750),
	ROW(3GB, false, 24, 2750, 1125, 1920, 1080, 2750, 1125),
	ROW(3GB, false, 25, 2640, 1125, 1920, 1080, 2640, 1125),
	ROW(3GB, false, 30, 2200, 1125, 1920, 1080, 2200, 1125),
	/* level B: two streams with one picture */
	TURNS(3GB, 48, 2750, 1125, 1920, 1080, 2750, 1125),
	TURNS(3GB, 50, 2640, 1125, 1920, 1080, 2640, 1125),
	TURNS(3GB, 60, 2200, 1125, 1920, 1080, 2200, 1125),
	/* ST 2081-10: 1080 lines at a high rate */
	ROW(6G, false, 100, 1320, 1125, 1920, 1080, 2640, 1125),
	ROW(6G, false, 120, 1100, 1125, 1920, 1080, 2200, 1125),
	FULL(6G, false, 48, 2750, 1125, 1920, 1080, 2750, 1125),
	FULL(6G, false, 50, 2640, 1125, 1920, 1080, 2640, 1125),
	FULL(6G, false, 60, 2200, 1125, 1920, 1080, 2200, 1125),
	/* ST 2081-10 mode 1 */
	ROW(6G, false, 24, 5500, 1125, 3840, 2160, 5500, 2250),
	ROW(6G, false, 25, 5280, 1125, 3840, 2160, 5280, 2250),
	ROW(6G, false, 30, 4400, 1125, 3840, 2160, 4400, 2250),
	/* ST 2082-10 mode 1 */
	ROW(12G, false, 48, 2750, 1125, 3840, 2160, 5500, 2250),
	ROW(12G, false, 50, 2640, 1125, 3840, 2160, 5280, 2250),
	ROW(12G, false, 60, 2200, 1125, 3840, 2160, 4400, 2250),
	FULL(12G, false, 24, 5500, 1125, 3840, 2160, 5500, 2250),
	FULL(12G, false, 25, 5280, 1125, 3840, 2160, 5280, 2250),
	FULL(12G, false, 30, 4400, 1125, 3840, 2160, 4400, 2250),
	/* ST 2082-10 mode 2 */
	FULL(12G, false, 100, 1320, 1125, 1920, 1080, 2640, 1125),
	FULL(12G, false, 120, 1100, 1125, 1920, 1080, 2200, 1125),
	/* ST 2083 */
	ROW(24G, false, 100, 2640, 1125, 3840, 2160, 5280, 2250),
	ROW(24G, false, 120, 2200, 1125, 3840, 2160, 4400, 2250),
};

const struct raster *raster_find(unsigned int link_rate, uint32_t words, uint32_t lines,
				 bool toggles)
{
	for (size_t i = 0; i < sizeof(rasters) / sizeof(rasters[0]); i++) {
		const struct raster *r = &rasters[i];

		if (r->link_rate == link_rate && r->words == words && r->lines == lines &&
		    r->toggles == toggles)
			return r;
	}
	return NULL;
}

const struct raster *raster_of_stream(const struct raster *raster)
{
	if (raster->toggles == raster->interlaced)
		return raster;
	/* TURNS has the words and lines of an interlaced picture on ST 292-1 */
	return raster_find(KINORA_RX_RATE_HD, raster->words, raster->lines, true);
}

enum raster_family raster_family(int32_t ppb)
{
	if (ppb >= -RASTER_TOLERANCE_PPB && ppb <= RASTER_TOLERANCE_PPB)
		return RASTER_INTEGER;
	if (ppb >= RASTER_FRACTIONAL_PPB - RASTER_TOLERANCE_PPB &&
	    ppb <= RASTER_FRACTIONAL_PPB + RASTER_TOLERANCE_PPB)
		return RASTER_FRACTIONAL;
	return RASTER_OFF;
}

int32_t raster_clock_ppb(enum raster_family family, int32_t ppb)
{
	return family == RASTER_FRACTIONAL ? ppb - RASTER_FRACTIONAL_PPB : ppb;
}

bool raster_has_family(const struct raster *raster, enum raster_family family)
{
	switch (family) {
	case RASTER_INTEGER:
		return true;
	case RASTER_FRACTIONAL:
		return raster->rate % 25 != 0;
	case RASTER_OFF:
		break;
	}
	return false;
}

uint64_t raster_pixelclock(const struct raster *raster, enum raster_family family, bool quad)
{
	/* 74.25 MHz x 2^n, divided by 1.001: a table spares RV32 a 64-bit division. */
	static const uint64_t fractional[] = {
		74175824, 148351648, 296703297, 593406593, 1186813187, 2373626374, 4747252747,
	};
	uint64_t clock = 74250000;
	uint64_t wanted = (uint64_t)((uint32_t)raster->htotal * raster->vtotal) * raster->rate;
	unsigned int n = 0;

	if (quad)
		wanted *= 4;
	if (family != RASTER_FRACTIONAL)
		return wanted;
	while (clock < wanted && n < sizeof(fractional) / sizeof(fractional[0]) - 1) {
		clock *= 2;
		n++;
	}
	return fractional[n];
}

uint32_t raster_frame_ns(const struct raster *raster)
{
	return 1001000000u / (raster ? raster->rate : 24u) + 1;
}

uint32_t raster_line_ns(const struct raster *raster)
{
	/* 1000 / 74.25 = 4000 / 297 ns a word */
	uint32_t ns = 4000;

	if (raster->link_rate == KINORA_RX_RATE_24G)
		ns = 1000;
	else if (raster->link_rate != KINORA_RX_RATE_HD &&
		 raster->link_rate != KINORA_RX_RATE_3GB)
		ns = 2000;
	return raster->words * ns / 297;
}
