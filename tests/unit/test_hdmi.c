// SPDX-License-Identifier: MIT
/* Sources: firmware-blobs/controller/hdmi.c firmware-blobs/controller/vic.c */
/* Sources: firmware-blobs/controller/infoframe.c firmware-blobs/controller/edid.c */
/* Sources: firmware-blobs/controller/edid_default.c firmware-blobs/controller/frl.c */
/* Sources: firmware-blobs/controller/cec.c firmware-blobs/controller/flap.c */
/* Sources: tests/unit/fake_hdmi.c */
/*
 * Description: what the firmware says of an HDMI source: every raster of CTA-861 in both families,
 * every field of the InfoFrames that matters, settling, flapping, hot-plug and EDID, and registers
 * that say nonsense.
 *
 * Expected numbers are written from CTA-861-H (tables 1, 3; 6.4, 6.9) and docs/hardware.md.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edid_default.h"
#include "fake_hdmi.h"
#include "hdmi.h"
#include "unit.h"

static struct fake_hdmi fake;
static struct hdmi hdmi;
static struct kinora_signal s;

static void start(void)
{
	hdmi_init(&hdmi, &fake.hal, fake_hdmi_log(&fake));
}

static void setup(void)
{
	fake_hdmi_init(&fake);
	start();
}

static uint64_t look(void)
{
	uint64_t next = hdmi_poll(&hdmi, fake.now);

	CU_ASSERT_TRUE(next > fake.now);
	hdmi_signal(&hdmi, &s);
	CU_ASSERT_EQUAL(s.seq_begin | s.seq_end | s.generation | s.since_ns, 0);
	return next;
}

/* A look every 10 ms, and whenever it is wanted sooner. */
static void run(uint64_t ns)
{
	uint64_t end = fake.now + ns;

	while (fake.now < end) {
		uint64_t next = look();

		fake.now = next < fake.now + 10 * MS ? next : fake.now + 10 * MS;
	}
	fake.now = end;
	look();
}

/* AVI of version 2; the rest of the body is 0. */
static void avi(uint8_t pb1, uint8_t pb2, uint8_t pb3, uint8_t vic, uint8_t pb5)
{
	const uint8_t body[13] = { pb1, pb2, pb3, vic, pb5 };

	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, vic & 0x80 ? 3 : 2, 13, body, 0);
}

static void drm(uint8_t eotf)
{
	const uint8_t body[26] = { eotf };

	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_DRM, 0x87, 1, 26, body, 0);
}

static void raster_2160p60(void)
{
	fake_hdmi_raster(&fake, 3840, 2160, 4400, 2250, false, 594000000);
}

static void raster_4320p60(void)
{
	fake_hdmi_raster(&fake, 7680, 4320, 9000, 4400, false, 2376000000u);
}

/* --- rasters --- */

