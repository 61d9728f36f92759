"""Checks a Tongguan release folder offline:  python3 verify.py DIR --trust FILE [--witnesses N]

Written from docs/INTERFACE.md ("The release folder") and the public formats it names (RFC 8785, RFC 6962, C2SP
signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature); shares no code with Tongguan. Python 3.8, `cryptography`.
Exit status: 0 everything holds under a pinned key; 1 something does not, a line `code: detail` each; 2 wrong call."""
from __future__ import annotations
import argparse, base64, contextlib, datetime, hashlib, io, json, operator, os, pathlib, re, stat, sys  # noqa: E401
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
# What has to stand in the artefacts: patterns, counts, [lists], [lists, ...] not empty, (what may be missing,).
TEXT, DAY, STANDING = ".*", r"\d{4}-\d\d-\d\d", "determined|declared|signed"
KIND = "determination|standard-contract|gba-standard-contract|certification|security-assessment|zone-filing"
RECEIPT = {"form": "tongguan/receipt/1", "day": DAY, "permit_kind": KIND, "permit_standing": STANDING,
           "release handler recipient permit program commitment log": TEXT, "rule_base": {"version sha256": TEXT},
           "files": [{"path source sha256": TEXT, "bytes rows": int}], "columns": [{"source name label form": TEXT}]}
PERMIT = {"form": "tongguan/permit/1", "kind": KIND, "standing": STANDING, "effective": DAY, "expires": (DAY,),
          "number office_permit recipient_name": (TEXT,), "recipient purpose": TEXT, "paths rules": [TEXT],
          "columns": [{"source name form": TEXT, "withdrawn_from": (TEXT,)}]}
OFFICE = {"form": "tongguan/office-permit/1", "kind": KIND, "number handler": TEXT, "recipients": [TEXT],
          "effective": DAY, "expires filed stored_until": (DAY,), "purposes places": ([TEXT],), "persons": (int,),
          "items": [{"name": TEXT, "fields": [{"name": TEXT, "forms": ([TEXT, ...],)}], "persons": (int,)}]}
Key = NamedTuple("Key", [("name", str), ("id", bytes), ("kind", int), ("public", bytes)])
WHAT_LEAVES, NEVER = operator.itemgetter("source", "name", "form"), "~"  # which stands behind every day

class Fault(ValueError):
    """A whole fault. To any other ValueError, something not of its format, `run` adds the code."""

# --- Canonical JSON (RFC 8785). Our numbers are integers and our names ASCII, which leaves little to do.
def parts(pattern: str, text: str, what: str) -> tuple[Any, ...]:
    if match := re.fullmatch(pattern, text):
        return match.groups()
    raise ValueError(f"not {what}")

def fits(value: Any, shape: Any, whole: bool) -> bool:
    if isinstance(shape, dict):
        fields = {name: inner for names, inner in shape.items() for name in names.split()}
        return (isinstance(value, dict) and all(fits(value.get(name), fields[name], whole) for name in fields)
                and not (whole and any(name not in fields or value[name] is None for name in value)))
    if isinstance(shape, list):
        return isinstance(value, list) and len(value) > len(shape) - 2 and all(fits(v, shape[0], whole) for v in value)
    if isinstance(shape, tuple):
        return value is None or fits(value, shape[0], whole)
    if shape is int or not isinstance(value, str):
        return shape is type(value) is int and value >= 0  # for Python true is an int, too
    return bool(re.fullmatch(shape, value, re.S | re.A) and (shape != DAY or datetime.date.fromisoformat(value)))

def read_json(data: bytes, shape: Any, whole: bool = False) -> dict[str, Any]:
    """The object in `data`, which has to be its canonical form; where `whole` it may have no other fields."""
    def integer(text: str) -> int:
        return int(parts("(-?[0-9]{1,15})", text, "an integer of at most 15 digits")[0])
    value = json.loads(data.decode("utf-8"), parse_int=integer, parse_float=integer, parse_constant=integer)
    if json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8") != data:
        raise ValueError("not in canonical form (RFC 8785)")
    if not fits(value, shape, whole):
        raise ValueError("a field is missing, not known or not of its form")
    return value

# --- Keys and signed notes (C2SP signed-note, tlog-cosignature).
def unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:  # there is one text for each value
        raise ValueError("not base64 as it has to be written")
    return data

def verifies(key: Key, text: bytes, signature: bytes) -> bool:
    if key.kind == WITNESS_KEY:  # eight bytes of time stand before the signature, and the time in the message
        text, signature = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + text, signature[8:]
    with contextlib.suppress(InvalidSignature, ValueError):
        return Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text) is None
    return False

def read_key(text: str) -> Key:
    name, hint, encoded = parts(rf"({NAME})\+([0-9a-f]{{8}})\+({BASE64})", text, "a verifier key `name+hash+key`")
    if hashlib.sha256(name.encode() + b"\n" + (data := unbase64(encoded))).digest()[:4].hex() != hint:
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
    """The root to which PATH(index, tree of `size` leaves) leads: RFC 6962, 2.1.1, from the leaf upwards."""
    below = (index ^ size - 1).bit_length()  # so many levels until only the right edge of the tree is left
    if not 0 <= index < size or len(path) != below + bin(index >> below).count("1"):
        raise ValueError("the proof is not one for this place in a tree of this size")
    for level, sibling in enumerate(path):
        pair = sibling + leaf if level >= below or index >> level & 1 else leaf + sibling
        leaf = hashlib.sha256(b"\1" + pair).digest()
    return leaf

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
        return byte if (byte := file.read(1)[0]) < 128 else byte - 128 + (varint() << 7)
    if kind in (1, 2):  # true and false have no bytes of their own
        return kind == 1
    if kind in (4, 5, 6):  # integers, in zigzag
        return (number := varint()) >> 1 ^ -(number & 1)
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

