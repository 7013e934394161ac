// SPDX-License-Identifier: MIT
/*
 * Stimulus to wires. The four SDI links are the truth: a quad-link signal is four wires, each with
 * a quarter of the picture. What the quad connector shows is a view of them (wire.h), by the
 * mapping and order that the firmware publishes; the view that is likely is prepared here.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip.h"
#include "log.h"
#include "world.h"

#define LINKS KINORA_RX_LINKS

_Static_assert(STIMULUS_SDI1 == KINORA_CONN_SDI1 && STIMULUS_SDI_QUAD == KINORA_CONN_SDI_QUAD &&
	       STIMULUS_HDMI1 == KINORA_CONN_HDMI1 && STIMULUS_REF == KINORA_CONN_REF,
	       "the language and the contract number the connectors alike");

/* What the SDI connectors will carry after a change. */
struct plan {
	struct wire *wire[KINORA_CONN_SDI_QUAD + 1];	/* references; NULL: nothing */
	bool fresh[KINORA_CONN_SDI_QUAD + 1];		/* another wire than before */
};

void world_init(struct world *world, struct card *card, uint64_t clip_memory)
{
	*world = (struct world){ .card = card, .clip_memory = clip_memory };
	for (unsigned int i = 0; i < STIMULUS_CONNECTORS; i++)
		snprintf(world->text[i], sizeof(world->text[i]), "off");
	pthread_mutex_init(&world->lock, NULL);
}

void world_finish(struct world *world)
{
	pthread_mutex_destroy(&world->lock);
}

/* --- signals --- */

static int source_open(const struct world *world, const struct stimulus_signal *signal,
		       struct picture_source **out, char *error, size_t size)
{
	const struct stimulus_mode *mode = signal->mode;
	struct clip_options options = {
		.path = signal->file, .format = signal->format, .width = mode->width,
		.height = mode->height, .colour = signal->colour, .frames = signal->frames,
		.budget = world->clip_memory,
	};
	int ret;

	if (signal->from_file)
		return clip_open(out, &options, error, size);
	ret = picture_pattern_create(out, signal->pattern, mode->width, mode->height);
	if (ret)
		snprintf(error, size, "pattern '%s' cannot be drawn at %ux%u: %s",
			 picture_pattern_name(signal->pattern), mode->width, mode->height,
			 strerror(-ret));
	return ret;
}

static int wire_open(const struct world *world, const struct stimulus_signal *signal,
		     struct wire **out, char *error, size_t size)
{
	const struct stimulus_mode *mode = signal->mode;
	struct wire_shape shape = {
		.width = mode->width, .height = mode->height, .interlaced = mode->interlaced,
		.rate_num = mode->rate_num, .rate_den = mode->rate_den,
		.colour = signal->colour, .memory = world->clip_memory,
	};
	struct picture_source *source;
	int ret;

	ret = source_open(world, signal, &source, error, size);
	if (ret)
		return ret;
	ret = wire_create(out, &shape, source);
	if (ret)
		snprintf(error, size, "no memory for a signal of %ux%u", mode->width, mode->height);
	return ret;
}

static void plan_set(struct plan *plan, unsigned int connector, struct wire *wire)
{
	wire_put(plan->wire[connector]);
	plan->wire[connector] = wire;
	plan->fresh[connector] = true;
}

static void plan_finish(struct plan *plan)
{
	for (unsigned int i = 0; i <= KINORA_CONN_SDI_QUAD; i++)
		wire_put(plan->wire[i]);
}

/* How the firmware will read the links: as it was told by hand, or as their payload ids say. */
static void view_expect(struct world *world, const struct stimulus_signal *signal,
			struct wire *const link[LINKS], unsigned int *mapping, unsigned int *order)
{
	struct kinora_signal last;

	wire_view_right(link, mapping, order);
	if (signal && signal->payload_kind == STIMULUS_PAYLOAD_RIGHT) {
		if (signal->ids != STIMULUS_IDS_USUAL)
			*mapping = signal->ids == STIMULUS_IDS_SINGLE ? KINORA_MAPPING_SQD :
									KINORA_MAPPING_2SI;
		*order = KINORA_ORDER_PLUGGED;
	}
	card_signal(world->card, KINORA_CONN_SDI_QUAD, &last);
	if (last.flags & KINORA_SIGNAL_FLAG_OVERRIDE && last.mapping != KINORA_MAPPING_SINGLE) {
		*mapping = last.mapping;
		*order = last.order;
	}
}

