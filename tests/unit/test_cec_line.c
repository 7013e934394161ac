// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/cec_line.c tests/vcard/cec_device.c */
/*
 * Description: the CEC line of hdmi1 and the device at its other end: times, acknowledgements,
 * arbitration, low drive, the logical address, answers, what is not fetched.
 *
 * Times are those of HDMI 1.4b, supplement 1: start bit 4.5 ms, bit 2.4 ms, ten bits a byte. Bytes
 * of messages are written from its tables 7 to 29.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cec_line.h"
#include "unit.h"

#define MS 1000000ULL
#define BIT_NS 2400000ULL
#define MESSAGE_NS(bytes) (4500000ULL + (bytes) * 10 * BIT_NS)

#define STATUS KINORA_HDMI_CEC_STATUS

static struct cec_line line;
static uint64_t now;

static uint32_t get(uint32_t reg)
{
	return cec_line_read(&line, reg, now);
}

static void put(uint32_t reg, uint32_t value)
{
	cec_line_write(&line, reg, value, now);
}

static void begin(void)
{
	cec_line_init(&line);
	now = 1000 * MS;
}

/* The card is the TV. */
static void card_on(void)
{
	put(KINORA_HDMI_CEC_CONTROL, KINORA_HDMI_CEC_ENABLE | 1);
}

static void send(unsigned int free_time, unsigned int length, const uint8_t *bytes)
{
	uint8_t padded[16] = { 0 };

	memcpy(padded, bytes, length);
	for (unsigned int i = 0; i < 16; i += 4)
		put(KINORA_HDMI_CEC_TX + i, padded[i] | padded[i + 1] << 8 | padded[i + 2] << 16 |
		    (uint32_t)padded[i + 3] << 24);
	put(KINORA_HDMI_CEC_START, length | free_time << 8);
}

#define SEND(free_time, ...) do { \
	const uint8_t bytes[] = { __VA_ARGS__ }; \
	send(free_time, sizeof(bytes), bytes); \
} while (0)

static unsigned int outcome(void)
{
	return FIELD_GET(KINORA_HDMI_CEC_SENT_MASK, get(STATUS));
}

static bool sending(void)
{
	return get(STATUS) & KINORA_HDMI_CEC_SENDING;
}

/* Until the card's message is over. */
static unsigned int sent(void)
{
	for (unsigned int i = 0; i < 100 && sending(); i++)
		now = cec_line_next(&line, now);
	CU_ASSERT_FALSE(sending());
	return outcome();
}

/* The next message that the card gets within a second; its length. */
static unsigned int hear(uint8_t out[16])
{
	uint64_t end = now + 1000 * MS;
	unsigned int length;

	while (!(get(STATUS) & KINORA_HDMI_CEC_RECEIVED)) {
		uint64_t next = cec_line_next(&line, now);

		if (next > end)
			return 0;
		now = next;
	}
	length = get(KINORA_HDMI_CEC_RX_LENGTH);
	for (unsigned int i = 0; i < 16; i++)
		out[i] = get(KINORA_HDMI_CEC_RX + (i & ~3u)) >> 8 * (i & 3);
	put(KINORA_HDMI_CEC_RX_LENGTH, 0);
	return length;
}

static void expect(unsigned int length, const uint8_t *bytes)
{
	uint8_t heard[16];

	CU_ASSERT_EQUAL(hear(heard), length);
	CU_ASSERT(!memcmp(heard, bytes, length));
}

#define EXPECT(...) do { \
	const uint8_t expected[] = { __VA_ARGS__ }; \
	expect(sizeof(expected), expected); \
} while (0)

static void expect_nothing(void)
{
	uint8_t heard[16];

	CU_ASSERT_EQUAL(hear(heard), 0);
}

/* A device at 1.0.0.0 that has taken address 4 and said who it is. */
static void device_on(void)
{
	cec_line_connect(&line, 0x1000, now);
	EXPECT(0x4f, 0xa6, 0x06, 0x10, 0x00, 0x00);
	EXPECT(0x4f, 0x84, 0x10, 0x00, 0x04);
	EXPECT(0x4f, 0x87, 0x02, 0x4b, 0x4e);
	expect_nothing();
}

/* --- the card alone --- */

