# SPDX-License-Identifier: MIT
# bash completion for kinora(1); wants the package bash-completion.

# Everything that -d takes: nodes, and SERIAL:CHANNEL of the channels that are there.
_kinora_devices()
{
	kinora list 2>/dev/null | sed -n 's|^  channel [0-9]*  \([^ ]*\).*|\1|p'
	kinora list 2>/dev/null | sed -n 's|^  channel .*  \([^ ]*:[0-9]*\)$|\1|p'
}

# Presets and changes as `kinora edid list` has them, up to what is to be filled in.
_kinora_presets()
{
	kinora edid list 2>/dev/null | sed -n '/^Presets/,/^$/s|^  \([^ ]*\) .*|\1|p'
}

_kinora_input()
{
	case ${words[2]} in
	route)
		mapfile -t COMPREPLY < <(compgen -W '1 2 3 4 sdi1 sdi2 sdi3 sdi4 sdi-quad hdmi1 --device --help' -- "$cur")
		;;
	mapping) mapfile -t COMPREPLY < <(compgen -W 'auto 2si sqd --order --device --help' -- "$cur") ;;
	save | restore) _filedir json ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W 'route mapping save restore --device --json
			--watch --order --help' -- "$cur")
		;;
	esac
}

_kinora_edid()
{
	local changes='hdr= colour= depth= audio= frl= tmds= name= serial= address= preferred='

	if [[ $cword -eq 2 ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'show list set clear modify check --help' -- "$cur")
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--device --connector --raw --hex --json --fix --force
			--from --output --dry-run --help' -- "$cur")
		return
	fi
	case ${words[2]} in
	show | set | check)
		_filedir
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$(_kinora_presets)" -- "$cur")
		;;
	modify)
		mapfile -t COMPREPLY < <(compgen -W "$changes" -- "$cur")
		[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
		;;
	esac
}

_kinora()
{
	local cur prev words cword
	_init_completion -n : || return

	local commands='list status input edid timing snapshot help'
	local formats='uyvy yuyv nv12 nv16 p010 y210 v210 xbgr32 rgbx1010102'
	local rates='24000/1001 24 25 30000/1001 30 48000/1001 48 50 60000/1001 60 100 120000/1001 120'

	if [[ $cword -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$cur")
		return
	fi
	case $prev in
	-d | --device)
		mapfile -t COMPREPLY < <(compgen -W "$(_kinora_devices)" -- "$cur")
		__ltrim_colon_completions "$cur"
		return
		;;
	-f | --format)
		mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$cur")
		return
		;;
	--rate)
		mapfile -t COMPREPLY < <(compgen -W "$rates" -- "$cur")
		return
		;;
	--depth)
		mapfile -t COMPREPLY < <(compgen -W '8 16' -- "$cur")
		return
		;;
	-o | --output)
		if [[ ${words[1]} == edid ]]; then
			_filedir
		else
			_filedir png
		fi
		return
		;;
	-c | --connector)
		mapfile -t COMPREPLY < <(compgen -W 'hdmi1' -- "$cur")
		return
		;;
	--order)
		mapfile -t COMPREPLY < <(compgen -W 'auto 1234 1324' -- "$cur")
		return
		;;
	--html)
		_filedir html
		return
		;;
	--from)
		if [[ ${words[1]} == edid ]]; then
			_filedir
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$(_kinora_presets)" -- "$cur")
		else
			_filedir json
		fi
		return
		;;
	--json)
		if [[ ${words[1]} == timing ]]; then
			_filedir json
			return
		fi
		;;
	-i | --input | -b | --buffers | -n | --frames | -s | --seconds | --max-* | --compression | --timeout)
		return
		;;
	esac
	case ${words[1]} in
	help) mapfile -t COMPREPLY < <(compgen -W 'list status input edid timing snapshot' -- "$cur") ;;
	list) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur") ;;
	status) mapfile -t COMPREPLY < <(compgen -W '--device --json --help' -- "$cur") ;;
	input) _kinora_input ;;
	edid) _kinora_edid ;;
	timing)
		mapfile -t COMPREPLY < <(compgen -W '--device --input --format --buffers --frames
			--seconds --rate --max-ppm --max-tie --max-gaps --max-repeats --max-errors
			--max-changes --max-latency-p99 --max-latency-end-p99 --json --html --from
			--help' -- "$cur")
		;;
	snapshot)
		mapfile -t COMPREPLY < <(compgen -W '--device --input --format --output --depth
			--compression --timeout --help' -- "$cur")
		;;
	esac
} && complete -F _kinora kinora
