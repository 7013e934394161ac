// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's firmware on an HDMI receiver, a source and a host that say
 * anything. The input is a script that sets registers, writes SCDC as a source does, sends
 * InfoFrames, asks things through the mailbox, starts the firmware again, lets time pass and polls.
 * What must hold: the block is one the contract allows; only registers that are to be written are,
 * with values they have; the EDID is a good one and never changes while hot-plug is high; hot-plug
 * is high only with an EDID that has stood for 100 ms; every request gets its reply.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define HDMI_BYTES 0x1000u
#define EDID_RAM (KINORA_EDID_BLOCKS * KINORA_EDID_BLOCK_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	struct bus bus;
	const uint8_t *data;
	size_t left;
	uint64_t now;
	uint32_t reg[HDMI_BYTES / 4];
	uint64_t edid_ns;		/* it was last written */
	uint32_t number;		/* of the last request */
	struct kinora_signal last;
};

static uint32_t script_take(struct script *script, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes && script->left; i++, script->left--)
		value |= (uint32_t)*script->data++ << (8 * i);
	return value;
}

/* --- the receiver --- */

static uint32_t script_read(void *opaque, uint32_t offset)
{
	struct script *script = opaque;

	CHECK(offset < HDMI_BYTES && offset % 4 == 0);
	return script->reg[offset / 4];
}

static void cec_start(const struct script *script, uint32_t value)
{
	unsigned int free_time = value >> 8;

	CHECK((value & 0xff) >= 1 && (value & 0xff) <= 16);
	CHECK(free_time == 3 || free_time == 5 || free_time == 7);
	CHECK(script->reg[KINORA_HDMI_CEC_CONTROL / 4] & KINORA_HDMI_CEC_ENABLE);
	CHECK(!(script->reg[KINORA_HDMI_CEC_STATUS / 4] & KINORA_HDMI_CEC_SENDING));
}

static void edid_written(struct script *script)
{
	CHECK(!(script->reg[KINORA_HDMI_CONTROL / 4] & KINORA_HDMI_HOTPLUG));
	script->edid_ns = script->now;
}

static void hotplug_driven(const struct script *script, uint32_t value)
{
	unsigned int blocks = script->reg[KINORA_HDMI_EDID_BLOCKS / 4];
	uint8_t edid[EDID_RAM];

	CHECK(value <= 1);
	if (!value)
		return;
	memcpy(edid, &script->reg[KINORA_HDMI_EDID / 4], sizeof(edid));
	CHECK(blocks >= 1 && blocks <= KINORA_EDID_BLOCKS);
	CHECK(edid_check(edid, blocks * KINORA_EDID_BLOCK_BYTES) == KINORA_MAILBOX_OK);
	CHECK(script->now - script->edid_ns >= HDMI_HOTPLUG_NS);
}

static void script_write(void *opaque, uint32_t offset, uint32_t value)
{
	struct script *script = opaque;

	CHECK(offset < HDMI_BYTES && offset % 4 == 0);
	switch (offset) {
	case KINORA_HDMI_CEC_START:
		cec_start(script, value);
		return;
	case KINORA_HDMI_CEC_RX_LENGTH:
		return;		/* and RECEIVED stays: it may be stuck */
	case KINORA_HDMI_CONTROL:
		hotplug_driven(script, value);
		break;
	case KINORA_HDMI_LINK:
		CHECK(value <= FRL_RATES);
		break;
	case KINORA_HDMI_CEC_CONTROL:
		CHECK(value <= 0x1ffff);
		break;
	case KINORA_HDMI_EDID_BLOCKS:
		CHECK(value <= KINORA_EDID_BLOCKS);
		edid_written(script);
		break;
	default:
		if (offset >= KINORA_HDMI_EDID && offset < KINORA_HDMI_EDID + EDID_RAM)
			edid_written(script);
		else
			CHECK((offset >= KINORA_HDMI_CEC_TX && offset < KINORA_HDMI_CEC_RX) ||
			      (offset >= KINORA_HDMI_SCDC && offset < KINORA_HDMI_SCDC + 0x60));
	}
	script->reg[offset / 4] = value;
}

