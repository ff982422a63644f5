"""README and guide: their commands exist, their examples compile, table and output are those of the stored run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.cli import _parser, main
from mapscope.commands.shared import reference_run
from mapscope.output.readme_table import BEGIN, END
from mapscope.repository import RESULTS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
PAGES = "\n".join([README, *(page.read_text() for page in GUIDE)])
ADDING_A_MAP = (ROOT / "docs" / "guide" / "adding-a-map.md").read_text()


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("cmake") is None, reason="needs cmake")
def test_adding_a_map_takes_what_the_guide_says(tmp_path: Path) -> None:
    header = re.search(r"`(maps/adapters/(\w+)\.hpp)`", ADDING_A_MAP)
    assert header
    project = (ROOT / "CMakeLists.txt").read_text()
    shutil.copy(ROOT / "CMakeLists.txt", tmp_path)
    for part in {"cmake", *re.findall(r"^ *add_subdirectory\((\w+)\)", project, re.MULTILINE)}:
        shutil.copytree(ROOT / part, tmp_path / part)

    (text,) = fenced(ADDING_A_MAP, "cpp")
    (line,) = fenced(ADDING_A_MAP, "cmake")
    (tmp_path / header[1]).write_text(text)
    with (tmp_path / "maps/CMakeLists.txt").open("a") as cmake:
        cmake.write(line)

    build, name = tmp_path / "build", header[2]
    options = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DMAPSCOPE_BUILD_TESTS=OFF")
    subprocess.run(("cmake", "-S", tmp_path, "-B", build, *options), check=True, capture_output=True)
    subprocess.run(("cmake", "--build", build, "--target", f"bench_{name}"), check=True, capture_output=True)
    assert name in [m["name"] for m in json.loads((build / "maps.json").read_text())["maps"]]
    checked = subprocess.run((build / f"bench_{name}", "--check"), capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
@pytest.mark.parametrize("example", fenced(README, "cpp"), ids=["hmap", "steady"])
def test_the_examples_of_readme_compile_and_print_what_they_say(example: str, tmp_path: Path) -> None:
    (tmp_path / "example.cpp").write_text(example)
    flags = ("-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "maps")
    subprocess.run(("g++", *flags, tmp_path / "example.cpp", "-o", tmp_path / "example"), check=True)
    printed = subprocess.run((tmp_path / "example",), check=True, capture_output=True, text=True).stdout
    promised = re.search(r"std::cout .*;  // (.*)$", example, re.MULTILINE)
    assert promised and printed == f"{promised[1]}\n"


def test_the_table_of_readme_is_what_the_command_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emptied = re.sub(rf"({re.escape(BEGIN)}\n).*?({re.escape(END)})", r"\1\2", README, flags=re.DOTALL)
    assert emptied != README
    copy = tmp_path / "README.md"
    copy.write_text(emptied)
    assert main(["readme", "--out", str(copy)]) == 0
    assert copy.read_text() == README
    assert capsys.readouterr().out == f"{copy}\n"


def test_the_output_in_readme_is_that_of_the_stored_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(RESULTS / reference_run(RESULTS))]) == 0
    printed = iter([line.rstrip() for line in capsys.readouterr().out.splitlines()])
    (shown,) = fenced(README, "text")
    for line in shown.splitlines():
        assert line in printed, line  # in this order, others left out


def test_a_readme_without_markers_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# no markers\n")
    answer = Lab(tmp_path, RESULTS).mapscope("readme", "--out", str(tmp_path / "README.md"))
    line = one_line(answer, 2)
    assert BEGIN in line and END in line
    assert (tmp_path / "README.md").read_text() == "# no markers\n"


def test_the_commands_of_readme_and_guide_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:^ {4}|^|`)make ([a-z_]+)", PAGES, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_variables_of_readme_and_guide_are_options() -> None:
    commands = next(action for action in _parser()._actions if isinstance(action.choices, dict))
    options = {action.dest.upper() for command in commands.choices.values() for action in command._actions}
    scripts = "".join(path.read_text() for path in (ROOT / "Makefile", *(ROOT / "scripts").glob("*.sh")))
    of_cmake = "".join(path.read_text() for path in (ROOT / "cmake").glob("*.cmake"))
    for variable in set(re.findall(r"-D([A-Z_]+)=", PAGES)):
        assert re.search(rf"\b{variable}\b", of_cmake), variable
    for variable in set(re.findall(r"(?<!-)\b([A-Z_]+)=", PAGES)) - {"CXXFLAGS", "CMAKE_PREFIX_PATH"}:
        assert variable in options or re.search(rf"\$[({{]?{variable}\b", scripts), variable
