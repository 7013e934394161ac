// SPDX-License-Identifier: MIT
/*
 * The vfio-user server: its life, the stream of messages, and the answer to each. What it owns and
 * what surprises people is said in vfu.h.
 *
 * The path of a register access is serve() -> message_next() -> message_handle() -> a handler:
 * one recvmsg() and, if the client wants a reply, one sendmsg(). Posted writes that queued up are
 * read together.
 *
 * A handler may call an op, the op vfu_dma_read(), and that serves further messages before it
 * returns. So the message in hand must stay where it is: vfu_serve_until() leaves the receive
 * buffer to it and goes on with a fresh one.
 */
#include "vfu.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vfu_int.h"

/* Ops within DMA within ops ...: enough for honest cards, and an end for a hostile client. */
#define DEPTH_MAX 8

_Thread_local struct vfu *vfu_serving;

/* What a handler answers: len bytes at data, which is small or, if it needs more, large. */
struct reply {
	uint8_t *data;
	size_t len;
	uint8_t *large;
	uint8_t small[4096 + 32];
};

void vfu_log(const struct vfu *vfu, const char *format, ...)
{
	char text[256];
	va_list args;

	if (!vfu->ops.log)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vfu->ops.log(vfu->opaque, text);
}

int vfu_send(struct vfu *vfu, const void *head, size_t head_len, const void *body,
	     size_t body_len)
{
	int ret;

	pthread_mutex_lock(&vfu->send_lock);
	ret = vfu->tran ? vfu->tran->send(vfu->tran_ctx, head, head_len, body, body_len) :
			  -ENOTCONN;
	pthread_mutex_unlock(&vfu->send_lock);
	return ret;
}

/* Room for len bytes, zeroed. */
static int reply_alloc(struct reply *reply, size_t len)
{
	reply->data = reply->small;
	if (len > sizeof(reply->small)) {
		reply->large = malloc(len);
		if (!reply->large)
			return -ENOMEM;
		reply->data = reply->large;
	}
	memset(reply->data, 0, len);
	reply->len = len;
	return 0;
}

static int reply_copy(struct reply *reply, const void *data, size_t len)
{
	int ret = reply_alloc(reply, len);

	if (!ret)
		memcpy(reply->data, data, len);
	return ret;
}

/* Copies the fixed part of a message whose first field is argsz. */
static int request_get(const struct vfu_message *msg, void *request, size_t len)
{
	uint32_t argsz;

	if (msg->len < len)
		return -EINVAL;
	memcpy(request, msg->data, len);
	memcpy(&argsz, msg->data, sizeof(argsz));
	return argsz < len ? -EINVAL : 0;
}

/* State of the function */

/* Brings interrupts and DMA in line with config space, and tells the card. */
static void state_apply(struct vfu *vfu)
{
	unsigned int msi_count;
	enum vfu_irq_mode mode = pcicfg_irq_mode(&vfu->cfg, &msi_count);
	bool on = pcicfg_bus_master(&vfu->cfg) && pcicfg_in_d0(&vfu->cfg);

	vfu_irq_enable(vfu, mode, msi_count, on);
	if (on == vfu->bus_master)
		return;
	vfu->bus_master = on;
	vfu_dma_enable(vfu, on);
	if (vfu->ops.bus_master)
		vfu->ops.bus_master(vfu->opaque, on);
}

static void function_reset(struct vfu *vfu)
{
	pcicfg_reset(&vfu->cfg);
	state_apply(vfu);
	if (vfu->ops.reset)
		vfu->ops.reset(vfu->opaque);
}

/* Regions */

void vfu_vanish(struct vfu *vfu)
{
	atomic_store(&vfu->absent, true);
}

/* A stretch of a BAR that the server answers itself. */
static bool in_stretch(uint64_t off, uint64_t start, uint64_t len)
{
	return off >= start && off - start < len;
}

static bool is_msix_table(const struct vfu *vfu, unsigned int bar, uint64_t off)
{
	return vfu->irq.num_msix && bar == vfu->config.msix_bar &&
	       in_stretch(off, vfu->config.msix_table, 16ull * vfu->irq.num_msix);
}

