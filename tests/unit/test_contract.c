// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/crc32c.c */
/*
 * Description: kinora_hw.h and uapi/kinora.h against docs/hardware.md: the byte vectors of section
 * 12 in both directions, and every offset, bit and code of the tables as a literal number.
 *
 * Every number here was copied from the document, never from the header: the driver and the virtual
 * card share the header, so this is the only place where a wrong offset in it can be noticed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "kinora_hw.h"
#include "unit.h"

struct number {
	const char *name;
	unsigned long long actual;
	unsigned long long want;
};

#define N(macro, literal) { #macro, (unsigned long long)(macro), (literal) }
#define AT(type, field, offset, bytes)							\
	{ #type "." #field, offsetof(struct type, field), (offset) },			\
	{ "sizeof " #type "." #field, sizeof(((struct type *)NULL)->field), (bytes) }

static void check_numbers(const struct number *number, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (number[i].actual != number[i].want)
			printf("\n    %s is 0x%llx, the document says 0x%llx", number[i].name,
			       number[i].actual, number[i].want);
		CU_ASSERT_EQUAL(number[i].actual, number[i].want);
	}
}

#define CHECK_NUMBERS(array) check_numbers(array, sizeof(array) / sizeof((array)[0]))

static void check_bytes(const char *what, const void *got, const uint8_t *want, size_t bytes)
{
	const uint8_t *p = got;

	for (size_t i = 0; i < bytes; i++)
		if (p[i] != want[i])
			printf("\n    %s byte 0x%02zx is %02x, the document says %02x", what, i,
			       p[i], want[i]);
	CU_ASSERT_EQUAL(memcmp(got, want, bytes), 0);
}

/* --- sections 1 to 6: identity and registers --- */

static void test_identity(void)
{
	static const struct number numbers[] = {
		N(KINORA_VERSION_MAJOR, 1),
		N(KINORA_VERSION_MINOR, 1),
		N(KINORA_PCI_VENDOR, 0x4b4e),
		N(KINORA_PCI_DEVICE, 0x384b),
		N(KINORA_PCI_CLASS, 0x040000),
		N(KINORA_BAR_REGS, 0),
		N(KINORA_BAR_REGS_SIZE, 65536),
		N(KINORA_BAR_MSIX, 2),
		N(KINORA_BAR_MSIX_SIZE, 4096),
		N(KINORA_MSIX_TABLE_OFFSET, 0x000),
		N(KINORA_MSIX_PBA_OFFSET, 0x800),
		N(KINORA_VECTORS, 17),
	};

	CHECK_NUMBERS(numbers);
}

static void test_shape(void)
{
	static const struct number numbers[] = {
		N(KINORA_CHANNELS, 4),
		N(KINORA_STREAMS_PER_CHANNEL, 4),
		N(KINORA_STREAMS, 16),
		N(KINORA_STREAM_VIDEO, 0),
		N(KINORA_STREAM_ANC, 1),
		N(KINORA_STREAM_AUDIO, 2),
		N(KINORA_STREAM_INDEX(0, 0), 0),
		N(KINORA_STREAM_INDEX(0, 1), 1),
		N(KINORA_STREAM_INDEX(3, 2), 14),
		N(KINORA_CONN_SDI1, 0),
		N(KINORA_CONN_SDI2, 1),
		N(KINORA_CONN_SDI3, 2),
		N(KINORA_CONN_SDI4, 3),
		N(KINORA_CONN_SDI_QUAD, 4),
		N(KINORA_CONN_HDMI1, 5),
		N(KINORA_CONN_REF, 6),
		N(KINORA_CONNECTORS, 7),
	};

	CHECK_NUMBERS(numbers);
}

static void test_global_registers(void)
{
	static const struct number numbers[] = {
		N(KINORA_REG_MAGIC, 0x0000),
		N(KINORA_MAGIC, 0x41524e4b),
		N(KINORA_REG_VERSION, 0x0004),
		N(KINORA_VERSION_MAJOR_MASK, 0xffff0000),
		N(KINORA_VERSION_MINOR_MASK, 0x0000ffff),
		N(KINORA_REG_BOARD, 0x0008),
		N(KINORA_BOARD_ID_MASK, 0xffff0000),
		N(KINORA_BOARD_REVISION_MASK, 0x0000ffff),
		N(KINORA_BOARD_VIRTUAL, 0xffff),
		N(KINORA_REG_FIRMWARE, 0x000c),
		N(KINORA_FIRMWARE_MAJOR_MASK, 0xff000000),
		N(KINORA_FIRMWARE_MINOR_MASK, 0x00ff0000),
		N(KINORA_FIRMWARE_PATCH_MASK, 0x0000ffff),
		N(KINORA_REG_SERIAL, 0x0010),
		N(KINORA_SERIAL_BYTES, 16),
		N(KINORA_REG_CAP, 0x0020),
		N(KINORA_CAP_CHANNELS_MASK, 0x0000000f),
		N(KINORA_CAP_RING_LOG2_MASK, 0x00000f00),
		N(KINORA_CAP_TIMEOUT_MASK, 0xffff0000),
		N(KINORA_REG_FORMATS, 0x0024),
		N(KINORA_REG_CONNECTORS, 0x0028),
		N(KINORA_REG_LINK_NEED, 0x002c),
		N(KINORA_LINK_NEED_GEN_MASK, 0x0000000f),
		N(KINORA_LINK_NEED_WIDTH_MASK, 0x000003f0),
		N(KINORA_REG_CONTROL, 0x0030),
		N(KINORA_CONTROL_ENABLE, 0x1),
		N(KINORA_CONTROL_RESET, 0x2),
		N(KINORA_REG_STATUS, 0x0034),
		N(KINORA_STATUS_READY, 0x1),
		N(KINORA_STATUS_ENABLED, 0x2),
		N(KINORA_STATUS_FATAL, 0x80000000),
		N(KINORA_REG_SIGNALS_LO, 0x0038),
		N(KINORA_REG_SIGNALS_HI, 0x003c),
		N(KINORA_SIGNALS_BYTES, 4096),
		N(KINORA_REG_EVENT_VECTOR, 0x0040),
		N(KINORA_REG_TIME_LO, 0x0048),
		N(KINORA_REG_TIME_HI, 0x004c),
		N(KINORA_REG_MAILBOX_REQUEST, 0x0050),
		N(KINORA_REG_MAILBOX_DONE, 0x0054),
		N(KINORA_REG_FIRMWARE_LO, 0x0058),
		N(KINORA_REG_FIRMWARE_HI, 0x005c),
		N(KINORA_REG_FIRMWARE_BYTES, 0x0060),
		N(KINORA_REG_FIRMWARE_CONTROL, 0x0064),
		N(KINORA_FIRMWARE_LOAD, 0x1),
		N(KINORA_FIRMWARE_REVERT, 0x2),
		N(KINORA_REG_FIRMWARE_STATUS, 0x0068),
		N(KINORA_FIRMWARE_LOADED, 0x1),
		N(KINORA_FIRMWARE_ERROR_MASK, 0x0000ff00),
		N(KINORA_MAILBOX_WINDOW, 0x8000),
		N(KINORA_MAILBOX_BYTES, 0x400),
	};

	CHECK_NUMBERS(numbers);
}

