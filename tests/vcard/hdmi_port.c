// SPDX-License-Identifier: MIT
/*
 * Mostly the lock. The source's CEC device begins with each EDID that the source reads, and is gone
 * when hot-plug is.
 */
#include <errno.h>

#include "hdmi_port.h"
#include "thread.h"

void hdmi_port_init(struct hdmi_port *port)
{
	*port = (struct hdmi_port){ .source_ns = UINT64_MAX };
	thread_lock_init(&port->lock);
	hdmi_receiver_init(&port->rx);
	hdmi_source_init(&port->source);
	cec_line_init(&port->cec);
}

void hdmi_port_finish(struct hdmi_port *port)
{
	pthread_mutex_destroy(&port->lock);
}

/* --- the controller --- */

static bool of_cec(uint32_t offset)
{
	return offset >= KINORA_HDMI_CEC_CONTROL && offset < KINORA_HDMI_CEC_RX + CEC_BYTES;
}

uint32_t hdmi_port_read(struct hdmi_port *port, uint32_t offset, uint64_t now_ns)
{
	uint32_t value;

	pthread_mutex_lock(&port->lock);
	value = of_cec(offset) ? cec_line_read(&port->cec, offset, now_ns) :
				 hdmi_receiver_read(&port->rx, offset, now_ns);
	pthread_mutex_unlock(&port->lock);
	return value;
}

void hdmi_port_write(struct hdmi_port *port, uint32_t offset, uint32_t value, uint64_t now_ns)
{
	bool hotplug;

	pthread_mutex_lock(&port->lock);
	hotplug = hdmi_receiver_hotplug(&port->rx);
	if (of_cec(offset))
		cec_line_write(&port->cec, offset, value, now_ns);
	else
		hdmi_receiver_write(&port->rx, offset, value, now_ns);
	if (hdmi_receiver_hotplug(&port->rx) != hotplug)
		port->stirred = true;
	pthread_mutex_unlock(&port->lock);
}

static void cec_follow(struct hdmi_port *port, uint64_t now_ns)
{
	const struct hdmi_source *source = &port->source;

	if (port->sessions != source->sessions) {
		port->sessions = source->sessions;
		cec_line_connect(&port->cec, source->offer.physical_address, now_ns);
	} else if (port->cec.connected && !hdmi_receiver_hotplug(&port->rx)) {
		cec_line_disconnect(&port->cec, now_ns);
	}
}

static void poll_locked(struct hdmi_port *port, uint64_t now_ns)
{
	port->stirred = false;
	port->source_ns = hdmi_source_poll(&port->source, &port->rx, now_ns);
	cec_follow(port, now_ns);
}

void hdmi_port_poll(struct hdmi_port *port, uint64_t now_ns)
{
	pthread_mutex_lock(&port->lock);
	poll_locked(port, now_ns);
	pthread_mutex_unlock(&port->lock);
}

uint64_t hdmi_port_next(struct hdmi_port *port, uint64_t now_ns)
{
	uint64_t next, cec;

	pthread_mutex_lock(&port->lock);
	next = hdmi_receiver_next(&port->rx, now_ns);
	cec = cec_line_next(&port->cec, now_ns);
	if (cec < next)
		next = cec;
	if (port->source_ns < next)
		next = port->source_ns;
	if (port->stirred || next < now_ns)
		next = now_ns;
	pthread_mutex_unlock(&port->lock);
	return next;
}

bool hdmi_port_locked(struct hdmi_port *port, uint64_t now_ns)
{
	bool locked;

	pthread_mutex_lock(&port->lock);
	locked = hdmi_receiver_locked(&port->rx, now_ns);
	pthread_mutex_unlock(&port->lock);
	return locked;
}

uint32_t hdmi_port_errors_in(struct hdmi_port *port, uint64_t from_ns, uint64_t to_ns)
{
	uint32_t errors;

	pthread_mutex_lock(&port->lock);
	errors = hdmi_receiver_errors_in(&port->rx, from_ns, to_ns);
	pthread_mutex_unlock(&port->lock);
	return errors;
}

void hdmi_port_playing(struct hdmi_port *port, struct hdmi_playing *out)
{
	const struct hdmi_source *source = &port->source;

	pthread_mutex_lock(&port->lock);
	*out = (struct hdmi_playing){
		.videos = source->videos, .sending = source->state == HDMI_SOURCE_SENDING,
		.format = source->choice.format, .range = source->wish.range,
	};
	pthread_mutex_unlock(&port->lock);
}

/* --- the stimulus --- */

