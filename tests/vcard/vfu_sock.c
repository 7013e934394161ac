// SPDX-License-Identifier: MIT
/*
 * The UNIX socket under the vfio-user server: listening, accepting, moving bytes.
 *
 * A read is one blocking recvmsg() and nothing else, because the guest waits for it; vfu_stop()
 * ends it by shutting the socket down, which needs no second descriptor to poll. For that to be
 * safe from any thread the descriptor stays open until the next client or vfu_destroy().
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vfu_int.h"

static ssize_t receive(int fd, struct msghdr *msg)
{
	ssize_t n;

	do {
		n = recvmsg(fd, msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	/* A client that was killed with unread bytes in its socket has left all the same. */
	return errno == ECONNRESET ? 0 : -errno;
}

static ssize_t socket_recv(void *ctx, void *buf, size_t len, int *fds, unsigned int *num_fds,
			   int *fds_lost)
{
	/* Room for the most one sendmsg() can carry (SCM_MAX_FD), so that none is lost unseen. */
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(253 * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	unsigned int room = *num_fds, got = 0;
	ssize_t n = receive(*(const int *)ctx, &msg);

	*num_fds = 0;
	*fds_lost = 0;
	if (n < 0)
		return n;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (got < room) {
				fds[got++] = fd;
			} else {
				close(fd);
				*fds_lost = 1;
			}
		}
	}
	if (msg.msg_flags & MSG_CTRUNC)
		*fds_lost = 1;
	*num_fds = got;
	return n;
}

static int socket_send(void *ctx, const void *head, size_t head_len, const void *body,
		       size_t body_len)
{
	struct iovec iov[2] = { { .iov_base = (void *)head, .iov_len = head_len },
				{ .iov_base = (void *)body, .iov_len = body_len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	int fd = *(const int *)ctx;

	while (iov[0].iov_len || iov[1].iov_len) {
		ssize_t n = sendmsg(fd, &msg, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (int i = 0; i < 2; i++) {
			size_t part = (size_t)n < iov[i].iov_len ? (size_t)n : iov[i].iov_len;

			iov[i].iov_base = (char *)iov[i].iov_base + part;
			iov[i].iov_len -= part;
			n -= part;
		}
	}
	return 0;
}

static void socket_end(void *ctx)
{
	shutdown(*(const int *)ctx, SHUT_RDWR);
}

const struct vfu_tran vfu_tran_socket = {
	.recv = socket_recv,
	.send = socket_send,
	.end = socket_end,
};

static int address_set(struct sockaddr_un *addr, const char *path)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!*path)
		return -EINVAL;
	if (strlen(path) >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	strcpy(addr->sun_path, path);
	return 0;
}

/* Removes a socket nobody listens on. A live server does not count our knock as a client. */
static int stale_remove(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd, ret;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	ret = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ? errno : 0;
	close(fd);
	if (ret != ECONNREFUSED) /* connected, or its queue is full (EAGAIN) */
		return -EADDRINUSE;
	return unlink(addr->sun_path) ? -errno : 0;
}

int vfu_listen(struct vfu *vfu, const char *socket_path)
{
	struct sockaddr_un addr;
	int fd, ret;

	if (vfu->listen_fd >= 0)
		return -EALREADY;
	ret = address_set(&addr, socket_path);
	if (!ret)
		ret = stale_remove(&addr);
	if (ret)
		return ret;
	vfu->path = strdup(socket_path);
	if (!vfu->path)
		return -ENOMEM;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		ret = -errno;
		goto out_path;
	}
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		ret = -errno;
		goto out_fd;
	}
	/* Whoever may connect can hand us memory to write: the owner alone. */
	if (chmod(socket_path, 0600) || listen(fd, 1)) {
		ret = -errno;
		goto out_socket;
	}
	vfu->listen_fd = fd;
	return 0;

out_socket:
	unlink(socket_path);
out_fd:
	close(fd);
out_path:
	free(vfu->path);
	vfu->path = NULL;
	return ret;
}

/* A connected descriptor, -ECANCELED after vfu_stop(), or another -errno. */
static int client_accept(struct vfu *vfu)
{
	struct pollfd poll_fd[2] = { { .fd = vfu->listen_fd, .events = POLLIN },
				     { .fd = vfu->stop_fd, .events = POLLIN } };
	int fd;

	for (;;) {
		if (vfu_stopped(vfu))
			return -ECANCELED;
		if (poll(poll_fd, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (!(poll_fd[0].revents & POLLIN))
			continue;
		fd = accept4(vfu->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			return -errno;
	}
}

static void conn_close(struct vfu *vfu, int replacement)
{
	int old = atomic_exchange(&vfu->conn_fd, replacement);

	if (old >= 0)
		close(old);
}

int vfu_serve_fd(struct vfu *vfu, int fd)
{
	int ret;

	conn_close(vfu, fd);
	/* vfu_stop() may have looked for the descriptor just before. */
	if (vfu_stopped(vfu))
		shutdown(fd, SHUT_RDWR);
	ret = vfu_serve(vfu, &vfu_tran_socket, &fd);
	return vfu_stopped(vfu) ? 0 : ret;
}

int vfu_run(struct vfu *vfu)
{
	int fd, ret;

	if (vfu->listen_fd < 0)
		return -EINVAL;
	do {
		fd = client_accept(vfu);
		if (fd < 0)
			return fd == -ECANCELED ? 0 : fd;
		ret = vfu_serve_fd(vfu, fd);
	} while (!ret && !vfu->rx_total && !vfu_stopped(vfu));
	return ret;
}

void vfu_stop(struct vfu *vfu)
{
	uint64_t one = 1;
	int saved = errno, fd;

	atomic_store(&vfu->stop, true);
	/* Fails only when the counter is full, that is after a stop. */
	if (write(vfu->stop_fd, &one, sizeof(one)) < 0)
		errno = saved;
	fd = atomic_load(&vfu->conn_fd);
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	errno = saved;
}

bool vfu_stopped(const struct vfu *vfu)
{
	return atomic_load(&vfu->stop);
}

int vfu_sock_init(struct vfu *vfu)
{
	vfu->listen_fd = -1;
	atomic_init(&vfu->conn_fd, -1);
	atomic_init(&vfu->stop, false);
	vfu->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return vfu->stop_fd < 0 ? -errno : 0;
}

void vfu_sock_finish(struct vfu *vfu)
{
	conn_close(vfu, -1);
	if (vfu->listen_fd >= 0) {
		unlink(vfu->path);
		close(vfu->listen_fd);
	}
	free(vfu->path);
	close(vfu->stop_fd);
}
