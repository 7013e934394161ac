// SPDX-License-Identifier: MIT
/*
 * The pieces an EDID is made of: checksums, CTA data blocks, detailed timings, texts. Everything
 * here takes any bytes: lengths come from the block and are held against its end.
 */
#include <string.h>

#include "edid_parts.h"

uint8_t edid_checksum(const uint8_t block[KINORA_EDID_BLOCK])
{
	unsigned int sum = 0, i;

	for (i = 0; i < KINORA_EDID_BLOCK - 1; i++)
		sum += block[i];
	return (uint8_t)-sum;
}

unsigned int kinora_edid_fix_checksums(struct kinora_edid *edid)
{
	unsigned int wrong = 0;
	size_t at;

	for (at = 0; at + KINORA_EDID_BLOCK <= edid->size; at += KINORA_EDID_BLOCK) {
		uint8_t *block = edid->bytes + at;
		uint8_t sum = edid_checksum(block);

		wrong += block[KINORA_EDID_BLOCK - 1] != sum;
		block[KINORA_EDID_BLOCK - 1] = sum;
	}
	return wrong;
}

/* ------------------------------------------------------- CTA data blocks */

unsigned int edid_items_end(const uint8_t *block)
{
	/* CTA-861-I 7.5: 0 means neither data blocks nor timings; revisions 1, 2 have no blocks. */
	if (block[1] < 3 || block[2] < EDID_CTA_FIRST || block[2] > KINORA_EDID_BLOCK - 1)
		return EDID_CTA_FIRST;
	return block[2];
}

bool edid_item_next(const uint8_t *block, unsigned int *at, struct edid_item *item)
{
	unsigned int end = edid_items_end(block), length;

	if (*at >= end)
		return false;
	length = block[*at] & 0x1f;
	if (*at + 1 + length > end)
		return false;
	memset(item, 0, sizeof(*item));
	item->tag = block[*at] >> 5;
	memcpy(item->bytes, block + *at + 1, length);
	item->length = (uint8_t)length;
	*at += 1 + length;
	if (item->tag == 7 && length) {
		item->tag = 0x100 | item->bytes[0];
		item->length--;
		memmove(item->bytes, item->bytes + 1, length - 1);
	}
	return true;
}

uint32_t edid_item_oui(const struct edid_item *item)
{
	if (item->length < 3 || (item->tag != EDID_VENDOR && item->tag != EDID_VENDOR_VIDEO))
		return 0;
	return item->bytes[0] | (uint32_t)item->bytes[1] << 8 | (uint32_t)item->bytes[2] << 16;
}

const char *edid_item_name(const struct edid_item *item)
{
	switch (item->tag) {
	case EDID_AUDIO:
		return "Audio Data Block";
	case EDID_VIDEO:
		return "Video Data Block";
	case EDID_VENDOR:
		switch (edid_item_oui(item)) {
		case EDID_OUI_HDMI:
			return "HDMI Vendor-Specific Data Block";
		case EDID_OUI_FORUM:
			return "HDMI Forum Vendor-Specific Data Block";
		default:
			return "Vendor-Specific Data Block";
		}
	case EDID_SPEAKER:
		return "Speaker Allocation Data Block";
	case 5:
		return "VESA Display Transfer Characteristic Data Block";
	case EDID_VCDB:
		return "Video Capability Data Block";
	case EDID_VENDOR_VIDEO:
		return "Vendor-Specific Video Data Block";
	case 0x102:
		return "VESA Display Device Data Block";
	case EDID_COLORIMETRY:
		return "Colorimetry Data Block";
	case EDID_HDR_STATIC:
		return "HDR Static Metadata Data Block";
	case EDID_HDR_DYNAMIC:
		return "HDR Dynamic Metadata Data Block";
	case EDID_VFPDB:
		return "Video Format Preference Data Block";
	case EDID_Y420_VIDEO:
		return "YCbCr 4:2:0 Video Data Block";
	case EDID_Y420_CAPABILITY:
		return "YCbCr 4:2:0 Capability Map Data Block";
	case 0x111:
		return "Vendor-Specific Audio Data Block";
	case 0x112:
		return "HDMI Audio Data Block";
	case 0x113:
		return "Room Configuration Data Block";
	case 0x114:
		return "Speaker Location Data Block";
	case 0x120:
		return "InfoFrame Data Block";
	case 0x122:
	case 0x123:
	case 0x12a:
		return "DisplayID Video Timing Data Block";
	case EDID_EEODB:
		return "HDMI Forum EDID Extension Override Data Block";
	case EDID_FORUM_SINK:
		return "HDMI Forum Sink Capability Data Block";
	case 0x17a:
		return "HDMI Forum Source-Based Tone Mapping Data Block";
	default:
		return "unknown data block";
	}
}

