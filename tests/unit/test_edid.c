// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/edid.c firmware-blobs/controller/edid_default.c */
/*
 * Description: which EDIDs the firmware takes, and what the default one promises. The parser here
 * knows nothing of the firmware: it is written from E-EDID 1.3, CTA-861-H and HDMI 2.1, and a
 * promise is what a source can rely on: rasters, 4:2:0, FRL without DSC, HDR, sound.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edid.h"
#include "edid_default.h"
#include "unit.h"

/* --- making EDIDs --- */

static void sum_fix(uint8_t *edid, unsigned int blocks)
{
	for (unsigned int b = 0; b < blocks; b++) {
		uint8_t sum = 0;

		for (unsigned int i = 0; i < 127; i++)
			sum += edid[128 * b + i];
		edid[128 * b + 127] = -sum;
	}
}

/* A base block that counts the others in byte 126, and CTA blocks with nothing in them. */
static void edid_make(uint8_t *edid, unsigned int blocks)
{
	memset(edid, 0, 128 * blocks);
	memset(edid + 1, 0xff, 6);
	edid[126] = blocks - 1;
	for (unsigned int b = 1; b < blocks; b++) {
		edid[128 * b] = 0x02;
		edid[128 * b + 1] = 0x03;
		edid[128 * b + 2] = 0x04;
	}
	sum_fix(edid, blocks);
}

/* HF-EEODB, as HDMI 2.1 writes it: e2 78 count */
static void eeodb_put(uint8_t *edid, unsigned int count)
{
	edid[126] = 1;
	edid[130] = 7;
	edid[132] = 0xe2;
	edid[133] = 0x78;
	edid[134] = count;
}

static void test_taken(void)
{
	uint8_t edid[512] = { 0 };

	CU_ASSERT_EQUAL(edid_check(edid, 0), KINORA_MAILBOX_OK);
	for (unsigned int blocks = 1; blocks <= 4; blocks++) {
		edid_make(edid, blocks);
		CU_ASSERT_EQUAL(edid_check(edid, 128 * blocks), KINORA_MAILBOX_OK);
	}
	CU_ASSERT_EQUAL(edid_check(edid_default, EDID_DEFAULT_BYTES), KINORA_MAILBOX_OK);
}

static void test_length(void)
{
	uint8_t edid[1024];

	edid_make(edid, 8);
	for (unsigned int bytes = 513; bytes <= 1024; bytes++)
		CU_ASSERT_EQUAL(edid_check(edid, bytes), KINORA_MAILBOX_TOO_LARGE);
	edid_make(edid, 4);
	for (unsigned int bytes = 1; bytes < 512; bytes++)
		if (bytes % 128)
			CU_ASSERT_EQUAL(edid_check(edid, bytes), KINORA_MAILBOX_INVALID);
	/* whole blocks, but not as many as it says */
	for (unsigned int blocks = 1; blocks < 4; blocks++)
		CU_ASSERT_EQUAL(edid_check(edid, 128 * blocks), KINORA_MAILBOX_INVALID);
	for (unsigned int count = 0; count < 256; count++) {
		edid[126] = count;
		sum_fix(edid, 4);
		CU_ASSERT_EQUAL(edid_check(edid, 512),
				count == 3 ? KINORA_MAILBOX_OK : KINORA_MAILBOX_INVALID);
	}
}

static void test_sums(void)
{
	uint8_t edid[512] = { 0 };

	for (unsigned int at = 0; at < 512; at++) {
		edid_make(edid, 4);
		edid[at] ^= 1 << at % 8;
		CU_ASSERT_EQUAL(edid_check(edid, 512), KINORA_MAILBOX_CHECKSUM);
	}
	for (unsigned int at = 0; at < 8; at++) {
		edid_make(edid, 1);
		edid[at] ^= 0x10;
		sum_fix(edid, 1);
		CU_ASSERT_EQUAL(edid_check(edid, 128), KINORA_MAILBOX_CHECKSUM);
	}
}

