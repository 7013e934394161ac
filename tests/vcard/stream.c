// SPDX-License-Identifier: MIT
/*
 * The engine of a stream. In the order of a frame: take (submission, table), show, write rows,
 * complete (record, interrupt); then stop and cancel.
 *
 * The way of the data is short on purpose: one look-up of the host's memory for at most WINDOW
 * bytes, then whole rows with streaming stores. At 8Kp60 that is 5.3 GB/s.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "log.h"
#include "stimulus.h"
#include "stream.h"

/* Host memory is held for so long at a time: about 30 us, so that an unmap or a reset gets in. */
#define WINDOW 262144

#define RING_ALIGN 64
#define PERIOD_HZ_MAX 240

/* --- registers --- */

#define REG(stream, name) ((stream)->regs[KINORA_STREAM_##name / 4])

int stream_init(struct stream *stream, struct card *card, struct channel *channel,
		unsigned int index, bool present)
{
	*stream = (struct stream){
		.card = card, .channel = channel, .index = index,
		.type = index % KINORA_STREAMS_PER_CHANNEL, .present = present,
	};
	if (!present)
		return 0;
	/* 1 MiB each, of which the kernel gives only what a table really needs */
	stream->segment = calloc(KINORA_SG_MAX_ENTRIES, sizeof(*stream->segment));
	return stream->segment ? 0 : -ENOMEM;
}

void stream_finish(struct stream *stream)
{
	stream_print_drop(stream);
	free(stream->segment);
	stream->segment = NULL;
}

uint32_t stream_read(const struct stream *stream, uint32_t offset)
{
	if (!stream->present)
		return 0;
	switch (offset) {
	case KINORA_STREAM_CAP:
		return KINORA_STREAM_CAP_PRESENT;
	case KINORA_STREAM_CONTROL:
		return stream->enable ? KINORA_STREAM_ENABLE : 0;
	case KINORA_STREAM_STATUS:
		return FIELD_PREP(KINORA_STREAM_STATE_MASK, stream->state) |
		       FIELD_PREP(KINORA_STREAM_ERROR_MASK, stream->error);
	case KINORA_STREAM_VECTOR ... KINORA_STREAM_FLAGS:
		return stream->regs[offset / 4];
	default:
		return 0;
	}
}

/* What of a register is there; the rest is reserved. */
static uint32_t register_mask(uint32_t offset)
{
	switch (offset) {
	case KINORA_STREAM_FLAGS:
		return KINORA_STREAM_INTERLACED | KINORA_STREAM_RGB_RANGE_MASK;
	default:
		return UINT32_MAX;
	}
}

static bool control_write(struct stream *stream, bool enable)
{
	if (enable == stream->enable)
		return false;
	if (enable) {
		/* while a stop is under way there is no state to start from */
		if (stream->state != KINORA_STATE_IDLE)
			return false;
		stream->enable = true;
		stream->state = KINORA_STATE_STARTING;
		return true;
	}
	stream->enable = false;
	if (stream->state == KINORA_STATE_STARTING || stream->state == KINORA_STATE_RUNNING) {
		stream->state = KINORA_STATE_STOPPING;
	} else if (stream->state == KINORA_STATE_ERROR) {
		stream->state = KINORA_STATE_IDLE;
		stream->error = KINORA_ERROR_NONE;
		atomic_store(&stream->tail, 0);
	}
	return true;
}

bool stream_write(struct stream *stream, uint32_t offset, uint32_t value)
{
	if (!stream->present)
		return false;
	switch (offset) {
	case KINORA_STREAM_CONTROL:
		return control_write(stream, value & KINORA_STREAM_ENABLE);
	case KINORA_STREAM_TAIL:
		if (stream->state == KINORA_STATE_STOPPING || stream->state == KINORA_STATE_ERROR)
			return false;
		atomic_store_explicit(&stream->tail, value, memory_order_release);
		return stream->state == KINORA_STATE_RUNNING && stream_tail_bad(stream);
	case KINORA_STREAM_VECTOR ... KINORA_STREAM_FLAGS:
		if (stream->state == KINORA_STATE_IDLE)
			stream->regs[offset / 4] = value & register_mask(offset);
		return false;
	default:
		return false;
	}
}

