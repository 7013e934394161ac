// SPDX-License-Identifier: MIT
/* Sources: userspace/lib/edid_*.c userspace/lib/error.c firmware-blobs/controller/edid_default.c */
/*
 * Description: everything of libkinora that reads an EDID, on any bytes. The input is a file as
 * `kinora edid check` takes it; its first byte chooses changes to try. What must hold: no access
 * outside, what the editor accepts stays readable, and checksums that were put right are right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/lib/edid_words.h"

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct kinora_edid *edid)
{
	static FILE *nowhere;
	struct kinora_edid_finding findings[8];

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	CHECK(nowhere);
	kinora_edid_check(edid, findings, 8);
	kinora_edid_write_text(edid, nowhere);
	kinora_edid_write_hex(edid, nowhere);
	json_decref(edid_to_json(edid));
}

static void change(struct kinora_edid *edid, uint8_t choice)
{
	static const char *const words[] = {
		"+4320p60", "-2160p60", "+2160p60/420", "hdr=off", "hdr=hlg,pq", "audio=2",
		"audio=off", "name=A", "frl=6", "frl=0", "tmds=165", "depth=12", "colour=709",
		"preferred=2160p50", "address=1.0.0.0", "-1080p60",
	};
	const char *chosen[2] = { words[choice & 15], words[choice >> 4] };
	struct edid_doc doc;

	if (kinora_edid_modify(edid, chosen, 2))
		return;
	CHECK(edid->size % KINORA_EDID_BLOCK == 0 && edid->size);
	CHECK(!kinora_edid_fix_checksums(edid));
	CHECK(!edid_doc_read(&doc, edid));
	look(edid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kinora_edid edid;
	FILE *file;

	if (size < 2)
		return 0;
	file = fmemopen((void *)(data + 1), size - 1, "r");
	CHECK(file);
	if (!kinora_edid_read(&edid, file, "fuzz")) {
		look(&edid);
		kinora_edid_fix_checksums(&edid);
		look(&edid);
		change(&edid, data[0]);
	}
	fclose(file);
	return 0;
}
