// SPDX-License-Identifier: MIT
/*
 * Plugging. A wire whose prints are all there is plugged in at once; else the printing thread makes
 * them first, and then looks whether the source still plays that.
 */
#include <math.h>

#include "card.h"
#include "hdmi_cable.h"
#include "hdmi_picture.h"
#include "log.h"
#include "thread.h"

void hdmi_cable_init(struct hdmi_cable *cable, struct card *card)
{
	*cable = (struct hdmi_cable){ .card = card };
	thread_lock_init(&cable->lock);
}

void hdmi_cable_finish(struct hdmi_cable *cable)
{
	wire_put(cable->wire);
	wire_put(cable->base);
	pthread_mutex_destroy(&cable->lock);
}

/* Does the wire have every print that streams on hdmi1 want? make: it has then. */
static bool wire_printed(struct card *card, struct wire *wire, bool make)
{
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++) {
		struct mem_layout layout[KINORA_STREAMS_PER_CHANNEL];
		unsigned int n = channel_layouts(&card->channel[i], KINORA_CONN_HDMI1, wire,
						 layout);

		while (n--) {
			struct print *print = make ? wire_print_make(wire, &layout[n]) :
						     wire_print_find(wire, &layout[n]);

			if (!print)
				return false;
			wire_print_release(wire, print);
		}
	}
	return true;
}

/* Under the lock: cable->wire is what travels in this format. */
static int wire_make(struct hdmi_cable *cable, const struct hdmi_format *format,
		     enum picture_range range)
{
	if (cable->wire && cable->format.sampling == format->sampling &&
	    cable->format.depth == format->depth && cable->range == range)
		return 0;
	wire_put(cable->wire);
	cable->wire = NULL;
	cable->format = *format;
	cable->range = range;
	return hdmi_wire_create(&cable->wire, cable->base, format, range);
}

/* On the printing thread. */
static void wire_print_and_plug(void *opaque)
{
	struct hdmi_cable *cable = opaque;
	struct card *card = cable->card;
	struct hdmi_playing playing;
	struct wire *wire;

	pthread_mutex_lock(&cable->lock);
	wire = wire_get(cable->wire);
	pthread_mutex_unlock(&cable->lock);
	if (!wire)
		return;
	wire_printed(card, wire, true);
	pthread_mutex_lock(&cable->lock);
	hdmi_port_playing(&card->controller.hdmi, &playing);
	if (wire == cable->wire && playing.sending && playing.videos == cable->videos)
		card_wire_plug(card, KINORA_CONN_HDMI1, wire_get(wire));
	pthread_mutex_unlock(&cable->lock);
	wire_put(wire);
}

/* Under the lock: the source plays this now. */
static void begin(struct hdmi_cable *cable, const struct hdmi_playing *playing)
{
	struct card *card = cable->card;

	if (!cable->base)
		return;
	if (wire_make(cable, &playing->format, playing->range)) {
		log_error("no memory for the picture on hdmi1");
		return;
	}
	if (wire_printed(card, cable->wire, false))
		card_wire_plug(card, KINORA_CONN_HDMI1, wire_get(cable->wire));
	else
		printer_task(&card->printer, wire_print_and_plug, cable);
}

void hdmi_cable_follow(struct hdmi_cable *cable)
{
	struct hdmi_playing playing;

	pthread_mutex_lock(&cable->lock);
	hdmi_port_playing(&cable->card->controller.hdmi, &playing);
	if (playing.videos != cable->videos) {
		cable->videos = playing.videos;
		card_wire_plug(cable->card, KINORA_CONN_HDMI1, NULL);
		if (playing.sending)
			begin(cable, &playing);
	}
	pthread_mutex_unlock(&cable->lock);
}

int hdmi_cable_play(struct hdmi_cable *cable, const struct hdmi_wish *wish, struct wire *base)
{
	struct card *card = cable->card;
	struct hdmi_port *port = &card->controller.hdmi;
	uint64_t now = card_time(card);
	struct hdmi_format format;
	struct wire *wire = NULL;
	int ret = 0;

	if (base) {
		wire_plug(base, now, lround(wish->ppm * 1000));
		if (!hdmi_port_expect(port, wish, &format))
			ret = hdmi_wire_create(&wire, base, &format, wish->range);
		if (ret) {
			wire_put(base);
			return ret;
		}
		if (wire)
			wire_printed(card, wire, true);
	}
	pthread_mutex_lock(&cable->lock);
	card_wire_plug(card, KINORA_CONN_HDMI1, NULL);
	wire_put(cable->wire);
	wire_put(cable->base);
	cable->base = base;
	cable->wire = wire;
	if (wire) {
		cable->format = format;
		cable->range = wish->range;
	}
	hdmi_port_play(port, wish, card_time(card));
	pthread_mutex_unlock(&cable->lock);
	signals_notify(&card->controller);
	return 0;
}
