"""Exports of LLM tools as one flat table, a row a sample. A format is one module here and one line in ``formats``."""
