// SPDX-License-Identifier: MIT
/*
 * The rasters of CTA-861 that the stimulus language has modes for, and the arithmetic of links.
 */
#include <stddef.h>

#include "hdmi_mode.h"
#include "kinora_hw.h"

/* CTA-861-I, table 1. 1080i counts the lines of a frame. */
static const struct hdmi_mode modes[] = {
	{ 60, 1280, 720, 3300, 750, false, 24 },
	{ 61, 1280, 720, 3960, 750, false, 25 },
	{ 62, 1280, 720, 3300, 750, false, 30 },
	{ 19, 1280, 720, 1980, 750, false, 50 },
	{ 4, 1280, 720, 1650, 750, false, 60 },
	{ 20, 1920, 1080, 2640, 1125, true, 25 },
	{ 5, 1920, 1080, 2200, 1125, true, 30 },
	{ 32, 1920, 1080, 2750, 1125, false, 24 },
	{ 33, 1920, 1080, 2640, 1125, false, 25 },
	{ 34, 1920, 1080, 2200, 1125, false, 30 },
	{ 111, 1920, 1080, 2750, 1125, false, 48 },
	{ 31, 1920, 1080, 2640, 1125, false, 50 },
	{ 16, 1920, 1080, 2200, 1125, false, 60 },
	{ 64, 1920, 1080, 2640, 1125, false, 100 },
	{ 63, 1920, 1080, 2200, 1125, false, 120 },
	{ 93, 3840, 2160, 5500, 2250, false, 24 },
	{ 94, 3840, 2160, 5280, 2250, false, 25 },
	{ 95, 3840, 2160, 4400, 2250, false, 30 },
	{ 114, 3840, 2160, 5500, 2250, false, 48 },
	{ 96, 3840, 2160, 5280, 2250, false, 50 },
	{ 97, 3840, 2160, 4400, 2250, false, 60 },
	{ 117, 3840, 2160, 5280, 2250, false, 100 },
	{ 118, 3840, 2160, 4400, 2250, false, 120 },
	{ 194, 7680, 4320, 11000, 4500, false, 24 },
	{ 195, 7680, 4320, 10800, 4400, false, 25 },
	{ 196, 7680, 4320, 9000, 4400, false, 30 },
	{ 197, 7680, 4320, 11000, 4500, false, 48 },
	{ 198, 7680, 4320, 10800, 4400, false, 50 },
	{ 199, 7680, 4320, 9000, 4400, false, 60 },
};

#define MODES (sizeof(modes) / sizeof(modes[0]))

const struct hdmi_mode *hdmi_mode_find(const struct stimulus_mode *mode)
{
	unsigned int hz = (mode->rate_num + mode->rate_den - 1) / mode->rate_den;

	for (size_t i = 0; i < MODES; i++)
		if (modes[i].width == mode->width && modes[i].height == mode->height &&
		    modes[i].interlaced == mode->interlaced && modes[i].hz == hz)
			return &modes[i];
	return NULL;
}

const struct hdmi_mode *hdmi_mode_vic(unsigned int vic)
{
	for (size_t i = 0; i < MODES; i++)
		if (modes[i].vic == vic)
			return &modes[i];
	return NULL;
}

uint64_t hdmi_mode_pixelclock(const struct hdmi_mode *mode, bool fractional)
{
	uint64_t clock = (uint64_t)mode->htotal * mode->vtotal * mode->hz;

	return fractional ? (clock * 1000 + 500) / 1001 : clock;
}

/* Bits that a pixel takes on the link, half a sample's width as one: 4:2:0 has a half. */
static unsigned int halfbits(const struct hdmi_format *format)
{
	switch (format->sampling) {
	case KINORA_SAMPLING_422:
		return 2 * 24;
	case KINORA_SAMPLING_420:
		return 3 * format->depth;
	default:
		return 6 * format->depth;
	}
}

uint64_t hdmi_tmds_rate(const struct hdmi_mode *mode, const struct hdmi_format *format)
{
	return hdmi_mode_pixelclock(mode, false) * halfbits(format) / 48;
}

/* What active video may lag behind its time, at most. */
#define BORROW_TRIBYTES 400

/* Gb/s a lane. */
static const unsigned int lane_gbps[HDMI_FRL_RATES + 1] = { 0, 3, 6, 6, 8, 10, 12 };

unsigned int hdmi_frl_rate(const struct hdmi_mode *mode, const struct hdmi_format *format)
{
	/* in FRL characters of 16 bits, per line */
	unsigned int active = (mode->width * halfbits(format) / 2 + 15) / 16;
	unsigned int blank = ((mode->htotal - mode->width) * halfbits(format) / 2 + 15) / 16;
	/* in tri-bytes of 24 bits: a guard, and two data islands of 32 */
	int tribytes = (int)((mode->htotal - mode->width) * halfbits(format) / 48) - 71;
	int saved = tribytes > 0 ? tribytes * 7 / 8 - 32 : 0;
	double needed = active + blank - (saved > 0 ? 1.5 * saved : 0);
	double line = 1 / (1.005 * mode->vtotal * mode->hz);
	double share = (double)mode->width / mode->htotal;

	for (unsigned int rate = 1; rate <= HDMI_FRL_RATES; rate++) {
		double lanes = HDMI_FRL_LANES(rate);
		/* character maps, Reed-Solomon and super block; 0.3 % in reserve */
		double overhead = (lanes + 32 + 2.5) / (4 * 510 + lanes) + .003;
		double bits = lane_gbps[rate] * 1e9 * (1 - 300e-6) * lanes;
		double room = bits / 18 * (1 - overhead) * line;

		if (needed <= room && active - room * share <= 1.5 * BORROW_TRIBYTES)
			return rate;
	}
	return HDMI_FRL_RATES + 1;
}

const char *hdmi_sampling_name(unsigned int sampling)
{
	static const char *const names[] = {
		[KINORA_SAMPLING_422] = "4:2:2", [KINORA_SAMPLING_444] = "4:4:4",
		[KINORA_SAMPLING_RGB] = "RGB", [KINORA_SAMPLING_420] = "4:2:0",
	};

	return sampling <= KINORA_SAMPLING_420 ? names[sampling] : "?";
}
