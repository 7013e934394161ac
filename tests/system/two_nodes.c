// SPDX-License-Identifier: MIT
/*
 * Description: pictures and ancillary data of one channel together, and several channels at once:
 * shared frame numbers and times, payload ids of each link, and content that belongs to its
 * connector.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/meta.h"
#include "lib/suite.h"
#include "lib/world.h"

#define PAIRS 60

struct pair {
	struct kinora_meta_header header;
	uint32_t sequence;
	uint64_t time_ns;
};

/* Take PAIRS metadata buffers, remembering what belongs to a frame. */
static bool take_meta(struct capture *meta, struct pair *pair, const uint32_t payload_id[4],
		      unsigned int links)
{
	struct v4l2_buffer buffer;
	uint32_t id[4];
	unsigned int seen;

	if (!CHECK_OK(capture_take(meta, &buffer, 1000)) ||
	    !meta_read(meta, &buffer, &pair->header))
		return false;
	CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "metadata is marked");
	CHECK_EQ(le32toh(pair->header.status), 0);
	CHECK_EQ(le32toh(pair->header.payload_id), payload_id[0]);
	CHECK(le64toh(pair->header.timecode) & KINORA_TC_VALID ? true : !pair->header.timecode,
	      "timecode bits without VALID");
	CHECK(le64toh(pair->header.eof_ns) > le64toh(pair->header.sof_ns),
	      "a frame ends before it begins");
	seen = meta_payload_ids(meta, &buffer, id);
	CHECK_EQ(seen, links);
	for (unsigned int i = 0; i < 4; i++)
		CHECK(!(links >> i & 1) || id[i] == payload_id[i],
		      "payload id of link %u is 0x%08x, expected 0x%08x", i + 1, id[i],
		      payload_id[i]);
	pair->sequence = buffer.sequence;
	pair->time_ns = capture_time(&buffer);
	return CHECK_OK(capture_give(meta, buffer.index));
}

/*
 * The nodes start one after the other, so the first pictures may have no partner; from then on each
 * frame has one in both, with the same number, sequence and time.
 */
static void compare_nodes(struct capture *video, struct capture *meta, const uint32_t payload_id[4],
			  unsigned int links)
{
	unsigned int matched = 0;
	struct pair pair;

	if (!take_meta(meta, &pair, payload_id, links))
		return;
	for (unsigned int i = 0; i < 3 * PAIRS && matched < PAIRS; i++) {
		struct v4l2_buffer buffer;
		struct stamp stamp;

		if (!CHECK_OK(capture_take(video, &buffer, 1000)) ||
		    !CHECK_OK(
			    stamp_read(video->buffer[buffer.index].start, &video->layout, &stamp)))
			return;
		while (le64toh(pair.header.frame) < stamp.frame)
			if (!take_meta(meta, &pair, payload_id, links))
				return;
		if (le64toh(pair.header.frame) == stamp.frame) {
			CHECK_EQ(pair.sequence, buffer.sequence);
			CHECK_EQ(pair.time_ns, capture_time(&buffer));
			matched++;
		}
		if (!CHECK_OK(capture_give(video, buffer.index)))
			return;
	}
	CHECK(matched == PAIRS, "only %u frames came on both nodes", matched);
}

static void run_pair(const char *line, enum device_input input, const struct capture_signal *signal,
		     const uint32_t payload_id[4], unsigned int links, bool meta_first)
{
	struct capture video = { .fd = -1 }, meta = { .fd = -1 };

	if (!CHECK_OK(world_say("%s", line)) ||
	    capture_prepare(&video, input, signal, V4L2_PIX_FMT_UYVY, 8))
		return;
	if (!meta_prepare(&meta, 1, 8)) {
		struct capture *first = meta_first ? &meta : &video;
		struct capture *second = meta_first ? &video : &meta;

		if (CHECK_OK(capture_start(first)) && CHECK_OK(capture_start(second)))
			compare_nodes(&video, &meta, payload_id, links);
	}
	capture_close(&meta);
	capture_close(&video);
}

