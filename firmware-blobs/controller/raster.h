/* SPDX-License-Identifier: MIT */
/*
 * Which standard a link carries, from what the receiver measured: link rate, words per line, lines,
 * interlace, and the link's clock. The payload id has no say here: it is absent or wrong too often,
 * and its codes for the 120 Hz family are disputed.
 */
#ifndef CONTROLLER_RASTER_H
#define CONTROLLER_RASTER_H

#include <stdbool.h>
#include <stdint.h>

/* One standard in its integer family. Of a whole picture, or of one link of a quad-link picture. */
struct raster {
	uint8_t link_rate;	/* KINORA_RX_RATE_* */
	bool toggles;		/* the transport has two fields: the F bit toggles */
	bool interlaced;	/* the picture */
	bool full;		/* room for 4:4:4 or 12 bits: known, but no receiver takes it */
	uint8_t rate;		/* frames a second */
	uint16_t words;		/* per line of a data stream, EAV to EAV */
	uint16_t lines;		/* per frame of a data stream */
	uint16_t width;
	uint16_t height;
	uint16_t htotal;
	uint16_t vtotal;
};

enum raster_family {
	RASTER_INTEGER,		/* 24, 25, 30 ... Hz */
	RASTER_FRACTIONAL,	/* the same by 1/1.001 */
	RASTER_OFF,		/* too far from either */
};

/* A link clock 1/1.001 of nominal, 1e-9: -999000.999 rounded. */
#define RASTER_FRACTIONAL_PPB (-999001)

/* The families lie 999 ppm apart: a clock within 400 ppm of one cannot be of the other. */
#define RASTER_TOLERANCE_PPB 400000

/* NULL when no standard has this shape. words and lines may be anything. */
const struct raster *raster_find(unsigned int link_rate, uint32_t words, uint32_t lines,
				 bool toggles);

/*
 * Level B: the first data stream as a picture of its own, where raster is that of one picture in
 * both streams. Any other: raster itself.
 */
const struct raster *raster_of_stream(const struct raster *raster);

enum raster_family raster_family(int32_t ppb);

/* The clock against the nominal one of its family; family is not RASTER_OFF. */
int32_t raster_clock_ppb(enum raster_family family, int32_t ppb);

/* 25 and 50 Hz have no 1/1.001 sister. */
bool raster_has_family(const struct raster *raster, enum raster_family family);

/* Pixel clock in Hz, rounded to nearest, of the raster; quad: of four of them as one picture. */
uint64_t raster_pixelclock(const struct raster *raster, enum raster_family family, bool quad);

/* At least one frame, at most 1.001 of one. NULL: the longest frame there is. */
uint32_t raster_frame_ns(const struct raster *raster);

/* One line of a data stream. */
uint32_t raster_line_ns(const struct raster *raster);

#endif
