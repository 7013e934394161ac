/* SPDX-License-Identifier: MIT */
/*
 * The card's controller: the receivers, the firmware that reads them (loader.h says which), and the
 * writing of signal blocks into host memory, on one thread.
 */
#ifndef VCARD_SIGNALS_H
#define VCARD_SIGNALS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bus.h"
#include "hdmi_cable.h"
#include "hdmi_port.h"
#include "loader.h"
#include "receiver.h"

struct card;

struct signals {
	struct card *card;
	struct receivers receivers;
	struct hdmi_port hdmi;
	struct hdmi_cable cable;
	struct bus bus;			/* the thread's */
	struct loader loader;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock;
	pthread_cond_t wake;		/* for the thread */
	uint64_t due;			/* GUARDED_BY(lock): what it waits for; 0: it does not */
	pthread_cond_t rest;		/* from the thread */
	bool poked;			/* GUARDED_BY(lock): look again */
	bool quit;			/* GUARDED_BY(lock) */
	bool writing;			/* GUARDED_BY(lock): it may be at host memory */
	uint32_t stale;			/* the thread's: BIT(block) to be written */
	uint64_t area;			/* the thread's: SIGNALS, latched at enable */
	bool tell;			/* the thread's: raise the event vector */
	uint32_t sequence[BUS_BLOCKS];	/* the thread's: seq_begin of the last writing */
};

int signals_init(struct signals *signals, struct card *card);
/* Waits for the firmware to say that it runs; -ENOEXEC: it does not. */
int signals_start(struct signals *signals);
void signals_stop(struct signals *signals);	/* the thread; before the channels */
void signals_finish(struct signals *signals);

/* A receiver or the card's ENABLE changed. */
void signals_notify(struct signals *signals);
/* Of a hand clock (card.h): it was moved; what the thread waits for. */
void signals_clock(struct signals *signals);
uint64_t signals_due(struct signals *signals);
/* True when it is not writing, and the card's registers let it write no more. */
bool signals_at_rest(struct signals *signals);
bool signals_rest_wait(struct signals *signals, unsigned int ms);

/* All receivers that a connector is made of have lock, now. */
bool signals_links_locked(struct signals *signals, unsigned int connector);
/* Lines with a CRC error in a stretch of time. */
uint32_t signals_line_errors(struct signals *signals, unsigned int connector, uint64_t from_ns,
			     uint64_t to_ns);

#endif
