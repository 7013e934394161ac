// SPDX-License-Identifier: MIT
/*
 * Description: what people get wrong: unknown stimulus, a file that is too short, wrong options, a
 * missing device, no permission, no signal. Each must give the documented exit code and a message
 * that names the cause and what to do.
 *
 * A message's form is judged as well: nothing on standard output, a line or a few, beginning in
 * lower case behind the program's name, and no trace of a crash.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/suite.h"
#include "lib/world.h"

#define KINORA "build/userspace/kinora"
#define ARGUMENTS 12

struct fault {
	const char *arguments[ARGUMENTS];
	int status;
	const char *words[3];	/* all of them are in the message */
};

static void check_message(const char *name, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *start = colon ? colon + 2 : text;

	CHECK(*text, "%s: no message", name);
	CHECK(!isupper((unsigned char)*start), "%s: the message begins in upper case: %.200s", name,
	      text);
	CHECK(strlen(text) < 3000, "%s: a message of %zu bytes", name, strlen(text));
	CHECK(!strcasestr(text, "assertion") && !strstr(text, "Sanitizer") &&
		      !strstr(text, "(null)"),
	      "%s: %.300s", name, text);
}

static void check_fault(const struct fault *fault)
{
	static struct world_output output;
	char name[256] = "";
	int status;

	for (unsigned int i = 0; fault->arguments[i]; i++) {
		if (i)
			strncat(name, " ", sizeof(name) - strlen(name) - 1);
		strncat(name, fault->arguments[i], sizeof(name) - strlen(name) - 1);
	}
	status = world_run(&output, 20000, fault->arguments);
	CHECK(status == fault->status, "'%s': status %d, expected %d: %.300s", name, status,
	      fault->status, output.err);
	check_message(name, output.err);
	CHECK(!output.out[0], "'%s': prints '%.100s' on standard output", name, output.out);
	for (unsigned int i = 0; i < 3 && fault->words[i]; i++)
		CHECK(strcasestr(output.err, fault->words[i]),
		      "'%s': the message does not name '%s': %.300s", name, fault->words[i],
		      output.err);
}

#define CHECK_FAULTS(faults)							\
	do {									\
		for (size_t i = 0; i < sizeof(faults) / sizeof((faults)[0]); i++)	\
			check_fault(&(faults)[i]);				\
	} while (0)

static void test_stimulus(void)
{
	static const struct fault faults[] = {
		{ { "stimulus", "sginal sdi1 2160p60" }, 1, { "sginal", "signal" } },
		{ { "stimulus", "signal" }, 1, { "" } },
		{ { "stimulus", "signal sdi9 2160p60" }, 1, { "sdi9" } },
		{ { "stimulus", "signal sdi1 2160p61" }, 1, { "2160p61" } },
		{ { "stimulus", "signal sdi1 4320p60" }, 1, { "4320p60" } },
		{ { "stimulus", "signal sdi1 2160p60 patern=rp219" }, 1, { "patern", "pattern" } },
		{ { "stimulus", "signal sdi1 2160p60 pattern=rp218" }, 1, { "rp218", "rp219" } },
		{ { "stimulus", "signal sdi1 2160p60 transfer=hlq" }, 1, { "hlq", "hlg" } },
		{ { "stimulus", "signal sdi1 2160p60 file=/nowhere/clip.y4m" },
		  1,
		  { "/nowhere/clip.y4m" } },
		{ { "stimulus", "signal sdi1 2160p60 ppm=many" }, 1, { "many" } },
		{ { "stimulus", "fault sdi1 crc 2" }, 1, { "2" } },
		{ { "stimulus", "fault sdi1 melt" }, 1, { "melt" } },
		{ { "stimulus", "card explode" }, 1, { "explode" } },
		{ { "stimulus", "card corrupt-record colour" }, 1, { "colour" } },
		{ { "stimulus", "card lose-interrupt -1" }, 1, { "-1" } },
		{ { "stimulus", "books burn" }, 1, { "burn" } },
		{ { "stimulus" }, 2, { "usage" } },
	};

	CHECK_FAULTS(faults);
	CHECK_OK(world_say("signal sdi1 off"));	/* none of this did harm */
}

/* Files that are not what they say. */
static void test_files(void)
{
	static const struct {
		const char *name, *start;
		size_t zeros;
		const char *word;
	} files[] = {
		{ "short.y4m", "YUV4MPEG2 W1920 H1080 F30:1 Ip A1:1 C422p10\nFRAME\n", 1000,
		  "short" },
		{ "headless.y4m", "YUV4MPEG2 ", 0, "" },
		{ "empty.y4m", "", 0, "" },
		{ "size.y4m", "YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420\nFRAME\n", 460800, "640" },
	};
	char path[PATH_MAX], line[PATH_MAX + 64];

	mkdir("build", 0755);
	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct fault fault = { { "stimulus", line }, 1, { files[i].word } };
		FILE *f;

		if (!CHECK(getcwd(path, sizeof(path) - 64), "no current directory"))
			return;
		strcat(path, "/build/bad-");
		strcat(path, files[i].name);
		f = fopen(path, "we");
		if (!CHECK(f, "cannot write '%s'", path))
			return;
		fputs(files[i].start, f);
		for (size_t n = 0; n < files[i].zeros; n++)
			putc(0, f);
		fclose(f);
		snprintf(line, sizeof(line), "signal sdi1 1080p30 file=%s", path);
		check_fault(&fault);
		unlink(path);
	}
}

