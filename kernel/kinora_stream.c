// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream engine: submission and completion rings in host memory, as NVMe has them. A frame
 * costs one ring entry and one posted doorbell write on the way out, one record and one interrupt
 * on the way back, and no register read.
 *
 * Nothing a record says is believed: it is copied once and checked. Buffers come back in the order
 * they went out, so the tag (the count of the submission) has just one right value. A record with
 * another one means that card and driver disagree on what belongs to whom: the stream counts as
 * broken, its buffers stay the card's until the channel was reset, then the stream starts again
 * with them. Wrong lengths or frame numbers cost the picture, not the stream.
 *
 * A buffer goes back to vb2 only after its record came or after DMA is known to be over. That
 * takes, in this order: the stream's own stop, a reset of the channel, the end of bus mastering.
 *
 * The watchdog timer is put off by every completion. When it does go off, it looks at the ring, so
 * a lost interrupt costs two frame periods; only after eight silent periods does it read a
 * register, and after a second it has the stream restarted.
 */
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "kinora.h"

#define CREATE_TRACE_POINTS
#include "kinora_trace.h"

#define RING_MASK (KINORA_RING_ENTRIES - 1)
#define SQ_BYTES (KINORA_RING_ENTRIES * KINORA_SUBMISSION_BYTES)
#define CQ_BYTES (KINORA_RING_ENTRIES * KINORA_RECORD_BYTES)
#define RINGS_BYTES (SQ_BYTES + CQ_BYTES)

/* Ticks of two frame periods without a record before a register is read. */
#define SILENT_TICKS 4
#define RESTART_AFTER HZ	/* of silence, and between two restarts */

/* Of every frame number but the first: how many frames may have been lost at most. */
#define FRAMES_LOST_MAX S32_MAX

static_assert(sizeof(struct kinora_submission) == KINORA_SUBMISSION_BYTES);
static_assert(sizeof(struct kinora_record) == KINORA_RECORD_BYTES);
static_assert(SQ_BYTES % 64 == 0);

static void stream_break(struct kinora_stream *stream);

static u32 stream_read(struct kinora_stream *stream, u32 offset)
{
	return kinora_read(stream->kdev, KINORA_REG_STREAM(stream->index) + offset);
}

static void stream_write(struct kinora_stream *stream, u32 offset, u32 value)
{
	kinora_write(stream->kdev, KINORA_REG_STREAM(stream->index) + offset, value);
}

static int stream_wait(struct kinora_stream *stream, u32 state)
{
	return kinora_card_wait(stream->kdev, KINORA_REG_STREAM(stream->index) +
				KINORA_STREAM_STATUS, KINORA_STREAM_STATE_MASK, state);
}

static u32 stream_outstanding(const struct kinora_stream *stream)
{
	return stream->submitted - stream->completed;
}

/* Frame number to V4L2 sequence; picture and metadata of a frame get the same one. */
static u32 channel_sequence(struct kinora_channel *channel, u64 frame)
{
	u32 sequence;

	lockdep_assert_held(&channel->lock);
	if (!channel->sequence_valid) {
		channel->sequence_base = frame;
		channel->sequence_next = 0;
	} else if (channel->rebase) {
		channel->sequence_base = frame - channel->sequence_next;
	}
	channel->sequence_valid = true;
	channel->rebase = false;

	sequence = frame - channel->sequence_base;
	if ((s32)(sequence + 1 - channel->sequence_next) > 0)
		channel->sequence_next = sequence + 1;
	return sequence;
}

/* Writes the ring entry; the card looks at it once the doorbell says so. */
static void stream_push(struct kinora_stream *stream, struct kinora_buffer *buffer)
{
	unsigned int slot = stream->submitted & RING_MASK;
	u16 tag = stream->submitted;

	stream->sq[slot] = (struct kinora_submission) {
		.table = cpu_to_le64(buffer->table.segments[0].dma),
		.entries = cpu_to_le32(buffer->table.entries),
		.bytes = cpu_to_le32(buffer->bytes),
		.tag = cpu_to_le16(tag),
	};
	stream->buffers[slot] = buffer;
	stream->submitted++;
	trace_kinora_submit(stream, tag, buffer->table.entries);
}

/**
 * kinora_stream_submit() - give a buffer to the card
 * @stream: stream; if it does not run, the buffer waits until it does
 * @buffer: buffer with a table
 */
