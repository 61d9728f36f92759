#!/usr/bin/env python3
"""Checks a Tongguan release folder offline:  python3 verify.py DIR --trust FILE [--witnesses N]

Written from docs/INTERFACE.md ("The release folder") and the public formats it names (RFC 8785, RFC 6962, C2SP
signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature); shares no code with Tongguan. Python 3.8, `cryptography`.
Exit status: 0 everything holds under a pinned key; 1 something does not, a line `code: detail` each; 2 wrong call.
"""
from __future__ import annotations
import argparse, base64, datetime, hashlib, io, json, os, pathlib, re, stat, sys  # noqa: E401
from typing import Any, BinaryIO, Callable, Iterator, NamedTuple
try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("error: the Python package `cryptography` is missing: install python3-cryptography", file=sys.stderr)
    sys.exit(2)

LOG_KEY, WITNESS_KEY = 1, 4  # signature types of C2SP signed-note; all others are skipped
MAX_LEAF, MAX_OTHER = 65_535, 1 << 20  # bytes of receipt.json, and of every other file beside data/
NAME, NUMBER, BASE64 = r"[^\s+\x00-\x1f\x7f-\x9f]+", "0|[1-9][0-9]{0,18}", "[A-Za-z0-9+/]+={0,2}"
# What has to stand in the artefacts (editions may add more): patterns, counts, [lists], (what may be missing,).
TEXT, DAY, STANDING = ".*", r"\d{4}-\d\d-\d\d", "determined|declared|signed"
KIND = "determination|standard-contract|gba-standard-contract|certification|security-assessment|zone-filing"
RECEIPT = {
    "form": "tongguan/receipt/1", "day": DAY, "permit_kind": KIND, "permit_standing": STANDING,
    "release handler recipient permit program commitment log": TEXT, "rule_base": {"version sha256": TEXT},
    "files": [{"path source sha256": TEXT, "bytes rows": int}], "columns": [{"source name label form": TEXT}]}
PERMIT = {
    "form": "tongguan/permit/1", "kind": KIND, "standing": STANDING, "effective": DAY, "expires": (DAY,),
    "number office_permit": (TEXT,), "recipient purpose": TEXT, "paths rules": [TEXT],
    "columns": [{"source name form": TEXT}]}

class Fault(Exception):
    """A whole fault. What is merely not of its format is a ValueError; `run` puts the code before it."""

# --- Canonical JSON (RFC 8785). Our numbers are integers and our names ASCII, which leaves little to do.
def parts(pattern: str, text: str, what: str) -> tuple[Any, ...]:
    if match := re.fullmatch(pattern, text):
        return match.groups()
    raise ValueError(f"not {what}")

def integer(text: str) -> int:
    return int(parts("(-?[0-9]{1,15})", text, "an integer of at most 15 digits")[0])

def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            fits(value.get(name), inner) for names, inner in shape.items() for name in names.split())
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return value is None or fits(value, shape[0])
    if shape is int:
        return type(value) is int and value >= 0  # for Python true is an int, too
    matches = isinstance(value, str) and re.fullmatch(shape, value, re.S | re.A) is not None
    return matches and (shape != DAY or bool(datetime.date.fromisoformat(value)))

def read_json(data: bytes, shape: Any) -> dict[str, Any]:
    """The object in `data`, which has to be its canonical form: of a double name only one would come back."""
    value = json.loads(data.decode("utf-8"), parse_int=integer, parse_float=integer, parse_constant=integer)
    if json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8") != data:
        raise ValueError("not in canonical form (RFC 8785)")
    if not fits(value, shape):
        raise ValueError("a field is missing or not of its form")
    return value

