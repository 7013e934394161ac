// SPDX-License-Identifier: MIT
/*
 * The receivers' registers out of the stimulus. The raster of a link is worked out from the mode
 * and the link's clock, and the payload id is written as the standards tell a source to: nothing
 * here uses the firmware's tables, so that the two check each other.
 *
 * Surprise: CRC errors are not counted by anyone. They are a rate over stretches of time, and a
 * count is worked out when it is asked for, also for a time that has passed.
 */
#include "receiver.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

_Static_assert((int)STIMULUS_SDI1 == KINORA_CONN_SDI1 &&
	       (int)STIMULUS_SDI_QUAD == KINORA_CONN_SDI_QUAD,
	       "both name the SDI connectors by the same numbers");

#define LOCK_FRAMES 2	/* a receiver finds its TRS in the same place for so long (kinora_hw.h) */

/* Links of a connector: *first and the number of them, 0 for no SDI connector. */
static unsigned int connector_links(unsigned int connector, unsigned int *first)
{
	*first = 0;
	if (connector == KINORA_CONN_SDI_QUAD)
		return KINORA_RX_LINKS;
	if (connector > KINORA_CONN_SDI4)
		return 0;
	*first = connector - KINORA_CONN_SDI1;
	return 1;
}

int receivers_init(struct receivers *receivers)
{
	memset(receivers, 0, sizeof(*receivers));
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		receivers->link[i].errors_count = 1; /* no errors since time 0 */
	return -pthread_mutex_init(&receivers->lock, NULL);
}

void receivers_finish(struct receivers *receivers)
{
	pthread_mutex_destroy(&receivers->lock);
}

/* --- a link in time --- */

static bool link_locked(const struct receiver *link, uint64_t now_ns)
{
	return link->carrier && link->lockable && now_ns >= link->locked_ns;
}

/* Errors counted until t. */
static uint64_t errors_until(const struct receiver *link, uint64_t t)
{
	for (unsigned int i = link->errors_count; i-- > 0;) {
		const struct receiver_errors *stretch = &link->errors[i];

		if (stretch->start_ns <= t)
			return stretch->before +
			       (uint64_t)floor(stretch->per_ns * (double)(t - stretch->start_ns));
	}
	return link->errors[0].before;
}

/* From start_ns on errors come at this rate; what was planned for later is forgotten. */
static void errors_start(struct receiver *link, uint64_t start_ns, double per_ns)
{
	uint64_t before = errors_until(link, start_ns);

	while (link->errors_count && link->errors[link->errors_count - 1].start_ns >= start_ns)
		link->errors_count--;
	if (link->errors_count == RECEIVER_ERRORS_KEPT) {
		link->errors_count--;
		memmove(link->errors, link->errors + 1,
			link->errors_count * sizeof(link->errors[0]));
	}
	link->errors[link->errors_count++] = (struct receiver_errors){
		.start_ns = start_ns, .per_ns = per_ns, .before = before,
	};
}

/* To be called whenever the signal, its lock or the fault has changed. */
static void errors_restart(struct receiver *link, uint64_t now_ns)
{
	bool locked = link_locked(link, now_ns);
	double per_ns = 0;

	if (link->carrier && link->lockable)
		per_ns = link->crc_rate * link->lines / link->frame_ns;
	errors_start(link, now_ns, locked ? per_ns : 0);
	if (link->carrier && link->lockable && !locked)
		errors_start(link, link->locked_ns, per_ns);
}

/* When a lockable signal that is steady from steady_ns on will have lock. */
static uint64_t lock_due(const struct receiver *link, uint64_t steady_ns)
{
	return steady_ns + (uint64_t)ceil(LOCK_FRAMES * link->frame_ns);
}

/* --- the signal --- */

/* Clock of a data stream in Hz (kinora_hw.h, KINORA_RX_RATE_*). */
static unsigned int word_clock(uint8_t link_rate)
{
	switch (link_rate) {
	case KINORA_RX_RATE_HD:
		return 74250000;
	case KINORA_RX_RATE_24G:
		return 297000000;
	default:
		return 148500000;
	}
}

