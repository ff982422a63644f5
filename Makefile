# Everything starts here; each target sets up what it needs. `make` alone lists the targets.
#
# mapscope takes its options from the variables on the command line, `make bench MAPS=hmap,std`, and
# refuses those that it does not have. So it alone holds the list of them.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z_]*\):.*## .*/\1/p' $(MAKEFILE_LIST))

given = $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
mapscope = MAPSCOPE_VARIABLES="$(given)" PYTHONPATH=scripts .venv/bin/python -m mapscope
with_python = @[ -x .venv/bin/python ] || { echo "make: .venv with the Python packages is missing; run make setup" >&2; exit 2; }

help: ## list the targets, and what make bench takes
	@awk -F ':.*## ' '/^[a-z_]+:.*## / { printf "  make %-26s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nmake bench takes, for example, MAPS=hmap,std KV=int_int SIZES=1000,1000000:\n\n'
	@PYTHONPATH=scripts python3 -m mapscope run --variables
	@printf '\nThe variables of make compare, report and the others: mapscope <command> --help.\n'

setup: ## install what is missing for everything below
	@scripts/setup.sh

build: ## build what is timed of every map
	@scripts/setup.sh --for bench
	@cmake --preset bench
	@cmake --build --preset bench

bench: ## measure, then show tables and draw plots
	@scripts/setup.sh --for bench
	@$(mapscope) run --variables > /dev/null  # refuses unknown ones before anything is built
	@cmake --preset bench
	@$(mapscope) run --dry-run
	@targets=$$($(mapscope) run --targets) && cmake --build --preset bench --target $$targets
	@$(mapscope) run

octave: ## bench of one load-factor octave: hmap's cache lines beside the model's
layout: ## bench of hmap's bucket layouts, in cache lines and ns
growth: ## bench of ten million single inserts in every map: insert tail latency
range: ## bench of iteration cost: load, erasure, growth, cold tables, ways to iterate
octave layout growth range:
	@$(MAKE) --no-print-directory bench SUITE=$@

mutation_during_iteration: ## what changing a map does to an iteration over it: a Markdown table
iteration_order: ## how random the order of hmap's range is, beside a uniform shuffle: a plot
passing: ## what passing a map as an argument costs, and the instructions for it
mutation_during_iteration iteration_order passing:
	@scripts/setup.sh --for bench >&2
	@$(mapscope) experiment $@

compile_cost: ## what compiling each of MAPS costs: seconds, and bytes of find and insert
	@scripts/setup.sh --for bench >&2
	@cmake --preset bench >&2
	@$(mapscope) compile-cost

go_sync: ## concurrent maps beside those of an installed Go, in the scenarios of Go's benchmark
	@scripts/setup.sh --for bench >&2
	@cmake --preset bench >&2
	@targets=$$($(mapscope) go-sync --targets) && cmake --build --preset bench --target $$targets >&2
	@$(mapscope) go-sync

test: ## build with address, UB and thread sanitizers; run all tests, C++ and Python
	@scripts/setup.sh --for test
	@cmake --preset dev
	@cmake --build --preset dev
	@ctest --preset dev --parallel $$(nproc)
	@cmake --preset tsan
	@cmake --build --preset tsan
	@ctest --preset tsan
	@cmake --preset bench -DMAPSCOPE_COUNTING_TESTS=ON
	@cmake --build --preset counting
	@ctest --preset counting --parallel $$(nproc)
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile scripts

lint: ## check the format of C++ and Python, and lint both
	@scripts/setup.sh --for test
	@tools/lint.sh

ports: ## run the maps' tests on aarch64, 32-bit x86, and Clang with libstdc++ and libc++; PORTS=<port>
	@scripts/setup.sh --for ports
	@scripts/ports.sh

summary: ## show the tables of RUN=<run> again (default: the latest run; so in all below)
validate: ## check the run.json of RUN
compare: ## what is slower or faster in the runs B than in the runs A
report: ## one HTML page about RUN=<run> [<run>...]
choose: ## which map for PAYLOAD, N, MIX=read=90,insert=10, MAX_LATENCY=100us, MEMORY=40B, from RUN
across: ## what holds in RUNS of several machines
trend: ## WORKLOAD at KV, N (and MAP) over all stored runs
export: ## RUN for another service: FORMAT=google, bencher or github, into OUT=<file>
figures: ## the article in docs/writeup: text, tables and figures, from stored runs
readme: ## the results table of README.md, from the stored run
fleet: ## measure this commit on HOSTS="user@a user@b" over ssh, and gather their runs
summary validate compare report choose across trend export figures readme fleet:
	$(with_python)
	@$(mapscope) $@

plots: ## draw the plots of RUN again
	$(with_python)
	@$(mapscope) plot

fuzz: ## fuzz MAP (hmap, steady) with libFuzzer for SECONDS_TO_FUZZ (60)
	@scripts/setup.sh --for fuzz
	@tools/fuzz.sh

mutate: ## inject bugs into MAP (hmap, steady, concurrent), one at a time: its tests must catch each
	@scripts/setup.sh --for test
	@.venv/bin/python tools/mutate/run.py --map="$(or $(MAP),hmap)"

golden: ## record the traces of real Go maps anew; needs Go 1.19 to 1.23
	@tools/go_trace/regenerate.sh

clean: ## remove the builds; results and .venv stay
	@rm -rf build
