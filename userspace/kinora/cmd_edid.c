// SPDX-License-Identifier: MIT
/*
 * kinora edid: what HDMI sources are offered. Shows it in words, sets it from presets and files,
 * changes it live, and checks it: an EDID that would break a rule does not get into the card
 * unless somebody insists.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "describe.h"
#include "edid_diff.h"

enum { OPT_RAW = CLI_LONG, OPT_HEX, OPT_JSON, OPT_FIX, OPT_FORCE, OPT_FROM };

#define FINDINGS_MAX 64
/* Stands for a leading '-' of a change such as "-4320p60" while options are read. */
#define MINUS '\x01'

static const struct cli_option options[] = {
	{ 'd', "device", "CARD", "this card: serial number, or a node of it" },
	{ 'c', "connector", "CONNECTOR", "of this connector (hdmi1)" },
	{ OPT_RAW, "raw", NULL, "show: the bytes" },
	{ OPT_HEX, "hex", NULL, "show: hex digits" },
	{ OPT_JSON, "json", NULL, "show, check: JSON" },
	{ OPT_FIX, "fix", NULL, "set, check: put checksums right first" },
	{ OPT_FORCE, "force", NULL, "set: although it breaks rules" },
	{ OPT_FROM, "from", "SOURCE", "modify: a preset or file instead of what is in the card" },
	{ 'o', "output", "FILE", "show, modify, check --fix: write to this file" },
	{ 'n', "dry-run", NULL, "set, modify: show what would change, and change nothing" },
	{ 0, NULL, NULL, NULL },
};

struct request {
	const char *device, *connector, *from, *output;
	bool raw, hex, json, fix, force, dry_run;
	unsigned int given;		/* bits: places in the table of options */
	char **words;
	int count;
};

/* ---------------------------------------------------------------- sources */

static int read_card(const struct request *request, struct kinora_card *card,
		     struct kinora_edid *edid)
{
	int ret = kinora_card_find(request->device, card);

	return ret ? ret : kinora_card_edid_get(card, request->connector, edid);
}

static bool is_preset(const char *name)
{
	const char *preset;
	unsigned int i;

	for (i = 0; (preset = kinora_edid_preset_name(i)); i++)
		if (!strcmp(name, preset))
			return true;
	return false;
}

/* A preset, a file, or "-". The exit code: messages have been said. */
static int read_source(const char *source, struct kinora_edid *edid)
{
	FILE *file;
	int ret;

	if (is_preset(source)) {
		ret = kinora_edid_preset(source, edid);
		return ret ? cli_failed(ret) : CLI_PASS;
	}
	file = strcmp(source, "-") ? fopen(source, "re") : stdin;
	if (!file && errno == ENOENT && !strpbrk(source, "./")) {
		cli_say("no preset and no file '%s': 'kinora edid list' shows the presets", source);
		return CLI_USAGE;
	}
	if (!file) {
		cli_say("cannot read '%s': %s", source, strerror(errno));
		return CLI_IO;
	}
	ret = kinora_edid_read(edid, file, source);
	if (file != stdin)
		fclose(file);
	if (!ret)
		return CLI_PASS;
	cli_say("%s", kinora_error());
	return CLI_IO;
}

static bool put_edid(const struct kinora_edid *edid, FILE *file, bool hex)
{
	return hex ? !kinora_edid_write_hex(edid, file) :
		     fwrite(edid->bytes, 1, edid->size, file) == edid->size;
}

static int write_edid(const struct kinora_edid *edid, const char *path, bool hex)
{
	FILE *file = cli_create(path);

	return file ? cli_finish(file, path, put_edid(edid, file, hex)) : CLI_IO;
}

/* In the file's own bytes: it may be the only copy, so it is neither emptied first nor removed. */
static int rewrite_edid(const struct kinora_edid *edid, const char *path, bool hex)
{
	FILE *file = fopen(path, "r+e");
	int error = 0;

	if (!file || !put_edid(edid, file, hex) || fflush(file) ||
	    ftruncate(fileno(file), ftell(file)))
		error = errno;
	if (file && fclose(file) && !error)
		error = errno;
	if (!error)
		return CLI_PASS;
	cli_say("cannot write '%s': %s", path, strerror(error));
	return CLI_IO;
}

/* What changes; false: nothing does. */
static bool show_change(const struct kinora_edid *from, const struct kinora_edid *to)
{
	bool same = from->size == to->size && !memcmp(from->bytes, to->bytes, to->size);

	if (same)
		puts("no difference");
	else if (!edid_diff(from, to, stdout))
		puts("a difference in bytes only, of which 'kinora edid show' does not tell");
	return !same;
}

/* ------------------------------------------------------------------- show */

