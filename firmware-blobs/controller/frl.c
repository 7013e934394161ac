// SPDX-License-Identifier: MIT
/*
 * SCDC and link training. The registers are four to a word. A word of which this and the source
 * each own a byte (20h) is written as rarely as can be; those of the source alone only at reset.
 */
#include "frl.h"

#include "log.h"

/* SCDC registers, HDMI 2.1 table 10-19 on */
#define SINK_VERSION 0x01
#define UPDATE_0 0x10
#define UPDATE_STATUS 0x01u
#define UPDATE_FRL_START 0x10u
#define UPDATE_FLT 0x20u
#define TMDS_CONFIG 0x20
#define TMDS_CONFIG_SCRAMBLING 0x01u
#define SCRAMBLER_STATUS 0x21
#define CONFIG_0 0x30
#define CONFIG_0_NO_RETRAIN 0x02u
#define CONFIG_1 0x31
#define CONFIG_1_RATE 0x0fu
#define CONFIG_1_FFE_SHIFT 4
#define STATUS_0 0x40
#define STATUS_0_CLOCK 0x01u
#define STATUS_0_LOCK(lane) ((lane) < 3 ? 0x02u << (lane) : 0x10u)
#define STATUS_0_FLT_READY 0x40u
#define LTP_REQUEST 0x41		/* lanes 0 and 1; 42h: 2 and 3 */

/* Link training patterns */
#define LTP_NONE 0
#define LTP_LFSR0 5			/* lane n is asked for LFSR n */
#define LTP_NEXT_FFE 14
#define LTP_REFUSED 15

#define SCDC_WORDS_END 0x60		/* behind it are test and device registers */

static uint32_t word_read(const struct frl *frl, unsigned int reg)
{
	return hal_read(frl->hal, KINORA_CTL_HDMI + KINORA_HDMI_SCDC + (reg & ~3u));
}

static void word_write(const struct frl *frl, unsigned int reg, uint32_t value)
{
	hal_write(frl->hal, KINORA_CTL_HDMI + KINORA_HDMI_SCDC + (reg & ~3u), value);
}

static uint8_t scdc_read(const struct frl *frl, unsigned int reg)
{
	return word_read(frl, reg) >> 8 * (reg & 3);
}

/* Leaves the word alone when the byte has its value already. */
static bool scdc_write(const struct frl *frl, unsigned int reg, uint8_t value)
{
	unsigned int shift = 8 * (reg & 3);
	uint32_t word = word_read(frl, reg);
	uint32_t wanted = (word & ~(0xffu << shift)) | (uint32_t)value << shift;

	if (wanted == word)
		return false;
	word_write(frl, reg, wanted);
	return true;
}

static void update_flags_set(const struct frl *frl, uint8_t flags)
{
	scdc_write(frl, UPDATE_0, scdc_read(frl, UPDATE_0) | flags);
}

static void update_flags_clear(const struct frl *frl, uint8_t flags)
{
	scdc_write(frl, UPDATE_0, scdc_read(frl, UPDATE_0) & ~flags);
}

static bool update_flag(const struct frl *frl, uint8_t flag)
{
	return scdc_read(frl, UPDATE_0) & flag;
}

static void scdc_reset(const struct frl *frl)
{
	for (unsigned int reg = 0; reg < SCDC_WORDS_END; reg += 4)
		word_write(frl, reg, 0);
	scdc_write(frl, SINK_VERSION, 1);
}

/* --- requests --- */

static void requests_write(const struct frl *frl)
{
	for (unsigned int i = 0; i < FRL_LANES; i += 2)
		scdc_write(frl, LTP_REQUEST + i / 2, frl->request[i] | frl->request[i + 1] << 4);
}

/* The source reads them when it finds the flag. */
static void requests_tell(const struct frl *frl)
{
	requests_write(frl);
	update_flags_set(frl, UPDATE_FLT);
}

