/* SPDX-License-Identifier: MIT */
/*
 * pcicfg: the 4096 bytes of configuration space of a PCIe endpoint, with what a write may change.
 *
 * Pure state, no I/O: a write reports what it caused and the server (vfu.c) acts on it. QEMU shows
 * the guest its own copy of the BARs and of the MSI and MSI-X capabilities, but forwards every
 * write, so the enable bits here are the guest's too.
 *
 * Layout: 0x40 power management, 0x50 MSI, 0x60 MSI-X (left out with no_msix), 0x70 PCI Express;
 * 0x100 Advanced Error Reporting, 0x150 Device Serial Number (left out without a serial).
 */
#ifndef PCICFG_H
#define PCICFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfu.h"

#define PCICFG_SIZE 4096

enum {
	PCICFG_PM = 0x40,
	PCICFG_MSI = 0x50,
	PCICFG_MSIX = 0x60,
	PCICFG_EXP = 0x70,
	PCICFG_AER = 0x100,
	PCICFG_DSN = 0x150,
};

/* What a write caused, OR-ed. */
enum {
	PCICFG_STATE = 1, /* bus mastering, power, MSI or MSI-X may have changed: look */
	PCICFG_FLR = 2,   /* function level reset was asked for; pcicfg_reset() is the caller's */
};

struct pcicfg {
	uint8_t data[PCICFG_SIZE];
	uint8_t writable[PCICFG_SIZE]; /* bits that take the written value */
	uint8_t clear[PCICFG_SIZE];    /* bits that a written one clears */
	uint8_t initial[PCICFG_SIZE];  /* data after a reset */
};

/* 0 or -EINVAL. The config is checked in whole here, also the parts that only vfu.c uses. */
int pcicfg_init(struct pcicfg *cfg, const struct vfu_config *config);

/* Back to the state after power-on, but for what PCIe calls sticky (the AER registers). */
void pcicfg_reset(struct pcicfg *cfg);

/* off + n <= PCICFG_SIZE is the caller's duty; any alignment and length. */
void pcicfg_read(const struct pcicfg *cfg, size_t off, void *buf, size_t n);
unsigned int pcicfg_write(struct pcicfg *cfg, size_t off, const void *buf, size_t n);

bool pcicfg_in_d0(const struct pcicfg *cfg);
bool pcicfg_bus_master(const struct pcicfg *cfg); /* COMMAND.BME alone */

/* What the guest enabled; MSI-X wins if both are. *count = messages the guest may get by MSI. */
enum vfu_irq_mode pcicfg_irq_mode(const struct pcicfg *cfg, unsigned int *count);

/* Messages that MSI offers for config: num_vectors rounded up to a power of two, at most 32. */
unsigned int pcicfg_msi_vectors(const struct vfu_config *config);

#endif
