.DEFAULT_GOAL := help
.PHONY: help run test test-pg lint generate check proof bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: ## start Kith on 127.0.0.1:5484
	go run . serve

test: ## all Go tests, on SQLite
	go test ./...

test-pg: ## all Go tests, on SQLite and a PostgreSQL that is started for them
	scripts/with-postgres go test ./...

lint: ## golangci-lint, built on first use (a few minutes)
	go tool -modfile=tools/go.mod golangci-lint run ./...

generate: ## write generated files anew: templates, assets, licences
	scripts/generate

check: ## everything, as ./test and CI do
	./test

proof: ## the long proofs: kill loops, long fuzzing, cross-builds (see scripts/proof.d)
	scripts/proof

bench: ## measure Kith beside its floors (see bench/)
	go run ./bench
