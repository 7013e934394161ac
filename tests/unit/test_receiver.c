// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/receiver.c tests/vcard/spread.c tests/vcard/stimulus*.c */
/* Sources: tests/vcard/picture.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the virtual card's SDI receivers: registers over time, payload ids, faults, and the
 * firmware on top of them, which has to recognise every mode of the stimulus language.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "receiver.h"
#include "unit.h"

#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define LOCKED_STATUS (KINORA_RX_CARRIER | KINORA_RX_LOCKED | KINORA_RX_PAYLOAD_VALID)
#define QUAD KINORA_CONN_SDI_QUAD

/* Signals that follow each other faster than eight a second look like a loose cable. */
#define SETTLED (150 * MS)

static struct receivers rx;

static void setup(void)
{
	CU_ASSERT_EQUAL_FATAL(receivers_init(&rx), 0);
}

/* As the world does it: a line of the language. */
static void say(const char *line, uint64_t now)
{
	char error[STIMULUS_ERROR_MAX];
	struct stimulus s;
	int ret = stimulus_parse(line, false, &s, error, sizeof(error));

	if (ret)
		fprintf(stderr, "'%s': %s\n", line, error);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	if (s.kind == STIMULUS_SIGNAL) {
		CU_ASSERT_EQUAL(receiver_signal(&rx, s.connector, &s.signal, now), 0);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(s.kind, STIMULUS_FAULT);
	switch (s.fault.kind) {
	case STIMULUS_FAULT_CRC:
		ret = receiver_fault_crc(&rx, s.connector, s.fault.crc_rate, now);
		break;
	case STIMULUS_FAULT_SKEW:
		ret = receiver_fault_skew(&rx, s.connector, s.fault.skew, s.fault.skew_lines);
		break;
	case STIMULUS_FAULT_UNLOCK:
		ret = receiver_fault_unlock(&rx, s.connector, s.fault.unlock_ms, now);
		break;
	case STIMULUS_FAULT_FLAP:
		ret = receiver_fault_flap(&rx, s.connector, s.fault.flap_hz, s.fault.flap_off, now);
		break;
	case STIMULUS_FAULT_CLEAR:
		ret = receiver_fault_clear(&rx, s.connector, now);
		break;
	default:
		CU_FAIL_FATAL("a fault that SDI does not have");
	}
	CU_ASSERT_EQUAL(ret, 0);
}

static uint32_t reg(unsigned int link, unsigned int r, uint64_t now)
{
	return receiver_read(&rx, link, r, now);
}

static uint32_t status(unsigned int link, uint64_t now)
{
	return reg(link, KINORA_RX_STATUS, now);
}

/* --- registers --- */

static void test_nothing_connected(void)
{
	setup();
	for (unsigned int link = 0; link < 6; link++)
		for (unsigned int r = 0; r < 0x40; r += 4)
			CU_ASSERT_EQUAL(reg(link, r, 5 * SECOND), 0);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, 0), UINT64_MAX);
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 0, 0, SECOND), 0);
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 7, 0, SECOND), 0);
	receivers_finish(&rx);
}

static void test_lock_takes_two_frames(void)
{
	const uint64_t t = 7 * SECOND;

	setup();
	say("signal sdi2 1080i50", t);
	CU_ASSERT_EQUAL(status(1, t), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_WORDS, t), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_PAYLOAD, t), 0);
	/* 25 frames a second: two take 80 ms */
	CU_ASSERT_EQUAL(status(1, t + 80 * MS - 1), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, t), t + 80 * MS);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, t + 80 * MS - 1), t + 80 * MS);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, t + 80 * MS), UINT64_MAX);
	CU_ASSERT_EQUAL(status(1, t + 80 * MS), LOCKED_STATUS | KINORA_RX_INTERLACED | 1 << 8);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_WORDS, t + 80 * MS), 2640);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LINES, t + 80 * MS), 1125);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_PPB, t + 80 * MS), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_PAYLOAD, t + 80 * MS), ID(0x85, 0x05, 0x20, 0x01));
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LOCK_LOSSES, t + 80 * MS), 0);
	CU_ASSERT_EQUAL(status(0, t + 80 * MS), 0);
	CU_ASSERT_EQUAL(status(2, t + 80 * MS), 0);

	/* another signal, and none: the lock that was there is lost */
	say("signal sdi2 720p60", 8 * SECOND);
	CU_ASSERT_EQUAL(status(1, 8 * SECOND), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LOCK_LOSSES, 8 * SECOND), 1);
	say("signal sdi2 720p50", 8 * SECOND + 1);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LOCK_LOSSES, 8 * SECOND + 1), 1);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_WORDS, 9 * SECOND), 1980);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LINES, 9 * SECOND), 750);
	say("signal sdi2 off", 9 * SECOND);
	CU_ASSERT_EQUAL(status(1, 9 * SECOND), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_LOCK_LOSSES, 9 * SECOND), 2);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, 9 * SECOND), UINT64_MAX);
	receivers_finish(&rx);
}

