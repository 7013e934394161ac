// SPDX-License-Identifier: MIT
/*
 * The channel's thread. One turn of its loop is: attend to what the registers ask for, decide what
 * paces the next frame, sleep until it starts, and carry it through. Inside a frame it looks up at
 * every slice: a stop, a reset or a cable pulled out has effect within a slice.
 *
 * The thread lets go of the lock whenever it reaches for guest memory or does long work, and looks
 * at states afresh afterwards.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "log.h"
#include "thread.h"

#define NS_PER_S 1000000000ULL

/* The frame under way. */
struct frame {
	struct stream_frame is;		/* what its records say */
	struct wire *wire;		/* a reference; NULL: freewheeling */
	struct kinora_signal signal;	/* of the connector, when the frame began */
	uint64_t period;		/* ns */
	bool torn;			/* the signal went away in mid-frame */
};

/* --- registers --- */

uint32_t channel_inputs(const struct channel *channel)
{
	uint32_t inputs = BIT(channel->index) | BIT(KINORA_CONN_HDMI1);

	if (channel->index == 0)
		inputs |= BIT(KINORA_CONN_SDI_QUAD);
	return inputs & CARD_CONNECTORS;
}

static void channel_poke(struct channel *channel)
{
	atomic_store(&channel->attention, true);
	pthread_cond_signal(&channel->wake);
}

void channel_notify(struct channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	channel_poke(channel);
	pthread_mutex_unlock(&channel->lock);
}

void channel_clock(struct channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	pthread_cond_signal(&channel->wake);
	pthread_mutex_unlock(&channel->lock);
}

uint64_t channel_due(struct channel *channel)
{
	uint64_t due;

	pthread_mutex_lock(&channel->lock);
	due = atomic_load(&channel->attention) ? 0 : channel->due;
	pthread_mutex_unlock(&channel->lock);
	return due;
}

static bool streams_idle(const struct channel *channel)
{
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		if (channel->stream[i].state != KINORA_STATE_IDLE)
			return false;
	}
	return true;
}

uint32_t channel_read(struct channel *channel, uint32_t offset)
{
	uint32_t value = 0;

	pthread_mutex_lock(&channel->lock);
	switch (offset) {
	case KINORA_CHANNEL_INPUT:
		value = channel->input;
		break;
	case KINORA_CHANNEL_CONTROL:
		value = channel->reset ? KINORA_CHANNEL_RESET : 0;
		break;
	case KINORA_CHANNEL_INPUTS:
		value = channel_inputs(channel);
		break;
	}
	pthread_mutex_unlock(&channel->lock);
	return value;
}

static void reset_begin(struct channel *channel)
{
	channel->reset = true;
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++)
		atomic_store(&channel->stream[i].stale, true);
	channel_poke(channel);
}

void channel_write(struct channel *channel, uint32_t offset, uint32_t value)
{
	pthread_mutex_lock(&channel->lock);
	switch (offset) {
	case KINORA_CHANNEL_INPUT:
		if (value < KINORA_CONNECTORS && channel_inputs(channel) & BIT(value) &&
		    streams_idle(channel) && !channel->reset) {
			channel->input = value;
			channel_poke(channel);
		}
		break;
	case KINORA_CHANNEL_CONTROL:
		if (value & KINORA_CHANNEL_RESET)
			reset_begin(channel);
		break;
	}
	pthread_mutex_unlock(&channel->lock);
}

uint32_t channel_stream_read(struct channel *channel, unsigned int type, uint32_t offset)
{
	uint32_t value;

	pthread_mutex_lock(&channel->lock);
	value = stream_read(&channel->stream[type], offset);
	pthread_mutex_unlock(&channel->lock);
	return value;
}

void channel_stream_write(struct channel *channel, unsigned int type, uint32_t offset,
			  uint32_t value)
{
	pthread_mutex_lock(&channel->lock);
	if (!channel->reset && stream_write(&channel->stream[type], offset, value))
		channel_poke(channel);
	pthread_mutex_unlock(&channel->lock);
}

void channel_reset_begin(struct channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	channel->reset_input = true;
	reset_begin(channel);
	pthread_mutex_unlock(&channel->lock);
}

bool channel_at_rest(struct channel *channel)
{
	bool rest;

	pthread_mutex_lock(&channel->lock);
	rest = !channel->reset;
	pthread_mutex_unlock(&channel->lock);
	return rest;
}

