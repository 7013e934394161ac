// SPDX-License-Identifier: MIT
/* Sources: tests/unit/fake_host.c tests/vcard/anc.c tests/vcard/books.c tests/vcard/cadence.c */
/* Sources: tests/vcard/card.c tests/vcard/channel.c tests/vcard/clip.c tests/vcard/copy.c */
/* Sources: tests/vcard/crc32c.c tests/vcard/links.c tests/vcard/log.c tests/vcard/pack.c */
/* Sources: tests/vcard/picture.c tests/vcard/printer.c tests/vcard/receiver.c */
/* Sources: tests/vcard/render.c tests/vcard/signals.c tests/vcard/stamp.c */
/* Sources: tests/vcard/stimulus*.c tests/vcard/stream.c tests/vcard/thread.c */
/* Sources: tests/vcard/wire.c tests/vcard/world.c */
/* Sources: tests/vcard/image.c tests/vcard/loader.c tests/vcard/machine.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/* Sources: tests/vcard/hdmi_*.c tests/vcard/cec_*.c tests/vcard/spread.c */
/*
 * Description: the mailbox of docs/hardware.md, section 13, from both of its sides: the host's
 * registers and the controller's bus. The test is both, so the card's own controller is not
 * started; numbers, resets and restarts in the middle of a request are what it is about.
 */
#include <stdlib.h>

#include "fake_host.h"
#include "unit.h"

static struct fake_host host;
static struct card card;
static struct bus *bus;

static uint32_t get(uint64_t reg)
{
	return card_register_read(&card, reg);
}

static void put(uint64_t reg, uint32_t value)
{
	card_register_write(&card, reg, value);
}

static uint32_t sys(uint32_t reg)
{
	return bus_read(bus, KINORA_CTL_SYSTEM + reg);
}

static void begin(void)
{
	const struct card_config config = { .serial = "TEST-1", .timeout_ms = 1000 };
	struct card_host ops = fake_host_ops(&host);

	if (fake_host_init(&host, 1 << 20) || card_init(&card, &config, &ops))
		abort();
	bus = &card.controller.bus;
}

static void end(void)
{
	card_finish(&card);
	fake_host_finish(&host);
}

/* The controller's part of a request: what is asked is still in the window. */
static void reply(void)
{
	bus_write(bus, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, sys(KINORA_SYS_REQUEST));
}

/* Both sides see the same 1024 bytes, and nothing beyond. */
static void test_window(void)
{
	begin();
	for (uint32_t at = 0; at < KINORA_MAILBOX_BYTES; at += 4)
		put(KINORA_MAILBOX_WINDOW + at, 0x01000193 * (at + 1));
	for (uint32_t at = 0; at < KINORA_MAILBOX_BYTES; at += 4) {
		CU_ASSERT_EQUAL(bus_read(bus, KINORA_CTL_MAILBOX + at), 0x01000193 * (at + 1));
		bus_write(bus, KINORA_CTL_MAILBOX + at, ~at);
		CU_ASSERT_EQUAL(get(KINORA_MAILBOX_WINDOW + at), ~at);
	}
	put(0x8400, 1);
	CU_ASSERT_EQUAL(get(0x8400), 0);
	put(0x7ffc, 1);
	CU_ASSERT_EQUAL(get(0x7ffc), 0);
	CU_ASSERT_EQUAL(bus_read(bus, KINORA_CTL_MAILBOX + 0x400), 0);
	/* counted apart: no way of a frame goes through here */
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_mailbox), 256);
	CU_ASSERT_EQUAL(atomic_load(&card.books.writes_mailbox), 256);
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_other), 2);
	end();
}

static void test_numbers(void)
{
	begin();
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 0);
	/* a controller that answers what nobody asked */
	bus_write(bus, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, 0);
	bus_write(bus, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, 7);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0);

	put(KINORA_REG_MAILBOX_REQUEST, 7);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_REQUEST), 7);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 7);
	reply();
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 7);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_DONE), 7);

	put(KINORA_REG_MAILBOX_REQUEST, 0xffffffff);
	reply();
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0xffffffff);
	/* read only for the host */
	put(KINORA_REG_MAILBOX_DONE, 3);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0xffffffff);
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_other), 0);
	end();
}

/* Section 3: both numbers become 0. What was being served then has no reply. */
static void test_reset(void)
{
	begin();
	if (card_start(&card))
		abort();
	put(KINORA_REG_MAILBOX_REQUEST, 5);
	card_reset(&card);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_REQUEST), 0);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 0);
	bus_write(bus, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, 5);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 0);
	end();
}

/* Section 13: the late reply of a controller that was restarted is not written. */
static void test_restart(void)
{
	begin();
	put(KINORA_REG_MAILBOX_REQUEST, 1);
	reply();
	put(KINORA_REG_MAILBOX_REQUEST, 2);
	bus_start(bus);
	/* the new run finds nothing to do ... */
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), sys(KINORA_SYS_DONE));
	bus_write(bus, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, 2);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 1);
	/* ... until the host asks anew */
	put(KINORA_REG_MAILBOX_REQUEST, 3);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 3);
	reply();
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_DONE), 3);
	end();
}

/* A card that does not answer does not answer here either, until it is reset. */
static void test_stop_answering(void)
{
	begin();
	if (card_start(&card))
		abort();
	atomic_store(&card.faults.dead, true);
	put(KINORA_REG_MAILBOX_REQUEST, 1);
	CU_ASSERT_EQUAL(get(KINORA_REG_MAILBOX_REQUEST), 1);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 0);
	card_reset(&card);
	CU_ASSERT_EQUAL(sys(KINORA_SYS_REQUEST), 0);
	end();
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "window", test_window },
		{ "numbers", test_numbers },
		{ "reset", test_reset },
		{ "restart", test_restart },
		{ "stop answering", test_stop_answering },
		CU_TEST_INFO_NULL,
	};

	return unit_run("mailbox", tests);
}
