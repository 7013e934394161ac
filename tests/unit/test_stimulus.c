// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/stimulus*.c tests/vcard/picture.c */
/*
 * Description: every form of line of docs/stimulus.md, what each default is, what is refused and in
 * which words, and that every example of the page is one the parser takes. Run from the top folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stimulus.h"
#include "unit.h"

static struct stimulus got;
static char error[STIMULUS_ERROR_MAX];

static void accept(const char *line)
{
	int ret = stimulus_parse(line, true, &got, error, sizeof(error));

	if (ret)
		printf("\n%s: %s", line, error);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	CU_ASSERT_EQUAL(*error, 0);
}

static const struct stimulus_signal *accept_signal(const char *line,
						   enum stimulus_connector connector)
{
	accept(line);
	CU_ASSERT_EQUAL_FATAL(got.kind, STIMULUS_SIGNAL);
	CU_ASSERT_EQUAL(got.connector, connector);
	return &got.signal;
}

/* The line is refused with exactly this beginning and all of the words somewhere. */
static void refuse(const char *line, const char *begins, const char *has)
{
	int ret = stimulus_parse(line, true, &got, error, sizeof(error));

	CU_ASSERT_EQUAL(ret, -EINVAL);
	CU_ASSERT_EQUAL(strncmp(error, begins, strlen(begins)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, has));
	if (strncmp(error, begins, strlen(begins)) || !strstr(error, has))
		printf("\n%s: %s", line, error);
}

