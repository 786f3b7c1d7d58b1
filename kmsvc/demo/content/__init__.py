"""The texts of the demo centre: people, articles, processes, change stories and searches.

Pure data and pure functions: everything is invented, and everything is the same for the same seed.
"""
