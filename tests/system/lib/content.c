// SPDX-License-Identifier: MIT
/*
 * Code values: 10-bit, narrow range, as in RP 219 / ARIB STD-B28 and BT.2111. Packing:
 * docs/hardware.md section 8, a function for each format. Nothing here is fast; equal rows are
 * packed once, and that is enough for 8K bars.
 */
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/videodev2.h>

#include "content.h"
#include "kinora_hw.h"
#include "suite.h"

#ifndef V4L2_PIX_FMT_Y210	/* Linux 6.9 and later */
#define V4L2_PIX_FMT_Y210 v4l2_fourcc('Y', '2', '1', '0')
#endif
#ifndef V4L2_PIX_FMT_RGBX1010102 /* Linux 6.4 and later */
#define V4L2_PIX_FMT_RGBX1010102 v4l2_fourcc('R', 'X', '3', '0')
#endif

const struct content_format content_formats[CONTENT_FORMATS] = {
	{ V4L2_PIX_FMT_UYVY, "UYVY", KINORA_FMT_UYVY },
	{ V4L2_PIX_FMT_YUYV, "YUYV", KINORA_FMT_YUYV },
	{ V4L2_PIX_FMT_NV12, "NV12", KINORA_FMT_NV12 },
	{ V4L2_PIX_FMT_NV16, "NV16", KINORA_FMT_NV16 },
	{ V4L2_PIX_FMT_P010, "P010", KINORA_FMT_P010 },
	{ V4L2_PIX_FMT_Y210, "Y210", KINORA_FMT_Y210 },
	{ V4L2_PIX_FMT_V210, "v210", KINORA_FMT_V210 },
	{ V4L2_PIX_FMT_XBGR32, "XBGR32", KINORA_FMT_XBGR32 },
	{ V4L2_PIX_FMT_RGBX1010102, "RGBX1010102", KINORA_FMT_RGBX1010102 },
};

const char *const content_bars_names[] = {
	[CONTENT_RP219] = "rp219",
	[CONTENT_HLG] = "bt2111-hlg",
	[CONTENT_BLACK] = "black",
};

/* --- layout --- */

int content_layout(struct mem_layout *layout, uint32_t fourcc, unsigned int width,
		   unsigned int height)
{
	unsigned int code = CONTENT_FORMATS, line, chroma_rows = 0;

	for (unsigned int i = 0; i < CONTENT_FORMATS; i++)
		if (content_formats[i].fourcc == fourcc)
			code = content_formats[i].code;
	switch (code) {
	case KINORA_FMT_UYVY:
	case KINORA_FMT_YUYV:
		line = 2 * width;
		break;
	case KINORA_FMT_NV12:
		line = width;
		chroma_rows = height / 2;
		break;
	case KINORA_FMT_NV16:
		line = width;
		chroma_rows = height;
		break;
	case KINORA_FMT_P010:
		line = 2 * width;
		chroma_rows = height / 2;
		break;
	case KINORA_FMT_V210:
		line = (16 * ((width + 5) / 6) + 127) / 128 * 128;
		break;
	case KINORA_FMT_Y210:
	case KINORA_FMT_XBGR32:
	case KINORA_FMT_RGBX1010102:
		line = 4 * width;
		break;
	default:
		return -EINVAL;
	}
	*layout = (struct mem_layout){
		.format = code,
		.width = width,
		.height = height,
		.planes = chroma_rows ? 2 : 1,
		.plane[0] = { .stride = line, .row_bytes = line, .rows = height },
		.bytes = line * (height + chroma_rows),
	};
	if (code == KINORA_FMT_V210)
		layout->plane[0].row_bytes = 16 * ((width + 5) / 6);
	if (chroma_rows)
		layout->plane[1] = (struct mem_plane){
			.offset = line * height, .stride = line, .row_bytes = line,
			.rows = chroma_rows,
		};
	return 0;
}

/* --- pictures --- */

