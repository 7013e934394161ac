// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card as a media graph, /dev/mediaN, that a person can read: connectors -> channels -> nodes.
 *
 * V4L2 has no entity function for an SDI or HDMI connector. What is behind the plug, a receiver of
 * digital video, has one (MEDIA_ENT_F_DV_DECODER), so that is what they are, flagged as connectors.
 * The quad link is a connector of its own, because it is another way of reading the four. A channel
 * is a multiplexer with a sink pad for each of its inputs, in V4L2's order, then a source pad for
 * the pictures and one for the metadata. Names are the same on every card, the card's serial number
 * is the media device's.
 *
 * Exactly one link into a channel is enabled, that of its current input. Enabling another one
 * (media-ctl -l '"HDMI 1":0 -> "channel 2":1 [1]') routes as VIDIOC_S_INPUT does, and says EBUSY
 * when that would; it disables the one before. The enabled one cannot be disabled: a channel always
 * listens to something.
 *
 * Removal: media_device_unregister() takes the nodes' interfaces out of its lists, and the last
 * close of a node, which frees its interface, would do so again at the same time. So every node is
 * held by a reference of ours until that is over.
 */
#include <linux/delay.h>
#include <media/media-device.h>
#include <media/media-entity.h>

#include "kinora.h"

#define LOCK_MS 100

static unsigned int pad_video(const struct kinora_channel *channel)
{
	return channel->num_inputs;
}

static unsigned int pad_meta(const struct kinora_channel *channel)
{
	return channel->num_inputs + 1;
}

/* The link that ends at a sink pad of a channel; there is just one. */
static struct media_link *input_link(struct kinora_channel *channel, unsigned int index)
{
	struct media_link *link;

	list_for_each_entry(link, &channel->entity.links, list)
		if (link->sink == &channel->pads[index])
			return link;
	return NULL;
}

/* Lets the graph say which input the channel has. */
static void links_update(struct kinora_channel *channel)
{
	unsigned int current_input = READ_ONCE(channel->input);
	struct media_link *link;
	unsigned int i;
	u32 flags;

	lockdep_assert_held(&channel->kdev->media.graph_mutex);
	for (i = 0; i < channel->num_inputs; i++) {
		link = input_link(channel, i);
		if (!link)
			continue;
		flags = link->flags & ~MEDIA_LNK_FL_ENABLED;
		if (i == current_input)
			flags |= MEDIA_LNK_FL_ENABLED;
		link->flags = flags;
		link->reverse->flags = flags;
	}
}

/* The graph's mutex is held here, but belongs inside the channel's: so nobody waits for long. */
static int channel_lock(struct kinora_channel *channel)
{
	unsigned int tries = LOCK_MS;

	while (!mutex_trylock(&channel->mutex)) {
		if (!tries--)
			return -EBUSY;
		usleep_range(1000, 1100);
	}
	return 0;
}

static int channel_link_setup(struct media_entity *entity, const struct media_pad *local,
			      const struct media_pad *remote, u32 flags)
{
	struct kinora_channel *channel = container_of(entity, struct kinora_channel, entity);
	int ret;

	if (local->index >= channel->num_inputs)
		return -EINVAL; /* those to the nodes are immutable */
	if (kinora_state(channel->kdev) == KINORA_CARD_GONE)
		return -ENODEV;
	ret = channel_lock(channel);
	if (ret)
		return ret;
	if (flags & MEDIA_LNK_FL_ENABLED)
		ret = kinora_input_set(channel, local->index);
	else if (local->index != channel->input)
		ret = 0;
	else
		ret = kinora_input_busy(channel) ? -EBUSY : -EINVAL;
	mutex_unlock(&channel->mutex);
	if (!ret)
		links_update(channel);
	return ret;
}

static const struct media_entity_operations channel_ops = {
	.link_setup = channel_link_setup,
};

/**
 * kinora_media_update() - show a channel's routing as it is now
 * @channel: channel
 */
void kinora_media_update(struct kinora_channel *channel)
{
	struct media_device *media = &channel->kdev->media;

	mutex_lock(&media->graph_mutex);
	links_update(channel);
	mutex_unlock(&media->graph_mutex);
}

/**
 * kinora_media_init() - let the nodes that will be registered be part of a media device
 * @kdev: card whose channels are set up
 *
 * Return: 0 or a negative errno.
 */
