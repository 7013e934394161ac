// SPDX-License-Identifier: MIT
/*
 * Timing reports as JSON, out and in; kinora-timing-json(5) is the manual. What is read may have
 * been written by anybody: types, array sizes and ranges are checked, and nothing is believed that
 * could be worked out (checks are judged anew).
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "kinora.h"

#define VERSION 1

/* ---------------------------------------------------------------- writing */

static json_t *rational_json(struct kinora_rational rate)
{
	if (!rate.den)
		return json_null();
	return json_pack("{s:I, s:I}", "num", (json_int_t)rate.num, "den", (json_int_t)rate.den);
}

static json_t *limit_json(double limit)
{
	return limit < 0 ? json_null() : json_real(limit);
}

static json_t *count_limit_json(int64_t limit)
{
	return limit < 0 ? json_null() : json_integer(limit);
}

static json_t *histogram_json(const struct kinora_histogram *histogram)
{
	json_t *counts = json_array();
	unsigned int i;

	for (i = 0; i < histogram->bins; i++)
		json_array_append_new(counts, json_integer((json_int_t)histogram->count[i]));
	return json_pack("{s:I, s:I, s:o}", "start_ns", (json_int_t)histogram->start_ns, "width_ns",
			 (json_int_t)histogram->width_ns, "counts", counts);
}

static json_t *distribution_json(const struct kinora_distribution *d)
{
	if (!d->count)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:o}",
			 "count", (json_int_t)d->count, "min_ns", (json_int_t)d->min_ns,
			 "p1_ns", (json_int_t)d->p1_ns, "p50_ns", (json_int_t)d->p50_ns,
			 "p90_ns", (json_int_t)d->p90_ns, "p99_ns", (json_int_t)d->p99_ns,
			 "p999_ns", (json_int_t)d->p999_ns, "max_ns", (json_int_t)d->max_ns,
			 "mean_ns", d->mean_ns, "stddev_ns", d->stddev_ns,
			 "histogram", histogram_json(&d->histogram));
}

static json_t *points_json(const int64_t *values, unsigned int points)
{
	json_t *array = json_array();
	unsigned int i;

	for (i = 0; i < points; i++)
		json_array_append_new(array, json_integer(values[i]));
	return array;
}

static json_t *series_json(const struct kinora_series *series)
{
	return json_pack("{s:I, s:o, s:o}", "step", (json_int_t)series->step,
			 "min_ns", points_json(series->min_ns, series->points),
			 "max_ns", points_json(series->max_ns, series->points));
}

static json_t *clock_json(const struct kinora_clock_timing *clock)
{
	if (!clock->frames)
		return json_null();
	return json_pack("{s:I, s:I, s:f, s:f, s:o, s:o, s:f, s:o, s:o, s:{s:I, s:f, s:o}}",
			 "frames", (json_int_t)clock->frames,
			 "segments", (json_int_t)clock->segments,
			 "period_ns", clock->period_ns,
			 "hz", clock->hz,
			 "nominal", rational_json(clock->nominal),
			 "ppm", clock->nominal.den ? json_real(clock->ppm) : json_null(),
			 "ppm_sigma", clock->ppm_sigma,
			 "interval", distribution_json(&clock->interval),
			 "interval_series", series_json(&clock->interval_series),
			 "time_interval_error",
			 "peak_to_peak_ns", (json_int_t)clock->tie_pp_ns,
			 "rms_ns", clock->tie_rms_ns,
			 "series", series_json(&clock->tie));
}

static json_t *limits_json(const struct kinora_timing_limits *limits)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "rate", rational_json(limits->rate),
			 "max_ppm", limit_json(limits->max_ppm),
			 "max_tie_ns", limit_json(limits->max_tie_ns),
			 "max_lost", count_limit_json(limits->max_lost),
			 "max_repeats", count_limit_json(limits->max_repeats),
			 "max_errors", count_limit_json(limits->max_errors),
			 "max_signal_changes", count_limit_json(limits->max_signal_changes),
			 "max_latency_p99_ns", limit_json(limits->max_latency_p99_ns),
			 "max_latency_end_p99_ns", limit_json(limits->max_latency_end_p99_ns));
}