static void test_channel_registers(void)
{
	static const struct number numbers[] = {
		N(KINORA_REG_CHANNEL(0), 0x0100),
		N(KINORA_REG_CHANNEL(1), 0x0140),
		N(KINORA_REG_CHANNEL(3), 0x01c0),
		N(KINORA_CHANNEL_INPUT, 0x00),
		N(KINORA_CHANNEL_CONTROL, 0x04),
		N(KINORA_CHANNEL_RESET, 0x1),
		N(KINORA_CHANNEL_INPUTS, 0x08),
	};

	CHECK_NUMBERS(numbers);
}

static void test_stream_registers(void)
{
	static const struct number numbers[] = {
		N(KINORA_REG_STREAM(0), 0x1000),
		N(KINORA_REG_STREAM(1), 0x1100),
		N(KINORA_REG_STREAM(15), 0x1f00),
		N(KINORA_STREAM_CAP, 0x00),
		N(KINORA_STREAM_CAP_PRESENT, 0x1),
		N(KINORA_STREAM_CONTROL, 0x04),
		N(KINORA_STREAM_ENABLE, 0x1),
		N(KINORA_STREAM_STATUS, 0x08),
		N(KINORA_STREAM_STATE_MASK, 0x0000000f),
		N(KINORA_STREAM_ERROR_MASK, 0x0000ff00),
		N(KINORA_STATE_IDLE, 0),
		N(KINORA_STATE_STARTING, 1),
		N(KINORA_STATE_RUNNING, 2),
		N(KINORA_STATE_STOPPING, 3),
		N(KINORA_STATE_ERROR, 4),
		N(KINORA_ERROR_NONE, 0),
		N(KINORA_ERROR_RING, 1),
		N(KINORA_ERROR_FORMAT, 2),
		N(KINORA_ERROR_GEOMETRY, 3),
		N(KINORA_ERROR_PERIOD, 4),
		N(KINORA_ERROR_TAIL, 5),
		N(KINORA_ERROR_BUS, 6),
		N(KINORA_ERROR_VECTOR, 7),
		N(KINORA_STREAM_VECTOR, 0x0c),
		N(KINORA_STREAM_SQ_LO, 0x10),
		N(KINORA_STREAM_SQ_HI, 0x14),
		N(KINORA_STREAM_CQ_LO, 0x18),
		N(KINORA_STREAM_CQ_HI, 0x1c),
		N(KINORA_STREAM_RINGS, 0x20),
		N(KINORA_STREAM_FORMAT, 0x24),
		N(KINORA_STREAM_SIZE, 0x28),
		N(KINORA_SIZE_WIDTH_MASK, 0x0000ffff),
		N(KINORA_SIZE_HEIGHT_MASK, 0xffff0000),
		N(KINORA_STREAM_STRIDE0, 0x2c),
		N(KINORA_STREAM_STRIDE1, 0x30),
		N(KINORA_STREAM_PLANE1, 0x34),
		N(KINORA_STREAM_BYTES, 0x38),
		N(KINORA_STREAM_PERIOD_NUM, 0x3c),
		N(KINORA_STREAM_PERIOD_DEN, 0x40),
		N(KINORA_STREAM_FLAGS, 0x44),
		N(KINORA_STREAM_INTERLACED, 0x1),
		N(KINORA_STREAM_RGB_RANGE_MASK, 0x6),
		N(KINORA_STREAM_RGB_AUTO, 0),
		N(KINORA_STREAM_RGB_LIMITED, 1),
		N(KINORA_STREAM_RGB_FULL, 2),
		N(KINORA_STREAM_TAIL, 0x80),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 7: rings --- */

static void test_ring_layout(void)
{
	static const struct number numbers[] = {
		{ "sizeof kinora_submission", sizeof(struct kinora_submission), 32 },
		N(KINORA_SUBMISSION_BYTES, 32),
		AT(kinora_submission, table, 0x00, 8),
		AT(kinora_submission, entries, 0x08, 4),
		AT(kinora_submission, bytes, 0x0c, 4),
		AT(kinora_submission, tag, 0x10, 2),
		{ "first reserved byte of kinora_submission",
		  offsetof(struct kinora_submission, reserved0), 0x12 },
		{ "sizeof kinora_sg", sizeof(struct kinora_sg), 16 },
		N(KINORA_SG_BYTES, 16),
		AT(kinora_sg, addr, 0x00, 8),
		AT(kinora_sg, len, 0x08, 4),
		AT(kinora_sg, flags, 0x0c, 4),
		N(KINORA_SG_LINK, 0x1),
		N(KINORA_SG_MAX_ENTRIES, 65536),
		{ "sizeof kinora_record", sizeof(struct kinora_record), 64 },
		N(KINORA_RECORD_BYTES, 64),
		AT(kinora_record, frame, 0x00, 8),
		AT(kinora_record, sof_ns, 0x08, 8),
		AT(kinora_record, eof_ns, 0x10, 8),
		AT(kinora_record, timecode, 0x18, 8),
		AT(kinora_record, bytes, 0x20, 4),
		AT(kinora_record, crc32c, 0x24, 4),
		AT(kinora_record, payload_id, 0x28, 4),
		AT(kinora_record, generation, 0x2c, 4),
		AT(kinora_record, status, 0x30, 4),
		AT(kinora_record, lost, 0x34, 4),
		AT(kinora_record, reserved, 0x38, 4),
		AT(kinora_record, tag, 0x3c, 2),
		AT(kinora_record, flags, 0x3e, 2),
		N(KINORA_RECORD_CANCELLED, 0x001),
		N(KINORA_RECORD_NO_SIGNAL, 0x002),
		N(KINORA_RECORD_MISMATCH, 0x004),
		N(KINORA_RECORD_SHORT, 0x008),
		N(KINORA_RECORD_BUS_ERROR, 0x010),
		N(KINORA_RECORD_WIRE_ERROR, 0x020),
		N(KINORA_RECORD_BAD_ENTRY, 0x040),
		N(KINORA_RECORD_OVERRUN, 0x080),
		N(KINORA_RECORD_FIELD_MASK, 0x300),
		N(KINORA_RECORD_PHASE, 0x1),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 8: memory formats --- */

static void test_formats(void)
{
	static const struct number numbers[] = {
		N(KINORA_FMT_UYVY, 0),
		N(KINORA_FMT_YUYV, 1),
		N(KINORA_FMT_NV12, 2),
		N(KINORA_FMT_NV16, 3),
		N(KINORA_FMT_P010, 4),
		N(KINORA_FMT_Y210, 5),
		N(KINORA_FMT_V210, 6),
		N(KINORA_FMT_XBGR32, 7),
		N(KINORA_FMT_RGBX1010102, 8),
		N(KINORA_FMTS, 9),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 9: ancillary data; the layout itself is the one in uapi/kinora.h's comments --- */

static void test_meta_layout(void)
{
	static const struct number numbers[] = {
		{ "sizeof kinora_meta_header", sizeof(struct kinora_meta_header), 64 },
		N(KINORA_META_MAGIC, 0x4d524e4b),
		N(KINORA_META_VERSION, 1),
		AT(kinora_meta_header, magic, 0x00, 4),
		AT(kinora_meta_header, version, 0x04, 2),
		AT(kinora_meta_header, packets, 0x06, 2),
		AT(kinora_meta_header, bytes, 0x08, 4),
		AT(kinora_meta_header, status, 0x0c, 4),
		AT(kinora_meta_header, frame, 0x10, 8),
		AT(kinora_meta_header, sof_ns, 0x18, 8),
		AT(kinora_meta_header, eof_ns, 0x20, 8),
		AT(kinora_meta_header, timecode, 0x28, 8),
		AT(kinora_meta_header, payload_id, 0x30, 4),
		AT(kinora_meta_header, generation, 0x34, 4),
		AT(kinora_meta_header, rate_num, 0x38, 4),
		AT(kinora_meta_header, rate_den, 0x3c, 4),
		N(KINORA_META_NO_SIGNAL, 0x02),
		N(KINORA_META_MISMATCH, 0x04),
		N(KINORA_META_WIRE_ERROR, 0x20),
		{ "sizeof kinora_meta_packet", sizeof(struct kinora_meta_packet), 12 },
		AT(kinora_meta_packet, link, 0x00, 1),
		AT(kinora_meta_packet, flags, 0x01, 1),
		AT(kinora_meta_packet, line, 0x02, 2),
		AT(kinora_meta_packet, offset, 0x04, 2),
		AT(kinora_meta_packet, did, 0x06, 1),
		AT(kinora_meta_packet, sdid, 0x07, 1),
		AT(kinora_meta_packet, data_count, 0x08, 1),
		AT(kinora_meta_packet, reserved, 0x09, 3),
		N(KINORA_PACKET_CHROMA, 0x1),
		N(KINORA_PACKET_HANC, 0x2),
		N(KINORA_TC_FRAMES, 0x000000ff),
		N(KINORA_TC_SECONDS, 0x0000ff00),
		N(KINORA_TC_MINUTES, 0x00ff0000),
		N(KINORA_TC_HOURS, 0xff000000),
		N(KINORA_TC_VALID, 0x100000000),
		N(KINORA_TC_DROP_FRAME, 0x200000000),
		N(KINORA_TC_SECOND_OF_PAIR, 0x400000000),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 10: signal blocks --- */

static void test_signal_layout(void)
{
	static const struct number numbers[] = {
		{ "sizeof kinora_signal", sizeof(struct kinora_signal), 128 },
		N(KINORA_SIGNAL_BYTES, 128),
		AT(kinora_signal, seq_begin, 0x00, 4),
		AT(kinora_signal, generation, 0x04, 4),
		AT(kinora_signal, since_ns, 0x08, 8),
		AT(kinora_signal, pixelclock, 0x10, 8),
		AT(kinora_signal, rate_num, 0x18, 4),
		AT(kinora_signal, rate_den, 0x1c, 4),
		AT(kinora_signal, width, 0x20, 2),
		AT(kinora_signal, height, 0x22, 2),
		AT(kinora_signal, htotal, 0x24, 2),
		AT(kinora_signal, vtotal, 0x26, 2),
		AT(kinora_signal, state, 0x28, 1),
		AT(kinora_signal, interface, 0x29, 1),
		AT(kinora_signal, mapping, 0x2a, 1),
		AT(kinora_signal, scan, 0x2b, 1),
		AT(kinora_signal, colorimetry, 0x2c, 1),
		AT(kinora_signal, transfer, 0x2d, 1),
		AT(kinora_signal, range, 0x2e, 1),
		AT(kinora_signal, sampling, 0x2f, 1),
		AT(kinora_signal, depth, 0x30, 1),
		AT(kinora_signal, reason, 0x31, 1),
		AT(kinora_signal, links, 0x32, 2),
		AT(kinora_signal, clock_ppb, 0x34, 4),
		AT(kinora_signal, payload_id, 0x38, 16),
		AT(kinora_signal, crc_errors, 0x48, 16),
		AT(kinora_signal, lock_losses, 0x58, 4),
		AT(kinora_signal, skew_ns, 0x5c, 16),
		AT(kinora_signal, flags, 0x6c, 1),
		AT(kinora_signal, vic, 0x6d, 1),
		AT(kinora_signal, it_content, 0x6e, 1),
		AT(kinora_signal, frl_rate, 0x6f, 1),
		AT(kinora_signal, order, 0x70, 1),
		AT(kinora_signal, dual, 0x71, 1),
		AT(kinora_signal, reserved0, 0x72, 2),
		AT(kinora_signal, infoframes, 0x74, 4),
		AT(kinora_signal, reserved1, 0x78, 4),
		AT(kinora_signal, seq_end, 0x7c, 4),
	};

	CHECK_NUMBERS(numbers);
}

static void test_signal_codes(void)
{
	static const struct number numbers[] = {
		N(KINORA_SIGNAL_NONE, 0),
		N(KINORA_SIGNAL_UNSTABLE, 1),
		N(KINORA_SIGNAL_UNSUPPORTED, 2),
		N(KINORA_SIGNAL_LOCKED, 3),
		N(KINORA_INTERFACE_NONE, 0),
		N(KINORA_INTERFACE_HD, 1),
		N(KINORA_INTERFACE_3GA, 2),
		N(KINORA_INTERFACE_3GB, 3),
		N(KINORA_INTERFACE_6G, 4),
		N(KINORA_INTERFACE_12G, 5),
		N(KINORA_INTERFACE_QUAD_3G, 6),
		N(KINORA_INTERFACE_QUAD_6G, 7),
		N(KINORA_INTERFACE_QUAD_12G, 8),
		N(KINORA_INTERFACE_TMDS, 9),
		N(KINORA_INTERFACE_FRL, 10),
		N(KINORA_INTERFACE_24G, 11),
		N(KINORA_INTERFACE_QUAD_24G, 12),
		N(KINORA_MAPPING_SINGLE, 0),
		N(KINORA_MAPPING_2SI, 1),
		N(KINORA_MAPPING_SQD, 2),
		N(KINORA_SCAN_INTERLACED, 0x1),
		N(KINORA_SCAN_PSF, 0x2),
		N(KINORA_COLORIMETRY_709, 0),
		N(KINORA_COLORIMETRY_VANC, 1),
		N(KINORA_COLORIMETRY_2020, 2),
		N(KINORA_COLORIMETRY_UNKNOWN, 3),
		N(KINORA_COLORIMETRY_601, 4),
		N(KINORA_TRANSFER_SDR, 0),
		N(KINORA_TRANSFER_HLG, 1),
		N(KINORA_TRANSFER_PQ, 2),
		N(KINORA_TRANSFER_UNSPECIFIED, 3),
		N(KINORA_RANGE_NARROW, 0),
		N(KINORA_RANGE_FULL, 1),
		N(KINORA_SAMPLING_422, 0),
		N(KINORA_SAMPLING_444, 1),
		N(KINORA_SAMPLING_RGB, 2),
		N(KINORA_SAMPLING_420, 3),
		N(KINORA_REASON_NONE, 0),
		N(KINORA_REASON_LINK_MISSING, 1),
		N(KINORA_REASON_LINKS_DIFFER, 2),
		N(KINORA_REASON_LINK_ORDER, 3),
		N(KINORA_REASON_SKEW, 4),
		N(KINORA_REASON_RASTER, 5),
		N(KINORA_REASON_DUAL_LINK, 6),
		N(KINORA_REASON_SAMPLING, 7),
		N(KINORA_REASON_FLAPPING, 8),
		N(KINORA_REASON_TRAINING, 9),
		N(KINORA_SIGNAL_FLAG_POWER, 0x01),
		N(KINORA_SIGNAL_FLAG_HOTPLUG, 0x02),
		N(KINORA_SIGNAL_FLAG_HDMI, 0x04),
		N(KINORA_SIGNAL_FLAG_PAYLOAD_LIES, 0x08),
		N(KINORA_SIGNAL_FLAG_ERRORS, 0x10),
		N(KINORA_SIGNAL_FLAG_OVERRIDE, 0x20),
		N(KINORA_IT_NONE, 0),
		N(KINORA_IT_GRAPHICS, 1),
		N(KINORA_IT_PHOTO, 2),
		N(KINORA_IT_CINEMA, 3),
		N(KINORA_IT_GAME, 4),
		N(KINORA_ORDER_PLUGGED, 0xe4),
	};

	CHECK_NUMBERS(numbers);
}

static void test_controller_block(void)
{
	static const struct number numbers[] = {
		N(KINORA_CONTROLLER_BLOCK, 0x380),
		{ "sizeof kinora_controller_block", sizeof(struct kinora_controller_block), 128 },
		AT(kinora_controller_block, seq_begin, 0x00, 4),
		AT(kinora_controller_block, mailbox_done, 0x04, 4),
		AT(kinora_controller_block, firmware, 0x08, 4),
		AT(kinora_controller_block, log_count, 0x0c, 4),
		AT(kinora_controller_block, cec_count, 0x10, 4),
		AT(kinora_controller_block, edid_count, 0x14, 4),
		AT(kinora_controller_block, restarts, 0x18, 4),
		AT(kinora_controller_block, stack_bytes, 0x1c, 4),
		AT(kinora_controller_block, reserved, 0x20, 92),
		AT(kinora_controller_block, seq_end, 0x7c, 4),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 13: the mailbox --- */

static void test_mailbox(void)
{
	static const struct number numbers[] = {
		{ "sizeof kinora_mailbox", sizeof(struct kinora_mailbox), 8 },
		AT(kinora_mailbox, op, 0x00, 2),
		AT(kinora_mailbox, status, 0x02, 2),
		AT(kinora_mailbox, length, 0x04, 2),
		AT(kinora_mailbox, arg, 0x06, 2),
		N(KINORA_MAILBOX_PAYLOAD, 1016),
		N(KINORA_MAILBOX_OK, 0),
		N(KINORA_MAILBOX_UNKNOWN, 1),
		N(KINORA_MAILBOX_INVALID, 2),
		N(KINORA_MAILBOX_CHECKSUM, 3),
		N(KINORA_MAILBOX_BUSY, 4),
		N(KINORA_MAILBOX_TOO_LARGE, 5),
		N(KINORA_OP_IDENTIFY, 1),
		N(KINORA_OP_EDID_GET, 2),
		N(KINORA_OP_EDID_SET, 3),
		N(KINORA_OP_CEC_CONFIG, 4),
		N(KINORA_OP_CEC_TRANSMIT, 5),
		N(KINORA_OP_CEC_EVENTS, 6),
		N(KINORA_OP_INFOFRAMES, 7),
		N(KINORA_OP_LOG, 8),
		N(KINORA_OP_MAPPING_SET, 9),
		N(KINORA_OP_MAPPING_GET, 10),
		N(KINORA_EDID_BLOCK_BYTES, 128),
		N(KINORA_EDID_BLOCKS, 4),
		{ "sizeof kinora_cec_message", sizeof(struct kinora_cec_message), 32 },
		{ "CEC events in a reply", KINORA_MAILBOX_PAYLOAD /
		  sizeof(struct kinora_cec_message), 31 },
		{ "sizeof kinora_cec_config", sizeof(struct kinora_cec_config), 4 },
		{ "sizeof kinora_log", sizeof(struct kinora_log), 24 },
		{ "log entries in a reply", KINORA_MAILBOX_PAYLOAD / sizeof(struct kinora_log),
		  42 },
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 14: what the controller sees --- */

static void test_receiver_registers(void)
{
	static const struct number numbers[] = {
		N(KINORA_RX_LINKS, 4),
		N(KINORA_RX_STATUS, 0x00),
		N(KINORA_RX_CARRIER, 0x1),
		N(KINORA_RX_LOCKED, 0x2),
		N(KINORA_RX_INTERLACED, 0x4),
		N(KINORA_RX_PAYLOAD_VALID, 0x8),
		N(KINORA_RX_RATE_MASK, 0x700),
		N(KINORA_RX_RATE_NONE, 0),
		N(KINORA_RX_RATE_HD, 1),
		N(KINORA_RX_RATE_3GA, 2),
		N(KINORA_RX_RATE_3GB, 3),
		N(KINORA_RX_RATE_6G, 4),
		N(KINORA_RX_RATE_12G, 5),
		N(KINORA_RX_RATE_24G, 6),
		N(KINORA_RX_WORDS, 0x04),
		N(KINORA_RX_LINES, 0x08),
		N(KINORA_RX_PPB, 0x0c),
		N(KINORA_RX_PAYLOAD, 0x10),
		N(KINORA_RX_SKEW, 0x14),
		N(KINORA_RX_CRC_ERRORS, 0x18),
		N(KINORA_RX_LOCK_LOSSES, 0x1c),
	};

	CHECK_NUMBERS(numbers);
}

static void test_controller_bus(void)
{
	static const struct number numbers[] = {
		N(KINORA_CTL_RAM, 0),
		N(KINORA_CTL_RAM_BYTES, 128 * 1024),
		N(KINORA_CTL_RX(0), 0x40000000),
		N(KINORA_CTL_RX(3), 0x40000300),
		N(KINORA_CTL_HDMI, 0x40001000),
		N(KINORA_CTL_SYSTEM, 0x40002000),
		N(KINORA_CTL_MAILBOX, 0x40003000),
		N(KINORA_CTL_BLOCKS, 0x40004000),
		N(KINORA_SYS_TIME_LO, 0x00),
		N(KINORA_SYS_TIME_HI, 0x04),
		N(KINORA_SYS_WAKE_LO, 0x08),
		N(KINORA_SYS_WAKE_HI, 0x0c),
		N(KINORA_SYS_VERSION, 0x10),
		N(KINORA_SYS_REQUEST, 0x14),
		N(KINORA_SYS_DONE, 0x18),
		N(KINORA_SYS_PUBLISH, 0x1c),
		N(KINORA_SYS_PUBLISH_BLOCK_MASK, 0x7),
		N(KINORA_SYS_PUBLISH_EVENT, 0x100),
		N(KINORA_SYS_STARTS, 0x20),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 15 --- */

static void test_hdmi_registers(void)
{
	static const struct number numbers[] = {
		N(KINORA_HDMI_STATUS, 0x000),
		N(KINORA_HDMI_POWER, 0x01),
		N(KINORA_HDMI_CARRIER, 0x02),
		N(KINORA_HDMI_LOCKED, 0x04),
		N(KINORA_HDMI_INTERLACED, 0x08),
		N(KINORA_HDMI_ISLANDS, 0x10),
		N(KINORA_HDMI_AVMUTE, 0x20),
		N(KINORA_HDMI_VSYNC_POSITIVE, 0x40),
		N(KINORA_HDMI_HSYNC_POSITIVE, 0x80),
		N(KINORA_HDMI_DEPTH_MASK, 0x700),
		N(KINORA_HDMI_DEPTH_NONE, 0),
		N(KINORA_HDMI_DEPTH_8, 4),
		N(KINORA_HDMI_DEPTH_10, 5),
		N(KINORA_HDMI_DEPTH_12, 6),
		N(KINORA_HDMI_DEPTH_16, 7),
		N(KINORA_HDMI_CONTROL, 0x004),
		N(KINORA_HDMI_HOTPLUG, 0x1),
		N(KINORA_HDMI_ACTIVE, 0x008),
		N(KINORA_HDMI_TOTAL, 0x00c),
		N(KINORA_HDMI_PIXELCLOCK, 0x010),
		N(KINORA_HDMI_ERRORS, 0x014),
		N(KINORA_HDMI_LOCK_LOSSES, 0x018),
		N(KINORA_HDMI_INFOFRAMES, 0x01c),
		N(KINORA_HDMI_INFOFRAME_COUNT, 0x020),
		N(KINORA_HDMI_EDID_BLOCKS, 0x024),
		N(KINORA_HDMI_LTP, 0x028),
		N(KINORA_HDMI_SCDC_WRITES, 0x02c),
		N(KINORA_HDMI_LINK, 0x030),
		N(KINORA_HDMI_CEC_CONTROL, 0x034),
		N(KINORA_HDMI_CEC_ENABLE, 0x10000),
		N(KINORA_HDMI_CEC_STATUS, 0x038),
		N(KINORA_HDMI_CEC_SENDING, 0x01),
		N(KINORA_HDMI_CEC_SENT_MASK, 0x0e),
		N(KINORA_HDMI_CEC_RECEIVED, 0x10),
		N(KINORA_HDMI_CEC_START, 0x03c),
		N(KINORA_HDMI_CEC_RX_LENGTH, 0x040),
		N(KINORA_HDMI_CEC_TX, 0x050),
		N(KINORA_HDMI_CEC_RX, 0x060),
		N(KINORA_HDMI_SCDC, 0x200),
		N(KINORA_HDMI_INFOFRAME(0), 0x400),
		N(KINORA_HDMI_INFOFRAME(6), 0x4c0),
		N(KINORA_HDMI_EDID, 0x800),
		N(KINORA_INFOFRAME_AVI, 0),
		N(KINORA_INFOFRAME_DRM, 1),
		N(KINORA_INFOFRAME_AUDIO, 2),
		N(KINORA_INFOFRAME_VENDOR, 3),
		N(KINORA_INFOFRAME_FORUM, 4),
		N(KINORA_INFOFRAME_SPD, 5),
		N(KINORA_INFOFRAME_OTHER, 6),
		N(KINORA_INFOFRAME_SLOTS, 7),
		N(KINORA_INFOFRAME_BYTES, 32),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 16 --- */

static void test_image_layout(void)
{
	static const struct number numbers[] = {
		{ "sizeof kinora_firmware_header", sizeof(struct kinora_firmware_header), 64 },
		AT(kinora_firmware_header, magic, 0x00, 4),
		AT(kinora_firmware_header, header_bytes, 0x04, 2),
		AT(kinora_firmware_header, format, 0x06, 2),
		AT(kinora_firmware_header, target, 0x08, 4),
		AT(kinora_firmware_header, version, 0x0c, 4),
		AT(kinora_firmware_header, contract, 0x10, 4),
		AT(kinora_firmware_header, load, 0x14, 4),
		AT(kinora_firmware_header, entry, 0x18, 4),
		AT(kinora_firmware_header, payload_bytes, 0x1c, 4),
		AT(kinora_firmware_header, memory_bytes, 0x20, 4),
		AT(kinora_firmware_header, payload_crc32c, 0x24, 4),
		AT(kinora_firmware_header, name, 0x28, 16),
		AT(kinora_firmware_header, reserved, 0x38, 4),
		AT(kinora_firmware_header, header_crc32c, 0x3c, 4),
		N(KINORA_FIRMWARE_MAGIC, 0x57464e4b),
		N(KINORA_FIRMWARE_FORMAT, 1),
		N(KINORA_FIRMWARE_TARGET_RV32IMC, 1),
		N(KINORA_FIRMWARE_HEADER_BYTES, 64),
		N(KINORA_FIRMWARE_ERROR_NONE, 0),
		N(KINORA_FIRMWARE_ERROR_BUS, 1),
		N(KINORA_FIRMWARE_ERROR_SIZE, 2),
		N(KINORA_FIRMWARE_ERROR_FOREIGN, 3),
		N(KINORA_FIRMWARE_ERROR_CRC, 4),
		N(KINORA_FIRMWARE_ERROR_TOO_NEW, 5),
		N(KINORA_FIRMWARE_ERROR_START, 6),
	};

	CHECK_NUMBERS(numbers);
}

/* --- section 12: vectors, to bytes and back. The machine that runs this is little endian. --- */

static const uint8_t submission_bytes[32] = {
	0x90, 0x78, 0x56, 0x34, 0x12, 0x00, 0x00, 0x00, 0x17, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x46, 0x05, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void test_submission_vector(void)
{
	struct kinora_submission submission = {
		.table = 0x0000001234567890,
		.entries = 23,
		.bytes = 88473600,
		.tag = 5,
	};
	struct kinora_submission read;

	check_bytes("submission", &submission, submission_bytes, sizeof(submission_bytes));
	memcpy(&read, submission_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.table, 0x0000001234567890);
	CU_ASSERT_EQUAL(read.entries, 23);
	CU_ASSERT_EQUAL(read.bytes, 88473600);
	CU_ASSERT_EQUAL(read.tag, 5);
	CU_ASSERT_EQUAL(read.reserved0, 0);
	CU_ASSERT_EQUAL(read.reserved1, 0);
	CU_ASSERT_EQUAL(read.reserved2, 0);
}

static const uint8_t table_bytes[32] = {
	0x00, 0x00, 0x00, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf0, 0xff, 0xff, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

static void test_table_vector(void)
{
	struct kinora_sg table[2] = {
		{ .addr = 0x0000000140000000, .len = 4194304, .flags = 0 },
		{ .addr = 0x00000000fffff000, .len = 0, .flags = KINORA_SG_LINK },
	};
	struct kinora_sg read[2];

	check_bytes("scatter table", table, table_bytes, sizeof(table_bytes));
	memcpy(read, table_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read[0].addr, 0x0000000140000000);
	CU_ASSERT_EQUAL(read[0].len, 4194304);
	CU_ASSERT_EQUAL(read[0].flags, 0);
	CU_ASSERT_EQUAL(read[1].addr, 0x00000000fffff000);
	CU_ASSERT_EQUAL(read[1].len, 0);
	CU_ASSERT_EQUAL(read[1].flags, KINORA_SG_LINK);
}

static const uint8_t record_bytes[64] = {
	0xe8, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xca, 0x9a, 0x3b, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xee, 0x8e, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x20, 0x16,
	0x00, 0x10, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46, 0x05, 0x78, 0x56, 0x34,
	0x12, 0xd2, 0xd9, 0xa0, 0x01, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x01, 0x00,
};

static void test_record_vector(void)
{
	struct kinora_record record = {
		.frame = 1000,
		.sof_ns = 1000000000,
		.eof_ns = 1016000000,
		.timecode =
			FIELD_PREP(KINORA_TC_HOURS, 0x10) | FIELD_PREP(KINORA_TC_MINUTES, 0x00) |
			FIELD_PREP(KINORA_TC_SECONDS, 0x16) | FIELD_PREP(KINORA_TC_FRAMES, 0x20) |
			KINORA_TC_VALID | KINORA_TC_SECOND_OF_PAIR,
		.bytes = 88473600,
		.crc32c = 0x12345678,
		.payload_id = 0x01a0d9d2,
		.generation = 7,
		.status = 0,
		.lost = 2,
		.tag = 5,
		.flags = KINORA_RECORD_PHASE,
	};
	struct kinora_record read;

	check_bytes("record", &record, record_bytes, sizeof(record_bytes));
	memcpy(&read, record_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.frame, 1000);
	CU_ASSERT_EQUAL(read.sof_ns, 1000000000);
	CU_ASSERT_EQUAL(read.eof_ns, 1016000000);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_TC_HOURS, read.timecode), 0x10);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_TC_MINUTES, read.timecode), 0x00);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_TC_SECONDS, read.timecode), 0x16);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_TC_FRAMES, read.timecode), 0x20);
	CU_ASSERT(!!(read.timecode & KINORA_TC_VALID));
	CU_ASSERT(!(read.timecode & KINORA_TC_DROP_FRAME));
	CU_ASSERT(!!(read.timecode & KINORA_TC_SECOND_OF_PAIR));
	CU_ASSERT_EQUAL(read.bytes, 88473600);
	CU_ASSERT_EQUAL(read.crc32c, 0x12345678);
	CU_ASSERT_EQUAL(read.payload_id, 0x01a0d9d2);
	CU_ASSERT_EQUAL(read.generation, 7);
	CU_ASSERT_EQUAL(read.status, 0);
	CU_ASSERT_EQUAL(read.lost, 2);
	CU_ASSERT_EQUAL(read.reserved, 0);
	CU_ASSERT_EQUAL(read.tag, 5);
	CU_ASSERT_EQUAL(read.flags & KINORA_RECORD_PHASE, 1);
}

static const uint8_t signal_bytes[128] = {
	0x09, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x94, 0x35, 0x77, 0x00, 0x00, 0x00,
	0x00, 0x06, 0xaa, 0x7a, 0x8d, 0x00, 0x00, 0x00, 0x00, 0x60, 0xea, 0x00, 0x00, 0xe9, 0x03,
	0x00, 0x00, 0x00, 0x1e, 0xe0, 0x10, 0x60, 0x22, 0x94, 0x11, 0x03, 0x08, 0x01, 0x00, 0x02,
	0x01, 0x00, 0x00, 0x0a, 0x00, 0x0f, 0x00, 0x00, 0x00, 0x00, 0x00, 0xd2, 0xda, 0xa0, 0x01,
	0xd2, 0xda, 0xa0, 0x21, 0xd2, 0xda, 0xa0, 0x41, 0xd2, 0xda, 0xa0, 0x61, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0xe4, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00,
};

static void test_signal_vector(void)
{
	struct kinora_signal signal = {
		.seq_begin = 9,
		.generation = 7,
		.since_ns = 2000000000,
		.pixelclock = 2373626374,
		.rate_num = 60000,
		.rate_den = 1001,
		.width = 7680,
		.height = 4320,
		.htotal = 8800,
		.vtotal = 4500,
		.state = KINORA_SIGNAL_LOCKED,
		.interface = KINORA_INTERFACE_QUAD_12G,
		.mapping = KINORA_MAPPING_2SI,
		.scan = 0,
		.colorimetry = KINORA_COLORIMETRY_2020,
		.transfer = KINORA_TRANSFER_HLG,
		.range = KINORA_RANGE_NARROW,
		.sampling = KINORA_SAMPLING_422,
		.depth = 10,
		.reason = KINORA_REASON_NONE,
		.links = 0xf,
		.clock_ppb = 0,
		.payload_id = { 0x01a0dad2, 0x21a0dad2, 0x41a0dad2, 0x61a0dad2 },
		.flags = KINORA_SIGNAL_FLAG_POWER,
		.order = KINORA_ORDER_PLUGGED,
		.seq_end = 9,
	};
	struct kinora_signal read;

	check_bytes("signal block", &signal, signal_bytes, sizeof(signal_bytes));
	memcpy(&read, signal_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.seq_begin, 9);
	CU_ASSERT_EQUAL(read.seq_end, 9);
	CU_ASSERT_EQUAL(read.generation, 7);
	CU_ASSERT_EQUAL(read.since_ns, 2000000000);
	CU_ASSERT_EQUAL(read.pixelclock, 2373626374);
	CU_ASSERT_EQUAL(read.rate_num, 60000);
	CU_ASSERT_EQUAL(read.rate_den, 1001);
	CU_ASSERT_EQUAL(read.width, 7680);
	CU_ASSERT_EQUAL(read.height, 4320);
	CU_ASSERT_EQUAL(read.htotal, 8800);
	CU_ASSERT_EQUAL(read.vtotal, 4500);
	CU_ASSERT_EQUAL(read.state, 3);
	CU_ASSERT_EQUAL(read.interface, 8);
	CU_ASSERT_EQUAL(read.mapping, 1);
	CU_ASSERT_EQUAL(read.scan, 0);
	CU_ASSERT_EQUAL(read.colorimetry, 2);
	CU_ASSERT_EQUAL(read.transfer, 1);
	CU_ASSERT_EQUAL(read.range, 0);
	CU_ASSERT_EQUAL(read.sampling, 0);
	CU_ASSERT_EQUAL(read.depth, 10);
	CU_ASSERT_EQUAL(read.reason, 0);
	CU_ASSERT_EQUAL(read.links, 0xf);
	CU_ASSERT_EQUAL(read.payload_id[0], 0x01a0dad2);
	CU_ASSERT_EQUAL(read.payload_id[1], 0x21a0dad2);
	CU_ASSERT_EQUAL(read.payload_id[2], 0x41a0dad2);
	CU_ASSERT_EQUAL(read.payload_id[3], 0x61a0dad2);
	CU_ASSERT_EQUAL(read.flags, 1);
	CU_ASSERT_EQUAL(read.order, 0xe4);
}

static const uint8_t hdmi_bytes[128] = {
	0x04, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
	0x00, 0xf2, 0x05, 0x2a, 0x01, 0x00, 0x00, 0x00,
	0x00, 0xe2, 0x9e, 0x8d, 0x00, 0x00, 0x00, 0x00,
	0x3c, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x1e, 0xe0, 0x10, 0x28, 0x23, 0x30, 0x11,
	0x03, 0x0a, 0x00, 0x00, 0x02, 0x02, 0x00, 0x03,
	0x0a, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x07, 0xc7, 0x03, 0x06,
	0x00, 0x00, 0x00, 0x00, 0x15, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00,
};

static void test_hdmi_vector(void)
{
	struct kinora_signal signal = {
		.seq_begin = 4, .generation = 3, .since_ns = 5000000000, .pixelclock = 2376000000,
		.rate_num = 60, .rate_den = 1, .width = 7680, .height = 4320, .htotal = 9000,
		.vtotal = 4400, .state = KINORA_SIGNAL_LOCKED, .interface = KINORA_INTERFACE_FRL,
		.colorimetry = KINORA_COLORIMETRY_2020, .transfer = KINORA_TRANSFER_PQ,
		.sampling = KINORA_SAMPLING_420, .depth = 10, .clock_ppb = 12,
		.crc_errors = { 7 }, .lock_losses = 1,
		.flags = KINORA_SIGNAL_FLAG_POWER | KINORA_SIGNAL_FLAG_HOTPLUG |
			 KINORA_SIGNAL_FLAG_HDMI,
		.vic = 199, .it_content = KINORA_IT_CINEMA, .frl_rate = 6, .infoframes = 21,
		.seq_end = 4,
	};
	struct kinora_signal read;

	check_bytes("HDMI's block", &signal, hdmi_bytes, sizeof(hdmi_bytes));
	memcpy(&read, hdmi_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.pixelclock, 2376000000);
	CU_ASSERT_EQUAL(read.htotal, 9000);
	CU_ASSERT_EQUAL(read.vtotal, 4400);
	CU_ASSERT_EQUAL(read.interface, 10);
	CU_ASSERT_EQUAL(read.sampling, 3);
	CU_ASSERT_EQUAL(read.crc_errors[0], 7);
	CU_ASSERT_EQUAL(read.flags, 0x07);
	CU_ASSERT_EQUAL(read.vic, 199);
	CU_ASSERT_EQUAL(read.it_content, 3);
	CU_ASSERT_EQUAL(read.frl_rate, 6);
	CU_ASSERT_EQUAL(read.order, 0);
	CU_ASSERT_EQUAL(read.dual, 0);
	CU_ASSERT_EQUAL(read.infoframes, 21);
}

static const uint8_t controller_bytes[128] = {
	0x05, 0x00, 0x00, 0x00, 0x11, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x01, 0x01, 0x2c, 0x01, 0x00, 0x00,
	0x04, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
	0x01, 0x00, 0x00, 0x00, 0x80, 0x02, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00,
};

static void test_controller_vector(void)
{
	struct kinora_controller_block block = {
		.seq_begin = 5, .mailbox_done = 17, .firmware = 0x01010000, .log_count = 300,
		.cec_count = 4, .edid_count = 2, .restarts = 1, .stack_bytes = 640, .seq_end = 5,
	};
	struct kinora_controller_block read;

	check_bytes("controller block", &block, controller_bytes, sizeof(controller_bytes));
	memcpy(&read, controller_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.seq_begin, 5);
	CU_ASSERT_EQUAL(read.mailbox_done, 17);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, read.firmware), 1);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, read.firmware), 1);
	CU_ASSERT_EQUAL(FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, read.firmware), 0);
	CU_ASSERT_EQUAL(read.log_count, 300);
	CU_ASSERT_EQUAL(read.cec_count, 4);
	CU_ASSERT_EQUAL(read.edid_count, 2);
	CU_ASSERT_EQUAL(read.restarts, 1);
	CU_ASSERT_EQUAL(read.stack_bytes, 640);
	CU_ASSERT_EQUAL(read.seq_end, 5);
}

static const uint8_t request_bytes[9] = {
	0x09, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00, 0xd8,
};

static void test_request_vector(void)
{
	struct kinora_mailbox head = {
		.op = KINORA_OP_MAPPING_SET, .length = 1, .arg = KINORA_MAPPING_SQD,
	};
	struct kinora_mailbox read;

	check_bytes("request", &head, request_bytes, sizeof(head));
	memcpy(&read, request_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.op, 9);
	CU_ASSERT_EQUAL(read.status, 0);
	CU_ASSERT_EQUAL(read.length, 1);
	CU_ASSERT_EQUAL(read.arg, 2);
	/* links 1 to 4 have the parts 0, 2, 1, 3 */
	CU_ASSERT_EQUAL(request_bytes[8], 0 | 2 << 2 | 1 << 4 | 3 << 6);
}

static const uint8_t cec_bytes[32] = {
	0x00, 0x5e, 0xd0, 0xb2, 0x00, 0x00, 0x00, 0x00,
	0x02, 0x01, 0x03, 0x00, 0x02, 0x00, 0x00, 0x00,
	0x40, 0x36, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void test_cec_vector(void)
{
	struct kinora_cec_message message = {
		.time_ns = 3000000000, .kind = KINORA_CEC_SENT, .status = KINORA_CEC_TX_NACK,
		.attempts = 3, .length = 2, .bytes = { 0x40, 0x36 },
	};
	struct kinora_cec_message read;

	check_bytes("CEC message", &message, cec_bytes, sizeof(cec_bytes));
	memcpy(&read, cec_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.time_ns, 3000000000);
	CU_ASSERT_EQUAL(read.kind, 2);
	CU_ASSERT_EQUAL(read.status, 1);
	CU_ASSERT_EQUAL(read.attempts, 3);
	CU_ASSERT_EQUAL(read.free_time, 0);
	CU_ASSERT_EQUAL(read.length, 2);
	CU_ASSERT_EQUAL(read.bytes[0], 0x40);
	CU_ASSERT_EQUAL(read.bytes[1], 0x36);
}

static const uint8_t log_bytes[24] = {
	0x00, 0x94, 0x35, 0x77, 0x00, 0x00, 0x00, 0x00,
	0x05, 0x00, 0x00, 0x00, 0x05, 0x07, 0x00, 0x00,
	0x06, 0x00, 0x00, 0x00, 0x96, 0x00, 0x00, 0x00,
};

static void test_log_vector(void)
{
	struct kinora_log entry = {
		.time_ns = 2000000000, .index = 5, .connector = KINORA_CONN_HDMI1,
		.code = KINORA_LOG_FRL_DONE, .a = 6, .b = 150,
	};
	struct kinora_log read;

	check_bytes("log entry", &entry, log_bytes, sizeof(log_bytes));
	memcpy(&read, log_bytes, sizeof(read));
	CU_ASSERT_EQUAL(read.time_ns, 2000000000);
	CU_ASSERT_EQUAL(read.index, 5);
	CU_ASSERT_EQUAL(read.connector, 5);
	CU_ASSERT_EQUAL(read.code, 7);
	CU_ASSERT_EQUAL(read.a, 6);
	CU_ASSERT_EQUAL(read.b, 150);
}

static const uint8_t image_bytes[68] = {
	0x4b, 0x4e, 0x46, 0x57, 0x40, 0x00, 0x01, 0x00,
	0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01,
	0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00,
	0x00, 0x20, 0x00, 0x00, 0x87, 0xdb, 0xa0, 0xdb,
	0x63, 0x6f, 0x6e, 0x74, 0x72, 0x6f, 0x6c, 0x6c,
	0x65, 0x72, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x81, 0xfa, 0x47, 0xdd,
	0x6f, 0x00, 0x00, 0x00,
};

static void test_image_vector(void)
{
	struct kinora_firmware_header header = {
		.magic = KINORA_FIRMWARE_MAGIC, .header_bytes = KINORA_FIRMWARE_HEADER_BYTES,
		.format = KINORA_FIRMWARE_FORMAT, .target = KINORA_FIRMWARE_TARGET_RV32IMC,
		.version = 0x01010000,
		.contract = FIELD_PREP(KINORA_VERSION_MAJOR_MASK, 1) |
			    FIELD_PREP(KINORA_VERSION_MINOR_MASK, 1),
		.payload_bytes = 4, .memory_bytes = 8192, .name = "controller",
	};
	struct kinora_firmware_header read;

	header.payload_crc32c = crc32c(0, image_bytes + 64, 4);
	header.header_crc32c = crc32c(0, &header, 60);
	check_bytes("image", &header, image_bytes, sizeof(header));
	memcpy(&read, image_bytes, sizeof(read));
	CU_ASSERT_EQUAL(memcmp(&read, "KNFW", 4), 0);
	CU_ASSERT_EQUAL(read.header_bytes, 64);
	CU_ASSERT_EQUAL(read.contract, 0x00010001);
	CU_ASSERT_EQUAL(read.payload_bytes, 4);
	CU_ASSERT_EQUAL(read.memory_bytes, 8192);
	CU_ASSERT_EQUAL(read.payload_crc32c, 0xdba0db87);
	CU_ASSERT_EQUAL(read.header_crc32c, 0xdd47fa81);
}

/* The vector's clock is the raster's: 8800 x 4500 x 60000 / 1001, rounded to the nearest. */
static void test_pixelclocks(void)
{
	CU_ASSERT_EQUAL((8800ULL * 4500 * 60000 + 1001 / 2) / 1001, 2373626374);
	CU_ASSERT_EQUAL(8800ULL * 4500 * 60, 2376000000);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "identity, section 1", test_identity },
		{ "shape, section 2", test_shape },
		{ "global registers, section 3", test_global_registers },
		{ "channel registers, section 5", test_channel_registers },
		{ "stream registers, section 6", test_stream_registers },
		{ "rings, section 7", test_ring_layout },
		{ "memory formats, section 8", test_formats },
		{ "ancillary data, section 9", test_meta_layout },
		{ "signal blocks, section 10", test_signal_layout },
		{ "codes of signal blocks, section 10", test_signal_codes },
		{ "controller block, section 10", test_controller_block },
		{ "mailbox, section 13", test_mailbox },
		{ "receivers, section 14", test_receiver_registers },
		{ "controller's bus, section 14", test_controller_bus },
		{ "HDMI receiver, section 15", test_hdmi_registers },
		{ "image, section 16", test_image_layout },
		{ "vector: submission", test_submission_vector },
		{ "vector: scatter table", test_table_vector },
		{ "vector: record", test_record_vector },
		{ "vector: signal block", test_signal_vector },
		{ "vector: HDMI's block", test_hdmi_vector },
		{ "vector: controller block", test_controller_vector },
		{ "vector: request", test_request_vector },
		{ "vector: CEC message", test_cec_vector },
		{ "vector: log entry", test_log_vector },
		{ "vector: image", test_image_vector },
		{ "pixel clocks", test_pixelclocks },
		CU_TEST_INFO_NULL,
	};

	return unit_run("contract", tests);
}
