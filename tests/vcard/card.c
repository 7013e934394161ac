// SPDX-License-Identifier: MIT
/*
 * BAR 0, resets, interrupts and what is plugged in. Registers are one switch each for the global
 * block, channels and streams; a register is added where its block is.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "card.h"
#include "log.h"
#include "thread.h"

#define CHANNEL_STRIDE (KINORA_REG_CHANNEL(1) - KINORA_REG_CHANNEL(0))
#define STREAM_STRIDE (KINORA_REG_STREAM(1) - KINORA_REG_STREAM(0))

/* Letting go of host memory takes a thread a window (stream.c) at most: this is a disaster. */
#define REST_MS 2000

/* --- the clock --- */

uint64_t card_time(const struct card *card)
{
	if (card->config.hand_clock)
		return atomic_load(&card->hand_ns);
	return thread_now() - card->power_up_ns;
}

void card_wait(struct card *card, pthread_cond_t *condition, pthread_mutex_t *lock, uint64_t *due,
	       uint64_t ns)
{
	struct timespec until;

	*due = ns;
	if (card->config.hand_clock || ns == CARD_NEVER) {
		pthread_cond_wait(condition, lock);
	} else {
		until = thread_time(card->power_up_ns + ns);
		pthread_cond_timedwait(condition, lock, &until);
	}
	*due = 0;
}

void card_clock_set(struct card *card, uint64_t ns)
{
	atomic_store(&card->hand_ns, ns);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_clock(&card->channel[i]);
	signals_clock(&card->controller);
}

uint64_t card_due(struct card *card)
{
	uint64_t first = signals_due(&card->controller);

	for (unsigned int i = 0; i < KINORA_CHANNELS; i++) {
		uint64_t due = channel_due(&card->channel[i]);

		if (due < first)
			first = due;
	}
	return first;
}

/* --- reset --- */

static void reset_begin(struct card *card)
{
	books_add(&card->books.resets, 1);
	/* a card that was told not to answer comes back with its reset */
	atomic_store(&card->faults.dead, false);
	pthread_mutex_lock(&card->lock);
	card->resetting = true;
	card->enable = false;
	pthread_mutex_unlock(&card->lock);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_reset_begin(&card->channel[i]);
	signals_notify(&card->controller);
}

static void reset_end(struct card *card)
{
	pthread_mutex_lock(&card->lock);
	card->resetting = false;
	card->enable = false;
	card->enabled = false;
	card->fatal = false;
	card->signals = 0;
	card->event_vector = 0;
	card->time_hi = 0;
	bus_mailbox_reset(&card->controller.bus);
	loader_reset(&card->controller.loader);
	pthread_mutex_unlock(&card->lock);
}

/* A reset that a register started is over when somebody looks and everything is at rest. */
static void reset_look(struct card *card)
{
	bool resetting;

	pthread_mutex_lock(&card->lock);
	resetting = card->resetting;
	pthread_mutex_unlock(&card->lock);
	if (!resetting || !signals_at_rest(&card->controller))
		return;
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++) {
		if (!channel_at_rest(&card->channel[i]))
			return;
	}
	reset_end(card);
}

static bool resetting(struct card *card)
{
	bool yes;

	reset_look(card);
	pthread_mutex_lock(&card->lock);
	yes = card->resetting;
	pthread_mutex_unlock(&card->lock);
	return yes;
}

void card_reset(struct card *card)
{
	bool rest = true;

	reset_begin(card);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		rest &= channel_rest_wait(&card->channel[i], REST_MS);
	rest &= signals_rest_wait(&card->controller, REST_MS);
	if (rest) {
		reset_end(card);
		return;
	}
	log_error("a thread did not come to rest after a reset");
	pthread_mutex_lock(&card->lock);
	card->fatal = true;
	pthread_mutex_unlock(&card->lock);
}

/* --- global registers --- */

static uint32_t serial_read(const struct card *card, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, card->config.serial + offset, sizeof(word));
	return le32toh(word);
}

