# SPDX-License-Identifier: MIT
#
# Kinora's front door: builds the parts, sets up and runs the tests, installs. Everything generated goes
# to build/. The parts have build files of their own: kernel/Kbuild (module), userspace/Makefile (library and
# program); the virtual card, the firmware's native build and the tests are small enough to be built here.

O := $(CURDIR)/build
CC ?= cc
CFLAGS ?= -O2 -g
warnings := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
# Hidden, or a function of ours takes the place of one of the same name inside a library (libunicorn's
# list_append): what a shared library refers to, a program exports.
base := -std=gnu11 $(warnings) -D_GNU_SOURCE -fvisibility=hidden -MMD -MP \
	-Itests/vcard -Ifirmware-blobs/controller -Ikernel -Ikernel/uapi
san := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

KERNELS := 6.1 6.12 7.2
KDIR ?= /lib/modules/$(shell uname -r)/build

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: userspace module ## the library, the program, and the module for the running kernel

help: ## this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

# --- library and program ---
userspace: ## libkinora and the kinora program, in build/userspace
	$(MAKE) -C userspace O=$(O)/userspace

# --- kernel module ---
module: ## kinora.ko for the kernel in KDIR (default: the running one), in build/module
	@test -d $(KDIR) || { echo "no kernel headers at '$(KDIR)': install linux-headers-$$(uname -r), or set KDIR=" >&2; exit 4; }
	@mkdir -p $(O)/module
	@cp -ru kernel/. $(O)/module
	$(MAKE) -C $(KDIR) M=$(O)/module modules

# --- the controller's firmware, as the card runs it: firmware-blobs/controller/README.md ---
rv32_cc := riscv64-unknown-elf-gcc
rv32_dir := firmware-blobs/controller/rv32
rv32_out := $(O)/firmware
# Nothing of where and when it is built may get into the image.
rv32_flags := -march=rv32imc -mabi=ilp32 -mstrict-align -Os -g0 -std=gnu11 $(warnings) -Wvla -ffreestanding \
	-ffunction-sections -fdata-sections -fno-common -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables \
	-ffile-prefix-map=$(CURDIR)=. -fcallgraph-info=su -MMD -MP \
	-isystem $(rv32_dir)/include -Ifirmware-blobs/controller -Ikernel -Ikernel/uapi
