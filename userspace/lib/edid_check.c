// SPDX-License-Identifier: MIT
/*
 * Holds an EDID against the rules of E-EDID 1.4, CTA-861-I and HDMI 2.1 that sources rely on. A
 * failure is a broken rule: a source may refuse the whole EDID, or send what cannot be received. A
 * warning is a thing that some are known to stumble over.
 */
#include <stdarg.h>
#include <string.h>

#include "edid_parts.h"
#include "edid_words.h"

struct check {
	struct kinora_edid_finding *list;
	size_t max, failures, warnings;
	bool want;			/* failures in the first round, warnings in the second */
	unsigned int block;

	/* what has been seen */
	struct edid_svds svds;
	uint8_t only_420[256];
	unsigned int seen[0x200];	/* data blocks by tag */
	unsigned int hdmi, forum;	/* how many of these vendor blocks */
	unsigned int hdmi_tmds, forum_tmds, frl; /* MHz, MHz, rate */
	bool after_hdmi;		/* the data block before was the HDMI one */
	bool hdr, bt2020, rgb_range, basic_audio;
};

static void note(struct check *check, bool failure, const char *format, va_list args)
{
	size_t at = check->failures + check->warnings;

	if (failure != check->want)
		return;
	if (at < check->max) {
		check->list[at].failure = failure;
		check->list[at].block = check->block;
		vsnprintf(check->list[at].text, sizeof(check->list[at].text), format, args);
	}
	if (failure)
		check->failures++;
	else
		check->warnings++;
}

