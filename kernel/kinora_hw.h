/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The contract between a Kinora card and its host: every register, field, ring entry and record.
 * docs/hardware.md explains what each means and which orders hold; this header only names them.
 * The driver, the controller's firmware and the virtual card include it and restate nothing.
 *
 * Everything is little endian. Access types in the comments: RO read-only, RW read-write,
 * WO write-only, W1 write one to start (reads one until done). Reset values are 0 unless given.
 */
#ifndef KINORA_HW_H
#define KINORA_HW_H

#include "uapi/kinora.h"

#ifdef __KERNEL__
#include <linux/bitfield.h>
#include <linux/bits.h>
#else
#ifndef BIT
#define BIT(n) (1ULL << (n))
#endif
#ifndef GENMASK
#define GENMASK(h, l) ((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#endif
#ifndef FIELD_GET
#define FIELD_GET(mask, value) (((value) & (mask)) >> __builtin_ctzll(mask))
#define FIELD_PREP(mask, value) (((unsigned long long)(value) << __builtin_ctzll(mask)) & (mask))
#endif
#endif

#define KINORA_VERSION_MAJOR 1
#define KINORA_VERSION_MINOR 1

/* --- PCI identity: PLACEHOLDERS, no vendor id has been assigned to the project --- */
#define KINORA_PCI_VENDOR 0x4b4e
#define KINORA_PCI_DEVICE 0x384b
#define KINORA_PCI_CLASS 0x040000 /* multimedia video controller */

#define KINORA_BAR_REGS 0		/* 64-bit, registers */
#define KINORA_BAR_REGS_SIZE 0x10000
#define KINORA_BAR_MSIX 2		/* 64-bit, MSI-X table and pending bits */
#define KINORA_BAR_MSIX_SIZE 0x1000
#define KINORA_MSIX_TABLE_OFFSET 0x000
#define KINORA_MSIX_PBA_OFFSET 0x800

/* --- shape of the card --- */
#define KINORA_CHANNELS 4
#define KINORA_STREAMS_PER_CHANNEL 4	/* the fourth is reserved */
#define KINORA_STREAMS (KINORA_CHANNELS * KINORA_STREAMS_PER_CHANNEL)
#define KINORA_STREAM_VIDEO 0
#define KINORA_STREAM_ANC 1
#define KINORA_STREAM_AUDIO 2
#define KINORA_STREAM_INDEX(channel, type) ((channel) * KINORA_STREAMS_PER_CHANNEL + (type))
#define KINORA_VECTORS (1 + KINORA_STREAMS) /* recommended: 0 for events, 1 + n for stream n */

#define KINORA_CONN_SDI1 0
#define KINORA_CONN_SDI2 1
#define KINORA_CONN_SDI3 2
#define KINORA_CONN_SDI4 3
#define KINORA_CONN_SDI_QUAD 4		/* the four SDI links as one picture; channel 1 only */
#define KINORA_CONN_HDMI1 5
#define KINORA_CONN_REF 6		/* reference input: a signal block, but no picture */
#define KINORA_CONNECTORS 7

