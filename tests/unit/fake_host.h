/* SPDX-License-Identifier: MIT */
/*
 * A host for the virtual card's engine: memory, interrupts, and enough of a driver to run streams.
 * Only what docs/hardware.md gives a host is used; results are read from memory.
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "card.h"

#define FAKE_BASE 0x140000000ULL	/* bus address of the memory's first byte */

struct fake_host {
	uint8_t *memory;
	uint64_t bytes;
	uint64_t used;			/* fake_alloc() */
	pthread_rwlock_t map;		/* written to change what follows */
	bool master;			/* bus mastering is on */
	uint64_t hole, hole_bytes;	/* bus addresses that nobody answers */
	atomic_uint delay_us;		/* each access takes so much longer */

	pthread_mutex_t lock;
	pthread_cond_t raised;
	unsigned int irqs[KINORA_VECTORS];	/* GUARDED_BY(lock) */
};

int fake_host_init(struct fake_host *host, uint64_t bytes);
void fake_host_finish(struct fake_host *host);
struct card_host fake_host_ops(struct fake_host *host);

/* A bus address; zeroed memory. Aborts when there is none left: the test is wrong then. */
uint64_t fake_alloc(struct fake_host *host, uint64_t bytes, uint64_t align);
void *fake_ptr(struct fake_host *host, uint64_t addr);

/* Waits until a vector was raised that often in all. False after ms. */
bool fake_irq_wait(struct fake_host *host, unsigned int vector, unsigned int count,
		   unsigned int ms);
unsigned int fake_irqs(struct fake_host *host, unsigned int vector);

/* Waits until a register's bits in mask are value: polls, as a driver does. False after ms. */
bool fake_register_wait(struct card *card, uint64_t reg, uint32_t mask, uint32_t value,
			unsigned int ms);

/* Waits until a connector's state is so. */
bool fake_signal_wait(struct card *card, unsigned int connector, unsigned int state,
		      unsigned int ms);

/* --- a clock for a card with hand_clock --- */

/*
 * Its time goes on as the world's does, but stands still while one of its threads has something to
 * do: a machine that is busy makes it slow, and never late.
 */
struct fake_clock {
	struct card *card;
	pthread_t thread;
	atomic_bool quit;
};

void fake_clock_start(struct fake_clock *clock, struct card *card);
void fake_clock_stop(struct fake_clock *clock);	/* before card_finish() */

/* --- a driver's view of a stream --- */

struct fake_stream {
	struct fake_host *host;
	struct card *card;
	unsigned int index;
	uint64_t regs;			/* KINORA_REG_STREAM() */
	struct stream_config config;
	uint32_t buffers;
	uint64_t *buffer;		/* bus addresses */
	uint64_t *table;
	uint32_t *entries;
	uint32_t tail;			/* submitted */
	uint32_t head;			/* records taken */
};

/*
 * Rings, buffers of config.bytes and a table of each with pieces of at most piece bytes (a multiple
 * of 8), over several linked segments. config's vector, sq and cq are filled in; period and the
 * rest are the caller's.
 */
void fake_stream_init(struct fake_stream *stream, struct fake_host *host, struct card *card,
		      unsigned int index, const struct stream_config *config, uint32_t buffers,
		      uint64_t piece);
void fake_stream_finish(struct fake_stream *stream);
/* Figures of a smallest-stride layout and a period of num/den. */
struct stream_config fake_config(unsigned int type, uint32_t format, uint32_t width,
				 uint32_t height, uint32_t num, uint32_t den);

void fake_stream_registers(struct fake_stream *stream);
void fake_stream_submit(struct fake_stream *stream, uint32_t buffer);
void fake_stream_submit_entry(struct fake_stream *stream, const struct kinora_submission *entry);
void fake_stream_tail(struct fake_stream *stream);	/* ring the doorbell */
/* Registers, every buffer submitted, ENABLE. True when it is RUNNING. */
bool fake_stream_start(struct fake_stream *stream);
/* ENABLE = 0; true when IDLE comes. */
bool fake_stream_stop(struct fake_stream *stream);
uint32_t fake_stream_status(struct fake_stream *stream);

/* The next record, waited for up to ms. tag must be of a buffer. False: there is none. */
bool fake_stream_record(struct fake_stream *stream, struct kinora_record *record, unsigned int ms);
/* The bytes of a buffer in order: memory is contiguous but tables need not be. */
void *fake_stream_buffer(struct fake_stream *stream, uint32_t buffer);

#endif
