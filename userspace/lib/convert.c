// SPDX-License-Identifier: MIT
/*
 * Pictures to R'G'B', line by line. Plain C, integers only.
 *
 * A line is first spread out into Y, Cb and Cr of full width, then goes through the matrix. Between
 * the two, samples have 12 bits whatever the format (10-bit codes times 4, 8-bit codes times 16),
 * so that the means of neighbouring chroma samples stay exact. Matrix coefficients carry 13 bits of
 * fraction: 3840 * 65535/3504 * 2^13 plus the chroma term stays below 2^31.
 *
 * The transfer function is not touched: HLG in, HLG out.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kinora.h"

#define FRACTION_BITS 13

struct coefficients {
	int32_t y_offset;		/* 12-bit code of black */
	int32_t y, cr_r, cb_g, cr_g, cb_b;
};

struct kinora_converter {
	struct kinora_picture picture;
	unsigned int depth;
	struct coefficients coefficients;
	/* One line. Chroma has a sample more than pixels/2: the last one again. */
	uint16_t *y, *cb, *cr;
};

/* ITU-R BT.709-6 item 3.2, BT.2020-2 table 4, BT.601-7 section 2.5.1. */
static void matrix_luma(enum kinora_matrix matrix, double *kr, double *kb)
{
	switch (matrix) {
	case KINORA_MATRIX_2020:
		*kr = 0.2627;
		*kb = 0.0593;
		break;
	case KINORA_MATRIX_601:
		*kr = 0.299;
		*kb = 0.114;
		break;
	default:
		*kr = 0.2126;
		*kb = 0.0722;
	}
}

static int32_t fixed(double value)
{
	return (int32_t)lround(value * (1 << FRACTION_BITS));
}

static void coefficients_init(struct coefficients *coefficients, const struct kinora_colour *colour,
			      unsigned int bits)
{
	/* Full range reaches the last code, e.g. 1023 of 10 bits (BT.2100-2 table 9). */
	double code = 1 << (12 - bits), top = (double)((1 << bits) - 1) * code;
	double y_range = colour->full_range ? top : 219 * 16;
	double c_range = colour->full_range ? top : 224 * 16;
	double kr, kb, scale = 65535 / c_range;

	matrix_luma(colour->matrix, &kr, &kb);
	coefficients->y_offset = colour->full_range ? 0 : 16 * 16;
	coefficients->y = fixed(65535 / y_range);
	coefficients->cr_r = fixed(scale * 2 * (1 - kr));
	coefficients->cb_b = fixed(scale * 2 * (1 - kb));
	coefficients->cb_g = fixed(scale * 2 * (1 - kb) * kb / (1 - kr - kb));
	coefficients->cr_g = fixed(scale * 2 * (1 - kr) * kr / (1 - kr - kb));
}

int kinora_converter_create(struct kinora_converter **converter,
			    const struct kinora_picture *picture, unsigned int depth)
{
	struct kinora_converter *c;

	if (depth != 8 && depth != 16)
		return kinora_fail(-EINVAL, "no conversion to %u bits: use 8 or 16", depth);
	if (!picture->width || picture->width > 16384 || picture->width % 2 || !picture->height ||
	    picture->height > 16384 || picture->height % picture->format->chroma_lines)
		return kinora_fail(-EINVAL, "%ux%u is no picture size for '%s'", picture->width,
				   picture->height, picture->format->name);
	if (picture->stride < kinora_format_stride(picture->format, picture->width) ||
	    picture->stride > picture->bytes ||
	    picture->bytes <
		    kinora_format_bytes(picture->format, picture->stride, picture->height))
		return kinora_fail(-EINVAL,
				   "%zu bytes with lines of %zu are too few for %ux%u '%s'",
				   picture->bytes, picture->stride, picture->width, picture->height,
				   picture->format->name);
	c = calloc(1, sizeof(*c));
	if (!c)
		goto out_memory;
	c->picture = *picture;
	c->depth = depth;
	coefficients_init(&c->coefficients, &picture->colour, picture->format->bits);
	/* v210 comes in groups of six pixels, the last may reach beyond the width. */
	c->y = calloc((size_t)picture->width * 3 + 24, sizeof(*c->y));
	if (!c->y)
		goto out_memory;
	c->cb = c->y + picture->width + 8;
	c->cr = c->cb + picture->width + 8;
	*converter = c;
	return 0;

out_memory:
	free(c);
	return kinora_fail(-ENOMEM, "out of memory for a line of %u pixels", picture->width);
}

