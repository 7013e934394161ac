/* SPDX-License-Identifier: MIT */
/*
 * The contents of an ancillary buffer (kernel/uapi/kinora.h): header and ST 352 packets, one of
 * each link that carries a payload id, where the standards put them.
 */
#ifndef VCARD_ANC_H
#define VCARD_ANC_H

#include <stddef.h>
#include <stdint.h>

#include "kinora_hw.h"

struct anc_frame {
	uint64_t number;
	uint64_t sof_ns, eof_ns;
	uint64_t timecode;
	uint32_t generation;
	uint32_t status;		/* NO_SIGNAL, MISMATCH, WIRE_ERROR as in the record */
	struct kinora_signal signal;	/* what is on the connector */
};

/* Largest thing anc_write() makes: the header and two packets from each of four links. */
#define ANC_BYTES_MAX 512

/*
 * Fill out, of which at most bytes (at least the header's 64) are used, and return how many were.
 * Packets that do not fit are left out from the first such on.
 */
uint32_t anc_write(const struct anc_frame *frame, uint8_t *out, uint32_t bytes);

/* The 10-bit word of an 8-bit value: even parity in bit 8, its complement in bit 9 (ST 291-1). */
uint16_t anc_word(uint8_t value);

#endif
