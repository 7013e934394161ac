// SPDX-License-Identifier: MIT
/*
 * Description: the image of the card's controller: the driver loads the installed one, and a file
 * that is missing, truncated, foreign, damaged or too new is named in the kernel log for what it
 * is, while the card goes on with what it ran. So is one that is whole and does not run; what runs
 * then is the image built in. Each time a capture works.
 *
 * The suite begins without the driver, with a card that runs its built-in image. The layout of a
 * file is that of docs/hardware.md, section 16.
 *
 * Environment: KINORA_MODULE, the kinora.ko to load (tests/system/run sets it).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crc32c.h"
#include "lib/capture.h"
#include "lib/kernel_log.h"
#include "lib/suite.h"
#include "lib/world.h"

#define INSTALLED "/lib/firmware/kinora/controller.bin"
#define HEADER 64
#define IMAGE_MAX (0x20000 + HEADER)
#define RUN_MS 20000

static const struct capture_signal signal_1080 = { 1920, 1080, 60, 1 };

static uint8_t image[IMAGE_MAX];
static size_t image_bytes;

static int run(const char *command, const char *argument)
{
	static struct world_output output;
	const char *const argv[] = { "sh", "-c", command, "sh", argument, NULL };
	int status = world_run(&output, RUN_MS, argv);

	CHECK(status == 0, "%s: status %d, %s", command, status, output.err);
	return status;
}

/* The driver with these parameters; what it needs comes first. */
static int driver_load(const char *parameters)
{
	if (!CHECK(getenv("KINORA_MODULE"), "KINORA_MODULE is not set"))
		return -EINVAL;
	return run("for m in $(modinfo -F depends $KINORA_MODULE | tr , ' '); do"
		   " modprobe $m || exit; done; insmod $KINORA_MODULE $1", parameters);
}

static int driver_unload(void)
{
	return run("! [ -d /sys/module/kinora ] || rmmod kinora", "");
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = value >> 8 * i;
}

static void seal(uint8_t *file, size_t bytes)
{
	put32(file + 0x24, crc32c(0, file + HEADER, bytes - HEADER));
	put32(file + 0x3c, crc32c(0, file, 0x3c));
}

static void install(const uint8_t *file, size_t bytes)
{
	FILE *f;

	unlink(INSTALLED);
	if (!bytes)
		return;
	f = fopen(INSTALLED, "we");
	if (!CHECK(f, "%s: %s", INSTALLED, strerror(errno)))
		return;
	CHECK_EQ(fwrite(file, 1, bytes, f), bytes);
	fclose(f);
}

