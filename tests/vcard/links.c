// SPDX-License-Identifier: MIT
/*
 * A picture source that takes its samples out of a larger one. Both ways keep chroma pairs whole:
 * two-sample interleave deals out pixels in pairs, square division cuts at an even column.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"

struct links_source {
	struct picture_source source;
	const struct picture_source *whole;
	unsigned int link;
	bool square;
};

static unsigned int whole_line(const struct links_source *links, unsigned int y)
{
	if (links->square)
		return y + links->link / 2 * links->source.height;
	return y * 2 + links->link / 2;
}

/* Rows may be asked for from several threads: the whole row is this call's own. */
static int links_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		     const struct picture_row *out)
{
	const struct links_source *links = (const struct links_source *)src;
	unsigned int half = links->link % 2;
	unsigned int width = src->width;
	struct picture_row row;
	int ret;

	ret = picture_row_init(&row, width * 2);
	if (ret)
		return ret;
	ret = links->whole->row(links->whole, frame, whole_line(links, y), &row);
	if (ret)
		goto out_finish;
	if (links->square) {
		memcpy(out->y, row.y + half * width, width * sizeof(*out->y));
		memcpy(out->cb, row.cb + half * width / 2, width / 2 * sizeof(*out->cb));
		memcpy(out->cr, row.cr + half * width / 2, width / 2 * sizeof(*out->cr));
		goto out_finish;
	}
	for (unsigned int pair = 0; pair < width / 2; pair++) {
		unsigned int from = pair * 2 + half;

		out->y[pair * 2] = row.y[from * 2];
		out->y[pair * 2 + 1] = row.y[from * 2 + 1];
		out->cb[pair] = row.cb[from];
		out->cr[pair] = row.cr[from];
	}
out_finish:
	picture_row_finish(&row);
	return ret;
}

/* Rows of the whole that are equal are equal here; the first of a class may lie on another link. */
static unsigned int links_row_class(const struct picture_source *src, unsigned int frame,
				    unsigned int y)
{
	const struct links_source *links = (const struct links_source *)src;
	unsigned int class = links->whole->row_class(links->whole, frame, whole_line(links, y));
	unsigned int first = y;

	if (links->square) {
		unsigned int top = whole_line(links, 0);

		first = class > top ? class - top : 0;
	} else {
		first = class / 2;
		if (whole_line(links, first) < class)
			first++;
	}
	if (first > y ||
	    links->whole->row_class(links->whole, frame, whole_line(links, first)) != class)
		return y;
	return first;
}

static void links_destroy(struct picture_source *src)
{
	free(src);
}

int links_source_create(struct picture_source **out, const struct picture_source *whole,
			unsigned int link, bool square)
{
	struct links_source *links;

	if (link > 3 || whole->width % 4 || whole->height % 2)
		return -EINVAL;
	links = calloc(1, sizeof(*links));
	if (!links)
		return -ENOMEM;
	links->source = (struct picture_source){
		.width = whole->width / 2, .height = whole->height / 2, .frames = whole->frames,
		.row = links_row, .row_class = links_row_class, .destroy = links_destroy,
	};
	links->whole = whole;
	links->link = link;
	links->square = square;
	*out = &links->source;
	return 0;
}

/* --- four as one --- */

struct links_whole {
	struct picture_source source;
	const struct picture_source *part[4];
};

static int whole_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		     const struct picture_row *out)
{
	const struct links_whole *whole = (const struct links_whole *)src;
	unsigned int half = src->height / 2;

	for (unsigned int i = 0; i < 2; i++) {
		const struct picture_source *part = whole->part[y / half * 2 + i];
		unsigned int x = i * part->width;
		struct picture_row quarter = {
			.y = out->y + x, .cb = out->cb + x / 2, .cr = out->cr + x / 2,
		};
		int ret = part->row(part, frame % part->frames, y % half, &quarter);

		if (ret)
			return ret;
	}
	return 0;
}

/* Equal rows share memory only where both quarters say so; a clip's rows rarely do. */
static unsigned int whole_row_class(const struct picture_source *src, unsigned int frame,
				    unsigned int y)
{
	const struct links_whole *whole = (const struct links_whole *)src;
	unsigned int half = src->height / 2, top = y / half * half;
	const struct picture_source *left = whole->part[y / half * 2];
	const struct picture_source *right = whole->part[y / half * 2 + 1];
	unsigned int a = left->row_class(left, frame % left->frames, y % half);
	unsigned int b = right->row_class(right, frame % right->frames, y % half);
	unsigned int first = a > b ? a : b;

	/* the first row from which on both have the class of y, if they had it together there */
	if (left->row_class(left, frame % left->frames, first) == a &&
	    right->row_class(right, frame % right->frames, first) == b)
		return top + first;
	return y;
}

int links_whole_create(struct picture_source **out, const struct picture_source *const part[4])
{
	struct links_whole *whole = calloc(1, sizeof(*whole));

	if (!whole)
		return -ENOMEM;
	whole->source = (struct picture_source){
		.width = part[0]->width * 2, .height = part[0]->height * 2, .frames = 1,
		.row = whole_row, .row_class = whole_row_class, .destroy = links_destroy,
	};
	for (unsigned int i = 0; i < 4; i++) {
		if (part[i]->width != part[0]->width || part[i]->height != part[0]->height) {
			free(whole);
			return -EINVAL;
		}
		if (part[i]->frames > whole->source.frames)
			whole->source.frames = part[i]->frames;
		whole->part[i] = part[i];
	}
	*out = &whole->source;
	return 0;
}
