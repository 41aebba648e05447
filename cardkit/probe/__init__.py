"""Measure how a masked language model's predictions lean, and write it into the model's card.

Effects are *positive target minus negative target* of the suite (she − he), in nats, everywhere.
Importing this package imports neither torch nor numpy; ``record`` and ``markers`` never do.
"""
