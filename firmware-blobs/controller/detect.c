// SPDX-License-Identifier: MIT
/*
 * The judgement of what a connector carries. Top to bottom: links settle, single links are
 * described, four links are judged as one picture.
 *
 * Rule of evidence: what the receiver measured decides the raster, the rate and the family. The
 * payload id adds what cannot be measured: colours, and how links and data streams belong together.
 * Where it contradicts the measurement it lies, and the picture is shown as measured:
 * - An id of another link rate, height, scan or frame rate is of another picture. None of it is
 *   believed, its colours as little as the rest: they would be a guess.
 * - An id whose only fault is the 1/1.001, or more bits than the raster has room for, is believed
 *   but for that. Codes E and F of the rate say 120 Hz and nothing more, as sources disagree which
 *   is which.
 * The id itself is shown as it came.
 */
#include "detect.h"

#include <stddef.h>

#include "payload.h"

#define LINKS_ALL ((1u << KINORA_RX_LINKS) - 1)

/*
 * Byte 4 bits of an id in which links of one picture differ: number and audio copy status. The
 * second is no number: links that differ in it alone are not numbered.
 */
#define PAYLOAD_AUDIO_COPY (0x04u << 24)
#define PAYLOAD_OF_LINK (0xe0u << 24 | PAYLOAD_AUDIO_COPY)

#define CODE_4320_QUAD_12G 0xd2
#define CODE_1080_DUAL_HD 0x87
#define CODE_1080_STREAMS 0x8c

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
	{ KINORA_RX_RATE_3GB, 1080, KINORA_INTERFACE_QUAD_3G, 0x98, 0 },
	{ KINORA_RX_RATE_6G, 1080, KINORA_INTERFACE_QUAD_6G, 0xc5, 0 },
	{ KINORA_RX_RATE_6G, 2160, KINORA_INTERFACE_QUAD_6G, 0xc4, 0xc0 },
	{ KINORA_RX_RATE_12G, 1080, KINORA_INTERFACE_QUAD_12G, 0xd3, 0 },
	{ KINORA_RX_RATE_12G, 2160, KINORA_INTERFACE_QUAD_12G, CODE_4320_QUAD_12G, 0xce },
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

static bool sample_seen(const struct detect_sample *sample)
{
	return sample->status & KINORA_RX_CARRIER && sample->status & KINORA_RX_LOCKED;
}

static bool link_raster_is(const struct detect_link *link, const struct detect_sample *sample)
{
	return link->link_rate == sample_rate(sample) && link->words == sample->words &&
	       link->lines == sample->lines &&
	       link->toggles == !!(sample->status & KINORA_RX_INTERLACED) &&
	       link->family == raster_family(sample->ppb);
}

static void link_raster_start(struct detect_link *link, uint64_t now_ns)
{
	const struct detect_sample *sample = &link->now;

	link->link_rate = sample_rate(sample);
	link->toggles = sample->status & KINORA_RX_INTERLACED;
	link->words = sample->words;
	link->lines = sample->lines;
	link->family = raster_family(sample->ppb);
	link->raster = raster_find(link->link_rate, link->words, link->lines, link->toggles);
	if (link->raster && !raster_has_family(link->raster, link->family))
		link->raster = NULL;
	link->since_ns = now_ns;
	link->settled = false;
}

/* True when the link begins to flap. */
static bool link_count(struct detect_link *link, const struct detect_sample *sample,
		       uint64_t now_ns)
{
	uint32_t lost = 0;

	if (link->looked) {
		lost = sample->lock_losses - link->now.lock_losses;
		if (sample->crc_errors != link->now.crc_errors) {
			link->erred = true;
			link->errors_ns = now_ns;
		}
	}
	if (link->erred && now_ns - link->errors_ns >= DETECT_ERRORS_NS)
		link->erred = false;
	link->looked = true;
	return flap_update(&link->flap, lost, sample->status & KINORA_RX_CARRIER,
			   sample_seen(sample), now_ns);
}

