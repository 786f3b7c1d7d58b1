// The last answers this person opened in this window, and those fetched ahead, for a time without connection. The server
// says what may be kept of each; secret text never is. Kept in this window alone, and wiped when the session ends, somebody
// else signs in, or the time runs out; a window that slept meanwhile is wiped when it wakes.
import { data } from "./data.js";

const STORE = "km-read:answers";
const SEEN = "km-read:seen"; // when the service answered last; by itself, for it is written with every keystroke's answer
const WIPED = "km-read:wiped"; // for every window of this browser: what was kept before this instant is gone
const AHEAD = "km-read:ahead"; // what was fetched ahead, by key
const WHOSE = "km-read:whose"; // for whom that was: { login, mark, asked, minutes }; by itself, for every page reads it
const MOST = 20;
const LONGEST = 200_000;
const LONGEST_AHEAD = 40_000;
const ALL_AHEAD = 2_000_000; // characters, of the five million a window may keep
const MOST_BESIDE = 40; // fetched with a list of results, not because many read it
const AGAIN = 60_000;

let ahead = null; // as it lies in the store, read when it is needed first; only this page writes there
const words = new Map(); // key -> the text of a kept answer, for the search in it

function fresh() {
  return { login: "", list: null, items: [] };
}

function load() {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORE)) || fresh();
    const last = Number(sessionStorage.getItem(SEEN) || 0);
    const minutes = Math.max(0, whose().minutes, ...found.items.map((item) => item.minutes));
    const until = last + minutes * 60_000;
    if (last > Number(localStorage.getItem(WIPED) || 0) && (!minutes || Date.now() < until)) return found;
  } catch { /* not ours: it goes */ }
  forget();
  return fresh();
}

function parsed(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) || {};
  } catch {
    return {}; // not ours: begun anew
  }
}

function whose() {
  return { login: "", mark: "", asked: 0, minutes: 0, ...parsed(WHOSE) };
}

function fetched() {
  return (ahead ||= parsed(AHEAD));
}

function store(now) {
  sessionStorage.setItem(SEEN, String(Date.now()));
  try {
    sessionStorage.setItem(WHOSE, JSON.stringify(now));
    sessionStorage.setItem(AHEAD, JSON.stringify(fetched()));
  } catch {
    makeRoom();
  }
}

// What was opened by hand counts more.
function makeRoom() {
  ahead = null;
  if (sessionStorage.getItem(AHEAD) === null) return false;
  sessionStorage.removeItem(AHEAD);
  return true;
}

function forget() {
  for (const name of [STORE, SEEN, AHEAD, WHOSE]) sessionStorage.removeItem(name);
  ahead = null;
  words.clear();
}

function save(held) {
  sessionStorage.setItem(SEEN, String(Date.now()));
  while (held.items.length) {
    try {
      return sessionStorage.setItem(STORE, JSON.stringify(held));
    } catch {
      if (!makeRoom()) held.items.pop(); // the window's room is full: the oldest goes
    }
  }
}

/** Forget everything, in every window of this browser. */
export function wipe() {
  forget();
  localStorage.setItem(WIPED, String(Date.now()));
  document.dispatchEvent(new CustomEvent("km:wiped"));
}

/** Whether what was kept here at an instant was wiped since. */
export function wipedSince(instant) {
  return Number(localStorage.getItem(WIPED) || 0) >= instant;
}

/** What was opened, newest first, then what was fetched ahead: { key, title, number, url, level, html, at, valid_to, expired }. */
export function items() {
  const opened = load().items;
  const known = new Set(opened.map((item) => item.key));
  return [...opened, ...Object.values(fetched()).filter((item) => item.html && !known.has(item.key))];
}

/** The text of a kept answer in small letters. */
export function wordsOf(item) {
  const place = `${item.key} ${item.at}`;
  if (!words.has(place)) {
    const holder = document.createElement("template");
    holder.innerHTML = item.html; // never put into the page
    words.set(place, holder.content.textContent.toLowerCase());
  }
  return words.get(place);
}

async function ask(path, query = "") {
  const answer = await fetch(`${data.root}${path}${query}`, { headers: { "X-Requested-With": "fetch" } });
  if (answer.status === 401) wipe();
  return answer.ok ? answer.json() : null;
}

/** Ask which answers are kept ahead. What is on the list no more goes; with other rights everything does. Answers the keys of
 * those to fetch; null when there is no telling now. */