static void test_quad_and_single_share_links(void)
{
	setup();
	say("signal sdi-quad 4320p50 transfer=hlg colour=2020", 0);
	for (unsigned int link = 0; link < 4; link++) {
		CU_ASSERT_EQUAL(status(link, SECOND), LOCKED_STATUS | 5 << 8);
		CU_ASSERT_EQUAL(reg(link, KINORA_RX_WORDS, SECOND), 2640);
		CU_ASSERT_EQUAL(reg(link, KINORA_RX_PAYLOAD, SECOND),
				ID(0xd2, 0xd9, 0xa0, 0x01 + 0x20 * link));
	}
	say("signal sdi1 1080p50", 2 * SECOND);
	CU_ASSERT_EQUAL(status(0, 3 * SECOND), LOCKED_STATUS | 2 << 8);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_PAYLOAD, 3 * SECOND), ID(0x89, 0xc9, 0x80, 0x01));
	CU_ASSERT_EQUAL(status(1, 3 * SECOND), LOCKED_STATUS | 5 << 8);
	say("signal sdi-quad off", 4 * SECOND);
	for (unsigned int link = 0; link < 4; link++)
		CU_ASSERT_EQUAL(status(link, 4 * SECOND), 0);
	receivers_finish(&rx);
}

static void test_payload_ids(void)
{
	/*
	 * written from the standards, as in the firmware's tests; link is the last of the connector
	 */
	static const struct { const char *line; unsigned int link; uint32_t id; } rows[] = {
		{ "signal sdi-quad 4320p59.94", 3, ID(0xd2, 0xca, 0x80, 0x61) },
		{ "signal sdi-quad 4320p50 mapping=sqd transfer=hlg colour=2020", 3,
		  ID(0xce, 0xd9, 0xa0, 0x01) },
		{ "signal sdi-quad 4320p29.97 transfer=pq colour=2020", 2,
		  ID(0xc4, 0xe6, 0xa0, 0x41) },
		{ "signal sdi-quad 4320p25 mapping=sqd", 3, ID(0xc0, 0xc5, 0x80, 0x01) },
		{ "signal sdi-quad 4320p119.88", 1, ID(0xe3, 0xce, 0x80, 0x21) },
		{ "signal sdi-quad 4320p47.95", 0, ID(0xd2, 0xc4, 0x80, 0x01) },
		{ "signal sdi3 2160p50 transfer=hlg colour=2020", 2, ID(0xce, 0xd9, 0xa0, 0x01) },
		{ "signal sdi3 2160p23.98", 2, ID(0xc0, 0xc2, 0x80, 0x01) },
		{ "signal sdi3 2160p60 range=full", 2, ID(0xce, 0xcb, 0x80, 0x00) },
		{ "signal sdi3 1080p60", 2, ID(0x89, 0xcb, 0x80, 0x01) },
		{ "signal sdi3 1080p48", 2, ID(0x89, 0xc8, 0x80, 0x01) },
		{ "signal sdi3 1080p120", 2, ID(0xc1, 0xcf, 0x80, 0x01) },
		{ "signal sdi3 1080p24", 2, ID(0x85, 0xc3, 0x20, 0x01) },
		{ "signal sdi3 1080i59.94 colour=2020", 2, ID(0x85, 0x06, 0xa0, 0x01) },
		{ "signal sdi3 1080p30 colour=601 range=full", 2, ID(0x85, 0xc7, 0xb0, 0x03) },
		{ "signal sdi3 720p50", 2, ID(0x84, 0x49, 0x20, 0x01) },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t got;

		setup();
		say(rows[i].line, 0);
		got = reg(rows[i].link, KINORA_RX_PAYLOAD, SECOND);
		if (got != rows[i].id)
			fprintf(stderr, "%s: %08x, not %08x\n", rows[i].line, got, rows[i].id);
		CU_ASSERT_EQUAL(got, rows[i].id);
		receivers_finish(&rx);
	}
}

