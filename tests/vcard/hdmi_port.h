/* SPDX-License-Identifier: MIT */
/*
 * hdmi1: receiver, source and CEC line together, under one lock, as the controller's thread and the
 * stimulus see them.
 *
 * The source and its CEC device live on the controller's thread, in hdmi_port_poll(), before the
 * firmware looks; hdmi_port_next() says when they want to be called again.
 */
#ifndef VCARD_HDMI_PORT_H
#define VCARD_HDMI_PORT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "cec_line.h"
#include "hdmi_receiver.h"
#include "hdmi_source.h"

struct hdmi_port {
	pthread_mutex_t lock;
	struct hdmi_receiver rx;	/* GUARDED_BY(lock) */
	struct hdmi_source source;	/* GUARDED_BY(lock) */
	struct cec_line cec;		/* GUARDED_BY(lock) */
	uint64_t source_ns;		/* GUARDED_BY(lock): the source wants to be called */
	bool stirred;			/* GUARDED_BY(lock): at once */
	unsigned int sessions;		/* GUARDED_BY(lock): that CEC knows of */
};

/* What is on the cable, as far as pictures go. */
struct hdmi_playing {
	unsigned int videos;		/* another number: it began or ceased since */
	bool sending;
	struct hdmi_format format;
	enum picture_range range;	/* of RGB */
};

void hdmi_port_init(struct hdmi_port *port);
void hdmi_port_finish(struct hdmi_port *port);

/* The controller's registers, offsets from KINORA_CTL_HDMI. */
uint32_t hdmi_port_read(struct hdmi_port *port, uint32_t offset, uint64_t now_ns);
void hdmi_port_write(struct hdmi_port *port, uint32_t offset, uint32_t value, uint64_t now_ns);

/* Let the source do what is due. */
void hdmi_port_poll(struct hdmi_port *port, uint64_t now_ns);
/* When something will happen next; now_ns: at once. */
uint64_t hdmi_port_next(struct hdmi_port *port, uint64_t now_ns);

bool hdmi_port_locked(struct hdmi_port *port, uint64_t now_ns);
uint32_t hdmi_port_errors_in(struct hdmi_port *port, uint64_t from_ns, uint64_t to_ns);
void hdmi_port_playing(struct hdmi_port *port, struct hdmi_playing *out);

/* --- the stimulus --- */

/* What a line asks the source for. -EOPNOTSUPP: HDMI has no such mode. */
int hdmi_wish_make(struct hdmi_wish *wish, const struct stimulus_signal *signal);
/* NULL: the cable is off. */
void hdmi_port_play(struct hdmi_port *port, const struct hdmi_wish *wish, uint64_t now_ns);
/* How it would be played as things are. 0 or -EOPNOTSUPP. */
int hdmi_port_expect(struct hdmi_port *port, const struct hdmi_wish *wish,
		     struct hdmi_format *format);
/* A fault. 0, or -EINVAL for one that HDMI does not have. */
int hdmi_port_fault(struct hdmi_port *port, const struct stimulus *stimulus, uint64_t now_ns);
/* 0; -ENOTCONN: the source's CEC device has no EDID; -EBUSY: too much is waiting there. */
int hdmi_port_cec(struct hdmi_port *port, const struct stimulus *stimulus, uint64_t now_ns);
void hdmi_port_text(struct hdmi_port *port, char *text, size_t size);

#endif
