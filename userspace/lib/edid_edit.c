// SPDX-License-Identifier: MIT
/*
 * Changes to an EDID, in words: "+2160p120", "hdr=hlg,pq", "name=STUDIO 1". Presets are made with
 * the same words (edid_preset.c). All changes are made to a copy, which is then checked: what would
 * break a rule is refused, in the checker's words.
 *
 * Formats are added last, so that they meet the link that the other words set: a format that only
 * crosses it as 4:2:0 goes to the list of those.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "edid_edit.h"
#include "error.h"

#define SVDS_MAX (3 * EDID_CTA_ROOM)
#define SVDS_PER_BLOCK 31

static int fail_value(const char *change, const char *wanted)
{
	return kinora_fail(-EINVAL, "wrong change '%s': give %s", change, wanted);
}

/* ---------------------------------------------------------- data blocks */

/* No tags: vendor blocks that have a place of their own. */
#define RANK_HDMI 0x200
#define RANK_FORUM 0x201

/* The place of a new data block, as everybody orders them. */
static unsigned int item_rank(unsigned int tag, uint32_t oui)
{
	static const unsigned int order[] = {
		EDID_VIDEO, EDID_AUDIO, EDID_SPEAKER, RANK_HDMI, RANK_FORUM, EDID_FORUM_SINK,
		EDID_VCDB, EDID_COLORIMETRY, EDID_HDR_STATIC, EDID_VFPDB, EDID_Y420_VIDEO,
		EDID_Y420_CAPABILITY,
	};
	unsigned int i, key = tag;

	if (oui == EDID_OUI_HDMI)
		key = RANK_HDMI;
	else if (oui == EDID_OUI_FORUM)
		key = RANK_FORUM;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i] == key)
			break;
	return i;
}

/* The data block of this kind, a new one where there is none; at least length. NULL: too many. */
static struct edid_item *item_get(struct edid_doc *doc, unsigned int tag, uint32_t oui,
				  unsigned int length)
{
	struct edid_item *item = edid_doc_find(doc, tag, oui);
	unsigned int i, rank = item_rank(tag, oui);

	if (!item) {
		for (i = 0; i < doc->item_count; i++)
			if (item_rank(doc->items[i].tag, edid_item_oui(&doc->items[i])) > rank)
				break;
		item = edid_doc_insert(doc, doc->items + i, tag);
		if (!item)
			return NULL;
		if (oui) {
			item->bytes[0] = oui & 0xff;
			item->bytes[1] = oui >> 8 & 0xff;
			item->bytes[2] = oui >> 16 & 0xff;
		}
	}
	if (item->length < length)
		item->length = (uint8_t)length;
	return item;
}

static int fail_items(void)
{
	return kinora_fail(-ENOSPC, "the EDID has too many data blocks for another");
}

/* At least the bytes up to Max_TMDS. */
static struct edid_item *hdmi_get(struct edid_doc *doc)
{
	struct edid_item *item = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_HDMI);

	if (!item) {
		item = item_get(doc, EDID_VENDOR, EDID_OUI_HDMI, 7);
		if (item)
			item->bytes[3] = 0x10;	/* 1.0.0.0 */
	}
	if (item && item->length < 7)
		item->length = 7;
	return item;
}

static struct edid_item *forum_get(struct edid_doc *doc)
{
	struct edid_item *item = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);

	if (!hdmi_get(doc))
		return NULL;
	if (!item) {
		item = item_get(doc, EDID_VENDOR, EDID_OUI_FORUM, 7);
		if (item)
			item->bytes[3] = 1;	/* version */
	}
	return item;
}

/* ------------------------------------------------------- lists of formats */

struct formats {
	unsigned int count;
	uint8_t svd[SVDS_MAX];
	bool also_420[SVDS_MAX];
	unsigned int count_420;
	uint8_t only_420[SVDS_MAX];
};