void kinora_converter_destroy(struct kinora_converter *converter)
{
	if (!converter)
		return;
	free(converter->y);
	free(converter);
}

/* ------------------------------------------------------------- unpacking */

static unsigned int le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Chroma samples go to even places of cb and cr; chroma_spread() fills the odd ones. */
static void unpack_packed8(struct kinora_converter *c, const uint8_t *line, int y, int cb)
{
	unsigned int x;

	for (x = 0; x < c->picture.width; x += 2, line += 4) {
		c->y[x] = (uint16_t)(line[y] << 4);
		c->y[x + 1] = (uint16_t)(line[y + 2] << 4);
		c->cb[x] = (uint16_t)(line[cb] << 4);
		c->cr[x] = (uint16_t)(line[cb + 2] << 4);
	}
}

/* Ten bits at the top of 16; the six below are to be ignored. */
static unsigned int sample16(const uint8_t *p)
{
	return le16(p) >> 6 << 2;
}

static void unpack_y210(struct kinora_converter *c, const uint8_t *line)
{
	unsigned int x;

	for (x = 0; x < c->picture.width; x += 2, line += 8) {
		c->y[x] = (uint16_t)sample16(line);
		c->cb[x] = (uint16_t)sample16(line + 2);
		c->y[x + 1] = (uint16_t)sample16(line + 4);
		c->cr[x] = (uint16_t)sample16(line + 6);
	}
}

/* Six pixels in four words, three ten-bit samples in each, lowest first: Cb Y Cr Y Cb Y ... */
static void unpack_v210(struct kinora_converter *c, const uint8_t *line)
{
	unsigned int x;

	for (x = 0; x < c->picture.width; x += 6, line += 16) {
		uint16_t sample[12];
		unsigned int word, i;

		for (word = 0; word < 4; word++) {
			uint32_t w = le32(line + 4 * word);

			sample[3 * word] = (w & 0x3ff) << 2;
			sample[3 * word + 1] = (w >> 10 & 0x3ff) << 2;
			sample[3 * word + 2] = (w >> 20 & 0x3ff) << 2;
		}
		for (i = 0; i < 3; i++) {
			c->cb[x + 2 * i] = sample[4 * i];
			c->y[x + 2 * i] = sample[4 * i + 1];
			c->cr[x + 2 * i] = sample[4 * i + 2];
			c->y[x + 2 * i + 1] = sample[4 * i + 3];
		}
	}
}

static void unpack_luma_plane(struct kinora_converter *c, unsigned int line)
{
	const uint8_t *p = (const uint8_t *)c->picture.data + c->picture.stride * line;
	unsigned int x;

	if (c->picture.format->bits == 8)
		for (x = 0; x < c->picture.width; x++)
			c->y[x] = (uint16_t)(p[x] << 4);
	else
		for (x = 0; x < c->picture.width; x++)
			c->y[x] = (uint16_t)sample16(p + 2 * x);
}

static const uint8_t *chroma_line(const struct kinora_converter *c, unsigned int line)
{
	return (const uint8_t *)c->picture.data +
	       c->picture.stride * ((size_t)c->picture.height + line);
}

static unsigned int plane_sample(const struct kinora_converter *c, const uint8_t *p, unsigned int i)
{
	return c->picture.format->bits == 8 ? (unsigned int)p[i] << 4 : sample16(p + 2 * i);
}

/*
 * In 4:2:0 a chroma line lies between two luma lines: a quarter of a chroma line away from each.
 * Three parts of the nearer and one of the farther, which is beyond the edge at first and last
 * line.
 */
static void unpack_chroma_plane(struct kinora_converter *c, unsigned int y)
{
	unsigned int lines = c->picture.height / c->picture.format->chroma_lines;
	unsigned int line = y / c->picture.format->chroma_lines, other = line, x;
	const uint8_t *near, *far;

	if (c->picture.format->chroma_lines == 2) {
		if (y % 2)
			other = line + 1 < lines ? line + 1 : line;
		else
			other = line ? line - 1 : line;
	}
	near = chroma_line(c, line);
	far = chroma_line(c, other);
	for (x = 0; x < c->picture.width; x += 2) {
		c->cb[x] = (uint16_t)((3 * plane_sample(c, near, x) + plane_sample(c, far, x) + 2) /
				      4);
		c->cr[x] = (uint16_t)((3 * plane_sample(c, near, x + 1) +
				       plane_sample(c, far, x + 1) + 2) / 4);
	}
}

