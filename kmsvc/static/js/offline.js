// Without connection: a band says since when, the kept answers stay readable, and all goes on by itself when the service
// answers again. A failed request is only a sign; asking /healthz decides.
import { data, icon, make, text } from "./data.js";
import { find, items, keep, keepAhead, keepList, seen } from "./read.js";
import { at, pane, room } from "./room.js";
import { toast } from "./toast.js";

const AGAIN = [2, 3, 5, 5, 10, 15]; // seconds between questions whether the service is back
const WAIT = 4000;
const STOOD = 400; // ms; an answer that stands so long is being read
const REST = 1500; // with its list
const BESIDE = 5; // of its list are kept with it
const GATEWAY = [502, 503, 504];

let since = 0;
let asking = null;
let tries = 0;
let timer = 0;
let resting = 0;

/** Whether there is no connection now. */
export function isLost() {
  return since > 0;
}

/** The instant since when; 0 while there is one. */
export function sinceWhen() {
  return since;
}

async function healthy() {
  try {
    const answer = await fetch(`${data.root}/healthz`, { cache: "no-store", signal: AbortSignal.timeout(WAIT) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Something failed as it does without connection: ask whether it is gone. Answers whether it is. */
export function suspect() {
  asking ??= healthy().then((well) => {
    asking = null;
    if (well && since) back();
    else if (!well && !since) lose();
    return !well;
  });
  return asking;
}

function lose() {
  since = Date.now();
  tries = 0;
  document.documentElement.classList.add("km-lost");
  document.querySelectorAll("#toasts .toast-i").forEach((item) => { if (item.dataset.words === text("noAnswer")) item.remove(); });
  band();
  again();
  document.dispatchEvent(new CustomEvent("km:lost"));
}

function back() {
  since = 0;
  clearTimeout(timer);
  document.documentElement.classList.remove("km-lost");
  document.getElementById("lost")?.remove();
  document.documentElement.style.removeProperty("--km-lost-h");
  document.querySelector("dialog.room-d")?.close();
  seen();
  toast(text("backAgain"), "ok");
  document.dispatchEvent(new CustomEvent("km:back"));
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(async () => { if (await suspect()) again(); }, AGAIN[Math.min(tries++, AGAIN.length - 1)] * 1000);
}

/** The band over the page. time: when what stands there was kept. */
function band(time = 0) {
  document.getElementById("lost")?.remove();
  const kept = items().length;
  const words = make("span", "grow", text("lostSince", { time: at(since) }), " ", text(time ? "readingKept" : "readingLoaded", { time: time ? at(time) : "" }));
  const strip = make("div", "hint warn lost", icon("st-warn"), words);
  strip.id = "lost";
  strip.setAttribute("role", "status");
  if (kept && !document.querySelector("[data-search], [data-offline-page]")) {
    const button = make("button", "btn btn-s", text("openKept", { n: kept }));
    button.type = "button";
    button.addEventListener("click", () => openRoom());
    strip.append(button);
  }
  document.body.prepend(strip);
  document.documentElement.style.setProperty("--km-lost-h", `${strip.offsetHeight}px`); // the keys of an answer stay in sight under it
}

/** Say in the band when the text in view was kept. */
export function reading(key) {
  if (isLost()) band(find(key)?.at || 0);
}

function openRoom(key = "") {
  if (document.querySelector("dialog.room-d[open]")) return;
  const close = make("button", "btn btn-s btn-quiet", icon("x"), text("close"));
  const dialog = make("dialog", "room-d", make("div", "panel-h", make("h2", "", text("keptAnswers")), make("form", "push", close)), room(key));
  dialog.querySelector("form").method = "dialog";
  dialog.setAttribute("aria-label", text("keptAnswers"));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[data-search-box]").focus();
}

// A link leads nowhere now: what is kept of its page opens here, and nothing in view is lost.
async function onClick(event) {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!isLost() || !link || event.defaultPrevented || link.matches("[role=option], .skip, [download]")) return;
  const place = new URL(link.href, location.href);
  if (place.origin !== location.origin || place.pathname === location.pathname) return;
  event.preventDefault();
  if (!(await suspect())) return location.assign(link.href);
  const item = find(place.pathname);
  if (item) openRoom(item.key);
  else toast(text("notWithout"), "warn");
}

// Signing out without connection: nothing stays to be read, and the service hears of it with the next page that loads.
const LEAVE = "km-leave";

function onSubmit(event) {
  if (!isLost() || !event.target.matches("[data-sign-out]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  localStorage.setItem(LEAVE, "1");
  location.replace(`${data.root}/sign-in`);
}

function leave() {
  if (!localStorage.getItem(LEAVE)) return;
  if (document.querySelector(".gate-form")) return localStorage.removeItem(LEAVE);
  const out = document.querySelector("form[data-sign-out]");
  if (out) out.submit();
}

/** An answer stands before somebody: once it has stood a while it is kept, with the titles of its list. */
export function opened(key) {
  clearTimeout(resting);
  if (!key || isLost()) return;
  const mine = (resting = setTimeout(async () => {
    await keep(key);
    if (resting === mine) resting = setTimeout(keepBeside, REST - STOOD);
  }, STOOD));
}

function keepBeside() {
  const box = document.querySelector("[data-search]");
  const names = items()[0]?.internal ? "[data-level]:not([data-level=secret])" : "[data-level=sayable]"; // whose titles may stay
  const hits = [...document.querySelectorAll(`#hits [role=option]${names}`)].map((hit) => ({
    key: hit.dataset.hit, title: hit.querySelector(".ti").textContent.trim(), number: hit.querySelector(".kd .num")?.textContent.trim() || "" }));
  if (!box?.value.trim() || !hits.length) return;
  keepList(box.value.trim(), hits);
  if (!navigator.connection?.saveData) keepAhead(hits.slice(0, BESIDE).map((hit) => hit.key).filter((one) => !find(one)), true);
}

/** Ask the browser to show the page that stands in when one cannot be loaded; where it may not, this page alone reads on. */
function register() {
  if (!window.isSecureContext || !navigator.serviceWorker || !document.body.dataset.login) return;
  const looks = new URLSearchParams({ language: data.language, theme: document.documentElement.dataset.theme });
  navigator.serviceWorker.register(`${data.root}/offline/worker.js?${looks}`, { scope: `${data.root}/` }).catch(() => {});
}

export function start() {
  window.addEventListener("offline", suspect);
  window.addEventListener("online", suspect);
  document.addEventListener("htmx:sendError", suspect);
  document.addEventListener("htmx:timeout", suspect);
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (GATEWAY.includes(xhr.status) && !xhr.getResponseHeader("X-Request-Id")) suspect();
  });
  document.addEventListener("km:no-answer", suspect);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) seen(); });
  document.addEventListener("click", onClick);
  document.addEventListener("km:wiped", () => {
    document.querySelector("dialog.room-d")?.close();
    const place = document.getElementById("answer");
    if (isLost() && place?.querySelector("#kept-say, .hint")) place.replaceWith(pane("", text("noneKept")));
    if (isLost()) band();
  });
  document.addEventListener("submit", onSubmit, true);
  leave();
  if (!navigator.onLine) suspect();
  const page = document.querySelector("[data-keep]");
  if (page) opened(page.dataset.keep);
  (window.requestIdleCallback || setTimeout)(register);
}
