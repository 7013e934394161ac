/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands share: exit codes, messages, options from a table, and help made from it.
 *
 * To add a command: write cmd_NAME.c with a `const struct cli_command cmd_NAME` (synopsis, options,
 * run), declare it below, put it into the table in main.c, and add kinora-NAME.1 with the same
 * synopsis and the three completions in userspace/data.
 */
#ifndef KINORA_CLI_H
#define KINORA_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kinora.h"

enum cli_exit {
	CLI_PASS = 0,
	CLI_CHECK_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NONE = 3,			/* no device, no signal */
	CLI_IO = 4,			/* or no permission */
};

struct cli_option {
	int key;			/* its letter, or from CLI_LONG on without one */
	const char *name;
	const char *argument;		/* "FILE"; NULL: takes none */
	const char *help;
};

#define CLI_LONG 256

struct cli_command {
	const char *name;
	const char *summary;		/* one line for `kinora --help` */
	const char *synopsis;		/* after "kinora NAME", as in the manual */
	const struct cli_option *options; /* ends with a key of 0 */
	bool operands;			/* it takes words beside options, from argv[optind] on */
	/* argv[0] is the command's name. Returns an enum cli_exit. */
	int (*run)(const struct cli_command *command, int argc, char **argv);
};

extern const struct cli_command cmd_list, cmd_status, cmd_input, cmd_edid, cmd_timing,
	cmd_snapshot;

/* "kinora: MESSAGE" on stderr. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says why the library failed and returns the exit code for error. */
int cli_failed(int error);

void cli_help(const struct cli_command *command, FILE *out);

/*
 * One option after another: its key and, in *argument, what was given to it. 0 after the last,
 * -1: help was given or the options are wrong; then *status is what to return.
 */
int cli_next(const struct cli_command *command, int argc, char **argv, char **argument,
	     int *status);

/* "unexpected argument 'x': 'kinora NAME --help' ..."; returns CLI_USAGE. */
int cli_usage(const struct cli_command *command, const char *what, const char *subject);

/*
 * Numbers of the command line. 0, or -EINVAL after a message that names the option. Whole numbers
 * have no sign; "none" gives KINORA_UNLIMITED where none is true.
 */
int cli_parse_count(const char *option, const char *text, bool none, int64_t max, int64_t *value);
int cli_parse_real(const char *option, const char *text, bool none, double max, double *value);
/* "60", "60000/1001" or "59.94": 0 < rate; a decimal number means the nearest standard rate. */
int cli_parse_rate(const char *option, const char *text, struct kinora_rational *rate);
/* A name of the table of formats, or four characters. */
int cli_parse_format(const char *option, const char *text, uint32_t *fourcc);

/* What has gone to stdout so far is out, or CLI_IO and, the first time, a message. */
int cli_flush(void);

/* The file to write, "-" is stdout; NULL after a message. */
FILE *cli_create(const char *path);
/* Closes it; ok false, or a failure by now: a regular file is removed. An enum cli_exit. */
int cli_finish(FILE *file, const char *path, bool ok);

#endif
