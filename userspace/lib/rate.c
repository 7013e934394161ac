// SPDX-License-Identifier: MIT
/*
 * Frame rates as fractions. 23.98 is 24000/1001 here and nowhere a decimal number.
 */
#include <math.h>

#include "kinora.h"

/* ST 352:2013 table 4 and CTA-861; UHD rates of BT.2020. */
static const struct kinora_rational standard_rates[] = {
	{ 24000, 1001 }, { 24, 1 }, { 25, 1 },	       { 30000, 1001 }, { 30, 1 },
	{ 48000, 1001 }, { 48, 1 }, { 50, 1 },	       { 60000, 1001 }, { 60, 1 },
	{ 96000, 1001 }, { 96, 1 }, { 100, 1 },	       { 120000, 1001 }, { 120, 1 },
};

struct kinora_rational kinora_rate_nearest(double hz)
{
	struct kinora_rational best = { 0, 0 };
	double best_ppm = KINORA_RATE_TOLERANCE_PPM;
	size_t i;

	for (i = 0; i < sizeof(standard_rates) / sizeof(standard_rates[0]); i++) {
		double nominal = (double)standard_rates[i].num / standard_rates[i].den;
		double ppm = fabs(hz / nominal - 1) * 1e6;

		if (ppm <= best_ppm) {
			best_ppm = ppm;
			best = standard_rates[i];
		}
	}
	return best;
}

const char *kinora_rate_text(struct kinora_rational rate, char text[KINORA_RATE_TEXT])
{
	if (rate.den == 0)
		snprintf(text, KINORA_RATE_TEXT, "unknown");
	else if (rate.den == 1)
		snprintf(text, KINORA_RATE_TEXT, "%u", rate.num);
	else
		snprintf(text, KINORA_RATE_TEXT, "%u/%u", rate.num, rate.den);
	return text;
}
