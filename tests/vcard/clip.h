/* SPDX-License-Identifier: MIT */
/*
 * Pictures from files, as a picture_source. A y4m or raw file is read where it lies, row by row as
 * renders are made; anything else ffmpeg first turns into a raw file of the signal's size, without
 * a name and gone with the source.
 *
 * Surprises:
 * - Code values are passed on as they are, only kept within what SDI can carry (4..1019): the
 *   stimulus says which colour and transfer they mean. ffmpeg gets the signal's matrix and range
 *   for what is RGB or full range in the file.
 * - 4:2:0 chroma serves both rows, so that NV12 and P010 give back exactly the file's chroma; the
 *   siting a y4m header names is not looked at, for few writers set it right.
 * - clip_open() may take as long as ffmpeg does: never call it where a frame must not be late.
 */
#ifndef VCARD_CLIP_H
#define VCARD_CLIP_H

#include <stddef.h>
#include <stdint.h>

#include "picture.h"

/* Raw and y4m samples, all planar Y Cb Cr: name, luma per chroma across and down, bits. */
#define CLIP_FORMATS(F)			\
	F("yuv420p", 2, 2, 8)		\
	F("yuv422p", 2, 1, 8)		\
	F("yuv444p", 1, 1, 8)		\
	F("yuv420p10", 2, 2, 10)	\
	F("yuv422p10", 2, 1, 10)	\
	F("yuv444p10", 1, 1, 10)

#define CLIP_BUDGET_DEFAULT	(1ull << 30)	/* bytes of 10-bit 4:2:2: eight pictures of 8K */
#define CLIP_FFMPEG_SECONDS	120		/* longest ffmpeg may take */

struct clip_options {
	const char *path;
	const char *format;		/* of a raw file, from CLIP_FORMATS; NULL or "": not raw */
	unsigned int width, height;	/* of the signal */
	struct picture_colour colour;	/* of the signal */
	unsigned int frames;		/* keep at most so many pictures; 0: what budget allows */
	uint64_t budget;		/* bytes; 0: CLIP_BUDGET_DEFAULT. Only without frames. */
};

/*
 * Open a clip. 0, or negative errno and a message that says what is wrong and what to do, cut to
 * size: -ENOENT, -EACCES ... as open(2), -EINVAL for a file that is not usable or of another size,
 * -ENODATA for one that holds no whole picture, -EIO, -ETIMEDOUT or -ENOEXEC when ffmpeg failed,
 * took too long or is not installed.
 * out->frames says how many pictures there are; their rows may be asked for from any thread.
 */
int clip_open(struct picture_source **out, const struct clip_options *options, char *error,
	      size_t size);

#endif
