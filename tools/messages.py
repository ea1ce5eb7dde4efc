"""The words of the house in two languages: extract, compile, check.

    tools/messages.py extract [ROOM …]   bring a room's catalogue up to its code; new words come untranslated
    tools/messages.py compile            .po to .mo, by Python alone
    tools/messages.py check              fail on what is missing, fuzzy, obsolete, ambiguous or badly written

English is the msgid; Persian is written by hand in each room's locale/fa. `peyvand/locale` holds better Persian for the
words of Django and allauth; compiling gathers every room's words there too, so that ours win over a library's.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import makemessages

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "peyvand"
HOUSE = PRODUCT / "locale" / "fa" / "LC_MESSAGES" / "django.po"
GLOSSARY = ROOT / "docs" / "glossary.md"
CATALOGUE = Path("locale/fa/LC_MESSAGES/django.po")
METADATA = {
    "Language": "fa",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}
READ = {".py", ".html", ".txt"}
SKIPPED = {"tests", "static", "migrations", "locale", "__pycache__"}

Key = tuple[str | None, str]


class MakeMessages(makemessages.Command):
    """Django's extraction, without guesses: a new msgid that looks like an old one still comes untranslated."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def rooms() -> list[Path]:
    """Every folder of the product that keeps its own words."""
    found = (path.parent for path in PRODUCT.rglob("locale") if path.is_dir() and path != PRODUCT / "locale")
    return sorted(room for room in found if "node_modules" not in room.parts)


def spoken(room: Path) -> bool:
    """Whether the room's code has words for people."""
    marks = re.compile(r"gettext|{% *(?:translate|blocktranslate|trans|blocktrans)\b")
    return any(marks.search(path.read_text(encoding="utf-8")) for path in sources(room))


def sources(room: Path) -> Iterator[Path]:
    """The files of a room that may hold words: no tests, no migrations."""
    for path in room.rglob("*"):
        if path.suffix in READ and path.is_file() and not SKIPPED.intersection(path.relative_to(room).parts[:-1]):
            yield path


def tidy(catalogue: polib.POFile) -> polib.POFile:
    """The same words under a header that doesn't change with the clock, in the order of their msgids."""
    clean = polib.POFile(wrapwidth=120)
    clean.metadata = METADATA
    entries = [entry for entry in catalogue if not entry.obsolete]
    for entry in sorted(entries, key=lambda entry: (entry.msgid.casefold(), entry.msgid, entry.msgctxt or "")):
        entry.occurrences = []
        entry.comment = ""
        entry.previous_msgid = entry.previous_msgctxt = entry.previous_msgid_plural = None
        clean.append(entry)
    return clean


def extracted(room: Path) -> polib.POFile:
    """The room's catalogue as its code asks for it now, with the Persian it has; the room itself is left alone."""
    kept = room / CATALOGUE
    with tempfile.TemporaryDirectory(prefix="peyvand-messages-") as folder:
        copy = Path(folder) / room.name
        for source in sources(room):
            target = copy / source.relative_to(room)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (copy / CATALOGUE).parent.mkdir(parents=True)
        if kept.is_file():
            shutil.copyfile(kept, copy / CATALOGUE)
        before = Path.cwd()
        os.chdir(copy)
        try:
            call_command(MakeMessages(), locale=["fa"], no_location=True, no_obsolete=False, no_wrap=True, verbosity=0)
        finally:
            os.chdir(before)
        if not (copy / CATALOGUE).is_file():
            return polib.POFile()
        return polib.pofile(str(copy / CATALOGUE))


def extract(folders: Iterable[Path]) -> int:
    """Write each room's catalogue anew; say how many words wait for their Persian."""
    for room in folders:
        catalogue = tidy(extracted(room))
        target = room / CATALOGUE
        if not len(catalogue) and not target.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(str(catalogue).removeprefix("#\n").rstrip() + "\n", encoding="utf-8")
        waiting = len(catalogue.untranslated_entries())
        print(f"{room.relative_to(ROOT)}: {len(catalogue)} words" + (f", {waiting} untranslated" if waiting else ""))
    return 0


