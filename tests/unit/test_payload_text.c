// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/payload.c */
/*
 * Description: payload ids in words, as `kinora status` shows them. The words of an id are written
 * from ST 352 and the standards of its code; and every code that the card can receive has some.
 */
#include <stdint.h>
#include <string.h>

#include "kinora.h"
#include "unit.h"

#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

static void test_words(void)
{
	static const struct {
		uint32_t id;
		const char *words;
	} v[] = {
		{ ID(0xd2, 0xd9, 0xa0, 0x21),
		  "4320p on quad-link 12G-SDI (ST 2082-12), 50, HLG, BT.2020, 4:2:2, 10 bit" },
		{ ID(0x85, 0x05, 0x20, 0x01),
		  "1080 on 1.5G-SDI (ST 292-1), 25, SDR, BT.709, 4:2:2, 10 bit" },
		{ ID(0x85, 0x15, 0xa0, 0x03),
		  "1080 on 1.5G-SDI (ST 292-1), 25, HLG, BT.2020, 4:2:2, 10 bit full range" },
		/* ST 292-1: bit 5 of byte 3 is no colorimetry, and 0 in byte 4 is 8 bits */
		{ ID(0x84, 0x49, 0x00, 0x01),
		  "720p on 1.5G-SDI (ST 292-1), 50, SDR, BT.709, 4:2:2, 10 bit" },
		{ ID(0x84, 0xc9, 0x20, 0x00),
		  "720p on 1.5G-SDI (ST 292-1), 50, SDR, BT.709, 4:2:2, 8 bit" },
		{ ID(0x8c, 0x05, 0x20, 0x00),
		  "1080 on 3G-SDI level B dual-stream (ST 425-1), 25, SDR, BT.709, 4:2:2, 8 bit" },
		{ ID(0x89, 0xc9, 0x80, 0x00),
		  "1080 on 3G-SDI level A (ST 425-1), 50, SDR, BT.709, 4:2:2, 10 bit full range" },
		{ 0, "none" },
		{ ID(0xff, 0, 0, 0), "unknown standard 0xff" },
	};
	char text[KINORA_PAYLOAD_TEXT];

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		CU_ASSERT_STRING_EQUAL(kinora_payload_text(v[i].id, text), v[i].words);
}

/* SMPTE registry: what arrives on HD, 3G, 6G, 12G and 24G links. */
static void test_codes(void)
{
	static const uint8_t codes[] = {
		0x84, 0x85, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x94, 0x95, 0x96, 0x97, 0x98, 0xc0,
		0xc1, 0xc2, 0xc4, 0xc5, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xdf, 0xe0, 0xe1, 0xe2,
		0xe3,
	};
	char text[KINORA_PAYLOAD_TEXT];

	for (size_t i = 0; i < sizeof(codes); i++) {
		CU_ASSERT_PTR_NOT_NULL(kinora_payload_interface(codes[i]));
		CU_ASSERT_PTR_NULL(strstr(kinora_payload_text(codes[i], text), "unknown standard"));
		/* the longest words there are fit */
		kinora_payload_text(ID(codes[i], 0xf4, 0xb8, 0x03), text);
		CU_ASSERT(strlen(text) < KINORA_PAYLOAD_TEXT - 1);
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "words", test_words },
		{ "every code", test_codes },
		CU_TEST_INFO_NULL,
	};

	return unit_run("payload text", tests);
}
