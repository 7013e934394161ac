# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The inside of vm: process 1 of its namespaces. Sourced by vm, whose option variables it uses.
#
# $run is a tmpfs that only these namespaces see. It is also the root that QEMU is chrooted to:
# the machine part's /usr and /etc, the images, the repository at its own path, and $run/run with
# the sockets and the files the guest's ports are written to. Ports are files because a write to
# a file always succeeds at once: a slow reader of vm's output cannot slow the guest down, and
# nothing is lost when the machine goes off. The other end of each is a tail.

# shellcheck disable=SC2154  # set by vm
true "$kernel $cpus $mem $limit $card $card_program $driver $module_file $firmware_file $msix $iommu $udev" \
	"$append $reports $interactive $run $machine $guest $kernel_path $keep_log $repo"

# Kernel log lines that mean a defect. Lines about the emulated processor's own weaknesses
# ("Spectre V2 : WARNING") are no news and have no line start in common with these.
report_pattern='^(\[[^]]*\] )?(BUG: |WARNING: |Oops|general protection|kernel BUG at |Kernel panic|'\
'UBSAN: |DMA-API: .*(error|warning|device driver|cacheline|debugging out)|INFO: task .* blocked|INFO: trying to register|'\
'INFO: rcu|rcu: INFO|watchdog: BUG|=+\[|refcount_t: |list_(add|del) corruption|ODEBUG: |'\
'stack segment|unreferenced object|DMAR: .*fault|invalid opcode|Unable to handle|[a-z_]+: Unknown symbol)'

# quote WORD...: for the guest's shell.
quote() {
	local word
	for word in "$@"; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
	echo
}

make_root() {
	local name
	mount -t tmpfs -o mode=755 kinora-vm "$run"
	mkdir -p "$run"/{usr,etc,dev,proc,tmp,run,kernel,guest}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$run/$name"
	done
	for name in usr etc; do
		mount --bind "$machine/root/$name" "$run/$name"
	done
	mount --bind "$kernel_path" "$run/kernel"
	mount --bind "$guest" "$run/guest"
	mount --rbind /dev "$run/dev"
	mount --bind /proc "$run/proc"
	mkdir -p "$run$repo"
	mount --rbind "$repo" "$run$repo"
}

# The guest's own start-up files and this run's wishes go into the initramfs, behind the kernel's.
make_initramfs() {
	local tree=$run/run/early rows=24 columns=80
	mkdir -p "$tree/kinora"
	install -m 755 "$vm_dir/guest/init-early" "$tree/init"
	cp "$vm_dir/guest/init" "$tree/kinora/"
	[[ $firmware_file == none ]] || cp "$firmware_file" "$tree/kinora/controller.bin"
	# shellcheck disable=SC2034  # named in the loop below
	[[ $interactive == no ]] || read -r rows columns < <(stty size)
	{
		for name in repo directory driver module_file udev interactive stdin rows columns \
			leak_check rmmod_limit TERM; do
			printf '%s=%s\n' "$name" "$(quote "${!name-}")"
		done | sed 's/= /=/'
	} >"$tree/kinora/config"
	printf 'set --%s\n' "$(quote "${command[@]}")" >"$tree/kinora/command"
	chroot "$run" sh -c 'cd /run/early && find . | cpio --quiet -o -H newc' >"$run/run/extra.cpio"
	cat "$kernel_path/initramfs.cpio" "$run/run/extra.cpio" >"$run/run/initramfs"
}

# start_card: the virtual card, until its socket listens. The end of the pipe tells its death.
start_card() {
	local option ready
	local -a arguments=(--socket "$run/run/card.sock" --control "$run/run/control.sock" --ready-fd 3)
	for option in "${stimuli[@]}"; do
		arguments+=(--stimulus "$option")
	done
	[[ $msix == yes ]] || arguments+=(--no-msix)
	exec {ready}< <(exec "$card_program" "${arguments[@]}" "${card_options[@]}" \
		3>&1 >&2 2> >(exec tee "$run/run/card.log" >&2) </dev/null)
	card_pid=$!
	if ! read -r -t 30 -n 1 -u "$ready" _; then
		machine_failed "the virtual card did not get ready"
	fi
	exec {ready}<&-
}

# machine_failed TEXT
machine_failed() {
	save_log
	say "$1, see $KINORA_VM_LOG"
	exit 125
}

save_log() {
	{
		if [[ -s $run/run/card.log ]]; then
			echo '---- the virtual card ----'
			cat "$run/run/card.log"
		fi
		echo '---- QEMU ----'
		cat "$run/run/qemu.log"
		echo '---- the serial console ----'
		cat "$run/run/serial"
		if [[ -s $run/run/log ]]; then
			echo '---- the whole kernel log ----'
			cat "$run/run/log" "$run/run/leaks"
		fi
	} >"$KINORA_VM_LOG" 2>/dev/null || true
}

