// A paper whose exam is paused: asked every few seconds whether it goes on, then the paper is there.
import { data } from "./data.js";

const place = document.querySelector("[data-sitting-paused]");
const EVERY = 4000;

async function look() {
  try {
    const answer = await fetch(`${data.root}/api/v1/training/sittings/${place.dataset.sittingPaused}`, { headers: { Accept: "application/json" }, cache: "no-store" });
    const body = answer.ok ? await answer.json() : { paused: true };
    if (!body.paused) return location.reload();
  } catch { /* no connection: asked again */ }
  return setTimeout(look, EVERY);
}

if (place) setTimeout(look, EVERY);
