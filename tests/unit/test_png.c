// SPDX-License-Identifier: MIT
/* Sources: userspace/kinora/png_write.c userspace/kinora/cli.c userspace/lib/convert.c */
/* Sources: userspace/lib/format.c userspace/lib/rate.c userspace/lib/error.c */
/*
 * Description: PNG files as kinora snapshot writes them, read back with libpng: pixels at 8 and 16
 * bits, and what the file says of its colours (cICP, gAMA, cHRM, sBIT) and of itself (iTXt).
 */
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "kinora.h"
#include "png_write.h"
#include "unit.h"

#define WIDTH 6
#define HEIGHT 4

static char *file_data;
static size_t file_bytes;

/* v210, one group of six pixels a line: grey of the given 10-bit code. */
static void make_grey(uint8_t *data, unsigned int code)
{
	const uint32_t words[4] = {
		512 | code << 10 | 512u << 20, code | 512 << 10 | code << 20,
		512 | code << 10 | 512u << 20, code | 512 << 10 | code << 20,
	};

	for (unsigned int line = 0; line < HEIGHT; line++)
		for (unsigned int i = 0; i < 16; i++)
			data[line * 128 + i] = (uint8_t)(words[i / 4] >> i % 4 * 8);
}

static int write_grey(unsigned int code, unsigned int depth, const struct kinora_colour *colour)
{
	static uint8_t data[128 * HEIGHT];
	const struct kinora_picture picture = {
		.format = kinora_format_find(KINORA_FORMAT_V210),
		.width = WIDTH,
		.height = HEIGHT,
		.stride = 128,
		.data = data,
		.bytes = sizeof(data),
		.colour = *colour,
	};
	const struct png_note notes[] = { { "Source", "SDI 1 \xc2\xb7 test" } };
	FILE *file;
	int ret;

	free(file_data);
	file = open_memstream(&file_data, &file_bytes);
	make_grey(data, code);
	ret = png_write(file, &picture, depth, 1, notes, 1);
	fclose(file);
	return ret;
}

/* The data of a chunk, and in *before whether it comes before IDAT; NULL: there is none. */
static const uint8_t *find_chunk(const char *type, uint32_t *length, bool *before)
{
	size_t place = 8;

	*before = true;
	while (place + 12 <= file_bytes) {
		const uint8_t *p = (const uint8_t *)file_data + place;

		*length = png_get_uint_32(p);
		if (!memcmp(p + 4, type, 4))
			return p + 8;
		if (!memcmp(p + 4, "IDAT", 4))
			*before = false;
		place += 12 + *length;
	}
	return NULL;
}

