/* SPDX-License-Identifier: MIT */
/*
 * What the virtual card says while it runs: one line on stderr each, from any thread. Messages are
 * lowercase, cause first, without a full stop; the level and the card's time are put in front.
 */
#ifndef VCARD_LOG_H
#define VCARD_LOG_H

#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERROR,	/* something asked for cannot be had */
	LOG_LEVEL_WARNING,	/* the host or the machine did something it should not */
	LOG_LEVEL_INFO,		/* signals, streams, faults: what a test wants to read afterwards */
	LOG_LEVEL_DEBUG,	/* every state change */
	LOG_LEVELS,
};

/* Name as `--log-level` takes it, and back; -EINVAL for an unknown name. */
const char *log_level_name(enum log_level level);
int log_level_find(const char *name, enum log_level *out);

/* Messages above this level are dropped. INFO at start. */
void log_level_set(enum log_level level);

void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
