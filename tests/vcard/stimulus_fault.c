// SPDX-License-Identifier: MIT
/*
 * `fault`: what goes wrong on a connector.
 */
#include <stddef.h>

#include "stimulus_int.h"

#define FLAP_HZ_MAX	1000
#define FLAP_OFF	10	/* percent */

static const char *const fault_names[] = {
	"crc", "skew", "unlock", "flap", "clear", "lane", "errors", "infoframe", NULL
};

static const char *const skew_units[] = { "words", "lines", NULL };

int parse_fault(struct parse *p)
{
	const struct word *word;
	int ret = parse_take_connector(p, STIMULUS_FAULT);

	if (ret)
		return ret;
	ret = parse_take_name(p, "fault", fault_names);
	if (ret < 0)
		return ret;
	p->out->fault.kind = ret;
	word = &p->word[p->next - 1];
	if (p->out->fault.kind >= STIMULUS_FAULT_LANE && p->out->connector != STIMULUS_HDMI1)
		return parse_fail(p, word->column, "'%s' goes with 'hdmi1' only" SEE, word->text);

	switch (p->out->fault.kind) {
	case STIMULUS_FAULT_LANE:
	case STIMULUS_FAULT_ERRORS:
	case STIMULUS_FAULT_INFOFRAME:
		ret = parse_hdmi_fault(p);
		break;
	case STIMULUS_FAULT_CRC:
		if (p->out->connector > STIMULUS_SDI_QUAD)
			return parse_fail(p, word->column, "'crc' goes with SDI connectors only"
					  SEE);
		ret = parse_take_rate(p, &p->out->fault.crc_rate);
		break;
	case STIMULUS_FAULT_SKEW:
		if (p->out->connector > STIMULUS_SDI_QUAD)
			return parse_fail(p, word->column, "'skew' goes with SDI connectors only"
					  SEE);
		ret = parse_take_count(p, "skew", 0, 1000000, &p->out->fault.skew);
		if (!ret && p->next < p->words) {
			ret = parse_take_name(p, "unit", skew_units);
			p->out->fault.skew_lines = ret == 1;
		}
		break;
	case STIMULUS_FAULT_UNLOCK:
		ret = parse_take_count(p, "time in ms", 1, 3600000, &p->out->fault.unlock_ms);
		break;
	case STIMULUS_FAULT_FLAP:
		word = parse_take(p);
		if (!word)
			return parse_fail(p, p->end,
					  "times a second are missing, a number from 0.1 to %d" SEE,
					  FLAP_HZ_MAX);
		ret = parse_number(p, word, "times a second", word->text, 0.1, FLAP_HZ_MAX,
				   &p->out->fault.flap_hz);
		p->out->fault.flap_off = FLAP_OFF;
		if (!ret && p->next < p->words)
			ret = parse_take_count(p, "percent", 1, 99, &p->out->fault.flap_off);
		break;
	case STIMULUS_FAULT_CLEAR:
		break;
	}
	return ret < 0 ? ret : parse_take_end(p);
}
