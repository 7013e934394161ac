// SPDX-License-Identifier: GPL-2.0-only
/*
 * The InfoFrames of the HDMI input: a copy that is fetched when the signal block says that one
 * came, went or changed, so never because of a frame.
 *
 * debugfs shows them raw, header first, as edid-decode --infoframe reads them: in the card's folder
 * all of them, and where kernels have a common place for InfoFrames (debugfs v4l2, since 6.13)
 * there as well.
 */
#include <linux/debugfs.h>
#include <media/v4l2-dev.h>
#include <media/v4l2-dv-timings.h>

#include "kinora.h"

#define HEADER_BYTES 4 /* type, version, length, and the checksum that CTA-861 counts as body */
#define TYPE_VENDOR 0x81
#define TYPE_AVI 0x82
#define TYPE_SPD 0x83
#define TYPE_AUDIO 0x84
#define TYPE_DRM 0x87
#define OUI_HDMI 0x000c03
#define OUI_FORUM 0xc45dd8

#define REPLY_BYTES (KINORA_INFOFRAME_SLOTS * KINORA_INFOFRAME_BYTES)

static const char * const file_names[KINORA_INFOFRAME_SLOTS] = {
	[KINORA_INFOFRAME_AVI] = "avi",
	[KINORA_INFOFRAME_DRM] = "drm",
	[KINORA_INFOFRAME_AUDIO] = "audio",
	[KINORA_INFOFRAME_VENDOR] = "vendor",
	[KINORA_INFOFRAME_FORUM] = "forum",
	[KINORA_INFOFRAME_SPD] = "spd",
	[KINORA_INFOFRAME_OTHER] = "other",
};

/* Which of the slots an InfoFrame of that many bytes is for; KINORA_INFOFRAME_SLOTS: none. */
static unsigned int slot_of(const u8 *frame, size_t bytes)
{
	switch (frame[0]) {
	case TYPE_AVI:
		return KINORA_INFOFRAME_AVI;
	case TYPE_DRM:
		return KINORA_INFOFRAME_DRM;
	case TYPE_AUDIO:
		return KINORA_INFOFRAME_AUDIO;
	case TYPE_SPD:
		return KINORA_INFOFRAME_SPD;
	case TYPE_VENDOR:
		break;
	default:
		return KINORA_INFOFRAME_SLOTS;
	}
	if (bytes < HEADER_BYTES + 3)
		return KINORA_INFOFRAME_OTHER;
	switch (frame[4] | frame[5] << 8 | frame[6] << 16) {
	case OUI_HDMI:
		return KINORA_INFOFRAME_VENDOR;
	case OUI_FORUM:
		return KINORA_INFOFRAME_FORUM;
	default:
		return KINORA_INFOFRAME_OTHER;
	}
}

/* 0, or -EPROTO if the reply is no row of InfoFrames. */
static int parse(const u8 *reply, size_t bytes, struct kinora_infoframe *frames)
{
	const u8 *end = reply + bytes;
	unsigned int slot;
	size_t length;

	while (reply < end) {
		length = *reply++;
		if (length < HEADER_BYTES || length > KINORA_INFOFRAME_BYTES ||
		    length > end - reply)
			return -EPROTO;
		slot = slot_of(reply, length);
		if (slot < KINORA_INFOFRAME_SLOTS) {
			frames[slot].length = length;
			memcpy(frames[slot].bytes, reply, length);
		}
		reply += length;
	}
	return 0;
}

/**
 * kinora_infoframe_update() - fetch what is on the wire now
 * @kdev: card with a controller
 */
void kinora_infoframe_update(struct kinora_device *kdev)
{
	struct kinora_infoframe frames[KINORA_INFOFRAME_SLOTS] = { };
	size_t bytes = REPLY_BYTES;
	u8 reply[REPLY_BYTES];
	int ret;

	if (!kinora_has_hdmi(kdev))
		return;
	ret = kinora_mailbox(kdev, KINORA_OP_INFOFRAMES, 0, NULL, 0, reply, &bytes, NULL);
	if (!ret)
		ret = parse(reply, bytes, frames);
	if (ret) {
		dev_warn_ratelimited(&kdev->pdev->dev, "InfoFrames cannot be read: %pe\n",
				     ERR_PTR(ret));
		return;
	}
	spin_lock(&kdev->infoframes.lock);
	memcpy(kdev->infoframes.frames, frames, sizeof(frames));
	spin_unlock(&kdev->infoframes.lock);
}

static struct kinora_infoframe frame_copy(struct kinora_device *kdev, unsigned int slot)
{
	struct kinora_infoframe frame;

