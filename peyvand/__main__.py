"""`python -m peyvand`, the same as `peyvand`."""

from peyvand.doors.console.main import run

if __name__ == "__main__":
    run()
