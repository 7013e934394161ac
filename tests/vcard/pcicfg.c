// SPDX-License-Identifier: MIT
/*
 * Configuration space of a PCIe endpoint; see pcicfg.h. Numbers in parentheses are clauses of the
 * PCI Express Base Specification 5.0, register names those of <linux/pci_regs.h>.
 *
 * What surprises people: D3hot keeps the registers (No_Soft_Reset is set), so the way back to D0
 * is not a reset; and a write of D1 or D2, which we do not have, is dropped as 7.5.2.2 wants.
 */
#include "pcicfg.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

/* Link generation g runs at the g-th code of the speed field: 1 is 2.5 GT/s, 4 is 16 GT/s. */
#define LINK_GEN_MAX 5
#define LINK_GEN_DEFAULT 4
#define LINK_WIDTH_DEFAULT 8

#define BAR_SIZE_MIN 128 /* the least a PCIe function may ask for (7.5.1.2.1) */

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v & 0xff;
	p[1] = v >> 8;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static bool power_of_two(uint64_t v)
{
	return v && !(v & (v - 1));
}

static bool width_is_valid(unsigned int width)
{
	return width <= 16 && power_of_two(width);
}

/* The links that config describes, defaults filled in. */
struct link {
	unsigned int gen, width, max_gen, max_width;
};

static struct link link_of(const struct vfu_config *config)
{
	struct link l;

	l.max_gen = config->link_max_gen ? config->link_max_gen : LINK_GEN_DEFAULT;
	l.max_width = config->link_max_width ? config->link_max_width : LINK_WIDTH_DEFAULT;
	l.gen = config->link_gen ? config->link_gen : l.max_gen;
	l.width = config->link_width ? config->link_width : l.max_width;
	return l;
}

static bool bars_are_valid(const struct vfu_config *config)
{
	for (unsigned int i = 0; i < VFU_BARS; i++) {
		uint64_t size = config->bar_size[i];

		if (size && (i % 2 || !power_of_two(size) || size < BAR_SIZE_MIN))
			return false;
		if (!size && config->bar_prefetch & 1u << i)
			return false;
	}
	return true;
}

static bool msix_is_valid(const struct vfu_config *config)
{
	uint64_t table = config->msix_table, pba = config->msix_pba;
	uint64_t table_len = 16ull * config->num_vectors;
	uint64_t pba_len = 8ull * ((config->num_vectors + 63) / 64);
	uint64_t size;

	if (config->no_msix)
		return true;
	if (config->msix_bar >= VFU_BARS || table % 8 || pba % 8)
		return false;
	size = config->bar_size[config->msix_bar];
	return table + table_len <= size && pba + pba_len <= size &&
	       (table + table_len <= pba || pba + pba_len <= table);
}

static bool link_is_valid(const struct vfu_config *config)
{
	struct link l = link_of(config);

	return l.max_gen <= LINK_GEN_MAX && l.gen <= l.max_gen && width_is_valid(l.max_width) &&
	       width_is_valid(l.width) && l.width <= l.max_width;
}

unsigned int pcicfg_msi_vectors(const struct vfu_config *config)
{
	unsigned int n = 1;

	while (n < config->num_vectors && n < VFU_MSI_VECTORS_MAX)
		n *= 2;
	return n;
}

