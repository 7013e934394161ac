// SPDX-License-Identifier: GPL-2.0-only
/*
 * A signal's colours in V4L2's terms.
 *
 * The signal block says what the card converts by: one of three matrices, a transfer
 * characteristic, a range. HDMI knows more colorimetries than that; those come from the AVI
 * InfoFrame itself (CTA-861-I, 6.4.1). What V4L2 cannot say is HLG: such pictures have
 * V4L2_XFER_FUNC_709, which HLG is made to be shown as where it is not understood, and the control
 * V4L2_CID_KINORA_TRANSFER tells the truth.
 *
 * The range is that of the buffer, not of the wire: RGB memory formats are full range, and RGB on
 * the wire that is converted to YCbCr becomes narrow.
 */
#include "kinora_colour.h"
#include "kinora_hw.h"

/* PBn of an InfoFrame in its 32 bytes: HB0-2, PB0 ... */
#define PB(n) (3 + (n))

#define AVI_COLORIMETRY_EXTENDED 3
enum {
	AVI_XVYCC601, AVI_XVYCC709, AVI_SYCC601, AVI_OPYCC601, AVI_OPRGB, AVI_BT2020_CONST_LUM,
	AVI_BT2020, AVI_ADDITIONAL,
};

#define AVI_ACE_DCI_P3_D65 0
#define AVI_ACE_DCI_P3_THEATER 1

#define DRM_EOTF_PQ 2
#define DRM_STATIC_TYPE_1 0

static void by_block(const struct kinora_colour_key *key, struct kinora_colours *colours)
{
	switch (key->colorimetry) {
	case KINORA_COLORIMETRY_2020:
		colours->colorspace = V4L2_COLORSPACE_BT2020;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_BT2020;
		break;
	case KINORA_COLORIMETRY_601:
		colours->colorspace = V4L2_COLORSPACE_SMPTE170M;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_601;
		break;
	default:
		/* RGB on HDMI is sRGB unless it says otherwise (CTA-861-I, 5.1) */
		colours->colorspace = key->hdmi && key->sampling == KINORA_SAMPLING_RGB ?
				      V4L2_COLORSPACE_SRGB : V4L2_COLORSPACE_REC709;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_709;
		break;
	}
}

/* What the block has no code for. */
static void by_avi(const __u8 *avi, struct kinora_colours *colours)
{
	if (avi[PB(2)] >> 6 != AVI_COLORIMETRY_EXTENDED)
		return;
	switch (avi[PB(3)] >> 4 & 7) {
	case AVI_XVYCC601:
		colours->colorspace = V4L2_COLORSPACE_SMPTE170M;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_XV601;
		break;
	case AVI_XVYCC709:
		colours->colorspace = V4L2_COLORSPACE_REC709;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_XV709;
		break;
	case AVI_SYCC601:
		colours->colorspace = V4L2_COLORSPACE_SRGB;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_601;
		break;
	case AVI_OPYCC601:
		colours->colorspace = V4L2_COLORSPACE_OPRGB;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_601;
		break;
	case AVI_OPRGB:
		colours->colorspace = V4L2_COLORSPACE_OPRGB;
		break;
	case AVI_BT2020_CONST_LUM:
		colours->colorspace = V4L2_COLORSPACE_BT2020;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_BT2020_CONST_LUM;
		break;
	case AVI_BT2020:
		colours->colorspace = V4L2_COLORSPACE_BT2020;
		colours->ycbcr_enc = V4L2_YCBCR_ENC_BT2020;
		break;
	case AVI_ADDITIONAL:
		if (avi[PB(14)] >> 4 <= AVI_ACE_DCI_P3_THEATER)
			colours->colorspace = V4L2_COLORSPACE_DCI_P3;
		break;
	}
}

static __u32 transfer_of(const struct kinora_colour_key *key, __u32 colorspace)
{
	if (key->transfer == KINORA_TRANSFER_PQ)
		return V4L2_XFER_FUNC_SMPTE2084;
	if (key->transfer == KINORA_TRANSFER_HLG)
		return V4L2_XFER_FUNC_709;
	switch (colorspace) {
	case V4L2_COLORSPACE_SRGB:
		return V4L2_XFER_FUNC_SRGB;
	case V4L2_COLORSPACE_OPRGB:
		return V4L2_XFER_FUNC_OPRGB;
	case V4L2_COLORSPACE_DCI_P3:
		return V4L2_XFER_FUNC_DCI_P3;
	}
	return V4L2_XFER_FUNC_709;
}

/**
 * kinora_colour_find() - a signal's colours as V4L2 describes them
 * @key: signal and memory format
 * @colours: filled
 */