static void formats_read(struct edid_doc *doc, struct formats *f)
{
	const struct edid_item *map = edid_doc_find(doc, EDID_Y420_CAPABILITY, 0);
	unsigned int i, j;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < doc->item_count; i++) {
		const struct edid_item *item = &doc->items[i];

		for (j = 0; j < item->length; j++) {
			if (item->tag == EDID_VIDEO && f->count < SVDS_MAX)
				f->svd[f->count++] = item->bytes[j];
			if (item->tag == EDID_Y420_VIDEO && f->count_420 < SVDS_MAX)
				f->only_420[f->count_420++] = item->bytes[j];
		}
	}
	for (i = 0; map && i < f->count; i++)
		f->also_420[i] = !map->length || (i / 8 < map->length &&
						  map->bytes[i / 8] >> i % 8 & 1);
}

/* Every block of this tag anew, from count bytes. */
static int list_write(struct edid_doc *doc, unsigned int tag, const uint8_t *bytes,
		      unsigned int count)
{
	unsigned int most = SVDS_PER_BLOCK - (tag >= 0x100), i, part;
	struct edid_item *item = edid_doc_find(doc, tag, 0);
	unsigned int block = item ? item->block : 1;
	long index;

	if (!item && count)
		item = item_get(doc, tag, 0, 0);
	if (!item)
		return count ? fail_items() : 0;
	index = item - doc->items;
	for (i = doc->item_count; i-- > 0;)
		if (doc->items[i].tag == tag)
			edid_doc_remove(doc, &doc->items[i]);
	for (; count; count -= part, bytes += part) {
		part = count < most ? count : most;
		item = edid_doc_insert(doc, doc->items + index++, tag);
		if (!item)
			return fail_items();
		item->block = block;
		item->length = (uint8_t)part;
		memcpy(item->bytes, bytes, part);
	}
	return 0;
}

static int formats_write(struct edid_doc *doc, const struct formats *f)
{
	struct edid_item *map = edid_doc_find(doc, EDID_Y420_CAPABILITY, 0);
	unsigned int i, length = 0;
	uint8_t bits[31] = { 0 };
	int ret;

	ret = list_write(doc, EDID_VIDEO, f->svd, f->count);
	if (!ret)
		ret = list_write(doc, EDID_Y420_VIDEO, f->only_420, f->count_420);
	if (ret)
		return ret;
	for (i = 0; i < f->count; i++) {
		if (!f->also_420[i])
			continue;
		if (i / 8 >= 30)
			return kinora_fail(-ENOSPC, "too many formats for a 4:2:0 capability map");
		bits[i / 8] |= (uint8_t)(1 << i % 8);
		length = i / 8 + 1;
	}
	map = edid_doc_find(doc, EDID_Y420_CAPABILITY, 0);
	if (!length) {
		if (map)
			edid_doc_remove(doc, map);
		return 0;
	}
	if (!map)
		map = item_get(doc, EDID_Y420_CAPABILITY, 0, 0);
	if (!map)
		return fail_items();
	map->length = (uint8_t)length;
	memcpy(map->bytes, bits, length);
	return 0;
}

/* Index of a VIC in a list of SVDs, or -1. */
static int svd_find(const uint8_t *svds, unsigned int count, unsigned int vic)
{
	unsigned int i;
	bool native;

	for (i = 0; i < count; i++)
		if (edid_svd_vic(svds[i], &native) == vic)
			return (int)i;
	return -1;
}

static void svd_remove(struct formats *f, unsigned int at)
{
	memmove(f->svd + at, f->svd + at + 1, f->count - at - 1);
	memmove(f->also_420 + at, f->also_420 + at + 1,
		(f->count - at - 1) * sizeof(f->also_420[0]));
	f->count--;
}

static void offered_link(struct edid_doc *doc, unsigned int *frl, unsigned int *tmds)
{
	const struct edid_item *hdmi = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_HDMI);
	const struct edid_item *forum = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);

	*frl = forum && forum->length >= 7 ? forum->bytes[6] >> 4 : 0;
	*tmds = hdmi && hdmi->length >= 7 && hdmi->bytes[6] ? hdmi->bytes[6] * 5u : 165;
	if (forum && forum->length >= 5 && forum->bytes[4])
		*tmds = forum->bytes[4] * 5u;
}

