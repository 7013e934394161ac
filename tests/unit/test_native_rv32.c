// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c tests/vcard/crc32c.c tests/vcard/image.c tests/vcard/machine.c */
/* Sources: tests/vcard/receiver.c tests/vcard/stimulus*.c tests/vcard/picture.c */
/* Sources: tests/vcard/hdmi_receiver.c tests/vcard/hdmi_source.c tests/vcard/hdmi_mode.c */
/* Sources: tests/vcard/hdmi_offer.c tests/vcard/hdmi_infoframe.c tests/vcard/spread.c */
/* Sources: firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the firmware built for this machine and the image for the card's RV32 processor do
 * the same. Both run side by side, each on a bus of its own, on the same inputs: receivers and an
 * HDMI source that play a random programme, faults included; words that differ from what the
 * receivers would say; mailbox requests, good and bad; new starts. After each of 100,000 polls
 * every write to the bus must be the same, in the same order, and so must the time at which the
 * firmware wants to be called again.
 *
 * KINORA_SEED repeats a run, KINORA_STEPS makes it shorter or longer.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bus.h"
#include "controller.h"
#include "hdmi_receiver.h"
#include "hdmi_source.h"
#include "image.h"
#include "machine.h"
#include "receiver.h"
#include "stimulus.h"
#include "unit.h"

#define MS 1000000ULL
#ifdef __SANITIZE_ADDRESS__
#define STEPS 25000		/* four times as slow; the same 100,000 run without */
#else
#define STEPS 100000
#endif
#define WRITES_MAX 8192		/* of one poll */
#define CHANGES_MAX 8		/* words that differ, for one poll */
#define INSTRUCTIONS_MAX 5000000	/* of one poll */
#define CEC_FIRST KINORA_HDMI_CEC_CONTROL
#define CEC_BYTES (KINORA_HDMI_CEC_RX + 16 - CEC_FIRST)

struct access {
	uint32_t addr, value;
};

/* All that one of the two has to itself. */
struct world {
	struct bus bus;
	struct controller_hal hal;	/* what the firmware sees: changed, and noted */
	struct hdmi_receiver hdmi;
	struct hdmi_source source;
	uint32_t cec[CEC_BYTES / 4];
	struct access write[WRITES_MAX];
	unsigned int writes;
};

static uint64_t now;
static struct receivers receivers;	/* no firmware writes to them: both have the same */
static struct access change[CHANGES_MAX];
static unsigned int changes;
static bool calm;			/* a stretch in which the world is as it should be */
static struct world native, rv32;
static struct controller controller;
static struct machine *machine;
static struct image image;
static uint8_t image_bytes[KINORA_FIRMWARE_BYTES_MAX];

/* --- chance --- */

static uint64_t chance_state;

/* splitmix64, https://prng.di.unimi.it/splitmix64.c */
static uint64_t chance(void)
{
	uint64_t z = chance_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
	return chance() % n;
}

static bool one_in(uint32_t n)
{
	return !below(n);
}

/* --- the two worlds --- */

static uint64_t world_time(void *opaque)
{
	(void)opaque;
	return now;
}

static uint32_t world_receiver(void *opaque, unsigned int link, unsigned int reg)
{
	(void)opaque;
	return receiver_read(&receivers, link, reg, now);
}

static bool is_cec(uint32_t offset)
{
	return offset >= CEC_FIRST && offset < CEC_FIRST + CEC_BYTES;
}

static uint32_t *cec_word(struct world *world, uint32_t offset)
{
	return &world->cec[(offset - CEC_FIRST) / 4];
}

static uint32_t world_hdmi_read(void *opaque, uint32_t offset)
{
	struct world *world = opaque;

	return is_cec(offset) ? *cec_word(world, offset) :
				hdmi_receiver_read(&world->hdmi, offset, now);
}

