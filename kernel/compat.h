/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels the driver builds on, by feature: Kbuild looks for each in the
 * headers it builds against and defines KINORA_HAVE_*. Version numbers say nothing, distributions
 * backport.
 */
#ifndef KINORA_COMPAT_H
#define KINORA_COMPAT_H

#include <media/videobuf2-core.h>
#include <media/videobuf2-v4l2.h>

/* Until 7.0 vb2 gives up the queue's lock while it waits only if the driver says how. */
#ifdef KINORA_HAVE_VB2_WAIT_PREPARE
#define KINORA_VB2_WAIT_OPS \
	.wait_prepare = vb2_ops_wait_prepare, \
	.wait_finish = vb2_ops_wait_finish,
#else
#define KINORA_VB2_WAIT_OPS
#endif

/* Until 6.8 a queue's buffers were an array, and the count was read from it. */
static inline unsigned int kinora_vb2_num_buffers(struct vb2_queue *queue)
{
#ifdef KINORA_HAVE_VB2_GET_NUM_BUFFERS
	return vb2_get_num_buffers(queue);
#else
	return queue->num_buffers;
#endif
}

/* VIDIOC_REMOVE_BUFS came with 6.10. */
#ifdef KINORA_HAVE_VB2_REMOVE_BUFS
#define KINORA_REMOVE_BUFS_OP .vidioc_remove_bufs = vb2_ioctl_remove_bufs,
#else
#define KINORA_REMOVE_BUFS_OP
#endif

#endif