# --- Keys and signed notes (C2SP signed-note, tlog-cosignature).
def unbase64(text: str) -> bytes:
    """Standard base64, exactly as it would be written again: one text for each value."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not base64 as it has to be written")
    return data

Key = NamedTuple("Key", [("name", str), ("id", bytes), ("kind", int), ("public", bytes)])

def verifies(key: Key, text: bytes, signature: bytes) -> bool:
    if key.kind == WITNESS_KEY:  # eight bytes of time stand before the signature, and the time in the message
        text = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + text
        signature = signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True

def read_key(text: str) -> Key:
    name, hint, encoded = parts(rf"({NAME})\+([0-9a-f]{{8}})\+({BASE64})", text, "a verifier key `name+hash+key`")
    data = unbase64(encoded)
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() != hint:
        raise ValueError("the hash in a verifier key is not that of its name and key")
    return Key(name, bytes.fromhex(hint), data[0], data[1:])

def read_trust(text: str) -> dict[str, list[Key]]:
    """The pinned keys by role: `role key` a line; blank lines, # and unknown types of keys are skipped."""
    pinned: dict[str, list[Key]] = {"log": [], "office": [], "witness": []}
    for line in map(str.strip, text.lstrip("\ufeff").split("\n")):
        if line and not line.startswith("#"):
            role, key_text = parts(r"(log|office|witness)\s+(.*)", line, "`log KEY`, `office KEY` or `witness KEY`")
            key = read_key(key_text)
            if key.kind == (LOG_KEY if role == "witness" else WITNESS_KEY):
                raise ValueError("a witness has a cosignature key (0x04), and nobody else has")
            pinned[role] += [key] if key.kind in (LOG_KEY, WITNESS_KEY) else []
    return pinned

def open_note(note: str, keys: list[Key]) -> tuple[str, list[Key]]:
    """Text and known signers of a note. Unknown signers are skipped; one wrong signature of a known key spoils all."""
    cut = note.rfind("\n\n")
    text, lines = note[:cut + 1], note[cut + 2:].split("\n")
    if cut < 0 or lines.pop() or not 0 < len(lines) <= 100 or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise ValueError("not a signed note")
    signers: list[Key] = []
    for line in lines:
        name, encoded = parts(f"\u2014 ({NAME}) ({BASE64})", line, "a signature line `\u2014 name base64`")
        blob = unbase64(encoded)
        known = [key for key in keys if (key.name, key.id) == (name, blob[:4])]
        good = [key for key in known if verifies(key, text.encode(), blob[4:])]
        if len(blob) < 5 or known and not good:
            raise ValueError(f"the signature of `{name}` does not fit the text: one of the two was changed")
        signers += [key for key in good if key not in signers]
    return text, signers

# --- The log: inclusion by RFC 6962, checkpoint and proof file by C2SP.
def inclusion_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which PATH(index, tree of `size` leaves) leads: RFC 6962, 2.1.1, read backwards."""
    if not 0 <= index < size or (size == 1) != (not path):
        raise ValueError("the proof is not one for this place in a tree of this size")
    if size == 1:
        return leaf
    split = 1 << (size - 1).bit_length() - 1  # the largest power of two below size
    if index < split:
        left, right = inclusion_root(leaf, index, split, path[:-1]), path[-1]
    else:
        left, right = path[-1], inclusion_root(leaf, index - split, size - split, path[:-1])
    return hashlib.sha256(b"\1" + left + right).digest()

def check_log(folder: str, leaf: bytes, own: Key, pinned: dict[str, list[Key]], witnesses: int) -> Iterator[str]:
    """That a key of the log, pinned or `own`, signed a tree that holds the receipt, and enough witnesses with it."""
    head, _, note = read_file(folder, "receipt.proof").decode("utf-8").partition("\n\n")
    # tlog-proof allows a line `extra` before the index. Nothing would vouch for it, so a release must not have one.
    index, path = parts(rf"c2sp\.org/tlog-proof@v1\nindex ({NUMBER})((?:\n[A-Za-z0-9+/]{{43}}=)*)", head, "a proof")
    text, signers = open_note(note, [own, *pinned["log"], *pinned["witness"]])
    origin, size, root, _ = parts(rf"(.+)\n({NUMBER})\n([A-Za-z0-9+/]{{43}}=)\n(.+\n)*", text, "a checkpoint")
    logs = [key for key in signers if (key.kind, key.name) == (LOG_KEY, origin)]
    if not logs:
        raise ValueError("the checkpoint is not signed by the key the receipt names, nor by a pinned key of its log")
    hashes, leaf_hash = [unbase64(line) for line in path.split()], hashlib.sha256(b"\0" + leaf).digest()
    if inclusion_root(leaf_hash, int(index), int(size), hashes) != unbase64(root):
        raise ValueError("the receipt is not at this place of the log: receipt, proof or checkpoint was changed")
    if sum(key.kind == WITNESS_KEY for key in signers) < witnesses:
        yield f"too-few-witnesses: not cosigned by {witnesses} pinned witnesses"
    if read_file(folder, "checkpoint") != note.encode():
        yield "other-checkpoint: checkpoint is not the one in receipt.proof"
    if not any(key in pinned["log"] for key in logs):
        yield "unknown-key: consistent with itself, signed by an unknown key " + hashlib.sha256(own.public).hexdigest()

# --- Columns, read from the released files themselves.
def thrift(file: BinaryIO, kind: int) -> Any:
    """A value in Apache Thrift's compact protocol, as far as the footer of a Parquet file needs it."""
    def varint() -> int:
        byte = file.read(1)[0]
        return byte if byte < 128 else byte - 128 + (varint() << 7)
    if kind in (1, 2):  # true and false have no bytes of their own
        return kind == 1
    if kind in (4, 5, 6):  # integers, in zigzag
        number = varint()
        return number >> 1 ^ -(number & 1)
    if kind in (3, 7, 8):  # a byte, a double, a text
        return file.read({3: 1, 7: 8}.get(kind) or varint())
    if kind == 9:  # a list: a byte with size and type; a size from 15 on stands apart
        size, kind = divmod(file.read(1)[0], 16)
        return [thrift(file, kind) for _ in range(size if size < 15 else min(varint(), MAX_OTHER))]
    fields, number = {}, 0
    while head := file.read(1)[0]:  # a struct: the step to the next field and its type, until a zero
        number = number + (head >> 4) if head >> 4 else thrift(file, 4)
        fields[number] = thrift(file, head & 15)
    return fields

