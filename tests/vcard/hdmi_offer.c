// SPDX-License-Identifier: MIT
/*
 * An EDID's blocks, one after the other; a CTA block's data blocks, each by its tag. Numbers are
 * those of CTA-861-I, 7.5, and of HDMI 2.1, 10.3.
 */
#include <errno.h>
#include <string.h>

#include "hdmi_offer.h"

#define BLOCK 128
#define TAG_VIDEO 2
#define TAG_VENDOR 3
#define TAG_EXTENDED 7
#define EXT_VIDEO_CAPABILITY 0x00
#define EXT_COLORIMETRY 0x05
#define EXT_HDR_STATIC 0x06
#define EXT_YCBCR420_VIDEO 0x0e
#define EXT_YCBCR420_MAP 0x0f
#define EXT_EEODB 0x78
#define EXT_SCDB 0x79
#define OUI_HDMI 0x000c03
#define OUI_FORUM 0xc45dd8

/* What is only known when all data blocks were seen. */
struct reading {
	struct hdmi_offer *offer;
	uint8_t listed[128];		/* VICs of the video data blocks, in order */
	unsigned int listed_count;
	bool map, map_all;		/* the 4:2:0 capability map */
	uint8_t map_bits[32];
	unsigned int map_bytes;
};

static void bit_set(uint8_t *map, unsigned int vic)
{
	map[vic / 8] |= 1 << vic % 8;
}

static bool block_good(const uint8_t *block)
{
	uint8_t sum = 0;

	for (unsigned int i = 0; i < BLOCK; i++)
		sum += block[i];
	return !sum;
}

/* CTA-861-I, 7.5.1: bit 7 says "native" for the first 64 only. */
static uint8_t svd_vic(uint8_t svd)
{
	return (svd - 1) & 0x40 ? svd : svd & 0x7f;
}

static void video_read(struct reading *reading, const uint8_t *data, unsigned int length)
{
	for (unsigned int i = 0; i < length; i++) {
		uint8_t vic = svd_vic(data[i]);

		bit_set(reading->offer->vic, vic);
		if (reading->listed_count < sizeof(reading->listed))
			reading->listed[reading->listed_count++] = vic;
	}
}

static void hdmi_read(struct hdmi_offer *offer, const uint8_t *data, unsigned int length)
{
	offer->hdmi = true;
	if (length >= 5)
		offer->physical_address = data[3] << 8 | data[4];
	if (length >= 6) {
		offer->depth_rgb = data[5] & 0x20 ? 12 : data[5] & 0x10 ? 10 : 8;
		offer->depth_444 = data[5] & 0x08 ? offer->depth_rgb : 8;
	}
	if (length >= 7 && data[6] * 5u > offer->tmds_mhz)
		offer->tmds_mhz = data[6] * 5;
}

/* The HDMI Forum's block: data is at its OUI, or at the two bytes that stand there instead. */
static void forum_read(struct hdmi_offer *offer, const uint8_t *data, unsigned int length)
{
	offer->hdmi = true;
	offer->forum = true;
	if (length >= 5 && data[4] * 5u > offer->tmds_mhz)
		offer->tmds_mhz = data[4] * 5;
	if (length >= 6)
		offer->scdc = data[5] & 0x80;
	if (length >= 7) {
		offer->frl = data[6] >> 4 <= 6 ? data[6] >> 4 : 0;
		offer->depth_420 = data[6] & 0x02 ? 12 : data[6] & 0x01 ? 10 : 8;
	}
	if (length >= 8)
		offer->allm = data[7] & 0x02;
}

static void extended_read(struct reading *reading, const uint8_t *data, unsigned int length)
{
	struct hdmi_offer *offer = reading->offer;

	if (!length)
		return;
	switch (data[0]) {
	case EXT_VIDEO_CAPABILITY:
		if (length >= 2) {
			offer->select_ycc = data[1] & 0x80;
			offer->select_rgb = data[1] & 0x40;
		}
		break;
	case EXT_COLORIMETRY:
		if (length >= 2) {
			offer->bt2020_rgb = data[1] & 0x80;
			offer->bt2020_ycc = data[1] & 0x40;
		}
		break;
	case EXT_HDR_STATIC:
		if (length >= 2)
			offer->eotf = data[1];
		break;
	case EXT_YCBCR420_VIDEO:
		for (unsigned int i = 1; i < length; i++) {
			bit_set(offer->vic, svd_vic(data[i]));
			bit_set(offer->vic_420, svd_vic(data[i]));
			bit_set(offer->vic_only, svd_vic(data[i]));
		}
		break;
	case EXT_YCBCR420_MAP:
		reading->map = true;
		reading->map_all = length == 1;
		reading->map_bytes = length - 1 < sizeof(reading->map_bits) ?
					     length - 1 : sizeof(reading->map_bits);
		memcpy(reading->map_bits, data + 1, reading->map_bytes);
		break;
	case EXT_SCDB:
		forum_read(offer, data, length);
		break;
	}
}

