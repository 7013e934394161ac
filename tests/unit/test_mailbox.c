// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's mailbox, event log and controller block, on a bus whose HDMI
 * receiver is plain memory: every op, what breaks a rule, numbers over resets and restarts.
 *
 * Expected bytes and codes are written from docs/hardware.md, sections 10, 12 and 13.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "unit.h"

#define MS 1000000ULL
#define CONTROLLER_BLOCK 7

struct world {
	struct bus bus;
	struct controller_hal hal;
	struct controller controller;
	uint64_t now;
	uint32_t status;		/* of all SDI receivers */
	uint32_t hdmi[0x1000 / 4];
	uint32_t number;		/* of the last request */
	uint32_t done;			/* as mailbox_done() was told */
	unsigned int published[BUS_BLOCKS];
	unsigned int events[BUS_BLOCKS];
};

static struct world world;

static uint64_t world_time(void *opaque)
{
	(void)opaque;
	return world.now;
}

static uint32_t world_receiver(void *opaque, unsigned int link, unsigned int reg)
{
	(void)opaque;
	(void)link;
	return reg == KINORA_RX_STATUS ? world.status : 0;
}

static uint32_t world_hdmi_read(void *opaque, uint32_t offset)
{
	(void)opaque;
	return world.hdmi[offset / 4];
}

static void world_hdmi_write(void *opaque, uint32_t offset, uint32_t value)
{
	(void)opaque;
	world.hdmi[offset / 4] = value;
}

static void world_publish(void *opaque, unsigned int block, bool event)
{
	(void)opaque;
	world.published[block]++;
	world.events[block] += event;
}

static void world_done(void *opaque, uint32_t number)
{
	(void)opaque;
	world.done = number;
}

static const struct bus_ops ops = {
	.time_ns = world_time, .receiver_read = world_receiver, .hdmi_read = world_hdmi_read,
	.hdmi_write = world_hdmi_write, .publish = world_publish, .mailbox_done = world_done,
};

static void firmware_start(void)
{
	bus_start(&world.bus);
	controller_init(&world.controller, &world.hal);
	controller_poll(&world.controller);
}

static void begin(void)
{
	memset(&world, 0, sizeof(world));
	world.now = 1000 * MS;
	bus_init(&world.bus, &ops, NULL);
	world.hal = bus_hal(&world.bus);
	firmware_start();
}

/* at and bytes are multiples of 4, but for the end of a payload */
static void window_put(unsigned int at, const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 4) {
		uint32_t word = 0;

		memcpy(&word, (const uint8_t *)from + i, bytes - i < 4 ? bytes - i : 4);
		bus_mailbox_write(&world.bus, at + i, word);
	}
}

static void window_get(void *to)
{
	for (unsigned int i = 0; i < 1024; i += 4) {
		uint32_t word = bus_mailbox_read(&world.bus, i);

		memcpy((uint8_t *)to + i, &word, 4);
	}
}

struct reply {
	uint16_t op, status, length, arg;
	uint8_t payload[1016];
};

static void put(uint16_t op, uint16_t arg, const void *payload, uint16_t bytes)
{
	uint8_t head[8] = { op & 255, op >> 8, 0, 0, bytes & 255, bytes >> 8, arg & 255, arg >> 8 };

	window_put(0, head, 8);
	window_put(8, payload, bytes < 1016 ? bytes : 1016);
	bus_mailbox_ring(&world.bus, ++world.number, true);
}

static struct reply get(void)
{
	struct reply reply;

	window_get(&reply);
	return reply;
}

static struct reply ask(uint16_t op, uint16_t arg, const void *payload, uint16_t bytes)
{
	struct reply reply;

	put(op, arg, payload, bytes);
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.bus.done, world.number);
	CU_ASSERT_EQUAL(world.done, world.number);
	reply = get();
	CU_ASSERT_EQUAL(reply.op, op);
	if (reply.status)
		CU_ASSERT_EQUAL(reply.length, 0);
	return reply;
}

static uint32_t block_word(unsigned int at)
{
	uint32_t block[32];

	bus_block(&world.bus, CONTROLLER_BLOCK, block);
	return block[at / 4];
}

/* --- the protocol --- */

