// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/channels.c userspace/lib/text.c userspace/lib/error.c */
/* Sources: tests/unit/fake_sysfs.c */
/*
 * Description: which channels there are, read from a sysfs made for the test: two cards and a
 * webcam, nodes in any order; names that mean a channel; who has a node open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "channels.h"
#include "fake_sysfs.h"
#include "unit.h"

static void make_node(unsigned int node, const char *name, const char *bus)
{
	char target[300];

	fake_file(name, "sys/devices/%s/video4linux/video%u/name", bus, node);
	snprintf(target, sizeof(target), "%s/sys/devices/%s", fake_root, bus);
	fake_link(target, "sys/devices/%s/video4linux/video%u/device", bus, node);
	snprintf(target, sizeof(target), "%s/sys/devices/%s/video4linux/video%u", fake_root, bus,
		 node);
	fake_link(target, "sys/class/video4linux/video%u", node);
}

static void make_card(const char *bus, const char *driver, const char *serial)
{
	char target[300];

	fake_file("", "sys/drivers/%s/bind", driver);
	fake_file(serial, "sys/devices/%s/serial", bus);
	fake_file("16.0 GT/s PCIe", "sys/devices/%s/current_link_speed", bus);
	fake_file("16.0 GT/s PCIe", "sys/devices/%s/max_link_speed", bus);
	fake_file("4", "sys/devices/%s/current_link_width", bus);
	fake_file("8", "sys/devices/%s/max_link_width", bus);
	snprintf(target, sizeof(target), "%s/sys/drivers/%s", fake_root, driver);
	fake_link(target, "sys/devices/%s/driver", bus);
}

static int make_world(void)
{
	if (fake_begin())
		return 1;
	make_card("0000:02:00.0", "kinora", "K8-0002");
	make_card("0000:01:00.0", "kinora", "K8-0001");
	make_card("usb-1", "uvcvideo", "");
	fake_file("Unknown", "sys/devices/0000:02:00.0/current_link_speed");
	fake_file("63", "sys/devices/0000:02:00.0/current_link_width");
	make_node(0, "kinora ch2 video", "0000:02:00.0");
	make_node(1, "kinora ch1 video", "0000:02:00.0");
	make_node(2, "kinora ch1 video", "0000:01:00.0");
	make_node(3, "kinora ch1 meta", "0000:02:00.0");
	make_node(4, "kinora ch1 meta", "0000:01:00.0");
	make_node(5, "HD Webcam", "usb-1");
	make_node(6, "kinora chx video", "0000:01:00.0");
	make_node(7, "kinora ch3 videos", "0000:01:00.0");
	return 0;
}

static void test_list(void)
{
	struct kinora_channel *list = NULL;
	size_t count = 0;

	CU_ASSERT_EQUAL(kinora_channels_scan(fake_root, &list, &count), 0);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_STRING_EQUAL(list[0].video, "/dev/video2");
	CU_ASSERT_STRING_EQUAL(list[0].meta, "/dev/video4");
	CU_ASSERT_STRING_EQUAL(list[0].serial, "K8-0001");
	CU_ASSERT_STRING_EQUAL(list[0].bus, "0000:01:00.0");
	CU_ASSERT_STRING_EQUAL(list[0].driver, "kinora");
	CU_ASSERT_STRING_EQUAL(list[0].link_speed, "16.0 GT/s PCIe");
	CU_ASSERT_EQUAL(list[0].link_width, 4);
	CU_ASSERT_EQUAL(list[0].link_width_max, 8);
	CU_ASSERT_EQUAL(list[0].number, 1);
	CU_ASSERT_STRING_EQUAL(list[1].video, "/dev/video1");
	CU_ASSERT_STRING_EQUAL(list[1].meta, "/dev/video3");
	CU_ASSERT_STRING_EQUAL(list[1].link_speed, "");	/* that card is gone */
	CU_ASSERT_EQUAL(list[1].link_width, 0);
	CU_ASSERT_STRING_EQUAL(list[2].video, "/dev/video0");
	CU_ASSERT_STRING_EQUAL(list[2].meta, "");	/* channel 2 has none */
	CU_ASSERT_EQUAL(list[2].number, 2);
	free(list);
}

