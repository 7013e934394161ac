/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver's files share: the card, its channels, streams and nodes, and who calls whom.
 *
 *   kinora_pci     -> card, stream, video, meta, input, clock, debugfs   (probe, power, removal)
 *   kinora_video, kinora_meta -> queue, input, dv                        (V4L2 nodes)
 *   kinora_queue   -> stream, table                                      (vb2)
 *   kinora_stream  -> card, clock                                        (rings, records)
 *   kinora_signal  -> input, controls, controller                        (signal blocks, events)
 *   kinora_input   -> signal, video, controls, media                     (routing, lock-on)
 *   kinora_dv      -> input, timings                                     (DV timings)
 *   kinora_controls -> signal, colour, infoframe                         (controls)
 *   kinora_media   -> input                                              (the graph)
 *   kinora_sysfs   -> signal, controller                                 (connectors as files)
 *   kinora_ctrl    -> edid, cec, infoframe, firmware                     (the card's controller)
 *
 * Locks, outermost first:
 *   kinora_channel.mutex  a channel's settings, its streams' starts and stops; it is the lock of
 *                         the channel's nodes and vb2 queues, so every ioctl holds it
 *   media_device.graph_mutex  the media core's, which V4L2's core takes in ioctls, too
 *   kinora_device.mutex   starting and stopping the card as a whole, which input it is told
 *   kinora_edid.mutex     setting the EDID, and what follows from it
 *   cec_adapter.lock      the CEC core's; it is held around all operations of kinora_cec.c
 *   kinora_controller.mutex  the mailbox
 *   kinora_clock.mutex    reading the card's clock
 *   kinora_channel.lock   rings, lists and books of the channel's streams; taken by the interrupt
 *   kinora_device.signal_lock, kinora_device.state_lock, kinora_clock.lock  short copies
 *
 * Life: a kinora_device lives until its last open file is closed (v4l2_device's reference count),
 * long after its PCI device may be gone. kinora_device.state says what may still be done with it.
 */
#ifndef KINORA_H
#define KINORA_H

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/ratelimit.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <media/media-device.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-dev.h>
#include <media/v4l2-device.h>
#include <media/videobuf2-v4l2.h>

#include "compat.h"
#include "kinora_format.h"
#include "kinora_hw.h"
#include "kinora_timings.h"

#define KINORA_NAME "kinora"

/* Both rings of a stream: as many entries as a vb2 queue has buffers, so they never run full. */
#define KINORA_RING_LOG2 5
#define KINORA_RING_ENTRIES BIT(KINORA_RING_LOG2)

/* Record bits with which a buffer goes to the application flagged as an error. */
#define KINORA_RECORD_ERRORS (KINORA_RECORD_CANCELLED | KINORA_RECORD_NO_SIGNAL | \
			      KINORA_RECORD_MISMATCH | KINORA_RECORD_SHORT | \
			      KINORA_RECORD_BUS_ERROR | KINORA_RECORD_WIRE_ERROR | \
			      KINORA_RECORD_BAD_ENTRY | KINORA_RECORD_OVERRUN)

struct cec_adapter;
struct dentry;
struct firmware;
struct kinora_channel;
struct kinora_device;
struct kinora_node;
struct kinora_objects;
struct kinora_stream;

/**
 * enum kinora_card_state - what may be done with the card
 * @KINORA_CARD_DOWN: not started (probe, suspend, PCI recovery): registers are left alone
 * @KINORA_CARD_UP: works
 * @KINORA_CARD_FAILED: did not answer and lost bus mastering; the next STREAMON tries a reset
 * @KINORA_CARD_GONE: removed or unbound; never comes back
 */
enum kinora_card_state {
	KINORA_CARD_DOWN,
	KINORA_CARD_UP,
	KINORA_CARD_FAILED,
	KINORA_CARD_GONE,
};

/**
 * enum kinora_stream_state - what the driver thinks of a stream
 * @KINORA_STREAM_IDLE: the card has no address of it
 * @KINORA_STREAM_RUNNING: submissions go to the card
 * @KINORA_STREAM_STOPPING: records are taken, nothing is submitted
 * @KINORA_STREAM_BROKEN: broke the contract or stopped answering: records are not believed any
 *	more, its buffers stay the card's until the channel was reset
 */
enum kinora_stream_state {
	KINORA_STREAM_IDLE,
	KINORA_STREAM_RUNNING,
	KINORA_STREAM_STOPPING,
	KINORA_STREAM_BROKEN,
};

/**
 * struct kinora_table - a buffer's scatter table in segments of 4 KiB coherent memory
 * @dev: whose memory it is
 * @segments: memory and bus address of each segment
 * @count: segments
 * @entries: entries in all segments, links included
 */
struct kinora_table {
	struct device *dev;
	struct kinora_table_segment {
		struct kinora_sg *entries;
		dma_addr_t dma;
	} *segments;
	unsigned int count;
	u32 entries;
};

/**
 * struct kinora_buffer - a vb2 buffer as the stream engine sees it
 * @vb: must be first, vb2 allocates by its size
 * @list: in kinora_stream.waiting, else unused
 * @sgt: MMAP memory as the card sees it, from buf_init to buf_cleanup
 * @need_sync: MMAP memory is not coherent for the card
 * @table: of the memory the buffer has now
 * @bytes: the buffer holds
 */
struct kinora_buffer {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
	struct sg_table sgt;
	bool need_sync;
	struct kinora_table table;
	u32 bytes;
};

/**
 * struct kinora_config - what a stream is started with; the registers of the same names
 * @format: KINORA_FMT_*
 * @width: pixels of the picture on the wire
 * @height: lines
 * @layout: of a buffer
 * @period_num: seconds a frame takes: 1001 ...
 * @period_den: ... / 60000
 * @interlaced: two fields a frame
 * @rgb_range: KINORA_STREAM_RGB_*
 */
struct kinora_config {
	u32 format;
	u32 width;
	u32 height;
	struct kinora_layout layout;
	u32 period_num;
	u32 period_den;
	bool interlaced;
	u32 rgb_range;
};

/**
 * struct kinora_books - what happened on a stream since the module was loaded; debugfs shows it
 * @frames: records of frames, good or not, handed to the application
 * @errors: of those, with an error bit
 * @lost: frames that found no buffer, by the gaps in frame numbers
 * @cancelled: buffers that came back cancelled
 * @bad_records: records that broke the contract
 * @recovered_interrupts: times the watchdog found records no interrupt had announced
 * @restarts: times the stream was started again after it broke
 * @reads: register reads while the stream ran
 * @writes: register writes while the stream ran
 */
struct kinora_books {
	u64 frames;
	u64 errors;
	u64 lost;
	u64 cancelled;
	u64 bad_records;
	u64 recovered_interrupts;
	u64 restarts;
	u64 reads;
	u64 writes;
};

/**
 * struct kinora_stream - one DMA stream
 * @kdev: card
 * @channel: channel
 * @index: KINORA_STREAM_INDEX()
 * @node: whose buffers it fills
 * @irq: Linux interrupt, 0 while there is none of its own
 * @irq_name: of it
 * @vector: interrupt vector the card is told
 * @rings: coherent memory of both rings
 * @rings_dma: its bus address
 * @sq: submission ring, in @rings
 * @cq: completion ring, in @rings
 * @config: what it was started with last; channel mutex
 * @active: the application streams (the hardware may be stopped for a while); channel mutex
 * @state: channel lock
 * @submitted: submissions since IDLE, what TAIL is given; channel lock
 * @completed: records taken since IDLE; channel lock
 * @buffers: the buffer of each submission that is not completed; channel lock
 * @waiting: buffers to submit when the stream starts, oldest first; channel lock
 * @any_frame: @last_frame is valid; channel lock
 * @last_frame: number of the last frame; channel lock
 * @last_stamp: CLOCK_MONOTONIC of the last frame handed over, ns; channel lock
 * @drained: woken when the card holds no buffer any more, or is lost
 * @watchdog: armed while RUNNING, put off by every completion
 * @watchdog_period: two frame periods, jiffies
 * @silent_since: jiffies of the last record, or of the submission that ended idleness; channel lock
 * @books: channel lock
 */
struct kinora_stream {
	struct kinora_device *kdev;
	struct kinora_channel *channel;
	unsigned int index;
	struct kinora_node *node;

	int irq;
	char irq_name[32];
	u32 vector;

	void *rings;
	dma_addr_t rings_dma;
	struct kinora_submission *sq;
	struct kinora_record *cq;

	struct kinora_config config;
	bool active;

	enum kinora_stream_state state;
	u32 submitted;
	u32 completed;
	struct kinora_buffer *buffers[KINORA_RING_ENTRIES];
	struct list_head waiting;

	bool any_frame;
	u64 last_frame;
	u64 last_stamp;

	wait_queue_head_t drained;
	struct timer_list watchdog;
	unsigned long watchdog_period;
	unsigned long silent_since;

	struct kinora_books books;
};

/**
 * struct kinora_completion - what a record says, checked
 * @status: KINORA_RECORD_*
 * @bytes: written, at most the buffer's size
 * @sequence: for V4L2
 * @timestamp: start of frame, CLOCK_MONOTONIC, ns
 */
struct kinora_completion {
	u32 status;
	u32 bytes;
	u32 sequence;
	u64 timestamp;
};

/**
 * struct kinora_node - a V4L2 node and its queue; picture and metadata nodes differ in @ops
 * @channel: channel
 * @stream: what fills its buffers
 * @vdev: node
 * @queue: its vb2 queue, with the channel's mutex as lock
 * @pad: of its entity in the media graph
 * @held: a reference to @vdev is ours, see kinora_media.c
 * @sizeimage: bytes of a buffer; channel mutex
 * @holder_comm: program that allocated the buffers last; channel mutex
 * @holder_pid: its process id; channel mutex
 * @format: picture nodes: memory format; channel mutex
 * @layout: of a buffer; picture nodes: of @format at the channel's timing; channel mutex
 */
struct kinora_node {
	struct kinora_channel *channel;
	struct kinora_stream *stream;
	struct video_device vdev;
	struct vb2_queue queue;
	struct media_pad pad;
	bool held;
	u32 sizeimage;
	char holder_comm[TASK_COMM_LEN];
	pid_t holder_pid;
	const struct kinora_format *format;
	struct kinora_layout layout;
};

/**
 * struct kinora_signal_info - a signal block in the host's byte order, checked
 * @generation: grows when anything below changes
 * @state: KINORA_SIGNAL_*
 * @timing: raster; NULL unless LOCKED to one in the table
 * @interface: KINORA_INTERFACE_*
 * @mapping: KINORA_MAPPING_*
 * @scan: KINORA_SCAN_*
 * @colorimetry: KINORA_COLORIMETRY_*
 * @transfer: enum kinora_transfer
 * @range: KINORA_RANGE_*
 * @sampling: KINORA_SAMPLING_*
 * @depth: bits per sample
 * @reason: KINORA_REASON_*
 * @links: SDI links that are locked
 * @payload_id: ST 352 of each link, byte 1 in bits 7:0; 0: none
 * @flags: KINORA_SIGNAL_FLAG_*
 * @it_content: KINORA_IT_*
 * @order: part of the picture that each link has
 * @infoframes: grows when an InfoFrame changes
 * @since_ns: card clock of the last change
 * @seen_ns: CLOCK_MONOTONIC when the driver saw it
 */
struct kinora_signal_info {
	u32 generation;
	u8 state;
	const struct kinora_timing *timing;
	u8 interface;
	u8 mapping;
	u8 scan;
	u8 colorimetry;
	u8 transfer;
	u8 range;
	u8 sampling;
	u8 depth;
	u8 reason;
	u16 links;
	u32 payload_id[KINORA_RX_LINKS];
	u8 flags;
	u8 it_content;
	u8 order;
	u32 infoframes;
	u64 since_ns;
	u64 seen_ns;
};

/* Read-only controls that follow the signal; see kinora_controls.c */
enum kinora_ctrl {
	KINORA_CTRL_TRANSFER,
	KINORA_CTRL_PAYLOAD_ID,
	KINORA_CTRL_STATE,
	KINORA_CTRL_REASON,
	KINORA_CTRL_MAPPING,
	KINORA_CTRL_COLORIMETRY,
	KINORA_CTRL_RANGE,
	KINORA_CTRL_SAMPLING,
	KINORA_CTRL_DEPTH,
	KINORA_CTRL_CLL,
	KINORA_CTRL_MASTERING,
	KINORA_CTRLS,
};

/**
 * struct kinora_channel - one capture channel: an input, its timing, its streams and nodes
 * @kdev: card
 * @index: from 0
 * @mutex: see the top of this file
 * @lock: see the top of this file
 * @inputs: connector (KINORA_CONN_*) of each V4L2 input
 * @num_inputs: of them
 * @input: current V4L2 input; mutex, read without it by the signal work
 * @input_chosen: by S_INPUT, so opening a node leaves it alone; mutex
 * @timing: raster that is expected; mutex
 * @sequence_valid: @sequence_base is set; lock
 * @sequence_base: frame number that is sequence 0; lock
 * @sequence_next: one more than the last sequence of any stream; lock
 * @rebase: the card counts frames from 0 again: choose @sequence_base anew; lock
 * @running: streams that are active; mutex
 * @recover: stops, resets and restarts the channel after a stream broke
 * @recovered_at: jiffies of its last run; mutex
 * @video: picture node
 * @meta: metadata node
 * @video_stream: stream of @video
 * @meta_stream: stream of @meta
 * @ctrls: controls of the picture node
 * @power_ctrl: V4L2_CID_DV_RX_POWER_PRESENT
 * @rgb_range_ctrl: V4L2_CID_DV_RX_RGB_RANGE
 * @it_content_ctrl: V4L2_CID_DV_RX_IT_CONTENT_TYPE
 * @ctrl: the others
 * @entity: in the media graph: a multiplexer with one sink pad for each input
 * @entity_name: its name
 * @pads: its pads: the inputs', then the picture node's and the metadata node's
 * @log_limit: of LOG_STATUS, which OBS calls whenever a frame is late
 */
struct kinora_channel {
	struct kinora_device *kdev;
	unsigned int index;
	struct mutex mutex; /* see the top of this file */
	spinlock_t lock; /* same */

	u8 inputs[KINORA_CONNECTORS];
	unsigned int num_inputs;
	unsigned int input;
	bool input_chosen;
	const struct kinora_timing *timing;

	bool sequence_valid;
	u64 sequence_base;
	u32 sequence_next;
	bool rebase;

	unsigned int running;
	struct delayed_work recover;
	unsigned long recovered_at;

	struct kinora_node video;
	struct kinora_node meta;
	struct kinora_stream video_stream;
	struct kinora_stream meta_stream;

	struct v4l2_ctrl_handler ctrls;
	struct v4l2_ctrl *power_ctrl;
	struct v4l2_ctrl *rgb_range_ctrl;
	struct v4l2_ctrl *it_content_ctrl;
	struct v4l2_ctrl *ctrl[KINORA_CTRLS];

	struct media_entity entity;
	char entity_name[32];
	struct media_pad pads[KINORA_CONNECTORS + 2];

	struct ratelimit_state log_limit;
};

/**
 * struct kinora_clock - the card's clock against CLOCK_MONOTONIC; see kinora_clock.c
 * @mutex: reading the card's clock, @users
 * @lock: the mapping below
 * @users: streams that need it
 * @work: measures once a second while there are users
 * @valid: the mapping was measured since the card was reset
 * @card_ref: card clock, ns ...
 * @mono_ref: ... and CLOCK_MONOTONIC at the same moment, ns
 * @slope_ppb: how much faster CLOCK_MONOTONIC runs than the card, now
 * @drift_ppb: what of @slope_ppb is lasting; the rest corrects the last error
 * @error_ns: last measured error of the mapping
 * @bracket_ns: width of the last measurement: it is off by half of this at most
 */
struct kinora_clock {
	struct mutex mutex; /* see the top of this file */
	spinlock_t lock; /* same */
	unsigned int users;
	struct delayed_work work;
	bool valid;
	u64 card_ref;
	u64 mono_ref;
	s32 slope_ppb;
	s32 drift_ppb;
	s64 error_ns;
	u32 bracket_ns;
};

/**
 * struct kinora_mailbox_books - what happened in the mailbox; debugfs shows it
 * @requests: that were made
 * @failures: of those, that brought no good reply
 * @timeouts: of those, without any reply
 * @lost_interrupts: replies that were found without having been announced
 * @unannounced: replies that only the register knew of
 * @longest_us: longest request, waiting for its turn not counted
 */
struct kinora_mailbox_books {
	u64 requests;
	u64 failures;
	u64 timeouts;
	u64 lost_interrupts;
	u64 unannounced;
	u64 longest_us;
};

/**
 * struct kinora_controller - the card's controller; see kinora_ctrl.c
 * @present: the card has a mailbox (contract 1.1)
 * @mutex: the mailbox, @number, @window, @books
 * @wait: who waits for a reply; the event interrupt wakes it
 * @number: of the last request
 * @window: a request on its way out, or a reply's payload
 * @books: for debugfs
 * @work: fetches what the controller has announced
 * @pending: what @work has to do, bits
 * @mailbox_done: the controller block as it was looked at last ...
 * @restarts: ...
 * @edid_count: ...
 * @cec_count: ...
 * @infoframe_count: ... and the HDMI signal block
 */
struct kinora_controller {
	bool present;
	struct mutex mutex; /* see the top of this file */
	wait_queue_head_t wait;
	u32 number;
	u32 window[KINORA_MAILBOX_BYTES / sizeof(u32)];
	struct kinora_mailbox_books books;

	struct work_struct work;
	unsigned long pending;
	u32 mailbox_done;
	u32 restarts;
	u32 edid_count;
	u32 cec_count;
	u32 infoframe_count;
};

/**
 * struct kinora_edid - the EDID that was set; see kinora_edid.c
 * @mutex: all of it
 * @was_set: by VIDIOC_S_EDID, so it is worth setting again
 * @blocks: of it
 * @data: EDID
 */
struct kinora_edid {
	struct mutex mutex; /* see the top of this file */
	bool was_set;
	unsigned int blocks;
	u8 data[KINORA_EDID_BLOCKS * KINORA_EDID_BLOCK_BYTES];
};

/* The physical address of a card that has none, CEC_PHYS_ADDR_INVALID. */
#define KINORA_CEC_NO_ADDRESS 0xffff

/**
 * struct kinora_cec - the CEC adapter; see kinora_cec.c
 * @adapter: the core's, NULL if there is none
 * @enabled: the controller shall send and hear; adapter's lock
 * @addresses: logical addresses it acknowledges, bits; adapter's lock
 * @transmit: hands @message to the controller
 * @lock: @message, @sending
 * @message: being sent
 * @sending: the core waits to hear what became of it
 * @lost: times the controller had to drop events
 * @events: as they come from the mailbox; controller's work
 */
struct kinora_cec {
	struct cec_adapter *adapter;
	bool enabled;
	u16 addresses;
	struct work_struct transmit;
	spinlock_t lock; /* message, sending */
	struct kinora_cec_message message;
	bool sending;
	unsigned int lost;
	struct kinora_cec_message events[KINORA_MAILBOX_PAYLOAD /
					 sizeof(struct kinora_cec_message)];
};

/**
 * struct kinora_infoframes - the InfoFrames of the HDMI input; see kinora_infoframe.c
 * @lock: @frames
 * @frames: by slot; length 0: not there
 * @common: debugfs folder where the kernel shows all receivers' InfoFrames
 * @files: in it
 */
struct kinora_infoframes {
	spinlock_t lock; /* frames */
	struct kinora_infoframe {
		u8 length;
		u8 bytes[KINORA_INFOFRAME_BYTES];
	} frames[KINORA_INFOFRAME_SLOTS];
	struct dentry *common;
	struct v4l2_debugfs_if *files;
};

/**
 * struct kinora_device - one card
 * @pdev: PCI device, held until the last file is closed
 * @memory: what MMAP buffers are allocated for, see kinora_queue.c
 * @regs: BAR 0; valid until removal ends
 * @mutex: see the top of this file
 * @state: READ_ONCE without a lock; kinora_card_*() change it
 * @state_lock: changes of @state
 * @v4l2_dev: its release frees all this
 * @shared_irq: one interrupt vector serves everything (MSI, or too few MSI-X vectors)
 * @event_irq: Linux interrupt for events, 0 while there is none
 * @event_irq_name: of it
 * @formats: BIT(KINORA_FMT_*) the card can write
 * @connectors: BIT(KINORA_CONN_*) the board has
 * @timeout_ms: longest reset, start or stop
 * @serial: of the card, terminated; only [A-Za-z0-9-]
 * @board: KINORA_REG_BOARD
 * @version: KINORA_REG_VERSION
 * @firmware: KINORA_REG_FIRMWARE
 * @firmware_loaded: it came from @image, else it is the card's own
 * @image: firmware file, NULL if there is none to load
 * @num_channels: of @channels
 * @signals: signal blocks, written by the card
 * @signals_dma: their bus address
 * @signal: last good copy of each, checked; signal_lock
 * @block: the same as the card wrote it; signal_lock
 * @signal_lock: see the top of this file
 * @signal_work: reads changed signal blocks, sends events
 * @clock: time
 * @controller: mailbox, and what the controller announces
 * @edid: of the HDMI input
 * @cec: of the HDMI input
 * @infoframes: of the HDMI input
 * @channels: channels
 * @media: the card as a graph: connectors, channels, nodes
 * @connector_entities: its connectors
 * @connector_pads: their only pads
 * @objects: connectors and channels in sysfs
 * @debugfs: directory of the card
 */
struct kinora_device {
	struct pci_dev *pdev;
	struct platform_device *memory;
	void __iomem *regs;
	struct mutex mutex; /* see the top of this file */
	enum kinora_card_state state;
	spinlock_t state_lock; /* changes of state */
	struct v4l2_device v4l2_dev;

	bool shared_irq;
	int event_irq;
	char event_irq_name[32];

	u32 formats;
	u32 connectors;
	u32 timeout_ms;
	char serial[KINORA_SERIAL_BYTES + 1];
	u32 board;
	u32 version;
	u32 firmware;
	bool firmware_loaded;
	const struct firmware *image;
	unsigned int num_channels;

	void *signals;
	dma_addr_t signals_dma;
	struct kinora_signal_info signal[KINORA_CONNECTORS];
	struct kinora_signal block[KINORA_CONNECTORS];
	spinlock_t signal_lock; /* signal, block */
	struct work_struct signal_work;

	struct kinora_clock clock;
	struct kinora_controller controller;
	struct kinora_edid edid;
	struct kinora_cec cec;
	struct kinora_infoframes infoframes;
	struct kinora_channel channels[KINORA_CHANNELS];
	struct media_device media;
	struct media_entity connector_entities[KINORA_CONNECTORS];
	struct media_pad connector_pads[KINORA_CONNECTORS];
	struct kinora_objects *objects;
	struct dentry *debugfs;
};

static inline struct kinora_channel *kinora_channels_end(struct kinora_device *kdev)
{
	return kdev->channels + kdev->num_channels;
}

static inline bool kinora_has_hdmi(const struct kinora_device *kdev)
{
	return kdev->controller.present && (kdev->connectors & BIT(KINORA_CONN_HDMI1));
}

static inline u32 kinora_read(struct kinora_device *kdev, u32 offset)
{
	return readl(kdev->regs + offset);
}

static inline void kinora_write(struct kinora_device *kdev, u32 offset, u32 value)
{
	writel(value, kdev->regs + offset);
}

static inline enum kinora_card_state kinora_state(struct kinora_device *kdev)
{
	return READ_ONCE(kdev->state);
}

/* kinora_card.c: the whole card */
int kinora_card_identify(struct kinora_device *kdev);
int kinora_card_start(struct kinora_device *kdev);
void kinora_card_stop(struct kinora_device *kdev);
void kinora_card_down(struct kinora_device *kdev);
void kinora_card_fail(struct kinora_device *kdev, const char *why);
void kinora_card_gone(struct kinora_device *kdev);
int kinora_card_revive(struct kinora_device *kdev);
int kinora_card_check(struct kinora_device *kdev);
int kinora_card_wait(struct kinora_device *kdev, u32 offset, u32 mask, u32 want);

/* kinora_stream.c: rings and records */
int kinora_stream_init(struct kinora_stream *stream, struct kinora_channel *channel,
		       struct kinora_node *node, unsigned int type);
void kinora_stream_finish(struct kinora_stream *stream);
int kinora_stream_start(struct kinora_stream *stream, const struct kinora_config *config);
void kinora_stream_stop(struct kinora_stream *stream);
void kinora_stream_submit(struct kinora_stream *stream, struct kinora_buffer *buffer);
unsigned int kinora_stream_service(struct kinora_stream *stream);
void kinora_stream_check(struct kinora_stream *stream);
void kinora_channel_halt(struct kinora_channel *channel);
void kinora_channel_restart(struct kinora_channel *channel);
void kinora_channel_recover(struct work_struct *work);

/* kinora_table.c: scatter tables */
int kinora_table_init(struct kinora_table *table, struct device *dev, struct sg_table *sgt,
		      u32 bytes, bool *need_sync);
void kinora_table_finish(struct kinora_table *table);

/* kinora_queue.c: what both kinds of nodes share */
extern const struct v4l2_file_operations kinora_fops;

/* Their part of struct v4l2_ioctl_ops. */
#define KINORA_NODE_IOCTL_OPS \
	.vidioc_querycap = kinora_querycap, \
	.vidioc_enum_input = kinora_enum_input, \
	.vidioc_g_input = kinora_g_input, \
	.vidioc_s_input = kinora_s_input, \
	.vidioc_reqbufs = vb2_ioctl_reqbufs, \
	.vidioc_create_bufs = vb2_ioctl_create_bufs, \
	KINORA_REMOVE_BUFS_OP \
	.vidioc_prepare_buf = vb2_ioctl_prepare_buf, \
	.vidioc_querybuf = vb2_ioctl_querybuf, \
	.vidioc_qbuf = vb2_ioctl_qbuf, \
	.vidioc_dqbuf = vb2_ioctl_dqbuf, \
	.vidioc_expbuf = vb2_ioctl_expbuf, \
	.vidioc_streamon = vb2_ioctl_streamon, \
	.vidioc_streamoff = vb2_ioctl_streamoff, \
	.vidioc_log_status = kinora_log_status,

int kinora_querycap(struct file *file, void *priv, struct v4l2_capability *cap);
int kinora_node_init(struct kinora_node *node, struct kinora_channel *channel,
		     struct kinora_stream *stream, const char *kind, u32 type);
void kinora_queue_complete(struct kinora_buffer *buffer, const struct kinora_completion *done);

/* kinora_video.c, kinora_meta.c: nodes */
int kinora_video_init(struct kinora_channel *channel);
int kinora_video_set_timing(struct kinora_channel *channel, const struct kinora_timing *timing);
int kinora_meta_init(struct kinora_channel *channel);

/* kinora_signal.c: signals */
const char *kinora_signal_state_words(u8 state);
const char *kinora_signal_reason_words(u8 reason);
int kinora_signal_read(struct kinora_device *kdev, unsigned int connector,
		       struct kinora_signal *copy);
void kinora_signal_parse(const struct kinora_signal *block, unsigned int connector,
			 struct kinora_signal_info *info);
void kinora_signal_get(struct kinora_device *kdev, unsigned int connector,
		       struct kinora_signal_info *info);
bool kinora_signal_pending(struct kinora_device *kdev);
void kinora_signal_work(struct work_struct *work);

/* kinora_input.c: connectors, routing, lock-on */
const char *kinora_connector_name(unsigned int connector);
const char *kinora_connector_word(unsigned int connector);
u8 kinora_connector_standards(unsigned int connector);
bool kinora_connector_can(unsigned int connector, const struct kinora_timing *timing);
const struct kinora_timing *kinora_connector_timing(unsigned int connector,
						    struct kinora_timing_key *key);
int kinora_input_init(struct kinora_channel *channel);
void kinora_input_finish(struct kinora_channel *channel);
bool kinora_input_busy(struct kinora_channel *channel);
void kinora_input_write(struct kinora_channel *channel);
void kinora_input_lock_on(struct kinora_channel *channel);
int kinora_input_set(struct kinora_channel *channel, unsigned int index);
void kinora_input_signal(struct kinora_channel *channel, struct kinora_signal_info *info);
int kinora_open(struct file *file);
int kinora_enum_input(struct file *file, void *priv, struct v4l2_input *input);
int kinora_g_input(struct file *file, void *priv, unsigned int *index);
int kinora_s_input(struct file *file, void *priv, unsigned int index);
int kinora_subscribe_event(struct v4l2_fh *fh, const struct v4l2_event_subscription *sub);
int kinora_log_status(struct file *file, void *priv);

/* kinora_dv.c: DV timings */
int kinora_g_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings);
int kinora_s_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings);
int kinora_query_dv_timings(struct file *file, void *priv, struct v4l2_dv_timings *timings);
int kinora_enum_dv_timings(struct file *file, void *priv, struct v4l2_enum_dv_timings *timings);
int kinora_dv_timings_cap(struct file *file, void *priv, struct v4l2_dv_timings_cap *cap);

