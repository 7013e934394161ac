/* SPDX-License-Identifier: MIT */
/*
 * What the driver says of connectors and channels in sysfs (docs/sysfs-kinora.md), and controls of
 * a picture node. Values change when the card has looked at a signal often enough, so expectations
 * wait for them.
 */
#ifndef SYSTEM_CONNECTOR_H
#define SYSTEM_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture.h"

/* Read or write a file below the card's folder: "connectors/sdi1/state". 0 or negative errno. */
int connector_read(const char *file, char *out, size_t size);
int connector_write(const char *file, const char *word);

/* A check: the file says this within ms. */
bool connector_expect(const char *file, const char *want, unsigned int ms);

/*
 * A check: nothing is plugged in any more. What still is gets unplugged, and is waited for: the
 * card looks at a signal a few times before it believes it, so a test that began at once would take
 * the last one's signal for its own. A connector that cannot be read (no driver) is left alone.
 */
bool connector_unplug_all(void);

int control_get(struct capture *capture, uint32_t id, int32_t *value);
int control_set(struct capture *capture, uint32_t id, int32_t value);
/* A check: the control has this value within two seconds. */
bool control_expect(struct capture *capture, uint32_t id, const char *name, int32_t want);
int control_subscribe(struct capture *capture, uint32_t id);

#endif