static void header_init(struct pcicfg *cfg, const struct vfu_config *config)
{
	uint8_t *d = cfg->data, *w = cfg->writable;

	put16(d + PCI_VENDOR_ID, config->vendor);
	put16(d + PCI_DEVICE_ID, config->device);
	put16(w + PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
				       PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	put16(d + PCI_STATUS, PCI_STATUS_CAP_LIST);
	put16(cfg->clear + PCI_STATUS,
	      PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT | PCI_STATUS_REC_TARGET_ABORT |
		      PCI_STATUS_REC_MASTER_ABORT | PCI_STATUS_SIG_SYSTEM_ERROR |
		      PCI_STATUS_DETECTED_PARITY);
	put32(d + PCI_CLASS_REVISION, config->class_code << 8 | config->revision);
	w[PCI_CACHE_LINE_SIZE] = 0xff;
	put16(d + PCI_SUBSYSTEM_VENDOR_ID, config->subsystem_vendor);
	put16(d + PCI_SUBSYSTEM_ID, config->subsystem_device);
	d[PCI_CAPABILITY_LIST] = PCICFG_PM;
	w[PCI_INTERRUPT_LINE] = 0xff;

	for (unsigned int i = 0; i < VFU_BARS; i += 2) {
		uint8_t *bar = d + PCI_BASE_ADDRESS_0 + 4 * i;
		uint64_t mask = ~(config->bar_size[i] - 1);

		if (!config->bar_size[i])
			continue;
		bar[0] = PCI_BASE_ADDRESS_MEM_TYPE_64;
		if (config->bar_prefetch & 1u << i)
			bar[0] |= PCI_BASE_ADDRESS_MEM_PREFETCH;
		put32(w + PCI_BASE_ADDRESS_0 + 4 * i, mask & 0xffffffff);
		put32(w + PCI_BASE_ADDRESS_0 + 4 * i + 4, mask >> 32);
	}
}

static void capability_init(struct pcicfg *cfg, unsigned int at, uint8_t id, uint8_t next)
{
	cfg->data[at + PCI_CAP_LIST_ID] = id;
	cfg->data[at + PCI_CAP_LIST_NEXT] = next;
}

static void pm_init(struct pcicfg *cfg)
{
	capability_init(cfg, PCICFG_PM, PCI_CAP_ID_PM, PCICFG_MSI);
	put16(cfg->data + PCICFG_PM + PCI_PM_PMC, 3); /* version 3, no D1, D2 or PME */
	put16(cfg->data + PCICFG_PM + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
	put16(cfg->writable + PCICFG_PM + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
}

static void msi_init(struct pcicfg *cfg, const struct vfu_config *config)
{
	uint8_t *d = cfg->data + PCICFG_MSI, *w = cfg->writable + PCICFG_MSI;
	unsigned int log2 = __builtin_ctz(pcicfg_msi_vectors(config));

	capability_init(cfg, PCICFG_MSI, PCI_CAP_ID_MSI,
			config->no_msix ? PCICFG_EXP : PCICFG_MSIX);
	put16(d + PCI_MSI_FLAGS, PCI_MSI_FLAGS_64BIT | log2 << 1);
	put16(w + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	put32(w + PCI_MSI_ADDRESS_LO, 0xfffffffc);
	put32(w + PCI_MSI_ADDRESS_HI, 0xffffffff);
	put16(w + PCI_MSI_DATA_64, 0xffff);
}

static void msix_init(struct pcicfg *cfg, const struct vfu_config *config)
{
	uint8_t *d = cfg->data + PCICFG_MSIX;

	capability_init(cfg, PCICFG_MSIX, PCI_CAP_ID_MSIX, PCICFG_EXP);
	put16(d + PCI_MSIX_FLAGS, config->num_vectors - 1);
	put16(cfg->writable + PCICFG_MSIX + PCI_MSIX_FLAGS,
	      PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	put32(d + PCI_MSIX_TABLE, config->msix_table | config->msix_bar);
	put32(d + PCI_MSIX_PBA, config->msix_pba | config->msix_bar);
}

static void express_init(struct pcicfg *cfg, const struct vfu_config *config)
{
	uint8_t *d = cfg->data + PCICFG_EXP, *w = cfg->writable + PCICFG_EXP;
	struct link l = link_of(config);

	capability_init(cfg, PCICFG_EXP, PCI_CAP_ID_EXP, 0);
	put16(d + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	put32(d + PCI_EXP_DEVCAP, 1 | /* payloads up to 256 bytes */
					  PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER |
					  PCI_EXP_DEVCAP_FLR);
	/*
	 * Defaults of 7.5.3.4: relaxed ordering and no-snoop allowed, read requests of 512 bytes.
	 */
	put16(d + PCI_EXP_DEVCTL,
	      PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN | PCI_EXP_DEVCTL_READRQ_512B);
	put16(w + PCI_EXP_DEVCTL,
	      PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE |
		      PCI_EXP_DEVCTL_URRE | PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_PAYLOAD |
		      PCI_EXP_DEVCTL_EXT_TAG | PCI_EXP_DEVCTL_NOSNOOP_EN | PCI_EXP_DEVCTL_READRQ);
	put16(cfg->clear + PCICFG_EXP + PCI_EXP_DEVSTA,
	      PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD);
	put32(d + PCI_EXP_LNKCAP, l.max_gen | l.max_width << 4 | 1u << 22); /* ASPM optionality */
	put16(w + PCI_EXP_LNKCTL,
	      PCI_EXP_LNKCTL_RCB | PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
	put16(d + PCI_EXP_LNKSTA, l.gen | l.width << 4 | PCI_EXP_LNKSTA_SLC);
	/* Completion timeouts in ranges A to D, or off. */
	put32(d + PCI_EXP_DEVCAP2, 0xf | PCI_EXP_DEVCAP2_COMP_TMOUT_DIS);
	put16(w + PCI_EXP_DEVCTL2, 0x1f);
	put32(d + PCI_EXP_LNKCAP2, ((1u << l.max_gen) - 1) << 1);
	put16(d + PCI_EXP_LNKCTL2, l.max_gen);
	put16(w + PCI_EXP_LNKCTL2, PCI_EXP_LNKCTL2_TLS | PCI_EXP_LNKCTL2_ENTER_COMP);
	if (l.gen >= 3) /* equalization of 8 GT/s ended well in all three phases (7.5.3.20) */
		put16(d + PCI_EXP_LNKSTA2, 0x1e);
}

static void extended_init(struct pcicfg *cfg, unsigned int at, uint16_t id, unsigned int version,
			  unsigned int next)
{
	put32(cfg->data + at, id | version << 16 | next << 20);
}

/* Bits and defaults of 7.8.4; every error a function without end-to-end prefixes can have. */
#define AER_UNCORRECTABLE                                                                          \
	(PCI_ERR_UNC_DLP | PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_FCP | PCI_ERR_UNC_COMP_TIME |      \
	 PCI_ERR_UNC_COMP_ABORT | PCI_ERR_UNC_UNX_COMP | PCI_ERR_UNC_RX_OVER |                     \
	 PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_UNSUP | PCI_ERR_UNC_INTN)
#define AER_FATAL                                                                                  \
	(PCI_ERR_UNC_DLP | PCI_ERR_UNC_FCP | PCI_ERR_UNC_RX_OVER | PCI_ERR_UNC_MALF_TLP |          \
	 PCI_ERR_UNC_INTN)
#define AER_CORRECTABLE                                                                            \
	(PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP | PCI_ERR_COR_BAD_DLLP | PCI_ERR_COR_REP_ROLL |    \
	 PCI_ERR_COR_REP_TIMER | PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL)
#define AER_LENGTH 0x38

static void aer_init(struct pcicfg *cfg, unsigned int next)
{
	uint8_t *d = cfg->data + PCICFG_AER, *w = cfg->writable + PCICFG_AER;
	uint8_t *c = cfg->clear + PCICFG_AER;

	extended_init(cfg, PCICFG_AER, PCI_EXT_CAP_ID_ERR, 2, next);
	put32(c + PCI_ERR_UNCOR_STATUS, AER_UNCORRECTABLE);
	put32(d + PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_INTN);
	put32(w + PCI_ERR_UNCOR_MASK, AER_UNCORRECTABLE);
	put32(d + PCI_ERR_UNCOR_SEVER, AER_FATAL);
	put32(w + PCI_ERR_UNCOR_SEVER, AER_UNCORRECTABLE);
	put32(c + PCI_ERR_COR_STATUS, AER_CORRECTABLE);
	put32(d + PCI_ERR_COR_MASK, PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL);
	put32(w + PCI_ERR_COR_MASK, AER_CORRECTABLE);
	put32(d + PCI_ERR_CAP, PCI_ERR_CAP_ECRC_GENC | PCI_ERR_CAP_ECRC_CHKC);
	put32(w + PCI_ERR_CAP, PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE);
}

static void serial_init(struct pcicfg *cfg, uint64_t serial)
{
	extended_init(cfg, PCICFG_DSN, PCI_EXT_CAP_ID_DSN, 1, 0);
	put32(cfg->data + PCICFG_DSN + 4, serial & 0xffffffff);
	put32(cfg->data + PCICFG_DSN + 8, serial >> 32);
}

int pcicfg_init(struct pcicfg *cfg, const struct vfu_config *config)
{
	if (!config->num_vectors || config->num_vectors > VFU_MSIX_VECTORS_MAX ||
	    config->class_code > 0xffffff || !bars_are_valid(config) || !msix_is_valid(config) ||
	    !link_is_valid(config))
		return -EINVAL;
	memset(cfg, 0, sizeof(*cfg));
	header_init(cfg, config);
	pm_init(cfg);
	msi_init(cfg, config);
	if (!config->no_msix)
		msix_init(cfg, config);
	express_init(cfg, config);
	aer_init(cfg, config->serial ? PCICFG_DSN : 0);
	if (config->serial)
		serial_init(cfg, config->serial);
	memcpy(cfg->initial, cfg->data, sizeof(cfg->data));
	return 0;
}

void pcicfg_reset(struct pcicfg *cfg)
{
	uint8_t sticky[AER_LENGTH];

	memcpy(sticky, cfg->data + PCICFG_AER, sizeof(sticky));
	memcpy(cfg->data, cfg->initial, sizeof(cfg->data));
	memcpy(cfg->data + PCICFG_AER, sticky, sizeof(sticky));
}

void pcicfg_read(const struct pcicfg *cfg, size_t off, void *buf, size_t n)
{
	memcpy(buf, cfg->data + off, n);
}

/* Whether [off, off + n) touches the byte at. */
static bool touches(size_t off, size_t n, size_t at)
{
	return at >= off && at - off < n;
}

unsigned int pcicfg_write(struct pcicfg *cfg, size_t off, const void *buf, size_t n)
{
	const uint8_t *in = buf;
	uint8_t *power = cfg->data + PCICFG_PM + PCI_PM_CTRL, old_power = *power;
	size_t flr = PCICFG_EXP + PCI_EXP_DEVCTL + 1;
	unsigned int state;

	for (size_t i = 0; i < n; i++) {
		uint8_t *d = cfg->data + off + i, w = cfg->writable[off + i];

		*d = (*d & ~w) | (in[i] & w);
		*d &= ~(in[i] & cfg->clear[off + i]);
	}
	state = *power & PCI_PM_CTRL_STATE_MASK;
	if (state != 0 && state != 3)
		*power = old_power;
	if (touches(off, n, flr) && in[flr - off] & PCI_EXP_DEVCTL_BCR_FLR >> 8)
		return PCICFG_FLR;
	return PCICFG_STATE;
}

bool pcicfg_in_d0(const struct pcicfg *cfg)
{
	return !(cfg->data[PCICFG_PM + PCI_PM_CTRL] & PCI_PM_CTRL_STATE_MASK);
}

bool pcicfg_bus_master(const struct pcicfg *cfg)
{
	return cfg->data[PCI_COMMAND] & PCI_COMMAND_MASTER;
}

enum vfu_irq_mode pcicfg_irq_mode(const struct pcicfg *cfg, unsigned int *count)
{
	uint16_t msi = get16(cfg->data + PCICFG_MSI + PCI_MSI_FLAGS);
	unsigned int enabled = (msi & PCI_MSI_FLAGS_QSIZE) >> 4;
	unsigned int capable = (msi & PCI_MSI_FLAGS_QMASK) >> 1;

	/* More than was offered is the guest's mistake (7.7.1.2); it gets what there is. */
	*count = 1u << (enabled < capable ? enabled : capable);
	/* Without MSI-X its registers are reserved space that reads 0. */
	if (get16(cfg->data + PCICFG_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE)
		return VFU_IRQ_MSIX;
	return msi & PCI_MSI_FLAGS_ENABLE ? VFU_IRQ_MSI : VFU_IRQ_NONE;
}
