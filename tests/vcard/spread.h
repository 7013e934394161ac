/* SPDX-License-Identifier: MIT */
/*
 * Errors as a function of time: spread evenly over stretches of time with one rate each, rounded
 * down, so that a count is the same whoever asks for it and when.
 */
#ifndef VCARD_SPREAD_H
#define VCARD_SPREAD_H

#include <stdint.h>

#define SPREAD_STRETCHES 16	/* that are remembered: how far back a count can be asked for */

struct spread {
	struct {
		uint64_t start_ns;
		double per_ns;		/* errors */
		uint64_t before;	/* errors counted until start_ns */
	} stretch[SPREAD_STRETCHES];	/* newest last */
	unsigned int count;		/* at least 1 */
};

/* No errors, from time 0 on. */
void spread_init(struct spread *spread);
/* From start_ns on they come at this rate; what was planned for later is forgotten. */
void spread_start(struct spread *spread, uint64_t start_ns, double per_ns);
/* Errors counted until t. */
uint64_t spread_until(const struct spread *spread, uint64_t t);

#endif
