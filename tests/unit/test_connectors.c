// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/connector*.c userspace/lib/watch.c userspace/lib/channels.c */
/* Sources: userspace/lib/error.c userspace/lib/rate.c userspace/lib/colour.c */
/* Sources: userspace/lib/format.c userspace/lib/state_file.c userspace/lib/text.c */
/* Sources: tests/unit/fake_sysfs.c */
/* Sources: userspace/kinora/input_view.c userspace/kinora/describe.c userspace/kinora/cli.c */
/*
 * Description: cards with their connectors and routing, read from a sysfs made for the test as
 * docs/sysfs-kinora.md describes it; the table and the JSON of `kinora input`, states and reasons
 * in words; mapping by hand; watching; the file of a saved state.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors.h"
#include "fake_sysfs.h"
#include "input_view.h"
#include "state_file.h"
#include "unit.h"

#define CARD "sys/devices/0000:01:00.0"

static void link_below(const char *to, const char *from)
{
	char target[PATH_MAX];

	snprintf(target, sizeof(target), "%s/%s", fake_root, to);
	fake_link(target, "%s", from);
}

/* "name=value" pairs as files of a connector. */
static void make_connector(const char *id, const char *const *pairs)
{
	char name[64];

	for (; *pairs; pairs++) {
		const char *equals = strchr(*pairs, '=');

		snprintf(name, sizeof(name), "%.*s", (int)(equals - *pairs), *pairs);
		fake_file(equals + 1, CARD "/connectors/%s/%s", id, name);
	}
}

static void make_channel(unsigned int number, const char *input, const char *inputs,
			 const char *holder)
{
	char link[128];

	snprintf(link, sizeof(link), "kinora ch%u video", number);
	fake_file(link, CARD "/video4linux/video%u/name", number - 1);
	snprintf(link, sizeof(link), CARD "/video4linux/video%u/device", number - 1);
	link_below(CARD, link);
	snprintf(link, sizeof(link), CARD "/video4linux/video%u", number - 1);
	{
		char class[64];

		snprintf(class, sizeof(class), "sys/class/video4linux/video%u", number - 1);
		link_below(link, class);
	}
	fake_file(input, CARD "/channels/ch%u/input", number);
	fake_file(inputs, CARD "/channels/ch%u/inputs", number);
	fake_file(holder[0] ? "streaming" : "idle", CARD "/channels/ch%u/video_state", number);
	fake_file(holder, CARD "/channels/ch%u/video_holder", number);
	fake_file("idle", CARD "/channels/ch%u/meta_state", number);
	fake_file("", CARD "/channels/ch%u/meta_holder", number);
}

static const char *const sdi1[] = {
	"name=SDI 1", "channels=1", "state=locked", "reason=none", "capturable=1", "interface=12g",
	"width=3840", "height=2160", "htotal=5280", "vtotal=2250", "rate=50/1",
	"scan=progressive", "pixelclock=594000000", "mapping=single", "colorimetry=2020",
	"transfer=hlg", "range=narrow", "sampling=422", "depth=10", "links=1", "dual=0",
	"payload_id=ced9a001", "crc_errors=0", "lock_losses=1", "clock_ppb=-1234", "since_ns=7",
	"age_ms=65000", "generation=3", "power=1", "payload_lies=0", "errors=0", NULL,
};
static const char *const sdi2[] = {
	"name=SDI 2", "channels=2", "state=locked", "reason=none", "capturable=1", "interface=hd",
	"width=1920", "height=1080", "rate=30000/1001", "scan=interlaced", "colorimetry=709",
	"transfer=sdr", "range=narrow", "sampling=422", "depth=10", "links=2",
	"payload_id=85060001", "crc_errors=12", "lock_losses=0", "age_ms=7500000", "errors=1",
	"payload_lies=1", NULL,
};
static const char *const sdi3[] = {
	"name=SDI 3", "channels=3", "state=none", "reason=none", "capturable=0", "interface=none",
	"width=0", "height=0", "rate=0/0", "scan=progressive", "crc_errors=0", "lock_losses=0",
	"age_ms=1000", NULL,
};
static const char *const sdi4[] = {
	"name=SDI 4", "channels=4", "state=unstable", "reason=flapping", "rate=0/0", "width=0",
	"crc_errors=0", "lock_losses=40", "age_ms=90000000", NULL,
};
static const char *const quad[] = {
	"name=SDI 1-4 quad link", "channels=1", "state=unstable", "reason=link-missing",
	"links=12", "width=0", "rate=0/0", "mapping=2si", "order=1324", "mapping_override=sqd",
	"order_override=1324", "crc_errors=0 12 0 5", "skew_ns=0 10 20 30", "lock_losses=2",
	"payload_id=ced9a001 85060001 00000000 00000000", "age_ms=0", NULL,
};
static const char *const hdmi1[] = {
	"name=HDMI 1", "channels=1 2 3 4", "state=none", "reason=none", "width=0", "rate=0/0",
	"power=1", "hotplug=1", "hdmi=0", "vic=0", "frl_rate=0", "it_content=none",
	"crc_errors=0", "lock_losses=0", "age_ms=5000", NULL,
};

