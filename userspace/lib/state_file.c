// SPDX-License-Identifier: MIT
/*
 * The saved state of a card as JSON, version 1:
 *
 *   { "format": "kinora-state", "version": 1, "serial": "K8-0042",
 *     "routing": { "1": "sdi-quad", "2": "sdi2" }, "mapping": "auto", "order": "auto",
 *     "edid": { "hdmi1": "00ffff..." } }
 *
 * It is written to a new file, which then takes the old one's place, and only when the two differ:
 * a machine that loses power has the old or the new one.
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "state_file.h"

#define FORMAT "kinora-state"
#define PATH_ROOM 4096

/* ------------------------------------------------------------------ write */

static json_t *edid_json(const struct kinora_edid *edid)
{
	char text[2 * KINORA_EDID_BYTES_MAX + 1] = "";
	size_t i;

	for (i = 0; i < edid->size; i++)
		snprintf(text + 2 * i, 3, "%02x", edid->bytes[i]);
	return json_string(text);
}

static json_t *state_json(const struct state *state)
{
	json_t *routing = json_object(), *edid = json_object();
	char number[12];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		snprintf(number, sizeof(number), "%u", i + 1);
		if (state->inputs[i][0])
			json_object_set_new(routing, number, json_string(state->inputs[i]));
	}
	if (state->has_edid)
		json_object_set_new(edid, "hdmi1", edid_json(&state->edid));
	return json_pack("{s:s, s:i, s:s, s:o, s:s, s:s, s:o}", "format", FORMAT, "version", 1,
			 "serial", state->serial, "routing", routing,
			 "mapping", state->mapping[0] ? state->mapping : "auto",
			 "order", state->order[0] ? state->order : "auto", "edid", edid);
}

/* Is that what the file holds? */
static bool is_same(const char *path, const char *text)
{
	size_t length = strlen(text), got;
	char *old = malloc(length + 2);
	FILE *file = fopen(path, "re");
	bool same = false;

	if (old && file) {
		got = fread(old, 1, length + 1, file);
		same = got == length && !memcmp(old, text, length);
	}
	if (file)
		fclose(file);
	free(old);
	return same;
}

static int make_folder(const char *path)
{
	char folder[PATH_ROOM];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return 0;
	*slash = '\0';
	if (mkdir(folder, 0755) && errno != EEXIST)
		return kinora_fail(-errno, "cannot make the folder '%s': %s", folder,
				   strerror(errno));
	return 0;
}

/* Contents on the disk before the name is. */
static int write_new(const char *path, const char *text)
{
	char temporary[PATH_ROOM];
	FILE *file = NULL;
	int fd, error = 0;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
		return kinora_fail(-ENAMETOOLONG, "the name '%s' is too long", path);
	fd = mkstemp(temporary);
	if (fd >= 0)
		file = fdopen(fd, "w");
	if (!file) {
		error = errno;
		if (fd >= 0) {
			close(fd);
			unlink(temporary);
		}
		return kinora_fail(-error, "cannot write '%s': %s", path, strerror(error));
	}
	if (fputs(text, file) == EOF || fflush(file) || fchmod(fd, 0644) || fsync(fd))
		error = errno;
	if (fclose(file) && !error)
		error = errno;
	if (!error && rename(temporary, path))
		error = errno;
	if (!error)
		return 0;
	unlink(temporary);
	return kinora_fail(-error, "cannot write '%s': %s", path, strerror(error));
}

int state_write(const struct state *state, const char *path)
{
	json_t *root = state_json(state);
	char *body = root ? json_dumps(root, JSON_INDENT(1)) : NULL, *text = NULL;
	int ret;

	json_decref(root);
	if (!body || asprintf(&text, "%s\n", body) < 0) {
		free(body);
		return kinora_fail(-ENOMEM, "out of memory for the state");
	}
	free(body);
	if (is_same(path, text)) {
		free(text);
		return 0;
	}
	ret = make_folder(path);
	if (!ret)
		ret = write_new(path, text);
	free(text);
	return ret ? ret : 1;
}

/* ------------------------------------------------------------------- read */

static int fail_file(const char *path, const char *what)
{
	return kinora_fail(-EINVAL, "'%s' is no state that 'kinora input save' wrote: %s", path,
			   what);
}

static bool read_string(json_t *root, const char *key, char *text, size_t room)
{
	json_t *value = json_object_get(root, key);

	text[0] = '\0';
	if (!value)
		return true;
	if (!json_is_string(value) || json_string_length(value) >= room)
		return false;
	snprintf(text, room, "%s", json_string_value(value));
	return true;
}

static bool read_edid(json_t *edids, struct state *state)
{
	json_t *value = json_object_get(edids, "hdmi1");
	const char *text;
	size_t length, i;

	if (!value)
		return true;
	text = json_string_value(value);
	length = json_string_length(value);
	if (!text || length % (2 * KINORA_EDID_BLOCK) || length > 2 * KINORA_EDID_BYTES_MAX)
		return false;
	for (i = 0; i < length; i += 2) {
		const char pair[3] = { text[i], text[i + 1], '\0' };

		if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
			return false;
		state->edid.bytes[i / 2] = (uint8_t)strtoul(pair, NULL, 16);
	}
	state->edid.size = length / 2;
	state->has_edid = true;
	return true;
}

static int read_root(struct state *state, json_t *root, const char *path)
{
	char text[KINORA_TEXT_MAX], number[12];
	json_t *version = json_object_get(root, "version");
	unsigned int i;

	if (!json_is_object(root) || !read_string(root, "format", text, sizeof(text)) ||
	    strcmp(text, FORMAT))
		return fail_file(path, "\"format\" is not \"" FORMAT "\"");
	if (json_integer_value(version) != 1)
		return fail_file(path, "its version is not 1");
	if (!read_string(root, "serial", state->serial, sizeof(state->serial)))
		return fail_file(path, "\"serial\" is not right");
	for (i = 0; i < 8; i++) {
		snprintf(number, sizeof(number), "%u", i + 1);
		if (!read_string(json_object_get(root, "routing"), number, state->inputs[i],
				 sizeof(state->inputs[0])))
			return fail_file(path, "\"routing\" is not right");
	}
	if (!read_string(root, "mapping", state->mapping, sizeof(state->mapping)) ||
	    !read_string(root, "order", state->order, sizeof(state->order)))
		return fail_file(path, "\"mapping\" or \"order\" is not right");
	if (!read_edid(json_object_get(root, "edid"), state))
		return fail_file(path, "\"edid\" is not right");
	return 0;
}

int state_read(struct state *state, const char *path)
{
	FILE *file = fopen(path, "re");
	json_error_t error;
	json_t *root;
	int ret;

	memset(state, 0, sizeof(*state));
	if (!file)
		return kinora_fail(-errno, "cannot read '%s': %s", path, strerror(errno));
	root = json_loadf(file, 0, &error);
	fclose(file);
	if (!root)
		return fail_file(path, "it is not JSON");
	ret = read_root(state, root, path);
	json_decref(root);
	return ret;
}
