// SPDX-License-Identifier: GPL-2.0-only
/*
 * The controls of a picture node: what is known of the signal on its current input, as V4L2's own
 * controls where it has them and as the private ones of uapi/kinora.h where it has not. All but one
 * are read-only and follow the signal, with an event for each change.
 *
 * The exception is V4L2_CID_DV_RX_RGB_RANGE: how RGB on the wire is read where the source says it
 * wrong. The card is told when a stream starts, so it cannot be changed while one runs.
 *
 * HDR10 metadata come from the DRM InfoFrame of HDMI. The controls are inactive while there is
 * none, because V4L2 has no value that means that.
 */
#include <media/v4l2-event.h>

#include "kinora.h"
#include "kinora_colour.h"

static const char * const transfer_menu[] = {
	[KINORA_TRANSFER_SDR] = "SDR (BT.709, BT.2020)",
	[KINORA_TRANSFER_HLG] = "HLG (BT.2100)",
	[KINORA_TRANSFER_PQ] = "PQ (BT.2100)",
	[KINORA_TRANSFER_UNSPECIFIED] = "Unspecified",
	NULL
};

static const char * const state_menu[] = {
	[KINORA_SIGNAL_NONE] = "No Signal",
	[KINORA_SIGNAL_UNSTABLE] = "No Lock",
	[KINORA_SIGNAL_UNSUPPORTED] = "Unsupported",
	[KINORA_SIGNAL_LOCKED] = "Locked",
	NULL
};

static const char * const reason_menu[] = {
	[KINORA_REASON_NONE] = "None",
	[KINORA_REASON_LINK_MISSING] = "Link Missing",
	[KINORA_REASON_LINKS_DIFFER] = "Links Differ",
	[KINORA_REASON_LINK_ORDER] = "Link Order",
	[KINORA_REASON_SKEW] = "Skew Between Links",
	[KINORA_REASON_RASTER] = "Unknown Raster",
	[KINORA_REASON_DUAL_LINK] = "Dual Link",
	[KINORA_REASON_SAMPLING] = "Sampling Or Depth",
	[KINORA_REASON_FLAPPING] = "Flapping",
	[KINORA_REASON_TRAINING] = "Link Training Failed",
	NULL
};

static const char * const mapping_menu[] = {
	[KINORA_MAPPING_SINGLE] = "Single Link",
	[KINORA_MAPPING_2SI] = "Two-Sample Interleave",
	[KINORA_MAPPING_SQD] = "Square Division",
	NULL
};

static const char * const colorimetry_menu[] = {
	[KINORA_COLORIMETRY_709] = "BT.709",
	[KINORA_COLORIMETRY_VANC] = "Color VANC",
	[KINORA_COLORIMETRY_2020] = "BT.2020",
	[KINORA_COLORIMETRY_UNKNOWN] = "Unknown",
	[KINORA_COLORIMETRY_601] = "BT.601",
	NULL
};

static const char * const range_menu[] = {
	[KINORA_RANGE_NARROW] = "Narrow",
	[KINORA_RANGE_FULL] = "Full",
	NULL
};

static const char * const sampling_menu[] = {
	[KINORA_SAMPLING_422] = "YCbCr 4:2:2",
	[KINORA_SAMPLING_444] = "YCbCr 4:4:4",
	[KINORA_SAMPLING_RGB] = "RGB 4:4:4",
	[KINORA_SAMPLING_420] = "YCbCr 4:2:0",
	NULL
};

/* Nobody but the driver sets the read-only ones, and RGB range waits for the next stream. */
static int set_ctrl(struct v4l2_ctrl *ctrl)
{
	return 0;
}

static const struct v4l2_ctrl_ops ctrl_ops = {
	.s_ctrl = set_ctrl,
};

#define MENU(_ctrl, _id, _name, _menu, _last) \
	[_ctrl] = { \
		.ops = &ctrl_ops, \
		.id = _id, \
		.name = _name, \
		.type = V4L2_CTRL_TYPE_MENU, \
		.max = _last, \
		.qmenu = _menu, \
		.flags = V4L2_CTRL_FLAG_READ_ONLY, \
	}

