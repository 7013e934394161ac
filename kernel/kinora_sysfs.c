// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every connector and every channel as a folder of files, so that a program can show all of them
 * without opening a node, and so without making a channel lock on:
 *
 *	/sys/bus/pci/devices/ADDRESS/connectors/sdi1/state
 *	/sys/bus/pci/devices/ADDRESS/channels/ch1/input
 *
 * docs/sysfs-kinora.md describes each file. What they say of a signal comes from the block the card
 * keeps in memory; only "age_ms" and the two overrides talk to the card. When a signal changes, who
 * polls its "state" is woken.
 *
 * The folders have lives of their own, as all of sysfs: they point to the card until
 * kinora_sysfs_finish() has taken them out, which waits for readers.
 */
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "kinora.h"

/**
 * struct kinora_object - a folder of a connector or a channel
 * @kobj: folder
 * @kdev: card
 * @index: KINORA_CONN_*, or the channel from 0
 */
struct kinora_object {
	struct kobject kobj;
	struct kinora_device *kdev;
	unsigned int index;
};

/**
 * struct kinora_objects - all folders of a card
 * @connectors_dir: parent of @connectors
 * @channels_dir: parent of @channels
 * @connectors: by KINORA_CONN_*; NULL: the board does not have it
 * @channels: by channel
 */
struct kinora_objects {
	struct kobject *connectors_dir;
	struct kobject *channels_dir;
	struct kinora_object *connectors[KINORA_CONNECTORS];
	struct kinora_object *channels[KINORA_CHANNELS];
};

struct object_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kinora_object *object, char *buf);
	ssize_t (*store)(struct kinora_object *object, const char *buf, size_t count);
};

#define ATTR_RO(_name) \
	static struct object_attribute attr_##_name = { \
		.attr = { .name = #_name, .mode = 0444 }, \
		.show = _name##_show, \
	}

static ssize_t object_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	return container_of(attr, struct object_attribute, attr)->
		show(container_of(kobj, struct kinora_object, kobj), buf);
}

static ssize_t object_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			    size_t count)
{
	return container_of(attr, struct object_attribute, attr)->
		store(container_of(kobj, struct kinora_object, kobj), buf, count);
}

static const struct sysfs_ops object_ops = {
	.show = object_show,
	.store = object_store,
};

static void object_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct kinora_object, kobj));
}

/* --- connectors: numbers and words of the signal block --- */

static ssize_t emit_word(char *buf, const char * const *words, unsigned int count,
			 unsigned int value)
{
	if (value < count)
		return sysfs_emit(buf, "%s\n", words[value]);
	return sysfs_emit(buf, "%u\n", value); /* of a later minor version of the contract */
}

/* A file with a value of the block, as a number ... */
#define SIGNAL_NUMBER(_name, _format, _value) \
	static ssize_t _name##_show(struct kinora_object *object, char *buf) \
	{ \
		struct kinora_signal s; \
		int ret = kinora_signal_read(object->kdev, object->index, &s); \
		\
		return ret ? ret : sysfs_emit(buf, _format "\n", _value); \
	} \
	ATTR_RO(_name)

/* ... or as a word */
#define SIGNAL_WORD(_name, _value, ...) \
	static ssize_t _name##_show(struct kinora_object *object, char *buf) \
	{ \
		static const char * const words[] = { __VA_ARGS__ }; \
		struct kinora_signal s; \
		int ret = kinora_signal_read(object->kdev, object->index, &s); \
		\
		return ret ? ret : emit_word(buf, words, ARRAY_SIZE(words), _value); \
	} \
	ATTR_RO(_name)

