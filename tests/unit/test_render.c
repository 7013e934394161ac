// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/render.c tests/vcard/stamp.c tests/vcard/pack.c tests/vcard/picture.c */
/* Sources: tests/vcard/crc32c.c */
/*
 * Description: rendered pictures, assembled row by row as the DMA engine does it: stamps in every
 * format and raster, the CRC of the whole frame against the bytes, rows against the packers, memory
 * shared by equal rows, and damage noticed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "unit.h"

static const struct picture_colour uhd = { PICTURE_MATRIX_2020, PICTURE_RANGE_NARROW };

static const struct {
	unsigned int width, height;
} sizes[] = { { 1280, 720 }, { 1920, 1080 }, { 3840, 2160 }, { 7680, 4320 } };

#define SIZES	(sizeof(sizes) / sizeof(sizes[0]))

static struct render *render_open(enum picture_pattern pattern, unsigned int width,
				  unsigned int height, uint32_t format, uint32_t stride)
{
	struct picture_source *src = NULL;
	struct render *render = NULL;
	struct mem_layout layout;

	CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, format, width, height, stride), 0);
	CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&src, pattern, width, height), 0);
	CU_ASSERT_EQUAL_FATAL(render_create(&render, src, 0, &layout, uhd), 0);
	picture_source_destroy(src);	/* a render does not need its source any more */
	return render;
}

/* The buffer a receiver gets; what is not written stays 0xa5. */
static uint8_t *assemble(const struct render *render, const struct render_stamp *stamp)
{
	const struct mem_layout *layout = &render->layout;
	uint8_t *buf = malloc(layout->bytes);

	memset(buf, 0xa5, layout->bytes);
	for (unsigned int p = 0; p < layout->planes; p++)
		for (unsigned int y = 0; y < layout->plane[p].rows; y++)
			memcpy(buf + layout->plane[p].offset + (size_t)y * layout->plane[p].stride,
			       render_row(render, stamp, p, y)->bytes, layout->plane[p].stride);
	return buf;
}

static void check_frame(const struct render *render, struct render_stamp *stamp, uint64_t number)
{
	const struct mem_layout *layout = &render->layout;
	struct stamp found = { 0 };
	uint32_t actual = 0;
	uint8_t *buf;

	render_stamp_set(stamp, number);
	CU_ASSERT_EQUAL(stamp->frame, number);
	buf = assemble(render, stamp);
	CU_ASSERT_EQUAL(stamp_check(buf, layout, &found, &actual), 0);
	CU_ASSERT_EQUAL(found.frame, number);
	CU_ASSERT_EQUAL(found.checksum, actual);
	CU_ASSERT_EQUAL(found.checksum, render->checksum);
	CU_ASSERT_EQUAL(crc32c(0, buf, layout->bytes), render_frame_crc(render, stamp));
	free(buf);
}

static void test_every_format_and_size(void)
{
	for (unsigned int i = 0; i < SIZES; i++)
		for (uint32_t format = 0; format < KINORA_FMTS; format++) {
			struct render *render = render_open(PICTURE_ZONEPLATE, sizes[i].width,
							    sizes[i].height, format, 0);
			struct render_stamp *stamp = NULL;

			CU_ASSERT_EQUAL_FATAL(render_stamp_create(&stamp, render, false), 0);
			check_frame(render, stamp, 0xfedcba9876543210);
			check_frame(render, stamp, i * 1000 + format);
			render_stamp_destroy(stamp);
			render_destroy(render);
		}
}

/* Two fields: a stamp in each, the CRC right, and no row shared by both. */
static void test_interlaced(void)
{
	static const enum picture_pattern patterns[] = { PICTURE_RP219, PICTURE_ZONEPLATE };

	for (unsigned int i = 0; i < 2; i++)
		for (uint32_t format = 0; format < KINORA_FMTS; format++) {
			struct render *render = render_open(patterns[i], 1920, 1080, format, 0);
			struct render_stamp *stamp = NULL;
			struct stamp found;
			uint8_t *buf;

			CU_ASSERT_EQUAL_FATAL(render_stamp_create(&stamp, render, true), 0);
			check_frame(render, stamp, 0xfedcba9876543210);
			check_frame(render, stamp, format);
			buf = assemble(render, stamp);
			CU_ASSERT_EQUAL(stamp_read(buf, &render->layout, &found), 0);
			CU_ASSERT(found.interlaced);
			free(buf);
			render_stamp_destroy(stamp);
			render_destroy(render);
		}
}

static void test_every_pattern(void)
{
	for (int pattern = 0; pattern < PICTURE_PATTERNS; pattern++)
		for (uint32_t format = 0; format < KINORA_FMTS; format++) {
			struct render *render = render_open(pattern, 1920, 1080, format, 0);
			struct render_stamp *stamp = NULL;

			CU_ASSERT_EQUAL_FATAL(render_stamp_create(&stamp, render, false), 0);
			for (uint64_t number = 0; number < 3; number++)
				check_frame(render, stamp, number);
			render_stamp_destroy(stamp);
			render_destroy(render);
		}
}

