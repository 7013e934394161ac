// SPDX-License-Identifier: MIT
/*
 * Description: a hundred random changes of the signal in mid-capture (away, another rate, another
 * raster, back): DQBUF never fails, the cadence goes on with FLAG_ERROR frames, each change is an
 * event, and when the signal is back or negotiated anew the pictures are right.
 *
 * The row of changes comes from --seed and is the same for the same seed; --frames is how many
 * changes are made.
 */
#include <stdio.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define BUFFERS 8
#define EVENT_MS 1500
#define SETTLE_MS 1500

struct change {
	const char *mode;		/* "off" or a mode of the stimulus language */
	struct capture_signal signal;	/* width 0: none */
};

static const struct change changes_8k[] = {
	{ "4320p60", { 7680, 4320, 60, 1 } },
	{ "4320p59.94", { 7680, 4320, 60000, 1001 } },
	{ "4320p50", { 7680, 4320, 50, 1 } },
	{ "4320p25", { 7680, 4320, 25, 1 } },
	{ "off", { 0 } },
};

static const struct change changes_sdi[] = {
	{ "2160p60", { 3840, 2160, 60, 1 } },
	{ "2160p59.94", { 3840, 2160, 60000, 1001 } },
	{ "1080p60", { 1920, 1080, 60, 1 } },
	{ "1080p59.94", { 1920, 1080, 60000, 1001 } },
	{ "1080p25", { 1920, 1080, 25, 1 } },
	{ "off", { 0 } },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct scene {
	const char *connector;
	enum device_input input;
	const struct change *changes;
	unsigned int changes_count;

	struct capture capture;
	int input_index;
	const struct change *now;	/* what is plugged in */
	const struct change *negotiated;
	uint32_t last_sequence;
	uint64_t last_ns;
	bool any;
	unsigned int good, marked, events, negotiations;
};

/*
 * Take a frame and hold it against every rule that holds for all frames. 1: a whole picture in
 * index, 0: a marked frame. Negative when the capture is over.
 */
static int take(struct scene *s, unsigned int *index)
{
	struct v4l2_buffer buffer;
	uint64_t now;
	int ret = capture_take(&s->capture, &buffer, 1000);

	if (!CHECK(!ret, "%s, %s plugged in: DQBUF: %s", s->negotiated->mode, s->now->mode,
		   strerror(-ret)))
		return ret;
	now = suite_now();
	CHECK_EQ(buffer.bytesused, s->capture.layout.bytes);
	CHECK(!s->any || buffer.sequence > s->last_sequence, "sequence %u after %u",
	      buffer.sequence, s->last_sequence);
	CHECK(!s->any || capture_time(&buffer) > s->last_ns, "time goes back at sequence %u",
	      buffer.sequence);
	CHECK(capture_time(&buffer) <= now, "sequence %u is from the future", buffer.sequence);
	s->any = true;
	s->last_sequence = buffer.sequence;
	s->last_ns = capture_time(&buffer);
	*index = buffer.index;
	if (buffer.flags & V4L2_BUF_FLAG_ERROR) {
		s->marked++;
		return 0;
	}
	s->good++;
	return 1;
}

/* Take frames until one is of the wanted kind, and check a whole picture in every byte. */
static bool take_until(struct scene *s, bool good, unsigned int ms)
{
	uint64_t end = suite_now() + ms * 1000000ULL;
	unsigned int index;
	int ret;

	do {
		ret = take(s, &index);
		if (ret < 0)
			return false;
		if (ret == 1 && good)
			content_check(NULL, &s->capture.layout, s->capture.buffer[index].start,
				      s->negotiated->mode);
		if (!CHECK_OK(capture_give(&s->capture, index)))
			return false;
		if (ret == good)
			return true;
	} while (suite_now() < end);
	return CHECK(false, "negotiated %s, %s plugged in: no %s frame within %u ms",
		     s->negotiated->mode, s->now->mode, good ? "whole" : "marked", ms);
}

static bool negotiate(struct scene *s)
{
	s->negotiated = s->now;
	s->any = false;
	s->negotiations++;
	return CHECK_OK(capture_lock(&s->capture, &s->now->signal, 5000)) &&
	       CHECK_OK(capture_format(&s->capture, V4L2_PIX_FMT_UYVY)) &&
	       CHECK_OK(capture_buffers(&s->capture, V4L2_MEMORY_MMAP, BUFFERS)) &&
	       CHECK_OK(capture_start(&s->capture));
}

static void drain_events(struct scene *s)
{
	struct v4l2_event event;

	while (!capture_event(&s->capture, &event, 0))
		;
}

/* Wait for an event and go on taking frames: an application would do both, too. */
static bool await_event(struct scene *s)
{
	uint64_t end = suite_now() + EVENT_MS * 1000000ULL;
	struct v4l2_event event;

	while (capture_event(&s->capture, &event, 0)) {
		unsigned int index;

		if (suite_now() > end)
			return CHECK(false, "from %s to %s: no event within %u ms",
				     s->negotiated->mode, s->now->mode, EVENT_MS);
		if (take(s, &index) < 0 || !CHECK_OK(capture_give(&s->capture, index)))
			return false;
	}
	CHECK_EQ(event.type, V4L2_EVENT_SOURCE_CHANGE);
	CHECK_EQ(event.id, s->input_index);
	CHECK_EQ(event.u.src_change.changes, V4L2_EVENT_SRC_CH_RESOLUTION);
	s->events++;
	return true;
}

static bool change_to(struct scene *s, const struct change *to)
{
	const struct change *from = s->now;
	int ret;

	drain_events(s);
	s->now = to;
	ret = strcmp(to->mode, "off") ?
		      world_say("signal %s %s pattern=bt2111-hlg transfer=hlg colour=2020",
				s->connector, to->mode) :
		      world_say("signal %s off", s->connector);
	if (!CHECK_OK(ret))
		return false;
	return from == to || await_event(s);
}

static bool one_change(struct scene *s)
{
	const struct change *to = &s->changes[suite_random(s->changes_count)];

	if (!change_to(s, to))
		return false;
	if (to == s->negotiated)
		return take_until(s, true, SETTLE_MS);
	if (!take_until(s, false, SETTLE_MS))
		return false;
	/*
	 * a third of the time back to what was there, a third on to the next change, a third anew
	 */
	switch (suite_random(3)) {
	case 0:
		return change_to(s, s->negotiated) && take_until(s, true, SETTLE_MS);
	case 1:
		if (!to->signal.width)
			return true;
		capture_stop(&s->capture);
		capture_buffers_free(&s->capture);
		return negotiate(s) && take_until(s, true, SETTLE_MS);
	default:
		return true;
	}
}

static void run(struct scene *s, unsigned int changes)
{
	struct content_picture picture = { 0 };
	unsigned int index, i;
	int ret;

	s->capture.fd = -1;
	s->now = s->negotiated = &s->changes[0];
	if (!CHECK_OK(world_say("signal %s %s pattern=bt2111-hlg transfer=hlg colour=2020",
				s->connector, s->now->mode)) ||
	    !CHECK_OK(capture_open(&s->capture, 1, DEVICE_VIDEO)))
		return;
	if (!CHECK_OK(capture_input(&s->capture, s->input)))
		goto out;
	s->input_index = device_input(s->capture.fd, s->input);
	if (!CHECK_OK(capture_subscribe(&s->capture, s->input_index)) || !negotiate(s) ||
	    !take_until(s, true, SETTLE_MS))
		goto out;
	for (i = 0; i < changes; i++) {
		if (!one_change(s)) {
			suite_note("at change %u, seed %u", i, suite_options.seed);
			goto out;
		}
	}
	/*
	 * at the end: the first signal again, negotiated anew, compared with bars worked out here
	 */
	if (!change_to(s, &s->changes[0]))
		goto out;
	capture_stop(&s->capture);
	capture_buffers_free(&s->capture);
	if (!negotiate(s) || !take_until(s, true, SETTLE_MS))
		goto out;
	for (i = 0; i < 30; i++) {
		ret = take(s, &index);
		if (ret < 0 || !CHECK(ret == 1, "a marked frame although the signal is steady"))
			goto out;
		if (i == 29 && CHECK_OK(content_bars_create(&picture, CONTENT_HLG,
							    s->now->signal.width,
							    s->now->signal.height)))
			content_check(&picture, &s->capture.layout,
				      s->capture.buffer[index].start, "at the end");
		if (!CHECK_OK(capture_give(&s->capture, index)))
			goto out;
	}
out:
	suite_note("seed %u: %u whole frames, %u marked, %u events, %u negotiations",
		   suite_options.seed, s->good, s->marked, s->events, s->negotiations);
	content_destroy(&picture);
	capture_close(&s->capture);
}

static void test_8k(void)
{
	static struct scene scene = {
		.connector = "sdi-quad", .input = DEVICE_SDI_QUAD,
		.changes = changes_8k, .changes_count = COUNT(changes_8k),
	};

	run(&scene, suite_options.frames);
}

static void test_sdi(void)
{
	static struct scene scene = {
		.connector = "sdi1", .input = DEVICE_SDI1,
		.changes = changes_sdi, .changes_count = COUNT(changes_sdi),
	};

	run(&scene, suite_options.frames);
}

/* The receiver loses lock for moments: marked frames, then pictures again, without any new
 * S_DV_TIMINGS. */
static void test_unlock(void)
{
	static struct scene scene = {
		.connector = "sdi1", .input = DEVICE_SDI1,
		.changes = changes_sdi, .changes_count = COUNT(changes_sdi),
	};
	struct scene *s = &scene;

	s->capture.fd = -1;
	s->now = s->negotiated = &s->changes[0];
	if (!CHECK_OK(world_say("signal sdi1 2160p60 pattern=rp219")) ||
	    !CHECK_OK(capture_open(&s->capture, 1, DEVICE_VIDEO)))
		return;
	if (!CHECK_OK(capture_input(&s->capture, s->input)) || !negotiate(s))
		goto out;
	for (unsigned int i = 0; i < 10; i++)
		if (!take_until(s, true, SETTLE_MS) ||
		    !CHECK_OK(world_say("fault sdi1 unlock %u", 300 + suite_random(400))) ||
		    !take_until(s, false, SETTLE_MS) || !take_until(s, true, SETTLE_MS))
			goto out;
out:
	world_say("fault sdi1 clear");
	capture_close(&s->capture);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "8K: lost, other rates, back", test_8k },
		{ "SDI 1: lost, other rates and rasters, back", test_sdi },
		{ "lock lost for moments", test_unlock },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "signal_changes", .tests = tests, .time_limit = 300, .frames = 100,
	};

	return suite_main(argc, argv, &suite);
}
