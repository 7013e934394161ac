// SPDX-License-Identifier: MIT
/*
 * What is said of SDI alone: the interface a picture goes by, which of its links, in which order
 * and mapping, and with what payload id.
 */
#include <stdlib.h>
#include <string.h>

#include "stimulus_int.h"

static const char *const mapping_names[] = { "2si", "sqd", NULL };
static const char *const ids_names[] = { "quad", "single", NULL };
static const char *const numbers_names[] = { "75", "76", "none", NULL };

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

const struct stimulus_interface *stimulus_interface_at(size_t index)
{
	return index < INTERFACES ? &interfaces[index] : NULL;
}

bool stimulus_interface_carries(const struct stimulus_interface *interface,
				const struct stimulus_mode *mode)
{
	unsigned int hz = (mode->rate_num + mode->rate_den - 1) / mode->rate_den;

	return mode->height == interface->height && hz >= interface->hz[0] &&
	       hz <= interface->hz[1] && (!mode->interlaced || interface->interlaced);
}

const struct stimulus_interface *stimulus_interface_of(const struct stimulus_mode *mode, bool quad)
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

	return !interface ||
	       interface == stimulus_interface_of(signal->mode, interface->links == 4);
}

/* Of the interfaces of that name the one that fits the mode. */
static int parse_interface(struct parse *p, const struct word *word, const char *value)
{
	const char *names[INTERFACES + 1] = { NULL };
	unsigned int count = 0;

	for (size_t i = 0; i < INTERFACES; i++)
		if (!count || strcmp(names[count - 1], interfaces[i].name))
			names[count++] = interfaces[i].name;
	if (name_find(value, names) < 0)
		return parse_fail_word(p, word, "interface", value, names);
	for (size_t i = 0; i < INTERFACES; i++)
		if (!strcmp(value, interfaces[i].name) &&
		    stimulus_interface_carries(&interfaces[i], p->out->signal.mode))
			p->out->signal.interface = &interfaces[i];
	if (!p->out->signal.interface)
		return parse_fail(p, word->column, "interface '%s' does not carry %s" SEE, value,
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
		return parse_fail(p, word->column,
				  "order '%s' does not name each of the links 1 to 4 once, as 1324 "
				  "does" SEE, value);
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
		return parse_fail(p, word->column,
				  "payload '%s' is neither 'none' nor eight hexadecimal digits, "
				  "byte 1 first, as d2d9a001" SEE, value);
	id = strtoul(value, NULL, 16);
	signal->payload_kind = STIMULUS_PAYLOAD_GIVEN;
	signal->payload = id >> 24 | (id >> 8 & 0xff00) | (id & 0xff00) << 8 | (id & 0xff) << 24;
	return 0;
}

int parse_sdi_option(struct parse *p, const struct word *word, enum option option,
		     const char *value)
{
	struct stimulus_signal *signal = &p->out->signal;
	uint32_t number = 1;
	int index = 0;

	switch (option) {
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
	default:	/* PAYLOAD */
		return parse_payload(p, word, value);
	}
	return index < 0 ? index : 0;
}

int parse_sdi_check(struct parse *p, const struct word *const seen[OPTIONS])
{
	const struct stimulus_interface *interface = p->out->signal.interface;
	bool quad = p->out->connector == STIMULUS_SDI_QUAD;

	if ((interface->links == 4) != quad)
		return parse_fail(p, seen[INTERFACE]->column, "interface '%s' takes %s" SEE,
				  interface->name, interface->links == 4 ? "'sdi-quad'" :
				  "one of 'sdi1', 'sdi2', 'sdi3', 'sdi4'");
	if (seen[LINK] && interface->links != 2)
		return parse_fail(p, seen[LINK]->column,
				  "'%s' goes with interfaces of two links only, such as dual-hd"
				  SEE, seen[LINK]->text);
	if (seen[NUMBERS] && interface->links == 1)
		return parse_fail(p, seen[NUMBERS]->column,
				  "'%s' goes with interfaces of several links only" SEE,
				  seen[NUMBERS]->text);
	if (seen[IDS] && seen[PAYLOAD])
		return parse_fail(p, seen[IDS]->column, "'%s' says nothing beside 'payload='" SEE,
				  seen[IDS]->text);
	return 0;
}

const char *stimulus_mapping_name(enum stimulus_mapping mapping)
{
	return (unsigned int)mapping <= STIMULUS_SQD ? mapping_names[mapping] : NULL;
}
