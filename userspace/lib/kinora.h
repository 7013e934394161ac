/* SPDX-License-Identifier: MIT */
/*
 * libkinora: the programmer's side of a Kinora 8K capture card. This header is the first manual;
 * libkinora(3) tells how the parts work together.
 *
 * The library has two halves. Devices and capture talk V4L2 (and work with any V4L2 capture node,
 * with less to tell about it). Pixel formats, colour and timing statistics are plain C: they need
 * no device, no kernel and no thread of their own.
 *
 * Conventions
 * - Functions that can fail return 0 or a negative errno; kinora_error() then says in words what
 *   happened and what to do about it. Nothing is printed, nothing ends the program.
 * - `init/finish` work on memory of the caller, `create/destroy` allocate. destroy(NULL) is fine.
 * - Times are nanoseconds, rates are fractions, sequence numbers count frames on the wire.
 * - No object may be used by two threads at once; different objects may.
 */
#ifndef KINORA_H
#define KINORA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KINORA_VERSION "0.1.0"

/* Version of the library that is running, e.g. "0.1.0". */
const char *kinora_version(void);

/*
 * Why the last call of this thread failed: lowercase, cause first, no full stop. Valid until the
 * next call that fails. Never NULL.
 */
const char *kinora_error(void);

/* ------------------------------------------------------------------ rates */

struct kinora_rational {
	uint32_t num, den;		/* 60000/1001; den 0: unknown */
};

/* Clocks of two sources count as the same rate within this; 1/1.001 is 999 ppm away. */
#define KINORA_RATE_TOLERANCE_PPM 400.0
/* A measured rate is certain when three times its standard uncertainty is within this. */
#define KINORA_RATE_CERTAIN_PPM 100.0

/*
 * The standard frame rate nearest to hz: 24, 25, 30, 48, 50, 60, 96, 100 or 120, those but 25,
 * 50 and 100 also over 1.001. 0/0 when none is within KINORA_RATE_TOLERANCE_PPM.
 */
struct kinora_rational kinora_rate_nearest(double hz);

/* Writes "60" or "60000/1001", "unknown" for 0/0; returns text. */
#define KINORA_RATE_TEXT 24
const char *kinora_rate_text(struct kinora_rational rate, char text[KINORA_RATE_TEXT]);

/* ---------------------------------------------------------- pixel formats */

#define KINORA_FOURCC(a, b, c, d)                                                                  \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* The values V4L2 uses; v210 has none in the kernel's list and takes the one everybody uses. */
#define KINORA_FORMAT_UYVY KINORA_FOURCC('U', 'Y', 'V', 'Y')
#define KINORA_FORMAT_YUYV KINORA_FOURCC('Y', 'U', 'Y', 'V')
#define KINORA_FORMAT_NV12 KINORA_FOURCC('N', 'V', '1', '2')
#define KINORA_FORMAT_NV16 KINORA_FOURCC('N', 'V', '1', '6')
#define KINORA_FORMAT_P010 KINORA_FOURCC('P', '0', '1', '0')
#define KINORA_FORMAT_Y210 KINORA_FOURCC('Y', '2', '1', '0')
#define KINORA_FORMAT_V210 KINORA_FOURCC('v', '2', '1', '0')
#define KINORA_FORMAT_XBGR32 KINORA_FOURCC('X', 'R', '2', '4')	    /* bytes B, G, R, X */
#define KINORA_FORMAT_RGBX1010102 KINORA_FOURCC('R', 'X', '3', '0') /* R 31:22 G 21:12 B 11:2 */

struct kinora_format_info {
	uint32_t fourcc;
	const char *name;		/* "v210": what options and reports use */
	unsigned int bits;		/* per sample: 8 or 10 */
	unsigned int chroma_lines;	/* picture lines per chroma line: 2 in 4:2:0, else 1 */
	bool planar_chroma;		/* chroma follows luma in a plane of its own */
	bool rgb;
};

/* NULL: not one of ours. Names are compared without regard to case. */
const struct kinora_format_info *kinora_format_find(uint32_t fourcc);
const struct kinora_format_info *kinora_format_find_name(const char *name);
/* The table, one by one; NULL after the last. */
const struct kinora_format_info *kinora_format_at(unsigned int index);

