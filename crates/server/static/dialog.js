// A question before something that cannot be undone: data-confirm="…" on a form or its button. Without <dialog> the browser's own question.

/** Asks; true where the reader agrees. The text is set as text, never as markup. */
export function confirmed(question) {
  const dialog = document.getElementById("confirm");
  if (!dialog?.showModal) return Promise.resolve(window.confirm(question));
  const before = document.activeElement;
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => { before?.focus(); done(dialog.returnValue === "ok"); }, { once: true });
  });
}