	spin_lock(&kdev->infoframes.lock);
	frame = kdev->infoframes.frames[slot];
	spin_unlock(&kdev->infoframes.lock);
	return frame;
}

/**
 * kinora_infoframe_get() - an InfoFrame of the HDMI input
 * @kdev: card
 * @slot: KINORA_INFOFRAME_AVI ...
 * @out: header, checksum, body; zeros behind it
 *
 * Return: whether it is there; if not, @out is all zeros.
 */
bool kinora_infoframe_get(struct kinora_device *kdev, unsigned int slot,
			  u8 out[KINORA_INFOFRAME_BYTES])
{
	struct kinora_infoframe frame = frame_copy(kdev, slot);

	memcpy(out, frame.bytes, KINORA_INFOFRAME_BYTES);
	return frame.length;
}

/* --- debugfs --- */

static ssize_t frame_read(struct kinora_device *kdev, unsigned int slot, char __user *to,
			  size_t count, loff_t *ppos)
{
	struct kinora_infoframe frame = frame_copy(kdev, slot);

	return simple_read_from_buffer(to, count, ppos, frame.bytes, frame.length);
}

static ssize_t file_read(struct file *file, char __user *to, size_t count, loff_t *ppos)
{
	struct kinora_device *kdev = file->private_data;
	const char *name = file_dentry(file)->d_name.name;

	return frame_read(kdev, match_string(file_names, ARRAY_SIZE(file_names), name), to, count,
			  ppos);
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = file_read,
	.llseek = default_llseek,
};

#ifdef KINORA_HAVE_V4L2_DEBUGFS_IF
static ssize_t common_read(u32 type, void *priv, struct file *file, char __user *to, size_t count,
			   loff_t *ppos)
{
	switch (type) {
	case V4L2_DEBUGFS_IF_AVI:
		return frame_read(priv, KINORA_INFOFRAME_AVI, to, count, ppos);
	case V4L2_DEBUGFS_IF_AUDIO:
		return frame_read(priv, KINORA_INFOFRAME_AUDIO, to, count, ppos);
	case V4L2_DEBUGFS_IF_SPD:
		return frame_read(priv, KINORA_INFOFRAME_SPD, to, count, ppos);
	case V4L2_DEBUGFS_IF_HDMI:
		return frame_read(priv, KINORA_INFOFRAME_VENDOR, to, count, ppos);
	case V4L2_DEBUGFS_IF_DRM:
		return frame_read(priv, KINORA_INFOFRAME_DRM, to, count, ppos);
	default:
		return 0;
	}
}

static void common_init(struct kinora_device *kdev)
{
	struct kinora_infoframes *infoframes = &kdev->infoframes;
	char name[32];

	snprintf(name, sizeof(name), KINORA_NAME "-%s", pci_name(kdev->pdev));
	infoframes->common = debugfs_create_dir(name, v4l2_debugfs_root());
	infoframes->files = v4l2_debugfs_if_alloc(infoframes->common, V4L2_DEBUGFS_IF_AVI |
						  V4L2_DEBUGFS_IF_AUDIO | V4L2_DEBUGFS_IF_SPD |
						  V4L2_DEBUGFS_IF_HDMI | V4L2_DEBUGFS_IF_DRM,
						  kdev, common_read);
}

static void common_finish(struct kinora_device *kdev)
{
	v4l2_debugfs_if_free(kdev->infoframes.files);
	debugfs_remove_recursive(kdev->infoframes.common);
}
#else
static void common_init(struct kinora_device *kdev)
{
}

static void common_finish(struct kinora_device *kdev)
{
}
#endif

/**
 * kinora_infoframe_debugfs_init() - show the InfoFrames
 * @kdev: card whose debugfs folder is there
 */
void kinora_infoframe_debugfs_init(struct kinora_device *kdev)
{
	struct dentry *folder;
	unsigned int slot;

	if (!kinora_has_hdmi(kdev))
		return;
	folder = debugfs_create_dir("infoframes", kdev->debugfs);
	for (slot = 0; slot < KINORA_INFOFRAME_SLOTS; slot++)
		debugfs_create_file(file_names[slot], 0444, folder, kdev, &file_fops);
	common_init(kdev);
}

/**
 * kinora_infoframe_debugfs_finish() - stop showing what is outside the card's folder
 * @kdev: card
 */
void kinora_infoframe_debugfs_finish(struct kinora_device *kdev)
{
	if (kinora_has_hdmi(kdev))
		common_finish(kdev);
}
