// SPDX-License-Identifier: MIT
/*
 * First the choice, a list of candidates that are tried in order. Then the state machine: step()
 * does one thing that is due and says whether it did. Link training is HDMI 2.1, 6.4.3: LTS:2 is
 * FRL_READY, LTS:3 FRL_TRAINING, LTS:P FRL_STARTING and SENDING, LTS:4 frl_lower(), LTS:L TMDS.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hdmi_source.h"

#define MS 1000000ULL
#define SETTLE_NS (10 * MS)		/* hot-plug bounces */
#define BLOCK_NS (12 * MS)		/* of EDID, at 100 kHz */
#define PREPARE_NS (2 * MS)		/* HDMI 2.0, 6.1.3.2: 1 ms at least before scrambling */
#define TRAINING_NS (200 * MS)		/* longest wait for the sink */
#define TRAINING_POLL_NS (2 * MS)
#define SENDING_POLL_NS (50 * MS)

#define DVI_HZ 165000000ULL		/* single link */
#define PLAIN_HZ 340000000ULL		/* above: scrambled, which needs SCDC */
#define TMDS_HZ 600000000ULL
#define FFE_LEVELS 3

/* --- the choice --- */

static const struct {
	enum stimulus_sampling word;
	struct hdmi_format format;
} candidates[] = {
	{ STIMULUS_SAMPLING_422, { KINORA_SAMPLING_422, 12 } },
	{ STIMULUS_SAMPLING_444, { KINORA_SAMPLING_444, 10 } },
	{ STIMULUS_SAMPLING_RGB, { KINORA_SAMPLING_RGB, 10 } },
	{ STIMULUS_SAMPLING_420, { KINORA_SAMPLING_420, 10 } },
	{ STIMULUS_SAMPLING_444, { KINORA_SAMPLING_444, 8 } },
	{ STIMULUS_SAMPLING_RGB, { KINORA_SAMPLING_RGB, 8 } },
	{ STIMULUS_SAMPLING_420, { KINORA_SAMPLING_420, 8 } },
	/* only when asked for */
	{ STIMULUS_SAMPLING_444, { KINORA_SAMPLING_444, 12 } },
	{ STIMULUS_SAMPLING_RGB, { KINORA_SAMPLING_RGB, 12 } },
	{ STIMULUS_SAMPLING_420, { KINORA_SAMPLING_420, 12 } },
};

static bool asked(const struct hdmi_wish *wish, unsigned int i, bool islands)
{
	const struct hdmi_format *format = &candidates[i].format;
	bool deep = wish->depth == 12;

	if (!islands)
		return format->sampling == KINORA_SAMPLING_RGB && format->depth == 8;
	if (wish->sampling != STIMULUS_SAMPLING_AUTO && wish->sampling != candidates[i].word)
		return false;
	if (format->sampling == KINORA_SAMPLING_422)
		return true;
	return wish->depth ? format->depth == wish->depth : !deep && format->depth < 12;
}

static bool offered(const struct hdmi_offer *offer, const struct hdmi_mode *mode,
		    const struct hdmi_format *format)
{
	if (format->sampling == KINORA_SAMPLING_420)
		return hdmi_offer_bit(offer->vic_420, mode->vic) &&
		       format->depth <= offer->depth_420;
	if (hdmi_offer_bit(offer->vic_only, mode->vic))
		return false;
	switch (format->sampling) {
	case KINORA_SAMPLING_422:
		return offer->ycbcr422;
	case KINORA_SAMPLING_444:
		return offer->ycbcr444 && format->depth <= offer->depth_444;
	default:
		return format->depth <= offer->depth_rgb;
	}
}

static bool raster_offered(const struct hdmi_offer *offer, const struct hdmi_mode *mode)
{
	uint64_t khz = hdmi_mode_pixelclock(mode, false) / 1000;

	if (hdmi_offer_bit(offer->vic, mode->vic))
		return true;
	for (unsigned int i = 0; i < offer->detailed_count; i++) {
		const struct hdmi_raster *raster = &offer->detailed[i];

		if (raster->width == mode->width && raster->height == mode->height &&
		    raster->htotal == mode->htotal && raster->vtotal == mode->vtotal &&
		    raster->interlaced == mode->interlaced &&
		    raster->clock_khz * 1000ULL >= khz * 995 &&
		    raster->clock_khz * 1000ULL <= khz * 1005)
			return true;
	}
	return false;
}