/* CEC is memory with the two bits that the firmware itself changes; what comes, comes by chance. */
static void world_hdmi_write(void *opaque, uint32_t offset, uint32_t value)
{
	struct world *world = opaque;
	uint32_t *status = cec_word(world, KINORA_HDMI_CEC_STATUS);

	if (!is_cec(offset)) {
		hdmi_receiver_write(&world->hdmi, offset, value, now);
		return;
	}
	switch (offset) {
	case KINORA_HDMI_CEC_START:
		*status |= KINORA_HDMI_CEC_SENDING;
		break;
	case KINORA_HDMI_CEC_RX_LENGTH:
		*status &= ~(uint32_t)KINORA_HDMI_CEC_RECEIVED;
		break;
	default:
		*cec_word(world, offset) = value;
	}
}

static const struct bus_ops world_ops = {
	.time_ns = world_time, .receiver_read = world_receiver, .hdmi_read = world_hdmi_read,
	.hdmi_write = world_hdmi_write,
};

static uint32_t seen_read(void *opaque, uint32_t addr)
{
	struct world *world = opaque;

	for (unsigned int i = 0; i < changes; i++)
		if (change[i].addr == addr)
			return change[i].value;
	return bus_read(&world->bus, addr);
}

static void seen_write(void *opaque, uint32_t addr, uint32_t value)
{
	struct world *world = opaque;

	bus_write(&world->bus, addr, value);
	/* the native firmware returns it instead */
	if (addr == KINORA_CTL_SYSTEM + KINORA_SYS_WAKE_LO ||
	    addr == KINORA_CTL_SYSTEM + KINORA_SYS_WAKE_HI)
		return;
	if (world->writes < WRITES_MAX)
		world->write[world->writes] = (struct access){ addr, value };
	world->writes++;
}

static void world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	bus_init(&world->bus, &world_ops, world);
	world->hal = (struct controller_hal){
		.opaque = world, .read = seen_read, .write = seen_write,
	};
	hdmi_receiver_init(&world->hdmi);
	hdmi_source_init(&world->source);
}

/* --- inputs: a programme --- */

static void signal_put(void)
{
	static const char *const colours[] = { "", " transfer=hlg colour=2020",
					       " transfer=pq colour=2020", " range=full",
					       " mapping=sqd", " ppm=50", " colour=601" };
	static const char *const connectors[] = { "sdi1", "sdi2", "sdi3", "sdi4", "sdi-quad" };
	const struct stimulus_mode *mode;
	char line[128], error[STIMULUS_ERROR_MAX];
	struct stimulus parsed;
	unsigned int count = 0;

	while (stimulus_mode_at(count))
		count++;
	mode = stimulus_mode_at(below(count));
	snprintf(line, sizeof(line), "signal %s %s%s", connectors[below(5)],
		 one_in(8) ? "off" : mode->name, one_in(2) ? "" : colours[below(7)]);
	/* what does not fit a connector changes nothing */
	if (!stimulus_parse(line, false, &parsed, error, sizeof(error)))
		receiver_signal(&receivers, parsed.connector, &parsed.signal, now);
}

static void fault_put(void)
{
	unsigned int connector = below(5);

	switch (below(5)) {
	case 0:
		receiver_fault_crc(&receivers, connector, below(100) / 1e4, now);
		break;
	case 1:
		receiver_fault_skew(&receivers, connector, below(4000), one_in(8));
		break;
	case 2:
		receiver_fault_unlock(&receivers, connector, 1 + below(200), now);
		break;
	default:
		receiver_fault_clear(&receivers, connector, now);
	}
}

static void source_put(void)
{
	struct hdmi_wish wish = { 0 };

	while (!wish.mode && !one_in(100))
		wish.mode = hdmi_mode_vic(one_in(3) ? 194 + below(26) : below(220));
	wish.fractional = one_in(3);
	wish.sampling = one_in(2) ? STIMULUS_SAMPLING_AUTO : below(STIMULUS_SAMPLING_420 + 1);
	wish.depth = one_in(2) ? 0 : 8 + 2 * below(3);
	wish.transfer = below(3);
	wish.it_content = one_in(4) ? below(5) : 0;
	wish.dvi = one_in(10);
	wish.force = one_in(3);
	wish.lie = one_in(10);
	wish.vic = below(256);
	hdmi_source_play(&native.source, &native.hdmi, wish.mode ? &wish : NULL, now);
	hdmi_source_play(&rv32.source, &rv32.hdmi, wish.mode ? &wish : NULL, now);
}

