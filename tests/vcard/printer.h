/* SPDX-License-Identifier: MIT */
/*
 * Makes prints for streams that find none when they start, on a thread of its own: registers stay
 * readable and other streams keep their time meanwhile.
 */
#ifndef VCARD_PRINTER_H
#define VCARD_PRINTER_H

#include <pthread.h>
#include <stdbool.h>

#include "kinora_hw.h"
#include "pack.h"

#define PRINTER_DEAD 16

struct channel;
struct wire;

struct printer_job {
	struct channel *channel;	/* told when it is done; NULL: nothing to do */
	struct wire *wire;		/* a reference */
	struct mem_layout layout;
};

struct printer {
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool quit;				/* GUARDED_BY(lock) */
	struct printer_job job[KINORA_CHANNELS];	/* GUARDED_BY(lock) */
	void (*task)(void *opaque);		/* GUARDED_BY(lock): NULL: nothing to do */
	void *opaque;				/* GUARDED_BY(lock) */
	struct wire *dead[PRINTER_DEAD];	/* GUARDED_BY(lock): references to be dropped */
	unsigned int dead_count;		/* GUARDED_BY(lock) */
};

void printer_init(struct printer *printer);
int printer_start(struct printer *printer);		/* 0 or negative errno */
void printer_stop(struct printer *printer);	/* the thread; before the channels */
void printer_finish(struct printer *printer);

/* Only a channel's latest request counts. channel_notify() tells when it has been carried out. */
void printer_request(struct printer *printer, struct channel *channel, struct wire *wire,
		     const struct mem_layout *layout);

/*
 * wire_put() for a thread that keeps time: the last reference is dropped on the printing thread,
 * because giving back the memory of a wire's prints takes milliseconds. NULL is fine.
 */
void printer_put(struct printer *printer, struct wire *wire);

/* Call this on the printing thread; the latest counts. For prints that are wanted before a plug. */
void printer_task(struct printer *printer, void (*task)(void *opaque), void *opaque);

#endif
