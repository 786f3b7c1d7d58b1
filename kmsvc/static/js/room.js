// The kept answers as a list and a text, for the search page, a dialog over any page, and the page that stands in for one.
import { icon, make, text } from "./data.js";
import { find, items, lastList, wordsOf } from "./read.js";

const MOST = 60; // rows; more words find the rest

/** Hours and minutes of an instant, with its day where it is not today's. */
export function at(instant) {
  const date = new Date(instant);
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString("en-CA")} ${time}`;
}

function expired(item) {
  const today = new Date().toLocaleDateString("en-CA");
  return item.expired || (item.valid_to !== null && item.valid_to < today);
}

function line(kind, mark, words) {
  const strip = make("div", `hint ${kind}`, icon(mark), make("span", "", words));
  return strip;
}

/** The text of a kept answer, with when it was kept and whether it has expired since. */
export function paper(item) {
  const body = make("div", "answer-b");
  body.append(line("warn", "st-warn", text("keptAt", { time: at(item.at) })));
  if (expired(item)) body.append(line("bad", "st-bad", text("keptExpired", { day: item.valid_to || "" })));
  const holder = document.createElement("template");
  holder.innerHTML = item.html; // the server's own fragment, as it was kept; scripts in it would not run
  body.append(holder.content);
  return body;
}

/** The same in the pane beside the results; without the answer a line that says that it is not kept. */
export function pane(key, title = "") {
  const item = find(key);
  const node = make("article", "answer", item ? paper(item) : make("div", "answer-b", make("h2", "", title), line("warn", "st-warn", text("notKept"))));
  node.id = "answer";
  node.dataset.answer = key;
  if (item) node.dataset.level = item.level;
  return node;
}

function words(query) {
  return query.trim().toLowerCase().split(/\s+/).filter(Boolean);
}

function named(hit, query) {
  const name = `${hit.title} ${hit.number || ""} ${hit.also || ""}`.toLowerCase();
  return words(query).every((word) => name.includes(word));
}

// Those whose title, number or other names have the words; then those whose text has them.
function fitting(hits, query) {
  const first = hits.filter((hit) => named(hit, query));
  const known = new Set(first);
  return [...first, ...hits.filter((hit) => !known.has(hit) && words(query).every((word) => wordsOf(hit).includes(word)))];
}

function hitRow(hit, n, held) {
  const node = make("a", "hit", make("span", "ti", hit.title), make("span", "use", ""),
    make("span", "kd", make("span", "num", hit.number || ""), make("span", "", held ? text("keptShort", { time: at(held.at) }) : text("notKeptShort"))));
  if (held && expired(held)) node.querySelector(".kd").append(make("span", "state t-bad", text("expired")));
  node.setAttribute("role", "option");
  node.setAttribute("aria-selected", "false");
  node.id = `hit-${n}`;
  node.href = held?.url || "#";
  node.dataset.hit = hit.key;
  node.dataset.preview = `kept:${hit.key}`;
  node.dataset.title = hit.title;
  return node;
}

/** The list: kept answers that have the words, then the last results. Rows are those of the search page. */
export function list(query = "") {
  const kept = items();
  const known = new Set(kept.map((item) => item.key));
  const last = lastList();
  const groups = [[text("keptAnswers"), fitting(kept, query).slice(0, MOST)],
    [last ? text("lastResults", { q: last.query }) : "", last ? last.hits.filter((hit) => !known.has(hit.key) && named(hit, query)) : []]];
  const box = make("div", "");
  box.id = "hits";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", text("keptAnswers"));
  let n = 0;
  for (const [title, hits] of groups) {
    if (!hits.length) continue;
    const head = make("div", "start-h", title);
    head.setAttribute("role", "presentation");
    box.append(head, ...hits.map((hit) => hitRow(hit, (n += 1), find(hit.key))));
  }
  if (!n) {
    box.removeAttribute("role");
    box.append(make("div", "panel-b", make("p", "sub", text(kept.length ? "noneKeptFits" : "noneKept"))));
  }
  return box;
}

/** A room of its own: a field, the list, the text. first: the key to open. */
export function room(first = "") {
  const field = make("input", "form-control");
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false, placeholder: text("keptSearch") });
  field.setAttribute("aria-label", text("keptSearch"));
  field.setAttribute("data-search-box", "");
  const rows = make("div", "ask-list all", list());
  const node = make("div", "room", make("div", "room-l", field, rows), pane(first || items()[0]?.key || "", text("noneKept")));
  const open = (hit) => {
    node.querySelector("#answer").replaceWith(pane(hit.dataset.hit, hit.dataset.title));
    rows.querySelectorAll("[role=option]").forEach((one) => one.setAttribute("aria-selected", String(one === hit)));
    hit.scrollIntoView({ block: "nearest" });
  };
  const options = () => [...rows.querySelectorAll("[role=option]")];
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    rows.replaceChildren(list(field.value));
    if (options()[0]) open(options()[0]);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new InputEvent("input")));
  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    const all = options();
    const next = all[Math.max(0, Math.min(all.length - 1, all.findIndex((one) => one.ariaSelected === "true") + step))];
    if (next) open(next);
  });
  node.addEventListener("click", (event) => {
    const hit = event.target.closest("[role=option]");
    if (!hit) return;
    event.preventDefault();
    open(hit);
  });
  const chosen = options().find((one) => one.dataset.hit === (first || items()[0]?.key));
  if (chosen) chosen.setAttribute("aria-selected", "true");
  return node;
}