static void test_signal_defaults(void)
{
	const struct stimulus_signal *s = accept_signal("signal sdi2 1080i50", STIMULUS_SDI2);

	CU_ASSERT_STRING_EQUAL(s->mode->name, "1080i50");
	CU_ASSERT_FALSE(s->from_file);
	CU_ASSERT_EQUAL(s->pattern, PICTURE_RP219);
	CU_ASSERT_EQUAL(s->frames, 0);
	CU_ASSERT_EQUAL(s->transfer, STIMULUS_SDR);
	CU_ASSERT_EQUAL(s->colour.matrix, PICTURE_MATRIX_709);
	CU_ASSERT_EQUAL(s->colour.range, PICTURE_RANGE_NARROW);
	CU_ASSERT_EQUAL(s->mapping, STIMULUS_2SI);
	CU_ASSERT_EQUAL(s->ppm, 0);

	s = accept_signal("signal sdi-quad 4320p50 pattern=bt2111-hlg", STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(s->transfer, STIMULUS_HLG);
	CU_ASSERT_EQUAL(s->colour.matrix, PICTURE_MATRIX_2020);
	s = accept_signal("signal sdi-quad 4320p50 pattern=bt2111-pq", STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(s->transfer, STIMULUS_PQ);
	CU_ASSERT_EQUAL(s->colour.matrix, PICTURE_MATRIX_2020);
	/* what the line says wins, wherever it stands */
	s = accept_signal("signal sdi-quad 4320p50 transfer=sdr colour=709 pattern=bt2111-pq",
			  STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(s->transfer, STIMULUS_SDR);
	CU_ASSERT_EQUAL(s->colour.matrix, PICTURE_MATRIX_709);
}

static void test_signal_options(void)
{
	static const struct {
		const char *name;
		enum picture_pattern pattern;
	} patterns[] = {
		{ "rp219", PICTURE_RP219 }, { "bt2111-hlg", PICTURE_BT2111_HLG },
		{ "bt2111-pq", PICTURE_BT2111_PQ }, { "ramp", PICTURE_RAMP },
		{ "zoneplate", PICTURE_ZONEPLATE }, { "checkfield", PICTURE_CHECKFIELD },
		{ "black", PICTURE_BLACK },
	};
	const struct stimulus_signal *s;
	char line[100];

	s = accept_signal("signal sdi-quad 4320p60 pattern=black transfer=pq colour=601 range=full "
			  "mapping=sqd ppm=-12.5", STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(s->transfer, STIMULUS_PQ);
	CU_ASSERT_EQUAL(s->colour.matrix, PICTURE_MATRIX_601);
	CU_ASSERT_EQUAL(s->colour.range, PICTURE_RANGE_FULL);
	CU_ASSERT_EQUAL(s->mapping, STIMULUS_SQD);
	CU_ASSERT_EQUAL(s->ppm, -12.5);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		snprintf(line, sizeof(line), "signal hdmi1 2160p120 pattern=%s", patterns[i].name);
		CU_ASSERT_EQUAL(accept_signal(line, STIMULUS_HDMI1)->pattern, patterns[i].pattern);
	}
	s = accept_signal("signal sdi4 1080p25 file=a.yuv format=yuv422p10 frames=50",
			  STIMULUS_SDI4);
	CU_ASSERT(s->from_file);
	CU_ASSERT_STRING_EQUAL(s->file, "a.yuv");
	CU_ASSERT_STRING_EQUAL(s->format, "yuv422p10");
	CU_ASSERT_EQUAL(s->frames, 50);
	s = accept_signal("signal sdi1 1080p25 file=\"a b#c=d.mov\"", STIMULUS_SDI1);
	CU_ASSERT_STRING_EQUAL(s->file, "a b#c=d.mov");
	CU_ASSERT_STRING_EQUAL(s->format, "");
	s = accept_signal("signal sdi1 1080p25 \"file=x y\"", STIMULUS_SDI1);
	CU_ASSERT_STRING_EQUAL(s->file, "x y");
	CU_ASSERT_EQUAL(accept_signal("signal ref 1080i50 ppm=3", STIMULUS_REF)->ppm, 3);
	CU_ASSERT_PTR_NULL(accept_signal("signal sdi1 off", STIMULUS_SDI1)->mode);
}

/* Rates as fractions, from ST 274, ST 296 and ST 2036. */
static void test_modes(void)
{
	static const struct {
		const char *rate;
		uint32_t num, den;
	} rates[] = {
		{ "23.98", 24000, 1001 }, { "24", 24, 1 }, { "25", 25, 1 },
		{ "29.97", 30000, 1001 }, { "30", 30, 1 }, { "47.95", 48000, 1001 },
		{ "48", 48, 1 }, { "50", 50, 1 },
		{ "59.94", 60000, 1001 }, { "60", 60, 1 }, { "100", 100, 1 },
		{ "119.88", 120000, 1001 }, { "120", 120, 1 },
	};
	static const unsigned int heights[] = { 1080, 2160, 4320 };
	const struct stimulus_mode *mode;
	char name[32];
	size_t count = 0;

	for (size_t h = 0; h < 3; h++)
		for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
			snprintf(name, sizeof(name), "%up%s", heights[h], rates[r].rate);
			mode = stimulus_mode_find(name);
			CU_ASSERT_PTR_NOT_NULL_FATAL(mode);
			CU_ASSERT_EQUAL(mode->height, heights[h]);
			CU_ASSERT_EQUAL(mode->width, heights[h] * 16 / 9);
			CU_ASSERT_EQUAL(mode->rate_num, rates[r].num);
			CU_ASSERT_EQUAL(mode->rate_den, rates[r].den);
			CU_ASSERT_FALSE(mode->interlaced);
		}
	mode = stimulus_mode_find("1080i59.94");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mode);
	CU_ASSERT(mode->interlaced);
	CU_ASSERT_EQUAL(mode->rate_num, 30000);
	CU_ASSERT_EQUAL(mode->rate_den, 1001);
	CU_ASSERT_EQUAL(stimulus_mode_find("1080i50")->rate_num, 25);
	CU_ASSERT_EQUAL(stimulus_mode_find("720p50")->width, 1280);
	CU_ASSERT_PTR_NULL(stimulus_mode_find("1080p61"));
	for (; stimulus_mode_at(count); count++)
		CU_ASSERT_PTR_EQUAL(stimulus_mode_find(stimulus_mode_at(count)->name),
				    stimulus_mode_at(count));
	CU_ASSERT_EQUAL(count, 2 + 8 + 3 + 39);
}

/* Link rates: ST 292-1, 425-1, 2081-10, 2082-10; four links ST 2081-12 and 2082-12. */
static void test_links(void)
{
	static const struct {
		const char *name;
		enum stimulus_link link, quad;
		bool hdmi, ref;
	} modes[] = {
		{ "720p50", STIMULUS_LINK_HD, STIMULUS_LINK_NONE, 1, 1 },
		{ "1080i59.94", STIMULUS_LINK_HD, STIMULUS_LINK_NONE, 1, 1 },
		{ "1080p30", STIMULUS_LINK_HD, STIMULUS_LINK_NONE, 1, 1 },
		{ "1080p47.95", STIMULUS_LINK_3G, STIMULUS_LINK_NONE, 1, 0 },
		{ "1080p60", STIMULUS_LINK_3G, STIMULUS_LINK_NONE, 1, 0 },
		{ "1080p120", STIMULUS_LINK_6G, STIMULUS_LINK_NONE, 1, 0 },
		{ "2160p30", STIMULUS_LINK_6G, STIMULUS_LINK_NONE, 1, 0 },
		{ "2160p60", STIMULUS_LINK_12G, STIMULUS_LINK_NONE, 1, 0 },
		{ "2160p100", STIMULUS_LINK_NONE, STIMULUS_LINK_NONE, 1, 0 },
		{ "4320p29.97", STIMULUS_LINK_NONE, STIMULUS_LINK_6G, 1, 0 },
		{ "4320p48", STIMULUS_LINK_NONE, STIMULUS_LINK_12G, 1, 0 },
		{ "4320p60", STIMULUS_LINK_NONE, STIMULUS_LINK_12G, 1, 0 },
		{ "4320p120", STIMULUS_LINK_NONE, STIMULUS_LINK_BEYOND, 0, 0 },
		{ "576i50", STIMULUS_LINK_NONE, STIMULUS_LINK_NONE, 0, 1 },
	};

	/* the whole table by its rule: twice the rate or four times the pixels, the next link */
	for (size_t i = 0; stimulus_mode_at(i); i++) {
		const struct stimulus_mode *mode = stimulus_mode_at(i);
		double hz = (double)mode->rate_num / mode->rate_den;
		int step = (hz > 30) + (hz > 60);

		if (mode->interlaced || mode->height == 720)
			continue;
		if (mode->height == 1080)
			CU_ASSERT_EQUAL((int)mode->link, STIMULUS_LINK_HD + step);
		if (mode->height == 2160)
			CU_ASSERT_EQUAL((int)mode->link, step == 2 ? STIMULUS_LINK_NONE :
								     STIMULUS_LINK_6G + step);
		if (mode->height == 4320)
			CU_ASSERT_EQUAL((int)mode->link_quad, STIMULUS_LINK_6G + step);
		CU_ASSERT_EQUAL(mode->hdmi, mode->height < 4320 || step < 2);
		CU_ASSERT_EQUAL(mode->ref, mode->height == 1080 && step == 0);
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const struct stimulus_mode *mode = stimulus_mode_find(modes[i].name);

		CU_ASSERT_PTR_NOT_NULL_FATAL(mode);
		CU_ASSERT_EQUAL(mode->link, modes[i].link);
		CU_ASSERT_EQUAL(mode->link_quad, modes[i].quad);
		CU_ASSERT_EQUAL(mode->hdmi, modes[i].hdmi);
		CU_ASSERT_EQUAL(mode->ref, modes[i].ref);
	}
}

/* How a picture travels: what each option is for, and what its words become. */
static void test_interfaces(void)
{
	const struct stimulus_signal *s;

	CU_ASSERT_STRING_EQUAL(accept_signal("signal sdi1 720p60", STIMULUS_SDI1)->interface->name,
			       "hd");
	CU_ASSERT_STRING_EQUAL(accept_signal("signal sdi1 1080p60", STIMULUS_SDI1)->interface->name,
			       "3ga");
	CU_ASSERT_STRING_EQUAL(accept_signal("signal sdi1 2160p24", STIMULUS_SDI1)->interface->name,
			       "6g");
	CU_ASSERT_STRING_EQUAL(accept_signal("signal sdi1 2160p50", STIMULUS_SDI1)->interface->name,
			       "12g");
	s = accept_signal("signal sdi-quad 4320p59.94", STIMULUS_SDI_QUAD);
	CU_ASSERT_STRING_EQUAL(s->interface->name, "quad-12g");
	CU_ASSERT_EQUAL(s->order, 0xe4);
	CU_ASSERT_EQUAL(s->ids, STIMULUS_IDS_USUAL);
	CU_ASSERT_EQUAL(s->numbers, STIMULUS_NUMBERS_USUAL);
	CU_ASSERT_EQUAL(s->payload_kind, STIMULUS_PAYLOAD_RIGHT);
	CU_ASSERT_PTR_NULL(accept_signal("signal hdmi1 2160p60", STIMULUS_HDMI1)->interface);

	s = accept_signal("signal sdi-quad 2160p60 interface=quad-3g order=1324 ids=single "
			  "numbers=76 mapping=sqd", STIMULUS_SDI_QUAD);
	CU_ASSERT_STRING_EQUAL(s->interface->name, "quad-3g");
	/* link 1 has part 0, link 2 part 2, link 3 part 1, link 4 part 3: 3 1 2 0 in pairs */
	CU_ASSERT_EQUAL(s->order, 0xd8);
	CU_ASSERT_EQUAL(s->ids, STIMULUS_IDS_SINGLE);
	CU_ASSERT_EQUAL(s->numbers, STIMULUS_NUMBERS_76);
	s = accept_signal("signal sdi-quad 4320p50 ids=quad numbers=none order=4321",
			  STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(s->order, 0x1b);
	CU_ASSERT(stimulus_interface_usual(s));
	CU_ASSERT_EQUAL(s->ids, STIMULUS_IDS_QUAD);
	CU_ASSERT_EQUAL(s->numbers, STIMULUS_NUMBERS_NONE);
	s = accept_signal("signal sdi3 1080p50 link=2 numbers=75 interface=dual-hd", STIMULUS_SDI3);
	CU_ASSERT_EQUAL(s->link, 1);
	CU_ASSERT_FALSE(stimulus_interface_usual(s));
	CU_ASSERT_EQUAL(s->interface->links, 2);
	CU_ASSERT_EQUAL(s->numbers, STIMULUS_NUMBERS_75);
	/* 4320p30 fits two connectors, so it may be said of one, but only then */
	CU_ASSERT_EQUAL(accept_signal("signal sdi1 4320p30 interface=dual-12g",
				      STIMULUS_SDI1)->link, 0);
	s = accept_signal("signal sdi1 1080i50 payload=D2d9A001", STIMULUS_SDI1);
	CU_ASSERT_EQUAL(s->payload_kind, STIMULUS_PAYLOAD_GIVEN);
	CU_ASSERT_EQUAL(s->payload, 0x01a0d9d2);
	CU_ASSERT_EQUAL(accept_signal("signal sdi1 1080i50 payload=none",
				      STIMULUS_SDI1)->payload_kind, STIMULUS_PAYLOAD_NONE);
}

static void test_interfaces_refused(void)
{
	refuse("signal sdi1 4320p30", "column 13: 'sdi1' does not carry 4320p30", "'sdi-quad'");
	refuse("signal sdi1 1080p60 interface=3g", "column 21: unknown interface '3g'", "'3ga'");
	refuse("signal sdi1 1080p60 interface=12g",
	       "column 21: interface '12g' does not carry 1080p60", "help");
	refuse("signal sdi1 1080i50 interface=3gb",
	       "column 21: interface '3gb' does not carry 1080i50", "help");
	refuse("signal sdi1 4320p60 interface=quad-12g",
	       "column 21: interface 'quad-12g' takes 'sdi-quad'", "help");
	refuse("signal sdi-quad 2160p60 interface=12g",
	       "column 25: interface '12g' takes one of 'sdi1'", "'sdi4'");
	refuse("signal hdmi1 2160p60 interface=12g",
	       "column 22: 'interface=12g' goes with SDI connectors only", "help");
	refuse("signal hdmi1 2160p60 payload=none",
	       "column 22: 'payload=none' goes with SDI connectors only", "help");
	refuse("signal sdi1 2160p60 link=2",
	       "column 21: 'link=2' goes with interfaces of two links only", "dual-hd");
	refuse("signal sdi1 1080p60 interface=dual-hd link=3",
	       "column 39: link '3' is not a whole number from 1 to 2", "help");
	refuse("signal sdi1 2160p60 numbers=75",
	       "column 21: 'numbers=75' goes with interfaces of several links only", "help");
	refuse("signal sdi-quad 4320p60 numbers=77", "column 25: unknown numbers '77'", "'75'");
	refuse("signal sdi1 2160p60 ids=quad", "column 21: 'ids=quad' goes with 'sdi-quad' only",
	       "help");
	refuse("signal sdi1 2160p60 order=1324",
	       "column 21: 'order=1324' goes with 'sdi-quad' only", "help");
	refuse("signal sdi-quad 4320p60 order=1224", "column 25: order '1224'", "once");
	refuse("signal sdi-quad 4320p60 order=123", "column 25: order '123'", "1324");
	refuse("signal sdi-quad 4320p60 order=12345", "column 25: order '12345'", "1324");
	refuse("signal sdi-quad 4320p60 order=0123", "column 25: order '0123'", "1324");
	refuse("signal sdi-quad 4320p60 order=", "column 25: order ''", "1324");
	refuse("signal sdi1 2160p60 payload=d2d9a0", "column 21: payload 'd2d9a0'", "d2d9a001");
	refuse("signal sdi1 2160p60 payload=0xd2d9a0", "column 21: payload '0xd2d9a0'", "none");
	refuse("signal sdi1 2160p60 payload=d2d9a0011", "column 21: payload", "eight");
	refuse("signal sdi1 2160p60 payload=-2d9a001", "column 21: payload", "eight");
	refuse("signal sdi-quad 4320p60 ids=quad payload=none",
	       "column 25: 'ids=quad' says nothing beside 'payload='", "help");
	refuse("signal ref 1080i50 payload=none",
	       "column 20: 'payload=none' does not go with 'ref'", "help");
	refuse("fault sdi1 flap", "column 16: times a second are missing", "0.1");
	refuse("fault sdi1 flap 0", "column 17: times a second '0'", "1000");
	refuse("fault sdi1 flap 1001", "column 17: times a second '1001'", "1000");
	refuse("fault sdi1 flap 20 100", "column 20: percent '100'", "99");
	refuse("fault sdi1 flap 20 0", "column 20: percent '0'", "99");
	refuse("fault sdi1 flap 20 10 5", "column 23: nothing is expected after '10'", "'5'");
}

static void test_faults(void)
{
	accept("fault sdi2 flap 20");
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_FLAP);
	CU_ASSERT_EQUAL(got.fault.flap_hz, 20);
	CU_ASSERT_EQUAL(got.fault.flap_off, 10);
	accept("fault sdi-quad flap 0.5 50");
	CU_ASSERT_EQUAL(got.fault.flap_hz, 0.5);
	CU_ASSERT_EQUAL(got.fault.flap_off, 50);
	accept("fault sdi2 skew 40");
	CU_ASSERT_EQUAL(got.connector, STIMULUS_SDI2);
	accept("fault sdi3 crc 1e-6");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_FAULT);
	CU_ASSERT_EQUAL(got.connector, STIMULUS_SDI3);
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_CRC);
	CU_ASSERT_EQUAL(got.fault.crc_rate, 1e-6);
	accept("fault sdi-quad skew 300");
	CU_ASSERT_EQUAL(got.connector, STIMULUS_SDI_QUAD);
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_SKEW);
	CU_ASSERT_EQUAL(got.fault.skew, 300);
	CU_ASSERT_FALSE(got.fault.skew_lines);
	accept("fault sdi-quad skew 300 words");
	CU_ASSERT_FALSE(got.fault.skew_lines);
	accept("fault sdi-quad skew 2 lines");
	CU_ASSERT_EQUAL(got.fault.skew, 2);
	CU_ASSERT(got.fault.skew_lines);
	accept("fault ref unlock 250");
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_UNLOCK);
	CU_ASSERT_EQUAL(got.fault.unlock_ms, 250);
	accept("fault hdmi1 clear");
	CU_ASSERT_EQUAL(got.connector, STIMULUS_HDMI1);
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_CLEAR);
}

