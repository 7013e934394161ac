// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's judgement of signals, from receiver registers to published signal
 * blocks: every raster and rate, settling, what is unsupported and why, four links as one picture,
 * and what is published when.
 *
 * Expected numbers are written from the standards (ST 296, 274, 425, 2081, 2082, 2036-1) and from
 * docs/hardware.md.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "unit.h"

#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

#define MS 1000000ULL
#define FRACTIONAL (-999001)
#define QUAD KINORA_CONN_SDI_QUAD

/* --- a card made of eight numbers a link --- */

struct world {
	struct bus bus;
	struct controller_hal hal;
	struct controller controller;
	uint64_t now;
	uint64_t wanted;			/* by the last poll */
	struct detect_sample rx[KINORA_RX_LINKS];
	struct kinora_signal last[CONTROLLER_CONNECTORS];
	unsigned int published[CONTROLLER_CONNECTORS];
	unsigned int changed[CONTROLLER_CONNECTORS];
};

static uint32_t world_receiver(void *opaque, unsigned int link, unsigned int reg)
{
	const struct world *world = opaque;
	const struct detect_sample *rx = &world->rx[link];

	switch (reg) {
	case 0x00: return rx->status;
	case 0x04: return rx->words;
	case 0x08: return rx->lines;
	case 0x0c: return rx->ppb;
	case 0x10: return rx->payload;
	case 0x14: return rx->skew_ns;
	case 0x18: return rx->crc_errors;
	case 0x1c: return rx->lock_losses;
	}
	CU_FAIL("a register that is not there");
	return 0;
}

static uint64_t world_time(void *opaque)
{
	return ((struct world *)opaque)->now;
}

static void world_publish(void *opaque, unsigned int block, bool changed)
{
	struct world *world = opaque;
	struct kinora_signal signal;
	uint32_t before;

	if (block >= CONTROLLER_CONNECTORS)
		return;
	bus_block(&world->bus, block, &signal);
	before = world->last[block].generation;
	CU_ASSERT_EQUAL(signal.generation, before + changed);
	CU_ASSERT_EQUAL(signal.since_ns, changed ? world->now : world->last[block].since_ns);
	world->last[block] = signal;
	world->published[block]++;
	world->changed[block] += changed;
}

static const struct bus_ops world_ops = {
	.receiver_read = world_receiver, .time_ns = world_time, .publish = world_publish,
};

static void poll_now(struct world *world)
{
	world->wanted = controller_poll(&world->controller);
	CU_ASSERT_TRUE(world->wanted > world->now);
	CU_ASSERT_TRUE(world->wanted <= world->now + CONTROLLER_POLL_NS);
}

/* Poll now and then whenever the controller wants, for so long. */
static void run(struct world *world, uint64_t ns)
{
	uint64_t end = world->now + ns;
	unsigned int polls = 0;

	poll_now(world);
	while (world->wanted <= end) {
		world->now = world->wanted;
		poll_now(world);
		/* every 10 ms, and a few times when something waits: never a busy loop */
		if (++polls > ns / (10 * MS) + 20)
			CU_FAIL_FATAL("the controller wants to be polled all the time");
	}
	world->now = end;
}

static struct world *world_init(void)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.now = 1000 * MS;
	bus_init(&world.bus, &world_ops, &world);
	bus_start(&world.bus);
	world.hal = bus_hal(&world.bus);
	controller_init(&world.controller, &world.hal);
	return &world;
}

static void lock(struct world *world, unsigned int link, unsigned int rate, uint32_t words,
		 uint32_t lines, bool interlaced, int32_t ppb, uint32_t payload)
{
	struct detect_sample *rx = &world->rx[link];

	rx->status = 0x3 | interlaced << 2 | (payload != 0) << 3 | rate << 8;
	rx->words = words;
	rx->lines = lines;
	rx->ppb = ppb;
	rx->payload = payload;
}

static void mapping_set(struct world *world, uint8_t mapping)
{
	world->controller.detect.mapping = mapping;
}

/* 4320p50 HLG BT.2020 as it arrives. */
static void lock_8k50(struct world *world)
{
	for (unsigned int i = 0; i < 4; i++)
		lock(world, i, KINORA_RX_RATE_12G, 2640, 1125, false, 0,
		     ID(0xd2, 0xd9, 0xa0, 0x01 | i << 5));
}

static void check_quad(struct world *world, unsigned int state, unsigned int reason)
{
	run(world, 100 * MS);
	CU_ASSERT_EQUAL(world->last[QUAD].state, state);
	CU_ASSERT_EQUAL(world->last[QUAD].reason, reason);
	if (state != KINORA_SIGNAL_LOCKED) {
		CU_ASSERT_EQUAL(world->last[QUAD].width, 0);
		CU_ASSERT_EQUAL(world->last[QUAD].rate_num, 0);
		CU_ASSERT_EQUAL(world->last[QUAD].pixelclock, 0);
	}
}

/* --- rasters --- */

struct row {
	const char *name;
	unsigned int rate;
	uint32_t words, lines;
	bool interlaced;
	int32_t ppb;
	uint16_t width, height, htotal, vtotal;
	uint32_t num, den;
	uint64_t pixelclock;
	uint8_t interface;
};

#define HD_ROW(n, w, l, i, ppb, x, y, num, den, clock) \
	{ n, 1, w, l, i, ppb, x, y, w, l, num, den, clock, 1 }

