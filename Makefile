# Everything starts here; each target does the set-up it needs. `make` alone lists the targets.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup build bench octave layout growth range semantics order passing test ports plots summary validate compare report across fleet \
  figures trend export fuzz mutate golden clean

MAPSCOPE := PYTHONPATH=scripts .venv/bin/python -m mapscope

# What `make bench` measures: handed on as it is, empty means the default.
RUN_OPTIONS = --build-dir=build/bench --results="$(RESULTS)" --suite="$(SUITE)" --maps="$(MAPS)" \
  --workloads="$(WORKLOADS)" --kv="$(KV)" --hash="$(HASH)" --sizes="$(SIZES)" \
  --rounds="$(ROUNDS)" --min-time="$(MIN_TIME)" --cpu="$(CPU)" --seed="$(SEED)" \
  --memory="$(MEMORY)" --counters="$(COUNTERS)" --cache="$(CACHE)" \
  --papi-events="$(PAPI_EVENTS)" --growth="$(GROWTH)" --growth-sizes="$(GROWTH_SIZES)" \
  --growth-repetitions="$(GROWTH_REPETITIONS)" --resume="$(RESUME)"

help: ## list the targets and what can be set
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make bench takes SUITE MAPS WORKLOADS KV HASH SIZES ROUNDS MIN_TIME CPU SEED MEMORY RESULTS,"
	@echo "  COUNTERS (auto, off, or of papi,perf,sim,callgrind), CACHE=<processor>, PAPI_EVENTS,"
	@echo "  GROWTH (auto, off), GROWTH_SIZES, GROWTH_REPETITIONS,"
	@echo "  and RESUME=<run> to go on with a run that was interrupted, for example:"
	@echo "    make bench MAPS=hmap,std KV=int_int SIZES=1000,1000000"
	@echo "  AGAINST=<commit> measures that commit's build in turn with this one, and compares them."
	@echo "  make summary, plots and validate take RUN=<run> (default: the latest) and RESULTS"
	@echo "  make compare A=<runs> B=<runs>: also MARGIN, FAIL_ON_SLOWER (percent), ALL=1"
	@echo "  make report and export take RUN and OUT=<file>; make across takes RUNS"

setup: ## install what is missing: packages, and .venv for the scripts
	@scripts/setup.sh

build: setup ## build the benchmark of every map
	@cmake --preset bench
	@cmake --build --preset bench

bench: setup ## measure, then show tables and draw plots
	@against="$(AGAINST)"; [ -z "$$against" ] || scripts/against.sh --check "$$against"
	@cmake --preset bench
	@$(MAPSCOPE) run --dry-run $(RUN_OPTIONS)
	@targets=$$($(MAPSCOPE) run --targets $(RUN_OPTIONS)) && cmake --build --preset bench --target $$targets
	@against="$(AGAINST)"; if [ -n "$$against" ]; then \
	  against=$$(scripts/against.sh "$$against" "$(MAPS)" | tail -n 1) && [ -n "$$against" ] || exit 2; fi; \
	$(MAPSCOPE) run $(RUN_OPTIONS) --against="$$against"

octave: SUITE := octave
octave: bench ## hmap over one load-factor octave: its cache lines beside the model's

layout: SUITE := layout
layout: bench ## hmap's bucket layouts side by side, in cache lines and ns

growth: SUITE := growth
growth: bench ## ten million inserts one by one, in every map: what each growth costs

range: SUITE := range
range: bench ## what a walk over a map costs: load, erasure, growth, cold tables, ways to look

semantics: setup ## what changing a map does to a walk over it, tried: a table for a write-up
	@cmake --preset bench >&2
	@cmake --build --preset bench --target experiment_mutation_during_iteration >&2
	@build/bench/experiment_mutation_during_iteration

order: setup ## how random the order of hmap's range is, beside a true shuffle: counts and a picture
	@cmake --preset bench
	@cmake --build --preset bench --target experiment_iteration_order
	@mkdir -p "$(or $(RESULTS),results)/order"
	@build/bench/experiment_iteration_order > "$(or $(RESULTS),results)/order/.counts.csv"
	@mv "$(or $(RESULTS),results)/order/.counts.csv" "$(or $(RESULTS),results)/order/order.csv"
	@$(MAPSCOPE) order "$(or $(RESULTS),results)/order/order.csv" --results="$(RESULTS)"

