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
 * Description: the virtual card against docs/hardware.md, with a fake host: registers, rings,
 * tables, records, freewheeling, stop, reset, and what a broken or hostile host may do. Small
 * pictures. The card's time stands still while it has something to do, so that a busy machine is
 * no reason for an overrun.
 */
#include <stdlib.h>
#include <string.h>

#include "fake_host.h"
#include "log.h"
#include "stamp.h"
#include "world.h"
#include "unit.h"

#define MEMORY (96u << 20)
#define BUFFERS 4
#define WAIT_MS 3000

static struct fake_host host;
static struct card card;
static struct world world;
static struct fake_clock ticker;
static struct fake_stream video, anc;

static bool all(const void *bytes, uint64_t n, uint8_t value)
{
	const uint8_t *byte = bytes;

	while (n && *byte == value) {
		byte++;
		n--;
	}
	return !n;
}

static uint32_t get(uint64_t reg)
{
	return card_register_read(&card, reg);
}

static void put(uint64_t reg, uint32_t value)
{
	card_register_write(&card, reg, value);
}

static void begin_with(bool hand_clock)
{
	const struct card_config config = {
		.serial = "TEST-1", .timeout_ms = 1234, .print_memory = 64 << 20,
		.hand_clock = hand_clock,
	};
	struct card_host ops = fake_host_ops(&host);

	if (fake_host_init(&host, MEMORY) || card_init(&card, &config, &ops) ||
	    card_start(&card))
		abort();
	if (hand_clock)
		fake_clock_start(&ticker, &card);
	world_init(&world, &card, 64 << 20);
}

static void begin(void)
{
	begin_with(true);
}

static void end(void)
{
	fake_clock_stop(&ticker);
	card_finish(&card);
	world_finish(&world);
	fake_stream_finish(&video);
	fake_stream_finish(&anc);
	memset(&video, 0, sizeof(video));
	memset(&anc, 0, sizeof(anc));
	fake_host_finish(&host);
}

static void stimulus(const char *line)
{
	char error[STIMULUS_ERROR_MAX] = "";
	struct stimulus parsed;

	if (stimulus_parse(line, false, &parsed, error, sizeof(error)) ||
	    world_apply(&world, &parsed, error, sizeof(error))) {
		fprintf(stderr, "test_card: %s: %s\n", line, error);
		CU_FAIL("stimulus");
	}
}

/* A signal on SDI 1, and it is locked. */
static void signal_on(const char *line)
{
	stimulus(line);
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI1, KINORA_SIGNAL_LOCKED, WAIT_MS));
}

static struct stream_config config_720p60(uint32_t format)
{
	return fake_config(KINORA_STREAM_VIDEO, format, 1280, 720, 1, 60);
}

static void video_init(const struct stream_config *config, uint64_t piece)
{
	fake_stream_init(&video, &host, &card, KINORA_STREAM_INDEX(0, KINORA_STREAM_VIDEO), config,
			 BUFFERS, piece);
}

static void anc_init(uint32_t num, uint32_t den)
{
	struct stream_config config = fake_config(KINORA_STREAM_ANC, 0, 1280, 720, num, den);

	fake_stream_init(&anc, &host, &card, KINORA_STREAM_INDEX(0, KINORA_STREAM_ANC), &config,
			 BUFFERS, 4096);
}

static void recycle(struct fake_stream *stream, const struct kinora_record *record)
{
	fake_stream_submit(stream, record->tag);
	fake_stream_tail(stream);
}

static struct books_stream *books(const struct fake_stream *stream)
{
	return &card.books.stream[stream->index];
}

static uint64_t count(const books_count *of)
{
	return atomic_load(of);
}

/* Every frame period stands in the books once; the stream is idle. */
static void check_books(const struct fake_stream *stream)
{
	const struct books_stream *b = books(stream);

	CU_ASSERT_EQUAL(count(&b->offered),
			count(&b->delivered) + count(&b->lost) + count(&b->no_signal) +
			count(&b->mismatch) + count(&b->overrun) + count(&b->cancelled) +
			count(&b->failed));
	CU_ASSERT_EQUAL(count(&b->submissions), count(&b->records));
}

/* --- registers --- */

static void test_identity(void)
{
	char serial[KINORA_SERIAL_BYTES];
	uint32_t word;

	begin();
	CU_ASSERT_EQUAL(get(0x0000), 0x41524e4b);
	CU_ASSERT_EQUAL(get(0x0004), 0x00010001);
	CU_ASSERT_EQUAL(get(0x0008) >> 16, 0xffff);
	CU_ASSERT_EQUAL(get(0x000c) >> 24, CONTROLLER_FIRMWARE_MAJOR);
	for (unsigned int i = 0; i < KINORA_SERIAL_BYTES; i += 4) {
		word = get(0x0010 + i);
		memcpy(serial + i, &word, 4);
	}
	CU_ASSERT(!memcmp(serial, "TEST-1\0\0\0\0\0\0\0\0\0\0", KINORA_SERIAL_BYTES));
	CU_ASSERT_EQUAL(get(0x0020), 1234u << 16 | CARD_RING_LOG2_MAX << 8 | 4);
	CU_ASSERT_EQUAL(get(0x0024), 0x1ff);
	CU_ASSERT_EQUAL(get(0x0028), 0x3f);
	CU_ASSERT_EQUAL(get(0x002c), 8 << 4 | 4);
	CU_ASSERT_EQUAL(get(0x0034), KINORA_STATUS_READY);
	for (unsigned int n = 0; n < KINORA_STREAMS; n++)
		CU_ASSERT_EQUAL(get(KINORA_REG_STREAM(n)), n % 4 < 2);
	end();
}

