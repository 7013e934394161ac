// SPDX-License-Identifier: MIT
/*
 * A short list of stretches; asking walks it from the newest.
 */
#include <math.h>
#include <string.h>

#include "spread.h"

void spread_init(struct spread *spread)
{
	*spread = (struct spread){ .count = 1 };
}

uint64_t spread_until(const struct spread *spread, uint64_t t)
{
	for (unsigned int i = spread->count; i-- > 0;) {
		uint64_t start_ns = spread->stretch[i].start_ns;

		if (start_ns <= t)
			return spread->stretch[i].before +
			       (uint64_t)floor(spread->stretch[i].per_ns * (double)(t - start_ns));
	}
	return spread->stretch[0].before;
}

void spread_start(struct spread *spread, uint64_t start_ns, double per_ns)
{
	uint64_t before = spread_until(spread, start_ns);

	while (spread->count && spread->stretch[spread->count - 1].start_ns >= start_ns)
		spread->count--;
	if (spread->count == SPREAD_STRETCHES) {
		spread->count--;
		memmove(spread->stretch, spread->stretch + 1,
			spread->count * sizeof(spread->stretch[0]));
	}
	spread->stretch[spread->count].start_ns = start_ns;
	spread->stretch[spread->count].per_ns = per_ns;
	spread->stretch[spread->count++].before = before;
}
