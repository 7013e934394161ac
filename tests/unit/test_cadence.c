// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/cadence.c tests/vcard/anc.c tests/vcard/copy.c */
/*
 * Description: when frames begin, the timecode that goes with them, ancillary packets, and the
 * copies past the caches.
 */
#include <stdlib.h>
#include <string.h>

#include "anc.h"
#include "cadence.h"
#include "copy.h"
#include "unit.h"

/* A week of 59.94 Hz: 604800 s are 36251748.25 frames, and 1001 s exactly 60000. */
static void test_no_drift(void)
{
	struct cadence cadence;

	cadence_init_signal(&cadence, 5, 60000, 1001, 0);
	CU_ASSERT_EQUAL(cadence_time(&cadence, 0), 5);
	CU_ASSERT_EQUAL(cadence_time(&cadence, 1), 5 + 16683333);
	CU_ASSERT_EQUAL(cadence_time(&cadence, 60000), 5 + 1001000000000ULL);
	CU_ASSERT_EQUAL(cadence_time(&cadence, 60000ULL * 100000), 5 + 100100000000000000ULL);
	cadence_init_period(&cadence, 5, 1001, 60000);
	CU_ASSERT_EQUAL(cadence_time(&cadence, 60000ULL * 100000), 5 + 100100000000000000ULL);
	CU_ASSERT_EQUAL(cadence_part(&cadence, 24, 25), 16016000);
}

/* A source 100 ppm fast shows 60006 frames in 1000 s. */
static void test_ppm(void)
{
	struct cadence cadence;

	cadence_init_signal(&cadence, 0, 60, 1, 100000);
	CU_ASSERT_EQUAL(cadence_index(&cadence, 1000000000000ULL), 60006);
	cadence_init_signal(&cadence, 0, 60, 1, -100000);
	CU_ASSERT_EQUAL(cadence_index(&cadence, 1000000000000ULL), 59994);
}

/* index is the inverse of time, at every edge. */
static void test_index(void)
{
	static const uint32_t rates[][2] = {
		{ 24000, 1001 }, { 24, 1 }, { 25, 1 }, { 30000, 1001 }, { 50, 1 },
		{ 60000, 1001 }, { 60, 1 }, { 120000, 1001 }, { 120, 1 },
	};
	struct cadence cadence;

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		cadence_init_signal(&cadence, 1000, rates[i][0], rates[i][1], 12345);
		for (uint64_t n = 0; n < 100000; n += 1 + n / 7) {
			uint64_t time = cadence_time(&cadence, n);

			CU_ASSERT_EQUAL(cadence_index(&cadence, time), n);
			CU_ASSERT_EQUAL(cadence_index(&cadence, time + 1), n);
			CU_ASSERT(!n || cadence_index(&cadence, time - 1) == n - 1);
		}
	}
}

#define TC(h, m, s, f) ((uint64_t)(h) << 24 | (m) << 16 | (s) << 8 | (f) | KINORA_TC_VALID)
#define DROP KINORA_TC_DROP_FRAME
#define PAIR KINORA_TC_SECOND_OF_PAIR

/*
 * ST 12-1: 29.97 Hz leaves out frames 00 and 01 of each minute that is no multiple of ten. So
 * minute 1 begins after 1800 frames with 02, minute 2 after 1798 more, and 10 minutes are 17982.
 */
static void test_timecode(void)
{
	CU_ASSERT_EQUAL(timecode_at(0, 25, 1), TC(0x10, 0, 0, 0));
	CU_ASSERT_EQUAL(timecode_at(24, 25, 1), TC(0x10, 0, 0, 0x24));
	CU_ASSERT_EQUAL(timecode_at(25 * 3661, 25, 1), TC(0x11, 0x01, 0x01, 0));
	CU_ASSERT_EQUAL(timecode_at(25ULL * 3600 * 14, 25, 1), TC(0, 0, 0, 0));
	CU_ASSERT_EQUAL(timecode_at(47, 24000, 1001), TC(0x10, 0, 0x01, 0x23));

	CU_ASSERT_EQUAL(timecode_at(1799, 30000, 1001), TC(0x10, 0, 0x59, 0x29) | DROP);
	CU_ASSERT_EQUAL(timecode_at(1800, 30000, 1001), TC(0x10, 0x01, 0, 0x02) | DROP);
	CU_ASSERT_EQUAL(timecode_at(1800 + 1797, 30000, 1001), TC(0x10, 0x01, 0x59, 0x29) | DROP);
	CU_ASSERT_EQUAL(timecode_at(1800 + 1798, 30000, 1001), TC(0x10, 0x02, 0, 0x02) | DROP);
	CU_ASSERT_EQUAL(timecode_at(17981, 30000, 1001), TC(0x10, 0x09, 0x59, 0x29) | DROP);
	CU_ASSERT_EQUAL(timecode_at(17982, 30000, 1001), TC(0x10, 0x10, 0, 0) | DROP);
	CU_ASSERT_EQUAL(timecode_at(30 * 60, 30, 1), TC(0x10, 0x01, 0, 0));

	CU_ASSERT_EQUAL(timecode_at(0, 60, 1), TC(0x10, 0, 0, 0));
	CU_ASSERT_EQUAL(timecode_at(1, 60, 1), TC(0x10, 0, 0, 0) | PAIR);
	CU_ASSERT_EQUAL(timecode_at(59, 60, 1), TC(0x10, 0, 0, 0x29) | PAIR);
	CU_ASSERT_EQUAL(timecode_at(3600, 60000, 1001), TC(0x10, 0x01, 0, 0x02) | DROP);
	CU_ASSERT_EQUAL(timecode_at(51, 50, 1), TC(0x10, 0, 0x01, 0) | PAIR);
	CU_ASSERT_EQUAL(timecode_at(120, 120, 1), TC(0x10, 0, 0x01, 0));
	CU_ASSERT_EQUAL(timecode_at(123, 120, 1), TC(0x10, 0, 0x01, 0) | PAIR);
}

