// SPDX-License-Identifier: MIT
/* Sources: */
/*
 * Description: the kinora program as its users meet it, on a machine without a card: help and
 * manuals agree, every option is in the manual and in the completions, bad input gives a message
 * that names the next step and the documented exit code, and a saved measurement becomes text, JSON
 * and verdict.
 *
 * Needs the program: build/userspace/kinora, or what KINORA_PROGRAM names.
 */
#include <ctype.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

extern char **environ;

#define ROOM 65536

static char program[4200], source[4096];
static char out[ROOM], err[ROOM];
static int other_out = -1;	/* what run() gives as standard output instead of a file */

static const char *const commands[] = { "list", "status", "input", "edid", "timing",
					"snapshot" };

/* From this file's place: tests/unit/test_program.c. */
static void find_places(void)
{
	const char *given = getenv("KINORA_PROGRAM");
	char *slash;

	snprintf(source, sizeof(source), "%s", __FILE__);
	for (int i = 0; i < 3; i++) {
		slash = strrchr(source, '/');
		if (slash)
			*slash = '\0';
		else
			strcpy(source, ".");
	}
	snprintf(program, sizeof(program), "%s%s", given ? given : source,
		 given ? "" : "/build/userspace/kinora");
}

static void slurp(FILE *file, char *text)
{
	memset(text, 0, ROOM);
	rewind(file);
	text[fread(text, 1, ROOM - 1, file)] = '\0';
	fclose(file);
}

/* Runs the program with up to six arguments and keeps what it said; its exit code, or -1. */
static int run(const char *a, const char *b, const char *c, const char *d, const char *e,
	       const char *f)
{
	char *const arguments[] = { program, (char *)a, (char *)b, (char *)c, (char *)d, (char *)e,
				    (char *)f, NULL };
	FILE *files[2] = { tmpfile(), tmpfile() };
	posix_spawn_file_actions_t actions;
	int status = -1, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, other_out < 0 ? fileno(files[0]) : other_out, 1);
	posix_spawn_file_actions_adddup2(&actions, fileno(files[1]), 2);
	error = posix_spawn(&pid, program, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!error)
		waitpid(pid, &status, 0);
	slurp(files[0], out);
	slurp(files[1], err);
	return !error && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *read_source(const char *tail)
{
	char path[4300], *text = calloc(ROOM, 1);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", source, tail);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	if (!fread(text, 1, ROOM - 1, file))
		CU_FAIL("an empty file");
	fclose(file);
	return text;
}