uint8_t edid_svd_vic(uint8_t svd, bool *native)
{
	/* 1 to 64 with a native bit; from 65 on all eight bits are the VIC. */
	*native = svd >= 129 && svd <= 192;
	return *native ? svd & 0x7f : svd;
}

/* ------------------------------------------------------ detailed timings */

void edid_timing_read(const uint8_t *dtd, struct edid_timing *timing)
{
	unsigned int lines;

	memset(timing, 0, sizeof(*timing));
	timing->clock_khz = (dtd[0] | (uint32_t)dtd[1] << 8) * 10;
	if (!timing->clock_khz)
		return;
	timing->width = (uint16_t)(dtd[2] | (dtd[4] & 0xf0) << 4);
	timing->hblank = (uint16_t)(dtd[3] | (dtd[4] & 0x0f) << 8);
	timing->height = (uint16_t)(dtd[5] | (dtd[7] & 0xf0) << 4);
	timing->vblank = (uint16_t)(dtd[6] | (dtd[7] & 0x0f) << 8);
	timing->hfront = (uint16_t)(dtd[8] | (dtd[11] & 0xc0) << 2);
	timing->hsync = (uint16_t)(dtd[9] | (dtd[11] & 0x30) << 4);
	timing->vfront = (uint16_t)(dtd[10] >> 4 | (dtd[11] & 0x0c) << 2);
	timing->vsync = (uint16_t)((dtd[10] & 0x0f) | (dtd[11] & 0x03) << 4);
	timing->interlaced = dtd[17] & 0x80;
	lines = (unsigned int)timing->height + timing->vblank;
	if (timing->interlaced) {	/* the bytes are about one field; its blanking has a half */
		timing->height = (uint16_t)(timing->height * 2);
		timing->vblank = (uint16_t)(timing->vblank * 2 + 1);
	}
	if (lines && timing->width + timing->hblank)
		timing->hz = timing->clock_khz * 1000.0 / (timing->width + timing->hblank) /
			     (lines + (timing->interlaced ? 0.5 : 0));
}

void edid_timing_write(uint8_t *dtd, const struct kinora_video_mode *mode)
{
	bool interlaced = mode->flags & EDID_MODE_INTERLACED;
	unsigned int height = interlaced ? mode->height / 2 : mode->height;
	unsigned int hblank = mode->hfront + mode->hsync + mode->hback;
	unsigned int vblank = mode->vfront + mode->vsync + mode->vback;
	uint32_t clock = mode->clock_khz / 10;

	memset(dtd, 0, EDID_DTD_BYTES);
	dtd[0] = clock & 0xff;
	dtd[1] = clock >> 8 & 0xff;
	dtd[2] = mode->width & 0xff;
	dtd[3] = hblank & 0xff;
	dtd[4] = (uint8_t)(mode->width >> 8 << 4 | hblank >> 8);
	dtd[5] = height & 0xff;
	dtd[6] = vblank & 0xff;
	dtd[7] = (uint8_t)(height >> 8 << 4 | vblank >> 8);
	dtd[8] = mode->hfront & 0xff;
	dtd[9] = mode->hsync & 0xff;
	dtd[10] = (uint8_t)((mode->vfront & 0xf) << 4 | (mode->vsync & 0xf));
	dtd[11] = (uint8_t)((mode->hfront >> 8 & 3) << 6 | (mode->hsync >> 8 & 3) << 4 |
			    (mode->vfront >> 4 & 3) << 2 | (mode->vsync >> 4 & 3));
	/* digital separate sync; the image size stays 0, which is "unknown" */
	dtd[17] = (uint8_t)((interlaced ? 0x80 : 0) | 0x18 |
			    (mode->flags & EDID_MODE_POSITIVE ? 0x06 : 0));
}

