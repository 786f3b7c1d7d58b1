// Plain forms, made forgiving: one submit is one submit, Ctrl-Enter sends, typed text survives an error page.
import { text } from "./data.js";
import { composing } from "./compose.js";

const KEEP = "km-kept:";

/** The form may be sent again. */
export function release(form) {
  delete form.dataset.busy;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// A second press while the first is on its way is swallowed. The button is not disabled: its value must be sent.
function guard(event) {
  const form = event.target;
  if (form.method !== "post" && !form.hasAttribute("hx-post")) return;
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busy = "1";
  const button = event.submitter;
  if (button) {
    button.setAttribute("aria-busy", "true");
    button.setAttribute("title", text("busy"));
  }
  setTimeout(() => release(form), 20000);
  remember(form);
}

function kept(form) {
  return `${KEEP}${document.body.dataset.login || ""}:${location.pathname}#${form.id || form.getAttribute("action") || ""}`;
}

const TEXTS = ["text", "search", "email", "date", "number", "select-one", "textarea"];

function textsOf(form) {
  return [...form.elements].filter((field) => field.name && TEXTS.includes(field.type));
}

function first(field) {
  return field.tagName === "SELECT" ? [...field.options].find((option) => option.defaultSelected)?.value || "" : field.defaultValue;
}

function remember(form) {
  const values = {};
  for (const field of textsOf(form)) if (field.value !== first(field)) values[field.name] = field.value;
  try {
    if (Object.keys(values).length) sessionStorage.setItem(kept(form), JSON.stringify({ values }));
  } catch { /* private window without storage: the browser's own form history has to do */ }
}

// After a submit the browser shows another page. An error page or sign-in holds the text for the way back; any other
// page means that it was taken.
function recall() {
  const refused = document.querySelector("[data-error-page], .gate") !== null;
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const mine = new Map([...document.forms].map((form) => [kept(form), form]));
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(KEEP))) {
    const held = JSON.parse(sessionStorage.getItem(key));
    if (refused) {
      sessionStorage.setItem(key, JSON.stringify({ ...held, held: true }));
      continue;
    }
    sessionStorage.removeItem(key);
    const form = mine.get(key);
    if (!form || !(held.held || back) || form.querySelector("[data-form-errors]")) continue;
    // A text that the editor guards is offered there, not put in unasked.
    for (const field of textsOf(form)) if (held.values[field.name] && !field.closest("[data-editor]")) field.value = held.values[field.name];
  }
}

/** The first field with a message, in the order of the page. */
export function firstWrong(root) {
  return root.querySelector("[aria-invalid=true], .field.wrong :is(input:not([type=hidden]), select, textarea)");
}

export function start() {
  document.addEventListener("submit", guard, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form || event.target.closest?.("form") || document.querySelector("form[data-main]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector(".btn-primary[type=submit], button.btn-primary:not([type])");
    if (button) button.click(); // a press like any other, so that fields.js hears of it
    else form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const next = event.target instanceof Element && event.target.closest("[data-cycle]");
    if (!next) return;
    const answers = [...next.closest("fieldset").querySelectorAll("input[type=radio]")];
    const one = answers[(answers.findIndex((answer) => answer.checked) + 1) % answers.length];
    one.click();
    one.focus();
  });
  document.addEventListener("click", (event) => {
    // «Back to the form» goes through the history, so that the browser brings the typed text back.
    const link = event.target instanceof Element && event.target.closest("a[data-back]");
    if (link && history.length > 1 && document.referrer.startsWith(location.origin)) {
      event.preventDefault();
      history.back();
    }
  });
  recall();
  firstWrong(document)?.focus();
}
