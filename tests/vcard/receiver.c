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
		spread_init(&receivers->link[i].errors);
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

/* To be called whenever the signal, its lock or the fault has changed. */
static void errors_restart(struct receiver *link, uint64_t now_ns)
{
	bool locked = link_locked(link, now_ns);
	double per_ns = 0;

	if (link->carrier && link->lockable)
		per_ns = link->crc_rate * link->lines / link->frame_ns;
	spread_start(&link->errors, now_ns, locked ? per_ns : 0);
	if (link->carrier && link->lockable && !locked)
		spread_start(&link->errors, link->locked_ns, per_ns);
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
	case KINORA_RX_RATE_3GB:
		return 74250000;
	case KINORA_RX_RATE_24G:
		return 297000000;
	default:
		return 148500000;
	}
}

static uint8_t link_rate_of(const struct stimulus_interface *interface)
{
	switch (interface->link) {
	case STIMULUS_LINK_HD:
		return KINORA_RX_RATE_HD;
	case STIMULUS_LINK_3G:
		return interface->level_b ? KINORA_RX_RATE_3GB : KINORA_RX_RATE_3GA;
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

/* ST 352 byte 3: 16:9, 4:2:2. ST 292-1, ST 372 and level B have the colorimetry's bits apart. */
static uint8_t payload_colour(const struct stimulus_signal *signal, bool apart)
{
	unsigned int colorimetry = KINORA_COLORIMETRY_UNKNOWN; /* BT.601 has no code */

	if (signal->colour.matrix == PICTURE_MATRIX_709)
		colorimetry = KINORA_COLORIMETRY_709;
	else if (signal->colour.matrix == PICTURE_MATRIX_2020)
		colorimetry = KINORA_COLORIMETRY_2020;
	if (apart)
		return 0x20 | (colorimetry & 2) << 6 | (colorimetry & 1) << 4;
	return 0x80 | colorimetry << 4;
}

/* Byte 3 of these codes is as ST 292-1 has it ... */
static bool code_like_292(uint8_t code)
{
	return code == 0x84 || code == 0x85 || code == 0x8b || code == 0x8c;
}

/* ... and that of these only in the colorimetry, not in byte 4. */
static bool code_colour_apart(uint8_t code)
{
	return code_like_292(code) || code == 0x87 || code == 0x8a || code == 0x95 ||
	       code == 0x96 || code == 0x98;
}

/* Byte 4: which of several links this is. 3G and below number in bits 7:6, the others in 7:5. */
static uint8_t payload_number(const struct stimulus_signal *signal, uint8_t code, unsigned int n)
{
	switch (signal->numbers) {
	case STIMULUS_NUMBERS_75:
		return n << 5;
	case STIMULUS_NUMBERS_76:
		return n << 6;
	case STIMULUS_NUMBERS_NONE:
		return 0;
	case STIMULUS_NUMBERS_USUAL:
		break;
	}
	/* ST 425-3, level B: the number is that of a data stream, and a link has two */
	if (code == 0x95 || code == 0x96)
		return n << 7;
	return code < 0xa0 ? n << 6 : n << 5;
}

/* Does each of four links say that it is a picture of its own? */
static bool payload_is_single(const struct stimulus_signal *signal)
{
	if (signal->interface->links < 4)
		return false;
	if (signal->ids == STIMULUS_IDS_USUAL)
		return signal->mapping == STIMULUS_SQD && signal->interface->code_single;
	return signal->ids == STIMULUS_IDS_SINGLE;
}

/* The id of the link that carries part n of the picture. */
static uint32_t payload_id(const struct stimulus_signal *signal, unsigned int n)
{
	const struct stimulus_interface *interface = signal->interface;
	const struct stimulus_mode *mode = signal->mode;
	bool single = payload_is_single(signal);
	uint8_t code = single ? interface->code_single : interface->code;
	bool full = signal->colour.range == PICTURE_RANGE_FULL;
	uint32_t scan = 0, bits;

	if (signal->payload_kind == STIMULUS_PAYLOAD_GIVEN) {
		if (signal->numbers == STIMULUS_NUMBERS_USUAL)
			return signal->payload;
		return signal->payload | (uint32_t)payload_number(signal, 0, n) << 24;
	}
	/* of 720 lines ST 292-1 has no bit for the transport, which is always progressive */
	if (!mode->interlaced)
		scan |= interface->halved || code == 0x84 || code == 0x8b ? 0x40 : 0xc0;
	scan |= (uint32_t)signal->transfer << 4 | payload_rate(mode);
	bits = code_like_292(code) ? (full ? 3 : 1) : (full ? 0 : 1);	/* 10 bits */
	if (interface->links > 1 && !single)
		bits |= payload_number(signal, code, n);
	return code | scan << 8 |
	       (uint32_t)payload_colour(signal, code_colour_apart(code)) << 16 | bits << 24;
}

static void link_lose(struct receiver *link, uint64_t now_ns)
{
	if (link_locked(link, now_ns))
		link->losses++;
	link->carrier = false;
	errors_restart(link, now_ns);
}

static void link_find(struct receiver *link, uint64_t now_ns)
{
	link->carrier = true;
	if (link->lockable)
		link->locked_ns = lock_due(link, now_ns);
	errors_restart(link, now_ns);
}

static void link_signal(struct receiver *link, const struct stimulus_signal *signal,
			unsigned int part, uint64_t now_ns)
{
	const struct stimulus_interface *interface = signal->interface;
	const struct stimulus_mode *mode = signal->mode;
	unsigned int halves = interface && interface->halved ? 2 : 1;
	double ppb = signal->ppm * 1000;

	link_lose(link, now_ns);
	link->plugged = true;
	link->lockable = interface;
	if (link->lockable) {
		link->link_rate = link_rate_of(interface);
		link->interlaced = mode->interlaced || interface->halved;
		link->lines = mode->height == 720 ? 750 : 1125;
		link->words = word_clock(link->link_rate) * halves /
			      (link->lines * mode_rate(mode));
		/*
		 * 1 / 1.001 is -999000.999e-9; the product of both deviations is below 1e-9 x ppm
		 */
		if (mode->rate_den == 1001)
			ppb -= 999001;
		link->ppb = (int32_t)lround(ppb);
		link->ppm = signal->ppm;
		link->payload_valid = signal->payload_kind != STIMULUS_PAYLOAD_NONE;
		link->payload = link->payload_valid ? payload_id(signal, part) : 0;
		link->frame_ns = 1e9 * mode->rate_den / mode->rate_num * halves /
				 (1 + signal->ppm * 1e-6);
	}
	/* a flapping cable may have no contact just now */
	if (!link->flap_on_ns || !(link->flap_count % 2))
		link_find(link, now_ns);
}

/* --- the cable --- */

/* When a flapping cable makes or loses contact the next time. */
static uint64_t flap_next(const struct receiver *link)
{
	double period = link->flap_on_ns + link->flap_off_ns;
	double at = (double)(link->flap_count / 2) * period;

	/* it begins by losing contact; odd counts are without */
	if (link->flap_count % 2)
		at += link->flap_off_ns;
	return link->flap_start_ns + (uint64_t)at;
}

/* What the cable has done up to now. */
static void link_advance(struct receiver *link, uint64_t now_ns)
{
	while (link->flap_on_ns && flap_next(link) <= now_ns) {
		uint64_t at = flap_next(link);

		link->flap_count++;
		if (!link->plugged)
			continue;
		if (link->flap_count % 2)
			link_lose(link, at);
		else
			link_find(link, at);
	}
}

static void links_advance(struct receivers *receivers, uint64_t now_ns)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		link_advance(&receivers->link[i], now_ns);
}

/* --- what happens to the links of a connector --- */

struct change {
	const struct stimulus_signal *signal;
	double rate;
	double on_ns, off_ns;
	uint32_t skew;
	bool skew_lines;
	uint64_t unlock_ns;
	uint64_t now_ns;
	unsigned int links;	/* of the connector */
};

/* Make a change to every link of a connector; n counts them. 0 or -EINVAL. */
static int links_change(struct receivers *receivers, unsigned int connector,
			struct change *change,
			void (*make)(struct receiver *link, unsigned int n,
				     const struct change *change))
{
	unsigned int first;

	change->links = connector_links(connector, &first);
	if (!change->links)
		return -EINVAL;
	pthread_mutex_lock(&receivers->lock);
	for (unsigned int i = 0; i < change->links; i++) {
		link_advance(&receivers->link[first + i], change->now_ns);
		make(&receivers->link[first + i], i, change);
	}
	pthread_mutex_unlock(&receivers->lock);
	return 0;
}

static void change_signal(struct receiver *link, unsigned int n, const struct change *change)
{
	const struct stimulus_signal *signal = change->signal;
	unsigned int part = change->links > 1 ? signal->order >> 2 * n & 3 : signal->link;

	link_signal(link, signal, part, change->now_ns);
}

int receiver_signal(struct receivers *receivers, unsigned int connector,
		    const struct stimulus_signal *signal, uint64_t now_ns)
{
	const struct stimulus_interface *interface = signal->interface;
	bool quad = connector == KINORA_CONN_SDI_QUAD;
	struct change change = { .signal = signal, .now_ns = now_ns };

	if (connector > KINORA_CONN_SDI_QUAD || !(fabs(signal->ppm) <= RECEIVER_PPM_MAX))
		return -EINVAL;
	if (!signal->mode)
		return receiver_off(receivers, connector, now_ns);
	/* An SD signal arrives, and the receiver never locks to it. */
	if (!interface && signal->mode->link != STIMULUS_LINK_SD)
		return -EOPNOTSUPP;
	if (interface && ((interface->links == 4) != quad ||
			  !stimulus_interface_carries(interface, signal->mode)))
		return -EOPNOTSUPP;
	return links_change(receivers, connector, &change, change_signal);
}

static void change_off(struct receiver *link, unsigned int n, const struct change *change)
{
	(void)n;
	link_lose(link, change->now_ns);
	link->plugged = false;
}

int receiver_off(struct receivers *receivers, unsigned int connector, uint64_t now_ns)
{
	return links_change(receivers, connector, &(struct change){ .now_ns = now_ns }, change_off);
}

/* --- faults --- */

static void change_crc(struct receiver *link, unsigned int n, const struct change *change)
{
	(void)n;
	link->crc_rate = change->rate;
	errors_restart(link, change->now_ns);
}

int receiver_fault_crc(struct receivers *receivers, unsigned int connector, double rate,
		       uint64_t now_ns)
{
	struct change change = { .rate = rate, .now_ns = now_ns };

	if (!(rate >= 0 && rate <= 1))
		return -EINVAL;
	return links_change(receivers, connector, &change, change_crc);
}

static void change_skew(struct receiver *link, unsigned int n, const struct change *change)
{
	link->skew = change->skew;
	if (change->links > 1)
		link->skew *= (double)n / (change->links - 1);
	link->skew_lines = change->skew_lines;
}

int receiver_fault_skew(struct receivers *receivers, unsigned int connector, uint32_t skew,
			bool lines)
{
	struct change change = { .skew = skew, .skew_lines = lines };

	return links_change(receivers, connector, &change, change_skew);
}

static void change_unlock(struct receiver *link, unsigned int n, const struct change *change)
{
	(void)n;
	if (link_locked(link, change->now_ns))
		link->losses++;
	if (link->carrier && link->lockable)
		link->locked_ns = lock_due(link, change->now_ns + change->unlock_ns);
	errors_restart(link, change->now_ns);
}

int receiver_fault_unlock(struct receivers *receivers, unsigned int connector, uint32_t ms,
			  uint64_t now_ns)
{
	struct change change = { .unlock_ns = ms * 1000000ULL, .now_ns = now_ns };

	return links_change(receivers, connector, &change, change_unlock);
}

static void change_flap(struct receiver *link, unsigned int n, const struct change *change)
{
	(void)n;
	/* one that has no contact has it back for the moment */
	if (link->plugged && !link->carrier)
		link_find(link, change->now_ns);
	link->flap_on_ns = change->on_ns;
	link->flap_off_ns = change->off_ns;
	link->flap_start_ns = change->now_ns;
	link->flap_count = 0;
	link_advance(link, change->now_ns);
}

int receiver_fault_flap(struct receivers *receivers, unsigned int connector, double hz,
			unsigned int off, uint64_t now_ns)
{
	struct change change = { .now_ns = now_ns };

	if (!(hz > 0 && hz <= RECEIVER_FLAP_HZ_MAX) || off < 1 || off > 99)
		return -EINVAL;
	change.off_ns = 1e9 / hz * off / 100;
	change.on_ns = 1e9 / hz - change.off_ns;
	return links_change(receivers, connector, &change, change_flap);
}

static void change_clear(struct receiver *link, unsigned int n, const struct change *change)
{
	uint64_t now_ns = change->now_ns;

	(void)n;
	link->crc_rate = 0;
	link->skew = 0;
	link->flap_on_ns = 0;
	if (link->plugged && !link->carrier)
		link_find(link, now_ns);
	/* Lock that is due later than a fresh signal's was put off by a fault. */
	if (link->carrier && link->lockable && link->locked_ns > lock_due(link, now_ns))
		link->locked_ns = lock_due(link, now_ns);
	errors_restart(link, now_ns);
}

int receiver_fault_clear(struct receivers *receivers, unsigned int connector, uint64_t now_ns)
{
	return links_change(receivers, connector, &(struct change){ .now_ns = now_ns },
			    change_clear);
}

/* --- what the firmware and the engine ask --- */

/* A frame as the source has it, by its own clock: what time in a frame goes round in. */
static double link_round(const struct receiver *link)
{
	return link->frame_ns * (1 + link->ppm * 1e-6);
}

/* How late a link is, in a frame, against a source of the card's own clock. */
static double link_late(const struct receiver *link, uint64_t now_ns)
{
	double late = link->skew * 1e9 / word_clock(link->link_rate);

	if (link->skew_lines)
		late = link->skew * link->frame_ns / link->lines;
	/* a clock that is slow lets its frames fall behind, from the card's first moment on */
	late -= link->ppm * 1e-6 * (double)now_ns;
	late = fmod(late, link_round(link));
	return late < 0 ? late + link_round(link) : late;
}

/* How far link n is behind one link, round the frame that both repeat. */
static double link_behind(const struct receiver *link, const struct receiver *first,
			  uint64_t now_ns)
{
	double behind = link_late(link, now_ns) - link_late(first, now_ns);

	return behind < 0 ? behind + link_round(link) : behind;
}

/*
 * Behind the earliest of the links that have lock. Time in a frame goes round, so the earliest is
 * the one that has the others least far behind it.
 */
static uint32_t links_skew(const struct receivers *receivers, unsigned int n, uint64_t now_ns)
{
	const struct receiver *link = receivers->link, *earliest = &link[n];
	double least = INFINITY, behind;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		double worst = 0;

		if (!link_locked(&link[i], now_ns))
			continue;
		for (unsigned int k = 0; k < KINORA_RX_LINKS; k++)
			if (link_locked(&link[k], now_ns))
				worst = fmax(worst, link_behind(&link[k], &link[i], now_ns));
		if (worst < least) {
			least = worst;
			earliest = &link[i];
		}
	}
	behind = round(link_behind(&link[n], earliest, now_ns));
	return behind >= UINT32_MAX ? UINT32_MAX : (uint32_t)behind;
}

