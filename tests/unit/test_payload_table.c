// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/detect.c firmware-blobs/controller/flap.c */
/* Sources: firmware-blobs/controller/payload.c firmware-blobs/controller/raster.c */
/*
 * Description: every code of ST 352 byte 1 with every timing it stands for, on the raster that such
 * a link has: what the controller must say of each. And ids that are doubtful, or lie.
 *
 * The numbers are written from the standards: samples a line and lines from ST 296 and ST 274, ST
 * 2036-1 above; words a line of a data stream from the clock of the stream (74.25 MHz on ST 292-1
 * and level B, 148.5 MHz on the others) and how many streams the link has (ST 425-1, ST 2081-10,
 * ST 2082-10); bytes 2 to 4 from ST 352 and the tables for each code. Nothing comes from the tables
 * of the firmware.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect.h"
#include "unit.h"

#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

#define MS 1000000ULL
#define QUAD KINORA_CONN_SDI_QUAD

/* docs/hardware.md, section 10 */
enum { UNSUPPORTED = 2, LOCKED = 3 };
enum { DIFFER = 2, ORDER = 3, RASTER = 5, DUAL = 6, SAMPLING = 7 };
enum { P = 0, I = 1, PSF = 3 };
enum { YC = 0, S444 = 1, RGB = 2, S420 = 3 };
/* section 14 */
enum { HD = 1, A3G = 2, B3G = 3, G6 = 4, G12 = 5, G24 = 6 };

struct link {
	uint8_t rate;
	uint16_t words, lines;
	bool f;			/* the F bit toggles */
	bool fractional;	/* clock by 1.001 */
};

static struct detect detect;

static void link_set(struct detect_sample *sample, const struct link *link, uint32_t id)
{
	*sample = (struct detect_sample){
		.status = 3 | link->f << 2 | (id != 0) << 3 | link->rate << 8,
		.words = link->words, .lines = link->lines, .payload = id,
		.ppb = link->fractional ? -999001 : 0,
	};
}

/* Two looks, the longest frame apart: what is on connector then. */
static struct kinora_signal see(const struct detect_sample sample[4], unsigned int connector)
{
	struct kinora_signal signal;

	detect_update(&detect, sample, 1000 * MS);
	detect_update(&detect, sample, 1042 * MS);
	detect_signal(&detect, connector, &signal);
	return signal;
}

static struct kinora_signal see_one(const struct link *link, uint32_t id)
{
	struct detect_sample sample[4] = { 0 };

	detect_init(&detect);
	link_set(&sample[0], link, id);
	return see(sample, 0);
}

/* --- one link --- */

struct row {
	uint32_t id;
	struct link link;
	uint8_t state, reason, dual;
	uint16_t width, height;
	uint8_t hz;		/* of the integer family */
	uint8_t scan;
	uint8_t sampling, depth;
	uint8_t interface;
};

#define TAKEN LOCKED, 0, 0
#define FULL UNSUPPORTED, SAMPLING, 0
#define LINK1 UNSUPPORTED, DUAL, 1
#define LINK2 UNSUPPORTED, DUAL, 2
#define X720 1280, 720
#define X1080 1920, 1080
#define X2160 3840, 2160
#define X4320 7680, 4320

