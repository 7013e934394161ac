/* SPDX-License-Identifier: MIT */
/*
 * The EDID a card has until somebody gives it another: everything the HDMI input takes, and nothing
 * else (but 640 x 480, which the standard demands). Two blocks of 128 bytes:
 *
 *   0    base block, E-EDID 1.3, byte 126 is 1
 *   128  CTA-861 extension, revision 3: video, audio, speakers, HDMI, HDMI Forum (TMDS 600 MHz, FRL
 *        rate 6, no DSC), video capability, colorimetry, HDR static metadata, what is 4:2:0 only
 *        (8K at 48, 50, 60 Hz), what is 4:2:0 too; then two detailed timings, zeros, checksum
 *
 * All of it fits two blocks, which every source reads. An HDMI EDID of three needs HF-EEODB and a
 * byte 126 that counts one extension less than there are; the releases of edid-decode in Debian
 * 12 and 13 do not know that and call it a failure, and so may sources.
 *
 * The preset "default" of the userspace program is the same, byte by byte.
 */
#ifndef CONTROLLER_EDID_DEFAULT_H
#define CONTROLLER_EDID_DEFAULT_H

#include <stdint.h>

#define EDID_DEFAULT_BYTES 256

extern const uint8_t edid_default[EDID_DEFAULT_BYTES];

#endif
