"""The instructions of a program's functions, in few words, as binutils' objdump prints them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from mapscope.errors import UsageError

NAMESPACE = "passing"
SYMBOL = re.compile(rf"^(?P<address>[0-9a-f]+) <{NAMESPACE}::(?P<name>\w+)\(.*>:$")
INSTRUCTION = re.compile(r"^\s+(?P<address>[0-9a-f]+):\s+(?P<text>\S.*?)\s*$")
PADDING = re.compile(r"^((data16 )*(cs )?nop[lw]?|xchg\s+%ax,%ax|udf)\b")
TARGET = re.compile(r"^(?P<operation>\S+)\s+[0-9a-f]+ <(?P<symbol>.*?)(\+0x(?P<offset>[0-9a-f]+))?>$")


def disassemble(binary: Path) -> dict[str, list[str]]:
    """The instructions of each function of the namespace, without padding. Raises UsageError."""
    command = ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", "--section=.text", str(binary)]
    if not binary.is_file():
        raise UsageError(f"{binary}: no such program; build it with `make passing`")
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"}
        )  # fmt: skip
    except FileNotFoundError:
        raise UsageError("objdump is not installed; it comes with the package binutils") from None
    if answer.returncode != 0:
        raise UsageError(f"objdump cannot read {binary}: {answer.stderr.strip()}")
    return dict(_functions(answer.stdout.splitlines()))


def _functions(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    name, start, body = None, 0, []
    for line in [*lines, ""]:
        if line.endswith(">:") or not line:
            if name is not None:
                yield name, body
            head = SYMBOL.match(line)
            name, start, body = (head["name"], int(head["address"], 16), []) if head else (None, 0, [])
        elif name is not None and (found := INSTRUCTION.match(line)) and not PADDING.match(found["text"]):
            offset = f"+{int(found['address'], 16) - start:x}"
            body.append(f"{offset:6}{_plain(found['text'], name)}")


def _plain(text: str, function: str) -> str:
    """An instruction without its comment; of a call or a jump where it goes to: a name, or an offset within."""
    text = re.sub(r"\s+", " ", text.split("#")[0].strip(), count=1)
    if (found := TARGET.match(text)) is None:
        return text
    target = _bare_name(found["symbol"])
    offset = f"+{found['offset']}" if found["offset"] else ""
    return f"{found['operation']} {offset if offset and target == f'{NAMESPACE}::{function}' else target + offset}"


def _bare_name(symbol: str) -> str:
    """`hmap::detail::free_storage` of `void hmap::detail::free_storage<...>(...) [clone .cold]`, with `.cold`."""
    kept, depth = "", 0
    for character in symbol.replace("operator delete", "operator_delete"):
        depth -= character in ">)"
        kept += character if depth == 0 and character not in "<(>)" else ""
        depth += character in "<("
    words = kept.split()
    name = next((word for word in reversed(words) if "::" in word), words[0] if words else symbol)
    return name.replace("operator_delete", "operator delete") + (".cold" if "[clone .cold]" in symbol else "")
