/* SPDX-License-Identifier: MIT */
/*
 * The stimulus language: what happens to the virtual card, in lines people write. docs/stimulus.md
 * is the manual. A line is parsed into a struct and nothing else happens: no file is opened, no
 * state is kept. Whoever runs the card carries the struct out.
 *
 * Every message is ready to be shown: lowercase, cause first, with the column and the nearest
 * words that would have been right.
 */
#ifndef VCARD_STIMULUS_H
#define VCARD_STIMULUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "picture.h"

#define STIMULUS_LINE_MAX	4096	/* bytes in a line, the newline not counted */
#define STIMULUS_FILE_MAX	1024	/* bytes in a file name, with the closing 0 */
#define STIMULUS_WORD_MAX	32
#define STIMULUS_ERROR_MAX	1024	/* a buffer of this size holds any message */

enum stimulus_connector {
	STIMULUS_SDI1,
	STIMULUS_SDI2,
	STIMULUS_SDI3,
	STIMULUS_SDI4,
	STIMULUS_SDI_QUAD,	/* the four SDI links as one */
	STIMULUS_HDMI1,
	STIMULUS_REF,
	STIMULUS_CONNECTORS,
};

/* SMPTE link rate of each link that carries a mode. */
enum stimulus_link {
	STIMULUS_LINK_NONE,	/* cannot be carried so */
	STIMULUS_LINK_SD,	/* ST 259; as a reference: black burst */
	STIMULUS_LINK_HD,	/* ST 292-1 */
	STIMULUS_LINK_3G,	/* ST 424 */
	STIMULUS_LINK_6G,	/* ST 2081-1 */
	STIMULUS_LINK_12G,	/* ST 2082-1 */
	STIMULUS_LINK_BEYOND,	/* needs more than 12G links: sdi-quad only, to load the card */
};

/* A row of the mode table, "1080i50" or "4320p59.94". */
struct stimulus_mode {
	const char *name;
	uint16_t width, height;
	bool interlaced;		/* then the number in the name counts fields */
	uint32_t rate_num, rate_den;	/* frames per second */
	enum stimulus_link link;	/* on one SDI connector */
	enum stimulus_link link_quad;	/* each link of sdi-quad */
	bool hdmi;			/* fits HDMI 2.1 without DSC */
	bool ref;			/* exists as a reference (black burst or tri-level) */
};

/* Values of ST 352 byte 2, bits 5:4. */
enum stimulus_transfer {
	STIMULUS_SDR,
	STIMULUS_HLG,
	STIMULUS_PQ,
};

/* How a picture is spread over the four links. */
enum stimulus_mapping {
	STIMULUS_2SI,		/* two-sample interleave */
	STIMULUS_SQD,		/* square division */
};

/* How pixels travel over HDMI. */
enum stimulus_sampling {
	STIMULUS_SAMPLING_AUTO,		/* as source and sink agree */
	STIMULUS_SAMPLING_RGB,
	STIMULUS_SAMPLING_422,
	STIMULUS_SAMPLING_444,
	STIMULUS_SAMPLING_420,
};

/* What each of four links says of itself in its payload id. */
enum stimulus_ids {
	STIMULUS_IDS_USUAL,	/* 2SI: one of four, square division: a picture of its own */
	STIMULUS_IDS_QUAD,	/* one link of four */
	STIMULUS_IDS_SINGLE,	/* a picture of its own */
};

/* Where byte 4 of a payload id has the link's number. */
enum stimulus_numbers {
	STIMULUS_NUMBERS_USUAL,	/* as the standard says */
	STIMULUS_NUMBERS_75,	/* bits 7:5 */
	STIMULUS_NUMBERS_76,	/* bits 7:6 */
	STIMULUS_NUMBERS_NONE,
};

enum stimulus_payload {
	STIMULUS_PAYLOAD_RIGHT,	/* what the signal is */
	STIMULUS_PAYLOAD_GIVEN,	/* what the line says, true or not */
	STIMULUS_PAYLOAD_NONE,	/* the source sends no payload id */
};

