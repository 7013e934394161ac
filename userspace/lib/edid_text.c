// SPDX-License-Identifier: MIT
/*
 * An EDID in words, in the terms of E-EDID and CTA-861, block by block. What is broken is told
 * where it is, and the rest goes on: this is what one looks at when something does not work.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "edid_parts.h"
#include "edid_words.h"
#include "error.h"

#define COLUMNS 96

/* A list that goes on in the next line, aligned, when one is full. */
struct flow {
	FILE *file;
	unsigned int indent, column, count;
};

static void flow_begin(struct flow *flow, FILE *file, const char *title)
{
	*flow = (struct flow){ file, 20, 20, 0 };
	fprintf(file, "    %-16s", title);
}

static void flow_add(struct flow *flow, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void flow_add(struct flow *flow, const char *format, ...)
{
	char text[80];
	unsigned int length;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	length = (unsigned int)strlen(text);
	if (flow->count && flow->column + 2 + length > COLUMNS) {
		fprintf(flow->file, ",\n%*s", (int)flow->indent, "");
		flow->column = flow->indent;
	} else if (flow->count) {
		fputs(", ", flow->file);
		flow->column += 2;
	}
	fputs(text, flow->file);
	flow->column += length;
	flow->count++;
}

static void flow_end(struct flow *flow, const char *none)
{
	fprintf(flow->file, "%s\n", flow->count ? "" : none);
}

/* -------------------------------------------------------------- base block */

static void write_timing(FILE *file, const char *title, const uint8_t *dtd)
{
	struct edid_timing timing;
	char text[KINORA_MODE_TEXT];

	edid_timing_read(dtd, &timing);
	fprintf(file, "    %-16s%s: %ux%u, %.2f Hz, %ux%u with blanking, %.2f MHz\n", title,
		edid_timing_text(&timing, text), timing.width, timing.height, timing.hz,
		timing.width + timing.hblank, timing.height + timing.vblank,
		timing.clock_khz / 1000.0);
}

static void write_established(FILE *file, const uint8_t *base)
{
	struct flow flow;
	unsigned int i;

	flow_begin(&flow, file, "established");
	for (i = 0; i < EDID_ESTABLISHED; i++)
		if (base[35 + i / 8] & 0x80 >> i % 8)
			flow_add(&flow, "%s", edid_established[i]);
	flow_end(&flow, "none");
	flow_begin(&flow, file, "standard");
	for (i = 38; i < 54; i += 2) {
		unsigned int width, height, hz;

		if (edid_standard_timing(base + i, base[19], &width, &height, &hz))
			flow_add(&flow, "%ux%up%u", width, height, hz);
	}
	flow_end(&flow, "none");
}

static void write_range(FILE *file, const uint8_t *base)
{
	struct edid_range range;

	if (!edid_range_read(base, &range))
		return;
	fprintf(file, "    %-16s%u-%u Hz, %u-%u kHz", "range", range.min_hz, range.max_hz,
		range.min_khz, range.max_khz);
	if (range.max_mhz)
		fprintf(file, ", up to %u MHz", range.max_mhz);
	fputc('\n', file);
}

static void write_base(const uint8_t *base, FILE *file)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	char id[4], text[14];
	unsigned int at;

	fprintf(file, "Block 0: base EDID %u.%u\n", base[18], base[19]);
	if (memcmp(base, header, 8))
		fprintf(file, "    HEADER IS WRONG: it has to be 00 FF FF FF FF FF FF 00\n");
	fprintf(file, "    %-16s%s, product 0x%04x, serial number %u, year %u\n", "made by",
		edid_manufacturer(base, id), base[10] | base[11] << 8,
		base[12] | base[13] << 8 | base[14] << 16 | (unsigned int)base[15] << 24,
		1990u + base[17]);
	edid_base_text(base, 0xfc, text);
	fprintf(file, "    %-16s%s\n", "name", text[0] ? text : "none");
	edid_base_text(base, 0xff, text);
	if (text[0])
		fprintf(file, "    %-16s%s\n", "serial text", text);
	fprintf(file, "    %-16s%s", "display", base[20] & 0x80 ? "digital" : "analogue");
	if (base[21] && base[22])
		fprintf(file, ", %u cm x %u cm\n", base[21], base[22]);
	else
		fprintf(file, ", size not told\n");
	for (at = 54; at <= 108; at += EDID_DTD_BYTES)
		if (base[at] || base[at + 1])
			write_timing(file, at == 54 ? "preferred" : "detailed", base + at);
	write_established(file, base);
	write_range(file, base);
}

/* ---------------------------------------------------------- data blocks */