static uint32_t status_read(struct card *card)
{
	return (card->resetting ? 0 : KINORA_STATUS_READY) |
	       (card->enabled ? KINORA_STATUS_ENABLED : 0) |
	       (card->fatal ? KINORA_STATUS_FATAL : 0);
}

/* Registers that change: under the lock. */
static uint32_t state_read(struct card *card, uint32_t offset)
{
	uint64_t now;

	switch (offset) {
	case KINORA_REG_CONTROL:
		return (card->enable ? KINORA_CONTROL_ENABLE : 0) |
		       (card->resetting ? KINORA_CONTROL_RESET : 0);
	case KINORA_REG_STATUS:
		return status_read(card);
	case KINORA_REG_SIGNALS_LO:
		return card->signals;
	case KINORA_REG_SIGNALS_HI:
		return card->signals >> 32;
	case KINORA_REG_EVENT_VECTOR:
		return card->event_vector;
	case KINORA_REG_TIME_LO:
		now = card_time(card);
		card->time_hi = now >> 32;
		return now;
	case KINORA_REG_TIME_HI:
		return card->time_hi;
	case KINORA_REG_MAILBOX_REQUEST:
		return atomic_load(&card->controller.bus.request);
	case KINORA_REG_MAILBOX_DONE:
		return atomic_load(&card->controller.bus.done);
	case KINORA_REG_FIRMWARE_LO ... KINORA_REG_FIRMWARE_STATUS:
		return loader_read(&card->controller.loader, offset);
	default:
		return 0;
	}
}

static uint32_t global_read(struct card *card, uint32_t offset)
{
	uint32_t value;

	switch (offset) {
	case KINORA_REG_MAGIC:
		return KINORA_MAGIC;
	case KINORA_REG_VERSION:
		return FIELD_PREP(KINORA_VERSION_MAJOR_MASK, KINORA_VERSION_MAJOR) |
		       FIELD_PREP(KINORA_VERSION_MINOR_MASK, KINORA_VERSION_MINOR);
	case KINORA_REG_BOARD:
		return FIELD_PREP(KINORA_BOARD_ID_MASK, KINORA_BOARD_VIRTUAL) |
		       FIELD_PREP(KINORA_BOARD_REVISION_MASK, CARD_REVISION);
	case KINORA_REG_FIRMWARE:
		return atomic_load(&card->controller.bus.version);
	case KINORA_REG_SERIAL ... KINORA_REG_SERIAL + KINORA_SERIAL_BYTES - 4:
		return serial_read(card, offset - KINORA_REG_SERIAL);
	case KINORA_REG_CAP:
		return FIELD_PREP(KINORA_CAP_CHANNELS_MASK, KINORA_CHANNELS) |
		       FIELD_PREP(KINORA_CAP_RING_LOG2_MASK, CARD_RING_LOG2_MAX) |
		       FIELD_PREP(KINORA_CAP_TIMEOUT_MASK, card->config.timeout_ms);
	case KINORA_REG_FORMATS:
		return CARD_FORMATS;
	case KINORA_REG_CONNECTORS:
		return CARD_CONNECTORS;
	case KINORA_REG_LINK_NEED:
		return FIELD_PREP(KINORA_LINK_NEED_GEN_MASK, CARD_LINK_GEN) |
		       FIELD_PREP(KINORA_LINK_NEED_WIDTH_MASK, CARD_LINK_WIDTH);
	}
	reset_look(card);
	pthread_mutex_lock(&card->lock);
	value = state_read(card, offset);
	pthread_mutex_unlock(&card->lock);
	return value;
}

static void control_write(struct card *card, uint32_t value)
{
	if (value & KINORA_CONTROL_RESET) {
		reset_begin(card);
		return;
	}
	if (resetting(card))
		return;
	pthread_mutex_lock(&card->lock);
	card->enable = value & KINORA_CONTROL_ENABLE;
	pthread_mutex_unlock(&card->lock);
	signals_notify(&card->controller);
}

static void mailbox_ring(struct card *card, uint32_t number)
{
	bus_mailbox_ring(&card->controller.bus, number, !atomic_load(&card->faults.dead));
	signals_notify(&card->controller);
}

