// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/edid_*.c userspace/lib/error.c firmware-blobs/controller/edid_default.c */
/*
 * Description: CTA-861 formats and their names, detailed timings byte by byte, an EDID taken apart
 * and put together, changes to it in words, and files of raw bytes and hex digits.
 *
 * Timings are those of CTA-861 (shared by every HDMI sink); the bytes of the detailed timings are
 * the ones that countless displays have for these formats.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "edid_edit.h"
#include "unit.h"

static const char *text_of(const struct kinora_edid *edid)
{
	static char *text;
	size_t size;
	FILE *file;

	free(text);
	text = NULL;
	file = open_memstream(&text, &size);
	kinora_edid_write_text(edid, file);
	fclose(file);
	return text;
}

static void test_modes(void)
{
	/* VIC, pixels, lines, kHz, total pixels, total lines of CTA-861-I, table 3 */
	static const struct {
		unsigned int vic, width, height, clock_khz, htotal, vtotal;
	} rows[] = {
		{ 194, 7680, 4320, 1188000, 11000, 4500 },
		{ 195, 7680, 4320, 1188000, 10800, 4400 },
		{ 196, 7680, 4320, 1188000, 9000, 4400 },
		{ 197, 7680, 4320, 2376000, 11000, 4500 },
		{ 198, 7680, 4320, 2376000, 10800, 4400 }, { 199, 7680, 4320, 2376000, 9000, 4400 },
		{ 200, 7680, 4320, 4752000, 10560, 4500 }, { 201, 7680, 4320, 4752000, 8800, 4500 },
		{ 93, 3840, 2160, 297000, 5500, 2250 },	   { 94, 3840, 2160, 297000, 5280, 2250 },
		{ 95, 3840, 2160, 297000, 4400, 2250 },	   { 96, 3840, 2160, 594000, 5280, 2250 },
		{ 97, 3840, 2160, 594000, 4400, 2250 },	   { 114, 3840, 2160, 594000, 5500, 2250 },
		{ 117, 3840, 2160, 1188000, 5280, 2250 },  { 118, 3840, 2160, 1188000, 4400, 2250 },
		{ 31, 1920, 1080, 148500, 2640, 1125 },	   { 16, 1920, 1080, 148500, 2200, 1125 },
		{ 32, 1920, 1080, 74250, 2750, 1125 },	   { 19, 1280, 720, 74250, 1980, 750 },
		{ 4, 1280, 720, 74250, 1650, 750 },
	};
	const struct kinora_video_mode *mode;
	char name[KINORA_MODE_TEXT];
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mode = kinora_video_mode_find(rows[i].vic);
		CU_ASSERT_PTR_NOT_NULL_FATAL(mode);
		CU_ASSERT_EQUAL(mode->width, rows[i].width);
		CU_ASSERT_EQUAL(mode->height, rows[i].height);
		CU_ASSERT_EQUAL(mode->clock_khz, rows[i].clock_khz);
		CU_ASSERT_EQUAL(mode->width + mode->hfront + mode->hsync + mode->hback,
				rows[i].htotal);
		CU_ASSERT_EQUAL(mode->height + mode->vfront + mode->vsync + mode->vback,
				rows[i].vtotal);
	}
	/* 1 to 127 and 193 to 219, each name its own */
	for (i = 0; (mode = kinora_video_mode_at(i)); i++)
		CU_ASSERT_PTR_EQUAL(
			kinora_video_mode_find_name(kinora_video_mode_text(mode, name)), mode);
	CU_ASSERT_EQUAL(i, 127 + 27);
}

static unsigned int vic_of(const char *name)
{
	const struct kinora_video_mode *mode = kinora_video_mode_find_name(name);

	return mode ? mode->vic : 0;
}