static bool is_msix_pba(const struct vfu *vfu, unsigned int bar, uint64_t off)
{
	return vfu->irq.num_msix && bar == vfu->config.msix_bar &&
	       in_stretch(off, vfu->config.msix_pba, (vfu->irq.num_msix + 63) / 64 * 8);
}

static void bar_read_one(struct vfu *vfu, unsigned int bar, uint64_t off, uint8_t *buf, size_t n)
{
	if (!pcicfg_in_d0(&vfu->cfg))
		memset(buf, 0xff, n); /* unsupported request */
	else if (is_msix_pba(vfu, bar, off))
		vfu_irq_pending(vfu, off - vfu->config.msix_pba, buf, n);
	else if (!is_msix_table(vfu, bar, off) && vfu->ops.bar_read)
		vfu->ops.bar_read(vfu->opaque, bar, off, buf, n);
}

static void bar_write_one(struct vfu *vfu, unsigned int bar, uint64_t off, const uint8_t *buf,
			  size_t n)
{
	uint64_t value = 0;

	if (!pcicfg_in_d0(&vfu->cfg) || is_msix_table(vfu, bar, off) ||
	    is_msix_pba(vfu, bar, off) || !vfu->ops.bar_write)
		return;
	memcpy(&value, buf, n); /* aligned for the card */
	vfu->ops.bar_write(vfu->opaque, bar, off, &value, n);
}

/* The longest naturally aligned access that starts at off and fits into left: 8, 4, 2 or 1. */
static size_t piece_len(uint64_t off, size_t left)
{
	size_t n = 8;

	while (off % n || n > left)
		n /= 2;
	return n;
}

static void bar_read(struct vfu *vfu, unsigned int bar, uint64_t off, uint8_t *buf, size_t len)
{
	uint64_t value;

	vfu_counter_add(&vfu->count.bar_reads);
	while (len) {
		size_t n = piece_len(off, len);

		value = 0;
		bar_read_one(vfu, bar, off, (uint8_t *)&value, n);
		memcpy(buf, &value, n);
		off += n;
		buf += n;
		len -= n;
	}
}

static void bar_write(struct vfu *vfu, unsigned int bar, uint64_t off, const uint8_t *buf,
		      size_t len)
{
	vfu_counter_add(&vfu->count.bar_writes);
	while (len) {
		size_t n = piece_len(off, len);

		bar_write_one(vfu, bar, off, buf, n);
		off += n;
		buf += n;
		len -= n;
	}
}

static void config_write(struct vfu *vfu, uint64_t off, const uint8_t *buf, size_t len)
{
	vfu_counter_add(&vfu->count.config_writes);
	if (pcicfg_write(&vfu->cfg, off, buf, len) & PCICFG_FLR) {
		vfu_counter_add(&vfu->count.resets);
		function_reset(vfu);
	} else {
		state_apply(vfu);
	}
}

static uint64_t region_size(const struct vfu *vfu, uint32_t region)
{
	if (region < VFU_BARS)
		return vfu->config.bar_size[region];
	return region == VFU_REGION_CONFIG ? PCICFG_SIZE : 0;
}

static int region_check(const struct vfu *vfu, uint32_t region, uint64_t off, uint32_t count)
{
	uint64_t size = region_size(vfu, region);

	if (!count || count > VFU_XFER_MAX || off > size || count > size - off)
		return -EINVAL;
	return 0;
}

static void region_write(struct vfu *vfu, uint32_t region, uint64_t off, const uint8_t *buf,
			 size_t len)
{
	if (atomic_load(&vfu->absent))
		return;
	if (region == VFU_REGION_CONFIG)
		config_write(vfu, off, buf, len);
	else
		bar_write(vfu, region, off, buf, len);
}

