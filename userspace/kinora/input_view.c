// SPDX-License-Identifier: MIT
/*
 * The table and the JSON of `kinora input`. A connector without a picture has its reason where the
 * others have their mode, and below it what to do next.
 */
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "input_view.h"

#define CELL 96
#define ROWS_MAX 16

enum column { CONNECTOR, STATE, MODE, INTERFACE, MAPPING, COLOUR, SINCE, ERRORS, LOSSES, CHANNELS,
	      COLUMNS };

static const char *const titles[COLUMNS] = {
	"CONNECTOR", "STATE", "MODE", "INTERFACE", "MAPPING", "COLOUR", "SINCE", "ERRORS", "LOSSES",
	"CHANNEL",
};

/* ------------------------------------------------------------------ words */

/* A rate as it is said: "59.94", "60", "23.98"; "" when it is not known. */
static void rate_words(struct kinora_rational rate, unsigned int times, char text[16])
{
	double hz = rate.den ? (double)rate.num * times / rate.den : 0;

	if (!rate.den)
		text[0] = '\0';
	else if (rate.den == 1)
		snprintf(text, 16, "%u", rate.num * times);
	else
		snprintf(text, 16, "%.2f", hz);
}

static bool is_plain_size(unsigned int width, unsigned int height)
{
	return width * 9 == height * 16 && height >= 720;
}

const char *input_mode(const struct kinora_connector *c, char text[INPUT_MODE])
{
	char rate[16], size[24] = "";

	text[0] = '\0';
	if (!c->width || !c->height)
		return text;
	rate_words(c->rate, c->interlaced ? 2 : 1, rate);
	if (!is_plain_size(c->width, c->height))
		snprintf(size, sizeof(size), "%ux", c->width);
	snprintf(text, INPUT_MODE, "%s%u%s%s", size, c->height,
		 c->interlaced ? "i" : c->psf ? "psf" : "p", rate);
	return text;
}

/* A word of sysfs as people write it; the word itself when it is not in the table. */
static const char *look_up(const char *word, const char *const (*table)[2])
{
	for (; (*table)[0]; table++)
		if (!strcmp(word, (*table)[0]))
			return (*table)[1];
	return word;
}

static const char *const colorimetries[][2] = {
	{ "709", "BT.709" }, { "2020", "BT.2020" }, { "601", "BT.601" },
	{ "vanc", "colour VANC" }, { "unknown", "unknown colour" }, { NULL, NULL },
};
static const char *const transfers[][2] = {
	{ "sdr", "SDR" }, { "hlg", "HLG" }, { "pq", "PQ" },
	{ "unspecified", "unspecified transfer" }, { NULL, NULL },
};
static const char *const samplings[][2] = {
	{ "422", "4:2:2" }, { "444", "4:4:4" }, { "420", "4:2:0" }, { "rgb", "RGB" },
	{ NULL, NULL },
};

const char *input_colour(const struct kinora_connector *c, char text[INPUT_COLOUR])
{
	snprintf(text, INPUT_COLOUR, "%s %s %s %u bit%s", look_up(c->colorimetry, colorimetries),
		 look_up(c->transfer, transfers), look_up(c->sampling, samplings), c->depth,
		 c->full_range ? " full range" : "");
	return text;
}

const char *input_age(uint64_t ms, char text[INPUT_AGE])
{
	unsigned long long s = ms / 1000;

	if (s < 120)
		snprintf(text, INPUT_AGE, "%llu s", s);
	else if (s < 3600)
		snprintf(text, INPUT_AGE, "%llu min", s / 60);
	else if (s < 86400)
		snprintf(text, INPUT_AGE, "%llu h %llu min", s / 3600, s / 60 % 60);
	else
		snprintf(text, INPUT_AGE, "%llu d %llu h", s / 86400, s / 3600 % 24);
	return text;
}

/* Which channels take it now, and who captures there. */
static void channels_words(const struct kinora_card *card, const struct kinora_connector *c,
			   char text[CELL])
{
	size_t used = 0, i;

	text[0] = '\0';
	for (i = 0; i < card->route_count && used < CELL; i++) {
		const struct kinora_route *route = &card->routes[i];
		const char *holder = route->video_holder[0] ? route->video_holder :
							      route->meta_holder;

		if (strcmp(route->input, c->id))
			continue;
		used += (size_t)snprintf(text + used, CELL - used, "%s%u%s%s", used ? ", " : "",
					 route->channel.number, holder[0] ? " " : "", holder);
	}
}

