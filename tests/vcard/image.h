/* SPDX-License-Identifier: MIT */
/*
 * The controller's image (docs/hardware.md, section 16): is it one that this card can run? Pure: no
 * clock, no hardware.
 */
#ifndef VCARD_IMAGE_H
#define VCARD_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* A good image, taken apart. */
struct image {
	uint32_t version;
	uint32_t load;			/* payload and entry lie in the controller's memory */
	uint32_t entry;
	const uint8_t *payload;		/* in the caller's bytes */
	uint32_t payload_bytes;
};

/* KINORA_FIRMWARE_ERROR_NONE, and *image; or what is wrong, and *image is left alone. */
uint8_t image_check(const void *bytes, size_t n, struct image *image);

/* The error in words. */
const char *image_error(uint8_t error);

#endif