static int show(const struct cli_command *command, const struct request *request)
{
	const char *output = request->output ? request->output : "-";
	struct kinora_edid edid;
	struct kinora_card card;
	FILE *file;
	int ret;

	if (request->count > 2)
		return cli_usage(command, "unexpected argument", request->words[2]);
	if (request->count == 2) {
		ret = read_source(request->words[1], &edid);
		if (ret)
			return ret;
	} else {
		ret = read_card(request, &card, &edid);
		if (ret)
			return cli_failed(ret);
	}
	if (request->raw || request->hex)
		return write_edid(&edid, output, request->hex);
	file = cli_create(output);
	if (!file)
		return CLI_IO;
	ret = request->json ? kinora_edid_write_json(&edid, file) :
			      kinora_edid_write_text(&edid, file);
	return cli_finish(file, output, !ret);
}

static int list(const struct cli_command *command, const struct request *request)
{
	const char *name;
	unsigned int i;

	if (request->count > 1)
		return cli_usage(command, "unexpected argument", request->words[1]);
	puts("Presets, for 'kinora edid set':");
	for (i = 0; (name = kinora_edid_preset_name(i)); i++)
		printf("  %-24s%s\n", name, kinora_edid_preset_help(i));
	puts("\nChanges, for 'kinora edid modify':");
	for (i = 0; (name = kinora_edid_change_name(i)); i++)
		printf("  %-24s%s\n", name, kinora_edid_change_help(i));
	return CLI_PASS;
}

/* ------------------------------------------------------------------ check */

/* How many are failures. */
static size_t count_failures(const struct kinora_edid *edid,
			     struct kinora_edid_finding findings[FINDINGS_MAX], size_t *count)
{
	size_t failures = 0, i;

	*count = kinora_edid_check(edid, findings, FINDINGS_MAX);
	if (*count > FINDINGS_MAX)
		*count = FINDINGS_MAX;
	for (i = 0; i < *count; i++)
		failures += findings[i].failure;
	return failures;
}

static bool is_checksum(const struct kinora_edid_finding *finding)
{
	return !strncmp(finding->text, "the checksum is ", 16);
}

static bool is_hex_file(const char *path)
{
	char start[8] = "";
	FILE *file = fopen(path, "re");
	size_t got = file ? fread(start, 1, sizeof(start), file) : 0;

	if (file)
		fclose(file);
	return got == sizeof(start) && memcmp(start, "\0\xff\xff\xff\xff\xff\xff\0", 8);
}

/* On out, which is not stdout when the EDID itself goes there. */
static int print_findings(const struct request *request, const struct kinora_edid *edid,
			  const struct kinora_edid_finding *findings, size_t count,
			  const char *source, FILE *out)
{
	size_t i;
	bool sums = false;

	if (request->json) {
		json_t *array = json_array();

		for (i = 0; i < count; i++)
			json_array_append_new(array, json_pack("{s:s, s:i, s:s}", "kind",
				findings[i].failure ? "failure" : "warning", "block",
				(int)findings[i].block, "text", findings[i].text));
		return describe_print_json(json_pack("{s:I, s:o}", "bytes",
						     (json_int_t)edid->size, "findings", array),
					   JSON_INDENT(1));
	}
	for (i = 0; i < count; i++) {
		fprintf(out, "%s  block %u: %s\n", findings[i].failure ? "FAIL" : "warn",
			findings[i].block, findings[i].text);
		sums |= is_checksum(&findings[i]);
	}
	if (sums)
		fprintf(out, "'kinora edid check --fix %s' puts checksums right\n",
			source ? source : "FILE");
	if (!count)
		fprintf(out, "%zu bytes, no finding\n", edid->size);
	return cli_flush();
}

/* Writes what came out of --fix: to another file always, to its own when something was wrong. */
static int write_fixed(const struct kinora_edid *edid, const char *source, const char *output,
		       unsigned int wrong)
{
	bool own = strcmp(output, "-") && !strcmp(output, source), hex = is_hex_file(source);
	int ret = CLI_PASS;

	if (!own)
		ret = write_edid(edid, output, hex);
	else if (wrong)
		ret = rewrite_edid(edid, output, hex);
	if (!ret && wrong && strcmp(output, "-"))
		fprintf(stderr, "kinora: checksums put right in '%s'\n", output);
	return ret;
}

