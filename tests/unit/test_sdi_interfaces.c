// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/receiver.c tests/vcard/spread.c tests/vcard/stimulus*.c */
/* Sources: tests/vcard/picture.c */
/*
 * Description: every way SDI carries a picture, as the virtual card's receivers show it: link
 * rates, rasters and payload ids by the standards' numbers; ids that lie or are missing; cables in
 * the wrong order, clocks that drift apart, a cable that flaps.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiver.h"
#include "unit.h"

#define ID(b1, b2, b3, b4) \
	((uint32_t)(b1) | (uint32_t)(b2) << 8 | (uint32_t)(b3) << 16 | (uint32_t)(b4) << 24)

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define QUAD KINORA_CONN_SDI_QUAD

static struct receivers rx;

static void setup(void)
{
	CU_ASSERT_EQUAL_FATAL(receivers_init(&rx), 0);
}

static void say(const char *line, uint64_t now)
{
	char error[STIMULUS_ERROR_MAX];
	struct stimulus s;
	int ret = stimulus_parse(line, false, &s, error, sizeof(error));

	if (ret)
		fprintf(stderr, "'%s': %s\n", line, error);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	if (s.kind == STIMULUS_SIGNAL)
		ret = receiver_signal(&rx, s.connector, &s.signal, now);
	else if (s.fault.kind == STIMULUS_FAULT_FLAP)
		ret = receiver_fault_flap(&rx, s.connector, s.fault.flap_hz, s.fault.flap_off, now);
	else if (s.fault.kind == STIMULUS_FAULT_CRC)
		ret = receiver_fault_crc(&rx, s.connector, s.fault.crc_rate, now);
	else
		ret = receiver_fault_clear(&rx, s.connector, now);
	CU_ASSERT_EQUAL(ret, 0);
}

static uint32_t reg(unsigned int link, unsigned int r, uint64_t now)
{
	return receiver_read(&rx, link, r, now);
}

static bool locked(unsigned int link, uint64_t now)
{
	return reg(link, KINORA_RX_STATUS, now) & KINORA_RX_LOCKED;
}

/*
 * words x lines x transport frames a second is the clock of a data stream: 74.25 MHz for HD and
 * level B (ST 292-1, ST 425-1), 148.5 MHz for the others. Level B and ST 372 carry a progressive
 * picture above 30 Hz as an interlaced transport of half its rate, with byte 2 saying so (bit 7
 * clear, bit 6 set).
 */
