// SPDX-License-Identifier: MIT
/*
 * Opcodes and operands are those of HDMI 1.4b, supplement 1 (CEC), and HDMI 2.1, chapter 11.
 */
#include <stddef.h>
#include <string.h>

#include "cec_device.h"

#define ATTEMPTS 3		/* CEC 7.1: a message may be sent again up to five times */
#define FREE_NEW 5		/* bit periods, CEC 9.1 */
#define FREE_RETRY 3

#define OP_FEATURE_ABORT 0x00
#define OP_STANDBY 0x36
#define OP_USER_CONTROL_PRESSED 0x44
#define OP_USER_CONTROL_RELEASED 0x45
#define OP_GIVE_OSD_NAME 0x46
#define OP_SET_OSD_NAME 0x47
#define OP_ACTIVE_SOURCE 0x82
#define OP_GIVE_PHYSICAL_ADDRESS 0x83
#define OP_REPORT_PHYSICAL_ADDRESS 0x84
#define OP_REQUEST_ACTIVE_SOURCE 0x85
#define OP_SET_STREAM_PATH 0x86
#define OP_DEVICE_VENDOR_ID 0x87
#define OP_GIVE_DEVICE_VENDOR_ID 0x8c
#define OP_GIVE_POWER_STATUS 0x8f
#define OP_REPORT_POWER_STATUS 0x90
#define OP_CEC_VERSION 0x9e
#define OP_GET_CEC_VERSION 0x9f
#define OP_GIVE_FEATURES 0xa5
#define OP_REPORT_FEATURES 0xa6
#define OP_ABORT 0xff

#define ABORT_UNRECOGNIZED 0
#define ABORT_REFUSED 4

#define VERSION_2_0 6
#define TYPE_PLAYBACK 4
#define ALL_TYPES_PLAYBACK 0x10
#define POWER_ON 0
#define POWER_STANDBY 1
#define UI_POWER 0x40
#define UI_POWER_OFF 0x6c
#define UI_POWER_ON 0x6d
#define UI_POWER_TOGGLE 0x6b

/* A locally administered OUI: the project has none. */
#define VENDOR 0x02, 0x4b, 0x4e

static const uint8_t playback_addresses[] = { 4, 8, 11 };

bool cec_device_say(struct cec_device *device, const uint8_t *bytes, unsigned int length,
		    uint64_t now_ns)
{
	struct cec_message *message = &device->queue[device->queued];

	if (!device->on || device->queued == CEC_QUEUE || !length || length > CEC_BYTES)
		return false;
	*message = (struct cec_message){ .length = length };
	memcpy(message->bytes, bytes, length);
	if (!device->queued++) {
		device->since_ns = now_ns;
		device->free_time = FREE_NEW;
		device->attempts = 0;
	}
	return true;
}

#define SAY(device, to, now_ns, ...) do { \
	const uint8_t say[] = { (device)->address << 4 | (to), __VA_ARGS__ }; \
	cec_device_say(device, say, sizeof(say), now_ns); \
} while (0)

static void next_message(struct cec_device *device, uint64_t now_ns)
{
	device->queued--;
	memmove(device->queue, device->queue + 1, device->queued * sizeof(device->queue[0]));
	device->attempts = 0;
	device->since_ns = now_ns;
	device->free_time = FREE_NEW;
}

/* --- a logical address --- */

static void claim(struct cec_device *device, uint64_t now_ns)
{
	uint8_t poll;

	if (device->claim == sizeof(playback_addresses))
		return;		/* it stays unregistered */
	poll = playback_addresses[device->claim] * 0x11;
	cec_device_say(device, &poll, 1, now_ns);
}

static void introduce(struct cec_device *device, uint64_t now_ns)
{
	uint8_t high = device->physical_address >> 8, low = device->physical_address;

	SAY(device, CEC_BROADCAST, now_ns, OP_REPORT_FEATURES, VERSION_2_0, ALL_TYPES_PLAYBACK, 0,
	    0);
	SAY(device, CEC_BROADCAST, now_ns, OP_REPORT_PHYSICAL_ADDRESS, high, low, TYPE_PLAYBACK);
	SAY(device, CEC_BROADCAST, now_ns, OP_DEVICE_VENDOR_ID, VENDOR);
}

void cec_device_on(struct cec_device *device, uint16_t physical_address, uint64_t now_ns)
{
	cec_device_off(device);
	if (physical_address == 0xffff)
		return;
	device->on = true;
	device->physical_address = physical_address;
	claim(device, now_ns);
}

void cec_device_off(struct cec_device *device)
{
	*device = (struct cec_device){ .address = CEC_UNREGISTERED, .nack = device->nack };
}

void cec_device_said(struct cec_device *device, bool acknowledged, uint64_t now_ns)
{
	const struct cec_message *message = &device->queue[0];
	bool poll = message->length == 1 && device->address == CEC_UNREGISTERED;
	uint8_t address = cec_initiator(message);

	if (!acknowledged && ++device->attempts < (poll ? 2 : ATTEMPTS)) {
		device->since_ns = now_ns;
		device->free_time = FREE_RETRY;
		return;
	}
	next_message(device, now_ns);
	if (!poll)
		return;
	if (acknowledged) {
		device->claim++;
		claim(device, now_ns);
	} else {
		device->address = address;
		introduce(device, now_ns);
	}
}

