// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/bus.c tests/vcard/crc32c.c tests/vcard/image.c tests/vcard/loader.c */
/* Sources: tests/vcard/log.c tests/vcard/machine.c tests/vcard/thread.c tests/vcard/books.c */
/* Sources: firmware-blobs/controller/[a-z]*.c */
/*
 * Description: the controller's images from the first byte to the last poll: the checks of
 * docs/hardware.md, section 16, every error code of section 3, the RV32 machine, starts that
 * succeed, fail and hang, the watchdog, REVERT, resets. Host memory is an array, time is a number.
 *
 * The programs of the machine are written as words of the RISC-V Unprivileged ISA, the assembly
 * beside them.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "controller.h"
#include "crc32c.h"
#include "image.h"
#include "loader.h"
#include "log.h"
#include "machine.h"
#include "unit.h"

#define MS 1000000ULL
#define HOST_BASE 0x100000000ULL	/* where the host's memory is on the bus */
#define HOST_BYTES 0x40000
#define HEADER KINORA_FIRMWARE_HEADER_BYTES

/* offsets of the header, as in section 16 */
#define AT_MAGIC 0x00
#define AT_HEADER_BYTES 0x04
#define AT_FORMAT 0x06
#define AT_TARGET 0x08
#define AT_VERSION 0x0c
#define AT_CONTRACT 0x10
#define AT_LOAD 0x14
#define AT_ENTRY 0x18
#define AT_PAYLOAD_BYTES 0x1c
#define AT_MEMORY_BYTES 0x20
#define AT_PAYLOAD_CRC 0x24
#define AT_NAME 0x28
#define AT_HEADER_CRC 0x3c

/* programs */
#define LUI_T0_BUS 0x400022b7		/* lui t0, 0x40002 */
#define LUI_T1_VERSION 0x01000337	/* lui t1, 0x1000: version 1.0.0 */
#define SW_VERSION 0x0062a823		/* sw t1, 16(t0) */
#define WFI 0x10500073
#define JUMP_BACK_1 0xffdff06f		/* j .-4 */
#define JUMP_BACK_2 0xff9ff06f		/* j .-8 */
#define JUMP_HERE 0x0000006f		/* j . */
#define ILLEGAL 0xffffffff
#define RUNS LUI_T0_BUS, LUI_T1_VERSION, SW_VERSION

static uint8_t firmware[KINORA_FIRMWARE_BYTES_MAX];	/* the real image */
static size_t firmware_bytes;

/* --- making images --- */

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = value >> 8 * i;
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static void seal(uint8_t *bytes)
{
	put32(bytes + AT_HEADER_CRC, crc32c(0, bytes, AT_HEADER_CRC));
}

/* An image of a few words at address 0x1000. Returns its length. */
static size_t make(uint8_t *bytes, const uint32_t *program, size_t words)
{
	static const uint8_t name[16] = "controller";

	memset(bytes, 0, HEADER);
	put32(bytes + AT_MAGIC, 0x57464e4b);
	put32(bytes + AT_HEADER_BYTES, 64 | 1 << 16);
	put32(bytes + AT_TARGET, 1);
	put32(bytes + AT_VERSION, 0x01000000);
	put32(bytes + AT_CONTRACT, 0x00010001);
	put32(bytes + AT_LOAD, 0x1000);
	put32(bytes + AT_ENTRY, 0x1000);
	put32(bytes + AT_PAYLOAD_BYTES, 4 * words);
	put32(bytes + AT_MEMORY_BYTES, 0x1000 + 4 * words);
	memcpy(bytes + AT_NAME, name, sizeof(name));
	for (size_t i = 0; i < words; i++)
		put32(bytes + HEADER + 4 * i, program[i]);
	put32(bytes + AT_PAYLOAD_CRC, crc32c(0, bytes + HEADER, 4 * words));
	seal(bytes);
	return HEADER + 4 * words;
}

