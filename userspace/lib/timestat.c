// SPDX-License-Identifier: MIT
/*
 * Timing statistics: collects what is known of each frame and works everything out at the end, so
 * that nothing but an append happens while frames arrive. Plain C: knows neither kernel nor V4L2.
 *
 * What surprises people:
 * - The rate is the slope of a least-squares line of timestamp over sequence number. The sequence
 *   counts the wire, so a lost frame does not bend the line.
 * - Error frames are made by the card's own cadence, not by the wire: they are in no statistic but
 *   the count of errors, and what follows them is a new segment. Segments share the slope and have
 *   an offset each, since a source may come back at another phase.
 * - Repeats are dropped for the same reason: a second frame with one number is no new point.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kinora.h"

/* A microsecond in struct v4l2_buffer, a nanosecond in the metadata. */
#define HOST_RESOLUTION_NS 1000
#define CARD_RESOLUTION_NS 1

/* Later than any clock since boot: fifty years. */
#define TIME_MAX_NS (50ULL * 366 * 86400 * 1000000000)

struct log_frame {
	uint32_t sequence;
	bool error, at_end;
	int64_t timestamp_ns;
	int64_t dequeued_ns;
};

struct log_meta {
	uint32_t sequence;
	bool error;
	uint32_t generation;
	int64_t sof_ns, eof_ns;
};

struct kinora_timing_log {
	struct log_frame *frames;
	size_t frame_count, frame_room;
	struct log_meta *metas;
	size_t meta_count, meta_room;
};

/* A point of a clock: frame number on the wire, made 64 bits long, and when it started. */
struct point {
	int64_t number;
	int64_t time_ns;
	bool first;			/* of a segment */
};

int kinora_timing_log_create(struct kinora_timing_log **log)
{
	*log = calloc(1, sizeof(**log));
	if (!*log)
		return kinora_fail(-ENOMEM, "out of memory for the timing log");
	return 0;
}

void kinora_timing_log_destroy(struct kinora_timing_log *log)
{
	if (!log)
		return;
	free(log->frames);
	free(log->metas);
	free(log);
}

/* Room for one more entry; doubles, so that appends stay cheap. */
static int grow(void **array, size_t *room, size_t count, size_t entry)
{
	size_t larger = *room ? *room * 2 : 4096;
	void *moved;

	if (count < *room)
		return 0;
	moved = reallocarray(*array, larger, entry);
	if (!moved)
		return kinora_fail(-ENOMEM, "out of memory after %zu frames: measure for less time",
				   count);
	*array = moved;
	*room = larger;
	return 0;
}

int kinora_timing_log_frame(struct kinora_timing_log *log, const struct kinora_frame *frame)
{
	int ret = grow((void **)&log->frames, &log->frame_room, log->frame_count,
		       sizeof(*log->frames));

	if (ret)
		return ret;
	if (frame->timestamp_ns > TIME_MAX_NS || frame->dequeued_ns > TIME_MAX_NS)
		return kinora_fail(-EPROTO,
				   "frame %u has a timestamp that cannot be: the driver is "
				   "broken",
				   frame->sequence);
	log->frames[log->frame_count++] = (struct log_frame){
		.sequence = frame->sequence,
		.error = frame->error,
		.at_end = frame->at_end,
		.timestamp_ns = (int64_t)frame->timestamp_ns,
		.dequeued_ns = (int64_t)frame->dequeued_ns,
	};
	return 0;
}

int kinora_timing_log_meta(struct kinora_timing_log *log, const struct kinora_meta *meta)
{
	int ret = grow((void **)&log->metas, &log->meta_room, log->meta_count,
		       sizeof(*log->metas));

	if (ret)
		return ret;
	/* A card may say anything: half a century is no time of a frame, and sums must not
	 * overflow. */
	log->metas[log->meta_count++] = (struct log_meta){
		.sequence = meta->sequence,
		.error = meta->error || meta->eof_ns > TIME_MAX_NS || meta->sof_ns > meta->eof_ns,
		.generation = meta->generation,
		.sof_ns = (int64_t)meta->sof_ns,
		.eof_ns = (int64_t)meta->eof_ns,
	};
	return 0;
}

/* ------------------------------------------------------- distributions */

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest-rank percentile of sorted values, 0 < share <= 1. */
static int64_t percentile(const int64_t *sorted, size_t count, double share)
{
	size_t rank = (size_t)ceil(share * (double)count);

	return sorted[rank > 0 ? rank - 1 : 0];
}

