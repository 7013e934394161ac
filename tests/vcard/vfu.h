/* SPDX-License-Identifier: MIT */
/*
 * vfu: one PCI device served to QEMU over vfio-user (QEMU docs/interop/vfio-user.rst).
 *
 * It owns the socket, the protocol, the config space (pcicfg.h), the interrupts and the map of
 * guest memory, and knows nothing of what the card does: the card sees register accesses through
 * struct vfu_ops and reaches out with vfu_irq_raise() and vfu_dma_*().
 *
 * Call order: vfu_create(), vfu_listen(), vfu_run() as often as wanted, vfu_destroy(). The thread
 * inside vfu_run() is "the server's thread"; every op is called there and with no lock held.
 *
 * What surprises people:
 *  - QEMU keeps the MSI-X table: accesses to it never arrive here. The server answers reads of the
 *    pending-bit array itself. Neither is passed to the ops.
 *  - There are no mmap regions, because one of them would make every register write wait for a
 *    reply; so a write is posted and costs the guest under 2 us, a read about 80 us.
 *  - A DMA that no mapping covers is sent to the client as a message and answered by the server's
 *    thread. A thread that waits in vfu_dma_read() or vfu_dma_write() must therefore hold no lock
 *    that an op takes. Called from inside an op they serve the client meanwhile, so the ops are
 *    entered again; and inside bar_read QEMU cannot answer before it has the register's value, and
 *    gives up after five seconds. Card engines that do their DMA on threads of their own avoid all
 *    of that.
 */
#ifndef VFU_H
#define VFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vfu;

#define VFU_BARS 6
#define VFU_MSIX_VECTORS_MAX 2048 /* PCIe 7.7.2.2: table size is an 11-bit field plus one */
#define VFU_MSI_VECTORS_MAX 32    /* PCIe 7.7.1.2: multiple message capable ends at 32 */

/* What the device looks like. Copied by vfu_create(); zero means absent unless said otherwise. */
struct vfu_config {
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem_vendor;
	uint16_t subsystem_device;
	uint32_t class_code; /* 24 bits: base class, subclass, interface; 0x048000 = multimedia */
	uint8_t revision;

	/*
	 * Bytes, a power of two >= 128. Every BAR is a 64-bit memory BAR and takes a pair: sizes go
	 * into the even indices, the odd ones stay 0. Bit n of bar_prefetch: BAR n is prefetchable.
	 */
	uint64_t bar_size[VFU_BARS];
	uint8_t bar_prefetch;

	unsigned int num_vectors; /* 1..2048; MSI offers the next power of two, at most 32 */
	bool no_msix;             /* hide MSI-X: the driver has to fall back to MSI */
	unsigned int msix_bar;    /* this BAR holds table and pending bits; unused with no_msix */
	uint32_t msix_table;      /* byte offset in that BAR, multiple of 8; 16 bytes a vector */
	uint32_t msix_pba; /* byte offset in that BAR, multiple of 8; 8 bytes per 64 vectors */

	/* PCIe link; generation 1..5 (2.5, 5, 8, 16, 32 GT/s), width 1, 2, 4, 8, 16; 0 = 4 and 8 */
	unsigned int link_max_gen;
	unsigned int link_max_width;
	unsigned int link_gen;    /* trained now; 0 = the maximum */
	unsigned int link_width;  /* trained now; 0 = the maximum */

	uint64_t serial; /* Device Serial Number capability, an EUI-64; 0 leaves the capability out
			  */
};

/* How the server calls the card. Every op may be NULL. opaque is vfu_create()'s. */
struct vfu_ops {
	/*
	 * One register access: n is 1, 2, 4 or 8, off is a multiple of n, and off + n lies inside
	 * the BAR. buf is little endian as on the bus. Unaligned or longer accesses arrive in such
	 * pieces. Not called in D3hot (reads give all ones, writes vanish).
	 */
	void (*bar_read)(void *opaque, unsigned int bar, uint64_t off, void *buf, size_t n);
	void (*bar_write)(void *opaque, unsigned int bar, uint64_t off, const void *buf, size_t n);

	/*
	 * Device reset, function level reset, or the client has gone. Interrupts are already
	 * disarmed and bus mastering is already off: no DMA is in progress and none starts until
	 * the next bus_master(true).
	 */
	void (*reset)(void *opaque);

	/*
	 * COMMAND.BME changed, or a move to or from D3hot changed what it allows. When it is called
	 * with false no thread is between vfu_dma_begin() and vfu_dma_end() any more.
	 */
	void (*bus_master)(void *opaque, bool on);

	/*
	 * One lowercase line without newline: what the client did wrong, or what could not be
	 * done. The exception among the ops: any thread may call it, and locks are held. It must
	 * not call the server.
	 */
	void (*log)(void *opaque, const char *message);
};

