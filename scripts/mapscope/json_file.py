"""JSON files: read strictly (no NaN or Infinity, no key twice), written whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import orjson

from mapscope.errors import DocumentError
from mapscope.files import write_whole

GZIP = b"\x1f\x8b"


def read_json(path: Path) -> Any:
    """Parse strictly. Raises DocumentError naming the file, and the line where it breaks."""
    try:
        text = unpacked(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DocumentError(f"{path}: truncated or corrupt: gzip cannot unpack it") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _read_slowly(path, text)
    return document if _keeps_every_key(text, document) else _read_slowly(path, text)


def unpacked(data: bytes) -> bytes:
    """What gzip has packed, whatever the file's name; all else as it is. Raises what gzip.decompress raises."""
    return gzip.decompress(data) if data.startswith(GZIP) else data


def _keeps_every_key(text: bytes, document: Any) -> bool:
    """Whether no key occurs twice: one that was dropped has taken its colon along.

    False as well where a colon may be escaped, so that counting proves nothing.
    """
    return b"\\u003" not in text and text.count(b":") == orjson.dumps(document).count(b":")


def _read_slowly(path: Path, text: bytes) -> Any:
    """The same, several times as slow, but it reports where a file breaks and which key occurs twice."""

    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(pairs)
        if len(document) != len(pairs):
            twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
            raise DocumentError(f"{path}: field '{twice}' occurs twice")
        return document

    def no_constant(name: str) -> NoReturn:
        raise DocumentError(f"{path}: {name} is not a JSON number")

    try:
        return json.loads(text.decode(), object_pairs_hook=no_duplicates, parse_constant=no_constant)
    except UnicodeDecodeError:
        raise DocumentError(f"{path}: not a text file") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}: truncated or corrupt at line {error.lineno}: {error.msg}") from None


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Every JSON file directly in `folder` or one level below, by name; empty without the folder."""
    return [read_json(path) for path in sorted([*folder.glob("*.json"), *folder.glob("*/*.json")])]


def write_json(path: Path, document: Any) -> None:
    """Strict JSON, atomically and durably; dataclasses as objects. Raises OSError, or ValueError on NaN and
    Infinity.
    """
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False, default=asdict) + "\n"
    write_whole(path, text)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
