// SPDX-License-Identifier: MIT
/*
 * Description: signals that are wrong, by name, while another channel captures: four links from two
 * sources, links swapped, CRC storms, a cable that flaps 20 times a second, a source that lies in
 * its payload id. Each has a clear state and reason, and the other channel's pictures stay whole.
 */
#include <stdio.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/connector.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 8
#define WAIT_MS 4000

/* --- the other channel: HDMI on channel 4 --- */

static struct capture other = { .fd = -1 };
static unsigned int other_whole, other_marked;

static bool other_begin(void)
{
	static const struct capture_signal signal = { 1920, 1080, 60, 1 };

	other_whole = other_marked = 0;
	world_books_reset();
	return CHECK_OK(world_say("signal hdmi1 1080p60")) &&
	       CHECK_OK(capture_open(&other, 4, DEVICE_VIDEO)) &&
	       CHECK_OK(capture_input(&other, DEVICE_HDMI1)) &&
	       CHECK_OK(capture_lock(&other, &signal, WAIT_MS)) &&
	       CHECK_OK(capture_format(&other, V4L2_PIX_FMT_UYVY)) &&
	       CHECK_OK(capture_buffers(&other, V4L2_MEMORY_MMAP, BUFFERS)) &&
	       CHECK_OK(capture_start(&other));
}

/* Take its frames for so long. */
static bool other_take(unsigned int ms)
{
	uint64_t end = suite_now() + ms * 1000000ULL;
	struct v4l2_buffer buffer;

	do {
		if (!CHECK_OK(capture_take(&other, &buffer, 1000)))
			return false;
		if (buffer.flags & V4L2_BUF_FLAG_ERROR)
			other_marked++;
		else
			other_whole++;
		if (!CHECK_OK(capture_give(&other, buffer.index)))
			return false;
	} while (suite_now() < end);
	return true;
}

static void other_end(const char *what)
{
	CHECK(other_marked <= world_overruns(4, DEVICE_VIDEO) && other_whole,
	      "%s: on the other channel %u frames are marked, %u whole", what, other_marked,
	      other_whole);
	capture_close(&other);
	world_say("signal hdmi1 off");
}

/* The file says this within the time, while the other channel goes on. */
static bool becomes(const char *connector, const char *name, const char *want)
{
	uint64_t end = suite_now() + WAIT_MS * 1000000ULL;
	char file[64], value[64] = "";

	snprintf(file, sizeof(file), "connectors/%s/%s", connector, name);
	do {
		if (!connector_read(file, value, sizeof(value)) && !strcmp(value, want))
			return true;
	} while (other_take(10) && suite_now() < end);
	return CHECK(false, "%s is '%s', expected '%s'", file, value, want);
}

/* --- the cases --- */

static void test_two_sources(void)
{
	if (!other_begin())
		goto out;
	CHECK_OK(world_say("signal sdi1 2160p50 payload=d2c98001"));
	CHECK_OK(world_say("signal sdi2 2160p50 payload=d2c98021"));
	CHECK_OK(world_say("signal sdi3 2160p50 payload=d2c98041 ppm=30"));
	CHECK_OK(world_say("signal sdi4 2160p50 payload=d2c98061 ppm=30"));
	becomes("sdi-quad", "state", "unsupported");
	becomes("sdi-quad", "reason", "links-differ");
	/* each of them is a picture all the same */
	becomes("sdi1", "state", "locked");
	becomes("sdi4", "state", "locked");
	/* clocks that nearly agree: the links drift apart, and that is what is wrong with them */
	CHECK_OK(world_say("signal sdi3 2160p50 payload=d2c98041 ppm=8"));
	CHECK_OK(world_say("signal sdi4 2160p50 payload=d2c98061 ppm=8"));
	becomes("sdi-quad", "reason", "skew");
	/* one source after all */
	CHECK_OK(world_say("signal sdi-quad 4320p50"));
	becomes("sdi-quad", "state", "locked");
	becomes("sdi-quad", "reason", "none");
out:
	other_end("two sources");
	world_say("signal sdi-quad off");
}

