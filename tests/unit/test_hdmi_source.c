// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/hdmi_port.c tests/vcard/hdmi_receiver.c tests/vcard/hdmi_source.c */
/* Sources: tests/vcard/hdmi_mode.c tests/vcard/hdmi_offer.c tests/vcard/hdmi_infoframe.c */
/* Sources: tests/vcard/cec_line.c tests/vcard/cec_device.c tests/vcard/spread.c */
/* Sources: tests/vcard/stimulus*.c tests/vcard/picture.c tests/vcard/thread.c tests/vcard/log.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the virtual source against the real firmware, on a clock of the test's own: what is
 * agreed on for each mode, link training and its failures, EDIDs that change, DVI, InfoFrames, a
 * VIC that lies, faults of the receiver, CEC.
 *
 * Figures are those of CTA-861-I, table 1, and of HDMI 2.1: which FRL rate a format needs stands in
 * the table below as the standard's metering gives it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "edid_default.h"
#include "hdmi_port.h"
#include "unit.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)

static struct hdmi_port port;
static struct bus bus;
static struct controller firmware;
static struct controller_hal hal;
static uint64_t now;

static uint64_t ops_time(void *opaque)
{
	(void)opaque;
	return now;
}

static uint32_t ops_read(void *opaque, uint32_t offset)
{
	(void)opaque;
	return hdmi_port_read(&port, offset, now);
}

static void ops_write(void *opaque, uint32_t offset, uint32_t value)
{
	(void)opaque;
	hdmi_port_write(&port, offset, value, now);
}

static const struct bus_ops ops = {
	.time_ns = ops_time, .hdmi_read = ops_read, .hdmi_write = ops_write,
};

/* As the controller's thread does. */
static void run(uint64_t ns)
{
	uint64_t end = now + ns;

	while (now <= end) {
		uint64_t next, port_next;

		hdmi_port_poll(&port, now);
		next = controller_poll(&firmware);
		port_next = hdmi_port_next(&port, now);
		if (port_next < next)
			next = port_next;
		if (next > end)
			break;
		now = next > now ? next : now;
	}
	now = end;
}

static const struct kinora_signal *signal_now(void)
{
	static struct kinora_signal signal;

	bus_block(&bus, KINORA_CONN_HDMI1, &signal);
	return &signal;
}

static void begin(void)
{
	hdmi_port_init(&port);
	bus_init(&bus, &ops, NULL);
	now = SECOND;
	bus_start(&bus);
	hal = bus_hal(&bus);
	controller_init(&firmware, &hal);
	run(200 * MS);
}

static void end(void)
{
	hdmi_port_finish(&port);
}

static struct stimulus parsed(const char *line)
{
	char error[STIMULUS_ERROR_MAX];
	struct stimulus stimulus;

	if (stimulus_parse(line, false, &stimulus, error, sizeof(error))) {
		fprintf(stderr, "%s: %s\n", line, error);
		abort();
	}
	return stimulus;
}