static int handle_region_read(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_region_access access;
	uint8_t *data;
	int ret;

	if (msg->len < sizeof(access))
		return -EINVAL;
	memcpy(&access, msg->data, sizeof(access));
	ret = region_check(vfu, access.region, access.offset, access.count);
	if (!ret)
		ret = reply_alloc(reply, sizeof(access) + access.count);
	if (ret)
		return ret;
	memcpy(reply->data, &access, sizeof(access));
	data = reply->data + sizeof(access);
	if (atomic_load(&vfu->absent)) {
		memset(data, 0xff, access.count);
		return 0;
	}
	if (access.region == VFU_REGION_CONFIG) {
		vfu_counter_add(&vfu->count.config_reads);
		pcicfg_read(&vfu->cfg, access.offset, data, access.count);
	} else {
		bar_read(vfu, access.region, access.offset, data, access.count);
	}
	return 0;
}

static int handle_region_write(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_region_access access;
	int ret;

	if (msg->len < sizeof(access))
		return -EINVAL;
	memcpy(&access, msg->data, sizeof(access));
	ret = region_check(vfu, access.region, access.offset, access.count);
	if (ret)
		return ret;
	if (access.count != msg->len - sizeof(access))
		return -EINVAL;
	region_write(vfu, access.region, access.offset, msg->data + sizeof(access), access.count);
	return reply_copy(reply, &access, sizeof(access));
}

static int handle_region_write_multi(struct vfu *vfu, struct vfu_message *msg,
				     struct reply *reply)
{
	struct vfu_write_multi w;
	uint64_t n;

	if (msg->len < sizeof(n))
		return -EINVAL;
	memcpy(&n, msg->data, sizeof(n));
	if (n > VFU_XFER_MAX / sizeof(w) || msg->len - sizeof(n) != n * sizeof(w))
		return -EINVAL;
	for (uint64_t i = 0; i < n; i++) {
		memcpy(&w, msg->data + sizeof(n) + i * sizeof(w), sizeof(w));
		if (w.count > sizeof(w.data) || region_check(vfu, w.region, w.offset, w.count))
			return -EINVAL;
		region_write(vfu, w.region, w.offset, w.data, w.count);
	}
	return reply_copy(reply, &n, sizeof(n));
}

static int handle_get_region_info(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_region_info info;
	int ret = request_get(msg, &info, sizeof(info));

	if (ret)
		return ret;
	if (info.index >= VFU_REGIONS)
		return -EINVAL;
	info = (struct vfu_region_info){
		.argsz = sizeof(info),
		.index = info.index,
		.size = region_size(vfu, info.index),
	};
	if (info.size)
		info.flags = VFU_REGION_READS | VFU_REGION_WRITES;
	return reply_copy(reply, &info, sizeof(info));
}

/* The rest of the messages */

/*
 * The number that follows "name": in the client's JSON, or fallback. The one field that concerns us
 * does not pay for a parser, and a wrong number only costs the client.
 */
static uint64_t json_number(const char *json, const char *name, uint64_t fallback)
{
	const char *at = strstr(json, name);

	if (!at)
		return fallback;
	at += strlen(name);
	at += strspn(at, "\" \t:");
	return *at >= '0' && *at <= '9' ? strtoull(at, NULL, 10) : fallback;
}

static int handle_version(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_version version;
	const char *json = (const char *)msg->data + sizeof(version);
	char answer[128];
	uint64_t chunk;
	int n, ret;

	if (vfu->versioned || msg->len < sizeof(version))
		return -EINVAL;
	memcpy(&version, msg->data, sizeof(version));
	if (version.major != 0) {
		vfu_log(vfu, "the client speaks vfio-user %u.%u, this card 0.0", version.major,
			version.minor);
		return -EINVAL;
	}
	if (msg->len > sizeof(version)) {
		if (msg->data[msg->len - 1] != '\0')
			return -EINVAL;
		chunk = json_number(json, "\"max_data_xfer_size", VFU_XFER_MAX);
		if (!chunk)
			return -EINVAL;
		if (chunk < atomic_load(&vfu->dma.chunk))
			atomic_store(&vfu->dma.chunk, chunk);
	}
	n = snprintf(answer, sizeof(answer),
		     "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%u}}",
		     VFU_FDS_MAX, VFU_XFER_MAX);

	/* QEMU reads the reply into its request's buffer: no longer than that, then 0.0 alone. */
	version = (struct vfu_version){ 0 };
	ret = reply_alloc(reply, sizeof(version) + n + 1);
	if (ret)
		return ret;
	memcpy(reply->data, &version, sizeof(version));
	memcpy(reply->data + sizeof(version), answer, n + 1);
	if (reply->len > msg->len)
		reply->len = sizeof(version);
	vfu->versioned = true;
	return 0;
}

