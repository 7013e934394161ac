/* SPDX-License-Identifier: MIT */
/*
 * Is this an EDID that the card can show a source? The contract's rules, not those of EDID: what
 * keeps DDC readable is checked, what is offered is the host's business.
 */
#ifndef CONTROLLER_EDID_H
#define CONTROLLER_EDID_H

#include <stdint.h>

#include "kinora_hw.h"

#define EDID_BYTES (KINORA_EDID_BLOCKS * KINORA_EDID_BLOCK_BYTES)

/* KINORA_MAILBOX_OK, _TOO_LARGE, _INVALID or _CHECKSUM, in this order. No bytes are a good EDID. */
uint16_t edid_check(const uint8_t *edid, unsigned int bytes);

/* What the two counts say: byte 126, or the block of HDMI 2.1 that overrides it. bytes >= 128 */
unsigned int edid_blocks(const uint8_t *edid, unsigned int bytes);

#endif
