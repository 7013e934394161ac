/* SPDX-License-Identifier: MIT */
/*
 * All connectors of cards at a glance, as a table for people and as JSON.
 */
#ifndef KINORA_INPUT_VIEW_H
#define KINORA_INPUT_VIEW_H

#include <jansson.h>
#include <stdio.h>

#include "kinora.h"

void input_print(const struct kinora_card *cards, size_t count, FILE *out);
json_t *input_json(const struct kinora_card *cards, size_t count);

/* "2160p59.94", "1080i50" (fields), "1080psf25"; "" without a raster. */
#define INPUT_MODE 64
const char *input_mode(const struct kinora_connector *connector, char text[INPUT_MODE]);
/* "BT.2020 HLG 4:2:2 10 bit". */
#define INPUT_COLOUR 80
const char *input_colour(const struct kinora_connector *connector, char text[INPUT_COLOUR]);
/* "12 s", "3 min", "2 h 5 min", "4 d 1 h". */
#define INPUT_AGE 32
const char *input_age(uint64_t ms, char text[INPUT_AGE]);

#endif
