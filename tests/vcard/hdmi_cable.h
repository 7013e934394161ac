/* SPDX-License-Identifier: MIT */
/*
 * The picture on hdmi1's cable: the wire (wire.h) that the card's channels see follows what the
 * source does. What is prepared when a signal is asked for is usually what the source then agrees
 * on with the sink; where it is not, the wire is made and printed when the source begins, and
 * plugged in as soon as it is.
 */
#ifndef VCARD_HDMI_CABLE_H
#define VCARD_HDMI_CABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "hdmi_mode.h"
#include "hdmi_port.h"
#include "wire.h"

struct card;

struct hdmi_cable {
	struct card *card;
	/*
	 * Outside of all other locks of the card. Never taken by a channel's thread, nor under any
	 * lock a channel's thread takes.
	 */
	pthread_mutex_t lock;
	unsigned int videos;		/* GUARDED_BY(lock): followed so far */
	struct wire *base;		/* GUARDED_BY(lock): the picture as it was asked for */
	struct wire *wire;		/* GUARDED_BY(lock): as it travels; NULL: not made yet */
	struct hdmi_format format;	/* GUARDED_BY(lock): of wire */
	enum picture_range range;	/* GUARDED_BY(lock): of wire */
};

void hdmi_cable_init(struct hdmi_cable *cable, struct card *card);
void hdmi_cable_finish(struct hdmi_cable *cable);

/*
 * Have the source play this; takes over base. wish NULL: the cable is off. Makes prints, which may
 * take seconds; on the stimulus side. 0 or -ENOMEM.
 */
int hdmi_cable_play(struct hdmi_cable *cable, const struct hdmi_wish *wish, struct wire *base);
/* The source may have begun or ceased: on the controller's thread. */
void hdmi_cable_follow(struct hdmi_cable *cable);

#endif