/* Values that lead somewhere; any other can be had too. What the firmware owns is left alone. */
static void register_set(struct script *script)
{
	static const struct {
		uint32_t active, total, clock;
	} rasters[] = {
		{ 3840 | 2160 << 16, 4400 | 2250 << 16, 594000000 },
		{ 3840 | 2160 << 16, 5280 | 2250 << 16, 1188000000 },
		{ 7680 | 4320 << 16, 9000 | 4400 << 16, 2373626374u },
		{ 7680 | 4320 << 16, 10800 | 4400 << 16, 2376000000u },
		{ 1920 | 1080 << 16, 2640 | 1125 << 16, 74250000 },
		{ 1280 | 720 << 16, 1650 | 750 << 16, 74175824 },
	};
	static const uint16_t regs[] = {
		KINORA_HDMI_STATUS, KINORA_HDMI_ACTIVE, KINORA_HDMI_TOTAL, KINORA_HDMI_PIXELCLOCK,
		KINORA_HDMI_ERRORS, KINORA_HDMI_LOCK_LOSSES, KINORA_HDMI_INFOFRAMES,
		KINORA_HDMI_LTP, KINORA_HDMI_CEC_STATUS, KINORA_HDMI_CEC_RX_LENGTH,
		KINORA_HDMI_CEC_RX, KINORA_HDMI_INFOFRAME_COUNT,
	};
	uint32_t pick = script_take(script, 1);
	unsigned int n = pick % 6;

	if (pick < 0x60) {
		script->reg[KINORA_HDMI_ACTIVE / 4] = rasters[n].active;
		script->reg[KINORA_HDMI_TOTAL / 4] = rasters[n].total;
		script->reg[KINORA_HDMI_PIXELCLOCK / 4] = rasters[n].clock;
		script->reg[KINORA_HDMI_STATUS / 4] = pick & 1 ? 0x1f : 0x17;
		return;
	}
	pick %= sizeof(regs) / sizeof(regs[0]);
	script->reg[regs[pick] / 4] = script_take(script, pick < 4 ? 4 : 2);
}

/* --- the source --- */

static void scdc_write(struct script *script)
{
	static const uint8_t regs[] = { 0x02, 0x10, 0x11, 0x20, 0x30, 0x31, 0x31, 0x31 };
	unsigned int reg = regs[script_take(script, 1) & 7], shift = 8 * (reg & 3);
	uint32_t *word = &script->reg[(KINORA_HDMI_SCDC + reg) / 4];
	uint32_t value = script_take(script, 1);

	if (reg == 0x10 || reg == 0x11)
		value = (*word >> shift & 0xff) & ~value;
	*word = (*word & ~(0xffu << shift)) | value << shift;
	script->reg[KINORA_HDMI_SCDC_WRITES / 4]++;
}

/* What a source does that is asked for patterns: so that training gets somewhere. */
static void training_step(struct script *script)
{
	uint32_t *update = &script->reg[(KINORA_HDMI_SCDC + 0x10) / 4];
	uint32_t status = script->reg[(KINORA_HDMI_SCDC + 0x40) / 4];

	if (*update & 0x20)
		script->reg[KINORA_HDMI_LTP / 4] = status >> 8 & 0xffff;
	*update &= ~0x30u;
}