static void write_svds(const struct edid_item *item, FILE *file, const char *title)
{
	struct flow flow;
	unsigned int i;

	flow_begin(&flow, file, title);
	for (i = 0; i < item->length; i++) {
		const struct kinora_video_mode *mode;
		char text[KINORA_MODE_TEXT];
		bool native;
		uint8_t vic = edid_svd_vic(item->bytes[i], &native);

		mode = kinora_video_mode_find(vic);
		flow_add(&flow, "%s (%u)%s", mode ? kinora_video_mode_text(mode, text) : "unknown",
			 vic, native ? " native" : "");
	}
	flow_end(&flow, "none");
}

static void write_capability_map(const struct edid_item *item, FILE *file,
				 const struct edid_svds *svds)
{
	struct flow flow;
	unsigned int i;

	flow_begin(&flow, file, "also as 4:2:0");
	for (i = 0; i < svds->count; i++) {
		const struct kinora_video_mode *mode = kinora_video_mode_find(svds->vic[i]);
		char text[KINORA_MODE_TEXT];

		if (item->length && (i / 8 >= item->length || !(item->bytes[i / 8] >> i % 8 & 1)))
			continue;	/* an empty map means all of them */
		flow_add(&flow, "%s (%u)", mode ? kinora_video_mode_text(mode, text) : "unknown",
			 svds->vic[i]);
	}
	flow_end(&flow, "none");
}

static void write_bits(FILE *file, const char *title, const struct edid_bits *names,
		       unsigned int value)
{
	struct flow flow;

	flow_begin(&flow, file, title);
	for (; names->name; names++)
		if (value & names->bit)
			flow_add(&flow, "%s", names->name);
	flow_end(&flow, "none");
}

static void write_audio(const struct edid_item *item, FILE *file)
{
	unsigned int i;

	for (i = 0; i + 3 <= item->length; i += 3) {
		struct edid_audio audio;
		struct flow flow;
		const struct edid_bits *bit;

		edid_audio_read(item->bytes + i, &audio);
		flow_begin(&flow, file, audio.name);
		flow_add(&flow, "%u channels", audio.channels);
		for (bit = edid_audio_rates; bit->name; bit++)
			if (audio.rates & bit->bit)
				flow_add(&flow, "%s kHz", bit->name);
		for (bit = edid_audio_depths; audio.linear && bit->name; bit++)
			if (audio.detail & bit->bit)
				flow_add(&flow, "%s bit", bit->name);
		flow_end(&flow, "");
	}
}

static void write_hdmi(const struct edid_item *item, FILE *file)
{
	const uint8_t *b = item->bytes;

	if (item->length >= 5)
		fprintf(file, "    %-16s%u.%u.%u.%u\n", "CEC address", b[3] >> 4, b[3] & 0xf,
			b[4] >> 4, b[4] & 0xf);
	if (item->length >= 6)
		write_bits(file, "deep colour", edid_hdmi_depths, b[5]);
	if (item->length >= 7)
		fprintf(file, "    %-16s%u MHz\n", "TMDS up to", b[6] * 5);
}

static void write_forum(const uint8_t *b, unsigned int length, FILE *file)
{
	if (length < 4)
		return;
	if (b[EDID_FORUM_TMDS])
		fprintf(file, "    %-16s%u MHz\n", "TMDS up to", b[EDID_FORUM_TMDS] * 5);
	fprintf(file, "    %-16s%s\n", "FRL up to", edid_frl_text(b[EDID_FORUM_FRL] >> 4));
	write_bits(file, "can", edid_forum_flags, b[EDID_FORUM_FLAGS]);
	write_bits(file, "4:2:0 depth", edid_forum_depths, b[EDID_FORUM_FRL]);
	if (length >= 5)
		write_bits(file, "gaming, VRR", edid_forum_gaming, b[4]);
	if (length >= 7 && (b[5] & 0x3f))
		fprintf(file, "    %-16s%u-%u Hz\n", "VRR", b[5] & 0x3f,
			(b[5] & 0xc0) << 2 | b[6]);
	if (length >= 8)
		write_bits(file, "compression", edid_forum_dsc, b[7]);
}

static void write_hdr(const struct edid_item *item, FILE *file)
{
	const uint8_t *b = item->bytes;

	if (!item->length)
		return;
	write_bits(file, "transfer", edid_eotfs, b[0]);
	if (item->length >= 3 && b[2])
		fprintf(file, "    %-16s%.0f cd/m2\n", "brightest", edid_luminance(b[2]));
	if (item->length >= 4 && b[3])
		fprintf(file, "    %-16s%.0f cd/m2\n", "brightest frame", edid_luminance(b[3]));
	if (item->length >= 5 && b[2])
		fprintf(file, "    %-16s%.4f cd/m2\n", "darkest",
			edid_luminance(b[2]) * (b[4] / 255.0) * (b[4] / 255.0) / 100);
}

