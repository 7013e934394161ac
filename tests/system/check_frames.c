// SPDX-License-Identifier: MIT
/*
 * Description: reads raw frames as other programs wrote them (v4l2-ctl, ffmpeg, GStreamer) and
 * proves what they hold: each has a whole stamp, its picture adds up to the stamp's checksum, and
 * the frames' numbers follow each other. Not a suite: the client tests pipe into it.
 *
 *	check_frames --format UYVY --size 7680x4320 [--frames N] [--gaps N] [FILE]
 *
 * --frames: exactly so many must come, else at least one. --gaps: as many numbers may be missing,
 * 0 unless given. Exit status: 0 all frames hold, 1 one does not, 2 wrong option, 4 cannot read.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/content.h"

#define EXIT_USAGE 2
#define EXIT_IO 4

struct run {
	struct mem_layout layout;
	unsigned long frames, missing;	/* seen, and numbers that did not come */
	unsigned long bad;
	uint64_t first, last;
};

static int usage(FILE *out, int status)
{
	fputs("usage: check_frames --format NAME --size WIDTHxHEIGHT [--frames N] [--gaps N] "
	      "[FILE]\n",
	      out);
	return status;
}

/* Bytes read: fewer than wanted only at the end. */
static ssize_t read_whole(int fd, uint8_t *out, size_t bytes)
{
	size_t at = 0;

	while (at < bytes) {
		ssize_t got = read(fd, out + at, bytes - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		at += got;
	}
	return at;
}

static void check_frame(struct run *run, const uint8_t *buffer)
{
	struct stamp stamp = { 0 };
	uint32_t actual = 0;
	int ret = stamp_check(buffer, &run->layout, &stamp, &actual);

	if (ret) {
		run->bad++;
		printf("frame %lu: %s (number %llu, checksum 0x%08x, picture 0x%08x)\n",
		       run->frames,
		       ret == -EILSEQ ? "no stamp" : "the picture is not what its stamp says",
		       (unsigned long long)stamp.frame, stamp.checksum, actual);
	} else if (run->frames && stamp.frame <= run->last) {
		run->bad++;
		printf("frame %lu: number %llu after %llu\n", run->frames,
		       (unsigned long long)stamp.frame, (unsigned long long)run->last);
	} else if (run->frames) {
		run->missing += stamp.frame - run->last - 1;
	} else {
		run->first = stamp.frame;
	}
	if (!ret)
		run->last = stamp.frame;
	run->frames++;
}

static int check_file(struct run *run, int fd, const char *name)
{
	uint8_t *buffer = malloc(run->layout.bytes);
	ssize_t got;

	if (!buffer) {
		fprintf(stderr, "check_frames: no memory for a frame of %u bytes\n",
			run->layout.bytes);
		return EXIT_IO;
	}
	while ((got = read_whole(fd, buffer, run->layout.bytes)) == (ssize_t)run->layout.bytes)
		check_frame(run, buffer);
	free(buffer);
	if (got < 0) {
		fprintf(stderr, "check_frames: cannot read '%s': %s\n", name, strerror(-got));
		return EXIT_IO;
	}
	if (got > 0) {
		printf("%zd bytes behind the last whole frame of %u\n", got, run->layout.bytes);
		run->bad++;
	}
	return 0;
}

static const struct content_format *find_format(const char *name)
{
	for (unsigned int i = 0; i < CONTENT_FORMATS; i++)
		if (!strcasecmp(content_formats[i].name, name))
			return &content_formats[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "size", required_argument, NULL, 's' },
		{ "frames", required_argument, NULL, 'n' },
		{ "gaps", required_argument, NULL, 'g' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const struct content_format *format = NULL;
	unsigned int width = 0, height = 0;
	unsigned long wanted = 0, gaps = 0;
	struct run run = { 0 };
	const char *name = "standard input";
	int fd = STDIN_FILENO, option, ret;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			format = find_format(optarg);
			break;
		case 's':
			if (sscanf(optarg, "%ux%u", &width, &height) != 2)
				return usage(stderr, EXIT_USAGE);
			break;
		case 'n':
			wanted = strtoul(optarg, NULL, 10);
			break;
		case 'g':
			gaps = strtoul(optarg, NULL, 10);
			break;
		case 'h':
			return usage(stdout, EXIT_SUCCESS);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	if (!format || optind + 1 < argc ||
	    content_layout(&run.layout, format->fourcc, width, height) ||
	    width < STAMP_WIDTH || height < STAMP_ROWS)
		return usage(stderr, EXIT_USAGE);
	if (optind < argc) {
		name = argv[optind];
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr, "check_frames: cannot open '%s': %s\n", name,
				strerror(errno));
			return EXIT_IO;
		}
	}
	ret = check_file(&run, fd, name);
	if (ret)
		return ret;
	printf("%lu frames of %s %ux%u, numbers %llu to %llu, %lu missing, %lu bad\n", run.frames,
	       format->name, width, height, (unsigned long long)run.first,
	       (unsigned long long)run.last, run.missing, run.bad);
	if (wanted ? run.frames != wanted : !run.frames) {
		printf("%lu frames came, %s%lu expected\n", run.frames, wanted ? "" : "more than ",
		       wanted);
		return EXIT_FAILURE;
	}
	return run.bad || run.missing > gaps ? EXIT_FAILURE : EXIT_SUCCESS;
}
