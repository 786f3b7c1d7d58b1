// Short messages at the corner, and what htmx reports when an answer was an error.
import { composing } from "./compose.js";
import { icon, make, text } from "./data.js";

const glyphs = { ok: "st-ok", warn: "st-warn", bad: "st-bad", info: "st-half" };
const seconds = { ok: 5, info: 6, warn: 10 };

const CONTROLS = "a[href], button, input, select, textarea, summary, label";
const GAP = 6; // px
const SEEN = 800; // ms; an error that is younger was not read yet

function region() {
  return document.getElementById("toasts");
}

// In the lowest place where they cover no control: above the bar at the foot of the page, and higher where controls stand there too.
function place() {
  const here = region();
  if (!here?.querySelector(".toast-i")) return;
  const { left, right, height } = here.getBoundingClientRect();
  const rects = (root, what) => [...root.querySelectorAll(what)].map((one) => one.getBoundingClientRect())
    .filter((one) => one.width && one.height && one.top < innerHeight && one.bottom > 0);
  const bars = rects(document, ".fb, .approve").filter((bar) => bar.bottom > innerHeight - height);
  const foot = Math.min(innerHeight - GAP, ...bars.map((bar) => bar.top));
  const stand = [...document.querySelectorAll("main")].flatMap((main) => rects(main, CONTROLS)).filter((one) => one.left < right && one.right > left);
  let bottom = foot - GAP;
  const under = () => stand.filter((one) => one.top < bottom && one.bottom > bottom - height);
  for (let met = under(); met.length; met = under()) bottom = Math.min(...met.map((one) => one.top)) - GAP;
  if (bottom - height < innerHeight / 4) bottom = foot - GAP; // controls everywhere
  here.style.setProperty("bottom", `${innerHeight - bottom}px`);
}

function dismiss(item) {
  const focused = item.contains(document.activeElement);
  item.remove();
  if (focused) document.querySelector("main")?.focus({ preventScroll: true });
  place();
}

function dress(item) {
  const kind = item.dataset.toast || "info";
  const close = make("button", "", icon("x"));
  close.type = "button";
  close.setAttribute("aria-label", text("close"));
  close.setAttribute("aria-keyshortcuts", "Escape");
  close.addEventListener("click", () => dismiss(item));
  item.append(close);
  item.since = performance.now();
  place();
  if (!seconds[kind]) return; // errors stay until they are read
  let timer = setTimeout(() => dismiss(item), seconds[kind] * 1000);
  for (const sign of ["pointerenter", "focusin"]) item.addEventListener(sign, () => clearTimeout(timer));
  for (const sign of ["pointerleave", "focusout"]) item.addEventListener(sign, () => { timer = setTimeout(() => dismiss(item), 2000); });
}

/** Say something. kind: ok, info, warn, bad. The same words are not shown twice at once. */
export function toast(words, kind = "info") {
  const here = region();
  if (!here) return;
  for (const old of here.children) if (old.dataset.words === words) old.remove();
  const item = make("div", `toast-i ${kind}`, icon(glyphs[kind] || glyphs.info), make("span", "", words));
  item.dataset.toast = kind;
  item.dataset.words = words;
  here.append(item);
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
  // Esc closes what was read, beside what else it does.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || composing(event)) return;
    document.querySelectorAll("#toasts .toast-i").forEach((item) => { if (seconds[item.dataset.toast] || performance.now() - item.since > SEEN) dismiss(item); });
  }, true);
  for (const sign of ["htmx:afterSettle", "focusin", "scrollend"]) document.addEventListener(sign, place, true);
  window.addEventListener("resize", place);
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