/* Read-only registers stay, reserved ones read 0, other accesses than 32 bits do nothing. */
static void test_access(void)
{
	uint8_t bytes[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint32_t before[0x50 / 4];

	begin();
	for (uint32_t reg = 0; reg < 0x30; reg += 4)
		before[reg / 4] = get(reg);
	for (uint32_t reg = 0; reg < 0x30; reg += 4) {
		put(reg, 0xffffffff);
		CU_ASSERT_EQUAL(get(reg), before[reg / 4]);
	}
	put(0x0044, 0xffffffff);
	CU_ASSERT_EQUAL(get(0x0044), 0);
	for (uint64_t reg = 0x0200; reg < 0x1000; reg += 4) {
		put(reg, 0xffffffff);
		CU_ASSERT_EQUAL(get(reg), 0);
	}
	for (uint64_t reg = KINORA_REG_STREAM(KINORA_STREAMS); reg < 0x10000; reg += 4) {
		if (reg >= KINORA_MAILBOX_WINDOW &&
		    reg < KINORA_MAILBOX_WINDOW + KINORA_MAILBOX_BYTES)
			continue; /* test_mailbox.c */
		put(reg, 0xffffffff);
		CU_ASSERT_EQUAL(get(reg), 0);
	}
	card_read(&card, 0, bytes, 2);
	CU_ASSERT_EQUAL(bytes[0] | bytes[1], 0);
	card_read(&card, 0, bytes, 8);
	CU_ASSERT_EQUAL(bytes[0] | bytes[7], 0);
	card_write(&card, KINORA_REG_EVENT_VECTOR, "\1", 1);
	card_write(&card, KINORA_REG_EVENT_VECTOR + 2, "\1\1\1\1", 4);
	CU_ASSERT_EQUAL(get(KINORA_REG_EVENT_VECTOR), 0);
	CU_ASSERT_EQUAL(count(&card.books.accesses_refused), 4);
	/* a stream that does not exist has no registers */
	put(KINORA_REG_STREAM(2) + KINORA_STREAM_BYTES, 77);
	CU_ASSERT_EQUAL(get(KINORA_REG_STREAM(2) + KINORA_STREAM_BYTES), 0);
	/* write-only */
	put(KINORA_REG_STREAM(0) + KINORA_STREAM_TAIL, 1);
	CU_ASSERT_EQUAL(get(KINORA_REG_STREAM(0) + KINORA_STREAM_TAIL), 0);
	end();
}

static void test_input(void)
{
	const uint64_t input0 = KINORA_REG_CHANNEL(0), input2 = KINORA_REG_CHANNEL(2);

	begin();
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		CU_ASSERT_EQUAL(get(KINORA_REG_CHANNEL(i)), i);
	CU_ASSERT_EQUAL(get(input0 + KINORA_CHANNEL_INPUTS), 0x31);
	CU_ASSERT_EQUAL(get(input2 + KINORA_CHANNEL_INPUTS), 0x24);
	put(input0, KINORA_CONN_SDI_QUAD);
	CU_ASSERT_EQUAL(get(input0), KINORA_CONN_SDI_QUAD);
	put(input0, KINORA_CONN_SDI2);
	put(input0, KINORA_CONN_REF);
	put(input0, 0xffffffff);
	CU_ASSERT_EQUAL(get(input0), KINORA_CONN_SDI_QUAD);
	put(input2, KINORA_CONN_SDI_QUAD);
	CU_ASSERT_EQUAL(get(input2), KINORA_CONN_SDI3);
	/* not while a stream runs */
	anc_init(1, 60);
	CU_ASSERT(fake_stream_start(&anc));
	put(input0, KINORA_CONN_SDI1);
	CU_ASSERT_EQUAL(get(input0), KINORA_CONN_SDI_QUAD);
	CU_ASSERT(fake_stream_stop(&anc));
	put(input0, KINORA_CONN_SDI1);
	CU_ASSERT_EQUAL(get(input0), KINORA_CONN_SDI1);
	end();
}

static void test_time(void)
{
	uint64_t last = 0;

	begin_with(false);
	for (int i = 0; i < 1000; i++) {
		uint64_t low = get(KINORA_REG_TIME_LO);
		uint64_t time = low | (uint64_t)get(KINORA_REG_TIME_HI) << 32;

		CU_ASSERT(time > last);
		last = time;
	}
	CU_ASSERT_EQUAL(count(&card.books.reads_time), 2000);
	CU_ASSERT_EQUAL(count(&card.books.reads_other), 0);
	end();
}

/* Stream registers are kept, but only written in IDLE. */
static void test_stream_registers(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	uint32_t before;

	begin();
	for (uint32_t reg = KINORA_STREAM_VECTOR; reg <= KINORA_STREAM_PERIOD_DEN; reg += 4) {
		put(KINORA_REG_STREAM(4) + reg, 0x12345678 + reg);
		CU_ASSERT_EQUAL(get(KINORA_REG_STREAM(4) + reg), 0x12345678 + reg);
	}
	put(KINORA_REG_STREAM(4) + KINORA_STREAM_FLAGS, 0xffffffff);
	CU_ASSERT_EQUAL(get(KINORA_REG_STREAM(4) + KINORA_STREAM_FLAGS), 0x7);
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	before = get(video.regs + KINORA_STREAM_BYTES);
	put(video.regs + KINORA_STREAM_BYTES, 1);
	CU_ASSERT_EQUAL(get(video.regs + KINORA_STREAM_BYTES), before);
	CU_ASSERT_EQUAL(get(video.regs + KINORA_STREAM_CONTROL), KINORA_STREAM_ENABLE);
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT_EQUAL(get(video.regs + KINORA_STREAM_CONTROL), 0);
	end();
}

/* --- signal blocks --- */

static struct kinora_signal block(uint64_t area, unsigned int connector)
{
	struct kinora_signal copy;
	const struct kinora_signal *signal;

	signal = fake_ptr(&host, area + connector * KINORA_SIGNAL_BYTES);
	do {
		uint32_t last = __atomic_load_n(&signal->seq_end, __ATOMIC_ACQUIRE);

		copy = *signal;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		copy.seq_end = last;
	} while (copy.seq_end != __atomic_load_n(&signal->seq_begin, __ATOMIC_RELAXED));
	return copy;
}

static void test_signal_blocks(void)
{
	struct kinora_signal signal;
	uint64_t area, after;
	unsigned int events;

	begin();
	area = fake_alloc(&host, KINORA_SIGNALS_BYTES, 4096);
	after = fake_alloc(&host, 4096, 4096);
	put(KINORA_REG_EVENT_VECTOR, 3);
	put(KINORA_REG_SIGNALS_HI, area >> 32);
	put(KINORA_REG_SIGNALS_LO, area + 128);
	put(KINORA_REG_CONTROL, KINORA_CONTROL_ENABLE);
	CU_ASSERT_FALSE(fake_register_wait(&card, KINORA_REG_STATUS, KINORA_STATUS_ENABLED,
					   KINORA_STATUS_ENABLED, 50));
	put(KINORA_REG_CONTROL, 0);
	put(KINORA_REG_SIGNALS_LO, area);
	put(KINORA_REG_CONTROL, KINORA_CONTROL_ENABLE);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_STATUS, KINORA_STATUS_ENABLED,
				     KINORA_STATUS_ENABLED, WAIT_MS));
	CU_ASSERT(fake_irq_wait(&host, 3, 1, WAIT_MS));
	/* of every connector that exists, and the controller block at 7 */
	for (unsigned int i = 0; i < 32; i++) {
		bool written = CARD_CONNECTORS & BIT(i) || i == 7;

		CU_ASSERT_EQUAL(block(area, i).seq_begin != 0, written);
	}
	signal = block(area, KINORA_CONN_SDI1);
	CU_ASSERT_NOT_EQUAL(signal.state, KINORA_SIGNAL_LOCKED);

	events = fake_irqs(&host, 3);
	signal_on("signal sdi1 2160p59.94 transfer=hlg colour=2020");
	CU_ASSERT(fake_irq_wait(&host, 3, events + 1, WAIT_MS));
	for (int i = 0; i < 100 && block(area, 0).state != KINORA_SIGNAL_LOCKED; i++)
		fake_irq_wait(&host, 3, fake_irqs(&host, 3) + 1, 10);
	CU_ASSERT(block(area, 0).generation > signal.generation);
	signal = block(area, KINORA_CONN_SDI1);
	CU_ASSERT_EQUAL(signal.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal.width, 3840);
	CU_ASSERT_EQUAL(signal.height, 2160);
	CU_ASSERT_EQUAL((uint64_t)signal.rate_num * 1001, (uint64_t)signal.rate_den * 60000);
	CU_ASSERT_EQUAL(signal.transfer, KINORA_TRANSFER_HLG);
	CU_ASSERT_EQUAL(signal.colorimetry, KINORA_COLORIMETRY_2020);

	put(KINORA_REG_CONTROL, 0);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_STATUS, KINORA_STATUS_ENABLED, 0, WAIT_MS));
	memset(fake_ptr(&host, area), 0x5a, KINORA_SIGNALS_BYTES);
	stimulus("signal sdi1 off");
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI1, KINORA_SIGNAL_NONE, WAIT_MS));
	CU_ASSERT(all(fake_ptr(&host, area), KINORA_SIGNALS_BYTES, 0x5a));
	CU_ASSERT_EQUAL(*(uint8_t *)fake_ptr(&host, after), 0);
	end();
}

