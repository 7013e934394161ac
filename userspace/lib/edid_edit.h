/* SPDX-License-Identifier: MIT */
/*
 * Changes to an EDID that is taken apart, for the editor and the presets.
 */
#ifndef KINORA_LIB_EDID_EDIT_H
#define KINORA_LIB_EDID_EDIT_H

#include "edid_parts.h"
#include "edid_words.h"

/* In any order; made are other words, formats that come, the preferred one, formats that go. */
int edid_doc_change(struct edid_doc *doc, const char *const *changes, size_t count);

#endif
