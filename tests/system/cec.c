// SPDX-License-Identifier: MIT
/*
 * Description: /dev/cecN of the HDMI input against the player at the other end of the cable: its
 * physical address follows the EDID, messages go both ways with true times, what goes wrong on the
 * line is told as it was, a flood is survived, and the adapter works again after the card was reset
 * and after the driver was away.
 *
 * The player is a CEC 2.0 playback device (docs/stimulus.md, CEC). Messages: HDMI-CEC 1.4b, tables
 * CEC 8 to 26; nominal bit times: table CEC 5 of the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/cec.h>

#include "lib/edid.h"
#include "lib/suite.h"
#include "lib/world.h"

#define TV CEC_LOG_ADDR_TV
#define PLAYER CEC_LOG_ADDR_PLAYBACK_1
#define ABSENT CEC_LOG_ADDR_AUDIOSYSTEM
#define PLAYER_ADDRESS 0x1000
#define BIT_NS 2400000ULL	/* nominal data bit */
#define START_NS 4500000ULL	/* nominal start bit */
#define ATTEMPTS 4		/* that Linux makes at a message, as HDMI-CEC 2.0 has it */
#define CLAIM_MS 5000
#define SYSFS_MS 15000
#define DRIVER "/sys/bus/pci/drivers/kinora"

static struct capture node = { .fd = -1 };
static int cec = -1;
static char pci[32];
static uint8_t before[EDID_BLOCKS * EDID_BLOCK];
static int before_blocks;

