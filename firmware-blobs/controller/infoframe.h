/* SPDX-License-Identifier: MIT */
/*
 * CTA-861 InfoFrames: what they say about the picture, in the contract's words. Nothing here trusts
 * a byte: a frame whose type, version, length or checksum is wrong says nothing.
 */
#ifndef CONTROLLER_INFOFRAME_H
#define CONTROLLER_INFOFRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "kinora_hw.h"

#define INFOFRAME_HEAD 4	/* type, version, length; checksum */
#define INFOFRAME_BODY_MAX 27	/* what a packet holds beside them */

/* A slot of the receiver is HB0-2, PB0-27 and one unused byte. */

/* Header, checksum and body, in bytes; 0: its length does not fit a packet. */
unsigned int infoframe_bytes(const uint8_t slot[KINORA_INFOFRAME_BYTES]);

/* Length fits, and the sum of all bytes is 0. */
bool infoframe_valid(const uint8_t slot[KINORA_INFOFRAME_BYTES]);

/* What the auxiliary video information says; the reset value is what holds without one. */
struct infoframe_avi {
	bool known_sampling;	/* Y has a meaning that this firmware knows */
	uint8_t sampling;	/* KINORA_SAMPLING_* */
	uint8_t colorimetry;	/* KINORA_COLORIMETRY_* */
	uint8_t range;		/* KINORA_RANGE_* */
	uint8_t it_content;	/* KINORA_IT_* */
	uint8_t vic;		/* 0: none */
};

/* DVI, or HDMI that sends no AVI InfoFrame: RGB of full range. */
void infoframe_avi_default(struct infoframe_avi *avi);

/* false, and avi untouched: it is no AVI InfoFrame, or not a good one. */
bool infoframe_avi(const uint8_t slot[KINORA_INFOFRAME_BYTES], struct infoframe_avi *avi);

/* enum kinora_transfer of a dynamic range and mastering InfoFrame; false as above. */
bool infoframe_drm(const uint8_t slot[KINORA_INFOFRAME_BYTES], uint8_t *transfer);

#endif
