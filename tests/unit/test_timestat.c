// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/timestat.c userspace/lib/rate.c userspace/lib/judge.c */
/* Sources: userspace/lib/error.c */
/*
 * Description: timing statistics against series whose answer is known beforehand: every standard
 * rate at a known ppm offset, jitter of known size, gaps, repeats, error frames, the wrap of the
 * sequence, latencies, hostile values, and the limits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kinora.h"
#include "unit.h"

static struct kinora_timing_result result;

/* Start of frame n, ns, of a source at num/den Hz that runs ppm fast. */
static uint64_t start_of(uint64_t n, double num, double den, double ppm)
{
	return 1000000000ULL + (uint64_t)llround((double)n * 1e9 * den / num / (1 + ppm / 1e6));
}

static void add_frame(struct kinora_timing_log *log, uint32_t sequence, uint64_t time_ns,
		      uint64_t age_ns, bool error)
{
	struct kinora_frame frame = {
		.sequence = sequence,
		.timestamp_ns = time_ns,
		.dequeued_ns = time_ns + age_ns,
		.error = error,
	};

	CU_ASSERT_EQUAL(kinora_timing_log_frame(log, &frame), 0);
}

static void add_meta(struct kinora_timing_log *log, uint32_t sequence, uint64_t sof_ns,
		     uint64_t eof_ns)
{
	struct kinora_meta meta = { .sequence = sequence, .sof_ns = sof_ns, .eof_ns = eof_ns };

	CU_ASSERT_EQUAL(kinora_timing_log_meta(log, &meta), 0);
}

static struct kinora_timing_log *new_log(void)
{
	struct kinora_timing_log *log = NULL;

	CU_ASSERT_EQUAL_FATAL(kinora_timing_log_create(&log), 0);
	return log;
}

static void analyse(struct kinora_timing_log *log, int64_t active_ns)
{
	CU_ASSERT_EQUAL(kinora_timing_log_analyse(log, active_ns, &result), 0);
	kinora_timing_log_destroy(log);
}

/* Rates of ST 352 and CTA-861 that the card takes; each 25 ppm fast and 25 ppm slow. */
static void test_rates(void)
{
	static const struct kinora_rational rates[] = {
		{ 24000, 1001 }, { 24, 1 }, { 25, 1 }, { 30000, 1001 }, { 30, 1 }, { 48000, 1001 },
		{ 48, 1 }, { 50, 1 }, { 60000, 1001 }, { 60, 1 }, { 100, 1 }, { 120000, 1001 },
		{ 120, 1 },
	};

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		for (int sign = -1; sign <= 1; sign += 2) {
			struct kinora_timing_log *log = new_log();
			const struct kinora_clock_timing *host = &result.clock[KINORA_CLOCK_HOST];
			const struct kinora_clock_timing *card = &result.clock[KINORA_CLOCK_CARD];

			for (uint32_t n = 0; n < 600; n++) {
				uint64_t t = start_of(n, rates[i].num, rates[i].den, sign * 25.0);

				/* V4L2 carries whole microseconds. */
				add_frame(log, n, t / 1000 * 1000, 17000000, false);
				add_meta(log, n, t, t + 16000000);
			}
			analyse(log, 0);
			CU_ASSERT_EQUAL(card->nominal.num, rates[i].num);
			CU_ASSERT_EQUAL(card->nominal.den, rates[i].den);
			CU_ASSERT_DOUBLE_EQUAL(card->ppm, sign * 25.0, 0.001);
			CU_ASSERT(card->ppm_sigma < 0.001);
			CU_ASSERT_EQUAL(host->nominal.num, rates[i].num);
			CU_ASSERT_EQUAL(host->nominal.den, rates[i].den);
			CU_ASSERT_DOUBLE_EQUAL(host->ppm, sign * 25.0, 0.1);
			CU_ASSERT(host->ppm_sigma < 0.1);
			CU_ASSERT_EQUAL(host->frames, 600);
			CU_ASSERT_EQUAL(host->interval.count, 599);
			CU_ASSERT_EQUAL(result.metadata, 600);
			CU_ASSERT_EQUAL(result.lost + result.repeats + result.errors, 0);
		}
	}
}