passing: setup ## what handing a table to a function costs, way by way, and the instructions for it
	@cmake --preset bench
	@cmake --build --preset bench --target experiment_passing
	@mkdir -p "$(or $(RESULTS),results)/passing"
	@build/bench/experiment_passing --benchmark_repetitions=25 --benchmark_min_time=0.02 \
	  --benchmark_enable_random_interleaving=true --benchmark_display_aggregates_only=true \
	  --benchmark_out_format=json --benchmark_out="$(or $(RESULTS),results)/passing/.times.json" > /dev/null
	@mv "$(or $(RESULTS),results)/passing/.times.json" "$(or $(RESULTS),results)/passing/times.json"
	@$(MAPSCOPE) passing "$(or $(RESULTS),results)/passing/times.json" build/bench/experiment_passing --results="$(RESULTS)"

test: setup ## build with address, UB and thread sanitizers; run all tests, C++ and Python
	@cmake --preset dev
	@cmake --build --preset dev
	@ctest --preset dev --parallel $$(nproc)
	@cmake --preset tsan
	@cmake --build --preset tsan
	@ctest --preset tsan
	@.venv/bin/python -m pytest -q scripts

ports: ## run the maps' tests on aarch64, 32-bit x86, and Clang with libstdc++ and libc++; PORTS=<port>
	@PORTS="$(PORTS)" scripts/setup.sh --for ports
	@PORTS="$(PORTS)" CLANG="$(CLANG)" scripts/ports.sh

plots: setup ## draw the plots of a run again
	@$(MAPSCOPE) plot "$(RUN)" --results="$(RESULTS)"

summary: setup ## show the tables of a run again
	@$(MAPSCOPE) summary "$(RUN)" --results="$(RESULTS)"

validate: setup ## check that a run's file is sound
	@$(MAPSCOPE) validate "$(RUN)" --results="$(RESULTS)"

compare: setup ## what is slower or faster in the runs B than in the runs A
	@$(MAPSCOPE) compare --a="$(A)" --b="$(B)" --margin="$(MARGIN)" --fail-on-slower="$(FAIL_ON_SLOWER)" \
	  --all="$(ALL)" --results="$(RESULTS)"

across: setup ## runs of several machines: what holds on all of them
	@$(MAPSCOPE) across --runs="$(RUNS)" --results="$(RESULTS)"

fleet: setup ## measure this commit on HOSTS="user@a user@b" over ssh, and gather their runs
	@RESULTS="$(or $(RESULTS),results)" scripts/fleet.sh "$(HOSTS)" $(foreach name,SUITE MAPS WORKLOADS KV HASH \
	  SIZES ROUNDS MIN_TIME CPU SEED MEMORY COUNTERS CACHE,$(if $($(name)),$(name)="$($(name))"))

report: setup ## one HTML page about RUN=<run> [<run>...]
	@$(MAPSCOPE) report --runs="$(RUN)" --out="$(OUT)" --results="$(RESULTS)"

figures: setup ## the article in docs/writeup again: text, tables and figures, from stored runs
	@$(MAPSCOPE) figures "$(RUN)" --out="$(OUT)" --results="$(RESULTS)"

trend: setup ## WORKLOAD at KV, N (and MAP) over all stored runs
	@$(MAPSCOPE) trend --workload="$(WORKLOAD)" --kv="$(KV)" --n="$(N)" --map="$(MAP)" --out="$(OUT)" \
	  --results="$(RESULTS)"

export: setup ## RUN for another service: FORMAT=google, bencher or github, into OUT
	@$(MAPSCOPE) export "$(RUN)" --format="$(FORMAT)" --out="$(OUT)" --results="$(RESULTS)"

fuzz: setup ## fuzz MAP (hmap, steady) with libFuzzer for SECONDS_TO_FUZZ (60); needs clang
	@MAP="$(MAP)" tools/fuzz.sh

mutate: setup ## break MAP (hmap, steady) on purpose, bug by bug: its tests must catch each
	@.venv/bin/python tools/mutate/run.py --map="$(or $(MAP),hmap)"

golden: ## record the traces of real Go maps anew; needs Go 1.19 to 1.23
	@tools/go_trace/regenerate.sh

clean: ## remove the builds; results and .venv stay
	@rm -rf build
