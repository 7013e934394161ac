/* SPDX-License-Identifier: MIT */
/*
 * What the command line asked to happen: stimulus lines and files, in order. What comes before the
 * first `wait` has happened before the card can be seen; the rest runs along on a thread.
 */
#ifndef VCARD_SCRIPT_H
#define VCARD_SCRIPT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "stimulus.h"
#include "world.h"

struct script_step {
	char *where;		/* "FILE:LINE: ", or "" for a line from the command line */
	struct stimulus stimulus;
};

struct script {
	struct world *world;
	struct script_step *step;
	size_t count;
	size_t next;		/* to be carried out */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool quit;		/* GUARDED_BY(lock) */
};

void script_init(struct script *script);
/* Ends the thread, at the latest when the step under way is done. */
void script_finish(struct script *script);

/*
 * Add a file, if there is one of that name, or else a line. 0, or negative errno with the message
 * in error: -EINVAL for what the language does not know, otherwise the file could not be read.
 */
int script_add(struct script *script, const char *file_or_line, char *error, size_t size);

/* Carry out what comes before the first wait. Errors as world_apply(), with where it stands. */
int script_begin(struct script *script, struct world *world, char *error, size_t size);
/* And now the rest, on a thread; what fails there is logged. 0 or negative errno. */
int script_go_on(struct script *script);

#endif