static void play(const char *line)
{
	struct stimulus stimulus = parsed(line);
	struct hdmi_wish wish;

	if (!stimulus.signal.mode) {
		hdmi_port_play(&port, NULL, now);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(hdmi_wish_make(&wish, &stimulus.signal), 0);
	hdmi_port_play(&port, &wish, now);
}

static void fault(const char *line)
{
	struct stimulus stimulus = parsed(line);

	CU_ASSERT_EQUAL(hdmi_port_fault(&port, &stimulus, now), 0);
}

static const char *text(void)
{
	static char words[256];

	hdmi_port_text(&port, words, sizeof(words));
	return words;
}

static void edid_set(const uint8_t *edid, unsigned int bytes)
{
	CU_ASSERT_EQUAL(hdmi_edid_set(&firmware.hdmi, edid, bytes, now), KINORA_MAILBOX_OK);
}

static void checksum(uint8_t *block)
{
	uint8_t sum = 0;

	for (unsigned int i = 0; i < 127; i++)
		sum += block[i];
	block[127] = -sum;
}

/* The default EDID without what an HDMI Forum block offers, or with less of it. */
static void edid_forum(uint8_t *edid, unsigned int frl, bool keep)
{
	memcpy(edid, edid_default, EDID_DEFAULT_BYTES);
	for (unsigned int i = 128; i + 8 < EDID_DEFAULT_BYTES; i++) {
		uint8_t *at = &edid[i];

		/* tag 3 of the HDMI Forum, C45DD8 */
		if (at[0] >> 5 != 3 || at[1] != 0xd8 || at[2] != 0x5d || at[3] != 0xc4)
			continue;
		at[7] = frl << 4 | (at[7] & 15);
		if (!keep)
			at[1] = 0;
	}
	for (unsigned int i = 0; i < EDID_DEFAULT_BYTES; i += 128)
		checksum(edid + i);
}

/* --- arithmetic --- */

/* Lowest FRL rates of uncompressed video; 0: none carries it. */
static void test_frl_rates(void)
{
	static const struct {
		unsigned int vic, sampling, depth, rate;
	} formats[] = {
		/* 8Kp24, p25, p30 */
		{ 194, KINORA_SAMPLING_420, 8, 2 }, { 195, KINORA_SAMPLING_420, 8, 2 },
		{ 196, KINORA_SAMPLING_420, 8, 2 }, { 196, KINORA_SAMPLING_420, 10, 3 },
		{ 196, KINORA_SAMPLING_420, 12, 3 }, { 196, KINORA_SAMPLING_422, 12, 4 },
		{ 196, KINORA_SAMPLING_444, 8, 4 }, { 196, KINORA_SAMPLING_RGB, 10, 5 },
		{ 196, KINORA_SAMPLING_444, 12, 6 }, { 194, KINORA_SAMPLING_420, 10, 3 },
		{ 194, KINORA_SAMPLING_422, 12, 4 }, { 194, KINORA_SAMPLING_444, 10, 5 },
		{ 195, KINORA_SAMPLING_420, 12, 3 }, { 195, KINORA_SAMPLING_444, 12, 6 },
		/* 8Kp48, p50, p60 */
		{ 197, KINORA_SAMPLING_420, 8, 4 }, { 198, KINORA_SAMPLING_420, 8, 4 },
		{ 199, KINORA_SAMPLING_420, 8, 4 }, { 199, KINORA_SAMPLING_420, 10, 5 },
		{ 198, KINORA_SAMPLING_420, 10, 5 }, { 199, KINORA_SAMPLING_420, 12, 6 },
		{ 197, KINORA_SAMPLING_420, 10, 5 }, { 198, KINORA_SAMPLING_420, 12, 6 },
		{ 199, KINORA_SAMPLING_422, 12, 0 }, { 199, KINORA_SAMPLING_RGB, 8, 0 },
		/* 4Kp120 */
		{ 118, KINORA_SAMPLING_420, 10, 3 }, { 118, KINORA_SAMPLING_422, 12, 4 },
		{ 118, KINORA_SAMPLING_444, 8, 4 }, { 118, KINORA_SAMPLING_444, 10, 5 },
		{ 118, KINORA_SAMPLING_444, 12, 6 },
		/* 4Kp60 */
		{ 97, KINORA_SAMPLING_420, 10, 2 }, { 97, KINORA_SAMPLING_422, 12, 2 },
		{ 97, KINORA_SAMPLING_444, 8, 2 }, { 97, KINORA_SAMPLING_444, 10, 3 },
		{ 97, KINORA_SAMPLING_444, 12, 3 },
	};

	for (unsigned int i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct hdmi_format format = { formats[i].sampling, formats[i].depth };
		unsigned int rate = formats[i].rate ? formats[i].rate : HDMI_FRL_RATES + 1;

		CU_ASSERT_EQUAL(hdmi_frl_rate(hdmi_mode_vic(formats[i].vic), &format), rate);
	}
}

/* Every mode of the language but the reference's, and the 8K ones no HDMI carries, has a VIC. */
static void test_vics(void)
{
	for (size_t i = 0; stimulus_mode_at(i); i++) {
		const struct stimulus_mode *mode = stimulus_mode_at(i);
		const struct hdmi_mode *hdmi = hdmi_mode_find(mode);
		uint64_t clock;

		CU_ASSERT_EQUAL(!!hdmi, mode->hdmi);
		if (!hdmi)
			continue;
		CU_ASSERT_PTR_EQUAL(hdmi_mode_vic(hdmi->vic), hdmi);
		clock = hdmi_mode_pixelclock(hdmi, false);
		CU_ASSERT(clock == 59400000 || clock == 74250000 || clock == 148500000 ||
			  clock == 297000000 || clock == 594000000 || clock == 1188000000 ||
			  clock == 2376000000);
	}
	CU_ASSERT_EQUAL(hdmi_mode_pixelclock(hdmi_mode_vic(199), true), 2373626374);
	CU_ASSERT_EQUAL(hdmi_mode_pixelclock(hdmi_mode_vic(4), true), 74175824);
}

/* --- what is agreed on, with the default EDID --- */

static void test_modes(void)
{
	for (size_t i = 0; stimulus_mode_at(i); i++) {
		const struct stimulus_mode *mode = stimulus_mode_at(i);
		const struct kinora_signal *signal = signal_now();
		uint64_t start;
		char line[64];

		if (!mode->hdmi)
			continue;
		begin();
		start = now;
		snprintf(line, sizeof(line), "signal hdmi1 %s", mode->name);
		play(line);
		while (signal_now()->state != KINORA_SIGNAL_LOCKED && now < start + SECOND)
			run(MS);
		if (signal->state != KINORA_SIGNAL_LOCKED)
			printf("\n%s: %s", mode->name, text());
		CU_ASSERT_EQUAL(signal->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(signal->width, mode->width);
		CU_ASSERT_EQUAL(signal->height, mode->height);
		CU_ASSERT_EQUAL(signal->rate_num, mode->rate_num);
		CU_ASSERT_EQUAL(signal->rate_den, mode->rate_den);
		CU_ASSERT_EQUAL(!!(signal->scan & KINORA_SCAN_INTERLACED), mode->interlaced);
		CU_ASSERT_EQUAL(signal->vic, hdmi_mode_find(mode)->vic);
		CU_ASSERT_FALSE(signal->flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES);
		end();
	}
}

static void test_links(void)
{
	static const struct {
		const char *line;
		unsigned int frl, sampling, depth;
	} cases[] = {
		{ "signal hdmi1 1080p60", 0, KINORA_SAMPLING_422, 12 },
		{ "signal hdmi1 2160p60", 0, KINORA_SAMPLING_422, 12 },
		{ "signal hdmi1 2160p60 sampling=420", 0, KINORA_SAMPLING_420, 10 },
		{ "signal hdmi1 2160p60 sampling=rgb depth=8", 0, KINORA_SAMPLING_RGB, 8 },
		{ "signal hdmi1 2160p60 sampling=444 depth=10", 6, KINORA_SAMPLING_444, 10 },
		{ "signal hdmi1 2160p120", 6, KINORA_SAMPLING_422, 12 },
		{ "signal hdmi1 2160p119.88 sampling=rgb depth=10", 6, KINORA_SAMPLING_RGB, 10 },
		{ "signal hdmi1 4320p30", 6, KINORA_SAMPLING_422, 12 },
		{ "signal hdmi1 4320p50", 6, KINORA_SAMPLING_420, 10 },
		{ "signal hdmi1 4320p60 sampling=420 depth=10", 6, KINORA_SAMPLING_420, 10 },
		{ "signal hdmi1 4320p60 sampling=420 depth=12", 6, KINORA_SAMPLING_420, 12 },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct kinora_signal *signal;

		begin();
		play(cases[i].line);
		run(SECOND);
		signal = signal_now();
		if (signal->state != KINORA_SIGNAL_LOCKED)
			printf("\n%s: %s", cases[i].line, text());
		CU_ASSERT_EQUAL(signal->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(signal->frl_rate, cases[i].frl);
		CU_ASSERT_EQUAL(signal->interface,
				cases[i].frl ? KINORA_INTERFACE_FRL : KINORA_INTERFACE_TMDS);
		CU_ASSERT_EQUAL(signal->sampling, cases[i].sampling);
		CU_ASSERT_EQUAL(signal->depth, cases[i].depth);
		end();
	}
}

/* Scrambled above 340 million characters a second (HDMI 2.0, 6.1.3.1), and only there. */
static void test_scrambling(void)
{
	begin();
	play("signal hdmi1 2160p60");
	run(500 * MS);
	CU_ASSERT(port.rx.video.scrambled);
	CU_ASSERT_EQUAL(port.rx.scdc[0x20], 3);
	CU_ASSERT_EQUAL(port.rx.scdc[0x21], 1);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	play("signal hdmi1 2160p30");
	run(500 * MS);
	CU_ASSERT_FALSE(port.rx.video.scrambled);
	CU_ASSERT_EQUAL(port.rx.scdc[0x20], 0);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	end();
}

/* --- link training that fails --- */

static void test_bad_lane(void)
{
	begin();
	fault("fault hdmi1 lane 3 5");
	play("signal hdmi1 2160p120");
	run(3 * SECOND);
	/* 10 and 12 Gb/s fail, 8 Gb/s suffice */
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 4);
	CU_ASSERT_EQUAL(signal_now()->sampling, KINORA_SAMPLING_422);
	end();

	/* three lanes of 6 Gb/s do not carry 4:2:2, but 8 bits of 4:2:0 do not need the fourth */
	begin();
	fault("fault hdmi1 lane 3 1");
	play("signal hdmi1 2160p120");
	run(4 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->sampling, KINORA_SAMPLING_420);
	CU_ASSERT_EQUAL(signal_now()->depth, 8);
	end();

	/* 8Kp60 with 10 bits needs rate 5; with 8 bits rate 4 */
	begin();
	fault("fault hdmi1 lane 0 5");
	play("signal hdmi1 4320p60");
	run(4 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 4);
	CU_ASSERT_EQUAL(signal_now()->depth, 8);
	play("signal hdmi1 4320p60 sampling=420 depth=10");
	run(4 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(signal_now()->reason, KINORA_REASON_TRAINING);
	CU_ASSERT_PTR_NOT_NULL(strstr(text(), "link training failed"));
	/* mended */
	fault("fault hdmi1 lane 0 clear");
	play("signal hdmi1 4320p60 sampling=420 depth=10");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 6);
	end();
}

/* While it plays: the sink has the link trained anew, and it falls to a rate that works. */
static void test_lane_goes_bad(void)
{
	begin();
	play("signal hdmi1 2160p120");
	run(2 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 6);
	fault("fault hdmi1 lane 3 5");
	run(SECOND / 4);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_UNSTABLE);
	run(3 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 4);
	end();
}

/* A mode that TMDS takes as well does not depend on FRL. */
static void test_fall_to_tmds(void)
{
	begin();
	fault("fault hdmi1 lane 1 1");
	play("signal hdmi1 2160p60 sampling=rgb depth=10");
	run(4 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	play("signal hdmi1 2160p60 sampling=rgb depth=8");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->frl_rate, 0);
	end();
}

/* --- EDIDs --- */

static void test_edid_change(void)
{
	uint8_t edid[EDID_DEFAULT_BYTES];
	unsigned int sessions;

	begin();
	play("signal hdmi1 4320p60");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	sessions = port.source.sessions;

	edid_forum(edid, 3, true);
	edid_set(edid, sizeof(edid));
	run(MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_FALSE(signal_now()->flags & KINORA_SIGNAL_FLAG_HOTPLUG);
	CU_ASSERT_EQUAL(port.source.state, HDMI_SOURCE_UNPLUGGED);
	run(2 * SECOND);
	CU_ASSERT_EQUAL(port.source.sessions, sessions + 1);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(port.source.state, HDMI_SOURCE_REFUSING);
	CU_ASSERT_STRING_EQUAL(text(), "does not send: it needs FRL rate 4, and there is 3");

	/* it has been told to know better */
	play("signal hdmi1 4320p60 force");
	run(2 * SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);

	/* no EDID: no hot-plug, and nothing is sent */
	edid_set(NULL, 0);
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_STRING_EQUAL(text(), "waits for hot-plug");
	edid_set(edid_default, EDID_DEFAULT_BYTES);
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	end();
}

/* A sink that has no HDMI Forum block: no FRL, no SCDC, nothing above 340 MHz. */
static void test_edid_without_forum(void)
{
	uint8_t edid[EDID_DEFAULT_BYTES];

	begin();
	edid_forum(edid, 0, false);
	edid_set(edid, sizeof(edid));
	play("signal hdmi1 2160p30");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	/* as HDMI 1.4 tells it: no VIC, but an HDMI VIC in the vendor InfoFrame */
	CU_ASSERT(port.rx.there & BIT(KINORA_INFOFRAME_VENDOR));
	CU_ASSERT_EQUAL(port.rx.slot[KINORA_INFOFRAME_AVI][3 + 4], 0);
	CU_ASSERT_EQUAL(port.rx.slot[KINORA_INFOFRAME_VENDOR][3 + 5], 1);
	CU_ASSERT_EQUAL(signal_now()->vic, 95);
	CU_ASSERT_EQUAL(port.rx.scdc_writes, 0);
	play("signal hdmi1 2160p120");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	end();
}

/* DDC that gives nonsense: the checksum of a block is wrong. */
static void test_edid_broken(void)
{
	begin();
	play("signal hdmi1 1080p60");
	run(SECOND);
	port.rx.edid[100] ^= 1;
	edid_set(NULL, 0);
	run(200 * MS);
	port.rx.edid_blocks = 2;
	hdmi_port_write(&port, KINORA_HDMI_CONTROL, KINORA_HDMI_HOTPLUG, now);
	run(SECOND);
	CU_ASSERT_STRING_EQUAL(text(), "does not send: the EDID cannot be read");
	end();
}

/* --- what the signal says of itself --- */

static void test_colours(void)
{
	const struct kinora_signal *signal;

	begin();
	play("signal hdmi1 2160p60 transfer=hlg colour=2020");
	run(SECOND);
	signal = signal_now();
	CU_ASSERT_EQUAL(signal->transfer, 1);
	CU_ASSERT_EQUAL(signal->colorimetry, KINORA_COLORIMETRY_2020);
	CU_ASSERT_EQUAL(signal->range, KINORA_RANGE_NARROW);
	CU_ASSERT_EQUAL(signal->it_content, KINORA_IT_NONE);
	play("signal hdmi1 2160p60 transfer=pq colour=2020 content=cinema");
	run(SECOND);
	signal = signal_now();
	CU_ASSERT_EQUAL(signal->transfer, 2);
	CU_ASSERT_EQUAL(signal->it_content, KINORA_IT_CINEMA);
	play("signal hdmi1 1080p60 sampling=rgb depth=8 range=full content=graphics");
	run(SECOND);
	signal = signal_now();
	CU_ASSERT_EQUAL(signal->transfer, 0);
	CU_ASSERT_EQUAL(signal->colorimetry, KINORA_COLORIMETRY_709);
	CU_ASSERT_EQUAL(signal->range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(signal->it_content, KINORA_IT_GRAPHICS);
	CU_ASSERT_EQUAL(signal->depth, 8);
	play("signal hdmi1 1080p60 sampling=rgb depth=8");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->range, KINORA_RANGE_NARROW);
	end();
}

static void test_dvi(void)
{
	begin();
	play("signal hdmi1 1080p60 dvi");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_FALSE(signal_now()->flags & KINORA_SIGNAL_FLAG_HDMI);
	CU_ASSERT_EQUAL(signal_now()->sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(signal_now()->range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(port.rx.there, 0);
	end();
}

static void test_lying_vic(void)
{
	begin();
	play("signal hdmi1 1080p60 vic=97");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->width, 1920);
	CU_ASSERT_EQUAL(signal_now()->vic, 16);
	CU_ASSERT(signal_now()->flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES);
	end();
}

/* --- faults --- */

static void test_infoframe_faults(void)
{
	uint32_t count;

	begin();
	play("signal hdmi1 2160p60 transfer=hlg colour=2020");
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->transfer, 1);
	count = signal_now()->infoframes;
	fault("fault hdmi1 infoframe drm missing");
	run(900 * MS);
	CU_ASSERT_EQUAL(signal_now()->transfer, 1);
	run(200 * MS);
	/* not sent for a second: it is gone */
	CU_ASSERT_EQUAL(signal_now()->transfer, 0);
	CU_ASSERT_EQUAL(signal_now()->infoframes, count + 1);
	fault("fault hdmi1 infoframe drm good");
	run(100 * MS);
	CU_ASSERT_EQUAL(signal_now()->transfer, 1);
	/* damaged: what the one before said stands */
	fault("fault hdmi1 infoframe avi damaged");
	run(100 * MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->sampling, KINORA_SAMPLING_422);
	fault("fault hdmi1 clear");
	run(100 * MS);
	CU_ASSERT_EQUAL(port.rx.damaged | port.rx.missing, 0);
	end();
}

static void test_unlock_and_errors(void)
{
	uint32_t losses, errors;

	begin();
	play("signal hdmi1 1080p50");
	run(SECOND);
	losses = signal_now()->lock_losses;
	fault("fault hdmi1 unlock 100");
	run(50 * MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_UNSTABLE);
	/* 100 ms, two frames to lock, one to stand */
	run(50 * MS + 70 * MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->lock_losses, losses + 1);

	/* 1125 lines, 50 times a second */
	errors = port.rx.errors.count ? hdmi_port_read(&port, KINORA_HDMI_ERRORS, now) : 0;
	fault("fault hdmi1 errors 0.01");
	run(2 * SECOND);
	CU_ASSERT_EQUAL(hdmi_port_read(&port, KINORA_HDMI_ERRORS, now) - errors, 1125);
	CU_ASSERT(signal_now()->flags & KINORA_SIGNAL_FLAG_ERRORS);
	fault("fault hdmi1 clear");
	run(2 * SECOND);
	CU_ASSERT_FALSE(signal_now()->flags & KINORA_SIGNAL_FLAG_ERRORS);
	end();
}

/* 20 Hz: eight losses of lock within a second are too many; it has to stand for 250 ms again. */
static void test_flapping(void)
{
	uint32_t losses;

	begin();
	play("signal hdmi1 2160p120");
	run(SECOND);
	losses = signal_now()->lock_losses;
	fault("fault hdmi1 flap 20");
	run(SECOND + 10 * MS);
	CU_ASSERT_EQUAL(hdmi_port_read(&port, KINORA_HDMI_LOCK_LOSSES, now) - losses, 20);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(signal_now()->reason, KINORA_REASON_FLAPPING);
	fault("fault hdmi1 clear");
	run(200 * MS);
	CU_ASSERT_EQUAL(signal_now()->reason, KINORA_REASON_FLAPPING);
	run(500 * MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(signal_now()->reason, KINORA_REASON_NONE);
	end();
}

/* 200 signals in any order: each is recognised, none leaves anything behind. */
static void test_changes(void)
{
	unsigned int seed = 8;

	begin();
	for (unsigned int i = 0; i < 200; i++) {
		const struct stimulus_mode *mode;
		char line[64];

		do {
			seed = seed * 1103515245 + 12345;
			mode = stimulus_mode_at(seed / 65536 % 52);
		} while (!mode || !mode->hdmi);
		if (i % 7 == 3) {
			play("signal hdmi1 off");
			run(seed % 2 ? 0 : 200 * MS);
		}
		snprintf(line, sizeof(line), "signal hdmi1 %s", mode->name);
		play(line);
		run(700 * MS);
		if (signal_now()->state != KINORA_SIGNAL_LOCKED)
			printf("\n%u %s: %s", i, mode->name, text());
		CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(signal_now()->vic, hdmi_mode_find(mode)->vic);
		CU_ASSERT_EQUAL(signal_now()->rate_den, mode->rate_den);
	}
	play("signal hdmi1 off");
	run(200 * MS);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_NONE);
	CU_ASSERT_FALSE(signal_now()->flags & KINORA_SIGNAL_FLAG_POWER);
	end();
}

/* A firmware that is started anew in mid-signal: the link goes on. */
static void test_firmware_restart(void)
{
	unsigned int videos;

	begin();
	play("signal hdmi1 4320p60");
	run(SECOND);
	videos = port.source.videos;
	bus_start(&bus);
	controller_init(&firmware, &hal);
	run(SECOND);
	CU_ASSERT_EQUAL(signal_now()->state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(port.source.videos, videos);
	end();
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "FRL rates", test_frl_rates },
		{ "VICs", test_vics },
		{ "modes", test_modes },
		{ "links", test_links },
		{ "scrambling", test_scrambling },
		{ "bad lane", test_bad_lane },
		{ "lane goes bad", test_lane_goes_bad },
		{ "fall to TMDS", test_fall_to_tmds },
		{ "EDID change", test_edid_change },
		{ "EDID without forum block", test_edid_without_forum },
		{ "EDID broken", test_edid_broken },
		{ "colours", test_colours },
		{ "DVI", test_dvi },
		{ "lying VIC", test_lying_vic },
		{ "InfoFrame faults", test_infoframe_faults },
		{ "unlock and errors", test_unlock_and_errors },
		{ "flapping", test_flapping },
		{ "changes", test_changes },
		{ "firmware restart", test_firmware_restart },
		CU_TEST_INFO_NULL,
	};

	return unit_run("hdmi source", tests);
}
