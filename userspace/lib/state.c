// SPDX-License-Identifier: MIT
/*
 * Saving and restoring a card: routing, mapping and order of the quad link, EDID. Restoring sets
 * what differs, so doing it twice does nothing, and a source is not shaken up by an EDID it has.
 */
#include <errno.h>
#include <string.h>

#include "connectors.h"
#include "error.h"
#include "state_file.h"

#define EDID_CONNECTOR "hdmi1"

static const struct kinora_connector *quad_link(const struct kinora_card *card)
{
	return kinora_card_connector(card, "sdi-quad");
}

static int state_collect(struct state *state, const struct kinora_card *card)
{
	const struct kinora_connector *quad = quad_link(card);
	size_t i;

	memset(state, 0, sizeof(*state));
	snprintf(state->serial, sizeof(state->serial), "%s", card->serial);
	for (i = 0; i < card->route_count; i++) {
		unsigned int number = card->routes[i].channel.number;

		if (number >= 1 && number <= 8)
			snprintf(state->inputs[number - 1], sizeof(state->inputs[0]), "%s",
				 card->routes[i].input);
	}
	if (quad) {
		snprintf(state->mapping, sizeof(state->mapping), "%s", quad->mapping_override);
		snprintf(state->order, sizeof(state->order), "%s", quad->order_override);
	}
	if (!kinora_card_connector(card, EDID_CONNECTOR))
		return 0;
	state->has_edid = true;
	return kinora_card_edid_get(card, EDID_CONNECTOR, &state->edid);
}

int kinora_state_save(const struct kinora_card *card, const char *path)
{
	struct state state;
	int ret = state_collect(&state, card);

	return ret ? ret : state_write(&state, path);
}

/* Counts what was set and what could not be. */
static void count(int ret, unsigned int *changed, unsigned int *failed)
{
	if (ret)
		(*failed)++;
	else
		(*changed)++;
}

int kinora_state_restore(const struct kinora_card *card, const char *path, unsigned int *changed,
			 unsigned int *failed)
{
	const struct kinora_connector *quad = quad_link(card);
	struct state wanted, now;
	unsigned int i;
	int ret;

	*changed = *failed = 0;
	ret = state_read(&wanted, path);
	if (!ret)
		ret = state_collect(&now, card);
	if (ret)
		return ret;
	if (quad && wanted.mapping[0] && strcmp(wanted.mapping, now.mapping))
		count(kinora_mapping_set(card, wanted.mapping, NULL), changed, failed);
	if (quad && wanted.order[0] && strcmp(wanted.order, now.order))
		count(kinora_mapping_set(card, NULL, wanted.order), changed, failed);
	/*
	 * Also where nothing differs: a channel that nobody has opened yet chooses for itself at
	 * the first open, and by this it has been.
	 */
	for (i = 0; i < 8; i++) {
		if (!wanted.inputs[i][0])
			continue;
		ret = kinora_route_set(card, i + 1, wanted.inputs[i]);
		if (ret || strcmp(wanted.inputs[i], now.inputs[i]))
			count(ret, changed, failed);
	}
	if (wanted.has_edid && (wanted.edid.size != now.edid.size ||
				memcmp(wanted.edid.bytes, now.edid.bytes, wanted.edid.size)))
		count(kinora_card_edid_set(card, EDID_CONNECTOR, &wanted.edid), changed, failed);
	return 0;
}
