"""The parts of the cube: samples become small integers in fixed bins, and these are counted."""
