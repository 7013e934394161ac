/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the server share: vfu.c (life, messages), vfu_dma.c (guest memory), vfu_irq.c
 * (interrupts), vfu_sock.c (the socket).
 *
 * Locks, none of which is held while an op runs. They are taken one at a time, but that a holder of
 * dma.lock for reading may take irq.lock:
 *   dma.lock   the map of guest memory; readers are transfers, writers are the server's thread
 *   dma.ask    requests to the client that wait for their reply
 *   irq.lock   eventfds and pending bits
 *   send_lock  the sending half of the transport
 * The rest belongs to the server's thread.
 */
#ifndef VFU_INT_H
#define VFU_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "pcicfg.h"
#include "vfu.h"
#include "vfu_msg.h"
#include "vfu_tran.h"

/* Bytes received and not yet handled: [head, tail). */
struct vfu_rx {
	size_t head;
	size_t tail;
	uint8_t buf[VFU_MESSAGE_MAX + 4096];
};

/* Descriptors that came with a byte of the stream; the message that holds this byte owns them. */
struct vfu_rx_fds {
	int fd[VFU_FDS_MAX];
	uint64_t at[VFU_FDS_MAX]; /* bytes of the stream up to and including that byte */
	unsigned int count;
	uint64_t lost_at; /* likewise, of the last one that did not fit; 0 = none */
};

/* A received message. data points into the receive buffer and lives until its handler returns. */
struct vfu_message {
	struct vfu_hdr hdr;
	const uint8_t *data;
	size_t len;
	int fd[VFU_FDS_MAX]; /* a handler that keeps one puts -1 here */
	unsigned int num_fds;
};

struct vfu_irq {
	pthread_mutex_t lock;
	enum vfu_irq_mode mode; /* enable bits of the config space */
	unsigned int msi_count; /* messages the guest enabled with MSI */
	bool may_send;          /* bus mastering on, D0 */
	unsigned int num_msi;   /* as offered to the client: 1..32 */
	unsigned int num_msix;  /* 0 without MSI-X */
	int msi_fd[VFU_MSI_VECTORS_MAX];  /* -1 = not armed */
	int msix_fd[VFU_MSIX_VECTORS_MAX];
	uint8_t pending[VFU_MSIX_VECTORS_MAX / 8]; /* the pending-bit array of MSI-X */
};

struct vfu_ask;

struct vfu_dma {
	pthread_rwlock_t lock;
	bool on;                   /* bus mastering on, D0 */
	void *maps;                /* tsearch() tree of struct map, never overlapping */
	struct vfu_backing *files; /* what they map, each file once */

	pthread_mutex_t ask;
	pthread_cond_t answered;
	struct vfu_ask *asks;
	uint16_t next_id;
	bool connected;
	atomic_uint chunk; /* bytes a message may carry: ours or the client's limit */
};

struct vfu_counters {
	atomic_uint_fast64_t messages, bar_reads, bar_writes, config_reads, config_writes;
	atomic_uint_fast64_t irqs, irqs_held, irqs_refused, dma_maps, dma_unmaps, dma_messages;
	atomic_uint_fast64_t resets;
};

struct vfu {
	struct vfu_config config;
	struct vfu_ops ops;
	void *opaque;
	struct pcicfg cfg;
	struct vfu_irq irq;
	struct vfu_dma dma;
	struct vfu_counters count;

	/* the client */
	const struct vfu_tran *tran;
	void *tran_ctx;
	pthread_mutex_t send_lock;
	struct vfu_rx *rx;       /* bytes go here; vfu_serve_until() may replace it */
	struct vfu_rx *rx_in_use; /* the innermost message being handled lies here, or NULL */
	struct vfu_rx_fds rx_fds;
	uint64_t rx_total; /* bytes of the stream so far */
	bool versioned;    /* VERSION has been agreed on */
	bool bus_master;   /* what the card was told last */
	unsigned int depth;
	int broken;        /* why the stream cannot be read on, -errno */
	atomic_bool absent; /* vfu_vanish() */

	/* the socket */
	int listen_fd;
	int stop_fd;
	atomic_int
		conn_fd; /* shut down at the end of service, closed by the next or vfu_destroy() */
	atomic_bool stop;
	char *path;
};

/* The server's own thread, while it serves vfu; elsewhere NULL. */
extern _Thread_local struct vfu *vfu_serving;

static inline void vfu_counter_add(atomic_uint_fast64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* vfu.c */
void vfu_log(const struct vfu *vfu, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vfu_send(struct vfu *vfu, const void *head, size_t head_len, const void *body,
	     size_t body_len);
/* Serves the client from inside an op until *done. 0, or why it will not come true. */
int vfu_serve_until(struct vfu *vfu, const bool *done);

/* vfu_sock.c */
int vfu_sock_init(struct vfu *vfu);
void vfu_sock_finish(struct vfu *vfu);

/* vfu_dma.c */
int vfu_dma_init(struct vfu *vfu);
void vfu_dma_finish(struct vfu *vfu);
void vfu_dma_connect(struct vfu *vfu);
/* Fails every request that waits; they and the mappings are gone afterwards. */
void vfu_dma_disconnect(struct vfu *vfu);
/* Off waits until no transfer runs. */
void vfu_dma_enable(struct vfu *vfu, bool on);
int vfu_dma_map(struct vfu *vfu, const struct vfu_dma_map *map, int fd);
/* first..last, both included, so that the end of the address space can be named. */
void vfu_dma_unmap(struct vfu *vfu, uint64_t first, uint64_t last);
/* 0, or -EPROTO for a reply to nothing or of the wrong shape. */
int vfu_dma_reply(struct vfu *vfu, const struct vfu_message *msg);

/* vfu_irq.c */
int vfu_irq_init(struct vfu *vfu);
void vfu_irq_finish(struct vfu *vfu);
/* Follows the config space; pending bits do not survive leaving MSI-X. */
void vfu_irq_enable(struct vfu *vfu, enum vfu_irq_mode mode, unsigned int msi_count,
		    bool may_send);
/* Closes every eventfd. */
void vfu_irq_disarm(struct vfu *vfu);
unsigned int vfu_irq_index_count(const struct vfu *vfu, uint32_t index);
int vfu_irq_set(struct vfu *vfu, struct vfu_message *msg);
void vfu_irq_pending(struct vfu *vfu, size_t off, void *buf, size_t n);

#endif