def parquet_columns(data: bytes) -> list[str]:
    footer = data[-8 - int.from_bytes(data[-8:-4], "little"):-8]
    columns = thrift(io.BytesIO(footer), 12)[2][1:]  # FileMetaData.schema, after the root of its tree
    if data[-4:] != b"PAR1" or any(5 in column or column.get(3) == 2 for column in columns):  # num_children, REPEATED
        raise ValueError("not a Parquet file, or its columns are nested")
    return [column[4].decode("utf-8") for column in columns]

def has_columns(file: BinaryIO, name: str, columns: list[str]) -> bool:
    quoted = ['"' + name.replace('"', '""') + '"' if re.search('[",\r\n]', name) else name for name in columns]
    header = (",".join(quoted) + "\n").encode("utf-8")
    file.seek(0)
    try:
        return (name.endswith(".csv") and file.read(len(header)) == header
                or name.endswith(".parquet") and parquet_columns(file.read()) == columns)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return False  # a footer that is none

# --- The release folder. Each check yields its faults.
def run(code: str, check: Callable[..., Iterator[str]], *arguments: Any) -> Iterator[str]:
    """The faults of a check. Where a format does not hold the check ends, with a fault of this code."""
    try:
        yield from check(*arguments)
    except Fault as fault:
        yield str(fault)
    except (ValueError, RecursionError, OSError) as error:
        yield f"{code}: {error}"

def opened(folder: str, name: str) -> BinaryIO:
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        raise Fault(f"missing: {name}")
    if not stat.S_ISREG(os.lstat(path).st_mode):  # what a link leads to is not in the folder, and can change
        raise Fault(f"not-a-file: {name}")
    return open(path, "rb")

def read_file(folder: str, name: str, limit: int = MAX_OTHER) -> bytes:
    with opened(folder, name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"{name} is longer than {limit} bytes")
    return data

