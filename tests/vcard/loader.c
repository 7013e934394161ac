// SPDX-License-Identifier: MIT
/*
 * A start is three steps: bring the firmware to the machine, call it until it has written VERSION
 * and waits, tell the host. The second takes as long as it takes, in slices, so that the thread
 * stays answerable; an image that never gets there is ended by the clock.
 */
#include "loader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "thread.h"

/* Between two looks at the clock: a few milliseconds. The firmware itself needs a hundredth. */
#define SLICE_INSTRUCTIONS 2000000

static bool version_written(struct loader *loader)
{
	return atomic_load(&loader->bus->version);
}

/* --- starting --- */

static void stop(struct loader *loader)
{
	machine_destroy(loader->machine);
	loader->machine = NULL;
	loader->runs = LOADER_NOTHING;
}

static void start_begins(struct loader *loader, bool host_image)
{
	stop(loader);
	bus_start(loader->bus);
	books_add(&loader->books->controller_starts, 1);
	loader->host_image = host_image;
	loader->began_ns = loader->ops->time_ns(loader->opaque);
	loader->busy = true;
}

static void start_native(struct loader *loader, bool host_image)
{
	start_begins(loader, host_image);
	controller_init(&loader->native, &loader->hal);
	loader->runs = LOADER_NATIVE;
}

static int start_image(struct loader *loader, const struct image *image, bool host_image)
{
	int ret;

	start_begins(loader, host_image);
	ret = machine_create(&loader->machine, image, &loader->hal);
	if (!ret)
		loader->runs = LOADER_MACHINE;
	return ret;
}

/* What the host asked for has come to this. */
static void done(struct loader *loader, uint8_t error)
{
	pthread_mutex_lock(&loader->lock);
	if (loader->doing & KINORA_FIRMWARE_LOAD)
		loader->error = error;
	loader->doing = 0;
	loader->loaded = loader->host_image;
	pthread_mutex_unlock(&loader->lock);
}

static void give_up(struct loader *loader)
{
	stop(loader);
	pthread_mutex_lock(&loader->lock);
	loader->lost = true;
	pthread_mutex_unlock(&loader->lock);
	done(loader, KINORA_FIRMWARE_ERROR_START);
	loader->ops->fatal(loader->opaque);
}

static void start_built_in(struct loader *loader)
{
	const struct loader_config *config = &loader->config;
	struct image image;

	if (!config->built_in) {
		start_native(loader, false);
		return;
	}
	if (image_check(config->built_in, config->built_in_bytes, &image) ||
	    start_image(loader, &image, false)) {
		log_error("the built-in controller image cannot be started");
		give_up(loader);
	}
}

/* The image that is being started, or that ran, is of no use. */
static void failed(struct loader *loader, const char *why)
{
	books_add(&loader->books->controller_failures, 1);
	if (!loader->host_image) {
		log_error("the built-in controller image fails: %s", why);
		give_up(loader);
		return;
	}
	log_warning("the host's controller image fails, the built-in one is started: %s", why);
	start_built_in(loader);
	done(loader, KINORA_FIRMWARE_ERROR_START);
}

/* --- what the host asks for --- */

static uint8_t image_fetch(struct loader *loader, uint8_t **bytes, size_t *n)
{
	uint64_t address;

	pthread_mutex_lock(&loader->lock);
	address = loader->address;
	*n = loader->bytes;
	pthread_mutex_unlock(&loader->lock);
	*bytes = NULL;
	if (*n < KINORA_FIRMWARE_HEADER_BYTES || *n > KINORA_FIRMWARE_BYTES_MAX)
		return KINORA_FIRMWARE_ERROR_SIZE;
	if (!address || address % 8 || address + *n < address)
		return KINORA_FIRMWARE_ERROR_BUS;
	*bytes = malloc(*n);
	if (!*bytes)
		return KINORA_FIRMWARE_ERROR_SIZE;
	if (loader->ops->dma_read(loader->opaque, address, *bytes, *n)) {
		books_add(&loader->books->dma_errors, 1);
		return KINORA_FIRMWARE_ERROR_BUS;
	}
	return KINORA_FIRMWARE_ERROR_NONE;
}

static void load(struct loader *loader)
{
	struct image image;
	uint8_t *bytes;
	uint8_t error;
	size_t n;

	books_add(&loader->books->image_loads, 1);
	error = image_fetch(loader, &bytes, &n);
	if (!error)
		error = image_check(bytes, n, &image);
	if (error) {
		log_warning("the host's controller image is refused: %s", image_error(error));
		done(loader, error);
	} else if (loader->config.native) {
		start_native(loader, true);
	} else if (start_image(loader, &image, true)) {
		failed(loader, "no memory for a machine");
	} else {
		log_info("controller image of the host: version %u.%u.%u", image.version >> 24,
			 image.version >> 16 & 0xff, image.version & 0xffff);
	}
	free(bytes);
}

/* What is asked for while something is being done waits for that. */
static void serve(struct loader *loader)
{
	uint32_t asked = 0;
	bool begin;

	pthread_mutex_lock(&loader->lock);
	begin = loader->begin;
	loader->begin = false;
	if (!begin && !loader->doing) {
		asked = loader->asked;
		loader->doing = asked;
		loader->asked = 0;
	}
	pthread_mutex_unlock(&loader->lock);
	if (asked & KINORA_FIRMWARE_LOAD)
		load(loader);
	else if (begin || asked & KINORA_FIRMWARE_REVERT)
		start_built_in(loader);
}

