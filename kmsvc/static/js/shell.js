// The frame: menus that close, the theme without a page load, the help dialog, drafts cleared at sign-out.
import { data } from "./data.js";

/** Switch light and dark now, and tell the server so that the next page is painted right at once. */
export function setTheme(choice) {
  const root = document.documentElement;
  root.dispatchEvent(new CustomEvent("km:theme", { detail: choice }));
  document.querySelectorAll("[data-theme-switch] [aria-pressed]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === choice));
  });
  const body = new URLSearchParams({ theme: choice, then: location.pathname });
  fetch(`${data.root}/preferences`, { method: "POST", body, redirect: "manual" }).catch(() => {});
}

/** The other of light and dark, from what is on the screen now. */
export function otherTheme() {
  return document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
}

/** What an element is called, without the sign of its key and without its number. */
function called(element) {
  if (element.ariaLabel) return element.ariaLabel;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg, input, select, .n").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

/** The keys of this page, read off what they press. */
function listKeysHere(help) {
  const rows = [...document.querySelectorAll("[data-key]")].filter((one) => one.getClientRects().length && called(one)).map((one) => {
    const row = document.createElement("div");
    const [term, key, said] = ["dt", "kbd", "dd"].map((name) => document.createElement(name));
    key.textContent = one.dataset.key.toUpperCase();
    said.textContent = called(one);
    term.append(key);
    row.append(term, said);
    return row;
  });
  help.querySelector("[data-keys-here]").replaceChildren(...rows);
  help.querySelectorAll(".help-here").forEach((part) => { part.hidden = !rows.length; });
}

export function openHelp() {
  const help = document.getElementById("help");
  if (!help || help.open) return;
  listKeysHere(help);
  help.showModal();
}

export function start() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (event.target.closest("[data-help]")) {
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
      openHelp();
    }
    if (event.target instanceof HTMLDialogElement && event.target.id) event.target.close(); // the backdrop
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-theme-switch]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      setTheme(event.submitter?.hasAttribute("aria-pressed") ? event.submitter.value : otherTheme());
    }
    if (form.matches("[data-sign-out]")) {
      // Unsaved drafts may hold restricted text: they do not outlive the session on a shared computer.
      for (const store of [localStorage, sessionStorage]) {
        Object.keys(store).filter((key) => /^km-(draft|kept|day):/.test(key)).forEach((key) => store.removeItem(key));
      }
    }
  }, true);
}