/* kinora_controls.c: controls of the picture nodes */
int kinora_controls_init(struct kinora_channel *channel);
void kinora_controls_finish(struct kinora_channel *channel);
void kinora_controls_update(struct kinora_channel *channel);
void kinora_controls_refresh(struct kinora_device *kdev);
u32 kinora_controls_rgb_range(struct kinora_channel *channel);
void kinora_controls_grab(struct kinora_channel *channel, bool grab);

/* kinora_media.c: the media graph */
#ifdef CONFIG_MEDIA_CONTROLLER
int kinora_media_init(struct kinora_device *kdev);
int kinora_media_register(struct kinora_device *kdev);
void kinora_media_update(struct kinora_channel *channel);
void kinora_media_unregister(struct kinora_device *kdev);
void kinora_media_finish(struct kinora_device *kdev);
#else /* a kernel without media devices */
static inline int kinora_media_init(struct kinora_device *kdev)
{
	return 0;
}

static inline int kinora_media_register(struct kinora_device *kdev)
{
	return 0;
}

static inline void kinora_media_update(struct kinora_channel *channel) { }
static inline void kinora_media_unregister(struct kinora_device *kdev) { }
static inline void kinora_media_finish(struct kinora_device *kdev) { }
#endif

/* kinora_sysfs.c: connectors and channels in sysfs */
int kinora_sysfs_init(struct kinora_device *kdev);
void kinora_sysfs_notify(struct kinora_device *kdev, unsigned int connector);
void kinora_sysfs_finish(struct kinora_device *kdev);