int hdmi_wish_make(struct hdmi_wish *wish, const struct stimulus_signal *signal)
{
	*wish = (struct hdmi_wish){
		.mode = hdmi_mode_find(signal->mode),
		.fractional = signal->mode->rate_den == 1001,
		.ppm = signal->ppm,
		.sampling = signal->hdmi.sampling,
		.depth = signal->hdmi.depth,
		.range = signal->colour.range,
		.transfer = signal->transfer,
		.matrix = signal->colour.matrix,
		.it_content = signal->hdmi.content,
		.lie = signal->hdmi.vic_given,
		.vic = signal->hdmi.vic,
		.dvi = signal->hdmi.dvi,
		.force = signal->hdmi.force,
	};
	/* DVI has no way to tell a range: it is full (HDMI 1.4b, appendix C) */
	if (wish->dvi)
		wish->range = PICTURE_RANGE_FULL;
	return wish->mode ? 0 : -EOPNOTSUPP;
}

void hdmi_port_play(struct hdmi_port *port, const struct hdmi_wish *wish, uint64_t now_ns)
{
	pthread_mutex_lock(&port->lock);
	hdmi_source_play(&port->source, &port->rx, wish, now_ns);
	poll_locked(port, now_ns);
	pthread_mutex_unlock(&port->lock);
}

int hdmi_port_expect(struct hdmi_port *port, const struct hdmi_wish *wish,
		     struct hdmi_format *format)
{
	unsigned int limit = HDMI_FRL_RATES;
	struct hdmi_choice choice;
	struct hdmi_offer offer;
	char why[160];
	int ret;

	pthread_mutex_lock(&port->lock);
	ret = hdmi_offer_read(&offer, port->rx.edid, port->rx.edid_blocks);
	for (unsigned int i = 0; i < HDMI_LANES; i++)
		if (port->rx.lane_fault[i] && port->rx.lane_fault[i] <= limit)
			limit = port->rx.lane_fault[i] - 1;
	pthread_mutex_unlock(&port->lock);
	ret = hdmi_source_choose(wish, ret ? NULL : &offer, limit, &choice, why, sizeof(why));
	*format = choice.format;
	return ret;
}

static void infoframe_fault(struct hdmi_port *port, const struct stimulus *stimulus,
			    uint64_t now_ns)
{
	uint8_t bit = 1 << stimulus->fault.slot;
	uint8_t missing = port->rx.missing & ~bit, damaged = port->rx.damaged & ~bit;

	if (stimulus->fault.infoframe == STIMULUS_INFOFRAME_MISSING)
		missing |= bit;
	else if (stimulus->fault.infoframe == STIMULUS_INFOFRAME_DAMAGED)
		damaged |= bit;
	hdmi_receiver_fault_infoframes(&port->rx, missing, damaged, now_ns);
}

int hdmi_port_fault(struct hdmi_port *port, const struct stimulus *stimulus, uint64_t now_ns)
{
	int ret = 0;

	pthread_mutex_lock(&port->lock);
	switch (stimulus->fault.kind) {
	case STIMULUS_FAULT_LANE:
		hdmi_receiver_fault_lane(&port->rx, stimulus->fault.lane,
					 stimulus->fault.frl_rate, now_ns);
		break;
	case STIMULUS_FAULT_ERRORS:
		hdmi_receiver_fault_errors(&port->rx, stimulus->fault.error_rate, now_ns);
		break;
	case STIMULUS_FAULT_INFOFRAME:
		infoframe_fault(port, stimulus, now_ns);
		break;
	case STIMULUS_FAULT_FLAP:
		hdmi_receiver_fault_flap(&port->rx, stimulus->fault.flap_hz,
					 stimulus->fault.flap_off, now_ns);
		break;
	case STIMULUS_FAULT_UNLOCK:
		hdmi_receiver_fault_unlock(&port->rx, stimulus->fault.unlock_ms, now_ns);
		break;
	case STIMULUS_FAULT_CLEAR:
		hdmi_receiver_fault_clear(&port->rx, now_ns);
		break;
	default:
		ret = -EINVAL;
		break;
	}
	pthread_mutex_unlock(&port->lock);
	return ret;
}

int hdmi_port_cec(struct hdmi_port *port, const struct stimulus *stimulus, uint64_t now_ns)
{
	int ret = 0;

	pthread_mutex_lock(&port->lock);
	switch (stimulus->cec.kind) {
	case STIMULUS_CEC_SEND:
		if (!cec_line_send(&port->cec, stimulus->cec.bytes, stimulus->cec.length, now_ns))
			ret = port->cec.device.on ? -EBUSY : -ENOTCONN;
		break;
	case STIMULUS_CEC_NACK:
		port->cec.device.nack = stimulus->cec.nack;
		break;
	case STIMULUS_CEC_LOW_DRIVE:
		port->cec.low_drive = stimulus->cec.count;
		break;
	case STIMULUS_CEC_ARBITRATION:
		port->cec.arbitration = stimulus->cec.count;
		break;
	}
	pthread_mutex_unlock(&port->lock);
	return ret;
}

void hdmi_port_text(struct hdmi_port *port, char *text, size_t size)
{
	pthread_mutex_lock(&port->lock);
	hdmi_source_text(&port->source, text, size);
	pthread_mutex_unlock(&port->lock);
}