static json_t *checks_json(const struct kinora_timing_report *report)
{
	struct kinora_check checks[KINORA_CHECKS_MAX];
	unsigned int i, count = kinora_timing_judge(&report->result, &report->limits, checks);
	json_t *array = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:o, s:f, s:b}", "name", checks[i].name,
					 "unit", checks[i].unit, "value",
					 isnan(checks[i].value) ? json_null() :
								  json_real(checks[i].value),
					 "limit", checks[i].limit, "pass", checks[i].pass));
	return array;
}

static unsigned int gaps_kept(const struct kinora_timing_result *result)
{
	return result->gaps < KINORA_GAPS ? (unsigned int)result->gaps : KINORA_GAPS;
}

static json_t *gaps_json(const struct kinora_timing_result *result)
{
	json_t *gaps = json_array();
	unsigned int i;

	for (i = 0; i < gaps_kept(result); i++)
		json_array_append_new(gaps, json_pack("{s:I, s:I}", "after",
						      (json_int_t)result->gap[i].after, "lost",
						      (json_int_t)result->gap[i].lost));
	return gaps;
}

static json_t *frames_json(const struct kinora_timing_result *result)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:b}",
			 "received", (json_int_t)result->frames,
			 "errors", (json_int_t)result->errors,
			 "gaps", (json_int_t)result->gaps,
			 "lost", (json_int_t)result->lost,
			 "first_gaps", gaps_json(result),
			 "repeats", (json_int_t)result->repeats,
			 "with_metadata", (json_int_t)result->metadata,
			 "signal_changes", (json_int_t)result->signal_changes,
			 "first_sequence", (json_int_t)result->first_sequence,
			 "last_sequence", (json_int_t)result->last_sequence,
			 "duration_ns", (json_int_t)result->duration_ns,
			 "timestamp_at_end", result->at_end);
}

static json_t *report_json(const struct kinora_timing_report *report)
{
	const struct kinora_timing_result *result = &report->result;

	return json_pack(
		"{s:s, s:i, s:s, s:s, s:b, s:o, s:o,"
		" s:{s:s, s:s, s:s, s:s, s:s, s:I}, s:{s:s, s:s, s:s, s:I},"
		" s:{s:s, s:I, s:I, s:I, s:I},"
		" s:o, s:{s:o, s:o}, s:{s:o, s:o}}",
		"format", "kinora-timing", "version", VERSION,
		"program", report->program, "time", report->time,
		"pass", kinora_timing_report_pass(report),
		"checks", checks_json(report),
		"limits", limits_json(&report->limits),
		"device",
			"node", report->device, "metadata_node", report->meta,
			"card", report->card, "driver", report->driver,
			"serial", report->serial, "channel", (json_int_t)report->channel,
		"signal",
			"input", report->input, "raster", report->raster,
			"colour", report->colour, "payload_id", (json_int_t)report->payload_id,
		"memory",
			"pixel_format", report->format, "width", (json_int_t)report->width,
			"height", (json_int_t)report->height,
			"frame_bytes", (json_int_t)report->frame_bytes,
			"buffers", (json_int_t)report->buffers,
		"frames", frames_json(result),
		"clocks",
			"card", clock_json(&result->clock[KINORA_CLOCK_CARD]),
			"host", clock_json(&result->clock[KINORA_CLOCK_HOST]),
		"latency",
			"from_start", distribution_json(&result->latency_start),
			"from_end", distribution_json(&result->latency_end));
}

int kinora_timing_report_write_json(const struct kinora_timing_report *report, FILE *out)
{
	json_t *root = report_json(report);
	int ret = 0;

	if (!root)
		return kinora_fail(-ENOMEM, "out of memory for the report");
	if (json_dumpf(root, out, JSON_INDENT(1)) || fputc('\n', out) == EOF || fflush(out))
		ret = kinora_fail(-EIO, "cannot write the report: %m");
	json_decref(root);
	return ret;
}

/* ---------------------------------------------------------------- reading */

/* A reader's place: the first thing that is wrong is remembered, what follows reads as nothing. */
struct reader {
	char wrong[128];		/* "" so far */
};

static void wrong(struct reader *reader, const char *key, const char *what)
{
	if (!reader->wrong[0])
		snprintf(reader->wrong, sizeof(reader->wrong), "'%s' %s", key, what);
}

