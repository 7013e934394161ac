/* SPDX-License-Identifier: MIT */
/*
 * The event log: the last KINORA_LOG_ENTRIES things that happened, as the host fetches them with
 * KINORA_OP_LOG. It lives in the firmware's memory, so a restart begins a new one.
 */
#ifndef CONTROLLER_LOG_H
#define CONTROLLER_LOG_H

#include <stdint.h>

#include "kinora_hw.h"

#define LOG_NO_CONNECTOR 0xff

struct log {
	uint32_t count;		/* entries ever added; the next one's index */
	struct kinora_log entry[KINORA_LOG_ENTRIES];	/* of index i at i modulo the size */
};

void log_init(struct log *log);

/* connector: KINORA_CONN_* or LOG_NO_CONNECTOR; code: KINORA_LOG_*, which says what a and b are. */
void log_add(struct log *log, uint64_t now_ns, uint8_t connector, uint8_t code, uint32_t a,
	     uint32_t b);

/*
 * Copies up to max entries from index first on, or from the oldest that is kept, oldest first; says
 * how many. None from an index that has not been reached.
 */
unsigned int log_read(const struct log *log, uint32_t first, struct kinora_log *out,
		      unsigned int max);

#endif
