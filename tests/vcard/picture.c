// SPDX-License-Identifier: MIT
/*
 * The test patterns. All but the zone plate are a few bands of equal rows, drawn once when the
 * source is made. Bars are tables of columns in the proportions of a 1920 x 1080 picture; another
 * size moves every edge to the nearest pixel of its own.
 *
 * Bars are given as the R'G'B' code values of their standard and turned into YCbCr here. BT.2111
 * always with the BT.2020 matrix, RP 219 with BT.709: a pattern is what its standard says, not what
 * the signal declares.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"

#define REFERENCE_WIDTH		1920
#define REFERENCE_HEIGHT	1080
#define BANDS_MAX		5
#define NEUTRAL			512

/* A column of a band: one colour, or luma rising evenly from first to last pixel. */
struct patch {
	uint16_t width;		/* of REFERENCE_WIDTH; 0 ends the band */
	uint16_t r, g, b;	/* narrow range code values; a ramp goes from r to g */
	bool ramp;
};

struct band {
	uint16_t height;	/* of REFERENCE_HEIGHT; 0 ends the picture */
	const struct patch *patches;
};

#define GREY(width, v)			{ width, v, v, v, false }
#define RGB(width, r, g, b)		{ width, r, g, b, false }
#define LUMA_RAMP(width, from, to)	{ width, from, to, 0, true }
#define END				{ 0, 0, 0, 0, false }

/* White, yellow, cyan, green, magenta, red, blue at level v over black. */
#define SEVEN_BARS(v, w1, w2, w3, w4, w5, w6, w7) \
	GREY(w1, v), RGB(w2, v, v, 64), RGB(w3, 64, v, v), RGB(w4, 64, v, 64), \
	RGB(w5, v, 64, v), RGB(w6, v, 64, 64), RGB(w7, 64, 64, v)

/* SMPTE RP 219-1 / ARIB STD-B28: 40 % grey 414, 75 % 721, 15 % grey 195. */
static const struct patch rp219_bars[] = {
	GREY(240, 414), SEVEN_BARS(721, 205, 206, 206, 206, 206, 206, 205), GREY(240, 414), END
};

static const struct patch rp219_second[] = {
	RGB(240, 64, 940, 940), GREY(205, 940), GREY(1235, 721), RGB(240, 64, 64, 940), END
};

static const struct patch rp219_third[] = {
	RGB(240, 940, 940, 64), GREY(205, 64), LUMA_RAMP(1030, 64, 940), GREY(205, 940),
	RGB(240, 940, 64, 64), END
};

/* The near-black steps are -2 %, +2 % and +4 %. */
static const struct patch rp219_bottom[] = {
	GREY(240, 195), GREY(309, 64), GREY(411, 940), GREY(171, 64), GREY(69, 46), GREY(68, 64),
	GREY(69, 82), GREY(68, 64), GREY(69, 99), GREY(206, 64), GREY(240, 195), END
};

static const struct band rp219[] = {
	{ 630, rp219_bars }, { 90, rp219_second }, { 90, rp219_third }, { 270, rp219_bottom },
	{ 0, NULL }
};

/* ITU-R BT.2111: HLG at 75 % (721), PQ at 58 % (572). */
#define BT2111_BARS(v) \
	GREY(240, 414), SEVEN_BARS(v, 206, 206, 206, 204, 206, 206, 206), GREY(240, 414), END

/* -7 %, 0 %, then ten steps of 10 %, 109 %. */
#define BT2111_STAIR(v) \
	GREY(240, v), GREY(206, 4), GREY(103, 64), GREY(103, 152), GREY(103, 239), \
	GREY(103, 327), GREY(102, 414), GREY(102, 502), GREY(103, 590), GREY(103, 677), \
	GREY(103, 765), GREY(103, 852), GREY(103, 940), GREY(103, 1019), GREY(240, v), END

