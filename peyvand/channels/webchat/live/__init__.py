"""Live chat in the public site's process: sockets, the way round where sockets are blocked, files."""
