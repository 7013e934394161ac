/* SPDX-License-Identifier: MIT */
/*
 * The messages of vfio-user 0.0 as they stand on the wire: host byte order, no padding. Numbers are
 * from QEMU docs/interop/vfio-user.rst and, where that refers to it, <linux/vfio.h>.
 *
 * Every field sits on its natural alignment inside its struct, but a message may start anywhere in
 * the receive buffer: copy a struct out before looking at it.
 */
#ifndef VFU_MSG_H
#define VFU_MSG_H

#include <stdint.h>

enum vfu_command {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_DEVICE_GET_REGION_INFO = 5,
	VFU_DEVICE_GET_IRQ_INFO = 7,
	VFU_DEVICE_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DMA_READ = 11,  /* server to client */
	VFU_DMA_WRITE = 12, /* server to client */
	VFU_DEVICE_RESET = 13,
	VFU_REGION_WRITE_MULTI = 15,
};

#define VFU_TYPE_MASK 0xfu
#define VFU_TYPE_COMMAND 0u
#define VFU_TYPE_REPLY 1u
#define VFU_NO_REPLY 0x10u
#define VFU_ERROR 0x20u

struct vfu_hdr {
	uint16_t id;
	uint16_t command;
	uint32_t size; /* of the message, this header included */
	uint32_t flags;
	uint32_t error; /* errno, with VFU_ERROR */
};

struct vfu_version {
	uint16_t major;
	uint16_t minor;
	/* JSON text and a NUL may follow */
};

#define VFU_MAP_READ 1u
#define VFU_MAP_WRITE 2u

struct vfu_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t fd_offset;
	uint64_t iova;
	uint64_t size;
};

#define VFU_UNMAP_ALL 2u

struct vfu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size;
};

#define VFU_DEVICE_RESETS 1u
#define VFU_DEVICE_PCI 2u

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
};

enum { VFU_REGION_ROM = 6, VFU_REGION_CONFIG = 7, VFU_REGION_VGA = 8, VFU_REGIONS = 9 };

#define VFU_REGION_READS 1u
#define VFU_REGION_WRITES 2u

struct vfu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
};

enum { VFU_INTX = 0, VFU_MSI = 1, VFU_MSIX = 2, VFU_ERR = 3, VFU_REQ = 4, VFU_IRQS = 5 };

#define VFU_IRQ_EVENTFD 1u

struct vfu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

#define VFU_SET_NONE 1u
#define VFU_SET_BOOL 2u
#define VFU_SET_EVENTFD 4u
#define VFU_SET_DATA 7u
#define VFU_SET_TRIGGER 0x20u

struct vfu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
	/* VFU_SET_BOOL: count bytes follow */
};

struct vfu_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	/* data of a write, or of the reply to a read, follow */
};

struct vfu_write_multi {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	uint8_t data[8];
};

struct vfu_dma_access {
	uint64_t address;
	uint64_t count; /* 64 bits as documented; QEMU before 11.1 has 32 here */
	/* data of a write, or of the reply to a read, follow */
};

#define VFU_XFER_MAX 1048576u /* max_data_xfer_size, ours and the default of the protocol */
#define VFU_FDS_MAX 16        /* max_msg_fds, the most QEMU grants */
#define VFU_MESSAGE_MAX (sizeof(struct vfu_hdr) + sizeof(struct vfu_dma_access) + VFU_XFER_MAX)

_Static_assert(sizeof(struct vfu_hdr) == 16, "vfio-user header");
_Static_assert(sizeof(struct vfu_dma_map) == 32, "vfio-user DMA_MAP");
_Static_assert(sizeof(struct vfu_dma_unmap) == 24, "vfio-user DMA_UNMAP");
_Static_assert(sizeof(struct vfu_region_info) == 32, "vfio-user DEVICE_GET_REGION_INFO");
_Static_assert(sizeof(struct vfu_irq_set) == 20, "vfio-user DEVICE_SET_IRQS");
_Static_assert(sizeof(struct vfu_region_access) == 16, "vfio-user REGION_READ");
_Static_assert(sizeof(struct vfu_write_multi) == 24, "vfio-user REGION_WRITE_MULTI");
_Static_assert(sizeof(struct vfu_dma_access) == 16, "vfio-user DMA_READ");

#endif
