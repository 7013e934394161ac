/* SPDX-License-Identifier: MIT */
/* All of string.h that the firmware has: string.c. The cross compiler comes without a libc. */
#ifndef CONTROLLER_STRING_H
#define CONTROLLER_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
