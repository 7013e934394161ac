// SPDX-License-Identifier: MIT
/*
 * Description: a card that lies, falls silent or loses interrupts. It may spoil pictures, never
 * more: no report in the kernel log, no wait without end, and capture recovers.
 *
 * The log is searched after every test, so each of them also says "no crash, no warning".
 */
#include <errno.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

static const struct capture_signal signal_2160 = { 3840, 2160, 60, 1 };

#define STOP_MS 17000	/* stop, channel reset, card reset: each may take CAP's 5 s */

static int begin(struct capture *capture)
{
	capture->fd = -1;
	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")) ||
	    capture_prepare(capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 8))
		return -EINVAL;
	if (!CHECK_OK(capture_start(capture))) {
		capture_close(capture);
		return -EINVAL;
	}
	return 0;
}

struct tally {
	unsigned int whole, marked;
	uint32_t last_sequence;
	uint64_t longest_ns;	/* between two frames */
};

/* Take frames for a while; every whole one must really be whole. False when DQBUF fails. */
static bool take_for(struct capture *capture, unsigned int ms, struct tally *tally)
{
	uint64_t end = suite_now() + ms * 1000000ULL, last = suite_now();

	memset(tally, 0, sizeof(*tally));
	while (suite_now() < end) {
		struct v4l2_buffer buffer;
		struct stamp stamp;
		int ret = capture_take(capture, &buffer, 2000);

		if (!CHECK_OK(ret))
			return false;
		if (suite_now() - last > tally->longest_ns)
			tally->longest_ns = suite_now() - last;
		last = suite_now();
		if (!CHECK(buffer.index < capture->buffers, "index %u", buffer.index))
			return false;
		CHECK(buffer.bytesused <= capture->layout.bytes, "bytesused %u", buffer.bytesused);
		if (buffer.flags & V4L2_BUF_FLAG_ERROR) {
			tally->marked++;
		} else {
			CHECK_EQ(buffer.bytesused, capture->layout.bytes);
			CHECK_OK(stamp_read(capture->buffer[buffer.index].start, &capture->layout,
					    &stamp));
			tally->whole++;
		}
		tally->last_sequence = buffer.sequence;
		if (!CHECK_OK(capture_give(capture, buffer.index)))
			return false;
	}
	return true;
}

static bool expect_steady(struct capture *capture)
{
	struct tally tally;

	if (!take_for(capture, 300, &tally) || !take_for(capture, 500, &tally))
		return false;
	return CHECK(tally.whole >= 25 && !tally.marked,
		     "afterwards %u whole and %u marked frames in 0.5 s", tally.whole,
		     tally.marked);
}

/*
 * One falsified record. Whether the frame comes marked or not at all is the driver's choice; that
 * it ends the capture, spoils memory or stays unnoticed for the other buffers is not. In the end
 * all buffers go round again.
 */
static void corrupt(const char *field)
{
	struct capture capture;
	struct tally tally;
	unsigned int seen = 0;

	if (begin(&capture))
		return;
	if (!take_for(&capture, 300, &tally))
		goto out;
	for (unsigned int i = 0; i < 5; i++)
		if (!CHECK_OK(world_say("card corrupt-record %s", field)) ||
		    !take_for(&capture, 300, &tally))
			goto out;
	/* a stream that went wrong may need a new start, and then everything is as before */
	if (!CHECK_OK(capture_stop(&capture)) || !CHECK_OK(capture_start(&capture)) ||
	    !expect_steady(&capture))
		goto out;
	for (unsigned int i = 0; i < 32; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
			goto out;
		seen |= 1 << buffer.index;
		if (!CHECK_OK(capture_give(&capture, buffer.index)))
			goto out;
	}
	CHECK_EQ(seen, (1 << capture.buffers) - 1);
out:
	capture_close(&capture);
}

static void test_corrupt_tag(void)
{
	corrupt("tag");
}

static void test_corrupt_bytes(void)
{
	corrupt("bytes");
}

static void test_corrupt_status(void)
{
	corrupt("status");
}

static void test_corrupt_frame(void)
{
	corrupt("frame");
}

static void test_corrupt_phase(void)
{
	corrupt("phase");
}

/* kernel-lessons: a lost interrupt is recovered within two frames (here: plus what a busy guest
 * needs). */
