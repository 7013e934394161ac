// SPDX-License-Identifier: MIT
/*
 * The timetable: serve the mailbox, sample every receiver, let detect and hdmi decide, publish what
 * differs from what the host was told last. The host compares generations, so a generation grows
 * exactly when something it would act upon is different; counters and measured values never make it
 * grow. The controller block comes last: who sees a request done finds its effect in the others.
 */
#include "controller.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "signal blocks are little endian and are filled in place");
_Static_assert(sizeof(struct kinora_signal) == KINORA_SIGNAL_BYTES &&
	       sizeof(struct kinora_controller_block) == KINORA_SIGNAL_BYTES,
	       "layout of the contract");

#define CONTROLLER_BLOCK (KINORA_CONTROLLER_BLOCK / KINORA_SIGNAL_BYTES)
#define BLOCK_WORDS (KINORA_SIGNAL_BYTES / 4)

/* --- the bus --- */

static uint64_t time_ns(const struct controller_hal *hal)
{
	uint32_t low = hal_read(hal, KINORA_CTL_SYSTEM + KINORA_SYS_TIME_LO);

	return (uint64_t)hal_read(hal, KINORA_CTL_SYSTEM + KINORA_SYS_TIME_HI) << 32 | low;
}

static uint32_t receiver_read(const struct controller_hal *hal, unsigned int link, unsigned int reg)
{
	return hal_read(hal, KINORA_CTL_RX(link) + reg);
}

static void receiver_sample(const struct controller_hal *hal, unsigned int link,
			    struct detect_sample *sample)
{
	*sample = (struct detect_sample){
		.status = receiver_read(hal, link, KINORA_RX_STATUS),
		.words = receiver_read(hal, link, KINORA_RX_WORDS),
		.lines = receiver_read(hal, link, KINORA_RX_LINES),
		.ppb = (int32_t)receiver_read(hal, link, KINORA_RX_PPB),
		.payload = receiver_read(hal, link, KINORA_RX_PAYLOAD),
		.skew_ns = receiver_read(hal, link, KINORA_RX_SKEW),
		.crc_errors = receiver_read(hal, link, KINORA_RX_CRC_ERRORS),
		.lock_losses = receiver_read(hal, link, KINORA_RX_LOCK_LOSSES),
	};
}

/* Without seq_begin and seq_end, the first word and the last, which belong to the hardware. */
static void block_read(const struct controller_hal *hal, unsigned int block, void *to)
{
	uint32_t word[BLOCK_WORDS] = { 0 };

	for (unsigned int i = 1; i < BLOCK_WORDS - 1; i++)
		word[i] = hal_read(hal, KINORA_CTL_BLOCKS + block * KINORA_SIGNAL_BYTES + 4 * i);
	memcpy(to, word, sizeof(word));
}

static void block_publish(const struct controller_hal *hal, unsigned int block, const void *from,
			  bool event)
{
	uint32_t word[BLOCK_WORDS];

	memcpy(word, from, sizeof(word));
	for (unsigned int i = 1; i < BLOCK_WORDS - 1; i++)
		hal_write(hal, KINORA_CTL_BLOCKS + block * KINORA_SIGNAL_BYTES + 4 * i, word[i]);
	hal_write(hal, KINORA_CTL_SYSTEM + KINORA_SYS_PUBLISH,
		  block | (event ? KINORA_SYS_PUBLISH_EVENT : 0));
}

/* Starts before this one. */
static uint32_t restarts(const struct controller_hal *hal)
{
	uint32_t starts = hal_read(hal, KINORA_CTL_SYSTEM + KINORA_SYS_STARTS);

	return starts ? starts - 1 : 0;
}

/* --- start --- */

void controller_init(struct controller *controller, const struct controller_hal *hal)
{
	uint64_t now_ns = time_ns(hal);

	memset(controller, 0, sizeof(*controller));
	controller->hal = hal;
	detect_init(&controller->detect);
	log_init(&controller->log);
	log_add(&controller->log, now_ns, LOG_NO_CONNECTOR, KINORA_LOG_START,
		CONTROLLER_FIRMWARE_VERSION, restarts(hal));
	hdmi_init(&controller->hdmi, hal, &controller->log);
	for (unsigned int i = 0; i < CONTROLLER_CONNECTORS; i++)
		block_read(hal, i, &controller->published[i]);
	block_read(hal, CONTROLLER_BLOCK, &controller->earlier);
	if (controller->published[0].generation)
		controller->hold_ns = now_ns + CONTROLLER_HOLD_NS;
}

/* --- publishing --- */

/*
 * What makes it another signal: docs/hardware.md, "Signal blocks". Not infoframes: dynamic metadata
 * (HDR Vivid, HDR10+) makes that grow with every frame.
 */
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
	       a->reason == b->reason && a->links == b->links && a->flags == b->flags &&
	       a->vic == b->vic && a->it_content == b->it_content && a->frl_rate == b->frl_rate &&
	       a->order == b->order && a->dual == b->dual;
}

static bool measured_same(const struct kinora_signal *a, const struct kinora_signal *b)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (a->crc_errors[i] != b->crc_errors[i] || a->skew_ns[i] != b->skew_ns[i])
			return false;
	return a->lock_losses == b->lock_losses && a->clock_ppb == b->clock_ppb;
}

