// SPDX-License-Identifier: MIT
/* Sources: tests/unit/fake_host.c tests/vcard/anc.c tests/vcard/books.c tests/vcard/cadence.c */
/* Sources: tests/vcard/card.c tests/vcard/channel.c tests/vcard/clip.c tests/vcard/control.c */
/* Sources: tests/vcard/copy.c tests/vcard/crc32c.c tests/vcard/links.c tests/vcard/log.c */
/* Sources: tests/vcard/pack.c tests/vcard/pcicfg.c tests/vcard/picture.c tests/vcard/printer.c */
/* Sources: tests/vcard/receiver.c tests/vcard/render.c tests/vcard/script.c */
/* Sources: tests/vcard/signals.c tests/vcard/stamp.c tests/vcard/stimulus*.c */
/* Sources: tests/vcard/thread.c tests/vcard/vfu.c tests/vcard/vfu_dma.c tests/vcard/vfu_irq.c */
/* Sources: tests/vcard/vfu_sock.c tests/vcard/stream.c tests/vcard/wire.c tests/vcard/world.c */
/* Sources: tests/vcard/image.c tests/vcard/loader.c tests/vcard/machine.c */
/* Sources: tests/vcard/bus.c firmware-blobs/controller/[a-z]*.c */
/* Sources: tests/vcard/hdmi_*.c tests/vcard/cec_*.c tests/vcard/spread.c */
/*
 * Description: the control socket and the stimulus of the command line: requests and answers,
 * clients that come, go and misbehave, files that wait.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "fake_host.h"
#include "log.h"
#include "script.h"
#include "unit.h"

static struct fake_host host;
static struct card card;
static struct world world;
static struct control control;
static char directory[64];
static char path[96];
static char answer[65536];

static void *unplugged;

static void unplug(void *opaque)
{
	unplugged = opaque;
}

static void begin(void)
{
	const struct card_config config = { .serial = "TEST", .timeout_ms = 1000,
					    .print_memory = 1 << 20 };
	struct card_host ops = fake_host_ops(&host);

	snprintf(directory, sizeof(directory), "/tmp/test_control.XXXXXX");
	if (!mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/control", directory);
	if (fake_host_init(&host, 1 << 20) || card_init(&card, &config, &ops) || card_start(&card))
		abort();
	world_init(&world, &card, 1 << 20);
	unplugged = NULL;
	world.unplug = unplug;
	world.opaque = &world;
	CU_ASSERT_EQUAL_FATAL(control_start(&control, path, &world, NULL), 0);
}

static void end(void)
{
	control_finish(&control);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	card_finish(&card);
	world_finish(&world);
	fake_host_finish(&host);
	rmdir(directory);
}

static int client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 5 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		abort();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static bool answered(const char *text)
{
	const char *last = text + strlen(text);

	if (last == text || last[-1] != '\n')
		return false;
	for (last--; last > text && last[-1] != '\n'; last--)
		;
	return !strcmp(last, "ok\n") || !strncmp(last, "error: ", 7);
}

/* Sends a request and reads until "ok" or "error: ...", which is cut off: true for ok. */
static bool ask(int fd, const char *line)
{
	size_t used = 0;
	char *last;

	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 || send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
		return false;
	do {
		ssize_t n = recv(fd, answer + used, sizeof(answer) - used - 1, 0);

		if (n <= 0)
			return false;
		used += n;
		answer[used] = '\0';
	} while (!answered(answer));
	last = strstr(answer, "ok\n");
	if (!strncmp(answer, "error: ", 7) || !last)
		return false;
	answer[used - 3] = '\0';
	return true;
}

static void test_requests(void)
{
	json_error_t error;
	json_t *books;
	int fd;

	begin();
	fd = client();
	CU_ASSERT(ask(fd, "status"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "sdi-quad: off"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "stream 13 (channel 4 anc): idle\n"));
	CU_ASSERT(ask(fd, "signal sdi2 1080p50"));
	CU_ASSERT_STRING_EQUAL(answer, "");
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI2, KINORA_SIGNAL_LOCKED, 2000));
	CU_ASSERT(ask(fd, "status"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "sdi2: 1080p50 rp219; locked 1920x1080 50/1"));
	CU_ASSERT(ask(fd, "help"));
	CU_ASSERT(strlen(answer) > 100);
	CU_ASSERT(ask(fd, "# nothing"));
	CU_ASSERT(ask(fd, "card mute-interrupts on"));
	CU_ASSERT(atomic_load(&card.faults.mute));
	CU_ASSERT_PTR_NULL(unplugged);
	CU_ASSERT(ask(fd, "card unplug"));
	CU_ASSERT_PTR_EQUAL(unplugged, &world);
	CU_ASSERT(ask(fd, "# still one answer a request"));

	card_register_read(&card, KINORA_REG_TIME_LO);
	card_register_read(&card, KINORA_REG_MAGIC);
	card_register_write(&card, KINORA_REG_STREAM(0) + KINORA_STREAM_TAIL, 0);
	CU_ASSERT(ask(fd, "books"));
	books = json_loads(answer, 0, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(books);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_object_get(books, "register_reads"),
							   "time")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_object_get(books, "register_reads"),
							   "all")), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_object_get(books,
									    "register_writes"),
							   "doorbell")), 1);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(books, "streams")), 8);
	json_decref(books);
	CU_ASSERT(ask(fd, "books reset"));
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_other), 0);
	close(fd);
	end();
}

