// SPDX-License-Identifier: MIT
/*
 * Making rendered pictures and their stamps.
 *
 * Two passes over the rows: the first finds for every row the earlier row it equals, if any, so
 * that memory is asked for once; the second packs what is new. The stamp's area is drawn black into
 * the canonical rows before packing, which settles its chroma for good; render_stamp_set() then
 * only lays black and white cells, packed in advance, into copies of the first rows of plane 0.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "render.h"

#define HUGE_PAGE	(2u << 20)

/* What render_create() needs on the way. */
struct job {
	struct render *render;
	const struct picture_source *src;
	unsigned int frame;
	struct picture_colour colour;
	uint16_t *equals[MEM_PLANES_MAX];	/* per row: the plane's first row equal to it */
	uint32_t visible_crc[MEM_PLANES_MAX];	/* running, of the rows below the stamp */
	struct crc32c_shift visible_shift[MEM_PLANES_MAX];	/* appends row_bytes to a CRC */
	struct picture_row row[2];		/* canonical rows last fetched, by row number % 2 */
	int held[2];				/* their numbers, -1: none */
};

static size_t align_up(size_t v, size_t to)
{
	return (v + to - 1) / to * to;
}

/* A row of the stamp never equals one below it: its left part will be drawn over. */
static int find_equals_full(struct job *job, uint16_t *equals)
{
	unsigned int height = job->src->height;
	uint16_t *first = calloc(2 * height, sizeof(*first));	/* by zone and class, plus 1 */

	if (!first)
		return -ENOMEM;
	for (unsigned int y = 0; y < height; y++) {
		unsigned int class = job->src->row_class(job->src, job->frame, y);
		uint16_t *seen;

		if (class > y) {
			free(first);
			return -EINVAL;
		}
		seen = &first[class + (y < STAMP_ROWS ? 0 : height)];
		if (!*seen)
			*seen = y + 1;
		equals[y] = *seen - 1;
	}
	free(first);
	return 0;
}

/* Do chroma rows a and b come from equal pairs of rows? The mean does not mind their order. */
static bool pairs_equal(const uint16_t *full, unsigned int a, unsigned int b)
{
	return (full[2 * a] == full[2 * b] && full[2 * a + 1] == full[2 * b + 1]) ||
	       (full[2 * a] == full[2 * b + 1] && full[2 * a + 1] == full[2 * b]);
}

static void find_equals_halved(const uint16_t *full, uint16_t *equals, unsigned int rows)
{
	for (unsigned int y = 0; y < rows; y++) {
		unsigned int candidate = full[2 * y] / 2;

		if (candidate < y && pairs_equal(full, candidate, y))
			equals[y] = equals[candidate];
		else if (y && pairs_equal(full, y - 1, y))
			equals[y] = equals[y - 1];
		else
			equals[y] = y;
	}
}

static int find_equals(struct job *job)
{
	const struct mem_layout *layout = &job->render->layout;
	int ret;

	for (unsigned int p = 0; p < layout->planes; p++) {
		job->equals[p] = malloc(layout->height * sizeof(uint16_t));
		if (!job->equals[p])
			return -ENOMEM;
	}
	ret = find_equals_full(job, job->equals[0]);
	if (ret || layout->planes == 1)
		return ret;
	if (pack_rows_needed(layout->format, 1) == 2)
		find_equals_halved(job->equals[0], job->equals[1], layout->plane[1].rows);
	else
		memcpy(job->equals[1], job->equals[0], layout->height * sizeof(uint16_t));
	return 0;
}