/* Values of content are KINORA_IT_*: kinora_hw.h. */
static void test_hdmi(void)
{
	accept("signal hdmi1 2160p120");
	CU_ASSERT_EQUAL(got.signal.hdmi.sampling, STIMULUS_SAMPLING_AUTO);
	CU_ASSERT_EQUAL(got.signal.hdmi.depth, 0);
	CU_ASSERT_FALSE(got.signal.hdmi.vic_given || got.signal.hdmi.dvi || got.signal.hdmi.force);
	CU_ASSERT_EQUAL(got.signal.hdmi.content, 0);
	accept("signal hdmi1 4320p60 sampling=420 depth=10 force vic=0 content=game dvi");
	CU_ASSERT_EQUAL(got.signal.hdmi.sampling, STIMULUS_SAMPLING_420);
	CU_ASSERT_EQUAL(got.signal.hdmi.depth, 10);
	CU_ASSERT(got.signal.hdmi.vic_given && got.signal.hdmi.dvi && got.signal.hdmi.force);
	CU_ASSERT_EQUAL(got.signal.hdmi.vic, 0);
	CU_ASSERT_EQUAL(got.signal.hdmi.content, 4);
	accept("signal hdmi1 1080p60 sampling=rgb depth=12 vic=255 content=graphics");
	CU_ASSERT_EQUAL(got.signal.hdmi.sampling, STIMULUS_SAMPLING_RGB);
	CU_ASSERT_EQUAL(got.signal.hdmi.depth, 12);
	CU_ASSERT_EQUAL(got.signal.hdmi.vic, 255);
	CU_ASSERT_EQUAL(got.signal.hdmi.content, 1);
	accept("signal hdmi1 1080p60 sampling=444 depth=8");
	CU_ASSERT_EQUAL(got.signal.hdmi.sampling, STIMULUS_SAMPLING_444);
	CU_ASSERT_EQUAL(got.signal.hdmi.depth, 8);

	accept("fault hdmi1 lane 3 6");
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_LANE);
	CU_ASSERT_EQUAL(got.fault.lane, 3);
	CU_ASSERT_EQUAL(got.fault.frl_rate, 6);
	accept("fault hdmi1 lane 0 clear");
	CU_ASSERT_EQUAL(got.fault.lane, 0);
	CU_ASSERT_EQUAL(got.fault.frl_rate, 0);
	accept("fault hdmi1 errors 0.5");
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_ERRORS);
	CU_ASSERT_EQUAL(got.fault.error_rate, 0.5);
	accept("fault hdmi1 infoframe forum damaged");
	CU_ASSERT_EQUAL(got.fault.kind, STIMULUS_FAULT_INFOFRAME);
	CU_ASSERT_EQUAL(got.fault.slot, 4);
	CU_ASSERT_EQUAL(got.fault.infoframe, STIMULUS_INFOFRAME_DAMAGED);
}

