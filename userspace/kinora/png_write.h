/* SPDX-License-Identifier: MIT */
/*
 * A picture as PNG, with what a viewer has to know about its colours.
 */
#ifndef KINORA_PNG_WRITE_H
#define KINORA_PNG_WRITE_H

#include <stdio.h>

#include "kinora.h"

struct png_note {
	const char *key;		/* "Source"; PNG 3rd edition 11.3.3.1 */
	const char *text;		/* UTF-8 */
};

/*
 * depth: 8 or 16 bits per component. compression: zlib's level 0..9. Notes become iTXt chunks.
 * Returns an enum cli_exit, after saying why it is not CLI_PASS.
 */
int png_write(FILE *out, const struct kinora_picture *picture, unsigned int depth, int compression,
	      const struct png_note *notes, unsigned int count);

#endif