void stream_registers_reset(struct stream *stream)
{
	memset(stream->regs, 0, sizeof(stream->regs));
	stream->enable = false;
	stream->state = KINORA_STATE_IDLE;
	stream->error = KINORA_ERROR_NONE;
	atomic_store(&stream->tail, 0);
}

static uint32_t ring_entries(const struct stream *stream)
{
	return 1u << stream->config.rings;
}

bool stream_tail_bad(const struct stream *stream)
{
	return atomic_load(&stream->tail) - atomic_load(&stream->taken) > ring_entries(stream);
}

/* --- the host's memory --- */

static struct books_stream *stream_books(struct stream *stream)
{
	return &stream->card->books.stream[stream->index];
}

static int bus_result(struct stream *stream, int ret)
{
	if (ret)
		books_add(&stream->card->books.dma_errors, 1);
	return ret;
}

static int host_read(struct stream *stream, uint64_t addr, void *buf, size_t n)
{
	struct card_host *host = &stream->card->host;

	if (atomic_load(&stream->stale))
		return -ECANCELED;
	return bus_result(stream, host->dma_read(host->opaque, addr, buf, n));
}

static int host_write(struct stream *stream, uint64_t addr, const void *buf, size_t n)
{
	struct card_host *host = &stream->card->host;

	if (atomic_load(&stream->stale))
		return -ECANCELED;
	return bus_result(stream, host->dma_write(host->opaque, addr, buf, n));
}

/* Direct access to at most want bytes; *run of them are there. To be closed unless negative. */
static int bus_open(struct stream *stream, uint64_t addr, uint64_t want, bool write, void **ptr,
		    uint64_t *run)
{
	struct card_host *host = &stream->card->host;

	if (atomic_load_explicit(&stream->stale, memory_order_relaxed))
		return -ECANCELED;
	return host->dma_begin(host->opaque, addr, want, write, ptr, run);
}

static void bus_close(struct stream *stream)
{
	struct card_host *host = &stream->card->host;

	host->dma_end(host->opaque);
}

/* --- tables --- */

/* An entry of a table that is being read. */
struct table_walk {
	uint64_t next;		/* address of the next entry */
	uint32_t left;		/* entries to go */
	uint64_t total;		/* bytes the data entries hold so far */
	uint32_t segments;
};

/* One entry, copied out of the host's memory: KINORA_RECORD_* of what is wrong with it. */
static uint32_t table_entry(struct stream *stream, struct table_walk *walk,
			    const struct kinora_sg *entry)
{
	uint64_t addr = le64toh(entry->addr);
	uint32_t len = le32toh(entry->len);
	struct stream_segment *last;

	walk->left--;
	walk->next += sizeof(*entry);
	if (le32toh(entry->flags) & KINORA_SG_LINK) {
		if (addr % KINORA_SG_BYTES || len || !walk->left)
			return KINORA_RECORD_BAD_ENTRY;
		walk->next = addr;
		return 0;
	}
	if (addr % KINORA_SG_ALIGN || !len || (len % KINORA_SG_ALIGN && walk->left))
		return KINORA_RECORD_BAD_ENTRY;
	walk->total += len;
	last = walk->segments ? &stream->segment[walk->segments - 1] : NULL;
	if (last && last->addr + last->bytes == addr) {
		last->bytes += len;
		return 0;
	}
	stream->segment[walk->segments++] = (struct stream_segment){ .addr = addr, .bytes = len };
	return 0;
}

/* Entries from walk->next on, as far as they can be seen directly. */
static uint32_t table_window(struct stream *stream, struct table_walk *walk)
{
	uint64_t want = (uint64_t)walk->left * sizeof(struct kinora_sg);
	uint32_t status = 0;
	uint64_t run, at = walk->next;
	struct kinora_sg entry;
	void *ptr;
	int ret;

	ret = bus_open(stream, at, want < WINDOW ? want : WINDOW, false, &ptr, &run);
	if (!ret && run >= sizeof(entry)) {
		while (!status && walk->left && walk->next == at && run >= sizeof(entry)) {
			memcpy(&entry, ptr, sizeof(entry));
			status = table_entry(stream, walk, &entry);
			ptr = (uint8_t *)ptr + sizeof(entry);
			at += sizeof(entry);
			run -= sizeof(entry);
		}
		bus_close(stream);
		return status;
	}
	if (!ret)
		bus_close(stream);
	if (host_read(stream, at, &entry, sizeof(entry)))
		return KINORA_RECORD_BUS_ERROR;
	return table_entry(stream, walk, &entry);
}