#define MAKE(bytes, ...) \
	make(bytes, (const uint32_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

/* --- the checks --- */

static uint8_t checked(const uint8_t *bytes, size_t n)
{
	struct image image;

	return image_check(bytes, n, &image);
}

static void test_good_images(void)
{
	uint8_t bytes[256];
	struct image image = { 0 };
	size_t n = MAKE(bytes, RUNS, WFI, JUMP_BACK_1);

	CU_ASSERT_EQUAL(image_check(bytes, n, &image), 0);
	CU_ASSERT_EQUAL(image.version, 0x01000000);
	CU_ASSERT_EQUAL(image.load, 0x1000);
	CU_ASSERT_EQUAL(image.entry, 0x1000);
	CU_ASSERT_EQUAL(image.payload_bytes, 20);
	CU_ASSERT_PTR_EQUAL(image.payload, bytes + 64);
	CU_ASSERT_EQUAL(image_check(firmware, firmware_bytes, &image), 0);
	CU_ASSERT_EQUAL(image.version, CONTROLLER_FIRMWARE_VERSION);
	/* an older contract of the same major is no matter, and all of the memory may be used */
	put32(bytes + AT_CONTRACT, 0x00010000);
	put32(bytes + AT_MEMORY_BYTES, 0x20000);
	seal(bytes);
	CU_ASSERT_EQUAL(checked(bytes, n), 0);
	/* entry at the last halfword */
	put32(bytes + AT_ENTRY, 0x1012);
	seal(bytes);
	CU_ASSERT_EQUAL(checked(bytes, n), 0);
}

static void test_bad_fields(void)
{
	static const struct {
		unsigned int at;
		uint32_t value;
		uint8_t error;
	} rows[] = {
		{ AT_MAGIC, 0x57464e4c, KINORA_FIRMWARE_ERROR_FOREIGN },
		{ AT_MAGIC, 0x464c457f, KINORA_FIRMWARE_ERROR_FOREIGN },	/* an ELF file */
		{ AT_HEADER_BYTES, 64 | 2 << 16, KINORA_FIRMWARE_ERROR_TOO_NEW },
		{ AT_HEADER_BYTES, 64, KINORA_FIRMWARE_ERROR_TOO_NEW },
		{ AT_HEADER_BYTES, 128 | 1 << 16, KINORA_FIRMWARE_ERROR_FOREIGN },
		{ AT_TARGET, 2, KINORA_FIRMWARE_ERROR_FOREIGN },
		{ AT_TARGET, 0, KINORA_FIRMWARE_ERROR_FOREIGN },
		{ AT_NAME, 0x746f6f62, KINORA_FIRMWARE_ERROR_FOREIGN },		/* "boot" */
		{ AT_NAME + 12, 1, KINORA_FIRMWARE_ERROR_FOREIGN },
		{ AT_CONTRACT, 0x00010002, KINORA_FIRMWARE_ERROR_TOO_NEW },
		{ AT_CONTRACT, 0x00020000, KINORA_FIRMWARE_ERROR_TOO_NEW },
		{ AT_CONTRACT, 0x00000009, KINORA_FIRMWARE_ERROR_TOO_NEW },
		{ AT_PAYLOAD_BYTES, 0, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_PAYLOAD_BYTES, 16, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_PAYLOAD_BYTES, 24, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_PAYLOAD_BYTES, 0xffffffff, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_MEMORY_BYTES, 0x20004, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_MEMORY_BYTES, 0x1010, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_MEMORY_BYTES, 0, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_LOAD, 0x20000, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_LOAD, 0xfffffff0, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_ENTRY, 0xffc, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_ENTRY, 0x1014, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_ENTRY, 0x1001, KINORA_FIRMWARE_ERROR_SIZE },
		{ AT_ENTRY, 0, KINORA_FIRMWARE_ERROR_SIZE },
	};
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = MAKE(bytes, RUNS, WFI, JUMP_BACK_1);
		uint8_t error;

		put32(bytes + rows[i].at, rows[i].value);
		seal(bytes);
		error = checked(bytes, n);
		if (error != rows[i].error)
			fprintf(stderr, "%02x = %08x: error %u\n", rows[i].at, rows[i].value,
				error);
		CU_ASSERT_EQUAL(error, rows[i].error);
	}
}

static void test_every_length(void)
{
	uint8_t bytes[256];
	size_t n = MAKE(bytes, RUNS, WFI, JUMP_BACK_1);

	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(checked(bytes, i), KINORA_FIRMWARE_ERROR_SIZE);
	CU_ASSERT_EQUAL(checked(bytes, n + 1), KINORA_FIRMWARE_ERROR_SIZE);
	CU_ASSERT_EQUAL(checked(firmware, firmware_bytes / 2), KINORA_FIRMWARE_ERROR_SIZE);
	CU_ASSERT_EQUAL(checked(firmware, 0), KINORA_FIRMWARE_ERROR_SIZE);
}

/* Whatever single bit is wrong, the image is not taken; behind the magic, it is damage. */
static void test_every_bit(void)
{
	uint8_t bytes[256];
	size_t n = MAKE(bytes, RUNS, WFI, JUMP_BACK_1);

	for (size_t bit = 0; bit < 8 * n; bit++) {
		bytes[bit / 8] ^= 1u << bit % 8;
		CU_ASSERT_EQUAL(checked(bytes, n), bit < 32 ? KINORA_FIRMWARE_ERROR_FOREIGN :
							      KINORA_FIRMWARE_ERROR_CRC);
		bytes[bit / 8] ^= 1u << bit % 8;
	}
	CU_ASSERT_EQUAL(checked(bytes, n), 0);
}

static void test_words_for_errors(void)
{
	for (unsigned int i = 0; i <= KINORA_FIRMWARE_ERROR_START; i++)
		CU_ASSERT(strcmp(image_error(i), "unknown"));
	CU_ASSERT_STRING_EQUAL(image_error(99), "unknown");
}

/* --- the machine --- */

static uint32_t last_addr, last_value;
static unsigned int bus_reads, bus_writes;

static uint32_t note_read(void *opaque, uint32_t addr)
{
	(void)opaque;
	last_addr = addr;
	bus_reads++;
	return 0x12345678;
}

static void note_write(void *opaque, uint32_t addr, uint32_t value)
{
	(void)opaque;
	last_addr = addr;
	last_value = value;
	bus_writes++;
}

static const struct controller_hal notes = { .read = note_read, .write = note_write };

static struct machine *machine_of(const uint32_t *program, size_t words)
{
	static uint8_t bytes[4096];
	struct machine *machine;
	struct image image;
	size_t n = make(bytes, program, words);

	bus_reads = 0;
	bus_writes = 0;
	CU_ASSERT_EQUAL_FATAL(image_check(bytes, n, &image), 0);
	CU_ASSERT_EQUAL_FATAL(machine_create(&machine, &image, &notes), 0);
	return machine;
}

#define MACHINE(...) \
	machine_of((const uint32_t[]){ __VA_ARGS__ }, \
		   sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void test_machine_waits(void)
{
	struct machine *machine = MACHINE(RUNS, WFI, JUMP_BACK_1);

	CU_ASSERT_EQUAL(machine_run(machine, 1000), MACHINE_WAITS);
	CU_ASSERT_EQUAL(machine_instructions(machine), 4);
	CU_ASSERT_EQUAL(bus_writes, 1);
	CU_ASSERT_EQUAL(last_addr, 0x40002010);
	CU_ASSERT_EQUAL(last_value, 0x01000000);
	for (unsigned int i = 1; i <= 100; i++) {
		CU_ASSERT_EQUAL(machine_run(machine, 1000), MACHINE_WAITS);
		CU_ASSERT_EQUAL(machine_instructions(machine), 4 + 2 * i);
	}
	machine_destroy(machine);
	machine_destroy(NULL);
}

/* In slices of any length it does what it does in one. */
static void test_machine_busy(void)
{
	for (unsigned int slice = 1; slice < 12; slice++) {
		struct machine *machine = MACHINE(0x00130313,	/* addi t1, t1, 1 */
						  0x10602023,	/* sw t1, 0x100(zero) */
						  JUMP_BACK_2);
		unsigned int n = 0;

		for (; n < 100; n += slice)
			CU_ASSERT_EQUAL(machine_run(machine, slice), MACHINE_BUSY);
		CU_ASSERT_EQUAL(machine_instructions(machine), n);
		/* each third instruction, from the second on, stores */
		CU_ASSERT_EQUAL(get32(machine_memory(machine) + 0x100), (n + 1) / 3);
		machine_destroy(machine);
	}
}

/* The bus has 32-bit words; anything else reads 0 and writes nothing. */
static void test_machine_bus(void)
{
	struct machine *machine = MACHINE(LUI_T0_BUS,
					  0x0042a503,	/* lw a0, 4(t0) */
					  0x10a02023,	/* sw a0, 0x100(zero) */
					  0x0002d503,	/* lhu a0, 0(t0) */
					  0x10a02223,	/* sw a0, 0x104(zero) */
					  0x0032c503,	/* lbu a0, 3(t0) */
					  0x10a02423,	/* sw a0, 0x108(zero) */
					  0x00629823,	/* sh t1, 16(t0) */
					  0x00628823,	/* sb t1, 16(t0) */
					  WFI);

	CU_ASSERT_EQUAL(machine_run(machine, 1000), MACHINE_WAITS);
	CU_ASSERT_EQUAL(get32(machine_memory(machine) + 0x100), 0x12345678);
	CU_ASSERT_EQUAL(get32(machine_memory(machine) + 0x104), 0);
	CU_ASSERT_EQUAL(get32(machine_memory(machine) + 0x108), 0);
	CU_ASSERT_EQUAL(bus_reads, 1);
	CU_ASSERT_EQUAL(last_addr, 0x40002004);
	CU_ASSERT_EQUAL(bus_writes, 0);
	machine_destroy(machine);
}

static void test_machine_traps(void)
{
	static const uint32_t program[][3] = {
		{ ILLEGAL },
		{ 0 },					/* what unused memory holds */
		{ 0x00000073 },				/* ecall */
		{ 0x00100073 },				/* ebreak */
		{ 0x80000537, 0x00052503 },		/* lui a0, 0x80000; lw a0, 0(a0) */
		{ 0x80000537, 0x00a52023 },		/* lui a0, 0x80000; sw a0, 0(a0) */
		{ 0xfe602e23 },				/* sw t1, -4(zero): below the stack */
		{ 0x00020537, 0x00052503 },		/* lui a0, 0x20; lw a0, 0(a0): behind RAM */
		{ 0x80000537, 0x00050067 },		/* lui a0, 0x80000; jr a0 */
		{ 0x40002537, 0x00050067 },		/* lui a0, 0x40002; jr a0: into registers */
		{ 0x00000053 },				/* fadd.s: there is no F */
	};

	for (size_t i = 0; i < sizeof(program) / sizeof(program[0]); i++) {
		struct machine *machine = machine_of(program[i], 3);
		uint32_t pc;

		CU_ASSERT_EQUAL(machine_run(machine, 1000), MACHINE_TRAPPED);
		CU_ASSERT(strlen(machine_trap(machine, &pc)) > 0);
		/* it stays so */
		CU_ASSERT_EQUAL(machine_run(machine, 1000), MACHINE_TRAPPED);
		machine_destroy(machine);
	}
}

/* --- the loader --- */

static struct bus bus;
static struct books books;
static struct loader loader;
static uint8_t host[HOST_BYTES];
static uint64_t host_readable;		/* bytes from HOST_BASE on */
static unsigned int host_reads;
static uint64_t now;
static unsigned int fatals;

static uint64_t time_ns(void *opaque)
{
	(void)opaque;
	return now;
}

static int dma_read(void *opaque, uint64_t addr, void *buf, size_t n)
{
	(void)opaque;
	host_reads++;
	if (addr < HOST_BASE || addr - HOST_BASE > host_readable ||
	    n > host_readable - (addr - HOST_BASE))
		return -EFAULT;
	memcpy(buf, host + (addr - HOST_BASE), n);
	return 0;
}

static void fatal(void *opaque)
{
	(void)opaque;
	fatals++;
}

static const struct bus_ops bus_ops = { .time_ns = time_ns };
static const struct loader_ops loader_ops = {
	.time_ns = time_ns, .dma_read = dma_read, .fatal = fatal,
};

static void begin_with(const struct loader_config *config)
{
	now = 1000 * MS;
	fatals = 0;
	host_reads = 0;
	host_readable = HOST_BYTES;
	books_reset(&books);
	bus_init(&bus, &bus_ops, NULL);
	loader_init(&loader, config, &bus, &books, &loader_ops, NULL);
	CU_ASSERT_EQUAL(loader_read(&loader, KINORA_REG_FIRMWARE_CONTROL), 0);
	loader_run(&loader, false);
}

static void begin(void)
{
	begin_with(&(struct loader_config){ 0 });
}

static uint64_t count(const books_count *of)
{
	return atomic_load(of);
}

static void set(uint64_t address, uint32_t bytes)
{
	CU_ASSERT(!loader_write(&loader, KINORA_REG_FIRMWARE_LO, address));
	CU_ASSERT(!loader_write(&loader, KINORA_REG_FIRMWARE_HI, address >> 32));
	CU_ASSERT(!loader_write(&loader, KINORA_REG_FIRMWARE_BYTES, bytes));
}

static uint32_t control(void)
{
	return loader_read(&loader, KINORA_REG_FIRMWARE_CONTROL);
}

static uint32_t status(void)
{
	return loader_read(&loader, KINORA_REG_FIRMWARE_STATUS);
}

/* Calls it as the controller's thread would until nothing is asked for. ms it took. */
static unsigned int settle(void)
{
	uint64_t began = now;

	for (unsigned int i = 0; control() && i < 100000; i++) {
		uint64_t again = loader_run(&loader, false);

		/* what is busy gets as much of the time as it would take */
		now = again > now ? again : now + 5 * MS;
	}
	CU_ASSERT_EQUAL(control(), 0);
	return (now - began) / MS;
}

/* A LOAD of these bytes; the status after it. */
static uint32_t load(const uint8_t *bytes, size_t n)
{
	memcpy(host, bytes, n);
	set(HOST_BASE, n);
	CU_ASSERT(loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD));
	CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_LOAD);
	settle();
	return status();
}

