/* SPDX-License-Identifier: MIT */
/*
 * From receiver readings to what is on a connector. Two layers of state:
 *
 * - A link (one receiver) settles when its raster was the same for a whole frame, so for two frames
 *   with the receiver's own. What goes away, goes at once. A payload id has its own settling: a new
 *   one replaces the old after a frame and does not disturb the raster, so a source may switch its
 *   transfer or lose a packet without a break.
 * - The quad link groups the settled links. Once locked it keeps its verdict for a frame while the
 *   four rasters stand, since four receivers never see a change in the same instant.
 * - A link that loses lock again and again is left alone until it stands (flap.h).
 *
 * A link of an 8K picture is a complete 2160p raster of its own and is shown as such on its SDI
 * connector, next to the quad link that shows the whole.
 *
 * Plain state and pure decisions: no clock, no hardware. The caller samples and gives the time.
 */
#ifndef CONTROLLER_DETECT_H
#define CONTROLLER_DETECT_H

#include <stdbool.h>
#include <stdint.h>

#include "flap.h"
#include "kinora_hw.h"
#include "raster.h"

#define DETECT_CONNECTORS (KINORA_CONN_SDI_QUAD + 1)

/* Links of one source run from one oscillator: further apart than this they are different ones. */
#define DETECT_CLOCKS_APART_PPB 20000

/*
 * A source may send its links up to 400 ns apart (ST 425-5 and its family); cables and routers add
 * to that, and the card can realign one line of the transport.
 */
#define DETECT_SKEW_SOURCE_NS 400

/* Links that were too far apart come back only this much nearer, so that jitter decides nothing. */
#define DETECT_SKEW_RETURN_NS 1000

/* A wire error is shown in the flags for so long. */
#define DETECT_ERRORS_NS 1000000000ULL

/* One look at a receiver: its registers as read. */
struct detect_sample {
	uint32_t status;
	uint32_t words;
	uint32_t lines;
	int32_t ppb;
	uint32_t payload;
	uint32_t skew_ns;
	uint32_t crc_errors;
	uint32_t lock_losses;
};

struct detect_link {
	struct detect_sample now;	/* the latest sample */
	bool seen;			/* carrier and lock in it */

	/* The raster last seen, since when, and whether that is long enough. Valid while seen. */
	uint8_t link_rate;		/* KINORA_RX_RATE_* */
	bool toggles;			/* two fields */
	uint32_t words;
	uint32_t lines;
	enum raster_family family;
	const struct raster *raster;	/* NULL: no standard that we know */
	uint64_t since_ns;
	bool settled;

	/* The same of the payload id. */
	uint32_t payload_seen;
	uint64_t payload_since_ns;
	uint32_t payload;		/* settled; 0: none */

	struct flap flap;
	bool looked;			/* counters can be compared with an earlier sample */
	bool erred;			/* CRC errors have been counted ... */
	uint64_t errors_ns;		/* ... at this time for the last time */
};

struct detect {
	struct detect_link link[KINORA_RX_LINKS];
	/* KINORA_MAPPING_2SI or _SQD: set by hand, goes before the payload ids. _SINGLE: not set */
	uint8_t mapping;
	/*
	 * Which part of the picture each link has, as kinora_signal.order: set by hand, goes before
	 * the link numbers. 0: not set
	 */
	uint8_t order;
	struct kinora_signal quad;	/* the verdict that stands; counters are not kept in it */
	const struct raster *quad_raster;	/* of each link, while quad is LOCKED */
	enum raster_family quad_family;
	bool quad_doubted;		/* LOCKED, but the links have said otherwise since ... */
	uint64_t quad_doubted_ns;	/* ... this time */
};

void detect_init(struct detect *detect);

/* Each part of the picture is on one link. */
bool detect_order_valid(uint8_t order);

/*
 * Take the next samples, one of each link. Time does not run backwards. Returns BIT(link) of those
 * that begin to flap.
 */
unsigned int detect_update(struct detect *detect,
			   const struct detect_sample sample[KINORA_RX_LINKS], uint64_t now_ns);

/*
 * What is on a connector, below DETECT_CONNECTORS, after the last update. Everything but
 * seq_begin, seq_end, generation and since_ns, which are 0.
 */
void detect_signal(const struct detect *detect, unsigned int connector,
		   struct kinora_signal *signal);

/* When the next update will decide something that waits for time to pass; UINT64_MAX: nothing. */
uint64_t detect_next(const struct detect *detect);

#endif
