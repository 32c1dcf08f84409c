# `make run` builds everything and starts the demo site; `make test` runs all tests. `make help` lists the rest.
TAGS     := gosnmp_nodebug
# What is looked at holds the provider's side too; the appliance is linked without it.
ALLTAGS  := $(TAGS),central
COMMIT   := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
DATE     := $(shell git log -1 --format=%cI 2>/dev/null || echo unknown)
# A tag v1.2.3 is version 1.2.3; commits after it are 1.2.4~git<day>.<commit>, which dpkg and rpm order before 1.2.4, and
# without any tag they lead to 0.1.0.
RELEASE  := $(patsubst v%,%,$(shell git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null))
LAST     := $(patsubst v%,%,$(shell git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null))
NEXT     := $(if $(LAST),$(shell echo $(LAST) | awk -F. '{ print $$1 "." $$2 "." $$3 + 1 }'),0.1.0)
DAY      := $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d%H%M 2>/dev/null || echo 0)
VERSION  ?= $(or $(RELEASE),$(NEXT)~git$(DAY).$(COMMIT))
EPOCH    := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
LDFLAGS  := -s -w -funcalign=16 -X siteward/cli.version=$(VERSION) -X siteward/cli.commit=$(COMMIT) -X siteward/cli.date=$(DATE)
# Nothing waits for what these packages do, so their functions are not copied into each other: the binary is 2 MB smaller.
COLD     := siteward/ui/... siteward/cli siteward/appliance/daemon siteward/appliance/config siteward/appliance/control \
            siteward/appliance/demo siteward/appliance/channel siteward/appliance/incident siteward/appliance/notify siteward/appliance/offer \
            siteward/appliance/round siteward/appliance/ticket siteward/appliance/update siteward/appliance/uplink siteward/appliance/window \
            siteward/appliance/access siteward/appliance/discovery siteward/appliance/enrol siteward/appliance/expect siteward/appliance/inventory \
            siteward/probes/discover siteward/probes/snmp/names github.com/danielgtaylor/... github.com/nicholas-fedor/... \
            github.com/goccy/go-yaml/... github.com/spf13/... github.com/go-co-op/... github.com/nicksnyder/... \
            github.com/emersion/... google.golang.org/... go.opentelemetry.io/... golang.org/x/crypto/ssh/... golang.org/x/crypto/acme/... \
            github.com/pkg/sftp/... github.com/teambition/... encoding/gob encoding/xml siteward/probes/probetest/... siteward/appliance/topology siteward/appliance/ups siteward/appliance/sla \
            github.com/prometheus/... golang.org/x/text/... golang.org/x/net/... go.yaml.in/... html/template text/template/parse github.com/labstack/... siteward/probes/source mime/... net/mail net/textproto
GOBUILD  := CGO_ENABLED=0 go build -trimpath $(COLD:%=-gcflags=%=-l) -ldflags "$(LDFLAGS)" -tags $(TAGS),packed
WEB      := embed/dist/app.css
PACKED   := embed/files.zip
PACKAGES := deb rpm
ARCHES   := amd64 arm64

.PHONY: help build run test bench lint web package unit-check vulncheck screenshots fuzz clean
.DEFAULT_GOAL := build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: $(PACKED) ## bin/siteward and bin/siteward-central for this machine
	$(GOBUILD) -o bin/siteward .
	$(GOBUILD),central -o bin/siteward-central .

run: build ## build and start the demo site on real sockets
	bin/siteward demo

# The longest come first, so that both cores are busy until the end. `make lint` vets; a program with the race detector would sleep
# a second before it ends.
LONGEST  := ./ui ./cli ./appliance/daemon ./probes/backuplog ./central/web ./probes/discover ./appliance/uplink
test: web ## all tests with the race detector
	GORACE=atexit_sleep_ms=0 go test -race -vet=off -tags $(ALLTAGS) -timeout 30m $(LONGEST) ./...

web: $(WEB) ## styles, scripts, icons and fonts into embed/dist

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Siteward's pages are built with Node.js 20 or newer: install nodejs and npm, then run make again."; exit 1; }
	npm ci --no-audit --no-fund
	@touch $@

$(WEB): node_modules/.package-lock.json $(shell find embed/web embed/templates -type f 2>/dev/null) tsconfig.json
	npm run --silent build
	@touch $@

$(PACKED): $(WEB) $(shell find embed internal/pack -type f ! -name files.zip ! -path 'embed/dist/*' 2>/dev/null)
	go run -tags $(TAGS) ./internal/pack $@

bench: web ## every figure of the goals beside its goal
	go run -tags $(TAGS) ./internal/figures

lint: web ## formatting, vet, golangci-lint, types of the scripts
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -d $$(git ls-files '*.go'); exit 1; }
	go vet -tags $(TAGS) ./cli
	go vet -tags $(ALLTAGS) ./...
	CGO_ENABLED=0 go tool -modfile=tools/lint/go.mod golangci-lint run --build-tags $(ALLTAGS) ./...
	npm run --silent check

unit-check: ## exposure of the unit files, lower is better
	systemd-analyze security --offline=true --threshold=15 systemd/siteward.service | tail -n 1
	systemd-analyze security --offline=true --threshold=15 systemd/siteward-central.service | tail -n 1

# The database is a copy of https://vuln.go.dev beside the checkout; without it, the one on the network.
VULNDB := $(wildcard $(or $(SITEWARD_CORPUS),../shared)/vulndb)
vulncheck: web ## known vulnerabilities in what is linked and called
	go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 $(if $(VULNDB),-db file://$(abspath $(VULNDB))) -tags $(ALLTAGS) ./...

package: $(PACKED) ## deb and rpm for amd64 and arm64 into dist/
	@mkdir -p dist
	CGO_ENABLED=0 go run ./internal/licences >dist/licences.txt
	cat embed/dist/licences.txt >>dist/licences.txt
	@for arch in $(ARCHES); do \
		GOARCH=$$arch $(GOBUILD) -o bin/siteward-$$arch . || exit 1; \
		GOARCH=$$arch $(GOBUILD),central -o bin/siteward-central-$$arch . || exit 1; \
		for kind in $(PACKAGES); do \
			for side in "siteward package.yaml" "siteward-central package-central.yaml"; do \
				set -- $$side; \
				ARCH=$$arch VERSION='$(VERSION)' SOURCE_DATE_EPOCH=$(EPOCH) BIN=bin/$$1-$$arch LICENCES=dist/licences.txt \
					go tool -modfile=tools/nfpm/go.mod nfpm package -f systemd/$$2 -p $$kind -t dist/ || exit 1; \
			done; \
		done; \
	done

screenshots: build ## pictures of every page into docs/screens, made in Chromium
	SITEWARD_SCREENSHOTS=docs/screens go test -tags $(TAGS) -count=1 -run TestScreenshots ./appliance/demo
	SITEWARD_SCREENSHOTS=docs/screens go test -tags $(TAGS) -count=1 -run TestAnOfficeReadsItsBackups ./appliance/daemon

FUZZTIME ?= 30s
fuzz: ## each fuzz target for FUZZTIME
	@for pkg in $$(go list -tags $(ALLTAGS) ./...); do \
		for target in $$(go test -tags $(ALLTAGS) -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; go test -tags $(ALLTAGS) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; \
	done

clean: ## remove what was built
	rm -rf bin dist embed/dist/* $(PACKED) node_modules && touch embed/dist/.gitkeep
