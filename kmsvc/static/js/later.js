// A key of an answer that is pressed without connection is not lost: its form is kept in this window, said where it was pressed,
// and sent, in order, once the service answers again. What waits goes with its reader as the kept answers do; see read.js.
import { icon, make, text } from "./data.js";
import { release } from "./forms.js";
import { isLost, suspect } from "./offline.js";
import { wipedSince } from "./read.js";
import { signedOut } from "./session.js";
import { refusal, toast } from "./toast.js";

const STORE = "km-read:posts";
const OURS = "#fb-part form, form#use-part, #use-part form, form[hx-post$='/gaps/report']";
const GATEWAY = [502, 503, 504];
const TRIES = 3; // an ill service is asked so often
const WAIT = 15_000;
const before = new Map(); // id: what stood where the key was pressed
let running = false;

function items() {
  let held = { login: "", items: [] };
  try {
    held = JSON.parse(sessionStorage.getItem(STORE)) || held;
  } catch { /* not ours: it goes */ }
  if (held.login === document.body.dataset.login && held.items.every((item) => !wipedSince(item.at))) return held.items;
  sessionStorage.removeItem(STORE);
  return [];
}

function store(all) {
  if (!all.length) return sessionStorage.removeItem(STORE);
  sessionStorage.setItem(STORE, JSON.stringify({ login: document.body.dataset.login, items: all }));
}

function drop(id) {
  store(items().filter((item) => item.id !== id));
}

function placeOf(item) {
  return document.querySelector(`[data-post="${item.id}"]`);
}

/** What the person pressed, in its own words. */
function named(form, button) {
  const words = [...(button?.childNodes || [])].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim());
  return button?.getAttribute("aria-label") || words.join("") || form.querySelector("input[aria-label]")?.getAttribute("aria-label") || "";
}

function waiting(item, id) {
  const key = id === "use-part" ? "z" : "u";
  const back = make("button", "btn btn-s btn-quiet", text("takeBack"), make("kbd", "", key.toUpperCase()));
  back.type = "button";
  back.dataset.key = key;
  back.addEventListener("click", () => {
    drop(item.id);
    placeOf(item)?.replaceWith(before.get(item.id));
  });
  const node = make("div", id === "use-part" ? "fb-use" : "fb-p fb-said", make("span", "st warn", icon("st-warn"), text("postKept", { what: item.what })), back);
  if (id) node.id = id;
  node.dataset.post = item.id;
  node.setAttribute("role", "status");
  return node;
}

function keepPost({ elt, target, requestConfig }) {
  const item = { id: `${Date.now()}-${items().length}`, at: Date.now(), tries: 0, address: requestConfig.path, fields: [...requestConfig.formData],
    what: named(elt, requestConfig.triggeringEvent?.submitter) };
  try {
    store([...items(), item]);
  } catch {
    return toast(text("noAnswer"), "bad"); // the window's room is full
  }
  release(elt);
  before.set(item.id, target);
  target.replaceWith(waiting(item, target.getAttribute("id") || "")); // a field of it may be named id
}

function post(item) {
  return fetch(item.address, { method: "POST", body: new URLSearchParams(item.fields), headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(WAIT) })
    .then(async (answer) => ({ status: answer.status, ok: answer.ok, page: await answer.text() })).catch(() => null);
}

function show(item, page) {
  const holder = document.createElement("template");
  holder.innerHTML = page; // our own server's fragment; scripts in it would not run
  const fresh = holder.content.firstElementChild;
  const place = placeOf(item);
  if (!place || !fresh) return;
  place.replaceWith(fresh);
  window.htmx?.process(fresh);
}

/** Send one. Answers whether the next may follow. */
async function sendOne(item) {
  const rest = items(); // another request may hear first that the session is over, and wipe them
  const answer = await post(item);
  if (!answer) {
    suspect();
    return false;
  }
  if (answer.status === 401) {
    signedOut(() => { store(rest.map((one) => ({ ...one, at: Date.now() }))); send(); }, true);
    return false;
  }
  if ((answer.status >= 500 || answer.status === 429) && item.tries + 1 < TRIES) {
    store(items().map((one) => (one.id === item.id ? { ...one, tries: one.tries + 1 } : one)));
    return false;
  }
  drop(item.id);
  if (answer.ok) show(item, answer.page);
  else {
    if (before.has(item.id)) placeOf(item)?.replaceWith(before.get(item.id));
    toast(text("postRefused", { what: item.what, why: refusal(answer.status, answer.page) }), "bad");
  }
  return answer.ok ? 1 : true;
}

async function send() {
  if (running || isLost()) return;
  running = true;
  let sent = 0;
  for (let next = items()[0], went; next; next = went && items()[0]) {
    went = await sendOne(next);
    if (went === 1) sent += 1;
  }
  running = false;
  if (sent) toast(text("postsSent", { n: sent }), "ok");
}

function failed(event) {
  const { elt, xhr } = event.detail;
  if (!elt.matches?.(OURS) || (event.type === "htmx:responseError" && (!GATEWAY.includes(xhr.status) || xhr.getResponseHeader("X-Request-Id")))) return;
  event.stopImmediatePropagation(); // said here, and no more in a corner
  keepPost(event.detail);
  suspect().then((lost) => { if (!lost) setTimeout(send, 1000); });
}

export function start() {
  if (!document.body.dataset.login) return;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isLost() || !event.detail.elt.matches?.(OURS)) return;
    event.preventDefault();
    keepPost(event.detail);
  });
  for (const fault of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(fault, failed, true);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) send(); });
  document.addEventListener("km:back", send);
  document.addEventListener("km:wiped", () => {
    const n = running ? 0 : JSON.parse(sessionStorage.getItem(STORE) || "{}").items?.length;
    sessionStorage.removeItem(STORE);
    if (n) toast(text("postsGone", { n }), "bad");
  });
  setTimeout(send);
}