static const struct row singles[] = {
	HD_ROW("720p23.98", 4125, 750, false, FRACTIONAL, 1280, 720, 24000, 1001, 74175824),
	HD_ROW("720p24", 4125, 750, false, 0, 1280, 720, 24, 1, 74250000),
	HD_ROW("720p25", 3960, 750, false, 0, 1280, 720, 25, 1, 74250000),
	HD_ROW("720p29.97", 3300, 750, false, FRACTIONAL, 1280, 720, 30000, 1001, 74175824),
	HD_ROW("720p30", 3300, 750, false, 0, 1280, 720, 30, 1, 74250000),
	HD_ROW("720p50", 1980, 750, false, 0, 1280, 720, 50, 1, 74250000),
	HD_ROW("720p59.94", 1650, 750, false, FRACTIONAL, 1280, 720, 60000, 1001, 74175824),
	HD_ROW("720p60", 1650, 750, false, 0, 1280, 720, 60, 1, 74250000),
	HD_ROW("1080p23.98", 2750, 1125, false, FRACTIONAL, 1920, 1080, 24000, 1001, 74175824),
	HD_ROW("1080p24", 2750, 1125, false, 0, 1920, 1080, 24, 1, 74250000),
	HD_ROW("1080p25", 2640, 1125, false, 0, 1920, 1080, 25, 1, 74250000),
	HD_ROW("1080p29.97", 2200, 1125, false, FRACTIONAL, 1920, 1080, 30000, 1001, 74175824),
	HD_ROW("1080p30", 2200, 1125, false, 0, 1920, 1080, 30, 1, 74250000),
	HD_ROW("1080i50", 2640, 1125, true, 0, 1920, 1080, 25, 1, 74250000),
	HD_ROW("1080i59.94", 2200, 1125, true, FRACTIONAL, 1920, 1080, 30000, 1001, 74175824),
	HD_ROW("1080i60", 2200, 1125, true, 0, 1920, 1080, 30, 1, 74250000),
	{ "1080p47.95", 2, 2750, 1125, false, FRACTIONAL, 1920, 1080, 2750, 1125, 48000, 1001,
	  148351648, 2 },
	{ "1080p48", 2, 2750, 1125, false, 0, 1920, 1080, 2750, 1125, 48, 1, 148500000, 2 },
	{ "1080p50", 2, 2640, 1125, false, 0, 1920, 1080, 2640, 1125, 50, 1, 148500000, 2 },
	{ "1080p59.94", 2, 2200, 1125, false, FRACTIONAL, 1920, 1080, 2200, 1125, 60000, 1001,
	  148351648, 2 },
	{ "1080p60", 2, 2200, 1125, false, 0, 1920, 1080, 2200, 1125, 60, 1, 148500000, 2 },
	{ "1080p47.95 B", 3, 2750, 1125, true, FRACTIONAL, 1920, 1080, 2750, 1125, 48000, 1001,
	  148351648, 3 },
	{ "1080p50 B", 3, 2640, 1125, true, 0, 1920, 1080, 2640, 1125, 50, 1, 148500000, 3 },
	{ "1080p59.94 B", 3, 2200, 1125, true, FRACTIONAL, 1920, 1080, 2200, 1125, 60000, 1001,
	  148351648, 3 },
	{ "1080p60 B", 3, 2200, 1125, true, 0, 1920, 1080, 2200, 1125, 60, 1, 148500000, 3 },
	/* the first of two */
	{ "1080p25 B", 3, 2640, 1125, false, 0, 1920, 1080, 2640, 1125, 25, 1, 74250000, 3 },
	{ "1080p29.97 B", 3, 2200, 1125, false, FRACTIONAL, 1920, 1080, 2200, 1125, 30000, 1001,
	  74175824, 3 },
	{ "720p50 B", 3, 1980, 750, false, 0, 1280, 720, 1980, 750, 50, 1, 74250000, 3 },
	{ "720p60 B", 3, 1650, 750, false, 0, 1280, 720, 1650, 750, 60, 1, 74250000, 3 },
	{ "1080p100", 4, 1320, 1125, false, 0, 1920, 1080, 2640, 1125, 100, 1, 297000000, 4 },
	{ "1080p119.88", 4, 1100, 1125, false, FRACTIONAL, 1920, 1080, 2200, 1125, 120000, 1001,
	  296703297, 4 },
	{ "1080p120", 4, 1100, 1125, false, 0, 1920, 1080, 2200, 1125, 120, 1, 297000000, 4 },
	{ "2160p23.98", 4, 5500, 1125, false, FRACTIONAL, 3840, 2160, 5500, 2250, 24000, 1001,
	  296703297, 4 },
	{ "2160p24", 4, 5500, 1125, false, 0, 3840, 2160, 5500, 2250, 24, 1, 297000000, 4 },
	{ "2160p25", 4, 5280, 1125, false, 0, 3840, 2160, 5280, 2250, 25, 1, 297000000, 4 },
	{ "2160p29.97", 4, 4400, 1125, false, FRACTIONAL, 3840, 2160, 4400, 2250, 30000, 1001,
	  296703297, 4 },
	{ "2160p30", 4, 4400, 1125, false, 0, 3840, 2160, 4400, 2250, 30, 1, 297000000, 4 },
	{ "2160p47.95", 5, 2750, 1125, false, FRACTIONAL, 3840, 2160, 5500, 2250, 48000, 1001,
	  593406593, 5 },
	{ "2160p48", 5, 2750, 1125, false, 0, 3840, 2160, 5500, 2250, 48, 1, 594000000, 5 },
	{ "2160p50", 5, 2640, 1125, false, 0, 3840, 2160, 5280, 2250, 50, 1, 594000000, 5 },
	{ "2160p59.94", 5, 2200, 1125, false, FRACTIONAL, 3840, 2160, 4400, 2250, 60000, 1001,
	  593406593, 5 },
	{ "2160p60", 5, 2200, 1125, false, 0, 3840, 2160, 4400, 2250, 60, 1, 594000000, 5 },
	{ "2160p100", 6, 2640, 1125, false, 0, 3840, 2160, 5280, 2250, 100, 1, 1188000000, 11 },
	{ "2160p119.88", 6, 2200, 1125, false, FRACTIONAL, 3840, 2160, 4400, 2250, 120000, 1001,
	  1186813187, 11 },
	{ "2160p120", 6, 2200, 1125, false, 0, 3840, 2160, 4400, 2250, 120, 1, 1188000000, 11 },
};

static const struct row quads[] = {
	/* each link's two streams take turns with the lines of its quarter */
	{ "2160p50 B", 3, 2640, 1125, true, 0, 3840, 2160, 5280, 2250, 50, 1, 594000000, 6 },
	{ "2160p59.94 B", 3, 2200, 1125, true, FRACTIONAL, 3840, 2160, 4400, 2250, 60000, 1001,
	  593406593, 6 },
	{ "2160p100", 4, 1320, 1125, false, 0, 3840, 2160, 5280, 2250, 100, 1, 1188000000, 7 },
	{ "2160p119.88", 4, 1100, 1125, false, FRACTIONAL, 3840, 2160, 4400, 2250, 120000, 1001,
	  1186813187, 7 },
	{ "2160p120", 4, 1100, 1125, false, 0, 3840, 2160, 4400, 2250, 120, 1, 1188000000, 7 },
	{ "2160p59.94", 2, 2200, 1125, false, FRACTIONAL, 3840, 2160, 4400, 2250, 60000, 1001,
	  593406593, 6 },
	{ "2160p50", 2, 2640, 1125, false, 0, 3840, 2160, 5280, 2250, 50, 1, 594000000, 6 },
	{ "4320p23.98", 4, 5500, 1125, false, FRACTIONAL, 7680, 4320, 11000, 4500, 24000, 1001,
	  1186813187, 7 },
	{ "4320p24", 4, 5500, 1125, false, 0, 7680, 4320, 11000, 4500, 24, 1, 1188000000, 7 },
	{ "4320p25", 4, 5280, 1125, false, 0, 7680, 4320, 10560, 4500, 25, 1, 1188000000, 7 },
	{ "4320p29.97", 4, 4400, 1125, false, FRACTIONAL, 7680, 4320, 8800, 4500, 30000, 1001,
	  1186813187, 7 },
	{ "4320p30", 4, 4400, 1125, false, 0, 7680, 4320, 8800, 4500, 30, 1, 1188000000, 7 },
	{ "4320p47.95", 5, 2750, 1125, false, FRACTIONAL, 7680, 4320, 11000, 4500, 48000, 1001,
	  2373626374, 8 },
	{ "4320p48", 5, 2750, 1125, false, 0, 7680, 4320, 11000, 4500, 48, 1, 2376000000, 8 },
	{ "4320p50", 5, 2640, 1125, false, 0, 7680, 4320, 10560, 4500, 50, 1, 2376000000, 8 },
	{ "4320p59.94", 5, 2200, 1125, false, FRACTIONAL, 7680, 4320, 8800, 4500, 60000, 1001,
	  2373626374, 8 },
	{ "4320p60", 5, 2200, 1125, false, 0, 7680, 4320, 8800, 4500, 60, 1, 2376000000, 8 },
	{ "4320p100", 6, 2640, 1125, false, 0, 7680, 4320, 10560, 4500, 100, 1, 4752000000, 12 },
	{ "4320p119.88", 6, 2200, 1125, false, FRACTIONAL, 7680, 4320, 8800, 4500, 120000, 1001,
	  4747252747, 12 },
	{ "4320p120", 6, 2200, 1125, false, 0, 7680, 4320, 8800, 4500, 120, 1, 4752000000, 12 },
};

