// SPDX-License-Identifier: MIT
/*
 * kinora timing: measures cadence and delivery, and holds them against limits. Nothing happens per
 * frame but reading its header and giving it back, no buffer is even mapped: so it is safe beside
 * live work and does not disturb what it measures. Statistics and reports come at the end.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "describe.h"

enum {
	OPT_RATE = CLI_LONG,
	OPT_MAX_PPM,
	OPT_MAX_TIE,
	OPT_MAX_GAPS,
	OPT_MAX_REPEATS,
	OPT_MAX_ERRORS,
	OPT_MAX_CHANGES,
	OPT_MAX_LATENCY,
	OPT_MAX_LATENCY_END,
	OPT_JSON,
	OPT_HTML,
	OPT_FROM,
};

static const struct cli_option options[] = {
	{ 'd', "device", "DEVICE", "channel: number, node or SERIAL[:CHANNEL]" },
	{ 'i', "input", "INPUT", "select this input first: name or number" },
	{ 'f', "format", "FORMAT", "capture in this format (what is set)" },
	{ 'b', "buffers", "N", "buffers in flight (8)" },
	{ 'n', "frames", "N", "measure N frames" },
	{ 's', "seconds", "S", "measure for S seconds (10)" },
	{ OPT_RATE, "rate", "RATE", "the rate it has to be: 60, 60000/1001, 59.94" },
	{ OPT_MAX_PPM, "max-ppm", "X", "largest error of the rate (50)" },
	{ OPT_MAX_TIE, "max-tie", "US", "largest time interval error, p-p, us (none)" },
	{ OPT_MAX_GAPS, "max-gaps", "N", "frames that may be lost (0)" },
	{ OPT_MAX_REPEATS, "max-repeats", "N", "frames that may be repeated (0)" },
	{ OPT_MAX_ERRORS, "max-errors", "N", "frames that may be marked bad (0)" },
	{ OPT_MAX_CHANGES, "max-changes", "N", "signal changes that may happen (0)" },
	{ OPT_MAX_LATENCY, "max-latency-p99", "MS", "99 % in hand after start of frame (none)" },
	{ OPT_MAX_LATENCY_END, "max-latency-end-p99", "MS",
	  "99 % in hand after end of frame (none)" },
	{ OPT_JSON, "json", "FILE", "write the report as JSON, '-' for stdout" },
	{ OPT_HTML, "html", "FILE", "write the report as a page with plots" },
	{ OPT_FROM, "from", "FILE", "report on a measurement that --json wrote" },
	{ 0, NULL, NULL, NULL },
};

struct request {
	const char *device, *input, *json, *html, *from;
	uint32_t format;
	unsigned int buffers;
	uint64_t frames;		/* 0: by time */
	double seconds;			/* 0: by frames */
	struct kinora_timing_limits limits;
	unsigned int limits_given;	/* bits of OPT_* - CLI_LONG, for --from */
};

/* ---------------------------------------------------------------- options */

static int parse_count_to(const char *option, const char *argument, int64_t *value)
{
	return cli_parse_count(option, argument, true, INT64_MAX / 2, value);
}

/* In units of `ns` nanoseconds. */
static int parse_time_to(const char *option, const char *argument, double ns, double *value)
{
	int ret = cli_parse_real(option, argument, true, 1e9, value);

	if (!ret && *value >= 0)
		*value *= ns;
	return ret;
}

static int parse_limit(int key, const char *argument, struct request *request)
{
	struct kinora_timing_limits *limits = &request->limits;

	request->limits_given |= 1u << (key - CLI_LONG);
	switch (key) {
	case OPT_RATE:
		return cli_parse_rate("rate", argument, &limits->rate);
	case OPT_MAX_PPM:
		return cli_parse_real("max-ppm", argument, true, 1e6, &limits->max_ppm);
	case OPT_MAX_TIE:
		return parse_time_to("max-tie", argument, 1e3, &limits->max_tie_ns);
	case OPT_MAX_GAPS:
		return parse_count_to("max-gaps", argument, &limits->max_lost);
	case OPT_MAX_REPEATS:
		return parse_count_to("max-repeats", argument, &limits->max_repeats);
	case OPT_MAX_ERRORS:
		return parse_count_to("max-errors", argument, &limits->max_errors);
	case OPT_MAX_CHANGES:
		return parse_count_to("max-changes", argument, &limits->max_signal_changes);
	case OPT_MAX_LATENCY:
		return parse_time_to("max-latency-p99", argument, 1e6,
				     &limits->max_latency_p99_ns);
	default:
		return parse_time_to("max-latency-end-p99", argument, 1e6,
				     &limits->max_latency_end_p99_ns);
	}
}

