// SPDX-License-Identifier: MIT
/*
 * Runs programs and reads their output through pipes with a time limit, so that a command that
 * hangs fails a test and does not hang it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "kinora_hw.h"
#include "suite.h"
#include "world.h"

#define STIMULUS_MS 10000

extern char **environ;

struct pipe_end {
	int fd;
	char *text;
	size_t used, size;
};

/* Read what is there; closes at the end. What does not fit is read and dropped. */
static void pipe_drain(struct pipe_end *end)
{
	char scrap[4096];
	size_t room = end->size - 1 - end->used;
	ssize_t got = read(end->fd, room ? end->text + end->used : scrap,
			   room ? room : sizeof(scrap));

	if (got > 0 && room)
		end->used += got;
	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
		close(end->fd);
		end->fd = -1;
	}
	end->text[end->used] = '\0';
}

static int drain_both(struct pipe_end end[2], uint64_t until)
{
	while (end[0].fd >= 0 || end[1].fd >= 0) {
		struct pollfd fds[2] = {
			{ .fd = end[0].fd, .events = POLLIN },
			{ .fd = end[1].fd, .events = POLLIN },
		};
		uint64_t now = suite_now();

		if (now >= until)
			return -ETIMEDOUT;
		if (poll(fds, 2, (until - now) / 1000000 + 1) < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < 2; i++)
			if (end[i].fd >= 0 && fds[i].revents)
				pipe_drain(&end[i]);
	}
	return 0;
}

static int spawn(pid_t *child, int out, int err, const char *const argv[])
{
	posix_spawn_file_actions_t actions;
	int ret;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	ret = posix_spawnp(child, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -ret;
}

int world_run(struct world_output *output, unsigned int ms, const char *const argv[])
{
	struct pipe_end end[2] = {
		{ .fd = -1, .text = output->out, .size = sizeof(output->out) },
		{ .fd = -1, .text = output->err, .size = sizeof(output->err) },
	};
	int out[2], err[2], status, ret;
	pid_t child;

	output->out[0] = output->err[0] = '\0';
	if (pipe2(out, O_CLOEXEC))
		return -errno;
	if (pipe2(err, O_CLOEXEC)) {
		ret = -errno;
		goto out_close_out;
	}
	ret = spawn(&child, out[1], err[1], argv);
	if (ret)
		goto out_close_err;
	close(out[1]);
	close(err[1]);
	end[0].fd = out[0];
	end[1].fd = err[0];
	ret = drain_both(end, suite_now() + ms * 1000000ULL);
	for (int i = 0; i < 2; i++)
		if (end[i].fd >= 0)
			close(end[i].fd);
	if (ret)
		kill(child, SIGKILL);
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	if (ret)
		return ret;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

out_close_err:
	close(err[0]);
	close(err[1]);
out_close_out:
	close(out[0]);
	close(out[1]);
	return ret;
}

static int stimulus(const char *line, struct world_output *output)
{
	const char *const argv[] = { "stimulus", line, NULL };
	int ret = world_run(output, STIMULUS_MS, argv);

	if (ret) {
		suite_note("stimulus '%s': status %d, %s", line, ret, output->err);
		return ret < 0 ? ret : -EINVAL;
	}
	return 0;
}

int world_say(const char *format, ...)
{
	static struct world_output output;
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return stimulus(line, &output);
}

int world_books_reset(void)
{
	return world_say("books reset");
}

static int64_t figure(const json_t *object, const char *name, int *missing)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_integer(value)) {
		suite_note("the books have no figure '%s'", name);
		*missing = -EPROTO;
		return -1;
	}
	return json_integer_value(value);
}

static void read_stream(const json_t *object, struct world_books *books, int *missing)
{
	int64_t number = figure(object, "stream", missing);
	struct world_stream *stream;

	if (number < 0 || number >= 16) {
		*missing = -EPROTO;
		return;
	}
	stream = &books->stream[number];
#define READ(name) stream->name = figure(object, #name, missing)
	READ(submissions);
	READ(records);
	READ(interrupts);
	READ(bytes);
	READ(offered);
	READ(delivered);
	READ(lost);
	READ(no_signal);
	READ(mismatch);
	READ(overrun);
	READ(cancelled);
	READ(failed);
	READ(wire_errors);
	READ(returned);
	READ(late_slice_ns);
#undef READ
}

int world_books_read(struct world_books *books)
{
	static struct world_output output;
	json_error_t error;
	json_t *root, *stream;
	size_t i;
	int ret;

	memset(books, 0, sizeof(*books));
	ret = stimulus("books", &output);
	if (ret)
		return ret;
	root = json_loads(output.out, 0, &error);
	if (!root) {
		suite_note("the books are no JSON: %s (line %d)", error.text, error.line);
		return -EPROTO;
	}
#define READ(object, from, name) books->name = figure(object, from, &ret)
	READ(root, "time_ns", time_ns);
	READ(json_object_get(root, "register_reads"), "time", reads_time);
	READ(json_object_get(root, "register_reads"), "other", reads_other);
	READ(json_object_get(root, "register_writes"), "doorbell", writes_doorbell);
	READ(json_object_get(root, "register_writes"), "other", writes_other);
	READ(root, "events", events);
	READ(root, "interrupts_muted", interrupts_muted);
	READ(root, "interrupts_refused", interrupts_refused);
	READ(root, "dma_errors", dma_errors);
	READ(root, "accesses_refused", accesses_refused);
	READ(root, "resets", resets);
#undef READ
	json_array_foreach(json_object_get(root, "streams"), i, stream)
		read_stream(stream, books, &ret);
	json_decref(root);
	return ret;
}

int64_t world_overruns(unsigned int channel, enum device_kind kind)
{
	unsigned int type = kind == DEVICE_META ? KINORA_STREAM_ANC : KINORA_STREAM_VIDEO;
	struct world_books books;

	if (world_books_read(&books))
		return -1;
	return books.stream[KINORA_STREAM_INDEX(channel - 1, type)].overrun;
}

static void *read_books(void *data)
{
	struct world_reader *reader = data;

	reader->ret = world_books_read(&reader->books);
	__atomic_store_n(&reader->done, true, __ATOMIC_RELEASE);
	return NULL;
}

int world_reader_begin(struct world_reader *reader)
{
	reader->done = false;
	return -pthread_create(&reader->thread, NULL, read_books, reader);
}

bool world_reader_done(const struct world_reader *reader)
{
	return __atomic_load_n(&reader->done, __ATOMIC_ACQUIRE);
}

int world_reader_finish(struct world_reader *reader)
{
	pthread_join(reader->thread, NULL);
	return reader->ret;
}
