"""What a report refuses, in the reader's words."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import Label


class RefusedError(Exception):
    """Raised with a sentence for people: why it can't be answered or done, and what to do."""

    def __init__(self, sentence: Label) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