static void test_quad(void)
{
	static const struct capture_signal signal = { 7680, 4320, 50, 1 };
	/* standards: 8K50 HLG BT.2020 10 bit, links 1 to 4: D2 D9 A0 01|21|41|61 */
	static const uint32_t id[4] = { 0x01a0d9d2, 0x21a0d9d2, 0x41a0d9d2, 0x61a0d9d2 };

	run_pair("signal sdi-quad 4320p50 pattern=bt2111-hlg transfer=hlg colour=2020",
		 DEVICE_SDI_QUAD, &signal, id, 0xf, false);
}

static void test_quad_5994(void)
{
	static const struct capture_signal signal = { 7680, 4320, 60000, 1001 };
	/* 8K59.94 SDR BT.709: D2 CA 80 01|21|41|61 */
	static const uint32_t id[4] = { 0x0180cad2, 0x2180cad2, 0x4180cad2, 0x6180cad2 };

	run_pair("signal sdi-quad 4320p59.94 pattern=rp219", DEVICE_SDI_QUAD, &signal, id, 0xf,
		 true);
}

static void test_single(void)
{
	static const struct capture_signal signal = { 3840, 2160, 50, 1 };
	static const uint32_t id[4] = { 0x01a0d9ce };	/* 4K50 HLG: CE D9 A0 01 */

	run_pair("signal sdi1 2160p50 pattern=bt2111-hlg transfer=hlg colour=2020", DEVICE_SDI1,
		 &signal, id, 0x1, false);
}

static void test_single_3g(void)
{
	static const struct capture_signal signal = { 1920, 1080, 50, 1 };
	static const uint32_t id[4] = { 0x0180c989 };	/* 1080p50 3G-A: 89 C9 80 01 */

	run_pair("signal sdi1 1080p50 pattern=rp219", DEVICE_SDI1, &signal, id, 0x1, true);
}

/* Without a signal the header still comes, and says so. */
static void test_meta_without_signal(void)
{
	struct capture video = { .fd = -1 }, meta = { .fd = -1 };
	static const struct capture_signal signal = { 1920, 1080, 50, 1 };
	struct kinora_meta_header header;
	struct v4l2_buffer buffer;

	if (!CHECK_OK(world_say("signal sdi1 1080p50")) ||
	    capture_prepare(&video, DEVICE_SDI1, &signal, V4L2_PIX_FMT_UYVY, 4))
		return;
	if (meta_prepare(&meta, 1, 8))
		goto out;
	if (!CHECK_OK(world_say("signal sdi1 off")))
		goto out;
	suite_pause(200);
	if (!CHECK_OK(capture_start(&meta)))
		goto out;
	for (unsigned int i = 0; i < 20; i++) {
		if (!CHECK_OK(capture_take(&meta, &buffer, 1000)) ||
		    !meta_read(&meta, &buffer, &header))
			goto out;
		CHECK(le32toh(header.status) & KINORA_META_NO_SIGNAL,
		      "NO_SIGNAL is not set in status 0x%x", le32toh(header.status));
		CHECK_EQ(le16toh(header.packets), 0);
		CHECK_EQ(buffer.sequence, i);
		if (!CHECK_OK(capture_give(&meta, buffer.index)))
			goto out;
	}
out:
	capture_close(&meta);
	capture_close(&video);
}

