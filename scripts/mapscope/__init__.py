"""mapscope: runs the benchmark binaries, keeps every measurement, and reads them back.

The way a number travels, one module a step:

    suites, build ──► plan ──► runner ──► report (the only writer)
                                              │
                            results/<run>/  raw/, run.json
                                              │
                      load (the only reader) ─┴─► summary, plot, validate
"""

__version__ = "0.1.0"
SCHEMA_VERSION = 1