static void test_cec(void)
{
	static const uint8_t longest[16] = {
		0x4f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff
	};

	accept("cec hdmi1 send 40:04");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_CEC);
	CU_ASSERT_EQUAL(got.connector, STIMULUS_HDMI1);
	CU_ASSERT_EQUAL(got.cec.kind, STIMULUS_CEC_SEND);
	CU_ASSERT_EQUAL(got.cec.length, 2);
	CU_ASSERT_EQUAL(got.cec.bytes[0] << 8 | got.cec.bytes[1], 0x4004);
	accept("cec hdmi1 send 4f:01:02:03:04:05:06:07:08:09:0A:0b:0c:0d:0e:fF");
	CU_ASSERT_EQUAL(got.cec.length, 16);
	CU_ASSERT(!memcmp(got.cec.bytes, longest, sizeof(longest)));
	accept("cec hdmi1 nack on");
	CU_ASSERT_EQUAL(got.cec.kind, STIMULUS_CEC_NACK);
	CU_ASSERT(got.cec.nack);
	accept("cec hdmi1 low-drive 3");
	CU_ASSERT_EQUAL(got.cec.kind, STIMULUS_CEC_LOW_DRIVE);
	CU_ASSERT_EQUAL(got.cec.count, 3);
	accept("cec hdmi1 arbitration 1");
	CU_ASSERT_EQUAL(got.cec.kind, STIMULUS_CEC_ARBITRATION);
}

