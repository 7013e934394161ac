// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/payload.c */
/*
 * Description: ST 352 payload ids: every code of byte 1, both layouts of byte 3, both rules for the
 * depth in byte 4, the rates of byte 2, and link numbers in both bit patterns.
 *
 * Expected values are written from the standards (byte 1: SMPTE-RA registry; layouts and depths: ST
 * 292-1, 372, 425, 2081, 2082), not from the table under test.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kinora_hw.h"
#include "payload.h"
#include "unit.h"

/* In the order in which the bytes are written and sent. */
#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

#define NONE	KINORA_RX_RATE_NONE
#define HD	KINORA_RX_RATE_HD
#define G3A	KINORA_RX_RATE_3GA
#define G3B	KINORA_RX_RATE_3GB
#define G6	KINORA_RX_RATE_6G
#define G12	KINORA_RX_RATE_12G
#define G24	KINORA_RX_RATE_24G

/* code; link, number of links, lines; split: byte 3 has the colorimetry in bits 7 and 4 */
static const struct {
	uint8_t code;
	uint8_t link;
	uint8_t links;
	uint16_t lines;
	bool split;
	bool st292;	/* depth code 0 is 8 bits */
} codes[] = {
	{ 0x81, NONE, 1, 486, false, true },
	{ 0x84, HD, 1, 720, true, true },
	{ 0x85, HD, 1, 1080, true, true },
	{ 0x87, HD, 2, 1080, true, false },
	{ 0x88, G3A, 1, 720, false, false },
	{ 0x89, G3A, 1, 1080, false, false },
	{ 0x8a, G3B, 1, 1080, true, false },
	{ 0x8b, G3B, 1, 720, true, true },
	{ 0x8c, G3B, 1, 1080, true, true },
	{ 0x94, G3A, 2, 1080, false, false },
	{ 0x95, G3B, 2, 1080, true, false },
	{ 0x96, G3B, 2, 2160, true, false },
	{ 0x97, G3A, 4, 2160, false, false },
	{ 0x98, G3B, 4, 2160, true, false },
	{ 0xa1, NONE, 0, 2160, false, false },
	{ 0xa2, NONE, 0, 4320, false, false },
	{ 0xa5, NONE, 0, 2160, false, false },
	{ 0xa6, NONE, 0, 4320, false, false },
	{ 0xc0, G6, 1, 2160, false, false },
	{ 0xc1, G6, 1, 1080, false, false },
	{ 0xc2, G6, 2, 2160, false, false },
	{ 0xc4, G6, 4, 4320, false, false },
	{ 0xc5, G6, 4, 2160, false, false },
	{ 0xce, G12, 1, 2160, false, false },
	{ 0xcf, G12, 1, 1080, false, false },
	{ 0xd0, G12, 2, 4320, false, false },
	{ 0xd1, G12, 2, 2160, false, false },
	{ 0xd2, G12, 4, 4320, false, false },
	{ 0xd3, G12, 4, 2160, false, false },
	{ 0xdf, G24, 1, 4320, false, false },
	{ 0xe0, G24, 1, 2160, false, false },
	{ 0xe1, G24, 2, 4320, false, false },
	{ 0xe2, G24, 2, 2160, false, false },
	{ 0xe3, G24, 4, 4320, false, false },
};

#define CODES (sizeof(codes) / sizeof(codes[0]))

static void test_codes(void)
{
	for (size_t i = 0; i < CODES; i++) {
		const struct payload_standard *s = payload_standard_find(codes[i].code);

		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT_EQUAL(s->code, codes[i].code);
		CU_ASSERT_EQUAL(s->link_rate, codes[i].link);
		CU_ASSERT_EQUAL(s->links, codes[i].links);
		CU_ASSERT_EQUAL(s->lines, codes[i].lines);
	}
}