/* Copy and check a submission's table. */
static uint32_t table_read(struct stream *stream, const struct kinora_submission *submission)
{
	struct stream_job *job = &stream->job;
	uint32_t bytes = le32toh(submission->bytes);
	struct table_walk walk = {
		.next = le64toh(submission->table), .left = le32toh(submission->entries),
	};

	if (!walk.left || walk.left > KINORA_SG_MAX_ENTRIES || walk.next % KINORA_SG_BYTES)
		return KINORA_RECORD_BAD_ENTRY;
	while (walk.left) {
		uint32_t status = table_window(stream, &walk);

		if (status)
			return status;
	}
	job->segments = walk.segments;
	job->capacity = walk.total < bytes ? walk.total : bytes;
	return job->capacity < stream->config.bytes ? KINORA_RECORD_SHORT : 0;
}

/* --- start --- */

static void config_latch(struct stream *stream)
{
	stream->config = (struct stream_config){
		.vector = REG(stream, VECTOR),
		.sq = REG(stream, SQ_LO) | (uint64_t)REG(stream, SQ_HI) << 32,
		.cq = REG(stream, CQ_LO) | (uint64_t)REG(stream, CQ_HI) << 32,
		.rings = REG(stream, RINGS),
		.format = REG(stream, FORMAT),
		.width = FIELD_GET(KINORA_SIZE_WIDTH_MASK, REG(stream, SIZE)),
		.height = FIELD_GET(KINORA_SIZE_HEIGHT_MASK, REG(stream, SIZE)),
		.stride0 = REG(stream, STRIDE0), .stride1 = REG(stream, STRIDE1),
		.plane1 = REG(stream, PLANE1), .bytes = REG(stream, BYTES),
		.period_num = REG(stream, PERIOD_NUM), .period_den = REG(stream, PERIOD_DEN),
		.flags = REG(stream, FLAGS),
	};
}

static bool ring_bad(uint64_t addr, uint64_t bytes)
{
	return !addr || addr % RING_ALIGN || addr + bytes < addr;
}

static unsigned int geometry_check(struct stream *stream)
{
	const struct stream_config *config = &stream->config;

	if (stream->type != KINORA_STREAM_VIDEO) {
		if (config->format)
			return KINORA_ERROR_FORMAT;
		if (config->stride0 || config->stride1 || config->plane1 || !config->width ||
		    !config->height || config->bytes < sizeof(struct kinora_meta_header))
			return KINORA_ERROR_GEOMETRY;
		return KINORA_ERROR_NONE;
	}
	if (config->format >= 32 || !(CARD_FORMATS & BIT(config->format)))
		return KINORA_ERROR_FORMAT;
	if (mem_layout_init_host(&stream->layout, config->format, config->width, config->height,
				 config->stride0, config->stride1, config->plane1, config->bytes))
		return KINORA_ERROR_GEOMETRY;
	stream->layout.rgb = FIELD_GET(KINORA_STREAM_RGB_RANGE_MASK, config->flags);
	return KINORA_ERROR_NONE;
}

static unsigned int config_check(struct stream *stream)
{
	const struct stream_config *config = &stream->config;
	uint64_t num = config->period_num, den = config->period_den;
	unsigned int error;

	if (config->vector >= KINORA_VECTORS)
		return KINORA_ERROR_VECTOR;
	if (config->rings < 1 || config->rings > CARD_RING_LOG2_MAX ||
	    ring_bad(config->sq, (uint64_t)KINORA_SUBMISSION_BYTES << config->rings) ||
	    ring_bad(config->cq, (uint64_t)KINORA_RECORD_BYTES << config->rings))
		return KINORA_ERROR_RING;
	error = geometry_check(stream);
	if (error)
		return error;
	/* 1 Hz to 240 Hz: num / den <= 1 and >= 1 / 240 */
	if (!num || !den || num > den || num * PERIOD_HZ_MAX < den)
		return KINORA_ERROR_PERIOD;
	return KINORA_ERROR_NONE;
}

