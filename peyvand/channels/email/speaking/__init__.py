"""How mail goes out: what it is made of, its signature, connections that are kept open, providers with an API."""
