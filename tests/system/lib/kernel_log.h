/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log as a witness: what it reported since a mark. A report is a line that a sound
 * driver never causes: WARNING, BUG, Oops, lockdep, KASAN, UBSAN, kmemleak, DMA-API, DMAR, a hung
 * task. Ordinary messages, errors included, are none.
 */
#ifndef SYSTEM_KERNEL_LOG_H
#define SYSTEM_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct kernel_log;

/* NULL with errno when /dev/kmsg cannot be read. */
struct kernel_log *kernel_log_open(void);
void kernel_log_close(struct kernel_log *log);

/* Forget what was logged up to now. */
void kernel_log_mark(struct kernel_log *log);
/* The first report since the mark, and true; else false. Moves the mark. */
bool kernel_log_report(struct kernel_log *log, char *out, size_t size);
/* Is there a line with this text since the mark? Moves the mark to that line, or to the end. */
bool kernel_log_has(struct kernel_log *log, const char *text);

#endif
