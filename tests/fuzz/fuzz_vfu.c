// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/vfu.c tests/vcard/vfu_dma.c tests/vcard/vfu_irq.c tests/vcard/vfu_sock.c */
/* Sources: tests/vcard/pcicfg.c */
/*
 * Description: a hostile vfio-user client, for libFuzzer; with -DREPLAY an ordinary program that
 * runs the files named on its command line.
 *
 * The input is the client's life: one byte of options, then records, each of which the server
 * receives in one piece. Their first byte: low 3 bits what it is (enum kind); bit 3 NO_REPLY; bits
 * 4-7 how many descriptors come along. Headers are made here, and for the messages with the most
 * rules also the fields that have but one right value, so that the fuzzer spends its time on what
 * lies behind them. Raw bytes and plain commands still break every one of those rules.
 *
 * Besides what the sanitizers see, this checks the server's promises: accesses that reach the card
 * are aligned and inside their BAR, what it sends is well formed, NO_REPLY is never answered, DMA
 * stays inside the mapping, and no descriptor is left open.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfu.h"
#include "vfu_msg.h"
#include "vfu_tran.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM 65536
#define ID_ANSWERED 0x1234
#define ID_SILENT 0x4321

struct client {
	struct vfu *vfu;
	const uint8_t *data;
	size_t size;

	uint8_t piece[16 + 16 + RAM + 256]; /* what the server receives next */
	size_t piece_len;
	size_t piece_at;
	unsigned int num_fds; /* that come with it */

	struct vfu_hdr last; /* the server's last request, and where it points */
	struct vfu_dma_access last_access;
	bool raw; /* a record of raw bytes has been used */
	unsigned int ops;
};

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_vfu: %s\n", what);
	abort();
}

static unsigned int take(struct client *c)
{
	if (!c->size)
		return 0;
	c->size--;
	return *c->data++;
}

static size_t take_bytes(struct client *c, uint8_t *to, size_t n)
{
	if (n > c->size)
		n = c->size;
	memcpy(to, c->data, n);
	c->data += n;
	c->size -= n;
	return n;
}

/* Appends to the piece. */
static void piece_put(struct client *c, const void *data, size_t n)
{
	check(n <= sizeof(c->piece) - c->piece_len, "the piece is too small");
	memcpy(c->piece + c->piece_len, data, n);
	c->piece_len += n;
}

static void piece_take(struct client *c, size_t n)
{
	check(n <= sizeof(c->piece) - c->piece_len, "the piece is too small");
	c->piece_len += take_bytes(c, c->piece + c->piece_len, n);
}

/* Likewise n bytes, zeros where the input has ended. */
static void piece_take_all(struct client *c, size_t n)
{
	size_t end = c->piece_len + n;

	check(end <= sizeof(c->piece), "the piece is too small");
	memset(c->piece + c->piece_len, 0, n);
	piece_take(c, n);
	c->piece_len = end;
}

static unsigned int make_write_multi(struct client *c, uint64_t n)
{
	struct vfu_write_multi w = { 0 };

	piece_put(c, &n, sizeof(n));
	for (; n; n--) {
		w.region = take(c) & 0xf;
		w.offset = take(c);
		w.count = take(c) & 0xf;
		take_bytes(c, w.data, sizeof(w.data));
		piece_put(c, &w, sizeof(w));
	}
	return VFU_REGION_WRITE_MULTI;
}

/* Regions that do not exist stand for so many writes in one message. */
static unsigned int make_region(struct client *c)
{
	struct vfu_region_access access = { 0 };
	unsigned int what = take(c);
	bool write = what & 0x80;

	access.region = what & 0xf;
	if (access.region > VFU_REGIONS)
		return make_write_multi(c, access.region - VFU_REGIONS);
	access.offset = take(c) | take(c) << 8;
	access.count = take(c);
	piece_put(c, &access, sizeof(access));
	if (write)
		piece_take_all(c, access.count);
	return write ? VFU_REGION_WRITE : VFU_REGION_READ;
}