/* The smallest 1, 2 or 5 times a power of ten times unit that is not below value. */
static int64_t round_up_125(int64_t value, int64_t unit)
{
	static const int64_t steps[] = { 1, 2, 5 };
	int64_t decade;

	for (decade = unit; decade <= INT64_MAX / 10; decade *= 10) {
		size_t i;

		for (i = 0; i < 3; i++)
			if (decade * steps[i] >= value)
				return decade * steps[i];
	}
	return value;
}

static int64_t round_down(int64_t value, int64_t step)
{
	int64_t rest = value % step;

	return value - (rest < 0 ? rest + step : rest);
}

static void histogram_fill(struct kinora_histogram *histogram, const int64_t *sorted,
			   size_t count, int64_t resolution)
{
	int64_t span = sorted[count - 1] - sorted[0];
	size_t i;

	/* Rounding the start down may cost one bin more than the span needs. */
	histogram->width_ns = round_up_125(span / (KINORA_BINS - 2) + 1, resolution);
	histogram->start_ns = round_down(sorted[0], histogram->width_ns);
	histogram->bins =
		(unsigned int)((sorted[count - 1] - histogram->start_ns) / histogram->width_ns) + 1;
	for (i = 0; i < count; i++)
		histogram->count[(sorted[i] - histogram->start_ns) / histogram->width_ns]++;
}

/* Sorts values. */
static void distribution_fill(struct kinora_distribution *distribution, int64_t *values,
			      size_t count, int64_t resolution)
{
	double sum = 0, square = 0;
	size_t i;

	memset(distribution, 0, sizeof(*distribution));
	distribution->count = count;
	if (!count)
		return;
	qsort(values, count, sizeof(*values), compare_ns);
	distribution->min_ns = values[0];
	distribution->p1_ns = percentile(values, count, 0.01);
	distribution->p50_ns = percentile(values, count, 0.50);
	distribution->p90_ns = percentile(values, count, 0.90);
	distribution->p99_ns = percentile(values, count, 0.99);
	distribution->p999_ns = percentile(values, count, 0.999);
	distribution->max_ns = values[count - 1];
	/* Against the median: squares of large numbers would swallow the spread. */
	for (i = 0; i < count; i++) {
		double offset = (double)(values[i] - distribution->p50_ns);

		sum += offset;
		square += offset * offset;
	}
	distribution->mean_ns = (double)distribution->p50_ns + sum / (double)count;
	if (count > 1)
		distribution->stddev_ns = sqrt(fmax(0, (square - sum * sum / (double)count) /
							       (double)(count - 1)));
	histogram_fill(&distribution->histogram, values, count, resolution);
}

static void series_fill(struct kinora_series *series, const int64_t *values, size_t count)
{
	size_t i;

	memset(series, 0, sizeof(*series));
	if (!count)
		return;
	series->step = (count + KINORA_POINTS - 1) / KINORA_POINTS;
	series->points = (unsigned int)((count + series->step - 1) / series->step);
	for (i = 0; i < count; i++) {
		size_t point = i / series->step;

		if (i % series->step == 0 || values[i] < series->min_ns[point])
			series->min_ns[point] = values[i];
		if (i % series->step == 0 || values[i] > series->max_ns[point])
			series->max_ns[point] = values[i];
	}
}

/* --------------------------------------------------------------- cadence */

struct sums {
	double xx, xy;			/* of number, of number and time, about their means */
	size_t used;			/* points in them */
	unsigned int segments;
};

/* The end of the segment that starts at point `start`, exclusive. */
static size_t segment_end(const struct point *points, size_t count, size_t start)
{
	size_t end = start + 1;

	while (end < count && !points[end].first)
		end++;
	return end;
}

static void segment_means(const struct point *points, size_t start, size_t end,
			  double *mean_number, double *mean_time)
{
	double number = 0, time = 0;
	size_t i;

	for (i = start; i < end; i++) {
		number += (double)(points[i].number - points[start].number);
		time += (double)(points[i].time_ns - points[start].time_ns);
	}
	*mean_number = number / (double)(end - start);
	*mean_time = time / (double)(end - start);
}

static void fit_sums(const struct point *points, size_t count, struct sums *sums)
{
	size_t start, end;

	memset(sums, 0, sizeof(*sums));
	for (start = 0; start < count; start = end) {
		double mean_number, mean_time;
		size_t i;

		end = segment_end(points, count, start);
		segment_means(points, start, end, &mean_number, &mean_time);
		for (i = start; i < end; i++) {
			double x = (double)(points[i].number - points[start].number) - mean_number;
			double y = (double)(points[i].time_ns - points[start].time_ns) - mean_time;

			sums->xx += x * x;
			sums->xy += x * y;
		}
		sums->used += end - start;
		sums->segments++;
	}
}

