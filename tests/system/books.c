// SPDX-License-Identifier: MIT
/*
 * Description: what a frame costs on the bus, from the card's own books: no register read but those
 * of TIME, at most one doorbell write and one interrupt for each frame and stream, at 8K and at
 * 1080p alike.
 *
 * The books are read twice while the streams run; starting and stopping, which may poll, is
 * outside. Whether a frame is lost is not asked here (first_light does): a busy host may lose one,
 * and the costs hold all the same.
 */

#include "lib/capture.h"
#include "lib/meta.h"
#include "lib/suite.h"
#include "lib/world.h"

/* The most reads of TIME per second of capture: bracketing the two clocks now and then. */
#define TIME_READS_PER_S 40
#define BUFFERS 8

static bool take_frame(struct capture *capture)
{
	struct v4l2_buffer buffer;

	return CHECK_OK(capture_take(capture, &buffer, 1000)) &&
	       CHECK_OK(capture_give(capture, buffer.index));
}

static bool take_frames(struct capture *video, struct capture *meta, unsigned int frames)
{
	for (unsigned int i = 0; i < frames; i++)
		if (!take_frame(video) || (meta && !take_frame(meta)))
			return false;
	return true;
}

/* The books, read while frames are being taken. */
static bool read_running(struct capture *video, struct capture *meta, struct world_books *books)
{
	static struct world_reader reader;

	if (!CHECK_OK(world_reader_begin(&reader)))
		return false;
	while (!world_reader_done(&reader) && take_frames(video, meta, 1))
		;
	if (!CHECK_OK(world_reader_finish(&reader)))
		return false;
	*books = reader.books;
	return true;
}

static int64_t check_stream(const struct world_stream *from, const struct world_stream *to,
			    const char *name, unsigned int frames)
{
	int64_t records = to->records - from->records;
	int64_t interrupts = to->interrupts - from->interrupts;

	suite_note("%s: %lld records, %lld interrupts, %lld lost", name, (long long)records,
		   (long long)interrupts, (long long)(to->lost - from->lost));
	CHECK(records >= frames, "%s: %lld records, the application took %u between", name,
	      (long long)records, frames);
	/* the books are read at any moment: one record may be ahead of its interrupt */
	CHECK(interrupts <= records + 1, "%s: %lld interrupts for %lld records", name,
	      (long long)interrupts, (long long)records);
	return records;
}

/* Every figure is the difference between two looks into the books of a running stream. */
static void run(const char *signal_line, enum device_input input,
		const struct capture_signal *signal, uint32_t fourcc, bool with_meta)
{
	unsigned int frames = suite_options.frames, streams = with_meta ? 2 : 1;
	struct capture video = { .fd = -1 }, meta = { .fd = -1 };
	struct capture *second = with_meta ? &meta : NULL;
	struct world_books from, to;
	int64_t records, doorbells, time_reads;

	if (!CHECK_OK(world_say("%s", signal_line)) ||
	    capture_prepare(&video, input, signal, fourcc, BUFFERS))
		return;
	if (with_meta && meta_prepare(&meta, 1, BUFFERS))
		goto out_video;
	if (!CHECK_OK(capture_start(&video)) || (with_meta && !CHECK_OK(capture_start(&meta))) ||
	    !take_frames(&video, second, 30) || !read_running(&video, second, &from) ||
	    !take_frames(&video, second, frames) || !read_running(&video, second, &to))
		goto out;
	doorbells = to.writes_doorbell - from.writes_doorbell;
	time_reads = to.reads_time - from.reads_time;
	suite_note(
		"%u frames: reads: %lld of TIME, %lld others; writes: %lld doorbells, %lld others",
		frames, (long long)time_reads, (long long)(to.reads_other - from.reads_other),
		(long long)doorbells, (long long)(to.writes_other - from.writes_other));
	records = check_stream(&from.stream[0], &to.stream[0], "video", frames);
	if (with_meta)
		records += check_stream(&from.stream[1], &to.stream[1], "ancillary", frames);
	CHECK_EQ(to.reads_other - from.reads_other, 0);
	CHECK(time_reads <= TIME_READS_PER_S * (to.time_ns - from.time_ns) / 1000000000 + 4,
	      "%lld reads of TIME in %lld ms", (long long)time_reads,
	      (long long)(to.time_ns - from.time_ns) / 1000000);
	/* what was taken and not yet given back at the first look comes on top */
	CHECK(doorbells <= records + BUFFERS * streams,
	      "%lld doorbell writes for %lld records of %u streams", (long long)doorbells,
	      (long long)records, streams);
	CHECK_EQ(to.writes_other - from.writes_other, 0);
	CHECK_EQ(to.dma_errors - from.dma_errors, 0);
	CHECK_EQ(to.accesses_refused - from.accesses_refused, 0);
	CHECK_EQ(to.interrupts_refused - from.interrupts_refused, 0);
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
	run("signal sdi1 1080p60 pattern=rp219", DEVICE_SDI1, &signal_1080, V4L2_PIX_FMT_UYVY,
	    true);
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
