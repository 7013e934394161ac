// SPDX-License-Identifier: MIT
/* Sources: tests/unit/fake_host.c tests/vcard/anc.c tests/vcard/books.c tests/vcard/cadence.c */
/* Sources: tests/vcard/card.c tests/vcard/channel.c tests/vcard/clip.c tests/vcard/copy.c */
/* Sources: tests/vcard/crc32c.c tests/vcard/links.c tests/vcard/log.c tests/vcard/pack.c */
/* Sources: tests/vcard/picture.c tests/vcard/printer.c tests/vcard/receiver.c */
/* Sources: tests/vcard/render.c tests/vcard/signals.c tests/vcard/stamp.c */
/* Sources: tests/vcard/stimulus*.c tests/vcard/stream.c tests/vcard/thread.c */
/* Sources: tests/vcard/wire.c tests/vcard/world.c */
/* Sources: tests/vcard/image.c tests/vcard/loader.c tests/vcard/machine.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/* Sources: tests/vcard/hdmi_*.c tests/vcard/cec_*.c tests/vcard/spread.c */
/*
 * Description: hdmi1 from the stimulus line to the buffer: the source, the real firmware and the
 * card's engine, in real time. What is captured bears the stamp of its frame and adds up; RGB is
 * read as the stream says.
 */
#include <stdlib.h>
#include <string.h>

#include "edid_default.h"
#include "fake_host.h"
#include "log.h"
#include "stamp.h"
#include "world.h"
#include "unit.h"

#define MEMORY (420u << 20)
#define BUFFERS 4
#define WAIT_MS 3000

static struct fake_host host;
static struct card card;
static struct world world;
static struct fake_clock ticker;
static struct fake_stream video;
static char error[STIMULUS_ERROR_MAX];

static void begin(void)
{
	const struct card_config config = {
		.serial = "TEST-1", .timeout_ms = 1234, .print_memory = 256 << 20,
		.hand_clock = true,
	};
	struct card_host ops = fake_host_ops(&host);

	if (fake_host_init(&host, MEMORY) || card_init(&card, &config, &ops) ||
	    card_start(&card))
		abort();
	fake_clock_start(&ticker, &card);
	world_init(&world, &card, 256 << 20);
	card_register_write(&card, KINORA_REG_CHANNEL(0), KINORA_CONN_HDMI1);
}

static void end(void)
{
	fake_clock_stop(&ticker);
	card_finish(&card);
	world_finish(&world);
	fake_stream_finish(&video);
	memset(&video, 0, sizeof(video));
	fake_host_finish(&host);
}

static int stimulus(const char *line)
{
	struct stimulus parsed;

	if (stimulus_parse(line, false, &parsed, error, sizeof(error)))
		return -1;
	return world_apply(&world, &parsed, error, sizeof(error));
}

static void signal_on(const char *line)
{
	char *status;
	bool locked;

	CU_ASSERT_EQUAL_FATAL(stimulus(line), 0);
	locked = fake_signal_wait(&card, KINORA_CONN_HDMI1, KINORA_SIGNAL_LOCKED, WAIT_MS);
	if (!locked) {
		status = world_status(&world);
		printf("\n%s:\n%s", line, status);
		free(status);
	}
	CU_ASSERT_FATAL(locked);
}

/* Good frames, one after the other, each with its own stamp; the last is left in the buffer. */
static const void *capture(unsigned int frames)
{
	struct kinora_record record;
	struct mem_layout layout;
	uint64_t last = 0;
	const void *buffer = NULL;

	CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, video.config.format, video.config.width,
					      video.config.height, video.config.stride0), 0);
	while (frames) {
		struct stamp stamp;

		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		buffer = fake_stream_buffer(&video, record.tag);
		if (!record.status) {
			CU_ASSERT_EQUAL(stamp_check(buffer, &layout, &stamp, NULL), 0);
			CU_ASSERT_EQUAL(stamp.frame, record.frame);
			CU_ASSERT(record.frame > last);
			last = record.frame;
			frames--;
		} else {
			CU_ASSERT(!last && record.status == KINORA_RECORD_NO_SIGNAL);
		}
		if (frames) {
			fake_stream_submit(&video, record.tag);
			fake_stream_tail(&video);
		}
	}
	return buffer;
}

static void video_begin(uint32_t format, uint32_t width, uint32_t height, uint32_t num,
			uint32_t den, uint32_t flags)
{
	struct stream_config config = fake_config(KINORA_STREAM_VIDEO, format, width, height, num,
						  den);

	config.flags = flags;
	fake_stream_finish(&video);
	memset(&video, 0, sizeof(video));
	fake_stream_init(&video, &host, &card, KINORA_STREAM_INDEX(0, KINORA_STREAM_VIDEO),
			 &config, BUFFERS, 1 << 20);
	CU_ASSERT_FATAL(fake_stream_start(&video));
}