/*
 * Every second frame 10 us late: intervals alternate between period + 10 us and period - 10 us. The
 * line lies 5 us above the even frames but for its ends, so TIE is 10 us p-p and 5 us rms.
 */
static void test_jitter(void)
{
	struct kinora_timing_log *log = new_log();
	const struct kinora_clock_timing *card = &result.clock[KINORA_CLOCK_CARD];
	uint64_t sum = 0;

	for (uint32_t n = 0; n < 1001; n++)
		add_meta(log, n, 5000000 + n * 20000000ULL + (n % 2 ? 10000 : 0), 0xffffffffff);
	analyse(log, 0);
	CU_ASSERT_EQUAL(card->nominal.num, 50);
	CU_ASSERT_DOUBLE_EQUAL(card->ppm, 0, 0.01);
	CU_ASSERT_EQUAL(card->interval.count, 1000);
	CU_ASSERT_EQUAL(card->interval.min_ns, 19990000);
	CU_ASSERT_EQUAL(card->interval.max_ns, 20010000);
	CU_ASSERT_DOUBLE_EQUAL(card->interval.mean_ns, 20000000, 0.001);
	/* 1000 values of +-10 us: sqrt(1000/999) * 10 us */
	CU_ASSERT_DOUBLE_EQUAL(card->interval.stddev_ns, 10005.0, 0.01);
	CU_ASSERT(llabs(card->tie_pp_ns - 10000) < 50);
	CU_ASSERT_DOUBLE_EQUAL(card->tie_rms_ns, 5000, 5);
	/* All in two bins, 500 in each. */
	for (unsigned int i = 0; i < card->interval.histogram.bins; i++) {
		uint64_t count = card->interval.histogram.count[i];

		CU_ASSERT(count == 0 || count == 500);
		sum += count;
	}
	CU_ASSERT_EQUAL(sum, 1000);
	CU_ASSERT_EQUAL(card->tie.points, 501);	/* 1001 frames, two a point */
	CU_ASSERT_EQUAL(card->tie.step, 2);
}

/* Frames 10..12 and 50 are missing: 2 gaps, 4 lost, and the rate does not care. */
static void test_gaps(void)
{
	struct kinora_timing_log *log = new_log();
	const struct kinora_clock_timing *host = &result.clock[KINORA_CLOCK_HOST];

	for (uint32_t n = 0; n < 100; n++)
		if ((n < 10 || n > 12) && n != 50)
			add_frame(log, n, start_of(n, 60, 1, 0), 1000, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.frames, 96);
	CU_ASSERT_EQUAL(result.gaps, 2);
	CU_ASSERT_EQUAL(result.lost, 4);
	CU_ASSERT_EQUAL(result.gap[0].after, 9);
	CU_ASSERT_EQUAL(result.gap[0].lost, 3);
	CU_ASSERT_EQUAL(result.gap[1].after, 49);
	CU_ASSERT_EQUAL(result.gap[1].lost, 1);
	CU_ASSERT_EQUAL(result.first_sequence, 0);
	CU_ASSERT_EQUAL(result.last_sequence, 99);
	CU_ASSERT_EQUAL(host->nominal.num, 60);
	CU_ASSERT_DOUBLE_EQUAL(host->ppm, 0, 0.01);
	/* Intervals across a gap are none. */
	CU_ASSERT_EQUAL(host->interval.count, 93);
	CU_ASSERT(host->interval.max_ns < 17000000);
}

/* Every second frame is missing: all gaps count, the first are kept. */
static void test_many_gaps(void)
{
	struct kinora_timing_log *log = new_log();

	for (uint32_t n = 0; n < 100; n++)
		add_frame(log, 2 * n, start_of(2 * n, 60, 1, 0), 1000, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.gaps, 99);
	CU_ASSERT_EQUAL(result.lost, 99);
	CU_ASSERT_EQUAL(result.gap[KINORA_GAPS - 1].after, 2 * (KINORA_GAPS - 1));
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].interval.count, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].nominal.num, 60);
}