static int format_add(struct edid_doc *doc, const struct kinora_video_mode *mode, bool as_420,
		      const char *change)
{
	char text[KINORA_MODE_TEXT];
	unsigned int frl, tmds;
	enum edid_fit fit;
	struct formats f;
	int at;

	formats_read(doc, &f);
	offered_link(doc, &frl, &tmds);
	fit = edid_mode_fit(mode, frl, tmds);
	at = svd_find(f.svd, f.count, mode->vic);
	kinora_video_mode_text(mode, text);
	if (fit == EDID_FITS_NOT)
		return kinora_fail(-EINVAL,
				   "'%s': %s does not fit the link that is offered, TMDS of %u MHz "
				   "and FRL rate %u, not even as 4:2:0", change, text, tmds, frl);
	if (as_420 && at >= 0 && !f.also_420[at]) {
		f.also_420[at] = true;
	} else if (at >= 0 || svd_find(f.only_420, f.count_420, mode->vic) >= 0) {
		return kinora_fail(-EINVAL, "'%s': the EDID offers %s already", change, text);
	} else if (f.count == SVDS_MAX || f.count_420 == SVDS_MAX) {
		return kinora_fail(-ENOSPC, "'%s': too many formats", change);
	} else if (fit == EDID_FITS_420) {
		f.only_420[f.count_420++] = mode->vic;
	} else {
		f.svd[f.count] = mode->vic;
		f.also_420[f.count++] = as_420;
	}
	return formats_write(doc, &f);
}

/* HDMI 1.4's own numbers of four formats, in the HDMI block: HDMI_VIC 1 to 4. */
static bool hdmi_vic_remove(struct edid_doc *doc, unsigned int vic)
{
	static const uint8_t vics[] = { 95, 94, 93, 98 };
	struct edid_item *item = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_HDMI);
	unsigned int at = 8, count, i;

	if (!item || item->length < 8 || !(item->bytes[7] & 0x20))
		return false;
	at += item->bytes[7] & 0x80 ? 2 : 0;	/* latency */
	at += item->bytes[7] & 0x40 ? 2 : 0;	/* of interlaced formats */
	if (at + 2 > item->length)
		return false;
	count = item->bytes[at + 1] >> 5;
	if (at + 2 + count > item->length)
		return false;
	for (i = 0; i < count; i++) {
		uint8_t *here = &item->bytes[at + 2 + i];

		if (*here < 1 || *here > 4 || vics[*here - 1] != vic)
			continue;
		memmove(here, here + 1, (size_t)(item->bytes + item->length - here - 1));
		item->length--;
		item->bytes[at + 1] = (uint8_t)(item->bytes[at + 1] - (1 << 5));
		return true;
	}
	return false;
}

/* Its detailed and standard timings, but the preferred one. Was there any? */
static bool timings_remove(struct edid_doc *doc, const struct kinora_video_mode *mode)
{
	struct edid_timing timing;
	unsigned int at, i, width, height, hz;
	bool removed = false;

	for (at = 72; at <= 108; at += EDID_DTD_BYTES) {
		edid_timing_read(doc->base + at, &timing);
		if (timing.clock_khz && edid_timing_mode(&timing) == mode) {
			memset(doc->base + at, 0, EDID_DTD_BYTES);
			doc->base[at + 3] = 0x10;	/* unused */
			removed = true;
		}
	}
	for (i = doc->dtd_count; i-- > 0;) {
		edid_timing_read(doc->dtds[i].bytes, &timing);
		if (edid_timing_mode(&timing) != mode)
			continue;
		memmove(&doc->dtds[i], &doc->dtds[i + 1],
			(doc->dtd_count - i - 1) * sizeof(doc->dtds[0]));
		doc->dtd_count--;
		if ((doc->flags & 0xf) > doc->dtd_count + 1)
			doc->flags--;
		removed = true;
	}
	for (at = 38; at < 54; at += 2)
		if (!(mode->flags & EDID_MODE_INTERLACED) &&
		    edid_standard_timing(doc->base + at, doc->base[19], &width, &height, &hz) &&
		    width == mode->width && height == mode->height && hz == mode->hz) {
			doc->base[at] = doc->base[at + 1] = 1;
			removed = true;
		}
	return removed;
}

