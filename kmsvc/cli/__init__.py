"""The command line: `kmsvc <slice> <noun> <verb>`, and the shorter operations commands. Every refusal is one sentence."""

from kmsvc.cli.main import main

__all__ = ["main"]