static void check_row(const struct kinora_signal *s, const struct row *row, int32_t off)
{
	unsigned int before = CU_get_number_of_failures();

	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->interface, row->interface);
	/* level B: F toggles for a progressive picture, unless there are two */
	CU_ASSERT_EQUAL(s->scan, row->interlaced && row->rate != 3 ? KINORA_SCAN_INTERLACED : 0);
	CU_ASSERT_EQUAL(s->width, row->width);
	CU_ASSERT_EQUAL(s->height, row->height);
	CU_ASSERT_EQUAL(s->htotal, row->htotal);
	CU_ASSERT_EQUAL(s->vtotal, row->vtotal);
	CU_ASSERT_EQUAL(s->rate_num, row->num);
	CU_ASSERT_EQUAL(s->rate_den, row->den);
	CU_ASSERT_EQUAL(s->pixelclock, row->pixelclock);
	CU_ASSERT_EQUAL((int32_t)s->clock_ppb, off);
	/*
	 * the columns above agree with each other: the clock is what the totals and the rate make
	 */
	CU_ASSERT_EQUAL((2 * (uint64_t)row->htotal * row->vtotal * row->num + row->den) /
			(2 * row->den), row->pixelclock);
	if (CU_get_number_of_failures() != before)
		fprintf(stderr, "in row %s\n", row->name);
}

static void test_single_rows(void)
{
	/* off: inside what the family takes, beyond what sources do */
	static const int32_t offs[] = { 0, 12000, -12000, 400000, -400000 };

	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		for (size_t o = 0; o < sizeof(offs) / sizeof(offs[0]); o++)
			for (unsigned int link = 0; link < 4; link++) {
				const struct row *row = &singles[i];
				struct world *world = world_init();

				lock(world, link, row->rate, row->words, row->lines,
				     row->interlaced, row->ppb + offs[o], 0);
				run(world, 100 * MS);
				check_row(&world->last[link], row, offs[o]);
				CU_ASSERT_EQUAL(world->last[link].links, 1 << link);
				CU_ASSERT_EQUAL(world->last[link].mapping, KINORA_MAPPING_SINGLE);
			}
}

static void test_quad_rows(void)
{
	static const uint8_t codes[7] = { 0, 0, 0x97, 0x98, 0xc4, 0xd2, 0xe3 };

	for (size_t i = 0; i < sizeof(quads) / sizeof(quads[0]); i++) {
		const struct row *row = &quads[i];
		uint8_t code = row->rate == 4 && row->height == 2160 ? 0xc5 : codes[row->rate];
		struct world *world = world_init();

		for (unsigned int link = 0; link < 4; link++)
			lock(world, link, row->rate, row->words, row->lines, row->interlaced,
			     row->ppb - 7000, ID(code, 0xc0, 0x80, 0x01 | link << 5));
		run(world, 100 * MS);
		check_row(&world->last[QUAD], row, -7000);
		CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_2SI);
		CU_ASSERT_EQUAL(world->last[QUAD].links, 0xf);
		/* each link is a picture of its own on its connector */
		for (unsigned int link = 0; link < 4; link++) {
			const struct kinora_signal *s = &world->last[link];

			CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
			CU_ASSERT_EQUAL(s->mapping, KINORA_MAPPING_SINGLE);
			CU_ASSERT_EQUAL(s->width, row->width / 2);
			CU_ASSERT_EQUAL(s->height, row->height / 2);
			CU_ASSERT_EQUAL(s->rate_num, row->num);
			CU_ASSERT_EQUAL(s->payload_id[0], world->rx[link].payload);
			CU_ASSERT_EQUAL(s->payload_id[1], 0);
		}
	}
}

/* The block that docs/hardware.md, "Vectors", prints; counts and time are the document's own. */
static void test_document_block(void)
{
	static const uint8_t want[128] = {
		0x09, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
		0x00, 0x94, 0x35, 0x77, 0x00, 0x00, 0x00, 0x00,
		0x06, 0xaa, 0x7a, 0x8d, 0x00, 0x00, 0x00, 0x00,
		0x60, 0xea, 0x00, 0x00, 0xe9, 0x03, 0x00, 0x00,
		0x00, 0x1e, 0xe0, 0x10, 0x60, 0x22, 0x94, 0x11,
		0x03, 0x08, 0x01, 0x00, 0x02, 0x01, 0x00, 0x00,
		0x0a, 0x00, 0x0f, 0x00, 0x00, 0x00, 0x00, 0x00,
		0xd2, 0xda, 0xa0, 0x01, 0xd2, 0xda, 0xa0, 0x21,
		0xd2, 0xda, 0xa0, 0x41, 0xd2, 0xda, 0xa0, 0x61,
		[0x6c] = 0x01, [0x70] = 0xe4, [0x7c] = 0x09,
	};
	struct world *world = world_init();
	struct kinora_signal block;

	for (unsigned int i = 0; i < 4; i++)
		lock(world, i, KINORA_RX_RATE_12G, 2200, 1125, false, FRACTIONAL,
		     ID(0xd2, 0xda, 0xa0, 0x01 | i << 5));
	run(world, 100 * MS);
	block = world->last[QUAD];
	block.seq_begin = 9;
	block.seq_end = 9;
	block.generation = 7;
	block.since_ns = 2000000000;
	CU_ASSERT_EQUAL(memcmp(&block, want, sizeof(block)), 0);
}

