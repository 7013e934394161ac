// SPDX-License-Identifier: MIT
/*
 * The frame around the tests of a suite: CUnit does the counting, this adds options, time limit,
 * messages with values, and the kernel log.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "connector.h"
#include "device.h"
#include "kernel_log.h"
#include "suite.h"

#define EXIT_USAGE 2
#define EXIT_SKIP 77

struct suite_options suite_options;

static const struct suite *current;
static struct kernel_log *kernel_log;
static uint64_t random_state;

/*
 * The same check may fail for each of thousands of frames: three times is told, the rest counted.
 */
#define REPEATS_TOLD 3
#define PLACES 32

static struct place {
	const char *file;
	unsigned int line, count;
} places[PLACES];

/* Is this failure one to tell? Each place that is asked about is counted. */
static bool worth_telling(const char *file, unsigned int line)
{
	for (struct place *place = places; place < places + PLACES; place++) {
		if (!place->file)
			*place = (struct place){ .file = file, .line = line };
		if (place->file == file && place->line == line)
			return place->count++ < REPEATS_TOLD;
	}
	return true;
}

static void tell_repeats(void)
{
	for (struct place *place = places; place < places + PLACES; place++) {
		if (place->count > REPEATS_TOLD)
			suite_note("%s:%u failed %u times more", place->file, place->line,
				   place->count - REPEATS_TOLD);
		*place = (struct place){ 0 };
	}
}

bool suite_check(bool ok, const char *file, unsigned int line, const char *format, ...)
{
	char text[1024] = "holds";
	va_list args;

	if (!ok && !worth_telling(file, line))
		return false;
	if (!ok) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	CU_assertImplementation(ok, line, text, file, "", CU_FALSE);
	return ok;
}

bool suite_check_equal(long long actual, long long want, const char *what, const char *file,
		       unsigned int line)
{
	if (actual < 0 && want == 0)
		return suite_check(false, file, line, "%s is %lld (%s)", what, actual,
				   strerror(-actual));
	return suite_check(actual == want, file, line, "%s is %lld, expected %lld", what, actual,
			   want);
}

void suite_note(const char *format, ...)
{
	va_list args;

	printf("\n    ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(" ");
	fflush(stdout);
}

bool suite_debug_kernel(void)
{
	return !access("/sys/kernel/debug/dma-api", F_OK) ||
	       !access("/sys/kernel/debug/kmemleak", F_OK);
}

uint64_t suite_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

void suite_pause(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

bool suite_until(bool (*question)(void *data), void *data, unsigned int ms)
{
	uint64_t end = suite_now() + ms * 1000000ULL;

	while (!question(data)) {
		if (suite_now() > end)
			return question(data);
		suite_pause(10);
	}
	return true;
}

/* splitmix64: the same row on every machine, which rand() does not promise. */
unsigned int suite_random(unsigned int n)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

/* Runs as the last step of every test, so that its check counts for this test. */
static void check_kernel_log(void)
{
	char report[1024];

	if (kernel_log_report(kernel_log, report, sizeof(report)))
		suite_check(false, "kernel log", 0, "%s", report);
}

/* CUnit's tests take no argument, so the running test is found by its name. */
static void run_current(void)
{
	const char *name = CU_get_current_test()->pName;

	for (const struct suite_test *test = current->tests; test->name; test++) {
		if (!strcmp(test->name, name)) {
			kernel_log_mark(kernel_log);
			if (!current->no_card)
				connector_unplug_all();
			test->run();
			check_kernel_log();
			tell_repeats();
			return;
		}
	}
}

static void out_of_time(int signal)
{
	static const char text[] = "\ntime limit of the program reached: a call did not return\n";

	(void)signal;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_FAILURE);
}

static void usage(FILE *out)
{
	fprintf(out, "usage: %s [--list] [--only TEST] [--seed N] [--frames N] [--long]\n",
		current->name);
}

static int list_tests(void)
{
	for (const struct suite_test *test = current->tests; test->name; test++)
		printf("%s\n", test->name);
	return EXIT_SUCCESS;
}

static int number_option(const char *text, unsigned int *out)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || value > UINT32_MAX) {
		fprintf(stderr, "%s: '%s' is not a number\n", current->name, text);
		return -EINVAL;
	}
	*out = value;
	return 0;
}

static int run_tests(const char *only)
{
	CU_pSuite suite;
	unsigned int failed, run;

	if (CU_initialize_registry() != CUE_SUCCESS)
		goto failed;
	suite = CU_add_suite(current->name, NULL, NULL);
	if (!suite)
		goto failed;
	for (const struct suite_test *test = current->tests; test->name; test++) {
		if (only && strcmp(only, test->name))
			continue;
		if (!CU_add_test(suite, test->name, run_current))
			goto failed;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	run = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	if (!run) {
		fprintf(stderr, "%s: no test is named '%s', see --list\n", current->name, only);
		return EXIT_USAGE;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;

failed:
	fprintf(stderr, "%s: %s\n", current->name, CU_get_error_msg());
	return EXIT_FAILURE;
}

int suite_main(int argc, char **argv, const struct suite *suite)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "only", required_argument, NULL, 'o' },
		{ "seed", required_argument, NULL, 's' },
		{ "frames", required_argument, NULL, 'n' },
		{ "long", no_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *only = NULL;
	int option, status;

	current = suite;
	suite_options.seed = 1;
	suite_options.frames = suite->frames;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			return list_tests();
		case 'o':
			only = optarg;
			break;
		case 's':
			if (number_option(optarg, &suite_options.seed))
				return EXIT_USAGE;
			break;
		case 'n':
			if (number_option(optarg, &suite_options.frames))
				return EXIT_USAGE;
			break;
		case 'L':
			suite_options.thorough = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	random_state = suite_options.seed;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!suite->no_card && !device_present()) {
		fprintf(stderr, "%s: skipped, no kinora capture node: load the driver\n",
			suite->name);
		return EXIT_SKIP;
	}
	kernel_log = kernel_log_open();
	if (!kernel_log) {
		fprintf(stderr, "%s: cannot read /dev/kmsg (%s): run it as root\n", suite->name,
			strerror(errno));
		return EXIT_FAILURE;
	}
	signal(SIGALRM, out_of_time);
	signal(SIGPIPE, SIG_IGN);
	alarm(suite->time_limit * (suite_options.thorough ? 4 : 1) *
	      (suite_debug_kernel() ? 4 : 1));
	status = run_tests(only);
	kernel_log_close(kernel_log);
	return status;
}