static bool is_preference(struct edid_doc *doc, unsigned int vic)
{
	const struct edid_item *item = edid_doc_find(doc, EDID_VFPDB, 0);

	return item && memchr(item->bytes, (int)vic, item->length);
}

static int format_remove(struct edid_doc *doc, const struct kinora_video_mode *mode, bool as_420,
			 const char *change)
{
	char text[KINORA_MODE_TEXT];
	struct edid_timing timing;
	struct formats f;
	bool removed;
	int at;

	kinora_video_mode_text(mode, text);
	formats_read(doc, &f);
	at = svd_find(f.svd, f.count, mode->vic);
	if (as_420) {
		if (at < 0 || !f.also_420[at])
			return kinora_fail(-EINVAL, "'%s': the EDID does not offer %s as 4:2:0 "
					   "beside others", change, text);
		f.also_420[at] = false;
		return formats_write(doc, &f);
	}
	edid_timing_read(doc->base + 54, &timing);
	if ((timing.clock_khz && edid_timing_mode(&timing) == mode) ||
	    is_preference(doc, mode->vic))
		return kinora_fail(-EINVAL,
				   "'%s': %s is the preferred timing: name another with "
				   "'preferred=MODE'", change, text);
	if (mode->vic == 1)
		return kinora_fail(-EINVAL, "'%s': every sink has 640x480p60", change);
	removed = timings_remove(doc, mode);
	if (hdmi_vic_remove(doc, mode->vic))
		removed = true;
	if (at >= 0) {
		svd_remove(&f, (unsigned int)at);
		removed = true;
	}
	at = svd_find(f.only_420, f.count_420, mode->vic);
	if (at >= 0) {
		memmove(f.only_420 + at, f.only_420 + at + 1, f.count_420 - (unsigned int)at - 1);
		f.count_420--;
		removed = true;
	}
	if (!removed)
		return kinora_fail(-EINVAL, "'%s': the EDID does not offer %s", change, text);
	return formats_write(doc, &f);
}

/* "+MODE", "-MODE", with "/420" behind. */
static int change_format(struct edid_doc *doc, const char *change)
{
	const char *slash = strchr(change, '/');
	const struct kinora_video_mode *mode;
	bool as_420 = slash && !strcmp(slash, "/420");
	char name[KINORA_MODE_TEXT];

	snprintf(name, sizeof(name), "%.*s",
		 as_420 ? (int)(slash - change) - 1 : KINORA_MODE_TEXT - 1, change + 1);
	mode = kinora_video_mode_find_name(name);
	if (!mode)
		return fail_value(change, "a format of CTA-861 such as 2160p60, 1080i50, "
				  "4320p59.94 or vic97");
	return change[0] == '+' ? format_add(doc, mode, as_420, change) :
				  format_remove(doc, mode, as_420, change);
}

/* Has a detailed timing bits enough for it? Not above 655 MHz, nor for 2160p50's front porch. */
static bool has_timing(const struct kinora_video_mode *mode)
{
	return mode->clock_khz <= 655350 && mode->hfront < 1024 && mode->hsync < 1024 &&
	       mode->vfront < 64 && mode->vsync < 64;
}

/* The largest format of the same rate that a detailed timing can tell. */
static const struct kinora_video_mode *timing_instead(const struct kinora_video_mode *mode)
{
	static const char *const sizes[] = { "2160p", "1080p", "720p" };
	char name[KINORA_MODE_TEXT];
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct kinora_video_mode *other;

		snprintf(name, sizeof(name), "%s%u", sizes[i], mode->hz);
		other = kinora_video_mode_find_name(name);
		if (other && other->height <= mode->height && has_timing(other))
			return other;
	}
	return NULL;
}