void stream_latch(struct stream *stream)
{
	config_latch(stream);
}

unsigned int stream_prepare(struct stream *stream)
{
	unsigned int error = config_check(stream);
	uint8_t entry[KINORA_SUBMISSION_BYTES];
	uint8_t record[KINORA_RECORD_BYTES];

	if (error)
		return error;
	/* both ends of both rings; a bad one is better told now than with the first frame */
	for (uint32_t i = 0; i < ring_entries(stream); i += ring_entries(stream) - 1) {
		if (host_read(stream, stream->config.sq + i * sizeof(entry), entry,
			      sizeof(entry)) ||
		    host_read(stream, stream->config.cq + i * sizeof(record), record,
			      sizeof(record)))
			return KINORA_ERROR_BUS;
	}
	if (stream_tail_bad(stream))
		return KINORA_ERROR_TAIL;
	return KINORA_ERROR_NONE;
}

bool stream_expects(const struct stream *stream, uint32_t width, uint32_t height, bool interlaced,
		    uint32_t rate_num, uint32_t rate_den)
{
	const struct stream_config *config = &stream->config;

	return config->width == width && config->height == height &&
	       !!(config->flags & KINORA_STREAM_INTERLACED) == interlaced &&
	       (uint64_t)config->period_num * rate_num == (uint64_t)config->period_den * rate_den;
}

/* --- prints --- */

void stream_print_drop(struct stream *stream)
{
	if (!stream->wire)
		return;
	if (stream->print && stream->stamp) {
		for (unsigned int i = 0; i < stream->print->count; i++)
			render_stamp_destroy(stream->stamp[i]);
	}
	free(stream->stamp);
	wire_print_release(stream->wire, stream->print);
	printer_put(&stream->card->printer, stream->wire);
	stream->stamp = NULL;
	stream->print = NULL;
	stream->wire = NULL;
	stream->job.render = NULL;
}

int stream_print_use(struct stream *stream, struct wire *wire)
{
	struct print *print;

	if (stream->wire == wire)
		return stream->print->error;
	stream_print_drop(stream);
	print = wire_print_find(wire, &stream->layout);
	if (!print)
		return -EAGAIN;
	stream->wire = wire_get(wire);
	stream->print = print;
	if (print->error)
		return print->error;
	stream->stamp = calloc(print->count, sizeof(struct render_stamp *));
	if (!stream->stamp)
		goto out_drop;
	for (unsigned int i = 0; i < print->count; i++) {
		if (render_stamp_create(&stream->stamp[i], print->render[i], wire->interlaced))
			goto out_drop;
	}
	return 0;
out_drop:
	stream_print_drop(stream);
	return -ENOMEM;
}

/* --- submissions --- */

static struct stream_cursor cursor_at(const struct stream *stream, uint64_t offset)
{
	struct stream_cursor cursor = { .offset = offset };

	while (cursor.segment < stream->job.segments &&
	       cursor.offset >= stream->segment[cursor.segment].bytes)
		cursor.offset -= stream->segment[cursor.segment++].bytes;
	return cursor;
}

unsigned int stream_take(struct stream *stream, bool data)
{
	uint32_t taken = atomic_load(&stream->taken);
	uint32_t slot = taken & (ring_entries(stream) - 1);
	struct stream_job *job = &stream->job;
	struct kinora_submission submission;

	*job = (struct stream_job){ .active = true };
	books_add(&stream_books(stream)->offered, 1);
	if (stream_tail_bad(stream))
		return KINORA_ERROR_TAIL;
	if (atomic_load_explicit(&stream->tail, memory_order_acquire) == taken) {
		stream->lost++;
		return KINORA_ERROR_NONE;
	}
	if (host_read(stream, stream->config.sq + slot * sizeof(submission), &submission,
		      sizeof(submission)))
		return KINORA_ERROR_BUS;
	atomic_store(&stream->taken, taken + 1);
	books_add(&stream_books(stream)->submissions, 1);
	job->taken = true;
	job->tag = le16toh(submission.tag);
	if (!data)
		return KINORA_ERROR_NONE;
	job->status = table_read(stream, &submission);
	if (job->status)
		return KINORA_ERROR_NONE;
	for (uint32_t p = 0; p < stream->layout.planes; p++)
		job->cursor[p] = cursor_at(stream, stream->layout.plane[p].offset);
	return KINORA_ERROR_NONE;
}

