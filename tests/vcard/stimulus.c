// SPDX-License-Identifier: MIT
/*
 * The parser of the stimulus language. A line is cut into words that know their column; every kind
 * of line then takes its words one by one. Whoever meets a word that is wrong says so once, through
 * fail(), and everything above just returns.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip.h"
#include "stimulus.h"

#define WORDS_MAX	32
#define NEAREST_MAX	4
#define NAMES_SHOWN	20	/* at most, where none is near */
#define PPM_MAX		10000
#define FLAP_HZ_MAX	1000
#define FLAP_OFF	10	/* percent */
#define ORDER_PLUGGED	0xe4	/* links 1, 2, 3, 4 carry parts 0, 1, 2, 3 */
#define SEE		"; see docs/stimulus.md or type 'help'"

static const char *const connector_names[STIMULUS_CONNECTORS + 1] = {
	"sdi1", "sdi2", "sdi3", "sdi4", "sdi-quad", "hdmi1", "ref",
};

static const char *const transfer_names[] = { "sdr", "hlg", "pq", NULL };
static const char *const matrix_names[] = { "709", "2020", "601", NULL };
static const char *const range_names[] = { "narrow", "full", NULL };
static const char *const mapping_names[] = { "2si", "sqd", NULL };
static const char *const ids_names[] = { "quad", "single", NULL };
static const char *const numbers_names[] = { "75", "76", "none", NULL };
static const char *const fault_names[] = {
	"crc", "skew", "unlock", "flap", "clear", "lane", "errors", "infoframe", NULL
};

static const char *const sampling_names[] = { "rgb", "422", "444", "420", NULL };
static const char *const depth_names[] = { "8", "10", "12", NULL };
static const char *const content_names[] = { "graphics", "photo", "cinema", "game", NULL };
static const char *const flag_names[] = { "dvi", "force", NULL };
/* In the order of the receiver's slots, KINORA_INFOFRAME_* of kinora_hw.h. */
static const char *const infoframe_names[] = {
	"avi", "drm", "audio", "vendor", "forum", "spd", NULL
};

static const char *const infoframe_states[] = { "missing", "damaged", "good", NULL };
static const char *const cec_names[] = { "send", "nack", "low-drive", "arbitration", NULL };
static const char *const card_names[] = {
	"unplug", "stop-answering", "mute-interrupts", "lose-interrupt", "corrupt-record", NULL
};
static const char *const field_names[] = { "tag", "bytes", "status", "frame", "phase", NULL };
static const char *const onoff_names[] = { "off", "on", NULL };
static const char *const skew_units[] = { "words", "lines", NULL };
static const char *const clip_format_names[] = {
#define NAME(name, columns, rows, bits) name,
	CLIP_FORMATS(NAME)
#undef NAME
	NULL
};

/* Lines by their first word. */
enum verb { SIGNAL, FAULT, CARD, CEC, WAIT, BOOKS, STATUS, HELP };

static const char *const verb_names[] = {
	"signal", "fault", "card", "cec", "wait", "books", "status", "help", NULL
};

/* Words behind the mode of a signal. */
enum option {
	PATTERN, FILE_NAME, FORMAT, FRAMES, TRANSFER, COLOUR, RANGE, MAPPING, INTERFACE, LINK,
	ORDER, IDS, NUMBERS, PAYLOAD, SAMPLING, DEPTH, VIC, CONTENT, PPM, OPTIONS
};

static const char *const option_names[] = {
	"pattern=", "file=", "format=", "frames=", "transfer=", "colour=", "range=", "mapping=",
	"interface=", "link=", "order=", "ids=", "numbers=", "payload=", "sampling=", "depth=",
	"vic=", "content=", "ppm=", NULL
};