/* --- starting --- */

static unsigned int start_error(const struct stream_config *config)
{
	unsigned int events = fake_irqs(&host, 5);
	uint32_t status;

	video.config = *config;
	fake_stream_registers(&video);
	put(video.regs + KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
	if (!fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS, KINORA_STREAM_STATE_MASK,
				KINORA_STATE_ERROR, WAIT_MS))
		return 0;
	status = fake_stream_status(&video);
	CU_ASSERT(fake_irq_wait(&host, 5, events + 1, WAIT_MS));
	put(video.regs + KINORA_STREAM_CONTROL, 0);
	CU_ASSERT_EQUAL(fake_stream_status(&video), KINORA_STATE_IDLE);
	return FIELD_GET(KINORA_STREAM_ERROR_MASK, status);
}

#define CHECK_ERROR(error, change) do {						\
	struct stream_config c_ = good;						\
	struct stream_config *config = &c_;					\
										\
	change;									\
	CU_ASSERT_EQUAL(start_error(config), error);				\
} while (0)

static void test_start_errors(void)
{
	struct stream_config good = config_720p60(KINORA_FMT_NV12);

	begin();
	put(KINORA_REG_EVENT_VECTOR, 5);
	video_init(&good, 65536);
	good = video.config;
	CHECK_ERROR(KINORA_ERROR_VECTOR, config->vector = KINORA_VECTORS);
	CHECK_ERROR(KINORA_ERROR_RING, config->sq = 0);
	CHECK_ERROR(KINORA_ERROR_RING, config->cq += 32);
	CHECK_ERROR(KINORA_ERROR_RING, config->rings = 0);
	CHECK_ERROR(KINORA_ERROR_RING, config->rings = CARD_RING_LOG2_MAX + 1);
	CHECK_ERROR(KINORA_ERROR_RING, config->rings = 0xffffffff);
	CHECK_ERROR(KINORA_ERROR_RING, config->cq = -64ULL);
	CHECK_ERROR(KINORA_ERROR_FORMAT, config->format = KINORA_FMTS);
	CHECK_ERROR(KINORA_ERROR_FORMAT, config->format = 0xffffffff);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->width = 0);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->width = 1279);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->height = 0);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->stride0 = 1279);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->stride1 = 1);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->plane1 -= 16);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->bytes -= 1);
	CHECK_ERROR(KINORA_ERROR_GEOMETRY, config->bytes = 0);
	CHECK_ERROR(KINORA_ERROR_PERIOD, config->period_num = 0);
	CHECK_ERROR(KINORA_ERROR_PERIOD, config->period_den = 0);
	CHECK_ERROR(KINORA_ERROR_PERIOD, config->period_num = 61);
	CHECK_ERROR(KINORA_ERROR_PERIOD, config->period_den = 241);
	CHECK_ERROR(KINORA_ERROR_BUS, config->sq = FAKE_BASE - 4096);
	CHECK_ERROR(KINORA_ERROR_BUS, config->cq = FAKE_BASE + MEMORY - 64);
	/* and after all that it starts */
	video.config = good;
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT(fake_stream_stop(&video));
	end();
}

/* --- frames --- */

static void check_picture(const struct fake_stream *stream, const struct kinora_record *record)
{
	const struct stream_config *config = &stream->config;
	void *data = fake_stream_buffer((struct fake_stream *)stream, record->tag);
	struct mem_layout layout;
	struct stamp stamp = { 0 };

	CU_ASSERT_EQUAL(record->status, 0);
	CU_ASSERT_EQUAL(record->bytes, config->bytes);
	CU_ASSERT_EQUAL(record->crc32c, crc32c(0, data, config->bytes));
	mem_layout_init(&layout, config->format, config->width, config->height, config->stride0);
	CU_ASSERT_EQUAL(stamp_check(data, &layout, &stamp, NULL), 0);
	CU_ASSERT_EQUAL(stamp.frame, record->frame);
}

/* Frame times lie on the wire's grid, whatever the machine was busy with. */
static void check_grid(const struct kinora_record *a, const struct kinora_record *b, uint64_t num,
		       uint64_t den)
{
	uint64_t frames = b->frame - a->frame;
	int64_t want = frames * num * 1000000000 / den;
	int64_t got = b->sof_ns - a->sof_ns;

	CU_ASSERT(got - want <= 1 && want - got <= 1);
}

static void stream_formats(uint32_t format, uint64_t piece)
{
	struct stream_config config = config_720p60(format);
	struct kinora_record first, record;

	begin();
	signal_on("signal sdi1 720p60 pattern=zoneplate");
	video_init(&config, piece);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &first, WAIT_MS));
	recycle(&video, &first);
	for (unsigned int i = 1; i < 20; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		check_picture(&video, &record);
		CU_ASSERT_EQUAL(record.tag, i % BUFFERS);
		check_grid(&first, &record, 1, 60);
		CU_ASSERT_EQUAL(record.frame - first.frame, i + record.lost);
		recycle(&video, &record);
	}
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

