// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/clip.c tests/vcard/picture.c */
/*
 * Description: pictures from files: raw and y4m of every sampling, what is wrong with a file said
 * clearly, and ffmpeg as a child: a stand-in script for how it is called and how it can fail, and
 * the real one, where it is installed, for the colours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clip.h"
#include "unit.h"

#define W	8
#define H	4

static char folder[] = "/tmp/kinora-test-clip-XXXXXX";
static char path[256], error[2048];
static const char *real_path;		/* PATH as the test found it */

static const char *in_folder(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const void *head, size_t head_bytes, const void *data,
		       size_t bytes)
{
	FILE *file = fopen(in_folder(name), "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(head, 1, head_bytes, file), head_bytes);
	CU_ASSERT_EQUAL(fwrite(data, 1, bytes, file), bytes);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

static int open_clip(struct picture_source **src, const char *name, const char *format,
		     unsigned int width, unsigned int height, unsigned int frames)
{
	struct clip_options options = {
		.path = in_folder(name), .format = format, .width = width, .height = height,
		.frames = frames,
	};

	*error = 0;
	return clip_open(src, &options, error, sizeof(error));
}

static struct picture_source *must_open(const char *name, const char *format, unsigned int width,
					unsigned int height)
{
	struct picture_source *src = NULL;
	int ret = open_clip(&src, name, format, width, height, 0);

	if (ret)
		printf("\n%s", error);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	return src;
}

/* ret as wanted, and every one of the words in the message, which is lowercase and one line. */
static void refused(int ret, int want, const char *const words[])
{
	CU_ASSERT_EQUAL(ret, want);
	for (; *words; words++) {
		CU_ASSERT_PTR_NOT_NULL(strstr(error, *words));
		if (!strstr(error, *words))
			printf("\nno \"%s\" in: %s", *words, error);
	}
	CU_ASSERT(*error != 0 && !(*error >= 'A' && *error <= 'Z'));
	CU_ASSERT_PTR_NULL(strchr(error, '\n'));
}

#define REFUSED(ret, want, ...)	refused(ret, want, (const char *const[]){ __VA_ARGS__, NULL })

static void row_is(struct picture_source *src, unsigned int frame, unsigned int y,
		   const uint16_t luma[W], const uint16_t cb[W / 2], const uint16_t cr[W / 2])
{
	struct picture_row row;

	CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, W), 0);
	CU_ASSERT_EQUAL(src->row(src, frame, y, &row), 0);
	CU_ASSERT_EQUAL(memcmp(row.y, luma, W * 2), 0);
	CU_ASSERT_EQUAL(memcmp(row.cb, cb, W), 0);
	CU_ASSERT_EQUAL(memcmp(row.cr, cr, W), 0);
	CU_ASSERT_EQUAL(src->row_class(src, frame, y), y);
	picture_row_finish(&row);
}

/* Sample n of a file's planes, counted through, so that a wrong offset anywhere shows. */
static size_t fill8(uint8_t *out, size_t n, uint8_t first)
{
	for (size_t i = 0; i < n; i++)
		out[i] = first + i;
	return n;
}

static size_t fill10(uint8_t *out, size_t n, uint16_t first)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = (first + i) & 0xff;
		out[2 * i + 1] = (first + i) >> 8;
	}
	return 2 * n;
}

/* 8 x 4: luma 32, chroma 4 x 4. Picture 0 counts from 100, picture 1 from 300. */
static void test_raw_422_10(void)
{
	uint8_t data[256];
	size_t bytes = fill10(data, 64, 100);
	struct picture_source *src;

	bytes += fill10(data + bytes, 64, 300);
	write_file("a.yuv", "", 0, data, bytes);
	src = must_open("a.yuv", "yuv422p10", W, H);
	CU_ASSERT_EQUAL(src->frames, 2);
	CU_ASSERT_EQUAL(src->width, W);
	CU_ASSERT_EQUAL(src->height, H);
	row_is(src, 0, 0, (uint16_t[]){ 100, 101, 102, 103, 104, 105, 106, 107 },
	       (uint16_t[]){ 132, 133, 134, 135 }, (uint16_t[]){ 148, 149, 150, 151 });
	row_is(src, 1, 3, (uint16_t[]){ 324, 325, 326, 327, 328, 329, 330, 331 },
	       (uint16_t[]){ 344, 345, 346, 347 }, (uint16_t[]){ 360, 361, 362, 363 });
	picture_source_destroy(src);
}