/* --- BAR 0: global registers --- */
#define KINORA_REG_MAGIC 0x0000		/* RO KINORA_MAGIC */
#define KINORA_MAGIC 0x41524e4b		/* "KNRA" in memory */
#define KINORA_REG_VERSION 0x0004	/* RO of this contract */
#define KINORA_VERSION_MAJOR_MASK GENMASK(31, 16)
#define KINORA_VERSION_MINOR_MASK GENMASK(15, 0)
#define KINORA_REG_BOARD 0x0008		/* RO */
#define KINORA_BOARD_ID_MASK GENMASK(31, 16)
#define KINORA_BOARD_REVISION_MASK GENMASK(15, 0)
#define KINORA_BOARD_VIRTUAL 0xffff	/* board id of the virtual card */
#define KINORA_REG_FIRMWARE 0x000c	/* RO version of the controller's firmware */
#define KINORA_FIRMWARE_MAJOR_MASK GENMASK(31, 24)
#define KINORA_FIRMWARE_MINOR_MASK GENMASK(23, 16)
#define KINORA_FIRMWARE_PATCH_MASK GENMASK(15, 0)
#define KINORA_REG_SERIAL 0x0010	/* RO 16 bytes ASCII [A-Za-z0-9-], padded with NUL */
#define KINORA_SERIAL_BYTES 16
#define KINORA_REG_CAP 0x0020		/* RO */
#define KINORA_CAP_CHANNELS_MASK GENMASK(3, 0)
#define KINORA_CAP_RING_LOG2_MASK GENMASK(11, 8) /* largest ring, log2 of its entries */
#define KINORA_CAP_TIMEOUT_MASK GENMASK(31, 16)	 /* longest reset, start or stop, ms */
#define KINORA_REG_FORMATS 0x0024	/* RO BIT(KINORA_FMT_*) it can write */
#define KINORA_REG_CONNECTORS 0x0028	/* RO BIT(KINORA_CONN_*) of what the board has */
#define KINORA_REG_LINK_NEED 0x002c	/* RO PCIe link that full load needs */
#define KINORA_LINK_NEED_GEN_MASK GENMASK(3, 0)
#define KINORA_LINK_NEED_WIDTH_MASK GENMASK(9, 4)
#define KINORA_REG_CONTROL 0x0030	/* RW */
#define KINORA_CONTROL_ENABLE BIT(0)
#define KINORA_CONTROL_RESET BIT(1)	/* W1 whole card */
#define KINORA_REG_STATUS 0x0034	/* RO */
#define KINORA_STATUS_READY BIT(0)	/* reset is over, registers may be written */
#define KINORA_STATUS_ENABLED BIT(1)	/* signal blocks are being written */
#define KINORA_STATUS_FATAL BIT(31)	/* only a reset helps */
#define KINORA_REG_SIGNALS_LO 0x0038	/* RW bus address of the signal blocks, 4096-aligned */
#define KINORA_REG_SIGNALS_HI 0x003c	/* RW */
#define KINORA_REG_EVENT_VECTOR 0x0040	/* RW interrupt vector for events */
#define KINORA_REG_TIME_LO 0x0048	/* RO card clock, ns; reading it latches TIME_HI */
#define KINORA_REG_TIME_HI 0x004c	/* RO */
#define KINORA_REG_MAILBOX_REQUEST 0x0050 /* RW number of the request in the window; rings */
#define KINORA_REG_MAILBOX_DONE 0x0054	/* RO number of the last request that has its reply */
#define KINORA_REG_FIRMWARE_LO 0x0058	/* RW bus address of a controller image, 8-aligned */
#define KINORA_REG_FIRMWARE_HI 0x005c	/* RW */
#define KINORA_REG_FIRMWARE_BYTES 0x0060 /* RW of the whole image, header included */
#define KINORA_REG_FIRMWARE_CONTROL 0x0064 /* RW */
#define KINORA_FIRMWARE_LOAD BIT(0)	/* W1 check the image, start the controller with it */
#define KINORA_FIRMWARE_REVERT BIT(1)	/* W1 start it with the built-in image */
#define KINORA_REG_FIRMWARE_STATUS 0x0068 /* RO */
#define KINORA_FIRMWARE_LOADED BIT(0)	/* the host's image runs; else the built-in one */
#define KINORA_FIRMWARE_ERROR_MASK GENMASK(15, 8) /* of the last LOAD */
#define KINORA_FIRMWARE_ERROR_NONE 0
#define KINORA_FIRMWARE_ERROR_BUS 1	/* the image could not be read */
#define KINORA_FIRMWARE_ERROR_SIZE 2	/* truncated, or too large for the controller */
#define KINORA_FIRMWARE_ERROR_FOREIGN 3	/* not an image for this controller */
#define KINORA_FIRMWARE_ERROR_CRC 4	/* damaged */
#define KINORA_FIRMWARE_ERROR_TOO_NEW 5	/* needs a later contract than the card's */
#define KINORA_FIRMWARE_ERROR_START 6	/* it was started and did not report */

/* Mailbox window, BAR 0: struct kinora_mailbox, then its payload */
#define KINORA_MAILBOX_WINDOW 0x8000
#define KINORA_MAILBOX_BYTES 1024

/* --- BAR 0: channel registers --- */
#define KINORA_REG_CHANNEL(ch) (0x0100 + (ch) * 0x40)
#define KINORA_CHANNEL_INPUT 0x00	/* RW KINORA_CONN_*; while its streams are idle */
#define KINORA_CHANNEL_CONTROL 0x04	/* RW */
#define KINORA_CHANNEL_RESET BIT(0)	/* W1 stops all DMA of the channel, forgets its rings */
#define KINORA_CHANNEL_INPUTS 0x08	/* RO BIT(KINORA_CONN_*) that this channel can take */