static void test_unknown_codes(void)
{
	unsigned int known = 0;

	for (unsigned int code = 0; code < 256; code++) {
		struct payload out, before;

		memset(&out, 0x5a, sizeof(out));
		before = out;
		if (payload_decode(ID(code, 0xc9, 0x80, 0x01), &out)) {
			known++;
			continue;
		}
		CU_ASSERT_EQUAL(memcmp(&out, &before, sizeof(out)), 0);
	}
	CU_ASSERT_EQUAL(known, CODES);
}

static void test_layouts(void)
{
	for (size_t i = 0; i < CODES; i++)
		for (unsigned int byte3 = 0; byte3 < 256; byte3++) {
			unsigned int bit[8];
			struct payload out;

			for (int b = 0; b < 8; b++)
				bit[b] = byte3 >> b & 1;
			CU_ASSERT_FATAL(payload_decode(ID(codes[i].code, 0, byte3, 0), &out));
			/* 720 lines have 1280 pixels, and the bit is reserved */
			CU_ASSERT_EQUAL(out.width_2048, codes[i].lines == 720 ? 0 : bit[6]);
			if (codes[i].split) {
				CU_ASSERT_EQUAL(out.aspect_16_9, bit[5]);
				CU_ASSERT_EQUAL(out.colorimetry, 2 * bit[7] + bit[4]);
			} else {
				CU_ASSERT_EQUAL(out.aspect_16_9, bit[7]);
				CU_ASSERT_EQUAL(out.colorimetry, 2 * bit[5] + bit[4]);
			}
		}
}

static void test_depths(void)
{
	static const uint8_t st292[4][2] = { { 8, 0 }, { 10, 0 }, { 0, 0 }, { 10, 1 } };
	static const uint8_t others[4][2] = { { 10, 1 }, { 10, 0 }, { 12, 0 }, { 12, 1 } };

	for (size_t i = 0; i < CODES; i++)
		for (unsigned int byte4 = 0; byte4 < 256; byte4++) {
			const uint8_t *want = codes[i].st292 ? st292[byte4 & 3] : others[byte4 & 3];
			struct payload out;

			CU_ASSERT_FATAL(payload_decode(ID(codes[i].code, 0, 0, byte4), &out));
			CU_ASSERT_EQUAL(out.depth, want[0]);
			CU_ASSERT_EQUAL(out.range,
					want[1] ? KINORA_RANGE_FULL : KINORA_RANGE_NARROW);
			/* bit 4: ICtCp; reserved with fewer than 1080 lines */
			CU_ASSERT_EQUAL(out.ictcp, byte4 >> 4 & 1 && codes[i].lines >= 1080);
		}
}

static void test_rates(void)
{
	/* frames a second; 1 for 1/1.001. 0xe and 0xf as the registry has them. */
	static const struct { uint8_t rate, fractional;
	} want[16] = {
		{ 0, 0 },  { 96, 1 },  { 24, 1 },  { 24, 0 },  { 48, 1 }, { 25, 0 },
		{ 30, 1 }, { 30, 0 },  { 48, 0 },  { 50, 0 },  { 60, 1 }, { 60, 0 },
		{ 96, 0 }, { 100, 0 }, { 120, 1 }, { 120, 0 },
	};

	for (unsigned int byte2 = 0; byte2 < 256; byte2++) {
		struct payload out;

		CU_ASSERT_FATAL(payload_decode(ID(0xd2, byte2, 0x80, 0x01), &out));
		CU_ASSERT_EQUAL(out.rate, want[byte2 & 15].rate);
		CU_ASSERT_EQUAL(out.fractional, want[byte2 & 15].fractional);
		CU_ASSERT_EQUAL(out.transfer, (byte2 & 0x30) / 0x10);
		CU_ASSERT_EQUAL(out.progressive_transport, byte2 >= 0x80);
		CU_ASSERT_EQUAL(out.progressive_picture, (byte2 & 0x40) != 0);
	}
}

