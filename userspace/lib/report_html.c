// SPDX-License-Identifier: MIT
/*
 * A timing report as one page that needs nothing else: style and plots are in it, no script, no
 * address. Plots come from gnuplot(1) as SVG; what they show is in the text of their captions, and
 * their letters take the page's colour, so that it reads in light and in dark.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "report.h"

static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char page_style[] =
	"<style>\n"
	":root{--fg:#1d2329;--soft:#5c6670;--bg:#fbfbfa;--card:#fff;--line:#dcdfe2;--ok:#1a7f46;"
	"--bad:#c22f2f}\n"
	"@media (prefers-color-scheme:dark){:root{--fg:#e4e7ea;--soft:#9aa4ae;--bg:#14171a;"
	"--card:#1c2024;--line:#343a40;--ok:#4fc07f;--bad:#f07272}}\n"
	"body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n"
	"main{max-width:74rem;margin:0 auto;padding:2rem 1.25rem}\n"
	"header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline}\n"
	"h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .6rem}\n"
	".verdict{font-weight:700;padding:.1rem .8rem;border-radius:.4rem;border:2px solid}\n"
	".ok{color:var(--ok)}.bad{color:var(--bad)}p.sub{color:var(--soft);margin:.2rem 0 1.2rem}\n"
	".cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr));"
	"gap:1.25rem;align-items:start}.wide{grid-column:1/-1}\n"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
	"th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);"
	"vertical-align:top}\n"
	"th{font-weight:500;color:var(--soft)}td.n{text-align:right}\n"
	"section.card,figure{background:var(--card);border:1px solid var(--line);"
	"border-radius:.6rem;padding:1rem 1.2rem;margin:0}\n"
	"figure svg{width:100%;height:auto;display:block}figure svg text{fill:var(--fg)}\n"
	"figcaption{margin-bottom:.5rem}figcaption b{display:block}\n"
	"figcaption span,footer{color:var(--soft);font-size:.88rem}\n"
	"footer{margin-top:2rem}\n"
	"</style>\n</head>\n<body>\n<main>\n";

static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

/* A row of a table; both are text. */
static void put_row(FILE *out, const char *name, const char *value)
{
	fputs("<tr><th>", out);
	put_text(out, name);
	fputs("</th><td>", out);
	put_text(out, value);
	fputs("</td></tr>\n", out);
}

/* ------------------------------------------------------------------ plots */

struct unit {
	const char *name;
	double ns;
};

/* A unit in which size is a number that people read. */
static struct unit unit_for(double size)
{
	if (size < 5e3)
		return (struct unit){ "ns", 1 };
	if (size < 5e6)
		return (struct unit){ "us", 1e3 };
	if (size < 5e9)
		return (struct unit){ "ms", 1e6 };
	return (struct unit){ "s", 1e9 };
}

static void plot_setup(FILE *script, unsigned int width)
{
	fprintf(script,
		"set terminal svg size %u,280 dynamic font 'sans-serif,12'\n"
		"set border 3 lc rgb '#808080'\nset tics nomirror\n"
		"set grid lt 1 lw 0.5 lc rgb '#b0808080'\n"
		"set style line 1 lc rgb '#3a86c8' lw 1.2\n"
		"set style line 2 lc rgb '#d9822b' lw 1.2\n"
		"set style fill solid 0.75 noborder\nset key noautotitle\n"
		"set xtics font ',11'\nset ytics font ',11'\n", width);
}

/* Bars; x counts from `origin` in `unit`. */
static void histogram_data(FILE *script, const char *block,
			   const struct kinora_histogram *histogram, double origin,
			   struct unit unit)
{
	unsigned int i;

	fprintf(script, "$%s << END\n", block);
	for (i = 0; i < histogram->bins; i++)
		if (histogram->count[i])
			fprintf(script, "%.9g %" PRIu64 "\n",
				((double)histogram->start_ns +
				 ((double)i + 0.5) * (double)histogram->width_ns - origin) /
					unit.ns,
				histogram->count[i]);
	fprintf(script, "END\n");
}

static void histogram_axes(FILE *script, const char *x_name, struct unit unit)
{
	fprintf(script,
		"set xlabel '%s, %s'\nset ylabel 'frames'\nset logscale y\n"
		"set yrange [0.5:*]\nset format y '%%.0f'\n"
		"set offsets graph 0.03, graph 0.03, 0, 0\n",
		x_name, unit.name);
}