static void attribute(const char *name, char out[32])
{
	char path[128], pci[32];
	FILE *f;

	out[0] = '\0';
	if (!CHECK_OK(device_pci_address(pci, sizeof(pci))))
		return;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", pci, name);
	f = fopen(path, "re");
	if (!CHECK(f, "%s: %s", path, strerror(errno)))
		return;
	if (fgets(out, 32, f))
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static void expect_source(const char *want)
{
	char source[32];

	attribute("firmware_source", source);
	CHECK(!strcmp(source, want), "firmware_source is '%s', not '%s'", source, want);
}

static void expect_capture(const char *when)
{
	struct capture capture = { .fd = -1 };

	/* the signal was there before this driver and this firmware were */
	if (capture_prepare(&capture, DEVICE_SDI1, &signal_1080, V4L2_PIX_FMT_UYVY, 4))
		return;
	if (CHECK_OK(capture_start(&capture)))
		for (unsigned int i = 0; i < 6; i++) {
			struct v4l2_buffer buffer;

			if (!CHECK_OK(capture_take(&capture, &buffer, 1000)))
				break;
			CHECK(!(buffer.flags & V4L2_BUF_FLAG_ERROR), "%s: a marked frame", when);
			CHECK_OK(capture_give(&capture, buffer.index));
		}
	capture_close(&capture);
}

/* A file that the card shall not run: what the log says, and that all goes on as before. */
static void refuse(const uint8_t *file, size_t bytes, const char *reason, const char *source)
{
	struct kernel_log *log = kernel_log_open();

	if (!CHECK(log, "no kernel log"))
		return;
	install(file, bytes);
	kernel_log_mark(log);
	if (!driver_unload() && !driver_load("firmware=2")) {
		CHECK(kernel_log_has(log, reason), "the log does not say '%s'", reason);
		expect_source(source);
		expect_capture(reason);
	}
	kernel_log_close(log);
}

/* A card fresh from power-up, and no file is any good. */
static void test_built_in(void)
{
	static const char source[] = "built-in";
	static uint8_t file[IMAGE_MAX + 1];

	CHECK_OK(world_say("signal sdi1 1080p60 pattern=rp219"));

	refuse(NULL, 0, "firmware file kinora/controller.bin is not installed", source);
	refuse(image, HEADER - 1, "is truncated or too large", source);
	refuse(image, image_bytes - 4, "is truncated or too large", source);
	memcpy(file, image, image_bytes);
	refuse(file, sizeof(file), "is truncated or too large", source);

	memcpy(file, "\x7f" "ELF", 4);
	refuse(file, image_bytes, "is not for this card's controller", source);
	memcpy(file, image, image_bytes);
	put32(file + 0x08, 2);		/* target */
	seal(file, image_bytes);
	refuse(file, image_bytes, "is not for this card's controller", source);

	memcpy(file, image, image_bytes);
	file[HEADER + (image_bytes - HEADER) / 2] ^= 0x10;
	refuse(file, image_bytes, "is damaged", source);

	memcpy(file, image, image_bytes);
	put32(file + 0x10, 0x0001ffff);	/* contract 1.65535 */
	seal(file, image_bytes);
	refuse(file, image_bytes, "is too new for this card", source);

	memcpy(file, image, image_bytes);
	file[0x06] = 2;			/* format */
	seal(file, image_bytes);
	refuse(file, image_bytes, "is too new for this card: it has format 2", source);
}

/* The image that is shipped runs, and is not loaded a second time. */
static void test_loaded(void)
{
	char want[32], version[32];
	uint32_t number = get32(image + 0x0c);
	struct kernel_log *log = kernel_log_open();

	if (!CHECK(log, "no kernel log"))
		return;
	install(image, image_bytes);
	if (driver_unload() || driver_load(""))
		return;
	expect_source("loaded");
	snprintf(want, sizeof(want), "%u.%u.%u", number >> 24, number >> 16 & 0xff,
		 number & 0xffff);
	attribute("firmware_version", version);
	CHECK(!strcmp(version, want), "firmware_version is %s, the file's %s", version, want);
	expect_capture("loaded");

	/* the version is there already: the file is not looked at more closely */
	image[image_bytes - 1] ^= 1;
	install(image, image_bytes);
	image[image_bytes - 1] ^= 1;
	kernel_log_mark(log);
	if (!driver_unload() && !driver_load("")) {
		CHECK(!kernel_log_has(log, "is damaged"), "it was loaded again");
		expect_source("loaded");
	}
	install(image, image_bytes);
	if (!driver_unload() && !driver_load("firmware=2")) { /* unless that is asked for */
		expect_source("loaded");
		expect_capture("loaded again");
	}
	kernel_log_close(log);
}

/* Loaded once, a bad file does not take it away. */
static void test_bad_later(void)
{
	refuse(NULL, 0, "is not installed", "loaded");
	image[image_bytes - 1] ^= 1;
	refuse(image, image_bytes, "is damaged", "loaded");
	image[image_bytes - 1] ^= 1;
}

/* A good header around a few instructions, at 0x1000. */
static size_t program(uint8_t *file, const uint32_t *words, unsigned int count)
{
	memcpy(file, image, HEADER);
	for (unsigned int i = 0; i < count; i++)
		put32(file + HEADER + 4 * i, words[i]);
	put32(file + 0x0c, 0x01000000);		/* version */
	put32(file + 0x14, 0x1000);		/* load */
	put32(file + 0x18, 0x1000);		/* entry */
	put32(file + 0x1c, 4 * count);		/* payload_bytes */
	put32(file + 0x20, 0x1000 + 4 * count);	/* memory_bytes */
	seal(file, HEADER + 4 * count);
	return HEADER + 4 * count;
}

/* Images that nothing is wrong with until they run (RISC-V Unprivileged ISA). */
static void test_does_not_run(void)
{
	static const uint32_t start[][2] = {
		{ 0x0000006f },			/* j . */
		{ 0x10500073, 0xffdff06f },	/* wfi; j .-4 */
		{ 0xffffffff },			/* no instruction */
	};
	static const uint32_t later[] = {
		0x400022b7, 0x01000337,		/* lui t0, 0x40002; lui t1, 0x1000 */
		0x0062a823,			/* sw t1, 16(t0): VERSION */
		0x10500073, 0x0000006f,		/* wfi; j . */
	};
	static uint8_t file[IMAGE_MAX];
	char source[32] = "";
	size_t bytes;

	for (unsigned int i = 0; i < sizeof(start) / sizeof(start[0]); i++) {
		bytes = program(file, start[i], 2);
		refuse(file, bytes, "was loaded and did not start", "built-in");
	}
	/* one that starts and hangs: the card's watchdog takes it away */
	bytes = program(file, later, sizeof(later) / sizeof(later[0]));
	install(file, bytes);
	if (driver_unload() || driver_load("firmware=2"))
		return;
	expect_capture("a controller that hangs");
	for (unsigned int i = 0; i < 500 && strcmp(source, "built-in"); i++) {
		poll(NULL, 0, 10);	/* nothing announces it to programs */
		attribute("firmware_source", source);
	}
	expect_source("built-in");
	expect_capture("built in again");
	install(image, image_bytes);
	if (!driver_unload() && !driver_load(""))
		expect_source("loaded");
}

static void test_parameter(void)
{
	install(NULL, 0);
	if (!driver_unload() && !driver_load("firmware=0")) {
		expect_source("loaded");	/* left alone */
		expect_capture("left alone");
	}
	driver_unload();
	install(image, image_bytes);
}

static int image_read(void)
{
	FILE *f = fopen(INSTALLED, "re");

	if (!f) {
		fprintf(stderr, "%s: %s\n", INSTALLED, strerror(errno));
		return -errno;
	}
	image_bytes = fread(image, 1, sizeof(image), f);
	fclose(f);
	return image_bytes > HEADER ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "built-in, and files that are no good", test_built_in },
		{ "the shipped image", test_loaded },
		{ "files that are no good, afterwards", test_bad_later },
		{ "images that do not run", test_does_not_run },
		{ "the driver's parameter", test_parameter },
		{ 0 },
	};
	static const struct suite suite = {
		.name = "firmware", .tests = tests, .time_limit = 300, .no_card = true,
	};

	return image_read() ? 1 : suite_main(argc, argv, &suite);
}