struct residuals {
	double square;			/* sum of squares */
	double low, high;
};

/* Distance of every point from the line of its segment, in `tie`. */
static struct residuals fit_residuals(const struct point *points, size_t count, double period,
				      int64_t *tie)
{
	struct residuals residuals = { 0, INFINITY, -INFINITY };
	size_t start, end;

	for (start = 0; start < count; start = end) {
		double mean_number, mean_time;
		size_t i;

		end = segment_end(points, count, start);
		segment_means(points, start, end, &mean_number, &mean_time);
		for (i = start; i < end; i++) {
			double x = (double)(points[i].number - points[start].number) - mean_number;
			double y = (double)(points[i].time_ns - points[start].time_ns) - mean_time;
			double residual = y - period * x;

			residuals.square += residual * residual;
			residuals.low = fmin(residuals.low, residual);
			residuals.high = fmax(residuals.high, residual);
			tie[i] = llround(residual);
		}
	}
	return residuals;
}

static void clock_intervals(const struct point *points, size_t count, int64_t resolution,
			    int64_t *scratch, struct kinora_clock_timing *clock)
{
	size_t i, used = 0;

	for (i = 1; i < count; i++)
		if (!points[i].first && points[i].number == points[i - 1].number + 1)
			scratch[used++] = points[i].time_ns - points[i - 1].time_ns;
	series_fill(&clock->interval_series, scratch, used);
	distribution_fill(&clock->interval, scratch, used, resolution);
}

static void clock_fit(const struct point *points, size_t count, int64_t *tie,
		      struct kinora_clock_timing *clock)
{
	struct residuals residuals;
	struct sums sums;
	double freedom;

	fit_sums(points, count, &sums);
	clock->frames = sums.used;
	clock->segments = sums.segments;
	freedom = (double)sums.used - sums.segments - 1;
	if (freedom < 1 || sums.xx <= 0 || sums.xy <= 0) {
		clock->frames = 0;
		return;
	}
	clock->period_ns = sums.xy / sums.xx;
	clock->hz = 1e9 / clock->period_ns;
	residuals = fit_residuals(points, count, clock->period_ns, tie);
	clock->ppm_sigma = sqrt(residuals.square / freedom / sums.xx) / clock->period_ns * 1e6;

	if (clock->ppm_sigma * 3 <= KINORA_RATE_CERTAIN_PPM)
		clock->nominal = kinora_rate_nearest(clock->hz);
	if (clock->nominal.den)
		clock->ppm = (clock->hz * clock->nominal.den / clock->nominal.num - 1) * 1e6;

	clock->tie_pp_ns = llround(residuals.high - residuals.low);
	clock->tie_rms_ns = sqrt(residuals.square / (double)count);
	series_fill(&clock->tie, tie, count);
}

static void clock_analyse(const struct point *points, size_t count, int64_t resolution,
			  int64_t *scratch, struct kinora_clock_timing *clock)
{
	memset(clock, 0, sizeof(*clock));
	if (count < 2)
		return;
	clock_intervals(points, count, resolution, scratch, clock);
	clock_fit(points, count, scratch, clock);
}

/* ----------------------------------------------------------------- frames */

/* `sequence` continued from `last`, across the wrap at 2^32. */
static int64_t sequence_extend(int64_t last, uint32_t sequence)
{
	return last + (int32_t)(sequence - (uint32_t)last);
}

static void gap_note(struct kinora_timing_result *result, int64_t after, uint64_t lost)
{
	if (result->gaps < KINORA_GAPS)
		result->gap[result->gaps] = (struct kinora_gap){ (uint32_t)after, lost };
	result->gaps++;
	result->lost += lost;
}

/* Counts, and the good frames as points; returns how many points. */
static size_t frames_count(const struct kinora_timing_log *log, struct point *points,
			   struct kinora_timing_result *result)
{
	const struct log_frame *frames = log->frames;
	size_t i, used = 0;
	int64_t last = 0, last_time = 0;
	bool broken = true;

	for (i = 0; i < log->frame_count; i++) {
		int64_t number = i ? sequence_extend(last, frames[i].sequence) : frames[i].sequence;
		bool repeat = i && (number <= last || frames[i].timestamp_ns <= last_time);

		result->frames++;
		result->at_end |= frames[i].at_end;
		if (i && number > last + 1)
			gap_note(result, last, (uint64_t)(number - last - 1));
		if (frames[i].error)
			result->errors++;
		if (repeat)
			result->repeats++;
		if (frames[i].error || repeat) {
			broken |= frames[i].error;
		} else {
			points[used++] = (struct point){ number, frames[i].timestamp_ns, broken };
			broken = false;
		}
		if (!i || number > last)
			last = number;
		if (!i || frames[i].timestamp_ns > last_time)
			last_time = frames[i].timestamp_ns;
	}
	if (log->frame_count) {
		result->first_sequence = frames[0].sequence;
		result->last_sequence = (uint32_t)last;
		result->duration_ns = last_time - frames[0].timestamp_ns;
	}
	return used;
}