/* -2 %, +2 % and +4 % steps on black, then white at the level of the bars. */
#define BT2111_PLUGE(v) \
	GREY(136, 64), GREY(70, 48), GREY(68, 64), GREY(70, 80), GREY(68, 64), GREY(70, 99), \
	GREY(238, 64), GREY(438, v), GREY(282, 64)

static const struct patch bt2111_100[] = { BT2111_BARS(940) };
static const struct patch bt2111_hlg_75[] = { BT2111_BARS(721) };
static const struct patch bt2111_pq_58[] = { BT2111_BARS(572) };
static const struct patch bt2111_hlg_stair[] = { BT2111_STAIR(721) };
static const struct patch bt2111_pq_stair[] = { BT2111_STAIR(572) };

static const struct patch bt2111_ramp[] = {
	GREY(240, 64), GREY(559, 4), LUMA_RAMP(1014, 5, 1018), GREY(107, 1019), END
};

/* At the sides the 75 % colours of BT.709, expressed in BT.2020. */
static const struct patch bt2111_hlg_bottom[] = {
	RGB(80, 713, 719, 316), RGB(80, 538, 709, 718), RGB(80, 512, 706, 296),
	BT2111_PLUGE(721),
	RGB(80, 651, 286, 705), RGB(80, 639, 269, 164), RGB(80, 227, 147, 702), END
};

static const struct patch bt2111_pq_bottom[] = {
	RGB(80, 568, 571, 381), RGB(80, 484, 566, 571), RGB(80, 474, 564, 368),
	BT2111_PLUGE(572),
	RGB(80, 536, 361, 564), RGB(80, 530, 350, 256), RGB(80, 317, 236, 562), END
};

static const struct band bt2111_hlg[] = {
	{ 90, bt2111_100 }, { 540, bt2111_hlg_75 }, { 90, bt2111_hlg_stair }, { 90, bt2111_ramp },
	{ 270, bt2111_hlg_bottom }, { 0, NULL }
};

static const struct band bt2111_pq[] = {
	{ 90, bt2111_100 }, { 540, bt2111_pq_58 }, { 90, bt2111_pq_stair }, { 90, bt2111_ramp },
	{ 270, bt2111_pq_bottom }, { 0, NULL }
};

/* EBU R 103: every code value SDI has. */
static const struct patch ramp_row[] = { LUMA_RAMP(1920, 4, 1019), END };
static const struct band ramp[] = { { 1080, ramp_row }, { 0, NULL } };

static const struct patch black_row[] = { GREY(1920, 64), END };
static const struct band black[] = { { 1080, black_row }, { 0, NULL } };

static const struct {
	const char *name;
	const struct band *bands;	/* NULL: drawn by code of its own */
	enum picture_matrix matrix;	/* in which the table's R'G'B' becomes YCbCr */
} patterns[PICTURE_PATTERNS] = {
	[PICTURE_RP219] = { "rp219", rp219, PICTURE_MATRIX_709 },
	[PICTURE_BT2111_HLG] = { "bt2111-hlg", bt2111_hlg, PICTURE_MATRIX_2020 },
	[PICTURE_BT2111_PQ] = { "bt2111-pq", bt2111_pq, PICTURE_MATRIX_2020 },
	[PICTURE_RAMP] = { "ramp", ramp, PICTURE_MATRIX_709 },
	[PICTURE_ZONEPLATE] = { "zoneplate", NULL, PICTURE_MATRIX_709 },
	[PICTURE_CHECKFIELD] = { "checkfield", NULL, PICTURE_MATRIX_709 },
	[PICTURE_BLACK] = { "black", black, PICTURE_MATRIX_709 },
};

/* A pattern of bands: row edge[n] up to edge[n + 1] all equal row[n]. */
struct banded {
	struct picture_source base;
	unsigned int bands;
	unsigned int edge[BANDS_MAX + 1];
	struct picture_row row[BANDS_MAX];
};