static unsigned int make_set_irqs(struct client *c)
{
	static const uint8_t kinds[] = { 0x24, 0x21, 0x22, 0x25 };
	struct vfu_irq_set set = { .argsz = sizeof(set) };
	unsigned int what = take(c);

	set.index = what & 7;
	set.flags = kinds[what >> 3 & 3];
	set.start = take(c);
	set.count = what & 0x20 ? c->num_fds : take(c);
	piece_put(c, &set, sizeof(set));
	if (set.flags == 0x22)
		piece_take(c, set.count);
	return VFU_DEVICE_SET_IRQS;
}

/* Addresses and sizes of few bits, so that mappings meet. */
static unsigned int make_map(struct client *c)
{
	struct vfu_dma_map map = { .argsz = sizeof(map) };

	map.flags = take(c) & 3;
	map.iova = (uint64_t)take(c) << 12;
	map.size = (uint64_t)take(c) << 10;
	map.fd_offset = (uint64_t)take(c) << 8;
	piece_put(c, &map, sizeof(map));
	return VFU_DMA_MAP;
}

static unsigned int make_unmap(struct client *c)
{
	struct vfu_dma_unmap unmap = { .argsz = sizeof(unmap) };

	unmap.iova = (uint64_t)take(c) << 12;
	unmap.size = (uint64_t)take(c) << 10;
	if (!unmap.iova && !unmap.size)
		unmap.flags = VFU_UNMAP_ALL;
	piece_put(c, &unmap, sizeof(unmap));
	return VFU_DMA_UNMAP;
}

/* The right answer to the server's last request, with data from the input. */
static unsigned int make_reply(struct client *c)
{
	size_t n = c->last.command == VFU_DMA_READ ? c->last_access.count : 0;
	size_t given = take(c);

	piece_put(c, &c->last_access, sizeof(c->last_access));
	given = given < n ? given : n;
	piece_take_all(c, given);
	memset(c->piece + c->piece_len, 0, n - given);
	c->piece_len += n - given;
	return c->last.command;
}

static unsigned int make_command(struct client *c)
{
	unsigned int command = take(c);

	piece_take(c, take(c));
	return command;
}

enum kind { RAW, COMMAND, ANSWER, REFUSAL, REGION, IRQS, MAP, UNMAP };

static void piece_make(struct client *c)
{
	unsigned int first = take(c);
	struct vfu_hdr hdr = { .id = ID_ANSWERED };

	c->num_fds = first >> 4;
	c->piece_at = 0;
	c->piece_len = sizeof(hdr);
	if (first & 8) {
		hdr.flags = VFU_NO_REPLY;
		hdr.id = ID_SILENT;
	}
	switch ((enum kind)(first & 7)) {
	case RAW:
		c->raw = true;
		c->piece_len = 0;
		piece_take(c, take(c));
		return;
	case COMMAND:
		hdr.command = make_command(c);
		break;
	case ANSWER:
		hdr = (struct vfu_hdr){ .id = c->last.id, .flags = VFU_TYPE_REPLY };
		hdr.command = make_reply(c);
		break;
	case REFUSAL:
		hdr = (struct vfu_hdr){ .id = c->last.id, .command = c->last.command,
					.flags = VFU_TYPE_REPLY | VFU_ERROR, .error = ENODEV };
		break;
	case REGION:
		hdr.command = make_region(c);
		break;
	case IRQS:
		hdr.command = make_set_irqs(c);
		break;
	case MAP:
		hdr.command = make_map(c);
		break;
	case UNMAP:
		hdr.command = make_unmap(c);
		break;
	}
	hdr.size = c->piece_len;
	memcpy(c->piece, &hdr, sizeof(hdr));
}

/* Of every kind that a client might send, some of them harmful. */
static int descriptor(unsigned int i)
{
	static int ram = -1, small = -1, null = -1;
	int pipe_fd[2];

	if (ram < 0) {
		ram = memfd_create("ram", MFD_CLOEXEC);
		small = memfd_create("small", MFD_CLOEXEC);
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		check(ram >= 0 && small >= 0 && null >= 0 && !ftruncate(ram, RAM) &&
			      !ftruncate(small, 100), "cannot make descriptors");
	}
	switch (i % 5) {
	case 0:
		return dup(ram);
	case 1:
		return eventfd(0, EFD_CLOEXEC);
	case 2:
		return dup(small);
	case 3:
		check(!pipe(pipe_fd), "cannot make a pipe");
		close(pipe_fd[0]);
		return pipe_fd[1];
	default:
		return dup(null);
	}
}

