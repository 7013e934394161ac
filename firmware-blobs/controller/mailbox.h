/* SPDX-License-Identifier: MIT */
/*
 * The mailbox (docs/hardware.md, section 13). The host puts a request into the window and its
 * number into REQUEST; the controller reads it, carries it out, writes the reply into the window,
 * and then the same number to DONE.
 *
 *   window: op, status, length, arg (16 bits each), then up to KINORA_MAILBOX_PAYLOAD bytes
 *
 * A request whose status is not OK has changed nothing, and its reply has no payload.
 *
 * The window is copied before it is looked at, so a host that goes on writing harms only itself. A
 * request that waited while the controller was restarted is forgotten by the hardware.
 */
#ifndef CONTROLLER_MAILBOX_H
#define CONTROLLER_MAILBOX_H

#include <stdint.h>

#include "kinora_hw.h"

struct controller;

struct mailbox {
	/* the request, then its reply; as bytes, since structs are read and written in place */
	_Alignas(8) uint8_t window[KINORA_MAILBOX_BYTES];
};

/* Serves a waiting request. */
void mailbox_poll(struct controller *controller, uint64_t now_ns);

#endif