static void interval_histogram(FILE *script, const struct kinora_clock_timing *clock)
{
	const struct kinora_distribution *d = &clock->interval;
	double origin = (double)d->p50_ns;
	struct unit unit = unit_for(fmax((double)d->max_ns - origin, origin - (double)d->min_ns));

	histogram_data(script, "data", &d->histogram, origin, unit);
	histogram_axes(script, "interval minus median", unit);
	fprintf(script, "set boxwidth %.9g\nplot $data using 1:2 with boxes ls 1\n",
		0.9 * (double)d->histogram.width_ns / unit.ns);
}

static void latency_histogram(FILE *script, const struct kinora_timing_result *result)
{
	const struct kinora_distribution *start = &result->latency_start;
	const struct kinora_distribution *end = &result->latency_end;
	struct unit unit = unit_for((double)start->max_ns);
	const char *joint = "";

	histogram_axes(script, "latency", unit);
	if (start->count)
		histogram_data(script, "start", &start->histogram, 0, unit);
	if (end->count)
		histogram_data(script, "end", &end->histogram, 0, unit);
	fputs("set key top center horizontal\nplot ", script);
	if (end->count) {
		fprintf(script, "$end using 1:2:(%.9g) with boxes ls 2 title 'from end of frame'",
			(double)end->histogram.width_ns / unit.ns);
		joint = ", ";
	}
	if (start->count)
		fprintf(script,
			"%s$start using 1:2:(%.9g) with boxes ls 1 title 'from start of frame'",
			joint, (double)start->histogram.width_ns / unit.ns);
	fputs("\n", script);
}

static double series_size(const struct kinora_series *series, double origin)
{
	double size = 0;
	unsigned int i;

	for (i = 0; i < series->points; i++)
		size = fmax(size, fmax(fabs((double)series->max_ns[i] - origin),
				       fabs((double)series->min_ns[i] - origin)));
	return size;
}

static void series_plot(FILE *script, const struct kinora_series *series, double origin,
			const char *y_name)
{
	struct unit unit = unit_for(series_size(series, origin));
	unsigned int i;

	fputs("$data << END\n", script);
	for (i = 0; i < series->points; i++)
		fprintf(script, "%" PRIu64 " %.9g %.9g\n", i * series->step,
			((double)series->min_ns[i] - origin) / unit.ns,
			((double)series->max_ns[i] - origin) / unit.ns);
	fprintf(script,
		"END\nset xlabel 'frame'\nset ylabel '%s, %s'\n"
		"set offsets 0, 0, graph 0.1, graph 0.1\n",
		y_name, unit.name);
	if (series->step > 1)
		fputs("plot $data using 1:2:3 with filledcurves ls 1, "
		      "$data using 1:2 with lines ls 1, $data using 1:3 with lines ls 1\n", script);
	else
		fputs("plot $data using 1:2 with lines ls 1\n", script);
}

/* What a figure shows; `clock` is not used for latencies. */
enum figure { FIGURE_INTERVALS, FIGURE_INTERVAL_SERIES, FIGURE_TIE, FIGURE_LATENCY };

static int put_figure(FILE *out, enum figure figure, const struct kinora_timing_result *result,
		      enum kinora_timing_clock which, const char *title, const char *caption)
{
	const struct kinora_clock_timing *clock = &result->clock[which];
	bool wide = figure == FIGURE_TIE || figure == FIGURE_LATENCY;
	char *script = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&script, &bytes);
	int ret;

	if (!stream)
		return kinora_fail(-ENOMEM, "out of memory for a plot");
	plot_setup(stream, wide ? 1310 : 640);
	switch (figure) {
	case FIGURE_INTERVALS:
		interval_histogram(stream, clock);
		break;
	case FIGURE_INTERVAL_SERIES:
		series_plot(stream, &clock->interval_series, (double)clock->interval.p50_ns,
			    "interval minus median");
		break;
	case FIGURE_TIE:
		series_plot(stream, &clock->tie, 0, "time interval error");
		break;
	case FIGURE_LATENCY:
		latency_histogram(stream, result);
	}
	fprintf(out, "<figure%s><figcaption><b>%s</b><span>%s</span></figcaption>\n",
		wide ? " class=\"wide\"" : "", title, caption);
	if (fclose(stream))
		ret = kinora_fail(-ENOMEM, "out of memory for a plot");
	else
		ret = kinora_plot_svg(script, bytes, out);
	fputs("</figure>\n", out);
	free(script);
	return ret;
}

static int put_clock_figures(FILE *out, const struct kinora_timing_result *result,
			     enum kinora_timing_clock which)
{
	const struct kinora_clock_timing *clock = &result->clock[which];
	char caption[160], a[NS_TEXT], b[NS_TEXT];
	int ret;

