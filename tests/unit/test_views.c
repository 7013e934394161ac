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
 * Description: four links read as one picture: every mapping and order a source may have, read in
 * every way a setting by hand may ask for, sample by sample; and the same through the card, with
 * the mapping set in the mailbox while it captures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_host.h"
#include "log.h"
#include "stamp.h"
#include "world.h"
#include "unit.h"

#define MEMORY (80u << 20)
#define WAIT_MS 3000
#define WIDTH 48	/* of the pictures that are compared sample by sample */
#define HEIGHT 32

/* --- a picture of which every sample is another --- */

static int distinct_row(const struct picture_source *src, unsigned int frame, unsigned int y,
			const struct picture_row *out)
{
	(void)frame;
	for (unsigned int x = 0; x < src->width; x++)
		out->y[x] = y * src->width + x;
	for (unsigned int x = 0; x < src->width / 2; x++) {
		out->cb[x] = 10000 + y * src->width + x;
		out->cr[x] = 20000 + y * src->width + x;
	}
	return 0;
}

static unsigned int distinct_class(const struct picture_source *src, unsigned int frame,
				   unsigned int y)
{
	(void)src;
	(void)frame;
	return y;
}

static void distinct_destroy(struct picture_source *src)
{
	free(src);
}

static struct wire *distinct_wire(unsigned int width, unsigned int height)
{
	struct wire_shape shape = { .width = width, .height = height, .rate_num = 50,
				    .rate_den = 1, .memory = 1 << 20 };
	struct picture_source *source = calloc(1, sizeof(*source));
	struct wire *wire = NULL;

	if (!source)
		abort();
	*source = (struct picture_source){
		.width = width, .height = height, .frames = 1, .row = distinct_row,
		.row_class = distinct_class, .destroy = distinct_destroy,
	};
	if (wire_create(&wire, &shape, source))
		abort();
	return wire;
}

/* --- the arithmetic of the standards --- */

struct place {
	unsigned int part, x, y;
};

/* Of sample (x, y) of the whole: ST 2082-12 (two-sample interleave), or quarters. */
static struct place part_of(bool square, unsigned int width, unsigned int height, unsigned int x,
			    unsigned int y)
{
	if (square)
		return (struct place){ x / (width / 2) + y / (height / 2) * 2, x % (width / 2),
				       y % (height / 2) };
	return (struct place){ x / 2 % 2 + y % 2 * 2, x / 4 * 2 + x % 2, y / 2 };
}

/* The other way: where (x, y) of a part is in the whole. */
static struct place whole_of(bool square, unsigned int width, unsigned int height,
			     struct place at)
{
	for (unsigned int y = 0; y < height; y++)
		for (unsigned int x = 0; x < width; x++) {
			struct place here = part_of(square, width, height, x, y);

			if (here.part == at.part && here.x == at.x && here.y == at.y)
				return (struct place){ 0, x, y };
		}
	abort();
}

static const unsigned int *orders(void)
{
	static unsigned int list[24];
	unsigned int n = 0;

	for (unsigned int o = 0; o < 256; o++) {
		unsigned int seen = 0;

		for (unsigned int i = 0; i < 4; i++)
			seen |= 1u << (o >> 2 * i & 3);
		if (seen == 15)
			list[n++] = o;
	}
	return list;
}

/* --- wires --- */

