// SPDX-License-Identifier: MIT
/*
 * The packers. Each is one plain loop over a row, written so that the compiler can use vectors.
 * Byte orders are those of Linux' pixel format documentation (V4L2_PIX_FMT_* of the same name);
 * v210 is QuickTime's.
 */
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "pack.h"

/* What tells one format from another; the rest follows from these. */
struct format {
	const char *name;
	uint8_t planes;
	uint8_t pair_bytes;	/* of two pixels in plane 0; 0: v210's groups of six */
	uint8_t halves;		/* plane 1 has half the rows: 4:2:0 */
};

static const struct format formats[KINORA_FMTS] = {
	[KINORA_FMT_UYVY] = { "uyvy", 1, 4, 0 },
	[KINORA_FMT_YUYV] = { "yuyv", 1, 4, 0 },
	[KINORA_FMT_NV12] = { "nv12", 2, 2, 1 },
	[KINORA_FMT_NV16] = { "nv16", 2, 2, 0 },
	[KINORA_FMT_P010] = { "p010", 2, 4, 1 },
	[KINORA_FMT_Y210] = { "y210", 1, 8, 0 },
	[KINORA_FMT_V210] = { "v210", 1, 0, 0 },
	[KINORA_FMT_XBGR32] = { "xbgr32", 1, 8, 0 },
	[KINORA_FMT_RGBX1010102] = { "rgbx1010102", 1, 8, 0 },
};

#define V210_GROUP_PIXELS	6
#define V210_GROUP_BYTES	16
#define V210_STRIDE_ALIGN	128

static uint32_t row_bytes(const struct format *f, uint32_t width)
{
	if (f->pair_bytes)
		return width / 2 * f->pair_bytes;
	return (width + V210_GROUP_PIXELS - 1) / V210_GROUP_PIXELS * V210_GROUP_BYTES;
}

int mem_layout_init(struct mem_layout *layout, uint32_t format, uint32_t width, uint32_t height,
		    uint32_t stride)
{
	const struct format *f;
	uint64_t at = 0;

	if (format >= KINORA_FMTS || !width || width > PICTURE_WIDTH_MAX || !height ||
	    height > PICTURE_HEIGHT_MAX)
		return -EINVAL;
	f = &formats[format];
	if (!stride) {
		stride = row_bytes(f, width);
		if (format == KINORA_FMT_V210)
			stride = (stride + V210_STRIDE_ALIGN - 1) & -V210_STRIDE_ALIGN;
	}

	*layout = (struct mem_layout){
		.format = format, .width = width, .height = height, .planes = f->planes,
	};
	for (unsigned int p = 0; p < f->planes; p++) {
		struct mem_plane *plane = &layout->plane[p];

		plane->offset = at;
		plane->stride = stride;
		plane->row_bytes = row_bytes(f, width);
		plane->rows = p && f->halves ? height / 2 : height;
		at += (uint64_t)plane->stride * plane->rows;
		if (at > UINT32_MAX)
			return -EINVAL;
	}
	layout->bytes = at;
	return mem_layout_check(layout);
}

int mem_layout_init_host(struct mem_layout *layout, uint32_t format, uint32_t width,
			 uint32_t height, uint32_t stride0, uint32_t stride1, uint32_t plane1,
			 uint32_t bytes)
{
	int ret;

	if (!stride0)
		return -EINVAL;
	ret = mem_layout_init(layout, format, width, height, stride0);
	if (ret)
		return ret;
	if (layout->planes == 2) {
		layout->plane[1].stride = stride1;
		layout->plane[1].offset = plane1;
	} else if (stride1 || plane1) {
		return -EINVAL;
	}
	layout->bytes = bytes;
	return mem_layout_check(layout);
}

