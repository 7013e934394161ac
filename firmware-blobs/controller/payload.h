/* SPDX-License-Identifier: MIT */
/*
 * SMPTE ST 352 payload identifiers: four bytes in which a source says what it sends. They are the
 * only place where colours, transfer and the number of a link can be learnt, and they may lie:
 * what the receiver measures goes before them.
 *
 * An id is a uint32_t as in the receiver's register: byte 1 in bits 7:0. 0 is no id.
 *
 * Surprise: some sources write the link number into bits 7:6 of byte 4 where the standard has 7:5,
 * so one link's number cannot be read alone; payload_link_numbers() looks at all four.
 */
#ifndef CONTROLLER_PAYLOAD_H
#define CONTROLLER_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#define PAYLOAD_BYTE(id, n) ((uint8_t)((id) >> (8 * ((n) - 1)))) /* n = 1..4 */

enum payload_layout {
	PAYLOAD_LAYOUT_A,	/* byte 3: 7 aspect, 6 width, 5:4 colorimetry */
	PAYLOAD_LAYOUT_B,	/* byte 3: 5 aspect, 6 width, colorimetry split into 7 and 4 */
};

enum payload_depth {
	PAYLOAD_DEPTH_292,	/* ST 292-1: 8 bit, 10 bit, reserved, 10 bit full range */
	PAYLOAD_DEPTH_425,	/* all others: 10 full, 10, 12, 12 full range */
};

/* What byte 1 says. */
struct payload_standard {
	uint8_t code;		/* byte 1 */
	uint8_t link_rate; /* KINORA_RX_RATE_*; NONE: SD, 10G and optical, which cannot arrive */
	uint8_t links;		/* that carry the picture together */
	uint16_t lines;		/* 720, 1080, 2160, 4320; 486 stands for both SD systems */
	/*
	 * What each link looks like to a receiver (struct raster): height, 0: more than one, and
	 * only such rasters as are full for a link of their own.
	 */
	uint16_t link_lines;
	bool link_full;
	uint8_t layout;		/* enum payload_layout */
	uint8_t depth;		/* enum payload_depth */
};

struct payload {
	const struct payload_standard *standard;
	bool progressive_transport;	/* of 720 lines always */
	bool progressive_picture;
	uint8_t transfer;	/* enum kinora_transfer */
	uint8_t rate;		/* frames a second, 24 .. 120, integer family; 0: not given */
	bool fractional;	/* as byte 2 says; at 120 Hz sources disagree, so never trusted */
	bool aspect_16_9;
	bool width_2048;	/* 2048 or a multiple, otherwise 1920 or a multiple */
	uint8_t colorimetry;	/* KINORA_COLORIMETRY_709 .. UNKNOWN */
	uint8_t sampling;	/* KINORA_SAMPLING_*; extra alpha or data samples are dropped */
	bool ictcp;		/* what sampling calls YCbCr is ICtCp of BT.2100 */
	uint8_t depth;		/* bits; 0: reserved code */
	uint8_t range;		/* KINORA_RANGE_* */
};

/* NULL: the registry has no such code. */
const struct payload_standard *payload_standard_find(uint8_t code);

/* False when byte 1 is unknown (0 included); *out is then untouched. */
bool payload_decode(uint32_t id, struct payload *out);

/*
 * Link numbers 0..3 of the inputs of a quad link, by byte 4 of their ids. True when the four are
 * numbered completely, in whichever of the two bit patterns; the order is as found.
 */
bool payload_link_numbers(const uint32_t id[4], uint8_t number[4]);

#endif
