// SPDX-License-Identifier: MIT
/*
 * `signal`: a connector, a mode, and how its picture comes about. What belongs to SDI or to HDMI
 * alone is in files of their own.
 */
#include <stdio.h>
#include <string.h>

#include "clip.h"
#include "stimulus_int.h"

#define PPM_MAX		10000
#define ORDER_PLUGGED	0xe4	/* links 1, 2, 3, 4 carry parts 0, 1, 2, 3 */

static const char *const transfer_names[] = { "sdr", "hlg", "pq", NULL };
static const char *const matrix_names[] = { "709", "2020", "601", NULL };
static const char *const range_names[] = { "narrow", "full", NULL };
static const char *const clip_format_names[] = {
#define NAME(name, columns, rows, bits) name,
	CLIP_FORMATS(NAME)
#undef NAME
	NULL
};

/* In the order of enum option. */
static const char *const option_names[] = {
	"pattern=", "file=", "format=", "frames=", "transfer=", "colour=", "range=", "mapping=",
	"interface=", "link=", "order=", "ids=", "numbers=", "payload=", "sampling=", "depth=",
	"vic=", "content=", "ppm=", NULL
};

static int parse_file(struct parse *p, const struct word *word, const char *value)
{
	if (!*value)
		return parse_fail(p, word->column, "'file=' needs a name, such as file=clip.y4m"
				  SEE);
	if (strlen(value) >= sizeof(p->out->signal.file))
		return parse_fail(p, word->column, "file name is longer than %d bytes",
				  STIMULUS_FILE_MAX - 1);
	strcpy(p->out->signal.file, value);
	p->out->signal.from_file = true;
	return 0;
}

static int parse_option(struct parse *p, const struct word *word, enum option option,
			const char *value)
{
	const char *patterns[PICTURE_PATTERNS + 1] = { NULL };
	struct stimulus_signal *signal = &p->out->signal;
	int index = 0;

	switch (option) {
	case PATTERN:
		for (int i = 0; i < PICTURE_PATTERNS; i++)
			patterns[i] = picture_pattern_name(i);
		index = parse_choice(p, word, "pattern", value, patterns);
		signal->pattern = index;
		break;
	case FILE_NAME:
		return parse_file(p, word, value);
	case FORMAT:
		index = parse_choice(p, word, "format", value, clip_format_names);
		if (index >= 0)
			strcpy(signal->format, value);
		break;
	case FRAMES:
		return parse_count(p, word, "frames", value, 1, 1000000, &signal->frames);
	case TRANSFER:
		index = parse_choice(p, word, "transfer", value, transfer_names);
		signal->transfer = index;
		break;
	case COLOUR:
		index = parse_choice(p, word, "colour", value, matrix_names);
		signal->colour.matrix = index;
		break;
	case RANGE:
		index = parse_choice(p, word, "range", value, range_names);
		signal->colour.range = index;
		break;
	case MAPPING ... PAYLOAD:
		return parse_sdi_option(p, word, option, value);
	case SAMPLING ... CONTENT:
		return parse_hdmi_option(p, word, option, value);
	default:	/* PPM */
		return parse_number(p, word, "ppm", value, -PPM_MAX, PPM_MAX, &signal->ppm);
	}
	return index < 0 ? index : 0;
}

/* An option's index and its value, from "name=value". */
static int split_option(struct parse *p, const struct word *word, const char **value)
{
	const char *equals = strchr(word->text, '=');
	char key[STIMULUS_WORD_MAX] = "";
	int option;

	if (!equals) {
		size_t length = strlen(word->text);

		/* "pattern" alone, where "pattern=" would be right */
		if (length + 2 <= sizeof(key))
			snprintf(key, sizeof(key), "%s=", word->text);
		if (*key && name_find(key, option_names) >= 0)
			return parse_fail(p, word->column, "'%s' needs a value: '%s...'" SEE,
					  word->text, key);
		return parse_fail_word(p, word, "option", word->text, option_names);
	}
	if ((size_t)(equals - word->text) + 2 > sizeof(key))
		return parse_fail_word(p, word, "option", word->text, option_names);
	snprintf(key, equals - word->text + 2, "%s", word->text);
	option = name_find(key, option_names);
	if (option < 0)
		return parse_fail_word(p, word, "option", key, option_names);
	*value = equals + 1;
	return option;
}