/* Words with one blank between, without roff's font changes and escapes. */
static void normalise(const char *from, size_t length, char *to)
{
	bool blank = true;

	for (const char *p = from; p < from + length; p++) {
		if (!strncmp(p, "\\f", 2)) {
			p += 2;
		} else if (isspace((unsigned char)*p)) {
			if (!blank)
				*to++ = ' ';
			blank = true;
		} else if (*p != '\\') {
			*to++ = *p;
			blank = false;
		}
	}
	if (blank && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* The manual's synopsis: between .nf and .fi of its section. */
static void manual_synopsis(const char *manual, char *to)
{
	const char *section = strstr(manual, ".SH SYNOPSIS\n"), *start, *end;

	CU_ASSERT_PTR_NOT_NULL_FATAL(section);
	start = strstr(section, ".nf\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(start);
	end = strstr(start, "\n.fi");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	normalise(start + 4, (size_t)(end - start - 4), to);
}

static void test_synopsis(void)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		static char manual_text[ROOM], help_text[ROOM];
		char tail[100], *manual;
		const char *end;

		snprintf(tail, sizeof(tail), "userspace/data/man/kinora-%s.1", commands[i]);
		manual = read_source(tail);
		manual_synopsis(manual, manual_text);
		CU_ASSERT_EQUAL(run(commands[i], "-h", NULL, NULL, NULL, NULL), 0);
		CU_ASSERT_STRING_EQUAL(err, "");
		CU_ASSERT_FATAL(!strncmp(out, "usage: ", 7));
		end = strstr(out, "\n\n");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		normalise(out + 7, (size_t)(end - out - 7), help_text);
		CU_ASSERT_STRING_EQUAL(help_text, manual_text);
		free(manual);
	}
}

/* "--max-ppm" as a manual writes it, "\-\-max\-ppm", and as fish does, "-l max-ppm". */
static void check_option(const char *command, const char *name, const char *manual,
			 const char *bash, const char *zsh, const char *fish)
{
	char roff[128] = "\\-\\-", dashes[128], option[128], *to = roff + 4;

	for (const char *p = name; *p; p++) {
		if (*p == '-')
			*to++ = '\\';
		*to++ = *p;
	}
	*to = '\0';
	snprintf(dashes, sizeof(dashes), "--%s", name);
	snprintf(option, sizeof(option), "-l %s", name);
	CU_ASSERT_PTR_NOT_NULL(strstr(manual, roff));
	CU_ASSERT_PTR_NOT_NULL(strstr(bash, dashes));
	CU_ASSERT_PTR_NOT_NULL(strstr(zsh, dashes));
	CU_ASSERT_PTR_NOT_NULL(strstr(fish, option));
	if (!strstr(manual, roff) || !strstr(bash, dashes) || !strstr(zsh, dashes) ||
	    !strstr(fish, option))
		fprintf(stderr, "'%s --%s' is not in the manual or in a completion\n", command,
			name);
}

static void test_options_documented(void)
{
	char *bash = read_source("userspace/data/completions/kinora.bash");
	char *zsh = read_source("userspace/data/completions/_kinora");
	char *fish = read_source("userspace/data/completions/kinora.fish");

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char tail[100], name[64], *manual, *line, *rest;
		int options = 0;

		snprintf(tail, sizeof(tail), "userspace/data/man/kinora-%s.1", commands[i]);
		manual = read_source(tail);
		CU_ASSERT_EQUAL(run(commands[i], "--help", NULL, NULL, NULL, NULL), 0);
		for (rest = out; (line = strsep(&rest, "\n"));) {
			char letter[8] = "";

			if (sscanf(line, "  -%1[a-z], --%63[a-z0-9-]", letter, name) != 2 &&
			    sscanf(line, "      --%63[a-z0-9-]", name) != 1)
				continue;
			check_option(commands[i], name, manual, bash, zsh, fish);
			options++;
		}
		CU_ASSERT(options >= 2);
		free(manual);
	}
	free(bash);
	free(zsh);
	free(fish);
}

static void test_help(void)
{
	CU_ASSERT_EQUAL(run(NULL, NULL, NULL, NULL, NULL, NULL), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "usage: kinora"));
	CU_ASSERT_EQUAL(run("--help", NULL, NULL, NULL, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(out, commands[i]));
	CU_ASSERT_EQUAL(run("help", "timing", NULL, NULL, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "--max-ppm"));
	CU_ASSERT_EQUAL(run("--version", NULL, NULL, NULL, NULL, NULL), 0);
	CU_ASSERT(!strncmp(out, "kinora 0.", 9));
}

/* Fails with `status`, says one line on stderr that holds both words, nothing on stdout. */
static void check_bad(int status, int got, const char *subject, const char *step)
{
	CU_ASSERT_EQUAL(got, status);
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT(!strncmp(err, "kinora: ", 8));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, subject));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, step));
	CU_ASSERT_PTR_EQUAL(strchr(err, '\n'), err + strlen(err) - 1);
	CU_ASSERT_NOT_EQUAL(err[strlen(err) - 2], '.');
	CU_ASSERT_TRUE(islower((unsigned char)err[8]) || err[8] == '\'');
	if (got != status || !strstr(err, subject) || !strstr(err, step))
		fprintf(stderr, "exit %d instead of %d: %s", got, status, err);
}

