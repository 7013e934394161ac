// SPDX-License-Identifier: MIT
/*
 * The non-temporal copies. Each body is the same loop with another width; the compiler makes it for
 * a processor this file is not otherwise compiled for, and copy_stream_best() picks at run time.
 */
#include <stdint.h>
#include <string.h>

#include "copy.h"

static void copy_plain(void *dst, const void *src, size_t bytes)
{
	memcpy(dst, src, bytes);
}

#ifdef __x86_64__
#include <immintrin.h>

/*
 * An unaligned beginning of at most 63 bytes in plain stores, then whole cache lines in LINE, then
 * the rest. Partly filled write-combining buffers cost a bus transaction each, so only whole
 * lines go past the caches.
 */
#define COPY_LINES(dst, src, bytes, LINE) do {					\
	uint8_t *d_ = (dst);							\
	const uint8_t *s_ = (src);						\
	size_t n_ = (bytes);							\
	size_t head_ = -(uintptr_t)d_ & 63;					\
										\
	if (head_ > n_)								\
		head_ = n_;							\
	if (head_)								\
		memcpy(d_, s_, head_);						\
	d_ += head_;								\
	s_ += head_;								\
	n_ -= head_;								\
	for (; n_ >= 64; n_ -= 64, d_ += 64, s_ += 64)				\
		LINE(d_, s_);							\
	if (n_)									\
		memcpy(d_, s_, n_);						\
} while (0)

#define LINE_AVX512(d, s) \
	_mm512_stream_si512((__m512i *)(d), _mm512_loadu_si512((const void *)(s)))

#define LINE_AVX2(d, s) do {							\
	__m256i a_ = _mm256_loadu_si256((const __m256i *)(s));			\
	__m256i b_ = _mm256_loadu_si256((const __m256i *)(s) + 1);		\
										\
	_mm256_stream_si256((__m256i *)(d), a_);				\
	_mm256_stream_si256((__m256i *)(d) + 1, b_);				\
} while (0)

#define LINE_SSE2(d, s) do {							\
	for (int i_ = 0; i_ < 4; i_++)						\
		_mm_stream_si128((__m128i *)(d) + i_,				\
				 _mm_loadu_si128((const __m128i *)(s) + i_));	\
} while (0)

__attribute__((target("avx512f"))) static void copy_avx512(void *dst, const void *src, size_t bytes)
{
	COPY_LINES(dst, src, bytes, LINE_AVX512);
}

__attribute__((target("avx2"))) static void copy_avx2(void *dst, const void *src, size_t bytes)
{
	COPY_LINES(dst, src, bytes, LINE_AVX2);
}

static void copy_sse2(void *dst, const void *src, size_t bytes)
{
	COPY_LINES(dst, src, bytes, LINE_SSE2);
}

void copy_fence(void)
{
	_mm_sfence();
}
#else
void copy_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#endif

copy_function *copy_stream_find(const char *name)
{
#ifdef __x86_64__
	if (!strcmp(name, "avx512"))
		return __builtin_cpu_supports("avx512f") ? copy_avx512 : NULL;
	if (!strcmp(name, "avx2"))
		return __builtin_cpu_supports("avx2") ? copy_avx2 : NULL;
	if (!strcmp(name, "sse2"))
		return copy_sse2;
#endif
	return strcmp(name, "plain") ? NULL : copy_plain;
}

copy_function *copy_stream_best(void)
{
	static const char *const order[] = { "avx512", "avx2", "sse2", "plain" };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		copy_function *copy = copy_stream_find(order[i]);

		if (copy)
			return copy;
	}
	return copy_plain;
}
