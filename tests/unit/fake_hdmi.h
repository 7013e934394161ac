/* SPDX-License-Identifier: MIT */
/*
 * An HDMI receiver made of its registers (docs/hardware.md, section 15), for the firmware to look
 * at, and hands for what is on the other end of the cable: raster, InfoFrames, SCDC, CEC. Nothing
 * in it happens by itself. A write to what is not to be written fails the test.
 */
#ifndef FAKE_HDMI_H
#define FAKE_HDMI_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

#define MS 1000000ULL
#define FAKE_LOG_ENTRIES 64

struct log;

struct fake_log_entry {
	uint64_t time_ns;
	uint8_t connector, code;
	uint32_t a, b;
};

struct fake_hdmi {
	struct controller_hal hal;
	uint64_t now;
	uint32_t reg[0x1000 / 4];
	uint32_t starts;		/* KINORA_SYS_STARTS */

	/* what the firmware did */
	unsigned int edid_writes;	/* while hot-plug was high: must stay 0 */
	unsigned int cec_starts;
	uint32_t cec_start;		/* last value of CEC_START */
	uint8_t cec_sent[16];		/* CEC_TX at that time */
	unsigned int log_count;
	struct fake_log_entry log[FAKE_LOG_ENTRIES];
};

/* All zero, as at power-up, started once; now is not zero. */
void fake_hdmi_init(struct fake_hdmi *fake);

/* What log_add() is given belongs to this one. */
struct log *fake_hdmi_log(struct fake_hdmi *fake);
const struct fake_log_entry *fake_hdmi_logged(const struct fake_hdmi *fake, uint8_t code);

uint32_t fake_hdmi_get(const struct fake_hdmi *fake, uint32_t reg);
void fake_hdmi_set(struct fake_hdmi *fake, uint32_t reg, uint32_t value);
void fake_hdmi_status(struct fake_hdmi *fake, uint32_t set, uint32_t clear);

/* A raster that the receiver has locked to. */
void fake_hdmi_raster(struct fake_hdmi *fake, unsigned int width, unsigned int height,
		      unsigned int htotal, unsigned int vtotal, bool interlaced,
		      uint32_t pixelclock);

/* Puts header and body into a slot and counts. checksum_off is added to the right checksum. */
void fake_hdmi_infoframe(struct fake_hdmi *fake, unsigned int slot, uint8_t type, uint8_t version,
			 unsigned int length, const uint8_t *body, uint8_t checksum_off);
void fake_hdmi_infoframe_gone(struct fake_hdmi *fake, unsigned int slot);

/* The source's end of SCDC. Writing ones to 10h and 11h clears them. */
uint8_t fake_hdmi_scdc(const struct fake_hdmi *fake, unsigned int reg);
void fake_hdmi_scdc_write(struct fake_hdmi *fake, unsigned int reg, uint8_t value);

/* The attempt that was started has come to an end. */
void fake_hdmi_cec_done(struct fake_hdmi *fake, uint8_t outcome);
void fake_hdmi_cec_receive(struct fake_hdmi *fake, const uint8_t *bytes, unsigned int length);

#endif