int kinora_media_init(struct kinora_device *kdev)
{
	struct media_device *media = &kdev->media;
	struct kinora_channel *channel;
	int ret;

	media->dev = &kdev->pdev->dev;
	strscpy(media->model, "Kinora 8K", sizeof(media->model));
	strscpy(media->serial, kdev->serial, sizeof(media->serial));
	snprintf(media->bus_info, sizeof(media->bus_info), "PCI:%s", pci_name(kdev->pdev));
	media->hw_revision = kdev->board;
	media_device_init(media);
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++) {
		INIT_LIST_HEAD(&channel->entity.links); /* nodes may be opened at once */
		channel->video.pad.flags = MEDIA_PAD_FL_SINK;
		channel->meta.pad.flags = MEDIA_PAD_FL_SINK;
		ret = media_entity_pads_init(&channel->video.vdev.entity, 1, &channel->video.pad);
		if (!ret)
			ret = media_entity_pads_init(&channel->meta.vdev.entity, 1,
						     &channel->meta.pad);
		if (ret)
			return ret;
	}
	kdev->v4l2_dev.mdev = media;
	return 0;
}

static int connector_register(struct kinora_device *kdev, unsigned int connector)
{
	struct media_entity *entity = &kdev->connector_entities[connector];
	struct media_pad *pad = &kdev->connector_pads[connector];
	int ret;

	entity->name = kinora_connector_name(connector);
	entity->function = MEDIA_ENT_F_DV_DECODER;
	entity->flags = MEDIA_ENT_FL_CONNECTOR;
	pad->flags = MEDIA_PAD_FL_SOURCE;
	ret = media_entity_pads_init(entity, 1, pad);
	return ret ?: media_device_register_entity(&kdev->media, entity);
}

static int channel_register(struct kinora_channel *channel)
{
	struct kinora_device *kdev = channel->kdev;
	struct media_entity *entity = &channel->entity;
	unsigned int i;
	int ret;

	snprintf(channel->entity_name, sizeof(channel->entity_name), "channel %u",
		 channel->index + 1);
	entity->name = channel->entity_name;
	entity->function = MEDIA_ENT_F_VID_MUX;
	entity->ops = &channel_ops;
	for (i = 0; i < channel->num_inputs; i++)
		channel->pads[i].flags = MEDIA_PAD_FL_SINK;
	channel->pads[pad_video(channel)].flags = MEDIA_PAD_FL_SOURCE;
	channel->pads[pad_meta(channel)].flags = MEDIA_PAD_FL_SOURCE;
	ret = media_entity_pads_init(entity, channel->num_inputs + 2, channel->pads);
	if (!ret)
		ret = media_device_register_entity(&kdev->media, entity);
	for (i = 0; !ret && i < channel->num_inputs; i++)
		ret = media_create_pad_link(&kdev->connector_entities[channel->inputs[i]], 0,
					    entity, i, 0);
	if (!ret)
		ret = media_create_pad_link(entity, pad_video(channel), &channel->video.vdev.entity,
					    0, MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE);
	if (!ret)
		ret = media_create_pad_link(entity, pad_meta(channel), &channel->meta.vdev.entity,
					    0, MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE);
	if (!ret)
		kinora_media_update(channel);
	return ret;
}

/**
 * kinora_media_register() - draw the graph and show it
 * @kdev: card whose nodes are registered
 *
 * Return: 0 or a negative errno; kinora_media_unregister() undoes either.
 */
int kinora_media_register(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < KINORA_CONN_REF; i++)
		if (kdev->connectors & BIT(i))
			ret = connector_register(kdev, i);
	for (channel = kdev->channels; !ret && channel < kinora_channels_end(kdev); channel++)
		ret = channel_register(channel);
	if (!ret)
		ret = media_device_register(&kdev->media);
	if (ret)
		dev_err(&kdev->pdev->dev, "media graph cannot be registered: %pe\n", ERR_PTR(ret));
	return ret;
}

/**
 * kinora_media_unregister() - take the graph away
 * @kdev: card whose nodes are unregistered, but held (see the top of this file)
 */
void kinora_media_unregister(struct kinora_device *kdev)
{
	struct kinora_channel *channel;
	unsigned int i;

	if (media_devnode_is_registered(kdev->media.devnode)) {
		media_device_unregister(&kdev->media);
		return;
	}
	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		media_device_unregister_entity(&channel->entity);
	for (i = 0; i < KINORA_CONNECTORS; i++)
		media_device_unregister_entity(&kdev->connector_entities[i]);
}

/**
 * kinora_media_finish() - the last file of any node is closed
 * @kdev: card
 */
void kinora_media_finish(struct kinora_device *kdev)
{
	if (kdev->media.dev) /* else probing did not come that far */
		media_device_cleanup(&kdev->media);
}