def compile_all() -> int:
    """Every .po to its .mo, and all rooms' words together in the house's."""
    house = polib.pofile(str(HOUSE)) if HOUSE.is_file() else polib.POFile()
    house.metadata = METADATA
    known = {(entry.msgctxt, entry.msgid) for entry in house}
    for source in sorted(PRODUCT.glob("**/locale/*/LC_MESSAGES/*.po")):
        if source == HOUSE:
            continue
        catalogue = polib.pofile(str(source))
        save(catalogue, source.with_suffix(".mo"))
        for entry in catalogue.translated_entries():
            if (entry.msgctxt, entry.msgid) not in known:
                known.add((entry.msgctxt, entry.msgid))
                house.append(entry)
    HOUSE.parent.mkdir(parents=True, exist_ok=True)
    save(house, HOUSE.with_suffix(".mo"))
    return 0


def save(catalogue: polib.POFile, target: Path) -> None:
    """Write the .mo unless it holds the same already, through a neighbour file so that a reader never sees half."""
    content = catalogue.to_binary()
    if target.is_file() and target.read_bytes() == content:
        return
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(target)


# ── check ─────────────────────────────────────────────────────────────────

PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*\d*\.?\d*[a-zA-Z]|(?<!%)%[sd]|\{\w*\}")
ARABIC = re.compile(r"[يكىة]")
LATIN_MARK = re.compile(r"[\u0600-\u06ff\u200c]\s*[?,;](?!\w*=)")
PERSIAN = "\u0600-\u06ff\u200c"


def persian_of(entry: polib.POEntry) -> dict[int, str]:
    """The Persian of an entry by plural form; form 0 alone when it has no plural."""
    if not entry.msgid_plural:
        return {0: entry.msgstr}
    return {int(form): text for form, text in entry.msgstr_plural.items()}


def faults_of_text(entry: polib.POEntry) -> Iterator[str]:
    """What is badly written in one entry's Persian."""
    for form, text in persian_of(entry).items():
        english = entry.msgid_plural if form and entry.msgid_plural else entry.msgid
        missing = set(PLACEHOLDER.findall(english)) - set(PLACEHOLDER.findall(text))
        if missing and not (entry.msgid_plural and form == 0 and not set(PLACEHOLDER.findall(entry.msgid))):
            yield f"lacks {', '.join(sorted(missing))}: {text}"
        if unknown := set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(f"{entry.msgid} {entry.msgid_plural}")):
            yield f"has {', '.join(sorted(unknown))}, which the msgid hasn't: {text}"
        if ARABIC.search(text):
            yield f"has an Arabic letter (ی ک ه are meant): {text}"
        if LATIN_MARK.search(PLACEHOLDER.sub("", text)):
            yield f"has a Latin mark after a Persian letter (؟ ، ؛ are meant): {text}"
        if english.endswith("\n") != text.endswith("\n") or english.startswith("\n") != text.startswith("\n"):
            yield f"begins or ends differently about line breaks: {text!r}"


def glossary() -> list[tuple[str, str, tuple[str, ...]]]:
    """Rows of docs/glossary.md's tables that have the columns English, فارسی and, if any, avoid (split at ، or ,)."""
    if not GLOSSARY.is_file():
        return []
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    columns: dict[str, int] = {}
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            columns = {}
            continue
        cells = [cell.strip().strip("`*") for cell in line.strip().strip("|").split("|")]
        if {"english", "فارسی"} <= {cell.casefold() for cell in cells}:
            columns = {cell.casefold(): place for place, cell in enumerate(cells)}
        elif columns and not set(line) <= set("|-: "):
            avoided = cells[columns["avoid"]] if "avoid" in columns and columns["avoid"] < len(cells) else ""
            words = tuple(word.strip(" «»") for word in re.split(r"[،,؛/]", avoided) if word.strip(" «»-—"))
            rows.append((cells[columns["english"]], cells[columns["فارسی"]], words))
    return rows