#define ERROR(n) ((n) << 8)

static void test_power_up(void)
{
	begin();
	CU_ASSERT_EQUAL(status(), 0);
	CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
	CU_ASSERT_EQUAL(bus.starts, 1);
	CU_ASSERT_EQUAL(loader.runs, LOADER_NATIVE);
	CU_ASSERT_EQUAL(host_reads, 0);
	for (unsigned int offset = KINORA_REG_FIRMWARE_LO; offset < 0x80; offset += 4)
		CU_ASSERT_EQUAL(loader_read(&loader, offset), 0);
	loader_finish(&loader);
}

static void test_load_and_revert(void)
{
	struct kinora_signal before, after;

	begin();
	bus_block(&bus, 0, &before);
	CU_ASSERT_EQUAL(before.generation, 1);
	CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
	CU_ASSERT_EQUAL(loader.runs, LOADER_MACHINE);
	CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
	CU_ASSERT_EQUAL(bus.starts, 2);
	CU_ASSERT(count(&books.controller_instructions) > 1000);
	/* nothing has changed, and nothing is told anew */
	bus_block(&bus, 0, &after);
	CU_ASSERT(!memcmp(&before, &after, sizeof(before)));
	/* it goes on: a second, each time when it wants */
	for (unsigned int i = 0; i < 100; i++) {
		uint64_t again = loader_run(&loader, false);

		CU_ASSERT(again > now && again <= now + CONTROLLER_POLL_NS);
		now = again;
	}
	CU_ASSERT_EQUAL(bus.starts, 2);
	/* the image told how much stack it needed */
	CU_ASSERT(bus.published[BUS_BLOCK_CONTROLLER][7] > 100);
	CU_ASSERT(bus.published[BUS_BLOCK_CONTROLLER][7] < 8192);
	/* once more, and back */
	CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
	CU_ASSERT_EQUAL(bus.starts, 3);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_REVERT);
	CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_REVERT);
	settle();
	CU_ASSERT_EQUAL(status(), 0);
	CU_ASSERT_EQUAL(loader.runs, LOADER_NATIVE);
	CU_ASSERT_EQUAL(bus.starts, 4);
	CU_ASSERT_EQUAL(count(&books.controller_failures), 0);
	CU_ASSERT_EQUAL(count(&books.image_loads), 2);
	loader_finish(&loader);
}