static void test_repeats(void)
{
	struct kinora_timing_log *log = new_log();

	add_frame(log, 0, 1000000, 1, false);
	add_frame(log, 1, 2000000, 1, false);
	add_frame(log, 1, 2000000, 1, false);	/* the same again */
	add_frame(log, 2, 1500000, 1, false);	/* a later number, an earlier time */
	add_frame(log, 3, 4000000, 1, false);
	add_frame(log, 4, 5000000, 1, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.frames, 6);
	CU_ASSERT_EQUAL(result.repeats, 2);
	CU_ASSERT_EQUAL(result.lost, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].frames, 4);
}

/* 0xfffffffe, 0xffffffff, 0, 1 ... is no gap. */
static void test_wrap(void)
{
	struct kinora_timing_log *log = new_log();

	for (uint32_t n = 0; n < 100; n++)
		add_frame(log, 0xfffffff0 + n, start_of(n, 25, 1, 0), 1000, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.gaps, 0);
	CU_ASSERT_EQUAL(result.repeats, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].nominal.num, 25);
	CU_ASSERT_EQUAL(result.last_sequence, 0xfffffff0 + 99);
}

/*
 * The signal goes for 20 frames and comes back at another phase, 7 ms later than it should be: two
 * segments, one slope, no jump in the intervals.
 */
static void test_signal_loss(void)
{
	struct kinora_timing_log *log = new_log();
	const struct kinora_clock_timing *host = &result.clock[KINORA_CLOCK_HOST];

	for (uint32_t n = 0; n < 300; n++) {
		bool lost = n >= 100 && n < 120;
		uint64_t shift = n >= 120 ? 7000000 : 0;

		add_frame(log, n, start_of(n, 60000, 1001, 10) + shift, 1000, lost);
	}
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.errors, 20);
	CU_ASSERT_EQUAL(result.lost, 0);
	CU_ASSERT_EQUAL(host->segments, 2);
	CU_ASSERT_EQUAL(host->frames, 280);
	CU_ASSERT_EQUAL(host->nominal.den, 1001);
	CU_ASSERT_DOUBLE_EQUAL(host->ppm, 10, 0.01);
	CU_ASSERT_EQUAL(host->interval.count, 278);
	CU_ASSERT(host->interval.max_ns < 16690000);
	CU_ASSERT(host->tie_pp_ns < 3);
	CU_ASSERT_EQUAL(result.latency_start.count, 280);
}

/* 100 frames in hand 1.00, 1.01 ... 1.99 ms after their start, 0.40 ms of it the frame itself. */
static void test_latency(void)
{
	struct kinora_timing_log *log = new_log();

	for (uint32_t n = 0; n < 100; n++) {
		uint64_t t = start_of(n, 60, 1, 0);

		add_frame(log, n, t, 1000000 + n * 10000, false);
		add_meta(log, n, 77 + t, 77 + t + 400000);
	}
	analyse(log, 999);
	CU_ASSERT_EQUAL(result.latency_start.count, 100);
	CU_ASSERT_EQUAL(result.latency_start.min_ns, 1000000);
	CU_ASSERT_EQUAL(result.latency_start.p50_ns, 1490000);	/* nearest rank: the 50th */
	CU_ASSERT_EQUAL(result.latency_start.p90_ns, 1890000);
	CU_ASSERT_EQUAL(result.latency_start.p99_ns, 1980000);
	CU_ASSERT_EQUAL(result.latency_start.p999_ns, 1990000);
	CU_ASSERT_EQUAL(result.latency_start.max_ns, 1990000);
	CU_ASSERT_DOUBLE_EQUAL(result.latency_start.mean_ns, 1495000, 0.01);
	CU_ASSERT_EQUAL(result.latency_end.p50_ns, 1090000);
	CU_ASSERT_EQUAL(result.latency_end.max_ns, 1590000);
}