/* First in the list, where it is put when the EDID does not offer it yet. */
static int format_first(struct edid_doc *doc, const struct kinora_video_mode *mode,
			const char *change)
{
	struct formats f;
	uint8_t svd;
	bool also;
	int at, ret;

	formats_read(doc, &f);
	if (svd_find(f.svd, f.count, mode->vic) < 0 &&
	    svd_find(f.only_420, f.count_420, mode->vic) < 0) {
		ret = format_add(doc, mode, false, change);
		if (ret)
			return ret;
		formats_read(doc, &f);
	}
	at = svd_find(f.svd, f.count, mode->vic);
	if (at < 0)
		return 0;		/* 4:2:0 only: has a list of its own */
	svd = f.svd[at];
	also = f.also_420[at];
	memmove(f.svd + 1, f.svd, (size_t)at);
	memmove(f.also_420 + 1, f.also_420, (size_t)at * sizeof(f.also_420[0]));
	f.svd[0] = svd;
	f.also_420[0] = also;
	return formats_write(doc, &f);
}

/*
 * The first detailed timing, and first in the list. What no detailed timing can tell is named by a
 * Video Format Preference Data Block (CTA-861-I 7.5.13), with the next smaller one as timing.
 */
static int change_preferred(struct edid_doc *doc, const char *change, const char *value)
{
	const struct kinora_video_mode *mode = kinora_video_mode_find_name(value), *timing = mode;
	struct edid_item *preference = edid_doc_find(doc, EDID_VFPDB, 0);
	int ret;

	if (!mode)
		return fail_value(change, "a format of CTA-861 such as 2160p60");
	if (preference)
		edid_doc_remove(doc, preference);
	if (!has_timing(mode)) {
		timing = timing_instead(mode);
		if (!timing)
			return kinora_fail(-EINVAL, "'%s': no detailed timing can tell it", change);
		ret = format_first(doc, timing, change);
		if (ret)
			return ret;
		preference = item_get(doc, EDID_VFPDB, 0, 1);
		if (!preference)
			return fail_items();
		preference->bytes[0] = mode->vic;
	}
	edid_timing_write(doc->base + 54, timing);
	/* What is not the picture that is wanted is not native; nor is an interlaced one alone. */
	if (timing != mode || mode->flags & EDID_MODE_INTERLACED)
		doc->flags &= 0xf0;
	return format_first(doc, mode, change);
}

/* ----------------------------------------------------------- other words */

static int number_of(const char *value, long max)
{
	char *end;
	long number = strtol(value, &end, 10);

	return isdigit((unsigned char)value[0]) && !*end && number <= max ? (int)number : -1;
}

static int set_bt2020(struct edid_doc *doc, bool on)
{
	struct edid_item *item = edid_doc_find(doc, EDID_COLORIMETRY, 0);

	if (!item && !on)
		return 0;
	item = item_get(doc, EDID_COLORIMETRY, 0, 2);
	if (!item)
		return fail_items();
	item->bytes[1] |= 0x20;				/* sRGB */
	item->bytes[0] = (uint8_t)((item->bytes[0] & 0x1f) | (on ? 0xc0 : 0)); /* YCC, RGB */
	return 0;
}

static int change_hdr(struct edid_doc *doc, const char *change, const char *value)
{
	struct edid_item *item = edid_doc_find(doc, EDID_HDR_STATIC, 0);
	uint8_t curves = 1;			/* SDR is always there */
	char words[64], *rest = words, *word;

	if (!strcmp(value, "off")) {
		if (item)
			edid_doc_remove(doc, item);
		return 0;
	}
	snprintf(words, sizeof(words), "%s", value);
	while ((word = strsep(&rest, ","))) {
		if (!strcasecmp(word, "pq"))
			curves |= 4;
		else if (!strcasecmp(word, "hlg"))
			curves |= 8;
		else
			return fail_value(change, "off, hlg, pq or hlg,pq");
	}
	item = item_get(doc, EDID_HDR_STATIC, 0, 2);
	if (!item)
		return fail_items();
	item->bytes[0] = curves;
	item->bytes[1] = 1;			/* static metadata type 1 */
	return set_bt2020(doc, true);
}

