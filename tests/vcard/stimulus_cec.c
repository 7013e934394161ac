// SPDX-License-Identifier: MIT
/*
 * `cec`: what the source's CEC device does.
 */
#include <stdlib.h>
#include <string.h>

#include "stimulus_int.h"

static const char *const cec_names[] = { "send", "nack", "low-drive", "arbitration", NULL };

/* "40:04", as cec-ctl writes it: initiator and destination, opcode, operands. */
static int parse_cec_message(struct parse *p)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const struct word *word = parse_take(p);
	const char *at;

	if (!word)
		return parse_fail(p, p->end, "message is missing, bytes such as 40:04" SEE);
	for (at = word->text;; at += 3) {
		if (strspn(at, digits) != 2 || (at[2] && at[2] != ':'))
			return parse_fail(p, word->column,
					  "message '%s' is not made of bytes such as 40:04" SEE,
					  word->text);
		if (p->out->cec.length == STIMULUS_CEC_MAX)
			return parse_fail(p, word->column, "message '%s' is longer than %d bytes",
					  word->text, STIMULUS_CEC_MAX);
		p->out->cec.bytes[p->out->cec.length++] = strtoul(at, NULL, 16);
		if (!at[2])
			return 0;
	}
}

int parse_cec(struct parse *p)
{
	const struct word *word;
	int ret = parse_take_connector(p, STIMULUS_CEC);

	if (ret)
		return ret;
	word = &p->word[p->next - 1];
	if (p->out->connector != STIMULUS_HDMI1)
		return parse_fail(p, word->column, "'%s' has no CEC, but 'hdmi1' has" SEE,
				  word->text);
	ret = parse_take_name(p, "CEC action", cec_names);
	if (ret < 0)
		return ret;
	p->out->cec.kind = ret;
	switch (p->out->cec.kind) {
	case STIMULUS_CEC_SEND:
		ret = parse_cec_message(p);
		break;
	case STIMULUS_CEC_NACK:
		ret = parse_take_onoff(p, &p->out->cec.nack);
		break;
	case STIMULUS_CEC_LOW_DRIVE:
	case STIMULUS_CEC_ARBITRATION:
		ret = parse_take_count(p, "count", 1, 1000, &p->out->cec.count);
		break;
	}
	return ret < 0 ? ret : parse_take_end(p);
}
