// Bulletins over every page: a light question now and then while somebody looks; nearly always the answer is «as before».
import { wipe } from "./read.js";

const EVERY = 20_000;

let signedIn = true;
let asking = false;

function place() {
  return document.getElementById("bulletins");
}

async function ask() {
  const now = place();
  if (!now || asking || !signedIn || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(now.dataset.bulletins, {
      cache: "no-store", headers: { "If-None-Match": `"${now.dataset.tag}"`, "X-Requested-With": "fetch", Accept: "text/html" } });
    if (answer.status === 401) {
      signedIn = false;
      wipe();
    }
    if (answer.status === 200) show(await answer.text(), now.dataset.tag);
  } catch {
    document.dispatchEvent(new CustomEvent("km:no-answer"));
  } finally {
    asking = false;
  }
}

function show(page, tag) {
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("bulletins");
  const now = place();
  if (!fresh || !now || now.dataset.tag !== tag || now.contains(document.activeElement)) return; // it is being read or pressed
  for (const text of now.querySelectorAll("details[open]")) { // what was unfolded stays so
    const same = fresh.querySelector(`[aria-label="${CSS.escape(text.closest("section").ariaLabel)}"] details`);
    if (same) same.open = true;
  }
  if (now.classList.contains("all")) unfold(fresh, true);
  now.replaceWith(document.adoptNode(fresh));
  window.htmx?.process(fresh);
}

/** Show the ones behind the first, or fold them away again. */
function unfold(region, on) {
  region.classList.toggle("all", on);
  region.querySelector("[data-bulletins-all]")?.setAttribute("aria-expanded", String(on));
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-bulletins-all]");
    if (button) unfold(place(), !place().classList.contains("all"));
  });
  // Windows that were opened together do not ask together.
  setTimeout(() => setInterval(ask, EVERY), Math.random() * EVERY);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("km:signed-in", () => { signedIn = true; ask(); });
}
