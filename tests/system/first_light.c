// SPDX-License-Identifier: MIT
/*
 * Description: 8Kp60 in real time through card, driver and V4L2, in v210, UYVY and P010: no frame
 * lost, every frame's own number, a sample compared byte by byte, and the card's books agree.
 *
 * Every frame: the number in its picture follows the one before, nothing the card should have
 * written was left out (traps), size and flags. A thread of its own takes about every 60th frame,
 * the first, the middle and the last among them, and compares all of it with bars worked out from
 * BT.2111; its buffer stays away from the driver that long, and capture goes on with the others.
 *
 * --frames N changes the 600 frames a format; --long makes them 3,600, a minute.
 */
#include <pthread.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 10
#define QUEUE_MIN 4		/* buffers that are never taken for comparing */
#define SAMPLE_EVERY 60
#define PERIOD_NS 16666666.667

static const struct capture_signal signal_8k = { 7680, 4320, 60, 1 };

/* The comparing thread. Everything but what does not change while it runs is guarded by lock. */
struct comparer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	const struct capture *capture;
	const struct content_picture *picture;
	int waiting[BUFFERS];		/* buffers to compare, oldest first */
	unsigned int waiting_count;
	int done[BUFFERS];		/* buffers to give back */
	unsigned int done_count;
	bool finish;
	unsigned int compared;
	char why[512];			/* the first difference */
};

static void compare(struct comparer *c, int index)
{
	char why[256] = "", text[512] = "";
	const uint8_t *buffer = c->capture->buffer[index].start;
	struct stamp stamp = { 0 };
	uint32_t actual = 0;

	if (stamp_check(buffer, &c->capture->layout, &stamp, &actual))
		snprintf(text, sizeof(text), "frame %llu: checksum 0x%08x, picture 0x%08x",
			 (unsigned long long)stamp.frame, stamp.checksum, actual);
	else if (!content_matches(c->picture, &c->capture->layout, buffer, why, sizeof(why)))
		snprintf(text, sizeof(text), "frame %llu: %s", (unsigned long long)stamp.frame,
			 why);
	pthread_mutex_lock(&c->lock);
	c->compared++;
	if (text[0] && !c->why[0])
		strcpy(c->why, text);
	pthread_mutex_unlock(&c->lock);
}

