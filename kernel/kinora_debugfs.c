// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kinora/PCI-ADDRESS/: what the driver counted.
 *
 *   streams  a line for each stream: name, then "counter value" pairs (struct kinora_books).
 *            reads and writes are register accesses while the stream runs: a frame costs one write
 *            and no read
 *   clock    how well the card's clock is followed: last error and bracket in ns, rate in 1e-9
 *   card     identity
 *   controller  "name value" pairs: the mailbox (struct kinora_mailbox_books), and what the
 *            controller tells of itself
 *   log      the controller's log in words; reading it asks the controller
 *   infoframes/  raw InfoFrames of the HDMI input (kinora_infoframe.c)
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "kinora.h"

static struct dentry *root;

static void books_show(struct seq_file *file, struct kinora_stream *stream)
{
	struct kinora_channel *channel = stream->channel;
	struct kinora_books books;
	unsigned long flags;
	u32 outstanding;

	spin_lock_irqsave(&channel->lock, flags);
	books = stream->books;
	outstanding = stream->submitted - stream->completed;
	spin_unlock_irqrestore(&channel->lock, flags);

	seq_printf(file, "ch%u-%s stream %u outstanding %u frames %llu errors %llu lost %llu",
		   channel->index + 1, stream == &channel->video_stream ? "video" : "meta",
		   stream->index, outstanding, books.frames, books.errors, books.lost);
	seq_printf(file, " cancelled %llu bad_records %llu recovered_interrupts %llu restarts %llu",
		   books.cancelled, books.bad_records, books.recovered_interrupts, books.restarts);
	seq_printf(file, " reads %llu writes %llu\n", books.reads, books.writes);
}

static int streams_show(struct seq_file *file, void *unused)
{
	struct kinora_device *kdev = file->private;
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		books_show(file, &channel->video_stream);
		if (channel->meta_stream.rings)
			books_show(file, &channel->meta_stream);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(streams);

static int clock_show(struct seq_file *file, void *unused)
{
	struct kinora_device *kdev = file->private;
	struct kinora_clock *clock = &kdev->clock;
	u32 bracket_ns;
	s32 drift_ppb;
	s64 error_ns;
	bool valid;

	spin_lock_irq(&clock->lock);
	valid = clock->valid;
	error_ns = clock->error_ns;
	bracket_ns = clock->bracket_ns;
	drift_ppb = clock->drift_ppb;
	spin_unlock_irq(&clock->lock);
	seq_printf(file, "valid %d error_ns %lld bracket_ns %u drift_ppb %d\n", valid, error_ns,
		   bracket_ns, drift_ppb);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(clock);

static int card_show(struct seq_file *file, void *unused)
{
	static const char * const states[] = {
		[KINORA_CARD_DOWN] = "down",
		[KINORA_CARD_UP] = "up",
		[KINORA_CARD_FAILED] = "failed",
		[KINORA_CARD_GONE] = "gone",
	};
	struct kinora_device *kdev = file->private;

	seq_printf(file, "state %s serial %s board %#010x firmware %lu.%lu.%lu %s formats %#x",
		   states[kinora_state(kdev)], kdev->serial, kdev->board,
		   FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, kdev->firmware),
		   FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, kdev->firmware),
		   FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, kdev->firmware),
		   kdev->firmware_loaded ? "loaded" : "built-in", kdev->formats);
	seq_printf(file, " connectors %#x vectors %s contract %lu.%lu\n", kdev->connectors,
		   kdev->shared_irq ? "shared" : "own",
		   FIELD_GET(KINORA_VERSION_MAJOR_MASK, kdev->version),
		   FIELD_GET(KINORA_VERSION_MINOR_MASK, kdev->version));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(card);