static void links_make(struct wire *whole, bool square, unsigned int order, struct wire *link[4])
{
	for (unsigned int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL_FATAL(wire_create_link(&link[i], whole, order >> 2 * i & 3, square),
				      0);
}

/* Every sample of the view against the source's, by the arithmetic above. */
static void check_view(const struct wire *view, bool from_square, unsigned int from_order,
		       bool square, unsigned int order)
{
	unsigned int wrong = 0;

	for (unsigned int y = 0; y < HEIGHT; y++) {
		uint16_t luma[WIDTH], cb[WIDTH / 2], cr[WIDTH / 2];
		struct picture_row row = { luma, cb, cr };

		CU_ASSERT_EQUAL(view->source->row(view->source, 0, y, &row), 0);
		for (unsigned int x = 0; x < WIDTH; x++) {
			struct place at = part_of(square, WIDTH, HEIGHT, x, y);
			unsigned int link = 0;

			while ((order >> 2 * link & 3) != at.part)
				link++;
			at.part = from_order >> 2 * link & 3;
			at = whole_of(from_square, WIDTH, HEIGHT, at);
			wrong += luma[x] != at.y * WIDTH + at.x;
			wrong += cb[x / 2] != 10000 + at.y * WIDTH + at.x / 2;
			wrong += cr[x / 2] != 20000 + at.y * WIDTH + at.x / 2;
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_every_way(void)
{
	/* from each mapping in three orders, read in both mappings and all orders */
	static const unsigned int from[] = { 0xe4, 0xd8, 0x4b };

	for (unsigned int f = 0; f < 6; f++) {
		struct wire *whole = distinct_wire(WIDTH, HEIGHT), *link[4];
		unsigned int mapping, order;

		links_make(whole, f % 2, from[f / 2], link);
		wire_view_right(link, &mapping, &order);
		CU_ASSERT_EQUAL(mapping, f % 2 ? KINORA_MAPPING_SQD : KINORA_MAPPING_2SI);
		CU_ASSERT_EQUAL(order, from[f / 2]);
		for (unsigned int r = 0; r < 48; r++) {
			unsigned int as = r % 2 ? KINORA_MAPPING_SQD : KINORA_MAPPING_2SI;
			struct wire *view = NULL, *other = NULL;
			unsigned int by = orders()[r / 2];
			bool right = as == mapping && by == order;

			CU_ASSERT_EQUAL_FATAL(wire_view(&view, link, as, by), 0);
			CU_ASSERT_EQUAL(view == whole, right);
			CU_ASSERT(wire_is_view(view, link, as, by));
			CU_ASSERT_FALSE(wire_is_view(view, link, 3 - as, by));
			CU_ASSERT_FALSE(wire_is_view(view, link, as, by ^ 0xff));
			check_view(view, f % 2, from[f / 2], r % 2, by);
			/* the same links again are another wire, unless it is the whole */
			CU_ASSERT_EQUAL(wire_view(&other, link, as, by), 0);
			CU_ASSERT_EQUAL(other == view, right);
			wire_put(other);
			wire_put(view);
		}
		for (unsigned int i = 0; i < 4; i++)
			wire_put(link[i]);
		wire_put(whole);
	}
}

static void test_not_equal(void)
{
	struct wire *link[4], *view = NULL;
	unsigned int mapping, order;

	for (unsigned int i = 0; i < 4; i++)
		link[i] = distinct_wire(WIDTH, HEIGHT);
	wire_view_right(link, &mapping, &order);
	CU_ASSERT_EQUAL(mapping, KINORA_MAPPING_SQD);
	CU_ASSERT_EQUAL(order, KINORA_ORDER_PLUGGED);
	/* an order that has a part twice */
	CU_ASSERT_EQUAL(wire_view(&view, link, KINORA_MAPPING_SQD, 0xe5), -EINVAL);
	CU_ASSERT_EQUAL(wire_view(&view, link, KINORA_MAPPING_SQD, 0), -EINVAL);
	/* another rate, another size */
	link[2]->rate_num = 60;
	CU_ASSERT_EQUAL(wire_view(&view, link, KINORA_MAPPING_SQD, 0xe4), -EINVAL);
	link[2]->rate_num = 50;
	CU_ASSERT_EQUAL(wire_view(&view, link, KINORA_MAPPING_2SI, 0xe4), 0);
	CU_ASSERT_EQUAL(view->width, 2 * WIDTH);
	wire_put(view);
	wire_put(link[3]);
	link[3] = distinct_wire(WIDTH, 2 * HEIGHT);
	CU_ASSERT_EQUAL(wire_view(&view, link, KINORA_MAPPING_SQD, 0xe4), -EINVAL);
	for (unsigned int i = 0; i < 4; i++)
		wire_put(link[i]);
}

/* Rows that a view calls equal are equal: bars in every mapping, read in the other. */
static void test_row_classes(void)
{
	enum { W = 384, H = 216 };
	struct wire_shape shape = { .width = W, .height = H, .rate_num = 50, .rate_den = 1,
				    .memory = 1 << 20 };

	for (unsigned int f = 0; f < 4; f++) {
		struct picture_source *bars;
		struct wire *whole, *link[4], *view;
		unsigned int shared = 0;

		CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&bars, PICTURE_RP219, W, H), 0);
		CU_ASSERT_EQUAL_FATAL(wire_create(&whole, &shape, bars), 0);
		links_make(whole, f % 2, 0xd8, link);
		CU_ASSERT_EQUAL_FATAL(wire_view(&view, link, 1 + f / 2, 0xe4), 0);
		for (unsigned int y = 0; y < H; y++) {
			unsigned int class = view->source->row_class(view->source, 0, y);
			uint16_t a[2 * W], b[2 * W];
			struct picture_row ra = { a, a + W, a + 3 * W / 2 };
			struct picture_row rb = { b, b + W, b + 3 * W / 2 };

			CU_ASSERT_TRUE(class <= y);
			CU_ASSERT_EQUAL(view->source->row(view->source, 0, y, &ra), 0);
			CU_ASSERT_EQUAL(view->source->row(view->source, 0, class, &rb), 0);
			CU_ASSERT_EQUAL(memcmp(a, b, sizeof(a)), 0);
			shared += class < y;
		}
		/* bars are a few kinds of row: most share one */
		CU_ASSERT_TRUE(shared > H / 2);
		wire_put(view);
		for (unsigned int i = 0; i < 4; i++)
			wire_put(link[i]);
		wire_put(whole);
	}
}

/* --- the card --- */

static struct fake_host host;
static struct card card;
static struct world world;
static struct fake_clock ticker;
static struct fake_stream video;

static void stimulus(const char *line)
{
	char error[STIMULUS_ERROR_MAX] = "";
	struct stimulus parsed;

	if (stimulus_parse(line, false, &parsed, error, sizeof(error)) ||
	    world_apply(&world, &parsed, error, sizeof(error))) {
		fprintf(stderr, "test_views: %s: %s\n", line, error);
		CU_FAIL("stimulus");
	}
}

static unsigned int before;	/* generation of the last signal that was waited for */

static void begin(void)
{
	const struct card_config config = {
		.serial = "TEST-1", .timeout_ms = 1234, .print_memory = 64 << 20,
		.hand_clock = true,
	};
	struct stream_config stream = fake_config(KINORA_STREAM_VIDEO, KINORA_FMT_NV16, 3840, 2160,
						  1, 50);
	struct card_host ops = fake_host_ops(&host);

	if (fake_host_init(&host, MEMORY) || card_init(&card, &config, &ops) ||
	    card_start(&card))
		abort();
	fake_clock_start(&ticker, &card);
	world_init(&world, &card, 64 << 20);
	before = 0;
	card_register_write(&card, KINORA_REG_CHANNEL(0) + KINORA_CHANNEL_INPUT,
			    KINORA_CONN_SDI_QUAD);
	fake_stream_init(&video, &host, &card, 0, &stream, 3, 1 << 20);
}

static void end(void)
{
	CU_ASSERT(fake_stream_stop(&video));
	fake_clock_stop(&ticker);
	card_finish(&card);
	world_finish(&world);
	fake_stream_finish(&video);
	memset(&video, 0, sizeof(video));
	fake_host_finish(&host);
}

/* What the host does: MAPPING_SET, with an order or none (0). */
static void mapping_set(unsigned int mapping, unsigned int order)
{
	static uint32_t number;
	unsigned int bytes = order ? 1 : 0;

	card_register_write(&card, KINORA_MAILBOX_WINDOW, KINORA_OP_MAPPING_SET);
	card_register_write(&card, KINORA_MAILBOX_WINDOW + 4, bytes | mapping << 16);
	card_register_write(&card, KINORA_MAILBOX_WINDOW + 8, order);
	card_register_write(&card, KINORA_REG_MAILBOX_REQUEST, ++number);
	CU_ASSERT(fake_register_wait(&card, KINORA_REG_MAILBOX_DONE, UINT32_MAX, number, WAIT_MS));
	CU_ASSERT_EQUAL(card_register_read(&card, KINORA_MAILBOX_WINDOW) >> 16, KINORA_MAILBOX_OK);
}

/* The block says so, of another signal than the last time. */
static bool mapping_wait(unsigned int mapping, unsigned int order)
{
	for (unsigned int ms = 0; ms < WAIT_MS; ms++) {
		struct kinora_signal signal;
		struct timespec wait = { .tv_nsec = 1000000 };

		card_signal(&card, KINORA_CONN_SDI_QUAD, &signal);
		if (signal.state == KINORA_SIGNAL_LOCKED && signal.mapping == mapping &&
		    signal.order == order && signal.generation != before) {
			before = signal.generation;
			return true;
		}
		nanosleep(&wait, NULL);
	}
	return false;
}

/*
 * The next good frame of a 2160p zone plate that came in one way and is read in another; frames
 * that are not good are of the time in which the links were aligned anew.
 */
static void check_capture(bool from_square, unsigned int from_order, bool square,
			  unsigned int order)
{
	unsigned int wrong = 0, compared = 0, bad = 0, generation = before;
	struct picture_source *source;
	struct kinora_record record;
	const uint8_t *data;
	uint16_t *rows;

	do {
		CU_ASSERT_FATAL(fake_stream_record(&video, &record, WAIT_MS));
		if (record.status)
			CU_ASSERT_EQUAL(record.status, KINORA_RECORD_NO_SIGNAL);
		CU_ASSERT_TRUE_FATAL(bad++ < 500);
		/* or a later one: payload ids may settle after the raster */
		if (!record.status && (int32_t)(record.generation - generation) >= 0)
			break;
		fake_stream_submit(&video, record.tag);
		fake_stream_tail(&video);
	} while (true);
	data = fake_stream_buffer(&video, record.tag);
	CU_ASSERT_EQUAL_FATAL(picture_pattern_create(&source, PICTURE_ZONEPLATE, 3840, 2160), 0);
	rows = calloc(2160, 3840 * sizeof(*rows));
	if (!rows)
		abort();
	for (unsigned int y = 0; y < 2160; y++) {
		uint16_t chroma[3840];
		struct picture_row row = { rows + y * 3840, chroma, chroma + 1920 };

		CU_ASSERT_EQUAL(source->row(source, 0, y, &row), 0);
	}
	for (unsigned int y = STAMP_ROWS; y < 2160; y += 7)
		for (unsigned int x = y % 5; x < 3840; x += 11) {
			struct place at = part_of(square, 3840, 2160, x, y);
			unsigned int link = 0, fx, fy;

			while ((order >> 2 * link & 3) != at.part)
				link++;
			at.part = from_order >> 2 * link & 3;
			if (from_square) {
				fx = at.x + at.part % 2 * 1920;
				fy = at.y + at.part / 2 * 1080;
			} else {
				fx = at.x / 2 * 4 + at.x % 2 + at.part % 2 * 2;
				fy = at.y * 2 + at.part / 2;
			}
			compared++;
			wrong += data[y * 3840 + x] != (rows[fy * 3840 + fx] + 2) >> 2;
		}
	CU_ASSERT_TRUE(compared > 100000);
	CU_ASSERT_EQUAL(wrong, 0);
	free(rows);
	picture_source_destroy(source);
	fake_stream_submit(&video, record.tag);
	fake_stream_tail(&video);
}

/* A two-sample interleave read as square division, with two links swapped, and right again. */
static void test_set_by_hand(void)
{
	begin();
	stimulus("signal sdi-quad 2160p50 interface=quad-3g pattern=zoneplate");
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_2SI, KINORA_ORDER_PLUGGED));
	CU_ASSERT_FATAL(fake_stream_start(&video));
	check_capture(false, 0xe4, false, 0xe4);
	mapping_set(KINORA_MAPPING_SQD, 0);
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_SQD, KINORA_ORDER_PLUGGED));
	check_capture(false, 0xe4, true, 0xe4);
	mapping_set(KINORA_MAPPING_2SI, 0xd8);
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_2SI, 0xd8));
	check_capture(false, 0xe4, false, 0xd8);
	mapping_set(KINORA_MAPPING_SINGLE, 0);
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_2SI, KINORA_ORDER_PLUGGED));
	check_capture(false, 0xe4, false, 0xe4);
	end();
}

