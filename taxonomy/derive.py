#!/usr/bin/env python3
"""Derives the code tables of `taxonomy/data` from public lists of codes and statistics.

    python3 taxonomy/derive.py ../shared/data/zh_lists

Only facts are taken over (codes, names of places, prefixes, counts), in a form of our own; no prose, no code, no persons.
Standard library only. Same input, same bytes.
"""
import csv
import json
import math
import re
import sys
import zipfile
from pathlib import Path

DATE = "2026-11-22"  # the day the copies were made; commits stand beside each source
MUMUY = "github.com/mumuy/data_location@a40c560aba1b (MIT)"
MODOOD = "github.com/modood/Administrative-divisions-of-China@57a0aa9cef47 (WTFPL)"
BCBC = "github.com/hexindai/bcbc@de631827ffe8 (MIT)"
NGENDER = "github.com/observerss/ngender@0a018e374888 (MIT)"
CORPUS = "github.com/wainshine/Chinese-Names-Corpus@47d4af8d816f (Apache-2.0)"

# Plate abbreviations by province code: GA 36 practice, general knowledge.
PLATES = {
    11: "京", 12: "津", 13: "冀", 14: "晋", 15: "蒙", 21: "辽", 22: "吉", 23: "黑", 31: "沪", 32: "苏", 33: "浙", 34: "皖",
    35: "闽", 36: "赣", 37: "鲁", 41: "豫", 42: "鄂", 43: "湘", 44: "粤", 45: "桂", 46: "琼", 50: "渝", 51: "川", 52: "贵",
    53: "云", 54: "藏", 61: "陕", 62: "甘", 63: "青", 64: "宁", 65: "新", 71: "台", 81: "港", 82: "澳", 83: "台",
}
# Codes that stand for no place of their own.
NOT_A_PLACE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位", "省直辖县级行政单位", "市", "区"}


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write(name, sources, form, lines):
    out = Path(__file__).parent / "data" / name
    head = [f"# {form}", *(f"# source: {s}, copy of {DATE}" for s in sources), "# made by taxonomy/derive.py; do not edit"]
    out.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines, {out.stat().st_size} bytes")


def divisions(src):
    """All six-digit codes, those in force and those of earlier years, with their names."""
    mumuy = src / "mumuy+data_location"
    modood = src / "modood+Administrative-divisions-of-China" / "dist"
    load = lambda f: json.loads((mumuy / f).read_text(encoding="utf-8"))
    now, now2, ever = load("list.json"), load("list2.json"), load("history.json")
    stats = {r["code"]: r["name"] for r in rows(modood / "areas.csv")}
    cities = {r["code"] + "00": r["name"] for r in rows(modood / "cities.csv")}
    provinces = {r["code"] + "0000": r["name"] for r in rows(modood / "provinces.csv")}
    current = {**now, **now2, **stats, **cities, **provinces}
    # a permit of residence for people from Taiwan begins with 83; 71 is the code of GB/T 2260
    names = {**ever, **current, "710000": "台湾省", "830000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
    lines, before = [], ""
    for code in sorted(names):
        name = names[code].split("(")[0].strip()
        if name in NOT_A_PLACE:
            name = ""  # a valid code, but no name to find in an address
        mark = "" if code in current or code[:2] in ("71", "81", "82", "83") else "-"
        # a line whose first four digits are those of the line before writes only the last two
        lines.append(f"{code[4:] if code[:4] == before else code}{mark} {name}".rstrip())
        before = code[:4]
    write("divisions.txt", [MUMUY, MODOOD],
          "GB/T 2260 division codes: code (or its last two digits), '-' when no longer in force (the sources give no years), name", lines)
    write("plates.txt", ["province codes of GB/T 2260 with the abbreviations in daily use, typed in above"], "province code, abbreviation on number plates",
          [f"{c} {a}" for c, a in sorted(PLATES.items())])


def bins(src):
    kind = {"DC": "D", "CC": "C", "SCC": "S", "PC": "P"}
    seen = sorted({(r["bin"], int(r["length"]), kind[r["type"]]) for r in rows(src / "hexindai+bcbc/data/bin.csv") if r["bin"].isdigit()})
    groups = {}
    for prefix, length, k in seen:
        groups.setdefault((length, k), []).append(prefix)
    write("bins.txt", [BCBC], "bank card prefixes by length and kind (D debit, C credit, S semi-credit, P prepaid)",
          [f"{length}{k} {' '.join(v)}" for (length, k), v in sorted(groups.items())])


def surnames(src):
    folder = src / "wainshine+Chinese-Names-Corpus/Chinese_Names_Corpus"
    book = zipfile.ZipFile(next(folder.glob("Chinese_Family_Name*.xlsx")))
    strings = ["".join(re.findall(r"<t[^>]*>([^<]*)", s)) for s in
               re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.S)]
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    count = {}
    for row in re.findall(r"<row .*?</row>", sheet, re.S):
        cells = re.findall(r'<c r="([A-Z])\d+"([^>]*)>(?:<v>([^<]*)</v>)?', row)
        value = {c: (strings[int(v)] if 't="s"' in a else v) for c, a, v in cells if v}
        name, n = value.get("A", ""), value.get("B", "")
        if re.fullmatch(r"[\u4e00-\u9fff]{1,2}", name) and re.fullmatch(r"[\d.]+", n):
            count[name] = max(count.get(name, 0), int(float(n)))
    for name in ("万俟", "尉迟", "阿依", "买买提", "付", "闫", "肖", "覃", "查", "单", "仇"):  # in daily use, in case the list lacks them
        count.setdefault(name, 20)
    count = {k: v for k, v in count.items() if len(k) <= 3}
    order = sorted(count, key=lambda s: (-count[s], s))
    groups = {}
    for s in order:
        groups.setdefault(int(math.log2(max(count[s], 1))), []).append(s)
    write("surnames.txt", [CORPUS], "surnames, most frequent first, by the whole base-2 logarithm of the source's count",
          [f"{k} {' '.join(v)}" for k, v in sorted(groups.items(), reverse=True)])


def given(src):
    male, female = {}, {}
    for r in rows(src / "observerss+ngender/ngender/charfreq.csv"):
        c, m, f = r["char"], int(r["male"]), int(r["female"])
        if len(c) == 1 and "\u3400" <= c <= "\u9fff" and m + f > 0:
            for table, n in ((male, m), (female, f)):
                if n:
                    table.setdefault(int(math.log2(n)), []).append(c)
    lines = [f"{g}{k} {''.join(v)}" for g, t in (("m", male), ("f", female)) for k, v in sorted(t.items(), reverse=True)]
    write("given.txt", [NGENDER], "characters of given names, m male and f female, by the whole base-2 logarithm of the count", lines)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: derive.py FOLDER_OF_ZH_LISTS")
    folder = Path(sys.argv[1])
    divisions(folder)
    bins(folder)
    surnames(folder)
    given(folder)
