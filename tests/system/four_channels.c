// SPDX-License-Identifier: MIT
/*
 * Description: four 2160p60 captures at once as v210 (5.31 GB/s) without a lost frame, then 8K over
 * the same four links, then four again, on a driver that stays loaded and nodes that stay open. A
 * kernel that checks itself gets half the rate.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define CHANNELS 4
#define BUFFERS 16

static const char *const patterns[CHANNELS] = { "rp219", "bt2111-hlg", "ramp", "rp219" };

struct taker {
	struct capture capture;
	unsigned int taken;
	unsigned int last;		/* index of the last buffer, which is kept */
};

/* Take frames of all channels as they come, until each has had its number. */
static void take_all(struct taker *taker, unsigned int channels, unsigned int frames)
{
	struct pollfd fds[CHANNELS];
	unsigned int left = channels;
	uint64_t end = suite_now() + (5 + frames / 25) * 1000000000ULL;

	while (left && suite_now() < end) {
		for (unsigned int i = 0; i < channels; i++)
			fds[i] = (struct pollfd){
				.fd = taker[i].taken < frames ? taker[i].capture.fd : -1,
				.events = POLLIN,
			};
		if (poll(fds, channels, 1000) <= 0)
			break;
		for (unsigned int i = 0; i < channels; i++) {
			struct taker *t = &taker[i];
			struct v4l2_buffer buffer;

			if (!(fds[i].revents & POLLIN))
				continue;
			if (!CHECK_OK(capture_take(&t->capture, &buffer, 0)))
				return;
			CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR),
			      "channel %u: frame %u is marked", i + 1, t->taken);
			CHECK(buffer.sequence == t->taken, "channel %u: frame %u has sequence %u",
			      i + 1, t->taken, buffer.sequence);
			if (++t->taken == frames) {
				t->last = buffer.index;
				left--;
			} else if (!CHECK_OK(capture_give(&t->capture, buffer.index))) {
				return;
			}
		}
	}
	CHECK(!left, "%u channels did not get their %u frames", left, frames);
}

static bool prepare(struct taker *t, unsigned int channel, enum device_input input,
		    const struct capture_signal *signal)
{
	t->taken = 0;
	return CHECK_OK(capture_input(&t->capture, input)) &&
	       CHECK_OK(capture_lock(&t->capture, signal, 5000)) &&
	       CHECK_OK(capture_format(&t->capture, V4L2_PIX_FMT_V210)) &&
	       CHECK_OK(capture_buffers(&t->capture, V4L2_MEMORY_MMAP, BUFFERS)) &&
	       CHECK(t->capture.buffers >= 4, "channel %u: %u buffers", channel,
		     t->capture.buffers);
}

/* Capture, stop, look at the books and at the last picture of each, and give the memory back. */
static void run(struct taker *taker, unsigned int channels, const char *what)
{
	struct world_books books;
	uint64_t start;

	if (!CHECK_OK(world_books_reset()))
		return;
	start = suite_now();
	for (unsigned int i = 0; i < channels; i++)
		if (!CHECK_OK(capture_start(&taker[i].capture)))
			return;
	take_all(taker, channels, suite_options.frames);
	suite_note("%s: %u frames each in %.2f s", what, suite_options.frames,
		   (suite_now() - start) / 1e9);
	for (unsigned int i = 0; i < channels; i++)
		CHECK_OK(capture_stop(&taker[i].capture));
	if (!CHECK_OK(world_books_read(&books)))
		return;
	for (unsigned int i = 0; i < channels; i++) {
		const struct world_stream *stream = &books.stream[4 * i];
		struct taker *t = &taker[i];
		char name[64];

		CHECK_EQ(stream->overrun, 0);
		CHECK_EQ(stream->failed, 0);
		CHECK_EQ(stream->mismatch, 0);
		CHECK(stream->delivered >= suite_options.frames, "the card delivered %lld",
		      (long long)stream->delivered);
		snprintf(name, sizeof(name), "%s, channel %u", what, i + 1);
		content_check(NULL, &t->capture.layout, t->capture.buffer[t->last].start, name);
		capture_buffers_free(&t->capture);
	}
}

static void four(struct taker *taker, unsigned int rate, const char *what)
{
	const struct capture_signal signal = { 3840, 2160, rate, 1 };

	for (unsigned int i = 0; i < CHANNELS; i++)
		if (!CHECK_OK(world_say("signal sdi%u 2160p%u pattern=%s", i + 1, rate,
					patterns[i])))
			return;
	for (unsigned int i = 0; i < CHANNELS; i++)
		if (!prepare(&taker[i], i + 1, DEVICE_SDI1, &signal))
			return;
	run(taker, CHANNELS, what);
}

static void test_there_and_back(void)
{
	const unsigned int rate = suite_debug_kernel() ? 30 : 60;
	const struct capture_signal signal = { 7680, 4320, rate, 1 };
	struct taker taker[CHANNELS];

	memset(taker, 0, sizeof(taker));
	for (unsigned int i = 0; i < CHANNELS; i++)
		taker[i].capture.fd = -1;
	for (unsigned int i = 0; i < CHANNELS; i++)
		if (!CHECK_OK(capture_open(&taker[i].capture, i + 1, DEVICE_VIDEO)))
			goto out;
	four(taker, rate, "four 2160p");
	if (CHECK_OK(world_say("signal sdi-quad 4320p%u", rate)) &&
	    prepare(&taker[0], 1, DEVICE_SDI_QUAD, &signal))
		run(taker, 1, "8K");
	CHECK_OK(world_say("signal sdi-quad off"));
	four(taker, rate, "four 2160p again");
out:
	for (unsigned int i = 0; i < CHANNELS; i++) {
		capture_close(&taker[i].capture);
		world_say("signal sdi%u off", i + 1);
	}
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "four, 8K, four", test_there_and_back },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "four_channels", .tests = tests, .time_limit = 120, .frames = 180,
	};

	return suite_main(argc, argv, &suite);
}