static void test_clock(void)
{
	setup();
	say("signal sdi1 2160p60 ppm=12.5", 0);
	say("signal sdi2 2160p59.94", 0);
	say("signal sdi3 2160p59.94 ppm=-3", 0);
	CU_ASSERT_EQUAL((int32_t)reg(0, KINORA_RX_PPB, SECOND), 12500);
	CU_ASSERT_EQUAL((int32_t)reg(1, KINORA_RX_PPB, SECOND), -999001);
	CU_ASSERT_EQUAL((int32_t)reg(2, KINORA_RX_PPB, SECOND), -1002001);
	receivers_finish(&rx);
}

/* SD reaches the receivers, and they have no lock for it. */
static void test_sd_never_locks(void)
{
	const struct stimulus_mode sd = {
		.name = "576i50", .width = 720, .height = 576, .interlaced = true,
		.rate_num = 25, .rate_den = 1, .link = STIMULUS_LINK_SD,
	};
	const struct stimulus_signal signal = { .mode = &sd };

	setup();
	say("signal sdi1 2160p50", 0);
	CU_ASSERT_EQUAL(receiver_signal(&rx, KINORA_CONN_SDI1, &signal, SECOND), 0);
	say("fault sdi1 crc 1", SECOND);
	say("fault sdi1 unlock 10", SECOND);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, SECOND), UINT64_MAX);
	CU_ASSERT_EQUAL(status(0, 60 * SECOND), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_WORDS, 60 * SECOND), 0);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_CRC_ERRORS, 60 * SECOND), 0);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, 60 * SECOND), 1);
	receivers_finish(&rx);
}

static void test_refused(void)
{
	struct stimulus_signal signal = { .mode = stimulus_mode_find("4320p60") };

	setup();
	CU_ASSERT_EQUAL(receiver_signal(&rx, KINORA_CONN_SDI1, &signal, 0), -EOPNOTSUPP);
	CU_ASSERT_EQUAL(receiver_signal(&rx, KINORA_CONN_HDMI1, &signal, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_signal(&rx, 99, &signal, 0), -EINVAL);
	signal.ppm = 1e9;
	CU_ASSERT_EQUAL(receiver_signal(&rx, QUAD, &signal, 0), -EINVAL);
	signal.ppm = NAN;
	CU_ASSERT_EQUAL(receiver_signal(&rx, QUAD, &signal, 0), -EINVAL);
	signal.ppm = 0;
	signal.mode = stimulus_mode_find("1080p60");
	CU_ASSERT_EQUAL(receiver_signal(&rx, QUAD, &signal, 0), -EOPNOTSUPP);
	CU_ASSERT_EQUAL(receiver_off(&rx, KINORA_CONN_REF, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_crc(&rx, KINORA_CONN_REF, 0.1, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_crc(&rx, KINORA_CONN_SDI1, 1.1, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_crc(&rx, KINORA_CONN_SDI1, -0.1, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_crc(&rx, KINORA_CONN_SDI1, NAN, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_skew(&rx, KINORA_CONN_HDMI1, 1, false), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_unlock(&rx, KINORA_CONN_HDMI1, 1, 0), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_clear(&rx, KINORA_CONN_HDMI1, 0), -EINVAL);
	for (unsigned int link = 0; link < 4; link++)
		CU_ASSERT_EQUAL(status(link, SECOND), 0);
	receivers_finish(&rx);
}

/* --- faults --- */

static void test_crc_errors(void)
{
	/*
	 * locked from 40 ms on; 1125 lines, 50 times a second, one in a hundred bad: 562.5 a second
	 */
	const uint64_t t = SECOND, locked = t + 40 * MS;
	uint32_t sum = 0;

	setup();
	say("fault sdi4 crc 0.01", 0);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, t), 0);
	say("signal sdi4 2160p50", t);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked), 0);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked + 2 * SECOND), 1125);
	CU_ASSERT_EQUAL(reg(2, KINORA_RX_CRC_ERRORS, locked + 2 * SECOND), 0);
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 3, t, locked), 0);

	/* frame by frame it is the same sum, and the same again when asked later */
	for (unsigned int again = 0; again < 2; again++) {
		sum = 0;
		for (unsigned int frame = 0; frame < 100; frame++) {
			uint64_t from = locked + frame * 20 * MS;
			uint32_t n = receiver_line_errors_in(&rx, 3, from, from + 20 * MS);

			CU_ASSERT_TRUE(n == 11 || n == 12);
			sum += n;
		}
		CU_ASSERT_EQUAL(sum, 1125);
	}
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 3, locked + SECOND, locked + SECOND), 0);
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 3, locked + SECOND, locked), 0);

	/* cleared: the count stays and grows no more, and the past can still be asked for */
	say("fault sdi4 clear", locked + 2 * SECOND);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked + 9 * SECOND), 1125);
	CU_ASSERT_EQUAL(receiver_line_errors_in(&rx, 3, locked + SECOND, locked + 9 * SECOND), 563);

	/* every line, but none without lock */
	say("fault sdi4 crc 1", locked + 9 * SECOND);
	say("fault sdi4 unlock 500", locked + 10 * SECOND);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked + 10 * SECOND), 1125 + 56250);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked + 10 * SECOND + 540 * MS),
			1125 + 56250);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_CRC_ERRORS, locked + 10 * SECOND + 560 * MS),
			1125 + 56250 + 1125);
	receivers_finish(&rx);
}