def plain(text: str) -> str:
    """Persian without what doesn't make another word: ZWNJ against space, ezafe's ی, vowel marks."""
    return re.sub(r"[\u064b-\u0652]", "", text).replace("\u200cی", "").replace("ٔ", "").replace("\u200c", " ").strip()


def faults_of_glossary(words: dict[Key, dict[str, str]]) -> Iterator[str]:
    """Msgids that are a term of the glossary with another Persian, and words the glossary avoids."""
    rows = glossary()
    terms = {english.casefold(): persian for english, persian, _ in rows if english}
    avoided = {
        word: persian for _, persian, words_avoided in rows for word in words_avoided if re.search(f"[{PERSIAN}]", word)
    }
    patterns = {word: re.compile(rf"(?<![{PERSIAN}]){re.escape(word)}(?![{PERSIAN}])") for word in avoided}
    for (context, msgid), translations in words.items():
        for room, text in translations.items():
            wanted = terms.get(msgid.casefold())
            if wanted and context is None and plain(text) not in {plain(word) for word in re.split(r"[/،]", wanted)}:
                yield f"{room}: {msgid!r} is «{wanted}» in docs/glossary.md, here «{text}»"
            for word, pattern in patterns.items():
                if pattern.search(text):
                    yield f"{room}: {msgid!r} says «{word}»; docs/glossary.md says «{avoided[word]}»"


def faults_of_room(room: Path) -> Iterator[str]:
    """What a room's catalogue lacks or keeps without need, set against its code."""
    kept = room / CATALOGUE
    fresh = extracted(room)
    have = (
        {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(kept)) if not entry.obsolete}
        if kept.is_file()
        else set()
    )
    for entry in fresh:
        if entry.obsolete:
            yield f"obsolete: {entry.msgid!r}"
        elif (entry.msgctxt, entry.msgid) not in have:
            yield f"missing: {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid!r}"
        elif not all(persian_of(entry).values()) or not persian_of(entry):
            yield f"untranslated: {entry.msgid!r}"


def check() -> int:
    """Print every fault of the catalogues; 1 when there is one, or when the code can't be read for its words."""
    reads_code = shutil.which("xgettext") is not None
    faults: list[str] = []
    if not reads_code:
        faults.append("xgettext is missing, so nobody knows which words the code has (Debian: apt-get install gettext)")
    words: dict[Key, dict[str, str]] = defaultdict(dict)
    speaking = {*rooms(), *(app.parent for app in PRODUCT.glob("*/*/apps.py") if spoken(app.parent))}
    for room in sorted(speaking):
        name = str(room.relative_to(PRODUCT))
        if reads_code:
            faults += [f"{name}: {fault}" for fault in faults_of_room(room)]
    for source in [*(room / CATALOGUE for room in sorted(speaking)), HOUSE]:
        if not source.is_file():
            continue
        name = str(source.parents[2].relative_to(PRODUCT))
        for entry in polib.pofile(str(source)).translated_entries():
            faults += [f"{name}: {entry.msgid!r} {fault}" for fault in faults_of_text(entry)]
            words[entry.msgctxt, entry.msgid][name] = " | ".join(persian_of(entry).values())
    for (_, msgid), translations in words.items():
        if len(set(translations.values())) > 1:
            said = "; ".join(f"{room}: «{text}»" for room, text in translations.items())
            faults.append(f"{msgid!r} has two Persian translations without a msgctxt: {said}")
    faults += faults_of_glossary(words)
    for fault in faults:
        print(fault)
    print(f"{len(words)} words, {len(faults)} faults")
    return 1 if faults else 0


def main() -> int:
    """Run what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("extract", "compile", "check"))
    parser.add_argument("rooms", nargs="*", type=Path, help="room folders, for extract; all that have words otherwise")
    asked = parser.parse_args()
    settings.configure(USE_I18N=True, LOCALE_PATHS=[])
    try:
        if asked.verb == "compile":
            return compile_all()
        if asked.verb == "check":
            return check()
        return extract([room.resolve() for room in asked.rooms] or rooms())
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