static void test_pictures(void)
{
	/* pieces that cut rows anywhere, of a page, and larger than the buffer */
	stream_formats(KINORA_FMT_UYVY, 56);
	stream_formats(KINORA_FMT_V210, 4096);
	stream_formats(KINORA_FMT_NV12, 1008);
	stream_formats(KINORA_FMT_NV16, 4096);
	stream_formats(KINORA_FMT_P010, 65536 - 16);
	stream_formats(KINORA_FMT_XBGR32, 1 << 30);
}

/* 1080i: whole frames at the frame rate, the lines of both fields in the order of the picture. */
static void test_interlaced(void)
{
	static const struct {
		const char *line;
		uint32_t num, den;
	} modes[] = {
		{ "signal sdi1 1080i50", 1, 25 }, { "signal sdi1 1080i59.94", 1001, 30000 },
		{ "signal sdi1 1080i60", 1, 30 },
	};

	for (unsigned int i = 0; i < 3; i++) {
		struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_UYVY,
							  1920, 1080, modes[i].num, modes[i].den);
		struct kinora_record first, record;
		struct mem_layout layout;
		struct stamp stamp = { 0 };

		begin();
		signal_on(modes[i].line);
		config.flags = KINORA_STREAM_INTERLACED;
		video_init(&config, 4096);
		CU_ASSERT(fake_stream_start(&video));
		CU_ASSERT_FATAL(fake_stream_record(&video, &first, WAIT_MS));
		recycle(&video, &first);
		for (unsigned int n = 1; n < 6; n++) {
			CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
			check_grid(&first, &record, modes[i].num, modes[i].den);
			check_picture(&video, &record);
			recycle(&video, &record);
		}
		mem_layout_init(&layout, KINORA_FMT_UYVY, 1920, 1080, 0);
		CU_ASSERT_EQUAL(stamp_read(fake_stream_buffer(&video, first.tag), &layout, &stamp),
				0);
		CU_ASSERT(stamp.interlaced);
		CU_ASSERT(fake_stream_stop(&video));
		check_books(&video);

		/* a stream that expects the progressive picture gets none of it, and back */
		video.config.flags = 0;
		CU_ASSERT(fake_stream_start(&video));
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT_EQUAL(record.status, KINORA_RECORD_MISMATCH);
		CU_ASSERT(fake_stream_stop(&video));
		end();
	}
}

/* Nothing but the buffers is touched. */
static void test_neighbours(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record record;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 4096);
	for (unsigned int i = 0; i < BUFFERS; i++)
		memset((uint8_t *)fake_stream_buffer(&video, i) + config.bytes, 0x77, 4096);
	CU_ASSERT(fake_stream_start(&video));
	for (unsigned int i = 0; i < 2 * BUFFERS; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		recycle(&video, &record);
	}
	CU_ASSERT(fake_stream_stop(&video));
	for (unsigned int i = 0; i < BUFFERS; i++) {
		const uint8_t *rest = (uint8_t *)fake_stream_buffer(&video, i) + config.bytes;

		CU_ASSERT(all(rest, 4096, 0x77));
	}
	end();
}

/* A ring of two entries: the phase turns every second record. */
static void test_ring_wrap(void)
{
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_UYVY, 1280, 720,
						  1, 240);
	struct kinora_record record;

	begin();
	config.rings = 1;
	fake_stream_init(&video, &host, &card, 0, &config, 2, 65536);
	CU_ASSERT(fake_stream_start(&video));
	for (unsigned int i = 0; i < 50; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT_EQUAL(record.tag, i % 2);
		CU_ASSERT_EQUAL(record.flags, i % 4 < 2 ? 1 : 0);
		recycle(&video, &record);
	}
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

/* Without buffers frames are lost, and every one of them is accounted for. */
static void test_lost(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record before, record;
	uint64_t frames;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	for (unsigned int i = 0; i < BUFFERS; i++)
		CU_ASSERT_FATAL(fake_stream_record(&video, &before, WAIT_MS));
	CU_ASSERT_FALSE(fake_stream_record(&video, &record, 150));
	for (unsigned int i = 0; i < BUFFERS; i++)
		fake_stream_submit(&video, i);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	check_picture(&video, &record);
	frames = record.frame - before.frame;
	CU_ASSERT(frames > 5);
	CU_ASSERT_EQUAL(record.lost - before.lost, frames - 1);
	CU_ASSERT_EQUAL(record.generation, before.generation);
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

static void test_stop(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	uint64_t delivered, last = 0;
	struct kinora_record record;
	unsigned int irqs;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	for (unsigned int round = 0; round < 5; round++) {
		unsigned int i;

		CU_ASSERT(fake_stream_start(&video));
		for (i = 0; i < round; i++) {
			CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
			CU_ASSERT_EQUAL(record.tag, i % BUFFERS);
			CU_ASSERT_EQUAL(record.status, 0);
			CU_ASSERT(!last || record.frame > last);
			last = record.frame;
			recycle(&video, &record);
		}
		CU_ASSERT(fake_stream_stop(&video));
		/* every buffer came back, in order, good ones first */
		for (; i < round + BUFFERS; i++) {
			CU_ASSERT_FATAL(fake_stream_record(&video, &record, 0));
			CU_ASSERT_EQUAL(record.tag, i % BUFFERS);
			if (record.status)
				CU_ASSERT(record.status & KINORA_RECORD_CANCELLED);
		}
		CU_ASSERT(record.status & KINORA_RECORD_CANCELLED);
		CU_ASSERT_FALSE(fake_stream_record(&video, &record, 0));
		check_books(&video);
		/* and nothing comes any more */
		irqs = fake_irqs(&host, video.config.vector);
		delivered = count(&books(&video)->delivered);
		memset(host.memory, 0x99, host.used);
		CU_ASSERT_FALSE(fake_irq_wait(&host, video.config.vector, irqs + 1, 50));
		CU_ASSERT_EQUAL(count(&books(&video)->delivered), delivered);
		CU_ASSERT(all(host.memory, host.used, 0x99));
		fake_stream_finish(&video);
		host.used = 0;
		video_init(&config, 65536);
	}
	end();
}

static void test_tail_errors(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);

	begin();
	put(KINORA_REG_EVENT_VECTOR, 16);
	video_init(&config, 65536);
	/* in mid-stream */
	CU_ASSERT(fake_stream_start(&video));
	put(video.regs + KINORA_STREAM_TAIL, video.tail + 100);
	CU_ASSERT(fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS, UINT32_MAX,
				     KINORA_STATE_ERROR | KINORA_ERROR_TAIL << 8, WAIT_MS));
	CU_ASSERT(fake_irq_wait(&host, 16, 1, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&video));
	/* backwards */
	CU_ASSERT(fake_stream_start(&video));
	put(video.regs + KINORA_STREAM_TAIL, -1);
	CU_ASSERT(fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS, UINT32_MAX,
				     KINORA_STATE_ERROR | KINORA_ERROR_TAIL << 8, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&video));
	/* before the start */
	fake_stream_registers(&video);
	put(video.regs + KINORA_STREAM_TAIL, 9);
	put(video.regs + KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
	CU_ASSERT(fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS, UINT32_MAX,
				     KINORA_STATE_ERROR | KINORA_ERROR_TAIL << 8, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT(fake_stream_stop(&video));
	end();
}

/* --- bad submissions and tables --- */

/* The status with which one submission comes back; the buffer must not have been touched. */
static uint32_t entry_status(const struct kinora_submission *entry)
{
	uint8_t *data = fake_stream_buffer(&video, 0);
	struct kinora_record record;

	memset(data, 0x3c, video.config.bytes);
	fake_stream_submit_entry(&video, entry);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.tag, 0x1234);
	CU_ASSERT_EQUAL(record.bytes, 0);
	CU_ASSERT_EQUAL(record.crc32c, 0);
	CU_ASSERT(all(data, video.config.bytes, 0x3c));
	return record.status;
}

