/* SPDX-License-Identifier: MIT */
/*
 * One stream of a channel (docs/hardware.md, sections 6 and 7): its registers, and the engine that
 * takes submissions, walks scatter tables, writes data and records. When frames begin, and what is
 * in them, is the channel's business (channel.h).
 *
 * Who touches what: registers and state belong to the channel's lock. Everything under "engine" is
 * used by the channel's thread alone, without a lock, because it waits for the guest's memory. tail
 * is atomic, so a doorbell costs the server's thread one store.
 *
 * Nothing a guest writes is believed: a submission and its whole table are copied and checked
 * before the first byte is written, and each transfer is bounded by what was checked.
 */
#ifndef VCARD_STREAM_H
#define VCARD_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "anc.h"
#include "pack.h"
#include "wire.h"

struct card;
struct channel;

/* The registers that are latched at start. */
struct stream_config {
	uint32_t vector;
	uint64_t sq;
	uint64_t cq;
	uint32_t rings;			/* log2 of the entries */
	uint32_t format;
	uint32_t width, height;
	uint32_t stride0, stride1, plane1;
	uint32_t bytes;
	uint32_t period_num, period_den;
	uint32_t flags;
};

/* Neighbouring table entries as one. */
struct stream_segment {
	uint64_t addr;
	uint64_t bytes;
};

/* Where a plane's next row goes. */
struct stream_cursor {
	uint32_t segment;
	uint64_t offset;		/* into that segment */
};

/* The frame under way. */
struct stream_job {
	bool active;			/* the stream takes part in this frame */
	bool taken;			/* there is a buffer for it */
	uint16_t tag;
	uint32_t status;		/* KINORA_RECORD_* so far */
	uint32_t capacity;		/* bytes that may be written */
	uint32_t segments;
	uint32_t written;		/* ancillary data: bytes */
	uint32_t crc;			/* of those */
	struct stream_cursor cursor[MEM_PLANES_MAX];
	uint32_t rows[MEM_PLANES_MAX];	/* written so far, counted whole */
	uint32_t part[MEM_PLANES_MAX];	/* bytes of the next row that were written too */
	const struct render *render;	/* what is shown, NULL: nothing */
	struct render_stamp *stamp;
};

/* What a record says beside what the job knows. */
struct stream_frame {
	uint64_t number;
	uint64_t sof_ns, eof_ns;
	uint64_t timecode;
	uint32_t payload_id;
	uint32_t generation;
	uint32_t status;
};

struct stream {
	struct channel *channel;
	struct card *card;
	unsigned int index;		/* KINORA_STREAM_INDEX() */
	unsigned int type;		/* KINORA_STREAM_VIDEO ... */
	bool present;

	/* GUARDED_BY(channel->lock) */
	uint32_t regs[KINORA_STREAM_FLAGS / 4 + 1];
	bool enable;
	unsigned int state;		/* KINORA_STATE_* */
	unsigned int error;		/* KINORA_ERROR_* */

	atomic_uint tail;		/* the doorbell */
	atomic_uint taken;		/* submissions fetched since IDLE, modulo 2^32 */
	atomic_bool stale;		/* reset: touch guest memory no more */
	bool prepared;			/* engine: STARTING, and the registers were found good */

	/* engine */
	struct stream_config config;
	struct mem_layout layout;
	uint32_t completed;		/* records written since IDLE */
	uint32_t lost;
	struct stream_segment *segment;	/* KINORA_SG_MAX_ENTRIES of them */
	struct stream_job job;
	struct wire *wire;		/* whose print is in use */
	struct print *print;
	struct render_stamp **stamp;	/* print->count of them */
};

/* 0 or -ENOMEM. A stream that is not present takes no memory and reads as zeros. */
int stream_init(struct stream *stream, struct card *card, struct channel *channel,
		unsigned int index, bool present);
void stream_finish(struct stream *stream);

/* Registers, under the channel's lock. offset is within the stream's block, a multiple of 4. */
uint32_t stream_read(const struct stream *stream, uint32_t offset);
/* True when the channel's thread has something to do. */
bool stream_write(struct stream *stream, uint32_t offset, uint32_t value);
/* Registers back to reset values; the engine must be at rest. */
void stream_registers_reset(struct stream *stream);
/* The submissions that wait are more than the ring holds. */
bool stream_tail_bad(const struct stream *stream);

/*
 * Engine, on the channel's thread without its lock.
 */

/* Take the registers over; under the channel's lock. */
void stream_latch(struct stream *stream);
/* Check what was latched and touch the rings: KINORA_ERROR_*. */
unsigned int stream_prepare(struct stream *stream);
/* From now on show this wire's picture. 0, -EAGAIN: it has no print yet, or why there is none. */
int stream_print_use(struct stream *stream, struct wire *wire);
void stream_print_drop(struct stream *stream);

/*
 * Start of a frame: fetch a submission if one waits; data: also its table, as something is going
 * to be written. Without a submission the frame is lost. 0, or the KINORA_ERROR_* that ends the
 * stream.
 */
unsigned int stream_take(struct stream *stream, bool data);
/* Picture number `picture` of the wire is shown, stamped with the frame's number. */
void stream_show(struct stream *stream, uint64_t number, uint64_t picture);
/* Write all that lies above line and is not written yet. */
void stream_rows_write(struct stream *stream, uint32_t line);
void stream_anc_write(struct stream *stream, const struct anc_frame *frame);
/* End of the frame: record and interrupt, if there was a buffer. As stream_take(). */
unsigned int stream_complete(struct stream *stream, const struct stream_frame *frame);
/* A stop: give every buffer back, then one interrupt. As stream_take(). */
unsigned int stream_cancel(struct stream *stream, const struct stream_frame *frame);
/* Forget the rings, after stop, reset or error. */
void stream_forget(struct stream *stream);

/* The stream expects what is there: these are the figures of the signal. */
bool stream_expects(const struct stream *stream, uint32_t width, uint32_t height, bool interlaced,
		    uint32_t rate_num, uint32_t rate_den);

#endif
