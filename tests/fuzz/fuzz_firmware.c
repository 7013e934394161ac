// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's whole firmware on a bus that says anything: receivers, HDMI with
 * its InfoFrames, SCDC and CEC, the mailbox with requests of a hostile host, the blocks of an
 * earlier start. The input is a script that sets words, lets time pass, starts anew and polls; a
 * poll can also be "wild", then every single read differs from what was set.
 *
 * What must hold whatever the bus says: it only writes where something is to be written, a bounded
 * number of words; it wants to be called again later than now and not later than the period; a
 * reply fits its window, and one that is not OK has no payload; states and reasons are those of the
 * contract, and generations grow.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "controller.h"
#include "receiver_value.h"

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define RX_BYTES (KINORA_RX_LINKS * 0x100)
#define HDMI_BYTES 0x1000
#define BLOCKS_BYTES (8 * KINORA_SIGNAL_BYTES)
#define WRITES_MAX 4096	/* of one poll: eight blocks, an EDID, a reply, and some */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	const uint8_t *data;
	size_t left;
	uint64_t now;
	uint32_t time_hi;
	bool wild;
	unsigned int writes;
	uint32_t rx[RX_BYTES / 4];
	uint32_t hdmi[HDMI_BYTES / 4];
	uint32_t mailbox[KINORA_MAILBOX_BYTES / 4];
	uint32_t blocks[BLOCKS_BYTES / 4];
	uint32_t request, done, starts;
	uint32_t generation[KINORA_CONNECTORS];	/* last published; 0: not by this start */
};

static uint32_t take(struct script *script, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes && script->left; i++, script->left--)
		value |= (uint32_t)*script->data++ << (8 * i);
	return value;
}

/* Where a word lives; NULL: nothing is there. */
static uint32_t *word(struct script *script, uint32_t addr)
{
	static const struct { uint32_t start, bytes; } area[] = {
		{ KINORA_CTL_RX(0), RX_BYTES }, { KINORA_CTL_HDMI, HDMI_BYTES },
		{ KINORA_CTL_MAILBOX, KINORA_MAILBOX_BYTES }, { KINORA_CTL_BLOCKS, BLOCKS_BYTES },
	};
	uint32_t *const memory[] = {
		script->rx, script->hdmi, script->mailbox, script->blocks,
	};

	for (unsigned int i = 0; i < 4; i++)
		if (addr >= area[i].start && addr - area[i].start < area[i].bytes)
			return &memory[i][(addr - area[i].start) / 4];
	return NULL;
}

static uint32_t system_read(struct script *script, uint32_t reg)
{
	switch (reg) {
	case KINORA_SYS_TIME_LO:
		script->time_hi = script->now >> 32;
		return script->now;
	case KINORA_SYS_TIME_HI:
		return script->time_hi;
	case KINORA_SYS_REQUEST:
		return script->request;
	case KINORA_SYS_DONE:
		return script->done;
	case KINORA_SYS_STARTS:
		return script->starts;
	default:
		abort(); /* nothing to be read */
	}
}

static uint32_t hal_read_word(void *opaque, uint32_t addr)
{
	struct script *script = opaque;
	const uint32_t *at;

	CHECK(addr % 4 == 0);
	if (addr >= KINORA_CTL_SYSTEM && addr < KINORA_CTL_MAILBOX)
		return system_read(script, addr - KINORA_CTL_SYSTEM);
	at = word(script, addr);
	CHECK(at);
	/* the reply is read back nowhere, and what the host changes meanwhile it may */
	return script->wild ? *at ^ take(script, 4) : *at;
}