static void test_lost_interrupts(void)
{
	struct capture capture;
	struct tally tally;

	if (begin(&capture))
		return;
	if (!take_for(&capture, 300, &tally))
		goto out;
	for (unsigned int i = 0; i < 10; i++) {
		if (!CHECK_OK(world_say("card lose-interrupt 1")) ||
		    !take_for(&capture, 200, &tally))
			goto out;
		CHECK_EQ(tally.marked, 0);
	}
	if (!CHECK_OK(world_say("card lose-interrupt 20")))
		goto out;
	if (take_for(&capture, 1000, &tally))
		CHECK(tally.longest_ns < 300000000 && tally.whole > 30,
		      "20 lost interrupts: %u frames in a second, %.0f ms without any", tally.whole,
		      tally.longest_ns / 1e6);
	expect_steady(&capture);
out:
	capture_close(&capture);
}

static void test_muted_interrupts(void)
{
	struct capture capture;
	struct tally tally;

	if (begin(&capture))
		return;
	if (!CHECK_OK(world_say("card mute-interrupts on")))
		goto out;
	if (take_for(&capture, 2000, &tally))
		CHECK(tally.whole > 30, "without interrupts %u frames in 2 s", tally.whole);
	CHECK_OK(world_say("card mute-interrupts off"));
	expect_steady(&capture);
	/* a stop without interrupts ends, too */
	CHECK_OK(world_say("card mute-interrupts on"));
	CHECK_OK(capture_stop(&capture));
	CHECK_OK(world_say("card mute-interrupts off"));
out:
	world_say("card mute-interrupts off");
	capture_close(&capture);
}

/* Wire errors: the picture is delivered as received, marked. */
static void test_wire_errors(void)
{
	struct capture capture;
	struct tally tally;

	if (begin(&capture))
		return;
	if (!CHECK_OK(world_say("fault sdi1 crc 0.01")))
		goto out;
	if (take_for(&capture, 1000, &tally))
		CHECK(tally.marked > 30,
		      "one line in a hundred is wrong: only %u of %u frames are marked",
		      tally.marked, tally.marked + tally.whole);
	CHECK_OK(world_say("fault sdi1 clear"));
	expect_steady(&capture);
out:
	world_say("fault sdi1 clear");
	capture_close(&capture);
}

/*
 * Last, because nothing brings the card back: it answers nothing and sends nothing any more. The
 * application is told or runs into its own time limit, STREAMOFF and close return in bounded time.
 */
static void test_stops_answering(void)
{
	struct capture capture;
	struct v4l2_buffer buffer;
	struct tally tally;
	uint64_t began;
	int ret = 0;

	if (begin(&capture))
		return;
	if (!take_for(&capture, 300, &tally) || !CHECK_OK(world_say("card stop-answering")))
		goto out;
	began = suite_now();
	while (!ret && suite_now() - began < 3000000000) {
		ret = capture_take(&capture, &buffer, 1000);
		if (!ret)
			ret = capture_give(&capture, buffer.index);
	}
	CHECK(ret < 0, "frames come although the card is silent");
	began = suite_now();
	capture_stop(&capture);
	CHECK(suite_now() - began < STOP_MS * 1000000ULL, "STREAMOFF takes %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
	suite_note("silent card: DQBUF says %s; STREAMOFF took %llu ms", strerror(-ret),
		   (unsigned long long)(suite_now() - began) / 1000000);
out:
	began = suite_now();
	capture_close(&capture);
	CHECK(suite_now() - began < STOP_MS * 1000000ULL, "close takes %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "record with a wrong tag", test_corrupt_tag },
		{ "record with wrong bytes", test_corrupt_bytes },
		{ "record with a wrong status", test_corrupt_status },
		{ "record with a wrong frame number", test_corrupt_frame },
		{ "record with a wrong phase", test_corrupt_phase },
		{ "lost interrupts", test_lost_interrupts },
		{ "no interrupts at all", test_muted_interrupts },
		{ "CRC errors on the wire", test_wire_errors },
		{ "the card stops answering", test_stops_answering },
		{ 0 },
	};
	static const struct suite suite = { .name = "hostile", .tests = tests, .time_limit = 120 };

	return suite_main(argc, argv, &suite);
}
