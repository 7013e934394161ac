// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory formats and the arithmetic of their buffers. The first one is the default of a node:
 * UYVY is SDI's own order of samples and what OBS and every other client take as it is.
 */
#include <linux/errno.h>

#include "kinora_format.h"
#include "kinora_hw.h"

#define FOURCC(a, b, c, d) \
	((__u32)(a) | (__u32)(b) << 8 | (__u32)(c) << 16 | (__u32)(d) << 24)

#define SIZE_MAX_PIXELS 16384 /* keeps every product below in 32 bits */

static const struct kinora_format formats[KINORA_FMTS] = {
	{ FOURCC('U', 'Y', 'V', 'Y'), KINORA_FMT_UYVY, 0, 2, 0, "UYVY 4:2:2" },
	{ FOURCC('Y', 'U', 'Y', 'V'), KINORA_FMT_YUYV, 0, 2, 0, "YUYV 4:2:2" },
	{ FOURCC('N', 'V', '1', '2'), KINORA_FMT_NV12, 0, 1, 2, "Y/UV 4:2:0" },
	{ FOURCC('N', 'V', '1', '6'), KINORA_FMT_NV16, 0, 1, 1, "Y/UV 4:2:2" },
	{ FOURCC('P', '0', '1', '0'), KINORA_FMT_P010, 0, 2, 2, "10-bit Y/UV 4:2:0" },
	{ FOURCC('Y', '2', '1', '0'), KINORA_FMT_Y210, 0, 4, 0, "10-bit YUYV Packed" },
	{ FOURCC('v', '2', '1', '0'), KINORA_FMT_V210, 0, 0, 0, "10-bit 4:2:2 v210" },
	{ FOURCC('X', 'R', '2', '4'), KINORA_FMT_XBGR32, 1, 4, 0, "32-bit BGRX 8-8-8-8" },
	{ FOURCC('R', 'X', '3', '0'), KINORA_FMT_RGBX1010102, 1, 4, 0, "32-bit RGBX 10-10-10-2" },
};

const struct kinora_format *kinora_format_get(unsigned int index)
{
	return index < KINORA_FMTS ? &formats[index] : (const struct kinora_format *)0;
}

const struct kinora_format *kinora_format_find(__u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < KINORA_FMTS; i++)
		if (formats[i].fourcc == fourcc)
			return &formats[i];
	return (const struct kinora_format *)0;
}

int kinora_format_layout(const struct kinora_format *format, __u32 width, __u32 height,
			 struct kinora_layout *layout)
{
	__u32 chroma_lines = 0;

	if (!width || !height || width > SIZE_MAX_PIXELS || height > SIZE_MAX_PIXELS || width % 2)
		return -EINVAL;
	if (format->chroma_divisor) {
		if (height % format->chroma_divisor)
			return -EINVAL;
		chroma_lines = height / format->chroma_divisor;
	}

	if (format->bytes_per_pixel)
		layout->stride0 = width * format->bytes_per_pixel;
	else /* six pixels in 16 bytes, lines of whole 128 bytes */
		layout->stride0 = (width + 47) / 48 * 128;
	layout->stride1 = chroma_lines ? layout->stride0 : 0;
	layout->plane1 = chroma_lines ? layout->stride0 * height : 0;
	layout->bytes = layout->stride0 * height + layout->stride1 * chroma_lines;
	return 0;
}