const struct kinora_video_mode *edid_timing_mode(const struct edid_timing *timing)
{
	const struct kinora_video_mode *mode, *found = NULL;
	unsigned int i;

	for (i = 0; (mode = kinora_video_mode_at(i)); i++) {
		bool interlaced = mode->flags & EDID_MODE_INTERLACED;
		unsigned int scale = interlaced ? 2 : 1;

		if (mode->width != timing->width || mode->height != timing->height ||
		    interlaced != timing->interlaced || mode->hfront != timing->hfront ||
		    mode->hsync != timing->hsync || mode->vfront != timing->vfront ||
		    mode->hfront + mode->hsync + mode->hback != timing->hblank ||
		    (mode->vfront + mode->vsync + mode->vback) * scale + interlaced !=
			    timing->vblank ||
		    mode->clock_khz / 10 != timing->clock_khz / 10)
			continue;
		if (!found || mode->aspect_w * 9 == mode->aspect_h * 16)
			found = mode;
	}
	return found;
}

const char *edid_timing_text(const struct edid_timing *timing, char text[KINORA_MODE_TEXT])
{
	const struct kinora_video_mode *mode = edid_timing_mode(timing);

	if (mode)
		return kinora_video_mode_text(mode, text);
	snprintf(text, KINORA_MODE_TEXT, "%ux%u%c%.2f", timing->width, timing->height,
		 timing->interlaced ? 'i' : 'p', timing->hz);
	return text;
}

/* ------------------------------------------------------------- bandwidth */

/*
 * HDMI 2.1: what is left of an FRL link's raw rate behind 16b/18b, framing, error correction and
 * tolerances, in Mb/s: four characters in 510 of a lane, Reed-Solomon, 0.3 %.
 */
static const uint32_t frl_mbits[] = { 0, 7829, 15658, 20868, 27823, 34779, 41735 };

enum edid_fit edid_mode_fit(const struct kinora_video_mode *mode, unsigned int frl,
			    unsigned int tmds_mhz)
{
	uint64_t room = frl < 7 ? (uint64_t)frl_mbits[frl] * 1000 * 1000 : 0;
	uint64_t rgb = (uint64_t)mode->clock_khz * 1000 * 24;	/* 8 bit, blanking and all */
	/* In 4:2:0 blanking is compressed to what its packets need: a tenth is plenty. */
	uint64_t active = (uint64_t)mode->width * mode->height * mode->hz * 12 / 10 * 11;

	/* TMDS carries 4:2:0 at half the character rate (HDMI 2.0, 7.1). */
	if (mode->clock_khz <= tmds_mhz * 1000 || rgb <= room)
		return EDID_FITS_RGB;
	if (mode->clock_khz / 2 <= tmds_mhz * 1000 || active <= room)
		return EDID_FITS_420;
	return EDID_FITS_NOT;
}

/* ------------------------------------------------------------------ texts */

void edid_base_text(const uint8_t *base, uint8_t tag, char text[14])
{
	unsigned int at, i;

	text[0] = '\0';
	for (at = 54; at <= 108; at += EDID_DTD_BYTES) {
		if (base[at] || base[at + 1] || base[at + 3] != tag)
			continue;
		for (i = 0; i < 13 && base[at + 5 + i] != '\n'; i++) {
			uint8_t c = base[at + 5 + i];

			text[i] = (char)(c >= 0x20 && c < 0x7f ? c : '?');
		}
		while (i && text[i - 1] == ' ')
			i--;
		text[i] = '\0';
		return;
	}
}
