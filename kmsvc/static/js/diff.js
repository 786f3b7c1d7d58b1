// From change to change in a comparison: buttons and n / p, with a counter.
import { make, text } from "./data.js";

let at = -1;

function go(step) {
  const all = [...document.querySelectorAll("[data-change]")].filter((line) => line.getClientRects().length);
  if (!all.length) return;
  at = (at + step + all.length) % all.length;
  all.forEach((line) => line.classList.remove("here"));
  document.querySelectorAll(".diff .tx.cur").forEach((block) => block.classList.remove("cur"));
  const line = all[at];
  line.classList.add("here");
  for (let next = line.nextElementSibling; next?.classList.contains("tx"); next = next.nextElementSibling) next.classList.add("cur");
  line.scrollIntoView({ block: "center" });
  line.focus({ preventScroll: true });
  tell(all.length);
}

function tell(n) {
  document.querySelectorAll("[data-change-count]").forEach((place) => {
    const i = Math.max(1, at + 1);
    place.replaceChildren(make("span", "only-wide", text("change", { i, n })), make("span", "only-narrow", `${i} / ${n}`));
  });
}

export function start() {
  const n = document.querySelectorAll("[data-change]").length;
  if (n) tell(n);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-change-step]");
    if (!button) return;
    const step = Number(button.dataset.changeStep);
    go(at < 0 && step > 0 ? 1 : at < 0 ? 0 : step);
  });
}
