/* SPDX-License-Identifier: MIT */
/*
 * Channels and signals in words and in JSON, as more than one command shows them.
 */
#ifndef KINORA_DESCRIBE_H
#define KINORA_DESCRIBE_H

#include <jansson.h>

#include "kinora.h"

/* "PCIe 16.0 GT/s x8, of 16.0 GT/s x8"; false: not on PCIe, or sysfs does not tell. */
#define DESCRIBE_LINK 200
bool describe_link(const struct kinora_channel *channel, char text[DESCRIBE_LINK]);

/* "BT.2020 HLG", with the matrix when it is another than the primaries' and "full range". */
#define DESCRIBE_COLOUR 64
const char *describe_colour(const struct kinora_colour *colour, char text[DESCRIBE_COLOUR]);

/* "1.1.0, built-in"; false: the driver does not tell. */
#define DESCRIBE_FIRMWARE 160
bool describe_firmware(const struct kinora_card *card, char text[DESCRIBE_FIRMWARE]);
/* "HDMI, FRL 6, VIC 199", or "no source, hot-plug high"; false: no HDMI connector. */
#define DESCRIBE_HDMI 160
bool describe_hdmi(const struct kinora_connector *connector, char text[DESCRIBE_HDMI]);

/* {num, den} or null. */
json_t *describe_rate_json(struct kinora_rational rate);
json_t *describe_channel_json(const struct kinora_channel *channel);

/* A string; null for "". */
json_t *describe_text(const char *text);
/* "none", "unstable", "unsupported", "locked", "unknown". */
const char *describe_lock(enum kinora_lock lock);

/* Prints it, with flags of json_dumpf(), and frees it. Returns an enum cli_exit. */
int describe_print_json(json_t *root, size_t flags);

#endif