/*
 * The zone plate. With u and v the distances of a pixel from the centre in half pixels, its phase
 * is (u * u + v * v) / 8 / width turns of luma: one turn in two pixels at the left and right edges.
 * u and v are odd, so u * u is 1 modulo 8 and the phase a whole number of 1 / width plus a
 * constant: one table of width entries is exact for every pixel. Chroma turns at a quarter of that
 * pace.
 */
struct zoneplate {
	struct picture_source base;
	uint16_t *luma_turn;	/* per pixel: u's share of the phase, modulo width */
	uint16_t *chroma_turn;	/* per chroma sample, modulo 4 * width */
	uint16_t *luma;		/* width entries by phase */
	uint16_t *cb, *cr;	/* 4 * width entries by phase */
};

#define ZONE_LUMA_MEAN		502
#define ZONE_LUMA_SWING		438	/* 64..940 */
#define ZONE_CHROMA_SWING	224	/* half of full chroma */

void picture_source_destroy(struct picture_source *src)
{
	if (src)
		src->destroy(src);
}

int picture_row_init(struct picture_row *row, unsigned int width)
{
	row->y = malloc(2 * width * sizeof(*row->y));
	if (!row->y)
		return -ENOMEM;
	row->cb = row->y + width;
	row->cr = row->cb + width / 2;
	return 0;
}

void picture_row_finish(struct picture_row *row)
{
	free(row->y);
	row->y = NULL;
}

const char *picture_pattern_name(enum picture_pattern pattern)
{
	return (unsigned int)pattern < PICTURE_PATTERNS ? patterns[pattern].name : NULL;
}

int picture_pattern_find(const char *name, enum picture_pattern *out)
{
	for (int i = 0; i < PICTURE_PATTERNS; i++)
		if (!strcmp(name, patterns[i].name)) {
			*out = i;
			return 0;
		}
	return -EINVAL;
}

static void row_copy(const struct picture_row *to, const struct picture_row *from,
		     unsigned int width)
{
	memcpy(to->y, from->y, width * sizeof(*to->y));
	memcpy(to->cb, from->cb, width / 2 * sizeof(*to->cb));
	memcpy(to->cr, from->cr, width / 2 * sizeof(*to->cr));
}

/* From R'G'B' to Y'CbCr, all in narrow range code values. */
static void patch_ycbcr(const struct patch *patch, enum picture_matrix matrix, uint16_t ycbcr[3])
{
	double kr = matrix == PICTURE_MATRIX_2020 ? .2627 : .2126;
	double kb = matrix == PICTURE_MATRIX_2020 ? .0593 : .0722;
	double r = patch->r - 64., g = patch->g - 64., b = patch->b - 64.;
	double y = kr * r + (1 - kr - kb) * g + kb * b;

	ycbcr[0] = lround(64 + y);
	ycbcr[1] = lround(512 + (b - y) / (2 * (1 - kb)) * 896 / 876);
	ycbcr[2] = lround(512 + (r - y) / (2 * (1 - kr)) * 896 / 876);
}

static unsigned int scale_edge(unsigned int edge, unsigned int size, unsigned int reference)
{
	return (edge * size + reference / 2) / reference;
}

static void draw_patch(const struct picture_row *row, const struct patch *patch,
		       enum picture_matrix matrix, unsigned int from, unsigned int to)
{
	uint16_t ycbcr[3] = { 0, NEUTRAL, NEUTRAL };
	unsigned int steps = to - from > 1 ? to - from - 1 : 1;

	if (!patch->ramp)
		patch_ycbcr(patch, matrix, ycbcr);
	for (unsigned int x = from; x < to; x++) {
		row->y[x] = patch->ramp ? patch->r + ((patch->g - patch->r) * (x - from) +
						      steps / 2) / steps
					: ycbcr[0];
		if (x % 2 == 0) {
			row->cb[x / 2] = ycbcr[1];
			row->cr[x / 2] = ycbcr[2];
		}
	}
}

