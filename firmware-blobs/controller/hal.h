/* SPDX-License-Identifier: MIT */
/*
 * Everything the controller's firmware needs from the card it runs on. On a board these are loads
 * and stores; in the virtual card they are calls into the model of the receivers.
 *
 * The firmware calls them only from controller_poll(), so none of them needs to expect another.
 */
#ifndef CONTROLLER_HAL_H
#define CONTROLLER_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "kinora_hw.h"

struct controller_hal {
	void *opaque;	/* handed back in every call */

	/* Register reg (KINORA_RX_*) of SDI receiver link, 0 .. KINORA_RX_LINKS - 1. */
	uint32_t (*receiver_read)(void *opaque, unsigned int link, unsigned int reg);

	/* The card's clock: ns, never backwards, the one of sof_ns and since_ns. */
	uint64_t (*time_ns)(void *opaque);

	/*
	 * What is on a connector. changed: the generation has grown, and the host is to be told by
	 * an event; otherwise only counters and measured values are new. seq_begin and seq_end are
	 * 0: whoever writes the block to the host numbers it. The pointer is good until the call
	 * returns.
	 */
	void (*publish)(void *opaque, unsigned int connector, const struct kinora_signal *signal,
			bool changed);
};

#endif
