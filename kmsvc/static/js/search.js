// Agent search: arrows move the highlighted hit and its answer, the top five are fetched ahead, the address follows.
// Typing stays in the box; Enter or Esc leaves it, so that c, s, l and the digits act; / or Esc Esc comes back, and so does what
// was said of an answer.
import { make, text } from "./data.js";
import { composing, typing } from "./compose.js";
import { singleKeysOff } from "./keys.js";
import { isLost, opened, reading, sinceWhen, suspect } from "./offline.js";
import { items } from "./read.js";
import { at, list, pane } from "./room.js";
import * as walks from "./walks.js";

const AHEAD = 5;
let cache = new Map();
let wanted = "";
let shownFor = ""; // the words of the results in view

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
  walks.stash(old);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
}

async function preview(hit) {
  wanted = hit.dataset.hit;
  if (document.getElementById("answer")?.dataset.answer === wanted) return;
  if (hit.dataset.preview.startsWith("kept:")) return paintKept(hit);
  const walk = walks.backTo(wanted);
  if (walk) {
    walks.stash(document.getElementById("answer"));
    return document.getElementById("answer").replaceWith(walk);
  }
  try {
    const html = await fetchAnswer(hit);
    if (wanted === hit.dataset.hit) paint(html);
  } catch { // the link itself still opens the page
    if ((await suspect()) && wanted === hit.dataset.hit) paintKept(hit);
  }
}

// Without connection: what this window has kept takes the place of results and answer.
function paintKept(hit) {
  document.getElementById("answer")?.replaceWith(pane(hit.dataset.hit, hit.querySelector(".ti").textContent));
  reading(hit.dataset.hit);
}

// Nothing fits: no answer stands under words it was not found for.
function emptied() {
  const old = document.getElementById("answer");
  const fresh = make("article", "answer");
  fresh.id = "answer";
  walks.stash(old);
  old.replaceWith(fresh);
  wanted = "";
  reading("");
}

function showKept(box) {
  const place = document.getElementById("results");
  place.replaceChildren(make("div", "ask-sum", make("span", "num", text("lostSince", { time: at(sinceWhen()) }))), list(box.value));
  place.classList.add("all");
  delete place.dataset.total;
  shownFor = box.value.trim();
  const first = hits()[0];
  if (!first) {
    emptied();
    say(text(items().length ? "noneKeptFits" : "noneKept"));
    return release(box);
  }
  first.setAttribute("aria-selected", "true");
  box.setAttribute("aria-activedescendant", first.id);
  say(text("hitOf", { i: 1, n: hits().length, title: first.querySelector(".ti").textContent }));
  wanted = first.dataset.hit;
  paintKept(first);
  release(box);
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
// asked: the words they were found for; more may have been typed since.
function arrived(box, asked = box.value) {
  const list = document.getElementById("results");
  const all = hits();
  acted = false;
  walks.forget();
  shownFor = asked.trim();
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
  const query = new URLSearchParams([...new FormData(box.form)].filter(([name, value]) => value && (name !== "f" || box.value)));
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

/** Whether the answer lies below the list, in a narrow window. */
function narrow() {
  return document.querySelector(".ask-fold")?.getClientRects().length > 0;
}

// In a narrow window what narrows the search lies behind one button; the keys of what is in there open it first.
function fold(box, open) {
  box.form.classList.toggle("open", open);
  box.form.querySelector("[data-fold]").setAttribute("aria-expanded", String(open));
}

// Enter before the results of these words are there: they are asked for at once, and the keys that follow wait for them; pressed
// on the old answer or lost in the box they would do something else, or nothing.
const WAITS = /^(Key[A-Z]|Digit[0-9]|Numpad[0-9]|NumpadEnter|Enter|Arrow(Up|Down))$/;
let held = null; // the keys that wait
let under = ""; // the words that are being asked for

function awaitResults(box) {
  held = [];
  box.blur();
  if (under !== box.value.trim()) box.dispatchEvent(new CustomEvent("km:picked"));
}

function hold(event) {
  if (!held || composing(event)) return;
  if (event.key === "Escape" || event.code === "Slash" || typing(event.target) || document.querySelector("dialog[open]")) {
    held = null; // somebody thought better of it
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !WAITS.test(event.code)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat) held.push(event);
}

/** The results are there: go to the first, and press what was pressed. */
function release(box) {
  if (!held || shownFor !== box.value.trim()) return;
  const keys = held;
  held = null;
  enter();
  for (const { key, code } of keys) {
    const now = document.activeElement || document.body;
    const again = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true });
    if (now.dispatchEvent(again) && key === "Enter") now.click(); // what the browser does with Enter on a link
  }
}