static uint64_t tmds_limit(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
			   bool islands)
{
	uint64_t limit = TMDS_HZ;

	if (wish->force)
		return limit;
	if (!islands && !offer->hdmi)
		limit = DVI_HZ;
	if (limit > offer->tmds_mhz * 1000000ULL)
		limit = offer->tmds_mhz * 1000000ULL;
	return offer->scdc || limit < PLAIN_HZ ? limit : PLAIN_HZ;
}

/* Does the link take it? frl_needed says which rate it would take: 7 is none. */
static bool carried(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
		    unsigned int frl_most, struct hdmi_choice *choice)
{
	choice->frl = 0;
	choice->frl_needed = 0;
	if (hdmi_tmds_rate(wish->mode, &choice->format) <= tmds_limit(wish, offer, choice->islands))
		return true;
	choice->frl_needed = choice->islands ? hdmi_frl_rate(wish->mode, &choice->format) :
					       HDMI_FRL_RATES + 1;
	choice->frl = frl_most;
	return choice->frl_needed <= frl_most;
}

int hdmi_source_choose(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
		       unsigned int frl_limit, struct hdmi_choice *out, char *why, size_t size)
{
	static const struct hdmi_offer nothing;
	unsigned int frl_most = frl_limit, least = 0;
	bool sampling = false;

	if (!offer && !wish->force) {
		snprintf(why, size, "the EDID cannot be read");
		return -EOPNOTSUPP;
	}
	if (!offer)
		offer = &nothing;
	if (!wish->force && !raster_offered(offer, wish->mode)) {
		snprintf(why, size, "the EDID does not have this mode, VIC %u", wish->mode->vic);
		return -EOPNOTSUPP;
	}
	if (!wish->force && frl_most > offer->frl)
		frl_most = offer->frl;
	for (unsigned int i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		*out = (struct hdmi_choice){
			.format = candidates[i].format,
			.islands = !wish->dvi && (wish->force || offer->hdmi),
		};
		if (!asked(wish, i, out->islands) ||
		    (!wish->force && !offered(offer, wish->mode, &out->format)))
			continue;
		sampling = true;
		if (carried(wish, offer, frl_most, out))
			return 0;
		if (!least || out->frl_needed < least)
			least = out->frl_needed;
	}
	if (!sampling)
		snprintf(why, size, "the EDID has no such sampling and depth for this mode");
	else if (least > HDMI_FRL_RATES)
		snprintf(why, size, "no HDMI link carries this mode so");
	else
		snprintf(why, size, "it needs FRL rate %u, and there is %u", least, frl_most);
	return -EOPNOTSUPP;
}

/* --- InfoFrames --- */

/* HDMI 1.4b, table 8-14: what sinks of that time know of 2160p. */
static uint8_t hdmi_vic(const struct hdmi_mode *mode)
{
	switch (mode->vic) {
	case 95:
		return 1;
	case 94:
		return 2;
	case 93:
		return 3;
	}
	return 0;
}

void hdmi_source_frames(const struct hdmi_wish *wish, const struct hdmi_offer *offer,
			const struct hdmi_choice *choice, struct hdmi_infoframes *out)
{
	/* CTA-861.3: byte 1, bit 2 is PQ, bit 3 HLG */
	bool known = offer->eotf >> (wish->transfer == STIMULUS_PQ ? 2 : 3) & 1;
	struct hdmi_content content = {
		.format = choice->format, .vic = wish->mode->vic, .transfer = wish->transfer,
		.hdr = wish->force || known, .matrix = wish->matrix, .range = wish->range,
		.range_told = wish->force || offer->select_rgb, .it_content = wish->it_content,
		.forum = wish->force || offer->forum,
		.low_latency = wish->it_content == KINORA_IT_GAME && (wish->force || offer->allm),
	};

	*out = (struct hdmi_infoframes){ 0 };
	if (!choice->islands)
		return;
	if (!content.forum && hdmi_vic(wish->mode)) {
		content.hdmi_vic = hdmi_vic(wish->mode);
		content.vic = 0;
	}
	if (wish->lie)
		content.vic = wish->vic;
	hdmi_infoframes_make(out, &content);
}

