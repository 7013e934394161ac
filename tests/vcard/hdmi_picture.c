// SPDX-License-Identifier: MIT
/*
 * A picture source around another one. A row is asked for, then converted where it lies.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hdmi_picture.h"
#include "kinora_hw.h"

struct hdmi_picture {
	struct picture_source source;
	const struct picture_source *whole;
	struct hdmi_path path;
	float kr, kb;
};

/* 8 bits keep away from 0 and 255, as in memory (pack.c). */
static void depth_cut(uint16_t *v, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		unsigned int v8 = (v[i] + 2u) >> 2;

		v[i] = (v8 < 1 ? 1 : v8 > 254 ? 254 : v8) << 2;
	}
}

static void mean(uint16_t *a, const uint16_t *b, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		a[i] = (a[i] + b[i] + 1) >> 1;
}

/* --- RGB --- */

/* An R, G or B of 0 to 1 as a code of the link, and back by the range the card reads it in. */
static float component(const struct hdmi_path *path, float v)
{
	unsigned int bits = path->format.depth;
	float one = 1u << (bits - 8);
	float black = path->sent == PICTURE_RANGE_FULL ? 0 : 16 * one;
	float span = path->sent == PICTURE_RANGE_FULL ? 256 * one - 1 : 219 * one;
	float code = rintf(black + span * v);

	if (code < 0)
		code = 0;
	if (code > 256 * one - 1)
		code = 256 * one - 1;
	if (path->read == PICTURE_RANGE_FULL)
		return code / (256 * one - 1);
	return (code - 16 * one) / (219 * one);
}

static uint16_t sample(float v)
{
	long code = lrintf(v);

	if (code < PICTURE_CODE_MIN)
		return PICTURE_CODE_MIN;
	return code > PICTURE_CODE_MAX ? PICTURE_CODE_MAX : code;
}

/* Y'CbCr to R'G'B', over the link, and back to narrow range Y'CbCr (ITU-R BT.709, BT.2020). */
static void rgb_convert(const struct hdmi_picture *picture, const struct picture_row *row)
{
	const struct hdmi_path *path = &picture->path;
	bool full = path->colour.range == PICTURE_RANGE_FULL;
	float y0 = full ? 0 : 64, ys = full ? 1023 : 876, cs = full ? 1023 : 896;
	float kr = picture->kr, kb = picture->kb, kg = 1 - kr - kb;
	unsigned int pairs = picture->source.width / 2;

	for (unsigned int x = 0; x < 2 * pairs; x++) {
		unsigned int left = x / 2, right = x % 2 && left + 1 < pairs ? left + 1 : left;
		float cb = (row->cb[left] + row->cb[right]) / 2.f - 512;
		float cr = (row->cr[left] + row->cr[right]) / 2.f - 512;
		float y = (row->y[x] - y0) / ys;
		float r = component(path, y + 2 * (1 - kr) * cr / cs);
		float b = component(path, y + 2 * (1 - kb) * cb / cs);
		float g = component(path, y - (2 * (1 - kr) * kr * cr + 2 * (1 - kb) * kb * cb) /
						      kg / cs);

		y = kr * r + kg * g + kb * b;
		row->y[x] = sample(64 + 876 * y);
		if (x % 2)
			continue;
		row->cb[pairs + left] = sample(512 + 896 * (b - y) / (2 * (1 - kb)));
		row->cr[pairs + left] = sample(512 + 896 * (r - y) / (2 * (1 - kr)));
	}
}

/* --- rows --- */

/* Chroma is needed before and after: twice the room. */
static int rgb_row(const struct hdmi_picture *picture, const struct picture_row *out)
{
	unsigned int pairs = picture->source.width / 2;
	uint16_t *chroma = malloc(4 * pairs * sizeof(*chroma));
	struct picture_row row = { .y = out->y, .cb = chroma, .cr = chroma + 2 * pairs };

	if (!chroma)
		return -ENOMEM;
	memcpy(row.cb, out->cb, pairs * sizeof(*chroma));
	memcpy(row.cr, out->cr, pairs * sizeof(*chroma));
	rgb_convert(picture, &row);
	memcpy(out->cb, row.cb + pairs, pairs * sizeof(*chroma));
	memcpy(out->cr, row.cr + pairs, pairs * sizeof(*chroma));
	free(chroma);
	return 0;
}