static void test_alone(void)
{
	begin();
	/* off: nothing happens */
	SEND(7, 0x04, 0x83);
	CU_ASSERT_FALSE(sending());
	card_on();
	SEND(7, 0x04, 0x83);
	CU_ASSERT(sending());
	now += MESSAGE_NS(2) - 1;
	CU_ASSERT(sending());
	now++;
	CU_ASSERT_FALSE(sending());
	CU_ASSERT_EQUAL(outcome(), KINORA_CEC_TX_NACK);
	/* a broadcast is refused by nobody; it waits for the line to be free for 7 bits */
	SEND(7, 0x0f, 0x36);
	CU_ASSERT_EQUAL(cec_line_next(&line, now), now + 7 * BIT_NS);
	now += 7 * BIT_NS + MESSAGE_NS(2) - 1;
	CU_ASSERT(sending());
	now++;
	CU_ASSERT_FALSE(sending());
	CU_ASSERT_EQUAL(outcome(), KINORA_CEC_TX_OK);
	/* no such length */
	put(KINORA_HDMI_CEC_START, 17 | 7 << 8);
	CU_ASSERT_FALSE(sending());
	put(KINORA_HDMI_CEC_START, 7 << 8);
	CU_ASSERT_FALSE(sending());
	CU_ASSERT_EQUAL(cec_line_next(&line, now + 1000 * MS), UINT64_MAX);
}

/* --- the device --- */

static void test_address(void)
{
	begin();
	card_on();
	device_on();
	CU_ASSERT_EQUAL(line.device.address, 4);
	/* polled: it is there; 5 is not */
	SEND(7, 0x04);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_OK);
	SEND(7, 0x05);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_NACK);
	/* the card has 4 and 8 already: 11 is left */
	begin();
	put(KINORA_HDMI_CEC_CONTROL, KINORA_HDMI_CEC_ENABLE | 1 << 4 | 1 << 8);
	cec_line_connect(&line, 0x2100, now);
	EXPECT(0xbf, 0xa6, 0x06, 0x10, 0x00, 0x00);
	EXPECT(0xbf, 0x84, 0x21, 0x00, 0x04);
	CU_ASSERT_EQUAL(line.device.address, 11);
	/* no physical address: it stays silent */
	begin();
	card_on();
	cec_line_connect(&line, 0xffff, now);
	expect_nothing();
	SEND(7, 0x04);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_NACK);
}

static void test_answers(void)
{
	begin();
	card_on();
	device_on();
	SEND(7, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_OK);
	EXPECT(0x4f, 0x84, 0x10, 0x00, 0x04);
	SEND(7, 0x04, 0x46);
	sent();
	EXPECT(0x40, 0x47, 'K', 'i', 'n', 'o', 'r', 'a', ' ', 'p', 'l', 'a', 'y', 'e', 'r');
	SEND(7, 0x04, 0x8c);
	sent();
	EXPECT(0x4f, 0x87, 0x02, 0x4b, 0x4e);
	SEND(7, 0x04, 0x8f);
	sent();
	EXPECT(0x40, 0x90, 0x00);
	SEND(7, 0x04, 0x9f);
	sent();
	EXPECT(0x40, 0x9e, 0x06);
	SEND(7, 0x04, 0xa5);
	sent();
	EXPECT(0x4f, 0xa6, 0x06, 0x10, 0x00, 0x00);
	/* no deck, as its features say (HDMI-CEC 2.0: then the message is not known) */
	SEND(7, 0x04, 0x1a, 0x03);
	sent();
	EXPECT(0x40, 0x00, 0x1a, 0x00);
	/* not known; and <Abort>, which is always refused */
	SEND(7, 0x04, 0x32, 'e', 'n', 'g');
	sent();
	EXPECT(0x40, 0x00, 0x32, 0x00);
	SEND(7, 0x04, 0xff);
	sent();
	EXPECT(0x40, 0x00, 0xff, 0x04);
	/* an abort is not answered, nor is somebody else's message, nor a broadcast */
	SEND(7, 0x04, 0x00, 0x83, 0x00);
	sent();
	SEND(7, 0x05, 0x83);
	sent();
	SEND(7, 0x0f, 0x32, 'e', 'n', 'g');
	sent();
	expect_nothing();
}

