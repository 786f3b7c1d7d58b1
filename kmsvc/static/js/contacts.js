// The contact one deals with now: Enter takes the number and leaves the field, so that the keys of the answer act at once. An
// answer that was linked without a number asks for it: what is typed until its field is there goes into the field, and is no key.
import { composing } from "./compose.js";

const leaves = (field) => field.id === "contact-now" || (field.id === "use-number" && !field.value.trim()); // by Enter
let typed = null; // signs typed while the field is on its way
let asked = null; // the form that asks for it; gone without a field when another answer took its place

function awaits(form) {
  return form instanceof Element && form.matches("form.fb-use") && !document.getElementById("contact-now")?.value.trim();
}

function hold(event) {
  if (!asked?.isConnected && !document.getElementById("use-number")) typed = null;
  if (typed === null || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  typed += event.key;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function arrived() {
  const field = document.getElementById("use-number");
  if (typed === null || !field) return;
  field.value += typed;
  field.focus();
  typed = null;
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || composing(event) || !leaves(event.target)) return;
    event.preventDefault();
    event.target.blur(); // what was typed is sent by the change this makes
  });
  document.addEventListener("keydown", hold, true);
  document.addEventListener("submit", (event) => { if (awaits(event.target)) [typed, asked] = ["", event.target]; }, true);
  document.addEventListener("htmx:afterSettle", arrived);
  document.addEventListener("htmx:afterRequest", (event) => { // refused, or linked to a number that the service remembers
    if (event.target.closest?.(".fb-use")) setTimeout(() => { typed = null; }, 100);
  });
}
