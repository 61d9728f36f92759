// Saves what is typed into a form with data-autosave="URL": the fields that changed, 800 ms after the last change, by POST with X-CSRF-Token and
// X-Autosave: 1. The server answers 2xx, with JSON { errors?: { fieldId: text or null } } where it has something to say about what it took. What could not
// be sent stays in the page, is tried again, and leaving the page then asks first. Nothing of it is ever written to the browser's storage.
import { announce, say } from "/static/app.js";

const token = document.querySelector("meta[name=csrf]")?.content || "";

function watch(form) {
  const changed = new Set();
  const status = form.querySelector("[data-autosave-status]") || document.querySelector("[data-autosave-status]");
  let timer = 0, tries = 0, sending = null;

  const show = (state) => {
    if (!status || status.dataset.state === state) return;
    status.dataset.state = state;
    status.querySelector("[data-text]").textContent = say(state === "saving" ? "Saving" : state === "saved" ? "Saved" : "Unsaved");
  };
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };

  function answered(errors) {
    for (const [id, text] of Object.entries(errors || {})) {
      const place = document.getElementById(`${id}-error`);
      const input = document.getElementById(id);
      if (!place) continue;
      place.hidden = !text;
      place.querySelector("span").textContent = text || "";
      place.closest(".field")?.classList.toggle("wrong", Boolean(text));
      if (text) input?.setAttribute("aria-invalid", "true"); else input?.removeAttribute("aria-invalid");
    }
  }

  async function save() {
    clearTimeout(timer);
    if (sending) return void later(200);
    if (!changed.size) return;
    const names = [...changed];
    changed.clear();
    const all = new FormData(form);
    const body = new URLSearchParams();
    for (const name of names) {
      // An unticked box says nothing in a form; here its name says that it was emptied.
      const values = all.getAll(name).filter((v) => typeof v === "string");
      for (const value of values.length ? values : [""]) body.append(name, value);
    }
    show("saving");
    try {
      sending = fetch(form.dataset.autosave, { method: "POST", body, credentials: "same-origin", keepalive: true, headers: { "X-CSRF-Token": token, "X-Autosave": "1", Accept: "application/json" } });
      const answer = await sending;
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      if ((answer.headers.get("content-type") || "").includes("json")) answered((await answer.json()).errors);
      tries = 0;
      show(changed.size ? "saving" : "saved");
    } catch {
      for (const name of names) changed.add(name);
      if (tries === 0) announce(say("Unsaved"));
      show("failed");
      later(Math.min(60000, 2000 * 2 ** tries++));
    } finally { sending = null; }
  }

  const note = (event) => {
    const { name, type } = event.target;
    if (!name || type === "file" || name === "csrf") return;
    changed.add(name);
    later(800);
  };
  form.addEventListener("input", note);
  // A whole form that is posted takes everything along.
  form.addEventListener("submit", () => { clearTimeout(timer); changed.clear(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  addEventListener("online", () => { tries = 0; save(); });
  addEventListener("beforeunload", (event) => { if (changed.size || sending) { save(); event.preventDefault(); event.returnValue = ""; } });
}

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);