static void mapping_words(const struct kinora_connector *c, char text[CELL])
{
	bool by_hand = (c->mapping_override[0] && strcmp(c->mapping_override, "auto")) ||
		       (c->order_override[0] && strcmp(c->order_override, "auto"));

	text[0] = '\0';
	if (strcmp(c->id, "sdi-quad"))
		return;
	if (c->lock == KINORA_LOCK_OK)
		snprintf(text, CELL, "%s%s%s%s", c->mapping,
			 c->order[0] && strcmp(c->order, "1234") ? " " : "",
			 c->order[0] && strcmp(c->order, "1234") ? c->order : "",
			 by_hand ? " by hand" : "");
	else if (by_hand)
		snprintf(text, CELL, "%s %s by hand", c->mapping_override, c->order_override);
}

static void errors_words(const struct kinora_connector *c, char text[CELL])
{
	size_t used = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < c->link_count && i < 4 && used < CELL; i++)
		used += (size_t)snprintf(text + used, CELL - used, "%s%u", i ? " " : "",
					 c->crc_errors[i]);
}

/* "12G-SDI", "4x 12G-SDI", "HDMI FRL 6". */
static void interface_words(const struct kinora_connector *c, char text[CELL])
{
	static const char quad[] = "quad-link ";
	const char *words = kinora_interface_text(c->interface);

	if (c->frl_rate)
		snprintf(text, CELL, "HDMI FRL %u", c->frl_rate);
	else if (!strncmp(words, quad, strlen(quad)))
		snprintf(text, CELL, "4x %s", words + strlen(quad));
	else
		snprintf(text, CELL, "%s", words);
}

static bool has_raster(const struct kinora_connector *c)
{
	return c->width && (c->lock == KINORA_LOCK_OK || c->lock == KINORA_LOCK_UNSUPPORTED);
}

/* ------------------------------------------------------------------ table */

struct row {
	char cells[COLUMNS][CELL];
	char advice[KINORA_ADVICE_TEXT];
	bool wide;			/* STATE goes over MODE, INTERFACE, MAPPING and COLOUR */
};

static void row_fill(struct row *row, const struct kinora_card *card,
		     const struct kinora_connector *c)
{
	char state[KINORA_ADVICE_TEXT];

	memset(row, 0, sizeof(*row));
	snprintf(row->cells[CONNECTOR], CELL, "%s", c->id);
	kinora_connector_text(c, state);
	snprintf(row->cells[STATE], CELL, "%.95s", c->lock == KINORA_LOCK_OK ? "locked" : state);
	kinora_connector_advice(c, row->advice);
	row->wide = !has_raster(c);
	if (!row->wide) {
		input_mode(c, row->cells[MODE]);
		interface_words(c, row->cells[INTERFACE]);
		if (c->channels)
			input_colour(c, row->cells[COLOUR]);
	}
	mapping_words(c, row->cells[MAPPING]);
	input_age(c->age_ms, row->cells[SINCE]);
	errors_words(c, row->cells[ERRORS]);
	snprintf(row->cells[LOSSES], CELL, "%u", c->lock_losses);
	channels_words(card, c, row->cells[CHANNELS]);
	/* Links that are used one by one need no advice on how to make one picture. */
	if (!strcmp(c->id, "sdi-quad") && !row->cells[CHANNELS][0])
		row->advice[0] = '\0';
}

/* Width of each column; a column without anything in it has 0 and is left out. */
static void measure(const struct row *rows, size_t count, size_t widths[COLUMNS])
{
	size_t i, column, length;

	memset(widths, 0, COLUMNS * sizeof(widths[0]));
	for (i = 0; i < count; i++)
		for (column = 0; column < COLUMNS; column++) {
			length = strlen(rows[i].cells[column]);
			if (column == STATE && rows[i].wide)
				length = 1;
			if (length > widths[column])
				widths[column] = length;
		}
	for (column = 0; column < COLUMNS; column++)
		if (widths[column] && widths[column] < strlen(titles[column]))
			widths[column] = strlen(titles[column]);
}