static const struct row rows[] = {
	/* 84, ST 292-1:2018, table 4, with ST 296: what is not scan, rate or depth is 0 */
	{ ID(0x84, 0x42, 0x00, 1), { HD, 4125, 750, 0, 1 }, TAKEN, X720, 24, P, YC, 10, 1 },
	{ ID(0x84, 0x43, 0x00, 1), { HD, 4125, 750, 0, 0 }, TAKEN, X720, 24, P, YC, 10, 1 },
	{ ID(0x84, 0x45, 0x00, 1), { HD, 3960, 750, 0, 0 }, TAKEN, X720, 25, P, YC, 10, 1 },
	{ ID(0x84, 0x46, 0x00, 1), { HD, 3300, 750, 0, 1 }, TAKEN, X720, 30, P, YC, 10, 1 },
	{ ID(0x84, 0x47, 0x00, 1), { HD, 3300, 750, 0, 0 }, TAKEN, X720, 30, P, YC, 10, 1 },
	{ ID(0x84, 0x49, 0x00, 1), { HD, 1980, 750, 0, 0 }, TAKEN, X720, 50, P, YC, 10, 1 },
	{ ID(0x84, 0x4a, 0x00, 1), { HD, 1650, 750, 0, 1 }, TAKEN, X720, 60, P, YC, 10, 1 },
	{ ID(0x84, 0x4b, 0x00, 0), { HD, 1650, 750, 0, 0 }, TAKEN, X720, 60, P, YC, 8, 1 },
	/* 85, ST 292-1 with ST 274; 1080i50, the vector of the ancillary data */
	{ ID(0x85, 0xc2, 0x20, 1), { HD, 2750, 1125, 0, 1 }, TAKEN, X1080, 24, P, YC, 10, 1 },
	{ ID(0x85, 0xc3, 0x20, 1), { HD, 2750, 1125, 0, 0 }, TAKEN, X1080, 24, P, YC, 10, 1 },
	{ ID(0x85, 0xc5, 0x20, 1), { HD, 2640, 1125, 0, 0 }, TAKEN, X1080, 25, P, YC, 10, 1 },
	{ ID(0x85, 0xc6, 0x20, 1), { HD, 2200, 1125, 0, 1 }, TAKEN, X1080, 30, P, YC, 10, 1 },
	{ ID(0x85, 0xc7, 0x20, 1), { HD, 2200, 1125, 0, 0 }, TAKEN, X1080, 30, P, YC, 10, 1 },
	{ ID(0x85, 0x05, 0x20, 1), { HD, 2640, 1125, 1, 0 }, TAKEN, X1080, 25, I, YC, 10, 1 },
	{ ID(0x85, 0x06, 0x20, 1), { HD, 2200, 1125, 1, 1 }, TAKEN, X1080, 30, I, YC, 10, 1 },
	{ ID(0x85, 0x07, 0x20, 1), { HD, 2200, 1125, 1, 0 }, TAKEN, X1080, 30, I, YC, 10, 1 },
	{ ID(0x85, 0x42, 0x20, 1), { HD, 2750, 1125, 1, 1 }, TAKEN, X1080, 24, PSF, YC, 10, 1 },
	{ ID(0x85, 0x43, 0x20, 1), { HD, 2750, 1125, 1, 0 }, TAKEN, X1080, 24, PSF, YC, 10, 1 },
	{ ID(0x85, 0x45, 0x20, 1), { HD, 2640, 1125, 1, 0 }, TAKEN, X1080, 25, PSF, YC, 10, 1 },
	{ ID(0x85, 0x46, 0x20, 1), { HD, 2200, 1125, 1, 1 }, TAKEN, X1080, 30, PSF, YC, 10, 1 },
	/* 87, ST 372: half of the lines of 1080p, or half of the bits of 1080p30 RGB */
	{ ID(0x87, 0x4b, 0x20, 0x01), { HD, 2200, 1125, 1, 0 }, LINK1, X1080, 30, PSF, YC, 10, 1 },
	{ ID(0x87, 0x49, 0x20, 0x41), { HD, 2640, 1125, 1, 0 }, LINK2, X1080, 25, PSF, YC, 10, 1 },
	{ ID(0x87, 0xc6, 0x22, 0x41), { HD, 2200, 1125, 0, 1 }, LINK2, X1080, 30, P, YC, 10, 1 },
	/* 88, level A: two streams of 148.5 MHz with 4:4:4 */
	{ ID(0x88, 0xc3, 0x82, 1), { A3G, 8250, 750, 0, 0 }, FULL, X720, 24, P, RGB, 10, 2 },
	{ ID(0x88, 0xc5, 0x81, 1), { A3G, 7920, 750, 0, 0 }, FULL, X720, 25, P, S444, 10, 2 },
	{ ID(0x88, 0xc6, 0x81, 2), { A3G, 6600, 750, 0, 1 }, FULL, X720, 30, P, S444, 12, 2 },
	{ ID(0x88, 0xc9, 0x81, 1), { A3G, 3960, 750, 0, 0 }, FULL, X720, 50, P, S444, 10, 2 },
	{ ID(0x88, 0xcb, 0x82, 1), { A3G, 3300, 750, 0, 0 }, FULL, X720, 60, P, RGB, 10, 2 },
	/* 89, level A; mapping structures 1 to 4 */
	{ ID(0x89, 0xc4, 0x80, 1), { A3G, 2750, 1125, 0, 1 }, TAKEN, X1080, 48, P, YC, 10, 2 },
	{ ID(0x89, 0xc8, 0x80, 1), { A3G, 2750, 1125, 0, 0 }, TAKEN, X1080, 48, P, YC, 10, 2 },
	{ ID(0x89, 0xc9, 0x80, 1), { A3G, 2640, 1125, 0, 0 }, TAKEN, X1080, 50, P, YC, 10, 2 },
	{ ID(0x89, 0xca, 0x80, 1), { A3G, 2200, 1125, 0, 1 }, TAKEN, X1080, 60, P, YC, 10, 2 },
	{ ID(0x89, 0xcb, 0x80, 1), { A3G, 2200, 1125, 0, 0 }, TAKEN, X1080, 60, P, YC, 10, 2 },
	{ ID(0x89, 0xc3, 0x82, 2), { A3G, 5500, 1125, 0, 0 }, FULL, X1080, 24, P, RGB, 12, 2 },
	{ ID(0x89, 0xc5, 0x80, 2), { A3G, 5280, 1125, 0, 0 }, FULL, X1080, 25, P, YC, 12, 2 },
	{ ID(0x89, 0xc6, 0x81, 1), { A3G, 4400, 1125, 0, 1 }, FULL, X1080, 30, P, S444, 10, 2 },
	{ ID(0x89, 0x05, 0x82, 1), { A3G, 5280, 1125, 1, 0 }, FULL, X1080, 25, I, RGB, 10, 2 },
	{ ID(0x89, 0x43, 0x82, 1), { A3G, 5500, 1125, 1, 0 }, FULL, X1080, 24, PSF, RGB, 10, 2 },
	/* 8A, ST 372 on level B: lines in turns, or 4:4:4 */
	{ ID(0x8a, 0x44, 0x20, 1), { B3G, 2750, 1125, 1, 1 }, TAKEN, X1080, 48, P, YC, 10, 3 },
	{ ID(0x8a, 0x49, 0x20, 1), { B3G, 2640, 1125, 1, 0 }, TAKEN, X1080, 50, P, YC, 10, 3 },
	{ ID(0x8a, 0xc9, 0x20, 1), { B3G, 2640, 1125, 1, 0 }, TAKEN, X1080, 50, P, YC, 10, 3 },
	{ ID(0x8a, 0x4a, 0x20, 1), { B3G, 2200, 1125, 1, 1 }, TAKEN, X1080, 60, P, YC, 10, 3 },
	{ ID(0x8a, 0x4b, 0x20, 1), { B3G, 2200, 1125, 1, 0 }, TAKEN, X1080, 60, P, YC, 10, 3 },
	{ ID(0x8a, 0x07, 0x22, 1), { B3G, 2200, 1125, 1, 0 }, FULL, X1080, 30, I, RGB, 10, 3 },
	{ ID(0x8a, 0x45, 0x20, 2), { B3G, 2640, 1125, 1, 0 }, FULL, X1080, 25, PSF, YC, 12, 3 },
	{ ID(0x8a, 0xc7, 0x21, 2), { B3G, 2200, 1125, 0, 0 }, FULL, X1080, 30, P, S444, 12, 3 },
	/* 8B, 8C: two of ST 292-1; the first is shown */
	{ ID(0x8b, 0x49, 0x00, 1), { B3G, 1980, 750, 0, 0 }, TAKEN, X720, 50, P, YC, 10, 3 },
	{ ID(0x8b, 0x4a, 0x00, 1), { B3G, 1650, 750, 0, 1 }, TAKEN, X720, 60, P, YC, 10, 3 },
	{ ID(0x8c, 0x05, 0x20, 1), { B3G, 2640, 1125, 1, 0 }, TAKEN, X1080, 25, I, YC, 10, 3 },
	{ ID(0x8c, 0x06, 0x20, 1), { B3G, 2200, 1125, 1, 1 }, TAKEN, X1080, 30, I, YC, 10, 3 },
	{ ID(0x8c, 0x43, 0x20, 1), { B3G, 2750, 1125, 1, 0 }, TAKEN, X1080, 24, PSF, YC, 10, 3 },
	{ ID(0x8c, 0xc7, 0x20, 1), { B3G, 2200, 1125, 0, 0 }, TAKEN, X1080, 30, P, YC, 10, 3 },
	/* none on level B: one picture if F toggles, the first of two if it does not */
	{ 0, { B3G, 2640, 1125, 1, 0 }, TAKEN, X1080, 50, P, YC, 10, 3 },
	{ 0, { B3G, 2640, 1125, 0, 0 }, TAKEN, X1080, 25, P, YC, 10, 3 },
	/* 94, 95, 96, ST 425-3; level B numbers data streams: link 2 begins with the third */
	{ ID(0x94, 0xcb, 0x82, 0x01), { A3G, 2200, 1125, 0, 0 }, LINK1, X1080, 60, P, YC, 10, 2 },
	{ ID(0x94, 0xc9, 0x82, 0x41), { A3G, 2640, 1125, 0, 0 }, LINK2, X1080, 50, P, YC, 10, 2 },
	{ ID(0x95, 0x4a, 0x22, 0x81), { B3G, 2200, 1125, 1, 1 }, LINK2, X1080, 60, P, YC, 10, 3 },
	{ ID(0x96, 0xc7, 0x20, 0x01), { B3G, 2200, 1125, 0, 0 }, LINK1, X1080, 30, P, YC, 10, 3 },
	{ ID(0x96, 0xc5, 0x20, 0x81), { B3G, 2640, 1125, 0, 0 }, LINK2, X1080, 25, P, YC, 10, 3 },
	/* 97, 98, ST 425-5: a link of four shows its own picture */
	{ ID(0x97, 0xc9, 0x80, 0x41), { A3G, 2640, 1125, 0, 0 }, TAKEN, X1080, 50, P, YC, 10, 2 },
	{ ID(0x98, 0x4a, 0x20, 0x81), { B3G, 2200, 1125, 1, 1 }, TAKEN, X1080, 60, P, YC, 10, 3 },
	/* C0, ST 2081-10: four streams, each a quarter of the picture with Y and C in turn */
	{ ID(0xc0, 0xc2, 0x80, 1), { G6, 5500, 1125, 0, 1 }, TAKEN, X2160, 24, P, YC, 10, 4 },
	{ ID(0xc0, 0xc3, 0x80, 1), { G6, 5500, 1125, 0, 0 }, TAKEN, X2160, 24, P, YC, 10, 4 },
	{ ID(0xc0, 0xc5, 0x80, 1), { G6, 5280, 1125, 0, 0 }, TAKEN, X2160, 25, P, YC, 10, 4 },
	{ ID(0xc0, 0xc6, 0x80, 1), { G6, 4400, 1125, 0, 1 }, TAKEN, X2160, 30, P, YC, 10, 4 },
	{ ID(0xc0, 0xc7, 0x80, 1), { G6, 4400, 1125, 0, 0 }, TAKEN, X2160, 30, P, YC, 10, 4 },
	/* C1 */
	{ ID(0xc1, 0xcd, 0x80, 1), { G6, 1320, 1125, 0, 0 }, TAKEN, X1080, 100, P, YC, 10, 4 },
	{ ID(0xc1, 0xce, 0x80, 1), { G6, 1100, 1125, 0, 1 }, TAKEN, X1080, 120, P, YC, 10, 4 },
	{ ID(0xc1, 0xcf, 0x80, 1), { G6, 1100, 1125, 0, 0 }, TAKEN, X1080, 120, P, YC, 10, 4 },
	{ ID(0xc1, 0xc9, 0x81, 2), { G6, 2640, 1125, 0, 0 }, FULL, X1080, 50, P, S444, 12, 4 },
	{ ID(0xc1, 0xcb, 0x82, 1), { G6, 2200, 1125, 0, 0 }, FULL, X1080, 60, P, RGB, 10, 4 },
	/* C2, ST 2081-11: half of the eight streams of 2160p60 */
	{ ID(0xc2, 0xcb, 0x80, 0x01), { G6, 2200, 1125, 0, 0 }, LINK1, X1080, 60, P, YC, 10, 4 },
	{ ID(0xc2, 0xc9, 0x80, 0x21), { G6, 2640, 1125, 0, 0 }, LINK2, X1080, 50, P, YC, 10, 4 },
	/* C4, C5: a link of four */
	{ ID(0xc4, 0xc6, 0x80, 0x21), { G6, 4400, 1125, 0, 1 }, TAKEN, X2160, 30, P, YC, 10, 4 },
	{ ID(0xc5, 0xcf, 0x80, 0x61), { G6, 1100, 1125, 0, 0 }, TAKEN, X1080, 120, P, YC, 10, 4 },
	/* CE, ST 2082-10: eight streams, a Y and a C for each quarter */
	{ ID(0xce, 0xc4, 0x80, 1), { G12, 2750, 1125, 0, 1 }, TAKEN, X2160, 48, P, YC, 10, 5 },
	{ ID(0xce, 0xc8, 0x80, 1), { G12, 2750, 1125, 0, 0 }, TAKEN, X2160, 48, P, YC, 10, 5 },
	{ ID(0xce, 0xc9, 0x80, 1), { G12, 2640, 1125, 0, 0 }, TAKEN, X2160, 50, P, YC, 10, 5 },
	{ ID(0xce, 0xca, 0x80, 1), { G12, 2200, 1125, 0, 1 }, TAKEN, X2160, 60, P, YC, 10, 5 },
	{ ID(0xce, 0xcb, 0x83, 1), { G12, 2200, 1125, 0, 0 }, TAKEN, X2160, 60, P, S420, 10, 5 },
	{ ID(0xce, 0xc7, 0x82, 2), { G12, 4400, 1125, 0, 0 }, FULL, X2160, 30, P, RGB, 12, 5 },
	{ ID(0xce, 0xc3, 0x81, 1), { G12, 5500, 1125, 0, 0 }, FULL, X2160, 24, P, S444, 10, 5 },
	/* CF */
	{ ID(0xcf, 0xcd, 0x82, 1), { G12, 1320, 1125, 0, 0 }, FULL, X1080, 100, P, RGB, 10, 5 },
	{ ID(0xcf, 0xcf, 0x81, 2), { G12, 1100, 1125, 0, 0 }, FULL, X1080, 120, P, S444, 12, 5 },
	/* D0, D1, ST 2082-11 */
	{ ID(0xd0, 0xc7, 0x80, 0x01), { G12, 4400, 1125, 0, 0 }, LINK1, X2160, 30, P, YC, 10, 5 },
	{ ID(0xd0, 0xc5, 0x80, 0x21), { G12, 5280, 1125, 0, 0 }, LINK2, X2160, 25, P, YC, 10, 5 },
	{ ID(0xd1, 0xce, 0x80, 0x01), { G12, 1100, 1125, 0, 1 }, LINK1, X1080, 120, P, YC, 10, 5 },
	{ ID(0xd1, 0xcb, 0x82, 0x21), { G12, 2200, 1125, 0, 0 }, LINK2, X2160, 60, P, YC, 10, 5 },
	/* D2, D3, ST 2082-12: a link of four */
	{ ID(0xd2, 0xd9, 0xa0, 0x41), { G12, 2640, 1125, 0, 0 }, TAKEN, X2160, 50, P, YC, 10, 5 },
	{ ID(0xd3, 0xcf, 0x82, 0x01), { G12, 1100, 1125, 0, 0 }, FULL, X1080, 120, P, RGB, 10, 5 },
	/* E0 to E3, ST 2083 */
	{ ID(0xe0, 0xcd, 0x80, 1), { G24, 2640, 1125, 0, 0 }, TAKEN, X2160, 100, P, YC, 10, 11 },
	{ ID(0xe0, 0xce, 0x80, 1), { G24, 2200, 1125, 0, 1 }, TAKEN, X2160, 120, P, YC, 10, 11 },
	{ ID(0xe1, 0xcf, 0x80, 0x21), { G24, 2200, 1125, 0, 0 }, LINK2, X2160, 120, P, YC, 10, 11 },
	{ ID(0xe2, 0xcf, 0x80, 0x01), { G24, 2200, 1125, 0, 0 }, LINK1, X2160, 120, P, YC, 10, 11 },
	{ ID(0xe3, 0xcd, 0x80, 0x61), { G24, 2640, 1125, 0, 0 }, TAKEN, X2160, 100, P, YC, 10, 11 },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void check_rate(const struct kinora_signal *s, unsigned int hz, bool fractional)
{
	CU_ASSERT_EQUAL(s->rate_num, fractional ? hz * 1000 : hz);
	CU_ASSERT_EQUAL(s->rate_den, fractional ? 1001 : 1);
}

static void test_links(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		struct kinora_signal s = see_one(&row->link, row->id);
		unsigned int before = CU_get_number_of_failures();

		CU_ASSERT_EQUAL(s.state, row->state);
		CU_ASSERT_EQUAL(s.reason, row->reason);
		CU_ASSERT_EQUAL(s.width, row->width);
		CU_ASSERT_EQUAL(s.height, row->height);
		check_rate(&s, row->hz, row->link.fractional);
		CU_ASSERT_EQUAL(s.scan, row->scan);
		CU_ASSERT_EQUAL(s.interface, row->interface);
		CU_ASSERT_EQUAL(s.dual, row->dual);
		CU_ASSERT_EQUAL(s.payload_id[0], row->id);
		/* the carrier is there, and no id of this table lies */
		CU_ASSERT_EQUAL(s.flags, 1);
		/* of one of two links nobody knows more than that it is one */
		if (row->reason != DUAL) {
			CU_ASSERT_EQUAL(s.sampling, row->sampling);
			CU_ASSERT_EQUAL(s.depth, row->depth);
		}
		if (CU_get_number_of_failures() != before)
			fprintf(stderr, "in row %zu, code %02x, %u words\n", i,
				row->id & 0xff, row->link.words);
	}
}

