// SPDX-License-Identifier: MIT
/*
 * The checks in an order that names the cause: a file of something else is FOREIGN whatever it
 * says further on, a damaged header is CRC before anything in it is believed, and only then is it
 * asked whether the image is too new, for another target, or too large.
 */
#include "image.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "crc32c.h"
#include "kinora_hw.h"

#define CONTRACT ((uint32_t)KINORA_VERSION_MAJOR << 16 | KINORA_VERSION_MINOR)

static bool contract_known(uint32_t contract)
{
	return contract >> 16 == CONTRACT >> 16 && contract <= CONTRACT;
}

static bool name_is_controller(const uint8_t name[16])
{
	static const char expected[16] = "controller";

	return !memcmp(name, expected, sizeof(expected));
}

/* The payload within the memory the image asks for, that within what there is. */
static bool fits(const struct kinora_firmware_header *header, uint32_t payload_bytes)
{
	uint32_t memory = le32toh(header->memory_bytes), load = le32toh(header->load);
	uint32_t entry = le32toh(header->entry);

	return memory <= KINORA_CTL_RAM_BYTES && load <= memory &&
	       payload_bytes <= memory - load && entry >= load && entry - load < payload_bytes &&
	       entry % 2 == 0; /* RV32C */
}

uint8_t image_check(const void *bytes, size_t n, struct image *image)
{
	struct kinora_firmware_header header;
	const uint8_t *payload;
	uint32_t length;

	if (n < sizeof(header) || n > KINORA_FIRMWARE_BYTES_MAX)
		return KINORA_FIRMWARE_ERROR_SIZE;
	memcpy(&header, bytes, sizeof(header));
	payload = (const uint8_t *)bytes + sizeof(header);
	length = n - sizeof(header);
	if (le32toh(header.magic) != KINORA_FIRMWARE_MAGIC)
		return KINORA_FIRMWARE_ERROR_FOREIGN;
	if (crc32c(0, &header, sizeof(header) - sizeof(header.header_crc32c)) !=
	    le32toh(header.header_crc32c))
		return KINORA_FIRMWARE_ERROR_CRC;
	if (le16toh(header.format) != KINORA_FIRMWARE_FORMAT)
		return KINORA_FIRMWARE_ERROR_TOO_NEW;
	if (le16toh(header.header_bytes) != sizeof(header) ||
	    le32toh(header.target) != KINORA_FIRMWARE_TARGET_RV32IMC ||
	    !name_is_controller(header.name))
		return KINORA_FIRMWARE_ERROR_FOREIGN;
	if (!contract_known(le32toh(header.contract)))
		return KINORA_FIRMWARE_ERROR_TOO_NEW;
	if (le32toh(header.payload_bytes) != length || !fits(&header, length))
		return KINORA_FIRMWARE_ERROR_SIZE;
	if (crc32c(0, payload, length) != le32toh(header.payload_crc32c))
		return KINORA_FIRMWARE_ERROR_CRC;
	*image = (struct image){
		.version = le32toh(header.version), .load = le32toh(header.load),
		.entry = le32toh(header.entry), .payload = payload, .payload_bytes = length,
	};
	return KINORA_FIRMWARE_ERROR_NONE;
}

const char *image_error(uint8_t error)
{
	static const char *const text[] = {
		[KINORA_FIRMWARE_ERROR_NONE] = "none",
		[KINORA_FIRMWARE_ERROR_BUS] = "it could not be read",
		[KINORA_FIRMWARE_ERROR_SIZE] = "it is truncated, or too large for the controller",
		[KINORA_FIRMWARE_ERROR_FOREIGN] = "it is not an image for this controller",
		[KINORA_FIRMWARE_ERROR_CRC] = "it is damaged",
		[KINORA_FIRMWARE_ERROR_TOO_NEW] = "it needs a later card",
		[KINORA_FIRMWARE_ERROR_START] = "it was started and did not report",
	};

	return error < sizeof(text) / sizeof(text[0]) ? text[error] : "unknown";
}
