// SPDX-License-Identifier: MIT
/*
 * The registry of ST 352 byte 1 as a table, and the other three bytes decoded by its columns.
 *
 * Where sources disagree the table says which reading it follows:
 * - 0x84 has byte 3 and 4 of 0x85: both are tables of ST 292-1. 0x8B and 0x8C carry two such
 *   streams and have theirs.
 * - In 0x84, and so in 0x8B, bit 7 of byte 2 and bits 7:4 of byte 3 are reserved and 0 (ST
 *   292-1:2018, table 4). Some sources fill them in as those of 0x85 are; 720 lines are progressive
 *   and 1280 pixels wide whatever they say.
 * - 0xC2 is dual-link 2160 (registry), not a 1080 format.
 * - Rate codes E and F: E is 120/1.001 (registry); some receivers read it the other way round, so
 *   nothing may depend on `fractional`.
 */
#include "payload.h"

#include <stddef.h>

#include "kinora_hw.h"

#define CODE_(byte1, link, count, height, each, all, form, bits) \
	{ .code = (byte1), .link_rate = KINORA_RX_RATE_##link, .links = (count), \
	  .lines = (height), .link_lines = (each), .link_full = (all), \
	  .layout = PAYLOAD_LAYOUT_##form, .depth = PAYLOAD_DEPTH_##bits }
#define CODE(byte1, link, count, height, each, ...) \
	CODE_(byte1, link, count, height, each, false, __VA_ARGS__)
#define FULL(byte1, link, count, height, each, ...) \
	CODE_(byte1, link, count, height, each, true, __VA_ARGS__)

static const struct payload_standard standards[] = {
	CODE(0x81, NONE, 1, 486, 486, A, 292),	/* ST 259 */
	CODE(0x84, HD, 1, 720, 720, B, 292),	/* ST 292-1 */
	CODE(0x85, HD, 1, 1080, 1080, B, 292),
	CODE(0x87, HD, 2, 1080, 1080, B, 425),	/* ST 372 */
	CODE(0x88, 3GA, 1, 720, 720, A, 425),	/* ST 425-1 */
	CODE(0x89, 3GA, 1, 1080, 1080, A, 425),
	CODE(0x8a, 3GB, 1, 1080, 1080, B, 425),	/* ST 372 on level B */
	CODE(0x8b, 3GB, 1, 720, 720, B, 292),	/* two ST 292-1 streams on level B */
	CODE(0x8c, 3GB, 1, 1080, 1080, B, 292),
	CODE(0x94, 3GA, 2, 1080, 1080, A, 425),	/* ST 425-3 */
	CODE(0x95, 3GB, 2, 1080, 1080, B, 425),
	CODE(0x96, 3GB, 2, 2160, 1080, B, 425),
	CODE(0x97, 3GA, 4, 2160, 1080, A, 425),	/* ST 425-5 */
	CODE(0x98, 3GB, 4, 2160, 1080, B, 425),
	CODE(0xa1, NONE, 0, 2160, 0, A, 425),	/* ST 2036-3, 10G */
	CODE(0xa2, NONE, 0, 4320, 0, A, 425),
	CODE(0xa5, NONE, 0, 2160, 0, A, 425),	/* ST 2036-4, several 10G */
	CODE(0xa6, NONE, 0, 4320, 0, A, 425),
	CODE(0xc0, 6G, 1, 2160, 2160, A, 425),	/* ST 2081-10 */
	CODE(0xc1, 6G, 1, 1080, 1080, A, 425),
	FULL(0xc2, 6G, 2, 2160, 1080, A, 425),	/* ST 2081-11 */
	CODE(0xc4, 6G, 4, 4320, 2160, A, 425),	/* ST 2081-12 */
	CODE(0xc5, 6G, 4, 2160, 1080, A, 425),
	CODE(0xce, 12G, 1, 2160, 2160, A, 425),	/* ST 2082-10 */
	CODE(0xcf, 12G, 1, 1080, 1080, A, 425),
	FULL(0xd0, 12G, 2, 4320, 2160, A, 425),	/* ST 2082-11 */
	CODE(0xd1, 12G, 2, 2160, 0, A, 425),
	CODE(0xd2, 12G, 4, 4320, 2160, A, 425),	/* ST 2082-12 */
	CODE(0xd3, 12G, 4, 2160, 1080, A, 425),
	CODE(0xdf, 24G, 1, 4320, 4320, A, 425),	/* ST 2083 */
	CODE(0xe0, 24G, 1, 2160, 2160, A, 425),
	CODE(0xe1, 24G, 2, 4320, 2160, A, 425),
	CODE(0xe2, 24G, 2, 2160, 0, A, 425),
	CODE(0xe3, 24G, 4, 4320, 2160, A, 425),
};

/* Byte 2, bits 3:0. */
static const struct {
	uint8_t rate;
	bool fractional;
} rates[16] = {
	[0x1] = { 96, true }, [0x2] = { 24, true }, [0x3] = { 24, false }, [0x4] = { 48, true },
	[0x5] = { 25, false }, [0x6] = { 30, true }, [0x7] = { 30, false }, [0x8] = { 48, false },
	[0x9] = { 50, false }, [0xa] = { 60, true }, [0xb] = { 60, false }, [0xc] = { 96, false },
	[0xd] = { 100, false }, [0xe] = { 120, true }, [0xf] = { 120, false },
};

/*
 * Byte 3, bits 3:0: with alpha (4..6) or data (8..A) it is still the sampling of the picture. XYZ
 * (E or F, sources disagree) has three full components and no code of its own.
 */
static const uint8_t samplings[16] = {
	KINORA_SAMPLING_422, KINORA_SAMPLING_444, KINORA_SAMPLING_RGB, KINORA_SAMPLING_420,
	KINORA_SAMPLING_422, KINORA_SAMPLING_444, KINORA_SAMPLING_RGB, KINORA_SAMPLING_422,
	KINORA_SAMPLING_422, KINORA_SAMPLING_444, KINORA_SAMPLING_RGB, KINORA_SAMPLING_422,
	KINORA_SAMPLING_422, KINORA_SAMPLING_422, KINORA_SAMPLING_444, KINORA_SAMPLING_444,
};

/* Byte 4, bits 1:0, by enum payload_depth. */
static const struct {
	uint8_t depth;
	uint8_t range;
} depths[2][4] = {
	[PAYLOAD_DEPTH_292] = {
		{ 8, KINORA_RANGE_NARROW }, { 10, KINORA_RANGE_NARROW },
		{ 0, KINORA_RANGE_NARROW }, { 10, KINORA_RANGE_FULL },
	},
	[PAYLOAD_DEPTH_425] = {
		{ 10, KINORA_RANGE_FULL }, { 10, KINORA_RANGE_NARROW },
		{ 12, KINORA_RANGE_NARROW }, { 12, KINORA_RANGE_FULL },
	},
};

const struct payload_standard *payload_standard_find(uint8_t code)
{
	for (size_t i = 0; i < sizeof(standards) / sizeof(standards[0]); i++)
		if (standards[i].code == code)
			return &standards[i];
	return NULL;
}

bool payload_decode(uint32_t id, struct payload *out)
{
	const struct payload_standard *standard = payload_standard_find(PAYLOAD_BYTE(id, 1));
	uint8_t scan = PAYLOAD_BYTE(id, 2);
	uint8_t colour = PAYLOAD_BYTE(id, 3);
	uint8_t bits = PAYLOAD_BYTE(id, 4);

	if (!standard)
		return false;
	out->standard = standard;
	out->progressive_transport = scan & 0x80 || standard->lines == 720;
	out->progressive_picture = scan & 0x40;
	out->transfer = scan >> 4 & 3;
	out->rate = rates[scan & 15].rate;
	out->fractional = rates[scan & 15].fractional;
	out->width_2048 = colour & 0x40 && standard->lines != 720;
	if (standard->layout == PAYLOAD_LAYOUT_A) {
		out->aspect_16_9 = colour & 0x80;
		out->colorimetry = colour >> 4 & 3;
	} else {
		out->aspect_16_9 = colour & 0x20;
		out->colorimetry = (colour >> 6 & 2) | (colour >> 4 & 1);
	}
	out->sampling = samplings[colour & 15];
	/* BT.2100 begins at 1080 lines; with fewer the bit is reserved */
	out->ictcp = bits & 0x10 && standard->lines >= 1080 &&
		     out->sampling != KINORA_SAMPLING_RGB;
	out->depth = depths[standard->depth][bits & 3].depth;
	out->range = depths[standard->depth][bits & 3].range;
	return true;
}

/* True when byte 4 >> shift numbers the four inputs 0..3, each once, with no bit below in use. */
static bool numbered_by(const uint32_t id[4], unsigned int shift, uint8_t number[4])
{
	unsigned int seen = 0;

	for (unsigned int i = 0; i < 4; i++) {
		unsigned int top = PAYLOAD_BYTE(id[i], 4) >> 5;

		if (top & ((1u << (shift - 5)) - 1))
			return false;
		top >>= shift - 5;
		if (top > 3)
			return false;
		number[i] = top;
		seen |= 1u << top;
	}
	return seen == 15;
}

bool payload_link_numbers(const uint32_t id[4], uint8_t number[4])
{
	return numbered_by(id, 5, number) || numbered_by(id, 6, number);
}