static int handle_dma_map(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_dma_map map;
	int ret = request_get(msg, &map, sizeof(map));

	(void)reply;
	if (!ret && msg->num_fds > 1)
		ret = -EINVAL;
	if (!ret)
		ret = vfu_dma_map(vfu, &map, msg->num_fds ? msg->fd[0] : -1);
	if (ret)
		return ret;
	vfu_counter_add(&vfu->count.dma_maps);
	return 0;
}

static int handle_dma_unmap(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_dma_unmap unmap;
	uint64_t last;
	int ret = request_get(msg, &unmap, sizeof(unmap));

	if (ret)
		return ret;
	if (unmap.flags == VFU_UNMAP_ALL) {
		if (unmap.iova || unmap.size)
			return -EINVAL;
		last = UINT64_MAX;
	} else if (unmap.flags) {
		return -ENOTSUP; /* dirty bitmaps */
	} else if (!unmap.size || __builtin_add_overflow(unmap.iova, unmap.size - 1, &last)) {
		return -EINVAL;
	}
	vfu_dma_unmap(vfu, unmap.iova, last);
	vfu_counter_add(&vfu->count.dma_unmaps);
	return reply_copy(reply, &unmap, sizeof(unmap));
}

static int handle_get_info(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_device_info info;
	int ret = request_get(msg, &info, sizeof(info));

	(void)vfu;
	if (ret)
		return ret;
	info = (struct vfu_device_info){
		.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.num_regions = VFU_REGIONS,
		.num_irqs = VFU_IRQS,
	};
	return reply_copy(reply, &info, sizeof(info));
}

static int handle_get_irq_info(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	struct vfu_irq_info info;
	int ret = request_get(msg, &info, sizeof(info));

	if (ret)
		return ret;
	if (info.index >= VFU_IRQS)
		return -EINVAL;
	info = (struct vfu_irq_info){
		.argsz = sizeof(info),
		.flags = VFU_IRQ_EVENTFD,
		.index = info.index,
		.count = vfu_irq_index_count(vfu, info.index),
	};
	return reply_copy(reply, &info, sizeof(info));
}

static int handle_set_irqs(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	(void)reply;
	return vfu_irq_set(vfu, msg);
}

static int handle_reset(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	(void)msg;
	(void)reply;
	vfu_counter_add(&vfu->count.resets);
	function_reset(vfu);
	return 0;
}

static int (*const handlers[])(struct vfu *vfu, struct vfu_message *msg, struct reply *reply) = {
	[VFU_VERSION] = handle_version,
	[VFU_DMA_MAP] = handle_dma_map,
	[VFU_DMA_UNMAP] = handle_dma_unmap,
	[VFU_DEVICE_GET_INFO] = handle_get_info,
	[VFU_DEVICE_GET_REGION_INFO] = handle_get_region_info,
	[VFU_DEVICE_GET_IRQ_INFO] = handle_get_irq_info,
	[VFU_DEVICE_SET_IRQS] = handle_set_irqs,
	[VFU_REGION_READ] = handle_region_read,
	[VFU_REGION_WRITE] = handle_region_write,
	[VFU_DEVICE_RESET] = handle_reset,
	[VFU_REGION_WRITE_MULTI] = handle_region_write_multi,
};

/* The stream */