static void test_bad_usage(void)
{
	check_bad(2, run("lst", NULL, NULL, NULL, NULL, NULL), "'lst'", "list, status");
	check_bad(2, run("help", "lst", NULL, NULL, NULL, NULL), "'lst'", "list, status");
	check_bad(2, run("list", "--jsn", NULL, NULL, NULL, NULL), "'--jsn'", "kinora list --help");
	check_bad(2, run("list", "-x", NULL, NULL, NULL, NULL), "'x'", "kinora list --help");
	check_bad(2, run("list", "--json=1", NULL, NULL, NULL, NULL), "no value goes with",
		  "'--json=1'");
	check_bad(2, run("list", "--help=1", NULL, NULL, NULL, NULL), "no value goes with",
		  "'--help=1'");
	check_bad(2, run("list", "more", NULL, NULL, NULL, NULL), "'more'", "kinora list --help");
	check_bad(2, run("status", "-d", NULL, NULL, NULL, NULL), "'-d'", "--help");
	check_bad(2, run("timing", "--max-ppm", "much", NULL, NULL, NULL), "'much'", "number");
	check_bad(2, run("timing", "--max-ppm", "-1", NULL, NULL, NULL), "'-1'", "number");
	check_bad(2, run("timing", "--max-ppm", "nan", NULL, NULL, NULL), "'nan'", "number");
	check_bad(2, run("timing", "--max-gaps", "1.5", NULL, NULL, NULL), "'1.5'", "whole");
	check_bad(2, run("timing", "--rate", "61", NULL, NULL, NULL), "'61'", "60000/1001");
	check_bad(2, run("timing", "--rate", "60/0", NULL, NULL, NULL), "'60/0'", "60000/1001");
	check_bad(2, run("timing", "--rate", "fast", NULL, NULL, NULL), "'fast'", "60000/1001");
	check_bad(2, run("timing", "-n", "0", NULL, NULL, NULL), "'0'", "more");
	check_bad(2, run("timing", "-s", "0", NULL, NULL, NULL), "'0'", "more");
	check_bad(2, run("timing", "-b", "1", NULL, NULL, NULL), "'1'", "more");
	check_bad(2, run("timing", "-b", "33", NULL, NULL, NULL), "'33'", "32");
	check_bad(2, run("timing", "-f", "h264x", NULL, NULL, NULL), "'h264x'", "v210");
	check_bad(2, run("timing", "--json", "-", "--html", "-", NULL), "'-'", "--help");
	check_bad(2, run("input", "rout", NULL, NULL, NULL, NULL), "'rout'", "kinora input --help");
	check_bad(2, run("input", "route", "1", NULL, NULL, NULL), "route", "a connector");
	check_bad(2, run("input", "route", "one", "sdi1", NULL, NULL), "'one'", "number");
	check_bad(2, run("input", "mapping", NULL, NULL, NULL, NULL), "mapping", "2si");
	check_bad(2, run("input", "--order", "1324", NULL, NULL, NULL), "--order", "mapping");
	check_bad(2, run("input", "save", "--json", NULL, NULL, NULL), "save", "--help");
	check_bad(2, run("edid", NULL, NULL, NULL, NULL, NULL), "modify", "--help");
	check_bad(2, run("edid", "shw", NULL, NULL, NULL, NULL), "'shw'", "kinora edid --help");
	check_bad(2, run("edid", "set", NULL, NULL, NULL, NULL), "preset", "kinora edid list");
	check_bad(2, run("edid", "set", "16k", NULL, NULL, NULL), "'16k'", "kinora edid list");
	check_bad(2, run("edid", "list", "--force", NULL, NULL, NULL), "'--force'", "--help");
	check_bad(2, run("edid", "list", "-d", "K8-1", NULL, NULL), "'--device'", "--help");
	check_bad(2, run("edid", "show", "8k", "-n", NULL, NULL), "'--dry-run'", "--help");
	check_bad(2, run("edid", "set", "8k", "--hex", NULL, NULL), "'--hex'", "--help");
	check_bad(2, run("edid", "check", "8k", "-o", "x", NULL), "'x'", "--fix");
	check_bad(2, run("edid", "check", "--fix", "-", "--json", NULL), "'--json'",
		  "standard output");
	check_bad(2, run("edid", "modify", "-4320p60", "-x", NULL, NULL), "'x'", "--help");
	check_bad(2, run("edid", "modify", "--from", "8k", "+4320p120", NULL), "'+4320p120'",
		  "does not fit the link");
	check_bad(2, run("edid", "modify", "--from", "8k", "-2160p60", NULL), "'-2160p60'",
		  "preferred=MODE");
	check_bad(2, run("edid", "modify", "--from", "8k", "hdr=dolby", NULL), "'hdr=dolby'",
		  "hlg,pq");
	check_bad(2, run("edid", "check", "--fix", "8k", NULL, NULL), "'8k'", "--help");
	check_bad(2, run("snapshot", "--depth", "12", NULL, NULL, NULL), "'12'", "8 or 16");
	check_bad(2, run("snapshot", "--compression", "10", NULL, NULL, NULL), "'10'", "9");
	check_bad(2, run("snapshot", "--timeout", "soon", NULL, NULL, NULL), "'soon'", "number");
}

