/* SPDX-License-Identifier: MIT */
/*
 * The EDID a card has until somebody gives it another: everything the HDMI input takes, and nothing
 * else. Three blocks of 128 bytes, base, CTA-861, CTA-861; as HDMI 2.1 wants it byte 126 counts one
 * extension for sources that do not know better, and HF-EEODB in the first extension counts two.
 * Sources of before HDMI 2.1 therefore read the first two blocks, and the third has only what they
 * could not send anyway: 8K at 48, 50 and 60 Hz, which is 4:2:0, as the card has no DSC.
 *
 * The preset "default" of the userspace program is the same, byte by byte.
 */
#ifndef CONTROLLER_EDID_DEFAULT_H
#define CONTROLLER_EDID_DEFAULT_H

#include <stdint.h>

#define EDID_DEFAULT_BYTES 384

extern const uint8_t edid_default[EDID_DEFAULT_BYTES];

#endif