/* Smallest bytes per line (of plane 0), and bytes of a whole picture with lines of stride bytes. */
size_t kinora_format_stride(const struct kinora_format_info *format, unsigned int width);
size_t kinora_format_bytes(const struct kinora_format_info *format, size_t stride,
			   unsigned int height);

/* ----------------------------------------------------------------- colour */

enum kinora_matrix {
	KINORA_MATRIX_709,
	KINORA_MATRIX_2020,		/* non-constant luminance */
	KINORA_MATRIX_601,
};

/* ITU-T H.273 would call these colour primaries. */
enum kinora_primaries {
	KINORA_PRIMARIES_709,
	KINORA_PRIMARIES_2020,
	KINORA_PRIMARIES_601_525,
	KINORA_PRIMARIES_601_625,
};

enum kinora_curve {
	KINORA_CURVE_SDR,		/* BT.709, BT.2020, BT.601 */
	KINORA_CURVE_HLG,		/* BT.2100 hybrid log-gamma */
	KINORA_CURVE_PQ,		/* BT.2100 perceptual quantisation, SMPTE ST 2084 */
	KINORA_CURVE_UNSPECIFIED,
};

struct kinora_colour {
	enum kinora_matrix matrix;
	enum kinora_primaries primaries;
	enum kinora_curve curve;
	bool full_range;		/* else Y 16..235, C 16..240 of 255 */
};

const char *kinora_matrix_name(enum kinora_matrix matrix);	   /* "BT.709" */
const char *kinora_primaries_name(enum kinora_primaries primaries); /* "BT.2020" */
const char *kinora_curve_name(enum kinora_curve curve);		   /* "HLG" */

/* A picture in memory. Nothing in it is owned. */
struct kinora_picture {
	const struct kinora_format_info *format;
	unsigned int width, height;	/* even width; even height in 4:2:0 */
	size_t stride;			/* bytes per line, of both planes */
	const void *data;
	size_t bytes;			/* readable at data */
	struct kinora_colour colour;
};

/*
 * Picture to R'G'B', full range, gamma (or HLG, PQ) untouched. Chroma is taken as co-sited with
 * every second pixel and interpolated linearly; in 4:2:0 it lies between two lines (MPEG-2 siting).
 */
struct kinora_converter;

/* depth: 8 or 16 bits per component of the result. -EINVAL: sizes do not fit together. */
int kinora_converter_create(struct kinora_converter **converter,
			    const struct kinora_picture *picture, unsigned int depth);
/* One line: width * 3 components R, G, B, of uint8_t or (in the machine's byte order) uint16_t. */
void kinora_converter_line(struct kinora_converter *converter, unsigned int y, void *rgb);
void kinora_converter_destroy(struct kinora_converter *converter);

/* ------------------------------------------------------- ST 352 payload id */

/*
 * Describes a payload id (byte 1 in bits 7:0), e.g. "4320p on quad-link 12G, 59.94, HLG, BT.2020,
 * 4:2:2, 10 bit". Unknown values are shown as numbers. Returns text.
 */
#define KINORA_PAYLOAD_TEXT 128
const char *kinora_payload_text(uint32_t payload_id, char text[KINORA_PAYLOAD_TEXT]);

/* The interface alone, "quad-link 12G-SDI (ST 2082-12)"; NULL when the code is not known. */
const char *kinora_payload_interface(uint32_t payload_id);

/* --------------------------------------------------------------- channels */

#define KINORA_PATH_MAX 64
#define KINORA_TEXT_MAX 64

/* A picture node and what belongs to it, as found in sysfs; no device is opened for it. */
struct kinora_channel {
	char video[KINORA_PATH_MAX];	/* "/dev/video0" */
	char meta[KINORA_PATH_MAX];	/* its metadata node; "" when there is none */
	char name[KINORA_TEXT_MAX];	/* "kinora ch1 video" */
	char driver[KINORA_TEXT_MAX];	/* "kinora"; other drivers' nodes only when asked by path */
	char bus[KINORA_TEXT_MAX];	/* "0000:01:00.0" */
	char serial[KINORA_TEXT_MAX];	/* of the card; "" when the driver shows none */
	unsigned int number;		/* from 1; 0: not a Kinora channel */
	char link_speed[KINORA_TEXT_MAX]; /* "16.0 GT/s PCIe"; "" when not on PCIe */
	char link_speed_max[KINORA_TEXT_MAX];
	unsigned int link_width, link_width_max; /* lanes; 0: not known */
};

