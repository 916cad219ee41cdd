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
TESTED := $(filter-out internal/tools,$(MODULES))
BIN := $(CURDIR)/.bin
TOOLS := $(CURDIR)/internal/tools/go.mod
FUZZTIME ?= 20s
N ?= 100000
COUNT ?= 5

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

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
		go -C "$$module" vet ./... || { echo "go vet failed in module $$module"; exit 1; }; \
	done

.PHONY: staticcheck
staticcheck:
	@for module in $(TESTED); do \
		echo "staticcheck: $$module"; \
		go -C "$$module" tool -modfile=$(TOOLS) staticcheck ./... || { echo "staticcheck failed in module $$module"; exit 1; }; \
	done

# These look at files that the test cache does not know of.
.PHONY: shape
shape:
	go test -count=1 ./internal/archtest ./internal/api

.PHONY: race
race:
	@for module in $(TESTED); do \
		echo "go test -race: $$module"; \
		go -C "$$module" test -race ./... || { echo "tests failed in module $$module"; exit 1; }; \
	done

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