void kinora_stream_submit(struct kinora_stream *stream, struct kinora_buffer *buffer)
{
	struct kinora_channel *channel = stream->channel;
	unsigned long flags;

	spin_lock_irqsave(&channel->lock, flags);
	if (stream->state != KINORA_STREAM_RUNNING ||
	    stream_outstanding(stream) == KINORA_RING_ENTRIES) {
		list_add_tail(&buffer->list, &stream->waiting);
	} else {
		if (!stream_outstanding(stream))
			stream->silent_since = jiffies;
		stream_push(stream, buffer);
		/* writel: the entry is in memory before the doorbell rings */
		stream_write(stream, KINORA_STREAM_TAIL, stream->submitted);
		stream->books.writes++;
	}
	spin_unlock_irqrestore(&channel->lock, flags);
}

static bool stream_pending(const struct kinora_stream *stream)
{
	const struct kinora_record *record = &stream->cq[stream->completed & RING_MASK];
	bool phase = !(stream->completed >> KINORA_RING_LOG2 & 1);

	return !!(le16_to_cpu(READ_ONCE(record->flags)) & KINORA_RECORD_PHASE) == phase;
}

/* A record's number is believed if it comes after the last one, and not absurdly far. */
static bool stream_count_frame(struct kinora_stream *stream, u64 frame)
{
	u64 lost = 0;

	if (stream->any_frame) {
		lost = frame - stream->last_frame - 1;
		if (lost > FRAMES_LOST_MAX)
			return false;
	}
	stream->any_frame = true;
	stream->last_frame = frame;
	stream->books.lost += lost;
	return true;
}

/* One record, already a copy: hands its buffer over. False: it breaks the contract. */
static bool stream_take(struct kinora_stream *stream, const struct kinora_record *record)
{
	struct kinora_completion done = {
		.status = le32_to_cpu(record->status),
		.bytes = le32_to_cpu(record->bytes),
	};
	unsigned int slot = stream->completed & RING_MASK;
	u16 tag = le16_to_cpu(record->tag);
	u64 frame = le64_to_cpu(record->frame);
	struct kinora_buffer *buffer;
	bool counted;
	u64 now;

	if (!stream_outstanding(stream) || tag != (u16)stream->completed) {
		stream->books.bad_records++;
		return false;
	}
	buffer = stream->buffers[slot];
	stream->buffers[slot] = NULL;
	stream->completed++;

	if (done.status & KINORA_RECORD_CANCELLED) {
		stream->books.cancelled++;
		list_add_tail(&buffer->list, &stream->waiting);
		if (stream->state == KINORA_STREAM_STOPPING)
			return true;
		stream->books.bad_records++; /* nobody asked for that */
		return false;
	}

	now = ktime_get_ns();
	counted = stream_count_frame(stream, frame);
	if (!counted)
		frame = stream->channel->sequence_base + stream->channel->sequence_next;
	if (!counted || done.bytes > buffer->bytes) {
		stream->books.bad_records++;
		done.status |= KINORA_RECORD_BAD_ENTRY;
		done.bytes = 0;
	}
	done.sequence = channel_sequence(stream->channel, frame);
	done.timestamp = kinora_clock_to_monotonic(stream->kdev, le64_to_cpu(record->sof_ns), now,
						   stream->last_stamp);
	stream->last_stamp = done.timestamp;

	stream->books.frames++;
	if (done.status & KINORA_RECORD_ERRORS)
		stream->books.errors++;
	trace_kinora_complete(stream, tag, frame, &done, now);
	kinora_queue_complete(buffer, &done);
	return true;
}

static unsigned int stream_service(struct kinora_stream *stream)
{
	struct kinora_record record;
	unsigned int taken = 0;

	lockdep_assert_held(&stream->channel->lock);
	if (stream->state != KINORA_STREAM_RUNNING && stream->state != KINORA_STREAM_STOPPING)
		return 0;

	/* bounded: a card that turns phases without end does not keep the processor */
	while (taken < KINORA_RING_ENTRIES && stream_pending(stream)) {
		dma_rmb(); /* the card writes the phase last: the rest is read after it */
		memcpy(&record, &stream->cq[stream->completed & RING_MASK], sizeof(record));
		barrier(); /* the copy is what is checked and what is used */
		if (!stream_take(stream, &record)) {
			stream_break(stream);
			break;
		}
		taken++;
	}
	if (taken) {
		stream->silent_since = jiffies;
		if (stream->state == KINORA_STREAM_RUNNING)
			mod_timer(&stream->watchdog, jiffies + stream->watchdog_period);
		if (!stream_outstanding(stream) && wq_has_sleeper(&stream->drained))
			wake_up_all(&stream->drained);
	}
	return taken;
}