static uint8_t link_rate_of(enum stimulus_link link)
{
	switch (link) {
	case STIMULUS_LINK_HD:
		return KINORA_RX_RATE_HD;
	case STIMULUS_LINK_3G:
		return KINORA_RX_RATE_3GA;
	case STIMULUS_LINK_6G:
		return KINORA_RX_RATE_6G;
	case STIMULUS_LINK_12G:
		return KINORA_RX_RATE_12G;
	case STIMULUS_LINK_BEYOND:
		return KINORA_RX_RATE_24G;
	case STIMULUS_LINK_NONE:
	case STIMULUS_LINK_SD:
		break;
	}
	return KINORA_RX_RATE_NONE;
}

/* Frames a second in the integer family. */
static unsigned int mode_rate(const struct stimulus_mode *mode)
{
	return mode->rate_den == 1001 ? mode->rate_num / 1000 : mode->rate_num / mode->rate_den;
}

/* ST 352 byte 1. */
static uint8_t payload_code(uint8_t link_rate, unsigned int link_height, bool interleaved)
{
	switch (link_rate) {
	case KINORA_RX_RATE_HD:
		return link_height == 720 ? 0x84 : 0x85;
	case KINORA_RX_RATE_3GA:
		return interleaved ? 0x97 : 0x89;
	case KINORA_RX_RATE_6G:
		if (link_height == 1080)
			return 0xc1;
		return interleaved ? 0xc4 : 0xc0;
	case KINORA_RX_RATE_12G:
		return interleaved ? 0xd2 : 0xce;
	default:
		return interleaved ? 0xe3 : 0xe0;
	}
}

/* ST 352 byte 2, bits 3:0. */
static uint8_t payload_rate(const struct stimulus_mode *mode)
{
	bool fractional = mode->rate_den == 1001;

	switch (mode_rate(mode)) {
	case 24:
		return fractional ? 0x2 : 0x3;
	case 25:
		return 0x5;
	case 30:
		return fractional ? 0x6 : 0x7;
	case 48:
		return fractional ? 0x4 : 0x8;
	case 50:
		return 0x9;
	case 60:
		return fractional ? 0xa : 0xb;
	case 96:
		return fractional ? 0x1 : 0xc;
	case 100:
		return 0xd;
	case 120:
		return fractional ? 0xe : 0xf;
	default:
		return 0x0;
	}
}

/* ST 352 byte 3: 16:9, 4:2:2. ST 292-1 has the two bits of the colorimetry apart. */
static uint8_t payload_colour(const struct stimulus_signal *signal, bool st292)
{
	unsigned int colorimetry = KINORA_COLORIMETRY_UNKNOWN; /* BT.601 has no code */

	if (signal->colour.matrix == PICTURE_MATRIX_709)
		colorimetry = KINORA_COLORIMETRY_709;
	else if (signal->colour.matrix == PICTURE_MATRIX_2020)
		colorimetry = KINORA_COLORIMETRY_2020;
	if (st292)
		return 0x20 | (colorimetry & 2) << 6 | (colorimetry & 1) << 4;
	return 0x80 | colorimetry << 4;
}

/* The id that link n (0..3) of the connector carries. */
static uint32_t payload_id(const struct stimulus_signal *signal, uint8_t link_rate, bool quad,
			   unsigned int n)
{
	const struct stimulus_mode *mode = signal->mode;
	bool interleaved = quad && signal->mapping == STIMULUS_2SI;
	uint8_t code = payload_code(link_rate, quad ? mode->height / 2 : mode->height,
				    interleaved);
	bool st292 = code == 0x84 || code == 0x85;
	uint32_t scan = mode->interlaced ? 0 : 0xc0;
	uint32_t bits = 1;	/* 10 bits, narrow range */

	if (signal->colour.range == PICTURE_RANGE_FULL)
		bits = st292 ? 3 : 0;
	/* Square division: every link says that it is a picture of its own. */
	if (interleaved && !st292)
		bits |= n << 5;
	scan |= (uint32_t)signal->transfer << 4 | payload_rate(mode);
	return code | scan << 8 | (uint32_t)payload_colour(signal, st292) << 16 | bits << 24;
}