static int picture_alloc(struct content_picture *picture, unsigned int width, unsigned int height,
			 unsigned int rows)
{
	*picture = (struct content_picture){ .width = width, .height = height, .rows = rows };
	picture->y = calloc((size_t)rows * width, sizeof(uint16_t));
	picture->cb = calloc((size_t)rows * width / 2, sizeof(uint16_t));
	picture->cr = calloc((size_t)rows * width / 2, sizeof(uint16_t));
	picture->row = calloc(height, sizeof(uint16_t));
	if (!picture->y || !picture->cb || !picture->cr || !picture->row) {
		content_destroy(picture);
		return -ENOMEM;
	}
	return 0;
}

void content_destroy(struct content_picture *picture)
{
	free(picture->y);
	free(picture->cb);
	free(picture->cr);
	free(picture->row);
	*picture = (struct content_picture){ 0 };
}

struct code {
	uint16_t y, cb, cr;
};

#define COLUMNS 9

/* Columns at 1920; four times that at 7680, twice at 3840. */
static const unsigned int rp219_columns[COLUMNS] = { 240, 205, 206, 206, 206, 206, 206, 205, 240 };
static const unsigned int bt2111_columns[COLUMNS] = { 240, 206, 206, 206, 204, 206, 206, 206, 240 };

/* 40 % grey, white, yellow, cyan, green, magenta, red, blue, 40 % grey */
static const struct code rp219_75[COLUMNS] = {
	{ 414, 512, 512 }, { 721, 512, 512 }, { 674, 176, 543 }, { 581, 589, 176 },
	{ 534, 253, 207 }, { 251, 771, 817 }, { 204, 435, 848 }, { 111, 848, 481 },
	{ 414, 512, 512 },
};
static const struct code hlg_100[COLUMNS] = {
	{ 414, 512, 512 }, { 940, 512, 512 }, { 888, 64, 548 }, { 710, 637, 64 },
	{ 658, 189, 100 }, { 346, 835, 924 }, { 294, 387, 960 }, { 116, 960, 476 },
	{ 414, 512, 512 },
};
static const struct code hlg_75[COLUMNS] = {
	{ 414, 512, 512 }, { 721, 512, 512 }, { 682, 176, 539 }, { 548, 606, 176 },
	{ 509, 270, 203 }, { 276, 754, 821 }, { 237, 418, 848 }, { 103, 848, 485 },
	{ 414, 512, 512 },
};

static void draw_columns(struct content_picture *picture, unsigned int row,
			 const unsigned int columns[COLUMNS], const struct code codes[COLUMNS])
{
	unsigned int x = 0, end = 0;

	for (unsigned int i = 0; i < COLUMNS; i++) {
		end += columns[i] * picture->width / 1920;
		for (; x < end; x++) {
			picture->y[row * picture->width + x] = codes[i].y;
			if (x % 2)
				continue;	/* chroma is co-sited with even pixels */
			picture->cb[(row * picture->width + x) / 2] = codes[i].cb;
			picture->cr[(row * picture->width + x) / 2] = codes[i].cr;
		}
	}
}

int content_bars_create(struct content_picture *picture, enum content_bars bars,
			unsigned int width, unsigned int height)
{
	static const struct code black[COLUMNS] = {
		{ 64, 512, 512 }, { 64, 512, 512 }, { 64, 512, 512 }, { 64, 512, 512 },
		{ 64, 512, 512 }, { 64, 512, 512 }, { 64, 512, 512 }, { 64, 512, 512 },
		{ 64, 512, 512 },
	};
	unsigned int known = bars == CONTENT_BLACK ? height : height * 7 / 12;
	int ret = picture_alloc(picture, width, height, 2);

	if (ret)
		return ret;
	picture->bt2020 = bars == CONTENT_HLG;
	switch (bars) {
	case CONTENT_RP219:
		draw_columns(picture, 0, rp219_columns, rp219_75);
		draw_columns(picture, 1, rp219_columns, rp219_75);
		break;
	case CONTENT_HLG:
		draw_columns(picture, 0, bt2111_columns, hlg_100);
		draw_columns(picture, 1, bt2111_columns, hlg_75);
		break;
	case CONTENT_BLACK:
		draw_columns(picture, 0, rp219_columns, black);
		draw_columns(picture, 1, rp219_columns, black);
		break;
	}
	for (unsigned int y = 0; y < height; y++)
		picture->row[y] = y >= known ? CONTENT_UNKNOWN : y >= height / 12;
	return 0;
}

