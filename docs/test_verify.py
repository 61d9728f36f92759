#!/usr/bin/env python3
"""Drives verify.py over many folders in one process, for the tests:

test_verify.py                         every release in ../golden against its expected.json
test_verify.py verdicts TRUST          reads folders, a line each; writes the codes of the faults of each
test_verify.py harmed TRUST DIR        reads `FILE OFFSET BITS|remove`; the codes after each such change
test_verify.py vectors DIR             inclusion proofs as transparency-dev/merkle writes them
"""
from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import pathlib
import sys

import verify


def codes(folder: str, pinned: dict[str, list[verify.Key]]) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()):  # remarks
        faults = list(verify.run("proof", verify.verify, folder, pinned))
    return sorted({fault.split(":")[0] for fault in faults})


def harmed(data: bytes, offset: int, how: str) -> bytes:
    if how == "remove":
        return data[:offset] + data[offset + 1:]
    return data[:offset] + bytes([data[offset] ^ int(how)]) + data[offset + 1:]


def vector_holds(case: dict) -> bool:
    hashes = [base64.b64decode(text) for text in [case["root"], case["leafHash"], *(case["proof"] or [])]]
    if any(len(one) != hashlib.sha256().digest_size for one in hashes):
        return False
    root, leaf, *path = hashes
    try:
        return verify.inclusion_root(leaf, case["leafIdx"], case["treeSize"], path) == root
    except ValueError:
        return False


def main(arguments: list[str]) -> int:
    if not arguments:
        golden = pathlib.Path(__file__).resolve().parent.parent / "golden"
        pinned = verify.read_trust((golden / "trust").read_text("utf-8"))
        cases = json.loads((golden / "expected.json").read_text("utf-8"))
        wrong = [name for name, case in cases.items() if codes(str(golden / name), pinned) != case["faults"]]
        print(f"{len(cases)} golden releases, {len(wrong)} wrong", *wrong)
        return 1 if wrong else 0
    if arguments[0] == "vectors":
        cases = [json.loads(path.read_text("utf-8")) for path in pathlib.Path(arguments[1]).rglob("*.json")]
        wrong = [case for case in cases if vector_holds(case) == case["wantErr"]]
        print(f"{len(cases)} vectors, {len(wrong)} wrong")
        return 0
    pinned = verify.read_trust(pathlib.Path(arguments[1]).read_text("utf-8"))
    for line in sys.stdin:
        if arguments[0] == "verdicts":
            print(*codes(line.rstrip("\n"), pinned))
            continue
        name, offset, how = line.split()
        path = pathlib.Path(arguments[2]) / name
        good = path.read_bytes()
        path.write_bytes(harmed(good, int(offset), how))
        print(*codes(arguments[2], pinned))
        path.write_bytes(good)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