static int check(const struct cli_command *command, const struct request *request)
{
	struct kinora_edid_finding findings[FINDINGS_MAX];
	const char *source = request->count == 2 ? request->words[1] : NULL;
	const char *output = request->output ? request->output : source;
	size_t count, failures;
	FILE *out = stdout;
	struct kinora_edid edid;
	struct kinora_card card;
	int ret;

	if (request->count > 2)
		return cli_usage(command, "unexpected argument", request->words[2]);
	if (request->fix && (!source || is_preset(source)))
		return cli_usage(command, "'--fix' wants a file, not",
				 source ? source : "the card");
	if (request->output && !request->fix)
		return cli_usage(command, "only '--fix' writes a file, such as", request->output);
	if (request->fix && !strcmp(output, "-")) {
		if (request->json)
			return cli_usage(command, "the EDID goes to standard output, so there is "
					 "no room for", "--json");
		out = stderr;
	}
	if (source) {
		ret = read_source(source, &edid);
		if (ret)
			return ret;
	} else {
		ret = read_card(request, &card, &edid);
		if (ret)
			return cli_failed(ret);
	}
	if (request->fix) {
		ret = write_fixed(&edid, source, output, kinora_edid_fix_checksums(&edid));
		if (ret)
			return ret;
	}
	failures = count_failures(&edid, findings, &count);
	ret = print_findings(request, &edid, findings, count, source, out);
	return ret ? ret : failures ? CLI_CHECK_FAILED : CLI_PASS;
}

/* -------------------------------------------------------------------- set */

/* Refuses what breaks rules, with each of them; false: refused. */
static bool is_sound(const struct request *request, const struct kinora_edid *edid,
		     const char *source)
{
	struct kinora_edid_finding findings[FINDINGS_MAX];
	size_t count, failures = count_failures(edid, findings, &count), i, sums = 0;

	for (i = 0; i < failures; i++) {
		cli_say("'%s', block %u: %s", source, findings[i].block, findings[i].text);
		sums += is_checksum(&findings[i]);
	}
	if (!failures)
		return true;
	if (sums == failures)
		cli_say("not set: '--fix' puts checksums right, or get an undamaged copy");
	else if (sums)
		cli_say("not set: a damaged EDID; '--fix' puts checksums right, '--force' is for "
			"the rest");
	else if (request->force)
		return true;
	else
		cli_say("not set: sources may refuse it or send what cannot be received; '--force' "
			"sets it all the same");
	return false;
}

static int set_card(const struct request *request, const struct kinora_card *card,
		    const struct kinora_edid *edid)
{
	int ret = kinora_card_edid_set(card, request->connector, edid);

	if (ret)
		return cli_failed(ret);
	if (edid->size)
		printf("%s: EDID of %zu bytes; hot-plug goes low for 100 ms, so sources read it "
		       "anew\n", request->connector, edid->size);
	else
		printf("%s: no EDID; hot-plug stays low, so no source sends\n", request->connector);
	return CLI_PASS;
}

static int set(const struct cli_command *command, const struct request *request)
{
	struct kinora_edid edid, old;
	struct kinora_card card;
	int ret;

	if (request->count != 2) {
		cli_say("'kinora edid set' wants a preset, a file or '-': 'kinora %s list' shows "
			"the presets", command->name);
		return CLI_USAGE;
	}
	ret = read_source(request->words[1], &edid);
	if (ret)
		return ret;
	if (request->fix)
		kinora_edid_fix_checksums(&edid);
	if (!is_sound(request, &edid, request->words[1]))
		return CLI_CHECK_FAILED;
	ret = read_card(request, &card, &old);
	if (ret)
		return cli_failed(ret);
	if (request->dry_run) {
		show_change(&old, &edid);
		return CLI_PASS;
	}
	return set_card(request, &card, &edid);
}

static int clear(const struct cli_command *command, const struct request *request)
{
	struct kinora_edid none = { .size = 0 };
	struct kinora_card card;
	int ret;

	if (request->count > 1)
		return cli_usage(command, "unexpected argument", request->words[1]);
	ret = kinora_card_find(request->device, &card);
	return ret ? cli_failed(ret) : set_card(request, &card, &none);
}

static int modify(const struct cli_command *command, const struct request *request)
{
	const char *const *changes = (const char *const *)(request->words + 1);
	struct kinora_edid edid, old;
	struct kinora_card card;
	bool changed;
	int ret;

	if (request->count < 2) {
		cli_say("'kinora edid modify' wants changes such as +2160p120 or hdr=off: "
			"'kinora %s list' shows them", command->name);
		return CLI_USAGE;
	}
	if (request->output && !request->from)
		return cli_usage(command, "without '--from' the card takes it, not",
				 request->output);
	if (request->from) {
		ret = read_source(request->from, &old);
		if (ret)
			return ret;
	} else {
		ret = read_card(request, &card, &old);
		if (ret)
			return cli_failed(ret);
	}
	edid = old;
	ret = kinora_edid_modify(&edid, changes, (size_t)request->count - 1);
	if (ret) {
		cli_say("%s", kinora_error());
		return ret == -EINVAL ? CLI_USAGE : CLI_CHECK_FAILED;
	}
	if (!request->dry_run && request->output && !strcmp(request->output, "-"))
		return write_edid(&edid, "-", request->hex);
	changed = show_change(&old, &edid);
	if (request->dry_run)
		return CLI_PASS;
	if (request->output)
		return write_edid(&edid, request->output, request->hex);
	return request->from || !changed ? CLI_PASS : set_card(request, &card, &edid);
}

