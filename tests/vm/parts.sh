# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# How each part of the test machine is made. Sourced by setup, which calls make_PART in an
# empty folder, and by the others for the names of the folders (common.sh).
#
#   machine   root/          trixie with QEMU from backports and the tools that make images;
#                            nothing is compiled in it, because backports break -dev packages
#   guest     root.squashfs  trixie userspace
#   6.1 6.12 7.2             root/: the suite's compiler and this kernel's headers;
#   debug                    vmlinux, modules.squashfs, initramfs.cpio, release
#
# The kernels are booted as uncompressed vmlinux through their PVH entry, and modules are stored
# uncompressed on lz4: unpacking xz in an emulated machine costs seconds of every boot.

# ---- the archive ----------------------------------------------------------------------------

# The mirror of Debian's main archive that this host itself uses, and the key it trusts for it.
archive_line() {
	apt-get indextargets --format "\$(RELEASE) \$(COMPONENT) \$(REPO_URI) \$(SIGNED_BY)" \
		'Created-By: Packages' 2>/dev/null |
		awk '$1 ~ /^(bookworm|trixie|stable|oldstable)$/ && $2 == "main" { print; exit }'
}

# Proxies and date checks are the host's business too.
archive_options() {
	apt-config dump | grep -E '^Acquire::(https?::(Proxy|Verify)|Check-|ftp::Proxy)' || true
}