static void test_not_a_raster(void)
{
	static const struct {
		unsigned int rate;
		uint32_t words, lines;
		bool interlaced;
		int32_t ppb;
	} rows[] = {
		{ 1, 2199, 1125, false, 0 }, { 1, 2200, 1124, false, 0 }, { 1, 0, 0, false, 0 },
		{ 1, 2200 + 65536, 1125, false, 0 }, { 1, 2200, 1125 + 65536, false, 0 },
		{ 1, 0xffffffff, 0xffffffff, true, INT32_MIN },
		{ 1, 1650, 750, true, 0 },		/* no interlaced 720 */
		{ 2, 2200, 1125, true, 0 },		/* no interlaced level A */
		{ 3, 2750, 750, true, 0 },
		{ 0, 2200, 1125, false, 0 }, { 7, 2200, 1125, false, 0 },
		{ 5, 2200, 1125, false, 400001 },	/* neither family */
		{ 5, 2200, 1125, false, -400001 }, { 5, 2200, 1125, false, -599000 },
		{ 5, 2200, 1125, false, -1399002 }, { 5, 2200, 1125, false, INT32_MAX },
		{ 5, 2640, 1125, false, FRACTIONAL },	/* 50 Hz has no 1/1.001 */
		{ 4, 5280, 1125, false, FRACTIONAL }, { 1, 2640, 1125, true, FRACTIONAL },
		{ 6, 2640, 1125, false, FRACTIONAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = world_init();
		const struct kinora_signal *s = &world->last[2];

		lock(world, 2, rows[i].rate, rows[i].words, rows[i].lines, rows[i].interlaced,
		     rows[i].ppb, ID(0xce, 0xcb, 0x80, 0x01));
		run(world, 100 * MS);
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSUPPORTED);
		CU_ASSERT_EQUAL(s->reason, KINORA_REASON_RASTER);
		CU_ASSERT_EQUAL(s->payload_id[0], ID(0xce, 0xcb, 0x80, 0x01));
		CU_ASSERT_EQUAL(s->links, 1 << 2);
		CU_ASSERT_EQUAL(s->width, 0);
		CU_ASSERT_EQUAL(s->rate_num, 0);
		CU_ASSERT_EQUAL(s->clock_ppb, 0);
	}
}

/* --- what the payload id may say --- */

static const struct kinora_signal *see(struct world *world, unsigned int rate, uint32_t words,
				       bool interlaced, int32_t ppb, uint32_t payload)
{
	lock(world, 0, rate, words, 1125, interlaced, ppb, payload);
	run(world, 100 * MS);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_LOCKED);
	return &world->last[0];
}

static void test_colours(void)
{
	const struct kinora_signal *s = see(world_init(), 5, 2640, false, 0,
					    ID(0xce, 0xd9, 0xa0, 0x01));

	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_HLG);
	CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_2020);
	CU_ASSERT_EQUAL(s->range, KINORA_RANGE_NARROW);
	CU_ASSERT_EQUAL(s->sampling, KINORA_SAMPLING_422);
	CU_ASSERT_EQUAL(s->depth, 10);

	s = see(world_init(), 5, 2640, false, 0, ID(0xce, 0xe9, 0xa3, 0x00));
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_PQ);
	CU_ASSERT_EQUAL(s->range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(s->sampling, KINORA_SAMPLING_420);

	/* ST 292-1: split colorimetry, 8 bits */
	s = see(world_init(), 1, 2640, true, 0, ID(0x85, 0x15, 0xa0, 0x00));
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_HLG);
	CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_2020);
	CU_ASSERT_EQUAL(s->depth, 8);
	CU_ASSERT_EQUAL(s->scan, KINORA_SCAN_INTERLACED);

	/* none */
	s = see(world_init(), 5, 2640, false, 0, 0);
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_UNSPECIFIED);
	CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_UNKNOWN);
	CU_ASSERT_EQUAL(s->depth, 10);
	CU_ASSERT_EQUAL(s->payload_id[0], 0);
}

static void test_psf(void)
{
	/* 1080psf25: interlaced transport, progressive picture */
	CU_ASSERT_EQUAL(see(world_init(), 1, 2640, true, 0, ID(0x85, 0x45, 0x20, 0x01))->scan,
			KINORA_SCAN_INTERLACED | KINORA_SCAN_PSF);
	/* at 24 Hz also without an id */
	CU_ASSERT_EQUAL(see(world_init(), 1, 2750, true, 0, 0)->scan,
			KINORA_SCAN_INTERLACED | KINORA_SCAN_PSF);
	/* the id alone makes nothing interlaced */
	CU_ASSERT_EQUAL(see(world_init(), 1, 2640, false, 0, ID(0x85, 0x05, 0x20, 0x01))->scan, 0);
}

static void test_family_by_clock_only(void)
{
	/* every rate code on a 60 Hz raster, by both clocks; E and F are read in two ways */
	for (unsigned int code = 0; code < 16; code++) {
		const struct kinora_signal *s;

		s = see(world_init(), 5, 2200, false, 9000, ID(0xce, 0xc0 | code, 0x80, 0x01));
		CU_ASSERT_EQUAL(s->rate_num, 60);
		CU_ASSERT_EQUAL(s->rate_den, 1);
		CU_ASSERT_EQUAL(s->clock_ppb, 9000);
		s = see(world_init(), 5, 2200, false, FRACTIONAL,
			ID(0xce, 0xc0 | code, 0x80, 0x01));
		CU_ASSERT_EQUAL(s->rate_num, 60000);
		CU_ASSERT_EQUAL(s->rate_den, 1001);
		s = see(world_init(), 6, 2200, false, FRACTIONAL,
			ID(0xe0, 0xc0 | code, 0x80, 0x01));
		CU_ASSERT_EQUAL(s->rate_num, 120000);
		CU_ASSERT_EQUAL(s->rate_den, 1001);
	}
}

static void test_lying_payload(void)
{
	/*
	 * 1080p50 3G-A HLG, it says, on a 2160p60 12G link: nothing of it is believed, all is shown
	 */
	const struct kinora_signal *s = see(world_init(), 5, 2200, false, 0,
					    ID(0x89, 0xd9, 0xa0, 0x00));

	CU_ASSERT_EQUAL(s->width, 3840);
	CU_ASSERT_EQUAL(s->rate_num, 60);
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_UNSPECIFIED);
	CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_UNKNOWN);
	CU_ASSERT_EQUAL(s->range, KINORA_RANGE_NARROW);
	CU_ASSERT_EQUAL(s->payload_id[0], ID(0x89, 0xd9, 0xa0, 0x00));

	/* 12 bits of 4:4:4 do not fit into this raster; the colours may be right */
	s = see(world_init(), 5, 2200, false, 0, ID(0xce, 0xdb, 0xa1, 0x03));
	CU_ASSERT_EQUAL(s->depth, 10);
	CU_ASSERT_EQUAL(s->range, KINORA_RANGE_NARROW);
	CU_ASSERT_EQUAL(s->sampling, KINORA_SAMPLING_422);
	CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_2020);

	/* a code nobody has assigned */
	s = see(world_init(), 5, 2200, false, 0, ID(0xff, 0xdb, 0xa0, 0x01));
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_UNSPECIFIED);
	CU_ASSERT_EQUAL(s->payload_id[0], ID(0xff, 0xdb, 0xa0, 0x01));
}