static void chroma_spread(uint16_t *chroma, unsigned int width)
{
	unsigned int x;

	for (x = 1; x + 1 < width; x += 2)
		chroma[x] = (uint16_t)((chroma[x - 1] + chroma[x + 1] + 1) / 2);
	chroma[width - 1] = chroma[width - 2];
}

static void unpack_line(struct kinora_converter *c, unsigned int y)
{
	const uint8_t *line = (const uint8_t *)c->picture.data + c->picture.stride * y;

	switch (c->picture.format->fourcc) {
	case KINORA_FORMAT_UYVY:
		unpack_packed8(c, line, 1, 0);
		break;
	case KINORA_FORMAT_YUYV:
		unpack_packed8(c, line, 0, 1);
		break;
	case KINORA_FORMAT_Y210:
		unpack_y210(c, line);
		break;
	case KINORA_FORMAT_V210:
		unpack_v210(c, line);
		break;
	default:
		unpack_luma_plane(c, y);
		unpack_chroma_plane(c, y);
	}
	chroma_spread(c->cb, c->picture.width);
	chroma_spread(c->cr, c->picture.width);
}

/* ---------------------------------------------------------------- output */

static unsigned int clip(int32_t value)
{
	value = (value + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
	return value < 0 ? 0 : value > 65535 ? 65535 : (unsigned int)value;
}

/* 0..65535 to 0..255, to the nearest. */
static uint8_t to8(unsigned int value)
{
	return (uint8_t)((value * 255 + 32895) >> 16);
}

static void put(const struct kinora_converter *c, void *rgb, unsigned int x, unsigned int r,
		unsigned int g, unsigned int b)
{
	if (c->depth == 8) {
		uint8_t *out = (uint8_t *)rgb + (size_t)x * 3;

		out[0] = to8(r);
		out[1] = to8(g);
		out[2] = to8(b);
	} else {
		uint16_t *out = (uint16_t *)rgb + (size_t)x * 3;

		out[0] = (uint16_t)r;
		out[1] = (uint16_t)g;
		out[2] = (uint16_t)b;
	}
}

static void matrix_line(const struct kinora_converter *c, void *rgb)
{
	const struct coefficients k = c->coefficients;
	unsigned int x;

	for (x = 0; x < c->picture.width; x++) {
		int32_t y = (c->y[x] - k.y_offset) * k.y;
		int32_t cb = c->cb[x] - 2048, cr = c->cr[x] - 2048;

		put(c, rgb, x, clip(y + k.cr_r * cr), clip(y - k.cb_g * cb - k.cr_g * cr),
		    clip(y + k.cb_b * cb));
	}
}

/* RGB codes of 8 or 10 bits; narrow range is stretched, full range repeats its top bits. */
static unsigned int rgb_sample(const struct kinora_converter *c, unsigned int code)
{
	unsigned int bits = c->picture.format->bits;

	if (!c->picture.colour.full_range)
		return clip(((int32_t)(code << (12 - bits)) - c->coefficients.y_offset) *
			    c->coefficients.y);
	return bits == 8 ? code * 257 : (code << 6 | code >> 4);
}

static void rgb_line(const struct kinora_converter *c, unsigned int y, void *rgb)
{
	const uint8_t *line = (const uint8_t *)c->picture.data + c->picture.stride * y;
	unsigned int x;

	for (x = 0; x < c->picture.width; x++, line += 4) {
		uint32_t w = le32(line);

		if (c->picture.format->fourcc == KINORA_FORMAT_XBGR32)
			put(c, rgb, x, rgb_sample(c, w >> 16 & 0xff), rgb_sample(c, w >> 8 & 0xff),
			    rgb_sample(c, w & 0xff));
		else
			put(c, rgb, x, rgb_sample(c, w >> 22), rgb_sample(c, w >> 12 & 0x3ff),
			    rgb_sample(c, w >> 2 & 0x3ff));
	}
}

void kinora_converter_line(struct kinora_converter *converter, unsigned int y, void *rgb)
{
	if (y >= converter->picture.height)
		return;
	if (converter->picture.format->rgb) {
		rgb_line(converter, y, rgb);
		return;
	}
	unpack_line(converter, y);
	matrix_line(converter, rgb);
}