/* --- four links --- */

struct quad_row {
	uint8_t b1, b2, b3;
	struct link link;
	uint8_t state, reason, dual;
	uint16_t width, height, htotal, vtotal;
	uint8_t hz;
	uint8_t interface;
};

#define QUADS_OF_12G(b2, words, fractional, htotal, hz) \
	{ 0xd2, b2, 0xa0, { G12, words, 1125, 0, fractional }, TAKEN, X4320, htotal, 4500, hz, 8 }
#define QUADS_OF_6G(b2, words, fractional, htotal, hz) \
	{ 0xc4, b2, 0xa0, { G6, words, 1125, 0, fractional }, TAKEN, X4320, htotal, 4500, hz, 7 }

static const struct quad_row quads[] = {
	/* ST 425-5, level A and B */
	{ 0x97, 0xc8, 0x80, { A3G, 2750, 1125, 0, 0 }, TAKEN, X2160, 5500, 2250, 48, 6 },
	{ 0x97, 0xc9, 0x80, { A3G, 2640, 1125, 0, 0 }, TAKEN, X2160, 5280, 2250, 50, 6 },
	{ 0x97, 0xca, 0x80, { A3G, 2200, 1125, 0, 1 }, TAKEN, X2160, 4400, 2250, 60, 6 },
	{ 0x97, 0xcb, 0x80, { A3G, 2200, 1125, 0, 0 }, TAKEN, X2160, 4400, 2250, 60, 6 },
	{ 0x97, 0xc7, 0x82, { A3G, 4400, 1125, 0, 0 }, FULL, X2160, 4400, 2250, 30, 6 },
	{ 0x98, 0x49, 0x20, { B3G, 2640, 1125, 1, 0 }, TAKEN, X2160, 5280, 2250, 50, 6 },
	{ 0x98, 0x4a, 0x20, { B3G, 2200, 1125, 1, 1 }, TAKEN, X2160, 4400, 2250, 60, 6 },
	/* ST 2081-12 */
	QUADS_OF_6G(0xc2, 5500, 1, 11000, 24), QUADS_OF_6G(0xc3, 5500, 0, 11000, 24),
	QUADS_OF_6G(0xc5, 5280, 0, 10560, 25), QUADS_OF_6G(0xc6, 4400, 1, 8800, 30),
	QUADS_OF_6G(0xc7, 4400, 0, 8800, 30),
	{ 0xc5, 0xcd, 0x80, { G6, 1320, 1125, 0, 0 }, TAKEN, X2160, 5280, 2250, 100, 7 },
	{ 0xc5, 0xce, 0x80, { G6, 1100, 1125, 0, 1 }, TAKEN, X2160, 4400, 2250, 120, 7 },
	{ 0xc5, 0xcf, 0x80, { G6, 1100, 1125, 0, 0 }, TAKEN, X2160, 4400, 2250, 120, 7 },
	{ 0xc5, 0xc9, 0x81, { G6, 2640, 1125, 0, 0 }, FULL, X2160, 5280, 2250, 50, 7 },
	/* ST 2082-12, mode 1 and 2. China: 4320p50 HLG. Japan: 4320p59.94 HLG */
	QUADS_OF_12G(0xd4, 2750, 1, 11000, 48), QUADS_OF_12G(0xd8, 2750, 0, 11000, 48),
	QUADS_OF_12G(0xd9, 2640, 0, 10560, 50), QUADS_OF_12G(0xda, 2200, 1, 8800, 60),
	QUADS_OF_12G(0xdb, 2200, 0, 8800, 60),
	{ 0xd2, 0xc7, 0x81, { G12, 4400, 1125, 0, 0 }, FULL, X4320, 8800, 4500, 30, 8 },
	{ 0xd3, 0xcd, 0x82, { G12, 1320, 1125, 0, 0 }, FULL, X2160, 5280, 2250, 100, 8 },
	{ 0xd3, 0xcf, 0x80, { G12, 1100, 1125, 0, 0 }, FULL, X2160, 4400, 2250, 120, 8 },
	/* ST 2083 */
	{ 0xe3, 0xcd, 0x80, { G24, 2640, 1125, 0, 0 }, TAKEN, X4320, 10560, 4500, 100, 12 },
	{ 0xe3, 0xce, 0x80, { G24, 2200, 1125, 0, 1 }, TAKEN, X4320, 8800, 4500, 120, 12 },
};