/* 4:2:0, 8 bit: chroma 4 x 2, each row of it for two; 8 bit times 4. */
static void test_raw_420_8(void)
{
	uint8_t data[48];
	struct picture_source *src;

	fill8(data, 48, 20);
	write_file("a.yuv", "", 0, data, 48);
	src = must_open("a.yuv", "yuv420p", W, H);
	CU_ASSERT_EQUAL(src->frames, 1);
	row_is(src, 0, 1, (uint16_t[]){ 112, 116, 120, 124, 128, 132, 136, 140 },
	       (uint16_t[]){ 208, 212, 216, 220 }, (uint16_t[]){ 240, 244, 248, 252 });
	row_is(src, 0, 2, (uint16_t[]){ 144, 148, 152, 156, 160, 164, 168, 172 },
	       (uint16_t[]){ 224, 228, 232, 236 }, (uint16_t[]){ 256, 260, 264, 268 });
	row_is(src, 0, 3, (uint16_t[]){ 176, 180, 184, 188, 192, 196, 200, 204 },
	       (uint16_t[]){ 224, 228, 232, 236 }, (uint16_t[]){ 256, 260, 264, 268 });
	picture_source_destroy(src);
}

/* 4:4:4: (a + 2b + c + 2) / 4 around each even pixel, the first pixel repeated at the edge. */
static void test_raw_444_10(void)
{
	static const uint16_t cb[W] = { 100, 200, 400, 800, 100, 100, 100, 500 };
	uint8_t data[192];
	size_t bytes = fill10(data, 32, 64);
	struct picture_source *src;

	for (int plane = 0; plane < 2; plane++)
		for (int y = 0; y < H; y++)
			for (int x = 0; x < W; x++)
				bytes += fill10(data + bytes, 1, plane ? 512 : cb[x]);
	write_file("a.yuv", "", 0, data, bytes);
	src = must_open("a.yuv", "yuv444p10", W, H);
	row_is(src, 0, 2, (uint16_t[]){ 80, 81, 82, 83, 84, 85, 86, 87 },
	       (uint16_t[]){ 125, 450, 275, 200 }, (uint16_t[]){ 512, 512, 512, 512 });
	picture_source_destroy(src);
}

/* What SDI cannot carry becomes the nearest it can. */
static void test_illegal_codes(void)
{
	uint8_t data[128];
	struct picture_source *src;

	fill10(data, 64, 512);
	fill10(data, 1, 0);
	fill10(data + 2, 1, 3);
	fill10(data + 4, 1, 4);
	fill10(data + 6, 1, 1019);
	fill10(data + 8, 1, 1020);
	fill10(data + 10, 1, 1023);
	fill10(data + 12, 1, 1024);
	fill10(data + 14, 1, 65535);
	write_file("a.yuv", "", 0, data, 128);
	src = must_open("a.yuv", "yuv422p10", W, H);
	row_is(src, 0, 0, (uint16_t[]){ 4, 4, 4, 1019, 1019, 1019, 1019, 1019 },
	       (uint16_t[]){ 544, 545, 546, 547 }, (uint16_t[]){ 560, 561, 562, 563 });
	picture_source_destroy(src);

	memset(data, 128, 64);
	memcpy(data, (uint8_t[]){ 0, 1, 16, 235, 254, 255, 255, 255 }, 8);
	write_file("a.yuv", "", 0, data, 64);
	src = must_open("a.yuv", "yuv422p", W, H);
	row_is(src, 0, 0, (uint16_t[]){ 4, 4, 64, 940, 1016, 1019, 1019, 1019 },
	       (uint16_t[]){ 512, 512, 512, 512 }, (uint16_t[]){ 512, 512, 512, 512 });
	picture_source_destroy(src);
}

