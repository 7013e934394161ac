// SPDX-License-Identifier: MIT
/*
 * Picture nodes through libv4l2, with its conversion off: frames are to come as the card wrote
 * them.
 *
 * What surprises people: some drivers report the pixel clock of the integer rate and a flag for
 * 1/1.001, others the reduced clock. Either way the rate comes out as the right fraction here.
 */
#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "error.h"
#include "text.h"
#include "uapi/kinora.h"

int kinora_node_ioctl(int fd, unsigned long request, void *argument)
{
	int ret;

	do
		ret = v4l2_ioctl(fd, request, argument);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : 0;
}

static int fail_open(const char *path, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return kinora_fail(-error,
				   "no permission to open '%s': join the group 'video' or run as "
				   "root", path);
	case ENXIO:
	case ENODEV:
		return kinora_fail(-ENODEV,
				   "the card behind '%s' does not answer: it was removed or has "
				   "failed", path);
	case ENOENT:
		return kinora_fail(-ENODEV, "no device '%s': 'kinora list' shows what there is",
				   path);
	default:
		return kinora_fail(-error, "cannot open '%s': %s", path, strerror(error));
	}
}

int kinora_node_open(const char *path)
{
	struct v4l2_capability capability;
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	int error;

	if (fd < 0)
		return fail_open(path, errno);
	/* libv4l2 complains on stderr about what is no V4L2 device; ask first. */
	if (ioctl(fd, VIDIOC_QUERYCAP, &capability)) {
		close(fd);
		return kinora_fail(-ENODEV, "'%s' is not a V4L2 device", path);
	}
	if (v4l2_fd_open(fd, V4L2_DISABLE_CONVERSION) < 0) {
		error = errno;
		close(fd);
		return kinora_fail(-error, "libv4l2 cannot open '%s': %s", path, strerror(error));
	}
	return fd;
}

void kinora_node_close(int fd)
{
	if (fd >= 0)
		v4l2_close(fd);
}

int kinora_fail_busy(const char *path, const char *what)
{
	struct kinora_holder holders[8];
	int count = kinora_channel_holders(path, holders, 8), i;

	for (i = 0; i < count; i++)
		if (holders[i].pid != getpid())
			return kinora_fail(
				-EBUSY, "'%s' is in use by '%s' (process %d): %s when it has ended",
				path, holders[i].command, holders[i].pid, what);
	return kinora_fail(
		-EBUSY, "'%s' is in use by another program: 'kinora status' as root tells by which",
		path);
}

int kinora_device_open(struct kinora_device **device, const struct kinora_channel *channel)
{
	struct kinora_device *d = calloc(1, sizeof(*d));
	uint32_t caps;
	int ret;

	if (!d)
		return kinora_fail(-ENOMEM, "out of memory for a device");
	d->channel = *channel;
	ret = kinora_node_open(channel->video);
	if (ret < 0)
		goto out_free;
	d->fd = ret;
	ret = kinora_node_ioctl(d->fd, VIDIOC_QUERYCAP, &d->capability);
	if (ret) {
		kinora_fail(ret, "'%s' does not answer: %s", channel->video, strerror(-ret));
		goto out_close;
	}
	caps = d->capability.capabilities & V4L2_CAP_DEVICE_CAPS ? d->capability.device_caps :
								   d->capability.capabilities;
	if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING)) {
		ret = kinora_fail(-ENODEV,
				  "'%s' is not a capture node: 'kinora list' shows which are",
				  channel->video);
		goto out_close;
	}
	/* The kernel ends these strings; whoever sits in between might not. */
	d->capability.driver[sizeof(d->capability.driver) - 1] = '\0';
	d->capability.card[sizeof(d->capability.card) - 1] = '\0';
	kinora_text_clean((char *)d->capability.driver);
	kinora_text_clean((char *)d->capability.card);
	snprintf(d->version, sizeof(d->version), "%u.%u.%u", d->capability.version >> 16 & 0xff,
		 d->capability.version >> 8 & 0xff, d->capability.version & 0xff);
	*device = d;
	return 0;

out_close:
	kinora_node_close(d->fd);
out_free:
	free(d);
	return ret;
}

void kinora_device_close(struct kinora_device *device)
{
	if (!device)
		return;
	kinora_node_close(device->fd);
	free(device);
}

const struct kinora_channel *kinora_device_channel(const struct kinora_device *device)
{
	return &device->channel;
}

