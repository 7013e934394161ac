/* SPDX-License-Identifier: MIT */
/*
 * The control socket: a unix stream socket on which a request is one line of the stimulus language
 * and the answer is no or more lines, then "ok" or "error: TEXT". Clients come and go; requests are
 * answered one after the other, whoever sent them.
 */
#ifndef VCARD_CONTROL_H
#define VCARD_CONTROL_H

#include <pthread.h>
#include <stdbool.h>

#include "stimulus.h"
#include "world.h"

#define CONTROL_CLIENTS 8	/* at a time; more wait to be accepted */

struct vfu;

struct control_client {
	int fd;			/* -1: nobody */
	size_t used;
	bool too_long;		/* what came of this line was thrown away */
	char line[STIMULUS_LINE_MAX + 1];
};

struct control {
	struct world *world;
	struct vfu *vfu;	/* for the books; may be NULL */
	char *path;
	int listen_fd;
	int stop_fd;		/* an eventfd */
	pthread_t thread;
	bool started;
	struct control_client client[CONTROL_CLIENTS];
};

/* Binds, listens, starts its thread. 0 or negative errno; -EADDRINUSE: somebody answers there. */
int control_start(struct control *control, const char *path, struct world *world,
		  struct vfu *vfu);
/* Ends the thread and removes the socket. Also after a failed start. */
void control_finish(struct control *control);

/* The books as JSON, to be freed; NULL when memory is short. */
char *control_books(struct world *world, struct vfu *vfu);

#endif