# bootstrap TARGET SUITE BACKPORTS PACKAGE...: BACKPORTS is a pattern of the packages that come
# from SUITE-backports, or empty.
bootstrap() {
	local target=$1 suite=$2 backports=$3 uri signed line option
	local -a sources options=()
	shift 3
	line=$(archive_line)
	[[ -n $line ]] ||
		fail 125 "apt on this machine has no Debian bookworm or trixie main archive configured"
	read -r _ _ uri signed <<<"$line"
	[[ $signed == /* ]] || signed=/usr/share/keyrings/debian-archive-keyring.gpg
	sources=("deb [signed-by=$signed] $uri $suite main")
	while read -r option; do
		[[ -z $option ]] || options+=(--aptopt="$option")
	done < <(archive_options)
	if [[ -n $backports ]]; then
		sources+=("deb [signed-by=$signed] $uri $suite-backports main")
		printf 'Package: %s\nPin: release n=%s-backports\nPin-Priority: 500\n' \
			"$backports" "$suite" >preferences
		options+=(--setup-hook="cp preferences \"\$1/etc/apt/preferences.d/backports\"")
	fi
	mmdebstrap --mode=root --variant=apt --format=directory \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--aptopt='APT::Install-Recommends "false"' "${options[@]}" \
		--skip=cleanup/apt/lists --include="$(IFS=,; echo "$*")" \
		"$suite" "$target" "${sources[@]}"
}

# in_root ROOT [--bind DIR AT]... COMMAND...: runs it in a root, with mounts that go by themselves.
in_root() {
	# shellcheck disable=SC2016  # expanded by the inner shell
	unshare --mount --propagation private bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		while [[ $1 == --bind ]]; do
			mkdir -p "$root$3"
			mount --bind "$2" "$root$3"
			shift 3
		done
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			LC_ALL=C "$@"' in_root "$@"
}

# ---- machine and guest ----------------------------------------------------------------------

inputs_of_machine() {
	list_packages machine
	declare -f bootstrap make_machine
}

make_machine() {
	local -a packages
	mapfile -t packages < <(list_packages machine)
	bootstrap root trixie "*" "${packages[@]}"
	chroot root apt-get clean
	chroot root qemu-system-x86_64 --version | head -n 1 >version
}

inputs_of_guest() {
	list_packages guest
	declare -f bootstrap make_guest
}

make_guest() {
	local -a packages
	local machine
	machine=$(need_part machine)
	mapfile -t packages < <(list_packages guest)
	bootstrap root trixie "" "${packages[@]}"
	rm -rf root/var/lib/apt/lists root/var/cache/apt root/boot root/usr/share/icons
	mkdir -p root/var/lib/apt/lists/partial root/var/cache/apt/archives/partial
	echo kinora >root/etc/hostname
	printf '127.0.0.1 localhost kinora\n' >root/etc/hosts
	in_root "$machine/root" --bind "$PWD" /mnt mksquashfs /mnt/root /mnt/root.squashfs \
		-comp lz4 -quiet -no-progress
	rm -rf root
}

# ---- kernels --------------------------------------------------------------------------------

# The modules that init needs before it has a root, in the order modprobe finds for them.
early_modules='virtio_pci virtio_blk virtio_console squashfs overlay 9pnet_virtio 9p'

# kernel_suite KERNEL: its suite, and what comes from backports there.
kernel_suite() {
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	7.2) echo 'trixie linux-*' ;;
	esac
}

inputs_of_kernel() {
	list_packages build
	kernel_suite "$1"
	echo "$early_modules"
	declare -f bootstrap make_kernel unpack_vmlinux pack_modules
}

make_kernel() {
	local kernel=$1 suite backports release
	local -a packages
	read -r suite backports < <(kernel_suite "$kernel")
	mapfile -t packages < <(list_packages build)
	bootstrap root "$suite" "$backports" linux-headers-amd64 "${packages[@]}"
	release=$(basename "$(echo root/lib/modules/*)")
	[[ $release == "$kernel".* ]] ||
		fail 125 "$suite has Linux $release where $kernel was expected"
	echo "$release" >release
	# The image is only unpacked: installed, it would want an initramfs and a boot loader.
	in_root root sh -c "cd /var/tmp && apt-get -q download linux-image-$release &&
		dpkg-deb -x linux-image-*.deb image && rm linux-image-*.deb"
	chroot root apt-get clean
	rm -rf root/var/lib/apt/lists
	mv root/var/tmp/image image
	unpack_vmlinux "image/boot/vmlinuz-$release" root vmlinux
	pack_modules image "$release"
	cp "image/boot/config-$release" config
	rm -rf image
}

# unpack_vmlinux BZIMAGE ROOT VMLINUX: offsets are those of the x86 boot protocol.
unpack_vmlinux() {
	local image=$1 root=$2 sectors offset length magic unpack
	sectors=$(od -An -tu1 -j $((0x1f1)) -N1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$image")
	offset=$(((sectors + 1) * 512 + offset))
	magic=$(od -An -tx1 -j "$offset" -N4 "$image" | tr -d ' ')
	case $magic in
	fd377a58) unpack='xz -dc --single-stream' ;;
	28b52ffd) unpack='zstd -dc' ;;
	*) fail 125 "$image is packed in an unknown way ($magic)" ;;
	esac
	# The unpacked size follows the stream as four bytes, which zstd would take for a frame.
	dd if="$image" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count=$((length - 4)) \
		status=none | in_root "$root" sh -c "$unpack" >"$3"
}

# pack_modules TREE RELEASE: modules.squashfs and initramfs.cpio from TREE/lib/modules/RELEASE.
pack_modules() {
	local tree=$1 release=$2 machine modules
	machine=$(need_part machine)
	modules=$tree/lib/modules
	[[ -d $modules ]] || modules=$tree/usr/lib/modules
	rm -f "$modules/$release"/{build,source}
	# shellcheck disable=SC2016  # expanded by the inner shell
	in_root "$machine/root" --bind "$(realpath "$modules")" /mnt --bind "$PWD" /srv \
		sh -euc '
		release=$1
		find /mnt -name "*.ko.xz" -print0 | xargs -0r -n 64 -P 2 xz -d
		find /mnt -name "*.ko.zst" -print0 | xargs -0r -n 64 -P 2 zstd -q --rm -d
		mkdir -p /tmp/tree/lib
		ln -s /mnt /tmp/tree/lib/modules
		depmod -b /tmp/tree "$release"
		mksquashfs /mnt /srv/modules.squashfs -comp lz4 -quiet -no-progress
		mkdir -p /tmp/initramfs/bin /tmp/initramfs/modules
		cp /bin/busybox /tmp/initramfs/bin/
		count=100
		for module in $2; do
			modprobe -d /tmp/tree -S "$release" --show-depends "$module"
		done | sed -n "s/^insmod //p" | awk "!seen[\$1]++" | while read -r file; do
			count=$((count + 1))
			cp "$file" "/tmp/initramfs/modules/$count-${file##*/}"
		done
		cd /tmp/initramfs
		find . | cpio --quiet -o -H newc >/srv/initramfs.cpio
		rm -rf /tmp/tree /tmp/initramfs' sh "$release" "$early_modules"
}