/* --- time --- */

static void test_settling(void)
{
	struct world *world = world_init();
	const struct kinora_signal *s = &world->last[1];
	uint64_t start;

	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s->generation, 1);

	world->rx[1].status = 0x1;
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s->generation, 2);

	/* a 60 Hz frame lasts at least 16.666666 ms and with 1/1.001 at most 16.683334 */
	start = world->now;
	lock(world, 1, 5, 2200, 1125, false, 0, 0);
	poll_now(world);
	world->now = start + 16666666;
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_TRUE(world->wanted > start + 16666666 && world->wanted <= start + 16684000);
	world->now = world->wanted;
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->generation, 3);
	CU_ASSERT_EQUAL(s->since_ns, world->now);

	/* another raster: unstable at once, then settled anew */
	lock(world, 1, 5, 2640, 1125, false, 0, 0);
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s->width, 0);
	run(world, 30 * MS);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->rate_num, 50);

	/* gone: at once */
	world->rx[1].status = 0;
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s->links, 0);
	/* nothing happened elsewhere */
	CU_ASSERT_EQUAL(world->changed[0], 1);
	CU_ASSERT_EQUAL(world->changed[2], 1);
}

static void test_never_the_same_twice(void)
{
	struct world *world = world_init();

	for (unsigned int i = 0; i < 200; i++) {
		lock(world, 0, 5, i & 1 ? 2200 : 2640, 1125, false, 0, 0);
		run(world, 15 * MS);
		CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_UNSTABLE);
	}
	run(world, 30 * MS);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->changed[0], 2);
}

/*
 * A cable that makes and breaks contact 20 times a second: lock lasts 8 of 50 ms. It flaps from the
 * eighth loss on, and the host hears no more of it until it has stood for 250 ms.
 */
static void flap(struct world *world, unsigned int link, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		run(world, 25 * MS);
		world->rx[link].status = 0x1;
		run(world, 17 * MS);
		lock(world, link, 5, 2200, 1125, false, 0, ID(0xce, 0xcb, 0x80, 0x01));
		run(world, 8 * MS);
		CU_ASSERT_EQUAL(world->last[link].state, KINORA_SIGNAL_UNSTABLE);
		CU_ASSERT_EQUAL(world->last[link].payload_id[0], 0);
		world->rx[link].lock_losses++;
		world->rx[link].status = 0;
		poll_now(world);
	}
}

static void test_flapping(void)
{
	const struct log *log;
	struct world *world = world_init();
	const struct kinora_signal *s = &world->last[0];
	unsigned int changed, entries;

	log = &world->controller.log;
	poll_now(world);
	flap(world, 0, 7);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_NONE);
	/* two changes a contact */
	CU_ASSERT_EQUAL(world->changed[0], 1 + 14);
	flap(world, 0, 1);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_FLAPPING);
	CU_ASSERT_EQUAL(s->lock_losses, 8);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_FLAPPING);
	CU_ASSERT_EQUAL(log->entry[(log->count - 3) % KINORA_LOG_ENTRIES].code,
			KINORA_LOG_FLAPPING);
	CU_ASSERT_EQUAL(log->entry[(log->count - 3) % KINORA_LOG_ENTRIES].a, 8);

	changed = world->changed[0];
	entries = log->count;
	flap(world, 0, 100);
	CU_ASSERT_EQUAL(world->changed[0], changed);
	CU_ASSERT_EQUAL(log->count, entries);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_FLAPPING);
	CU_ASSERT_EQUAL(s->flags & KINORA_SIGNAL_FLAG_POWER, KINORA_SIGNAL_FLAG_POWER);

	/* it holds: 250 ms of lock */
	lock(world, 0, 5, 2200, 1125, false, 0, ID(0xce, 0xcb, 0x80, 0x01));
	run(world, 249 * MS);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_FLAPPING);
	run(world, 1 * MS);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->payload_id[0], ID(0xce, 0xcb, 0x80, 0x01));
	CU_ASSERT_EQUAL(world->changed[0], changed + 1);
	CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_LINK_MISSING);

	/* what was before is over: one loss more is one loss */
	world->rx[0].lock_losses++;
	poll_now(world);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_NONE);

	/* again, and then it stays away */
	world->rx[0].status = 0;
	flap(world, 0, 20);
	CU_ASSERT_EQUAL(s->reason, KINORA_REASON_FLAPPING);
	run(world, 249 * MS);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
	run(world, 1 * MS);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_NONE);

	/* nothing happened elsewhere */
	for (unsigned int i = 1; i < 4; i++)
		CU_ASSERT_EQUAL(world->changed[i], 1);
}

/* Eight losses, but in more than a second: a change of signal now and then is none of it. */
static void test_not_flapping(void)
{
	struct world *world = world_init();

	for (unsigned int i = 0; i < 100; i++) {
		lock(world, 0, 5, i & 1 ? 2640 : 2200, 1125, false, 0, 0);
		world->rx[0].lock_losses++;
		run(world, 145 * MS);
		CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_LOCKED);
	}
	/* eight at once are eight within a second */
	world->rx[0].lock_losses += 8;
	poll_now(world);
	CU_ASSERT_EQUAL(world->last[0].reason, KINORA_REASON_FLAPPING);
}

static void test_loss_between_polls(void)
{
	struct world *world = world_init();

	lock(world, 0, 5, 2200, 1125, false, 0, 0);
	run(world, 100 * MS);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_LOCKED);
	world->rx[0].lock_losses++;
	poll_now(world);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_UNSTABLE);
	run(world, 17 * MS);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->last[0].lock_losses, 1);
}

static void test_payload_changes(void)
{
	struct world *world = world_init();
	const struct kinora_signal *s = &world->last[0];
	uint32_t sdr = ID(0xce, 0xc9, 0x80, 0x01), hlg = ID(0xce, 0xd9, 0xa0, 0x01);
	unsigned int changed;

	see(world, 5, 2640, false, 0, sdr);
	changed = world->changed[0];

	/* a packet lost for 15 ms, another damaged: nothing */
	world->rx[0].status &= ~KINORA_RX_PAYLOAD_VALID;
	run(world, 15 * MS);
	world->rx[0].status |= KINORA_RX_PAYLOAD_VALID;
	world->rx[0].payload = hlg;
	run(world, 15 * MS);
	world->rx[0].payload = sdr;
	run(world, 100 * MS);
	CU_ASSERT_EQUAL(world->changed[0], changed);

	/* SDR to HLG: one change, no break */
	world->rx[0].payload = hlg;
	run(world, 21 * MS);
	CU_ASSERT_EQUAL(world->changed[0], changed + 1);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_HLG);
	CU_ASSERT_EQUAL(s->payload_id[0], hlg);

	/* it stops being sent */
	world->rx[0].status &= ~KINORA_RX_PAYLOAD_VALID;
	run(world, 21 * MS);
	CU_ASSERT_EQUAL(world->changed[0], changed + 2);
	CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s->payload_id[0], 0);
	CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_UNSPECIFIED);
}