/* A count never shrinks, whatever happens to the link. */
static void test_crc_errors_only_grow(void)
{
	static const char *const lines[] = {
		"fault sdi1 crc 0.5", "signal sdi1 2160p60",  "fault sdi1 unlock 5",
		"signal sdi1 off",    "fault sdi1 crc 0.001", "signal sdi-quad 4320p24",
		"fault sdi1 clear",   "fault sdi-quad crc 1", "fault sdi-quad skew 5",
		"signal sdi1 720p50",
	};
	uint64_t now = SECOND;
	uint32_t last = 0, random = 1;

	setup();
	for (unsigned int i = 0; i < 20000; i++) {
		uint32_t count;

		random = random * 1664525 + 1013904223;
		if (random >> 29 == 0)
			say(lines[(random >> 8) % (sizeof(lines) / sizeof(lines[0]))], now);
		now += (random >> 4) % (30 * MS);
		count = reg(0, KINORA_RX_CRC_ERRORS, now);
		CU_ASSERT_TRUE(count >= last);
		last = count;
	}
	CU_ASSERT_TRUE(last > 1000);
	receivers_finish(&rx);
}

static void test_skew(void)
{
	setup();
	say("signal sdi-quad 4320p60", 0);
	/* 297 words of 1 / 148.5 MHz: 2000 ns */
	say("fault sdi-quad skew 297", SECOND);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_SKEW, SECOND), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_SKEW, SECOND), 667);
	CU_ASSERT_EQUAL(reg(2, KINORA_RX_SKEW, SECOND), 1333);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 2000);
	/* three lines of 1 / (1125 x 60) s */
	say("fault sdi-quad skew 3 lines", SECOND);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_SKEW, SECOND), 14815);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 44444);
	/* the earliest link is gone: the others count from the next */
	say("signal sdi1 off", SECOND);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_SKEW, SECOND), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_SKEW, SECOND), 0);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 29630);
	/* a receiver cannot tell a link that is late by more than a frame: 1126 lines are one */
	say("fault sdi-quad clear", SECOND);
	say("fault sdi4 skew 1126 lines", SECOND);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 14815);
	CU_ASSERT_EQUAL(receiver_fault_skew(&rx, QUAD, UINT32_MAX, true), 0);
	CU_ASSERT_TRUE(reg(3, KINORA_RX_SKEW, SECOND) < 16666667);
	say("fault sdi-quad clear", SECOND);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 0);
	CU_ASSERT_EQUAL(receiver_fault_skew(&rx, KINORA_CONN_SDI3, 297, false), 0);
	CU_ASSERT_EQUAL(reg(2, KINORA_RX_SKEW, SECOND), 2000);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, SECOND), 0);
	receivers_finish(&rx);
}