static int cec_open(void)
{
	char name[32] = "", path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/hdmi_cec", pci);
	f = fopen(path, "re");
	if (!CHECK(f, "%s: %s", path, strerror(errno)))
		return -1;
	if (fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
	snprintf(path, sizeof(path), "/dev/%s", name);
	cec = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	CHECK(cec >= 0, "%s: %s", path, strerror(errno));
	return cec;
}

static uint16_t physical_address(void)
{
	uint16_t address = 0;

	CHECK_OK(capture_ioctl(cec, CEC_ADAP_G_PHYS_ADDR, &address));
	return address;
}

static bool is_tv(void *data)
{
	struct cec_log_addrs addresses = { 0 };

	(void)data;
	return !capture_ioctl(cec, CEC_ADAP_G_LOG_ADDRS, &addresses) &&
	       addresses.log_addr_mask == 1 << TV;
}

/* Be a TV, and the only one who answers on this adapter. */
static bool claim(void)
{
	struct cec_log_addrs none = { 0 };
	struct cec_log_addrs tv = {
		.cec_version = CEC_OP_CEC_VERSION_2_0,
		.num_log_addrs = 1,
		.vendor_id = CEC_VENDOR_ID_NONE,
		.osd_name = "kinora",
		.primary_device_type = { CEC_OP_PRIM_DEVTYPE_TV },
		.log_addr_type = { CEC_LOG_ADDR_TYPE_TV },
		.all_device_types = { CEC_OP_ALL_DEVTYPE_TV },
	};
	uint32_t mode = CEC_MODE_EXCL_INITIATOR | CEC_MODE_EXCL_FOLLOWER_PASSTHRU;

	if (!CHECK_OK(capture_ioctl(cec, CEC_S_MODE, &mode)) ||
	    !CHECK_OK(capture_ioctl(cec, CEC_ADAP_S_LOG_ADDRS, &none)) ||
	    !CHECK_OK(capture_ioctl(cec, CEC_ADAP_S_LOG_ADDRS, &tv)))
		return false;
	return CHECK(suite_until(is_tv, NULL, CLAIM_MS), "no logical address after %u ms",
		     CLAIM_MS);
}

static bool player_answers(void *data);

static void end(void)
{
	struct cec_log_addrs none = { 0 };

	capture_ioctl(cec, CEC_ADAP_S_LOG_ADDRS, &none);
	if (cec >= 0)
		close(cec);
	cec = -1;
	capture_close(&node);
}

static bool begin(void)
{
	if (!CHECK_OK(device_pci_address(pci, sizeof(pci))) ||
	    !CHECK_OK(world_say("signal hdmi1 1080p60")) ||
	    !CHECK_OK(capture_open(&node, 1, DEVICE_VIDEO)) || cec_open() < 0)
		return false;
	if (!before_blocks)
		before_blocks = edid_get(node.fd, before);
	if (CHECK(before_blocks > 0, "no EDID: %d", before_blocks) && claim() &&
	    CHECK(suite_until(player_answers, NULL, CLAIM_MS), "the player does not answer"))
		return true;
	end();
	return false;
}

static struct cec_msg message(unsigned int to, unsigned int length, const uint8_t *payload)
{
	struct cec_msg msg = { .len = 1 + length };

	msg.msg[0] = TV << 4 | to;
	if (length)
		memcpy(msg.msg + 1, payload, length);
	return msg;
}

/* Blocks until it is sent, and answered if a reply was asked for. */
static int transmit(struct cec_msg *msg)
{
	int ret;

	fcntl(cec, F_SETFL, fcntl(cec, F_GETFL) & ~O_NONBLOCK);
	ret = capture_ioctl(cec, CEC_TRANSMIT, msg);
	fcntl(cec, F_SETFL, fcntl(cec, F_GETFL) | O_NONBLOCK);
	return ret;
}

static bool player_answers(void *data)
{
	struct cec_msg msg = message(PLAYER, 0, NULL);

	(void)data;
	return !transmit(&msg) && msg.tx_status & CEC_TX_STATUS_OK;
}

static int receive(struct cec_msg *msg, unsigned int ms)
{
	struct pollfd fd = { .fd = cec, .events = POLLIN };

	if (poll(&fd, 1, ms) != 1)
		return -ETIMEDOUT;
	memset(msg, 0, sizeof(*msg));
	return capture_ioctl(cec, CEC_RECEIVE, msg);
}

static void drain(void)
{
	struct cec_msg msg;

	while (!receive(&msg, 0))
		;
}

static void test_adapter(void)
{
	struct cec_caps caps = { 0 };

	if (!begin())
		return;
	CHECK_OK(capture_ioctl(cec, CEC_ADAP_G_CAPS, &caps));
	CHECK(!strcmp(caps.driver, "kinora"), "driver '%s'", caps.driver);
	CHECK(caps.capabilities & CEC_CAP_LOG_ADDRS && caps.capabilities & CEC_CAP_TRANSMIT &&
		      caps.capabilities & CEC_CAP_PASSTHROUGH,
	      "capabilities 0x%x", caps.capabilities);
	CHECK(!(caps.capabilities & CEC_CAP_PHYS_ADDR), "the application sets the address");
	CHECK_EQ(physical_address(), 0);
	end();
}

/*
 * The EDID holds the source's address; a sink's own is one step up the tree (HDMI 1.4b, 8.7.2):
 * 1.0.0.0 hangs on a TV, 1.2.0.0 on the second input of 1.0.0.0.
 */
static void test_physical_address(void)
{
	static const struct {
		uint16_t source, own;
	} cases[] = {
		{ 0x1000, 0x0000 }, { 0x4000, 0x0000 }, { 0x1200, 0x1000 },
		{ 0x2340, 0x2300 }, { 0x1111, 0x1110 }, { 0xffff, 0xffff },
	};
	uint8_t data[EDID_BLOCKS * EDID_BLOCK];

	if (!begin())
		return;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		edid_make(data, 2 + i % 3, cases[i].source, i);
		CHECK_OK(edid_set(node.fd, data, 2 + i % 3));
		CHECK_EQ(physical_address(), cases[i].own);
	}
	CHECK_OK(edid_set(node.fd, before, before_blocks));
	CHECK_EQ(physical_address(), 0);
	edid_make(data, 1, 0, 0);	/* DVI */
	CHECK_OK(edid_set(node.fd, data, 1));
	CHECK_EQ(physical_address(), 0xffff);
	CHECK_OK(edid_set(node.fd, before, before_blocks));
	CHECK_OK(edid_set(node.fd, NULL, 0));
	CHECK_EQ(physical_address(), 0xffff);
	CHECK_OK(edid_set(node.fd, before, before_blocks));
	CHECK_EQ(physical_address(), 0);
	CHECK(suite_until(is_tv, NULL, CLAIM_MS), "the logical address does not come back");
	end();
}

