/* SPDX-License-Identifier: MIT */
/*
 * A folder of files that stands in for sysfs. Folders on the way to a file come with it. What fails
 * aborts the test program, as no CUnit assertion works before the first test.
 */
#ifndef FAKE_SYSFS_H
#define FAKE_SYSFS_H

extern char fake_root[];	/* where it is, from fake_begin() on */

/* For CUnit's set-up and clean-up of a suite: 0, or 1 when the folder cannot be made or removed. */
int fake_begin(void);
int fake_end(void);

/* Paths are below the root; a link's target is taken as it is. */
void fake_file(const char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fake_link(const char *target, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
