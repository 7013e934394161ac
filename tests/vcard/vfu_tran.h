/* SPDX-License-Identifier: MIT */
/*
 * How the server's bytes travel. The socket is one way (vfu_sock.c); the fuzz target feeds bytes
 * from memory through the same table.
 */
#ifndef VFU_TRAN_H
#define VFU_TRAN_H

#include <stddef.h>
#include <sys/types.h>

struct vfu;

struct vfu_tran {
	/*
	 * Waits for bytes and reads up to len of them. *num_fds: room in fds before, descriptors
	 * received after; they came with the last byte read and belong to the caller. *fds_lost is
	 * set when some did not fit (they are closed). Returns bytes, 0 at the end, or -errno.
	 */
	ssize_t (*recv)(void *ctx, void *buf, size_t len, int *fds, unsigned int *num_fds,
			int *fds_lost);

	/*
	 * Writes head and then body (body_len may be 0), all of it and, as far as the other side's
	 * reads go, at once: QEMU wants a message header in one read. 0 or -errno; never SIGPIPE.
	 */
	int (*send)(void *ctx, const void *head, size_t head_len, const void *body,
		    size_t body_len);

	/* Service is over: a send in progress on another thread fails soon, as all later ones. */
	void (*end)(void *ctx);
};

/* Serves one client over tran until it leaves; what vfu_run() does after accepting. */
int vfu_serve(struct vfu *vfu, const struct vfu_tran *tran, void *ctx);

/* The same over a connected socket, which becomes the server's; vfu_stop() ends it. */
int vfu_serve_fd(struct vfu *vfu, int fd);

/* ctx is a pointer to the descriptor of a connected SOCK_STREAM socket. */
extern const struct vfu_tran vfu_tran_socket;

#endif
