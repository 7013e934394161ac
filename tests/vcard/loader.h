/* SPDX-License-Identifier: MIT */
/*
 * Which firmware the controller runs, and its life: the built-in image until the host loads
 * another, and again when that one fails (docs/hardware.md, sections 3 and 16). This is the part
 * of a board that is no firmware: the registers FIRMWARE_*, the checks, the start, the watchdog.
 *
 * Built in is the firmware compiled into this program, or an image from a file; what the host loads
 * runs on the machine (machine.h), unless asked otherwise.
 *
 * The server's thread makes the register accesses, the controller's thread calls loader_run(). Only
 * the latter touches host memory, the bus and the firmware.
 */
#ifndef VCARD_LOADER_H
#define VCARD_LOADER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "books.h"
#include "bus.h"
#include "controller.h"
#include "machine.h"

#define LOADER_START_NS 500000000ULL	/* for VERSION, and from one wfi to the next */

struct loader_config {
	const uint8_t *built_in;	/* an image, in the caller's memory; NULL: this program's */
	size_t built_in_bytes;
	bool native;			/* check what the host loads, but run this program's */
};

/* What lies behind it; called on the controller's thread. */
struct loader_ops {
	uint64_t (*time_ns)(void *opaque);
	/* 0 or negative errno, as card_host.dma_read */
	int (*dma_read)(void *opaque, uint64_t addr, void *buf, size_t n);
	/* The built-in image fails: nothing is left to run. */
	void (*fatal)(void *opaque);
};

enum loader_runs {
	LOADER_NOTHING,
	LOADER_NATIVE,
	LOADER_MACHINE,
};

struct loader {
	struct loader_config config;
	const struct loader_ops *ops;
	void *opaque;			/* handed to ops */
	struct bus *bus;
	struct books *books;

	pthread_mutex_t lock;
	uint64_t address;		/* GUARDED_BY(lock): FIRMWARE_LO, _HI */
	uint32_t bytes;			/* GUARDED_BY(lock): FIRMWARE_BYTES */
	uint32_t asked;			/* GUARDED_BY(lock): of FIRMWARE_CONTROL, not yet begun */
	uint32_t doing;			/* GUARDED_BY(lock): begun, not yet done */
	bool loaded;			/* GUARDED_BY(lock): the host's image runs */
	uint8_t error;			/* GUARDED_BY(lock): of the last LOAD */
	bool lost;			/* GUARDED_BY(lock): the built-in image failed */
	bool begin;			/* GUARDED_BY(lock): start the built-in image */

	/* the controller's thread's */
	struct controller_hal hal;	/* the bus */
	enum loader_runs runs;
	struct controller native;
	struct machine *machine;
	bool host_image;		/* that runs, or is to be started */
	uint64_t began_ns;		/* it was started, or its wfi ended */
	bool busy;			/* it has not come to its next wfi */
};

/* The built-in image is started by the first loader_run(). bus and books stay in use. */
void loader_init(struct loader *loader, const struct loader_config *config, struct bus *bus,
		 struct books *books, const struct loader_ops *ops, void *opaque);
void loader_finish(struct loader *loader);

/* KINORA_REG_FIRMWARE_LO .. _STATUS. write: true when loader_run() has to come. */
uint32_t loader_read(struct loader *loader, uint32_t offset);
bool loader_write(struct loader *loader, uint32_t offset, uint32_t value);
/* Card reset: the registers; the firmware runs on, or from the start if it had failed. */
void loader_reset(struct loader *loader);

/*
 * Do what the host asked for, and let the firmware run until it waits, or for some milliseconds.
 * Returns when it wants to be called again; call it earlier when anything happens. dead: the card
 * does not answer, so a LOAD waits.
 */
uint64_t loader_run(struct loader *loader, bool dead);

#endif