static void test_names(void)
{
	static const char *const wrong[] = { "", "60", "p60", "2160p61", "2160", "vic", "vic0",
					     "vic128", "vic97x", "vic1000", "2160p60@4:3",
					     "1080i", "2160p59.9", "-", "2160p60 ",
					     "a name that is far longer than any format ever was" };
	size_t i;

	CU_ASSERT_EQUAL(vic_of("2160p60"), 97);
	CU_ASSERT_EQUAL(vic_of("3840x2160p60"), 97);
	CU_ASSERT_EQUAL(vic_of("2160P60"), 97);
	CU_ASSERT_EQUAL(vic_of("2160p59.94"), 97);
	CU_ASSERT_EQUAL(vic_of("2160p60000/1001"), 97);
	CU_ASSERT_EQUAL(vic_of("2160p60@64:27"), 107);
	CU_ASSERT_EQUAL(vic_of("4096x2160p24"), 98);
	CU_ASSERT_EQUAL(vic_of("4320p59.94"), 199);
	CU_ASSERT_EQUAL(vic_of("1080i50"), 20);
	CU_ASSERT_EQUAL(vic_of("1080i59.94"), 5);
	CU_ASSERT_EQUAL(vic_of("1080p23.98"), 32);
	CU_ASSERT_EQUAL(vic_of("576i50@4:3"), 21);
	CU_ASSERT_EQUAL(vic_of("vic97"), 97);
	CU_ASSERT_EQUAL(vic_of("VIC199"), 199);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(vic_of(wrong[i]), 0);
}

static void test_timings(void)
{
	static const struct {
		const char *name;
		uint8_t bytes[12], flags;
	} rows[] = {
		{ "2160p60", { 8, 0xe8, 0, 0x30, 0xf2, 0x70, 0x5a, 0x80, 0xb0, 0x58, 0x8a, 0 },
		  0x1e },
		{ "1080p60", { 2, 0x3a, 0x80, 0x18, 0x71, 0x38, 0x2d, 0x40, 0x58, 0x2c, 0x45, 0 },
		  0x1e },
		{ "1080p50", { 2, 0x3a, 0x80, 0xd0, 0x72, 0x38, 0x2d, 0x40, 0x10, 0x2c, 0x45,
				  0x80 }, 0x1e },
		{ "1080i60", { 1, 0x1d, 0x80, 0x18, 0x71, 0x1c, 0x16, 0x20, 0x58, 0x2c, 0x25, 0 },
		  0x9e },
		{ "1080i50", { 1, 0x1d, 0x80, 0xd0, 0x72, 0x1c, 0x16, 0x20, 0x10, 0x2c, 0x25,
				  0x80 }, 0x9e },
		{ "720p60", { 1, 0x1d, 0, 0x72, 0x51, 0xd0, 0x1e, 0x20, 0x6e, 0x28, 0x55, 0 },
		  0x1e },
		{ "480p60@4:3", { 0x8c, 0x0a, 0xd0, 0x8a, 0x20, 0xe0, 0x2d, 0x10, 0x10, 0x3e, 0x96,
				  0 }, 0x18 },
	};
	struct edid_timing timing;
	char text[KINORA_MODE_TEXT];
	uint8_t dtd[EDID_DTD_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		edid_timing_write(dtd, kinora_video_mode_find_name(rows[i].name));
		CU_ASSERT_EQUAL(memcmp(dtd, rows[i].bytes, 12), 0);
		CU_ASSERT_EQUAL(dtd[17], rows[i].flags);
		edid_timing_read(dtd, &timing);
		if (strcmp(rows[i].name, "480p60@4:3"))	/* 4:3 and 16:9 share it */
			CU_ASSERT_STRING_EQUAL(edid_timing_text(&timing, text), rows[i].name);
	}
	memset(dtd, 0, sizeof(dtd));
	edid_timing_read(dtd, &timing);
	CU_ASSERT_EQUAL(timing.clock_khz, 0);
}

