/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory formats the card writes and how a picture lies in a buffer. Plain C, shared with the
 * unit tests; knows neither the kernel nor V4L2, so fourccs are plain numbers.
 *
 * Buffers are exact: no padding after a line (but v210, which pads lines to 128 bytes), none
 * between planes, none at the end, because programs compute sizes themselves.
 */
#ifndef KINORA_FORMAT_H
#define KINORA_FORMAT_H

#include <linux/types.h>

struct kinora_format {
	__u32 fourcc;		/* V4L2's, little endian: 'U' | 'Y' << 8 | ... */
	__u8 id;		/* KINORA_FMT_* */
	__u8 rgb;		/* full-range RGB; else YCbCr in the signal's range */
	__u8 bytes_per_pixel;	/* plane 0; 0: v210, which has groups of six pixels */
	__u8 chroma_divisor;	/* lines of plane 0 to a line of plane 1; 0: one plane */
	const char *description;	/* as v4l2-compliance wants it; older kernels lack some */
};

/* How a picture lies in a buffer; what the stream registers of the same names are given. */
struct kinora_layout {
	__u32 stride0;		/* bytes from line to line */
	__u32 stride1;		/* 0: one plane */
	__u32 plane1;		/* bytes from the start to plane 1; 0: one plane */
	__u32 bytes;		/* of the whole buffer */
};

/* Number index of the formats, the default first; NULL past the end. */
const struct kinora_format *kinora_format_get(unsigned int index);

/* The format with that fourcc, or NULL. */
const struct kinora_format *kinora_format_find(__u32 fourcc);

/*
 * 0, or -EINVAL for a size the format cannot have: zero, above 16384, an odd width, an odd height
 * in 4:2:0.
 */
int kinora_format_layout(const struct kinora_format *format, __u32 width, __u32 height,
			 struct kinora_layout *layout);

#endif
