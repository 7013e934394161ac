// SPDX-License-Identifier: MIT
/*
 * An EDID taken apart into data blocks and timings, and put together again: what the editor works
 * on. Blocks it does not know are kept as they are.
 *
 * Putting together keeps the order of data blocks and the extension each was in, as long as it
 * fits there; formats and the HDMI blocks, which sources expect in the first one, get its room
 * first. More than one extension is counted by an HF-EEODB, where HDMI 2.1 is spoken, so that old
 * sources see two blocks and new ones all (HDMI 2.1, 10.3.6).
 */
#include <errno.h>
#include <string.h>

#include "edid_parts.h"
#include "error.h"

static int fail_damaged(const char *what)
{
	return kinora_fail(-EINVAL,
			   "the EDID is damaged, %s: 'kinora edid check' tells what and where",
			   what);
}

static int read_cta(struct edid_doc *doc, const uint8_t *block, unsigned int number)
{
	unsigned int at = EDID_CTA_FIRST;
	struct edid_item item;

	if (!doc->has_cta)
		doc->flags = block[3];
	doc->has_cta = true;
	while (edid_item_next(block, &at, &item)) {
		if (item.tag == EDID_EEODB) {
			doc->override = true;
			continue;
		}
		if (doc->item_count == EDID_ITEMS_MAX)
			return fail_damaged("it has too many data blocks");
		item.block = number;
		doc->items[doc->item_count++] = item;
	}
	if (at != edid_items_end(block))
		return fail_damaged("a data block runs over the end");
	if (block[2] < EDID_CTA_FIRST)
		return 0;
	for (; at + EDID_DTD_BYTES < KINORA_EDID_BLOCK && (block[at] || block[at + 1]);
	     at += EDID_DTD_BYTES) {
		doc->dtds[doc->dtd_count].block = number;
		memcpy(doc->dtds[doc->dtd_count++].bytes, block + at, EDID_DTD_BYTES);
	}
	return 0;
}

int edid_doc_read(struct edid_doc *doc, const struct kinora_edid *edid)
{
	unsigned int i, blocks = edid_blocks(edid);
	int ret = 0;

	memset(doc, 0, sizeof(*doc));
	if (!edid->size)
		return kinora_fail(-EINVAL, "there is no EDID to change: set a preset or file "
				   "first ('kinora edid list' shows presets)");
	if (edid->size % KINORA_EDID_BLOCK || edid->size > sizeof(edid->bytes))
		return fail_damaged("its size is no multiple of 128");
	for (i = 0; i < blocks && !ret; i++) {
		const uint8_t *block = edid->bytes + (size_t)i * KINORA_EDID_BLOCK;

		if (block[KINORA_EDID_BLOCK - 1] != edid_checksum(block))
			ret = fail_damaged("a checksum is wrong");
		else if (!i)
			memcpy(doc->base, block, KINORA_EDID_BLOCK);
		else if (block[0] == EDID_TAG_CTA)
			ret = read_cta(doc, block, i);
		else
			memcpy(doc->other[doc->other_count++], block, KINORA_EDID_BLOCK);
	}
	return ret;
}

/* ------------------------------------------------------------------ write */

static unsigned int item_bytes(const struct edid_item *item)
{
	return 1 + item->length + (item->tag >= 0x100);
}

/* Who gets room first: the two HDMI blocks, which have to be neighbours; formats; the rest. */
static unsigned int precedence(const struct edid_item *item)
{
	uint32_t oui = edid_item_oui(item);

	if (oui == EDID_OUI_HDMI || oui == EDID_OUI_FORUM || item->tag == EDID_FORUM_SINK)
		return 0;
	if (item->tag == EDID_VIDEO || item->tag == EDID_Y420_VIDEO ||
	    item->tag == EDID_Y420_CAPABILITY)
		return 1;
	return 2;
}

struct layout {
	unsigned int room[EDID_BLOCKS_MAX];	/* left, by block */
	unsigned int item[EDID_ITEMS_MAX];	/* block of each */
	unsigned int dtd[EDID_DTDS_MAX];
	unsigned int blocks;			/* that are in use, base included */
};

/* The first block from `wanted` on with room for it; 0: none. */
static unsigned int place(struct layout *layout, unsigned int wanted, unsigned int bytes)
{
	unsigned int block;

	for (block = wanted ? wanted : 1; block < EDID_BLOCKS_MAX; block++) {
		if (layout->room[block] < bytes)
			continue;
		layout->room[block] -= bytes;
		if (block >= layout->blocks)
			layout->blocks = block + 1;
		return block;
	}
	return 0;
}