function enter() {
  selected()?.focus({ preventScroll: true });
  if (narrow()) document.getElementById("answer")?.scrollIntoView({ block: "start" });
}

function onKey(event, box) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const inBox = event.target === box;
  if (event.shiftKey || (!inBox && typing(event.target))) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, ...(inBox || singleKeysOff() ? {} : { KeyJ: 1, KeyK: -1 }) };
  const step = steps[event.key] || steps[event.code];
  if (step) {
    event.preventDefault();
    choose(hits().indexOf(selected()) + step, box);
  } else if (inBox && event.key === "Enter" && box.value.trim() && shownFor !== box.value.trim()) {
    event.preventDefault();
    awaitResults(box);
  } else if (inBox && event.key === "Enter" && selected()) {
    event.preventDefault();
    enter();
  } else if (inBox && event.key === "Enter" && box.value.trim() && !hits().length) {
    event.preventDefault(); // nothing was found: the keys of what to do then act at once
    box.blur();
  }
}

// A search that came to rest is noted, with the answer that was read; the page never waits for it.
let resting = 0;
let noted = "";
let acted = false; // whether the answer was chosen: arrows, a click, a key of it; else it only stands there

// How long it took: from the first key of a question to the answer that is read. A key after a note begins the next question.
let began = 0;
let stood = { answer: "", at: 0 };
let told = false;

function clockFrom(box) {
  box.addEventListener("input", () => { if (!began || told || !box.value) { began = performance.now(); told = false; } });
}

function note(box) {
  if (isLost()) return;
  const answer = `${box.value.trim()} ${selected()?.dataset.hit || ""}`;
  if (answer !== stood.answer) stood = { answer, at: performance.now() };
  opened(box.form.elements.on?.value ? "" : selected()?.dataset.hit || "");
  clearTimeout(resting);
  resting = setTimeout(() => send(box), 2000);
}

let noting = null; // a note that a link waits for

function send(box, { awaited = false } = {}) {
  clearTimeout(resting);
  resting = 0;
  const query = box.value.trim();
  const read = document.getElementById("answer")?.dataset.answer || "";
  const now = `${query} ${read} ${acted}`;
  if (!query || noted === now || (!acted && noted === `${query} ${read} true`)) return;
  noted = now;
  told = true;
  const [kind, id] = read.split(":");
  const body = new URLSearchParams({ q: query, found: document.getElementById("results")?.dataset.total || "0" });
  if (kind && id) {
    const rank = hits().findIndex((hit) => hit.dataset.hit === read) + 1;
    body.set("kind", kind); body.set("id", id); body.set("acted", acted ? "1" : "0");
    if (rank) body.set("rank", String(rank));
    if (began && stood.at > began) body.set("took", String(Math.round(stood.at - began)));
  }
  for (const name of ["kind", "category", "on"]) if (box.form.elements[name]?.value) body.set(`filter_${name}`, box.form.elements[name].value);
  const scopes = [...box.form.querySelectorAll("[data-scopes] input:checked")].map((one) => `${one.name}.${one.value}`);
  if (scopes.length) body.set("filter_scopes", scopes.join(",").slice(0, 2000));
  if (awaited) noting = fetch(box.dataset.opened, { method: "POST", body, keepalive: true }).catch(() => { /* the link keeps the words */ });
  else navigator.sendBeacon(box.dataset.opened, body);
}

// What narrows the search stays for the next one, in every window of this person; the page never waits for it. One is sent at a
// time, so that the last choice is the one that stays.
let keeping = false;
let unkept = false;

async function keep(box) {
  unkept = true;
  if (keeping) return;
  keeping = true;
  while (unkept) await sendChoice(box);
  keeping = false;
}

function sendChoice(box) {
  unkept = false;
  const body = new URLSearchParams();
  for (const name of ["kind", "category"]) if (box.form.elements[name]?.value) body.append(name, box.form.elements[name].value);
  for (const one of box.form.querySelectorAll("[data-scopes] input:checked")) body.append(one.name, one.value);
  return fetch(box.dataset.keep, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => { /* the next choice is kept again */ });
}

function unpick(box, which) {
  const [name, value] = which.split(":");
  const mark = value?.split(".")[1];
  for (const one of box.form.querySelectorAll("[data-scopes] input:checked")) if (which === "all" || (one.name === name && one.value === mark)) one.checked = false;
  for (const one of ["kind", "category"]) if ((which === "all" || one === name) && box.form.elements[one]) box.form.elements[one].value = "";
  keep(box);
  box.dispatchEvent(new CustomEvent("km:picked"));
}

