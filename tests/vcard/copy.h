/* SPDX-License-Identifier: MIT */
/*
 * Writing pictures into guest memory past the caches: 88 MB a frame would otherwise push everything
 * else out of them, and reading the lines in before overwriting them would double the traffic.
 *
 * Such stores are weakly ordered: copy_fence() must come between them and whatever announces them.
 */
#ifndef VCARD_COPY_H
#define VCARD_COPY_H

#include <stddef.h>

/* Any alignment and length; best with dst and src on 64 bytes. */
typedef void copy_function(void *dst, const void *src, size_t bytes);

/* The widest stores this processor has. */
copy_function *copy_stream_best(void);

/* Each way by name ("avx512", "avx2", "sse2", "plain"), NULL where the processor lacks it. */
copy_function *copy_stream_find(const char *name);

void copy_fence(void);

#endif
