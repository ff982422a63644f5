"""mapscope: runs the benchmark binaries, keeps every measurement, and reads them back.

The way a number travels, one module a step:

    suites, build ──► plan ──► runner ──► report (the only writer)
                                              │
                            results/<run>/  raw/, run.json
                                              │
                      load (the only reader) ─┴─► summary, plot, validate, export
                                              │
                       runs (many, one table) ┴─► compare, across, trend, page, writeup

Counters travel with the times: their processes are part of the plan (counter_plan), run after
the timed rounds, are read by counter_json and callgrind, and end up in the rows (row_counters).
"""

__version__ = "0.1.0"
SCHEMA_VERSION = 5
