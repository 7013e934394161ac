// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/vfu.c tests/vcard/vfu_dma.c tests/vcard/vfu_irq.c tests/vcard/vfu_sock.c */
/* Sources: tests/vcard/pcicfg.c */
/*
 * Description: the vfio-user server, message by message, over a socket pair.
 *
 * The client side is written as literal bytes (hex, as they stand on the wire of a little-endian
 * machine) from QEMU docs/interop/vfio-user.rst and <linux/vfio.h>, and shares no struct with the
 * server: both made from one header could agree on the same wrong layout. Where a message was seen
 * from QEMU 11.1 the test says so.
 *
 * Config space values are from the PCI Express Base Specification 5.0, chapter 7.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "pcicfg.h"
#include "vfu.h"
#include "vfu_tran.h"
#include "unit.h"

/* Commands and flags, by number as in the specification. */
enum {
	VERSION = 1,
	DMA_MAP = 2,
	DMA_UNMAP = 3,
	GET_INFO = 4,
	GET_REGION_INFO = 5,
	GET_REGION_IO_FDS = 6,
	GET_IRQ_INFO = 7,
	SET_IRQS = 8,
	REGION_READ = 9,
	REGION_WRITE = 10,
	DMA_READ = 11,
	DMA_WRITE = 12,
	RESET = 13,
	WRITE_MULTI = 15,
	DEVICE_FEATURE = 16,
};

enum { REPLY = 1, NO_REPLY = 0x10, ERROR = 0x20 };

#define BAR0 "00000000"
#define CONFIG "07000000"

static const struct vfu_config card = {
	.vendor = 0x1234,
	.device = 0x5678,
	.subsystem_vendor = 0x9abc,
	.subsystem_device = 0xdef0,
	.class_code = 0x048000,
	.revision = 0x11,
	.bar_size = { 65536, 0, 16384 },
	.bar_prefetch = 1 << 2,
	.num_vectors = 13,
	.msix_bar = 2,
	.msix_table = 0,
	.msix_pba = 8192,
	.serial = 0x0123456789abcdef,
};

/* One op as the card saw it. */
struct seen {
	char op; /* r, w, R (reset), B (bus master) */
	unsigned int bar;
	uint64_t off;
	uint64_t value;
	size_t n;
};

struct bench {
	struct vfu *vfu;
	int fd; /* the client's end */
	pthread_t thread;
	int server_fd;
	int result; /* of vfu_serve_fd() */

	pthread_mutex_t lock; /* for what follows */
	struct seen seen[64];
	unsigned int num_seen;
	char log[512];
	uint64_t dma_address; /* a write to BAR 0, 0x100 makes the card read 4 bytes from here */
	uint32_t dma_value;
	int dma_result;
};

static void see(struct bench *b, struct seen seen)
{
	pthread_mutex_lock(&b->lock);
	if (b->num_seen < sizeof(b->seen) / sizeof(b->seen[0]))
		b->seen[b->num_seen++] = seen;
	pthread_mutex_unlock(&b->lock);
}

/* Every byte of the BAR reads as the low byte of its offset. */
static void op_read(void *opaque, unsigned int bar, uint64_t off, void *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = off + i;
	see(opaque, (struct seen){ .op = 'r', .bar = bar, .off = off, .n = n });
}

static void op_write(void *opaque, unsigned int bar, uint64_t off, const void *buf, size_t n)
{
	struct bench *b = opaque;
	struct seen seen = { .op = 'w', .bar = bar, .off = off, .n = n };
	uint32_t value;
	int ret;

	memcpy(&seen.value, buf, n);
	see(b, seen);
	if (off == 0x100) {
		ret = vfu_dma_read(b->vfu, b->dma_address, &value, sizeof(value));
		if (!ret) /* once more: it must work any number of times in one op */
			ret = vfu_dma_read(b->vfu, b->dma_address, &value, sizeof(value));
		pthread_mutex_lock(&b->lock);
		b->dma_result = ret;
		b->dma_value = ret ? 0 : value;
		pthread_mutex_unlock(&b->lock);
	}
}

static void op_reset(void *opaque)
{
	see(opaque, (struct seen){ .op = 'R' });
}

static void op_bus_master(void *opaque, bool on)
{
	see(opaque, (struct seen){ .op = 'B', .value = on });
}

static void op_log(void *opaque, const char *message)
{
	struct bench *b = opaque;

	pthread_mutex_lock(&b->lock);
	snprintf(b->log, sizeof(b->log), "%s", message);
	pthread_mutex_unlock(&b->lock);
}

static const struct vfu_ops ops = {
	.bar_read = op_read,
	.bar_write = op_write,
	.reset = op_reset,
	.bus_master = op_bus_master,
	.log = op_log,
};

static void *server(void *arg)
{
	struct bench *b = arg;

	b->result = vfu_serve_fd(b->vfu, b->server_fd);
	return NULL;
}

/* CUnit's fatal asserts jump out of the test; what cannot go on at all ends the program. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "test_vfu: %s: %s\n", what, strerror(errno));
	abort();
}

static void bench_start(struct bench *b, const struct vfu_config *config)
{
	int sv[2];

	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	must(!vfu_create(&b->vfu, config, &ops, b), "vfu_create");
	must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), "socketpair");
	b->fd = sv[0];
	b->server_fd = sv[1];
	must(!pthread_create(&b->thread, NULL, server, b), "pthread_create");
}

/* The client leaves; what vfu_serve_fd() said. */
static int bench_leave(struct bench *b)
{
	close(b->fd);
	pthread_join(b->thread, NULL);
	return b->result;
}

static void bench_free(struct bench *b)
{
	vfu_destroy(b->vfu);
	pthread_mutex_destroy(&b->lock);
}

static void bench_end(struct bench *b)
{
	CU_ASSERT_EQUAL(bench_leave(b), 0);
	bench_free(b);
}

static bool log_has(struct bench *b, const char *text)
{
	bool has;

	pthread_mutex_lock(&b->lock);
	has = strstr(b->log, text);
	pthread_mutex_unlock(&b->lock);
	return has;
}

static unsigned int num_seen(struct bench *b)
{
	unsigned int n;

	pthread_mutex_lock(&b->lock);
	n = b->num_seen;
	pthread_mutex_unlock(&b->lock);
	return n;
}

/* Whether op number i was this. */
static bool saw(struct bench *b, unsigned int i, char op, unsigned int bar, uint64_t off, size_t n,
		uint64_t value)
{
	struct seen s;
	bool there;

	pthread_mutex_lock(&b->lock);
	there = i < b->num_seen;
	s = b->seen[i];
	pthread_mutex_unlock(&b->lock);
	return there && s.op == op && s.bar == bar && s.off == off && s.n == n && s.value == value;
}

/* Hex digits with any blanks between bytes; the number of bytes. */
static size_t unhex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = 0;

	while (*hex) {
		unsigned int byte;

		if (*hex == ' ') {
			hex++;
			continue;
		}
		must(n < room && sscanf(hex, "%2x", &byte) == 1, "bad hex in the test");
		out[n++] = byte;
		hex += 2;
	}
	return n;
}

static void send_bytes(int fd, const void *buf, size_t n, const int *fds, unsigned int num_fds)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(32 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (num_fds) {
		struct cmsghdr *c;

		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(num_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(num_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, num_fds * sizeof(int));
	}
	must(sendmsg(fd, &msg, MSG_NOSIGNAL) == (ssize_t)n, "sendmsg");
}

static void put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = v >> 8 * i;
}

static size_t message(uint8_t *buf, size_t room, unsigned int command, unsigned int flags,
		      const char *hex)
{
	size_t n = 16 + unhex(hex, buf + 16, room - 16);

	put(buf, 0xbbaa, 2);
	put(buf + 2, command, 2);
	put(buf + 4, n, 4);
	put(buf + 8, flags, 4);
	put(buf + 12, 0, 4);
	return n;
}

static void tell_fds(struct bench *b, unsigned int command, unsigned int flags, const char *hex,
		     const int *fds, unsigned int num_fds)
{
	uint8_t buf[4096];

	send_bytes(b->fd, buf, message(buf, sizeof(buf), command, flags, hex), fds, num_fds);
}

static void tell(struct bench *b, unsigned int command, const char *hex)
{
	tell_fds(b, command, 0, hex, NULL, 0);
}

static void post(struct bench *b, unsigned int command, const char *hex)
{
	tell_fds(b, command, NO_REPLY, hex, NULL, 0);
}

/* Reads exactly n bytes; false on the end of the stream or after ten seconds. */
static bool hear(int fd, void *buf, size_t n)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint8_t *to = buf;

	while (n) {
		ssize_t got;

		if (poll(&p, 1, 10000) != 1)
			return false;
		got = read(fd, to, n);
		if (got <= 0)
			return false;
		to += got;
		n -= got;
	}
	return true;
}

static bool hear_hex(int fd, const char *hex)
{
	uint8_t want[8192], got[8192];
	size_t n = unhex(hex, want, sizeof(want));

	if (!hear(fd, got, n))
		return false;
	if (!memcmp(want, got, n))
		return true;
	printf("\n    wanted %s\n    got    ", hex);
	for (size_t i = 0; i < n; i++)
		printf("%02x", got[i]);
	printf("\n");
	return false;
}

static bool is_silent(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 0;
}

static bool answer_is(struct bench *b, unsigned int command, const char *payload)
{
	char hex[8192];
	uint8_t scratch[4096];
	unsigned int n = 16 + unhex(payload, scratch, sizeof(scratch));

	snprintf(hex, sizeof(hex), "aabb %02x00 %02x%02x0000 01000000 00000000 %s", command,
		 n & 0xff, n >> 8, payload);
	return hear_hex(b->fd, hex);
}

