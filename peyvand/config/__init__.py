"""Composition only: settings, urls, asgi."""