/* CTA-861-H: rate in frames, pixel clocks in Hz; 0: 25, 50 and 100 Hz have no other family. */
static const struct row {
	uint8_t vic, wide;
	uint16_t width, height, htotal, vtotal;
	bool interlaced;
	uint16_t rate;
	uint32_t clock, fractional;
} rows[] = {
	{ 60, 65, 1280, 720, 3300, 750, false, 24, 59400000, 59340659 },
	{ 61, 66, 1280, 720, 3960, 750, false, 25, 74250000, 0 },
	{ 62, 67, 1280, 720, 3300, 750, false, 30, 74250000, 74175824 },
	{ 108, 109, 1280, 720, 2500, 750, false, 48, 90000000, 89910090 },
	{ 19, 68, 1280, 720, 1980, 750, false, 50, 74250000, 0 },
	{ 4, 69, 1280, 720, 1650, 750, false, 60, 74250000, 74175824 },
	{ 41, 70, 1280, 720, 1980, 750, false, 100, 148500000, 0 },
	{ 47, 71, 1280, 720, 1650, 750, false, 120, 148500000, 148351648 },
	{ 32, 72, 1920, 1080, 2750, 1125, false, 24, 74250000, 74175824 },
	{ 33, 73, 1920, 1080, 2640, 1125, false, 25, 74250000, 0 },
	{ 34, 74, 1920, 1080, 2200, 1125, false, 30, 74250000, 74175824 },
	{ 111, 112, 1920, 1080, 2750, 1125, false, 48, 148500000, 148351648 },
	{ 31, 75, 1920, 1080, 2640, 1125, false, 50, 148500000, 0 },
	{ 16, 76, 1920, 1080, 2200, 1125, false, 60, 148500000, 148351648 },
	{ 64, 77, 1920, 1080, 2640, 1125, false, 100, 297000000, 0 },
	{ 63, 78, 1920, 1080, 2200, 1125, false, 120, 297000000, 296703297 },
	{ 20, 20, 1920, 1080, 2640, 1125, true, 25, 74250000, 0 },
	{ 5, 5, 1920, 1080, 2200, 1125, true, 30, 74250000, 74175824 },
	{ 93, 103, 3840, 2160, 5500, 2250, false, 24, 297000000, 296703297 },
	{ 94, 104, 3840, 2160, 5280, 2250, false, 25, 297000000, 0 },
	{ 95, 105, 3840, 2160, 4400, 2250, false, 30, 297000000, 296703297 },
	{ 114, 116, 3840, 2160, 5500, 2250, false, 48, 594000000, 593406593 },
	{ 96, 106, 3840, 2160, 5280, 2250, false, 50, 594000000, 0 },
	{ 97, 107, 3840, 2160, 4400, 2250, false, 60, 594000000, 593406593 },
	{ 117, 119, 3840, 2160, 5280, 2250, false, 100, 1188000000, 0 },
	{ 118, 120, 3840, 2160, 4400, 2250, false, 120, 1188000000, 1186813187 },
	{ 194, 202, 7680, 4320, 11000, 4500, false, 24, 1188000000, 1186813187 },
	{ 195, 203, 7680, 4320, 10800, 4400, false, 25, 1188000000, 0 },
	{ 196, 204, 7680, 4320, 9000, 4400, false, 30, 1188000000, 1186813187 },
	{ 197, 205, 7680, 4320, 11000, 4500, false, 48, 2376000000u, 2373626374u },
	{ 198, 206, 7680, 4320, 10800, 4400, false, 50, 2376000000u, 0 },
	{ 199, 207, 7680, 4320, 9000, 4400, false, 60, 2376000000u, 2373626374u },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* ppm off its family's clock, as a receiver would measure it. */
static void row_check(const struct row *row, bool fractional, int ppm, uint8_t vic)
{
	uint32_t clock = fractional ? row->fractional : row->clock;
	unsigned int before = CU_get_number_of_failures();

	setup();
	fake_hdmi_raster(&fake, row->width, row->height, row->htotal, row->vtotal, row->interlaced,
			 clock + (int64_t)clock * ppm / 1000000);
	avi(row->width == 7680 ? 0x60 : 0x40, 0x80, 0, vic, 0);
	run(100 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
	CU_ASSERT_EQUAL(s.interface, KINORA_INTERFACE_TMDS);
	CU_ASSERT_EQUAL(s.width, row->width);
	CU_ASSERT_EQUAL(s.height, row->height);
	CU_ASSERT_EQUAL(s.htotal, row->htotal);
	CU_ASSERT_EQUAL(s.vtotal, row->vtotal);
	CU_ASSERT_EQUAL(s.scan, row->interlaced);
	CU_ASSERT_EQUAL(s.pixelclock, clock);
	CU_ASSERT_EQUAL(s.rate_num, fractional ? row->rate * 1000 : row->rate);
	CU_ASSERT_EQUAL(s.rate_den, fractional ? 1001 : 1);
	CU_ASSERT_TRUE(abs((int32_t)s.clock_ppb - ppm * 1000) < 20);
	CU_ASSERT_EQUAL(s.vic, vic ? vic : row->vic);
	CU_ASSERT_EQUAL(s.mapping | s.links | s.order | s.dual, 0);
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES);
	/* the row is right in itself */
	CU_ASSERT_EQUAL((uint64_t)row->htotal * row->vtotal * row->rate, row->clock);
	if (row->fractional)
		CU_ASSERT_EQUAL(((uint64_t)row->clock * 2000 + 1001) / 2002, row->fractional);
	if (CU_get_number_of_failures() != before)
		fprintf(stderr, "in VIC %u%s, %d ppm\n", row->vic, fractional ? " / 1.001" : "",
			ppm);
}

static void test_rows(void)
{
	/* what sources do, what the family takes for sure, what HDMI 2.1 allows */
	static const int ppms[] = { 0, 12, -12, 400, -400 };

	for (size_t i = 0; i < ROWS; i++) {
		for (size_t p = 0; p < sizeof(ppms) / sizeof(ppms[0]); p++) {
			row_check(&rows[i], false, ppms[p], 0);
			if (rows[i].fractional)
				row_check(&rows[i], true, ppms[p], 0);
		}
		row_check(&rows[i], false, 4900, rows[i].vic);
		row_check(&rows[i], rows[i].fractional, -4900, rows[i].wide);
	}
}

/* No row is left out of the test. */
static void test_table(void)
{
	const struct vic *vic;
	unsigned int n = 0;

	for (; (vic = vic_get(n)); n++) {
		bool found = false;

		for (size_t i = 0; i < ROWS; i++)
			found |= rows[i].vic == vic->code;
		CU_ASSERT_TRUE(found);
	}
	CU_ASSERT_EQUAL(n, ROWS);
}

static void unsupported(unsigned int width, unsigned int height, unsigned int htotal,
			unsigned int vtotal, bool interlaced, uint32_t clock)
{
	setup();
	fake_hdmi_raster(&fake, width, height, htotal, vtotal, interlaced, clock);
	avi(0, 0, 0, 0, 0);
	run(100 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSUPPORTED);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_RASTER);
	CU_ASSERT_EQUAL(s.interface, KINORA_INTERFACE_TMDS);
	CU_ASSERT_EQUAL(s.pixelclock | s.width | s.height | s.htotal | s.vtotal | s.rate_num |
			s.rate_den | s.vic, 0);
}