static int plan_view(struct world *world, struct plan *plan, const struct stimulus_signal *signal)
{
	unsigned int mapping, order;
	struct wire *view = NULL;

	for (unsigned int i = 0; i < LINKS; i++) {
		if (!plan->wire[i])
			goto out_set;
	}
	view_expect(world, signal, plan->wire, &mapping, &order);
	if (wire_view(&view, plan->wire, mapping, order) == -ENOMEM)
		return -ENOMEM;
out_set:
	plan_set(plan, KINORA_CONN_SDI_QUAD, view);
	return 0;
}

/* A signal on all four links. Takes over wire, NULL for none. */
static int plan_quad(struct world *world, struct plan *plan, struct wire *wire,
		     const struct stimulus_signal *signal)
{
	int ret = 0;

	for (unsigned int i = 0; i < LINKS && !ret; i++) {
		struct wire *link = NULL;

		if (wire)
			ret = wire_create_link(&link, wire, signal->order >> 2 * i & 3,
					       signal->mapping == STIMULUS_SQD);
		if (!ret)
			plan_set(plan, i, link);
	}
	wire_put(wire);
	return ret ? ret : plan_view(world, plan, signal);
}

/* What SDI will carry. Takes over wire, NULL for none. */
static int plan_make(struct world *world, unsigned int connector, struct wire *wire,
		     const struct stimulus_signal *signal, struct plan *plan)
{
	*plan = (struct plan){ 0 };
	for (unsigned int i = 0; i <= KINORA_CONN_SDI_QUAD; i++)
		plan->wire[i] = card_wire(world->card, i);
	if (connector == KINORA_CONN_SDI_QUAD)
		return plan_quad(world, plan, wire, signal);
	plan_set(plan, connector, wire);
	return plan_view(world, plan, NULL);
}

/* Make every print that a stream will want at once; again until a pass finds nothing to do. */
static void plan_print(struct world *world, const struct plan *plan)
{
	bool made;

	do {
		made = false;
		for (unsigned int i = 0; i < KINORA_CHANNELS * (KINORA_CONN_SDI_QUAD + 1); i++) {
			unsigned int connector = i / KINORA_CHANNELS;
			struct channel *channel = &world->card->channel[i % KINORA_CHANNELS];
			struct mem_layout layout[KINORA_STREAMS_PER_CHANNEL];
			struct wire *wire = plan->wire[connector];
			unsigned int n;

			if (!wire || !plan->fresh[connector])
				continue;
			n = channel_layouts(channel, connector, wire, layout);
			while (n--) {
				struct print *print = wire_print_find(wire, &layout[n]);

				if (!print) {
					print = wire_print_make(wire, &layout[n]);
					made = print;
				}
				wire_print_release(wire, print);
			}
		}
	} while (made);
}

/* The source of the links that are new starts to send. */
static void plan_plug(struct world *world, struct plan *plan, int32_t ppb, uint64_t now)
{
	struct wire **link[LINKS] = { NULL };
	struct wire *whole = plan->wire[KINORA_CONN_SDI_QUAD];

	for (unsigned int i = 0; i < LINKS; i++) {
		if (!plan->fresh[i])
			continue;
		link[i] = &plan->wire[i];
		if (!plan->wire[i])
			continue;
		wire_plug(plan->wire[i], now, ppb);
		if (plan->wire[i]->of[0])
			wire_plug(plan->wire[i]->of[0], now, ppb);
	}
	if (whole && whole->mapping)
		whole->cadence = plan->wire[0]->cadence;
	card_links_plug(world->card, link, whole);
	plan->wire[KINORA_CONN_SDI_QUAD] = NULL;
	for (unsigned int i = 0; i < LINKS; i++) {
		if (link[i])
			plan->wire[i] = NULL;
	}
}