static void check_signal(const struct script *script, const struct kinora_signal *s,
			 unsigned int connector)
{
	uint32_t last = script->generation[connector];

	CHECK(s->state <= KINORA_SIGNAL_LOCKED && s->reason <= KINORA_REASON_TRAINING);
	CHECK(s->interface <= KINORA_INTERFACE_QUAD_24G && s->mapping <= KINORA_MAPPING_SQD);
	CHECK(s->colorimetry <= KINORA_COLORIMETRY_601 && s->range <= KINORA_RANGE_FULL);
	CHECK(s->sampling <= KINORA_SAMPLING_420 && s->frl_rate <= 6 && s->dual <= 2);
	CHECK(s->it_content <= KINORA_IT_GAME && s->transfer <= KINORA_TRANSFER_UNSPECIFIED);
	CHECK(s->generation);
	CHECK(!last || s->generation == last || s->generation == last + 1 ||
	      s->generation == 1 /* wrapped */);
	CHECK(s->state != KINORA_SIGNAL_LOCKED || s->reason == KINORA_REASON_NONE);
	CHECK(s->state != KINORA_SIGNAL_UNSUPPORTED || s->reason != KINORA_REASON_NONE);
	if (s->state != KINORA_SIGNAL_LOCKED && !s->width) {
		CHECK(!s->pixelclock && !s->rate_num && !s->rate_den && !s->height && !s->htotal &&
		      !s->vtotal);
		return;
	}
	/* a picture that is taken, or described at least */
	CHECK(s->interface != KINORA_INTERFACE_NONE);
	CHECK(s->rate_num && (s->rate_den == 1 || s->rate_den == 1001));
	CHECK(s->pixelclock && s->width && s->height);
	CHECK(s->width < s->htotal && s->height < s->vtotal);
	CHECK(s->depth >= 8 && s->depth <= 16);
}

static void publish(struct script *script, uint32_t value)
{
	unsigned int n = FIELD_GET(KINORA_SYS_PUBLISH_BLOCK_MASK, value);
	struct kinora_signal signal;

	CHECK(!(value & ~(KINORA_SYS_PUBLISH_BLOCK_MASK | KINORA_SYS_PUBLISH_EVENT)));
	if (n == 7)
		return;
	memcpy(&signal, &script->blocks[n * KINORA_SIGNAL_BYTES / 4], sizeof(signal));
	check_signal(script, &signal, n);
	script->generation[n] = signal.generation;
}

static void reply(struct script *script, uint32_t number)
{
	uint32_t status = script->mailbox[0] >> 16, length = script->mailbox[1] & 0xffff;

	CHECK(number == script->request);
	CHECK(status <= KINORA_MAILBOX_TOO_LARGE && length <= KINORA_MAILBOX_PAYLOAD);
	CHECK(!status || !length);
	script->done = number;
}

static void hal_write_word(void *opaque, uint32_t addr, uint32_t value)
{
	struct script *script = opaque;
	uint32_t *at;

	CHECK(addr % 4 == 0 && ++script->writes <= WRITES_MAX);
	if (addr < KINORA_CTL_SYSTEM || addr >= KINORA_CTL_MAILBOX) {
		CHECK(addr >= KINORA_CTL_HDMI); /* SDI receivers are only read */
		at = word(script, addr);
		CHECK(at);
		*at = value;
		return;
	}
	switch (addr - KINORA_CTL_SYSTEM) {
	case KINORA_SYS_PUBLISH:
		publish(script, value);
		break;
	case KINORA_SYS_DONE:
		reply(script, value);
		break;
	case KINORA_SYS_VERSION:
		CHECK(value == CONTROLLER_FIRMWARE_VERSION);
		break;
	default:
		abort();
	}
}

/* Values that lead somewhere; any other can be had too. */
static uint32_t script_value(struct script *script, unsigned int reg)
{
	static const uint32_t rates[] = { 0x10b, 0x10f, 0x20b, 0x30b, 0x40b, 0x50b, 0x60b, 0x001 };
	static const uint32_t codes[] = { 0xd2, 0xce, 0xc4, 0xc0, 0x97, 0x89, 0x85, 0x87 };
	uint32_t pick = take(script, 1);

	if (pick >= 0xc0)
		return take(script, 4);
	return receiver_value(reg * 4, pick, rates, codes);
}

