// SPDX-License-Identifier: MIT
/*
 * kinora list: the cards and their channels. Opens no device, so it needs no rights and never
 * waits.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "describe.h"

enum { OPT_JSON = CLI_LONG };

static const struct cli_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

static void print_card(const struct kinora_channel *channel)
{
	char link[DESCRIBE_LINK];

	printf("card %s at %s", channel->serial[0] ? channel->serial : "without serial",
	       channel->bus);
	if (describe_link(channel, link))
		printf(", %s", link);
	printf("\n");
}

static void print_channels(const struct kinora_channel *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!i || strcmp(list[i].bus, list[i - 1].bus))
			print_card(&list[i]);
		printf("  channel %u  %s", list[i].number, list[i].video);
		if (list[i].meta[0])
			printf("  metadata %s", list[i].meta);
		if (list[i].serial[0])
			printf("  %s:%u", list[i].serial, list[i].number);
		printf("\n");
	}
}

static int print_json(const struct kinora_channel *list, size_t count)
{
	json_t *channels = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(channels, describe_channel_json(&list[i]));
	return describe_print_json(json_pack("{s:o}", "channels", channels));
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct kinora_channel *list;
	bool json = false;
	size_t count;
	char *argument;
	int key, ret, status = CLI_PASS;

	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key < 0)
			return status;
		json = true;
	}
	ret = kinora_channels_list(&list, &count);
	if (ret)
		return cli_failed(ret);
	if (json)
		status = print_json(list, count);
	else
		print_channels(list, count);
	free(list);
	if (!count && status == CLI_PASS) {
		struct kinora_channel none;

		status = cli_failed(kinora_channel_find(NULL, &none));
	}
	return status;
}

const struct cli_command cmd_list = {
	.name = "list",
	.summary = "list cards, channels and their nodes",
	.synopsis = "[--json]",
	.options = options,
	.run = run,
};
