// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kinora/PCI-ADDRESS/: what the driver counted.
 *
 *   streams  a line for each stream: name, then "counter value" pairs (struct kinora_books).
 *            reads and writes are register accesses while the stream runs: a frame costs one write
 *            and no read
 *   clock    how well the card's clock is followed: last error and bracket in ns, rate in 1e-9
 *   card     identity
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

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

	seq_printf(file, "state %s serial %s board %#010x firmware %lu.%lu.%lu formats %#x",
		   states[kinora_state(kdev)], kdev->serial, kdev->board,
		   FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, kdev->firmware),
		   FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, kdev->firmware),
		   FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, kdev->firmware), kdev->formats);
	seq_printf(file, " connectors %#x vectors %s\n", kdev->connectors,
		   kdev->shared_irq ? "shared" : "own");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(card);

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
}

/**
 * kinora_debugfs_finish() - stop showing a card
 * @kdev: card; nobody reads its files afterwards
 */
void kinora_debugfs_finish(struct kinora_device *kdev)
{
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
