// SPDX-License-Identifier: MIT
#include "fake_hdmi.h"

#include <string.h>

#include <CUnit/CUnit.h>

#define SCDC(n) (KINORA_HDMI_SCDC + ((n) & ~3u))

void log_add(struct log *log, uint64_t now_ns, uint8_t connector, uint8_t code, uint32_t a,
	     uint32_t b);

void log_add(struct log *log, uint64_t now_ns, uint8_t connector, uint8_t code, uint32_t a,
	     uint32_t b)
{
	struct fake_hdmi *fake = (struct fake_hdmi *)log;

	fake->log[fake->log_count++ % FAKE_LOG_ENTRIES] = (struct fake_log_entry){
		now_ns, connector, code, a, b
	};
}

struct log *fake_hdmi_log(struct fake_hdmi *fake)
{
	return (struct log *)fake;
}

const struct fake_log_entry *fake_hdmi_logged(const struct fake_hdmi *fake, uint8_t code)
{
	static const struct fake_log_entry none;

	for (unsigned int i = fake->log_count; i && fake->log_count - i < FAKE_LOG_ENTRIES; i--)
		if (fake->log[(i - 1) % FAKE_LOG_ENTRIES].code == code)
			return &fake->log[(i - 1) % FAKE_LOG_ENTRIES];
	return &none;
}

static uint32_t hal_read_fake(void *opaque, uint32_t addr)
{
	const struct fake_hdmi *fake = opaque;

	CU_ASSERT_EQUAL(addr % 4, 0);
	if (addr == KINORA_CTL_SYSTEM + KINORA_SYS_STARTS)
		return fake->starts;
	if (addr < KINORA_CTL_HDMI || addr >= KINORA_CTL_HDMI + sizeof(fake->reg)) {
		CU_FAIL("a read of what is not there");
		return 0;
	}
	return fake->reg[(addr - KINORA_CTL_HDMI) / 4];
}

static bool writable(uint32_t reg)
{
	return reg == KINORA_HDMI_CONTROL || reg == KINORA_HDMI_EDID_BLOCKS ||
	       reg == KINORA_HDMI_LINK || reg == KINORA_HDMI_CEC_CONTROL ||
	       (reg >= KINORA_HDMI_CEC_TX && reg < KINORA_HDMI_CEC_RX) ||
	       (reg >= KINORA_HDMI_SCDC && reg < KINORA_HDMI_SCDC + 0x100) ||
	       (reg >= KINORA_HDMI_EDID && reg < KINORA_HDMI_EDID + 512);
}

static void cec_start(struct fake_hdmi *fake, uint32_t value)
{
	CU_ASSERT_FALSE(fake->reg[KINORA_HDMI_CEC_STATUS / 4] & KINORA_HDMI_CEC_SENDING);
	CU_ASSERT_TRUE(fake->reg[KINORA_HDMI_CEC_CONTROL / 4] & KINORA_HDMI_CEC_ENABLE);
	fake->cec_starts++;
	fake->cec_start = value;
	memcpy(fake->cec_sent, &fake->reg[KINORA_HDMI_CEC_TX / 4], sizeof(fake->cec_sent));
	fake->reg[KINORA_HDMI_CEC_STATUS / 4] |= KINORA_HDMI_CEC_SENDING;
}

static void hal_write_fake(void *opaque, uint32_t addr, uint32_t value)
{
	struct fake_hdmi *fake = opaque;
	uint32_t reg = addr - KINORA_CTL_HDMI;

	CU_ASSERT_EQUAL(addr % 4, 0);
	if (addr == KINORA_CTL_HDMI + KINORA_HDMI_CEC_START) {
		cec_start(fake, value);
	} else if (addr == KINORA_CTL_HDMI + KINORA_HDMI_CEC_RX_LENGTH) {
		fake_hdmi_set(fake, KINORA_HDMI_CEC_STATUS,
			      fake_hdmi_get(fake, KINORA_HDMI_CEC_STATUS) &
			      ~(uint32_t)KINORA_HDMI_CEC_RECEIVED);
	} else if (reg < sizeof(fake->reg) && writable(reg)) {
		if (reg >= KINORA_HDMI_EDID || reg == KINORA_HDMI_EDID_BLOCKS)
			fake->edid_writes += fake->reg[KINORA_HDMI_CONTROL / 4] & 1;
		fake->reg[reg / 4] = value;
	} else {
		CU_FAIL("a write to what is not to be written");
	}
}