/* After errors 1 to 5 the controller is left as it runs. */
static void test_refused(void)
{
	static const struct {
		uint64_t address;
		uint32_t bytes;
		uint8_t error;
	} rows[] = {
		{ 0, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE + 4, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE + 1, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE - 4096, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE - 8, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE + HOST_BYTES - 2048, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ 0xfffffffffffffff8, 4096, KINORA_FIRMWARE_ERROR_BUS },
		{ HOST_BASE, 0, KINORA_FIRMWARE_ERROR_SIZE },
		{ HOST_BASE, 63, KINORA_FIRMWARE_ERROR_SIZE },
		{ HOST_BASE, KINORA_FIRMWARE_BYTES_MAX + 1, KINORA_FIRMWARE_ERROR_SIZE },
		{ HOST_BASE, 0x7fffffff, KINORA_FIRMWARE_ERROR_SIZE },
		{ HOST_BASE, 0xffffffff, KINORA_FIRMWARE_ERROR_SIZE },
		{ HOST_BASE, 64, KINORA_FIRMWARE_ERROR_SIZE },		/* truncated */
		{ HOST_BASE + 64, 4096, KINORA_FIRMWARE_ERROR_FOREIGN },
	};

	for (unsigned int loaded = 0; loaded < 2; loaded++) {
		begin();
		if (loaded)
			CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
		memcpy(host, firmware, firmware_bytes);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			set(rows[i].address, rows[i].bytes);
			loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
			settle();
			CU_ASSERT_EQUAL(status(), ERROR(rows[i].error) | loaded);
			CU_ASSERT_EQUAL(bus.starts, 1 + loaded);
			CU_ASSERT_EQUAL(loader.runs, loaded ? LOADER_MACHINE : LOADER_NATIVE);
		}
		/* damaged on the way */
		host[1000] ^= 4;
		set(HOST_BASE, firmware_bytes);
		loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
		settle();
		CU_ASSERT_EQUAL(status(), ERROR(KINORA_FIRMWARE_ERROR_CRC) | loaded);
		/* a good one after all that */
		CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
		loader_finish(&loader);
	}
}

