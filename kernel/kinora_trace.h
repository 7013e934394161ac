/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: a buffer goes to the card, a buffer comes back, a signal changes. Fields are numbers
 * only, so that the records are small and the same on every kernel.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kinora

#if !defined(KINORA_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KINORA_TRACE_H

#include <linux/tracepoint.h>

#include "kinora.h"

TRACE_EVENT(kinora_submit,
	    TP_PROTO(const struct kinora_stream *stream, u16 tag, u32 entries),
	    TP_ARGS(stream, tag, entries),
	    TP_STRUCT__entry(__field(u32, stream)
			     __field(u16, tag)
			     __field(u32, entries)),
	    TP_fast_assign(__entry->stream = stream->index;
			   __entry->tag = tag;
			   __entry->entries = entries;),
	    TP_printk("stream=%u tag=%u entries=%u",
		      __entry->stream, __entry->tag, __entry->entries)
);

TRACE_EVENT(kinora_complete,
	    TP_PROTO(const struct kinora_stream *stream, u16 tag, u64 frame,
		     const struct kinora_completion *done, u64 now),
	    TP_ARGS(stream, tag, frame, done, now),
	    TP_STRUCT__entry(__field(u32, stream)
			     __field(u16, tag)
			     __field(u64, frame)
			     __field(u32, sequence)
			     __field(u32, status)
			     __field(u32, bytes)
			     __field(u64, timestamp)
			     __field(u64, age)),
	    TP_fast_assign(__entry->stream = stream->index;
			   __entry->tag = tag;
			   __entry->frame = frame;
			   __entry->sequence = done->sequence;
			   __entry->status = done->status;
			   __entry->bytes = done->bytes;
			   __entry->timestamp = done->timestamp;
			   __entry->age = now - done->timestamp;),
	    TP_printk("stream=%u tag=%u frame=%llu sequence=%u status=%#x bytes=%u timestamp=%llu age=%llu",
		      __entry->stream, __entry->tag, __entry->frame, __entry->sequence,
		      __entry->status, __entry->bytes, __entry->timestamp, __entry->age)
);

TRACE_EVENT(kinora_signal,
	    TP_PROTO(unsigned int connector, const struct kinora_signal_info *info),
	    TP_ARGS(connector, info),
	    TP_STRUCT__entry(__field(u32, connector)
			     __field(u32, generation)
			     __field(u8, state)
			     __field(u16, width)
			     __field(u16, height)
			     __field(u32, rate_num)
			     __field(u32, rate_den)
			     __field(u32, payload_id)),
	    TP_fast_assign(__entry->connector = connector;
			   __entry->generation = info->generation;
			   __entry->state = info->state;
			   __entry->width = info->timing ? info->timing->width : 0;
			   __entry->height = info->timing ? info->timing->height : 0;
			   __entry->rate_num = info->timing ? info->timing->rate_num : 0;
			   __entry->rate_den = info->timing ? info->timing->rate_den : 0;
			   __entry->payload_id = info->payload_id[0];),
	    TP_printk("connector=%u generation=%u state=%u %ux%u %u/%u payload_id=%#010x",
		      __entry->connector, __entry->generation, __entry->state, __entry->width,
		      __entry->height, __entry->rate_num, __entry->rate_den, __entry->payload_id)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE kinora_trace
#include <trace/define_trace.h>