/* Cells with two blanks between, none at the end. */
static void print_cells(const char *(*cell)(const void *, size_t), const void *from, bool wide,
			const size_t widths[COLUMNS], FILE *out)
{
	size_t column, pending = 0, room;

	for (column = 0; column < COLUMNS; column++) {
		const char *text = cell(from, column);

		if (!widths[column])
			continue;
		room = widths[column];
		if (wide && column == STATE)	/* goes on over the empty ones behind it */
			while (column + 1 < SINCE && !cell(from, column + 1)[0]) {
				column++;
				room += widths[column] ? 2 + widths[column] : 0;
			}
		if (!text[0]) {
			pending += room + 2;
			continue;
		}
		fprintf(out, "%*s%s", (int)pending, "", text);
		pending = strlen(text) < room ? room - strlen(text) + 2 : 2;
	}
	fputc('\n', out);
}

static const char *title_cell(const void *from, size_t column)
{
	(void)from;
	return titles[column];
}

static const char *row_cell(const void *from, size_t column)
{
	return ((const struct row *)from)->cells[column];
}

static void print_card(const struct kinora_card *card, FILE *out)
{
	struct row rows[ROWS_MAX];
	size_t widths[COLUMNS], i;

	fprintf(out, "card %s at %s", card->serial[0] ? card->serial : "without serial", card->bus);
	if (card->firmware[0])
		fprintf(out, ", firmware %s%s%s%s", card->firmware,
			card->firmware_source[0] ? " (" : "", card->firmware_source,
			card->firmware_source[0] ? ")" : "");
	fputc('\n', out);
	if (!card->connector_count) {
		fprintf(out, "  the driver does not tell of its connectors\n");
		return;
	}
	for (i = 0; i < card->connector_count; i++)
		row_fill(&rows[i], card, &card->connectors[i]);
	measure(rows, card->connector_count, widths);
	print_cells(title_cell, NULL, false, widths, out);
	for (i = 0; i < card->connector_count; i++) {
		print_cells(row_cell, &rows[i], rows[i].wide, widths, out);
		if (rows[i].advice[0])
			fprintf(out, "%*s-> %s\n", (int)widths[CONNECTOR] + 2, "", rows[i].advice);
	}
}

void input_print(const struct kinora_card *cards, size_t count, FILE *out)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i)
			fputc('\n', out);
		print_card(&cards[i], out);
	}
}

/* ------------------------------------------------------------------- JSON */

static json_t *numbers_json(const unsigned int *numbers, unsigned int count)
{
	json_t *array = json_array();
	unsigned int i;

	for (i = 0; i < count && i < 4; i++)
		json_array_append_new(array, json_integer(numbers[i]));
	return array;
}

static json_t *payload_json(const struct kinora_connector *c)
{
	json_t *array = json_array();
	unsigned int i;

	for (i = 0; i < c->link_count && i < 4; i++) {
		uint32_t id = c->payload_id[i];

		json_array_append_new(array, !id ? json_null() :
				      json_pack("[i, i, i, i]", id & 0xff, id >> 8 & 0xff,
						id >> 16 & 0xff, id >> 24));
	}
	return array;
}

static json_t *signal_json(const struct kinora_connector *c)
{
	char mode[INPUT_MODE];

	if (!has_raster(c))
		return json_null();
	return json_pack("{s:s, s:i, s:i, s:s, s:o, s:i, s:i, s:I, s:o, s:o, s:o, s:o, s:s, s:i}",
			 "mode", input_mode(c, mode), "width", (int)c->width,
			 "height", (int)c->height,
			 "scan", c->interlaced ? "interlaced" : c->psf ? "psf" : "progressive",
			 "rate", describe_rate_json(c->rate), "htotal", (int)c->htotal,
			 "vtotal", (int)c->vtotal, "pixelclock", (json_int_t)c->pixelclock,
			 "interface", describe_text(c->interface),
			 "colorimetry", describe_text(c->colorimetry),
			 "transfer", describe_text(c->transfer),
			 "sampling", describe_text(c->sampling),
			 "range", c->full_range ? "full" : "narrow", "depth", (int)c->depth);
}