/* All Kinora channels by card and number. Free *list with free(). */
int kinora_channels_list(struct kinora_channel **list, size_t *count);

/*
 * The channel that name means: "2" and "/dev/video2" (a node, or a link to it, of any driver),
 * "SERIAL" or "SERIAL:2" (a card's first, second ... channel), NULL (the first Kinora channel).
 * A metadata node means its picture node. -ENODEV: there is none.
 */
int kinora_channel_find(const char *name, struct kinora_channel *channel);

/* Who has a node open. Processes of others are seen only with the right to look (root). */
struct kinora_holder {
	int pid;
	char command[32];
};

/* Up to max holders of the node at path; the number found, or negative errno. */
int kinora_channel_holders(const char *path, struct kinora_holder *holders, size_t max);

/* ---------------------------------------------------------------- devices */

struct kinora_device;

enum kinora_lock {
	KINORA_LOCK_UNKNOWN,		/* the node knows no DV timings (a webcam) */
	KINORA_LOCK_NONE,		/* no signal, ENOLINK */
	KINORA_LOCK_UNSTABLE,		/* something is there, ENOLCK */
	KINORA_LOCK_UNSUPPORTED,	/* locked, but no raster the card takes, ERANGE */
	KINORA_LOCK_OK,
};

const char *kinora_lock_text(enum kinora_lock lock); /* "no signal" */

/* What is on the input now. With any lock but OK everything from width on is what is configured. */
struct kinora_signal_info {
	unsigned int input;
	char input_name[KINORA_TEXT_MAX]; /* "SDI quad link" */
	enum kinora_lock lock;
	unsigned int width, height;
	bool interlaced;
	struct kinora_rational rate;	/* frames, not fields, per second */
	uint64_t pixelclock;		/* Hz; 0 without DV timings */
	unsigned int htotal, vtotal;	/* with blanking */
	bool sdi, cta;			/* standards the raster belongs to */
	struct kinora_colour colour;
	uint32_t payload_id;		/* ST 352 of link 1; 0: none */
};

/* "7680x4320p60000/1001"; text for people. */
#define KINORA_RASTER_TEXT 64
const char *kinora_signal_raster(const struct kinora_signal_info *signal,
				 char text[KINORA_RASTER_TEXT]);

/*
 * Opens the picture node of a channel. Opening does not disturb who else has it open.
 * -EACCES, -EPERM: no right to; -ENODEV: gone, or no V4L2 capture device.
 */
int kinora_device_open(struct kinora_device **device, const struct kinora_channel *channel);
void kinora_device_close(struct kinora_device *device);

const struct kinora_channel *kinora_device_channel(const struct kinora_device *device);
/* From VIDIOC_QUERYCAP: "kinora", "Kinora 8K ch1", and the kernel that runs, "6.12.48". */
const char *kinora_device_driver(const struct kinora_device *device);
const char *kinora_device_card(const struct kinora_device *device);
const char *kinora_device_kernel(const struct kinora_device *device);

/* Name of input index, or NULL after the last. Valid until the next call. */
const char *kinora_device_input(struct kinora_device *device, unsigned int index);
/*
 * Selects an input by number or name: letters and digits count, case and signs do not, and a part
 * will do that only one name has. -EBUSY: somebody captures.
 */
int kinora_device_select(struct kinora_device *device, const char *input);

/* Asks the card; no frame is needed and nothing is changed. */
int kinora_device_signal(struct kinora_device *device, struct kinora_signal_info *signal);

/*
 * Takes the timings that are on the wire, so that pictures have their size. -ENOLINK, -ENOLCK,
 * -ERANGE: see enum kinora_lock; -EBUSY: they differ and somebody captures. 0 without DV timings.
 */
int kinora_device_lock(struct kinora_device *device);

/* ------------------------------------------------------------- connectors */

/*
 * What the card's controller says of each connector, read from sysfs: no device is opened, nothing
 * is disturbed, no right is needed. Fields that a connector does not have are 0 or "".
 */
