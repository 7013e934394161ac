// SPDX-License-Identifier: GPL-2.0-only
/*
 * VIDIOC_G_EDID and VIDIOC_S_EDID for the HDMI input, on every picture node that can take it; pad
 * is the index of the input.
 *
 * The EDID lives in the card: the controller checks it, answers DDC with it and moves hot-plug, and
 * keeps it over resets, reloads of the driver and suspend. Only when power was lost it is back at
 * its default, so the driver remembers an EDID that was set and gives it to such a card again.
 *
 * The EDID also says which physical address the card has for CEC (kinora_cec.c).
 */
#include <media/v4l2-dv-timings.h>

#include "kinora.h"

#define EDID_BYTES_MAX (KINORA_EDID_BLOCKS * KINORA_EDID_BLOCK_BYTES)
#define EDID_EXTENSIONS 126 /* the byte that counts them */

static const u8 edid_header[] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

static int edid_read(struct kinora_device *kdev, u8 *data, unsigned int *blocks)
{
	size_t bytes = EDID_BYTES_MAX;
	int ret;

	ret = kinora_mailbox(kdev, KINORA_OP_EDID_GET, 0, NULL, 0, data, &bytes, NULL);
	if (ret)
		return ret;
	*blocks = bytes / KINORA_EDID_BLOCK_BYTES;
	return 0;
}

static u8 block_sum(const u8 *block)
{
	unsigned int i;
	u8 sum = 0;

	for (i = 0; i < KINORA_EDID_BLOCK_BYTES; i++)
		sum += block[i];
	return sum;
}

/* The controller refused an EDID. Its reason, for the person who sent it. */
static void explain(struct kinora_device *kdev, const u8 *data, unsigned int blocks, int error)
{
	struct device *dev = &kdev->pdev->dev;
	unsigned int i;

	if (memcmp(data, edid_header, sizeof(edid_header))) {
		dev_warn_ratelimited(dev, "EDID refused: it does not begin with %*ph\n",
				     (int)sizeof(edid_header), edid_header);
		return;
	}
	for (i = 0; i < blocks; i++) {
		const u8 *block = data + i * KINORA_EDID_BLOCK_BYTES;
		u8 last = block[KINORA_EDID_BLOCK_BYTES - 1];
		u8 sum = block_sum(block);

		if (!sum)
			continue;
		dev_warn_ratelimited(dev, "EDID refused: checksum of block %u is %#04x, must be %#04x\n",
				     i, last, (u8)(last - sum));
		return;
	}
	dev_warn_ratelimited(dev, "EDID refused by the controller (%pe): it has %u blocks, byte 126 counts %u\n",
			     ERR_PTR(error), blocks, data[EDID_EXTENSIONS] + 1);
}

/*
 * The physical address in an EDID is the one the source at this connector gets; the card's own is
 * its parent's, 0.0.0.0 if the card is the root of the tree, a "TV".
 */
static int own_address(const u8 *data, unsigned int blocks, u16 *address)
{
	u16 source;

	*address = KINORA_CEC_NO_ADDRESS;
	if (!blocks)
		return 0;
	source = v4l2_get_edid_phys_addr(data, blocks * KINORA_EDID_BLOCK_BYTES, NULL);
	return v4l2_phys_addr_validate(source, address, NULL);
}

/**
 * kinora_edid_update() - take note of the EDID the card has
 * @kdev: card with a controller
 */
void kinora_edid_update(struct kinora_device *kdev)
{
	struct kinora_edid *edid = &kdev->edid;
	u8 data[EDID_BYTES_MAX];
	unsigned int blocks;
	u16 address;

	if (!kinora_has_hdmi(kdev) || mutex_lock_killable(&edid->mutex))
		return;
	if (!edid_read(kdev, data, &blocks) && !own_address(data, blocks, &address))
		kinora_cec_address(kdev, address);
	mutex_unlock(&edid->mutex);
}

/**
 * kinora_edid_restore() - give a card that lost power the EDID that was set
 * @kdev: card that was started, perhaps again
 */