static void test_round_trip(void)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = kinora_edid_preset_name(i)); i++) {
		struct kinora_edid edid, again;
		struct edid_doc doc;

		CU_ASSERT_EQUAL_FATAL(kinora_edid_preset(name, &edid), 0);
		CU_ASSERT_EQUAL_FATAL(edid_doc_read(&doc, &edid), 0);
		CU_ASSERT_EQUAL_FATAL(edid_doc_write(&doc, &again), 0);
		CU_ASSERT_EQUAL(edid.size, again.size);
		CU_ASSERT_EQUAL(memcmp(edid.bytes, again.bytes, edid.size), 0);
	}
}

/* One change to a preset; what kinora_edid_modify() said. */
static int change(struct kinora_edid *edid, const char *word)
{
	int ret = kinora_edid_modify(edid, &word, 1);
	struct kinora_edid_finding finding;

	if (!ret && kinora_edid_check(edid, &finding, 1))
		CU_ASSERT_FALSE(finding.failure);
	return ret;
}

static bool has_line(const struct kinora_edid *edid, const char *line)
{
	return strstr(text_of(edid), line);
}

static void test_formats(void)
{
	struct kinora_edid edid, before;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("4k60-hdr", &edid), 0);
	before = edid;
	CU_ASSERT_EQUAL(change(&edid, "+1080i50"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "1080i50 (20)"));
	CU_ASSERT_EQUAL(change(&edid, "+1080i50"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "-1080i50"), 0);
	CU_ASSERT_EQUAL(memcmp(&edid, &before, sizeof(edid)), 0);
	CU_ASSERT_EQUAL(change(&edid, "-1080i50"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "+4320p60"), -EINVAL);	/* no FRL: it cannot cross */
	CU_ASSERT_EQUAL(change(&edid, "-2160p60"), -EINVAL);	/* preferred */
	CU_ASSERT_EQUAL(change(&edid, "-640x480p60"), -EINVAL);	/* all have it */
	CU_ASSERT_EQUAL(memcmp(&edid, &before, sizeof(edid)), 0);
	/* 1188 MHz: at half the character rate it crosses TMDS of 600 MHz */
	CU_ASSERT_EQUAL(change(&edid, "+2160p120"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "only as 4:2:0   2160p120 (118)\n"));

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("8k", &edid), 0);
	CU_ASSERT_TRUE(has_line(&edid, "only as 4:2:0   4320p60 (199), 4320p50 (198)"));
	CU_ASSERT_EQUAL(change(&edid, "-4320p60"), 0);
	CU_ASSERT_FALSE(has_line(&edid, "4320p60"));
	CU_ASSERT_EQUAL(change(&edid, "+4320p59.94"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "only as 4:2:0   4320p50 (198), 4320p48 (197), 4320p60"));
	CU_ASSERT_EQUAL(change(&edid, "+4320p120"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "frl=4"), -EINVAL);	/* 4320p30 as 4:4:4 needs 5 */
	CU_ASSERT_EQUAL(change(&edid, "frl=5"), 0);
}

/* The bits of a 4:2:0 capability map count formats: they move with them. */
static void test_capability_map(void)
{
	struct kinora_edid edid;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("4k60-hdr", &edid), 0);
	CU_ASSERT_TRUE(has_line(&edid, "also as 4:2:0   2160p60 (97), 2160p50 (96)\n"));
	CU_ASSERT_EQUAL(change(&edid, "preferred=1080p60"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "formats         1080p60 (16), 2160p60 (97), 2160p50"));
	CU_ASSERT_TRUE(has_line(&edid, "also as 4:2:0   2160p60 (97), 2160p50 (96)\n"));
	CU_ASSERT_EQUAL(change(&edid, "-2160p60"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "also as 4:2:0   2160p50 (96)\n"));
	CU_ASSERT_EQUAL(change(&edid, "-2160p50/420"), 0);
	CU_ASSERT_FALSE(has_line(&edid, "also as 4:2:0"));
	CU_ASSERT_TRUE(has_line(&edid, "2160p50 (96)"));
	CU_ASSERT_EQUAL(change(&edid, "-2160p50/420"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "+2160p60/420"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "also as 4:2:0   2160p60 (97)\n"));
}