/* --- data --- */

void stream_show(struct stream *stream, uint64_t number, uint64_t picture)
{
	struct stream_job *job = &stream->job;
	unsigned int i;

	if (!job->taken || job->status || !stream->print || !stream->print->count)
		return;
	i = picture % stream->print->count;
	job->render = stream->print->render[i];
	job->stamp = stream->stamp[i];
	render_stamp_set(job->stamp, number);
}

/* A stretch of host memory that is open for writing. */
struct window {
	uint8_t *at;
	uint64_t left;
	bool open;
};

static void window_close(struct stream *stream, struct window *window)
{
	if (window->open)
		bus_close(stream);
	*window = (struct window){ 0 };
}

/*
 * Some bytes at the cursor, at most n: how many, or 0 when the bus refuses. want: how many will
 * follow on these, to open the window no wider than it is needed.
 */
static uint32_t data_write(struct stream *stream, struct window *window,
			   struct stream_cursor *cursor, const uint8_t *src, uint32_t n,
			   uint64_t want)
{
	const struct stream_segment *segment = &stream->segment[cursor->segment];
	uint64_t left = segment->bytes - cursor->offset;
	int ret;

	if (n > left)
		n = left;
	if (!window->left) {
		uint64_t run;
		void *ptr;

		window_close(stream, window);
		if (want > left)
			want = left;
		if (want > WINDOW)
			want = WINDOW;
		ret = bus_open(stream, segment->addr + cursor->offset, want, true, &ptr, &run);
		if (!ret)
			*window = (struct window){ .at = ptr, .left = run, .open = true };
		else if (host_write(stream, segment->addr + cursor->offset, src, n))
			return 0;
	}
	if (window->open) {
		if (n > window->left)
			n = window->left;
		stream->card->copy(window->at, src, n);
		window->at += n;
		window->left -= n;
	}
	cursor->offset += n;
	if (cursor->offset == segment->bytes) {
		window_close(stream, window);
		*cursor = (struct stream_cursor){ .segment = cursor->segment + 1 };
	}
	return n;
}

/* Rows of a plane up to row `end`. */
static void plane_write(struct stream *stream, unsigned int p, uint32_t end)
{
	uint32_t stride = stream->layout.plane[p].stride;
	struct stream_job *job = &stream->job;
	struct window window = { 0 };

	for (; job->rows[p] < end; job->rows[p]++) {
		const struct render_row *row = render_row(job->render, job->stamp, p, job->rows[p]);
		uint64_t after = (uint64_t)(end - job->rows[p] - 1) * stride;

		for (job->part[p] = 0; job->part[p] < stride;) {
			uint32_t n = data_write(stream, &window, &job->cursor[p],
						row->bytes + job->part[p], stride - job->part[p],
						stride - job->part[p] + after);

			if (!n) {
				job->status |= KINORA_RECORD_BUS_ERROR;
				goto out_close;
			}
			job->part[p] += n;
		}
		job->part[p] = 0;
	}
out_close:
	window_close(stream, &window);
}

void stream_rows_write(struct stream *stream, uint32_t line)
{
	struct stream_job *job = &stream->job;

	if (!job->render)
		return;
	for (uint32_t p = 0; p < stream->layout.planes && !job->status; p++) {
		uint32_t rows = stream->layout.plane[p].rows;

		plane_write(stream, p, (uint64_t)line * rows / stream->layout.height);
	}
}

void stream_anc_write(struct stream *stream, const struct anc_frame *frame)
{
	struct stream_job *job = &stream->job;
	struct stream_cursor cursor;
	struct window window = { 0 };
	uint8_t data[ANC_BYTES_MAX];
	uint32_t bytes;

	if (!job->taken || job->status)
		return;
	bytes = job->capacity < sizeof(data) ? job->capacity : sizeof(data);
	bytes = anc_write(frame, data, bytes);
	cursor = cursor_at(stream, 0);
	while (job->written < bytes) {
		uint32_t left = bytes - job->written;
		uint32_t n = data_write(stream, &window, &cursor, data + job->written, left, left);

		if (!n) {
			job->status |= KINORA_RECORD_BUS_ERROR;
			break;
		}
		job->written += n;
	}
	window_close(stream, &window);
	job->crc = crc32c(0, data, job->written);
}

