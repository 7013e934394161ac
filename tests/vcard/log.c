// SPDX-License-Identifier: MIT
/*
 * Log lines on stderr. A line is put together first and written with one call, so that lines of
 * several threads never mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

static const char *const names[LOG_LEVELS] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static _Atomic int threshold = LOG_LEVEL_INFO;

const char *log_level_name(enum log_level level)
{
	return level < LOG_LEVELS ? names[level] : NULL;
}

int log_level_find(const char *name, enum log_level *out)
{
	for (int i = 0; i < LOG_LEVELS; i++) {
		if (!strcmp(name, names[i])) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

void log_level_set(enum log_level level)
{
	atomic_store(&threshold, level);
}

void log_message(enum log_level level, const char *format, ...)
{
	struct timespec now;
	char line[1280];
	va_list args;
	int n, m;

	if ((int)level > atomic_load(&threshold))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	n = snprintf(line, sizeof(line), "vcard: %lld.%06ld %s: ", (long long)now.tv_sec,
		     now.tv_nsec / 1000, names[level]);
	va_start(args, format);
	m = vsnprintf(line + n, sizeof(line) - n, format, args);
	va_end(args);
	if (m < 0)
		return;
	n += m;
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return;	/* nobody listens any more: nothing is left to tell it to */
}
