# SPDX-License-Identifier: MIT
# fish completion for kinora(1).

set -l commands list status input edid timing snapshot help
set -l formats 'uyvy yuyv nv12 nv16 p010 y210 v210 xbgr32 rgbx1010102'
set -l rates '24000/1001 24 25 30000/1001 30 48000/1001 48 50 60000/1001 60 100 120000/1001 120'

function __kinora_devices
    kinora list 2>/dev/null | string replace -rf '^  channel (\d+)  (\S+).*' '$2\tchannel $1'
    kinora list 2>/dev/null | string replace -rf '^  channel (\d+)  (\S+).*  (\S+:\d+)$' '$3\t$2'
end

complete -c kinora -f
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c kinora -s h -l help -d 'summary of the options'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a list -d 'list cards, channels and their nodes'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a status -d 'signal, link, users and books of the channels'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a input -d 'connectors at a glance, routing, mapping, save and restore'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a edid -d 'what HDMI sources are offered'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a timing -d 'measure frame rate, jitter, losses and latency'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a snapshot -d 'one good frame as PNG'
complete -c kinora -n "not __fish_seen_subcommand_from $commands" -a help -d 'tell about a command'
complete -c kinora -n '__fish_seen_subcommand_from help' -a 'list status input edid timing snapshot'

complete -c kinora -n '__fish_seen_subcommand_from status input edid timing snapshot' -s d -l device -x -a '(__kinora_devices)' -d channel
complete -c kinora -n '__fish_seen_subcommand_from timing snapshot' -s i -l input -x -d 'select this input first'
complete -c kinora -n '__fish_seen_subcommand_from timing snapshot' -s f -l format -x -a "$formats" -d 'capture in this format'
complete -c kinora -n '__fish_seen_subcommand_from list status input edid' -l json -d 'print JSON'

complete -c kinora -n '__fish_seen_subcommand_from input; and not __fish_seen_subcommand_from route mapping save restore' -a 'route mapping save restore'
complete -c kinora -n '__fish_seen_subcommand_from input; and __fish_seen_subcommand_from route' -a '1 2 3 4 sdi1 sdi2 sdi3 sdi4 sdi-quad hdmi1'
complete -c kinora -n '__fish_seen_subcommand_from input; and __fish_seen_subcommand_from mapping' -a 'auto 2si sqd'
complete -c kinora -n '__fish_seen_subcommand_from input; and __fish_seen_subcommand_from save restore' -F
complete -c kinora -n '__fish_seen_subcommand_from input' -l watch -d 'go on showing changes'
complete -c kinora -n '__fish_seen_subcommand_from input; and __fish_seen_subcommand_from mapping' -l order -x -a 'auto 1234 1324' -d 'part that links 1 to 4 carry'

function __kinora_presets
    kinora edid list 2>/dev/null | sed -n '/^Presets/,/^$/s|^  \([^ ]*\)  *\(.*\)|\1\t\2|p'
end
complete -c kinora -n '__fish_seen_subcommand_from edid; and not __fish_seen_subcommand_from show set clear modify check' -a 'show list set clear modify check'
complete -c kinora -n '__fish_seen_subcommand_from edid; and __fish_seen_subcommand_from show set check' -F -a '(__kinora_presets)'
complete -c kinora -n '__fish_seen_subcommand_from edid; and __fish_seen_subcommand_from modify' -a 'hdr= colour= depth= audio= frl= tmds= name= serial= address= preferred='
complete -c kinora -n '__fish_seen_subcommand_from edid' -s c -l connector -x -a hdmi1 -d 'of this connector'
complete -c kinora -n '__fish_seen_subcommand_from edid' -l raw -d 'show: the bytes'
complete -c kinora -n '__fish_seen_subcommand_from edid' -l hex -d 'show, modify: hex digits'
complete -c kinora -n '__fish_seen_subcommand_from edid' -l fix -d 'set, check: put checksums right first'
complete -c kinora -n '__fish_seen_subcommand_from edid' -l force -d 'set: although it breaks rules'
complete -c kinora -n '__fish_seen_subcommand_from edid' -l from -r -F -a '(__kinora_presets)' -d 'modify: a preset or file'
complete -c kinora -n '__fish_seen_subcommand_from edid' -s o -l output -r -F -d 'write to this file'
complete -c kinora -n '__fish_seen_subcommand_from edid' -s n -l dry-run -d 'change nothing'

complete -c kinora -n '__fish_seen_subcommand_from timing' -s b -l buffers -x -d 'buffers in flight'
complete -c kinora -n '__fish_seen_subcommand_from timing' -s n -l frames -x -d 'measure so many frames'
complete -c kinora -n '__fish_seen_subcommand_from timing' -s s -l seconds -x -d 'measure for so long'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l rate -x -a "$rates" -d 'the rate it has to be'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-ppm -x -d 'largest error of the rate'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-tie -x -d 'largest time interval error, us'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-gaps -x -d 'frames that may be lost'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-repeats -x -d 'frames that may be repeated'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-errors -x -d 'frames that may be marked bad'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-changes -x -d 'signal changes that may happen'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-latency-p99 -x -d 'ms after start of frame'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l max-latency-end-p99 -x -d 'ms after end of frame'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l json -r -F -d 'write the report as JSON'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l html -r -F -d 'write the report as a page'
complete -c kinora -n '__fish_seen_subcommand_from timing' -l from -r -F -d 'report on a measurement'

complete -c kinora -n '__fish_seen_subcommand_from snapshot' -s o -l output -r -F -d 'file to write'
complete -c kinora -n '__fish_seen_subcommand_from snapshot' -l depth -x -a '8 16' -d 'bits per component'
complete -c kinora -n '__fish_seen_subcommand_from snapshot' -l compression -x -a '0 1 2 3 4 5 6 7 8 9' -d 'zlib level'
complete -c kinora -n '__fish_seen_subcommand_from snapshot' -l timeout -x -d 'give up after so many seconds'
