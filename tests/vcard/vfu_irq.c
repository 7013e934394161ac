// SPDX-License-Identifier: MIT
/*
 * Interrupts of the vfio-user server: MSI-X, MSI, or silence.
 *
 * An interrupt goes out when the guest enabled its kind in config space, bus mastering is on, and
 * the client armed the vector with an eventfd. All three come separately, because a function level
 * reset clears the enable bit while QEMU, which does not notice it, keeps its eventfds armed and
 * will not send them again for MSI-X. So a reset here leaves them too and closes the gate.
 *
 * A vector of MSI-X that is enabled but has no eventfd is masked: raising it sets its pending bit,
 * and arming it sends the interrupt (PCIe 7.7.2). MSI is offered without mask bits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vfu_int.h"

int vfu_irq_init(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;

	irq->num_msi = pcicfg_msi_vectors(&vfu->config);
	irq->num_msix = vfu->config.no_msix ? 0 : vfu->config.num_vectors;
	for (unsigned int i = 0; i < VFU_MSI_VECTORS_MAX; i++)
		irq->msi_fd[i] = -1;
	for (unsigned int i = 0; i < VFU_MSIX_VECTORS_MAX; i++)
		irq->msix_fd[i] = -1;
	return -pthread_mutex_init(&irq->lock, NULL);
}

void vfu_irq_finish(struct vfu *vfu)
{
	vfu_irq_disarm(vfu);
	pthread_mutex_destroy(&vfu->irq.lock);
}

static void slot_set(int *slot, int fd)
{
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

void vfu_irq_disarm(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;

	pthread_mutex_lock(&irq->lock);
	for (unsigned int i = 0; i < irq->num_msi; i++)
		slot_set(&irq->msi_fd[i], -1);
	for (unsigned int i = 0; i < irq->num_msix; i++)
		slot_set(&irq->msix_fd[i], -1);
	memset(irq->pending, 0, sizeof(irq->pending));
	pthread_mutex_unlock(&irq->lock);
}

void vfu_irq_enable(struct vfu *vfu, enum vfu_irq_mode mode, unsigned int msi_count, bool may_send)
{
	struct vfu_irq *irq = &vfu->irq;

	pthread_mutex_lock(&irq->lock);
	irq->mode = mode;
	irq->msi_count = msi_count;
	irq->may_send = may_send;
	if (mode != VFU_IRQ_MSIX)
		memset(irq->pending, 0, sizeof(irq->pending));
	pthread_mutex_unlock(&irq->lock);
}

/* EAGAIN means the counter is full: the client has yet to see the ones before, which suffices. */
static void eventfd_signal(struct vfu *vfu, int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		vfu_log(vfu, "interrupt lost: cannot write the client's eventfd: %s",
			strerror(errno));
	vfu_counter_add(&vfu->count.irqs);
}

/* Caller holds irq->lock. */
static int msix_raise(struct vfu *vfu, unsigned int vector)
{
	struct vfu_irq *irq = &vfu->irq;

	if (irq->msix_fd[vector] >= 0) {
		eventfd_signal(vfu, irq->msix_fd[vector]);
	} else {
		irq->pending[vector / 8] |= 1u << vector % 8;
		vfu_counter_add(&vfu->count.irqs_held);
	}
	return 0;
}

/* Caller holds irq->lock. */
static int msi_raise(struct vfu *vfu, unsigned int vector)
{
	struct vfu_irq *irq = &vfu->irq;
	int fd = irq->msi_fd[vector % irq->msi_count];

	if (fd < 0)
		return -ENOTCONN;
	eventfd_signal(vfu, fd);
	return 0;
}

int vfu_irq_raise(struct vfu *vfu, unsigned int vector)
{
	struct vfu_irq *irq = &vfu->irq;
	int ret;

	if (vector >= vfu->config.num_vectors)
		return -EINVAL;
	pthread_mutex_lock(&irq->lock);
	if (irq->mode == VFU_IRQ_NONE || atomic_load(&vfu->absent))
		ret = -ENOTCONN;
	else if (!irq->may_send)
		ret = -EPERM;
	else if (irq->mode == VFU_IRQ_MSIX)
		ret = msix_raise(vfu, vector);
	else
		ret = msi_raise(vfu, vector);
	pthread_mutex_unlock(&irq->lock);
	if (ret)
		vfu_counter_add(&vfu->count.irqs_refused);
	return ret;
}

enum vfu_irq_mode vfu_irq_mode(struct vfu *vfu, unsigned int *count)
{
	struct vfu_irq *irq = &vfu->irq;
	enum vfu_irq_mode mode;

	pthread_mutex_lock(&irq->lock);
	mode = irq->mode;
	if (count)
		*count = mode == VFU_IRQ_MSIX  ? irq->num_msix :
			 mode == VFU_IRQ_MSI ? irq->msi_count :
						       0;
	pthread_mutex_unlock(&irq->lock);
	return mode;
}

void vfu_irq_pending(struct vfu *vfu, size_t off, void *buf, size_t n)
{
	pthread_mutex_lock(&vfu->irq.lock);
	memcpy(buf, vfu->irq.pending + off, n);
	pthread_mutex_unlock(&vfu->irq.lock);
}

