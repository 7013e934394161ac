// SPDX-License-Identifier: MIT
/*
 * The controller's thread: call the firmware when it wants to be called or a receiver changes, keep
 * what it publishes in the card's connectors, and write blocks while the host has enabled them.
 *
 * A block is written in two steps, so that a reader can tell a torn one whatever it sees: seq_begin
 * and the body ascending, then seq_end behind a barrier.
 */
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "card.h"
#include "log.h"
#include "signals.h"
#include "thread.h"

static unsigned int links_of(unsigned int connector)
{
	if (connector <= KINORA_CONN_SDI4)
		return 1u << connector;
	return connector == KINORA_CONN_SDI_QUAD ? (1u << KINORA_RX_LINKS) - 1 : 0;
}

bool signals_links_locked(struct signals *signals, unsigned int connector)
{
	unsigned int links = links_of(connector);
	uint64_t now = card_time(signals->card);

	if (connector == KINORA_CONN_HDMI1)
		return hdmi_port_locked(&signals->hdmi, now);
	for (unsigned int link = 0; link < KINORA_RX_LINKS; link++) {
		if (links & 1u << link &&
		    !(receiver_read(&signals->receivers, link, KINORA_RX_STATUS, now) &
		      KINORA_RX_LOCKED))
			return false;
	}
	return links;
}

uint32_t signals_line_errors(struct signals *signals, unsigned int connector, uint64_t from_ns,
			     uint64_t to_ns)
{
	unsigned int links = links_of(connector);
	uint32_t errors = 0;

	if (connector == KINORA_CONN_HDMI1)
		return hdmi_port_errors_in(&signals->hdmi, from_ns, to_ns);
	for (unsigned int link = 0; link < KINORA_RX_LINKS; link++) {
		if (links & 1u << link)
			errors += receiver_line_errors_in(&signals->receivers, link, from_ns,
							  to_ns);
	}
	return errors;
}

/* --- what is behind the controller's bus --- */

static uint64_t bus_time_ns(void *opaque)
{
	struct signals *signals = opaque;

	return card_time(signals->card);
}

static uint32_t bus_receiver_read(void *opaque, unsigned int link, unsigned int reg)
{
	struct signals *signals = opaque;

	return receiver_read(&signals->receivers, link, reg, card_time(signals->card));
}

static uint32_t bus_hdmi_read(void *opaque, uint32_t offset)
{
	struct signals *signals = opaque;

	return hdmi_port_read(&signals->hdmi, offset, card_time(signals->card));
}

static void bus_hdmi_write(void *opaque, uint32_t offset, uint32_t value)
{
	struct signals *signals = opaque;

	hdmi_port_write(&signals->hdmi, offset, value, card_time(signals->card));
}

static const char *const states[] = { "none", "unstable", "unsupported", "locked" };

static void bus_publish(void *opaque, unsigned int block, bool event)
{
	struct signals *signals = opaque;
	struct card *card = signals->card;
	struct kinora_signal signal;

	signals->stale |= 1u << block;
	signals->tell |= event;
	if (block == BUS_BLOCK_CONTROLLER)
		return;
	bus_block(&signals->bus, block, &signal);
	pthread_mutex_lock(&card->lock);
	card->connector[block].signal = signal;
	pthread_mutex_unlock(&card->lock);
	if (!event)
		return;
	if (block == KINORA_CONN_SDI_QUAD)
		card_view_update(card);
	log_debug("connector %u: %s %ux%u %u/%u, generation %u", block, states[signal.state & 3],
		  signal.width, signal.height, signal.rate_num, signal.rate_den,
		  signal.generation);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_notify(&card->channel[i]);
}

static const struct bus_ops bus_ops = {
	.time_ns = bus_time_ns,
	.receiver_read = bus_receiver_read,
	.hdmi_read = bus_hdmi_read,
	.hdmi_write = bus_hdmi_write,
	.publish = bus_publish,
};

/* --- signal blocks --- */

/* Blocks that the host gets. */
#define BLOCKS (CARD_CONNECTORS | BIT(BUS_BLOCK_CONTROLLER))