static bool error_is(struct bench *b, unsigned int command, int err)
{
	char hex[64];

	snprintf(hex, sizeof(hex), "aabb %02x00 10000000 21000000 %02x000000", command, err);
	return hear_hex(b->fd, hex);
}

static void hello(struct bench *b)
{
	uint8_t reply[20];

	tell(b, VERSION, "0000 0000");
	must(hear(b->fd, reply, sizeof(reply)), "VERSION");
}

static void bench_greet(struct bench *b, const struct vfu_config *config)
{
	bench_start(b, config);
	hello(b);
}

/* A write to config space: a 16-byte reply payload that repeats the request's. */
static bool config_write(struct bench *b, unsigned int off, unsigned int n, uint32_t value)
{
	char hex[128], ack[64];

	snprintf(ack, sizeof(ack), "%02x%02x000000000000 " CONFIG " %02x000000", off & 0xff,
		 off >> 8, n);
	snprintf(hex, sizeof(hex), "%s %02x", ack, value & 0xff);
	for (unsigned int i = 1; i < n; i++)
		snprintf(hex + strlen(hex), sizeof(hex) - strlen(hex), "%02x",
			 value >> 8 * i & 0xff);
	tell(b, REGION_WRITE, hex);
	return answer_is(b, REGION_WRITE, ack);
}

static uint32_t config_read(struct bench *b, unsigned int off, unsigned int n)
{
	uint8_t reply[36];
	uint32_t value = 0;
	char hex[128];

	snprintf(hex, sizeof(hex), "%02x%02x000000000000 " CONFIG " %02x000000", off & 0xff,
		 off >> 8, n);
	tell(b, REGION_READ, hex);
	must(hear(b->fd, reply, 32 + n), "config read");
	memcpy(&value, reply + 32, n);
	return value;
}

#define COMMAND 0x04
#define MEMORY_AND_MASTER 0x0006
#define MSI_FLAGS 0x52
#define MSIX_FLAGS 0x62
#define PM_CONTROL 0x44
#define DEVCTL 0x78

static unsigned int num_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	must(dir, "opendir");
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static uint64_t count_of(int eventfd)
{
	uint64_t n = 0;

	return read(eventfd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static int event(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	must(fd >= 0, "eventfd");
	return fd;
}

/* VERSION */

static const char qemu_version[] =
	"{\"capabilities\": {\"pgsizes\": 4096, \"max_msg_fds\": 16, \"max_dma_maps\": 65535, "
	"\"max_data_xfer_size\": 1048576, \"migration\": {\"pgsize\": 4096}, "
	"\"write_multiple\": true}}";

static void test_version(void)
{
	uint8_t request[256] = { 0x34, 0x12, 0x01, 0x00, 20 + sizeof(qemu_version) };
	static const char json[] =
		"{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576}}";
	uint8_t reply[20 + sizeof(json)];
	struct bench b;

	bench_start(&b, &card);
	memcpy(request + 20, qemu_version, sizeof(qemu_version));
	send_bytes(b.fd, request, 20 + sizeof(qemu_version), NULL, 0);
	CU_ASSERT_TRUE(hear(b.fd, reply, sizeof(reply)));
	CU_ASSERT_EQUAL(memcmp(reply, "\x34\x12\x01\0" "\x55\0\0\0" "\x01\0\0\0" "\0\0\0\0"
				      "\0\0\0\0", 20), 0);
	CU_ASSERT_EQUAL(sizeof(reply), 0x55);
	CU_ASSERT_STRING_EQUAL(reply + 20, json);

	tell(&b, VERSION, "0000 0000"); /* only once */
	CU_ASSERT_TRUE(error_is(&b, VERSION, EINVAL));
	bench_end(&b);
}

static void test_version_refused(void)
{
	struct bench b;

	bench_start(&b, &card);
	tell(&b, GET_INFO, "10000000 00000000 00000000 00000000"); /* before VERSION */
	CU_ASSERT_TRUE(error_is(&b, GET_INFO, EINVAL));
	tell(&b, VERSION, "0100 0000"); /* major 1 */
	CU_ASSERT_TRUE(error_is(&b, VERSION, EINVAL));
	CU_ASSERT_TRUE(log_has(&b, "vfio-user 1.0"));
	tell(&b, VERSION, "0000"); /* too short */
	CU_ASSERT_TRUE(error_is(&b, VERSION, EINVAL));
	tell(&b, VERSION, "0000 0000 7b7d"); /* "{}" without NUL */
	CU_ASSERT_TRUE(error_is(&b, VERSION, EINVAL));
	tell(&b, VERSION, "0000 0100"); /* 0.1: answered with 0.0, no room for more */
	CU_ASSERT_TRUE(answer_is(&b, VERSION, "0000 0000"));
	bench_end(&b);
}

/* Information */

static void test_device_info(void)
{
	struct bench b;

	bench_greet(&b, &card);
	tell(&b, GET_INFO, "10000000 00000000 00000000 00000000");
	CU_ASSERT_TRUE(answer_is(&b, GET_INFO, "10000000 03000000 09000000 05000000"));
	tell(&b, GET_INFO, "0f000000 00000000 00000000 00000000");
	CU_ASSERT_TRUE(error_is(&b, GET_INFO, EINVAL));
	tell(&b, GET_INFO, "10000000 00000000 00000000");
	CU_ASSERT_TRUE(error_is(&b, GET_INFO, EINVAL));
	bench_end(&b);
}

static void test_region_info(void)
{
	/* argsz 32, flags, index, cap_offset, size, offset */
	static const char *const want[] = {
		"20000000 03000000 00000000 00000000 0000010000000000 0000000000000000",
		"20000000 00000000 01000000 00000000 0000000000000000 0000000000000000",
		"20000000 03000000 02000000 00000000 0040000000000000 0000000000000000",
		"20000000 00000000 03000000 00000000 0000000000000000 0000000000000000",
		"20000000 00000000 04000000 00000000 0000000000000000 0000000000000000",
		"20000000 00000000 05000000 00000000 0000000000000000 0000000000000000",
		"20000000 00000000 06000000 00000000 0000000000000000 0000000000000000",
		"20000000 03000000 07000000 00000000 0010000000000000 0000000000000000",
		"20000000 00000000 08000000 00000000 0000000000000000 0000000000000000",
	};
	struct bench b;
	char hex[128];

	bench_greet(&b, &card);
	for (unsigned int i = 0; i < 9; i++) {
		snprintf(hex, sizeof(hex),
			 "20000000 00000000 %02x000000 00000000 0000000000000000 0000000000000000",
			 i);
		tell(&b, GET_REGION_INFO, hex);
		CU_ASSERT_TRUE(answer_is(&b, GET_REGION_INFO, want[i]));
	}
	tell(&b, GET_REGION_INFO,
	     "20000000 00000000 09000000 00000000 0000000000000000 0000000000000000");
	CU_ASSERT_TRUE(error_is(&b, GET_REGION_INFO, EINVAL));
	tell(&b, GET_REGION_INFO,
	     "1f000000 00000000 00000000 00000000 0000000000000000 0000000000000000");
	CU_ASSERT_TRUE(error_is(&b, GET_REGION_INFO, EINVAL));
	bench_end(&b);
}

static void irq_info_is(const struct vfu_config *config, unsigned int msi, unsigned int msix)
{
	unsigned int count[] = { 0, msi, msix, 0, 0 };
	struct bench b;
	char hex[128];

	bench_greet(&b, config);
	for (unsigned int i = 0; i < 5; i++) {
		snprintf(hex, sizeof(hex), "10000000 00000000 %02x000000 00000000", i);
		tell(&b, GET_IRQ_INFO, hex);
		snprintf(hex, sizeof(hex), "10000000 01000000 %02x000000 %02x000000", i, count[i]);
		CU_ASSERT_TRUE(answer_is(&b, GET_IRQ_INFO, hex));
	}
	tell(&b, GET_IRQ_INFO, "10000000 00000000 05000000 00000000");
	CU_ASSERT_TRUE(error_is(&b, GET_IRQ_INFO, EINVAL));
	bench_end(&b);
}

static void test_irq_info(void)
{
	struct vfu_config config = card;

	irq_info_is(&card, 16, 13);
	config.no_msix = true;
	irq_info_is(&config, 16, 0);
	config.num_vectors = 33;
	irq_info_is(&config, 32, 0);
	config.num_vectors = 1;
	irq_info_is(&config, 1, 0);
}

static void test_unknown(void)
{
	static const unsigned int commands[] = { 0, GET_REGION_IO_FDS, 14, DEVICE_FEATURE, 17,
						 18, 200, DMA_READ, DMA_WRITE };
	struct bench b;

	bench_greet(&b, &card);
	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		tell(&b, commands[i], "10000000 00000000");
		CU_ASSERT_TRUE(error_is(&b, commands[i], ENOTSUP));
	}
	post(&b, DEVICE_FEATURE, "10000000 00000000"); /* an error nobody wants to hear of */
	CU_ASSERT_TRUE(is_silent(b.fd, 50));
	bench_end(&b);
}

/* Regions */

static void test_bar_access(void)
{
	struct bench b;

	bench_greet(&b, &card);
	tell(&b, REGION_READ, "2400000000000000 " BAR0 " 04000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "2400000000000000 " BAR0 " 04000000 24252627"));
	CU_ASSERT_TRUE(saw(&b, 0, 'r', 0, 0x24, 4, 0));

	tell(&b, REGION_WRITE, "3000000000000000 " BAR0 " 04000000 78563412");
	CU_ASSERT_TRUE(answer_is(&b, REGION_WRITE, "3000000000000000 " BAR0 " 04000000"));
	CU_ASSERT_TRUE(saw(&b, 1, 'w', 0, 0x30, 4, 0x12345678));

	post(&b, REGION_WRITE, "3800000000000000 " BAR0 " 08000000 efcdab8967452301");
	post(&b, REGION_WRITE, "4000000000000000 " BAR0 " 01000000 5a");
	tell(&b, REGION_READ, "feff000000000000 " BAR0 " 02000000"); /* the last two bytes */
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "feff000000000000 " BAR0 " 02000000 feff"));
	CU_ASSERT_TRUE(saw(&b, 2, 'w', 0, 0x38, 8, 0x0123456789abcdef));
	CU_ASSERT_TRUE(saw(&b, 3, 'w', 0, 0x40, 1, 0x5a));
	CU_ASSERT_TRUE(saw(&b, 4, 'r', 0, 0xfffe, 2, 0));
	bench_end(&b);
}

