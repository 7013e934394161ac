/* SPDX-License-Identifier: MIT */
/*
 * What an SDI receiver's register may say to lead a fuzzed firmware somewhere: the standards' words
 * and lines, clocks of both families, payload ids with colours and link numbers.
 */
#ifndef RECEIVER_VALUE_H
#define RECEIVER_VALUE_H

#include <stdint.h>

#include "kinora_hw.h"

/* Of the register at byte offset reg, chosen by pick; rates are STATUS's, codes an id's byte 1. */
static inline uint32_t receiver_value(unsigned int reg, uint32_t pick, const uint32_t rates[8],
				      const uint32_t codes[8])
{
	static const uint32_t words[] = { 1650, 1980, 2200, 2640, 2750, 4400, 5280, 5500 };
	unsigned int n = pick & 7;

	switch (reg) {
	case KINORA_RX_STATUS:
		return rates[n];
	case KINORA_RX_WORDS:
		return words[n];
	case KINORA_RX_LINES:
		return n ? 1125 : 750;
	case KINORA_RX_PPB:
		return (uint32_t)(pick & 0x80 ? -999001 : 0) + 1000 * n;
	case KINORA_RX_PAYLOAD:
		return codes[n] | 0xd900 | 0xa00000 | (pick & 0x38) << 26 | 1u << 24;
	default:
		return n * 5000;
	}
}

#endif
