// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PCI side: finding a card and letting go of it, interrupts, power, bus errors.
 *
 * Interrupts: one MSI-X vector for events and one for each stream. Where there are not that many,
 * one vector (MSI-X or MSI) serves everything; its handler looks at memory only, so that costs no
 * register read either. Level interrupts (INTx) are refused, they would need a read to find out
 * whose they are.
 *
 * Whatever stops the card for a while (suspend, a function reset, a bus error) halts the streams
 * but leaves the applications theirs: buffers stay queued, and the streams go on with them.
 *
 * On removal applications hear it first (EIO, POLLERR), then the nodes go away (ENODEV), then the
 * hardware is given up. Memory of the card's structures lives on until the last file is closed.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "kinora.h"

#define KINORA_DRIVER_VERSION "0.1.0"

/* --- interrupts --- */

static irqreturn_t stream_irq(int irq, void *data)
{
	kinora_stream_service(data);
	return IRQ_HANDLED;
}

static irqreturn_t event_irq(int irq, void *data)
{
	struct kinora_device *kdev = data;

	kinora_controller_wake(kdev);
	schedule_work(&kdev->signal_work);
	return IRQ_HANDLED;
}

static irqreturn_t shared_irq(int irq, void *data)
{
	struct kinora_device *kdev = data;
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		kinora_stream_service(&channel->video_stream);
		kinora_stream_service(&channel->meta_stream);
	}
	kinora_controller_wake(kdev);
	if (kinora_signal_pending(kdev) || kinora_controller_pending(kdev))
		schedule_work(&kdev->signal_work);
	return IRQ_HANDLED;
}

static void stream_irq_free(struct kinora_stream *stream)
{
	if (stream->irq)
		free_irq(stream->irq, stream);
	stream->irq = 0;
}

static void irqs_free(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		stream_irq_free(&channel->video_stream);
		stream_irq_free(&channel->meta_stream);
	}
	if (kdev->event_irq)
		free_irq(kdev->event_irq, kdev);
	kdev->event_irq = 0;
	pci_free_irq_vectors(kdev->pdev);
}

static int stream_irq_request(struct kinora_stream *stream, const char *type)
{
	struct pci_dev *pdev = stream->kdev->pdev;
	int irq, ret;

	if (!stream->rings)
		return 0; /* the card does not have it */
	stream->vector = 1 + stream->index;
	irq = pci_irq_vector(pdev, stream->vector);
	snprintf(stream->irq_name, sizeof(stream->irq_name), "kinora-%s-ch%u-%s", pci_name(pdev),
		 stream->channel->index + 1, type);
	ret = request_irq(irq, stream_irq, 0, stream->irq_name, stream);
	if (!ret)
		stream->irq = irq;
	return ret;
}

static int irqs_request(struct kinora_device *kdev)
{
	struct pci_dev *pdev = kdev->pdev;
	struct kinora_channel *channel;
	int irq, ret;

	ret = pci_alloc_irq_vectors(pdev, KINORA_VECTORS, KINORA_VECTORS, PCI_IRQ_MSIX);
	if (ret < 0) {
		kdev->shared_irq = true;
		ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX | PCI_IRQ_MSI);
	}
	if (ret < 0) {
		dev_err(&pdev->dev, "neither MSI-X nor MSI can be used (%pe), and INTx is not supported: see whether pci=nomsi or the firmware's settings forbid them\n",
			ERR_PTR(ret));
		return ret;
	}
	if (kdev->shared_irq)
		dev_info(&pdev->dev, "one interrupt vector (%s) serves all streams\n",
			 pdev->msix_enabled ? "MSI-X" : "MSI");

	irq = pci_irq_vector(pdev, 0);
	snprintf(kdev->event_irq_name, sizeof(kdev->event_irq_name), "kinora-%s", pci_name(pdev));
	ret = request_irq(irq, kdev->shared_irq ? shared_irq : event_irq, 0, kdev->event_irq_name,
			  kdev);
	if (ret)
		goto out_free;
	kdev->event_irq = irq;
	if (kdev->shared_irq)
		return 0;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		ret = stream_irq_request(&channel->video_stream, "video");
		if (!ret)
			ret = stream_irq_request(&channel->meta_stream, "meta");
		if (ret)
			goto out_free;
	}
	return 0;

out_free:
	irqs_free(kdev);
	return ret;
}

/* --- link --- */