/* The other line that shares this one's chroma. */
static int chroma_share(const struct hdmi_picture *picture, unsigned int frame, unsigned int y,
			const struct picture_row *out)
{
	unsigned int pairs = picture->source.width / 2;
	struct picture_row other;
	int ret;

	if ((y ^ 1) >= picture->source.height)
		return 0;
	ret = picture_row_init(&other, picture->source.width);
	if (ret)
		return ret;
	ret = picture->whole->row(picture->whole, frame, y ^ 1, &other);
	if (!ret) {
		mean(out->cb, other.cb, pairs);
		mean(out->cr, other.cr, pairs);
	}
	picture_row_finish(&other);
	return ret;
}

static int hdmi_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		    const struct picture_row *out)
{
	const struct hdmi_picture *picture = (const struct hdmi_picture *)src;
	const struct hdmi_path *path = &picture->path;
	int ret = picture->whole->row(picture->whole, frame, y, out);

	if (ret)
		return ret;
	if (path->format.sampling == KINORA_SAMPLING_RGB)
		return rgb_row(picture, out);
	if (path->format.sampling == KINORA_SAMPLING_420) {
		ret = chroma_share(picture, frame, y, out);
		if (ret)
			return ret;
	}
	if (path->format.depth == 8) {
		depth_cut(out->y, src->width);
		depth_cut(out->cb, src->width / 2);
		depth_cut(out->cr, src->width / 2);
	}
	return 0;
}

/* Equal by themselves, and in what their chroma is made of. */
static bool rows_equal(const struct hdmi_picture *picture, unsigned int frame, unsigned int a,
		       unsigned int b)
{
	const struct picture_source *whole = picture->whole;
	unsigned int last = whole->height - 1;
	unsigned int a2 = (a ^ 1) > last ? a : a ^ 1, b2 = (b ^ 1) > last ? b : b ^ 1;

	return whole->row_class(whole, frame, a) == whole->row_class(whole, frame, b) &&
	       whole->row_class(whole, frame, a2) == whole->row_class(whole, frame, b2);
}

static unsigned int hdmi_row_class(const struct picture_source *src, unsigned int frame,
				   unsigned int y)
{
	const struct hdmi_picture *picture = (const struct hdmi_picture *)src;
	unsigned int first = picture->whole->row_class(picture->whole, frame, y);

	if (picture->path.format.sampling != KINORA_SAMPLING_420)
		return first;
	/* the first of a class may share its chroma with another class; the next ones do not */
	for (unsigned int n = first; n <= y && n < first + 3; n++)
		if (rows_equal(picture, frame, n, y))
			return n;
	return y;
}

static void hdmi_destroy(struct picture_source *src)
{
	free(src);
}

int hdmi_picture_create(struct picture_source **out, const struct picture_source *whole,
			const struct hdmi_path *path)
{
	static const float kr[] = { .2126f, .2627f, .299f }, kb[] = { .0722f, .0593f, .114f };
	struct hdmi_picture *picture = calloc(1, sizeof(*picture));

	if (!picture)
		return -ENOMEM;
	*picture = (struct hdmi_picture){
		.source = {
			.width = whole->width, .height = whole->height, .frames = whole->frames,
			.row = hdmi_row, .row_class = hdmi_row_class, .destroy = hdmi_destroy,
		},
		.whole = whole, .path = *path,
		.kr = kr[path->colour.matrix], .kb = kb[path->colour.matrix],
	};
	*out = &picture->source;
	return 0;
}

/* --- wires --- */

int hdmi_wire_create(struct wire **out, struct wire *base, const struct hdmi_format *format,
		     enum picture_range sent)
{
	bool rgb = format->sampling == KINORA_SAMPLING_RGB;
	struct wire_shape shape = {
		.width = base->width, .height = base->height, .interlaced = base->interlaced,
		.rate_num = base->rate_num, .rate_den = base->rate_den, .colour = base->colour,
		.memory = base->memory, .active_num = base->active_num,
		.active_den = base->active_den,
	};
	struct hdmi_path path = {
		.format = *format, .colour = base->colour, .sent = sent, .read = sent,
	};
	struct picture_source *source;
	struct wire *wire;
	int ret;

	if (rgb)
		shape.colour.range = PICTURE_RANGE_NARROW;
	ret = hdmi_picture_create(&source, base->source, &path);
	if (!ret)
		ret = wire_create(&wire, &shape, source);
	if (ret)
		return ret;
	wire->of[0] = wire_get(base);
	wire->cadence = base->cadence;
	for (unsigned int i = KINORA_STREAM_RGB_LIMITED; rgb && i <= KINORA_STREAM_RGB_FULL; i++) {
		path.read = i == KINORA_STREAM_RGB_FULL ? PICTURE_RANGE_FULL :
							  PICTURE_RANGE_NARROW;
		ret = hdmi_picture_create(&wire->read[i], base->source, &path);
		if (ret) {
			wire_put(wire);
			return ret;
		}
	}
	*out = wire;
	return 0;
}
