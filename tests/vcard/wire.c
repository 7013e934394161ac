// SPDX-License-Identifier: MIT
/*
 * Wires and their prints. Two locks: `make` lets one thread at a time do the long work, `lock`
 * guards the list and is what a channel's thread takes. A print nobody uses is dropped, oldest use
 * first, when a new one would exceed the wire's memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "log.h"
#include "thread.h"
#include "wire.h"

static atomic_ullong serials;

int wire_create(struct wire **out, const struct wire_shape *shape, struct picture_source *source)
{
	struct wire *wire;

	if (source->width != shape->width || source->height != shape->height) {
		picture_source_destroy(source);
		return -EINVAL;
	}
	wire = calloc(1, sizeof(*wire));
	if (!wire) {
		picture_source_destroy(source);
		return -ENOMEM;
	}
	atomic_init(&wire->refs, 1);
	wire->serial = atomic_fetch_add(&serials, 1) + 1;
	wire->width = shape->width;
	wire->height = shape->height;
	wire->interlaced = shape->interlaced;
	wire->rate_num = shape->rate_num;
	wire->rate_den = shape->rate_den;
	wire->active_num = shape->active_den ? shape->active_num : WIRE_ACTIVE_NUM;
	wire->active_den = shape->active_den ? shape->active_den : WIRE_TOTAL_NUM;
	wire->colour = shape->colour;
	wire->memory = shape->memory;
	wire->source = source;
	pthread_mutex_init(&wire->make, NULL);
	thread_lock_init(&wire->lock);
	wire_plug(wire, 0, shape->ppb);
	*out = wire;
	return 0;
}

int wire_create_link(struct wire **out, struct wire *quad, unsigned int part, bool square)
{
	struct wire_shape shape = {
		.width = quad->width / 2, .height = quad->height / 2,
		.interlaced = quad->interlaced,
		.rate_num = quad->rate_num, .rate_den = quad->rate_den,
		.colour = quad->colour, .memory = quad->memory,
	};
	struct picture_source *source;
	int ret;

	ret = links_source_create(&source, quad->source, part, square);
	if (!ret)
		ret = wire_create(out, &shape, source);
	if (ret)
		return ret;
	(*out)->of[0] = wire_get(quad);
	(*out)->part = part;
	(*out)->square = square;
	return 0;
}

/* --- views --- */

static unsigned int order_part(unsigned int order, unsigned int link)
{
	return order >> 2 * link & 3;
}

/* Do all links come of one wire, dealt out in this way? */
static bool links_are(struct wire *const link[4], unsigned int mapping, unsigned int order)
{
	for (unsigned int i = 0; i < 4; i++) {
		if (!link[i]->of[0] || link[i]->mapping || link[i]->of[0] != link[0]->of[0] ||
		    link[i]->part != order_part(order, i) ||
		    link[i]->square != (mapping == KINORA_MAPPING_SQD))
			return false;
	}
	return true;
}

void wire_view_right(struct wire *const link[4], unsigned int *mapping, unsigned int *order)
{
	*mapping = link[0]->square ? KINORA_MAPPING_SQD : KINORA_MAPPING_2SI;
	*order = 0;
	for (unsigned int i = 0; i < 4; i++)
		*order |= link[i]->part << 2 * i;
	if (links_are(link, *mapping, *order))
		return;
	*mapping = KINORA_MAPPING_SQD;
	*order = KINORA_ORDER_PLUGGED;
}

bool wire_is_view(const struct wire *wire, struct wire *const link[4], unsigned int mapping,
		  unsigned int order)
{
	if (links_are(link, mapping, order))
		return wire == link[0]->of[0];
	if (wire->mapping != mapping || wire->order != order)
		return false;
	return !memcmp(wire->of, link, sizeof(wire->of));
}

static bool shapes_equal(struct wire *const link[4])
{
	for (unsigned int i = 1; i < 4; i++) {
		if (link[i]->rate_num != link[0]->rate_num ||
		    link[i]->rate_den != link[0]->rate_den ||
		    link[i]->interlaced != link[0]->interlaced)
			return false;
	}
	return true;
}

int wire_view(struct wire **out, struct wire *const link[4], unsigned int mapping,
	      unsigned int order)
{
	const struct picture_source *part[4] = { NULL };
	struct wire_shape shape = {
		.width = link[0]->width * 2, .height = link[0]->height * 2,
		.interlaced = link[0]->interlaced,
		.rate_num = link[0]->rate_num, .rate_den = link[0]->rate_den,
		.colour = link[0]->colour, .memory = link[0]->memory,
	};
	struct picture_source *source;
	int ret;

	if (links_are(link, mapping, order)) {
		*out = wire_get(link[0]->of[0]);
		return 0;
	}
	for (unsigned int i = 0; i < 4; i++)
		part[order_part(order, i)] = link[i]->source;
	if (!shapes_equal(link) || !part[0] || !part[1] || !part[2] || !part[3])
		return -EINVAL;
	ret = links_whole_create(&source, part, mapping == KINORA_MAPPING_SQD);
	if (!ret)
		ret = wire_create(out, &shape, source);
	if (ret)
		return ret;
	(*out)->cadence = link[0]->cadence;
	(*out)->mapping = mapping;
	(*out)->order = order;
	for (unsigned int i = 0; i < 4; i++)
		(*out)->of[i] = wire_get(link[i]);
	return 0;
}

