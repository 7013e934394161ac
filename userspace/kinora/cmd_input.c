// SPDX-License-Identifier: MIT
/*
 * kinora input: every connector of every card at a glance, routing, the quad link's mapping by
 * hand, and saving and restoring all of that. Looking opens no device.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "describe.h"
#include "input_view.h"

enum { OPT_JSON = CLI_LONG, OPT_WATCH, OPT_ORDER };

/* Ages and counters in the table grow without an event. */
#define REDRAW_MS 1000

static const struct cli_option options[] = {
	{ 'd', "device", "CARD", "this card: serial number, or a node of it" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ OPT_WATCH, "watch", NULL, "go on showing changes as they come, until Ctrl-C" },
	{ OPT_ORDER, "order", "ORDER", "parts (1-4) that links 1 to 4 carry: auto, 1234, 1324" },
	{ 0, NULL, NULL, NULL },
};

struct request {
	const char *device, *order;
	bool json, watch;
	char **words;			/* NULL-terminated: the verb and what belongs to it */
	int count;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* ------------------------------------------------------------------- look */

/* The cards that are meant: *list is to be freed. 0, or negative errno after a message is set. */
static int cards_find(const char *device, struct kinora_card **list, size_t *count)
{
	struct kinora_card card;
	int ret;

	if (!device) {
		ret = kinora_cards_list(list, count);
		if (ret || *count)
			return ret;
		free(*list);
		*list = NULL;
		return kinora_card_find(NULL, &card);
	}
	ret = kinora_card_find(device, &card);
	if (ret)
		return ret;
	*list = malloc(sizeof(card));
	if (!*list)
		return -ENOMEM;
	**list = card;
	*count = 1;
	return 0;
}

static int look(const struct request *request, bool terminal)
{
	struct kinora_card *list = NULL;
	size_t count = 0;
	int status = CLI_PASS, ret;

	ret = cards_find(request->device, &list, &count);
	if (ret)
		status = cli_failed(ret);
	if (request->json) {
		int printed = describe_print_json(input_json(list, count), request->watch ?
						  JSON_COMPACT : JSON_INDENT(1));

		status = status ? status : printed;
	} else if (!status) {
		if (terminal)
			fputs("\033[H\033[2J", stdout);
		input_print(list, count, stdout);
		if (request->watch && !terminal)
			putchar('\n');
		status = cli_flush();
	}
	free(list);
	return status;
}

/* Has the reader of a pipe gone? Nothing may be left to write that would tell. */
static bool reader_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

static int watch(const struct request *request)
{
	/* ends a wait, not a line that is being written */
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
	bool terminal = !request->json && isatty(STDOUT_FILENO);
	int status = CLI_PASS, ret = 1;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!interrupted && !status) {
		struct kinora_watch *watch;

		/* before looking, so that what changes meanwhile is seen by the next wait */
		ret = kinora_watch_create(&watch);
		if (ret)
			return cli_failed(ret);
		status = look(request, terminal);
		do {
			ret = status ? 0 : kinora_watch_wait(watch, REDRAW_MS);
			if (reader_gone())
				status = CLI_IO;
		} while (!ret && !status && !terminal && !interrupted);
		kinora_watch_destroy(watch);
		if (ret < 0 && !interrupted)
			return cli_failed(ret);
	}
	return status;
}

/* ------------------------------------------------------------------ verbs */

static int fail_words(const struct cli_command *command, const struct request *request,
		      const char *wanted)
{
	cli_say("'kinora input %s' wants %s: 'kinora %s --help' tells more", request->words[0],
		wanted, command->name);
	return CLI_USAGE;
}

static int route(const struct cli_command *command, const struct request *request)
{
	struct kinora_card card;
	unsigned int channel;
	int end = 0, ret;

	if (request->count != 3)
		return fail_words(command, request, "a channel and a connector");
	if (!isdigit((unsigned char)request->words[1][0]) ||
	    sscanf(request->words[1], "%4u%n", &channel, &end) != 1 || request->words[1][end]) {
		cli_say("no channel '%s': give its number, such as 1", request->words[1]);
		return CLI_USAGE;
	}
	ret = kinora_card_find(request->device, &card);
	if (!ret)
		ret = kinora_route_set(&card, channel, request->words[2]);
	if (ret)
		return cli_failed(ret);
	printf("channel %u takes %s\n", channel,
	       kinora_card_connector(&card, request->words[2])->name);
	return CLI_PASS;
}