/* ST 291-1: parity and checksum worked out by hand. */
static void test_anc(void)
{
	struct anc_frame frame = {
		.number = 0x1122, .signal = { .payload_id = { 0x01a0dad2, 0x21a0dad2 },
					      .rate_num = 60000, .rate_den = 1001 },
	};
	/* link 1, horizontal, line 10, 8 words after EAV; then the payload id d2 da a0 01 */
	static const uint8_t packet[] = {
		1, 2, 10, 0, 8, 0, 0x41, 0x01, 4, 0, 0, 0,
		0xd2, 0x02, 0xda, 0x01, 0xa0, 0x02, 0x01, 0x01, 0x93, 0x02, 0, 0,
	};
	struct kinora_meta_header header;
	uint8_t out[ANC_BYTES_MAX];

	CU_ASSERT_EQUAL(anc_word(0x41), 0x241);
	CU_ASSERT_EQUAL(anc_word(0x01), 0x101);
	CU_ASSERT_EQUAL(anc_word(0x00), 0x200);
	CU_ASSERT_EQUAL(anc_word(0xff), 0x2ff);
	CU_ASSERT_EQUAL(anc_write(&frame, out, sizeof(out)), 64 + 2 * 24);
	memcpy(&header, out, sizeof(header));
	CU_ASSERT_EQUAL(header.packets, 2);
	CU_ASSERT_EQUAL(header.bytes, 64 + 2 * 24);
	CU_ASSERT_EQUAL(header.rate_num, 60000);
	CU_ASSERT_EQUAL(header.payload_id, 0x01a0dad2);
	/*
	 * checksum, of the words without bit 9: 041 + 101 + 104 + 0d2 + 1da + 0a0 + 101 = 693, of
	 * which 093 stays; bit 9 is the complement of bit 8
	 */
	CU_ASSERT(!memcmp(out + 64, packet, sizeof(packet)));
	/* what does not fit is left out whole */
	CU_ASSERT_EQUAL(anc_write(&frame, out, 64 + 47), 64 + 24);
	CU_ASSERT_EQUAL(anc_write(&frame, out, 64), 64);
	frame.status = KINORA_RECORD_NO_SIGNAL;
	CU_ASSERT_EQUAL(anc_write(&frame, out, sizeof(out)), 64);
	frame.status = 0;
	frame.signal.scan = KINORA_SCAN_INTERLACED;
	CU_ASSERT_EQUAL(anc_write(&frame, out, sizeof(out)), 64 + 4 * 24);
	CU_ASSERT_EQUAL(out[64 + 2 * 24 + 2] | out[64 + 2 * 24 + 3] << 8, 572);
}

/* Every way of copying, at every alignment and at lengths around the line's. */
static void test_copy(void)
{
	static const char *const names[] = { "plain", "sse2", "avx2", "avx512" };
	static uint8_t from[1024], to[1024], want[1024];

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = i * 7 + i / 256;
	CU_ASSERT_PTR_NOT_NULL(copy_stream_best());
	CU_ASSERT_PTR_NULL(copy_stream_find("mmx"));
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		copy_function *copy = copy_stream_find(names[k]);

		if (!copy)
			continue;
		for (size_t start = 0; start < 70; start++) {
			for (size_t bytes = 0; bytes < 300; bytes += 1 + bytes / 40) {
				memset(to, 0xee, sizeof(to));
				memset(want, 0xee, sizeof(want));
				memcpy(want + start, from + start % 13, bytes);
				copy(to + start, from + start % 13, bytes);
				copy_fence();
				CU_ASSERT(!memcmp(to, want, sizeof(to)));
			}
		}
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "no drift", test_no_drift },
		{ "ppm", test_ppm },
		{ "index", test_index },
		{ "timecode", test_timecode },
		{ "ancillary packets", test_anc },
		{ "copies", test_copy },
		CU_TEST_INFO_NULL,
	};

	return unit_run("cadence", tests);
}