static void draw_band(const struct picture_row *row, const struct patch *patches,
		      enum picture_matrix matrix, unsigned int width)
{
	unsigned int at = 0;

	for (const struct patch *patch = patches; patch->width; patch++) {
		draw_patch(row, patch, matrix, scale_edge(at, width, REFERENCE_WIDTH),
			   scale_edge(at + patch->width, width, REFERENCE_WIDTH));
		at += patch->width;
	}
}

static unsigned int banded_find(const struct picture_source *src, unsigned int y)
{
	const struct banded *pattern = (const struct banded *)src;
	unsigned int band = 0;

	while (band + 1 < pattern->bands && y >= pattern->edge[band + 1])
		band++;
	return band;
}

static int banded_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		      const struct picture_row *out)
{
	const struct banded *pattern = (const struct banded *)src;

	(void)frame;
	row_copy(out, &pattern->row[banded_find(src, y)], src->width);
	return 0;
}

static unsigned int banded_row_class(const struct picture_source *src, unsigned int frame,
				     unsigned int y)
{
	const struct banded *pattern = (const struct banded *)src;

	(void)frame;
	return pattern->edge[banded_find(src, y)];
}

static void banded_destroy(struct picture_source *src)
{
	struct banded *pattern = (struct banded *)src;

	for (unsigned int i = 0; i < pattern->bands; i++)
		picture_row_finish(&pattern->row[i]);
	free(pattern);
}

/* Append a band that starts at row edge; drawing it is left to the caller. NULL: no memory. */
static struct picture_row *banded_add(struct banded *pattern, unsigned int edge)
{
	struct picture_row *row = &pattern->row[pattern->bands];

	if (picture_row_init(row, pattern->base.width))
		return NULL;
	pattern->edge[pattern->bands++] = edge;
	return row;
}

static int draw_bands(struct banded *pattern, enum picture_pattern which)
{
	unsigned int at = 0;

	for (const struct band *band = patterns[which].bands; band->height; band++) {
		struct picture_row *row = banded_add(pattern, scale_edge(at, pattern->base.height,
									 REFERENCE_HEIGHT));

		if (!row)
			return -ENOMEM;
		draw_band(row, band->patches, patterns[which].matrix, pattern->base.width);
		at += band->height;
	}
	return 0;
}

static void fill(const struct picture_row *row, unsigned int width, uint16_t y, uint16_t c)
{
	for (unsigned int x = 0; x < width; x++)
		row->y[x] = y;
	for (unsigned int x = 0; x < width / 2; x++) {
		row->cb[x] = c;
		row->cr[x] = c;
	}
}

/*
 * SMPTE RP 198: the upper half stresses the cable equalizer, the lower half the receiver's PLL. One
 * sample of the first line differs so that the scrambler sees both polarities; it lies under the
 * stamp here.
 */
static int draw_checkfield(struct banded *pattern)
{
	static const struct {
		uint16_t y, c;
	} part[] = { { 0x198, 0x300 }, { 0x198, 0x300 }, { 0x110, 0x200 } };
	unsigned int edge[] = { 0, 1, pattern->base.height / 2 };

	for (int i = 0; i < 3; i++) {
		struct picture_row *row = banded_add(pattern, edge[i]);

		if (!row)
			return -ENOMEM;
		fill(row, pattern->base.width, part[i].y, part[i].c);
		if (i == 0)
			row->y[0] = 0x190;
	}
	return 0;
}

static int banded_create(struct picture_source **out, enum picture_pattern which,
			 unsigned int width, unsigned int height)
{
	struct banded *pattern = calloc(1, sizeof(*pattern));
	int ret;

	if (!pattern)
		return -ENOMEM;
	pattern->base = (struct picture_source){
		.width = width, .height = height, .frames = 1,
		.row = banded_row, .row_class = banded_row_class, .destroy = banded_destroy,
	};
	ret = which == PICTURE_CHECKFIELD ? draw_checkfield(pattern) : draw_bands(pattern, which);
	if (ret) {
		banded_destroy(&pattern->base);
		return ret;
	}
	*out = &pattern->base;
	return 0;
}

