// SPDX-License-Identifier: MIT
/*
 * A connector's state in words, and what to do next. The reasons are those of the card's
 * controller; the words are for whoever stands in front of the cables.
 */
#include <string.h>

#include "kinora.h"

const char *kinora_lock_text(enum kinora_lock lock)
{
	switch (lock) {
	case KINORA_LOCK_NONE:
		return "no signal";
	case KINORA_LOCK_UNSTABLE:
		return "no stable signal";
	case KINORA_LOCK_UNSUPPORTED:
		return "unsupported signal";
	case KINORA_LOCK_OK:
		return "locked";
	case KINORA_LOCK_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *kinora_interface_text(const char *interface)
{
	static const char *const words[][2] = {
		{ "hd", "HD-SDI" },
		{ "3g-a", "3G-SDI level A" },
		{ "3g-b", "3G-SDI level B" },
		{ "6g", "6G-SDI" },
		{ "12g", "12G-SDI" },
		{ "24g", "24G-SDI" },
		{ "quad-3g", "quad-link 3G-SDI" },
		{ "quad-6g", "quad-link 6G-SDI" },
		{ "quad-12g", "quad-link 12G-SDI" },
		{ "quad-24g", "quad-link 24G-SDI" },
		{ "tmds", "HDMI TMDS" },
		{ "frl", "HDMI FRL" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(interface, words[i][0]))
			return words[i][1];
	return interface;
}

struct words {
	const char *reason, *text, *advice;
};

static const struct words reasons[] = {
	{ "links-differ", "the four links carry different signals",
	  "plug all four into one source, and set it to one format on all of them" },
	{ "link-order", "the links are in the wrong order",
	  "swap the cables, or 'kinora input mapping auto --order' as they are plugged" },
	{ "skew", "the four links are too far apart in time",
	  "use cables of the same length, and one source without frame stores between" },
	{ "raster", "no raster this card takes",
	  "set the source to one of 'v4l2-ctl --list-dv-timings'" },
	{ "dual-link", "one link of a dual-link picture, which this card does not take",
	  "set the source to single link or quad link" },
	{ "sampling", "sampling or depth this connector does not take",
	  "set the source to YCbCr 4:2:2 10 bit" },
	{ "flapping", "lock comes and goes", "look at cable and plugs" },
	{ "training", "FRL link training failed at every rate",
	  "use an Ultra High Speed HDMI cable, or a shorter one" },
};

static const struct words *find_reason(const struct kinora_connector *c)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(c->reason, reasons[i].reason))
			return &reasons[i];
	return NULL;
}

/* "link 3", "links 2 and 4": the digits that are missing in links. */
static void missing_links(const char *links, char text[32])
{
	char missing[5] = "";
	size_t count = 0, used = 0, i;
	char digit;

	for (digit = '1'; digit <= '4'; digit++)
		if (!strchr(links, digit))
			missing[count++] = digit;
	used = (size_t)snprintf(text, 32, "link%s ", count == 1 ? "" : "s");
	for (i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, 32 - used, "%s%c",
					 !i ? "" : i + 1 == count ? " and " : ", ", missing[i]);
}

static bool is_quad(const struct kinora_connector *c)
{
	return !strcmp(c->id, "sdi-quad");
}

static bool is_hdmi(const struct kinora_connector *c)
{
	return !strncmp(c->id, "hdmi", 4);
}

const char *kinora_connector_text(const struct kinora_connector *c, char text[KINORA_ADVICE_TEXT])
{
	const struct words *reason = find_reason(c);
	char links[32];

	if (c->lock == KINORA_LOCK_OK) {
		snprintf(text, KINORA_ADVICE_TEXT, "%s%s%s", "locked",
			 c->payload_lies ? ", payload id contradicts the signal" : "",
			 c->errors ? ", errors now" : "");
	} else if (reason) {
		snprintf(text, KINORA_ADVICE_TEXT, "%s", reason->text);
	} else if (!strcmp(c->reason, "link-missing") && strlen(c->links) > 0) {
		missing_links(c->links, links);
		snprintf(text, KINORA_ADVICE_TEXT, "%s missing", links);
	} else if (is_hdmi(c) && c->lock == KINORA_LOCK_NONE) {
		snprintf(text, KINORA_ADVICE_TEXT, "%s",
			 !c->power ? "no signal, no source" :
			 !c->hotplug ? "no signal, hot-plug is low" :
			 "no signal, a source is there");
	} else if (is_quad(c) && c->lock == KINORA_LOCK_NONE) {
		snprintf(text, KINORA_ADVICE_TEXT, "no links");
	} else {
		snprintf(text, KINORA_ADVICE_TEXT, "%s", kinora_lock_text(c->lock));
	}
	return text;
}

const char *kinora_connector_advice(const struct kinora_connector *c,
				    char text[KINORA_ADVICE_TEXT])
{
	const struct words *reason = find_reason(c);
	const char *advice = "";

	if (c->lock == KINORA_LOCK_OK) {
		if (c->errors)
			advice = "look at cable and plugs: lines arrive damaged";
		else if (c->payload_lies)
			advice = "the payload id contradicts the signal, which is taken as it is "
				 "measured: look at the source's settings";
		else if (!c->capturable && c->channels)
			advice = "set the source to one of 'v4l2-ctl --list-dv-timings'";
	} else if (reason) {
		advice = reason->advice;
	} else if (!strcmp(c->reason, "link-missing") && strlen(c->links) > 0) {
		advice = "plug in all four links, or take one of them as single link";
	} else if (is_hdmi(c) && c->lock == KINORA_LOCK_NONE) {
		advice = !c->power ? "" :
			 !c->hotplug ? "give it an EDID ('kinora edid set default')" :
			 "wake the source; 'kinora edid show' tells what it is offered";
	} else if (c->lock == KINORA_LOCK_UNSTABLE) {
		advice = "look at cable and source";
	} else if (c->lock == KINORA_LOCK_UNSUPPORTED) {
		advice = "set the source to one of 'v4l2-ctl --list-dv-timings'";
	}
	snprintf(text, KINORA_ADVICE_TEXT, "%s", advice);
	return text;
}
