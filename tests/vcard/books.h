/* SPDX-License-Identifier: MIT */
/*
 * The card's own books: what it saw and did, counted where it happens, for tests to compare with
 * what the host believes. Every frame period of a running stream is entered exactly once:
 *
 *	offered = delivered + lost + no_signal + mismatch + overrun + cancelled + failed
 *
 * Any thread may count and read; a figure read while the card runs is of about now.
 */
#ifndef VCARD_BOOKS_H
#define VCARD_BOOKS_H

#include <stdatomic.h>
#include <stdint.h>

#include "kinora_hw.h"

typedef _Atomic uint64_t books_count;	/* an atomic type cannot be spelt as a plain struct */

struct books_stream {
	books_count submissions;	/* entries taken from the submission ring */
	books_count records;		/* written into the completion ring */
	books_count interrupts;		/* raised and accepted by the host's interrupt set-up */
	books_count bytes;		/* of picture or ancillary data written into host memory */

	books_count offered;		/* frame periods while RUNNING */
	books_count delivered;		/* whole frames, those with WIRE_ERROR included */
	books_count lost;		/* no buffer was there */
	books_count no_signal;		/* freewheeling, a buffer was completed */
	books_count mismatch;		/* freewheeling, a buffer was completed */
	books_count overrun;		/* this program was late: the instrument's own failure */
	books_count cancelled;		/* under way when the stream was stopped or reset */
	books_count failed;		/* SHORT, BUS_ERROR or BAD_ENTRY */

	books_count wire_errors;	/* delivered frames with WIRE_ERROR */
	books_count returned;		/* buffers given back with CANCELLED */
	books_count late_slice_ns;	/* worst: a slice begun after its lines had arrived */
	books_count late_record_ns;	/* worst: a record written after the end of its frame */
};

struct books {
	books_count reads_time;		/* of TIME_LO and TIME_HI */
	books_count reads_mailbox;	/* of its two registers and the window */
	books_count reads_other;
	books_count writes_doorbell;	/* of TAIL */
	books_count writes_mailbox;
	books_count writes_other;
	books_count accesses_refused;	/* unaligned or of another size than 32 bits */

	books_count signal_blocks;	/* written into host memory */
	books_count events;		/* event interrupts accepted */
	books_count interrupts_muted;	/* swallowed by a fault of the stimulus */
	books_count interrupts_refused;	/* the host had not enabled the vector */
	books_count dma_errors;		/* transfers that the bus refused */
	books_count resets;		/* CONTROL.RESET, FLR, device reset */
	books_count image_loads;	/* LOADs of a controller image */
	books_count controller_starts;
	books_count controller_failures;	/* an image trapped, or did not come to wait */
	books_count controller_polls;
	books_count controller_instructions;	/* of images; the native firmware counts none */
	books_count complaints;		/* what the vfio-user server had to say about its client */

	struct books_stream stream[KINORA_STREAMS];
};

static inline void books_add(books_count *count, uint64_t n)
{
	atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

static inline void books_worst(books_count *count, uint64_t ns)
{
	if (ns > atomic_load_explicit(count, memory_order_relaxed))
		atomic_store_explicit(count, ns, memory_order_relaxed);
}

struct vfu_stats;

void books_reset(struct books *books);

/*
 * One JSON document, to be freed; NULL when memory is short. time_ns is the card's clock; present
 * has BIT(n) for each stream to list; transport (may be NULL) is what the vfio-user server counted.
 */
char *books_json(const struct books *books, uint64_t time_ns, uint32_t present,
		 const struct vfu_stats *transport);

#endif