static void test_list_empty(void)
{
	struct kinora_channel *list, channel;
	size_t count = 5;

	CU_ASSERT_EQUAL(kinora_channels_scan("/nonexistent", &list, &count), 0);
	CU_ASSERT_EQUAL(count, 0);
	CU_ASSERT_PTR_NULL(list);
	CU_ASSERT_EQUAL(kinora_channel_find_below("/nonexistent", NULL, &channel), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "modprobe kinora"));
}

static void check_found(const char *name, const char *video)
{
	struct kinora_channel channel;
	int ret = kinora_channel_find_below(fake_root, name, &channel);

	CU_ASSERT_EQUAL(ret, 0);
	if (!ret)
		CU_ASSERT_STRING_EQUAL(channel.video, video);
}

static void check_refused(const char *name, int error)
{
	struct kinora_channel channel;

	CU_ASSERT_EQUAL(kinora_channel_find_below(fake_root, name, &channel), error);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "'kinora list'"));
	if (name[0])
		CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), name));
}

static void test_names(void)
{
	check_found(NULL, "/dev/video2");
	check_found("K8-0001", "/dev/video2");
	check_found("K8-0002", "/dev/video1");
	check_found("K8-0002:1", "/dev/video1");
	check_found("K8-0002:2", "/dev/video0");
	check_refused("K8-0002:3", -ENODEV);
	check_refused("K8-0002:", -ENODEV);
	check_refused("K8-0002:x", -ENODEV);
	check_refused("K8-000", -ENODEV);
	check_refused("", -ENODEV);
	check_refused("7777", -ENODEV);
	check_refused("/dev/no-such-node", -ENODEV);
	check_refused("/dev/null", -ENODEV);
	check_refused("/etc/passwd", -ENODEV);
}

/*
 * A node is known by its device number, so links to it work too. /dev/null lends its number here;
 * the metadata node's number means its picture node; a webcam is taken as it is.
 */
static void test_nodes(void)
{
	char target[300], link[300];
	struct kinora_channel channel;
	struct stat status;

	CU_ASSERT_EQUAL_FATAL(stat("/dev/null", &status), 0);
	snprintf(link, sizeof(link), "sys/dev/char/%u:%u", major(status.st_rdev),
		 minor(status.st_rdev));
	snprintf(target, sizeof(target), "%s/sys/class/video4linux/video4", fake_root);
	fake_link(target, "%s", link);
	check_found("/dev/null", "/dev/video2");
	fake_link("/dev/null", "dev/video4");
	check_found("4", "/dev/video2");

	snprintf(link, sizeof(link), "%s/sys/dev/char/%u:%u", fake_root, major(status.st_rdev),
		 minor(status.st_rdev));
	unlink(link);
	snprintf(target, sizeof(target), "%s/sys/class/video4linux/video5", fake_root);
	CU_ASSERT_EQUAL_FATAL(symlink(target, link), 0);
	CU_ASSERT_EQUAL(kinora_channel_find_below(fake_root, "/dev/null", &channel), 0);
	CU_ASSERT_EQUAL(channel.number, 0);
	CU_ASSERT_STRING_EQUAL(channel.name, "HD Webcam");
	CU_ASSERT_STRING_EQUAL(channel.driver, "uvcvideo");
	unlink(link);
}

/* We hold /dev/zero ourselves, and see it in the true /proc. */
static void test_holders(void)
{
	struct kinora_holder holders[64];
	bool found = false;
	struct stat status;
	int fd = open("/dev/zero", O_RDONLY), count;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(fstat(fd, &status), 0);
	count = kinora_holders_scan("", status.st_rdev, holders, 64);
	for (int i = 0; i < count; i++)
		if (holders[i].pid == getpid()) {
			found = true;
			CU_ASSERT_PTR_NOT_NULL(strstr(holders[i].command, "test_channels"));
		}
	CU_ASSERT_TRUE(found || count == 64);
	close(fd);
	count = kinora_holders_scan("", makedev(4000, 77), holders, 64);
	CU_ASSERT_EQUAL(count, 0);
	CU_ASSERT(kinora_channel_holders("/dev/no-such-node", holders, 64) < 0);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "list", test_list },
		{ "list empty", test_list_empty },
		{ "names", test_names },
		{ "nodes", test_nodes },
		{ "holders", test_holders },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("channels", tests, make_world, fake_end);
}