/* Whatever this machine has, it has none of these. */
static void test_no_device(void)
{
	check_bad(3, run("status", "-d", "9999", NULL, NULL, NULL), "9999", "kinora list");
	check_bad(3, run("timing", "-d", "NO-SUCH-CARD:2", NULL, NULL, NULL), "'NO-SUCH-CARD:2'",
		  "kinora list");
	check_bad(3, run("input", "-d", "NO-SUCH-CARD", NULL, NULL, NULL), "'NO-SUCH-CARD'",
		  "kinora list");
	check_bad(3, run("input", "route", "1", "sdi1", "-d", "NO-SUCH"), "'NO-SUCH'",
		  "kinora list");
	check_bad(3, run("input", "save", "-d", "NO-SUCH", NULL, NULL), "'NO-SUCH'", "kinora list");
	check_bad(3, run("edid", "show", "-d", "NO-SUCH", NULL, NULL), "'NO-SUCH'", "kinora list");
	check_bad(3, run("edid", "set", "8k", "-d", "NO-SUCH", NULL), "'NO-SUCH'", "kinora list");
	check_bad(3, run("snapshot", "-d", "/dev/no-such-node", NULL, NULL, NULL),
		  "'/dev/no-such-node'", "kinora list");
	check_bad(3, run("snapshot", "-d", "/dev/null", NULL, NULL, NULL), "'/dev/null'",
		  "kinora list");
}

static void test_bad_files(void)
{
	check_bad(4, run("edid", "show", "/nonexistent/x.edid", NULL, NULL, NULL),
		  "'/nonexistent/x.edid'", "No such file");
	check_bad(4, run("edid", "check", "/dev/null", NULL, NULL, NULL), "'/dev/null'",
		  "hex digits");
	check_bad(4, run("edid", "show", "8k", "-o", "/nonexistent/x.edid", NULL),
		  "'/nonexistent/x.edid'", "No such file");
	check_bad(4, run("timing", "--from", "/nonexistent/x.json", NULL, NULL, NULL),
		  "'/nonexistent/x.json'", "No such file");
	check_bad(4, run("timing", "--from", "/dev/null", NULL, NULL, NULL), "'/dev/null'",
		  "not JSON");
	check_bad(4, run("timing", "--from", "/tmp", NULL, NULL, NULL), "'/tmp'",
		  "Is a directory");
	check_bad(4, run("edid", "show", "/tmp", NULL, NULL, NULL), "'/tmp'", "Is a directory");
}

