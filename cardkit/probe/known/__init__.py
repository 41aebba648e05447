"""Known benchmarks from their authors' own files: scores as the authors define them.

They are points of comparison and contested ones, so a score never stands without its interval, its
licence and what is known to be wrong with it (``facts.json``).
"""