static void *compare_all(void *data)
{
	struct comparer *c = data;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		int index;

		while (!c->waiting_count && !c->finish)
			pthread_cond_wait(&c->work, &c->lock);
		if (!c->waiting_count)
			break;
		index = c->waiting[0];
		pthread_mutex_unlock(&c->lock);
		compare(c, index);
		pthread_mutex_lock(&c->lock);
		c->waiting_count--;
		memmove(c->waiting, c->waiting + 1, c->waiting_count * sizeof(c->waiting[0]));
		c->done[c->done_count++] = index;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Hand a buffer over if enough others are left; false when the caller keeps it. */
static bool comparer_take(struct comparer *c, int index, bool must)
{
	bool taken;

	pthread_mutex_lock(&c->lock);
	taken = c->waiting_count + c->done_count + QUEUE_MIN < c->capture->buffers &&
		(must || !c->waiting_count);
	if (taken) {
		c->waiting[c->waiting_count++] = index;
		pthread_cond_signal(&c->work);
	}
	pthread_mutex_unlock(&c->lock);
	return taken;
}

/* A buffer that was compared, or -1. */
static int comparer_return(struct comparer *c)
{
	int index = -1;

	pthread_mutex_lock(&c->lock);
	if (c->done_count)
		index = c->done[--c->done_count];
	pthread_mutex_unlock(&c->lock);
	return index;
}

static void comparer_finish(struct comparer *c)
{
	pthread_mutex_lock(&c->lock);
	c->finish = true;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
}

/* What capturing found out; checks are made afterwards so that one fault gives one message. */
struct result {
	unsigned int taken;		/* frames dequeued */
	unsigned int submitted;		/* buffers queued */
	unsigned int bad;		/* frames with anything wrong */
	uint64_t first_ns, last_ns;
	char why[256];
};

static void fault(struct result *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void fault(struct result *r, const char *format, ...)
{
	va_list args;

	if (!r->bad++) {
		va_start(args, format);
		vsnprintf(r->why, sizeof(r->why), format, args);
		va_end(args);
	}
}

static void look_at(struct capture *capture, const struct v4l2_buffer *buffer, struct result *r,
		    uint64_t *first_frame)
{
	const uint8_t *picture = capture->buffer[buffer->index].start;
	unsigned int left;
	struct stamp stamp;

	if (buffer->flags & V4L2_BUF_FLAG_ERROR)
		fault(r, "frame %u: FLAG_ERROR", r->taken);
	if (buffer->bytesused != capture->layout.bytes)
		fault(r, "frame %u: bytesused %u, expected %u", r->taken, buffer->bytesused,
		      capture->layout.bytes);
	if (buffer->sequence != r->taken)
		fault(r, "frame %u has sequence %u", r->taken, buffer->sequence);
	if (stamp_read(picture, &capture->layout, &stamp)) {
		fault(r, "frame %u: no stamp in the picture", r->taken);
		return;
	}
	if (!r->taken)
		*first_frame = stamp.frame;
	if (stamp.frame - *first_frame != r->taken)
		fault(r, "frame %u is number %llu of the wire, expected %llu", r->taken,
		      (unsigned long long)stamp.frame,
		      (unsigned long long)*first_frame + r->taken);
	left = content_trap_count(&capture->layout, picture);
	if (left)
		fault(r, "frame %u: the card left %u traps unwritten", r->taken, left);
}

static int give(struct capture *capture, struct result *r, int index, unsigned int frames)
{
	if (r->submitted == frames)
		return 0;	/* as many as will be taken, so that the books can agree exactly */
	content_trap_set(&capture->layout, capture->buffer[index].start);
	r->submitted++;
	return capture_give(capture, index);
}

static int capture_frames(struct capture *capture, struct comparer *c, struct result *r,
			  unsigned int frames)
{
	/* a debug kernel leaves the processors little time for comparing */
	unsigned int every = suite_debug_kernel() ? 4 * SAMPLE_EVERY : SAMPLE_EVERY;
	uint64_t first_frame = 0;
	int ret = 0, index;

	while (r->taken < frames && !ret) {
		struct v4l2_buffer buffer;
		bool sample = r->taken % every == 0 || r->taken == frames - 1;

		ret = capture_take(capture, &buffer, 1000);
		if (ret) {
			fault(r, "frame %u does not come: %s", r->taken, strerror(-ret));
			return ret;
		}
		look_at(capture, &buffer, r, &first_frame);
		r->last_ns = capture_time(&buffer);
		if (!r->taken)
			r->first_ns = r->last_ns;
		if (!sample ||
		    !comparer_take(c, buffer.index,
				   r->taken == 0 ||
					   r->taken == frames / 2 / every * every ||
					   r->taken == frames - 1))
			ret = give(capture, r, buffer.index, frames);
		r->taken++;
		while (!ret && (index = comparer_return(c)) >= 0)
			ret = give(capture, r, index, frames);
	}
	if (ret)
		fault(r, "QBUF after frame %u: %s", r->taken, strerror(-ret));
	return ret;
}

static void check_books(const struct capture *capture, const struct result *r, uint64_t stop_ns)
{
	struct world_books books;
	const struct world_stream *video = &books.stream[0];
	/* frames that began after the last buffer was used up, before STREAMOFF */
	int64_t tail = (stop_ns - r->last_ns) / PERIOD_NS + 1;

	if (!CHECK_OK(world_books_read(&books)))
		return;
	suite_note("books: delivered %lld, lost after the end %lld, bytes %lld, overrun %lld, "
		   "the card at worst %.1f ms late", (long long)video->delivered,
		   (long long)video->lost, (long long)video->bytes, (long long)video->overrun,
		   video->late_slice_ns / 1e6);
	CHECK_EQ(video->delivered, r->taken);
	CHECK_EQ(video->submissions, r->submitted);
	CHECK_EQ(video->bytes, (long long)r->taken * capture->layout.bytes);
	CHECK_EQ(video->overrun, 0);
	CHECK_EQ(video->no_signal, 0);
	CHECK_EQ(video->mismatch, 0);
	CHECK_EQ(video->failed, 0);
	CHECK(video->lost <= tail,
	      "the card counts %lld lost, only %lld frames began after the last",
	      (long long)video->lost, (long long)tail);
}

static void run_format(uint32_t fourcc)
{
	unsigned int frames = suite_options.thorough ? 3600 : suite_options.frames;
	struct content_picture picture = { 0 };
	struct capture capture = { .fd = -1 };
	struct comparer c = {
		.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER,
		.capture = &capture, .picture = &picture,
	};
	struct result r = { 0 };
	uint64_t stop_ns;
	double ppm;

	if (!CHECK_OK(world_say(
		    "signal sdi-quad 4320p60 pattern=bt2111-hlg transfer=hlg colour=2020")) ||
	    !CHECK_OK(content_bars_create(&picture, CONTENT_HLG, 7680, 4320)))
		return;
	if (capture_prepare(&capture, DEVICE_SDI_QUAD, &signal_8k, fourcc, BUFFERS))
		goto out_picture;
	if (!CHECK(capture.buffers > QUEUE_MIN + 1, "only %u buffers of %u bytes", capture.buffers,
		   capture.layout.bytes))
		goto out_close;
	for (unsigned int i = 0; i < capture.buffers; i++)
		content_trap_set(&capture.layout, capture.buffer[i].start);
	if (!CHECK_EQ(pthread_create(&c.thread, NULL, compare_all, &c), 0))
		goto out_close;
	if (!CHECK_OK(world_books_reset()) || !CHECK_OK(capture_start(&capture)))
		goto out_thread;
	r.submitted = capture.buffers;
	capture_frames(&capture, &c, &r, frames);
	CHECK_OK(capture_stop(&capture));
	stop_ns = suite_now();
	comparer_finish(&c);
	ppm = ((double)(r.last_ns - r.first_ns) / (r.taken - 1) / PERIOD_NS - 1) * 1e6;
	suite_note("%.4s: %u frames in %.3f s (%+.1f ppm), %u compared in every byte",
		   (const char *)&fourcc, r.taken, (r.last_ns - r.first_ns + PERIOD_NS) / 1e9, ppm,
		   c.compared);
	CHECK(!r.bad, "%u frames are not as they must be; %s", r.bad, r.why);
	CHECK(!c.why[0], "%s", c.why);
	CHECK(c.compared >= 3, "only %u frames compared", c.compared);
	CHECK(ppm > -100 && ppm < 100, "time stamps give %+.1f ppm of 60 Hz", ppm);
	CHECK_EQ(r.taken, frames);
	check_books(&capture, &r, stop_ns);
	goto out_close;

out_thread:
	comparer_finish(&c);
out_close:
	capture_close(&capture);
out_picture:
	content_destroy(&picture);
}

static void test_v210(void)
{
	run_format(v4l2_fourcc('v', '2', '1', '0'));
}

static void test_uyvy(void)
{
	run_format(V4L2_PIX_FMT_UYVY);
}

static void test_p010(void)
{
	run_format(V4L2_PIX_FMT_P010);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "8Kp60 v210", test_v210 },
		{ "8Kp60 UYVY", test_uyvy },
		{ "8Kp60 P010", test_p010 },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "first_light", .tests = tests, .time_limit = 180, .frames = 600,
	};

	return suite_main(argc, argv, &suite);
}