/* General control packet (HDMI 1.4b, 6.5.3): 4:2:2 and 8 bits have no deep colour to tell. */
static uint8_t depth_code(const struct hdmi_format *format)
{
	if (format->sampling == KINORA_SAMPLING_422 || format->depth == 8)
		return KINORA_HDMI_DEPTH_NONE;
	return format->depth == 10 ? KINORA_HDMI_DEPTH_10 : KINORA_HDMI_DEPTH_12;
}

/* --- the state machine --- */

static void enter(struct hdmi_source *source, enum hdmi_source_state state, uint64_t until_ns)
{
	source->state = state;
	source->until_ns = until_ns;
	source->poll_ns = 0;
}

static void silence(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	static const uint8_t none[HDMI_LANES];

	if (source->state == HDMI_SOURCE_SENDING)
		source->videos++;
	hdmi_receiver_video(rx, NULL, now_ns);
	hdmi_receiver_lanes(rx, 0, none, now_ns);
	memset(source->pattern, 0, sizeof(source->pattern));
}

static void video_start(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	static const uint8_t none[HDMI_LANES];
	const struct hdmi_wish *wish = &source->wish;
	struct hdmi_video video = {
		.link = source->trained,
		.scrambled = !source->trained && (wish->force || source->offer.scdc) &&
			     hdmi_tmds_rate(wish->mode, &source->choice.format) > PLAIN_HZ,
		.mode = wish->mode, .fractional = wish->fractional, .ppm = wish->ppm,
		.islands = source->choice.islands, .depth = depth_code(&source->choice.format),
	};

	hdmi_source_frames(wish, &source->offer, &source->choice, &video.frames);
	hdmi_receiver_lanes(rx, source->trained, none, now_ns);
	hdmi_receiver_video(rx, &video, now_ns);
	source->videos++;
	enter(source, HDMI_SOURCE_SENDING, UINT64_MAX);
}

/* FRL is over, or was never there. */
static void frl_leave(struct hdmi_source *source, struct hdmi_receiver *rx)
{
	source->trained = 0;
	if (!source->offer.scdc && !source->wish.force)
		return;
	hdmi_receiver_scdc_write(rx, SCDC_SOURCE_VERSION, 1);
	hdmi_receiver_scdc_write(rx, SCDC_CONFIG_1, 0);
}

static void refuse(struct hdmi_source *source, struct hdmi_receiver *rx)
{
	frl_leave(source, rx);
	enter(source, HDMI_SOURCE_REFUSING, UINT64_MAX);
}

static void tmds_begin(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	bool fast = hdmi_tmds_rate(source->wish.mode, &source->choice.format) > PLAIN_HZ;

	frl_leave(source, rx);
	if (source->offer.scdc || source->wish.force)
		hdmi_receiver_scdc_write(rx, SCDC_TMDS_CONFIG,
					 fast ? SCDC_SCRAMBLING | SCDC_CLOCK_RATIO_40 : 0);
	enter(source, HDMI_SOURCE_PREPARING, now_ns + PREPARE_NS);
}

static void frl_rate_write(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	hdmi_receiver_scdc_write(rx, SCDC_CONFIG_1, source->choice.frl | FFE_LEVELS << 4);
	enter(source, HDMI_SOURCE_FRL_TRAINING, now_ns + TRAINING_NS);
}

static int choose(struct hdmi_source *source)
{
	return hdmi_source_choose(&source->wish, source->edid_bad ? NULL : &source->offer,
				  source->frl_limit, &source->choice, source->why,
				  sizeof(source->why));
}

/* The EDID is known, and what to play: begin, or say why not. */
static void begin(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	if (choose(source)) {
		refuse(source, rx);
	} else if (!source->choice.frl) {
		tmds_begin(source, rx, now_ns);
	} else if (source->trained == source->choice.frl) {
		enter(source, HDMI_SOURCE_PREPARING, now_ns + PREPARE_NS);
	} else {
		/* the sink sees this, and then the rate, even if it had the same before */
		frl_leave(source, rx);
		hdmi_receiver_scdc_write(rx, SCDC_TMDS_CONFIG, 0);
		enter(source, HDMI_SOURCE_FRL_READY, now_ns + TRAINING_NS);
		source->poll_ns = now_ns + TRAINING_POLL_NS;
	}
}

