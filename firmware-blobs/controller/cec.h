/* SPDX-License-Identifier: MIT */
/*
 * CEC between the line's hardware, which does one attempt at a message and acknowledges what comes
 * in, and the host, which asks for a message with a number of attempts and fetches what happened.
 *
 * Events wait in a queue. When the host does not fetch them the newest are lost, and one event in
 * their place says so.
 */
#ifndef CONTROLLER_CEC_H
#define CONTROLLER_CEC_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

#define CEC_EVENTS 32

struct cec {
	const struct controller_hal *hal;
	bool enabled;
	bool sending;			/* message is under way */
	uint8_t attempts;		/* made of it */
	struct kinora_cec_message message;
	struct kinora_cec_message event[CEC_EVENTS];
	uint8_t first, held;		/* of event */
	uint32_t count;			/* events ever queued */
};

/*
 * The line stays as the host has set it at an earlier start of the firmware; at power-up it is off.
 * A message that was under way is forgotten.
 */
void cec_init(struct cec *cec, const struct controller_hal *hal);

/* Take what came in and what became of an attempt: when CEC_STATUS may have changed. */
void cec_poll(struct cec *cec, uint64_t now_ns);

/* KINORA_MAILBOX_OK, _INVALID or _BUSY. Switching off forgets the message that is under way. */
uint16_t cec_config(struct cec *cec, const struct kinora_cec_config *config);
uint16_t cec_transmit(struct cec *cec, const struct kinora_cec_message *message);

/* Takes up to max events out of the queue, oldest first; returns how many. */
unsigned int cec_events(struct cec *cec, struct kinora_cec_message *out, unsigned int max);

#endif
