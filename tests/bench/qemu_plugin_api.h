/* SPDX-License-Identifier: MIT */
/*
 * The few functions of QEMU's plugin interface (docs/devel/tcg-plugins.rst of QEMU) that
 * instructions.c calls. Debian ships QEMU with the interface but not its header, hence these
 * declarations; the names, typedefs among them, are QEMU's.
 */
#ifndef BENCH_QEMU_PLUGIN_API_H
#define BENCH_QEMU_PLUGIN_API_H

#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_API_VERSION 7	/* of QEMU 11 */
#define QEMU_PLUGIN_INLINE_ADD_U64 0	/* the first inline operation */
#define QEMU_PLUGIN_CB_NO_REGS 0	/* a callback that looks at no registers */

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;

/* A member of each virtual processor's entry in a scoreboard; passed by value. */
struct qemu_plugin_u64 {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
};

void qemu_plugin_register_vcpu_tb_trans_cb(
	uint64_t id, void (*translated)(struct qemu_plugin_tb *tb, void *data), void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*executed)(unsigned int vcpu, void *data),
					    int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn,
							 int operation,
							 struct qemu_plugin_u64 entry,
							 uint64_t value);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *out, size_t size);
struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t entry_size);
uint64_t qemu_plugin_u64_sum(struct qemu_plugin_u64 entry);

#endif