/* An HDMI raster: 2160p60 or 4320p60 of CTA-861, or any. */
static void hdmi_raster(struct script *script)
{
	static const uint32_t rows[][4] = {
		{ 3840 | 2160 << 16, 4400 | 2250 << 16, 594000000, 0x3f },
		{ 7680 | 4320 << 16, 9000 | 4400u << 16, 2376000000, 0x1f },
		{ 1920 | 1080 << 16, 2200 | 1125 << 16, 148500000, 0x17 },
		{ 1920 | 1080 << 16, 2640 | 1125 << 16, 74250000, 0x1f },
	};
	unsigned int n = take(script, 1);

	script->hdmi[KINORA_HDMI_STATUS / 4] = rows[n & 3][3] | (n & 0x70) << 4;
	script->hdmi[KINORA_HDMI_ACTIVE / 4] = rows[n & 3][0];
	script->hdmi[KINORA_HDMI_TOTAL / 4] = rows[n & 3][1];
	script->hdmi[KINORA_HDMI_PIXELCLOCK / 4] = rows[n & 3][2];
}

/* An InfoFrame with a right checksum in some slot (CTA-861, 6.1). */
static void hdmi_infoframe(struct script *script)
{
	static const uint8_t types[KINORA_INFOFRAME_SLOTS] = {
		0x82, 0x87, 0x84, 0x81, 0x81, 0x83, 0x81,
	};
	unsigned int slot = take(script, 1) % KINORA_INFOFRAME_SLOTS;
	uint8_t frame[KINORA_INFOFRAME_BYTES] = { types[slot], take(script, 1) & 7,
						  take(script, 1) & 31 };
	uint8_t sum = 0;

	for (unsigned int i = 4; i < 4u + frame[2] && i < 31; i++)
		frame[i] = take(script, 1);
	for (unsigned int i = 0; i < 31; i++)
		sum += frame[i];
	frame[3] = -sum;
	memcpy(&script->hdmi[KINORA_HDMI_INFOFRAME(slot) / 4], frame, sizeof(frame));
	script->hdmi[KINORA_HDMI_INFOFRAMES / 4] |= 1u << slot;
	script->hdmi[KINORA_HDMI_INFOFRAME_COUNT / 4]++;
}

/* Some words of HDMI: its registers, SCDC, CEC, or anywhere. */
static void hdmi_words(struct script *script)
{
	unsigned int at = take(script, 1), n = 1 + (take(script, 1) & 7);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int index = at < 0x20 ? at + i :
				     at < 0x60 ? KINORA_HDMI_SCDC / 4 + (at - 0x20 + i) % 64 :
				     (at - 0x60 + i) * 6;

		script->hdmi[index % (HDMI_BYTES / 4)] = take(script, 4);
	}
}

/* The line has come to something: 4:0 as CEC_STATUS, and a message may be there. */
static void hdmi_cec(struct script *script)
{
	script->hdmi[KINORA_HDMI_CEC_STATUS / 4] = take(script, 1) & 0x1f;
	script->hdmi[KINORA_HDMI_CEC_RX_LENGTH / 4] = take(script, 1) & 0x1f;
}