/* Whole part of u * u / 8, where u is the distance of sample i of n from the centre, doubled. */
static unsigned int zone_turn(unsigned int i, unsigned int n)
{
	unsigned int u = 2 * i >= n ? 2 * i - (n - 1) : n - 1 - 2 * i;

	return u * u / 8;
}

static int zoneplate_row(const struct picture_source *src, unsigned int frame, unsigned int y,
			 const struct picture_row *out)
{
	const struct zoneplate *plate = (const struct zoneplate *)src;
	unsigned int width = src->width, v = zone_turn(y, src->height);
	unsigned int luma_v = v % width, chroma_v = v % (4 * width);

	(void)frame;
	for (unsigned int x = 0; x < width; x++) {
		unsigned int turn = plate->luma_turn[x] + luma_v;

		out->y[x] = plate->luma[turn < width ? turn : turn - width];
	}
	for (unsigned int x = 0; x < width / 2; x++) {
		unsigned int turn = plate->chroma_turn[x] + chroma_v;

		turn = turn < 4 * width ? turn : turn - 4 * width;
		out->cb[x] = plate->cb[turn];
		out->cr[x] = plate->cr[turn];
	}
	return 0;
}

/* The plate is the same upside down. */
static unsigned int zoneplate_row_class(const struct picture_source *src, unsigned int frame,
					unsigned int y)
{
	(void)frame;
	return y < src->height / 2 ? y : src->height - 1 - y;
}

static void zoneplate_destroy(struct picture_source *src)
{
	free(((struct zoneplate *)src)->luma_turn);
	free(src);
}

static int zoneplate_create(struct picture_source **out, unsigned int width, unsigned int height)
{
	struct zoneplate *plate = calloc(1, sizeof(*plate));
	const double turn = 2 * acos(-1);

	if (!plate)
		return -ENOMEM;
	plate->luma_turn = malloc((width + width / 2 + width + 8 * width) * sizeof(uint16_t));
	if (!plate->luma_turn) {
		free(plate);
		return -ENOMEM;
	}
	plate->chroma_turn = plate->luma_turn + width;
	plate->luma = plate->chroma_turn + width / 2;
	plate->cb = plate->luma + width;
	plate->cr = plate->cb + 4 * width;

	for (unsigned int x = 0; x < width; x++)
		plate->luma_turn[x] = zone_turn(x, width) % width;
	for (unsigned int x = 0; x < width / 2; x++)
		plate->chroma_turn[x] = zone_turn(2 * x, width) % (4 * width);
	for (unsigned int i = 0; i < width; i++)
		plate->luma[i] = lround(ZONE_LUMA_MEAN +
					ZONE_LUMA_SWING * cos(turn * (i + .25) / width));
	for (unsigned int i = 0; i < 4 * width; i++) {
		double phase = turn * (i + .25) / (4 * width);

		plate->cb[i] = lround(NEUTRAL + ZONE_CHROMA_SWING * cos(phase));
		plate->cr[i] = lround(NEUTRAL + ZONE_CHROMA_SWING * sin(phase));
	}
	plate->base = (struct picture_source){
		.width = width, .height = height, .frames = 1, .row = zoneplate_row,
		.row_class = zoneplate_row_class, .destroy = zoneplate_destroy,
	};
	*out = &plate->base;
	return 0;
}

int picture_pattern_create(struct picture_source **out, enum picture_pattern pattern,
			   unsigned int width, unsigned int height)
{
	if ((unsigned int)pattern >= PICTURE_PATTERNS || !width || width % 2 ||
	    width > PICTURE_WIDTH_MAX || height < 16 || height > PICTURE_HEIGHT_MAX)
		return -EINVAL;
	if (pattern == PICTURE_ZONEPLATE)
		return zoneplate_create(out, width, height);
	return banded_create(out, pattern, width, height);
}