static int controller_show(struct seq_file *file, void *unused)
{
	struct kinora_device *kdev = file->private;
	const struct kinora_controller_block *block = kdev->signals + KINORA_CONTROLLER_BLOCK;
	struct kinora_mailbox_books books;

	mutex_lock(&kdev->controller.mutex);
	books = kdev->controller.books;
	mutex_unlock(&kdev->controller.mutex);
	seq_printf(file, "requests %llu failures %llu timeouts %llu lost_interrupts %llu",
		   books.requests, books.failures, books.timeouts, books.lost_interrupts);
	seq_printf(file, " unannounced %llu longest_us %llu", books.unannounced, books.longest_us);
	seq_printf(file, " restarts %u log %u cec %u edid %u stack_bytes %u\n",
		   le32_to_cpu(READ_ONCE(block->restarts)),
		   le32_to_cpu(READ_ONCE(block->log_count)),
		   le32_to_cpu(READ_ONCE(block->cec_count)),
		   le32_to_cpu(READ_ONCE(block->edid_count)),
		   le32_to_cpu(READ_ONCE(block->stack_bytes)));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(controller);

/* --- the controller's log --- */

#define LOG_BATCH (KINORA_MAILBOX_PAYLOAD / sizeof(struct kinora_log))

static const char * const signal_states[] = {
	[KINORA_SIGNAL_NONE] = "none",
	[KINORA_SIGNAL_UNSTABLE] = "unstable",
	[KINORA_SIGNAL_UNSUPPORTED] = "unsupported",
	[KINORA_SIGNAL_LOCKED] = "locked",
};

static const char * const reasons[] = {
	[KINORA_REASON_NONE] = "",
	[KINORA_REASON_LINK_MISSING] = ", a link is missing",
	[KINORA_REASON_LINKS_DIFFER] = ", the links differ",
	[KINORA_REASON_LINK_ORDER] = ", the links are not 1, 2, 3, 4",
	[KINORA_REASON_SKEW] = ", too much skew",
	[KINORA_REASON_RASTER] = ", no known raster",
	[KINORA_REASON_DUAL_LINK] = ", a dual link",
	[KINORA_REASON_SAMPLING] = ", sampling or depth",
	[KINORA_REASON_FLAPPING] = ", flapping",
	[KINORA_REASON_TRAINING] = ", link training failed",
};

static const char * const mappings[] = {
	[KINORA_MAPPING_SINGLE] = "by payload id",
	[KINORA_MAPPING_2SI] = "two-sample interleave",
	[KINORA_MAPPING_SQD] = "square division",
};

static const char *word(const char * const words[], size_t count, u32 index)
{
	return index < count ? words[index] : "?";
}

static void log_entry_show(struct seq_file *file, const struct kinora_log *entry)
{
	u32 a = le32_to_cpu(entry->a), b = le32_to_cpu(entry->b);
	u64 us = div_u64(le64_to_cpu(entry->time_ns), NSEC_PER_USEC);
	u32 fraction;
	u64 seconds;

	seconds = div_u64_rem(us, USEC_PER_SEC, &fraction);
	seq_printf(file, "%6u [%6llu.%06u] %s: ", le32_to_cpu(entry->index), seconds, fraction,
		   entry->connector < KINORA_CONNECTORS ? kinora_connector_name(entry->connector) :
							  "controller");
	switch (entry->code) {
	case KINORA_LOG_START:
		seq_printf(file, "firmware %lu.%lu.%lu started, %u starts before it\n",
			   FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, a),
			   FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, a),
			   FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, a), b);
		break;
	case KINORA_LOG_SIGNAL:
		seq_printf(file, "signal %s%s, flags %#04x, rate %u\n",
			   word(signal_states, ARRAY_SIZE(signal_states), a & 0xff),
			   word(reasons, ARRAY_SIZE(reasons), a >> 8 & 0xff),
			   a >> 16 & 0xff, b);
		break;
	case KINORA_LOG_HOTPLUG:
		seq_printf(file, "hot-plug %s\n", a ? "high" : "low");
		break;
	case KINORA_LOG_POWER:
		seq_printf(file, "%s %s\n", entry->connector == KINORA_CONN_HDMI1 ?
			   "+5 V" : "carrier", a ? "came" : "went");
		break;
	case KINORA_LOG_EDID:
		seq_printf(file, "EDID of %u blocks\n", a);
		break;
	case KINORA_LOG_FRL_RATE:
		seq_printf(file, "source asks for FRL rate %u, gave up %u\n", a, b);
		break;
	case KINORA_LOG_FRL_DONE:
		seq_printf(file, "FRL rate %u trained in %u ms\n", a, b);
		break;
	case KINORA_LOG_FRL_FAILED:
		seq_printf(file, "FRL rate %u failed, lanes %#x\n", a, b);
		break;
	case KINORA_LOG_MAPPING:
		seq_printf(file, "mapping %s, order %#04x\n",
			   word(mappings, ARRAY_SIZE(mappings), a), b);
		break;
	case KINORA_LOG_FLAPPING:
		seq_printf(file, "flapping, lost lock %u times within a second\n", a);
		break;
	default:
		seq_printf(file, "code %u: %#x %#x\n", entry->code, a, b);
		break;
	}
}

