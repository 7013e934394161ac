/* SPDX-License-Identifier: MIT */
/*
 * What every system test shares: its command line, its time limit, checks whose failure says the
 * values, and the kernel log before and after each test.
 *
 * A suite is one program that runs as root in the test machine. Its main() is
 *
 *	return suite_main(argc, argv, &(struct suite){ ... });
 *
 * Command line: --list, --only TEST, --seed N, --frames N, --long. Exit status: 0 everything
 * passed, 1 something failed, 2 wrong option, 77 no Kinora node here.
 *
 * Surprises:
 * - Each test begins with nothing plugged in, whatever the one before it left.
 * - A test fails, too, when the kernel reports something (warning, lockdep, KASAN, DMA fault ...)
 *   while it runs, even if every check held.
 * - The whole program has a time limit: a hang in an ioctl ends it with a message and status 1.
 */
#ifndef SYSTEM_SUITE_H
#define SYSTEM_SUITE_H

#include <stdbool.h>
#include <stdint.h>

struct suite_test {
	const char *name;
	void (*run)(void);
};

struct suite {
	const char *name;
	const struct suite_test *tests;		/* ends with a NULL name */
	unsigned int time_limit;		/* s, of the whole program */
	unsigned int frames;			/* default of --frames */
	bool no_card;				/* runs without a node */
};

/* What the command line said; set before the first test. */
struct suite_options {
	unsigned int seed;
	unsigned int frames;
	bool thorough;				/* --long */
};

extern struct suite_options suite_options;

int suite_main(int argc, char **argv, const struct suite *suite);

/* A failed check fails the test but does not end it; the value tells whether it held. */
bool suite_check(bool ok, const char *file, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define CHECK(ok, ...) suite_check(!!(ok), __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_EQ(actual, want) \
	suite_check_equal((long long)(actual), (long long)(want), #actual, __FILE__, __LINE__)
/* For calls that return 0 or a negative errno. */
#define CHECK_OK(call) suite_check_equal((call), 0, #call, __FILE__, __LINE__)

bool suite_check_equal(long long actual, long long want, const char *what, const char *file,
		       unsigned int line);

/* Is this a kernel that checks itself (KASAN, lockdep, DMA-API debug ...) and is slow with it? */
bool suite_debug_kernel(void);

/* A line beside the results: figures that people want to see. */
void suite_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* CLOCK_MONOTONIC in ns, and a pause of this many ms. */
uint64_t suite_now(void);
void suite_pause(unsigned int ms);

/*
 * Repeat a question every 10 ms until it is answered with true or ms are over; for what has no
 * event to wait for. Returns the last answer.
 */
bool suite_until(bool (*question)(void *data), void *data, unsigned int ms);

/* A random number below n from the seed of the command line; the same row for the same seed. */
unsigned int suite_random(unsigned int n);

#endif