/* Every tag with the bytes a picture then has; the second FRAME line carries a parameter. */
static void test_y4m_tags(void)
{
	static const struct {
		const char *tag;
		unsigned int bytes, depth;
	} tags[] = {
		{ "", 48, 8 }, { " C420jpeg", 48, 8 }, { " C420mpeg2", 48, 8 },
		{ " C420paldv", 48, 8 }, { " C420", 48, 8 }, { " C422", 64, 8 }, { " C444", 96, 8 },
		{ " C420p10 XYSCSS=420P10", 96, 10 }, { " C422p10", 128, 10 },
		{ " C444p10", 192, 10 },
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		uint8_t data[192 * 2 + 16] = { 0 };
		struct picture_source *src;
		struct picture_row row;
		char head[100];

		snprintf(head, sizeof(head), "YUV4MPEG2 W8 H4 F60:1 Ip A1:1%s\nFRAME\n",
			 tags[i].tag);
		if (tags[i].depth == 8)
			fill8(data, tags[i].bytes, 30);
		else
			fill10(data, tags[i].bytes / 2, 30);
		memcpy(data + tags[i].bytes, "FRAME Ip\n", 9);
		if (tags[i].depth == 8)
			fill8(data + tags[i].bytes + 9, tags[i].bytes, 50);
		else
			fill10(data + tags[i].bytes + 9, tags[i].bytes / 2, 50);
		write_file("a.y4m", head, strlen(head), data, 2 * tags[i].bytes + 9);

		src = must_open("a.y4m", NULL, W, H);
		CU_ASSERT_EQUAL(src->frames, 2);
		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, W), 0);
		CU_ASSERT_EQUAL(src->row(src, 0, 1, &row), 0);
		CU_ASSERT_EQUAL(row.y[7], tags[i].depth == 8 ? 45 * 4 : 45);
		CU_ASSERT_EQUAL(src->row(src, 1, 0, &row), 0);
		CU_ASSERT_EQUAL(row.y[0], tags[i].depth == 8 ? 200 : 50);
		/* chroma follows 32 of luma; in 4:4:4 the filter makes sample 1 the third */
		CU_ASSERT_EQUAL(row.cb[1], (strstr(tags[i].tag, "444") ? 84 : 83) *
					   (tags[i].depth == 8 ? 4 : 1));
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
}

static void test_y4m_refused(void)
{
	struct picture_source *src = NULL;
	uint8_t data[128] = { 0 };

#define Y4M(head, bytes) write_file("a.y4m", head, strlen(head), data, bytes)
	Y4M("YUV4MPEG2 W8 H4 Cmono\nFRAME\n", 32);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -EINVAL, "'mono'", "420, 422 and 444",
		"ffmpeg -i '", "scale=8:4");
	Y4M("YUV4MPEG2 W8 H4 C422p12\nFRAME\n", 128);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -EINVAL, "'422p12'");
	Y4M("YUV4MPEG2 W8 H4 C422\nFRAME\n", 64);
	REFUSED(open_clip(&src, "a.y4m", NULL, 7680, 4320, 0), -EINVAL, "is 8x4",
		"signal is 7680x4320",
		"ffmpeg -i '", "-vf scale=7680:4320 -pix_fmt yuv422p10le -strict -1 out.y4m");
	Y4M("YUV4MPEG2 W8 C422\nFRAME\n", 64);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -EINVAL, "without width and height");
	Y4M("YUV4MPEG2 W8 H4 C422\nFRAME\n", 63);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -ENODATA, "too short", "8x4", " 64");
	Y4M("YUV4MPEG2 W8 H4 C422\n", 0);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -ENODATA, "too short");
	Y4M("YUV4MPEG2 W8 H4 C422\nFRIEND\n", 128);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -EINVAL, "damaged", "byte 21");
	Y4M("YUV4MPEG2 W8 H4 C422", 0);
	REFUSED(open_clip(&src, "a.y4m", NULL, W, H, 0), -EINVAL, "header line does not end");
#undef Y4M
	CU_ASSERT_PTR_NULL(src);
}