static void test_card(void)
{
	static const char *const fields[] = { "tag", "bytes", "status", "frame", "phase" };

	accept("card unplug");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_CARD);
	CU_ASSERT_EQUAL(got.card.kind, STIMULUS_CARD_UNPLUG);
	accept("card stop-answering");
	CU_ASSERT_EQUAL(got.card.kind, STIMULUS_CARD_STOP_ANSWERING);
	accept("card mute-interrupts on");
	CU_ASSERT_EQUAL(got.card.kind, STIMULUS_CARD_MUTE_INTERRUPTS);
	CU_ASSERT(got.card.mute);
	accept("card mute-interrupts off");
	CU_ASSERT_FALSE(got.card.mute);
	accept("card lose-interrupt 3");
	CU_ASSERT_EQUAL(got.card.kind, STIMULUS_CARD_LOSE_INTERRUPT);
	CU_ASSERT_EQUAL(got.card.lose, 3);
	for (int i = 0; i < 5; i++) {
		char line[64];

		snprintf(line, sizeof(line), "card corrupt-record %s", fields[i]);
		accept(line);
		CU_ASSERT_EQUAL(got.card.kind, STIMULUS_CARD_CORRUPT_RECORD);
		CU_ASSERT_EQUAL((int)got.card.field, i);
	}
}

static void test_others(void)
{
	accept("wait 500");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_WAIT);
	CU_ASSERT_EQUAL(got.wait.ms, 500);
	CU_ASSERT_EQUAL(got.wait.frames, 0);
	accept("wait frames 60");
	CU_ASSERT_EQUAL(got.wait.ms, 0);
	CU_ASSERT_EQUAL(got.wait.frames, 60);
	CU_ASSERT_EQUAL(stimulus_parse("wait 500", false, &got, error, sizeof(error)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "files only"));
	accept("books");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_BOOKS);
	CU_ASSERT_FALSE(got.books.reset);
	accept("books reset");
	CU_ASSERT(got.books.reset);
	accept("status");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_STATUS);
	accept("\thelp   # forms");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_HELP);
	accept("");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_NOTHING);
	accept("  \t ");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_NOTHING);
	accept("# signal sdi1 off");
	CU_ASSERT_EQUAL(got.kind, STIMULUS_NOTHING);
}