static void source_fault_put(struct world *world, uint32_t what, uint32_t how)
{
	switch (what) {
	case 0:
		hdmi_receiver_fault_lane(&world->hdmi, how % HDMI_LANES, how / 4 % 7, now);
		break;
	case 1:
		hdmi_receiver_fault_errors(&world->hdmi, how % 100 / 1e4, now);
		break;
	case 2:
		hdmi_receiver_fault_unlock(&world->hdmi, 1 + how % 200, now);
		break;
	case 3:
		hdmi_receiver_fault_infoframes(&world->hdmi, how, how >> 8, now);
		break;
	default:
		hdmi_receiver_fault_clear(&world->hdmi, now);
	}
}

static void cec_put(struct world *world, bool sent, uint32_t outcome, uint32_t length,
		    uint64_t bytes)
{
	uint32_t *status = cec_word(world, KINORA_HDMI_CEC_STATUS);

	if (sent && *status & KINORA_HDMI_CEC_SENDING) {
		*status &= ~(uint32_t)(KINORA_HDMI_CEC_SENDING | KINORA_HDMI_CEC_SENT_MASK);
		*status |= FIELD_PREP(KINORA_HDMI_CEC_SENT_MASK, outcome);
	}
	if (!sent && !(*status & KINORA_HDMI_CEC_RECEIVED)) {
		*status |= KINORA_HDMI_CEC_RECEIVED;
		*cec_word(world, KINORA_HDMI_CEC_RX_LENGTH) = length;
		memcpy(cec_word(world, KINORA_HDMI_CEC_RX), &bytes, sizeof(bytes));
	}
}

/* --- inputs: words that differ --- */

static uint32_t word_address(void)
{
	switch (below(8)) {
	case 0 ... 3:
		return KINORA_CTL_RX(below(KINORA_RX_LINKS)) + 4 * below(8);
	case 4 ... 5:
		return KINORA_CTL_HDMI + 4 * below(0x70 / 4);
	case 6:
		return KINORA_CTL_HDMI + KINORA_HDMI_SCDC + 4 * below(64 / 4 + 4);
	default:
		return KINORA_CTL_HDMI + KINORA_HDMI_INFOFRAME(0) + 4 * below(7 * 8);
	}
}

static uint32_t word_changed(uint32_t value)
{
	static const uint32_t telling[] = { 0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0xffff,
					    1125, 750, 2200, 2640, 4400, 1650, 0x10f, 0x50b };

	switch (below(5)) {
	case 0:
		return value ^ 1u << below(32);
	case 1:
		return value + below(9) - 4;
	case 2:
		return telling[below(sizeof(telling) / sizeof(telling[0]))];
	case 3:
		return value ^ 0xffu << 8 * below(4);
	default:
		return chance();
	}
}

static void words_change(void)
{
	changes = calm || one_in(2) ? 0 : 1 + below(CHANGES_MAX);
	for (unsigned int i = 0; i < changes; i++) {
		change[i].addr = word_address();
		change[i].value = word_changed(bus_read(&native.bus, change[i].addr));
	}
}

/* --- inputs: the host --- */

static unsigned int edid_make(uint8_t *edid)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	unsigned int blocks = below(6);

	for (unsigned int i = 0; i < blocks * 128; i++)
		edid[i] = one_in(4) ? chance() : 0;
	if (blocks)
		memcpy(edid, header, sizeof(header));
	for (unsigned int block = 0; block < blocks; block++) {
		uint8_t *b = edid + 128 * block, sum = 0;

		b[126] = block ? b[126] : blocks - 1;
		for (unsigned int i = 0; i < 127; i++)
			sum += b[i];
		b[127] = one_in(10) ? sum : -sum;
	}
	return blocks * 128 - (blocks && one_in(20));
}