/* Odd offsets and lengths reach the card as naturally aligned pieces. */
static void test_bar_pieces(void)
{
	struct vfu_stats stats;
	struct bench b;

	bench_greet(&b, &card);
	tell(&b, REGION_READ, "0300000000000000 " BAR0 " 07000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ,
				 "0300000000000000 " BAR0 " 07000000 03040506070809"));
	CU_ASSERT_TRUE(saw(&b, 0, 'r', 0, 3, 1, 0));
	CU_ASSERT_TRUE(saw(&b, 1, 'r', 0, 4, 4, 0));
	CU_ASSERT_TRUE(saw(&b, 2, 'r', 0, 8, 2, 0));

	tell(&b, REGION_WRITE, "0500000000000000 " BAR0 " 04000000 11223344");
	CU_ASSERT_TRUE(answer_is(&b, REGION_WRITE, "0500000000000000 " BAR0 " 04000000"));
	CU_ASSERT_TRUE(saw(&b, 3, 'w', 0, 5, 1, 0x11));
	CU_ASSERT_TRUE(saw(&b, 4, 'w', 0, 6, 2, 0x3322));
	CU_ASSERT_TRUE(saw(&b, 5, 'w', 0, 8, 1, 0x44));
	vfu_stats_get(b.vfu, &stats);
	CU_ASSERT_EQUAL(stats.bar_reads, 1);
	CU_ASSERT_EQUAL(stats.bar_writes, 1);
	bench_end(&b);
}

static void test_region_bounds(void)
{
	static const char *const bad[] = {
		"0000010000000000 00000000 01000000", /* just past the BAR */
		"fdff000000000000 00000000 04000000", /* across its end */
		"ffffffffffffffff 00000000 04000000", /* offset + count wraps */
		"0000000000000000 00000000 00000000", /* nothing */
		"0000000000000000 00000000 ffffffff", /* more than any message */
		"0000000000000000 01000000 04000000", /* the upper half of a 64-bit BAR */
		"0000000000000000 06000000 04000000", /* ROM */
		"0000000000000000 08000000 04000000", /* VGA */
		"0000000000000000 09000000 04000000",
		"0000000000000000 ffffffff 04000000",
		"0010000000000000 07000000 01000000", /* past config space */
		"ff0f000000000000 07000000 02000000",
		"0000000000000000 00000000", /* too short */
	};
	struct bench b;
	char hex[128];

	bench_greet(&b, &card);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tell(&b, REGION_READ, bad[i]);
		CU_ASSERT_TRUE(error_is(&b, REGION_READ, EINVAL));
		snprintf(hex, sizeof(hex), "%s 00000000", bad[i]);
		tell(&b, REGION_WRITE, hex);
		CU_ASSERT_TRUE(error_is(&b, REGION_WRITE, EINVAL));
		post(&b, REGION_WRITE, hex);
	}
	/* count and the bytes that came do not agree */
	tell(&b, REGION_WRITE, "0000000000000000 " BAR0 " 04000000 000000");
	CU_ASSERT_TRUE(error_is(&b, REGION_WRITE, EINVAL));
	tell(&b, REGION_WRITE, "0000000000000000 " BAR0 " 04000000 0000000000");
	CU_ASSERT_TRUE(error_is(&b, REGION_WRITE, EINVAL));
	CU_ASSERT_EQUAL(num_seen(&b), 0);
	bench_end(&b);
}

static void test_write_multi(void)
{
	struct bench b;

	bench_greet(&b, &card);
	post(&b, WRITE_MULTI,
	     "0200000000000000 "
	     "1000000000000000 " BAR0 " 04000000 0102030400000000 "
	     "2000000000000000 " BAR0 " 08000000 0807060504030201");
	tell(&b, WRITE_MULTI, "0000000000000000");
	CU_ASSERT_TRUE(answer_is(&b, WRITE_MULTI, "0000000000000000"));
	CU_ASSERT_TRUE(saw(&b, 0, 'w', 0, 0x10, 4, 0x04030201));
	CU_ASSERT_TRUE(saw(&b, 1, 'w', 0, 0x20, 8, 0x0102030405060708));

	tell(&b, WRITE_MULTI, "02000000"); /* short */
	CU_ASSERT_TRUE(error_is(&b, WRITE_MULTI, EINVAL));
	tell(&b, WRITE_MULTI, "0100000000000000"); /* one announced, none there */
	CU_ASSERT_TRUE(error_is(&b, WRITE_MULTI, EINVAL));
	tell(&b, WRITE_MULTI, "abaaaaaaaaaaaa0a"); /* times 24 is 8 in 64 bits */
	CU_ASSERT_TRUE(error_is(&b, WRITE_MULTI, EINVAL));
	tell(&b, WRITE_MULTI,
	     "0100000000000000 1000000000000000 " BAR0 " 09000000 0102030400000000");
	CU_ASSERT_TRUE(error_is(&b, WRITE_MULTI, EINVAL));
	CU_ASSERT_EQUAL(num_seen(&b), 2);
	bench_end(&b);
}

/* Config space */

static void test_config_header(void)
{
	struct bench b;

	bench_greet(&b, &card);
	tell(&b, REGION_READ, "0000000000000000 " CONFIG " 40000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ,
				 "0000000000000000 " CONFIG " 40000000 "
				 "3412 7856 0000 1000 11 008004 00 00 00 00 "
				 "04000000 00000000 0c000000 00000000 00000000 00000000 "
				 "00000000 bc9a f0de 00000000 40 000000 00000000 00 00 00 00"));
	/* Sizing: all ones come back as the size's complement, type bits unchanged. */
	CU_ASSERT_TRUE(config_write(&b, 0x10, 4, 0xffffffff));
	CU_ASSERT_TRUE(config_write(&b, 0x14, 4, 0xffffffff));
	CU_ASSERT_TRUE(config_write(&b, 0x18, 4, 0xffffffff));
	CU_ASSERT_TRUE(config_write(&b, 0x20, 4, 0xffffffff));
	CU_ASSERT_EQUAL(config_read(&b, 0x10, 4), 0xffff0004);
	CU_ASSERT_EQUAL(config_read(&b, 0x14, 4), 0xffffffff);
	CU_ASSERT_EQUAL(config_read(&b, 0x18, 4), 0xffffc00c);
	CU_ASSERT_EQUAL(config_read(&b, 0x20, 4), 0);
	/* Read only */
	CU_ASSERT_TRUE(config_write(&b, 0x00, 4, 0));
	CU_ASSERT_EQUAL(config_read(&b, 0x00, 4), 0x56781234);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, 0xffff));
	CU_ASSERT_EQUAL(config_read(&b, COMMAND, 2), 0x0546);
	CU_ASSERT_TRUE(config_write(&b, 0x3c, 2, 0xffff)); /* interrupt line, but no pin */
	CU_ASSERT_EQUAL(config_read(&b, 0x3c, 2), 0x00ff);
	bench_end(&b);
}

static void test_config_capabilities(void)
{
	struct vfu_config config = card;
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_EQUAL(config_read(&b, 0x40, 4), 0x00035001);
	CU_ASSERT_EQUAL(config_read(&b, 0x44, 4), 0x00000008);
	/* MSI: 64-bit, 16 messages, not enabled */
	CU_ASSERT_EQUAL(config_read(&b, 0x50, 4), 0x00886005);
	/* MSI-X: 13 vectors, table at 0 and bits at 0x2000 of BAR 2 */
	CU_ASSERT_EQUAL(config_read(&b, 0x60, 4), 0x000c7011);
	CU_ASSERT_EQUAL(config_read(&b, 0x64, 4), 0x00000002);
	CU_ASSERT_EQUAL(config_read(&b, 0x68, 4), 0x00002002);
	/* PCIe endpoint, version 2, last in the list; FLR, MPS 256 */
	CU_ASSERT_EQUAL(config_read(&b, 0x70, 4), 0x00020010);
	CU_ASSERT_EQUAL(config_read(&b, 0x74, 4), 0x10008021);
	CU_ASSERT_EQUAL(config_read(&b, 0x78, 4), 0x00002810);
	CU_ASSERT_EQUAL(config_read(&b, 0x7c, 4), 0x00400084); /* 16 GT/s, x8 */
	CU_ASSERT_EQUAL(config_read(&b, 0x82, 2), 0x1084);
	CU_ASSERT_EQUAL(config_read(&b, 0x9c, 4), 0x0000001e);
	/* AER version 2, then the serial number */
	CU_ASSERT_EQUAL(config_read(&b, 0x100, 4), 0x15020001);
	CU_ASSERT_EQUAL(config_read(&b, 0x10c, 4), 0x00462010);
	CU_ASSERT_EQUAL(config_read(&b, 0x150, 4), 0x00010003);
	CU_ASSERT_EQUAL(config_read(&b, 0x154, 4), 0x89abcdef);
	CU_ASSERT_EQUAL(config_read(&b, 0x158, 4), 0x01234567);
	bench_end(&b);

	config.no_msix = true;
	config.serial = 0;
	config.link_gen = 3;
	config.link_width = 4;
	config.num_vectors = 40;
	bench_greet(&b, &config);
	CU_ASSERT_EQUAL(config_read(&b, 0x50, 4), 0x008a7005); /* next is PCIe, 32 messages */
	CU_ASSERT_EQUAL(config_read(&b, 0x60, 4), 0);
	CU_ASSERT_EQUAL(config_read(&b, 0x7c, 4), 0x00400084);
	CU_ASSERT_EQUAL(config_read(&b, 0x82, 2), 0x1043); /* trained to 8 GT/s x4 */
	CU_ASSERT_EQUAL(config_read(&b, 0x100, 4), 0x00020001);
	CU_ASSERT_EQUAL(config_read(&b, 0x150, 4), 0);
	bench_end(&b);
}