#define MODE(text, w, h, i, num, den, single, quad, hdmi, ref) \
	{ text, w, h, i, num, den, STIMULUS_LINK_##single, STIMULUS_LINK_##quad, hdmi, ref }
#define P720(rate, num, den)	MODE("720p" rate, 1280, 720, 0, num, den, HD, NONE, 1, 1)
#define I1080(rate, num, den)	MODE("1080i" rate, 1920, 1080, 1, num, den, HD, NONE, 1, 1)
#define P1080(rate, num, den, single, ref) \
	MODE("1080p" rate, 1920, 1080, 0, num, den, single, NONE, 1, ref)
#define P2160(rate, num, den, single) \
	MODE("2160p" rate, 3840, 2160, 0, num, den, single, NONE, 1, 0)
#define P4320(rate, num, den, quad, hdmi) \
	MODE("4320p" rate, 7680, 4320, 0, num, den, NONE, quad, hdmi, 0)

/*
 * 720p: ST 296. 1080: ST 274 and, above 30 Hz, ST 425-1; 100 Hz and more on 6G (ST 2081-10).
 * 2160p: ST 2081-10 and ST 2082-10. 4320p: ST 2081-12 and ST 2082-12; above 60 Hz four 12G links do
 * not suffice, and HDMI 2.1 cannot without DSC. 486i and 576i are black burst.
 */
static const struct stimulus_mode modes[] = {
	MODE("486i59.94", 720, 486, 1, 30000, 1001, NONE, NONE, 0, 1),
	MODE("576i50", 720, 576, 1, 25, 1, NONE, NONE, 0, 1),
	P720("23.98", 24000, 1001), P720("24", 24, 1), P720("25", 25, 1),
	P720("29.97", 30000, 1001), P720("30", 30, 1), P720("50", 50, 1),
	P720("59.94", 60000, 1001), P720("60", 60, 1),
	I1080("50", 25, 1), I1080("59.94", 30000, 1001), I1080("60", 30, 1),
	P1080("23.98", 24000, 1001, HD, 1), P1080("24", 24, 1, HD, 1), P1080("25", 25, 1, HD, 1),
	P1080("29.97", 30000, 1001, HD, 1), P1080("30", 30, 1, HD, 1),
	P1080("47.95", 48000, 1001, 3G, 0), P1080("48", 48, 1, 3G, 0), P1080("50", 50, 1, 3G, 0),
	P1080("59.94", 60000, 1001, 3G, 0), P1080("60", 60, 1, 3G, 0),
	P1080("100", 100, 1, 6G, 0), P1080("119.88", 120000, 1001, 6G, 0),
	P1080("120", 120, 1, 6G, 0),
	P2160("23.98", 24000, 1001, 6G), P2160("24", 24, 1, 6G), P2160("25", 25, 1, 6G),
	P2160("29.97", 30000, 1001, 6G), P2160("30", 30, 1, 6G),
	P2160("47.95", 48000, 1001, 12G), P2160("48", 48, 1, 12G), P2160("50", 50, 1, 12G),
	P2160("59.94", 60000, 1001, 12G), P2160("60", 60, 1, 12G),
	P2160("100", 100, 1, NONE), P2160("119.88", 120000, 1001, NONE),
	P2160("120", 120, 1, NONE),
	P4320("23.98", 24000, 1001, 6G, 1), P4320("24", 24, 1, 6G, 1), P4320("25", 25, 1, 6G, 1),
	P4320("29.97", 30000, 1001, 6G, 1), P4320("30", 30, 1, 6G, 1),
	P4320("47.95", 48000, 1001, 12G, 1), P4320("48", 48, 1, 12G, 1),
	P4320("50", 50, 1, 12G, 1), P4320("59.94", 60000, 1001, 12G, 1),
	P4320("60", 60, 1, 12G, 1), P4320("100", 100, 1, BEYOND, 0),
	P4320("119.88", 120000, 1001, BEYOND, 0), P4320("120", 120, 1, BEYOND, 0),
};

#define MODES	(sizeof(modes) / sizeof(modes[0]))

/*
 * ST 292-1; ST 425-1 (3ga, 3gb), ST 425-3 and -5 (3G links together); ST 372 (dual-hd); ST 2081 and
 * ST 2082-10, -11, -12; ST 2083. What a mode usually goes by stands before what it can go by.
 */
static const struct stimulus_interface interfaces[] = {
	{ "hd", 1, STIMULUS_LINK_HD, .code = 0x84, .height = 720,
	  .hz = { 24, 60 } },
	{ "hd", 1, STIMULUS_LINK_HD, .code = 0x85, .height = 1080,
	  .hz = { 24, 30 }, .interlaced = true },
	{ "3ga", 1, STIMULUS_LINK_3G, .code = 0x89, .height = 1080,
	  .hz = { 48, 60 } },
	{ "6g", 1, STIMULUS_LINK_6G, .code = 0xc1, .height = 1080,
	  .hz = { 100, 120 } },
	{ "6g", 1, STIMULUS_LINK_6G, .code = 0xc0, .height = 2160,
	  .hz = { 24, 30 } },
	{ "12g", 1, STIMULUS_LINK_12G, .code = 0xce, .height = 2160,
	  .hz = { 48, 60 } },
	/* one picture in two streams that take turns with its lines */
	{ "3gb", 1, STIMULUS_LINK_3G, .level_b = true, .halved = true, .code = 0x8a,
	  .height = 1080, .hz = { 48, 60 } },
	/* two pictures; the first is the one that the signal shows */
	{ "3gb-ds", 1, STIMULUS_LINK_3G, .level_b = true, .code = 0x8b,
	  .height = 720, .hz = { 24, 60 } },
	{ "3gb-ds", 1, STIMULUS_LINK_3G, .level_b = true, .code = 0x8c,
	  .height = 1080, .hz = { 24, 30 }, .interlaced = true },
	{ "dual-hd", 2, STIMULUS_LINK_HD, .halved = true, .code = 0x87,
	  .height = 1080, .hz = { 48, 60 } },
	{ "dual-3gb", 2, STIMULUS_LINK_3G, .level_b = true, .code = 0x96,
	  .height = 2160, .hz = { 24, 30 } },
	{ "dual-6g", 2, STIMULUS_LINK_6G, .code = 0xc2, .height = 2160,
	  .hz = { 48, 60 } },
	{ "dual-12g", 2, STIMULUS_LINK_12G, .code = 0xd0, .height = 4320,
	  .hz = { 24, 30 } },
	{ "quad-3g", 4, STIMULUS_LINK_3G, .code = 0x97, .code_single = 0x89,
	  .height = 2160, .hz = { 48, 60 } },
	{ "quad-3gb", 4, STIMULUS_LINK_3G, .level_b = true, .halved = true,
	  .code = 0x98, .code_single = 0x8a, .height = 2160,
	  .hz = { 48, 60 } },
	{ "quad-6g", 4, STIMULUS_LINK_6G, .code = 0xc4, .code_single = 0xc0,
	  .height = 4320, .hz = { 24, 30 } },
	{ "quad-12g", 4, STIMULUS_LINK_12G, .code = 0xd2, .code_single = 0xce,
	  .height = 4320, .hz = { 48, 60 } },
	{ "quad-24g", 4, STIMULUS_LINK_BEYOND, .code = 0xe3, .code_single = 0xe0,
	  .height = 4320, .hz = { 100, 120 } },
};

#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

struct word {
	const char *text;
	unsigned int column;	/* from 1 */
};

/* A line on its way through the parser. */
struct parse {
	char text[STIMULUS_LINE_MAX + 1];	/* the words, each closed by a 0 */
	struct word word[WORDS_MAX];
	unsigned int words, next;
	unsigned int end;			/* column behind the last word */
	bool from_file;
	struct stimulus *out;
	char *error;
	size_t size;
};

__attribute__((format(printf, 3, 4)))
static int fail(struct parse *p, unsigned int column, const char *format, ...)
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

static void append(char *list, size_t size, const char *word)
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

/* The names nearest to what was typed, or, if none is near, all of them when they are few. */
static int fail_word(struct parse *p, const struct word *word, const char *what, const char *typed,
		     const char *const names[])
{
	unsigned int limit = strlen(typed) / 3 + 1, best = limit, shown = 0, count = 0;
	char list[512] = "";

	for (; names[count]; count++)
		if (remoteness(typed, names[count]) < best)
			best = remoteness(typed, names[count]);
	for (unsigned int i = 0; i < count && shown < NEAREST_MAX; i++)
		if (remoteness(typed, names[i]) <= best) {
			append(list, sizeof(list), names[i]);
			shown++;
		}
	if (shown)
		return fail(p, word->column, "unknown %s '%s', did you mean %s" SEE, what, typed,
			    list);
	for (unsigned int i = 0; i < count && count <= NAMES_SHOWN; i++)
		append(list, sizeof(list), names[i]);
	if (!*list)
		return fail(p, word->column, "unknown %s '%s'" SEE, what, typed);
	return fail(p, word->column, "unknown %s '%s', it can be %s" SEE, what, typed, list);
}

static int find_name(const char *text, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(text, names[i]))
			return i;
	return -1;
}

