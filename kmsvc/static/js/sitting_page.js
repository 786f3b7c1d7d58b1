// Whether the page of a sitting is looked at, and what is copied or printed from it: told to the service for people to judge. It never
// ends anything, and what cannot be sent is let go.
import { typing } from "./compose.js";
import { text } from "./data.js";
import { toast } from "./toast.js";

const SHORT = 1000; // ms; a glance that is over before is none

export function watchPage(queue) {
  let goneAt = 0;
  let timer = 0;
  const tell = (act, away = 0) => {
    fetch(`${queue.place}/focus`, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ device: queue.device, act, away_s: Math.min(86_400, Math.round(away / 1000)) }) }).catch(() => {});
  };
  const away = () => document.hidden || !document.hasFocus();
  const look = () => {
    clearTimeout(timer);
    if (away() && !goneAt) {
      const since = performance.now();
      const leave = () => { if (away() && !goneAt) { goneAt = since; tell("left"); } };
      if (document.hidden) leave();
      else timer = setTimeout(leave, SHORT);
    } else if (!away() && goneAt) {
      tell("back", performance.now() - goneAt);
      goneAt = 0;
      queue.beat();
    }
  };
  for (const kind of ["blur", "focus"]) window.addEventListener(kind, look);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("beforeprint", () => tell("printed"));
  for (const kind of ["copy", "cut"]) {
    document.addEventListener(kind, (event) => {
      if (typing(event.target) || !String(getSelection())) return;
      event.preventDefault();
      toast(text("copyNoted"), "warn");
      tell("copied");
    });
  }
}