static void test_swapped(void)
{
	if (!other_begin())
		goto out;
	CHECK_OK(world_say("signal sdi-quad 4320p50 order=1324"));
	becomes("sdi-quad", "state", "unsupported");
	becomes("sdi-quad", "reason", "link-order");
	/* it says how they are plugged, and takes that as an order by hand */
	becomes("sdi-quad", "order", "1324");
	CHECK_OK(connector_write("connectors/sdi-quad/order_override", "1324"));
	becomes("sdi-quad", "state", "locked");
	CHECK_OK(connector_write("connectors/sdi-quad/order_override", "auto"));
	becomes("sdi-quad", "reason", "link-order");
	CHECK_OK(world_say("signal sdi-quad 4320p50"));
	becomes("sdi-quad", "state", "locked");
out:
	connector_write("connectors/sdi-quad/order_override", "auto");
	other_end("links swapped");
	world_say("signal sdi-quad off");
}

/* Half of all lines are wrong, on one link of four: pictures come, marked; then whole again. */
static void test_crc_storm(void)
{
	static const struct capture_signal signal = { 7680, 4320, 60, 1 };
	struct capture capture = { .fd = -1 };
	unsigned int marked = 0, whole = 0;
	struct v4l2_buffer buffer;

	if (!other_begin() || !CHECK_OK(world_say("signal sdi-quad 4320p60")) ||
	    capture_prepare(&capture, DEVICE_SDI_QUAD, &signal, V4L2_PIX_FMT_UYVY, 4) ||
	    !CHECK_OK(capture_start(&capture)) || !CHECK_OK(world_say("fault sdi3 crc 0.5")))
		goto out;
	for (unsigned int i = 0; i < 90; i++) {
		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
			goto out;
		if (buffer.flags & V4L2_BUF_FLAG_ERROR)
			marked++;
		CHECK_EQ(buffer.bytesused, capture.layout.bytes);
		if (!CHECK_OK(capture_give(&capture, buffer.index)) || !other_take(0))
			goto out;
	}
	CHECK(marked > 60, "only %u of 90 frames are marked", marked);
	becomes("sdi-quad", "state", "locked");
	becomes("sdi-quad", "errors", "1");
	becomes("sdi3", "errors", "1");
	becomes("sdi1", "errors", "0");
	CHECK_OK(world_say("fault sdi3 clear"));
	becomes("sdi-quad", "errors", "0");
	for (unsigned int i = 0; i < 30; i++) {
		if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
			goto out;
		/* what had waited in the queue meanwhile may still be of the storm */
		if (i >= 8 && !(buffer.flags & V4L2_BUF_FLAG_ERROR))
			whole++;
		if (!CHECK_OK(capture_give(&capture, buffer.index)) || !other_take(0))
			goto out;
	}
	CHECK(whole + world_overruns(1, DEVICE_VIDEO) >= 22, "%u of 22 frames are whole", whole);
out:
	world_say("fault sdi-quad clear");
	capture_close(&capture);
	other_end("CRC storm");
	world_say("signal sdi-quad off");
}

static void test_flapping(void)
{
	if (!other_begin())
		goto out;
	CHECK_OK(world_say("signal sdi1 2160p60"));
	becomes("sdi1", "state", "locked");
	CHECK_OK(world_say("fault sdi1 flap 20"));
	becomes("sdi1", "reason", "flapping");
	becomes("sdi1", "state", "unstable");
	/* it stays so, and does not keep the host busy */
	other_take(2000);
	becomes("sdi1", "reason", "flapping");
	CHECK_OK(world_say("fault sdi1 clear"));
	becomes("sdi1", "state", "locked");
	becomes("sdi1", "reason", "none");
out:
	world_say("fault sdi1 clear");
	other_end("flapping cable");
	world_say("signal sdi1 off");
}

/* 1080i50 that says it is link 1 of 8K50 HLG: the raster counts, and the lie is shown. */
static void test_lies(void)
{
	if (!other_begin())
		goto out;
	CHECK_OK(world_say("signal sdi1 1080i50 payload=d2d9a001"));
	becomes("sdi1", "state", "locked");
	becomes("sdi1", "payload_lies", "1");
	becomes("sdi1", "height", "1080");
	becomes("sdi1", "scan", "interlaced");
	becomes("sdi1", "rate", "25/1");
	becomes("sdi1", "payload_id", "d2d9a001");
	CHECK_OK(world_say("signal sdi1 1080i50"));
	becomes("sdi1", "payload_lies", "0");
out:
	other_end("a source that lies");
	world_say("signal sdi1 off");
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "four links from two sources", test_two_sources },
		{ "links swapped", test_swapped },
		{ "CRC storm on one link of four", test_crc_storm },
		{ "flapping cable, 20 Hz", test_flapping },
		{ "a source that lies in its payload id", test_lies },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "bad_signals", .tests = tests, .time_limit = 120,
	};

	return suite_main(argc, argv, &suite);
}
