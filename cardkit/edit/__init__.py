"""Byte-exact edits of the metadata: a card and a change in, edits of spans out."""
