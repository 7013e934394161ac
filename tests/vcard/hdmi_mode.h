/* SPDX-License-Identifier: MIT */
/*
 * What HDMI makes of a mode of the stimulus language: CTA-861's raster and VIC, and what a sampling
 * and a depth of it ask of the link.
 *
 * Surprise: the 8K rasters of CTA-861 are not SDI's, and 7680 x 4320 at 50 Hz has 4400 lines.
 */
#ifndef VCARD_HDMI_MODE_H
#define VCARD_HDMI_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "stimulus.h"

struct hdmi_mode {
	uint8_t vic;
	uint16_t width, height;
	uint16_t htotal, vtotal;	/* of a frame */
	bool interlaced;
	uint8_t hz;			/* frames a second in the integer family */
};

/* NULL: CTA-861 has none. */
const struct hdmi_mode *hdmi_mode_find(const struct stimulus_mode *mode);
const struct hdmi_mode *hdmi_mode_vic(unsigned int vic);

/* Pixels a second; fractional: of the 1/1.001 family. */
uint64_t hdmi_mode_pixelclock(const struct hdmi_mode *mode, bool fractional);

/* How the pixels travel. */
struct hdmi_format {
	uint8_t sampling;		/* KINORA_SAMPLING_* */
	uint8_t depth;			/* bits a sample; 12 for 4:2:2, whatever is in them */
};

/*
 * The link that takes it: TMDS characters a second on each of the three channels (HDMI 2.1, 6.3);
 * and the lowest FRL rate, 1 .. 6, or 7 when none does.
 *
 * The FRL figure follows the "data flow metering" requirement of HDMI 2.1 for uncompressed video:
 * blanking travels run-length coded but for the data islands of sound, active video may borrow a
 * little of its time, clocks are at the unfavourable ends of their tolerances.
 */
uint64_t hdmi_tmds_rate(const struct hdmi_mode *mode, const struct hdmi_format *format);
unsigned int hdmi_frl_rate(const struct hdmi_mode *mode, const struct hdmi_format *format);

#define HDMI_FRL_RATES 6
#define HDMI_FRL_LANES(rate) ((rate) <= 2 ? 3u : 4u)

/* "4:2:0" ... */
const char *hdmi_sampling_name(unsigned int sampling);

#endif
