/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A signal's colours in V4L2's terms. Plain C, shared with the unit tests; of V4L2 it knows the
 * numbers of its public header.
 */
#ifndef KINORA_COLOUR_H
#define KINORA_COLOUR_H

#include <linux/types.h>
#include <linux/videodev2.h>

struct kinora_colour_key {
	__u8 colorimetry;	/* KINORA_COLORIMETRY_* */
	__u8 transfer;		/* enum kinora_transfer */
	__u8 range;		/* KINORA_RANGE_* */
	__u8 sampling;		/* KINORA_SAMPLING_*, on the wire */
	__u8 hdmi;		/* came over HDMI */
	__u8 rgb_memory;	/* the memory format is RGB */
	const __u8 *avi;	/* AVI InfoFrame, KINORA_INFOFRAME_BYTES; NULL: there is none */
};

struct kinora_colours {
	__u32 colorspace;	/* V4L2_COLORSPACE_* */
	__u32 ycbcr_enc;	/* V4L2_YCBCR_ENC_* */
	__u32 quantization;	/* V4L2_QUANTIZATION_* */
	__u32 xfer_func;	/* V4L2_XFER_FUNC_* */
};

void kinora_colour_find(const struct kinora_colour_key *key, struct kinora_colours *colours);

/*
 * HDR10 metadata of a DRM InfoFrame (CTA-861.3), KINORA_INFOFRAME_BYTES of it. What was filled is
 * returned: nothing for anything but PQ; light levels of 0 are "unknown"; the mastering display
 * only if all of it is known, because V4L2 has no way to say otherwise, and sources send zeros.
 */
#define KINORA_HDR10_CLL 0x1
#define KINORA_HDR10_MASTERING 0x2

unsigned int kinora_colour_hdr10(const __u8 *drm, struct v4l2_ctrl_hdr10_cll_info *cll,
				 struct v4l2_ctrl_hdr10_mastering_display *mastering);

#endif
