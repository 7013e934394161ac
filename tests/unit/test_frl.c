// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/frl.c tests/unit/fake_hdmi.c */
/*
 * Description: SCDC and link training, against a source written from HDMI 2.1, 6.4: it reads the
 * requests when FLT_update is set, sends what is asked for, clears the flag, and starts video at
 * FRL_start. Lanes can be bad, need equalisation, and the source can be unplugged or fall silent at
 * any step.
 */
#include <stdlib.h>
#include <string.h>

#include "fake_hdmi.h"
#include "frl.h"
#include "unit.h"

static struct fake_hdmi fake;
static struct frl frl;
static bool ready;

/* Registers and bits by their numbers in the standard, as the code under test has names. */
static struct source {
	bool present;
	bool answers;			/* reads and clears flags */
	uint8_t rates[8];		/* that it tries, then 0 */
	unsigned int at;
	uint8_t ffe_levels;
	uint8_t needs_ffe[4];		/* equalisation at which the lane is clean; 15: never */
	uint8_t ffe[4];
	uint8_t sends[4];		/* pattern on each lane, 0: video or nothing */
	bool video;
	unsigned int updates;		/* times it found FLT_update */
} source;

static void setup(void)
{
	fake_hdmi_init(&fake);
	frl_init(&frl, &fake.hal, fake_hdmi_log(&fake));
	source = (struct source){ .answers = true };
	ready = true;
}

static uint64_t look(void)
{
	return frl_poll(&frl, fake_hdmi_get(&fake, KINORA_HDMI_STATUS), ready, fake.now);
}

static uint8_t request(unsigned int lane)
{
	return fake_hdmi_scdc(&fake, lane < 2 ? 0x41 : 0x42) >> 4 * (lane & 1) & 0xf;
}

static unsigned int lanes(void)
{
	unsigned int rate = fake_hdmi_scdc(&fake, 0x31) & 0xf;

	return rate == 0 ? 0 : rate <= 2 ? 3 : 4;
}

/* What the receiver sees of the lanes. */
static void source_to_receiver(void)
{
	uint32_t found = 0;
	bool carrier = source.present && (source.video || source.sends[0]);

	for (unsigned int i = 0; i < lanes(); i++)
		if (source.present && source.sends[i])
			found |= (source.ffe[i] == source.needs_ffe[i] ? source.sends[i] : 15u)
				 << 4 * i;
	fake_hdmi_set(&fake, KINORA_HDMI_LTP, found);
	fake_hdmi_status(&fake, (source.present ? KINORA_HDMI_POWER : 0) |
			 (carrier ? KINORA_HDMI_CARRIER : 0),
			 (source.present ? 0 : KINORA_HDMI_POWER) |
			 (carrier ? 0 : KINORA_HDMI_CARRIER));
}

static void source_rate(uint8_t rate)
{
	memset(source.ffe, 0, sizeof(source.ffe));
	memset(source.sends, 0, sizeof(source.sends));
	source.video = false;
	fake_hdmi_scdc_write(&fake, 0x31, rate | source.ffe_levels << 4);
	source_to_receiver();
}

static void source_plug(const char *rates)
{
	memset(source.rates, 0, sizeof(source.rates));
	for (unsigned int i = 0; rates[i]; i++)
		source.rates[i] = rates[i] - '0';
	source.at = 0;
	source.present = true;
	source_to_receiver();
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40) & 0x40, 0x40); /* FLT_ready */
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x01), 1);
	source_rate(source.rates[0]);
}

/* One look of the source at the flags. */
static void source_step(void)
{
	uint8_t flags = fake_hdmi_scdc(&fake, 0x10);

	if (!source.present || !source.answers)
		return;
	if (flags & 0x20) {
		bool refused = false, done = true;

		source.updates++;
		for (unsigned int i = 0; i < lanes(); i++) {
			refused |= request(i) == 15;
			done &= !request(i);
			if (request(i) == 14)
				source.ffe[i]++;
			else
				source.sends[i] = request(i);
		}
		fake_hdmi_scdc_write(&fake, 0x10, 0x20);
		if (refused) {
			source.at++;
			source_rate(source.rates[source.at]);
			return;
		}
		/* gap characters until FRL_start */
		source.video = done;
	}
	if (flags & 0x10) {
		CU_ASSERT_FALSE(flags & 0x20);
		CU_ASSERT_TRUE(source.video);
		fake_hdmi_scdc_write(&fake, 0x10, 0x10);
	}
	source_to_receiver();
}

