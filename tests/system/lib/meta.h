/* SPDX-License-Identifier: MIT */
/*
 * Buffers of the metadata nodes: reading and checking what docs/hardware.md section 9 and
 * uapi/kinora.h say of them.
 */
#ifndef SYSTEM_META_H
#define SYSTEM_META_H

#include "capture.h"
#include "uapi/kinora.h"

/* Open channel's metadata node with buffers mapped; checks its format. 0 or negative errno. */
int meta_prepare(struct capture *capture, unsigned int channel, unsigned int buffers);

/*
 * Check magic, version, lengths and every packet (lengths, parity, checksum) of a buffer and copy
 * its header. Each rule is a check of the running test. false when the buffer cannot be read at
 * all.
 */
bool meta_read(const struct capture *capture, const struct v4l2_buffer *buffer,
	       struct kinora_meta_header *header);

/* ST 352 packets of links 1 to 4; bit n of the value: link n + 1 has one. */
unsigned int meta_payload_ids(const struct capture *capture, const struct v4l2_buffer *buffer,
			      uint32_t id[4]);

#endif