/* Four channels, four different pictures, all at once. */
static void test_four_channels(void)
{
	static const struct {
		const char *line;
		struct capture_signal signal;
		enum content_bars bars;
		uint32_t fourcc;
	} inputs[4] = {
		{ "signal sdi1 2160p60 pattern=bt2111-hlg transfer=hlg colour=2020",
		  { 3840, 2160, 60, 1 },
		  CONTENT_HLG,
		  V4L2_PIX_FMT_UYVY },
		{ "signal sdi2 1080p50 pattern=rp219",
		  { 1920, 1080, 50, 1 },
		  CONTENT_RP219,
		  V4L2_PIX_FMT_NV12 },
		{ "signal sdi3 1080p59.94 pattern=black",
		  { 1920, 1080, 60000, 1001 },
		  CONTENT_BLACK,
		  V4L2_PIX_FMT_YUYV },
		{ "signal sdi4 1080p25 pattern=bt2111-hlg transfer=hlg colour=2020",
		  { 1920, 1080, 25, 1 },
		  CONTENT_HLG,
		  V4L2_PIX_FMT_P010 },
	};
	struct capture capture[4] = { { .fd = -1 }, { .fd = -1 }, { .fd = -1 }, { .fd = -1 } };
	struct content_picture picture[4] = { 0 };
	struct world_books books;

	for (unsigned int i = 0; i < 4; i++)
		if (!CHECK_OK(world_say("%s", inputs[i].line)))
			return;
	for (unsigned int i = 0; i < 4; i++) {
		const struct capture_signal *signal = &inputs[i].signal;

		if (!CHECK_OK(content_bars_create(&picture[i], inputs[i].bars, signal->width,
						  signal->height)) ||
		    !CHECK_OK(capture_open(&capture[i], i + 1, DEVICE_VIDEO)) ||
		    !CHECK_OK(capture_input(&capture[i], DEVICE_SDI1)) ||
		    !CHECK_OK(capture_lock(&capture[i], signal, 5000)) ||
		    !CHECK_OK(capture_format(&capture[i], inputs[i].fourcc)) ||
		    !CHECK_OK(capture_buffers(&capture[i], V4L2_MEMORY_MMAP, 8)))
			goto out;
	}
	if (!CHECK_OK(world_books_reset()))
		goto out;
	for (unsigned int i = 0; i < 4; i++)
		if (!CHECK_OK(capture_start(&capture[i])))
			goto out;
	for (unsigned int n = 0; n < 50; n++) {
		for (unsigned int i = 0; i < 4; i++) {
			const struct capture_signal *signal = &inputs[i].signal;
			struct v4l2_buffer buffer;
			char what[32];

			/* each as often as its rate asks for, by 25 Hz */
			for (unsigned int k = 0; k < signal->rate_num / signal->rate_den / 25;
			     k++) {
				snprintf(what, sizeof(what), "channel %u frame %u", i + 1, n);
				if (!CHECK_OK(capture_take(&capture[i], &buffer, 1000)))
					goto out;
				CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "%s is marked", what);
				if (n % 10 == 9 && !k)
					content_check(&picture[i], &capture[i].layout,
						      capture[i].buffer[buffer.index].start, what);
				if (!CHECK_OK(capture_give(&capture[i], buffer.index)))
					goto out;
			}
		}
	}
	for (unsigned int i = 0; i < 4; i++)
		capture_stop(&capture[i]);
	if (!CHECK_OK(world_books_read(&books)))
		goto out;
	for (unsigned int i = 0; i < 4; i++) {
		suite_note("channel %u: delivered %lld, lost %lld", i + 1,
			   (long long)books.stream[4 * i].delivered,
			   (long long)books.stream[4 * i].lost);
		CHECK_EQ(books.stream[4 * i].overrun, 0);
		CHECK_EQ(books.stream[4 * i].failed, 0);
	}
out:
	for (unsigned int i = 0; i < 4; i++) {
		capture_close(&capture[i]);
		content_destroy(&picture[i]);
	}
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "8Kp50 HLG, picture first", test_quad },
		{ "8Kp59.94, metadata first", test_quad_5994 },
		{ "2160p50 HLG", test_single },
		{ "1080p50", test_single_3g },
		{ "metadata without a signal", test_meta_without_signal },
		{ "four channels at once", test_four_channels },
		{ 0 },
	};
	static const struct suite suite = { .name = "two_nodes", .tests = tests, .time_limit = 90 };

	return suite_main(argc, argv, &suite);
}
