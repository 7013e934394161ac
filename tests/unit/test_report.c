// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/report_json.c userspace/lib/report_text.c userspace/lib/report_html.c */
/* Sources: userspace/lib/plot.c userspace/lib/judge.c userspace/lib/timestat.c */
/* Sources: userspace/lib/rate.c userspace/lib/payload.c userspace/lib/error.c */
/*
 * Description: timing reports. JSON written and read again is the same report, in every field;
 * files that are damaged, cut or hostile are refused; text and page say what was measured; without
 * gnuplot the page is refused with the name of the package.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kinora.h"
#include "unit.h"

static struct kinora_timing_report report, again;

/* A measurement with something in every field: 5000 frames at 59.94, jitter, a gap, an error. */
static void make_report(void)
{
	struct kinora_timing_log *log = NULL;
	uint32_t noise = 1;

	memset(&report, 0, sizeof(report));
	CU_ASSERT_EQUAL_FATAL(kinora_timing_log_create(&log), 0);
	for (uint32_t n = 0; n < 5000; n++) {
		uint64_t t = 1000000000 + n * 16683350ULL;
		struct kinora_frame frame = { .sequence = n, .error = n == 4000 };
		struct kinora_meta meta = { .sequence = n, .sof_ns = t, .eof_ns = t + 16000000 };

		noise = noise * 1664525 + 1013904223;
		frame.timestamp_ns = (t + (noise >> 20)) / 1000 * 1000;
		frame.dequeued_ns = frame.timestamp_ns + 17000000 + (noise >> 14);
		meta.generation = n > 2500;
		kinora_timing_log_meta(log, &meta);
		if (n != 1234)
			kinora_timing_log_frame(log, &frame);
	}
	CU_ASSERT_EQUAL(kinora_timing_log_analyse(log, 0, &report.result), 0);
	kinora_timing_log_destroy(log);
	kinora_timing_limits_init(&report.limits);
	report.limits.rate = (struct kinora_rational){ 60000, 1001 };
	report.limits.max_latency_p99_ns = 3e7;
	strcpy(report.time, "2026-01-31T12:00:00Z");
	strcpy(report.program, "kinora test");
	strcpy(report.device, "/dev/video0");
	strcpy(report.meta, "/dev/video4");
	strcpy(report.card, "Kinora <8K> & \"ch1\"");
	strcpy(report.driver, "kinora 6.12.1");
	strcpy(report.serial, "K8-42");
	report.channel = 1;
	strcpy(report.input, "SDI quad link");
	strcpy(report.raster, "7680x4320p60000/1001");
	strcpy(report.colour, "BT.2020 HLG");
	report.payload_id = 0x01a0dad2;
	strcpy(report.format, "v210");
	report.width = 7680;
	report.height = 4320;
	report.frame_bytes = 88473600;
	report.buffers = 8;
}

/* The report as JSON text, to be freed. */
static char *json_text(const struct kinora_timing_report *from)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	CU_ASSERT_EQUAL(kinora_timing_report_write_json(from, file), 0);
	fclose(file);
	return text;
}

static int read_text(const char *text, struct kinora_timing_report *to)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int ret = kinora_timing_report_read_json(to, file);

	fclose(file);
	return ret;
}

/* Writing what was read gives the same file, and that holds every field. */
static void test_round_trip(void)
{
	char *first, *second;

	make_report();
	first = json_text(&report);
	CU_ASSERT_EQUAL(read_text(first, &again), 0);
	second = json_text(&again);
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT_EQUAL(again.result.lost, 1);
	CU_ASSERT_EQUAL(again.result.gap[0].after, 1233);
	CU_ASSERT_EQUAL(again.result.gap[0].lost, 1);
	CU_ASSERT_EQUAL(again.result.errors, 1);
	CU_ASSERT_EQUAL(again.result.signal_changes, 1);
	CU_ASSERT_EQUAL(again.result.clock[KINORA_CLOCK_CARD].nominal.num, 60000);
	CU_ASSERT_EQUAL(memcmp(&again.result.clock[KINORA_CLOCK_HOST].tie,
			       &report.result.clock[KINORA_CLOCK_HOST].tie,
			       sizeof(again.result.clock[0].tie)), 0);
	CU_ASSERT_EQUAL(memcmp(&again.result.latency_end.histogram,
			       &report.result.latency_end.histogram,
			       sizeof(struct kinora_histogram)), 0);
	CU_ASSERT_STRING_EQUAL(again.card, report.card);
	CU_ASSERT_EQUAL(again.limits.max_latency_p99_ns, 3e7);
	CU_ASSERT_EQUAL(again.limits.max_tie_ns, KINORA_UNLIMITED);
	free(first);
	free(second);
}

/* Nothing measured at all is a report too. */
static void test_empty(void)
{
	char *text;

	memset(&report, 0, sizeof(report));
	kinora_timing_limits_init(&report.limits);
	text = json_text(&report);
	CU_ASSERT_EQUAL(read_text(text, &again), 0);
	CU_ASSERT_FALSE(kinora_timing_report_pass(&again));
	free(text);
}

/* What kinora-timing-json(5) promises: fractions as num and den, times as whole ns. */
static void test_schema(void)
{
	char *text;
	json_t *root, *rate, *clock, *latency;

	make_report();
	text = json_text(&report);
	root = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "format")), "kinora-timing");
	CU_ASSERT_TRUE(json_is_false(json_object_get(root, "pass")));	/* a frame is lost */
	clock = json_object_get(json_object_get(root, "clocks"), "card");
	rate = json_object_get(clock, "nominal");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(rate, "num")), 60000);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(rate, "den")), 1001);
	CU_ASSERT_TRUE(json_is_real(json_object_get(clock, "ppm")));
	latency = json_object_get(json_object_get(root, "latency"), "from_start");
	CU_ASSERT_TRUE(json_is_integer(json_object_get(latency, "p99_ns")));
	json_decref(root);
	free(text);
}

