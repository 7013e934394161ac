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
	bool square;
};

/* The two parts that line y is made of, and the line of each. */
static unsigned int parts_line(const struct links_whole *whole, unsigned int y,
			       const struct picture_source *part[2])
{
	unsigned int half = whole->source.height / 2;
	unsigned int first = whole->square ? y / half * 2 : y % 2 * 2;

	part[0] = whole->part[first];
	part[1] = whole->part[first + 1];
	return whole->square ? y % half : y / 2;
}

/* Where a line of the parts is in the whole, next to line y. */
static unsigned int whole_of(const struct links_whole *whole, unsigned int y, unsigned int line)
{
	unsigned int half = whole->source.height / 2;

	return whole->square ? y / half * half + line : line * 2 + y % 2;
}

/* Two samples from the one, two from the other; chroma goes with its pair. */
static void interleave(const struct picture_row *from, unsigned int pairs, unsigned int half,
		       const struct picture_row *to)
{
	for (unsigned int i = 0; i < pairs; i++) {
		unsigned int k = i * 2 + half;

		to->y[k * 2] = from->y[i * 2];
		to->y[k * 2 + 1] = from->y[i * 2 + 1];
		to->cb[k] = from->cb[i];
		to->cr[k] = from->cr[i];
	}
}

static int whole_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		     const struct picture_row *out)
{
	const struct links_whole *whole = (const struct links_whole *)src;
	const struct picture_source *part[2];
	unsigned int line = parts_line(whole, y, part), width = src->width / 2;
	struct picture_row row;
	int ret = 0;

	if (!whole->square) {
		ret = picture_row_init(&row, width);
		if (ret)
			return ret;
	}
	for (unsigned int i = 0; i < 2 && !ret; i++) {
		unsigned int x = i * width;
		struct picture_row half = {
			.y = out->y + x, .cb = out->cb + x / 2, .cr = out->cr + x / 2,
		};

		ret = part[i]->row(part[i], frame % part[i]->frames, line,
				   whole->square ? &half : &row);
		if (!ret && !whole->square)
			interleave(&row, width / 2, i, out);
	}
	if (!whole->square)
		picture_row_finish(&row);
	return ret;
}

/* Equal rows share memory only where both parts say so; a clip's rows rarely do. */
static unsigned int whole_row_class(const struct picture_source *src, unsigned int frame,
				    unsigned int y)
{
	const struct links_whole *whole = (const struct links_whole *)src;
	const struct picture_source *part[2];
	unsigned int line = parts_line(whole, y, part);
	unsigned int class[2], first = 0;

	for (unsigned int i = 0; i < 2; i++) {
		class[i] = part[i]->row_class(part[i], frame % part[i]->frames, line);
		if (class[i] > first)
			first = class[i];
	}
	/* the first line from which on both have the class of y, if they had it together there */
	for (unsigned int i = 0; i < 2; i++)
		if (part[i]->row_class(part[i], frame % part[i]->frames, first) != class[i])
			return y;
	return whole_of(whole, y, first);
}

int links_whole_create(struct picture_source **out, const struct picture_source *const part[4],
		       bool square)
{
	struct links_whole *whole = calloc(1, sizeof(*whole));

	if (!whole)
		return -ENOMEM;
	whole->square = square;
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