static int change_colour(struct edid_doc *doc, const char *change, const char *value)
{
	if (!strcmp(value, "2020"))
		return set_bt2020(doc, true);
	if (strcmp(value, "709"))
		return fail_value(change, "709 or 2020");
	if (edid_doc_find(doc, EDID_HDR_STATIC, 0))
		return kinora_fail(-EINVAL, "'%s': HDR goes with BT.2020: say 'hdr=off' too",
				   change);
	return set_bt2020(doc, false);
}

static int change_depth(struct edid_doc *doc, const char *change, const char *value)
{
	struct edid_item *hdmi = hdmi_get(doc);
	struct edid_item *forum = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);
	int depth = number_of(value, 12);
	uint8_t bits, bits_420;

	if (depth != 8 && depth != 10 && depth != 12)
		return fail_value(change, "8, 10 or 12");
	if (!hdmi)
		return fail_items();
	bits = depth == 8 ? 0 : depth == 10 ? 0x18 : 0x38;
	bits_420 = depth == 8 ? 0 : depth == 10 ? 1 : 3;
	hdmi->bytes[5] = (uint8_t)((hdmi->bytes[5] & ~0x78) | bits);
	if (forum && forum->length >= 7)
		forum->bytes[6] = (uint8_t)((forum->bytes[6] & ~7) | bits_420);
	return 0;
}

static int change_audio(struct edid_doc *doc, const char *change, const char *value)
{
	/* CTA-861-I 7.5.3: FL/FR, LFE, FC, BL/BR, RC, RLC/RRC as these numbers usually mean */
	static const uint8_t speakers[] = { 0, 0x01, 0x01, 0x03, 0x09, 0x0d, 0x0f, 0x1f, 0x4f };
	struct edid_item *audio, *speaker;
	int channels = number_of(value, 8);

	if (!strcmp(value, "off")) {
		while ((audio = edid_doc_find(doc, EDID_AUDIO, 0)))
			edid_doc_remove(doc, audio);
		speaker = edid_doc_find(doc, EDID_SPEAKER, 0);
		if (speaker)
			edid_doc_remove(doc, speaker);
		doc->flags &= (uint8_t)~EDID_CTA_BASIC_AUDIO;
		return 0;
	}
	if (channels < 1)
		return fail_value(change, "off, or 1 to 8 channels of LPCM");
	audio = item_get(doc, EDID_AUDIO, 0, 3);
	if (!audio)
		return fail_items();
	audio->length = 3;
	audio->bytes[0] = (uint8_t)(1 << 3 | (channels - 1));
	audio->bytes[1] = 0x7f;			/* 32 to 192 kHz */
	audio->bytes[2] = 0x07;			/* 16, 20, 24 bit */
	speaker = item_get(doc, EDID_SPEAKER, 0, 3);
	if (!speaker)
		return fail_items();
	speaker->bytes[0] = speakers[channels];
	speaker->bytes[1] = speaker->bytes[2] = 0;
	doc->flags |= EDID_CTA_BASIC_AUDIO;
	return 0;
}

static int change_frl(struct edid_doc *doc, const char *change, const char *value)
{
	struct edid_item *forum, *hdmi;
	int rate = number_of(value, 6);

	if (rate < 0)
		return fail_value(change, "0 (TMDS only) to 6 (4 lanes of 12 Gb/s)");
	forum = forum_get(doc);
	hdmi = hdmi_get(doc);
	if (!forum || !hdmi)
		return fail_items();
	forum = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);
	if (forum->length < 7)
		forum->length = 7;
	forum->bytes[6] = (uint8_t)((forum->bytes[6] & 0x0f) | rate << 4);
	if (rate) {				/* asked for with FRL */
		forum->bytes[4] = 600 / 5;
		forum->bytes[5] |= EDID_FORUM_SCDC;
		hdmi->bytes[6] = 340 / 5;
	}
	return 0;
}