/**
 * kinora_stream_service() - take the records the card has written
 * @stream: stream in any state
 *
 * Return: how many there were.
 */
unsigned int kinora_stream_service(struct kinora_stream *stream)
{
	unsigned long flags;
	unsigned int taken;

	spin_lock_irqsave(&stream->channel->lock, flags);
	taken = stream_service(stream);
	spin_unlock_irqrestore(&stream->channel->lock, flags);
	return taken;
}

/* The stream is not to be believed or has lost its hardware: set it aside until it is restarted. */
static void stream_break(struct kinora_stream *stream)
{
	struct kinora_channel *channel = stream->channel;
	unsigned long earliest = channel->recovered_at + RESTART_AFTER;

	lockdep_assert_held(&channel->lock);
	stream->state = KINORA_STREAM_BROKEN;
	wake_up_all(&stream->drained);
	mod_delayed_work(system_wq, &channel->recover,
			 time_before(jiffies, earliest) ? earliest - jiffies : 0);
}

/**
 * kinora_stream_check() - ask the card how a stream is
 * @stream: stream that is silent, or that an event may be about
 *
 * Reads registers; acts on what it finds.
 */
void kinora_stream_check(struct kinora_stream *stream)
{
	struct kinora_channel *channel = stream->channel;
	unsigned long flags;
	u32 status;

	if (READ_ONCE(stream->state) != KINORA_STREAM_RUNNING ||
	    kinora_state(stream->kdev) != KINORA_CARD_UP)
		return;
	status = stream_read(stream, KINORA_STREAM_STATUS);
	if (status == U32_MAX) {
		kinora_card_check(stream->kdev);
		return;
	}

	spin_lock_irqsave(&channel->lock, flags);
	stream->books.reads++;
	if (stream->state == KINORA_STREAM_RUNNING &&
	    FIELD_GET(KINORA_STREAM_STATE_MASK, status) != KINORA_STATE_RUNNING) {
		dev_warn_ratelimited(&stream->kdev->pdev->dev,
				     "ch%u: stream %u is in state %lu with error %lu, restarting it\n",
				     channel->index + 1, stream->index,
				     FIELD_GET(KINORA_STREAM_STATE_MASK, status),
				     FIELD_GET(KINORA_STREAM_ERROR_MASK, status));
		stream_break(stream);
	}
	spin_unlock_irqrestore(&channel->lock, flags);
}

static void stream_watchdog(struct timer_list *timer)
{
	struct kinora_stream *stream = container_of(timer, struct kinora_stream, watchdog);
	struct kinora_channel *channel = stream->channel;
	unsigned long silent = 0;
	unsigned long flags;
	unsigned int taken;

	spin_lock_irqsave(&channel->lock, flags);
	taken = stream_service(stream);
	if (taken)
		stream->books.recovered_interrupts++;
	if (stream->state == KINORA_STREAM_RUNNING) {
		if (stream_outstanding(stream))
			silent = jiffies - stream->silent_since;
		mod_timer(&stream->watchdog, jiffies + stream->watchdog_period);
	}
	spin_unlock_irqrestore(&channel->lock, flags);

	if (silent < SILENT_TICKS * stream->watchdog_period)
		return;
	kinora_stream_check(stream);
	if (silent < RESTART_AFTER)
		return;
	spin_lock_irqsave(&channel->lock, flags);
	if (stream->state == KINORA_STREAM_RUNNING &&
	    kinora_state(stream->kdev) == KINORA_CARD_UP) {
		dev_warn_ratelimited(&stream->kdev->pdev->dev,
				     "ch%u: stream %u completes nothing, restarting it\n",
				     channel->index + 1, stream->index);
		stream_break(stream);
	}
	spin_unlock_irqrestore(&channel->lock, flags);
}

/* Ends all DMA of the channel. Its other stream, if it runs, has to be started again. */
static int channel_reset(struct kinora_channel *channel, struct kinora_stream *stream)
{
	struct kinora_stream *other = stream == &channel->video_stream ? &channel->meta_stream :
									 &channel->video_stream;
	u32 control = KINORA_REG_CHANNEL(channel->index) + KINORA_CHANNEL_CONTROL;
	unsigned long flags;

	lockdep_assert_held(&channel->mutex);
	spin_lock_irqsave(&channel->lock, flags);
	if (other->state == KINORA_STREAM_RUNNING)
		stream_break(other);
	spin_unlock_irqrestore(&channel->lock, flags);

	kinora_write(channel->kdev, control, KINORA_CHANNEL_RESET);
	return kinora_card_wait(channel->kdev, control, KINORA_CHANNEL_RESET, 0);
}

