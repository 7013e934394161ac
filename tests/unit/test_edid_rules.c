// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/edid_*.c userspace/lib/error.c firmware-blobs/controller/edid_default.c */
/*
 * Description: presets against edid-decode, an independent reader of EDIDs: each without a failure,
 * and "default" the firmware's own byte by byte; rules, each broken once in an EDID that is sound
 * otherwise; decoding in words and as JSON, also of bytes that mean nothing.
 *
 * Needs edid-decode.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../firmware-blobs/controller/edid_default.h"
#include "edid_words.h"
#include "unit.h"

static struct kinora_edid sound;

static int make_sound(void)
{
	return kinora_edid_preset("8k", &sound);
}

/* -------------------------------------------------------------- presets */

/* What edid-decode says behind "Failures:"; its conformity. */
static bool decode_passes(const struct kinora_edid *edid, const char *name)
{
	char path[] = "/tmp/kinora-edid-XXXXXX", command[100], line[300];
	int fd = mkstemp(path);
	bool pass = false, failures = false;
	FILE *pipe;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, edid->bytes, edid->size), (ssize_t)edid->size);
	close(fd);
	snprintf(command, sizeof(command), "edid-decode --check '%s' 2>&1", path);
	pipe = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		failures |= !strcmp(line, "Failures:\n");
		pass |= !strcmp(line, "EDID conformity: PASS\n");
		if (failures)
			fprintf(stderr, "%s: %s", name, line);
	}
	pclose(pipe);
	unlink(path);
	return pass && !failures;
}

static void test_presets(void)
{
	struct kinora_edid edid;
	const char *name;
	unsigned int i;

	for (i = 0; (name = kinora_edid_preset_name(i)); i++) {
		struct kinora_edid_finding findings[4];
		size_t count, j;

		CU_ASSERT_EQUAL_FATAL(kinora_edid_preset(name, &edid), 0);
		count = kinora_edid_check(&edid, findings, 4);
		for (j = 0; j < count && j < 4; j++)
			fprintf(stderr, "%s: %s\n", name, findings[j].text);
		CU_ASSERT_EQUAL(count, 0);
		CU_ASSERT_TRUE(decode_passes(&edid, name));
		CU_ASSERT_PTR_NOT_NULL(kinora_edid_preset_help(i));
	}
	CU_ASSERT(i >= 10);
	CU_ASSERT_EQUAL(kinora_edid_preset("16k", &edid), -EINVAL);
}

static void test_default(void)
{
	struct kinora_edid edid;

	CU_ASSERT_EQUAL_FATAL(kinora_edid_preset("default", &edid), 0);
	CU_ASSERT_EQUAL(edid.size, EDID_DEFAULT_BYTES);
	CU_ASSERT_EQUAL(memcmp(edid.bytes, edid_default, EDID_DEFAULT_BYTES), 0);
}

/* What each preset is for. */
static void test_contents(void)
{
	static const struct {
		const char *name;
		uint8_t vics[4], only_420[3];
		bool hlg, pq;
	} rows[] = {
		{ "default", { 97, 96, 118, 16 }, { 199, 198, 197 }, true, true },
		{ "8k", { 97, 96, 196, 195 }, { 199, 198, 197 }, true, true },
		{ "4k120-hdr", { 97, 118, 117, 96 }, { 0 }, true, true },
		{ "4k60-sdr", { 97, 96, 95, 94 }, { 0 }, false, false },
		{ "4k50-hlg", { 96, 31, 94, 0 }, { 0 }, true, false },
		{ "1080i50", { 20, 0 }, { 0 }, false, false },
		{ "1080p60", { 16, 0 }, { 0 }, false, false },
	};
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kinora_edid edid;
		struct edid_svds svds;
		struct edid_doc doc;
		struct edid_item *item;

		CU_ASSERT_EQUAL_FATAL(kinora_edid_preset(rows[i].name, &edid), 0);
		edid_svds_read(&edid, &svds);
		for (j = 0; j < 4 && rows[i].vics[j]; j++)
			CU_ASSERT_PTR_NOT_NULL(memchr(svds.vic, rows[i].vics[j], svds.count));
		CU_ASSERT_EQUAL_FATAL(edid_doc_read(&doc, &edid), 0);
		item = edid_doc_find(&doc, EDID_Y420_VIDEO, 0);
		CU_ASSERT_EQUAL(!!item, !!rows[i].only_420[0]);
		for (j = 0; item && j < 3 && rows[i].only_420[j]; j++)
			CU_ASSERT_PTR_NOT_NULL(
				memchr(item->bytes, rows[i].only_420[j], item->length));
		item = edid_doc_find(&doc, EDID_HDR_STATIC, 0);
		CU_ASSERT_EQUAL(item && item->bytes[0] & 0x08, rows[i].hlg);
		CU_ASSERT_EQUAL(item && item->bytes[0] & 0x04, rows[i].pq);
	}
}

