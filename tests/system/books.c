// SPDX-License-Identifier: MIT
/*
 * Description: what a frame costs on the bus, from the card's own books: no register read but those of
 * TIME, at most one doorbell write and one interrupt for each frame and stream, at 8K and at 1080p alike.
 *
 * Whether a frame is lost is not asked here (first_light does): a busy host may lose one, and the costs
 * must hold all the same.
 */

#include "lib/capture.h"
#include "lib/meta.h"
#include "lib/suite.h"
#include "lib/world.h"

/* The most reads of TIME per second of capture: bracketing the two clocks now and then. */
#define TIME_READS_PER_S 40

static bool take_frames(struct capture *video, struct capture *meta, unsigned int frames)
{
	for (unsigned int i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(video, &buffer, 1000)))
			return false;
		if (!CHECK_OK(capture_give(video, buffer.index)))
			return false;
		if (!meta)
			continue;
		if (!CHECK_OK(capture_take(meta, &buffer, 1000)) ||
		    !CHECK_OK(capture_give(meta, buffer.index)))
			return false;
	}
	return true;
}

static void check_stream(const struct world_stream *stream, const char *name, unsigned int frames)
{
	int64_t running = stream->records - stream->returned;

	suite_note("%s: %u frames taken, records %lld, interrupts %lld, lost %lld", name, frames,
		   (long long)stream->records, (long long)stream->interrupts, (long long)stream->lost);
	CHECK(running >= frames, "%s: %lld records while it ran, the application took %u", name,
	      (long long)running, frames);
	/* one for each record of a running stream, one for the end of the stop */
	CHECK(stream->interrupts <= running + 1, "%s: %lld interrupts for %lld records", name,
	      (long long)stream->interrupts, (long long)running);
	CHECK_EQ(stream->offered, stream->delivered + stream->lost + stream->no_signal +
				  stream->mismatch + stream->overrun + stream->cancelled +
				  stream->failed);
	CHECK_EQ(stream->records, stream->delivered + stream->no_signal + stream->mismatch +
				  stream->overrun + stream->failed + stream->returned);
}

/* The rules count from a running stream to a running stream: reset the books after the start. */
static void run(const char *signal_line, enum device_input input, const struct capture_signal *signal,
		uint32_t fourcc, bool with_meta)
{
	unsigned int frames = suite_options.frames, streams = with_meta ? 2 : 1;
	struct capture video = { .fd = -1 }, meta = { .fd = -1 };
	struct world_books start, books;
	struct v4l2_buffer buffer;
	double seconds = frames / 60.0;
	int64_t frames_seen;

	if (!CHECK_OK(world_say("%s", signal_line)) ||
	    capture_prepare(&video, input, signal, fourcc, 8))
		return;
	if (with_meta && meta_prepare(&meta, 1, 8))
		goto out_video;
	if (!CHECK_OK(world_books_reset()) || !CHECK_OK(capture_start(&video)) ||
	    (with_meta && !CHECK_OK(capture_start(&meta))))
		goto out;
	if (!CHECK_OK(capture_take(&video, &buffer, 1000)) ||
	    !CHECK_OK(capture_give(&video, buffer.index)))
		goto out;
	capture_stop(&video);
	if (with_meta)
		capture_stop(&meta);
	/* What a start and a stop cost is known now and is taken off the whole below. */
	if (!CHECK_OK(world_books_read(&start)) || !CHECK_OK(world_books_reset()) ||
	    !CHECK_OK(capture_start(&video)) || (with_meta && !CHECK_OK(capture_start(&meta))))
		goto out;
	if (!take_frames(&video, with_meta ? &meta : NULL, frames))
		goto out;
	CHECK_OK(capture_stop(&video));
	if (with_meta)
		CHECK_OK(capture_stop(&meta));
	if (!CHECK_OK(world_books_read(&books)))
		goto out;
	frames_seen = books.stream[0].records - books.stream[0].returned +
		      books.stream[1].records - books.stream[1].returned;
	suite_note("reads: %lld of TIME, %lld others (start and stop alone: %lld); writes: %lld doorbells, %lld others (%lld)",
		   (long long)books.reads_time, (long long)books.reads_other,
		   (long long)start.reads_other, (long long)books.writes_doorbell,
		   (long long)books.writes_other, (long long)start.writes_other);
	check_stream(&books.stream[0], "video", frames);
	if (with_meta)
		check_stream(&books.stream[1], "ancillary", frames);
	/* polling of a start or stop may differ by some reads; anything that grows with frames does not fit */
	CHECK(books.reads_other <= start.reads_other + 20,
	      "%lld register reads in %u frames, start and stop alone take %lld",
	      (long long)books.reads_other, frames, (long long)start.reads_other);
	CHECK(books.reads_time <= TIME_READS_PER_S * (seconds + 1), "%lld reads of TIME in %.0f s",
	      (long long)books.reads_time, seconds);
	/* one for each frame, and one for each buffer queued before the start */
	CHECK(books.writes_doorbell <= frames_seen + 8 * streams,
	      "%lld doorbell writes for %lld frames of %u streams", (long long)books.writes_doorbell,
	      (long long)frames_seen, streams);
	CHECK(books.writes_other <= start.writes_other + 4, "%lld other writes, start and stop take %lld",
	      (long long)books.writes_other, (long long)start.writes_other);
	CHECK_EQ(books.dma_errors, 0);
	CHECK_EQ(books.accesses_refused, 0);
	CHECK_EQ(books.interrupts_refused, 0);
out:
	capture_close(&meta);
out_video:
	capture_close(&video);
}

static const struct capture_signal signal_8k = { 7680, 4320, 60, 1 };
static const struct capture_signal signal_1080 = { 1920, 1080, 60, 1 };

static void test_8k(void)
{
	run("signal sdi-quad 4320p60 pattern=rp219", DEVICE_SDI_QUAD, &signal_8k,
	    v4l2_fourcc('v', '2', '1', '0'), false);
}

static void test_8k_meta(void)
{
	run("signal sdi-quad 4320p60 pattern=rp219", DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_UYVY,
	    true);
}

static void test_1080(void)
{
	run("signal sdi1 1080p60 pattern=rp219", DEVICE_SDI1, &signal_1080, V4L2_PIX_FMT_UYVY, true);
}

/* An idle driver leaves the card alone: nothing is polled. */
static void test_idle(void)
{
	struct world_books books;

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60 pattern=rp219")))
		return;
	suite_pause(500);	/* the change of signal is over */
	if (!CHECK_OK(world_books_reset()))
		return;
	suite_pause(3000);
	if (!CHECK_OK(world_books_read(&books)))
		return;
	CHECK_EQ(books.reads_other, 0);
	CHECK_EQ(books.writes_doorbell + books.writes_other, 0);
	CHECK(books.reads_time <= TIME_READS_PER_S * 4, "%lld reads of TIME in 3 s",
	      (long long)books.reads_time);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "8Kp60 v210", test_8k },
		{ "8Kp60 UYVY and ancillary data", test_8k_meta },
		{ "1080p60 and ancillary data", test_1080 },
		{ "no stream runs", test_idle },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "books", .tests = tests, .time_limit = 120, .frames = 600,
	};

	return suite_main(argc, argv, &suite);
}