#define CHECK_ENTRY(want, change) do {						\
	struct kinora_submission e_ = good;					\
	struct kinora_submission *entry = &e_;					\
										\
	(void)entry;								\
	memcpy(sg, table, sizeof(table));					\
	change;									\
	CU_ASSERT_EQUAL(entry_status(&e_), want);				\
} while (0)

static void test_bad_entries(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_submission good;
	struct kinora_sg table[4], *sg;
	struct kinora_record record;
	uint64_t at;

	begin();
	signal_on("signal sdi1 720p60");
	fake_stream_init(&video, &host, &card, 0, &config, 1, 1 << 30);
	video.buffers = 0;
	CU_ASSERT(fake_stream_start(&video));
	at = fake_alloc(&host, 4096, 4096);
	sg = fake_ptr(&host, at);
	/* three pieces and a link between the second and the third */
	table[0] = (struct kinora_sg){ .addr = video.buffer[0], .len = 64000 };
	table[1] = (struct kinora_sg){ .addr = at + 48, .flags = KINORA_SG_LINK };
	table[2] = (struct kinora_sg){ 0 };
	table[3] = (struct kinora_sg){ .addr = video.buffer[0] + 64000,
				       .len = config.bytes - 64000 };
	good = (struct kinora_submission){ .table = at, .entries = 3, .bytes = config.bytes,
					   .tag = 0x1234 };
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, entry->entries = 0);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, entry->entries = KINORA_SG_MAX_ENTRIES + 1);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, entry->entries = UINT32_MAX);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, entry->entries = 2);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, entry->table += 8);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, sg[0].addr += 4);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, sg[0].len = 0);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, sg[0].len = 12);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, sg[1].len = 16);
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, sg[1].addr += 8);
	/* a table that runs in a circle ends with its entries */
	CHECK_ENTRY(KINORA_RECORD_BAD_ENTRY, (sg[1].addr = at + 16, entry->entries = 65536));
	CHECK_ENTRY(KINORA_RECORD_SHORT, entry->bytes -= 1);
	CHECK_ENTRY(KINORA_RECORD_SHORT, entry->bytes = 0);
	CHECK_ENTRY(KINORA_RECORD_SHORT, sg[3].len -= 16);
	CHECK_ENTRY(KINORA_RECORD_BUS_ERROR, entry->table = FAKE_BASE - 4096);
	CHECK_ENTRY(KINORA_RECORD_BUS_ERROR, entry->table = -16ULL);
	CHECK_ENTRY(KINORA_RECORD_BUS_ERROR, sg[1].addr = 0);
	CHECK_ENTRY(KINORA_RECORD_BUS_ERROR, sg[0].addr = 0);
	/* the good one is good, and may hold more than its bytes */
	memcpy(sg, table, sizeof(table));
	sg[3].len += 16;
	fake_stream_submit_entry(&video, &good);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.status, 0);
	CU_ASSERT_EQUAL(record.crc32c, crc32c(0, fake_stream_buffer(&video, 0), config.bytes));
	/* data that are partly out of reach: what was written is what the record says */
	memcpy(sg, table, sizeof(table));
	sg[3].addr = FAKE_BASE - (1 << 20);
	fake_stream_submit_entry(&video, &good);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.status, KINORA_RECORD_BUS_ERROR);
	CU_ASSERT_EQUAL(record.bytes, 64000);
	CU_ASSERT_EQUAL(record.crc32c, crc32c(0, fake_stream_buffer(&video, 0), 64000));
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

/* --- freewheeling --- */

static void test_no_signal(void)
{
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_UYVY, 1920, 1080,
						  1001, 60000);
	struct kinora_record first, record;
	uint8_t *data;

	begin();
	video_init(&config, 65536);
	data = fake_stream_buffer(&video, 0);
	memset(data, 0x42, config.bytes);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &first, WAIT_MS));
	recycle(&video, &first);
	for (unsigned int i = 1; i < 12; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT_EQUAL(record.status, KINORA_RECORD_NO_SIGNAL);
		CU_ASSERT_EQUAL(record.bytes, config.bytes);
		CU_ASSERT_EQUAL(record.crc32c, 0);
		CU_ASSERT_EQUAL(record.timecode, 0);
		CU_ASSERT_EQUAL(record.payload_id, 0);
		CU_ASSERT_EQUAL(record.frame, first.frame + i + record.lost);
		check_grid(&first, &record, 1001, 60000);
		recycle(&video, &record);
	}
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT(all(data, config.bytes, 0x42));
	check_books(&video);
	CU_ASSERT_EQUAL(count(&books(&video)->bytes), 0);
	end();
}

static void test_mismatch(void)
{
	/* the same raster at another rate */
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_UYVY, 1280, 720,
						  1, 50);
	struct kinora_record first, record;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &first, WAIT_MS));
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.status, KINORA_RECORD_MISMATCH);
	CU_ASSERT_NOT_EQUAL(record.payload_id, 0);
	check_grid(&first, &record, 1, 50);
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