struct kinora_connector {
	char card[KINORA_TEXT_MAX];	/* serial number of the card; "" when it shows none */
	char bus[KINORA_TEXT_MAX];	/* "0000:01:00.0" */
	char id[16];			/* "sdi1", "sdi-quad", "hdmi1", "ref": what commands take */
	char name[KINORA_TEXT_MAX];	/* "SDI 1-4 quad link" */
	unsigned int channels;		/* bit n: channel n + 1 can take it */
	enum kinora_lock lock;		/* never UNKNOWN */
	char reason[16];		/* why there is no picture: "skew", "none" */
	bool capturable;		/* locked to a raster that can be captured here */
	char interface[16];		/* "12g", "quad-12g", "tmds", "frl"; "none" */
	char mapping[8];		/* in effect: "single", "2si", "sqd" */
	char order[8];			/* quad link: parts that links 1 to 4 carry, "1234" */
	char mapping_override[8];	/* set by hand: "2si", "sqd", or "auto" */
	char order_override[8];		/* set by hand: "1324", or "auto" */
	unsigned int width, height, htotal, vtotal;
	struct kinora_rational rate;	/* frames, not fields, per second; den 0 without signal */
	uint64_t pixelclock;		/* Hz */
	bool interlaced, psf;		/* psf: progressive picture in an interlaced transport */
	char colorimetry[12];		/* "709", "2020", "601", "vanc", "unknown" */
	char transfer[12];		/* "sdr", "hlg", "pq", "unspecified" */
	char sampling[8];		/* "422", "444", "rgb", "420" */
	bool full_range;
	unsigned int depth;		/* bits per sample on the wire */
	char links[8];			/* SDI links that are locked, "1234" */
	unsigned int dual;		/* 1, 2: the link of a dual-link picture this is; 0: none */
	uint32_t payload_id[4];		/* ST 352 per link, byte 1 in bits 7:0; 0: none */
	unsigned int crc_errors[4];	/* per link, since power-up; HDMI: character errors */
	unsigned int skew_ns[4];	/* quad link: behind the earliest */
	unsigned int link_count;	/* how many of the arrays above count: 4 or 1 */
	unsigned int lock_losses;	/* since power-up */
	int clock_ppb;			/* wire clock against nominal, 1e-9 */
	uint64_t since_ns;		/* card clock of the last change */
	uint64_t age_ms;		/* how long it has been so */
	unsigned int generation;	/* grows with each change */
	bool power;			/* SDI: carrier; HDMI: +5 V of a source */
	bool payload_lies;		/* the payload id contradicts what is measured */
	bool errors;			/* wire errors in the last second */
	bool hotplug, hdmi;		/* HDMI: hot-plug is asserted; HDMI, not DVI */
	unsigned int vic, frl_rate;	/* HDMI: CTA-861 code, 0 none; FRL 1 to 6, 0 TMDS */
	char it_content[12];		/* HDMI: "none", "graphics", "photo", "cinema", "game" */
	unsigned int infoframes;	/* HDMI: grows when an InfoFrame comes, goes or changes */
};

/* A channel's side of the routing. */
struct kinora_route {
	struct kinora_channel channel;
	char input[16];			/* id of the connector it takes now */
	char inputs[8][16];		/* ids by index of VIDIOC_ENUMINPUT; "" after the last */
	char video_state[12], meta_state[12]; /* "idle", "allocated", "streaming" */
	char video_holder[KINORA_TEXT_MAX]; /* "obs 4711" that holds the node's buffers, or "" */
	char meta_holder[KINORA_TEXT_MAX];
};

struct kinora_card {
	char serial[KINORA_TEXT_MAX];	/* "" when the driver shows none */
	char bus[KINORA_TEXT_MAX];
	char firmware[KINORA_TEXT_MAX];	/* version of the controller's firmware that runs, or "" */
	char firmware_source[KINORA_TEXT_MAX]; /* where it comes from, or "" */
	struct kinora_connector connectors[8];
	size_t connector_count;
	struct kinora_route routes[8];
	size_t route_count;
};

/* All cards by place on the bus. Free *list with free(). */
int kinora_cards_list(struct kinora_card **list, size_t *count);
/*
 * The card that name means: a serial number, a place on the bus, or anything kinora_channel_find()
 * takes. NULL: the only card there is. -ENODEV: none, or more than one.
 */
int kinora_card_find(const char *name, struct kinora_card *card);