/* kinora_clock.c: time */
void kinora_clock_init(struct kinora_clock *clock);
void kinora_clock_get(struct kinora_device *kdev);
void kinora_clock_put(struct kinora_device *kdev);
void kinora_clock_reset(struct kinora_device *kdev);
u64 kinora_clock_to_monotonic(struct kinora_device *kdev, u64 card_ns, u64 now, u64 last);
u64 kinora_clock_age(struct kinora_device *kdev, u64 card_ns);
u64 kinora_clock_card(struct kinora_device *kdev);

/* kinora_ctrl.c: the card's controller */
void kinora_controller_init(struct kinora_device *kdev);
void kinora_controller_start(struct kinora_device *kdev);
void kinora_controller_halt(struct kinora_device *kdev);
void kinora_controller_wake(struct kinora_device *kdev);
bool kinora_controller_pending(struct kinora_device *kdev);
bool kinora_controller_update(struct kinora_device *kdev);
int kinora_mailbox(struct kinora_device *kdev, u16 op, u16 arg, const void *request, size_t bytes,
		   void *reply, size_t *reply_bytes, u16 *reply_arg);

/* kinora_firmware.c: what the controller runs */
void kinora_firmware_init(struct kinora_device *kdev);
void kinora_firmware_load(struct kinora_device *kdev);
void kinora_firmware_update(struct kinora_device *kdev);
void kinora_firmware_finish(struct kinora_device *kdev);