static const json_t *get_object(struct reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_object(value)) {
		wrong(reader, key, "is not an object");
		return NULL;
	}
	return value;
}

/* Of 0 .. max; min may be negative. */
static int64_t get_integer(struct reader *reader, const json_t *object, const char *key,
			   int64_t min, int64_t max)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		wrong(reader, key, "is not a number in its range");
		return 0;
	}
	return json_integer_value(value);
}

/* Half of the range, so that differences never overflow. */
#define NS_MAX (INT64_MAX / 4)

static int64_t get_ns(struct reader *reader, const json_t *object, const char *key)
{
	return get_integer(reader, object, key, -NS_MAX, NS_MAX);
}

static uint64_t get_count(struct reader *reader, const json_t *object, const char *key)
{
	return (uint64_t)get_integer(reader, object, key, 0, NS_MAX);
}

static double get_real(struct reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_number(value)) {
		wrong(reader, key, "is not a number");
		return 0;
	}
	return json_number_value(value);
}

static bool get_bool(struct reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		wrong(reader, key, "is not true or false");
	return json_is_true(value);
}

static void get_text(struct reader *reader, const json_t *object, const char *key, char *text,
		     size_t room)
{
	const char *value = json_string_value(json_object_get(object, key));

	if (!value || strlen(value) >= room)
		wrong(reader, key, "is not a text of fitting length");
	else
		snprintf(text, room, "%s", value);
}

static struct kinora_rational get_rational(struct reader *reader, const json_t *object,
					   const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_null(value))
		return (struct kinora_rational){ 0, 0 };
	if (!json_is_object(value)) {
		wrong(reader, key, "is not a fraction or null");
		return (struct kinora_rational){ 0, 0 };
	}
	return (struct kinora_rational){
		(uint32_t)get_integer(reader, value, "num", 1, UINT32_MAX),
		(uint32_t)get_integer(reader, value, "den", 1, UINT32_MAX),
	};
}

static double get_limit(struct reader *reader, const json_t *object, const char *key)
{
	return json_is_null(json_object_get(object, key)) ? KINORA_UNLIMITED :
							    fabs(get_real(reader, object, key));
}

static int64_t get_count_limit(struct reader *reader, const json_t *object, const char *key)
{
	return json_is_null(json_object_get(object, key)) ? KINORA_UNLIMITED :
							    (int64_t)get_count(reader, object, key);
}

static void read_histogram(struct reader *reader, const json_t *object,
			   struct kinora_histogram *histogram)
{
	const json_t *counts = json_object_get(object, "counts");
	unsigned int i;

	histogram->start_ns = get_ns(reader, object, "start_ns");
	histogram->width_ns = get_integer(reader, object, "width_ns", 1, NS_MAX / KINORA_BINS);
	if (!json_is_array(counts) || !json_array_size(counts) ||
	    json_array_size(counts) > KINORA_BINS) {
		wrong(reader, "counts", "is not an array of fitting size");
		return;
	}
	histogram->bins = (unsigned int)json_array_size(counts);
	for (i = 0; i < histogram->bins; i++) {
		json_int_t count = json_integer_value(json_array_get(counts, i));

		if (count < 0)
			wrong(reader, "counts", "holds a negative number");
		else
			histogram->count[i] = (uint64_t)count;
	}
}

static void read_distribution(struct reader *reader, const json_t *parent, const char *key,
			      struct kinora_distribution *d)
{
	const json_t *object = json_object_get(parent, key);

	if (json_is_null(object))
		return;
	if (!json_is_object(object)) {
		wrong(reader, key, "is not an object or null");
		return;
	}
	d->count = get_count(reader, object, "count");
	d->min_ns = get_ns(reader, object, "min_ns");
	d->p1_ns = get_ns(reader, object, "p1_ns");
	d->p50_ns = get_ns(reader, object, "p50_ns");
	d->p90_ns = get_ns(reader, object, "p90_ns");
	d->p99_ns = get_ns(reader, object, "p99_ns");
	d->p999_ns = get_ns(reader, object, "p999_ns");
	d->max_ns = get_ns(reader, object, "max_ns");
	d->mean_ns = get_real(reader, object, "mean_ns");
	d->stddev_ns = get_real(reader, object, "stddev_ns");
	read_histogram(reader, get_object(reader, object, "histogram"), &d->histogram);
}