# pick_accel: KVM where it can run this kernel, otherwise TCG. Some hosts have a /dev/kvm that
# cannot, and only trying tells; the answer holds until the host is booted again.
pick_accel() {
	local answer
	answer=$cache/accel-$(cat /proc/sys/kernel/random/boot_id)
	if [[ ! -s $answer ]]; then
		rm -f "$cache"/accel-*
		if [[ -c /dev/kvm ]] && probe_kvm; then
			echo kvm >"$answer.$$"
		else
			echo tcg >"$answer.$$"
		fi
		mv "$answer.$$" "$answer"
	fi
	cat "$answer"
}

# A stock kernel with an initramfs that only switches off: two seconds where KVM works.
probe_kvm() {
	local tree=$run/run/probe
	mkdir -p "$tree/bin"
	cp "$machine/root/bin/busybox" "$tree/bin/"
	printf '#!/bin/busybox sh\necho kvm-works >/dev/ttyS0\n/bin/busybox poweroff -f\n' >"$tree/init"
	chmod 755 "$tree/init"
	mkdir "$tree/dev"
	mknod "$tree/dev/ttyS0" c 4 64
	mknod "$tree/dev/console" c 5 1
	chroot "$run" sh -c 'cd /run/probe && find . | cpio --quiet -o -H newc' >"$run/run/probe.cpio"
	timeout --kill-after=2 15 chroot "$run" qemu-system-x86_64 -nodefaults -no-user-config \
		-display none -no-reboot -machine q35 -accel kvm -cpu host -m 512M -kernel /kernel/vmlinux \
		-initrd /run/probe.cpio -append 'console=ttyS0 quiet panic=-1' \
		-serial file:/run/probe.serial </dev/null >/dev/null 2>&1
	grep -q kvm-works "$run/run/probe.serial" 2>/dev/null
}

# build_qemu: fills the array qemu.
build_qemu() {
	local accel words machine_type=q35,memory-backend=mem port prealloc='' image=vmlinux
	[[ -f $kernel_path/vmlinux ]] || image=bzImage
	accel=$(pick_accel)
	# "quiet" prints errors only; 5 adds warnings, so that a kernel that dies has said why.
	words="console=ttyS0 loglevel=5 panic=-1 nokaslr mitigations=off audit=0 apparmor=0"
	words+=" log_buf_len=4M sysrq_always_enabled cryptomgr.notests no_timer_check"
	[[ $kernel != debug ]] || words+=" kmemleak=on"
	# A card that writes in real time must not wait for the host to find memory.
	[[ $card == no ]] || prealloc=,prealloc=on,prealloc-threads=2
	qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-name "kinora-$kernel" -smp "$cpus" -m "$mem"
		-object "memory-backend-memfd,id=mem,size=$mem,share=on$prealloc")
	if [[ $iommu == yes ]]; then
		machine_type+=,kernel-irqchip=$([[ $accel == kvm ]] && echo split || echo off)
		words+=" intel_iommu=on iommu.strict=1"
		qemu+=(-device "intel-iommu,caching-mode=on")
	fi
	if [[ $accel == kvm ]]; then
		qemu+=(-accel kvm -cpu host)
	else
		qemu+=(-accel "tcg,thread=multi" -cpu "max,la57=off,erms=off,fsrm=off")
	fi
	qemu+=(-machine "$machine_type"
		-kernel "/kernel/$image" -initrd /run/initramfs -append "$words${append:+ $append}"
		-chardev "file,id=serial,path=/run/serial" -device "isa-serial,chardev=serial"
		-drive "file=/guest/root.squashfs,if=none,id=root,format=raw,readonly=on"
		-device "virtio-blk-pci,drive=root,serial=root"
		-drive "file=/kernel/modules.squashfs,if=none,id=modules,format=raw,readonly=on"
		-device "virtio-blk-pci,drive=modules,serial=modules"
		-fsdev "local,id=repo,path=$repo,security_model=none,multidevs=remap"
		-device "virtio-9p-pci,fsdev=repo,mount_tag=repo"
		-device "virtio-serial-pci,ioeventfd=off")
	mkfifo "$run/run/monitor.in" "$run/run/monitor.out"
	qemu+=(-monitor pipe:/run/monitor)
	for port in control out err log leaks; do
		: >"$run/run/$port"
		qemu+=(-chardev "file,id=$port,path=/run/$port,append=on"
			-device "virtserialport,chardev=$port,name=kinora.$port")
	done
	if [[ $interactive == yes ]]; then
		qemu+=(-chardev "stdio,id=terminal,signal=off" -device "virtconsole,chardev=terminal")
	elif [[ $stdin == yes ]]; then
		qemu+=(-chardev "stdio,id=in,signal=off" -device "virtserialport,chardev=in,name=kinora.in")
	fi
	if [[ $card == yes ]]; then
		qemu+=(-device "pcie-root-port,id=rp0,chassis=1,slot=1"
			-device '{"driver":"vfio-user-pci","id":"card","bus":"rp0","socket":{"type":"unix","path":"/run/card.sock"}}'
			-chardev "socket,id=stimulus,path=/run/control.sock"
			-device "virtserialport,chardev=stimulus,name=kinora.stimulus")
	fi
	qemu+=("${machine_options[@]}")
}