/* Cut the line into words. # outside quotes starts a comment; "..." keeps blanks together. */
static int split(struct parse *p, const char *line)
{
	bool quoted = false, inside = false;
	char *to = p->text;
	unsigned int i;

	for (i = 0; line[i]; i++) {
		unsigned char c = line[i];

		if (i == STIMULUS_LINE_MAX)
			return fail(p, i + 1, "line is longer than %d bytes", STIMULUS_LINE_MAX);
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return fail(p, i + 1, "control character 0x%02x in the line", c);
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
				return fail(p, i + 1, "more than %d words" SEE, WORDS_MAX);
			p->word[p->words++] = (struct word){ to, i + 1 };
			inside = true;
		}
		if (c == '"')
			quoted = !quoted;
		else
			*to++ = c;
	}
	if (quoted)
		return fail(p, p->word[p->words - 1].column, "quote is not closed");
	*to = 0;
	p->end = i + 1;
	return 0;
}

static const struct word *take(struct parse *p)
{
	return p->next < p->words ? &p->word[p->next++] : NULL;
}

static int take_end(struct parse *p)
{
	const struct word *word = take(p);

	if (!word)
		return 0;
	return fail(p, word->column, "nothing is expected after '%s', but there is '%s'" SEE,
		    p->word[p->next - 2].text, word->text);
}

/* The next word as one of names: its index, or -EINVAL. */
static int take_name(struct parse *p, const char *what, const char *const names[])
{
	const struct word *word = take(p);
	char list[512] = "";
	int index;

	if (!word) {
		for (int i = 0; names[i]; i++)
			append(list, sizeof(list), names[i]);
		return fail(p, p->end, "%s is missing, it can be %s" SEE, what, list);
	}
	index = find_name(word->text, names);
	return index < 0 ? fail_word(p, word, what, word->text, names) : index;
}

static int parse_count(struct parse *p, const struct word *word, const char *what,
		       const char *text, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9' && v <= max; c++)
		v = 10 * v + (*c - '0');
	if (!*text || *c || v < min || v > max)
		return fail(p, word->column, "%s '%s' is not a whole number from %u to %u" SEE,
			    what, text, min, max);
	*out = v;
	return 0;
}

static int take_count(struct parse *p, const char *what, uint32_t min, uint32_t max, uint32_t *out)
{
	const struct word *word = take(p);

	if (!word)
		return fail(p, p->end, "%s is missing, a whole number from %u to %u" SEE, what, min,
			    max);
	return parse_count(p, word, what, word->text, min, max, out);
}

/* Decimal only: strtod() would also take "inf", "nan" and hexadecimal. */
static int parse_number(struct parse *p, const struct word *word, const char *what,
			const char *text, double min, double max, double *out)
{
	char *end;

	*out = strtod(text, &end);
	if (!*text || *end || text[strspn(text, "0123456789.eE+-")] || !isfinite(*out) ||
	    *out < min || *out > max)
		return fail(p, word->column, "%s '%s' is not a number from %g to %g" SEE, what,
			    text, min, max);
	return 0;
}

