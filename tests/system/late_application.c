// SPDX-License-Identifier: MIT
/*
 * Description: an application that takes no buffers for a second: the gap in `sequence` is exactly
 * what the card counted as lost and what the pictures' own numbers say, and capture goes on.
 *
 * The books are read by a second thread while frames are being taken, so that reading them loses
 * none itself.
 */
#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 8
#define BEFORE 60
#define AFTER 120

static const struct capture_signal signal_8k = { 7680, 4320, 60, 1 };

struct account {
	unsigned int taken, errors;
	uint32_t last_sequence;
	uint64_t last_frame, last_ns;
	uint64_t gap_sequence, gap_frames;	/* numbers that never came */
};

/* Take one frame and give it back. */
static bool take(struct capture *capture, struct account *a)
{
	struct v4l2_buffer buffer;
	struct stamp stamp = { 0 };

	if (!CHECK_OK(capture_take(capture, &buffer, 1000)))
		return false;
	if (!CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "frame %u has FLAG_ERROR", a->taken) ||
	    !CHECK_OK(stamp_read(capture->buffer[buffer.index].start, &capture->layout, &stamp)))
		return false;
	if (a->taken) {
		CHECK(buffer.sequence > a->last_sequence, "sequence %u after %u", buffer.sequence,
		      a->last_sequence);
		CHECK(capture_time(&buffer) > a->last_ns, "time goes back at frame %u", a->taken);
		a->gap_sequence += buffer.sequence - a->last_sequence - 1;
		a->gap_frames += stamp.frame - a->last_frame - 1;
	}
	a->last_sequence = buffer.sequence;
	a->last_frame = stamp.frame;
	a->last_ns = capture_time(&buffer);
	a->taken++;
	return CHECK_OK(capture_give(capture, buffer.index));
}

static void run(unsigned int pauses)
{
	static struct world_reader reader;
	struct capture capture = { .fd = -1 };
	struct account a = { 0 };

	if (!CHECK_OK(world_say("signal sdi-quad 4320p60 pattern=rp219")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, V4L2_PIX_FMT_UYVY, BUFFERS))
		return;
	if (!CHECK_OK(world_books_reset()) || !CHECK_OK(capture_start(&capture)))
		goto out;
	for (unsigned int i = 0; i < pauses; i++) {
		uint64_t before;

		for (unsigned int n = 0; n < BEFORE; n++)
			if (!take(&capture, &a))
				goto out;
		before = a.gap_sequence;
		CHECK_EQ(before, i ? a.gap_frames : 0);
		suite_pause(1000);
		/* what waited is taken first, then the first frame behind the gap */
		for (unsigned int n = 0; n <= capture.buffers; n++)
			if (!take(&capture, &a))
				goto out;
		CHECK(a.gap_sequence - before >= 40 && a.gap_sequence - before <= 70,
		      "a second's pause loses %llu frames",
		      (unsigned long long)(a.gap_sequence - before));
	}
	for (unsigned int n = 0; n < AFTER / 2; n++)
		if (!take(&capture, &a))
			goto out;
	if (!CHECK_OK(world_reader_begin(&reader)))
		goto out;
	while (!world_reader_done(&reader) && take(&capture, &a))
		;
	CHECK_OK(world_reader_finish(&reader));
	for (unsigned int n = 0; n < AFTER / 2; n++)
		if (!take(&capture, &a))
			goto out;
	suite_note("lost: sequence %llu, pictures %llu, card %lld",
		   (unsigned long long)a.gap_sequence, (unsigned long long)a.gap_frames,
		   (long long)reader.books.stream[0].lost);
	CHECK_EQ(a.gap_sequence, reader.books.stream[0].lost);
	CHECK_EQ(a.gap_frames, reader.books.stream[0].lost);
	CHECK_EQ(reader.books.stream[0].overrun, 0);
out:
	capture_close(&capture);
}

static void test_one_pause(void)
{
	run(1);
}

static void test_three_pauses(void)
{
	run(3);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "one second without taking buffers", test_one_pause },
		{ "three times in one capture", test_three_pauses },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "late_application", .tests = tests, .time_limit = 60,
	};

	return suite_main(argc, argv, &suite);
}
