/* SPDX-License-Identifier: MIT */
/*
 * What a connector's cable carries: a wire. It has a raster, a rate, a moment at which its frame 0
 * began, and a picture. A wire never changes; another signal is another wire.
 *
 * A wire also keeps its prints: its picture rendered in a memory format, every frame of a clip. To
 * make one takes up to seconds, so it is done before the wire is plugged in, or on a thread of the
 * stimulus side, and never by a channel's thread, which only looks prints up.
 */
#ifndef VCARD_WIRE_H
#define VCARD_WIRE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cadence.h"
#include "render.h"

/* A wire's picture in one memory format. Owned by its wire; never changes. */
struct print {
	struct mem_layout layout;
	int error;			/* it could not be made: negative errno, and count is 0 */
	unsigned int count;		/* pictures of the clip that are kept: they loop */
	struct render **render;
	uint64_t bytes;			/* memory it takes */
	unsigned int users;		/* GUARDED_BY(wire.lock): then it may not be dropped */
	uint64_t last_use;		/* GUARDED_BY(wire.lock): larger is later */
	struct print *next;		/* GUARDED_BY(wire.lock) */
};

struct wire {
	atomic_uint refs;
	uint64_t serial;		/* one number a wire, never 0 */
	uint32_t width;
	uint32_t height;
	bool interlaced;
	uint32_t rate_num, rate_den;	/* frames a second */
	uint32_t active_num, active_den; /* share of a frame's lines that are active */
	struct cadence cadence;		/* set when it is plugged in */
	struct picture_colour colour;
	struct picture_source *source;
	/* of RGB: read as limited and as full range, KINORA_STREAM_RGB_*; else NULL */
	struct picture_source *read[KINORA_STREAM_RGB_FULL + 1];
	struct wire *of[4];		/* whose pictures this one's is made of; references */
	uint8_t part;			/* a link of of[0]: which part of its picture, 0 .. 3 */
	bool square;			/* ... by square division, else by interleave */
	uint8_t mapping, order;		/* a view of the links in of[]; mapping 0: it is none */

	uint64_t memory;		/* bytes all prints may take; one frame is always kept */
	pthread_mutex_t make;		/* held while a print is made */
	pthread_mutex_t lock;		/* never held for long */
	struct print *prints;		/* GUARDED_BY(lock) */
	uint64_t uses;			/* GUARDED_BY(lock) */
};

struct wire_shape {
	uint32_t width, height;
	bool interlaced;
	uint32_t rate_num, rate_den;
	int32_t ppb;
	struct picture_colour colour;
	uint64_t memory;
	uint32_t active_num, active_den; /* 0: as all SDI rasters, WIRE_ACTIVE_NUM */
};

/*
 * With one reference. Takes over source, also when it fails. 0, -ENOMEM, or -EINVAL when source
 * and shape differ in size.
 */
int wire_create(struct wire **out, const struct wire_shape *shape, struct picture_source *source);
/* Part 0..3 of a quad wire, as a link carries it: by square division or interleave. */
int wire_create_link(struct wire **out, struct wire *quad, unsigned int part, bool square);

/*
 * A view: four links read as one picture, by mapping (KINORA_MAPPING_2SI or _SQD) and order (as
 * kinora_signal.order), which may be wrong. Where they are right it is the wire that the links were
 * made of, otherwise a new one. With one reference. 0, -ENOMEM, or -EINVAL when the links differ or
 * order names a part twice.
 */
int wire_view(struct wire **out, struct wire *const link[4], unsigned int mapping,
	      unsigned int order);
/* Is this what wire_view() would give? */
bool wire_is_view(const struct wire *wire, struct wire *const link[4], unsigned int mapping,
		  unsigned int order);
/* How the links were dealt out; pictures of their own are a square division, as plugged. */
void wire_view_right(struct wire *const link[4], unsigned int *mapping, unsigned int *order);
struct wire *wire_get(struct wire *wire);	/* NULL is fine */
void wire_put(struct wire *wire);		/* NULL is fine */

/* The source starts to send at t0; before anybody else knows of the wire. */
void wire_plug(struct wire *wire, uint64_t t0, int32_t ppb);

/* End of the last active line of a frame that starts at sof, of every raster that SDI has. */
#define WIRE_ACTIVE_NUM 24
#define WIRE_TOTAL_NUM 25

/*
 * A print in this layout, to be given back with wire_print_release(). find: NULL when there is
 * none yet. make: makes it if need be; NULL only when even the entry found no memory.
 * A print of which error is set has nothing to show.
 */
struct print *wire_print_find(struct wire *wire, const struct mem_layout *layout);
struct print *wire_print_make(struct wire *wire, const struct mem_layout *layout);
void wire_print_release(struct wire *wire, struct print *print);

#endif
