"""`python -m benchmarks.rivals [ARTICLES]`: print the figures of so many articles."""

import sys

from benchmarks.rivals import measure

if __name__ == "__main__":
    for name, value in measure(*map(int, sys.argv[1:2])).items():
        print(f"{name:70} {value}")