static void requests_clear(struct frl *frl)
{
	for (unsigned int i = 0; i < FRL_LANES; i++)
		frl->request[i] = LTP_NONE;
	requests_write(frl);
}

static void link_set(const struct frl *frl, uint8_t rate)
{
	hal_write(frl->hal, KINORA_CTL_HDMI + KINORA_HDMI_LINK, rate);
}

/* --- states --- */

static void tmds_begin(struct frl *frl)
{
	frl->state = FRL_TMDS;
	requests_clear(frl);
	update_flags_clear(frl, UPDATE_FLT | UPDATE_FRL_START);
	link_set(frl, 0);
}

static void training_begin(struct frl *frl, uint64_t now_ns)
{
	frl->state = FRL_TRAINING;
	frl->start_ns = now_ns;
	frl->lanes = frl->rate <= 2 ? 3 : 4;
	frl->trained = 0;
	frl->answered = false;
	frl->equalising = false;
	frl->fresh = (1u << frl->lanes) - 1;
	for (unsigned int i = 0; i < FRL_LANES; i++) {
		frl->request[i] = i < frl->lanes ? LTP_LFSR0 + i : LTP_NONE;
		frl->ffe[i] = 0;
	}
	update_flags_clear(frl, UPDATE_FRL_START);
	link_set(frl, frl->rate <= FRL_RATES ? frl->rate : 0);
	requests_tell(frl);
}

static void rate_refuse(struct frl *frl, uint64_t now_ns)
{
	uint32_t dirty = ((1u << frl->lanes) - 1) & ~frl->trained;

	log_add(frl->log, now_ns, KINORA_CONN_HDMI1, KINORA_LOG_FRL_FAILED, frl->rate, dirty);
	frl->state = FRL_REFUSED;
	frl->failed = true;
	frl->refused = frl->rate;
	for (unsigned int i = 0; i < FRL_LANES; i++)
		frl->request[i] = LTP_REFUSED;
	update_flags_clear(frl, UPDATE_FRL_START);
	requests_tell(frl);
}

static void rate_changed(struct frl *frl, uint8_t rate, uint64_t now_ns)
{
	log_add(frl->log, now_ns, KINORA_CONN_HDMI1, KINORA_LOG_FRL_RATE, rate,
		frl->state == FRL_REFUSED ? frl->refused : 0);
	frl->rate = rate;
	frl->retrained = false;
	if (!rate) {
		tmds_begin(frl);
		return;
	}
	training_begin(frl, now_ns);
	/* 7 to 15 are no rates; there is nothing to try */
	if (rate > FRL_RATES)
		rate_refuse(frl, now_ns);
}

/* One lane, of which the pattern is requested. false: no equalisation is left for it. */
static bool lane_look(struct frl *frl, unsigned int lane, uint32_t found, bool *news,
		      uint64_t now_ns)
{
	if (frl->request[lane] == LTP_NONE)
		return true;
	if ((found >> 4 * lane & 0xf) == LTP_LFSR0 + lane) {
		frl->trained |= 1u << lane;
		frl->request[lane] = LTP_NONE;
		*news = true;
		return true;
	}
	if (now_ns - frl->since_ns[lane] < FRL_DIRTY_NS)
		return true;
	/* dirty for too long */
	if (frl->ffe[lane] >= frl->ffe_levels)
		return false;
	frl->ffe[lane]++;
	frl->request[lane] = LTP_NEXT_FFE;
	frl->equalising = true;
	*news = true;
	return true;
}

/* The source has taken the next equalisation: ask for the pattern again. */
static void equalised(struct frl *frl)
{
	frl->equalising = false;
	for (unsigned int i = 0; i < frl->lanes; i++)
		if (frl->request[i] == LTP_NEXT_FFE) {
			frl->request[i] = LTP_LFSR0 + i;
			frl->fresh |= 1u << i;
		}
	requests_tell(frl);
}

static void requests_taken(struct frl *frl, uint64_t now_ns)
{
	for (unsigned int i = 0; i < frl->lanes; i++)
		if (frl->fresh >> i & 1)
			frl->since_ns[i] = now_ns;
	frl->fresh = 0;
}

