// SPDX-License-Identifier: MIT
/*
 * The table of CTA-861 rasters that the card takes: every 16:9 one from 720 to 4320 lines
 * (CTA-861-H, tables 1 and 3) but 8K at 100 and 120 Hz, which no HDMI link carries uncompressed,
 * and interlaced 100 and 120 Hz and 1080i50 of 1250 lines (VIC 39), which nothing sends.
 *
 * A row repeats nothing of its arithmetic: htotal x vtotal x rate is the pixel clock, and each is a
 * multiple of 50 kHz, so that 32 bits do for everything.
 */
#include "vic.h"

#include <stddef.h>

#define CLOCK_UNIT 50000u

static const struct vic vics[] = {
	{ 60, 65, false, 24, 1280, 720, 3300, 750 },
	{ 61, 66, false, 25, 1280, 720, 3960, 750 },
	{ 62, 67, false, 30, 1280, 720, 3300, 750 },
	{ 108, 109, false, 48, 1280, 720, 2500, 750 },
	{ 19, 68, false, 50, 1280, 720, 1980, 750 },
	{ 4, 69, false, 60, 1280, 720, 1650, 750 },
	{ 41, 70, false, 100, 1280, 720, 1980, 750 },
	{ 47, 71, false, 120, 1280, 720, 1650, 750 },

	{ 32, 72, false, 24, 1920, 1080, 2750, 1125 },
	{ 33, 73, false, 25, 1920, 1080, 2640, 1125 },
	{ 34, 74, false, 30, 1920, 1080, 2200, 1125 },
	{ 111, 112, false, 48, 1920, 1080, 2750, 1125 },
	{ 31, 75, false, 50, 1920, 1080, 2640, 1125 },
	{ 16, 76, false, 60, 1920, 1080, 2200, 1125 },
	{ 64, 77, false, 100, 1920, 1080, 2640, 1125 },
	{ 63, 78, false, 120, 1920, 1080, 2200, 1125 },
	{ 20, 0, true, 25, 1920, 1080, 2640, 1125 },
	{ 5, 0, true, 30, 1920, 1080, 2200, 1125 },

	{ 93, 103, false, 24, 3840, 2160, 5500, 2250 },
	{ 94, 104, false, 25, 3840, 2160, 5280, 2250 },
	{ 95, 105, false, 30, 3840, 2160, 4400, 2250 },
	{ 114, 116, false, 48, 3840, 2160, 5500, 2250 },
	{ 96, 106, false, 50, 3840, 2160, 5280, 2250 },
	{ 97, 107, false, 60, 3840, 2160, 4400, 2250 },
	{ 117, 119, false, 100, 3840, 2160, 5280, 2250 },
	{ 118, 120, false, 120, 3840, 2160, 4400, 2250 },

	{ 194, 202, false, 24, 7680, 4320, 11000, 4500 },
	{ 195, 203, false, 25, 7680, 4320, 10800, 4400 },
	{ 196, 204, false, 30, 7680, 4320, 9000, 4400 },
	{ 197, 205, false, 48, 7680, 4320, 11000, 4500 },
	{ 198, 206, false, 50, 7680, 4320, 10800, 4400 },
	{ 199, 207, false, 60, 7680, 4320, 9000, 4400 },
};

const struct vic *vic_get(unsigned int index)
{
	return index < sizeof(vics) / sizeof(vics[0]) ? &vics[index] : NULL;
}

bool vic_is(const struct vic *vic, uint8_t code)
{
	return code && (code == vic->code || code == vic->code_wide);
}

bool vic_has_fractional(const struct vic *vic)
{
	return vic->rate % 25 != 0;
}

uint32_t vic_pixelclock(const struct vic *vic, bool fractional)
{
	uint32_t clock = (uint32_t)vic->htotal * vic->vtotal * vic->rate;

	if (!fractional)
		return clock;
	/* clock / 1.001 is clock - clock / 1001; it is never halfway, as 1001 is odd */
	return clock - clock / 1001 - (clock % 1001 > 500);
}

/* Against the integer family. */
static int32_t integer_ppb(const struct vic *vic, uint32_t pixelclock)
{
	uint32_t clock = vic_pixelclock(vic, false);
	uint32_t units = clock / CLOCK_UNIT;
	uint32_t off = pixelclock > clock ? pixelclock - clock : clock - pixelclock;
	uint32_t ppb = VIC_FAR_PPB;

	/* off * 1e9 / clock, in steps that fit: units is below 2^16 */
	if (off < clock / 10)
		ppb = off / units * (1000000000 / CLOCK_UNIT) +
		      off % units * (1000000000 / CLOCK_UNIT) / units;
	return pixelclock > clock ? (int32_t)ppb : -(int32_t)ppb;
}

int32_t vic_clock_ppb(const struct vic *vic, bool fractional, uint32_t pixelclock)
{
	int32_t ppb = integer_ppb(vic, pixelclock);

	/* (1 + ppb) * 1.001 - 1 */
	if (fractional && ppb < VIC_FAR_PPB && ppb > -VIC_FAR_PPB)
		ppb += 1000000 + ppb / 1000;
	return ppb;
}

static bool near(int32_t ppb, int32_t limit)
{
	return ppb <= limit && ppb >= -limit;
}

bool vic_is_fractional(const struct vic *vic, uint32_t pixelclock)
{
	int32_t fractional = vic_clock_ppb(vic, true, pixelclock);

	/* it is always the larger one: this asks which is nearer to 0 */
	return vic_has_fractional(vic) && fractional < -vic_clock_ppb(vic, false, pixelclock);
}

bool vic_family_changed(const struct vic *vic, bool fractional, uint32_t pixelclock)
{
	return vic_is_fractional(vic, pixelclock) != fractional &&
	       near(vic_clock_ppb(vic, !fractional, pixelclock), VIC_SURE_PPB);
}

const struct vic *vic_find(uint32_t active, uint32_t total, bool interlaced, uint32_t pixelclock)
{
	for (size_t i = 0; i < sizeof(vics) / sizeof(vics[0]); i++) {
		const struct vic *v = &vics[i];

		if (active != (v->width | (uint32_t)v->height << 16) ||
		    total != (v->htotal | (uint32_t)v->vtotal << 16) || interlaced != v->interlaced)
			continue;
		if (near(vic_clock_ppb(v, false, pixelclock), VIC_TOLERANCE_PPB) ||
		    (vic_has_fractional(v) &&
		     near(vic_clock_ppb(v, true, pixelclock), VIC_TOLERANCE_PPB)))
			return v;
	}
	return NULL;
}

uint32_t vic_frame_ns(const struct vic *vic)
{
	return 1001000000u / (vic ? vic->rate : 24u) + 1;
}
