// SPDX-License-Identifier: GPL-2.0-only
/*
 * The controller's firmware: gives the card the image that is installed, says what became of it.
 *
 * The card has an image built in, and goes on with it whenever the installed one cannot be used; no
 * failure here keeps anything from working. The card itself judges an image (docs/hardware.md,
 * section 16), because it must not run a bad one whoever sends it; the driver puts its verdict
 * into words, and turns away only what cannot even be an image.
 *
 * An image is not loaded again when one of the same version runs: a controller keeps its image over
 * resets of the card and reloads of the driver, and starting it anew would take HDMI sources off
 * the air for a moment. Who builds images of the same version says firmware=2.
 *
 * The file is read once, when the driver meets the card, and kept in memory: when power comes back
 * after a suspend, the card needs it before file systems are there.
 */
#include <linux/dma-mapping.h>
#include <linux/firmware.h>
#include <linux/iopoll.h>
#include <linux/module.h>

#include "kinora.h"

#define IMAGE_FILE KINORA_NAME "/controller.bin"
MODULE_FIRMWARE(IMAGE_FILE);

#define ALL_ONES (~0U)
#define POLL_US 1000

#define LOAD_NEVER 0
#define LOAD_OTHER 1
#define LOAD_ALWAYS 2

static unsigned int load = LOAD_OTHER;
module_param_named(firmware, load, uint, 0444);
MODULE_PARM_DESC(firmware, "controller firmware: 0 never load, 1 load other versions, 2 always");

/* What is wrong with the file, and that the card works nevertheless. */
static __printf(2, 3) void image_warn(struct kinora_device *kdev, const char *format, ...)
{
	struct va_format what = { .fmt = format };
	va_list args;

	va_start(args, format);
	what.va = &args;
	dev_warn(&kdev->pdev->dev, "firmware file %s %pV; the card goes on with firmware %lu.%lu.%lu\n",
		 IMAGE_FILE, &what, FIELD_GET(KINORA_FIRMWARE_MAJOR_MASK, kdev->firmware),
		 FIELD_GET(KINORA_FIRMWARE_MINOR_MASK, kdev->firmware),
		 FIELD_GET(KINORA_FIRMWARE_PATCH_MASK, kdev->firmware));
	va_end(args);
}

/**
 * kinora_firmware_update() - find out which firmware runs
 * @kdev: card that is up
 */
void kinora_firmware_update(struct kinora_device *kdev)
{
	u32 status = kinora_read(kdev, KINORA_REG_FIRMWARE_STATUS);
	u32 version = kinora_read(kdev, KINORA_REG_FIRMWARE);

	if (status == ALL_ONES && version == ALL_ONES)
		return; /* whoever streams finds out */
	WRITE_ONCE(kdev->firmware, version);
	WRITE_ONCE(kdev->firmware_loaded, !!(status & KINORA_FIRMWARE_LOADED));
}

/* What the image says of itself; nothing in it is believed, it is for messages. */
static const struct kinora_firmware_header *header(const struct firmware *image)
{
	return (const struct kinora_firmware_header *)image->data;
}

static void explain(struct kinora_device *kdev, u32 error)
{
	const struct firmware *image = kdev->image;
	u32 contract = le32_to_cpu(header(image)->contract);

	switch (error) {
	case KINORA_FIRMWARE_ERROR_SIZE:
		image_warn(kdev, "is truncated or too large: it has %zu bytes, its header says %u + %u",
			   image->size, KINORA_FIRMWARE_HEADER_BYTES,
			   le32_to_cpu(header(image)->payload_bytes));
		break;
	case KINORA_FIRMWARE_ERROR_FOREIGN:
		image_warn(kdev, "is not for this card's controller");
		break;
	case KINORA_FIRMWARE_ERROR_CRC:
		image_warn(kdev, "is damaged: its checksum is wrong");
		break;
	case KINORA_FIRMWARE_ERROR_TOO_NEW:
		image_warn(kdev, "is too new for this card: it has format %u and needs contract %lu.%lu, the card has %lu.%lu",
			   le16_to_cpu(header(image)->format),
			   FIELD_GET(KINORA_VERSION_MAJOR_MASK, contract),
			   FIELD_GET(KINORA_VERSION_MINOR_MASK, contract),
			   FIELD_GET(KINORA_VERSION_MAJOR_MASK, kdev->version),
			   FIELD_GET(KINORA_VERSION_MINOR_MASK, kdev->version));
		break;
	case KINORA_FIRMWARE_ERROR_START:
		image_warn(kdev, "was loaded and did not start");
		break;
	default:
		image_warn(kdev, "could not be read by the card (error %u)", error);
		break;
	}
}