/* 0, -ENOMEM, or -EINVAL for a config that no device can have. */
int vfu_create(struct vfu **out, const struct vfu_config *config, const struct vfu_ops *ops,
	       void *opaque);

/* No other thread may be inside any call. Removes the socket. NULL is fine. */
void vfu_destroy(struct vfu *vfu);

/*
 * Binds and listens. A dead socket left at the path is replaced; -EADDRINUSE if something listens
 * there, -EEXIST if the path is not a socket, -ENAMETOOLONG, or what the system said.
 */
int vfu_listen(struct vfu *vfu, const char *socket_path);

/*
 * Waits for a client, serves it, and returns 0 when it left or vfu_stop() was called, -EPROTO when
 * it broke the protocol beyond repair (after a log line), or another -errno. A client that leaves
 * without a word is not counted: waiting goes on. On return mappings, interrupts and config space
 * are back to power-on, and the ops bus_master(false) and reset have been called.
 */
int vfu_run(struct vfu *vfu);

/* Ends vfu_run() now and for good. From any thread, also from a signal handler. */
void vfu_stop(struct vfu *vfu);
bool vfu_stopped(const struct vfu *vfu);

/*
 * From now on nothing is in the slot: every read is all ones, writes and interrupts vanish. The
 * conversation with the client goes on, because QEMU 11.1 aborts when it writes to a server that
 * has hung up. For good; from any thread.
 */
void vfu_vanish(struct vfu *vfu);

/*
 * Interrupts
 *
 * Raise vector (< num_vectors). With MSI-X it is that message; with MSI the number modulo the count
 * of messages the guest enabled. 0 when the message went out, or is pending until the vector is
 * unmasked; -ENOTCONN when neither MSI-X nor MSI is enabled, -EPERM when bus mastering is off or
 * the function is in D3hot (a message is a memory write), -EINVAL for a vector out of range. Any
 * thread, also between vfu_dma_begin() and vfu_dma_end().
 */
int vfu_irq_raise(struct vfu *vfu, unsigned int vector);

enum vfu_irq_mode { VFU_IRQ_NONE, VFU_IRQ_MSI, VFU_IRQ_MSIX };

/* What the guest has enabled now; *count (may be NULL) = messages: num_vectors, MSI's count, 0. */
enum vfu_irq_mode vfu_irq_mode(struct vfu *vfu, unsigned int *count);

/*
 * DMA: any thread. Errors of all four: -EPERM bus mastering is off or D3hot, -EFAULT nothing maps
 * the address, -EACCES the mapping forbids that direction, -EOVERFLOW iova + len passes 2^64,
 * -EINVAL len is 0 (vfu_dma_begin()), -ENOTCONN the client went away during the transfer.
 *
 * vfu_dma_begin() gives direct access to guest memory: *ptr is the byte at iova, and *run (1..len)
 * how many bytes follow it in this mapping. On success the map of memory stays locked until
 * vfu_dma_end(), and an unmap by the guest waits for it: move one chunk (about 1 MiB at most) and
 * let go. In between, call nothing of vfu but vfu_irq_raise(), and never begin twice on one
 * thread. -EFAULT means there is no direct way: vfu_dma_read() and vfu_dma_write() may still find
 * one, so callers fall back to them. Non-temporal stores need their sfence before vfu_dma_end().
 */
int vfu_dma_begin(struct vfu *vfu, uint64_t iova, uint64_t len, bool write, void **ptr,
		  uint64_t *run);
void vfu_dma_end(struct vfu *vfu);

/*
 * Copy n bytes from or to guest memory; across mappings; where no mapping covers the address, by
 * asking the client, which is what brings a stale address to the guest's IOMMU fault log. An error
 * may come after some of the bytes have moved. n = 0 does nothing. Within one call the bytes move
 * in no promised order; a call sees, and is seen, after the calls before it on its thread.
 */
int vfu_dma_read(struct vfu *vfu, uint64_t iova, void *buf, size_t n);
int vfu_dma_write(struct vfu *vfu, uint64_t iova, const void *buf, size_t n);

/* The server's own books since vfu_create(). */
struct vfu_stats {
	uint64_t messages;      /* from the client, replies included */
	uint64_t bar_reads;     /* messages, as the guest made them, not the pieces the ops see */
	uint64_t bar_writes;
	uint64_t config_reads;
	uint64_t config_writes;
	uint64_t irqs;          /* messages that went out */
	uint64_t irqs_held;     /* raised while their vector was masked: pending, merged */
	uint64_t irqs_refused;  /* raised with nothing armed */
	uint64_t dma_maps;
	uint64_t dma_unmaps;
	uint64_t dma_messages;  /* DMA_READ and DMA_WRITE sent for want of a mapping */
	uint64_t resets;        /* RESET, FLR; not the one when the client leaves */
};

void vfu_stats_get(const struct vfu *vfu, struct vfu_stats *stats);

#endif