static void infoframe_send(struct script *script)
{
	static const uint8_t types[][3] = {
		{ 0x82, 2, 13 }, { 0x87, 1, 26 }, { 0x84, 1, 10 }, { 0x81, 1, 5 }, { 0x82, 4, 15 },
	};
	uint32_t what = script_take(script, 1);
	unsigned int slot = what % KINORA_INFOFRAME_SLOTS;
	uint8_t frame[KINORA_INFOFRAME_BYTES] = { 0 };

	memcpy(frame, types[what % 5], 3);
	if (what & 0x40)
		frame[2] = script_take(script, 1);
	for (unsigned int i = 4; i < 12; i++)
		frame[i] = script_take(script, 1);
	if (!(what & 0x80))
		for (unsigned int i = 0; i < sizeof(frame); i++)
			if (i != 3)
				frame[3] -= frame[i];
	memcpy(&script->reg[KINORA_HDMI_INFOFRAME(slot) / 4], frame, sizeof(frame));
	script->reg[KINORA_HDMI_INFOFRAMES / 4] |= 1u << slot;
	script->reg[KINORA_HDMI_INFOFRAME_COUNT / 4]++;
}

/* --- the host --- */

/* Blocks with good sums, of which one byte may be made bad. */
static unsigned int edid_make(struct script *script, uint8_t *edid)
{
	unsigned int blocks = script_take(script, 1) % 6;

	memset(edid, 0, 768);
	memset(edid + 1, 0xff, 6);
	edid[126] = script_take(script, 1) % 5;
	for (unsigned int i = 0; i < 8; i++)
		edid[128 + i] = script_take(script, 1);
	for (unsigned int b = 0; b < 6; b++) {
		uint8_t sum = 0;

		for (unsigned int i = 0; i < 127; i++)
			sum += edid[128 * b + i];
		edid[128 * b + 127] = -sum;
	}
	edid[script_take(script, 1)] ^= script_take(script, 1) & 1;
	return 128 * blocks + (script_take(script, 1) == 7);
}

static void request_send(struct script *script, struct controller *controller)
{
	uint8_t window[KINORA_MAILBOX_BYTES] = { 0 };
	struct kinora_mailbox head = { .op = script_take(script, 1) % 8 };
	uint32_t word;

	switch (head.op) {
	case KINORA_OP_EDID_SET:
		head.length = edid_make(script, window + sizeof(head));
		break;
	case KINORA_OP_CEC_CONFIG:
		head.length = sizeof(struct kinora_cec_config);
		break;
	case KINORA_OP_CEC_TRANSMIT:
		head.length = sizeof(struct kinora_cec_message);
		break;
	}
	if (head.op != KINORA_OP_EDID_SET)
		for (unsigned int i = 0; i < head.length && i < 20; i++)
			window[sizeof(head) + i] = script_take(script, 1);
	if (script_take(script, 1) == 3)
		head.length = script_take(script, 2);
	memcpy(window, &head, sizeof(head));
	for (unsigned int at = 0; at < sizeof(window); at += 4) {
		memcpy(&word, window + at, sizeof(word));
		bus_mailbox_write(&script->bus, at, word);
	}
	if (!++script->number)
		script->number = 1;
	bus_mailbox_ring(&script->bus, script->number, true);
	controller_poll(controller);
	CHECK(script->bus.done == script->number);
	for (unsigned int at = 0; at < sizeof(window); at += 4) {
		word = bus_mailbox_read(&script->bus, at);
		memcpy(window + at, &word, sizeof(word));
	}
	memcpy(&head, window, sizeof(head));
	CHECK(head.status <= KINORA_MAILBOX_TOO_LARGE && head.length <= KINORA_MAILBOX_PAYLOAD);
	CHECK(head.status == KINORA_MAILBOX_OK || !head.length);
	if (head.op == KINORA_OP_EDID_GET)
		CHECK(edid_check(window + sizeof(head), head.length) == KINORA_MAILBOX_OK);
}

/* --- what is published --- */

