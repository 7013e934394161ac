/* SPDX-License-Identifier: MIT */
/*
 * The source on hdmi1: a player that behaves. It waits for hot-plug, reads the EDID, sees whether
 * the sink takes what it is asked to play, brings up the link, TMDS or FRL, and sends video with
 * its InfoFrames; when hot-plug falls it stops and starts over.
 *
 * What does not fit the EDID it does not send: no carrier, and hdmi_source_text() says why. `force`
 * makes it send all the same, as a source does that believes it knows better.
 *
 * Of samplings and depths that it may choose itself it takes the first that fits: 4:2:2, which
 * carries the virtual card's pictures unchanged, then 4:4:4, RGB and 4:2:0 of 10 bits, then of 8.
 * TMDS is taken where it suffices. FRL starts with the highest rate of both and falls as the sink
 * refuses, as far as the video allows; a format that was not asked for gives way as well.
 *
 * As the receiver, it only lives when it is called, with the time. Not thread safe.
 */
#ifndef VCARD_HDMI_SOURCE_H
#define VCARD_HDMI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hdmi_offer.h"
#include "hdmi_receiver.h"

/* What it is asked to play. */
struct hdmi_wish {
	const struct hdmi_mode *mode;
	bool fractional;
	double ppm;
	enum stimulus_sampling sampling;
	uint8_t depth;			/* 8, 10, 12; 0: it may choose */
	enum picture_range range;
	enum stimulus_transfer transfer;
	enum picture_matrix matrix;
	uint8_t it_content;		/* KINORA_IT_* */
	bool lie;			/* tell this VIC, not the mode's */
	uint8_t vic;
	bool dvi;
	bool force;
};

/* How it plays it. */
struct hdmi_choice {
	struct hdmi_format format;
	uint8_t frl;			/* rate to begin with; 0: TMDS */
	uint8_t frl_needed;		/* lowest that suffices */
	bool islands;			/* HDMI; otherwise DVI */
};

/*
 * Of what the sink offers (NULL: its EDID cannot be read), with FRL up to frl_limit. 0, or
 * -EOPNOTSUPP with the reason in why.
 */
int hdmi_source_choose(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
		       unsigned int frl_limit, struct hdmi_choice *out, char *why, size_t size);

enum hdmi_source_state {
	HDMI_SOURCE_OFF,		/* no cable */
	HDMI_SOURCE_UNPLUGGED,		/* hot-plug is low */
	HDMI_SOURCE_SETTLING,		/* it has just risen */
	HDMI_SOURCE_READING,		/* the EDID */
	HDMI_SOURCE_REFUSING,
	HDMI_SOURCE_PREPARING,		/* the link is there or needs nothing but a moment */
	HDMI_SOURCE_FRL_READY,		/* waits for FLT_ready */
	HDMI_SOURCE_FRL_TRAINING,
	HDMI_SOURCE_FRL_STARTING,	/* all lanes are good, waits for FRL_start */
	HDMI_SOURCE_SENDING,
};

struct hdmi_source {
	enum hdmi_source_state state;
	uint64_t until_ns;		/* end of the state, or the time by which it fails */
	uint64_t poll_ns;		/* when it looks at SCDC next */
	struct hdmi_wish wish;
	uint8_t edid[HDMI_EDID_BYTES];
	unsigned int edid_blocks;	/* read so far */
	bool edid_bad;
	struct hdmi_offer offer;
	struct hdmi_choice choice;
	unsigned int frl_limit;		/* what has failed is not tried again before hot-plug */
	unsigned int trained;		/* FRL rate the link has; 0: none */
	uint8_t pattern[HDMI_LANES];
	unsigned int sessions;		/* EDIDs read: CEC begins anew with each */
	unsigned int videos;		/* times it began or ceased to send */
	char why[160];			/* it refuses */
};

void hdmi_source_init(struct hdmi_source *source);

/* Play this from now on, plugging the cable in if it was off; NULL: take the cable off. */
void hdmi_source_play(struct hdmi_source *source, struct hdmi_receiver *rx,
		      const struct hdmi_wish *wish, uint64_t now_ns);

/* Do what is due. When to call again at the latest: after each change of hot-plug as well. */
uint64_t hdmi_source_poll(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns);

/* The InfoFrames of a wish played so; for tests, too. */
void hdmi_source_frames(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
			const struct hdmi_choice *choice, struct hdmi_infoframes *out);

/* What it does, for people: "TMDS, 4:2:2 12 bit". */
void hdmi_source_text(const struct hdmi_source *source, char *text, size_t size);

#endif
