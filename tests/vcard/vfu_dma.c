// SPDX-License-Identifier: MIT
/*
 * Guest memory as the card reaches it: the map that the client's DMA_MAP messages draw, direct
 * access to it, and the detour through the client where it has no entry.
 *
 * The same file (guest RAM) is announced piece by piece, and behind an IOMMU page by page, each
 * time with a new descriptor. It is mapped once, whole; an entry of the map points into it. That
 * keeps us under the kernel's 65530 mappings and keeps page tables warm. The safety rests on the
 * look-up: an address that was unmapped is not found, and an unmap waits for those who found it
 * before.
 *
 * The lock prefers writers, so a card that never pauses cannot hold an unmap off. The price is that
 * one thread must not take it twice.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfu_int.h"

/* A file, mapped from its start. */
struct vfu_backing {
	struct vfu_backing *next;
	dev_t dev;
	ino_t ino;
	uint8_t *base;
	uint64_t len;
	bool writable;
	unsigned int refs; /* entries of the map */
};

/* Guest addresses first..last, both included. */
struct map {
	uint64_t first;
	uint64_t last;
	uint32_t flags;           /* VFU_MAP_READ, VFU_MAP_WRITE */
	struct vfu_backing *file; /* NULL: known to the client alone */
	uint64_t file_offset;     /* of first */
};

/* A DMA_READ or DMA_WRITE under way. On the stack of the thread that waits; dma.ask guards it. */
struct vfu_ask {
	struct vfu_ask *next;
	uint16_t id;
	uint16_t command;
	uint64_t address;
	uint64_t count;
	void *buf; /* DMA_READ: where to */
	bool done;
	int err;
};

/*
 * What one DMA message carries at most. The guest's register accesses queue behind it on the same
 * socket, so much less than the protocol's megabyte.
 */
#define ASK_BYTES 65536u

/* Copied under one hold of the lock, so that an unmap need not wait for a whole frame. */
#define COPY_BYTES 1048576u

#define PAGE 4096u

/* Ranges that touch compare equal, so looking one up finds a map that overlaps it. */
static int map_compare(const void *a, const void *b)
{
	const struct map *x = a, *y = b;

	if (x->last < y->first)
		return -1;
	return x->first > y->last;
}

static struct map *map_find(const struct vfu_dma *dma, uint64_t first, uint64_t last)
{
	const struct map key = { .first = first, .last = last };
	struct map *const *node = tfind(&key, &dma->maps, map_compare);

	return node ? *node : NULL;
}

static bool map_insert(struct vfu_dma *dma, struct map *map)
{
	return tsearch(map, &dma->maps, map_compare);
}

static void backing_put(struct vfu_dma *dma, struct vfu_backing *file)
{
	struct vfu_backing **link = &dma->files;

	if (!file || --file->refs)
		return;
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	munmap(file->base, file->len);
	free(file);
}

static void map_destroy(struct vfu_dma *dma, struct map *map)
{
	backing_put(dma, map->file);
	free(map);
}

