"""Whose answer is believed."""

from mapscope.store.checksums import disbelieved


def test_agreement() -> None:
    assert disbelieved({"a": "1", "b": "1"}) == {}
    assert disbelieved({"a": "1"}) == {}


def test_the_odd_one_out_is_named_with_both_checksums() -> None:
    verdict = disbelieved({"a": "1", "b": "2", "c": "1"})
    assert verdict == {"b": "checksum 2, but 2 of 3 maps have 1"}


def test_without_a_majority_nobody_is_believed() -> None:
    assert set(disbelieved({"a": "1", "b": "2"})) == {"a", "b"}
    assert set(disbelieved({"a": "1", "b": "1", "c": "2", "d": "2"})) == {"a", "b", "c", "d"}
