// The auditor's keys: v, d and q judge the row one stands on, or the clause while no row is chosen; by physical keys, as everywhere.
import { composing, typing } from "./compose.js";
import { singleKeysOff } from "./keys.js";

const KEYS = { KeyV: "v", KeyD: "d", KeyQ: "q" };

function onKey(event) {
  const key = KEYS[event.code];
  if (!key || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || composing(event) || typing(event.target)) return;
  if (singleKeysOff() || document.querySelector("dialog[open]")) return;
  const place = document.querySelector("[data-room] [data-row].on") || document.querySelector("[data-room] .judge");
  const pressed = place?.querySelector(`[data-judge="${key}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
}

document.addEventListener("keydown", onKey);

// The side panel came without another page: who reads by keys or by ear goes on in it, and comes back to the row it was of.
let opener = null;
document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.closest?.("[data-room]")) opener = event.target; });
document.addEventListener("htmx:afterSettle", () => {
  const panel = document.querySelector("#thing");
  if (panel && !panel.hidden && !panel.contains(document.activeElement)) panel.focus();
  else if (panel?.hidden && opener?.isConnected) { opener.focus(); opener = null; }
});