/* China's case: square division under the ids of the interleave, and cables that are swapped. */
static void test_square_that_does_not_say_so(void)
{
	begin();
	stimulus("signal sdi-quad 2160p50 interface=quad-3g pattern=zoneplate mapping=sqd "
		 "ids=quad");
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_2SI, KINORA_ORDER_PLUGGED));
	CU_ASSERT_FATAL(fake_stream_start(&video));
	check_capture(true, 0xe4, false, 0xe4);
	mapping_set(KINORA_MAPPING_SQD, 0);
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_SQD, KINORA_ORDER_PLUGGED));
	check_capture(true, 0xe4, true, 0xe4);
	/* the next signal comes with links 2 and 3 swapped, and the host says so */
	mapping_set(KINORA_MAPPING_SQD, 0xd8);
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_SQD, 0xd8));
	stimulus("signal sdi-quad 2160p50 interface=quad-3g pattern=zoneplate mapping=sqd "
		 "ids=quad order=1324");
	CU_ASSERT_FATAL(mapping_wait(KINORA_MAPPING_SQD, 0xd8));
	check_capture(true, 0xd8, true, 0xd8);
	end();
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every way, sample by sample", test_every_way },
		{ "links that are not equal", test_not_equal },
		{ "rows that are equal", test_row_classes },
		{ "the card: set by hand", test_set_by_hand },
		{ "the card: square division under D2 ids", test_square_that_does_not_say_so },
		CU_TEST_INFO_NULL,
	};

	log_level_set(LOG_LEVEL_ERROR);
	return unit_run("views", tests);
}