/* True when the link begins to flap. */
static bool link_update(struct detect_link *link, const struct detect_sample *sample,
			uint64_t now_ns)
{
	bool seen = sample_seen(sample);
	bool unbroken = seen && link->seen && sample->lock_losses == link->now.lock_losses;
	uint32_t payload = sample->status & KINORA_RX_PAYLOAD_VALID ? sample->payload : 0;
	bool flaps = link_count(link, sample, now_ns);
	uint32_t frame_ns;

	link->now = *sample;
	link->seen = seen;
	if (!seen) {
		link->settled = false;
		link->payload = 0;
		return flaps;
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
	return flaps;
}

/* What is known of it is worth telling. */
static bool link_stands(const struct detect_link *link)
{
	return link->settled && !link->flap.flapping;
}

static uint64_t link_next(const struct detect_link *link)
{
	uint64_t next = flap_next(&link->flap);

	if (!link->seen)
		return next;
	/* Until the raster has settled the payload id waits for it, however old it is. */
	if (!link->settled)
		return link->since_ns + raster_frame_ns(link->raster);
	if (link->payload != link->payload_seen)
		return link->payload_since_ns + raster_frame_ns(link->raster);
	return next;
}

/* --- what a link carries: measurement and payload id together --- */

struct view {
	const struct raster *raster;	/* NULL: no standard that we know */
	bool full;			/* 4:4:4 or 12 bits, which no receiver takes */
	bool wide;			/* 2048 pixels, which no raster has */
	bool believed;			/* payload is of this picture */
	bool lies;
	struct payload payload;		/* valid while believed */
};

static bool payload_full(const struct payload *payload)
{
	return payload->depth > 10 || payload->sampling == KINORA_SAMPLING_444 ||
	       payload->sampling == KINORA_SAMPLING_RGB;
}

/*
 * Level B: whether the raster is of one picture in both streams, or of the first of two, cannot be
 * measured (raster.c). ST 372 also carries pictures up to 30 Hz with twice the bits.
 */
static void view_level_b(struct view *view)
{
	const struct payload *payload = &view->payload;

	if (payload->standard->code == CODE_1080_STREAMS) {
		view->raster = raster_of_stream(view->raster);
	} else if (payload->standard->lines >= 1080 && payload->rate && payload->rate <= 30 &&
		   payload->standard->depth == PAYLOAD_DEPTH_425 && payload_full(payload)) {
		view->raster = raster_of_stream(view->raster);
		view->full = true;
	}
}

static bool view_scan_agrees(const struct view *view, bool toggles)
{
	const struct payload *payload = &view->payload;

	if (!view->raster->interlaced && !payload->progressive_picture)
		return false;
	/* ST 372 and level B: sources describe the transport of the link, or of the picture */
	if (payload->standard->code == CODE_1080_DUAL_HD ||
	    payload->standard->link_rate == KINORA_RX_RATE_3GB)
		return true;
	return payload->progressive_transport != toggles;
}

static bool view_rate_agrees(const struct view *view)
{
	const struct payload *payload = &view->payload;

	if (!payload->rate || payload->rate == view->raster->rate)
		return true;
	/* ST 372: each link has the transport of an interlaced picture, of half the rate */
	return payload->standard->code == CODE_1080_DUAL_HD && view->raster->interlaced &&
	       payload->rate == 2 * view->raster->rate;
}

/* A link that has settled. */
static void link_view(const struct detect_link *link, struct view *view)
{
	const struct payload *payload = &view->payload;
	const struct payload_standard *standard;

	*view = (struct view){ .raster = link->raster };
	if (!link->raster)
		return;
	view->full = link->raster->full;
	/* a code that nobody has assigned says nothing, and so contradicts nothing */
	if (!payload_decode(link->payload, &view->payload))
		return;
	standard = payload->standard;
	if (link->link_rate == KINORA_RX_RATE_3GB && standard->link_rate == link->link_rate)
		view_level_b(view);
	view->believed = standard->link_rate == link->link_rate &&
			 (!standard->link_lines ||
			  standard->link_lines == view->raster->height) &&
			 (!standard->link_full || view->full) &&
			 view_scan_agrees(view, link->toggles) && view_rate_agrees(view);
	view->lies = !view->believed || (!view->full && payload_full(payload)) ||
		     (payload->rate && payload->rate != 120 &&
		      payload->fractional != (link->family == RASTER_FRACTIONAL));
	/* two of dual links make what fits neither of them alone */
	if (view->believed && standard->links == 2)
		view->lies = false;
	/* ST 2082-12, table 3, has 1920 only */
	view->wide = view->believed && payload->width_2048 &&
		     standard->code != CODE_4320_QUAD_12G;
}

/* Why this is not a picture that a receiver takes. */
static uint8_t view_reason(const struct view *view)
{
	if (!view->raster)
		return KINORA_REASON_RASTER;
	if (view->believed && view->payload.standard->links == 2)
		return KINORA_REASON_DUAL_LINK;
	if (view->wide)
		return KINORA_REASON_RASTER;
	return view->full ? KINORA_REASON_SAMPLING : KINORA_REASON_NONE;
}

/* --- one picture, of one link or of four that are equal --- */

static void signal_colours(struct kinora_signal *signal, const struct view *view)
{
	const struct payload *payload = &view->payload;

	/*
	 * Without a payload id this much is known: every row of the raster table is 4:2:2, 10 bits,
	 * or twice as much.
	 */
	signal->colorimetry = KINORA_COLORIMETRY_UNKNOWN;
	signal->transfer = KINORA_TRANSFER_UNSPECIFIED;
	signal->range = KINORA_RANGE_NARROW;
	signal->sampling = view->full ? KINORA_SAMPLING_444 : KINORA_SAMPLING_422;
	signal->depth = 10;
	if (!view->believed)
		return;
	/* the contract has no ICtCp, as on HDMI; read as YCbCr it would be wrong in every colour */
	signal->colorimetry = payload->ictcp ? KINORA_COLORIMETRY_UNKNOWN : payload->colorimetry;
	signal->transfer = payload->transfer;
	if (payload->depth && (payload->depth <= 10 || view->full)) {
		signal->depth = payload->depth;
		signal->range = payload->range;
	}
	/* 4:2:0 travels in 4:2:2 words; anything fuller has no room in them */
	if (view->full || payload->sampling == KINORA_SAMPLING_420)
		signal->sampling = payload->sampling;
	if (view->raster->interlaced && payload->progressive_picture)
		signal->scan |= KINORA_SCAN_PSF;
}

static void signal_picture(struct kinora_signal *signal, const struct detect_link *link,
			   const struct view *view, bool quad)
{
	const struct raster *raster = view->raster;
	unsigned int by = quad ? 2 : 1;

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
	signal_colours(signal, view);
}

static void signal_single(const struct detect_link *link, unsigned int n,
			  struct kinora_signal *signal)
{
	struct view view;

	*signal = (struct kinora_signal){ .state = KINORA_SIGNAL_NONE };
	if (link->flap.flapping) {
		signal->state = KINORA_SIGNAL_UNSTABLE;
		signal->reason = KINORA_REASON_FLAPPING;
		return;
	}
	if (!(link->now.status & KINORA_RX_CARRIER))
		return;
	signal->state = KINORA_SIGNAL_UNSTABLE;
	if (!link->settled)
		return;
	link_view(link, &view);
	signal->links = 1u << n;
	signal->interface = interfaces[link->link_rate];
	signal->payload_id[0] = link->payload;
	if (view.lies)
		signal->flags |= KINORA_SIGNAL_FLAG_PAYLOAD_LIES;
	signal->reason = view_reason(&view);
	signal->state = signal->reason == KINORA_REASON_NONE ? KINORA_SIGNAL_LOCKED :
							       KINORA_SIGNAL_UNSUPPORTED;
	/* what is known, but not taken, is described all the same */
	if (signal->reason != KINORA_REASON_RASTER)
		signal_picture(signal, link, &view, false);
	/* the number is in bits 7:5 or 7:6 of byte 4, and the first link's is 0 in both */
	if (signal->reason == KINORA_REASON_DUAL_LINK)
		signal->dual = PAYLOAD_BYTE(link->payload, 4) >> 5 ? 2 : 1;
}

/* --- four links --- */

/* What four links of this raster make; NULL: nothing. */
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
		    link[i].lines != link[0].lines || link[i].toggles != link[0].toggles ||
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
 * Which mapping and order the payload ids and the settings by hand ask for. _REASON_NONE with
 * *mapping set, or why there is none. *order: 0 when nobody knows.
 */
static uint8_t quad_mapping(const struct detect *detect, const struct quad_kind *kind,
			    const uint32_t id[KINORA_RX_LINKS], uint8_t *mapping, uint8_t *order)
{
	uint8_t code = PAYLOAD_BYTE(id[0], 1);
	bool unnumbered = quad_payloads_equal(id, PAYLOAD_AUDIO_COPY);
	uint8_t number[KINORA_RX_LINKS];

	if (!quad_payloads_equal(id, PAYLOAD_OF_LINK))
		return KINORA_REASON_LINKS_DIFFER;
	*mapping = detect->mapping;
	*order = detect->order;
	if (*mapping == KINORA_MAPPING_SINGLE) {
		*mapping = KINORA_MAPPING_2SI;
		if (code && code == kind->code_sqd) {
			*mapping = KINORA_MAPPING_SQD;
			if (!unnumbered)
				return KINORA_REASON_LINKS_DIFFER;
		} else if (code && code != kind->code_2si) {
			return KINORA_REASON_LINKS_DIFFER;
		}
	}
	if (*order)
		return KINORA_REASON_NONE;
	/*
	 * Who set the mapping by hand vouches for the order of links that do not tell it. Otherwise
	 * only links that are not meant to tell it are taken as they are plugged.
	 */
	if (unnumbered &&
	    (detect->mapping != KINORA_MAPPING_SINGLE || *mapping == KINORA_MAPPING_SQD)) {
		*order = KINORA_ORDER_PLUGGED;
		return KINORA_REASON_NONE;
	}
	if (!payload_link_numbers(id, number))
		return KINORA_REASON_LINK_ORDER;
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		*order |= number[i] << (2 * i);
	return *order == KINORA_ORDER_PLUGGED ? KINORA_REASON_NONE : KINORA_REASON_LINK_ORDER;
}

static bool quad_skew_fits(const struct detect *detect)
{
	const struct detect_link *link = detect->link;
	uint32_t limit = DETECT_SKEW_SOURCE_NS + raster_line_ns(link[0].raster);

	if (detect->quad.reason == KINORA_REASON_SKEW)
		limit -= DETECT_SKEW_RETURN_NS;
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (link[i].now.skew_ns > limit)
			return false;
	return true;
}

/* Why four settled links are no picture, or _REASON_NONE with *mapping set. */
static uint8_t quad_reason(const struct detect *detect, const struct view *view,
			   const uint32_t id[KINORA_RX_LINKS], uint8_t *mapping, uint8_t *order)
{
	const struct quad_kind *kind = quad_kind_find(view->raster);
	uint8_t reason;

	if (!quad_transports_equal(detect->link))
		return KINORA_REASON_LINKS_DIFFER;
	if (!kind)
		return KINORA_REASON_RASTER;
	if (!quad_clocks_equal(detect->link))
		return KINORA_REASON_LINKS_DIFFER;
	reason = quad_mapping(detect, kind, id, mapping, order);
	if (reason == KINORA_REASON_NONE)
		reason = view_reason(view);
	if (reason != KINORA_REASON_NONE)
		return reason;
	return quad_skew_fits(detect) ? KINORA_REASON_NONE : KINORA_REASON_SKEW;
}

/* Four settled links. */
static void quad_describe(const struct detect *detect, struct kinora_signal *signal)
{
	const struct detect_link *link = detect->link;
	uint8_t mapping = KINORA_MAPPING_SINGLE, order = 0;
	const struct quad_kind *kind;
	struct view view;

	for (unsigned int i = KINORA_RX_LINKS; i-- > 0;) { /* view is of the first in the end */
		link_view(&link[i], &view);
		if (view.lies)
			signal->flags |= KINORA_SIGNAL_FLAG_PAYLOAD_LIES;
	}
	kind = quad_kind_find(view.raster);
	if (kind && quad_transports_equal(link))
		signal->interface = kind->interface;
	signal->reason = quad_reason(detect, &view, signal->payload_id, &mapping, &order);
	signal->state = signal->reason == KINORA_REASON_NONE ? KINORA_SIGNAL_LOCKED :
							       KINORA_SIGNAL_UNSUPPORTED;
	if (signal->reason == KINORA_REASON_NONE || signal->reason == KINORA_REASON_SAMPLING) {
		signal_picture(signal, &link[0], &view, true);
		signal->mapping = mapping;
	}
	signal->order = order;
}

static void quad_judge(const struct detect *detect, struct kinora_signal *signal)
{
	const struct detect_link *link = detect->link;
	bool carrier = false, flapping = false;

	*signal = (struct kinora_signal){ .state = KINORA_SIGNAL_NONE };
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		carrier |= !!(link[i].now.status & KINORA_RX_CARRIER);
		flapping |= link[i].flap.flapping;
		if (!link_stands(&link[i]))
			continue;
		signal->links |= 1u << i;
		signal->payload_id[i] = link[i].payload;
	}
	if (!carrier && !flapping)
		return;
	if (signal->links == LINKS_ALL) {
		quad_describe(detect, signal);
		return;
	}
	signal->state = KINORA_SIGNAL_UNSTABLE;
	signal->reason = flapping ? KINORA_REASON_FLAPPING : KINORA_REASON_LINK_MISSING;
}

static bool quad_rasters_stand(const struct detect *detect)
{
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		const struct detect_link *link = &detect->link[i];

		if (!link_stands(link) || link->raster != detect->quad_raster ||
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

unsigned int detect_update(struct detect *detect,
			   const struct detect_sample sample[KINORA_RX_LINKS], uint64_t now_ns)
{
	unsigned int flaps = 0;

	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		if (link_update(&detect->link[i], &sample[i], now_ns))
			flaps |= 1u << i;
	quad_update(detect, now_ns);
	return flaps;
}

/* Those that stand for themselves, whatever the signal is. */
static uint8_t link_flags(const struct detect_link *link)
{
	uint8_t flags = 0;

	/* the carrier of a flapping cable is there again and again */
	if (link->flap.flapping || link->now.status & KINORA_RX_CARRIER)
		flags |= KINORA_SIGNAL_FLAG_POWER;
	if (link->erred)
		flags |= KINORA_SIGNAL_FLAG_ERRORS;
	return flags;
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