def check_permit(folder: str, receipt: dict[str, Any], offices: list[Key]) -> Iterator[str]:
    data = read_file(folder, "permit.json")
    if hashlib.sha256(data).hexdigest() != receipt["permit"]:
        yield "other-permit: permit.json is not the permit the receipt names"
    permit = read_json(data, PERMIT)
    permitted = [[column[name] for name in ("source", "name", "form")] for column in permit["columns"]]
    for column in receipt["columns"]:
        if [column[name] for name in ("source", "name", "form")] not in permitted:
            yield f"not-permitted: {column['source']}.{column['name']}"
    outside = {
        "recipient": permit["recipient"] != receipt["recipient"],
        "kind of permit": [permit["kind"], permit["standing"]] != [receipt["permit_kind"], receipt["permit_standing"]],
        "validity": not permit["effective"] <= receipt["day"] <= (permit.get("expires") or receipt["day"])}
    yield from (f"outside-permit: {what}" for what, differs in outside.items() if differs)
    if receipt["permit_standing"] == "signed":
        text, signers = open_note(read_file(folder, "permit.note").decode("utf-8"), offices)
        if not signers:
            raise ValueError("the permit is signed by an unknown office key")
        if hashlib.sha256(text.encode()).hexdigest() != permit.get("office_permit"):
            raise ValueError("permit.note is not the office's permit that permit.json names")
        read_json(text[:-1].encode(), {})

def check_file(folder: str, receipt: dict[str, Any], entry: dict[str, Any]) -> Iterator[str]:
    name, digest = entry["path"], hashlib.sha256()
    columns = [column["name"] for column in receipt["columns"] if column["source"] == entry["source"]]
    with opened(folder, name) as file:
        while block := file.read(1 << 20):
            digest.update(block)
        if [digest.hexdigest(), file.tell()] != [entry["sha256"], entry["bytes"]]:
            yield f"changed: {name}"
        elif name.endswith(".age") and receipt.get("encrypted_to") and entry.get("inner"):
            print(f"remark: {name} is encrypted: its digest is right, what is inside was not looked at")
        elif not has_columns(file, name, columns):
            yield f"other-columns: {name}"

def check_files(folder: str, receipt: dict[str, Any]) -> Iterator[str]:
    note = ["permit.note"] if receipt["permit_standing"] == "signed" else []
    known = ["receipt.json", "receipt.proof", "permit.json", "checkpoint", "data", *note]
    data = os.path.join(folder, "data")
    if os.path.lexists(data) and not stat.S_ISDIR(os.lstat(data).st_mode):
        raise Fault("not-a-file: data")
    for entry in receipt["files"]:
        name = entry["path"]
        if name in known or not re.fullmatch(r"data/(?!\.{1,2}$)[^/\\\x00-\x1f\x7f-\x9f]+", name):
            yield f"unknown: {name}"  # given twice, or no name of a file in data/
            continue
        known.append(name)
        yield from run("changed", check_file, folder, receipt, entry)
    for prefix in ("", "data/") if os.path.lexists(data) else ("",):
        names = sorted(os.listdir(os.path.join(folder, prefix)))
        yield from (f"unknown: {prefix}{name}" for name in names if prefix + name not in known)

def verify(folder: str, pinned: dict[str, list[Key]], witnesses: int = 0) -> Iterator[str]:
    """Everything that does not hold; nothing where the release holds under a pinned key."""
    leaf = read_file(folder, "receipt.json", MAX_LEAF)
    receipt = read_json(leaf, RECEIPT)
    faults = [*run("proof", check_log, folder, leaf, read_key(receipt["log"]), pinned, witnesses),
              *run("permit", check_permit, folder, receipt, pinned["office"]),
              *run("unknown", check_files, folder, receipt)]
    yield from [fault for fault in faults if not fault.startswith("unknown-key")] or faults

def main() -> int:
    parser = argparse.ArgumentParser(description="Checks a Tongguan release folder offline.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--trust", metavar="FILE", required=True, help="the pinned keys")
    parser.add_argument("--witnesses", metavar="N", type=int, default=0, help="pinned witnesses asked for")
    given = parser.parse_args()
    try:
        pinned = read_trust(pathlib.Path(given.trust).read_text("utf-8"))
        os.listdir(given.folder)
    except (OSError, ValueError) as error:
        parser.error(str(error))  # status 2
    sys.stdout.reconfigure(errors="backslashreplace")
    faults = list(run("proof", verify, given.folder, pinned, given.witnesses))
    for line in faults or ["holds: receipt, permit, proof, signature and every file"]:
        print(re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", line))  # nothing in the folder may steer a terminal
    return 1 if faults else 0

if __name__ == "__main__":
    sys.exit(main())
