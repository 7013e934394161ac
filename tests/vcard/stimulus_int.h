/* SPDX-License-Identifier: MIT */
/*
 * What the parser's files share. stimulus_words.c cuts a line into words, takes them one by one and
 * tells what is wrong with one; stimulus.c sees what kind of line it is. A signal is read by
 * stimulus_signal.c, with stimulus_mode.c, stimulus_sdi.c and stimulus_hdmi.c for what belongs to
 * each; the other lines are read by the file of their name.
 *
 * 0 or more is right; negative errno is wrong, and the message is in p->error then.
 */
#ifndef VCARD_STIMULUS_INT_H
#define VCARD_STIMULUS_INT_H

#include "stimulus.h"

#define WORDS_MAX	32
#define SEE		"; see docs/stimulus.md or type 'help'"

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

/* Words behind the mode of a signal. */
enum option {
	PATTERN, FILE_NAME, FORMAT, FRAMES, TRANSFER, COLOUR, RANGE, MAPPING, INTERFACE, LINK,
	ORDER, IDS, NUMBERS, PAYLOAD, SAMPLING, DEPTH, VIC, CONTENT, PPM, OPTIONS
};

/* --- stimulus_words.c --- */

/* Cut the line into words. # outside quotes starts a comment; "..." keeps blanks together. */
int parse_split(struct parse *p, const char *line);

/* -EINVAL, with the message behind the column. */
__attribute__((format(printf, 3, 4)))
int parse_fail(struct parse *p, unsigned int column, const char *format, ...);
/* The same, with the names nearest to what was typed, or with all when none is near. */
int parse_fail_word(struct parse *p, const struct word *word, const char *what, const char *typed,
		    const char *const names[]);
/* Another name in quotes, behind a comma. */
void list_append(char *list, size_t size, const char *word);

/* Names end with NULL. The index of one, or -1. */
int name_find(const char *text, const char *const names[]);

/* The next word, NULL: there is none. */
const struct word *parse_take(struct parse *p);
/* There must be none. */
int parse_take_end(struct parse *p);
/* The next word as one of names: its index. */
int parse_take_name(struct parse *p, const char *what, const char *const names[]);
int parse_take_onoff(struct parse *p, bool *on);
int parse_take_count(struct parse *p, const char *what, uint32_t min, uint32_t max, uint32_t *out);
/* A chance, 0 to 1. */
int parse_take_rate(struct parse *p, double *rate);
/* As the connector of a stimulus of this kind. */
int parse_take_connector(struct parse *p, enum stimulus_kind kind);

/* text, of that word, as one of names: its index; as a whole number; as a number. */
int parse_choice(struct parse *p, const struct word *word, const char *what, const char *text,
		 const char *const names[]);
int parse_count(struct parse *p, const struct word *word, const char *what, const char *text,
		uint32_t min, uint32_t max, uint32_t *out);
int parse_number(struct parse *p, const struct word *word, const char *what, const char *text,
		 double min, double max, double *out);

/* --- lines, behind their first word --- */

int parse_signal(struct parse *p);
int parse_fault(struct parse *p);
int parse_cec(struct parse *p);
int parse_card(struct parse *p);

/* --- parts of a signal --- */

/* stimulus_mode.c. signal.mode stays NULL for "off". */
int parse_take_mode(struct parse *p);
bool stimulus_connector_carries(enum stimulus_connector connector,
				const struct stimulus_mode *mode);
/* It does not; who would? */
int parse_fail_carrier(struct parse *p, const struct word *word, const struct stimulus_mode *mode);

/* stimulus_sdi.c and stimulus_hdmi.c: the value of an option of theirs, MAPPING .. CONTENT. */
int parse_sdi_option(struct parse *p, const struct word *word, enum option option,
		     const char *value);
int parse_hdmi_option(struct parse *p, const struct word *word, enum option option,
		      const char *value);
/* "dvi" and "force": true when it was one of them. */
bool parse_hdmi_flag(struct parse *p, const struct word *word);
/* Do a signal's interface, its connector and the options go together? seen: NULL: not given. */
int parse_sdi_check(struct parse *p, const struct word *const seen[OPTIONS]);
/* The usual interface of a mode on one connector or on four; NULL: there is none. */
const struct stimulus_interface *stimulus_interface_of(const struct stimulus_mode *mode, bool quad);

/* --- part of a fault --- */

/* stimulus_hdmi.c: of hdmi1 alone, behind its name. */
int parse_hdmi_fault(struct parse *p);

#endif
