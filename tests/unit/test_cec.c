// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/cec.c tests/unit/fake_hdmi.c */
/*
 * Description: CEC in the firmware: attempts and when they are repeated (HDMI 1.4b, CEC 7 and 9.1),
 * what comes in, the queue of events with its mark for what was lost, requests that are refused.
 */
#include <stdlib.h>
#include <string.h>

#include "cec.h"
#include "fake_hdmi.h"
#include "unit.h"

static struct fake_hdmi fake;
static struct cec cec;

static void setup(void)
{
	const struct kinora_cec_config config = { .addresses = 1 << 0, .enable = 1 };

	fake_hdmi_init(&fake);
	cec_init(&cec, &fake.hal);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_CEC_CONTROL), 0);
	CU_ASSERT_EQUAL(cec_config(&cec, &config), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_CEC_CONTROL), 0x10001);
}

static uint16_t send(unsigned int attempts)
{
	/* TV to playback device 1: give OSD name */
	const struct kinora_cec_message message = {
		.attempts = attempts, .free_time = 5, .length = 2, .bytes = { 0x04, 0x46 },
	};

	return cec_transmit(&cec, &message);
}

static void done(uint8_t outcome)
{
	fake_hdmi_cec_done(&fake, outcome);
	cec_poll(&cec, fake.now);
}

static void test_acknowledged(void)
{
	struct kinora_cec_message event[4];

	setup();
	CU_ASSERT_EQUAL(send(3), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(fake.cec_starts, 1);
	CU_ASSERT_EQUAL(fake.cec_start, 2 | 5 << 8);
	CU_ASSERT_EQUAL(fake.cec_sent[0], 0x04);
	CU_ASSERT_EQUAL(fake.cec_sent[1], 0x46);
	cec_poll(&cec, fake.now);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
	CU_ASSERT_EQUAL(send(3), KINORA_MAILBOX_BUSY);
	fake.now += 50 * MS;
	done(KINORA_CEC_TX_OK);
	CU_ASSERT_EQUAL(cec.count, 1);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
	CU_ASSERT_EQUAL(event[0].kind, KINORA_CEC_SENT);
	CU_ASSERT_EQUAL(event[0].status, KINORA_CEC_TX_OK);
	CU_ASSERT_EQUAL(event[0].attempts, 1);
	CU_ASSERT_EQUAL(event[0].length, 2);
	CU_ASSERT_EQUAL(event[0].bytes[1], 0x46);
	CU_ASSERT_EQUAL(event[0].time_ns, fake.now);
	CU_ASSERT_EQUAL(fake.cec_starts, 1);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_OK);
}

static void test_retries(void)
{
	struct kinora_cec_message event[4];

	/* not acknowledged: again, with the free time of a retry */
	setup();
	send(3);
	done(KINORA_CEC_TX_NACK);
	CU_ASSERT_EQUAL(fake.cec_starts, 2);
	CU_ASSERT_EQUAL(fake.cec_start, 2 | 3 << 8);
	/* somebody else was faster: again, as a new initiator */
	done(KINORA_CEC_TX_ARBITRATION);
	CU_ASSERT_EQUAL(fake.cec_starts, 3);
	CU_ASSERT_EQUAL(fake.cec_start, 2 | 5 << 8);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
	done(KINORA_CEC_TX_NACK);
	CU_ASSERT_EQUAL(fake.cec_starts, 3);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
	CU_ASSERT_EQUAL(event[0].status, KINORA_CEC_TX_NACK);
	CU_ASSERT_EQUAL(event[0].attempts, 3);

	/* acknowledged in the second */
	send(5);
	done(KINORA_CEC_TX_NACK);
	done(KINORA_CEC_TX_OK);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
	CU_ASSERT_EQUAL(event[0].status, KINORA_CEC_TX_OK);
	CU_ASSERT_EQUAL(event[0].attempts, 2);

	/* low drive ends it, and so does an outcome that does not exist */
	for (uint8_t outcome = KINORA_CEC_TX_LOW_DRIVE; outcome < 8; outcome++) {
		send(5);
		done(outcome);
		CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
		CU_ASSERT_EQUAL(event[0].status, KINORA_CEC_TX_LOW_DRIVE);
		CU_ASSERT_EQUAL(event[0].attempts, 1);
	}
}

static void test_refused(void)
{
	struct kinora_cec_message good = { .attempts = 1, .free_time = 7, .length = 1 }, bad;
	struct kinora_cec_config config = { .enable = 2 };

	setup();
	bad = good;
	bad.attempts = 0;
	CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	bad.attempts = 6;
	CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	bad = good;
	bad.length = 0;
	CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	bad.length = 17;
	CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	bad = good;
	bad.kind = KINORA_CEC_SENT;
	CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	for (unsigned int free_time = 0; free_time < 256; free_time++) {
		bad = good;
		bad.free_time = free_time;
		if (free_time != 3 && free_time != 5 && free_time != 7)
			CU_ASSERT_EQUAL(cec_transmit(&cec, &bad), KINORA_MAILBOX_INVALID);
	}
	CU_ASSERT_EQUAL(fake.cec_starts, 0);
	CU_ASSERT_EQUAL(cec_config(&cec, &config), KINORA_MAILBOX_INVALID);
	config = (struct kinora_cec_config){ .enable = 1, .reserved = 1 };
	CU_ASSERT_EQUAL(cec_config(&cec, &config), KINORA_MAILBOX_INVALID);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_CEC_CONTROL), 0x10001);
	CU_ASSERT_EQUAL(cec_transmit(&cec, &good), KINORA_MAILBOX_OK);
}

