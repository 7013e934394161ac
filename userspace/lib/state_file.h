/* SPDX-License-Identifier: MIT */
/*
 * A card's saved state as a file, apart from any device.
 */
#ifndef KINORA_LIB_STATE_FILE_H
#define KINORA_LIB_STATE_FILE_H

#include "kinora.h"

struct state {
	char serial[KINORA_TEXT_MAX];
	char inputs[8][16];		/* connector of channel n + 1; "" not saved */
	char mapping[8], order[8];	/* overrides; "" not saved */
	bool has_edid;
	struct kinora_edid edid;	/* of HDMI 1 */
};

/* 1: written, 0: the file says so already, or negative errno. Folders are made. */
int state_write(const struct state *state, const char *path);
/* -EINVAL with a message: not such a file. */
int state_read(struct state *state, const char *path);

#endif
