/* SPDX-License-Identifier: MIT */
/*
 * The HDMI input: what the source sends, and what it is told. Hot-plug and EDID here, link training
 * in frl.h, CEC in cec.h; what is on the wire is judged from the measured raster (vic.h), and the
 * InfoFrames (infoframe.h) add what cannot be measured.
 *
 * Hot-plug is high when there is an EDID that has stood for HDMI_HOTPLUG_NS, and follows nothing
 * else: not +5 V, not the host.
 *
 * A picture settles as SDI's does: the receiver's lock, which takes two frames, and one frame more
 * of the same raster. What goes away, goes at once. Any register may have any value.
 *
 * Not thread safe; all hardware is reached through the hal, which must outlive the structure.
 */
#ifndef CONTROLLER_HDMI_H
#define CONTROLLER_HDMI_H

#include <stdbool.h>
#include <stdint.h>

#include "cec.h"
#include "edid.h"
#include "flap.h"
#include "frl.h"
#include "hal.h"
#include "infoframe.h"
#include "vic.h"

struct log;

#define HDMI_HOTPLUG_NS 100000000ULL	/* low for so long after a change of the EDID */

#define HDMI_ERRORS_NS 1000000000ULL	/* how long an error is shown in the flags */

/* One look at the receiver: its registers as read. */
struct hdmi_sample {
	uint32_t status;
	uint32_t active;
	uint32_t total;
	uint32_t pixelclock;
	uint32_t errors;
	uint32_t lock_losses;
	uint32_t infoframes;
	uint32_t infoframe_count;
};

struct hdmi {
	const struct controller_hal *hal;
	struct log *log;
	struct cec cec;
	struct frl frl;
	struct hdmi_sample now;
	bool looked;			/* now is valid */

	/* EDID and hot-plug */
	uint8_t edid_blocks;
	uint32_t edid_count;
	bool hotplug;			/* as driven */
	bool hotplug_waits;		/* low until hotplug_ns */
	uint64_t hotplug_ns;

	/* The raster last seen, since when, and whether that is long enough. Valid while seen. */
	bool seen;			/* carrier and lock */
	uint32_t active;
	uint32_t total;
	bool interlaced;
	uint8_t link;			/* 0 TMDS, else FRL rate */
	const struct vic *vic;		/* NULL: none that we know */
	bool fractional;
	uint64_t since_ns;
	bool settled;

	struct flap flap;

	bool erred;			/* the error counter moved, at errors_ns */
	uint64_t errors_ns;

	/* InfoFrames as received; avi and transfer are of the last good ones that still come */
	uint8_t infoframe[KINORA_INFOFRAME_SLOTS][KINORA_INFOFRAME_BYTES];
	bool have_avi;
	struct infoframe_avi avi;
	uint8_t transfer;
};

/*
 * After a start of the firmware, of which a card has one at power-up and one with each image. The
 * EDID outlives the firmware, and stays; at power-up it is the default one.
 */
void hdmi_init(struct hdmi *hdmi, const struct controller_hal *hal, struct log *log);

/*
 * Look at the receiver; do hot-plug, training and CEC. Returns when it wants to be called again at
 * the latest, always later than now; UINT64_MAX: when a register changes.
 */
uint64_t hdmi_poll(struct hdmi *hdmi, uint64_t now_ns);

/* What the last poll found. All but seq_begin, seq_end, generation, since_ns, which are 0. */
void hdmi_signal(const struct hdmi *hdmi, struct kinora_signal *signal);

/* KINORA_MAILBOX_*. No bytes: no EDID, and hot-plug stays low. */
uint16_t hdmi_edid_set(struct hdmi *hdmi, const uint8_t *edid, unsigned int bytes, uint64_t now_ns);

/* What DDC gives, into EDID_BYTES of room; returns its length. */
unsigned int hdmi_edid_get(const struct hdmi *hdmi, uint8_t *out);

/* Grows by one when the EDID changes, and with each CEC event: for the controller block. */
uint32_t hdmi_edid_count(const struct hdmi *hdmi);
uint32_t hdmi_cec_count(const struct hdmi *hdmi);

uint16_t hdmi_cec_config(struct hdmi *hdmi, const struct kinora_cec_config *config);
uint16_t hdmi_cec_transmit(struct hdmi *hdmi, const struct kinora_cec_message *message,
			   uint64_t now_ns);
unsigned int hdmi_cec_events(struct hdmi *hdmi, struct kinora_cec_message *out, unsigned int max);

/*
 * The InfoFrames that are there, as the mailbox has them: for each one byte with the number of
 * bytes that follow, then header, checksum and body, as received. Only whole ones, within max;
 * returns the bytes written.
 */
unsigned int hdmi_infoframes(const struct hdmi *hdmi, uint8_t *out, unsigned int max);

#endif