/* ST 292-1:2018, table 4: bit 7 of 720 lines is reserved, 0 in some sources and 1 in others. */
static void test_720_scan(void)
{
	static const uint8_t lines720[] = { 0x84, 0x88, 0x8b };

	for (size_t i = 0; i < sizeof(lines720); i++)
		for (unsigned int byte2 = 0; byte2 < 256; byte2++) {
			struct payload out;

			CU_ASSERT_FATAL(payload_decode(ID(lines720[i], byte2, 0, 1), &out));
			CU_ASSERT_TRUE(out.progressive_transport);
			CU_ASSERT_EQUAL(out.progressive_picture, byte2 >> 6 & 1);
		}
}

static void test_samplings(void)
{
	static const struct { uint8_t code, sampling; } want[] = {
		{ 0x0, KINORA_SAMPLING_422 }, { 0x1, KINORA_SAMPLING_444 },
		{ 0x2, KINORA_SAMPLING_RGB }, { 0x3, KINORA_SAMPLING_420 },
		{ 0x4, KINORA_SAMPLING_422 }, { 0x5, KINORA_SAMPLING_444 },	/* with alpha */
		{ 0x6, KINORA_SAMPLING_RGB },
		{ 0x8, KINORA_SAMPLING_422 }, { 0x9, KINORA_SAMPLING_444 },	/* with data */
		{ 0xa, KINORA_SAMPLING_RGB },
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct payload out;

		CU_ASSERT_FATAL(payload_decode(ID(0xce, 0xc9, 0x80 | want[i].code, 1), &out));
		CU_ASSERT_EQUAL(out.sampling, want[i].sampling);
		/* there is no ICtCp of RGB */
		CU_ASSERT_FATAL(payload_decode(ID(0xce, 0xc9, 0x80 | want[i].code, 0x11), &out));
		CU_ASSERT_EQUAL(out.ictcp, want[i].sampling != KINORA_SAMPLING_RGB);
	}
}

struct vector {
	uint32_t id;
	uint8_t link, links;
	uint16_t lines;
	uint8_t rate;
	bool fractional, progressive;
	uint8_t transfer, colorimetry;
};

