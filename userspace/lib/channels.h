/* SPDX-License-Identifier: MIT */
/*
 * Finding channels below another root than "/", so that tests can bring their own sysfs and proc.
 * The public functions use "".
 */
#ifndef KINORA_LIB_CHANNELS_H
#define KINORA_LIB_CHANNELS_H

#include "kinora.h"

int kinora_channels_scan(const char *root, struct kinora_channel **list, size_t *count);
/* entry: "video0", below root/sys/class/video4linux. */
int kinora_channel_read(const char *root, const char *entry, struct kinora_channel *channel);
int kinora_channel_find_below(const char *root, const char *name, struct kinora_channel *channel);
/* device: the st_rdev that a holder's open file must have. */
int kinora_holders_scan(const char *root, uint64_t device, struct kinora_holder *holders,
			size_t max);

#endif