/* The second picture is not whole: one is enough. */
static void test_cut_off(void)
{
	struct picture_source *src;
	uint8_t data[134] = { 0 };
	char head[] = "YUV4MPEG2 W8 H4 C422\nFRAME\n";

	memcpy(data + 64, "FRAME\n", 6);
	write_file("a.y4m", head, strlen(head), data, 133);
	src = must_open("a.y4m", NULL, W, H);
	CU_ASSERT_EQUAL(src->frames, 1);
	picture_source_destroy(src);
	write_file("a.y4m", head, strlen(head), data, 67);
	src = must_open("a.y4m", NULL, W, H);
	CU_ASSERT_EQUAL(src->frames, 1);
	picture_source_destroy(src);
	write_file("a.yuv", "", 0, data, 100);
	src = must_open("a.yuv", "yuv422p", W, H);
	CU_ASSERT_EQUAL(src->frames, 1);
	picture_source_destroy(src);
}

static void test_files_refused(void)
{
	struct picture_source *src = NULL;
	uint8_t byte = 1;

	REFUSED(open_clip(&src, "none.y4m", NULL, W, H, 0), -ENOENT, "none.y4m", "No such file");
	write_file("empty.yuv", "", 0, "", 0);
	REFUSED(open_clip(&src, "empty.yuv", "yuv422p10", W, H, 0), -ENODATA, "is empty");
	REFUSED(open_clip(&src, "empty.yuv", NULL, W, H, 0), -ENODATA, "is empty");
	write_file("short.yuv", "", 0, &byte, 1);
	REFUSED(open_clip(&src, "short.yuv", "yuv422p10", W, H, 0), -ENODATA, "too short",
		"1 bytes", "8x4 yuv422p10", "128");
	REFUSED(open_clip(&src, "short.yuv", NULL, W, H, 0), -EINVAL, "format=yuv422p10");
	REFUSED(open_clip(&src, "short.yuv", "nv12", W, H, 0), -EINVAL,
		"unknown raw format 'nv12'");
	REFUSED(open_clip(&src, ".", NULL, W, H, 0), -EINVAL, "not a regular file");
	CU_ASSERT_EQUAL_FATAL(mkfifo(in_folder("fifo"), 0600), 0);
	REFUSED(open_clip(&src, "fifo", NULL, W, H, 0), -EINVAL, "not a regular file");
	REFUSED(open_clip(&src, "short.yuv", "yuv422p", 9, H, 0), -EINVAL, "9x4");
	REFUSED(open_clip(&src, "short.yuv", "yuv422p", 7682, H, 0), -EINVAL, "7682x4");
	CU_ASSERT_PTR_NULL(src);
}

/* Four pictures of 1920 x 1080 for a signal of 3840 x 2160 and one half: the length tells. */
static void test_raw_of_another_size(void)
{
	struct picture_source *src = NULL;

	write_file("hd.yuv", "", 0, "", 0);
	CU_ASSERT_EQUAL_FATAL(truncate(in_folder("hd.yuv"), 3 * 1920ll * 1080 * 4), 0);
	REFUSED(open_clip(&src, "hd.yuv", "yuv422p10", 3840, 2160, 0), -EINVAL, "1920x1080",
		"signal is 3840x2160", "-pixel_format yuv422p10le -video_size 1920x1080",
		"scale=3840:2160");
	CU_ASSERT_PTR_NULL(src);
}