/* A connector of the card by id or name, as people type it ("SDI 1", "sdi1", "quad"); or NULL. */
const struct kinora_connector *kinora_card_connector(const struct kinora_card *card,
						     const char *name);
/* The connector's state in words, with what to do next when there is no picture. Returns text. */
#define KINORA_ADVICE_TEXT 160
const char *kinora_connector_text(const struct kinora_connector *connector,
				  char text[KINORA_ADVICE_TEXT]);
const char *kinora_connector_advice(const struct kinora_connector *connector,
				    char text[KINORA_ADVICE_TEXT]);
/* "quad-link 12G-SDI" for "quad-12g"; the word itself when it is not known. */
const char *kinora_interface_text(const char *interface);

/*
 * Lets channel (from 1) take a connector. -EINVAL: it cannot, and kinora_error() tells which it
 * can; -EBUSY: somebody captures, and it tells who.
 */
int kinora_route_set(const struct kinora_card *card, unsigned int channel, const char *connector);

/* mapping: "auto", "2si", "sqd"; order: "auto", "1324"; NULL leaves one as it is. */
int kinora_mapping_set(const struct kinora_card *card, const char *mapping, const char *order);

/*
 * Waits for changes of signals, on all connectors of all cards, without polling. Any number of
 * changes that came since the last call count as one.
 */
struct kinora_watch;
int kinora_watch_create(struct kinora_watch **watch);
/* 1: something changed, 0: nothing within timeout_ms (-1: wait on), or negative errno. */
int kinora_watch_wait(struct kinora_watch *watch, int timeout_ms);
void kinora_watch_destroy(struct kinora_watch *watch);

/* ------------------------------------------------------------------- EDID */

/*
 * Plain C, no device needed, but for the two last functions. Terms are those of VESA E-EDID 1.4
 * and CTA-861-I; VICs and data blocks have the names they have there.
 */
#define KINORA_EDID_BYTES_MAX 512
#define KINORA_EDID_BLOCK 128

struct kinora_edid {
	uint8_t bytes[KINORA_EDID_BYTES_MAX];
	size_t size;			/* 0: no EDID, so no source will send */
};

/* A video format of CTA-861, by its video identification code. Rates are fields if interlaced. */
struct kinora_video_mode {
	uint8_t vic;
	uint16_t width, height;
	uint8_t hz;			/* 60 means 60/1.001 as well */
	uint8_t flags;			/* bit 0 interlaced, bit 1 sync is positive */
	uint16_t aspect_w, aspect_h;
	uint32_t clock_khz;
	uint16_t hfront, hsync, hback, vfront, vsync, vback;
};

const struct kinora_video_mode *kinora_video_mode_at(unsigned int index); /* NULL after the last */
const struct kinora_video_mode *kinora_video_mode_find(unsigned int vic);
/* "2160p60", "1080i50", "4096x2160p24", "2160p60@64:27", "720p59.94", "vic97"; or NULL. */
const struct kinora_video_mode *kinora_video_mode_find_name(const char *name);
#define KINORA_MODE_TEXT 48
const char *kinora_video_mode_text(const struct kinora_video_mode *mode,
				   char text[KINORA_MODE_TEXT]);

/* Reads a file: raw bytes, or hex digits as edid-decode and v4l2-ctl print them. */
int kinora_edid_read(struct kinora_edid *edid, FILE *file, const char *name);
/* Hex, 16 bytes a line, an empty line between blocks: edid-decode and v4l2-ctl read it. */
int kinora_edid_write_hex(const struct kinora_edid *edid, FILE *file);

/* A thing that is wrong with an EDID. */
struct kinora_edid_finding {
	bool failure;			/* breaks a rule; else something sources may stumble over */
	unsigned int block;		/* from 0 */
	char text[200];			/* what it is, what it should be */
};

/* Up to max findings, failures before warnings; the number found, which may be more than max. */
size_t kinora_edid_check(const struct kinora_edid *edid, struct kinora_edid_finding *list,
			 size_t max);
/* Writes the right checksums. The number of blocks that had a wrong one. */
unsigned int kinora_edid_fix_checksums(struct kinora_edid *edid);

/* All of it in words; what is broken is told and the rest goes on. */
int kinora_edid_write_text(const struct kinora_edid *edid, FILE *file);
/* The same as JSON: kinora-edid-json is described in kinora-edid(1). */
int kinora_edid_write_json(const struct kinora_edid *edid, FILE *file);

