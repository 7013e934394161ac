// SPDX-License-Identifier: MIT
#include "flap.h"

static void loss_note(struct flap *flap, uint64_t now_ns)
{
	flap->loss_ns[flap->loss_at] = now_ns;
	flap->loss_at = (flap->loss_at + 1) % FLAP_LOSSES;
	if (flap->losses < FLAP_LOSSES)
		flap->losses++;
}

static bool losses_flap(const struct flap *flap, uint64_t now_ns)
{
	return flap->losses == FLAP_LOSSES &&
	       now_ns - flap->loss_ns[flap->loss_at] < FLAP_WINDOW_NS;
}

bool flap_update(struct flap *flap, uint32_t lost, bool carrier, bool locked, uint64_t now_ns)
{
	bool stands = locked || !carrier;

	for (uint32_t i = 0; i < lost && i < FLAP_LOSSES; i++)
		loss_note(flap, now_ns);
	if (lost || !stands || !flap->stands || flap->stands_locked != locked)
		flap->stands_ns = now_ns;
	flap->stands = stands;
	flap->stands_locked = locked;
	if (lost && !flap->flapping && losses_flap(flap, now_ns)) {
		flap->flapping = true;
		return true;
	}
	if (flap->flapping && stands && now_ns - flap->stands_ns >= FLAP_STANDING_NS) {
		flap->flapping = false;
		flap->losses = 0;
	}
	return false;
}

uint64_t flap_next(const struct flap *flap)
{
	return flap->flapping && flap->stands ? flap->stands_ns + FLAP_STANDING_NS : UINT64_MAX;
}