/* --- publishing --- */

static void test_first_poll(void)
{
	struct world *world = world_init();

	CU_ASSERT_EQUAL(world->bus.version, 0);
	poll_now(world);
	CU_ASSERT_EQUAL(world->bus.version, CONTROLLER_FIRMWARE_VERSION);
	for (unsigned int i = 0; i < CONTROLLER_CONNECTORS; i++) {
		CU_ASSERT_EQUAL(world->published[i], 1);
		CU_ASSERT_EQUAL(world->changed[i], 1);
	}
	run(world, 5000 * MS);
	/* hot-plug goes high when its EDID has stood for a moment */
	for (unsigned int i = 0; i < CONTROLLER_CONNECTORS; i++)
		CU_ASSERT_EQUAL(world->published[i], i == KINORA_CONN_HDMI1 ? 2 : 1);
}

/* A new image takes over: generations go on, and nothing is announced that has not changed. */
static void test_restart(void)
{
	struct world *world = world_init();
	unsigned int changed;

	lock_8k50(world);
	run(world, 1500 * MS);
	changed = world->changed[QUAD];
	bus_start(&world->bus);
	controller_init(&world->controller, &world->hal);
	run(world, 3000 * MS);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_LOCKED);
	for (unsigned int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(world->last[i].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed);

	/* the signal changed meanwhile: one change more, straight to what is there */
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].words = 2200;
	controller_init(&world->controller, &world->hal);
	run(world, 100 * MS);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->last[QUAD].rate_num, 60);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);

	/* it went: at once; it does not settle: after a moment */
	world->rx[0].status = 0;
	controller_init(&world->controller, &world->hal);
	poll_now(world);
	CU_ASSERT_EQUAL(world->last[0].state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(world->last[1].state, KINORA_SIGNAL_LOCKED);
	world->rx[1].status = KINORA_RX_CARRIER;
	controller_init(&world->controller, &world->hal);
	run(world, 84 * MS);
	CU_ASSERT_EQUAL(world->last[1].state, KINORA_SIGNAL_LOCKED);
	run(world, 11 * MS);
	CU_ASSERT_EQUAL(world->last[1].state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_LINK_MISSING);
}

static void test_counters(void)
{
	struct world *world = world_init();
	unsigned int changed, published;

	lock_8k50(world);
	run(world, 1500 * MS);
	changed = world->changed[QUAD];
	published = world->published[QUAD];

	/* errors all the time: they are told once, then a block a second */
	for (unsigned int i = 0; i < 1000; i++) {
		world->rx[2].crc_errors += 3;
		world->rx[2].ppb = i & 1 ? 150 : -150;
		run(world, 10 * MS);
	}
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);
	CU_ASSERT_TRUE(world->last[QUAD].flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_TRUE(world->last[2].flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_FALSE(world->last[1].flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_TRUE(world->published[QUAD] - published >= 9);
	CU_ASSERT_TRUE(world->published[QUAD] - published <= 12);
	CU_ASSERT_EQUAL(world->last[QUAD].crc_errors[0], 0);
	CU_ASSERT_TRUE(world->last[QUAD].crc_errors[2] > 2600);
	CU_ASSERT_EQUAL(world->last[2].crc_errors[0], world->last[QUAD].crc_errors[2]);
	CU_ASSERT_EQUAL(world->last[2].crc_errors[2], 0);
	CU_ASSERT_EQUAL(world->published[1], world->changed[1]);

	/* they stop: after a second that is told, the last value arrives, then silence */
	run(world, 980 * MS);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);
	run(world, 1020 * MS);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 2);
	CU_ASSERT_FALSE(world->last[QUAD].flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_EQUAL(world->last[QUAD].crc_errors[2], 3000);
	published = world->published[QUAD];
	run(world, 5000 * MS);
	CU_ASSERT_EQUAL(world->published[QUAD], published);
}

static void test_clock_drifts(void)
{
	struct world *world = world_init();

	lock_8k50(world);
	run(world, 1500 * MS);
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].ppb = -3210;
	run(world, 1500 * MS);
	CU_ASSERT_EQUAL((int32_t)world->last[QUAD].clock_ppb, -3210);
	CU_ASSERT_EQUAL((int32_t)world->last[3].clock_ppb, -3210);
	CU_ASSERT_EQUAL(world->published[QUAD], world->changed[QUAD] + 1);
	world->rx[1].skew_ns = 99;
	run(world, 1500 * MS);
	CU_ASSERT_EQUAL(world->last[QUAD].skew_ns[1], 99);
	CU_ASSERT_EQUAL(world->published[QUAD], world->changed[QUAD] + 2);
}

static void test_lock_losses_add_up(void)
{
	struct world *world = world_init();

	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].lock_losses = 10 * i + 1;
	poll_now(world);
	CU_ASSERT_EQUAL(world->last[3].lock_losses, 31);
	CU_ASSERT_EQUAL(world->last[QUAD].lock_losses, 64);
}

/* --- four links --- */

static void test_quad_missing(void)
{
	for (unsigned int gone = 0; gone < 4; gone++) {
		struct world *world = world_init();

		lock_8k50(world);
		world->rx[gone].status = 0;
		check_quad(world, KINORA_SIGNAL_UNSTABLE, KINORA_REASON_LINK_MISSING);
		CU_ASSERT_EQUAL(world->last[QUAD].links, 0xf & ~(1u << gone));
		CU_ASSERT_EQUAL(world->last[QUAD].payload_id[gone], 0);
		CU_ASSERT_EQUAL(world->last[gone].state, KINORA_SIGNAL_NONE);
		CU_ASSERT_EQUAL(world->last[(gone + 1) % 4].state, KINORA_SIGNAL_LOCKED);

		/* plugged in, but without lock */
		world->rx[gone].status = 0x1;
		check_quad(world, KINORA_SIGNAL_UNSTABLE, KINORA_REASON_LINK_MISSING);
		/* lock, but not for long enough */
		lock_8k50(world);
		poll_now(world);
		CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_LINK_MISSING);
		CU_ASSERT_EQUAL(world->last[QUAD].payload_id[gone], 0);
		check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);

		/* pulled: at once */
		world->rx[gone].status = 0;
		poll_now(world);
		CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_UNSTABLE);
		CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_LINK_MISSING);
		memset(world->rx, 0, sizeof(world->rx));
		check_quad(world, KINORA_SIGNAL_NONE, KINORA_REASON_NONE);
	}
}

