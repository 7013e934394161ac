// SPDX-License-Identifier: MIT
/*
 * What needs a device opened: which connector a channel takes, and the EDID of a connector.
 *
 * EDID ioctls go to a picture node that has the connector among its inputs, with the input's index
 * as pad. They touch neither routing nor capture, so the first such node serves.
 */
#include <errno.h>
#include <string.h>

#include "connectors.h"
#include "device.h"
#include "error.h"

#include <linux/videodev2.h>

/* Appends to a list in words. */
static void append(char *text, size_t room, const char *format, const char *word)
{
	size_t length = strlen(text);

	snprintf(text + length, room - length, format, word);
}

static int fail_connector(const struct kinora_card *card, const char *name)
{
	char list[160] = "";
	size_t i;

	for (i = 0; i < card->connector_count; i++)
		append(list, sizeof(list), i ? ", %s" : "%s", card->connectors[i].id);
	return kinora_fail(-EINVAL, "no connector '%s' on this card: it has %s", name,
			   list[0] ? list : "none that the driver tells of");
}

static int fail_route(const struct kinora_route *route, const struct kinora_connector *connector)
{
	char takes[100] = "", channels[40] = "";
	unsigned int i;

	for (i = 0; i < 8 && route->inputs[i][0]; i++)
		append(takes, sizeof(takes), i ? ", %s" : "%s", route->inputs[i]);
	for (i = 0; i < 32; i++)
		if (connector->channels & 1u << i) {
			char number[12];

			snprintf(number, sizeof(number), "%u", i + 1);
			append(channels, sizeof(channels), channels[0] ? ", %s" : "%s", number);
		}
	return kinora_fail(-EINVAL,
			   "channel %u cannot take '%s': it takes %s; '%s' goes to channel %s",
			   route->channel.number, connector->id, takes, connector->id,
			   channels[0] ? channels : "none, it has no picture");
}

/* "obs 4711" -> "'obs' (process 4711)". */
static int fail_holder(const struct kinora_route *route, const char *holder, const char *what)
{
	const char *blank = strrchr(holder, ' ');
	int length = blank ? (int)(blank - holder) : (int)strlen(holder);

	return kinora_fail(-EBUSY,
			   "channel %u is capturing for '%.*s' (process %s)%s: end it, then route",
			   route->channel.number, length, holder,
			   blank ? blank + 1 : "unknown", what);
}

static int fail_busy(const struct kinora_route *route)
{
	if (route->video_holder[0])
		return fail_holder(route, route->video_holder, "");
	if (route->meta_holder[0])
		return fail_holder(route, route->meta_holder, ", its ancillary data");
	return kinora_fail_busy(route->channel.video, "route it");
}

static int node_call(const struct kinora_route *route, unsigned long request, void *argument)
{
	int fd = kinora_node_open(route->channel.video), ret;

	if (fd < 0)
		return fd;
	ret = kinora_node_ioctl(fd, request, argument);
	kinora_node_close(fd);
	/* a message only where the ioctl failed: tell the two apart by it */
	if (ret)
		kinora_fail(ret, "'%s': %s", route->channel.video, strerror(-ret));
	return ret;
}

int kinora_route_set(const struct kinora_card *card, unsigned int channel, const char *name)
{
	const struct kinora_connector *connector = kinora_card_connector(card, name);
	const struct kinora_route *route = NULL;
	struct kinora_card now;
	int index, ret;
	size_t i;

	for (i = 0; i < card->route_count; i++)
		if (card->routes[i].channel.number == channel)
			route = &card->routes[i];
	if (!route)
		return kinora_fail(-EINVAL, "no channel %u on card '%s': it has %zu", channel,
				   card->serial, card->route_count);
	if (!connector)
		return fail_connector(card, name);
	index = kinora_route_index(route, connector->id);
	if (index < 0)
		return fail_route(route, connector);
	ret = node_call(route, VIDIOC_S_INPUT, &index);
	if (ret != -EBUSY)
		return ret;
	/* who holds it now, not when the card was listed */
	if (!kinora_card_find(card->bus, &now))
		for (i = 0; i < now.route_count; i++)
			if (now.routes[i].channel.number == channel)
				return fail_busy(&now.routes[i]);
	return fail_busy(route);
}

/* The route whose node has the connector's EDID, and its pad. */
static const struct kinora_route *edid_route(const struct kinora_card *card, const char *name,
					     uint32_t *pad)
{
	const struct kinora_connector *connector = kinora_card_connector(card, name);
	size_t i;

	if (!connector) {
		fail_connector(card, name);
		return NULL;
	}
	for (i = 0; i < card->route_count; i++) {
		int index = kinora_route_index(&card->routes[i], connector->id);

		if (index >= 0) {
			*pad = (uint32_t)index;
			return &card->routes[i];
		}
	}
	kinora_fail(-EINVAL, "no channel takes '%s'", connector->id);
	return NULL;
}

static int fail_edid(const struct kinora_card *card, const char *connector, int error)
{
	switch (error) {
	case -EINVAL:
	case -ENOTTY:
		return kinora_fail(-EINVAL, "'%s' of card '%s' has no EDID", connector,
				   card->serial);
	case -ETIMEDOUT:
	case -EIO:
		return kinora_fail(error, "the card's controller does not answer: %s; 'dmesg' has "
				   "the driver's word", strerror(-error));
	default:
		return error;	/* the message is there */
	}
}

int kinora_card_edid_get(const struct kinora_card *card, const char *connector,
			 struct kinora_edid *edid)
{
	struct v4l2_edid request = { .blocks = KINORA_EDID_BYTES_MAX / KINORA_EDID_BLOCK,
				     .edid = edid->bytes };
	const struct kinora_route *route = edid_route(card, connector, &request.pad);
	int ret;

	memset(edid, 0, sizeof(*edid));
	if (!route)
		return -EINVAL;
	ret = node_call(route, VIDIOC_G_EDID, &request);
	if (ret == -ENODATA)
		return 0;	/* there is none */
	if (ret)
		return fail_edid(card, connector, ret);
	if (request.blocks > KINORA_EDID_BYTES_MAX / KINORA_EDID_BLOCK)
		return kinora_fail(-EIO, "the driver tells of an EDID of %u blocks",
				   request.blocks);
	edid->size = (size_t)request.blocks * KINORA_EDID_BLOCK;
	return 0;
}

int kinora_card_edid_set(const struct kinora_card *card, const char *connector,
			 const struct kinora_edid *edid)
{
	struct kinora_edid copy = *edid, there;
	struct v4l2_edid request = { .edid = copy.bytes };
	const struct kinora_route *route = edid_route(card, connector, &request.pad);
	int ret;

	if (!route)
		return -EINVAL;
	if (edid->size % KINORA_EDID_BLOCK || edid->size > sizeof(edid->bytes))
		return kinora_fail(-EINVAL, "an EDID of %zu bytes: up to four blocks of 128 bytes",
				   edid->size);
	request.blocks = (uint32_t)(edid->size / KINORA_EDID_BLOCK);
	ret = node_call(route, VIDIOC_S_EDID, &request);
	if (ret == -EINVAL && !kinora_card_edid_get(card, connector, &there))
		return kinora_fail(ret, "the card does not take this EDID: 'kinora edid check' "
				   "tells what is wrong with it");
	return ret ? fail_edid(card, connector, ret) : 0;
}
