// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/crc32c.c */
/*
 * Description: CRC-32C against the published vectors, by both ways of computing it, and the
 * joining of the CRCs of neighbouring blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "unit.h"

static uint8_t noise[70000];

static void make_noise(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof(noise); i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = x >> 24;
	}
}

static void check_all(const void *data, size_t bytes, uint32_t want)
{
	uint32_t got = want;

	CU_ASSERT_EQUAL(crc32c(0, data, bytes), want);
	CU_ASSERT_EQUAL(crc32c_portable(0, data, bytes), want);
	crc32c_hardware(0, data, bytes, &got);
	CU_ASSERT_EQUAL(got, want);
}

/*
 * RFC 3720 B.4 prints the CRC as the bytes that go on the wire, least significant first: "aa 36 91
 * 8a" is 0x8a9136aa.
 */
static void test_rfc3720(void)
{
	static const uint8_t scsi_read[48] = {
		0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
		0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t block[32];

	memset(block, 0, sizeof(block));
	check_all(block, sizeof(block), 0x8a9136aa);
	memset(block, 0xff, sizeof(block));
	check_all(block, sizeof(block), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		block[i] = i;
	check_all(block, sizeof(block), 0x46dd794e);
	for (int i = 0; i < 32; i++)
		block[i] = 31 - i;
	check_all(block, sizeof(block), 0x113fdb5c);
	check_all(scsi_read, sizeof(scsi_read), 0xd9963a56);
}

/* The check value every catalogue of CRCs gives for CRC-32/ISCSI. */
static void test_check_value(void)
{
	check_all("123456789", 9, 0xe3069283);
	check_all("", 0, 0);
}

static void test_ways_agree(void)
{
	for (size_t from = 0; from < 9; from++)
		for (size_t bytes = 0; bytes < 70; bytes++) {
			uint32_t want = crc32c_portable(0, noise + from, bytes), got = want;

			crc32c_hardware(0, noise + from, bytes, &got);
			CU_ASSERT_EQUAL(got, want);
			CU_ASSERT_EQUAL(crc32c(0, noise + from, bytes), want);
		}
}

static void test_in_pieces(void)
{
	uint32_t whole = crc32c(0, noise, 20480), crc = 0;

	for (size_t at = 0; at < 20480; at += 4096)
		crc = crc32c(crc, noise + at, 4096);
	CU_ASSERT_EQUAL(crc, whole);
}

static void test_combine(void)
{
	static const size_t lengths[] = { 0, 1, 7, 64, 3456, 20480, 69999 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t b = lengths[i], a = sizeof(noise) - b;
		uint32_t crc_a = crc32c(0, noise, a), crc_b = crc32c(0, noise + a, b);
		uint32_t whole = crc32c(0, noise, sizeof(noise));
		struct crc32c_shift shift;

		crc32c_shift_init(&shift, b);
		CU_ASSERT_EQUAL(shift.bytes, b);
		CU_ASSERT_EQUAL(crc32c_combine(&shift, crc_a, crc_b), whole);
		CU_ASSERT_EQUAL(crc32c_combine_once(crc_a, crc_b, b), whole);
		/* the order matters, so a wrong order must show */
		if (b)
			CU_ASSERT_NOT_EQUAL(crc32c_combine(&shift, crc_b, crc_a), whole);
	}
}

/* Zeros by doubling: 32 of them are RFC 3720's vector, 4 GiB more than any buffer can hold. */
static void test_combine_long(void)
{
	uint32_t zeros = crc32c(0, "", 1);
	struct crc32c_shift shift;

	for (int bit = 0; bit < 32; bit++) {
		if (bit == 5)
			CU_ASSERT_EQUAL(zeros, 0x8a9136aa);
		crc32c_shift_init(&shift, 1ull << bit);
		CU_ASSERT_EQUAL(crc32c_combine(&shift, zeros, zeros),
				crc32c_combine_once(zeros, zeros, 1ull << bit));
		zeros = crc32c_combine(&shift, zeros, zeros);
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "RFC 3720 B.4", test_rfc3720 },
		{ "catalogue check value", test_check_value },
		{ "both ways agree", test_ways_agree },
		{ "in pieces", test_in_pieces },
		{ "combine", test_combine },
		{ "combine long", test_combine_long },
		CU_TEST_INFO_NULL,
	};

	make_noise();
	return unit_run("crc32c", tests);
}
