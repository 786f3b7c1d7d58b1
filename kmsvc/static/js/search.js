// Agent search: arrows move the highlighted hit and its answer, the top five are fetched ahead, the address follows.
// Typing stays in the box; Enter or Esc leaves it, so that c, s, l and the digits act; / or Esc Esc comes back.
import { text } from "./data.js";
import { composing, typing } from "./compose.js";

const AHEAD = 5;
let cache = new Map();
let wanted = "";

function hits() {
  return [...document.querySelectorAll("#hits [role=option]")];
}

function selected() {
  return hits().find((hit) => hit.getAttribute("aria-selected") === "true");
}

function fetchAnswer(hit) {
  const address = hit.dataset.preview;
  if (!cache.has(address)) {
    const answer = fetch(address, { headers: { "HX-Request": "true" } }).then((reply) => (reply.ok ? reply.text() : Promise.reject(reply.status)));
    answer.catch(() => cache.delete(address));
    cache.set(address, answer);
  }
  return cache.get(address);
}

function paint(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // our own server's fragment; scripts in it would not run
  const fresh = holder.content.querySelector("#answer");
  const old = document.getElementById("answer");
  if (!fresh || !old) return;
  fresh.removeAttribute("hx-swap-oob");
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
}

async function preview(hit) {
  wanted = hit.dataset.hit;
  if (document.getElementById("answer")?.dataset.answer === wanted) return;
  try {
    const html = await fetchAnswer(hit);
    if (wanted === hit.dataset.hit) paint(html);
  } catch { /* the link itself still opens the page */ }
}

function say(words) {
  const place = document.getElementById("search-said");
  if (place) place.textContent = words;
}

function choose(index, box) {
  const all = hits();
  if (!all.length) return;
  const i = Math.max(0, Math.min(all.length - 1, index));
  all.forEach((hit, n) => hit.setAttribute("aria-selected", String(n === i)));
  acted = true;
  if (i > 2) document.getElementById("results").classList.add("all");
  note(box);
  all[i].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", all[i].id);
  if (!typing(document.activeElement)) all[i].focus({ preventScroll: true });
  say(text("hitOf", { i: i + 1, n: all.length, title: all[i].querySelector(".ti").textContent }));
  preview(all[i]);
}

// New results: the first hit is the current one; its answer came along or is fetched now; the next ones are fetched ahead.
function arrived(box) {
  const list = document.getElementById("results");
  const all = hits();
  acted = false;
  cache = new Map([...cache].slice(-40));
  const waits = list.querySelector("[data-start]"); // nothing typed: what is at hand waits for an arrow, nothing is chosen yet
  say(all.length && !waits ? text("hits", { n: list.dataset.total, ms: list.dataset.took }) : box.value ? text("noHits") : "");
  if (all[0] && !waits) {
    box.setAttribute("aria-activedescendant", all[0].id);
    const came = document.getElementById("answer");
    if (came?.dataset.answer === all[0].dataset.hit) cache.set(all[0].dataset.preview, Promise.resolve(came.outerHTML));
    preview(all[0]);
  } else box.removeAttribute("aria-activedescendant");
  if (!waits) (window.requestIdleCallback || setTimeout)(() => all.slice(1, AHEAD).forEach((hit) => fetchAnswer(hit).catch(() => {})));
  note(box);
  const query = new URLSearchParams([...new FormData(box.form)].filter(([, value]) => value));
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

function onKey(event, box) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const inBox = event.target === box;
  if (!inBox && typing(event.target)) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, ...(inBox ? {} : { KeyJ: 1, KeyK: -1 }) };
  const step = steps[event.key] || steps[event.code];
  if (step) {
    event.preventDefault();
    choose(hits().indexOf(selected()) + step, box);
  } else if (inBox && event.key === "Enter" && selected()) {
    event.preventDefault();
    selected().focus({ preventScroll: true });
  }
}

// A search that came to rest is noted, with the answer that was read; the page never waits for it.
let resting = 0;
let noted = "";
let acted = false; // whether the answer was chosen: arrows, a click, a key of it; else it only stands there

function note(box) {
  clearTimeout(resting);
  resting = setTimeout(() => send(box), 2000);
}

function send(box) {
  clearTimeout(resting);
  resting = 0;
  const query = box.value.trim();
  const read = document.getElementById("answer")?.dataset.answer || "";
  const now = `${query} ${read} ${acted}`;
  if (!query || noted === now || (!acted && noted === `${query} ${read} true`)) return;
  noted = now;
  const [kind, id] = read.split(":");
  const body = new URLSearchParams({ q: query, found: document.getElementById("results")?.dataset.total || "0" });
  if (kind && id) {
    const rank = hits().findIndex((hit) => hit.dataset.hit === read) + 1;
    body.set("kind", kind); body.set("id", id); body.set("acted", acted ? "1" : "0");
    if (rank) body.set("rank", String(rank));
  }
  for (const name of ["kind", "category", "on"]) if (box.form.elements[name]?.value) body.set(`filter_${name}`, box.form.elements[name].value);
  navigator.sendBeacon(box.dataset.opened, body);
}

// The day of the customer's purchase: kept for this tab alone, said above the list, and gone with one key.
const DAY = "km-day:search";

function setDay(box, day) {
  box.form.elements.on.value = day;
  box.form.querySelector("#on-pick").classList.toggle("on", Boolean(day));
  if (day) sessionStorage.setItem(DAY, day);
  else sessionStorage.removeItem(DAY);
}

function startDay(box) {
  const field = box.form.elements.on;
  if (!field) return;
  if (field.value) sessionStorage.setItem(DAY, field.value);
  else if (sessionStorage.getItem(DAY)) {
    setDay(box, sessionStorage.getItem(DAY));
    setTimeout(() => box.dispatchEvent(new CustomEvent("km:picked")));
  }
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-clear-day]")) return;
    event.preventDefault();
    setDay(box, "");
    box.dispatchEvent(new CustomEvent("km:picked"));
    box.focus();
  });
}

/** Half a year that is being typed is no day yet. */
function settled(field) {
  return field.type !== "date" || !field.value || field.value >= "1900";
}

export function start(root) {
  const box = root.querySelector("[data-search]");
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "1";
  document.addEventListener("keydown", (event) => onKey(event, box));
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".ask-pick") || !settled(event.target)) return;
    if (event.target.name === "on") setDay(box, event.target.value);
    box.dispatchEvent(new CustomEvent("km:picked"));
  });
  startDay(box);
  document.addEventListener("km:signed-in", () => box.dispatchEvent(new CustomEvent("km:picked")));
  box.addEventListener("input", () => clearTimeout(resting));
  window.addEventListener("pagehide", () => { if (resting && selected()) send(box); });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "results") arrived(box); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-star]")) cache = new Map(); // answers fetched before show the old star
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target === box) wanted = ""; });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("#answer a, #answer button, #answer summary") && selected()) { acted = true; note(box); }
    if (event.target.closest("[data-more]")) document.getElementById("results").classList.add("all");
    const hit = event.target.closest("#hits [role=option]");
    if (hit && hit === selected()) acted = true; // going to its page is choosing it
    // One click previews, the second opens; a middle click or Ctrl-click opens at once, as on any link.
    if (hit && !event.ctrlKey && !event.metaKey && !event.shiftKey && hit !== selected()) {
      event.preventDefault();
      choose(hits().indexOf(hit), box);
    }
  });
  if (hits().length) arrived(box);
  box.setSelectionRange(box.value.length, box.value.length);
}
