// SPDX-License-Identifier: MIT
/*
 * vcard: a Kinora card without hardware. It serves one QEMU over vfio-user, shows its guest the
 * card of docs/hardware.md, and takes what is plugged into the card from stimulus lines.
 *
 * Exit codes: 0 the host left or a signal ended it; 1 the host broke the vfio-user protocol;
 * 2 wrong usage or stimulus; 4 a file, a socket or memory could not be had.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "control.h"
#include "image.h"
#include "log.h"
#include "script.h"
#include "vfu.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_PROTOCOL = 1,
	EXIT_USAGE = 2,
	EXIT_IO = 4,
};

#define SERIAL_DEFAULT "VIRTUAL-1"
#define CLIP_MEMORY_DEFAULT (1ULL << 30)
#define LINK_WIDTH_USUAL 8

struct options {
	const char *socket;
	const char *control;
	const char *books;
	int ready_fd;
	struct card_config card;
	uint8_t *firmware;		/* --firmware, read; what card.loader names */
	struct vfu_config vfu;
};

/* Everything there is while it runs. */
struct program {
	struct options options;
	struct script script;
	struct vfu *vfu;
	struct card card;
	struct world world;
	struct control control;
};

static struct vfu *stop_vfu;	/* for the signal handler */

static const char usage[] =
	"usage: vcard --socket PATH [OPTION...]\n"
	"\n"
	"A virtual Kinora card: serves it to QEMU (device vfio-user-pci) on a unix socket, and\n"
	"ends when QEMU does.\n"
	"\n"
	"  --socket PATH         the vfio-user socket to make\n"
	"  --control PATH        make a socket that takes stimulus lines while the card runs\n"
	"  --stimulus FILE|LINE  what happens to the card: 'signal sdi-quad 4320p60'; repeatable\n"
	"  --ready-fd N          write one byte to this file descriptor when QEMU may connect\n"
	"  --books FILE          write the card's books (JSON) there at the end; '-': stdout\n"
	"  --serial S            serial number, 1 to 16 of A-Z a-z 0-9 - (" SERIAL_DEFAULT ")\n"
	"  --no-msix             show no MSI-X, so that the driver has to take MSI\n"
	"  --link GENxWIDTH      PCI Express link to show, 1x1 to 4x16 (4x8)\n"
	"  --timeout-ms N        longest start, stop and reset that the card promises (5000)\n"
	"  --firmware FILE       the controller image that is built in (this program's own code)\n"
	"  --controller native   run this program's own firmware even after the host has loaded\n"
	"                        an image, for debugging; 'rv32' runs the image (rv32)\n"
	"  --clip-memory SIZE    memory for the pictures of a signal, e.g. 512M (1G); above\n"
	"                        4G give --timeout-ms more time too\n"
	"  --log-level LEVEL     error, warning, info or debug (info)\n"
	"  --help                this text\n";

enum option_key {
	KEY_SOCKET = 256,
	KEY_CONTROL,
	KEY_STIMULUS,
	KEY_READY_FD,
	KEY_BOOKS,
	KEY_SERIAL,
	KEY_NO_MSIX,
	KEY_LINK,
	KEY_TIMEOUT,
	KEY_FIRMWARE,
	KEY_CONTROLLER,
	KEY_CLIP_MEMORY,
	KEY_LOG_LEVEL,
	KEY_HELP,
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, KEY_SOCKET },
	{ "control", required_argument, NULL, KEY_CONTROL },
	{ "stimulus", required_argument, NULL, KEY_STIMULUS },
	{ "ready-fd", required_argument, NULL, KEY_READY_FD },
	{ "books", required_argument, NULL, KEY_BOOKS },
	{ "serial", required_argument, NULL, KEY_SERIAL },
	{ "no-msix", no_argument, NULL, KEY_NO_MSIX },
	{ "link", required_argument, NULL, KEY_LINK },
	{ "timeout-ms", required_argument, NULL, KEY_TIMEOUT },
	{ "firmware", required_argument, NULL, KEY_FIRMWARE },
	{ "controller", required_argument, NULL, KEY_CONTROLLER },
	{ "clip-memory", required_argument, NULL, KEY_CLIP_MEMORY },
	{ "log-level", required_argument, NULL, KEY_LOG_LEVEL },
	{ "help", no_argument, NULL, KEY_HELP },
	{ NULL, 0, NULL, 0 },
};

/* --- options --- */

static int usage_error(const char *format, const char *value)
{
	fputs("vcard: ", stderr);
	fprintf(stderr, format, value);
	fputs("; see 'vcard --help'\n", stderr);
	return -EINVAL;
}

