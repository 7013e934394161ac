// SPDX-License-Identifier: MIT
/*
 * The HDMI input. From top to bottom: EDID and hot-plug, InfoFrames, the raster and whether it
 * stands, what is told the host.
 *
 * Rule of evidence, as for SDI: what the receiver measured decides raster, rate and family. The
 * InfoFrames say how to read the samples; a VIC of another raster is flagged and left out.
 */
#include "hdmi.h"

#include <stddef.h>

#include "edid_default.h"
#include "log.h"

#define LOG(hdmi, now_ns, code, a, b) \
	log_add((hdmi)->log, now_ns, KINORA_CONN_HDMI1, KINORA_LOG_##code, a, b)

/* Above it (4:4:4, 8 bits on 4 x 12 Gb/s, without compression) a picture can only be 4:2:0. */
#define CLOCK_420_ONLY 2000000000u

static uint32_t reg_read(const struct hdmi *hdmi, uint32_t reg)
{
	return hal_read(hdmi->hal, KINORA_CTL_HDMI + reg);
}

static void reg_write(const struct hdmi *hdmi, uint32_t reg, uint32_t value)
{
	hal_write(hdmi->hal, KINORA_CTL_HDMI + reg, value);
}

/* --- EDID and hot-plug --- */

static void hotplug_drive(struct hdmi *hdmi, bool high, uint64_t now_ns)
{
	if (hdmi->hotplug != high)
		LOG(hdmi, now_ns, HOTPLUG, high, 0);
	hdmi->hotplug = high;
	reg_write(hdmi, KINORA_HDMI_CONTROL, high ? KINORA_HDMI_HOTPLUG : 0);
}

/* Low first: DDC never shows half of one. */
static void edid_write(struct hdmi *hdmi, const uint8_t *edid, unsigned int bytes)
{
	reg_write(hdmi, KINORA_HDMI_EDID_BLOCKS, 0);
	for (unsigned int i = 0; i < bytes; i += 4)
		reg_write(hdmi, KINORA_HDMI_EDID + i,
			  edid[i] | (uint32_t)edid[i + 1] << 8 | (uint32_t)edid[i + 2] << 16 |
			  (uint32_t)edid[i + 3] << 24);
	hdmi->edid_blocks = bytes / KINORA_EDID_BLOCK_BYTES;
	reg_write(hdmi, KINORA_HDMI_EDID_BLOCKS, hdmi->edid_blocks);
}

static void hotplug_wait(struct hdmi *hdmi, uint64_t now_ns)
{
	hdmi->hotplug_waits = hdmi->edid_blocks;
	hdmi->hotplug_ns = now_ns + HDMI_HOTPLUG_NS;
}

uint16_t hdmi_edid_set(struct hdmi *hdmi, const uint8_t *edid, unsigned int bytes, uint64_t now_ns)
{
	uint16_t status = edid_check(edid, bytes);

	if (status != KINORA_MAILBOX_OK)
		return status;
	hotplug_drive(hdmi, false, now_ns);
	edid_write(hdmi, edid, bytes);
	hotplug_wait(hdmi, now_ns);
	hdmi->edid_count++;
	LOG(hdmi, now_ns, EDID, hdmi->edid_blocks, 0);
	return KINORA_MAILBOX_OK;
}

unsigned int hdmi_edid_get(const struct hdmi *hdmi, uint8_t *out)
{
	unsigned int bytes = hdmi->edid_blocks * KINORA_EDID_BLOCK_BYTES;

	for (unsigned int i = 0; i < bytes; i += 4) {
		uint32_t word = reg_read(hdmi, KINORA_HDMI_EDID + i);

		for (unsigned int n = 0; n < 4; n++)
			out[i + n] = word >> 8 * n;
	}
	return bytes;
}

uint32_t hdmi_edid_count(const struct hdmi *hdmi)
{
	return hdmi->edid_count;
}

static uint64_t hotplug_poll(struct hdmi *hdmi, uint64_t now_ns)
{
	if (!hdmi->hotplug_waits)
		return UINT64_MAX;
	if (now_ns < hdmi->hotplug_ns)
		return hdmi->hotplug_ns;
	hdmi->hotplug_waits = false;
	hotplug_drive(hdmi, true, now_ns);
	return UINT64_MAX;
}

/* --- InfoFrames --- */

static void slot_read(struct hdmi *hdmi, unsigned int slot)
{
	for (unsigned int i = 0; i < KINORA_INFOFRAME_BYTES; i += 4) {
		uint32_t word = reg_read(hdmi, KINORA_HDMI_INFOFRAME(slot) + i);

		for (unsigned int n = 0; n < 4; n++)
			hdmi->infoframe[slot][i + n] = word >> 8 * n;
	}
}

/*
 * A bad InfoFrame is as if it had not come: what the one before said stands, for as long as the
 * source sends any.
 */
static void infoframes_poll(struct hdmi *hdmi, bool changed)
{
	if (!(hdmi->now.status & KINORA_HDMI_ISLANDS))
		hdmi->now.infoframes = 0;
	if (changed)
		for (unsigned int i = 0; i < KINORA_INFOFRAME_SLOTS; i++)
			if (hdmi->now.infoframes >> i & 1)
				slot_read(hdmi, i);
	if (!(hdmi->now.infoframes >> KINORA_INFOFRAME_AVI & 1)) {
		hdmi->have_avi = false;
		infoframe_avi_default(&hdmi->avi);
	} else if (changed) {
		hdmi->have_avi |= infoframe_avi(hdmi->infoframe[KINORA_INFOFRAME_AVI], &hdmi->avi);
	}
	if (!(hdmi->now.infoframes >> KINORA_INFOFRAME_DRM & 1))
		hdmi->transfer = KINORA_TRANSFER_SDR;
	else if (changed)
		infoframe_drm(hdmi->infoframe[KINORA_INFOFRAME_DRM], &hdmi->transfer);
}

unsigned int hdmi_infoframes(const struct hdmi *hdmi, uint8_t *out, unsigned int max)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < KINORA_INFOFRAME_SLOTS; i++) {
		unsigned int bytes = infoframe_bytes(hdmi->infoframe[i]);

		if (!(hdmi->now.infoframes >> i & 1) || !bytes)
			continue;
		if (at + 1 + bytes > max)
			break;
		out[at++] = bytes;
		for (unsigned int n = 0; n < bytes; n++)
			out[at++] = hdmi->infoframe[i][n];
	}
	return at;
}