/* Megabits per second a lane carries, 8b/10b or 128b/130b coding taken off; index: generation. */
static const u32 lane_mbps[] = { 0, 2000, 4000, 7877, 15754, 31508, 60500 };

static u32 link_mbps(u32 generation, u32 width)
{
	return generation < ARRAY_SIZE(lane_mbps) ? lane_mbps[generation] * width : 0;
}

static void link_report(struct kinora_device *kdev)
{
	u32 need = kinora_read(kdev, KINORA_REG_LINK_NEED);
	u32 need_generation = FIELD_GET(KINORA_LINK_NEED_GEN_MASK, need);
	u32 need_width = FIELD_GET(KINORA_LINK_NEED_WIDTH_MASK, need);
	u32 generation, width;
	u16 status;

	if (pcie_capability_read_word(kdev->pdev, PCI_EXP_LNKSTA, &status) || !status)
		return;
	generation = FIELD_GET(PCI_EXP_LNKSTA_CLS, status);
	width = FIELD_GET(PCI_EXP_LNKSTA_NLW, status);
	dev_info(&kdev->pdev->dev, "PCIe link is Gen%u x%u, full load needs Gen%u x%u\n",
		 generation, width, need_generation, need_width);
	if (link_mbps(generation, width) < link_mbps(need_generation, need_width))
		dev_warn(&kdev->pdev->dev, "PCIe link carries %u of the %u Mb/s of full load: frames will be lost at the highest rates; try another slot\n",
			 link_mbps(generation, width), link_mbps(need_generation, need_width));
	pcie_print_link_status(kdev->pdev);
}

/* --- sysfs --- */

static ssize_t serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct kinora_device *kdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", kdev->serial);
}
static DEVICE_ATTR_RO(serial);

static ssize_t firmware_version_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct kinora_device *kdev = dev_get_drvdata(dev);
	u32 firmware = READ_ONCE(kdev->firmware);

	return sysfs_emit(buf, "%lu.%lu.%lu\n", FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, firmware),
			  FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, firmware),
			  FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, firmware));
}
static DEVICE_ATTR_RO(firmware_version);

static ssize_t firmware_source_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct kinora_device *kdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(kdev->firmware_loaded) ? "loaded" : "built-in");
}
static DEVICE_ATTR_RO(firmware_source);

static ssize_t hdmi_cec_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kinora_cec_name(dev_get_drvdata(dev)));
}
static DEVICE_ATTR_RO(hdmi_cec);

static struct attribute *kinora_attrs[] = {
	&dev_attr_serial.attr,
	&dev_attr_firmware_version.attr,
	&dev_attr_firmware_source.attr,
	&dev_attr_hdmi_cec.attr,
	NULL
};
ATTRIBUTE_GROUPS(kinora);

/* --- life --- */

static void kdev_release(struct v4l2_device *v4l2_dev)
{
	struct kinora_device *kdev = container_of(v4l2_dev, struct kinora_device, v4l2_dev);
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		kinora_input_finish(channel);
	kinora_media_finish(kdev);
	v4l2_device_unregister(v4l2_dev);
	pci_dev_put(kdev->pdev);
	kfree(kdev);
}

static struct kinora_device *kdev_create(struct pci_dev *pdev)
{
	struct kinora_channel *channel;
	struct kinora_device *kdev;
	unsigned int i;

	kdev = kzalloc(sizeof(*kdev), GFP_KERNEL);
	if (!kdev)
		return NULL;
	kdev->pdev = pci_dev_get(pdev);
	mutex_init(&kdev->mutex);
	spin_lock_init(&kdev->state_lock);
	spin_lock_init(&kdev->signal_lock);
	INIT_WORK(&kdev->signal_work, kinora_signal_work);
	kinora_clock_init(&kdev->clock);
	kinora_controller_init(kdev);
	for (i = 0; i < KINORA_CHANNELS; i++) {
		channel = &kdev->channels[i];
		channel->kdev = kdev;
		channel->index = i;
		mutex_init(&channel->mutex);
		spin_lock_init(&channel->lock);
		INIT_DELAYED_WORK(&channel->recover, kinora_channel_recover);
		channel->recovered_at = jiffies - HZ;
		ratelimit_state_init(&channel->log_limit, 5 * HZ, 2);
	}
	return kdev;
}