static int number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *out)
{
	char *end;

	errno = 0;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	*out = strtoul(text, &end, 10);
	return errno || *end || *out < min || *out > max ? -EINVAL : 0;
}

static int size_parse(const char *text, uint64_t *out)
{
	unsigned int shift = 0;
	unsigned long long value;
	char *end;

	errno = 0;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	value = strtoull(text, &end, 10);
	if (*end && !end[1]) {
		switch (toupper((unsigned char)*end)) {
		case 'K':
			shift = 10;
			break;
		case 'M':
			shift = 20;
			break;
		case 'G':
			shift = 30;
			break;
		default:
			return -EINVAL;
		}
		end++;
	}
	if (errno || *end || !value || value > (UINT64_MAX >> 24) >> shift)
		return -EINVAL;
	*out = value << shift;
	return 0;
}

static int serial_parse(const char *text, char serial[KINORA_SERIAL_BYTES + 1])
{
	size_t length = strlen(text);

	if (!length || length > KINORA_SERIAL_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		if (!isascii(text[i]) || (!isalnum((unsigned char)text[i]) && text[i] != '-'))
			return -EINVAL;
	}
	memset(serial, 0, KINORA_SERIAL_BYTES + 1);
	memcpy(serial, text, length);
	return 0;
}

static int link_parse(const char *text, struct vfu_config *vfu)
{
	unsigned int gen, width;
	int length = -1;

	if (sscanf(text, "%1ux%2u%n", &gen, &width, &length) != 2 || text[length] || gen < 1 ||
	    gen > CARD_LINK_GEN || width < 1 || width > 16 || width & (width - 1))
		return -EINVAL;
	vfu->link_gen = gen;
	vfu->link_width = width;
	vfu->link_max_width = width > LINK_WIDTH_USUAL ? width : LINK_WIDTH_USUAL;
	return 0;
}

/* 0 or negative errno: a message has been printed. */
static int firmware_read(const char *path, struct options *options)
{
	struct loader_config *loader = &options->card.loader;
	uint8_t *bytes = malloc(KINORA_FIRMWARE_BYTES_MAX + 1);
	FILE *file = fopen(path, "rb");
	struct image image;
	uint8_t error;
	size_t n = 0;

	if (!bytes || !file) {
		fprintf(stderr, "vcard: controller image '%s' cannot be read: %s\n", path,
			bytes ? strerror(errno) : "no memory");
		if (file)
			fclose(file);
		free(bytes);
		return -EIO;
	}
	/* one byte more than there may be shows a file that is too large */
	n = fread(bytes, 1, KINORA_FIRMWARE_BYTES_MAX + 1, file);
	fclose(file);
	error = image_check(bytes, n, &image);
	if (error) {
		fprintf(stderr, "vcard: controller image '%s' is no use: %s\n", path,
			image_error(error));
		free(bytes);
		return -EINVAL;
	}
	free(options->firmware);
	options->firmware = bytes;
	loader->built_in = bytes;
	loader->built_in_bytes = n;
	return 0;
}

static int option_set(struct program *program, int key, const char *value)
{
	struct options *options = &program->options;
	char error[STIMULUS_ERROR_MAX];
	enum log_level level;
	unsigned long n;
	int ret;

	switch (key) {
	case KEY_SOCKET:
		options->socket = value;
		return 0;
	case KEY_CONTROL:
		options->control = value;
		return 0;
	case KEY_BOOKS:
		options->books = value;
		return 0;
	case KEY_STIMULUS:
		ret = script_add(&program->script, value, error, sizeof(error));
		if (ret)
			fprintf(stderr, "vcard: %s\n", error);
		return ret;
	case KEY_READY_FD:
		if (number_parse(value, 0, 65535, &n))
			return usage_error("'--ready-fd %s' is no file descriptor", value);
		options->ready_fd = n;
		return 0;
	case KEY_SERIAL:
		if (serial_parse(value, options->card.serial))
			return usage_error("serial '%s' is not 1 to 16 of A-Z a-z 0-9 -", value);
		return 0;
	case KEY_NO_MSIX:
		options->vfu.no_msix = true;
		return 0;
	case KEY_LINK:
		if (link_parse(value, &options->vfu))
			return usage_error("link '%s' is none of 1x1 to 4x16", value);
		return 0;
	case KEY_TIMEOUT:
		if (number_parse(value, 1, CARD_TIMEOUT_MS_MAX, &n))
			return usage_error("timeout '%s' is not 1 to 65535 ms", value);
		options->card.timeout_ms = n;
		return 0;
	case KEY_FIRMWARE:
		return firmware_read(value, options);
	case KEY_CONTROLLER:
		options->card.loader.native = !strcmp(value, "native");
		if (!options->card.loader.native && strcmp(value, "rv32"))
			return usage_error("controller '%s' is neither native nor rv32", value);
		return 0;
	case KEY_CLIP_MEMORY:
		if (size_parse(value, &options->card.print_memory))
			return usage_error("size '%s' is no number with K, M or G", value);
		return 0;
	case KEY_LOG_LEVEL:
		if (log_level_find(value, &level))
			return usage_error("log level '%s' is none of error, warning, info, debug",
					   value);
		log_level_set(level);
		return 0;
	default:
		fputs("see 'vcard --help'\n", stderr);
		return -EINVAL;
	}
}