/* One anonymous mapping: huge pages where they help, and zeros, which makes all padding 0. */
static int allocate_rows(struct job *job)
{
	struct render *render = job->render;
	uint8_t *next;

	for (unsigned int p = 0; p < render->layout.planes; p++) {
		const struct mem_plane *plane = &render->layout.plane[p];

		render->plane[p].row = calloc(plane->rows, sizeof(*render->plane[p].row));
		if (!render->plane[p].row)
			return -ENOMEM;
		for (unsigned int y = 0; y < plane->rows; y++)
			if (job->equals[p][y] == y) {
				render->memory_bytes += align_up(plane->stride, RENDER_ALIGN);
				render->rows_distinct++;
			}
	}
	render->memory = mmap(NULL, render->memory_bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (render->memory == MAP_FAILED) {
		render->memory = NULL;
		return -ENOMEM;
	}
	if (render->memory_bytes >= HUGE_PAGE)
		madvise(render->memory, render->memory_bytes, MADV_HUGEPAGE);

	next = render->memory;
	for (unsigned int p = 0; p < render->layout.planes; p++)
		for (unsigned int y = 0; y < render->layout.plane[p].rows; y++) {
			struct render_row *row = &render->plane[p].row[y];

			if (job->equals[p][y] == y) {
				row->bytes = next;
				next += align_up(render->layout.plane[p].stride, RENDER_ALIGN);
			} else {
				row->bytes = render->plane[p].row[job->equals[p][y]].bytes;
			}
		}
	return 0;
}

/* Canonical row y, with the stamp's area black. */
static int fetch(struct job *job, unsigned int y)
{
	struct picture_row *row = &job->row[y % 2];
	int ret;

	if (job->held[y % 2] == (int)y)
		return 0;
	job->held[y % 2] = -1;
	ret = job->src->row(job->src, job->frame, y, row);
	if (ret)
		return ret;
	if (y < STAMP_ROWS) {
		for (unsigned int x = 0; x < STAMP_WIDTH; x++)
			row->y[x] = STAMP_BLACK;
		for (unsigned int x = 0; x < STAMP_WIDTH / 2; x++) {
			row->cb[x] = STAMP_NEUTRAL;
			row->cr[x] = STAMP_NEUTRAL;
		}
	}
	job->held[y % 2] = y;
	return 0;
}

static int render_one(struct job *job, unsigned int p, unsigned int y, unsigned int from)
{
	const struct mem_layout *layout = &job->render->layout;
	struct render_row *row = &job->render->plane[p].row[y];
	unsigned int needed = pack_rows_needed(layout->format, p);
	int ret;

	for (unsigned int i = 0; i < needed; i++) {
		ret = fetch(job, from + i);
		if (ret)
			return ret;
	}
	pack_row(layout, p, job->colour, &job->row[from % 2], &job->row[(from + 1) % 2],
		 (uint8_t *)row->bytes);
	row->crc = crc32c(0, row->bytes, layout->plane[p].stride);
	return 0;
}

/* Row y of plane p is known: take its CRC over, and into the checksum. */
static void account(struct job *job, unsigned int p, unsigned int y)
{
	const struct mem_plane *plane = &job->render->layout.plane[p];
	struct render_row *row = &job->render->plane[p].row[y];
	uint32_t crc;

	row->crc = job->render->plane[p].row[job->equals[p][y]].crc;
	if (y < stamp_plane_rows(&job->render->layout, p))
		return;
	crc = plane->row_bytes == plane->stride ? row->crc :
						  crc32c(0, row->bytes, plane->row_bytes);
	job->visible_crc[p] = crc32c_combine(&job->visible_shift[p], job->visible_crc[p], crc);
}

/* From the top down, all planes side by side, so that every canonical row is fetched once. */
static int render_rows(struct job *job)
{
	const struct mem_layout *layout = &job->render->layout;

	for (unsigned int p = 0; p < layout->planes; p++) {
		crc32c_shift_init(&job->render->plane[p].shift, layout->plane[p].stride);
		crc32c_shift_init(&job->visible_shift[p], layout->plane[p].row_bytes);
	}
	for (unsigned int top = 0; top < layout->height; top++)
		for (unsigned int p = 0; p < layout->planes; p++) {
			unsigned int needed = pack_rows_needed(layout->format, p);
			unsigned int y = top / needed;

			if (top % needed != needed - 1 || y >= layout->plane[p].rows)
				continue;
			if (job->equals[p][y] == y) {
				int ret = render_one(job, p, y, y * needed);

				if (ret)
					return ret;
			}
			account(job, p, y);
		}
	return 0;
}

/* The CRCs of everything the frame number does not change. */
static void sum_up(struct job *job)
{
	struct render *render = job->render;
	const struct mem_layout *layout = &render->layout;
	uint32_t rest = 0;

	render->checksum = 0;
	for (unsigned int p = 0; p < layout->planes; p++) {
		unsigned int stamp_rows = stamp_plane_rows(layout, p);
		uint64_t visible = layout->plane[p].row_bytes;

		visible *= layout->plane[p].rows - stamp_rows;
		for (unsigned int y = p ? 0 : stamp_rows; y < layout->plane[p].rows; y++)
			rest = crc32c_combine(&render->plane[p].shift, rest,
					      render->plane[p].row[y].crc);
		render->checksum = crc32c_combine_once(render->checksum, job->visible_crc[p],
						       visible);
	}
	render->rest_crc = rest;
	crc32c_shift_init(&render->rest_shift,
			  layout->bytes - STAMP_ROWS * (uint64_t)layout->plane[0].stride);
}

static int make_cells(struct job *job)
{
	static const uint16_t level[2] = { STAMP_BLACK, STAMP_WHITE };
	struct render *render = job->render;
	const struct mem_plane *plane = &render->layout.plane[0];
	struct mem_layout layout;
	int ret = mem_layout_init(&layout, render->layout.format, STAMP_CELL_WIDTH,
				  STAMP_CELL_HEIGHT, 0);

	if (ret)
		return ret;
	render->cell_bytes = layout.plane[0].row_bytes;
	for (int i = 0; i < 2; i++) {
		uint16_t y[STAMP_CELL_WIDTH], c[STAMP_CELL_WIDTH / 2];
		struct picture_row row = { .y = y, .cb = c, .cr = c };

		for (int x = 0; x < STAMP_CELL_WIDTH; x++) {
			y[x] = level[i];
			c[x / 2] = STAMP_NEUTRAL;
		}
		render->cell[i] = malloc(render->cell_bytes);
		if (!render->cell[i])
			return -ENOMEM;
		pack_row(&layout, 0, job->colour, &row, &row, render->cell[i]);
	}

	crc32c_shift_init(&render->tail_shift, plane->stride - STAMP_CELLS * render->cell_bytes);
	for (int y = 0; y < STAMP_ROWS; y++)
		render->tail_crc[y] = crc32c(0, render->plane[0].row[y].bytes +
						STAMP_CELLS * render->cell_bytes,
					     plane->stride - STAMP_CELLS * render->cell_bytes);
	return 0;
}

static int render_make(struct job *job)
{
	int ret;

	for (int i = 0; i < 2; i++) {
		job->held[i] = -1;
		ret = picture_row_init(&job->row[i], job->src->width);
		if (ret)
			return ret;
	}
	ret = find_equals(job);
	if (ret)
		return ret;
	ret = allocate_rows(job);
	if (ret)
		return ret;
	ret = render_rows(job);
	if (ret)
		return ret;
	sum_up(job);
	return make_cells(job);
}

int render_create(struct render **out, const struct picture_source *src, unsigned int frame,
		  const struct mem_layout *layout, struct picture_colour colour)
{
	struct job job = { .src = src, .frame = frame, .colour = colour };
	int ret;

	if (mem_layout_check(layout) || layout->width != src->width ||
	    layout->height != src->height || layout->width < STAMP_WIDTH ||
	    layout->height <= STAMP_ROWS || frame >= src->frames)
		return -EINVAL;
	job.render = calloc(1, sizeof(*job.render));
	if (!job.render)
		return -ENOMEM;
	job.render->layout = *layout;
	ret = render_make(&job);
	for (int i = 0; i < 2; i++)
		picture_row_finish(&job.row[i]);
	for (int p = 0; p < MEM_PLANES_MAX; p++)
		free(job.equals[p]);
	if (ret) {
		render_destroy(job.render);
		return ret;
	}
	*out = job.render;
	return 0;
}

void render_destroy(struct render *render)
{
	if (!render)
		return;
	for (int i = 0; i < 2; i++)
		free(render->cell[i]);
	if (render->memory)
		munmap(render->memory, render->memory_bytes);
	for (int p = 0; p < MEM_PLANES_MAX; p++)
		free(render->plane[p].row);
	free(render);
}

/*
 * Copies of the stamp's rows; within a row of cells, rows that are equal stay one, unless they are
 * of different fields.
 */
int render_stamp_create(struct render_stamp **out, const struct render *render, bool interlaced)
{
	const struct render_row *rows = render->plane[0].row;
	uint32_t stride = render->layout.plane[0].stride;
	size_t pitch = align_up(stride, RENDER_ALIGN);
	struct render_stamp *stamp = calloc(1, sizeof(*stamp));

	if (!stamp)
		return -ENOMEM;
	stamp->memory = aligned_alloc(RENDER_ALIGN, STAMP_ROWS * pitch);
	if (!stamp->memory) {
		free(stamp);
		return -ENOMEM;
	}
	stamp->render = render;
	stamp->interlaced = interlaced;
	for (unsigned int y = 0; y < STAMP_ROWS; y++) {
		bool same = y % STAMP_CELL_HEIGHT && rows[y].bytes == rows[y - 1].bytes &&
			    !interlaced;

		stamp->row[y].bytes = same ? stamp->row[y - 1].bytes : stamp->memory + y * pitch;
		if (!same)
			memcpy(stamp->memory + y * pitch, rows[y].bytes, stride);
	}
	render_stamp_set(stamp, 0);
	*out = stamp;
	return 0;
}

void render_stamp_destroy(struct render_stamp *stamp)
{
	if (!stamp)
		return;
	free(stamp->memory);
	free(stamp);
}

/* One row of cells, from bit first on; the CRC of its bytes. */
static uint32_t draw_cells(const struct render *render, const uint8_t bits[STAMP_BYTES],
			   unsigned int first, uint8_t *out)
{
	for (unsigned int i = 0; i < STAMP_CELLS; i++) {
		unsigned int bit = first + i;

		memcpy(out + i * render->cell_bytes,
		       render->cell[bits[bit / 8] >> (7 - bit % 8) & 1], render->cell_bytes);
	}
	return crc32c(0, out, STAMP_CELLS * render->cell_bytes);
}

void render_stamp_set(struct render_stamp *stamp, uint64_t frame)
{
	const struct render *render = stamp->render;
	struct stamp content = {
		.frame = frame, .checksum = render->checksum, .interlaced = stamp->interlaced,
	};
	uint32_t bytes = STAMP_CELLS * render->cell_bytes, cells_crc[2] = { 0 };
	unsigned int fields = stamp->interlaced ? 2 : 1;
	uint8_t bits[2][STAMP_BYTES];

	for (unsigned int field = 0; field < fields; field++)
		stamp_encode(&content, field, bits[field]);
	for (unsigned int y = 0; y < STAMP_ROWS; y++) {
		struct render_row *row = &stamp->row[y];
		unsigned int top = y / STAMP_CELL_HEIGHT * STAMP_CELL_HEIGHT;
		unsigned int first = y / STAMP_CELL_HEIGHT * STAMP_CELLS;
		unsigned int field = y % fields;

		if (y > top && row->bytes == row[-1].bytes) {
			row->crc = row[-1].crc;
			continue;
		}
		if (y >= top + fields)
			memcpy((uint8_t *)row->bytes, stamp->row[top + field].bytes, bytes);
		else
			cells_crc[field] = draw_cells(render, bits[field], first,
						      (uint8_t *)row->bytes);
		row->crc = crc32c_combine(&render->tail_shift, cells_crc[field],
					  render->tail_crc[y]);
	}
	stamp->frame = frame;
}

uint32_t render_frame_crc(const struct render *render, const struct render_stamp *stamp)
{
	uint32_t crc = 0;

	for (unsigned int y = 0; y < STAMP_ROWS; y++)
		crc = crc32c_combine(&render->plane[0].shift, crc, stamp->row[y].crc);
	return crc32c_combine(&render->rest_shift, crc, render->rest_crc);
}
