// SPDX-License-Identifier: MIT
/*
 * kinora status: what is on the inputs now, how the card is connected, who uses it, and the
 * driver's books where debugfs may be read. Reads only: nothing is selected, set or captured.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "cli.h"
#include "describe.h"

enum { OPT_JSON = CLI_LONG };

#define HOLDERS_MAX 16

static const struct cli_option options[] = {
	{ 'd', "device", "DEVICE", "this channel only: number, node or SERIAL[:CHANNEL]" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

/* What is known of one channel. */
struct state {
	struct kinora_channel channel;
	struct kinora_device *device;
	struct kinora_signal_info signal;
	struct kinora_card card;	/* without connectors where the driver does not tell */
	const struct kinora_connector *connector; /* that is selected, or NULL */
	struct kinora_holder holders[HOLDERS_MAX];
	int holder_count;
};

static void find_connector(struct state *state)
{
	memset(&state->card, 0, sizeof(state->card));
	state->connector = NULL;
	if (state->channel.number && !kinora_card_find(state->channel.bus, &state->card))
		state->connector = kinora_card_connector(&state->card, state->signal.input_name);
}

/* Opens the channel, so `device` is to be closed. 0 or negative errno. */
static int state_init(struct state *state, const struct kinora_channel *channel)
{
	int ret;

	state->channel = *channel;
	/* Before it is opened, so that we do not count ourselves. */
	state->holder_count = kinora_channel_holders(channel->video, state->holders, HOLDERS_MAX);
	if (state->holder_count < 0)
		state->holder_count = 0;
	ret = kinora_device_open(&state->device, channel);
	if (ret)
		return ret;
	ret = kinora_device_signal(state->device, &state->signal);
	if (ret)
		kinora_device_close(state->device);
	else
		find_connector(state);
	return ret;
}

/* ------------------------------------------------------------------- text */

static void print_signal(const struct kinora_signal_info *signal)
{
	char raster[KINORA_RASTER_TEXT], colour[DESCRIBE_COLOUR], payload[KINORA_PAYLOAD_TEXT];

	if (signal->lock == KINORA_LOCK_OK)
		printf("  signal    locked, %s\n", kinora_signal_raster(signal, raster));
	else if (signal->lock == KINORA_LOCK_UNKNOWN)
		printf("  signal    not told by this device, set to %s\n",
		       kinora_signal_raster(signal, raster));
	else
		printf("  signal    %s; set to %s\n", kinora_lock_text(signal->lock),
		       kinora_signal_raster(signal, raster));
	if (signal->pixelclock)
		printf("  timings   %ux%u with blanking, %.3f MHz%s%s\n", signal->htotal,
		       signal->vtotal, (double)signal->pixelclock / 1e6, signal->sdi ? ", SDI" : "",
		       signal->cta ? ", CTA-861" : "");
	printf("  colour    %s\n", describe_colour(&signal->colour, colour));
	if (signal->payload_id)
		printf("  payload   %02X %02X %02X %02X: %s\n", signal->payload_id & 0xff,
		       signal->payload_id >> 8 & 0xff, signal->payload_id >> 16 & 0xff,
		       signal->payload_id >> 24, kinora_payload_text(signal->payload_id, payload));
}

static void print_inputs(struct state *state)
{
	const char *name;
	unsigned int i;

	if (!state->signal.input_name[0])
		return;
	printf("  input     %s", state->signal.input_name);
	for (i = 0; (name = kinora_device_input(state->device, i)); i++)
		printf("%s'%s'", i ? ", " : " (of ", name);
	printf("%s\n", i ? ")" : "");
}

static void print_state(struct state *state)
{
	const struct kinora_channel *channel = &state->channel;
	char link[DESCRIBE_LINK], firmware[DESCRIBE_FIRMWARE], hdmi[DESCRIBE_HDMI];
	int i;

	if (channel->number)
		printf("channel %u of card %s\n", channel->number,
		       channel->serial[0] ? channel->serial : "without serial");
	else
		printf("%s\n", channel->name);
	printf("  nodes     %s%s%s\n", channel->video, channel->meta[0] ? ", metadata " : "",
	       channel->meta);
	printf("  device    '%s' at %s, driver %s, kernel %s\n", kinora_device_card(state->device),
	       channel->bus, kinora_device_driver(state->device),
	       kinora_device_kernel(state->device));
	if (describe_link(channel, link))
		printf("  link      %s\n", link);
	if (describe_firmware(&state->card, firmware))
		printf("  firmware  %s\n", firmware);
	print_inputs(state);
	print_signal(&state->signal);
	if (state->connector && describe_hdmi(state->connector, hdmi))
		printf("  hdmi      %s\n", hdmi);
	printf("  in use    %s", state->holder_count ? "by " : "by nobody that we may see");
	for (i = 0; i < state->holder_count; i++)
		printf("%s'%s' (process %d)", i ? ", " : "", state->holders[i].command,
		       state->holders[i].pid);
	printf("\n");
	books_print(channel);
}

/* ------------------------------------------------------------------- JSON */

static json_t *colour_json(const struct kinora_colour *colour)
{
	return json_pack("{s:s, s:s, s:s, s:s}",
			 "primaries", kinora_primaries_name(colour->primaries),
			 "matrix", kinora_matrix_name(colour->matrix),
			 "transfer", kinora_curve_name(colour->curve),
			 "range", colour->full_range ? "full" : "narrow");
}