bool channel_rest_wait(struct channel *channel, unsigned int ms)
{
	struct timespec until = thread_time_in(ms);
	bool rest;

	pthread_mutex_lock(&channel->lock);
	while (channel->reset &&
	       pthread_cond_timedwait(&channel->rest, &channel->lock, &until) != ETIMEDOUT)
		;
	rest = !channel->reset;
	pthread_mutex_unlock(&channel->lock);
	return rest;
}

/* --- the count of frames --- */

/* Frames of the cadence in force that are over or under way at now, but for those given up. */
static uint64_t frames_dealt(const struct channel *channel, uint64_t now)
{
	uint64_t elapsed;

	if (channel->pace != CHANNEL_WIRE || !channel->idle || now < channel->cadence.t0)
		return channel->next;
	elapsed = cadence_index(&channel->cadence, now) + 1;
	return elapsed > channel->next ? elapsed : channel->next;
}

/* Before the cadence changes: numbers go on where it leaves off. */
static void cadence_settle(struct channel *channel, uint64_t now)
{
	if (channel->pace != CHANNEL_STANDS)
		channel->next_number = channel->base + frames_dealt(channel, now);
}

static void cadence_begin(struct channel *channel, enum channel_pace pace, uint64_t next)
{
	channel->pace = pace;
	channel->next = next;
	channel->base = channel->next_number - next;
}

uint64_t channel_frames(struct channel *channel)
{
	uint64_t frames;

	pthread_mutex_lock(&channel->lock);
	frames = channel->next_number;
	if (channel->pace != CHANNEL_STANDS)
		frames = channel->base + frames_dealt(channel, card_time(channel->card));
	pthread_mutex_unlock(&channel->lock);
	return frames;
}

static uint64_t wire_next(const struct wire *wire, uint64_t now)
{
	return now < wire->cadence.t0 ? 0 : cadence_index(&wire->cadence, now) + 1;
}

static void pace_wire(struct channel *channel, const struct wire *wire, uint64_t now)
{
	uint64_t next;

	if (channel->pace == CHANNEL_WIRE && channel->following == wire->serial) {
		if (channel->idle)
			channel->next = frames_dealt(channel, now);
		channel->idle = false;
		return;
	}
	cadence_settle(channel, now);
	next = wire_next(wire, now);
	channel->cadence = wire->cadence;
	channel->following = wire->serial;
	channel->idle = false;
	cadence_begin(channel, CHANNEL_WIRE, next);
}

/* The cadence goes on: a period after the last frame began, if that is not over. */
static void pace_freewheel(struct channel *channel, uint32_t num, uint32_t den, uint64_t now)
{
	uint64_t t0 = now, next_sof;

	if (channel->pace == CHANNEL_FREEWHEEL && !channel->idle && channel->period_num == num &&
	    channel->period_den == den)
		return;
	next_sof = channel->last_sof + num * NS_PER_S / den;
	if (!channel->idle && channel->last_sof && next_sof > now)
		t0 = next_sof;
	cadence_settle(channel, now);
	channel->period_num = num;
	channel->period_den = den;
	channel->idle = false;
	cadence_init_period(&channel->cadence, t0, num, den);
	cadence_begin(channel, CHANNEL_FREEWHEEL, 0);
}

/* No stream runs: count what the wire carries. */
static void pace_idle(struct channel *channel, const struct wire *wire, uint64_t now)
{
	if (wire) {
		pace_wire(channel, wire, now);
	} else if (channel->pace != CHANNEL_STANDS) {
		cadence_settle(channel, now);
		channel->pace = CHANNEL_STANDS;
	}
	channel->idle = true;
}

/* --- waiting --- */

/* Under the lock: sleep until the card's clock shows ns; false when something wants attention. */
static bool wait_until(struct channel *channel, uint64_t ns)
{
	while (!atomic_load(&channel->attention)) {
		if (card_time(channel->card) >= ns)
			return true;
		card_wait(channel->card, &channel->wake, &channel->lock, &channel->due, ns);
	}
	return false;
}

static void wait_attention(struct channel *channel)
{
	wait_until(channel, CARD_NEVER);
}

/* --- state changes that the registers asked for --- */