/* The same for metadata. */
static size_t metas_count(const struct kinora_timing_log *log, struct point *points,
			  struct kinora_timing_result *result)
{
	const struct log_meta *metas = log->metas;
	size_t i, used = 0;
	int64_t last = 0;
	bool broken = true;

	for (i = 0; i < log->meta_count; i++) {
		int64_t number = i ? sequence_extend(last, metas[i].sequence) : metas[i].sequence;

		if (i && metas[i].generation != metas[i - 1].generation)
			result->signal_changes++;
		if (metas[i].error) {
			broken = true;
		} else if (!i || number > last) {
			points[used++] = (struct point){ number, metas[i].sof_ns, broken };
			broken = false;
		}
		if (!i || number > last)
			last = number;
	}
	return used;
}

/*
 * The metadata of each frame: both lists go by sequence, so one walk finds all. An entry is
 * NULL where there is none, or none of a good frame.
 */
static void metas_match(const struct kinora_timing_log *log, const struct log_meta **matched,
			struct kinora_timing_result *result)
{
	size_t i, j = 0;

	for (i = 0; i < log->frame_count; i++) {
		uint32_t sequence = log->frames[i].sequence;

		matched[i] = NULL;
		while (j < log->meta_count && (int32_t)(log->metas[j].sequence - sequence) < 0)
			j++;
		if (j < log->meta_count && log->metas[j].sequence == sequence &&
		    !log->metas[j].error) {
			matched[i] = &log->metas[j];
			result->metadata++;
		}
	}
}

/* In hand minus start and end of frame; error frames are left out. */
static void latencies(const struct kinora_timing_log *log, const struct log_meta *const *matched,
		      int64_t active_ns, int64_t *scratch, struct kinora_timing_result *result)
{
	size_t i, starts = 0, ends = 0;
	int64_t *start = scratch, *end = scratch + log->frame_count;

	for (i = 0; i < log->frame_count; i++) {
		const struct log_frame *frame = &log->frames[i];
		int64_t active = matched[i] ? matched[i]->eof_ns - matched[i]->sof_ns : active_ns;
		int64_t age = frame->dequeued_ns - frame->timestamp_ns;

		if (frame->error)
			continue;
		if (!frame->at_end)
			start[starts++] = age;
		else if (active > 0)
			start[starts++] = age + active;
		if (frame->at_end)
			end[ends++] = age;
		else if (active > 0)
			end[ends++] = age - active;
	}
	distribution_fill(&result->latency_start, start, starts, HOST_RESOLUTION_NS);
	distribution_fill(&result->latency_end, end, ends, HOST_RESOLUTION_NS);
}

int kinora_timing_log_analyse(const struct kinora_timing_log *log, int64_t active_ns,
			      struct kinora_timing_result *result)
{
	size_t larger = log->frame_count > log->meta_count ? log->frame_count : log->meta_count;
	const struct log_meta **matched = calloc(larger + 1, sizeof(*matched));
	struct point *points = calloc(larger + 1, sizeof(*points));
	int64_t *scratch = calloc(2 * larger + 1, sizeof(*scratch));
	size_t count;
	int ret = 0;

	memset(result, 0, sizeof(*result));
	if (!matched || !points || !scratch) {
		ret = kinora_fail(-ENOMEM, "out of memory for the statistics of %zu frames",
				  log->frame_count);
		goto out_free;
	}
	count = frames_count(log, points, result);
	clock_analyse(points, count, HOST_RESOLUTION_NS, scratch,
		      &result->clock[KINORA_CLOCK_HOST]);
	count = metas_count(log, points, result);
	clock_analyse(points, count, CARD_RESOLUTION_NS, scratch,
		      &result->clock[KINORA_CLOCK_CARD]);
	metas_match(log, matched, result);
	latencies(log, matched, active_ns, scratch, result);
out_free:
	free(scratch);
	free(points);
	free(matched);
	return ret;
}

enum kinora_timing_clock kinora_timing_reference(const struct kinora_timing_result *result)
{
	return result->clock[KINORA_CLOCK_CARD].frames ? KINORA_CLOCK_CARD : KINORA_CLOCK_HOST;
}
