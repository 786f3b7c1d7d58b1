"""The demo: an invented service centre, and the code that plays it through the real use cases."""
