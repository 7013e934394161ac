/* SPDX-License-Identifier: MIT */
/*
 * CTA-861 rasters: which one an HDMI receiver has measured, and the arithmetic around it. SDI has a
 * table of its own (raster.h), as 8K has other totals there at the same clock.
 */
#ifndef CONTROLLER_VIC_H
#define CONTROLLER_VIC_H

#include <stdbool.h>
#include <stdint.h>

/* One raster in its integer family. */
struct vic {
	uint8_t code;		/* picture aspect ratio 16:9 */
	uint8_t code_wide;	/* the same raster for 64:27; 0: none */
	bool interlaced;
	uint8_t rate;		/* frames a second */
	uint16_t width;
	uint16_t height;	/* of a frame */
	uint16_t htotal;
	uint16_t vtotal;
};

/* HDMI 2.1 lets a pixel clock be 0.5 % off; it is then of the nearest family. */
#define VIC_TOLERANCE_PPB 5000000

/* The families lie 999 ppm apart: this near to one, a clock cannot be of the other. */
#define VIC_SURE_PPB 400000

/* What is beyond measuring: further off than anything above. */
#define VIC_FAR_PPB 100000000

/*
 * The raster of this shape whose clock, of one of its families, is not further from pixelclock than
 * the tolerance; NULL: none. active and total are a receiver's words, 15:0 pixels, 31:16 lines.
 */
const struct vic *vic_find(uint32_t active, uint32_t total, bool interlaced, uint32_t pixelclock);

/* For going through the table; NULL: no more. */
const struct vic *vic_get(unsigned int index);

/* Is code this raster's, for either picture aspect ratio? */
bool vic_is(const struct vic *vic, uint8_t code);

/* 25, 50 and 100 Hz have no 1/1.001 sister. */
bool vic_has_fractional(const struct vic *vic);

/* Pixel clock in Hz, rounded to the nearest. */
uint32_t vic_pixelclock(const struct vic *vic, bool fractional);

/* pixelclock against the raster's own in the family, 1e-9, at most VIC_FAR_PPB to either side. */
int32_t vic_clock_ppb(const struct vic *vic, bool fractional, uint32_t pixelclock);

/* The family whose clock is nearer. */
bool vic_is_fractional(const struct vic *vic, uint32_t pixelclock);

/*
 * Is the clock for sure of the other family? Between them neither is sure: a clock that wanders
 * there does not change its family to and fro.
 */
bool vic_family_changed(const struct vic *vic, bool fractional, uint32_t pixelclock);

/* At least one frame of either family, at most a microsecond more. NULL: the longest there is. */
uint32_t vic_frame_ns(const struct vic *vic);

#endif