static int change_tmds(struct edid_doc *doc, const char *change, const char *value)
{
	struct edid_item *hdmi = hdmi_get(doc), *forum;
	int mhz = number_of(value, 600);

	if (mhz < 25)
		return fail_value(change, "25 to 600 MHz");
	if (!hdmi)
		return fail_items();
	if (mhz <= 340) {
		hdmi->bytes[6] = (uint8_t)((mhz + 4) / 5);
		forum = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);
		if (forum && forum->length >= 5)
			forum->bytes[4] = 0;
		return 0;
	}
	if (!forum_get(doc))
		return fail_items();
	hdmi = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_HDMI);
	forum = edid_doc_find(doc, EDID_VENDOR, EDID_OUI_FORUM);
	hdmi->bytes[6] = 340 / 5;
	if (forum->length < 7)
		forum->length = 7;
	forum->bytes[4] = (uint8_t)((mhz + 4) / 5);
	forum->bytes[5] |= EDID_FORUM_SCDC;
	return 0;
}

static int change_name(struct edid_doc *doc, const char *change, const char *value)
{
	size_t length = strlen(value), i;
	unsigned int at, free_at = 0, found = 0;

	for (i = 0; i < length; i++)
		if (value[i] < 0x20 || value[i] > 0x7e)
			break;
	if (!length || length > 13 || i < length)
		return fail_value(change, "1 to 13 ASCII characters");
	for (at = 72; at <= 108; at += EDID_DTD_BYTES) {
		const uint8_t *d = doc->base + at;

		if (d[0] || d[1])
			continue;
		if (d[3] == 0xfc && !found)
			found = at;
		if (d[3] == 0x10 && !free_at)
			free_at = at;
	}
	at = found ? found : free_at;
	if (!at)
		return kinora_fail(-ENOSPC, "'%s': the base block has no room for a name", change);
	memset(doc->base + at, 0, 5);
	doc->base[at + 3] = 0xfc;
	memset(doc->base + at + 5, ' ', 13);
	memcpy(doc->base + at + 5, value, length);
	if (length < 13)
		doc->base[at + 5 + length] = '\n';
	return 0;
}

static int change_serial(struct edid_doc *doc, const char *change, const char *value)
{
	char *end;
	unsigned long long number = strtoull(value, &end, 10);
	unsigned int i;

	if (!isdigit((unsigned char)value[0]) || *end || number > UINT32_MAX)
		return fail_value(change, "a number up to 4294967295");
	for (i = 0; i < 4; i++)
		doc->base[12 + i] = (uint8_t)(number >> 8 * i);
	return 0;
}

static int change_address(struct edid_doc *doc, const char *change, const char *value)
{
	struct edid_item *hdmi = hdmi_get(doc);
	unsigned int a, b, c, d;
	int end = 0;

	if (sscanf(value, "%1x.%1x.%1x.%1x%n", &a, &b, &c, &d, &end) != 4 || value[end])
		return fail_value(change, "a physical address such as 1.0.0.0");
	if (!hdmi)
		return fail_items();
	hdmi->bytes[3] = (uint8_t)(a << 4 | b);
	hdmi->bytes[4] = (uint8_t)(c << 4 | d);
	return 0;
}

