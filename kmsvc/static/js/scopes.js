// Picking values by typing: what is typed leaves the boxes whose name holds it, Enter ticks the first, arrows go from box to box,
// a letter on a box goes on with the name, Esc empties the field and then closes what it stands in.
import { composing } from "./compose.js";

const plain = (words) => words.normalize("NFKC").toLowerCase().replace(/[\s_\-/·]+/g, "");

function rows(root, all = false) {
  return [...root.querySelectorAll("[data-scopes-name]")].filter((row) => all || !row.hidden);
}

function sift(root, find) {
  const wanted = plain(find.value);
  for (const row of rows(root, true)) row.hidden = wanted !== "" && !plain(row.dataset.scopesName).includes(wanted);
  for (const group of root.querySelectorAll("[data-scopes-group]")) group.hidden = !group.querySelector("[data-scopes-name]:not([hidden])");
  root.querySelector("[data-scopes-none]").hidden = rows(root).length > 0;
  root.querySelectorAll(".next").forEach((row) => row.classList.remove("next"));
  if (wanted) rows(root)[0]?.classList.add("next");
}

function box(row) {
  return row?.querySelector("input[type=checkbox]");
}

function step(root, from, by) {
  const all = rows(root);
  const now = all.indexOf(from.closest("[data-scopes-name]"));
  const next = all[now + by];
  (box(next) || (now + by < 0 ? root.querySelector("[data-scopes-find]") : from)).focus();
}

function onKey(event) {
  const root = event.target instanceof Element && event.target.closest("[data-scopes]");
  if (!root || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const find = root.querySelector("[data-scopes-find]");
  const inFind = event.target === find;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    event.stopPropagation();
    if (!inFind) step(root, event.target, by);
    else if (by > 0) box(rows(root)[0])?.focus();
  } else if (event.key === "Enter") {
    event.preventDefault(); // neither sends the form
    event.stopPropagation();
    const wanted = inFind ? find.value && box(rows(root)[0]) : event.target.matches("input") && event.target;
    if (!wanted) return;
    wanted.click();
    if (inFind) { find.value = ""; sift(root, find); }
  } else if (event.key === "Escape" && inFind && find.value) {
    event.stopPropagation();
    event.preventDefault();
    find.value = "";
    sift(root, find);
  } else if (!inFind && event.key.length === 1 && event.key !== " ") {
    event.stopPropagation(); // a letter on a box goes on with the name, and is no key of the page
    find.focus();
  }
}

/** The picked values of an editor, in the line of its fold. */
function tell(root) {
  const line = root.closest("details")?.querySelector("[data-scopes-told]");
  if (!line) return;
  line.textContent = [...root.querySelectorAll("input:checked")].map((one) => one.nextElementSibling.textContent).join(" · ") || line.dataset.scopesTold;
}

export function start() {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-scopes-find]")) sift(event.target.closest("[data-scopes]"), event.target);
  });
  document.addEventListener("change", (event) => {
    const root = event.target instanceof Element && event.target.closest("[data-scopes]");
    if (root) tell(root);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target instanceof Element && event.target.matches("details[open]")) event.target.querySelector("[data-scopes-find]")?.focus();
  }, true);
}