	if (!clock->frames || !clock->interval.count)
		return 0;
	fprintf(out, "<h2>By the %s</h2>\n<div class=\"cols\">\n", kinora_clock_name(which));
	snprintf(caption, sizeof(caption), "median %.6f ms, standard deviation %s, bins of %s",
		 (double)clock->interval.p50_ns / 1e6, kinora_ns_text(clock->interval.stddev_ns, a),
		 kinora_ns_text((double)clock->interval.histogram.width_ns, b));
	ret = put_figure(out, FIGURE_INTERVALS, result, which, "Intervals between frames",
			 caption);
	if (ret)
		return ret;
	snprintf(caption, sizeof(caption), "from %.6f to %.6f ms",
		 (double)clock->interval.min_ns / 1e6, (double)clock->interval.max_ns / 1e6);
	ret = put_figure(out, FIGURE_INTERVAL_SERIES, result, which, "Intervals over time",
			 caption);
	if (ret)
		return ret;
	snprintf(caption, sizeof(caption),
		 "start of frame against the fitted cadence: %s peak to peak, %s rms",
		 kinora_ns_text((double)clock->tie_pp_ns, a), kinora_ns_text(clock->tie_rms_ns, b));
	ret = put_figure(out, FIGURE_TIE, result, which, "Time interval error", caption);
	fputs("</div>\n", out);
	return ret;
}

static int put_latency_figure(FILE *out, const struct kinora_timing_result *result)
{
	char caption[160], a[NS_TEXT], b[NS_TEXT];
	int ret;

	if (!result->latency_start.count && !result->latency_end.count)
		return 0;
	snprintf(caption, sizeof(caption),
		 "when the program had the frame: median %s after its start, %s after its end",
		 result->latency_start.count
			 ? kinora_ns_text((double)result->latency_start.p50_ns, a)
			 : "an unknown time",
		 result->latency_end.count ? kinora_ns_text((double)result->latency_end.p50_ns, b)
					   : "an unknown time");
	fputs("<h2>Delivery</h2>\n<div class=\"cols\">\n", out);
	ret = put_figure(out, FIGURE_LATENCY, result, KINORA_CLOCK_HOST, "Delivery latency",
			 caption);
	fputs("</div>\n", out);
	return ret;
}

/* ----------------------------------------------------------------- tables */

static void put_measurement(FILE *out, const struct kinora_timing_report *report)
{
	char text[320], payload[KINORA_PAYLOAD_TEXT];

	fputs("<section class=\"card\"><table>\n", out);
	snprintf(text, sizeof(text), "%s %s", report->device, report->card);
	put_row(out, "Device", text);
	if (report->serial[0]) {
		snprintf(text, sizeof(text), "%s, channel %u", report->serial, report->channel);
		put_row(out, "Card", text);
	}
	if (report->input[0])
		put_row(out, "Input", report->input);
	put_row(out, "Signal", report->raster);
	put_row(out, "Colour", report->colour);
	if (report->payload_id)
		put_row(out, "Payload id", kinora_payload_text(report->payload_id, payload));
	snprintf(text, sizeof(text), "%s, %" PRIu64 " bytes a frame, %u buffers", report->format,
		 report->frame_bytes, report->buffers);
	put_row(out, "Memory", text);
	snprintf(text, sizeof(text), "%" PRIu64 " in %.3f s", report->result.frames,
		 (double)report->result.duration_ns / 1e9);
	put_row(out, "Frames", text);
	snprintf(text, sizeof(text), "%" PRIu64 " lost in %" PRIu64 " gaps, %" PRIu64
		 " repeated, %" PRIu64 " with errors", report->result.lost, report->result.gaps,
		 report->result.repeats, report->result.errors);
	put_row(out, "Of them", text);
	fputs("</table></section>\n", out);
}

static void put_checks(FILE *out, const struct kinora_timing_report *report)
{
	struct kinora_check checks[KINORA_CHECKS_MAX];
	unsigned int i, count = kinora_timing_judge(&report->result, &report->limits, checks);

	fputs("<section class=\"card\"><table>\n<tr><th>Check</th><th>Measured</th>"
	      "<th>Limit</th><th></th></tr>\n", out);
	for (i = 0; i < count; i++) {
		char value[CHECK_TEXT], limit[CHECK_TEXT];

		fprintf(out,
			"<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td></tr>\n",
			checks[i].name, kinora_check_text(&checks[i], checks[i].value, value),
			kinora_check_text(&checks[i], checks[i].limit, limit),
			checks[i].pass ? "ok" : "bad", checks[i].pass ? "ok" : "fail");
	}
	fputs("</table></section>\n", out);
}

