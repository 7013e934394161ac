// SPDX-License-Identifier: MIT
/*
 * Description: all nine memory formats, 1080p and 8K, byte by byte.
 *
 * At 1080p the picture is a file this program writes: noise with every legal code, three different
 * pictures, so that a wrong bit, a misplaced byte, a stale or a torn frame shows. At 8K it is bars,
 * because comparing 8K noise takes an emulated processor too long.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define PICTURES 3
#define BUFFERS 4

/* Take frames until one is whole and unmarked; after a change of signal the first may not be. */
static int take_good(struct capture *capture, struct v4l2_buffer *buffer)
{
	for (unsigned int i = 0; i < 60; i++) {
		int ret = capture_take(capture, buffer, 1000);

		if (ret || !(buffer->flags & V4L2_BUF_FLAG_ERROR))
			return ret;
		ret = capture_give(capture, buffer->index);
		if (ret)
			return ret;
	}
	return -ETIMEDOUT;
}

static void set_traps(struct capture *capture)
{
	for (unsigned int i = 0; i < capture->buffers; i++)
		content_trap_set(&capture->layout, capture->buffer[i].start);
}

/* Which of the pictures is it? -1 with the difference to the expected one when it is none. */
static int which_picture(const struct content_picture *pictures, const struct mem_layout *layout,
			 const uint8_t *buffer, unsigned int expected, char *why, size_t size)
{
	char other[256];

	if (content_matches(&pictures[expected], layout, buffer, why, size))
		return expected;
	for (unsigned int i = 0; i < PICTURES; i++)
		if (i != expected &&
		    content_matches(&pictures[i], layout, buffer, other, sizeof(other)))
			return i;
	return -1;
}

static void capture_noise(const struct content_format *format,
			  const struct content_picture *pictures)
{
	static const struct capture_signal signal = { 1920, 1080, 30, 1 };
	struct capture capture = { .fd = -1 };
	uint64_t base = 0;
	int first = 0;

	if (capture_prepare(&capture, DEVICE_SDI1, &signal, format->fourcc, BUFFERS))
		return;
	set_traps(&capture);
	if (!CHECK_OK(capture_start(&capture)))
		goto out;
	for (unsigned int i = 0; i < PICTURES + 1; i++) {
		struct v4l2_buffer buffer;
		char why[256] = "", what[64];
		struct stamp stamp;
		const uint8_t *picture;
		unsigned int expected;
		int found;

		snprintf(what, sizeof(what), "%s 1080p frame %u", format->name, i);
		if (!CHECK_OK(take_good(&capture, &buffer)))
			break;
		picture = capture.buffer[buffer.index].start;
		CHECK_EQ(buffer.bytesused, capture.layout.bytes);
		CHECK_EQ(content_trap_count(&capture.layout, picture), 0);
		if (!content_check(NULL, &capture.layout, picture, what))
			break;
		stamp_read(picture, &capture.layout, &stamp);
		if (!i)
			base = stamp.frame;
		expected = (first + stamp.frame - base) % PICTURES;
		found = which_picture(pictures, &capture.layout, picture, expected, why,
				      sizeof(why));
		if (!CHECK(found >= 0, "%s: %s", what, why))
			break;
		if (!i)
			first = found; /* where the loop of pictures stood is the card's business */
		else
			CHECK_EQ(found, expected);
		content_trap_set(&capture.layout, capture.buffer[buffer.index].start);
		if (!CHECK_OK(capture_give(&capture, buffer.index)))
			break;
	}
out:
	capture_close(&capture);
}