int mem_layout_check(const struct mem_layout *layout)
{
	const struct format *f;
	uint64_t at = 0;

	if (layout->format >= KINORA_FMTS)
		return -EINVAL;
	f = &formats[layout->format];
	if (!layout->width || layout->width % 2 || layout->width > PICTURE_WIDTH_MAX ||
	    !layout->height || layout->height > PICTURE_HEIGHT_MAX ||
	    (f->halves && layout->height % 2) || layout->planes != f->planes)
		return -EINVAL;
	for (unsigned int p = 0; p < f->planes; p++) {
		const struct mem_plane *plane = &layout->plane[p];

		if (plane->offset != at || plane->row_bytes != row_bytes(f, layout->width) ||
		    plane->stride < plane->row_bytes ||
		    plane->rows != (p && f->halves ? layout->height / 2 : layout->height))
			return -EINVAL;
		if (layout->format == KINORA_FMT_V210 && plane->stride % V210_STRIDE_ALIGN)
			return -EINVAL;
		at += (uint64_t)plane->stride * plane->rows;
	}
	return at == layout->bytes ? 0 : -EINVAL;
}

const char *mem_format_name(uint32_t format)
{
	return format < KINORA_FMTS ? formats[format].name : NULL;
}

unsigned int pack_rows_needed(uint32_t format, unsigned int plane)
{
	return plane && format < KINORA_FMTS && formats[format].halves ? 2 : 1;
}

/* 0 and 255 are reserved in 8-bit video as 0..3 and 1020..1023 are in 10-bit. */
static inline uint8_t to8(unsigned int v)
{
	v = (v + 2) >> 2;
	return v < 1 ? 1 : v > 254 ? 254 : v;
}

static inline void put16(uint8_t *p, uint16_t v)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

/* Four bytes in memory order, as one word: compilers make vectors of words, not of bytes. */
static inline uint32_t bytes4(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return a | b << 8 | c << 16 | d << 24;
}

static void pack_uyvy(uint32_t pairs, const uint16_t *restrict y, const uint16_t *restrict cb,
		      const uint16_t *restrict cr, uint8_t *restrict out)
{
	for (size_t i = 0; i < pairs; i++)
		put32(out + 4 * i,
		      bytes4(to8(cb[i]), to8(y[2 * i]), to8(cr[i]), to8(y[2 * i + 1])));
}

static void pack_yuyv(uint32_t pairs, const uint16_t *restrict y, const uint16_t *restrict cb,
		      const uint16_t *restrict cr, uint8_t *restrict out)
{
	for (size_t i = 0; i < pairs; i++)
		put32(out + 4 * i,
		      bytes4(to8(y[2 * i]), to8(cb[i]), to8(y[2 * i + 1]), to8(cr[i])));
}

static void pack_luma8(uint32_t pairs, const uint16_t *restrict y, uint8_t *restrict out)
{
	for (size_t i = 0; i < 2 * pairs; i++)
		out[i] = to8(y[i]);
}

static void pack_chroma8(uint32_t pairs, const uint16_t *restrict cb, const uint16_t *restrict cr,
			 uint8_t *restrict out)
{
	for (size_t i = 0; i < pairs; i++) {
		out[2 * i] = to8(cb[i]);
		out[2 * i + 1] = to8(cr[i]);
	}
}

/* P010 and Y210 keep the ten bits at the top of a little-endian 16-bit word. */
static void pack_luma16(uint32_t pairs, const uint16_t *restrict y, uint8_t *restrict out)
{
	for (size_t i = 0; i < 2 * pairs; i++)
		put16(out + 2 * i, y[i] << 6);
}

static void pack_chroma16(uint32_t pairs, const uint16_t *restrict cb, const uint16_t *restrict cr,
			  uint8_t *restrict out)
{
	for (size_t i = 0; i < pairs; i++) {
		put16(out + 4 * i, cb[i] << 6);
		put16(out + 4 * i + 2, cr[i] << 6);
	}
}

static void pack_y210(uint32_t pairs, const uint16_t *restrict y, const uint16_t *restrict cb,
		      const uint16_t *restrict cr, uint8_t *restrict out)
{
	for (size_t i = 0; i < pairs; i++) {
		put16(out + 8 * i, y[2 * i] << 6);
		put16(out + 8 * i + 2, cb[i] << 6);
		put16(out + 8 * i + 4, y[2 * i + 1] << 6);
		put16(out + 8 * i + 6, cr[i] << 6);
	}
}