static void test_unknown_words(void)
{
	refuse("sgnal sdi1 off", "column 1: unknown command 'sgnal', did you mean 'signal'",
	       "docs/stimulus.md");
	refuse("signal sdi5 off", "column 8: unknown connector 'sdi5', did you mean 'sdi1'",
	       "'sdi4'");
	refuse("  signal  quad off", "column 11: unknown connector 'quad'", "'sdi-quad'");
	refuse("signal sdi1 1080p59", "column 13: unknown mode '1080p59'", "'1080p59.94'");
	refuse("signal sdi1 1080P60", "column 13: unknown mode '1080P60'", "'1080p60'");
	refuse("signal sdi1 hello", "column 13: unknown mode 'hello'", "docs/stimulus.md");
	refuse("signal sdi1 1080p60 patern=ramp",
	       "column 21: unknown option 'patern=', did you mean 'pattern='", "help");
	refuse("signal sdi1 1080p60 color=709", "column 21: unknown option 'color='", "'colour='");
	refuse("signal sdi1 1080p60 pattern", "column 21: 'pattern' needs a value",
	       "'pattern=...'");
	refuse("signal sdi1 1080p60 pattern=zone", "column 21: unknown pattern 'zone'",
	       "'zoneplate'");
	refuse("signal sdi1 1080p60 pattern=", "column 21: unknown pattern ''", "'rp219'");
	refuse("signal sdi1 1080p60 transfer=gamma", "column 21: unknown transfer 'gamma'",
	       "'sdr', 'hlg', 'pq'");
	refuse("signal sdi1 1080p60 file=x format=v210", "column 28: unknown format 'v210'",
	       "'yuv422p10'");
	refuse("fault sdi1 crcs 1", "column 12: unknown fault 'crcs', did you mean 'crc'", "help");
	refuse("card corrupt-record phaze", "column 21: unknown field 'phaze'", "'phase'");
	refuse("books clear", "column 7: unknown word 'clear'", "'reset'");
	refuse("=", "column 1: unknown command '='", "'signal'");
	refuse("\"\"", "column 1: unknown command ''", "'signal'");
	/* words longer than any of ours */
	refuse("signal sdi1 1080p60 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz=1",
	       "column 21: unknown option", "'pattern='");
	refuse("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "column 1: unknown command",
	       "'signal'");
}

static void test_missing_words(void)
{
	refuse("signal", "column 7: connector is missing", "'sdi-quad'");
	refuse("signal sdi1", "column 12: mode is missing", "'1080i50'");
	refuse("fault sdi1", "column 11: fault is missing", "'skew'");
	refuse("fault sdi1 crc", "column 15: rate is missing", "0 to 1");
	refuse("fault sdi-quad skew", "column 20: skew is missing", "whole number");
	refuse("card", "column 5: card action is missing", "'unplug'");
	refuse("card mute-interrupts", "column 21: setting is missing", "'off', 'on'");
	refuse("card corrupt-record", "column 20: field is missing", "'tag'");
	refuse("wait frames", "column 12: number of frames is missing", "whole number");
	refuse("wait", "column 5: time in ms is missing", "whole number");
}

static void test_contradictions(void)
{
	refuse("signal sdi1 4320p60", "column 13: 'sdi1' does not carry 4320p60",
	       "'sdi-quad', 'hdmi1' would");
	refuse("signal sdi-quad 2160p60", "column 17: 'sdi-quad' does not carry 2160p60", "'sdi1'");
	refuse("signal hdmi1 4320p120", "column 14: 'hdmi1' does not carry 4320p120", "'sdi-quad'");
	refuse("signal ref 1080p60", "column 12: 'ref' does not carry", "'hdmi1'");
	refuse("signal ref 1080i50 pattern=ramp",
	       "column 20: 'pattern=ramp' does not go with 'ref'", "no picture");
	refuse("signal sdi1 1080p60 file=x pattern=ramp",
	       "column 28: a signal shows a pattern or a file", "'pattern=ramp'");
	refuse("signal sdi1 1080p60 format=yuv422p",
	       "column 21: 'format=yuv422p' needs 'file='", "help");
	refuse("signal sdi1 1080p60 frames=2", "column 21: 'frames=2' needs 'file='", "help");
	refuse("signal sdi1 1080p60 mapping=sqd",
	       "column 21: 'mapping=sqd' goes with 'sdi-quad' only", "help");
	refuse("signal sdi1 1080p60 ppm=1 ppm=2", "column 27: 'ppm=' comes a second time", "ppm");
	refuse("signal sdi1 off ppm=1", "column 17: nothing is expected after 'off'", "'ppm=1'");
	refuse("status now", "column 8: nothing is expected after 'status'", "'now'");
	refuse("fault sdi1 clear all", "column 18: nothing is expected after 'clear'", "'all'");
	refuse("fault hdmi1 skew 2", "column 13: 'skew' goes with SDI connectors only", "help");
	refuse("signal sdi1 1080p50 depth=10", "column 21: 'depth=10' goes with 'hdmi1' only",
	       "help");
	refuse("signal sdi1 1080p50 force", "column 21: unknown option 'force'", "help");
	refuse("signal hdmi1 1080p50 depth=9", "column 22: unknown depth '9'", "'8'");
	refuse("signal hdmi1 1080p50 vic=256", "column 22: VIC '256'", "0 to 255");
	refuse("signal hdmi1 1080p50 link=1", "column 22: 'link=1' goes with SDI", "help");
	refuse("fault sdi1 lane 0 3", "column 12: 'lane' goes with 'hdmi1' only", "help");
	refuse("fault hdmi1 lane 4 3", "column 18: lane '4'", "0 to 3");
	refuse("fault hdmi1 lane 0", "column 19: FRL rate is missing", "1 to 6");
	refuse("fault hdmi1 infoframe avj good", "column 23: unknown InfoFrame 'avj'", "'avi'");
	refuse("cec sdi1 nack on", "column 5: 'sdi1' has no CEC", "'hdmi1'");
	refuse("cec hdmi1 send 4", "column 16: message '4'", "40:04");
	refuse("cec hdmi1 send 40:", "column 16: message '40:'", "40:04");
	refuse("cec hdmi1 send 40:041", "column 16: message '40:041'", "40:04");
	refuse("cec hdmi1 send 0:1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6", "column 16: message", "40:04");
	refuse("cec hdmi1 send 00:11:22:33:44:55:66:77:88:99:00:11:22:33:44:55:66",
	       "column 16: message", "longer than 16");
	refuse("fault hdmi1 crc 0", "column 13: 'crc' goes with SDI", "help");
}

