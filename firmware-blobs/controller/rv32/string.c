// SPDX-License-Identifier: MIT
/*
 * The functions that GCC expects of every environment ("Standards" in its manual): it calls them
 * for copies and comparisons of structs. Small rather than fast; word by word where both sides are
 * aligned, as everything large is.
 */
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (!(((uintptr_t)t | (uintptr_t)f) & 3))
		for (; n >= 4; n -= 4, t += 4, f += 4)
			*(uint32_t *)t = *(const uint32_t *)f;
	while (n--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	uint32_t word = (uint8_t)byte * 0x01010101u;
	uint8_t *t = to;

	if (!((uintptr_t)t & 3))
		for (; n >= 4; n -= 4, t += 4)
			*(uint32_t *)t = word;
	while (n--)
		*t++ = word;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t < f) {
		while (n--)
			*t++ = *f++;
	} else {
		while (n--)
			t[n] = f[n];
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}
