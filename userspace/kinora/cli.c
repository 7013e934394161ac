// SPDX-License-Identifier: MIT
/*
 * Messages, exit codes and options. A command's table of options serves getopt_long(3), the help
 * and the messages, so the three cannot disagree.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define OPTIONS_MAX 40

void cli_say(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	fputs("kinora: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

int cli_failed(int error)
{
	cli_say("%s", kinora_error());
	switch (error) {
	case -EINVAL:
		return CLI_USAGE;
	case -ENODEV:
	case -ENOLINK:
	case -ENOLCK:
	case -ERANGE:
		return CLI_NONE;
	default:
		return CLI_IO;
	}
}

static void help_option(const struct cli_option *option, FILE *out)
{
	char left[64];

	snprintf(left, sizeof(left), "  %s%c%s --%s%s%s",
		 option->key < CLI_LONG ? "-" : " ", option->key < CLI_LONG ? option->key : ' ',
		 option->key < CLI_LONG ? "," : " ", option->name, option->argument ? " " : "",
		 option->argument ? option->argument : "");
	fprintf(out, "%-34s %s\n", left, option->help);
}

void cli_help(const struct cli_command *command, FILE *out)
{
	const struct cli_option help = { 'h', "help", NULL, "this text" };
	const struct cli_option *option;

	fprintf(out, "usage: kinora %s%s%s\n\n%s\n\n", command->name,
		command->synopsis[0] ? " " : "", command->synopsis, command->summary);
	for (option = command->options; option->key; option++)
		help_option(option, out);
	help_option(&help, out);
	fprintf(out, "\nThe manual: man kinora-%s\n", command->name);
}

int cli_usage(const struct cli_command *command, const char *what, const char *subject)
{
	cli_say("%s '%s': 'kinora %s --help' lists the options", what, subject, command->name);
	return CLI_USAGE;
}

/* getopt's tables from ours. */
static void getopt_tables(const struct cli_command *command, struct option *longs, char *shorts)
{
	const struct cli_option *option;

	*shorts++ = ':';	/* tell a missing argument from an unknown option */
	for (option = command->options; option->key; option++) {
		*longs++ = (struct option){ option->name,
					    option->argument ? required_argument : no_argument,
					    NULL, option->key };
		if (option->key >= CLI_LONG)
			continue;
		*shorts++ = (char)option->key;
		if (option->argument)
			*shorts++ = ':';
	}
	*longs++ = (struct option){ "help", no_argument, NULL, 'h' };
	*shorts++ = 'h';
	*longs = (struct option){ NULL, 0, NULL, 0 };
	*shorts = '\0';
}

/* getopt's '?': an option that there is not, or one that takes no value and was given one. */
static int wrong_option(const struct cli_command *command, char **argv)
{
	const char letter[2] = { (char)(optopt < CLI_LONG && isprint(optopt) ? optopt : '\0') };
	const struct cli_option *option = command->options;

	while (option->key && option->key != optopt)
		option++;
	if (optopt && (option->key || optopt == 'h'))
		return cli_usage(command, "no value goes with option", argv[optind - 1]);
	return cli_usage(command, "unknown option", letter[0] ? letter : argv[optind - 1]);
}

int cli_next(const struct cli_command *command, int argc, char **argv, char **argument,
	     int *status)
{
	struct option longs[OPTIONS_MAX + 2];
	char shorts[2 * OPTIONS_MAX + 3];
	int key;

	getopt_tables(command, longs, shorts);
	opterr = 0;
	key = getopt_long(argc, argv, shorts, longs, NULL);
	*argument = optarg;
	switch (key) {
	case -1:
		if (optind == argc || command->operands)
			return 0;
		*status = cli_usage(command, "unexpected argument", argv[optind]);
		return -1;
	case 'h':
		cli_help(command, stdout);
		*status = CLI_PASS;
		return -1;
	case ':':
		*status = cli_usage(command, "no value for option", argv[optind - 1]);
		return -1;
	case '?':
		*status = wrong_option(command, argv);
		return -1;
	default:
		return key;
	}
}

static int fail_value(const char *option, const char *text, const char *wanted)
{
	cli_say("wrong value '%s' for '--%s': give %s", text, option, wanted);
	return -EINVAL;
}

