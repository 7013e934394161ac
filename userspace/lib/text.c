// SPDX-License-Identifier: MIT
/*
 * Texts that come from outside, made fit for a terminal and for JSON.
 */
#include <ctype.h>
#include <string.h>

#include "text.h"

/* Bytes of the character at p, RFC 3629; 0: it is none, or a control character. */
static size_t character(const unsigned char *p)
{
	size_t length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4, i;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	for (i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* C1 controls; written longer than need be; surrogates; above U+10FFFF */
	if ((p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xe0 && p[1] < 0xa0) ||
	    (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return length;
}

void kinora_text_clean(char *text)
{
	while (*text) {
		size_t length = character((const unsigned char *)text);

		if (!length)
			*text = '?';
		text += length ? length : 1;
	}
}

bool kinora_text_read(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");

	text[0] = '\0';
	if (!file)
		return false;
	if (fgets(text, (int)room, file)) {
		text[strcspn(text, "\n")] = '\0';
		kinora_text_clean(text);
	}
	fclose(file);
	return true;
}

void kinora_text_plain(const char *name, char plain[KINORA_TEXT_MAX])
{
	size_t used = 0;

	for (; *name && used < KINORA_TEXT_MAX - 1; name++)
		if (isalnum((unsigned char)*name))
			plain[used++] = (char)tolower((unsigned char)*name);
	plain[used] = '\0';
}