/* Presets, one by one, with a line about each; NULL after the last. */
const char *kinora_edid_preset_name(unsigned int index);
const char *kinora_edid_preset_help(unsigned int index);
/* -EINVAL: no such preset. */
int kinora_edid_preset(const char *name, struct kinora_edid *edid);

/*
 * Changes an EDID: "+2160p120", "-4320p60", "hdr=off", "audio=2", "name=STUDIO 1"; kinora-edid(1)
 * lists them. All of them together have to leave it sound. -EINVAL: no such change, or it would
 * break the EDID; -ENOSPC: it would not fit 512 bytes. The EDID then is as it was.
 */
int kinora_edid_modify(struct kinora_edid *edid, const char *const *changes, size_t count);
/* The words that kinora_edid_modify() takes, one by one, with help; NULL after the last. */
const char *kinora_edid_change_name(unsigned int index);
const char *kinora_edid_change_help(unsigned int index);

/* The EDID that sources of a connector read. size 0: none. -EINVAL: the connector has none. */
int kinora_card_edid_get(const struct kinora_card *card, const char *connector,
			 struct kinora_edid *edid);
/* Hot-plug goes low for 100 ms, so sources read it anew; it stays low without an EDID (size 0). */
int kinora_card_edid_set(const struct kinora_card *card, const char *connector,
			 const struct kinora_edid *edid);

/* ------------------------------------------------------------ saved state */

/*
 * Routing, mapping, order and EDIDs of a card as JSON. The card itself keeps none of it beyond
 * power-off, so that its flash does not wear.
 */
#define KINORA_STATE_FOLDER "/var/lib/kinora"

/* Writes path by a temporary file and rename. 1: written, 0: it was there already, as it is. */
int kinora_state_save(const struct kinora_card *card, const char *path);
/*
 * Sets what differs. Goes on after what fails; failed tells how many of it did, and
 * kinora_error() is about the last. -EINVAL: no such file format; nothing was set.
 */
int kinora_state_restore(const struct kinora_card *card, const char *path, unsigned int *changed,
			 unsigned int *failed);

/* ---------------------------------------------------------------- capture */

struct kinora_capture;

struct kinora_capture_config {
	uint32_t format;		/* KINORA_FORMAT_*; 0: what is set */
	unsigned int buffers;		/* 2..32; the driver may give fewer: at 8K it caps memory */
	bool map;			/* frames are to be read, not only counted */
	bool meta;			/* also take the metadata node, when there is one */
};

/* A frame that is ours until it is released. */
struct kinora_frame {
	unsigned int index;		/* of the buffer */
	uint32_t sequence;		/* counts frames on the wire */
	uint64_t timestamp_ns;		/* CLOCK_MONOTONIC, start of frame unless at_end */
	uint64_t dequeued_ns;		/* CLOCK_MONOTONIC, when this program had it */
	bool at_end;			/* the timestamp is of the end of the frame */
	bool error;			/* not a good picture: signal lost, changed, or damaged */
	const void *data;		/* NULL without config.map */
	size_t bytes;
};

/* From the card's own mouth: the metadata that shares `sequence` with a picture. */
struct kinora_meta {
	uint32_t sequence;
	uint64_t timestamp_ns;		/* CLOCK_MONOTONIC, as in the picture's frame */
	uint64_t frame;			/* number on the wire since power-up */
	uint64_t sof_ns, eof_ns;	/* start and end of frame, card clock */
	uint64_t timecode;		/* KINORA_TC_* of kinora-uapi.h; 0: none */
	uint32_t payload_id;
	uint32_t generation;		/* grows when the signal changes */
	struct kinora_rational rate;	/* on the wire */
	bool error;			/* no signal, or not the expected one */
};

/* The format capture runs with. */
struct kinora_capture_format {
	uint32_t fourcc;
	const struct kinora_format_info *info; /* NULL: the library cannot read it */
	char name[8];			/* "v210", or the four characters */
	unsigned int width, height;
	size_t stride, bytes;
	struct kinora_colour colour;
};

#define KINORA_EVENT_SOURCE_CHANGE 1u