static void test_unlock(void)
{
	const uint64_t back = SECOND + 300 * MS + 40 * MS;

	setup();
	say("fault sdi1 unlock 300", 0); /* of nothing */
	CU_ASSERT_EQUAL(status(0, 0), 0);
	say("signal sdi1 2160p50", 100 * MS);
	CU_ASSERT_EQUAL(status(0, 140 * MS), LOCKED_STATUS | 5 << 8);
	say("fault sdi1 unlock 300", SECOND);
	CU_ASSERT_EQUAL(status(0, SECOND), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, SECOND), 1);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, SECOND), back);
	CU_ASSERT_EQUAL(status(0, back - 1), KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(status(0, back), LOCKED_STATUS | 5 << 8);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, back), 1);

	/* cleared early; and clearing does not delay a lock that is on its way */
	say("fault sdi1 unlock 60000", 2 * SECOND);
	say("fault sdi1 clear", 3 * SECOND);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, 3 * SECOND), 3 * SECOND + 40 * MS);
	say("fault sdi1 clear", 3 * SECOND + 30 * MS);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, 3 * SECOND), 3 * SECOND + 40 * MS);
	receivers_finish(&rx);
}

/* --- under the firmware --- */

static uint64_t now_ns;
static struct controller firmware;
static struct kinora_signal last[CONTROLLER_CONNECTORS];

static struct bus bus;
static struct controller_hal hal;

static uint32_t rx_read(void *opaque, unsigned int link, unsigned int r)
{
	(void)opaque;
	return receiver_read(&rx, link, r, now_ns);
}

static uint64_t rx_time(void *opaque)
{
	(void)opaque;
	return now_ns;
}

static void rx_publish(void *opaque, unsigned int block, bool changed)
{
	(void)opaque;
	(void)changed;
	if (block < CONTROLLER_CONNECTORS)
		bus_block(&bus, block, &last[block]);
}

static const struct bus_ops rx_ops = {
	.receiver_read = rx_read, .time_ns = rx_time, .publish = rx_publish,
};

static void firmware_start(void)
{
	setup();
	now_ns = SECOND;
	bus_init(&bus, &rx_ops, NULL);
	hal = bus_hal(&bus);
	controller_init(&firmware, &hal);
	controller_poll(&firmware);
}

/* Until end, polled when it wants and when a receiver changes, as in the virtual card. */
static void firmware_run(uint64_t end)
{
	for (;;) {
		uint64_t wanted = controller_poll(&firmware);
		uint64_t change = receiver_next_change(&rx, now_ns);

		if (change < wanted)
			wanted = change;
		if (wanted > end)
			break;
		now_ns = wanted;
	}
	now_ns = end;
}

static double mode_frame_ns(const struct stimulus_mode *mode)
{
	return 1e9 * mode->rate_den / mode->rate_num;
}

/* Every mode that a connector can carry is recognised, a frame after the receiver has locked. */
static void check_modes(bool quad, const char *options, uint8_t mapping)
{
	const struct stimulus_mode *mode;
	unsigned int count = 0;

	firmware_start();
	for (size_t i = 0; (mode = stimulus_mode_at(i)); i++) {
		enum stimulus_link link = quad ? mode->link_quad : mode->link;
		unsigned int connector = quad ? (unsigned int)QUAD : count % 4;
		const struct kinora_signal *s = &last[connector];
		double frame = mode_frame_ns(mode);
		char line[200];

		if (link == STIMULUS_LINK_NONE)
			continue;
		if (quad)
			snprintf(line, sizeof(line), "signal sdi-quad %s %s", mode->name, options);
		else
			snprintf(line, sizeof(line), "signal sdi%u %s %s", connector + 1,
				 mode->name, options);
		say(line, now_ns);
		firmware_run(now_ns + (uint64_t)(2.9 * frame));
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSTABLE);
		/* the other family's frame is a thousandth longer: both are waited for */
		firmware_run(now_ns + (uint64_t)(0.11 * frame));
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s->width, mode->width);
		CU_ASSERT_EQUAL(s->height, mode->height);
		CU_ASSERT_EQUAL(s->scan, mode->interlaced ? KINORA_SCAN_INTERLACED : 0);
		CU_ASSERT_EQUAL(s->rate_num, mode->rate_num);
		CU_ASSERT_EQUAL(s->rate_den, mode->rate_den);
		CU_ASSERT_EQUAL(s->mapping, mapping);
		CU_ASSERT_EQUAL(s->clock_ppb, 15000);
		CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_HLG);
		CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_2020);
		CU_ASSERT_EQUAL(s->range, KINORA_RANGE_NARROW);
		CU_ASSERT_EQUAL(s->sampling, KINORA_SAMPLING_422);
		CU_ASSERT_EQUAL(s->depth, 10);
		if (s->state != KINORA_SIGNAL_LOCKED || s->rate_num != mode->rate_num)
			fprintf(stderr, "'%s': state %u, reason %u\n", line, s->state, s->reason);
		count++;
		firmware_run(now_ns + SETTLED);
	}
	/* 8K has 8 rates up to 60 Hz and 3 above */
	CU_ASSERT_TRUE(quad ? count >= 11 : count >= 30);
	receivers_finish(&rx);
}