static void stream_fail(struct channel *channel, struct stream *stream, unsigned int error)
{
	/* it may have been stopped or reset meanwhile, which ends it just as well */
	if (stream->state != KINORA_STATE_STARTING && stream->state != KINORA_STATE_RUNNING &&
	    stream->state != KINORA_STATE_STOPPING)
		return;
	stream_forget(stream);
	stream->state = KINORA_STATE_ERROR;
	stream->error = error;
	log_warning("stream %u: error %u", stream->index, error);
	pthread_mutex_unlock(&channel->lock);
	card_event(channel->card);
	pthread_mutex_lock(&channel->lock);
}

/* A start: false when it has to wait for its picture. */
static bool stream_ready(struct channel *channel, struct stream *stream)
{
	struct wire *wire;
	int ret = 0;

	if (stream->type != KINORA_STREAM_VIDEO)
		return true;
	wire = card_wire(channel->card, channel->input);
	if (wire && wire->width == stream->config.width && wire->height == stream->config.height) {
		pthread_mutex_unlock(&channel->lock);
		ret = stream_print_use(stream, wire);
		pthread_mutex_lock(&channel->lock);
		if (ret == -EAGAIN)
			printer_request(&channel->card->printer, channel, wire, &stream->layout);
	}
	printer_put(&channel->card->printer, wire);
	return ret != -EAGAIN;
}

static void stream_start(struct channel *channel, struct stream *stream)
{
	unsigned int error;

	if (!stream->prepared) {
		stream_latch(stream);
		pthread_mutex_unlock(&channel->lock);
		error = stream_prepare(stream);
		pthread_mutex_lock(&channel->lock);
		if (stream->state != KINORA_STATE_STARTING || channel->reset)
			return;
		if (error) {
			stream_fail(channel, stream, error);
			return;
		}
		stream->prepared = true;
	}
	if (!stream_ready(channel, stream) || stream->state != KINORA_STATE_STARTING ||
	    channel->reset)
		return;
	stream->state = KINORA_STATE_RUNNING;
	log_debug("stream %u: running, %ux%u format %u", stream->index, stream->config.width,
		  stream->config.height, stream->config.format);
}

static void stream_stop(struct channel *channel, struct stream *stream,
			const struct stream_frame *frame)
{
	unsigned int error = KINORA_ERROR_NONE;

	pthread_mutex_unlock(&channel->lock);
	if (stream->prepared)
		error = stream_cancel(stream, frame);
	stream_print_drop(stream);
	pthread_mutex_lock(&channel->lock);
	if (channel->reset)
		return;
	if (error)
		log_warning("stream %u: buffers could not be given back", stream->index);
	stream_forget(stream);
	stream->state = KINORA_STATE_IDLE;
	log_debug("stream %u: idle", stream->index);
}

static void channel_drop(struct channel *channel)
{
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		struct stream *stream = &channel->stream[i];

		stream_forget(stream);
		stream->enable = false;
		stream->state = KINORA_STATE_IDLE;
		stream->error = KINORA_ERROR_NONE;
		if (channel->reset_input)
			stream_registers_reset(stream);
		atomic_store(&stream->stale, false);
	}
	if (channel->reset_input)
		channel->input = channel->index;
	channel->reset_input = false;
	channel->reset = false;
	pthread_cond_broadcast(&channel->rest);
	log_debug("channel %u: reset", channel->index + 1);
}

/* Under the lock: do what is asked for, until nothing is. frame: the one under way, or nothing. */
static void channel_attend(struct channel *channel, const struct stream_frame *frame)
{
	while (atomic_exchange(&channel->attention, false)) {
		if (atomic_load(&channel->card->faults.dead)) {
			/* a card that does not answer: only the end of the fault ends this */
			while (!channel->quit && atomic_load(&channel->card->faults.dead)) {
				wait_attention(channel);
				atomic_store(&channel->attention, false);
			}
		}
		if (channel->reset)
			channel_drop(channel);
		for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
			struct stream *stream = &channel->stream[i];

			if (stream->state == KINORA_STATE_STOPPING)
				stream_stop(channel, stream, frame);
			else if (stream->state == KINORA_STATE_STARTING)
				stream_start(channel, stream);
			else if (stream->state == KINORA_STATE_RUNNING && stream_tail_bad(stream))
				stream_fail(channel, stream, KINORA_ERROR_TAIL);
			if (channel->reset)
				break;
		}
	}
}

/* --- frames --- */

static bool running(const struct stream *stream)
{
	return stream->state == KINORA_STATE_RUNNING;
}

static const struct stream *first_running(const struct channel *channel)
{
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		if (running(&channel->stream[i]))
			return &channel->stream[i];
	}
	return NULL;
}

