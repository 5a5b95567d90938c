"""The parts of the annotator: what it reads, what it learns, where it keeps silent, how sure it is."""