/* 2160p50 has a front porch of 1056 pixels, a detailed timing has ten bits for it. */
static void test_preferred(void)
{
	struct kinora_edid edid;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("4k60-hdr", &edid), 0);
	CU_ASSERT_EQUAL(change(&edid, "preferred=2160p50"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "preferred       1080p50: 1920x1080"));
	CU_ASSERT_TRUE(has_line(&edid, "Video Format Preference Data Block\n"
				       "    preferred       2160p50 (96)\n"));
	CU_ASSERT_TRUE(has_line(&edid, "formats         2160p50 (96), 1080p50 (31)"));
	CU_ASSERT_EQUAL(change(&edid, "-2160p50"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "preferred=2160p60"), 0);
	CU_ASSERT_FALSE(has_line(&edid, "Preference"));
	CU_ASSERT_TRUE(has_line(&edid, "preferred       2160p60: 3840x2160"));
	CU_ASSERT_EQUAL(change(&edid, "preferred=4320p60"), -EINVAL);	/* no FRL */
	CU_ASSERT_EQUAL(change(&edid, "preferred=8k"), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("8k", &edid), 0);
	CU_ASSERT_EQUAL(change(&edid, "preferred=4320p60"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "preferred       2160p60: 3840x2160"));
	CU_ASSERT_TRUE(has_line(&edid, "preferred       4320p60 (199)\n"));
}

static void test_words(void)
{
	struct kinora_edid edid;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("default", &edid), 0);
	CU_ASSERT_EQUAL(change(&edid, "name=STUDIO 1"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "name            STUDIO 1\n"));
	CU_ASSERT_EQUAL(change(&edid, "name=exactly 14 cha"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "name=exactly 13 c"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "name            exactly 13 c\n"));
	CU_ASSERT_EQUAL(change(&edid, "name="), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "name=a\nb"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "hdr=off"), 0);
	CU_ASSERT_FALSE(has_line(&edid, "HDR Static"));
	CU_ASSERT_EQUAL(change(&edid, "colour=709"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "colorimetry     sRGB\n"));
	CU_ASSERT_EQUAL(change(&edid, "hdr=hlg"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "transfer        SDR, HLG\n"));
	CU_ASSERT_TRUE(has_line(&edid, "colorimetry     BT.2020 YCC, BT.2020 RGB, sRGB\n"));
	CU_ASSERT_EQUAL(change(&edid, "colour=709"), -EINVAL);	/* HDR needs it */
	CU_ASSERT_EQUAL(change(&edid, "hdr=pq,hlg"), 0);
	CU_ASSERT_EQUAL(change(&edid, "hdr=dolby"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "audio=2"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "LPCM            2 channels"));
	CU_ASSERT_TRUE(has_line(&edid, "speakers        FL/FR\n"));
	CU_ASSERT_EQUAL(change(&edid, "audio=off"), 0);
	CU_ASSERT_FALSE(has_line(&edid, "Audio"));
	CU_ASSERT_FALSE(has_line(&edid, "basic audio"));
	CU_ASSERT_EQUAL(change(&edid, "audio=9"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "depth=10"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "deep colour     10 bit, YCbCr 4:4:4 too\n"));
	CU_ASSERT_EQUAL(change(&edid, "depth=11"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "serial=4294967295"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "serial number 4294967295"));
	CU_ASSERT_EQUAL(change(&edid, "serial=4294967296"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "address=2.1.0.0"), 0);
	CU_ASSERT_TRUE(has_line(&edid, "CEC address     2.1.0.0\n"));
	CU_ASSERT_EQUAL(change(&edid, "address=2.1.0"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "frl=7"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "tmds=601"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "colur=709"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, "hdr"), -EINVAL);
	CU_ASSERT_EQUAL(change(&edid, ""), -EINVAL);
}