/* The signal goes, changes and comes back; the cadence and the numbers go on. */
static void test_signal_changes(void)
{
	static const char *const lines[] = {
		"signal sdi1 off", "signal sdi1 720p60 pattern=ramp", "signal sdi1 1080p50",
		"signal sdi1 720p60", "fault sdi1 unlock 50", "signal sdi1 720p59.94",
		"signal sdi1 720p60",
	};
	struct stream_config config = config_720p60(KINORA_FMT_V210);
	struct kinora_record record;
	uint64_t frame = 0, sof = 0, good = 0;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	for (unsigned int i = 0; i < 7 * 20; i++) {
		if (i % 20 == 5)
			stimulus(lines[i / 20]);
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT(record.frame > frame);
		CU_ASSERT(record.sof_ns > sof);
		CU_ASSERT(record.eof_ns > record.sof_ns);
		frame = record.frame;
		sof = record.sof_ns;
		if (!record.status) {
			check_picture(&video, &record);
			good++;
		} else {
			CU_ASSERT(record.status == KINORA_RECORD_NO_SIGNAL ||
				  record.status == KINORA_RECORD_MISMATCH);
			CU_ASSERT_EQUAL(record.bytes, config.bytes);
		}
		recycle(&video, &record);
	}
	CU_ASSERT_EQUAL(record.status, 0);
	CU_ASSERT(good > 40);
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	end();
}

/* Numbers go on while no stream runs. */
static void test_frame_count(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record before, after;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &before, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT_FALSE(fake_irq_wait(&host, 0, 1, 200));
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &after, WAIT_MS));
	CU_ASSERT(after.frame >= before.frame + 10);
	check_grid(&before, &after, 1, 60);
	/* timecode: ten frames further, or so, than the wire's beginning at 10:00:00:00 */
	CU_ASSERT_EQUAL(after.timecode >> 24 & 0xff, 0x10);
	CU_ASSERT_NOT_EQUAL(after.timecode & KINORA_TC_VALID, 0);
	CU_ASSERT(fake_stream_stop(&video));
	/* a reset of the card does not start the count again */
	put(KINORA_REG_CONTROL, KINORA_CONTROL_RESET);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_CONTROL, UINT32_MAX, 0, WAIT_MS));
	CU_ASSERT(channel_frames(&card.channel[0]) >= after.frame);
	end();
}

/* --- ancillary data --- */

static const struct kinora_meta_header *anc_header(const struct kinora_record *record)
{
	return fake_stream_buffer(&anc, record->tag);
}

/* The next frame that both streams have: either may have lost some for want of a buffer. */
static void records_match(struct kinora_record *picture, struct kinora_record *data)
{
	CU_ASSERT_FATAL(fake_stream_record(&video, picture, WAIT_MS));
	CU_ASSERT_FATAL(fake_stream_record(&anc, data, WAIT_MS));
	while (picture->frame != data->frame) {
		struct fake_stream *behind = picture->frame < data->frame ? &video : &anc;
		struct kinora_record *record = behind == &video ? picture : data;

		recycle(behind, record);
		CU_ASSERT_FATAL(fake_stream_record(behind, record, WAIT_MS));
	}
}

static void test_anc(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	const struct kinora_meta_header *header;
	const struct kinora_meta_packet *packet;
	struct kinora_record picture, record;
	const uint16_t *words;

	begin();
	signal_on("signal sdi1 720p60 transfer=pq colour=2020");
	video_init(&config, 65536);
	anc_init(1, 60);
	CU_ASSERT(fake_stream_start(&anc));
	CU_ASSERT(fake_stream_start(&video));
	records_match(&picture, &record);
	CU_ASSERT_EQUAL(record.sof_ns, picture.sof_ns);
	CU_ASSERT_EQUAL(record.timecode, picture.timecode);
	CU_ASSERT_EQUAL(record.status, 0);
	header = anc_header(&record);
	CU_ASSERT_EQUAL(header->magic, KINORA_META_MAGIC);
	CU_ASSERT_EQUAL(header->version, 1);
	CU_ASSERT_EQUAL(header->packets, 1);
	CU_ASSERT_EQUAL(header->bytes, record.bytes);
	CU_ASSERT_EQUAL(header->bytes, 64 + 12 + 12);
	CU_ASSERT_EQUAL(record.crc32c, crc32c(0, header, header->bytes));
	CU_ASSERT_EQUAL(header->frame, record.frame);
	CU_ASSERT_EQUAL(header->eof_ns, record.eof_ns);
	CU_ASSERT_EQUAL(header->payload_id, picture.payload_id);
	CU_ASSERT_EQUAL((uint64_t)header->rate_num, 60ull * header->rate_den);
	packet = (const void *)(header + 1);
	CU_ASSERT_EQUAL(packet->did, 0x41);
	CU_ASSERT_EQUAL(packet->sdid, 0x01);
	CU_ASSERT_EQUAL(packet->data_count, 4);
	CU_ASSERT_EQUAL(packet->line, 10);
	words = (const void *)(packet + 1);
	for (unsigned int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(words[i] & 0xff, header->payload_id >> (8 * i) & 0xff);
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT(fake_stream_stop(&anc));
	check_books(&anc);
	end();
}

/* The header comes without a signal too, and has the number of the picture's record. */
static void test_anc_no_signal(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	const struct kinora_meta_header *header;
	struct kinora_record picture, record;

	begin();
	video_init(&config, 65536);
	anc_init(1, 60);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT(fake_stream_start(&anc));
	records_match(&picture, &record);
	CU_ASSERT_EQUAL(record.status, KINORA_RECORD_NO_SIGNAL);
	CU_ASSERT_EQUAL(record.bytes, 64);
	header = anc_header(&record);
	CU_ASSERT_EQUAL(header->bytes, 64);
	CU_ASSERT_EQUAL(header->packets, 0);
	CU_ASSERT_EQUAL(header->status, KINORA_META_NO_SIGNAL);
	CU_ASSERT_EQUAL(header->rate_den, 0);
	CU_ASSERT(fake_stream_stop(&video));
	CU_ASSERT(fake_stream_stop(&anc));
	check_books(&video);
	check_books(&anc);
	end();
}

/* --- resets --- */

/* After this the host's memory stays as it is. */
static void check_silence(void)
{
	memset(host.memory, 0x66, host.used);
	CU_ASSERT_FALSE(fake_irq_wait(&host, 0, UINT32_MAX, 60));
	CU_ASSERT(all(host.memory, host.used, 0x66));
}

static void running(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record record;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	anc_init(1, 60);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT(fake_stream_start(&anc));
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
}

static void test_channel_reset(void)
{
	running();
	put(KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_CONTROL, KINORA_CHANNEL_RESET);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_CONTROL,
				     UINT32_MAX, 0, WAIT_MS));
	CU_ASSERT_EQUAL(fake_stream_status(&video), KINORA_STATE_IDLE);
	CU_ASSERT_EQUAL(fake_stream_status(&anc), KINORA_STATE_IDLE);
	check_silence();
	end();
}

