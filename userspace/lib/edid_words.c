// SPDX-License-Identifier: MIT
/*
 * Tables of what an EDID's bits mean: VESA E-EDID 1.4, CTA-861-I, HDMI 2.1 10.3.
 */
#include <math.h>
#include <string.h>

#include "edid_words.h"

const struct edid_bits edid_cta_flags[] = {
	{ EDID_CTA_UNDERSCAN, "underscanned IT formats" },
	{ EDID_CTA_BASIC_AUDIO, "basic audio" },
	{ EDID_CTA_444, "YCbCr 4:4:4" },
	{ EDID_CTA_422, "YCbCr 4:2:2" },
	{ 0, NULL },
};

const struct edid_bits edid_audio_rates[] = {
	{ 0x01, "32" }, { 0x02, "44.1" }, { 0x04, "48" },  { 0x08, "88.2" },
	{ 0x10, "96" }, { 0x20, "176.4" }, { 0x40, "192" }, { 0, NULL },
};

const struct edid_bits edid_audio_depths[] = {
	{ 0x01, "16" }, { 0x02, "20" }, { 0x04, "24" }, { 0, NULL },
};

const struct edid_bits edid_speakers[] = {
	{ 0x01, "FL/FR" }, { 0x02, "LFE1" }, { 0x04, "FC" }, { 0x08, "BL/BR" },
	{ 0x10, "BC" }, { 0x20, "FLc/FRc" }, { 0x40, "RLC/RRC" }, { 0x80, "FLw/FRw" },
	{ 0, NULL },
};

const struct edid_bits edid_hdmi_depths[] = {
	{ 0x40, "16 bit" }, { 0x20, "12 bit" }, { 0x10, "10 bit" }, { 0x08, "YCbCr 4:4:4 too" },
	{ 0, NULL },
};

const struct edid_bits edid_forum_flags[] = {
	{ 0x80, "SCDC" }, { 0x40, "read request" }, { 0x20, "cable status" },
	{ 0x10, "colour content bits" }, { 0x08, "scrambling at 340 Mcsc and below" },
	{ 0x04, "3D independent view" }, { 0x02, "3D dual view" }, { 0x01, "3D OSD disparity" },
	{ 0, NULL },
};

const struct edid_bits edid_forum_depths[] = {
	{ 0x04, "16 bit" }, { 0x02, "12 bit" }, { 0x01, "10 bit" }, { 0, NULL },
};

const struct edid_bits edid_forum_gaming[] = {
	{ 0x40, "QMS" }, { 0x20, "negative M_VRR" }, { 0x08, "CNMVRR" },
	{ 0x04, "fast vactive" }, { 0x02, "auto low latency mode" }, { 0, NULL },
};

const struct edid_bits edid_forum_dsc[] = {
	{ 0x80, "DSC 1.2a" }, { 0x40, "DSC of 4:2:0" }, { 0x04, "DSC of 16 bit" },
	{ 0x02, "DSC of 12 bit" }, { 0x01, "DSC of 10 bit" }, { 0, NULL },
};

const struct edid_bits edid_vcdb[] = {
	{ 0x80, "YCbCr range selectable" }, { 0x40, "RGB range selectable" }, { 0, NULL },
};

const struct edid_bits edid_colorimetries[] = {
	{ 0x0001, "xvYCC601" }, { 0x0002, "xvYCC709" }, { 0x0004, "sYCC601" },
	{ 0x0008, "opYCC601" }, { 0x0010, "opRGB" }, { 0x0020, "BT.2020 cYCC" },
	{ 0x0040, "BT.2020 YCC" }, { 0x0080, "BT.2020 RGB" }, { 0x1000, "default RGB" },
	{ 0x2000, "sRGB" }, { 0x4000, "ICtCp" }, { 0x8000, "DCI-P3" }, { 0, NULL },
};

const struct edid_bits edid_eotfs[] = {
	{ 0x01, "SDR" }, { 0x02, "HDR by gamma" }, { 0x04, "PQ" }, { 0x08, "HLG" }, { 0, NULL },
};

const char *const edid_established[EDID_ESTABLISHED] = {
	"720x400p70", "720x400p88", "640x480p60", "640x480p67", "640x480p72", "640x480p75",
	"800x600p56", "800x600p60", "800x600p72", "800x600p75", "832x624p75", "1024x768i87",
	"1024x768p60", "1024x768p70", "1024x768p75", "1280x1024p75", "1152x870p75",
};

const char *edid_manufacturer(const uint8_t *base, char id[4])
{
	unsigned int code = (unsigned int)base[8] << 8 | base[9], i;

	for (i = 0; i < 3; i++) {
		unsigned int letter = code >> (10 - 5 * i) & 0x1f;

		id[i] = (char)(letter >= 1 && letter <= 26 ? 'A' + letter - 1 : '?');
	}
	id[3] = '\0';
	return id;
}