static void test_interfaces(void)
{
	static const struct {
		const char *line;
		unsigned int link, rate, words, lines;
		bool interlaced;
		uint32_t id;
	} v[] = {
		{ "signal sdi1 1080p60 interface=3gb", 0, 3, 2200, 1125, true,
		  ID(0x8a, 0x4b, 0x20, 0x01) },
		{ "signal sdi1 1080p50 interface=3gb transfer=hlg colour=2020", 0, 3, 2640, 1125,
		  true, ID(0x8a, 0x59, 0xa0, 0x01) },
		{ "signal sdi1 1080i50 interface=3gb-ds", 0, 3, 2640, 1125, true,
		  ID(0x8c, 0x05, 0x20, 0x01) },
		{ "signal sdi1 1080p29.97 interface=3gb-ds", 0, 3, 2200, 1125, false,
		  ID(0x8c, 0xc6, 0x20, 0x01) },
		{ "signal sdi1 720p60 interface=3gb-ds", 0, 3, 1650, 750, false,
		  ID(0x8b, 0x4b, 0x20, 0x01) },
		{ "signal sdi2 1080p59.94 interface=dual-hd", 1, 1, 2200, 1125, true,
		  ID(0x87, 0x4a, 0x20, 0x01) },
		{ "signal sdi3 1080p59.94 interface=dual-hd link=2", 2, 1, 2200, 1125, true,
		  ID(0x87, 0x4a, 0x20, 0x41) },
		{ "signal sdi3 2160p30 interface=dual-3gb link=2", 2, 3, 2200, 1125, false,
		  ID(0x96, 0xc7, 0x20, 0x81) },
		{ "signal sdi4 2160p60 interface=dual-6g link=2", 3, 4, 2200, 1125, false,
		  ID(0xc2, 0xcb, 0x80, 0x21) },
		{ "signal sdi4 4320p25 interface=dual-12g link=2", 3, 5, 5280, 1125, false,
		  ID(0xd0, 0xc5, 0x80, 0x21) },
		{ "signal sdi-quad 2160p60 interface=quad-3g", 3, 2, 2200, 1125, false,
		  ID(0x97, 0xcb, 0x80, 0xc1) },
		{ "signal sdi-quad 2160p50 interface=quad-3g mapping=sqd", 3, 2, 2640, 1125, false,
		  ID(0x89, 0xc9, 0x80, 0x01) },
		{ "signal sdi-quad 2160p59.94 interface=quad-3gb", 1, 3, 2200, 1125, true,
		  ID(0x98, 0x4a, 0x20, 0x41) },
		{ "signal sdi-quad 4320p30", 2, 4, 4400, 1125, false, ID(0xc4, 0xc7, 0x80, 0x41) },
		{ "signal sdi-quad 4320p60", 2, 5, 2200, 1125, false, ID(0xd2, 0xcb, 0x80, 0x41) },
		{ "signal sdi-quad 4320p120", 2, 6, 2200, 1125, false, ID(0xe3, 0xcf, 0x80, 0x41) },
		{ "signal sdi1 1080p100", 0, 4, 1320, 1125, false, ID(0xc1, 0xcd, 0x80, 0x01) },
		{ "signal sdi1 2160p48", 0, 5, 2750, 1125, false, ID(0xce, 0xc8, 0x80, 0x01) },
		/* China's cases: 4320p50 HLG in both mappings, and square division under D2 ids */
		{ "signal sdi-quad 4320p50 transfer=hlg colour=2020", 1, 5, 2640, 1125, false,
		  ID(0xd2, 0xd9, 0xa0, 0x21) },
		{ "signal sdi-quad 4320p50 transfer=hlg colour=2020 mapping=sqd", 1, 5, 2640, 1125,
		  false, ID(0xce, 0xd9, 0xa0, 0x01) },
		{ "signal sdi-quad 4320p50 transfer=hlg colour=2020 mapping=sqd ids=quad", 1, 5,
		  2640, 1125, false, ID(0xd2, 0xd9, 0xa0, 0x21) },
		{ "signal sdi-quad 4320p50 ids=single", 1, 5, 2640, 1125, false,
		  ID(0xce, 0xc9, 0x80, 0x01) },
		/* the link's number where the standard has it, where others put it, and nowhere */
		{ "signal sdi-quad 4320p50 numbers=75", 3, 5, 2640, 1125, false,
		  ID(0xd2, 0xc9, 0x80, 0x61) },
		{ "signal sdi-quad 4320p50 numbers=76", 3, 5, 2640, 1125, false,
		  ID(0xd2, 0xc9, 0x80, 0xc1) },
		{ "signal sdi-quad 4320p50 numbers=none", 3, 5, 2640, 1125, false,
		  ID(0xd2, 0xc9, 0x80, 0x01) },
		{ "signal sdi-quad 2160p60 interface=quad-3g numbers=75", 3, 2, 2200, 1125, false,
		  ID(0x97, 0xcb, 0x80, 0x61) },
		/* a source that lies */
		{ "signal sdi1 1080i50 payload=d2d9a001", 0, 1, 2640, 1125, true,
		  ID(0xd2, 0xd9, 0xa0, 0x01) },
		{ "signal sdi1 2160p60 payload=00000000", 0, 5, 2200, 1125, false, 0 },
		{ "signal sdi-quad 4320p60 payload=CECB8001", 3, 5, 2200, 1125, false,
		  ID(0xce, 0xcb, 0x80, 0x01) },
		{ "signal sdi-quad 4320p60 payload=d2cb8001 numbers=75", 3, 5, 2200, 1125, false,
		  ID(0xd2, 0xcb, 0x80, 0x61) },
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		uint32_t status;

		setup();
		say(v[i].line, 0);
		status = reg(v[i].link, KINORA_RX_STATUS, SECOND);
		CU_ASSERT_TRUE(status & KINORA_RX_LOCKED);
		CU_ASSERT_TRUE(status & KINORA_RX_PAYLOAD_VALID);
		CU_ASSERT_EQUAL(!!(status & KINORA_RX_INTERLACED), v[i].interlaced);
		CU_ASSERT_EQUAL(FIELD_GET(KINORA_RX_RATE_MASK, status), v[i].rate);
		CU_ASSERT_EQUAL(reg(v[i].link, KINORA_RX_WORDS, SECOND), v[i].words);
		CU_ASSERT_EQUAL(reg(v[i].link, KINORA_RX_LINES, SECOND), v[i].lines);
		CU_ASSERT_EQUAL(reg(v[i].link, KINORA_RX_PAYLOAD, SECOND), v[i].id);
		if (reg(v[i].link, KINORA_RX_PAYLOAD, SECOND) != v[i].id)
			fprintf(stderr, "'%s': payload %08x, not %08x\n", v[i].line,
				reg(v[i].link, KINORA_RX_PAYLOAD, SECOND), v[i].id);
		receivers_finish(&rx);
	}
}