void fake_hdmi_init(struct fake_hdmi *fake)
{
	*fake = (struct fake_hdmi){
		.hal = { .opaque = fake, .read = hal_read_fake, .write = hal_write_fake },
		.now = 1000 * MS,
		.starts = 1,
	};
}

uint32_t fake_hdmi_get(const struct fake_hdmi *fake, uint32_t reg)
{
	return fake->reg[reg / 4];
}

void fake_hdmi_set(struct fake_hdmi *fake, uint32_t reg, uint32_t value)
{
	fake->reg[reg / 4] = value;
}

void fake_hdmi_status(struct fake_hdmi *fake, uint32_t set, uint32_t clear)
{
	fake->reg[KINORA_HDMI_STATUS / 4] |= set;
	fake->reg[KINORA_HDMI_STATUS / 4] &= ~clear;
}

void fake_hdmi_raster(struct fake_hdmi *fake, unsigned int width, unsigned int height,
		      unsigned int htotal, unsigned int vtotal, bool interlaced,
		      uint32_t pixelclock)
{
	fake_hdmi_set(fake, KINORA_HDMI_ACTIVE, width | height << 16);
	fake_hdmi_set(fake, KINORA_HDMI_TOTAL, htotal | vtotal << 16);
	fake_hdmi_set(fake, KINORA_HDMI_PIXELCLOCK, pixelclock);
	fake_hdmi_status(fake, KINORA_HDMI_POWER | KINORA_HDMI_CARRIER | KINORA_HDMI_LOCKED |
			 (interlaced ? KINORA_HDMI_INTERLACED : 0),
			 interlaced ? 0 : KINORA_HDMI_INTERLACED);
}

void fake_hdmi_infoframe(struct fake_hdmi *fake, unsigned int slot, uint8_t type, uint8_t version,
			 unsigned int length, const uint8_t *body, uint8_t checksum_off)
{
	uint8_t bytes[KINORA_INFOFRAME_BYTES] = { type, version, length };

	for (unsigned int i = 0; i < length && i < 27; i++)
		bytes[4 + i] = body[i];
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		if (i != 3)
			bytes[3] -= bytes[i];
	bytes[3] += checksum_off;
	memcpy(&fake->reg[KINORA_HDMI_INFOFRAME(slot) / 4], bytes, sizeof(bytes));
	fake->reg[KINORA_HDMI_INFOFRAMES / 4] |= 1u << slot;
	fake->reg[KINORA_HDMI_INFOFRAME_COUNT / 4]++;
	fake_hdmi_status(fake, KINORA_HDMI_ISLANDS, 0);
}

void fake_hdmi_infoframe_gone(struct fake_hdmi *fake, unsigned int slot)
{
	fake->reg[KINORA_HDMI_INFOFRAMES / 4] &= ~(1u << slot);
	fake->reg[KINORA_HDMI_INFOFRAME_COUNT / 4]++;
}

uint8_t fake_hdmi_scdc(const struct fake_hdmi *fake, unsigned int reg)
{
	return fake->reg[SCDC(reg) / 4] >> 8 * (reg & 3);
}

void fake_hdmi_scdc_write(struct fake_hdmi *fake, unsigned int reg, uint8_t value)
{
	unsigned int shift = 8 * (reg & 3);
	uint32_t *word = &fake->reg[SCDC(reg) / 4];

	if (reg == 0x10 || reg == 0x11)
		value = fake_hdmi_scdc(fake, reg) & ~value;
	*word = (*word & ~(0xffu << shift)) | (uint32_t)value << shift;
	fake->reg[KINORA_HDMI_SCDC_WRITES / 4]++;
}

void fake_hdmi_cec_done(struct fake_hdmi *fake, uint8_t outcome)
{
	fake->reg[KINORA_HDMI_CEC_STATUS / 4] =
		(fake->reg[KINORA_HDMI_CEC_STATUS / 4] & KINORA_HDMI_CEC_RECEIVED) | outcome << 1;
}

void fake_hdmi_cec_receive(struct fake_hdmi *fake, const uint8_t *bytes, unsigned int length)
{
	memcpy(&fake->reg[KINORA_HDMI_CEC_RX / 4], bytes, length <= 16 ? length : 16);
	fake->reg[KINORA_HDMI_CEC_RX_LENGTH / 4] = length;
	fake->reg[KINORA_HDMI_CEC_STATUS / 4] |= KINORA_HDMI_CEC_RECEIVED;
}