/* --- BAR 0: stream registers; all but TAIL and CONTROL may be written only in state IDLE --- */
#define KINORA_REG_STREAM(n) (0x1000 + (n) * 0x100)
#define KINORA_STREAM_CAP 0x00		/* RO */
#define KINORA_STREAM_CAP_PRESENT BIT(0)
#define KINORA_STREAM_CONTROL 0x04	/* RW */
#define KINORA_STREAM_ENABLE BIT(0)	/* 0 -> 1 start, 1 -> 0 stop */
#define KINORA_STREAM_STATUS 0x08	/* RO */
#define KINORA_STREAM_STATE_MASK GENMASK(3, 0)
#define KINORA_STATE_IDLE 0
#define KINORA_STATE_STARTING 1
#define KINORA_STATE_RUNNING 2
#define KINORA_STATE_STOPPING 3
#define KINORA_STATE_ERROR 4		/* writing 0 to CONTROL leads back to IDLE */
#define KINORA_STREAM_ERROR_MASK GENMASK(15, 8)
#define KINORA_ERROR_NONE 0
#define KINORA_ERROR_RING 1		/* ring address, alignment or size */
#define KINORA_ERROR_FORMAT 2		/* FORMAT is not in REG_FORMATS */
#define KINORA_ERROR_GEOMETRY 3		/* SIZE, STRIDE, PLANE1 or BYTES do not fit together */
#define KINORA_ERROR_PERIOD 4		/* PERIOD_NUM/PERIOD_DEN outside 1..240 Hz */
#define KINORA_ERROR_TAIL 5		/* TAIL moved by more than the ring holds */
#define KINORA_ERROR_BUS 6		/* the ring could not be read or written */
#define KINORA_ERROR_VECTOR 7		/* VECTOR is not below KINORA_VECTORS */
#define KINORA_STREAM_VECTOR 0x0c	/* RW interrupt vector */
#define KINORA_STREAM_SQ_LO 0x10	/* RW submission ring, bus address, 64-aligned */
#define KINORA_STREAM_SQ_HI 0x14	/* RW */
#define KINORA_STREAM_CQ_LO 0x18	/* RW completion ring, bus address, 64-aligned */
#define KINORA_STREAM_CQ_HI 0x1c	/* RW */
#define KINORA_STREAM_RINGS 0x20	/* RW both rings: log2 of the entries, 1 .. CAP_RING_LOG2 */
#define KINORA_STREAM_FORMAT 0x24	/* RW KINORA_FMT_*; 0 for ancillary data */
#define KINORA_STREAM_SIZE 0x28		/* RW picture on the wire that is expected */
#define KINORA_SIZE_WIDTH_MASK GENMASK(15, 0)
#define KINORA_SIZE_HEIGHT_MASK GENMASK(31, 16)
#define KINORA_STREAM_STRIDE0 0x2c	/* RW bytes from line to line, plane 0 */
#define KINORA_STREAM_STRIDE1 0x30	/* RW plane 1 (chroma of NV12, NV16, P010); 0: one plane */
#define KINORA_STREAM_PLANE1 0x34	/* RW bytes from the buffer's start to plane 1 */
#define KINORA_STREAM_BYTES 0x38	/* RW bytes of a whole buffer */
#define KINORA_STREAM_PERIOD_NUM 0x3c	/* RW frame period expected, seconds: 1001 ... */
#define KINORA_STREAM_PERIOD_DEN 0x40	/* RW ... / 60000 */
#define KINORA_STREAM_FLAGS 0x44	/* RW */
#define KINORA_STREAM_INTERLACED BIT(0)
#define KINORA_STREAM_RGB_RANGE_MASK GENMASK(2, 1) /* how to read RGB on the wire */
#define KINORA_STREAM_RGB_AUTO 0	/* as the signal says */
#define KINORA_STREAM_RGB_LIMITED 1
#define KINORA_STREAM_RGB_FULL 2
#define KINORA_STREAM_TAIL 0x80		/* WO doorbell: entries submitted since IDLE, modulo 2^32 */

/* --- memory formats --- */
#define KINORA_FMT_UYVY 0
#define KINORA_FMT_YUYV 1
#define KINORA_FMT_NV12 2
#define KINORA_FMT_NV16 3
#define KINORA_FMT_P010 4
#define KINORA_FMT_Y210 5
#define KINORA_FMT_V210 6
#define KINORA_FMT_XBGR32 7		/* bytes B, G, R, 0 */
#define KINORA_FMT_RGBX1010102 8	/* R 31:22, G 21:12, B 11:2 of a 32-bit word */
#define KINORA_FMTS 9

/* --- host memory: submission ring entry --- */
struct kinora_submission {
	__le64 table;		/* 0x00 bus address of the table's first segment, 16-aligned */
	__le32 entries;		/* 0x08 table entries in all segments, links included */
	__le32 bytes;		/* 0x0c bytes the buffer holds */
	__le16 tag;		/* 0x10 comes back in the completion record */
	__le16 reserved0;	/* 0x12 0 */
	__le32 reserved1;	/* 0x14 0 */
	__le64 reserved2;	/* 0x18 0 */
};

#define KINORA_SUBMISSION_BYTES 32

/* --- host memory: scatter table entry --- */
struct kinora_sg {
	__le64 addr;		/* 0x00 bus address: data, 8-aligned; link: the next segment */
	__le32 len;		/* 0x08 bytes; a multiple of 8 but in the last entry; link: 0 */
	__le32 flags;		/* 0x0c */
};

#define KINORA_SG_BYTES 16
#define KINORA_SG_ALIGN 8		/* of data, address and length; segments: KINORA_SG_BYTES */
#define KINORA_SG_LINK BIT(0)		/* addr is the next segment */
#define KINORA_SG_MAX_ENTRIES 65536	/* bound on kinora_submission.entries */

/* --- host memory: completion record --- */
struct kinora_record {
	__le64 frame;		/* 0x00 number of the frame on the wire */
	__le64 sof_ns;		/* 0x08 start of frame, card clock, ns */
	__le64 eof_ns;		/* 0x10 end of frame, card clock, ns */
	__le64 timecode;	/* 0x18 KINORA_TC_* */
	__le32 bytes;		/* 0x20 bytes written into the buffer */
	__le32 crc32c;		/* 0x24 CRC-32C (Castagnoli) of those bytes in buffer order */
	__le32 payload_id;	/* 0x28 ST 352 of link 1, byte 1 in bits 7:0; 0: none */
	__le32 generation;	/* 0x2c signal generation of the channel's connector */
	__le32 status;		/* 0x30 KINORA_RECORD_*; 0: a good frame */
	__le32 lost;		/* 0x34 frames that found no buffer since the stream started */
	__le32 reserved;	/* 0x38 0 */
	__le16 tag;		/* 0x3c of the submission */
	__le16 flags;		/* 0x3e written last */
};

