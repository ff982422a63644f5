"""How random hmap's range is, drawn from counts."""

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
        answer = lab.mapscope("order", str(source), "--out", str(tmp_path / name))
        assert answer.returncode == 0, answer.stderr
        pictures.append((tmp_path / f"{name}.png").read_bytes())
    assert pictures[0] == pictures[1]
    assert (tmp_path / "a.svg").is_file()


def test_anything_else_is_refused(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "make order" in one_line(lab.mapscope("order", str(tmp_path / "other.csv")), 2)
    assert "nothere.csv" in one_line(lab.mapscope("order", str(tmp_path / "nothere.csv")), 2)
