// SPDX-License-Identifier: MIT
/*
 * Description: the EDID of the HDMI input through VIDIOC_G_EDID and VIDIOC_S_EDID: the default one,
 * one to four blocks set and read back, every edge of the two ioctls, wrong EDIDs that leave the
 * old one where it is, no EDID at all, and what is left of it after the driver was away. Also what
 * comes the other way, the source's InfoFrames in debugfs.
 *
 * Rules of the ioctls: the V4L2 documentation of VIDIOC_SUBDEV_G_EDID. Of an EDID: VESA E-EDID A.2
 * (header, byte 126, checksum), CTA-861-H 7.5.18 (HF-EEODB).
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include <linux/v4l2-common.h>

#include "lib/capture.h"
#include "lib/edid.h"
#include "lib/kernel_log.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BLOCK EDID_BLOCK
#define BLOCKS EDID_BLOCKS
#define SYSFS_MS 15000
#define DRIVER "/sys/bus/pci/drivers/kinora"

static struct capture node = { .fd = -1 };
static unsigned int hdmi, inputs;
static uint8_t before[BLOCKS * BLOCK];	/* what was there when the suite began */
static unsigned int before_blocks;

static int edid_ioctl(unsigned long request, unsigned int pad, unsigned int start,
		      unsigned int *blocks, const void *data)
{
	struct v4l2_edid edid = {
		.pad = pad,
		.start_block = start,
		.blocks = *blocks,
		.reserved = { 1, 2, 3, 4, 5 },
		.edid = (uint8_t *)data,
	};
	int ret = capture_ioctl(node.fd, request, &edid);

	*blocks = edid.blocks;
	if (!ret)
		for (unsigned int i = 0; i < 5; i++)
			CHECK_EQ(edid.reserved[i], 0);
	return ret;
}

static int get(unsigned int start, unsigned int *blocks, uint8_t *data)
{
	return edid_ioctl(VIDIOC_G_EDID, hdmi, start, blocks, data);
}

static int set(unsigned int blocks, const uint8_t *data)
{
	return edid_ioctl(VIDIOC_S_EDID, hdmi, 0, &blocks, data);
}

/* Is this what the card has now? */
static void expect(unsigned int want_blocks, const uint8_t *want, const char *what)
{
	uint8_t data[256 * BLOCK] = { 0 };
	unsigned int blocks = 256;
	int ret = get(0, &blocks, data);

	if (!CHECK(!ret, "%s: G_EDID: %s", what, strerror(-ret)) ||
	    !CHECK(blocks == want_blocks, "%s: %u blocks, not %u", what, blocks, want_blocks))
		return;
	CHECK(!memcmp(data, want, want_blocks * BLOCK), "%s: another EDID", what);
}

static bool begin(void)
{
	struct v4l2_input input = { 0 };
	int index;

	if (node.fd < 0 && !CHECK_OK(capture_open(&node, 1, DEVICE_VIDEO)))
		return false;
	index = edid_input(node.fd);
	if (!CHECK(index >= 0, "no input is called HDMI 1"))
		return false;
	hdmi = index;
	while (!capture_ioctl(node.fd, VIDIOC_ENUMINPUT, &input))
		input = (struct v4l2_input){ .index = input.index + 1 };
	inputs = input.index;
	if (!before_blocks) {
		before_blocks = BLOCKS;
		CHECK_OK(get(0, &before_blocks, before));
	}
	return true;
}

static void end(void)
{
	CHECK_OK(set(before_blocks, before));
	expect(before_blocks, before, "at the end");
	capture_close(&node);
}

/* The card has an EDID before anybody set one. */
static void test_default(void)
{
	uint8_t part[BLOCK] = { 0 };
	unsigned int blocks = 0;

	if (!begin())
		return;
	CHECK_OK(get(0, &blocks, NULL));
	CHECK_EQ(blocks, before_blocks);
	CHECK(before_blocks >= 2, "%u blocks", before_blocks);
	for (unsigned int i = 0; i < before_blocks; i++) {
		uint8_t sum = 0;

		for (unsigned int j = 0; j < BLOCK; j++)
			sum += before[i * BLOCK + j];
		CHECK(!sum, "block %u: wrong checksum", i);
		blocks = 1;
		CHECK_OK(get(i, &blocks, part));
		CHECK_EQ(blocks, 1);
		CHECK(!memcmp(part, before + i * BLOCK, BLOCK), "block %u alone differs", i);
	}
	end();
}