/* ---------------------------------------------------------------- rules */

/* The first finding whose text has the words; block -1: any. */
static bool finds(const struct kinora_edid *edid, int block, bool failure, const char *words)
{
	struct kinora_edid_finding findings[64];
	size_t count = kinora_edid_check(edid, findings, 64), i;

	for (i = 0; i < count && i < 64; i++)
		if (findings[i].failure == failure && strstr(findings[i].text, words) &&
		    (block < 0 || findings[i].block == (unsigned int)block))
			return true;
	fprintf(stderr, "'%s' not found among %zu findings\n", words, count);
	return false;
}

/* sound with one byte changed, and right checksums. */
static struct kinora_edid with(unsigned int at, uint8_t value)
{
	struct kinora_edid edid = sound;

	edid.bytes[at] = value;
	kinora_edid_fix_checksums(&edid);
	return edid;
}

static void test_checksums(void)
{
	struct kinora_edid edid = sound;
	char words[80];
	uint8_t right = edid.bytes[255];

	edid.bytes[255] = 0x12;
	snprintf(words, sizeof(words), "the checksum is 0x12 and should be 0x%02x", right);
	CU_ASSERT_TRUE(finds(&edid, 1, true, words));
	CU_ASSERT_EQUAL(kinora_edid_fix_checksums(&edid), 1);
	CU_ASSERT_EQUAL(edid.bytes[255], right);
	CU_ASSERT_EQUAL(kinora_edid_fix_checksums(&edid), 0);
	edid.bytes[20] ^= 1;
	edid.bytes[200] ^= 1;
	CU_ASSERT_EQUAL(kinora_edid_fix_checksums(&edid), 2);
}

/* The same with VIC 1 behind its formats, which a 4:2:0 map counts. */
static struct kinora_edid with_vic_1(const struct kinora_edid *from)
{
	struct kinora_edid edid = *from;

	unsigned int end = 133 + (edid.bytes[132] & 0x1f);

	CU_ASSERT_EQUAL_FATAL(edid.bytes[132] >> 5, EDID_VIDEO);
	memmove(edid.bytes + end + 1, edid.bytes + end, 254 - end);
	edid.bytes[end] = 1;
	edid.bytes[132]++;
	edid.bytes[130]++;
	kinora_edid_fix_checksums(&edid);
	return edid;
}

static void test_base_rules(void)
{
	struct kinora_edid edid;

	edid = with(1, 0);
	CU_ASSERT_TRUE(finds(&edid, 0, true, "header"));
	edid = with(19, 2);
	CU_ASSERT_TRUE(finds(&edid, 0, true, "version 1.2"));
	edid = with(8, 0);
	edid.bytes[9] = 0;
	CU_ASSERT_TRUE(finds(&edid, 0, true, "manufacturer"));
	edid = with(20, 0);
	CU_ASSERT_TRUE(finds(&edid, 0, true, "analogue"));
	edid = with(35, 0);
	CU_ASSERT_TRUE(finds(&edid, 0, true, "640x480p60"));
	/* one of the two will do, for edid-decode as well */
	edid = with_vic_1(&edid);
	CU_ASSERT_EQUAL(kinora_edid_check(&edid, NULL, 0), 0);
	CU_ASSERT_TRUE(decode_passes(&edid, "VIC 1"));
	edid = with(54, 0);
	edid.bytes[55] = 0;
	CU_ASSERT_TRUE(finds(&edid, 0, true, "preferred timing"));
	edid = with(62, 0xff);	/* front porch behind the end of the blanking */
	edid.bytes[65] |= 0xc0;
	CU_ASSERT_TRUE(finds(&edid, 0, true, "do not fit its blanking"));
	edid = with(126, 3);
	CU_ASSERT_TRUE(finds(&edid, 0, true, "byte 126 counts 3 blocks"));
	edid = sound;
	edid.size = 128;
	CU_ASSERT_TRUE(finds(&edid, 0, true, "byte 126 counts 1 blocks"));
	CU_ASSERT_TRUE(finds(&edid, 0, false, "no CTA-861 extension"));
	edid.size = 250;
	CU_ASSERT_TRUE(finds(&edid, 1, true, "cut short: 250 bytes"));
	edid.size = 0;
	CU_ASSERT_EQUAL(kinora_edid_check(&edid, NULL, 0), 0);
}

/* An EDID whose CTA block has just these data blocks. */
static struct kinora_edid made_of(const char *bytes, size_t length, uint8_t flags)
{
	struct kinora_edid edid = sound;