static unsigned int read_points(struct reader *reader, const json_t *object, const char *key,
				int64_t *values)
{
	const json_t *array = json_object_get(object, key);
	unsigned int i, count = (unsigned int)json_array_size(array);

	if (!json_is_array(array) || json_array_size(array) > KINORA_POINTS) {
		wrong(reader, key, "is not an array of fitting size");
		return 0;
	}
	for (i = 0; i < count; i++) {
		values[i] = json_integer_value(json_array_get(array, i));
		if (values[i] < -NS_MAX || values[i] > NS_MAX)
			wrong(reader, key, "holds a number out of range");
	}
	return count;
}

static void read_series(struct reader *reader, const json_t *object, struct kinora_series *series)
{
	series->points = read_points(reader, object, "min_ns", series->min_ns);
	if (read_points(reader, object, "max_ns", series->max_ns) != series->points)
		wrong(reader, "max_ns", "has not as many entries as 'min_ns'");
	series->step = (uint64_t)get_integer(reader, object, "step", series->points ? 1 : 0,
					     NS_MAX / KINORA_POINTS);
}

static void read_clock(struct reader *reader, const json_t *parent, const char *key,
		       struct kinora_clock_timing *clock)
{
	const json_t *object = json_object_get(parent, key), *tie;

	if (json_is_null(object))
		return;
	if (!json_is_object(object)) {
		wrong(reader, key, "is not an object or null");
		return;
	}
	tie = get_object(reader, object, "time_interval_error");
	clock->frames = get_count(reader, object, "frames");
	clock->segments = (unsigned int)get_integer(reader, object, "segments", 0, UINT32_MAX);
	clock->period_ns = get_real(reader, object, "period_ns");
	clock->hz = get_real(reader, object, "hz");
	clock->nominal = get_rational(reader, object, "nominal");
	if (clock->nominal.den)
		clock->ppm = get_real(reader, object, "ppm");
	clock->ppm_sigma = get_real(reader, object, "ppm_sigma");
	read_distribution(reader, object, "interval", &clock->interval);
	read_series(reader, get_object(reader, object, "interval_series"),
		    &clock->interval_series);
	clock->tie_pp_ns = get_ns(reader, tie, "peak_to_peak_ns");
	clock->tie_rms_ns = get_real(reader, tie, "rms_ns");
	read_series(reader, get_object(reader, tie, "series"), &clock->tie);
}

static void read_limits(struct reader *reader, const json_t *object,
			struct kinora_timing_limits *limits)
{
	limits->rate = get_rational(reader, object, "rate");
	limits->max_ppm = get_limit(reader, object, "max_ppm");
	limits->max_tie_ns = get_limit(reader, object, "max_tie_ns");
	limits->max_lost = get_count_limit(reader, object, "max_lost");
	limits->max_repeats = get_count_limit(reader, object, "max_repeats");
	limits->max_errors = get_count_limit(reader, object, "max_errors");
	limits->max_signal_changes = get_count_limit(reader, object, "max_signal_changes");
	limits->max_latency_p99_ns = get_limit(reader, object, "max_latency_p99_ns");
	limits->max_latency_end_p99_ns = get_limit(reader, object, "max_latency_end_p99_ns");
}

static void read_gaps(struct reader *reader, const json_t *frames,
		      struct kinora_timing_result *result)
{
	const json_t *gaps = json_object_get(frames, "first_gaps");
	unsigned int i;

	if (!json_is_array(gaps) || json_array_size(gaps) != gaps_kept(result)) {
		wrong(reader, "first_gaps", "is not an array of fitting size");
		return;
	}
	for (i = 0; i < gaps_kept(result); i++) {
		const json_t *gap = json_array_get(gaps, i);

		result->gap[i].after = (uint32_t)get_integer(reader, gap, "after", 0, UINT32_MAX);
		result->gap[i].lost = get_count(reader, gap, "lost");
	}
}