/* Every interface, at every mode that it carries, has whole words in a line. */
static void test_every_interface(void)
{
	const struct stimulus_interface *interface;
	const struct stimulus_mode *mode;
	unsigned int count = 0;

	for (size_t i = 0; (interface = stimulus_interface_at(i)); i++) {
		for (size_t m = 0; (mode = stimulus_mode_at(m)); m++) {
			struct stimulus_signal signal = { .mode = mode, .interface = interface,
							  .order = KINORA_ORDER_PLUGGED };
			unsigned int connector = interface->links == 4 ? QUAD : 0;
			uint32_t status, words, lines;
			double hz, clock;

			setup();
			if (!stimulus_interface_carries(interface, mode)) {
				CU_ASSERT_EQUAL(receiver_signal(&rx, connector, &signal, 0),
						-EOPNOTSUPP);
				receivers_finish(&rx);
				continue;
			}
			CU_ASSERT_EQUAL(receiver_signal(&rx, connector, &signal, 0), 0);
			/* on the other kind of connector it is refused */
			CU_ASSERT_EQUAL(receiver_signal(&rx, connector ? 0 : QUAD, &signal, 0),
					-EOPNOTSUPP);
			status = reg(0, KINORA_RX_STATUS, SECOND);
			words = reg(0, KINORA_RX_WORDS, SECOND);
			lines = reg(0, KINORA_RX_LINES, SECOND);
			hz = (double)mode->rate_num / mode->rate_den;
			if (interface->halved)
				hz /= 2;
			clock = 148.5e6;
			if (interface->link == STIMULUS_LINK_HD || interface->level_b)
				clock = 74.25e6;
			if (interface->link == STIMULUS_LINK_BEYOND)
				clock = 297e6;
			clock *= 1 + (int32_t)reg(0, KINORA_RX_PPB, SECOND) * 1e-9;
			CU_ASSERT_TRUE(status & KINORA_RX_LOCKED);
			CU_ASSERT_DOUBLE_EQUAL(words * lines * hz, clock, 1);
			receivers_finish(&rx);
			count++;
		}
	}
	CU_ASSERT_TRUE(count > 80);
}

