// SPDX-License-Identifier: MIT
/*
 * What Unicorn 2.0 does that is not obvious, each seen by experiment and held by test_loader.c:
 * - wfi ends uc_emu_start() without an error, the pc behind it. So does uc_emu_stop(), the pc at
 *   the instruction it did not execute; the two are told apart by who asked for it.
 * - An exception, ecall included, ends it with an error; trap handlers of the image are not
 *   entered.
 * - A hook on every instruction costs 2 ns each, so instructions are counted one by one. Its count
 *   and timeout arguments are not used: they do the same with more, and with a thread.
 * - uc_close() forgets 512 bytes for each page that was both executed and written.
 */
#include "machine.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <unicorn/unicorn.h>

#define BUS_START 0x40000000
#define BUS_BYTES 0x5000
#define NOWHERE 0xffffffff	/* an address that is never reached, as the end of the run */

_Static_assert(BUS_START + BUS_BYTES > KINORA_CTL_BLOCKS + 8 * KINORA_SIGNAL_BYTES &&
	       KINORA_CTL_RX(0) == BUS_START, "the bus spans its devices");

/* Asked by LeakSanitizer where there is one; it finds what is visible. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:tb_invalidate_phys_page_fast\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

struct machine {
	uc_engine *uc;
	const struct controller_hal *hal;
	uint8_t *ram;
	uint64_t instructions;
	uint64_t limit;		/* of instructions, for this run */
	bool stopped;		/* by the limit */
	uint32_t pc;
	uc_err error;
};

static uint64_t on_read(uc_engine *uc, uint64_t offset, unsigned int size, void *opaque)
{
	struct machine *machine = opaque;

	(void)uc;
	return size == 4 && offset % 4 == 0 ? hal_read(machine->hal, BUS_START + offset) : 0;
}

static void on_write(uc_engine *uc, uint64_t offset, unsigned int size, uint64_t value,
		     void *opaque)
{
	struct machine *machine = opaque;

	(void)uc;
	if (size == 4 && offset % 4 == 0)
		hal_write(machine->hal, BUS_START + offset, value);
}

static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *opaque)
{
	struct machine *machine = opaque;

	(void)address;
	(void)size;
	if (machine->instructions < machine->limit) {
		machine->instructions++;
		return;
	}
	machine->stopped = true;
	uc_emu_stop(uc);
}

static uc_err engine_set_up(struct machine *machine)
{
	uc_hook hook;
	uc_err err;

	err = uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &machine->uc);
	if (!err)
		err = uc_mem_map_ptr(machine->uc, KINORA_CTL_RAM, KINORA_CTL_RAM_BYTES,
				     UC_PROT_ALL, machine->ram);
	if (!err)
		err = uc_mmio_map(machine->uc, BUS_START, BUS_BYTES, on_read, machine, on_write,
				  machine);
	if (!err)
		err = uc_hook_add(machine->uc, &hook, UC_HOOK_CODE, on_instruction, machine, 1, 0);
	return err;
}

int machine_create(struct machine **out, const struct image *image,
		   const struct controller_hal *hal)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	*out = NULL;
	if (!machine)
		return -ENOMEM;
	machine->hal = hal;
	/* whole pages, as the engine wants them */
	machine->ram = mmap(NULL, KINORA_CTL_RAM_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (machine->ram == MAP_FAILED) {
		free(machine);
		return -ENOMEM;
	}
	memcpy(machine->ram + image->load, image->payload, image->payload_bytes);
	machine->pc = image->entry;
	if (engine_set_up(machine)) {
		machine_destroy(machine);
		return -ENOMEM;
	}
	*out = machine;
	return 0;
}

void machine_destroy(struct machine *machine)
{
	if (!machine)
		return;
	if (machine->uc)
		uc_close(machine->uc);
	munmap(machine->ram, KINORA_CTL_RAM_BYTES);
	free(machine);
}

enum machine_state machine_run(struct machine *machine, uint64_t instructions)
{
	if (machine->error)
		return MACHINE_TRAPPED;
	machine->limit = machine->instructions + instructions;
	machine->stopped = false;
	machine->error = uc_emu_start(machine->uc, machine->pc, NOWHERE, 0, 0);
	uc_reg_read(machine->uc, UC_RISCV_REG_PC, &machine->pc);
	if (machine->error)
		return MACHINE_TRAPPED;
	return machine->stopped ? MACHINE_BUSY : MACHINE_WAITS;
}

const uint8_t *machine_memory(const struct machine *machine)
{
	return machine->ram;
}

uint64_t machine_instructions(const struct machine *machine)
{
	return machine->instructions;
}

const char *machine_trap(const struct machine *machine, uint32_t *pc)
{
	*pc = machine->pc;
	return uc_strerror(machine->error);
}
