"""Which answers are believed: the same seed must give every map the same checksum."""

from __future__ import annotations

from collections import Counter


def disbelieved(checksums: dict[str, str]) -> dict[str, str]:
    """The maps whose checksum is not the one of the strict majority, each with the reason.

    Without a strict majority nobody can be believed, and every map is returned.
    """
    votes = Counter(checksums.values())
    if len(votes) <= 1:
        return {}
    (winner, count), *_ = votes.most_common()
    if 2 * count <= len(checksums):
        listed = ", ".join(f"{name} {checksum}" for name, checksum in checksums.items())
        return dict.fromkeys(checksums, f"the maps disagree and none has a majority: {listed}")
    return {
        name: f"checksum {checksum}, but {count} of {len(checksums)} maps have {winner}"
        for name, checksum in checksums.items()
        if checksum != winner
    }