static void test_edges(void)
{
	uint8_t data[256 * BLOCK] = { 0 };
	unsigned int blocks;

	if (!begin())
		return;
	for (unsigned int pad = 0; pad <= inputs; pad++) {
		if (pad == hdmi)
			continue;
		blocks = 0;
		CHECK_EQ(edid_ioctl(VIDIOC_G_EDID, pad, 0, &blocks, data), -EINVAL);
		CHECK_EQ(blocks, 0);
		CHECK_EQ(edid_ioctl(VIDIOC_S_EDID, pad, 0, &blocks, data), -EINVAL);
	}
	blocks = 1;
	CHECK_EQ(edid_ioctl(VIDIOC_G_EDID, UINT32_MAX, 0, &blocks, data), -EINVAL);
	CHECK_EQ(edid_ioctl(VIDIOC_S_EDID, UINT32_MAX, 0, &blocks, data), -EINVAL);
	CHECK_EQ(get(before_blocks, &blocks, data), -EINVAL);
	CHECK_EQ(get(UINT32_MAX, &blocks, data), -EINVAL);
	CHECK_EQ(edid_ioctl(VIDIOC_S_EDID, hdmi, 1, &blocks, before), -EINVAL);
	/* more than there is: what there is */
	blocks = 256;
	CHECK_OK(get(1, &blocks, data));
	CHECK_EQ(blocks, before_blocks - 1);
	CHECK(!memcmp(data, before + BLOCK, (before_blocks - 1) * BLOCK), "from block 1 on");
	blocks = 257;
	CHECK_EQ(get(0, &blocks, data), -EINVAL);
	for (unsigned int more = BLOCKS + 1; more <= 256; more += 251) {
		blocks = more;
		CHECK_EQ(edid_ioctl(VIDIOC_S_EDID, hdmi, 0, &blocks, data), -E2BIG);
		CHECK_EQ(blocks, BLOCKS);
	}
	blocks = 1;
	CHECK_EQ(get(0, &blocks, NULL), -EFAULT);
	blocks = 2;
	CHECK_EQ(edid_ioctl(VIDIOC_S_EDID, hdmi, 0, &blocks, NULL), -EFAULT);
	expect(before_blocks, before, "after all that");
	end();
}

static void test_set(void)
{
	static const unsigned int sizes[] = { 1, 2, 3, 4, 2, 1, 3 };
	struct capture other = { .fd = -1 };
	uint8_t data[BLOCKS * BLOCK] = { 0 };

	if (!begin())
		return;
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		edid_make(data, sizes[i], 0x1000, i);
		CHECK_OK(set(sizes[i], data));
		expect(sizes[i], data, "set");
	}
	/* it is the connector's, whichever node asks */
	if (CHECK_OK(capture_open(&other, 4, DEVICE_VIDEO))) {
		uint8_t there[BLOCKS * BLOCK];

		CHECK_EQ(edid_get(other.fd, there), 3);
		CHECK(!memcmp(there, data, 3 * BLOCK), "channel 4 differs");
		capture_close(&other);
	}
	end();
}

static void refused(const uint8_t *data, unsigned int blocks, const uint8_t *old,
		    unsigned int old_blocks, struct kernel_log *log, const char *reason)
{
	CHECK(set(blocks, data) == -EINVAL, "not refused: %s", reason);
	expect(old_blocks, old, reason);
	CHECK(!log || kernel_log_has(log, reason), "the log does not say '%s'", reason);
}