static void test_not_a_raster(void)
{
	/* 8K totals of SDI; VESA 1920x1200 and 2560x1440; 480p; 640 x 480; nothing */
	unsupported(7680, 4320, 8800, 4500, false, 2376000000u);
	unsupported(7680, 4320, 10560, 4500, false, 2376000000u);
	unsupported(1920, 1200, 2080, 1235, false, 154000000);
	unsupported(2560, 1440, 2720, 1481, false, 241500000);
	unsupported(720, 480, 858, 525, false, 27000000);
	unsupported(640, 480, 800, 525, false, 25200000);
	unsupported(0, 0, 0, 0, false, 0);
	unsupported(0xffff, 0xffff, 0xffff, 0xffff, false, 0xffffffff);
	/* 8Kp120 cannot be on the wire; its clock does not fit the register either */
	unsupported(7680, 4320, 8800, 4500, false, (uint32_t)4752000000u);
	/* right shape, wrong clock: 0.6 % off, none, twice */
	unsupported(3840, 2160, 4400, 2250, false, 597564000);
	unsupported(3840, 2160, 4400, 2250, false, 590436000 - 594000);
	unsupported(3840, 2160, 4400, 2250, false, 0);
	unsupported(1280, 720, 1650, 750, false, 297000000);
	/* right clock, one pixel, one line, the other scan */
	unsupported(3840, 2160, 4401, 2250, false, 594000000);
	unsupported(3840, 2160, 4400, 2251, false, 594000000);
	unsupported(3839, 2160, 4400, 2250, false, 594000000);
	unsupported(3840, 2160, 4400, 2250, true, 594000000);
	unsupported(1920, 1080, 2750, 1125, true, 74250000);
	/* 25, 50, 100 Hz by 1/1.001 are within 0.5 % and so just slow: see the rows */
}

/* A clock that wanders between the families does not make the rate flap. */
static void test_family_wanders(void)
{
	setup();
	raster_2160p60();
	run(100 * MS);
	CU_ASSERT_EQUAL(s.rate_den, 1);
	for (uint32_t ppm = 0; ppm <= 590; ppm += 10) {
		fake_hdmi_set(&fake, KINORA_HDMI_PIXELCLOCK, 594000000 - 594 * ppm);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.rate_den, 1);
	}
	/* for sure the other one: a new raster, which has to settle */
	fake_hdmi_set(&fake, KINORA_HDMI_PIXELCLOCK, 594000000 - 594 * 610);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	run(20 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.rate_den, 1001);
	for (uint32_t ppm = 600; ppm > 410; ppm -= 10) {
		fake_hdmi_set(&fake, KINORA_HDMI_PIXELCLOCK, 594000000 - 594 * ppm);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.rate_den, 1001);
	}
}

/* --- InfoFrames --- */

static void locked(void)
{
	setup();
	raster_2160p60();
	avi(0x40, 0x80, 0, 97, 0);
	run(120 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
}

static void test_sampling(void)
{
	/* Y of PB1: RGB, 4:2:2, 4:4:4, 4:2:0; 4 to 6 reserved, 7 somebody's own */
	static const uint8_t want[] = { KINORA_SAMPLING_RGB, KINORA_SAMPLING_422,
					KINORA_SAMPLING_444, KINORA_SAMPLING_420 };

	locked();
	for (uint8_t y = 0; y < 8; y++) {
		const uint8_t body[13] = { y << 5, 0x80, 0, 97 };

		fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 3, 13, body, 0);
		look();
		if (y < 4) {
			CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
			CU_ASSERT_EQUAL(s.sampling, want[y]);
			continue;
		}
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSUPPORTED);
		CU_ASSERT_EQUAL(s.reason, KINORA_REASON_SAMPLING);
		CU_ASSERT_EQUAL(s.width, 0);
		/* version 2 has two bits for it */
		fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 2, 13, body, 0);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.sampling, want[y & 3]);
	}
}

static void test_depth(void)
{
	/* CD of the general control packet: 4 to 7 are 24, 30, 36, 48 bits a pixel */
	static const uint8_t want[8] = { 8, 8, 8, 8, 8, 10, 12, 16 };

	locked();
	for (uint8_t cd = 0; cd < 8; cd++) {
		fake_hdmi_status(&fake, cd << 8, KINORA_HDMI_DEPTH_MASK);
		fake_hdmi_status(&fake, cd << 8, 0);
		avi(0x40, 0x80, 0, 97, 0);
		look();
		CU_ASSERT_EQUAL(s.depth, want[cd]);
		avi(0x00, 0, 0, 97, 0);
		look();
		CU_ASSERT_EQUAL(s.depth, want[cd]);
		avi(0x60, 0, 0, 97, 0);
		look();
		CU_ASSERT_EQUAL(s.depth, want[cd]);
		/* 4:2:2 is in 12-bit words whatever CD says */
		avi(0x20, 0x80, 0, 97, 0);
		look();
		CU_ASSERT_EQUAL(s.depth, 12);
	}
}

static void test_colorimetry(void)
{
	static const struct {
		uint8_t c, ec, ace, want;
	} v[] = {
		{ 0, 0, 0, KINORA_COLORIMETRY_709 },	/* none: HD */
		{ 1, 0, 0, KINORA_COLORIMETRY_601 },	/* SMPTE 170M */
		{ 1, 6, 0, KINORA_COLORIMETRY_601 },	/* EC has no meaning */
		{ 2, 0, 0, KINORA_COLORIMETRY_709 },
		{ 2, 6, 0, KINORA_COLORIMETRY_709 },
		{ 3, 0, 0, KINORA_COLORIMETRY_601 },	/* xvYCC601 */
		{ 3, 1, 0, KINORA_COLORIMETRY_709 },	/* xvYCC709 */
		{ 3, 2, 0, KINORA_COLORIMETRY_601 },	/* sYCC601 */
		{ 3, 3, 0, KINORA_COLORIMETRY_601 },	/* opYCC601 */
		{ 3, 4, 0, KINORA_COLORIMETRY_UNKNOWN },	/* opRGB */
		{ 3, 5, 0, KINORA_COLORIMETRY_2020 },	/* constant luminance */
		{ 3, 6, 0, KINORA_COLORIMETRY_2020 },
		{ 3, 7, 0, KINORA_COLORIMETRY_UNKNOWN },	/* P3 D65 */
		{ 3, 7, 1, KINORA_COLORIMETRY_UNKNOWN },	/* P3 theatre */
		{ 3, 7, 2, KINORA_COLORIMETRY_UNKNOWN },	/* ICtCp */
		{ 3, 7, 3, KINORA_COLORIMETRY_709 },	/* sRGB */
		{ 3, 7, 4, KINORA_COLORIMETRY_709 },	/* default RGB */
		{ 3, 7, 5, KINORA_COLORIMETRY_UNKNOWN },
		{ 3, 7, 15, KINORA_COLORIMETRY_UNKNOWN },
	};

	locked();
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		uint8_t body[14] = { 0x40, v[i].c << 6, v[i].ec << 4, 97 };

		body[13] = v[i].ace << 4;
		fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 4, 14, body, 0);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.colorimetry, v[i].want);
	}
}