#define KINORA_RECORD_BYTES 64
#define KINORA_RECORD_CANCELLED BIT(0)	/* stream was stopped before the frame was whole */
#define KINORA_RECORD_NO_SIGNAL BIT(1)	/* freewheeling: nothing was written */
#define KINORA_RECORD_MISMATCH BIT(2)	/* freewheeling: the signal is not the one expected */
#define KINORA_RECORD_SHORT BIT(3)	/* the buffer or its table is smaller than BYTES */
#define KINORA_RECORD_BUS_ERROR BIT(4)	/* the table or the buffer could not be reached */
#define KINORA_RECORD_WIRE_ERROR BIT(5)	/* line CRC errors in this frame; it was written */
#define KINORA_RECORD_BAD_ENTRY BIT(6)	/* submission or table entry breaks a rule */
#define KINORA_RECORD_OVERRUN BIT(7)	/* the bus took the frame too slowly; it is incomplete */
#define KINORA_RECORD_FIELD_MASK GENMASK(9, 8) /* 0 progressive, 1 first field, 2 second field */
#define KINORA_RECORD_PHASE BIT(0)	/* kinora_record.flags */

/* --- host memory: signal block of connector k, at SIGNALS + k * KINORA_SIGNAL_BYTES --- */
struct kinora_signal {
	__le32 seq_begin;	/* 0x00 number of this writing; see seq_end */
	__le32 generation;	/* 0x04 grows by one whenever the signal changes */
	__le64 since_ns;	/* 0x08 card clock when it changed, InfoFrames aside */
	__le64 pixelclock;	/* 0x10 Hz, with blanking: 2376000000, 2373626374 for 1/1.001 */
	__le32 rate_num;	/* 0x18 frame rate: 60000 ... */
	__le32 rate_den;	/* 0x1c ... / 1001 */
	__le16 width;		/* 0x20 active pixels */
	__le16 height;		/* 0x22 active lines of a frame */
	__le16 htotal;		/* 0x24 pixels with blanking */
	__le16 vtotal;		/* 0x26 lines with blanking */
	__u8 state;		/* 0x28 KINORA_SIGNAL_* */
	__u8 interface;		/* 0x29 KINORA_INTERFACE_* */
	__u8 mapping;		/* 0x2a KINORA_MAPPING_* */
	__u8 scan;		/* 0x2b KINORA_SCAN_* */
	__u8 colorimetry;	/* 0x2c KINORA_COLORIMETRY_* */
	__u8 transfer;		/* 0x2d enum kinora_transfer */
	__u8 range;		/* 0x2e KINORA_RANGE_* */
	__u8 sampling;		/* 0x2f KINORA_SAMPLING_* */
	__u8 depth;		/* 0x30 bits per sample on the wire */
	__u8 reason;		/* 0x31 KINORA_REASON_*: why there is no picture */
	__le16 links;		/* 0x32 BIT(n): SDI link n + 1 is locked (quad link and SDI) */
	__le32 clock_ppb;	/* 0x34 signed: wire clock against nominal, 1e-9 */
	__le32 payload_id[4];	/* 0x38 ST 352 per link, byte 1 in bits 7:0; 0: none */
	__le32 crc_errors[4];	/* 0x48 lines with a CRC error per link since power-up */
	__le32 lock_losses;	/* 0x58 since power-up */
	__le32 skew_ns[4];	/* 0x5c per link behind the earliest */
	__u8 flags;		/* 0x6c KINORA_SIGNAL_FLAG_* */
	__u8 vic;		/* 0x6d HDMI: video identification code, CTA-861; 0: none */
	__u8 it_content;	/* 0x6e HDMI: KINORA_IT_* */
	__u8 frl_rate;		/* 0x6f HDMI: 1 .. 6 while FRL runs, 0: TMDS */
	__u8 order;		/* 0x70 quad: bits 2n+1:2n, the part of the picture link n+1 has */
	__u8 dual;		/* 0x71 0, or 1, 2: the link of a dual-link picture this is */
	__le16 reserved0;	/* 0x72 0 */
	__le32 infoframes;	/* 0x74 HDMI: grows by one when an InfoFrame changes */
	__le32 reserved1;	/* 0x78 0 */
	__le32 seq_end;		/* 0x7c equals seq_begin when the block is whole */
};

#define KINORA_SIGNAL_BYTES 128
#define KINORA_SIGNALS_BYTES 4096	/* the area the card may write */

#define KINORA_SIGNAL_NONE 0		/* nothing connected, or no carrier */
#define KINORA_SIGNAL_UNSTABLE 1	/* carrier, but no lock yet or not the same twice */
#define KINORA_SIGNAL_UNSUPPORTED 2	/* locked, but no raster this card takes */
#define KINORA_SIGNAL_LOCKED 3

