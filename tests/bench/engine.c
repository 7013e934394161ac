// SPDX-License-Identifier: MIT
/* Build: make bench-engine; the sources are those of tests/unit/test_card.c. */
/*
 * Description: does the virtual card's engine keep real time on this machine, without QEMU? Streams
 * one mode in one format, on up to four channels at once, into memory of this process, hands every
 * buffer back at once, and prints what a frame costs. Exits 1 when a frame was lost.
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

/* A channel, from its signal to its figures. */
struct run {
	unsigned int connector;
	unsigned int index;		/* of the stream */
	struct stream_config config;
	struct fake_stream stream;
	uint64_t bad, frames, first, last;
};

static struct fake_host host;
static struct world world;
static struct card card;
static struct run runs[KINORA_CHANNELS];

/* "signal sdi1 ..." for another connector. */
static void line_for(char *out, size_t size, const char *line, unsigned int channel)
{
	const char *rest = strstr(line, "sdi1");

	if (channel && rest)
		snprintf(out, size, "%.*ssdi%u%s", (int)(rest - line), line, channel + 1, rest + 4);
	else
		snprintf(out, size, "%s", line);
}

static void run_parse(struct run *run, const char *line, struct stimulus *stimulus,
		      uint32_t format)
{
	char error[STIMULUS_ERROR_MAX];
	const struct stimulus_mode *mode;

	if (stimulus_parse(line, false, stimulus, error, sizeof(error)) ||
	    stimulus->kind != STIMULUS_SIGNAL || !stimulus->signal.mode) {
		fprintf(stderr, "engine: '%s' puts no signal on: %s\n", line, error);
		exit(2);
	}
	mode = stimulus->signal.mode;
	run->connector = stimulus->connector;
	run->index = run->connector == KINORA_CONN_SDI_QUAD ?
			     0 : KINORA_STREAM_INDEX(run->connector, 0);
	run->config = fake_config(KINORA_STREAM_VIDEO, format, mode->width, mode->height,
				  mode->rate_den, mode->rate_num);
}

static void run_start(struct run *run, const struct stimulus *stimulus, uint64_t piece)
{
	char error[STIMULUS_ERROR_MAX];

	if (world_apply(&world, stimulus, error, sizeof(error))) {
		fprintf(stderr, "engine: %s\n", error);
		exit(2);
	}
	fake_stream_init(&run->stream, &host, &card, run->index, &run->config, BUFFERS, piece);
	if (run->connector == KINORA_CONN_SDI_QUAD)
		card_register_write(&card, KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_INPUT,
				    run->connector);
	fake_signal_wait(&card, run->connector, KINORA_SIGNAL_LOCKED, 1000);
	if (!fake_stream_start(&run->stream)) {
		fprintf(stderr, "engine: no start, status 0x%x\n",
			fake_stream_status(&run->stream));
		exit(1);
	}
}

/* A frame of each channel, handed back at once. False: one of them did not come. */
static bool frames_take(unsigned int channels)
{
	struct kinora_record record;

	for (unsigned int i = 0; i < channels; i++) {
		struct run *run = &runs[i];

		if (!fake_stream_record(&run->stream, &record, 1000))
			return false;
		if (!run->frames++)
			run->first = record.eof_ns;
		run->last = record.eof_ns;
		run->bad += record.status != 0;
		fake_stream_submit(&run->stream, record.tag);
		fake_stream_tail(&run->stream);
	}
	return true;
}

static void run_print(const struct run *run, unsigned int channel)
{
	struct books_stream *books = &card.books.stream[run->index];

	printf("channel %u: bad %" PRIu64 ", lost %" PRIu64 ", overrun %" PRIu64
	       "; worst slice %.0f us late, worst record %.0f us after the end of the frame\n",
	       channel + 1, run->bad, count(&books->lost), count(&books->overrun),
	       count(&books->late_slice_ns) * 1e-3, count(&books->late_record_ns) * 1e-3);
}

int main(int argc, char **argv)
{
	const char *line = argc > 1 ? argv[1] : "signal sdi-quad 4320p60";
	uint32_t format = format_find(argc > 2 ? argv[2] : "v210");
	unsigned int frames = argc > 3 ? atoi(argv[3]) : 300;
	uint64_t piece = argc > 4 ? strtoull(argv[4], NULL, 0) : 4 << 20;
	unsigned int channels = argc > 5 ? atoi(argv[5]) : 1;
	struct card_config card_config = { .serial = "BENCH", .timeout_ms = 5000,
					   .print_memory = 1 << 30 };
	struct card_host ops = fake_host_ops(&host);
	struct stimulus stimulus[KINORA_CHANNELS];
	uint64_t memory = 64 << 20, lost = 0;
	char text[STIMULUS_LINE_MAX];
	double cpu, wall, bytes = 0;

	log_level_set(LOG_LEVEL_WARNING);
	if (!channels || channels > KINORA_CHANNELS ||
	    (channels > 1 && !strstr(line, "signal sdi1"))) {
		fputs("engine: several channels, up to 4, take a line for sdi1\n", stderr);
		return 2;
	}
	for (unsigned int i = 0; i < channels; i++) {
		line_for(text, sizeof(text), line, i);
		run_parse(&runs[i], text, &stimulus[i], format);
		memory += (uint64_t)(BUFFERS + 1) * runs[i].config.bytes;
	}
	if (fake_host_init(&host, memory) || card_init(&card, &card_config, &ops) ||
	    card_start(&card)) {
		fputs("engine: no memory\n", stderr);
		return 4;
	}
	world_init(&world, &card, 1 << 30);
	/* pages of this process cost most of a frame's time when they are touched first */
	memset(host.memory, 0xff, host.bytes);
	for (unsigned int i = 0; i < channels; i++)
		run_start(&runs[i], &stimulus[i], piece);
	/* a few frames to settle */
	for (unsigned int n = 0; n < 2 * BUFFERS; n++)
		frames_take(channels);
	for (unsigned int i = 0; i < channels; i++)
		runs[i].bad = runs[i].frames = 0;
	books_reset(&card.books);
	cpu = cpu_seconds();
	for (unsigned int n = 0; n < frames && frames_take(channels); n++)
		;
	cpu = cpu_seconds() - cpu;
	wall = (runs[0].last - runs[0].first) * 1e-9;
	for (unsigned int i = 0; i < channels; i++)
		bytes += (runs[i].frames - 1.0) * runs[i].config.bytes;
	printf("%u x %" PRIu64 " frames of %u bytes in %.3f s: %.2f GB/s; processor %.0f us a "
	       "frame, %.1f %%\n", channels, runs[0].frames, runs[0].config.bytes, wall,
	       bytes / wall * 1e-9, cpu / runs[0].frames * 1e6, cpu / wall * 100);
	for (unsigned int i = 0; i < channels; i++) {
		run_print(&runs[i], i);
		lost += runs[i].bad + count(&card.books.stream[runs[i].index].lost) +
			(runs[i].frames != frames);
		fake_stream_stop(&runs[i].stream);
	}
	card_finish(&card);
	world_finish(&world);
	for (unsigned int i = 0; i < channels; i++)
		fake_stream_finish(&runs[i].stream);
	fake_host_finish(&host);
	return lost ? 1 : 0;
}
