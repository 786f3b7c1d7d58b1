"""`wsgi:app` is the web half for any WSGI server; it starts no worker."""

from kmsvc.app import create_app

app = create_app()
