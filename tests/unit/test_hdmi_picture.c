// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/hdmi_picture.c tests/vcard/hdmi_mode.c tests/vcard/hdmi_offer.c */
/* Sources: tests/vcard/picture.c tests/vcard/stimulus*.c tests/vcard/wire.c tests/vcard/links.c */
/* Sources: tests/vcard/render.c tests/vcard/pack.c tests/vcard/stamp.c tests/vcard/crc32c.c */
/* Sources: tests/vcard/cadence.c tests/vcard/thread.c tests/vcard/log.c */
/*
 * Description: what a picture is after its way over HDMI, for every sampling and depth, and that
 * rows said to be equal are; and what an EDID offers, as a source reads it.
 *
 * Quantisation is that of CTA-861-I, 5.1, and ITU-R BT.709; data blocks those of CTA-861-I, 7.5,
 * and HDMI 2.1, 10.3.
 */
#include <stdlib.h>
#include <string.h>

#include "hdmi_offer.h"
#include "hdmi_picture.h"
#include "kinora_hw.h"
#include "unit.h"

#define WIDTH 1920
#define HEIGHT 1080

static struct picture_source *whole;

static struct picture_row rows[3];

static int begin(void)
{
	return picture_pattern_create(&whole, PICTURE_ZONEPLATE, WIDTH, HEIGHT);
}

static int end(void)
{
	for (unsigned int i = 0; i < 3; i++)
		picture_row_finish(&rows[i]);
	picture_source_destroy(whole);
	return 0;
}

static struct picture_source *over(const struct picture_source *of, unsigned int sampling,
				   unsigned int depth, enum picture_range sent,
				   enum picture_range read)
{
	const struct hdmi_path path = {
		.format = { sampling, depth },
		.colour = { PICTURE_MATRIX_709, PICTURE_RANGE_NARROW },
		.sent = sent, .read = read,
	};
	struct picture_source *picture;

	CU_ASSERT_EQUAL_FATAL(hdmi_picture_create(&picture, of, &path), 0);
	return picture;
}

static const struct picture_row *row(const struct picture_source *source, unsigned int y,
				     unsigned int n)
{
	if (!rows[n].y && picture_row_init(&rows[n], WIDTH))
		abort();
	CU_ASSERT_EQUAL(source->row(source, 0, y, &rows[n]), 0);
	return &rows[n];
}

/* Largest difference of luma and of chroma between two pictures' row y. */
static void differ(const struct picture_source *a, const struct picture_source *b, unsigned int y,
		   int *luma, int *chroma)
{
	const struct picture_row *ra = row(a, y, 0), *rb = row(b, y, 1);

	*luma = 0;
	*chroma = 0;
	for (unsigned int x = 0; x < WIDTH; x++)
		if (abs(ra->y[x] - rb->y[x]) > *luma)
			*luma = abs(ra->y[x] - rb->y[x]);
	for (unsigned int x = 0; x < WIDTH / 2; x++) {
		if (abs(ra->cb[x] - rb->cb[x]) > *chroma)
			*chroma = abs(ra->cb[x] - rb->cb[x]);
		if (abs(ra->cr[x] - rb->cr[x]) > *chroma)
			*chroma = abs(ra->cr[x] - rb->cr[x]);
	}
}

/* 4:2:2 of 12 bits, and 4:4:4 of 10 and 12, carry the card's picture unchanged. */
static void test_exact(void)
{
	static const struct hdmi_format formats[] = {
		{ KINORA_SAMPLING_422, 12 }, { KINORA_SAMPLING_444, 10 },
		{ KINORA_SAMPLING_444, 12 },
	};

	for (unsigned int i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct picture_source *picture = over(whole, formats[i].sampling, formats[i].depth,
						      0, 0);

		for (unsigned int y = 0; y < HEIGHT; y += 37) {
			int luma, chroma;

			differ(whole, picture, y, &luma, &chroma);
			CU_ASSERT_EQUAL(luma, 0);
			CU_ASSERT_EQUAL(chroma, 0);
		}
		picture_source_destroy(picture);
	}
}

/* 8 bits: the nearest code, times four. */
static void test_eight_bits(void)
{
	struct picture_source *picture = over(whole, KINORA_SAMPLING_444, 8, 0, 0);

	for (unsigned int y = 0; y < HEIGHT; y += 37) {
		const struct picture_row *from = row(whole, y, 0), *to = row(picture, y, 1);

		for (unsigned int x = 0; x < WIDTH; x++)
			CU_ASSERT_EQUAL(to->y[x], (from->y[x] + 2) / 4 * 4);
		for (unsigned int x = 0; x < WIDTH / 2; x++)
			CU_ASSERT_EQUAL(to->cb[x], (from->cb[x] + 2) / 4 * 4);
	}
	picture_source_destroy(picture);
}