/* 0; 1: --help was given; negative errno: a message has been printed. */
static int options_parse(struct program *program, int argc, char **argv)
{
	struct options *options = &program->options;
	int key, ret;

	options->ready_fd = -1;
	options->card.timeout_ms = CARD_TIMEOUT_MS;
	options->card.print_memory = CLIP_MEMORY_DEFAULT;
	serial_parse(SERIAL_DEFAULT, options->card.serial);
	options->vfu = (struct vfu_config){
		.vendor = KINORA_PCI_VENDOR, .device = KINORA_PCI_DEVICE,
		.subsystem_vendor = KINORA_PCI_VENDOR, .subsystem_device = KINORA_PCI_DEVICE,
		.class_code = KINORA_PCI_CLASS, .revision = CARD_REVISION,
		.bar_size = { [KINORA_BAR_REGS] = KINORA_BAR_REGS_SIZE,
			      [KINORA_BAR_MSIX] = KINORA_BAR_MSIX_SIZE },
		.num_vectors = KINORA_VECTORS, .msix_bar = KINORA_BAR_MSIX,
		.msix_table = KINORA_MSIX_TABLE_OFFSET, .msix_pba = KINORA_MSIX_PBA_OFFSET,
		.link_max_gen = CARD_LINK_GEN, .link_max_width = LINK_WIDTH_USUAL,
	};
	while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (key == KEY_HELP)
			return 1;
		ret = option_set(program, key, optarg);
		if (ret)
			return ret;
	}
	if (optind < argc)
		return usage_error("'%s' is no option", argv[optind]);
	if (!options->socket)
		return usage_error("no socket: give --socket %s", "PATH");
	return 0;
}

/* --- between the server and the card --- */

static void op_bar_read(void *opaque, unsigned int bar, uint64_t off, void *buf, size_t n)
{
	struct program *program = opaque;

	if (bar == KINORA_BAR_REGS)
		card_read(&program->card, off, buf, n);
	else
		memset(buf, 0, n);
}

static void op_bar_write(void *opaque, unsigned int bar, uint64_t off, const void *buf, size_t n)
{
	struct program *program = opaque;

	if (bar == KINORA_BAR_REGS)
		card_write(&program->card, off, buf, n);
}

static void op_reset(void *opaque)
{
	struct program *program = opaque;

	card_reset(&program->card);
}

static void op_log(void *opaque, const char *message)
{
	struct program *program = opaque;

	books_add(&program->card.books.complaints, 1);
	log_warning("%s", message);
}

static const struct vfu_ops vfu_ops = {
	.bar_read = op_bar_read, .bar_write = op_bar_write, .reset = op_reset, .log = op_log,
};

static int host_dma_begin(void *opaque, uint64_t addr, uint64_t len, bool write, void **ptr,
			  uint64_t *run)
{
	return vfu_dma_begin(opaque, addr, len, write, ptr, run);
}

static void host_dma_end(void *opaque)
{
	vfu_dma_end(opaque);
}

static int host_dma_read(void *opaque, uint64_t addr, void *buf, size_t n)
{
	return vfu_dma_read(opaque, addr, buf, n);
}

static int host_dma_write(void *opaque, uint64_t addr, const void *buf, size_t n)
{
	return vfu_dma_write(opaque, addr, buf, n);
}

static int host_irq_raise(void *opaque, unsigned int vector)
{
	return vfu_irq_raise(opaque, vector);
}

/* --- the run --- */

static void signal_stop(int number)
{
	(void)number;
	vfu_stop(stop_vfu);
}