/* The firmware says what the signal is, the receivers that it is still there. */
static bool signal_locked(struct channel *channel, const struct wire *wire,
			  const struct kinora_signal *signal)
{
	return wire && signal->state == KINORA_SIGNAL_LOCKED && signal->width == wire->width &&
	       signal->height == wire->height &&
	       !!(signal->scan & KINORA_SCAN_INTERLACED) == wire->interlaced &&
	       signals_links_locked(&channel->card->controller, channel->input);
}

static bool expects(const struct stream *stream, const struct kinora_signal *signal)
{
	return stream_expects(stream, signal->width, signal->height,
			      signal->scan & KINORA_SCAN_INTERLACED, signal->rate_num,
			      signal->rate_den);
}

/*
 * Reading four links another way than was foreseen takes a new picture, which takes time: it is a
 * receiver that aligns its links anew.
 */
static bool view_waits(struct channel *channel, const struct frame *frame)
{
	struct stream *stream = &channel->stream[KINORA_STREAM_VIDEO];
	struct print *print;

	if (channel->input != KINORA_CONN_SDI_QUAD || !running(stream) ||
	    stream->wire == frame->wire || !expects(stream, &frame->signal))
		return false;
	print = wire_print_find(frame->wire, &stream->layout);
	wire_print_release(frame->wire, print);
	if (print)
		return false;
	printer_request(&channel->card->printer, channel, frame->wire, &stream->layout);
	return true;
}

/* Decide what paces the next frame and when it is. Under the lock; streams run. */
static void frame_plan(struct channel *channel, struct frame *frame)
{
	const struct stream *first = first_running(channel);
	struct kinora_signal *signal = &frame->signal;
	uint64_t now = card_time(channel->card);
	bool locked, expected = false;

	*frame = (struct frame){ 0 };
	frame->wire = card_wire_signal(channel->card, channel->input, signal);
	locked = signal_locked(channel, frame->wire, signal) && !view_waits(channel, frame);
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL && locked; i++)
		expected |= running(&channel->stream[i]) && expects(&channel->stream[i], signal);
	if (expected) {
		pace_wire(channel, frame->wire, now);
	} else {
		printer_put(&channel->card->printer, frame->wire);
		frame->wire = NULL;
		frame->is.status = locked ? KINORA_RECORD_MISMATCH : KINORA_RECORD_NO_SIGNAL;
		pace_freewheel(channel, first->config.period_num, first->config.period_den, now);
	}
	frame->period = cadence_part(&channel->cadence, 1, 1);
	frame->is.number = channel->base + channel->next;
	frame->is.sof_ns = cadence_time(&channel->cadence, channel->next);
	frame->is.eof_ns = frame->is.sof_ns +
			   cadence_part(&channel->cadence,
					frame->wire ? frame->wire->active_num : WIRE_ACTIVE_NUM,
					frame->wire ? frame->wire->active_den : WIRE_TOTAL_NUM);
	frame->is.generation = signal->generation;
	if (locked)
		frame->is.payload_id = signal->payload_id[0];
	if (frame->wire)
		frame->is.timecode = timecode_at(channel->next, signal->rate_num, signal->rate_den);
}

/* Before the frame starts, so that finding the print costs none of its time. */
static void frame_prints(struct channel *channel, struct frame *frame)
{
	struct stream *stream = &channel->stream[KINORA_STREAM_VIDEO];
	int ret;

	if (!frame->wire || !running(stream) || stream->wire == frame->wire ||
	    !expects(stream, &frame->signal))
		return;
	pthread_mutex_unlock(&channel->lock);
	ret = stream_print_use(stream, frame->wire);
	pthread_mutex_lock(&channel->lock);
	if (ret == -EAGAIN)
		printer_request(&channel->card->printer, channel, frame->wire, &stream->layout);
}

/* A stream's own view of the frame's status. */
static uint32_t frame_status(const struct stream *stream, const struct frame *frame)
{
	if (frame->torn)
		return KINORA_RECORD_NO_SIGNAL;
	if (frame->wire && !expects(stream, &frame->signal))
		return KINORA_RECORD_MISMATCH;
	return frame->is.status;
}

