// SPDX-License-Identifier: MIT
/*
 * The driver's books from debugfs, where each line is a name and pairs of counter and value.
 * Whatever counters are there are shown, so a newer driver needs no newer program.
 */
#include <stdlib.h>
#include <string.h>

#include "books.h"

#define LINE_ROOM 512

static FILE *books_open(const struct kinora_channel *channel, const char *name)
{
	char path[200];

	if (!channel->number)
		return NULL;
	snprintf(path, sizeof(path), "/sys/kernel/debug/kinora/%s/%s", channel->bus, name);
	return fopen(path, "re");
}

/* The next line of this channel's streams, "video stream 0 frames 12 ..."; NULL after the last. */
static char *stream_line(FILE *file, const struct kinora_channel *channel, char line[LINE_ROOM])
{
	char prefix[16];
	int length = snprintf(prefix, sizeof(prefix), "ch%u-", channel->number);

	while (fgets(line, LINE_ROOM, file))
		if (!strncmp(line, prefix, (size_t)length))
			return line + length;
	return NULL;
}

/* The next two words; false: there are no more. */
static bool next_pair(char **rest, const char **counter, const char **value)
{
	*counter = strsep(rest, " \n");
	*value = strsep(rest, " \n");
	return *counter && *value && **counter;
}

static void print_pairs(const char *name, char *rest)
{
	const char *counter, *value, *joint = "";

	printf("  books     %s: ", name);
	while (next_pair(&rest, &counter, &value)) {
		printf("%s%s %s", joint, counter, value);
		joint = ", ";
	}
	printf("\n");
}

void books_print(const struct kinora_channel *channel)
{
	FILE *file = books_open(channel, "streams");
	char line[LINE_ROOM], *rest;

	if (!file)
		return;
	while ((rest = stream_line(file, channel, line))) {
		const char *name = strsep(&rest, " \n");

		print_pairs(name, rest);
	}
	fclose(file);
}

static json_t *pairs_json(char *rest)
{
	json_t *pairs = json_object();
	const char *counter, *value;

	while (next_pair(&rest, &counter, &value))
		json_object_set_new(pairs, counter, json_integer(strtoll(value, NULL, 10)));
	return pairs;
}

json_t *books_json(const struct kinora_channel *channel)
{
	FILE *file = books_open(channel, "streams");
	char line[LINE_ROOM], *rest;
	json_t *books;

	if (!file)
		return json_null();
	books = json_object();
	while ((rest = stream_line(file, channel, line))) {
		const char *name = strsep(&rest, " \n");

		json_object_set_new(books, name, pairs_json(rest));
	}
	fclose(file);
	return books;
}