/* A way to carry pictures over SDI that has a name: "3gb", "dual-hd", "quad-12g". */
struct stimulus_interface {
	const char *name;
	uint8_t links;			/* 1, 2 or 4 connectors */
	enum stimulus_link link;	/* rate of each */
	bool level_b;			/* ST 425-1 level B: two streams at half the clock */
	/* a progressive picture goes as two fields, in an interlaced transport of half its rate */
	bool halved;
	uint8_t code;			/* ST 352 byte 1 */
	uint8_t code_single;		/* a link that says it is a whole picture; 0: none */
	uint16_t height;		/* of the picture */
	uint8_t hz[2];			/* frames a second: from, to */
	bool interlaced;		/* carries interlaced pictures too */
};

struct stimulus_signal {
	const struct stimulus_mode *mode;	/* NULL: signal off */
	const struct stimulus_interface *interface;	/* NULL: not over SDI, or off */
	unsigned int link;			/* interfaces of two links: 0 or 1, which this is */
	bool from_file;				/* file, otherwise pattern */
	enum picture_pattern pattern;
	char file[STIMULUS_FILE_MAX];
	char format[STIMULUS_WORD_MAX];		/* of a raw file, a clip.h name; empty: not given */
	unsigned int frames;			/* most pictures to keep of a file; 0: by memory */
	enum stimulus_transfer transfer;
	struct picture_colour colour;
	enum stimulus_mapping mapping;
	/* sdi-quad: bits 2n+1:2n, the part of the picture on link n+1, as kinora_signal.order */
	uint8_t order;
	enum stimulus_ids ids;
	enum stimulus_numbers numbers;
	enum stimulus_payload payload_kind;
	uint32_t payload;			/* GIVEN: byte 1 in bits 7:0 */
	struct {
		enum stimulus_sampling sampling;
		uint8_t depth;			/* 8, 10, 12; 0: as source and sink agree */
		bool vic_given;			/* tell this VIC, not the mode's */
		uint8_t vic;
		uint8_t content;		/* IT content: KINORA_IT_* of kinora_hw.h */
		bool dvi;			/* no data islands */
		bool force;			/* whatever the EDID says */
	} hdmi;					/* hdmi1 only */
	double ppm;				/* the source's clock against the card's */
};

enum stimulus_fault {
	STIMULUS_FAULT_CRC,
	STIMULUS_FAULT_SKEW,
	STIMULUS_FAULT_UNLOCK,
	STIMULUS_FAULT_FLAP,
	STIMULUS_FAULT_CLEAR,
	STIMULUS_FAULT_LANE,
	STIMULUS_FAULT_ERRORS,
	STIMULUS_FAULT_INFOFRAME,
};

/* What happens to an InfoFrame. */
enum stimulus_infoframe {
	STIMULUS_INFOFRAME_MISSING,
	STIMULUS_INFOFRAME_DAMAGED,	/* its checksum is wrong */
	STIMULUS_INFOFRAME_GOOD,
};

enum stimulus_cec {
	STIMULUS_CEC_SEND,
	STIMULUS_CEC_NACK,
	STIMULUS_CEC_LOW_DRIVE,
	STIMULUS_CEC_ARBITRATION,
};

#define STIMULUS_CEC_MAX 16	/* bytes of a message */

enum stimulus_card {
	STIMULUS_CARD_UNPLUG,
	STIMULUS_CARD_STOP_ANSWERING,
	STIMULUS_CARD_MUTE_INTERRUPTS,
	STIMULUS_CARD_LOSE_INTERRUPT,
	STIMULUS_CARD_CORRUPT_RECORD,
};

/* Field of the next completion record that the card falsifies. */
enum stimulus_record_field {
	STIMULUS_RECORD_TAG,
	STIMULUS_RECORD_BYTES,
	STIMULUS_RECORD_STATUS,
	STIMULUS_RECORD_FRAME,
	STIMULUS_RECORD_PHASE,
};

