// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of rasters and the searches in it. The kernel's own presets end at 4096x2160p60, so the
 * driver carries its own.
 *
 * Sources: CTA-861 for the entries with a VIC; SMPTE ST 296 (720), ST 274 (1080), ST 2036-1 and ST
 * 2082-12 (2160, 4320) for SDI. SDI has no sync pulses, only blanking: where an SDI raster is not a
 * CTA one, its blanking is cut up the way the nearest CTA raster does it, and only the sums mean
 * something.
 *
 * Beware of 4320 lines at 25, 30, 50 and 60 Hz: SDI (10560 or 8800 x 4500) and CTA (10800 or
 * 9000 x 4400) have the same pixel clock but not the same totals.
 */
#include "kinora_timings.h"

#define SDI KINORA_TIMING_SDI
#define CTA KINORA_TIMING_CTA

/* In the order of struct kinora_timing; the unit test holds the clocks against totals and rates. */
static const struct kinora_timing timings[] = {
	/* ST 296 has 4125 pixels a line at 24 Hz, CTA-861 VIC 60 has 3300 */
	{ 1280, 720, 2585, 40, 220, 5, 5, 20, 0, SDI, 0, 24000, 1001, 74175824 },
	{ 1280, 720, 2585, 40, 220, 5, 5, 20, 0, SDI, 0, 24, 1, 74250000 },
	{ 1280, 720, 1760, 40, 220, 5, 5, 20, 0, CTA, 60, 24000, 1001, 59340659 },
	{ 1280, 720, 1760, 40, 220, 5, 5, 20, 0, CTA, 60, 24, 1, 59400000 },
	{ 1280, 720, 2420, 40, 220, 5, 5, 20, 0, SDI | CTA, 61, 25, 1, 74250000 },
	{ 1280, 720, 1760, 40, 220, 5, 5, 20, 0, SDI | CTA, 62, 30000, 1001, 74175824 },
	{ 1280, 720, 1760, 40, 220, 5, 5, 20, 0, SDI | CTA, 62, 30, 1, 74250000 },
	{ 1280, 720, 960, 40, 220, 5, 5, 20, 0, CTA, 108, 48000, 1001, 89910090 },
	{ 1280, 720, 960, 40, 220, 5, 5, 20, 0, CTA, 108, 48, 1, 90000000 },
	{ 1280, 720, 440, 40, 220, 5, 5, 20, 0, SDI | CTA, 19, 50, 1, 74250000 },
	{ 1280, 720, 110, 40, 220, 5, 5, 20, 0, SDI | CTA, 4, 60000, 1001, 74175824 },
	{ 1280, 720, 110, 40, 220, 5, 5, 20, 0, SDI | CTA, 4, 60, 1, 74250000 },
	{ 1280, 720, 440, 40, 220, 5, 5, 20, 0, CTA, 41, 100, 1, 148500000 },
	{ 1280, 720, 110, 40, 220, 5, 5, 20, 0, CTA, 47, 120000, 1001, 148351648 },
	{ 1280, 720, 110, 40, 220, 5, 5, 20, 0, CTA, 47, 120, 1, 148500000 },

	{ 1920, 1080, 638, 44, 148, 4, 5, 36, 0, SDI | CTA, 32, 24000, 1001, 74175824 },
	{ 1920, 1080, 638, 44, 148, 4, 5, 36, 0, SDI | CTA, 32, 24, 1, 74250000 },
	{ 1920, 1080, 528, 44, 148, 4, 5, 36, 0, SDI | CTA, 33, 25, 1, 74250000 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 34, 30000, 1001, 74175824 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 34, 30, 1, 74250000 },
	{ 1920, 1080, 638, 44, 148, 4, 5, 36, 0, SDI | CTA, 111, 48000, 1001, 148351648 },
	{ 1920, 1080, 638, 44, 148, 4, 5, 36, 0, SDI | CTA, 111, 48, 1, 148500000 },
	{ 1920, 1080, 528, 44, 148, 4, 5, 36, 0, SDI | CTA, 31, 50, 1, 148500000 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 16, 60000, 1001, 148351648 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 16, 60, 1, 148500000 },
	{ 1920, 1080, 528, 44, 148, 4, 5, 36, 0, SDI | CTA, 64, 100, 1, 297000000 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 63, 120000, 1001, 296703297 },
	{ 1920, 1080, 88, 44, 148, 4, 5, 36, 0, SDI | CTA, 63, 120, 1, 297000000 },
	/* interlaced: the rate is that of frames */
	{ 1920, 1080, 528, 44, 148, 2, 5, 15, 23, SDI | CTA, 20, 25, 1, 74250000 },
	{ 1920, 1080, 88, 44, 148, 2, 5, 15, 23, SDI | CTA, 5, 30000, 1001, 74175824 },
	{ 1920, 1080, 88, 44, 148, 2, 5, 15, 23, SDI | CTA, 5, 30, 1, 74250000 },

	{ 3840, 2160, 1276, 88, 296, 8, 10, 72, 0, SDI | CTA, 93, 24000, 1001, 296703297 },
	{ 3840, 2160, 1276, 88, 296, 8, 10, 72, 0, SDI | CTA, 93, 24, 1, 297000000 },
	{ 3840, 2160, 1056, 88, 296, 8, 10, 72, 0, SDI | CTA, 94, 25, 1, 297000000 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 95, 30000, 1001, 296703297 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 95, 30, 1, 297000000 },
	{ 3840, 2160, 1276, 88, 296, 8, 10, 72, 0, SDI | CTA, 114, 48000, 1001, 593406593 },
	{ 3840, 2160, 1276, 88, 296, 8, 10, 72, 0, SDI | CTA, 114, 48, 1, 594000000 },
	{ 3840, 2160, 1056, 88, 296, 8, 10, 72, 0, SDI | CTA, 96, 50, 1, 594000000 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 97, 60000, 1001, 593406593 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 97, 60, 1, 594000000 },
	{ 3840, 2160, 1056, 88, 296, 8, 10, 72, 0, SDI | CTA, 117, 100, 1, 1188000000 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 118, 120000, 1001, 1186813187 },
	{ 3840, 2160, 176, 88, 296, 8, 10, 72, 0, SDI | CTA, 118, 120, 1, 1188000000 },

	{ 7680, 4320, 2552, 176, 592, 16, 20, 144, 0, SDI | CTA, 194, 24000, 1001, 1186813187 },
	{ 7680, 4320, 2552, 176, 592, 16, 20, 144, 0, SDI | CTA, 194, 24, 1, 1188000000 },
	{ 7680, 4320, 2112, 176, 592, 16, 20, 144, 0, SDI, 0, 25, 1, 1188000000 },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI, 0, 30000, 1001, 1186813187 },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI, 0, 30, 1, 1188000000 },
	{ 7680, 4320, 2552, 176, 592, 16, 20, 144, 0, SDI | CTA, 197, 48000, 1001, 2373626374ULL },
	{ 7680, 4320, 2552, 176, 592, 16, 20, 144, 0, SDI | CTA, 197, 48, 1, 2376000000ULL },
	{ 7680, 4320, 2112, 176, 592, 16, 20, 144, 0, SDI, 0, 50, 1, 2376000000ULL },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI, 0, 60000, 1001, 2373626374ULL },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI, 0, 60, 1, 2376000000ULL },
	{ 7680, 4320, 2112, 176, 592, 16, 20, 144, 0, SDI | CTA, 200, 100, 1, 4752000000ULL },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI | CTA, 201, 120000, 1001, 4747252747ULL },
	{ 7680, 4320, 352, 176, 592, 16, 20, 144, 0, SDI | CTA, 201, 120, 1, 4752000000ULL },
	{ 7680, 4320, 2352, 176, 592, 16, 20, 44, 0, CTA, 195, 25, 1, 1188000000 },
	{ 7680, 4320, 552, 176, 592, 16, 20, 44, 0, CTA, 196, 30000, 1001, 1186813187 },
	{ 7680, 4320, 552, 176, 592, 16, 20, 44, 0, CTA, 196, 30, 1, 1188000000 },
	{ 7680, 4320, 2352, 176, 592, 16, 20, 44, 0, CTA, 198, 50, 1, 2376000000ULL },
	{ 7680, 4320, 552, 176, 592, 16, 20, 44, 0, CTA, 199, 60000, 1001, 2373626374ULL },
	{ 7680, 4320, 552, 176, 592, 16, 20, 44, 0, CTA, 199, 60, 1, 2376000000ULL },
	{ 0 }
};