/* After START the built-in image runs, whatever ran before. */
static void test_start_fails(void)
{
	uint8_t image[3][128];
	size_t n[] = {
		MAKE(image[0], JUMP_HERE),
		MAKE(image[1], WFI, JUMP_BACK_1),
		MAKE(image[2], ILLEGAL),
	};

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t began;

		begin();
		CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
		began = now;
		CU_ASSERT_EQUAL(load(image[i], n[i]), ERROR(KINORA_FIRMWARE_ERROR_START));
		CU_ASSERT_EQUAL(loader.runs, LOADER_NATIVE);
		CU_ASSERT_EQUAL(bus.starts, 4);
		CU_ASSERT_EQUAL(count(&books.controller_failures), 1);
		/* it has all of its time, and no more; a trap needs none */
		CU_ASSERT(i == 2 ? now - began <= 10 * MS :
				   now - began >= 500 * MS && now - began < 510 * MS);
		loader_run(&loader, false);
		CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
		CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
		CU_ASSERT_EQUAL(fatals, 0);
		loader_finish(&loader);
	}
}

/* An image that takes its time, but reports within the limit, is as good as any. */
static void test_start_late(void)
{
	static uint8_t image[256];
	size_t n = MAKE(image, LUI_T0_BUS,
			WFI, WFI, WFI, WFI,
			LUI_T1_VERSION, SW_VERSION, WFI, JUMP_BACK_1);

	begin();
	memcpy(host, image, n);
	set(HOST_BASE, n);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	for (unsigned int i = 0; i < 4; i++) {
		loader_run(&loader, false);
		CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_LOAD);
		CU_ASSERT_EQUAL(status(), 0);
		now += 120 * MS;
	}
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(control(), 0);
	CU_ASSERT_EQUAL(status(), KINORA_FIRMWARE_LOADED);
	CU_ASSERT_EQUAL(bus.version, 0x01000000);
	loader_finish(&loader);
}

