// SPDX-License-Identifier: MIT
/*
 * A ring that forgets the oldest. Indices run through 2^32, so ages are differences.
 */
#include "log.h"

_Static_assert(!(KINORA_LOG_ENTRIES & (KINORA_LOG_ENTRIES - 1)),
	       "an index stays in its place when the count runs over");

void log_init(struct log *log)
{
	log->count = 0;
}

void log_add(struct log *log, uint64_t now_ns, uint8_t connector, uint8_t code, uint32_t a,
	     uint32_t b)
{
	log->entry[log->count % KINORA_LOG_ENTRIES] = (struct kinora_log){
		.time_ns = now_ns, .index = log->count, .connector = connector, .code = code,
		.a = a, .b = b,
	};
	log->count++;
}

unsigned int log_read(const struct log *log, uint32_t first, struct kinora_log *out,
		      unsigned int max)
{
	uint32_t kept = log->count < KINORA_LOG_ENTRIES ? log->count : KINORA_LOG_ENTRIES;
	unsigned int n = 0;

	if (first > log->count)
		return 0;
	if (log->count - first > kept)
		first = log->count - kept;
	for (; first != log->count && n < max; first++, n++)
		out[n] = log->entry[first % KINORA_LOG_ENTRIES];
	return n;
}