static int parse_amount(int key, const char *argument, struct request *request)
{
	int64_t number = 0;
	int ret;

	switch (key) {
	case 'n':
		ret = cli_parse_count("frames", argument, false, 100000000, &number);
		request->frames = (uint64_t)number;
		request->seconds = 0;
		break;
	case 's':
		ret = cli_parse_real("seconds", argument, false, 1e6, &request->seconds);
		request->frames = 0;
		number = request->seconds > 0;
		break;
	default:
		ret = cli_parse_count("buffers", argument, false, 32, &number);
		request->buffers = (unsigned int)number;
		if (!ret && number == 1)
			number = 0;	/* one is always with the card or with us: nothing flows */
	}
	if (!ret && !number) {
		cli_say("wrong value '%s' for '-%c': that measures nothing, give more", argument,
			key);
		return -EINVAL;
	}
	return ret;
}

static int parse_option(int key, const char *argument, struct request *request)
{
	switch (key) {
	case 'd':
		request->device = argument;
		return 0;
	case 'i':
		request->input = argument;
		return 0;
	case 'f':
		return cli_parse_format("format", argument, &request->format);
	case 'n':
	case 's':
	case 'b':
		return parse_amount(key, argument, request);
	case OPT_JSON:
		request->json = argument;
		return 0;
	case OPT_HTML:
		request->html = argument;
		return 0;
	case OPT_FROM:
		request->from = argument;
		return 0;
	default:
		return parse_limit(key, argument, request);
	}
}