static int channel_init(struct kinora_channel *channel)
{
	int ret;

	ret = kinora_stream_init(&channel->video_stream, channel, &channel->video,
				 KINORA_STREAM_VIDEO);
	if (!ret)
		ret = kinora_stream_init(&channel->meta_stream, channel, &channel->meta,
					 KINORA_STREAM_ANC);
	if (!ret)
		ret = kinora_video_init(channel);
	if (!ret)
		ret = kinora_meta_init(channel);
	if (!ret)
		ret = kinora_input_init(channel);
	if (ret)
		dev_err(&channel->kdev->pdev->dev, "ch%u: cannot be set up: %pe\n",
			channel->index + 1, ERR_PTR(ret));
	return ret;
}

static void channels_finish(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		kinora_stream_finish(&channel->meta_stream);
		kinora_stream_finish(&channel->video_stream);
	}
}

static int node_register(struct kinora_node *node)
{
	int ret;

	ret = video_register_device(&node->vdev, VFL_TYPE_VIDEO, -1);
	if (!ret) {
		get_device(&node->vdev.dev); /* see nodes_put() */
		node->held = true;
	}
	return ret;
}

static void node_put(struct kinora_node *node)
{
	if (node->held)
		put_device(&node->vdev.dev);
	node->held = false;
}

/* Files that are open keep their nodes, but every ioctl fails from now on. */
static void nodes_unregister(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		vb2_video_unregister_device(&channel->meta.vdev);
		vb2_video_unregister_device(&channel->video.vdev);
	}
	kinora_media_unregister(kdev);
}

/* The media graph (see kinora_media.c) and sysfs, which tells their names, do without them now. */
static void nodes_put(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		node_put(&channel->meta);
		node_put(&channel->video);
	}
}

/* Picture nodes first, so that they are video0 to video3 where nothing else is. */
static int nodes_register(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	int ret;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		ret = node_register(&channel->video);
		if (ret)
			goto out_unregister;
	}
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		ret = node_register(&channel->meta);
		if (ret)
			goto out_unregister;
	}
	return 0;

out_unregister:
	dev_err(&kdev->pdev->dev, "video nodes cannot be registered: %pe\n", ERR_PTR(ret));
	nodes_unregister(kdev);
	return ret;
}

/* The card can raise no work any more once its interrupts are freed. */
static void works_cancel(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	cancel_work_sync(&kdev->signal_work);
	kinora_controller_halt(kdev);
	cancel_delayed_work_sync(&kdev->clock.work);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		cancel_delayed_work_sync(&channel->recover);
}

/* Ioctls that were under way when the card went have seen that, and look at none of it any more. */
static void ioctls_wait(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		mutex_lock(&channel->mutex);
		mutex_unlock(&channel->mutex);
	}
}

/* Ends all that looks at the card's registers or memory, and its DMA; the nodes are gone. */
static void card_finish(struct kinora_device *kdev)
{
	kinora_debugfs_finish(kdev);
	kinora_cec_unregister(kdev);
	kinora_card_stop(kdev);
	kinora_card_gone(kdev);
	irqs_free(kdev);
	works_cancel(kdev);
	kinora_sysfs_finish(kdev);
	nodes_put(kdev);
	ioctls_wait(kdev);
	kinora_cec_finish(kdev);
	kinora_firmware_finish(kdev);
}

/* A device nobody drives, so that nothing limits it and its mappings may outlive our driver. */
static int memory_create(struct kinora_device *kdev)
{
	struct platform_device *memory;

	memory = platform_device_register_simple("kinora-memory", PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(memory))
		return PTR_ERR(memory);
	dma_coerce_mask_and_coherent(&memory->dev, DMA_BIT_MASK(64));
	dma_set_max_seg_size(&memory->dev, UINT_MAX);
	kdev->memory = memory;
	return 0;
}

static int bar_map(struct kinora_device *kdev)
{
	struct pci_dev *pdev = kdev->pdev;

	if (pci_resource_len(pdev, KINORA_BAR_REGS) < KINORA_BAR_REGS_SIZE) {
		dev_err(&pdev->dev, "BAR %u has %llu bytes, the contract says %u\n",
			KINORA_BAR_REGS, (u64)pci_resource_len(pdev, KINORA_BAR_REGS),
			KINORA_BAR_REGS_SIZE);
		return -ENODEV;
	}
	kdev->regs = pci_iomap(pdev, KINORA_BAR_REGS, KINORA_BAR_REGS_SIZE);
	return kdev->regs ? 0 : -ENOMEM;
}