	memset(edid.bytes + 128, 0, 128);
	edid.bytes[128] = 2;
	edid.bytes[129] = 3;
	edid.bytes[130] = (uint8_t)(4 + length);
	edid.bytes[131] = flags;
	memcpy(edid.bytes + 132, bytes, length);
	kinora_edid_fix_checksums(&edid);
	return edid;
}

#define HDMI "\x67\x03\x0c\x00\x10\x00\x00\x44"
#define FORUM "\x67\xd8\x5d\xc4\x01\x78\x80\x60"
#define VCDB "\xe2\x00\xca"

static void test_cta_rules(void)
{
	/* bytes of the data blocks, flags of the extension, and what is wrong */
	static const struct {
		const char *bytes;
		size_t length;
		uint8_t flags;
		bool failure;
		const char *words;
	} rows[] = {
		{ "\x41\x10" HDMI VCDB, 13, 0, false, "" },
		{ "\x42\x61\x61" HDMI VCDB, 14, 0, true, "VIC 97 is twice" },
		{ "\x41\x81", 2, 0, false, "no HDMI Vendor" },
		{ "\x41\xc0", 2, 0, false, "no HDMI Vendor" },	/* VIC 64, native */
		{ "\x41\xff", 2, 0, true, "VIC 255 is reserved" },
		{ "\x40" HDMI, 9, 0, true, "an empty Video Data Block" },
		{ "\x5f\x61" HDMI, 10, 0, true, "runs over the end" },
		{ "\x41\x61" HDMI, 10, 0, false, "no selectable RGB range" },
		{ HDMI HDMI, 16, 0, true, "a second HDMI Vendor" },
		{ HDMI FORUM FORUM, 24, 0, true, "a second HDMI Forum" },
		{ FORUM HDMI, 16, 0, true, "does not follow" },
		{ HDMI VCDB FORUM, 19, 0, true, "does not follow" },
		{ FORUM, 8, 0, true, "without the HDMI one" },
		{ HDMI "\x67\xd8\x5d\xc4\x01\x78\x80\x70", 16, 0, true, "FRL rate 7 is reserved" },
		{ HDMI "\x67\xd8\x5d\xc4\x01\x00\x80\x60", 16, 0, true, "instead of 600" },
		{ HDMI "\x67\xd8\x5d\xc4\x01\x78\x00\x60", 16, 0, true, "no SCDC" },
		{ HDMI "\x67\xd8\x5d\xc4\x01\x3c\x80\x00", 16, 0, true, "TMDS of 300 MHz" },
		{ HDMI "\x67\xd8\x5d\xc4\x02\x78\x80\x60", 16, 0, true, "version 2" },
		{ "\x67\x03\x0c\x00\x10\x00\x00\x78", 8, 0, true, "340 at most" },
		{ "\x63\x03\x0c\x00", 4, 0, true, "without a physical address" },
		{ "\x65\x03\x0c\x00\x10\x20", 6, 0, true, "1.0.2.0 has a 0 before another digit" },
		{ "\x65\x03\x0c\x00\x01\x00", 6, 0, true, "0.1.0.0 has a 0 before another digit" },
		{ "\x67\x03\x0c\x00\x12\x30\x00\x44" VCDB, 11, 0, false, "" },
		{ "\x67\x03\x0c\x00\x00\x00\x00\x44" VCDB, 11, 0, false, "" },
		{ "\x67\x03\x0c\x00\xff\xff\x00\x44" VCDB, 11, 0, false, "f.f.f.f" },
		{ "\x61\x03", 2, 0, true, "without its OUI" },
		{ "\x41\xc7" HDMI FORUM VCDB, 21, 0, true, "as 4:2:0 only" },	/* 4320p60 */
		{ "\x41\xc9" HDMI FORUM VCDB, 21, 0, true, "does not fit" },	/* 4320p120 */
		{ "\xe2\x0e\xc9" HDMI FORUM VCDB, 22, 0, true, "not even as 4:2:0" },
		{ "\x41\x61\xe2\x0e\x61" HDMI FORUM VCDB, 24, 0, true, "in that of 4:2:0 only" },
		{ "\xe3\x0e\x61\x61" HDMI VCDB, 15, 0, true, "twice in the 4:2:0 list" },
		{ "\x41\x61\xe2\x0f\x02" HDMI VCDB, 16, 0, true, "bit 1 is set, there are 1" },
		{ "\x23\x09\x7f\x07" HDMI VCDB, 15, 0, true, "no basic audio" },
		{ "\x22\x09\x7f", 3, 0x40, true, "Audio Data Block of 2 bytes" },
		{ "\x23\x01\x7f\x07", 4, 0x40, true, "format 0 is reserved" },
		{ "\x23\x09\x00\x07", 4, 0x40, true, "without a sampling rate" },
		{ "\x23\x09\x7f\x00", 4, 0x40, true, "LPCM without a depth" },
		{ "\xe3\x06\x0c\x01" HDMI VCDB, 15, 0, false, "HDR without BT.2020" },
		{ "\xe3\x06\x05\x00", 4, 0, true, "without static metadata" },
		{ "\xe3\x06\xf1\x01", 4, 0, true, "reserved transfer" },
		{ "\xe2\x06\x01", 3, 0, true, "cut short" },
		{ "\xe3\x05\xc0\x00", 4, 0, false, "without sRGB" },
		{ "\xe2\x05\xc0", 3, 0, true, "cut short" },
		{ VCDB VCDB, 6, 0, true, "a second Video Capability" },
		{ "\xe0", 1, 0, true, "reserved tag 7" },
		{ "\x01\x00", 2, 0, true, "reserved tag 0" },
		{ VCDB "\xe2\x78\x02", 6, 0, true, "is not the first in block 1" },
		{ "\xe2\x78\x02" VCDB, 6, 0, true, "HF-EEODB counts 2 blocks" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kinora_edid edid = made_of(rows[i].bytes, rows[i].length, rows[i].flags);

		if (!rows[i].words[0])
			CU_ASSERT_EQUAL(kinora_edid_check(&edid, NULL, 0), 0)
		else
			CU_ASSERT_TRUE(finds(&edid, 1 - !!strstr(rows[i].words, "HF-EEODB counts"),
					     rows[i].failure, rows[i].words));
	}
}

static void test_extension_rules(void)
{
	struct kinora_edid edid;

	edid = with(129, 1);
	CU_ASSERT_TRUE(finds(&edid, 1, true, "revision 1"));
	edid = with(130, 3);
	CU_ASSERT_TRUE(finds(&edid, 1, true, "byte 2 of the CTA-861 extension is 3"));
	edid = with(130, 128);
	CU_ASSERT_TRUE(finds(&edid, 1, true, "extension is 128"));
	edid = with(254, 1);
	CU_ASSERT_TRUE(finds(&edid, 1, true, "behind the last timing"));
	edid = with(128, 0x70);
	CU_ASSERT_TRUE(finds(&edid, 1, false, "no CTA-861 one"));
}

/* -------------------------------------------------------------- decoding */

static void test_words(void)
{
	struct kinora_edid edid = sound;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	edid.bytes[127] ^= 0xff;
	CU_ASSERT_EQUAL(kinora_edid_write_text(&edid, file), 0);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "EDID of 256 bytes, 2 blocks\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "CHECKSUM IS WRONG: it is 0x"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "  HDMI Forum Vendor-Specific Data Block\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "    FRL up to       4 lanes of 12 Gb/s\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "    LPCM            8 channels, 32 kHz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "    transfer        SDR, PQ, HLG\n"));
	free(text);
}

