// SPDX-License-Identifier: MIT
/*
 * Fields of the AVI (CTA-861-H, 6.4) and the dynamic range and mastering InfoFrame (6.9).
 */
#include "infoframe.h"

#define TYPE_AVI 0x82
#define TYPE_DRM 0x87

/* Data byte n, from 1, of a slot. */
#define PB(slot, n) ((slot)[3 + (n)])

unsigned int infoframe_bytes(const uint8_t slot[KINORA_INFOFRAME_BYTES])
{
	return slot[2] <= INFOFRAME_BODY_MAX ? INFOFRAME_HEAD + slot[2] : 0;
}

bool infoframe_valid(const uint8_t slot[KINORA_INFOFRAME_BYTES])
{
	unsigned int bytes = infoframe_bytes(slot);
	uint8_t sum = 0;

	for (unsigned int i = 0; i < bytes; i++)
		sum += slot[i];
	return bytes && !sum;
}

void infoframe_avi_default(struct infoframe_avi *avi)
{
	*avi = (struct infoframe_avi){
		.known_sampling = true,
		.sampling = KINORA_SAMPLING_RGB,
		.colorimetry = KINORA_COLORIMETRY_709, /* the primaries of sRGB */
		.range = KINORA_RANGE_FULL,
	};
}

/* C, EC and ACE; there is none for 640 x 480, so that what none says means HD. */
static uint8_t avi_colorimetry(unsigned int c, unsigned int ec, unsigned int ace)
{
	/* P3 and ICtCp are not in the contract; sRGB and default RGB have the primaries of 709 */
	static const uint8_t additional[16] = {
		KINORA_COLORIMETRY_UNKNOWN, KINORA_COLORIMETRY_UNKNOWN, KINORA_COLORIMETRY_UNKNOWN,
		KINORA_COLORIMETRY_709, KINORA_COLORIMETRY_709,
		[5 ... 15] = KINORA_COLORIMETRY_UNKNOWN,
	};
	static const uint8_t extended[8] = {
		KINORA_COLORIMETRY_601,		/* xvYCC601 */
		KINORA_COLORIMETRY_709,		/* xvYCC709 */
		KINORA_COLORIMETRY_601,		/* sYCC601: the matrix is what YCbCr needs */
		KINORA_COLORIMETRY_601,		/* opYCC601 */
		KINORA_COLORIMETRY_UNKNOWN,	/* opRGB */
		KINORA_COLORIMETRY_2020,	/* constant luminance */
		KINORA_COLORIMETRY_2020,
	};

	if (c == 1)
		return KINORA_COLORIMETRY_601;
	if (c != 3)
		return KINORA_COLORIMETRY_709;
	return ec == 7 ? additional[ace] : extended[ec];
}

bool infoframe_avi(const uint8_t slot[KINORA_INFOFRAME_BYTES], struct infoframe_avi *avi)
{
	static const uint8_t samplings[4] = {
		KINORA_SAMPLING_RGB, KINORA_SAMPLING_422, KINORA_SAMPLING_444, KINORA_SAMPLING_420,
	};
	unsigned int version = slot[1], length = slot[2];
	unsigned int y, ace = 0;

	/* version 1 is that of DVI's successor before HDMI: it has no VIC and nobody sends it */
	if (slot[0] != TYPE_AVI || version < 2 || version > 4 || length < 13 ||
	    !infoframe_valid(slot))
		return false;
	y = version < 3 ? PB(slot, 1) >> 5 & 3 : PB(slot, 1) >> 5;
	if (version >= 4 && length >= 14)
		ace = PB(slot, 14) >> 4;
	*avi = (struct infoframe_avi){
		.known_sampling = y < 4,
		.sampling = samplings[y & 3],
		.vic = PB(slot, 4),
	};
	avi->colorimetry = avi_colorimetry(PB(slot, 2) >> 6, PB(slot, 3) >> 4 & 7, ace);
	/* Q: 0 default, which is limited for every raster of the table; 2 full. YQ: 1 full */
	if (avi->sampling == KINORA_SAMPLING_RGB)
		avi->range = (PB(slot, 3) >> 2 & 3) == 2 ? KINORA_RANGE_FULL : KINORA_RANGE_NARROW;
	else
		avi->range = PB(slot, 5) >> 6 == 1 ? KINORA_RANGE_FULL : KINORA_RANGE_NARROW;
	if (PB(slot, 3) & 0x80)
		avi->it_content = KINORA_IT_GRAPHICS + (PB(slot, 5) >> 4 & 3);
	return true;
}

bool infoframe_drm(const uint8_t slot[KINORA_INFOFRAME_BYTES], uint8_t *transfer)
{
	static const uint8_t eotf[8] = {
		KINORA_TRANSFER_SDR,
		KINORA_TRANSFER_UNSPECIFIED,	/* traditional gamma, HDR range */
		KINORA_TRANSFER_PQ,
		KINORA_TRANSFER_HLG,
		[4 ... 7] = KINORA_TRANSFER_UNSPECIFIED,
	};

	if (slot[0] != TYPE_DRM || slot[1] != 1 || slot[2] < 2 || !infoframe_valid(slot))
		return false;
	*transfer = eotf[PB(slot, 1) & 7];
	return true;
}
