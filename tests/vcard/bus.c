// SPDX-License-Identifier: MIT
/*
 * The bus as one switch over its devices; each device is one function to read and one to write.
 */
#include "bus.h"

#include <string.h>

#define RX_STRIDE (KINORA_CTL_RX(1) - KINORA_CTL_RX(0))
#define HDMI_BYTES 0x1000
#define BLOCKS_BYTES (BUS_BLOCKS * KINORA_SIGNAL_BYTES)

void bus_init(struct bus *bus, const struct bus_ops *ops, void *opaque)
{
	memset(bus, 0, sizeof(*bus));
	bus->ops = ops;
	bus->opaque = opaque;
	bus->wake_ns = UINT64_MAX;
}

void bus_start(struct bus *bus)
{
	bus->starts++;
	atomic_store(&bus->version, 0);
	atomic_store(&bus->rung, atomic_load(&bus->done));
}

/* --- the mailbox, from the host --- */

uint32_t bus_mailbox_read(struct bus *bus, uint32_t offset)
{
	if (offset % 4 || offset >= KINORA_MAILBOX_BYTES)
		return 0;
	return atomic_load_explicit(&bus->mailbox[offset / 4], memory_order_relaxed);
}

void bus_mailbox_write(struct bus *bus, uint32_t offset, uint32_t value)
{
	if (offset % 4 || offset >= KINORA_MAILBOX_BYTES)
		return;
	atomic_store_explicit(&bus->mailbox[offset / 4], value, memory_order_relaxed);
}

void bus_mailbox_ring(struct bus *bus, uint32_t number, bool heard)
{
	atomic_store(&bus->request, number);
	if (heard)
		atomic_store(&bus->rung, number);
}

void bus_mailbox_reset(struct bus *bus)
{
	atomic_store(&bus->request, 0);
	atomic_store(&bus->rung, 0);
	atomic_store(&bus->done, 0);
}

/* Only to what is rung: a reply that comes after a reset is to nothing. */
static void mailbox_done(struct bus *bus, uint32_t number)
{
	if (!number || number != atomic_load(&bus->rung))
		return;
	atomic_store(&bus->done, number);
	if (bus->ops->mailbox_done)
		bus->ops->mailbox_done(bus->opaque, number);
}

/* --- the system's words --- */

static uint32_t system_read(struct bus *bus, uint32_t reg)
{
	uint64_t now;

	switch (reg) {
	case KINORA_SYS_TIME_LO:
		now = bus->ops->time_ns(bus->opaque);
		bus->time_hi = now >> 32;
		return now;
	case KINORA_SYS_TIME_HI:
		return bus->time_hi;
	case KINORA_SYS_WAKE_LO:
		return bus->wake_lo;
	case KINORA_SYS_WAKE_HI:
		return bus->wake_ns >> 32;
	case KINORA_SYS_VERSION:
		return atomic_load(&bus->version);
	case KINORA_SYS_REQUEST:
		return atomic_load(&bus->rung);
	case KINORA_SYS_DONE:
		return atomic_load(&bus->done);
	case KINORA_SYS_STARTS:
		return bus->starts;
	}
	return 0;
}

/* The words that the hardware numbers stay 0. */
static void block_publish(struct bus *bus, unsigned int block, bool event)
{
	for (unsigned int i = 1; i < KINORA_SIGNAL_BYTES / 4 - 1; i++)
		bus->published[block][i] = bus->block[block][i];
	if (bus->ops->publish)
		bus->ops->publish(bus->opaque, block, event);
}

static void system_write(struct bus *bus, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case KINORA_SYS_WAKE_LO:
		bus->wake_lo = value;
		break;
	case KINORA_SYS_WAKE_HI:
		bus->wake_ns = (uint64_t)value << 32 | bus->wake_lo;
		break;
	case KINORA_SYS_VERSION:
		atomic_store(&bus->version, value);
		break;
	case KINORA_SYS_DONE:
		mailbox_done(bus, value);
		break;
	case KINORA_SYS_PUBLISH:
		block_publish(bus, FIELD_GET(KINORA_SYS_PUBLISH_BLOCK_MASK, value),
			      value & KINORA_SYS_PUBLISH_EVENT);
		break;
	}
}

/* --- the whole --- */

static bool within(uint32_t addr, uint32_t start, uint32_t bytes, uint32_t *offset)
{
	*offset = addr - start;
	return addr >= start && *offset < bytes;
}

uint32_t bus_read(struct bus *bus, uint32_t addr)
{
	const struct bus_ops *ops = bus->ops;
	uint32_t at;

	if (addr % 4)
		return 0;
	if (within(addr, KINORA_CTL_RX(0), KINORA_RX_LINKS * RX_STRIDE, &at))
		return ops->receiver_read ?
			       ops->receiver_read(bus->opaque, at / RX_STRIDE, at % RX_STRIDE) : 0;
	if (within(addr, KINORA_CTL_HDMI, HDMI_BYTES, &at))
		return ops->hdmi_read ? ops->hdmi_read(bus->opaque, at) : 0;
	if (within(addr, KINORA_CTL_SYSTEM, KINORA_SYS_STARTS + 4, &at))
		return system_read(bus, at);
	if (within(addr, KINORA_CTL_MAILBOX, KINORA_MAILBOX_BYTES, &at))
		return atomic_load_explicit(&bus->mailbox[at / 4], memory_order_relaxed);
	if (within(addr, KINORA_CTL_BLOCKS, BLOCKS_BYTES, &at))
		return bus->block[at / KINORA_SIGNAL_BYTES][at % KINORA_SIGNAL_BYTES / 4];
	return 0;
}

void bus_write(struct bus *bus, uint32_t addr, uint32_t value)
{
	const struct bus_ops *ops = bus->ops;
	uint32_t at;

	if (addr % 4)
		return;
	if (within(addr, KINORA_CTL_HDMI, HDMI_BYTES, &at)) {
		if (ops->hdmi_write)
			ops->hdmi_write(bus->opaque, at, value);
	} else if (within(addr, KINORA_CTL_SYSTEM, KINORA_SYS_STARTS + 4, &at)) {
		system_write(bus, at, value);
	} else if (within(addr, KINORA_CTL_MAILBOX, KINORA_MAILBOX_BYTES, &at)) {
		atomic_store_explicit(&bus->mailbox[at / 4], value, memory_order_relaxed);
	} else if (within(addr, KINORA_CTL_BLOCKS, BLOCKS_BYTES, &at)) {
		bus->block[at / KINORA_SIGNAL_BYTES][at % KINORA_SIGNAL_BYTES / 4] = value;
	}
}

/* --- for native firmware --- */

static uint32_t hal_bus_read(void *opaque, uint32_t addr)
{
	return bus_read(opaque, addr);
}

static void hal_bus_write(void *opaque, uint32_t addr, uint32_t value)
{
	bus_write(opaque, addr, value);
}

struct controller_hal bus_hal(struct bus *bus)
{
	return (struct controller_hal){
		.opaque = bus, .read = hal_bus_read, .write = hal_bus_write,
	};
}

void bus_block(const struct bus *bus, unsigned int block, void *out)
{
	memcpy(out, bus->published[block], KINORA_SIGNAL_BYTES);
}