bool edid_standard_timing(const uint8_t *bytes, uint8_t revision, unsigned int *width,
			  unsigned int *height, unsigned int *hz)
{
	static const uint8_t ratios[4][2] = { { 16, 10 }, { 4, 3 }, { 5, 4 }, { 16, 9 } };
	unsigned int aspect = bytes[1] >> 6;

	if (bytes[0] <= 1 || (bytes[0] == 0x20 && bytes[1] == 0x20))
		return false;
	*width = (bytes[0] + 31u) * 8;
	if (!aspect && revision < 3)
		*height = *width;	/* 1:1 before revision 3 */
	else
		*height = *width * ratios[aspect][1] / ratios[aspect][0];
	*hz = (bytes[1] & 0x3f) + 60u;
	return true;
}

bool edid_range_read(const uint8_t *base, struct edid_range *range)
{
	unsigned int at;

	for (at = 54; at <= 108; at += EDID_DTD_BYTES) {
		const uint8_t *d = base + at;
		unsigned int offsets = base[19] >= 4 ? d[4] : 0;	/* 1.4 only */

		if (d[0] || d[1] || d[3] != 0xfd)
			continue;
		range->min_hz = d[5] + ((offsets & 3) == 3 ? 255u : 0);
		range->max_hz = d[6] + (offsets & 2 ? 255u : 0);
		range->min_khz = d[7] + ((offsets >> 2 & 3) == 3 ? 255u : 0);
		range->max_khz = d[8] + (offsets & 8 ? 255u : 0);
		range->max_mhz = d[9] == 0xff ? 0 : d[9] * 10u;
		return true;
	}
	return false;
}

void edid_audio_read(const uint8_t bytes[3], struct edid_audio *audio)
{
	static const char *const names[16] = {
		NULL, "LPCM", "AC-3", "MPEG-1", "MP3", "MPEG-2", "AAC LC", "DTS", "ATRAC",
		"One Bit Audio", "Enhanced AC-3", "DTS-HD", "MAT", "DST", "WMA Pro", NULL,
	};
	static const char *const extended[16] = {	/* format 15, its own code */
		NULL, NULL, NULL, NULL, "MPEG-4 HE AAC", "MPEG-4 HE AAC v2", "MPEG-4 AAC LC",
		"DRA", "HE AAC + Surround", NULL, "AAC LC + Surround", "MPEG-H 3D", "AC-4",
		"L-PCM 3D",
	};
	const char *name;

	audio->format = bytes[0] >> 3 & 0xf;
	audio->channels = (bytes[0] & 7) + 1u;
	audio->rates = bytes[1] & 0x7f;
	audio->detail = bytes[2];
	audio->linear = audio->format == 1;
	name = names[audio->format];
	if (audio->format == 15)
		name = bytes[2] >> 3 < 16 ? extended[bytes[2] >> 3] : NULL;
	audio->name = name ? name : "unknown format";
}

const char *edid_frl_text(unsigned int rate)
{
	static const char *const texts[] = {
		"not at all: TMDS only", "3 lanes of 3 Gb/s",  "3 lanes of 6 Gb/s",
		"4 lanes of 6 Gb/s",	 "4 lanes of 8 Gb/s", "4 lanes of 10 Gb/s",
		"4 lanes of 12 Gb/s",
	};

	return rate < sizeof(texts) / sizeof(texts[0]) ? texts[rate] : "a reserved rate";
}

double edid_luminance(uint8_t code)
{
	return 50 * pow(2, code / 32.0);
}

const char *edid_oui_name(uint32_t oui)
{
	switch (oui) {
	case EDID_OUI_HDMI:
		return "HDMI";
	case EDID_OUI_FORUM:
		return "HDMI Forum";
	case 0x90848b:
		return "HDR10+";
	case 0x047503:
		return "CUVA, HDR Vivid";
	case 0x00d046:
		return "Dolby";
	default:
		return NULL;
	}
}

const char *edid_extension_name(uint8_t tag)
{
	switch (tag) {
	case EDID_TAG_CTA:
		return "CTA-861";
	case 0x10:
		return "video timing";
	case 0x40:
		return "display information";
	case 0x50:
		return "localized strings";
	case 0x70:
		return "DisplayID";
	case 0xf0:
		return "block map";
	default:
		return "unknown";
	}
}

void edid_svds_read(const struct kinora_edid *edid, struct edid_svds *svds)
{
	unsigned int i, j, blocks = (unsigned int)(edid->size / KINORA_EDID_BLOCK);

	svds->count = 0;
	for (i = 1; i < blocks && i < EDID_BLOCKS_MAX; i++) {
		const uint8_t *block = edid->bytes + (size_t)i * KINORA_EDID_BLOCK;
		unsigned int at = EDID_CTA_FIRST;
		struct edid_item item;

		while (block[0] == EDID_TAG_CTA && edid_item_next(block, &at, &item)) {
			for (j = 0; item.tag == EDID_VIDEO && j < item.length; j++) {
				svds->vic[svds->count] = edid_svd_vic(item.bytes[j],
								      &svds->native[svds->count]);
				svds->count++;
			}
		}
	}
}