const char *kinora_device_driver(const struct kinora_device *device)
{
	return (const char *)device->capability.driver;
}

const char *kinora_device_card(const struct kinora_device *device)
{
	return (const char *)device->capability.card;
}

const char *kinora_device_kernel(const struct kinora_device *device)
{
	return device->version;
}

/* --------------------------------------------------------------- inputs */

const char *kinora_device_input(struct kinora_device *device, unsigned int index)
{
	memset(&device->input, 0, sizeof(device->input));
	device->input.index = index;
	if (kinora_node_ioctl(device->fd, VIDIOC_ENUMINPUT, &device->input))
		return NULL;
	device->input.name[sizeof(device->input.name) - 1] = '\0';
	kinora_text_clean((char *)device->input.name);
	return (const char *)device->input.name;
}

/* The index of an input; -EINVAL with a message that lists them. */
static int input_find(struct kinora_device *device, const char *input)
{
	char names[256] = "", wanted[KINORA_TEXT_MAX], plain[KINORA_TEXT_MAX];
	unsigned int index, parts = 0;
	const char *name;
	int part = -1;

	kinora_text_plain(input, wanted);
	for (index = 0; (name = kinora_device_input(device, index)); index++) {
		size_t length = strlen(names);
		char number[12];

		snprintf(number, sizeof(number), "%u", index);
		kinora_text_plain(name, plain);
		if (!strcmp(input, number) || (wanted[0] && !strcmp(wanted, plain)))
			return (int)index;
		if (wanted[0] && strstr(plain, wanted)) {
			part = (int)index;
			parts++;
		}
		snprintf(names + length, sizeof(names) - length, "%s'%s'", index ? ", " : "", name);
	}
	if (parts == 1)
		return part;
	return kinora_fail(-EINVAL, "no input '%s' on '%s': it has %s", input,
			   device->channel.video, names[0] ? names : "none to choose from");
}

int kinora_device_select(struct kinora_device *device, const char *input)
{
	int index = input_find(device, input);
	int ret;

	if (index < 0)
		return index;
	ret = kinora_node_ioctl(device->fd, VIDIOC_S_INPUT, &index);
	if (ret == -EBUSY)
		return kinora_fail_busy(device->channel.video, "select an input");
	if (ret)
		return kinora_fail(ret, "'%s' does not take input '%s': %s", device->channel.video,
				   input, strerror(-ret));
	return 0;
}

/* --------------------------------------------------------------- signal */

const char *kinora_signal_raster(const struct kinora_signal_info *signal,
				 char text[KINORA_RASTER_TEXT])
{
	struct kinora_rational pictures = signal->rate;
	char rate[KINORA_RATE_TEXT];

	if (signal->interlaced) /* it is called by its fields: 1080i50 has 25 frames a second */
		pictures.num *= 2;
	snprintf(text, KINORA_RASTER_TEXT, "%ux%u%c%s", signal->width, signal->height,
		 signal->interlaced ? 'i' : 'p', kinora_rate_text(pictures, rate));
	return text;
}

static struct kinora_rational timings_rate(const struct v4l2_bt_timings *bt)
{
	uint64_t total = (uint64_t)V4L2_DV_BT_FRAME_WIDTH(bt) * V4L2_DV_BT_FRAME_HEIGHT(bt);
	struct kinora_rational rate;

	if (!total)
		return (struct kinora_rational){ 0, 0 };
	rate = kinora_rate_nearest((double)bt->pixelclock / (double)total);
	/* 24, 30, 48, 60, 96 and 120 Hz have a sister; 25, 50 and 100 Hz have none */
	if (bt->flags & V4L2_DV_FL_REDUCED_FPS && rate.den == 1 && rate.num % 6 == 0)
		rate = (struct kinora_rational){ rate.num * 1000, 1001 };
	return rate;
}

static void signal_from_timings(struct kinora_signal_info *signal,
				const struct v4l2_bt_timings *bt)
{
	signal->width = bt->width;
	signal->height = bt->height;
	signal->interlaced = bt->interlaced == V4L2_DV_INTERLACED;
	signal->rate = timings_rate(bt);
	signal->pixelclock = bt->pixelclock;
	signal->htotal = V4L2_DV_BT_FRAME_WIDTH(bt);
	signal->vtotal = V4L2_DV_BT_FRAME_HEIGHT(bt);
	signal->sdi = bt->standards & V4L2_DV_BT_STD_SDI;
	signal->cta = bt->standards & V4L2_DV_BT_STD_CEA861;
}