static void test_range(void)
{
	/* Q for RGB: default, limited, full, reserved; YQ for YCbCr: limited, full, reserved */
	static const uint8_t q[] = { KINORA_RANGE_NARROW, KINORA_RANGE_NARROW, KINORA_RANGE_FULL,
				     KINORA_RANGE_NARROW };
	static const uint8_t yq[] = { KINORA_RANGE_NARROW, KINORA_RANGE_FULL, KINORA_RANGE_NARROW,
				      KINORA_RANGE_NARROW };

	locked();
	for (unsigned int i = 0; i < 4; i++)
		for (unsigned int other = 0; other < 4; other++) {
			avi(0x00, 0, i << 2, 97, other << 6);
			look();
			CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
			CU_ASSERT_EQUAL(s.range, q[i]);
			for (unsigned int y = 1; y < 4; y++) {
				avi(y << 5, 0, other << 2, 97, i << 6);
				look();
				CU_ASSERT_EQUAL(s.range, yq[i]);
			}
		}
}

static void test_it_content(void)
{
	static const uint8_t want[] = { KINORA_IT_GRAPHICS, KINORA_IT_PHOTO, KINORA_IT_CINEMA,
					KINORA_IT_GAME };

	locked();
	for (unsigned int cn = 0; cn < 4; cn++) {
		avi(0, 0, 0x80, 97, cn << 4);
		look();
		CU_ASSERT_EQUAL(s.it_content, want[cn]);
		avi(0, 0, 0, 97, cn << 4);
		look();
		CU_ASSERT_EQUAL(s.it_content, KINORA_IT_NONE);
	}
}

static void test_transfer(void)
{
	static const uint8_t want[] = {
		KINORA_TRANSFER_SDR, KINORA_TRANSFER_UNSPECIFIED, KINORA_TRANSFER_PQ,
		KINORA_TRANSFER_HLG, KINORA_TRANSFER_UNSPECIFIED, KINORA_TRANSFER_UNSPECIFIED,
		KINORA_TRANSFER_UNSPECIFIED, KINORA_TRANSFER_UNSPECIFIED,
	};

	locked();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_SDR);
	for (uint8_t eotf = 0; eotf < 8; eotf++) {
		drm(eotf);
		look();
		CU_ASSERT_EQUAL(s.transfer, want[eotf]);
		drm(0xf8 | eotf);	/* reserved bits */
		look();
		CU_ASSERT_EQUAL(s.transfer, want[eotf]);
	}
	drm(2);
	look();
	fake_hdmi_infoframe_gone(&fake, KINORA_INFOFRAME_DRM);
	look();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_SDR);
}

static void test_vic(void)
{
	locked();
	for (unsigned int vic = 0; vic < 256; vic++) {
		avi(0x40, 0x80, 0, vic, 0);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.width, 3840);
		CU_ASSERT_EQUAL(s.vic, vic == 107 ? 107 : 97);
		CU_ASSERT_EQUAL(!!(s.flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES),
				vic != 0 && vic != 97 && vic != 107);
	}
}

/* No islands: DVI. What slots still hold then has no meaning. */
static void test_dvi(void)
{
	setup();
	fake_hdmi_raster(&fake, 1920, 1080, 2200, 1125, false, 148500000);
	run(100 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.flags & KINORA_SIGNAL_FLAG_HDMI, 0);
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(s.range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(s.depth, 8);
	CU_ASSERT_EQUAL(s.colorimetry, KINORA_COLORIMETRY_709);
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_SDR);
	CU_ASSERT_EQUAL(s.vic, 16);

	locked();
	CU_ASSERT_EQUAL(s.flags & KINORA_SIGNAL_FLAG_HDMI, KINORA_SIGNAL_FLAG_HDMI);
	drm(2);
	look();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_PQ);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_ISLANDS);
	look();
	CU_ASSERT_EQUAL(s.flags & KINORA_SIGNAL_FLAG_HDMI, 0);
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(s.range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_SDR);
	/* and they are read again when HDMI is back */
	fake_hdmi_status(&fake, KINORA_HDMI_ISLANDS, 0);
	look();
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_444);
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_PQ);
}

