// SPDX-License-Identifier: MIT
/* Sources: kernel/kinora_format.c */
/*
 * Description: the driver's memory formats: fourccs as in V4L2, strides, plane offsets and sizes of
 * whole buffers as programs compute them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/videodev2.h>

#include "kinora_format.h"
#include "kinora_hw.h"
#include "unit.h"

/* Not in the headers of every kernel the tests are built on. */
#ifndef V4L2_PIX_FMT_P010
#define V4L2_PIX_FMT_P010 v4l2_fourcc('P', '0', '1', '0')
#endif
#ifndef V4L2_PIX_FMT_Y210
#define V4L2_PIX_FMT_Y210 v4l2_fourcc('Y', '2', '1', '0')
#endif
#ifndef V4L2_PIX_FMT_RGBX1010102
#define V4L2_PIX_FMT_RGBX1010102 v4l2_fourcc('R', 'X', '3', '0')
#endif

/* Bytes of a 7680x4320 frame: the products of width, height and bits per pixel. */
static const struct {
	__u32 fourcc;
	unsigned int id, rgb;
	__u32 stride0, stride1, plane1, bytes;
} uhd8k[] = {
	{ V4L2_PIX_FMT_UYVY, KINORA_FMT_UYVY, 0, 15360, 0, 0, 66355200 },
	{ V4L2_PIX_FMT_YUYV, KINORA_FMT_YUYV, 0, 15360, 0, 0, 66355200 },
	{ V4L2_PIX_FMT_NV12, KINORA_FMT_NV12, 0, 7680, 7680, 33177600, 49766400 },
	{ V4L2_PIX_FMT_NV16, KINORA_FMT_NV16, 0, 7680, 7680, 33177600, 66355200 },
	{ V4L2_PIX_FMT_P010, KINORA_FMT_P010, 0, 15360, 15360, 66355200, 99532800 },
	{ V4L2_PIX_FMT_Y210, KINORA_FMT_Y210, 0, 30720, 0, 0, 132710400 },
	{ V4L2_PIX_FMT_V210, KINORA_FMT_V210, 0, 20480, 0, 0, 88473600 },
	{ V4L2_PIX_FMT_XBGR32, KINORA_FMT_XBGR32, 1, 30720, 0, 0, 132710400 },
	{ V4L2_PIX_FMT_RGBX1010102, KINORA_FMT_RGBX1010102, 1, 30720, 0, 0, 132710400 },
};

static void test_8k(void)
{
	const struct kinora_format *format;
	struct kinora_layout layout;
	unsigned int i;

	for (i = 0; i < sizeof(uhd8k) / sizeof(uhd8k[0]); i++) {
		format = kinora_format_find(uhd8k[i].fourcc);
		CU_ASSERT_PTR_NOT_NULL_FATAL(format);
		CU_ASSERT_EQUAL(format->fourcc, uhd8k[i].fourcc);
		CU_ASSERT_EQUAL(format->id, uhd8k[i].id);
		CU_ASSERT_EQUAL(!!format->rgb, uhd8k[i].rgb);
		CU_ASSERT_EQUAL(kinora_format_layout(format, 7680, 4320, &layout), 0);
		CU_ASSERT_EQUAL(layout.stride0, uhd8k[i].stride0);
		CU_ASSERT_EQUAL(layout.stride1, uhd8k[i].stride1);
		CU_ASSERT_EQUAL(layout.plane1, uhd8k[i].plane1);
		CU_ASSERT_EQUAL(layout.bytes, uhd8k[i].bytes);
		CU_ASSERT_EQUAL(layout.bytes % 4096, 0); /* what O_DIRECT recorders rely on */
	}
	CU_ASSERT_EQUAL(i, KINORA_FMTS);
}

