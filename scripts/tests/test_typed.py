"""JSON as typed records, and stages by the names that JSON has for them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mapscope import typed
from mapscope.fact import Fact, known, unknown
from mapscope.plan.counters import BACKENDS
from mapscope.plan.tasks import stage_named


@dataclass(frozen=True, slots=True)
class Inner:
    value: int


@dataclass(frozen=True, slots=True)
class Outer:
    one: Inner
    many: list[Inner]
    named: dict[str, Inner]
    perhaps: Inner | None
    plain: list[list[float]]
    fact: Fact
    later: str = "default"


def test_nested_objects_become_records() -> None:
    document = {
        "one": {"value": 1}, "many": [{"value": 2}, {"value": 3}], "named": {"a": {"value": 4}}, "perhaps": None,
        "plain": [[1.0, 2.0]], "fact": {"value": None, "reason": "why"},
    }  # fmt: skip
    found = typed.read(Outer, document)
    assert found == Outer(Inner(1), [Inner(2), Inner(3)], {"a": Inner(4)}, None, [[1.0, 2.0]], unknown("why"))
    assert typed.read(Outer, document | {"perhaps": {"value": 5}}).perhaps == Inner(5)


@pytest.mark.parametrize("document", [{}, {"value": 1, "more": 2}])
def test_other_fields_than_the_record_has_are_refused(document: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        typed.read(Inner, document)


def test_a_fact_is_either() -> None:
    assert (known(0).value, known(0).reason, unknown("no").value) == (0, None, None)


def test_every_stage_is_found_by_its_name() -> None:
    names = [None, "ladder", "growth/insert-resident", *(name for each in BACKENDS.values() for name in each.stages)]
    stages = [stage_named(name) for name in names]
    assert [stage.name for stage in stages] == names and len(set(stages)) == len(names)
    assert [stage.name for stage in stages if not stage.pinned] == ["sim", "callgrind_l2", "callgrind_l3"]
    with pytest.raises(KeyError):
        stage_named("unheard")
