// SPDX-License-Identifier: MIT
/*
 * The words of a line and the messages about them. A line is cut into words that know their column,
 * and whoever parses takes them one by one. A word that is wrong is told of once, here, and
 * everything above just returns.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stimulus_int.h"

#define NEAREST_MAX	4
#define NAMES_SHOWN	20	/* at most, where none is near */

static const char *const connector_names[STIMULUS_CONNECTORS + 1] = {
	"sdi1", "sdi2", "sdi3", "sdi4", "sdi-quad", "hdmi1", "ref",
};

static const char *const onoff_names[] = { "off", "on", NULL };

/* --- messages --- */

int parse_fail(struct parse *p, unsigned int column, const char *format, ...)
{
	int used = snprintf(p->error, p->size, "column %u: ", column);
	va_list args;

	if (used < 0 || (size_t)used >= p->size)
		return -EINVAL;
	va_start(args, format);
	vsnprintf(p->error + used, p->size - used, format, args);
	va_end(args);
	return -EINVAL;
}

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edits (add, drop, change a character, swap two) that make a into b; words are short. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int m = strlen(a), n = strlen(b);
	unsigned int d[STIMULUS_WORD_MAX + 1][STIMULUS_WORD_MAX + 1];

	if (m > STIMULUS_WORD_MAX || n > STIMULUS_WORD_MAX)
		return 2 * STIMULUS_WORD_MAX;
	for (unsigned int i = 0; i <= m; i++)
		d[i][0] = i;
	for (unsigned int j = 0; j <= n; j++)
		d[0][j] = j;
	for (unsigned int i = 1; i <= m; i++)
		for (unsigned int j = 1; j <= n; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[m][n];
}

void list_append(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s'%s'", used ? ", " : "", word);
}

/* How far a name is from what was typed; its beginning counts as nearly right. */
static unsigned int remoteness(const char *typed, const char *name)
{
	size_t length = strlen(typed);

	if (length > 2 && !strncmp(typed, name, length))
		return 1;
	return distance(typed, name);
}

int parse_fail_word(struct parse *p, const struct word *word, const char *what, const char *typed,
		    const char *const names[])
{
	unsigned int limit = strlen(typed) / 3 + 1, best = limit, shown = 0, count = 0;
	char list[512] = "";

	for (; names[count]; count++)
		if (remoteness(typed, names[count]) < best)
			best = remoteness(typed, names[count]);
	for (unsigned int i = 0; i < count && shown < NEAREST_MAX; i++)
		if (remoteness(typed, names[i]) <= best) {
			list_append(list, sizeof(list), names[i]);
			shown++;
		}
	if (shown)
		return parse_fail(p, word->column, "unknown %s '%s', did you mean %s" SEE, what,
				  typed, list);
	for (unsigned int i = 0; i < count && count <= NAMES_SHOWN; i++)
		list_append(list, sizeof(list), names[i]);
	if (!*list)
		return parse_fail(p, word->column, "unknown %s '%s'" SEE, what, typed);
	return parse_fail(p, word->column, "unknown %s '%s', it can be %s" SEE, what, typed, list);
}

/* --- words --- */

int name_find(const char *text, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(text, names[i]))
			return i;
	return -1;
}

int parse_split(struct parse *p, const char *line)
{
	bool quoted = false, inside = false;
	char *to = p->text;
	unsigned int i;

	for (i = 0; line[i]; i++) {
		unsigned char c = line[i];

		if (i == STIMULUS_LINE_MAX)
			return parse_fail(p, i + 1, "line is longer than %d bytes",
					  STIMULUS_LINE_MAX);
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return parse_fail(p, i + 1, "control character 0x%02x in the line", c);
		if (!quoted && (c == ' ' || c == '\t' || (c == '#' && !inside))) {
			if (inside)
				*to++ = 0;
			inside = false;
			if (c == '#')
				break;
			continue;
		}
		if (!inside) {
			if (p->words == WORDS_MAX)
				return parse_fail(p, i + 1, "more than %d words" SEE, WORDS_MAX);
			p->word[p->words++] = (struct word){ to, i + 1 };
			inside = true;
		}
		if (c == '"')
			quoted = !quoted;
		else
			*to++ = c;
	}
	if (quoted)
		return parse_fail(p, p->word[p->words - 1].column, "quote is not closed");
	*to = 0;
	p->end = i + 1;
	return 0;
}

const struct word *parse_take(struct parse *p)
{
	return p->next < p->words ? &p->word[p->next++] : NULL;
}

int parse_take_end(struct parse *p)
{
	const struct word *word = parse_take(p);

	if (!word)
		return 0;
	return parse_fail(p, word->column, "nothing is expected after '%s', but there is '%s'" SEE,
			  p->word[p->next - 2].text, word->text);
}

int parse_take_name(struct parse *p, const char *what, const char *const names[])
{
	const struct word *word = parse_take(p);
	char list[512] = "";
	int index;

	if (!word) {
		for (int i = 0; names[i]; i++)
			list_append(list, sizeof(list), names[i]);
		return parse_fail(p, p->end, "%s is missing, it can be %s" SEE, what, list);
	}
	index = name_find(word->text, names);
	return index < 0 ? parse_fail_word(p, word, what, word->text, names) : index;
}

int parse_take_connector(struct parse *p, enum stimulus_kind kind)
{
	int ret = parse_take_name(p, "connector", connector_names);

	if (ret < 0)
		return ret;
	p->out->kind = kind;
	p->out->connector = ret;
	return 0;
}

int parse_take_onoff(struct parse *p, bool *on)
{
	int ret = parse_take_name(p, "setting", onoff_names);

	*on = ret == 1;
	return ret < 0 ? ret : 0;
}

/* --- numbers --- */

int parse_count(struct parse *p, const struct word *word, const char *what,
		const char *text, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9' && v <= max; c++)
		v = 10 * v + (*c - '0');
	if (!*text || *c || v < min || v > max)
		return parse_fail(p, word->column, "%s '%s' is not a whole number from %u to %u"
				  SEE, what, text, min, max);
	*out = v;
	return 0;
}

int parse_take_count(struct parse *p, const char *what, uint32_t min, uint32_t max, uint32_t *out)
{
	const struct word *word = parse_take(p);

	if (!word)
		return parse_fail(p, p->end, "%s is missing, a whole number from %u to %u" SEE,
				  what, min, max);
	return parse_count(p, word, what, word->text, min, max, out);
}

/* Decimal only: strtod() would also take "inf", "nan" and hexadecimal. */
int parse_number(struct parse *p, const struct word *word, const char *what,
		 const char *text, double min, double max, double *out)
{
	char *end;

	*out = strtod(text, &end);
	if (!*text || *end || text[strspn(text, "0123456789.eE+-")] || !isfinite(*out) ||
	    *out < min || *out > max)
		return parse_fail(p, word->column, "%s '%s' is not a number from %g to %g" SEE,
				  what, text, min, max);
	return 0;
}

int parse_take_rate(struct parse *p, double *rate)
{
	const struct word *word = parse_take(p);

	if (!word)
		return parse_fail(p, p->end, "rate is missing, a number from 0 to 1" SEE);
	return parse_number(p, word, "rate", word->text, 0, 1, rate);
}

int parse_choice(struct parse *p, const struct word *word, const char *what,
		 const char *value, const char *const names[])
{
	int index = name_find(value, names);

	return index < 0 ? parse_fail_word(p, word, what, value, names) : index;
}

const char *stimulus_connector_name(enum stimulus_connector connector)
{
	return (unsigned int)connector < STIMULUS_CONNECTORS ? connector_names[connector] : NULL;
}
