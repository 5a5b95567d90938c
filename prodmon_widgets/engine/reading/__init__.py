"""The parts of the table: any source becomes rows, and columns become properties by what the schema says."""