static const struct v4l2_ctrl_config configs[KINORA_CTRLS] = {
	MENU(KINORA_CTRL_TRANSFER, V4L2_CID_KINORA_TRANSFER, "Transfer Characteristic",
	     transfer_menu, KINORA_TRANSFER_UNSPECIFIED),
	[KINORA_CTRL_PAYLOAD_ID] = {
		.ops = &ctrl_ops,
		.id = V4L2_CID_KINORA_PAYLOAD_ID,
		.name = "ST 352 Payload ID",
		.type = V4L2_CTRL_TYPE_BITMASK,
		.max = U32_MAX,
		.flags = V4L2_CTRL_FLAG_READ_ONLY,
	},
	MENU(KINORA_CTRL_STATE, V4L2_CID_KINORA_STATE, "Signal State",
	     state_menu, KINORA_SIGNAL_LOCKED),
	MENU(KINORA_CTRL_REASON, V4L2_CID_KINORA_REASON, "Reason For No Picture",
	     reason_menu, KINORA_REASON_TRAINING),
	MENU(KINORA_CTRL_MAPPING, V4L2_CID_KINORA_MAPPING, "Link Mapping",
	     mapping_menu, KINORA_MAPPING_SQD),
	MENU(KINORA_CTRL_COLORIMETRY, V4L2_CID_KINORA_COLORIMETRY, "Colorimetry",
	     colorimetry_menu, KINORA_COLORIMETRY_601),
	MENU(KINORA_CTRL_RANGE, V4L2_CID_KINORA_RANGE, "Range On The Wire",
	     range_menu, KINORA_RANGE_FULL),
	MENU(KINORA_CTRL_SAMPLING, V4L2_CID_KINORA_SAMPLING, "Sampling On The Wire",
	     sampling_menu, KINORA_SAMPLING_420),
	[KINORA_CTRL_DEPTH] = {
		.ops = &ctrl_ops,
		.id = V4L2_CID_KINORA_DEPTH,
		.name = "Bits A Sample On The Wire",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.max = 16,
		.step = 1,
		.flags = V4L2_CTRL_FLAG_READ_ONLY,
	},
	[KINORA_CTRL_CLL] = {
		.ops = &ctrl_ops,
		.id = V4L2_CID_COLORIMETRY_HDR10_CLL_INFO,
		.name = "HDR10 Content Light Info",
		.type = V4L2_CTRL_TYPE_HDR10_CLL_INFO,
		.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_INACTIVE,
	},
	[KINORA_CTRL_MASTERING] = {
		.ops = &ctrl_ops,
		.id = V4L2_CID_COLORIMETRY_HDR10_MASTERING_DISPLAY,
		.name = "HDR10 Mastering Display",
		.type = V4L2_CTRL_TYPE_HDR10_MASTERING_DISPLAY,
		.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_INACTIVE,
	},
};

static void ctrl_activate(struct v4l2_ctrl *ctrl, bool active)
{
	v4l2_ctrl_lock(ctrl);
	v4l2_ctrl_activate(ctrl, active);
	v4l2_ctrl_unlock(ctrl);
}

static void hdr10_update(struct kinora_channel *channel)
{
	struct v4l2_ctrl *cll_ctrl = channel->ctrl[KINORA_CTRL_CLL];
	struct v4l2_ctrl *mastering_ctrl = channel->ctrl[KINORA_CTRL_MASTERING];
	struct v4l2_ctrl_hdr10_mastering_display mastering;
	struct v4l2_ctrl_hdr10_cll_info cll = {};
	u8 drm[KINORA_INFOFRAME_BYTES];
	unsigned int have = 0;

	if (channel->inputs[channel->input] == KINORA_CONN_HDMI1 &&
	    kinora_infoframe_get(channel->kdev, KINORA_INFOFRAME_DRM, drm))
		have = kinora_colour_hdr10(drm, &cll, &mastering);
	v4l2_ctrl_s_ctrl_compound(cll_ctrl, V4L2_CTRL_TYPE_HDR10_CLL_INFO, &cll);
	if (have & KINORA_HDR10_MASTERING)
		v4l2_ctrl_s_ctrl_compound(mastering_ctrl, V4L2_CTRL_TYPE_HDR10_MASTERING_DISPLAY,
					  &mastering);
	ctrl_activate(cll_ctrl, have & KINORA_HDR10_CLL);
	ctrl_activate(mastering_ctrl, have & KINORA_HDR10_MASTERING);
}

static u32 it_content_menu(u8 it_content)
{
	switch (it_content) {
	case KINORA_IT_GRAPHICS:
		return V4L2_DV_IT_CONTENT_TYPE_GRAPHICS;
	case KINORA_IT_PHOTO:
		return V4L2_DV_IT_CONTENT_TYPE_PHOTO;
	case KINORA_IT_CINEMA:
		return V4L2_DV_IT_CONTENT_TYPE_CINEMA;
	case KINORA_IT_GAME:
		return V4L2_DV_IT_CONTENT_TYPE_GAME;
	}
	return V4L2_DV_IT_CONTENT_TYPE_NO_ITC;
}

