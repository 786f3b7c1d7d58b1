"""Search: a Whoosh index scored with NumPy, for Chinese and English, that never tells of what a reader may
not see.

The engine (`engine.py`) knows documents, readers' reach and folders, and nothing of slices, databases or
the web.
"""
