/* SPDX-License-Identifier: MIT */
/*
 * The words for what an EDID's bits say, as text and JSON both use them.
 */
#ifndef KINORA_LIB_EDID_WORDS_H
#define KINORA_LIB_EDID_WORDS_H

#include <jansson.h>

#include "edid_parts.h"

struct edid_bits {
	unsigned int bit;
	const char *name;		/* NULL ends a table */
};

extern const struct edid_bits edid_cta_flags[];
extern const struct edid_bits edid_audio_rates[], edid_audio_depths[];
extern const struct edid_bits edid_speakers[];
extern const struct edid_bits edid_hdmi_depths[];
extern const struct edid_bits edid_forum_flags[], edid_forum_depths[], edid_forum_gaming[],
	edid_forum_dsc[];
extern const struct edid_bits edid_vcdb[], edid_colorimetries[], edid_eotfs[];

/* Bytes 35 to 37 of the base block, from the highest bit of the first on. */
#define EDID_ESTABLISHED 17
extern const char *const edid_established[EDID_ESTABLISHED];

/* Three letters of bytes 8 and 9. */
const char *edid_manufacturer(const uint8_t *base, char id[4]);
/* Two bytes; revision of the EDID tells what aspect 0 means. false: unused. */
bool edid_standard_timing(const uint8_t *bytes, uint8_t revision, unsigned int *width,
			  unsigned int *height, unsigned int *hz);

struct edid_range {
	unsigned int min_hz, max_hz, min_khz, max_khz;
	unsigned int max_mhz;		/* pixel clock; 0: not told */
};
bool edid_range_read(const uint8_t *base, struct edid_range *range);

/* A short audio descriptor, CTA-861-I 7.5.2. */
struct edid_audio {
	unsigned int format, channels, rates, detail;
	bool linear;			/* PCM: detail is of depths */
	const char *name;
};
void edid_audio_read(const uint8_t bytes[3], struct edid_audio *audio);

const char *edid_frl_text(unsigned int rate);	/* "4 lanes of 12 Gb/s" */
double edid_luminance(uint8_t code);		/* cd/m2, CTA-861.3 */
const char *edid_oui_name(uint32_t oui);	/* NULL: not known */
const char *edid_extension_name(uint8_t tag);

/* All short video descriptors of all Video Data Blocks in order: what 4:2:0 maps count. */
struct edid_svds {
	unsigned int count;
	uint8_t vic[3 * EDID_CTA_ROOM];
	bool native[3 * EDID_CTA_ROOM];
};
void edid_svds_read(const struct kinora_edid *edid, struct edid_svds *svds);

/* All of it as JSON, findings included; NULL: out of memory. */
json_t *edid_to_json(const struct kinora_edid *edid);

#endif
