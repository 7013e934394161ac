// SPDX-License-Identifier: MIT
/*
 * EDIDs in files: raw bytes, or hex digits as edid-decode, v4l2-ctl and xrandr print them. Hex may
 * stand among words: lines that are no hex are passed over, as edid-decode prints them around it.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "edid_parts.h"
#include "error.h"

#define FILE_ROOM 65536

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends a line that is all hex: pairs, with blanks, commas and "0x" between. -ENOSPC: full. */
static int hex_line(struct kinora_edid *edid, const char *line, size_t length)
{
	uint8_t bytes[KINORA_EDID_BYTES_MAX];
	size_t i = 0, count = 0;

	while (i < length) {
		if (isspace((unsigned char)line[i]) || line[i] == ',') {
			i++;
			continue;
		}
		if (line[i] == '0' && i + 1 < length && tolower((unsigned char)line[i + 1]) == 'x')
			i += 2;
		if (i + 1 >= length || hex_digit(line[i]) < 0 || hex_digit(line[i + 1]) < 0)
			return 0;	/* words */
		if (count == sizeof(bytes))
			return -ENOSPC;
		bytes[count++] = (uint8_t)(hex_digit(line[i]) << 4 | hex_digit(line[i + 1]));
		i += 2;
	}
	if (count > sizeof(edid->bytes) - edid->size)
		return -ENOSPC;
	memcpy(edid->bytes + edid->size, bytes, count);
	edid->size += count;
	return 0;
}

static int read_hex(struct kinora_edid *edid, const char *text, size_t length)
{
	size_t at = 0;
	int ret = 0;

	while (at < length && !ret) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t line = end ? (size_t)(end - text) - at : length - at;

		ret = hex_line(edid, text + at, line);
		at += line + 1;
	}
	return ret;
}

static int read_bytes(struct kinora_edid *edid, const char *text, size_t length)
{
	static const uint8_t header[8] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	bool binary = length >= 8 && !memcmp(text, header, 8);
	size_t i;

	for (i = 0; !binary && i < length; i++)
		binary = !isprint((unsigned char)text[i]) && !isspace((unsigned char)text[i]);
	if (!binary)
		return read_hex(edid, text, length);
	if (length > sizeof(edid->bytes))
		return -ENOSPC;
	memcpy(edid->bytes, text, length);
	edid->size = length;
	return 0;
}

int kinora_edid_read(struct kinora_edid *edid, FILE *file, const char *name)
{
	static _Thread_local char text[FILE_ROOM];
	size_t length = fread(text, 1, sizeof(text), file);
	int ret;

	memset(edid, 0, sizeof(*edid));
	if (ferror(file))
		return kinora_fail(-EIO, "cannot read '%s': %m", name);
	ret = length < sizeof(text) ? read_bytes(edid, text, length) : -ENOSPC;
	if (ret)
		return kinora_fail(-EINVAL, "'%s' is too large for an EDID: 512 bytes are the most",
				   name);
	if (!edid->size)
		return kinora_fail(-EINVAL, "no EDID in '%s': give raw bytes or hex digits", name);
	return 0;
}

int kinora_edid_write_hex(const struct kinora_edid *edid, FILE *file)
{
	size_t i;

	for (i = 0; i < edid->size; i++)
		fprintf(file, "%s%02x%s", i && i % KINORA_EDID_BLOCK == 0 ? "\n" : "",
			edid->bytes[i], i % 16 == 15 || i + 1 == edid->size ? "\n" : " ");
	return ferror(file) ? kinora_fail(-EIO, "cannot write the EDID") : 0;
}
