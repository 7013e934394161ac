/* SPDX-License-Identifier: MIT */
/*
 * The world around the card: carries out what a stimulus line says. Signals become wires on
 * connectors and readings of receivers; faults go where they act.
 *
 * Pictures are made before a signal is switched, in the formats that running streams will want, so
 * a call may take seconds but no frame is lost to it.
 */
#ifndef VCARD_WORLD_H
#define VCARD_WORLD_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"
#include "stimulus.h"

struct world {
	struct card *card;
	uint64_t clip_memory;		/* bytes a clip may take, as read and as rendered */
	void (*unplug)(void *opaque);	/* `card unplug` */
	void *opaque;
	pthread_mutex_t lock;		/* one thing happens at a time */
	/* what was put on each connector, in the words of the language; GUARDED_BY(lock) */
	char text[STIMULUS_CONNECTORS][96];
	/* when it came, card clock; GUARDED_BY(lock) */
	uint64_t put_ns[STIMULUS_CONNECTORS];
};

void world_init(struct world *world, struct card *card, uint64_t clip_memory);
void world_finish(struct world *world);

/*
 * Carry out what changes something: SIGNAL, FAULT, CARD, CEC, and BOOKS with reset. 0, or negative
 * errno with the reason in error, and then nothing has changed: -ENODEV for a connector this card
 * lacks, -EOPNOTSUPP for a mode that does not go through it, or what the clip failed with.
 */
int world_apply(struct world *world, const struct stimulus *stimulus, char *error, size_t size);

/* Period of the fastest signal there is, ns; of 60 Hz without any. */
uint64_t world_frame_ns(struct world *world);

/* Connectors and streams in lines for people; to be freed, NULL when memory is short. */
char *world_status(struct world *world);

#endif