#define SIGNAL_FLAG(_name, _flag) \
	SIGNAL_NUMBER(_name, "%u", !!(s.flags & KINORA_SIGNAL_FLAG_##_flag))

SIGNAL_WORD(state, s.state, "none", "unstable", "unsupported", "locked");
SIGNAL_WORD(reason, s.reason, "none", "link-missing", "links-differ", "link-order", "skew",
	    "raster", "dual-link", "sampling", "flapping", "training");
SIGNAL_WORD(interface, s.interface, "none", "hd", "3g-a", "3g-b", "6g", "12g", "quad-3g",
	    "quad-6g", "quad-12g", "tmds", "frl", "24g", "quad-24g");
SIGNAL_NUMBER(width, "%u", le16_to_cpu(s.width));
SIGNAL_NUMBER(height, "%u", le16_to_cpu(s.height));
SIGNAL_NUMBER(htotal, "%u", le16_to_cpu(s.htotal));
SIGNAL_NUMBER(vtotal, "%u", le16_to_cpu(s.vtotal));
SIGNAL_NUMBER(pixelclock, "%llu", le64_to_cpu(s.pixelclock));
SIGNAL_WORD(mapping, s.mapping, "single", "2si", "sqd");
SIGNAL_WORD(colorimetry, s.colorimetry, "709", "vanc", "2020", "unknown", "601");
SIGNAL_WORD(transfer, s.transfer, "sdr", "hlg", "pq", "unspecified");
SIGNAL_WORD(range, s.range, "narrow", "full");
SIGNAL_WORD(sampling, s.sampling, "422", "444", "rgb", "420");
SIGNAL_NUMBER(depth, "%u", s.depth);
SIGNAL_NUMBER(dual, "%u", s.dual);
SIGNAL_NUMBER(lock_losses, "%u", le32_to_cpu(s.lock_losses));
SIGNAL_NUMBER(clock_ppb, "%d", (s32)le32_to_cpu(s.clock_ppb));
SIGNAL_NUMBER(since_ns, "%llu", le64_to_cpu(s.since_ns));
SIGNAL_NUMBER(generation, "%u", le32_to_cpu(s.generation));
SIGNAL_FLAG(power, POWER);
SIGNAL_FLAG(payload_lies, PAYLOAD_LIES);
SIGNAL_FLAG(errors, ERRORS);
SIGNAL_FLAG(hotplug, HOTPLUG);
SIGNAL_FLAG(hdmi, HDMI);
SIGNAL_NUMBER(vic, "%u", s.vic);
SIGNAL_WORD(it_content, s.it_content, "none", "graphics", "photo", "cinema", "game");
SIGNAL_NUMBER(frl_rate, "%u", s.frl_rate);
SIGNAL_NUMBER(infoframes, "%u", le32_to_cpu(s.infoframes));

static ssize_t rate_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	return ret ?: sysfs_emit(buf, "%u/%u\n", le32_to_cpu(s.rate_num), le32_to_cpu(s.rate_den));
}
ATTR_RO(rate);

static ssize_t scan_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	if (ret)
		return ret;
	return sysfs_emit(buf, "%s\n", s.scan & KINORA_SCAN_PSF ? "psf" :
				       s.scan & KINORA_SCAN_INTERLACED ? "interlaced" :
									 "progressive");
}
ATTR_RO(scan);

static ssize_t capturable_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal_info info;

	kinora_signal_get(object->kdev, object->index, &info);
	return sysfs_emit(buf, "%u\n", info.timing &&
			  kinora_connector_can(object->index, info.timing));
}
ATTR_RO(capturable);

static ssize_t age_ms_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	u64 now, since;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	if (ret)
		return ret;
	now = kinora_clock_card(object->kdev);
	since = le64_to_cpu(s.since_ns);
	return sysfs_emit(buf, "%llu\n", now > since ? div_u64(now - since, NSEC_PER_MSEC) : 0);
}
ATTR_RO(age_ms);

static ssize_t name_show(struct kinora_object *object, char *buf)
{
	return sysfs_emit(buf, "%s\n", kinora_connector_name(object->index));
}
ATTR_RO(name);

static ssize_t channels_show(struct kinora_object *object, char *buf)
{
	struct kinora_device *kdev = object->kdev;
	struct kinora_channel *channel;
	unsigned int i;
	int at = 0;

	for (channel = kdev->channels; channel < kinora_channels_end(kdev); channel++)
		for (i = 0; i < channel->num_inputs; i++)
			if (channel->inputs[i] == object->index)
				at += sysfs_emit_at(buf, at, at ? " %u" : "%u",
						    channel->index + 1);
	return at + sysfs_emit_at(buf, at, "\n");
}
ATTR_RO(channels);

