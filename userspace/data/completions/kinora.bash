# SPDX-License-Identifier: MIT
# bash completion for kinora(1); wants the package bash-completion.

# Everything that -d takes: nodes, and SERIAL:CHANNEL of the channels that are there.
_kinora_devices()
{
	kinora list 2>/dev/null | sed -n 's|^  channel [0-9]*  \([^ ]*\).*|\1|p'
	kinora list 2>/dev/null | sed -n 's|^  channel .*  \([^ ]*:[0-9]*\)$|\1|p'
}

_kinora()
{
	local cur prev words cword
	_init_completion -n : || return

	local commands='list status timing snapshot help'
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
		_filedir png
		return
		;;
	--html)
		_filedir html
		return
		;;
	--from)
		_filedir json
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
	help) mapfile -t COMPREPLY < <(compgen -W 'list status timing snapshot' -- "$cur") ;;
	list) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur") ;;
	status) mapfile -t COMPREPLY < <(compgen -W '--device --json --help' -- "$cur") ;;
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