/* What an option needs to make sense; seen[] holds the words, NULL where not given. */
static int check_options(struct parse *p, const struct word *const seen[OPTIONS])
{
	const struct word *wrong;

	if (p->out->connector == STIMULUS_REF)
		for (int i = 0; i < PPM; i++)
			if (seen[i])
				return parse_fail(p, seen[i]->column,
						  "'%s' does not go with 'ref', which carries no "
						  "picture" SEE, seen[i]->text);
	if (seen[PATTERN] && seen[FILE_NAME]) {
		wrong = seen[PATTERN] > seen[FILE_NAME] ? seen[PATTERN] : seen[FILE_NAME];
		return parse_fail(p, wrong->column,
				  "a signal shows a pattern or a file, not both: leave out '%s'"
				  SEE, wrong->text);
	}
	wrong = seen[FORMAT] ? seen[FORMAT] : seen[FRAMES];
	if (wrong && !seen[FILE_NAME])
		return parse_fail(p, wrong->column, "'%s' needs 'file=' as well" SEE, wrong->text);
	return 0;
}

/* What belongs to four links of SDI, to SDI, or to HDMI. */
static int check_connector(struct parse *p, const struct word *const seen[OPTIONS])
{
	static const enum option quad[] = { MAPPING, ORDER, IDS };
	static const enum option sdi[] = { INTERFACE, LINK, NUMBERS, PAYLOAD };
	static const enum option hdmi[] = { SAMPLING, DEPTH, VIC, CONTENT };
	enum stimulus_connector connector = p->out->connector;

	for (size_t i = 0; i < sizeof(quad) / sizeof(quad[0]); i++)
		if (seen[quad[i]] && connector != STIMULUS_SDI_QUAD)
			return parse_fail(p, seen[quad[i]]->column,
					  "'%s' goes with 'sdi-quad' only" SEE,
					  seen[quad[i]]->text);
	for (size_t i = 0; i < sizeof(sdi) / sizeof(sdi[0]); i++)
		if (seen[sdi[i]] && connector > STIMULUS_SDI_QUAD)
			return parse_fail(p, seen[sdi[i]]->column,
					  "'%s' goes with SDI connectors only" SEE,
					  seen[sdi[i]]->text);
	for (size_t i = 0; i < sizeof(hdmi) / sizeof(hdmi[0]); i++)
		if (seen[hdmi[i]] && connector != STIMULUS_HDMI1)
			return parse_fail(p, seen[hdmi[i]]->column,
					  "'%s' goes with 'hdmi1' only" SEE, seen[hdmi[i]]->text);
	return connector > STIMULUS_SDI_QUAD ? 0 : parse_sdi_check(p, seen);
}

/* HDR bars are what they are named after unless the line says otherwise. */
static void default_colour(struct stimulus_signal *signal, const struct word *const seen[OPTIONS])
{
	bool hdr = !signal->from_file && (signal->pattern == PICTURE_BT2111_HLG ||
					  signal->pattern == PICTURE_BT2111_PQ);

	if (!hdr)
		return;
	if (!seen[TRANSFER])
		signal->transfer = signal->pattern == PICTURE_BT2111_PQ ? STIMULUS_PQ :
									  STIMULUS_HLG;
	if (!seen[COLOUR])
		signal->colour.matrix = PICTURE_MATRIX_2020;
}

int parse_signal(struct parse *p)
{
	const struct word *seen[OPTIONS] = { NULL }, *word, *mode;
	struct stimulus_signal *signal = &p->out->signal;
	int ret = parse_take_connector(p, STIMULUS_SIGNAL);

	if (ret)
		return ret;
	mode = &p->word[p->next];
	ret = parse_take_mode(p);
	if (ret)
		return ret;
	if (!signal->mode)
		return parse_take_end(p);
	signal->order = ORDER_PLUGGED;
	while ((word = parse_take(p))) {
		const char *value = NULL;
		int option;

		if (p->out->connector == STIMULUS_HDMI1 && parse_hdmi_flag(p, word))
			continue;
		option = split_option(p, word, &value);
		if (option < 0)
			return option;
		if (seen[option])
			return parse_fail(p, word->column, "'%s' comes a second time",
					  option_names[option]);
		seen[option] = word;
		ret = parse_option(p, word, option, value);
		if (ret)
			return ret;
	}
	if (!seen[INTERFACE] && !stimulus_connector_carries(p->out->connector, signal->mode))
		return parse_fail_carrier(p, mode, signal->mode);
	if (!seen[INTERFACE] && p->out->connector <= STIMULUS_SDI_QUAD)
		signal->interface = stimulus_interface_of(signal->mode,
							  p->out->connector == STIMULUS_SDI_QUAD);
	default_colour(signal, seen);
	ret = check_options(p, seen);
	return ret ? ret : check_connector(p, seen);
}

const char *stimulus_transfer_name(enum stimulus_transfer transfer)
{
	return (unsigned int)transfer <= STIMULUS_PQ ? transfer_names[transfer] : NULL;
}

const char *stimulus_matrix_name(enum picture_matrix matrix)
{
	return (unsigned int)matrix <= PICTURE_MATRIX_601 ? matrix_names[matrix] : NULL;
}

const char *stimulus_range_name(enum picture_range range)
{
	return (unsigned int)range <= PICTURE_RANGE_FULL ? range_names[range] : NULL;
}
