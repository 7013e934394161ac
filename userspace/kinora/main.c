// SPDX-License-Identifier: MIT
/*
 * kinora: one program, a subcommand for each thing to do. This file finds the command; cmd_*.c
 * carry them out; whatever is worth using elsewhere is in the library.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cli.h"

static const struct cli_command *const commands[] = {
	&cmd_list,
	&cmd_status,
	&cmd_input,
	&cmd_edid,
	&cmd_timing,
	&cmd_snapshot,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct cli_command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void help(FILE *out)
{
	size_t i;

	fputs("usage: kinora COMMAND [OPTIONS]\n\n", out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'kinora help COMMAND' tells about one of them, 'kinora --version' the version\n"
	      "The manual: man kinora\n", out);
}

static int say_unknown(const char *name)
{
	char names[80] = "";
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		size_t length = strlen(names);

		snprintf(names + length, sizeof(names) - length, "%s%s", i ? ", " : "",
			 commands[i]->name);
	}
	cli_say("unknown command '%s': there are %s", name, names);
	return CLI_USAGE;
}

static int run_help(int argc, char **argv)
{
	const struct cli_command *command;

	if (argc < 2) {
		help(stdout);
		return CLI_PASS;
	}
	command = command_find(argv[1]);
	if (!command)
		return say_unknown(argv[1]);
	cli_help(command, stdout);
	return CLI_PASS;
}

static int run(int argc, char **argv)
{
	const struct cli_command *command;

	if (argc < 2) {
		help(stderr);
		return CLI_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
		return run_help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("kinora %s\n", kinora_version());
		return CLI_PASS;
	}
	command = command_find(argv[1]);
	if (!command)
		return say_unknown(argv[1]);
	return command->run(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status, flushed;

	/* A reader that has had enough shows as EPIPE, so that devices are closed in order. */
	signal(SIGPIPE, SIG_IGN);

	status = run(argc, argv);
	flushed = cli_flush();
	return flushed > status ? flushed : status;
}