def parquet_columns(data: bytes) -> list[str] | None:
    footer = data[-8 - int.from_bytes(data[-8:-4], "little"):-8]
    columns = thrift(io.BytesIO(footer), 12)[2][1:]  # FileMetaData.schema, after the root of its tree
    nested = any(5 in column or column.get(3) == 2 for column in columns)  # num_children, REPEATED
    return None if nested or data[-4:] != b"PAR1" else [column[4].decode("utf-8") for column in columns]

def has_columns(file: BinaryIO, name: str, columns: list[str]) -> bool:
    quoted = ['"' + name.replace('"', '""') + '"' if re.search('[",\r\n]', name) else name for name in columns]
    header = (",".join(quoted) + "\n").encode("utf-8")
    file.seek(0)
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return (name.endswith(".csv") and file.read(len(header)) == header
                or name.endswith(".parquet") and parquet_columns(file.read()) == columns)
    return False  # a footer that is none

# --- The release folder. Each check yields its faults.
def run(code: str, check: Callable[..., Iterator[str]], *arguments: Any) -> Iterator[str]:
    """The faults of a check. Where a format does not hold the check ends, with a fault of this code."""
    try:
        yield from check(*arguments)
    except (ValueError, RecursionError, OSError) as error:
        yield str(error) if isinstance(error, Fault) else f"{code}: {error}"

def opened(folder: str, name: str) -> BinaryIO:
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        raise Fault(f"missing: {name}")
    if not stat.S_ISREG(os.lstat(path).st_mode):  # what a link leads to is not in the folder, and can change
        raise Fault(f"not-a-file: {name}")
    return open(path, "rb")

def read_file(folder: str, name: str, limit: int = MAX_OTHER) -> bytes:
    with opened(folder, name) as file:
        if len(data := file.read(limit + 1)) > limit:
            raise ValueError(f"{name} is longer than {limit} bytes")
    return data

def beyond(office: dict[str, Any], permit: dict[str, Any], handler: str) -> Iterator[str]:
    """Where permit.json, for this handler, says more than the office does. It may say less."""
    def plain(*names: str | None) -> set[str]:  # white space and case make no difference
        return {re.sub(r"[^\S\x1c-\x1f]", "", name).lower() for name in names if name is not None}
    first, last = office["effective"], office.get("expires") or NEVER
    if last == NEVER and office["kind"] in ("security-assessment", "certification"):  # by law, after three years
        last = f"{int(first[:4]) + 3}{first[4:]}".replace("-02-29", "-02-28")
    within = {
        "kind": permit["kind"] == office["kind"], "number": permit.get("number") == office["number"],
        "handler": plain(handler) == plain(office["handler"]),
        "recipients": plain(permit["recipient"], permit.get("recipient_name")) & plain(*office["recipients"]),
        "purposes": plain(permit["purpose"]) & plain(*office.get("purposes", [permit["purpose"]])),
        "validity": first <= permit["effective"] and (permit.get("expires") or NEVER) <= last}
    fields = [field for item in office["items"] for field in item["fields"]]
    allowed = {(field["name"], form) for field in fields for form in field.get("forms", ["keep"])}
    for column in permit["columns"]:  # a list of persons to delete stands under the source they withdrew from
        source, name, form = WHAT_LEAVES(column)
        names = (name, f"{column.get('withdrawn_from') or source}.{name}")
        within[f"items: {source}.{name} as {form}"] = any((n, f) in allowed for n in names for f in (form, "keep"))
    yield from (f"outside-permit: the office's {what}" for what, holds in within.items() if not holds)

def check_permit(folder: str, receipt: dict[str, Any], offices: list[Key]) -> Iterator[str]:
    if hashlib.sha256(data := read_file(folder, "permit.json")).hexdigest() != receipt["permit"]:
        yield "other-permit: permit.json is not the permit the receipt names"
    permit = read_json(data, PERMIT)
    more = sorted({*map(WHAT_LEAVES, receipt["columns"])} - {*map(WHAT_LEAVES, permit["columns"])})
    yield from (f"not-permitted: {source}.{name}" for source, name, _ in more)
    within = {
        "recipient": permit["recipient"] == receipt["recipient"],
        "kind of permit": [permit["kind"], permit["standing"]] == [receipt["permit_kind"], receipt["permit_standing"]],
        "validity": permit["effective"] <= receipt["day"] <= (permit.get("expires") or NEVER)}
    yield from (f"outside-permit: {what}" for what, holds in within.items() if not holds)
    if receipt["permit_standing"] == "signed":
        text, signers = open_note(read_file(folder, "permit.note").decode("utf-8"), offices)
        if not signers:
            raise ValueError("the permit is signed by an unknown office key")
        if hashlib.sha256(text.encode()).hexdigest() != permit.get("office_permit"):
            raise ValueError("permit.note is not the office's permit that permit.json names")
        yield from beyond(read_json(text[:-1].encode(), OFFICE, whole=True), permit, receipt["handler"])

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
    names = sorted(path.relative_to(folder).as_posix() for path in pathlib.Path(folder).rglob("*"))
    yield from (f"unknown: {name}" for name in names if name not in known)

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
