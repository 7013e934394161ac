// SPDX-License-Identifier: MIT
/*
 * The judgement of what a connector carries. Top to bottom: links settle, single links are
 * described, four links are judged as one picture.
 *
 * Rule of evidence: what the receiver measured decides the raster, the rate and the family. The
 * payload id adds colours, and how links belong together; where it contradicts the measurement (a
 * code of another link rate, more bits than the raster has room for) the contradicted part is
 * left out, and the id itself is still shown.
 */
#include "detect.h"

#include <stddef.h>

#include "payload.h"

#define LINKS_ALL ((1u << KINORA_RX_LINKS) - 1)

/* Byte 4 bits of an id in which links of one picture differ: number and audio copy status. */
#define PAYLOAD_OF_LINK (0xe4u << 24)

/* How four equal links make one picture. */
static const struct quad_kind {
	uint8_t link_rate;	/* KINORA_RX_RATE_* ... */
	uint16_t height;	/* ... and picture of each link */
	uint8_t interface;	/* KINORA_INTERFACE_QUAD_* */
	uint8_t code_2si;	/* ST 352 byte 1 of each link, two-sample interleave */
	uint8_t code_sqd; /* square division: each link says it is a picture of its own; 0: none */
} quad_kinds[] = {
	/*
	 * Four 3G-A pictures of their own are common and no square division, so there is no code.
	 */
	{ KINORA_RX_RATE_3GA, 1080, KINORA_INTERFACE_QUAD_3G, 0x97, 0 },
	{ KINORA_RX_RATE_6G, 2160, KINORA_INTERFACE_QUAD_6G, 0xc4, 0xc0 },
	{ KINORA_RX_RATE_12G, 2160, KINORA_INTERFACE_QUAD_12G, 0xd2, 0xce },
	{ KINORA_RX_RATE_24G, 2160, KINORA_INTERFACE_QUAD_24G, 0xe3, 0xe0 },
};

static const uint8_t interfaces[8] = {
	[KINORA_RX_RATE_HD] = KINORA_INTERFACE_HD,
	[KINORA_RX_RATE_3GA] = KINORA_INTERFACE_3GA,
	[KINORA_RX_RATE_3GB] = KINORA_INTERFACE_3GB,
	[KINORA_RX_RATE_6G] = KINORA_INTERFACE_6G,
	[KINORA_RX_RATE_12G] = KINORA_INTERFACE_12G,
	[KINORA_RX_RATE_24G] = KINORA_INTERFACE_24G,
};

void detect_init(struct detect *detect)
{
	*detect = (struct detect){ .mapping = KINORA_MAPPING_SINGLE };
}

bool detect_order_valid(uint8_t order)
{
	unsigned int seen = 0;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		seen |= 1u << (order >> (2 * i) & 3);
	return seen == LINKS_ALL;
}

/* --- a link --- */

static uint8_t sample_rate(const struct detect_sample *sample)
{
	return FIELD_GET(KINORA_RX_RATE_MASK, sample->status);
}

static bool link_raster_is(const struct detect_link *link, const struct detect_sample *sample)
{
	return link->link_rate == sample_rate(sample) && link->words == sample->words &&
	       link->lines == sample->lines &&
	       link->interlaced == !!(sample->status & KINORA_RX_INTERLACED) &&
	       link->family == raster_family(sample->ppb);
}

static void link_raster_start(struct detect_link *link, uint64_t now_ns)
{
	const struct detect_sample *sample = &link->now;

	link->link_rate = sample_rate(sample);
	link->interlaced = sample->status & KINORA_RX_INTERLACED;
	link->words = sample->words;
	link->lines = sample->lines;
	link->family = raster_family(sample->ppb);
	link->raster = raster_find(link->link_rate, link->words, link->lines, link->interlaced);
	if (link->raster && !raster_has_family(link->raster, link->family))
		link->raster = NULL;
	link->since_ns = now_ns;
	link->settled = false;
}

