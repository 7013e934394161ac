// SPDX-License-Identifier: MIT
/*
 * advance() is the line's life: whatever ends by then ends, whoever may begin by then begins.
 */
#include <string.h>

#include "cec_line.h"

#define BIT_NS 2400000ULL
#define START_NS 4500000ULL
#define BYTE_NS (10 * BIT_NS)

void cec_line_init(struct cec_line *line)
{
	*line = (struct cec_line){ 0 };
	cec_device_off(&line->device);
}

/* --- who is there --- */

static bool enabled(const struct cec_line *line)
{
	return line->control & KINORA_HDMI_CEC_ENABLE;
}

static bool card_acknowledges(const struct cec_line *line, unsigned int destination)
{
	return enabled(line) && line->control >> destination & 1;
}

/* Can the card take this message into CEC_RX? */
static bool card_hears(const struct cec_line *line, const struct cec_message *message)
{
	unsigned int to = cec_destination(message);

	/* a poll carries nothing */
	return enabled(line) && message->length > 1 &&
	       (to == CEC_BROADCAST || card_acknowledges(line, to));
}

/* --- a message on the line --- */

static void begin(struct cec_line *line, bool by_card, uint64_t now_ns)
{
	line->busy = true;
	line->by_card = by_card;
	line->message = by_card ? line->card : line->device.queue[0];
	line->end_ns = now_ns + START_NS + line->message.length * BYTE_NS;
	line->outcome = KINORA_CEC_TX_OK;
	if (!by_card)
		return;
	line->started = true;
	if (line->arbitration) {
		/* somebody whose first 1 it sees as a 0: lost within the header */
		line->arbitration--;
		line->outcome = KINORA_CEC_TX_ARBITRATION;
		line->end_ns = now_ns + START_NS + 4 * BIT_NS;
	} else if (line->low_drive) {
		line->low_drive--;
		line->outcome = KINORA_CEC_TX_LOW_DRIVE;
		line->end_ns = now_ns + START_NS + BYTE_NS;
	}
}

static void card_end(struct cec_line *line, uint64_t end_ns)
{
	unsigned int to = cec_destination(&line->message);
	bool heard = line->connected && line->outcome == KINORA_CEC_TX_OK;

	if (line->outcome == KINORA_CEC_TX_OK && to != CEC_BROADCAST &&
	    !(line->connected && cec_device_acknowledges(&line->device, to)))
		line->outcome = KINORA_CEC_TX_NACK;
	if (line->started) {
		line->sending = false;
		line->started = false;
		line->sent = line->outcome;
	}
	if (heard)
		cec_device_hear(&line->device, &line->message, end_ns);
}

static void device_end(struct cec_line *line, uint64_t end_ns)
{
	unsigned int to = cec_destination(&line->message);
	bool hears = card_hears(line, &line->message);
	bool room = !line->received;

	if (hears && room) {
		line->rx = line->message;
		line->received = true;
	}
	cec_device_said(&line->device, to == CEC_BROADCAST ||
			(card_acknowledges(line, to) && (!hears || room)), end_ns);
}

static void end(struct cec_line *line)
{
	line->busy = false;
	line->free_ns = line->end_ns;
	if (line->by_card)
		card_end(line, line->end_ns);
	else if (line->connected)
		device_end(line, line->end_ns);
}

/* --- time --- */

static uint64_t start_of(const struct cec_line *line, uint64_t since_ns, unsigned int free_time)
{
	uint64_t free_ns = line->free_ns + free_time * BIT_NS;

	return since_ns > free_ns ? since_ns : free_ns;
}

static uint64_t card_start(const struct cec_line *line)
{
	return line->sending ? start_of(line, line->card_ns, line->card_free) : UINT64_MAX;
}

static uint64_t device_start(const struct cec_line *line)
{
	const struct cec_device *device = &line->device;

	return line->connected && device->queued ?
		       start_of(line, device->since_ns, device->free_time) : UINT64_MAX;
}

