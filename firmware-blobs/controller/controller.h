/* SPDX-License-Identifier: MIT */
/*
 * The controller's work as one call: serve the mailbox, look at the receivers, decide what is on
 * each connector, tell the host what changed. All of its memory is one struct of the caller's; it
 * never waits.
 *
 * Not thread safe: one thread (on a board: the main loop) makes all calls.
 */
#ifndef CONTROLLER_H
#define CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "detect.h"
#include "hal.h"
#include "hdmi.h"
#include "log.h"
#include "mailbox.h"

#define CONTROLLER_FIRMWARE_MAJOR 1
#define CONTROLLER_FIRMWARE_MINOR 1
#define CONTROLLER_FIRMWARE_PATCH 0
#define CONTROLLER_FIRMWARE_VERSION \
	((uint32_t)CONTROLLER_FIRMWARE_MAJOR << 24 | CONTROLLER_FIRMWARE_MINOR << 16 | \
	 CONTROLLER_FIRMWARE_PATCH)

/* Connectors it reports on: KINORA_CONN_SDI1 .. KINORA_CONN_HDMI1. */
#define CONTROLLER_CONNECTORS (KINORA_CONN_HDMI1 + 1)

/* Receivers are looked at this often when nothing else calls for it. */
#define CONTROLLER_POLL_NS 10000000ULL

/* Counters and measured values are published this often at most. */
#define CONTROLLER_COUNTERS_NS 1000000000ULL

/*
 * A restarted controller leaves the blocks alone for so long while all it could say is "not settled
 * yet": two of the longest frames, one to find a raster and one to see it stand.
 */
#define CONTROLLER_HOLD_NS 85000000ULL

struct controller {
	const struct controller_hal *hal;
	struct detect detect;
	struct hdmi hdmi;
	struct mailbox mailbox;
	struct log log;
	/*
	 * Set from outside before a poll, by who can measure it (the image's main): the deepest
	 * stack so far. Left alone by the controller; 0: unknown.
	 */
	uint32_t stack_bytes;
	bool running;			/* it has said so */
	uint64_t hold_ns;		/* leave blocks alone until then; 0: at power-up */
	/* What the host was told last; generation 0: nothing yet. */
	struct kinora_signal published[CONTROLLER_CONNECTORS];
	uint64_t published_ns[CONTROLLER_CONNECTORS];
	struct kinora_controller_block earlier;	/* as it was at the start: counts go on from it */
	struct kinora_controller_block block;	/* told last */
	uint64_t block_ns;
	uint8_t power;			/* BIT(connector): logged as there */
};

/*
 * Once, when the processor starts: at power-up or with a new image, not at a card reset. Reads from
 * the bus what an earlier start published, so that generations go on. hal stays in use, unchanged.
 */
void controller_init(struct controller *controller, const struct controller_hal *hal);

/*
 * Look, decide, publish; returns the time at which it wants to be called again, always later than
 * now. May be called earlier at any time, and is best called as soon as a receiver's status
 * changes; being late costs only latency. At power-up the first call publishes every connector.
 */
uint64_t controller_poll(struct controller *controller);

#endif
