// SPDX-License-Identifier: MIT
/*
 * The modes, "1080i50" or "4320p59.94", and which connectors carry each.
 */
#include <string.h>

#include "stimulus_int.h"

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

bool stimulus_connector_carries(enum stimulus_connector connector, const struct stimulus_mode *mode)
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

int parse_fail_carrier(struct parse *p, const struct word *word, const struct stimulus_mode *mode)
{
	char list[128] = "";

	for (int i = 0; i < STIMULUS_CONNECTORS; i++)
		if (stimulus_connector_carries(i, mode))
			list_append(list, sizeof(list), stimulus_connector_name(i));
	if (!*list)
		return parse_fail(p, word->column, "no connector carries %s" SEE, mode->name);
	return parse_fail(p, word->column, "'%s' does not carry %s, but %s would" SEE,
			  stimulus_connector_name(p->out->connector), mode->name, list);
}

static int fail_mode(struct parse *p, const struct word *word)
{
	const char *names[MODES + 2] = { "off" };

	for (unsigned int i = 0; i < MODES; i++)
		names[i + 1] = modes[i].name;
	return parse_fail_word(p, word, "mode", word->text, names);
}

int parse_take_mode(struct parse *p)
{
	const struct word *word = parse_take(p);

	if (!word)
		return parse_fail(p, p->end,
				  "mode is missing, it can be '4320p59.94', '2160p50', '1080i50', "
				  "'off'" SEE);
	if (!strcmp(word->text, "off"))
		return 0;
	p->out->signal.mode = stimulus_mode_find(word->text);
	return p->out->signal.mode ? 0 : fail_mode(p, word);
}
