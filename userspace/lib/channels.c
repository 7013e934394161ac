// SPDX-License-Identifier: MIT
/*
 * Which channels there are, from sysfs: no device is opened, so this works for everybody and
 * disturbs nobody. A channel is a picture node and the metadata node of the same card and number;
 * the names "kinora ch1 video" and "kinora ch1 meta" tell them apart.
 */
#include <ctype.h>
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
#include "error.h"
#include "text.h"

#define CLASS "/sys/class/video4linux"
#define PATH_ROOM 512

static void read_attribute(const char *root, const char *entry, const char *attribute, char *text,
			   size_t room)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s" CLASS "/%s/%s", root, entry, attribute);
	kinora_text_read(path, text, room);
}

/* Name of the file that a link leads to: "kinora" for .../device/driver. */
static void read_link_name(const char *root, const char *entry, const char *link, char *text,
			   size_t room)
{
	char path[PATH_ROOM], target[PATH_MAX];
	const char *slash;

	text[0] = '\0';
	snprintf(path, sizeof(path), "%s" CLASS "/%s/%s", root, entry, link);
	if (!realpath(path, target))
		return;
	slash = strrchr(target, '/');
	snprintf(text, room, "%.*s", (int)room - 1, slash ? slash + 1 : target);
}

/* One of the links, "current" or "max". A card that is gone reads as "Unknown" and 63 lanes. */
static void read_link(const char *root, const char *entry, const char *which,
		      char speed[KINORA_TEXT_MAX], unsigned int *width)
{
	char name[64], lanes[KINORA_TEXT_MAX];

	snprintf(name, sizeof(name), "device/%s_link_width", which);
	read_attribute(root, entry, name, lanes, sizeof(lanes));
	*width = (unsigned int)strtoul(lanes, NULL, 10);
	snprintf(name, sizeof(name), "device/%s_link_speed", which);
	read_attribute(root, entry, name, speed, KINORA_TEXT_MAX);
	if (!isdigit((unsigned char)speed[0]) || !*width || *width > 32) {
		speed[0] = '\0';
		*width = 0;
	}
}

/* "kinora ch1 video" -> 1. 0: not such a name. */
static unsigned int channel_number(const char *name, const char *kind)
{
	unsigned int number;
	int end = 0;

	if (sscanf(name, "kinora ch%u %n", &number, &end) != 1 || !end || strcmp(name + end, kind))
		return 0;
	return number;
}

int kinora_channel_read(const char *root, const char *entry, struct kinora_channel *channel)
{
	memset(channel, 0, sizeof(*channel));
	read_attribute(root, entry, "name", channel->name, sizeof(channel->name));
	if (!channel->name[0])
		return kinora_fail(-ENODEV, "no video device '%s'", entry);
	snprintf(channel->video, sizeof(channel->video), "/dev/%.32s", entry);
	read_link_name(root, entry, "device/driver", channel->driver, sizeof(channel->driver));
	read_link_name(root, entry, "device", channel->bus, sizeof(channel->bus));
	read_attribute(root, entry, "device/serial", channel->serial, sizeof(channel->serial));
	read_link(root, entry, "current", channel->link_speed, &channel->link_width);
	read_link(root, entry, "max", channel->link_speed_max, &channel->link_width_max);
	channel->number = channel_number(channel->name, "video");
	return 0;
}

static int compare_channels(const void *a, const void *b)
{
	const struct kinora_channel *x = a, *y = b;
	int bus = strcmp(x->bus, y->bus);

	return bus ? bus : (int)x->number - (int)y->number;
}

static void meta_assign(struct kinora_channel *list, size_t count, const char *bus,
			unsigned int number, const char *entry)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].number == number && !strcmp(list[i].bus, bus))
			snprintf(list[i].meta, sizeof(list[i].meta), "/dev/%.32s", entry);
}

/* Every picture node first, then every metadata node to its picture node. */
static int scan_nodes(const char *root, DIR *dir, bool meta, struct kinora_channel **list,
		      size_t *count)
{
	struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		struct kinora_channel found, *larger;

		if (strncmp(entry->d_name, "video", 5) || strlen(entry->d_name) > 32 ||
		    kinora_channel_read(root, entry->d_name, &found))
			continue;
		if (meta) {
			meta_assign(*list, *count, found.bus, channel_number(found.name, "meta"),
				    entry->d_name);
			continue;
		}
		if (!found.number)
			continue;
		larger = reallocarray(*list, *count + 1, sizeof(**list));
		if (!larger)
			return kinora_fail(-ENOMEM, "out of memory for the list of channels");
		*list = larger;
		larger[(*count)++] = found;
	}
	return 0;
}

int kinora_channels_scan(const char *root, struct kinora_channel **list, size_t *count)
{
	char path[PATH_ROOM];
	DIR *dir;
	int ret;

	*list = NULL;
	*count = 0;
	snprintf(path, sizeof(path), "%s" CLASS, root);
	dir = opendir(path);
	if (!dir)
		return 0;	/* no video device at all, or no kernel support for any */
	ret = scan_nodes(root, dir, false, list, count);
	if (!ret)
		ret = scan_nodes(root, dir, true, list, count);
	closedir(dir);
	if (ret) {
		free(*list);
		*list = NULL;
		*count = 0;
		return ret;
	}
	if (*count)
		qsort(*list, *count, sizeof(**list), compare_channels);
	return 0;
}

int kinora_channels_list(struct kinora_channel **list, size_t *count)
{
	return kinora_channels_scan("", list, count);
}

