// SPDX-License-Identifier: MIT
/*
 * PNG by libpng, a line at a time: the picture is never in memory a second time.
 *
 * Colour is told three times, the best first: cICP (PNG 3rd edition, 11.3.2.6) names primaries and
 * transfer exactly; cHRM and gAMA are what older readers know, and an approximation: BT.1886 and
 * HLG are shown as power 2.2, PQ by the value the W3C note "Using the ITU BT.2100 PQ EOTF with PNG"
 * gave.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cli.h"
#include "png_write.h"

/* ITU-T H.273 tables 2 and 3. */
static unsigned char h273_primaries(enum kinora_primaries primaries)
{
	switch (primaries) {
	case KINORA_PRIMARIES_2020:
		return 9;
	case KINORA_PRIMARIES_601_525:
		return 6;
	case KINORA_PRIMARIES_601_625:
		return 5;
	default:
		return 1;
	}
}

static unsigned char h273_transfer(const struct kinora_colour *colour)
{
	switch (colour->curve) {
	case KINORA_CURVE_HLG:
		return 18;
	case KINORA_CURVE_PQ:
		return 16;
	case KINORA_CURVE_UNSPECIFIED:
		return 2;
	default:
		if (colour->primaries == KINORA_PRIMARIES_2020)
			return 14;	/* BT.2020 for 10 bits */
		return colour->primaries == KINORA_PRIMARIES_709 ? 1 : 6;
	}
}

/* libpng 1.6.39 does not know cICP: primaries, transfer, matrix (0: it is RGB), full range. */
static void put_cicp(png_structp png, png_infop info, const struct kinora_colour *colour)
{
	png_byte data[4] = { h273_primaries(colour->primaries), h273_transfer(colour), 0, 1 };
	png_unknown_chunk chunk = {
		.name = "cICP",
		.data = data,
		.size = sizeof(data),
		.location = PNG_HAVE_IHDR,	/* before PLTE and IDAT */
	};

	/* libpng drops unknown chunks that are not safe to copy, unless told so. */
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, chunk.name, 1);
	png_set_unknown_chunks(png, info, &chunk, 1);
}

/* White D65 and the primaries of the standards, times 100000. */
static void put_chrm(png_structp png, png_infop info, enum kinora_primaries primaries)
{
	static const png_fixed_point xy[][6] = {
		[KINORA_PRIMARIES_709] = { 64000, 33000, 30000, 60000, 15000, 6000 },
		[KINORA_PRIMARIES_2020] = { 70800, 29200, 17000, 79700, 13100, 4600 },
		[KINORA_PRIMARIES_601_525] = { 63000, 34000, 31000, 59500, 15500, 7000 },
		[KINORA_PRIMARIES_601_625] = { 64000, 33000, 29000, 60000, 15000, 6000 },
	};
	const png_fixed_point *p = xy[primaries];

	png_set_cHRM_fixed(png, info, 31270, 32900, p[0], p[1], p[2], p[3], p[4], p[5]);
}

static void put_colour(png_structp png, png_infop info, const struct kinora_picture *picture,
		       unsigned int depth)
{
	const struct kinora_colour *colour = &picture->colour;
	unsigned int bits = picture->format->bits < depth ? picture->format->bits : depth;
	png_color_8 significant = {
		.red = (png_byte)bits,
		.green = (png_byte)bits,
		.blue = (png_byte)bits,
	};

	put_cicp(png, info, colour);
	put_chrm(png, info, colour->primaries);
	png_set_gAMA_fixed(png, info, colour->curve == KINORA_CURVE_PQ ? 15000 : 45455);
	png_set_sBIT(png, info, &significant);
}

static void put_notes(png_structp png, png_infop info, const struct png_note *notes,
		      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		png_text text = {
			.compression = PNG_ITXT_COMPRESSION_NONE,
			.key = (png_charp)notes[i].key,
			.text = (png_charp)notes[i].text,
			.itxt_length = strlen(notes[i].text),
			.lang = (png_charp)"",
			.lang_key = (png_charp)"",
		};

		png_set_text(png, info, &text, 1);
	}
}

static void on_error(png_structp png, png_const_charp message)
{
	cli_say("cannot write PNG: %s", message);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* Everything that libpng may jump out of. */
static int write_picture(png_structp png, png_infop info, FILE *out,
			 const struct kinora_picture *picture, unsigned int depth, int compression,
			 const struct png_note *notes, unsigned int count,
			 struct kinora_converter *converter, png_bytep line)
{
	unsigned int y;

	if (setjmp(png_jmpbuf(png)))
		return CLI_IO;
	png_init_io(png, out);
	png_set_user_limits(png, 16384, 16384);
	png_set_compression_level(png, compression);
	/*
	 * An 8K picture is 100 MB here, so speed first: one filter instead of the best of five, and
	 * at the lowest level runs only, no search for matches. Test pictures shrink to nothing by
	 * it.
	 */
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
	png_set_compression_strategy(png, compression > 1 ? Z_FILTERED : Z_RLE);
	png_set_IHDR(png, info, picture->width, picture->height, (int)depth, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	put_colour(png, info, picture, depth);
	put_notes(png, info, notes, count);
	png_write_info(png, info);
	if (depth == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		png_set_swap(png);
	for (y = 0; y < picture->height; y++) {
		kinora_converter_line(converter, y, line);
		png_write_row(png, line);
	}
	png_write_end(png, info);
	return CLI_PASS;
}

int png_write(FILE *out, const struct kinora_picture *picture, unsigned int depth, int compression,
	      const struct png_note *notes, unsigned int count)
{
	struct kinora_converter *converter;
	png_infop info = NULL;
	png_structp png;
	png_bytep line;
	int ret;

	ret = kinora_converter_create(&converter, picture, depth);
	if (ret)
		return cli_failed(ret);
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	if (png)
		info = png_create_info_struct(png);
	line = malloc((size_t)picture->width * 3 * depth / 8);
	if (info && line) {
		ret = write_picture(png, info, out, picture, depth, compression, notes, count,
				    converter, line);
	} else {
		cli_say("out of memory for a PNG");
		ret = CLI_IO;
	}
	png_destroy_write_struct(&png, &info);
	free(line);
	kinora_converter_destroy(converter);
	return ret;
}
