// SPDX-License-Identifier: MIT
/*
 * State is brought up to a time by advance(), which is called first by everybody; whoever then
 * changes something calls settle(), which decides anew whether and when there will be lock.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "hdmi_receiver.h"

#define LOCK_FRAMES 2
#define PATTERN_NS 1000000ULL		/* to find a training pattern */
#define SLOT_NS 1000000000ULL		/* an InfoFrame that does not come again is gone */
#define LTP_DIRTY 15

void hdmi_receiver_init(struct hdmi_receiver *rx)
{
	*rx = (struct hdmi_receiver){ .lock_ns = UINT64_MAX, .flap_ns = UINT64_MAX };
	spread_init(&rx->errors);
}

/* --- time --- */

static double frame_ns(const struct hdmi_video *video)
{
	double seconds = (video->fractional ? 1.001 : 1) / video->mode->hz;

	return 1e9 * seconds / (1 + video->ppm * 1e-6);
}

static bool lane_dirty(const struct hdmi_receiver *rx, unsigned int lane, unsigned int rate)
{
	return rx->lane_fault[lane] && rate >= rx->lane_fault[lane];
}

/* What the source sends is what the receiver is set to. */
static bool lockable(const struct hdmi_receiver *rx)
{
	const struct hdmi_video *video = &rx->video;

	if (!rx->sending || rx->loose || rx->link != video->link)
		return false;
	if (!video->link)
		return video->scrambled == (rx->scdc[SCDC_TMDS_CONFIG] & SCDC_SCRAMBLING);
	for (unsigned int i = 0; i < HDMI_FRL_LANES(video->link); i++)
		if (lane_dirty(rx, i, video->link))
			return false;
	return true;
}

static void slot_set(struct hdmi_receiver *rx, unsigned int i, const uint8_t *frame)
{
	if (rx->there & 1u << i && !memcmp(rx->slot[i], frame, KINORA_INFOFRAME_BYTES))
		return;
	memcpy(rx->slot[i], frame, KINORA_INFOFRAME_BYTES);
	rx->there |= 1u << i;
	rx->count++;
}

static void slot_drop(struct hdmi_receiver *rx, unsigned int i)
{
	if (!(rx->there & 1u << i))
		return;
	memset(rx->slot[i], 0, KINORA_INFOFRAME_BYTES);
	rx->there &= ~(1u << i);
	rx->count++;
}

/* Locked: what is sent now is there; what is not goes when its second is over. */
static void slots_update(struct hdmi_receiver *rx, uint64_t now_ns)
{
	const struct hdmi_infoframes *sent = &rx->video.frames;

	for (unsigned int i = 0; i < KINORA_INFOFRAME_SLOTS; i++) {
		uint8_t frame[KINORA_INFOFRAME_BYTES];

		if (rx->video.islands && sent->there & ~rx->missing & 1u << i) {
			memcpy(frame, sent->slot[i], sizeof(frame));
			if (rx->damaged & 1u << i)
				frame[3] ^= 0x5a;
			slot_set(rx, i, frame);
			rx->gone_ns[i] = UINT64_MAX;
		} else if (rx->there & 1u << i) {
			if (rx->gone_ns[i] == UINT64_MAX)
				rx->gone_ns[i] = now_ns + SLOT_NS;
			if (now_ns >= rx->gone_ns[i])
				slot_drop(rx, i);
		}
	}
}

/* Errors are counted while there is lock. */
static void errors_restart(struct hdmi_receiver *rx, uint64_t now_ns)
{
	spread_start(&rx->errors, now_ns,
		     rx->locked ? rx->error_rate * rx->video.mode->vtotal / frame_ns(&rx->video) :
				  0);
}

static void lock_lose(struct hdmi_receiver *rx, uint64_t now_ns)
{
	rx->lock_ns = UINT64_MAX;
	if (!rx->locked)
		return;
	rx->locked = false;
	rx->losses++;
	errors_restart(rx, now_ns);
	for (unsigned int i = 0; i < KINORA_INFOFRAME_SLOTS; i++)
		slot_drop(rx, i);
}

/* Nothing has changed until now_ns but the time. */
static void pass(struct hdmi_receiver *rx, uint64_t now_ns)
{
	if (!rx->locked && now_ns >= rx->lock_ns) {
		rx->locked = true;
		errors_restart(rx, rx->lock_ns);
	}
	if (rx->locked)
		slots_update(rx, now_ns);
}

