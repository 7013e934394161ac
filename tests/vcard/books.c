// SPDX-License-Identifier: MIT
/*
 * The books as JSON. One row per figure, so that a figure has one name everywhere.
 */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>

#include "books.h"
#include "vfu.h"

struct figure {
	const char *name;
	size_t offset;
};

#define STREAM_FIGURE(name) { #name, offsetof(struct books_stream, name) }
#define CARD_FIGURE(name) { #name, offsetof(struct books, name) }
#define TRANSPORT_FIGURE(name) { #name, offsetof(struct vfu_stats, name) }

static const struct figure stream_figures[] = {
	STREAM_FIGURE(submissions), STREAM_FIGURE(records), STREAM_FIGURE(interrupts),
	STREAM_FIGURE(bytes), STREAM_FIGURE(offered), STREAM_FIGURE(delivered),
	STREAM_FIGURE(lost), STREAM_FIGURE(no_signal), STREAM_FIGURE(mismatch),
	STREAM_FIGURE(overrun), STREAM_FIGURE(cancelled), STREAM_FIGURE(failed),
	STREAM_FIGURE(wire_errors), STREAM_FIGURE(returned), STREAM_FIGURE(late_slice_ns),
	STREAM_FIGURE(late_record_ns),
};

static const struct figure card_figures[] = {
	CARD_FIGURE(signal_blocks), CARD_FIGURE(events), CARD_FIGURE(interrupts_muted),
	CARD_FIGURE(interrupts_refused), CARD_FIGURE(dma_errors), CARD_FIGURE(accesses_refused),
	CARD_FIGURE(resets), CARD_FIGURE(image_loads), CARD_FIGURE(controller_starts),
	CARD_FIGURE(controller_failures), CARD_FIGURE(controller_polls),
	CARD_FIGURE(controller_instructions), CARD_FIGURE(complaints),
};

static const struct figure transport_figures[] = {
	TRANSPORT_FIGURE(messages),
	TRANSPORT_FIGURE(config_reads), TRANSPORT_FIGURE(config_writes),
	TRANSPORT_FIGURE(irqs), TRANSPORT_FIGURE(irqs_held), TRANSPORT_FIGURE(irqs_refused),
	TRANSPORT_FIGURE(dma_maps), TRANSPORT_FIGURE(dma_unmaps), TRANSPORT_FIGURE(dma_messages),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const stream_types[KINORA_STREAMS_PER_CHANNEL] = {
	[KINORA_STREAM_VIDEO] = "video",
	[KINORA_STREAM_ANC] = "anc",
	[KINORA_STREAM_AUDIO] = "audio",
	[3] = "reserved",
};

void books_reset(struct books *books)
{
	books_count *count = (books_count *)books;

	for (size_t i = 0; i < sizeof(*books) / sizeof(*count); i++)
		atomic_store_explicit(&count[i], 0, memory_order_relaxed);
}

static uint64_t count_at(const void *base, size_t offset)
{
	const books_count *count = (const void *)((const char *)base + offset);

	return atomic_load_explicit(count, memory_order_relaxed);
}

static int figures_add(json_t *object, const struct figure *figures, size_t n, const void *base)
{
	int ret = 0;

	for (size_t i = 0; i < n; i++)
		ret |= json_object_set_new(object, figures[i].name,
					   json_integer(count_at(base, figures[i].offset)));
	return ret;
}

static int stream_add(json_t *list, unsigned int n, const struct books_stream *stream)
{
	json_t *object = json_pack("{s:i, s:i, s:s}", "stream", n, "channel",
				   n / KINORA_STREAMS_PER_CHANNEL + 1, "type",
				   stream_types[n % KINORA_STREAMS_PER_CHANNEL]);
	int ret;

	ret = figures_add(object, stream_figures, COUNT(stream_figures), stream);
	return ret | json_array_append_new(list, object);
}

char *books_json(const struct books *books, uint64_t time_ns, uint32_t present,
		 const struct vfu_stats *transport)
{
	uint64_t reads_time = count_at(books, offsetof(struct books, reads_time));
	uint64_t reads_mailbox = count_at(books, offsetof(struct books, reads_mailbox));
	uint64_t reads_other = count_at(books, offsetof(struct books, reads_other));
	uint64_t doorbell = count_at(books, offsetof(struct books, writes_doorbell));
	uint64_t writes_mailbox = count_at(books, offsetof(struct books, writes_mailbox));
	uint64_t writes_other = count_at(books, offsetof(struct books, writes_other));
	json_t *streams = json_array();
	json_t *root;
	char *text = NULL;
	int ret = 0;

	root = json_pack("{s:I, s:{s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:I}}",
			 "time_ns", (json_int_t)time_ns, "register_reads",
			 "all", (json_int_t)(reads_time + reads_mailbox + reads_other),
			 "time", (json_int_t)reads_time, "mailbox", (json_int_t)reads_mailbox,
			 "other", (json_int_t)reads_other, "register_writes",
			 "all", (json_int_t)(doorbell + writes_mailbox + writes_other),
			 "doorbell", (json_int_t)doorbell, "mailbox", (json_int_t)writes_mailbox,
			 "other", (json_int_t)writes_other);
	ret |= figures_add(root, card_figures, COUNT(card_figures), books);
	for (unsigned int n = 0; n < KINORA_STREAMS; n++) {
		if (present & BIT(n))
			ret |= stream_add(streams, n, &books->stream[n]);
	}
	ret |= json_object_set_new(root, "streams", streams);
	if (transport) {
		json_t *object = json_object();

		for (size_t i = 0; i < COUNT(transport_figures); i++) {
			const uint64_t *value = (const void *)((const char *)transport +
							       transport_figures[i].offset);

			ret |= json_object_set_new(object, transport_figures[i].name,
						   json_integer(*value));
		}
		ret |= json_object_set_new(root, "transport", object);
	}
	if (!ret)
		text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	return text;
}