static void test_json(void)
{
	json_t *root = edid_to_json(&sound), *blocks, *base;
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "bytes")), 256);
	blocks = json_object_get(root, "blocks");
	CU_ASSERT_EQUAL(json_array_size(blocks), 2);
	base = json_array_get(blocks, 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(base, "manufacturer")), "KNR");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(base, "version")), "1.3");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "findings")), 0);
	text = json_dumps(json_array_get(blocks, 1), JSON_COMPACT);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"vic\":199,\"format\":\"4320p60\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"frl_rate\":6"));
	free(text);
	json_decref(root);
}

/* Nothing that reads an EDID minds what is in it; ASan watches in the sanitized build. */
static void test_random(void)
{
	FILE *nowhere = fopen("/dev/null", "w");
	unsigned int seed = 1, round, i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(nowhere);
	for (round = 0; round < 5000; round++) {
		struct kinora_edid edid = sound;
		struct edid_doc doc;

		for (i = 0; i < 4; i++) {
			seed = seed * 1103515245 + 12345;
			edid.bytes[(seed >> 8) % 256] = (uint8_t)(seed >> 20);
		}
		if (round % 2)
			kinora_edid_fix_checksums(&edid);
		kinora_edid_check(&edid, NULL, 0);
		kinora_edid_write_text(&edid, nowhere);
		json_decref(edid_to_json(&edid));
		if (!edid_doc_read(&doc, &edid))
			edid_doc_write(&doc, &edid);
	}
	fclose(nowhere);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "presets", test_presets },
		{ "default", test_default },
		{ "contents", test_contents },
		{ "checksums", test_checksums },
		{ "base rules", test_base_rules },
		{ "cta rules", test_cta_rules },
		{ "extension rules", test_extension_rules },
		{ "words", test_words },
		{ "json", test_json },
		{ "random", test_random },
		CU_TEST_INFO_NULL,
	};

	if (system("command -v edid-decode >/dev/null")) {
		fprintf(stderr, "no edid-decode: install the package 'edid-decode'\n");
		return EXIT_FAILURE;
	}
	return unit_run_between("edid rules", tests, make_sound, NULL);
}