static int kinora_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct kinora_channel *channel;
	struct kinora_device *kdev;
	int ret;

	kdev = kdev_create(pdev);
	if (!kdev)
		return -ENOMEM;
	pci_set_drvdata(pdev, kdev);
	kdev->v4l2_dev.release = kdev_release;
	ret = v4l2_device_register(dev, &kdev->v4l2_dev);
	if (ret) {
		pci_dev_put(pdev);
		kfree(kdev);
		return ret;
	}

	ret = pci_enable_device_mem(pdev);
	if (ret)
		goto out_put;
	ret = pci_request_mem_regions(pdev, KINORA_NAME);
	if (ret)
		goto out_disable;
	ret = bar_map(kdev);
	if (ret)
		goto out_release;
	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret) {
		dev_err(dev, "64-bit DMA is not possible: %pe\n", ERR_PTR(ret));
		goto out_unmap;
	}
	dma_set_max_seg_size(dev, UINT_MAX);

	ret = kinora_card_identify(kdev);
	if (ret) {
		kdev->num_channels = 0;
		goto out_unmap;
	}
	ret = memory_create(kdev);
	if (ret)
		goto out_unmap;
	ret = -ENOMEM;
	kdev->signals = dma_alloc_coherent(dev, KINORA_SIGNALS_BYTES, &kdev->signals_dma,
					   GFP_KERNEL);
	if (!kdev->signals)
		goto out_memory;
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		ret = channel_init(channel);
		if (ret)
			goto out_channels;
	}
	ret = irqs_request(kdev);
	if (ret)
		goto out_channels;
	ret = kinora_card_start(kdev);
	if (ret) {
		dev_err(dev, "card does not start: %pe\n", ERR_PTR(ret));
		goto out_finish;
	}
	kinora_firmware_init(kdev);
	kinora_firmware_load(kdev);
	ret = kinora_cec_init(kdev);
	if (ret)
		dev_warn(dev, "CEC cannot be used: %pe\n", ERR_PTR(ret)); /* all else can */
	kinora_controller_start(kdev);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		mutex_lock(&channel->mutex);
		kinora_input_lock_on(channel);
		mutex_unlock(&channel->mutex);
	}
	link_report(kdev);
	kinora_debugfs_init(kdev);
	ret = kinora_media_init(kdev);
	if (ret)
		goto out_finish;
	ret = nodes_register(kdev);
	if (ret)
		goto out_finish;
	ret = kinora_sysfs_init(kdev);
	if (ret)
		goto out_unregister;
	ret = kinora_media_register(kdev);
	if (ret)
		goto out_unregister;
	pci_save_state(pdev); /* for slot_reset */
	dev_info(dev, "Kinora 8K%s, serial %s, firmware %lu.%lu.%lu (%s), %u channels\n",
		 FIELD_GET(KINORA_BOARD_ID_MASK, kdev->board) == KINORA_BOARD_VIRTUAL ?
		 " (virtual card)" : "", kdev->serial[0] ? kdev->serial : "unknown",
		 FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, kdev->firmware),
		 FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, kdev->firmware),
		 FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, kdev->firmware),
		 kdev->firmware_loaded ? "loaded" : "built-in", kdev->num_channels);
	return 0;

out_unregister:
	nodes_unregister(kdev);
out_finish:
	card_finish(kdev);
out_channels:
	channels_finish(kdev);
	dma_free_coherent(dev, KINORA_SIGNALS_BYTES, kdev->signals, kdev->signals_dma);
out_memory:
	platform_device_unregister(kdev->memory);
out_unmap:
	pci_iounmap(pdev, kdev->regs);
out_release:
	pci_release_mem_regions(pdev);
out_disable:
	pci_disable_device(pdev);
out_put:
	v4l2_device_disconnect(&kdev->v4l2_dev);
	v4l2_device_put(&kdev->v4l2_dev);
	return ret;
}

static void kinora_remove(struct pci_dev *pdev)
{
	struct kinora_device *kdev = pci_get_drvdata(pdev);
	struct kinora_channel *channel;

	if (!pci_device_is_present(pdev))
		kinora_card_gone(kdev);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		vb2_queue_error(&channel->video.queue);
		vb2_queue_error(&channel->meta.queue);
	}
	nodes_unregister(kdev); /* stops the streams */
	card_finish(kdev);
	channels_finish(kdev);
	dma_free_coherent(&pdev->dev, KINORA_SIGNALS_BYTES, kdev->signals, kdev->signals_dma);
	platform_device_unregister(kdev->memory);
	pci_iounmap(pdev, kdev->regs);
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
	v4l2_device_disconnect(&kdev->v4l2_dev);
	v4l2_device_put(&kdev->v4l2_dev);
}