static void request_put(uint32_t number)
{
	static uint8_t payload[1024];
	uint16_t op = one_in(10) ? below(65536) : KINORA_OP_EDID_GET + below(9);
	uint16_t length = one_in(10) ? below(65536) : below(40);
	uint16_t arg = one_in(3) ? below(65536) : below(3);

	/* "rv32" in one reply, "native" in the other */
	if (op == KINORA_OP_IDENTIFY || (calm && op == KINORA_OP_EDID_SET))
		op = KINORA_OP_EDID_GET;
	for (unsigned int i = 0; i < sizeof(payload); i++)
		payload[i] = one_in(3) ? chance() : below(6);
	if (op == KINORA_OP_EDID_SET)
		length = edid_make(payload);
	else if (op == KINORA_OP_CEC_TRANSMIT && !one_in(4)) {
		length = sizeof(struct kinora_cec_message);
		memset(payload, 0, 16);
		payload[0xa] = 1 + below(5);
		payload[0xb] = 3 + 2 * below(3);
		payload[0xc] = 1 + below(16);
	} else if (op == KINORA_OP_CEC_CONFIG && !one_in(4)) {
		length = sizeof(struct kinora_cec_config);
		payload[2] = below(2);
		payload[3] = 0;
	} else if (op == KINORA_OP_LOG && !one_in(4)) {
		length = 4;
		memset(payload, 0, 4);
		payload[0] = chance();
	} else if (!one_in(3)) {
		length = 0;
	}
	for (unsigned int i = 0; i < 2; i++) {
		struct bus *bus = i ? &rv32.bus : &native.bus;
		uint32_t word;

		bus_mailbox_write(bus, 0, op);
		bus_mailbox_write(bus, 4, length | (uint32_t)arg << 16);
		for (unsigned int at = 8; at < KINORA_MAILBOX_BYTES; at += 4) {
			memcpy(&word, payload + at - 8, 4);
			bus_mailbox_write(bus, at, word);
		}
		bus_mailbox_ring(bus, number, true);
	}
}

/* --- running --- */

/* The image begins with the next run, so nothing may change before. */
static void start(void)
{
	bus_start(&native.bus);
	bus_start(&rv32.bus);
	controller_init(&controller, &native.hal);
	machine_destroy(machine);
	CU_ASSERT_EQUAL_FATAL(machine_create(&machine, &image, &rv32.hal), 0);
}

/* As rv32/main.c counts it: the stack lies below the image. */
static uint32_t stack_bytes(void)
{
	const uint32_t *word = (const uint32_t *)machine_memory(machine);
	uint32_t at = 0;

	while (at < image.load && *word == 0x5ac35ac3) {
		at += 4;
		word++;
	}
	return image.load - at;
}

static bool same(unsigned int step, uint64_t wanted)
{
	unsigned int n = native.writes < rv32.writes ? native.writes : rv32.writes;
	unsigned int i = 0;

	CU_ASSERT_FATAL(native.writes <= WRITES_MAX && rv32.writes <= WRITES_MAX);
	while (i < n && !memcmp(&native.write[i], &rv32.write[i], sizeof(native.write[i])))
		i++;
	if (i == n && native.writes == rv32.writes && wanted == rv32.bus.wake_ns)
		return true;
	fprintf(stderr, "step %u: %u and %u writes, first differing %u:", step, native.writes,
		rv32.writes, i);
	if (i < native.writes)
		fprintf(stderr, " native %08" PRIx32 " = %08" PRIx32, native.write[i].addr,
			native.write[i].value);
	if (i < rv32.writes)
		fprintf(stderr, " rv32 %08" PRIx32 " = %08" PRIx32, rv32.write[i].addr,
			rv32.write[i].value);
	fprintf(stderr, "; wants %" PRIu64 " and %" PRIu64 "\n", wanted, rv32.bus.wake_ns);
	return false;
}