static void data_block_read(struct reading *reading, uint8_t tag, const uint8_t *data,
			    unsigned int length)
{
	uint32_t oui;

	switch (tag) {
	case TAG_VIDEO:
		video_read(reading, data, length);
		break;
	case TAG_VENDOR:
		if (length < 3)
			break;
		oui = data[0] | data[1] << 8 | (uint32_t)data[2] << 16;
		if (oui == OUI_HDMI)
			hdmi_read(reading->offer, data, length);
		else if (oui == OUI_FORUM)
			forum_read(reading->offer, data, length);
		break;
	case TAG_EXTENDED:
		extended_read(reading, data, length);
		break;
	}
}

/* VESA E-EDID 3.10.2; CTA-861 gives an interlaced one the lines of a field. */
static void detailed_read(struct hdmi_offer *offer, const uint8_t *d)
{
	bool interlaced = d[17] & 0x80;
	struct hdmi_raster *raster = &offer->detailed[offer->detailed_count];
	unsigned int height = d[5] | (d[7] & 0xf0) << 4;
	unsigned int vblank = d[6] | (d[7] & 0x0f) << 8;

	if ((!d[0] && !d[1]) || offer->detailed_count == HDMI_OFFER_DETAILED)
		return;
	*raster = (struct hdmi_raster){
		.clock_khz = (d[0] | d[1] << 8) * 10,
		.width = d[2] | (d[4] & 0xf0) << 4,
		.height = interlaced ? 2 * height : height,
		.interlaced = interlaced,
	};
	raster->htotal = raster->width + (d[3] | (d[4] & 0x0f) << 8);
	raster->vtotal = interlaced ? 2 * (height + vblank) + 1 : height + vblank;
	offer->detailed_count++;
}

static void cta_read(struct reading *reading, const uint8_t *block)
{
	struct hdmi_offer *offer = reading->offer;
	unsigned int end = block[2], at = 4;

	if (block[1] >= 2) {
		offer->ycbcr444 |= block[3] & 0x20;
		offer->ycbcr422 |= block[3] & 0x10;
	}
	if (!end)
		return;
	if (end < 4 || end > BLOCK - 1)
		end = BLOCK - 1;
	while (at < end) {
		unsigned int length = block[at] & 0x1f;

		if (at + 1 + length > end)
			break;
		data_block_read(reading, block[at] >> 5, block + at + 1, length);
		at += 1 + length;
	}
	for (at = end; at + 18 < BLOCK; at += 18)
		detailed_read(offer, block + at);
}

unsigned int hdmi_offer_blocks(const uint8_t *edid, unsigned int have)
{
	unsigned int blocks = edid[126] + 1;
	const uint8_t *cta = edid + BLOCK;

	/* HF-EEODB: the first data block of the first CTA block (HDMI 2.1, 10.3.6) */
	if (have >= 2 && blocks >= 2 && cta[0] == 2 && cta[1] >= 3 && cta[2] > 6 &&
	    cta[4] == 0xe2 && cta[5] == EXT_EEODB && cta[6])
		blocks = cta[6] + 1;
	return blocks;
}

int hdmi_offer_read(struct hdmi_offer *offer, const uint8_t *edid, unsigned int blocks)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	struct reading reading = { .offer = offer };

	*offer = (struct hdmi_offer){
		.physical_address = 0xffff, .tmds_mhz = 165,
		.depth_rgb = 8, .depth_444 = 8, .depth_420 = 8,
	};
	if (!blocks || memcmp(edid, header, sizeof(header)) || !block_good(edid))
		return -EINVAL;
	for (unsigned int i = 0; i < 4; i++)
		detailed_read(offer, edid + 54 + 18 * i);
	for (unsigned int i = 1; i < blocks; i++) {
		const uint8_t *block = edid + i * BLOCK;

		if (!block_good(block))
			return -EINVAL;
		if (block[0] == 2)
			cta_read(&reading, block);
	}
	for (unsigned int i = 0; reading.map && i < reading.listed_count; i++) {
		if (reading.map_all ||
		    (i / 8 < reading.map_bytes && reading.map_bits[i / 8] >> i % 8 & 1))
			bit_set(offer->vic_420, reading.listed[i]);
	}
	return 0;
}