static void test_identify(void)
{
	struct reply reply;

	begin();
	reply = ask(1, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.status, 0);
	CU_ASSERT_EQUAL(reply.length, strlen("Kinora controller 1.1.0 native"));
	CU_ASSERT_EQUAL(memcmp(reply.payload, "Kinora controller 1.1.0 native", reply.length), 0);
	CU_ASSERT_EQUAL(ask(1, 0, "x", 1).status, 2);
}

static void test_unknown(void)
{
	static const uint16_t unknown[] = { 0, 11, 12, 255, 256, 257, 0x0101, 0x7fff, 0xffff };

	begin();
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CU_ASSERT_EQUAL(ask(unknown[i], 1, "123", 4).status, 1);
}

/* What each op must be given; everything else is INVALID, and more than the window holds is too. */
static void test_lengths(void)
{
	static const uint8_t big[65536];
	uint8_t payload[1016];

	memset(payload, 0, sizeof(payload));
	begin();
	/* more than the window holds */
	for (uint16_t op = 1; op <= 10; op++) {
		static const uint16_t over[] = { 1017, 1024, 4096, 32768, 65535 };

		for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
			CU_ASSERT_EQUAL(ask(op, 0, big, over[i]).status, 2);
	}
	for (uint16_t bytes = 0; bytes <= 1016; bytes++) {
		if (bytes) {
			CU_ASSERT_EQUAL(ask(2, 0, payload, bytes).status, 2);
			CU_ASSERT_EQUAL(ask(6, 0, payload, bytes).status, 2);
			CU_ASSERT_EQUAL(ask(7, 0, payload, bytes).status, 2);
			CU_ASSERT_EQUAL(ask(10, 0, payload, bytes).status, 2);
			CU_ASSERT_EQUAL(ask(9, 1, payload, bytes).status, 2);
		}
		if (bytes != 4)
			CU_ASSERT_EQUAL(ask(4, 0, payload, bytes).status, 2);
		if (bytes != 32)
			CU_ASSERT_EQUAL(ask(5, 0, payload, bytes).status, 2);
		if (bytes != 4)
			CU_ASSERT_EQUAL(ask(8, 0, payload, bytes).status, 2);
	}
}

static void test_numbers(void)
{
	unsigned int events;

	begin();
	/* nothing was asked: nothing is done */
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.bus.done, 0);

	/* once, whatever else happens */
	put(1, 0, NULL, 0);
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(get().length, 30);
	window_put(4, "\0\0\0", 4);
	for (unsigned int i = 0; i < 10; i++, world.now += 10 * MS)
		controller_poll(&world.controller);
	CU_ASSERT_EQUAL(get().length, 0);

	/* any number that is another one, also a smaller */
	world.number = 0xfffffffe;
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);
	world.number = 41;
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);

	/* the controller block tells it, with an event */
	events = world.events[CONTROLLER_BLOCK];
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);
	CU_ASSERT_EQUAL(world.events[CONTROLLER_BLOCK], events + 1);
	CU_ASSERT_EQUAL(block_word(0x04), 43);

	/* a reset of the card: both are 0 again, and the first number is served again */
	bus_mailbox_reset(&world.bus);
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.bus.done, 0);
	CU_ASSERT_EQUAL(block_word(0x04), 0);
	world.number = 42;
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);
}

/* The controller is restarted with a request in the window: the host gives it up. */
static void test_restart(void)
{
	begin();
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);
	put(1, 0, NULL, 0);
	firmware_start();
	for (unsigned int i = 0; i < 100; i++, world.now += 10 * MS)
		controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.bus.done, world.number - 1);
	CU_ASSERT_EQUAL(get().length, 0);
	/* the next one has the window to itself */
	CU_ASSERT_EQUAL(ask(1, 0, NULL, 0).status, 0);
}

/* --- the ops --- */