/* This rate will not do: the next one, TMDS, or nothing. */
static void frl_lower(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	char why[sizeof(source->why)];

	silence(source, rx, now_ns);
	source->trained = 0;
	source->frl_limit = source->choice.frl - 1;
	if (choose(source)) {
		snprintf(why, sizeof(why), "link training failed down to rate %u; %.100s",
			 source->frl_limit + 1, source->why);
		snprintf(source->why, sizeof(source->why), "%s", why);
		refuse(source, rx);
	} else if (source->choice.frl) {
		frl_rate_write(source, rx, now_ns);
	} else {
		tmds_begin(source, rx, now_ns);
	}
}

static uint8_t scdc(const struct hdmi_receiver *rx, uint8_t reg)
{
	uint8_t value = 0;

	return hdmi_receiver_scdc_read(rx, reg, &value) ? 0 : value;
}

/* FLT_update: what the sink wants of each lane. */
static void frl_update(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	unsigned int request = scdc(rx, SCDC_LTP_01) | scdc(rx, SCDC_LTP_23) << 8;
	unsigned int lanes = HDMI_FRL_LANES(source->choice.frl);
	bool done = true;

	hdmi_receiver_scdc_write(rx, SCDC_UPDATE_0, SCDC_FLT_UPDATE);
	for (unsigned int i = 0; i < lanes; i++) {
		unsigned int wanted = request >> 4 * i & 15;

		if (wanted == SCDC_LTP_LOWER_RATE) {
			frl_lower(source, rx, now_ns);
			return;
		}
		/* the next equalisation goes with the pattern that is being sent */
		if (wanted != SCDC_LTP_NEXT_FFE)
			source->pattern[i] = wanted;
		done &= !wanted;
	}
	hdmi_receiver_lanes(rx, source->choice.frl, source->pattern, now_ns);
	enter(source, done ? HDMI_SOURCE_FRL_STARTING : HDMI_SOURCE_FRL_TRAINING,
	      now_ns + TRAINING_NS);
}

static bool reading_step(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	unsigned int have = source->edid_blocks;

	if (!hdmi_receiver_edid_read(rx, have, &source->edid[have * KINORA_EDID_BLOCK_BYTES])) {
		source->edid_blocks = ++have;
		if (have < KINORA_EDID_BLOCKS && have < hdmi_offer_blocks(source->edid, have)) {
			source->until_ns = now_ns + BLOCK_NS;
			return true;
		}
	}
	source->edid_bad = !have || have < hdmi_offer_blocks(source->edid, have) ||
			   hdmi_offer_read(&source->offer, source->edid, have);
	if (source->edid_bad)
		memset(&source->offer, 0, sizeof(source->offer));
	source->sessions++;
	begin(source, rx, now_ns);
	return true;
}

/* What SCDC has to say, at most every so often. False: it is not time to look. */
static bool scdc_step(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	uint8_t update;

	if (now_ns < source->poll_ns)
		return false;
	source->poll_ns = now_ns + (source->state == HDMI_SOURCE_SENDING ? SENDING_POLL_NS :
								TRAINING_POLL_NS);
	update = scdc(rx, SCDC_UPDATE_0);
	if (source->state == HDMI_SOURCE_FRL_READY) {
		if (scdc(rx, SCDC_STATUS_0) & SCDC_FLT_READY)
			frl_rate_write(source, rx, now_ns);
	} else if (update & SCDC_FLT_UPDATE) {
		if (source->state == HDMI_SOURCE_SENDING)
			silence(source, rx, now_ns);
		source->trained = 0;
		frl_update(source, rx, now_ns);
	} else if (source->state == HDMI_SOURCE_FRL_STARTING && update & SCDC_FRL_START) {
		hdmi_receiver_scdc_write(rx, SCDC_UPDATE_0, SCDC_FRL_START);
		source->trained = source->choice.frl;
		video_start(source, rx, now_ns);
	} else if (update & ~(SCDC_FLT_UPDATE | SCDC_FRL_START)) {
		/* status and character errors have changed: noted */
		hdmi_receiver_scdc_write(rx, SCDC_UPDATE_0,
					 update & ~(SCDC_FLT_UPDATE | SCDC_FRL_START));
	}
	return true;
}