#define KINORA_SIGNAL_FLAG_POWER BIT(0)	/* SDI: carrier; HDMI: +5 V of a source */
#define KINORA_SIGNAL_FLAG_HOTPLUG BIT(1) /* HDMI: hot-plug detect is asserted */
#define KINORA_SIGNAL_FLAG_HDMI BIT(2)	/* HDMI: InfoFrames have been seen; else DVI */
#define KINORA_SIGNAL_FLAG_PAYLOAD_LIES BIT(3) /* the payload id contradicts what is measured */
#define KINORA_SIGNAL_FLAG_ERRORS BIT(4) /* wire errors in the last second */
#define KINORA_SIGNAL_FLAG_OVERRIDE BIT(5) /* quad: mapping or order were set by hand */

#define KINORA_IT_NONE 0		/* no IT content */
#define KINORA_IT_GRAPHICS 1
#define KINORA_IT_PHOTO 2
#define KINORA_IT_CINEMA 3
#define KINORA_IT_GAME 4

#define KINORA_ORDER_PLUGGED 0xe4	/* links 1, 2, 3, 4 have parts 0, 1, 2, 3 */

#define KINORA_INTERFACE_NONE 0
#define KINORA_INTERFACE_HD 1		/* ST 292-1, 1.5 Gb/s */
#define KINORA_INTERFACE_3GA 2		/* ST 425-1 level A */
#define KINORA_INTERFACE_3GB 3		/* ST 425-1 level B */
#define KINORA_INTERFACE_6G 4		/* ST 2081 */
#define KINORA_INTERFACE_12G 5		/* ST 2082 */
#define KINORA_INTERFACE_QUAD_3G 6
#define KINORA_INTERFACE_QUAD_6G 7
#define KINORA_INTERFACE_QUAD_12G 8	/* ST 2082-12 */
#define KINORA_INTERFACE_TMDS 9		/* HDMI up to 2.0 */
#define KINORA_INTERFACE_FRL 10		/* HDMI 2.1 */
#define KINORA_INTERFACE_24G 11		/* ST 2083 */
#define KINORA_INTERFACE_QUAD_24G 12

#define KINORA_MAPPING_SINGLE 0		/* one link */
#define KINORA_MAPPING_2SI 1		/* two-sample interleave */
#define KINORA_MAPPING_SQD 2		/* square division */

#define KINORA_SCAN_INTERLACED BIT(0)
#define KINORA_SCAN_PSF BIT(1)		/* progressive picture in an interlaced transport */

#define KINORA_COLORIMETRY_709 0	/* values 0..3 as in ST 352 byte 3 */
#define KINORA_COLORIMETRY_VANC 1
#define KINORA_COLORIMETRY_2020 2
#define KINORA_COLORIMETRY_UNKNOWN 3
#define KINORA_COLORIMETRY_601 4

#define KINORA_RANGE_NARROW 0
#define KINORA_RANGE_FULL 1

#define KINORA_SAMPLING_422 0		/* values as in ST 352 byte 3 */
#define KINORA_SAMPLING_444 1
#define KINORA_SAMPLING_RGB 2
#define KINORA_SAMPLING_420 3

#define KINORA_REASON_NONE 0
#define KINORA_REASON_LINK_MISSING 1	/* quad link: not all four links are locked */
#define KINORA_REASON_LINKS_DIFFER 2	/* quad link: raster, rate or payload id differ */
#define KINORA_REASON_LINK_ORDER 3	/* quad link: link numbers are not 1, 2, 3, 4 */
#define KINORA_REASON_SKEW 4		/* quad link: further apart than can be realigned */
#define KINORA_REASON_RASTER 5		/* words per line, lines and rate match no standard */
#define KINORA_REASON_DUAL_LINK 6	/* one of two links; this card takes one link, or four */
#define KINORA_REASON_SAMPLING 7	/* sampling or depth the connector's receiver cannot take */
#define KINORA_REASON_FLAPPING 8	/* lock comes and goes; waits for it to stand */
#define KINORA_REASON_TRAINING 9	/* HDMI: FRL link training failed at every rate */

/* --- host memory: controller block, at SIGNALS + KINORA_CONTROLLER_BLOCK --- */
#define KINORA_CONTROLLER_BLOCK (7 * KINORA_SIGNAL_BYTES)

struct kinora_controller_block {
	__le32 seq_begin;	/* 0x00 as in a signal block */
	__le32 mailbox_done;	/* 0x04 KINORA_REG_MAILBOX_DONE */
	__le32 firmware;	/* 0x08 KINORA_REG_FIRMWARE */
	__le32 log_count;	/* 0x0c entries logged since the last start */
	__le32 cec_count;	/* 0x10 CEC events ever queued */
	__le32 edid_count;	/* 0x14 grows by one when the EDID changes */
	__le32 restarts;	/* 0x18 starts of the controller since power-up, less one */
	__le32 stack_bytes;	/* 0x1c deepest stack the firmware saw itself use; 0: unknown */
	__le32 reserved[23];	/* 0x20 0 */
	__le32 seq_end;		/* 0x7c equals seq_begin when the block is whole */
};

