// While the search page rests, the answers its reader is likeliest to need come quietly into the window, for a time without
// connection: twenty at a time, each window at its own moment, only what changed, and not where somebody saves data.
import { isLost } from "./offline.js";
import { fetchedAll, fetchedAt, keepAhead, listAhead } from "./read.js";

const BATCH = 20;
const FIRST = 20_000; // ms; a page that is left at once asks for nothing
const SPREAD = 90_000;
const PAUSE = 2_000;
const RENEW = 1_800_000; // what was changed, or taken away from this reader, goes half an hour later at the latest
const ALONE = 300_000; // a page nobody touches keeps no session alive
let touched = Date.now();
let timer = 0;
let running = false;
let waits = false;

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => (window.requestIdleCallback || setTimeout)(fetchAll), ms);
}

const pause = (ms) => new Promise((done) => { setTimeout(() => (window.requestIdleCallback || setTimeout)(done), ms); });

async function fetchAll() {
  if (running || isLost()) return;
  if (document.visibilityState !== "visible" || Date.now() - touched > ALONE) {
    waits = true;
    return;
  }
  running = true;
  const keys = (await listAhead()) || [];
  while (keys.length && !isLost() && (await keepAhead(keys.splice(0, BATCH)))) await pause(PAUSE + Math.random() * PAUSE);
  running = false;
  if (isLost()) return;
  fetchedAll();
  later(RENEW + Math.random() * SPREAD);
}

function onTouch() {
  touched = Date.now();
  if (waits) later(FIRST);
  waits = false;
}

/** Begin, unless somebody saves data; again once the connection is back, for rights may have changed meanwhile. */
export function start() {
  if (!document.body.dataset.login || !document.querySelector("[data-search]") || navigator.connection?.saveData) return;
  const due = fetchedAt() + RENEW - Date.now();
  later(Math.max(FIRST, due) + Math.random() * SPREAD);
  document.addEventListener("keydown", onTouch, { capture: true, passive: true });
  document.addEventListener("pointerdown", onTouch, { capture: true, passive: true });
  document.addEventListener("km:back", () => later(Math.random() * FIRST));
}
