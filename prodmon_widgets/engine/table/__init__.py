"""Samples behind one interface: sources, roles and properties."""
