"""Write, check and back model cards with numbers."""

__version__ = "0.1.0"
