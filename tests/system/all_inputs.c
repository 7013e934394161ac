// SPDX-License-Identifier: MIT
/*
 * Description: random signals on every connector, one after the other, while four channels capture:
 * each is recognised for what it is, in time and without anything left of the one before it; the
 * other channels' pictures stay whole, and nothing hangs.
 *
 * The row of signals comes from --seed and is the same for the same seed; --frames is how many.
 * What each signal is comes from the tables below, not from the card: ST 274, ST 296, ST 2036 and
 * CTA-861 for rasters and rates, ST 372 and ST 425 for what this card does not take.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/connector.h"
#include "lib/content.h"
#include "lib/suite.h"
#include "lib/world.h"

#define CHANNELS 4
#define BUFFERS 4
#define RECOGNISE_MS 4000
/* faster than eight a second they would be a loose contact, and are treated as one */
#define PACE_MS 200
#define CHANGES_LONG 1000	/* --long */
/* The controller's own part in a change: its thread is one of many on a busy host. */
#define SLACK_NS 60000000ULL

enum { SDI1, SDI4 = 3, QUAD, HDMI, CONNECTORS };

static const char *const names[CONNECTORS] = {
	"sdi1", "sdi2", "sdi3", "sdi4", "sdi-quad", "hdmi1"
};

enum state { NONE, UNSTABLE, UNSUPPORTED, LOCKED, ANY };

static const char *const states[] = { "none", "unstable", "unsupported", "locked" };

/* What a connector carries. */
struct what {
	enum state state;
	unsigned int width, height;
	unsigned int num, den;		/* frames a second */
	const char *scan;
	const char *reason;		/* NULL: not looked at */
	const char *transfer, *colorimetry;	/* NULL: not looked at */
};

struct kind {
	const char *line;		/* behind the connector */
	struct what what;
	struct what link;		/* sdi-quad: what each link is, seen alone */
};

#define P "progressive"
#define I "interlaced"
#define OFF { NONE, 0, 0, 0, 0, NULL, "none", NULL, NULL }
#define IS(w, h, n, d, scan, transfer, colour) \
	{ LOCKED, w, h, n, d, scan, "none", transfer, colour }
#define NOT(reason) { UNSUPPORTED, 0, 0, 0, 0, NULL, reason, NULL, NULL }

static const struct kind sdi[] = {
	{ "off", OFF, OFF },
	{ "720p50", IS(1280, 720, 50, 1, P, "sdr", "709"), OFF },
	{ "720p59.94", IS(1280, 720, 60000, 1001, P, "sdr", "709"), OFF },
	{ "1080i50", IS(1920, 1080, 25, 1, I, "sdr", "709"), OFF },
	{ "1080i59.94", IS(1920, 1080, 30000, 1001, I, "sdr", "709"), OFF },
	{ "1080i60 transfer=hlg colour=2020", IS(1920, 1080, 30, 1, I, "hlg", "2020"), OFF },
	{ "1080p23.98", IS(1920, 1080, 24000, 1001, P, "sdr", "709"), OFF },
	{ "1080p25 transfer=pq colour=2020", IS(1920, 1080, 25, 1, P, "pq", "2020"), OFF },
	{ "1080p30", IS(1920, 1080, 30, 1, P, "sdr", "709"), OFF },
	{ "1080p50", IS(1920, 1080, 50, 1, P, "sdr", "709"), OFF },
	{ "1080p59.94", IS(1920, 1080, 60000, 1001, P, "sdr", "709"), OFF },
	{ "1080p60", IS(1920, 1080, 60, 1, P, "sdr", "709"), OFF },
	{ "1080p119.88", IS(1920, 1080, 120000, 1001, P, "sdr", "709"), OFF },
	{ "2160p24", IS(3840, 2160, 24, 1, P, "sdr", "709"), OFF },
	{ "2160p29.97", IS(3840, 2160, 30000, 1001, P, "sdr", "709"), OFF },
	{ "2160p50 transfer=hlg colour=2020", IS(3840, 2160, 50, 1, P, "hlg", "2020"), OFF },
	{ "2160p59.94", IS(3840, 2160, 60000, 1001, P, "sdr", "709"), OFF },
	{ "2160p60 ppm=40", IS(3840, 2160, 60, 1, P, "sdr", "709"), OFF },
	/* no id: what was measured is known, colours are not */
	{ "2160p50 payload=none", IS(3840, 2160, 50, 1, P, "unspecified", "unknown"), OFF },
	/* an id that says 8K59.94 of a 1080i50: the raster counts */
	{ "1080i50 payload=d2caa001", IS(1920, 1080, 25, 1, I, NULL, NULL), OFF },
	/* one of two links */
	{ "1080p60 interface=dual-hd link=2", NOT("dual-link"), OFF },
	{ "2160p50 interface=dual-6g", NOT("dual-link"), OFF },
	{ "4320p25 interface=dual-12g link=2", NOT("dual-link"), OFF },
};