static void inputs(uint64_t wanted)
{
	static uint32_t number;

	switch (below(6)) {
	case 0:
		now += below(20) * MS + 1;
		break;
	case 1:
		now += one_in(50) ? below(3000) * MS : below(1000000);
		break;
	default:
		now = wanted > now ? wanted : now + 1;
	}
	if (one_in(500))
		calm = !calm;
	if (one_in(calm ? 200 : 60))
		signal_put();
	if (one_in(calm ? 1000 : 200))
		fault_put();
	if (one_in(calm ? 300 : 100))
		source_put();
	if (one_in(calm ? 1000 : 300)) {
		uint32_t what = below(6), how = chance();

		source_fault_put(&native, what, how);
		source_fault_put(&rv32, what, how);
	}
	if (one_in(30)) {
		bool sent = one_in(2);
		uint32_t outcome = below(4), length = one_in(10) ? below(32) : 1 + below(16);
		uint64_t bytes = chance();

		cec_put(&native, sent, outcome, length, bytes);
		cec_put(&rv32, sent, outcome, length, bytes);
	}
	hdmi_source_poll(&native.source, &native.hdmi, now);
	hdmi_source_poll(&rv32.source, &rv32.hdmi, now);
	words_change();
	if (one_in(12))
		request_put(++number);
}

static void test_same_answers(void)
{
	const char *seed_text = getenv("KINORA_SEED"), *steps_text = getenv("KINORA_STEPS");
	uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : (uint64_t)time(NULL);
	unsigned int steps = steps_text ? strtoul(steps_text, NULL, 0) : STEPS;
	uint64_t wanted = 1, writes = 0, changed = 0;
	uint64_t locked = 0, hdmi_locked = 0, trained = 0, replies = 0;
	uint32_t deepest = 0;

	printf("KINORA_SEED=%" PRIu64 ", %u steps ", seed, steps);
	fflush(stdout);
	chance_state = seed;
	now = MS;
	CU_ASSERT_EQUAL_FATAL(receivers_init(&receivers), 0);
	world_init(&native);
	world_init(&rv32);
	for (unsigned int step = 0; step < steps; step++) {
		struct kinora_signal signal;
		uint32_t done = native.bus.done;

		inputs(wanted);
		native.writes = 0;
		rv32.writes = 0;
		if (!step || one_in(2000))
			start();
		wanted = controller_poll(&controller);
		CU_ASSERT_EQUAL_FATAL(machine_run(machine, INSTRUCTIONS_MAX), MACHINE_WAITS);
		if (!same(step, wanted)) {
			CU_FAIL("native and RV32 differ");
			break;
		}
		/* it is measured in the image only, but told in a block of both */
		controller.stack_bytes = stack_bytes();
		deepest = controller.stack_bytes > deepest ? controller.stack_bytes : deepest;
		writes += native.writes;
		changed += changes;
		replies += native.bus.done != done;
		bus_block(&native.bus, KINORA_CONN_SDI1, &signal);
		locked += signal.state == KINORA_SIGNAL_LOCKED;
		bus_block(&native.bus, KINORA_CONN_HDMI1, &signal);
		hdmi_locked += signal.state == KINORA_SIGNAL_LOCKED;
		trained += signal.frl_rate != 0;
	}
	printf("(%" PRIu64 " writes, %" PRIu64 " words differed, SDI 1 locked in %" PRIu64
	       ", HDMI in %" PRIu64 ", over FRL %" PRIu64 ", %" PRIu64
	       " replies, stack %u bytes, %" PRIu64 " instructions) ",
	       writes, changed, locked, hdmi_locked, trained, replies, deepest,
	       machine_instructions(machine));
	/* the programme went through what it is meant to go through */
	if (steps >= 100000) {
		CU_ASSERT(locked > steps / 20);
		CU_ASSERT(hdmi_locked > steps / 100);
		CU_ASSERT(trained > 0);
		CU_ASSERT(replies > steps / 40);
		CU_ASSERT(changed > steps / 2);
	}
	machine_destroy(machine);
	machine = NULL;
	receivers_finish(&receivers);
}

static int image_read(void)
{
	FILE *file = fopen(FIRMWARE_IMAGE, "rb");
	size_t n;

	if (!file)
		return -1;
	n = fread(image_bytes, 1, sizeof(image_bytes), file);
	fclose(file);
	return image_check(image_bytes, n, &image);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "same answers", test_same_answers },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("native and RV32 firmware", tests, image_read, NULL);
}