static json_t *payload_json(uint32_t payload_id)
{
	char text[KINORA_PAYLOAD_TEXT];
	const char *interface = kinora_payload_interface(payload_id);

	if (!payload_id)
		return json_null();
	return json_pack("{s:[I, I, I, I], s:s?, s:s}",
			 "bytes", (json_int_t)(payload_id & 0xff),
			 (json_int_t)(payload_id >> 8 & 0xff),
			 (json_int_t)(payload_id >> 16 & 0xff), (json_int_t)(payload_id >> 24),
			 "interface", interface, "text", kinora_payload_text(payload_id, text));
}

static json_t *signal_json(const struct kinora_signal_info *signal)
{
	return json_pack("{s:s, s:I, s:I, s:b, s:o, s:I, s:I, s:I, s:b, s:b, s:o, s:o}",
			 "lock", describe_lock(signal->lock),
			 "width", (json_int_t)signal->width,
			 "height", (json_int_t)signal->height,
			 "interlaced", signal->interlaced,
			 "rate", describe_rate_json(signal->rate),
			 "pixelclock", (json_int_t)signal->pixelclock,
			 "htotal", (json_int_t)signal->htotal,
			 "vtotal", (json_int_t)signal->vtotal,
			 "sdi", signal->sdi, "cta861", signal->cta,
			 "colour", colour_json(&signal->colour),
			 "payload_id", payload_json(signal->payload_id));
}

static json_t *inputs_json(struct state *state)
{
	json_t *inputs = json_array();
	const char *name;
	unsigned int i;

	for (i = 0; (name = kinora_device_input(state->device, i)); i++)
		json_array_append_new(inputs, json_string(name));
	return inputs;
}

static json_t *holders_json(const struct state *state)
{
	json_t *holders = json_array();
	int i;

	for (i = 0; i < state->holder_count; i++)
		json_array_append_new(holders, json_pack("{s:i, s:s}", "pid", state->holders[i].pid,
							 "command", state->holders[i].command));
	return holders;
}

/* null unless HDMI is selected. */
static json_t *hdmi_json(const struct kinora_connector *c)
{
	if (!c || strncmp(c->id, "hdmi", 4))
		return json_null();
	return json_pack("{s:b, s:b, s:b, s:i, s:i}", "power", c->power, "hotplug", c->hotplug,
			 "hdmi", c->hdmi, "vic", (int)c->vic, "frl_rate", (int)c->frl_rate);
}

static json_t *state_json(struct state *state)
{
	json_t *root = describe_channel_json(&state->channel);

	json_object_set_new(root, "kernel", json_string(kinora_device_kernel(state->device)));
	json_object_set_new(root, "card", json_string(kinora_device_card(state->device)));
	json_object_set_new(root, "input", json_string(state->signal.input_name));
	json_object_set_new(root, "inputs", inputs_json(state));
	json_object_set_new(root, "signal", signal_json(&state->signal));
	json_object_set_new(root, "firmware", json_string(state->card.firmware));
	json_object_set_new(root, "firmware_source", json_string(state->card.firmware_source));
	json_object_set_new(root, "hdmi", hdmi_json(state->connector));
	json_object_set_new(root, "holders", holders_json(state));
	json_object_set_new(root, "books", books_json(&state->channel));
	return root;
}

/* -------------------------------------------------------------------- run */

/* Shows one channel: in `array`, or as text when that is NULL. */
static int show(const struct kinora_channel *channel, json_t *array, bool judge)
{
	struct state state;
	int ret = state_init(&state, channel);

	if (ret)
		return cli_failed(ret);
	if (array)
		json_array_append_new(array, state_json(&state));
	else
		print_state(&state);
	kinora_device_close(state.device);
	return judge && state.signal.lock != KINORA_LOCK_OK &&
			       state.signal.lock != KINORA_LOCK_UNKNOWN ?
		       CLI_NONE :
		       CLI_PASS;
}

static int show_all(json_t *array)
{
	struct kinora_channel *list, none;
	int worst = CLI_PASS, ret;
	size_t count, i;

	ret = kinora_channels_list(&list, &count);
	if (ret)
		return cli_failed(ret);
	for (i = 0; i < count; i++) {
		int status = show(&list[i], array, false);

		if (!status && !array && i + 1 < count)
			printf("\n");
		worst = status > worst ? status : worst;
	}
	free(list);
	return count ? worst : cli_failed(kinora_channel_find(NULL, &none));
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct kinora_channel channel;
	const char *name = NULL;
	json_t *array = NULL;
	bool json = false;
	char *argument;
	int key, status = CLI_PASS, printed;

	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key < 0)
			return status;
		if (key == 'd')
			name = argument;
		else
			json = true;
	}
	if (json)
		array = json_array();
	if (name) {
		int ret = kinora_channel_find(name, &channel);

		status = ret ? cli_failed(ret) : show(&channel, array, true);
	} else {
		status = show_all(array);
	}
	if (!json)
		return status;
	printed = describe_print_json(json_pack("{s:o}", "channels", array), JSON_INDENT(1));
	return status ? status : printed;
}

const struct cli_command cmd_status = {
	.name = "status",
	.summary = "signal, link, users and books of the channels",
	.synopsis = "[-d DEVICE] [--json]",
	.options = options,
	.run = run,
};