/* Takes the descriptors that came with bytes up to end. -EMSGSIZE when some were lost. */
static int fds_take(struct vfu *vfu, struct vfu_message *msg, uint64_t end)
{
	struct vfu_rx_fds *q = &vfu->rx_fds;
	unsigned int kept = 0;
	int ret = 0;

	msg->num_fds = 0;
	for (unsigned int i = 0; i < q->count; i++) {
		if (q->at[i] <= end) {
			msg->fd[msg->num_fds++] = q->fd[i];
		} else {
			q->fd[kept] = q->fd[i];
			q->at[kept++] = q->at[i];
		}
	}
	q->count = kept;
	if (q->lost_at && q->lost_at <= end) {
		q->lost_at = 0;
		ret = -EMSGSIZE;
	}
	return ret;
}

static void message_close_fds(const struct vfu_message *msg)
{
	for (unsigned int i = 0; i < msg->num_fds; i++)
		if (msg->fd[i] >= 0)
			close(msg->fd[i]);
}

/* Reads what there is, for at least need bytes in one piece at head. 0 at the end of the stream. */
static ssize_t rx_fill(struct vfu *vfu, size_t need)
{
	struct vfu_rx *rx = vfu->rx;
	struct vfu_rx_fds *q = &vfu->rx_fds;
	unsigned int got = VFU_FDS_MAX - q->count;
	int lost = 0;
	ssize_t n;

	if (rx->head == rx->tail || sizeof(rx->buf) - rx->head < need) {
		memmove(rx->buf, rx->buf + rx->head, rx->tail - rx->head);
		rx->tail -= rx->head;
		rx->head = 0;
	}
	n = vfu->tran->recv(vfu->tran_ctx, rx->buf + rx->tail, sizeof(rx->buf) - rx->tail,
			    q->fd + q->count, &got, &lost);
	if (n <= 0)
		return n;
	rx->tail += n;
	vfu->rx_total += n;
	for (; got; got--)
		q->at[q->count++] = vfu->rx_total;
	if (lost)
		q->lost_at = vfu->rx_total;
	return n;
}

static int header_check(struct vfu *vfu, const struct vfu_hdr *hdr)
{
	uint32_t type = hdr->flags & VFU_TYPE_MASK;

	if (hdr->size < sizeof(*hdr) || hdr->size > VFU_MESSAGE_MAX) {
		vfu_log(vfu, "the client sent a message of %u bytes: closing", hdr->size);
		return -EPROTO;
	}
	if (type != VFU_TYPE_COMMAND && type != VFU_TYPE_REPLY) {
		vfu_log(vfu, "the client sent a message of type %u: closing", type);
		return -EPROTO;
	}
	return 0;
}

/* Waits for a whole message. 1 and *msg, 0 when the client has gone, or -errno. */
static int message_next(struct vfu *vfu, struct vfu_message *msg)
{
	struct vfu_rx *rx = vfu->rx;
	size_t need = sizeof(msg->hdr);
	ssize_t n;
	int ret;

	for (;;) {
		size_t have = rx->tail - rx->head;

		if (have >= sizeof(msg->hdr)) {
			memcpy(&msg->hdr, rx->buf + rx->head, sizeof(msg->hdr));
			ret = header_check(vfu, &msg->hdr);
			if (ret)
				return ret;
			need = msg->hdr.size;
		}
		if (have >= need)
			break;
		n = rx_fill(vfu, need);
		if (n < 0)
			vfu_log(vfu, "cannot read from the client: %s", strerror(-n));
		else if (!n && have)
			vfu_log(vfu, "the client left in the middle of a message");
		if (n <= 0)
			return !n && have ? -EPROTO : n;
	}
	msg->data = rx->buf + rx->head + sizeof(msg->hdr);
	msg->len = msg->hdr.size - sizeof(msg->hdr);
	rx->head += msg->hdr.size;
	vfu_counter_add(&vfu->count.messages);
	return 1;
}

