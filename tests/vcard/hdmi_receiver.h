/* SPDX-License-Identifier: MIT */
/*
 * The HDMI receiver of the virtual card (docs/hardware.md, section 15): what the source sends on
 * one side, the controller's registers on the other. CEC is not here but in cec_line.h.
 *
 * Nothing runs in the background. Every call says what time it is, successive times do not run
 * backwards, and what was due until then has happened; hdmi_receiver_next() says when the registers
 * will change by themselves. Not thread safe: hdmi_port.h has the lock.
 *
 * Surprises:
 * - Lock needs the link that the source uses: LINK, scrambling as TMDS_Config says, and lanes that
 *   carry the rate. It comes two frames after all of that is so.
 * - InfoFrames come with lock and go with it; one that is no longer sent stays for a second.
 * - SCDC keeps what it has when +5 V goes: to reset it is the firmware's business.
 */
#ifndef VCARD_HDMI_RECEIVER_H
#define VCARD_HDMI_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "hdmi_infoframe.h"
#include "hdmi_mode.h"
#include "kinora_hw.h"
#include "spread.h"

#define HDMI_LANES 4
#define HDMI_EDID_BYTES (KINORA_EDID_BLOCKS * KINORA_EDID_BLOCK_BYTES)

/* SCDC registers (HDMI 2.1, 10.4). */
#define SCDC_SINK_VERSION 0x01
#define SCDC_SOURCE_VERSION 0x02
#define SCDC_UPDATE_0 0x10
#define SCDC_UPDATE_1 0x11
#define SCDC_FRL_START 0x10		/* of UPDATE_0 */
#define SCDC_FLT_UPDATE 0x20		/* of UPDATE_0 */
#define SCDC_TMDS_CONFIG 0x20
#define SCDC_SCRAMBLING 0x01		/* of TMDS_CONFIG and SCRAMBLER_STATUS */
#define SCDC_CLOCK_RATIO_40 0x02	/* of TMDS_CONFIG */
#define SCDC_SCRAMBLER_STATUS 0x21
#define SCDC_CONFIG_0 0x30
#define SCDC_CONFIG_1 0x31
#define SCDC_STATUS_0 0x40
#define SCDC_FLT_READY 0x40		/* of STATUS_0 */
#define SCDC_LTP_01 0x41
#define SCDC_LTP_23 0x42
#define SCDC_LTP_NEXT_FFE 0xe
#define SCDC_LTP_LOWER_RATE 0xf

/* What is on the cable when video is. */
struct hdmi_video {
	uint8_t link;			/* 0 TMDS, 1 .. 6 FRL rate */
	bool scrambled;			/* TMDS */
	const struct hdmi_mode *mode;
	bool fractional;
	double ppm;
	bool islands;			/* HDMI; otherwise DVI */
	uint8_t depth;			/* KINORA_HDMI_DEPTH_* of the general control packet */
	struct hdmi_infoframes frames;
};

struct hdmi_receiver {
	/* the source's side */
	bool power;
	bool sending;
	struct hdmi_video video;		/* while sending */
	uint8_t lanes_rate;			/* FRL is sent at; 0: it is not */
	uint8_t pattern[HDMI_LANES];		/* link training pattern; 0: none */
	uint64_t pattern_ns[HDMI_LANES];	/* since when */

	/* what the receiver makes of it */
	bool locked;
	uint64_t lock_ns;			/* when it will be; UINT64_MAX: not by itself */
	uint32_t losses;
	struct spread errors;
	uint8_t there;				/* slots */
	uint8_t slot[KINORA_INFOFRAME_SLOTS][KINORA_INFOFRAME_BYTES];
	uint64_t gone_ns[KINORA_INFOFRAME_SLOTS];	/* if it does not come again */
	uint32_t count;

	/* registers */
	uint32_t control;
	uint32_t edid_blocks;
	uint32_t link;
	uint64_t link_ns;			/* set then */
	uint32_t scdc_writes;
	uint8_t scdc[256];
	uint8_t edid[HDMI_EDID_BYTES];

