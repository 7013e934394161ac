// SPDX-License-Identifier: MIT
/*
 * A QEMU plugin that counts the guest's instructions in its kernel modules, page by page, and
 * writes the counts down whenever the guest executes a marker.
 *
 * A marker is `nopl 0x4b4e0000+N(%rax)`: seven bytes that do nothing on any processor, so the
 * program that is measured needs no privilege and no channel to the host. Output, a line each:
 *	mark N
 *	page ADDRESS COUNT	for each page that was executed since the start
 *
 * Only addresses of modules count (with nokaslr: from 0xffffffffc0000000), so the rest of the guest
 * runs at full speed. Counts are exact: each instruction adds one as it is executed.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "qemu_plugin_api.h"

#define MODULES_START 0xffffffffc0000000ULL
#define PAGES 8192			/* 32 MiB of modules */
#define PAGE_BYTES 4096

#define EXPORT __attribute__((visibility("default")))

struct qemu_info;

extern EXPORT int qemu_plugin_version;
EXPORT int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv);

static FILE *out;
static struct qemu_plugin_scoreboard *board;

static struct qemu_plugin_u64 page_counter(unsigned int page)
{
	return (struct qemu_plugin_u64){ board, page * sizeof(uint64_t) };
}

static void marked(unsigned int vcpu, void *data)
{
	(void)vcpu;
	fprintf(out, "mark %u\n", (unsigned int)(uintptr_t)data);
	for (unsigned int page = 0; page < PAGES; page++) {
		uint64_t count = qemu_plugin_u64_sum(page_counter(page));

		if (count)
			fprintf(out, "page 0x%llx %" PRIu64 "\n", MODULES_START + page * PAGE_BYTES,
				count);
	}
	fflush(out);
}

/* nopl disp32(%rax): 0f 1f 80, then the displacement */
static bool is_marker(const struct qemu_plugin_insn *insn, unsigned int *number)
{
	static const uint8_t nop[] = { 0x0f, 0x1f, 0x80 };
	uint8_t bytes[8];
	uint32_t displacement;

	if (qemu_plugin_insn_data(insn, bytes, sizeof(bytes)) != 7 ||
	    memcmp(bytes, nop, sizeof(nop)))
		return false;
	memcpy(&displacement, bytes + sizeof(nop), sizeof(displacement));
	*number = displacement & 0xffff;
	return displacement >> 16 == 0x4b4e;
}

static void translated(struct qemu_plugin_tb *tb, void *data)
{
	(void)data;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		unsigned int number;

		if (address >= MODULES_START && address < MODULES_START + PAGES * PAGE_BYTES)
			qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
				insn, QEMU_PLUGIN_INLINE_ADD_U64,
				page_counter((address - MODULES_START) / PAGE_BYTES), 1);
		else if (is_marker(insn, &number))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)number);
	}
}

/* Argument: out=FILE */
int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "instructions: give out=FILE, and nothing else\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "we");
	if (!out) {
		fprintf(stderr, "instructions: cannot write '%s'\n", argv[0] + 4);
		return -1;
	}
	board = qemu_plugin_scoreboard_new(PAGES * sizeof(uint64_t));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated, NULL);
	return 0;
}