struct wire *wire_get(struct wire *wire)
{
	if (wire)
		atomic_fetch_add(&wire->refs, 1);
	return wire;
}

static void print_destroy(struct print *print)
{
	for (unsigned int i = 0; i < print->count; i++)
		render_destroy(print->render[i]);
	free(print->render);
	free(print);
}

void wire_put(struct wire *wire)
{
	if (!wire || atomic_fetch_sub(&wire->refs, 1) != 1)
		return;
	while (wire->prints) {
		struct print *print = wire->prints;

		wire->prints = print->next;
		print_destroy(print);
	}
	picture_source_destroy(wire->source);
	for (unsigned int i = 0; i <= KINORA_STREAM_RGB_FULL; i++)
		picture_source_destroy(wire->read[i]);
	for (unsigned int i = 0; i < 4; i++)
		wire_put(wire->of[i]);
	pthread_mutex_destroy(&wire->make);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}

void wire_plug(struct wire *wire, uint64_t t0, int32_t ppb)
{
	cadence_init_signal(&wire->cadence, t0, wire->rate_num, wire->rate_den, ppb);
}

/* The picture, RGB of it read so. */
static const struct picture_source *picture(const struct wire *wire, uint32_t rgb)
{
	if (rgb <= KINORA_STREAM_RGB_FULL && wire->read[rgb])
		return wire->read[rgb];
	return wire->source;
}

static bool layout_equal(const struct mem_layout *a, const struct mem_layout *b)
{
	if (a->format != b->format || a->width != b->width || a->height != b->height ||
	    a->planes != b->planes || a->bytes != b->bytes)
		return false;
	for (uint32_t p = 0; p < a->planes; p++) {
		if (a->plane[p].offset != b->plane[p].offset ||
		    a->plane[p].stride != b->plane[p].stride)
			return false;
	}
	return true;
}

struct print *wire_print_find(struct wire *wire, const struct mem_layout *layout)
{
	struct print *print;

	pthread_mutex_lock(&wire->lock);
	for (print = wire->prints; print; print = print->next) {
		if (layout_equal(&print->layout, layout) &&
		    picture(wire, print->layout.rgb) == picture(wire, layout->rgb)) {
			print->users++;
			print->last_use = ++wire->uses;
			break;
		}
	}
	pthread_mutex_unlock(&wire->lock);
	return print;
}

void wire_print_release(struct wire *wire, struct print *print)
{
	if (!print)
		return;
	pthread_mutex_lock(&wire->lock);
	print->users--;
	pthread_mutex_unlock(&wire->lock);
}

/* Make room for bytes more, if dropping what nobody uses can. */
static void prints_trim(struct wire *wire, uint64_t bytes)
{
	for (;;) {
		struct print **oldest = NULL, **at, *drop;
		uint64_t total = bytes;

		pthread_mutex_lock(&wire->lock);
		for (at = &wire->prints; *at; at = &(*at)->next) {
			total += (*at)->bytes;
			if (!(*at)->users && (!oldest || (*at)->last_use < (*oldest)->last_use))
				oldest = at;
		}
		drop = total > wire->memory && oldest ? *oldest : NULL;
		if (drop)
			*oldest = drop->next;
		pthread_mutex_unlock(&wire->lock);
		if (!drop)
			return;
		print_destroy(drop);
	}
}

/* All of its pictures that fit the memory. The first may exceed it: without it nothing is shown. */
static int print_render(struct wire *wire, struct print *print)
{
	unsigned int frames = wire->source->frames ? wire->source->frames : 1;
	int ret;

	print->render = calloc(frames, sizeof(*print->render));
	if (!print->render)
		return -ENOMEM;
	for (unsigned int i = 0; i < frames; i++) {
		ret = render_create(&print->render[i], picture(wire, print->layout.rgb), i,
				    &print->layout, wire->colour);
		if (ret)
			return ret;
		print->count++;
		print->bytes += print->render[i]->memory_bytes;
		prints_trim(wire, print->bytes);
		if (i + 1 < frames && print->bytes + print->bytes / print->count > wire->memory) {
			log_info("%u of the %u pictures of a clip fit the memory for clips", i + 1,
				 frames);
			break;
		}
	}
	return 0;
}

struct print *wire_print_make(struct wire *wire, const struct mem_layout *layout)
{
	struct print *print;

	pthread_mutex_lock(&wire->make);
	print = wire_print_find(wire, layout);
	if (print)
		goto out;
	print = calloc(1, sizeof(*print));
	if (!print)
		goto out;
	print->layout = *layout;
	print->error = print_render(wire, print);
	if (print->error) {
		log_error("a picture could not be rendered as %s %ux%u: %s",
			  mem_format_name(layout->format), layout->width, layout->height,
			  strerror(-print->error));
		for (unsigned int i = 0; i < print->count; i++)
			render_destroy(print->render[i]);
		free(print->render);
		print->render = NULL;
		print->count = 0;
		print->bytes = 0;
	}
	pthread_mutex_lock(&wire->lock);
	print->users = 1;
	print->last_use = ++wire->uses;
	print->next = wire->prints;
	wire->prints = print;
	pthread_mutex_unlock(&wire->lock);
out:
	pthread_mutex_unlock(&wire->make);
	return print;
}
