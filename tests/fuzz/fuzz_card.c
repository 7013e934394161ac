// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/anc.c tests/vcard/books.c tests/vcard/cadence.c tests/vcard/card.c */
/* Sources: tests/vcard/channel.c tests/vcard/copy.c tests/vcard/crc32c.c tests/vcard/links.c */
/* Sources: tests/vcard/log.c tests/vcard/pack.c tests/vcard/picture.c tests/vcard/printer.c */
/* Sources: tests/vcard/receiver.c tests/vcard/render.c tests/vcard/signals.c tests/vcard/stamp.c */
/* Sources: tests/vcard/stimulus*.c tests/vcard/stream.c tests/vcard/thread.c tests/vcard/wire.c */
/* Sources: tests/vcard/image.c tests/vcard/loader.c tests/vcard/machine.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/* Sources: tests/vcard/hdmi_*.c tests/vcard/cec_*.c tests/vcard/spread.c */
/*
 * Description: a hostile guest for the card's engine, for libFuzzer; with -DREPLAY an ordinary
 * program that runs the files named on its command line.
 *
 * The input is a list of steps: register writes, changes of guest memory, and the frames, stops and
 * resets that a channel's thread would carry out. This is that thread, without its clock, so that
 * an input always does the same. It starts from registers and rings that are right, for a random
 * guest would never get as far.
 *
 * Guest memory is poisoned for the sanitizer but between dma_begin and dma_end, and there only for
 * the stretch that was asked for: a byte written elsewhere, or later, is a crash. Beyond that: the
 * records of a stream that was stopped cleanly are as many as the submissions taken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define POISON
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define POISON
#endif
#ifdef POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#endif

#include "card.h"
#include "log.h"

#define BASE 0x10000ULL			/* of guest memory: low, for short arguments */
#define MEMORY (256u << 10)
#define PAGE 4096u
#define WIDTH 1152			/* the smallest picture that holds a stamp */
#define HEIGHT 16
#define RINGS 2
#define SQ 0x1000			/* offsets in guest memory */
#define CQ 0x2000
#define TABLE 0x3000
#define DATA 0x10000

struct input {
	const uint8_t *at;
	size_t left;
};

static struct card card;
static uint8_t *memory;
static bool master;
static bool open_window;
static uint64_t split;			/* mappings end at multiples of this */

#define EXPECT(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "fuzz_card: %s does not hold\n", #condition);	\
		abort();							\
	}									\
} while (0)

static uint32_t take(struct input *input, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes-- && input->left) {
		value = value << 8 | *input->at++;
		input->left--;
	}
	return value;
}

/* --- the guest's memory --- */

static int dma_begin(void *opaque, uint64_t addr, uint64_t len, bool write, void **ptr,
		     uint64_t *run)
{
	uint64_t left;

	(void)opaque;
	(void)write;
	EXPECT(!open_window);
	if (!len)
		return -EINVAL;
	if (!master)
		return -EPERM;
	if (addr + len < addr)
		return -EOVERFLOW;
	if (addr < BASE || addr - BASE >= MEMORY)
		return -EFAULT;
	left = split - (addr - BASE) % split;
	if (left > MEMORY - (addr - BASE))
		left = MEMORY - (addr - BASE);
	*ptr = memory + (addr - BASE);
	*run = len < left ? len : left;
	ASAN_UNPOISON_MEMORY_REGION(*ptr, *run);
	open_window = true;
	return 0;
}

static void dma_end(void *opaque)
{
	(void)opaque;
	EXPECT(open_window);
	open_window = false;
	ASAN_POISON_MEMORY_REGION(memory, MEMORY);
}

static int dma_copy(uint64_t addr, uint8_t *buf, size_t n, bool write)
{
	while (n) {
		uint64_t run;
		void *ptr;
		int ret = dma_begin(NULL, addr, n, write, &ptr, &run);

		if (ret)
			return ret;
		memcpy(write ? ptr : buf, write ? buf : ptr, run);
		dma_end(NULL);
		addr += run;
		buf += run;
		n -= run;
	}
	return 0;
}

static int dma_read(void *opaque, uint64_t addr, void *buf, size_t n)
{
	(void)opaque;
	EXPECT(!open_window);
	return dma_copy(addr, buf, n, false);
}

static int dma_write(void *opaque, uint64_t addr, const void *buf, size_t n)
{
	(void)opaque;
	EXPECT(!open_window);
	return dma_copy(addr, (uint8_t *)buf, n, true);
}

static int irq_raise(void *opaque, unsigned int vector)
{
	(void)opaque;
	EXPECT(vector < KINORA_VECTORS);
	return 0;
}

