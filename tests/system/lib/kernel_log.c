// SPDX-License-Identifier: MIT
/*
 * Reads /dev/kmsg: each read() gives one record, "level,seq,time,flags;text". A reader that was
 * overtaken gets EPIPE once and goes on with the oldest record there is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_log.h"

struct kernel_log {
	int fd;
};

static const char *const reports[] = {
	"WARNING:", "BUG:", "BUG ", "Oops", "Kernel panic", "general protection", "KASAN", "UBSAN",
	"KCSAN", "kmemleak:", "DMA-API:", "DMAR:", "INFO: task", "rcu: INFO", "possible recursive",
	"possible circular", "inconsistent lock state", "refcount_t:", "list_add corruption",
	"list_del corruption", "soft lockup", "unreferenced object", "Call Trace:",
	"nobody cared",
};

/* Said by kernels about themselves, with no driver's doing. */
static const char *const harmless[] = {
	"DMAR: Intel-IOMMU", "DMAR: IOMMU enabled", "DMAR: Host address width", "DMAR: DRHD",
	"DMAR: dmar", "DMAR: Intel(R)", "DMAR: No ", "DMAR: RMRR", "DMAR: ATSR",
	"DMAR: IOMMU feature", "kmemleak: Kernel memory leak detector initialized",
	"kmemleak: Automatic memory scanning",
};

struct kernel_log *kernel_log_open(void)
{
	struct kernel_log *log = malloc(sizeof(*log));

	if (!log)
		return NULL;
	log->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log->fd < 0) {
		free(log);
		return NULL;
	}
	kernel_log_mark(log);
	return log;
}

void kernel_log_close(struct kernel_log *log)
{
	if (!log)
		return;
	close(log->fd);
	free(log);
}

void kernel_log_mark(struct kernel_log *log)
{
	lseek(log->fd, 0, SEEK_END);
}

/* The next record's text, or NULL at the end. */
static const char *next_line(struct kernel_log *log, char *record, size_t size)
{
	ssize_t got;
	char *text;

	do {
		got = read(log->fd, record, size - 1);
	} while (got < 0 && (errno == EPIPE || errno == EINTR));
	if (got <= 0)
		return NULL;
	record[got] = '\0';
	text = strchr(record, ';');
	if (!text)
		return record;
	text[strcspn(text, "\n")] = '\0';
	return text + 1;
}

static bool contains_any(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool kernel_log_report(struct kernel_log *log, char *out, size_t size)
{
	char record[8192];
	const char *text;
	bool found = false;

	while ((text = next_line(log, record, sizeof(record)))) {
		if (found || contains_any(text, harmless, COUNT(harmless)) ||
		    !contains_any(text, reports, COUNT(reports)))
			continue;
		snprintf(out, size, "kernel: %s", text);
		found = true;
	}
	return found;
}

bool kernel_log_has(struct kernel_log *log, const char *wanted)
{
	char record[8192];
	const char *text;

	while ((text = next_line(log, record, sizeof(record))))
		if (strstr(text, wanted))
			return true;
	return false;
}
