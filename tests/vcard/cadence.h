/* SPDX-License-Identifier: MIT */
/*
 * When frames begin: frame n starts at t0 + n * period, where the period is a rational number of
 * nanoseconds, so that 60000/1001 Hz is exact after a week and nothing drifts. And the timecode
 * that counts along.
 */
#ifndef VCARD_CADENCE_H
#define VCARD_CADENCE_H

#include <stdint.h>

struct cadence {
	uint64_t t0;			/* start of frame 0, card clock, ns */
	unsigned __int128 num;		/* period = num / den ns */
	uint64_t den;
};

/* A signal of rate_num/rate_den frames a second from a source whose clock is ppb 1e-9 fast. */
void cadence_init_signal(struct cadence *cadence, uint64_t t0, uint32_t rate_num,
			 uint32_t rate_den, int32_t ppb);
/* A period of num/den seconds, as the stream registers give it; neither is 0. */
void cadence_init_period(struct cadence *cadence, uint64_t t0, uint32_t num, uint32_t den);

/* Start of frame n, rounded down to a nanosecond. n is below 2^40. */
uint64_t cadence_time(const struct cadence *cadence, uint64_t n);
/* The frame that is under way at a time that is not before t0. */
uint64_t cadence_index(const struct cadence *cadence, uint64_t time);
/* numerator/denominator of a period, in ns rounded down. */
uint64_t cadence_part(const struct cadence *cadence, uint32_t numerator, uint32_t denominator);

/*
 * ST 12-1 timecode (KINORA_TC_*) of frame n of a signal that showed 10:00:00:00 in its frame 0.
 * Above 30 Hz two (above 60 Hz: four) frames share a number, and all but the first of them are
 * marked as second of a pair. 29.97 Hz and its multiples drop frame numbers (ST 12-1 clause 5.2.2),
 * 23.98 Hz and its multiples count as 24.
 */
uint64_t timecode_at(uint64_t n, uint32_t rate_num, uint32_t rate_den);

#endif
