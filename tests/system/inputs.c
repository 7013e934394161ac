// SPDX-License-Identifier: MIT
/*
 * Description: every input and what is plugged into it: the cases of China, Japan and HDMI by name,
 * routing by S_INPUT and by the media graph, what is refused and why, and a reason in words for
 * each signal that cannot be captured.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/media.h>

#include "kinora_hw.h"
#include "lib/capture.h"
#include "lib/connector.h"
#include "lib/content.h"
#include "lib/kernel_log.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 4
#define FRAMES 12
#define WAIT_MS 3000

static const struct capture_signal signal_2160p60 = { 3840, 2160, 60, 1 };

/* --- the cases by name --- */

static const struct named {
	const char *name, *connector, *line;
	enum device_input input;
	struct capture_signal signal;
	enum content_bars bars;
	unsigned int interlaced, htotal, vtotal;
	unsigned int colorspace, ycbcr_enc, quantization;
	int transfer, mapping;
	const char *interface, *sampling;
} named[] = {
	{ "China: 2160p50 HLG BT.2020", "sdi1",
	  "2160p50 pattern=bt2111-hlg transfer=hlg colour=2020", DEVICE_SDI1,
	  { 3840, 2160, 50, 1 }, CONTENT_HLG, 0, 5280, 2250, V4L2_COLORSPACE_BT2020,
	  V4L2_YCBCR_ENC_BT2020, V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_HLG,
	  KINORA_MAPPING_SINGLE, "12g", "422" },
	{ "China: 4320p50 HLG, two-sample interleave", "sdi-quad",
	  "4320p50 pattern=bt2111-hlg transfer=hlg colour=2020", DEVICE_SDI_QUAD,
	  { 7680, 4320, 50, 1 }, CONTENT_HLG, 0, 10560, 4500, V4L2_COLORSPACE_BT2020,
	  V4L2_YCBCR_ENC_BT2020, V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_HLG,
	  KINORA_MAPPING_2SI, "quad-12g", "422" },
	{ "China: 4320p50 HLG, square division", "sdi-quad",
	  "4320p50 pattern=bt2111-hlg transfer=hlg colour=2020 mapping=sqd", DEVICE_SDI_QUAD,
	  { 7680, 4320, 50, 1 }, CONTENT_HLG, 0, 10560, 4500, V4L2_COLORSPACE_BT2020,
	  V4L2_YCBCR_ENC_BT2020, V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_HLG,
	  KINORA_MAPPING_SQD, "quad-12g", "422" },
	{ "China: 1080i50", "sdi1", "1080i50", DEVICE_SDI1, { 1920, 1080, 25, 1 }, CONTENT_RP219,
	  1, 2640, 1125, V4L2_COLORSPACE_REC709, V4L2_YCBCR_ENC_709,
	  V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_SDR, KINORA_MAPPING_SINGLE, "hd", "422" },
	{ "Japan: 4320p59.94 HLG", "sdi-quad",
	  "4320p59.94 pattern=bt2111-hlg transfer=hlg colour=2020", DEVICE_SDI_QUAD,
	  { 7680, 4320, 60000, 1001 }, CONTENT_HLG, 0, 8800, 4500, V4L2_COLORSPACE_BT2020,
	  V4L2_YCBCR_ENC_BT2020, V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_HLG,
	  KINORA_MAPPING_2SI, "quad-12g", "422" },
	{ "HDMI: 2160p120", "hdmi1", "2160p120 sampling=422", DEVICE_HDMI1,
	  { 3840, 2160, 120, 1 }, CONTENT_RP219, 0, 4400, 2250, V4L2_COLORSPACE_REC709,
	  V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_LIM_RANGE, KINORA_TRANSFER_SDR,
	  KINORA_MAPPING_SINGLE, "frl", "422" },
	{ "HDMI: 4320p60 4:2:0 10 bit", "hdmi1", "4320p60 sampling=420 depth=10 colour=2020",
	  DEVICE_HDMI1, { 7680, 4320, 60, 1 }, CONTENT_RP219, 0, 9000, 4400,
	  V4L2_COLORSPACE_BT2020, V4L2_YCBCR_ENC_BT2020, V4L2_QUANTIZATION_LIM_RANGE,
	  KINORA_TRANSFER_SDR, KINORA_MAPPING_SINGLE, "frl", "420" },
};

