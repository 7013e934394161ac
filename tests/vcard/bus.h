/* SPDX-License-Identifier: MIT */
/*
 * The controller's bus (docs/hardware.md, section 14): what the firmware reads and writes, whether
 * it runs natively or on the RV32 machine. Its memory is here: the mailbox window, the blocks, and
 * the words of the system; receivers, clock and host are behind a table of functions, so that tests
 * can be any of them.
 *
 * The blocks and the system's words outlive the firmware, like those of a board.
 *
 * The controller's thread makes the accesses. Another thread, the host's, may at any time use the
 * mailbox: the window's words, request and done are atomic, and done is set after the reply.
 */
#ifndef VCARD_BUS_H
#define VCARD_BUS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "hal.h"
#include "kinora_hw.h"

#define BUS_BLOCKS (KINORA_CONNECTORS + 1)	/* the last is the controller block */
#define BUS_BLOCK_CONTROLLER KINORA_CONNECTORS

/* What lies behind the bus. A function that is NULL is not there: it reads 0. */
struct bus_ops {
	uint64_t (*time_ns)(void *opaque);
	uint32_t (*receiver_read)(void *opaque, unsigned int link, unsigned int reg);
	/* offset from KINORA_CTL_HDMI */
	uint32_t (*hdmi_read)(void *opaque, uint32_t offset);
	void (*hdmi_write)(void *opaque, uint32_t offset, uint32_t value);
	/* Block 0 .. BUS_BLOCKS - 1 is to go to the host; event: and is to be announced. */
	void (*publish)(void *opaque, unsigned int block, bool event);
	/* The request that was rung has its reply. */
	void (*mailbox_done)(void *opaque, uint32_t number);
};

struct bus {
	const struct bus_ops *ops;
	void *opaque;			/* handed to ops */
	uint32_t time_hi;		/* latched */
	uint32_t wake_lo;		/* written, not yet armed */
	uint64_t wake_ns;		/* end wfi at this time; UINT64_MAX: never set */
	uint32_t starts;		/* of the controller since power-up */
	uint32_t block[BUS_BLOCKS][KINORA_SIGNAL_BYTES / 4];
	uint32_t published[BUS_BLOCKS][KINORA_SIGNAL_BYTES / 4];	/* at the last PUBLISH */
	_Atomic uint32_t version;	/* 0: the firmware has not said that it runs */
	_Atomic uint32_t request;	/* as the host wrote it */
	_Atomic uint32_t rung;		/* what the controller sees of it */
	_Atomic uint32_t done;
	_Atomic uint32_t mailbox[KINORA_MAILBOX_BYTES / 4];
};

/* Power-up: everything 0. */
void bus_init(struct bus *bus, const struct bus_ops *ops, void *opaque);

/*
 * The controller is about to start, the first time or again. A request that another run of it left
 * without a reply is forgotten: the host may have given it up and be using the window.
 */
void bus_start(struct bus *bus);

/*
 * The host's side of the mailbox. offset is within the window; anything but an aligned word that
 * is there reads 0 and writes nothing. ring: a request is in the window; heard: the controller is
 * told of it. reset: both numbers become 0, and what is still being worked on gets no reply.
 */
uint32_t bus_mailbox_read(struct bus *bus, uint32_t offset);
void bus_mailbox_write(struct bus *bus, uint32_t offset, uint32_t value);
void bus_mailbox_ring(struct bus *bus, uint32_t number, bool heard);
void bus_mailbox_reset(struct bus *bus);

/* Anything but an aligned word that is there reads 0 and writes nothing. */
uint32_t bus_read(struct bus *bus, uint32_t addr);
void bus_write(struct bus *bus, uint32_t addr, uint32_t value);

/* The bus for firmware that runs natively. */
struct controller_hal bus_hal(struct bus *bus);

/* The block as it was last published; seq_begin and seq_end are 0. */
void bus_block(const struct bus *bus, unsigned int block, void *out);

#endif