const struct kinora_timing *kinora_timing_get(unsigned int index)
{
	const struct kinora_timing *timing = timings;

	while (timing->width && index--)
		timing++;
	return timing->width ? timing : (const struct kinora_timing *)0;
}

static int raster_equal(const struct kinora_timing *timing, const struct kinora_timing_key *key)
{
	return timing->width == key->width && timing->height == key->height &&
	       kinora_timing_htotal(timing) == key->htotal &&
	       kinora_timing_vtotal(timing) == key->vtotal &&
	       kinora_timing_interlaced(timing) == !!key->interlaced &&
	       (timing->standards & key->standards);
}

const struct kinora_timing *kinora_timing_find(const struct kinora_timing_key *key)
{
	const struct kinora_timing *timing;
	unsigned int i;

	if (!key->rate_num || !key->rate_den)
		return (const struct kinora_timing *)0;
	for (i = 0; (timing = kinora_timing_get(i)); i++)
		if (raster_equal(timing, key) &&
		    (__u64)timing->rate_num * key->rate_den ==
		    (__u64)timing->rate_den * key->rate_num)
			return timing;
	return (const struct kinora_timing *)0;
}

const struct kinora_timing *kinora_timing_find_clock(const struct kinora_timing_key *key,
						     __u64 pixelclock)
{
	const struct kinora_timing *timing;
	__u64 off;
	unsigned int i;

	for (i = 0; (timing = kinora_timing_get(i)); i++) {
		off = timing->pixelclock > pixelclock ? timing->pixelclock - pixelclock :
							pixelclock - timing->pixelclock;
		/* a shift, as 32-bit kernels have no 64-bit division: 1 / 4096 is 244e-6 */
		if (raster_equal(timing, key) && off <= timing->pixelclock >> 12)
			return timing;
	}
	return (const struct kinora_timing *)0;
}