/* now: when it came. */
static void text_set(struct world *world, unsigned int connector,
		     const struct stimulus_signal *signal, uint64_t now)
{
	char text[sizeof(world->text[0])];

	world->put_ns[connector] = now;
	for (unsigned int i = 0; connector == STIMULUS_SDI_QUAD && i < LINKS; i++)
		world->put_ns[i] = now;
	if (connector < LINKS)
		world->put_ns[STIMULUS_SDI_QUAD] = now;

	if (!signal->mode)
		snprintf(text, sizeof(text), "off");
	else
		snprintf(text, sizeof(text), "%s%s%s %.60s", signal->mode->name,
			 stimulus_interface_usual(signal) ? "" : " ",
			 stimulus_interface_usual(signal) ? "" : signal->interface->name,
			 signal->from_file ? signal->file :
					     picture_pattern_name(signal->pattern));
	snprintf(world->text[connector], sizeof(world->text[0]), "%s", text);
	for (unsigned int i = 0; connector == STIMULUS_SDI_QUAD && i < LINKS; i++)
		snprintf(world->text[i], sizeof(world->text[0]), "%.80s%s", text,
			 signal->mode ? ", one link" : "");
	if (connector < LINKS)
		snprintf(world->text[STIMULUS_SDI_QUAD], sizeof(world->text[0]), "single links");
}

static int signal_apply(struct world *world, unsigned int connector,
			const struct stimulus_signal *signal, char *error, size_t size)
{
	struct card *card = world->card;
	struct receivers *receivers = &card->controller.receivers;
	struct wire *wire = NULL;
	struct plan plan;
	uint64_t now;
	int ret;

	/* one of two links is no picture that this card could show */
	if (signal->mode && !(signal->interface && signal->interface->links == 2)) {
		ret = wire_open(world, signal, &wire, error, size);
		if (ret)
			return ret;
	}
	ret = plan_make(world, connector, wire, signal, &plan);
	if (ret) {
		snprintf(error, size, "no memory for the links of a signal");
		goto out_finish;
	}
	plan_print(world, &plan);

	now = card_time(card);
	ret = signal->mode ? receiver_signal(receivers, connector, signal, now) :
			     receiver_off(receivers, connector, now);
	if (ret) {
		snprintf(error, size, "%s does not go through %s",
			 signal->mode ? signal->mode->name : "off",
			 stimulus_connector_name(connector));
		goto out_finish;
	}
	plan_plug(world, &plan, lround(signal->ppm * 1000), now);
	signals_notify(&card->controller);
	text_set(world, connector, signal, now);
	log_info("%s: %s", stimulus_connector_name(connector), world->text[connector]);
out_finish:
	plan_finish(&plan);
	return ret;
}

/* HDMI: the rest is between source and sink. */
static int hdmi_apply(struct world *world, const struct stimulus_signal *signal, char *error,
		      size_t size)
{
	struct hdmi_cable *cable = &world->card->controller.cable;
	struct stimulus_signal open;
	struct hdmi_wish wish;
	struct wire *wire;
	int ret;

	if (!signal->mode) {
		hdmi_cable_play(cable, NULL, NULL);
	} else {
		ret = hdmi_wish_make(&wish, signal);
		if (ret) {
			snprintf(error, size, "HDMI has no %s", signal->mode->name);
			return ret;
		}
		/* full range RGB is made of a narrow picture */
		open = *signal;
		if (wish.dvi || wish.sampling == STIMULUS_SAMPLING_RGB)
			open.colour.range = PICTURE_RANGE_NARROW;
		ret = wire_open(world, &open, &wire, error, size);
		if (ret)
			return ret;
		wire->active_num = wish.mode->height;
		wire->active_den = wish.mode->vtotal;
		ret = hdmi_cable_play(cable, &wish, wire);
		if (ret) {
			snprintf(error, size, "no memory for a signal on hdmi1");
			return ret;
		}
	}
	text_set(world, STIMULUS_HDMI1, signal, card_time(world->card));
	log_info("hdmi1: %s", world->text[STIMULUS_HDMI1]);
	return 0;
}