static void file_is(const char *connector, const char *name, const char *want)
{
	char file[64];

	snprintf(file, sizeof(file), "connectors/%s/%s", connector, name);
	connector_expect(file, want, WAIT_MS);
}

/* Whole frames in a row with the picture that was plugged in. */
static void take_frames(struct capture *capture, const struct content_picture *picture,
			const char *what)
{
	for (unsigned int i = 0; i < FRAMES; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(capture, &buffer, 1000)))
			return;
		CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "%s: frame %u is marked", what, i);
		if (i % 6 == 0)
			content_check(picture, &capture->layout,
				      capture->buffer[buffer.index].start, what);
		if (!CHECK_OK(capture_give(capture, buffer.index)))
			return;
	}
}

static void run_named(const struct named *n)
{
	struct content_picture picture = { 0 };
	struct capture capture = { .fd = -1 };
	struct v4l2_dv_timings timings;
	const struct v4l2_pix_format *pix = &capture.format.fmt.pix;
	char text[32];

	suite_note("%s", n->name);
	if (!CHECK_OK(world_say("signal %s %s", n->connector, n->line)) ||
	    !CHECK_OK(content_bars_create(&picture, n->bars, n->signal.width, n->signal.height)))
		return;
	if (capture_prepare(&capture, n->input, &n->signal, V4L2_PIX_FMT_UYVY, BUFFERS))
		goto out;
	if (CHECK_OK(capture_query(&capture, &timings))) {
		CHECK_EQ(timings.bt.interlaced, n->interlaced);
		CHECK_EQ(V4L2_DV_BT_FRAME_WIDTH(&timings.bt), n->htotal);
		CHECK_EQ(V4L2_DV_BT_FRAME_HEIGHT(&timings.bt), n->vtotal);
	}
	CHECK_EQ(pix->colorspace, n->colorspace);
	CHECK_EQ(pix->ycbcr_enc, n->ycbcr_enc);
	CHECK_EQ(pix->quantization, n->quantization);
	CHECK_EQ(pix->xfer_func, V4L2_XFER_FUNC_709);
	control_expect(&capture, V4L2_CID_KINORA_TRANSFER, "transfer", n->transfer);
	control_expect(&capture, V4L2_CID_KINORA_MAPPING, "mapping", n->mapping);
	control_expect(&capture, V4L2_CID_KINORA_STATE, "state", KINORA_SIGNAL_LOCKED);
	file_is(n->connector, "state", "locked");
	file_is(n->connector, "interface", n->interface);
	file_is(n->connector, "sampling", n->sampling);
	file_is(n->connector, "capturable", "1");
	snprintf(text, sizeof(text), "%u/%u", n->signal.rate_num, n->signal.rate_den);
	file_is(n->connector, "rate", text);
	if (CHECK_OK(capture_start(&capture)))
		take_frames(&capture, &picture, n->name);
out:
	capture_close(&capture);
	content_destroy(&picture);
	world_say("signal %s off", n->connector);
}

static void test_sdi_cases(void)
{
	for (unsigned int i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i].input != DEVICE_HDMI1)
			run_named(&named[i]);
}

static void test_hdmi_cases(void)
{
	for (unsigned int i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i].input == DEVICE_HDMI1)
			run_named(&named[i]);
}

/* --- names and the first choice --- */

static void expect_inputs(unsigned int channel, const char *const names[])
{
	struct v4l2_input input = { 0 };
	struct capture capture;

	if (!CHECK_OK(capture_open(&capture, channel, DEVICE_VIDEO)))
		return;
	for (; names[input.index]; input.index++) {
		if (!CHECK_OK(capture_ioctl(capture.fd, VIDIOC_ENUMINPUT, &input)))
			break;
		CHECK(!strcmp((char *)input.name, names[input.index]),
		      "channel %u input %u is '%s', expected '%s'", channel, input.index,
		      input.name, names[input.index]);
		CHECK(input.capabilities & V4L2_IN_CAP_DV_TIMINGS, "no DV timings");
	}
	CHECK_EQ(capture_ioctl(capture.fd, VIDIOC_ENUMINPUT, &input), -EINVAL);
	capture_close(&capture);
}