static void test_bus_master(void)
{
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(saw(&b, 0, 'B', 0, 0, 0, 1));
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER)); /* no change, no call */
	CU_ASSERT_TRUE(config_write(&b, PM_CONTROL, 2, 3)); /* D3hot takes it away */
	CU_ASSERT_TRUE(saw(&b, 1, 'B', 0, 0, 0, 0));
	CU_ASSERT_TRUE(config_write(&b, PM_CONTROL, 2, 1)); /* no D1: the write is lost */
	CU_ASSERT_EQUAL(config_read(&b, PM_CONTROL, 2), 0x000b);
	tell(&b, REGION_READ, "0000000000000000 " BAR0 " 04000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "0000000000000000 " BAR0 " 04000000 ffffffff"));
	post(&b, REGION_WRITE, "0000000000000000 " BAR0 " 04000000 00000000");
	CU_ASSERT_TRUE(config_write(&b, PM_CONTROL, 2, 0));
	CU_ASSERT_TRUE(saw(&b, 2, 'B', 0, 0, 0, 1)); /* neither access came through */
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 1, 0));
	CU_ASSERT_TRUE(saw(&b, 3, 'B', 0, 0, 0, 0));
	CU_ASSERT_EQUAL(num_seen(&b), 4);
	bench_end(&b);
}

static void test_reset(void)
{
	struct vfu_stats stats;
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(&b, 0x108, 4, 0)); /* AER mask: sticky */
	CU_ASSERT_TRUE(config_write(&b, DEVCTL, 2, 0xa810)); /* bit 15: function level reset */
	CU_ASSERT_TRUE(saw(&b, 1, 'B', 0, 0, 0, 0));
	CU_ASSERT_TRUE(saw(&b, 2, 'R', 0, 0, 0, 0));
	CU_ASSERT_EQUAL(config_read(&b, DEVCTL, 2), 0x2810);
	CU_ASSERT_EQUAL(config_read(&b, COMMAND, 2), 0);
	CU_ASSERT_EQUAL(config_read(&b, 0x108, 4), 0);

	CU_ASSERT_TRUE(config_write(&b, DEVCTL + 1, 1, 0x80)); /* the byte alone */
	CU_ASSERT_TRUE(saw(&b, 3, 'R', 0, 0, 0, 0));
	CU_ASSERT_TRUE(config_write(&b, 0x10, 4, 0x12340000));
	tell(&b, RESET, "");
	CU_ASSERT_TRUE(answer_is(&b, RESET, ""));
	CU_ASSERT_TRUE(saw(&b, 4, 'R', 0, 0, 0, 0));
	CU_ASSERT_EQUAL(config_read(&b, 0x10, 4), 4);
	vfu_stats_get(b.vfu, &stats);
	CU_ASSERT_EQUAL(stats.resets, 3);
	CU_ASSERT_EQUAL(bench_leave(&b), 0);
	CU_ASSERT_TRUE(saw(&b, 5, 'R', 0, 0, 0, 0)); /* the client has gone */
	bench_free(&b);
}

static void test_create(void)
{
	struct vfu_config c;
	struct vfu *vfu;

	vfu_destroy(NULL);
#define REFUSED(field, value)                                                                      \
	do {                                                                                       \
		c = card;                                                                          \
		c.field = value;                                                                   \
		CU_ASSERT_EQUAL(vfu_create(&vfu, &c, &ops, NULL), -EINVAL);                        \
	} while (0)
	REFUSED(num_vectors, 0);
	REFUSED(num_vectors, 2049);
	REFUSED(bar_size[0], 65535);
	REFUSED(bar_size[0], 64);
	REFUSED(bar_size[1], 4096);
	REFUSED(bar_prefetch, 1 << 4);
	REFUSED(class_code, 0x1000000);
	REFUSED(msix_bar, 4);
	REFUSED(msix_bar, 6);
	REFUSED(msix_table, 4);
	REFUSED(msix_table, 8192 - 8 * 13); /* runs into the pending bits */
	REFUSED(msix_pba, 16384);
	REFUSED(link_max_gen, 6);
	REFUSED(link_max_width, 3);
	REFUSED(link_gen, 5);
	REFUSED(link_width, 16);
#undef REFUSED
}

/* Interrupts */

/* What QEMU 11.1 sends: first an empty vector 0, then each vector in use. */
static void msix_enable(struct bench *b)
{
	CU_ASSERT_TRUE(config_write(b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(b, MSIX_FLAGS, 2, 0x8000));
	tell(b, SET_IRQS, "14000000 24000000 02000000 00000000 01000000");
	CU_ASSERT_TRUE(answer_is(b, SET_IRQS, ""));
}

static void msix_arm(struct bench *b, unsigned int vector, int fd)
{
	char hex[128];

	snprintf(hex, sizeof(hex), "14000000 24000000 02000000 %02x000000 01000000", vector);
	tell_fds(b, SET_IRQS, 0, hex, &fd, fd >= 0);
	CU_ASSERT_TRUE(answer_is(b, SET_IRQS, ""));
}

static void test_msix(void)
{
	int e0 = event(), e12 = event();
	struct vfu_stats stats;
	unsigned int count;
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -ENOTCONN);
	CU_ASSERT_EQUAL(vfu_irq_mode(b.vfu, &count), VFU_IRQ_NONE);
	CU_ASSERT_EQUAL(count, 0);
	msix_enable(&b);
	msix_arm(&b, 0, e0);
	msix_arm(&b, 12, e12);
	CU_ASSERT_EQUAL(vfu_irq_mode(b.vfu, &count), VFU_IRQ_MSIX);
	CU_ASSERT_EQUAL(count, 13);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 12), 0);
	CU_ASSERT_EQUAL(count_of(e12), 1);
	CU_ASSERT_EQUAL(count_of(e0), 0);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), 0);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), 0);
	CU_ASSERT_EQUAL(count_of(e0), 2);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 13), -EINVAL);

	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, 0));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -EPERM);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(&b, PM_CONTROL, 2, 3));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -EPERM);
	CU_ASSERT_TRUE(config_write(&b, PM_CONTROL, 2, 0));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), 0);
	CU_ASSERT_EQUAL(count_of(e0), 1);

	tell(&b, SET_IRQS, "14000000 21000000 02000000 00000000 00000000"); /* off */
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -ENOTCONN);
	CU_ASSERT_EQUAL(count_of(e0), 0);
	vfu_stats_get(b.vfu, &stats);
	CU_ASSERT_EQUAL(stats.irqs, 4);
	CU_ASSERT_EQUAL(stats.irqs_refused, 4);
	bench_end(&b);
	close(e0);
	close(e12);
}

/* A masked vector waits, shows its pending bit, and goes out once when it is armed. */
static void test_msix_pending(void)
{
	int e = event();
	struct bench b;

	bench_greet(&b, &card);
	msix_enable(&b);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 9), 0);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 9), 0);
	tell(&b, REGION_READ, "0020000000000000 02000000 08000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ,
				 "0020000000000000 02000000 08000000 0002000000000000"));
	tell(&b, REGION_READ, "0000000000000000 02000000 04000000"); /* the table is QEMU's */
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "0000000000000000 02000000 04000000 00000000"));
	post(&b, REGION_WRITE, "0020000000000000 02000000 04000000 00000000");
	CU_ASSERT_EQUAL(num_seen(&b), 1); /* bus mastering: the card sees none of it */
	msix_arm(&b, 9, e);
	CU_ASSERT_EQUAL(count_of(e), 1);
	tell(&b, REGION_READ, "0120000000000000 02000000 01000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "0120000000000000 02000000 01000000 00"));
	tell(&b, REGION_READ, "8020000000000000 02000000 01000000"); /* past them: the card's */
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "8020000000000000 02000000 01000000 80"));

	msix_arm(&b, 9, -1); /* masked again, pending, and forgotten when MSI-X goes off */
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 9), 0);
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0));
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0x8000));
	msix_arm(&b, 9, e);
	CU_ASSERT_EQUAL(count_of(e), 0);
	bench_end(&b);
	close(e);
}

/* After a function level reset QEMU sends no eventfds again; the guest's enable bit decides. */
static void test_msix_reset(void)
{
	int e = event();
	struct bench b;

	bench_greet(&b, &card);
	msix_enable(&b);
	msix_arm(&b, 3, e);
	CU_ASSERT_TRUE(config_write(&b, DEVCTL, 2, 0x8000));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 3), -ENOTCONN);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0xc000));
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0x8000));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 3), 0);
	CU_ASSERT_EQUAL(count_of(e), 1);
	bench_end(&b);
	close(e);
}