/* Both, in turn, a look of each every 2 ms, which is how fast a source may look (6.4.2). */
static void run(uint64_t ns)
{
	uint64_t end = fake.now + ns;

	while (fake.now < end) {
		look();
		source_step();
		fake.now += 2 * MS;
	}
}

/* --- */

static void test_every_rate(void)
{
	for (uint8_t rate = 1; rate <= 6; rate++) {
		const char rates[] = { '0' + rate, 0 };
		uint64_t start;

		setup();
		source_plug(rates);
		start = fake.now;
		look();
		CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), rate);
		/* LFSR patterns 5 to 8, one for each lane that is used */
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0x65);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x42), rate <= 2 ? 0x07 : 0x87);
		CU_ASSERT_EQUAL(frl_rate(&frl), 0);
		run(40 * MS);
		CU_ASSERT_EQUAL(frl.state, FRL_RUNNING);
		CU_ASSERT_EQUAL(frl_rate(&frl), rate);
		CU_ASSERT_TRUE(source.video);
		CU_ASSERT_FALSE(frl_gave_up(&frl));
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x42), 0);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0);
		/* FLT_ready, and the lanes' lock; the clock bit is TMDS' */
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), rate <= 2 ? 0x4e : 0x5e);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->a, rate);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->b, 0);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_DONE)->a, rate);
		CU_ASSERT_TRUE(fake_hdmi_logged(&fake, KINORA_LOG_FRL_DONE)->b <= 40);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->time_ns, start);
	}
}

/* Each lane needs another equalisation: they are asked for it one by one, 50 ms apart. */
static void test_equalisation(void)
{
	setup();
	source.ffe_levels = 3;
	memcpy(source.needs_ffe, "\x00\x01\x02\x00", 4);
	source_plug("6");
	run(20 * MS);
	CU_ASSERT_EQUAL(request(0), 0);
	CU_ASSERT_EQUAL(request(1), 6);
	CU_ASSERT_EQUAL(request(2), 7);
	CU_ASSERT_EQUAL(request(3), 0);
	run(26 * MS);
	CU_ASSERT_EQUAL(source.ffe[1], 0);
	run(14 * MS);
	CU_ASSERT_EQUAL(source.ffe[0], 0);
	CU_ASSERT_EQUAL(source.ffe[1], 1);
	CU_ASSERT_EQUAL(source.ffe[2], 1);
	run(80 * MS);
	CU_ASSERT_EQUAL(source.ffe[1], 1);
	CU_ASSERT_EQUAL(source.ffe[2], 2);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	CU_ASSERT_TRUE(fake_hdmi_logged(&fake, KINORA_LOG_FRL_DONE)->b >= 100);
	CU_ASSERT_TRUE(fake_hdmi_logged(&fake, KINORA_LOG_FRL_DONE)->b <= 140);
}

/* 31h 7:4 is how many there are, and more than three are not waited for. */
static void test_equalisations_end(void)
{
	for (unsigned int levels = 0; levels < 16; levels++) {
		setup();
		source.ffe_levels = levels;
		source.needs_ffe[2] = 15;
		source_plug("6");
		source.rates[1] = 0;
		run(300 * MS);
		CU_ASSERT_EQUAL(frl_rate(&frl), 0);
		CU_ASSERT_EQUAL(frl.state, FRL_TMDS);
		CU_ASSERT_TRUE(frl_gave_up(&frl));
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_FAILED)->a, 6);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_FAILED)->b, 1 << 2);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->a, 0);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->b, 6);
		CU_ASSERT_TRUE(fake_hdmi_logged(&fake, KINORA_LOG_FRL_FAILED)->time_ns <=
			       1000 * MS + 202 * MS);
		if (levels < 3)
			CU_ASSERT_TRUE(fake_hdmi_logged(&fake, KINORA_LOG_FRL_FAILED)->time_ns <=
				       1000 * MS + (levels + 1) * 58 * MS);
		CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
	}
}

