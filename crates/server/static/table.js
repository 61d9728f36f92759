// Sorts a small table by a column: table[data-sort]. The value is data-value of a cell, else its text; numbers as numbers, Chinese by pinyin.
const locale = document.documentElement.lang || "zh-CN";
const words = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });

const value = (row, i) => { const cell = row.cells[i]; return cell ? (cell.dataset.value ?? cell.textContent.trim()) : ""; };
const number = (text) => { const n = Number(text.replace(/[,，\s%]/g, "")); return text !== "" && Number.isFinite(n) ? n : null; };

function compare(a, b) {
  const [x, y] = [number(a), number(b)];
  return x !== null && y !== null ? x - y : words.compare(a, b);
}

function sort(table, th, i) {
  const down = th.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [value(row, i), row]);
  // What is empty stays last, whichever way.
  rows.sort(([a], [b]) => (a === "") - (b === "") || (down ? compare(b, a) : compare(a, b)));
  body.append(...rows.map(([, row]) => row));
}

function prepare(table) {
  if (!table.tHead || table.dataset.sort === "ready") return;
  table.dataset.sort = "ready";
  [...table.tHead.rows[0].cells].forEach((th, i) => {
    if ("fixed" in th.dataset || th.classList.contains("actions")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sorter";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => sort(table, th, i));
  });
}

const all = (root) => root.querySelectorAll("table[data-sort]").forEach(prepare);
document.addEventListener("partial", (event) => all(event.target));
all(document);
