/* SPDX-License-Identifier: MIT */
/*
 * The controller's work as one call: look at the receivers, decide what is on each connector, tell
 * the host what changed. All of its memory is one struct of the caller's; it never waits.
 *
 * Not thread safe: one thread (on a board: the main loop) makes all calls.
 */
#ifndef CONTROLLER_H
#define CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "detect.h"
#include "hal.h"

#define CONTROLLER_FIRMWARE_MAJOR 1
#define CONTROLLER_FIRMWARE_MINOR 1
#define CONTROLLER_FIRMWARE_PATCH 0
#define CONTROLLER_FIRMWARE_VERSION \
	((uint32_t)CONTROLLER_FIRMWARE_MAJOR << 24 | CONTROLLER_FIRMWARE_MINOR << 16 | \
	 CONTROLLER_FIRMWARE_PATCH)

/* Connectors it reports on: KINORA_CONN_SDI1 .. KINORA_CONN_SDI_QUAD. */
#define CONTROLLER_CONNECTORS DETECT_CONNECTORS

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
	bool running;			/* it has said so */
	uint64_t hold_ns;		/* leave blocks alone until then; 0: at power-up */
	uint32_t stack_bytes;		/* deepest stack; whoever has a stack of its own sets it */
	/* What the host was told last; generation 0: nothing yet. */
	struct kinora_signal published[CONTROLLER_CONNECTORS];
	uint64_t published_ns[CONTROLLER_CONNECTORS];
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

/*
 * How the quad link's picture is spread, set by hand: KINORA_MAPPING_2SI or _SQD; _SINGLE (the
 * initial value) leaves it to the payload ids. Takes effect with the next poll.
 */
void controller_mapping_set(struct controller *controller, uint8_t mapping);

#endif