/*
 * Sets the format and queues buffers; frames flow from start on. The format that was set before
 * comes back with destroy. -EBUSY: somebody else captures; kinora_error() names who, if it may.
 */
int kinora_capture_create(struct kinora_capture **capture, struct kinora_device *device,
			  const struct kinora_capture_config *config);
int kinora_capture_start(struct kinora_capture *capture);
/* Ends the flow for good. Frames in hand stay readable until destroy; release nothing any more. */
void kinora_capture_stop(struct kinora_capture *capture);
void kinora_capture_destroy(struct kinora_capture *capture);

const struct kinora_capture_format *kinora_capture_format(const struct kinora_capture *capture);
unsigned int kinora_capture_buffers(const struct kinora_capture *capture);
/* Why there is no metadata, or NULL when there is. */
const char *kinora_capture_meta_missing(const struct kinora_capture *capture);

/*
 * Waits for the next frame. -ETIMEDOUT after timeout_ms; -EINTR on a signal; -ENODEV: the card is
 * gone. Give each frame back soon: what has no buffer is lost.
 */
int kinora_capture_next(struct kinora_capture *capture, struct kinora_frame *frame,
			int timeout_ms);
int kinora_capture_release(struct kinora_capture *capture, const struct kinora_frame *frame);

/* Metadata in order of arrival: 1 and one entry, 0 when there is none just now, negative errno. */
int kinora_capture_take_meta(struct kinora_capture *capture, struct kinora_meta *meta);
/*
 * Metadata of one frame, waiting up to timeout_ms for it (it may come a little before or after the
 * picture). -ENODATA: it was never sent or has passed (the last 64 are kept); -ETIMEDOUT.
 */
int kinora_capture_find_meta(struct kinora_capture *capture, uint32_t sequence,
			     struct kinora_meta *meta, int timeout_ms);

/* KINORA_EVENT_* since the last call. */
unsigned int kinora_capture_events(struct kinora_capture *capture);

/* The frame as a picture for a converter. -EINVAL: its format is not one of ours, or not mapped. */
int kinora_capture_picture(const struct kinora_capture *capture, const struct kinora_frame *frame,
			   struct kinora_picture *picture);

/* ------------------------------------------------------ timing: statistics */

#define KINORA_BINS 80
#define KINORA_POINTS 1000

struct kinora_histogram {
	int64_t start_ns, width_ns;	/* bin n: start + n * width up to start + (n + 1) * width */
	unsigned int bins;
	uint64_t count[KINORA_BINS];
};

/* Values over time, thinned to what a plot shows: smallest and largest of `step` frames each. */
struct kinora_series {
	uint64_t step;			/* frames per point */
	unsigned int points;
	int64_t min_ns[KINORA_POINTS], max_ns[KINORA_POINTS];
};

struct kinora_distribution {
	uint64_t count;			/* 0: nothing else is valid */
	int64_t min_ns, p1_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
	double mean_ns, stddev_ns;
	struct kinora_histogram histogram;
};

/* The cadence as one clock saw it. */
struct kinora_clock_timing {
	uint64_t frames;		/* good frames in the fit; below 3 nothing else is valid */
	unsigned int segments;		/* unbroken runs: an error frame ends one */
	double period_ns;		/* slope of the least-squares line through all of them */
	double hz;
	struct kinora_rational nominal;	/* nearest standard rate; 0/0: none, or not certain */
	double ppm;			/* rate against nominal */
	double ppm_sigma;		/* standard uncertainty; valid without nominal too */
	struct kinora_distribution interval; /* between neighbours in sequence */
	struct kinora_series interval_series;
	int64_t tie_pp_ns;		/* time interval error against the line, peak to peak */
	double tie_rms_ns;
	struct kinora_series tie;
};

enum kinora_timing_clock { KINORA_CLOCK_CARD, KINORA_CLOCK_HOST, KINORA_CLOCKS };

/* Where frames are missing. */
struct kinora_gap {
	uint32_t after;			/* sequence of the last frame before it */
	uint64_t lost;
};

#define KINORA_GAPS 16

