/* SPDX-License-Identifier: MIT */
/*
 * The world outside the computer: what is plugged into the virtual card, and the card's own books.
 * Both go through the guest's command `stimulus` (docs/stimulus.md).
 */
#ifndef SYSTEM_WORLD_H
#define SYSTEM_WORLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"

/* Say a line to the card, and check that it was accepted. 0, or -EINVAL with a message printed. */
int world_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Run a program with these arguments (the last NULL) and keep what it prints: standard output and
 * error each cut to their size. The value is the exit status, 128 + signal, or negative errno;
 * -ETIMEDOUT when it was ended after ms.
 */
struct world_output {
	char out[1 << 20];	/* the report of `kinora timing` has its series in it */
	char err[8192];
};

int world_run(struct world_output *output, unsigned int ms, const char *const argv[]);

/* A card's stream in the books; the names are those of the books. */
struct world_stream {
	int64_t submissions, records, interrupts, bytes;
	int64_t offered, delivered, lost, no_signal, mismatch, overrun, cancelled, failed;
	int64_t wire_errors, returned;
	int64_t late_slice_ns;		/* the card, at worst */
};

struct world_books {
	int64_t time_ns;
	int64_t reads_time, reads_other;
	int64_t writes_doorbell, writes_other;
	int64_t events, interrupts_muted, interrupts_refused, dma_errors, accesses_refused, resets;
	struct world_stream stream[16];	/* by stream number of docs/hardware.md section 2 */
};

/* 0 or negative errno, with a message printed. */
int world_books_read(struct world_books *books);
int world_books_reset(void);

/*
 * How many frames of a node (channel from 1) the card itself was late for since the books were
 * reset: on a busy host it misses its own deadline, and says so in the frame's record. Only what is
 * marked beyond that number is the fault of what a test does. -1, and a message printed, when the
 * books cannot be read.
 */
int64_t world_overruns(unsigned int channel, enum device_kind kind);

/*
 * The same beside a capture that must not be kept waiting: begin, go on taking frames until done,
 * then finish for the result.
 */
struct world_reader {
	pthread_t thread;
	struct world_books books;
	int ret;
	bool done;		/* atomic: written once, at the end of the thread */
};

int world_reader_begin(struct world_reader *reader);
bool world_reader_done(const struct world_reader *reader);
int world_reader_finish(struct world_reader *reader);

#endif
