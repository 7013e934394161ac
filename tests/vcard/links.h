/* SPDX-License-Identifier: MIT */
/*
 * What one of the four links of a quad-link picture carries when it is looked at alone, a complete
 * picture of half the width and half the height; and what four links make together.
 *
 * Square division: links 1 to 4 are the quarters top left, top right, bottom left, bottom right.
 * Two-sample interleave (ST 2082-12 and ST 425-5 family): of 0-based (x, y), link 1 + (x / 2 % 2) +
 * 2 * (y % 2) carries the pixel, as its (x / 4 * 2 + x % 2, y / 2).
 */
#ifndef VCARD_LINKS_H
#define VCARD_LINKS_H

#include <stdbool.h>

#include "picture.h"

/* link 0..3 of whole, which is not taken over and must live longer. 0, -EINVAL or -ENOMEM. */
int links_source_create(struct picture_source **out, const struct picture_source *whole,
			unsigned int link, bool square);

/*
 * The other way round: four pictures of equal size as the parts 0..3 of one, by square division or
 * interleave, whatever they really are. The parts are not taken over and must live longer. 0,
 * -EINVAL or -ENOMEM.
 */
int links_whole_create(struct picture_source **out, const struct picture_source *const part[4],
		       bool square);

#endif
