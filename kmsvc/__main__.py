"""`python -m kmsvc` is the command line."""

from kmsvc.cli import main

main()