/* What is damaged, of another type, version or length changes nothing. */
static void test_bad_infoframes(void)
{
	static const struct {
		uint8_t type, version, length, off;
	} bad[] = {
		{ 0x82, 2, 13, 1 }, { 0x82, 2, 13, 0x80 }, { 0x83, 2, 13, 0 }, { 0x82, 0, 13, 0 },
		{ 0x82, 1, 13, 0 }, { 0x82, 5, 13, 0 }, { 0x82, 2, 12, 0 }, { 0x82, 2, 0, 0 },
		{ 0x82, 2, 28, 0 }, { 0x82, 2, 255, 0 }, { 0x02, 2, 13, 0 },
	};
	const uint8_t body[28] = { 0x00, 0xc0, 0x64, 97 };

	locked();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, bad[i].type, bad[i].version,
				    bad[i].length, body, bad[i].off);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
		CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_444);
		CU_ASSERT_EQUAL(s.colorimetry, KINORA_COLORIMETRY_709);
	}
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 2, 13, body, 0);
	look();
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(s.colorimetry, KINORA_COLORIMETRY_2020);

	/* a transfer that is damaged */
	drm(3);
	look();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_HLG);
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_DRM, 0x87, 1, 26, (const uint8_t[26]){ 2 }, 1);
	look();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_HLG);
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_DRM, 0x87, 2, 26, (const uint8_t[26]){ 2 }, 0);
	look();
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_HLG);

	/* one that never was good is none, though something is there */
	setup();
	raster_2160p60();
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 2, 13, body, 7);
	run(100 * MS);
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(s.range, KINORA_RANGE_FULL);
	/* and what an earlier source said does not count for the next */
	locked();
	fake_hdmi_infoframe_gone(&fake, KINORA_INFOFRAME_AVI);
	look();
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_AVI, 0x82, 2, 13, body, 7);
	look();
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
}

static void test_infoframe_list(void)
{
	static const uint8_t spd[28] = "Kinora\0\0Source\0\0";
	uint8_t out[1016];
	unsigned int bytes;
	uint8_t sum = 0;

	locked();
	CU_ASSERT_EQUAL(hdmi_infoframes(&hdmi, out, sizeof(out)), 18);
	CU_ASSERT_EQUAL(out[0], 17);
	CU_ASSERT_FALSE(memcmp(out + 1, "\x82\x02\x0d", 3));
	for (unsigned int i = 1; i < 18; i++)
		sum += out[i];
	CU_ASSERT_EQUAL(sum, 0);
	CU_ASSERT_EQUAL(out[5], 0x40);
	CU_ASSERT_EQUAL(out[8], 97);
	CU_ASSERT_EQUAL(s.infoframes, fake_hdmi_get(&fake, KINORA_HDMI_INFOFRAME_COUNT));

	/* in the order of slots; damaged ones as received; not those whose length cannot be */
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_SPD, 0x83, 1, 25, spd, 3);
	fake_hdmi_infoframe(&fake, KINORA_INFOFRAME_VENDOR, 0x81, 1, 28, spd, 0);
	drm(2);
	look();
	bytes = hdmi_infoframes(&hdmi, out, sizeof(out));
	CU_ASSERT_EQUAL(bytes, 18 + 31 + 30);
	CU_ASSERT_EQUAL(out[18], 30);
	CU_ASSERT_EQUAL(out[19], 0x87);
	CU_ASSERT_EQUAL(out[49], 29);
	CU_ASSERT_FALSE(memcmp(out + 54, spd, 25));
	/* whole ones within the room */
	memset(out, 0xee, sizeof(out));
	CU_ASSERT_EQUAL(hdmi_infoframes(&hdmi, out, bytes - 1), 18 + 31);
	CU_ASSERT_EQUAL(out[49], 0xee);
	CU_ASSERT_EQUAL(hdmi_infoframes(&hdmi, out, 0), 0);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_ISLANDS);
	look();
	CU_ASSERT_EQUAL(hdmi_infoframes(&hdmi, out, sizeof(out)), 0);
}

/* Japan and China: 4320p60 and p50 4:2:0 10 bit HLG over FRL; 2160p120; 1080i50. */
static void frl_link(uint8_t rate)
{
	fake_hdmi_status(&fake, KINORA_HDMI_POWER, 0);
	run(120 * MS);
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x40), 0x40);
	fake_hdmi_scdc_write(&fake, 0x31, rate);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), rate);
	fake_hdmi_scdc_write(&fake, 0x10, 0x20);
	fake_hdmi_set(&fake, KINORA_HDMI_LTP, 0x8765);
	look();
	fake_hdmi_scdc_write(&fake, 0x10, 0x20);
	look();
	CU_ASSERT_EQUAL(fake_hdmi_scdc(&fake, 0x10) & 0x30, 0x10);
	CU_ASSERT_EQUAL(s.frl_rate, 0);
	fake_hdmi_scdc_write(&fake, 0x10, 0x10);
	fake_hdmi_set(&fake, KINORA_HDMI_LTP, 0);
	look();
}

static void test_8k(void)
{
	/* 40 Gb/s, rate 5, is enough for it */
	for (uint8_t rate = 5; rate <= 6; rate++)
		for (unsigned int hz = 50; hz <= 60; hz += 10) {
			setup();
			frl_link(rate);
			if (hz == 60)
				fake_hdmi_raster(&fake, 7680, 4320, 9000, 4400, false,
						 2373626374u);
			else
				fake_hdmi_raster(&fake, 7680, 4320, 10800, 4400, false,
						 2376000000u);
			fake_hdmi_status(&fake, KINORA_HDMI_DEPTH_10 << 8, 0);
			avi(0x60, 0xc0, 0x60, hz == 60 ? 199 : 198, 0);
			drm(3);
			run(50 * MS);
			CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
			CU_ASSERT_EQUAL(s.interface, KINORA_INTERFACE_FRL);
			CU_ASSERT_EQUAL(s.frl_rate, rate);
			CU_ASSERT_EQUAL(s.width, 7680);
			CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_420);
			CU_ASSERT_EQUAL(s.depth, 10);
			CU_ASSERT_EQUAL(s.colorimetry, KINORA_COLORIMETRY_2020);
			CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_HLG);
			CU_ASSERT_EQUAL(s.range, KINORA_RANGE_NARROW);
			CU_ASSERT_EQUAL(s.pixelclock, hz == 60 ? 2373626374u : 2376000000u);
			CU_ASSERT_EQUAL(s.rate_num, hz == 60 ? 60000 : 50);
			CU_ASSERT_EQUAL(s.vic, hz == 60 ? 199 : 198);
			CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES);
		}
	/* without DSC 8Kp60 is 4:2:0, whatever it says of itself */
	avi(0x40, 0xc0, 0x60, 199, 0);
	raster_4320p60();
	run(50 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_420);
	CU_ASSERT_TRUE(s.flags & KINORA_SIGNAL_FLAG_PAYLOAD_LIES);
}