static void test_card_reset(void)
{
	running();
	put(KINORA_REG_SIGNALS_LO, 4096);
	put(KINORA_REG_CONTROL, KINORA_CONTROL_RESET);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_CONTROL, UINT32_MAX, 0, WAIT_MS));
	CU_ASSERT_EQUAL(get(KINORA_REG_STATUS), KINORA_STATUS_READY);
	CU_ASSERT_EQUAL(get(KINORA_REG_SIGNALS_LO), 0);
	CU_ASSERT_EQUAL(get(video.regs + KINORA_STREAM_BYTES), 0);
	CU_ASSERT_EQUAL(get(video.regs + KINORA_STREAM_CONTROL), 0);
	check_silence();
	/* the signal is still known, and streams start again */
	fake_stream_finish(&video);
	fake_stream_finish(&anc);
	host.used = 0;
	{
		struct stream_config config = config_720p60(KINORA_FMT_UYVY);
		struct kinora_record record;

		anc_init(1, 60);
		video_init(&config, 65536);
		CU_ASSERT(fake_stream_start(&video));
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		check_picture(&video, &record);
	}
	end();
}

/* FLR: silence as soon as the call returns. */
static void test_device_reset(void)
{
	for (unsigned int i = 0; i < 10; i++) {
		running();
		card_reset(&card);
		CU_ASSERT_EQUAL(get(KINORA_REG_STATUS), KINORA_STATUS_READY);
		check_silence();
		end();
	}
}

/* Bus mastering goes away in mid-stream: nothing is written, the stream ends in an error. */
static void test_bus_master_off(void)
{
	running();
	pthread_rwlock_wrlock(&host.map);
	host.master = false;
	pthread_rwlock_unlock(&host.map);
	check_silence();
	CU_ASSERT(fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS,
				     KINORA_STREAM_STATE_MASK, KINORA_STATE_ERROR, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&video));
	end();
}

/* --- faults of the stimulus --- */

static void test_stop_answering(void)
{
	running();
	stimulus("card stop-answering");
	put(video.regs + KINORA_STREAM_CONTROL, 0);
	CU_ASSERT_FALSE(fake_register_wait(&card, video.regs + KINORA_STREAM_STATUS,
					   KINORA_STREAM_STATE_MASK, KINORA_STATE_IDLE, 100));
	CU_ASSERT_EQUAL(get(KINORA_REG_MAGIC), KINORA_MAGIC);
	put(KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_CONTROL, KINORA_CHANNEL_RESET);
	CU_ASSERT_FALSE(fake_register_wait(&card, KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_CONTROL,
					   UINT32_MAX, 0, 100));
	check_silence();
	card_reset(&card);
	CU_ASSERT_EQUAL(fake_stream_status(&video), KINORA_STATE_IDLE);
	end();
}

static void test_interrupt_faults(void)
{
	struct kinora_record record;
	unsigned int irqs;

	running();
	stimulus("card mute-interrupts on");
	irqs = fake_irqs(&host, video.config.vector);
	for (unsigned int i = 1; i < BUFFERS; i++)
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT(fake_irqs(&host, video.config.vector) <= irqs + 1);
	stimulus("card mute-interrupts off");
	irqs = fake_irqs(&host, video.config.vector);
	fake_stream_submit(&video, 0);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT(fake_irq_wait(&host, video.config.vector, irqs + 1, WAIT_MS));
	CU_ASSERT(fake_stream_stop(&anc));
	irqs = fake_irqs(&host, video.config.vector);
	stimulus("card lose-interrupt 2");
	for (unsigned int i = 0; i < 3; i++) {
		fake_stream_submit(&video, i);
		fake_stream_tail(&video);
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	}
	CU_ASSERT(fake_irq_wait(&host, video.config.vector, irqs + 1, WAIT_MS));
	CU_ASSERT_EQUAL(fake_irqs(&host, video.config.vector), irqs + 1);
	end();
}

static void test_corrupt_record(void)
{
	struct kinora_record record;

	running();
	CU_ASSERT(fake_stream_stop(&anc));
	while (fake_stream_record(&video, &record, 100))
		;
	stimulus("card corrupt-record tag");
	fake_stream_submit(&video, 2);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.tag, (uint16_t)~2);
	fake_stream_submit(&video, 2);
	fake_stream_tail(&video);
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	CU_ASSERT_EQUAL(record.tag, 2);
	stimulus("card corrupt-record phase");
	fake_stream_submit(&video, 1);
	fake_stream_tail(&video);
	CU_ASSERT_FALSE(fake_stream_record(&video, &record, 100));
	end();
}

static void test_wire_errors(void)
{
	struct kinora_record record;
	uint64_t since;

	running();
	/* one line in a hundred: seven in each frame of 750 */
	stimulus("fault sdi1 crc 1e-2");
	since = card_time(&card);
	fake_stream_submit(&video, 0);
	fake_stream_tail(&video);
	for (;;) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		if (record.sof_ns >= since)
			break;
		recycle(&video, &record);
	}
	CU_ASSERT_EQUAL(record.status, KINORA_RECORD_WIRE_ERROR);
	CU_ASSERT_EQUAL(record.crc32c,
			crc32c(0, fake_stream_buffer(&video, record.tag), record.bytes));
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	CU_ASSERT(count(&books(&video)->wire_errors) >= 1);
	end();
}

/* A bus that is too slow: frames are marked or lost, none is wrongly called good. */
static void test_slow_bus(void)
{
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record record;
	unsigned int good = 0;

	begin_with(false);
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	CU_ASSERT(fake_stream_start(&video));
	atomic_store(&host.delay_us, 4000);
	for (unsigned int i = 0; i < 12; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT(record.status == 0 || record.status == KINORA_RECORD_OVERRUN);
		CU_ASSERT_EQUAL(record.crc32c, crc32c(0, fake_stream_buffer(&video, record.tag),
						      record.bytes));
		good += !record.status;
		recycle(&video, &record);
	}
	CU_ASSERT(good < 12);
	atomic_store(&host.delay_us, 0);
	/* what had begun before is still late, and this machine may be, too */
	good = 0;
	for (unsigned int i = 0; i < 100 && !good; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		if (!record.status) {
			check_picture(&video, &record);
			good++;
		}
		recycle(&video, &record);
	}
	CU_ASSERT(good);
	CU_ASSERT(fake_stream_stop(&video));
	check_books(&video);
	CU_ASSERT(count(&books(&video)->overrun) > 0);
	end();
}

