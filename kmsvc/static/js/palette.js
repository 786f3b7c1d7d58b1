// Ctrl-K: go to a record, do something, or search for the words. Keyboard first, an ARIA combobox.
import { data, icon, make, text } from "./data.js";
import { composing } from "./compose.js";
import { openDrawer } from "./drawer.js";
import { signedOut } from "./session.js";
import { openHelp, otherTheme, setTheme } from "./shell.js";

const dialog = document.getElementById("palette");
const box = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const block = document.getElementById("km-actions");
const actions = block ? JSON.parse(block.textContent) : [];
const glyphs = { article: "book", knowledge: "book", process: "flow", change: "branch", form: "doc", person: "user" };
const FEW = 3;
let items = [];
let at = 0;
let asked = 0;

export function openPalette() {
  if (!dialog || dialog.open) return;
  box.value = "";
  dialog.showModal();
  box.focus();
  show("", []);
}

function run(item) {
  dialog.close();
  if (item.run === "help") return openHelp();
  if (item.run === "propose") return openDrawer();
  if (item.run === "theme") return setTheme(otherTheme());
  location.assign(item.href);
}

function mark(index) {
  at = Math.max(0, Math.min(items.length - 1, index));
  items.forEach((item, i) => item.node.setAttribute("aria-selected", String(i === at)));
  if (items[at]) {
    box.setAttribute("aria-activedescendant", items[at].node.id);
    items[at].node.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function row(item) {
  const node = make("div", "palette-i", icon(item.icon), make("span", "clip", item.label));
  if (item.note) node.append(make("span", "meta", item.note));
  if (item.key) node.append(make("kbd", item.note ? "" : "push", item.key));
  node.id = `palette-${items.length}`;
  node.setAttribute("role", "option");
  node.addEventListener("click", () => run(item));
  items.push({ ...item, node });
  return node;
}

function group(name, rows) {
  if (!rows.length) return;
  const part = make("div", "", make("div", "palette-g", text(name)));
  part.setAttribute("role", "group");
  part.setAttribute("aria-label", text(name));
  part.append(...rows.map(row));
  list.append(part);
}

// How well a name fits what was typed: the whole of it, its beginning, a part of it, or not at all.
const WHOLE = 3, BEGINS = 2, HAS = 1;

function fit(names, words) {
  if (!words) return HAS;
  const low = words.toLowerCase();
  const bare = low.replaceAll(" ", "");
  return Math.max(0, ...names.map((name) => name.toLowerCase()).map((name) =>
    name === low || name === bare ? WHOLE : name.startsWith(low) || name.startsWith(bare) ? BEGINS : name.includes(low) ? HAS : 0));
}

// Of a section or an act the name counts with any part of it, its spellings only from their beginning.
function fitOf(action, words) {
  const spelt = fit((action.also || "").split(" "), words);
  return Math.max(fit([action.label], words), spelt >= BEGINS || !words ? spelt : 0);
}

const best = (rows) => Math.max(0, ...rows.map((one) => one.fit));

function show(words, found) {
  items = [];
  list.replaceChildren();
  const fitting = (kind) => actions.filter((action) => action.kind === kind).map((action) => ({ ...action, fit: fitOf(action, words) }))
    .filter((action) => action.fit).sort((one, two) => two.fit - one.fit);
  const records = found.map((hit) => ({ label: hit.title, note: hit.number || "", href: hit.url, icon: glyphs[hit.kind] || "doc",
    fit: Math.max(HAS, fit([hit.title, hit.number || ""], words)) })); // what the search found fits in some way
  const going = fitting("go"), doing = fitting("do");
  const over = (rows) => rows.filter((one) => words && one.fit >= BEGINS && one.fit >= best(records)); // named no worse than any record
  const goesOver = over(going), doesOver = over(doing);
  const rest = [...records, ...going.filter((one) => !goesOver.includes(one))];
  const first = [["goTo", goesOver], ["doIt", doesOver]].sort((one, two) => best(two[1]) - best(one[1]));
  const parts = doesOver.length ? [...first, ["goTo", rest]] : [["goTo", [...goesOver, ...rest]]];
  for (const [name, rows] of [...parts, ["doIt", doing.filter((one) => !doesOver.includes(one))]]) group(name, rows);
  if (words) list.append(row({ label: text("askFor", { q: words }), href: `${data.search}?q=${encodeURIComponent(words)}`, icon: "search" }));
  mark(0);
}

async function ask(address, query) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) signedOut();
  return answer.ok ? (await answer.json()).items || [] : [];
}

async function suggest(words) {
  const mine = ++asked;
  show(words, []); // at once, so that a quick Enter means these words and not what stood here before
  if (!words) return;
  try {
    const found = await ask(data.suggest, { q: words });
    if (mine !== asked) return; // a newer question is on its way
    show(words, found);
    if (found.length >= FEW) return;
    // Few names begin like this: the search knows misspellings, parts of numbers and what stands in the texts.
    const known = new Set(found.map((hit) => hit.url));
    const more = (await ask(data.hits, { q: words, limit: 6 })).filter((hit) => !known.has(hit.url));
    if (mine === asked && more.length) show(words, [...found, ...more]);
  } catch {
    if (mine !== asked) return;
    show(words, []);
    list.prepend(make("p", "palette-g", text("suggestFailed")));
  }
}

export function start() {
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openPalette();
  });
  dialog.addEventListener("close", () => box.blur()); // or the next single key would still count as typing
  box.addEventListener("km:query", () => suggest(box.value.trim()));
  box.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
    if (steps[event.key]) mark(at + steps[event.key]);
    else if (event.key === "Enter" && items[at]) run(items[at]);
    else return;
    event.preventDefault();
  });
}