static void test_msi(void)
{
	int e[4] = { event(), event(), event(), event() };
	struct vfu_config config = card;
	unsigned int count;
	struct bench b;

	config.no_msix = true;
	bench_greet(&b, &config);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(&b, MSI_FLAGS, 2, 0x0021)); /* enable, 4 messages */
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -ENOTCONN); /* no eventfd yet */
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 01000000 00000000 04000000", e, 4);
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_EQUAL(vfu_irq_mode(b.vfu, &count), VFU_IRQ_MSI);
	CU_ASSERT_EQUAL(count, 4);
	for (unsigned int i = 0; i < 13; i++)
		CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, i), 0);
	CU_ASSERT_EQUAL(count_of(e[0]), 4); /* vectors 0, 4, 8, 12 */
	CU_ASSERT_EQUAL(count_of(e[1]), 3);
	CU_ASSERT_EQUAL(count_of(e[2]), 3);
	CU_ASSERT_EQUAL(count_of(e[3]), 3);

	CU_ASSERT_TRUE(config_write(&b, MSI_FLAGS, 2, 0x0001)); /* one message for all */
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 7), 0);
	CU_ASSERT_EQUAL(count_of(e[0]), 1);
	CU_ASSERT_TRUE(config_write(&b, MSI_FLAGS, 2, 0x0071)); /* more than offered: 16 */
	CU_ASSERT_EQUAL(vfu_irq_mode(b.vfu, &count), VFU_IRQ_MSI);
	CU_ASSERT_EQUAL(count, 16);
	tell(&b, SET_IRQS, "14000000 21000000 01000000 00000000 00000000");
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 0), -ENOTCONN);
	bench_end(&b);
	for (unsigned int i = 0; i < 4; i++)
		close(e[i]);
}

static void test_irq_loopback(void)
{
	int e[2] = { event(), event() };
	struct bench b;

	bench_greet(&b, &card);
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 02000000 02000000 02000000", e, 2);
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	tell(&b, SET_IRQS, "14000000 21000000 02000000 02000000 02000000");
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	tell(&b, SET_IRQS, "16000000 22000000 02000000 02000000 02000000 00 01");
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_EQUAL(count_of(e[0]), 1);
	CU_ASSERT_EQUAL(count_of(e[1]), 2);
	bench_end(&b);
	close(e[0]);
	close(e[1]);
}

static void test_irq_bounds(void)
{
	static const char *const bad[] = {
		"14000000 24000000 02000000 0d000000 01000000", /* start past the end */
		"14000000 24000000 02000000 0c000000 02000000", /* one too many */
		"14000000 24000000 02000000 ffffffff 02000000", /* sum wraps */
		"14000000 24000000 02000000 00000000 ffffffff",
		"14000000 24000000 02000000 00000000 00000000", /* no vector */
		"14000000 24000000 00000000 00000000 01000000", /* INTx, ERR, REQ: none */
		"14000000 24000000 03000000 00000000 01000000",
		"14000000 24000000 04000000 00000000 01000000",
		"14000000 21000000 05000000 00000000 00000000",
		"14000000 24000000 ffffffff 00000000 01000000",
		"13000000 24000000 02000000 00000000 01000000", /* argsz */
		"14000000 09000000 02000000 00000000 01000000", /* mask */
		"14000000 26000000 02000000 00000000 01000000", /* two kinds of data */
		"14000000 31000000 02000000 00000000 01000000", /* two actions */
		"14000000 00000000 02000000 00000000 01000000",
		"14000000 22000000 02000000 00000000 0d000000 0101", /* 13 bools, 2 there */
		"14000000 24000000 02000000 00000000",
	};
	unsigned int before;
	struct bench b;
	int e[3] = { event(), event(), event() }, pipe_fd[2];

	bench_greet(&b, &card);
	before = num_open_fds();
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tell_fds(&b, SET_IRQS, 0, bad[i], e, 1);
		CU_ASSERT_TRUE(error_is(&b, SET_IRQS, EINVAL));
	}
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 02000000 00000000 02000000", e, 3);
	CU_ASSERT_TRUE(error_is(&b, SET_IRQS, EINVAL));

	must(!pipe(pipe_fd), "pipe"); /* would be SIGPIPE */
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 02000000 00000000 01000000", pipe_fd + 1, 1);
	CU_ASSERT_TRUE(error_is(&b, SET_IRQS, EBADF));
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	/* Every descriptor that came with a bad message is closed again. */
	CU_ASSERT_EQUAL(num_open_fds(), before);
	bench_end(&b);
	for (unsigned int i = 0; i < 3; i++)
		close(e[i]);
}

/* More descriptors than a message may carry, and descriptors nobody asked for. */
static void test_descriptors(void)
{
	unsigned int before;
	struct bench b;
	int e[17];

	for (unsigned int i = 0; i < 17; i++)
		e[i] = event();
	bench_greet(&b, &card);
	before = num_open_fds();
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 02000000 00000000 0d000000", e, 17);
	CU_ASSERT_TRUE(error_is(&b, SET_IRQS, EMSGSIZE));
	tell_fds(&b, GET_INFO, 0, "10000000 00000000 00000000 00000000", e, 16);
	CU_ASSERT_TRUE(answer_is(&b, GET_INFO, "10000000 03000000 09000000 05000000"));
	/* As many as the limit, for as many vectors as there are */
	tell_fds(&b, SET_IRQS, 0, "14000000 24000000 02000000 00000000 0d000000", e, 13);
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_EQUAL(num_open_fds(), before + 13);
	bench_end(&b);
	CU_ASSERT_EQUAL(num_open_fds(), before - 3); /* socket pair, vfu_stop() */
	for (unsigned int i = 0; i < 17; i++)
		close(e[i]);
}

/* DMA */

#define RAM (256 * 1024)
/* argsz 32, flags, fd offset 0, iova 0x100000, RAM bytes */
#define MAP_RW "20000000 03000000 0000000000000000 0000100000000000 0000040000000000"
#define MAP_RO "20000000 01000000 0000000000000000 0000100000000000 0000040000000000"

static int ram(uint8_t **base)
{
	int fd = memfd_create("ram", MFD_CLOEXEC);

	must(fd >= 0 && !ftruncate(fd, RAM), "memfd");
	*base = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(*base != MAP_FAILED, "mmap");
	return fd;
}

static void map(struct bench *b, const char *hex, int fd)
{
	tell_fds(b, DMA_MAP, 0, hex, &fd, fd >= 0);
	CU_ASSERT_TRUE(answer_is(b, DMA_MAP, ""));
}

static void unmap(struct bench *b, const char *hex)
{
	tell(b, DMA_UNMAP, hex);
	CU_ASSERT_TRUE(answer_is(b, DMA_UNMAP, hex));
}

static void test_dma_direct(void)
{
	uint8_t *base, buf[8192];
	struct bench b;
	uint64_t run;
	void *ptr;
	int fd = ram(&base);

	bench_greet(&b, &card);
	map(&b, MAP_RW, fd);
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x100000, "x", 1), -EPERM);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100000, 1, true, &ptr, &run), -EPERM);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));

	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x100ffe, "kinora", 6), 0);
	CU_ASSERT_EQUAL(memcmp(base + 0xffe, "kinora", 6), 0);
	base[RAM - 1] = 0x77;
	CU_ASSERT_EQUAL(vfu_dma_read(b.vfu, 0x100000 + RAM - 1, buf, 1), 0);
	CU_ASSERT_EQUAL(buf[0], 0x77);
	CU_ASSERT_EQUAL(vfu_dma_read(b.vfu, 0, buf, 0), 0);

	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100010, 1 << 30, true, &ptr, &run), 0);
	CU_ASSERT_EQUAL(run, RAM - 0x10);
	*(uint8_t *)ptr = 0x42;
	vfu_dma_end(b.vfu);
	CU_ASSERT_EQUAL(base[0x10], 0x42);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100010, 16, false, &ptr, &run), 0);
	CU_ASSERT_EQUAL(run, 16);
	vfu_dma_end(b.vfu);

	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100010, 0, true, &ptr, &run), -EINVAL);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0xfffff, 1, true, &ptr, &run), -EFAULT);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x140000, 1, true, &ptr, &run), -EFAULT);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, UINT64_MAX, 2, true, &ptr, &run), -EOVERFLOW);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, UINT64_MAX, 1, true, &ptr, &run), -EFAULT);
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, UINT64_MAX - 1, buf, 3), -EOVERFLOW);

	map(&b, MAP_RO, fd); /* the same range again: now read only */
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x100000, buf, 1), -EACCES);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100000, 1, true, &ptr, &run), -EACCES);
	CU_ASSERT_EQUAL(vfu_dma_read(b.vfu, 0x100000, buf, 1), 0);
	bench_end(&b);
	CU_ASSERT_EQUAL(base[0x10], 0x42);
	munmap(base, RAM);
	close(fd);
}

static bool mapped(struct bench *b, uint64_t iova)
{
	uint64_t run;
	void *ptr;

	if (vfu_dma_begin(b->vfu, iova, 1, true, &ptr, &run))
		return false;
	vfu_dma_end(b->vfu);
	return true;
}

