// SPDX-License-Identifier: MIT
/*
 * The driver's books from debugfs: lines of "name value". Whatever is there is shown, so a newer
 * driver's counters need no newer program.
 */
#include <stdlib.h>
#include <string.h>

#include "books.h"

static FILE *books_open(const struct kinora_channel *channel)
{
	char path[200];

	if (!channel->number)
		return NULL;
	snprintf(path, sizeof(path), "/sys/kernel/debug/kinora/%s/ch%u", channel->bus,
		 channel->number);
	return fopen(path, "re");
}

void books_print(const struct kinora_channel *channel)
{
	FILE *file = books_open(channel);
	char line[200];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		printf("  books     %s", line);
	fclose(file);
}

json_t *books_json(const struct kinora_channel *channel)
{
	FILE *file = books_open(channel);
	json_t *books;
	char line[200], name[64];
	long long value;

	if (!file)
		return json_null();
	books = json_object();
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %lld", name, &value) == 2)
			json_object_set_new(books, name, json_integer(value));
	fclose(file);
	return books;
}