int cli_parse_count(const char *option, const char *text, bool none, int64_t max, int64_t *value)
{
	char *end, wanted[64];
	long long number;

	if (none && !strcmp(text, "none")) {
		*value = KINORA_UNLIMITED;
		return 0;
	}
	errno = 0;
	number = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || number > max) {
		snprintf(wanted, sizeof(wanted), "a whole number up to %lld%s", (long long)max,
			 none ? ", or 'none'" : "");
		return fail_value(option, text, wanted);
	}
	*value = number;
	return 0;
}

int cli_parse_real(const char *option, const char *text, bool none, double max, double *value)
{
	char *end, wanted[64];
	double number;

	if (none && !strcmp(text, "none")) {
		*value = KINORA_UNLIMITED;
		return 0;
	}
	number = strtod(text, &end);
	if (end == text || *end || !isfinite(number) || number < 0 || number > max) {
		snprintf(wanted, sizeof(wanted), "a number up to %g%s", max,
			 none ? ", or 'none'" : "");
		return fail_value(option, text, wanted);
	}
	*value = number;
	return 0;
}

int cli_parse_rate(const char *option, const char *text, struct kinora_rational *rate)
{
	static const char wanted[] = "a frame rate such as 60, 60000/1001 or 59.94";
	unsigned int num, den;
	double hz;
	char *end;
	int length = 0;

	if (strspn(text, "0123456789/") == strlen(text) &&
	    sscanf(text, "%9u/%9u%n", &num, &den, &length) == 2 && !text[length]) {
		if (!num || !den)
			return fail_value(option, text, wanted);
		*rate = (struct kinora_rational){ num, den };
		return 0;
	}
	hz = strtod(text, &end);
	if (end == text || *end || !isfinite(hz) || hz <= 0)
		return fail_value(option, text, wanted);
	*rate = kinora_rate_nearest(hz);
	return rate->den ? 0 : fail_value(option, text, wanted);
}

int cli_parse_format(const char *option, const char *text, uint32_t *fourcc)
{
	const struct kinora_format_info *info = kinora_format_find_name(text);
	char wanted[160] = "one of ";
	unsigned int i;

	if (info) {
		*fourcc = info->fourcc;
		return 0;
	}
	if (strlen(text) == 4) {
		*fourcc = KINORA_FOURCC((uint8_t)text[0], (uint8_t)text[1], (uint8_t)text[2],
					(uint8_t)text[3]);
		return 0;
	}
	for (i = 0; (info = kinora_format_at(i)); i++) {
		size_t length = strlen(wanted);

		snprintf(wanted + length, sizeof(wanted) - length, "%s%s", i ? ", " : "",
			 info->name);
	}
	return fail_value(option, text, wanted);
}

FILE *cli_create(const char *path)
{
	FILE *file;

	if (!strcmp(path, "-"))
		return stdout;
	file = fopen(path, "we");
	if (!file)
		cli_say("cannot write '%s': %s", path, strerror(errno));
	return file;
}

int cli_flush(void)
{
	static bool told;
	int error = errno;	/* of a write that has failed already, when one has */

	if (fflush(stdout))
		error = errno;
	else if (!ferror(stdout))
		return CLI_PASS;
	/* A reader that has had enough, such as head(1), needs no word about it. */
	if (!told && error != EPIPE)
		cli_say("cannot write to standard output: %s", strerror(error));
	told = true;
	return CLI_IO;
}

/* What did not become whole: but a device, a pipe or a link somebody else has made stays. */
static void remove_part(const char *path)
{
	struct stat status;

	if (!lstat(path, &status) && S_ISREG(status.st_mode))
		unlink(path);
}

int cli_finish(FILE *file, const char *path, bool ok)
{
	int error = ferror(file) ? errno : 0;	/* of the write that has failed already */

	if (file == stdout)
		return cli_flush() == CLI_PASS && ok ? CLI_PASS : CLI_IO;
	if (fclose(file))
		error = errno;
	if (error)
		cli_say("cannot write '%s': %s", path, strerror(error));
	if (!error && ok)
		return CLI_PASS;
	remove_part(path);
	return CLI_IO;
}
