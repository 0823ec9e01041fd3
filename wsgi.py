"""The WSGI application."""
from forum import create_app

app = create_app()
