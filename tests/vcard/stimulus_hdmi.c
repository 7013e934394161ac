// SPDX-License-Identifier: MIT
/*
 * What is said of hdmi1 alone: how its source sends a picture, and what goes wrong on its cable.
 */
#include <string.h>

#include "stimulus_int.h"

static const char *const sampling_names[] = { "rgb", "422", "444", "420", NULL };
static const char *const depth_names[] = { "8", "10", "12", NULL };
static const char *const content_names[] = { "graphics", "photo", "cinema", "game", NULL };
static const char *const flag_names[] = { "dvi", "force", NULL };
/* In the order of the receiver's slots, KINORA_INFOFRAME_* of kinora_hw.h. */
static const char *const infoframe_names[] = {
	"avi", "drm", "audio", "vendor", "forum", "spd", NULL
};

static const char *const infoframe_states[] = { "missing", "damaged", "good", NULL };

bool parse_hdmi_flag(struct parse *p, const struct word *word)
{
	switch (name_find(word->text, flag_names)) {
	case 0:
		p->out->signal.hdmi.dvi = true;
		return true;
	case 1:
		p->out->signal.hdmi.force = true;
		return true;
	}
	return false;
}

int parse_hdmi_option(struct parse *p, const struct word *word, enum option option,
		      const char *value)
{
	struct stimulus_signal *signal = &p->out->signal;
	uint32_t number = 1;
	int index = 0;

	switch (option) {
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
	default:	/* CONTENT */
		index = parse_choice(p, word, "content", value, content_names);
		signal->hdmi.content = index + 1;
		break;
	}
	return index < 0 ? index : 0;
}

int parse_hdmi_fault(struct parse *p)
{
	int ret;

	switch (p->out->fault.kind) {
	case STIMULUS_FAULT_LANE:
		ret = parse_take_count(p, "lane", 0, 3, &p->out->fault.lane);
		if (ret || (p->next < p->words && !strcmp(p->word[p->next].text, "clear"))) {
			p->next++;
			return ret;
		}
		return parse_take_count(p, "FRL rate", 1, 6, &p->out->fault.frl_rate);
	case STIMULUS_FAULT_ERRORS:
		return parse_take_rate(p, &p->out->fault.error_rate);
	default:	/* INFOFRAME */
		ret = parse_take_name(p, "InfoFrame", infoframe_names);
		p->out->fault.slot = ret;
		if (ret >= 0)
			ret = parse_take_name(p, "what happens to it", infoframe_states);
		p->out->fault.infoframe = ret;
		return ret;
	}
}