static void connector_publish(struct controller *controller, unsigned int connector,
			      struct kinora_signal *signal, uint64_t now_ns)
{
	struct kinora_signal *last = &controller->published[connector];
	bool other, changed;

	if (signal->state == KINORA_SIGNAL_UNSTABLE && now_ns < controller->hold_ns)
		return;
	other = !last->generation || !signal_same(signal, last);
	changed = other || signal->infoframes != last->infoframes;
	if (!changed &&
	    (now_ns - controller->published_ns[connector] < CONTROLLER_COUNTERS_NS ||
	     measured_same(signal, last)))
		return;
	signal->generation = last->generation;
	signal->since_ns = last->since_ns;
	if (changed) {
		signal->generation++;
		if (!signal->generation) /* 0 means "not yet" here */
			signal->generation = 1;
	}
	/* an entry for each InfoFrame would leave room for nothing else */
	if (other) {
		signal->since_ns = now_ns;
		log_add(&controller->log, now_ns, connector, KINORA_LOG_SIGNAL,
			signal->state | (uint32_t)signal->reason << 8 |
				(uint32_t)signal->flags << 16, signal->rate_num);
	}
	*last = *signal;
	controller->published_ns[connector] = now_ns;
	block_publish(controller->hal, connector, last, changed);
}

static void signals_publish(struct controller *controller, uint64_t now_ns)
{
	struct kinora_signal signal;

	for (unsigned int i = 0; i < DETECT_CONNECTORS; i++) {
		detect_signal(&controller->detect, i, &signal);
		connector_publish(controller, i, &signal, now_ns);
	}
	hdmi_signal(&controller->hdmi, &signal);
	connector_publish(controller, KINORA_CONN_HDMI1, &signal, now_ns);
}

/* What the host must hear of at once; the rest of the block comes along, or once a second. */
static bool block_urgent(const struct kinora_controller_block *a,
			 const struct kinora_controller_block *b)
{
	return a->mailbox_done != b->mailbox_done || a->cec_count != b->cec_count ||
	       a->edid_count != b->edid_count || a->restarts != b->restarts;
}

static void controller_block_publish(struct controller *controller, uint64_t now_ns)
{
	const struct controller_hal *hal = controller->hal;
	struct kinora_controller_block *last = &controller->block;
	struct kinora_controller_block block = {
		.mailbox_done = hal_read(hal, KINORA_CTL_SYSTEM + KINORA_SYS_DONE),
		.firmware = CONTROLLER_FIRMWARE_VERSION,
		.log_count = controller->log.count,
		.cec_count = controller->earlier.cec_count + hdmi_cec_count(&controller->hdmi),
		.edid_count = controller->earlier.edid_count + hdmi_edid_count(&controller->hdmi),
		.restarts = restarts(hal),
		.stack_bytes = controller->stack_bytes,
	};
	bool urgent = !controller->running || block_urgent(&block, last);

	if (!urgent && (now_ns - controller->block_ns < CONTROLLER_COUNTERS_NS ||
			(block.log_count == last->log_count &&
			 block.stack_bytes == last->stack_bytes)))
		return;
	*last = block;
	controller->block_ns = now_ns;
	block_publish(hal, CONTROLLER_BLOCK, last, urgent);
}

/* --- the call --- */

/*
 * Carriers that came and went, but not all those of a flapping cable. hdmi has its own entries for
 * the +5 V of its source.
 */
static void links_log(struct controller *controller, const struct detect_sample *sample,
		      unsigned int flaps, uint64_t now_ns)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		bool carrier = sample[i].status & KINORA_RX_CARRIER;

		if (flaps & 1u << i)
			log_add(&controller->log, now_ns, i, KINORA_LOG_FLAPPING, FLAP_LOSSES, 0);
		if (controller->detect.link[i].flap.flapping ||
		    carrier == !!(controller->power & 1u << i))
			continue;
		controller->power ^= 1u << i;
		log_add(&controller->log, now_ns, i, KINORA_LOG_POWER, carrier, 0);
	}
}

uint64_t controller_poll(struct controller *controller)
{
	const struct controller_hal *hal = controller->hal;
	struct detect_sample sample[KINORA_RX_LINKS];
	uint64_t now_ns = time_ns(hal);
	uint64_t next, hdmi_next;
	unsigned int flaps;

	mailbox_poll(controller, now_ns);
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		receiver_sample(hal, i, &sample[i]);
	flaps = detect_update(&controller->detect, sample, now_ns);
	links_log(controller, sample, flaps, now_ns);
	hdmi_next = hdmi_poll(&controller->hdmi, now_ns);
	signals_publish(controller, now_ns);
	controller_block_publish(controller, now_ns);
	if (!controller->running) {
		hal_write(hal, KINORA_CTL_SYSTEM + KINORA_SYS_VERSION, CONTROLLER_FIRMWARE_VERSION);
		controller->running = true;
	}

	next = detect_next(&controller->detect);
	if (next > hdmi_next)
		next = hdmi_next;
	if (next > now_ns + CONTROLLER_POLL_NS)
		next = now_ns + CONTROLLER_POLL_NS;
	return next > now_ns ? next : now_ns + 1;
}
