// SPDX-License-Identifier: MIT
/*
 * Presets: EDIDs for what a studio wants a source to send. "default" is the card's own, from the
 * firmware's source. The others have its base block, and then only what their words say, so that a
 * source has little to choose from; 640x480p60 is in all of them, because no sink may be without.
 */
#include <errno.h>
#include <string.h>

#include "../../firmware-blobs/controller/edid_default.h"
#include "edid_edit.h"
#include "error.h"

#define CHANGES_MAX 24

struct preset {
	const char *name, *help;
	const char *changes[CHANGES_MAX]; /* none: the card's own */
};

static const struct preset presets[] = {
	{ "default", "what the card starts with: all that HDMI 1 takes, up to 4320p60", { NULL } },
	{ "8k",
	  "4320p60 and p50 as 4:2:0, p30, p25, p24; HLG and PQ; 2160p and 1080p to fall back on",
	  { "frl=6", "depth=12", "audio=8", "hdr=hlg,pq", "preferred=2160p60", "+2160p50",
	    "+4320p60", "+4320p50", "+4320p48", "+4320p30", "+4320p25", "+4320p24", "+2160p60/420",
	    "+2160p50/420", "+1080p60", "+1080p50" } },
	{ "4k120-hdr", "2160p120 and p100, HLG and PQ; 2160p60 and p50",
	  { "frl=6", "depth=12", "audio=8", "hdr=hlg,pq", "preferred=2160p60", "+2160p120",
	    "+2160p100", "+2160p50", "+1080p60", "+1080p50" } },
	{ "4k60-hdr", "2160p60, p50, p30, p25, p24 over HDMI 2.0; HLG and PQ, 10 and 12 bit",
	  { "tmds=600", "depth=12", "audio=8", "hdr=hlg,pq", "preferred=2160p60", "+2160p50",
	    "+2160p30", "+2160p25", "+2160p24", "+2160p60/420", "+2160p50/420", "+1080p60",
	    "+1080p50" } },
	{ "4k60-sdr", "the same formats, BT.709, 8 bit",
	  { "tmds=600", "depth=8", "audio=8", "colour=709", "preferred=2160p60", "+2160p50",
	    "+2160p30", "+2160p25", "+2160p24", "+1080p60", "+1080p50" } },
	{ "4k50-hlg", "2160p50 and p25, HLG, BT.2020, 10 bit: production in 50 Hz countries",
	  { "tmds=600", "depth=10", "audio=8", "hdr=hlg", "preferred=2160p50", "+2160p25",
	    "+2160p50/420", "+1080p50" } },
	{ "4k30", "2160p30, p25, p24 for sources of HDMI 1.4",
	  { "tmds=300", "audio=8", "colour=709", "preferred=2160p30", "+2160p25", "+2160p24",
	    "+1080p60", "+1080p50" } },
	{ "1080p60", "1080p60 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080p60" } },
	{ "1080p50", "1080p50 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080p50" } },
	{ "1080p25", "1080p25 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080p25" } },
	{ "1080p24", "1080p24 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080p24" } },
	{ "1080i60", "1080i60 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080i60" } },
	{ "1080i50", "1080i50 alone", { "tmds=165", "audio=8", "colour=709",
	  "preferred=1080i50" } },
	{ "720p60", "720p60 alone", { "tmds=165", "audio=8", "colour=709", "preferred=720p60" } },
	{ "720p50", "720p50 alone", { "tmds=165", "audio=8", "colour=709", "preferred=720p50" } },
};

#define PRESETS (sizeof(presets) / sizeof(presets[0]))

const char *kinora_edid_preset_name(unsigned int index)
{
	return index < PRESETS ? presets[index].name : NULL;
}

const char *kinora_edid_preset_help(unsigned int index)
{
	return index < PRESETS ? presets[index].help : NULL;
}

static void default_edid(struct kinora_edid *edid)
{
	memset(edid, 0, sizeof(*edid));
	memcpy(edid->bytes, edid_default, EDID_DEFAULT_BYTES);
	edid->size = EDID_DEFAULT_BYTES;
}

/* The card's base block without its timings, and an extension with nothing but its flags. */
static int empty_doc(struct edid_doc *doc)
{
	struct kinora_edid edid;
	struct edid_item *vcdb;
	unsigned int at;
	int ret;

	default_edid(&edid);
	ret = edid_doc_read(doc, &edid);
	if (ret)
		return ret;
	doc->item_count = 0;
	doc->dtd_count = 0;
	doc->override = false;
	doc->flags = EDID_CTA_UNDERSCAN | EDID_CTA_444 | EDID_CTA_422 | 1; /* a native timing */
	for (at = 72; at <= 108; at += EDID_DTD_BYTES)
		if (doc->base[at] || doc->base[at + 1]) {
			memset(doc->base + at, 0, EDID_DTD_BYTES);
			doc->base[at + 3] = 0x10;	/* unused */
		}
	vcdb = edid_doc_insert(doc, NULL, EDID_VCDB);
	if (!vcdb)
		return -ENOSPC;
	vcdb->length = 1;
	vcdb->bytes[0] = 0xca;	/* ranges selectable; IT and CE formats underscanned */
	return 0;
}

int kinora_edid_preset(const char *name, struct kinora_edid *edid)
{
	struct edid_doc doc;
	size_t i, count = 0;
	int ret;

	for (i = 0; i < PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			break;
	if (i == PRESETS)
		return kinora_fail(-EINVAL,
				   "no preset '%s': 'kinora edid list' shows what there is", name);
	if (!presets[i].changes[0]) {
		default_edid(edid);
		return 0;
	}
	while (count < CHANGES_MAX && presets[i].changes[count])
		count++;
	ret = empty_doc(&doc);
	if (!ret)
		ret = edid_doc_change(&doc, presets[i].changes, count);
	return ret ? ret : edid_doc_write(&doc, edid);
}
