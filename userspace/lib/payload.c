// SPDX-License-Identifier: MIT
/*
 * SMPTE ST 352 payload ids in words. Byte 1 is in bits 7:0.
 *
 * Byte 2 codes 0xE and 0xF are 120 Hz and 120/1.001 Hz; which is which differs between documents in
 * the field, so neither is named closer than "120 Hz family": the rate is measured, not read.
 */
#include <string.h>

#include "kinora.h"

struct standard {
	uint8_t code;			/* byte 1 */
	bool layout_b;			/* colorimetry in bits 7 and 4 of byte 3, not in 5:4 */
	const char *picture;
	const char *interface;
};

/* SMPTE registry of ST 352 byte 1. */
static const struct standard standards[] = {
	{ 0x84, true, "720p", "1.5G-SDI (ST 292-1)" },
	{ 0x85, true, "1080", "1.5G-SDI (ST 292-1)" },
	{ 0x87, true, "1080", "dual-link 1.5G-SDI (ST 372)" },
	{ 0x88, false, "720p", "3G-SDI level A (ST 425-1)" },
	{ 0x89, false, "1080", "3G-SDI level A (ST 425-1)" },
	{ 0x8a, true, "1080", "3G-SDI level B (ST 425-1)" },
	{ 0x8b, true, "720p", "3G-SDI level B dual-stream (ST 425-1)" },
	{ 0x8c, true, "1080", "3G-SDI level B dual-stream (ST 425-1)" },
	{ 0x94, false, "1080", "dual-link 3G-SDI level A (ST 425-3)" },
	{ 0x95, true, "1080", "dual-link 3G-SDI level B (ST 425-3)" },
	{ 0x96, true, "2160p", "dual-link 3G-SDI level B (ST 425-3)" },
	{ 0x97, false, "2160p", "quad-link 3G-SDI level A (ST 425-5)" },
	{ 0x98, true, "2160p", "quad-link 3G-SDI level B (ST 425-5)" },
	{ 0xc0, false, "2160p", "6G-SDI (ST 2081-10)" },
	{ 0xc1, false, "1080p", "6G-SDI (ST 2081-10)" },
	{ 0xc2, false, "2160p", "dual-link 6G-SDI (ST 2081-11)" },
	{ 0xc4, false, "4320p", "quad-link 6G-SDI (ST 2081-12)" },
	{ 0xc5, false, "2160p", "quad-link 6G-SDI (ST 2081-12)" },
	{ 0xce, false, "2160p", "12G-SDI (ST 2082-10)" },
	{ 0xcf, false, "1080p", "12G-SDI (ST 2082-10)" },
	{ 0xd0, false, "4320p", "dual-link 12G-SDI (ST 2082-11)" },
	{ 0xd1, false, "2160p", "dual-link 12G-SDI (ST 2082-11)" },
	{ 0xd2, false, "4320p", "quad-link 12G-SDI (ST 2082-12)" },
	{ 0xd3, false, "2160p", "quad-link 12G-SDI (ST 2082-12)" },
	{ 0xdf, false, "4320p", "24G-SDI (ST 2083)" },
	{ 0xe0, false, "2160p", "24G-SDI (ST 2083)" },
	{ 0xe1, false, "4320p", "dual-link 24G-SDI (ST 2083)" },
	{ 0xe2, false, "2160p", "dual-link 24G-SDI (ST 2083)" },
	{ 0xe3, false, "4320p", "quad-link 24G-SDI (ST 2083)" },
};

/* Byte 2 bits 3:0. */
static const char *const rates[16] = {
	"no rate", "96000/1001", "24000/1001", "24", "48000/1001", "25", "30000/1001", "30",
	"48",	   "50",	 "60000/1001", "60", "96",	   "100", "120 Hz family",
	"120 Hz family",
};

/* Byte 2 bits 5:4, as enum kinora_curve. */
static const char *const curves[4] = { "SDR", "HLG", "PQ", "unspecified transfer" };

/* Byte 3. */
static const char *const colorimetries[4] = { "BT.709", "colour VANC", "BT.2020",
					      "unknown colour" };
static const char *const samplings[16] = {
	"4:2:2", "4:4:4", "4:4:4 GBR", "4:2:0", "4:2:2:4 A", "4:4:4:4 A", "GBR A", NULL,
	"4:2:2:4 D", "4:4:4:4 D", "GBR D", NULL, NULL, NULL, "XYZ", "XYZ",
};

static const struct standard *standard_find(uint32_t payload_id)
{
	size_t i;

	for (i = 0; i < sizeof(standards) / sizeof(standards[0]); i++)
		if (standards[i].code == (payload_id & 0xff))
			return &standards[i];
	return NULL;
}

const char *kinora_payload_interface(uint32_t payload_id)
{
	const struct standard *standard = standard_find(payload_id);

	return standard ? standard->interface : NULL;
}

static const char *depth_text(uint8_t byte1, uint8_t byte4)
{
	static const char *const depths[2][4] = {
		{ "10 bit full range", "10 bit", "12 bit", "12 bit full range" },
		{ "8 bit", "10 bit", "reserved depth", "10 bit full range" }, /* ST 292-1 */
	};

	/* and what is made of its streams: 8B, 8C */
	return depths[byte1 == 0x84 || byte1 == 0x85 || byte1 == 0x8b || byte1 == 0x8c][byte4 & 3];
}

const char *kinora_payload_text(uint32_t payload_id, char text[KINORA_PAYLOAD_TEXT])
{
	const struct standard *standard = standard_find(payload_id);
	uint8_t byte2 = payload_id >> 8 & 0xff, byte3 = payload_id >> 16 & 0xff;
	unsigned int colorimetry = byte3 >> 4 & 3;
	const char *sampling = samplings[byte3 & 0xf];

	if (!payload_id) {
		snprintf(text, KINORA_PAYLOAD_TEXT, "none");
		return text;
	}
	if (!standard) {
		snprintf(text, KINORA_PAYLOAD_TEXT, "unknown standard 0x%02x", payload_id & 0xff);
		return text;
	}
	if (standard->layout_b)
		colorimetry = (byte3 >> 6 & 2) | (byte3 >> 4 & 1);
	snprintf(text, KINORA_PAYLOAD_TEXT, "%s on %s, %s, %s, %s, %s, %s", standard->picture,
		 standard->interface, rates[byte2 & 0xf], curves[byte2 >> 4 & 3],
		 colorimetries[colorimetry], sampling ? sampling : "unknown sampling",
		 depth_text(payload_id & 0xff, payload_id >> 24));
	return text;
}