/* 4:2:0: luma as it was; two lines share the mean of their chroma. */
static void test_420(void)
{
	struct picture_source *picture = over(whole, KINORA_SAMPLING_420, 10, 0, 0);

	for (unsigned int y = 0; y < HEIGHT; y += 38) {
		const struct picture_row *a = row(whole, y, 0), *b = row(whole, y + 1, 1);

		for (unsigned int n = 0; n < 2; n++) {
			const struct picture_row *to = row(picture, y + n, 2);

			CU_ASSERT(!memcmp(to->y, n ? b->y : a->y, WIDTH * sizeof(*to->y)));
			for (unsigned int x = 0; x < WIDTH / 2; x++) {
				CU_ASSERT_EQUAL(to->cb[x], (a->cb[x] + b->cb[x] + 1) / 2);
				CU_ASSERT_EQUAL(to->cr[x], (a->cr[x] + b->cr[x] + 1) / 2);
			}
		}
	}
	picture_source_destroy(picture);
}

/* Colours that RGB can hold come back as they went, to a code or the step of 8 bits. */
static void test_rgb(void)
{
	static const enum picture_range ranges[] = { PICTURE_RANGE_NARROW, PICTURE_RANGE_FULL };
	struct picture_source *bars, *picture;
	int luma, chroma;

	CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&bars, PICTURE_RP219, WIDTH, HEIGHT), 0);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int depth = 8; depth <= 12; depth += 2) {
			/* the bars' edges lie on odd pixels: between them chroma is a mean */
			picture = over(bars, KINORA_SAMPLING_RGB, depth, ranges[i], ranges[i]);
			for (unsigned int bar = 0; bar < 7; bar++) {
				const struct picture_row *from = row(bars, 100, 0);
				const struct picture_row *to = row(picture, 100, 1);
				unsigned int x = 340 + bar * 206;

				luma = abs(from->y[x] - to->y[x]);
				chroma = abs(from->cb[x / 2] - to->cb[x / 2]);
				CU_ASSERT(luma <= (depth == 8 ? 3 : 1));
				CU_ASSERT(chroma <= (depth == 8 ? 4 : 1));
			}
			picture_source_destroy(picture);
		}
	}
	picture_source_destroy(bars);
}

/* Rows that are said to be equal are, and most rows of bars are said to be. */
static void test_row_classes(void)
{
	static const enum picture_pattern patterns[] = {
		PICTURE_RP219, PICTURE_CHECKFIELD, PICTURE_ZONEPLATE
	};

	for (unsigned int i = 0; i < 3; i++) {
		struct picture_source *of, *picture;
		unsigned int distinct = 0;

		CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&of, patterns[i], WIDTH, HEIGHT), 0);
		picture = over(of, KINORA_SAMPLING_420, 8, 0, 0);
		for (unsigned int y = 0; y < HEIGHT; y++) {
			unsigned int class = picture->row_class(picture, 0, y);

			CU_ASSERT_FATAL(class <= y);
			distinct += class == y;
			if (y % 3)
				continue;
			row(picture, y, 0);
			row(picture, class, 1);
			CU_ASSERT(!memcmp(rows[0].y, rows[1].y, 2 * WIDTH * sizeof(*rows[0].y)));
		}
		if (patterns[i] != PICTURE_ZONEPLATE)
			CU_ASSERT(distinct <= 8);
		picture_source_destroy(picture);
		picture_source_destroy(of);
	}
}

/* --- EDIDs --- */

static uint8_t edid[512];

static void block_close(unsigned int n)
{
	uint8_t sum = 0;

	for (unsigned int i = 0; i < 127; i++)
		sum += edid[128 * n + i];
	edid[128 * n + 127] = -sum;
}

/* A base block, and a CTA block of these data blocks. */
static void edid_make(const uint8_t *data, unsigned int length)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };

	memset(edid, 0, sizeof(edid));
	memcpy(edid, header, sizeof(header));
	edid[126] = 1;
	edid[128] = 2;
	edid[129] = 3;
	edid[130] = 4 + length;
	edid[131] = 0x30;
	memcpy(edid + 132, data, length);
	block_close(0);
	block_close(1);
}

#define EDID(...) do { \
	const uint8_t blocks[] = { __VA_ARGS__ }; \
	edid_make(blocks, sizeof(blocks)); \
} while (0)