void kinora_colour_find(const struct kinora_colour_key *key, struct kinora_colours *colours)
{
	int wire_rgb = key->sampling == KINORA_SAMPLING_RGB;

	by_block(key, colours);
	if (key->hdmi && key->avi)
		by_avi(key->avi, colours);
	/* the card makes YCbCr of RGB by the matrix of the block */
	if (wire_rgb)
		colours->ycbcr_enc = key->colorimetry == KINORA_COLORIMETRY_2020 ?
				     V4L2_YCBCR_ENC_BT2020 :
				     key->colorimetry == KINORA_COLORIMETRY_601 ?
				     V4L2_YCBCR_ENC_601 : V4L2_YCBCR_ENC_709;
	colours->xfer_func = transfer_of(key, colours->colorspace);
	if (key->rgb_memory)
		colours->quantization = V4L2_QUANTIZATION_FULL_RANGE;
	else if (wire_rgb)
		colours->quantization = V4L2_QUANTIZATION_LIM_RANGE;
	else
		colours->quantization = key->range == KINORA_RANGE_FULL ?
					V4L2_QUANTIZATION_FULL_RANGE : V4L2_QUANTIZATION_LIM_RANGE;
}

static __u16 le16(const __u8 *bytes)
{
	return bytes[0] | bytes[1] << 8;
}

static int within(__u32 value, __u32 low, __u32 high)
{
	return value >= low && value <= high;
}

/**
 * kinora_colour_hdr10() - HDR10 metadata of a DRM InfoFrame
 * @drm: KINORA_INFOFRAME_BYTES of it
 * @cll: light levels
 * @mastering: mastering display
 *
 * The InfoFrame has the primaries in any order: red is the one with the largest x, green the one
 * with the largest y (CTA-861.3, 3.2.1). V4L2 wants green, blue, red, and luminance in 0.0001
 * cd/m2.
 *
 * Return: KINORA_HDR10_* of what was filled.
 */
unsigned int kinora_colour_hdr10(const __u8 *drm, struct v4l2_ctrl_hdr10_cll_info *cll,
				 struct v4l2_ctrl_hdr10_mastering_display *mastering)
{
	unsigned int red = 0, green, i, slot[3];
	__u32 most, least;
	__u16 x[3], y[3];

	if ((drm[PB(1)] & 7) != DRM_EOTF_PQ || (drm[PB(2)] & 7) != DRM_STATIC_TYPE_1)
		return 0;
	cll->max_content_light_level = le16(drm + PB(23));
	cll->max_pic_average_light_level = le16(drm + PB(25));

	for (i = 0; i < 3; i++) {
		x[i] = le16(drm + PB(3) + 4 * i);
		y[i] = le16(drm + PB(5) + 4 * i);
		if (!within(x[i], V4L2_HDR10_MASTERING_PRIMARIES_X_LOW,
			    V4L2_HDR10_MASTERING_PRIMARIES_X_HIGH) ||
		    !within(y[i], V4L2_HDR10_MASTERING_PRIMARIES_Y_LOW,
			    V4L2_HDR10_MASTERING_PRIMARIES_Y_HIGH))
			return KINORA_HDR10_CLL;
		if (x[i] > x[red])
			red = i;
	}
	green = red ? 0 : 1;
	for (i = 0; i < 3; i++)
		if (i != red && y[i] > y[green])
			green = i;
	slot[0] = green;
	slot[1] = 3 - green - red;
	slot[2] = red;
	for (i = 0; i < 3; i++) {
		mastering->display_primaries_x[i] = x[slot[i]];
		mastering->display_primaries_y[i] = y[slot[i]];
	}
	mastering->white_point_x = le16(drm + PB(15));
	mastering->white_point_y = le16(drm + PB(17));
	if (!within(mastering->white_point_x, V4L2_HDR10_MASTERING_WHITE_POINT_X_LOW,
		    V4L2_HDR10_MASTERING_WHITE_POINT_X_HIGH) ||
	    !within(mastering->white_point_y, V4L2_HDR10_MASTERING_WHITE_POINT_Y_LOW,
		    V4L2_HDR10_MASTERING_WHITE_POINT_Y_HIGH))
		return KINORA_HDR10_CLL;

	most = le16(drm + PB(19)) * 10000u;
	least = le16(drm + PB(21));
	if (most < V4L2_HDR10_MASTERING_MAX_LUMA_LOW)
		return KINORA_HDR10_CLL; /* 0: unknown */
	if (most > V4L2_HDR10_MASTERING_MAX_LUMA_HIGH)
		most = V4L2_HDR10_MASTERING_MAX_LUMA_HIGH;
	if (least < V4L2_HDR10_MASTERING_MIN_LUMA_LOW)
		least = V4L2_HDR10_MASTERING_MIN_LUMA_LOW; /* 0: darker than can be said */
	if (least > V4L2_HDR10_MASTERING_MIN_LUMA_HIGH || least >= most)
		return KINORA_HDR10_CLL;
	mastering->max_display_mastering_luminance = most;
	mastering->min_display_mastering_luminance = least;
	return KINORA_HDR10_CLL | KINORA_HDR10_MASTERING;
}
