// SPDX-License-Identifier: MIT
/* A sysfs of the test's own; see the header. */
#include "fake_sysfs.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char fake_root[] = "/tmp/kinora-sysfs-XXXXXX";

int fake_begin(void)
{
	return mkdtemp(fake_root) ? 0 : 1;
}

int fake_end(void)
{
	char command[sizeof(fake_root) + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", fake_root);
	return system(command) ? 1 : 0;
}

/* The whole path of a file to be, with the folders on the way. */
static void path_make(char path[PATH_MAX], const char *format, va_list args)
{
	char part[PATH_MAX], tail[512];

	vsnprintf(tail, sizeof(tail), format, args);
	snprintf(path, PATH_MAX, "%s/%s", fake_root, tail);
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(part, 0755);
	}
}

void fake_file(const char *text, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	FILE *file;

	va_start(args, format);
	path_make(path, format, args);
	va_end(args);
	file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file, "%s\n", text);
	fclose(file);
}

void fake_link(const char *target, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	path_make(path, format, args);
	va_end(args);
	if (symlink(target, path))
		abort();
}
