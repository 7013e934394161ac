// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <linux/v4l2-common.h>

#include "edid.h"

void edid_seal(uint8_t *block)
{
	uint8_t sum = 0;

	for (unsigned int i = 0; i < EDID_BLOCK - 1; i++)
		sum += block[i];
	block[EDID_BLOCK - 1] = -sum;
}

void edid_make(uint8_t *data, unsigned int blocks, uint16_t address, uint8_t serial)
{
	static const uint8_t header[] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };
	uint8_t *cta = data + EDID_BLOCK, *p = cta + 4;

	memset(data, 0, blocks * EDID_BLOCK);
	memcpy(data, header, sizeof(header));
	data[8] = 0x2d;			/* manufacturer "KNR": 11, 14, 18, five bits each */
	data[9] = 0xd2;
	data[12] = serial;
	data[18] = 1;			/* EDID 1.3 */
	data[19] = 3;
	data[20] = 0x80;		/* digital */
	data[126] = blocks > 1 ? 1 : 0;
	edid_seal(data);
	if (blocks < 2)
		return;
	cta[0] = 0x02;
	cta[1] = 3;
	if (blocks > 2) {
		*p++ = 0xe2;		/* HF-EEODB comes first */
		*p++ = 0x78;
		*p++ = blocks - 1;
	}
	*p++ = 0x65;			/* vendor-specific, 5 bytes: HDMI 00-0C-03 */
	*p++ = 0x03;
	*p++ = 0x0c;
	*p++ = 0x00;
	*p++ = address >> 8;
	*p++ = address & 0xff;
	cta[2] = p - cta;		/* no detailed timings */
	edid_seal(cta);
	for (unsigned int i = 2; i < blocks; i++) {
		data[i * EDID_BLOCK] = 0x02;
		data[i * EDID_BLOCK + 1] = 3;
		data[i * EDID_BLOCK + 2] = 4;
		edid_seal(data + i * EDID_BLOCK);
	}
}

int edid_input(int fd)
{
	struct v4l2_input input = { 0 };

	while (!capture_ioctl(fd, VIDIOC_ENUMINPUT, &input)) {
		if (!strcmp((char *)input.name, "HDMI 1"))
			return input.index;
		input = (struct v4l2_input){ .index = input.index + 1 };
	}
	return -ENOENT;
}

int edid_set(int fd, const uint8_t *data, unsigned int blocks)
{
	struct v4l2_edid edid = {
		.pad = edid_input(fd),
		.blocks = blocks,
		.edid = (uint8_t *)data,
	};

	return capture_ioctl(fd, VIDIOC_S_EDID, &edid);
}

int edid_get(int fd, uint8_t data[EDID_BLOCKS * EDID_BLOCK])
{
	struct v4l2_edid edid = { .pad = edid_input(fd), .blocks = EDID_BLOCKS, .edid = data };
	int ret = capture_ioctl(fd, VIDIOC_G_EDID, &edid);

	if (ret == -ENODATA)
		return 0;
	return ret ?: (int)edid.blocks;
}