enum stimulus_kind {
	STIMULUS_NOTHING,	/* blank line or comment */
	STIMULUS_SIGNAL,
	STIMULUS_FAULT,
	STIMULUS_CARD,
	STIMULUS_CEC,
	STIMULUS_WAIT,		/* only in files */
	STIMULUS_BOOKS,
	STIMULUS_STATUS,
	STIMULUS_HELP,
};

struct stimulus {
	enum stimulus_kind kind;
	enum stimulus_connector connector;	/* SIGNAL, FAULT, CEC */
	union {
		struct stimulus_signal signal;
		struct {
			enum stimulus_fault kind;
			double crc_rate;	/* CRC: 0..1, chance that a line's CRC is wrong */
			uint32_t skew;		/* SKEW: last link behind the first */
			bool skew_lines;	/* in lines, otherwise in words */
			uint32_t unlock_ms;	/* UNLOCK: for so long */
			double flap_hz;		/* FLAP: the cable is off so often a second ... */
			uint32_t flap_off;	/* ... for so many percent of the time */
			uint32_t lane;		/* LANE: 0 .. 3 */
			uint32_t frl_rate;	/* LANE: bad from there on, 1 .. 6; 0: good */
			double error_rate;	/* ERRORS: 0..1, chance of one in a line */
			unsigned int slot;	/* INFOFRAME: KINORA_INFOFRAME_* */
			enum stimulus_infoframe infoframe;	/* INFOFRAME */
		} fault;
		struct {
			enum stimulus_cec kind;
			uint8_t length;		/* SEND */
			uint8_t bytes[STIMULUS_CEC_MAX];	/* SEND */
			bool nack;		/* NACK */
			uint32_t count;		/* LOW_DRIVE, ARBITRATION: of messages */
		} cec;
		struct {
			enum stimulus_card kind;
			bool mute;		/* MUTE_INTERRUPTS */
			uint32_t lose;		/* LOSE_INTERRUPT: the next so many */
			enum stimulus_record_field field;	/* CORRUPT_RECORD */
		} card;
		struct {
			uint32_t ms;		/* 0: count frames */
			uint32_t frames;	/* of the fastest signal there is */
		} wait;
		struct {
			bool reset;
		} books;
	};
};

/*
 * Parse one line without its newline. 0, or -EINVAL with the message in error (cut to size).
 * from_file allows `wait`, which makes no sense in a command that must answer at once.
 */
int stimulus_parse(const char *line, bool from_file, struct stimulus *out, char *error,
		   size_t size);

/*
 * Parse a whole file: *out is an array of *count things to do, in order, NOTHING left out; free()
 * it. 0 or negative errno, with "FILE:LINE: what is wrong" in error. Nothing of a file with an
 * error is returned.
 */
struct stimulus_step {
	unsigned int line;	/* counted from 1 */
	struct stimulus stimulus;
};

int stimulus_file_read(const char *path, struct stimulus_step **out, size_t *count, char *error,
		       size_t size);

/* The words of the language, for answers of the card. NULL outside the enum. */
const char *stimulus_connector_name(enum stimulus_connector connector);
const char *stimulus_transfer_name(enum stimulus_transfer transfer);
const char *stimulus_mapping_name(enum stimulus_mapping mapping);
const char *stimulus_matrix_name(enum picture_matrix matrix);
const char *stimulus_range_name(enum picture_range range);

/* A mode by name or by index, NULL when there is none. */
const struct stimulus_mode *stimulus_mode_find(const char *name);
const struct stimulus_mode *stimulus_mode_at(size_t index);

/* An interface by index, NULL when there is none. */
const struct stimulus_interface *stimulus_interface_at(size_t index);
/* Does it carry this mode? */
bool stimulus_interface_carries(const struct stimulus_interface *interface,
				const struct stimulus_mode *mode);

/* The signal goes by the interface that is usual for its mode, or not over SDI. */
bool stimulus_interface_usual(const struct stimulus_signal *signal);

/* What `help` prints: every form of line. */
const char *stimulus_help(void);

#endif