static void test_mapping(void)
{
	unsigned int valid = 0;
	struct reply reply;

	begin();
	reply = ask(10, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.status, 0);
	CU_ASSERT_EQUAL(reply.arg, 0);
	CU_ASSERT_EQUAL(reply.length, 1);
	CU_ASSERT_EQUAL(reply.payload[0], 0);

	CU_ASSERT_EQUAL(ask(9, 2, NULL, 0).status, 0);
	reply = ask(10, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.arg, 2);
	CU_ASSERT_EQUAL(reply.payload[0], 0);

	/* of 256 orders, 24 have each part once */
	for (unsigned int order = 0; order < 256; order++) {
		uint8_t byte = order;
		unsigned int seen = 1u << (order & 3) | 1u << (order >> 2 & 3) |
				    1u << (order >> 4 & 3) | 1u << order / 64;
		struct reply before = ask(10, 0, NULL, 0);

		reply = ask(9, 1, &byte, 1);
		CU_ASSERT_EQUAL(reply.status, seen == 15 ? 0 : 2);
		valid += !reply.status;
		reply = ask(10, 0, NULL, 0);
		CU_ASSERT_EQUAL(reply.payload[0], seen == 15 ? order : before.payload[0]);
		CU_ASSERT_EQUAL(reply.arg, seen == 15 ? 1 : before.arg);
	}
	CU_ASSERT_EQUAL(valid, 24);
	for (unsigned int arg = 3; arg < 65536; arg = 2 * arg + 1)
		CU_ASSERT_EQUAL(ask(9, arg, NULL, 0).status, 2);
	CU_ASSERT_EQUAL(ask(10, 0, NULL, 0).arg, 1);

	/* back to what the links say, and the quad link's block says who decided */
	CU_ASSERT_EQUAL(world.controller.published[4].flags & 0x20, 0x20);
	CU_ASSERT_EQUAL(ask(9, 0, NULL, 0).status, 0);
	reply = ask(10, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.arg, 0);
	CU_ASSERT_EQUAL(reply.payload[0], 0);
	CU_ASSERT_EQUAL(world.controller.published[4].flags & 0x20, 0);
}

static void sums(uint8_t *edid, unsigned int blocks)
{
	for (unsigned int i = 0; i < blocks; i++) {
		uint8_t sum = 0;

		for (unsigned int k = 0; k < 127; k++)
			sum += edid[128 * i + k];
		edid[128 * i + 127] = -sum;
	}
}

static void test_edid(void)
{
	static const uint8_t header[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	uint32_t count;
	struct reply reply;
	uint8_t edid[640];

	begin();
	memset(edid, 0, sizeof(edid));
	memcpy(edid, header, sizeof(header));
	edid[18] = 1;
	edid[19] = 3;
	sums(edid, 1);
	count = block_word(0x14);
	CU_ASSERT_EQUAL(ask(3, 0, edid, 128).status, 0);
	CU_ASSERT_EQUAL(block_word(0x14), count + 1);
	reply = ask(2, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.length, 128);
	CU_ASSERT_EQUAL(memcmp(reply.payload, edid, 128), 0);

	/* three blocks, as HDMI 2.1 sinks have them */
	edid[126] = 2;
	edid[128] = 2;
	edid[256] = 2;
	sums(edid, 3);
	CU_ASSERT_EQUAL(ask(3, 0, edid, 384).status, 0);
	CU_ASSERT_EQUAL(ask(2, 0, NULL, 0).length, 384);

	/* refused, and nothing has changed */
	count = block_word(0x14);
	edid[300]++;
	CU_ASSERT_EQUAL(ask(3, 0, edid, 384).status, 3);
	CU_ASSERT_EQUAL(ask(3, 0, edid, 383).status, 2);
	CU_ASSERT_EQUAL(ask(3, 0, edid, 640).status, 5);
	CU_ASSERT_EQUAL(ask(2, 0, NULL, 0).length, 384);
	CU_ASSERT_EQUAL(block_word(0x14), count);

	/* none */
	CU_ASSERT_EQUAL(ask(3, 0, NULL, 0).status, 0);
	CU_ASSERT_EQUAL(ask(2, 0, NULL, 0).length, 0);
	CU_ASSERT_EQUAL(block_word(0x14), count + 1);

	/* it is the receiver's, and outlives the firmware; the count goes on */
	edid[300]--;
	CU_ASSERT_EQUAL(ask(3, 0, edid, 384).status, 0);
	firmware_start();
	reply = ask(2, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.length, 384);
	CU_ASSERT_EQUAL(memcmp(reply.payload, edid, 384), 0);
	CU_ASSERT(block_word(0x14) >= count + 2);
}

/* STANDBY from 4 to 0. What becomes of it is an event. */
static void test_cec(void)
{
	static const uint8_t config[4] = { 0x10, 0x00, 1, 0 };
	uint8_t message[32] = { [0x0a] = 1, [0x0b] = 5, [0x0c] = 2, [0x10] = 0x40, [0x11] = 0x36 };
	struct reply reply;

	begin();
	CU_ASSERT_EQUAL(ask(4, 0, config, 4).status, 0);
	CU_ASSERT_EQUAL(world.hdmi[0x034 / 4], 0x10010);
	reply = ask(6, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.status, 0);
	CU_ASSERT_EQUAL(reply.length, 0);
	CU_ASSERT_EQUAL(ask(5, 0, message, 32).status, 0);
	CU_ASSERT_EQUAL(world.hdmi[0x03c / 4], 5 << 8 | 2);
	CU_ASSERT_EQUAL(world.hdmi[0x050 / 4] & 0xffff, 0x3640);
	/* 17 bytes are no message */
	message[0x0c] = 17;
	CU_ASSERT_EQUAL(ask(5, 0, message, 32).status, 2);
}

static void test_infoframes(void)
{
	/* an AVI InfoFrame of 13 bytes as it lies in its slot */
	static const uint8_t avi[17] = { 0x82, 2, 13, 0x57, 0x10, 0xa8, 0, 16 };
	uint32_t generation, logged;
	uint64_t since;
	struct reply reply;

	begin();
	reply = ask(7, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.status, 0);
	CU_ASSERT_EQUAL(reply.length, 0);
	world.hdmi[0x000 / 4] = 0x13;	/* +5 V, a carrier, data islands */
	memcpy(&world.hdmi[0x400 / 4], avi, sizeof(avi));
	world.hdmi[0x01c / 4] = 1;
	world.hdmi[0x020 / 4] = 1;
	controller_poll(&world.controller);
	reply = ask(7, 0, NULL, 0);
	CU_ASSERT_EQUAL(reply.length, 1 + 17);
	CU_ASSERT_EQUAL(reply.payload[0], 17);
	CU_ASSERT_EQUAL(memcmp(reply.payload + 1, avi, 17), 0);

	/* dynamic metadata changes with every frame: each is an event, none another signal */
	world.now += 200 * MS;		/* hot-plug has gone high */
	controller_poll(&world.controller);
	generation = world.controller.published[5].generation;
	logged = world.controller.log.count;
	since = world.controller.published[5].since_ns;
	for (unsigned int i = 0; i < 300; i++) {
		world.now += 16 * MS;
		world.hdmi[0x020 / 4]++;
		controller_poll(&world.controller);
	}
	CU_ASSERT_EQUAL(world.controller.published[5].generation, generation + 300);
	CU_ASSERT_EQUAL(world.controller.log.count, logged);
	CU_ASSERT_EQUAL(world.controller.published[5].since_ns, since);
	/* what else changes is */
	world.hdmi[0x020 / 4]++;
	world.hdmi[0x000 / 4] = 0x11;
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.controller.log.count, logged + 1);
	CU_ASSERT_EQUAL(world.controller.published[5].since_ns, world.now);
}

