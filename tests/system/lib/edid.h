/* SPDX-License-Identifier: MIT */
/*
 * EDIDs made for tests, and the HDMI input they are for.
 */
#ifndef SYSTEM_EDID_H
#define SYSTEM_EDID_H

#include <stdint.h>

#include "capture.h"

#define EDID_BLOCK 128
#define EDID_BLOCKS 4		/* docs/hardware.md, section 13 */

/*
 * An honest base block, then CTA-861 extensions, the first with an HDMI block that has this
 * physical address. From two extensions on it is an HDMI 2.1 one, whose byte 126 says one extension
 * and whose HF-EEODB says how many there are (CTA-861-H 7.5.18).
 */
void edid_make(uint8_t *data, unsigned int blocks, uint16_t address, uint8_t serial);
/* Make a block's checksum right (VESA E-EDID A.2). */
void edid_seal(uint8_t *block);

/* Index of the HDMI input of an open picture node, or -ENOENT. */
int edid_input(int fd);
/* VIDIOC_S_EDID of the HDMI input. 0 or negative errno. */
int edid_set(int fd, const uint8_t *data, unsigned int blocks);
/* VIDIOC_G_EDID of the HDMI input; how many blocks (0: none), or negative errno. */
int edid_get(int fd, uint8_t data[EDID_BLOCKS * EDID_BLOCK]);

#endif