static int make_world(void)
{
	if (fake_begin())
		return 1;
	fake_file("K8-0042", CARD "/serial");
	fake_file("1.1.0", CARD "/firmware_version");
	fake_file("built-in", CARD "/firmware_source");
	fake_file("", "sys/drivers/kinora/bind");
	link_below("sys/drivers/kinora", CARD "/driver");
	make_channel(1, "sdi1", "sdi1 sdi-quad hdmi1", "obs 4711");
	make_channel(2, "sdi2", "sdi2 hdmi1", "");
	make_channel(3, "hdmi1", "sdi3 hdmi1", "");
	make_channel(4, "hdmi1", "sdi4 hdmi1", "ffmpeg -x 12");
	make_connector("sdi1", sdi1);
	make_connector("sdi2", sdi2);
	make_connector("sdi3", sdi3);
	make_connector("sdi4", sdi4);
	make_connector("sdi-quad", quad);
	make_connector("hdmi1", hdmi1);
	return 0;
}

static struct kinora_card the_card(void)
{
	struct kinora_card card;

	CU_ASSERT_EQUAL_FATAL(kinora_card_find_below(fake_root, NULL, &card), 0);
	return card;
}

static void test_card(void)
{
	struct kinora_card card = the_card(), other;

	CU_ASSERT_STRING_EQUAL(card.serial, "K8-0042");
	CU_ASSERT_STRING_EQUAL(card.bus, "0000:01:00.0");
	CU_ASSERT_STRING_EQUAL(card.firmware, "1.1.0");
	CU_ASSERT_STRING_EQUAL(card.firmware_source, "built-in");
	CU_ASSERT_EQUAL(card.connector_count, 6);	/* no ref on this board */
	CU_ASSERT_EQUAL(card.route_count, 4);
	CU_ASSERT_STRING_EQUAL(card.routes[0].input, "sdi1");
	CU_ASSERT_STRING_EQUAL(card.routes[0].video_holder, "obs 4711");
	CU_ASSERT_EQUAL(kinora_route_index(&card.routes[0], "hdmi1"), 2);
	CU_ASSERT_EQUAL(kinora_route_index(&card.routes[1], "sdi-quad"), -1);
	CU_ASSERT_EQUAL(kinora_card_find_below(fake_root, "K8-0042", &other), 0);
	CU_ASSERT_EQUAL(kinora_card_find_below(fake_root, "0000:01:00.0", &other), 0);
	CU_ASSERT_EQUAL(kinora_card_find_below(fake_root, "K8-0042:3", &other), 0);
	CU_ASSERT_EQUAL(kinora_card_find_below(fake_root, "K8-0043", &other), -ENODEV);
	CU_ASSERT_EQUAL(kinora_card_find_below("/nonexistent", NULL, &other), -ENODEV);
}

