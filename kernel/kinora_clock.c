// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card's clock in terms of CLOCK_MONOTONIC. Records carry start of frame in the card's time,
 * applications want the system's.
 *
 * While anything streams, the card's TIME is read about once a second between two readings of
 * CLOCK_MONOTONIC; of a few tries the narrowest counts. From one measurement to the next the
 * mapping is a straight line that starts where the last one ended and whose slope is steered so as
 * to meet the measurements: it has no steps, so stamps keep their distances. Only an error that no
 * steering explains (the machine was stopped) makes it start anew.
 *
 * Accuracy: a measurement is off by half its bracket at most. On a PCIe bus that is about half a
 * microsecond, through an emulated one some 40; steering halves what is left every second. The last
 * error and bracket are in debugfs. Whatever the card says, a stamp is never in the future and
 * never before the last one.
 */
#include <linux/ktime.h>
#include <linux/math64.h>

#include "kinora.h"

#define TRIES_START 8
#define TRIES 3
#define PERIOD_NS NSEC_PER_SEC
#define STEP_NS (500 * NSEC_PER_USEC)	/* larger errors start the mapping anew */
#define REACH_NS (10LL * NSEC_PER_SEC)	/* how far from a measurement the mapping is believed */
#define DRIFT_MAX_PPB 300000
#define SLOPE_MAX_PPB 500000

struct sample {
	u64 card;
	u64 mono;
	u32 bracket;
};

static int sample_take(struct kinora_device *kdev, unsigned int tries, struct sample *best)
{
	u64 before, after, card;
	unsigned int i;
	u32 low, high;

	best->bracket = U32_MAX;
	for (i = 0; i < tries; i++) {
		before = ktime_get_ns();
		low = kinora_read(kdev, KINORA_REG_TIME_LO);
		after = ktime_get_ns();
		high = kinora_read(kdev, KINORA_REG_TIME_HI);
		if (low == U32_MAX && high == U32_MAX)
			return -ENODEV;
		card = (u64)high << 32 | low;
		if (after - before < best->bracket) {
			best->bracket = after - before;
			best->mono = before + (after - before) / 2;
			best->card = card;
		}
	}
	return best->bracket == U32_MAX ? -ETIMEDOUT : 0;
}

/* Only for |delta| <= REACH_NS, so that the product stays in 64 bits. */
static u64 map_apply(const struct kinora_clock *clock, s64 delta)
{
	return clock->mono_ref + delta + div_s64(delta * clock->slope_ppb, NSEC_PER_SEC);
}

static void map_start(struct kinora_clock *clock, const struct sample *sample)
{
	clock->card_ref = sample->card;
	clock->mono_ref = sample->mono;
	clock->slope_ppb = clock->drift_ppb;
	clock->error_ns = 0;
	clock->valid = true;
}

static void map_steer(struct kinora_clock *clock, const struct sample *sample)
{
	s64 elapsed = sample->card - clock->card_ref;
	u64 predicted;
	s64 error, rate;

	if (elapsed < PERIOD_NS / 10 || elapsed > REACH_NS) {
		map_start(clock, sample);
		return;
	}
	predicted = map_apply(clock, elapsed);
	error = sample->mono - predicted;
	if (abs(error) > STEP_NS) {
		map_start(clock, sample);
		return;
	}
	rate = div64_s64(error * NSEC_PER_SEC, elapsed);
	clock->drift_ppb = clamp_t(s64, clock->drift_ppb + rate / 8, -DRIFT_MAX_PPB, DRIFT_MAX_PPB);
	clock->slope_ppb = clamp_t(s64, clock->drift_ppb + rate / 2, -SLOPE_MAX_PPB, SLOPE_MAX_PPB);
	clock->card_ref = sample->card;
	clock->mono_ref = predicted;
	clock->error_ns = error;
}

static void clock_measure(struct kinora_device *kdev, unsigned int tries)
{
	struct kinora_clock *clock = &kdev->clock;
	struct sample sample;
	unsigned long flags;

	lockdep_assert_held(&clock->mutex);
	if (kinora_state(kdev) != KINORA_CARD_UP || sample_take(kdev, tries, &sample))
		return; /* whoever streams finds out what is wrong */
	spin_lock_irqsave(&clock->lock, flags);
	if (!clock->valid)
		map_start(clock, &sample);
	else if (sample.bracket / 4 <= clock->bracket_ns) /* else the processor was taken away */
		map_steer(clock, &sample);
	clock->bracket_ns = sample.bracket;
	spin_unlock_irqrestore(&clock->lock, flags);
}

