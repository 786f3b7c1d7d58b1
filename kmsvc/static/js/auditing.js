// The board of a process audit by keyboard, by physical keys, so that a Chinese input method may stay switched on: 1 2 3 answer the
// questions with yes, then no; 0 is three times yes; 4 5 6 choose the result, which otherwise follows the answers; N goes to the notes,
// Enter notes it all and goes on. J and K are the buttons of the page.
import { composing, typing } from "./compose.js";
import { singleKeysOff } from "./keys.js";

const RESULTS = { 4: "keep", 5: "update", 6: "withdraw" };
let chosen = false; // somebody chose the result: answers no longer move it

function form() {
  return document.querySelector("#audit-form");
}

function choose(name, value) {
  const box = form().querySelector(`input[name="${name}"][value="${value}"]`);
  if (box) box.checked = true;
}

function value(name) {
  return form().querySelector(`input[name="${name}"]:checked`)?.value || "";
}

function questions() {
  return [...form().querySelectorAll("[data-question]")].map((row) => row.querySelector("input").name);
}

function follow() {
  if (chosen) return;
  const answers = questions().map(value);
  if (answers[0] === "no") choose("result", "withdraw");
  else if (answers.every(Boolean)) choose("result", answers.includes("no") ? "update" : "keep");
}

function press(n) {
  if (n === 0) {
    chosen = false;
    questions().forEach((name) => choose(name, "yes"));
  } else if (RESULTS[n]) {
    chosen = true;
    choose("result", RESULTS[n]);
  } else {
    const name = questions()[n - 1];
    if (!name) return false;
    choose(name, value(name) === "yes" ? "no" : "yes");
  }
  follow();
  return true;
}

function onKey(event) {
  if (!form() || composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || singleKeysOff() || document.querySelector("dialog[open]")) return;
  if (typing(event.target)) return;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  let done = false;
  if (digit) done = press(Number(digit[1]));
  else if (event.code === "KeyN") {
    form().querySelector("textarea[name=findings]").focus();
    done = true;
  } else if (event.code === "Enter" || event.code === "NumpadEnter") {
    if (event.repeat || event.target.closest?.("a, button, summary")) return;
    form().requestSubmit(form().querySelector("[data-next]"));
    done = true;
  }
  if (!done) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("change", (event) => {
  if (!form() || !(event.target instanceof Element) || !form().contains(event.target)) return;
  if (event.target.name === "result") chosen = true;
  else follow();
});

function ready() {
  form()?.setAttribute("data-ready", "");
}

document.addEventListener("km:page", ready);
ready();
