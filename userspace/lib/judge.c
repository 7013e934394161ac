// SPDX-License-Identifier: MIT
/*
 * Holds a timing result against limits. A value that could not be measured does not pass: whoever
 * asks for a limit wants an answer.
 */
#include <math.h>

#include "kinora.h"

void kinora_timing_limits_init(struct kinora_timing_limits *limits)
{
	*limits = (struct kinora_timing_limits){
		.max_ppm = 50,	/* what a measuring instrument's input has to take */
		.max_tie_ns = KINORA_UNLIMITED,
		.max_latency_p99_ns = KINORA_UNLIMITED,
		.max_latency_end_p99_ns = KINORA_UNLIMITED,
	};
}

struct judge {
	struct kinora_check *checks;
	unsigned int count;
};

static void judge_add(struct judge *judge, const char *name, const char *unit, double value,
		      double limit)
{
	if (limit < 0)
		return;
	judge->checks[judge->count++] = (struct kinora_check){
		.name = name,
		.unit = unit,
		.value = value,
		.limit = limit,
		.pass = fabs(value) <= limit,	/* false for NAN */
	};
}

static double known(const struct kinora_distribution *distribution)
{
	return distribution->count ? (double)distribution->p99_ns : NAN;
}

/* ppm against the rate that is expected, whichever it is, else the nearest standard one. */
static double rate_error(const struct kinora_clock_timing *clock, struct kinora_rational expected)
{
	if (!clock->frames || 3 * clock->ppm_sigma > KINORA_RATE_CERTAIN_PPM)
		return NAN;
	if (!expected.den)
		return clock->nominal.den ? clock->ppm : NAN;
	return (clock->hz * expected.den / expected.num - 1) * 1e6;
}

unsigned int kinora_timing_judge(const struct kinora_timing_result *result,
				 const struct kinora_timing_limits *limits,
				 struct kinora_check checks[KINORA_CHECKS_MAX])
{
	const struct kinora_clock_timing *clock = &result->clock[kinora_timing_reference(result)];
	struct judge judge = { checks, 0 };

	judge_add(&judge, "rate error", "ppm", rate_error(clock, limits->rate), limits->max_ppm);
	judge_add(&judge, "lost frames", "frames", result->frames ? (double)result->lost : NAN,
		  (double)limits->max_lost);
	judge_add(&judge, "repeated frames", "frames",
		  result->frames ? (double)result->repeats : NAN, (double)limits->max_repeats);
	judge_add(&judge, "error frames", "frames", result->frames ? (double)result->errors : NAN,
		  (double)limits->max_errors);
	judge_add(&judge, "signal changes", "changes", (double)result->signal_changes,
		  (double)limits->max_signal_changes);
	judge_add(&judge, "time interval error p-p", "ns",
		  clock->frames ? (double)clock->tie_pp_ns : NAN, limits->max_tie_ns);
	judge_add(&judge, "latency from start p99", "ns", known(&result->latency_start),
		  limits->max_latency_p99_ns);
	judge_add(&judge, "latency from end p99", "ns", known(&result->latency_end),
		  limits->max_latency_end_p99_ns);
	return judge.count;
}

bool kinora_timing_report_pass(const struct kinora_timing_report *report)
{
	struct kinora_check checks[KINORA_CHECKS_MAX];
	unsigned int i, count = kinora_timing_judge(&report->result, &report->limits, checks);

	for (i = 0; i < count; i++)
		if (!checks[i].pass)
			return false;
	return true;
}
