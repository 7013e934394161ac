/* SPDX-License-Identifier: MIT */
/*
 * What a sink offers, read from its EDID as a source reads it: VESA E-EDID and CTA-861. Only what
 * a source's decision needs.
 */
#ifndef VCARD_HDMI_OFFER_H
#define VCARD_HDMI_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#define HDMI_OFFER_DETAILED 24		/* rasters from detailed timings that are kept */

struct hdmi_raster {
	uint16_t width, height;		/* of a frame */
	uint16_t htotal, vtotal;
	uint32_t clock_khz;
	bool interlaced;
};

struct hdmi_offer {
	bool hdmi;			/* there is an HDMI block; otherwise it is a DVI sink */
	bool forum;			/* and one of the HDMI Forum */
	uint16_t physical_address;	/* CEC; 0xffff: none */
	uint32_t tmds_mhz;		/* characters a second at most */
	uint8_t frl;			/* highest FRL rate, 0: none */
	bool scdc;
	bool ycbcr422, ycbcr444;
	uint8_t depth_rgb, depth_444, depth_420;	/* bits a sample at most */
	bool select_rgb, select_ycc;	/* the quantisation range can be told: QS, QY */
	bool allm;
	uint8_t eotf;			/* CTA-861, HDR static metadata: bit 2 PQ, bit 3 HLG */
	bool bt2020_ycc, bt2020_rgb;
	uint8_t vic[32];		/* bit map: offered */
	uint8_t vic_420[32];		/* bit map: offered as 4:2:0 */
	uint8_t vic_only[32];		/* bit map: in no other way */
	struct hdmi_raster detailed[HDMI_OFFER_DETAILED];
	unsigned int detailed_count;
};

/*
 * Blocks of 128 bytes. 0; -EINVAL when header or checksum are wrong or there is no block at all:
 * then nothing is offered.
 */
int hdmi_offer_read(struct hdmi_offer *offer, const uint8_t *edid, unsigned int blocks);
/* Blocks that an EDID says it has, from its first two; HF-EEODB included. */
unsigned int hdmi_offer_blocks(const uint8_t *edid, unsigned int have);

static inline bool hdmi_offer_bit(const uint8_t *map, unsigned int vic)
{
	return vic < 256 && map[vic / 8] >> vic % 8 & 1;
}

#endif
