// SPDX-License-Identifier: MIT
/*
 * The difference of two EDIDs, in words: both are decoded, and their lines compared by the longest
 * common subsequence. A decoding has some eighty lines, so the simple table will do.
 */
#include <stdlib.h>
#include <string.h>

#include "edid_diff.h"

#define LINES_MAX 400

struct lines {
	char *text;
	char *line[LINES_MAX];
	size_t count;
};

static bool lines_init(struct lines *lines, const struct kinora_edid *edid)
{
	size_t size;
	char *rest, *line;
	FILE *file;

	memset(lines, 0, sizeof(*lines));
	file = open_memstream(&lines->text, &size);
	if (!file)
		return false;
	kinora_edid_write_text(edid, file);
	if (fclose(file) || !lines->text)
		return false;
	rest = lines->text;
	while ((line = strsep(&rest, "\n")) && lines->count < LINES_MAX)
		if (*line)
			lines->line[lines->count++] = line;
	return true;
}

/* common[i][j]: lines that a from i and b from j have in common. */
static void measure(const struct lines *a, const struct lines *b,
		    unsigned short common[][LINES_MAX + 1])
{
	size_t i, j;

	for (i = a->count + 1; i-- > 0;)
		for (j = b->count + 1; j-- > 0;) {
			if (i == a->count || j == b->count)
				common[i][j] = 0;
			else if (!strcmp(a->line[i], b->line[j]))
				common[i][j] = (unsigned short)(common[i + 1][j + 1] + 1);
			else
				common[i][j] = common[i + 1][j] > common[i][j + 1] ?
						       common[i + 1][j] : common[i][j + 1];
		}
}

/* Checksums change with everything and say nothing. */
static bool is_dull(const char *line)
{
	return !strncmp(line, "    checksum ", 13);
}

static bool print(char sign, const char *line, FILE *out)
{
	if (is_dull(line))
		return false;
	fprintf(out, "%c %s\n", sign, line);
	return true;
}

bool edid_diff(const struct kinora_edid *from, const struct kinora_edid *to, FILE *out)
{
	unsigned short(*common)[LINES_MAX + 1] = calloc(LINES_MAX + 1, sizeof(*common));
	struct lines a, b;
	bool ready = lines_init(&a, from), different = false;
	size_t i = 0, j = 0;

	ready = lines_init(&b, to) && ready && common;
	if (ready) {
		measure(&a, &b, common);
		while (i < a.count || j < b.count) {
			if (i < a.count && j < b.count && !strcmp(a.line[i], b.line[j])) {
				i++;
				j++;
			} else if (i < a.count &&
				   (j == b.count || common[i + 1][j] >= common[i][j + 1])) {
				different |= print('-', a.line[i++], out);
			} else {
				different |= print('+', b.line[j++], out);
			}
		}
	}
	free(a.text);
	free(b.text);
	free(common);
	return different;
}