static void test_names(void)
{
	expect_inputs(1, (const char *[]){ "SDI 1", "SDI 1-4 quad link", "HDMI 1", NULL });
	expect_inputs(2, (const char *[]){ "SDI 2", "HDMI 1", NULL });
	expect_inputs(4, (const char *[]){ "SDI 4", "HDMI 1", NULL });
	connector_expect("channels/ch1/inputs", "sdi1 sdi-quad hdmi1", 0);
	connector_expect("connectors/sdi-quad/name", "SDI 1-4 quad link", 0);
	connector_expect("connectors/hdmi1/channels", "1 2 3 4", 0);
}

/* Nobody has chosen yet, in a driver that is fresh: a node opens on what is plugged in. */
static void test_first_choice(void)
{
	/* udev opens new nodes too: only when it is done, the test is the first to open one */
	static const char *const settle[] = { "udevadm", "settle", NULL };
	static struct world_output said;
	struct capture capture;
	char address[32];
	int index;

	if (!CHECK_OK(device_pci_address(address, sizeof(address))) ||
	    !CHECK_OK(device_write_within("/sys/bus/pci/drivers/kinora/unbind", address, 5000)) ||
	    !CHECK_OK(device_write_within("/sys/bus/pci/drivers/kinora/bind", address, 10000)) ||
	    !CHECK_EQ(world_run(&said, 20000, settle), 0))
		return;

	CHECK_OK(world_say("signal hdmi1 1080p50"));
	file_is("hdmi1", "state", "locked");
	if (!CHECK_OK(capture_open(&capture, 3, DEVICE_VIDEO)))
		return;
	capture_close(&capture);
	connector_expect("channels/ch3/input", "hdmi1", 0);
	CHECK_OK(world_say("signal sdi3 1080p25"));
	file_is("sdi3", "state", "locked");
	if (!CHECK_OK(capture_open(&capture, 3, DEVICE_VIDEO)))
		return;
	connector_expect("channels/ch3/input", "sdi3", 0);
	index = device_input(capture.fd, DEVICE_HDMI1);
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_S_INPUT, &index));
	capture_close(&capture);
	/* from now on the choice stands */
	if (!CHECK_OK(capture_open(&capture, 3, DEVICE_VIDEO)))
		return;
	connector_expect("channels/ch3/input", "hdmi1", 0);
	capture_close(&capture);
	CHECK_OK(world_say("signal sdi3 off"));
	CHECK_OK(world_say("signal hdmi1 off"));
}

/* --- what is in use is left alone, and who uses it is said --- */

static void test_busy(void)
{
	struct kernel_log *log = kernel_log_open();
	struct capture capture = { .fd = -1 }, second = { .fd = -1 };
	struct v4l2_dv_timings timings = { 0 };
	struct v4l2_enum_dv_timings other = { 0 };
	char text[64];
	int quad;

	if (!CHECK(log, "no kernel log") || !CHECK_OK(world_say("signal sdi1 2160p60")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal_2160p60, V4L2_PIX_FMT_UYVY, BUFFERS))
		goto out;
	if (!CHECK_OK(capture_open(&second, 1, DEVICE_VIDEO)))
		goto out;
	quad = device_input(second.fd, DEVICE_SDI_QUAD);
	/* buffers are enough, a running stream is not needed */
	CHECK_EQ(capture_ioctl(second.fd, VIDIOC_S_INPUT, &quad), -EBUSY);
	CHECK_OK(capture_ioctl(second.fd, VIDIOC_G_DV_TIMINGS, &timings));
	CHECK_OK(capture_ioctl(second.fd, VIDIOC_S_DV_TIMINGS, &timings));
	CHECK_OK(capture_ioctl(second.fd, VIDIOC_ENUM_DV_TIMINGS, &other));
	CHECK_EQ(capture_ioctl(second.fd, VIDIOC_S_DV_TIMINGS, &other.timings), -EBUSY);
	connector_expect("channels/ch1/video_state", "allocated", 0);
	snprintf(text, sizeof(text), "inputs %d", getpid());
	connector_expect("channels/ch1/video_holder", text, 0);

	if (CHECK_OK(capture_start(&capture)))
		connector_expect("channels/ch1/video_state", "streaming", 0);
	kernel_log_mark(log);
	CHECK_OK(capture_ioctl(second.fd, VIDIOC_LOG_STATUS, NULL));
	snprintf(text, sizeof(text), "%u buffers of inputs (pid %d), streaming", capture.buffers,
		 getpid());
	CHECK(kernel_log_has(log, text), "LOG_STATUS does not say '%s'", text);
	CHECK(kernel_log_has(log, "EBUSY until the buffers are freed"),
	      "LOG_STATUS does not say why it is EBUSY");

	CHECK_OK(capture_stop(&capture));
	capture_buffers_free(&capture);
	connector_expect("channels/ch1/video_holder", "", 0);
	CHECK_OK(capture_ioctl(second.fd, VIDIOC_S_INPUT, &quad));
	connector_expect("channels/ch1/input", "sdi-quad", 0);
out:
	capture_close(&second);
	capture_close(&capture);
	kernel_log_close(log);
	world_say("signal sdi1 off");
}