/* Ids that real sources send: shared by every description of the formats they stand for. */
static void test_vectors(void)
{
	static const struct vector vectors[] = {
		/* 4320p50 HLG BT.2020, links 1 to 4 */
		{ ID(0xd2, 0xd9, 0xa0, 0x01), G12, 4, 4320, 50, false, true, 1, 2 },
		{ ID(0xd2, 0xd9, 0xa0, 0x21), G12, 4, 4320, 50, false, true, 1, 2 },
		{ ID(0xd2, 0xd9, 0xa0, 0x41), G12, 4, 4320, 50, false, true, 1, 2 },
		{ ID(0xd2, 0xd9, 0xa0, 0x61), G12, 4, 4320, 50, false, true, 1, 2 },
		/* 4320p59.94 SDR BT.709, link 1 */
		{ ID(0xd2, 0xca, 0x80, 0x01), G12, 4, 4320, 60, true, true, 0, 0 },
		/* 2160p50 HLG BT.2020, 1080p50 on 3G-A, 1080i50 */
		{ ID(0xce, 0xd9, 0xa0, 0x01), G12, 1, 2160, 50, false, true, 1, 2 },
		{ ID(0x89, 0xc9, 0x80, 0x01), G3A, 1, 1080, 50, false, true, 0, 0 },
		{ ID(0x85, 0x05, 0x20, 0x01), HD, 1, 1080, 25, false, false, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *want = &vectors[i];
		struct payload out;

		CU_ASSERT_FATAL(payload_decode(want->id, &out));
		CU_ASSERT_EQUAL(out.standard->link_rate, want->link);
		CU_ASSERT_EQUAL(out.standard->links, want->links);
		CU_ASSERT_EQUAL(out.standard->lines, want->lines);
		CU_ASSERT_EQUAL(out.rate, want->rate);
		CU_ASSERT_EQUAL(out.fractional, want->fractional);
		CU_ASSERT_EQUAL(out.progressive_transport, want->progressive);
		CU_ASSERT_EQUAL(out.progressive_picture, want->progressive);
		CU_ASSERT_EQUAL(out.transfer, want->transfer);
		CU_ASSERT_EQUAL(out.colorimetry, want->colorimetry);
		CU_ASSERT_EQUAL(out.sampling, KINORA_SAMPLING_422);
		CU_ASSERT_EQUAL(out.depth, 10);
		CU_ASSERT_EQUAL(out.range, KINORA_RANGE_NARROW);
		CU_ASSERT_TRUE(out.aspect_16_9);
		CU_ASSERT_FALSE(out.width_2048);
	}
}

static void check_numbers(const uint8_t byte4[4], bool want, unsigned int n0, unsigned int n1,
			  unsigned int n2, unsigned int n3)
{
	uint32_t id[4];
	uint8_t got[4] = { 0 };

	for (int i = 0; i < 4; i++)
		id[i] = ID(0xd2, 0xd9, 0xa0, byte4[i]);
	CU_ASSERT_EQUAL(payload_link_numbers(id, got), want);
	if (!want)
		return;
	CU_ASSERT_EQUAL(got[0], n0);
	CU_ASSERT_EQUAL(got[1], n1);
	CU_ASSERT_EQUAL(got[2], n2);
	CU_ASSERT_EQUAL(got[3], n3);
}

static void test_link_numbers(void)
{
	/* Bits 7:5, ST 2082-12, and bits 7:6, as some sources write it. */
	check_numbers((const uint8_t[]){ 0x01, 0x21, 0x41, 0x61 }, true, 0, 1, 2, 3);
	check_numbers((const uint8_t[]){ 0x01, 0x41, 0x81, 0xc1 }, true, 0, 1, 2, 3);
	/* Cables swapped. 0x41 is link 3 in one pattern and 2 in the other: the set decides. */
	check_numbers((const uint8_t[]){ 0x41, 0x01, 0x21, 0x61 }, true, 2, 0, 1, 3);
	check_numbers((const uint8_t[]){ 0x41, 0x01, 0x81, 0xc1 }, true, 1, 0, 2, 3);
	/* The audio copy bit is not part of it. */
	check_numbers((const uint8_t[]){ 0x01, 0x25, 0x45, 0x65 }, true, 0, 1, 2, 3);
	/* No numbers, one twice, reserved ones, patterns mixed. */
	check_numbers((const uint8_t[]){ 0x01, 0x01, 0x01, 0x01 }, false, 0, 0, 0, 0);
	check_numbers((const uint8_t[]){ 0x01, 0x21, 0x21, 0x61 }, false, 0, 0, 0, 0);
	check_numbers((const uint8_t[]){ 0x21, 0x21, 0x41, 0x61 }, false, 0, 0, 0, 0);
	check_numbers((const uint8_t[]){ 0x81, 0xa1, 0xc1, 0xe1 }, false, 0, 0, 0, 0);
	check_numbers((const uint8_t[]){ 0x01, 0x21, 0x81, 0xc1 }, false, 0, 0, 0, 0);
	check_numbers((const uint8_t[]){ 0x01, 0x41, 0x81, 0xe1 }, false, 0, 0, 0, 0);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every code of byte 1", test_codes },
		{ "codes that do not exist", test_unknown_codes },
		{ "byte 3, both layouts", test_layouts },
		{ "depth and range", test_depths },
		{ "rate, transfer, scan", test_rates },
		{ "720 lines", test_720_scan },
		{ "sampling", test_samplings },
		{ "ids of real formats", test_vectors },
		{ "link numbers", test_link_numbers },
		CU_TEST_INFO_NULL,
	};

	return unit_run("payload", tests);
}
