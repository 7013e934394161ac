# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the client tests share. A test is a line PASS or FAIL with its name, and behind FAIL the reason;
# closing() prints the count and gives the exit status. Runs in the test machine, in the repository.

passed=0 failed=0
# shellcheck disable=SC2034  # used by those who source this
checker=build/tests/system/check_frames
work=$(mktemp -d /tmp/clients.XXXXXX)
trap 'rm -rf "$work"' EXIT

pass() {
	echo "PASS $1"
	passed=$((passed + 1))
}

# fail NAME REASON
fail() {
	echo "FAIL $1: $2"
	failed=$((failed + 1))
}

closing() {
	echo "$passed passed, $failed failed"
	[[ $failed -eq 0 && $passed -gt 0 ]]
}

# node CHANNEL video|meta: its path
node() {
	local name
	for name in /sys/class/video4linux/video*/name; do
		if [[ $(<"$name") == "kinora ch$1 $2" ]]; then
			basename "$(dirname "$name")" | sed 's:^:/dev/:'
			return
		fi
	done
	echo "no node of channel $1, $2" >&2
	return 1
}

# The card's media device.
media() {
	local model
	for model in /sys/class/media/media*/model /sys/bus/media/devices/media*/model; do
		if [[ -e $model && $(<"$model") == "Kinora 8K" ]]; then
			basename "$(dirname "$model")" | sed 's:^:/dev/:'
			return
		fi
	done
	echo "no media device" >&2
	return 1
}

# input NODE WORD: number of the input whose name has WORD
input() {
	v4l2-ctl -d "$1" --list-inputs | awk -v word="$2" '
		/Input *:/ { number = $3 }
		/Name *:/ && tolower($0) ~ tolower(word) { print number; exit }'
}

# plug LINE NODE WORD SIZE: say the line, choose the input, wait for the size, take its timings over
plug() {
	local tries
	stimulus "$1" || return
	v4l2-ctl -d "$2" -i "$(input "$2" "$3")" >/dev/null || return
	for tries in {1..50}; do
		if v4l2-ctl -d "$2" --query-dv-timings 2>&1 | grep -q "Active width: ${4%x*}$"; then
			v4l2-ctl -d "$2" --set-dv-bt-timings query >/dev/null
			return
		fi
		sleep 0.1
	done
	echo "no $4 on $2 after ${tries} tries" >&2
	return 1
}

# The last lines of a file, as a reason.
tail_of() {
	tail -n "${2:-3}" "$1" | tr '\n' ' '
}
