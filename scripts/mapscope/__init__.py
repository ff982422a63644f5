"""mapscope: runs the benchmark binaries, keeps every measurement, and reads them back.

The way a number travels, and which group of modules may import which (tests/test_imports.py):

    commands    one module a subcommand; cli.py only parses
    output      terminal, plots, page, write-up, export     run    processes, interleaving, pinning, resuming
    analysis    comparing, ranking, the model, caveats
    store       run folders: the only writer, the only reader, run.json as typed records
    plan        suites, selection, what is built, the plan, and the stages: one class for each kind of process

Each imports only what is below it; run does not know analysis. Below all of them are facts (a value or
a reason), errors and files.
"""

__version__ = "0.1.0"
SCHEMA_VERSION = 9
