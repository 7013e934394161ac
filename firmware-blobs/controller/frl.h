/* SPDX-License-Identifier: MIT */
/*
 * The sink's side of SCDC: link training for FRL, scrambling for TMDS, lock bits for the source
 * (HDMI 2.1, 6.4 and 10.4; docs/hardware.md, section 15). As two state machines that see each other
 * only through registers:
 *
 *   source                                       this
 *                                                FLT_ready, with hot-plug
 *   FRL_Rate = n                        ->       LINK = n; requests a pattern on each lane;
 *                                                sets FLT_update
 *   reads the requests, sends the patterns,
 *   clears FLT_update                   ->       waits for the patterns; a lane found clean is
 *                                                requested 0, with FLT_update; one that is dirty
 *                                                for 50 ms next equalisation, then the pattern
 *                                       <-       all lanes 0 and FLT_update cleared: FRL_start
 *   clears FRL_start, sends video       ->       runs
 *
 * A rate is refused (Fh on all lanes, FLT_update) when a lane stays dirty at every equalisation,
 * and when the whole has not come to an end 200 ms after the rate was written, whoever is to blame.
 *
 * A link that runs, but for FRL_DARK_NS has data and no raster, is trained anew: a lane may have
 * gone bad. Once, until it locks again; not when the source forbids it; and a source that does not
 * answer keeps the link it has.
 */
#ifndef CONTROLLER_FRL_H
#define CONTROLLER_FRL_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

struct log;

#define FRL_LANES 4
#define FRL_RATES 6
#define FRL_DIRTY_NS 50000000ULL	/* at one equalisation */
#define FRL_TRAINING_NS 200000000ULL	/* for a rate */
#define FRL_DARK_NS 500000000ULL	/* data on the lanes, but no raster */
#define FRL_FFE_MAX 3			/* equalisations after the first one */

enum frl_state {
	FRL_TMDS,	/* the source asks for no rate */
	FRL_TRAINING,	/* patterns */
	FRL_STARTING,	/* FRL_start is set, the source has not cleared it */
	FRL_RUNNING,
	FRL_REFUSED,	/* the source is to choose another rate */
};

struct frl {
	const struct controller_hal *hal;
	struct log *log;
	enum frl_state state;
	bool ready;			/* hot-plug is high */
	bool powered;			/* a source is there */
	bool failed;			/* a rate was refused, and none has run since */
	uint8_t rate;			/* that the source asked for last; 0: TMDS */
	uint8_t refused;		/* rate refused last */
	uint8_t lanes;
	uint8_t ffe_levels;		/* equalisations the source has */
	uint8_t trained;		/* BIT(lane): clean */
	bool equalising;		/* a next equalisation is requested, not yet taken */
	uint8_t fresh;			/* BIT(lane): pattern is requested, not yet taken */
	uint8_t request[FRL_LANES];	/* as in registers 41h and 42h */
	uint8_t ffe[FRL_LANES];		/* equalisations requested */
	uint64_t since_ns[FRL_LANES];	/* the source took the request for the pattern */
	uint64_t start_ns;		/* of the training */
	bool dark;			/* it runs without a raster ... */
	uint64_t dark_ns;		/* ... since then */
	bool retrained;			/* for it; until it locks */
	bool answered;			/* the source has taken a request of this training */
};

/* Goes on with a link that an earlier start of the firmware trained. */
void frl_init(struct frl *frl, const struct controller_hal *hal, struct log *log);

/*
 * One look. status is the receiver's; ready: hot-plug is high. Returns when it wants to look again
 * at the latest; UINT64_MAX: when a register changes.
 */
uint64_t frl_poll(struct frl *frl, uint32_t status, bool ready, uint64_t now_ns);

/* Rate of a link that runs; 0: TMDS, or none yet. */
uint8_t frl_rate(const struct frl *frl);

/* Every rate that the source tried was refused, and it tries no more. */
bool frl_gave_up(const struct frl *frl);

#endif