static void link_update(struct detect_link *link, const struct detect_sample *sample,
			uint64_t now_ns)
{
	bool seen = sample->status & KINORA_RX_CARRIER && sample->status & KINORA_RX_LOCKED;
	bool unbroken = seen && link->seen && sample->lock_losses == link->now.lock_losses;
	uint32_t payload = sample->status & KINORA_RX_PAYLOAD_VALID ? sample->payload : 0;
	uint32_t frame_ns;

	link->now = *sample;
	link->seen = seen;
	if (!seen) {
		link->settled = false;
		link->payload = 0;
		return;
	}
	if (!unbroken || !link_raster_is(link, sample))
		link_raster_start(link, now_ns);
	if (!unbroken || payload != link->payload_seen) {
		link->payload_seen = payload;
		link->payload_since_ns = now_ns;
	}
	frame_ns = raster_frame_ns(link->raster);
	if (now_ns - link->since_ns >= frame_ns)
		link->settled = true;
	if (!link->settled)
		link->payload = 0;
	else if (now_ns - link->payload_since_ns >= frame_ns)
		link->payload = link->payload_seen;
}

static uint64_t link_next(const struct detect_link *link)
{
	if (!link->seen)
		return UINT64_MAX;
	/* Until the raster has settled the payload id waits for it, however old it is. */
	if (!link->settled)
		return link->since_ns + raster_frame_ns(link->raster);
	if (link->payload != link->payload_seen)
		return link->payload_since_ns + raster_frame_ns(link->raster);
	return UINT64_MAX;
}

/* --- one picture, of one link or of four that are equal --- */

static void signal_picture(struct kinora_signal *signal, const struct detect_link *link, bool quad)
{
	const struct raster *raster = link->raster;
	unsigned int by = quad ? 2 : 1;
	struct payload payload;

	signal->state = KINORA_SIGNAL_LOCKED;
	signal->pixelclock = raster_pixelclock(raster, link->family, quad);
	signal->rate_num = raster->rate;
	signal->rate_den = 1;
	if (link->family == RASTER_FRACTIONAL) {
		signal->rate_num = raster->rate * 1000u;
		signal->rate_den = 1001;
	}
	signal->width = raster->width * by;
	signal->height = raster->height * by;
	signal->htotal = raster->htotal * by;
	signal->vtotal = raster->vtotal * by;
	if (raster->interlaced)
		signal->scan |= KINORA_SCAN_INTERLACED;
	/* RP 211: an interlaced transport at 24 Hz has no other meaning */
	if (raster->interlaced && raster->rate == 24)
		signal->scan |= KINORA_SCAN_PSF;

	/*
	 * Without a payload id this much is known: every row of the raster table is 4:2:2, 10 bits.
	 */
	signal->colorimetry = KINORA_COLORIMETRY_UNKNOWN;
	signal->transfer = KINORA_TRANSFER_UNSPECIFIED;
	signal->range = KINORA_RANGE_NARROW;
	signal->sampling = KINORA_SAMPLING_422;
	signal->depth = 10;
	if (!payload_decode(link->payload, &payload) ||
	    payload.standard->link_rate != raster->link_rate)
		return;
	signal->colorimetry = payload.colorimetry;
	signal->transfer = payload.transfer;
	if (payload.depth && payload.depth <= 10) {
		signal->depth = payload.depth;
		signal->range = payload.range;
	}
	/* 4:2:0 travels in 4:2:2 words; anything fuller has no room in them */
	if (payload.sampling == KINORA_SAMPLING_420)
		signal->sampling = KINORA_SAMPLING_420;
	if (raster->interlaced && payload.progressive_picture)
		signal->scan |= KINORA_SCAN_PSF;
}

static void signal_single(const struct detect_link *link, unsigned int n,
			  struct kinora_signal *signal)
{
	*signal = (struct kinora_signal){ .state = KINORA_SIGNAL_NONE };
	if (!(link->now.status & KINORA_RX_CARRIER))
		return;
	signal->state = KINORA_SIGNAL_UNSTABLE;
	if (!link->settled)
		return;
	signal->links = 1u << n;
	signal->interface = interfaces[link->link_rate];
	signal->payload_id[0] = link->payload;
	if (!link->raster) {
		signal->state = KINORA_SIGNAL_UNSUPPORTED;
		signal->reason = KINORA_REASON_RASTER;
		return;
	}
	signal_picture(signal, link, false);
}

/* --- four links --- */