static inline uint32_t word210(unsigned int low, unsigned int mid, unsigned int high)
{
	return low | mid << 10 | high << 20;
}

static void pack_v210_group(const uint16_t *y, const uint16_t *cb, const uint16_t *cr,
			    uint8_t *out)
{
	put32(out, word210(cb[0], y[0], cr[0]));
	put32(out + 4, word210(y[1], cb[1], y[2]));
	put32(out + 8, word210(cr[1], y[3], cb[2]));
	put32(out + 12, word210(y[4], cr[2], y[5]));
}

static void pack_v210(uint32_t width, const uint16_t *restrict y, const uint16_t *restrict cb,
		      const uint16_t *restrict cr, uint8_t *restrict out)
{
	uint16_t last_y[6] = { 0 }, last_cb[3] = { 0 }, last_cr[3] = { 0 };
	uint32_t groups = width / 6, rest = width % 6;

	for (size_t i = 0; i < groups; i++)
		pack_v210_group(y + 6 * i, cb + 3 * i, cr + 3 * i, out + 16 * i);
	if (!rest)
		return;
	memcpy(last_y, y + 6 * groups, rest * sizeof(*y));
	memcpy(last_cb, cb + 3 * groups, rest / 2 * sizeof(*cb));
	memcpy(last_cr, cr + 3 * groups, rest / 2 * sizeof(*cr));
	pack_v210_group(last_y, last_cb, last_cr, out + 16 * groups);
}

/*
 * 4:2:0 chroma lies half way between rows 2n and 2n + 1 and, as MPEG-2 has it, on the even pixel,
 * where 4:2:2 chroma already is.
 */
static void mean_rows(uint32_t n, const uint16_t *restrict a, const uint16_t *restrict b,
		      uint16_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (a[i] + b[i] + 1) >> 1;
}

/* Chroma for every pixel: sample n belongs to pixel 2n, the pixel after it lies half way. */
static void chroma_widen(uint32_t pairs, const uint16_t *restrict c, uint16_t *restrict out)
{
	for (size_t i = 0; i + 1 < pairs; i++) {
		out[2 * i] = c[i];
		out[2 * i + 1] = (c[i] + c[i + 1] + 1) >> 1;
	}
	out[2 * pairs - 2] = c[pairs - 1];
	out[2 * pairs - 1] = c[pairs - 1];
}

/* R, G and B as sums of scaled, offset samples. */
struct rgb_matrix {
	float y_offset, y_scale;
	float r_cr, g_cb, g_cr, b_cb;
};

/*
 * From Kr and Kb (ITU-R BT.709, BT.2020 non-constant luminance, BT.601) and the code values of
 * black, white and full chroma, to R, G, B of 0..max.
 */
static struct rgb_matrix rgb_matrix_make(struct picture_colour colour, double max)
{
	static const double kr[] = { .2126, .2627, .299 }, kb[] = { .0722, .0593, .114 };
	double r = kr[colour.matrix], b = kb[colour.matrix], g = 1 - r - b;
	int full = colour.range == PICTURE_RANGE_FULL;
	double y = max / (full ? 1023 : 876), c = max / (full ? 1023 : 896);

	return (struct rgb_matrix){
		.y_offset = full ? 0 : 64,
		.y_scale = y,
		.r_cr = 2 * (1 - r) * c,
		.g_cb = -2 * (1 - b) * b / g * c,
		.g_cr = -2 * (1 - r) * r / g * c,
		.b_cb = 2 * (1 - b) * c,
	};
}

/* Clipped as an integer, for which compilers know vectors; (-1, 0) is cut to 0 as it should be. */
static inline uint32_t round_clip(float v, int32_t max)
{
	int32_t n = v + .5f;

	n = n < 0 ? 0 : n;
	return n > max ? max : n;
}

