/* SPDX-License-Identifier: MIT */
/*
 * What changes from one EDID to another, as lines of their decoding.
 */
#ifndef KINORA_EDID_DIFF_H
#define KINORA_EDID_DIFF_H

#include <stdio.h>

#include "kinora.h"

/* Lines that go with "- ", lines that come with "+ "; false: no difference, nothing printed. */
bool edid_diff(const struct kinora_edid *from, const struct kinora_edid *to, FILE *out);

#endif