bool stimulus_interface_carries(const struct stimulus_interface *interface,
				const struct stimulus_mode *mode)
{
	unsigned int hz = (mode->rate_num + mode->rate_den - 1) / mode->rate_den;

	return mode->height == interface->height && hz >= interface->hz[0] &&
	       hz <= interface->hz[1] && (!mode->interlaced || interface->interlaced);
}

/* The usual one of a mode on one connector or on four; NULL: there is none. */
static const struct stimulus_interface *interface_usual(const struct stimulus_mode *mode,
							bool quad)
{
	enum stimulus_link link = quad ? mode->link_quad : mode->link;

	for (size_t i = 0; i < INTERFACES; i++)
		if (interfaces[i].links == (quad ? 4 : 1) && interfaces[i].link == link &&
		    stimulus_interface_carries(&interfaces[i], mode))
			return &interfaces[i];
	return NULL;
}

bool stimulus_interface_usual(const struct stimulus_signal *signal)
{
	const struct stimulus_interface *interface = signal->interface;

	return !interface || interface == interface_usual(signal->mode, interface->links == 4);
}

static bool connector_carries(enum stimulus_connector connector, const struct stimulus_mode *mode)
{
	switch (connector) {
	case STIMULUS_SDI_QUAD:
		return mode->link_quad != STIMULUS_LINK_NONE;
	case STIMULUS_HDMI1:
		return mode->hdmi;
	case STIMULUS_REF:
		return mode->ref;
	default:
		return mode->link != STIMULUS_LINK_NONE;
	}
}

static int fail_carrier(struct parse *p, const struct word *word, const struct stimulus_mode *mode)
{
	char list[128] = "";

	for (int i = 0; i < STIMULUS_CONNECTORS; i++)
		if (connector_carries(i, mode))
			append(list, sizeof(list), connector_names[i]);
	if (!*list)
		return fail(p, word->column, "no connector carries %s" SEE, mode->name);
	return fail(p, word->column, "'%s' does not carry %s, but %s would" SEE,
		    connector_names[p->out->connector], mode->name, list);
}

static int fail_mode(struct parse *p, const struct word *word)
{
	const char *names[MODES + 2] = { "off" };

	for (unsigned int i = 0; i < MODES; i++)
		names[i + 1] = modes[i].name;
	return fail_word(p, word, "mode", word->text, names);
}

static int take_mode(struct parse *p)
{
	const struct word *word = take(p);

	if (!word)
		return fail(p, p->end,
			    "mode is missing, it can be '4320p59.94', '2160p50', '1080i50', 'off'"
			    SEE);
	if (!strcmp(word->text, "off"))
		return 0;
	p->out->signal.mode = stimulus_mode_find(word->text);
	return p->out->signal.mode ? 0 : fail_mode(p, word);
}

static int parse_file(struct parse *p, const struct word *word, const char *value)
{
	if (!*value)
		return fail(p, word->column, "'file=' needs a name, such as file=clip.y4m" SEE);
	if (strlen(value) >= sizeof(p->out->signal.file))
		return fail(p, word->column, "file name is longer than %d bytes",
			    STIMULUS_FILE_MAX - 1);
	strcpy(p->out->signal.file, value);
	p->out->signal.from_file = true;
	return 0;
}

/* The value of an option as one of names. */
static int parse_choice(struct parse *p, const struct word *word, const char *what,
			const char *value, const char *const names[])
{
	int index = find_name(value, names);

	return index < 0 ? fail_word(p, word, what, value, names) : index;
}

/* Which interface of that name fits the mode is seen when all words are. */
static int parse_interface(struct parse *p, const struct word *word, const char *value)
{
	const char *names[INTERFACES + 1] = { NULL };
	unsigned int count = 0;

	for (size_t i = 0; i < INTERFACES; i++)
		if (!count || strcmp(names[count - 1], interfaces[i].name))
			names[count++] = interfaces[i].name;
	if (find_name(value, names) < 0)
		return fail_word(p, word, "interface", value, names);
	for (size_t i = 0; i < INTERFACES; i++)
		if (!strcmp(value, interfaces[i].name) &&
		    stimulus_interface_carries(&interfaces[i], p->out->signal.mode))
			p->out->signal.interface = &interfaces[i];
	if (!p->out->signal.interface)
		return fail(p, word->column, "interface '%s' does not carry %s" SEE, value,
			    p->out->signal.mode->name);
	return 0;
}

/* "1324": link 1 of the source is plugged into sdi1, link 3 into sdi2 ... */
static int parse_order(struct parse *p, const struct word *word, const char *value)
{
	unsigned int seen = 0;

	p->out->signal.order = 0;
	for (unsigned int i = 0; i < 4 && value[i] >= '1' && value[i] <= '4'; i++) {
		unsigned int part = value[i] - '1';

		seen |= 1u << part;
		p->out->signal.order |= part << 2 * i;
	}
	if (seen != 15 || strlen(value) != 4)
		return fail(p, word->column,
			    "order '%s' does not name each of the links 1 to 4 once, as 1324 does"
			    SEE, value);
	return 0;
}