static void write_vendor(const struct edid_item *item, FILE *file)
{
	uint32_t oui = edid_item_oui(item);

	if (oui == EDID_OUI_HDMI)
		write_hdmi(item, file);
	else if (oui == EDID_OUI_FORUM)
		write_forum(item->bytes + 3, item->length - 3u, file);
	else
		fprintf(file, "    %-16s%06X%s%s\n", "of", oui, edid_oui_name(oui) ? ", " : "",
			edid_oui_name(oui) ? edid_oui_name(oui) : "");
}

static void write_bytes(const struct edid_item *item, FILE *file)
{
	unsigned int i;

	fprintf(file, "    %-16s", "bytes");
	for (i = 0; i < item->length; i++)
		fprintf(file, "%s%02X", i ? " " : "", item->bytes[i]);
	fputc('\n', file);
}

static void write_item(const struct edid_item *item, FILE *file, const struct edid_svds *svds)
{
	fprintf(file, "  %s\n", edid_item_name(item));
	switch (item->tag) {
	case EDID_AUDIO:
		write_audio(item, file);
		break;
	case EDID_VIDEO:
		write_svds(item, file, "formats");
		break;
	case EDID_VENDOR:
	case EDID_VENDOR_VIDEO:
		write_vendor(item, file);
		break;
	case EDID_SPEAKER:
		if (item->length)
			write_bits(file, "speakers", edid_speakers, item->bytes[0]);
		break;
	case EDID_VCDB:
		if (item->length)
			write_bits(file, "can", edid_vcdb, item->bytes[0]);
		break;
	case EDID_COLORIMETRY:
		if (item->length >= 2)
			write_bits(file, "colorimetry", edid_colorimetries,
				   item->bytes[0] | (unsigned int)item->bytes[1] << 8);
		break;
	case EDID_HDR_STATIC:
		write_hdr(item, file);
		break;
	case EDID_Y420_VIDEO:
		write_svds(item, file, "only as 4:2:0");
		break;
	case EDID_Y420_CAPABILITY:
		write_capability_map(item, file, svds);
		break;
	case EDID_VFPDB:
		write_svds(item, file, "preferred");
		break;
	case EDID_EEODB:
		if (item->length)
			fprintf(file, "    %-16s%u\n", "blocks after 0", item->bytes[0]);
		break;
	case EDID_FORUM_SINK:
		if (item->length >= 2)
			write_forum(item->bytes + 2, item->length - 2u, file);
		break;
	default:
		write_bytes(item, file);
	}
}

static void write_cta(const uint8_t *block, unsigned int number, FILE *file,
		      const struct edid_svds *svds)
{
	unsigned int at = EDID_CTA_FIRST, end = edid_items_end(block);
	struct edid_item item;

	fprintf(file, "Block %u: CTA-861 extension, revision %u\n", number, block[1]);
	write_bits(file, "can", edid_cta_flags, block[3]);
	while (edid_item_next(block, &at, &item))
		write_item(&item, file, svds);
	if (at != end)
		fprintf(file, "    BROKEN: a data block runs over the end at byte %u\n", end);
	if (block[2] < EDID_CTA_FIRST)
		return;
	for (at = end; at + EDID_DTD_BYTES < KINORA_EDID_BLOCK && (block[at] || block[at + 1]);
	     at += EDID_DTD_BYTES)
		write_timing(file, "detailed", block + at);
}

int kinora_edid_write_text(const struct kinora_edid *edid, FILE *file)
{
	unsigned int i, blocks = edid_blocks(edid);
	struct edid_svds svds;

	if (!edid->size) {
		fprintf(file, "no EDID: hot-plug stays low, so no source sends\n");
		return 0;
	}
	fprintf(file, "EDID of %zu bytes, %u block%s\n", edid->size, blocks,
		blocks == 1 ? "" : "s");
	edid_svds_read(edid, &svds);
	for (i = 0; i < blocks; i++) {
		const uint8_t *block = edid->bytes + (size_t)i * KINORA_EDID_BLOCK;
		uint8_t sum;

		if ((size_t)(i + 1) * KINORA_EDID_BLOCK > edid->size) {
			fprintf(file, "Block %u: CUT SHORT, %zu of 128 bytes\n", i,
				edid->size - (size_t)i * KINORA_EDID_BLOCK);
			break;
		}
		if (!i)
			write_base(block, file);
		else if (block[0] == EDID_TAG_CTA)
			write_cta(block, i, file, &svds);
		else
			fprintf(file, "Block %u: %s extension\n", i, edid_extension_name(block[0]));
		sum = edid_checksum(block);
		if (sum == block[KINORA_EDID_BLOCK - 1])
			fprintf(file, "    %-16s0x%02x\n", "checksum", sum);
		else
			fprintf(file, "    CHECKSUM IS WRONG: it is 0x%02x and should be 0x%02x\n",
				block[KINORA_EDID_BLOCK - 1], sum);
	}
	return ferror(file) ? kinora_fail(-EIO, "cannot write the EDID") : 0;
}
