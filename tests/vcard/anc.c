// SPDX-License-Identifier: MIT
/*
 * ST 352 packets as ancillary data of a frame.
 *
 * Where they are (ST 352, ST 425-1, ST 2081-10, ST 2082-10): line 10 of the transport, and line
 * 572 too when it is interlaced; in 720-line transports line 10. First packet after EAV, LN and
 * CRC: horizontal, Y stream. A link of 6G or 12G carries it in each of its data streams; the first
 * stands for them all here, as the receiver reads that one.
 */
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "anc.h"

#define DID_PAYLOAD 0x41
#define SDID_PAYLOAD 0x01
#define PAYLOAD_WORDS 4

/* EAV, LN and CRC words come before the first ancillary word (ST 292-1) */
#define WORDS_BEFORE_ANC 8

#define LINE_FIRST_FIELD 10
#define LINE_SECOND_FIELD 572

uint16_t anc_word(uint8_t value)
{
	unsigned int parity = __builtin_parity(value);

	return value | parity << 8 | (parity ^ 1) << 9;
}

static uint32_t packet_write(uint8_t *out, unsigned int link, unsigned int line, uint32_t payload)
{
	struct kinora_meta_packet packet = {
		.link = link + 1, .flags = KINORA_PACKET_HANC, .line = htole16(line),
		.offset = htole16(WORDS_BEFORE_ANC), .did = DID_PAYLOAD, .sdid = SDID_PAYLOAD,
		.data_count = PAYLOAD_WORDS,
	};
	uint16_t words[(PAYLOAD_WORDS + 1 + 1) & ~1] = { 0 };
	/* the checksum adds the nine low bits of all words from DID on (ST 291-1 clause 6.5) */
	unsigned int sum = (anc_word(DID_PAYLOAD) & 0x1ff) + (anc_word(SDID_PAYLOAD) & 0x1ff) +
			   (anc_word(PAYLOAD_WORDS) & 0x1ff);

	for (unsigned int i = 0; i < PAYLOAD_WORDS; i++) {
		uint16_t word = anc_word(payload >> (8 * i));

		sum += word & 0x1ff;
		words[i] = htole16(word);
	}
	sum &= 0x1ff;
	words[PAYLOAD_WORDS] = htole16(sum | ((~sum & 0x100) << 1));
	memcpy(out, &packet, sizeof(packet));
	memcpy(out + sizeof(packet), words, sizeof(words));
	return sizeof(packet) + sizeof(words);
}

uint32_t anc_write(const struct anc_frame *frame, uint8_t *out, uint32_t bytes)
{
	const struct kinora_signal *signal = &frame->signal;
	bool signal_there = !(frame->status & KINORA_RECORD_NO_SIGNAL);
	unsigned int fields = signal->scan & KINORA_SCAN_INTERLACED ? 2 : 1;
	struct kinora_meta_header header = {
		.magic = htole32(KINORA_META_MAGIC), .version = htole16(KINORA_META_VERSION),
		.status = htole32(frame->status), .frame = htole64(frame->number),
		.sof_ns = htole64(frame->sof_ns), .eof_ns = htole64(frame->eof_ns),
		.timecode = htole64(frame->timecode), .generation = htole32(frame->generation),
	};
	uint8_t packet[sizeof(struct kinora_meta_packet) + 2 * (PAYLOAD_WORDS + 2)];
	uint32_t used = sizeof(header);
	unsigned int packets = 0;

	if (signal_there) {
		header.payload_id = signal->payload_id[0];
		header.rate_num = signal->rate_num;
		header.rate_den = signal->rate_den;
	}
	/* nothing of a frame that is not taken is delivered, so a mismatch carries no packets */
	if (!(frame->status & (KINORA_RECORD_NO_SIGNAL | KINORA_RECORD_MISMATCH))) {
		for (unsigned int i = 0; i < fields * KINORA_RX_LINKS; i++) {
			unsigned int field = i / KINORA_RX_LINKS, link = i % KINORA_RX_LINKS;
			uint32_t payload = le32toh(signal->payload_id[link]);
			uint32_t n;

			if (!payload)
				continue;
			n = packet_write(packet, link, field ? LINE_SECOND_FIELD : LINE_FIRST_FIELD,
					 payload);
			if (n > bytes - used)
				break;
			memcpy(out + used, packet, n);
			used += n;
			packets++;
		}
	}
	header.packets = htole16(packets);
	header.bytes = htole32(used);
	memcpy(out, &header, sizeof(header));
	return used;
}
