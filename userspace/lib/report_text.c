// SPDX-License-Identifier: MIT
/*
 * A timing report as text for a terminal of 80 columns.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "error.h"
#include "report.h"

const char *kinora_ns_text(double ns, char text[NS_TEXT])
{
	double size = fabs(ns);

	if (size < 1e3)
		snprintf(text, NS_TEXT, "%.3g ns", ns);
	else if (size < 1e6)
		snprintf(text, NS_TEXT, "%.3f us", ns / 1e3);
	else if (size < 1e9)
		snprintf(text, NS_TEXT, "%.3f ms", ns / 1e6);
	else
		snprintf(text, NS_TEXT, "%.3f s", ns / 1e9);
	return text;
}

const char *kinora_check_text(const struct kinora_check *check, double value, char text[CHECK_TEXT])
{
	char ns[NS_TEXT];

	if (isnan(value))
		snprintf(text, CHECK_TEXT, "not measured");
	else if (check->unit[0] == 'n')
		snprintf(text, CHECK_TEXT, "%s", kinora_ns_text(value, ns));
	else if (check->unit[0] == 'p')
		snprintf(text, CHECK_TEXT, "%.3f ppm", value);
	else
		snprintf(text, CHECK_TEXT, "%.0f", value);
	return text;
}

const char *kinora_clock_name(enum kinora_timing_clock clock)
{
	return clock == KINORA_CLOCK_CARD ? "card clock" : "host clock";
}

const char *kinora_ppm_text(const struct kinora_clock_timing *clock, char text[PPM_TEXT])
{
	if (!clock->frames)
		snprintf(text, PPM_TEXT, "too few frames");
	else if (clock->nominal.den)
		snprintf(text, PPM_TEXT, "%+.3f ppm +- %.3f", clock->ppm, clock->ppm_sigma);
	else if (3 * clock->ppm_sigma > KINORA_RATE_CERTAIN_PPM)
		snprintf(text, PPM_TEXT, "not certain, +- %.0f ppm: measure for longer",
			 clock->ppm_sigma);
	else
		snprintf(text, PPM_TEXT, "no standard rate");
	return text;
}

static void write_head(const struct kinora_timing_report *report, FILE *out)
{
	fprintf(out, "device      %s  %s", report->device, report->card);
	if (report->serial[0])
		fprintf(out, ", card %s channel %u", report->serial, report->channel);
	fprintf(out, "\nsignal      %s", report->raster);
	if (report->colour[0])
		fprintf(out, ", %s", report->colour);
	if (report->input[0])
		fprintf(out, ", input '%s'", report->input);
	fprintf(out, "\nmemory      %s %ux%u, %" PRIu64 " bytes a frame, %u buffers\n",
		report->format, report->width, report->height, report->frame_bytes,
		report->buffers);
}

static void write_clock(enum kinora_timing_clock which, const struct kinora_clock_timing *clock,
			FILE *out)
{
	char text[PPM_TEXT], a[NS_TEXT], b[NS_TEXT], rate[KINORA_RATE_TEXT];

	if (!clock->frames) {
		fprintf(out, "%-11s %s\n", kinora_clock_name(which),
			which == KINORA_CLOCK_CARD ? "no metadata" : "too few frames");
		return;
	}
	fprintf(out, "%-11s %s Hz  %.6f Hz, %s\n", kinora_clock_name(which),
		kinora_rate_text(clock->nominal, rate), clock->hz, kinora_ppm_text(clock, text));
	fprintf(out, "            interval %.6f ms, from %.6f to %.6f ms\n",
		clock->interval.mean_ns / 1e6, (double)clock->interval.min_ns / 1e6,
		(double)clock->interval.max_ns / 1e6);
	fprintf(out, "            time interval error %s p-p, %s rms\n",
		kinora_ns_text((double)clock->tie_pp_ns, a), kinora_ns_text(clock->tie_rms_ns, b));
}

static void write_latency(const char *from, const struct kinora_distribution *latency, FILE *out)
{
	if (!latency->count) {
		fprintf(out, "  from %-5s not measured\n", from);
		return;
	}
	fprintf(out, "  from %-5s p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f ms\n", from,
		(double)latency->p50_ns / 1e6, (double)latency->p90_ns / 1e6,
		(double)latency->p99_ns / 1e6, (double)latency->p999_ns / 1e6,
		(double)latency->max_ns / 1e6);
}

/* Where the first frames were lost, "after 1233 (1), 4711 (2), ...". */
static void write_gaps(const struct kinora_timing_result *result, FILE *out)
{
	uint64_t i;

	if (!result->gaps)
		return;
	fprintf(out, "            lost after frame");
	for (i = 0; i < result->gaps && i < 4; i++)
		fprintf(out, "%s %" PRIu32 " (%" PRIu64 ")", i ? "," : "", result->gap[i].after,
			result->gap[i].lost);
	fprintf(out, "%s\n", result->gaps > 4 ? ", ..." : "");
}

static void write_checks(const struct kinora_timing_report *report, FILE *out)
{
	struct kinora_check checks[KINORA_CHECKS_MAX];
	unsigned int i, count = kinora_timing_judge(&report->result, &report->limits, checks);

	for (i = 0; i < count; i++) {
		char value[CHECK_TEXT], limit[CHECK_TEXT];

		fprintf(out, "  %-4s  %-24s %14s  limit %s\n", checks[i].pass ? "ok" : "FAIL",
			checks[i].name, kinora_check_text(&checks[i], checks[i].value, value),
			kinora_check_text(&checks[i], checks[i].limit, limit));
	}
}

int kinora_timing_report_write_text(const struct kinora_timing_report *report, FILE *out)
{
	const struct kinora_timing_result *result = &report->result;
	char text[NS_TEXT];

	write_head(report, out);
	fprintf(out, "measured    %" PRIu64 " frames in %s, %s\n", result->frames,
		kinora_ns_text((double)result->duration_ns, text), report->time);
	fprintf(out, "\n");
	write_clock(KINORA_CLOCK_CARD, &result->clock[KINORA_CLOCK_CARD], out);
	write_clock(KINORA_CLOCK_HOST, &result->clock[KINORA_CLOCK_HOST], out);
	fprintf(out,
		"frames      %" PRIu64 " lost in %" PRIu64 " gaps, %" PRIu64 " repeated, %" PRIu64
		" with errors\n",
		result->lost, result->gaps, result->repeats, result->errors);
	write_gaps(result, out);
	fprintf(out, "latency\n");
	write_latency("start", &result->latency_start, out);
	write_latency("end", &result->latency_end, out);
	fprintf(out, "checks\n");
	write_checks(report, out);
	fprintf(out, "%s\n", kinora_timing_report_pass(report) ? "pass" : "FAIL");
	if (fflush(out) || ferror(out))
		return kinora_fail(-EIO, "cannot write the report: %m");
	return 0;
}
