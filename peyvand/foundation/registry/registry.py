"""One place where rooms declare and higher rooms read."""

from __future__ import annotations

from typing import Protocol, TypeVar, cast


class Declaration(Protocol):
    """Anything with a name that is unique among its kind."""

    @property
    def name(self) -> str: ...


D = TypeVar("D", bound=Declaration)


class UnknownNameError(LookupError):
    """A name that no room has declared: a mistake in the code, never a missing right."""


class DuplicateNameError(ValueError):
    """Two rooms declared the same name for the same kind."""


class Registry:
    """Declarations by kind (their class) and name, in the order of declaring."""

    def __init__(self) -> None:
        self._by_kind: dict[type[object], dict[str, object]] = {}

    def add(self, declaration: Declaration) -> None:
        """Keep a declaration; DuplicateNameError when its kind already has one of that name."""
        named = self._by_kind.setdefault(type(declaration), {})
        if declaration.name in named:
            raise DuplicateNameError(f"{type(declaration).__name__} {declaration.name!r} is declared twice")
        named[declaration.name] = declaration

    def all(self, kind: type[D]) -> tuple[D, ...]:
        """Every declaration of a kind; those with an `order` come by it, the rest as declared."""
        found = cast("list[D]", list(self._by_kind.get(kind, {}).values()))
        return tuple(sorted(found, key=lambda declaration: cast("int", getattr(declaration, "order", 0))))

    def get(self, kind: type[D], name: str) -> D:
        """The declaration of that name; UnknownNameError when there is none."""
        try:
            return cast("D", self._by_kind[kind][name])
        except KeyError:
            raise UnknownNameError(f"no {kind.__name__} is named {name!r}") from None

    def has(self, kind: type[D], name: str) -> bool:
        """Whether such a declaration exists."""
        return name in self._by_kind.get(kind, {})


registry = Registry()