/* --- power, reset, bus errors --- */

/* Streams stop and keep their buffers; nothing of the driver's own touches the card any more. */
static void card_halt(struct kinora_device *kdev)
{
	struct kinora_channel *channel;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		kinora_channel_halt(channel);
	kinora_card_stop(kdev);
	works_cancel(kdev); /* they come back with the card */
}

static int card_resume(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	int ret;

	ret = kinora_card_start(kdev);
	if (ret) {
		dev_err(&kdev->pdev->dev, "card does not start again: %pe\n", ERR_PTR(ret));
		kinora_card_fail(kdev, "card is lost");
	} else {
		kinora_firmware_load(kdev);
		kinora_controller_start(kdev);
	}
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		kinora_channel_restart(channel);
	return ret;
}

/* Also before kexec: the next kernel must not find a card that writes into its memory. */
static void kinora_shutdown(struct pci_dev *pdev)
{
	card_halt(pci_get_drvdata(pdev));
}

static int kinora_suspend(struct device *dev)
{
	card_halt(dev_get_drvdata(dev));
	return 0;
}

static int kinora_resume(struct device *dev)
{
	return card_resume(dev_get_drvdata(dev));
}

static DEFINE_SIMPLE_DEV_PM_OPS(kinora_pm_ops, kinora_suspend, kinora_resume);

static pci_ers_result_t error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct kinora_device *kdev = pci_get_drvdata(pdev);

	if (state == pci_channel_io_normal)
		return PCI_ERS_RESULT_CAN_RECOVER;
	pci_clear_master(pdev); /* it must not reach the buffers that are given back from now on */
	if (state == pci_channel_io_perm_failure)
		kinora_card_gone(kdev);
	else
		kinora_card_down(kdev); /* nothing is said to it any more */
	card_halt(kdev);
	return state == pci_channel_io_perm_failure ? PCI_ERS_RESULT_DISCONNECT :
						      PCI_ERS_RESULT_NEED_RESET;
}

/* The device was never disabled, so its old state is all it needs. */
static pci_ers_result_t slot_reset(struct pci_dev *pdev)
{
	pci_restore_state(pdev);
	pci_save_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void error_resume(struct pci_dev *pdev)
{
	struct kinora_device *kdev = pci_get_drvdata(pdev);

	if (kinora_state(kdev) == KINORA_CARD_DOWN)
		card_resume(kdev);
}

static void reset_prepare(struct pci_dev *pdev)
{
	card_halt(pci_get_drvdata(pdev));
}

static void reset_done(struct pci_dev *pdev)
{
	card_resume(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers kinora_err_handler = {
	.error_detected = error_detected,
	.slot_reset = slot_reset,
	.resume = error_resume,
	.reset_prepare = reset_prepare,
	.reset_done = reset_done,
};

static const struct pci_device_id kinora_ids[] = {
	{ PCI_DEVICE(KINORA_PCI_VENDOR, KINORA_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, kinora_ids);

static struct pci_driver kinora_driver = {
	.name = KINORA_NAME,
	.id_table = kinora_ids,
	.probe = kinora_probe,
	.remove = kinora_remove,
	.shutdown = kinora_shutdown,
	.driver.pm = pm_sleep_ptr(&kinora_pm_ops),
	.dev_groups = kinora_groups,
	.err_handler = &kinora_err_handler,
};

static int __init kinora_init(void)
{
	int ret;

	kinora_debugfs_register();
	ret = pci_register_driver(&kinora_driver);
	if (ret)
		kinora_debugfs_unregister();
	return ret;
}
module_init(kinora_init);

static void __exit kinora_exit(void)
{
	pci_unregister_driver(&kinora_driver);
	kinora_debugfs_unregister();
}
module_exit(kinora_exit);

MODULE_AUTHOR("The Kinora developers");
MODULE_DESCRIPTION("Kinora 8K capture card");
MODULE_VERSION(KINORA_DRIVER_VERSION);
MODULE_LICENSE("GPL");