/* --- the media graph --- */

struct graph {
	int fd;
	struct media_entity_desc entity[64];
	unsigned int entities;
};

static int graph_open(struct graph *graph)
{
	struct media_device_info info;
	char path[32];

	graph->entities = 0;
	for (unsigned int i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/dev/media%u", i);
		graph->fd = open(path, O_RDWR | O_CLOEXEC);
		if (graph->fd < 0)
			continue;
		if (!capture_ioctl(graph->fd, MEDIA_IOC_DEVICE_INFO, &info) &&
		    !strcmp(info.driver, "kinora"))
			break;
		close(graph->fd);
		graph->fd = -1;
	}
	if (!CHECK(graph->fd >= 0, "no media device"))
		return -ENODEV;
	CHECK(!strcmp(info.model, "Kinora 8K"), "model '%s'", info.model);
	CHECK(info.serial[0], "no serial number");
	CHECK(!strncmp(info.bus_info, "PCI:", 4), "bus_info '%s'", info.bus_info);
	while (graph->entities < 64) {
		struct media_entity_desc *entity = &graph->entity[graph->entities];

		memset(entity, 0, sizeof(*entity));
		entity->id = MEDIA_ENT_ID_FLAG_NEXT |
			     (graph->entities ? entity[-1].id : 0);
		if (capture_ioctl(graph->fd, MEDIA_IOC_ENUM_ENTITIES, entity))
			break;
		graph->entities++;
	}
	return 0;
}

static struct media_entity_desc *graph_entity(struct graph *graph, const char *name)
{
	for (unsigned int i = 0; i < graph->entities; i++)
		if (!strcmp(graph->entity[i].name, name))
			return &graph->entity[i];
	CHECK(false, "no entity '%s'", name);
	return NULL;
}

/* The link from a connector to a channel. */
static int graph_link(struct graph *graph, const char *connector, const char *channel,
		      struct media_link_desc *out)
{
	struct media_entity_desc *from = graph_entity(graph, connector);
	struct media_entity_desc *to = graph_entity(graph, channel);
	struct media_link_desc links[16];
	struct media_links_enum query = { .links = links };

	if (!from || !to)
		return -ENOENT;
	query.entity = from->id;
	if (!CHECK_OK(capture_ioctl(graph->fd, MEDIA_IOC_ENUM_LINKS, &query)))
		return -EIO;
	for (unsigned int i = 0; i < from->links && i < 16; i++)
		if (links[i].sink.entity == to->id) {
			*out = links[i];
			return 0;
		}
	CHECK(false, "no link from '%s' to '%s'", connector, channel);
	return -ENOENT;
}

static void expect_enabled(struct graph *graph, const char *connector, bool enabled)
{
	struct media_link_desc link;

	if (!graph_link(graph, connector, "channel 1", &link))
		CHECK(!!(link.flags & MEDIA_LNK_FL_ENABLED) == enabled, "%s is %s", connector,
		      enabled ? "not routed" : "routed");
}

static int route(struct graph *graph, const char *connector, unsigned int flags)
{
	struct media_link_desc link;

	if (graph_link(graph, connector, "channel 1", &link))
		return -ENOENT;
	link.flags = flags;
	return capture_ioctl(graph->fd, MEDIA_IOC_SETUP_LINK, &link);
}