/* As many as asked for, or as the budget holds: 1 GiB of 4 * 3840 * 2160 bytes are 32. */
static void test_limits(void)
{
	struct clip_options options = {
		.path = in_folder("many.yuv"), .format = "yuv422p", .width = W, .height = H,
		.budget = 5 * W * H * 4,
	};
	struct picture_source *src = NULL;
	uint8_t data[640] = { 0 };

	write_file("many.yuv", "", 0, data, sizeof(data));
	CU_ASSERT_EQUAL_FATAL(clip_open(&src, &options, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(src->frames, 5);
	picture_source_destroy(src);
	options.budget = 1;
	CU_ASSERT_EQUAL_FATAL(clip_open(&src, &options, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(src->frames, 1);
	picture_source_destroy(src);
	options.frames = 7;
	CU_ASSERT_EQUAL_FATAL(clip_open(&src, &options, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(src->frames, 7);
	picture_source_destroy(src);
	options.frames = 1000;
	CU_ASSERT_EQUAL_FATAL(clip_open(&src, &options, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(src->frames, 10);
	picture_source_destroy(src);

	write_file("uhd.yuv", "", 0, "", 0);
	CU_ASSERT_EQUAL_FATAL(truncate(in_folder("uhd.yuv"), 50 * 3840ll * 2160 * 2), 0);
	src = must_open("uhd.yuv", "yuv422p", 3840, 2160);
	CU_ASSERT_EQUAL(src->frames, 32);
	picture_source_destroy(src);
}

/* A file that becomes shorter while it is in use. */
static void test_shrinks(void)
{
	uint8_t data[64] = { 0 };
	struct picture_source *src;
	struct picture_row row;

	write_file("a.yuv", "", 0, data, sizeof(data));
	src = must_open("a.yuv", "yuv422p", W, H);
	CU_ASSERT_EQUAL_FATAL(truncate(in_folder("a.yuv"), 40), 0);
	CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, W), 0);
	CU_ASSERT_EQUAL(src->row(src, 0, 0, &row), -EIO);
	picture_row_finish(&row);
	picture_source_destroy(src);
}

/* A stand-in for ffmpeg: a shell script, first in PATH. */
static void fake_ffmpeg(const char *script)
{
	char both[512];

	write_file("ffmpeg", "#!/bin/sh\n", 10, script, strlen(script));
	CU_ASSERT_EQUAL_FATAL(chmod(path, 0700), 0);
	snprintf(both, sizeof(both), "%s:%s", folder, real_path);
	setenv("PATH", both, 1);
}

static void test_ffmpeg_called(void)
{
	struct clip_options options = {
		.path = in_folder("a b;$(x).mov"), .width = W, .height = H, .frames = 3,
		.colour = { PICTURE_MATRIX_2020, PICTURE_RANGE_FULL },
	};
	struct picture_source *src = NULL;
	char script[1024], args[2048] = "", input[600];
	FILE *file;

	/* three pictures of 128 bytes, all 0x0101 */
	snprintf(script, sizeof(script),
		 "printf '%%s\\n' \"$@\" > %s/args\nhead -c 384 /dev/zero | tr '\\0' '\\001'\n",
		 folder);
	write_file("a b;$(x).mov", "", 0, "movie", 5);
	fake_ffmpeg(script);
	options.path = in_folder("a b;$(x).mov");
	snprintf(input, sizeof(input), "\nfile:%s\n", options.path);
	CU_ASSERT_EQUAL_FATAL(clip_open(&src, &options, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(src->frames, 3);
	row_is(src, 2, 3, (uint16_t[]){ 257, 257, 257, 257, 257, 257, 257, 257 },
	       (uint16_t[]){ 257, 257, 257, 257 }, (uint16_t[]){ 257, 257, 257, 257 });
	picture_source_destroy(src);

	file = fopen(in_folder("args"), "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fread(args, 1, sizeof(args) - 1, file) > 0);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(args, input));
	CU_ASSERT_PTR_NOT_NULL(strstr(args, "\n-frames:v\n3\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(args, "\nscale=8:4:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(args, "out_color_matrix=bt2020:out_range=pc\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(args, "\n-pix_fmt\nyuv422p10le\n"));
}

static void test_ffmpeg_fails(void)
{
	struct picture_source *src = NULL;

	write_file("a.mov", "", 0, "movie", 5);
	fake_ffmpeg("echo 'moov atom not found' >&2; echo 'second line' >&2; exit 1\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -EIO, "ffmpeg cannot read", "a.mov",
		"moov atom not found second line");
	fake_ffmpeg("exit 3\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -EIO, "it gave no reason");
	fake_ffmpeg("kill -9 $$\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -EIO, "ffmpeg cannot read");
	fake_ffmpeg("exit 0\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -ENODATA, "no picture in");
	fake_ffmpeg("head -c 100 /dev/zero\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -ENODATA, "too short");
	/* much more than a pipe holds on stderr must not block it */
	fake_ffmpeg("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1\n");
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -EIO, "xxxx");
	setenv("PATH", "/nonexistent", 1);
	REFUSED(open_clip(&src, "a.mov", NULL, W, H, 0), -ENOEXEC, "install the package ffmpeg");
	CU_ASSERT_PTR_NULL(src);
}

static int ffmpeg_installed(void)
{
	setenv("PATH", real_path, 1);
	return !system("ffmpeg -version > /dev/null 2>&1");
}

/* A red picture of 64 x 36 scaled to 128 x 72: 100 % red is 250 409 960 in BT.709. */
static void test_ffmpeg_real(void)
{
	static const char head[] = "P6\n64 36\n255\n";
	static const uint16_t red[3][3] = {
		[PICTURE_MATRIX_709] = { 250, 409, 960 }, [PICTURE_MATRIX_2020] = { 294, 387, 960 },
		[PICTURE_MATRIX_601] = { 326, 361, 960 },
	};
	uint8_t pixels[64 * 36 * 3];

	if (!ffmpeg_installed()) {
		printf("(ffmpeg is not installed, not tried) ");
		return;
	}
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = i % 3 ? 0 : 255;
	write_file("red.ppm", head, strlen(head), pixels, sizeof(pixels));
	for (int matrix = 0; matrix < 3; matrix++) {
		struct clip_options options = {
			.path = in_folder("red.ppm"), .width = 128, .height = 72,
			.colour = { matrix, PICTURE_RANGE_NARROW },
		};
		struct picture_source *src = NULL;
		struct picture_row row;
		int ret = clip_open(&src, &options, error, sizeof(error));

		if (ret)
			printf("\n%s", error);
		CU_ASSERT_EQUAL_FATAL(ret, 0);
		CU_ASSERT_EQUAL(src->frames, 1);
		CU_ASSERT_EQUAL_FATAL(picture_row_init(&row, 128), 0);
		CU_ASSERT_EQUAL(src->row(src, 0, 71, &row), 0);
		/* its fixed-point arithmetic is off by one here and there */
		CU_ASSERT(abs(row.y[64] - red[matrix][0]) <= 2);
		CU_ASSERT(abs(row.cb[32] - red[matrix][1]) <= 2);
		CU_ASSERT(abs(row.cr[32] - red[matrix][2]) <= 2);
		if (abs(row.y[64] - red[matrix][0]) > 2)
			printf("\n%d %d %d", row.y[64], row.cb[32], row.cr[32]);
		picture_row_finish(&row);
		picture_source_destroy(src);
	}
	write_file("noise.mov", "", 0, "this is no film at all", 22);
	{
		struct picture_source *src = NULL;

		REFUSED(open_clip(&src, "noise.mov", NULL, W, H, 0), -EIO, "ffmpeg cannot read",
			"Invalid data");
	}
}

static void remove_folder(void)
{
	char command[300];

	setenv("PATH", real_path, 1);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "'%s' could not be removed\n", folder);
}

static int begin(void)
{
	real_path = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	return real_path && mkdtemp(folder) ? 0 : -errno;
}

static int end(void)
{
	remove_folder();
	free((char *)real_path);
	return 0;
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "raw 4:2:2 10 bit", test_raw_422_10 },
		{ "raw 4:2:0 8 bit", test_raw_420_8 },
		{ "raw 4:4:4 10 bit", test_raw_444_10 },
		{ "codes SDI cannot carry", test_illegal_codes },
		{ "y4m, every tag", test_y4m_tags },
		{ "y4m refused", test_y4m_refused },
		{ "cut off in the second picture", test_cut_off },
		{ "files refused", test_files_refused },
		{ "raw of another size", test_raw_of_another_size },
		{ "limits", test_limits },
		{ "file shrinks in use", test_shrinks },
		{ "ffmpeg called", test_ffmpeg_called },
		{ "ffmpeg fails", test_ffmpeg_fails },
		{ "ffmpeg itself", test_ffmpeg_real },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("clip", tests, begin, end);
}