/* -------------------------------------------------------------------- run */

/* The verbs, and the options that go with each: others are told, not passed over. */
static const struct {
	const char *name;
	int (*run)(const struct cli_command *command, const struct request *request);
	int options[7];			/* ends with 0 */
} verbs[] = {
	{ "show", show, { 'd', 'c', OPT_RAW, OPT_HEX, OPT_JSON, 'o' } },
	{ "list", list, { 0 } },
	{ "set", set, { 'd', 'c', 'n', OPT_FIX, OPT_FORCE } },
	{ "clear", clear, { 'd', 'c' } },
	{ "modify", modify, { 'd', 'c', 'n', OPT_FROM, OPT_HEX, 'o' } },
	{ "check", check, { 'd', 'c', OPT_JSON, OPT_FIX, 'o' } },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* The first option that was given and that verb i does not know, or NULL. */
static const struct cli_option *foreign_option(const struct request *request, size_t i)
{
	const struct cli_option *option;
	const int *known;

	for (option = options; option->key; option++) {
		if (!(request->given & 1u << (option - options)))
			continue;
		for (known = verbs[i].options; *known && *known != option->key; known++)
			;
		if (!*known)
			return option;
	}
	return NULL;
}

static void request_option(struct request *request, int key, char *argument)
{
	size_t i;

	for (i = 0; options[i].key; i++)
		if (options[i].key == key)
			request->given |= 1u << i;
	switch (key) {
	case 'd':
		request->device = argument;
		break;
	case 'c':
		request->connector = argument;
		break;
	case 'o':
		request->output = argument;
		break;
	case 'n':
		request->dry_run = true;
		break;
	case OPT_RAW:
		request->raw = true;
		break;
	case OPT_HEX:
		request->hex = true;
		break;
	case OPT_JSON:
		request->json = true;
		break;
	case OPT_FIX:
		request->fix = true;
		break;
	case OPT_FORCE:
		request->force = true;
		break;
	case OPT_FROM:
		request->from = argument;
		break;
	}
}

/* "-4320p60" and "-vic97" take a format away; no option begins so. */
static bool is_removal(const char *word)
{
	return word[0] == '-' && (isdigit((unsigned char)word[1]) || !strncmp(word, "-vic", 4));
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct request request = { .connector = "hdmi1" };
	int key, status = CLI_PASS, i;
	const struct cli_option *foreign;
	char *argument;
	size_t verb;

	for (i = 1; i < argc; i++)
		if (is_removal(argv[i]))
			argv[i][0] = MINUS;
	while ((key = cli_next(command, argc, argv, &argument, &status))) {
		if (key < 0)
			return status;
		request_option(&request, key, argument);
	}
	for (i = 1; i < argc; i++)
		if (argv[i][0] == MINUS)
			argv[i][0] = '-';
	request.words = argv + optind;
	request.count = argc - optind;
	if (!request.count) {
		cli_say("'kinora edid' wants show, list, set, clear, modify or check: 'kinora edid "
			"--help' tells about them");
		return CLI_USAGE;
	}
	for (verb = 0; verb < VERBS; verb++)
		if (!strcmp(verbs[verb].name, request.words[0]))
			break;
	if (verb == VERBS)
		return cli_usage(command, "unexpected argument", request.words[0]);
	foreign = foreign_option(&request, verb);
	if (foreign) {
		cli_say("'--%s' does not go with 'kinora edid %s': 'kinora edid --help' lists what "
			"does", foreign->name, request.words[0]);
		return CLI_USAGE;
	}
	return verbs[verb].run(command, &request);
}

const struct cli_command cmd_edid = {
	.name = "edid",
	.summary = "what HDMI sources are offered: show, set, change, check",
	.synopsis = "show [-d CARD] [-c CONNECTOR] [--raw|--hex|--json] [-o FILE] [SOURCE]\n"
		    "       kinora edid list\n"
		    "       kinora edid set [-d CARD] [-c CONNECTOR] [-n] [--fix] [--force] "
		    "SOURCE\n"
		    "       kinora edid clear [-d CARD] [-c CONNECTOR]\n"
		    "       kinora edid modify [-d CARD] [-c CONNECTOR] [-n] CHANGE...\n"
		    "       kinora edid modify --from SOURCE [--hex] [-o FILE] CHANGE...\n"
		    "       kinora edid check [-d CARD] [-c CONNECTOR] [--json] [--fix] [-o FILE] "
		    "[SOURCE]",
	.options = options,
	.operands = true,
	.run = run,
};
