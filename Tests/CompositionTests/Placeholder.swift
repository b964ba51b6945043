// Begun in its own change.
