/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a picture on its way over HDMI: brought to the sampling and depth of the link,
 * and back to the card's own 10-bit 4:2:2 by the card's converters (docs/hardware.md, section 8).
 *
 * - Samples of 8 bits come back as multiples of four; of 10 and 12 bits as they were.
 * - 4:2:0 chroma is the mean of two lines, and serves both.
 * - 4:4:4 has its chroma interpolated on the way out; the card takes the co-sited samples.
 * - RGB is made by the picture's matrix, in limited or full range, and read back as told: into
 *   narrow range. Read by the wrong range it comes out wrong, as on a board.
 */
#ifndef VCARD_HDMI_PICTURE_H
#define VCARD_HDMI_PICTURE_H

#include "hdmi_mode.h"
#include "picture.h"
#include "wire.h"

struct hdmi_path {
	struct hdmi_format format;
	struct picture_colour colour;	/* of the picture before */
	enum picture_range sent;	/* RGB: as the source sends it ... */
	enum picture_range read;	/* ... and as the card reads it */
};

/* whole is not taken over and must live longer. 0 or -ENOMEM. Rows from several threads. */
int hdmi_picture_create(struct picture_source **out, const struct picture_source *whole,
			const struct hdmi_path *path);

/*
 * A wire that carries base's picture so. It starts when base started, and keeps a reference to it.
 * 0 or -ENOMEM.
 */
int hdmi_wire_create(struct wire **out, struct wire *base, const struct hdmi_format *format,
		     enum picture_range sent);

#endif