static void test_transmit(void)
{
	static const uint8_t ask_name[] = { CEC_MSG_GIVE_OSD_NAME };
	static const uint8_t ask_address[] = { CEC_MSG_GIVE_PHYSICAL_ADDR };
	struct cec_msg msg;
	uint64_t began;

	if (!begin())
		return;
	began = suite_now();
	msg = message(PLAYER, 0, NULL);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_OK);
	CHECK(msg.tx_ts >= began + START_NS + 10 * BIT_NS && msg.tx_ts <= suite_now(),
	      "sent %lld us after it began", (long long)(msg.tx_ts - began) / 1000);

	msg = message(ABSENT, 0, NULL);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_NACK | CEC_TX_STATUS_MAX_RETRIES);
	CHECK_EQ(msg.tx_nack_cnt, 2);	/* HDMI-CEC 2.0: a poll is sent twice */

	msg = message(PLAYER, sizeof(ask_name), ask_name);
	msg.reply = CEC_MSG_SET_OSD_NAME;
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_OK);
	CHECK_EQ(msg.rx_status, CEC_RX_STATUS_OK);
	CHECK(msg.rx_ts > msg.tx_ts, "the answer came %lld us before the question",
	      (long long)(msg.tx_ts - msg.rx_ts) / 1000);
	CHECK_EQ(msg.msg[0], PLAYER << 4 | TV);
	CHECK(msg.len > 2, "a name of %u bytes", msg.len - 2);

	msg = message(PLAYER, sizeof(ask_address), ask_address);
	msg.reply = CEC_MSG_REPORT_PHYSICAL_ADDR;
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.rx_status, CEC_RX_STATUS_OK);
	CHECK_EQ(msg.msg[2] << 8 | msg.msg[3], PLAYER_ADDRESS);
	end();
}

static void test_receive(void)
{
	struct cec_msg msg;
	uint64_t began;

	if (!begin())
		return;
	drain();
	began = suite_now();
	CHECK_OK(world_say("cec hdmi1 send %x%x:04", PLAYER, TV)); /* image view on */
	if (CHECK_OK(receive(&msg, 2000))) {
		CHECK_EQ(msg.len, 2);
		CHECK_EQ(msg.msg[0], PLAYER << 4 | TV);
		CHECK_EQ(msg.msg[1], CEC_MSG_IMAGE_VIEW_ON);
		CHECK(msg.rx_ts > began && msg.rx_ts <= suite_now(),
		      "received %lld us after it began", (long long)(msg.rx_ts - began) / 1000);
	}
	CHECK_OK(world_say("cec hdmi1 send %xf:82:10:00", PLAYER)); /* active source, to all */
	if (CHECK_OK(receive(&msg, 2000))) {
		CHECK_EQ(msg.len, 4);
		CHECK_EQ(msg.msg[0], PLAYER << 4 | 0xf);
		CHECK_EQ(msg.msg[1], CEC_MSG_ACTIVE_SOURCE);
		CHECK_EQ(msg.msg[2] << 8 | msg.msg[3], PLAYER_ADDRESS);
	}
	/* the longest there is */
	CHECK_OK(world_say("cec hdmi1 send %x%x:64:00:30:31:32:33:34:35:36:37:38:39:61:62:63",
			   PLAYER, TV)); /* set OSD string */
	if (CHECK_OK(receive(&msg, 2000))) {
		CHECK_EQ(msg.len, 16);
		CHECK_EQ(msg.msg[15], 0x63);
	}
	/* not for us */
	CHECK_OK(world_say("cec hdmi1 send %x%x:36", PLAYER, ABSENT));
	CHECK_EQ(receive(&msg, 300), -ETIMEDOUT);
	end();
}

