/* SPDX-License-Identifier: MIT */
/*
 * The card's controller as a machine: RV32IMC with KINORA_CTL_RAM_BYTES of memory, on the Unicorn
 * engine, with the bus of docs/hardware.md, section 14, behind a controller_hal. It runs the very
 * image a board would.
 *
 * One machine runs one image, once. It may be made on one thread and run on another, but not on two
 * at a time. Images are not trusted: whatever they do, a call returns, and touches nothing but the
 * machine's memory and the bus.
 */
#ifndef VCARD_MACHINE_H
#define VCARD_MACHINE_H

#include <stdint.h>

#include "hal.h"
#include "image.h"

struct machine;

enum machine_state {
	MACHINE_WAITS,		/* it is in wfi; the next run goes on behind it */
	MACHINE_BUSY,		/* it used up its instructions; the next run goes on */
	MACHINE_TRAPPED,	/* it did what cannot be done, and runs no more */
};

/*
 * A machine about to run image, which image_check() found good. 0 or negative errno. hal stays in
 * use; image does not.
 */
int machine_create(struct machine **out, const struct image *image,
		   const struct controller_hal *hal);
void machine_destroy(struct machine *machine);

/* Run until it waits, at most so many instructions. */
enum machine_state machine_run(struct machine *machine, uint64_t instructions);

/* Its memory, KINORA_CTL_RAM_BYTES, to look at between runs. */
const uint8_t *machine_memory(const struct machine *machine);
/* Instructions it has executed. */
uint64_t machine_instructions(const struct machine *machine);
/* After MACHINE_TRAPPED: why, and the address of the instruction or of the one behind it. */
const char *machine_trap(const struct machine *machine, uint32_t *pc);

#endif
