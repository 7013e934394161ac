// SPDX-License-Identifier: MIT
/*
 * The printing thread. A print stays in the wire's list, so all it has to do is to have it made.
 */
#include <sys/prctl.h>

#include "channel.h"
#include "printer.h"
#include "thread.h"
#include "wire.h"

/* Under the lock: the next job is copied out, or there is none. */
static bool job_take(struct printer *printer, struct printer_job *job)
{
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++) {
		if (printer->job[i].channel) {
			*job = printer->job[i];
			printer->job[i] = (struct printer_job){ 0 };
			return true;
		}
	}
	return false;
}

static void *printer_run(void *arg)
{
	struct printer *printer = arg;
	struct printer_job job;
	struct wire *wire;

	prctl(PR_SET_NAME, "printer");
	pthread_mutex_lock(&printer->lock);
	while (!printer->quit) {
		void (*task)(void *opaque) = printer->task;

		if (task) {
			void *opaque = printer->opaque;

			printer->task = NULL;
			pthread_mutex_unlock(&printer->lock);
			task(opaque);
			pthread_mutex_lock(&printer->lock);
			continue;
		}
		if (printer->dead_count) {
			wire = printer->dead[--printer->dead_count];
			pthread_mutex_unlock(&printer->lock);
			wire_put(wire);
			pthread_mutex_lock(&printer->lock);
			continue;
		}
		if (!job_take(printer, &job)) {
			pthread_cond_wait(&printer->wake, &printer->lock);
			continue;
		}
		pthread_mutex_unlock(&printer->lock);
		wire_print_release(job.wire, wire_print_make(job.wire, &job.layout));
		channel_notify(job.channel);
		wire_put(job.wire);
		pthread_mutex_lock(&printer->lock);
	}
	pthread_mutex_unlock(&printer->lock);
	return NULL;
}

void printer_init(struct printer *printer)
{
	*printer = (struct printer){ 0 };
	thread_lock_init(&printer->lock);
	pthread_cond_init(&printer->wake, NULL);
}

int printer_start(struct printer *printer)
{
	int ret = -pthread_create(&printer->thread, NULL, printer_run, printer);
	printer->started = !ret;
	return ret;
}

void printer_stop(struct printer *printer)
{
	if (!printer->started)
		return;
	pthread_mutex_lock(&printer->lock);
	printer->quit = true;
	pthread_cond_signal(&printer->wake);
	pthread_mutex_unlock(&printer->lock);
	pthread_join(printer->thread, NULL);
	printer->started = false;
}

void printer_finish(struct printer *printer)
{
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		wire_put(printer->job[i].wire);
	while (printer->dead_count)
		wire_put(printer->dead[--printer->dead_count]);
	pthread_mutex_destroy(&printer->lock);
	pthread_cond_destroy(&printer->wake);
}

void printer_put(struct printer *printer, struct wire *wire)
{
	/* whoever else has one now will be the last */
	if (wire && atomic_load(&wire->refs) == 1) {
		pthread_mutex_lock(&printer->lock);
		if (printer->dead_count < PRINTER_DEAD) {
			printer->dead[printer->dead_count++] = wire;
			wire = NULL;
			pthread_cond_signal(&printer->wake);
		}
		pthread_mutex_unlock(&printer->lock);
	}
	wire_put(wire);
}

void printer_task(struct printer *printer, void (*task)(void *opaque), void *opaque)
{
	pthread_mutex_lock(&printer->lock);
	printer->task = task;
	printer->opaque = opaque;
	pthread_cond_signal(&printer->wake);
	pthread_mutex_unlock(&printer->lock);
}

void printer_request(struct printer *printer, struct channel *channel, struct wire *wire,
		     const struct mem_layout *layout)
{
	struct wire *old;

	pthread_mutex_lock(&printer->lock);
	old = printer->job[channel->index].wire;
	printer->job[channel->index] = (struct printer_job){
		.channel = channel, .wire = wire_get(wire), .layout = *layout,
	};
	pthread_cond_signal(&printer->wake);
	pthread_mutex_unlock(&printer->lock);
	wire_put(old);
}
