/* SPDX-License-Identifier: MIT */
/*
 * Everything the controller's firmware needs from the card it runs on: its bus. Addresses are those
 * of KINORA_CTL_* (kinora_hw.h; docs/hardware.md, sections 14 and 15). On a board these are loads
 * and stores; in the virtual card they are calls into the model.
 *
 * The firmware calls them only from controller_init() and controller_poll(), so none of them needs
 * to expect another.
 */
#ifndef CONTROLLER_HAL_H
#define CONTROLLER_HAL_H

#include <stdint.h>

#include "kinora_hw.h"

struct controller_hal {
	void *opaque;	/* handed back in every call */

	/* One aligned 32-bit word. What is not there reads 0. */
	uint32_t (*read)(void *opaque, uint32_t addr);
	void (*write)(void *opaque, uint32_t addr, uint32_t value);
};

#ifdef __riscv	/* on the card: loads and stores, and no pointers that could go astray */
static inline uint32_t hal_read(const struct controller_hal *hal, uint32_t addr)
{
	(void)hal;
	return *(volatile uint32_t *)addr;
}

static inline void hal_write(const struct controller_hal *hal, uint32_t addr, uint32_t value)
{
	(void)hal;
	*(volatile uint32_t *)addr = value;
}
#else
static inline uint32_t hal_read(const struct controller_hal *hal, uint32_t addr)
{
	return hal->read(hal->opaque, addr);
}

static inline void hal_write(const struct controller_hal *hal, uint32_t addr, uint32_t value)
{
	hal->write(hal->opaque, addr, value);
}
#endif

#endif