static void put_clock_row(FILE *out, const struct kinora_timing_result *result,
			  enum kinora_timing_clock which)
{
	const struct kinora_clock_timing *clock = &result->clock[which];
	char text[PPM_TEXT], a[NS_TEXT], rate[KINORA_RATE_TEXT];

	if (!clock->frames)
		return;
	fprintf(out, "<tr><td>%s</td><td>%s Hz</td><td>%.6f Hz</td><td>%s</td><td>%.6f ms</td>"
		     "<td>%s</td></tr>\n", kinora_clock_name(which),
		kinora_rate_text(clock->nominal, rate), clock->hz, kinora_ppm_text(clock, text),
		clock->period_ns / 1e6, kinora_ns_text((double)clock->tie_pp_ns, a));
}

static void put_latency_row(FILE *out, const char *name, const struct kinora_distribution *d)
{
	if (!d->count)
		return;
	fprintf(out,
		"<tr><td>%s</td><td>%.3f ms</td><td>%.3f ms</td><td>%.3f ms</td><td>%.3f ms</td>"
		"<td>%.3f ms</td></tr>\n",
		name, (double)d->p50_ns / 1e6, (double)d->p90_ns / 1e6, (double)d->p99_ns / 1e6,
		(double)d->p999_ns / 1e6, (double)d->max_ns / 1e6);
}

static void put_figures_table(FILE *out, const struct kinora_timing_result *result)
{
	fputs("<section class=\"card\"><table>\n<tr><th>Cadence</th><th>Rate</th><th>Measured</th>"
	      "<th>Error</th><th>Period</th><th>TIE p-p</th></tr>\n", out);
	put_clock_row(out, result, KINORA_CLOCK_CARD);
	put_clock_row(out, result, KINORA_CLOCK_HOST);
	fputs("<tr><th>Latency</th><th>median</th><th>90 %</th><th>99 %</th><th>99.9 %</th>"
	      "<th>longest</th></tr>\n", out);
	put_latency_row(out, "from start of frame", &result->latency_start);
	put_latency_row(out, "from end of frame", &result->latency_end);
	fputs("</table></section>\n", out);
}

static int put_page(FILE *out, const struct kinora_timing_report *report)
{
	bool pass = kinora_timing_report_pass(report);
	const struct kinora_timing_result *result = &report->result;
	int ret;

	fputs(page_head, out);
	fputs("<title>Timing of ", out);
	put_text(out, report->raster);
	fputs("</title>\n", out);
	fputs(page_style, out);
	fputs("<header><h1>Timing of ", out);
	put_text(out, report->raster);
	fprintf(out, "</h1><span class=\"verdict %s\">%s</span></header>\n<p class=\"sub\">",
		pass ? "ok" : "bad", pass ? "Pass" : "Fail");
	put_text(out, report->time);
	fputs(" &middot; ", out);
	put_text(out, report->program);
	fputs("</p>\n<div class=\"cols\">\n", out);
	put_measurement(out, report);
	put_checks(out, report);
	fputs("</div>\n<h2>Figures</h2>\n", out);
	put_figures_table(out, result);
	ret = put_clock_figures(out, result, KINORA_CLOCK_CARD);
	if (!ret)
		ret = put_clock_figures(out, result, KINORA_CLOCK_HOST);
	if (!ret)
		ret = put_latency_figure(out, result);
	fputs("<footer><p>Rate: slope of a least-squares line through the start of every good "
	      "frame over its number on the wire; +- is the standard uncertainty of that slope. "
	      "The card clock stamps frames in hardware, the host clock is what programs see. Time "
	      "interval error: distance from that line. Frames marked as errors count, but are in "
	      "no statistic. Vertical axes of histograms are logarithmic.</p></footer>\n"
	      "</main>\n</body>\n</html>\n",
	      out);
	return ret;
}

int kinora_timing_report_write_html(const struct kinora_timing_report *report, FILE *out)
{
	char *page = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&page, &bytes);
	int ret;

	if (!stream)
		return kinora_fail(-ENOMEM, "out of memory for the page");
	/* In memory first: no half a page when gnuplot is missing. */
	ret = put_page(stream, report);
	if (fclose(stream) && !ret)
		ret = kinora_fail(-ENOMEM, "out of memory for the page");
	if (!ret && (fwrite(page, 1, bytes, out) != bytes || fflush(out)))
		ret = kinora_fail(-EIO, "cannot write the page: %m");
	free(page);
	return ret;
}