static void test_quad_differs(void)
{
	for (unsigned int other = 0; other < 4; other++) {
		struct world *world = world_init();

		/* another rate, another link rate, another family: each a good link */
		lock_8k50(world);
		world->rx[other].words = 2200;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
		CU_ASSERT_EQUAL(world->last[other].state, KINORA_SIGNAL_LOCKED);
		lock(world, other, 4, 5280, 1125, false, 0, world->rx[other].payload);
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
		CU_ASSERT_EQUAL(world->last[QUAD].interface, KINORA_INTERFACE_NONE);
		lock_8k50(world);
		world->rx[other].ppb = FRACTIONAL;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
		/* another oscillator: 20 ppm is the limit */
		world->rx[other].ppb = 20000;
		check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
		world->rx[other].ppb = 20001;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
		world->rx[other].ppb = -20001;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
		CU_ASSERT_EQUAL(world->last[QUAD].interface, KINORA_INTERFACE_QUAD_12G);
		world->rx[other].ppb = 0;
		/* payload ids of two pictures, in each byte, and of none */
		for (unsigned int bit = 0; bit < 32; bit++) {
			lock_8k50(world);
			world->rx[other].payload ^= 1u << bit;
			if (bit == 26)		/* audio copy */
				check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
			else if (bit >= 29)	/* link number */
				check_quad(world, KINORA_SIGNAL_UNSUPPORTED,
					   KINORA_REASON_LINK_ORDER);
			else
				check_quad(world, KINORA_SIGNAL_UNSUPPORTED,
					   KINORA_REASON_LINKS_DIFFER);
			CU_ASSERT_EQUAL(world->last[QUAD].payload_id[other],
					world->rx[other].payload);
		}
		lock_8k50(world);
		world->rx[other].status &= ~KINORA_RX_PAYLOAD_VALID;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
	}
}

static void test_quad_order(void)
{
	/* all 24 ways to plug four cables, in both patterns of the link number */
	for (unsigned int shift = 5; shift <= 6; shift++)
		for (unsigned int plug = 0; plug < 256; plug++) {
			unsigned int n[4] = { plug & 3, plug >> 2 & 3, plug >> 4 & 3, plug >> 6 };
			struct world *world = world_init();
			bool right = n[0] == 0 && n[1] == 1 && n[2] == 2 && n[3] == 3;

			lock_8k50(world);
			for (unsigned int i = 0; i < 4; i++)
				world->rx[i].payload = ID(0xd2, 0xd9, 0xa0, 1 | n[i] << shift);
			if (right)
				check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
			else
				check_quad(world, KINORA_SIGNAL_UNSUPPORTED,
					   KINORA_REASON_LINK_ORDER);
		}
}

static void test_quad_skew(void)
{
	/* a line of 2640 words at 148.5 MHz lasts 17777 ns; 400 ns of the source on top */
	for (unsigned int late = 0; late < 4; late++) {
		struct world *world = world_init();

		lock_8k50(world);
		world->rx[late].skew_ns = 400 + 17777;
		check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
		CU_ASSERT_EQUAL(world->last[QUAD].skew_ns[late], 400 + 17777);
		CU_ASSERT_EQUAL(world->last[late].skew_ns[0], 0);
		world->rx[late].skew_ns++;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_SKEW);
		/* what jitters around the limit stays out: back is a microsecond nearer */
		world->rx[late].skew_ns = 400 + 17777 - 999;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_SKEW);
		world->rx[late].skew_ns = 400 + 17777 - 1000;
		check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
		world->rx[late].skew_ns = UINT32_MAX;
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_SKEW);
		world->rx[late].skew_ns = 0;
		check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	}
}

static void test_quad_square(void)
{
	struct world *world = world_init();

	/* China's 8K: four pictures of their own, equal in everything */
	for (unsigned int i = 0; i < 4; i++)
		lock(world, i, 5, 2640, 1125, false, 0, ID(0xce, 0xd9, 0xa0, 0x01));
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_SQD);
	CU_ASSERT_EQUAL(world->last[QUAD].width, 7680);
	CU_ASSERT_EQUAL(world->last[QUAD].htotal, 10560);
	CU_ASSERT_EQUAL(world->last[QUAD].transfer, KINORA_TRANSFER_HLG);
	CU_ASSERT_EQUAL(world->last[QUAD].colorimetry, KINORA_COLORIMETRY_2020);
	/* sound is on the first alone, so the others call theirs a copy */
	for (unsigned int i = 1; i < 4; i++)
		world->rx[i].payload = ID(0xce, 0xd9, 0xa0, 0x05);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_SQD);
	CU_ASSERT_EQUAL(world->last[QUAD].order, KINORA_ORDER_PLUGGED);
	for (unsigned int i = 1; i < 4; i++)
		world->rx[i].payload = ID(0xce, 0xd9, 0xa0, 0x01);

	/* four sources: one is SDR, or has a clock of its own, or is out of step */
	world->rx[3].payload = ID(0xce, 0xc9, 0x80, 0x01);
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
	world->rx[3].payload = ID(0xce, 0xd9, 0xa0, 0x21);
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
	world->rx[3].payload = ID(0xce, 0xd9, 0xa0, 0x01);
	world->rx[3].ppb = 25000;
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
	world->rx[3].ppb = 20000;
	world->rx[3].skew_ns = 20000;
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_SKEW);
	world->rx[3].skew_ns = 0;
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);

	/* 6G */
	world = world_init();
	for (unsigned int i = 0; i < 4; i++)
		lock(world, i, 4, 5280, 1125, false, 0, ID(0xc0, 0xc5, 0x80, 0x01));
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_SQD);
}

/* Four links that are pictures, only not a quarter of one. */
static void test_quad_none(void)
{
	static const struct {
		unsigned int rate;
		uint32_t words;
		bool interlaced;
		uint8_t code;
		uint8_t reason;
	} rows[] = {
		{ 1, 2640, true, 0x85, KINORA_REASON_RASTER },
		{ 1, 2640, false, 0x85, KINORA_REASON_RASTER },
		{ 2, 2640, false, 0x89, KINORA_REASON_LINKS_DIFFER },
		{ 5, 2640, false, 0xd0, KINORA_REASON_LINKS_DIFFER },	/* two 4320 pictures */
		{ 5, 2640, false, 0xc0, KINORA_REASON_LINKS_DIFFER },
		{ 5, 2640, false, 0xff, KINORA_REASON_LINKS_DIFFER },
		{ 5, 2640, false, 0x00, KINORA_REASON_LINK_ORDER },	/* no ids at all */
		{ 5, 2222, false, 0xd2, KINORA_REASON_RASTER },
		{ 4, 1100, false, 0xc5, KINORA_REASON_LINK_ORDER },	/* not numbered */
		{ 4, 1100, false, 0xc1, KINORA_REASON_LINKS_DIFFER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = world_init();

		for (unsigned int link = 0; link < 4; link++)
			lock(world, link, rows[i].rate, rows[i].words, 1125, rows[i].interlaced, 0,
			     rows[i].code ? ID(rows[i].code, 0xc9, 0x80, 0x01) : 0);
		check_quad(world, KINORA_SIGNAL_UNSUPPORTED, rows[i].reason);
		CU_ASSERT_EQUAL(world->last[QUAD].links, 0xf);
	}
}

static void test_quad_by_hand(void)
{
	struct world *world = world_init();

	/* the payload id of both mappings can be D2 */
	lock_8k50(world);
	mapping_set(world, KINORA_MAPPING_SQD);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_SQD);
	mapping_set(world, KINORA_MAPPING_SINGLE);
	poll_now(world);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_2SI);

	CU_ASSERT_EQUAL(world->last[QUAD].flags & KINORA_SIGNAL_FLAG_OVERRIDE, 0);
	/* numbers still count where there are any */
	mapping_set(world, KINORA_MAPPING_SQD);
	world->rx[1].payload = ID(0xd2, 0xd9, 0xa0, 0x41);
	world->rx[2].payload = ID(0xd2, 0xd9, 0xa0, 0x21);
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINK_ORDER);

	/* no numbers, no ids, ids of single pictures: as the cables are */
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].payload = ID(0xd2, 0xd9, 0xa0, 0x01);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_SQD);
	mapping_set(world, KINORA_MAPPING_2SI);
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].payload = ID(0xce, 0xd9, 0xa0, 0x01);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->last[QUAD].mapping, KINORA_MAPPING_2SI);
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].status &= ~KINORA_RX_PAYLOAD_VALID;
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	/* and four sources are never one */
	world->rx[1].ppb = 30000;
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINKS_DIFFER);
}

