"""Long texts in short components: cut when written, put together when read."""

from collections.abc import Iterable, Sequence

#: how many characters a component may have: names and streets, descriptions, free text; old and new versions
NAME, DESCRIPTION, TEXT = frozenset({35, 70}), frozenset({35, 256}), frozenset({70, 512})


def pieces(text: str, limits: frozenset[int], most: int) -> tuple[str, ...]:
    """``text`` in at most ``most`` components of the smallest limit; :func:`joined` puts them together again.

    It is cut at blanks, or where the component is full. What is still too long stands in the last one: who
    reads it decides.
    """
    limit, found = min(limits), []
    while len(text) > limit and len(found) < most - 1:
        cut = text.rfind(" ", 1, limit)
        if cut > 0 and text[:cut].strip():
            found.append(text[:cut])
            text = text[cut + 1 :]
        else:
            found.append(text[:limit])
            text = text[limit:]
    return (*found, text)


def joined(components: Iterable[str], limits: frozenset[int]) -> str:
    """The text of several components: one that is full was cut within a word, others at a blank."""
    text, before = "", ""
    for component in components:
        if not component:
            continue
        if not before:
            text = component
        elif len(before) in limits:
            text += component
        else:
            text += " " + component
        before = component
    return text


def lines(note: str, limits: frozenset[int] = TEXT, most: int = 5) -> list[tuple[str, ...]]:
    """A text as the components of one segment after the other: each a line, or what no line had room for.

    :param most: components of a segment.
    """
    found: list[tuple[str, ...]] = []
    limit = min(limits)
    for line in note.split("\n"):
        if len(line) <= most * limit:
            cut = pieces(line, limits, most)
            if not full(cut, limits, most):
                found.append(cut)
                continue
        parts = [line[start : start + limit] for start in range(0, len(line), limit)]
        if len(parts) % most == 0 and len(parts[-1]) == limit:
            parts[-2:] = [parts[-2] + parts[-1]]  # or the next line would be taken for its end
        found += [tuple(parts[start : start + most]) for start in range(0, len(parts), most)]
    return found


def full(components: Sequence[str], limits: frozenset[int] = TEXT, most: int = 5) -> bool:
    """Whether a segment has no room left, so that its text goes on in the next one."""
    return len(components) == most and len(components[-1]) in limits