static void test_signal(void)
{
	struct kinora_card card = the_card();
	const struct kinora_connector *c = kinora_card_connector(&card, "sdi1");
	char text[INPUT_COLOUR];

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->lock, KINORA_LOCK_OK);
	CU_ASSERT_EQUAL(c->width, 3840);
	CU_ASSERT_EQUAL(c->htotal, 5280);
	CU_ASSERT_EQUAL(c->rate.num, 50);
	CU_ASSERT_EQUAL(c->pixelclock, 594000000);
	CU_ASSERT_EQUAL(c->payload_id[0], 0x01a0d9ce);	/* byte 1 in bits 7:0 */
	CU_ASSERT_EQUAL(c->clock_ppb, -1234);
	CU_ASSERT_EQUAL(c->channels, 1);
	CU_ASSERT_EQUAL(c->link_count, 1);
	CU_ASSERT_STRING_EQUAL(input_colour(c, text), "BT.2020 HLG 4:2:2 10 bit");
	c = kinora_card_connector(&card, "quad");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_STRING_EQUAL(c->id, "sdi-quad");
	CU_ASSERT_EQUAL(c->link_count, 4);
	CU_ASSERT_EQUAL(c->crc_errors[3], 5);
	CU_ASSERT_EQUAL(c->skew_ns[2], 20);
	CU_ASSERT_STRING_EQUAL(c->order_override, "1324");
	c = kinora_card_connector(&card, "HDMI 1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->channels, 0xf);
	CU_ASSERT_TRUE(c->hotplug);
	CU_ASSERT_PTR_NULL(kinora_card_connector(&card, "sdi"));	/* more than one */
	CU_ASSERT_PTR_NULL(kinora_card_connector(&card, "sdi9"));
	CU_ASSERT_PTR_NULL(kinora_card_connector(&card, ""));
}

static void test_modes(void)
{
	/* SMPTE names: rates of interlaced pictures count fields */
	static const struct {
		unsigned int width, height;
		struct kinora_rational rate;
		bool interlaced, psf;
		const char *text;
	} rows[] = {
		{ 7680, 4320, { 60000, 1001 }, false, false, "4320p59.94" },
		{ 3840, 2160, { 50, 1 }, false, false, "2160p50" },
		{ 1920, 1080, { 25, 1 }, true, false, "1080i50" },
		{ 1920, 1080, { 30000, 1001 }, true, false, "1080i59.94" },
		{ 1920, 1080, { 25, 1 }, false, true, "1080psf25" },
		{ 1280, 720, { 24000, 1001 }, false, false, "720p23.98" },
		{ 4096, 2160, { 24, 1 }, false, false, "4096x2160p24" },
		{ 720, 576, { 25, 1 }, true, false, "720x576i50" },
		{ 1920, 1080, { 0, 0 }, false, false, "1080p" },	/* not known */
		{ 0, 0, { 0, 0 }, false, false, "" },
	};
	struct kinora_connector c;
	char text[INPUT_MODE], age[INPUT_AGE];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&c, 0, sizeof(c));
		c.width = rows[i].width;
		c.height = rows[i].height;
		c.rate = rows[i].rate;
		c.interlaced = rows[i].interlaced;
		c.psf = rows[i].psf;
		CU_ASSERT_STRING_EQUAL(input_mode(&c, text), rows[i].text);
	}
	CU_ASSERT_STRING_EQUAL(input_age(0, age), "0 s");
	CU_ASSERT_STRING_EQUAL(input_age(119999, age), "119 s");
	CU_ASSERT_STRING_EQUAL(input_age(120000, age), "2 min");
	CU_ASSERT_STRING_EQUAL(input_age(7500000, age), "2 h 5 min");
	CU_ASSERT_STRING_EQUAL(input_age(90000000, age), "1 d 1 h");
}