static const struct {
	const char *name, *help;
	int (*apply)(struct edid_doc *doc, const char *change, const char *value);
} words[] = {
	{ "+MODE", "offer a format: 2160p60, 1080i50, 4320p59.94, vic97; as 4:2:0 where it must",
	  NULL },
	{ "-MODE", "offer it no more", NULL },
	{ "+MODE/420", "offer it as 4:2:0 too; -MODE/420 takes that away", NULL },
	{ "preferred=MODE", "the format that sources choose first", change_preferred },
	{ "hdr=off|hlg|pq|hlg,pq", "transfer functions beside SDR; BT.2020 comes with them",
	  change_hdr },
	{ "colour=709|2020", "BT.709 alone, or BT.2020 too", change_colour },
	{ "depth=8|10|12", "deepest samples", change_depth },
	{ "audio=off|CHANNELS", "LPCM of up to 1 to 8 channels, 32 to 192 kHz", change_audio },
	{ "frl=RATE", "fastest FRL link, 0 (none) to 6 (4 lanes of 12 Gb/s)", change_frl },
	{ "tmds=MHZ", "fastest TMDS clock, 25 to 600", change_tmds },
	{ "name=TEXT", "what source menus show, up to 13 characters", change_name },
	{ "serial=NUMBER", "serial number, for sources that tell sinks apart by it",
	  change_serial },
	{ "address=A.B.C.D", "CEC physical address", change_address },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

const char *kinora_edid_change_name(unsigned int index)
{
	return index < WORDS ? words[index].name : NULL;
}

const char *kinora_edid_change_help(unsigned int index)
{
	return index < WORDS ? words[index].help : NULL;
}

static int change_word(struct edid_doc *doc, const char *change)
{
	const char *equals = strchr(change, '=');
	size_t i, length = equals ? (size_t)(equals - change) + 1 : 0;

	for (i = 0; equals && i < WORDS; i++)
		if (words[i].apply && !strncmp(words[i].name, change, length))
			return words[i].apply(doc, change, equals + 1);
	return kinora_fail(-EINVAL, "unknown change '%s': 'kinora edid list' shows them", change);
}

#define TURNS 6

/*
 * When it is made, whichever place it has among the others: words before formats, and after
 * another word what looks at its outcome: TMDS, which FRL sets too, then BT.709, which HDR does not
 * go with, and depth, which the HDMI Forum block has for 4:2:0.
 */
static unsigned int turn_of(const char *change)
{
	if (!strncmp(change, "tmds=", 5))
		return 1;
	if (!strncmp(change, "colour=", 7) || !strncmp(change, "depth=", 6))
		return 2;
	if (change[0] == '+')
		return 3;
	if (!strncmp(change, "preferred=", 10))
		return 4;
	return change[0] == '-' ? 5 : 0;
}

int edid_doc_change(struct edid_doc *doc, const char *const *changes, size_t count)
{
	unsigned int turn;
	int ret = 0;
	size_t i;

	for (turn = 0; turn < TURNS; turn++)
		for (i = 0; i < count && !ret; i++) {
			if (turn_of(changes[i]) != turn)
				continue;
			ret = changes[i][0] == '+' || changes[i][0] == '-' ?
				      change_format(doc, changes[i]) : change_word(doc, changes[i]);
		}
	return ret;
}

int kinora_edid_modify(struct kinora_edid *edid, const char *const *changes, size_t count)
{
	struct kinora_edid_finding before[64], after[64];
	struct kinora_edid changed;
	struct edid_doc doc;
	size_t old, new, i, j;
	int ret;

	ret = edid_doc_read(&doc, edid);
	if (!ret)
		ret = edid_doc_change(&doc, changes, count);
	if (!ret)
		ret = edid_doc_write(&doc, &changed);
	if (ret)
		return ret;
	/* What was wrong before is not this change's fault. */
	old = kinora_edid_check(edid, before, 64);
	new = kinora_edid_check(&changed, after, 64);
	for (i = 0; i < new && i < 64 && after[i].failure; i++) {
		for (j = 0; j < old && j < 64; j++)
			if (!strcmp(after[i].text, before[j].text))
				break;
		if (j == old || j == 64)
			return kinora_fail(-EINVAL, "this would break the EDID: %s",
					   after[i].text);
	}
	*edid = changed;
	return 0;
}
