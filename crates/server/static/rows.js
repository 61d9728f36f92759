// Adds and removes a row of a repeating table: a button data-row-button posts the whole form to its formaction, the answer is the table anew, with everything
// that was typed. Without scripts the same button posts the page and the server shows it again.
import { announce, ask, replace, say } from "/static/app.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-row-button]");
  const region = button?.closest("[data-rows]");
  const form = button?.form;
  if (!region || !form) return;
  event.preventDefault();
  if (region.getAttribute("aria-busy")) return;
  const adding = button.value.startsWith("add:");
  const rows = [...region.querySelectorAll("[data-row]")];
  const at = rows.indexOf(button.closest("[data-row]"));
  const data = new FormData(form);
  data.append(button.name, button.value);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  region.setAttribute("aria-busy", "true");
  try {
    const text = await ask(button.getAttribute("formaction"), { method: "POST", body: new URLSearchParams(data) });
    if (text === null) return;
    const now = replace(region, text);
    const after = [...now.querySelectorAll("[data-row]")];
    // A new row is begun at its first field; after a removal the focus goes to the row that took its place, or to the button that adds one.
    const row = adding ? after[after.length - 1] : after[Math.min(at, after.length - 1)];
    (row?.querySelector(adding ? "input:not([type=hidden]), select, textarea" : "[data-row-button]") || now.querySelector("[data-row-button]"))?.focus();
    announce(say(adding ? "Added" : "Removed"));
  } catch {
    region.removeAttribute("aria-busy");
    announce(say("Failed"), true);
  }
});
