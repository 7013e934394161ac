// SPDX-License-Identifier: MIT
/*
 * The card's memory formats and their sizes.
 *
 * v210 pads its lines to 128 bytes (48 pixels). In the formats with a chroma plane both planes have
 * lines of the same length in bytes, and chroma follows luma without a gap.
 */
#include <strings.h>

#include "kinora.h"

static const struct kinora_format_info formats[] = {
	{ KINORA_FORMAT_UYVY, "uyvy", 8, 1, false, false },
	{ KINORA_FORMAT_YUYV, "yuyv", 8, 1, false, false },
	{ KINORA_FORMAT_NV12, "nv12", 8, 2, true, false },
	{ KINORA_FORMAT_NV16, "nv16", 8, 1, true, false },
	{ KINORA_FORMAT_P010, "p010", 10, 2, true, false },
	{ KINORA_FORMAT_Y210, "y210", 10, 1, false, false },
	{ KINORA_FORMAT_V210, "v210", 10, 1, false, false },
	{ KINORA_FORMAT_XBGR32, "xbgr32", 8, 1, false, true },
	{ KINORA_FORMAT_RGBX1010102, "rgbx1010102", 10, 1, false, true },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct kinora_format_info *kinora_format_at(unsigned int index)
{
	return index < FORMATS ? &formats[index] : NULL;
}

const struct kinora_format_info *kinora_format_find(uint32_t fourcc)
{
	size_t i;

	for (i = 0; i < FORMATS; i++)
		if (formats[i].fourcc == fourcc)
			return &formats[i];
	return NULL;
}

const struct kinora_format_info *kinora_format_find_name(const char *name)
{
	size_t i;

	for (i = 0; i < FORMATS; i++)
		if (!strcasecmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

size_t kinora_format_stride(const struct kinora_format_info *format, unsigned int width)
{
	switch (format->fourcc) {
	case KINORA_FORMAT_NV12:
	case KINORA_FORMAT_NV16:
		return width;
	case KINORA_FORMAT_V210:
		return ((size_t)width + 47) / 48 * 128;
	case KINORA_FORMAT_Y210:
	case KINORA_FORMAT_XBGR32:
	case KINORA_FORMAT_RGBX1010102:
		return (size_t)width * 4;
	default:
		return (size_t)width * 2;
	}
}

size_t kinora_format_bytes(const struct kinora_format_info *format, size_t stride,
			   unsigned int height)
{
	size_t lines = height;

	if (format->planar_chroma)
		lines += height / format->chroma_lines;
	return stride * lines;
}