/* Every reason has words of its own and a next step. */
static void test_reasons(void)
{
	static const char *const reasons[] = { "link-missing", "links-differ", "link-order", "skew",
					       "raster", "dual-link", "sampling", "flapping",
					       "training" };
	char texts[9][KINORA_ADVICE_TEXT], advice[KINORA_ADVICE_TEXT];
	struct kinora_connector c;
	size_t i, j;

	for (i = 0; i < 9; i++) {
		memset(&c, 0, sizeof(c));
		strcpy(c.id, "sdi-quad");
		strcpy(c.links, "134");
		strcpy(c.reason, reasons[i]);
		c.lock = KINORA_LOCK_UNSTABLE;
		kinora_connector_text(&c, texts[i]);
		CU_ASSERT(strlen(texts[i]) > 10);
		CU_ASSERT(strlen(kinora_connector_advice(&c, advice)) > 10);
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(texts[i], texts[j]);
	}
	CU_ASSERT_STRING_EQUAL(texts[0], "link 2 missing");
	memset(&c, 0, sizeof(c));
	strcpy(c.id, "hdmi1");
	c.lock = KINORA_LOCK_NONE;
	CU_ASSERT_STRING_EQUAL(kinora_connector_text(&c, texts[0]), "no signal, no source");
	CU_ASSERT_STRING_EQUAL(kinora_connector_advice(&c, advice), "");
	c.power = true;
	kinora_connector_advice(&c, advice);
	CU_ASSERT_PTR_NOT_NULL(strstr(advice, "kinora edid set default"));
	CU_ASSERT_STRING_EQUAL(kinora_interface_text("quad-12g"), "quad-link 12G-SDI");
	CU_ASSERT_STRING_EQUAL(kinora_interface_text("48g"), "48g");
}

static const char *const table[] = {
	"card K8-0042 at 0000:01:00.0, firmware 1.1.0 (built-in)",
	"CONNECTOR  STATE   MODE        INTERFACE  MAPPING           COLOUR      "
	"              SINCE      ERRORS    LOSSES  CHANNEL",
	"sdi1       locked  2160p50     12G-SDI                      BT.2020 HLG "
	"4:2:2 10 bit  65 s       0         1       1 obs 4711",
	"sdi2       locked  1080i59.94  HD-SDI                       BT.709 SDR 4"
	":2:2 10 bit   2 h 5 min  12        0       2",
	"           -> look at cable and plugs: lines arrive damaged",
	"sdi3       no signal                                                    "
	"              1 s        0         0",
	"sdi4       lock comes and goes                                          "
	"              1 d 1 h    0         40",
	"           -> look at cable and plugs",
	"sdi-quad   links 3 and 4 missing          sqd 1324 by hand              "
	"              0 s        0 12 0 5  2",
	"hdmi1      no signal, a source is there                                 "
	"              5 s        0         0       3, 4 ffmpeg -x 12",
	"           -> wake the source; 'kinora edid show' tells what it is offer"
	"ed",
	"",
	"card K8-0042 at 0000:01:00.0, firmware 1.1.0 (built-in)",
	"  the driver does not tell of its connectors",
};

static void test_table(void)
{
	struct kinora_card cards[2] = { the_card(), the_card() };
	char *text = NULL, *line, *rest;
	size_t size, i;
	FILE *file = open_memstream(&text, &size);

	cards[1].connector_count = 0;
	input_print(cards, 2, file);
	fclose(file);
	rest = text;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		line = strsep(&rest, "\n");
		CU_ASSERT_PTR_NOT_NULL_FATAL(line);
		CU_ASSERT_STRING_EQUAL(line, table[i]);
		if (strcmp(line, table[i]))
			fprintf(stderr, "%s\n", line);
	}
	CU_ASSERT_STRING_EQUAL(rest, "");
	free(text);
}

