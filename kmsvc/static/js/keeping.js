// A long form of one's own answers (`data-keep="name"`) keeps what is typed in this browser until it is sent: a closed window, a
// phone that falls asleep and a lost session lose nothing. Gone with the sign-out, as other drafts are, and once it was taken.
import { text } from "./data.js";

const PREFIX = "km-draft:";

function keyOf(name) {
  return `${PREFIX}${document.body.dataset.login || ""}:keep:${name}`;
}

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || ["hidden", "password", "submit", "button"].includes(field.type)) continue;
    if (["radio", "checkbox"].includes(field.type)) {
      values[field.name] ||= [];
      if (field.checked) values[field.name].push(field.value);
    } else values[field.name] = field.value;
  }
  return values;
}

function put(form, values) {
  for (const field of form.elements) {
    if (!(field.name in values)) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = values[field.name].includes(field.value);
    else if (field.type !== "hidden") field.value = values[field.name];
  }
}

function said(form) {
  const place = form.querySelector("[data-keep-said]");
  if (place) place.textContent = text("keptHere");
}

export function start() {
  const form = document.querySelector("form[data-keep]");
  for (const place of document.querySelectorAll("[data-kept-done]")) {
    try { localStorage.removeItem(keyOf(place.dataset.keptDone)); } catch { /* nothing was kept */ }
  }
  if (!form) return;
  const key = keyOf(form.dataset.keep);
  try {
    const held = JSON.parse(localStorage.getItem(key) || "null");
    if (held && !form.querySelector("[data-form-errors]")) { // a refused form brings what was typed itself
      put(form, held);
      said(form);
    }
  } catch { /* not ours */ }
  form.addEventListener("input", () => {
    try {
      localStorage.setItem(key, JSON.stringify(valuesOf(form)));
      said(form);
    } catch { /* a private window keeps nothing */ }
  });
}
