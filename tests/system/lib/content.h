/* SPDX-License-Identifier: MIT */
/*
 * What a captured buffer must hold, worked out here from docs/hardware.md section 8 and the code
 * values of the standards, without the virtual card's own drawing and packing. Only the stamp's
 * bits are shared with the card (tests/vcard/stamp.h), because they are a convention of the
 * instrument and no standard.
 */
#ifndef SYSTEM_CONTENT_H
#define SYSTEM_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stamp.h"

/* A memory format by its V4L2 code, in the order of docs/hardware.md section 8. */
struct content_format {
	uint32_t fourcc;
	const char *name;	/* of the document */
	uint32_t code;		/* KINORA_FMT_* */
};

#define CONTENT_FORMATS 9

extern const struct content_format content_formats[CONTENT_FORMATS];

/* Strides and sizes by the document. -EINVAL for a code that is not in content_formats. */
int content_layout(struct mem_layout *layout, uint32_t fourcc, unsigned int width,
		   unsigned int height);

/* A picture in 10-bit 4:2:2; equal rows are stored once. */
#define CONTENT_UNKNOWN UINT16_MAX	/* a row the standards text gives no values for */

struct content_picture {
	unsigned int width, height;
	bool bt2020;				/* else BT.709 */
	unsigned int rows;			/* stored ones */
	uint16_t *y, *cb, *cr;			/* rows x width, rows x width / 2, the same */
	uint16_t *row; /* height entries: the stored row, or CONTENT_UNKNOWN */
};

enum content_bars {
	CONTENT_RP219,		/* upper 7/12: 40 % grey and 75 % bars, BT.709 */
	CONTENT_HLG,		/* upper 7/12 of BT.2111: 100 % and 75 % bars, BT.2020 */
	CONTENT_BLACK,		/* all of it */
};

/* 0 or -ENOMEM. The name the stimulus language has for such bars is in content_bars_names. */
int content_bars_create(struct content_picture *picture, enum content_bars bars,
			unsigned int width, unsigned int height);
extern const char *const content_bars_names[];

/*
 * A picture with all legal codes at random, a different one for each seed, so that every wrong bit
 * and every misplaced byte shows.
 */
int content_noise_create(struct content_picture *picture, unsigned int seed, unsigned int width,
			 unsigned int height, bool bt2020);
/* Write pictures of one size as y4m (4:2:2, 10 bit). 0 or negative errno. */
int content_write_y4m(const char *path, const struct content_picture *pictures, unsigned int count,
		      unsigned int rate_num, unsigned int rate_den);
void content_destroy(struct content_picture *picture);

/*
 * Compare every byte of a buffer with the picture, the stamp drawn into it; RGB may be one code off
 * in 8 bit and two in 10, because the document leaves the last rounding open. Rows with no known
 * values are left to the stamp's checksum. false, and the first difference in words, when it
 * differs.
 */
bool content_matches(const struct content_picture *picture, const struct mem_layout *layout,
		     const uint8_t *buffer, char *why, size_t size);

/* stamp_check() and content_matches() as checks of the running test. Returns whether both held. */
bool content_check(const struct content_picture *picture, const struct mem_layout *layout,
		   const uint8_t *buffer, const char *what);

/*
 * A trap for bytes the card did not write. Set before a buffer is queued, it puts words that no
 * picture can hold into every 64th row and the very end; afterwards it counts those that are still
 * there. Touches a few hundred words, so it costs nothing at 8Kp60.
 */
void content_trap_set(const struct mem_layout *layout, uint8_t *buffer);
unsigned int content_trap_count(const struct mem_layout *layout, const uint8_t *buffer);

#endif