/* The polite way: the card gives every buffer back, then says that it is done. */
static int stream_cancel(struct kinora_stream *stream)
{
	struct kinora_device *kdev = stream->kdev;

	stream_write(stream, KINORA_STREAM_CONTROL, 0);
	wait_event_timeout(stream->drained,
			   READ_ONCE(stream->completed) == READ_ONCE(stream->submitted) ||
			   READ_ONCE(stream->state) != KINORA_STREAM_STOPPING ||
			   kinora_state(kdev) != KINORA_CARD_UP,
			   msecs_to_jiffies(kdev->timeout_ms));
	if (READ_ONCE(stream->state) != KINORA_STREAM_STOPPING)
		return -EIO;
	return stream_wait(stream, KINORA_STATE_IDLE);
}

/* Ends the DMA of a stream, whatever it takes; the buffers it had wait again, oldest first. */
static void stream_quiesce(struct kinora_stream *stream)
{
	struct kinora_channel *channel = stream->channel;
	struct kinora_device *kdev = stream->kdev;
	LIST_HEAD(back);
	unsigned long flags;
	bool broken;
	int ret = -EIO;

	lockdep_assert_held(&channel->mutex);
	spin_lock_irqsave(&channel->lock, flags);
	broken = stream->state == KINORA_STREAM_BROKEN;
	if (stream->state == KINORA_STREAM_RUNNING)
		stream->state = KINORA_STREAM_STOPPING;
	spin_unlock_irqrestore(&channel->lock, flags);
	timer_delete_sync(&stream->watchdog);

	if (kinora_state(kdev) == KINORA_CARD_UP) {
		if (!broken)
			ret = stream_cancel(stream);
		if (ret && ret != -ENODEV)
			ret = channel_reset(channel, stream);
		if (ret == -ENODEV)
			kinora_card_check(kdev);
		if (ret && kinora_state(kdev) == KINORA_CARD_UP)
			kinora_card_fail(kdev, "a stream could not be stopped");
	} /* else it has no bus mastering, or is gone */

	spin_lock_irqsave(&channel->lock, flags);
	stream_service(stream);
	stream->state = KINORA_STREAM_IDLE;
	for (; stream_outstanding(stream); stream->completed++)
		list_add_tail(&stream->buffers[stream->completed & RING_MASK]->list, &back);
	list_splice(&back, &stream->waiting);
	spin_unlock_irqrestore(&channel->lock, flags);
}

static void stream_write_config(struct kinora_stream *stream)
{
	const struct kinora_config *config = &stream->config;
	dma_addr_t sq = stream->rings_dma, cq = stream->rings_dma + SQ_BYTES;

	stream_write(stream, KINORA_STREAM_VECTOR, stream->vector);
	stream_write(stream, KINORA_STREAM_SQ_LO, lower_32_bits(sq));
	stream_write(stream, KINORA_STREAM_SQ_HI, upper_32_bits(sq));
	stream_write(stream, KINORA_STREAM_CQ_LO, lower_32_bits(cq));
	stream_write(stream, KINORA_STREAM_CQ_HI, upper_32_bits(cq));
	stream_write(stream, KINORA_STREAM_RINGS, KINORA_RING_LOG2);
	stream_write(stream, KINORA_STREAM_FORMAT, config->format);
	stream_write(stream, KINORA_STREAM_SIZE,
		     FIELD_PREP(KINORA_SIZE_WIDTH_MASK, config->width) |
		     FIELD_PREP(KINORA_SIZE_HEIGHT_MASK, config->height));
	stream_write(stream, KINORA_STREAM_STRIDE0, config->layout.stride0);
	stream_write(stream, KINORA_STREAM_STRIDE1, config->layout.stride1);
	stream_write(stream, KINORA_STREAM_PLANE1, config->layout.plane1);
	stream_write(stream, KINORA_STREAM_BYTES, config->layout.bytes);
	stream_write(stream, KINORA_STREAM_PERIOD_NUM, config->period_num);
	stream_write(stream, KINORA_STREAM_PERIOD_DEN, config->period_den);
	stream_write(stream, KINORA_STREAM_FLAGS,
		     (config->interlaced ? KINORA_STREAM_INTERLACED : 0) |
		     FIELD_PREP(KINORA_STREAM_RGB_RANGE_MASK, config->rgb_range));
}

