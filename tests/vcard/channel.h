/* SPDX-License-Identifier: MIT */
/*
 * A capture channel: the input it listens to, its count of frames, and the thread that keeps its
 * time (docs/hardware.md, sections 5 and 7).
 *
 * The thread sleeps until a slice of the frame has arrived on the wire and then moves that slice
 * into host memory, so data travel while the frame arrives, as on a board. A board has some frame
 * memory: a thread that runs late catches up, for some frames; what is later than that is given up
 * as OVERRUN and entered in the books, so that the books tell of this program's own failures too.
 * How late it was at worst is there as well.
 *
 * A channel has one cadence at a time. It is the wire's while the connector is LOCKED and a running
 * stream expects what is there (a stream that does not then completes MISMATCH at that pace).
 * Otherwise it is the PERIOD of the first running stream, video before ancillary data.
 */
#ifndef VCARD_CHANNEL_H
#define VCARD_CHANNEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cadence.h"
#include "stream.h"

#define CHANNEL_SLICES 24		/* of a frame */
/* Frame memory of the card, in frames: 700 MiB of 8K. A shared host stalls for 50 ms. */
#define CHANNEL_FRAMES_LATE 8

enum channel_pace {
	CHANNEL_STANDS,			/* nothing on the wire, no stream: no frames are counted */
	CHANNEL_WIRE,
	CHANNEL_FREEWHEEL,
};

struct channel {
	struct card *card;
	unsigned int index;
	pthread_t thread;
	bool thread_started;

	pthread_mutex_t lock;
	pthread_cond_t wake;		/* for the thread: something changed, or the clock did */
	uint64_t due;			/* GUARDED_BY(lock): what it waits for; 0: it does not */
	pthread_cond_t rest;		/* from the thread: it has dealt with it */
	atomic_bool attention;		/* set under lock; tells a busy thread to look */
	bool quit;			/* GUARDED_BY(lock) */
	bool reset;			/* GUARDED_BY(lock): drop everything, no records */
	bool reset_input;		/* GUARDED_BY(lock): ... with it registers too */
	unsigned int input;		/* GUARDED_BY(lock): KINORA_CONN_* */
	struct stream stream[KINORA_STREAMS_PER_CHANNEL];

	/* the thread's, but channel_frames() reads them under the lock, under which they change */
	enum channel_pace pace;
	struct cadence cadence;		/* of WIRE and FREEWHEEL */
	uint64_t following;		/* WIRE: serial of the wire */
	uint32_t period_num, period_den;	/* FREEWHEEL */
	uint64_t base;			/* number of the cadence's frame 0, modulo 2^64 */
	uint64_t next;			/* index of the next frame to deal with */
	uint64_t next_number;		/* no frame has had this number yet */
	bool idle;			/* nothing ran when it looked last */
	uint64_t last_sof;		/* of the last frame that was dealt with */
};

/* 0 or negative errno; the card's other parts must be there. */
int channel_init(struct channel *channel, struct card *card, unsigned int index);
int channel_start(struct channel *channel);
void channel_stop(struct channel *channel);	/* the thread */
void channel_finish(struct channel *channel);

/* Registers; offsets within the channel's block. */
uint32_t channel_read(struct channel *channel, uint32_t offset);
void channel_write(struct channel *channel, uint32_t offset, uint32_t value);
uint32_t channel_stream_read(struct channel *channel, unsigned int type, uint32_t offset);
void channel_stream_write(struct channel *channel, unsigned int type, uint32_t offset,
			  uint32_t value);
/* BIT(KINORA_CONN_*) it can listen to. */
uint32_t channel_inputs(const struct channel *channel);

/* For a card reset. at_rest tells when it has been done and registers are at reset values. */
void channel_reset_begin(struct channel *channel);
bool channel_at_rest(struct channel *channel);
/* Waits for it, up to so many ms. */
bool channel_rest_wait(struct channel *channel, unsigned int ms);

/* The wire or the signal changed. */
void channel_notify(struct channel *channel);
/* Of a hand clock (card.h): it was moved; what the thread waits for. */
void channel_clock(struct channel *channel);
uint64_t channel_due(struct channel *channel);

/* Frames counted so far: the number of the frame under way, or of the next. */
uint64_t channel_frames(struct channel *channel);

/*
 * Layouts that running streams (starting ones included) would show of a wire of this shape on
 * connector. Returns how many, at most KINORA_STREAMS_PER_CHANNEL.
 */
unsigned int channel_layouts(struct channel *channel, unsigned int connector,
			     const struct wire *wire,
			     struct mem_layout out[KINORA_STREAMS_PER_CHANNEL]);

#endif
