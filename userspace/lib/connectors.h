/* SPDX-License-Identifier: MIT */
/*
 * Connectors below another root than "/", so that tests can bring their own sysfs.
 */
#ifndef KINORA_LIB_CONNECTORS_H
#define KINORA_LIB_CONNECTORS_H

#include "kinora.h"

int kinora_cards_scan(const char *root, struct kinora_card **list, size_t *count);
int kinora_card_find_below(const char *root, const char *name, struct kinora_card *card);
int kinora_mapping_write(const char *root, const struct kinora_card *card, const char *mapping,
			 const char *order);
int kinora_watch_open(const char *root, struct kinora_watch **watch);

/* "root/sys/class/video4linux/videoN/device" of the card. */
#define KINORA_CARD_PATH 512
int kinora_card_path(const char *root, const struct kinora_card *card, char path[KINORA_CARD_PATH]);

/* Index of the connector among a channel's inputs, or -1. */
int kinora_route_index(const struct kinora_route *route, const char *id);

#endif