/* A measurement as the manual describes it, of three frames, to be judged anew. */
static const char saved[] =
	"{\"format\":\"kinora-timing\",\"version\":1,\"program\":\"by hand\",\"time\":\"today\","
	"\"limits\":{\"rate\":null,\"max_ppm\":50,\"max_tie_ns\":null,\"max_lost\":0,"
	"\"max_repeats\":0,\"max_errors\":0,\"max_signal_changes\":0,\"max_latency_p99_ns\":null,"
	"\"max_latency_end_p99_ns\":null},"
	"\"device\":{\"node\":\"/dev/video0\",\"metadata_node\":\"\",\"card\":\"Kinora 8K ch1\","
	"\"driver\":\"kinora\",\"serial\":\"K8-1\",\"channel\":1},"
	"\"signal\":{\"input\":\"SDI 1\",\"raster\":\"1920x1080p50\",\"colour\":\"BT.709 SDR\","
	"\"payload_id\":0},"
	"\"memory\":{\"pixel_format\":\"uyvy\",\"width\":1920,\"height\":1080,"
	"\"frame_bytes\":4147200,\"buffers\":8},"
	"\"frames\":{\"received\":500,\"errors\":0,\"gaps\":1,\"lost\":2,"
	"\"first_gaps\":[{\"after\":77,\"lost\":2}],\"repeats\":0,"
	"\"with_metadata\":0,\"signal_changes\":0,\"first_sequence\":0,\"last_sequence\":501,"
	"\"duration_ns\":10020000000,\"timestamp_at_end\":false},"
	"\"clocks\":{\"card\":null,\"host\":{\"frames\":500,\"segments\":1,\"period_ns\":19999600,"
	"\"hz\":50.001000020000403,\"nominal\":{\"num\":50,\"den\":1},\"ppm\":20.0004,"
	"\"ppm_sigma\":0.01,\"interval\":null,"
	"\"interval_series\":{\"step\":1,\"min_ns\":[],\"max_ns\":[]},"
	"\"time_interval_error\":{\"peak_to_peak_ns\":900,\"rms_ns\":250.5,"
	"\"series\":{\"step\":1,\"min_ns\":[],\"max_ns\":[]}}}},"
	"\"latency\":{\"from_start\":null,\"from_end\":null}}";

static void test_from(void)
{
	char path[] = "/tmp/kinora-timing-XXXXXX";
	int fd = mkstemp(path), status;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, saved, strlen(saved)), (ssize_t)strlen(saved));
	close(fd);
	CU_ASSERT_EQUAL(run("timing", "--from", path, NULL, NULL, NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "50 Hz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "+20.000 ppm"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "2 lost in 1 gaps"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "FAIL  lost frames"));
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps", "2", NULL), 0);
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps", "none", NULL), 0);
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps=2", "--max-ppm=19", NULL), 1);
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps=2", "--rate=59.94", NULL), 1);
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps=2", "--rate=50/1", NULL), 0);
	/* A limit on what was not measured does not pass. */
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--max-gaps=2", "--max-latency-p99=99", NULL),
			1);
	/* One message when it cannot be written. */
	other_out = open("/dev/full", O_WRONLY);
	check_bad(4, run("timing", "--from", path, NULL, NULL, NULL), "standard output",
		  "No space left");
	check_bad(4, run("timing", "--from", path, "--json=-", NULL, NULL), "standard output",
		  "No space left");
	close(other_out);
	other_out = -1;
	status = run("timing", "--from", path, "--json", "/dev/full", NULL);
	out[0] = '\0';	/* the text, which could be written */
	check_bad(4, status, "'/dev/full'", "No space left");
	/* JSON on stdout takes the text's place. */
	CU_ASSERT_EQUAL(run("timing", "--from", path, "--json", "-", "--max-gaps=2"), 0);
	CU_ASSERT_EQUAL(out[0], '{');
	CU_ASSERT_PTR_NULL(strstr(out, "FAIL"));
	status = run("timing", "--from", path, "--json=-", "--html", "/nonexistent/x.html");
	out[0] = '\0';	/* the JSON, which could be written */
	check_bad(4, status, "'/nonexistent/x.html'", "No such file");
	unlink(path);
}

