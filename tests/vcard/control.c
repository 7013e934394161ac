// SPDX-License-Identifier: MIT
/*
 * The control socket's thread. A client that does not read its answer or sends a line without end
 * is dropped; nobody can make the others wait for longer than a request of theirs takes.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "log.h"
#include "vfu.h"

#define SEND_SECONDS 2

char *control_books(struct world *world, struct vfu *vfu)
{
	struct card *card = world->card;
	struct vfu_stats stats;

	if (vfu)
		vfu_stats_get(vfu, &stats);
	return books_json(&card->books, card_time(card), card_streams_present(card),
			  vfu ? &stats : NULL);
}

static void client_drop(struct control_client *client)
{
	close(client->fd);
	client->fd = -1;
	client->used = 0;
	client->too_long = false;
}

static int client_send(struct control_client *client, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = send(client->fd, text, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= n;
	}
	return 0;
}

/* Sends a text that was made for it, a newline behind it if it has none. */
static int client_send_made(struct control_client *client, char *text)
{
	int ret;

	if (!text)
		return client_send(client, "error: no memory for the answer\n");
	ret = client_send(client, text);
	if (!ret && *text && text[strlen(text) - 1] != '\n')
		ret = client_send(client, "\n");
	free(text);
	return ret ? ret : client_send(client, "ok\n");
}

static int request(struct control *control, struct control_client *client)
{
	char error[STIMULUS_ERROR_MAX], answer[STIMULUS_ERROR_MAX + 16];
	struct stimulus stimulus;
	int ret;

	ret = stimulus_parse(client->line, false, &stimulus, error, sizeof(error));
	if (!ret) {
		switch (stimulus.kind) {
		case STIMULUS_BOOKS:
			if (!stimulus.books.reset)
				return client_send_made(client, control_books(control->world,
									      control->vfu));
			ret = world_apply(control->world, &stimulus, error, sizeof(error));
			break;
		case STIMULUS_STATUS:
			return client_send_made(client, world_status(control->world));
		case STIMULUS_HELP:
			return client_send_made(client, strdup(stimulus_help()));
		default:
			ret = world_apply(control->world, &stimulus, error, sizeof(error));
			break;
		}
	}
	if (!ret)
		return client_send(client, "ok\n");
	snprintf(answer, sizeof(answer), "error: %s\n", error);
	return client_send(client, answer);
}

/* Carry out the whole lines that have come. Negative errno: drop the client. */
static int client_lines(struct control *control, struct control_client *client)
{
	char *end;

	while ((end = memchr(client->line, '\n', client->used))) {
		size_t length = end + 1 - client->line;
		char *rest;
		int ret;

		*end = '\0';
		if (end > client->line && end[-1] == '\r')
			*--end = '\0';
		if (client->too_long)
			ret = client_send(client, "error: the line is too long\n");
		else if (strlen(client->line) != (size_t)(end - client->line))
			ret = client_send(client, "error: byte 0 in the line, this is not text\n");
		else
			ret = request(control, client);
		client->too_long = false;
		if (ret)
			return ret;
		rest = client->line + length;
		client->used -= length;
		memmove(client->line, rest, client->used);
	}
	/*
	 * A line that is too long is read to its end, and answered then: closing the socket on what
	 * is still being sent would lose the answer.
	 */
	if (client->used == sizeof(client->line)) {
		client->too_long = true;
		client->used = 0;
	}
	return 0;
}

static void client_read(struct control *control, struct control_client *client)
{
	ssize_t n = recv(client->fd, client->line + client->used,
			 sizeof(client->line) - client->used, 0);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		client->used += n;
	if (n <= 0 || client_lines(control, client))
		client_drop(client);
}

static struct control_client *client_free(struct control *control)
{
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++) {
		if (control->client[i].fd < 0)
			return &control->client[i];
	}
	return NULL;
}

static void client_accept(struct control *control)
{
	struct control_client *client = client_free(control);
	struct timeval limit = { .tv_sec = SEND_SECONDS };
	int fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	client->fd = fd;
	client->used = 0;
}

static void *control_run(void *arg)
{
	struct control *control = arg;
	struct pollfd poll_fd[2 + CONTROL_CLIENTS];

	prctl(PR_SET_NAME, "control");
	for (;;) {
		poll_fd[0] = (struct pollfd){ .fd = control->stop_fd, .events = POLLIN };
		poll_fd[1] = (struct pollfd){
			.fd = client_free(control) ? control->listen_fd : -1, .events = POLLIN,
		};
		for (unsigned int i = 0; i < CONTROL_CLIENTS; i++)
			poll_fd[2 + i] = (struct pollfd){ .fd = control->client[i].fd,
							  .events = POLLIN };
		if (poll(poll_fd, 2 + CONTROL_CLIENTS, -1) < 0) {
			if (errno == EINTR)
				continue;
			log_error("control socket: %s", strerror(errno));
			return NULL;
		}
		if (poll_fd[0].revents)
			return NULL;
		for (unsigned int i = 0; i < CONTROL_CLIENTS; i++) {
			if (poll_fd[2 + i].revents)
				client_read(control, &control->client[i]);
		}
		if (poll_fd[1].revents)
			client_accept(control);
	}
}

/* A socket file that nobody listens on any more is in the way. */
static int path_clear(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		ret = -EADDRINUSE;
	else if (errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
	return ret;
}

int control_start(struct control *control, const char *path, struct world *world, struct vfu *vfu)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ret;

	*control = (struct control){
		.world = world, .vfu = vfu, .listen_fd = -1, .stop_fd = -1,
	};
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++)
		control->client[i].fd = -1;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	ret = path_clear(&address);
	if (ret)
		return ret;
	control->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	control->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (control->listen_fd < 0 || control->stop_fd < 0)
		return -errno;
	if (bind(control->listen_fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	control->path = strdup(path);
	if (!control->path)
		return -ENOMEM;
	if (listen(control->listen_fd, CONTROL_CLIENTS))
		return -errno;
	ret = -pthread_create(&control->thread, NULL, control_run, control);
	control->started = !ret;
	return ret;
}

void control_finish(struct control *control)
{
	uint64_t one = 1;

	if (control->started) {
		if (write(control->stop_fd, &one, sizeof(one)) < 0)
			log_error("control socket: %s", strerror(errno));
		pthread_join(control->thread, NULL);
	}
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++) {
		if (control->client[i].fd >= 0)
			client_drop(&control->client[i]);
	}
	if (control->path)
		unlink(control->path);
	free(control->path);
	if (control->listen_fd >= 0)
		close(control->listen_fd);
	if (control->stop_fd >= 0)
		close(control->stop_fd);
}
