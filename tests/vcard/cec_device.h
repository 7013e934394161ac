/* SPDX-License-Identifier: MIT */
/*
 * The CEC device in the source: a CEC 2.0 playback device that takes a logical address, tells who
 * and where it is, answers questions, and refuses with <Feature Abort> what it does not know.
 *
 * It is only logic: cec_line.h hands it what it hears and what became of what it said, and takes
 * what it wants to say.
 */
#ifndef VCARD_CEC_DEVICE_H
#define VCARD_CEC_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#define CEC_BYTES 16
#define CEC_BROADCAST 15
#define CEC_UNREGISTERED 15
#define CEC_QUEUE 16

struct cec_message {
	uint8_t length;			/* 1 .. CEC_BYTES */
	uint8_t bytes[CEC_BYTES];
};

static inline unsigned int cec_initiator(const struct cec_message *message)
{
	return message->bytes[0] >> 4;
}

static inline unsigned int cec_destination(const struct cec_message *message)
{
	return message->bytes[0] & 15;
}

struct cec_device {
	bool on;			/* connected, and has a physical address */
	uint16_t physical_address;
	uint8_t address;		/* CEC_UNREGISTERED: it is about to take one, or got none */
	unsigned int claim;		/* number of the address it tries */
	bool standby;
	bool active;			/* the active source */
	bool nack;			/* fault: acknowledges nothing */

	struct cec_message queue[CEC_QUEUE];	/* what it wants to say, oldest first */
	unsigned int queued;
	unsigned int attempts;		/* of the first */
	uint64_t since_ns;		/* the first may go out from then on */
	unsigned int free_time;		/* after so many bit periods */
};

void cec_device_on(struct cec_device *device, uint16_t physical_address, uint64_t now_ns);
void cec_device_off(struct cec_device *device);

/* Does it acknowledge a message to this address? Broadcasts: it never refuses one. */
bool cec_device_acknowledges(const struct cec_device *device, unsigned int destination);
/* A message from somebody else, to it or to all, was on the line until now. */
void cec_device_hear(struct cec_device *device, const struct cec_message *message,
		     uint64_t now_ns);
/* Its first message was on the line; acknowledged: and somebody took it. */
void cec_device_said(struct cec_device *device, bool acknowledged, uint64_t now_ns);
/* Somebody else won the line. */
void cec_device_lost(struct cec_device *device, uint64_t now_ns);
bool cec_device_say(struct cec_device *device, const uint8_t *bytes, unsigned int length,
		    uint64_t now_ns);

#endif
