// Partial updates, and the few things every page does. Without scripts every form is an ordinary one and all of this is missed by nobody.
//
// A form with data-partial="#region" is sent by fetch with the header X-Partial: 1. The answer is the region's new markup, or a whole page in which it is
// found by its id. An answer that was redirected to another page is followed there. With data-live the form is sent as soon as a select or a date changes.
import { start as theme } from "/static/theme.js";
import { confirmed } from "/static/dialog.js";

export const say = (word) => document.body.dataset[`say${word}`] || "";

/** Says something to those who listen; with `shown`, to those who look as well, for eight seconds. */
export function announce(text, shown = false) {
  const place = document.getElementById("announce");
  if (!place || !text) return;
  place.textContent = "";
  place.classList.toggle("hidden", !shown);
  place.classList.toggle("toast", shown);
  setTimeout(() => { place.textContent = text; }, 50);
  if (shown) setTimeout(() => { place.classList.remove("toast"); place.classList.add("hidden"); }, 8000);
}

/** What identifies the control that has the focus, so that it can be found again after its region was replaced. */
function focused() {
  const at = document.activeElement;
  if (!at || at === document.body) return () => null;
  const { id, name, value } = at;
  const range = "selectionStart" in at && typeof at.selectionStart === "number" ? [at.selectionStart, at.selectionEnd] : null;
  const href = at.getAttribute("href");
  return () => {
    if (document.contains(at)) return at;
    const found = (id && document.getElementById(id))
      || (name && [...document.getElementsByName(name)].find((x) => x.type !== "radio" || x.value === value))
      || (href && document.querySelector(`a[href="${CSS.escape(href)}"]`));
    if (found && range && typeof found.selectionStart === "number") try { found.setSelectionRange(...range); } catch { /* a kind of input without a selection */ }
    return found || null;
  };
}

/** Puts markup in place of a region, keeps the focus, starts what the new markup needs. Returns the new region. */
export function replace(region, markup) {
  const again = focused();
  const answer = new DOMParser().parseFromString(markup, "text/html");
  const anew = answer.getElementById(region.id);
  const title = answer.querySelector("title");
  if (anew) region.replaceWith(document.adoptNode(anew));
  else region.replaceChildren(...answer.body.childNodes);
  if (title) document.title = title.textContent;
  const now = anew || region;
  now.removeAttribute("aria-busy");
  const first = now.querySelector("[data-focus]");
  const back = first || again();
  if (back && back !== document.activeElement) back.focus({ preventScroll: !first });
  now.dispatchEvent(new CustomEvent("partial", { bubbles: true }));
  return now;
}

/** Sends a request for a region. Returns the answer's text, or null after it has led somewhere else. */
export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { "X-Partial": "1", Accept: "text/html", ...options.headers } });
  const here = new URL(location.href);
  const there = new URL(answer.url);
  if (answer.status === 401 || (answer.redirected && there.pathname !== here.pathname && there.pathname !== new URL(url, here).pathname)) {
    location.assign(answer.status === 401 ? here : there);
    return null;
  }
  if (!(answer.headers.get("content-type") || "").includes("text/html")) throw new Error(`answer ${answer.status} is no page`);
  return answer.text();
}

const running = new WeakMap();

async function send(form, button) {
  const region = document.querySelector(form.dataset.partial);
  const method = (button?.getAttribute("formmethod") || form.method).toLowerCase();
  const url = new URL(button?.getAttribute("formaction") || form.getAttribute("action") || location.href, location.href);
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  running.get(form)?.abort();
  const stop = new AbortController();
  running.set(form, stop);
  region.setAttribute("aria-busy", "true");
  announce(say("Busy"));
  try {
    let body;
    if (method === "get") {
      const query = new URLSearchParams();
      for (const [key, value] of data) if (typeof value === "string" && value !== "") query.append(key, value);
      url.search = query;
    } else body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    const text = await ask(url, { method, body, signal: stop.signal });
    if (text === null) return;
    if (method === "get" && url.href !== location.href) history.pushState({ partial: form.dataset.partial }, "", url);
    const now = replace(region, text);
    announce(now.querySelector("[role=status]")?.textContent || say("Done"));
  } catch (error) {
    if (error.name === "AbortError") return;
    region.removeAttribute("aria-busy");
    // What was read can be asked for again; what was posted may have arrived, so that is the reader's to decide.
    if (method === "get") location.assign(url);
    else announce(say("Failed"), true);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (event.defaultPrevented || "plain" in form.dataset) return;
  const question = button?.dataset.confirm || form.dataset.confirm;
  if (question && !("sure" in form.dataset)) {
    event.preventDefault();
    if (!(await confirmed(question))) return;
    form.dataset.sure = "";
    form.requestSubmit(button || undefined);
    delete form.dataset.sure;
    return;
  }
  if (!form.dataset.partial || !document.querySelector(form.dataset.partial)) {
    // One press, one post.
    if (form.method === "post") setTimeout(() => { for (const b of form.querySelectorAll("button:not([type=button])")) { b.disabled = true; setTimeout(() => { b.disabled = false; }, 5000); } }, 0);
    return;
  }
  event.preventDefault();
  send(form, button);
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-live]") && event.target.matches("select, input[type=date], input[type=radio], input[type=checkbox]")) send(form);
});

// Links inside a replaced region (pages, columns) that lead to the same page with another query.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-region] .pagination a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const region = link.closest("[data-region]");
  if (!region.id || new URL(link.href).pathname !== location.pathname) return;
  event.preventDefault();
  region.setAttribute("aria-busy", "true");
  try {
    const text = await ask(link.href);
    if (text === null) return;
    history.pushState({ partial: `#${region.id}` }, "", link.href);
    const now = replace(region, text);
    now.scrollIntoView({ block: "start" });
    announce(now.querySelector("[role=status]")?.textContent || say("Done"));
  } catch { location.assign(link.href); }
});

addEventListener("popstate", () => location.reload());
// A page taken back out of the browser's memory has its buttons as they were when it was left.
addEventListener("pageshow", (event) => { if (event.persisted) for (const b of document.querySelectorAll("form button:disabled")) b.disabled = false; });

// Menus close on Escape and when something else is pressed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details[data-menu][open], details[data-fold][open]");
  if (!open || (open.matches("[data-fold]") && !narrow.matches)) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest?.("[data-print]")) { event.preventDefault(); print(); }
});

const narrow = matchMedia("(max-width: 1079px)");
const fold = () => { for (const d of document.querySelectorAll('details[data-fold="narrow"]')) d.open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();

// A link into a closed <details> opens it.
const reveal = () => { const at = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1))); at?.closest?.("details")?.setAttribute("open", ""); if (at?.matches?.("details")) at.open = true; };
addEventListener("hashchange", reveal);
reveal();

document.querySelector("[data-focus]")?.focus();
theme();
