// SPDX-License-Identifier: MIT
/*
 * kinora snapshot: one good frame as PNG. Frames that are marked as errors are passed over; capture
 * has ended before the picture is converted, so a slow disk costs nobody a frame.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "describe.h"
#include "png_write.h"

enum { OPT_DEPTH = CLI_LONG, OPT_TIMEOUT, OPT_COMPRESSION };

static const struct cli_option options[] = {
	{ 'd', "device", "DEVICE", "channel: number, node or SERIAL[:CHANNEL]" },
	{ 'i', "input", "INPUT", "select this input first: name or number" },
	{ 'f', "format", "FORMAT", "capture in this format (v210 for 16 bits, else what is set)" },
	{ 'o', "output", "FILE", "file to write, '-' for stdout (snapshot.png)" },
	{ OPT_DEPTH, "depth", "BITS", "8 or 16 bits per component (as the format has)" },
	{ OPT_COMPRESSION, "compression", "LEVEL", "0 (none) to 9 (smallest) (1)" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "give up when no good frame comes (5)" },
	{ 0, NULL, NULL, NULL },
};

struct request {
	const char *device, *input, *output;
	uint32_t format;
	unsigned int depth;		/* 0: 8 or 16 as the format has */
	int compression;
	double timeout;
};

static int parse_depth(const char *text, struct request *request)
{
	int64_t depth;

	if (cli_parse_count("depth", text, false, 16, &depth))
		return CLI_USAGE;
	if (depth != 8 && depth != 16) {
		cli_say("wrong value '%s' for '--depth': give 8 or 16", text);
		return CLI_USAGE;
	}
	request->depth = (unsigned int)depth;
	return CLI_PASS;
}

static int parse_option(int key, const char *argument, struct request *request)
{
	int64_t level;

	switch (key) {
	case 'd':
		request->device = argument;
		return CLI_PASS;
	case 'i':
		request->input = argument;
		return CLI_PASS;
	case 'o':
		request->output = argument;
		return CLI_PASS;
	case 'f':
		return cli_parse_format("format", argument, &request->format) ? CLI_USAGE
									      : CLI_PASS;
	case OPT_DEPTH:
		return parse_depth(argument, request);
	case OPT_COMPRESSION:
		if (cli_parse_count("compression", argument, false, 9, &level))
			return CLI_USAGE;
		request->compression = (int)level;
		return CLI_PASS;
	default:
		return cli_parse_real("timeout", argument, false, 3600, &request->timeout) ?
			       CLI_USAGE :
			       CLI_PASS;
	}
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The first frame that is no error. */
static int good_frame(struct kinora_capture *capture, double timeout, struct kinora_frame *frame)
{
	uint64_t deadline = now_ns() + (uint64_t)(timeout * 1e9);
	unsigned int errors = 0;
	int ret;

	for (;;) {
		uint64_t now = now_ns();
		int left = now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0;

		if (!left && errors) {
			cli_say("no good frame in %g s, %u with errors: the signal is lost or "
				"changes, see 'kinora status'", timeout, errors);
			return CLI_NONE;
		}
		ret = kinora_capture_next(capture, frame, left);
		if (ret)
			return cli_failed(ret);
		if (!frame->error)
			return CLI_PASS;
		errors++;
		ret = kinora_capture_release(capture, frame);
		if (ret)
			return cli_failed(ret);
	}
}

static int write_file(const struct request *request, const struct kinora_picture *picture,
		      const struct kinora_signal_info *signal, const struct kinora_channel *channel,
		      uint32_t sequence)
{
	unsigned int depth = request->depth;
	char raster[KINORA_RASTER_TEXT], colour[DESCRIBE_COLOUR], when[40], description[280];
	char source[200];
	time_t now = time(NULL);
	struct tm utc;
	const struct png_note notes[] = {
		{ "Software", "kinora " KINORA_VERSION },
		{ "Creation Time", when },
		{ "Source", source },
		{ "Description", description },
	};
	FILE *file;
	int ret;

	if (!depth)
		depth = picture->format->bits > 8 ? 16 : 8;
	kinora_signal_raster(signal, raster);
	describe_colour(&picture->colour, colour);
	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(source, sizeof(source), "%s %s %s", channel->name, channel->serial,
		 signal->input_name);
	snprintf(description, sizeof(description),
		 "%s, %s, R'G'B' full range, captured as %s, frame %" PRIu32, raster, colour,
		 picture->format->name, sequence);
	file = cli_create(request->output);
	if (!file)
		return CLI_IO;
	ret = png_write(file, picture, depth, request->compression, notes, 4);
	ret = cli_finish(file, request->output, ret == CLI_PASS);
	if (ret == CLI_PASS)
		fprintf(file == stdout ? stderr : stdout, "%s: %ux%u, %u bit, %s, from %s, frame %"
			PRIu32 "\n", request->output, picture->width, picture->height, depth,
			colour, picture->format->name, sequence);
	return ret;
}

static int shoot(const struct request *request, struct kinora_device *device,
		 struct kinora_capture *capture)
{
	struct kinora_signal_info signal;
	struct kinora_picture picture;
	struct kinora_frame frame;
	int ret;

	ret = kinora_capture_start(capture);
	if (ret)
		return cli_failed(ret);
	ret = good_frame(capture, request->timeout, &frame);
	if (ret)
		return ret;
	kinora_capture_stop(capture);
	ret = kinora_device_signal(device, &signal);
	if (!ret)
		ret = kinora_capture_picture(capture, &frame, &picture);
	if (ret)
		return cli_failed(ret);
	return write_file(request, &picture, &signal, kinora_device_channel(device),
			  frame.sequence);
}

static int capture_and_shoot(const struct request *request, struct kinora_device *device)
{
	struct kinora_capture_config config = {
		.format = request->format,
		.buffers = 4,
		.map = true,
	};
	struct kinora_capture *capture;
	int ret;

	/* Ten bits are not to be had from an eight-bit format that happens to be set. */
	if (!config.format && request->depth == 16 && kinora_device_channel(device)->number)
		config.format = KINORA_FORMAT_V210;
	if (request->input) {
		ret = kinora_device_select(device, request->input);
		if (ret)
			return cli_failed(ret);
	}
	ret = kinora_device_lock(device);
	if (!ret)
		ret = kinora_capture_create(&capture, device, &config);
	if (ret)
		return cli_failed(ret);
	ret = shoot(request, device, capture);
	kinora_capture_destroy(capture);
	return ret;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct request request = { .output = "snapshot.png", .compression = 1, .timeout = 5 };
	struct kinora_channel channel;
	struct kinora_device *device;
	char *argument;
	int key, ret, status = CLI_PASS;

	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key > 0)
			status = parse_option(key, argument, &request);
		if (key < 0 || status)
			return status;
	}
	ret = kinora_channel_find(request.device, &channel);
	if (!ret)
		ret = kinora_device_open(&device, &channel);
	if (ret)
		return cli_failed(ret);
	status = capture_and_shoot(&request, device);
	kinora_device_close(device);
	return status;
}

const struct cli_command cmd_snapshot = {
	.name = "snapshot",
	.summary = "one good frame as PNG, 8 or 16 bit, right colours",
	.synopsis = "[-d DEVICE] [-i INPUT] [-f FORMAT] [-o FILE] [--depth BITS]\n"
		    "           [--compression LEVEL] [--timeout SECONDS]",
	.options = options,
	.run = run,
};