#define QUADS (sizeof(quads) / sizeof(quads[0]))

static struct kinora_signal see_four(const struct link *link, const uint32_t id[4], uint8_t mapping)
{
	struct detect_sample sample[4];

	detect_init(&detect);
	detect.mapping = mapping;
	for (unsigned int i = 0; i < 4; i++)
		link_set(&sample[i], link, id[i]);
	return see(sample, QUAD);
}

static void ids(uint32_t id[4], unsigned int b1, unsigned int b2, unsigned int b3,
		unsigned int shift)
{
	for (unsigned int i = 0; i < 4; i++)
		id[i] = ID(b1, b2, b3, shift ? 1 | i << shift : 1);
}

static void check_quad(const struct quad_row *row, const struct kinora_signal *s, uint8_t mapping)
{
	unsigned int before = CU_get_number_of_failures();

	CU_ASSERT_EQUAL(s->state, row->state);
	CU_ASSERT_EQUAL(s->reason, row->reason);
	CU_ASSERT_EQUAL(s->dual, row->dual);
	CU_ASSERT_EQUAL(s->width, row->width);
	CU_ASSERT_EQUAL(s->height, row->height);
	CU_ASSERT_EQUAL(s->htotal, row->htotal);
	CU_ASSERT_EQUAL(s->vtotal, row->vtotal);
	check_rate(s, row->hz, row->link.fractional);
	CU_ASSERT_EQUAL(s->interface, row->interface);
	CU_ASSERT_EQUAL(s->mapping, mapping);
	CU_ASSERT_EQUAL(s->scan, 0);
	CU_ASSERT_EQUAL(s->links, 0xf);
	CU_ASSERT_EQUAL(s->order, 0xe4);
	CU_ASSERT_EQUAL(s->flags & ~0x20, 1);
	CU_ASSERT_EQUAL(s->transfer, row->b2 >> 4 & 3);
	CU_ASSERT_EQUAL(s->colorimetry, row->b3 == 0xa0 ? 2 : 0);
	if (CU_get_number_of_failures() != before)
		fprintf(stderr, "in code %02x, %u words\n", row->b1, row->link.words);
}