static void picture_check(const struct kinora_signal *s)
{
	uint64_t clock = (uint64_t)s->htotal * s->vtotal * s->rate_num;
	int64_t off = (int64_t)(s->pixelclock * s->rate_den - clock);

	CHECK(s->rate_num && (s->rate_den == 1 || s->rate_den == 1001));
	CHECK(off * 2 <= s->rate_den && -off * 2 <= s->rate_den);
	CHECK(s->width * 9 == s->height * 16 && s->width <= 7680);
	CHECK(s->width < s->htotal && s->height < s->vtotal);
	CHECK((int32_t)s->clock_ppb >= -6100000 && (int32_t)s->clock_ppb <= 6100000);
	CHECK(s->depth == 8 || s->depth == 10 || s->depth == 12 || s->depth == 16);
	CHECK(s->sampling != KINORA_SAMPLING_422 || s->depth == 12);
	CHECK(s->sampling <= KINORA_SAMPLING_420 && s->range <= KINORA_RANGE_FULL);
	CHECK(s->colorimetry <= KINORA_COLORIMETRY_601 && s->it_content <= KINORA_IT_GAME);
	CHECK(s->transfer <= KINORA_TRANSFER_UNSPECIFIED && s->scan <= KINORA_SCAN_INTERLACED);
	CHECK(s->vic);
}

static void script_publish(void *opaque, unsigned int block, bool event)
{
	struct script *script = opaque;
	struct kinora_signal s;

	if (block != KINORA_CONN_HDMI1)
		return;
	bus_block(&script->bus, block, &s);
	CHECK(s.generation == script->last.generation + event);
	CHECK(s.since_ns == (event ? script->now : script->last.since_ns));
	CHECK(s.state <= KINORA_SIGNAL_LOCKED && s.frl_rate <= FRL_RATES);
	CHECK(!(s.links | s.mapping | s.order | s.dual | s.reserved0 | s.reserved1));
	CHECK((s.interface == KINORA_INTERFACE_FRL) == !!s.frl_rate);
	CHECK(s.interface == KINORA_INTERFACE_NONE || s.interface == KINORA_INTERFACE_TMDS ||
	      s.interface == KINORA_INTERFACE_FRL);
	CHECK(s.reason == KINORA_REASON_NONE || s.reason == KINORA_REASON_RASTER ||
	      s.reason == KINORA_REASON_SAMPLING || s.reason == KINORA_REASON_FLAPPING ||
	      s.reason == KINORA_REASON_TRAINING);
	CHECK((s.state == KINORA_SIGNAL_UNSUPPORTED) ==
	      (s.reason == KINORA_REASON_RASTER || s.reason == KINORA_REASON_SAMPLING));
	if (s.state == KINORA_SIGNAL_LOCKED)
		picture_check(&s);
	else
		CHECK(!s.pixelclock && !s.rate_num && !s.rate_den && !s.width && !s.height &&
		      !s.htotal && !s.vtotal && !s.vic);
	script->last = s;
}

static uint64_t script_time(void *opaque)
{
	return ((struct script *)opaque)->now;
}

static const struct bus_ops script_ops = {
	.time_ns = script_time, .hdmi_read = script_read, .hdmi_write = script_write,
	.publish = script_publish,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script script;
	static struct controller controller;
	struct controller_hal hal;
	uint64_t wanted = 0;

	script = (struct script){ .data = data, .left = size, .now = 1 };
	bus_init(&script.bus, &script_ops, &script);
	hal = bus_hal(&script.bus);
	bus_start(&script.bus);
	controller_init(&controller, &hal);
	while (script.left) {
		switch (script_take(&script, 1) & 15) {
		case 0: case 1: case 2:
			register_set(&script);
			continue;
		case 3: case 4:
			scdc_write(&script);
			continue;
		case 5: case 6:
			training_step(&script);
			break;
		case 7:
			infoframe_send(&script);
			continue;
		case 8:
			request_send(&script, &controller);
			break;
		case 9: /* another image of the firmware */
			bus_start(&script.bus);
			controller_init(&controller, &hal);
			break;
		case 10: case 11: /* up to 65 ms */
			script.now += script_take(&script, 2) * 1000ULL;
			break;
		case 12: /* up to 4 s */
			script.now += script_take(&script, 4);
			break;
		default: /* when it wants */
			if (wanted > script.now)
				script.now = wanted;
			break;
		}
		wanted = controller_poll(&controller);
		CHECK(wanted > script.now && wanted <= script.now + CONTROLLER_POLL_NS);
	}
	return 0;
}