/* --- connectors: values of each link; a single link has one --- */

static unsigned int links_of(const struct kinora_object *object)
{
	return object->index == KINORA_CONN_SDI_QUAD ? KINORA_RX_LINKS : 1;
}

static ssize_t emit_links(const struct kinora_object *object, char *buf, const __le32 *values)
{
	unsigned int i;
	int at = 0;

	for (i = 0; i < links_of(object); i++)
		at += sysfs_emit_at(buf, at, i ? " %u" : "%u", le32_to_cpu(values[i]));
	return at + sysfs_emit_at(buf, at, "\n");
}

static ssize_t crc_errors_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	return ret ?: emit_links(object, buf, s.crc_errors);
}
ATTR_RO(crc_errors);

static ssize_t skew_ns_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	return ret ?: emit_links(object, buf, s.skew_ns);
}
ATTR_RO(skew_ns);

/* Byte 1 first, as it is on the wire and in the standard. */
static ssize_t payload_id_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	unsigned int i;
	int at = 0, ret = kinora_signal_read(object->kdev, object->index, &s);

	if (ret)
		return ret;
	for (i = 0; i < links_of(object); i++)
		at += sysfs_emit_at(buf, at, i ? " %*phN" : "%*phN", 4, &s.payload_id[i]);
	return at + sysfs_emit_at(buf, at, "\n");
}
ATTR_RO(payload_id);

static ssize_t links_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	unsigned int i;
	int at = 0, ret = kinora_signal_read(object->kdev, object->index, &s);

	if (ret)
		return ret;
	for (i = 0; i < KINORA_RX_LINKS; i++)
		if (le16_to_cpu(s.links) & BIT(i))
			at += sysfs_emit_at(buf, at, "%u", i + 1);
	return at + sysfs_emit_at(buf, at, "\n");
}
ATTR_RO(links);

/* --- connectors: how the quad link is put together --- */

/* "1324": links 2 and 3 have each other's part of the picture */
static ssize_t emit_order(char *buf, u8 order)
{
	return sysfs_emit(buf, "%u%u%u%u\n", 1 + (order & 3), 1 + (order >> 2 & 3),
			  1 + (order >> 4 & 3), 1 + (order >> 6));
}

static ssize_t order_show(struct kinora_object *object, char *buf)
{
	struct kinora_signal s;
	int ret = kinora_signal_read(object->kdev, object->index, &s);

	return ret ?: emit_order(buf, s.order);
}
ATTR_RO(order);

static const char * const override_words[] = { "auto", "2si", "sqd" };

/* What was set by hand; order 0: not set. */
static int override_get(struct kinora_device *kdev, u16 *mapping, u8 *order)
{
	size_t bytes = sizeof(*order);

	*order = 0;
	return kinora_mailbox(kdev, KINORA_OP_MAPPING_GET, 0, NULL, 0, order, &bytes, mapping);
}

static int override_set(struct kinora_device *kdev, u16 mapping, u8 order)
{
	return kinora_mailbox(kdev, KINORA_OP_MAPPING_SET, mapping, &order, order ? 1 : 0, NULL,
			      NULL, NULL);
}

/* Changes the one that is not NULL, and keeps the other: they share a request. */
static int override_change(struct kinora_device *kdev, const u16 *mapping, const u8 *order)
{
	static DEFINE_MUTEX(changing);
	u16 old_mapping;
	u8 old_order;
	int ret;

	mutex_lock(&changing);
	ret = override_get(kdev, &old_mapping, &old_order);
	if (!ret)
		ret = override_set(kdev, mapping ? *mapping : old_mapping,
				   order ? *order : old_order);
	mutex_unlock(&changing);
	return ret;
}

static ssize_t mapping_override_show(struct kinora_object *object, char *buf)
{
	u16 mapping;
	u8 order;
	int ret = override_get(object->kdev, &mapping, &order);

	return ret ?: emit_word(buf, override_words, ARRAY_SIZE(override_words), mapping);
}