static void test_line(void)
{
	static const uint8_t ask_power[] = { CEC_MSG_GIVE_DEVICE_POWER_STATUS };
	struct cec_msg msg;

	if (!begin())
		return;
	CHECK_OK(world_say("cec hdmi1 low-drive 1"));
	msg = message(PLAYER, sizeof(ask_power), ask_power);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_OK | CEC_TX_STATUS_LOW_DRIVE); /* the second time */
	CHECK_EQ(msg.tx_low_drive_cnt, 1);

	CHECK_OK(world_say("cec hdmi1 low-drive %u", ATTEMPTS));
	msg = message(PLAYER, sizeof(ask_power), ask_power);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_LOW_DRIVE | CEC_TX_STATUS_MAX_RETRIES);
	CHECK_EQ(msg.tx_low_drive_cnt, ATTEMPTS);

	CHECK_OK(world_say("cec hdmi1 arbitration %u", ATTEMPTS));
	msg = message(PLAYER, sizeof(ask_power), ask_power);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_ARB_LOST | CEC_TX_STATUS_MAX_RETRIES);
	CHECK_EQ(msg.tx_arb_lost_cnt, ATTEMPTS);

	CHECK_OK(world_say("cec hdmi1 nack on"));
	msg = message(PLAYER, sizeof(ask_power), ask_power);
	CHECK_OK(transmit(&msg));
	CHECK_EQ(msg.tx_status, CEC_TX_STATUS_NACK | CEC_TX_STATUS_MAX_RETRIES);
	CHECK_EQ(msg.tx_nack_cnt, ATTEMPTS);
	CHECK_OK(world_say("cec hdmi1 nack off"));
	CHECK(player_answers(NULL), "the player does not answer any more");
	end();
}

/* More at once than the controller keeps (32), sent as fast as the line takes them. */
static void test_flood(void)
{
	unsigned int got = 0;
	struct cec_msg msg;

	if (!begin())
		return;
	drain();
	for (unsigned int i = 0; i < 50; i++)
		CHECK_OK(world_say("cec hdmi1 send %x%x:%s", PLAYER, TV, i % 2 ? "04" : "0d"));
	while (!receive(&msg, 1000)) {
		CHECK_EQ(msg.len, 2);
		got++;
	}
	suite_note("%u of 50 received", got);
	CHECK(got > 0 && got <= 50, "%u of 50 received", got);
	CHECK(player_answers(NULL), "the player does not answer any more");
	end();
}

/* The controller knows what it was told, or is told again. */
static void test_reset(void)
{
	struct cec_msg msg;
	char file[128];

	if (!begin())
		return;
	drain();
	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%s/reset", pci);
	CHECK_OK(device_write_within(file, "1", SYSFS_MS));
	CHECK(player_answers(NULL), "the player does not answer after a reset");
	CHECK_OK(world_say("cec hdmi1 send %x%x:04", PLAYER, TV));
	CHECK_OK(receive(&msg, 2000));
	end();
}

static void test_unbind(void)
{
	struct pollfd fd;
	struct cec_msg msg;

	if (!begin())
		return;
	fd = (struct pollfd){ .fd = cec, .events = POLLIN };
	capture_close(&node);
	CHECK_OK(device_write_within(DRIVER "/unbind", pci, SYSFS_MS));
	CHECK(poll(&fd, 1, 1000) == 1 && fd.revents & (POLLERR | POLLHUP), "poll says 0x%x",
	      fd.revents);
	msg = message(PLAYER, 0, NULL);
	CHECK_EQ(capture_ioctl(cec, CEC_TRANSMIT, &msg), -ENODEV);
	close(cec);
	cec = -1;
	if (!CHECK_OK(device_write_within(DRIVER "/bind", pci, SYSFS_MS)) || !begin())
		return;
	end();
}

int main(int argc, char **argv)
{
	static const struct suite_test tests[] = {
		{ "the adapter", test_adapter },
		{ "physical address", test_physical_address },
		{ "sending", test_transmit },
		{ "receiving", test_receive },
		{ "trouble on the line", test_line },
		{ "a flood", test_flood },
		{ "after a reset of the card", test_reset },
		{ "without the driver", test_unbind },
		{ 0 },
	};
	static const struct suite suite = { .name = "cec", .tests = tests, .time_limit = 120 };

	return suite_main(argc, argv, &suite);
}
