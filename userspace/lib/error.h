/* SPDX-License-Identifier: MIT */
/*
 * How the library says why something failed: a message per thread, set where the cause is known.
 */
#ifndef KINORA_LIB_ERROR_H
#define KINORA_LIB_ERROR_H

/* Remembers the message for kinora_error() and returns error (a negative errno). */
int kinora_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