#define LINK(n, d, transfer, colour) IS(3840, 2160, n, d, P, transfer, colour)

static const struct kind quad[] = {
	{ "off", OFF, OFF },
	{ "4320p24", IS(7680, 4320, 24, 1, P, "sdr", "709"), LINK(24, 1, "sdr", "709") },
	{ "4320p29.97", IS(7680, 4320, 30000, 1001, P, "sdr", "709"),
	  LINK(30000, 1001, "sdr", "709") },
	{ "4320p50 transfer=hlg colour=2020", IS(7680, 4320, 50, 1, P, "hlg", "2020"),
	  LINK(50, 1, "hlg", "2020") },
	{ "4320p50 mapping=sqd transfer=hlg colour=2020", IS(7680, 4320, 50, 1, P, "hlg", "2020"),
	  LINK(50, 1, "hlg", "2020") },
	{ "4320p59.94 transfer=hlg colour=2020", IS(7680, 4320, 60000, 1001, P, "hlg", "2020"),
	  LINK(60000, 1001, "hlg", "2020") },
	{ "4320p60 numbers=76", IS(7680, 4320, 60, 1, P, "sdr", "709"),
	  LINK(60, 1, "sdr", "709") },
	{ "2160p50 interface=quad-3g", IS(3840, 2160, 50, 1, P, "sdr", "709"),
	  IS(1920, 1080, 50, 1, P, "sdr", "709") },
	{ "2160p59.94 interface=quad-3g", IS(3840, 2160, 60000, 1001, P, "sdr", "709"),
	  IS(1920, 1080, 60000, 1001, P, "sdr", "709") },
	{ "4320p50 order=1324", NOT("link-order"), LINK(50, 1, "sdr", "709") },
	{ "4320p60 numbers=none", NOT("link-order"), LINK(60, 1, "sdr", "709") },
};

