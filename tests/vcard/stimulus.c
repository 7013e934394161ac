// SPDX-License-Identifier: MIT
/*
 * The parser of the stimulus language: what kind of line it is, the lines that are too short for a
 * file of their own, and `help`. How the files belong together is in stimulus_int.h.
 */
#include <string.h>

#include "stimulus_int.h"

/* Lines by their first word. */
enum verb { SIGNAL, FAULT, CARD, CEC, WAIT, BOOKS, STATUS, HELP };

static const char *const verb_names[] = {
	"signal", "fault", "card", "cec", "wait", "books", "status", "help", NULL
};

static int parse_wait(struct parse *p)
{
	int ret;

	if (!p->from_file)
		return parse_fail(p, p->word[0].column,
				  "'wait' is for files only, not for commands" SEE);
	p->out->kind = STIMULUS_WAIT;
	if (p->next < p->words && !strcmp(p->word[p->next].text, "frames")) {
		p->next++;
		ret = parse_take_count(p, "number of frames", 1, 1000000, &p->out->wait.frames);
	} else {
		ret = parse_take_count(p, "time in ms", 1, 3600000, &p->out->wait.ms);
	}
	return ret ? ret : parse_take_end(p);
}

static int parse_books(struct parse *p)
{
	static const char *const names[] = { "reset", NULL };

	p->out->kind = STIMULUS_BOOKS;
	if (p->next < p->words) {
		int ret = parse_take_name(p, "word", names);

		if (ret < 0)
			return ret;
		p->out->books.reset = true;
	}
	return parse_take_end(p);
}

int stimulus_parse(const char *line, bool from_file, struct stimulus *out, char *error,
		   size_t size)
{
	struct parse p = { .from_file = from_file, .out = out, .error = error, .size = size };
	int ret;

	memset(out, 0, sizeof(*out));
	if (size)
		*error = 0;
	ret = parse_split(&p, line);
	if (ret || !p.words)
		return ret;
	ret = parse_take_name(&p, "command", verb_names);
	switch (ret) {
	case SIGNAL:
		return parse_signal(&p);
	case FAULT:
		return parse_fault(&p);
	case CARD:
		return parse_card(&p);
	case CEC:
		return parse_cec(&p);
	case WAIT:
		return parse_wait(&p);
	case BOOKS:
		return parse_books(&p);
	case STATUS:
		out->kind = STIMULUS_STATUS;
		return parse_take_end(&p);
	case HELP:
		out->kind = STIMULUS_HELP;
		return parse_take_end(&p);
	default:
		return ret;
	}
}

const char *stimulus_help(void)
{
	return
"signal CONN MODE [pattern=NAME | file=PATH [format=FMT] [frames=N]] [transfer=sdr|hlg|pq]\n"
"                 [colour=709|2020|601] [range=narrow|full] [ppm=X]\n"
"                 SDI: [interface=NAME] [payload=XXXXXXXX|none] [numbers=75|76|none] [link=1|2]\n"
"                 sdi-quad: [mapping=2si|sqd] [ids=quad|single] [order=1324]\n"
"                 hdmi1: [sampling=rgb|422|444|420] [depth=8|10|12] [vic=N] [dvi] [force]\n"
"                 [content=graphics|photo|cinema|game]\n"
"signal CONN off\n"
"fault CONN crc RATE                 chance that a line has a wrong CRC, 0 to 1\n"
"fault CONN skew N [words|lines]     link behind the others; sdi-quad: last behind the first\n"
"fault CONN unlock MS                lock lost for so long\n"
"fault CONN flap HZ [PERCENT]        cable off and on so often, off for that much of the time\n"
"fault hdmi1 lane 0..3 RATE|clear    the lane fails from this FRL rate on, 1 to 6\n"
"fault hdmi1 errors RATE             chance that a line has a character error, 0 to 1\n"
"fault hdmi1 infoframe avi|drm|audio|vendor|forum|spd missing|damaged|good\n"
"fault CONN clear                    end of all faults\n"
"cec hdmi1 send XX:XX..              the source's device sends this\n"
"cec hdmi1 nack on|off               it acknowledges nothing\n"
"cec hdmi1 low-drive N               pulls the line low in the card's next N messages\n"
"cec hdmi1 arbitration N             wins the line against the card's next N messages\n"
"card unplug                         the card is gone\n"
"card stop-answering                 no answers, no pictures, no interrupts\n"
"card mute-interrupts on|off\n"
"card lose-interrupt N               the next N interrupts are not raised\n"
"card corrupt-record tag|bytes|status|frame|phase\n"
"wait MS                             in files only\n"
"wait frames N                       in files only\n"
"books [reset]                       what the card counted\n"
"status                              what is connected\n"
"help                                this\n"
"# comment\n"
"CONN     sdi1 sdi2 sdi3 sdi4 sdi-quad hdmi1 ref\n"
"MODE     such as 4320p60 4320p59.94 2160p50 1080i50 720p23.98; rates 23.98 24 25 29.97 30\n"
"         47.95 48 50 59.94 60 100 119.88 120\n"
"interface of SDI: hd 3ga 3gb 3gb-ds 6g 12g, dual-hd dual-3gb dual-6g dual-12g,\n"
"         quad-3g quad-3gb quad-6g quad-12g quad-24g\n"
"pattern  rp219 bt2111-hlg bt2111-pq ramp zoneplate checkfield black\n"
"format   of a raw file: yuv420p yuv422p yuv444p yuv420p10 yuv422p10 yuv444p10\n";
}
