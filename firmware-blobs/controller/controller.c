// SPDX-License-Identifier: MIT
/*
 * The timetable: sample every receiver, let detect decide, publish what differs from what the host
 * was told last. The host compares generations, so a generation grows exactly when something it
 * would act upon is different; counters and measured values never make it grow.
 */
#include "controller.h"

#include <stdbool.h>
#include <stddef.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "signal blocks are little endian and are filled in place");
_Static_assert(sizeof(struct kinora_signal) == KINORA_SIGNAL_BYTES, "layout of the contract");

void controller_init(struct controller *controller, const struct controller_hal *hal)
{
	*controller = (struct controller){ .hal = hal };
	detect_init(&controller->detect);
}

void controller_mapping_set(struct controller *controller, uint8_t mapping)
{
	controller->detect.mapping = mapping;
}

const struct kinora_signal *controller_signal(const struct controller *controller,
					      unsigned int connector)
{
	return &controller->published[connector];
}

static void receiver_sample(const struct controller_hal *hal, unsigned int link,
			    struct detect_sample *sample)
{
	*sample = (struct detect_sample){
		.status = hal->receiver_read(hal->opaque, link, KINORA_RX_STATUS),
		.words = hal->receiver_read(hal->opaque, link, KINORA_RX_WORDS),
		.lines = hal->receiver_read(hal->opaque, link, KINORA_RX_LINES),
		.ppb = (int32_t)hal->receiver_read(hal->opaque, link, KINORA_RX_PPB),
		.payload = hal->receiver_read(hal->opaque, link, KINORA_RX_PAYLOAD),
		.skew_ns = hal->receiver_read(hal->opaque, link, KINORA_RX_SKEW),
		.crc_errors = hal->receiver_read(hal->opaque, link, KINORA_RX_CRC_ERRORS),
		.lock_losses = hal->receiver_read(hal->opaque, link, KINORA_RX_LOCK_LOSSES),
	};
}

/* What a change of makes the generation grow: docs/hardware.md, "Signal blocks". */
static bool signal_same(const struct kinora_signal *a, const struct kinora_signal *b)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (a->payload_id[i] != b->payload_id[i])
			return false;
	return a->pixelclock == b->pixelclock && a->rate_num == b->rate_num &&
	       a->rate_den == b->rate_den && a->width == b->width && a->height == b->height &&
	       a->htotal == b->htotal && a->vtotal == b->vtotal && a->state == b->state &&
	       a->interface == b->interface && a->mapping == b->mapping && a->scan == b->scan &&
	       a->colorimetry == b->colorimetry && a->transfer == b->transfer &&
	       a->range == b->range && a->sampling == b->sampling && a->depth == b->depth &&
	       a->reason == b->reason && a->links == b->links;
}

static bool measured_same(const struct kinora_signal *a, const struct kinora_signal *b)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (a->crc_errors[i] != b->crc_errors[i] || a->skew_ns[i] != b->skew_ns[i])
			return false;
	return a->lock_losses == b->lock_losses && a->clock_ppb == b->clock_ppb;
}

static void connector_publish(struct controller *controller, unsigned int connector,
			      uint64_t now_ns)
{
	struct kinora_signal *last = &controller->published[connector];
	struct kinora_signal signal;
	bool changed;

	detect_signal(&controller->detect, connector, &signal);
	changed = !last->generation || !signal_same(&signal, last);
	if (!changed &&
	    (now_ns - controller->published_ns[connector] < CONTROLLER_COUNTERS_NS ||
	     measured_same(&signal, last)))
		return;
	signal.generation = last->generation;
	signal.since_ns = last->since_ns;
	if (changed) {
		signal.generation++;
		if (!signal.generation) /* 0 means "not yet" here */
			signal.generation = 1;
		signal.since_ns = now_ns;
	}
	*last = signal;
	controller->published_ns[connector] = now_ns;
	controller->hal->publish(controller->hal->opaque, connector, last, changed);
}

uint64_t controller_poll(struct controller *controller)
{
	const struct controller_hal *hal = controller->hal;
	struct detect_sample sample[KINORA_RX_LINKS];
	uint64_t now_ns = hal->time_ns(hal->opaque);
	uint64_t next;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		receiver_sample(hal, i, &sample[i]);
	detect_update(&controller->detect, sample, now_ns);
	for (unsigned int i = 0; i < CONTROLLER_CONNECTORS; i++)
		connector_publish(controller, i, now_ns);

	next = detect_next(&controller->detect);
	if (next > now_ns + CONTROLLER_POLL_NS)
		next = now_ns + CONTROLLER_POLL_NS;
	return next > now_ns ? next : now_ns + 1;
}