/* In both places where sources write the number of a link. */
static void test_quads(void)
{
	for (size_t i = 0; i < QUADS; i++)
		for (unsigned int shift = 5; shift <= 6; shift++) {
			const struct quad_row *row = &quads[i];
			struct kinora_signal s;
			uint32_t id[4];

			ids(id, row->b1, row->b2, row->b3, shift);
			s = see_four(&row->link, id, 0);
			check_quad(row, &s, 1);
		}
}

/*
 * Square division: of its own accord for four equal ids of single links, by hand with those of one
 * of four, numbered or not, and without any.
 */
static void test_square_division(void)
{
	static const struct quad_row rows12[] = {
		{ 0xd2, 0xd9, 0xa0, { G12, 2640, 1125, 0, 0 }, TAKEN, X4320, 10560, 4500, 50, 8 },
		{ 0xd2, 0xda, 0xa0, { G12, 2200, 1125, 0, 1 }, TAKEN, X4320, 8800, 4500, 60, 8 },
	};

	for (size_t i = 0; i < 2; i++) {
		const struct quad_row *row = &rows12[i];
		uint32_t id[4];
		struct kinora_signal s;

		ids(id, 0xce, row->b2, row->b3, 0);
		s = see_four(&row->link, id, 0);
		check_quad(row, &s, 2);
		for (unsigned int shift = 0; shift <= 6; shift++) {
			if (shift && shift < 5)
				continue;
			ids(id, 0xd2, row->b2, row->b3, shift);
			s = see_four(&row->link, id, 2);
			check_quad(row, &s, 2);
			CU_ASSERT_EQUAL(s.flags, 0x21);
		}
		/* D2 says nothing of it: numbered, it is taken for interleaved */
		s = see_four(&row->link, id, 0);
		check_quad(row, &s, 1);
		memset(id, 0, sizeof(id));
		s = see_four(&row->link, id, 2);
		CU_ASSERT_EQUAL(s.state, LOCKED);
		CU_ASSERT_EQUAL(s.mapping, 2);
		CU_ASSERT_EQUAL(s.transfer, 3);
		/* and nobody's word for the order: not without a hand */
		s = see_four(&row->link, id, 0);
		CU_ASSERT_EQUAL(s.state, UNSUPPORTED);
		CU_ASSERT_EQUAL(s.reason, ORDER);
	}
}

