# SPDX-License-Identifier: Apache-2.0
#
# `make` lists the targets. All of them run on a fresh clone; they need Go, and a
# C compiler for the race detector.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Every directory with a go.mod is a module; tools has no code of its own.
MODULES := $(patsubst %/,%,$(dir $(shell git ls-files --cached --others --exclude-standard 'go.mod' '*/go.mod')))
ifeq ($(MODULES),)
$(error no module found: these targets need a git clone)
endif
# Building what consists of Kubernetes takes minutes and gigabytes, which make test
# is free of; make e2e does what these targets leave out.
KUBEAPI := internal/e2e/kubeapi
UPSTREAM := internal/e2e/upstream
# So does what istio's krt is built of; go -C internal/bench run . -krt does that.
KRT := internal/bench/krt
TESTED := $(filter-out internal/tools $(KUBEAPI) $(UPSTREAM) $(KRT),$(MODULES))
BIN := $(CURDIR)/.bin
TOOLS := $(CURDIR)/internal/tools/go.mod
FUZZTIME ?= 20s
N ?= 100000
COUNT ?= 5
SOAK ?= 60
# With it, vet and staticcheck see all files: no file asks for its absence.
TAGS := -tags e2e
# Vet and staticcheck read what the compiler says of each dependency. With the race
# detector it is what the tests need too, and is not compiled twice on a machine
# that has nothing yet. There, collecting garbage less often saves a third of the
# time, of staticcheck above all, which goes through all dependencies.
CHECKED := GOFLAGS=-race GOGC=400

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: test
test: format vet staticcheck shape race ## gofmt, vet, staticcheck and race tests, over all modules

.PHONY: format
format:
	@wrong=$$(gofmt -l .); \
	if [ -n "$$wrong" ]; then echo "gofmt -w these files:"; echo "$$wrong"; exit 1; fi

.PHONY: vet
vet:
	@for module in $(TESTED); do \
		echo "go vet: $$module"; \
		$(CHECKED) go -C "$$module" vet $(TAGS) ./... || { echo "go vet failed in module $$module"; exit 1; }; \
	done

.PHONY: staticcheck
staticcheck:
	@staticcheck=$$(go tool -modfile=$(TOOLS) -n staticcheck); \
	for module in $(TESTED); do \
		echo "staticcheck: $$module"; \
		(cd "$$module" && $(CHECKED) "$$staticcheck" $(TAGS) ./...) || { echo "staticcheck failed in module $$module"; exit 1; }; \
	done

# These look at files that the test cache does not know of.
.PHONY: shape
shape:
	go test -race -count=1 ./internal/archtest ./internal/api

.PHONY: race
race:
	@for module in $(TESTED); do \
		echo "go test -race: $$module"; \
		go -C "$$module" test -race ./... || { echo "tests failed in module $$module"; exit 1; }; \
	done

.PHONY: jsonv2
jsonv2: ## test decoding with encoding/json/v2, for which all is compiled once more
	GOEXPERIMENT=jsonv2 go vet ./internal/decode
	GOEXPERIMENT=jsonv2 go test ./internal/decode

.PHONY: bench
bench: ## run all benchmarks, then measure beside client-go; COUNT processes each
	go test -run '^$$' -bench . -benchmem ./...
	go -C internal/bench run . -count $(COUNT)

.PHONY: demo
demo: ## watch pods come and go, in a table; needs no cluster
	@go -C examples build -o $(BIN)/podwatch ./podwatch
	@exec $(BIN)/podwatch # not go run, which calls Ctrl-C an error

.PHONY: chaos
chaos: ## play N random schedules of faults to an informer
	CHAOS_N=$(N) go test -count=1 -timeout 60m -run 'TestChaos|TestStopDuringAnyFault' ./informer

.PHONY: soak
soak: ## have everything happen to an informer at once, for SOAK seconds
	SOAK_SECONDS=$(SOAK) go test -race -count=1 -timeout 24h -v -run 'TestSoak$$' ./informer

.PHONY: kubeapi
kubeapi: $(BIN)/kubeapi ## run a real API server on loopback until Ctrl-C; prints its kubeconfig
	@exec $< -log $(BIN)/kubeapi.log # not over the kubeconfig on the terminal

.PHONY: e2e
e2e: $(BIN)/kubeapi ## test against a real API server; the first time, building that takes minutes
	$(KUBEAPI_BUILD) go -C $(KUBEAPI) vet ./...
	$(KUBEAPI_BUILD) go -C $(KUBEAPI) test -vet=off ./... # vet would go through all of Kubernetes once more
	$(KUBEAPI_BUILD) go -C $(UPSTREAM) test -vet=off -count=1 ./...
	@only=$$(comm -13 <(go -C internal/e2e test -race -list . | sort) <(go -C internal/e2e test -race $(TAGS) -list . | sort) | grep '^Test' | paste -sd '|'); \
	echo "go test -race: internal/e2e, with a real API server: $$only"; \
	KUBEAPI=$< go -C internal/e2e test -race $(TAGS) -count=1 -timeout 15m -parallel 3 -run "^($$only)\$$" . # make test has had the others; most of these wait
	$< -log $(BIN)/kubeapi.log -run 'go -C examples run -race ./podwatch --once'

# Every command on the two modules that consist of Kubernetes has the same flags, or
# nothing built for the one would be of use to the other. go build knows what is up to
# date. Without optimisation the compiler takes half the time, and the server is quick
# enough.
KUBEAPI_BUILD := GOGC=400 GOWORK=off CGO_ENABLED=0 GOFLAGS='-buildvcs=false -trimpath "-gcflags=all=-N -l -dwarf=false"'
.PHONY: $(BIN)/kubeapi
$(BIN)/kubeapi:
	@version=$$($(KUBEAPI_BUILD) go -C $(KUBEAPI) list -m -f '{{.Version}}' k8s.io/kubernetes); \
	echo "building kubeapi, with Kubernetes $$version"; \
	$(KUBEAPI_BUILD) go -C $(KUBEAPI) build -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$$version" -o $@ .

# What of make e2e consists of Kubernetes, built and vetted and not run.
.PHONY: kubernetes
kubernetes: $(BIN)/kubeapi
	$(KUBEAPI_BUILD) go -C $(UPSTREAM) test -vet=off -run '^$$' ./...
	$(KUBEAPI_BUILD) go -C $(KUBEAPI) vet ./...

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME
	@packages=$$(go list ./...); \
	for package in $$packages; do \
		listed=$$(go test -list '^Fuzz' "$$package"); \
		for target in $$(grep '^Fuzz' <<<"$$listed" || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" || exit 1; \
		done; \
	done

.PHONY: api
api: ## renew the files that hold the exported API
	UPDATE_API=1 go test -count=1 ./internal/api

.PHONY: vulncheck
vulncheck: ## look for known vulnerabilities; needs the vulnerability database
	go tool -modfile=$(TOOLS) govulncheck ./...