/* Each wrong in one thing; the log says in which. */
static void test_wrong(void)
{
	uint8_t good[BLOCKS * BLOCK], data[BLOCKS * BLOCK];
	struct kernel_log *log = kernel_log_open();

	if (!begin() || !CHECK(log, "no kernel log"))
		return;
	edid_make(good, 3, 0x1000, 7);
	CHECK_OK(set(3, good));

	edid_make(data, 3, 0x1000, 8);
	data[BLOCK - 1] ^= 1;
	refused(data, 3, good, 3, log, "EDID refused: checksum of block 0");
	edid_make(data, 3, 0x1000, 8);
	data[2 * BLOCK + 17] ^= 0x80;
	refused(data, 3, good, 3, log, "EDID refused: checksum of block 2");
	edid_make(data, 2, 0x1000, 8);
	data[0] = 1;
	edid_seal(data);
	refused(data, 2, good, 3, log, "EDID refused: it does not begin");
	edid_make(data, 2, 0x1000, 8);
	data[126] = 2;
	edid_seal(data);
	refused(data, 2, good, 3, log, "it has 2 blocks, byte 126 counts 3");
	edid_make(data, 2, 0x1000, 8);
	refused(data, 1, good, 3, log, "it has 1 blocks, byte 126 counts 2");
	edid_make(data, 4, 0x1000, 8);
	refused(data, 3, good, 3, log, "it has 3 blocks");
	edid_make(data, 2, 0x1010, 8);
	refused(data, 2, good, 3, log, "physical address");
	kernel_log_close(log);
	end();
}

static void test_none(void)
{
	uint8_t data[BLOCKS * BLOCK] = { 0 };
	unsigned int blocks = 5;

	if (!begin())
		return;
	CHECK_OK(set(0, NULL));
	blocks = 0;
	CHECK_OK(get(0, &blocks, NULL));
	CHECK_EQ(blocks, 0);
	blocks = 1;
	CHECK_EQ(get(0, &blocks, data), -ENODATA);
	blocks = 1;
	CHECK_EQ(get(1, &blocks, data), -ENODATA);
	CHECK_OK(set(0, NULL));		/* none again */
	edid_make(data, 2, 0x2000, 1);
	CHECK_OK(set(2, data));
	expect(2, data, "after none");
	end();
}

/* Any bytes at all: taken and read back, or refused and the last one stays. */
static void test_random(void)
{
	uint8_t last[BLOCKS * BLOCK], data[BLOCKS * BLOCK];
	unsigned int last_blocks = 3, taken = 0;

	if (!begin())
		return;
	edid_make(last, last_blocks, 0x1000, 0);
	CHECK_OK(set(last_blocks, last));
	for (unsigned int i = 0; i < 60; i++) {
		unsigned int blocks = 1 + suite_random(BLOCKS), changes = suite_random(4);
		int ret;

		edid_make(data, blocks, suite_random(16) << 12, i);
		while (changes--)
			data[suite_random(blocks * BLOCK)] = suite_random(256);
		if (suite_random(2))
			for (unsigned int j = 0; j < blocks; j++)
				edid_seal(data + j * BLOCK);
		ret = set(blocks, data);
		CHECK(!ret || ret == -EINVAL, "S_EDID: %s", strerror(-ret));
		if (!ret) {
			memcpy(last, data, sizeof(last));
			last_blocks = blocks;
			taken++;
		}
		expect(last_blocks, last, "random");
	}
	suite_note("%u of 60 taken", taken);
	end();
}

/* The card keeps it while there is no driver. */
static void test_kept(void)
{
	uint8_t data[BLOCKS * BLOCK] = { 0 };
	char pci[32];

	if (!begin() || !CHECK_OK(device_pci_address(pci, sizeof(pci))))
		return;
	edid_make(data, 3, 0x1000, 99);
	CHECK_OK(set(3, data));
	capture_close(&node);
	CHECK_OK(device_write_within(DRIVER "/unbind", pci, SYSFS_MS));
	if (!CHECK_OK(device_write_within(DRIVER "/bind", pci, SYSFS_MS)) || !begin())
		return;
	expect(3, data, "after unbind and bind");
	end();
}