/* CRC of a frame of which not all was written, in buffer order. */
static uint32_t partial_crc(const struct stream *stream)
{
	const struct stream_job *job = &stream->job;
	uint32_t crc = 0;

	for (uint32_t p = 0; p < stream->layout.planes; p++) {
		const struct render_plane *plane = &job->render->plane[p];
		uint32_t y;

		for (y = 0; y < job->rows[p]; y++)
			crc = crc32c_combine(&plane->shift, crc,
					     render_row(job->render, job->stamp, p, y)->crc);
		if (job->part[p])
			crc = crc32c(crc, render_row(job->render, job->stamp, p, y)->bytes,
				     job->part[p]);
	}
	return crc;
}

/* Bytes written so far, and their CRC. */
static uint32_t written_sum(const struct stream *stream, uint32_t *crc)
{
	const struct stream_job *job = &stream->job;
	uint32_t bytes = 0;

	*crc = job->crc;
	if (!job->render)
		return job->written;
	for (uint32_t p = 0; p < stream->layout.planes; p++)
		bytes += job->rows[p] * stream->layout.plane[p].stride + job->part[p];
	*crc = bytes == stream->layout.bytes ? render_frame_crc(job->render, job->stamp)
					     : partial_crc(stream);
	return bytes;
}

/* --- records --- */

/* A fault of the stimulus: falsify one field of this record. */
static void record_corrupt(struct stream *stream, struct kinora_record *record)
{
	unsigned int fault = atomic_exchange(&stream->card->faults.corrupt, 0);

	switch (fault - 1) {
	case STIMULUS_RECORD_TAG:
		record->tag = ~record->tag;
		break;
	case STIMULUS_RECORD_BYTES:
		record->bytes = htole32(UINT32_MAX - 15);
		break;
	case STIMULUS_RECORD_STATUS:
		record->status = htole32(~0u << 10);
		break;
	case STIMULUS_RECORD_FRAME:
		record->frame = htole64(le64toh(record->frame) - 1000);
		break;
	case STIMULUS_RECORD_PHASE:
		record->flags ^= htole16(KINORA_RECORD_PHASE);
		break;
	default:
		return;
	}
	log_info("stream %u: a record was falsified", stream->index);
}

/* Body first, then the half-word with the phase. */
static unsigned int record_write(struct stream *stream, struct kinora_record *record)
{
	uint32_t slot = stream->completed & (ring_entries(stream) - 1);
	uint64_t addr = stream->config.cq + (uint64_t)slot * sizeof(*record);
	bool phase = !(stream->completed >> stream->config.rings & 1);
	const size_t body = offsetof(struct kinora_record, flags);
	void *ptr;
	uint64_t run;
	int ret;

	record->lost = htole32(stream->lost);
	record->flags = htole16(phase ? KINORA_RECORD_PHASE : 0);
	if (atomic_load_explicit(&stream->card->faults.corrupt, memory_order_relaxed))
		record_corrupt(stream, record);

	copy_fence();	/* the data were written with weakly ordered stores */
	ret = bus_open(stream, addr, sizeof(*record), true, &ptr, &run);
	if (!ret && run == sizeof(*record)) {
		memcpy(ptr, record, body);
		__atomic_store_n((uint16_t *)((uint8_t *)ptr + body), record->flags,
				 __ATOMIC_RELEASE);
		bus_close(stream);
	} else {
		if (!ret)
			bus_close(stream);
		if (host_write(stream, addr, record, body) ||
		    host_write(stream, addr + body, &record->flags, sizeof(record->flags)))
			return KINORA_ERROR_BUS;
	}
	stream->completed++;
	books_add(&stream_books(stream)->records, 1);
	return KINORA_ERROR_NONE;
}

static void stream_interrupt(struct stream *stream)
{
	if (card_interrupt(stream->card, stream->config.vector))
		books_add(&stream_books(stream)->interrupts, 1);
}

