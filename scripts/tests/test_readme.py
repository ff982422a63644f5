"""README's two steps for a new map, taken from README's own text and really built."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mapscope.cli import _parser
from mapscope.variables import OF_THE_BUILD

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def chapter(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)
    assert found, f"README has no chapter {title!r}"
    return found[1]


def fenced(text: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found, f"no {language} block"
    return found[1]


@pytest.mark.skipif(shutil.which("cmake") is None, reason="needs cmake")
def test_adding_a_map_takes_what_readme_says(tmp_path: Path) -> None:
    text = chapter("Adding a map")
    header = re.search(r"`(maps/adapters/(\w+)\.hpp)`", text)
    assert header
    for part in ("CMakeLists.txt", "cmake", "experiments", "harness", "maps", "workloads"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, tmp_path / part)
        else:
            shutil.copy(source, tmp_path / part)

    (tmp_path / header[1]).write_text(fenced(text, "cpp"))
    with (tmp_path / "maps/CMakeLists.txt").open("a") as cmake:
        cmake.write(fenced(text, "cmake"))

    build, name = tmp_path / "build", header[2]
    options = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DMAPSCOPE_BUILD_TESTS=OFF")
    subprocess.run(("cmake", "-S", tmp_path, "-B", build, *options), check=True, capture_output=True)
    subprocess.run(("cmake", "--build", build, "--target", f"bench_{name}"), check=True, capture_output=True)
    assert name in [m["name"] for m in json.loads((build / "maps.json").read_text())["maps"]]
    checked = subprocess.run((build / f"bench_{name}", "--check"), capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_commands_of_readme_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"^ {4}make (\w+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    scripts = "".join((ROOT / name).read_text() for name in ("scripts/ports.sh", "tools/fuzz.sh"))
    for variable in set(re.findall(r"\b([A-Z_]{2,})=", README)) - set(OF_THE_BUILD):
        assert variable in options() or f"${{{variable}:-" in scripts, variable


def options() -> set[str]:
    """The variables that any command takes."""
    commands = next(action for action in _parser()._actions if isinstance(action.choices, dict))
    return {variable.name for command in commands.choices.values() for variable in command.variables()}


def test_every_file_and_heading_that_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        file, _, anchor = target.partition("#")
        assert (ROOT / file).exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], target
