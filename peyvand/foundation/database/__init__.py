"""One function that yields PostgreSQL, and what keeps its data safe.

Here: `cluster.ensure` (the server named by DATABASE_URL, else our own under the data folder), where our own lies
(`layout`), its process (`postmaster`), its binaries (`binaries`), the account it runs as when we are root (`account`),
checks for `peyvand doctor` (`checks`), backup and restore (`backup`).
Not here: tables (every room has its own), migrations (the console runs them).
Events in: none. Events out: none.
To support another version of PostgreSQL: `binaries.VERSIONS`.
"""
