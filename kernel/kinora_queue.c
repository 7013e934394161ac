// SPDX-License-Identifier: GPL-2.0-only
/*
 * What picture and metadata nodes share: the node itself and its file operations, the vb2 queue,
 * how much memory it may take, what happens to a buffer when it is set up, queued and completed.
 *
 * Programs ask for more buffers than there is memory for (FFmpeg 256, PipeWire 32) and live with
 * fewer, so queue_setup caps MMAP buffers by a budget. Memory that programs bring along (USERPTR,
 * DMABUF) is theirs to budget.
 *
 * Programs keep MMAP memory mapped for as long as they like, but a driver must end all of its DMA
 * mappings before it lets go of its device. So this memory is allocated for a device that stands
 * for nothing but itself (kinora_device.memory), and mapped for the card from buf_init to
 * buf_cleanup, which vb2 calls on removal even for memory that is still in use.
 *
 * A frame with an error is still a whole buffer, flagged with V4L2_BUF_FLAG_ERROR. The queue itself
 * is put into error only when the card is lost: OBS ends its capture for good on any DQBUF error.
 */
#include <linux/dma-mapping.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <media/v4l2-ioctl.h>
#include <media/videobuf2-dma-sg.h>

#include "kinora.h"

#define MIB (1024ULL * 1024)

/* Until 6.8 a buffer's mmap cookie is its offset in all of them, 32 bits wide. */
#define BUDGET_MAX (4096 * MIB - PAGE_SIZE)
#define BUDGET_DEFAULT (2048 * MIB)

/* However small the budget: as many buffers as a program needs to work at all. */
#define BUFFERS_MIN 4

static unsigned int buffer_mib;
module_param(buffer_mib, uint, 0644);
MODULE_PARM_DESC(buffer_mib,
		 "memory for the MMAP buffers of one node, MiB, below 4096 (default 0: 2048 or a quarter of the memory, whichever is less)");

static u64 budget_bytes(void)
{
	u64 quarter = (u64)totalram_pages() << PAGE_SHIFT >> 2;

	if (buffer_mib)
		return min_t(u64, buffer_mib * MIB, BUDGET_MAX);
	return min_t(u64, BUDGET_DEFAULT, quarter);
}

static struct kinora_buffer *to_buffer(struct vb2_buffer *vb)
{
	return container_of(to_vb2_v4l2_buffer(vb), struct kinora_buffer, vb);
}

static int queue_setup(struct vb2_queue *queue, unsigned int *num_buffers,
		       unsigned int *num_planes, unsigned int sizes[], struct device *alloc_devs[])
{
	struct kinora_node *node = vb2_get_drv_priv(queue);
	unsigned int have = kinora_vb2_num_buffers(queue);
	u64 bytes, most;

	if (*num_planes) {
		if (*num_planes != 1 || sizes[0] < node->sizeimage)
			return -EINVAL;
	} else {
		*num_planes = 1;
		sizes[0] = node->sizeimage;
	}
	/* who asks why S_INPUT says EBUSY wants to know this */
	get_task_comm(node->holder_comm, current->group_leader);
	node->holder_pid = task_tgid_nr(current);
	if (queue->memory != VB2_MEMORY_MMAP)
		return 0;

	alloc_devs[0] = &node->channel->kdev->memory->dev;
	bytes = PAGE_ALIGN((u64)sizes[0]); /* of CREATE_BUFS, so any size: 32 bits wrap to 0 */
	most = max_t(u64, div64_u64(budget_bytes(), bytes), BUFFERS_MIN);
	most = min_t(u64, most, div64_u64(BUDGET_MAX, bytes));
	if (have >= most)
		return -ENOMEM;
	*num_buffers = min_t(u64, *num_buffers, most - have);
	return 0;
}

static struct device *vb_device(struct vb2_buffer *vb)
{
	struct kinora_node *node = vb2_get_drv_priv(vb->vb2_queue);

	return &node->channel->kdev->pdev->dev;
}