static void test_eeodb(void)
{
	uint8_t edid[512] = { 0 };

	/* byte 126 says one, HF-EEODB two: 384 bytes */
	edid_make(edid, 3);
	eeodb_put(edid, 2);
	sum_fix(edid, 3);
	CU_ASSERT_EQUAL(edid_check(edid, 384), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(edid_blocks(edid, 384), 3);
	CU_ASSERT_EQUAL(edid_check(edid, 256), KINORA_MAILBOX_INVALID);
	edid_make(edid, 4);
	eeodb_put(edid, 3);
	sum_fix(edid, 4);
	CU_ASSERT_EQUAL(edid_check(edid, 512), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(edid_check(edid, 384), KINORA_MAILBOX_INVALID);
	/* it says nothing: byte 126 counts */
	edid_make(edid, 2);
	eeodb_put(edid, 0);
	sum_fix(edid, 2);
	CU_ASSERT_EQUAL(edid_check(edid, 256), KINORA_MAILBOX_OK);
	/* more than the card has room for */
	edid_make(edid, 4);
	eeodb_put(edid, 255);
	sum_fix(edid, 4);
	CU_ASSERT_EQUAL(edid_check(edid, 512), KINORA_MAILBOX_INVALID);
	CU_ASSERT_EQUAL(edid_blocks(edid, 512), 256);

	/* what looks like it and is none: no CTA block, not its first, behind the data, short */
	for (unsigned int i = 0; i < 5; i++) {
		edid_make(edid, 3);
		eeodb_put(edid, 2);
		switch (i) {
		case 0:
			edid[128] = 0x70;
			break;
		case 1:
			memcpy(edid + 132, "\x40\xe2\x78\x02", 4);
			edid[130] = 8;
			break;
		case 2:
			edid[130] = 4;
			break;
		case 3:
			edid[132] = 0xe1;
			break;
		case 4:
			edid[133] = 0x79;
			break;
		}
		sum_fix(edid, 3);
		CU_ASSERT_EQUAL(edid_check(edid, 384), KINORA_MAILBOX_INVALID);
		CU_ASSERT_EQUAL(edid_blocks(edid, 384), 2);
	}
}

/* --- the default EDID --- */

/* Data block of a tag, or of extended tag 7: code; vendor blocks by their OUI. NULL: none. */
static const uint8_t *block_find(unsigned int tag, unsigned int code, uint32_t oui,
				 unsigned int *length)
{
	const uint8_t *cta = edid_default + 128;

	*length = 0;
	for (unsigned int at = 4; at < cta[2]; at += 1 + (cta[at] & 0x1f)) {
		const uint8_t *b = cta + at + 1;

		*length = cta[at] & 0x1f;
		if (cta[at] >> 5 != tag || (tag == 7 && b[0] != code) ||
		    (tag == 3 && (b[0] | b[1] << 8 | (uint32_t)b[2] << 16) != oui))
			continue;
		return b;
	}
	return NULL;
}

static void test_default_base(void)
{
	static const uint8_t preferred[] = { 0x08, 0xe8 };	/* 594 MHz in 10 kHz */
	const uint8_t *e = edid_default;
	unsigned int sum[2] = { 0 };

	CU_ASSERT_EQUAL_FATAL(EDID_DEFAULT_BYTES, 256);
	for (unsigned int i = 0; i < 256; i++)
		sum[i / 128] += e[i];
	CU_ASSERT_EQUAL(sum[0] % 256, 0);
	CU_ASSERT_EQUAL(sum[1] % 256, 0);
	CU_ASSERT_FALSE(memcmp(e, "\x00\xff\xff\xff\xff\xff\xff\x00", 8));
	/* manufacturer: three letters of five bits */
	CU_ASSERT_EQUAL('@' + (e[8] >> 2), 'K');
	CU_ASSERT_EQUAL('@' + ((e[8] & 3) << 3 | e[9] >> 5), 'N');
	CU_ASSERT_EQUAL('@' + (e[9] & 0x1f), 'R');
	CU_ASSERT_EQUAL(e[18], 1);
	CU_ASSERT_EQUAL(e[19], 3);
	CU_ASSERT_EQUAL(e[126], 1);
	/* the first detailed timing: 3840 x 2160 in 4400 x 2250 */
	CU_ASSERT_FALSE(memcmp(e + 54, preferred, sizeof(preferred)));
	CU_ASSERT_EQUAL(e[56] | (e[58] & 0xf0) << 4, 3840);
	CU_ASSERT_EQUAL(e[57] | (e[58] & 0x0f) << 8, 560);
	CU_ASSERT_EQUAL(e[59] | (e[61] & 0xf0) << 4, 2160);
	CU_ASSERT_EQUAL(e[60] | (e[61] & 0x0f) << 8, 90);
	CU_ASSERT_FALSE(memcmp(e + 90, "\x00\x00\x00\xfc\x00Kinora 8K\n   ", 18));
}

static void test_default_rasters(void)
{
	/* CTA-861-H, table 3: 8K, 4K, 1080, 1080i, 720 */
	static const uint8_t wanted[] = {
		194, 195, 196, 93, 94, 95, 96, 97, 114, 117, 118, 16, 31, 32, 33, 34, 63, 64, 111,
		5, 20, 4, 19, 41, 47, 60, 61, 62, 108,
	};
	static const uint8_t only_420[] = { 197, 198, 199 };
	static const uint8_t too_420[] = { 96, 97, 117, 118 };
	unsigned int videos, onlys, maps;
	const uint8_t *video = block_find(2, 0, 0, &videos);
	const uint8_t *only = block_find(7, 0x0e, 0, &onlys);
	const uint8_t *map = block_find(7, 0x0f, 0, &maps);

	CU_ASSERT_PTR_NOT_NULL_FATAL(video);
	CU_ASSERT_PTR_NOT_NULL_FATAL(only);
	CU_ASSERT_PTR_NOT_NULL_FATAL(map);
	CU_ASSERT_EQUAL(videos, sizeof(wanted));
	for (unsigned int i = 0; i < sizeof(wanted); i++)
		CU_ASSERT_PTR_NOT_NULL(memchr(video, wanted[i], videos));
	CU_ASSERT_EQUAL(onlys, 1 + sizeof(only_420));
	for (unsigned int i = 0; i < sizeof(only_420); i++) {
		CU_ASSERT_PTR_NOT_NULL(memchr(only + 1, only_420[i], onlys - 1));
		CU_ASSERT_PTR_NULL(memchr(video, only_420[i], videos));
	}
	/* 8K at 100 and 120 Hz is offered nowhere */
	for (unsigned int vic = 200; vic <= 201; vic++) {
		CU_ASSERT_PTR_NULL(memchr(video, vic, videos));
		CU_ASSERT_PTR_NULL(memchr(only + 1, vic, onlys - 1));
	}
	CU_ASSERT_EQUAL(maps, 2);
	for (unsigned int i = 0; i < videos; i++)
		CU_ASSERT_EQUAL(i < 8 ? map[1] >> i & 1 : 0,
				!!memchr(too_420, video[i], sizeof(too_420)));
}

static void test_default_hdmi(void)
{
	unsigned int length;
	const uint8_t *b = block_find(3, 0, 0x000c03, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(length, 13);
	CU_ASSERT_EQUAL(b[3] << 8 | b[4], 0x1000);	/* physical address 1.0.0.0 */
	CU_ASSERT_EQUAL(b[5], 0x38);			/* 36 and 30 bits, also 4:4:4 */
	CU_ASSERT_EQUAL(b[6] * 5, 340);
	CU_ASSERT_EQUAL(b[7] & 0x0f, 0x0f);		/* graphics, photo, cinema, game */
	CU_ASSERT_EQUAL(b[9] >> 5, 3);			/* HDMI_VICs */

	/* it comes right behind (HDMI 2.1, 10.3.2) */
	CU_ASSERT_EQUAL(b[length], 0x67);
	b = block_find(3, 0, 0xc45dd8, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(length, 7);			/* no DSC: that would be bytes 8 to 10 */
	CU_ASSERT_EQUAL(b[3], 1);
	CU_ASSERT_EQUAL(b[4] * 5, 600);
	CU_ASSERT_EQUAL(b[5], 0x80);			/* SCDC */
	CU_ASSERT_EQUAL(b[6] >> 4, 6);			/* FRL to 4 x 12 Gb/s */
	CU_ASSERT_EQUAL(b[6] & 0x07, 3);		/* 4:2:0 at 30 and 36 bits */

	b = block_find(7, 0x00, 0, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(b[1] & 0xc0, 0xc0);		/* QY, QS */
}

static void test_default_colour_and_sound(void)
{
	unsigned int length;
	const uint8_t *b = block_find(7, 0x05, 0, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(b[1], 0xc0);			/* BT.2020 RGB and YCC, not constant */
	b = block_find(7, 0x06, 0, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(b[1], 1 << 0 | 1 << 2 | 1 << 3);	/* SDR, PQ, HLG */
	CU_ASSERT_EQUAL(b[2], 1);
	b = block_find(1, 0, 0, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_EQUAL(b[0], 1 << 3 | 7);		/* LPCM, 8 channels */
	CU_ASSERT_EQUAL(b[1], 0x7f);
	CU_ASSERT_EQUAL(b[2], 0x07);
	CU_ASSERT_PTR_NOT_NULL(block_find(4, 0, 0, &length));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "taken", test_taken },
		{ "length and count", test_length },
		{ "header and sums", test_sums },
		{ "HF-EEODB", test_eeodb },
		{ "default: base block", test_default_base },
		{ "default: rasters", test_default_rasters },
		{ "default: HDMI", test_default_hdmi },
		{ "default: colour and sound", test_default_colour_and_sound },
		CU_TEST_INFO_NULL,
	};

	return unit_run("edid", tests);
}