/* Two dual-link pictures on four links are not one; with mixed ids neither. */
static void test_four_of_others(void)
{
	static const struct {
		uint8_t b1, b2;
		struct link link;
	} v[] = {
		{ 0xd0, 0xc7, { G12, 4400, 1125, 0, 0 } },
		{ 0xd1, 0xcf, { G12, 1100, 1125, 0, 0 } },
		{ 0xc2, 0xcb, { G6, 2200, 1125, 0, 0 } },
		{ 0x94, 0xcb, { A3G, 2200, 1125, 0, 0 } },
		{ 0x95, 0x4b, { B3G, 2200, 1125, 1, 0 } },
		{ 0x89, 0xcb, { A3G, 2200, 1125, 0, 0 } },
		{ 0x8a, 0x4b, { B3G, 2200, 1125, 1, 0 } },
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct kinora_signal s;
		uint32_t id[4];

		ids(id, v[i].b1, v[i].b2, 0x80, 5);
		s = see_four(&v[i].link, id, 0);
		CU_ASSERT_EQUAL(s.state, UNSUPPORTED);
		CU_ASSERT_EQUAL(s.reason, DIFFER);
		CU_ASSERT_EQUAL(s.width, 0);
	}
}

/* --- every code is in one of the tables, or cannot arrive --- */

static void test_codes_complete(void)
{
	static const uint8_t codes[] = {
		0x84, 0x85, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x94, 0x95, 0x96, 0x97, 0x98, 0xc0,
		0xc1, 0xc2, 0xc4, 0xc5, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xe0, 0xe1, 0xe2, 0xe3,
	};

	for (size_t i = 0; i < sizeof(codes); i++) {
		bool found = false;

		for (size_t k = 0; k < ROWS; k++)
			found |= (rows[k].id & 0xff) == codes[i];
		if (!found)
			fprintf(stderr, "no row for code %02x\n", codes[i]);
		CU_ASSERT_TRUE(found);
	}
}

