// SPDX-License-Identifier: MIT
/*
 * Clips: finding out what a file is, where its pictures lie, and reading their rows with pread(),
 * so that a file which shrinks under us is an error and not a SIGBUS.
 *
 * y4m as written by mjpegtools and FFmpeg: a line "YUV4MPEG2 W.. H.. C..", then for every picture
 * a line "FRAME" and the planes.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clip.h"

#define Y4M_MAGIC	"YUV4MPEG2 "
#define Y4M_LINE_MAX	256
#define FFMPEG_FORMAT	"yuv422p10"	/* what ffmpeg is asked for */

extern char **environ;

struct sampling {
	const char *name;
	uint8_t columns, rows;	/* luma samples per chroma sample, across and down */
	uint8_t depth;
};

static const struct sampling samplings[] = {
#define SAMPLING(name, columns, rows, bits) { name, columns, rows, bits },
	CLIP_FORMATS(SAMPLING)
#undef SAMPLING
};

#define SAMPLINGS	(sizeof(samplings) / sizeof(samplings[0]))

/* y4m's colour space tags and what they hold. */
static const struct {
	const char *tag, *format;
} y4m_tags[] = {
	{ "420", "yuv420p" }, { "420jpeg", "yuv420p" }, { "420mpeg2", "yuv420p" },
	{ "420paldv", "yuv420p" }, { "422", "yuv422p" }, { "444", "yuv444p" },
	{ "420p10", "yuv420p10" }, { "422p10", "yuv422p10" }, { "444p10", "yuv444p10" },
};

struct clip {
	struct picture_source base;
	int fd;
	struct sampling sampling;
	uint64_t *offset;	/* of every picture in the file */
};

/* A clip on its way to being open. */
struct opening {
	const struct clip_options *options;
	struct clip *clip;
	uint64_t file_bytes;
	unsigned int frames_max;
	char *error;
	size_t size;
};

__attribute__((format(printf, 3, 4)))
static int fail(const struct opening *o, int ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(o->error, o->size, format, args);
	va_end(args);
	return ret;
}

static const struct sampling *sampling_find(const char *name)
{
	for (size_t i = 0; i < SAMPLINGS; i++)
		if (!strcmp(name, samplings[i].name))
			return &samplings[i];
	return NULL;
}

static unsigned int sample_bytes(const struct sampling *s)
{
	return s->depth > 8 ? 2 : 1;
}

static uint64_t plane_bytes(const struct sampling *s, unsigned int plane, unsigned int width,
			    unsigned int height)
{
	if (plane) {
		width = (width + s->columns - 1) / s->columns;
		height = (height + s->rows - 1) / s->rows;
	}
	return (uint64_t)width * height * sample_bytes(s);
}

static uint64_t frame_bytes(const struct sampling *s, unsigned int width, unsigned int height)
{
	return plane_bytes(s, 0, width, height) + 2 * plane_bytes(s, 1, width, height);
}