/* Something changed at now_ns. */
static void settle(struct hdmi_receiver *rx, uint64_t now_ns)
{
	uint64_t from_ns = now_ns > rx->unlock_ns ? now_ns : rx->unlock_ns;

	if (!lockable(rx) || now_ns < rx->unlock_ns)
		lock_lose(rx, now_ns);
	if (lockable(rx) && rx->lock_ns == UINT64_MAX)
		rx->lock_ns = from_ns + (uint64_t)ceil(LOCK_FRAMES * frame_ns(&rx->video));
	pass(rx, now_ns);
}

static void advance(struct hdmi_receiver *rx, uint64_t now_ns)
{
	while (rx->flap_ns <= now_ns) {
		pass(rx, rx->flap_ns);
		rx->loose = !rx->loose;
		settle(rx, rx->flap_ns);
		rx->flap_ns += rx->loose ? rx->flap_off_ns : rx->flap_on_ns;
	}
	pass(rx, now_ns);
}

/* --- registers --- */

/* When a lane's pattern will have been found. */
static uint64_t pattern_due(const struct hdmi_receiver *rx, unsigned int lane)
{
	uint64_t since = rx->pattern_ns[lane] > rx->link_ns ? rx->pattern_ns[lane] : rx->link_ns;

	return since + PATTERN_NS;
}

static uint32_t ltp_read(const struct hdmi_receiver *rx, uint64_t now_ns)
{
	uint32_t value = 0;

	if (!rx->lanes_rate || rx->loose || rx->link != rx->lanes_rate)
		return 0;
	for (unsigned int i = 0; i < HDMI_FRL_LANES(rx->lanes_rate); i++) {
		if (!rx->pattern[i] || now_ns < pattern_due(rx, i))
			continue;
		value |= (lane_dirty(rx, i, rx->lanes_rate) ? LTP_DIRTY : rx->pattern[i]) << 4 * i;
	}
	return value;
}

static uint32_t status_read(const struct hdmi_receiver *rx)
{
	const struct hdmi_video *video = &rx->video;
	uint32_t status = rx->power ? KINORA_HDMI_POWER : 0;

	if ((rx->sending || rx->lanes_rate) && !rx->loose)
		status |= KINORA_HDMI_CARRIER;
	if (!rx->locked)
		return status;
	/* CTA-861 has positive sync in all of these rasters */
	status |= KINORA_HDMI_LOCKED | KINORA_HDMI_VSYNC_POSITIVE | KINORA_HDMI_HSYNC_POSITIVE;
	if (video->mode->interlaced)
		status |= KINORA_HDMI_INTERLACED;
	if (video->islands)
		status |= KINORA_HDMI_ISLANDS | FIELD_PREP(KINORA_HDMI_DEPTH_MASK, video->depth);
	return status;
}

static uint32_t measured_read(const struct hdmi_receiver *rx, uint32_t offset)
{
	const struct hdmi_mode *mode = rx->video.mode;
	double clock;

	if (!rx->locked)
		return 0;
	switch (offset) {
	case KINORA_HDMI_ACTIVE:
		return mode->width | (uint32_t)mode->height << 16;
	case KINORA_HDMI_TOTAL:
		return mode->htotal | (uint32_t)mode->vtotal << 16;
	default:
		clock = hdmi_mode_pixelclock(mode, rx->video.fractional);
		return llround(clock * (1 + rx->video.ppm * 1e-6));
	}
}