static void test_graph(void)
{
	struct capture capture = { .fd = -1 };
	struct graph graph;
	int index;

	if (!CHECK_OK(world_say("signal sdi1 2160p60")) || graph_open(&graph))
		return;
	if (capture_prepare(&capture, DEVICE_SDI1, &signal_2160p60, V4L2_PIX_FMT_UYVY, BUFFERS))
		goto out;
	expect_enabled(&graph, "SDI 1", true);
	expect_enabled(&graph, "SDI 1-4 quad link", false);
	expect_enabled(&graph, "HDMI 1", false);
	CHECK_EQ(route(&graph, "HDMI 1", MEDIA_LNK_FL_ENABLED), -EBUSY);
	CHECK_EQ(route(&graph, "SDI 1", 0), -EBUSY);
	capture_buffers_free(&capture);

	CHECK_OK(route(&graph, "HDMI 1", MEDIA_LNK_FL_ENABLED));
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_G_INPUT, &index));
	CHECK_EQ(index, device_input(capture.fd, DEVICE_HDMI1));
	expect_enabled(&graph, "SDI 1", false);
	expect_enabled(&graph, "HDMI 1", true);
	/* a channel always listens to something */
	CHECK_EQ(route(&graph, "HDMI 1", 0), -EINVAL);
	CHECK_OK(route(&graph, "SDI 1", 0));

	index = device_input(capture.fd, DEVICE_SDI_QUAD);
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_S_INPUT, &index));
	expect_enabled(&graph, "SDI 1-4 quad link", true);
	expect_enabled(&graph, "HDMI 1", false);
out:
	capture_close(&capture);
	close(graph.fd);
	world_say("signal sdi1 off");
}

/* --- four links: mapping by hand, and what is wrong with them --- */

/* A source whose payload ids do not tell, as on the OB vans that send square division. */
static void test_override(void)
{
	static const struct capture_signal signal = { 7680, 4320, 50, 1 };
	struct content_picture picture = { 0 };
	struct capture capture = { .fd = -1 };

	if (!CHECK_OK(content_bars_create(&picture, CONTENT_HLG, 7680, 4320)) ||
	    !CHECK_OK(world_say("signal sdi-quad 4320p50 pattern=bt2111-hlg transfer=hlg "
				"colour=2020 mapping=sqd ids=quad")))
		return;
	file_is("sdi-quad", "mapping", "2si"); /* as the payload id has it, wrongly */
	file_is("sdi-quad", "mapping_override", "auto");
	CHECK_OK(connector_write("connectors/sdi-quad/mapping_override", "sqd"));
	file_is("sdi-quad", "mapping_override", "sqd");
	file_is("sdi-quad", "mapping", "sqd");
	if (!capture_prepare(&capture, DEVICE_SDI_QUAD, &signal, V4L2_PIX_FMT_UYVY, BUFFERS)) {
		if (CHECK_OK(capture_start(&capture)))
			take_frames(&capture, &picture, "square division by hand");
		capture_close(&capture);
	}
	CHECK_OK(connector_write("connectors/sdi-quad/order_override", "1324"));
	file_is("sdi-quad", "order_override", "1324");
	file_is("sdi-quad", "order", "1324");
	file_is("sdi-quad", "mapping_override", "sqd");
	CHECK_EQ(connector_write("connectors/sdi-quad/order_override", "1123"), -EINVAL);
	CHECK_EQ(connector_write("connectors/sdi-quad/order_override", "12345"), -EINVAL);
	CHECK_EQ(connector_write("connectors/sdi-quad/mapping_override", "diagonal"), -EINVAL);
	CHECK_OK(connector_write("connectors/sdi-quad/order_override", "auto"));
	CHECK_OK(connector_write("connectors/sdi-quad/mapping_override", "auto"));
	file_is("sdi-quad", "order", "1234");
	content_destroy(&picture);
	world_say("signal sdi-quad off");
}

/* The name a control's value has. */
static void menu_is(struct capture *capture, uint32_t id, const char *want)
{
	struct v4l2_querymenu menu = { .id = id };
	int32_t value;

	if (!CHECK_OK(control_get(capture, id, &value)))
		return;
	menu.index = value;
	if (CHECK_OK(capture_ioctl(capture->fd, VIDIOC_QUERYMENU, &menu)))
		CHECK(!strcmp((char *)menu.name, want), "control 0x%x is '%s', expected '%s'", id,
		      menu.name, want);
}

