// SPDX-License-Identifier: GPL-2.0-only
/*
 * A buffer's scatter table: what the card walks to find the buffer's pages. It is built once, when
 * vb2 sets the buffer up, and used for every frame after that.
 *
 * The table lies in segments of 4 KiB coherent memory, chained by link entries. Runs that touch are
 * merged, so a buffer of 88 MB takes some twenty entries as a rule and 21,600 at worst.
 */
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "kinora.h"

#define SEGMENT_BYTES 4096U
#define SEGMENT_ENTRIES (SEGMENT_BYTES / KINORA_SG_BYTES)
#define RUN_MAX (U32_MAX & ~(KINORA_SG_ALIGN - 1))

static_assert(sizeof(struct kinora_sg) == KINORA_SG_BYTES);

static void entry_set(struct kinora_sg *entry, u64 addr, u32 len, u32 flags)
{
	entry->addr = cpu_to_le64(addr);
	entry->len = cpu_to_le32(len);
	entry->flags = cpu_to_le32(flags);
}

static struct kinora_table_segment *segment_add(struct kinora_table *table)
{
	struct kinora_table_segment *segment = &table->segments[table->count];

	segment->entries = dma_alloc_coherent(table->dev, SEGMENT_BYTES, &segment->dma, GFP_KERNEL);
	if (!segment->entries)
		return NULL;
	table->count++;
	return segment;
}

/*
 * The last place of a segment takes data as long as nothing follows; when something does, that
 * entry moves to the next segment and makes room for the link.
 */
static int entry_add(struct kinora_table *table, u64 addr, u32 len)
{
	struct kinora_table_segment *last = &table->segments[table->count - 1];
	struct kinora_table_segment *next;
	struct kinora_sg *place;

	if (table->entries == table->count * SEGMENT_ENTRIES) {
		next = segment_add(table);
		if (!next)
			return -ENOMEM;
		place = &last->entries[SEGMENT_ENTRIES - 1];
		next->entries[0] = *place;
		entry_set(place, next->dma, 0, KINORA_SG_LINK);
		table->entries++;
		last = next;
	}
	entry_set(&last->entries[table->entries % SEGMENT_ENTRIES], addr, len, 0);
	table->entries++;
	return table->entries > KINORA_SG_MAX_ENTRIES ? -E2BIG : 0;
}

/**
 * kinora_table_init() - build the table of a mapped buffer
 * @table: to fill
 * @dev: whose bus addresses they are
 * @sgt: the buffer's pages, mapped
 * @bytes: of the buffer
 * @need_sync: set to whether the processor's caches or a bounce buffer lie between card and pages
 *
 * Return: 0; -EINVAL if a piece of the buffer is not aligned to 8 bytes or the pages do not reach;
 * -E2BIG if it is in more pieces than the card takes; -ENOMEM.
 */
int kinora_table_init(struct kinora_table *table, struct device *dev, struct sg_table *sgt,
		      u32 bytes, bool *need_sync)
{
	u64 run_addr = 0, addr;
	u32 run_len = 0, left = bytes, len;
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	*need_sync = false;
	*table = (struct kinora_table) { .dev = dev };
	table->segments = kcalloc(sgt->nents / (SEGMENT_ENTRIES - 1) + 1,
				  sizeof(*table->segments), GFP_KERNEL);
	if (!table->segments)
		return -ENOMEM;
	ret = -ENOMEM;
	if (!segment_add(table))
		goto out_finish;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		addr = sg_dma_address(sg);
		len = min(sg_dma_len(sg), left);
		if (!len)
			break;
		left -= len;
		*need_sync |= dma_need_sync(dev, addr);
		if (run_len && addr == run_addr + run_len && len <= RUN_MAX - run_len) {
			run_len += len;
			continue;
		}
		ret = -EINVAL;
		if (addr % KINORA_SG_ALIGN || run_len % KINORA_SG_ALIGN) {
			dev_dbg(dev, "buffer has a piece at %#llx that is not aligned to %u bytes\n",
				addr, KINORA_SG_ALIGN);
			goto out_finish;
		}
		if (run_len) {
			ret = entry_add(table, run_addr, run_len);
			if (ret)
				goto out_finish;
		}
		run_addr = addr;
		run_len = len;
	}
	ret = -EINVAL;
	if (left || !run_len) {
		dev_dbg(dev, "buffer of %u bytes lacks pages for %u of them\n", bytes, left);
		goto out_finish;
	}
	ret = entry_add(table, run_addr, run_len);
	if (ret)
		goto out_finish;
	return 0;

out_finish:
	kinora_table_finish(table);
	return ret;
}

/**
 * kinora_table_finish() - free a table's memory
 * @table: that no submission points to any more
 */
void kinora_table_finish(struct kinora_table *table)
{
	unsigned int i;

	for (i = 0; i < table->count; i++)
		dma_free_coherent(table->dev, SEGMENT_BYTES, table->segments[i].entries,
				  table->segments[i].dma);
	kfree(table->segments);
	*table = (struct kinora_table) {};
}