/* Without metadata the raster tells; timestamps of the end turn the two around. */
static void test_latency_end_stamps(void)
{
	struct kinora_timing_log *log = new_log();
	struct kinora_frame frame = { .at_end = true };

	for (uint32_t n = 0; n < 10; n++) {
		frame.sequence = n;
		frame.timestamp_ns = (n + 1) * 20000000ULL;
		frame.dequeued_ns = frame.timestamp_ns + 300000;
		kinora_timing_log_frame(log, &frame);
	}
	analyse(log, 19000000);
	CU_ASSERT_TRUE(result.at_end);
	CU_ASSERT_EQUAL(result.latency_end.p50_ns, 300000);
	CU_ASSERT_EQUAL(result.latency_start.p50_ns, 19300000);
}

static void test_few(void)
{
	struct kinora_timing_log *log = new_log();

	analyse(log, 0);
	CU_ASSERT_EQUAL(result.frames, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].frames, 0);

	log = new_log();
	add_frame(log, 5, 1000, 1, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.frames, 1);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].frames, 0);
	CU_ASSERT_EQUAL(kinora_timing_reference(&result), KINORA_CLOCK_HOST);

	/* Four frames with 200 us of noise cannot tell 60 from 59.94: no name is given. */
	log = new_log();
	add_frame(log, 0, 1000000000, 1, false);
	add_frame(log, 1, 1016866667, 1, false);
	add_frame(log, 2, 1033133333, 1, false);
	add_frame(log, 3, 1050000000, 1, false);
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].frames, 4);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].nominal.den, 0);
}

/* 61 Hz is nobody's rate; 60 Hz 399 ppm off is still one, 450 ppm off is none. */
static void test_nonstandard(void)
{
	CU_ASSERT_EQUAL(kinora_rate_nearest(61).den, 0);
	CU_ASSERT_EQUAL(kinora_rate_nearest(60 * (1 + 399e-6)).num, 60);
	CU_ASSERT_EQUAL(kinora_rate_nearest(60 * (1 - 450e-6)).den, 0);
	CU_ASSERT_EQUAL(kinora_rate_nearest(59.94).num, 60000);
	CU_ASSERT_EQUAL(kinora_rate_nearest(23.976).num, 24000);
	CU_ASSERT_EQUAL(kinora_rate_nearest(0).den, 0);
	CU_ASSERT_EQUAL(kinora_rate_nearest(NAN).den, 0);
}

/* What a broken card may say must not be believed, and must not overflow anything. */
static void test_hostile(void)
{
	struct kinora_timing_log *log = new_log();
	struct kinora_frame frame = { .timestamp_ns = UINT64_MAX };

	CU_ASSERT(kinora_timing_log_frame(log, &frame) < 0);
	for (uint32_t n = 0; n < 50; n++) {
		add_frame(log, n, start_of(n, 50, 1, 0), 1000, false);
		add_meta(log, n, n % 2 ? UINT64_MAX - n : n, n % 3 ? UINT64_MAX : 0);
	}
	analyse(log, 0);
	CU_ASSERT_EQUAL(result.frames, 50);
	CU_ASSERT_EQUAL(result.metadata, 1); /* frame 0: from 0 to 0 ns; no other holds together */
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_CARD].frames, 0);
	CU_ASSERT_EQUAL(result.clock[KINORA_CLOCK_HOST].nominal.num, 50);
}

static const struct kinora_check *check_find(const struct kinora_check *checks, unsigned int count,
					     const char *name)
{
	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(checks[i].name, name))
			return &checks[i];
	return NULL;
}