/* The watchdog: an image that ran, and then traps or does not come to wait. */
static void test_fails_later(void)
{
	uint8_t image[2][128];
	size_t n[] = {
		MAKE(image[0], RUNS, WFI, WFI, ILLEGAL),
		MAKE(image[1], RUNS, WFI, WFI, JUMP_HERE),
	};

	for (unsigned int i = 0; i < 2; i++) {
		uint64_t began;

		begin();
		CU_ASSERT_EQUAL(load(image[i], n[i]), KINORA_FIRMWARE_LOADED);
		now += 3600 * 1000 * MS; /* an hour of wfi is no fault */
		loader_run(&loader, false);
		CU_ASSERT_EQUAL(status(), KINORA_FIRMWARE_LOADED);
		began = now;
		while (status() && now - began < 2000 * MS) {
			loader_run(&loader, false);
			now += 5 * MS;
		}
		CU_ASSERT_EQUAL(status(), 0);
		CU_ASSERT(i ? now - began >= 500 * MS && now - began < 510 * MS :
			      now - began <= 10 * MS);
		loader_run(&loader, false);
		CU_ASSERT_EQUAL(loader.runs, LOADER_NATIVE);
		CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
		CU_ASSERT_EQUAL(bus.starts, 3);
		CU_ASSERT_EQUAL(fatals, 0);
		loader_finish(&loader);
	}
}