/* The log in as many requests as it takes; it may grow meanwhile, so their number has a limit. */
static int log_show(struct seq_file *file, void *unused)
{
	struct kinora_device *kdev = file->private;
	unsigned int i, entries, requests = KINORA_LOG_ENTRIES / LOG_BATCH + 2;
	struct kinora_log *log;
	__le32 first = 0;
	size_t bytes;
	int ret = 0;

	log = kmalloc_array(LOG_BATCH, sizeof(*log), GFP_KERNEL);
	if (!log)
		return -ENOMEM;
	while (requests--) {
		bytes = LOG_BATCH * sizeof(*log);
		ret = kinora_mailbox(kdev, KINORA_OP_LOG, 0, &first, sizeof(first), log, &bytes,
				     NULL);
		entries = ret ? 0 : bytes / sizeof(*log);
		if (!entries)
			break;
		for (i = 0; i < entries; i++)
			log_entry_show(file, &log[i]);
		first = cpu_to_le32(le32_to_cpu(log[entries - 1].index) + 1);
	}
	kfree(log);
	return ret;
}

/* Room for all of it at once, so that it is not asked for again and again. */
static int log_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, log_show, inode->i_private, KINORA_LOG_ENTRIES * 128);
}

static const struct file_operations log_fops = {
	.owner = THIS_MODULE,
	.open = log_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * kinora_debugfs_init() - show a card
 * @kdev: card that is set up
 */
void kinora_debugfs_init(struct kinora_device *kdev)
{
	kdev->debugfs = debugfs_create_dir(pci_name(kdev->pdev), root);
	debugfs_create_file("streams", 0444, kdev->debugfs, kdev, &streams_fops);
	debugfs_create_file("clock", 0444, kdev->debugfs, kdev, &clock_fops);
	debugfs_create_file("card", 0444, kdev->debugfs, kdev, &card_fops);
	if (!kdev->controller.present)
		return;
	debugfs_create_file("controller", 0444, kdev->debugfs, kdev, &controller_fops);
	debugfs_create_file("log", 0444, kdev->debugfs, kdev, &log_fops);
	kinora_infoframe_debugfs_init(kdev);
}

/**
 * kinora_debugfs_finish() - stop showing a card
 * @kdev: card; nobody reads its files afterwards
 */
void kinora_debugfs_finish(struct kinora_device *kdev)
{
	kinora_infoframe_debugfs_finish(kdev);
	debugfs_remove_recursive(kdev->debugfs);
}

/** kinora_debugfs_register() - make the directory for all cards */
void kinora_debugfs_register(void)
{
	root = debugfs_create_dir(KINORA_NAME, NULL);
}

/** kinora_debugfs_unregister() - remove it */
void kinora_debugfs_unregister(void)
{
	debugfs_remove_recursive(root);
}
