"""One module for each kind of file. Each has `read(path, name)`, which yields what it finds as it finds it."""