/* 6 and 5 are too fast for lane 3; 2 does without it. */
static void test_lower_rates(void)
{
	setup();
	source.needs_ffe[3] = 15;
	source_plug("652");
	run(70 * MS);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->a, 5);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->b, 6);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 5);
	CU_ASSERT_FALSE(frl_gave_up(&frl));
	run(130 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 2);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 2);
	CU_ASSERT_FALSE(frl_gave_up(&frl));
}

/* Every rate is refused; the source goes on with TMDS, whatever that carries. */
static void test_gave_up(void)
{
	setup();
	memset(source.needs_ffe, 15, 4);
	source_plug("654321");
	run(1000 * MS);
	CU_ASSERT_EQUAL(source.at, 6);
	CU_ASSERT_EQUAL(frl.state, FRL_TMDS);
	CU_ASSERT_TRUE(frl_gave_up(&frl));
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x42), 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0);
	/* another cable, and all is well */
	source.present = false;
	source_to_receiver();
	run(10 * MS);
	CU_ASSERT_FALSE(frl_gave_up(&frl));
	memset(source.needs_ffe, 0, 4);
	source_plug("6");
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
}

static void test_no_such_rate(void)
{
	for (uint8_t rate = 7; rate <= 15; rate++) {
		setup();
		source.present = true;
		source.answers = false;
		source_to_receiver();
		look();
		fake_hdmi_scdc_write(&fake, 0x31, rate);
		look();
		CU_ASSERT_EQUAL(frl.state, FRL_REFUSED);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0xff);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x42), 0xff);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x20, 0x20);
		CU_ASSERT_TRUE(fake_hdmi_get(&fake, KINORA_HDMI_LINK) <= 6);
		fake_hdmi_scdc_write(&fake, 0x31, 6);
		source.answers = true;
		run(40 * MS);
		CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	}
}

/* Patterns with errors, and patterns that were not asked for, are no clean lanes. */
static void test_wrong_patterns(void)
{
	setup();
	source_plug("6");
	look();
	fake_hdmi_scdc_write(&fake, 0x10, 0x20);
	for (uint32_t pattern = 0; pattern < 16; pattern++) {
		fake_hdmi_set(&fake, KINORA_HDMI_LTP, pattern * 0x1111);
		look();
		if (pattern < 5 || pattern > 8)
			CU_ASSERT_EQUAL(frl.trained, pattern < 5 ? 0 : 0xf);
		fake_hdmi_scdc_write(&fake, 0x10, 0x20);
	}
}

/* The source falls silent after n of its steps: refused after 200 ms, and no sooner. */
static void test_silent_source(void)
{
	for (unsigned int steps = 0; steps < 3; steps++) {
		setup();
		source_plug("6");
		for (unsigned int i = 0; i < steps; i++) {
			look();
			source_step();
		}
		source.answers = false;
		if (frl.state == FRL_RUNNING)
			break;
		run(198 * MS);
		CU_ASSERT_NOT_EQUAL(frl.state, FRL_REFUSED);
		run(6 * MS);
		CU_ASSERT_EQUAL(frl.state, FRL_REFUSED);
		CU_ASSERT_TRUE(frl_gave_up(&frl));
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0xff);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0x20);
	}
}

