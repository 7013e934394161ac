/* SPDX-License-Identifier: MIT */
/*
 * A cable that makes and breaks contact (docs/hardware.md, section 10): a connector that lost lock
 * FLAP_LOSSES times within FLAP_WINDOW_NS flaps, until it has stood for FLAP_STANDING_NS. Standing
 * is to stay locked, or to stay without a carrier. While it flaps the host is told so once, instead
 * of twice for each contact.
 */
#ifndef CONTROLLER_FLAP_H
#define CONTROLLER_FLAP_H

#include <stdbool.h>
#include <stdint.h>

#define FLAP_LOSSES 8
#define FLAP_WINDOW_NS 1000000000ULL
#define FLAP_STANDING_NS 250000000ULL

/* All zero: nothing has happened yet. */
struct flap {
	bool flapping;
	bool stands;
	bool stands_locked;		/* locked, otherwise without a carrier */
	uint8_t losses;			/* times in loss_ns ... */
	uint8_t loss_at;		/* ... the oldest of them, when it is full */
	uint64_t loss_ns[FLAP_LOSSES];
	uint64_t stands_ns;		/* since when; valid while stands */
};

/*
 * lost: losses of lock since the last call. True when it begins to flap. Time does not run
 * backwards.
 */
bool flap_update(struct flap *flap, uint32_t lost, bool carrier, bool locked, uint64_t now_ns);

/* When it will have stood for long enough; UINT64_MAX: it does not flap, or does not stand. */
uint64_t flap_next(const struct flap *flap);

#endif
