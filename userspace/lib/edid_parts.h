/* SPDX-License-Identifier: MIT */
/*
 * What the EDID parts share: the layout of the blocks (VESA E-EDID 1.4, CTA-861-I), the facts that
 * the parser finds, and the document that the editor changes.
 */
#ifndef KINORA_LIB_EDID_PARTS_H
#define KINORA_LIB_EDID_PARTS_H

#include "kinora.h"

#define EDID_MODE_INTERLACED 1
#define EDID_MODE_POSITIVE 2		/* both sync pulses */

#define EDID_BLOCKS_MAX (KINORA_EDID_BYTES_MAX / KINORA_EDID_BLOCK)
#define EDID_TAG_CTA 0x02		/* byte 0 of an extension block */
#define EDID_DTD_BYTES 18
#define EDID_CTA_FIRST 4		/* data blocks begin here */
#define EDID_CTA_ROOM 123		/* for data blocks and detailed timings */

/* Tags of CTA data blocks; extended ones, behind tag 7, with 0x100. */
#define EDID_AUDIO 1
#define EDID_VIDEO 2
#define EDID_VENDOR 3
#define EDID_SPEAKER 4
#define EDID_VCDB 0x100
#define EDID_VENDOR_VIDEO 0x101
#define EDID_COLORIMETRY 0x105
#define EDID_HDR_STATIC 0x106
#define EDID_HDR_DYNAMIC 0x107
#define EDID_VFPDB 0x10d
#define EDID_Y420_VIDEO 0x10e
#define EDID_Y420_CAPABILITY 0x10f
#define EDID_EEODB 0x178
#define EDID_FORUM_SINK 0x179		/* HF-SCDB */

#define EDID_OUI_HDMI 0x000c03
#define EDID_OUI_FORUM 0xc45dd8

/* Byte 3 of a CTA block. */
#define EDID_CTA_UNDERSCAN 0x80
#define EDID_CTA_BASIC_AUDIO 0x40
#define EDID_CTA_444 0x20
#define EDID_CTA_422 0x10

/* HF-VSDB, bytes behind the OUI. */
#define EDID_FORUM_TMDS 1		/* 5 MHz */
#define EDID_FORUM_FLAGS 2
#define EDID_FORUM_SCDC 0x80
#define EDID_FORUM_FRL 3		/* 7:4 Max_FRL_Rate, 2:0 deep colour in 4:2:0 */

/* Blocks of an EDID by its size; the last may be cut short. */
static inline unsigned int edid_blocks(const struct kinora_edid *edid)
{
	return (unsigned int)((edid->size + KINORA_EDID_BLOCK - 1) / KINORA_EDID_BLOCK);
}

/* What the last byte of a block has to be. */
uint8_t edid_checksum(const uint8_t block[KINORA_EDID_BLOCK]);

/* One CTA data block where it lies. */
struct edid_item {
	unsigned int block;		/* of the EDID, from 1 */
	unsigned int tag;		/* EDID_*; others as they come */
	uint8_t length;			/* bytes of payload, without the extended tag */
	uint8_t bytes[31];
};

/*
 * The next data block of a CTA block from *at on, which starts as EDID_CTA_FIRST and is moved
 * behind it. false: there is none, or what is there runs over the end; then *at is short of the
 * block's DTD offset.
 */
bool edid_item_next(const uint8_t *block, unsigned int *at, struct edid_item *item);
/* Where the data blocks end: byte 2, or where there is room for nothing. */
unsigned int edid_items_end(const uint8_t *block);
/* OUI of a vendor-specific block; 0: too short. */
uint32_t edid_item_oui(const struct edid_item *item);
/* "Video Data Block"; the name CTA-861 has for it. */
const char *edid_item_name(const struct edid_item *item);

/* A short video descriptor, CTA-861-I 7.5.1: the VIC, and if it is native. */
uint8_t edid_svd_vic(uint8_t svd, bool *native);

/* A detailed timing. 0 kHz: the 18 bytes are a display descriptor. */
struct edid_timing {
	uint32_t clock_khz;
	uint16_t width, height, hblank, vblank; /* lines of a frame, also when interlaced */
	uint16_t hfront, hsync, vfront, vsync;
	bool interlaced;
	double hz;			/* fields, if interlaced */
};
void edid_timing_read(const uint8_t *dtd, struct edid_timing *timing);
void edid_timing_write(uint8_t *dtd, const struct kinora_video_mode *mode);
/* The VIC's own timing? Then its mode, else NULL. */
const struct kinora_video_mode *edid_timing_mode(const struct edid_timing *timing);
/* "2160p60", or "2560x1440p59.95". */
const char *edid_timing_text(const struct edid_timing *timing, char text[KINORA_MODE_TEXT]);

/* Can the mode cross an FRL link of this rate (0: TMDS of tmds_mhz) at 8 bit? */
enum edid_fit {
	EDID_FITS_RGB,			/* 4:4:4, 8 bit */
	EDID_FITS_420,			/* 4:2:0, 8 bit, alone */
	EDID_FITS_NOT,
};
enum edid_fit edid_mode_fit(const struct kinora_video_mode *mode, unsigned int frl,
			    unsigned int tmds_mhz);

/* A text descriptor of the base block (0xfc name, 0xff serial, 0xfe text); "": none. */
void edid_base_text(const uint8_t *base, uint8_t tag, char text[14]);

/* ---- the editor's view ---- */

#define EDID_ITEMS_MAX 64
#define EDID_DTDS_MAX 21

struct edid_doc {
	uint8_t base[KINORA_EDID_BLOCK];
	uint8_t flags;			/* EDID_CTA_*, and native timings in 3:0 */
	bool has_cta;
	bool override;			/* HF-EEODB counts the blocks; byte 126 says 1 */
	struct edid_item items[EDID_ITEMS_MAX]; /* without HF-EEODB */
	unsigned int item_count;
	struct {
		unsigned int block;
		uint8_t bytes[EDID_DTD_BYTES];
	} dtds[EDID_DTDS_MAX];		/* of CTA blocks */
	unsigned int dtd_count;
	uint8_t other[EDID_BLOCKS_MAX - 1][KINORA_EDID_BLOCK]; /* extensions but CTA */
	unsigned int other_count;
};

/* -EINVAL with a message: damaged. */
int edid_doc_read(struct edid_doc *doc, const struct kinora_edid *edid);
/* Data blocks keep their order, and their block as long as they fit. -ENOSPC: over 512 bytes. */
int edid_doc_write(const struct edid_doc *doc, struct kinora_edid *edid);
/* The first data block of a tag (and OUI, when not 0), or NULL. */
struct edid_item *edid_doc_find(struct edid_doc *doc, unsigned int tag, uint32_t oui);
/* A new one, empty, in front of at (NULL: last); NULL: there are too many. */
struct edid_item *edid_doc_insert(struct edid_doc *doc, struct edid_item *at, unsigned int tag);
void edid_doc_remove(struct edid_doc *doc, struct edid_item *item);

#endif