/* All bytes or an error; the end of the file before them is one. */
static int read_at(int fd, void *out, size_t bytes, uint64_t offset)
{
	while (bytes) {
		ssize_t n = pread(fd, out, bytes, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		out = (char *)out + n;
		bytes -= n;
		offset += n;
	}
	return 0;
}

static inline uint16_t legal(unsigned int v)
{
	if (v < PICTURE_CODE_MIN)
		return PICTURE_CODE_MIN;
	return v > PICTURE_CODE_MAX ? PICTURE_CODE_MAX : v;
}

/* n samples as legal 10-bit codes; 8-bit ones are the 10-bit ones without their two low bits. */
static int read_samples(const struct clip *clip, uint64_t offset, unsigned int n, uint16_t *out)
{
	uint8_t narrow[PICTURE_WIDTH_MAX];
	int ret;

	if (clip->sampling.depth > 8) {
		ret = read_at(clip->fd, out, n * sizeof(*out), offset);
		for (unsigned int i = 0; !ret && i < n; i++)
			out[i] = legal(le16toh(out[i]));
		return ret;
	}
	ret = read_at(clip->fd, narrow, n, offset);
	for (unsigned int i = 0; !ret && i < n; i++)
		out[i] = legal(narrow[i] << 2);
	return ret;
}

/* 4:4:4 to chroma co-sited with even pixels: 1-2-1, the picture's edge repeated. */
static void halve_chroma(const uint16_t *wide, unsigned int width, uint16_t *out)
{
	out[0] = (3 * wide[0] + wide[1] + 2) >> 2;
	for (unsigned int i = 1; i < width / 2; i++)
		out[i] = (wide[2 * i - 1] + 2 * wide[2 * i] + wide[2 * i + 1] + 2) >> 2;
}

static int clip_row(const struct picture_source *src, unsigned int frame, unsigned int y,
		    const struct picture_row *out)
{
	const struct clip *clip = (const struct clip *)src;
	const struct sampling *s = &clip->sampling;
	unsigned int chroma_width = src->width / s->columns, bytes = sample_bytes(s);
	uint64_t offset = clip->offset[frame % src->frames];
	uint16_t *const chroma[2] = { out->cb, out->cr };
	uint16_t wide[PICTURE_WIDTH_MAX];
	int ret = read_samples(clip, offset + (uint64_t)y * src->width * bytes, src->width, out->y);

	offset += plane_bytes(s, 0, src->width, src->height) +
		  (uint64_t)(y / s->rows) * chroma_width * bytes;
	for (int i = 0; !ret && i < 2; i++) {
		ret = read_samples(clip, offset, chroma_width, s->columns == 1 ? wide : chroma[i]);
		if (!ret && s->columns == 1)
			halve_chroma(wide, src->width, chroma[i]);
		offset += plane_bytes(s, 1, src->width, src->height);
	}
	return ret;
}

/* Nobody knows which rows of a film are equal. */
static unsigned int clip_row_class(const struct picture_source *src, unsigned int frame,
				   unsigned int y)
{
	(void)src;
	(void)frame;
	return y;
}

static void clip_destroy(struct picture_source *src)
{
	struct clip *clip = (struct clip *)src;

	if (clip->fd >= 0)
		close(clip->fd);
	free(clip->offset);
	free(clip);
}

/* How to make a file fit, for the end of a message. */
static const char *how_to_convert(const struct opening *o, char text[512])
{
	snprintf(text, 512, "convert it with: ffmpeg -i '%s' -vf scale=%u:%u -pix_fmt yuv422p10le "
		 "-strict -1 out.y4m", o->options->path, o->options->width, o->options->height);
	return text;
}

/* A raw file does not say its size, but a usual one may divide it where the signal's does not. */
static int check_raw_size(const struct opening *o, uint64_t each)
{
	static const struct {
		unsigned int width, height;
	} usual[] = { { 7680, 4320 }, { 3840, 2160 }, { 1920, 1080 }, { 1280, 720 } };
	const struct clip_options *options = o->options;

	if (o->file_bytes % each == 0)
		return 0;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (o->file_bytes % frame_bytes(&o->clip->sampling, usual[i].width,
						usual[i].height) == 0)
			return fail(o, -EINVAL,
				    "'%s' holds %ux%u %s by its length, but the signal is %ux%u; "
				    "convert it with: ffmpeg -f rawvideo -pixel_format %s%s "
				    "-video_size %ux%u -i '%s' -vf scale=%u:%u "
				    "-pix_fmt yuv422p10le -strict -1 out.y4m",
				    options->path, usual[i].width, usual[i].height,
				    o->clip->sampling.name, options->width, options->height,
				    o->clip->sampling.name, o->clip->sampling.depth > 8 ? "le" : "",
				    usual[i].width, usual[i].height, options->path, options->width,
				    options->height);
	return 0;	/* cut off in its last picture */
}

static int fail_short(const struct opening *o, uint64_t each)
{
	return fail(o, -ENODATA, "'%s' is too short: it has %llu bytes, "
		    "one picture of %ux%u %s has %llu", o->options->path,
		    (unsigned long long)o->file_bytes, o->clip->base.width,
		    o->clip->base.height, o->clip->sampling.name, (unsigned long long)each);
}

static int index_raw(const struct opening *o)
{
	struct clip *clip = o->clip;
	uint64_t each = frame_bytes(&clip->sampling, clip->base.width, clip->base.height);
	int ret;

	if (!o->file_bytes)
		return fail(o, -ENODATA, "'%s' is empty", o->options->path);
	ret = check_raw_size(o, each);
	if (ret)
		return ret;
	if (o->file_bytes < each)
		return fail_short(o, each);
	while (clip->base.frames < o->frames_max &&
	       (clip->base.frames + 1) * each <= o->file_bytes) {
		clip->offset[clip->base.frames] = clip->base.frames * each;
		clip->base.frames++;
	}
	return 0;
}

/* The line at offset without its newline: its length, or -EINVAL when it is none. */
static int read_line(const struct opening *o, uint64_t offset, char line[Y4M_LINE_MAX])
{
	size_t bytes = Y4M_LINE_MAX;
	char *end;
	int ret;

	if (offset >= o->file_bytes)
		return -EINVAL;
	if (o->file_bytes - offset < bytes)
		bytes = o->file_bytes - offset;
	ret = read_at(o->clip->fd, line, bytes, offset);
	if (ret)
		return ret;
	end = memchr(line, '\n', bytes);
	if (!end)
		return -EINVAL;
	*end = 0;
	return end - line;
}

static int parse_y4m_tag(const struct opening *o, const char *tag)
{
	char text[512];

	for (size_t i = 0; i < sizeof(y4m_tags) / sizeof(y4m_tags[0]); i++)
		if (!strcmp(tag, y4m_tags[i].tag)) {
			o->clip->sampling = *sampling_find(y4m_tags[i].format);
			return 0;
		}
	return fail(
		o, -EINVAL,
		"'%s' holds y4m samples '%s', but 420, 422 and 444 in 8 or 10 bit can be used; %s",
		o->options->path, tag, how_to_convert(o, text));
}

static int parse_y4m_header(const struct opening *o, char *line)
{
	unsigned long width = 0, height = 0;
	const char *tag = "420jpeg";		/* what a missing C means */
	char *save, text[512];

	for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		switch (*word) {
		case 'W':
			width = strtoul(word + 1, NULL, 10);
			break;
		case 'H':
			height = strtoul(word + 1, NULL, 10);
			break;
		case 'C':
			tag = word + 1;
			break;
		}
	if (!width || !height)
		return fail(o, -EINVAL, "'%s' has a y4m header without width and height",
			    o->options->path);
	if (width != o->options->width || height != o->options->height)
		return fail(o, -EINVAL, "'%s' is %lux%lu, but the signal is %ux%u; %s",
			    o->options->path, width, height, o->options->width,
			    o->options->height, how_to_convert(o, text));
	return parse_y4m_tag(o, tag);
}

static int index_y4m(const struct opening *o)
{
	struct clip *clip = o->clip;
	char line[Y4M_LINE_MAX];
	int length = read_line(o, 0, line), ret;
	uint64_t each, at;

	if (length < 0)
		return fail(o, length, "'%s' begins as y4m but its header line does not end",
			    o->options->path);
	at = length + 1;
	ret = parse_y4m_header(o, line);
	if (ret)
		return ret;
	each = frame_bytes(&clip->sampling, clip->base.width, clip->base.height);
	while (clip->base.frames < o->frames_max && at < o->file_bytes) {
		length = read_line(o, at, line);
		if (length < 0 && o->file_bytes - at < Y4M_LINE_MAX)
			break;		/* cut off in this very line */
		if (length < 0 || strncmp(line, "FRAME", 5) || (line[5] && line[5] != ' '))
			return fail(o, -EINVAL, "'%s' is damaged: no FRAME line at byte %llu",
				    o->options->path, (unsigned long long)at);
		at += length + 1;
		if (o->file_bytes - at < each)
			break;
		clip->offset[clip->base.frames++] = at;
		at += each;
	}
	return clip->base.frames ? 0 : fail_short(o, each);
}

/* A file without a name, where temporary files go. */
static int open_nameless(void)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd;

	if (!folder || !*folder)
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/kinora-clip-XXXXXX", folder) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

/*
 * The scaler is told that the file's matrix is the signal's, so that YCbCr stays as it is, and only
 * RGB is converted.
 */
static void scaler_describe(const struct clip_options *options, char *text, size_t size)
{
	static const char *const matrix[] = { "bt709", "bt2020", "bt601" };
	const char *name = matrix[options->colour.matrix];

	snprintf(text, size,
		 "scale=%u:%u:flags=bicubic:in_color_matrix=%s:out_color_matrix=%s:out_range=%s",
		 options->width, options->height, name, name,
		 options->colour.range == PICTURE_RANGE_FULL ? "pc" : "tv");
}

static int spawn_ffmpeg(const struct opening *o, int out, int err, pid_t *pid)
{
	char input[PATH_MAX + 8], scaler[160], frames[16];
	char *argv[] = {
		"ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-i", input,
		"-map", "0:v:0", "-frames:v", frames, "-fps_mode", "passthrough", "-vf", scaler,
		"-pix_fmt", "yuv422p10le", "-f", "rawvideo", "pipe:1", NULL
	};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int ret;

	/* "file:" keeps a name with a colon from being a protocol */
	if (snprintf(input, sizeof(input), "file:%s", o->options->path) >= (int)sizeof(input))
		return ENAMETOOLONG;
	snprintf(frames, sizeof(frames), "%u", o->frames_max);
	scaler_describe(o->options, scaler, sizeof(scaler));

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	ret = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (!ret)
		ret = posix_spawn_file_actions_adddup2(&files, out, 1);
	if (!ret)
		ret = posix_spawn_file_actions_adddup2(&files, err, 2);
	if (!ret)
		ret = posix_spawnp(pid, "ffmpeg", &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return ret;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/*
 * Read what the child says until it ends; false when it had to be killed. Only the beginning of
 * what it says is kept, on one line.
 */
static bool hear_out(int pidfd, int err, char *said, size_t size)
{
	int64_t deadline = now_ms() + CLIP_FFMPEG_SECONDS * 1000;
	struct pollfd fds[2] = { { err, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	size_t used = 0;

	while (!fds[1].revents) {
		int64_t left = deadline - now_ms();
		char some[512];
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(fds, 2, left) < 0) {
			if (errno != EINTR)
				return false;
			fds[0].revents = 0;
			fds[1].revents = 0;
		}
		if (!fds[0].revents)
			continue;
		n = read(err, some, sizeof(some));
		if (n <= 0)
			fds[0].fd = -1;		/* closed: only the end is left to wait for */
		for (ssize_t i = 0; i < n && used + 1 < size; i++)
			said[used++] = (unsigned char)some[i] < ' ' ? ' ' : some[i];
	}
	while (used && said[used - 1] == ' ')
		used--;
	said[used] = 0;
	return true;
}

static int finish_ffmpeg(const struct opening *o, pid_t pid, int err)
{
	int pidfd = pidfd_open(pid, 0), status = 0;
	char said[400] = "";
	bool ended = pidfd >= 0 && hear_out(pidfd, err, said, sizeof(said));

	if (!ended)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
	if (!ended)
		return fail(o, -ETIMEDOUT,
			    "ffmpeg needs more than %d s for '%s'; convert it beforehand, "
			    "or ask for fewer pictures with frames=N",
			    CLIP_FFMPEG_SECONDS, o->options->path);
	if (status)
		return fail(o, -EIO, "ffmpeg cannot read '%s': %s", o->options->path,
			    *said ? said : "it gave no reason");
	return 0;
}

/* Have ffmpeg make a raw file; the clip's descriptor then is that file. */
static int convert(struct opening *o)
{
	int out = open_nameless(), err[2], ret;
	struct stat st;
	pid_t pid;

	if (out < 0)
		return fail(o, out, "cannot make a temporary file for '%s': %s; set TMPDIR",
			    o->options->path, strerror(-out));
	close(o->clip->fd);
	o->clip->fd = out;
	if (pipe2(err, O_CLOEXEC))
		return fail(o, -errno, "cannot make a pipe: %s", strerror(errno));
	ret = spawn_ffmpeg(o, out, err[1], &pid);
	close(err[1]);
	if (ret) {
		close(err[0]);
		if (ret == ENOENT)
			return fail(o, -ENOEXEC,
				    "'%s' is neither y4m nor raw, and ffmpeg is not installed; "
				    "install the package ffmpeg",
				    o->options->path);
		return fail(o, -ret, "cannot start ffmpeg: %s", strerror(ret));
	}
	ret = finish_ffmpeg(o, pid, err[0]);
	close(err[0]);
	if (ret)
		return ret;
	if (fstat(out, &st))
		return fail(o, -errno, "cannot read what ffmpeg made: %s", strerror(errno));
	o->file_bytes = st.st_size;
	if (!o->file_bytes)
		return fail(o, -ENODATA, "ffmpeg found no picture in '%s'", o->options->path);
	o->clip->sampling = *sampling_find(FFMPEG_FORMAT);
	return index_raw(o);
}

static bool looks_raw(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".yuv") || !strcmp(dot, ".raw"));
}

/* What is it? Opens and indexes accordingly. */
static int identify(struct opening *o)
{
	const struct clip_options *options = o->options;
	char magic[sizeof(Y4M_MAGIC) - 1] = "";

	if (options->format && *options->format) {
		const struct sampling *s = sampling_find(options->format);

		if (!s)
			return fail(o, -EINVAL, "unknown raw format '%s'", options->format);
		o->clip->sampling = *s;
		return index_raw(o);
	}
	if (o->file_bytes >= sizeof(magic)) {
		int ret = read_at(o->clip->fd, magic, sizeof(magic), 0);

		if (ret)
			return fail(o, ret, "cannot read '%s': %s", options->path, strerror(-ret));
		if (!memcmp(magic, Y4M_MAGIC, sizeof(magic)))
			return index_y4m(o);
	}
	if (!o->file_bytes)
		return fail(o, -ENODATA, "'%s' is empty", options->path);
	if (looks_raw(options->path))
		return fail(o, -EINVAL,
			    "'%s' looks like raw samples, say which: such as format=yuv422p10",
			    options->path);
	return convert(o);
}

static int open_file(struct opening *o)
{
	const char *path = o->options->path;
	struct stat st;

	o->clip->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (o->clip->fd < 0)
		return fail(o, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (fstat(o->clip->fd, &st))
		return fail(o, -errno, "cannot examine '%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(o, -EINVAL, "'%s' is not a regular file", path);
	o->file_bytes = st.st_size;
	return 0;
}

static unsigned int frames_limit(const struct clip_options *options)
{
	uint64_t budget = options->budget ? options->budget : CLIP_BUDGET_DEFAULT;
	uint64_t frames = budget / (4ull * options->width * options->height);

	if (options->frames)
		return options->frames;
	return frames < 1 ? 1 : frames > 1000000 ? 1000000 : frames;
}

int clip_open(struct picture_source **out, const struct clip_options *options, char *error,
	      size_t size)
{
	struct opening o = { .options = options, .error = error, .size = size };
	int ret;

	if (!options->width || options->width % 2 || options->width > PICTURE_WIDTH_MAX ||
	    !options->height || options->height > PICTURE_HEIGHT_MAX)
		return fail(&o, -EINVAL, "no clip can be shown in %ux%u", options->width,
			    options->height);
	o.frames_max = frames_limit(options);
	o.clip = calloc(1, sizeof(*o.clip));
	if (!o.clip)
		return fail(&o, -ENOMEM, "no memory for '%s'", options->path);
	o.clip->fd = -1;
	o.clip->base = (struct picture_source){
		.width = options->width, .height = options->height, .row = clip_row,
		.row_class = clip_row_class, .destroy = clip_destroy,
	};
	o.clip->offset = calloc(o.frames_max, sizeof(*o.clip->offset));
	if (!o.clip->offset)
		ret = fail(&o, -ENOMEM, "no memory for %u pictures of '%s'", o.frames_max,
			   options->path);
	else
		ret = open_file(&o);
	if (!ret)
		ret = identify(&o);
	if (ret) {
		clip_destroy(&o.clip->base);
		return ret;
	}
	*out = &o.clip->base;
	return 0;
}