run_inside() {
	local directory=$repo stdin=no leak_check=no rmmod_limit=30 ended card_pid=''
	local qemu_pid timer_pid='' out_pid err_pid
	local -a qemu
	set -o errtrace
	trap 'machine_failed "setting the machine up failed"' ERR
	# shellcheck disable=SC2034  # these three are named in make_initramfs
	[[ $PWD/ != "$repo"/* ]] || directory=$PWD
	# shellcheck disable=SC2034
	[[ $kernel != debug ]] || rmmod_limit=60
	# shellcheck disable=SC2034
	[[ $kernel != debug || $driver == no ]] || leak_check=yes
	if [[ $interactive == no && ! -t 0 && $(readlink /proc/self/fd/0) != /dev/null ]]; then
		stdin=yes
	fi
	make_root
	make_initramfs
	build_qemu
	[[ $card == no ]] || start_card

	# QEMU makes its standard input non-blocking, which it must not do to a pipe of the caller's.
	if [[ $interactive == yes ]]; then
		chroot "$run" "${qemu[@]}" <&0 2>"$run/run/qemu.log" &
	elif [[ $stdin == yes ]]; then
		chroot "$run" "${qemu[@]}" < <(exec cat <&0) >"$run/run/qemu.log" 2>&1 &
	else
		chroot "$run" "${qemu[@]}" </dev/null >"$run/run/qemu.log" 2>&1 &
	fi
	qemu_pid=$!
	tail -q -c +1 -s 0.1 --pid="$qemu_pid" -f "$run/run/out" &
	out_pid=$!
	tail -q -c +1 -s 0.1 --pid="$qemu_pid" -f "$run/run/err" >&2 &
	err_pid=$!
	if [[ -n $limit ]]; then
		sleep "$limit" &
		timer_pid=$!
	fi
	ended=''
	# 2>: QEMU may abort after the guest is off when its card has died; bash would say so.
	{ wait -n -p ended "$qemu_pid" ${timer_pid:+"$timer_pid"} || true; } 2>/dev/null
	if [[ -n $timer_pid && $ended == "$timer_pid" ]]; then
		ask_what_hangs
		kill -KILL "$qemu_pid"
		wait "$qemu_pid" 2>/dev/null || true
		wait "$out_pid" "$err_pid" || true
		save_log
		say "the time limit of $limit s is over, see $KINORA_VM_LOG"
		exit 124
	fi
	wait "$out_pid" "$err_pid" || true
	finish_run
}

# ask_what_hangs: at the time limit, the kernel's list of blocked tasks goes to the log. Keys of
# the emulated keyboard reach a kernel whose userspace does not run any more.
ask_what_hangs() {
	local key
	for key in 9 w l; do
		echo "sendkey alt-sysrq-$key"
	done 1<>"$run/run/monitor.in" # opened for both, it cannot block
	# Nothing says that the list is complete; a kernel that lives prints it within a second.
	sleep 3
}

# finish_run: what the guest told becomes the exit status.
finish_run() {
	local told=$run/run/control line status='' error='' finished=no card_status=0
	local -a complaints=()
	while read -r line; do
		case $line in
		'status '*) status=${line#status } ;;
		'error '*) error=${line#error } ;;
		'report '*) complaints+=("${line#report }") ;;
		done) finished=yes ;;
		esac
	done <"$told"
	save_log
	if [[ -n $error ]]; then
		machine_failed "the test machine could not run the command: $error"
	elif [[ -z $status ]]; then
		grep -aE "$report_pattern|kinora-init:" "$run/run/serial" | head -n 20 >&2 || true
		tail -n 5 "$run/run/qemu.log" >&2
		machine_failed "the test machine ended before the command did"
	fi
	if [[ $finished == no ]]; then
		complaints+=("the test machine ended while it was being shut down")
	fi
	if [[ -n $card_pid ]]; then
		kill -TERM "$card_pid" 2>/dev/null || true
		wait "$card_pid" || card_status=$?
		[[ $card_status -eq 0 ]] || complaints+=("the virtual card ended with status $card_status")
	fi
	if [[ $reports == yes ]]; then
		find_reports
		if [[ ${#complaints[@]} -gt 0 ]]; then
			for line in "${complaints[@]}"; do
				say "$line"
			done
			say "the whole log is $KINORA_VM_LOG"
			[[ $status -ne 0 ]] || status=126
			keep_log=yes
		fi
	fi
	if [[ $keep_log == no && $status -eq 0 ]]; then
		rm -f "$KINORA_VM_LOG"
	fi
	exit "$status"
}

# find_reports: prints each report of the kernel log with what follows it, and counts it.
find_reports() {
	local source=$run/run/log count
	[[ -s $source ]] || source=$run/run/serial
	count=$(grep -acE "$report_pattern" "$source" || true)
	if [[ $count -gt 0 ]]; then
		grep -aE -B 3 -A 30 "$report_pattern" "$source" | head -n 200 >&2
		complaints+=("the kernel log has $count line(s) that report a defect")
	fi
}
