/* SPDX-License-Identifier: MIT */
/*
 * The InfoFrames that the virtual source sends (CTA-861-I, clause 6; HDMI 2.1, 10.2), as they lie
 * in the receiver's slots: HB0-2, PB0 with the checksum, PB1-27, and a 0.
 */
#ifndef VCARD_HDMI_INFOFRAME_H
#define VCARD_HDMI_INFOFRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "hdmi_mode.h"
#include "kinora_hw.h"

struct hdmi_infoframes {
	uint8_t there;			/* BIT(KINORA_INFOFRAME_*) */
	uint8_t slot[KINORA_INFOFRAME_SLOTS][KINORA_INFOFRAME_BYTES];
};

/* What they are to say. */
struct hdmi_content {
	struct hdmi_format format;
	uint8_t vic;			/* as it is told, true or not; 0: none */
	uint8_t hdmi_vic;		/* of HDMI 1.4, in the vendor InfoFrame; 0: none */
	enum stimulus_transfer transfer;
	bool hdr;			/* tell the transfer, in a DRM InfoFrame */
	enum picture_matrix matrix;
	enum picture_range range;
	bool range_told;		/* and not left at "default" */
	uint8_t it_content;		/* KINORA_IT_* */
	bool forum;			/* the sink knows the HDMI Forum's */
	bool low_latency;		/* ALLM */
};

void hdmi_infoframes_make(struct hdmi_infoframes *out, const struct hdmi_content *content);

#endif
