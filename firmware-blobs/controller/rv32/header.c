// SPDX-License-Identifier: MIT
/*
 * The image's header (docs/hardware.md, section 16). The linker puts it in front of the payload;
 * seal.py fills in the two CRCs, which nobody knows before.
 */
#include "controller.h"

/* link.ld; their addresses are the values */
extern const char _start[], _payload_start[], _payload_bytes[], _memory_bytes[];

_Static_assert(sizeof(struct kinora_firmware_header) == KINORA_FIRMWARE_HEADER_BYTES,
	       "layout of the contract");
_Static_assert(KINORA_CTL_RAM == 0 && KINORA_CTL_RAM_BYTES == 0x20000, "as in link.ld");

/* The oldest contract it runs with: 1.1 brought the controller's bus. */
#define CONTRACT (1u << 16 | 1)

__attribute__((section(".header"), used))
static const struct kinora_firmware_header header = {
	.magic = KINORA_FIRMWARE_MAGIC,
	.header_bytes = KINORA_FIRMWARE_HEADER_BYTES,
	.format = KINORA_FIRMWARE_FORMAT,
	.target = KINORA_FIRMWARE_TARGET_RV32IMC,
	.version = CONTROLLER_FIRMWARE_VERSION,
	.contract = CONTRACT,
	.load = (uint32_t)_payload_start,
	.entry = (uint32_t)_start,
	.payload_bytes = (uint32_t)_payload_bytes,
	.memory_bytes = (uint32_t)_memory_bytes,
	.name = "controller",
};