static void fail(struct check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void warn(struct check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void fail(struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(check, true, format, args);
	va_end(args);
}

static void warn(struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(check, false, format, args);
	va_end(args);
}

/* ------------------------------------------------------------------ blocks */

static void check_checksum(struct check *check, const uint8_t *block)
{
	uint8_t sum = edid_checksum(block), is = block[KINORA_EDID_BLOCK - 1];

	if (is != sum)
		fail(check, "the checksum is 0x%02x and should be 0x%02x", is, sum);
}

static void check_timing(struct check *check, const uint8_t *dtd)
{
	struct edid_timing t;
	char text[KINORA_MODE_TEXT];

	edid_timing_read(dtd, &t);
	edid_timing_text(&t, text);
	if (!t.width || !t.height)
		fail(check, "a detailed timing has no picture: %u x %u", t.width, t.height);
	else if (!t.hsync || !t.vsync || t.hfront + t.hsync > t.hblank ||
		 t.vfront + t.vsync > t.vblank)
		fail(check, "detailed timing %s: front porch and sync do not fit its blanking",
		     text);
}

static void check_base(struct check *check, const uint8_t *base)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	struct edid_range range;
	unsigned int at;
	char text[14], id[4];

	if (memcmp(base, header, 8))
		fail(check, "the header is not 00 FF FF FF FF FF FF 00: this is no EDID");
	if (base[18] != 1 || base[19] < 3 || base[19] > 4)
		fail(check, "EDID version %u.%u: HDMI asks for 1.3", base[18], base[19]);
	if (strchr(edid_manufacturer(base, id), '?'))
		fail(check, "the manufacturer id is not three letters");
	if (!(base[20] & 0x80))
		fail(check, "it describes an analogue display");
	if (!(base[35] & 0x20) && !memchr(check->svds.vic, 1, check->svds.count))
		fail(check, "640x480p60 is missing, as established timing or VIC 1: every sink has "
		     "it");
	if (!base[54] && !base[55])
		fail(check, "the first descriptor is not the preferred timing");
	for (at = 54; at <= 108; at += EDID_DTD_BYTES)
		if (base[at] || base[at + 1])
			check_timing(check, base + at);
	edid_base_text(base, 0xfc, text);
	if (!text[0])
		warn(check, "no product name: source menus show nothing");
	if (!edid_range_read(base, &range)) {
		if (base[19] < 4)
			fail(check, "no range limits, which EDID 1.3 asks for");
	} else if (range.min_hz > range.max_hz || range.min_khz > range.max_khz) {
		fail(check, "range limits: a lower one is above its upper one");
	}
}

/* ------------------------------------------------------------ data blocks */

static void check_svds(struct check *check, const struct edid_item *item)
{
	unsigned int i;

	if (!item->length)
		fail(check, "an empty %s", edid_item_name(item));
	for (i = 0; i < item->length; i++) {
		bool native;
		uint8_t vic = edid_svd_vic(item->bytes[i], &native);

		if (!kinora_video_mode_find(vic))
			fail(check, "%s: VIC %u is reserved", edid_item_name(item), vic);
		if (item->tag == EDID_Y420_VIDEO && check->only_420[vic]++)
			fail(check, "VIC %u is twice in the 4:2:0 list", vic);
	}
}

static void check_capability_map(struct check *check, const struct edid_item *item)
{
	unsigned int i;

	for (i = check->svds.count; i < item->length * 8u; i++)
		if (item->bytes[i / 8] >> i % 8 & 1)
			fail(check, "4:2:0 capability map: bit %u is set, there are %u formats", i,
			     check->svds.count);
}

static void check_audio(struct check *check, const struct edid_item *item)
{
	unsigned int i;

	if (!item->length || item->length % 3)
		fail(check, "Audio Data Block of %u bytes: three for each format", item->length);
	for (i = 0; i + 3 <= item->length; i += 3) {
		struct edid_audio audio;

		edid_audio_read(item->bytes + i, &audio);
		if (!audio.format)
			fail(check, "Audio Data Block: format 0 is reserved");
		else if (!audio.rates)
			fail(check, "Audio Data Block: %s without a sampling rate", audio.name);
		else if (audio.linear && !(audio.detail & 7))
			fail(check, "Audio Data Block: LPCM without a depth");
	}
}

/* HDMI 1.4b, 8.7: behind the first 0 there are only more; f.f.f.f is none. */
static bool is_address(unsigned int address)
{
	unsigned int digit;

	for (digit = 0; digit < 4 && address >> 12; digit++)
		address = address << 4 & 0xffff;
	return !address;
}

static void check_hdmi(struct check *check, const struct edid_item *item)
{
	const uint8_t *b = item->bytes;

	check->after_hdmi = true;
	if (check->hdmi++)
		fail(check, "a second HDMI Vendor-Specific Data Block");
	if (item->length < 5) {
		fail(check, "HDMI Vendor-Specific Data Block without a physical address");
		return;
	}
	if (b[3] == 0xff && b[4] == 0xff)
		warn(check, "the CEC physical address is f.f.f.f, which is none");
	if (!is_address((unsigned int)b[3] << 8 | b[4]))
		fail(check, "the CEC physical address %x.%x.%x.%x has a 0 before another digit",
		     b[3] >> 4, b[3] & 0xf, b[4] >> 4, b[4] & 0xf);
	/* HDMI 1.4b, 8.3.2: 165 MHz unless it says more, 340 at most */
	check->hdmi_tmds = item->length >= 7 && b[6] ? b[6] * 5u : 165;
	if (check->hdmi_tmds > 340)
		fail(check, "HDMI Vendor-Specific Data Block: TMDS of %u MHz, 340 at most",
		     check->hdmi_tmds);
}

static void check_forum_vrr(struct check *check, const uint8_t *b)
{
	unsigned int low = b[5] & 0x3f, high = (b[5] & 0xc0u) << 2 | b[6];

	if (low > 48)
		fail(check, "VRR from %u Hz: 48 at most", low);
	if ((!low && high) || (high && high < 100))
		fail(check, "VRR up to %u Hz: with a lowest rate, and 100 at least", high);
}

/* b: behind the OUI or the two reserved bytes. */
static void check_forum(struct check *check, const uint8_t *b, unsigned int length)
{
	if (check->forum++)
		fail(check, "a second HDMI Forum block");
	if (!check->after_hdmi)
		fail(check, "the HDMI Forum block does not follow the HDMI one");
	if (length < 4) {
		fail(check, "the HDMI Forum block is %u bytes short", 4 - length);
		return;
	}
	if (b[0] != 1)
		fail(check, "HDMI Forum block of version %u: 1 is the only one", b[0]);
	check->forum_tmds = b[EDID_FORUM_TMDS] * 5u;
	check->frl = b[EDID_FORUM_FRL] >> 4;
	if (check->forum_tmds && (check->forum_tmds <= 340 || check->forum_tmds > 600))
		fail(check, "HDMI Forum block: TMDS of %u MHz: 0, or above 340 up to 600",
		     check->forum_tmds);
	if (check->frl > 6)
		fail(check, "HDMI Forum block: FRL rate %u is reserved", check->frl);
	if (check->frl >= 2 && check->forum_tmds != 600)
		fail(check, "FRL rate %u, but TMDS of %u MHz instead of 600", check->frl,
		     check->forum_tmds);
	if ((check->frl || check->forum_tmds) && !(b[EDID_FORUM_FLAGS] & EDID_FORUM_SCDC))
		fail(check, "FRL or TMDS above 340 MHz, but no SCDC");
	if (length >= 7)
		check_forum_vrr(check, b);
}

static void check_colorimetry(struct check *check, const struct edid_item *item)
{
	if (item->length < 2) {
		fail(check, "the Colorimetry Data Block is cut short");
		return;
	}
	check->bt2020 = item->bytes[0] & 0xc0;
	if (!(item->bytes[1] & 0x20))
		warn(check, "Colorimetry Data Block without sRGB: some sources then send none");
}

static void check_hdr(struct check *check, const struct edid_item *item)
{
	if (item->length < 2) {
		fail(check, "the HDR Static Metadata Data Block is cut short");
		return;
	}
	check->hdr = item->bytes[0] & 0x0e;
	if (item->bytes[0] & 0xf0)
		fail(check, "HDR Static Metadata Data Block: reserved transfer functions");
	if (item->bytes[0] & 0x04 && !(item->bytes[1] & 1))
		fail(check, "PQ without static metadata of type 1");
}

/* Those that there is one of. */
static bool is_single(unsigned int tag)
{
	return tag == EDID_SPEAKER || tag == EDID_VCDB || tag == EDID_COLORIMETRY ||
	       tag == EDID_HDR_STATIC || tag == EDID_Y420_CAPABILITY || tag == EDID_EEODB ||
	       tag == EDID_VFPDB;
}

static void check_item(struct check *check, const struct edid_item *item)
{
	bool after = check->after_hdmi;

	if (check->seen[item->tag & 0x1ff]++ && is_single(item->tag))
		fail(check, "a second %s", edid_item_name(item));
	check->after_hdmi = after;
	switch (item->tag) {
	case 0:
	case 7:
		fail(check, "a data block with reserved tag %u", item->tag);
		break;
	case EDID_AUDIO:
		check_audio(check, item);
		break;
	case EDID_VIDEO:
	case EDID_Y420_VIDEO:
		check_svds(check, item);
		break;
	case EDID_VENDOR:
		if (!edid_item_oui(item))
			fail(check, "a Vendor-Specific Data Block without its OUI");
		else if (edid_item_oui(item) == EDID_OUI_HDMI)
			check_hdmi(check, item);
		else if (edid_item_oui(item) == EDID_OUI_FORUM)
			check_forum(check, item->bytes + 3, item->length - 3u);
		break;
	case EDID_FORUM_SINK:
		if (item->length < 2)
			fail(check, "the HDMI Forum block is cut short");
		else
			check_forum(check, item->bytes + 2, item->length - 2u);
		break;
	case EDID_VCDB:
		check->rgb_range = item->length && item->bytes[0] & 0x40;
		break;
	case EDID_COLORIMETRY:
		check_colorimetry(check, item);
		break;
	case EDID_HDR_STATIC:
		check_hdr(check, item);
		break;
	case EDID_Y420_CAPABILITY:
		check_capability_map(check, item);
		break;
	default:
		break;
	}
	if (edid_item_oui(item) != EDID_OUI_HDMI)
		check->after_hdmi = false;
}

static void check_cta_timings(struct check *check, const uint8_t *block)
{
	unsigned int at = block[2];

	if (at < EDID_CTA_FIRST)
		return;
	for (; at + EDID_DTD_BYTES < KINORA_EDID_BLOCK && (block[at] || block[at + 1]);
	     at += EDID_DTD_BYTES)
		check_timing(check, block + at);
	for (; at < KINORA_EDID_BLOCK - 1; at++)
		if (block[at]) {
			fail(check, "bytes behind the last timing are not 0");
			return;
		}
}

static void check_cta(struct check *check, const uint8_t *block)
{
	unsigned int at = EDID_CTA_FIRST;
	struct edid_item item;

	if (block[1] != 3)
		fail(check, "CTA-861 extension of revision %u: HDMI asks for 3", block[1]);
	if (block[2] && (block[2] < EDID_CTA_FIRST || block[2] > KINORA_EDID_BLOCK - 1)) {
		fail(check, "byte 2 of the CTA-861 extension is %u: 0, or 4 to 127", block[2]);
		return;
	}
	if (check->block == 1)
		check->basic_audio = block[3] & EDID_CTA_BASIC_AUDIO;
	check->after_hdmi = false;
	while (edid_item_next(block, &at, &item)) {
		if (item.tag == EDID_EEODB && (check->block != 1 || at != EDID_CTA_FIRST + 3u))
			fail(check, "the %s is not the first in block 1", edid_item_name(&item));
		check_item(check, &item);
	}
	if (at != edid_items_end(block))
		fail(check, "a data block runs over the end of its room at byte %u",
		     edid_items_end(block));
	check_cta_timings(check, block);
}

/* ------------------------------------------------------------- the whole */

/* What byte 126 and HF-EEODB say, against what is there. */
static void check_count(struct check *check, const struct kinora_edid *edid)
{
	const uint8_t *base = edid->bytes, *first = base + KINORA_EDID_BLOCK;
	unsigned int blocks = (unsigned int)(edid->size / KINORA_EDID_BLOCK), at = EDID_CTA_FIRST;
	struct edid_item item;

	if (blocks >= 2 && first[0] == EDID_TAG_CTA && edid_item_next(first, &at, &item) &&
	    item.tag == EDID_EEODB && item.length) {
		if (base[126] != 1)
			warn(check, "byte 126 counts %u blocks: 1 where an HF-EEODB follows",
			     base[126]);
		if (item.bytes[0] + 1u != blocks)
			fail(check, "HF-EEODB counts %u blocks after the base block, there are %u",
			     item.bytes[0], blocks - 1);
		return;
	}
	if (base[126] + 1u != blocks)
		fail(check, "byte 126 counts %u blocks after the base block, there are %u",
		     base[126], blocks - 1);
}

static void check_formats(struct check *check)
{
	unsigned int tmds = check->forum_tmds ? check->forum_tmds : check->hdmi_tmds;
	const struct kinora_video_mode *mode;
	char text[KINORA_MODE_TEXT];
	bool listed[256] = { false };
	unsigned int i;

	if (!tmds)
		tmds = 165;		/* DVI */
	for (i = 0; i < check->svds.count; i++) {
		uint8_t vic = check->svds.vic[i];

		mode = kinora_video_mode_find(vic);
		if (listed[vic])
			fail(check, "VIC %u is twice in the list of formats", vic);
		listed[vic] = true;
		if (check->only_420[vic])
			fail(check, "VIC %u is in the list of formats, and in that of 4:2:0 only",
			     vic);
		if (!mode || edid_mode_fit(mode, check->frl, tmds) == EDID_FITS_RGB)
			continue;
		kinora_video_mode_text(mode, text);
		if (edid_mode_fit(mode, check->frl, tmds) == EDID_FITS_420)
			fail(check, "%s (VIC %u) crosses this link as 4:2:0 only: list it so", text,
			     vic);
		else
			fail(check, "%s (VIC %u) does not fit the link that is offered", text, vic);
	}
	for (i = 0; i < 256; i++) {
		mode = check->only_420[i] ? kinora_video_mode_find(i) : NULL;
		if (mode && edid_mode_fit(mode, check->frl, tmds) == EDID_FITS_NOT)
			fail(check, "%s (VIC %u) does not fit the link that is offered, not even "
			     "as 4:2:0", kinora_video_mode_text(mode, text), i);
	}
}

static void check_together(struct check *check)
{
	if (!check->hdmi)
		warn(check, "no HDMI Vendor-Specific Data Block: sources send DVI, without sound");
	if (check->forum && !check->hdmi)
		fail(check, "an HDMI Forum block without the HDMI one");
	if (check->hdmi && !check->rgb_range)
		warn(check, "no selectable RGB range (VCDB, QS): black levels may be wrong");
	if (check->hdr && !check->bt2020)
		warn(check, "HDR without BT.2020 colorimetry");
	if (check->seen[EDID_AUDIO] && !check->basic_audio)
		fail(check, "audio formats, but no basic audio");
	check_formats(check);
}

static void check_all(struct check *check, const struct kinora_edid *edid)
{
	unsigned int i, blocks = (unsigned int)(edid->size / KINORA_EDID_BLOCK);

	if (edid->size % KINORA_EDID_BLOCK) {
		check->block = blocks;
		fail(check, "it is cut short: %zu bytes are no multiple of 128", edid->size);
	}
	if (!blocks)
		return;
	edid_svds_read(edid, &check->svds);
	for (i = 0; i < blocks; i++) {
		const uint8_t *block = edid->bytes + (size_t)i * KINORA_EDID_BLOCK;

		check->block = i;
		check_checksum(check, block);
		if (!i)
			check_base(check, block);
		else if (block[0] == EDID_TAG_CTA)
			check_cta(check, block);
		else if (i == 1 && block[0] != 0xf0)
			warn(check, "the first extension is no CTA-861 one: HDMI asks for that");
	}
	check->block = 0;
	check_count(check, edid);
	if (blocks == 1)
		warn(check, "no CTA-861 extension: sources send DVI, without sound");
	check->block = 1;
	if (blocks > 1)
		check_together(check);
}

size_t kinora_edid_check(const struct kinora_edid *edid, struct kinora_edid_finding *list,
			 size_t max)
{
	struct check check = { .list = list, .max = max, .want = true };
	struct check second;

	check_all(&check, edid);
	second = (struct check){ .list = list, .max = max, .failures = check.failures };
	check_all(&second, edid);
	return second.failures + second.warnings;
}