/* --- the raster --- */

static bool raster_same(const struct hdmi *hdmi)
{
	const struct hdmi_sample *now = &hdmi->now;

	return hdmi->active == now->active && hdmi->total == now->total &&
	       hdmi->interlaced == !!(now->status & KINORA_HDMI_INTERLACED) &&
	       hdmi->link == frl_rate(&hdmi->frl) &&
	       hdmi->vic == vic_find(now->active, now->total, hdmi->interlaced, now->pixelclock) &&
	       (!hdmi->vic || !vic_family_changed(hdmi->vic, hdmi->fractional, now->pixelclock));
}

static void raster_start(struct hdmi *hdmi, uint64_t now_ns)
{
	const struct hdmi_sample *now = &hdmi->now;

	hdmi->active = now->active;
	hdmi->total = now->total;
	hdmi->interlaced = now->status & KINORA_HDMI_INTERLACED;
	hdmi->link = frl_rate(&hdmi->frl);
	hdmi->vic = vic_find(now->active, now->total, hdmi->interlaced, now->pixelclock);
	hdmi->fractional = hdmi->vic && vic_is_fractional(hdmi->vic, now->pixelclock);
	hdmi->since_ns = now_ns;
	hdmi->settled = false;
}

static uint64_t raster_poll(struct hdmi *hdmi, bool lost, uint64_t now_ns)
{
	uint32_t status = hdmi->now.status;
	bool seen = status & KINORA_HDMI_POWER && status & KINORA_HDMI_CARRIER &&
		    status & KINORA_HDMI_LOCKED;
	bool unbroken = seen && hdmi->seen && !lost;

	hdmi->seen = seen;
	if (!seen) {
		hdmi->settled = false;
		return UINT64_MAX;
	}
	if (!unbroken || !raster_same(hdmi))
		raster_start(hdmi, now_ns);
	if (now_ns - hdmi->since_ns >= vic_frame_ns(hdmi->vic))
		hdmi->settled = true;
	return hdmi->settled ? UINT64_MAX : hdmi->since_ns + vic_frame_ns(hdmi->vic);
}

static uint64_t flapping_poll(struct hdmi *hdmi, uint32_t lost, uint64_t now_ns)
{
	bool carrier = hdmi->now.status & KINORA_HDMI_CARRIER;

	if (flap_update(&hdmi->flap, lost, carrier, hdmi->seen, now_ns))
		LOG(hdmi, now_ns, FLAPPING, FLAP_LOSSES, 0);
	return flap_next(&hdmi->flap);
}

