// SPDX-License-Identifier: MIT
/*
 * Files are opened anew for each reading, so a card that comes and goes does no harm.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "connector.h"
#include "suite.h"
#include "world.h"

#define CONTROL_MS 2000
#define UNPLUG_MS 2000

static int file_path(const char *file, char path[PATH_MAX])
{
	char address[32];
	int ret = device_pci_address(address, sizeof(address));

	if (!ret)
		snprintf(path, PATH_MAX, "/sys/bus/pci/devices/%s/%s", address, file);
	return ret;
}

int connector_read(const char *file, char *out, size_t size)
{
	char path[PATH_MAX];
	FILE *f;
	int ret = file_path(file, path);

	out[0] = '\0';
	if (ret)
		return ret;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	errno = 0;
	if (!fgets(out, size, f))
		ret = errno ? -errno : -ENODATA;
	else
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
	return ret;
}

int connector_write(const char *file, const char *word)
{
	char path[PATH_MAX];
	int ret = file_path(file, path);

	return ret ? ret : device_write(path, word);
}

struct file_question {
	const char *file, *want;
	char value[128];
	int ret;
};

static bool file_says(void *data)
{
	struct file_question *q = data;

	q->ret = connector_read(q->file, q->value, sizeof(q->value));
	return !q->ret && !strcmp(q->value, q->want);
}

bool connector_expect(const char *file, const char *want, unsigned int ms)
{
	struct file_question q = { .file = file, .want = want };

	return CHECK(suite_until(file_says, &q, ms), "%s is '%s' (%s), expected '%s'", file,
		     q.value, strerror(-q.ret), want);
}

bool connector_unplug_all(void)
{
	/* the quad link first: its end takes the four others' signals along */
	static const char *const names[] = { "sdi-quad", "sdi1", "sdi2", "sdi3", "sdi4", "hdmi1" };
	bool ok = true;
	char file[64], state[32];

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(file, sizeof(file), "connectors/%s/state", names[i]);
		if (connector_read(file, state, sizeof(state)) || !strcmp(state, "none"))
			continue;
		ok &= CHECK_OK(world_say("signal %s off", names[i])) &&
		      connector_expect(file, "none", UNPLUG_MS);
	}
	return ok;
}

int control_get(struct capture *capture, uint32_t id, int32_t *value)
{
	struct v4l2_control control = { .id = id };
	int ret = capture_ioctl(capture->fd, VIDIOC_G_CTRL, &control);

	*value = control.value;
	return ret;
}

int control_set(struct capture *capture, uint32_t id, int32_t value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return capture_ioctl(capture->fd, VIDIOC_S_CTRL, &control);
}

struct control_question {
	struct capture *capture;
	uint32_t id;
	int32_t want, value;
	int ret;
};

static bool control_is(void *data)
{
	struct control_question *q = data;

	q->ret = control_get(q->capture, q->id, &q->value);
	return !q->ret && q->value == q->want;
}

bool control_expect(struct capture *capture, uint32_t id, const char *name, int32_t want)
{
	struct control_question q = { .capture = capture, .id = id, .want = want };

	return CHECK(suite_until(control_is, &q, CONTROL_MS), "%s is 0x%x (%s), expected 0x%x",
		     name, q.value, strerror(-q.ret), want);
}

int control_subscribe(struct capture *capture, uint32_t id)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_CTRL, .id = id };

	return capture_ioctl(capture->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription);
}