/* Timings of CTA-861: 8K has another raster than on SDI, and the same size and rate. */
static const struct kind hdmi[] = {
	{ "off", OFF, OFF },
	{ "720p60", IS(1280, 720, 60, 1, P, "sdr", "709"), OFF },
	{ "1080i50", IS(1920, 1080, 25, 1, I, "sdr", "709"), OFF },
	{ "1080p59.94", IS(1920, 1080, 60000, 1001, P, "sdr", "709"), OFF },
	{ "1080p120", IS(1920, 1080, 120, 1, P, "sdr", "709"), OFF },
	{ "2160p50 transfer=hlg colour=2020", IS(3840, 2160, 50, 1, P, "hlg", "2020"), OFF },
	{ "2160p60", IS(3840, 2160, 60, 1, P, "sdr", "709"), OFF },
	{ "2160p120 sampling=422", IS(3840, 2160, 120, 1, P, "sdr", "709"), OFF },
	{ "4320p50 sampling=420 depth=10 transfer=hlg colour=2020",
	  IS(7680, 4320, 50, 1, P, "hlg", "2020"), OFF },
	{ "4320p60 sampling=420 depth=10", IS(7680, 4320, 60, 1, P, "sdr", "709"), OFF },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- the world as it must be seen --- */

static struct what world[CONNECTORS];
static bool together;		/* sdi1 .. sdi4 are the links of what is on sdi-quad */

/* The quad link, when its links come from several sources. */
static struct what of_links(void)
{
	static const struct what none = OFF;
	struct what what = { .state = UNSUPPORTED };
	unsigned int off = 0, equal = 1;

	for (unsigned int i = SDI1; i <= SDI4; i++)
		off += world[i].state == NONE;
	for (unsigned int i = SDI1 + 1; i <= SDI4; i++)
		equal &= world[i].width == world[SDI1].width && world[i].num == world[SDI1].num;
	if (off == 4)
		return none;
	if (off) {
		what.state = UNSTABLE;
		what.reason = "link-missing";
	} else if (equal) {
		what.state = ANY;	/* four pictures that may be one, or not */
	}
	return what;
}

static void world_put(unsigned int connector, const struct kind *kind)
{
	world[connector] = kind->what;
	if (connector == HDMI)
		return;
	together = connector == QUAD;
	for (unsigned int i = SDI1; i <= SDI4 && together; i++)
		world[i] = kind->link;
	if (!together)
		world[QUAD] = of_links();
}

/* --- the channels --- */

/*
 * Inputs by channel: 1 takes SDI 1 and the quad link in turn, 2 SDI 2 and HDMI, the others SDI.
 */
struct taker {
	struct capture capture;
	unsigned int connector;
	bool running;
	struct what negotiated;
	bool any;
	uint32_t sequence;
	uint64_t time_ns;
	unsigned int good, marked;
	/* frames that must be whole: what is negotiated is on the input, and was not touched */
	bool steady;
	unsigned int broken;
};

static struct taker taker[CHANNELS];
static unsigned int negotiations, refused;

static bool same_signal(const struct what *a, const struct what *b)
{
	return a->state == LOCKED && b->state == LOCKED && a->width == b->width &&
	       a->height == b->height && a->num == b->num && a->den == b->den &&
	       !strcmp(a->scan, b->scan);
}

/* A frame, and what holds for every frame. */
static bool take(struct taker *t, unsigned int channel)
{
	struct v4l2_buffer buffer;
	bool marked;

	if (!CHECK_OK(capture_take(&t->capture, &buffer, 1000)))
		return false;
	marked = buffer.flags & V4L2_BUF_FLAG_ERROR;
	CHECK(!t->any || buffer.sequence > t->sequence, "channel %u: sequence %u after %u",
	      channel + 1, buffer.sequence, t->sequence);
	CHECK(!t->any || capture_time(&buffer) > t->time_ns, "channel %u: time goes back",
	      channel + 1);
	CHECK_EQ(buffer.bytesused, t->capture.layout.bytes);
	t->any = true;
	t->sequence = buffer.sequence;
	t->time_ns = capture_time(&buffer);
	if (marked)
		t->marked++;
	else
		t->good++;
	if (marked && t->steady)
		t->broken++;
	return CHECK_OK(capture_give(&t->capture, buffer.index));
}

/* Take what comes on all channels for so long. */
static bool pump(unsigned int ms)
{
	uint64_t end = suite_now() + ms * 1000000ULL;

	do {
		struct pollfd fds[CHANNELS];
		uint64_t now = suite_now();
		int left = end > now ? (end - now) / 1000000 : 0;

		for (unsigned int i = 0; i < CHANNELS; i++)
			fds[i] = (struct pollfd){
				.fd = taker[i].running ? taker[i].capture.fd : -1,
				.events = POLLIN,
			};
		if (poll(fds, CHANNELS, left) < 0)
			return CHECK(false, "poll");
		for (unsigned int i = 0; i < CHANNELS; i++)
			if (fds[i].revents & POLLIN && !take(&taker[i], i))
				return false;
	} while (suite_now() < end);
	return true;
}

static void stop(struct taker *t)
{
	if (t->running) {
		CHECK_OK(capture_stop(&t->capture));
		capture_buffers_free(&t->capture);
	}
	t->running = false;
	t->steady = false;
}

static bool route(struct taker *t, unsigned int connector)
{
	if (t->connector == connector)
		return true;
	stop(t);
	t->connector = connector;
	return CHECK_OK(capture_input(&t->capture, connector == QUAD ? DEVICE_SDI_QUAD :
					   connector == HDMI ? DEVICE_HDMI1 : DEVICE_SDI1));
}

/* Take over what is on the channel's input, and capture it. */
static bool negotiate(struct taker *t)
{
	const struct what *what = &world[t->connector];
	const struct capture_signal signal = { what->width, what->height, what->num, what->den };

	stop(t);
	t->negotiated = *what;
	t->any = false;
	negotiations++;
	if (!CHECK_OK(capture_lock(&t->capture, &signal, RECOGNISE_MS)) ||
	    !CHECK_OK(capture_format(&t->capture, V4L2_PIX_FMT_NV12)) ||
	    !CHECK_OK(capture_buffers(&t->capture, V4L2_MEMORY_MMAP, BUFFERS)) ||
	    !CHECK_OK(capture_start(&t->capture)))
		return false;
	t->running = true;
	return true;
}

/* --- what the driver says --- */

static bool file_is(unsigned int connector, const char *name, const char *want)
{
	char file[64], value[64];

	if (!want)
		return true;
	snprintf(file, sizeof(file), "connectors/%s/%s", names[connector], name);
	return !connector_read(file, value, sizeof(value)) && !strcmp(value, want);
}

/* Everything of a connector, in words of sysfs. why: the first that is not as it should be. */
static bool seen(unsigned int connector, const char **why)
{
	const struct what *what = &world[connector];
	char width[16], height[16], rate[32];

	*why = NULL;
	if (what->state == ANY)
		return true;
	snprintf(width, sizeof(width), "%u", what->width);
	snprintf(height, sizeof(height), "%u", what->height);
	snprintf(rate, sizeof(rate), "%u/%u", what->num, what->den);
	if (!file_is(connector, "state", states[what->state]))
		*why = "state";
	else if (!file_is(connector, "reason", what->reason))
		*why = "reason";
	else if (what->state != LOCKED)
		return true;
	else if (!file_is(connector, "width", width))
		*why = "width";
	else if (!file_is(connector, "height", height))
		*why = "height";
	else if (!file_is(connector, "rate", rate))
		*why = "rate";
	else if (!file_is(connector, "scan", what->scan))
		*why = "scan";
	else if (!file_is(connector, "transfer", what->transfer))
		*why = "transfer";
	else if (!file_is(connector, "colorimetry", what->colorimetry))
		*why = "colorimetry";
	return !*why;
}

static bool check_seen(unsigned int connector, unsigned int changed, const char *line)
{
	const struct what *what = &world[connector];
	char file[64], value[64] = "";
	const char *why;

	if (seen(connector, &why))
		return true;
	snprintf(file, sizeof(file), "connectors/%s/%s", names[connector], why);
	connector_read(file, value, sizeof(value));
	return CHECK(false, "after 'signal %s %s': %s is '%s', expected %s %ux%u %u/%u",
		     names[changed], line, file, value, states[what->state], what->width,
		     what->height, what->num, what->den);
}

/* QUERY_DV_TIMINGS of a channel that listens to it says the same. */
static bool check_query(struct taker *t)
{
	const struct what *what = &world[t->connector];
	struct v4l2_dv_timings timings;
	int ret = capture_query(&t->capture, &timings);

	switch (what->state) {
	case LOCKED:
		return CHECK_EQ(ret, 0) && CHECK_EQ(timings.bt.width, what->width) &&
		       CHECK_EQ(timings.bt.height, what->height) &&
		       CHECK_EQ(timings.bt.interlaced, !strcmp(what->scan, I)) &&
		       CHECK(capture_rate_is(&timings, what->num, what->den), "rate of %s",
			     names[t->connector]);
	case NONE:
		return CHECK_EQ(ret, -ENOLINK);
	case UNSTABLE:
		return CHECK_EQ(ret, -ENOLCK);
	case UNSUPPORTED:
		refused++;
		return CHECK_EQ(ret, -ERANGE);
	case ANY:
		break;
	}
	return true;
}

/* --- how long it took --- */

static uint64_t put_ns(unsigned int connector)
{
	static struct world_output output;
	const char *const argv[] = { "stimulus", "status", NULL };
	char name[16];
	const char *at;

	if (!CHECK_EQ(world_run(&output, 5000, argv), 0))
		return 0;
	snprintf(name, sizeof(name), "%s: ", names[connector]);
	at = strstr(output.out, name);
	at = at ? strstr(at, "put on at ") : NULL;
	return CHECK(at, "status does not say when %s came", name) ?
		       strtoull(at + strlen("put on at "), NULL, 10) : 0;
}

static double worst_frames;
static uint64_t worst_ns;

/*
 * By the card's clock: from the cable to the block that says what it is. A receiver locks in two
 * frames of the transport, the firmware has two more. Rasters whose transport has half the
 * picture's rate are not in the tables but as dual links, which are not timed.
 */
static bool check_time(unsigned int connector, const char *line)
{
	const struct what *what = &world[connector];
	char file[64], value[64] = "";
	uint64_t put, since, frame_ns;

	if (what->state != LOCKED || connector == HDMI)
		return true;
	snprintf(file, sizeof(file), "connectors/%s/since_ns", names[connector]);
	if (!CHECK_OK(connector_read(file, value, sizeof(value))))
		return false;
	since = strtoull(value, NULL, 10);
	put = put_ns(connector);
	frame_ns = 1000000000ULL * what->den / what->num;
	if (!CHECK(since > put, "%s: known since %" PRIu64 " ns, put on at %" PRIu64, line, since,
		   put))
		return false;
	if (since - put > worst_ns)
		worst_ns = since - put;
	if ((double)(since - put) / frame_ns > worst_frames)
		worst_frames = (double)(since - put) / frame_ns;
	return CHECK(since - put <= 4 * frame_ns + SLACK_NS,
		     "%s %s: recognised after %.1f ms, %.2f frames", names[connector], line,
		     (since - put) / 1e6, (double)(since - put) / frame_ns);
}

/* --- a change --- */

static const struct kind *choose(unsigned int *connector)
{
	*connector = suite_random(CONNECTORS);
	switch (*connector) {
	case QUAD:
		return &quad[suite_random(COUNT(quad))];
	case HDMI:
		return &hdmi[suite_random(COUNT(hdmi))];
	default:
		return &sdi[suite_random(COUNT(sdi))];
	}
}

/* Does a change on one connector change what another one carries? */
static bool touches(unsigned int changed, unsigned int connector)
{
	if (changed == HDMI || connector == HDMI)
		return changed == connector;
	return changed == connector || changed == QUAD || connector == QUAD;
}

static bool await_seen(unsigned int changed, const char *line)
{
	uint64_t end = suite_now() + RECOGNISE_MS * 1000000ULL;
	const char *why;

	while (!seen(changed, &why) && suite_now() < end)
		if (!pump(5))
			return false;
	/* no connector shows anything of before */
	for (unsigned int i = 0; i < CONNECTORS; i++) {
		while (touches(changed, i) && !seen(i, &why) && suite_now() < end)
			if (!pump(5))
				return false;
		if (!check_seen(i, changed, line))
			return false;
	}
	return true;
}

/* Channels that capture what is there go on; some of the others take over what is there now. */
static bool after_change(unsigned int changed)
{
	for (unsigned int i = 0; i < CHANNELS; i++) {
		struct taker *t = &taker[i];

		if (!check_query(t))
			return false;
		if (touches(changed, t->connector) && world[t->connector].state == LOCKED &&
		    (!t->running || (!same_signal(&t->negotiated, &world[t->connector]) &&
				     suite_random(2)))) {
			if (!negotiate(t))
				return false;
		}
	}
	return true;
}

/* Every channel whose signal is the negotiated one gives whole pictures, and goes on doing so. */
static bool settle(void)
{
	uint64_t end = suite_now() + RECOGNISE_MS * 1000000ULL;

	for (unsigned int i = 0; i < CHANNELS; i++) {
		struct taker *t = &taker[i];
		unsigned int good = t->good;

		if (!t->running || t->steady ||
		    !same_signal(&t->negotiated, &world[t->connector]))
			continue;
		while (t->good == good && suite_now() < end)
			if (!pump(5))
				return false;
		if (!CHECK(t->good > good, "channel %u: no whole picture of %s within %u ms",
			   i + 1, names[t->connector], RECOGNISE_MS))
			return false;
		t->steady = true;
	}
	return true;
}

static bool one_change(void)
{
	uint64_t begin = suite_now();
	unsigned int changed;
	const struct kind *kind = choose(&changed);
	int64_t late;

	/* look at it where it can be seen */
	if ((changed == SDI1 || changed == QUAD) && !route(&taker[0], changed))
		return false;
	if ((changed == SDI1 + 1 || changed == HDMI) && !route(&taker[1], changed))
		return false;
	for (unsigned int i = 0; i < CHANNELS; i++)
		if (touches(changed, taker[i].connector))
			taker[i].steady = false;
	world_put(changed, kind);
	if (!CHECK_OK(world_say("signal %s %s", names[changed], kind->line)) ||
	    !await_seen(changed, kind->line) || !check_time(changed, kind->line) ||
	    !after_change(changed) || !settle())
		return false;
	/* pictures of the others were whole all the time, as far as the card was in time */
	for (unsigned int i = 0; i < CHANNELS; i++) {
		if (!taker[i].broken)
			continue;
		late = world_overruns(i + 1, DEVICE_VIDEO);
		if (!CHECK(late >= taker[i].broken,
			   "channel %u on %s: %u marked frames by 'signal %s %s', %" PRId64 " late",
			   i + 1, names[taker[i].connector], taker[i].broken, names[changed],
			   kind->line, late))
			return false;
	}
	while (suite_now() < begin + PACE_MS * 1000000ULL)
		if (!pump(10))
			return false;
	return true;
}

static void test_changes(void)
{
	unsigned int changes = suite_options.thorough ? CHANGES_LONG : suite_options.frames, i = 0;
	unsigned int good = 0, marked = 0, overruns = 0;
	struct world_books books;

	if (suite_debug_kernel() && changes > 100)
		changes = 100;
	for (unsigned int n = 0; n < CHANNELS; n++)
		taker[n] = (struct taker){ .capture.fd = -1, .connector = n };
	for (unsigned int n = 0; n < CONNECTORS; n++)
		if (n != QUAD && !CHECK_OK(world_say("signal %s off", names[n])))
			return;
	for (unsigned int n = 0; n < CONNECTORS; n++)
		world[n] = sdi[0].what;
	for (unsigned int n = 0; n < CHANNELS; n++)
		if (!CHECK_OK(capture_open(&taker[n].capture, n + 1, DEVICE_VIDEO)) ||
		    !CHECK_OK(capture_input(&taker[n].capture, DEVICE_SDI1)))
			goto out;
	world_books_reset();
	for (i = 0; i < changes && one_change(); i++)
		;
	if (CHECK_OK(world_books_read(&books)))
		for (unsigned int n = 0; n < CHANNELS; n++) {
			/* the card's own lateness on a busy host, no fault of detection: told */
			overruns += books.stream[4 * n].overrun;
			CHECK_EQ(books.stream[4 * n].failed, 0);
		}
out:
	for (unsigned int n = 0; n < CHANNELS; n++) {
		good += taker[n].good;
		marked += taker[n].marked;
		stop(&taker[n]);
		capture_close(&taker[n].capture);
	}
	for (unsigned int n = 0; n < CONNECTORS; n++)
		if (n != QUAD)
			world_say("signal %s off", names[n]);
	suite_note("seed %u: %u changes, %u negotiations, %u refused signals; %u whole frames, %u "
		   "marked, %u overrun; at worst recognised after %.1f ms, and after %.2f frames",
		   suite_options.seed, i, negotiations, refused, good, marked, overruns,
		   worst_ns / 1e6, worst_frames);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "random signals on every connector", test_changes },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "all_inputs", .tests = tests, .time_limit = 900, .frames = 250,
	};

	return suite_main(argc, argv, &suite);
}
