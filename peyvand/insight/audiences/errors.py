from __future__ import annotations

from django.core.exceptions import PermissionDenied

from peyvand.foundation.registry.declarations import Label


class ConditionRefusedError(Exception):
    """A condition that cannot be asked. `place` is the way to it from the top: the number of the node in each group;
    `words` say why, for the one who asks.
    """

    def __init__(self, place: tuple[int, ...], words: str) -> None:
        super().__init__(words)
        self.place = place
        self.words = words


class AudienceRefusedError(Exception):
    """What was typed of an audience makes no sense: words by the name of what is wrong, "" for the whole."""

    def __init__(self, errors: dict[str, Label]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class ChangedMeanwhileError(Exception):
    """Somebody changed the audience since it was read; `version` is the one of now."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


class HiddenFromReaderError(PermissionDenied):
    """The audience asks for something that is kept from this reader, so its size and members are too."""