/* 0 with *reply filled in, or -errno. */
static int command_handle(struct vfu *vfu, struct vfu_message *msg, struct reply *reply)
{
	unsigned int command = msg->hdr.command;

	if (command >= sizeof(handlers) / sizeof(handlers[0]) || !handlers[command])
		return -ENOTSUP;
	if (!vfu->versioned && command != VFU_VERSION)
		return -EINVAL;
	return handlers[command](vfu, msg, reply);
}

/* A client that left before it had its answer is for the next read to notice. */
static int reply_send(struct vfu *vfu, const struct vfu_hdr *hdr, const void *data, size_t len)
{
	int ret = vfu_send(vfu, hdr, sizeof(*hdr), data, len);

	return ret == -EPIPE || ret == -ECONNRESET ? 0 : ret;
}

static int command_answer(struct vfu *vfu, const struct vfu_message *msg, int err,
			  const struct reply *reply)
{
	struct vfu_hdr hdr = {
		.id = msg->hdr.id,
		.command = msg->hdr.command,
		.size = sizeof(hdr),
		.flags = VFU_TYPE_REPLY,
	};

	if (msg->hdr.flags & VFU_NO_REPLY)
		return 0;
	if (err) {
		hdr.flags |= VFU_ERROR;
		hdr.error = -err;
		return reply_send(vfu, &hdr, NULL, 0);
	}
	hdr.size += reply->len;
	return reply_send(vfu, &hdr, reply->data, reply->len);
}