static bool passes(const struct kinora_timing_limits *limits, const char *name)
{
	struct kinora_check checks[KINORA_CHECKS_MAX];
	unsigned int count = kinora_timing_judge(&result, limits, checks);
	const struct kinora_check *check = check_find(checks, count, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(check);
	return check->pass;
}

/* Each limit just met and just missed. */
static void test_limits(void)
{
	struct kinora_timing_log *log = new_log();
	struct kinora_timing_limits limits;
	struct kinora_check checks[KINORA_CHECKS_MAX];

	for (uint32_t n = 0; n < 200; n++)
		if (n != 100)
			add_frame(log, n, start_of(n, 60, 1, -30), 18000000, n == 150);
	analyse(log, 16000000);
	kinora_timing_limits_init(&limits);
	CU_ASSERT_TRUE(passes(&limits, "rate error"));
	limits.max_ppm = 29.9;
	CU_ASSERT_FALSE(passes(&limits, "rate error"));
	limits.max_ppm = 50;
	limits.rate = (struct kinora_rational){ 60000, 1001 };
	CU_ASSERT_FALSE(passes(&limits, "rate error"));	/* 970 ppm away from it */
	limits.rate = (struct kinora_rational){ 60, 1 };
	CU_ASSERT_TRUE(passes(&limits, "rate error"));
	CU_ASSERT_FALSE(passes(&limits, "lost frames"));
	limits.max_lost = 1;
	CU_ASSERT_TRUE(passes(&limits, "lost frames"));
	CU_ASSERT_FALSE(passes(&limits, "error frames"));
	limits.max_errors = 1;
	CU_ASSERT_TRUE(passes(&limits, "error frames"));
	limits.max_latency_p99_ns = 17999999;
	CU_ASSERT_FALSE(passes(&limits, "latency from start p99"));
	limits.max_latency_p99_ns = 18000000;
	CU_ASSERT_TRUE(passes(&limits, "latency from start p99"));
	limits.max_latency_end_p99_ns = 1999999;
	CU_ASSERT_FALSE(passes(&limits, "latency from end p99"));
	limits.max_latency_end_p99_ns = 2000000;
	CU_ASSERT_TRUE(passes(&limits, "latency from end p99"));
	limits.max_lost = KINORA_UNLIMITED;
	CU_ASSERT_PTR_NULL(check_find(checks, kinora_timing_judge(&result, &limits, checks),
				      "lost frames"));
}

/* A rate that is no standard one passes when it is asked for, and only then. */
static void test_limits_odd_rate(void)
{
	struct kinora_timing_log *log = new_log();
	struct kinora_timing_limits limits;

	for (uint32_t n = 0; n < 200; n++)
		add_frame(log, n, start_of(n, 15, 1, 0), 18000000, false);
	analyse(log, 16000000);
	kinora_timing_limits_init(&limits);
	CU_ASSERT_FALSE(passes(&limits, "rate error"));
	limits.rate = (struct kinora_rational){ 15, 1 };
	CU_ASSERT_TRUE(passes(&limits, "rate error"));
	limits.rate = (struct kinora_rational){ 16, 1 };
	CU_ASSERT_FALSE(passes(&limits, "rate error"));
	result.clock[KINORA_CLOCK_HOST].ppm_sigma = 34;	/* not certain any more */
	limits.rate = (struct kinora_rational){ 15, 1 };
	CU_ASSERT_FALSE(passes(&limits, "rate error"));
}

/* Nothing was measured: that is no pass. */
static void test_limits_nothing(void)
{
	struct kinora_timing_limits limits;

	memset(&result, 0, sizeof(result));
	kinora_timing_limits_init(&limits);
	CU_ASSERT_FALSE(passes(&limits, "rate error"));
	CU_ASSERT_FALSE(passes(&limits, "lost frames"));
	limits.max_latency_p99_ns = 1e9;
	CU_ASSERT_FALSE(passes(&limits, "latency from start p99"));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "rates", test_rates },
		{ "jitter", test_jitter },
		{ "gaps", test_gaps },
		{ "many gaps", test_many_gaps },
		{ "repeats", test_repeats },
		{ "wrap", test_wrap },
		{ "signal loss", test_signal_loss },
		{ "latency", test_latency },
		{ "latency end stamps", test_latency_end_stamps },
		{ "few", test_few },
		{ "nonstandard", test_nonstandard },
		{ "hostile", test_hostile },
		{ "limits", test_limits },
		{ "limits of an odd rate", test_limits_odd_rate },
		{ "limits nothing", test_limits_nothing },
		CU_TEST_INFO_NULL,
	};

	return unit_run("timestat", tests);
}