/* Unplugged after n looks, however far training is; then the same source again. */
static void test_unplugged(void)
{
	for (unsigned int n = 1; n < 40; n++) {
		setup();
		source.ffe_levels = 1;
		source.needs_ffe[0] = 1;
		source_plug("6");
		run(n * 2 * MS);
		source.present = false;
		source_to_receiver();
		look();
		CU_ASSERT_EQUAL(frl.state, FRL_TMDS);
		CU_ASSERT_EQUAL(frl_rate(&frl), 0);
		CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
		/* what the source wrote is gone with it; FLT_ready waits for the next one */
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x31), 0);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0);
		CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x40);
		run(20 * MS);
		source_plug("6");
		run(80 * MS);
		CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	}
}

static void test_hotplug(void)
{
	setup();
	source_plug("6");
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	ready = false;
	look();
	CU_ASSERT_EQUAL(frl_rate(&frl), 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x31), 0);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
	source.present = false;
	source_to_receiver();
	fake.now += 100 * MS;
	ready = true;
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x40);
	/* a source that was there all the time and writes before anybody looked */
	source.present = true;
	source_rate(6);
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
}

/* The source changes its mind while it trains, and while it runs. */
static void test_rate_changes(void)
{
	setup();
	source.needs_ffe[0] = 15;
	source_plug("6");
	run(10 * MS);
	source.needs_ffe[0] = 0;
	source_rate(3);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 3);
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 3);
	source_rate(5);
	look();
	CU_ASSERT_EQUAL(frl_rate(&frl), 0);
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 5);
	source_rate(0);
	look();
	CU_ASSERT_EQUAL(frl.state, FRL_TMDS);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
	CU_ASSERT_FALSE(frl_gave_up(&frl));
}

/* The receiver locks to video on lanes that are clean at the rate. */
static void run_with_video(uint64_t ns)
{
	uint64_t end = fake.now + ns;

	while (fake.now < end) {
		bool clean = source.video;

		for (unsigned int i = 0; i < lanes(); i++)
			clean &= source.ffe[i] == source.needs_ffe[i];
		fake_hdmi_status(&fake, clean ? KINORA_HDMI_LOCKED : 0,
				 clean ? 0 : KINORA_HDMI_LOCKED);
		run(2 * MS);
	}
}

/* A lane goes bad while the link runs: the source falls to a rate that does without it. */
static void test_lane_goes_bad(void)
{
	setup();
	source_plug("62");
	run_with_video(100 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	run_with_video(2000 * MS);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_RATE)->time_ns, 1000 * MS);
	source.needs_ffe[3] = 15;
	run_with_video(490 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	run_with_video(200 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 2);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FRL_FAILED)->b, 1 << 3);
	run_with_video(2000 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 2);
}

/* Data without a raster: trained anew once, until there was one. */
static void test_dark_link(void)
{
	unsigned int updates;

	setup();
	source_plug("6");
	run_with_video(100 * MS);
	updates = source.updates;
	run(2000 * MS); /* locked all the time */
	CU_ASSERT_EQUAL(source.updates, updates);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	run(3000 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	CU_ASSERT_EQUAL(source.updates, 2 * updates);
	run_with_video(100 * MS);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	run(3000 * MS);
	CU_ASSERT_EQUAL(source.updates, 3 * updates);

	/* FLT_no_retrain, 30h bit 1; and it does not ask to be called for nothing */
	run_with_video(100 * MS);
	fake_hdmi_scdc_write(&fake, 0x30, 0x02);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	run(3000 * MS);
	CU_ASSERT_EQUAL(source.updates, 3 * updates);
	CU_ASSERT_EQUAL(look(), UINT64_MAX);
	fake_hdmi_scdc_write(&fake, 0x30, 0);

	/* a source that does not answer keeps what it has */
	run_with_video(100 * MS);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	source.answers = false;
	run(510 * MS);
	CU_ASSERT_EQUAL(frl.state, FRL_TRAINING);
	run(200 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x41), 0);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 6);
	CU_ASSERT_FALSE(frl_gave_up(&frl));

	/* nor is one disturbed whose picture comes back meanwhile */
	fake_hdmi_status(&fake, KINORA_HDMI_LOCKED, 0);
	look();
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	run(510 * MS);
	CU_ASSERT_EQUAL(frl.state, FRL_TRAINING);
	fake_hdmi_status(&fake, KINORA_HDMI_LOCKED, 0);
	look();
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0);

	/* no data at all: the source is asleep, and is let sleep */
	setup();
	source_plug("6");
	run_with_video(100 * MS);
	updates = source.updates;
	source.video = false;
	source_to_receiver();
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	run(3000 * MS);
	CU_ASSERT_EQUAL(source.updates, updates);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
}