static void test_modes(void)
{
	static const struct {
		const char *line;
		uint32_t width, height, num, den, flags;
		unsigned int interface, sampling, depth, vic, pixelclock_mhz;
	} modes[] = {
		/* VIC and pixel clock: CTA-861-I, table 1 */
		{ "signal hdmi1 720p50", 1280, 720, 1, 50, 0, KINORA_INTERFACE_TMDS,
		  KINORA_SAMPLING_422, 12, 19, 74 },
		{ "signal hdmi1 1080i50", 1920, 1080, 1, 25, KINORA_STREAM_INTERLACED,
		  KINORA_INTERFACE_TMDS, KINORA_SAMPLING_422, 12, 20, 74 },
		{ "signal hdmi1 1080p59.94 sampling=rgb depth=8", 1920, 1080, 1001, 60000, 0,
		  KINORA_INTERFACE_TMDS, KINORA_SAMPLING_RGB, 8, 16, 148 },
		{ "signal hdmi1 2160p60 sampling=444 depth=10", 3840, 2160, 1, 60, 0,
		  KINORA_INTERFACE_FRL, KINORA_SAMPLING_444, 10, 97, 594 },
		{ "signal hdmi1 2160p60 sampling=420 depth=8", 3840, 2160, 1, 60, 0,
		  KINORA_INTERFACE_TMDS, KINORA_SAMPLING_420, 8, 97, 594 },
		{ "signal hdmi1 2160p120", 3840, 2160, 1, 120, 0,
		  KINORA_INTERFACE_FRL, KINORA_SAMPLING_422, 12, 118, 1188 },
		{ "signal hdmi1 4320p24", 7680, 4320, 1, 24, 0,
		  KINORA_INTERFACE_FRL, KINORA_SAMPLING_422, 12, 194, 1188 },
		{ "signal hdmi1 4320p60", 7680, 4320, 1, 60, 0,
		  KINORA_INTERFACE_FRL, KINORA_SAMPLING_420, 10, 199, 2376 },
	};

	for (unsigned int i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct kinora_signal signal;

		begin();
		signal_on(modes[i].line);
		card_signal(&card, KINORA_CONN_HDMI1, &signal);
		CU_ASSERT_EQUAL(signal.width, modes[i].width);
		CU_ASSERT_EQUAL(signal.height, modes[i].height);
		CU_ASSERT_EQUAL((uint64_t)signal.rate_num * modes[i].num,
				(uint64_t)signal.rate_den * modes[i].den);
		CU_ASSERT_EQUAL(!!(signal.scan & KINORA_SCAN_INTERLACED),
				modes[i].flags == KINORA_STREAM_INTERLACED);
		CU_ASSERT_EQUAL(signal.interface, modes[i].interface);
		CU_ASSERT_EQUAL(signal.sampling, modes[i].sampling);
		CU_ASSERT_EQUAL(signal.depth, modes[i].depth);
		CU_ASSERT_EQUAL(signal.vic, modes[i].vic);
		CU_ASSERT_EQUAL(signal.pixelclock / 1000000, modes[i].pixelclock_mhz);
		CU_ASSERT_EQUAL(signal.flags & ~KINORA_SIGNAL_FLAG_ERRORS,
				KINORA_SIGNAL_FLAG_POWER | KINORA_SIGNAL_FLAG_HOTPLUG |
				KINORA_SIGNAL_FLAG_HDMI);
		video_begin(KINORA_FMT_UYVY, modes[i].width, modes[i].height, modes[i].num,
			    modes[i].den, modes[i].flags);
		capture(5);
		CU_ASSERT(fake_stream_stop(&video));
		end();
	}
}

/* 8K, from one format to another. */
static void test_4320p60(void)
{
	static const uint32_t formats[] = { KINORA_FMT_UYVY, KINORA_FMT_P010 };

	begin();
	signal_on("signal hdmi1 4320p60 pattern=bt2111-hlg");
	for (unsigned int i = 0; i < 2; i++) {
		host.used = 0;
		video_begin(formats[i], 7680, 4320, 1, 60, 0);
		capture(10);
		CU_ASSERT(fake_stream_stop(&video));
	}
	end();
}

/* Bytes G of pixel x in row y of a XBGR32 or luma of a UYVY buffer. */
static unsigned int green(const void *buffer, unsigned int x, unsigned int y)
{
	return ((const uint8_t *)buffer)[y * video.config.stride0 + 4 * x + 1];
}

static unsigned int luma(const void *buffer, unsigned int x, unsigned int y)
{
	return ((const uint8_t *)buffer)[y * video.config.stride0 + 2 * x + 1];
}

/*
 * RP 219's third row: black at (300, 750), white at (1600, 750). Sent limited and read as such, or
 * sent full and read so: black and white. Read the wrong way: 16 and 235, or beyond the ends.
 */
