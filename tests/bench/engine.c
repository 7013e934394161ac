// SPDX-License-Identifier: MIT
/* Build: make bench-engine; the sources are those of tests/unit/test_card.c. */
/*
 * Description: does the virtual card's engine keep real time on this machine, without QEMU? Streams
 * one mode in one format into memory of this process, hands every buffer back at once, and prints
 * what a frame costs. Exits 1 when a frame was lost.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "fake_host.h"
#include "log.h"
#include "stimulus.h"
#include "world.h"

#define BUFFERS 4

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

static uint64_t count(books_count *count)
{
	return atomic_load(count);
}

static uint32_t format_find(const char *name)
{
	for (uint32_t f = 0; f < KINORA_FMTS; f++) {
		if (!strcmp(name, mem_format_name(f)))
			return f;
	}
	fprintf(stderr, "engine: unknown format '%s', e.g. v210 or uyvy\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *line = argc > 1 ? argv[1] : "signal sdi-quad 4320p60";
	uint32_t format = format_find(argc > 2 ? argv[2] : "v210");
	unsigned int frames = argc > 3 ? atoi(argv[3]) : 300;
	uint64_t piece = argc > 4 ? strtoull(argv[4], NULL, 0) : 4 << 20;
	struct card_config card_config = { .serial = "BENCH", .timeout_ms = 5000,
					   .print_memory = 1 << 30 };
	static struct fake_stream stream;
	static struct fake_host host;
	static struct world world;
	static struct card card;
	struct card_host ops = fake_host_ops(&host);
	struct stream_config config;
	struct books_stream *books;
	struct kinora_record record;
	struct stimulus stimulus;
	char error[STIMULUS_ERROR_MAX];
	uint64_t bad = 0, first = 0, last = 0;
	unsigned int conn, index, n;
	double cpu, wall;

	log_level_set(LOG_LEVEL_WARNING);
	if (stimulus_parse(line, false, &stimulus, error, sizeof(error)) ||
	    stimulus.kind != STIMULUS_SIGNAL || !stimulus.signal.mode) {
		fprintf(stderr, "engine: '%s' puts no signal on: %s\n", line, error);
		return 2;
	}
	conn = stimulus.connector;
	index = conn >= KINORA_CONN_SDI_QUAD ? 0 : KINORA_STREAM_INDEX(conn, 0);
	config = fake_config(KINORA_STREAM_VIDEO, format, stimulus.signal.mode->width,
			     stimulus.signal.mode->height, stimulus.signal.mode->rate_den,
			     stimulus.signal.mode->rate_num);
	if (fake_host_init(&host, (uint64_t)(BUFFERS + 1) * config.bytes + (64 << 20)) ||
	    card_init(&card, &card_config, &ops) || card_start(&card)) {
		fputs("engine: no memory\n", stderr);
		return 4;
	}
	world_init(&world, &card, 1 << 30);
	if (world_apply(&world, &stimulus, error, sizeof(error))) {
		fprintf(stderr, "engine: %s\n", error);
		return 2;
	}
	/* pages of this process cost most of a frame's time when they are touched first */
	memset(host.memory, 0xff, host.bytes);
	fake_stream_init(&stream, &host, &card, index, &config, BUFFERS, piece);
	if (conn >= KINORA_CONN_SDI_QUAD)
		card_register_write(&card, KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_INPUT, conn);
	fake_signal_wait(&card, conn, KINORA_SIGNAL_LOCKED, 1000);
	if (!fake_stream_start(&stream)) {
		fprintf(stderr, "engine: no start, status 0x%x\n", fake_stream_status(&stream));
		return 1;
	}
	/* a few frames to settle */
	for (n = 0; n < 2 * BUFFERS && fake_stream_record(&stream, &record, 1000); n++) {
		fake_stream_submit(&stream, record.tag);
		fake_stream_tail(&stream);
	}
	books_reset(&card.books);
	cpu = cpu_seconds();
	for (n = 0; n < frames && fake_stream_record(&stream, &record, 1000); n++) {
		if (!n)
			first = record.eof_ns;
		last = record.eof_ns;
		bad += record.status != 0;
		fake_stream_submit(&stream, record.tag);
		fake_stream_tail(&stream);
	}
	cpu = cpu_seconds() - cpu;
	wall = (last - first) * 1e-9;
	books = &card.books.stream[index];
	printf("%u frames of %u bytes in %.3f s: %.2f GB/s; processor %.0f us a frame, %.1f %%\n",
	       n, config.bytes, wall, (n - 1.0) * config.bytes / wall * 1e-9, cpu / n * 1e6,
	       cpu / wall * 100);
	printf("bad %" PRIu64 ", lost %" PRIu64 ", overrun %" PRIu64
	       "; worst slice %.0f us late, worst record %.0f us after the end of the frame\n", bad,
	       count(&books->lost), count(&books->overrun), count(&books->late_slice_ns) * 1e-3,
	       count(&books->late_record_ns) * 1e-3);
	fake_stream_stop(&stream);
	card_finish(&card);
	world_finish(&world);
	fake_stream_finish(&stream);
	fake_host_finish(&host);
	return n == frames && !bad && !count(&books->lost) ? 0 : 1;
}
