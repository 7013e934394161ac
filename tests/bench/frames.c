// SPDX-License-Identifier: MIT
/*
 * Description: captures frames between two markers of the plugin instructions.c, in the sizes
 * given, and says how many there were and where the modules are that took part. Runs in the guest;
 * tests/bench/run does the sums.
 *
 *	frames N		N frames of 1080p60 v210, then of 8Kp60 v210
 *
 * Output: "module NAME FIRST LAST" (addresses of its code) and "phase NAME FRAMES MARK", the
 * markers MARK and MARK + 1 around it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "suite.h"
#include "world.h"

#define WARM_UP 60
#define BUFFERS 8

/* nopl 0x4b4e0000 + number(%rax) */
#define MARK(number)                                                                               \
	asm volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0"                                         \
		     :                                                                             \
		     : "i"(0x4b4e0000 + (number))                                                  \
		     : "memory")

static const char *const modules[] = {
	"kinora",	    "videobuf2_common", "videobuf2_v4l2",
	"videobuf2_dma_sg", "videobuf2_memops", "videodev",
};

static int print_modules(void)
{
	for (unsigned int i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		unsigned long long address, first = ~0ULL, last = 0;
		char line[512], type, module[128];
		FILE *f = fopen("/proc/kallsyms", "re");

		if (!f)
			return -errno;
		while (fgets(line, sizeof(line), f)) {
			if (sscanf(line, "%llx %c %*s [%127[^]]", &address, &type, module) != 3 ||
			    strcmp(module, modules[i]) || (type != 't' && type != 'T'))
				continue;
			first = address < first ? address : first;
			last = address > last ? address : last;
		}
		fclose(f);
		if (last)
			printf("module %s 0x%llx 0x%llx\n", modules[i], first, last);
	}
	return 0;
}

static int take(struct capture *capture, unsigned int frames)
{
	for (unsigned int i = 0; i < frames; i++) {
		struct v4l2_buffer buffer;
		int ret = capture_take(capture, &buffer, 1000);

		if (!ret && buffer.flags & V4L2_BUF_FLAG_ERROR)
			i--;
		if (!ret)
			ret = capture_give(capture, buffer.index);
		if (ret)
			return ret;
	}
	return 0;
}

/* The markers are constants in the code, so each phase has its own pair of them. */
static int measure_1080(struct capture *capture, unsigned int frames)
{
	int ret;

	MARK(1);
	ret = take(capture, frames);
	MARK(2);
	return ret;
}

static int measure_8k(struct capture *capture, unsigned int frames)
{
	int ret;

	MARK(3);
	ret = take(capture, frames);
	MARK(4);
	return ret;
}

static int phase(const char *name, const char *signal_line, enum device_input input,
		 const struct capture_signal *signal, unsigned int frames, unsigned int mark,
		 int (*measure)(struct capture *capture, unsigned int frames))
{
	struct capture capture = { .fd = -1 };
	int ret;

	ret = world_say("%s", signal_line);
	if (ret)
		return ret;
	ret = capture_open(&capture, 1, DEVICE_VIDEO);
	if (ret)
		return ret;
	ret = capture_input(&capture, input);
	if (!ret)
		ret = capture_lock(&capture, signal, 5000);
	if (!ret)
		ret = capture_format(&capture, v4l2_fourcc('v', '2', '1', '0'));
	if (!ret)
		ret = capture_buffers(&capture, V4L2_MEMORY_MMAP, BUFFERS);
	if (!ret)
		ret = capture_start(&capture);
	if (!ret)
		ret = take(&capture, WARM_UP);
	if (!ret)
		ret = measure(&capture, frames);
	capture_close(&capture);
	if (!ret)
		printf("phase %s %u %u\n", name, frames, mark);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct capture_signal size_1080 = { 1920, 1080, 60, 1 };
	static const struct capture_signal size_8k = { 7680, 4320, 60, 1 };
	unsigned int frames = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int ret;

	if (!frames) {
		fputs("usage: frames N\n", stderr);
		return 2;
	}
	ret = print_modules();
	if (!ret)
		ret = phase("1080p60", "signal sdi1 1080p60 pattern=rp219", DEVICE_SDI1, &size_1080,
			    frames, 1, measure_1080);
	if (!ret)
		ret = phase("4320p60", "signal sdi-quad 4320p60 pattern=rp219", DEVICE_SDI_QUAD,
			    &size_8k, frames, 3, measure_8k);
	if (ret)
		fprintf(stderr, "frames: %s\n", strerror(-ret));
	return ret ? 1 : 0;
}