static void link_signal(struct receiver *link, const struct stimulus_signal *signal,
			uint8_t link_rate, bool quad, unsigned int n, uint64_t now_ns)
{
	const struct stimulus_mode *mode = signal->mode;
	double ppb = signal->ppm * 1000;

	if (link_locked(link, now_ns))
		link->losses++;
	link->carrier = true;
	link->lockable = link_rate != KINORA_RX_RATE_NONE;
	if (link->lockable) {
		link->link_rate = link_rate;
		link->interlaced = mode->interlaced;
		link->lines = mode->height == 720 ? 750 : 1125;
		link->words = word_clock(link_rate) / (link->lines * mode_rate(mode));
		/*
		 * 1 / 1.001 is -999000.999e-9; the product of both deviations is below 1e-9 x ppm
		 */
		if (mode->rate_den == 1001)
			ppb -= 999001;
		link->ppb = (int32_t)lround(ppb);
		link->payload = payload_id(signal, link_rate, quad, n);
		link->frame_ns = 1e9 * mode->rate_den / mode->rate_num / (1 + signal->ppm * 1e-6);
	}
	if (link->lockable)
		link->locked_ns = lock_due(link, now_ns);
	errors_restart(link, now_ns);
}

/* Does a link of this rate hold a whole number of words a line of this mode? */
static bool mode_fits(const struct stimulus_mode *mode, uint8_t link_rate)
{
	unsigned int lines = mode->height == 720 ? 750 : 1125;
	unsigned int rate = mode_rate(mode);

	return rate && word_clock(link_rate) % (lines * rate) == 0;
}

int receiver_signal(struct receivers *receivers, unsigned int connector,
		    const struct stimulus_signal *signal, uint64_t now_ns)
{
	unsigned int first, count = connector_links(connector, &first);
	bool quad = connector == KINORA_CONN_SDI_QUAD;
	enum stimulus_link link;
	uint8_t link_rate;

	if (!count || !(fabs(signal->ppm) <= RECEIVER_PPM_MAX))
		return -EINVAL;
	if (!signal->mode)
		return receiver_off(receivers, connector, now_ns);
	link = quad ? signal->mode->link_quad : signal->mode->link;
	link_rate = link_rate_of(link);
	/* An SD signal arrives, and the receiver never locks to it. */
	if (link == STIMULUS_LINK_NONE ||
	    (link != STIMULUS_LINK_SD && !mode_fits(signal->mode, link_rate)))
		return -EOPNOTSUPP;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++)
		link_signal(&receivers->link[first + i], signal, link_rate, quad, i, now_ns);
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

