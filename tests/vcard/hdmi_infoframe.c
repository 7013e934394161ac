// SPDX-License-Identifier: MIT
/*
 * One function an InfoFrame; each leaves the checksum to frame_close().
 */
#include <stddef.h>
#include <string.h>

#include "hdmi_infoframe.h"

#define PB(slot, n) ((slot)[3 + (n)])

#define TYPE_VENDOR 0x81
#define TYPE_AVI 0x82
#define TYPE_SPD 0x83
#define TYPE_AUDIO 0x84
#define TYPE_DRM 0x87

static uint8_t *frame_open(struct hdmi_infoframes *out, unsigned int slot, uint8_t type,
			   uint8_t version, uint8_t length)
{
	uint8_t *frame = out->slot[slot];

	out->there |= 1u << slot;
	frame[0] = type;
	frame[1] = version;
	frame[2] = length;
	return frame;
}

/* All bytes together are 0 modulo 256. */
static void frame_close(uint8_t *frame)
{
	uint8_t sum = 0;

	PB(frame, 0) = 0;
	for (unsigned int i = 0; i < 4u + frame[2]; i++)
		sum += frame[i];
	PB(frame, 0) = -sum;
}

/* CTA-861-I, 6.4. */
static void avi_make(struct hdmi_infoframes *out, const struct hdmi_content *content)
{
	static const uint8_t y[] = {
		[KINORA_SAMPLING_RGB] = 0, [KINORA_SAMPLING_422] = 1, [KINORA_SAMPLING_444] = 2,
		[KINORA_SAMPLING_420] = 3,
	};
	bool rgb = content->format.sampling == KINORA_SAMPLING_RGB;
	bool full = content->range == PICTURE_RANGE_FULL;
	uint8_t *avi = frame_open(out, KINORA_INFOFRAME_AVI, TYPE_AVI, content->vic >= 128 ? 3 : 2,
				  13);

	PB(avi, 1) = y[content->format.sampling] << 5 | 1 << 4 | 2;	/* A: R is valid; S: all */
	PB(avi, 2) = 2 << 4 | 8;					/* M: 16:9; R: as M */
	if (content->matrix == PICTURE_MATRIX_2020) {
		PB(avi, 2) |= 3 << 6;
		PB(avi, 3) |= 6 << 4;
	} else if (!rgb) {
		PB(avi, 2) |= (content->matrix == PICTURE_MATRIX_601 ? 1 : 2) << 6;
	}
	if (content->it_content) {
		PB(avi, 3) |= 0x80;
		PB(avi, 5) |= (content->it_content - 1) << 4;
	}
	if (rgb && content->range_told)
		PB(avi, 3) |= (full ? 2 : 1) << 2;
	if (!rgb && full)
		PB(avi, 5) |= 1 << 6;
	PB(avi, 4) = content->vic;
	frame_close(avi);
}

static void put_le(uint8_t *at, unsigned int v)
{
	at[0] = v;
	at[1] = v >> 8;
}

/* CTA-861.3: BT.2020 primaries, D65, a display of 1000 cd/m2 (BT.2100 production practice). */
static void drm_make(struct hdmi_infoframes *out, const struct hdmi_content *content)
{
	static const uint16_t primaries[] = { 8500, 39850, 6550, 2300, 35400, 14600 };
	static const uint8_t eotf[] = { [STIMULUS_SDR] = 0, [STIMULUS_HLG] = 3, [STIMULUS_PQ] = 2 };
	uint8_t *drm;

	if (!content->hdr || content->transfer == STIMULUS_SDR)
		return;
	drm = frame_open(out, KINORA_INFOFRAME_DRM, TYPE_DRM, 1, 26);
	PB(drm, 1) = eotf[content->transfer];
	if (content->transfer == STIMULUS_PQ) {
		for (unsigned int i = 0; i < 6; i++)
			put_le(&PB(drm, 3 + 2 * i), primaries[i]);
		put_le(&PB(drm, 15), 15635);
		put_le(&PB(drm, 17), 16450);
		put_le(&PB(drm, 19), 1000);
		put_le(&PB(drm, 21), 50);
		put_le(&PB(drm, 23), 1000);
		put_le(&PB(drm, 25), 400);
	}
	frame_close(drm);
}

static void audio_make(struct hdmi_infoframes *out)
{
	uint8_t *audio = frame_open(out, KINORA_INFOFRAME_AUDIO, TYPE_AUDIO, 1, 10);

	PB(audio, 1) = 1;	/* two channels; the rest as in the stream */
	frame_close(audio);
}

static void spd_make(struct hdmi_infoframes *out)
{
	uint8_t *spd = frame_open(out, KINORA_INFOFRAME_SPD, TYPE_SPD, 1, 25);

	memcpy(&PB(spd, 1), "Kinora", 6);
	memcpy(&PB(spd, 9), "virtual source", 14);
	PB(spd, 25) = 9;	/* PC general */
	frame_close(spd);
}

/* HDMI 1.4b, 8.2.3: the four resolutions that had no VIC then. */
static void vendor_make(struct hdmi_infoframes *out, const struct hdmi_content *content)
{
	uint8_t *vendor;

	if (!content->hdmi_vic)
		return;
	vendor = frame_open(out, KINORA_INFOFRAME_VENDOR, TYPE_VENDOR, 1, 5);
	PB(vendor, 1) = 0x03;
	PB(vendor, 2) = 0x0c;
	PB(vendor, 4) = 1 << 5;
	PB(vendor, 5) = content->hdmi_vic;
	frame_close(vendor);
}

/* HDMI 2.1, 10.2.2: ALLM in PB5. */
static void forum_make(struct hdmi_infoframes *out, const struct hdmi_content *content)
{
	uint8_t *forum;

	if (!content->forum || content->hdmi_vic || !content->low_latency)
		return;
	forum = frame_open(out, KINORA_INFOFRAME_FORUM, TYPE_VENDOR, 1, 5);
	PB(forum, 1) = 0xd8;
	PB(forum, 2) = 0x5d;
	PB(forum, 3) = 0xc4;
	PB(forum, 4) = 1;	/* version */
	PB(forum, 5) = 0x02;
	frame_close(forum);
}

void hdmi_infoframes_make(struct hdmi_infoframes *out, const struct hdmi_content *content)
{
	*out = (struct hdmi_infoframes){ 0 };
	avi_make(out, content);
	drm_make(out, content);
	audio_make(out);
	spd_make(out);
	vendor_make(out, content);
	forum_make(out, content);
}
