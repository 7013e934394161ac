// SPDX-License-Identifier: MIT
/*
 * The firmware as the controller's only program: a loop that works and sleeps. wfi ends at the
 * time in WAKE, or earlier when something happens (docs/hardware.md, section 14); why it ended
 * makes no difference.
 */
#include <stdint.h>

#include "controller.h"

/* link.ld; only their addresses mean something */
extern uint32_t _stack_bottom[], _stack_top[], _stack_paint[];

/* Bytes of the stack that are not as start.S painted them. */
static uint32_t stack_deepest(void)
{
	const uint32_t *word = _stack_bottom;

	while (word < _stack_top && *word == (uint32_t)_stack_paint)
		word++;
	return (uint32_t)_stack_top - (uint32_t)word;
}

static void sleep_until(const struct controller_hal *hal, uint64_t ns)
{
	hal_write(hal, KINORA_CTL_SYSTEM + KINORA_SYS_WAKE_LO, ns);
	hal_write(hal, KINORA_CTL_SYSTEM + KINORA_SYS_WAKE_HI, ns >> 32);
	__asm__ volatile("wfi" : : : "memory");
}

int main(void);

int main(void)
{
	static const struct controller_hal hal;	/* hal.h needs none here */
	static struct controller controller;

	controller_init(&controller, &hal);
	for (;;) {
		uint64_t next = controller_poll(&controller);

		controller.stack_bytes = stack_deepest();
		sleep_until(&hal, next);
	}
}
