"""The command line: `peyvand` and `python -m peyvand`.

Here: `main.run` (language, data folder, Django, then the commands), the commands by what they are about (`commands/`),
what a failure is in words and as an exit code (`failures`), what is printed where (`printing`).
Not here: what the commands do; each calls services that any other door may call.
Events in: none. Events out: none.
To add a command: a function in a file of `commands/`, and that file in `app`; a new kind of failure: `failures`.
"""