/* Cables in another order, put right by hand; and what the block says of it. */
static void test_quad_order_by_hand(void)
{
	struct world *world = world_init();
	const struct kinora_signal *s = &world->last[QUAD];
	unsigned int changed;

	/* links 2 and 3 swapped, as vendors do with square division; the ids tell where they are */
	lock_8k50(world);
	world->rx[1].payload = ID(0xd2, 0xd9, 0xa0, 0x41);
	world->rx[2].payload = ID(0xd2, 0xd9, 0xa0, 0x21);
	check_quad(world, KINORA_SIGNAL_UNSUPPORTED, KINORA_REASON_LINK_ORDER);
	CU_ASSERT_EQUAL(s->order, 3 << 6 | 1 << 4 | 2 << 2 | 0);
	world->controller.detect.order = 3 << 6 | 1 << 4 | 2 << 2 | 0;
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->mapping, KINORA_MAPPING_2SI);
	CU_ASSERT_EQUAL(s->order, 3 << 6 | 1 << 4 | 2 << 2 | 0);
	CU_ASSERT_EQUAL(s->flags, KINORA_SIGNAL_FLAG_POWER | KINORA_SIGNAL_FLAG_OVERRIDE);

	/* another order alone is a change */
	changed = world->changed[QUAD];
	world->controller.detect.order = KINORA_ORDER_PLUGGED;
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);
	world->controller.detect.order = 3 << 6 | 1 << 4 | 2 << 2 | 0;

	/* the order by hand goes before the numbers, and stands for none */
	lock_8k50(world);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->order, 3 << 6 | 1 << 4 | 2 << 2 | 0);
	for (unsigned int i = 0; i < 4; i++)
		world->rx[i].status &= ~KINORA_RX_PAYLOAD_VALID;
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->mapping, KINORA_MAPPING_2SI);

	/* square division with swapped links, order and mapping by hand */
	for (unsigned int i = 0; i < 4; i++)
		lock(world, i, 5, 2640, 1125, false, 0, ID(0xd2, 0xd9, 0xa0, 0x01));
	mapping_set(world, KINORA_MAPPING_SQD);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->mapping, KINORA_MAPPING_SQD);
	CU_ASSERT_EQUAL(s->order, 3 << 6 | 1 << 4 | 2 << 2 | 0);

	/* nothing by hand any more: as plugged */
	mapping_set(world, KINORA_MAPPING_SINGLE);
	world->controller.detect.order = 0;
	lock_8k50(world);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s->order, KINORA_ORDER_PLUGGED);
	CU_ASSERT_EQUAL(s->flags, KINORA_SIGNAL_FLAG_POWER);
}

/* The source goes from HLG to SDR; the receivers see it one after the other. */
static void test_quad_switches_transfer(void)
{
	struct world *world = world_init();
	unsigned int changed;

	lock_8k50(world);
	check_quad(world, KINORA_SIGNAL_LOCKED, KINORA_REASON_NONE);
	changed = world->changed[QUAD];
	for (unsigned int i = 0; i < 4; i++) {
		world->rx[i].payload = ID(0xd2, 0xc9, 0x80, 0x01 | i << 5);
		run(world, 4 * MS);
	}
	run(world, 40 * MS);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);
	CU_ASSERT_EQUAL(world->last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(world->last[QUAD].transfer, KINORA_TRANSFER_SDR);
	CU_ASSERT_EQUAL(world->last[QUAD].payload_id[3], ID(0xd2, 0xc9, 0x80, 0x61));

	/* a skew out of bounds for less than a frame does no harm, and for longer does */
	world->rx[1].skew_ns = 1000000;
	run(world, 19 * MS);
	world->rx[1].skew_ns = 0;
	run(world, 50 * MS);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 1);
	world->rx[1].skew_ns = 1000000;
	run(world, 21 * MS);
	CU_ASSERT_EQUAL(world->changed[QUAD], changed + 2);
	CU_ASSERT_EQUAL(world->last[QUAD].reason, KINORA_REASON_SKEW);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every raster of one link", test_single_rows },
		{ "every raster of four links", test_quad_rows },
		{ "the block in the document", test_document_block },
		{ "what is no raster", test_not_a_raster },
		{ "colours", test_colours },
		{ "psf", test_psf },
		{ "family by the clock only", test_family_by_clock_only },
		{ "lying payload id", test_lying_payload },
		{ "settling", test_settling },
		{ "never the same twice", test_never_the_same_twice },
		{ "flapping cable", test_flapping },
		{ "no flapping cable", test_not_flapping },
		{ "lock lost between polls", test_loss_between_polls },
		{ "payload id changes", test_payload_changes },
		{ "first poll", test_first_poll },
		{ "restart", test_restart },
		{ "counters", test_counters },
		{ "clock and skew drift", test_clock_drifts },
		{ "lock losses of four links", test_lock_losses_add_up },
		{ "quad: link missing", test_quad_missing },
		{ "quad: links differ", test_quad_differs },
		{ "quad: link order", test_quad_order },
		{ "quad: skew", test_quad_skew },
		{ "quad: square division", test_quad_square },
		{ "quad: four other pictures", test_quad_none },
		{ "quad: mapping by hand", test_quad_by_hand },
		{ "quad: order by hand", test_quad_order_by_hand },
		{ "quad: transfer switched", test_quad_switches_transfer },
		CU_TEST_INFO_NULL,
	};

	return unit_run("detect", tests);
}