static int parse_payload(struct parse *p, const struct word *word, const char *value)
{
	struct stimulus_signal *signal = &p->out->signal;
	unsigned long id;

	if (!strcmp(value, "none")) {
		signal->payload_kind = STIMULUS_PAYLOAD_NONE;
		return 0;
	}
	if (strlen(value) != 8 || value[strspn(value, "0123456789abcdefABCDEF")])
		return fail(p, word->column,
			    "payload '%s' is neither 'none' nor eight hexadecimal digits, byte 1 "
			    "first, as d2d9a001" SEE, value);
	id = strtoul(value, NULL, 16);
	signal->payload_kind = STIMULUS_PAYLOAD_GIVEN;
	signal->payload = id >> 24 | (id >> 8 & 0xff00) | (id & 0xff00) << 8 | (id & 0xff) << 24;
	return 0;
}

static int parse_option(struct parse *p, const struct word *word, enum option option,
			const char *value)
{
	const char *patterns[PICTURE_PATTERNS + 1] = { NULL };
	struct stimulus_signal *signal = &p->out->signal;
	uint32_t number = 1;
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
	case MAPPING:
		index = parse_choice(p, word, "mapping", value, mapping_names);
		signal->mapping = index;
		break;
	case INTERFACE:
		return parse_interface(p, word, value);
	case LINK:
		index = parse_count(p, word, "link", value, 1, 2, &number);
		signal->link = number - 1;
		break;
	case ORDER:
		return parse_order(p, word, value);
	case IDS:
		index = parse_choice(p, word, "ids", value, ids_names);
		signal->ids = index + STIMULUS_IDS_QUAD;
		break;
	case NUMBERS:
		index = parse_choice(p, word, "numbers", value, numbers_names);
		signal->numbers = index + STIMULUS_NUMBERS_75;
		break;
	case PAYLOAD:
		return parse_payload(p, word, value);
	case SAMPLING:
		index = parse_choice(p, word, "sampling", value, sampling_names);
		signal->hdmi.sampling = index + STIMULUS_SAMPLING_RGB;
		break;
	case DEPTH:
		index = parse_choice(p, word, "depth", value, depth_names);
		signal->hdmi.depth = 8 + 2 * index;
		break;
	case VIC:
		index = parse_count(p, word, "VIC", value, 0, 255, &number);
		signal->hdmi.vic_given = true;
		signal->hdmi.vic = number;
		break;
	case CONTENT:
		index = parse_choice(p, word, "content", value, content_names);
		signal->hdmi.content = index + 1;
		break;
	default:	/* PPM */
		return parse_number(p, word, "ppm", value, -PPM_MAX, PPM_MAX, &signal->ppm);
	}
	return index < 0 ? index : 0;
}

/* "dvi" and "force": true when it was one of them. */
static bool take_flag(struct parse *p, const struct word *word)
{
	switch (find_name(word->text, flag_names)) {
	case 0:
		p->out->signal.hdmi.dvi = true;
		return true;
	case 1:
		p->out->signal.hdmi.force = true;
		return true;
	}
	return false;
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
		if (*key && find_name(key, option_names) >= 0)
			return fail(p, word->column, "'%s' needs a value: '%s...'" SEE, word->text,
				    key);
		return fail_word(p, word, "option", word->text, option_names);
	}
	if ((size_t)(equals - word->text) + 2 > sizeof(key))
		return fail_word(p, word, "option", word->text, option_names);
	snprintf(key, equals - word->text + 2, "%s", word->text);
	option = find_name(key, option_names);
	if (option < 0)
		return fail_word(p, word, "option", key, option_names);
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
				return fail(p, seen[i]->column,
					    "'%s' does not go with 'ref', which carries no picture"
					    SEE, seen[i]->text);
	if (seen[PATTERN] && seen[FILE_NAME]) {
		wrong = seen[PATTERN] > seen[FILE_NAME] ? seen[PATTERN] : seen[FILE_NAME];
		return fail(p, wrong->column,
			    "a signal shows a pattern or a file, not both: leave out '%s'" SEE,
			    wrong->text);
	}
	wrong = seen[FORMAT] ? seen[FORMAT] : seen[FRAMES];
	if (wrong && !seen[FILE_NAME])
		return fail(p, wrong->column, "'%s' needs 'file=' as well" SEE, wrong->text);
	return 0;
}

