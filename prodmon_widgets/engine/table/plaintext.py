"""Text files as plain UTF-8 that every reader understands: decompressed, and turned from another encoding.

A file that is plain UTF-8 already is read where it lies.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from charset_normalizer import from_bytes

from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.errors import InputError

HEAD = 1 << 20
"""Bytes from which encoding and dialect are told."""

MOST_EXPANDED = 200
"""A compressed file may become so many times larger ..."""

ALWAYS_ALLOWED = 1 << 30
"""... and so many bytes in any case."""

_COMPRESSION = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
_USUAL = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "gb18030", "big5", "euc_kr", "mac_roman"]


def plain_text(path: str, scratch: Scratch, side: str, whole: bool = False) -> tuple[str, Note | None]:
    """The path of the same text as plain UTF-8, and what was guessed; ``whole`` looks at every byte, not at the first.

    Raises
    ------
    InputError
        Where it can't be decompressed, or would become far larger than it is.
    """
    encoding = _encoding(path, whole)
    plain = encoding in ("utf-8", "utf-8-sig")
    if plain and _compression(path) is None:
        return path, None
    target = scratch.folder / f"text-{len(list(scratch.folder.iterdir())):06}{Path(_bare(path)).suffix}"
    with target.open("wb") as file:
        for part in _decoded(path, encoding):
            file.write(part.encode("utf-8", "replace"))
    guessed = not plain and not encoding.startswith("utf")
    return str(target), Note("encoding", side, file=path, what=encoding) if guessed else None


def head(path: str) -> bytes:
    """The first bytes, decompressed."""
    return next(_bytes(path, HEAD), b"")


def _bare(path: str) -> str:
    return path[: -len(Path(path).suffix)] if _compression(path) else path


def _compression(path: str) -> str | None:
    return _COMPRESSION.get(Path(path).suffix.lower())


def _bytes(path: str, size: int = 1 << 22) -> Iterator[bytes]:
    """The file's bytes, decompressed, within the limit."""
    compression = _compression(path)
    most = max(ALWAYS_ALLOWED, MOST_EXPANDED * Path(path).stat().st_size)
    n_bytes = 0
    try:
        with pa.input_stream(path, compression=compression) as stream:
            while part := stream.read(size):
                n_bytes += len(part)
                if compression and n_bytes > most:
                    raise InputError(
                        f"{path} becomes more than {MOST_EXPANDED} times larger when it is decompressed (stopped at "
                        f"{n_bytes / 1e9:.1f} GB); decompress it yourself if that is what it should be."
                    )
                yield part
    except (pa.ArrowException, OSError, EOFError) as error:
        what = f"can't be decompressed as {compression}: it is damaged or cut off" if compression else "can't be read"
        raise InputError(f"{path} {what}.") from error


def _decoded(path: str, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for part in _bytes(path):
        yield decoder.decode(part)
    yield decoder.decode(b"", final=True)


def _encoding(path: str, whole: bool) -> str:
    start = head(path)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if start[:4096].count(0) > len(start[:4096]) / 4:
        return "utf-16-le" if start[1:4096:2].count(0) > start[0:4096:2].count(0) else "utf-16-be"
    odd = _first_foreign(_bytes(path) if whole else iter([start]))
    if odd is None:
        return "utf-8"
    if sum(byte in _NO_TEXT for byte in odd[:4096]) > len(odd[:4096]) / 100:
        raise InputError(f"{path} can't be read: it holds bytes that no text has; is it a text file?")
    return _guessed(odd)


def _first_foreign(parts: Iterator[bytes]) -> bytes | None:
    """The part in which something isn't UTF-8; None where all is."""
    decoder: Any = codecs.getincrementaldecoder("utf-8")()
    for part in parts:
        try:
            decoder.decode(part)
        except UnicodeDecodeError:
            return part
    return None


def _guessed(part: bytes) -> str:
    """The likely encoding of bytes that are no UTF-8, from the lines with other than plain letters."""
    odd = [line for line in part.splitlines() if not line.isascii()]
    best = from_bytes(b"\n".join(odd)[:20_000], cp_isolation=_USUAL).best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    return str(best.encoding)