/* A lone descriptor is what the command has a use for; several are one of each, or all the same. */
static void descriptors_make(struct client *c, int *fds, unsigned int n)
{
	unsigned int command = c->piece[2];

	for (unsigned int i = 0; i < n; i++) {
		if (command == VFU_DEVICE_SET_IRQS)
			fds[i] = descriptor(c->num_fds % 4 == 3 ? i : 1);
		else
			fds[i] = descriptor(i);
		check(fds[i] >= 0, "out of descriptors");
	}
}

static ssize_t memory_recv(void *ctx, void *buf, size_t len, int *fds, unsigned int *num_fds,
			   int *fds_lost)
{
	struct client *c = ctx;
	unsigned int room = *num_fds;
	size_t n;

	*num_fds = 0;
	*fds_lost = 0;
	check(len > 0, "the server reads into no room");
	while (c->piece_at == c->piece_len) {
		if (!c->size)
			return 0;
		piece_make(c);
	}
	n = c->piece_len - c->piece_at;
	if (n > len)
		n = len;
	memcpy(buf, c->piece + c->piece_at, n);
	c->piece_at += n;
	if (c->num_fds > room)
		*fds_lost = 1;
	*num_fds = c->num_fds < room ? c->num_fds : room;
	descriptors_make(c, fds, *num_fds);
	c->num_fds = 0;
	return n;
}

static int memory_send(void *ctx, const void *head, size_t head_len, const void *body,
		       size_t body_len)
{
	struct client *c = ctx;
	struct vfu_hdr hdr;

	check(head_len >= sizeof(hdr), "a message without its header in one piece");
	memcpy(&hdr, head, sizeof(hdr));
	check(hdr.size == head_len + body_len, "a message of another length than it says");
	for (size_t i = 0; i < body_len; i++) /* read it all: the sanitizers look on */
		c->ops += ((const uint8_t *)body)[i];
	if (hdr.flags == VFU_TYPE_COMMAND) {
		check(hdr.command == VFU_DMA_READ || hdr.command == VFU_DMA_WRITE,
		      "an unknown request");
		check(head_len == sizeof(hdr) + sizeof(c->last_access), "a request of odd length");
		c->last = hdr;
		memcpy(&c->last_access, (const uint8_t *)head + sizeof(hdr),
		       sizeof(c->last_access));
		check(c->last_access.count <= 65536, "a request for too much");
		return 0;
	}
	check((hdr.flags & ~VFU_ERROR) == VFU_TYPE_REPLY, "odd flags");
	check(!(hdr.flags & VFU_ERROR) == !hdr.error, "an error without a number, or the reverse");
	/* Raw bytes can hold any id. */
	check(c->raw || hdr.id == ID_ANSWERED, "a reply to a command that wanted none");
	return 0;
}

static void memory_end(void *ctx)
{
	(void)ctx;
}

static const struct vfu_tran memory = {
	.recv = memory_recv,
	.send = memory_send,
	.end = memory_end,
};

static const struct vfu_config card = {
	.vendor = 0x1234,
	.device = 0x5678,
	.class_code = 0x048000,
	.bar_size = { 65536, 0, 16384 },
	.num_vectors = 13,
	.msix_bar = 2,
	.msix_table = 0,
	.msix_pba = 8192,
	.serial = 1,
};

static void access_check(unsigned int bar, uint64_t off, size_t n)
{
	check(n == 1 || n == 2 || n == 4 || n == 8, "an access of odd length");
	check(off % n == 0, "an unaligned access");
	check(bar < VFU_BARS && off < card.bar_size[bar] && n <= card.bar_size[bar] - off,
	      "an access outside its BAR");
}

static void op_read(void *opaque, unsigned int bar, uint64_t off, void *buf, size_t n)
{
	struct client *c = opaque;
	uint32_t value;

	access_check(bar, off, n);
	memset(buf, 0x5a, n);
	if (off == 0x40)
		vfu_dma_read(c->vfu, 0x10000, &value, sizeof(value));
}