static void test_no_payload(void)
{
	setup();
	say("signal sdi2 2160p50 payload=none", 0);
	CU_ASSERT_TRUE(locked(1, SECOND));
	CU_ASSERT_FALSE(reg(1, KINORA_RX_STATUS, SECOND) & KINORA_RX_PAYLOAD_VALID);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_PAYLOAD, SECOND), 0);
	receivers_finish(&rx);
}

/* order=2413: link 2 of the source is in sdi1, 4 in sdi2, 1 in sdi3, 3 in sdi4. */
static void test_order(void)
{
	static const uint8_t numbers[4] = { 1, 3, 0, 2 };

	setup();
	say("signal sdi-quad 4320p50 order=2413", 0);
	for (unsigned int link = 0; link < 4; link++)
		CU_ASSERT_EQUAL(reg(link, KINORA_RX_PAYLOAD, SECOND),
				ID(0xd2, 0xc9, 0x80, 0x01 + 0x20 * numbers[link]));
	receivers_finish(&rx);
}

/*
 * Two links of another source, 10 ppm slow: after ten seconds their frames begin 100 us late. Both
 * pairs stay together.
 */
static void test_two_clocks(void)
{
	setup();
	say("signal sdi1 2160p50 payload=d2c98001", 0);
	say("signal sdi2 2160p50 payload=d2c98021", SECOND);
	say("signal sdi3 2160p50 payload=d2c98041 ppm=-10", 2 * SECOND);
	say("signal sdi4 2160p50 payload=d2c98061 ppm=-10", 3 * SECOND);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_SKEW, 10 * SECOND), 0);
	CU_ASSERT_EQUAL(reg(1, KINORA_RX_SKEW, 10 * SECOND), 0);
	CU_ASSERT_EQUAL(reg(2, KINORA_RX_SKEW, 10 * SECOND), 100000);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, 10 * SECOND), 100000);
	CU_ASSERT_EQUAL((int32_t)reg(2, KINORA_RX_PPB, 10 * SECOND), -10000);
	/* fast instead of slow: now the first two are the late ones */
	say("signal sdi3 2160p50 ppm=10", 11 * SECOND);
	say("signal sdi4 2160p50 ppm=10", 11 * SECOND);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_SKEW, 20 * SECOND), 200000);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_SKEW, 20 * SECOND), 0);
	/* one clock for all, whatever it is: together again, plugged when they may */
	say("signal sdi1 2160p50 ppm=10", 21 * SECOND);
	say("signal sdi2 2160p50 ppm=10", 22 * SECOND);
	for (unsigned int link = 0; link < 4; link++)
		CU_ASSERT_EQUAL(reg(link, KINORA_RX_SKEW, 1000 * SECOND + link), 0);
	receivers_finish(&rx);
}

/* 20 Hz, off for a tenth: 5 ms without, 45 ms with contact; 2160p60 locks after 33.3 ms of it. */
static void test_flap(void)
{
	const uint64_t t = 10 * SECOND, period = 50 * MS;

	setup();
	say("signal sdi1 2160p60", 0);
	say("fault sdi1 flap 20", t);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_STATUS, t), 0);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, t), t + 5 * MS);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, t), 1);
	for (unsigned int i = 0; i < 40; i++) {
		uint64_t at = t + i * period;

		CU_ASSERT_EQUAL(reg(0, KINORA_RX_STATUS, at + 5 * MS - 1), 0);
		CU_ASSERT_EQUAL(reg(0, KINORA_RX_STATUS, at + 5 * MS), KINORA_RX_CARRIER);
		CU_ASSERT_FALSE(locked(0, at + 38 * MS));
		CU_ASSERT_TRUE(locked(0, at + 39 * MS));
		CU_ASSERT_TRUE(locked(0, at + 50 * MS - 1));
		CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, at + 40 * MS), 1 + i);
	}
	/* whoever was away sees what has happened meanwhile */
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_LOCK_LOSSES, t + 20 * SECOND - 1), 400);
	/* a new signal does not mend the cable; clear does */
	say("signal sdi1 2160p50", t + 20 * SECOND);
	CU_ASSERT_EQUAL(reg(0, KINORA_RX_STATUS, t + 20 * SECOND + 5 * MS - 1), 0);
	CU_ASSERT_FALSE(locked(0, t + 20 * SECOND + 44 * MS));
	CU_ASSERT_TRUE(locked(0, t + 20 * SECOND + 46 * MS));
	say("fault sdi1 clear", t + 21 * SECOND);
	CU_ASSERT_FALSE(locked(0, t + 21 * SECOND));
	CU_ASSERT_TRUE(locked(0, t + 21 * SECOND + 40 * MS));
	CU_ASSERT_EQUAL(receiver_next_change(&rx, t + 22 * SECOND), UINT64_MAX);
	CU_ASSERT_TRUE(locked(0, t + 100 * SECOND));
	receivers_finish(&rx);
}