/* --- doubtful and lying --- */

struct doubt {
	const char *what;
	uint32_t id;
	struct link link;
	bool lies;
	bool believed;	/* HLG and BT.2020 of the id are taken over */
	uint16_t width;
	uint8_t hz;
};

static const struct doubt doubts[] = {
	{ "right", ID(0xce, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 0, 1, 3840, 60 },
	/* E and F: 120 Hz by whichever clock it has */
	{ "E, 120", ID(0xe0, 0xde, 0xa0, 1), { G24, 2200, 1125, 0, 0 }, 0, 1, 3840, 120 },
	{ "E, 119.88", ID(0xe0, 0xde, 0xa0, 1), { G24, 2200, 1125, 0, 1 }, 0, 1, 3840, 120 },
	{ "F, 120", ID(0xc1, 0xdf, 0xa0, 1), { G6, 1100, 1125, 0, 0 }, 0, 1, 1920, 120 },
	{ "F, 119.88", ID(0xc1, 0xdf, 0xa0, 1), { G6, 1100, 1125, 0, 1 }, 0, 1, 1920, 120 },
	/* others: the clock decides as well, but the id is wrong */
	{ "60, is 59.94", ID(0xce, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 1 }, 1, 1, 3840, 60 },
	{ "59.94, is 60", ID(0xce, 0xda, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 1, 3840, 60 },
	{ "23.98, is 24", ID(0xc0, 0xd2, 0xa0, 1), { G6, 5500, 1125, 0, 0 }, 1, 1, 3840, 24 },
	/* reserved bits of 720 lines, as those of 85 */
	{ "720 as 85", ID(0x84, 0xdb, 0xa0, 1), { HD, 1650, 750, 0, 0 }, 0, 1, 1280, 60 },
	{ "720 of 2048", ID(0x84, 0x5b, 0xe0, 1), { HD, 1650, 750, 0, 0 }, 0, 1, 1280, 60 },
	{ "no rate", ID(0xce, 0xd0, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 0, 1, 3840, 60 },
	/* of another picture */
	{ "rate", ID(0xce, 0xd9, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "96", ID(0xce, 0xdc, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "120 at 60", ID(0xce, 0xdf, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "link rate", ID(0xc0, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "height", ID(0xcf, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "720", ID(0x84, 0xd7, 0xa0, 1), { HD, 2200, 1125, 0, 0 }, 1, 0, 1920, 30 },
	{ "interlaced", ID(0x85, 0x17, 0xa0, 1), { HD, 2200, 1125, 0, 0 }, 1, 0, 1920, 30 },
	{ "progressive", ID(0x85, 0xd7, 0xa0, 1), { HD, 2200, 1125, 1, 0 }, 1, 0, 1920, 30 },
	{ "no progressive", ID(0xce, 0x9b, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "dual at 50", ID(0xd0, 0xd9, 0xa0, 1), { G12, 2640, 1125, 0, 0 }, 1, 0, 3840, 50 },
	{ "SD", ID(0x81, 0x15, 0xa0, 1), { HD, 2640, 1125, 1, 0 }, 1, 0, 1920, 25 },
	{ "10G", ID(0xa2, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "10G several", ID(0xa5, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "10G UHDTV1", ID(0xa1, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "10G UHDTV2", ID(0xa6, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 1, 0, 3840, 60 },
	{ "4320 on 24G", ID(0xdf, 0xdf, 0xa0, 1), { G24, 2200, 1125, 0, 0 }, 1, 0, 3840, 120 },
	{ "8B, is 1080p", ID(0x8b, 0xd3, 0xa0, 1), { B3G, 2750, 1125, 0, 0 }, 1, 0, 1920, 24 },
	{ "8A at 25", ID(0x8a, 0x55, 0xa0, 1), { B3G, 2640, 1125, 1, 0 }, 1, 0, 1920, 50 },
	/* more bits than there is room for */
	{ "4:4:4", ID(0xce, 0xdb, 0xa1, 1), { G12, 2200, 1125, 0, 0 }, 1, 1, 3840, 60 },
	{ "RGB", ID(0xce, 0xdb, 0xa2, 1), { G12, 2200, 1125, 0, 0 }, 1, 1, 3840, 60 },
	{ "12 bits", ID(0x89, 0xdb, 0xa0, 2), { A3G, 2200, 1125, 0, 0 }, 1, 1, 1920, 60 },
	/* nobody knows this code */
	{ "unassigned", ID(0xff, 0xdb, 0xa0, 1), { G12, 2200, 1125, 0, 0 }, 0, 0, 3840, 60 },
	/* ST 2082-12 knows no 2048: the bit says nothing */
	{ "2048 on D2", ID(0xd2, 0xdb, 0xe0, 1), { G12, 2200, 1125, 0, 0 }, 0, 1, 3840, 60 },
};

static void test_doubts(void)
{
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
		const struct doubt *d = &doubts[i];
		struct kinora_signal s = see_one(&d->link, d->id);
		unsigned int before = CU_get_number_of_failures();

		/* whatever it says, the picture is there, as measured */
		CU_ASSERT_EQUAL(s.state, LOCKED);
		CU_ASSERT_EQUAL(s.width, d->width);
		check_rate(&s, d->hz, d->link.fractional);
		CU_ASSERT_EQUAL(s.flags, d->lies ? 0x09 : 0x01);
		CU_ASSERT_EQUAL(s.transfer, d->believed ? 1 : 3);
		CU_ASSERT_EQUAL(s.colorimetry, d->believed ? 2 : 3);
		CU_ASSERT_EQUAL(s.sampling, YC);
		CU_ASSERT_EQUAL(s.depth, 10);
		CU_ASSERT_EQUAL(s.range, 0);
		CU_ASSERT_EQUAL(s.payload_id[0], d->id);
		if (CU_get_number_of_failures() != before)
			fprintf(stderr, "in '%s'\n", d->what);
	}
}

/* Byte 4, bit 4: ICtCp, which is not BT.2020's YCbCr. Everything else of the id stands. */
static void test_ictcp(void)
{
	static const struct {
		uint32_t id;
		struct link link;
		uint8_t colorimetry;
	} v[] = {
		{ ID(0x85, 0xe5, 0xa0, 0x11), { HD, 2640, 1125, 0, 0 }, 3 },
		{ ID(0x89, 0xe9, 0xa0, 0x11), { A3G, 2640, 1125, 0, 0 }, 3 },
		{ ID(0x8a, 0x69, 0xa0, 0x11), { B3G, 2640, 1125, 1, 0 }, 3 },
		{ ID(0xc0, 0xe5, 0xa0, 0x11), { G6, 5280, 1125, 0, 0 }, 3 },
		{ ID(0xce, 0xe9, 0xa0, 0x11), { G12, 2640, 1125, 0, 0 }, 3 },
		{ ID(0xce, 0xe9, 0xa0, 0x01), { G12, 2640, 1125, 0, 0 }, 2 },
		/* reserved: 720 lines */
		{ ID(0x84, 0x69, 0x00, 0x11), { HD, 1980, 750, 0, 0 }, 0 },
	};
	struct link link = { G12, 2640, 1125, 0, 0 };
	struct kinora_signal s;
	uint32_t id[4];

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		s = see_one(&v[i].link, v[i].id);
		CU_ASSERT_EQUAL(s.state, LOCKED);
		CU_ASSERT_EQUAL(s.flags, 0x01);
		CU_ASSERT_EQUAL(s.colorimetry, v[i].colorimetry);
		CU_ASSERT_EQUAL(s.transfer, 2);
		CU_ASSERT_EQUAL(s.sampling, YC);
		CU_ASSERT_EQUAL(s.depth, 10);
	}
	for (unsigned int i = 0; i < 4; i++)
		id[i] = ID(0xd2, 0xe9, 0xa0, 0x11 | i << 5);
	s = see_four(&link, id, 0);
	CU_ASSERT_EQUAL(s.state, LOCKED);
	CU_ASSERT_EQUAL(s.mapping, 1);
	CU_ASSERT_EQUAL(s.colorimetry, 3);
	CU_ASSERT_EQUAL(s.transfer, 2);
	/* one that says YCbCr is of another picture */
	id[2] &= ~ID(0, 0, 0, 0x10);
	CU_ASSERT_EQUAL(see_four(&link, id, 0).reason, DIFFER);
}

/* 2048 x 1080 has the words and lines of 1920 x 1080: only the id tells, and no raster has it. */
static void test_2048(void)
{
	struct link link = { A3G, 2640, 1125, 0, 0 };
	struct kinora_signal s = see_one(&link, ID(0x89, 0xc9, 0xc0, 1));

	CU_ASSERT_EQUAL(s.state, UNSUPPORTED);
	CU_ASSERT_EQUAL(s.reason, RASTER);
	CU_ASSERT_EQUAL(s.width, 0);
	/* but not by one that is of another picture */
	s = see_one(&link, ID(0x89, 0xcb, 0xc0, 1));
	CU_ASSERT_EQUAL(s.state, LOCKED);
	CU_ASSERT_EQUAL(s.flags, 0x09);
}

/* All four lie in the same way: what they are is not known, and that they lie is. */
static void test_quad_lies(void)
{
	struct link link = { G12, 2640, 1125, 0, 0 };
	struct kinora_signal s;
	uint32_t id[4];

	ids(id, 0xd2, 0xdb, 0xa0, 5);	/* 60 Hz, it says */
	s = see_four(&link, id, 0);
	CU_ASSERT_EQUAL(s.state, LOCKED);
	CU_ASSERT_EQUAL(s.rate_num, 50);
	CU_ASSERT_EQUAL(s.flags, 0x09);
	CU_ASSERT_EQUAL(s.transfer, 3);
	ids(id, 0x89, 0xdb, 0xa0, 0);
	s = see_four(&link, id, 0);
	CU_ASSERT_EQUAL(s.reason, DIFFER);
	CU_ASSERT_EQUAL(s.flags, 0x09);
	/* by hand they are one picture nevertheless */
	s = see_four(&link, id, 2);
	CU_ASSERT_EQUAL(s.state, LOCKED);
	CU_ASSERT_EQUAL(s.flags, 0x29);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "one link", test_links },
		{ "four links", test_quads },
		{ "square division", test_square_division },
		{ "four links of other pictures", test_four_of_others },
		{ "no code is missing", test_codes_complete },
		{ "doubtful and lying ids", test_doubts },
		{ "ICtCp", test_ictcp },
		{ "2048 pixels", test_2048 },
		{ "four that lie", test_quad_lies },
		CU_TEST_INFO_NULL,
	};

	return unit_run("payload table", tests);
}