/* One field changed by `change`; then reading must fail and name it. */
static void check_refused(const char *path[], json_t *value, const char *named)
{
	json_t *root, *object;
	char *text = json_text(&report);
	int i;

	root = json_loads(text, 0, NULL);
	free(text);
	object = root;
	for (i = 0; path[i + 1]; i++)
		object = json_object_get(object, path[i]);
	if (value)
		json_object_set_new(object, path[i], value);
	else
		json_object_del(object, path[i]);
	text = json_dumps(root, 0);
	json_decref(root);
	CU_ASSERT_EQUAL(read_text(text, &again), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), named));
	free(text);
}

#define PATH(...) ((const char *[]){ __VA_ARGS__, NULL })

static json_t *long_array(size_t count)
{
	json_t *array = json_array();

	while (count--)
		json_array_append_new(array, json_integer(1));
	return array;
}

static json_t *long_string(size_t length)
{
	char *text = calloc(length + 1, 1);
	json_t *string = json_string(memset(text, 'x', length));

	free(text);
	return string;
}

static void test_hostile(void)
{
	char *text, *cut;

	make_report();
	check_refused(PATH("format"), json_string("other"), "timing report");
	check_refused(PATH("version"), json_integer(2), "version 2");
	check_refused(PATH("frames"), NULL, "frames");
	check_refused(PATH("frames", "lost"), json_integer(-1), "lost");
	check_refused(PATH("frames", "lost"), json_string("3"), "lost");
	check_refused(PATH("frames", "first_gaps"), long_array(2), "first_gaps");
	check_refused(PATH("frames", "first_gaps"), long_array(1), "after");
	check_refused(PATH("device", "card"), long_string(5000), "card");
	check_refused(PATH("clocks", "host"), json_integer(1), "host");
	check_refused(PATH("clocks", "host", "interval", "histogram", "counts"),
		      long_array(KINORA_BINS + 1), "counts");
	check_refused(PATH("clocks", "host", "interval", "histogram", "width_ns"), json_integer(0),
		      "width_ns");
	check_refused(PATH("clocks", "card", "interval_series", "min_ns"),
		      long_array(KINORA_POINTS + 1), "min_ns");
	check_refused(PATH("clocks", "card", "interval_series", "max_ns"), long_array(3), "max_ns");
	check_refused(PATH("clocks", "card", "nominal"),
		      json_pack("{s:i, s:i}", "num", 1, "den", 0), "den");
	check_refused(PATH("clocks", "card", "time_interval_error"), NULL, "time_interval_error");
	check_refused(PATH("latency", "from_start", "max_ns"), json_integer(INT64_MAX), "max_ns");
	check_refused(PATH("limits", "max_ppm"), json_true(), "max_ppm");

	text = json_text(&report);
	cut = strndup(text, strlen(text) / 2);
	CU_ASSERT_EQUAL(read_text(cut, &again), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "not JSON"));
	CU_ASSERT_EQUAL(read_text("[]", &again), -EINVAL);
	CU_ASSERT_EQUAL(read_text("x", &again), -EINVAL);
	free(text);
	free(cut);
}

static void test_text(void)
{
	char *text = NULL;
	size_t bytes;
	FILE *file;

	make_report();
	file = open_memstream(&text, &bytes);
	CU_ASSERT_EQUAL(kinora_timing_report_write_text(&report, file), 0);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "60000/1001 Hz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "1 lost in 1 gaps"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "lost after frame 1233 (1)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "FAIL  lost frames"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "ok    rate error"));
	free(text);
}

/* Names from outside must not become markup; seven plots, nothing from elsewhere. */
static void test_page(void)
{
	char *text = NULL, *p;
	size_t bytes, plots = 0;
	FILE *file;
	int ret;

	make_report();
	file = open_memstream(&text, &bytes);
	ret = kinora_timing_report_write_html(&report, file);
	fclose(file);
	if (ret == -ENOENT) {	/* no gnuplot here: then that is what it has to say */
		CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "gnuplot-nox"));
		CU_ASSERT_EQUAL(bytes, 0);
		free(text);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Kinora &lt;8K&gt; &amp; &quot;ch1&quot;"));
	CU_ASSERT_PTR_NULL(strstr(text, "<8K>"));
	CU_ASSERT_PTR_NULL(strstr(text, "<script"));
	CU_ASSERT_PTR_NULL(strstr(text, "src="));
	CU_ASSERT_PTR_NULL(strstr(text, "url(http"));
	for (p = text; (p = strstr(p, "<svg")); p++)
		plots++;
	CU_ASSERT_EQUAL(plots, 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "</html>"));
	free(text);
}

static void test_page_without_gnuplot(void)
{
	char *text = NULL, *path = strdup(getenv("PATH") ? getenv("PATH") : "");
	size_t bytes;
	FILE *file;

	make_report();
	setenv("PATH", "/nonexistent", 1);
	file = open_memstream(&text, &bytes);
	CU_ASSERT_EQUAL(kinora_timing_report_write_html(&report, file), -ENOENT);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "'gnuplot-nox'"));
	CU_ASSERT_EQUAL(bytes, 0);	/* not half a page */
	setenv("PATH", path, 1);
	free(path);
	free(text);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "round trip", test_round_trip },
		{ "empty", test_empty },
		{ "schema", test_schema },
		{ "hostile", test_hostile },
		{ "text", test_text },
		{ "page", test_page },
		{ "page without gnuplot", test_page_without_gnuplot },
		CU_TEST_INFO_NULL,
	};

	return unit_run("report", tests);
}