/* Of EDIDs the sums are made right, of CEC requests the fields. */
static void request_mend(struct script *script, uint16_t op, unsigned int blocks)
{
	static const uint8_t header[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	uint8_t *payload = (uint8_t *)&script->mailbox[2];

	if (op == KINORA_OP_EDID_SET) {
		script->mailbox[1] = 128 * blocks;
		memcpy(payload, header, sizeof(header));
		payload[126] = blocks - 1;
		for (uint8_t *block = payload; block < payload + 128 * blocks; block += 128) {
			uint8_t sum = 0;

			for (unsigned int i = 0; i < 127; i++)
				sum += block[i];
			block[127] = -sum;
		}
	} else if (op == KINORA_OP_CEC_CONFIG) {
		script->mailbox[1] = sizeof(struct kinora_cec_config);
		payload[2] &= 1;
		payload[3] = 0;
	} else if (op == KINORA_OP_CEC_TRANSMIT) {
		script->mailbox[1] = sizeof(struct kinora_cec_message);
		payload[8] = 0;
		payload[9] = 0;
		payload[0xa] = 1 + payload[0xa] % 5;
		payload[0xb] = 3 + 2 * (payload[0xb] % 3);
		payload[0xc] = 1 + payload[0xc] % 16;
		memset(payload, 0, 8);
		memset(payload + 0xd, 0, 3);
	}
}

static void ring(struct script *script)
{
	script->request++;
	if (!script->request)
		script->request = 1;
}

static void request(struct script *script)
{
	uint32_t what = take(script, 1);
	uint16_t op = what & 0x80 ? take(script, 2) : what & 15;
	uint16_t length = what & 0x40 ? take(script, 2) : take(script, 1);
	uint16_t arg = what & 0x20 ? take(script, 2) : take(script, 1) & 3;
	uint8_t *payload = (uint8_t *)&script->mailbox[2];

	script->mailbox[0] = op;
	script->mailbox[1] = length | (uint32_t)arg << 16;
	for (unsigned int i = 0; i < length && i < KINORA_MAILBOX_PAYLOAD && script->left; i++)
		payload[i] = take(script, 1);
	if (what & 0x10)
		request_mend(script, op, 1 + (length & 3));
	ring(script);
}

/* A good one in one byte, so that long ways begin with short inputs. */
static void request_good(struct script *script, unsigned int which)
{
	static const uint16_t ops[] = {
		KINORA_OP_CEC_CONFIG, KINORA_OP_CEC_TRANSMIT, KINORA_OP_CEC_EVENTS,
		KINORA_OP_EDID_SET,
	};
	uint8_t *payload = (uint8_t *)&script->mailbox[2];

	script->mailbox[0] = ops[which];
	script->mailbox[1] = 0;
	payload[2] |= 1;
	payload[0xa] = script->request;
	request_mend(script, ops[which], 1 + (script->request & 3));
	ring(script);
}

static void start(struct script *script, struct controller *controller,
		  const struct controller_hal *hal)
{
	script->starts++;
	script->writes = 0;
	memset(script->generation, 0, sizeof(script->generation));
	controller_init(controller, hal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script script;
	static struct controller controller;
	static const struct controller_hal hal = {
		.opaque = &script, .read = hal_read_word, .write = hal_write_word,
	};
	uint64_t wanted = 0;

	script = (struct script){ .data = data, .left = size, .now = 1 };
	if (take(&script, 1) & 1) /* what an earlier start left, or something worse */
		for (unsigned int i = 0; i < BLOCKS_BYTES / 4; i++)
			script.blocks[i] = take(&script, 4);
	start(&script, &controller, &hal);
	while (script.left) {
		uint32_t what = take(&script, 1);
		unsigned int link = what & 3, reg = what >> 2 & 7;

		script.wild = false;
		switch (what >> 5) {
		case 0: /* one register of one link */
			script.rx[link * 64 + reg] = script_value(&script, reg);
			continue;
		case 1: /* the same on all links */
			script.rx[reg] = script_value(&script, reg);
			for (unsigned int i = 1; i < KINORA_RX_LINKS; i++)
				script.rx[i * 64 + reg] = script.rx[reg];
			continue;
		case 2:
			if (reg == 0)
				hdmi_raster(&script);
			else if (reg < 3)
				hdmi_infoframe(&script);
			else if (reg == 3)
				hdmi_cec(&script);
			else
				hdmi_words(&script);
			continue;
		case 3:
			if (reg == 7 && link == 3)
				start(&script, &controller, &hal);
			else if (reg < 5)
				request(&script);
			else
				request_good(&script, link);
			continue;
		case 4: /* up to 65 ms */
			script.now += take(&script, 2) * 1000ULL;
			break;
		case 5: /* up to 4 s */
			script.now += take(&script, 4);
			break;
		case 6:
			script.wild = reg == 7;
			/* fall through */
		default: /* when it wants */
			if (wanted > script.now)
				script.now = wanted;
			break;
		}
		script.writes = 0;
		wanted = controller_poll(&controller);
		CHECK(wanted > script.now && wanted <= script.now + CONTROLLER_POLL_NS);
	}
	return 0;
}