int vfu_dma_init(struct vfu *vfu)
{
	struct vfu_dma *dma = &vfu->dma;
	pthread_rwlockattr_t attr;
	int err;

	atomic_init(&dma->chunk, ASK_BYTES);
	err = pthread_rwlockattr_init(&attr);
	if (err)
		return -err;
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	err = pthread_rwlock_init(&dma->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	if (err)
		return -err;
	err = pthread_mutex_init(&dma->ask, NULL);
	if (err)
		goto out_lock;
	err = pthread_cond_init(&dma->answered, NULL);
	if (err)
		goto out_ask;
	return 0;

out_ask:
	pthread_mutex_destroy(&dma->ask);
out_lock:
	pthread_rwlock_destroy(&dma->lock);
	return -err;
}

void vfu_dma_finish(struct vfu *vfu)
{
	struct vfu_dma *dma = &vfu->dma;

	vfu_dma_disconnect(vfu);
	pthread_cond_destroy(&dma->answered);
	pthread_mutex_destroy(&dma->ask);
	pthread_rwlock_destroy(&dma->lock);
}

void vfu_dma_connect(struct vfu *vfu)
{
	pthread_mutex_lock(&vfu->dma.ask);
	vfu->dma.connected = true;
	pthread_mutex_unlock(&vfu->dma.ask);
}

void vfu_dma_disconnect(struct vfu *vfu)
{
	struct vfu_dma *dma = &vfu->dma;

	pthread_mutex_lock(&dma->ask);
	dma->connected = false;
	for (struct vfu_ask *ask = dma->asks; ask; ask = ask->next) {
		ask->err = -ENOTCONN;
		ask->done = true;
	}
	dma->asks = NULL;
	pthread_cond_broadcast(&dma->answered);
	pthread_mutex_unlock(&dma->ask);
	vfu_dma_unmap(vfu, 0, UINT64_MAX);
	atomic_store(&dma->chunk, ASK_BYTES);
}

void vfu_dma_enable(struct vfu *vfu, bool on)
{
	pthread_rwlock_wrlock(&vfu->dma.lock);
	vfu->dma.on = on;
	pthread_rwlock_unlock(&vfu->dma.lock);
}

/* The map */

static struct vfu_backing *backing_find(struct vfu_dma *dma, const struct stat *st, uint64_t end)
{
	for (struct vfu_backing *file = dma->files; file; file = file->next)
		if (file->dev == st->st_dev && file->ino == st->st_ino && file->len >= end)
			return file;
	return NULL;
}

static struct vfu_backing *backing_create(struct vfu_dma *dma, const struct stat *st, int fd)
{
	struct vfu_backing *file = calloc(1, sizeof(*file));
	void *base;

	if (!file)
		return NULL;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	file->len = st->st_size;
	file->writable = true;
	/*
	 * Populated, because a picture's first pass through fresh memory is 21,600 page faults, and
	 * they would make the card late by more than a frame.
	 */
	base = mmap(NULL, file->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (base == MAP_FAILED && errno == EACCES) {
		file->writable = false;
		base = mmap(NULL, file->len, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (base == MAP_FAILED) {
		free(file);
		return NULL;
	}
	file->base = base;
	file->next = dma->files;
	dma->files = file;
	return file;
}

/*
 * The mapped file behind a new entry, or NULL with a log line where direct access is not possible.
 * That is no error: QEMU dies of a refused DMA_MAP, and its own DMA still works.
 */
static struct vfu_backing *backing_get(struct vfu *vfu, const struct vfu_dma_map *map, int fd)
{
	struct vfu_dma *dma = &vfu->dma;
	struct vfu_backing *file;
	struct stat st;
	uint64_t end;

	if (fstat(fd, &st)) {
		vfu_log(vfu, "cannot stat the file behind a mapping: %s", strerror(errno));
		return NULL;
	}
	/* Past the end of the file an access would be SIGBUS. */
	if (!S_ISREG(st.st_mode) || st.st_size < 0 ||
	    __builtin_add_overflow(map->fd_offset, map->size, &end) || end > (uint64_t)st.st_size) {
		vfu_log(vfu, "no file as large as the mapping at 0x%llx: the client does its DMA",
			(unsigned long long)map->iova);
		return NULL;
	}
	file = backing_find(dma, &st, end);
	if (!file)
		file = backing_create(dma, &st, fd);
	if (!file) {
		vfu_log(vfu, "cannot map guest memory: %s: DMA goes through the client",
			strerror(errno));
		return NULL;
	}
	file->refs++;
	return file;
}

int vfu_dma_map(struct vfu *vfu, const struct vfu_dma_map *request, int fd)
{
	struct vfu_dma *dma = &vfu->dma;
	struct map *map, *old;
	uint64_t last;
	int ret = 0;

	if (!request->size || request->flags & ~(VFU_MAP_READ | VFU_MAP_WRITE) ||
	    __builtin_add_overflow(request->iova, request->size - 1, &last))
		return -EINVAL;
	map = calloc(1, sizeof(*map));
	if (!map)
		return -ENOMEM;
	map->first = request->iova;
	map->last = last;
	map->flags = request->flags;
	map->file_offset = request->fd_offset;

	pthread_rwlock_wrlock(&dma->lock);
	old = map_find(dma, map->first, map->last);
	if (old && (old->first != map->first || old->last != map->last)) {
		ret = -EEXIST;
		goto out_unlock;
	}
	if (fd >= 0)
		map->file = backing_get(vfu, request, fd);
	if (old) { /* the same range again: the newer word counts */
		tdelete(old, &dma->maps, map_compare);
		map_destroy(dma, old);
	}
	if (!map_insert(dma, map)) {
		backing_put(dma, map->file);
		ret = -ENOMEM;
	}
out_unlock:
	pthread_rwlock_unlock(&dma->lock);
	if (ret)
		free(map);
	return ret;
}

/* Caller holds the lock for writing and makes sure that first..last lies inside map. */
static void map_keep(struct vfu *vfu, const struct map *map, uint64_t first, uint64_t last)
{
	struct vfu_dma *dma = &vfu->dma;
	struct map *part = malloc(sizeof(*part));

	if (part) {
		*part = *map;
		part->first = first;
		part->last = last;
		part->file_offset += first - map->first;
		if (part->file)
			part->file->refs++;
		if (map_insert(dma, part))
			return;
		map_destroy(dma, part);
	}
	vfu_log(vfu, "out of memory: DMA to 0x%llx goes through the client",
		(unsigned long long)first);
}

void vfu_dma_unmap(struct vfu *vfu, uint64_t first, uint64_t last)
{
	struct vfu_dma *dma = &vfu->dma;
	struct map *map;

	pthread_rwlock_wrlock(&dma->lock);
	while ((map = map_find(dma, first, last))) {
		tdelete(map, &dma->maps, map_compare);
		/* Clients unmap whole mappings; if not, only what they named goes. */
		if (map->first < first)
			map_keep(vfu, map, map->first, first - 1);
		if (map->last > last)
			map_keep(vfu, map, last + 1, map->last);
		map_destroy(dma, map);
	}
	pthread_rwlock_unlock(&dma->lock);
}

/* Transfers */

/*
 * Direct access to iova, with the lock held by the caller. 0 and *ptr; or -EFAULT where there is
 * none. *run is valid for both: bytes up to the end of the mapping, or, where nothing is known, of
 * the page.
 */
static int span_find(struct vfu_dma *dma, uint64_t iova, uint64_t len, bool write, void **ptr,
		     uint64_t *run)
{
	struct map *map;
	uint64_t left;

	if (!dma->on)
		return -EPERM;
	map = map_find(dma, iova, iova);
	if (!map) {
		left = PAGE - iova % PAGE;
		*run = left < len ? left : len;
		return -EFAULT;
	}
	if (!(map->flags & (write ? VFU_MAP_WRITE : VFU_MAP_READ)))
		return -EACCES;
	left = map->last - iova; /* one less than there are, as there may be 2^64 */
	*run = left < len ? left + 1 : len;
	if (!map->file || (write && !map->file->writable))
		return -EFAULT;
	*ptr = map->file->base + map->file_offset + (iova - map->first);
	return 0;
}

static bool range_overflows(uint64_t iova, uint64_t len)
{
	return len && len - 1 > UINT64_MAX - iova;
}

int vfu_dma_begin(struct vfu *vfu, uint64_t iova, uint64_t len, bool write, void **ptr,
		  uint64_t *run)
{
	int ret;

	if (!len)
		return -EINVAL;
	if (range_overflows(iova, len))
		return -EOVERFLOW;
	pthread_rwlock_rdlock(&vfu->dma.lock);
	ret = span_find(&vfu->dma, iova, len, write, ptr, run);
	if (ret)
		pthread_rwlock_unlock(&vfu->dma.lock);
	return ret;
}

void vfu_dma_end(struct vfu *vfu)
{
	pthread_rwlock_unlock(&vfu->dma.lock);
}

/* Caller holds dma->ask. */
static struct vfu_ask **ask_find(struct vfu_dma *dma, uint16_t id)
{
	struct vfu_ask **link = &dma->asks;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

static int ask_enter(struct vfu_dma *dma, struct vfu_ask *ask)
{
	int ret = -ENOTCONN;

	pthread_mutex_lock(&dma->ask);
	if (dma->connected) {
		do {
			ask->id = dma->next_id++;
		} while (*ask_find(dma, ask->id));
		ask->next = dma->asks;
		dma->asks = ask;
		ret = 0;
	}
	pthread_mutex_unlock(&dma->ask);
	return ret;
}

/* After this nobody else knows ask, whose memory is about to go. */
static void ask_leave(struct vfu_dma *dma, struct vfu_ask *ask, int err)
{
	struct vfu_ask **link;

	pthread_mutex_lock(&dma->ask);
	link = &dma->asks;
	while (*link && *link != ask)
		link = &(*link)->next;
	if (*link)
		*link = ask->next;
	if (!ask->done)
		ask->err = err;
	pthread_mutex_unlock(&dma->ask);
}

static void ask_wait(struct vfu_dma *dma, const struct vfu_ask *ask)
{
	pthread_mutex_lock(&dma->ask);
	while (!ask->done)
		pthread_cond_wait(&dma->answered, &dma->ask);
	pthread_mutex_unlock(&dma->ask);
}

/* One DMA_READ into, or DMA_WRITE from, buf. */
static int ask_client(struct vfu *vfu, uint16_t command, uint64_t iova, void *buf, size_t n)
{
	struct vfu_ask ask = { .command = command, .address = iova, .count = n, .buf = buf };
	struct {
		struct vfu_hdr hdr;
		struct vfu_dma_access access;
	} head = { .access = { .address = iova, .count = n } };
	size_t body = command == VFU_DMA_WRITE ? n : 0;
	int ret;

	ret = ask_enter(&vfu->dma, &ask);
	if (ret)
		return ret;
	vfu_counter_add(&vfu->count.dma_messages);
	head.hdr = (struct vfu_hdr){ .id = ask.id, .command = command,
				     .size = sizeof(head) + body };
	ret = vfu_send(vfu, &head, sizeof(head), buf, body);
	if (ret)
		ret = -ENOTCONN;
	else if (vfu_serving == vfu)
		ret = vfu_serve_until(vfu, &ask.done);
	else
		ask_wait(&vfu->dma, &ask);
	ask_leave(&vfu->dma, &ask, ret);
	return ask.err;
}

int vfu_dma_reply(struct vfu *vfu, const struct vfu_message *msg)
{
	struct vfu_dma *dma = &vfu->dma;
	struct vfu_dma_access access;
	struct vfu_ask *ask, **link;
	int ret = -EPROTO;

	pthread_mutex_lock(&dma->ask);
	link = ask_find(dma, msg->hdr.id);
	ask = *link;
	if (!ask || ask->command != msg->hdr.command) {
		vfu_log(vfu, "the client answers request %u, which nobody made", msg->hdr.id);
		goto out_unlock;
	}
	if (msg->hdr.flags & VFU_ERROR) {
		ask->err = -EFAULT; /* whatever the client calls it, the address is not there */
	} else {
		size_t data = ask->command == VFU_DMA_READ ? ask->count : 0;

		if (msg->len != sizeof(access) + data) {
			vfu_log(vfu, "a DMA reply of %zu bytes, not %zu: is QEMU older than 11.1?",
				msg->len, sizeof(access) + data);
			goto out_unlock;
		}
		memcpy(&access, msg->data, sizeof(access));
		if (access.address != ask->address || access.count != ask->count) {
			vfu_log(vfu, "a DMA reply for another address than was asked for");
			goto out_unlock;
		}
		memcpy(ask->buf, msg->data + sizeof(access), data);
	}
	*link = ask->next;
	ask->done = true;
	pthread_cond_broadcast(&dma->answered);
	ret = 0;
out_unlock:
	pthread_mutex_unlock(&dma->ask);
	return ret;
}

/* buf is only read from when write. */
static int transfer(struct vfu *vfu, uint64_t iova, uint8_t *buf, size_t n, bool write)
{
	struct vfu_dma *dma = &vfu->dma;
	uint64_t run;
	void *ptr;
	int ret;

	if (range_overflows(iova, n))
		return -EOVERFLOW;
	while (n) {
		pthread_rwlock_rdlock(&dma->lock);
		ret = span_find(dma, iova, n < COPY_BYTES ? n : COPY_BYTES, write, &ptr, &run);
		if (!ret && write)
			memcpy(ptr, buf, run);
		else if (!ret)
			memcpy(buf, ptr, run);
		pthread_rwlock_unlock(&dma->lock);
		if (ret == -EFAULT) {
			if (run > atomic_load(&dma->chunk))
				run = atomic_load(&dma->chunk);
			ret = ask_client(vfu, write ? VFU_DMA_WRITE : VFU_DMA_READ, iova, buf, run);
		}
		if (ret)
			return ret;
		iova += run;
		buf += run;
		n -= run;
	}
	return 0;
}

int vfu_dma_read(struct vfu *vfu, uint64_t iova, void *buf, size_t n)
{
	return transfer(vfu, iova, buf, n, false);
}

int vfu_dma_write(struct vfu *vfu, uint64_t iova, const void *buf, size_t n)
{
	return transfer(vfu, iova, (uint8_t *)buf, n, true);
}