static void test_tmds(void)
{
	setup();
	source_plug("0");
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x40);
	fake_hdmi_status(&fake, KINORA_HDMI_CARRIER, 0);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x41);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 1, 1); /* status update */
	fake_hdmi_scdc_write(&fake, 0x10, 1);
	fake_hdmi_status(&fake, KINORA_HDMI_LOCKED, 0);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x4f);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 1, 1);
	fake_hdmi_scdc_write(&fake, 0x10, 1);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10), 0);
	/* above 340 MHz: clock ratio and scrambling; the source's byte stays */
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x21), 0);
	fake_hdmi_scdc_write(&fake, 0x20, 0x03);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x21), 1);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x20), 3);
	fake_hdmi_scdc_write(&fake, 0x20, 0x02);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x21), 0);
}

/* Another image of the firmware: a link that runs is left alone, a half-trained one begins anew. */
static void test_restart(void)
{
	unsigned int writes;

	setup();
	source_plug("6");
	run(40 * MS);
	writes = source.updates;
	frl_init(&frl, &fake.hal, fake_hdmi_log(&fake));
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	run(40 * MS);
	CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	CU_ASSERT_EQUAL(source.updates, writes);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 6);

	for (unsigned int steps = 0; steps < 4; steps++) {
		setup();
		source_plug("6");
		for (unsigned int i = 0; i < steps; i++) {
			look();
			source_step();
		}
		frl_init(&frl, &fake.hal, fake_hdmi_log(&fake));
		run(60 * MS);
		CU_ASSERT_EQUAL(frl_rate(&frl), 6);
	}

	/* TMDS with nothing to remember */
	setup();
	fake_hdmi_set(&fake, KINORA_HDMI_LINK, 0xffffffff);
	frl_init(&frl, &fake.hal, fake_hdmi_log(&fake));
	CU_ASSERT_EQUAL(frl_rate(&frl), 0);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
}

/* It says when time will change something, and polls at those times alone are enough. */
static void test_wanted(void)
{
	uint64_t next;

	setup();
	CU_ASSERT_EQUAL(look(), UINT64_MAX);
	source.ffe_levels = 1;
	source.needs_ffe[1] = 15;
	source_plug("6");
	next = look();
	CU_ASSERT_EQUAL(next, fake.now + 200 * MS);
	source_step();
	next = look();
	source_step();
	CU_ASSERT_EQUAL(next, fake.now + 50 * MS);
	fake.now = next;
	look();
	source_step();
	CU_ASSERT_EQUAL(source.ffe[1], 1);
	look();
	source_step();
	next = look();
	CU_ASSERT_EQUAL(next, fake.now + 50 * MS);
	fake.now = next;
	look();
	CU_ASSERT_EQUAL(frl.state, FRL_REFUSED);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every rate", test_every_rate },
		{ "equalisation", test_equalisation },
		{ "equalisations come to an end", test_equalisations_end },
		{ "lower rates", test_lower_rates },
		{ "no rate at all", test_gave_up },
		{ "rates that do not exist", test_no_such_rate },
		{ "wrong patterns", test_wrong_patterns },
		{ "a source that falls silent", test_silent_source },
		{ "unplugged in the middle", test_unplugged },
		{ "hot-plug", test_hotplug },
		{ "another rate", test_rate_changes },
		{ "a lane goes bad", test_lane_goes_bad },
		{ "a link without a raster", test_dark_link },
		{ "TMDS", test_tmds },
		{ "restart", test_restart },
		{ "when it wants to look", test_wanted },
		CU_TEST_INFO_NULL,
	};

	return unit_run("frl", tests);
}
