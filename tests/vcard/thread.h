/* SPDX-License-Identifier: MIT */
/*
 * Threads that keep time, and locks that they share with threads that do not: a holder inherits the
 * priority of who waits (PTHREAD_PRIO_INHERIT), or a busy machine would hold up frames through it.
 */
#ifndef VCARD_THREAD_H
#define VCARD_THREAD_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

void thread_lock_init(pthread_mutex_t *lock);
/* A condition whose time limits are on CLOCK_MONOTONIC. */
void thread_condition_init(pthread_cond_t *condition);

/*
 * For the calling thread: its name, timers to the nanosecond, and real-time scheduling where this
 * process may have it.
 */
void thread_real_time(const char *name);

/* CLOCK_MONOTONIC, ns; a time of it; the time so many milliseconds from now. */
uint64_t thread_now(void);
struct timespec thread_time(uint64_t monotonic_ns);
struct timespec thread_time_in(unsigned int ms);

#endif