uint64_t world_frame_ns(struct world *world)
{
	uint64_t shortest = 0;

	for (unsigned int i = 0; i <= KINORA_CONN_HDMI1; i++) {
		struct wire *wire = card_wire(world->card, i);
		uint64_t period = wire ? cadence_part(&wire->cadence, 1, 1) : 0;

		if (period && (!shortest || period < shortest))
			shortest = period;
		wire_put(wire);
	}
	return shortest ? shortest : 1000000000 / 60;
}

/* --- faults --- */

static int fault_apply(struct world *world, const struct stimulus *stimulus)
{
	struct card *card = world->card;
	struct receivers *receivers = &card->controller.receivers;
	unsigned int connector = stimulus->connector;
	uint64_t now = card_time(card);
	int ret = -EINVAL;

	if (connector == STIMULUS_HDMI1) {
		ret = hdmi_port_fault(&card->controller.hdmi, stimulus, now);
		goto out_notify;
	}
	switch (stimulus->fault.kind) {
	case STIMULUS_FAULT_CRC:
		ret = receiver_fault_crc(receivers, connector, stimulus->fault.crc_rate, now);
		break;
	case STIMULUS_FAULT_SKEW:
		ret = receiver_fault_skew(receivers, connector, stimulus->fault.skew,
					  stimulus->fault.skew_lines);
		break;
	case STIMULUS_FAULT_UNLOCK:
		ret = receiver_fault_unlock(receivers, connector, stimulus->fault.unlock_ms, now);
		break;
	case STIMULUS_FAULT_FLAP:
		ret = receiver_fault_flap(receivers, connector, stimulus->fault.flap_hz,
					  stimulus->fault.flap_off, now);
		break;
	case STIMULUS_FAULT_CLEAR:
		ret = receiver_fault_clear(receivers, connector, now);
		break;
	default:	/* a fault that SDI does not have */
		break;
	}
out_notify:
	signals_notify(&card->controller);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_notify(&card->channel[i]);
	return ret;
}

static int cec_apply(struct world *world, const struct stimulus *stimulus, char *error, size_t size)
{
	struct card *card = world->card;
	int ret = hdmi_port_cec(&card->controller.hdmi, stimulus, card_time(card));

	if (ret == -ENOTCONN)
		snprintf(error, size, "the player on hdmi1 has no EDID, so no CEC either: put a "
			 "signal on, and let hot-plug be high");
	else if (ret)
		snprintf(error, size, "the player on hdmi1 has too many messages to send already");
	signals_notify(&card->controller);
	return ret;
}

static void card_apply(struct world *world, const struct stimulus *stimulus)
{
	struct card *card = world->card;

	switch (stimulus->card.kind) {
	case STIMULUS_CARD_UNPLUG:
		log_info("card unplugged");
		if (world->unplug)
			world->unplug(world->opaque);
		break;
	case STIMULUS_CARD_STOP_ANSWERING:
		log_info("card stops answering");
		atomic_store(&card->faults.dead, true);
		for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
			channel_notify(&card->channel[i]);
		break;
	case STIMULUS_CARD_MUTE_INTERRUPTS:
		log_info("interrupts %s", stimulus->card.mute ? "muted" : "no longer muted");
		atomic_store(&card->faults.mute, stimulus->card.mute);
		break;
	case STIMULUS_CARD_LOSE_INTERRUPT:
		log_info("the next %u interrupts will be lost", stimulus->card.lose);
		atomic_store(&card->faults.lose, stimulus->card.lose);
		break;
	case STIMULUS_CARD_CORRUPT_RECORD:
		atomic_store(&card->faults.corrupt, 1 + stimulus->card.field);
		break;
	}
}