static void test_offer(void)
{
	struct hdmi_offer offer;

	/* VICs 16 native, 97, 194 (one byte); HDMI at 1.0.0.0, 10 bits, 300 MHz */
	EDID(0x43, 0x90, 97, 194, 0x67, 0x03, 0x0c, 0x00, 0x10, 0x00, 0x18, 60);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(hdmi_offer_bit(offer.vic, 16));
	CU_ASSERT_FALSE(hdmi_offer_bit(offer.vic, 0x90));
	CU_ASSERT(hdmi_offer_bit(offer.vic, 97));
	CU_ASSERT(hdmi_offer_bit(offer.vic, 194));
	CU_ASSERT(offer.hdmi && !offer.forum && !offer.scdc);
	CU_ASSERT_EQUAL(offer.physical_address, 0x1000);
	CU_ASSERT_EQUAL(offer.depth_rgb, 10);
	CU_ASSERT_EQUAL(offer.depth_444, 10);
	CU_ASSERT_EQUAL(offer.tmds_mhz, 300);
	CU_ASSERT(offer.ycbcr422 && offer.ycbcr444);

	/* the HDMI Forum's: 600 MHz, SCDC, FRL 6, 4:2:0 of 12 bits, ALLM */
	EDID(0x41, 97, 0x68, 0xd8, 0x5d, 0xc4, 1, 120, 0x80, 0x63, 0x02);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(offer.forum && offer.scdc && offer.allm);
	CU_ASSERT_EQUAL(offer.tmds_mhz, 600);
	CU_ASSERT_EQUAL(offer.frl, 6);
	CU_ASSERT_EQUAL(offer.depth_420, 12);
	/* the same as an SCDB */
	EDID(0x41, 97, 0xe8, 0x79, 0, 0, 1, 120, 0x80, 0x53, 0x02);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(offer.forum && offer.scdc);
	CU_ASSERT_EQUAL(offer.frl, 5);

	/* 4:2:0 only: 199; as well: the second of the list */
	EDID(0x42, 96, 97, 0xe2, 0x0e, 199, 0xe2, 0x0f, 0x02);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(hdmi_offer_bit(offer.vic_only, 199) && hdmi_offer_bit(offer.vic_420, 199));
	CU_ASSERT_FALSE(hdmi_offer_bit(offer.vic_420, 96));
	CU_ASSERT(hdmi_offer_bit(offer.vic_420, 97) && !hdmi_offer_bit(offer.vic_only, 97));
	/* an empty map: all of the list */
	EDID(0x42, 96, 97, 0xe1, 0x0f);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(hdmi_offer_bit(offer.vic_420, 96) && hdmi_offer_bit(offer.vic_420, 97));

	/* HLG and PQ, BT.2020, ranges */
	EDID(0xe3, 0x05, 0xc0, 0x00, 0xe3, 0x06, 0x0d, 0x01, 0xe2, 0x00, 0xc0);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT_EQUAL(offer.eotf, 0x0d);
	CU_ASSERT(offer.bt2020_rgb && offer.bt2020_ycc && offer.select_rgb && offer.select_ycc);
	CU_ASSERT_FALSE(offer.hdmi);
}

static void test_offer_broken(void)
{
	struct hdmi_offer offer;

	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 0), -22);
	EDID(0x41, 97);
	edid[20] ^= 1;
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), -22);
	EDID(0x41, 97);
	edid[255] ^= 1;
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), -22);
	EDID(0x41, 97);
	edid[1] = 0;
	edid[127] -= 1;
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), -22);
	/* a data block that goes beyond the end */
	EDID(0x41, 97, 0x5f);
	CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
	CU_ASSERT(hdmi_offer_bit(offer.vic, 97));
	/* whatever the bytes are, reading stays within the blocks */
	for (unsigned int seed = 0; seed < 20000; seed++) {
		srand(seed);
		EDID(0x41, 97);
		for (unsigned int i = 0; i < 8; i++)
			edid[128 + rand() % 127] = rand();
		edid[128] = 2;
		block_close(1);
		CU_ASSERT_EQUAL(hdmi_offer_read(&offer, edid, 2), 0);
		CU_ASSERT(offer.detailed_count <= HDMI_OFFER_DETAILED);
	}
}

/* HF-EEODB counts the blocks behind the first (HDMI 2.1, 10.3.6). */
static void test_offer_blocks(void)
{
	EDID(0xe2, 0x78, 0x02, 0x41, 97);
	CU_ASSERT_EQUAL(hdmi_offer_blocks(edid, 2), 3);
	CU_ASSERT_EQUAL(hdmi_offer_blocks(edid, 1), 2);
	EDID(0x41, 97, 0xe2, 0x78, 0x02);
	CU_ASSERT_EQUAL(hdmi_offer_blocks(edid, 2), 2);
	edid[126] = 0;
	CU_ASSERT_EQUAL(hdmi_offer_blocks(edid, 2), 1);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "exact", test_exact },
		{ "8 bits", test_eight_bits },
		{ "4:2:0", test_420 },
		{ "RGB", test_rgb },
		{ "row classes", test_row_classes },
		{ "offer", test_offer },
		{ "offer broken", test_offer_broken },
		{ "offer blocks", test_offer_blocks },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("hdmi picture", tests, begin, end);
}
