"""Files that people bring: kept under names of our own, given back to those who may have them, always as a download.

Here: `services.keep`, `open_file`, `discard`; what a file's bytes say it is (`kinds`), names made harmless (`names`),
the download page.
Not here: what is in a file (transfer reads them), pictures shown inline (there are none).
Events in: none. Events out: none.
To let others than the owner have files of a purpose: declare `FilePurpose(name, permission)`.
"""