/* Without DV timings: what the driver says of its format and frame interval. */
static void signal_from_format(struct kinora_device *device, const struct v4l2_pix_format *pix,
			       struct kinora_signal_info *signal)
{
	struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	const struct v4l2_fract *period = &parm.parm.capture.timeperframe;

	signal->width = pix->width;
	signal->height = pix->height;
	signal->interlaced = V4L2_FIELD_HAS_BOTH(pix->field);
	if (!kinora_node_ioctl(device->fd, VIDIOC_G_PARM, &parm) && period->numerator)
		signal->rate = (struct kinora_rational){ period->denominator, period->numerator };
}

static int control_get(struct kinora_device *device, uint32_t id, int32_t *value)
{
	struct v4l2_control control = { .id = id };
	int ret = kinora_node_ioctl(device->fd, VIDIOC_G_CTRL, &control);

	*value = control.value;
	return ret;
}

static bool is_kinora(const struct kinora_device *device)
{
	return !strcmp((const char *)device->capability.driver, "kinora");
}

static enum kinora_matrix matrix_of(const struct v4l2_pix_format *pix)
{
	uint32_t encoding = pix->ycbcr_enc;

	if (encoding == V4L2_YCBCR_ENC_DEFAULT)
		encoding = V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
	switch (encoding) {
	case V4L2_YCBCR_ENC_709:
	case V4L2_YCBCR_ENC_XV709:
		return KINORA_MATRIX_709;
	case V4L2_YCBCR_ENC_BT2020:
		return KINORA_MATRIX_2020;
	default:
		return KINORA_MATRIX_601;
	}
}

static enum kinora_primaries primaries_of(uint32_t colorspace)
{
	switch (colorspace) {
	case V4L2_COLORSPACE_BT2020:
		return KINORA_PRIMARIES_2020;
	case V4L2_COLORSPACE_SMPTE170M:
	case V4L2_COLORSPACE_SMPTE240M:
	case V4L2_COLORSPACE_470_SYSTEM_M:
		return KINORA_PRIMARIES_601_525;
	case V4L2_COLORSPACE_470_SYSTEM_BG:
		return KINORA_PRIMARIES_601_625;
	default:
		return KINORA_PRIMARIES_709;
	}
}

static enum kinora_curve curve_of(struct kinora_device *device, const struct v4l2_pix_format *pix)
{
	int32_t value;

	if (is_kinora(device) && !control_get(device, V4L2_CID_KINORA_TRANSFER, &value)) {
		switch (value) {
		case KINORA_TRANSFER_SDR:
			return KINORA_CURVE_SDR;
		case KINORA_TRANSFER_HLG:
			return KINORA_CURVE_HLG;
		case KINORA_TRANSFER_PQ:
			return KINORA_CURVE_PQ;
		default:
			return KINORA_CURVE_UNSPECIFIED;
		}
	}
	return pix->xfer_func == V4L2_XFER_FUNC_SMPTE2084 ? KINORA_CURVE_PQ : KINORA_CURVE_SDR;
}

void kinora_device_colour(struct kinora_device *device, const struct v4l2_pix_format *pix,
			  struct kinora_colour *colour)
{
	const struct kinora_format_info *format = kinora_format_find(pix->pixelformat);
	uint32_t range = pix->quantization;

	if (range == V4L2_QUANTIZATION_DEFAULT)
		range = V4L2_MAP_QUANTIZATION_DEFAULT(format && format->rgb, pix->colorspace,
						      pix->ycbcr_enc);
	colour->matrix = matrix_of(pix);
	colour->primaries = primaries_of(pix->colorspace);
	colour->curve = curve_of(device, pix);
	colour->full_range = range == V4L2_QUANTIZATION_FULL_RANGE;
}

static enum kinora_lock lock_of(int error)
{
	switch (error) {
	case 0:
		return KINORA_LOCK_OK;
	case -ENOLINK:
		return KINORA_LOCK_NONE;
	case -ENOLCK:
		return KINORA_LOCK_UNSTABLE;
	case -ERANGE:
		return KINORA_LOCK_UNSUPPORTED;
	default:	/* ENOTTY, ENODATA, EINVAL: no timings on this node or this input */
		return KINORA_LOCK_UNKNOWN;
	}
}