/* --- mailbox: a request in the window, and its reply in the same place --- */
struct kinora_mailbox {
	__le16 op;		/* 0x00 KINORA_OP_* */
	__le16 status;		/* 0x02 reply: KINORA_MAILBOX_OK ...; request: 0 */
	__le16 length;		/* 0x04 bytes of the payload that follows */
	__le16 arg;		/* 0x06 by op */
};

#define KINORA_MAILBOX_PAYLOAD (KINORA_MAILBOX_BYTES - 8)

#define KINORA_MAILBOX_OK 0
#define KINORA_MAILBOX_UNKNOWN 1	/* no such op */
#define KINORA_MAILBOX_INVALID 2	/* length, arg or payload break a rule */
#define KINORA_MAILBOX_CHECKSUM 3	/* EDID: header or checksum of a block is wrong */
#define KINORA_MAILBOX_BUSY 4		/* CEC: a message is being sent */
#define KINORA_MAILBOX_TOO_LARGE 5	/* EDID: more than KINORA_EDID_BLOCKS */

#define KINORA_OP_IDENTIFY 1		/* reply: text, name and build of the firmware */
#define KINORA_OP_EDID_GET 2		/* reply: the EDID, no bytes if there is none */
#define KINORA_OP_EDID_SET 3		/* payload: an EDID; none: hot-plug stays low */
#define KINORA_OP_CEC_CONFIG 4		/* payload: struct kinora_cec_config */
#define KINORA_OP_CEC_TRANSMIT 5	/* payload: struct kinora_cec_message */
#define KINORA_OP_CEC_EVENTS 6		/* reply: struct kinora_cec_message, oldest first; taken */
#define KINORA_OP_INFOFRAMES 7		/* reply: for each: u8 bytes, then header, checksum, body */
#define KINORA_OP_LOG 8			/* payload: le32 first; reply: struct kinora_log */
#define KINORA_OP_MAPPING_SET 9		/* arg: KINORA_MAPPING_*; payload: nothing, or u8 order */
#define KINORA_OP_MAPPING_GET 10	/* reply arg: as set; payload: u8 order, 0: not set */

#define KINORA_EDID_BLOCK_BYTES 128
#define KINORA_EDID_BLOCKS 4

struct kinora_cec_config {
	__le16 addresses;	/* 0x00 BIT(logical address) that the card acknowledges */
	__u8 enable;		/* 0x02 0: the card neither sends nor hears */
	__u8 reserved;		/* 0x03 0 */
};

struct kinora_cec_message {
	__le64 time_ns;		/* 0x00 events: card clock at the end of the message */
	__u8 kind;		/* 0x08 events: KINORA_CEC_*; request: 0 */
	__u8 status;		/* 0x09 KINORA_CEC_TX_*, of the last attempt */
	__u8 attempts;		/* 0x0a request: 1 .. 5; event: that were needed */
	__u8 free_time;		/* 0x0b request: signal free time, bit periods: 3, 5, 7 */
	__u8 length;		/* 0x0c 1 .. 16 */
	__u8 reserved[3];	/* 0x0d 0 */
	__u8 bytes[16];		/* 0x10 */
};

#define KINORA_CEC_RECEIVED 1
#define KINORA_CEC_SENT 2
#define KINORA_CEC_LOST 3		/* events were lost here: nobody fetched them */
#define KINORA_CEC_TX_OK 0
#define KINORA_CEC_TX_NACK 1
#define KINORA_CEC_TX_ARBITRATION 2	/* somebody else was sending */
#define KINORA_CEC_TX_LOW_DRIVE 3	/* somebody pulled the line down */

struct kinora_log {
	__le64 time_ns;		/* 0x00 card clock */
	__le32 index;		/* 0x08 from 0; the oldest are forgotten */
	__u8 connector;		/* 0x0c KINORA_CONN_*, 0xff: none */
	__u8 code;		/* 0x0d KINORA_LOG_* */
	__le16 reserved;	/* 0x0e 0 */
	__le32 a;		/* 0x10 by code */
	__le32 b;		/* 0x14 by code */
};

#define KINORA_LOG_START 1		/* a: firmware version; b: starts before this one */
#define KINORA_LOG_SIGNAL 2		/* a: state, 15:8 reason, 23:16 flags; b: rate_num */
#define KINORA_LOG_HOTPLUG 3		/* a: level */
#define KINORA_LOG_POWER 4		/* a: +5 V or carrier there */
#define KINORA_LOG_EDID 5		/* a: blocks */
#define KINORA_LOG_FRL_RATE 6		/* a: rate the source asked for; b: rate it gave up */
#define KINORA_LOG_FRL_DONE 7		/* a: rate; b: ms the training took */
#define KINORA_LOG_FRL_FAILED 8		/* a: rate; b: BIT(lane) that never trained */
#define KINORA_LOG_MAPPING 9		/* a: mapping; b: order */
#define KINORA_LOG_FLAPPING 10		/* a: lock losses in a second */
#define KINORA_LOG_ENTRIES 256		/* that are kept */