static void test_2160p120(void)
{
	setup();
	frl_link(5);
	fake_hdmi_raster(&fake, 3840, 2160, 4400, 2250, false, 1188000000);
	fake_hdmi_status(&fake, KINORA_HDMI_DEPTH_10 << 8, 0);
	avi(0x00, 0xc0, 0x68, 118, 0);
	drm(2);
	run(50 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.interface, KINORA_INTERFACE_FRL);
	CU_ASSERT_EQUAL(s.frl_rate, 5);
	CU_ASSERT_EQUAL(s.rate_num, 120);
	CU_ASSERT_EQUAL(s.sampling, KINORA_SAMPLING_RGB);
	CU_ASSERT_EQUAL(s.range, KINORA_RANGE_FULL);
	CU_ASSERT_EQUAL(s.transfer, KINORA_TRANSFER_PQ);
	/* the source goes back to TMDS */
	fake_hdmi_scdc_write(&fake, 0x31, 0);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s.frl_rate, 0);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_LINK), 0);
}

/* --- settling --- */

static void test_settling(void)
{
	uint64_t seen;

	setup();
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s.flags, 0);
	fake_hdmi_status(&fake, KINORA_HDMI_POWER, 0);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s.flags, KINORA_SIGNAL_FLAG_POWER);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_POWER)->a, 1);
	fake_hdmi_status(&fake, KINORA_HDMI_CARRIER, 0);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	/* locked: a frame of 16.7 ms more, and no sooner */
	raster_2160p60();
	seen = fake.now;
	CU_ASSERT_TRUE(look() <= seen + 16700000);
	fake.now = seen + 16600000;
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s.width, 0);
	fake.now = seen + 16700000;
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	/* a lock that was lost and found between two looks starts again */
	fake_hdmi_set(&fake, KINORA_HDMI_LOCK_LOSSES, 1);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	run(17 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.lock_losses, 1);
	/* another raster, with no word of the lock */
	fake_hdmi_raster(&fake, 3840, 2160, 5280, 2250, false, 594000000);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	run(20 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	run(1 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.rate_num, 50);
	/* what goes, goes at once */
	fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	CU_ASSERT_EQUAL(s.pixelclock | s.vic | s.clock_ppb | s.interface, 0);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_CARRIER);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	/* without +5 V there is no source, whatever the rest says */
	raster_2160p60();
	run(50 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_POWER);
	look();
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_POWER);
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_POWER)->a, 0);
}

static void test_errors(void)
{
	setup();
	fake_hdmi_set(&fake, KINORA_HDMI_ERRORS, 1000);
	raster_2160p60();
	run(50 * MS);
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_EQUAL(s.crc_errors[0], 1000);
	fake_hdmi_set(&fake, KINORA_HDMI_ERRORS, 1001);
	look();
	CU_ASSERT_TRUE(s.flags & KINORA_SIGNAL_FLAG_ERRORS);
	CU_ASSERT_EQUAL(s.crc_errors[0], 1001);
	CU_ASSERT_EQUAL(s.crc_errors[1] | s.crc_errors[2] | s.crc_errors[3], 0);
	run(999 * MS);
	CU_ASSERT_TRUE(s.flags & KINORA_SIGNAL_FLAG_ERRORS);
	run(1 * MS);
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_ERRORS);
}

/* A cable at 20 Hz: half of the time there, half of it gone. */
static void test_flapping(void)
{
	uint32_t losses = 0;

	locked();
	for (unsigned int i = 0; i < 40; i++) {
		fake_hdmi_status(&fake, 0, KINORA_HDMI_LOCKED | KINORA_HDMI_CARRIER);
		fake_hdmi_set(&fake, KINORA_HDMI_LOCK_LOSSES, ++losses);
		run(25 * MS);
		if (losses < 8)
			CU_ASSERT_NOT_EQUAL(s.reason, KINORA_REASON_FLAPPING);
		if (losses >= 8) {
			CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
			CU_ASSERT_EQUAL(s.reason, KINORA_REASON_FLAPPING);
		}
		raster_2160p60();
		run(25 * MS);
		if (losses >= 8) {
			CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
			CU_ASSERT_EQUAL(s.reason, KINORA_REASON_FLAPPING);
		}
	}
	/* once: it never stopped */
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_FLAPPING)->a, 8);
	for (unsigned int i = 0, n = 0; i < fake.log_count && i < FAKE_LOG_ENTRIES; i++) {
		n += fake.log[i].code == KINORA_LOG_FLAPPING;
		CU_ASSERT_TRUE(n <= 1);
	}
	/* it stands since 25 ms; 250 are asked for */
	run(224 * MS);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_FLAPPING);
	run(1 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
}