static void pack_xbgr32(uint32_t width, const struct rgb_matrix *matrix,
			const uint16_t *restrict y, const uint16_t *restrict cb,
			const uint16_t *restrict cr, uint8_t *restrict out)
{
	struct rgb_matrix m = *matrix;

	for (size_t i = 0; i < width; i++) {
		float luma = (y[i] - m.y_offset) * m.y_scale, u = cb[i] - 512, v = cr[i] - 512;
		uint32_t r = round_clip(luma + m.r_cr * v, 255);
		uint32_t g = round_clip(luma + m.g_cb * u + m.g_cr * v, 255);
		uint32_t b = round_clip(luma + m.b_cb * u, 255);

		put32(out + 4 * i, bytes4(b, g, r, 0));
	}
}

static void pack_rgbx1010102(uint32_t width, const struct rgb_matrix *matrix,
			     const uint16_t *restrict y, const uint16_t *restrict cb,
			     const uint16_t *restrict cr, uint8_t *restrict out)
{
	struct rgb_matrix m = *matrix;

	for (size_t i = 0; i < width; i++) {
		float luma = (y[i] - m.y_offset) * m.y_scale, u = cb[i] - 512, v = cr[i] - 512;
		uint32_t r = round_clip(luma + m.r_cr * v, 1023);
		uint32_t g = round_clip(luma + m.g_cb * u + m.g_cr * v, 1023);
		uint32_t b = round_clip(luma + m.b_cb * u, 1023);

		put32(out + 4 * i, r << 22 | g << 12 | b << 2);
	}
}

static void pack_rgb(const struct mem_layout *layout, struct picture_colour colour,
		     const struct picture_row *row, uint8_t *out)
{
	uint16_t cb[PICTURE_WIDTH_MAX], cr[PICTURE_WIDTH_MAX];
	int deep = layout->format == KINORA_FMT_RGBX1010102;
	struct rgb_matrix m = rgb_matrix_make(colour, deep ? 1023 : 255);

	chroma_widen(layout->width / 2, row->cb, cb);
	chroma_widen(layout->width / 2, row->cr, cr);
	if (deep)
		pack_rgbx1010102(layout->width, &m, row->y, cb, cr, out);
	else
		pack_xbgr32(layout->width, &m, row->y, cb, cr, out);
}

static void pack_chroma420(const struct mem_layout *layout, const struct picture_row *row,
			   const struct picture_row *below, uint8_t *out)
{
	uint16_t cb[PICTURE_WIDTH_MAX / 2], cr[PICTURE_WIDTH_MAX / 2];
	uint32_t pairs = layout->width / 2;

	mean_rows(pairs, row->cb, below->cb, cb);
	mean_rows(pairs, row->cr, below->cr, cr);
	if (layout->format == KINORA_FMT_P010)
		pack_chroma16(pairs, cb, cr, out);
	else
		pack_chroma8(pairs, cb, cr, out);
}

void pack_row(const struct mem_layout *layout, unsigned int plane, struct picture_colour colour,
	      const struct picture_row *row, const struct picture_row *below, uint8_t *out)
{
	uint32_t pairs = layout->width / 2;

	switch (layout->format) {
	case KINORA_FMT_UYVY:
		pack_uyvy(pairs, row->y, row->cb, row->cr, out);
		break;
	case KINORA_FMT_YUYV:
		pack_yuyv(pairs, row->y, row->cb, row->cr, out);
		break;
	case KINORA_FMT_NV12:
		if (plane)
			pack_chroma420(layout, row, below, out);
		else
			pack_luma8(pairs, row->y, out);
		break;
	case KINORA_FMT_NV16:
		if (plane)
			pack_chroma8(pairs, row->cb, row->cr, out);
		else
			pack_luma8(pairs, row->y, out);
		break;
	case KINORA_FMT_P010:
		if (plane)
			pack_chroma420(layout, row, below, out);
		else
			pack_luma16(pairs, row->y, out);
		break;
	case KINORA_FMT_Y210:
		pack_y210(pairs, row->y, row->cb, row->cr, out);
		break;
	case KINORA_FMT_V210:
		pack_v210(layout->width, row->y, row->cb, row->cr, out);
		break;
	case KINORA_FMT_XBGR32:
	case KINORA_FMT_RGBX1010102:
		pack_rgb(layout, colour, row, out);
		break;
	}
}