/* Half of the time off: a frame rate of 60 Hz never has lock. Nothing plugged: nothing flaps. */
static void test_flap_without_lock(void)
{
	setup();
	say("fault sdi-quad flap 20 50", 0);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, 0), UINT64_MAX);
	say("signal sdi-quad 4320p60", 10 * MS);
	for (uint64_t at = 10 * MS; at < SECOND; at += MS / 2)
		for (unsigned int link = 0; link < 4; link++)
			CU_ASSERT_EQUAL(reg(link, KINORA_RX_STATUS, at),
					at % (50 * MS) < 25 * MS ? 0 : KINORA_RX_CARRIER);
	CU_ASSERT_EQUAL(reg(3, KINORA_RX_LOCK_LOSSES, SECOND), 0);
	say("signal sdi-quad off", SECOND);
	CU_ASSERT_EQUAL(receiver_next_change(&rx, SECOND), UINT64_MAX);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, QUAD, 0, 10, SECOND), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, QUAD, NAN, 10, SECOND), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, QUAD, 1001, 10, SECOND), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, QUAD, 20, 0, SECOND), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, QUAD, 20, 100, SECOND), -EINVAL);
	CU_ASSERT_EQUAL(receiver_fault_flap(&rx, KINORA_CONN_HDMI1, 20, 10, SECOND), -EINVAL);
	receivers_finish(&rx);
}

/* Errors are counted only while there is lock, and the count only grows, with a flapping cable. */
static void test_storm_on_a_flapping_cable(void)
{
	bool before = true;
	uint32_t last = 0;

	setup();
	say("signal sdi1 1080p60", 0);
	say("fault sdi1 crc 1", 0);
	say("fault sdi1 flap 10", SECOND);
	for (uint64_t at = SECOND; at < 3 * SECOND; at += MS) {
		uint32_t errors = reg(0, KINORA_RX_CRC_ERRORS, at);

		CU_ASSERT_TRUE(errors >= last);
		if (!locked(0, at) && !before)
			CU_ASSERT_EQUAL(errors, last);
		before = locked(0, at);
		last = errors;
	}
	/*
	 * 20 times 90 ms of contact less 33.3 ms for lock, and the first second: 67500 a second
	 */
	CU_ASSERT_TRUE(fabs(last - 67500 * (1 - 1 / 30. + 20 * (.09 - 1 / 30.))) < 100);
	receivers_finish(&rx);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "by the standards' numbers", test_interfaces },
		{ "every interface and mode", test_every_interface },
		{ "no payload id", test_no_payload },
		{ "cables in another order", test_order },
		{ "links from two sources", test_two_clocks },
		{ "flapping cable", test_flap },
		{ "flapping too fast for lock", test_flap_without_lock },
		{ "CRC storm, flapping cable", test_storm_on_a_flapping_cable },
		CU_TEST_INFO_NULL,
	};

	return unit_run("sdi_interfaces", tests);
}
