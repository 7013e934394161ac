/* SPDX-License-Identifier: MIT */
/*
 * Where the controller begins: paint the stack, clear what C expects to be 0, run.
 *
 * The loader has put the whole image into memory, so nothing is copied. A trap has no handler that
 * could mend anything: it stands still, and the card's watchdog starts the built-in image.
 */
	.option arch, +zicsr

	.section .text.start, "ax"
	.globl	_start
_start:
	.option push
	.option norelax
	la	gp, __global_pointer$
	.option pop
	la	sp, _stack_top
	la	t0, trap
	csrw	mtvec, t0

	/* main.c reads from this how deep the stack ever went */
	la	t0, _stack_bottom
	la	t1, _stack_paint
1:	sw	t1, 0(t0)
	addi	t0, t0, 4
	bltu	t0, sp, 1b

	la	t0, _bss_start
	la	t1, _bss_end
2:	bgeu	t0, t1, 3f
	sw	zero, 0(t0)
	addi	t0, t0, 4
	j	2b

3:	call	main

	.balign	4
trap:
	j	trap