static void test_numbers(void)
{
	static const char *const bad[] = {
		"fault sdi1 crc 1.1", "fault sdi1 crc -0.1", "fault sdi1 crc nan",
		"fault sdi1 crc 1x",
		"fault sdi1 crc 0x1", "fault sdi1 crc inf", "fault sdi-quad skew -1",
		"fault sdi-quad skew 1000001", "fault sdi-quad skew 99999999999999999999999",
		"fault sdi1 unlock 0", "fault sdi1 unlock 1.5", "card lose-interrupt 0",
		"card lose-interrupt 4294967297", "wait 0", "wait -5", "wait 1h", "wait frames 0",
		"signal sdi1 1080p60 file=x frames=0", "signal sdi1 1080p60 file=x frames=",
		"signal sdi1 1080p60 ppm=", "signal sdi1 1080p60 ppm=10001",
		"signal sdi1 1080p60 ppm=1e999", "signal sdi1 1080p60 ppm=--1",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse(bad[i], "column ", "number from ");
	accept("fault sdi1 crc 0");
	accept("fault sdi1 crc 1");
	accept("signal sdi1 1080p60 ppm=+1e1");
	CU_ASSERT_EQUAL(got.signal.ppm, 10);
}

static void test_text(void)
{
	char line[STIMULUS_LINE_MAX + 100];

	refuse("signal sdi1 1080p60 \"file=x", "column 21: quote is not closed", "quote");
	refuse("signal sdi1 \x01", "column 13: control character 0x01", "0x01");
	refuse("signal sdi1\r", "column 12: control character 0x0d", "0x0d");
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = 0;
	refuse(line, "column 4097: line is longer than 4096 bytes", "4096");
	memset(line, ' ', STIMULUS_LINE_MAX);
	line[STIMULUS_LINE_MAX] = 0;
	accept(line);
	for (int i = 0; i < 100; i += 2)
		memcpy(line + i, "a ", 2);
	refuse(line, "column 65: more than 32 words", "32");
	snprintf(line, sizeof(line), "signal sdi1 1080p60 file=%02000d", 0);
	refuse(line, "column 21: file name is longer than 1023 bytes", "1023");
	snprintf(line, sizeof(line), "signal sdi1 1080p60 file=%01023d", 0);
	accept(line);

	/* a small buffer for the message is filled and closed */
	CU_ASSERT_EQUAL(stimulus_parse("bogus", true, &got, line, 10), -EINVAL);
	CU_ASSERT_STRING_EQUAL(line, "column 1:");
	CU_ASSERT_EQUAL(stimulus_parse("bogus", true, &got, NULL, 0), -EINVAL);
}

static char temporary[] = "/tmp/kinora-test-stimulus-XXXXXX";

static void write_file(const char *text, size_t bytes)
{
	FILE *file = fopen(temporary, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(text, 1, bytes, file), bytes);
	fclose(file);
}

static int read_file(const char *path, struct stimulus_step **steps, size_t *count)
{
	return stimulus_file_read(path, steps, count, error, sizeof(error));
}

static void test_file(void)
{
	static const char good[] =
		"# one\n\nsignal sdi1 1080p60\r\n  wait 5 # rest\nsignal sdi1 off";
	static const char bad[] = "signal sdi1 1080p60\nsignal sdi1 1080p6\n";
	static const char zero[] = "status\nsta\0tus\n";
	struct stimulus_step *steps = NULL;
	size_t count = 0;
	char want[300];

	write_file(good, strlen(good));
	CU_ASSERT_EQUAL_FATAL(read_file(temporary, &steps, &count), 0);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_EQUAL(steps[0].line, 3);
	CU_ASSERT_EQUAL(steps[0].stimulus.kind, STIMULUS_SIGNAL);
	CU_ASSERT_EQUAL(steps[1].line, 4);
	CU_ASSERT_EQUAL(steps[1].stimulus.wait.ms, 5);
	CU_ASSERT_EQUAL(steps[2].line, 5);
	CU_ASSERT_PTR_NULL(steps[2].stimulus.signal.mode);
	free(steps);
	steps = NULL;

	write_file(bad, strlen(bad));
	CU_ASSERT_EQUAL(read_file(temporary, &steps, &count), -EINVAL);
	snprintf(want, sizeof(want), "%s:2: column 13: unknown mode '1080p6'", temporary);
	CU_ASSERT_EQUAL(strncmp(error, want, strlen(want)), 0);
	write_file(zero, sizeof(zero) - 1);
	CU_ASSERT_EQUAL(read_file(temporary, &steps, &count), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, ":2: byte 0"));
	CU_ASSERT_EQUAL(read_file("/nonexistent/x", &steps, &count), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "cannot open stimulus file '/nonexistent/x'"));
	CU_ASSERT_EQUAL(read_file("/tmp", &steps, &count), -EISDIR);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "cannot read '/tmp'"));
	CU_ASSERT_PTR_NULL(steps);

	write_file("", 0);
	CU_ASSERT_EQUAL(read_file(temporary, &steps, &count), 0);
	CU_ASSERT_EQUAL(count, 0);
	free(steps);
}

