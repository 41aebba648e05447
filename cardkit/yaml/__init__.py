"""YAML as js-yaml 4.3 reads it: nodes, a quick way for plain texts, a parser for all others."""
