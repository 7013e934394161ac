/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rasters the card can meet: SMPTE (SDI) and CTA-861 (HDMI), 720 to 4320 lines. Plain C, shared
 * with the unit tests; knows neither the kernel nor V4L2.
 *
 * Every rate is an entry of its own, so 59.94 Hz is not a flag on 60 Hz: its pixel clock and its
 * frame rate (60000/1001) are exact.
 */
#ifndef KINORA_TIMINGS_H
#define KINORA_TIMINGS_H

#include <linux/types.h>

#define KINORA_TIMING_SDI 0x1	/* ST 274, 296, 2036-1 and multiples: what SDI carries */
#define KINORA_TIMING_CTA 0x2	/* CTA-861: what HDMI carries */

struct kinora_timing {
	__u16 width;		/* active pixels */
	__u16 height;		/* active lines of a frame, both fields */
	__u16 hfront;		/* pixels: front porch, sync, back porch */
	__u16 hsync;
	__u16 hback;
	__u16 vfront;		/* lines; interlaced: of the first field */
	__u16 vsync;
	__u16 vback;
	__u16 vblank2;		/* interlaced: blanking lines of the second field; else 0 */
	__u8 standards;		/* KINORA_TIMING_*, at least one */
	__u8 vic;		/* CTA-861 video identification code, 0: none */
	__u32 rate_num;		/* frames per second, exact: 60000 ... */
	__u32 rate_den;		/* ... / 1001, or 60 / 1 */
	__u64 pixelclock;	/* Hz, blanking included, rounded to nearest */
};

/* What is known of a raster that is looked for. */
struct kinora_timing_key {
	__u32 width;
	__u32 height;
	__u32 htotal;		/* pixels with blanking */
	__u32 vtotal;		/* lines of a frame with blanking */
	__u32 rate_num;
	__u32 rate_den;
	__u8 interlaced;
	__u8 standards;		/* any of these will do */
};

/* Entry number index of the table, NULL past its end. */
const struct kinora_timing *kinora_timing_get(unsigned int index);

/* The entry that has all of the key's values; rates are compared as fractions. NULL: none has. */
const struct kinora_timing *kinora_timing_find(const struct kinora_timing_key *key);

/*
 * The same by pixel clock instead of rate, as V4L2 describes rasters. The clock may be off by 250
 * parts in a million, a quarter of what separates 60 from 60/1.001. The key's rate is not looked
 * at.
 */
const struct kinora_timing *kinora_timing_find_clock(const struct kinora_timing_key *key,
						     __u64 pixelclock);

static inline __u32 kinora_timing_htotal(const struct kinora_timing *timing)
{
	return timing->width + timing->hfront + timing->hsync + timing->hback;
}

static inline __u32 kinora_timing_vtotal(const struct kinora_timing *timing)
{
	return timing->height + timing->vfront + timing->vsync + timing->vback + timing->vblank2;
}

static inline int kinora_timing_interlaced(const struct kinora_timing *timing)
{
	return timing->vblank2 != 0;
}

#endif