/* The source has not noticed that it was asked to train anew. */
static void link_keep(struct frl *frl)
{
	requests_clear(frl);
	update_flags_clear(frl, UPDATE_FLT);
	frl->state = FRL_RUNNING;
	frl->dark = false;
}

static void training_look(struct frl *frl, uint32_t status, uint64_t now_ns)
{
	bool unheard = frl->retrained && !frl->answered && update_flag(frl, UPDATE_FLT);
	uint32_t found = hal_read(frl->hal, KINORA_CTL_HDMI + KINORA_HDMI_LTP);
	bool news = false, over;

	/* while the flag stands the source has not seen the last requests */
	if (!update_flag(frl, UPDATE_FLT)) {
		frl->answered = true;
		if (frl->equalising) {
			equalised(frl);
			return;
		}
		requests_taken(frl, now_ns);
		if (frl->trained == (1u << frl->lanes) - 1) {
			frl->state = FRL_STARTING;
			update_flags_set(frl, UPDATE_FRL_START);
			return;
		}
		for (unsigned int i = 0; i < frl->lanes; i++)
			if (!lane_look(frl, i, found, &news, now_ns)) {
				rate_refuse(frl, now_ns);
				return;
			}
		if (news)
			requests_tell(frl);
	}
	over = now_ns - frl->start_ns >= FRL_TRAINING_NS;
	if (unheard && (over || status & KINORA_HDMI_LOCKED))
		link_keep(frl);
	else if (over)
		rate_refuse(frl, now_ns);
}

static void starting_look(struct frl *frl, uint64_t now_ns)
{
	uint32_t took = UINT32_MAX;

	if (!update_flag(frl, UPDATE_FRL_START)) {
		frl->state = FRL_RUNNING;
		frl->failed = false;
		frl->dark = false;
		if (now_ns - frl->start_ns < UINT32_MAX)
			took = (uint32_t)(now_ns - frl->start_ns);
		log_add(frl->log, now_ns, KINORA_CONN_HDMI1, KINORA_LOG_FRL_DONE, frl->rate,
			took / 1000000);
	} else if (now_ns - frl->start_ns >= FRL_TRAINING_NS) {
		rate_refuse(frl, now_ns);
	}
}

/* Data and no raster for too long: a lane may have gone bad. */
static void running_look(struct frl *frl, uint32_t status, uint64_t now_ns)
{
	bool dark = status & KINORA_HDMI_CARRIER && !(status & KINORA_HDMI_LOCKED);

	if (status & KINORA_HDMI_LOCKED)
		frl->retrained = false;
	if (dark && !frl->dark)
		frl->dark_ns = now_ns;
	frl->dark = dark;
	if (!dark || frl->retrained || now_ns - frl->dark_ns < FRL_DARK_NS)
		return;
	if (!(scdc_read(frl, CONFIG_0) & CONFIG_0_NO_RETRAIN))
		training_begin(frl, now_ns);
	frl->retrained = true;
}

/* When time alone will change something. */
static uint64_t frl_next(const struct frl *frl)
{
	uint64_t next = UINT64_MAX;

	if (frl->state == FRL_RUNNING && frl->dark && !frl->retrained)
		next = frl->dark_ns + FRL_DARK_NS;
	if (frl->state != FRL_TRAINING && frl->state != FRL_STARTING)
		return next;
	next = frl->start_ns + FRL_TRAINING_NS;
	for (unsigned int i = 0; frl->state == FRL_TRAINING && i < frl->lanes; i++)
		if (frl->request[i] != LTP_NONE && frl->request[i] != LTP_NEXT_FFE &&
		    !(frl->fresh >> i & 1) && frl->since_ns[i] + FRL_DIRTY_NS < next)
			next = frl->since_ns[i] + FRL_DIRTY_NS;
	return next;
}

/* --- what the source reads --- */

