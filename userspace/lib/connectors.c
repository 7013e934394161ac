// SPDX-License-Identifier: MIT
/*
 * Cards with their connectors and routing, from the sysfs attributes of the driver
 * (docs/sysfs-kinora.md): one value a file. No device is opened. Attributes may be missing, as
 * drivers and cards differ, and then their field is 0 or "".
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels.h"
#include "connectors.h"
#include "error.h"
#include "text.h"

#define PATH_ROOM 700
#define VALUE_ROOM 128

static const char *const ids[] = { "sdi1", "sdi2", "sdi3", "sdi4", "sdi-quad", "hdmi1", "ref" };

/* First line of a file below folder; false and "" when there is none. */
static bool read_text(const char *folder, const char *name, char *text, size_t room)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return kinora_text_read(path, text, room);
}

static unsigned long long read_number(const char *folder, const char *name)
{
	char text[VALUE_ROOM];

	read_text(folder, name, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

static bool read_flag(const char *folder, const char *name)
{
	return read_number(folder, name) == 1;
}

/* Up to four numbers with blanks between; how many there were. */
static unsigned int read_numbers(const char *folder, const char *name, int base,
				 unsigned int numbers[4])
{
	char text[VALUE_ROOM], *at = text, *end;
	unsigned int count = 0;

	memset(numbers, 0, 4 * sizeof(numbers[0]));
	read_text(folder, name, text, sizeof(text));
	while (count < 4) {
		unsigned long number = strtoul(at, &end, base);

		if (end == at)
			break;
		numbers[count++] = (unsigned int)number;
		at = end;
	}
	return count;
}

static enum kinora_lock read_lock(const char *folder)
{
	char text[VALUE_ROOM];

	read_text(folder, "state", text, sizeof(text));
	if (!strcmp(text, "locked"))
		return KINORA_LOCK_OK;
	if (!strcmp(text, "unsupported"))
		return KINORA_LOCK_UNSUPPORTED;
	if (!strcmp(text, "unstable"))
		return KINORA_LOCK_UNSTABLE;
	return KINORA_LOCK_NONE;
}

static void read_payload_ids(const char *folder, uint32_t ids_out[4])
{
	unsigned int numbers[4], i;

	read_numbers(folder, "payload_id", 16, numbers);
	for (i = 0; i < 4; i++)		/* written as on the wire, byte 1 first */
		ids_out[i] = __builtin_bswap32(numbers[i]);
}

static void read_channels(const char *folder, struct kinora_connector *c)
{
	unsigned int numbers[4], count = read_numbers(folder, "channels", 10, numbers), i;

	for (i = 0; i < count; i++)
		if (numbers[i] >= 1 && numbers[i] <= 32)
			c->channels |= 1u << (numbers[i] - 1);
}

static void read_rate(const char *folder, struct kinora_rational *rate)
{
	char text[VALUE_ROOM];

	read_text(folder, "rate", text, sizeof(text));
	if (sscanf(text, "%u/%u", &rate->num, &rate->den) != 2 || !rate->num)
		*rate = (struct kinora_rational){ 0, 0 };
}

static void read_signal(const char *folder, struct kinora_connector *c)
{
	char text[VALUE_ROOM];

	c->lock = read_lock(folder);
	read_text(folder, "reason", c->reason, sizeof(c->reason));
	c->capturable = read_flag(folder, "capturable");
	read_text(folder, "interface", c->interface, sizeof(c->interface));
	read_text(folder, "mapping", c->mapping, sizeof(c->mapping));
	read_text(folder, "order", c->order, sizeof(c->order));
	read_text(folder, "mapping_override", c->mapping_override, sizeof(c->mapping_override));
	read_text(folder, "order_override", c->order_override, sizeof(c->order_override));
	c->width = (unsigned int)read_number(folder, "width");
	c->height = (unsigned int)read_number(folder, "height");
	c->htotal = (unsigned int)read_number(folder, "htotal");
	c->vtotal = (unsigned int)read_number(folder, "vtotal");
	read_rate(folder, &c->rate);
	c->pixelclock = read_number(folder, "pixelclock");
	read_text(folder, "scan", text, sizeof(text));
	c->interlaced = !strcmp(text, "interlaced");
	c->psf = !strcmp(text, "psf");
	read_text(folder, "colorimetry", c->colorimetry, sizeof(c->colorimetry));
	read_text(folder, "transfer", c->transfer, sizeof(c->transfer));
	read_text(folder, "sampling", c->sampling, sizeof(c->sampling));
	read_text(folder, "range", text, sizeof(text));
	c->full_range = !strcmp(text, "full");
	c->depth = (unsigned int)read_number(folder, "depth");
	read_text(folder, "links", c->links, sizeof(c->links));
	c->dual = (unsigned int)read_number(folder, "dual");
	read_payload_ids(folder, c->payload_id);
}

static void read_health(const char *folder, struct kinora_connector *c)
{
	char text[VALUE_ROOM];

	c->link_count = read_numbers(folder, "crc_errors", 10, c->crc_errors);
	read_numbers(folder, "skew_ns", 10, c->skew_ns);
	c->lock_losses = (unsigned int)read_number(folder, "lock_losses");
	read_text(folder, "clock_ppb", text, sizeof(text));
	c->clock_ppb = (int)strtol(text, NULL, 10);
	c->since_ns = read_number(folder, "since_ns");
	c->age_ms = read_number(folder, "age_ms");
	c->generation = (unsigned int)read_number(folder, "generation");
	c->power = read_flag(folder, "power");
	c->payload_lies = read_flag(folder, "payload_lies");
	c->errors = read_flag(folder, "errors");
	c->hotplug = read_flag(folder, "hotplug");
	c->hdmi = read_flag(folder, "hdmi");
	c->vic = (unsigned int)read_number(folder, "vic");
	c->frl_rate = (unsigned int)read_number(folder, "frl_rate");
	read_text(folder, "it_content", c->it_content, sizeof(c->it_content));
	c->infoframes = (unsigned int)read_number(folder, "infoframes");
}

static void read_connectors(const char *device, struct kinora_card *card)
{
	char folder[PATH_ROOM - 64];
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct kinora_connector *c = &card->connectors[card->connector_count];

		snprintf(folder, sizeof(folder), "%s/connectors/%s", device, ids[i]);
		memset(c, 0, sizeof(*c));
		if (!read_text(folder, "name", c->name, sizeof(c->name)))
			continue;
		memcpy(c->card, card->serial, sizeof(c->card));
		memcpy(c->bus, card->bus, sizeof(c->bus));
		snprintf(c->id, sizeof(c->id), "%s", ids[i]);
		read_channels(folder, c);
		read_signal(folder, c);
		read_health(folder, c);
		card->connector_count++;
	}
}

static void read_route(const char *device, struct kinora_route *route)
{
	char folder[PATH_ROOM - 64], text[VALUE_ROOM], *rest = text, *word;
	unsigned int count = 0;

	snprintf(folder, sizeof(folder), "%s/channels/ch%u", device, route->channel.number);
	read_text(folder, "input", route->input, sizeof(route->input));
	read_text(folder, "inputs", text, sizeof(text));
	while ((word = strsep(&rest, " ")) && count < 8)
		if (*word)
			snprintf(route->inputs[count++], sizeof(route->inputs[0]), "%.15s", word);
	read_text(folder, "video_state", route->video_state, sizeof(route->video_state));
	read_text(folder, "meta_state", route->meta_state, sizeof(route->meta_state));
	read_text(folder, "video_holder", route->video_holder, sizeof(route->video_holder));
	read_text(folder, "meta_holder", route->meta_holder, sizeof(route->meta_holder));
}

int kinora_route_index(const struct kinora_route *route, const char *id)
{
	int i;

	for (i = 0; i < 8 && route->inputs[i][0]; i++)
		if (!strcmp(route->inputs[i], id))
			return i;
	return -1;
}

int kinora_card_path(const char *root, const struct kinora_card *card, char path[KINORA_CARD_PATH])
{
	if (!card->route_count)
		return kinora_fail(-ENODEV, "card '%s' has no channels", card->serial);
	snprintf(path, KINORA_CARD_PATH, "%s/sys/class/video4linux/%.32s/device", root,
		 card->routes[0].channel.video + strlen("/dev/"));
	return 0;
}

int kinora_cards_scan(const char *root, struct kinora_card **list, size_t *count)
{
	struct kinora_channel *channels;
	char device[KINORA_CARD_PATH];
	size_t channel_count, i;
	int ret;

	*list = NULL;
	*count = 0;
	ret = kinora_channels_scan(root, &channels, &channel_count);
	if (ret)
		return ret;
	for (i = 0; i < channel_count; i++) {
		struct kinora_card *card = *count ? &(*list)[*count - 1] : NULL;

		if (!card || strcmp(card->bus, channels[i].bus)) {
			card = reallocarray(*list, *count + 1, sizeof(**list));
			if (!card) {
				free(*list);
				free(channels);
				*list = NULL;
				*count = 0;
				return kinora_fail(-ENOMEM, "out of memory for the list of cards");
			}
			*list = card;
			card += (*count)++;
			memset(card, 0, sizeof(*card));
			snprintf(card->serial, sizeof(card->serial), "%s", channels[i].serial);
			snprintf(card->bus, sizeof(card->bus), "%s", channels[i].bus);
		}
		if (card->route_count == sizeof(card->routes) / sizeof(card->routes[0]))
			continue;
		card->routes[card->route_count++].channel = channels[i];
	}
	free(channels);
	for (i = 0; i < *count; i++) {
		struct kinora_card *card = &(*list)[i];
		size_t j;

		kinora_card_path(root, card, device);
		read_text(device, "firmware_version", card->firmware, sizeof(card->firmware));
		read_text(device, "firmware_source", card->firmware_source,
			  sizeof(card->firmware_source));
		read_connectors(device, card);
		for (j = 0; j < card->route_count; j++)
			read_route(device, &card->routes[j]);
	}
	return 0;
}

int kinora_cards_list(struct kinora_card **list, size_t *count)
{
	return kinora_cards_scan("", list, count);
}

/* Index of the card, or negative errno with a message. */
static int find_card(const char *root, const struct kinora_card *list, size_t count,
		     const char *name)
{
	struct kinora_channel channel;
	size_t i;
	int ret;

	if (!name) {
		if (!count)
			return kinora_channel_find_below(root, NULL, &channel);
		if (count == 1)
			return 0;
		return kinora_fail(-ENODEV,
				   "there are %zu cards: choose one with -d and its serial number, "
				   "'%s' for example", count, list[0].serial);
	}
	for (i = 0; i < count; i++)
		if (!strcmp(name, list[i].bus) || (*name && !strcmp(name, list[i].serial)))
			return (int)i;
	ret = kinora_channel_find_below(root, name, &channel);
	if (ret)
		return ret;
	for (i = 0; i < count; i++)
		if (!strcmp(channel.bus, list[i].bus))
			return (int)i;
	return kinora_fail(-ENODEV, "'%s' is no kinora card: 'kinora list' shows what there is",
			   name);
}

int kinora_card_find_below(const char *root, const char *name, struct kinora_card *card)
{
	struct kinora_card *list;
	size_t count;
	int ret;

	ret = kinora_cards_scan(root, &list, &count);
	if (ret)
		return ret;
	ret = find_card(root, list, count, name);
	if (ret >= 0) {
		*card = list[ret];
		ret = 0;
	}
	free(list);
	return ret;
}

int kinora_card_find(const char *name, struct kinora_card *card)
{
	return kinora_card_find_below("", name, card);
}

const struct kinora_connector *kinora_card_connector(const struct kinora_card *card,
						     const char *name)
{
	char wanted[KINORA_TEXT_MAX], id[KINORA_TEXT_MAX], full[KINORA_TEXT_MAX];
	const struct kinora_connector *part = NULL;
	unsigned int parts = 0;
	size_t i;

	kinora_text_plain(name, wanted);
	for (i = 0; wanted[0] && i < card->connector_count; i++) {
		const struct kinora_connector *c = &card->connectors[i];

		kinora_text_plain(c->id, id);
		kinora_text_plain(c->name, full);
		if (!strcmp(wanted, id) || !strcmp(wanted, full))
			return c;
		if (strstr(id, wanted) || strstr(full, wanted)) {
			part = c;
			parts++;
		}
	}
	return parts == 1 ? part : NULL;
}

/* ---------------------------------------------------------------- mapping */

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return -error;
}