/* What is asked for while an image is being started is done behind it. */
static void test_one_after_the_other(void)
{
	uint8_t image[128];
	size_t n = MAKE(image, WFI, JUMP_BACK_1);

	begin();
	memcpy(host, image, n);
	set(HOST_BASE, n);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_LOAD);
	memcpy(host, firmware, firmware_bytes);
	set(HOST_BASE, firmware_bytes);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_LOAD);
	CU_ASSERT(settle() >= 499);
	CU_ASSERT_EQUAL(status(), KINORA_FIRMWARE_LOADED);
	CU_ASSERT_EQUAL(bus.starts, 4);
	loader_finish(&loader);
}

static void test_reset(void)
{
	begin();
	CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
	set(HOST_BASE, 10);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	settle();
	CU_ASSERT_EQUAL(status(), ERROR(KINORA_FIRMWARE_ERROR_SIZE) | KINORA_FIRMWARE_LOADED);
	/* one that has not begun is forgotten; the image runs on */
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	host_reads = 0;
	loader_reset(&loader);
	CU_ASSERT_EQUAL(control(), 0);
	CU_ASSERT_EQUAL(loader_read(&loader, KINORA_REG_FIRMWARE_LO), 0);
	CU_ASSERT_EQUAL(loader_read(&loader, KINORA_REG_FIRMWARE_HI), 0);
	CU_ASSERT_EQUAL(loader_read(&loader, KINORA_REG_FIRMWARE_BYTES), 0);
	CU_ASSERT_EQUAL(status(), KINORA_FIRMWARE_LOADED);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(loader.runs, LOADER_MACHINE);
	CU_ASSERT_EQUAL(bus.starts, 2);
	CU_ASSERT_EQUAL(host_reads, 0);
	loader_finish(&loader);
}