static void test_firmware_knows_single_modes(void)
{
	check_modes(false, "transfer=hlg colour=2020 ppm=15", KINORA_MAPPING_SINGLE);
}

static void test_firmware_knows_quad_modes(void)
{
	check_modes(true, "transfer=hlg colour=2020 ppm=15", KINORA_MAPPING_2SI);
}

static void test_firmware_knows_square_modes(void)
{
	check_modes(true, "transfer=hlg colour=2020 ppm=15 mapping=sqd", KINORA_MAPPING_SQD);
}

/* By every interface that carries it; what takes two cables is said to be one of two. */
static void check_interface(const struct stimulus_mode *mode,
			    const struct stimulus_interface *interface, unsigned int link)
{
	unsigned int connector = interface->links == 4 ? (unsigned int)QUAD : link;
	const struct kinora_signal *s = &last[connector];
	unsigned int before = CU_get_number_of_failures();
	char line[200], which[16] = "";

	if (interface->links == 2)
		snprintf(which, sizeof(which), " link=%u", link + 1);
	snprintf(line, sizeof(line), "signal %s %s interface=%s transfer=hlg colour=2020%s",
		 interface->links == 4 ? "sdi-quad" : link ? "sdi2" : "sdi1", mode->name,
		 interface->name, which);
	say(line, now_ns);
	/* two frames of the slowest transport, and what settles after them */
	firmware_run(now_ns + SETTLED);
	if (interface->links == 2) {
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSUPPORTED);
		CU_ASSERT_EQUAL(s->reason, KINORA_REASON_DUAL_LINK);
		CU_ASSERT_EQUAL(s->dual, link + 1);
	} else {
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s->reason, KINORA_REASON_NONE);
		CU_ASSERT_EQUAL(s->dual, 0);
		CU_ASSERT_EQUAL(s->width, mode->width);
		CU_ASSERT_EQUAL(s->height, mode->height);
		CU_ASSERT_EQUAL(s->scan, mode->interlaced ? KINORA_SCAN_INTERLACED : 0);
		CU_ASSERT_EQUAL(s->rate_num, mode->rate_num);
		CU_ASSERT_EQUAL(s->rate_den, mode->rate_den);
		CU_ASSERT_EQUAL(s->transfer, KINORA_TRANSFER_HLG);
		CU_ASSERT_EQUAL(s->colorimetry, KINORA_COLORIMETRY_2020);
	}
	CU_ASSERT_EQUAL(s->flags, KINORA_SIGNAL_FLAG_POWER);
	if (CU_get_number_of_failures() != before)
		fprintf(stderr, "'%s': state %u, reason %u\n", line, s->state, s->reason);
}

static void test_firmware_knows_interfaces(void)
{
	const struct stimulus_interface *interface;
	const struct stimulus_mode *mode;
	unsigned int count = 0;

	firmware_start();
	for (size_t i = 0; (interface = stimulus_interface_at(i)); i++)
		for (size_t m = 0; (mode = stimulus_mode_at(m)); m++) {
			if (!stimulus_interface_carries(interface, mode))
				continue;
			for (unsigned int link = 0; link < (interface->links == 2 ? 2 : 1); link++)
				check_interface(mode, interface, link);
			count++;
		}
	CU_ASSERT_TRUE(count > 80);
	receivers_finish(&rx);
}