static bool lay_out(const struct edid_doc *doc, struct layout *layout, bool override)
{
	unsigned int i, turn;
	bool ok = true;

	memset(layout, 0, sizeof(*layout));
	layout->blocks = 1;
	for (i = 1; i < EDID_BLOCKS_MAX; i++)
		layout->room[i] = EDID_CTA_ROOM;
	if (override)
		place(layout, 1, 3);
	for (turn = 0; turn < 3; turn++) {
		for (i = 0; i < doc->item_count; i++) {
			if (precedence(&doc->items[i]) != turn)
				continue;
			layout->item[i] = place(layout, doc->items[i].block,
						item_bytes(&doc->items[i]));
			ok = ok && layout->item[i];
		}
	}
	for (i = 0; i < doc->dtd_count; i++) {
		layout->dtd[i] = place(layout, doc->dtds[i].block, EDID_DTD_BYTES);
		ok = ok && layout->dtd[i];
	}
	if (layout->blocks == 1 && doc->has_cta)
		layout->blocks = 2;	/* an extension with nothing but its flags */
	return ok && layout->blocks + doc->other_count <= EDID_BLOCKS_MAX;
}

static unsigned int write_item(uint8_t *to, const struct edid_item *item)
{
	unsigned int extended = item->tag >= 0x100;

	to[0] = (uint8_t)((extended ? 7 : item->tag) << 5 | (item->length + extended));
	if (extended)
		to[1] = (uint8_t)item->tag;
	memcpy(to + 1 + extended, item->bytes, item->length);
	return item_bytes(item);
}

static void write_cta(const struct edid_doc *doc, const struct layout *layout, unsigned int number,
		      unsigned int override, uint8_t *block)
{
	unsigned int at = EDID_CTA_FIRST, i;

	memset(block, 0, KINORA_EDID_BLOCK);
	block[0] = EDID_TAG_CTA;
	block[1] = 3;
	block[3] = number == 1 ? doc->flags : doc->flags & 0xf0;
	if (override && number == 1) {
		const uint8_t eeodb[3] = { 7 << 5 | 2, EDID_EEODB & 0xff, (uint8_t)override };

		memcpy(block + at, eeodb, 3);
		at += 3;
	}
	for (i = 0; i < doc->item_count; i++)
		if (layout->item[i] == number)
			at += write_item(block + at, &doc->items[i]);
	block[2] = (uint8_t)at;
	for (i = 0; i < doc->dtd_count; i++) {
		if (layout->dtd[i] != number)
			continue;
		memcpy(block + at, doc->dtds[i].bytes, EDID_DTD_BYTES);
		at += EDID_DTD_BYTES;
	}
}

int edid_doc_write(const struct edid_doc *doc, struct kinora_edid *edid)
{
	struct edid_doc *mutable = (struct edid_doc *)doc;
	struct layout layout;
	unsigned int i, blocks;
	bool override = false;

	if (!lay_out(doc, &layout, false))
		goto fail;
	/* more than one extension: count them the new way, if the EDID did, or speaks HDMI 2.1 */
	if (layout.blocks + doc->other_count > 2 &&
	    (doc->override || edid_doc_find(mutable, EDID_VENDOR, EDID_OUI_FORUM))) {
		override = true;
		if (!lay_out(doc, &layout, true))
			goto fail;
	}
	blocks = layout.blocks + doc->other_count;
	memset(edid, 0, sizeof(*edid));
	memcpy(edid->bytes, doc->base, KINORA_EDID_BLOCK);
	edid->bytes[126] = (uint8_t)(override ? 1 : blocks - 1);
	for (i = 1; i < layout.blocks; i++)
		write_cta(doc, &layout, i, override ? blocks - 1 : 0,
			  edid->bytes + (size_t)i * KINORA_EDID_BLOCK);
	for (i = 0; i < doc->other_count; i++)
		memcpy(edid->bytes + (size_t)(layout.blocks + i) * KINORA_EDID_BLOCK, doc->other[i],
		       KINORA_EDID_BLOCK);
	edid->size = (size_t)blocks * KINORA_EDID_BLOCK;
	kinora_edid_fix_checksums(edid);
	return 0;

fail:
	return kinora_fail(-ENOSPC, "the EDID would need more than 512 bytes: take formats away");
}

/* ------------------------------------------------------------------ items */

struct edid_item *edid_doc_find(struct edid_doc *doc, unsigned int tag, uint32_t oui)
{
	unsigned int i;

	for (i = 0; i < doc->item_count; i++)
		if (doc->items[i].tag == tag && (!oui || edid_item_oui(&doc->items[i]) == oui))
			return &doc->items[i];
	return NULL;
}

struct edid_item *edid_doc_insert(struct edid_doc *doc, struct edid_item *at, unsigned int tag)
{
	struct edid_item *end = doc->items + doc->item_count;

	if (doc->item_count == EDID_ITEMS_MAX)
		return NULL;
	if (!at)
		at = end;
	memmove(at + 1, at, (size_t)(end - at) * sizeof(*at));
	memset(at, 0, sizeof(*at));
	at->tag = tag;
	at->block = 1;
	doc->item_count++;
	doc->has_cta = true;
	return at;
}

void edid_doc_remove(struct edid_doc *doc, struct edid_item *item)
{
	struct edid_item *end = doc->items + doc->item_count;

	memmove(item, item + 1, (size_t)(end - item - 1) * sizeof(*item));
	doc->item_count--;
}