static void frame_enter(struct stream *stream, uint32_t status)
{
	struct books_stream *books = stream_books(stream);

	if (status & (KINORA_RECORD_SHORT | KINORA_RECORD_BUS_ERROR | KINORA_RECORD_BAD_ENTRY))
		books_add(&books->failed, 1);
	else if (status & KINORA_RECORD_NO_SIGNAL)
		books_add(&books->no_signal, 1);
	else if (status & KINORA_RECORD_MISMATCH)
		books_add(&books->mismatch, 1);
	else if (status & KINORA_RECORD_OVERRUN)
		books_add(&books->overrun, 1);
	else
		books_add(&books->delivered, 1);
	if (status == KINORA_RECORD_WIRE_ERROR)
		books_add(&books->wire_errors, 1);
}

static struct kinora_record record_make(const struct stream *stream,
					const struct stream_frame *frame, uint32_t status)
{
	return (struct kinora_record){
		.frame = htole64(frame->number), .sof_ns = htole64(frame->sof_ns),
		.eof_ns = htole64(frame->eof_ns), .timecode = htole64(frame->timecode),
		.payload_id = frame->payload_id, .generation = htole32(frame->generation),
		.status = htole32(status), .tag = htole16(stream->job.tag),
	};
}

unsigned int stream_complete(struct stream *stream, const struct stream_frame *frame)
{
	const uint32_t freewheel = KINORA_RECORD_NO_SIGNAL | KINORA_RECORD_MISMATCH;
	struct stream_job *job = &stream->job;
	uint32_t status = job->status | frame->status;
	uint32_t bytes, crc;
	struct kinora_record record;
	unsigned int error;

	if (!job->taken) {
		books_add(&stream_books(stream)->lost, 1);
		job->active = false;
		return KINORA_ERROR_NONE;
	}
	record = record_make(stream, frame, status);
	bytes = written_sum(stream, &crc);
	books_add(&stream_books(stream)->bytes, bytes);
	if (stream->type == KINORA_STREAM_VIDEO && status & freewheel) {
		bytes = stream->config.bytes;
		crc = 0;
	}
	record.bytes = htole32(bytes);
	record.crc32c = htole32(crc);
	error = record_write(stream, &record);
	if (error)
		return error;
	frame_enter(stream, status);
	job->active = false;
	stream_interrupt(stream);
	return KINORA_ERROR_NONE;
}

unsigned int stream_cancel(struct stream *stream, const struct stream_frame *frame)
{
	struct stream_job *job = &stream->job;
	uint32_t waiting = atomic_load(&stream->tail) - atomic_load(&stream->taken);
	struct kinora_submission submission;
	struct kinora_record record;
	unsigned int error;

	if (waiting > ring_entries(stream))
		return KINORA_ERROR_TAIL;
	if (job->active && job->taken) {
		uint32_t crc;
		uint32_t bytes = written_sum(stream, &crc);

		record = record_make(stream, frame, job->status | KINORA_RECORD_CANCELLED);
		record.bytes = htole32(bytes);
		record.crc32c = htole32(crc);
		books_add(&stream_books(stream)->bytes, bytes);
		error = record_write(stream, &record);
		if (error)
			return error;
		books_add(&stream_books(stream)->returned, 1);
	}
	for (; waiting; waiting--) {
		uint32_t taken = atomic_load(&stream->taken);
		uint32_t slot = taken & (ring_entries(stream) - 1);

		if (host_read(stream, stream->config.sq + slot * sizeof(submission), &submission,
			      sizeof(submission)))
			return KINORA_ERROR_BUS;
		atomic_store(&stream->taken, taken + 1);
		books_add(&stream_books(stream)->submissions, 1);
		job->tag = le16toh(submission.tag);
		record = record_make(stream, frame, KINORA_RECORD_CANCELLED);
		error = record_write(stream, &record);
		if (error)
			return error;
		books_add(&stream_books(stream)->returned, 1);
	}
	stream_interrupt(stream);
	return KINORA_ERROR_NONE;
}

void stream_forget(struct stream *stream)
{
	if (stream->job.active)
		books_add(&stream_books(stream)->cancelled, 1);
	stream->job = (struct stream_job){ 0 };
	stream_print_drop(stream);
	atomic_store(&stream->tail, 0);
	atomic_store(&stream->taken, 0);
	stream->completed = 0;
	stream->lost = 0;
	stream->prepared = false;
}