static void test_dma_unmap(void)
{
	struct vfu_stats stats;
	uint8_t *base;
	struct bench b;
	uint64_t run;
	void *ptr;
	int fd = ram(&base);

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	/* Two neighbours, 0x100000 and 0x101000, from one file */
	map(&b, "20000000 03000000 0000000000000000 0000100000000000 0010000000000000", fd);
	map(&b, "20000000 03000000 0010000000000000 0010100000000000 0010000000000000", fd);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100ff0, 64, true, &ptr, &run), 0);
	CU_ASSERT_EQUAL(run, 16);
	vfu_dma_end(b.vfu);
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x100ffc, "12345678", 8), 0); /* across both */
	CU_ASSERT_EQUAL(memcmp(base + 0xffc, "12345678", 8), 0);
	/* One that overlaps is refused and changes nothing */
	tell_fds(&b, DMA_MAP, 0,
		 "20000000 03000000 0000000000000000 0008100000000000 0010000000000000", &fd, 1);
	CU_ASSERT_TRUE(error_is(&b, DMA_MAP, EEXIST));
	CU_ASSERT_TRUE(mapped(&b, 0x100000));

	unmap(&b, "18000000 00000000 0000100000000000 0010000000000000");
	CU_ASSERT_FALSE(mapped(&b, 0x100000));
	CU_ASSERT_TRUE(mapped(&b, 0x101000));
	unmap(&b, "18000000 00000000 0000100000000000 0010000000000000"); /* again: fine */
	/* As QEMU 11.1 does it: the range ends at 2^64 */
	unmap(&b, "18000000 00000000 0000f0fe00000000 00001001ffffffff");
	CU_ASSERT_TRUE(mapped(&b, 0x101000));
	unmap(&b, "18000000 00000000 0010000000000000 00f0ffffffffffff"); /* 0x1000 to 2^64 */
	CU_ASSERT_FALSE(mapped(&b, 0x101000));

	map(&b, MAP_RW, fd);
	unmap(&b, "18000000 00000000 0010100000000000 0010000000000000"); /* out of the middle */
	CU_ASSERT_TRUE(mapped(&b, 0x100fff));
	CU_ASSERT_FALSE(mapped(&b, 0x101000));
	CU_ASSERT_FALSE(mapped(&b, 0x101fff));
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x102000, "right", 5), 0);
	CU_ASSERT_EQUAL(memcmp(base + 0x2000, "right", 5), 0);
	unmap(&b, "18000000 02000000 0000000000000000 0000000000000000"); /* ALL */
	CU_ASSERT_FALSE(mapped(&b, 0x100000));
	CU_ASSERT_FALSE(mapped(&b, 0x102000));

	tell(&b, DMA_UNMAP, "18000000 00000000 0000100000000000 0000000000000000");
	CU_ASSERT_TRUE(error_is(&b, DMA_UNMAP, EINVAL));
	tell(&b, DMA_UNMAP, "18000000 00000000 0000100000000000 ffffffffffffffff"); /* wraps */
	CU_ASSERT_TRUE(error_is(&b, DMA_UNMAP, EINVAL));
	tell(&b, DMA_UNMAP, "18000000 02000000 0000100000000000 0010000000000000");
	CU_ASSERT_TRUE(error_is(&b, DMA_UNMAP, EINVAL));
	tell(&b, DMA_UNMAP, "18000000 01000000 0000100000000000 0010000000000000"); /* bitmap */
	CU_ASSERT_TRUE(error_is(&b, DMA_UNMAP, ENOTSUP));
	tell(&b, DMA_UNMAP, "17000000 00000000 0000100000000000 0010000000000000");
	CU_ASSERT_TRUE(error_is(&b, DMA_UNMAP, EINVAL));
	vfu_stats_get(b.vfu, &stats);
	CU_ASSERT_EQUAL(stats.dma_maps, 3);
	CU_ASSERT_EQUAL(stats.dma_unmaps, 6);
	bench_end(&b);
	munmap(base, RAM);
	close(fd);
}

static void test_dma_map_bounds(void)
{
	static const char *const bad[] = {
		"20000000 03000000 0000000000000000 0000100000000000 0000000000000000",
		"20000000 07000000 0000000000000000 0000100000000000 0010000000000000",
		"20000000 03000000 0000000000000000 00f0ffffffffffff 0110000000000000",
		"1f000000 03000000 0000000000000000 0000100000000000 0010000000000000",
		"20000000 03000000 0000000000000000 0000100000000000",
	};
	unsigned int before;
	uint8_t *base;
	struct bench b;
	int fd = ram(&base), two[2] = { fd, fd };

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	before = num_open_fds();
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tell_fds(&b, DMA_MAP, 0, bad[i], &fd, 1);
		CU_ASSERT_TRUE(error_is(&b, DMA_MAP, EINVAL));
	}
	tell_fds(&b, DMA_MAP, 0, MAP_RW, two, 2);
	CU_ASSERT_TRUE(error_is(&b, DMA_MAP, EINVAL));
	/*
	 * A refusal would end QEMU, so a mapping we cannot use is taken and served by messages:
	 * past the end of its file (an access there would be SIGBUS), wrapping offsets, no file.
	 */
	map(&b, "20000000 03000000 0010000000000000 0000100000000000 0000040000000000", fd);
	CU_ASSERT_FALSE(mapped(&b, 0x100000));
	CU_ASSERT_TRUE(log_has(&b, "no file as large"));
	map(&b, "20000000 03000000 00f0ffffffffffff 0000200000000000 0020000000000000", fd);
	CU_ASSERT_FALSE(mapped(&b, 0x200000));
	map(&b, "20000000 03000000 0000000000000000 0000300000000000 0020000000000000", b.fd);
	CU_ASSERT_FALSE(mapped(&b, 0x300000));
	/* Odd sizes and offsets are nobody's fault */
	map(&b, "20000000 03000000 0300000000000000 0100400000000000 0500000000000000", fd);
	CU_ASSERT_FALSE(mapped(&b, 0x400000));
	CU_ASSERT_EQUAL(vfu_dma_write(b.vfu, 0x400001, "abcde", 5), 0);
	CU_ASSERT_EQUAL(memcmp(base + 3, "abcde", 5), 0);
	CU_ASSERT_FALSE(mapped(&b, 0x400006));
	/* The last page of the address space */
	map(&b, "20000000 03000000 0000000000000000 00f0ffffffffffff 0010000000000000", fd);
	CU_ASSERT_TRUE(mapped(&b, UINT64_MAX));
	CU_ASSERT_EQUAL(num_open_fds(), before);
	bench_end(&b);
	munmap(base, RAM);
	close(fd);
}

/* A transfer on a thread of the card. */
struct job {
	struct vfu *vfu;
	pthread_t thread;
	uint64_t iova;
	void *buf;
	size_t n;
	bool write;
	int result;
};

static void *job_run(void *arg)
{
	struct job *j = arg;

	j->result = j->write ? vfu_dma_write(j->vfu, j->iova, j->buf, j->n) :
			       vfu_dma_read(j->vfu, j->iova, j->buf, j->n);
	return NULL;
}

static void job_start(struct job *j)
{
	j->result = 1;
	must(!pthread_create(&j->thread, NULL, job_run, j), "pthread_create");
}

static int job_end(struct job *j)
{
	pthread_join(j->thread, NULL);
	return j->result;
}

static void reply_hex(struct bench *b, const char *hex)
{
	uint8_t buf[4096];

	send_bytes(b->fd, buf, unhex(hex, buf, sizeof(buf)), NULL, 0);
}

/* Where nothing is mapped the client is asked; meanwhile it is served. */
static void test_dma_messages(void)
{
	char buf[16] = "";
	struct job j = { .buf = buf, .iova = 0x5ffe, .n = 4 };
	struct vfu_stats stats;
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	j.vfu = b.vfu;
	job_start(&j);
	/* id 0, DMA_READ, address, 64-bit count: up to the end of the page, then the rest */
	CU_ASSERT_TRUE(hear_hex(b.fd, "0000 0b00 20000000 00000000 00000000 "
				      "fe5f000000000000 0200000000000000"));
	tell(&b, REGION_READ, "1000000000000000 " BAR0 " 01000000");
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "1000000000000000 " BAR0 " 01000000 10"));
	reply_hex(&b, "0000 0b00 22000000 01000000 00000000 "
		      "fe5f000000000000 0200000000000000 6869");
	CU_ASSERT_TRUE(hear_hex(b.fd, "0100 0b00 20000000 00000000 00000000 "
				      "0060000000000000 0200000000000000"));
	reply_hex(&b, "0100 0b00 22000000 01000000 00000000 "
		      "0060000000000000 0200000000000000 2100");
	CU_ASSERT_EQUAL(job_end(&j), 0);
	CU_ASSERT_STRING_EQUAL(buf, "hi!");

	j.write = true;
	j.iova = 0x7000;
	strcpy(buf, "out");
	job_start(&j);
	CU_ASSERT_TRUE(hear_hex(b.fd, "0200 0c00 24000000 00000000 00000000 "
				      "0070000000000000 0400000000000000 6f757400"));
	reply_hex(&b, "0200 0c00 20000000 01000000 00000000 0070000000000000 0400000000000000");
	CU_ASSERT_EQUAL(job_end(&j), 0);

	/* QEMU's answer to a stale address: ENODEV */
	job_start(&j);
	CU_ASSERT_TRUE(hear_hex(b.fd, "0300 0c00 24000000 00000000 00000000 "
				      "0070000000000000 0400000000000000 6f757400"));
	reply_hex(&b, "0300 0c00 10000000 21000000 13000000");
	CU_ASSERT_EQUAL(job_end(&j), -EFAULT);
	vfu_stats_get(b.vfu, &stats);
	CU_ASSERT_EQUAL(stats.dma_messages, 4);
	bench_end(&b);
}

/* A mapping without a file is asked for as a whole, in messages of the client's limit. */
static void test_dma_messages_size(void)
{
	static const char json[] = "{\"capabilities\":{\"max_data_xfer_size\":4096}}";
	uint8_t request[20 + sizeof(json)] = { 0xaa, 0xbb, 1, 0, sizeof(request) };
	static char buf[5000];
	struct job j = { .buf = buf, .iova = 0x100800, .n = sizeof(buf), .write = true };
	uint8_t message_bytes[32 + 4096];
	struct bench b;

	bench_start(&b, &card);
	memcpy(request + 20, json, sizeof(json));
	send_bytes(b.fd, request, sizeof(request), NULL, 0);
	CU_ASSERT_TRUE(answer_is(&b, VERSION, "0000 0000"));
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	map(&b, MAP_RW, -1);
	j.vfu = b.vfu;
	job_start(&j);
	CU_ASSERT_TRUE(hear(b.fd, message_bytes, 32 + 4096));
	reply_hex(&b, "0000 0c00 20000000 01000000 00000000 0008100000000000 0010000000000000");
	CU_ASSERT_TRUE(hear(b.fd, message_bytes, 32 + 904));
	reply_hex(&b, "0100 0c00 20000000 01000000 00000000 0018100000000000 8803000000000000");
	CU_ASSERT_EQUAL(job_end(&j), 0);
	bench_end(&b);
}