/* 0, or -errno when the stream cannot go on. */
static int message_handle(struct vfu *vfu, struct vfu_message *msg)
{
	struct vfu_rx *rx = vfu->rx, *outer = vfu->rx_in_use;
	struct reply reply;
	uint64_t end = vfu->rx_total - (rx->tail - rx->head);
	int err, ret;

	reply.len = 0;
	reply.data = NULL;
	reply.large = NULL;
	vfu->rx_in_use = rx;
	err = fds_take(vfu, msg, end);
	if ((msg->hdr.flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY) {
		ret = vfu_dma_reply(vfu, msg);
		message_close_fds(msg);
	} else {
		if (!err)
			err = command_handle(vfu, msg, &reply);
		message_close_fds(msg); /* before the client hears that we are done */
		ret = vfu->broken ? vfu->broken : command_answer(vfu, msg, err, &reply);
	}
	free(reply.large);
	vfu->rx_in_use = outer;
	if (vfu->rx != rx) /* vfu_serve_until() left it to us */
		free(rx);
	return ret;
}

/* Until *done (NULL: never) or the end of the client. 0 for both, or -errno. */
static int serve(struct vfu *vfu, const bool *done)
{
	struct vfu_message msg;
	int ret;

	while (!done || !*done) {
		ret = message_next(vfu, &msg);
		if (ret == 1)
			ret = message_handle(vfu, &msg);
		else if (!ret)
			return 0;
		if (ret) {
			vfu->broken = ret;
			return ret;
		}
	}
	return 0;
}

/* Makes vfu->rx one that may be moved about and refilled. */
static int rx_release(struct vfu *vfu)
{
	struct vfu_rx *old = vfu->rx, *rx;

	if (old != vfu->rx_in_use)
		return 0;
	rx = malloc(sizeof(*rx));
	if (!rx)
		return -ENOMEM;
	rx->head = 0;
	rx->tail = old->tail - old->head;
	memcpy(rx->buf, old->buf + old->head, rx->tail);
	vfu->rx = rx;
	return 0;
}

int vfu_serve_until(struct vfu *vfu, const bool *done)
{
	int ret;

	if (vfu->depth == DEPTH_MAX) {
		vfu_log(vfu, "register accesses nest %u deep in DMA: refusing one", DEPTH_MAX);
		return -ELOOP;
	}
	if (vfu->broken)
		return vfu->broken;
	ret = rx_release(vfu);
	if (ret)
		return ret;
	vfu->depth++;
	ret = serve(vfu, done);
	vfu->depth--;
	return ret || *done ? ret : -ENOTCONN;
}

static void client_begin(struct vfu *vfu, const struct vfu_tran *tran, void *ctx)
{
	pthread_mutex_lock(&vfu->send_lock);
	vfu->tran = tran;
	vfu->tran_ctx = ctx;
	pthread_mutex_unlock(&vfu->send_lock);
	vfu->rx->head = 0;
	vfu->rx->tail = 0;
	vfu->rx_total = 0;
	vfu->versioned = false;
	vfu->depth = 0;
	vfu->broken = 0;
	vfu_dma_connect(vfu);
}

/* Nothing of the client remains: mappings, interrupts, requests, register state. */
static void client_end(struct vfu *vfu)
{
	vfu->tran->end(vfu->tran_ctx);
	pcicfg_reset(&vfu->cfg);
	vfu_dma_disconnect(vfu);
	vfu_irq_disarm(vfu);
	state_apply(vfu);
	for (unsigned int i = 0; i < vfu->rx_fds.count; i++)
		close(vfu->rx_fds.fd[i]);
	vfu->rx_fds = (struct vfu_rx_fds){ 0 };
	pthread_mutex_lock(&vfu->send_lock);
	vfu->tran = NULL;
	pthread_mutex_unlock(&vfu->send_lock);
	if (vfu->rx_total && vfu->ops.reset)
		vfu->ops.reset(vfu->opaque);
}

int vfu_serve(struct vfu *vfu, const struct vfu_tran *tran, void *ctx)
{
	int ret;

	client_begin(vfu, tran, ctx);
	vfu_serving = vfu;
	ret = serve(vfu, NULL);
	client_end(vfu);
	vfu_serving = NULL;
	return ret;
}

/* Life */

int vfu_create(struct vfu **out, const struct vfu_config *config, const struct vfu_ops *ops,
	       void *opaque)
{
	struct vfu *vfu = calloc(1, sizeof(*vfu));
	int ret = -ENOMEM;

	if (!vfu)
		return -ENOMEM;
	vfu->config = *config;
	vfu->ops = *ops;
	vfu->opaque = opaque;
	vfu->rx = malloc(sizeof(*vfu->rx));
	if (!vfu->rx)
		goto out_vfu;
	ret = pcicfg_init(&vfu->cfg, config);
	if (ret)
		goto out_rx;
	ret = -pthread_mutex_init(&vfu->send_lock, NULL);
	if (ret)
		goto out_rx;
	ret = vfu_irq_init(vfu);
	if (ret)
		goto out_send;
	ret = vfu_dma_init(vfu);
	if (ret)
		goto out_irq;
	ret = vfu_sock_init(vfu);
	if (ret)
		goto out_dma;
	*out = vfu;
	return 0;

out_dma:
	vfu_dma_finish(vfu);
out_irq:
	vfu_irq_finish(vfu);
out_send:
	pthread_mutex_destroy(&vfu->send_lock);
out_rx:
	free(vfu->rx);
out_vfu:
	free(vfu);
	return ret;
}

void vfu_destroy(struct vfu *vfu)
{
	if (!vfu)
		return;
	vfu_sock_finish(vfu);
	vfu_dma_finish(vfu);
	vfu_irq_finish(vfu);
	pthread_mutex_destroy(&vfu->send_lock);
	free(vfu->rx);
	free(vfu);
}

void vfu_stats_get(const struct vfu *vfu, struct vfu_stats *stats)
{
	const struct vfu_counters *c = &vfu->count;

	*stats = (struct vfu_stats){
		.messages = atomic_load(&c->messages),
		.bar_reads = atomic_load(&c->bar_reads),
		.bar_writes = atomic_load(&c->bar_writes),
		.config_reads = atomic_load(&c->config_reads),
		.config_writes = atomic_load(&c->config_writes),
		.irqs = atomic_load(&c->irqs),
		.irqs_held = atomic_load(&c->irqs_held),
		.irqs_refused = atomic_load(&c->irqs_refused),
		.dma_maps = atomic_load(&c->dma_maps),
		.dma_unmaps = atomic_load(&c->dma_unmaps),
		.dma_messages = atomic_load(&c->dma_messages),
		.resets = atomic_load(&c->resets),
	};
}