int content_noise_create(struct content_picture *picture, unsigned int seed, unsigned int width,
			 unsigned int height, bool bt2020)
{
	int ret = picture_alloc(picture, width, height, height);
	uint32_t x = seed * 2654435761u + 1;

	if (ret)
		return ret;
	picture->bt2020 = bt2020;
	for (unsigned int y = 0; y < height; y++)
		picture->row[y] = y;
	/* xorshift32; codes 4 to 1019, those that SDI can carry */
#define NEXT (x ^= x << 13, x ^= x >> 17, x ^= x << 5, 4 + x % 1016)
	for (size_t i = 0; i < (size_t)width * height; i++)
		picture->y[i] = NEXT;
	for (size_t i = 0; i < (size_t)width * height / 2; i++) {
		picture->cb[i] = NEXT;
		picture->cr[i] = NEXT;
	}
#undef NEXT
	return 0;
}

int content_write_y4m(const char *path, const struct content_picture *pictures, unsigned int count,
		      unsigned int rate_num, unsigned int rate_den)
{
	size_t samples = (size_t)pictures->width * pictures->height;
	FILE *f = fopen(path, "we");
	int ret = 0;

	if (!f)
		return -errno;
	fprintf(f, "YUV4MPEG2 W%u H%u F%u:%u Ip A1:1 C422p10 XYSCSS=422P10\n", pictures->width,
		pictures->height, rate_num, rate_den);
	for (unsigned int i = 0; i < count; i++) {
		fputs("FRAME\n", f);
		fwrite(pictures[i].y, 2, samples, f);
		fwrite(pictures[i].cb, 2, samples / 2, f);
		fwrite(pictures[i].cr, 2, samples / 2, f);
	}
	if (ferror(f))
		ret = -EIO;
	if (fclose(f) && !ret)
		ret = -errno;
	return ret;
}

/* --- packing --- */

struct row {
	bool stamped;
	uint16_t y[PICTURE_WIDTH_MAX];
	uint16_t cb[PICTURE_WIDTH_MAX / 2];
	uint16_t cr[PICTURE_WIDTH_MAX / 2];
};

static uint8_t to_8(unsigned int v)
{
	v = (v + 2) >> 2;
	return v < 1 ? 1 : v > 254 ? 254 : v;
}

static void put_16(uint8_t *out, unsigned int v)
{
	uint16_t word = htole16(v);

	memcpy(out, &word, sizeof(word));
}

static void put_32(uint8_t *out, uint32_t v)
{
	uint32_t word = htole32(v);

	memcpy(out, &word, sizeof(word));
}

static void pack_packed_8(const struct row *row, unsigned int width, bool luma_first, uint8_t *out)
{
	unsigned int luma = luma_first ? 0 : 1, chroma = luma_first ? 1 : 0;

	for (unsigned int x = 0; x < width; x++) {
		out[2 * x + luma] = to_8(row->y[x]);
		out[2 * x + chroma] = to_8(x % 2 ? row->cr[x / 2] : row->cb[x / 2]);
	}
}

static void pack_y210(const struct row *row, unsigned int width, uint8_t *out)
{
	for (unsigned int x = 0; x < width; x++) {
		put_16(out + 4 * x, row->y[x] << 6);
		put_16(out + 4 * x + 2, (x % 2 ? row->cr[x / 2] : row->cb[x / 2]) << 6);
	}
}