static void signals_catch(void)
{
	struct sigaction action = { .sa_handler = signal_stop };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int books_write(struct program *program)
{
	const char *path = program->options.books;
	char *text;
	FILE *file;
	int ret;

	if (!path)
		return 0;
	text = control_books(&program->world, program->vfu);
	file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	ret = !text || !file || fprintf(file, "%s\n", text) < 0;
	if (file && (file == stdout ? fflush(file) : fclose(file)))
		ret = 1;
	free(text);
	if (ret) {
		fprintf(stderr, "vcard: the books could not be written to '%s': %s\n", path,
			strerror(errno));
		return -EIO;
	}
	return 0;
}

/* Surprise removal: nothing is in the slot any more, and nothing of the card touches the host. */
static void card_unplug(void *opaque)
{
	struct program *program = opaque;

	vfu_vanish(program->vfu);
	card_reset(&program->card);
}

static int ready_tell(const struct options *options)
{
	if (options->ready_fd < 0)
		return 0;
	if (write(options->ready_fd, "\n", 1) == 1)
		return 0;
	fprintf(stderr,
		"vcard: file descriptor %d cannot be written: %s; give --ready-fd an open one\n",
		options->ready_fd, strerror(errno));
	return -EIO;
}

static int serve(struct program *program)
{
	const struct options *options = &program->options;
	int ret;

	ret = vfu_listen(program->vfu, options->socket);
	if (ret) {
		fprintf(stderr,
			"vcard: socket '%s' cannot be made: %s; give another path\n",
			options->socket, strerror(-ret));
		return EXIT_IO;
	}
	if (options->control) {
		ret = control_start(&program->control, options->control, &program->world,
				    program->vfu);
		if (ret) {
			fprintf(stderr,
				"vcard: control socket '%s' cannot be made: %s; give another\n",
				options->control, strerror(-ret));
			control_finish(&program->control);
			return EXIT_IO;
		}
	}
	ret = EXIT_IO;
	if (!ready_tell(options)) {
		int run;

		if (script_go_on(&program->script))
			log_error("the rest of the stimulus cannot run: no thread");
		run = vfu_run(program->vfu);
		ret = run == -EPROTO ? EXIT_PROTOCOL : run ? EXIT_IO : EXIT_OK;
		if (run)
			log_error("the host is gone: %s", strerror(-run));
	}
	if (options->control)
		control_finish(&program->control);
	return ret;
}

/* With the card running: the first stimuli, then the host. */
static int card_serve(struct program *program)
{
	const struct options *options = &program->options;
	char error[STIMULUS_ERROR_MAX + 256];
	int ret;

	world_init(&program->world, &program->card, options->card.print_memory);
	program->world.unplug = card_unplug;
	program->world.opaque = program;
	ret = script_begin(&program->script, &program->world, error, sizeof(error));
	if (ret) {
		fprintf(stderr, "vcard: %s\n", error);
		ret = ret == -EINVAL || ret == -ENODEV || ret == -EOPNOTSUPP ? EXIT_USAGE : EXIT_IO;
	} else {
		ret = serve(program);
	}
	return ret;
}

static uint64_t serial_eui(const char *serial)
{
	/* a locally administered EUI-64: the project has no OUI */
	return 0x024b4e5241000000ULL | (crc32c(0, serial, strlen(serial)) & 0xffffffff);
}

static int program_run(struct program *program)
{
	struct options *options = &program->options;
	struct card_host host = {
		.dma_begin = host_dma_begin, .dma_end = host_dma_end, .dma_read = host_dma_read,
		.dma_write = host_dma_write, .irq_raise = host_irq_raise,
	};
	int ret;

	options->vfu.serial = serial_eui(options->card.serial);
	ret = vfu_create(&program->vfu, &options->vfu, &vfu_ops, program);
	if (ret) {
		fprintf(stderr, "vcard: the device cannot be made: %s\n", strerror(-ret));
		return EXIT_IO;
	}
	host.opaque = program->vfu;
	ret = card_init(&program->card, &options->card, &host);
	if (!ret) {
		ret = card_start(&program->card);
		if (ret)
			card_finish(&program->card);
	}
	if (ret) {
		fprintf(stderr, "vcard: the card cannot be started: %s\n", strerror(-ret));
		vfu_destroy(program->vfu);
		return EXIT_IO;
	}
	stop_vfu = program->vfu;
	signals_catch();
	ret = card_serve(program);
	script_finish(&program->script);
	if (ret != EXIT_USAGE && books_write(program) && ret == EXIT_OK)
		ret = EXIT_IO;
	card_finish(&program->card);
	world_finish(&program->world);
	vfu_destroy(program->vfu);
	return ret;
}

int main(int argc, char **argv)
{
	static struct program program;
	int ret;

	script_init(&program.script);
	ret = options_parse(&program, argc, argv);
	if (ret) {
		if (ret == 1)
			fputs(usage, stdout);
		script_finish(&program.script);
		return ret == 1 ? EXIT_OK :
		       ret == -EINVAL ? EXIT_USAGE : EXIT_IO;
	}
	ret = program_run(&program);
	free(program.options.firmware);
	return ret;
}