static int mapping(const struct cli_command *command, const struct request *request)
{
	const struct kinora_connector *quad;
	struct kinora_card card;
	int ret;

	if (request->count != 2)
		return fail_words(command, request, "auto, 2si or sqd");
	ret = kinora_card_find(request->device, &card);
	if (!ret)
		ret = kinora_mapping_set(&card, request->words[1], request->order);
	if (!ret)
		ret = kinora_card_find(card.bus, &card);
	if (ret)
		return cli_failed(ret);
	quad = kinora_card_connector(&card, "sdi-quad");
	printf("quad link: mapping %s, order %s\n", quad ? quad->mapping_override : "unknown",
	       quad ? quad->order_override : "unknown");
	return CLI_PASS;
}

/* The file that is named, or the card's own; false after a message. */
static bool state_path(const struct request *request, const struct kinora_card *card,
		       char path[4096])
{
	if (request->count == 2) {
		snprintf(path, 4096, "%s", request->words[1]);
		return true;
	}
	if (!card->serial[0] || strchr(card->serial, '/')) {
		cli_say("the card tells no serial number: name a file");
		return false;
	}
	snprintf(path, 4096, KINORA_STATE_FOLDER "/%s.json", card->serial);
	return true;
}

static int save(const struct cli_command *command, const struct request *request)
{
	struct kinora_card card;
	char path[4096];
	int ret;

	if (request->count > 2)
		return fail_words(command, request, "at most a file");
	ret = kinora_card_find(request->device, &card);
	if (ret)
		return cli_failed(ret);
	if (!state_path(request, &card, path))
		return CLI_USAGE;
	ret = kinora_state_save(&card, path);
	if (ret < 0)
		return cli_failed(ret);
	printf("%s: %s\n", path, ret ? "saved" : "nothing has changed");
	return CLI_PASS;
}

static int restore(const struct cli_command *command, const struct request *request)
{
	unsigned int changed, failed;
	struct kinora_card card;
	char path[4096];
	int ret;

	if (request->count > 2)
		return fail_words(command, request, "at most a file");
	ret = kinora_card_find(request->device, &card);
	if (ret)
		return cli_failed(ret);
	if (!state_path(request, &card, path))
		return CLI_USAGE;
	ret = kinora_state_restore(&card, path, &changed, &failed);
	if (ret)
		return cli_failed(ret);
	if (failed) {
		cli_say("%u of %u settings could not be restored; the last: %s", failed,
			failed + changed, kinora_error());
		return CLI_IO;
	}
	printf("%s: %u setting%s restored\n", path, changed, changed == 1 ? "" : "s");
	return CLI_PASS;
}

static const struct {
	const char *name;
	int (*run)(const struct cli_command *command, const struct request *request);
} verbs[] = {
	{ "route", route }, { "mapping", mapping }, { "save", save }, { "restore", restore },
};

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct request request = { 0 };
	int key, status = CLI_PASS;
	char *argument;
	size_t i;

	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key < 0)
			return status;
		if (key == 'd')
			request.device = argument;
		else if (key == OPT_JSON)
			request.json = true;
		else if (key == OPT_WATCH)
			request.watch = true;
		else
			request.order = argument;
	}
	request.words = argv + optind;
	request.count = argc - optind;
	if (request.order && (!request.count || strcmp(request.words[0], "mapping")))
		return cli_usage(command, "'--order' belongs to 'mapping', not to",
				 request.count ? request.words[0] : "kinora input");
	if (!request.count)
		return request.watch ? watch(&request) : look(&request, false);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, request.words[0])) {
			if (request.json || request.watch)
				return cli_usage(command, "neither '--json' nor '--watch' go with",
						 request.words[0]);
			return verbs[i].run(command, &request);
		}
	return cli_usage(command, "unexpected argument", request.words[0]);
}

const struct cli_command cmd_input = {
	.name = "input",
	.summary = "connectors at a glance, routing, mapping, save and restore",
	.synopsis = "[-d CARD] [--json] [--watch]\n"
		    "       kinora input route [-d CARD] CHANNEL CONNECTOR\n"
		    "       kinora input mapping [-d CARD] auto|2si|sqd [--order ORDER]\n"
		    "       kinora input save [-d CARD] [FILE]\n"
		    "       kinora input restore [-d CARD] [FILE]",
	.options = options,
	.operands = true,
	.run = run,
};
