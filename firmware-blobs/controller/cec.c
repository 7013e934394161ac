// SPDX-License-Identifier: MIT
/*
 * CEC: attempts at a message, and the queue of events.
 */
#include "cec.h"

/* Messages taken in one look: the line needs 24 ms for the shortest, so more are not honest. */
#define RECEIVED_AT_ONCE 2

/* Signal free times, in bit periods (HDMI 1.4b, CEC 9.1). */
#define FREE_TIME_RETRY 3	/* after an attempt of one's own that failed */
#define FREE_TIME_NEW 5		/* after somebody else's message */
#define FREE_TIME_NEXT 7	/* after a message of one's own */

static uint32_t cec_read(const struct cec *cec, uint32_t reg)
{
	return hal_read(cec->hal, KINORA_CTL_HDMI + reg);
}

static void cec_write(const struct cec *cec, uint32_t reg, uint32_t value)
{
	hal_write(cec->hal, KINORA_CTL_HDMI + reg, value);
}

void cec_init(struct cec *cec, const struct controller_hal *hal)
{
	*cec = (struct cec){ .hal = hal };
	cec->enabled = cec_read(cec, KINORA_HDMI_CEC_CONTROL) & KINORA_HDMI_CEC_ENABLE;
}

/* --- the queue --- */

static void event_queue(struct cec *cec, const struct kinora_cec_message *event)
{
	struct kinora_cec_message *slot;

	if (cec->held == CEC_EVENTS)
		return;		/* the last one says so already */
	slot = &cec->event[(cec->first + cec->held) % CEC_EVENTS];
	cec->held++;
	cec->count++;
	*slot = *event;
	if (cec->held == CEC_EVENTS)
		*slot = (struct kinora_cec_message){ .time_ns = event->time_ns,
						     .kind = KINORA_CEC_LOST };
}

unsigned int cec_events(struct cec *cec, struct kinora_cec_message *out, unsigned int max)
{
	unsigned int n;

	for (n = 0; n < max && cec->held; n++) {
		out[n] = cec->event[cec->first];
		cec->first = (cec->first + 1) % CEC_EVENTS;
		cec->held--;
	}
	return n;
}

/* --- sending --- */

static void attempt_start(struct cec *cec, unsigned int free_time)
{
	const struct kinora_cec_message *message = &cec->message;

	for (unsigned int i = 0; i < sizeof(message->bytes); i += 4)
		cec_write(cec, KINORA_HDMI_CEC_TX + i,
			  message->bytes[i] | (uint32_t)message->bytes[i + 1] << 8 |
			  (uint32_t)message->bytes[i + 2] << 16 |
			  (uint32_t)message->bytes[i + 3] << 24);
	cec->attempts++;
	cec->sending = true;
	cec_write(cec, KINORA_HDMI_CEC_START, message->length | free_time << 8);
}

static void attempt_end(struct cec *cec, uint32_t status, uint64_t now_ns)
{
	struct kinora_cec_message event = cec->message;
	uint8_t outcome = FIELD_GET(KINORA_HDMI_CEC_SENT_MASK, status);

	if (outcome > KINORA_CEC_TX_LOW_DRIVE)
		outcome = KINORA_CEC_TX_LOW_DRIVE;	/* no outcome that there is: an error */
	/* low drive ends it: who could not follow would not follow the next one either */
	if (cec->attempts < cec->message.attempts) {
		if (outcome == KINORA_CEC_TX_NACK) {
			attempt_start(cec, FREE_TIME_RETRY);
			return;
		}
		if (outcome == KINORA_CEC_TX_ARBITRATION) {
			attempt_start(cec, FREE_TIME_NEW);
			return;
		}
	}
	cec->sending = false;
	event.time_ns = now_ns;
	event.kind = KINORA_CEC_SENT;
	event.status = outcome;
	event.attempts = cec->attempts;
	event_queue(cec, &event);
}

uint16_t cec_config(struct cec *cec, const struct kinora_cec_config *config)
{
	if (config->enable > 1 || config->reserved)
		return KINORA_MAILBOX_INVALID;
	cec->enabled = config->enable;
	if (!cec->enabled)
		cec->sending = false;
	cec_write(cec, KINORA_HDMI_CEC_CONTROL,
		  cec->enabled ? (uint32_t)KINORA_HDMI_CEC_ENABLE | config->addresses : 0);
	return KINORA_MAILBOX_OK;
}

static bool message_valid(const struct kinora_cec_message *message)
{
	return !message->kind && message->attempts >= 1 && message->attempts <= 5 &&
	       message->length >= 1 && message->length <= sizeof(message->bytes) &&
	       (message->free_time == FREE_TIME_RETRY || message->free_time == FREE_TIME_NEW ||
		message->free_time == FREE_TIME_NEXT);
}

uint16_t cec_transmit(struct cec *cec, const struct kinora_cec_message *message)
{
	if (!cec->enabled || !message_valid(message))
		return KINORA_MAILBOX_INVALID;
	/* the line may still be at one that was forgotten */
	if (cec->sending || cec_read(cec, KINORA_HDMI_CEC_STATUS) & KINORA_HDMI_CEC_SENDING)
		return KINORA_MAILBOX_BUSY;
	cec->message = *message;
	for (unsigned int i = message->length; i < sizeof(message->bytes); i++)
		cec->message.bytes[i] = 0;
	for (unsigned int i = 0; i < sizeof(message->reserved); i++)
		cec->message.reserved[i] = 0;
	cec->attempts = 0;
	attempt_start(cec, message->free_time);
	return KINORA_MAILBOX_OK;
}

/* --- receiving --- */

static void message_take(struct cec *cec, uint64_t now_ns)
{
	struct kinora_cec_message event = { .time_ns = now_ns, .kind = KINORA_CEC_RECEIVED };
	uint32_t length = cec_read(cec, KINORA_HDMI_CEC_RX_LENGTH);

	if (length > sizeof(event.bytes))
		length = sizeof(event.bytes);
	event.length = length;
	for (unsigned int i = 0; i < length; i += 4) {
		uint32_t word = cec_read(cec, KINORA_HDMI_CEC_RX + i);

		for (unsigned int n = 0; n < 4 && i + n < length; n++)
			event.bytes[i + n] = word >> 8 * n;
	}
	cec_write(cec, KINORA_HDMI_CEC_RX_LENGTH, 0);
	if (length && cec->enabled)
		event_queue(cec, &event);
}

void cec_poll(struct cec *cec, uint64_t now_ns)
{
	for (unsigned int i = 0; i < RECEIVED_AT_ONCE; i++) {
		if (!(cec_read(cec, KINORA_HDMI_CEC_STATUS) & KINORA_HDMI_CEC_RECEIVED))
			break;
		message_take(cec, now_ns);
	}
	if (cec->sending) {
		uint32_t status = cec_read(cec, KINORA_HDMI_CEC_STATUS);

		if (!(status & KINORA_HDMI_CEC_SENDING))
			attempt_end(cec, status, now_ns);
	}
}