/* What belongs to SDI, to four links of it, or to two. */
static int check_links(struct parse *p, const struct word *const seen[OPTIONS])
{
	static const enum option quad[] = { MAPPING, ORDER, IDS };
	static const enum option sdi[] = { INTERFACE, LINK, NUMBERS, PAYLOAD };
	static const enum option hdmi[] = { SAMPLING, DEPTH, VIC, CONTENT };
	const struct stimulus_interface *interface = p->out->signal.interface;
	enum stimulus_connector connector = p->out->connector;

	for (size_t i = 0; i < sizeof(quad) / sizeof(quad[0]); i++)
		if (seen[quad[i]] && connector != STIMULUS_SDI_QUAD)
			return fail(p, seen[quad[i]]->column, "'%s' goes with 'sdi-quad' only" SEE,
				    seen[quad[i]]->text);
	for (size_t i = 0; i < sizeof(sdi) / sizeof(sdi[0]); i++)
		if (seen[sdi[i]] && connector > STIMULUS_SDI_QUAD)
			return fail(p, seen[sdi[i]]->column,
				    "'%s' goes with SDI connectors only" SEE, seen[sdi[i]]->text);
	for (size_t i = 0; i < sizeof(hdmi) / sizeof(hdmi[0]); i++)
		if (seen[hdmi[i]] && connector != STIMULUS_HDMI1)
			return fail(p, seen[hdmi[i]]->column, "'%s' goes with 'hdmi1' only" SEE,
				    seen[hdmi[i]]->text);
	if (connector > STIMULUS_SDI_QUAD)
		return 0;
	if ((interface->links == 4) != (connector == STIMULUS_SDI_QUAD))
		return fail(p, seen[INTERFACE]->column, "interface '%s' takes %s" SEE,
			    interface->name, interface->links == 4 ? "'sdi-quad'" :
			    "one of 'sdi1', 'sdi2', 'sdi3', 'sdi4'");
	if (seen[LINK] && interface->links != 2)
		return fail(p, seen[LINK]->column,
			    "'%s' goes with interfaces of two links only, such as dual-hd" SEE,
			    seen[LINK]->text);
	if (seen[NUMBERS] && interface->links == 1)
		return fail(p, seen[NUMBERS]->column,
			    "'%s' goes with interfaces of several links only" SEE,
			    seen[NUMBERS]->text);
	if (seen[IDS] && seen[PAYLOAD])
		return fail(p, seen[IDS]->column, "'%s' says nothing beside 'payload='" SEE,
			    seen[IDS]->text);
	return 0;
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

static int parse_signal(struct parse *p)
{
	const struct word *seen[OPTIONS] = { NULL }, *word, *mode;
	struct stimulus_signal *signal = &p->out->signal;
	int ret = take_name(p, "connector", connector_names);

	if (ret < 0)
		return ret;
	p->out->kind = STIMULUS_SIGNAL;
	p->out->connector = ret;
	mode = &p->word[p->next];
	ret = take_mode(p);
	if (ret)
		return ret;
	if (!signal->mode)
		return take_end(p);
	signal->order = ORDER_PLUGGED;
	while ((word = take(p))) {
		const char *value = NULL;
		int option;

		if (p->out->connector == STIMULUS_HDMI1 && take_flag(p, word))
			continue;
		option = split_option(p, word, &value);
		if (option < 0)
			return option;
		if (seen[option])
			return fail(p, word->column, "'%s' comes a second time",
				    option_names[option]);
		seen[option] = word;
		ret = parse_option(p, word, option, value);
		if (ret)
			return ret;
	}
	if (!seen[INTERFACE] && !connector_carries(p->out->connector, signal->mode))
		return fail_carrier(p, mode, signal->mode);
	if (!seen[INTERFACE] && p->out->connector <= STIMULUS_SDI_QUAD)
		signal->interface = interface_usual(signal->mode,
						    p->out->connector == STIMULUS_SDI_QUAD);
	default_colour(signal, seen);
	ret = check_options(p, seen);
	return ret ? ret : check_links(p, seen);
}

/* Faults of hdmi1, behind their name. */
static int parse_fault_hdmi(struct parse *p)
{
	const struct word *word;
	int ret;

	switch (p->out->fault.kind) {
	case STIMULUS_FAULT_LANE:
		ret = take_count(p, "lane", 0, 3, &p->out->fault.lane);
		if (ret || (p->next < p->words && !strcmp(p->word[p->next].text, "clear"))) {
			p->next++;
			return ret;
		}
		return take_count(p, "FRL rate", 1, 6, &p->out->fault.frl_rate);
	case STIMULUS_FAULT_ERRORS:
		word = take(p);
		if (!word)
			return fail(p, p->end, "rate is missing, a number from 0 to 1" SEE);
		return parse_number(p, word, "rate", word->text, 0, 1, &p->out->fault.error_rate);
	default:	/* INFOFRAME */
		ret = take_name(p, "InfoFrame", infoframe_names);
		p->out->fault.slot = ret;
		if (ret >= 0)
			ret = take_name(p, "what happens to it", infoframe_states);
		p->out->fault.infoframe = ret;
		return ret;
	}
}

static int parse_fault(struct parse *p)
{
	const struct word *word;
	int ret = take_name(p, "connector", connector_names);

	if (ret < 0)
		return ret;
	p->out->kind = STIMULUS_FAULT;
	p->out->connector = ret;
	ret = take_name(p, "fault", fault_names);
	if (ret < 0)
		return ret;
	p->out->fault.kind = ret;
	word = &p->word[p->next - 1];
	if (p->out->fault.kind >= STIMULUS_FAULT_LANE && p->out->connector != STIMULUS_HDMI1)
		return fail(p, word->column, "'%s' goes with 'hdmi1' only" SEE, word->text);

	switch (p->out->fault.kind) {
	case STIMULUS_FAULT_LANE:
	case STIMULUS_FAULT_ERRORS:
	case STIMULUS_FAULT_INFOFRAME:
		ret = parse_fault_hdmi(p);
		break;
	case STIMULUS_FAULT_CRC:
		if (p->out->connector > STIMULUS_SDI_QUAD)
			return fail(p, word->column, "'crc' goes with SDI connectors only" SEE);
		word = take(p);
		if (!word)
			return fail(p, p->end, "rate is missing, a number from 0 to 1" SEE);
		ret = parse_number(p, word, "rate", word->text, 0, 1, &p->out->fault.crc_rate);
		break;
	case STIMULUS_FAULT_SKEW:
		if (p->out->connector > STIMULUS_SDI_QUAD)
			return fail(p, word->column, "'skew' goes with SDI connectors only" SEE);
		ret = take_count(p, "skew", 0, 1000000, &p->out->fault.skew);
		if (!ret && p->next < p->words) {
			ret = take_name(p, "unit", skew_units);
			p->out->fault.skew_lines = ret == 1;
		}
		break;
	case STIMULUS_FAULT_UNLOCK:
		ret = take_count(p, "time in ms", 1, 3600000, &p->out->fault.unlock_ms);
		break;
	case STIMULUS_FAULT_FLAP:
		word = take(p);
		if (!word)
			return fail(p, p->end, "times a second are missing, a number from 0.1 to %d"
				    SEE, FLAP_HZ_MAX);
		ret = parse_number(p, word, "times a second", word->text, 0.1, FLAP_HZ_MAX,
				   &p->out->fault.flap_hz);
		p->out->fault.flap_off = FLAP_OFF;
		if (!ret && p->next < p->words)
			ret = take_count(p, "percent", 1, 99, &p->out->fault.flap_off);
		break;
	case STIMULUS_FAULT_CLEAR:
		break;
	}
	return ret < 0 ? ret : take_end(p);
}

static int parse_card(struct parse *p)
{
	int ret = take_name(p, "card action", card_names);

	if (ret < 0)
		return ret;
	p->out->kind = STIMULUS_CARD;
	p->out->card.kind = ret;
	ret = 0;
	switch (p->out->card.kind) {
	case STIMULUS_CARD_MUTE_INTERRUPTS:
		ret = take_name(p, "setting", onoff_names);
		p->out->card.mute = ret == 1;
		break;
	case STIMULUS_CARD_LOSE_INTERRUPT:
		ret = take_count(p, "count", 1, 1000000, &p->out->card.lose);
		break;
	case STIMULUS_CARD_CORRUPT_RECORD:
		ret = take_name(p, "field", field_names);
		p->out->card.field = ret;
		break;
	case STIMULUS_CARD_UNPLUG:
	case STIMULUS_CARD_STOP_ANSWERING:
		break;
	}
	return ret < 0 ? ret : take_end(p);
}

/* "40:04", as cec-ctl writes it: initiator and destination, opcode, operands. */
static int parse_cec_message(struct parse *p)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const struct word *word = take(p);
	const char *at;

	if (!word)
		return fail(p, p->end, "message is missing, bytes such as 40:04" SEE);
	for (at = word->text;; at += 3) {
		if (strspn(at, digits) != 2 || (at[2] && at[2] != ':'))
			return fail(p, word->column,
				    "message '%s' is not made of bytes such as 40:04" SEE,
				    word->text);
		if (p->out->cec.length == STIMULUS_CEC_MAX)
			return fail(p, word->column, "message '%s' is longer than %d bytes",
				    word->text, STIMULUS_CEC_MAX);
		p->out->cec.bytes[p->out->cec.length++] = strtoul(at, NULL, 16);
		if (!at[2])
			return 0;
	}
}