static void poke(uint64_t offset, const void *bytes, size_t n)
{
	if (offset >= MEMORY || n > MEMORY - offset)
		return;
	ASAN_UNPOISON_MEMORY_REGION(memory, MEMORY);
	memcpy(memory + offset, bytes, n);
	ASAN_POISON_MEMORY_REGION(memory, MEMORY);
}

/* --- a good beginning --- */

static void registers_good(unsigned int n)
{
	uint64_t regs = KINORA_REG_STREAM(n);
	bool video = n % KINORA_STREAMS_PER_CHANNEL == KINORA_STREAM_VIDEO;
	const uint32_t values[][2] = {
		{ KINORA_STREAM_VECTOR, 1 + n }, { KINORA_STREAM_SQ_LO, BASE + SQ },
		{ KINORA_STREAM_CQ_LO, BASE + CQ }, { KINORA_STREAM_RINGS, RINGS },
		{ KINORA_STREAM_FORMAT, video ? KINORA_FMT_UYVY : 0 },
		{ KINORA_STREAM_SIZE, WIDTH | HEIGHT << 16 },
		{ KINORA_STREAM_STRIDE0, video ? WIDTH * 2 : 0 },
		{ KINORA_STREAM_BYTES, video ? WIDTH * 2 * HEIGHT : 1024 },
		{ KINORA_STREAM_PERIOD_NUM, 1 }, { KINORA_STREAM_PERIOD_DEN, 60 },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		card_register_write(&card, regs + values[i][0], values[i][1]);
}

static void rings_good(void)
{
	struct kinora_sg table[] = {
		{ .addr = BASE + DATA, .len = 4096 },
		{ .addr = BASE + TABLE + 0x100, .flags = KINORA_SG_LINK },
	};
	struct kinora_sg rest = { .addr = BASE + DATA + 0x2000, .len = WIDTH * 2 * HEIGHT - 4096 };
	struct kinora_submission entry = {
		.table = BASE + TABLE, .entries = 3, .bytes = WIDTH * 2 * HEIGHT,
	};

	poke(TABLE, table, sizeof(table));
	poke(TABLE + 0x100, &rest, sizeof(rest));
	for (unsigned int i = 0; i < 1 << RINGS; i++) {
		entry.tag = i;
		poke(SQ + i * sizeof(entry), &entry, sizeof(entry));
	}
}

static struct wire *wire_new(void)
{
	const struct wire_shape shape = {
		.width = WIDTH, .height = HEIGHT, .rate_num = 60, .rate_den = 1,
		.memory = 1 << 20,
	};
	struct picture_source *source;
	struct wire *wire;

	if (picture_pattern_create(&source, PICTURE_RAMP, WIDTH, HEIGHT) ||
	    wire_create(&wire, &shape, source))
		abort();
	return wire;
}

/* --- what the channel's thread does --- */

static void fail(struct stream *stream, unsigned int error)
{
	stream_forget(stream);
	stream->state = KINORA_STATE_ERROR;
	stream->error = error;
}

static void start(struct stream *stream, struct wire *wire)
{
	unsigned int error;

	stream_latch(stream);
	error = stream_prepare(stream);
	if (error) {
		fail(stream, error);
		return;
	}
	stream->prepared = true;
	stream->state = KINORA_STATE_RUNNING;
	if (stream->type != KINORA_STREAM_VIDEO)
		return;
	wire_print_release(wire, wire_print_make(wire, &stream->layout));
	stream_print_use(stream, wire);
}

static void stop(struct stream *stream)
{
	const struct stream_frame frame = { .number = 7 };
	const struct books_stream *books = &card.books.stream[stream->index];

	if (stream->prepared && !stream_cancel(stream, &frame))
		EXPECT(atomic_load(&stream->taken) == stream->completed);
	EXPECT(atomic_load(&books->records) <= atomic_load(&books->submissions));
	stream_forget(stream);
	stream->state = KINORA_STATE_IDLE;
}

static void attend(struct wire *wire)
{
	for (unsigned int i = 0; i < KINORA_CHANNELS * KINORA_STREAMS_PER_CHANNEL; i++) {
		struct stream *stream = &card.channel[i / 4].stream[i % 4];

		if (stream->state == KINORA_STATE_STARTING)
			start(stream, wire);
		else if (stream->state == KINORA_STATE_STOPPING)
			stop(stream);
	}
}

static void frame(struct stream *stream, uint64_t number, unsigned int slices, uint32_t status)
{
	struct stream_frame is = { .number = number, .status = status };
	struct anc_frame anc = {
		.number = number, .status = status,
		.signal = { .payload_id = { 1, 2, 3, 4 }, .scan = number & 1 },
	};
	bool video = stream->type == KINORA_STREAM_VIDEO;
	unsigned int error;

	if (stream->state != KINORA_STATE_RUNNING || stream->job.active)
		return;
	error = stream_take(stream, !video || !status);
	if (!error && video && !status)
		stream_show(stream, number, number);
	for (unsigned int i = 1; !error && video && i <= slices; i++)
		stream_rows_write(stream, (uint64_t)stream->layout.height * i / slices);
	if (!error && !video)
		stream_anc_write(stream, &anc);
	if (!error && slices)
		error = stream_complete(stream, &is);
	/* without slices the frame stays under way: the next stop or reset comes in its middle */
	if (error)
		fail(stream, error);
}

enum step {
	STEP_REGISTER,		/* any register: offset 16, value 32 */
	STEP_STREAM,		/* a stream register: stream, register, value 32 */
	STEP_POKE,		/* memory: offset 24, length 8, bytes */
	STEP_FRAME,		/* stream, slices, status */
	STEP_GO,		/* stream: ENABLE and TAIL */
	STEP_STOP,		/* stream */
	STEP_BUS,		/* bus mastering, and where mappings end */
	STEP_READ,		/* any register, by any width */
	STEPS,
};

static void step(struct input *input, struct wire *wire)
{
	unsigned int kind = take(input, 1) % STEPS;
	unsigned int n = take(input, 1) % KINORA_STREAMS;
	struct stream *stream = &card.channel[n / 4].stream[n % 4];
	uint64_t regs = KINORA_REG_STREAM(n);
	uint8_t bytes[8] = { 0 };
	uint32_t a, b;

	switch (kind) {
	case STEP_REGISTER:
		a = take(input, 2);
		b = take(input, 4);
		/* a reset needs the threads; theirs is another test */
		if ((a & ~3u) != KINORA_REG_CONTROL)
			card_write(&card, a, &b, 4);
		break;
	case STEP_STREAM:
		a = take(input, 1) % 0x90 & ~3u;
		card_register_write(&card, regs + a, take(input, 4));
		break;
	case STEP_POKE:
		a = take(input, 3);
		b = take(input, 1);
		if (b > input->left)
			b = input->left;
		poke(a, input->at, b);
		input->at += b;
		input->left -= b;
		break;
	case STEP_FRAME:
		a = take(input, 1);
		frame(stream, input->left, a % 5, a >> 3 & 7);
		break;
	case STEP_GO:
		card_register_write(&card, regs + KINORA_STREAM_TAIL, take(input, 1));
		card_register_write(&card, regs + KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
		break;
	case STEP_STOP:
		card_register_write(&card, regs + KINORA_STREAM_CONTROL, 0);
		break;
	case STEP_BUS:
		a = take(input, 1);
		master = a & 1;
		split = PAGE << (a >> 1 & 3);
		if (a & 8)
			split = 24;	/* no whole record, nor a whole table entry */
		break;
	case STEP_READ:
		card_read(&card, take(input, 2), bytes, 1u << (n & 3));
		break;
	}
	attend(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct card_config config = { .serial = "FUZZ", .timeout_ms = 1000 };
	const struct card_host host = {
		.dma_begin = dma_begin, .dma_end = dma_end, .dma_read = dma_read,
		.dma_write = dma_write, .irq_raise = irq_raise,
	};
	struct input input = { .at = data, .left = size };
	struct wire *wire = wire_new();

	log_level_set(LOG_LEVEL_ERROR);
	master = true;
	split = PAGE;
	open_window = false;
	memory = calloc(1, MEMORY);
	if (!memory || card_init(&card, &config, &host))
		abort();
	ASAN_POISON_MEMORY_REGION(memory, MEMORY);
	for (unsigned int n = 0; n < KINORA_STREAMS; n++)
		registers_good(n);
	rings_good();
	for (unsigned int steps = 0; input.left && steps < 512; steps++)
		step(&input, wire);
	for (unsigned int n = 0; n < KINORA_STREAMS; n++) {
		struct stream *stream = &card.channel[n / 4].stream[n % 4];

		if (stream->present)
			stop(stream);
	}
	card_finish(&card);
	wire_put(wire);
	ASAN_UNPOISON_MEMORY_REGION(memory, MEMORY);
	free(memory);
	return 0;
}

#ifdef REPLAY
int main(int argc, char **argv)
{
	static uint8_t data[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "re");

		if (!file) {
			fprintf(stderr, "fuzz_card: '%s': %s\n", argv[i], strerror(errno));
			return 4;
		}
		LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof(data), file));
		fclose(file);
	}
	return 0;
}
#endif