/* A damaged EDID: which block, what its checksum is and should be, and what to do; then fixed. */
static void test_edid_file(void)
{
	char path[] = "/tmp/kinora-edid-XXXXXX", wrong = 0x12;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	CU_ASSERT_EQUAL(run("edid", "show", "8k", "--raw", "-o", path), 0);
	CU_ASSERT_EQUAL(run("edid", "check", path, NULL, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "no finding"));
	fd = open(path, O_WRONLY);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(pwrite(fd, &wrong, 1, 255), 1);
	close(fd);
	CU_ASSERT_EQUAL(run("edid", "check", path, NULL, NULL, NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "FAIL  block 1: the checksum is 0x12 and should be 0x"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "'kinora edid check --fix "));
	CU_ASSERT_EQUAL(run("edid", "set", path, NULL, NULL, NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "block 1: the checksum is 0x12"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "'--fix' puts checksums right"));
	CU_ASSERT_EQUAL(run("edid", "show", path, NULL, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "CHECKSUM IS WRONG"));
	CU_ASSERT_EQUAL(run("edid", "check", "--fix", path, NULL, NULL), 0);
	CU_ASSERT_EQUAL(run("edid", "check", path, NULL, NULL, NULL), 0);
	/* changes, and what they change; the file stays as it is without -o */
	CU_ASSERT_EQUAL(run("edid", "modify", "--from", path, "-4320p60", "name=STUDIO 1"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "+     name            STUDIO 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "-     only as 4:2:0   4320p60 (199)"));
	CU_ASSERT_EQUAL(run("edid", "show", path, NULL, NULL, NULL), 0);
	CU_ASSERT_PTR_NULL(strstr(out, "STUDIO"));
	/* hex goes out and comes in */
	CU_ASSERT_EQUAL(run("edid", "show", "8k", "--hex", "-o", path), 0);
	CU_ASSERT_EQUAL(run("edid", "check", path, "--json", NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\"findings\": []"));
	unlink(path);
}

static void put_byte(const char *path, off_t at, char value)
{
	int fd = open(path, O_WRONLY);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(pwrite(fd, &value, 1, at), 1);
	close(fd);
}

/* What is written where, and what is not; the file that --fix mends stays the same file. */
static void test_edid_outputs(void)
{
	char path[] = "/tmp/kinora-edid-XXXXXX", other[sizeof(path) + 8], link[sizeof(path) + 8];
	struct stat before, after;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	snprintf(other, sizeof(other), "%s.other", path);
	snprintf(link, sizeof(link), "%s.link", path);
	CU_ASSERT_EQUAL_FATAL(symlink(path, link), 0);
	CU_ASSERT_EQUAL(run("edid", "show", "8k", "--raw", "-o", path), 0);
	CU_ASSERT_EQUAL(chmod(path, 0640), 0);
	CU_ASSERT_EQUAL(stat(path, &before), 0);
	put_byte(path, 255, 0x12);
	CU_ASSERT_EQUAL(run("edid", "check", "--fix", link, NULL, NULL), 0);
	CU_ASSERT_EQUAL(stat(path, &after), 0);
	CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
	CU_ASSERT_EQUAL(before.st_mode, after.st_mode);
	CU_ASSERT_EQUAL(after.st_size, 256);
	CU_ASSERT_TRUE(!lstat(link, &after) && S_ISLNK(after.st_mode));
	CU_ASSERT_EQUAL(run("edid", "check", path, NULL, NULL, NULL), 0);
	/* -o is written also when nothing was to be put right, and - alone by the EDID */
	CU_ASSERT_EQUAL(run("edid", "check", "--fix", path, "-o", other), 0);
	CU_ASSERT_TRUE(!stat(other, &after) && after.st_size == 256);
	CU_ASSERT_EQUAL(run("edid", "check", "--fix", path, "-o", "-"), 0);
	CU_ASSERT_EQUAL(memcmp(out, "\0\xff\xff\xff\xff\xff\xff\0", 8), 0);
	CU_ASSERT_EQUAL(memcmp(out + 256, "\0\0\0\0", 4), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "no finding"));
	/* a change that changes nothing is a file too; -n writes none */
	unlink(other);
	CU_ASSERT_EQUAL(run("edid", "modify", "--from=8k", "name=Kinora 8K", "-o", other), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "no difference"));
	CU_ASSERT_TRUE(!stat(other, &after) && after.st_size == 256);
	unlink(other);
	CU_ASSERT_EQUAL(run("edid", "modify", "--from=8k", "name=A", "-n", "-ox"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "+     name            A\n"));
	CU_ASSERT_NOT_EQUAL(access("x", F_OK), 0);
	/* the type of static metadata, of which the text does not tell: byte 174 of this EDID */
	put_byte(path, 174, 0);
	CU_ASSERT_EQUAL(run("edid", "check", "--fix", path, NULL, NULL), 1);
	CU_ASSERT_EQUAL(run("edid", "modify", "--from", path, "hdr=hlg,pq", NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "in bytes only"));
	unlink(link);
	unlink(path);
}

