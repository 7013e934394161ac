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

/* The card on this place of the bus, or NULL. */
static const struct kinora_card *find_card(const struct kinora_card *cards, size_t count,
					   const char *bus)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(cards[i].bus, bus))
			return &cards[i];
	return NULL;
}

static void print_card(const struct kinora_channel *channel, const struct kinora_card *card)
{
	char link[DESCRIBE_LINK], firmware[DESCRIBE_FIRMWARE];

	printf("card %s at %s", channel->serial[0] ? channel->serial : "without serial",
	       channel->bus);
	if (describe_link(channel, link))
		printf(", %s", link);
	if (card && describe_firmware(card, firmware))
		printf(", firmware %s", firmware);
	printf("\n");
}

/* "connectors  sdi1, sdi2, ..."; nothing where the driver does not tell. */
static void print_connectors(const struct kinora_card *card)
{
	size_t i;

	for (i = 0; i < card->connector_count; i++)
		printf("%s%s", i ? ", " : "  connectors  ", card->connectors[i].id);
	if (card->connector_count)
		printf("\n");
}

static void print_channels(const struct kinora_channel *list, size_t count,
			   const struct kinora_card *cards, size_t card_count)
{
	const struct kinora_card *card = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!i || strcmp(list[i].bus, list[i - 1].bus)) {
			card = find_card(cards, card_count, list[i].bus);
			print_card(&list[i], card);
			if (card)
				print_connectors(card);
		}
		printf("  channel %u  %s", list[i].number, list[i].video);
		if (list[i].meta[0])
			printf("  metadata %s", list[i].meta);
		if (list[i].serial[0])
			printf("  %s:%u", list[i].serial, list[i].number);
		printf("\n");
	}
}

static json_t *card_json(const struct kinora_card *card)
{
	json_t *connectors = json_array();
	size_t i;

	for (i = 0; i < card->connector_count; i++)
		json_array_append_new(connectors, json_string(card->connectors[i].id));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "serial", card->serial, "bus", card->bus,
			 "firmware", card->firmware, "firmware_source", card->firmware_source,
			 "connectors", connectors);
}

static int print_json(const struct kinora_channel *list, size_t count,
		      const struct kinora_card *cards, size_t card_count)
{
	json_t *channels = json_array(), *array = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(channels, describe_channel_json(&list[i]));
	for (i = 0; i < card_count; i++)
		json_array_append_new(array, card_json(&cards[i]));
	return describe_print_json(json_pack("{s:o, s:o}", "channels", channels, "cards", array),
				   JSON_INDENT(1));
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct kinora_card *cards;
	struct kinora_channel *list;
	bool json = false;
	size_t count, card_count;
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
	ret = kinora_cards_list(&cards, &card_count);
	if (ret) {
		free(list);
		return cli_failed(ret);
	}
	if (json)
		status = print_json(list, count, cards, card_count);
	else
		print_channels(list, count, cards, card_count);
	free(cards);
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
