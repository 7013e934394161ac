// SPDX-License-Identifier: MIT
/*
 * Waiting for signals to change: the driver wakes whoever polls a connector's `state` in sysfs.
 * Reading it arms it anew, so nothing is lost between two looks.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connectors.h"
#include "error.h"

struct kinora_watch {
	struct pollfd *files;
	size_t count;
};

static void arm(int fd)
{
	char text[32];

	if (lseek(fd, 0, SEEK_SET) == 0 && read(fd, text, sizeof(text)) < 0)
		return;		/* the card is gone: poll() tells that too */
}

static int add(struct kinora_watch *watch, const char *path)
{
	struct pollfd *larger;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;	/* a driver without it: nothing to wait for */
	larger = reallocarray(watch->files, watch->count + 1, sizeof(*larger));
	if (!larger) {
		close(fd);
		return kinora_fail(-ENOMEM, "out of memory for watching signals");
	}
	arm(fd);
	watch->files = larger;
	larger[watch->count++] = (struct pollfd){ .fd = fd, .events = POLLPRI | POLLERR };
	return 0;
}

int kinora_watch_open(const char *root, struct kinora_watch **watch)
{
	struct kinora_watch *w = calloc(1, sizeof(*w));
	char device[KINORA_CARD_PATH], path[KINORA_CARD_PATH + 64];
	struct kinora_card *cards;
	size_t count, i, j;
	int ret;

	if (!w)
		return kinora_fail(-ENOMEM, "out of memory for watching signals");
	ret = kinora_cards_scan(root, &cards, &count);
	for (i = 0; !ret && i < count; i++) {
		kinora_card_path(root, &cards[i], device);
		for (j = 0; !ret && j < cards[i].connector_count; j++) {
			snprintf(path, sizeof(path), "%s/connectors/%s/state", device,
				 cards[i].connectors[j].id);
			ret = add(w, path);
		}
	}
	free(cards);
	if (ret) {
		kinora_watch_destroy(w);
		return ret;
	}
	*watch = w;
	return 0;
}

int kinora_watch_create(struct kinora_watch **watch)
{
	return kinora_watch_open("", watch);
}

int kinora_watch_wait(struct kinora_watch *watch, int timeout_ms)
{
	int count = poll(watch->files, watch->count, timeout_ms);
	size_t i;

	if (count < 0)
		return kinora_fail(-errno, "cannot wait for signals: %s", strerror(errno));
	for (i = 0; i < watch->count; i++)
		if (watch->files[i].revents)
			arm(watch->files[i].fd);
	return count > 0;
}

void kinora_watch_destroy(struct kinora_watch *watch)
{
	size_t i;

	if (!watch)
		return;
	for (i = 0; i < watch->count; i++)
		close(watch->files[i].fd);
	free(watch->files);
	free(watch);
}