static void test_rgb_range(void)
{
	static const struct {
		const char *line;
		uint32_t flags;
		unsigned int black, white;
	} ranges[] = {
		{ "signal hdmi1 1080p50 sampling=rgb depth=8", KINORA_STREAM_RGB_AUTO, 0, 255 },
		{ "signal hdmi1 1080p50 sampling=rgb depth=8", KINORA_STREAM_RGB_LIMITED, 0, 255 },
		{ "signal hdmi1 1080p50 sampling=rgb depth=8", KINORA_STREAM_RGB_FULL, 16, 235 },
		{ "signal hdmi1 1080p50 sampling=rgb depth=10 range=full", KINORA_STREAM_RGB_AUTO,
		  0, 255 },
		{ "signal hdmi1 1080p50 sampling=rgb depth=8 range=full", KINORA_STREAM_RGB_FULL,
		  0, 255 },
		{ "signal hdmi1 1080p50 dvi", KINORA_STREAM_RGB_AUTO, 0, 255 },
	};

	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		uint32_t flags = FIELD_PREP(KINORA_STREAM_RGB_RANGE_MASK, ranges[i].flags);
		const void *buffer;

		begin();
		signal_on(ranges[i].line);
		video_begin(KINORA_FMT_XBGR32, 1920, 1080, 1, 50, flags);
		buffer = capture(2);
		CU_ASSERT(abs((int)green(buffer, 300, 750) - (int)ranges[i].black) <= 1);
		CU_ASSERT(abs((int)green(buffer, 1600, 750) - (int)ranges[i].white) <= 1);
		CU_ASSERT(fake_stream_stop(&video));
		/* Y'CbCr of it is of narrow range, section 8 */
		host.used = 0;
		video_begin(KINORA_FMT_UYVY, 1920, 1080, 1, 50, flags);
		buffer = capture(2);
		CU_ASSERT(abs((int)luma(buffer, 300, 750) - (16 + (int)ranges[i].black * 219 / 255))
			  <= 1);
		CU_ASSERT(abs((int)luma(buffer, 1600, 750) -
			      (16 + (int)ranges[i].white * 219 / 255)) <= 1);
		CU_ASSERT(fake_stream_stop(&video));
		end();
	}
}

static void edid_set(const uint8_t *edid)
{
	static uint32_t number;
	const struct kinora_mailbox head = {
		.op = KINORA_OP_EDID_SET, .length = EDID_DEFAULT_BYTES,
	};
	uint32_t word;

	for (unsigned int i = 0; i < sizeof(head); i += 4) {
		memcpy(&word, (const uint8_t *)&head + i, 4);
		card_register_write(&card, KINORA_MAILBOX_WINDOW + i, word);
	}
	for (unsigned int i = 0; i < EDID_DEFAULT_BYTES; i += 4) {
		memcpy(&word, edid + i, 4);
		card_register_write(&card, KINORA_MAILBOX_WINDOW + sizeof(head) + i, word);
	}
	card_register_write(&card, KINORA_REG_MAILBOX_REQUEST, ++number);
	CU_ASSERT_FATAL(fake_register_wait(&card, KINORA_REG_MAILBOX_DONE, 0xffffffff, number,
					   WAIT_MS));
	CU_ASSERT_EQUAL(card_register_read(&card, KINORA_MAILBOX_WINDOW) >> 16, KINORA_MAILBOX_OK);
}

/*
 * A new EDID while somebody captures: hot-plug falls, the source stops and starts over with what
 * the EDID now has, here RGB where it was 4:2:2. The stream goes on, and so do its frame numbers.
 */
static void test_edid_under_capture(void)
{
	uint8_t edid[EDID_DEFAULT_BYTES];
	struct kinora_record record;
	struct kinora_signal signal;
	uint64_t last = 0;
	bool fell = false, good = false;

	memcpy(edid, edid_default, sizeof(edid));
	CU_ASSERT_EQUAL_FATAL(edid[128], 2);
	/* byte 3 of the CTA block: no 4:4:4, no 4:2:2; the sum stays 0 modulo 256 */
	edid[255] += edid[131] & 0x30;
	edid[131] &= ~0x30;
	begin();
	signal_on("signal hdmi1 1080p50");
	video_begin(KINORA_FMT_UYVY, 1920, 1080, 1, 50, 0);
	capture(3);
	fake_stream_submit(&video, 0);
	fake_stream_tail(&video);
	edid_set(edid);
	for (unsigned int i = 0; i < 200 && !good; i++) {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		CU_ASSERT(record.frame > last);
		last = record.frame;
		fell |= record.status & KINORA_RECORD_NO_SIGNAL;
		good = fell && !record.status;
		if (good)
			break;
		fake_stream_submit(&video, record.tag);
		fake_stream_tail(&video);
	}
	CU_ASSERT(good);
	card_signal(&card, KINORA_CONN_HDMI1, &signal);
	CU_ASSERT_EQUAL(signal.sampling, KINORA_SAMPLING_RGB);
	/* 75 % white of RP 219, 721 of 10 bits */
	CU_ASSERT(abs((int)luma(fake_stream_buffer(&video, record.tag), 300, 100) - 180) <= 1);
	CU_ASSERT(fake_stream_stop(&video));
	end();
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "modes", test_modes },
		{ "4320p60", test_4320p60 },
		{ "RGB range", test_rgb_range },
		{ "EDID under capture", test_edid_under_capture },
		CU_TEST_INFO_NULL,
	};

	return unit_run("hdmi capture", tests);
}