/* What does not fit the link any more is named; taken away together with it, it is fine. */
static void test_together(void)
{
	static const char *const slower[] = { "tmds=300", "frl=0", "-2160p60", "-2160p50" };
	static const char *const sdr[] = { "colour=709", "hdr=off" };
	struct kinora_edid edid, before;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("4k60-hdr", &edid), 0);
	before = edid;
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, slower, 2), -EINVAL);
	CU_ASSERT_EQUAL(memcmp(&edid, &before, sizeof(edid)), 0);
	CU_ASSERT_EQUAL(change(&edid, "preferred=2160p30"), 0);
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, slower, 4), 0);
	CU_ASSERT_FALSE(has_line(&edid, "2160p60"));
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, sdr, 2), 0);
}

/* Whatever their order: the same EDID, or none. */
static void test_any_order(void)
{
	static const struct {
		const char *preset, *words[2];
		int ret;
	} rows[] = {
		{ "8k", { "colour=709", "hdr=off" }, 0 },
		{ "8k", { "colour=709", "hdr=hlg" }, -EINVAL },
		{ "1080p50", { "depth=12", "frl=6" }, 0 },
		{ "1080p50", { "depth=12", "tmds=600" }, 0 },
		{ "1080p50", { "frl=6", "tmds=600" }, 0 },
		{ "1080p50", { "frl=6", "tmds=300" }, -EINVAL },
		{ "1080p50", { "+4320p60", "frl=6" }, 0 },
		{ "1080p50", { "-1080p50", "preferred=720p50" }, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const turned[2] = { rows[i].words[1], rows[i].words[0] };
		struct kinora_edid edid, other;

		CU_ASSERT_EQUAL_FATAL(kinora_edid_preset(rows[i].preset, &edid), 0);
		other = edid;
		CU_ASSERT_EQUAL(kinora_edid_modify(&edid, rows[i].words, 2), rows[i].ret);
		CU_ASSERT_EQUAL(kinora_edid_modify(&other, turned, 2), rows[i].ret);
		CU_ASSERT_EQUAL(memcmp(&edid, &other, sizeof(edid)), 0);
	}
}

/* All 154 formats and more blocks than one extension holds: a third block, counted by HF-EEODB. */
static void test_overflow(void)
{
	const struct kinora_video_mode *mode;
	struct kinora_edid edid;
	char word[KINORA_MODE_TEXT + 1] = "+";
	unsigned int i;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("8k", &edid), 0);
	CU_ASSERT_EQUAL(edid.size, 256);
	for (i = 0; (mode = kinora_video_mode_at(i)); i++) {
		if (mode->clock_khz > 2376000 || mode->vic == 39)
			continue;
		kinora_video_mode_text(mode, word + 1);
		if (change(&edid, word))	/* those that it has already */
			CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "already"));
	}
	CU_ASSERT_EQUAL(edid.size, 384);
	CU_ASSERT_EQUAL(edid.bytes[126], 1);
	CU_ASSERT_EQUAL(memcmp(edid.bytes + 128 + 4, "\xe2\x78\x02", 3), 0);
	CU_ASSERT_TRUE(has_line(&edid, "4320p60 (199)"));
	CU_ASSERT_TRUE(has_line(&edid, "5120x2160p50"));
	CU_ASSERT_EQUAL(edid.bytes[256], 0x02);
	for (i = 0; (mode = kinora_video_mode_at(i)); i++) {
		if (mode->vic < 17 || mode->vic > 30)
			continue;
		word[0] = '-';
		kinora_video_mode_text(mode, word + 1);
		CU_ASSERT_EQUAL(change(&edid, word), 0);
	}
}

/* What an EDID has beyond what we know is kept byte by byte. */
static void test_foreign(void)
{
	/* a Dolby vendor video block: extended tag 1, OUI 00D046 */
	static const uint8_t dolby[] = { 0xe8, 0x01, 0x46, 0xd0, 0x00, 0x01, 0x02, 0x03, 0x04 };
	struct kinora_edid edid;
	unsigned int end;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("4k60-sdr", &edid), 0);
	end = edid.bytes[130];
	memcpy(edid.bytes + 128 + end, dolby, sizeof(dolby));
	edid.bytes[130] = (uint8_t)(end + sizeof(dolby));
	kinora_edid_fix_checksums(&edid);
	CU_ASSERT_EQUAL(change(&edid, "hdr=hlg"), 0);
	CU_ASSERT_PTR_NOT_NULL(memmem(edid.bytes, edid.size, dolby, sizeof(dolby)));
	CU_ASSERT_TRUE(has_line(&edid, "of              00D046, Dolby\n"));
}