/* Lines between "```stimulus" and "```" of the manual. */
static void test_manual(void)
{
	FILE *file = fopen("docs/stimulus.md", "r");
	unsigned int seen[STIMULUS_HELP + 1] = { 0 };
	char line[STIMULUS_LINE_MAX + 2];
	bool inside = false;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "```", 3)) {
			inside = !strcmp(line, "```stimulus");
		} else if (inside) {
			accept(line);
			seen[got.kind]++;
		}
	}
	fclose(file);
	for (int kind = STIMULUS_SIGNAL; kind <= STIMULUS_HELP; kind++)
		CU_ASSERT(seen[kind] > 0);
}

/* The help names every word. */
static void test_help(void)
{
	const char *help = stimulus_help();

	for (int i = 0; i < STIMULUS_CONNECTORS; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(help, stimulus_connector_name(i)));
	for (int i = 0; i < PICTURE_PATTERNS; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(help, picture_pattern_name(i)));
	for (int i = STIMULUS_SDR; i <= STIMULUS_PQ; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(help, stimulus_transfer_name(i)));
	CU_ASSERT_STRING_EQUAL(stimulus_connector_name(STIMULUS_SDI_QUAD), "sdi-quad");
	CU_ASSERT_STRING_EQUAL(stimulus_mapping_name(STIMULUS_SQD), "sqd");
	CU_ASSERT_STRING_EQUAL(stimulus_matrix_name(PICTURE_MATRIX_2020), "2020");
	CU_ASSERT_STRING_EQUAL(stimulus_range_name(PICTURE_RANGE_FULL), "full");
	CU_ASSERT_PTR_NULL(stimulus_connector_name(STIMULUS_CONNECTORS));
	CU_ASSERT_PTR_NULL(stimulus_mode_at(1000));
}

/* Whatever the bytes are, the answer is 0 or -EINVAL with a message. */
static void test_noise(void)
{
	static const char *const words[] = {
		"signal", "fault", "card", "wait", "books", "sdi1", "sdi-quad", "ref", "4320p60",
		"1080i50", "off", "pattern=ramp", "file=", "file=a", "format=yuv420p", "frames=3",
		"ppm=", "\"", "#", "crc", "skew", "lines", "1e-3", "-1", "=", "==", "mapping=2si",
		"frames", "unlock", "\t", "x",
	};
	uint32_t x = 1;

	for (int i = 0; i < 20000; i++) {
		char line[400] = "";
		int ret;

		for (int n = 0; n < 6; n++) {
			x = x * 1664525 + 1013904223;
			strcat(line, words[(x >> 16) % (sizeof(words) / sizeof(words[0]))]);
			if (x >> 28)
				strcat(line, " ");
		}
		ret = stimulus_parse(line, x >> 31, &got, error, sizeof(error));
		CU_ASSERT((ret == 0 && !*error) || (ret == -EINVAL && *error));
	}
}

static int begin(void)
{
	int fd = mkstemp(temporary);

	return fd < 0 ? -errno : close(fd);
}

static int end(void)
{
	return unlink(temporary);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "signal, defaults", test_signal_defaults },
		{ "signal, options", test_signal_options },
		{ "modes", test_modes },
		{ "links", test_links },
		{ "interfaces", test_interfaces },
		{ "interfaces, refused", test_interfaces_refused },
		{ "faults", test_faults },
		{ "hdmi", test_hdmi },
		{ "cec", test_cec },
		{ "card", test_card },
		{ "wait, books, status, help", test_others },
		{ "unknown words", test_unknown_words },
		{ "missing words", test_missing_words },
		{ "contradictions", test_contradictions },
		{ "numbers", test_numbers },
		{ "text", test_text },
		{ "files", test_file },
		{ "examples of the manual", test_manual },
		{ "help", test_help },
		{ "noise", test_noise },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("stimulus", tests, begin, end);
}
