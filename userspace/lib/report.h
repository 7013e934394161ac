/* SPDX-License-Identifier: MIT */
/*
 * What the text and the page share: numbers in words.
 */
#ifndef KINORA_LIB_REPORT_H
#define KINORA_LIB_REPORT_H

#include "kinora.h"

/* "12 ns", "16.683 us", "16.683350 ms": as many digits as are worth reading. Returns text. */
#define NS_TEXT 32
const char *kinora_ns_text(double ns, char text[NS_TEXT]);

/* A value or limit of a check with its unit; "not measured" for NAN. */
#define CHECK_TEXT 40
const char *kinora_check_text(const struct kinora_check *check, double value,
			      char text[CHECK_TEXT]);

/* "card clock", "host clock". */
const char *kinora_clock_name(enum kinora_timing_clock clock);

/* "0.012 +- 0.003 ppm", "no standard rate" or "too few frames". */
#define PPM_TEXT 64
const char *kinora_ppm_text(const struct kinora_clock_timing *clock, char text[PPM_TEXT]);

/* Runs gnuplot on a script and writes its SVG, without prologue, to out. */
int kinora_plot_svg(const char *script, size_t bytes, FILE *out);

#endif