/* What four links like this one make; NULL: nothing. */
static const struct quad_kind *quad_kind_find(const struct raster *raster)
{
	if (!raster || raster->interlaced)
		return NULL;
	for (size_t i = 0; i < sizeof(quad_kinds) / sizeof(quad_kinds[0]); i++)
		if (quad_kinds[i].link_rate == raster->link_rate &&
		    quad_kinds[i].height == raster->height)
			return &quad_kinds[i];
	return NULL;
}

static bool quad_transports_equal(const struct detect_link *link)
{
	for (unsigned int i = 1; i < KINORA_RX_LINKS; i++)
		if (link[i].link_rate != link[0].link_rate || link[i].words != link[0].words ||
		    link[i].lines != link[0].lines || link[i].interlaced != link[0].interlaced ||
		    link[i].family != link[0].family)
			return false;
	return true;
}

/* Settled links of one family: their ppb lie well inside an int32_t. */
static bool quad_clocks_equal(const struct detect_link *link)
{
	int32_t low = link[0].now.ppb, high = low;

	for (unsigned int i = 1; i < KINORA_RX_LINKS; i++) {
		if (link[i].now.ppb < low)
			low = link[i].now.ppb;
		if (link[i].now.ppb > high)
			high = link[i].now.ppb;
	}
	return high - low <= DETECT_CLOCKS_APART_PPB;
}

static bool quad_payloads_equal(const uint32_t id[KINORA_RX_LINKS], uint32_t but)
{
	for (unsigned int i = 1; i < KINORA_RX_LINKS; i++)
		if ((id[i] | but) != (id[0] | but))
			return false;
	return true;
}

/*
 * Which mapping the payload ids and the setting by hand ask for. _REASON_NONE with *mapping set, or
 * why there is none.
 */
static uint8_t quad_mapping(const struct detect *detect, const struct quad_kind *kind,
			    const uint32_t id[KINORA_RX_LINKS], uint8_t *mapping)
{
	uint8_t code = PAYLOAD_BYTE(id[0], 1);
	bool unnumbered = quad_payloads_equal(id, 0);
	uint8_t number[KINORA_RX_LINKS];

	if (!quad_payloads_equal(id, PAYLOAD_OF_LINK))
		return KINORA_REASON_LINKS_DIFFER;
	*mapping = detect->mapping;
	if (*mapping == KINORA_MAPPING_SINGLE) {
		if (code && code == kind->code_sqd) {
			*mapping = KINORA_MAPPING_SQD;
			return unnumbered ? KINORA_REASON_NONE : KINORA_REASON_LINKS_DIFFER;
		}
		if (code && code != kind->code_2si)
			return KINORA_REASON_LINKS_DIFFER;
		/* Without ids nobody can say that the order of the cables is right. */
		*mapping = KINORA_MAPPING_2SI;
		unnumbered = false;
	}
	/* Who set the mapping by hand vouches for the order of links that do not tell it. */
	if (unnumbered)
		return KINORA_REASON_NONE;
	if (!payload_link_numbers(id, number))
		return KINORA_REASON_LINK_ORDER;
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (number[i] != i)
			return KINORA_REASON_LINK_ORDER;
	return KINORA_REASON_NONE;
}

static bool quad_skew_fits(const struct detect_link *link)
{
	uint32_t limit = DETECT_SKEW_SOURCE_NS + raster_line_ns(link[0].raster);

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (link[i].now.skew_ns > limit)
			return false;
	return true;
}

/* Why four settled links are no picture, or _REASON_NONE with *mapping set. */
static uint8_t quad_reason(const struct detect *detect, const uint32_t id[KINORA_RX_LINKS],
			   uint8_t *mapping)
{
	const struct detect_link *link = detect->link;
	const struct quad_kind *kind = quad_kind_find(link[0].raster);
	uint8_t reason;

	if (!quad_transports_equal(link))
		return KINORA_REASON_LINKS_DIFFER;
	if (!kind)
		return KINORA_REASON_RASTER;
	if (!quad_clocks_equal(link))
		return KINORA_REASON_LINKS_DIFFER;
	reason = quad_mapping(detect, kind, id, mapping);
	if (reason != KINORA_REASON_NONE)
		return reason;
	return quad_skew_fits(link) ? KINORA_REASON_NONE : KINORA_REASON_SKEW;
}