/* A card that does not answer reads no image. */
static void test_dead(void)
{
	begin();
	memcpy(host, firmware, firmware_bytes);
	set(HOST_BASE, firmware_bytes);
	loader_write(&loader, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	for (unsigned int i = 0; i < 10; i++)
		CU_ASSERT(loader_run(&loader, true) > now);
	CU_ASSERT_EQUAL(control(), KINORA_FIRMWARE_LOAD);
	CU_ASSERT_EQUAL(host_reads, 0);
	settle();
	CU_ASSERT_EQUAL(status(), KINORA_FIRMWARE_LOADED);
	loader_finish(&loader);
}

static void test_native_kept(void)
{
	begin_with(&(struct loader_config){ .native = true });
	CU_ASSERT_EQUAL(load(firmware, firmware_bytes), KINORA_FIRMWARE_LOADED);
	CU_ASSERT_EQUAL(loader.runs, LOADER_NATIVE);
	CU_ASSERT_EQUAL(bus.starts, 2);
	/* the checks are the same */
	CU_ASSERT_EQUAL(load(firmware, 1000),
			ERROR(KINORA_FIRMWARE_ERROR_SIZE) | KINORA_FIRMWARE_LOADED);
	loader_finish(&loader);
}

static void test_built_in_file(void)
{
	uint8_t image[128];
	size_t n = MAKE(image, JUMP_HERE);

	begin_with(&(struct loader_config){ .built_in = firmware,
					    .built_in_bytes = firmware_bytes });
	CU_ASSERT_EQUAL(loader.runs, LOADER_MACHINE);
	CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
	CU_ASSERT_EQUAL(status(), 0);
	CU_ASSERT_EQUAL(load(image, n), ERROR(KINORA_FIRMWARE_ERROR_START));
	CU_ASSERT_EQUAL(loader.runs, LOADER_MACHINE);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(bus.version, CONTROLLER_FIRMWARE_VERSION);
	CU_ASSERT_EQUAL(fatals, 0);
	loader_finish(&loader);
}

/* A built-in image that fails is the end, until a reset. */
static void test_built_in_fails(void)
{
	uint8_t image[128];
	size_t n = MAKE(image, RUNS, WFI, ILLEGAL);

	begin_with(&(struct loader_config){ .built_in = image, .built_in_bytes = n });
	CU_ASSERT_EQUAL(bus.version, 0x01000000);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(fatals, 1);
	CU_ASSERT_EQUAL(loader.runs, LOADER_NOTHING);
	CU_ASSERT_EQUAL(loader_run(&loader, false), UINT64_MAX);
	CU_ASSERT_EQUAL(fatals, 1);
	loader_reset(&loader);
	loader_run(&loader, false);
	CU_ASSERT_EQUAL(loader.runs, LOADER_MACHINE);
	CU_ASSERT_EQUAL(bus.version, 0x01000000);
	loader_finish(&loader);
	/* one that is no image at all */
	image[70] ^= 1;
	begin_with(&(struct loader_config){ .built_in = image, .built_in_bytes = n });
	CU_ASSERT_EQUAL(fatals, 1);
	CU_ASSERT_EQUAL(loader.runs, LOADER_NOTHING);
	loader_finish(&loader);
}

static int firmware_read(void)
{
	FILE *file = fopen(FIRMWARE_IMAGE, "rb");

	if (!file)
		return -1;
	firmware_bytes = fread(firmware, 1, sizeof(firmware), file);
	fclose(file);
	log_level_set(LOG_LEVEL_ERROR); /* what is refused here is meant to be */
	return !firmware_bytes;
}

static CU_TestInfo image_tests[] = {
	{ "good images", test_good_images },
	{ "bad fields", test_bad_fields },
	{ "every length", test_every_length },
	{ "every bit", test_every_bit },
	{ "words for errors", test_words_for_errors },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo machine_tests[] = {
	{ "waits", test_machine_waits },
	{ "busy", test_machine_busy },
	{ "bus", test_machine_bus },
	{ "traps", test_machine_traps },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo loader_tests[] = {
	{ "power-up", test_power_up },
	{ "load and revert", test_load_and_revert },
	{ "refused", test_refused },
	{ "start fails", test_start_fails },
	{ "start late", test_start_late },
	{ "fails later", test_fails_later },
	{ "one after the other", test_one_after_the_other },
	{ "reset", test_reset },
	{ "dead", test_dead },
	{ "native kept", test_native_kept },
	{ "built-in from a file", test_built_in_file },
	{ "built-in fails", test_built_in_fails },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "image", firmware_read, NULL, NULL, NULL, image_tests },
	{ "machine", NULL, NULL, NULL, NULL, machine_tests },
	{ "loader", firmware_read, NULL, NULL, NULL, loader_tests },
	CU_SUITE_INFO_NULL,
};

int main(void)
{
	return unit_run_suites(suites);
}