/* --- the controller's image: this header, then the payload --- */
struct kinora_firmware_header {
	__le32 magic;		/* 0x00 KINORA_FIRMWARE_MAGIC */
	__le16 header_bytes;	/* 0x04 64 */
	__le16 format;		/* 0x06 KINORA_FIRMWARE_FORMAT */
	__le32 target;		/* 0x08 KINORA_FIRMWARE_TARGET_* */
	__le32 version;		/* 0x0c as in KINORA_REG_FIRMWARE */
	__le32 contract;	/* 0x10 the oldest it runs with, as in KINORA_REG_VERSION */
	__le32 load;		/* 0x14 address of the payload's first byte */
	__le32 entry;		/* 0x18 address of the first instruction */
	__le32 payload_bytes;	/* 0x1c behind this header: to the end of the image */
	__le32 memory_bytes;	/* 0x20 from address 0, bss and stack included */
	__le32 payload_crc32c;	/* 0x24 */
	__u8 name[16];		/* 0x28 "controller", padded with NUL */
	__le32 reserved;	/* 0x38 0 */
	__le32 header_crc32c;	/* 0x3c of the 60 bytes before */
};

#define KINORA_FIRMWARE_MAGIC 0x57464e4b /* "KNFW" in memory */
#define KINORA_FIRMWARE_FORMAT 1
#define KINORA_FIRMWARE_TARGET_RV32IMC 1
#define KINORA_FIRMWARE_HEADER_BYTES 64
#define KINORA_FIRMWARE_BYTES_MAX (KINORA_CTL_RAM_BYTES + KINORA_FIRMWARE_HEADER_BYTES)

/*
 * --- controller side: what the firmware sees on its own bus; the host never does ---
 * 32-bit accesses only.
 */
#define KINORA_CTL_RAM 0x00000000	/* image, data, stack */
#define KINORA_CTL_RAM_BYTES 0x20000
#define KINORA_CTL_RX(link) (0x40000000 + (link) * 0x100) /* SDI receivers: KINORA_RX_* */
#define KINORA_CTL_HDMI 0x40001000	/* HDMI receiver: KINORA_HDMI_* */
#define KINORA_CTL_SYSTEM 0x40002000	/* KINORA_SYS_* */
#define KINORA_CTL_MAILBOX 0x40003000	/* RW the mailbox window */
/* RW 8 blocks of 128 bytes; they outlive the firmware, so generations go on */
#define KINORA_CTL_BLOCKS 0x40004000

#define KINORA_SYS_TIME_LO 0x00		/* RO card clock, ns; reading it latches TIME_HI */
#define KINORA_SYS_TIME_HI 0x04		/* RO */
#define KINORA_SYS_WAKE_LO 0x08		/* RW end wfi at this time ... */
#define KINORA_SYS_WAKE_HI 0x0c		/* RW ... set by writing this half */
#define KINORA_SYS_VERSION 0x10		/* RW firmware's version: writing it says that it runs */
#define KINORA_SYS_REQUEST 0x14		/* RO number of the mailbox request, 0: never */
#define KINORA_SYS_DONE 0x18		/* RW number of the request whose reply is in the window */
#define KINORA_SYS_PUBLISH 0x1c		/* WO write a block to the host */
#define KINORA_SYS_PUBLISH_BLOCK_MASK GENMASK(2, 0) /* KINORA_CONN_*, or 7: controller block */
#define KINORA_SYS_PUBLISH_EVENT BIT(8)	/* and raise the event interrupt */
#define KINORA_SYS_STARTS 0x20		/* RO starts of the controller since power-up */