static uint32_t link_status(const struct receiver *link, uint64_t now_ns)
{
	uint32_t status = 0;

	if (link->carrier)
		status |= KINORA_RX_CARRIER;
	if (link_locked(link, now_ns)) {
		status |= KINORA_RX_LOCKED | FIELD_PREP(KINORA_RX_RATE_MASK, link->link_rate);
		if (link->payload_valid)
			status |= KINORA_RX_PAYLOAD_VALID;
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
		return (uint32_t)spread_until(&link->errors, now_ns);
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
	links_advance(receivers, now_ns);
	value = link_read(receivers, link, reg, now_ns);
	pthread_mutex_unlock(&receivers->lock);
	return value;
}

uint64_t receiver_next_change(struct receivers *receivers, uint64_t now_ns)
{
	uint64_t next = UINT64_MAX;

	pthread_mutex_lock(&receivers->lock);
	links_advance(receivers, now_ns);
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		const struct receiver *link = &receivers->link[i];

		if (link->carrier && link->lockable && link->locked_ns > now_ns &&
		    link->locked_ns < next)
			next = link->locked_ns;
		if (link->plugged && link->flap_on_ns && flap_next(link) < next)
			next = flap_next(link);
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
	link_advance(&receivers->link[link], to_ns);
	errors = spread_until(&receivers->link[link].errors, to_ns) -
		 spread_until(&receivers->link[link].errors, from_ns);
	pthread_mutex_unlock(&receivers->lock);
	return (uint32_t)errors;
}