	/* faults */
	uint8_t lane_fault[HDMI_LANES];		/* dirty from this FRL rate on; 0: never */
	double error_rate;			/* errors a line */
	uint64_t unlock_ns;			/* no lock before */
	bool loose;				/* the lanes make no contact just now */
	uint64_t flap_ns;			/* when that changes; UINT64_MAX: it does not */
	uint64_t flap_on_ns, flap_off_ns;	/* contact for so long, then none for so long */
	uint8_t missing;			/* slots whose InfoFrame is not sent */
	uint8_t damaged;			/* ... is sent with a wrong checksum */
};

/* Power-up: no source, registers at reset values. */
void hdmi_receiver_init(struct hdmi_receiver *rx);

/* Registers; offsets from KINORA_CTL_HDMI, those of CEC read 0. */
uint32_t hdmi_receiver_read(struct hdmi_receiver *rx, uint32_t offset, uint64_t now_ns);
void hdmi_receiver_write(struct hdmi_receiver *rx, uint32_t offset, uint32_t value,
			 uint64_t now_ns);
/* The first time after now_ns at which they change by themselves; UINT64_MAX: none is known. */
uint64_t hdmi_receiver_next(struct hdmi_receiver *rx, uint64_t now_ns);

bool hdmi_receiver_locked(struct hdmi_receiver *rx, uint64_t now_ns);
/* Character errors in [from_ns, to_ns). */
uint32_t hdmi_receiver_errors_in(const struct hdmi_receiver *rx, uint64_t from_ns, uint64_t to_ns);

/* --- the source's side --- */

void hdmi_receiver_power(struct hdmi_receiver *rx, bool power, uint64_t now_ns);
/* Hot-plug detect as the source sees it. */
bool hdmi_receiver_hotplug(const struct hdmi_receiver *rx);

/* DDC: 0, or -EIO when nobody answers. */
int hdmi_receiver_edid_read(const struct hdmi_receiver *rx, unsigned int block,
			    uint8_t out[KINORA_EDID_BLOCK_BYTES]);
int hdmi_receiver_scdc_read(const struct hdmi_receiver *rx, uint8_t reg, uint8_t *value);
int hdmi_receiver_scdc_write(struct hdmi_receiver *rx, uint8_t reg, uint8_t value);

/* Send patterns (0: none, a gap) on FRL lanes at this rate; rate 0: nothing. */
void hdmi_receiver_lanes(struct hdmi_receiver *rx, unsigned int rate,
			 const uint8_t pattern[HDMI_LANES], uint64_t now_ns);
/* Send video; NULL: stop. */
void hdmi_receiver_video(struct hdmi_receiver *rx, const struct hdmi_video *video,
			 uint64_t now_ns);

/* --- faults --- */

/* lane 0 .. 3 does not carry this FRL rate or a higher one; 0: it carries all. */
void hdmi_receiver_fault_lane(struct hdmi_receiver *rx, unsigned int lane, unsigned int rate,
			      uint64_t now_ns);
/* Chance, 0 .. 1, that a line has a character error. */
void hdmi_receiver_fault_errors(struct hdmi_receiver *rx, double rate, uint64_t now_ns);
/* The lanes lose contact hz times a second, for so much of the time. */
void hdmi_receiver_fault_flap(struct hdmi_receiver *rx, double hz, unsigned int percent,
			      uint64_t now_ns);
void hdmi_receiver_fault_unlock(struct hdmi_receiver *rx, uint32_t ms, uint64_t now_ns);
/* BIT(KINORA_INFOFRAME_*): not sent; sent damaged. */
void hdmi_receiver_fault_infoframes(struct hdmi_receiver *rx, uint8_t missing, uint8_t damaged,
				    uint64_t now_ns);
void hdmi_receiver_fault_clear(struct hdmi_receiver *rx, uint64_t now_ns);

#endif