/* A guest gone mad, with everything running: whatever it writes, the card can be reset to order. */
static void test_hostile(void)
{
	static const char *const lines[] = {
		"signal sdi1 off", "signal sdi1 720p60", "signal sdi2 720p50",
		"signal sdi-quad off", "fault sdi1 unlock 5", "signal sdi1 1080i50",
		"card lose-interrupt 3",
		"card corrupt-record bytes",
	};
	struct stream_config config = config_720p60(KINORA_FMT_UYVY);
	struct kinora_record record;
	uint32_t random = 12345;

	begin();
	signal_on("signal sdi1 720p60");
	video_init(&config, 65536);
	anc_init(1, 60);
	for (unsigned int i = 0; i < 40000; i++) {
		uint64_t reg;

		random = random * 1664525 + 1013904223;
		reg = KINORA_REG_STREAM(random >> 8 & 7) + (random >> 16 & 0x7c);
		switch (random >> 24 & 15) {
		case 0:
			put(random >> 8 & 0xffff & ~3u, random);
			break;
		case 1:
			fake_stream_registers(&video);
			put(video.regs + KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
			break;
		case 2:
			fake_stream_registers(&anc);
			put(anc.regs + KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
			break;
		case 3:
			put(KINORA_REG_STREAM(random >> 8 & 1) + KINORA_STREAM_CONTROL, 0);
			break;
		case 4:
		case 5:
			put(KINORA_REG_STREAM(random >> 8 & 1) + KINORA_STREAM_TAIL,
			    random >> 16 & 7);
			break;
		case 6:
			((uint32_t *)host.memory)[random % (host.used / 4)] = random;
			break;
		case 7:
			fake_stream_submit(&video, random >> 8 & 3);
			fake_stream_tail(&video);
			break;
		default:
			put(reg, random >> 4);
			get(reg);
			break;
		}
		if (i % 500 == 0)
			stimulus(lines[i / 500 % 8]);
		if (i % 1000 == 999)
			card_reset(&card);
	}
	card_reset(&card);
	fake_stream_finish(&video);
	fake_stream_finish(&anc);
	memset(host.memory, 0, host.used);
	host.used = 0;
	anc_init(1, 60);
	video_init(&config, 65536);
	atomic_store(&card.faults.lose, 0);
	atomic_store(&card.faults.corrupt, 0);
	signal_on("signal sdi1 720p60");
	CU_ASSERT(fake_stream_start(&video));
	do {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		if (!record.status)
			check_picture(&video, &record);
		recycle(&video, &record);
	} while (record.status);
	end();
}

/* --- the quad link --- */

static void test_quad(void)
{
	static const char *const lines[] = {
		"signal sdi-quad 4320p24 pattern=bt2111-hlg transfer=hlg colour=2020",
		"signal sdi-quad 4320p24 mapping=sqd",
	};
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_NV12, 3840, 2160,
						  1, 24);
	struct kinora_record record;

	/* a link of a quad link is a picture of its own */
	for (unsigned int i = 0; i < 2; i++) {
		begin();
		stimulus(lines[i]);
		CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI_QUAD, KINORA_SIGNAL_LOCKED,
					   WAIT_MS));
		CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI2, KINORA_SIGNAL_LOCKED, WAIT_MS));
		fake_stream_init(&video, &host, &card, KINORA_STREAM_INDEX(1, 0), &config, 3,
				 1 << 20);
		CU_ASSERT(fake_stream_start(&video));
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		check_picture(&video, &record);
		/* another signal on one link ends the whole */
		stimulus("signal sdi3 1080p50");
		CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI_QUAD, KINORA_SIGNAL_UNSUPPORTED,
					   WAIT_MS));
		CU_ASSERT_PTR_NULL(card.connector[KINORA_CONN_SDI_QUAD].wire);
		CU_ASSERT(fake_stream_stop(&video));
		end();
	}
}

/* Four equal signals on the four links are one picture by square division. */
static void test_quad_of_links(void)
{
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_NV12, 7680, 4320,
						  1, 24);
	const uint8_t *data;
	struct kinora_record record;

	begin();
	stimulus("signal sdi1 2160p24 pattern=black");
	stimulus("signal sdi2 2160p24 pattern=rp219");
	stimulus("signal sdi3 2160p24 pattern=ramp");
	stimulus("signal sdi4 2160p24 pattern=checkfield");
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI_QUAD, KINORA_SIGNAL_LOCKED, WAIT_MS));
	put(KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_INPUT, KINORA_CONN_SDI_QUAD);
	fake_stream_init(&video, &host, &card, 0, &config, 1, 1 << 30);
	CU_ASSERT(fake_stream_start(&video));
	CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
	check_picture(&video, &record);
	/* below the stamp: black on the left, 40 % grey of the bars on the right; the ramp below */
	data = (const uint8_t *)fake_stream_buffer(&video, 0) + 100 * 7680;
	CU_ASSERT_EQUAL(data[0], 16);
	CU_ASSERT_EQUAL(data[3839], 16);
	CU_ASSERT(data[3840 + 10] > 90 && data[3840 + 10] < 115);
	data += 2160 * 7680;
	CU_ASSERT_EQUAL(data[0], 1);
	CU_ASSERT(data[3830] > 250);
	CU_ASSERT(fake_stream_stop(&video));
	end();
}

int main(void)
{
	static CU_TestInfo registers[] = {
		{ "identity", test_identity }, { "access", test_access }, { "input", test_input },
		{ "time", test_time }, { "stream registers", test_stream_registers },
		{ "signal blocks", test_signal_blocks }, CU_TEST_INFO_NULL,
	};
	static CU_TestInfo rings[] = {
		{ "start errors", test_start_errors }, { "pictures", test_pictures },
		{ "interlaced", test_interlaced },
		{ "neighbours", test_neighbours }, { "ring wrap", test_ring_wrap },
		{ "lost frames", test_lost }, { "stop", test_stop },
		{ "tail errors", test_tail_errors }, { "bad entries", test_bad_entries },
		{ "slow bus", test_slow_bus }, CU_TEST_INFO_NULL,
	};
	static CU_TestInfo signals[] = {
		{ "no signal", test_no_signal }, { "mismatch", test_mismatch },
		{ "signal changes", test_signal_changes }, { "frame count", test_frame_count },
		{ "ancillary data", test_anc }, { "ancillary data, no signal", test_anc_no_signal },
		{ "wire errors", test_wire_errors }, { "quad link", test_quad },
		{ "quad link of four signals", test_quad_of_links }, CU_TEST_INFO_NULL,
	};
	static CU_TestInfo resets[] = {
		{ "channel reset", test_channel_reset }, { "card reset", test_card_reset },
		{ "device reset", test_device_reset }, { "bus master off", test_bus_master_off },
		{ "stop answering", test_stop_answering },
		{ "interrupt faults", test_interrupt_faults },
		{ "corrupt record", test_corrupt_record }, { "hostile host", test_hostile },
		CU_TEST_INFO_NULL,
	};
	static CU_SuiteInfo suites[] = {
		{ .pName = "registers", .pTests = registers },
		{ .pName = "rings", .pTests = rings },
		{ .pName = "signals", .pTests = signals },
		{ .pName = "resets and faults", .pTests = resets },
		CU_SUITE_INFO_NULL,
	};

	log_level_set(LOG_LEVEL_ERROR);
	return unit_run_suites(suites);
}
