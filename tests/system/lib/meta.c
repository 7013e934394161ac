// SPDX-License-Identifier: MIT
/*
 * ST 291-1: a word has even parity of bits 7:0 in bit 8 and its inverse in bit 9; the checksum is
 * the sum of bits 8:0 from DID to the last user data word, bit 9 again the inverse of bit 8.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "meta.h"
#include "suite.h"

int meta_prepare(struct capture *capture, unsigned int channel, unsigned int buffers)
{
	int ret = capture_open(capture, channel, DEVICE_META);

	if (!CHECK(!ret, "metadata node of channel %u: %s", channel, strerror(-ret)))
		return ret;
	CHECK_EQ(capture->format.fmt.meta.dataformat, V4L2_META_FMT_KINORA);
	CHECK_EQ(capture->format.fmt.meta.buffersize, 65536);
	ret = capture_buffers(capture, V4L2_MEMORY_MMAP, buffers);
	if (!CHECK(!ret, "%s: buffers: %s", capture->path, strerror(-ret)))
		capture_close(capture);
	return ret;
}

static unsigned int with_parity(unsigned int byte)
{
	unsigned int parity = __builtin_parity(byte & 0xff);

	return (byte & 0xff) | parity << 8 | !parity << 9;
}

static size_t packet_bytes(const struct kinora_meta_packet *packet)
{
	return (sizeof(*packet) + 2 * (packet->data_count + 1) + 3) / 4 * 4;
}

static unsigned int word_at(const uint8_t *words, unsigned int n)
{
	return words[2 * n] | words[2 * n + 1] << 8;
}

static void check_packet(const struct kinora_meta_packet *packet, const uint8_t *words)
{
	unsigned int sum = (with_parity(packet->did) & 0x1ff) +
			   (with_parity(packet->sdid) & 0x1ff) +
			   (with_parity(packet->data_count) & 0x1ff);

	CHECK(packet->link >= 1 && packet->link <= 4, "packet of link %u", packet->link);
	CHECK(!packet->reserved[0] && !packet->reserved[1] && !packet->reserved[2],
	      "packet: reserved bytes are not 0");
	for (unsigned int i = 0; i < packet->data_count; i++) {
		CHECK_EQ(word_at(words, i), with_parity(word_at(words, i)));
		sum += word_at(words, i) & 0x1ff;
	}
	sum &= 0x1ff;
	sum |= (~sum & 0x100) << 1;
	CHECK_EQ(word_at(words, packet->data_count), sum);
}

bool meta_read(const struct capture *capture, const struct v4l2_buffer *buffer,
	       struct kinora_meta_header *header)
{
	const uint8_t *start = capture->buffer[buffer->index].start;
	size_t at = sizeof(*header), bytes;

	memcpy(header, start, sizeof(*header));
	bytes = le32toh(header->bytes);
	if (!CHECK_EQ(le32toh(header->magic), 0x4d524e4b) ||
	    !CHECK_EQ(le16toh(header->version), 1) || !CHECK_EQ(bytes, buffer->bytesused) ||
	    !CHECK(bytes >= at && bytes <= capture->buffer[buffer->index].length,
		   "%zu bytes in the header", bytes))
		return false;
	for (unsigned int i = 0; i < le16toh(header->packets); i++) {
		struct kinora_meta_packet packet;

		if (!CHECK(at + sizeof(packet) <= bytes, "packet %u begins behind the end", i))
			return false;
		memcpy(&packet, start + at, sizeof(packet));
		if (!CHECK(at + packet_bytes(&packet) <= bytes, "packet %u goes beyond the end", i))
			return false;
		check_packet(&packet, start + at + sizeof(packet));
		at += packet_bytes(&packet);
	}
	return CHECK_EQ(at, bytes);
}

unsigned int meta_payload_ids(const struct capture *capture, const struct v4l2_buffer *buffer,
			      uint32_t id[4])
{
	const uint8_t *start = capture->buffer[buffer->index].start;
	struct kinora_meta_header header;
	size_t at = sizeof(header);
	unsigned int seen = 0;

	memcpy(&header, start, sizeof(header));
	memset(id, 0, 4 * sizeof(id[0]));
	for (unsigned int i = 0; i < le16toh(header.packets); i++) {
		struct kinora_meta_packet packet;
		const uint8_t *words = start + at + sizeof(packet);

		memcpy(&packet, start + at, sizeof(packet));
		if (packet.did == 0x41 && packet.sdid == 0x01 && packet.data_count == 4 &&
		    packet.link >= 1 && packet.link <= 4) {
			for (unsigned int n = 0; n < 4; n++)
				id[packet.link - 1] |= (word_at(words, n) & 0xff) << 8 * n;
			seen |= 1 << (packet.link - 1);
		}
		at += packet_bytes(&packet);
	}
	return seen;
}
