// SPDX-License-Identifier: MIT
/*
 * Checks of an EDID: VESA E-EDID 1.4 for header, sums and byte 126; HDMI 2.1a, 10.3.6 for HF-EEODB.
 */
#include "edid.h"

#include <stdbool.h>

#define EXTENSIONS 126		/* byte of the base block: how many other blocks follow */

/*
 * HF-EEODB: for sources that know it, the number of extension blocks, where byte 126 says 1 for the
 * others. It is the first data block of the first extension, which is a CTA one.
 */
static const uint8_t *eeodb_find(const uint8_t *edid, unsigned int bytes)
{
	const uint8_t *cta = edid + KINORA_EDID_BLOCK_BYTES;

	if (bytes < 2 * KINORA_EDID_BLOCK_BYTES)
		return (const uint8_t *)0;
	/* tag, revision; the data blocks end where byte 2 says; extended tag 7, code 78h */
	if (cta[0] != 0x02 || cta[1] < 3 || cta[2] < 7 || cta[4] >> 5 != 7 ||
	    (cta[4] & 0x1f) < 2 || cta[5] != 0x78)
		return (const uint8_t *)0;
	return cta + 6;
}

unsigned int edid_blocks(const uint8_t *edid, unsigned int bytes)
{
	const uint8_t *eeodb = eeodb_find(edid, bytes);

	/* it may not say less than one: then it is as if it were not there */
	if (eeodb && *eeodb)
		return 1 + *eeodb;
	return 1 + edid[EXTENSIONS];
}

static bool block_sum_good(const uint8_t *block)
{
	uint8_t sum = 0;

	for (unsigned int i = 0; i < KINORA_EDID_BLOCK_BYTES; i++)
		sum += block[i];
	return !sum;
}

static bool header_good(const uint8_t *edid)
{
	for (unsigned int i = 1; i < 7; i++)
		if (edid[i] != 0xff)
			return false;
	return !edid[0] && !edid[7];
}

uint16_t edid_check(const uint8_t *edid, unsigned int bytes)
{
	if (bytes > EDID_BYTES)
		return KINORA_MAILBOX_TOO_LARGE;
	if (bytes % KINORA_EDID_BLOCK_BYTES)
		return KINORA_MAILBOX_INVALID;
	if (!bytes)
		return KINORA_MAILBOX_OK;
	if (!header_good(edid))
		return KINORA_MAILBOX_CHECKSUM;
	for (unsigned int at = 0; at < bytes; at += KINORA_EDID_BLOCK_BYTES)
		if (!block_sum_good(edid + at))
			return KINORA_MAILBOX_CHECKSUM;
	if (edid_blocks(edid, bytes) != bytes / KINORA_EDID_BLOCK_BYTES)
		return KINORA_MAILBOX_INVALID;
	return KINORA_MAILBOX_OK;
}