int kinora_device_signal(struct kinora_device *device, struct kinora_signal_info *signal)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_dv_timings timings = { 0 };
	int32_t payload_id;
	const char *name;
	int ret, input = 0;

	memset(signal, 0, sizeof(*signal));
	ret = kinora_node_ioctl(device->fd, VIDIOC_G_FMT, &format);
	if (ret)
		return kinora_fail(ret, "'%s' does not tell its format: %s", device->channel.video,
				   strerror(-ret));
	if (!kinora_node_ioctl(device->fd, VIDIOC_G_INPUT, &input) && input >= 0) {
		name = kinora_device_input(device, (unsigned int)input);
		snprintf(signal->input_name, sizeof(signal->input_name), "%s", name ? name : "");
		signal->input = (unsigned int)input;
	}
	ret = kinora_node_ioctl(device->fd, VIDIOC_QUERY_DV_TIMINGS, &timings);
	if (ret == -ENODEV || ret == -EIO)
		return kinora_fail(ret, "'%s' does not answer: %s", device->channel.video,
				   strerror(-ret));
	signal->lock = lock_of(ret);
	if (ret)
		ret = kinora_node_ioctl(device->fd, VIDIOC_G_DV_TIMINGS, &timings);
	if (!ret && timings.type == V4L2_DV_BT_656_1120)
		signal_from_timings(signal, &timings.bt);
	else
		signal_from_format(device, &format.fmt.pix, signal);
	kinora_device_colour(device, &format.fmt.pix, &signal->colour);
	if (is_kinora(device) && !control_get(device, V4L2_CID_KINORA_PAYLOAD_ID, &payload_id))
		signal->payload_id = (uint32_t)payload_id;
	return 0;
}

static bool same_timings(const struct v4l2_bt_timings *a, const struct v4l2_bt_timings *b)
{
	return a->width == b->width && a->height == b->height && a->interlaced == b->interlaced &&
	       a->pixelclock == b->pixelclock && a->flags == b->flags &&
	       V4L2_DV_BT_FRAME_WIDTH(a) == V4L2_DV_BT_FRAME_WIDTH(b) &&
	       V4L2_DV_BT_FRAME_HEIGHT(a) == V4L2_DV_BT_FRAME_HEIGHT(b);
}

static int fail_no_signal(struct kinora_device *device, int error)
{
	char input[KINORA_TEXT_MAX] = "";
	int index = 0;

	if (!kinora_node_ioctl(device->fd, VIDIOC_G_INPUT, &index) && index >= 0) {
		const char *name = kinora_device_input(device, (unsigned int)index);

		snprintf(input, sizeof(input), "%s", name ? name : "");
	}
	switch (error) {
	case -ENOLINK:
		return kinora_fail(
			error,
			"no signal on input '%s' of '%s': check cable and source, or choose "
			"another input",
			input, device->channel.video);
	case -ENOLCK:
		return kinora_fail(error,
				   "no stable signal on input '%s' of '%s': check cable and source",
				   input, device->channel.video);
	default:
		return kinora_fail(error,
				   "unsupported signal on input '%s' of '%s': set the source to a "
				   "raster the card takes ('v4l2-ctl --list-dv-timings')", input,
				   device->channel.video);
	}
}

int kinora_device_lock(struct kinora_device *device)
{
	struct v4l2_dv_timings wire = { 0 }, set = { 0 };
	int ret = kinora_node_ioctl(device->fd, VIDIOC_QUERY_DV_TIMINGS, &wire);

	switch (ret) {
	case 0:
		break;
	case -ENOTTY:
	case -ENODATA:
	case -EINVAL:
		return 0;
	case -ENOLINK:
	case -ENOLCK:
	case -ERANGE:
		return fail_no_signal(device, ret);
	default:
		return kinora_fail(ret, "'%s' does not answer: %s", device->channel.video,
				   strerror(-ret));
	}
	if (!kinora_node_ioctl(device->fd, VIDIOC_G_DV_TIMINGS, &set) &&
	    same_timings(&wire.bt, &set.bt))
		return 0;
	ret = kinora_node_ioctl(device->fd, VIDIOC_S_DV_TIMINGS, &wire);
	if (ret == -EBUSY)
		return kinora_fail_busy(device->channel.video, "take the new signal");
	if (ret)
		return kinora_fail(ret, "'%s' does not take the timings of its own signal: %s",
				   device->channel.video, strerror(-ret));
	return 0;
}
