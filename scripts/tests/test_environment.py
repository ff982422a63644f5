"""The description of the machine."""

from __future__ import annotations

from mapscope.plan.environment import cpu_model


def test_a_processor_without_a_name_is_named_by_its_numbers() -> None:
    assert cpu_model({"model name": "AMD EPYC 9R14", "model": "17"}) == "AMD EPYC 9R14"
    assert cpu_model({"CPU implementer": "0x41", "CPU part": "0xd0c"}) == "ARM implementer 0x41, part 0xd0c"
    assert cpu_model({})