static void test_damaged(void)
{
	const char *word = "hdr=off";
	struct kinora_edid edid;

	memset(&edid, 0, sizeof(edid));
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, &word, 1), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("8k", &edid), 0);
	edid.bytes[200] ^= 1;
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, &word, 1), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), "checksum"));
	edid.bytes[200] ^= 1;
	edid.bytes[130] = 10;	/* a data block runs over the end now */
	kinora_edid_fix_checksums(&edid);
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, &word, 1), -EINVAL);
	edid.size = 200;
	CU_ASSERT_EQUAL(kinora_edid_modify(&edid, &word, 1), -EINVAL);
}

static int read_text(struct kinora_edid *edid, const char *text, size_t length)
{
	FILE *file = tmpfile();
	int ret;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fwrite(text, 1, length, file);
	rewind(file);
	ret = kinora_edid_read(edid, file, "test");
	fclose(file);
	return ret;
}

static void test_files(void)
{
	static const char decoded[] = "edid-decode (hex):\n\n00 ff\nFFFF\n\nBlock 0:\n";
	static char hex[4096], large[70000];
	struct kinora_edid edid, again;
	FILE *file;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("default", &edid), 0);
	CU_ASSERT_EQUAL(read_text(&again, (const char *)edid.bytes, edid.size), 0);
	CU_ASSERT_EQUAL(again.size, edid.size);
	CU_ASSERT_EQUAL(memcmp(again.bytes, edid.bytes, edid.size), 0);

	file = fmemopen(hex, sizeof(hex), "w");
	CU_ASSERT_EQUAL(kinora_edid_write_hex(&edid, file), 0);
	fclose(file);
	CU_ASSERT_EQUAL(strncmp(hex, "00 ff ff ff ff ff ff 00 2d d2 4b 38 ", 36), 0);
	CU_ASSERT_EQUAL(read_text(&again, hex, strlen(hex)), 0);
	CU_ASSERT_EQUAL(memcmp(again.bytes, edid.bytes, edid.size), 0);

	/* as edid-decode and C programs have it */
	CU_ASSERT_EQUAL(read_text(&again, decoded, strlen(decoded)), 0);
	CU_ASSERT_EQUAL(again.size, 4);
	CU_ASSERT_EQUAL(read_text(&again, "0x00, 0xff,\n0xff\n", 17), 0);
	CU_ASSERT_EQUAL(again.size, 3);
	CU_ASSERT_EQUAL(read_text(&again, "", 0), -EINVAL);
	CU_ASSERT_EQUAL(read_text(&again, "no hex here\n", 12), -EINVAL);
	CU_ASSERT_EQUAL(read_text(&again, large, 513), -EINVAL);
	CU_ASSERT_EQUAL(read_text(&again, large, sizeof(large)), -EINVAL);
	memset(large, 'f', sizeof(large));
	CU_ASSERT_EQUAL(read_text(&again, large, 1026), -EINVAL);
	CU_ASSERT_EQUAL(read_text(&again, large, 1024), 0);
	CU_ASSERT_EQUAL(again.size, 512);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "modes", test_modes },
		{ "names", test_names },
		{ "timings", test_timings },
		{ "round trip", test_round_trip },
		{ "formats", test_formats },
		{ "capability map", test_capability_map },
		{ "preferred", test_preferred },
		{ "words", test_words },
		{ "together", test_together },
		{ "any order", test_any_order },
		{ "overflow", test_overflow },
		{ "foreign", test_foreign },
		{ "damaged", test_damaged },
		{ "files", test_files },
		CU_TEST_INFO_NULL,
	};

	return unit_run("edid modify", tests);
}