static int parse_cec(struct parse *p)
{
	const struct word *word;
	int ret = take_name(p, "connector", connector_names);

	if (ret < 0)
		return ret;
	p->out->kind = STIMULUS_CEC;
	p->out->connector = ret;
	word = &p->word[p->next - 1];
	if (ret != STIMULUS_HDMI1)
		return fail(p, word->column, "'%s' has no CEC, but 'hdmi1' has" SEE, word->text);
	ret = take_name(p, "CEC action", cec_names);
	if (ret < 0)
		return ret;
	p->out->cec.kind = ret;
	switch (p->out->cec.kind) {
	case STIMULUS_CEC_SEND:
		ret = parse_cec_message(p);
		break;
	case STIMULUS_CEC_NACK:
		ret = take_name(p, "setting", onoff_names);
		p->out->cec.nack = ret == 1;
		break;
	case STIMULUS_CEC_LOW_DRIVE:
	case STIMULUS_CEC_ARBITRATION:
		ret = take_count(p, "count", 1, 1000, &p->out->cec.count);
		break;
	}
	return ret < 0 ? ret : take_end(p);
}

static int parse_wait(struct parse *p)
{
	int ret;

	if (!p->from_file)
		return fail(p, p->word[0].column, "'wait' is for files only, not for commands" SEE);
	p->out->kind = STIMULUS_WAIT;
	if (p->next < p->words && !strcmp(p->word[p->next].text, "frames")) {
		p->next++;
		ret = take_count(p, "number of frames", 1, 1000000, &p->out->wait.frames);
	} else {
		ret = take_count(p, "time in ms", 1, 3600000, &p->out->wait.ms);
	}
	return ret ? ret : take_end(p);
}

static int parse_books(struct parse *p)
{
	static const char *const names[] = { "reset", NULL };

	p->out->kind = STIMULUS_BOOKS;
	if (p->next < p->words) {
		int ret = take_name(p, "word", names);

		if (ret < 0)
			return ret;
		p->out->books.reset = true;
	}
	return take_end(p);
}

