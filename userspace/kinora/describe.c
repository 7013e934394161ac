// SPDX-License-Identifier: MIT
/*
 * Channels and signals in words and in JSON.
 */
#include <string.h>

#include "cli.h"
#include "describe.h"

/* sysfs says "16.0 GT/s PCIe", older kernels "16 GT/s". */
static int speed_length(const char *speed)
{
	const char *end = strstr(speed, " PCIe");

	return end ? (int)(end - speed) : (int)strlen(speed);
}

bool describe_link(const struct kinora_channel *channel, char text[DESCRIBE_LINK])
{
	int length;

	text[0] = '\0';
	if (!channel->link_speed[0])
		return false;
	length = snprintf(text, DESCRIBE_LINK, "PCIe %.*s x%u", speed_length(channel->link_speed),
			  channel->link_speed, channel->link_width);
	if (channel->link_speed_max[0] &&
	    (strcmp(channel->link_speed, channel->link_speed_max) ||
	     channel->link_width != channel->link_width_max))
		snprintf(text + length, DESCRIBE_LINK - (size_t)length,
			 ", the card could do %.*s x%u", speed_length(channel->link_speed_max),
			 channel->link_speed_max, channel->link_width_max);
	return true;
}

const char *describe_colour(const struct kinora_colour *colour, char text[DESCRIBE_COLOUR])
{
	const char *primaries = kinora_primaries_name(colour->primaries);
	const char *matrix = kinora_matrix_name(colour->matrix);
	bool other = strncmp(primaries, matrix, strlen(matrix));

	snprintf(text, DESCRIBE_COLOUR, "%s %s%s%s%s", primaries,
		 kinora_curve_name(colour->curve), other ? ", matrix " : "", other ? matrix : "",
		 colour->full_range ? ", full range" : "");
	return text;
}

bool describe_firmware(const struct kinora_card *card, char text[DESCRIBE_FIRMWARE])
{
	snprintf(text, DESCRIBE_FIRMWARE, "%s%s%s", card->firmware,
		 card->firmware_source[0] ? ", " : "", card->firmware_source);
	return card->firmware[0];
}

bool describe_hdmi(const struct kinora_connector *connector, char text[DESCRIBE_HDMI])
{
	char link[24] = "TMDS", vic[24] = "";

	text[0] = '\0';
	if (strncmp(connector->id, "hdmi", 4))
		return false;
	if (connector->frl_rate)
		snprintf(link, sizeof(link), "FRL %u", connector->frl_rate);
	if (connector->vic)
		snprintf(vic, sizeof(vic), ", VIC %u", connector->vic);
	if (connector->lock == KINORA_LOCK_OK)
		snprintf(text, DESCRIBE_HDMI, "%s, %s%s", connector->hdmi ? "HDMI" : "DVI", link,
			 vic);
	else
		snprintf(text, DESCRIBE_HDMI, "%s, hot-plug %s",
			 connector->power ? "a source is there" : "no source",
			 connector->hotplug ? "high" : "low");
	return true;
}

json_t *describe_rate_json(struct kinora_rational rate)
{
	if (!rate.den)
		return json_null();
	return json_pack("{s:I, s:I}", "num", (json_int_t)rate.num, "den", (json_int_t)rate.den);
}

json_t *describe_text(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *link_json(const char *speed, unsigned int width)
{
	if (!speed[0])
		return json_null();
	return json_pack("{s:s, s:I}", "speed", speed, "width", (json_int_t)width);
}

json_t *describe_channel_json(const struct kinora_channel *channel)
{
	return json_pack("{s:I, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o}",
			 "channel", (json_int_t)channel->number,
			 "node", channel->video,
			 "metadata_node", describe_text(channel->meta),
			 "name", channel->name,
			 "driver", channel->driver,
			 "bus", channel->bus,
			 "serial", describe_text(channel->serial),
			 "link", link_json(channel->link_speed, channel->link_width),
			 "link_max", link_json(channel->link_speed_max, channel->link_width_max));
}

const char *describe_lock(enum kinora_lock lock)
{
	static const char *const words[] = { "unknown", "none", "unstable", "unsupported",
					     "locked" };

	return words[lock];
}

int describe_print_json(json_t *root, size_t flags)
{
	bool dumped = root && !json_dumpf(root, stdout, flags);
	int status;

	putchar('\n');
	json_decref(root);
	status = cli_flush();
	if (dumped || status)
		return status;
	cli_say("out of memory for JSON");
	return CLI_IO;
}
