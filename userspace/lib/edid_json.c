// SPDX-License-Identifier: MIT
/*
 * An EDID as JSON, for programs: the same facts as the text, with names as CTA-861 has them and
 * numbers where they are numbers. Rates of formats are given as they are named; detailed timings
 * also in Hz.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "edid_parts.h"
#include "edid_words.h"
#include "error.h"

static json_t *bits_json(const struct edid_bits *names, unsigned int value)
{
	json_t *array = json_array();

	for (; names->name; names++)
		if (value & names->bit)
			json_array_append_new(array, json_string(names->name));
	return array;
}

static json_t *vic_json(uint8_t vic)
{
	const struct kinora_video_mode *mode = kinora_video_mode_find(vic);
	char text[KINORA_MODE_TEXT];

	return json_pack("{s:i, s:s?}", "vic", vic, "format",
			 mode ? kinora_video_mode_text(mode, text) : NULL);
}

static json_t *svds_json(const struct edid_item *item)
{
	json_t *array = json_array(), *entry;
	unsigned int i;
	bool native;

	for (i = 0; i < item->length; i++) {
		entry = vic_json(edid_svd_vic(item->bytes[i], &native));
		json_object_set_new(entry, "native", json_boolean(native));
		json_array_append_new(array, entry);
	}
	return array;
}

static json_t *map_json(const struct edid_item *item, const struct edid_svds *svds)
{
	json_t *array = json_array();
	unsigned int i;

	for (i = 0; i < svds->count; i++)
		if (!item->length ||
		    (i / 8 < item->length && item->bytes[i / 8] >> i % 8 & 1))
			json_array_append_new(array, vic_json(svds->vic[i]));
	return array;
}

static json_t *timing_json(const uint8_t *dtd)
{
	struct edid_timing t;
	char text[KINORA_MODE_TEXT];

	edid_timing_read(dtd, &t);
	return json_pack("{s:s, s:i, s:i, s:b, s:f, s:i, s:i, s:I}",
			 "format", edid_timing_text(&t, text), "width", t.width,
			 "height", t.height, "interlaced", t.interlaced, "hz", t.hz,
			 "htotal", t.width + t.hblank, "vtotal", t.height + t.vblank,
			 "pixelclock", (json_int_t)t.clock_khz * 1000);
}

static json_t *audio_json(const struct edid_item *item)
{
	json_t *array = json_array(), *entry;
	unsigned int i;

	for (i = 0; i + 3 <= item->length; i += 3) {
		struct edid_audio audio;

		edid_audio_read(item->bytes + i, &audio);
		entry = json_pack("{s:s, s:i, s:o}", "format", audio.name, "channels",
				  (int)audio.channels, "khz",
				  bits_json(edid_audio_rates, audio.rates));
		if (audio.linear)
			json_object_set_new(entry, "bits",
					    bits_json(edid_audio_depths, audio.detail));
		json_array_append_new(array, entry);
	}
	return array;
}

static void hdmi_json(json_t *to, const struct edid_item *item)
{
	const uint8_t *b = item->bytes;
	char address[16];

	if (item->length >= 5) {
		snprintf(address, sizeof(address), "%x.%x.%x.%x", b[3] >> 4, b[3] & 0xf, b[4] >> 4,
			 b[4] & 0xf);
		json_object_set_new(to, "address", json_string(address));
	}
	if (item->length >= 6)
		json_object_set_new(to, "deep_colour", bits_json(edid_hdmi_depths, b[5]));
	if (item->length >= 7)
		json_object_set_new(to, "tmds_mhz", json_integer(b[6] * 5));
}

static void forum_json(json_t *to, const uint8_t *b, unsigned int length)
{
	if (length < 4)
		return;
	json_object_set_new(to, "tmds_mhz", json_integer(b[EDID_FORUM_TMDS] * 5));
	json_object_set_new(to, "frl_rate", json_integer(b[EDID_FORUM_FRL] >> 4));
	json_object_set_new(to, "can", bits_json(edid_forum_flags, b[EDID_FORUM_FLAGS]));
	json_object_set_new(to, "deep_colour_420",
			    bits_json(edid_forum_depths, b[EDID_FORUM_FRL]));
	if (length >= 5)
		json_object_set_new(to, "gaming", bits_json(edid_forum_gaming, b[4]));
	if (length >= 8)
		json_object_set_new(to, "compression", bits_json(edid_forum_dsc, b[7]));
}

static void vendor_json(json_t *to, const struct edid_item *item)
{
	uint32_t oui = edid_item_oui(item);
	char text[8];

	snprintf(text, sizeof(text), "%06X", oui);
	json_object_set_new(to, "oui", json_string(text));
	if (oui == EDID_OUI_HDMI)
		hdmi_json(to, item);
	else if (oui == EDID_OUI_FORUM)
		forum_json(to, item->bytes + 3, item->length - 3u);
}

static void item_facts(json_t *to, const struct edid_item *item, const struct edid_svds *svds)
{
	const uint8_t *b = item->bytes;

	switch (item->tag) {
	case EDID_AUDIO:
		json_object_set_new(to, "formats", audio_json(item));
		break;
	case EDID_VIDEO:
	case EDID_Y420_VIDEO:
	case EDID_VFPDB:
		json_object_set_new(to, "formats", svds_json(item));
		break;
	case EDID_Y420_CAPABILITY:
		json_object_set_new(to, "formats", map_json(item, svds));
		break;
	case EDID_VENDOR:
	case EDID_VENDOR_VIDEO:
		vendor_json(to, item);
		break;
	case EDID_SPEAKER:
		json_object_set_new(to, "speakers", bits_json(edid_speakers, b[0]));
		break;
	case EDID_VCDB:
		json_object_set_new(to, "can", bits_json(edid_vcdb, b[0]));
		break;
	case EDID_COLORIMETRY:
		json_object_set_new(to, "colorimetry",
				    bits_json(edid_colorimetries, b[0] | (unsigned int)b[1] << 8));
		break;
	case EDID_HDR_STATIC:
		json_object_set_new(to, "transfer", bits_json(edid_eotfs, b[0]));
		break;
	case EDID_EEODB:
		json_object_set_new(to, "blocks", json_integer(b[0]));
		break;
	case EDID_FORUM_SINK:
		if (item->length >= 2)
			forum_json(to, b + 2, item->length - 2u);
		break;
	default:
		break;
	}
}

static json_t *item_json(const struct edid_item *item, const struct edid_svds *svds)
{
	json_t *bytes = json_array(), *entry;
	unsigned int i;

	for (i = 0; i < item->length; i++)
		json_array_append_new(bytes, json_integer(item->bytes[i]));
	entry = json_pack("{s:s, s:i, s:o}", "name", edid_item_name(item), "tag",
			  (int)(item->tag & 0x100 ? 7 : item->tag), "bytes", bytes);
	if (item->tag & 0x100)
		json_object_set_new(entry, "extended_tag", json_integer(item->tag & 0xff));
	item_facts(entry, item, svds);
	return entry;
}

static void base_json(json_t *to, const uint8_t *base)
{
	json_t *timings = json_array(), *established = json_array(), *standard = json_array();
	struct edid_range range;
	char id[4], text[32], name[14];
	unsigned int i, width, height, hz;

	snprintf(text, sizeof(text), "%u.%u", base[18], base[19]);
	json_object_set_new(to, "version", json_string(text));
	json_object_set_new(to, "manufacturer", json_string(edid_manufacturer(base, id)));
	json_object_set_new(to, "product", json_integer(base[10] | base[11] << 8));
	json_object_set_new(to, "serial", json_integer(base[12] | base[13] << 8 | base[14] << 16 |
						       (json_int_t)base[15] << 24));
	json_object_set_new(to, "year", json_integer(1990 + base[17]));
	edid_base_text(base, 0xfc, name);
	json_object_set_new(to, "name", json_string(name));
	for (i = 54; i <= 108; i += EDID_DTD_BYTES)
		if (base[i] || base[i + 1])
			json_array_append_new(timings, timing_json(base + i));
	json_object_set_new(to, "timings", timings);
	for (i = 0; i < EDID_ESTABLISHED; i++)
		if (base[35 + i / 8] & 0x80 >> i % 8)
			json_array_append_new(established, json_string(edid_established[i]));
	json_object_set_new(to, "established", established);
	for (i = 38; i < 54; i += 2)
		if (edid_standard_timing(base + i, base[19], &width, &height, &hz)) {
			snprintf(text, sizeof(text), "%ux%up%u", width, height, hz);
			json_array_append_new(standard, json_string(text));
		}
	json_object_set_new(to, "standard", standard);
	if (edid_range_read(base, &range))
		json_object_set_new(to, "range",
				    json_pack("{s:i, s:i, s:i, s:i, s:i}",
					      "min_hz", (int)range.min_hz,
					      "max_hz", (int)range.max_hz,
					      "min_khz", (int)range.min_khz,
					      "max_khz", (int)range.max_khz,
					      "max_mhz", (int)range.max_mhz));
}

static void cta_json(json_t *to, const uint8_t *block, const struct edid_svds *svds)
{
	json_t *items = json_array(), *timings = json_array();
	unsigned int at = EDID_CTA_FIRST, end = edid_items_end(block);
	struct edid_item item;

	json_object_set_new(to, "revision", json_integer(block[1]));
	json_object_set_new(to, "can", bits_json(edid_cta_flags, block[3]));
	while (edid_item_next(block, &at, &item))
		json_array_append_new(items, item_json(&item, svds));
	json_object_set_new(to, "data_blocks", items);
	for (at = end; block[2] >= EDID_CTA_FIRST && at + EDID_DTD_BYTES < KINORA_EDID_BLOCK &&
		       (block[at] || block[at + 1]); at += EDID_DTD_BYTES)
		json_array_append_new(timings, timing_json(block + at));
	json_object_set_new(to, "timings", timings);
}

static json_t *findings_json(const struct kinora_edid *edid)
{
	struct kinora_edid_finding findings[64];
	size_t count = kinora_edid_check(edid, findings, 64), i;
	json_t *array = json_array();

	for (i = 0; i < count && i < 64; i++)
		json_array_append_new(array, json_pack("{s:s, s:i, s:s}", "kind",
						       findings[i].failure ? "failure" : "warning",
						       "block", (int)findings[i].block,
						       "text", findings[i].text));
	return array;
}

json_t *edid_to_json(const struct kinora_edid *edid)
{
	json_t *blocks = json_array();
	struct edid_svds svds;
	unsigned int i;

	edid_svds_read(edid, &svds);
	for (i = 0; (size_t)(i + 1) * KINORA_EDID_BLOCK <= edid->size; i++) {
		const uint8_t *block = edid->bytes + (size_t)i * KINORA_EDID_BLOCK;
		bool cta = i && block[0] == EDID_TAG_CTA;
		json_t *entry = json_pack("{s:s, s:b}", "block",
					  i ? edid_extension_name(block[0]) : "base",
					  "checksum_ok",
					  block[KINORA_EDID_BLOCK - 1] == edid_checksum(block));

		if (!i)
			base_json(entry, block);
		else if (cta)
			cta_json(entry, block, &svds);
		json_array_append_new(blocks, entry);
	}
	return json_pack("{s:I, s:o, s:o}", "bytes", (json_int_t)edid->size, "blocks", blocks,
			 "findings", findings_json(edid));
}

int kinora_edid_write_json(const struct kinora_edid *edid, FILE *file)
{
	json_t *root = edid_to_json(edid);
	int ret = 0;

	if (!root || json_dumpf(root, file, JSON_INDENT(1)) || fputc('\n', file) == EOF)
		ret = kinora_fail(-EIO, "cannot write the EDID as JSON");
	json_decref(root);
	return ret;
}