static void quad_judge(const struct detect *detect, struct kinora_signal *signal)
{
	const struct detect_link *link = detect->link;
	const struct quad_kind *kind;
	uint32_t id[KINORA_RX_LINKS];
	bool carrier = false;
	uint8_t mapping = KINORA_MAPPING_SINGLE;

	*signal = (struct kinora_signal){ .state = KINORA_SIGNAL_NONE };
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		carrier |= !!(link[i].now.status & KINORA_RX_CARRIER);
		id[i] = link[i].payload;
		signal->payload_id[i] = id[i];
		if (link[i].settled)
			signal->links |= 1u << i;
	}
	if (!carrier)
		return;
	if (signal->links != LINKS_ALL) {
		signal->state = KINORA_SIGNAL_UNSTABLE;
		signal->reason = KINORA_REASON_LINK_MISSING;
		return;
	}
	kind = quad_kind_find(link[0].raster);
	if (kind && quad_transports_equal(link))
		signal->interface = kind->interface;
	signal->reason = quad_reason(detect, id, &mapping);
	if (signal->reason != KINORA_REASON_NONE) {
		signal->state = KINORA_SIGNAL_UNSUPPORTED;
		return;
	}
	signal_picture(signal, &link[0], true);
	signal->mapping = mapping;
}

static bool quad_rasters_stand(const struct detect *detect)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		const struct detect_link *link = &detect->link[i];

		if (!link->settled || link->raster != detect->quad_raster ||
		    link->family != detect->quad_family)
			return false;
	}
	return true;
}

static void quad_update(struct detect *detect, uint64_t now_ns)
{
	struct kinora_signal verdict;

	quad_judge(detect, &verdict);
	if (detect->quad.state == KINORA_SIGNAL_LOCKED &&
	    verdict.state != KINORA_SIGNAL_LOCKED && quad_rasters_stand(detect)) {
		if (!detect->quad_doubted) {
			detect->quad_doubted = true;
			detect->quad_doubted_ns = now_ns;
		}
		if (now_ns - detect->quad_doubted_ns < raster_frame_ns(detect->quad_raster))
			return;
	}
	detect->quad_doubted = false;
	detect->quad = verdict;
	detect->quad_raster = detect->link[0].raster;
	detect->quad_family = detect->link[0].family;
}

/* --- the whole --- */

void detect_update(struct detect *detect, const struct detect_sample sample[KINORA_RX_LINKS],
		   uint64_t now_ns)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		link_update(&detect->link[i], &sample[i], now_ns);
	quad_update(detect, now_ns);
}

/* Those that stand for themselves, whatever the signal is. */
static uint8_t link_flags(const struct detect_link *link)
{
	return link->now.status & KINORA_RX_CARRIER ? KINORA_SIGNAL_FLAG_POWER : 0;
}

void detect_signal(const struct detect *detect, unsigned int connector,
		   struct kinora_signal *signal)
{
	const struct detect_link *link = detect->link;

	if (connector < KINORA_RX_LINKS) {
		link += connector;
		signal_single(link, connector, signal);
		signal->crc_errors[0] = link->now.crc_errors;
		signal->lock_losses = link->now.lock_losses;
		signal->flags |= link_flags(link);
	} else {
		*signal = detect->quad;
		if (detect->mapping != KINORA_MAPPING_SINGLE || detect->order)
			signal->flags |= KINORA_SIGNAL_FLAG_OVERRIDE;
		for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
			signal->crc_errors[i] = link[i].now.crc_errors;
			signal->lock_losses += link[i].now.lock_losses;
			signal->flags |= link_flags(&link[i]);
			if (link[i].seen)
				signal->skew_ns[i] = link[i].now.skew_ns;
		}
	}
	if (signal->state == KINORA_SIGNAL_LOCKED)
		signal->clock_ppb = raster_clock_ppb(link->family, link->now.ppb);
}

uint64_t detect_next(const struct detect *detect)
{
	uint64_t next = UINT64_MAX;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		uint64_t at = link_next(&detect->link[i]);

		if (at < next)
			next = at;
	}
	if (detect->quad_doubted) {
		uint64_t at = detect->quad_doubted_ns + raster_frame_ns(detect->quad_raster);

		if (at < next)
			next = at;
	}
	return next;
}