/* v210 lines: ((width + 47) / 48) * 128 bytes. */
static void test_v210(void)
{
	static const struct { unsigned int width, stride; } lines[] = {
		{ 3840, 10240 }, { 1920, 5120 }, { 1280, 3456 }, { 720, 1920 },
		{ 48, 128 }, { 50, 256 }, { 46, 128 }, { 2, 128 },
	};
	const struct kinora_format *format = kinora_format_find(V4L2_PIX_FMT_V210);
	struct kinora_layout layout;
	unsigned int i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(format);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CU_ASSERT_EQUAL(kinora_format_layout(format, lines[i].width, 9, &layout), 0);
		CU_ASSERT_EQUAL(layout.stride0, lines[i].stride);
		CU_ASSERT_EQUAL(layout.bytes, lines[i].stride * 9);
	}
}

static void test_small(void)
{
	struct kinora_layout layout;

	CU_ASSERT_EQUAL(kinora_format_layout(kinora_format_find(V4L2_PIX_FMT_NV12), 6, 4,
					     &layout), 0);
	CU_ASSERT_EQUAL(layout.stride0, 6);
	CU_ASSERT_EQUAL(layout.plane1, 24);
	CU_ASSERT_EQUAL(layout.bytes, 36);
	CU_ASSERT_EQUAL(kinora_format_layout(kinora_format_find(V4L2_PIX_FMT_NV16), 6, 3,
					     &layout), 0);
	CU_ASSERT_EQUAL(layout.bytes, 36);
}

static void test_refused(void)
{
	const struct kinora_format *format;
	struct kinora_layout layout;
	unsigned int i;

	for (i = 0; (format = kinora_format_get(i)); i++) {
		CU_ASSERT_EQUAL(kinora_format_layout(format, 0, 2, &layout), -EINVAL);
		CU_ASSERT_EQUAL(kinora_format_layout(format, 2, 0, &layout), -EINVAL);
		CU_ASSERT_EQUAL(kinora_format_layout(format, 3, 2, &layout), -EINVAL);
		CU_ASSERT_EQUAL(kinora_format_layout(format, 16386, 2, &layout), -EINVAL);
		CU_ASSERT_EQUAL(kinora_format_layout(format, 2, 16385, &layout), -EINVAL);
		CU_ASSERT_EQUAL(kinora_format_layout(format, ~0u - 1, 2, &layout), -EINVAL);
		/* the largest: nothing overflows */
		CU_ASSERT_EQUAL(kinora_format_layout(format, 16384, 16384, &layout), 0);
		CU_ASSERT_TRUE(layout.bytes >= 16384u * 16384u * 3 / 2);
	}
	/* half the lines of chroma, so no odd number */
	CU_ASSERT_EQUAL(kinora_format_layout(kinora_format_find(V4L2_PIX_FMT_NV12), 4, 3,
					     &layout), -EINVAL);
	CU_ASSERT_EQUAL(kinora_format_layout(kinora_format_find(V4L2_PIX_FMT_P010), 4, 3,
					     &layout), -EINVAL);
}

static void test_table(void)
{
	const struct kinora_format *format;
	unsigned int i, ids = 0;

	/* the default has to be one that every client takes */
	CU_ASSERT_EQUAL(kinora_format_get(0)->fourcc, V4L2_PIX_FMT_UYVY);
	for (i = 0; (format = kinora_format_get(i)); i++) {
		CU_ASSERT_PTR_EQUAL(kinora_format_find(format->fourcc), format);
		CU_ASSERT_TRUE(format->id < KINORA_FMTS);
		CU_ASSERT_FALSE(ids & 1u << format->id);
		ids |= 1u << format->id;
		CU_ASSERT_PTR_NOT_NULL(format->description);
	}
	CU_ASSERT_EQUAL(i, KINORA_FMTS);
	CU_ASSERT_PTR_NULL(kinora_format_get(~0u));
	CU_ASSERT_PTR_NULL(kinora_format_find(0));
	CU_ASSERT_PTR_NULL(kinora_format_find(V4L2_PIX_FMT_MJPEG));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "8k", test_8k },
		{ "v210", test_v210 },
		{ "small", test_small },
		{ "refused", test_refused },
		{ "table", test_table },
		CU_TEST_INFO_NULL,
	};

	return unit_run("format", tests);
}