/* ---------------------------------------------------------------- measure */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* Ctrl-C ends the measurement, not the program: poll(2) returns early, the report comes. */
static void catch_interrupts(bool on)
{
	struct sigaction action = { .sa_handler = on ? on_interrupt : SIG_DFL };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A line that is written over, where somebody looks on. */
struct progress {
	bool on;
	uint64_t start_ns, next_ns;
};

static void progress_show(struct progress *progress, const struct request *request,
			  uint64_t frames, uint64_t errors, uint64_t now)
{
	double seconds = (double)(now - progress->start_ns) / 1e9;
	double share = request->frames ? (double)frames / (double)request->frames :
					 seconds / request->seconds;

	if (!progress->on || now < progress->next_ns)
		return;
	progress->next_ns = now + 500000000;
	fprintf(stderr, "\r%3.0f %%  %llu frames in %.1f s, %llu with errors ",
		fmin(share, 1) * 100, (unsigned long long)frames, seconds,
		(unsigned long long)errors);
}

static int take_metadata(struct kinora_capture *capture, struct kinora_timing_log *log)
{
	struct kinora_meta meta;
	int ret;

	while ((ret = kinora_capture_take_meta(capture, &meta)) > 0) {
		ret = kinora_timing_log_meta(log, &meta);
		if (ret)
			return ret;
	}
	return ret;
}

/* The last frame's metadata may still be on the way. */
static void take_last_metadata(struct kinora_capture *capture, struct kinora_timing_log *log,
			       uint32_t sequence)
{
	struct kinora_meta meta;

	if (!kinora_capture_meta_missing(capture) &&
	    !kinora_capture_find_meta(capture, sequence, &meta, 100))
		take_metadata(capture, log);
}

static bool enough(const struct request *request, uint64_t frames, uint64_t start, uint64_t now)
{
	if (request->frames)
		return frames >= request->frames;
	return (double)(now - start) >= request->seconds * 1e9;
}

/* 0, also after Ctrl-C; negative errno. */
static int measure(const struct request *request, struct kinora_capture *capture,
		   struct kinora_timing_log *log)
{
	struct progress progress = { .on = isatty(STDERR_FILENO) };
	uint64_t frames = 0, errors = 0;
	struct kinora_frame frame;
	int ret;

	ret = kinora_capture_start(capture);
	progress.start_ns = now_ns();
	progress.next_ns = progress.start_ns;
	while (!ret && !interrupted) {
		ret = kinora_capture_next(capture, &frame, 5000);
		if (ret)
			break;
		ret = kinora_capture_release(capture, &frame);
		if (!ret)
			ret = kinora_timing_log_frame(log, &frame);
		if (!ret)
			ret = take_metadata(capture, log);
		frames++;
		errors += frame.error;
		if (enough(request, frames, progress.start_ns, frame.dequeued_ns))
			break;
		progress_show(&progress, request, frames, errors, frame.dequeued_ns);
	}
	if (progress.on)
		fprintf(stderr, "\r%60s\r", "");
	if (!ret && frames)
		take_last_metadata(capture, log, frame.sequence);
	return ret == -EINTR && interrupted ? 0 : ret;
}

/* ----------------------------------------------------------------- report */

static void describe_device(struct kinora_device *device, struct kinora_timing_report *report)
{
	const struct kinora_channel *channel = kinora_device_channel(device);

	snprintf(report->device, sizeof(report->device), "%s", channel->video);
	snprintf(report->meta, sizeof(report->meta), "%s", channel->meta);
	snprintf(report->card, sizeof(report->card), "%s", kinora_device_card(device));
	snprintf(report->driver, sizeof(report->driver), "%s, kernel %s",
		 kinora_device_driver(device), kinora_device_kernel(device));
	snprintf(report->serial, sizeof(report->serial), "%s", channel->serial);
	report->channel = channel->number;
}

static void describe_capture(const struct kinora_signal_info *signal,
			     const struct kinora_capture *capture,
			     struct kinora_timing_report *report)
{
	const struct kinora_capture_format *format = kinora_capture_format(capture);
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(report->time, sizeof(report->time), "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(report->program, sizeof(report->program), "kinora %s", kinora_version());
	snprintf(report->input, sizeof(report->input), "%s", signal->input_name);
	kinora_signal_raster(signal, report->raster);
	describe_colour(&signal->colour, report->colour);
	report->payload_id = signal->payload_id;
	snprintf(report->format, sizeof(report->format), "%s", format->name);
	report->width = format->width;
	report->height = format->height;
	report->frame_bytes = format->bytes;
	report->buffers = kinora_capture_buffers(capture);
}

/* From start to end of frame as the raster tells: its active lines' share of the period. */
static int64_t active_time(const struct kinora_signal_info *signal)
{
	if (!signal->vtotal || !signal->rate.den || signal->interlaced)
		return 0;
	return (int64_t)(1e9 * signal->rate.den / signal->rate.num * signal->height /
			 signal->vtotal);
}

static int write_report(const struct kinora_timing_report *report, const char *path,
			int (*write)(const struct kinora_timing_report *, FILE *))
{
	FILE *file = cli_create(path);
	int ret;

	if (!file)
		return CLI_IO;
	ret = write(report, file);
	if (ret && !ferror(file))	/* else cli_finish() says it */
		cli_failed(ret);
	return cli_finish(file, path, !ret);
}

/* All that is asked for; the verdict is the exit code when everything could be written. */
static int write_reports(const struct request *request, const struct kinora_timing_report *report)
{
	bool taken = (request->json && !strcmp(request->json, "-")) ||
		     (request->html && !strcmp(request->html, "-"));
	int status = CLI_PASS, worst = CLI_PASS;

	if (!taken)
		worst = write_report(report, "-", kinora_timing_report_write_text);
	if (request->json)
		status = write_report(report, request->json, kinora_timing_report_write_json);
	worst = status > worst ? status : worst;
	if (request->html)
		status = write_report(report, request->html, kinora_timing_report_write_html);
	worst = status > worst ? status : worst;
	if (worst)
		return worst;
	return kinora_timing_report_pass(report) ? CLI_PASS : CLI_CHECK_FAILED;
}

static int analyse_and_write(const struct request *request, struct kinora_timing_log *log,
			     const struct kinora_signal_info *signal,
			     struct kinora_timing_report *report)
{
	int ret = kinora_timing_log_analyse(log, active_time(signal), &report->result);

	if (ret)
		return cli_failed(ret);
	report->limits = request->limits;
	return write_reports(request, report);
}

static int run_capture(const struct request *request, struct kinora_capture *capture,
		       const struct kinora_signal_info *signal,
		       struct kinora_timing_report *report)
{
	const char *missing = kinora_capture_meta_missing(capture);
	struct kinora_timing_log *log;
	int ret, status = CLI_PASS;

	ret = kinora_timing_log_create(&log);
	if (ret)
		return cli_failed(ret);
	if (missing)
		cli_say("no card clock, the host's alone: %s", missing);
	describe_capture(signal, capture, report);
	catch_interrupts(true);
	ret = measure(request, capture, log);
	catch_interrupts(false);
	if (ret)
		status = cli_failed(ret);
	ret = analyse_and_write(request, log, signal, report);
	kinora_timing_log_destroy(log);
	return status ? status : ret;
}

static int run_device(const struct request *request, struct kinora_device *device,
		      struct kinora_timing_report *report)
{
	struct kinora_capture_config config = {
		.format = request->format,
		.buffers = request->buffers,
		.meta = true,
	};
	struct kinora_signal_info signal;
	struct kinora_capture *capture;
	int ret = 0;

	if (request->input)
		ret = kinora_device_select(device, request->input);
	if (!ret)
		ret = kinora_device_lock(device);
	if (!ret)
		ret = kinora_device_signal(device, &signal);
	if (!ret)
		ret = kinora_capture_create(&capture, device, &config);
	if (ret)
		return cli_failed(ret);
	describe_device(device, report);
	ret = run_capture(request, capture, &signal, report);
	kinora_capture_destroy(capture);
	return ret;
}

static int run_live(const struct request *request, struct kinora_timing_report *report)
{
	struct kinora_channel channel;
	struct kinora_device *device;
	int ret;

	ret = kinora_channel_find(request->device, &channel);
	if (!ret)
		ret = kinora_device_open(&device, &channel);
	if (ret)
		return cli_failed(ret);
	ret = run_device(request, device, report);
	kinora_device_close(device);
	return ret;
}

/* The limits of the file, but for those that the command line gives. */
static void merge_limits(const struct request *request, struct kinora_timing_limits *limits)
{
	const struct kinora_timing_limits *given = &request->limits;
	unsigned int bits = request->limits_given;

	if (bits & 1u << (OPT_RATE - CLI_LONG))
		limits->rate = given->rate;
	if (bits & 1u << (OPT_MAX_PPM - CLI_LONG))
		limits->max_ppm = given->max_ppm;
	if (bits & 1u << (OPT_MAX_TIE - CLI_LONG))
		limits->max_tie_ns = given->max_tie_ns;
	if (bits & 1u << (OPT_MAX_GAPS - CLI_LONG))
		limits->max_lost = given->max_lost;
	if (bits & 1u << (OPT_MAX_REPEATS - CLI_LONG))
		limits->max_repeats = given->max_repeats;
	if (bits & 1u << (OPT_MAX_ERRORS - CLI_LONG))
		limits->max_errors = given->max_errors;
	if (bits & 1u << (OPT_MAX_CHANGES - CLI_LONG))
		limits->max_signal_changes = given->max_signal_changes;
	if (bits & 1u << (OPT_MAX_LATENCY - CLI_LONG))
		limits->max_latency_p99_ns = given->max_latency_p99_ns;
	if (bits & 1u << (OPT_MAX_LATENCY_END - CLI_LONG))
		limits->max_latency_end_p99_ns = given->max_latency_end_p99_ns;
}

static int run_from(const struct request *request, struct kinora_timing_report *report)
{
	FILE *file = strcmp(request->from, "-") ? fopen(request->from, "re") : stdin;
	int ret;

	if (!file) {
		cli_say("cannot read '%s': %s", request->from, strerror(errno));
		return CLI_IO;
	}
	ret = kinora_timing_report_read_json(report, file);
	if (file != stdin)
		fclose(file);
	if (ret) {
		cli_say("cannot use '%s': %s", request->from, kinora_error());
		return CLI_IO;
	}
	merge_limits(request, &report->limits);
	return write_reports(request, report);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct request request = { .buffers = 8, .seconds = 10 };
	struct kinora_timing_report *report;
	char *argument;
	int key, status = CLI_PASS;

	kinora_timing_limits_init(&request.limits);
	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key < 0)
			return status;
		if (parse_option(key, argument, &request))
			return CLI_USAGE;
	}
	if (request.json && request.html && !strcmp(request.json, "-") &&
	    !strcmp(request.html, "-"))
		return cli_usage(command, "'--json' and '--html' cannot both go to", "-");
	report = calloc(1, sizeof(*report));
	if (!report) {
		cli_say("out of memory for a report");
		return CLI_IO;
	}
	status = request.from ? run_from(&request, report) : run_live(&request, report);
	free(report);
	return status;
}

const struct cli_command cmd_timing = {
	.name = "timing",
	.summary = "measure frame rate, jitter, losses and latency; pass or fail",
	.synopsis = "[-d DEVICE] [-i INPUT] [-f FORMAT] [-b N] [-n N | -s S]\n"
		    "           [--rate RATE] [--max-ppm X] [--max-tie US] [--max-gaps N]\n"
		    "           [--max-repeats N] [--max-errors N] [--max-changes N]\n"
		    "           [--max-latency-p99 MS] [--max-latency-end-p99 MS]\n"
		    "           [--json FILE] [--html FILE] [--from FILE]",
	.options = options,
	.run = run,
};
