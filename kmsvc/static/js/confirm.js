// Dangerous acts: the native disclosure becomes a dialog. Without script it opens in place and works the same.
import { make } from "./data.js";

function open(details) {
  const form = details.querySelector(".asks-b");
  const dialog = make("dialog", "asks-d");
  dialog.setAttribute("aria-label", form.querySelector(".asks-q").textContent);
  details.after(dialog);
  dialog.append(form);
  dialog.addEventListener("close", () => {
    details.append(form);
    details.open = false;
    dialog.remove();
    details.querySelector("summary").focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
  const field = form.querySelector("textarea, input:not([type=hidden]), select");
  if (field) field.focus();
}

/** Questions that came back with errors open at once. */
export function upgrade(root) {
  root.querySelectorAll("details[data-confirm][open]").forEach(open);
}

export function start() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const summary = event.target.closest("details[data-confirm] > summary");
    if (summary) {
      event.preventDefault();
      open(summary.parentElement);
    }
    if (event.target.closest("[data-confirm-no]")) event.target.closest("dialog")?.close();
  });
  upgrade(document);
}