/* Start of frame: who runs now takes part. Under the lock, which is let go of meanwhile. */
static void frame_begin(struct channel *channel, const struct frame *frame)
{
	unsigned int error[KINORA_STREAMS_PER_CHANNEL] = { 0 };
	unsigned int part = 0;

	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		if (running(&channel->stream[i]))
			part |= 1u << i;
	}
	pthread_mutex_unlock(&channel->lock);
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		struct stream *stream = &channel->stream[i];
		bool video = stream->type == KINORA_STREAM_VIDEO;
		bool data = !video || !frame_status(stream, frame);

		if (!(part & 1u << i))
			continue;
		error[i] = stream_take(stream, data);
		if (error[i] || !video || !data)
			continue;
		if (stream->wire != frame->wire)
			stream->job.status |= stream->job.taken ? KINORA_RECORD_OVERRUN : 0;
		else
			stream_show(stream, frame->is.number, channel->next);
		if (stream->job.taken && !stream->job.status && !stream->job.render)
			stream->job.status |= KINORA_RECORD_OVERRUN;
	}
	pthread_mutex_lock(&channel->lock);
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		if (error[i] && !channel->reset)
			stream_fail(channel, &channel->stream[i], error[i]);
	}
}

/* The cable was pulled, the signal changed, or lock was lost while the frame arrived. */
static bool frame_torn(struct channel *channel, const struct frame *frame)
{
	struct kinora_signal signal;
	struct wire *wire;
	bool torn;

	if (!frame->wire)
		return false;
	wire = card_wire_signal(channel->card, channel->input, &signal);
	torn = wire != frame->wire || !signal_locked(channel, wire, &signal);
	printer_put(&channel->card->printer, wire);
	return torn;
}

/* Under the lock: wait for a moment of the frame, attending to what comes up. False: quit. */
static bool frame_wait(struct channel *channel, struct frame *frame, uint64_t ns)
{
	while (!wait_until(channel, ns)) {
		channel_attend(channel, &frame->is);
		if (channel->quit)
			return false;
		frame->torn = frame->torn || frame_torn(channel, frame);
	}
	return true;
}

static bool frame_late(const struct channel *channel, const struct frame *frame, uint64_t due)
{
	return card_time(channel->card) > due + CHANNEL_FRAMES_LATE * frame->period;
}

/* A slice of the picture has arrived. Under the lock, which is let go of meanwhile. */
static void frame_slice(struct channel *channel, struct frame *frame, uint64_t due,
			unsigned int slice)
{
	struct stream *stream = &channel->stream[KINORA_STREAM_VIDEO];
	struct card *card = channel->card;
	uint64_t now = card_time(card);

	if (!stream->job.active || !stream->job.render || stream->job.status || frame->torn)
		return;
	books_worst(&card->books.stream[stream->index].late_slice_ns, now - due);
	if (frame_late(channel, frame, due)) {
		stream->job.status |= KINORA_RECORD_OVERRUN;
		return;
	}
	pthread_mutex_unlock(&channel->lock);
	stream_rows_write(stream, (uint64_t)stream->layout.height * slice / CHANNEL_SLICES);
	pthread_mutex_lock(&channel->lock);
}

/* End of frame. Under the lock, which is let go of meanwhile. */
static void frame_end(struct channel *channel, const struct frame *frame)
{
	struct card *card = channel->card;
	uint32_t wire_errors = 0;

	if (frame->wire && !frame->torn &&
	    signals_line_errors(&card->controller, channel->input, frame->is.sof_ns,
				frame->is.eof_ns))
		wire_errors = KINORA_RECORD_WIRE_ERROR;
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		struct stream *stream = &channel->stream[i];
		struct stream_frame is = frame->is;
		unsigned int error;

		if (!stream->job.active || !running(stream) || channel->reset)
			continue;
		is.status = frame_status(stream, frame);
		if (!is.status)
			is.status = wire_errors;
		pthread_mutex_unlock(&channel->lock);
		if (stream->type == KINORA_STREAM_ANC) {
			struct anc_frame anc = {
				.number = is.number, .sof_ns = is.sof_ns, .eof_ns = is.eof_ns,
				.timecode = is.timecode, .generation = is.generation,
				.status = is.status, .signal = frame->signal,
			};

			stream_anc_write(stream, &anc);
		}
		error = stream_complete(stream, &is);
		books_worst(&card->books.stream[stream->index].late_record_ns,
			    card_time(card) - is.eof_ns);
		pthread_mutex_lock(&channel->lock);
		if (error && !channel->reset)
			stream_fail(channel, stream, error);
	}
}

