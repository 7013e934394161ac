/* SPDX-License-Identifier: MIT */
/*
 * The card: BAR 0 of docs/hardware.md, and everything behind it. One struct, made once.
 *
 * Threads, and what each may wait for:
 * - The server's thread (vfu.h) calls card_read(), card_write(), card_reset(). They take locks for
 *   moments only and never touch guest memory.
 * - One thread a channel (channel.h) keeps the time and moves the data.
 * - The controller's thread (signals.h) runs the firmware and writes signal blocks.
 * - The stimulus side (world.h, control.h) plugs wires and sets faults, and makes prints.
 *
 * Locks, from outer to inner: hdmi_cable->lock, channel->lock, card->lock, then one of wire->lock,
 * loader->lock, receivers->lock, hdmi_port->lock. Nobody holds one of them while reaching for guest
 * memory.
 *
 * The host side is a table of functions, so that tests and the fuzzer are the host.
 */
#ifndef VCARD_CARD_H
#define VCARD_CARD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "books.h"
#include "channel.h"
#include "copy.h"
#include "kinora_hw.h"
#include "printer.h"
#include "signals.h"
#include "wire.h"

#define CARD_CONNECTORS (BIT(KINORA_CONN_SDI1) | BIT(KINORA_CONN_SDI2) | BIT(KINORA_CONN_SDI3) | \
			 BIT(KINORA_CONN_SDI4) | BIT(KINORA_CONN_SDI_QUAD) | BIT(KINORA_CONN_HDMI1))
#define CARD_FORMATS (BIT(KINORA_FMTS) - 1)
#define CARD_RING_LOG2_MAX 8
#define CARD_TIMEOUT_MS 5000		/* unless said otherwise */
#define CARD_TIMEOUT_MS_MAX 65535
#define CARD_LINK_GEN 4			/* what full load needs */
#define CARD_LINK_WIDTH 8
#define CARD_REVISION 1

/* The way to the host; as the functions of vfu.h, which see for what they return. */
struct card_host {
	void *opaque;
	int (*dma_begin)(void *opaque, uint64_t addr, uint64_t len, bool write, void **ptr,
			 uint64_t *run);
	void (*dma_end)(void *opaque);
	int (*dma_read)(void *opaque, uint64_t addr, void *buf, size_t n);
	int (*dma_write)(void *opaque, uint64_t addr, const void *buf, size_t n);
	int (*irq_raise)(void *opaque, unsigned int vector);
};

struct card_config {
	char serial[KINORA_SERIAL_BYTES + 1];
	uint32_t timeout_ms;		/* CAP.TIMEOUT */
	struct loader_config loader;	/* the controller's firmware */
	uint64_t print_memory;		/* bytes of rendered pictures a wire may hold */
	bool hand_clock;		/* the card's time goes on by card_clock_set() only */
};

#define CARD_NEVER UINT64_MAX		/* a time that does not come */

/* What the stimulus broke. Atomic, because every thread looks. */
struct card_faults {
	atomic_bool dead;		/* stop-answering: until the next reset */
	atomic_bool mute;		/* no interrupt goes out */
	atomic_uint lose;		/* the next so many interrupts do not */
	atomic_uint corrupt;		/* 1 + enum stimulus_record_field; 0: none */
};

struct connector {
	struct wire *wire;		/* GUARDED_BY(card->lock); NULL: nothing plugged in */
	struct kinora_signal signal;	/* GUARDED_BY(card->lock); what the firmware says of it */
};

struct card {
	struct card_config config;
	struct card_host host;
	struct books books;
	struct card_faults faults;
	copy_function *copy;
	uint64_t power_up_ns;		/* CLOCK_MONOTONIC */
	atomic_ullong hand_ns;		/* the time of a hand clock */

	pthread_mutex_t lock;
	struct connector connector[KINORA_CONNECTORS];	/* GUARDED_BY(lock) */
	bool enable;			/* GUARDED_BY(lock): CONTROL.ENABLE */
	bool enabled;			/* GUARDED_BY(lock): STATUS.ENABLED */
	bool resetting;			/* GUARDED_BY(lock): until the threads are at rest */
	bool fatal;			/* GUARDED_BY(lock) */
	uint64_t signals;		/* GUARDED_BY(lock): register */
	uint32_t event_vector;		/* GUARDED_BY(lock): register */
	uint32_t time_hi;		/* GUARDED_BY(lock): latched */

	struct channel channel[KINORA_CHANNELS];
	struct signals controller;
	struct printer printer;
};

/* 0 or negative errno. Registers answer, but nothing happens before card_start(). */
int card_init(struct card *card, const struct card_config *config, const struct card_host *host);
/* Starts the threads. */
int card_start(struct card *card);
/* Ends the threads. The host's functions are not called after this. */
void card_finish(struct card *card);

/* BAR 0, an access of n bytes; anything but aligned 32 bits reads 0 and writes nothing. */
void card_read(struct card *card, uint64_t offset, void *buf, size_t n);
void card_write(struct card *card, uint64_t offset, const void *buf, size_t n);
/* One register, as above. */
uint32_t card_register_read(struct card *card, uint64_t offset);
void card_register_write(struct card *card, uint64_t offset, uint32_t value);

/* Device reset, FLR, or the host has gone: on return nothing of the card touches the host. */
void card_reset(struct card *card);

/* The card's clock, ns. */
uint64_t card_time(const struct card *card);
/*
 * How the card's threads wait: under lock, for the condition or until the clock shows ns; it may be
 * over earlier. due, under the same lock, tells card_due() meanwhile, and is 0 again afterwards.
 */
void card_wait(struct card *card, pthread_cond_t *condition, pthread_mutex_t *lock, uint64_t *due,
	       uint64_t ns);

/*
 * A clock that is moved by hand, for tests: who lets the time go on only while card_due() is later
 * has a card that is never late, whatever the machine is busy with. set: never backwards. due: the
 * earliest time that a thread waits for; 0: one has something to do.
 */
void card_clock_set(struct card *card, uint64_t ns);
uint64_t card_due(struct card *card);

/* An interrupt, if no fault swallows it. True when the host took it. */
bool card_interrupt(struct card *card, unsigned int vector);
/* The event interrupt. */
void card_event(struct card *card);

/*
 * Plug wire (NULL: nothing) into a connector; takes the caller's reference. The wire's cadence
 * begins at t0. Who listens to the connector notices at once.
 */
void card_wire_plug(struct card *card, unsigned int connector, struct wire *wire);
/*
 * The four SDI links and the whole they are read as (NULL: none), all at once, as card_wire_plug().
 * link: NULL for a connector that stays as it is.
 */
void card_links_plug(struct card *card, struct wire **const link[KINORA_RX_LINKS],
		     struct wire *whole);
/* The firmware has judged the quad link anew: read the links as its block says. */
void card_view_update(struct card *card);
/* A new reference, or NULL. */
struct wire *card_wire(struct card *card, unsigned int connector);
void card_signal(struct card *card, unsigned int connector, struct kinora_signal *out);
/* Both, of one moment. */
struct wire *card_wire_signal(struct card *card, unsigned int connector,
			      struct kinora_signal *signal);

/* Streams that exist, BIT(n). */
uint32_t card_streams_present(const struct card *card);

#endif
