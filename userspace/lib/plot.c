// SPDX-License-Identifier: MIT
/*
 * Plots by gnuplot, as a child process: the script in a memory file on its standard input, the
 * picture from its standard output. No shell and no temporary file are involved.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "report.h"

extern char **environ;

static int write_all(int fd, const char *data, size_t bytes)
{
	while (bytes) {
		ssize_t done = write(fd, data, bytes);

		if (done < 0)
			return -errno;
		data += done;
		bytes -= (size_t)done;
	}
	return 0;
}

/* The script as a file to read from its start: fd or negative errno. */
static int memory_file(const char *name, const char *data, size_t bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	int ret;

	if (fd < 0)
		return kinora_fail(-errno, "cannot make a memory file for gnuplot: %m");
	ret = write_all(fd, data, bytes);
	if (!ret && lseek(fd, 0, SEEK_SET) < 0)
		ret = -errno;
	if (ret) {
		close(fd);
		return kinora_fail(ret, "cannot fill a memory file for gnuplot: %s",
				   strerror(-ret));
	}
	return fd;
}

static int gnuplot_spawn(int in, int out, int err, pid_t *pid)
{
	/* -d: without the user's own settings; -: commands from standard input. */
	char *const arguments[] = { "gnuplot", "-d", "-", NULL };
	posix_spawn_file_actions_t actions;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error)
		return kinora_fail(-error, "cannot start gnuplot: %s", strerror(error));
	error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	if (!error)
		error = posix_spawnp(pid, "gnuplot", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error == ENOENT)
		return kinora_fail(-ENOENT,
				   "gnuplot is not installed: install the package 'gnuplot-nox'");
	return error ? kinora_fail(-error, "cannot start gnuplot: %s", strerror(error)) : 0;
}

/* Everything that comes, and a closing 0; NULL: out of memory or unreadable. */
static char *read_all(int fd)
{
	char *text = NULL;
	size_t used = 0, room = 0;
	ssize_t got;

	do {
		if (used + 1 >= room) {
			char *larger = realloc(text, room = room ? room * 2 : 65536);

			if (!larger)
				goto out_free;
			text = larger;
		}
		got = read(fd, text + used, room - used - 1);
		if (got < 0 && errno != EINTR)
			goto out_free;
		used += got > 0 ? (size_t)got : 0;
	} while (got);
	text[used] = '\0';
	return text;

out_free:
	free(text);
	return NULL;
}

static int wait_child(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

/* The first line that gnuplot complained with. */
static int fail_plot(int err)
{
	char *text = NULL, *line;
	int ret;

	if (lseek(err, 0, SEEK_SET) == 0)
		text = read_all(err);
	line = text ? text + strspn(text, "\n\t ^") : "";
	ret = kinora_fail(-EIO, "gnuplot failed: %.*s", (int)strcspn(line, "\n"), line);
	free(text);
	return ret;
}

/* The end of the part at p that a page does without; p itself: it stays. */
static const char *skip_part(const char *p)
{
	/* Markers that no plot of ours uses, names that readers would see as tooltips, and ids,
	 * which would be there once for each plot of a page.
	 */
	static const char *const parts[][2] = {
		{ "<defs>", "</defs>" },
		{ "<title>", "</title>" },
		{ "<desc>", "</desc>" },
		{ " id=\"", "\"" },
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t length = strlen(parts[i][0]);
		const char *end;

		if (strncmp(p, parts[i][0], length))
			continue;
		end = strstr(p + length, parts[i][1]);
		return end ? end + strlen(parts[i][1]) : p;
	}
	return p;
}

static void put_svg(const char *svg, FILE *out)
{
	while (*svg) {
		const char *next = *svg == '<' || *svg == ' ' ? skip_part(svg) : svg;

		if (next == svg)
			fputc(*svg++, out);
		else
			svg = next;
	}
}

int kinora_plot_svg(const char *script, size_t bytes, FILE *out)
{
	int in, err, ends[2], ret;
	const char *start = NULL;
	char *svg;
	pid_t pid;

	in = memory_file("gnuplot-script", script, bytes);
	if (in < 0)
		return in;
	err = memory_file("gnuplot-messages", "", 0);
	if (err < 0) {
		ret = err;
		goto out_close_in;
	}
	if (pipe2(ends, O_CLOEXEC)) {
		ret = kinora_fail(-errno, "cannot make a pipe for gnuplot: %m");
		goto out_close_err;
	}
	ret = gnuplot_spawn(in, ends[1], err, &pid);
	close(ends[1]);
	if (ret) {
		close(ends[0]);
		goto out_close_err;
	}
	svg = read_all(ends[0]);
	close(ends[0]);	/* before the wait: nobody may be left writing into it */
	ret = wait_child(pid);
	if (svg)
		start = strstr(svg, "<svg");
	if (ret || !start)
		ret = fail_plot(err);
	else
		put_svg(start, out);
	free(svg);
out_close_err:
	close(err);
out_close_in:
	close(in);
	return ret;
}
