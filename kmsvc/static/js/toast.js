// Short messages at the corner, and what htmx reports when an answer was an error.
import { icon, make, text } from "./data.js";

const glyphs = { ok: "st-ok", warn: "st-warn", bad: "st-bad", info: "st-half" };
const seconds = { ok: 5, info: 6, warn: 10 };

function dress(item) {
  const kind = item.dataset.toast || "info";
  const close = make("button", "", icon("x"));
  close.type = "button";
  close.setAttribute("aria-label", text("close"));
  close.addEventListener("click", () => item.remove());
  item.append(close);
  if (!seconds[kind]) return; // errors stay until they are read
  let timer = setTimeout(() => item.remove(), seconds[kind] * 1000);
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("pointerleave", () => { timer = setTimeout(() => item.remove(), 2000); });
}

/** Say something. kind: ok, info, warn, bad. The same words are not shown twice at once. */
export function toast(words, kind = "info") {
  const region = document.getElementById("toasts");
  if (!region) return;
  for (const old of region.children) if (old.dataset.words === words) old.remove();
  const item = make("div", `toast-i ${kind}`, icon(glyphs[kind] || glyphs.info), make("span", "", words));
  item.dataset.toast = kind;
  item.dataset.words = words;
  region.append(item);
  dress(item);
}

/** The sentence for a refused request: the server's own, from its problem or its error page, if it sent one. */
export function refusal(status, body = "") {
  if (body.startsWith("{")) {
    try {
      const problem = JSON.parse(body);
      const fields = Object.values(problem.fields || {}).flat(3).filter((words) => typeof words === "string");
      if (fields.length) return fields.join(" ");
      if (problem.detail && status !== 401) return problem.detail;
    } catch { /* not JSON after all: the sentence for the status follows */ }
  }
  if (body.startsWith("<")) {
    const page = new DOMParser().parseFromString(body, "text/html");
    const said = page.querySelector("[data-error-page] h1 + .read");
    if (said) return said.textContent.trim();
  }
  const names = { 401: "signedOut", 403: "notAllowed", 404: "notFound", 409: "stale", 429: "tooOften" };
  return text(names[status] || "failed", { status });
}

/** Messages that came with a page. */
export function dressAll(root = document) {
  root.querySelectorAll("#toasts .toast-i").forEach(dress);
}

export function start() {
  dressAll();
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    // What runs in the background never leads away: what was typed here would be gone.
    if (answer.status === 401) {
      document.dispatchEvent(new CustomEvent("km:signed-out"));
      return;
    }
    toast(refusal(answer.status, answer.responseText), "bad");
  });
  const noAnswer = () => { if (!document.documentElement.classList.contains("km-lost")) toast(text("noAnswer"), "bad"); };
  document.addEventListener("htmx:sendError", noAnswer);
  document.addEventListener("htmx:timeout", noAnswer);
  document.addEventListener("km:toast", (event) => toast(event.detail.text, event.detail.kind));
}