static void global_write(struct card *card, uint32_t offset, uint32_t value)
{
	if (offset == KINORA_REG_CONTROL) {
		control_write(card, value);
		return;
	}
	if (resetting(card))
		return;
	if (offset == KINORA_REG_MAILBOX_REQUEST) {
		mailbox_ring(card, value);
		return;
	}
	if (offset >= KINORA_REG_FIRMWARE_LO && offset <= KINORA_REG_FIRMWARE_STATUS) {
		if (loader_write(&card->controller.loader, offset, value))
			signals_notify(&card->controller);
		return;
	}
	pthread_mutex_lock(&card->lock);
	switch (offset) {
	case KINORA_REG_SIGNALS_LO:
		card->signals = (card->signals & ~0xffffffffULL) | value;
		break;
	case KINORA_REG_SIGNALS_HI:
		card->signals = (card->signals & 0xffffffffULL) | (uint64_t)value << 32;
		break;
	case KINORA_REG_EVENT_VECTOR:
		card->event_vector = value;
		break;
	}
	pthread_mutex_unlock(&card->lock);
}

/* --- the whole BAR --- */

static bool in_window(uint64_t offset)
{
	return offset >= KINORA_MAILBOX_WINDOW &&
	       offset - KINORA_MAILBOX_WINDOW < KINORA_MAILBOX_BYTES;
}

static bool of_mailbox(uint64_t offset)
{
	return offset == KINORA_REG_MAILBOX_REQUEST || offset == KINORA_REG_MAILBOX_DONE ||
	       in_window(offset);
}

static books_count *books_read(struct card *card, uint64_t offset)
{
	if (offset == KINORA_REG_TIME_LO || offset == KINORA_REG_TIME_HI)
		return &card->books.reads_time;
	return of_mailbox(offset) ? &card->books.reads_mailbox : &card->books.reads_other;
}

uint32_t card_register_read(struct card *card, uint64_t offset)
{
	const uint64_t channels = KINORA_REG_CHANNEL(0), streams = KINORA_REG_STREAM(0);

	books_add(books_read(card, offset), 1);
	if (offset < channels)
		return global_read(card, offset);
	if (in_window(offset))
		return bus_mailbox_read(&card->controller.bus, offset - KINORA_MAILBOX_WINDOW);
	if (offset - channels < KINORA_CHANNELS * CHANNEL_STRIDE) {
		offset -= channels;
		return channel_read(&card->channel[offset / CHANNEL_STRIDE],
				    offset % CHANNEL_STRIDE);
	}
	if (offset >= streams && offset - streams < KINORA_STREAMS * STREAM_STRIDE) {
		unsigned int n = (offset - streams) / STREAM_STRIDE;

		return channel_stream_read(&card->channel[n / KINORA_STREAMS_PER_CHANNEL],
					   n % KINORA_STREAMS_PER_CHANNEL,
					   (offset - streams) % STREAM_STRIDE);
	}
	return 0;
}

void card_register_write(struct card *card, uint64_t offset, uint32_t value)
{
	const uint64_t channels = KINORA_REG_CHANNEL(0), streams = KINORA_REG_STREAM(0);
	bool doorbell = offset >= streams && offset - streams < KINORA_STREAMS * STREAM_STRIDE &&
			(offset - streams) % STREAM_STRIDE == KINORA_STREAM_TAIL;

	books_add(doorbell ? &card->books.writes_doorbell :
		  of_mailbox(offset) ? &card->books.writes_mailbox : &card->books.writes_other, 1);
	if (offset < channels) {
		global_write(card, offset, value);
	} else if (in_window(offset)) {
		if (!resetting(card))
			bus_mailbox_write(&card->controller.bus, offset - KINORA_MAILBOX_WINDOW,
					  value);
	} else if (offset - channels < KINORA_CHANNELS * CHANNEL_STRIDE) {
		offset -= channels;
		channel_write(&card->channel[offset / CHANNEL_STRIDE], offset % CHANNEL_STRIDE,
			      value);
	} else if (offset >= streams && offset - streams < KINORA_STREAMS * STREAM_STRIDE) {
		unsigned int n = (offset - streams) / STREAM_STRIDE;

		if (!doorbell && resetting(card))
			return;
		channel_stream_write(&card->channel[n / KINORA_STREAMS_PER_CHANNEL],
				     n % KINORA_STREAMS_PER_CHANNEL,
				     (offset - streams) % STREAM_STRIDE, value);
	}
}