void kinora_edid_restore(struct kinora_device *kdev)
{
	struct kinora_edid *edid = &kdev->edid;
	u8 data[EDID_BYTES_MAX];
	unsigned int blocks;
	int ret;

	mutex_lock(&edid->mutex);
	if (!edid->was_set)
		goto out_unlock;
	ret = edid_read(kdev, data, &blocks);
	if (!ret && blocks == edid->blocks &&
	    !memcmp(data, edid->data, blocks * KINORA_EDID_BLOCK_BYTES))
		goto out_unlock;
	if (!ret)
		ret = kinora_mailbox(kdev, KINORA_OP_EDID_SET, 0, edid->data,
				     edid->blocks * KINORA_EDID_BLOCK_BYTES, NULL, NULL, NULL);
	if (ret)
		dev_warn(&kdev->pdev->dev, "EDID cannot be set again: %pe\n", ERR_PTR(ret));
out_unlock:
	mutex_unlock(&edid->mutex);
}

static bool is_hdmi(struct kinora_channel *channel, u32 pad)
{
	return kinora_has_hdmi(channel->kdev) && pad < channel->num_inputs &&
	       channel->inputs[pad] == KINORA_CONN_HDMI1;
}

/**
 * kinora_g_edid() - VIDIOC_G_EDID
 * @file: of a picture node
 * @priv: unused
 * @edid: pad is the index of an input
 *
 * Return: 0; -EINVAL: an input without EDID, or no such block; -ENODATA: there is none; or what
 * kept the card from answering.
 */
int kinora_g_edid(struct file *file, void *priv, struct v4l2_edid *edid)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	u8 data[EDID_BYTES_MAX];
	unsigned int blocks;
	int ret;

	memset(edid->reserved, 0, sizeof(edid->reserved));
	if (!is_hdmi(channel, edid->pad))
		return -EINVAL;
	ret = edid_read(channel->kdev, data, &blocks);
	if (ret)
		return ret;
	if (!edid->start_block && !edid->blocks) {
		edid->blocks = blocks;
		return 0;
	}
	if (!blocks)
		return -ENODATA;
	if (edid->start_block >= blocks)
		return -EINVAL;
	edid->blocks = min(edid->blocks, blocks - edid->start_block);
	memcpy(edid->edid, data + edid->start_block * KINORA_EDID_BLOCK_BYTES,
	       edid->blocks * KINORA_EDID_BLOCK_BYTES);
	return 0;
}

static int edid_set(struct kinora_device *kdev, const u8 *data, unsigned int blocks)
{
	struct kinora_edid *edid = &kdev->edid;
	size_t bytes = blocks * KINORA_EDID_BLOCK_BYTES;
	u16 address;
	int ret;

	ret = own_address(data, blocks, &address);
	if (ret) {
		dev_warn_ratelimited(&kdev->pdev->dev, "EDID refused: its physical address has a zero between others\n");
		return ret;
	}
	ret = kinora_mailbox(kdev, KINORA_OP_EDID_SET, 0, data, bytes, NULL, NULL, NULL);
	if (ret == -EBADMSG || ret == -EINVAL) {
		if (blocks) /* else there are no data, and a controller that refuses nothing */
			explain(kdev, data, blocks, ret);
		return -EINVAL;
	}
	if (ret)
		return ret;
	if (blocks)
		memcpy(edid->data, data, bytes);
	edid->blocks = blocks;
	edid->was_set = true;
	kinora_cec_address(kdev, address);
	return 0;
}

/**
 * kinora_s_edid() - VIDIOC_S_EDID
 * @file: of a picture node
 * @priv: unused
 * @edid: pad is the index of an input; no blocks: hot-plug goes low and stays there
 *
 * Whatever is refused leaves the old EDID where it is.
 *
 * Return: 0; -EINVAL: an input without EDID, a start block, or a wrong EDID; -E2BIG: more blocks
 * than there is room for, which @edid tells then; or what kept the card from answering.
 */
int kinora_s_edid(struct file *file, void *priv, struct v4l2_edid *edid)
{
	struct kinora_node *node = video_drvdata(file);
	struct kinora_channel *channel = node->channel;
	struct kinora_device *kdev = channel->kdev;
	int ret;

	memset(edid->reserved, 0, sizeof(edid->reserved));
	if (!is_hdmi(channel, edid->pad) || edid->start_block)
		return -EINVAL;
	if (edid->blocks > KINORA_EDID_BLOCKS) {
		edid->blocks = KINORA_EDID_BLOCKS;
		return -E2BIG;
	}
	ret = mutex_lock_killable(&kdev->edid.mutex);
	if (ret)
		return ret;
	ret = edid_set(kdev, edid->edid, edid->blocks);
	mutex_unlock(&kdev->edid.mutex);
	return ret;
}