static void test_program(void)
{
	static const struct fault faults[] = {
		{ { KINORA }, 2, { "usage" } },
		{ { KINORA, "frobnicate" }, 2, { "frobnicate" } },
		{ { KINORA, "list", "--frobnicate" }, 2, { "frobnicate" } },
		{ { KINORA, "status", "extra", "words" }, 2, { "" } },
		{ { KINORA, "status", "-d" }, 2, { "-d" } },
		{ { KINORA, "status", "-d", "/dev/video99" }, 3, { "/dev/video99" } },
		{ { KINORA, "status", "-d", "/dev/null" }, 3, { "/dev/null" } },
		{ { KINORA, "timing", "--frames", "none" }, 2, { "none" } },
		{ { KINORA, "timing", "--frames", "0" }, 2, { "0" } },
		{ { KINORA, "timing", "-d", "/dev/video99" }, 3, { "/dev/video99" } },
		{ { KINORA, "snapshot", "--frobnicate" }, 2, { "frobnicate" } },
	};

	CHECK_FAULTS(faults);
}

static void test_no_signal(void)
{
	char path[DEVICE_PATH_MAX];
	const struct fault timing = {
		{ KINORA, "timing", "-d", path, "--frames", "60" }, 3, { "signal" }
	};
	const struct fault snapshot = {
		{ KINORA, "snapshot", "-d", path, "-o", "/tmp/none.png" }, 3, { "signal" }
	};

	if (!CHECK_OK(world_say("signal sdi4 off")) ||
	    !CHECK_OK(device_find(4, DEVICE_VIDEO, path)))
		return;
	check_fault(&timing);
	check_fault(&snapshot);
	CHECK(access("/tmp/none.png", F_OK), "a picture although there is no signal");
}

static void test_no_permission(void)
{
	char path[DEVICE_PATH_MAX];
	const struct fault status = { { "setpriv", "--reuid=65534", "--regid=65534",
					"--clear-groups", KINORA, "status", "-d", path },
				      4,
				      { path, "permission" } };

	if (!CHECK_OK(device_find(1, DEVICE_VIDEO, path)) || !CHECK(!chmod(path, 0600), "chmod"))
		return;
	check_fault(&status);
}

static void test_cannot_write(void)
{
	static const struct capture_signal signal = { 1920, 1080, 60, 1 };
	struct capture capture = { .fd = -1 };
	const struct fault snapshot = {
		{ KINORA, "snapshot", "-d", capture.path, "-o", "/nowhere/picture.png" }, 4,
		{ "/nowhere/picture.png" }
	};

	if (!CHECK_OK(world_say("signal sdi1 1080p60 pattern=rp219")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal, V4L2_PIX_FMT_UYVY, 2))
		return;
	capture_buffers_free(&capture);
	check_fault(&snapshot);
	capture_close(&capture);
}

/* Somebody else captures already: said so, and the other one is not disturbed. */
static void test_busy(void)
{
	static const struct capture_signal signal = { 1920, 1080, 60, 1 };
	struct capture capture = { .fd = -1 };
	struct v4l2_buffer buffer;
	const struct fault snapshot = { { KINORA, "snapshot", "-d", capture.path, "-o",
					  "/tmp/busy.png" },
					4,
					{ "in use", "bad_input" } };

	if (!CHECK_OK(world_say("signal sdi1 1080p60 pattern=rp219")) ||
	    capture_prepare(&capture, DEVICE_SDI1, &signal, V4L2_PIX_FMT_UYVY, 4))
		return;
	if (CHECK_OK(capture_start(&capture))) {
		check_fault(&snapshot);
		for (unsigned int i = 0; i < 10; i++)
			if (!CHECK_OK(capture_take(&capture, &buffer, 1000)) ||
			    !CHECK_OK(capture_give(&capture, buffer.index)))
				break;
	}
	capture_close(&capture);
}

static void test_virtual_card(void)
{
	static const struct fault faults[] = {
		{ { "build/vcard/vcard", "--frobnicate" }, 2, { "frobnicate" } },
		{ { "build/vcard/vcard" }, 2, { "" } },
		{ { "build/vcard/vcard", "--socket", "/tmp/s", "--stimulus",
		    "signal sdi1 2160p61" },
		  2,
		  { "2160p61" } },
		{ { "tests/vm/vm", "--frobnicate" }, 2, { "frobnicate" } },
		{ { "tests/vm/vm", "--kernel", "2.4" }, 2, { "2.4", "6.12" } },
		{ { "tests/system/run", "--frobnicate" }, 2, { "frobnicate" } },
	};

	CHECK_FAULTS(faults);
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "stimulus", test_stimulus },
		{ "files of pictures", test_files },
		{ "kinora, options and devices", test_program },
		{ "kinora, no signal", test_no_signal },
		{ "kinora, no permission", test_no_permission },
		{ "kinora, cannot write", test_cannot_write },
		{ "kinora, node is busy", test_busy },
		{ "programs of the test machine", test_virtual_card },
		{ 0 },
	};
	static const struct suite suite = { .name = "bad_input",
					    .tests = tests,
					    .time_limit = 180 };

	return suite_main(argc, argv, &suite);
}