/* Cables in another order: told apart by numbers in either place, put right by hand. */
static void test_firmware_knows_order(void)
{
	static const char *const numbers[] = { "75", "76" };
	const struct kinora_signal *s = &last[QUAD];
	char line[200];

	firmware_start();
	for (unsigned int i = 0; i < 2; i++) {
		firmware.detect.order = 0;
		snprintf(line, sizeof(line), "signal sdi-quad 4320p50 order=1324 numbers=%s",
			 numbers[i]);
		say(line, now_ns);
		firmware_run(now_ns + SETTLED);
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_UNSUPPORTED);
		CU_ASSERT_EQUAL(s->reason, KINORA_REASON_LINK_ORDER);
		/* links 1 to 4 have the parts 0, 2, 1, 3 */
		CU_ASSERT_EQUAL(s->order, 0xd8);
		firmware.detect.order = s->order;
		firmware_run(now_ns + SETTLED);
		CU_ASSERT_EQUAL(s->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s->order, 0xd8);
	}
	receivers_finish(&rx);
}

static void test_firmware_sees_faults(void)
{
	firmware_start();
	say("signal sdi-quad 4320p60", now_ns);
	firmware_run(now_ns + 200 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);

	/* 400 ns and a line of 14814 ns: 1 line fits, 2 lines do not */
	say("fault sdi-quad skew 1 lines", now_ns);
	firmware_run(now_ns + 1100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(last[QUAD].skew_ns[3], 14815);
	say("fault sdi-quad skew 2 lines", now_ns);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_UNSUPPORTED);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_SKEW);
	say("fault sdi-quad clear", now_ns);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);

	say("fault sdi2 unlock 100", now_ns);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINK_MISSING);
	CU_ASSERT_EQUAL(last[QUAD].links, 0xd);
	CU_ASSERT_EQUAL(last[1].state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(last[0].state, KINORA_SIGNAL_LOCKED);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(last[QUAD].lock_losses, 1);

	/* link 3 of another picture, then of another source */
	say("signal sdi3 2160p60 transfer=hlg", now_ns);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINKS_DIFFER);
	CU_ASSERT_EQUAL(last[2].state, KINORA_SIGNAL_LOCKED);
	say("signal sdi3 off", now_ns);
	firmware_run(now_ns + 100 * MS);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINK_MISSING);
	CU_ASSERT_EQUAL(last[2].state, KINORA_SIGNAL_NONE);

	/* CRC errors are counted on the link that has them */
	say("signal sdi-quad 4320p60", now_ns);
	say("fault sdi4 crc 0.001", now_ns);
	firmware_run(now_ns + 5 * SECOND);
	CU_ASSERT_TRUE(last[QUAD].crc_errors[3] > 250);
	CU_ASSERT_TRUE(last[QUAD].crc_errors[3] < 340);
	CU_ASSERT_EQUAL(last[QUAD].crc_errors[0], 0);
	CU_ASSERT_TRUE(last[3].crc_errors[0] > 250);
	receivers_finish(&rx);
}

/* Four separate pictures, then 8K, then back. */
static void test_firmware_four_pictures(void)
{
	firmware_start();
	say("signal sdi1 2160p50", now_ns);
	say("signal sdi2 1080p59.94", now_ns);
	say("signal sdi3 1080i50", now_ns);
	say("signal sdi4 720p60", now_ns);
	firmware_run(now_ns + 200 * MS);
	CU_ASSERT_EQUAL(last[0].htotal, 5280);
	CU_ASSERT_EQUAL(last[1].rate_den, 1001);
	CU_ASSERT_EQUAL(last[2].scan, KINORA_SCAN_INTERLACED);
	CU_ASSERT_EQUAL(last[3].height, 720);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINKS_DIFFER);

	/* equal in everything but the clock */
	for (unsigned int link = 1; link <= 4; link++) {
		char line[64];

		snprintf(line, sizeof(line), "signal sdi%u 2160p60 ppm=%u", link, 11 * link);
		say(line, now_ns);
	}
	firmware_run(now_ns + 200 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_UNSUPPORTED);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINKS_DIFFER);

	say("signal sdi-quad 4320p59.94", now_ns);
	firmware_run(now_ns + 200 * MS);
	CU_ASSERT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(last[QUAD].pixelclock, 2373626374);
	CU_ASSERT_EQUAL(last[0].pixelclock, 593406593);
	say("signal sdi1 1080p25", now_ns);
	firmware_run(now_ns + 200 * MS);
	CU_ASSERT_EQUAL(last[QUAD].reason, KINORA_REASON_LINKS_DIFFER);
	CU_ASSERT_EQUAL(last[0].rate_num, 25);
	receivers_finish(&rx);
}