static void clock_work(struct work_struct *work)
{
	struct kinora_clock *clock = container_of(to_delayed_work(work), struct kinora_clock, work);
	struct kinora_device *kdev = container_of(clock, struct kinora_device, clock);

	mutex_lock(&clock->mutex);
	if (clock->users) {
		clock_measure(kdev, clock->valid ? TRIES : TRIES_START);
		schedule_delayed_work(&clock->work, nsecs_to_jiffies(PERIOD_NS));
	}
	mutex_unlock(&clock->mutex);
}

/**
 * kinora_clock_init() - set up a clock nobody needs yet
 * @clock: clock
 */
void kinora_clock_init(struct kinora_clock *clock)
{
	mutex_init(&clock->mutex);
	spin_lock_init(&clock->lock);
	INIT_DELAYED_WORK(&clock->work, clock_work);
}

/**
 * kinora_clock_get() - a stream starts and needs stamps
 * @kdev: card
 *
 * The first one measures at once, so that even the first frame has a right stamp.
 */
void kinora_clock_get(struct kinora_device *kdev)
{
	struct kinora_clock *clock = &kdev->clock;

	mutex_lock(&clock->mutex);
	if (!clock->users++) {
		clock->valid = false;
		clock_measure(kdev, TRIES_START);
		schedule_delayed_work(&clock->work, nsecs_to_jiffies(PERIOD_NS));
	}
	mutex_unlock(&clock->mutex);
}

/**
 * kinora_clock_put() - a stream has stopped
 * @kdev: card
 */
void kinora_clock_put(struct kinora_device *kdev)
{
	mutex_lock(&kdev->clock.mutex);
	kdev->clock.users--;
	mutex_unlock(&kdev->clock.mutex);
}

/**
 * kinora_clock_reset() - the card was reset, nothing is known of its clock
 * @kdev: card
 *
 * With streams running the next measurement comes at once.
 */
void kinora_clock_reset(struct kinora_device *kdev)
{
	struct kinora_clock *clock = &kdev->clock;
	unsigned long flags;

	mutex_lock(&clock->mutex);
	spin_lock_irqsave(&clock->lock, flags);
	clock->valid = false;
	spin_unlock_irqrestore(&clock->lock, flags);
	if (clock->users)
		mod_delayed_work(system_wq, &clock->work, 0);
	mutex_unlock(&clock->mutex);
}

/**
 * kinora_clock_to_monotonic() - when was that, in the system's time?
 * @kdev: card
 * @card_ns: a time of the card's clock, not to be trusted
 * @now: CLOCK_MONOTONIC, ns
 * @last: the last stamp that was given out
 *
 * Return: CLOCK_MONOTONIC, ns; later than @last and not later than @now as long as @last was before
 * @now.
 */
u64 kinora_clock_to_monotonic(struct kinora_device *kdev, u64 card_ns, u64 now, u64 last)
{
	struct kinora_clock *clock = &kdev->clock;
	unsigned long flags;
	u64 stamp = now;
	s64 delta;

	spin_lock_irqsave(&clock->lock, flags);
	delta = card_ns - clock->card_ref;
	if (clock->valid && delta >= -REACH_NS && delta <= REACH_NS)
		stamp = map_apply(clock, delta);
	spin_unlock_irqrestore(&clock->lock, flags);

	stamp = min(stamp, now);
	return max(stamp, last + 1);
}

/**
 * kinora_clock_card() - what time is it on the card?
 * @kdev: card
 *
 * Asks the card, so it is for what is rare and happens when nothing streams, too.
 *
 * Return: ns of its clock; 0 if the card cannot say.
 */
u64 kinora_clock_card(struct kinora_device *kdev)
{
	struct sample sample;
	int ret;

	if (kinora_state(kdev) != KINORA_CARD_UP)
		return 0;
	mutex_lock(&kdev->clock.mutex); /* reading the low half latches the high one */
	ret = sample_take(kdev, 1, &sample);
	mutex_unlock(&kdev->clock.mutex);
	return ret ? 0 : sample.card;
}

/**
 * kinora_clock_age() - how long ago was that?
 * @kdev: card
 * @card_ns: a time of the card's clock, not to be trusted
 *
 * Return: ns, at most ten seconds; 0 if the card cannot say.
 */
u64 kinora_clock_age(struct kinora_device *kdev, u64 card_ns)
{
	u64 now = kinora_clock_card(kdev);

	return now ? clamp_t(s64, now - card_ns, 0, REACH_NS) : 0;
}