void cec_device_lost(struct cec_device *device, uint64_t now_ns)
{
	device->since_ns = now_ns;
	device->free_time = FREE_NEW;
}

bool cec_device_acknowledges(const struct cec_device *device, unsigned int destination)
{
	return device->on && !device->nack && device->address != CEC_UNREGISTERED &&
	       destination == device->address;
}

/* --- answers --- */

/* Awake or not; HDMI-CEC 2.0 wants a change to be told to all. */
static void standby_set(struct cec_device *device, bool standby, uint64_t now_ns)
{
	if (standby)
		device->active = false;
	if (device->standby == standby)
		return;
	device->standby = standby;
	SAY(device, CEC_BROADCAST, now_ns, OP_REPORT_POWER_STATUS,
	    standby ? POWER_STANDBY : POWER_ON);
}

static void active_tell(struct cec_device *device, uint64_t now_ns)
{
	uint8_t high = device->physical_address >> 8, low = device->physical_address;

	standby_set(device, false, now_ns);
	device->active = true;
	SAY(device, CEC_BROADCAST, now_ns, OP_ACTIVE_SOURCE, high, low);
}

static bool is_here(const struct cec_device *device, const struct cec_message *message)
{
	return message->length >= 4 &&
	       (message->bytes[2] << 8 | message->bytes[3]) == device->physical_address;
}

/* To all. */
static void hear_broadcast(struct cec_device *device, const struct cec_message *message,
			   uint64_t now_ns)
{
	switch (message->bytes[1]) {
	case OP_STANDBY:
		standby_set(device, true, now_ns);
		break;
	case OP_ACTIVE_SOURCE:
		device->active = false;
		break;
	case OP_REQUEST_ACTIVE_SOURCE:
		if (device->active)
			active_tell(device, now_ns);
		break;
	case OP_SET_STREAM_PATH:
		if (is_here(device, message))
			active_tell(device, now_ns);
		else
			device->active = false;
		break;
	}
}

static void user_control(struct cec_device *device, uint8_t key, uint64_t now_ns)
{
	switch (key) {
	case UI_POWER:
	case UI_POWER_TOGGLE:
		standby_set(device, !device->standby, now_ns);
		break;
	case UI_POWER_ON:
		standby_set(device, false, now_ns);
		break;
	case UI_POWER_OFF:
		standby_set(device, true, now_ns);
		break;
	}
}

/* A question to it alone: answered, or not known. */
static bool answer(struct cec_device *device, unsigned int to, uint8_t opcode, uint64_t now_ns)
{
	uint8_t high = device->physical_address >> 8, low = device->physical_address;

	switch (opcode) {
	case OP_GIVE_PHYSICAL_ADDRESS:
		SAY(device, CEC_BROADCAST, now_ns, OP_REPORT_PHYSICAL_ADDRESS, high, low,
		    TYPE_PLAYBACK);
		return true;
	case OP_GIVE_OSD_NAME:
		SAY(device, to, now_ns, OP_SET_OSD_NAME, 'K', 'i', 'n', 'o', 'r', 'a', ' ', 'p',
		    'l', 'a', 'y', 'e', 'r');
		return true;
	case OP_GIVE_DEVICE_VENDOR_ID:
		SAY(device, CEC_BROADCAST, now_ns, OP_DEVICE_VENDOR_ID, VENDOR);
		return true;
	case OP_GIVE_POWER_STATUS:
		SAY(device, to, now_ns, OP_REPORT_POWER_STATUS,
		    device->standby ? POWER_STANDBY : POWER_ON);
		return true;
	case OP_GET_CEC_VERSION:
		SAY(device, to, now_ns, OP_CEC_VERSION, VERSION_2_0);
		return true;
	case OP_GIVE_FEATURES:
		SAY(device, CEC_BROADCAST, now_ns, OP_REPORT_FEATURES, VERSION_2_0,
		    ALL_TYPES_PLAYBACK, 0, 0);
		return true;
	}
	return false;
}

static void hear_directed(struct cec_device *device, const struct cec_message *message,
			  uint64_t now_ns)
{
	unsigned int to = cec_initiator(message);
	uint8_t opcode = message->bytes[1];

	if (opcode == OP_FEATURE_ABORT)
		return;
	if (opcode == OP_STANDBY) {
		standby_set(device, true, now_ns);
		return;
	}
	if (opcode == OP_USER_CONTROL_PRESSED) {
		if (message->length >= 3)
			user_control(device, message->bytes[2], now_ns);
		return;
	}
	if (opcode == OP_USER_CONTROL_RELEASED)
		return;
	/* who has no address cannot be answered; he hears what goes to all */
	if (to == CEC_UNREGISTERED || answer(device, to, opcode, now_ns))
		return;
	SAY(device, to, now_ns, OP_FEATURE_ABORT, opcode,
	    opcode == OP_ABORT ? ABORT_REFUSED : ABORT_UNRECOGNIZED);
}

void cec_device_hear(struct cec_device *device, const struct cec_message *message,
		     uint64_t now_ns)
{
	if (!device->on || device->nack || device->address == CEC_UNREGISTERED ||
	    message->length < 2)
		return;
	if (cec_destination(message) == CEC_BROADCAST)
		hear_broadcast(device, message, now_ns);
	else if (cec_destination(message) == device->address)
		hear_directed(device, message, now_ns);
}