static void test_errors(void)
{
	int fd;

	begin();
	fd = client();
	CU_ASSERT_FALSE(ask(fd, "signal sdi1 1080p51"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "1080p51"));
	CU_ASSERT_FALSE(ask(fd, "wait 10"));
	CU_ASSERT_FALSE(ask(fd, "signal ref 1080p25"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "ref"));
	CU_ASSERT_FALSE(ask(fd, "signal sdi1 1080p50 file=/nonexistent.y4m"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "/nonexistent.y4m"));
	/* a line is not what stands before a byte 0 */
	CU_ASSERT_EQUAL(send(fd, "signal sdi1 1080p50", 20, 0), 20);
	CU_ASSERT_FALSE(ask(fd, "0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "byte 0"));
	/* nothing of that has changed anything, and the client is still served */
	CU_ASSERT(ask(fd, "status"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "sdi1: off"));
	close(fd);
	end();
}

static void test_clients(void)
{
	static char line[STIMULUS_LINE_MAX + 2];
	int fd[CONTROL_CLIENTS], late;

	begin();
	/* in pieces, and two requests in one */
	fd[0] = client();
	CU_ASSERT_EQUAL(send(fd[0], "sta", 3, 0), 3);
	CU_ASSERT(ask(fd[0], "tus"));
	CU_ASSERT(ask(fd[0], "signal sdi1 off\r\nsignal sdi2 off"));
	close(fd[0]);
	for (unsigned int round = 0; round < 50; round++) {
		fd[0] = client();
		if (round % 3 == 0)
			CU_ASSERT_EQUAL(send(fd[0], "status\n", 7, 0), 7);
		close(fd[0]);
	}
	/* more than there are places: the last waits for one that goes */
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++) {
		fd[i] = client();
		CU_ASSERT(ask(fd[i], "status"));
	}
	late = client();
	close(fd[0]);
	CU_ASSERT(ask(late, "status"));
	/* a line without end */
	memset(line, 'x', sizeof(line) - 1);
	CU_ASSERT_FALSE(ask(fd[1], line));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "too long"));
	CU_ASSERT(ask(fd[1], "status"));
	CU_ASSERT(ask(fd[2], "status"));
	for (unsigned int i = 1; i < CONTROL_CLIENTS; i++)
		close(fd[i]);
	close(late);
	end();
}

static void test_path(void)
{
	struct control other;

	begin();
	CU_ASSERT_EQUAL(control_start(&other, path, &world, NULL), -EADDRINUSE);
	control_finish(&other);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	CU_ASSERT_EQUAL(control_start(&other, "/nonexistent/control", &world, NULL), -ENOENT);
	control_finish(&other);
	end();
}

static void test_script(void)
{
	char file[128], error[STIMULUS_ERROR_MAX + 256];
	struct script script;
	FILE *out;

	begin();
	snprintf(file, sizeof(file), "%s/file", directory);
	out = fopen(file, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs("# first\nsignal sdi1 1080p50\nbooks reset\nwait 50\nsignal sdi2 1080p25\n", out);
	fclose(out);
	card_register_read(&card, KINORA_REG_MAGIC);
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_other), 1);
	script_init(&script);
	CU_ASSERT_EQUAL(script_add(&script, file, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(script_add(&script, "signal sdi3 1080p30", error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(script_add(&script, "nofile", error, sizeof(error)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "'nofile' is no file"));
	CU_ASSERT_EQUAL(script_add(&script, "signal sdi1 xyz", error, sizeof(error)), -EINVAL);
	CU_ASSERT_EQUAL(script_begin(&script, &world, error, sizeof(error)), 0);
	CU_ASSERT_STRING_EQUAL(world.text[STIMULUS_SDI1], "1080p50 rp219");
	CU_ASSERT_STRING_EQUAL(world.text[STIMULUS_SDI2], "off");
	CU_ASSERT_EQUAL(atomic_load(&card.books.reads_other), 0);
	CU_ASSERT_EQUAL(script_go_on(&script), 0);
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI2, KINORA_SIGNAL_LOCKED, 2000));
	CU_ASSERT(fake_signal_wait(&card, KINORA_CONN_SDI3, KINORA_SIGNAL_LOCKED, 2000));
	script_finish(&script);

	/* an error says where it stands; the end does not wait for a script that waits */
	out = fopen(file, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs("\nsignal ref 1080p25\n", out);
	fclose(out);
	script_init(&script);
	CU_ASSERT_EQUAL(script_add(&script, file, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(script_begin(&script, &world, error, sizeof(error)), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "/file:2: "));
	script_finish(&script);
	script_init(&script);
	CU_ASSERT_EQUAL(script_add(&script, "wait 60000", error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(script_begin(&script, &world, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(script_go_on(&script), 0);
	script_finish(&script);
	unlink(file);
	end();
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "requests", test_requests },
		{ "errors", test_errors },
		{ "clients", test_clients },
		{ "path", test_path },
		{ "script", test_script },
		CU_TEST_INFO_NULL,
	};

	log_level_set(LOG_LEVEL_ERROR); /* what fails on purpose says so there */
	return unit_run("control", tests);
}