export async function listAhead() {
  const login = document.body.dataset.login;
  const began = Date.now();
  const found = login ? await ask("/search/kept/ahead").catch(() => null) : null;
  if (!found || Number(localStorage.getItem(WIPED) || 0) >= began) return null;
  load();
  if (whose().mark && whose().mark !== found.mark) forget();
  const wanted = new Map(found.items);
  ahead = Object.fromEntries(Object.entries(fetched()).filter(([key, item]) => wanted.has(key) || (item.beside && found.minutes)));
  store({ login, mark: found.mark, asked: 0, minutes: found.minutes });
  return found.items.filter(([key, version]) => fetched()[key]?.version !== version).map(([key]) => key);
}

/** When all of the list was fetched last; 0 when never. */
export function fetchedAt() {
  load();
  return whose().asked;
}

/** All of the list is here. */
export function fetchedAll() {
  if (sessionStorage.getItem(WHOSE)) store({ ...whose(), asked: Date.now() });
}

/** Keep several answers nobody has opened. beside: they came with a list of results. Answers whether there is room for more. */
export async function keepAhead(keys, beside = false) {
  const login = document.body.dataset.login;
  const began = Date.now();
  if (!login || !keys.length) return true;
  const found = await ask("/search/kept/several", `?${new URLSearchParams({ keys: keys.join() })}`).catch(() => null);
  if (!found || Number(localStorage.getItem(WIPED) || 0) >= began) return false; // its reader left while it came
  load();
  const its = fetched();
  let { minutes } = whose();
  for (const key of keys) delete its[key];
  let room = ALL_AHEAD - Object.values(its).reduce((sum, item) => sum + item.html.length, 0);
  for (const item of found.items) {
    const fits = item.html.length <= Math.min(LONGEST_AHEAD, room);
    if (fits) room -= item.html.length;
    its[item.key] = fits ? { ...item, at: Date.now(), beside } : { key: item.key, version: item.version, html: "" };
    minutes = item.minutes;
  }
  const extra = Object.values(its).filter((item) => item.beside).sort((one, other) => other.at - one.at);
  for (const item of extra.slice(MOST_BESIDE)) delete its[item.key];
  store({ ...whose(), login, minutes });
  return room > 0;
}

/** One of them by its key (`article:12`) or its address. */
export function find(key) {
  return items().find((item) => item.key === key || item.url === key) || null;
}

/** The last list of results: { query, at, hits: [{ key, title, number }] } or null. */
export function lastList() {
  return load().list;
}

/** The service has answered just now: what is kept stays for its minutes from here on. */
export function seen() {
  if (sessionStorage.getItem(SEEN)) sessionStorage.setItem(SEEN, String(Date.now()));
}

/** Keep an answer that somebody opened. kind and id as the results name it. */
export async function keep(key) {
  const [kind, id] = key.split(":");
  const login = document.body.dataset.login;
  const began = Date.now();
  if (!login || !kind || !id || Date.now() - (find(key)?.at || 0) < AGAIN) return;
  let item = null;
  try {
    const answer = await fetch(`${data.root}/search/kept?${new URLSearchParams({ kind, id })}`, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 401) return wipe();
    if (answer.status === 200) item = await answer.json();
    if (![200, 204, 403, 404].includes(answer.status)) return; // the service is ill: what is kept stays
  } catch {
    return; // nothing new is kept now; what was kept before stays
  }
  if (Number(localStorage.getItem(WIPED) || 0) >= began) return; // its reader left while it came
  const held = load();
  const rest = held.login === login ? held.items.filter((one) => one.key !== key) : [];
  const fits = item && item.html.length <= LONGEST ? [{ ...item, at: Date.now() }] : [];
  save({ ...held, login, items: [...fits, ...rest].slice(0, MOST) });
}

/** Keep the titles of a list of results; what is secret is not named. */
export function keepList(query, hits) {
  const held = load();
  if (held.items.length) save({ ...held, list: { query, at: Date.now(), hits } });
}

/** Who is here: somebody else than whose answers are kept wipes them; the page to sign in wipes those of every window, for
 * whoever signs in there may not be who read in the others. */
export function start() {
  const login = document.body.dataset.login || "";
  const held = load();
  const signsIn = document.querySelector(".gate-form") !== null;
  const keeper = held.login || whose().login;
  if (signsIn || (keeper && login && login !== keeper)) wipe();
  if (login) seen();
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-sign-out], .demo-bar")) wipe(); }, true);
  window.addEventListener("storage", (event) => {
    if (event.key !== WIPED) return;
    forget();
    document.dispatchEvent(new CustomEvent("km:wiped"));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) load(); });
  setInterval(() => { if (sessionStorage.getItem(SEEN)) load(); }, 30_000);
}