_Static_assert(BUS_BLOCK_CONTROLLER * KINORA_SIGNAL_BYTES == KINORA_CONTROLLER_BLOCK &&
	       sizeof(struct kinora_controller_block) == sizeof(struct kinora_signal),
	       "the controller block lies behind the signal blocks and is one of them in size");

static int block_write(struct signals *signals, unsigned int n, uint64_t area)
{
	uint64_t addr = area + n * KINORA_SIGNAL_BYTES;
	struct card *card = signals->card;
	struct card_host *host = &card->host;
	const size_t body = offsetof(struct kinora_signal, seq_end);
	struct kinora_signal block;
	uint64_t run;
	void *ptr;
	int ret;

	bus_block(&signals->bus, n, &block);
	block.seq_begin = htole32(++signals->sequence[n]);
	block.seq_end = block.seq_begin;
	ret = host->dma_begin(host->opaque, addr, sizeof(block), true, &ptr, &run);
	if (!ret && run == sizeof(block)) {
		__atomic_store_n((uint32_t *)ptr, block.seq_begin, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_RELEASE);
		memcpy((uint8_t *)ptr + sizeof(block.seq_begin),
		       (uint8_t *)&block + sizeof(block.seq_begin), body - sizeof(block.seq_begin));
		__atomic_store_n((uint32_t *)((uint8_t *)ptr + body), block.seq_end,
				 __ATOMIC_RELEASE);
		host->dma_end(host->opaque);
		books_add(&card->books.signal_blocks, 1);
		return 0;
	}
	if (!ret)
		host->dma_end(host->opaque);
	ret = host->dma_write(host->opaque, addr, &block, sizeof(block));
	books_add(ret ? &card->books.dma_errors : &card->books.signal_blocks, 1);
	return ret;
}

/* Bring the host up to date. Without signals->lock. */
static void blocks_write(struct signals *signals)
{
	struct card *card = signals->card;
	bool enable, fresh;
	uint64_t area;

	pthread_mutex_lock(&card->lock);
	enable = card->enable && !card->resetting && card->signals &&
		 !(card->signals % KINORA_SIGNALS_BYTES);
	fresh = enable && !card->enabled;
	if (fresh)
		signals->area = card->signals;
	if (!enable)
		card->enabled = false;
	area = signals->area;
	pthread_mutex_unlock(&card->lock);
	if (!enable)
		return;
	if (fresh)
		signals->stale = BLOCKS;
	for (unsigned int i = 0; i < BUS_BLOCKS; i++) {
		if (signals->stale & BLOCKS & BIT(i))
			block_write(signals, i, area);
	}
	signals->stale = 0;
	pthread_mutex_lock(&card->lock);
	enable = card->enable && !card->resetting;
	if (fresh && enable)
		card->enabled = true;
	pthread_mutex_unlock(&card->lock);
	if (enable && (fresh || signals->tell))
		card_event(card);
	signals->tell = false;
}

/* --- the thread --- */

/* So that a wake time may be any number. */
#define LONGEST_SLEEP_NS 1000000000ULL

static int loader_dma_read(void *opaque, uint64_t addr, void *buf, size_t n)
{
	struct signals *signals = opaque;
	struct card_host *host = &signals->card->host;

	return host->dma_read(host->opaque, addr, buf, n);
}

static void loader_fatal(void *opaque)
{
	struct signals *signals = opaque;
	struct card *card = signals->card;

	pthread_mutex_lock(&card->lock);
	card->fatal = true;
	pthread_mutex_unlock(&card->lock);
}

static const struct loader_ops loader_ops = {
	.time_ns = bus_time_ns,
	.dma_read = loader_dma_read,
	.fatal = loader_fatal,
};

static uint64_t firmware_run(struct signals *signals)
{
	struct card *card = signals->card;
	uint64_t again, now, change, hdmi;

	hdmi_port_poll(&signals->hdmi, card_time(card));
	hdmi_cable_follow(&signals->cable);
	again = loader_run(&signals->loader, atomic_load(&card->faults.dead));
	now = card_time(card);
	change = receiver_next_change(&signals->receivers, now);
	hdmi = hdmi_port_next(&signals->hdmi, now);
	if (hdmi < change)
		change = hdmi;
	if (again > now + LONGEST_SLEEP_NS)
		again = now + LONGEST_SLEEP_NS;
	return again < change ? again : change;
}