static void protocol_error(const char *reply)
{
	char buf[4];
	struct job j = { .buf = buf, .iova = 0x5000, .n = 4 };
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	j.vfu = b.vfu;
	job_start(&j);
	CU_ASSERT_TRUE(hear_hex(b.fd, "0000 0b00 20000000 00000000 00000000 "
				      "0050000000000000 0400000000000000"));
	reply_hex(&b, reply);
	CU_ASSERT_EQUAL(job_end(&j), -ENOTCONN);
	CU_ASSERT_EQUAL(bench_leave(&b), -EPROTO);
	CU_ASSERT_NOT_EQUAL(b.log[0], '\0');
	bench_free(&b);
}

static void test_dma_bad_replies(void)
{
	/* another id; another command; short; long; another address; another count */
	protocol_error("0100 0b00 24000000 01000000 00000000 "
		       "0050000000000000 0400000000000000 00000000");
	protocol_error("0000 0c00 24000000 01000000 00000000 "
		       "0050000000000000 0400000000000000 00000000");
	protocol_error("0000 0b00 20000000 01000000 00000000 "
		       "0050000000000000 0400000000000000");
	protocol_error("0000 0b00 25000000 01000000 00000000 "
		       "0050000000000000 0400000000000000 0000000000");
	protocol_error("0000 0b00 24000000 01000000 00000000 "
		       "0051000000000000 0400000000000000 00000000");
	protocol_error("0000 0b00 24000000 01000000 00000000 "
		       "0050000000000000 0500000000000000 00000000");
	protocol_error("0000 0b00 14000000 01000000 00000000 00000000"); /* QEMU before 11.1 */
}

static void test_dma_client_leaves(void)
{
	char buf[4];
	struct job j = { .buf = buf, .iova = 0x5000, .n = 4 };
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	j.vfu = b.vfu;
	job_start(&j);
	CU_ASSERT_TRUE(hear_hex(b.fd, "0000 0b00 20000000 00000000 00000000 "
				      "0050000000000000 0400000000000000"));
	CU_ASSERT_EQUAL(bench_leave(&b), 0);
	CU_ASSERT_EQUAL(job_end(&j), -ENOTCONN);
	CU_ASSERT_EQUAL(vfu_dma_read(b.vfu, 0x5000, buf, 4), -EPERM); /* and bus mastering is off */
	CU_ASSERT_TRUE(saw(&b, 1, 'B', 0, 0, 0, 0));
	CU_ASSERT_TRUE(saw(&b, 2, 'R', 0, 0, 0, 0));
	bench_free(&b);
}

/* A card that does DMA inside an op: the client is served on the way, in both of its transfers. */
static void test_dma_in_op(void)
{
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	b.dma_address = 0x9000;
	tell(&b, REGION_WRITE, "0001000000000000 " BAR0 " 04000000 01000000");
	for (unsigned int i = 0; i < 2; i++) {
		char hex[128];

		snprintf(hex, sizeof(hex),
			 "%02x00 0b00 20000000 00000000 00000000 0090000000000000 0400000000000000",
			 i);
		CU_ASSERT_TRUE(hear_hex(b.fd, hex));
		tell(&b, REGION_READ, "1100000000000000 " BAR0 " 01000000");
		CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "1100000000000000 " BAR0 " 01000000 11"));
		snprintf(hex, sizeof(hex),
			 "%02x00 0b00 24000000 01000000 00000000 0090000000000000 0400000000000000 "
			 "0403020%u", i, i);
		reply_hex(&b, hex);
	}
	/* Its own request is answered last, from the bytes it came with. */
	CU_ASSERT_TRUE(answer_is(&b, REGION_WRITE, "0001000000000000 " BAR0 " 04000000"));
	pthread_mutex_lock(&b.lock);
	CU_ASSERT_EQUAL(b.dma_result, 0);
	CU_ASSERT_EQUAL(b.dma_value, 0x01020304);
	pthread_mutex_unlock(&b.lock);
	bench_end(&b);
}

/* Each of these writes waits inside the one before; a hostile client cannot stack them for ever. */
static void test_dma_nesting(void)
{
	struct bench b;

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	b.dma_address = 0x9000;
	for (unsigned int i = 0; i < 8; i++) {
		char hex[128];

		post(&b, REGION_WRITE, "0001000000000000 " BAR0 " 04000000 01000000");
		snprintf(hex, sizeof(hex),
			 "%02x00 0b00 20000000 00000000 00000000 0090000000000000 0400000000000000",
			 i);
		CU_ASSERT_TRUE(hear_hex(b.fd, hex));
	}
	tell(&b, REGION_WRITE, "0001000000000000 " BAR0 " 04000000 01000000");
	CU_ASSERT_TRUE(hear_hex(b.fd, "0800 0b00 20000000 00000000 00000000 "
				      "0090000000000000 0400000000000000"));
	CU_ASSERT_TRUE(answer_is(&b, REGION_WRITE, "0001000000000000 " BAR0 " 04000000"));
	pthread_mutex_lock(&b.lock);
	CU_ASSERT_EQUAL(b.dma_result, -ELOOP);
	pthread_mutex_unlock(&b.lock);
	bench_end(&b);
}

/* An unmap is not answered while a transfer holds the memory. */
static void test_dma_unmap_waits(void)
{
	uint8_t *base;
	struct bench b;
	uint64_t run;
	void *ptr;
	int fd = ram(&base);

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	map(&b, MAP_RW, fd);
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100000, RAM, true, &ptr, &run), 0);
	tell(&b, DMA_UNMAP, "18000000 02000000 0000000000000000 0000000000000000");
	CU_ASSERT_TRUE(is_silent(b.fd, 100));
	memset(ptr, 0x5a, RAM);
	vfu_dma_end(b.vfu);
	CU_ASSERT_TRUE(answer_is(&b, DMA_UNMAP,
				 "18000000 02000000 0000000000000000 0000000000000000"));
	CU_ASSERT_FALSE(mapped(&b, 0x100000));

	map(&b, MAP_RW, fd); /* bus mastering off waits in the same way */
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100000, RAM, true, &ptr, &run), 0);
	tell(&b, REGION_WRITE, "0400000000000000 " CONFIG " 02000000 0000");
	CU_ASSERT_TRUE(is_silent(b.fd, 100));
	memset(ptr, 0xa5, RAM);
	vfu_dma_end(b.vfu);
	CU_ASSERT_TRUE(answer_is(&b, REGION_WRITE, "0400000000000000 " CONFIG " 02000000"));
	CU_ASSERT_EQUAL(vfu_dma_begin(b.vfu, 0x100000, RAM, true, &ptr, &run), -EPERM);
	bench_end(&b);
	munmap(base, RAM);
	close(fd);
}

/* Engines and interrupts at full tilt against a guest that maps, unmaps and resets. */
static atomic_bool hammer_stop;

static void *hammer(void *arg)
{
	struct bench *b = arg;
	uint8_t buf[1024] = { 0 };
	uint64_t run;
	void *ptr;

	while (!atomic_load(&hammer_stop)) {
		if (!vfu_dma_begin(b->vfu, 0x100000, RAM, true, &ptr, &run)) {
			memset(ptr, 0, 1024);
			vfu_irq_raise(b->vfu, 5);
			vfu_dma_end(b->vfu);
		}
		if (!vfu_dma_begin(b->vfu, 0x110000, 1024, false, &ptr, &run)) {
			memcpy(buf, ptr, run);
			vfu_dma_end(b->vfu);
		}
		vfu_irq_raise(b->vfu, 1);
	}
	return NULL;
}

static void test_concurrency(void)
{
	struct vfu_stats stats = { 0 };
	pthread_t threads[2];
	uint8_t *base;
	struct bench b;
	int fd = ram(&base), e = event();

	bench_greet(&b, &card);
	atomic_store(&hammer_stop, false);
	for (unsigned int i = 0; i < 2; i++)
		must(!pthread_create(&threads[i], NULL, hammer, &b), "pthread_create");
	/* At least 200 rounds, and until the threads had their share of a busy machine. */
	for (unsigned int i = 0; i < 200 || (i < 100000 && stats.irqs < 100); i++) {
		map(&b, MAP_RW, fd);
		msix_enable(&b);
		msix_arm(&b, 1, e);
		if (i % 3 == 0)
			CU_ASSERT_TRUE(config_write(&b, DEVCTL, 2, 0x8000));
		unmap(&b, "18000000 00000000 0000100000000000 0000040000000000");
		msix_arm(&b, 1, -1);
		vfu_stats_get(b.vfu, &stats);
	}
	atomic_store(&hammer_stop, true);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_TRUE(count_of(e) >= 1);
	CU_ASSERT_TRUE(stats.irqs >= 100);
	bench_end(&b);
	munmap(base, RAM);
	close(fd);
	close(e);
}

/* The stream */

static void test_stream_pieces(void)
{
	uint8_t buf[256];
	size_t n;
	struct bench b;

	bench_start(&b, &card);
	n = message(buf, sizeof(buf), VERSION, 0, "0000 0000");
	for (size_t i = 0; i < n; i++)
		send_bytes(b.fd, buf + i, 1, NULL, 0);
	CU_ASSERT_TRUE(answer_is(&b, VERSION, "0000 0000"));
	/* Three messages and a half at once, then the rest */
	n = message(buf, 64, REGION_WRITE, NO_REPLY, "0000000000000000 " BAR0 " 04000000 01000000");
	n += message(buf + n, 64, REGION_WRITE, NO_REPLY,
		     "0400000000000000 " BAR0 " 04000000 02000000");
	n += message(buf + n, 64, REGION_READ, 0, "0800000000000000 " BAR0 " 01000000");
	n += message(buf + n, 64, REGION_READ, 0, "0900000000000000 " BAR0 " 01000000");
	send_bytes(b.fd, buf, n - 20, NULL, 0);
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "0800000000000000 " BAR0 " 01000000 08"));
	send_bytes(b.fd, buf + n - 20, 20, NULL, 0);
	CU_ASSERT_TRUE(answer_is(&b, REGION_READ, "0900000000000000 " BAR0 " 01000000 09"));
	CU_ASSERT_TRUE(saw(&b, 0, 'w', 0, 0, 4, 1));
	CU_ASSERT_TRUE(saw(&b, 1, 'w', 0, 4, 4, 2));
	bench_end(&b);
}