static void check_cicp(const struct kinora_colour *colour, const uint8_t want[4])
{
	const uint8_t *chunk;
	uint32_t length;
	bool before;

	CU_ASSERT_EQUAL(write_grey(500, 16, colour), 0);
	chunk = find_chunk("cICP", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_TRUE(before);
	CU_ASSERT_EQUAL(length, 4);
	CU_ASSERT_EQUAL(memcmp(chunk, want, 4), 0);
}

/* ITU-T H.273: primaries, transfer; then matrix 0 (RGB) and full range. */
static void test_cicp(void)
{
	const struct kinora_colour hlg = { KINORA_MATRIX_2020, KINORA_PRIMARIES_2020,
					   KINORA_CURVE_HLG, false };
	const struct kinora_colour pq = { KINORA_MATRIX_2020, KINORA_PRIMARIES_2020,
					  KINORA_CURVE_PQ, false };
	const struct kinora_colour uhd = { KINORA_MATRIX_2020, KINORA_PRIMARIES_2020,
					   KINORA_CURVE_SDR, false };
	const struct kinora_colour hd = { KINORA_MATRIX_709, KINORA_PRIMARIES_709,
					  KINORA_CURVE_SDR, false };

	check_cicp(&hlg, (const uint8_t[]){ 9, 18, 0, 1 });
	check_cicp(&pq, (const uint8_t[]){ 9, 16, 0, 1 });
	check_cicp(&uhd, (const uint8_t[]){ 9, 14, 0, 1 });
	check_cicp(&hd, (const uint8_t[]){ 1, 1, 0, 1 });
}

static void test_fallbacks(void)
{
	const struct kinora_colour pq = { KINORA_MATRIX_2020, KINORA_PRIMARIES_2020,
					  KINORA_CURVE_PQ, false };
	const struct kinora_colour hd = { KINORA_MATRIX_709, KINORA_PRIMARIES_709,
					  KINORA_CURVE_SDR, false };
	const uint8_t *chunk;
	uint32_t length;
	bool before;

	CU_ASSERT_EQUAL(write_grey(500, 8, &hd), 0);
	chunk = find_chunk("gAMA", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_EQUAL(png_get_uint_32(chunk), 45455);
	CU_ASSERT_EQUAL(write_grey(500, 8, &pq), 0);
	chunk = find_chunk("gAMA", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_EQUAL(png_get_uint_32(chunk), 15000);
	chunk = find_chunk("cHRM", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_EQUAL(png_get_uint_32(chunk), 31270);	   /* white x */
	CU_ASSERT_EQUAL(png_get_uint_32(chunk + 8), 70800);	   /* red x, BT.2020 */
	CU_ASSERT_EQUAL(png_get_uint_32(chunk + 28), 4600);	   /* blue y */
	chunk = find_chunk("sBIT", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_EQUAL(chunk[0], 8);	/* 10 bits, but only 8 are written */
	CU_ASSERT_EQUAL(write_grey(500, 16, &pq), 0);
	chunk = find_chunk("sBIT", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_EQUAL(chunk[1], 10);
	chunk = find_chunk("iTXt", &length, &before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(chunk);
	CU_ASSERT_STRING_EQUAL((const char *)chunk, "Source");
}

/* White is white, black is black, and grey what it should be, by libpng's own reader. */
static void test_pixels(void)
{
	static const struct {
		unsigned int code;
		unsigned int want8, want16;
	} greys[] = { { 64, 0, 0 }, { 940, 255, 65535 }, { 502, 128, 32768 }, { 721, 191, 49151 } };
	const struct kinora_colour hd = { KINORA_MATRIX_709, KINORA_PRIMARIES_709,
					  KINORA_CURVE_SDR, false };

	for (size_t i = 0; i < sizeof(greys) / sizeof(greys[0]); i++) {
		png_image image = { .version = PNG_IMAGE_VERSION };
		uint8_t rgb[HEIGHT][WIDTH][3];
		const uint8_t *row;
		uint32_t length;
		bool before;

		CU_ASSERT_EQUAL(write_grey(greys[i].code, 8, &hd), 0);
		CU_ASSERT_EQUAL_FATAL(
			png_image_begin_read_from_memory(&image, file_data, file_bytes), 1);
		CU_ASSERT_EQUAL(image.width, WIDTH);
		CU_ASSERT_EQUAL(image.height, HEIGHT);
		image.format = PNG_FORMAT_RGB;
		CU_ASSERT_EQUAL(png_image_finish_read(&image, NULL, rgb, 0, NULL), 1);
		for (int c = 0; c < 3; c++)
			CU_ASSERT(abs((int)rgb[3][5][c] - (int)greys[i].want8) <= 1);
		CU_ASSERT_EQUAL(write_grey(greys[i].code, 16, &hd), 0);
		row = find_chunk("IHDR", &length, &before);
		CU_ASSERT_EQUAL(row[8], 16);
		CU_ASSERT_EQUAL(row[9], PNG_COLOR_TYPE_RGB);
	}
}

struct source {
	size_t place;
};

static void read_memory(png_structp png, png_bytep to, size_t bytes)
{
	struct source *from = png_get_io_ptr(png);

	if (bytes > file_bytes - from->place)
		png_error(png, "short file");
	memcpy(to, file_data + from->place, bytes);
	from->place += bytes;
}

/* The 16-bit values of a pixel, most significant byte first as the file has them. */
static void read16(uint16_t rgb[3])
{
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	struct source from = { 0 };
	png_bytepp rows;

	if (setjmp(png_jmpbuf(png))) {
		CU_FAIL("libpng does not read our file");
		png_destroy_read_struct(&png, &info, NULL);
		return;
	}
	png_set_read_fn(png, &from, read_memory);
	png_read_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	rows = png_get_rows(png, info);
	for (int c = 0; c < 3; c++)
		rgb[c] = (uint16_t)(rows[2][3 * 6 + 2 * c] << 8 | rows[2][3 * 6 + 2 * c + 1]);
	png_destroy_read_struct(&png, &info, NULL);
}

/* All ten bits: each code comes back from the file. */
static void test_ten_bits(void)
{
	const struct kinora_colour hlg = { KINORA_MATRIX_2020, KINORA_PRIMARIES_2020,
					   KINORA_CURVE_HLG, false };

	for (unsigned int code = 64; code <= 940; code += 3) {
		uint16_t rgb[3] = { 0 };

		CU_ASSERT_EQUAL(write_grey(code, 16, &hlg), 0);
		read16(rgb);
		for (int c = 0; c < 3; c++)
			CU_ASSERT_EQUAL((rgb[c] * 876 + 32767) / 65535 + 64, code);
	}
}

/* A full disk is an error, not a short file. */
static void test_full(void)
{
	const struct kinora_colour hd = { 0 };
	const struct kinora_picture picture = {
		.format = kinora_format_find(KINORA_FORMAT_NV12),
		.width = 1920,
		.height = 1080,
		.stride = 1920,
		.data = calloc(1920, 1620),
		.bytes = 1920 * 1620,
		.colour = hd,
	};
	FILE *file = fopen("/dev/full", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	setvbuf(file, NULL, _IONBF, 0);
	CU_ASSERT_EQUAL(png_write(file, &picture, 8, 0, NULL, 0), 4);
	fclose(file);
	free((void *)picture.data);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "cicp", test_cicp },
		{ "fallbacks", test_fallbacks },
		{ "pixels", test_pixels },
		{ "ten bits", test_ten_bits },
		{ "full", test_full },
		CU_TEST_INFO_NULL,
	};
	int status = unit_run("png", tests);

	free(file_data);
	return status;
}