static ssize_t mapping_override_store(struct kinora_object *object, const char *buf, size_t count)
{
	int ret, word = sysfs_match_string(override_words, buf);
	u16 mapping = word;

	if (word < 0)
		return word;
	ret = override_change(object->kdev, &mapping, NULL);
	return ret ?: count;
}

static struct object_attribute attr_mapping_override = {
	.attr = { .name = "mapping_override", .mode = 0644 },
	.show = mapping_override_show,
	.store = mapping_override_store,
};

static ssize_t order_override_show(struct kinora_object *object, char *buf)
{
	u16 mapping;
	u8 order;
	int ret = override_get(object->kdev, &mapping, &order);

	if (ret)
		return ret;
	return order ? emit_order(buf, order) : sysfs_emit(buf, "auto\n");
}

static ssize_t order_override_store(struct kinora_object *object, const char *buf, size_t count)
{
	u8 order = 0, seen = 0;
	unsigned int i;
	int ret;

	if (!sysfs_streq(buf, "auto")) {
		for (i = 0; i < KINORA_RX_LINKS; i++) {
			if (buf[i] < '1' || buf[i] > '4')
				return -EINVAL;
			seen |= BIT(buf[i] - '1');
			order |= (buf[i] - '1') << (2 * i);
		}
		if (seen != 0xf || !sysfs_streq(buf + KINORA_RX_LINKS, ""))
			return -EINVAL;
	}
	ret = override_change(object->kdev, NULL, &order);
	return ret ?: count;
}

static struct object_attribute attr_order_override = {
	.attr = { .name = "order_override", .mode = 0644 },
	.show = order_override_show,
	.store = order_override_store,
};

static struct attribute *common_attrs[] = {
	&attr_name.attr, &attr_channels.attr, &attr_state.attr, &attr_reason.attr,
	&attr_capturable.attr, &attr_interface.attr, &attr_width.attr, &attr_height.attr,
	&attr_htotal.attr, &attr_vtotal.attr, &attr_rate.attr, &attr_scan.attr,
	&attr_pixelclock.attr, &attr_colorimetry.attr, &attr_transfer.attr, &attr_range.attr,
	&attr_sampling.attr, &attr_depth.attr, &attr_crc_errors.attr, &attr_lock_losses.attr,
	&attr_clock_ppb.attr, &attr_since_ns.attr, &attr_age_ms.attr, &attr_generation.attr,
	&attr_power.attr, &attr_errors.attr, &attr_mapping.attr,
	NULL
};

static struct attribute *sdi_attrs[] = {
	&attr_links.attr, &attr_dual.attr, &attr_payload_id.attr, &attr_payload_lies.attr,
	NULL
};

static struct attribute *quad_attrs[] = {
	&attr_order.attr, &attr_skew_ns.attr, &attr_mapping_override.attr,
	&attr_order_override.attr,
	NULL
};

static struct attribute *hdmi_attrs[] = {
	&attr_hotplug.attr, &attr_hdmi.attr, &attr_vic.attr, &attr_it_content.attr,
	&attr_frl_rate.attr, &attr_infoframes.attr,
	NULL
};

static umode_t sdi_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return container_of(kobj, struct kinora_object, kobj)->index <= KINORA_CONN_SDI_QUAD ?
	       attr->mode : 0;
}

static umode_t quad_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return container_of(kobj, struct kinora_object, kobj)->index == KINORA_CONN_SDI_QUAD ?
	       attr->mode : 0;
}

static umode_t hdmi_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return container_of(kobj, struct kinora_object, kobj)->index == KINORA_CONN_HDMI1 ?
	       attr->mode : 0;
}

static const struct attribute_group common_group = { .attrs = common_attrs };
static const struct attribute_group sdi_group = { .attrs = sdi_attrs, .is_visible = sdi_visible };
static const struct attribute_group quad_group = { .attrs = quad_attrs,
						   .is_visible = quad_visible };
static const struct attribute_group hdmi_group = { .attrs = hdmi_attrs,
						   .is_visible = hdmi_visible };

static const struct attribute_group *connector_groups[] = {
	&common_group, &sdi_group, &quad_group, &hdmi_group,
	NULL
};

