"""`python -I -m kmsvc.convert`: the child process, see child.py."""

from __future__ import annotations

import sys

from kmsvc.convert.child import main

sys.exit(main(sys.argv[1:]))