void card_read(struct card *card, uint64_t offset, void *buf, size_t n)
{
	uint32_t value;

	if (n != sizeof(value) || offset % sizeof(value)) {
		books_add(&card->books.accesses_refused, 1);
		memset(buf, 0, n);
		return;
	}
	value = htole32(card_register_read(card, offset));
	memcpy(buf, &value, sizeof(value));
}

void card_write(struct card *card, uint64_t offset, const void *buf, size_t n)
{
	uint32_t value;

	if (n != sizeof(value) || offset % sizeof(value)) {
		books_add(&card->books.accesses_refused, 1);
		return;
	}
	memcpy(&value, buf, sizeof(value));
	card_register_write(card, offset, le32toh(value));
}

/* --- interrupts --- */

/* One of the interrupts that the stimulus wants lost. */
static bool interrupt_lost(struct card *card)
{
	unsigned int left = atomic_load(&card->faults.lose);

	while (left) {
		if (atomic_compare_exchange_weak(&card->faults.lose, &left, left - 1))
			return true;
	}
	return false;
}

bool card_interrupt(struct card *card, unsigned int vector)
{
	if (atomic_load(&card->faults.mute) || interrupt_lost(card)) {
		books_add(&card->books.interrupts_muted, 1);
		return false;
	}
	if (vector >= KINORA_VECTORS || card->host.irq_raise(card->host.opaque, vector)) {
		books_add(&card->books.interrupts_refused, 1);
		return false;
	}
	return true;
}

void card_event(struct card *card)
{
	unsigned int vector;

	pthread_mutex_lock(&card->lock);
	vector = card->event_vector;
	pthread_mutex_unlock(&card->lock);
	if (card_interrupt(card, vector))
		books_add(&card->books.events, 1);
}

/* --- what is plugged in --- */

void card_wire_plug(struct card *card, unsigned int connector, struct wire *wire)
{
	struct wire *old;

	pthread_mutex_lock(&card->lock);
	old = card->connector[connector].wire;
	card->connector[connector].wire = wire;
	pthread_mutex_unlock(&card->lock);
	wire_put(old);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_notify(&card->channel[i]);
}

void card_links_plug(struct card *card, struct wire **const link[KINORA_RX_LINKS],
		     struct wire *whole)
{
	struct wire *old[KINORA_CONN_SDI_QUAD + 1] = { NULL };

	pthread_mutex_lock(&card->lock);
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++) {
		if (!link[i])
			continue;
		old[i] = card->connector[i].wire;
		card->connector[i].wire = *link[i];
	}
	old[KINORA_CONN_SDI_QUAD] = card->connector[KINORA_CONN_SDI_QUAD].wire;
	card->connector[KINORA_CONN_SDI_QUAD].wire = whole;
	pthread_mutex_unlock(&card->lock);
	for (unsigned int i = 0; i <= KINORA_CONN_SDI_QUAD; i++)
		wire_put(old[i]);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_notify(&card->channel[i]);
}

/* What the quad link is to show, given what it shows: *view, a reference. False: that is right. */
static bool view_choose(struct wire *const link[KINORA_RX_LINKS], const struct wire *now,
			const struct kinora_signal *signal, struct wire **view)
{
	unsigned int mapping = signal->mapping, order = signal->order;
	bool links = true;

	*view = NULL;
	for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
		links &= !!link[i];
	if (!links)
		return now;
	if (signal->state != KINORA_SIGNAL_LOCKED || mapping == KINORA_MAPPING_SINGLE) {
		/* nobody looks; the picture that the stimulus expects stays prepared */
		if (now)
			return false;
		wire_view_right(link, &mapping, &order);
	}
	if (now && wire_is_view(now, link, mapping, order))
		return false;
	return !wire_view(view, link, mapping, order) || now;
}

