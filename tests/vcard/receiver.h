/* SPDX-License-Identifier: MIT */
/*
 * The four SDI receivers of the virtual card, as the controller's firmware sees them: what the
 * stimulus puts on the wire, turned into the registers KINORA_RX_*.
 *
 * Everything is a function of time: nothing runs in the background. A register read at t gives what
 * it holds at t, lock two frames after the signal came included, and receiver_next_change() says
 * when there will be something new to read. Times are ns of the card's clock, and the caller's
 * successive "now"s do not run backwards.
 *
 * Surprises:
 * - sdi-quad is not a receiver: it drives all four, and a later signal on sdi2 replaces link 2.
 * - Every signal is a new source, even one equal to the last: lock is lost and found again.
 * - Sources of one clock (ppm=) are genlocked: their links differ in time only by the skew fault.
 *   Others drift past each other.
 * - A flapping cable is plugged and pulled by whoever asks next, for the times that have passed.
 * - Line CRC errors are spread evenly, not at random: rate x lines passed, rounded down. A count is
 *   the same whoever asks for it and when.
 *
 * Thread safe; every call takes the receivers' own mutex and none waits.
 */
#ifndef VCARD_RECEIVER_H
#define VCARD_RECEIVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "kinora_hw.h"
#include "spread.h"
#include "stimulus.h"

#define RECEIVER_PPM_MAX 100000	/* of a source's clock */
#define RECEIVER_FLAP_HZ_MAX 1000

struct receiver {
	bool plugged;		/* a source is connected */
	bool carrier;		/* ... and its cable makes contact */
	bool lockable;		/* a rate that the receiver knows; what follows is valid then */
	uint64_t locked_ns;	/* lock from here on */
	uint8_t link_rate;	/* KINORA_RX_RATE_* */
	bool interlaced;
	uint32_t words;
	uint32_t lines;
	int32_t ppb;
	bool payload_valid;
	uint32_t payload;
	double ppm;		/* of the source's clock */
	double frame_ns;	/* of the transport, by the card's clock */
	uint32_t losses;	/* of lock */

	double crc_rate;	/* fault: errors a line */
	double skew;		/* fault: behind the others ... */
	bool skew_lines;	/* ... in lines, otherwise in words */
	double flap_on_ns;	/* fault: contact for so long, 0: always ... */
	double flap_off_ns;	/* ... then none for so long */
	uint64_t flap_start_ns;
	uint64_t flap_count;	/* contacts made and lost since then */
	struct spread errors;
};

struct receivers {
	pthread_mutex_t lock;
	struct receiver link[KINORA_RX_LINKS];	/* GUARDED_BY(lock) */
};

/* 0 or negative errno. The receivers see no carrier. */
int receivers_init(struct receivers *receivers);
void receivers_finish(struct receivers *receivers);

/*
 * Put a signal on connector (KINORA_CONN_SDI1 .. KINORA_CONN_SDI_QUAD) from now_ns on; mode NULL is
 * receiver_off(). 0; -EINVAL: no SDI connector, or a clock beyond RECEIVER_PPM_MAX; -EOPNOTSUPP:
 * this mode does not go through this connector by this interface. Nothing was changed then. Faults
 * stay.
 */
int receiver_signal(struct receivers *receivers, unsigned int connector,
		    const struct stimulus_signal *signal, uint64_t now_ns);
/* Take the cable off. 0 or -EINVAL. */
int receiver_off(struct receivers *receivers, unsigned int connector, uint64_t now_ns);

/*
 * Faults, until cleared; a connector of four links gets them on all four. 0 or -EINVAL: no SDI
 * connector, rate outside 0..1.
 *
 * skew: of the last link behind the first, the others evenly between; on a single connector, of
 * that link. In lines or words of a data stream.
 * unlock: no lock for so long, then found again after two frames.
 * flap: hz times a second the cable loses contact, for off percent of the time. -EINVAL also for hz
 * outside 0 .. RECEIVER_FLAP_HZ_MAX, or off outside 1 .. 99.
 */
int receiver_fault_crc(struct receivers *receivers, unsigned int connector, double rate,
		       uint64_t now_ns);
int receiver_fault_skew(struct receivers *receivers, unsigned int connector, uint32_t skew,
			bool lines);
int receiver_fault_unlock(struct receivers *receivers, unsigned int connector, uint32_t ms,
			  uint64_t now_ns);
int receiver_fault_flap(struct receivers *receivers, unsigned int connector, double hz,
			unsigned int off, uint64_t now_ns);
int receiver_fault_clear(struct receivers *receivers, unsigned int connector, uint64_t now_ns);

/* A register, KINORA_RX_*. 0 for a link or register that is not there. */
uint32_t receiver_read(struct receivers *receivers, unsigned int link, unsigned int reg,
		       uint64_t now_ns);

/*
 * The first time after now_ns at which a register other than a counter changes by itself;
 * UINT64_MAX: not before the next call of one of the above.
 */
uint64_t receiver_next_change(struct receivers *receivers, uint64_t now_ns);

/* Lines with a CRC error on link in [from_ns, to_ns). 0 for a link that is not there. */
uint32_t receiver_line_errors_in(struct receivers *receivers, unsigned int link, uint64_t from_ns,
				 uint64_t to_ns);

#endif