/* Seven in a second are no flapping, for however long. */
static void test_not_flapping(void)
{
	locked();
	for (uint32_t losses = 1; losses < 60; losses++) {
		fake_hdmi_set(&fake, KINORA_HDMI_LOCK_LOSSES, losses);
		run(145 * MS);
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	}
	/* a flapping cable that is pulled is no signal, after the same time */
	for (uint32_t losses = 61; losses < 70; losses++) {
		fake_hdmi_set(&fake, KINORA_HDMI_LOCK_LOSSES, losses);
		run(10 * MS);
	}
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_FLAPPING);
	fake_hdmi_status(&fake, 0, 0xff);
	run(200 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
	run(60 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
}

/* Every rate refused, and TMDS carries nothing. */
static void test_training_failed(void)
{
	setup();
	fake_hdmi_status(&fake, KINORA_HDMI_POWER, 0);
	run(120 * MS);
	for (uint8_t rate = 6; rate; rate--) {
		fake_hdmi_scdc_write(&fake, 0x31, rate);
		fake_hdmi_status(&fake, KINORA_HDMI_CARRIER, 0);
		look();
		CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_UNSTABLE);
		CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
		run(200 * MS);
		CU_ASSERT_EQUAL(s.reason, KINORA_REASON_TRAINING);
	}
	fake_hdmi_scdc_write(&fake, 0x31, 0);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_CARRIER);
	run(100 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_NONE);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_TRAINING);
	/* TMDS does carry something after all */
	raster_2160p60();
	run(50 * MS);
	CU_ASSERT_EQUAL(s.state, KINORA_SIGNAL_LOCKED);
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
	fake_hdmi_status(&fake, 0, KINORA_HDMI_POWER | KINORA_HDMI_CARRIER | KINORA_HDMI_LOCKED);
	look();
	CU_ASSERT_EQUAL(s.reason, KINORA_REASON_NONE);
}

/* --- EDID and hot-plug --- */

static void edid_make(uint8_t *edid, unsigned int blocks)
{
	memset(edid, 0, 128 * blocks);
	memset(edid + 1, 0xff, 6);
	edid[126] = blocks - 1;
	for (unsigned int b = 0; b < blocks; b++) {
		uint8_t sum = 0;

		edid[128 * b + 20] = 0x40 + b;
		for (unsigned int i = 0; i < 127; i++)
			sum += edid[128 * b + i];
		edid[128 * b + 127] = -sum;
	}
}

static bool hotplug(void)
{
	return fake_hdmi_get(&fake, KINORA_HDMI_CONTROL) & KINORA_HDMI_HOTPLUG;
}

static void test_power_up(void)
{
	uint8_t out[512];

	setup();
	CU_ASSERT_FALSE(hotplug());
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_EDID_BLOCKS), 2);
	CU_ASSERT_FALSE(memcmp(&fake.reg[KINORA_HDMI_EDID / 4], edid_default, EDID_DEFAULT_BYTES));
	CU_ASSERT_EQUAL(hdmi_edid_get(&hdmi, out), EDID_DEFAULT_BYTES);
	CU_ASSERT_FALSE(memcmp(out, edid_default, EDID_DEFAULT_BYTES));
	CU_ASSERT_EQUAL(look(), fake.now + 100 * MS);
	fake.now += 100 * MS - 1;
	look();
	CU_ASSERT_FALSE(hotplug());
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_HOTPLUG);
	fake.now++;
	look();
	CU_ASSERT_TRUE(hotplug());
	CU_ASSERT_TRUE(s.flags & KINORA_SIGNAL_FLAG_HOTPLUG);
	CU_ASSERT_EQUAL(hdmi_edid_count(&hdmi), 0);
	/* it follows nothing else */
	raster_2160p60();
	run(500 * MS);
	fake_hdmi_status(&fake, 0, 0xffffffff);
	run(500 * MS);
	CU_ASSERT_TRUE(hotplug());
	CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_HOTPLUG)->a, 1);
}