static void test_off(void)
{
	static const uint8_t bytes[] = { 0x40, 0x83 };
	const struct kinora_cec_config on = { .addresses = 0x11, .enable = 1 }, off = { 0 };
	struct kinora_cec_message event[4];

	setup();
	send(3);
	CU_ASSERT_EQUAL(cec_config(&cec, &off), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_CEC_CONTROL), 0);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_INVALID);
	/* the line is still at it; nobody is told, and the next waits */
	CU_ASSERT_EQUAL(cec_config(&cec, &on), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_BUSY);
	done(KINORA_CEC_TX_NACK);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
	CU_ASSERT_EQUAL(fake.cec_starts, 1);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_OK);
	/* what comes in while it is off is taken, and forgotten */
	cec_config(&cec, &off);
	fake_hdmi_cec_receive(&fake, bytes, 2);
	cec_poll(&cec, fake.now);
	CU_ASSERT_FALSE(fake_hdmi_get(&fake, KINORA_HDMI_CEC_STATUS) & KINORA_HDMI_CEC_RECEIVED);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
}

static void test_received(void)
{
	uint8_t bytes[20];
	struct kinora_cec_message event[4];

	setup();
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0x40 + i;
	for (unsigned int length = 1; length <= 16; length++) {
		fake.now += 24 * MS;
		fake_hdmi_cec_receive(&fake, bytes, length);
		cec_poll(&cec, fake.now);
		CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
		CU_ASSERT_EQUAL(event[0].kind, KINORA_CEC_RECEIVED);
		CU_ASSERT_EQUAL(event[0].time_ns, fake.now);
		CU_ASSERT_EQUAL(event[0].length, length);
		for (unsigned int i = 0; i < 16; i++)
			CU_ASSERT_EQUAL(event[0].bytes[i], i < length ? bytes[i] : 0);
	}
	/* a length that cannot be */
	fake_hdmi_cec_receive(&fake, bytes, 16);
	fake_hdmi_set(&fake, KINORA_HDMI_CEC_RX_LENGTH, 0xffffffff);
	cec_poll(&cec, fake.now);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
	CU_ASSERT_EQUAL(event[0].length, 16);
	/* none at all */
	fake_hdmi_cec_receive(&fake, bytes, 0);
	cec_poll(&cec, fake.now);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
	/* in the middle of an attempt of our own */
	send(1);
	fake_hdmi_cec_receive(&fake, bytes, 3);
	done(KINORA_CEC_TX_ARBITRATION);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 2);
	CU_ASSERT_EQUAL(event[0].kind, KINORA_CEC_RECEIVED);
	CU_ASSERT_EQUAL(event[1].kind, KINORA_CEC_SENT);
	CU_ASSERT_EQUAL(event[1].status, KINORA_CEC_TX_ARBITRATION);
}

static void test_lost(void)
{
	struct kinora_cec_message event[32];
	uint8_t bytes[2] = { 0x40 };

	setup();
	for (unsigned int i = 0; i < 40; i++) {
		bytes[1] = i;
		fake_hdmi_cec_receive(&fake, bytes, 2);
		cec_poll(&cec, fake.now);
	}
	CU_ASSERT_EQUAL(cec.count, 32);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 31), 31);
	for (unsigned int i = 0; i < 31; i++) {
		CU_ASSERT_EQUAL(event[i].kind, KINORA_CEC_RECEIVED);
		CU_ASSERT_EQUAL(event[i].bytes[1], i);
	}
	/* the mark stands where they were lost: before what comes now */
	bytes[1] = 40;
	fake_hdmi_cec_receive(&fake, bytes, 2);
	cec_poll(&cec, fake.now);
	CU_ASSERT_EQUAL(cec.count, 33);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 31), 2);
	CU_ASSERT_EQUAL(event[0].kind, KINORA_CEC_LOST);
	CU_ASSERT_EQUAL(event[0].length, 0);
	CU_ASSERT_EQUAL(event[1].kind, KINORA_CEC_RECEIVED);
	CU_ASSERT_EQUAL(event[1].bytes[1], 40);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 31), 0);
}

/* Another image of the firmware: what the host has set stays, what was under way is forgotten. */
static void test_restart(void)
{
	struct kinora_cec_message event[4];
	static const uint8_t bytes[] = { 0x40, 0x83 };

	setup();
	send(3);
	cec_init(&cec, &fake.hal);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_CEC_CONTROL), 0x10001);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_BUSY);
	done(KINORA_CEC_TX_NACK);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 0);
	CU_ASSERT_EQUAL(send(1), KINORA_MAILBOX_OK);
	fake_hdmi_cec_receive(&fake, bytes, 2);
	cec_poll(&cec, fake.now);
	CU_ASSERT_EQUAL(cec_events(&cec, event, 4), 1);
	CU_ASSERT_EQUAL(event[0].kind, KINORA_CEC_RECEIVED);
}

/* A register that says for ever that there is something does not hold the firmware up. */
static void test_stuck(void)
{
	setup();
	for (unsigned int i = 0; i < 100; i++) {
		fake_hdmi_set(&fake, KINORA_HDMI_CEC_STATUS, 0xffffffff);
		fake_hdmi_set(&fake, KINORA_HDMI_CEC_RX_LENGTH, 5);
		cec_poll(&cec, fake.now);
	}
	CU_ASSERT_EQUAL(cec.count, 32);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "acknowledged", test_acknowledged },
		{ "retries", test_retries },
		{ "requests that are refused", test_refused },
		{ "switched off", test_off },
		{ "received", test_received },
		{ "events that are lost", test_lost },
		{ "restart", test_restart },
		{ "stuck registers", test_stuck },
		CU_TEST_INFO_NULL,
	};

	return unit_run("cec", tests);
}