static void test_power_and_source(void)
{
	begin();
	card_on();
	device_on();
	SEND(7, 0x0f, 0x86, 0x10, 0x00);
	sent();
	EXPECT(0x4f, 0x82, 0x10, 0x00);
	SEND(7, 0x0f, 0x85);
	sent();
	EXPECT(0x4f, 0x82, 0x10, 0x00);
	SEND(7, 0x0f, 0x36);
	sent();
	EXPECT(0x4f, 0x90, 0x01);	/* HDMI-CEC 2.0: a change is told to all */
	SEND(7, 0x04, 0x8f);
	sent();
	EXPECT(0x40, 0x90, 0x01);
	/* no active source any more */
	SEND(7, 0x0f, 0x85);
	sent();
	expect_nothing();
	/* the remote's power key */
	SEND(7, 0x04, 0x44, 0x40);
	sent();
	SEND(7, 0x04, 0x45);
	sent();
	EXPECT(0x4f, 0x90, 0x00);
	SEND(7, 0x04, 0x8f);
	sent();
	EXPECT(0x40, 0x90, 0x00);
}

/* --- the line --- */

/* Of two that start at once the lower initiator wins; the other one comes after. */
static void test_arbitration(void)
{
	static const uint8_t image_view_on[] = { 0x40, 0x04 };

	begin();
	card_on();
	device_on();
	CU_ASSERT(cec_line_send(&line, image_view_on, 2, now));
	/* the line is busy: both wait, for as long */
	now += MS;
	SEND(5, 0x0f, 0x36);
	CU_ASSERT(cec_line_send(&line, image_view_on, 2, now));
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_OK);
	EXPECT(0x40, 0x04);
	EXPECT(0x40, 0x04);

	/* a card with a higher address loses */
	begin();
	put(KINORA_HDMI_CEC_CONTROL, KINORA_HDMI_CEC_ENABLE | 1 << 5 | 1);
	device_on();
	CU_ASSERT(cec_line_send(&line, image_view_on, 2, now));
	now += MS;
	SEND(5, 0x5f, 0x36);
	CU_ASSERT(cec_line_send(&line, image_view_on, 2, now));
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_ARBITRATION);
	EXPECT(0x40, 0x04);
	EXPECT(0x40, 0x04);
}

static void test_faults(void)
{
	begin();
	card_on();
	device_on();
	line.arbitration = 1;
	line.low_drive = 1;
	SEND(7, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_ARBITRATION);
	SEND(3, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_LOW_DRIVE);
	/* neither was heard */
	expect_nothing();
	SEND(3, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_OK);
	EXPECT(0x4f, 0x84, 0x10, 0x00, 0x04);
	line.device.nack = true;
	SEND(7, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_NACK);
	expect_nothing();
	line.device.nack = false;
	cec_line_disconnect(&line, now);
	SEND(7, 0x04, 0x83);
	CU_ASSERT_EQUAL(sent(), KINORA_CEC_TX_NACK);
}

/* What the card has not fetched is not overwritten: the next one is refused, and repeated. */
static void test_not_fetched(void)
{
	static const uint8_t first[] = { 0x40, 0x04 }, second[] = { 0x40, 0x0d };
	uint8_t heard[16];

	begin();
	card_on();
	device_on();
	CU_ASSERT(cec_line_send(&line, first, 2, now));
	CU_ASSERT(cec_line_send(&line, second, 2, now));
	now += MESSAGE_NS(2) + 5 * BIT_NS + MESSAGE_NS(2);
	CU_ASSERT_EQUAL(get(KINORA_HDMI_CEC_RX) & 0xffff, 0x0440);
	CU_ASSERT_EQUAL(hear(heard), 2);
	CU_ASSERT_EQUAL(heard[1], 0x04);
	CU_ASSERT_EQUAL(hear(heard), 2);
	CU_ASSERT_EQUAL(heard[1], 0x0d);
	/* to somebody who is not there: three times, then never again */
	CU_ASSERT(cec_line_send(&line, (const uint8_t []){ 0x45, 0x83 }, 2, now));
	expect_nothing();
	CU_ASSERT_EQUAL(line.device.queued, 0);
	/* a full queue says so */
	for (unsigned int i = 0; i < CEC_QUEUE; i++)
		CU_ASSERT(cec_line_send(&line, first, 2, now));
	CU_ASSERT_FALSE(cec_line_send(&line, first, 2, now));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "alone", test_alone },
		{ "address", test_address },
		{ "answers", test_answers },
		{ "power and source", test_power_and_source },
		{ "arbitration", test_arbitration },
		{ "faults", test_faults },
		{ "not fetched", test_not_fetched },
		CU_TEST_INFO_NULL,
	};

	return unit_run("cec line", tests);
}