static uint32_t word_read(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void word_write(uint8_t *bytes, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		bytes[i] = value >> 8 * i;
}

uint32_t hdmi_receiver_read(struct hdmi_receiver *rx, uint32_t offset, uint64_t now_ns)
{
	advance(rx, now_ns);
	switch (offset) {
	case KINORA_HDMI_STATUS:
		return status_read(rx);
	case KINORA_HDMI_CONTROL:
		return rx->control;
	case KINORA_HDMI_ACTIVE:
	case KINORA_HDMI_TOTAL:
	case KINORA_HDMI_PIXELCLOCK:
		return measured_read(rx, offset);
	case KINORA_HDMI_ERRORS:
		return spread_until(&rx->errors, now_ns);
	case KINORA_HDMI_LOCK_LOSSES:
		return rx->losses;
	case KINORA_HDMI_INFOFRAMES:
		return rx->there;
	case KINORA_HDMI_INFOFRAME_COUNT:
		return rx->count;
	case KINORA_HDMI_EDID_BLOCKS:
		return rx->edid_blocks;
	case KINORA_HDMI_LTP:
		return ltp_read(rx, now_ns);
	case KINORA_HDMI_SCDC_WRITES:
		return rx->scdc_writes;
	case KINORA_HDMI_LINK:
		return rx->link;
	case KINORA_HDMI_SCDC ... KINORA_HDMI_SCDC + sizeof(rx->scdc) - 1:
		return word_read(&rx->scdc[offset - KINORA_HDMI_SCDC]);
	case KINORA_HDMI_INFOFRAME(0) ... KINORA_HDMI_INFOFRAME(KINORA_INFOFRAME_SLOTS) - 1:
		offset -= KINORA_HDMI_INFOFRAME(0);
		return word_read(&rx->slot[offset / KINORA_INFOFRAME_BYTES]
					  [offset % KINORA_INFOFRAME_BYTES]);
	case KINORA_HDMI_EDID ... KINORA_HDMI_EDID + HDMI_EDID_BYTES - 1:
		return word_read(&rx->edid[offset - KINORA_HDMI_EDID]);
	}
	return 0;
}

void hdmi_receiver_write(struct hdmi_receiver *rx, uint32_t offset, uint32_t value,
			 uint64_t now_ns)
{
	advance(rx, now_ns);
	switch (offset) {
	case KINORA_HDMI_CONTROL:
		rx->control = value & KINORA_HDMI_HOTPLUG;
		break;
	case KINORA_HDMI_EDID_BLOCKS:
		rx->edid_blocks = value < KINORA_EDID_BLOCKS ? value : KINORA_EDID_BLOCKS;
		break;
	case KINORA_HDMI_LINK:
		value = value <= HDMI_FRL_RATES ? value : 0;
		if (value != rx->link)
			rx->link_ns = now_ns;
		rx->link = value;
		break;
	case KINORA_HDMI_SCDC ... KINORA_HDMI_SCDC + sizeof(rx->scdc) - 1:
		word_write(&rx->scdc[offset - KINORA_HDMI_SCDC], value);
		break;
	case KINORA_HDMI_EDID ... KINORA_HDMI_EDID + HDMI_EDID_BYTES - 1:
		word_write(&rx->edid[offset - KINORA_HDMI_EDID], value);
		break;
	}
	settle(rx, now_ns);
}

static uint64_t sooner(uint64_t a, uint64_t b, uint64_t now_ns)
{
	return b > now_ns && b < a ? b : a;
}

uint64_t hdmi_receiver_next(struct hdmi_receiver *rx, uint64_t now_ns)
{
	uint64_t next = UINT64_MAX;

	advance(rx, now_ns);
	next = sooner(next, rx->flap_ns, now_ns);
	if (!rx->locked)
		next = sooner(next, rx->lock_ns, now_ns);
	for (unsigned int i = 0; i < HDMI_LANES; i++)
		if (rx->lanes_rate && rx->pattern[i])
			next = sooner(next, pattern_due(rx, i), now_ns);
	for (unsigned int i = 0; i < KINORA_INFOFRAME_SLOTS; i++)
		if (rx->there & 1u << i)
			next = sooner(next, rx->gone_ns[i], now_ns);
	return next;
}

bool hdmi_receiver_locked(struct hdmi_receiver *rx, uint64_t now_ns)
{
	advance(rx, now_ns);
	return rx->locked;
}

uint32_t hdmi_receiver_errors_in(const struct hdmi_receiver *rx, uint64_t from_ns, uint64_t to_ns)
{
	if (from_ns >= to_ns)
		return 0;
	return spread_until(&rx->errors, to_ns) - spread_until(&rx->errors, from_ns);
}

/* --- the source's side --- */

bool hdmi_receiver_hotplug(const struct hdmi_receiver *rx)
{
	return rx->power && rx->control & KINORA_HDMI_HOTPLUG;
}

void hdmi_receiver_power(struct hdmi_receiver *rx, bool power, uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->power = power;
	if (!power) {
		rx->sending = false;
		rx->lanes_rate = 0;
	}
	settle(rx, now_ns);
}

int hdmi_receiver_edid_read(const struct hdmi_receiver *rx, unsigned int block,
			    uint8_t out[KINORA_EDID_BLOCK_BYTES])
{
	if (!hdmi_receiver_hotplug(rx) || block >= rx->edid_blocks)
		return -EIO;
	memcpy(out, &rx->edid[block * KINORA_EDID_BLOCK_BYTES], KINORA_EDID_BLOCK_BYTES);
	return 0;
}

int hdmi_receiver_scdc_read(const struct hdmi_receiver *rx, uint8_t reg, uint8_t *value)
{
	if (!hdmi_receiver_hotplug(rx))
		return -EIO;
	*value = rx->scdc[reg];
	return 0;
}

int hdmi_receiver_scdc_write(struct hdmi_receiver *rx, uint8_t reg, uint8_t value)
{
	if (!hdmi_receiver_hotplug(rx))
		return -EIO;
	rx->scdc_writes++;
	switch (reg) {
	case SCDC_UPDATE_0:
	case SCDC_UPDATE_1:
		rx->scdc[reg] &= ~value;
		break;
	case SCDC_SOURCE_VERSION:
	case SCDC_TMDS_CONFIG:
	case SCDC_CONFIG_0:
	case SCDC_CONFIG_1:
		rx->scdc[reg] = value;
		break;
	}
	return 0;
}

void hdmi_receiver_lanes(struct hdmi_receiver *rx, unsigned int rate,
			 const uint8_t pattern[HDMI_LANES], uint64_t now_ns)
{
	advance(rx, now_ns);
	for (unsigned int i = 0; i < HDMI_LANES; i++) {
		uint8_t to = rate && i < HDMI_FRL_LANES(rate) ? pattern[i] : 0;

		if (rx->pattern[i] != to || rx->lanes_rate != rate)
			rx->pattern_ns[i] = now_ns;
		rx->pattern[i] = to;
	}
	rx->lanes_rate = rate;
	settle(rx, now_ns);
}

void hdmi_receiver_video(struct hdmi_receiver *rx, const struct hdmi_video *video, uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->sending = false;
	lock_lose(rx, now_ns);
	if (video) {
		rx->video = *video;
		rx->sending = true;
	}
	settle(rx, now_ns);
}

/* --- faults --- */

void hdmi_receiver_fault_lane(struct hdmi_receiver *rx, unsigned int lane, unsigned int rate,
			      uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->lane_fault[lane % HDMI_LANES] = rate;
	settle(rx, now_ns);
}

void hdmi_receiver_fault_errors(struct hdmi_receiver *rx, double rate, uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->error_rate = rate;
	if (rx->locked)
		errors_restart(rx, now_ns);
}

void hdmi_receiver_fault_unlock(struct hdmi_receiver *rx, uint32_t ms, uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->unlock_ns = now_ns + ms * 1000000ULL;
	settle(rx, now_ns);
}

void hdmi_receiver_fault_flap(struct hdmi_receiver *rx, double hz, unsigned int percent,
			      uint64_t now_ns)
{
	double period_ns = 1e9 / hz;

	advance(rx, now_ns);
	rx->flap_off_ns = period_ns * percent / 100;
	rx->flap_on_ns = period_ns - rx->flap_off_ns;
	rx->flap_ns = now_ns + (rx->loose ? rx->flap_off_ns : rx->flap_on_ns);
}

void hdmi_receiver_fault_infoframes(struct hdmi_receiver *rx, uint8_t missing, uint8_t damaged,
				    uint64_t now_ns)
{
	advance(rx, now_ns);
	rx->missing = missing;
	rx->damaged = damaged;
	settle(rx, now_ns);
}

void hdmi_receiver_fault_clear(struct hdmi_receiver *rx, uint64_t now_ns)
{
	advance(rx, now_ns);
	memset(rx->lane_fault, 0, sizeof(rx->lane_fault));
	rx->error_rate = 0;
	rx->missing = 0;
	rx->damaged = 0;
	rx->loose = false;
	rx->flap_ns = UINT64_MAX;
	if (rx->locked) {
		errors_restart(rx, now_ns);
	} else if (now_ns < rx->unlock_ns) {
		rx->unlock_ns = now_ns;
		rx->lock_ns = UINT64_MAX;
	}
	settle(rx, now_ns);
}
