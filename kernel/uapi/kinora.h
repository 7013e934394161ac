/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * What kinora.ko shows to programs beyond plain V4L2: one pixel format, one metadata format with
 * the layout of its buffers, and some read-only controls. Everything else is standard V4L2.
 *
 * The card itself writes the metadata (docs/hardware.md, "Ancillary data"), so its layout is part
 * of the hardware contract: kernel/kinora_hw.h includes this file. All fields are little endian.
 */
#ifndef UAPI_KINORA_H
#define UAPI_KINORA_H

#if defined(__KERNEL__) || defined(__linux__)
#include <linux/types.h>
#else /* the controller's firmware: little endian, without Linux headers */
#include <stdint.h>
#define __u8 uint8_t
#define __le16 uint16_t
#define __le32 uint32_t
#define __le64 uint64_t
#endif

/*
 * v210: 10-bit YCbCr 4:2:2, six pixels in four little-endian 32-bit words, lines padded to 128
 * bytes. The kernel has no fourcc for it; this is the one QuickTime, FFmpeg and GStreamer use.
 */
#ifndef V4L2_PIX_FMT_V210
#define V4L2_PIX_FMT_V210 v4l2_fourcc('v', '2', '1', '0')
#endif

/* Metadata format of the /dev/videoN capture nodes that follow the four picture nodes. */
#define V4L2_META_FMT_KINORA v4l2_fourcc('K', 'N', 'R', 'M')

/* A metadata buffer: struct kinora_meta_header, then its ancillary packets. */
#define KINORA_META_MAGIC 0x4d524e4b /* "KNRM" in memory */
#define KINORA_META_VERSION 1
#define KINORA_META_BUFFER_BYTES 65536	/* sizeimage of the node */

struct kinora_meta_header {
	__le32 magic;		/* 0x00 KINORA_META_MAGIC */
	__le16 version;		/* 0x04 KINORA_META_VERSION */
	__le16 packets;		/* 0x06 ancillary packets that follow */
	__le32 bytes;		/* 0x08 this header and the packets */
	__le32 status;		/* 0x0c KINORA_META_* */
	__le64 frame;		/* 0x10 number of the frame on the wire, same as the picture's */
	__le64 sof_ns;		/* 0x18 start of frame, card clock, ns */
	__le64 eof_ns;		/* 0x20 end of frame, card clock, ns */
	__le64 timecode;	/* 0x28 KINORA_TC_* */
	__le32 payload_id;	/* 0x30 ST 352 of link 1, byte 1 in bits 7:0; 0: none */
	__le32 generation;	/* 0x34 signal generation */
	__le32 rate_num;	/* 0x38 frame rate on the wire, 60000/1001; 0/0: no signal */
	__le32 rate_den;	/* 0x3c */
};

/* kinora_meta_header.status; the same bits as in a completion record (kinora_hw.h) */
#define KINORA_META_NO_SIGNAL (1u << 1)
#define KINORA_META_MISMATCH (1u << 2)
#define KINORA_META_WIRE_ERROR (1u << 5)

/* Timecode, ST 12-1 time address in BCD. */
#define KINORA_TC_FRAMES 0x00000000000000ffULL
#define KINORA_TC_SECONDS 0x000000000000ff00ULL
#define KINORA_TC_MINUTES 0x0000000000ff0000ULL
#define KINORA_TC_HOURS 0x00000000ff000000ULL
#define KINORA_TC_VALID (1ULL << 32)
#define KINORA_TC_DROP_FRAME (1ULL << 33)
#define KINORA_TC_SECOND_OF_PAIR (1ULL << 34) /* above 30 Hz: second frame of a pair */

/*
 * One ancillary packet: this head, then data_count user data words and the checksum word, each the
 * 10-bit word of the wire (parity included) in a little-endian u16, padded with zeros to 4 bytes.
 */
struct kinora_meta_packet {
	__u8 link;		/* 0x00 1..4: SDI link it came from */
	__u8 flags;		/* 0x01 KINORA_PACKET_* */
	__le16 line;		/* 0x02 line number in the transport, from 1 */
	__le16 offset;		/* 0x04 words from SAV (vertical) or EAV (horizontal) to the ADF */
	__u8 did;		/* 0x06 data identification */
	__u8 sdid;		/* 0x07 secondary data identification, or data block number */
	__u8 data_count;	/* 0x08 user data words */
	__u8 reserved[3];	/* 0x09 0 */
};

#define KINORA_PACKET_CHROMA (1u << 0)	/* in the C data stream; else Y */
#define KINORA_PACKET_HANC (1u << 1)	/* in the horizontal blanking; else vertical */

/* Read-only controls on the picture nodes; V4L2 has no values for them. */
#define V4L2_CID_KINORA_BASE (V4L2_CID_USER_BASE + 0x1f40)
/* Transfer characteristic, a menu of enum kinora_transfer. V4L2 has no xfer_func for HLG. */
#define V4L2_CID_KINORA_TRANSFER (V4L2_CID_KINORA_BASE + 0)
/* ST 352 payload id of link 1, byte 1 in bits 7:0; 0 when there is none. A bitmask control. */
#define V4L2_CID_KINORA_PAYLOAD_ID (V4L2_CID_KINORA_BASE + 1)
/*
 * What the card says of the signal on the current input, as menus; values are those of the signal
 * block, docs/hardware.md section 10. Subscribe to V4L2_EVENT_CTRL to hear of changes that leave
 * the picture's size and rate as they are.
 */
#define V4L2_CID_KINORA_STATE (V4L2_CID_KINORA_BASE + 2)	/* 0 none ... 3 locked */
#define V4L2_CID_KINORA_REASON (V4L2_CID_KINORA_BASE + 3)	/* why there is no picture */
#define V4L2_CID_KINORA_MAPPING (V4L2_CID_KINORA_BASE + 4)	/* of a picture on four links */
#define V4L2_CID_KINORA_COLORIMETRY (V4L2_CID_KINORA_BASE + 5)
#define V4L2_CID_KINORA_RANGE (V4L2_CID_KINORA_BASE + 6)
#define V4L2_CID_KINORA_SAMPLING (V4L2_CID_KINORA_BASE + 7)
/* Bits a sample on the wire, an integer; 0 without a signal. */
#define V4L2_CID_KINORA_DEPTH (V4L2_CID_KINORA_BASE + 8)

enum kinora_transfer {
	KINORA_TRANSFER_SDR = 0,	/* BT.709 / BT.2020 */
	KINORA_TRANSFER_HLG = 1,	/* BT.2100 hybrid log-gamma */
	KINORA_TRANSFER_PQ = 2,		/* BT.2100 perceptual quantisation, ST 2084 */
	KINORA_TRANSFER_UNSPECIFIED = 3,
};

#endif