int stimulus_parse(const char *line, bool from_file, struct stimulus *out, char *error,
		   size_t size)
{
	struct parse p = { .from_file = from_file, .out = out, .error = error, .size = size };
	int ret;

	memset(out, 0, sizeof(*out));
	if (size)
		*error = 0;
	ret = split(&p, line);
	if (ret || !p.words)
		return ret;
	ret = take_name(&p, "command", verb_names);
	switch (ret) {
	case SIGNAL:
		return parse_signal(&p);
	case FAULT:
		return parse_fault(&p);
	case CARD:
		return parse_card(&p);
	case CEC:
		return parse_cec(&p);
	case WAIT:
		return parse_wait(&p);
	case BOOKS:
		return parse_books(&p);
	case STATUS:
		out->kind = STIMULUS_STATUS;
		return take_end(&p);
	case HELP:
		out->kind = STIMULUS_HELP;
		return take_end(&p);
	default:
		return ret;
	}
}

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

const struct stimulus_mode *stimulus_mode_at(size_t index)
{
	return index < MODES ? &modes[index] : NULL;
}

const struct stimulus_mode *stimulus_mode_find(const char *name)
{
	for (size_t i = 0; i < MODES; i++)
		if (!strcmp(name, modes[i].name))
			return &modes[i];
	return NULL;
}

const struct stimulus_interface *stimulus_interface_at(size_t index)
{
	return index < INTERFACES ? &interfaces[index] : NULL;
}

const char *stimulus_connector_name(enum stimulus_connector connector)
{
	return (unsigned int)connector < STIMULUS_CONNECTORS ? connector_names[connector] : NULL;
}

const char *stimulus_transfer_name(enum stimulus_transfer transfer)
{
	return (unsigned int)transfer <= STIMULUS_PQ ? transfer_names[transfer] : NULL;
}

const char *stimulus_mapping_name(enum stimulus_mapping mapping)
{
	return (unsigned int)mapping <= STIMULUS_SQD ? mapping_names[mapping] : NULL;
}

const char *stimulus_matrix_name(enum picture_matrix matrix)
{
	return (unsigned int)matrix <= PICTURE_MATRIX_601 ? matrix_names[matrix] : NULL;
}

const char *stimulus_range_name(enum picture_range range)
{
	return (unsigned int)range <= PICTURE_RANGE_FULL ? range_names[range] : NULL;
}

const char *stimulus_help(void)
{
	return
"signal CONN MODE [pattern=NAME | file=PATH [format=FMT] [frames=N]] [transfer=sdr|hlg|pq]\n"
"                 [colour=709|2020|601] [range=narrow|full] [ppm=X]\n"
"                 SDI: [interface=NAME] [payload=XXXXXXXX|none] [numbers=75|76|none] [link=1|2]\n"
"                 sdi-quad: [mapping=2si|sqd] [ids=quad|single] [order=1324]\n"
"                 hdmi1: [sampling=rgb|422|444|420] [depth=8|10|12] [vic=N] [dvi] [force]\n"
"                 [content=graphics|photo|cinema|game]\n"
"signal CONN off\n"
"fault CONN crc RATE                 chance that a line has a wrong CRC, 0 to 1\n"
"fault CONN skew N [words|lines]     link behind the others; sdi-quad: last behind the first\n"
"fault CONN unlock MS                lock lost for so long\n"
"fault CONN flap HZ [PERCENT]        cable off and on so often, off for that much of the time\n"
"fault hdmi1 lane 0..3 RATE|clear    the lane fails from this FRL rate on, 1 to 6\n"
"fault hdmi1 errors RATE             chance that a line has a character error, 0 to 1\n"
"fault hdmi1 infoframe avi|drm|audio|vendor|forum|spd missing|damaged|good\n"
"fault CONN clear                    end of all faults\n"
"cec hdmi1 send XX:XX..              the source's device sends this\n"
"cec hdmi1 nack on|off               it acknowledges nothing\n"
"cec hdmi1 low-drive N               pulls the line low in the card's next N messages\n"
"cec hdmi1 arbitration N             wins the line against the card's next N messages\n"
"card unplug                         the card is gone\n"
"card stop-answering                 no answers, no pictures, no interrupts\n"
"card mute-interrupts on|off\n"
"card lose-interrupt N               the next N interrupts are not raised\n"
"card corrupt-record tag|bytes|status|frame|phase\n"
"wait MS                             in files only\n"
"wait frames N                       in files only\n"
"books [reset]                       what the card counted\n"
"status                              what is connected\n"
"help                                this\n"
"# comment\n"
"CONN     sdi1 sdi2 sdi3 sdi4 sdi-quad hdmi1 ref\n"
"MODE     such as 4320p60 4320p59.94 2160p50 1080i50 720p23.98; rates 23.98 24 25 29.97 30\n"
"         47.95 48 50 59.94 60 100 119.88 120\n"
"interface of SDI: hd 3ga 3gb 3gb-ds 6g 12g, dual-hd dual-3gb dual-6g dual-12g,\n"
"         quad-3g quad-3gb quad-6g quad-12g quad-24g\n"
"pattern  rp219 bt2111-hlg bt2111-pq ramp zoneplate checkfield black\n"
"format   of a raw file: yuv420p yuv422p yuv444p yuv420p10 yuv422p10 yuv444p10\n";
}
