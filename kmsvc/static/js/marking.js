// The desk of a marker by keyboard, by physical keys, so that a Chinese input method may stay switched on: nothing has the cursor,
// digits give points (or full points to a line of the rubric), Enter goes on. While a word is composed the keys belong to it.
import { composing, typing } from "./compose.js";
import { singleKeysOff } from "./keys.js";

const desk = document.querySelector("[data-marking]");

function digit(event) {
  const found = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  return found && !event.shiftKey ? Number(found[1]) : null;
}

function lines() {
  return [...document.querySelectorAll("#mark-form [data-line]")];
}

function field(line) {
  return line.querySelector("input");
}

function dress() {
  for (const line of lines()) line.classList.toggle("on", Number(field(line).value || 0) > 0);
  const only = lines().length === 1 ? field(lines()[0]).value : "";
  document.querySelectorAll("[data-points]").forEach((one) => one.classList.toggle("on", only !== "" && only === one.dataset.points));
}

function put(line, value) {
  field(line).value = value;
  dress();
}

/** Full points to a line, or none if it has them; whatever was not spoken of gets none, so that one key is a whole mark. */
function toggle(line) {
  const full = field(line).value === line.dataset.most;
  put(line, full ? "0" : line.dataset.most);
  for (const other of lines()) if (field(other).value === "") put(other, "0");
}

function points(n) {
  const all = lines();
  if (all.length > 1 || document.querySelector("[data-full]")) {
    if (n === 0) return all.forEach((line) => put(line, "0"));
    return all[n - 1] && toggle(all[n - 1]);
  }
  const longer = field(all[0]).value + n; // 1 and 0 make 10 where the question is worth that much
  put(all[0], field(all[0]).value !== "" && Number(longer) <= Number(all[0].dataset.most) && longer !== "00" ? String(Number(longer)) : String(n));
}

function press(selector) {
  const box = document.querySelector(selector);
  if (!box) return false;
  box.closest("details")?.setAttribute("open", "");
  box.click();
  return true;
}

function onKey(event) {
  const form = document.querySelector("#mark-form");
  if (!form || composing(event) || event.ctrlKey || event.metaKey || event.altKey || singleKeysOff() || document.querySelector("dialog[open]")) return;
  const inLine = event.target instanceof Element && event.target.closest("[data-line]");
  if (event.code === "Enter" || event.code === "NumpadEnter") {
    if (event.repeat || (event.target instanceof Element && event.target.closest("a, button, summary, textarea") && !inLine)) return;
    if (typing(event.target) && !inLine && !event.target.closest("#mark-form")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    return form.requestSubmit(form.querySelector("[data-next]"));
  }
  if (typing(event.target)) return;
  const n = digit(event);
  if (n !== null) points(n);
  else if (event.code === "KeyF" && press("#mark-form [data-flag]")) { /* done */ } else if (event.code === "KeyG" && press("#mark-form [data-key-g]")) { /* done */ } else if (event.code === "Backspace") lines().forEach((line) => put(line, ""));
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

if (desk) {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", dress);
  document.addEventListener("click", (event) => {
    const pad = event.target instanceof Element && event.target.closest("[data-points]");
    if (pad) put(lines()[0], pad.dataset.points);
    const full = event.target instanceof Element && event.target.closest("[data-full]");
    if (full) toggle(full.closest("[data-line]"));
  });
  document.addEventListener("km:page", dress);
  dress();
}