/* Padding is 0, counts in the CRC of the frame, and does not in the stamp's checksum. */
static void test_padding(void)
{
	for (uint32_t format = 0; format < KINORA_FMTS; format++) {
		struct render *render = render_open(PICTURE_RP219, 1280, 720, format, 5120 + 128);
		struct render *tight = render_open(PICTURE_RP219, 1280, 720, format, 0);
		struct render_stamp *stamp = NULL;
		unsigned int wrong = 0;

		CU_ASSERT_EQUAL_FATAL(render_stamp_create(&stamp, render, false), 0);
		check_frame(render, stamp, 42);
		CU_ASSERT_EQUAL(render->checksum, tight->checksum);
		for (unsigned int p = 0; p < render->layout.planes; p++) {
			const struct mem_plane *plane = &render->layout.plane[p];

			for (unsigned int y = 0; y < plane->rows; y++) {
				const uint8_t *row = render_row(render, stamp, p, y)->bytes;

				for (uint32_t i = plane->row_bytes; i < 5120 + 128; i++)
					wrong += row[i] != 0;
			}
		}
		CU_ASSERT_EQUAL(wrong, 0);
		render_stamp_destroy(stamp);
		render_destroy(render);
		render_destroy(tight);
	}
}

/* Below the stamp and right of it, the rows are what the packers make of the pattern. */
static void test_rows_are_the_picture(void)
{
	for (uint32_t format = 0; format < KINORA_FMTS; format++) {
		struct render *render = render_open(PICTURE_ZONEPLATE, 1920, 1080, format, 0);
		const struct mem_layout *layout = &render->layout;
		struct picture_source *src = NULL;
		struct picture_row row[2];
		uint8_t packed[1920 * 4];
		unsigned int wrong = 0;

		CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&src, PICTURE_ZONEPLATE, 1920, 1080),
				      0);
		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row[0], 1920), 0);
		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row[1], 1920), 0);
		for (unsigned int p = 0; p < layout->planes; p++) {
			unsigned int needed = pack_rows_needed(format, p);

			for (unsigned int y = 0; y < layout->plane[p].rows; y++) {
				uint32_t bytes = layout->plane[p].row_bytes;
				uint32_t from = y < stamp_plane_rows(layout, p) ? bytes * 2 / 3 : 0;

				src->row(src, 0, y * needed, &row[0]);
				if (needed == 2)
					src->row(src, 0, y * 2 + 1, &row[1]);
				pack_row(layout, p, uhd, &row[0], &row[1], packed);
				wrong += !!memcmp(packed + from,
						  render->plane[p].row[y].bytes + from,
						  bytes - from);
			}
		}
		CU_ASSERT_EQUAL(wrong, 0);
		picture_row_finish(&row[0]);
		picture_row_finish(&row[1]);
		picture_source_destroy(src);
		render_destroy(render);
	}
}

static void test_memory(void)
{
	struct render *render = render_open(PICTURE_BT2111_HLG, 7680, 4320, KINORA_FMT_V210, 0);

	/* the five bands, the first one also as it is behind the stamp */
	CU_ASSERT_EQUAL(render->rows_distinct, 6);
	CU_ASSERT_EQUAL(render->memory_bytes, 6 * 20480);
	for (unsigned int y = 0; y < 4320; y++)
		CU_ASSERT_EQUAL((uintptr_t)render->plane[0].row[y].bytes % 64, 0);
	CU_ASSERT_PTR_EQUAL(render->plane[0].row[400].bytes, render->plane[0].row[2519].bytes);
	CU_ASSERT_PTR_NOT_EQUAL(render->plane[0].row[2519].bytes, render->plane[0].row[2520].bytes);
	render_destroy(render);

	/* luma: half of 540 rows and 16 + mirror; chroma: pairs of rows mirrored as well */
	render = render_open(PICTURE_ZONEPLATE, 1920, 1080, KINORA_FMT_NV12, 0);
	CU_ASSERT_EQUAL(render->rows_distinct, (540 + 16) + (270 + 8));
	render_destroy(render);

	render = render_open(PICTURE_RP219, 1920, 1080, KINORA_FMT_P010, 0);
	CU_ASSERT_EQUAL(render->rows_distinct, 5 + 5);
	render_destroy(render);
}

