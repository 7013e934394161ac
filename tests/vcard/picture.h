/* SPDX-License-Identifier: MIT */
/*
 * Canonical pictures and the test patterns. A canonical picture is what the wire carries: rows of
 * 10-bit 4:2:2 samples. Whoever makes pictures (a pattern here, a file in clip.h) is a
 * picture_source; whoever needs rows asks it for them.
 *
 * Surprises:
 * - Samples are SDI-legal: 4..1019, whatever a file holds.
 * - Chroma sample n is co-sited with pixel 2n, so a bar edge on an odd pixel moves chroma by one.
 * - row_class() is what keeps 8K cheap: rows of one class are equal, so bars are a handful of rows.
 */
#ifndef VCARD_PICTURE_H
#define VCARD_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PICTURE_WIDTH_MAX	7680
#define PICTURE_HEIGHT_MAX	4320
#define PICTURE_CODE_MIN	4	/* SDI keeps 0..3 and 1020..1023 for timing (ST 292-1) */
#define PICTURE_CODE_MAX	1019

enum picture_matrix {
	PICTURE_MATRIX_709,
	PICTURE_MATRIX_2020,	/* non-constant luminance */
	PICTURE_MATRIX_601,
};

enum picture_range {
	PICTURE_RANGE_NARROW,	/* Y 64..940, C 64..960 */
	PICTURE_RANGE_FULL,	/* Y 0..1023, C 512 +- 511.5 */
};

/* How YCbCr is to be read: needed only where it becomes RGB. */
struct picture_colour {
	enum picture_matrix matrix;
	enum picture_range range;
};

struct picture_row {
	uint16_t *y;		/* width samples */
	uint16_t *cb;		/* width / 2 samples */
	uint16_t *cr;		/* width / 2 samples */
};

struct picture_source {
	unsigned int width;	/* even */
	unsigned int height;
	unsigned int frames;	/* different pictures; 1 for a pattern. They loop. */

	/* Fill row y (0 is the top) of picture frame. 0 or negative errno (a file may fail). */
	int (*row)(const struct picture_source *src, unsigned int frame, unsigned int y,
		   const struct picture_row *out);
	/* The number, <= y, of a row equal to row y: rows that give the same number are equal. */
	unsigned int (*row_class)(const struct picture_source *src, unsigned int frame,
				  unsigned int y);
	void (*destroy)(struct picture_source *src);
};

void picture_source_destroy(struct picture_source *src);	/* NULL is fine */

/* A row of width samples in one allocation; free with picture_row_finish(). */
int picture_row_init(struct picture_row *row, unsigned int width);
void picture_row_finish(struct picture_row *row);

enum picture_pattern {
	PICTURE_RP219,		/* SMPTE RP 219 / ARIB STD-B28 bars, 75 % */
	PICTURE_BT2111_HLG,	/* ITU-R BT.2111 bars, HLG narrow range */
	PICTURE_BT2111_PQ,	/* ITU-R BT.2111 bars, PQ narrow range */
	PICTURE_RAMP,		/* EBU R 103: luma 4..1019 from left to right */
	PICTURE_ZONEPLATE,	/* our own: every direction, every frequency up to Nyquist */
	PICTURE_CHECKFIELD,	/* SMPTE RP 198 */
	PICTURE_BLACK,
	PICTURE_PATTERNS,
};

/* Name as the stimulus language writes it, and back; -EINVAL for an unknown name. */
const char *picture_pattern_name(enum picture_pattern pattern);
int picture_pattern_find(const char *name, enum picture_pattern *out);

/*
 * A source that draws a pattern. 0, -EINVAL for an odd width, fewer than 16 rows or more than 8K,
 * -ENOMEM.
 * Rows may be asked for from several threads at once.
 */
int picture_pattern_create(struct picture_source **out, enum picture_pattern pattern,
			   unsigned int width, unsigned int height);

#endif
