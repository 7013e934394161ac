/* SPDX-License-Identifier: MIT */
/*
 * The controller's work as one call: look at the receivers, decide what is on each connector, tell
 * the host what changed. All of its memory is one struct of the caller's; it never waits.
 *
 * Not thread safe: one thread (on a board: the main loop) makes all calls.
 */
#ifndef CONTROLLER_H
#define CONTROLLER_H

#include <stdint.h>

#include "detect.h"
#include "hal.h"

#define CONTROLLER_FIRMWARE_MAJOR 1
#define CONTROLLER_FIRMWARE_MINOR 0
#define CONTROLLER_FIRMWARE_PATCH 0

/* Connectors it reports on: KINORA_CONN_SDI1 .. KINORA_CONN_SDI_QUAD. */
#define CONTROLLER_CONNECTORS DETECT_CONNECTORS

/* Receivers are looked at this often when nothing else calls for it. */
#define CONTROLLER_POLL_NS 10000000ULL

/* Counters and measured values are published this often at most. */
#define CONTROLLER_COUNTERS_NS 1000000000ULL

struct controller {
	const struct controller_hal *hal;
	struct detect detect;
	struct kinora_signal published[CONTROLLER_CONNECTORS];	/* generation 0: not yet */
	uint64_t published_ns[CONTROLLER_CONNECTORS];
};

/* Once, at power-up: a card reset keeps state. Touches no hardware; hal stays in use, unchanged. */
void controller_init(struct controller *controller, const struct controller_hal *hal);

/*
 * Look, decide, publish; returns the time at which it wants to be called again, always later than
 * now. May be called earlier at any time, and is best called as soon as a receiver's status
 * changes; being late costs only latency. The first call publishes every connector.
 */
uint64_t controller_poll(struct controller *controller);

/*
 * What was published last on connector, below CONTROLLER_CONNECTORS; all zero before the first
 * poll. For the writing of every block when the host enables signal blocks.
 */
const struct kinora_signal *controller_signal(const struct controller *controller,
					      unsigned int connector);

/*
 * How the quad link's picture is spread, set by hand: KINORA_MAPPING_2SI or _SQD; _SINGLE (the
 * initial value) leaves it to the payload ids. Takes effect with the next poll.
 */
void controller_mapping_set(struct controller *controller, uint8_t mapping);

#endif
