// SPDX-License-Identifier: MIT
/*
 * A list of steps and a thread that waits between them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "log.h"
#include "script.h"
#include "thread.h"

void script_init(struct script *script)
{
	*script = (struct script){ 0 };
	pthread_mutex_init(&script->lock, NULL);
	thread_condition_init(&script->wake);
}

void script_finish(struct script *script)
{
	if (script->started) {
		pthread_mutex_lock(&script->lock);
		script->quit = true;
		pthread_cond_signal(&script->wake);
		pthread_mutex_unlock(&script->lock);
		pthread_join(script->thread, NULL);
	}
	for (size_t i = 0; i < script->count; i++)
		free(script->step[i].where);
	free(script->step);
	pthread_mutex_destroy(&script->lock);
	pthread_cond_destroy(&script->wake);
}

static int step_add(struct script *script, char *where, const struct stimulus *stimulus)
{
	struct script_step *step;

	step = reallocarray(script->step, script->count + 1, sizeof(*step));
	if (!where || !step) {
		free(where);
		if (step)
			script->step = step;
		return -ENOMEM;
	}
	script->step = step;
	step[script->count++] = (struct script_step){ .where = where, .stimulus = *stimulus };
	return 0;
}

static int file_add(struct script *script, const char *path, char *error, size_t size)
{
	struct stimulus_step *steps;
	size_t count;
	int ret;

	ret = stimulus_file_read(path, &steps, &count, error, size);
	if (ret)
		return ret;
	for (size_t i = 0; !ret && i < count; i++) {
		char *where = NULL;

		if (asprintf(&where, "%s:%u: ", path, steps[i].line) < 0)
			where = NULL;
		ret = step_add(script, where, &steps[i].stimulus);
	}
	free(steps);
	if (ret)
		snprintf(error, size, "no memory for the lines of '%s'", path);
	return ret;
}

int script_add(struct script *script, const char *file_or_line, char *error, size_t size)
{
	struct stimulus stimulus;
	struct stat file;
	int ret;

	if (!stat(file_or_line, &file))
		return file_add(script, file_or_line, error, size);
	ret = stimulus_parse(file_or_line, true, &stimulus, error, size);
	if (ret && !strpbrk(file_or_line, " \t")) {
		snprintf(error, size,
			 "'%s' is no file, nor a stimulus line such as 'signal sdi1 1080p50'",
			 file_or_line);
		return ret;
	}
	if (ret || stimulus.kind == STIMULUS_NOTHING)
		return ret;
	ret = step_add(script, strdup(""), &stimulus);
	if (ret)
		snprintf(error, size, "no memory for a stimulus line");
	return ret;
}

static int step_run(struct script *script, const struct script_step *step, char *error, size_t size)
{
	char reason[STIMULUS_ERROR_MAX];
	int ret = world_apply(script->world, &step->stimulus, reason, sizeof(reason));

	if (ret)
		snprintf(error, size, "%s%s", step->where, reason);
	return ret;
}

int script_begin(struct script *script, struct world *world, char *error, size_t size)
{
	int ret = 0;

	script->world = world;
	while (!ret && script->next < script->count &&
	       script->step[script->next].stimulus.kind != STIMULUS_WAIT)
		ret = step_run(script, &script->step[script->next++], error, size);
	return ret;
}

/* Under the lock. */
static void step_wait(struct script *script, const struct stimulus *stimulus)
{
	uint64_t ns = stimulus->wait.ms ? stimulus->wait.ms * 1000000ULL :
		      stimulus->wait.frames * world_frame_ns(script->world);
	struct timespec until = thread_time(thread_now() + ns);

	while (!script->quit &&
	       pthread_cond_timedwait(&script->wake, &script->lock, &until) != ETIMEDOUT)
		;
}

static void *script_run(void *arg)
{
	struct script *script = arg;
	char error[STIMULUS_ERROR_MAX + 256];

	prctl(PR_SET_NAME, "script");
	pthread_mutex_lock(&script->lock);
	while (!script->quit && script->next < script->count) {
		struct script_step *step = &script->step[script->next++];

		if (step->stimulus.kind == STIMULUS_WAIT) {
			step_wait(script, &step->stimulus);
			continue;
		}
		pthread_mutex_unlock(&script->lock);
		if (step_run(script, step, error, sizeof(error)))
			log_error("%s", error);
		pthread_mutex_lock(&script->lock);
	}
	pthread_mutex_unlock(&script->lock);
	return NULL;
}

int script_go_on(struct script *script)
{
	int ret;

	if (script->next == script->count)
		return 0;
	ret = -pthread_create(&script->thread, NULL, script_run, script);
	script->started = !ret;
	return ret;
}