/* --- running --- */

static void machine_slice(struct loader *loader)
{
	uint64_t before = machine_instructions(loader->machine);
	enum machine_state state = machine_run(loader->machine, SLICE_INSTRUCTIONS);
	char why[128];
	uint32_t pc;

	books_add(&loader->books->controller_instructions,
		  machine_instructions(loader->machine) - before);
	loader->busy = state == MACHINE_BUSY;
	if (state == MACHINE_TRAPPED) {
		const char *trap = machine_trap(loader->machine, &pc);

		snprintf(why, sizeof(why), "%s at %08" PRIx32, trap, pc);
		failed(loader, why);
	}
}

static uint64_t firmware_run(struct loader *loader)
{
	switch (loader->runs) {
	case LOADER_NATIVE:
		loader->busy = false;
		return controller_poll(&loader->native);
	case LOADER_MACHINE:
		if (!loader->busy && version_written(loader))
			loader->began_ns = loader->ops->time_ns(loader->opaque);
		machine_slice(loader);
		return loader->bus->wake_ns;
	default:
		return UINT64_MAX;
	}
}

/* With the clock: has it been given long enough? Returns when to come again. */
static uint64_t watch(struct loader *loader, uint64_t again)
{
	uint64_t now = loader->ops->time_ns(loader->opaque);
	uint64_t end = loader->began_ns + LOADER_START_NS;

	if (loader->busy || !version_written(loader)) {
		if (now >= end) {
			failed(loader, loader->busy ? "it does not come to wait" :
						      "it does not say that it runs");
			return now;
		}
		return loader->busy || again < now ? now : again < end ? again : end;
	}
	done(loader, KINORA_FIRMWARE_ERROR_NONE);
	return again;
}

uint64_t loader_run(struct loader *loader, bool dead)
{
	uint64_t again;
	bool asked;

	if (!dead)
		serve(loader);
	books_add(&loader->books->controller_polls, 1);
	again = firmware_run(loader);
	if (loader->runs != LOADER_NOTHING)
		again = watch(loader, again);
	pthread_mutex_lock(&loader->lock);
	asked = loader->asked && !loader->doing;
	pthread_mutex_unlock(&loader->lock);
	return asked && !dead ? 0 : again;
}

/* --- registers --- */

uint32_t loader_read(struct loader *loader, uint32_t offset)
{
	uint32_t value = 0;

	pthread_mutex_lock(&loader->lock);
	switch (offset) {
	case KINORA_REG_FIRMWARE_LO:
		value = loader->address;
		break;
	case KINORA_REG_FIRMWARE_HI:
		value = loader->address >> 32;
		break;
	case KINORA_REG_FIRMWARE_BYTES:
		value = loader->bytes;
		break;
	case KINORA_REG_FIRMWARE_CONTROL:
		value = loader->asked | loader->doing;
		break;
	case KINORA_REG_FIRMWARE_STATUS:
		value = (loader->loaded ? KINORA_FIRMWARE_LOADED : 0) |
			FIELD_PREP(KINORA_FIRMWARE_ERROR_MASK, loader->error);
		break;
	}
	pthread_mutex_unlock(&loader->lock);
	return value;
}

bool loader_write(struct loader *loader, uint32_t offset, uint32_t value)
{
	uint32_t asked = 0;

	pthread_mutex_lock(&loader->lock);
	switch (offset) {
	case KINORA_REG_FIRMWARE_LO:
		loader->address = (loader->address & ~0xffffffffULL) | value;
		break;
	case KINORA_REG_FIRMWARE_HI:
		loader->address = (loader->address & 0xffffffffULL) | (uint64_t)value << 32;
		break;
	case KINORA_REG_FIRMWARE_BYTES:
		loader->bytes = value;
		break;
	case KINORA_REG_FIRMWARE_CONTROL:
		asked = value & (KINORA_FIRMWARE_LOAD | KINORA_FIRMWARE_REVERT);
		loader->asked |= asked;
		break;
	}
	pthread_mutex_unlock(&loader->lock);
	return asked;
}

void loader_reset(struct loader *loader)
{
	pthread_mutex_lock(&loader->lock);
	loader->address = 0;
	loader->bytes = 0;
	loader->error = KINORA_FIRMWARE_ERROR_NONE;
	loader->asked = 0;
	loader->begin |= loader->lost;
	loader->lost = false;
	pthread_mutex_unlock(&loader->lock);
}

/* --- life --- */

void loader_init(struct loader *loader, const struct loader_config *config, struct bus *bus,
		 struct books *books, const struct loader_ops *ops, void *opaque)
{
	*loader = (struct loader){
		.config = *config, .ops = ops, .opaque = opaque, .bus = bus, .books = books,
		.hal = bus_hal(bus), .begin = true,
	};
	thread_lock_init(&loader->lock);
}

void loader_finish(struct loader *loader)
{
	stop(loader);
	pthread_mutex_destroy(&loader->lock);
}
