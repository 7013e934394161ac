// SPDX-License-Identifier: MIT
/*
 * Real-time threads. Not being allowed real-time scheduling is no error: the books say how late
 * things were.
 */
#include <sched.h>
#include <sys/prctl.h>

#include "log.h"
#include "thread.h"

#define NS_PER_S 1000000000ULL

void thread_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

void thread_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attr);
	pthread_condattr_destroy(&attr);
}

void thread_real_time(const char *name)
{
	struct sched_param param = { .sched_priority = 1 };

	prctl(PR_SET_NAME, name);
	prctl(PR_SET_TIMERSLACK, 1);
	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &param))
		log_debug("%s: no real-time scheduling", name);
}

uint64_t thread_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

struct timespec thread_time(uint64_t monotonic_ns)
{
	return (struct timespec){
		.tv_sec = monotonic_ns / NS_PER_S, .tv_nsec = monotonic_ns % NS_PER_S,
	};
}

struct timespec thread_time_in(unsigned int ms)
{
	return thread_time(thread_now() + ms * 1000000ULL);
}