/**
 * kinora_controls_update() - let a channel's controls say what its signal is
 * @channel: channel
 */
void kinora_controls_update(struct kinora_channel *channel)
{
	struct kinora_signal_info info;
	u32 power = 0;
	unsigned int i;

	lockdep_assert_held(&channel->mutex);
	for (i = 0; i < channel->num_inputs; i++) {
		kinora_signal_get(channel->kdev, channel->inputs[i], &info);
		if ((info.flags & KINORA_SIGNAL_FLAG_POWER) || info.state != KINORA_SIGNAL_NONE)
			power |= BIT(i);
	}
	kinora_input_signal(channel, &info);
	v4l2_ctrl_s_ctrl(channel->power_ctrl, power);
	v4l2_ctrl_s_ctrl(channel->it_content_ctrl, it_content_menu(info.it_content));
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_TRANSFER], info.transfer);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_PAYLOAD_ID], info.payload_id[0]);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_STATE], info.state);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_REASON], info.reason);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_MAPPING], info.mapping);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_COLORIMETRY], info.colorimetry);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_RANGE], info.range);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_SAMPLING], info.sampling);
	v4l2_ctrl_s_ctrl(channel->ctrl[KINORA_CTRL_DEPTH], info.depth);
	hdr10_update(channel);
}

/**
 * kinora_controls_refresh() - the same for all channels
 * @kdev: card of which a signal or an InfoFrame has changed
 */
void kinora_controls_refresh(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		mutex_lock(&channel->mutex);
		kinora_controls_update(channel);
		mutex_unlock(&channel->mutex);
	}
}

/**
 * kinora_controls_rgb_range() - how the user wants RGB on the wire to be read
 * @channel: channel
 *
 * Return: KINORA_STREAM_RGB_*.
 */
u32 kinora_controls_rgb_range(struct kinora_channel *channel)
{
	switch (v4l2_ctrl_g_ctrl(channel->rgb_range_ctrl)) {
	case V4L2_DV_RGB_RANGE_LIMITED:
		return KINORA_STREAM_RGB_LIMITED;
	case V4L2_DV_RGB_RANGE_FULL:
		return KINORA_STREAM_RGB_FULL;
	}
	return KINORA_STREAM_RGB_AUTO;
}

/**
 * kinora_controls_grab() - hold on to the controls that a running stream depends on
 * @channel: channel
 * @grab: a picture stream runs
 */
void kinora_controls_grab(struct kinora_channel *channel, bool grab)
{
	v4l2_ctrl_grab(channel->rgb_range_ctrl, grab);
}

/**
 * kinora_controls_init() - set up a channel's controls
 * @channel: whose inputs are known
 *
 * Return: 0 or a negative errno.
 */
int kinora_controls_init(struct kinora_channel *channel)
{
	struct v4l2_ctrl_handler *ctrls = &channel->ctrls;
	unsigned int i;
	int ret;

	v4l2_ctrl_handler_init(ctrls, KINORA_CTRLS + 4);
	channel->power_ctrl = v4l2_ctrl_new_std(ctrls, &ctrl_ops, V4L2_CID_DV_RX_POWER_PRESENT, 0,
						BIT(channel->num_inputs) - 1, 0, 0);
	channel->rgb_range_ctrl = v4l2_ctrl_new_std_menu(ctrls, &ctrl_ops,
							 V4L2_CID_DV_RX_RGB_RANGE,
							 V4L2_DV_RGB_RANGE_FULL, 0,
							 V4L2_DV_RGB_RANGE_AUTO);
	channel->it_content_ctrl = v4l2_ctrl_new_std_menu(ctrls, &ctrl_ops,
							  V4L2_CID_DV_RX_IT_CONTENT_TYPE,
							  V4L2_DV_IT_CONTENT_TYPE_NO_ITC, 0,
							  V4L2_DV_IT_CONTENT_TYPE_NO_ITC);
	/* V4L2 adds the other classes by itself, but not those of compound controls */
	v4l2_ctrl_new_std(ctrls, NULL, V4L2_CID_COLORIMETRY_CLASS, 0, 0, 0, 0);
	for (i = 0; i < KINORA_CTRLS; i++)
		channel->ctrl[i] = v4l2_ctrl_new_custom(ctrls, &configs[i], NULL);
	ret = ctrls->error;
	if (ret)
		v4l2_ctrl_handler_free(ctrls);
	return ret;
}

/**
 * kinora_controls_finish() - free a channel's controls
 * @channel: whose files are all closed
 */
void kinora_controls_finish(struct kinora_channel *channel)
{
	v4l2_ctrl_handler_free(&channel->ctrls);
}
