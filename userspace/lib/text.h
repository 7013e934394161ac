/* SPDX-License-Identifier: MIT */
/*
 * Texts that come from outside: files of sysfs and proc, and names as people type them.
 */
#ifndef KINORA_LIB_TEXT_H
#define KINORA_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "kinora.h"

/*
 * Makes text fit to be shown and to be JSON: a '?' for each byte that is a control character or no
 * UTF-8. Names of processes may be anything, and the kernel cuts them off at 15 bytes, within a
 * character too.
 */
void kinora_text_clean(char *text);

/* First line of a file, made clean; false and "": no such file, as attributes come and go. */
bool kinora_text_read(const char *path, char *text, size_t room);

/* Letters and digits alone, small: "sdi1" for "SDI 1" and "sdi-1". */
void kinora_text_plain(const char *name, char plain[KINORA_TEXT_MAX]);

#endif