// How many each value would let through, beside its box; what lets nothing through is paler.
function count(box) {
  const told = document.getElementById("scope-chips")?.dataset.counts;
  if (!told) return;
  const counts = JSON.parse(told);
  for (const place of box.form.querySelectorAll("[data-count-of]")) {
    const n = counts[place.dataset.countOf];
    place.textContent = n ?? (box.value ? "0" : "");
    place.closest("label").classList.toggle("off", Boolean(box.value) && !n);
  }
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

// What was said of an answer ends its question: what is typed next takes the place of the old words. Esc leads to its keys again.
function endsWithFeedback(box) {
  const next = () => {
    if (document.querySelector("dialog[open]") || matchMedia("(pointer: coarse)").matches) return; // no keyboard that covers the answer
    box.focus({ preventScroll: true });
    box.select();
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches?.(".fb-f, .fb-again") && !typing(document.activeElement)) next();
  });
  document.addEventListener("htmx:afterSettle", (event) => { // a note that was taken
    const { elt } = event.detail.requestConfig || {};
    if (elt?.matches?.(".fb-more") && !document.querySelector("#fb-part [aria-invalid]") && document.activeElement === document.body) next();
  });
}

// Esc ends a question: whichever way leads back, a key or a click, what is typed then takes the place of the old words.
function endsWithEscape(box) {
  let ended = false;
  box.addEventListener("keydown", (event) => { if (event.key === "Escape" && !composing(event)) ended = true; });
  box.addEventListener("focus", () => { if (ended) box.select(); });
  box.addEventListener("click", () => { if (ended) box.select(); ended = false; });
  box.addEventListener("input", () => { ended = false; });
}

export function start(root) {
  const box = root.querySelector("[data-search]");
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "1";
  document.addEventListener("keydown", (event) => onKey(event, box));
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".ask-pick") || !settled(event.target)) return;
    if (event.target.name === "on") setDay(box, event.target.value);
    else if (event.target.name !== "expired") keep(box);
    box.dispatchEvent(new CustomEvent("km:picked"));
  });
  document.addEventListener("click", (event) => {
    const chip = event.target instanceof Element && event.target.closest("[data-unpick]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    unpick(box, chip.dataset.unpick);
    box.focus();
  });
  startDay(box);
  clockFrom(box);
  endsWithEscape(box);
  endsWithFeedback(box);
  box.form.querySelector("[data-fold]")?.addEventListener("click", () => fold(box, !box.form.classList.contains("open")));
  document.addEventListener("keydown", hold, true);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || singleKeysOff()) return; // those belong to the browser
    if (document.querySelector("[data-walk]")) return; // its keys come first
    if (narrow() && ["KeyR", "KeyD"].includes(event.code) && !typing(event.target) && !composing(event)) fold(box, true);
  }, true);
  document.addEventListener("km:signed-in", () => box.dispatchEvent(new CustomEvent("km:picked")));
  box.addEventListener("input", () => clearTimeout(resting));
  window.addEventListener("pagehide", () => {
    if (resting && selected()) send(box);
    if (unkept) sendChoice(box);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "results") return;
    arrived(box, event.detail.requestConfig?.parameters.q);
    count(box);
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "results") release(box); });
  for (const fault of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(fault, (event) => {
    if (event.detail.elt !== box) return;
    under = "";
    if (held) box.focus(); // the next Enter asks again
    held = null;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-star]")) cache = new Map(); // answers fetched before show the old star
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== box) return;
    wanted = "";
    under = box.value.trim();
    if (!isLost()) return;
    under = "";
    event.preventDefault();
    showKept(box);
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!noting || !event.target.matches?.(".fb-use")) return;
    event.preventDefault();
    noting.finally(() => event.detail.issueRequest(true));
    noting = null;
  });
  document.addEventListener("km:lost", () => { if (box.value.trim() !== shownFor) showKept(box); });
  document.addEventListener("km:wiped", () => { if (isLost()) showKept(box); });
  document.addEventListener("km:back", () => box.dispatchEvent(new CustomEvent("km:picked")));
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("#answer a, #answer button, #answer summary") && selected()) {
      acted = true;
      if (event.target.closest(".used")) send(box, { awaited: true }); // the link that follows finds the search that led to it
      else note(box);
    }
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
  else shownFor = box.value.trim();
  count(box);
  if ("entered" in box.dataset) enter(); // see theme.js
  else box.setSelectionRange(box.value.length, box.value.length);
}