static const struct kobj_type connector_type = {
	.release = object_release,
	.sysfs_ops = &object_ops,
	.default_groups = connector_groups,
};

/* --- channels --- */

static struct kinora_channel *channel_of(struct kinora_object *object)
{
	return &object->kdev->channels[object->index];
}

static ssize_t input_show(struct kinora_object *object, char *buf)
{
	struct kinora_channel *channel = channel_of(object);
	unsigned int input = READ_ONCE(channel->input);

	return sysfs_emit(buf, "%s\n", kinora_connector_word(channel->inputs[input]));
}
ATTR_RO(input);

static ssize_t inputs_show(struct kinora_object *object, char *buf)
{
	struct kinora_channel *channel = channel_of(object);
	unsigned int i;
	int at = 0;

	for (i = 0; i < channel->num_inputs; i++)
		at += sysfs_emit_at(buf, at, i ? " %s" : "%s",
				    kinora_connector_word(channel->inputs[i]));
	return at + sysfs_emit_at(buf, at, "\n");
}
ATTR_RO(inputs);

/* What the channel expects; named apart from the connectors' files of the same names. */
#define TIMING_FILE(_name, _format, ...) \
	static ssize_t expected_##_name##_show(struct kinora_object *object, char *buf) \
	{ \
		const struct kinora_timing *t = READ_ONCE(channel_of(object)->timing); \
		\
		return sysfs_emit(buf, _format "\n", __VA_ARGS__); \
	} \
	static struct object_attribute attr_expected_##_name = { \
		.attr = { .name = #_name, .mode = 0444 }, \
		.show = expected_##_name##_show, \
	}

TIMING_FILE(width, "%u", t->width);
TIMING_FILE(height, "%u", t->height);
TIMING_FILE(rate, "%u/%u", t->rate_num, t->rate_den);
TIMING_FILE(scan, "%s", kinora_timing_interlaced(t) ? "interlaced" : "progressive");

static ssize_t emit_node_state(struct kinora_node *node, char *buf)
{
	const char *state = "idle";

	mutex_lock(&node->channel->mutex);
	if (vb2_is_streaming(&node->queue))
		state = "streaming";
	else if (vb2_is_busy(&node->queue))
		state = "allocated";
	mutex_unlock(&node->channel->mutex);
	return sysfs_emit(buf, "%s\n", state);
}

static ssize_t emit_node_holder(struct kinora_node *node, char *buf)
{
	ssize_t ret;

	mutex_lock(&node->channel->mutex);
	if (vb2_is_busy(&node->queue))
		ret = sysfs_emit(buf, "%s %d\n", node->holder_comm, node->holder_pid);
	else
		ret = sysfs_emit(buf, "\n");
	mutex_unlock(&node->channel->mutex);
	return ret;
}

static ssize_t emit_node_name(struct kinora_node *node, char *buf)
{
	return sysfs_emit(buf, "%s\n", video_device_node_name(&node->vdev));
}

#define NODE_FILE(_name, _emit, _node) \
	static ssize_t _name##_show(struct kinora_object *object, char *buf) \
	{ \
		struct kinora_channel *channel = channel_of(object); \
		\
		return _emit(_node, buf); \
	} \
	ATTR_RO(_name)

NODE_FILE(video, emit_node_name, &channel->video);
NODE_FILE(video_state, emit_node_state, &channel->video);
NODE_FILE(video_holder, emit_node_holder, &channel->video);
NODE_FILE(meta, emit_node_name, &channel->meta);
NODE_FILE(meta_state, emit_node_state, &channel->meta);
NODE_FILE(meta_holder, emit_node_holder, &channel->meta);

static struct attribute *channel_attrs[] = {
	&attr_input.attr, &attr_inputs.attr, &attr_expected_width.attr,
	&attr_expected_height.attr, &attr_expected_rate.attr, &attr_expected_scan.attr,
	&attr_video.attr, &attr_video_state.attr, &attr_video_holder.attr,
	&attr_meta.attr, &attr_meta_state.attr, &attr_meta_holder.attr,
	NULL
};
ATTRIBUTE_GROUPS(channel);

