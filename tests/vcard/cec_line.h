/* SPDX-License-Identifier: MIT */
/*
 * The CEC line of hdmi1 (HDMI 1.4b, supplement 1), message by message: the card's adapter with its
 * registers at one end, the source's device (cec_device.h) at the other. Who may send, how long a
 * message takes, who acknowledges it.
 *
 * Surprises:
 * - A message is on the line as a whole: it takes its 24 ms a byte, and its outcome is known then.
 * - Both ends may want to start at the same moment. Then the lower initiator wins, as it pulls the
 *   line low where the other does not.
 * - What the card has not fetched from CEC_RX when the next message ends is not overwritten: the
 *   next one is not acknowledged.
 *
 * As the receiver, it only lives when it is called, with the time. Not thread safe.
 */
#ifndef VCARD_CEC_LINE_H
#define VCARD_CEC_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "cec_device.h"
#include "kinora_hw.h"

struct cec_line {
	bool connected;			/* a cable; else the card is alone on its line */
	uint64_t free_ns;		/* the line has been free since */

	/* what is on it */
	bool busy;
	bool by_card;
	struct cec_message message;
	uint64_t end_ns;
	uint8_t outcome;		/* KINORA_CEC_TX_* it will have */

	/* the card's adapter */
	uint32_t control;
	uint8_t tx[CEC_BYTES];
	bool sending;			/* since CEC_START */
	bool started;			/* ... and on the line */
	struct cec_message card;	/* what it sends */
	uint64_t card_ns;		/* since then it wants to */
	unsigned int card_free;		/* bit periods the line has to be free before */
	uint8_t sent;			/* KINORA_CEC_TX_* of the last one */
	bool received;
	struct cec_message rx;

	struct cec_device device;

	/* faults */
	uint32_t low_drive;		/* of the card's next so many messages */
	uint32_t arbitration;
};

void cec_line_init(struct cec_line *line);

/* Registers KINORA_HDMI_CEC_*; offsets from KINORA_CTL_HDMI. */
uint32_t cec_line_read(struct cec_line *line, uint32_t offset, uint64_t now_ns);
void cec_line_write(struct cec_line *line, uint32_t offset, uint32_t value, uint64_t now_ns);

/* The source's device read an EDID with this physical address; or it is gone. */
void cec_line_connect(struct cec_line *line, uint16_t physical_address, uint64_t now_ns);
void cec_line_disconnect(struct cec_line *line, uint64_t now_ns);
/* It is to send this. False: too much is waiting, or nothing is connected. */
bool cec_line_send(struct cec_line *line, const uint8_t *bytes, unsigned int length,
		   uint64_t now_ns);

/* When something will be new; UINT64_MAX: not by itself. */
uint64_t cec_line_next(struct cec_line *line, uint64_t now_ns);

#endif