int receiver_off(struct receivers *receivers, unsigned int connector, uint64_t now_ns)
{
	unsigned int first, count = connector_links(connector, &first);

	if (!count)
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++) {
		struct receiver *link = &receivers->link[first + i];

		if (link_locked(link, now_ns))
			link->losses++;
		link->carrier = false;
		errors_restart(link, now_ns);
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

/* --- faults --- */

int receiver_fault_crc(struct receivers *receivers, unsigned int connector, double rate,
		       uint64_t now_ns)
{
	unsigned int first, count = connector_links(connector, &first);

	if (!count || !(rate >= 0 && rate <= 1))
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++) {
		receivers->link[first + i].crc_rate = rate;
		errors_restart(&receivers->link[first + i], now_ns);
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

int receiver_fault_skew(struct receivers *receivers, unsigned int connector, uint32_t skew,
			bool lines)
{
	unsigned int first, count = connector_links(connector, &first);

	if (!count)
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++) {
		struct receiver *link = &receivers->link[first + i];

		link->skew = count > 1 ? (double)skew * i / (count - 1) : skew;
		link->skew_lines = lines;
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

int receiver_fault_unlock(struct receivers *receivers, unsigned int connector, uint32_t ms,
			  uint64_t now_ns)
{
	unsigned int first, count = connector_links(connector, &first);

	if (!count)
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++) {
		struct receiver *link = &receivers->link[first + i];

		if (link_locked(link, now_ns))
			link->losses++;
		if (link->carrier && link->lockable)
			link->locked_ns = lock_due(link, now_ns + ms * 1000000ULL);
		errors_restart(link, now_ns);
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

int receiver_fault_clear(struct receivers *receivers, unsigned int connector, uint64_t now_ns)
{
	unsigned int first, count = connector_links(connector, &first);

	if (!count)
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < count; i++) {
		struct receiver *link = &receivers->link[first + i];

		link->crc_rate = 0;
		link->skew = 0;
		/* Lock that is due later than a fresh signal's was put off by a fault. */
		if (link->carrier && link->lockable && link->locked_ns > lock_due(link, now_ns))
			link->locked_ns = lock_due(link, now_ns);
		errors_restart(link, now_ns);
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

/* --- what the firmware and the engine ask --- */

static double skew_ns(const struct receiver *link)
{
	if (link->skew_lines)
		return link->skew * link->frame_ns / link->lines;
	return link->skew * 1e9 / word_clock(link->link_rate);
}

static uint32_t links_skew(const struct receivers *receivers, unsigned int n, uint64_t now_ns)
{
	double earliest = INFINITY, behind;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (link_locked(&receivers->link[i], now_ns))
			earliest = fmin(earliest, skew_ns(&receivers->link[i]));
	behind = round(skew_ns(&receivers->link[n]) - earliest);
	return behind >= UINT32_MAX ? UINT32_MAX : (uint32_t)behind;
}

static uint32_t link_status(const struct receiver *link, uint64_t now_ns)
{
	uint32_t status = 0;

	if (link->carrier)
		status |= KINORA_RX_CARRIER;
	if (link_locked(link, now_ns)) {
		status |= KINORA_RX_LOCKED | KINORA_RX_PAYLOAD_VALID |
			  FIELD_PREP(KINORA_RX_RATE_MASK, link->link_rate);
		if (link->interlaced)
			status |= KINORA_RX_INTERLACED;
	}
	return status;
}

static uint32_t link_read(const struct receivers *receivers, unsigned int n, unsigned int reg,
			  uint64_t now_ns)
{
	const struct receiver *link = &receivers->link[n];

	switch (reg) {
	case KINORA_RX_STATUS:
		return link_status(link, now_ns);
	case KINORA_RX_CRC_ERRORS:
		return (uint32_t)errors_until(link, now_ns);
	case KINORA_RX_LOCK_LOSSES:
		return link->losses;
	}
	/* The rest is measured on the signal. */
	if (!link_locked(link, now_ns))
		return 0;
	switch (reg) {
	case KINORA_RX_WORDS:
		return link->words;
	case KINORA_RX_LINES:
		return link->lines;
	case KINORA_RX_PPB:
		return (uint32_t)link->ppb;
	case KINORA_RX_PAYLOAD:
		return link->payload;
	case KINORA_RX_SKEW:
		return links_skew(receivers, n, now_ns);
	}
	return 0;
}

uint32_t receiver_read(struct receivers *receivers, unsigned int link, unsigned int reg,
		       uint64_t now_ns)
{
	uint32_t value;

	if (link >= KINORA_RX_LINKS)
		return 0;
	pthread_mutex_lock(&receivers->lock);
	value = link_read(receivers, link, reg, now_ns);
	pthread_mutex_unlock(&receivers->lock);
	return value;
}

uint64_t receiver_next_change(struct receivers *receivers, uint64_t now_ns)
{
	uint64_t next = UINT64_MAX;

	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		const struct receiver *link = &receivers->link[i];

		if (link->carrier && link->lockable && link->locked_ns > now_ns &&
		    link->locked_ns < next)
			next = link->locked_ns;
	}
	pthread_mutex_unlock(&receivers->lock);
	return next;
}

uint32_t receiver_line_errors_in(struct receivers *receivers, unsigned int link, uint64_t from_ns,
				 uint64_t to_ns)
{
	uint64_t errors = 0;

	if (link >= KINORA_RX_LINKS || from_ns >= to_ns)
		return 0;
	pthread_mutex_lock(&receivers->lock);
	errors = errors_until(&receivers->link[link], to_ns) -
		 errors_until(&receivers->link[link], from_ns);
	pthread_mutex_unlock(&receivers->lock);
	return (uint32_t)errors;
}
