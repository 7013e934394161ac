// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module with defects on request, for tests/vm/selftest: it stands in for kinora.ko so that
 * the test machine can be shown to notice what a broken driver does. What it does is chosen by
 * writing a word to its parameter "defect" while it is loaded.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>

static bool hang_on_exit;

static int defect_set(const char *word, const struct kernel_param *param)
{
	if (sysfs_streq(word, "warning")) {
		WARN(1, "a warning on request\n");
	} else if (sysfs_streq(word, "leak")) {
		void *lost = kmalloc(100, GFP_KERNEL);

		if (!lost)
			return -ENOMEM;
		OPTIMIZER_HIDE_VAR(lost);
	} else if (sysfs_streq(word, "out-of-bounds")) {
		char *buffer = kmalloc(8, GFP_KERNEL);
		size_t size = 8;

		if (!buffer)
			return -ENOMEM;
		OPTIMIZER_HIDE_VAR(size);
		buffer[size] = 1;
		kfree(buffer);
	} else if (sysfs_streq(word, "panic")) {
		panic("a panic on request");
	} else if (sysfs_streq(word, "hold")) {
		__module_get(THIS_MODULE);
	} else if (sysfs_streq(word, "hang")) {
		hang_on_exit = true;
	} else {
		return -EINVAL;
	}
	return 0;
}

static const struct kernel_param_ops defect_ops = { .set = defect_set };

module_param_cb(defect, &defect_ops, NULL, 0200);
MODULE_PARM_DESC(defect, "warning, leak, out-of-bounds, panic, hold or hang");

static int __init defects_init(void)
{
	return 0;
}
module_init(defects_init);

static void __exit defects_exit(void)
{
	while (hang_on_exit)
		msleep(1000);
}
module_exit(defects_exit);

MODULE_DESCRIPTION("Defects on request");
MODULE_LICENSE("GPL");