/* --- the whole --- */

void hdmi_init(struct hdmi *hdmi, const struct controller_hal *hal, struct log *log)
{
	uint32_t blocks, starts;

	*hdmi = (struct hdmi){ .hal = hal, .log = log };
	infoframe_avi_default(&hdmi->avi);
	cec_init(&hdmi->cec, hal);
	frl_init(&hdmi->frl, hal, log);

	blocks = reg_read(hdmi, KINORA_HDMI_EDID_BLOCKS);
	starts = hal_read(hal, KINORA_CTL_SYSTEM + KINORA_SYS_STARTS);
	hdmi->hotplug = reg_read(hdmi, KINORA_HDMI_CONTROL) & KINORA_HDMI_HOTPLUG;
	if (blocks && blocks <= KINORA_EDID_BLOCKS)
		hdmi->edid_blocks = blocks;
	else if (starts <= 1 || blocks)
		edid_write(hdmi, edid_default, EDID_DEFAULT_BYTES);
	/* else somebody has taken it away */
}

static void sample_take(struct hdmi *hdmi)
{
	hdmi->now = (struct hdmi_sample){
		.status = reg_read(hdmi, KINORA_HDMI_STATUS),
		.active = reg_read(hdmi, KINORA_HDMI_ACTIVE),
		.total = reg_read(hdmi, KINORA_HDMI_TOTAL),
		.pixelclock = reg_read(hdmi, KINORA_HDMI_PIXELCLOCK),
		.errors = reg_read(hdmi, KINORA_HDMI_ERRORS),
		.lock_losses = reg_read(hdmi, KINORA_HDMI_LOCK_LOSSES),
		.infoframes = reg_read(hdmi, KINORA_HDMI_INFOFRAMES),
		.infoframe_count = reg_read(hdmi, KINORA_HDMI_INFOFRAME_COUNT),
	};
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t hdmi_poll(struct hdmi *hdmi, uint64_t now_ns)
{
	struct hdmi_sample before = hdmi->now;
	bool first = !hdmi->looked;
	uint32_t lost;
	uint64_t next;

	sample_take(hdmi);
	if (first) {
		/* what happened before the firmware looked is no news */
		before = hdmi->now;
		before.status &= ~KINORA_HDMI_POWER;
		hdmi->looked = true;
		if (!hdmi->hotplug)
			hotplug_wait(hdmi, now_ns);
	}
	if ((hdmi->now.status ^ before.status) & KINORA_HDMI_POWER)
		LOG(hdmi, now_ns, POWER, !!(hdmi->now.status & KINORA_HDMI_POWER), 0);
	if (hdmi->now.errors != before.errors) {
		hdmi->errors_ns = now_ns;
		hdmi->erred = true;
	}
	if (hdmi->erred && now_ns - hdmi->errors_ns >= HDMI_ERRORS_NS)
		hdmi->erred = false;
	lost = hdmi->now.lock_losses - before.lock_losses;

	next = hotplug_poll(hdmi, now_ns);
	next = earlier(next, frl_poll(&hdmi->frl, hdmi->now.status, hdmi->hotplug, now_ns));
	infoframes_poll(hdmi, first || hdmi->now.infoframe_count != before.infoframe_count ||
			hdmi->now.infoframes != before.infoframes);
	next = earlier(next, raster_poll(hdmi, lost, now_ns));
	next = earlier(next, flapping_poll(hdmi, lost, now_ns));
	if (hdmi->erred)
		next = earlier(next, hdmi->errors_ns + HDMI_ERRORS_NS);
	cec_poll(&hdmi->cec, now_ns);
	return next > now_ns ? next : now_ns + 1;
}

/* --- what is told the host --- */

static uint8_t signal_flags(const struct hdmi *hdmi)
{
	uint32_t status = hdmi->now.status;
	uint8_t flags = 0;

	if (status & KINORA_HDMI_POWER)
		flags |= KINORA_SIGNAL_FLAG_POWER;
	if (hdmi->hotplug)
		flags |= KINORA_SIGNAL_FLAG_HOTPLUG;
	if (hdmi->settled && status & KINORA_HDMI_ISLANDS)
		flags |= KINORA_SIGNAL_FLAG_HDMI;
	if (hdmi->erred)
		flags |= KINORA_SIGNAL_FLAG_ERRORS;
	return flags;
}

static uint8_t signal_depth(const struct hdmi *hdmi, uint8_t sampling)
{
	/* 4:2:2 is always in words of 12 bits (HDMI 1.4b, 6.5.1), whatever the packet says */
	if (sampling == KINORA_SAMPLING_422)
		return 12;
	switch (FIELD_GET(KINORA_HDMI_DEPTH_MASK, hdmi->now.status)) {
	case KINORA_HDMI_DEPTH_10:
		return 10;
	case KINORA_HDMI_DEPTH_12:
		return 12;
	case KINORA_HDMI_DEPTH_16:
		return 16;
	}
	return 8;
}

static void signal_picture(const struct hdmi *hdmi, struct kinora_signal *signal)
{
	const struct infoframe_avi *avi = &hdmi->avi;
	const struct vic *vic = hdmi->vic;

	signal->state = KINORA_SIGNAL_LOCKED;
	signal->pixelclock = vic_pixelclock(vic, hdmi->fractional);
	signal->clock_ppb = vic_clock_ppb(vic, hdmi->fractional, hdmi->now.pixelclock);
	signal->rate_num = vic->rate;
	signal->rate_den = 1;
	if (hdmi->fractional) {
		signal->rate_num = vic->rate * 1000u;
		signal->rate_den = 1001;
	}
	signal->width = vic->width;
	signal->height = vic->height;
	signal->htotal = vic->htotal;
	signal->vtotal = vic->vtotal;
	if (vic->interlaced)
		signal->scan = KINORA_SCAN_INTERLACED;
	signal->colorimetry = avi->colorimetry;
	signal->transfer = hdmi->transfer;
	signal->range = avi->range;
	signal->sampling = avi->sampling;
	signal->it_content = avi->it_content;
	signal->vic = vic->code;
	if (vic_is(vic, avi->vic))
		signal->vic = avi->vic;
	else if (avi->vic)
		signal->flags |= KINORA_SIGNAL_FLAG_PAYLOAD_LIES;
	if (signal->pixelclock > CLOCK_420_ONLY && avi->sampling != KINORA_SAMPLING_420) {
		signal->flags |= KINORA_SIGNAL_FLAG_PAYLOAD_LIES;
		signal->sampling = KINORA_SAMPLING_420;
	}
	signal->depth = signal_depth(hdmi, signal->sampling);
}

static void signal_judge(const struct hdmi *hdmi, struct kinora_signal *signal)
{
	uint32_t status = hdmi->now.status;

	if (hdmi->flap.flapping) {
		signal->state = KINORA_SIGNAL_UNSTABLE;
		signal->reason = KINORA_REASON_FLAPPING;
		return;
	}
	if (!hdmi->settled) {
		signal->state = status & KINORA_HDMI_POWER && status & KINORA_HDMI_CARRIER ?
			KINORA_SIGNAL_UNSTABLE : KINORA_SIGNAL_NONE;
		if (frl_gave_up(&hdmi->frl))
			signal->reason = KINORA_REASON_TRAINING;
		return;
	}
	signal->interface = hdmi->link ? KINORA_INTERFACE_FRL : KINORA_INTERFACE_TMDS;
	signal->frl_rate = hdmi->link;
	signal->state = KINORA_SIGNAL_UNSUPPORTED;
	if (!hdmi->vic)
		signal->reason = KINORA_REASON_RASTER;
	else if (!hdmi->avi.known_sampling)
		signal->reason = KINORA_REASON_SAMPLING;
	else
		signal_picture(hdmi, signal);
}

void hdmi_signal(const struct hdmi *hdmi, struct kinora_signal *signal)
{
	*signal = (struct kinora_signal){
		.flags = signal_flags(hdmi),
		.infoframes = hdmi->now.infoframe_count,
		.lock_losses = hdmi->now.lock_losses,
		.crc_errors = { hdmi->now.errors },
	};
	signal_judge(hdmi, signal);
}

/* --- CEC --- */

uint32_t hdmi_cec_count(const struct hdmi *hdmi)
{
	return hdmi->cec.count;
}

uint16_t hdmi_cec_config(struct hdmi *hdmi, const struct kinora_cec_config *config)
{
	return cec_config(&hdmi->cec, config);
}

uint16_t hdmi_cec_transmit(struct hdmi *hdmi, const struct kinora_cec_message *message,
			   uint64_t now_ns)
{
	/* an outcome that is there already makes room */
	cec_poll(&hdmi->cec, now_ns);
	return cec_transmit(&hdmi->cec, message);
}

unsigned int hdmi_cec_events(struct hdmi *hdmi, struct kinora_cec_message *out, unsigned int max)
{
	return cec_events(&hdmi->cec, out, max);
}
