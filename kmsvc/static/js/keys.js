// Shortcuts by physical key, so that they work with a Chinese input method switched on. Inactive while typing or
// composing; the reader can switch the single keys off. Any visible element with data-key="x" is pressed by x.
import { data } from "./data.js";
import { composing, typing } from "./compose.js";
import { refuseCopy } from "./copy.js";
import { openDrawer } from "./drawer.js";
import { openPalette } from "./palette.js";
import { openHelp } from "./shell.js";

const OFF = "km-keys";
const NEVER = -Infinity;
let lastEscape = NEVER;

export function singleKeysOff() {
  return localStorage.getItem(OFF) === "off";
}

/** The letter, digit or sign on the key cap, whatever the input method makes of it. */
function cap(event) {
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return letter[1].toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit && !event.shiftKey) return digit[1];
  if (event.code === "Slash") return event.shiftKey || event.key === "?" ? "?" : "/";
  return event.key === "/" || event.key === "?" ? event.key : event.code;
}

function visible(element) {
  return element.getClientRects().length > 0;
}

/** Put the cursor into the search box of this page, its text selected; without one open the palette. */
export function focusSearch(boxes = "[data-search], [data-search-box]") {
  const box = [...document.querySelectorAll(boxes)].find(visible);
  if (!box) return openPalette();
  box.focus();
  box.select();
}

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row], [data-row]")].filter((row, i, all) => all.indexOf(row) === i && visible(row));
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.classList.contains("on"));
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
  all.forEach((row) => { row.classList.remove("on"); row.removeAttribute("aria-current"); });
  next.classList.add("on");
  next.setAttribute("aria-current", "true");
  markFirst();
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("[data-open]") || next.querySelector("a[href]"))?.focus({ preventScroll: true });
  return true;
}

// The first row of the list that this page is about: Enter opens it while no row is chosen. Marked for the eye alone; the
// cursor stays where it is and nothing is announced.
function firstRow() {
  const list = document.querySelector("form.filters")?.closest("section, .panel, main")?.querySelector("[data-list]");
  return document.querySelector("[data-row].on") ? null : [...(list?.querySelectorAll("[data-row]") || [])].find((row) => visible(row) && row.querySelector("a[href]"));
}

function markFirst() {
  document.querySelectorAll("[data-first]").forEach((row) => row.removeAttribute("data-first"));
  if (!singleKeysOff()) firstRow()?.setAttribute("data-first", "");
}

function openRow(current) {
  (current.querySelector("[data-open]") || current.querySelector("a[href]"))?.click();
}

function single(event, key) {
  if (key === "/") return focusSearch();
  if (key === "?") return openHelp();
  const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(visible);
  const pressed = named.find((one) => one.closest("[data-walk]")) || named[0]; // the question that is asked comes before all else
  if (pressed) {
    pressed.click();
    pressed.control?.focus({ preventScroll: true }); // a label: Enter goes on from its field
    return true;
  }
  if (key === "c") return refuseCopy();
  const current = document.querySelector("[data-row].on");
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const meant = current || (key === "Enter" && firstRow());
  if (key === "Enter" && meant && !event.target.closest("a, button, summary, label, input")) return openRow(meant);
  if (key === "x" && current) return current.querySelector("input[type=checkbox]")?.click();
  if (key === "s" && data.newChange) return openDrawer();
  return false;
}

function escape(event) {
  if (document.querySelector("dialog[open]")) {
    lastEscape = event.timeStamp; // this one closes the dialog, the next leads to the search
    return;
  }
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    lastEscape = event.timeStamp;
    return;
  }
  const leave = [...document.querySelectorAll("[data-leave]")].find(visible);
  if (leave && !typing(event.target) && !singleKeysOff()) return leave.click(); // one way out of what was entered on purpose
  if (event.timeStamp - lastEscape < 700) {
    lastEscape = NEVER;
    event.preventDefault(); // or the same key would close the palette that it opens
    focusSearch("[data-search]"); // the search of everything, not the filter of this list
    return;
  }
  lastEscape = event.timeStamp;
  if (typing(event.target)) event.target.blur();
}

function onKey(event) {
  if (composing(event) || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape") return escape(event);
  lastEscape = NEVER;
  // the key that leads to the search, pressed once more in it
  if (cap(event) === "/" && event.target.matches?.("[data-search]") && !event.target.value) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = cap(event);
  if (event.shiftKey && key !== "?") return;
  if (singleKeysOff()) return;
  if (single(event, key) !== false) event.preventDefault();
}

/** Keys that were pressed on this page before its scripts were there. The first that does something is enough. */
export function catchUp() {
  const early = window.kmEarlyKeys?.() || [];
  if (singleKeysOff() || typing(document.activeElement)) return;
  early.some((event) => !event.shiftKey && event.key !== "Escape" && single(event, cap(event)) !== false);
}

export function start() {
  document.addEventListener("keydown", onKey);
  markFirst();
  document.addEventListener("htmx:afterSwap", markFirst);
  document.querySelectorAll("[data-keys-off]").forEach((box) => {
    box.checked = singleKeysOff();
    box.addEventListener("change", () => {
      localStorage.setItem(OFF, box.checked ? "off" : "on");
      markFirst();
    });
  });
}
