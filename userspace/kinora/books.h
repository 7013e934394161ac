/* SPDX-License-Identifier: MIT */
/*
 * The driver's books: what it counted, from debugfs, which root may read.
 */
#ifndef KINORA_BOOKS_H
#define KINORA_BOOKS_H

#include <jansson.h>

#include "kinora.h"

/* Lines of text; nothing where debugfs does not tell. */
void books_print(const struct kinora_channel *channel);
/* An object of numbers, or null. */
json_t *books_json(const struct kinora_channel *channel);

#endif
