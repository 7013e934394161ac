// SPDX-License-Identifier: MIT
/*
 * Looks through /sys/class/video4linux once per question: there are a dozen entries at most, and
 * tests pull the card out in between.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "device.h"
#include "suite.h"

#define CLASS "/sys/class/video4linux"

static const char *const kind_names[] = {
	[DEVICE_VIDEO] = "video",
	[DEVICE_META] = "meta",
};

static bool is_kinora(const char *path)
{
	struct v4l2_capability cap = { 0 };
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	bool ours;

	if (fd < 0)
		return false;
	ours = !ioctl(fd, VIDIOC_QUERYCAP, &cap) && !strcmp((char *)cap.driver, "kinora");
	close(fd);
	return ours;
}

static int read_name(const char *node, char *out, size_t size)
{
	char file[PATH_MAX];
	FILE *f;
	int ret = 0;

	snprintf(file, sizeof(file), CLASS "/%s/name", node);
	f = fopen(file, "re");
	if (!f)
		return -errno;
	if (!fgets(out, size, f))
		ret = -EIO;
	else
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
	return ret;
}

/*
 * Go through the nodes of a kind; stops at the channel asked for (0: none) and returns its path in
 * out. The value is how many nodes of the kind were seen, or -ENODEV when the channel was not.
 */
static int walk(unsigned int channel, enum device_kind kind, char out[DEVICE_PATH_MAX])
{
	DIR *dir = opendir(CLASS);
	struct dirent *entry;
	char name[128], end, path[DEVICE_PATH_MAX], kind_name[16];
	unsigned int n;
	int seen = 0;

	if (!dir)
		return -ENODEV;
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "video", 5) ||
		    read_name(entry->d_name, name, sizeof(name)))
			continue;
		if (sscanf(name, "kinora ch%u %15s%c", &n, kind_name, &end) != 2 ||
		    strcmp(kind_name, kind_names[kind]))
			continue;
		snprintf(path, sizeof(path), "/dev/%.48s", entry->d_name);
		seen++;
		if (n == channel && is_kinora(path)) {
			strcpy(out, path);
			closedir(dir);
			return 0;
		}
	}
	closedir(dir);
	return channel ? -ENODEV : seen;
}

bool device_present(void)
{
	char path[DEVICE_PATH_MAX];

	return !device_find(1, DEVICE_VIDEO, path);
}

int device_find(unsigned int channel, enum device_kind kind, char path[DEVICE_PATH_MAX])
{
	return walk(channel, kind, path);
}

unsigned int device_count(enum device_kind kind)
{
	int seen = walk(0, kind, NULL);

	return seen < 0 ? 0 : seen;
}

int device_pci_address(char *out, size_t size)
{
	DIR *dir = opendir("/sys/bus/pci/drivers/kinora");
	struct dirent *entry;
	int ret = -ENODEV;

	if (!dir)
		return -ENODEV;
	while ((entry = readdir(dir))) {
		if (entry->d_type == DT_LNK && strlen(entry->d_name) == strlen("0000:00:00.0") &&
		    strlen(entry->d_name) < size) {
			strcpy(out, entry->d_name);
			ret = 0;
			break;
		}
	}
	closedir(dir);
	return ret;
}

int device_write(const char *file, const char *word)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, word, strlen(word)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int device_write_within(const char *file, const char *word, unsigned int ms)
{
	uint64_t end = suite_now() + ms * 1000000ULL;
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (child == 0)
		_exit(-device_write(file, word));
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (suite_now() > end) {
			kill(child, SIGKILL);
			return -ETIMEDOUT;
		}
		suite_pause(5);
	}
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int device_input(int fd, enum device_input wanted)
{
	struct v4l2_input input = { 0 };

	for (input.index = 0; !ioctl(fd, VIDIOC_ENUMINPUT, &input); input.index++) {
		const char *name = (const char *)input.name;
		bool quad = strcasestr(name, "quad");
		bool sdi = strcasestr(name, "sdi");
		bool hdmi = strcasestr(name, "hdmi");

		if (wanted == DEVICE_HDMI1 ? hdmi :
		    wanted == DEVICE_SDI_QUAD ? quad : sdi && !quad)
			return input.index;
	}
	return -ENOENT;
}
