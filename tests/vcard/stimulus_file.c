// SPDX-License-Identifier: MIT
/*
 * A file of lines: every one is parsed before anything is done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stimulus.h"

/* Put "PATH:LINE: " before a message. */
static void locate(char *error, size_t size, const char *path, unsigned int line)
{
	char text[STIMULUS_ERROR_MAX];

	snprintf(text, sizeof(text), "%s", error);
	snprintf(error, size, "%s:%u: %s", path, line, text);
}

/* A list that grows by doubling. */
struct steps {
	struct stimulus_step *step;
	size_t count, room;
};

static int steps_add(struct steps *steps, unsigned int line, const struct stimulus *stimulus)
{
	if (steps->count == steps->room) {
		size_t room = steps->room ? 2 * steps->room : 16;
		struct stimulus_step *grown = realloc(steps->step, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		steps->step = grown;
		steps->room = room;
	}
	steps->step[steps->count++] = (struct stimulus_step){ line, *stimulus };
	return 0;
}

static int read_lines(FILE *file, const char *path, struct steps *steps, char *error, size_t size)
{
	struct stimulus stimulus;
	unsigned int number = 0;
	size_t room = 0;
	char *line = NULL;
	ssize_t length;
	int ret = 0;

	while (!ret && (length = getline(&line, &room, file)) >= 0) {
		number++;
		while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = 0;
		if (strlen(line) != (size_t)length) {
			snprintf(error, size, "byte 0 in the line, this is not a text file");
			ret = -EINVAL;
		} else {
			ret = stimulus_parse(line, true, &stimulus, error, size);
		}
		if (ret)
			locate(error, size, path, number);
		else if (stimulus.kind != STIMULUS_NOTHING)
			ret = steps_add(steps, number, &stimulus);
		if (ret == -ENOMEM)
			snprintf(error, size, "%s: no memory", path);
	}
	if (!ret && ferror(file)) {
		ret = errno ? -errno : -EIO;
		snprintf(error, size, "cannot read '%s': %s", path, strerror(-ret));
	}
	free(line);
	return ret;
}

int stimulus_file_read(const char *path, struct stimulus_step **out, size_t *count, char *error,
		       size_t size)
{
	FILE *file = fopen(path, "re");
	struct steps steps = { 0 };
	int ret;

	if (!file) {
		ret = -errno;
		snprintf(error, size, "cannot open stimulus file '%s': %s", path, strerror(-ret));
		return ret;
	}
	errno = 0;
	ret = read_lines(file, path, &steps, error, size);
	fclose(file);
	if (ret) {
		free(steps.step);
		return ret;
	}
	*out = steps.step;
	*count = steps.count;
	return 0;
}