static json_t *listeners_json(const struct kinora_card *card, const struct kinora_connector *c)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < card->route_count; i++)
		if (!strcmp(card->routes[i].input, c->id))
			json_array_append_new(array,
					      json_integer(card->routes[i].channel.number));
	return array;
}

static json_t *channel_numbers_json(unsigned int channels)
{
	json_t *array = json_array();
	unsigned int i;

	for (i = 0; i < 32; i++)
		if (channels & 1u << i)
			json_array_append_new(array, json_integer(i + 1));
	return array;
}

static json_t *quad_json(const struct kinora_connector *c)
{
	if (strcmp(c->id, "sdi-quad"))
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "mapping", describe_text(c->mapping),
			 "order", describe_text(c->order),
			 "mapping_override", describe_text(c->mapping_override),
			 "order_override", describe_text(c->order_override),
			 "skew_ns", numbers_json(c->skew_ns, 4));
}

static json_t *hdmi_json(const struct kinora_connector *c)
{
	if (strncmp(c->id, "hdmi", 4))
		return json_null();
	return json_pack("{s:b, s:b, s:b, s:i, s:i, s:o, s:I}", "power", c->power,
			 "hotplug", c->hotplug, "hdmi", c->hdmi, "vic", (int)c->vic,
			 "frl_rate", (int)c->frl_rate, "it_content", describe_text(c->it_content),
			 "infoframes", (json_int_t)c->infoframes);
}

static json_t *connector_json(const struct kinora_card *card, const struct kinora_connector *c)
{
	char text[KINORA_ADVICE_TEXT], advice[KINORA_ADVICE_TEXT];

	kinora_connector_text(c, text);
	kinora_connector_advice(c, advice);
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:b,"
			 " s:b, s:i, s:I, s:I, s:I, s:o, s:o}",
			 "id", c->id, "name", c->name, "state", describe_lock(c->lock),
			 "reason", describe_text(strcmp(c->reason, "none") ? c->reason : ""),
			 "text", text, "next_step", describe_text(advice),
			 "capturable", c->capturable, "signal", signal_json(c),
			 "quad_link", quad_json(c), "hdmi", hdmi_json(c),
			 "payload_ids", payload_json(c),
			 "crc_errors", numbers_json(c->crc_errors, c->link_count),
			 "lock_losses", (json_int_t)c->lock_losses,
			 "errors_now", c->errors, "payload_lies", c->payload_lies,
			 "clock_ppb", c->clock_ppb, "since_ns", (json_int_t)c->since_ns,
			 "age_ms", (json_int_t)c->age_ms, "generation", (json_int_t)c->generation,
			 "channels", channel_numbers_json(c->channels),
			 "taken_by", listeners_json(card, c));
}

static json_t *route_json(const struct kinora_route *route)
{
	json_t *inputs = json_array();
	unsigned int i;

	for (i = 0; i < 8 && route->inputs[i][0]; i++)
		json_array_append_new(inputs, json_string(route->inputs[i]));
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "channel", (int)route->channel.number, "node", route->channel.video,
			 "input", describe_text(route->input), "inputs", inputs,
			 "video_state", describe_text(route->video_state),
			 "metadata_state", describe_text(route->meta_state),
			 "video_holder", describe_text(route->video_holder),
			 "metadata_holder", describe_text(route->meta_holder));
}

static json_t *card_json(const struct kinora_card *card)
{
	json_t *connectors = json_array(), *channels = json_array();
	size_t i;

	for (i = 0; i < card->connector_count; i++)
		json_array_append_new(connectors, connector_json(card, &card->connectors[i]));
	for (i = 0; i < card->route_count; i++)
		json_array_append_new(channels, route_json(&card->routes[i]));
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "serial", describe_text(card->serial),
			 "bus", card->bus, "firmware", describe_text(card->firmware),
			 "firmware_source", describe_text(card->firmware_source),
			 "connectors", connectors, "channels", channels);
}

json_t *input_json(const struct kinora_card *cards, size_t count)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(array, card_json(&cards[i]));
	return json_pack("{s:o}", "cards", array);
}
