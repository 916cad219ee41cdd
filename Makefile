# SPDX-License-Identifier: Apache-2.0
#
# `make` lists the targets. All of them run on a fresh clone; they need Go, and a
# C compiler for the race detector.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Every directory with a go.mod is a module; tools has no code of its own.
MODULES := $(patsubst %/,%,$(dir $(shell git ls-files --cached --others --exclude-standard 'go.mod' '*/go.mod')))
TESTED := $(filter-out internal/tools,$(MODULES))
BIN := $(CURDIR)/.bin
FUZZTIME ?= 20s
COUNT ?= 5

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.PHONY: test
test: format vet staticcheck shape race ## gofmt, vet, staticcheck and race tests, over all modules

.PHONY: format
format:
	@wrong=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$wrong" ]; then echo "gofmt -w these files:"; echo "$$wrong"; exit 1; fi

.PHONY: vet
vet:
	@for module in $(TESTED); do \
		echo "go vet: $$module"; \
		go -C "$$module" vet ./... || { echo "go vet failed in module $$module"; exit 1; }; \
	done

.PHONY: staticcheck
staticcheck: $(BIN)/staticcheck
	@for module in $(TESTED); do \
		echo "staticcheck: $$module"; \
		(cd "$$module" && $(BIN)/staticcheck ./...) || { echo "staticcheck failed in module $$module"; exit 1; }; \
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
bench: ## measure beside client-go, in the same run; COUNT processes each
	go -C internal/bench run . -count $(COUNT)

.PHONY: demo
demo: ## watch pods come and go, in a table; needs no cluster
	@go -C examples build -o $(BIN)/podwatch ./podwatch
	@exec $(BIN)/podwatch # not go run, which calls Ctrl-C an error

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" || exit 1; \
		done; \
	done

.PHONY: api
api: ## renew the files that hold the exported API
	UPDATE_API=1 go test -count=1 ./internal/api

.PHONY: vulncheck
vulncheck: $(BIN)/govulncheck ## look for known vulnerabilities; needs the vulnerability database
	$(BIN)/govulncheck ./...

$(BIN)/%: internal/tools/go.mod internal/tools/go.sum
	@go -C internal/tools build -o $@ "$$(go -C internal/tools list -f {{.ImportPath}} tool | grep "/$*$$")"