/* A thousand signals one after the other, each recognised a frame after lock; no stale state. */
static void test_firmware_random_changes(void)
{
	uint32_t random = 7;
	size_t modes = 0;

	while (stimulus_mode_at(modes))
		modes++;
	firmware_start();
	for (unsigned int i = 0; i < 1000; i++) {
		const struct stimulus_mode *mode;
		unsigned int connector;
		char line[100];

		do {
			random = random * 1664525 + 1013904223;
			mode = stimulus_mode_at((random >> 8) % modes);
			connector = (random >> 24) % 5;
		} while ((connector == QUAD ? mode->link_quad : mode->link) == STIMULUS_LINK_NONE);
		if (connector == QUAD)
			snprintf(line, sizeof(line), "signal sdi-quad %s", mode->name);
		else
			snprintf(line, sizeof(line), "signal sdi%u %s", connector + 1, mode->name);
		say(line, now_ns);
		firmware_run(now_ns + (uint64_t)(3.01 * mode_frame_ns(mode)));
		CU_ASSERT_EQUAL(last[connector].state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(last[connector].width, mode->width);
		CU_ASSERT_EQUAL(last[connector].height, mode->height);
		CU_ASSERT_EQUAL(last[connector].rate_num, mode->rate_num);
		CU_ASSERT_EQUAL(last[connector].rate_den, mode->rate_den);
		if (connector != QUAD)
			CU_ASSERT_NOT_EQUAL(last[QUAD].state, KINORA_SIGNAL_LOCKED);
		firmware_run(now_ns + SETTLED);
	}
	receivers_finish(&rx);
}

/* --- threads --- */

static void *reader(void *arg)
{
	uint32_t *words = arg;

	for (uint64_t t = 0; t < 20000; t++)
		for (unsigned int link = 0; link < 4; link++) {
			words[0] = receiver_read(&rx, link, KINORA_RX_WORDS, t * MS);
			if (words[0] != 0 && words[0] != 2200 && words[0] != 2640)
				words[1]++;
			receiver_line_errors_in(&rx, link, t, t * MS);
		}
	return NULL;
}

static void test_threads(void)
{
	uint32_t words[2] = { 0, 0 };
	pthread_t thread;

	setup();
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, reader, words), 0);
	for (uint64_t t = 0; t < 2000; t++) {
		say(t & 1 ? "signal sdi-quad 4320p50" : "signal sdi-quad 4320p60", t * 10 * MS);
		say("fault sdi-quad crc 0.1", t * 10 * MS);
	}
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(words[1], 0);
	receivers_finish(&rx);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "nothing connected", test_nothing_connected },
		{ "lock takes two frames", test_lock_takes_two_frames },
		{ "quad and single share links", test_quad_and_single_share_links },
		{ "payload ids", test_payload_ids },
		{ "clock", test_clock },
		{ "sd never locks", test_sd_never_locks },
		{ "what is refused", test_refused },
		{ "crc errors", test_crc_errors },
		{ "crc errors only grow", test_crc_errors_only_grow },
		{ "skew", test_skew },
		{ "unlock", test_unlock },
		{ "firmware: every mode, one link", test_firmware_knows_single_modes },
		{ "firmware: every mode, 2SI", test_firmware_knows_quad_modes },
		{ "firmware: every mode, SQD", test_firmware_knows_square_modes },
		{ "firmware: interfaces", test_firmware_knows_interfaces },
		{ "firmware: link order", test_firmware_knows_order },
		{ "firmware: faults", test_firmware_sees_faults },
		{ "firmware: four pictures", test_firmware_four_pictures },
		{ "firmware: 1000 changes", test_firmware_random_changes },
		{ "threads", test_threads },
		CU_TEST_INFO_NULL,
	};

	return unit_run("receiver", tests);
}