static void test_full_disk(void)
{
	static const char *const rows[][5] = {
		{ "--help" }, { "--version" }, { "timing", "--help" }, { "edid", "list" },
		{ "edid", "show", "8k" }, { "edid", "show", "8k", "--json" },
		{ "edid", "show", "8k", "--raw" }, { "edid", "check", "8k" },
		{ "edid", "check", "8k", "--json" },
		{ "edid", "modify", "--from=8k", "name=A" },
	};
	char link[] = "/tmp/kinora-full-XXXXXX";
	int full = open("/dev/full", O_WRONLY), ends[2];
	struct stat status;

	CU_ASSERT_FATAL(full >= 0);
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	close(ends[0]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const *r = rows[i];

		other_out = full;
		check_bad(4, run(r[0], r[1], r[2], r[3], NULL, NULL), "standard output",
			  "No space left");
		/* nobody reads any more: that is no news */
		other_out = ends[1];
		CU_ASSERT_EQUAL(run(r[0], r[1], r[2], r[3], NULL, NULL), 4);
		CU_ASSERT_STRING_EQUAL(err, "");
	}
	other_out = -1;
	close(full);
	close(ends[1]);
	/* what is no file of ours is not taken away because it is full */
	close(mkstemp(link));
	unlink(link);
	CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", link), 0);
	check_bad(4, run("edid", "show", "8k", "-o", link, NULL), link, "No space left");
	CU_ASSERT_TRUE(!lstat(link, &status) && S_ISLNK(status.st_mode));
	CU_ASSERT_TRUE(!stat("/dev/full", &status) && S_ISCHR(status.st_mode));
	unlink(link);
}

static void test_edid_list(void)
{
	CU_ASSERT_EQUAL(run("edid", "list", NULL, NULL, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n  8k "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n  1080i50 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n  hdr=off|hlg|pq|hlg,pq "));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "synopsis", test_synopsis },
		{ "options documented", test_options_documented },
		{ "help", test_help },
		{ "bad usage", test_bad_usage },
		{ "no device", test_no_device },
		{ "bad files", test_bad_files },
		{ "from", test_from },
		{ "edid file", test_edid_file },
		{ "edid outputs", test_edid_outputs },
		{ "full disk", test_full_disk },
		{ "edid list", test_edid_list },
		CU_TEST_INFO_NULL,
	};

	find_places();
	if (access(program, X_OK)) {
		fprintf(stderr,
			"no program '%s': run 'make userspace' first, or set KINORA_PROGRAM\n",
			program);
		return EXIT_FAILURE;
	}
	return unit_run("program", tests);
}
