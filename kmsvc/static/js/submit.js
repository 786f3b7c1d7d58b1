// Forms with something to fill in are sent from here. Refused, they come back in place: the address stays, Back stays
// harmless. A lost session, a lost line or a refusal without a form loses no word. Without script the browser sends them.
import { text } from "./data.js";
import { release } from "./forms.js";
import { signedOut } from "./session.js";
import { refusal, toast } from "./toast.js";

const FIELDS = "textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=checkbox])";

/** Whether a form is sent from here. */
export function ours(form) {
  return form.method === "post" && !form.target && !("plain" in form.dataset) && !form.hasAttribute("hx-post")
    && form.closest(".km-shell") && form.querySelector(FIELDS) && !form.querySelector("input[type=file][name]");
}

function bodyOf(form, button) {
  const fields = new FormData(form);
  if (button?.name) fields.append(button.name, button.value);
  return new URLSearchParams(fields);
}

/** Send a form by script: null without an answer, else its status, the place it leads to, and the page that came back. */
export async function post(form, button) {
  const address = button?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  try {
    const answer = await fetch(address, { method: "POST", body: bodyOf(form, button), headers: { "X-Requested-With": "fetch", Accept: "text/html" } });
    const page = await answer.text();
    const place = answer.headers.get("HX-Redirect") || (answer.redirected ? answer.url : "");
    return { status: answer.status, place, page, found: new DOMParser().parseFromString(page, "text/html") };
  } catch {
    return null;
  }
}

async function send(form, button) {
  const answer = await post(form, button);
  if (!answer) return kept(form, text("noAnswer"));
  const { status, place, page, found } = answer;
  if (status === 401) {
    kept(form);
    return signedOut(() => form.isConnected && form.requestSubmit(button?.isConnected ? button : undefined), true);
  }
  if (place) {
    form.dispatchEvent(new CustomEvent("km:accepted", { bubbles: true }));
    return go(place);
  }
  if (found.querySelector("[data-error-page]") || !found.querySelector(".km-shell")) return kept(form, reason(status, page, found));
  swap(found);
}

// A refusal without a form: the one on the page still holds what was typed.
function reason(status, page, found) {
  const fields = [...found.querySelectorAll("[data-error-page] .plain-list li")].map((line) => line.textContent.trim());
  return [refusal(status, page), ...fields].join(" ");
}

function kept(form, words = "") {
  release(form);
  form.dispatchEvent(new CustomEvent("km:not-sent", { bubbles: true }));
  if (words) toast(words, "bad");
}

function go(place) {
  const next = new URL(place, location.href);
  if (next.pathname + next.search === location.pathname + location.search && next.hash) {
    history.replaceState(null, "", next);
    return location.reload();
  }
  location.assign(next);
}

function swap(found) {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  const fresh = document.adoptNode(found.querySelector(".km-shell"));
  document.querySelector(".km-shell").replaceWith(fresh);
  document.title = found.title;
  window.htmx?.process(fresh);
  window.scrollTo(0, 0);
  document.dispatchEvent(new CustomEvent("km:page", { detail: fresh }));
}

export function start() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !ours(event.target)) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
}