static void advance(struct cec_line *line, uint64_t now_ns)
{
	for (;;) {
		uint64_t card = card_start(line), device = device_start(line);
		bool by_card;

		if (line->busy) {
			if (now_ns < line->end_ns)
				return;
			end(line);
			continue;
		}
		if (now_ns < card && now_ns < device)
			return;
		by_card = card < device ||
			  (card == device && cec_initiator(&line->card) <=
						     cec_initiator(&line->device.queue[0]));
		if (card == device && by_card) {
			cec_device_lost(&line->device, card);
		} else if (card == device) {
			line->sending = false;
			line->sent = KINORA_CEC_TX_ARBITRATION;
		}
		begin(line, by_card, by_card ? card : device);
	}
}

uint64_t cec_line_next(struct cec_line *line, uint64_t now_ns)
{
	uint64_t card, device;

	advance(line, now_ns);
	if (line->busy)
		return line->end_ns;
	card = card_start(line);
	device = device_start(line);
	return card < device ? card : device;
}

/* --- registers --- */

static uint32_t word_read(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t cec_line_read(struct cec_line *line, uint32_t offset, uint64_t now_ns)
{
	advance(line, now_ns);
	switch (offset) {
	case KINORA_HDMI_CEC_CONTROL:
		return line->control;
	case KINORA_HDMI_CEC_STATUS:
		return (line->sending ? KINORA_HDMI_CEC_SENDING : 0) |
		       (line->received ? KINORA_HDMI_CEC_RECEIVED : 0) |
		       FIELD_PREP(KINORA_HDMI_CEC_SENT_MASK, line->sent);
	case KINORA_HDMI_CEC_RX_LENGTH:
		return line->received ? line->rx.length : 0;
	case KINORA_HDMI_CEC_TX ... KINORA_HDMI_CEC_TX + CEC_BYTES - 1:
		return word_read(&line->tx[offset - KINORA_HDMI_CEC_TX]);
	case KINORA_HDMI_CEC_RX ... KINORA_HDMI_CEC_RX + CEC_BYTES - 1:
		return line->received ? word_read(&line->rx.bytes[offset - KINORA_HDMI_CEC_RX]) : 0;
	}
	return 0;
}

/* While a message is being sent, or with CEC off, START does nothing. */
static void card_send(struct cec_line *line, uint32_t value, uint64_t now_ns)
{
	unsigned int length = value & 0x1f;

	if (!enabled(line) || line->sending || !length || length > CEC_BYTES)
		return;
	line->card = (struct cec_message){ .length = length };
	memcpy(line->card.bytes, line->tx, length);
	line->sending = true;
	line->started = false;
	line->card_ns = now_ns;
	line->card_free = value >> 8 & 0xf;
}

void cec_line_write(struct cec_line *line, uint32_t offset, uint32_t value, uint64_t now_ns)
{
	advance(line, now_ns);
	switch (offset) {
	case KINORA_HDMI_CEC_CONTROL:
		line->control = value & (KINORA_HDMI_CEC_ENABLE | 0xffff);
		if (!enabled(line)) {
			line->sending = false;
			line->started = false;
			line->received = false;
		}
		break;
	case KINORA_HDMI_CEC_START:
		card_send(line, value, now_ns);
		break;
	case KINORA_HDMI_CEC_RX_LENGTH:
		line->received = false;
		break;
	case KINORA_HDMI_CEC_TX ... KINORA_HDMI_CEC_TX + CEC_BYTES - 1:
		for (unsigned int i = 0; i < 4; i++)
			line->tx[offset - KINORA_HDMI_CEC_TX + i] = value >> 8 * i;
		break;
	}
	advance(line, now_ns);
}

/* --- the other end --- */

void cec_line_connect(struct cec_line *line, uint16_t physical_address, uint64_t now_ns)
{
	cec_line_disconnect(line, now_ns);
	line->connected = true;
	cec_device_on(&line->device, physical_address, now_ns);
}

void cec_line_disconnect(struct cec_line *line, uint64_t now_ns)
{
	advance(line, now_ns);
	line->connected = false;
	cec_device_off(&line->device);
	if (line->busy && !line->by_card) {
		line->busy = false;
		line->free_ns = now_ns;
	}
}

bool cec_line_send(struct cec_line *line, const uint8_t *bytes, unsigned int length,
		   uint64_t now_ns)
{
	advance(line, now_ns);
	return line->connected && cec_device_say(&line->device, bytes, length, now_ns);
}