static void test_json(void)
{
	struct kinora_card card = the_card();
	json_t *root_json = input_json(&card, 1), *list, *c;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root_json);
	list = json_object_get(json_array_get(json_object_get(root_json, "cards"), 0),
			       "connectors");
	CU_ASSERT_EQUAL(json_array_size(list), 6);
	c = json_array_get(list, 1);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(c, "id")), "sdi2");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(c, "state")), "locked");
	CU_ASSERT_TRUE(json_is_null(json_object_get(c, "reason")));
	CU_ASSERT_TRUE(json_is_true(json_object_get(c, "errors_now")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(
				json_object_get(json_object_get(c, "signal"), "rate"), "num")),
			30000);
	c = json_array_get(list, 4);
	CU_ASSERT_TRUE(json_is_null(json_object_get(c, "signal")));
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(c, "reason")), "link-missing");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(
				       json_object_get(c, "quad_link"), "mapping_override")),
			       "sqd");
	c = json_array_get(list, 5);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(c, "taken_by")), 2);
	json_decref(root_json);
}

/*
 * A program's name may be anything, and is cut off at 15 bytes: "\xe5\xbd\x95" is a character, two
 * bytes of it are none. The channel is shown all the same, and no escape sequence gets through.
 */
static void test_names_of_holders(void)
{
	static const char *const rows[][2] = {
		{ "\xe5\xbd\x95\xe5\x83\x8f 12", "\xe5\xbd\x95\xe5\x83\x8f 12" },
		{ "record\xe5\xbd 12", "record?? 12" },
		{ "a\033[2Jb\t 12", "a?[2Jb? 12" },
		/* Latin-1; overlong; a surrogate */
		{ "\xe9t\xc0\xaf\xed\xa0\x80 12", "?t????? 12" },
		/* C1; above U+10FFFF; DEL */
		{ "\xc2\x9b\xf4\x90\x80\x80\x7f 12", "??????? 12" },
		{ "\xf0\x9f\x8e\xac 12", "\xf0\x9f\x8e\xac 12" },
	};
	json_t *root_json, *channel;
	struct kinora_card card;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_file(rows[i][0], CARD "/channels/ch1/video_holder");
		card = the_card();
		CU_ASSERT_STRING_EQUAL(card.routes[0].video_holder, rows[i][1]);
		root_json = input_json(&card, 1);
		CU_ASSERT_PTR_NOT_NULL_FATAL(root_json);
		channel = json_array_get(json_object_get(json_array_get(json_object_get(
			root_json, "cards"), 0), "channels"), 0);
		CU_ASSERT_EQUAL(json_integer_value(json_object_get(channel, "channel")), 1);
		CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(channel, "video_holder")),
				       rows[i][1]);
		json_decref(root_json);
	}
	fake_file("obs 4711", CARD "/channels/ch1/video_holder");
}

static void read_file(const char *name, char text[64])
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" CARD "/%s", fake_root, name);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL(fgets(text, 64, file));
	fclose(file);
}

static void test_mapping(void)
{
	static const char *const wrong[] = { "1233", "123", "12345", "0123", "abcd", "" };
	struct kinora_card card = the_card();
	char text[64];
	size_t i;

	CU_ASSERT_EQUAL(kinora_mapping_write(fake_root, &card, "2si", "2143"), 0);
	read_file("connectors/sdi-quad/mapping_override", text);
	CU_ASSERT_EQUAL(strncmp(text, "2si", 3), 0);
	read_file("connectors/sdi-quad/order_override", text);
	CU_ASSERT_EQUAL(strncmp(text, "2143", 4), 0);
	CU_ASSERT_EQUAL(kinora_mapping_write(fake_root, &card, "2SI", NULL), -EINVAL);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(kinora_mapping_write(fake_root, &card, NULL, wrong[i]), -EINVAL);
	card.routes[0].channel.video[strlen("/dev/")] = 'x';	/* a card that is gone */
	CU_ASSERT_EQUAL(kinora_mapping_write(fake_root, &card, "sqd", NULL), -ENODEV);
}