/* kinora_edid.c: EDID */
int kinora_g_edid(struct file *file, void *priv, struct v4l2_edid *edid);
int kinora_s_edid(struct file *file, void *priv, struct v4l2_edid *edid);
void kinora_edid_update(struct kinora_device *kdev);
void kinora_edid_restore(struct kinora_device *kdev);

/* kinora_infoframe.c: InfoFrames */
void kinora_infoframe_update(struct kinora_device *kdev);
bool kinora_infoframe_get(struct kinora_device *kdev, unsigned int slot,
			  u8 out[KINORA_INFOFRAME_BYTES]);
void kinora_infoframe_debugfs_init(struct kinora_device *kdev);
void kinora_infoframe_debugfs_finish(struct kinora_device *kdev);

/* kinora_cec.c: the CEC line */
#if IS_ENABLED(CONFIG_CEC_CORE)
int kinora_cec_init(struct kinora_device *kdev);
void kinora_cec_unregister(struct kinora_device *kdev);
void kinora_cec_finish(struct kinora_device *kdev);
void kinora_cec_halt(struct kinora_device *kdev);
void kinora_cec_events(struct kinora_device *kdev);
void kinora_cec_address(struct kinora_device *kdev, u16 address);
void kinora_cec_restore(struct kinora_device *kdev);
const char *kinora_cec_name(struct kinora_device *kdev);
#else /* a kernel without CEC */
static inline int kinora_cec_init(struct kinora_device *kdev)
{
	return 0;
}

static inline void kinora_cec_unregister(struct kinora_device *kdev) { }
static inline void kinora_cec_finish(struct kinora_device *kdev) { }
static inline void kinora_cec_halt(struct kinora_device *kdev) { }
static inline void kinora_cec_events(struct kinora_device *kdev) { }
static inline void kinora_cec_address(struct kinora_device *kdev, u16 address) { }
static inline void kinora_cec_restore(struct kinora_device *kdev) { }

static inline const char *kinora_cec_name(struct kinora_device *kdev)
{
	return "";
}
#endif

/* kinora_debugfs.c */
void kinora_debugfs_init(struct kinora_device *kdev);
void kinora_debugfs_finish(struct kinora_device *kdev);
void kinora_debugfs_register(void);
void kinora_debugfs_unregister(void);

#endif