static int load_wait(struct kinora_device *kdev)
{
	u32 value;
	int ret;

	ret = read_poll_timeout(kinora_read, value,
				value == ALL_ONES || !(value & KINORA_FIRMWARE_LOAD), POLL_US,
				kdev->timeout_ms * USEC_PER_MSEC, false, kdev,
				KINORA_REG_FIRMWARE_CONTROL);
	if (value == ALL_ONES)
		return -ENODEV;
	return ret;
}

/* Gives the card the image. 0 or negative errno: the card took no notice of it, or is not there. */
static int image_load(struct kinora_device *kdev, u32 *error)
{
	struct device *dev = &kdev->pdev->dev;
	const struct firmware *image = kdev->image;
	dma_addr_t dma;
	void *memory;
	int ret;

	memory = dma_alloc_coherent(dev, image->size, &dma, GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	memcpy(memory, image->data, image->size);
	kinora_write(kdev, KINORA_REG_FIRMWARE_LO, lower_32_bits(dma));
	kinora_write(kdev, KINORA_REG_FIRMWARE_HI, upper_32_bits(dma));
	kinora_write(kdev, KINORA_REG_FIRMWARE_BYTES, image->size);
	kinora_write(kdev, KINORA_REG_FIRMWARE_CONTROL, KINORA_FIRMWARE_LOAD);
	ret = load_wait(kdev);
	/* it may still be reading: that must end before the memory is given back */
	if (ret == -ENODEV)
		kinora_card_check(kdev);
	else if (ret)
		kinora_card_fail(kdev, "card does not finish loading its firmware");
	else
		*error = FIELD_GET(KINORA_FIRMWARE_ERROR_MASK,
				   kinora_read(kdev, KINORA_REG_FIRMWARE_STATUS));
	dma_free_coherent(dev, image->size, memory, dma);
	return ret;
}

static void image_request(struct kinora_device *kdev)
{
	const struct firmware *image;
	int ret;

	ret = firmware_request_nowarn(&image, IMAGE_FILE, &kdev->pdev->dev);
	if (ret == -ENOENT) {
		image_warn(kdev, "is not installed (in /lib/firmware)");
		return;
	}
	if (ret) {
		image_warn(kdev, "cannot be read: %pe", ERR_PTR(ret));
		return;
	}
	if (image->size < KINORA_FIRMWARE_HEADER_BYTES || image->size > KINORA_FIRMWARE_BYTES_MAX) {
		image_warn(kdev, "is truncated or too large: it has %zu bytes, an image has %u to %u",
			   image->size, KINORA_FIRMWARE_HEADER_BYTES, KINORA_FIRMWARE_BYTES_MAX);
		release_firmware(image);
		return;
	}
	kdev->image = image;
}

/* Runs the image's version already, from an image of a host? */
static bool is_running(struct kinora_device *kdev)
{
	return kdev->firmware_loaded &&
	       le32_to_cpu(header(kdev->image)->magic) == KINORA_FIRMWARE_MAGIC &&
	       le32_to_cpu(header(kdev->image)->version) == kdev->firmware;
}

/**
 * kinora_firmware_init() - read the image that is installed
 * @kdev: card that was identified
 */
void kinora_firmware_init(struct kinora_device *kdev)
{
	if (kdev->controller.present && load != LOAD_NEVER)
		image_request(kdev);
}

/**
 * kinora_firmware_load() - let the card's controller run the installed image
 * @kdev: card that was started, perhaps again
 *
 * Whatever happens the card works, if need be with the image it has built in.
 */
void kinora_firmware_load(struct kinora_device *kdev)
{
	u32 error = 0;
	int ret;

	if (!kdev->controller.present)
		return;
	kinora_firmware_update(kdev);
	if (!kdev->image || (load != LOAD_ALWAYS && is_running(kdev)))
		return;
	ret = image_load(kdev, &error);
	if (ret) {
		image_warn(kdev, "could not be given to the card: %pe", ERR_PTR(ret));
		return;
	}
	kinora_firmware_update(kdev);
	if (!error && kdev->firmware_loaded)
		return;
	explain(kdev, error);
	release_firmware(kdev->image); /* it would be refused again */
	kdev->image = NULL;
}

/**
 * kinora_firmware_finish() - forget the image
 * @kdev: card that will not be started again
 */
void kinora_firmware_finish(struct kinora_device *kdev)
{
	release_firmware(kdev->image);
	kdev->image = NULL;
}
