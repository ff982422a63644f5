"""One module a subcommand: `run(options)` carries it out and returns the exit code.

0 is well, 1 measured but with failures; mistakes and signals are raised (errors.py).
"""