static void test_edid_set(void)
{
	uint8_t edid[640], out[512];

	setup();
	run(200 * MS);
	for (unsigned int blocks = 1; blocks <= 4; blocks++) {
		edid_make(edid, blocks);
		CU_ASSERT_TRUE(hotplug());
		CU_ASSERT_EQUAL(hdmi_edid_set(&hdmi, edid, 128 * blocks, fake.now),
				KINORA_MAILBOX_OK);
		/* low at once, and the new one is there before it is high again */
		CU_ASSERT_FALSE(hotplug());
		CU_ASSERT_EQUAL(hdmi_edid_count(&hdmi), blocks);
		CU_ASSERT_EQUAL(fake_hdmi_logged(&fake, KINORA_LOG_EDID)->a, blocks);
		CU_ASSERT_EQUAL(hdmi_edid_get(&hdmi, out), 128 * blocks);
		CU_ASSERT_FALSE(memcmp(out, edid, 128 * blocks));
		CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_EDID_BLOCKS), blocks);
		run(99 * MS);
		CU_ASSERT_FALSE(hotplug());
		run(1 * MS);
		CU_ASSERT_TRUE(hotplug());
	}
	/* what is refused changes nothing */
	edid_make(edid, 4);
	edid[600] = 0;
	CU_ASSERT_EQUAL(hdmi_edid_set(&hdmi, edid, 640, fake.now), KINORA_MAILBOX_TOO_LARGE);
	CU_ASSERT_EQUAL(hdmi_edid_set(&hdmi, edid, 511, fake.now), KINORA_MAILBOX_INVALID);
	edid[5] = 0;
	CU_ASSERT_EQUAL(hdmi_edid_set(&hdmi, edid, 512, fake.now), KINORA_MAILBOX_CHECKSUM);
	CU_ASSERT_TRUE(hotplug());
	CU_ASSERT_EQUAL(hdmi_edid_count(&hdmi), 4);
	CU_ASSERT_EQUAL(fake.edid_writes, 0);
	/* two changes, 60 ms apart: 100 ms from the second */
	edid_make(edid, 2);
	hdmi_edid_set(&hdmi, edid, 256, fake.now);
	run(60 * MS);
	hdmi_edid_set(&hdmi, edid, 256, fake.now);
	run(99 * MS);
	CU_ASSERT_FALSE(hotplug());
	run(1 * MS);
	CU_ASSERT_TRUE(hotplug());
	/* none: low for good, and there is nothing to read */
	CU_ASSERT_EQUAL(hdmi_edid_set(&hdmi, edid, 0, fake.now), KINORA_MAILBOX_OK);
	CU_ASSERT_EQUAL(hdmi_edid_get(&hdmi, out), 0);
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_EDID_BLOCKS), 0);
	run(2000 * MS);
	CU_ASSERT_FALSE(hotplug());
	CU_ASSERT_FALSE(s.flags & KINORA_SIGNAL_FLAG_HOTPLUG);
}

/* Another image of the firmware keeps what is there, and does not make the source look again. */
static void test_restart(void)
{
	uint8_t edid[512];

	setup();
	run(200 * MS);
	edid_make(edid, 3);
	hdmi_edid_set(&hdmi, edid, 384, fake.now);
	run(200 * MS);
	fake.starts = 2;
	fake.log_count = 0;
	start();
	CU_ASSERT_TRUE(hotplug());
	run(200 * MS);
	CU_ASSERT_TRUE(hotplug());
	CU_ASSERT_EQUAL(fake.log_count, 0);
	CU_ASSERT_FALSE(memcmp(&fake.reg[KINORA_HDMI_EDID / 4], edid, 384));
	/* while it was low */
	hdmi_edid_set(&hdmi, edid, 384, fake.now);
	start();
	run(90 * MS);
	CU_ASSERT_FALSE(hotplug());
	run(20 * MS);
	CU_ASSERT_TRUE(hotplug());
	/* taken away by hand */
	hdmi_edid_set(&hdmi, edid, 0, fake.now);
	start();
	run(200 * MS);
	CU_ASSERT_FALSE(hotplug());
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_EDID_BLOCKS), 0);
	/* a register that says nonsense */
	fake_hdmi_set(&fake, KINORA_HDMI_EDID_BLOCKS, 0xdead);
	start();
	CU_ASSERT_EQUAL(fake_hdmi_get(&fake, KINORA_HDMI_EDID_BLOCKS), 2);
}

/* --- nonsense --- */

/* xorshift, so that a failure can be had again */
static uint32_t noise(void)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static void test_nonsense(void)
{
	uint8_t out[1016];

	setup();
	for (unsigned int i = 0; i < 20000; i++) {
		for (unsigned int reg = 0; reg < 0x500; reg += 4)
			if (!(noise() & 15))
				fake_hdmi_set(&fake, reg, noise());
		fake_hdmi_status(&fake, noise() & 7, noise() & KINORA_HDMI_CEC_RECEIVED);
		/* the line is as it is: an attempt is started only on one that is not busy */
		fake_hdmi_set(&fake, KINORA_HDMI_CEC_CONTROL, KINORA_HDMI_CEC_ENABLE);
		fake.now += noise() % 30000000;
		look();
		CU_ASSERT_TRUE(s.state <= KINORA_SIGNAL_LOCKED);
		CU_ASSERT_TRUE(s.state != KINORA_SIGNAL_LOCKED || s.reason == 0);
		CU_ASSERT_TRUE(s.state == KINORA_SIGNAL_LOCKED || !s.width);
		CU_ASSERT_TRUE(s.frl_rate <= 6);
		CU_ASSERT_TRUE(hdmi_infoframes(&hdmi, out, sizeof(out)) <= 7 * 32);
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every raster, both families", test_rows },
		{ "the table", test_table },
		{ "what is no raster", test_not_a_raster },
		{ "a clock between the families", test_family_wanders },
		{ "AVI: sampling", test_sampling },
		{ "depth", test_depth },
		{ "AVI: colorimetry", test_colorimetry },
		{ "AVI: range", test_range },
		{ "AVI: IT content", test_it_content },
		{ "DRM: transfer", test_transfer },
		{ "AVI: VIC", test_vic },
		{ "DVI", test_dvi },
		{ "bad InfoFrames", test_bad_infoframes },
		{ "list of InfoFrames", test_infoframe_list },
		{ "4320p50 and p59.94, 4:2:0, 10 bit, HLG", test_8k },
		{ "2160p120", test_2160p120 },
		{ "settling", test_settling },
		{ "errors", test_errors },
		{ "flapping cable", test_flapping },
		{ "not a flapping cable", test_not_flapping },
		{ "training failed", test_training_failed },
		{ "power-up", test_power_up },
		{ "EDID changes", test_edid_set },
		{ "restart", test_restart },
		{ "nonsense", test_nonsense },
		CU_TEST_INFO_NULL,
	};

	return unit_run("hdmi", tests);
}