/* Starts the hardware with the buffers that wait. */
static int stream_launch(struct kinora_stream *stream)
{
	struct kinora_channel *channel = stream->channel;
	struct kinora_device *kdev = stream->kdev;
	struct kinora_buffer *buffer, *next;
	unsigned long flags;
	u32 status, state;
	int ret;

	lockdep_assert_held(&channel->mutex);
	status = stream_read(stream, KINORA_STREAM_STATUS);
	if (status == U32_MAX)
		return kinora_card_check(kdev) ?: -EIO;
	if (FIELD_GET(KINORA_STREAM_STATE_MASK, status) != KINORA_STATE_IDLE) {
		ret = channel_reset(channel, stream);
		if (ret)
			return ret;
	}
	memset(stream->cq, 0, CQ_BYTES);
	stream_write_config(stream);

	spin_lock_irqsave(&channel->lock, flags);
	stream->submitted = 0;
	stream->completed = 0;
	list_for_each_entry_safe(buffer, next, &stream->waiting, list) {
		if (stream_outstanding(stream) == KINORA_RING_ENTRIES)
			break;
		list_del(&buffer->list);
		stream_push(stream, buffer);
	}
	stream->state = KINORA_STREAM_RUNNING;
	stream->silent_since = jiffies;
	spin_unlock_irqrestore(&channel->lock, flags);

	if (stream->submitted)
		stream_write(stream, KINORA_STREAM_TAIL, stream->submitted);
	stream_write(stream, KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);

	ret = read_poll_timeout(stream_read, status,
				(state = FIELD_GET(KINORA_STREAM_STATE_MASK, status)) ==
				KINORA_STATE_RUNNING || state == KINORA_STATE_ERROR ||
				status == U32_MAX, 50, kdev->timeout_ms * USEC_PER_MSEC, false,
				stream, KINORA_STREAM_STATUS);
	if (!ret && status != U32_MAX && state == KINORA_STATE_RUNNING) {
		mod_timer(&stream->watchdog, jiffies + stream->watchdog_period);
		return 0;
	}

	dev_err(&kdev->pdev->dev, "ch%u: stream %u does not start: status %#010x, error %lu\n",
		channel->index + 1, stream->index, status,
		FIELD_GET(KINORA_STREAM_ERROR_MASK, status));
	if (status == U32_MAX)
		kinora_card_check(kdev);
	stream_quiesce(stream);
	return ret ?: -EIO;
}

/* Gives every waiting buffer back to vb2. */
static void stream_return(struct kinora_stream *stream, enum vb2_buffer_state state)
{
	struct kinora_buffer *buffer, *next;
	LIST_HEAD(back);
	unsigned long flags;

	spin_lock_irqsave(&stream->channel->lock, flags);
	list_splice_init(&stream->waiting, &back);
	spin_unlock_irqrestore(&stream->channel->lock, flags);
	list_for_each_entry_safe(buffer, next, &back, list) {
		list_del(&buffer->list);
		vb2_buffer_done(&buffer->vb.vb2_buf, state);
	}
}

/**
 * kinora_stream_start() - start for an application
 * @stream: idle stream
 * @config: picture and buffer
 *
 * Return: 0; or a negative errno with all buffers back at vb2.
 */
int kinora_stream_start(struct kinora_stream *stream, const struct kinora_config *config)
{
	struct kinora_channel *channel = stream->channel;
	u64 two_periods = 2ULL * NSEC_PER_SEC * config->period_num;
	unsigned long flags;
	int ret;

	lockdep_assert_held(&channel->mutex);
	stream->config = *config;
	do_div(two_periods, config->period_den);
	stream->watchdog_period = nsecs_to_jiffies(two_periods) + 1;

	spin_lock_irqsave(&channel->lock, flags);
	stream->any_frame = false;
	if (!channel->running)
		channel->sequence_valid = false;
	spin_unlock_irqrestore(&channel->lock, flags);

	ret = kinora_card_revive(stream->kdev);
	if (ret)
		goto out_return;
	kinora_clock_get(stream->kdev);
	ret = stream_launch(stream);
	if (ret)
		goto out_put;
	stream->active = true;
	channel->running++;
	return 0;

out_put:
	kinora_clock_put(stream->kdev);
out_return:
	stream_return(stream, VB2_BUF_STATE_QUEUED);
	return ret;
}

/**
 * kinora_stream_stop() - stop for an application
 * @stream: that was started
 *
 * All buffers are back at vb2 afterwards, and the card cannot touch them.
 */