/* Descriptors stay with their message also when others were queued before it. */
static void test_stream_descriptors(void)
{
	uint8_t buf[512];
	size_t n = 0;
	struct bench b;
	int e = event();

	bench_greet(&b, &card);
	CU_ASSERT_TRUE(config_write(&b, COMMAND, 2, MEMORY_AND_MASTER));
	CU_ASSERT_TRUE(config_write(&b, MSIX_FLAGS, 2, 0x8000));
	for (unsigned int i = 0; i < 4; i++)
		n += message(buf + n, 128, GET_INFO, NO_REPLY,
			     "10000000 00000000 00000000 00000000");
	send_bytes(b.fd, buf, n, NULL, 0);
	n = message(buf, 128, SET_IRQS, NO_REPLY, "14000000 24000000 02000000 04000000 01000000");
	send_bytes(b.fd, buf, 16, &e, 1); /* header and descriptor first, the rest apart */
	send_bytes(b.fd, buf + 16, n - 16, NULL, 0);
	tell(&b, SET_IRQS, "14000000 24000000 02000000 05000000 01000000"); /* none for this one */
	CU_ASSERT_TRUE(answer_is(&b, SET_IRQS, ""));
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 4), 0);
	CU_ASSERT_EQUAL(vfu_irq_raise(b.vfu, 5), 0);
	CU_ASSERT_EQUAL(count_of(e), 1);
	bench_end(&b);
	close(e);
}

static void stream_ends(const char *hex, int want)
{
	struct bench b;

	bench_greet(&b, &card);
	reply_hex(&b, hex);
	shutdown(b.fd, SHUT_WR);
	pthread_join(b.thread, NULL);
	CU_ASSERT_EQUAL(b.result, want);
	CU_ASSERT_EQUAL(b.log[0] == '\0', want == 0);
	close(b.fd);
	bench_free(&b);
}

static void test_stream_broken(void)
{
	stream_ends("", 0);
	stream_ends("0000 0900", -EPROTO);                             /* half a header */
	stream_ends("0000 0900 20000000 00000000 00000000 00", -EPROTO); /* half a message */
	stream_ends("0000 0900 0f000000 00000000 00000000", -EPROTO);    /* shorter than itself */
	stream_ends("0000 0900 00000000 00000000 00000000", -EPROTO);
	stream_ends("0000 0900 ffffffff 00000000 00000000", -EPROTO);    /* 4 GiB */
	stream_ends("0000 0900 21001000 00000000 00000000", -EPROTO);    /* 1 MiB + 33 */
	stream_ends("0000 0900 10000000 02000000 00000000", -EPROTO);    /* neither kind */
	stream_ends("0000 0b00 10000000 01000000 00000000", -EPROTO);    /* an answer to nothing */
}

/* The longest message there can be: 1 MiB to BAR 0, which is smaller. */
static void test_stream_largest(void)
{
	static uint8_t buf[16 + 16 + (1 << 20)];
	struct bench b;

	bench_greet(&b, &card);
	message(buf, sizeof(buf), REGION_WRITE, 0, "0000000000000000 " BAR0 " 00001000");
	put(buf + 4, sizeof(buf), 4);
	for (size_t at = 0; at < sizeof(buf);) {
		ssize_t n = write(b.fd, buf + at, sizeof(buf) - at);

		must(n > 0, "write");
		at += n;
	}
	CU_ASSERT_TRUE(error_is(&b, REGION_WRITE, EINVAL));
	tell(&b, GET_INFO, "10000000 00000000 00000000 00000000");
	CU_ASSERT_TRUE(answer_is(&b, GET_INFO, "10000000 03000000 09000000 05000000"));
	bench_end(&b);
}

/* A client that asks and leaves before the answer: no SIGPIPE (its default would end us). */
static void test_stream_gone(void)
{
	struct bench b;

	signal(SIGPIPE, SIG_DFL);
	bench_greet(&b, &card);
	for (unsigned int i = 0; i < 100; i++)
		tell(&b, GET_INFO, "10000000 00000000 00000000 00000000");
	CU_ASSERT_EQUAL(bench_leave(&b), 0);
	bench_free(&b);
}

/* The socket */

static char dir[] = "/tmp/test_vfu.XXXXXX";

static void *runner(void *arg)
{
	struct bench *b = arg;

	b->result = vfu_run(b->vfu);
	return NULL;
}

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	must(fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr)), "connect");
	return fd;
}

static void test_socket(void)
{
	struct bench b = { 0 };
	struct vfu *other;
	char path[64], file[64], longer[200];
	struct stat st;
	int fd;

	must(mkdtemp(dir), "mkdtemp");
	snprintf(path, sizeof(path), "%s/socket", dir);
	snprintf(file, sizeof(file), "%s/file", dir);
	pthread_mutex_init(&b.lock, NULL);
	must(!vfu_create(&b.vfu, &card, &ops, &b), "vfu_create");
	must(!vfu_create(&other, &card, &ops, &b), "vfu_create");

	CU_ASSERT_EQUAL(vfu_run(b.vfu), -EINVAL);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(vfu_listen(b.vfu, longer), -ENAMETOOLONG);
	CU_ASSERT_EQUAL(vfu_listen(b.vfu, ""), -EINVAL);
	fd = open(file, O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(vfu_listen(b.vfu, file), -EEXIST);
	CU_ASSERT_EQUAL(stat(file, &st), 0);
	unlink(file);

	/* A dead socket is replaced, a live one is not. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	strcpy(addr.sun_path, path);
	must(!bind(fd, (struct sockaddr *)&addr, sizeof(addr)), "bind");
	close(fd);
	CU_ASSERT_EQUAL(vfu_listen(b.vfu, path), 0);
	CU_ASSERT_EQUAL(vfu_listen(b.vfu, path), -EALREADY);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(vfu_listen(other, path), -EADDRINUSE);

	/* One client after the other; the knock above and a port scan do not count. */
	must(!pthread_create(&b.thread, NULL, runner, &b), "pthread_create");
	close(dial(path));
	b.fd = dial(path);
	hello(&b);
	CU_ASSERT_EQUAL(vfu_listen(other, path), -EADDRINUSE);
	CU_ASSERT_EQUAL(bench_leave(&b), 0);

	must(!pthread_create(&b.thread, NULL, runner, &b), "pthread_create");
	b.fd = dial(path);
	hello(&b);
	vfu_stop(b.vfu);
	pthread_join(b.thread, NULL);
	CU_ASSERT_EQUAL(b.result, 0);
	CU_ASSERT_EQUAL(read(b.fd, file, 1), 0); /* the client sees the end */
	close(b.fd);
	CU_ASSERT_TRUE(vfu_stopped(b.vfu));
	CU_ASSERT_EQUAL(vfu_run(b.vfu), 0); /* for good */
	vfu_destroy(b.vfu);
	CU_ASSERT_EQUAL(stat(path, &st), -1);

	/* Stop while nobody has come yet */
	b.vfu = other;
	CU_ASSERT_EQUAL(vfu_listen(other, path), 0);
	must(!pthread_create(&b.thread, NULL, runner, &b), "pthread_create");
	vfu_stop(other);
	pthread_join(b.thread, NULL);
	CU_ASSERT_EQUAL(b.result, 0);
	vfu_destroy(other);
	pthread_mutex_destroy(&b.lock);
	rmdir(dir);
}

#define T(name) { #name, test_##name }

int main(void)
{
	static CU_TestInfo messages[] = { T(version), T(version_refused), T(device_info),
					  T(region_info), T(irq_info), T(unknown),
					  CU_TEST_INFO_NULL };
	static CU_TestInfo regions[] = { T(bar_access), T(bar_pieces), T(region_bounds),
					 T(write_multi), CU_TEST_INFO_NULL };
	static CU_TestInfo config[] = { T(config_header), T(config_capabilities), T(bus_master),
					T(reset), T(create), CU_TEST_INFO_NULL };
	static CU_TestInfo interrupts[] = { T(msix), T(msix_pending), T(msix_reset), T(msi),
					    T(irq_loopback), T(irq_bounds), T(descriptors),
					    CU_TEST_INFO_NULL };
	static CU_TestInfo dma[] = { T(dma_direct), T(dma_unmap), T(dma_map_bounds),
				     T(dma_messages), T(dma_messages_size), T(dma_bad_replies),
				     T(dma_client_leaves), T(dma_in_op), T(dma_nesting),
				     T(dma_unmap_waits), T(concurrency), CU_TEST_INFO_NULL };
	static CU_TestInfo stream[] = { T(stream_pieces), T(stream_descriptors), T(stream_broken),
					T(stream_largest), T(stream_gone), T(socket),
					CU_TEST_INFO_NULL };
	static CU_SuiteInfo suites[] = {
		{ .pName = "messages", .pTests = messages },
		{ .pName = "regions", .pTests = regions },
		{ .pName = "config space", .pTests = config },
		{ .pName = "interrupts", .pTests = interrupts },
		{ .pName = "DMA", .pTests = dma },
		{ .pName = "stream and socket", .pTests = stream },
		CU_SUITE_INFO_NULL,
	};

	return unit_run_suites(suites);
}
