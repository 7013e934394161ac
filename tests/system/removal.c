// SPDX-License-Identifier: MIT
/*
 * Description: the driver or the card goes away while programs use it: rmmod while open, unbind and
 * bind, PCI remove and rescan, module out and in again, and last the card pulled in mid-stream. The
 * application is told within a second, its memory stays until it lets go, nothing hangs, and the
 * log is silent.
 *
 * Environment: KINORA_MODULE, the kinora.ko that is loaded (tests/system/run sets it).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define TOLD_MS 1000
#define SYSFS_MS 15000
#define DRIVER "/sys/bus/pci/drivers/kinora"

static const struct capture_signal signal_2160 = { 3840, 2160, 60, 1 };

static char pci[32];

static int begin(struct capture *capture)
{
	capture->fd = -1;
	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")) ||
	    !CHECK_OK(device_pci_address(pci, sizeof(pci))) ||
	    capture_prepare(capture, DEVICE_SDI1, &signal_2160, V4L2_PIX_FMT_UYVY, 8))
		return -EINVAL;
	return 0;
}

static bool take_good(struct capture *capture, unsigned int frames)
{
	for (unsigned int i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;

		if (!CHECK_OK(capture_take(capture, &buffer, 1000)) ||
		    !CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "a marked frame") ||
		    !CHECK_OK(capture_give(capture, buffer.index)))
			return false;
	}
	return true;
}

static bool node_is_back(void *data)
{
	char path[DEVICE_PATH_MAX];

	(void)data;
	return !device_find(1, DEVICE_VIDEO, path) && !device_find(4, DEVICE_META, path);
}

static bool node_is_gone(void *data)
{
	return !node_is_back(data) && !device_count(DEVICE_VIDEO) && !device_count(DEVICE_META);
}

static bool expect_back(void)
{
	return CHECK(suite_until(node_is_back, NULL, 5000), "the nodes do not come back");
}

/* How long until poll or DQBUF says that it is over; frames that were ready come first. */
static void expect_told(struct capture *capture, uint64_t since_ns)
{
	for (;;) {
		struct pollfd fd = { .fd = capture->fd, .events = POLLIN };
		struct v4l2_buffer buffer = { .type = capture->type, .memory = capture->memory };
		unsigned int ms;
		int ret;

		ret = capture_ioctl(capture->fd, VIDIOC_DQBUF, &buffer);
		ms = (suite_now() - since_ns) / 1000000;
		if (ret && ret != -EAGAIN) {
			suite_note("told by %s after %u ms", strerror(-ret), ms);
			CHECK(ms <= TOLD_MS, "told only after %u ms", ms);
			CHECK(ret == -ENODEV || ret == -EIO || ret == -EINVAL, "told by %s",
			      strerror(-ret));
			break;
		}
		if (!ret)
			capture_ioctl(capture->fd, VIDIOC_QBUF, &buffer);
		if (!CHECK(ms <= 5 * TOLD_MS, "not told within %u ms", ms))
			return;
		poll(&fd, 1, 20);
	}
	/* a program that only polls is told as well */
	struct pollfd fd = { .fd = capture->fd, .events = POLLIN };

	CHECK(poll(&fd, 1, 1000) == 1 && fd.revents & (POLLERR | POLLHUP), "poll says 0x%x",
	      fd.revents);
}

/*
 * What a dead node may still be asked: everything, and it must answer with an error or harmlessly.
 */
static void use_dead_node(struct capture *capture)
{
	struct v4l2_capability cap;
	struct v4l2_dv_timings timings;
	struct v4l2_buffer buffer = { .type = capture->type, .memory = capture->memory };
	int value = 0;

	CHECK(capture_ioctl(capture->fd, VIDIOC_QUERYCAP, &cap) == -ENODEV,
	      "QUERYCAP on a dead node");
	CHECK(capture_query(capture, &timings) == -ENODEV, "QUERY_DV_TIMINGS on a dead node");
	CHECK(capture_ioctl(capture->fd, VIDIOC_QBUF, &buffer) < 0, "QBUF on a dead node");
	capture_ioctl(capture->fd, VIDIOC_S_INPUT, &value);
	capture_ioctl(capture->fd, VIDIOC_LOG_STATUS, NULL);
	/* memory that is still mapped stays memory */
	for (unsigned int i = 0; i < capture->buffers; i++)
		memset(capture->buffer[i].start, i, capture->layout.bytes);
	suite_pause(50);
	for (unsigned int i = 0; i < capture->buffers; i++)
		CHECK(capture->buffer[i].start[capture->layout.bytes - 1] == i &&
			      capture->buffer[i].start[0] == i,
		      "buffer %u was written to after the end", i);
}

static int rmmod(void)
{
	static struct world_output output;
	const char *const argv[] = { "rmmod", "kinora", NULL };

	return world_run(&output, SYSFS_MS, argv);
}

static int insmod(void)
{
	static struct world_output output;
	const char *module = getenv("KINORA_MODULE");
	const char *const argv[] = { "insmod", module, NULL };
	int status;

	if (!CHECK(module, "KINORA_MODULE is not set: start this suite with tests/system/run"))
		return -EINVAL;
	status = world_run(&output, SYSFS_MS, argv);
	CHECK(status == 0, "insmod %s: status %d, %s", module, status, output.err);
	return status;
}

