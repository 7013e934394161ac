// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's firmware on receivers that say anything. The input is a script that
 * sets registers, lets time pass and polls. What must hold whatever the receivers say: every block
 * that is published is one the contract allows, generations grow with changes only, counters come
 * at most once a second, and the next poll is wanted later than now and not later than the period.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "receiver_value.h"

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	struct bus bus;
	const uint8_t *data;
	size_t left;
	uint64_t now;
	uint32_t reg[KINORA_RX_LINKS][8];
	struct kinora_signal last[CONTROLLER_CONNECTORS];
	uint64_t last_ns[CONTROLLER_CONNECTORS];
};

static uint32_t script_take(struct script *script, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes && script->left; i++, script->left--)
		value |= (uint32_t)*script->data++ << (8 * i);
	return value;
}

/* Values that lead somewhere; any other can be had too. */
static uint32_t script_value(struct script *script, unsigned int reg)
{
	static const uint32_t rates[] = { 0x10b, 0x10f, 0x20b, 0x40b, 0x50b, 0x30f, 0x001, 0x000 };
	static const uint32_t codes[] = { 0xd2, 0xce, 0xc4, 0xc0, 0x97, 0x8a, 0xd0, 0x8c };
	uint32_t pick = script_take(script, 1);

	if (pick >= 0xc0)
		return script_take(script, 4);
	return receiver_value(reg * 4, pick, rates, codes);
}

static uint32_t script_receiver(void *opaque, unsigned int link, unsigned int reg)
{
	struct script *script = opaque;

	CHECK(link < KINORA_RX_LINKS && reg <= KINORA_RX_LOCK_LOSSES && reg % 4 == 0);
	return script->reg[link][reg / 4];
}

static uint64_t script_time(void *opaque)
{
	return ((struct script *)opaque)->now;
}

/* A picture that is described: one that is taken, or known at least. */
static void check_picture(const struct kinora_signal *s, unsigned int connector)
{
	uint64_t clock = (uint64_t)s->htotal * s->vtotal * s->rate_num;
	int64_t off = (int64_t)(s->pixelclock * s->rate_den - clock);

	CHECK(s->interface != KINORA_INTERFACE_NONE);
	CHECK(s->rate_num && (s->rate_den == 1 || s->rate_den == 1001));
	CHECK(off * 2 <= s->rate_den && -off * 2 <= s->rate_den);
	CHECK(s->width && s->height && s->width < s->htotal && s->height < s->vtotal);
	CHECK(s->width * 9 == s->height * 16 && s->width <= 7680);
	CHECK((int32_t)s->clock_ppb >= -400000 && (int32_t)s->clock_ppb <= 400000);
	CHECK(s->depth == 8 || s->depth == 10 || (s->depth == 12 && s->reason));
	CHECK(s->range <= KINORA_RANGE_FULL && s->colorimetry <= KINORA_COLORIMETRY_UNKNOWN);
	CHECK(s->sampling == KINORA_SAMPLING_422 || s->sampling == KINORA_SAMPLING_420 ||
	      (s->sampling <= KINORA_SAMPLING_420 && s->reason));
	CHECK(s->transfer <= KINORA_TRANSFER_UNSPECIFIED);
	if (connector == KINORA_CONN_SDI_QUAD)
		CHECK(s->links == 0xf && s->mapping != KINORA_MAPPING_SINGLE && !s->scan &&
		      detect_order_valid(s->order));
	else
		CHECK(s->links == 1u << connector && s->mapping == KINORA_MAPPING_SINGLE);
}

static void signal_check(struct script *script, unsigned int connector,
			 const struct kinora_signal *signal, bool changed)
{
	struct kinora_signal *last;

	last = &script->last[connector];
	CHECK(signal->generation == last->generation + changed);
	CHECK(signal->since_ns == (changed ? script->now : last->since_ns));
	CHECK(changed || script->now - script->last_ns[connector] >= CONTROLLER_COUNTERS_NS);
	CHECK(!signal->reserved0 && !signal->reserved1);
	CHECK(signal->state <= KINORA_SIGNAL_LOCKED && signal->reason <= KINORA_REASON_FLAPPING);
	CHECK(!(signal->flags & ~0x39) && signal->dual <= 2);
	CHECK((signal->reason == KINORA_REASON_DUAL_LINK) == !!signal->dual ||
	      connector == KINORA_CONN_SDI_QUAD);
	if (signal->state == KINORA_SIGNAL_LOCKED || signal->width)
		check_picture(signal, connector);
	else
		CHECK(!signal->pixelclock && !signal->rate_num && !signal->rate_den &&
		      !signal->height && !signal->htotal && !signal->vtotal);
	if (signal->state == KINORA_SIGNAL_LOCKED || signal->state == KINORA_SIGNAL_NONE)
		CHECK(signal->reason == KINORA_REASON_NONE);
	if (signal->state == KINORA_SIGNAL_UNSUPPORTED)
		CHECK(signal->reason != KINORA_REASON_NONE);
	*last = *signal;
	script->last_ns[connector] = script->now;
}

static void script_publish(void *opaque, unsigned int block, bool event)
{
	struct script *script = opaque;
	struct kinora_signal signal;

	if (block >= DETECT_CONNECTORS)
		return;
	bus_block(&script->bus, block, &signal);
	signal_check(script, block, &signal, event);
}

static const struct bus_ops script_ops = {
	.receiver_read = script_receiver, .time_ns = script_time, .publish = script_publish,
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
	controller_init(&controller, &hal);
	while (script.left) {
		uint32_t what = script_take(&script, 1);
		unsigned int link = what & 3, reg = what >> 2 & 7;

		switch (what >> 5) {
		case 0: /* one register of one link */
			script.reg[link][reg] = script_value(&script, reg);
			continue;
		case 1: /* the same on all links */
			script.reg[0][reg] = script_value(&script, reg);
			for (unsigned int i = 1; i < KINORA_RX_LINKS; i++)
				script.reg[i][reg] = script.reg[0][reg];
			continue;
		case 2: /* numbered payload ids */
			for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
				script.reg[i][KINORA_RX_PAYLOAD / 4] =
					0x01a0d9d2 | i << (28 + reg % 4);
			continue;
		case 3:
			controller.detect.mapping = link % 3;
			controller.detect.order = reg & 1 ? 0xb4 : 0;
			continue;
		case 4: /* up to 65 ms */
			script.now += script_take(&script, 2) * 1000ULL;
			break;
		case 5: /* up to 4 s */
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