/* Registers of a card that does whatever DMA it is told: bits 0-19 address, from 20 on length. */
static void op_write(void *opaque, unsigned int bar, uint64_t off, const void *buf, size_t n)
{
	static uint8_t memory_of_card[RAM];
	struct client *c = opaque;
	uint64_t value = 0, iova, len, run;
	void *ptr;

	access_check(bar, off, n);
	memcpy(&value, buf, n);
	iova = value & 0xfffff;
	len = value >> 20;
	switch (off) {
	case 0x00:
		vfu_irq_raise(c->vfu, value);
		break;
	case 0x08:
		vfu_dma_read(c->vfu, iova, memory_of_card, len % RAM);
		break;
	case 0x10:
		vfu_dma_write(c->vfu, iova, memory_of_card, len % RAM);
		break;
	case 0x18:
		if (!vfu_dma_begin(c->vfu, iova, len, true, &ptr, &run)) {
			check(run >= 1 && run <= len && run <= RAM, "a run of impossible length");
			memset(ptr, 0x77, run);
			vfu_irq_raise(c->vfu, 1);
			vfu_dma_end(c->vfu);
		}
		break;
	case 0x20: /* at the end of the address space */
		vfu_dma_write(c->vfu, ~iova, memory_of_card, len % RAM);
		break;
	case 0x28:
		vfu_irq_mode(c->vfu, &c->ops);
		break;
	}
}

static void op_ignore(void *opaque)
{
	((struct client *)opaque)->ops++;
}

static void op_bus_master(void *opaque, bool on)
{
	((struct client *)opaque)->ops += on;
}

static void op_log(void *opaque, const char *message)
{
	((struct client *)opaque)->ops += strlen(message);
}

static const struct vfu_ops ops = {
	.bar_read = op_read,
	.bar_write = op_write,
	.reset = op_ignore,
	.bus_master = op_bus_master,
	.log = op_log,
};

static unsigned int num_open_fds(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 128; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* What every client does first, so that the input starts where it becomes interesting. */
static const uint8_t prelude[] = {
	COMMAND, VFU_VERSION, 32, 0, 0, 0, 0,
	'"', 'm', 'a', 'x', '_', 'd', 'a', 't', 'a', '_', 'x', 'f', 'e', 'r', '_', 's', 'i', 'z',
	'e', '"', ':', ' ', '4', '0', '9', '6', 0, 0,
	REGION, 0x80 | VFU_REGION_CONFIG, 4, 0, 2, 6, 0, /* bus mastering on */
	0x10 | MAP, 3, 0x10, RAM >> 10, 0, /* guest memory at 0x10000 */
	REGION, 0x80 | VFU_REGION_CONFIG, 0x62, 0, 2, 0, 0x80, /* MSI-X, where there is one */
	REGION, 0x80 | VFU_REGION_CONFIG, 0x52, 0, 2, 0x21, 0, /* four messages of MSI */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t script[sizeof(prelude) + 65536];
	static struct client client;
	struct client *c = &client;
	struct vfu_config config = card;
	uint8_t options;
	unsigned int before;
	int ret;

	if (!size || size > 65536)
		return 0;
	close(descriptor(0)); /* makes those that last, which are no leak */
	options = data[0];
	memset(c, 0, sizeof(*c));
	if (options & 1) {
		c->data = data + 1;
		c->size = size - 1;
	} else {
		memcpy(script, prelude, sizeof(prelude));
		memcpy(script + sizeof(prelude), data + 1, size - 1);
		c->data = script;
		c->size = sizeof(prelude) + size - 1;
	}
	config.no_msix = options & 2;
	before = num_open_fds();
	check(!vfu_create(&c->vfu, &config, &ops, c), "vfu_create failed");
	ret = vfu_serve(c->vfu, &memory, c);
	check(ret == 0 || ret == -EPROTO, "an end that is neither clean nor the client's fault");
	vfu_destroy(c->vfu);
	check(num_open_fds() == before, "a descriptor was left open");
	return 0;
}

#ifdef REPLAY
int main(int argc, char **argv)
{
	static uint8_t data[65537];

	signal(SIGPIPE, SIG_DFL);
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t n;

		if (!file) {
			fprintf(stderr, "fuzz_vfu: cannot open %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
		n = fread(data, 1, sizeof(data), file);
		fclose(file);
		LLVMFuzzerTestOneInput(data, n);
	}
	printf("%d inputs replayed\n", argc - 1);
	return 0;
}
#endif