/* A file of debugfs, by a pattern for its path. Bytes, or -ENOENT. */
static int debugfs_read(const char *pattern, uint8_t *out, size_t size)
{
	glob_t found;
	FILE *f = NULL;
	int ret = -ENOENT;

	if (!glob(pattern, 0, NULL, &found)) {
		f = fopen(found.gl_pathv[0], "re");
		globfree(&found);
	}
	if (f) {
		ret = fread(out, 1, size, f);
		fclose(f);
	}
	return ret;
}

static unsigned int lost_interrupts(void)
{
	char text[1024] = "";
	const char *at;
	unsigned int count = 0;

	debugfs_read("/sys/kernel/debug/kinora/*/controller", (uint8_t *)text, sizeof(text) - 1);
	at = strstr(text, "lost_interrupts ");
	CHECK(at && sscanf(at, "lost_interrupts %u", &count) == 1, "no such counter in '%s'", text);
	return count;
}

/* A reply that nobody announces is found in memory. */
static void test_no_interrupts(void)
{
	uint8_t data[BLOCKS * BLOCK] = { 0 };
	unsigned int lost;
	uint64_t began;

	if (!begin())
		return;
	lost = lost_interrupts();
	CHECK_OK(world_say("card mute-interrupts on"));
	edid_make(data, 3, 0x1000, 5);
	began = suite_now();
	CHECK_OK(set(3, data));
	expect(3, data, "without interrupts");
	CHECK(suite_now() - began < 1000000000, "two requests take %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
	CHECK_OK(world_say("card mute-interrupts off"));
	CHECK(lost_interrupts() > lost, "no lost interrupt is counted");
	end();
}

static bool avi_is_there(void *data)
{
	return debugfs_read("/sys/kernel/debug/kinora/*/infoframes/avi", data, 64) > 0;
}

static bool avi_is_gone(void *data)
{
	return !debugfs_read("/sys/kernel/debug/kinora/*/infoframes/avi", data, 64);
}

/* The AVI InfoFrame of 1080p60, VIC 16 (CTA-861-H 6.4, table 3). */
static void test_infoframes(void)
{
	uint8_t frame[64] = { 0 }, common[64] = { 0 }, sum = 0;
	int bytes;

	if (!begin() || !CHECK_OK(world_say("signal hdmi1 1080p60")) ||
	    !CHECK(suite_until(avi_is_there, frame, 5000), "no AVI InfoFrame"))
		return;
	CHECK_EQ(frame[0], 0x82);
	CHECK(frame[2] >= 13 && frame[2] <= 15, "%u bytes", frame[2]);
	for (int i = 0; i < 4 + frame[2]; i++)
		sum += frame[i];
	CHECK_EQ(sum, 0);
	CHECK_EQ(frame[7], 16);
	/* where the kernel has a place for all receivers' it is the same there */
	bytes = debugfs_read("/sys/kernel/debug/v4l2/kinora-*/infoframes/avi", common, 64);
	if (bytes >= 0) {
		CHECK_EQ(bytes, 4 + frame[2]);
		CHECK(!memcmp(frame, common, sizeof(frame)), "another InfoFrame in v4l2's place");
	} else {
		suite_note("a kernel without a common place for InfoFrames");
	}
	CHECK_OK(world_say("fault hdmi1 infoframe avi missing"));
	CHECK(suite_until(avi_is_gone, frame, 5000), "the AVI InfoFrame stays");
	CHECK_OK(world_say("fault hdmi1 infoframe avi good"));
	CHECK(suite_until(avi_is_there, frame, 5000), "the AVI InfoFrame does not come back");
	CHECK_OK(world_say("signal hdmi1 off"));
	CHECK(suite_until(avi_is_gone, frame, 5000), "an AVI InfoFrame without a cable");
	end();
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "the default EDID", test_default },
		{ "edges of the ioctls", test_edges },
		{ "one to four blocks", test_set },
		{ "wrong EDIDs", test_wrong },
		{ "no EDID", test_none },
		{ "random EDIDs", test_random },
		{ "kept without the driver", test_kept },
		{ "without interrupts", test_no_interrupts },
		{ "InfoFrames", test_infoframes },
		{ 0 },
	};
	static const struct suite suite = { .name = "edid", .tests = tests, .time_limit = 60 };

	return suite_main(argc, argv, &suite);
}