static void test_rmmod_while_open(void)
{
	struct capture capture;

	if (begin(&capture))
		return;
	CHECK_EQ(rmmod(), 1);
	if (CHECK_OK(capture_start(&capture)) && take_good(&capture, 30)) {
		CHECK_EQ(rmmod(), 1);
		take_good(&capture, 30);
	}
	capture_close(&capture);
}

static void test_module_out_and_in(void)
{
	struct capture capture;

	for (unsigned int i = 0; i < 5; i++) {
		if (begin(&capture))
			return;
		if (CHECK_OK(capture_start(&capture)))
			take_good(&capture, 10);
		capture_close(&capture);
		if (!CHECK_EQ(rmmod(), 0) ||
		    !CHECK(suite_until(node_is_gone, NULL, 2000), "nodes left behind") ||
		    insmod() || !expect_back())
			return;
	}
}

static void test_unbind_idle(void)
{
	struct capture capture;

	if (begin(&capture))
		return;
	CHECK_OK(device_write_within(DRIVER "/unbind", pci, SYSFS_MS));
	use_dead_node(&capture);
	capture_close(&capture);
	CHECK(suite_until(node_is_gone, NULL, 2000), "nodes left behind");
	CHECK_OK(device_write_within(DRIVER "/bind", pci, SYSFS_MS));
	expect_back();
}

static void test_unbind_streaming(void)
{
	struct capture capture;
	uint64_t began;

	for (unsigned int i = 0; i < 5; i++) {
		if (begin(&capture))
			return;
		if (!CHECK_OK(capture_start(&capture)) ||
		    !take_good(&capture, 10 + suite_random(20))) {
			capture_close(&capture);
			return;
		}
		began = suite_now();
		if (!CHECK_OK(device_write_within(DRIVER "/unbind", pci, SYSFS_MS)))
			return;
		expect_told(&capture,
			    began > suite_now() - TOLD_MS * 1000000ULL ? began : suite_now());
		use_dead_node(&capture);
		capture_close(&capture);
		if (!CHECK_OK(device_write_within(DRIVER "/bind", pci, SYSFS_MS)) || !expect_back())
			return;
	}
	if (!begin(&capture)) {
		if (CHECK_OK(capture_start(&capture)))
			take_good(&capture, 60);
		capture_close(&capture);
	}
}

static void test_pci_remove(void)
{
	struct capture capture;
	char file[128];
	uint64_t began;

	if (begin(&capture))
		return;
	if (!CHECK_OK(capture_start(&capture)) || !take_good(&capture, 20))
		goto out;
	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%s/remove", pci);
	began = suite_now();
	if (!CHECK_OK(device_write_within(file, "1", SYSFS_MS)))
		goto out;
	expect_told(&capture, began);
	use_dead_node(&capture);
	capture_close(&capture);
	if (!CHECK_OK(device_write_within("/sys/bus/pci/rescan", "1", SYSFS_MS)) ||
	    !expect_back() || begin(&capture))
		return;
	if (CHECK_OK(capture_start(&capture)))
		take_good(&capture, 60);
out:
	capture_close(&capture);
}

/* A reset of the function behind the driver's back while it streams. */
static void test_function_reset(void)
{
	struct capture capture;
	struct v4l2_buffer buffer;
	char file[128];
	int ret = 0;

	if (begin(&capture))
		return;
	if (!CHECK_OK(capture_start(&capture)) || !take_good(&capture, 20))
		goto out;
	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%s/reset", pci);
	if (!CHECK_OK(device_write_within(file, "1", SYSFS_MS)))
		goto out;
	/* a new start works, whatever became of the old stream */
	for (unsigned int i = 0; i < 10 && !ret; i++) {
		ret = capture_take(&capture, &buffer, 500);
		if (!ret)
			ret = capture_give(&capture, buffer.index);
	}
	CHECK_OK(capture_stop(&capture));
	if (CHECK_OK(capture_start(&capture)))
		take_good(&capture, 60);
out:
	capture_close(&capture);
}

/* Last: nothing brings the card back. */
static void test_card_pulled(void)
{
	struct capture capture, idle;
	uint64_t began;

	if (begin(&capture))
		return;
	if (!CHECK_OK(capture_open(&idle, 2, DEVICE_VIDEO)) || !CHECK_OK(capture_start(&capture)) ||
	    !take_good(&capture, 60))
		goto out;
	world_say("card unplug");	/* it cannot answer any more */
	began = suite_now();
	expect_told(&capture, began);
	suite_pause(200);
	capture_ioctl(idle.fd, VIDIOC_LOG_STATUS, NULL);
	capture_close(&idle);
out:
	began = suite_now();
	capture_close(&capture);
	CHECK(suite_now() - began < 5000000000, "close takes %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
	began = suite_now();
	CHECK_EQ(rmmod(), 0);
	CHECK(suite_now() - began < 5000000000, "rmmod takes %llu ms",
	      (unsigned long long)(suite_now() - began) / 1000000);
	CHECK(suite_until(node_is_gone, NULL, 2000), "nodes left behind");
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "rmmod while open", test_rmmod_while_open },
		{ "module out and in, five times", test_module_out_and_in },
		{ "unbind while open", test_unbind_idle },
		{ "unbind while streaming, five times", test_unbind_streaming },
		{ "PCI remove while streaming, rescan", test_pci_remove },
		{ "function reset while streaming", test_function_reset },
		{ "the card is pulled", test_card_pulled },
		{ 0 },
	};
	static const struct suite suite = { .name = "removal", .tests = tests, .time_limit = 240 };

	return suite_main(argc, argv, &suite);
}
