"""Iteration order of hmap, drawn from counts."""

from __future__ import annotations

from pathlib import Path

from conftest import Lab, one_line

HEAD = "measure,order,place,count"


def counts(path: Path) -> Path:
    lines = [HEAD]
    for name, behind in (("range()", (30, 10, 0)), ("shuffle", (14, 13, 13))):
        lines += [f"position,{name},{i},{13 + i % 2}" for i in range(3)]
        lines += [f"successor,{name},{i},{count}" for i, count in enumerate(behind)]
        lines += [f"repeat,{name},0,{behind[0]}", f"repeat,{name},1,40"]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_counts_become_a_picture_and_the_same_counts_the_same(lab: Lab, tmp_path: Path) -> None:
    source = counts(tmp_path / "counts.csv")
    pictures = []
    for name in ("a", "b"):
        results = tmp_path / name
        answer = Lab(lab.build, results).mapscope("experiment", "iteration_order", "--output", str(source))
        assert answer.returncode == 0, answer.stderr
        pictures.append((results / "order" / "order.png").read_bytes())
        assert (results / "order" / "order.svg").is_file()
    assert pictures[0] == pictures[1]


def test_anything_else_is_refused(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    for name, reported in (("other.csv", "make iteration_order"), ("nothere.csv", "nothere.csv")):
        answer = lab.mapscope("experiment", "iteration_order", "--output", str(tmp_path / name))
        assert reported in one_line(answer, 2)