void card_view_update(struct card *card)
{
	struct connector *quad = &card->connector[KINORA_CONN_SDI_QUAD];
	struct wire *link[KINORA_RX_LINKS], *now, *view;
	struct kinora_signal signal;
	bool change, again;

	do {
		pthread_mutex_lock(&card->lock);
		for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
			link[i] = wire_get(card->connector[i].wire);
		now = wire_get(quad->wire);
		signal = quad->signal;
		pthread_mutex_unlock(&card->lock);

		change = view_choose(link, now, &signal, &view);
		pthread_mutex_lock(&card->lock);
		again = quad->wire != now;
		for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
			again |= card->connector[i].wire != link[i];
		if (change && !again) {
			struct wire *old = quad->wire;

			quad->wire = view;
			view = old;
		}
		pthread_mutex_unlock(&card->lock);
		printer_put(&card->printer, view);
		printer_put(&card->printer, now);
		for (unsigned int i = 0; i < KINORA_RX_LINKS; i++)
			printer_put(&card->printer, link[i]);
	} while (again);
}

struct wire *card_wire(struct card *card, unsigned int connector)
{
	struct wire *wire;

	pthread_mutex_lock(&card->lock);
	wire = wire_get(card->connector[connector].wire);
	pthread_mutex_unlock(&card->lock);
	return wire;
}

void card_signal(struct card *card, unsigned int connector, struct kinora_signal *out)
{
	pthread_mutex_lock(&card->lock);
	*out = card->connector[connector].signal;
	pthread_mutex_unlock(&card->lock);
}

struct wire *card_wire_signal(struct card *card, unsigned int connector,
			      struct kinora_signal *signal)
{
	struct wire *wire;

	pthread_mutex_lock(&card->lock);
	wire = wire_get(card->connector[connector].wire);
	*signal = card->connector[connector].signal;
	pthread_mutex_unlock(&card->lock);
	return wire;
}

uint32_t card_streams_present(const struct card *card)
{
	uint32_t present = 0;

	for (unsigned int n = 0; n < KINORA_STREAMS; n++) {
		const struct channel *channel = &card->channel[n / KINORA_STREAMS_PER_CHANNEL];

		if (channel->stream[n % KINORA_STREAMS_PER_CHANNEL].present)
			present |= 1u << n;
	}
	return present;
}

/* --- life --- */

int card_start(struct card *card)
{
	int ret = printer_start(&card->printer);

	for (unsigned int i = 0; !ret && i < KINORA_CHANNELS; i++)
		ret = channel_start(&card->channel[i]);
	return ret ? ret : signals_start(&card->controller);
}

int card_init(struct card *card, const struct card_config *config, const struct card_host *host)
{
	int ret;

	memset(card, 0, sizeof(*card));
	card->config = *config;
	card->host = *host;
	card->copy = copy_stream_best();
	card->power_up_ns = thread_now();
	thread_lock_init(&card->lock);
	ret = signals_init(&card->controller, card);
	for (unsigned int i = 0; !ret && i < KINORA_CHANNELS; i++)
		ret = channel_init(&card->channel[i], card, i);
	printer_init(&card->printer);
	if (ret)
		card_finish(card);
	return ret;
}

void card_finish(struct card *card)
{
	/* who notifies others ends first */
	signals_stop(&card->controller);
	printer_stop(&card->printer);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_stop(&card->channel[i]);
	for (unsigned int i = 0; i < KINORA_CHANNELS; i++)
		channel_finish(&card->channel[i]);
	printer_finish(&card->printer);
	signals_finish(&card->controller);
	for (unsigned int i = 0; i < KINORA_CONNECTORS; i++)
		wire_put(card->connector[i].wire);
	pthread_mutex_destroy(&card->lock);
}