/* BT.2020 differs only in what it makes of RGB. */
static void noise_1080p(bool bt2020)
{
	struct content_picture pictures[PICTURES] = { 0 };
	char path[PATH_MAX];

	if (!getcwd(path, sizeof(path) - 64)) {
		CHECK(false, "no current directory");
		return;
	}
	mkdir("build", 0755);
	strcat(path, "/build/formats-noise.y4m");
	for (unsigned int i = 0; i < PICTURES; i++)
		if (!CHECK_OK(content_noise_create(&pictures[i], suite_options.seed + i, 1920, 1080,
						   bt2020)))
			goto out;
	if (!CHECK_OK(content_write_y4m(path, pictures, PICTURES, 30, 1)) ||
	    !CHECK_OK(world_say("signal sdi1 1080p30 file=%s colour=%s", path,
				bt2020 ? "2020" : "709")))
		goto out;
	for (unsigned int i = 0; i < CONTENT_FORMATS; i++)
		if (!bt2020 || content_formats[i].code >= KINORA_FMT_XBGR32)
			capture_noise(&content_formats[i], pictures);
out:
	/* the card may still read the file: away with the signal first */
	world_say("signal sdi1 off");
	unlink(path);
	for (unsigned int i = 0; i < PICTURES; i++)
		content_destroy(&pictures[i]);
}

static void test_noise_709(void)
{
	noise_1080p(false);
}

static void test_noise_2020(void)
{
	noise_1080p(true);
}

/* Every format, or every third one where the bars bring nothing new to the packing. */
static void bars_8k(enum content_bars bars, const char *more, unsigned int step)
{
	static const struct capture_signal signal = { 7680, 4320, 30, 1 };
	struct content_picture picture = { 0 };

	if (!CHECK_OK(world_say("signal sdi-quad 4320p30 pattern=%s %s", content_bars_names[bars],
				more)) ||
	    !CHECK_OK(content_bars_create(&picture, bars, 7680, 4320)))
		return;
	for (unsigned int i = 0; i < CONTENT_FORMATS; i += step) {
		struct capture capture = { .fd = -1 };
		struct v4l2_buffer buffer;

		if (capture_prepare(&capture, DEVICE_SDI_QUAD, &signal, content_formats[i].fourcc,
				    BUFFERS))
			continue;
		set_traps(&capture);
		if (CHECK_OK(capture_start(&capture)) && CHECK_OK(take_good(&capture, &buffer))) {
			const uint8_t *start = capture.buffer[buffer.index].start;

			CHECK_EQ(buffer.bytesused, capture.layout.bytes);
			CHECK_EQ(content_trap_count(&capture.layout, start), 0);
			content_check(&picture, &capture.layout, start, content_formats[i].name);
		}
		capture_close(&capture);
	}
	content_destroy(&picture);
}

static void test_bars_hlg(void)
{
	bars_8k(CONTENT_HLG, "transfer=hlg colour=2020", 1);
}

static void test_bars_rp219(void)
{
	bars_8k(CONTENT_RP219, "", 3);
}

static void test_black(void)
{
	bars_8k(CONTENT_BLACK, "", 3);
}

/* The sizes of an 8K frame, literally. */
static void test_sizes(void)
{
	static const struct {
		const char *name;
		unsigned int bytes, line;
	} sizes[] = {
		{ "UYVY", 66355200, 15360 }, { "YUYV", 66355200, 15360 },
		{ "NV12", 49766400, 7680 },  { "NV16", 66355200, 7680 },
		{ "P010", 99532800, 15360 }, { "Y210", 132710400, 30720 },
		{ "v210", 88473600, 20480 }, { "XBGR32", 132710400, 30720 },
		{ "RGBX1010102", 132710400, 30720 },
	};

	for (unsigned int i = 0; i < CONTENT_FORMATS; i++) {
		struct mem_layout layout;

		CHECK(!strcmp(sizes[i].name, content_formats[i].name), "order of formats");
		CHECK_OK(content_layout(&layout, content_formats[i].fourcc, 7680, 4320));
		CHECK_EQ(layout.bytes, sizes[i].bytes);
		CHECK_EQ(layout.plane[0].stride, sizes[i].line);
	}
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "bytes of an 8K frame", test_sizes },
		{ "1080p noise, BT.709", test_noise_709 },
		{ "1080p noise, BT.2020", test_noise_2020 },
		{ "8K BT.2111 HLG bars", test_bars_hlg },
		{ "8K RP 219 bars", test_bars_rp219 },
		{ "8K black", test_black },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "formats", .tests = tests, .time_limit = 240,
	};

	return suite_main(argc, argv, &suite);
}