struct kinora_timing_result {
	uint64_t frames;		/* received, errors included */
	uint64_t errors;		/* of them marked as no good picture */
	uint64_t gaps, lost;		/* jumps of the sequence, and frames missing there */
	struct kinora_gap gap[KINORA_GAPS]; /* the first of them */
	uint64_t repeats;		/* sequence number or timestamp did not advance */
	uint64_t metadata;		/* frames that metadata was found for */
	uint64_t signal_changes;	/* as the metadata tell */
	uint32_t first_sequence, last_sequence;
	int64_t duration_ns;		/* first to last timestamp */
	bool at_end;			/* host timestamps are of the end of the frame */
	struct kinora_clock_timing clock[KINORA_CLOCKS];
	struct kinora_distribution latency_start; /* in hand minus start of frame */
	struct kinora_distribution latency_end;	  /* in hand minus end of frame */
};

struct kinora_timing_log;

/* Collects; each call is an append of some dozen bytes. */
int kinora_timing_log_create(struct kinora_timing_log **log);
void kinora_timing_log_destroy(struct kinora_timing_log *log);
int kinora_timing_log_frame(struct kinora_timing_log *log, const struct kinora_frame *frame);
int kinora_timing_log_meta(struct kinora_timing_log *log, const struct kinora_meta *meta);

/*
 * What the log says. active_ns: from start to end of frame where no metadata tell; 0: not known.
 * A log without frames gives a result without frames. -ENOMEM.
 */
int kinora_timing_log_analyse(const struct kinora_timing_log *log, int64_t active_ns,
			      struct kinora_timing_result *result);

/* The clock to judge by: the card's, or the host's where there are no metadata. */
enum kinora_timing_clock kinora_timing_reference(const struct kinora_timing_result *result);

/* --------------------------------------------------------- timing: reports */

#define KINORA_UNLIMITED (-1)

/* What is asked of a measurement; negative: not asked. */
struct kinora_timing_limits {
	struct kinora_rational rate;	/* expected; 0/0: any standard rate */
	double max_ppm;
	double max_tie_ns;		/* peak to peak */
	int64_t max_lost, max_repeats, max_errors, max_signal_changes;
	double max_latency_p99_ns;	/* from start of frame */
	double max_latency_end_p99_ns;	/* from end of frame */
};

/* 50 ppm, no lost, repeated or bad frame, no signal change; latency and TIE are not judged. */
void kinora_timing_limits_init(struct kinora_timing_limits *limits);

struct kinora_check {
	const char *name;		/* "rate error" */
	const char *unit;		/* "ppm", "frames" or "ns" */
	double value, limit;		/* value: NAN when it could not be measured */
	bool pass;
};

#define KINORA_CHECKS_MAX 12

/* Judges a result; returns the number of checks made. */
unsigned int kinora_timing_judge(const struct kinora_timing_result *result,
				 const struct kinora_timing_limits *limits,
				 struct kinora_check checks[KINORA_CHECKS_MAX]);

/* A measurement with all that a reader wants to know about it: what reports are made from. */
struct kinora_timing_report {
	char time[32];			/* UTC, "2026-01-31T12:00:00Z" */
	char program[32];		/* "kinora 0.1.0" */
	char device[KINORA_PATH_MAX];
	char meta[KINORA_PATH_MAX];
	char card[KINORA_TEXT_MAX];
	char driver[KINORA_TEXT_MAX];
	char serial[KINORA_TEXT_MAX];
	unsigned int channel;
	char input[KINORA_TEXT_MAX];
	char raster[KINORA_TEXT_MAX];	/* "7680x4320p60" */
	char colour[KINORA_TEXT_MAX];	/* "BT.2020 HLG" */
	uint32_t payload_id;
	char format[KINORA_TEXT_MAX];	/* "v210" */
	unsigned int width, height;
	uint64_t frame_bytes;
	unsigned int buffers;
	struct kinora_timing_limits limits;
	struct kinora_timing_result result;
};

/* True: every check passed. */
bool kinora_timing_report_pass(const struct kinora_timing_report *report);
/* kinora-timing-json(5). Reading checks everything: -EINVAL: not such a file. */
int kinora_timing_report_write_json(const struct kinora_timing_report *report, FILE *out);
int kinora_timing_report_read_json(struct kinora_timing_report *report, FILE *in);
int kinora_timing_report_write_text(const struct kinora_timing_report *report, FILE *out);
/* One self-contained page. Runs gnuplot(1); -ENOENT: it is not installed. */
int kinora_timing_report_write_html(const struct kinora_timing_report *report, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
