/* SPDX-License-Identifier: MIT */
/*
 * Finding Kinora's nodes and the card behind them. Nothing is guessed: a node counts only when
 * QUERYCAP says the driver is "kinora", and its part in the card is read from its name in sysfs,
 * "kinora ch1 video" or "kinora ch1 meta".
 */
#ifndef SYSTEM_DEVICE_H
#define SYSTEM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#define DEVICE_PATH_MAX 64

enum device_kind {
	DEVICE_VIDEO,
	DEVICE_META,
};

/* Any capture node of a Kinora card? */
bool device_present(void);

/* Node of a channel, from 1. 0 or -ENODEV. */
int device_find(unsigned int channel, enum device_kind kind, char path[DEVICE_PATH_MAX]);

/* How many nodes of this kind there are. */
unsigned int device_count(enum device_kind kind);

/* PCI address of the card, "0000:01:00.0". 0 or -ENODEV. */
int device_pci_address(char *out, size_t size);

/*
 * Write a word to a file of sysfs, 0 or negative errno. Some of those writes take long or never
 * return when the driver is at fault, hence device_write_within(): a child does it, and -ETIMEDOUT
 * is returned when it is not back after ms.
 */
int device_write(const char *file, const char *word);
int device_write_within(const char *file, const char *word, unsigned int ms);

/* Input of an open node by what its name says. Index, or -ENOENT. */
enum device_input {
	DEVICE_SDI1,
	DEVICE_SDI_QUAD,
	DEVICE_HDMI1,
};

int device_input(int fd, enum device_input input);

#endif
