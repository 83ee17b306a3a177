"""Pure geometry: NumPy arrays and Shapely shapes in and out; no web, no database, no clock, no chance."""
