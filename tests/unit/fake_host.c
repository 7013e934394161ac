// SPDX-License-Identifier: MIT
/*
 * The fake host. Its memory is one mapping; a rwlock stands for the map of guest memory, as in the
 * vfio-user server, so that the sanitizers see an access that comes too late.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "fake_host.h"
#include "thread.h"

#define NS_PER_S 1000000000LL
#define CLOCK_STEP_NS 1000000	/* that a card may be late by, at most: far below a frame */
#define SEGMENT_ENTRIES 5	/* table entries a segment, with its link: few, to use links */

static void host_delay(struct fake_host *host)
{
	unsigned int us = atomic_load(&host->delay_us);
	struct timespec time = { .tv_nsec = us * 1000L };

	if (us)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

/* Under the map lock. */
static int host_check(const struct fake_host *host, uint64_t addr, uint64_t n)
{
	if (!host->master)
		return -EPERM;
	if (addr + n < addr)
		return -EOVERFLOW;
	if (addr < FAKE_BASE || n > host->bytes || addr - FAKE_BASE > host->bytes - n)
		return -EFAULT;
	if (host->hole_bytes && addr < host->hole + host->hole_bytes && addr + n > host->hole)
		return -EFAULT;
	return 0;
}

static int host_dma_begin(void *opaque, uint64_t addr, uint64_t len, bool write, void **ptr,
			  uint64_t *run)
{
	struct fake_host *host = opaque;
	int ret;

	(void)write;
	host_delay(host);
	pthread_rwlock_rdlock(&host->map);
	ret = len ? host_check(host, addr, len) : -EINVAL;
	if (ret) {
		pthread_rwlock_unlock(&host->map);
		return ret;
	}
	*ptr = host->memory + (addr - FAKE_BASE);
	*run = len;
	return 0;
}

static void host_dma_end(void *opaque)
{
	struct fake_host *host = opaque;

	pthread_rwlock_unlock(&host->map);
}

static int host_dma_read(void *opaque, uint64_t addr, void *buf, size_t n)
{
	void *ptr;
	uint64_t run;
	int ret = host_dma_begin(opaque, addr, n, false, &ptr, &run);

	if (ret)
		return ret;
	memcpy(buf, ptr, n);
	host_dma_end(opaque);
	return 0;
}

static int host_dma_write(void *opaque, uint64_t addr, const void *buf, size_t n)
{
	void *ptr;
	uint64_t run;
	int ret = host_dma_begin(opaque, addr, n, true, &ptr, &run);

	if (ret)
		return ret;
	memcpy(ptr, buf, n);
	host_dma_end(opaque);
	return 0;
}

static int host_irq_raise(void *opaque, unsigned int vector)
{
	struct fake_host *host = opaque;
	bool master;

	pthread_rwlock_rdlock(&host->map);
	master = host->master;
	pthread_rwlock_unlock(&host->map);
	if (!master)
		return -EPERM;
	pthread_mutex_lock(&host->lock);
	host->irqs[vector]++;
	pthread_cond_broadcast(&host->raised);
	pthread_mutex_unlock(&host->lock);
	return 0;
}

int fake_host_init(struct fake_host *host, uint64_t bytes)
{
	pthread_condattr_t attr;

	memset(host, 0, sizeof(*host));
	host->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	if (host->memory == MAP_FAILED)
		return -errno;
	host->bytes = bytes;
	host->master = true;
	pthread_rwlock_init(&host->map, NULL);
	pthread_mutex_init(&host->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&host->raised, &attr);
	pthread_condattr_destroy(&attr);
	return 0;
}

void fake_host_finish(struct fake_host *host)
{
	munmap(host->memory, host->bytes);
	pthread_rwlock_destroy(&host->map);
	pthread_mutex_destroy(&host->lock);
	pthread_cond_destroy(&host->raised);
}

struct card_host fake_host_ops(struct fake_host *host)
{
	return (struct card_host){
		.opaque = host, .dma_begin = host_dma_begin, .dma_end = host_dma_end,
		.dma_read = host_dma_read, .dma_write = host_dma_write,
		.irq_raise = host_irq_raise,
	};
}

uint64_t fake_alloc(struct fake_host *host, uint64_t bytes, uint64_t align)
{
	uint64_t at = (host->used + align - 1) & -align;

	if (at + bytes > host->bytes)
		abort();
	host->used = at + bytes;
	return FAKE_BASE + at;
}

void *fake_ptr(struct fake_host *host, uint64_t addr)
{
	return host->memory + (addr - FAKE_BASE);
}

static struct timespec time_after(unsigned int ms)
{
	struct timespec time;
	int64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &time);
	ns = time.tv_sec * NS_PER_S + time.tv_nsec + ms * 1000000LL;
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

static bool time_passed(const struct timespec *until)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > until->tv_sec ||
	       (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

bool fake_irq_wait(struct fake_host *host, unsigned int vector, unsigned int count, unsigned int ms)
{
	struct timespec until = time_after(ms);
	bool enough;

	pthread_mutex_lock(&host->lock);
	while (host->irqs[vector] < count &&
	       pthread_cond_timedwait(&host->raised, &host->lock, &until) != ETIMEDOUT)
		;
	enough = host->irqs[vector] >= count;
	pthread_mutex_unlock(&host->lock);
	return enough;
}

unsigned int fake_irqs(struct fake_host *host, unsigned int vector)
{
	unsigned int n;

	pthread_mutex_lock(&host->lock);
	n = host->irqs[vector];
	pthread_mutex_unlock(&host->lock);
	return n;
}

static void poll_pause(void)
{
	struct timespec time = { .tv_nsec = 200000 };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

bool fake_register_wait(struct card *card, uint64_t reg, uint32_t mask, uint32_t value,
			unsigned int ms)
{
	struct timespec until = time_after(ms);

	while ((card_register_read(card, reg) & mask) != value) {
		if (time_passed(&until))
			return false;
		poll_pause();
	}
	return true;
}

bool fake_signal_wait(struct card *card, unsigned int connector, unsigned int state,
		      unsigned int ms)
{
	struct timespec until = time_after(ms);
	struct kinora_signal signal;

	for (;;) {
		card_signal(card, connector, &signal);
		if (signal.state == state)
			return true;
		if (time_passed(&until))
			return false;
		poll_pause();
	}
}

/* --- the clock --- */

static void *clock_run(void *arg)
{
	struct fake_clock *clock = arg;
	uint64_t last = thread_now();

	while (!atomic_load(&clock->quit)) {
		uint64_t due = card_due(clock->card), time = card_time(clock->card);
		uint64_t now = thread_now(), step = now - last;

		/* somebody may have found something to do since due was asked for */
		if (step > CLOCK_STEP_NS)
			step = CLOCK_STEP_NS;
		last = now;
		if (due > time)
			card_clock_set(clock->card, time + step < due ? time + step : due);
		poll_pause();
	}
	return NULL;
}

void fake_clock_start(struct fake_clock *clock, struct card *card)
{
	*clock = (struct fake_clock){ .card = card };
	if (pthread_create(&clock->thread, NULL, clock_run, clock))
		abort();
}

void fake_clock_stop(struct fake_clock *clock)
{
	if (!clock->card)
		return;
	atomic_store(&clock->quit, true);
	pthread_join(clock->thread, NULL);
	clock->card = NULL;
}

/* --- streams --- */

struct stream_config fake_config(unsigned int type, uint32_t format, uint32_t width,
				 uint32_t height, uint32_t num, uint32_t den)
{
	struct stream_config config = {
		.rings = 3, .width = width, .height = height, .period_num = num, .period_den = den,
	};
	struct mem_layout layout;

	if (type == KINORA_STREAM_ANC) {
		config.bytes = 4096;
		return config;
	}
	if (mem_layout_init(&layout, format, width, height, 0))
		abort();
	config.format = format;
	config.stride0 = layout.plane[0].stride;
	if (layout.planes > 1) {
		config.stride1 = layout.plane[1].stride;
		config.plane1 = layout.plane[1].offset;
	}
	config.bytes = layout.bytes;
	return config;
}

/* A table of one buffer: segments of SEGMENT_ENTRIES, one after the other in memory with gaps. */
static uint64_t table_make(struct fake_host *host, uint64_t buffer, uint32_t bytes, uint64_t piece,
			   uint32_t *entries)
{
	uint64_t first = 0;
	struct kinora_sg *sg = NULL;
	uint32_t at = 0, i = 0;

	*entries = 0;
	while (at < bytes) {
		uint32_t n = bytes - at < piece ? bytes - at : piece;

		if (i == SEGMENT_ENTRIES - 1 || !sg) {
			uint64_t segment = fake_alloc(host, SEGMENT_ENTRIES * sizeof(*sg), 64);

			if (sg) {
				sg[i] = (struct kinora_sg){ .addr = segment,
							    .flags = KINORA_SG_LINK };
				(*entries)++;
			} else {
				first = segment;
			}
			sg = fake_ptr(host, segment);
			i = 0;
		}
		sg[i++] = (struct kinora_sg){ .addr = buffer + at, .len = n };
		(*entries)++;
		at += n;
	}
	return first;
}

void fake_stream_init(struct fake_stream *stream, struct fake_host *host, struct card *card,
		      unsigned int index, const struct stream_config *config, uint32_t buffers,
		      uint64_t piece)
{
	*stream = (struct fake_stream){
		.host = host, .card = card, .index = index, .regs = KINORA_REG_STREAM(index),
		.config = *config, .buffers = buffers,
		.buffer = calloc(buffers, sizeof(uint64_t)),
		.table = calloc(buffers, sizeof(uint64_t)),
		.entries = calloc(buffers, sizeof(uint32_t)),
	};
	stream->config.vector = 1 + index;
	stream->config.sq = fake_alloc(host, 32 << config->rings, 4096);
	stream->config.cq = fake_alloc(host, 64 << config->rings, 4096);
	for (uint32_t i = 0; i < buffers; i++) {
		stream->buffer[i] = fake_alloc(host, config->bytes + 4096, 4096);
		stream->table[i] = table_make(host, stream->buffer[i], config->bytes, piece,
					      &stream->entries[i]);
	}
}

void fake_stream_finish(struct fake_stream *stream)
{
	free(stream->buffer);
	free(stream->table);
	free(stream->entries);
}

static void reg(struct fake_stream *stream, uint32_t offset, uint32_t value)
{
	card_register_write(stream->card, stream->regs + offset, value);
}

void fake_stream_registers(struct fake_stream *stream)
{
	const struct stream_config *config = &stream->config;

	reg(stream, KINORA_STREAM_VECTOR, config->vector);
	reg(stream, KINORA_STREAM_SQ_LO, config->sq);
	reg(stream, KINORA_STREAM_SQ_HI, config->sq >> 32);
	reg(stream, KINORA_STREAM_CQ_LO, config->cq);
	reg(stream, KINORA_STREAM_CQ_HI, config->cq >> 32);
	reg(stream, KINORA_STREAM_RINGS, config->rings);
	reg(stream, KINORA_STREAM_FORMAT, config->format);
	reg(stream, KINORA_STREAM_SIZE, config->width | config->height << 16);
	reg(stream, KINORA_STREAM_STRIDE0, config->stride0);
	reg(stream, KINORA_STREAM_STRIDE1, config->stride1);
	reg(stream, KINORA_STREAM_PLANE1, config->plane1);
	reg(stream, KINORA_STREAM_BYTES, config->bytes);
	reg(stream, KINORA_STREAM_PERIOD_NUM, config->period_num);
	reg(stream, KINORA_STREAM_PERIOD_DEN, config->period_den);
	reg(stream, KINORA_STREAM_FLAGS, config->flags);
}

void fake_stream_submit_entry(struct fake_stream *stream, const struct kinora_submission *entry)
{
	uint32_t slot = stream->tail & ((1u << stream->config.rings) - 1);

	memcpy(fake_ptr(stream->host, stream->config.sq + slot * sizeof(*entry)), entry,
	       sizeof(*entry));
	stream->tail++;
}

void fake_stream_submit(struct fake_stream *stream, uint32_t buffer)
{
	struct kinora_submission entry = {
		.table = stream->table[buffer], .entries = stream->entries[buffer],
		.bytes = stream->config.bytes, .tag = buffer,
	};

	fake_stream_submit_entry(stream, &entry);
}

void fake_stream_tail(struct fake_stream *stream)
{
	reg(stream, KINORA_STREAM_TAIL, stream->tail);
}

uint32_t fake_stream_status(struct fake_stream *stream)
{
	return card_register_read(stream->card, stream->regs + KINORA_STREAM_STATUS);
}

static bool state_wait(struct fake_stream *stream, uint32_t state, unsigned int ms)
{
	return fake_register_wait(stream->card, stream->regs + KINORA_STREAM_STATUS,
				  KINORA_STREAM_STATE_MASK, state, ms);
}

bool fake_stream_start(struct fake_stream *stream)
{
	memset(fake_ptr(stream->host, stream->config.cq), 0, 64 << stream->config.rings);
	stream->tail = 0;
	stream->head = 0;
	fake_stream_registers(stream);
	for (uint32_t i = 0; i < stream->buffers; i++)
		fake_stream_submit(stream, i);
	fake_stream_tail(stream);
	reg(stream, KINORA_STREAM_CONTROL, KINORA_STREAM_ENABLE);
	return state_wait(stream, KINORA_STATE_RUNNING, 5000);
}

bool fake_stream_stop(struct fake_stream *stream)
{
	reg(stream, KINORA_STREAM_CONTROL, 0);
	return state_wait(stream, KINORA_STATE_IDLE, 5000);
}

static bool record_there(struct fake_stream *stream, struct kinora_record *record)
{
	uint32_t size = 1u << stream->config.rings;
	uint64_t addr = stream->config.cq + (uint64_t)(stream->head & (size - 1)) * sizeof(*record);
	const struct kinora_record *slot = fake_ptr(stream->host, addr);
	bool phase = !(stream->head >> stream->config.rings & 1);
	uint16_t flags = __atomic_load_n(&slot->flags, __ATOMIC_ACQUIRE);

	if ((flags & KINORA_RECORD_PHASE) != phase)
		return false;
	*record = *slot;
	stream->head++;
	return true;
}

bool fake_stream_record(struct fake_stream *stream, struct kinora_record *record, unsigned int ms)
{
	struct timespec until = time_after(ms);

	while (!record_there(stream, record)) {
		unsigned int seen = fake_irqs(stream->host, stream->config.vector);

		if (record_there(stream, record))
			return true;
		if (time_passed(&until))
			return false;
		fake_irq_wait(stream->host, stream->config.vector, seen + 1, 5);
	}
	return true;
}

void *fake_stream_buffer(struct fake_stream *stream, uint32_t buffer)
{
	return fake_ptr(stream->host, stream->buffer[buffer]);
}