rv32_c := $(sort $(wildcard firmware-blobs/controller/*.c $(rv32_dir)/*.c))
rv32_obj := $(rv32_c:%.c=$(rv32_out)/%.o)

firmware: $(rv32_out)/controller.bin ## the controller's image for the card, in build/firmware, and what it needs
	@cat $(rv32_out)/report
firmware-update: $(rv32_out)/controller.bin ## take that image as the one that is installed (firmware-blobs/kinora)
	cp $< firmware-blobs/kinora/controller.bin
	{ echo 'SPDX-License-Identifier: MIT'; echo; cat $(rv32_out)/report; } >firmware-blobs/kinora/controller.txt
$(rv32_out)/controller.bin: $(rv32_out)/controller.elf $(rv32_dir)/seal.py $(rv32_dir)/report.py
	$(rv32_dir)/report.py $< $(rv32_obj) >$(rv32_out)/report
	riscv64-unknown-elf-objcopy -O binary $< $(rv32_out)/controller.raw
	$(rv32_dir)/seal.py $(rv32_out)/controller.raw $@
$(rv32_out)/controller.elf: $(rv32_out)/$(rv32_dir)/start.o $(rv32_obj) $(rv32_dir)/link.ld
	$(rv32_cc) $(rv32_flags) -nostdlib -Wl,--gc-sections,--build-id=none,--fatal-warnings,--no-warn-rwx-segments \
		-T $(rv32_dir)/link.ld -o $@ $(filter %.o,$^) -lgcc
$(rv32_out)/%.o: %.c
	@mkdir -p $(@D)
	$(rv32_cc) $(rv32_flags) -c -o $@ $<
$(rv32_out)/%.o: %.S
	@mkdir -p $(@D)
	$(rv32_cc) $(rv32_flags) -c -o $@ $<

# --- virtual card ---
vcard_src := $(wildcard tests/vcard/*.c firmware-blobs/controller/*.c)
vcard_obj := $(vcard_src:%.c=$(O)/vcard/%.o)
vcard_libs := -ljansson -lunicorn -lpthread -lm

# Its controller runs the image that the driver loads, so the two are built together.
vcard: $(O)/vcard/vcard $(rv32_out)/controller.bin ## the virtual card
$(O)/vcard/vcard: $(vcard_obj)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(vcard_libs)
$(O)/vcard/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -O3 $(base) -c -o $@ $<

# The same with sanitizers; tests/vm/vm --card-program starts it instead.
vcard-asan: $(O)/vcard-asan/vcard $(rv32_out)/controller.bin ## the virtual card under ASan and UBSan
$(O)/vcard-asan/vcard: $(vcard_src:%.c=$(O)/vcard-asan/%.o)
	$(CC) $(san) -o $@ $^ $(vcard_libs)
$(O)/vcard-asan/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(san) $(base) -c -o $@ $<

# --- unit tests: each names the sources it is built with in a line "/* Sources: ... */" ---
unit_names := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
unit_sources = $(shell sed -nE 's:^/\* Sources\: *(.*)\*/:\1:p' tests/unit/$(1).c)
unit_inc := -Iuserspace/lib -Iuserspace/kinora -Itests/unit
unit_libs := -lcunit -ljansson -lunicorn -lpng -lpthread -lm

unit: $(unit_names:%=$(O)/unit/%) ## the unit tests
unit-asan: $(unit_names:%=$(O)/unit-asan/%)

define unit_rule
$(O)/unit/$(1): tests/unit/$(1).c $(call unit_sources,$(1)) Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(unit_inc) $$(base) -MF $$@.d -o $$@ $$(filter %.c,$$^) $$(unit_libs)
$(O)/unit-asan/$(1): tests/unit/$(1).c $(call unit_sources,$(1)) Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(san) $$(unit_inc) $$(base) -MF $$@.d -o $$@ $$(filter %.c,$$^) $$(unit_libs)
endef
$(foreach t,$(unit_names),$(eval $(call unit_rule,$(t))))

# These run the image.
image_tests := test_loader test_native_rv32
$(image_tests:%=$(O)/unit/%) $(image_tests:%=$(O)/unit-asan/%): $(rv32_out)/controller.bin
$(image_tests:%=$(O)/unit/%) $(image_tests:%=$(O)/unit-asan/%): unit_inc += -DFIRMWARE_IMAGE='"$(rv32_out)/controller.bin"'

# --- system tests: run in the test machine ---
system_names := $(patsubst tests/system/%.c,%,$(wildcard tests/system/*.c))
system_lib := $(wildcard tests/system/lib/*.c) $(addprefix tests/vcard/,stamp.c pack.c crc32c.c)
system_obj := $(system_lib:%.c=$(O)/tests/system/obj/%.o)

system-tests: $(system_names:%=$(O)/tests/system/%) ## the programs of the system tests
$(O)/tests/system/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(base) -Itests/system/lib -c -o $@ $<
$(O)/tests/system/%: tests/system/%.c $(system_obj)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(base) -Itests/system/lib -MF $@.d -o $@ $^ -lcunit -ljansson -lpthread -lm

# --- fuzzing: libFuzzer, a minute each; FUZZ_SECONDS=N for longer ---
FUZZ_SECONDS ?= 60
fuzz_names := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_sources = $(shell sed -nE 's:^/\* Sources\: *(.*)\*/:\1:p' tests/fuzz/$(1).c)
define fuzz_rule
$(O)/fuzz/$(1): tests/fuzz/$(1).c $(call fuzz_sources,$(1))
	@mkdir -p $$(@D)
	clang -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $$(filter-out -MMD -MP,$$(base)) \
		-o $$@ $$(filter %.c,$$^) $$(vcard_libs)
fuzz-run-$(1): $(O)/fuzz/$(1)
	@mkdir -p $(O)/fuzz/corpus-$(1)
	cd $(O)/fuzz && ./$(1) -max_total_time=$$(FUZZ_SECONDS) -print_final_stats=1 corpus-$(1)
endef
$(foreach t,$(fuzz_names),$(eval $(call fuzz_rule,$(t))))
fuzz: $(fuzz_names:%=fuzz-run-%) ## fuzz the virtual card and the firmware (FUZZ_SECONDS=60 each)

# --- the test machine ---
deps: ## install the Debian packages that building and testing need (says which first)
	tests/host-setup
machine: deps ## set up the test machine: QEMU, the three kernels, the guest
	tests/vm/setup all
modules: $(KERNELS:%=module-%) ## kinora.ko for the test machine's kernels
module-%:
	tests/vm/build-module $*
vm: machine userspace vcard module-6.12 ## a shell in the test machine, with an 8Kp60 signal on the card
	tests/vm/vm --stimulus 'signal sdi-quad 4320p60 pattern=bt2111-hlg transfer=hlg colour=2020'
check: deps ## every check; what CI runs
	tests/check
check-debug: deps ## the system tests on the debug kernel (KASAN, lockdep, kmemleak, ...)
	tests/check --debug
lint: ## checkpatch, sparse, kernel-doc, shellcheck, man pages
	tests/check --only lint
bench: machine userspace vcard system-tests module-6.12 ## measurements, as ratios
	tests/bench/run
bench-engine: $(O)/bench/engine ## the virtual card alone: does it keep 8Kp60 on this machine?
	$< 'signal sdi-quad 4320p60 pattern=zoneplate' v210 300
$(O)/bench/engine: tests/bench/engine.c $(call unit_sources,test_card)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -O3 $(unit_inc) $(base) -MF $@.d -o $@ $(filter %.c,$^) $(unit_libs)
demo: deps ## the whole way of an 8Kp60 picture, on the virtual card; results in build/demo
	tests/demo/run

# --- installing on a machine with a card ---
prefix ?= /usr/local
version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf 2>/dev/null)
dkms_src := $(DESTDIR)/usr/src/kinora-$(version)

# The kernel looks for firmware in /lib/firmware, whatever the prefix.
firmware_dst := $(DESTDIR)/lib/firmware/kinora

install: userspace ## program, library, man pages, udev rules, firmware, and the module's source for DKMS (DESTDIR, prefix)
	install -d $(firmware_dst)
	install -m 644 firmware-blobs/kinora/controller.bin $(firmware_dst)/
	$(MAKE) -C userspace O=$(O)/userspace prefix=$(prefix) DESTDIR=$(DESTDIR) install
	install -d $(dkms_src)/kernel/uapi
	install -m 644 dkms.conf $(dkms_src)/
	install -m 644 kernel/*.[ch] kernel/Kbuild $(wildcard kernel/Makefile) $(dkms_src)/kernel/
	install -m 644 kernel/uapi/*.h $(dkms_src)/kernel/uapi/
ifeq ($(DESTDIR),)
	@command -v dkms >/dev/null || { echo "module not built: install the package 'dkms', then 'dkms install kinora/$(version)'" >&2; exit 4; }
	dkms install --force kinora/$(version)
endif

uninstall: ## undo install
ifeq ($(DESTDIR),)
	-dkms remove kinora/$(version) --all
endif
	rm -rf $(dkms_src) $(firmware_dst)
	$(MAKE) -C userspace O=$(O)/userspace prefix=$(prefix) DESTDIR=$(DESTDIR) uninstall

clean: ## remove build/ (the cache of the test machine stays)
	rm -rf $(O)

.PHONY: all help userspace module firmware firmware-update vcard vcard-asan unit unit-asan system-tests fuzz deps \
	machine modules vm check check-debug lint bench bench-engine demo install uninstall clean

-include $(shell find $(O) -name '*.d' 2>/dev/null)