static const struct kobj_type channel_type = {
	.release = object_release,
	.sysfs_ops = &object_ops,
	.default_groups = channel_groups,
};

/* --- life --- */

/* NULL with a message if there is no memory, or the name is taken. */
static struct kinora_object *object_create(struct kinora_device *kdev, unsigned int index,
					   const struct kobj_type *type, struct kobject *parent,
					   const char *name)
{
	struct kinora_object *object = kzalloc(sizeof(*object), GFP_KERNEL);
	int ret;

	if (!object)
		return NULL;
	object->kdev = kdev;
	object->index = index;
	ret = kobject_init_and_add(&object->kobj, type, parent, "%s", name);
	if (!ret)
		return object;
	dev_err(&kdev->pdev->dev, "no folder for %s in sysfs: %pe\n", name, ERR_PTR(ret));
	kobject_put(&object->kobj);
	return NULL;
}

static void object_destroy(struct kinora_object *object)
{
	if (!object)
		return;
	kobject_del(&object->kobj); /* waits for who reads its files */
	kobject_put(&object->kobj);
}

static int objects_create(struct kinora_device *kdev, struct kinora_objects *objects)
{
	struct kobject *parent = &kdev->pdev->dev.kobj;
	unsigned int i;
	char name[16];

	objects->connectors_dir = kobject_create_and_add("connectors", parent);
	objects->channels_dir = kobject_create_and_add("channels", parent);
	if (!objects->connectors_dir || !objects->channels_dir)
		return -ENOMEM;
	for (i = 0; i < KINORA_CONNECTORS; i++) {
		if (!(kdev->connectors & BIT(i)))
			continue;
		objects->connectors[i] = object_create(kdev, i, &connector_type,
						       objects->connectors_dir,
						       kinora_connector_word(i));
		if (!objects->connectors[i])
			return -ENOMEM;
	}
	for (i = 0; i < kdev->num_channels; i++) {
		snprintf(name, sizeof(name), "ch%u", i + 1);
		objects->channels[i] = object_create(kdev, i, &channel_type, objects->channels_dir,
						     name);
		if (!objects->channels[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * kinora_sysfs_init() - show a card's connectors and channels
 * @kdev: card whose nodes are registered
 *
 * Return: 0 or a negative errno; kinora_sysfs_finish() undoes either.
 */
int kinora_sysfs_init(struct kinora_device *kdev)
{
	struct kinora_objects *objects = kzalloc(sizeof(*objects), GFP_KERNEL);
	int ret;

	if (!objects)
		return -ENOMEM;
	ret = objects_create(kdev, objects);
	/* the signal work may look at it from now on */
	smp_store_release(&kdev->objects, objects);
	return ret;
}

/**
 * kinora_sysfs_notify() - wake who waits for a connector's signal to change
 * @kdev: card
 * @connector: KINORA_CONN_*
 */
void kinora_sysfs_notify(struct kinora_device *kdev, unsigned int connector)
{
	struct kinora_objects *objects;

	/* pairs with kinora_sysfs_init(): what it points to is whole */
	objects = smp_load_acquire(&kdev->objects);
	if (objects && objects->connectors[connector])
		sysfs_notify(&objects->connectors[connector]->kobj, NULL, "state");
}

/**
 * kinora_sysfs_finish() - stop showing them
 * @kdev: card of which no signal is read any more
 */
void kinora_sysfs_finish(struct kinora_device *kdev)
{
	struct kinora_objects *objects = kdev->objects;
	unsigned int i;

	if (!objects)
		return;
	kdev->objects = NULL;
	for (i = 0; i < KINORA_CONNECTORS; i++)
		object_destroy(objects->connectors[i]);
	for (i = 0; i < KINORA_CHANNELS; i++)
		object_destroy(objects->channels[i]);
	if (objects->connectors_dir)
		kobject_del(objects->connectors_dir);
	kobject_put(objects->connectors_dir);
	if (objects->channels_dir)
		kobject_del(objects->channels_dir);
	kobject_put(objects->channels_dir);
	kfree(objects);
}