void kinora_stream_stop(struct kinora_stream *stream)
{
	lockdep_assert_held(&stream->channel->mutex);
	stream_quiesce(stream);
	stream->active = false;
	stream->channel->running--;
	kinora_clock_put(stream->kdev);
	stream_return(stream, VB2_BUF_STATE_ERROR);
}

/**
 * kinora_channel_halt() - stop the hardware, but not what the applications see
 * @channel: its streams keep their buffers and can be restarted
 */
void kinora_channel_halt(struct kinora_channel *channel)
{
	mutex_lock(&channel->mutex);
	if (channel->video_stream.active)
		stream_quiesce(&channel->video_stream);
	if (channel->meta_stream.active)
		stream_quiesce(&channel->meta_stream);
	mutex_unlock(&channel->mutex);
}

static void stream_restart(struct kinora_stream *stream)
{
	int ret;

	if (!stream->active || stream->state != KINORA_STREAM_IDLE)
		return;
	ret = kinora_state(stream->kdev) == KINORA_CARD_UP ? stream_launch(stream) : -EIO;
	if (!ret) {
		stream->books.restarts++;
		return;
	}
	dev_err(&stream->kdev->pdev->dev, "ch%u: stream %u could not be restarted: %pe\n",
		stream->channel->index + 1, stream->index, ERR_PTR(ret));
	vb2_queue_error(&stream->node->queue);
}

/**
 * kinora_channel_restart() - undo kinora_channel_halt()
 * @channel: channel; an application whose stream does not start again is told so (EIO)
 */
void kinora_channel_restart(struct kinora_channel *channel)
{
	mutex_lock(&channel->mutex);
	stream_restart(&channel->video_stream);
	stream_restart(&channel->meta_stream);
	mutex_unlock(&channel->mutex);
}

/**
 * kinora_channel_recover() - restart a channel after one of its streams broke
 * @work: kinora_channel.recover
 */
void kinora_channel_recover(struct work_struct *work)
{
	struct kinora_channel *channel =
		container_of(to_delayed_work(work), struct kinora_channel, recover);
	struct kinora_stream *video = &channel->video_stream, *meta = &channel->meta_stream;

	mutex_lock(&channel->mutex);
	if (kinora_state(channel->kdev) != KINORA_CARD_UP ||
	    (video->state != KINORA_STREAM_BROKEN && meta->state != KINORA_STREAM_BROKEN))
		goto out_unlock;
	channel->recovered_at = jiffies;
	if (video->active)
		stream_quiesce(video);
	if (meta->active)
		stream_quiesce(meta);
	stream_restart(video);
	stream_restart(meta);
out_unlock:
	mutex_unlock(&channel->mutex);
}

/**
 * kinora_stream_init() - allocate a stream's rings
 * @stream: stream to set up; its books survive
 * @channel: whose it is
 * @node: whose buffers it fills
 * @type: KINORA_STREAM_VIDEO or KINORA_STREAM_ANC
 *
 * Return: 0, -ENODEV if the card does not have the stream, -ENOMEM.
 */
int kinora_stream_init(struct kinora_stream *stream, struct kinora_channel *channel,
		       struct kinora_node *node, unsigned int type)
{
	struct kinora_device *kdev = channel->kdev;

	stream->kdev = kdev;
	stream->channel = channel;
	stream->node = node;
	stream->index = KINORA_STREAM_INDEX(channel->index, type);
	INIT_LIST_HEAD(&stream->waiting);
	init_waitqueue_head(&stream->drained);
	timer_setup(&stream->watchdog, stream_watchdog, 0);

	if (!(stream_read(stream, KINORA_STREAM_CAP) & KINORA_STREAM_CAP_PRESENT))
		return -ENODEV;
	stream->rings = dma_alloc_coherent(&kdev->pdev->dev, RINGS_BYTES, &stream->rings_dma,
					   GFP_KERNEL);
	if (!stream->rings)
		return -ENOMEM;
	stream->sq = stream->rings;
	stream->cq = stream->rings + SQ_BYTES;
	return 0;
}

/**
 * kinora_stream_finish() - free a stream's rings
 * @stream: that is stopped, or was never set up
 */
void kinora_stream_finish(struct kinora_stream *stream)
{
	if (!stream->rings)
		return;
	dma_free_coherent(&stream->kdev->pdev->dev, RINGS_BYTES, stream->rings, stream->rings_dma);
	stream->rings = NULL;
}