/* The samples in wire order, three to a word: Cb Y Cr, Y Cb Y, Cr Y Cb, Y Cr Y. */
static void pack_v210(const struct row *row, unsigned int width, uint8_t *out)
{
	unsigned int words = (width + 5) / 6 * 4;

	for (unsigned int word = 0; word < words; word++) {
		uint32_t v = 0;

		for (unsigned int i = 0; i < 3; i++) {
			unsigned int n = 3 * word + i, x = n / 2, sample;

			if (x >= width)
				continue;
			if (n % 2)
				sample = row->y[x];
			else
				sample = x % 2 ? row->cr[x / 2] : row->cb[x / 2];
			v |= sample << 10 * i;
		}
		put_32(out + 4 * word, v);
	}
}

static double clamp(double v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

static void to_rgb(const struct content_picture *picture, const struct row *row, unsigned int x,
		   double rgb[3])
{
	double kr = picture->bt2020 ? 0.2627 : 0.2126, kb = picture->bt2020 ? 0.0593 : 0.0722;
	unsigned int left = x / 2, right = left;
	double y = (row->y[x] - 64) / 876.0, pb, pr;

	/* the stamp's last pixel is as neutral as the rest of it */
	if (x % 2 && left + 1 < picture->width / 2 && !(row->stamped && x == STAMP_WIDTH - 1))
		right = left + 1;
	pb = ((row->cb[left] + row->cb[right]) / 2.0 - 512) / 896;
	pr = ((row->cr[left] + row->cr[right]) / 2.0 - 512) / 896;
	rgb[0] = clamp(y + 2 * (1 - kr) * pr);
	rgb[2] = clamp(y + 2 * (1 - kb) * pb);
	rgb[1] = clamp(y - (kr * 2 * (1 - kr) * pr + kb * 2 * (1 - kb) * pb) / (1 - kr - kb));
}

static void pack_rgb(const struct content_picture *picture, const struct row *row, bool ten_bit,
		     uint8_t *out)
{
	double rgb[3];

	for (unsigned int x = 0; x < picture->width; x++) {
		to_rgb(picture, row, x, rgb);
		if (ten_bit) {
			put_32(out + 4 * x, (uint32_t)lround(rgb[0] * 1023) << 22 |
					    (uint32_t)lround(rgb[1] * 1023) << 12 |
					    (uint32_t)lround(rgb[2] * 1023) << 2);
			continue;
		}
		out[4 * x] = lround(rgb[2] * 255);
		out[4 * x + 1] = lround(rgb[1] * 255);
		out[4 * x + 2] = lround(rgb[0] * 255);
		out[4 * x + 3] = 0;
	}
}

static void pack_luma(const struct row *row, unsigned int width, bool ten_bit, uint8_t *out)
{
	for (unsigned int x = 0; x < width; x++) {
		if (ten_bit)
			put_16(out + 2 * x, row->y[x] << 6);
		else
			out[x] = to_8(row->y[x]);
	}
}

/* below is the same row for NV16 */
static void pack_chroma(const struct row *row, const struct row *below, unsigned int width,
			bool ten_bit, uint8_t *out)
{
	for (unsigned int x = 0; x < width; x++) {
		unsigned int a = x % 2 ? row->cr[x / 2] : row->cb[x / 2];
		unsigned int b = x % 2 ? below->cr[x / 2] : below->cb[x / 2];
		unsigned int mean = (a + b + 1) / 2;

		if (ten_bit)
			put_16(out + 2 * x, mean << 6);
		else
			out[x] = to_8(mean);
	}
}

/* --- comparing --- */

static void get_row(const struct content_picture *picture, unsigned int y,
		    const uint8_t stamp[STAMP_BYTES], struct row *out)
{
	size_t start = (size_t)picture->row[y] * picture->width;

	memcpy(out->y, picture->y + start, picture->width * 2);
	memcpy(out->cb, picture->cb + start / 2, picture->width);
	memcpy(out->cr, picture->cr + start / 2, picture->width);
	out->stamped = y < STAMP_ROWS;
	if (!out->stamped)
		return;
	for (unsigned int x = 0; x < STAMP_WIDTH; x++) {
		unsigned int cell = y / STAMP_CELL_HEIGHT * STAMP_CELLS + x / STAMP_CELL_WIDTH;
		bool white = stamp[cell / 8] >> (7 - cell % 8) & 1;

		out->y[x] = white ? STAMP_WHITE : STAMP_BLACK;
		out->cb[x / 2] = STAMP_NEUTRAL;
		out->cr[x / 2] = STAMP_NEUTRAL;
	}
}

static void pack(const struct content_picture *picture, const struct mem_layout *layout,
		 unsigned int plane, const struct row *row, const struct row *below, uint8_t *out)
{
	unsigned int width = picture->width;

	switch (layout->format) {
	case KINORA_FMT_UYVY:
	case KINORA_FMT_YUYV:
		pack_packed_8(row, width, layout->format == KINORA_FMT_YUYV, out);
		break;
	case KINORA_FMT_NV12:
	case KINORA_FMT_NV16:
	case KINORA_FMT_P010:
		if (plane)
			pack_chroma(row, below, width, layout->format == KINORA_FMT_P010, out);
		else
			pack_luma(row, width, layout->format == KINORA_FMT_P010, out);
		break;
	case KINORA_FMT_Y210:
		pack_y210(row, width, out);
		break;
	case KINORA_FMT_V210:
		pack_v210(row, width, out);
		break;
	default:
		pack_rgb(picture, row, layout->format == KINORA_FMT_RGBX1010102, out);
	}
}

static bool near(unsigned int a, unsigned int b, unsigned int by)
{
	return a > b ? a - b <= by : b - a <= by;
}

/* Is this byte, or the 10-bit word around it, within the rounding the document leaves open? */
static bool close_enough(uint32_t format, const uint8_t *got, const uint8_t *want, unsigned int at)
{
	uint32_t a, b;

	if (format == KINORA_FMT_XBGR32)
		return at % 4 != 3 && near(got[at], want[at], 1);
	if (format != KINORA_FMT_RGBX1010102)
		return false;
	memcpy(&a, got + at / 4 * 4, 4);
	memcpy(&b, want + at / 4 * 4, 4);
	a = le32toh(a);
	b = le32toh(b);
	return near(a >> 22, b >> 22, 2) && near(a >> 12 & 0x3ff, b >> 12 & 0x3ff, 2) &&
	       near(a >> 2 & 0x3ff, b >> 2 & 0x3ff, 2) && (a & 3) == 0;
}

static bool row_matches(const struct mem_layout *layout, unsigned int plane, unsigned int y,
			const uint8_t *got, const uint8_t *want, char *why, size_t size)
{
	unsigned int stride = layout->plane[plane].stride;

	if (!memcmp(got, want, stride))
		return true;
	for (unsigned int at = 0; at < stride; at++) {
		if (got[at] == want[at] || close_enough(layout->format, got, want, at))
			continue;
		snprintf(why, size, "plane %u row %u byte %u is 0x%02x, expected 0x%02x", plane, y,
			 at, got[at], want[at]);
		return false;
	}
	return true;
}

bool content_matches(const struct content_picture *picture, const struct mem_layout *layout,
		     const uint8_t *buffer, char *why, size_t size)
{
	static struct row row, below;
	static uint8_t want[4 * PICTURE_WIDTH_MAX];
	struct stamp stamp;
	uint8_t bits[2][STAMP_BYTES];
	bool same = true;

	if (stamp_read(buffer, layout, &stamp)) {
		snprintf(why, size, "no stamp in the picture");
		return false;
	}
	for (unsigned int field = 0; field < 2; field++)
		stamp_encode(&stamp, field, bits[field]);
	for (unsigned int p = 0; p < layout->planes && same; p++) {
		const struct mem_plane *plane = &layout->plane[p];
		unsigned int each = picture->height / plane->rows;
		unsigned int packed = CONTENT_UNKNOWN, packed_below = CONTENT_UNKNOWN;

		for (unsigned int y = 0; y < plane->rows && same; y++) {
			unsigned int top = picture->row[y * each];
			unsigned int bottom = picture->row[y * each + each - 1];
			const uint8_t *got = buffer + plane->offset + (size_t)y * plane->stride;

			if (top == CONTENT_UNKNOWN || bottom == CONTENT_UNKNOWN)
				continue;
			if (y * each <= STAMP_ROWS || top != packed || bottom != packed_below) {
				memset(want, 0, plane->stride);
				get_row(picture, y * each, bits[y * each % 2], &row);
				get_row(picture, y * each + each - 1,
					bits[(y * each + each - 1) % 2], &below);
				pack(picture, layout, p, &row, &below, want);
				packed = top;
				packed_below = bottom;
			}
			same = row_matches(layout, p, y, got, want, why, size);
		}
	}
	return same;
}

bool content_check(const struct content_picture *picture, const struct mem_layout *layout,
		   const uint8_t *buffer, const char *what)
{
	struct stamp stamp = { 0 };
	uint32_t actual = 0;
	char why[256] = "";
	int ret = stamp_check(buffer, layout, &stamp, &actual);

	if (!CHECK(!ret, "%s: stamp: %s (frame %llu, checksum 0x%08x, picture 0x%08x)", what,
		   ret == -EILSEQ ? "none" :
		   ret == -EPROTO ? "the fields are not the first and the second of one frame" :
		   strerror(-ret), (unsigned long long)stamp.frame,
		   stamp.checksum, actual))
		return false;
	return !picture || CHECK(content_matches(picture, layout, buffer, why, sizeof(why)),
				 "%s: %s", what, why);
}

/* --- traps --- */

/*
 * A byte of a row that no picture makes: 0 in an 8-bit luma or chroma byte is reserved, and a
 * 10-bit sample of 1023 is, too. For the words of v210, Y210 and P010 all ones is impossible; an
 * RGB word has zeros in its unused bits.
 */
#define TRAP_STEP 64	/* rows */

static uint32_t trap_word(const struct mem_layout *layout)
{
	switch (layout->format) {
	case KINORA_FMT_UYVY:
	case KINORA_FMT_YUYV:
	case KINORA_FMT_NV12:
	case KINORA_FMT_NV16:
		return 0;
	default:
		return UINT32_MAX;
	}
}

/*
 * The traps: a word in every 64th row of each plane, further right from row to row, and the last.
 */
static size_t trap_at(const struct mem_layout *layout, unsigned int plane, unsigned int n)
{
	const struct mem_plane *p = &layout->plane[plane];
	unsigned int y = n * TRAP_STEP;

	if (y >= p->rows)
		return p->offset + (size_t)p->rows * p->stride - p->stride + p->row_bytes - 4;
	return p->offset + (size_t)y * p->stride + (n * 1237 * 16 + 8) % (p->row_bytes - 16);
}

void content_trap_set(const struct mem_layout *layout, uint8_t *buffer)
{
	uint32_t word = trap_word(layout);

	for (unsigned int p = 0; p < layout->planes; p++)
		for (unsigned int n = 0; n <= (layout->plane[p].rows - 1) / TRAP_STEP + 1; n++)
			memcpy(buffer + trap_at(layout, p, n), &word, sizeof(word));
}

unsigned int content_trap_count(const struct mem_layout *layout, const uint8_t *buffer)
{
	uint32_t word = trap_word(layout);
	unsigned int caught = 0;

	for (unsigned int p = 0; p < layout->planes; p++)
		for (unsigned int n = 0; n <= (layout->plane[p].rows - 1) / TRAP_STEP + 1; n++)
			caught += !memcmp(buffer + trap_at(layout, p, n), &word, sizeof(word));
	return caught;
}
