# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What setup, build-module and vm share: where the cache is, how a part of it is named, and
# how a message looks.
#
# A part's folder is named PART-KEY. KEY is a hash of everything the part is made from (package
# lists, the shell functions that make it, files it takes along), so a changed list gives a new
# folder, and several checkouts can share one cache. A folder that exists is complete: it was
# made under another name and renamed.

vm_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034  # for those who source this
repo=$(realpath "$vm_dir/../..")
cache=${KINORA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kinora}
kernels='6.1 6.12 7.2 debug'

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# fail STATUS TEXT
fail() {
	local status=$1
	shift
	say "$*"
	exit "$status"
}

is_kernel() {
	[[ $1 != *' '* && " $kernels " == *" $1 "* ]]
}

# Root is needed for chroot and mounts; the cache stays the calling user's.
become_root() {
	[[ $EUID -ne 0 ]] || return 0
	command -v sudo >/dev/null ||
		fail 125 "this needs root: run it as root, or install sudo"
	exec sudo KINORA_CACHE="$cache" "$0" "$@"
}

# The packages of a list, without comments.
list_packages() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$vm_dir/packages/$1"
}

# part_path PART: the folder of a part, made or not.
part_path() {
	local key
	key=$("inputs_of_$(part_kind "$1")" "$1" | sha256sum | cut -c1-12)
	printf '%s/%s-%s\n' "$cache" "$1" "$key"
}

part_kind() {
	case $1 in
	machine | guest | scripts | debug) echo "$1" ;;
	*) echo kernel ;;
	esac
}

# need_part PART: its folder, or an error that says how to get it.
need_part() {
	local path
	path=$(part_path "$1")
	[[ -d $path ]] ||
		fail 125 "the part \"$1\" of the test machine is not set up: run tests/vm/setup $1"
	printf '%s\n' "$path"
}