unsigned int vfu_irq_index_count(const struct vfu *vfu, uint32_t index)
{
	if (index == VFU_MSI)
		return vfu->irq.num_msi;
	if (index == VFU_MSIX)
		return vfu->irq.num_msix;
	/* No INTx pin, and an error interrupt (ERR) would stop the virtual machine. */
	return 0;
}

/*
 * Whether fd is an eventfd. Anything else could block our writes or, a pipe without reader, raise
 * SIGPIPE. The link's text is documented in proc(5) (anon_inode).
 */
static bool is_eventfd(int fd)
{
	char path[32], text[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	return !strcmp(text, "anon_inode:[eventfd]");
}

static bool fds_are_eventfds(const struct vfu_message *msg)
{
	for (unsigned int i = 0; i < msg->num_fds; i++) {
		int flags;

		if (!is_eventfd(msg->fd[i]))
			return false;
		/* A full counter must not block us; QEMU's are non-blocking already. */
		flags = fcntl(msg->fd[i], F_GETFL);
		if (flags < 0 || fcntl(msg->fd[i], F_SETFL, flags | O_NONBLOCK) < 0)
			return false;
	}
	return true;
}

/* Caller holds irq->lock. An interrupt held back while the vector was masked goes out now. */
static void pending_flush(struct vfu *vfu, unsigned int vector)
{
	struct vfu_irq *irq = &vfu->irq;
	uint8_t bit = 1u << vector % 8;

	if (!(irq->pending[vector / 8] & bit) || irq->msix_fd[vector] < 0 || !irq->may_send)
		return;
	irq->pending[vector / 8] &= ~bit;
	eventfd_signal(vfu, irq->msix_fd[vector]);
}

static int eventfds_set(struct vfu *vfu, const struct vfu_irq_set *set, struct vfu_message *msg)
{
	struct vfu_irq *irq = &vfu->irq;
	int *slot = set->index == VFU_MSIX ? irq->msix_fd : irq->msi_fd;

	/* One for each vector, or none at all: take them away. */
	if (!set->count || (msg->num_fds && msg->num_fds != set->count))
		return -EINVAL;
	if (!fds_are_eventfds(msg))
		return -EBADF;
	pthread_mutex_lock(&irq->lock);
	for (unsigned int i = 0; i < set->count; i++) {
		slot_set(&slot[set->start + i], msg->num_fds ? msg->fd[i] : -1);
		if (set->index == VFU_MSIX)
			pending_flush(vfu, set->start + i);
	}
	pthread_mutex_unlock(&irq->lock);
	for (unsigned int i = 0; i < msg->num_fds; i++)
		msg->fd[i] = -1;
	return 0;
}

static void index_disarm(struct vfu *vfu, uint32_t index)
{
	struct vfu_irq *irq = &vfu->irq;
	unsigned int n = vfu_irq_index_count(vfu, index);
	int *slot = index == VFU_MSIX ? irq->msix_fd : irq->msi_fd;

	pthread_mutex_lock(&irq->lock);
	for (unsigned int i = 0; i < n; i++)
		slot_set(&slot[i], -1);
	if (index == VFU_MSIX)
		memset(irq->pending, 0, sizeof(irq->pending));
	pthread_mutex_unlock(&irq->lock);
}

/* The client rings its own bell: bools has a byte for each vector, or is NULL for all of them. */
static void eventfds_test(struct vfu *vfu, const struct vfu_irq_set *set, const uint8_t *bools)
{
	struct vfu_irq *irq = &vfu->irq;
	const int *slot = set->index == VFU_MSIX ? irq->msix_fd : irq->msi_fd;

	pthread_mutex_lock(&irq->lock);
	for (unsigned int i = 0; i < set->count; i++) {
		int fd = slot[set->start + i];

		if (fd >= 0 && (!bools || bools[i]))
			eventfd_signal(vfu, fd);
	}
	pthread_mutex_unlock(&irq->lock);
}

int vfu_irq_set(struct vfu *vfu, struct vfu_message *msg)
{
	struct vfu_irq_set set;
	const uint8_t *rest = msg->data + sizeof(set);
	unsigned int n;

	if (msg->len < sizeof(set))
		return -EINVAL;
	memcpy(&set, msg->data, sizeof(set));
	if (set.argsz < sizeof(set) || set.index >= VFU_IRQS)
		return -EINVAL;
	n = vfu_irq_index_count(vfu, set.index);
	if (set.start > n || set.count > n - set.start)
		return -EINVAL;

	switch (set.flags) {
	case VFU_SET_EVENTFD | VFU_SET_TRIGGER:
		return eventfds_set(vfu, &set, msg);
	case VFU_SET_NONE | VFU_SET_TRIGGER:
		if (!set.count)
			index_disarm(vfu, set.index);
		else
			eventfds_test(vfu, &set, NULL);
		return 0;
	case VFU_SET_BOOL | VFU_SET_TRIGGER:
		if (msg->len - sizeof(set) < set.count)
			return -EINVAL;
		eventfds_test(vfu, &set, rest);
		return 0;
	default: /* masking is for INTx, which we do not have */
		return -EINVAL;
	}
}