static void status_tell(const struct frl *frl, uint32_t status)
{
	uint8_t bits = STATUS_0_FLT_READY;
	unsigned int lanes = 0;

	if (frl->state == FRL_TMDS) {
		if (status & KINORA_HDMI_CARRIER)
			bits |= STATUS_0_CLOCK;
		if (status & KINORA_HDMI_LOCKED)
			lanes = 3;
	} else if (frl->state == FRL_STARTING || frl->state == FRL_RUNNING) {
		lanes = status & KINORA_HDMI_CARRIER ? frl->lanes : 0;
	}
	for (unsigned int i = 0; i < lanes; i++)
		bits |= STATUS_0_LOCK(i);
	if (scdc_write(frl, STATUS_0, bits))
		update_flags_set(frl, UPDATE_STATUS);
	scdc_write(frl, SCRAMBLER_STATUS, frl->state == FRL_TMDS ?
		   scdc_read(frl, TMDS_CONFIG) & TMDS_CONFIG_SCRAMBLING : 0);
}

/* --- the whole --- */

void frl_init(struct frl *frl, const struct controller_hal *hal, struct log *log)
{
	uint32_t link;

	*frl = (struct frl){ .hal = hal, .log = log, .state = FRL_TMDS };
	link = hal_read(hal, KINORA_CTL_HDMI + KINORA_HDMI_LINK);
	/* A link that runs has no requests. Any other is trained anew by the first poll. */
	if (link && link <= FRL_RATES && link == (scdc_read(frl, CONFIG_1) & CONFIG_1_RATE) &&
	    scdc_read(frl, STATUS_0) & STATUS_0_FLT_READY &&
	    !scdc_read(frl, LTP_REQUEST) && !scdc_read(frl, LTP_REQUEST + 1) &&
	    !update_flag(frl, UPDATE_FLT | UPDATE_FRL_START)) {
		frl->state = FRL_RUNNING;
		frl->ready = true;
		frl->powered = true;
		frl->rate = link;
		frl->lanes = link <= 2 ? 3 : 4;
		frl->trained = (1u << frl->lanes) - 1;
		return;
	}
	tmds_begin(frl);
	scdc_write(frl, SINK_VERSION, 1);
}

uint64_t frl_poll(struct frl *frl, uint32_t status, bool ready, uint64_t now_ns)
{
	bool powered = status & KINORA_HDMI_POWER;
	uint8_t config;

	/*
	 * When hot-plug or the source goes, everything is what it was at power-up (10.4.1). Not
	 * when they come: the source may have written already.
	 */
	if ((frl->ready && !ready) || (frl->powered && !powered))
		scdc_reset(frl);
	frl->ready = ready;
	frl->powered = powered;
	if (!ready || !powered) {
		frl->failed = false;
		frl->rate = 0;
		if (frl->state != FRL_TMDS)
			tmds_begin(frl);
		if (ready)
			status_tell(frl, 0);
		return UINT64_MAX;
	}
	config = scdc_read(frl, CONFIG_1);
	frl->ffe_levels = config >> CONFIG_1_FFE_SHIFT;
	if (frl->ffe_levels > FRL_FFE_MAX)
		frl->ffe_levels = FRL_FFE_MAX;
	if ((config & CONFIG_1_RATE) != frl->rate)
		rate_changed(frl, config & CONFIG_1_RATE, now_ns);
	if (frl->state == FRL_TRAINING)
		training_look(frl, status, now_ns);
	else if (frl->state == FRL_STARTING)
		starting_look(frl, now_ns);
	else if (frl->state == FRL_RUNNING)
		running_look(frl, status, now_ns);
	status_tell(frl, status);
	return frl_next(frl);
}

uint8_t frl_rate(const struct frl *frl)
{
	return frl->state == FRL_RUNNING ? frl->rate : 0;
}

bool frl_gave_up(const struct frl *frl)
{
	return frl->failed && (frl->state == FRL_TMDS || frl->state == FRL_REFUSED);
}