/* The channel whose picture or metadata node is dev. */
static const struct kinora_channel *find_node(const struct kinora_channel *list, size_t count,
					      const char *dev)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(list[i].video, dev) || !strcmp(list[i].meta, dev))
			return &list[i];
	return NULL;
}

/* "SERIAL" or "SERIAL:2". */
static const struct kinora_channel *find_serial(const struct kinora_channel *list, size_t count,
						const char *name)
{
	const char *colon = strrchr(name, ':');
	size_t length = colon ? (size_t)(colon - name) : strlen(name), i;
	unsigned long number = 1;

	if (colon) {
		char *end;

		number = strtoul(colon + 1, &end, 10);
		if (!isdigit((unsigned char)colon[1]) || *end)
			return NULL;
	}
	for (i = 0; i < count; i++)
		if (list[i].number == number && strlen(list[i].serial) == length &&
		    !strncmp(list[i].serial, name, length))
			return &list[i];
	return NULL;
}

/* "video3" of a path to a node or a link to one. */
static int node_entry(const char *root, const char *path, char *entry, size_t room)
{
	char link[PATH_ROOM], target[PATH_MAX];
	const char *slash;
	struct stat status;

	if (stat(path, &status))
		return kinora_fail(-ENODEV, "no device '%s': 'kinora list' shows what there is",
				   path);
	snprintf(link, sizeof(link), "%s/sys/dev/char/%u:%u", root, major(status.st_rdev),
		 minor(status.st_rdev));
	if (!S_ISCHR(status.st_mode) || !realpath(link, target))
		return kinora_fail(-ENODEV,
				   "'%s' is not a video device: 'kinora list' shows what there is",
				   path);
	slash = strrchr(target, '/');
	snprintf(entry, room, "%.*s", (int)room - 1, slash ? slash + 1 : target);
	if (strncmp(entry, "video", 5))
		return kinora_fail(-ENODEV,
				   "'%s' is not a video device: 'kinora list' shows what there is",
				   path);
	return 0;
}

static int find_path(const char *root, const struct kinora_channel *list, size_t count,
		     const char *path, struct kinora_channel *channel)
{
	const struct kinora_channel *found;
	char entry[33], dev[KINORA_PATH_MAX];
	int ret;

	ret = node_entry(root, path, entry, sizeof(entry));
	if (ret)
		return ret;
	snprintf(dev, sizeof(dev), "/dev/%.32s", entry);
	found = find_node(list, count, dev);
	if (!found)
		return kinora_channel_read(root, entry, channel);
	*channel = *found;
	return 0;
}

static int find_in(const char *root, const struct kinora_channel *list, size_t count,
		   const char *name, struct kinora_channel *channel)
{
	const struct kinora_channel *found;

	if (!name) {
		if (!count)
			return kinora_fail(-ENODEV,
					   "no kinora card found: is the driver loaded ('modprobe "
					   "kinora'), and what does 'dmesg' say of it?");
		*channel = list[0];
		return 0;
	}
	if (strchr(name, '/'))
		return find_path(root, list, count, name, channel);
	if (name[0] && strspn(name, "0123456789") == strlen(name)) {
		char path[PATH_ROOM];

		snprintf(path, sizeof(path), "%s/dev/video%.16s", root, name);
		return find_path(root, list, count, path, channel);
	}
	found = find_serial(list, count, name);
	if (!found)
		return kinora_fail(-ENODEV,
				   "no channel '%s': give a number, a /dev/video node or a card's "
				   "SERIAL[:CHANNEL] as 'kinora list' shows them", name);
	*channel = *found;
	return 0;
}

int kinora_channel_find_below(const char *root, const char *name, struct kinora_channel *channel)
{
	struct kinora_channel *list;
	size_t count;
	int ret;

	ret = kinora_channels_scan(root, &list, &count);
	if (ret)
		return ret;
	ret = find_in(root, list, count, name, channel);
	free(list);
	return ret;
}

int kinora_channel_find(const char *name, struct kinora_channel *channel)
{
	return kinora_channel_find_below("", name, channel);
}

/* --------------------------------------------------------------- holders */

/* Does a process have the device open? `fds` is its /proc/PID/fd. */
static bool holds(const char *fds, uint64_t device)
{
	DIR *dir = opendir(fds);
	struct dirent *entry;
	bool found = false;

	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		char target[8] = "";
		struct stat status;

		/* Look at device nodes only: stat() of a file on a dead network share would hang.
		 */
		if (readlinkat(dirfd(dir), entry->d_name, target, 5) < 5 ||
		    memcmp(target, "/dev/", 5))
			continue;
		found = !fstatat(dirfd(dir), entry->d_name, &status, 0) &&
			S_ISCHR(status.st_mode) && status.st_rdev == device;
	}
	closedir(dir);
	return found;
}

int kinora_holders_scan(const char *root, uint64_t device, struct kinora_holder *holders,
			size_t max)
{
	char path[PATH_ROOM];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	if (!dir)
		return kinora_fail(-errno, "cannot read '%s': %m", path);
	while (count < max && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%s/proc/%.16s/fd", root, entry->d_name);
		if (!holds(path, device))
			continue;
		holders[count].pid = atoi(entry->d_name);
		snprintf(path, sizeof(path), "%s/proc/%.16s/comm", root, entry->d_name);
		kinora_text_read(path, holders[count].command, sizeof(holders[count].command));
		count++;
	}
	closedir(dir);
	return (int)count;
}

int kinora_channel_holders(const char *path, struct kinora_holder *holders, size_t max)
{
	struct stat status;

	if (stat(path, &status) || !S_ISCHR(status.st_mode))
		return kinora_fail(-ENODEV, "no device '%s'", path);
	return kinora_holders_scan("", status.st_rdev, holders, max);
}
