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
#   debug                    vmlinux (debug: bzImage), modules.squashfs, initramfs.cpio, release
#   scripts   scripts/       the kernel's own checkers: checkpatch.pl, kernel-doc; dkms/
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
	declare -f bootstrap newest_release make_kernel unpack_vmlinux pack_modules
}

# newest_release ROOT KERNEL: of the series KERNEL. The suite's own choice, linux-headers-amd64, will
# not do: backports goes on to the next series while this one is still there.
newest_release() {
	in_root "$1" apt-cache --names-only search \
		"^linux-headers-${2//./\\.}\.[0-9]+([-+][a-z0-9]+)?-amd64\$" |
		sed -E 's/^linux-headers-([^ ]+).*/\1/' | sort -V | tail -n 1
}

make_kernel() {
	local kernel=$1 suite backports release
	local -a packages
	read -r suite backports < <(kernel_suite "$kernel")
	mapfile -t packages < <(list_packages build)
	bootstrap root "$suite" "$backports" "${packages[@]}"
	release=$(newest_release root "$kernel")
	[[ -n $release ]] || fail 125 "$suite has no Linux $kernel"
	echo "$release" >release
	in_root root apt-get -q install --no-install-recommends -y "linux-headers-$release"
	# The image is only unpacked: installed, it would want an initramfs and a boot loader.
	# From 7.x on linux-image is a shell around packages that hold the kernel and its modules.
	# shellcheck disable=SC2016  # expanded by the inner shell
	in_root root sh -euc 'cd /var/tmp
		image=linux-image-$1
		apt-get -q download "$image" $(apt-cache depends "$image" |
			sed -n "s/^ *Depends: \(linux-.*$1\)\$/\1/p")
		for package in *.deb; do dpkg-deb -x "$package" image; done
		rm *.deb' sh "$release"
	chroot root apt-get clean
	rm -rf root/var/lib/apt/lists
	mv root/var/tmp/image image
	unpack_vmlinux "$(find image -name "vmlinuz*" -type f)" root vmlinux
	pack_modules image "$release"
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

# ---- checkers -------------------------------------------------------------------------------

inputs_of_scripts() {
	declare -f make_scripts
}

# They are in no package but the source's; the archive is read once and only they are kept. DKMS comes
# along: a shell script, which the builds of tests/install run inside the kernels' roots.
make_scripts() {
	local root
	root=$(need_part 6.12)/root
	mkdir scripts
	in_root "$root" --bind "$PWD" /srv sh -euc '
		cd /var/tmp
		apt-get -q update
		apt-get -q download linux-source-6.12
		dpkg-deb --fsys-tarfile linux-source-6.12_*.deb |
			tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" |
			tar -xJ -C /srv --strip-components=1 --wildcards "*/scripts/checkpatch.pl" \
				"*/scripts/spelling.txt" "*/scripts/const_structs.checkpatch" \
				"*/scripts/kernel-doc"
		rm linux-source-6.12_*.deb
		apt-get -q download dkms
		dpkg-deb -x dkms_*.deb /srv/dkms
		rm dkms_*.deb'
	[[ -x scripts/checkpatch.pl && -x scripts/kernel-doc && -x dkms/usr/sbin/dkms ]]
}

# ---- the debug kernel -----------------------------------------------------------------------

inputs_of_debug() {
	list_packages build
	list_packages debug
	cat "$vm_dir/debug.config"
	echo "$early_modules"
	declare -f bootstrap make_debug configure_debug pack_modules
}

# The tree stays in the root as /usr/src/linux, without its objects, for external modules.
make_debug() {
	local release
	local -a packages
	mapfile -t packages < <(list_packages build && list_packages debug)
	bootstrap root trixie '' "${packages[@]}"
	rm -rf root/var/lib/apt/lists
	tar -C root/usr/src -xf root/usr/src/linux-source-6.12.tar.xz
	rm root/usr/src/linux-source-6.12.tar.xz
	mv root/usr/src/linux-source-6.12 root/usr/src/linux
	configure_debug
	in_root root nice -n 19 make -s -C /usr/src/linux -j "$(nproc)" bzImage modules
	in_root root make -s -C /usr/src/linux INSTALL_MOD_PATH=/image modules_install
	release=$(basename "$(echo root/image/lib/modules/*)")
	echo "$release" >release
	# Not vmlinux: the PVH entry calls memcmp(), which KASAN has instrumented, before KASAN is up.
	cp root/usr/src/linux/arch/x86/boot/bzImage bzImage
	mv root/image image
	pack_modules image "$release"
	rm -rf image
	mkdir -p "root/lib/modules/$release"
	ln -s /usr/src/linux "root/lib/modules/$release/build"
	find root/usr/src/linux -not -path '*/scripts/*' -not -path '*/tools/*' \
		\( -name '*.o' -o -name '*.a' -o -name '*.ko' -o -name '.*.cmd' \) -delete
}

configure_debug() {
	local line missing=''
	cp "$vm_dir/debug.config" root/usr/src/linux/kinora.config
	in_root root sh -euc 'cd /usr/src/linux
		scripts/kconfig/merge_config.sh -n kinora.config'
	while read -r line; do
		case $line in
		CONFIG_* | '# CONFIG_'*) ;;
		*) continue ;;
		esac
		grep -qxF -- "$line" root/usr/src/linux/.config ||
			[[ $line == '# CONFIG'* ]] || missing+=" $line"
	done <"$vm_dir/debug.config"
	[[ -z $missing ]] || fail 125 "the kernel's configuration refuses:$missing"
}