static void test_watch(void)
{
	struct kinora_watch *watch = NULL;

	CU_ASSERT_EQUAL_FATAL(kinora_watch_open(fake_root, &watch), 0);
	CU_ASSERT_EQUAL(kinora_watch_wait(watch, 0), 0);	/* plain files never change so */
	kinora_watch_destroy(watch);
	kinora_watch_destroy(NULL);
	CU_ASSERT_EQUAL_FATAL(kinora_watch_open("/nonexistent", &watch), 0);
	CU_ASSERT_EQUAL(kinora_watch_wait(watch, 1), 0);
	kinora_watch_destroy(watch);
}

/* ------------------------------------------------------------ saved state */

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void test_state(void)
{
	struct state state = { .serial = "K8-0042", .mapping = "sqd", .order = "1324",
			       .has_edid = true }, again;
	char path[200];
	struct stat first, second;

	strcpy(state.inputs[0], "sdi-quad");
	strcpy(state.inputs[3], "hdmi1");
	state.edid.size = 256;
	for (size_t i = 0; i < 256; i++)
		state.edid.bytes[i] = (uint8_t)i;
	snprintf(path, sizeof(path), "%s/lib/K8-0042.json", fake_root);
	CU_ASSERT_EQUAL(state_write(&state, path), 1);
	CU_ASSERT_EQUAL(stat(path, &first), 0);
	CU_ASSERT_EQUAL(first.st_mode & 0777, 0644);
	CU_ASSERT_EQUAL(state_write(&state, path), 0);	/* as it is: not touched */
	CU_ASSERT_EQUAL(stat(path, &second), 0);
	CU_ASSERT_EQUAL(first.st_ino, second.st_ino);
	CU_ASSERT_EQUAL(state_read(&again, path), 0);
	CU_ASSERT_EQUAL(memcmp(&state, &again, sizeof(state)), 0);
	strcpy(state.inputs[3], "sdi4");
	CU_ASSERT_EQUAL(state_write(&state, path), 1);
	CU_ASSERT_EQUAL(state_read(&again, path), 0);
	CU_ASSERT_STRING_EQUAL(again.inputs[3], "sdi4");
	CU_ASSERT_EQUAL(state_write(&state, "/proc/nowhere/x.json"), -ENOENT);
}

static void test_bad_state(void)
{
	static const char head[] = "{\"format\":\"kinora-state\",\"version\":1,";
	static const char *const wrong[] = {
		"\"routing\":{\"1\":7}}",
		"\"routing\":{\"1\":\"a name that is too long for a connector\"}}",
		"\"mapping\":[]}",
		"\"edid\":{\"hdmi1\":\"00ff\"}}",
		"\"edid\":{\"hdmi1\":12}}",
		"\"serial\":1}",
		"",
	};
	struct state state;
	char path[200], text[300];
	size_t i;

	snprintf(path, sizeof(path), "%s/bad.json", fake_root);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", head, wrong[i]);
		put(path, text);
		CU_ASSERT_EQUAL(state_read(&state, path), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(kinora_error(), path));
	}
	put(path, "{\"format\":\"kinora-timing\",\"version\":1}");
	CU_ASSERT_EQUAL(state_read(&state, path), -EINVAL);
	put(path, "{\"format\":\"kinora-state\",\"version\":2}");
	CU_ASSERT_EQUAL(state_read(&state, path), -EINVAL);
	put(path, "[]");
	CU_ASSERT_EQUAL(state_read(&state, path), -EINVAL);
	put(path, "{\"format\":\"kinora-state\",\"version\":1}");
	CU_ASSERT_EQUAL(state_read(&state, path), 0);	/* nothing to restore is fine */
	CU_ASSERT_EQUAL(state_read(&state, "/nonexistent.json"), -ENOENT);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "card", test_card },
		{ "signal", test_signal },
		{ "modes", test_modes },
		{ "reasons", test_reasons },
		{ "table", test_table },
		{ "json", test_json },
		{ "names of holders", test_names_of_holders },
		{ "mapping", test_mapping },
		{ "watch", test_watch },
		{ "state", test_state },
		{ "bad state", test_bad_state },
		CU_TEST_INFO_NULL,
	};

	return unit_run_between("connectors", tests, make_world, fake_end);
}