int world_apply(struct world *world, const struct stimulus *stimulus, char *error, size_t size)
{
	int ret = 0;

	if (size)
		*error = '\0';
	if ((stimulus->kind == STIMULUS_SIGNAL || stimulus->kind == STIMULUS_FAULT) &&
	    !(CARD_CONNECTORS & BIT(stimulus->connector))) {
		snprintf(error, size,
			 "this card has no connector '%s'; take sdi1 to sdi4, sdi-quad or hdmi1",
			 stimulus_connector_name(stimulus->connector));
		return -ENODEV;
	}
	pthread_mutex_lock(&world->lock);
	switch (stimulus->kind) {
	case STIMULUS_SIGNAL:
		if (stimulus->connector == STIMULUS_HDMI1)
			ret = hdmi_apply(world, &stimulus->signal, error, size);
		else
			ret = signal_apply(world, stimulus->connector, &stimulus->signal, error,
					   size);
		break;
	case STIMULUS_CEC:
		ret = cec_apply(world, stimulus, error, size);
		break;
	case STIMULUS_FAULT:
		ret = fault_apply(world, stimulus);
		if (ret)
			snprintf(error, size, "this fault cannot be had on %s: %s",
				 stimulus_connector_name(stimulus->connector), strerror(-ret));
		break;
	case STIMULUS_CARD:
		card_apply(world, stimulus);
		break;
	case STIMULUS_BOOKS:
		if (stimulus->books.reset)
			books_reset(&world->card->books);
		break;
	default:
		break;
	}
	pthread_mutex_unlock(&world->lock);
	return ret;
}

/* --- status --- */

static const char *const signal_states[] = { "none", "unstable", "unsupported", "locked" };
static const char *const stream_states[] = { "idle", "starting", "running", "stopping", "error" };
static const char *const stream_types[] = { "video", "anc", "audio", "reserved" };

static void connector_print(FILE *out, struct world *world, unsigned int connector)
{
	struct kinora_signal signal;

	card_signal(world->card, connector, &signal);
	fprintf(out, "%s: %s; ", stimulus_connector_name(connector), world->text[connector]);
	if (connector == KINORA_CONN_HDMI1) {
		char text[256];

		hdmi_port_text(&world->card->controller.hdmi, text, sizeof(text));
		fprintf(out, "%s; ", text);
	}
	fputs(signal_states[signal.state & 3], out);
	if (signal.width)
		fprintf(out, " %ux%u%s %u/%u", signal.width, signal.height,
			signal.scan & KINORA_SCAN_INTERLACED ? "i" : "", signal.rate_num,
			signal.rate_den);
	fprintf(out, ", generation %u", signal.generation);
	if (signal.reason)
		fprintf(out, ", reason %u", signal.reason);
	fprintf(out, ", put on at %" PRIu64 " ns", world->put_ns[connector]);
	fputc('\n', out);
}

static void stream_print(FILE *out, struct channel *channel, unsigned int type)
{
	uint32_t status = channel_stream_read(channel, type, KINORA_STREAM_STATUS);
	uint32_t size = channel_stream_read(channel, type, KINORA_STREAM_SIZE);
	unsigned int state = FIELD_GET(KINORA_STREAM_STATE_MASK, status);

	fprintf(out, "stream %u (channel %u %s): %s", channel->stream[type].index,
		channel->index + 1, stream_types[type], state <= KINORA_STATE_ERROR ?
		stream_states[state] : "?");
	if (state == KINORA_STATE_ERROR)
		fprintf(out, " %u", (unsigned int)FIELD_GET(KINORA_STREAM_ERROR_MASK, status));
	else if (state != KINORA_STATE_IDLE)
		fprintf(out, " %ux%u format %u period %u/%u, frame %" PRIu64,
			(unsigned int)FIELD_GET(KINORA_SIZE_WIDTH_MASK, size),
			(unsigned int)FIELD_GET(KINORA_SIZE_HEIGHT_MASK, size),
			channel_stream_read(channel, type, KINORA_STREAM_FORMAT),
			channel_stream_read(channel, type, KINORA_STREAM_PERIOD_NUM),
			channel_stream_read(channel, type, KINORA_STREAM_PERIOD_DEN),
			channel_frames(channel));
	fputc('\n', out);
}

char *world_status(struct world *world)
{
	uint32_t present = card_streams_present(world->card);
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	pthread_mutex_lock(&world->lock);
	for (unsigned int i = 0; i < STIMULUS_CONNECTORS; i++) {
		if (CARD_CONNECTORS & BIT(i))
			connector_print(out, world, i);
	}
	pthread_mutex_unlock(&world->lock);
	for (unsigned int n = 0; n < KINORA_STREAMS; n++) {
		if (present & BIT(n))
			stream_print(out, &world->card->channel[n / KINORA_STREAMS_PER_CHANNEL],
				     n % KINORA_STREAMS_PER_CHANNEL);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