/* Do one thing that is due; false: there is none. */
static bool step(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	bool hotplug = hdmi_receiver_hotplug(rx);

	if (source->state > HDMI_SOURCE_UNPLUGGED && !hotplug) {
		silence(source, rx, now_ns);
		source->trained = 0;
		enter(source, HDMI_SOURCE_UNPLUGGED, UINT64_MAX);
		return true;
	}
	switch (source->state) {
	case HDMI_SOURCE_UNPLUGGED:
		if (hotplug)
			enter(source, HDMI_SOURCE_SETTLING, now_ns + SETTLE_NS);
		return hotplug;
	case HDMI_SOURCE_SETTLING:
		if (now_ns < source->until_ns)
			return false;
		source->edid_blocks = 0;
		source->frl_limit = HDMI_FRL_RATES;
		enter(source, HDMI_SOURCE_READING, now_ns + BLOCK_NS);
		return true;
	case HDMI_SOURCE_READING:
		return now_ns >= source->until_ns && reading_step(source, rx, now_ns);
	case HDMI_SOURCE_PREPARING:
		if (now_ns < source->until_ns)
			return false;
		video_start(source, rx, now_ns);
		return true;
	case HDMI_SOURCE_FRL_READY:
	case HDMI_SOURCE_FRL_TRAINING:
	case HDMI_SOURCE_FRL_STARTING:
		if (scdc_step(source, rx, now_ns))
			return true;
		if (now_ns < source->until_ns)
			return false;
		/* a sink that is never ready is not tried at lower rates */
		if (source->state == HDMI_SOURCE_FRL_READY)
			source->choice.frl = 1;
		frl_lower(source, rx, now_ns);
		return true;
	case HDMI_SOURCE_SENDING:
		return source->trained && scdc_step(source, rx, now_ns);
	case HDMI_SOURCE_OFF:
	case HDMI_SOURCE_REFUSING:
		break;
	}
	return false;
}

uint64_t hdmi_source_poll(struct hdmi_source *source, struct hdmi_receiver *rx, uint64_t now_ns)
{
	uint64_t next;

	while (step(source, rx, now_ns))
		;
	next = source->until_ns;
	if ((source->state == HDMI_SOURCE_FRL_READY || source->state == HDMI_SOURCE_FRL_TRAINING ||
	     source->state == HDMI_SOURCE_FRL_STARTING ||
	     (source->state == HDMI_SOURCE_SENDING && source->trained)) &&
	    source->poll_ns < next)
		next = source->poll_ns;
	return next;
}

void hdmi_source_init(struct hdmi_source *source)
{
	*source = (struct hdmi_source){ .until_ns = UINT64_MAX };
}

void hdmi_source_play(struct hdmi_source *source, struct hdmi_receiver *rx,
		      const struct hdmi_wish *wish, uint64_t now_ns)
{
	silence(source, rx, now_ns);
	if (!wish) {
		hdmi_receiver_power(rx, false, now_ns);
		source->trained = 0;
		enter(source, HDMI_SOURCE_OFF, UINT64_MAX);
		return;
	}
	source->wish = *wish;
	if (source->state == HDMI_SOURCE_OFF) {
		hdmi_receiver_power(rx, true, now_ns);
		enter(source, HDMI_SOURCE_UNPLUGGED, UINT64_MAX);
	} else if (source->state > HDMI_SOURCE_READING) {
		source->frl_limit = HDMI_FRL_RATES;
		begin(source, rx, now_ns);
	}
}

/* --- words --- */

void hdmi_source_text(const struct hdmi_source *source, char *text, size_t size)
{
	const struct hdmi_format *format = &source->choice.format;
	char link[16] = "TMDS";

	switch (source->state) {
	case HDMI_SOURCE_OFF:
		snprintf(text, size, "no cable");
		break;
	case HDMI_SOURCE_UNPLUGGED:
		snprintf(text, size, "waits for hot-plug");
		break;
	case HDMI_SOURCE_SETTLING:
	case HDMI_SOURCE_READING:
		snprintf(text, size, "reads the EDID");
		break;
	case HDMI_SOURCE_REFUSING:
		snprintf(text, size, "does not send: %s", source->why);
		break;
	case HDMI_SOURCE_FRL_READY:
	case HDMI_SOURCE_FRL_TRAINING:
	case HDMI_SOURCE_FRL_STARTING:
		snprintf(text, size, "link training at FRL rate %u", source->choice.frl);
		break;
	case HDMI_SOURCE_PREPARING:
	case HDMI_SOURCE_SENDING:
		if (source->choice.frl)
			snprintf(link, sizeof(link), "FRL rate %u", source->choice.frl);
		snprintf(text, size, "%s%s, %s %u bit", source->choice.islands ? "" : "DVI, ", link,
			 hdmi_sampling_name(format->sampling), format->depth);
		break;
	}
}