static int write_override(const char *device, const char *name, const char *text)
{
	char path[PATH_ROOM];
	int ret;

	snprintf(path, sizeof(path), "%s/connectors/sdi-quad/%s", device, name);
	ret = write_text(path, text);
	switch (ret) {
	case 0:
		return 0;
	case -ENOENT:
		return kinora_fail(-ENODEV, "this card has no quad link, so nothing to map");
	case -EACCES:
	case -EPERM:
		return kinora_fail(ret, "no permission to change the mapping of the quad link: "
				   "run it as root");
	case -EINVAL:
		return kinora_fail(ret, "the card does not take '%s' as %s", text,
				   !strcmp(name, "order_override") ? "an order" : "a mapping");
	default:
		return kinora_fail(ret, "the card's controller does not take '%s': %s; 'dmesg' has "
				   "the driver's word", text, strerror(-ret));
	}
}

static bool is_order(const char *order)
{
	unsigned int seen = 0, i;

	for (i = 0; order[i]; i++) {
		if (order[i] < '1' || order[i] > '4')
			return false;
		seen |= 1u << (order[i] - '1');
	}
	return i == 4 && seen == 0xf;
}

int kinora_mapping_write(const char *root, const struct kinora_card *card, const char *mapping,
			 const char *order)
{
	char device[KINORA_CARD_PATH];
	int ret;

	if (mapping && strcmp(mapping, "auto") && strcmp(mapping, "2si") && strcmp(mapping, "sqd"))
		return kinora_fail(-EINVAL,
				   "no mapping '%s': auto, 2si (two-sample interleave) or sqd "
				   "(square division)", mapping);
	if (order && strcmp(order, "auto") && !is_order(order))
		return kinora_fail(-EINVAL,
				   "no order '%s': auto, or the parts that links 1 to 4 carry, "
				   "each once, such as 1324", order);
	ret = kinora_card_path(root, card, device);
	if (!ret && mapping)
		ret = write_override(device, "mapping_override", mapping);
	if (!ret && order)
		ret = write_override(device, "order_override", order);
	return ret;
}

int kinora_mapping_set(const struct kinora_card *card, const char *mapping, const char *order)
{
	return kinora_mapping_write("", card, mapping, order);
}