/* HDMI receiver */
#define KINORA_HDMI_STATUS 0x000	/* RO */
#define KINORA_HDMI_POWER BIT(0)	/* +5 V of a source */
#define KINORA_HDMI_CARRIER BIT(1)	/* a clock (TMDS), or data on the lanes (FRL) */
#define KINORA_HDMI_LOCKED BIT(2)	/* the raster was the same for two frames */
#define KINORA_HDMI_INTERLACED BIT(3)
#define KINORA_HDMI_ISLANDS BIT(4)	/* data islands are there: HDMI, not DVI */
#define KINORA_HDMI_AVMUTE BIT(5)
#define KINORA_HDMI_VSYNC_POSITIVE BIT(6)
#define KINORA_HDMI_HSYNC_POSITIVE BIT(7)
#define KINORA_HDMI_DEPTH_MASK GENMASK(10, 8) /* general control packet */
#define KINORA_HDMI_DEPTH_NONE 0
#define KINORA_HDMI_DEPTH_8 4		/* CD of the packet: 4, 5, 6, 7 */
#define KINORA_HDMI_DEPTH_10 5
#define KINORA_HDMI_DEPTH_12 6
#define KINORA_HDMI_DEPTH_16 7
#define KINORA_HDMI_CONTROL 0x004	/* RW */
#define KINORA_HDMI_HOTPLUG BIT(0)	/* drive hot-plug detect high; EDID and SCDC answer */
#define KINORA_HDMI_ACTIVE 0x008	/* RO 15:0 pixels, 31:16 lines of a frame */
#define KINORA_HDMI_TOTAL 0x00c		/* RO 15:0 pixels, 31:16 lines of a frame, with blanking */
#define KINORA_HDMI_PIXELCLOCK 0x010	/* RO Hz, by the card's clock: of pixels, at any sampling */
#define KINORA_HDMI_ERRORS 0x014	/* RO character errors since power-up, all lanes */
#define KINORA_HDMI_LOCK_LOSSES 0x018	/* RO since power-up */
#define KINORA_HDMI_INFOFRAMES 0x01c	/* RO BIT(slot): there in the last second */
#define KINORA_HDMI_INFOFRAME_COUNT 0x020 /* RO grows by one when any slot changes */
#define KINORA_HDMI_EDID_BLOCKS 0x024	/* RW blocks of the EDID RAM that DDC may read */
#define KINORA_HDMI_LTP 0x028		/* RO 4 bits a lane: clean pattern, 0: none, 15: errors */
#define KINORA_HDMI_SCDC_WRITES 0x02c	/* RO grows by one with each byte the source writes */
#define KINORA_HDMI_LINK 0x030		/* RW what the receiver is set to: 0 TMDS, 1 .. 6 FRL */
#define KINORA_HDMI_CEC_CONTROL 0x034	/* RW 15:0 BIT(logical address) to acknowledge */
#define KINORA_HDMI_CEC_ENABLE BIT(16)
#define KINORA_HDMI_CEC_STATUS 0x038	/* RO */
#define KINORA_HDMI_CEC_SENDING BIT(0)
#define KINORA_HDMI_CEC_SENT_MASK GENMASK(3, 1)	/* KINORA_CEC_TX_* of the last one */
#define KINORA_HDMI_CEC_RECEIVED BIT(4)	/* a message is in CEC_RX */
#define KINORA_HDMI_CEC_START 0x03c	/* WO 4:0 bytes of CEC_TX, 11:8 signal free time: send */
#define KINORA_HDMI_CEC_RX_LENGTH 0x040	/* RO of CEC_RX; writing anything takes the message */
#define KINORA_HDMI_CEC_TX 0x050	/* RW 16 bytes, as four words */
#define KINORA_HDMI_CEC_RX 0x060	/* RO 16 bytes */
#define KINORA_HDMI_SCDC 0x200		/* RW 256 bytes: the SCDC registers, four to a word */
#define KINORA_HDMI_INFOFRAME(slot) (0x400 + (slot) * 0x20) /* RO HB0-2, PB0-27, 0 */
#define KINORA_HDMI_EDID 0x800		/* RW 512 bytes */

#define KINORA_INFOFRAME_AVI 0
#define KINORA_INFOFRAME_DRM 1		/* HDR static metadata */
#define KINORA_INFOFRAME_AUDIO 2
#define KINORA_INFOFRAME_VENDOR 3	/* HDMI, OUI 000C03 */
#define KINORA_INFOFRAME_FORUM 4	/* HDMI Forum, OUI C45DD8 */
#define KINORA_INFOFRAME_SPD 5
#define KINORA_INFOFRAME_OTHER 6	/* vendor-specific of anybody else: HDR Vivid, ... */
#define KINORA_INFOFRAME_SLOTS 7
#define KINORA_INFOFRAME_BYTES 32

/* SDI receivers */
#define KINORA_RX_LINKS 4
#define KINORA_RX_STATUS 0x00		/* RO */
#define KINORA_RX_CARRIER BIT(0)
#define KINORA_RX_LOCKED BIT(1)		/* TRS found at the same place for two frames */
#define KINORA_RX_INTERLACED BIT(2)	/* the F bit toggles */
#define KINORA_RX_PAYLOAD_VALID BIT(3)	/* PAYLOAD is of this frame */
#define KINORA_RX_RATE_MASK GENMASK(10, 8)
#define KINORA_RX_RATE_NONE 0
#define KINORA_RX_RATE_HD 1		/* 1.485 Gb/s: one data stream pair at 74.25 MHz */
#define KINORA_RX_RATE_3GA 2		/* 2.97 Gb/s level A: 148.5 MHz */
#define KINORA_RX_RATE_3GB 3		/* 2.97 Gb/s level B: two streams at 74.25 MHz */
#define KINORA_RX_RATE_6G 4		/* 5.94 Gb/s: four data streams at 148.5 MHz */
#define KINORA_RX_RATE_12G 5		/* 11.88 Gb/s: eight data streams at 148.5 MHz */
#define KINORA_RX_RATE_24G 6		/* 23.76 Gb/s: eight at 297 MHz; virtual card only */
#define KINORA_RX_WORDS 0x04		/* RO words per line of a data stream, EAV to EAV */
#define KINORA_RX_LINES 0x08		/* RO lines per frame of a data stream */
#define KINORA_RX_PPB 0x0c		/* RO signed: link clock against nominal, 1e-9 */
#define KINORA_RX_PAYLOAD 0x10		/* RO ST 352, byte 1 in bits 7:0 */
#define KINORA_RX_SKEW 0x14		/* RO ns behind the earliest of the four links */
#define KINORA_RX_CRC_ERRORS 0x18	/* RO lines with a CRC error since power-up */
#define KINORA_RX_LOCK_LOSSES 0x1c	/* RO since power-up */

#endif