/* --- the log --- */

static struct reply log_from(uint32_t first)
{
	struct reply reply = ask(8, 0, &first, 4);

	CU_ASSERT_EQUAL(reply.status, 0);
	CU_ASSERT_EQUAL(reply.length % 24, 0);
	return reply;
}

static uint32_t word_at(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void test_log(void)
{
	struct reply reply;
	uint32_t count;
	uint8_t order = 0xe4;

	begin();
	reply = log_from(0);
	/* the first is the start, of version 1.1.0, the first since power-up */
	CU_ASSERT(reply.length >= 24);
	CU_ASSERT_EQUAL(word_at(reply.payload), 1000 * MS);
	CU_ASSERT_EQUAL(word_at(reply.payload + 8), 0);
	CU_ASSERT_EQUAL(reply.payload[0x0c], 0xff);
	CU_ASSERT_EQUAL(reply.payload[0x0d], 1);
	CU_ASSERT_EQUAL(word_at(reply.payload + 0x10), 0x01010000);
	CU_ASSERT_EQUAL(word_at(reply.payload + 0x14), 0);

	/* a carrier on all links: POWER and SIGNAL of each, with state UNSTABLE */
	count = world.controller.log.count;
	CU_ASSERT_EQUAL(log_from(count).length, 0);
	CU_ASSERT_EQUAL(log_from(count + 1).length, 0);
	CU_ASSERT_EQUAL(log_from(0xffffffff).length, 0);
	world.status = 1;
	controller_poll(&world.controller);
	reply = log_from(count);
	CU_ASSERT(reply.length >= 9 * 24);
	for (unsigned int i = 0; i < 4; i++) {
		const uint8_t *power = reply.payload + 24 * i, *signal = power + 4 * 24;

		CU_ASSERT_EQUAL(power[0x0c], i);
		CU_ASSERT_EQUAL(power[0x0d], 4);
		CU_ASSERT_EQUAL(word_at(power + 0x10), 1);
		CU_ASSERT_EQUAL(signal[0x0c], i);
		CU_ASSERT_EQUAL(signal[0x0d], 2);
		/* state 1, no reason, flag POWER; no rate */
		CU_ASSERT_EQUAL(word_at(signal + 0x10), 0x010001);
		CU_ASSERT_EQUAL(word_at(signal + 0x14), 0);
	}

	/* by hand */
	count = world.controller.log.count;
	CU_ASSERT_EQUAL(ask(9, 2, &order, 1).status, 0);
	reply = log_from(count);
	CU_ASSERT_EQUAL(reply.payload[0x0c], 4);
	CU_ASSERT_EQUAL(reply.payload[0x0d], 9);
	CU_ASSERT_EQUAL(word_at(reply.payload + 0x10), 2);
	CU_ASSERT_EQUAL(word_at(reply.payload + 0x14), 0xe4);
}

/* 256 are kept; 42 fit into a reply. */
static void test_log_runs_over(void)
{
	struct log *log = &world.controller.log;
	struct reply reply;
	uint32_t next = 0;

	begin();
	while (log->count < 1000)
		log_add(log, log->count, 0xff, 10, log->count, ~log->count);
	reply = log_from(0);
	CU_ASSERT_EQUAL(reply.length, 42 * 24);
	CU_ASSERT_EQUAL(word_at(reply.payload + 8), 1000 - 256);
	for (next = 1000 - 256; next < 1000;) {
		reply = log_from(next);
		CU_ASSERT_FATAL(reply.length > 0);
		for (unsigned int at = 0; at < reply.length; at += 24, next++) {
			CU_ASSERT_EQUAL(word_at(reply.payload + at + 8), next);
			CU_ASSERT_EQUAL(word_at(reply.payload + at + 0x14), ~next);
		}
	}
	CU_ASSERT_EQUAL(next, 1000);
	/* the count is told, a second later at most, without an event */
	world.now += 1001 * MS;
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(block_word(0x0c), world.controller.log.count);
}

/* --- the controller block --- */

static void test_block(void)
{
	unsigned int published, events;

	begin();
	CU_ASSERT_EQUAL(world.published[CONTROLLER_BLOCK], 1);
	CU_ASSERT_EQUAL(world.events[CONTROLLER_BLOCK], 1);
	CU_ASSERT_EQUAL(block_word(0x08), 0x01010000);
	CU_ASSERT_EQUAL(block_word(0x18), 0);
	CU_ASSERT_EQUAL(block_word(0x1c), 0);
	for (unsigned int at = 0x20; at < 128; at += 4)
		CU_ASSERT_EQUAL(block_word(at), 0);

	/* when nothing happens it is not written again */
	for (unsigned int i = 0; i < 200; i++, world.now += 10 * MS)
		controller_poll(&world.controller);
	published = world.published[CONTROLLER_BLOCK];
	events = world.events[CONTROLLER_BLOCK];
	for (unsigned int i = 0; i < 200; i++, world.now += 10 * MS)
		controller_poll(&world.controller);
	CU_ASSERT_EQUAL(world.published[CONTROLLER_BLOCK], published);

	/* the stack is news, but not urgent */
	world.controller.stack_bytes = 1234;
	controller_poll(&world.controller);
	CU_ASSERT_EQUAL(block_word(0x1c), 1234);
	CU_ASSERT_EQUAL(world.events[CONTROLLER_BLOCK], events);

	/* a restart is */
	firmware_start();
	CU_ASSERT_EQUAL(block_word(0x18), 1);
	CU_ASSERT_EQUAL(world.events[CONTROLLER_BLOCK], events + 1);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "identify", test_identify },
		{ "unknown ops", test_unknown },
		{ "lengths", test_lengths },
		{ "numbers", test_numbers },
		{ "restart", test_restart },
		{ "mapping", test_mapping },
		{ "edid", test_edid },
		{ "cec", test_cec },
		{ "infoframes", test_infoframes },
		{ "log", test_log },
		{ "log runs over", test_log_runs_over },
		{ "controller block", test_block },
		CU_TEST_INFO_NULL,
	};

	return unit_run("mailbox", tests);
}