/* One wrong bit anywhere below the stamp is found; one in the stamp makes it unreadable or moot. */
static void test_damage(void)
{
	for (uint32_t format = 0; format < KINORA_FMTS; format++) {
		struct render *render = render_open(PICTURE_ZONEPLATE, 1280, 720, format, 0);
		const struct mem_layout *layout = &render->layout;
		struct render_stamp *stamp = NULL;
		struct stamp found;
		uint8_t *buf;

		CU_ASSERT_EQUAL_FATAL(render_stamp_create(&stamp, render, false), 0);
		render_stamp_set(stamp, 7);
		buf = assemble(render, stamp);
		for (unsigned int p = 0; p < layout->planes; p++) {
			const struct mem_plane *plane = &layout->plane[p];

			unsigned int y = stamp_plane_rows(layout, p);

			for (; y < plane->rows; y += 131) {
				uint8_t *byte = buf + plane->offset + (size_t)y * plane->stride +
						y % plane->row_bytes;

				*byte ^= 1 << y % 8;
				CU_ASSERT_EQUAL(stamp_check(buf, layout, &found, NULL), -EBADMSG);
				*byte ^= 1 << y % 8;
			}
		}
		CU_ASSERT_EQUAL(stamp_check(buf, layout, &found, NULL), 0);
		/* a cell turned over: the sixth of the second row, in all of its rows */
		for (unsigned int y = 4; y < 8; y++) {
			uint8_t *cell = buf + y * layout->plane[0].stride + 5 * render->cell_bytes;
			int white = !memcmp(cell, render->cell[1], render->cell_bytes);

			memcpy(cell, render->cell[!white], render->cell_bytes);
		}
		CU_ASSERT_EQUAL(stamp_check(buf, layout, &found, NULL), -EILSEQ);
		free(buf);
		render_stamp_destroy(stamp);
		render_destroy(render);
	}
}

/* Two frames at a time, each with its own stamp. */
static void test_two_stamps(void)
{
	struct render *render = render_open(PICTURE_ZONEPLATE, 1920, 1080, KINORA_FMT_UYVY, 0);
	struct render_stamp *a = NULL, *b = NULL;

	CU_ASSERT_EQUAL_FATAL(render_stamp_create(&a, render, false), 0);
	CU_ASSERT_EQUAL_FATAL(render_stamp_create(&b, render, false), 0);
	render_stamp_set(a, 1);
	render_stamp_set(b, 2);
	CU_ASSERT_NOT_EQUAL(render_frame_crc(render, a), render_frame_crc(render, b));
	check_frame(render, a, 3);
	check_frame(render, b, 4);
	render_stamp_destroy(a);
	render_stamp_destroy(b);
	render_destroy(render);
}

static int failing_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		       const struct picture_row *out)
{
	(void)src;
	(void)frame;
	memset(out->y, 0, 2 * 1280 * sizeof(*out->y));
	return y == 700 ? -EIO : 0;
}

static unsigned int own_class(const struct picture_source *src, unsigned int frame, unsigned int y)
{
	(void)src;
	(void)frame;
	return y;
}

static unsigned int bad_class(const struct picture_source *src, unsigned int frame, unsigned int y)
{
	(void)src;
	return frame + y + 1;
}

static void test_refused(void)
{
	struct picture_source src = {
		.width = 1280, .height = 720, .frames = 1, .row = failing_row,
		.row_class = own_class,
	};
	struct render *render = NULL;
	struct mem_layout layout;

	mem_layout_init(&layout, KINORA_FMT_V210, 1280, 720, 0);
	CU_ASSERT_EQUAL(render_create(&render, &src, 0, &layout, uhd), -EIO);
	CU_ASSERT_EQUAL(render_create(&render, &src, 1, &layout, uhd), -EINVAL);
	src.row_class = bad_class;
	CU_ASSERT_EQUAL(render_create(&render, &src, 0, &layout, uhd), -EINVAL);
	src.row_class = own_class;
	src.height = 718;
	CU_ASSERT_EQUAL(render_create(&render, &src, 0, &layout, uhd), -EINVAL);
	src.height = 720;
	layout.bytes++;
	CU_ASSERT_EQUAL(render_create(&render, &src, 0, &layout, uhd), -EINVAL);
	src.width = 1150;
	mem_layout_init(&layout, KINORA_FMT_UYVY, 1150, 720, 0);
	CU_ASSERT_EQUAL(render_create(&render, &src, 0, &layout, uhd), -EINVAL);
	CU_ASSERT_PTR_NULL(render);
	render_destroy(NULL);
	render_stamp_destroy(NULL);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every format and size", test_every_format_and_size },
		{ "every pattern", test_every_pattern },
		{ "interlaced", test_interlaced },
		{ "padding", test_padding },
		{ "rows are the picture", test_rows_are_the_picture },
		{ "memory", test_memory },
		{ "damage", test_damage },
		{ "two stamps", test_two_stamps },
		{ "what cannot be rendered", test_refused },
		CU_TEST_INFO_NULL,
	};

	return unit_run("render", tests);
}