/* The pages of vb2's table, mapped for the card. */
static int buffer_map(struct kinora_buffer *buffer, struct device *dev, struct sg_table *pages)
{
	struct scatterlist *from, *to = NULL;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(&buffer->sgt, pages->orig_nents, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_sg(pages, from, i) {
		to = to ? sg_next(to) : buffer->sgt.sgl;
		sg_set_page(to, sg_page(from), from->length, from->offset);
	}
	ret = dma_map_sgtable(dev, &buffer->sgt, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		sg_free_table(&buffer->sgt);
	return ret;
}

static void buffer_unmap(struct kinora_buffer *buffer, struct device *dev)
{
	if (!buffer->sgt.sgl)
		return;
	dma_unmap_sgtable(dev, &buffer->sgt, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(&buffer->sgt);
}

static int buf_init(struct vb2_buffer *vb)
{
	struct sg_table *sgt = vb2_dma_sg_plane_desc(vb, 0);
	struct kinora_buffer *buffer = to_buffer(vb);
	struct device *dev = vb_device(vb);
	bool need_sync;
	int ret;

	if (vb->memory == VB2_MEMORY_MMAP) {
		ret = buffer_map(buffer, dev, sgt);
		if (ret)
			return ret;
		sgt = &buffer->sgt;
	}
	buffer->bytes = vb2_plane_size(vb, 0);
	ret = kinora_table_init(&buffer->table, dev, sgt, buffer->bytes, &need_sync);
	if (ret) {
		buffer_unmap(buffer, dev);
		return ret;
	}
	/*
	 * Where the card's writes are coherent, spare every frame the walk over the buffer's pages.
	 * MMAP memory is synchronised here, imported buffers are their exporter's business, as vb2
	 * knows.
	 */
	buffer->need_sync = vb->memory == VB2_MEMORY_MMAP && need_sync;
	if (vb->memory != VB2_MEMORY_DMABUF) {
		vb->skip_cache_sync_on_prepare = vb->memory == VB2_MEMORY_MMAP || !need_sync;
		vb->skip_cache_sync_on_finish = vb->skip_cache_sync_on_prepare;
	}
	return 0;
}

static void buf_cleanup(struct vb2_buffer *vb)
{
	struct kinora_buffer *buffer = to_buffer(vb);

	kinora_table_finish(&buffer->table);
	buffer_unmap(buffer, vb_device(vb));
}

static int buf_prepare(struct vb2_buffer *vb)
{
	struct kinora_node *node = vb2_get_drv_priv(vb->vb2_queue);

	if (vb2_plane_size(vb, 0) < node->sizeimage)
		return -EINVAL;
	if (to_buffer(vb)->need_sync)
		dma_sync_sgtable_for_device(vb_device(vb), &to_buffer(vb)->sgt, DMA_FROM_DEVICE);
	vb2_set_plane_payload(vb, 0, node->sizeimage);
	to_vb2_v4l2_buffer(vb)->field = vb->type == V4L2_BUF_TYPE_VIDEO_CAPTURE &&
					kinora_timing_interlaced(node->channel->timing) ?
					V4L2_FIELD_INTERLACED : V4L2_FIELD_NONE;
	return 0;
}

static void buf_finish(struct vb2_buffer *vb)
{
	if (to_buffer(vb)->need_sync)
		dma_sync_sgtable_for_cpu(vb_device(vb), &to_buffer(vb)->sgt, DMA_FROM_DEVICE);
}

static void buf_queue(struct vb2_buffer *vb)
{
	struct kinora_node *node = vb2_get_drv_priv(vb->vb2_queue);

	kinora_stream_submit(node->stream, to_buffer(vb));
}

static int start_streaming(struct vb2_queue *queue, unsigned int count)
{
	struct kinora_node *node = vb2_get_drv_priv(queue);
	struct kinora_channel *channel = node->channel;
	struct kinora_config config = {
		.layout = node->layout,
		/* also of metadata: without these its frames would count as mismatched */
		.width = channel->timing->width,
		.height = channel->timing->height,
		.period_num = channel->timing->rate_den,
		.period_den = channel->timing->rate_num,
		.interlaced = kinora_timing_interlaced(channel->timing),
	};
	int ret;

	if (queue->type == V4L2_BUF_TYPE_VIDEO_CAPTURE) {
		config.format = node->format->id;
		config.rgb_range = kinora_controls_rgb_range(channel);
	}
	ret = kinora_stream_start(node->stream, &config);
	if (!ret && queue->type == V4L2_BUF_TYPE_VIDEO_CAPTURE)
		kinora_controls_grab(channel, true);
	return ret;
}

static void stop_streaming(struct vb2_queue *queue)
{
	struct kinora_node *node = vb2_get_drv_priv(queue);

	kinora_stream_stop(node->stream);
	if (queue->type == V4L2_BUF_TYPE_VIDEO_CAPTURE)
		kinora_controls_grab(node->channel, false);
}

static const struct vb2_ops queue_ops = {
	.queue_setup = queue_setup,
	KINORA_VB2_WAIT_OPS
	.buf_init = buf_init,
	.buf_cleanup = buf_cleanup,
	.buf_prepare = buf_prepare,
	.buf_finish = buf_finish,
	.buf_queue = buf_queue,
	.start_streaming = start_streaming,
	.stop_streaming = stop_streaming,
};

/**
 * kinora_querycap() - VIDIOC_QUERYCAP
 * @file: of a node
 * @priv: unused
 * @cap: to fill; V4L2 knows the bus
 *
 * Return: 0.
 */
int kinora_querycap(struct file *file, void *priv, struct v4l2_capability *cap)
{
	struct kinora_node *node = video_drvdata(file);

	strscpy(cap->driver, KINORA_NAME, sizeof(cap->driver));
	snprintf(cap->card, sizeof(cap->card), "Kinora 8K ch%u", node->channel->index + 1);
	return 0;
}

const struct v4l2_file_operations kinora_fops = {
	.owner = THIS_MODULE,
	.open = kinora_open,
	.release = vb2_fop_release,
	.unlocked_ioctl = video_ioctl2,
	.mmap = vb2_fop_mmap,
	.poll = vb2_fop_poll,
};

/**
 * kinora_node_init() - set up a node and its queue, unregistered
 * @node: whose ioctls and capabilities are set
 * @channel: whose it is
 * @stream: what fills its buffers
 * @kind: for its name
 * @type: V4L2_BUF_TYPE_VIDEO_CAPTURE or V4L2_BUF_TYPE_META_CAPTURE
 *
 * Return: 0 or a negative errno.
 */
int kinora_node_init(struct kinora_node *node, struct kinora_channel *channel,
		     struct kinora_stream *stream, const char *kind, u32 type)
{
	struct video_device *vdev = &node->vdev;
	struct vb2_queue *queue = &node->queue;

	node->channel = channel;
	node->stream = stream;
	snprintf(vdev->name, sizeof(vdev->name), "kinora ch%u %s", channel->index + 1, kind);
	vdev->fops = &kinora_fops;
	vdev->release = video_device_release_empty;
	vdev->v4l2_dev = &channel->kdev->v4l2_dev;
	vdev->lock = &channel->mutex;
	vdev->queue = queue;
	video_set_drvdata(vdev, node);

	queue->type = type;
	queue->io_modes = VB2_MMAP | VB2_DMABUF | VB2_USERPTR;
	queue->drv_priv = node;
	queue->buf_struct_size = sizeof(struct kinora_buffer);
	queue->ops = &queue_ops;
	queue->mem_ops = &vb2_dma_sg_memops;
	queue->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
	queue->lock = &channel->mutex;
	queue->dev = &channel->kdev->pdev->dev;
	return vb2_queue_init(queue);
}

/**
 * kinora_queue_complete() - hand a buffer to the application
 * @buffer: that the card is done with
 * @done: what the record said; called with the channel's lock held
 *
 * Pictures always fill sizeimage. Metadata buffers hold what the card wrote, or count as whole if
 * that makes no sense.
 */
void kinora_queue_complete(struct kinora_buffer *buffer, const struct kinora_completion *done)
{
	struct vb2_buffer *vb = &buffer->vb.vb2_buf;
	bool error = done->status & KINORA_RECORD_ERRORS;

	if (vb->type == V4L2_BUF_TYPE_META_CAPTURE) {
		if (done->bytes >= sizeof(struct kinora_meta_header))
			vb2_set_plane_payload(vb, 0, done->bytes);
		else
			error = true;
	} else if (done->bytes != vb2_get_plane_payload(vb, 0)) {
		error = true;
	}
	vb->timestamp = done->timestamp;
	buffer->vb.sequence = done->sequence;
	vb2_buffer_done(vb, error ? VB2_BUF_STATE_ERROR : VB2_BUF_STATE_DONE);
}
