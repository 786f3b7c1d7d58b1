// The fields of a question as an answer, and an answer as fields: one pair of functions for each kind. Nothing here sends.
import { text } from "./data.js";

const some = (found) => (Object.keys(found).length ? found : null);
const own = (root, what) => [...root.querySelectorAll(what)].filter((one) => one.closest("[data-answer]") === root);
const one = (root, what) => own(root, what)[0];

const READ = {
  single: (root) => one(root, "input:checked")?.value ?? null,
  multiple: (root) => some(own(root, "input:checked").map((box) => box.value)),
  true_false: (root) => { const box = one(root, "input:checked"); return box ? box.value === "true" : null; },
  fill_in: (root) => some(Object.fromEntries(own(root, "[data-blank]").filter((box) => box.value.trim()).map((box) => [box.dataset.blank, box.value]))),
  numeric: (root) => one(root, "input").value.trim() || null,
  ordering: (root) => (root.dataset.given ? own(root, "[data-id]").map((row) => row.dataset.id) : null),
  matching: (root) => some(Object.fromEntries(own(root, "[data-left]").filter((box) => box.value).map((box) => [box.dataset.left, box.value]))),
  short_answer: (root) => (one(root, "textarea").value.trim() ? one(root, "textarea").value : null),
  file: (root) => (root.dataset.file ? JSON.parse(root.dataset.file) : null),
  case: (root) => some(Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, read(part)]).filter(([, value]) => value !== null))),
};

const WRITE = {
  single: (root, value) => own(root, "input").forEach((box) => { box.checked = box.value === value; }),
  multiple: (root, value) => own(root, "input").forEach((box) => { box.checked = (value || []).includes(box.value); }),
  true_false: (root, value) => own(root, "input").forEach((box) => { box.checked = box.value === String(value); }),
  fill_in: (root, value) => own(root, "[data-blank]").forEach((box) => { box.value = value?.[box.dataset.blank] ?? ""; }),
  numeric: (root, value) => { one(root, "input").value = value ?? ""; },
  ordering: (root, value) => {
    const list = one(root, "[data-order]");
    (value || []).forEach((id) => { const row = list.querySelector(`[data-id="${CSS.escape(id)}"]`); if (row) list.append(row); });
    given(root, Boolean(value));
  },
  matching: (root, value) => own(root, "[data-left]").forEach((box) => { box.value = value?.[box.dataset.left] ?? ""; }),
  short_answer: (root, value) => { one(root, "textarea").value = value ?? ""; },
  file: (root, value) => {
    if (value) root.dataset.file = JSON.stringify(value);
    else delete root.dataset.file;
    one(root, "[data-file-said]").textContent = value ? text("fileKept", { name: value.name }) : "";
  },
  case: (root, value) => root.querySelectorAll("[data-part]").forEach((part) => write(part, value?.[part.dataset.part] ?? null)),
};

/** The answer that stands in a question; null where there is none. */
export function read(root) {
  return READ[root.dataset.answer](root);
}

/** Put an answer into a question. */
export function write(root, value) {
  WRITE[root.dataset.answer](root, value);
}

/** Whether the order of a list is an answer yet: as it comes it is none. */
export function given(root, is) {
  if (is) root.dataset.given = "1";
  else delete root.dataset.given;
  one(root, "[data-order-said]").textContent = text(is ? "orderKept" : "orderOpen");
}

function changed(root) {
  root.dispatchEvent(new CustomEvent("km:answer", { bubbles: true, detail: { slow: false } }));
}

function shift(row, step, say) {
  const list = row.parentElement;
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  row.focus();
  const rows = [...list.children];
  say(text("moved", { what: row.dataset.words, i: rows.indexOf(row) + 1, n: rows.length }));
  given(row.closest("[data-answer]"), true);
  changed(row);
}

/** Ordering by Alt and arrows, by its buttons, by dragging. */
export function startOrdering(place, say) {
  let dragged = null;
  place.addEventListener("click", (event) => {
    const move = event.target.closest("[data-move]");
    if (move) {
      shift(move.closest("[data-id]"), Number(move.dataset.move), say);
      move.focus();
    }
    const keep = event.target.closest("[data-order-keep]");
    if (keep) {
      given(keep.closest("[data-answer]"), true);
      changed(keep);
    }
  });
  place.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-order] [data-id]");
    if (!row || !event.altKey || event.isComposing || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    shift(row, event.key === "ArrowUp" ? -1 : 1, say);
  });
  place.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-order] [data-id]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  place.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-order] [data-id]");
    if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged);
    else over.after(dragged);
  });
  place.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  place.addEventListener("dragend", () => {
    if (!dragged) return;
    given(dragged.closest("[data-answer]"), true);
    changed(dragged);
    dragged = null;
  });
}

/** The option under a digit or a letter, in the question that is asked. Answers whether there is one. */
export function choose(section, key) {
  const nth = /^[1-9]$/.test(key) ? Number(key) : /^[a-i]$/.test(key) ? key.charCodeAt(0) - 96 : 0;
  if (!nth) return false;
  const inside = document.activeElement?.closest?.(".sit-p");
  const root = inside && section.contains(inside) ? inside : [...section.querySelectorAll("[data-answer]")].find((each) => one(each, "[data-nth]"));
  const box = root && [...root.querySelectorAll(`[data-nth="${nth}"]`)][0];
  if (!box) return false;
  if (box.type === "radio" && box.checked) { // the same key again takes the answer back
    box.checked = false;
    changed(root);
  } else box.click();
  box.focus({ preventScroll: true });
  return true;
}