static void *signals_run(void *arg)
{
	struct signals *signals = arg;
	struct card *card = signals->card;

	/* it shares the receivers' lock with the channels' threads */
	thread_real_time("controller");
	pthread_mutex_lock(&signals->lock);
	while (!signals->quit) {
		uint64_t again;

		signals->poked = false;
		signals->writing = true;
		pthread_mutex_unlock(&signals->lock);
		again = firmware_run(signals);
		if (!atomic_load(&card->faults.dead))
			blocks_write(signals);
		pthread_mutex_lock(&signals->lock);
		signals->writing = false;
		pthread_cond_broadcast(&signals->rest);
		while (!signals->poked && !signals->quit && card_time(card) < again)
			card_wait(card, &signals->wake, &signals->lock, &signals->due, again);
	}
	pthread_mutex_unlock(&signals->lock);
	return NULL;
}

void signals_notify(struct signals *signals)
{
	pthread_mutex_lock(&signals->lock);
	signals->poked = true;
	pthread_cond_signal(&signals->wake);
	pthread_mutex_unlock(&signals->lock);
}

void signals_clock(struct signals *signals)
{
	pthread_mutex_lock(&signals->lock);
	pthread_cond_signal(&signals->wake);
	pthread_mutex_unlock(&signals->lock);
}

uint64_t signals_due(struct signals *signals)
{
	uint64_t due;

	pthread_mutex_lock(&signals->lock);
	due = signals->poked ? 0 : signals->due;
	pthread_mutex_unlock(&signals->lock);
	return due;
}

bool signals_at_rest(struct signals *signals)
{
	bool rest;

	pthread_mutex_lock(&signals->lock);
	rest = !signals->writing && !signals->poked;
	pthread_mutex_unlock(&signals->lock);
	return rest;
}

bool signals_rest_wait(struct signals *signals, unsigned int ms)
{
	struct timespec until = thread_time_in(ms);
	bool rest;

	pthread_mutex_lock(&signals->lock);
	while ((signals->writing || signals->poked) &&
	       pthread_cond_timedwait(&signals->rest, &signals->lock, &until) != ETIMEDOUT)
		;
	rest = !signals->writing && !signals->poked;
	pthread_mutex_unlock(&signals->lock);
	return rest;
}

int signals_init(struct signals *signals, struct card *card)
{
	*signals = (struct signals){ .card = card };
	thread_lock_init(&signals->lock);
	thread_condition_init(&signals->wake);
	thread_condition_init(&signals->rest);
	bus_init(&signals->bus, &bus_ops, signals);
	loader_init(&signals->loader, &card->config.loader, &signals->bus, &card->books,
		    &loader_ops, signals);
	hdmi_port_init(&signals->hdmi);
	hdmi_cable_init(&signals->cable, card);
	return receivers_init(&signals->receivers);
}

int signals_start(struct signals *signals)
{
	int ret;

	while (!atomic_load(&signals->bus.version)) {
		firmware_run(signals);
		if (signals->loader.runs == LOADER_NOTHING)
			return -ENOEXEC;
	}
	ret = -pthread_create(&signals->thread, NULL, signals_run, signals);
	signals->started = !ret;
	return ret;
}

void signals_stop(struct signals *signals)
{
	if (!signals->started)
		return;
	pthread_mutex_lock(&signals->lock);
	signals->quit = true;
	pthread_cond_signal(&signals->wake);
	pthread_mutex_unlock(&signals->lock);
	pthread_join(signals->thread, NULL);
	signals->started = false;
}

void signals_finish(struct signals *signals)
{
	loader_finish(&signals->loader);
	hdmi_cable_finish(&signals->cable);
	hdmi_port_finish(&signals->hdmi);
	receivers_finish(&signals->receivers);
	pthread_mutex_destroy(&signals->lock);
	pthread_cond_destroy(&signals->wake);
	pthread_cond_destroy(&signals->rest);
}
