// SPDX-License-Identifier: MIT
/*
 * `card`: what the card itself does wrong.
 */
#include <stddef.h>

#include "stimulus_int.h"

static const char *const card_names[] = {
	"unplug", "stop-answering", "mute-interrupts", "lose-interrupt", "corrupt-record", NULL
};
static const char *const field_names[] = { "tag", "bytes", "status", "frame", "phase", NULL };

int parse_card(struct parse *p)
{
	int ret = parse_take_name(p, "card action", card_names);

	if (ret < 0)
		return ret;
	p->out->kind = STIMULUS_CARD;
	p->out->card.kind = ret;
	ret = 0;
	switch (p->out->card.kind) {
	case STIMULUS_CARD_MUTE_INTERRUPTS:
		ret = parse_take_onoff(p, &p->out->card.mute);
		break;
	case STIMULUS_CARD_LOSE_INTERRUPT:
		ret = parse_take_count(p, "count", 1, 1000000, &p->out->card.lose);
		break;
	case STIMULUS_CARD_CORRUPT_RECORD:
		ret = parse_take_name(p, "field", field_names);
		p->out->card.field = ret;
		break;
	case STIMULUS_CARD_UNPLUG:
	case STIMULUS_CARD_STOP_ANSWERING:
		break;
	}
	return ret < 0 ? ret : parse_take_end(p);
}
