// SPDX-License-Identifier: MIT
/*
 * Exact frame times in integers: 128-bit products, one division, no state that adds up errors.
 */
#include "cadence.h"
#include "kinora_hw.h"

#define NS_PER_S 1000000000ULL

void cadence_init_signal(struct cadence *cadence, uint64_t t0, uint32_t rate_num,
			 uint32_t rate_den, int32_t ppb)
{
	cadence->t0 = t0;
	cadence->num = (unsigned __int128)rate_den * NS_PER_S * NS_PER_S;
	cadence->den = rate_num * (NS_PER_S + ppb);
}

void cadence_init_period(struct cadence *cadence, uint64_t t0, uint32_t num, uint32_t den)
{
	cadence->t0 = t0;
	cadence->num = (unsigned __int128)num * NS_PER_S;
	cadence->den = den;
}

uint64_t cadence_time(const struct cadence *cadence, uint64_t n)
{
	return cadence->t0 + (uint64_t)(n * cadence->num / cadence->den);
}

uint64_t cadence_index(const struct cadence *cadence, uint64_t time)
{
	unsigned __int128 span = time - cadence->t0;
	uint64_t n = span * cadence->den / cadence->num;

	/* cadence_time() rounds down, so the next frame may already have begun */
	return cadence_time(cadence, n + 1) <= time ? n + 1 : n;
}

uint64_t cadence_part(const struct cadence *cadence, uint32_t numerator, uint32_t denominator)
{
	return cadence->num * numerator / ((unsigned __int128)cadence->den * denominator);
}

static uint64_t bcd(unsigned int value)
{
	return value / 10 << 4 | value % 10;
}

uint64_t timecode_at(uint64_t n, uint32_t rate_num, uint32_t rate_den)
{
	unsigned int rate = (rate_num + rate_den - 1) / rate_den;
	unsigned int repeats = rate > 60 ? 4 : rate > 30 ? 2 : 1;
	unsigned int base = rate / repeats;
	uint64_t status = KINORA_TC_VALID;
	uint64_t number, seconds;

	if (!base)
		return 0;
	number = n / repeats;
	if (n % repeats)
		status |= KINORA_TC_SECOND_OF_PAIR;
	if (base == 30 && rate_den == 1001) {
		/* numbers 00 and 01 are left out each minute, but not each tenth */
		uint64_t tens = number / 17982;
		uint64_t rest = number % 17982;

		status |= KINORA_TC_DROP_FRAME;
		number += tens * 18;
		if (rest >= 1800)
			number += 2 + (rest - 1800) / 1798 * 2;
	}
	seconds = number / base + 10 * 3600;
	return status | bcd(number % base) | bcd(seconds % 60) << 8 |
	       bcd(seconds / 60 % 60) << 16 | bcd(seconds / 3600 % 24) << 24;
}