/* The frame was so late that the card's frame memory has long been overwritten. */
static void frame_give_up(struct channel *channel, struct frame *frame)
{
	frame->is.status |= KINORA_RECORD_OVERRUN;
	frame_begin(channel, frame);
	frame_end(channel, frame);
}

static void channel_frame(struct channel *channel)
{
	struct frame frame;
	uint64_t active;

	frame_plan(channel, &frame);
	frame_prints(channel, &frame);
	if (!wait_until(channel, frame.is.sof_ns))
		goto out_put;	/* something changed: plan again */
	channel->last_sof = frame.is.sof_ns;
	channel->next++;
	if (frame_late(channel, &frame, frame.is.sof_ns)) {
		frame_give_up(channel, &frame);
		goto out_put;
	}
	frame_begin(channel, &frame);
	active = frame.is.eof_ns - frame.is.sof_ns;
	for (unsigned int slice = 1; slice <= CHANNEL_SLICES; slice++) {
		uint64_t due = frame.is.sof_ns + active * slice / CHANNEL_SLICES;

		/* without a picture to write only the end matters */
		if (!frame.wire && slice < CHANNEL_SLICES)
			continue;
		if (!frame_wait(channel, &frame, due))
			goto out_put;
		frame_slice(channel, &frame, due, slice);
	}
	frame_end(channel, &frame);
out_put:
	pthread_mutex_unlock(&channel->lock);
	printer_put(&channel->card->printer, frame.wire);
	pthread_mutex_lock(&channel->lock);
}

static void channel_idle(struct channel *channel)
{
	struct wire *wire = card_wire(channel->card, channel->input);

	pace_idle(channel, wire, card_time(channel->card));
	printer_put(&channel->card->printer, wire);
	wait_attention(channel);
}

static void *channel_run(void *arg)
{
	const struct stream_frame none = { 0 };
	struct channel *channel = arg;
	char name[16];

	snprintf(name, sizeof(name), "channel %u", channel->index + 1);
	thread_real_time(name);
	pthread_mutex_lock(&channel->lock);
	while (!channel->quit) {
		channel_attend(channel, &none);
		if (channel->quit)
			break;
		if (first_running(channel))
			channel_frame(channel);
		else
			channel_idle(channel);
	}
	pthread_mutex_unlock(&channel->lock);
	return NULL;
}

/* --- for the stimulus side --- */

unsigned int channel_layouts(struct channel *channel, unsigned int connector,
			     const struct wire *wire,
			     struct mem_layout out[KINORA_STREAMS_PER_CHANNEL])
{
	struct stream *stream = &channel->stream[KINORA_STREAM_VIDEO];
	unsigned int n = 0;

	pthread_mutex_lock(&channel->lock);
	if (channel->input == connector && stream->prepared &&
	    stream->config.width == wire->width && stream->config.height == wire->height)
		out[n++] = stream->layout;
	pthread_mutex_unlock(&channel->lock);
	return n;
}

/* --- life --- */

int channel_init(struct channel *channel, struct card *card, unsigned int index)
{
	int ret;

	*channel = (struct channel){ .card = card, .index = index, .input = index, .idle = true };
	thread_lock_init(&channel->lock);
	thread_condition_init(&channel->wake);
	thread_condition_init(&channel->rest);
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++) {
		bool present = i == KINORA_STREAM_VIDEO || i == KINORA_STREAM_ANC;

		ret = stream_init(&channel->stream[i], card, channel,
				  KINORA_STREAM_INDEX(index, i), present);
		if (ret)
			return ret;
	}
	return 0;
}

int channel_start(struct channel *channel)
{
	int ret = -pthread_create(&channel->thread, NULL, channel_run, channel);

	channel->thread_started = !ret;
	return ret;
}

void channel_stop(struct channel *channel)
{
	if (!channel->thread_started)
		return;
	pthread_mutex_lock(&channel->lock);
	channel->quit = true;
	channel_poke(channel);
	pthread_mutex_unlock(&channel->lock);
	pthread_join(channel->thread, NULL);
	channel->thread_started = false;
}

void channel_finish(struct channel *channel)
{
	for (unsigned int i = 0; i < KINORA_STREAMS_PER_CHANNEL; i++)
		stream_finish(&channel->stream[i]);
	pthread_mutex_destroy(&channel->lock);
	pthread_cond_destroy(&channel->wake);
	pthread_cond_destroy(&channel->rest);
}