static void read_frames(struct reader *reader, const json_t *object,
			struct kinora_timing_result *result)
{
	result->frames = get_count(reader, object, "received");
	result->errors = get_count(reader, object, "errors");
	result->gaps = get_count(reader, object, "gaps");
	result->lost = get_count(reader, object, "lost");
	read_gaps(reader, object, result);
	result->repeats = get_count(reader, object, "repeats");
	result->metadata = get_count(reader, object, "with_metadata");
	result->signal_changes = get_count(reader, object, "signal_changes");
	result->first_sequence =
		(uint32_t)get_integer(reader, object, "first_sequence", 0, UINT32_MAX);
	result->last_sequence =
		(uint32_t)get_integer(reader, object, "last_sequence", 0, UINT32_MAX);
	result->duration_ns = get_ns(reader, object, "duration_ns");
	result->at_end = get_bool(reader, object, "timestamp_at_end");
}

static void read_head(struct reader *reader, const json_t *root,
		      struct kinora_timing_report *report)
{
	const json_t *device = get_object(reader, root, "device");
	const json_t *signal = get_object(reader, root, "signal");
	const json_t *memory = get_object(reader, root, "memory");

	get_text(reader, root, "program", report->program, sizeof(report->program));
	get_text(reader, root, "time", report->time, sizeof(report->time));
	get_text(reader, device, "node", report->device, sizeof(report->device));
	get_text(reader, device, "metadata_node", report->meta, sizeof(report->meta));
	get_text(reader, device, "card", report->card, sizeof(report->card));
	get_text(reader, device, "driver", report->driver, sizeof(report->driver));
	get_text(reader, device, "serial", report->serial, sizeof(report->serial));
	report->channel = (unsigned int)get_integer(reader, device, "channel", 0, UINT32_MAX);
	get_text(reader, signal, "input", report->input, sizeof(report->input));
	get_text(reader, signal, "raster", report->raster, sizeof(report->raster));
	get_text(reader, signal, "colour", report->colour, sizeof(report->colour));
	report->payload_id = (uint32_t)get_integer(reader, signal, "payload_id", 0, UINT32_MAX);
	get_text(reader, memory, "pixel_format", report->format, sizeof(report->format));
	report->width = (unsigned int)get_integer(reader, memory, "width", 0, UINT32_MAX);
	report->height = (unsigned int)get_integer(reader, memory, "height", 0, UINT32_MAX);
	report->frame_bytes = get_count(reader, memory, "frame_bytes");
	report->buffers = (unsigned int)get_integer(reader, memory, "buffers", 0, UINT32_MAX);
}

static void read_report(struct reader *reader, const json_t *root,
			struct kinora_timing_report *report)
{
	const json_t *clocks = get_object(reader, root, "clocks");
	const json_t *latency = get_object(reader, root, "latency");

	read_head(reader, root, report);
	read_frames(reader, get_object(reader, root, "frames"), &report->result);
	read_clock(reader, clocks, "card", &report->result.clock[KINORA_CLOCK_CARD]);
	read_clock(reader, clocks, "host", &report->result.clock[KINORA_CLOCK_HOST]);
	read_distribution(reader, latency, "from_start", &report->result.latency_start);
	read_distribution(reader, latency, "from_end", &report->result.latency_end);
	read_limits(reader, get_object(reader, root, "limits"), &report->limits);
}

int kinora_timing_report_read_json(struct kinora_timing_report *report, FILE *in)
{
	struct reader reader = { "" };
	const char *format;
	json_error_t error;
	json_t *root;
	int ret = 0;

	memset(report, 0, sizeof(*report));
	root = json_loadf(in, 0, &error);
	if (!root && ferror(in))
		return kinora_fail(-EIO, "cannot read it: %m");
	if (!root)
		return kinora_fail(-EINVAL, "not JSON: %s (line %d)", error.text, error.line);
	format = json_string_value(json_object_get(root, "format"));
	if (!format || strcmp(format, "kinora-timing"))
		ret = kinora_fail(-EINVAL, "not a timing report: make one with 'kinora timing "
					   "--json FILE'");
	else if (json_integer_value(json_object_get(root, "version")) != VERSION)
		ret = kinora_fail(
			-EINVAL, "a timing report of version %d, and this program reads %d",
			(int)json_integer_value(json_object_get(root, "version")), VERSION);
	if (!ret) {
		read_report(&reader, root, report);
		if (reader.wrong[0])
			ret = kinora_fail(-EINVAL, "not a whole timing report: %s", reader.wrong);
	}
	json_decref(root);
	return ret;
}