/* Each with its word in sysfs, its control, and what QUERY_DV_TIMINGS says. */
static void test_reasons(void)
{
	static const struct {
		const char *lines[4], *connector, *state, *reason, *menu;
		enum device_input input;
		int query;
	} cases[] = {
		{ { "signal sdi-quad 4320p50 order=1324" }, "sdi-quad", "unsupported",
		  "link-order", "Link Order", DEVICE_SDI_QUAD, -ERANGE },
		{ { "signal sdi-quad 4320p50", "fault sdi-quad skew 4 lines" }, "sdi-quad",
		  "unsupported", "skew", "Skew Between Links", DEVICE_SDI_QUAD, -ERANGE },
		{ { "fault sdi-quad clear", "signal sdi-quad 4320p50", "signal sdi3 off" },
		  "sdi-quad", "unstable", "link-missing", "Link Missing", DEVICE_SDI_QUAD,
		  -ENOLCK },
		{ { "signal sdi1 2160p50", "signal sdi2 2160p50", "signal sdi3 2160p50",
		    "signal sdi4 2160p25" }, "sdi-quad", "unsupported", "links-differ",
		  "Links Differ", DEVICE_SDI_QUAD, -ERANGE },
		{ { "signal sdi1 1080p59.94 interface=dual-hd link=1", "signal sdi2 off",
		    "signal sdi3 off", "signal sdi4 off" }, "sdi1", "unsupported", "dual-link",
		  "Dual Link", DEVICE_SDI1, -ERANGE },
	};
	struct v4l2_dv_timings timings;
	struct capture capture;
	char file[64];

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned int k = 0; k < 4 && cases[i].lines[k]; k++)
			CHECK_OK(world_say("%s", cases[i].lines[k]));
		snprintf(file, sizeof(file), "connectors/%s/reason", cases[i].connector);
		if (!connector_expect(file, cases[i].reason, WAIT_MS))
			continue;
		file_is(cases[i].connector, "state", cases[i].state);
		file_is(cases[i].connector, "capturable", "0");
		if (!CHECK_OK(capture_open(&capture, 1, DEVICE_VIDEO)))
			continue;
		CHECK_OK(capture_input(&capture, cases[i].input));
		CHECK_EQ(capture_query(&capture, &timings), cases[i].query);
		menu_is(&capture, V4L2_CID_KINORA_REASON, cases[i].menu);
		capture_close(&capture);
	}
	world_say("signal sdi1 off");
}

/* What a person reads who asks the driver; it says it twice in five seconds at most. */
static void test_log_status(void)
{
	struct kernel_log *log = kernel_log_open();
	struct capture capture = { .fd = -1 };

	if (!CHECK(log, "no kernel log") ||
	    !CHECK_OK(world_say("signal sdi2 1080p59.94 interface=dual-hd link=1")))
		goto out;
	file_is("sdi2", "reason", "dual-link");
	if (!CHECK_OK(capture_open(&capture, 2, DEVICE_VIDEO)))
		goto out;
	kernel_log_mark(log);
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_LOG_STATUS, NULL));
	CHECK(kernel_log_has(log, "ch2: SDI 2"), "LOG_STATUS does not name the input");
	kernel_log_mark(log);
	CHECK_OK(capture_ioctl(capture.fd, VIDIOC_LOG_STATUS, NULL));
	CHECK(kernel_log_has(log, "one link of a dual-link picture"),
	      "LOG_STATUS does not say why there is no picture");
out:
	capture_close(&capture);
	kernel_log_close(log);
	world_say("signal sdi2 off");
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "names", test_names },
		{ "first choice", test_first_choice },
		{ "SDI cases by name", test_sdi_cases },
		{ "HDMI cases by name", test_hdmi_cases },
		{ "in use", test_busy },
		{ "media graph", test_graph },
		{ "mapping by hand", test_override },
		{ "reasons", test_reasons },
		{ "LOG_STATUS", test_log_status },
		{ 0 },
	};
	static const struct suite suite = { .name = "inputs", .tests = tests, .time_limit = 150 };

	return suite_main(argc, argv, &suite);
}
