// A paper while it is sat: one question at a time, every answer kept at once, the state of saving and the server's clock in sight.
import { composing, typing } from "./compose.js";
import { data, icon, text } from "./data.js";
import { signedOut } from "./session.js";
import { toast } from "./toast.js";
import { Clock, timeOf } from "./sitting_clock.js";
import { choose, read, startOrdering, write } from "./sitting_fields.js";
import { watchPage } from "./sitting_page.js";
import { Queue, wipe } from "./sitting_queue.js";

const PAUSE = 1200; // ms after the last letter
const state = JSON.parse(document.getElementById("sit-data").textContent);
const sections = [...document.querySelectorAll(".sit-q")];
const flags = new Set();
const mine = new Map(); // place: what stood here when another device's newer answer came
const find = (what) => document.querySelector(what);
const rootOf = (section) => section.querySelector("[data-answer]");
const sectionOf = (place) => document.getElementById(`q-${place}`);
let over = false;
let current = 0;

function alert(words) {
  find("[data-alert]").textContent = "";
  setTimeout(() => { find("[data-alert]").textContent = words; }, 50);
  toast(words, "info");
}

// What everybody sees: saved, waiting, lost.

function showState(queue) {
  const n = queue.waiting;
  const words = queue.savedAt ? text("saved", { time: timeOf(queue.savedAt), n }) : n ? text("saving", { n }) : text("savedNone");
  const place = find("[data-saved]");
  const kind = queue.lostAt ? "warn" : n ? "half" : "ok";
  place.className = `sit-s ${queue.lostAt ? "warn" : ""}`;
  place.replaceChildren(icon(`st-${kind}`), Object.assign(document.createElement("span"), { textContent: words }));
  place.dataset.waiting = String(n);
  const band = find("[data-band]");
  band.hidden = !queue.lostAt || over;
  if (queue.lostAt) band.querySelector("span").textContent = queue.held.over ? text("handWaits") : text(navigator.onLine ? "noService" : "band", { time: timeOf(queue.lostAt), n });
  showList();
}

function showList() {
  for (const section of sections) {
    const { place } = section.dataset;
    const button = find(`[data-go="${place}"]`);
    const [answered, flagged] = [read(rootOf(section)) !== null, flags.has(place)];
    button.classList.toggle("done", answered);
    button.classList.toggle("flag", flagged);
    if (section === sections[current]) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    button.setAttribute("aria-label", [text("questionNow", { i: place }), answered ? text("isAnswered") : text("isOpen"), flagged ? text("isFlagged") : ""].filter(Boolean).join(", "));
    const flag = section.querySelector("[data-flag]");
    flag.setAttribute("aria-pressed", String(flagged));
    flag.querySelector(".ic").className = `ic ic-${flagged ? "star-on" : "star"}`;
  }
}

function go(to, focus = true) {
  current = Math.max(0, Math.min(sections.length - 1, to));
  sections.forEach((section, at) => { section.hidden = at !== current; });
  find("[data-step='-1']").disabled = current === 0;
  find("[data-step='1']").disabled = current === sections.length - 1;
  history.replaceState(null, "", `#q-${sections[current].dataset.place}`);
  showList();
  find(`[data-go="${sections[current].dataset.place}"]`).scrollIntoView({ block: "nearest", inline: "center" });
  if (focus) {
    sections[current].focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
}

// Answers.

function keep(section, pause = 0) {
  if (over) return;
  const { place } = section.dataset;
  mine.delete(place);
  section.querySelector("[data-other]").hidden = true;
  queue.put(place, read(rootOf(section)), flags.has(place), pause);
}

function take(one) {
  const section = sectionOf(one.place);
  if (!section) return;
  if (one.flag) flags.add(String(one.place));
  else flags.delete(String(one.place));
  write(rootOf(section), one.answer);
}

function fromElsewhere(answers) {
  const waiting = queue.held.items;
  const told = answers.filter((one) => !waiting[one.place]);
  for (const one of told) {
    const section = sectionOf(one.place);
    const before = read(rootOf(section));
    if (JSON.stringify(before) === JSON.stringify(one.answer)) {
      take(one);
      continue;
    }
    if (before !== null) mine.set(String(one.place), mine.get(String(one.place)) ?? before);
    take(one);
    const hint = section.querySelector("[data-other]");
    hint.querySelector("span").textContent = text("otherDevice", { time: timeOf(one.at) });
    hint.querySelector("[data-mine]").hidden = !mine.has(String(one.place));
    hint.hidden = false;
  }
  if (told.length) alert(text("otherTold", { list: told.map((one) => one.place).join(", ") }));
  showList();
}

function beaten(places, sent) {
  for (const one of sent.filter((each) => places.includes(each.place))) mine.set(String(one.place), one.answer);
  queue.known = 0; // all that is newer is looked at again
}

async function upload(section, root, file) {
  const said = root.querySelector("[data-file-said]");
  said.textContent = text("fileSending", { name: file.name });
  const body = new FormData();
  body.append("file", file);
  try {
    const answer = await fetch(`${data.root}/files?subject=sitting:${state.id}`, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
    if (answer.status === 401) return signedOut(() => upload(section, root, file), true);
    const found = await answer.json();
    if (!answer.ok) {
      said.textContent = Object.values(found.fields || {}).flat(3).join(" ") || found.detail;
      return undefined;
    }
    write(root, { attachment: found.id, name: found.name });
    return keep(section);
  } catch {
    said.textContent = text("fileWaits", { name: file.name });
    return setTimeout(() => upload(section, root, file), 5000);
  }
}

// Handing in.

function ask() {
  if (over) return;
  const open = sections.filter((section) => read(rootOf(section)) === null).map((section) => section.dataset.place);
  const flagged = sections.map((section) => section.dataset.place).filter((place) => flags.has(place));
  const line = (words, places) => {
    const row = document.createElement("p");
    row.append(words);
    places.forEach((place) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s btn-plain", textContent: place });
      button.addEventListener("click", () => { find("[data-asks]").close(); go(sections.indexOf(sectionOf(place))); });
      row.append(" ", button);
    });
    return row;
  };
  find("[data-asks-said]").replaceChildren(
    open.length ? line(text("unanswered", { list: "" }), open) : line(text("allAnswered"), []),
    ...(flagged.length ? [line(text("flagged", { list: "" }), flagged)] : []),
    ...(queue.waiting ? [line(text("waiting", { n: queue.waiting }), [])] : []));
  find("[data-asks]").showModal();
}

function stand(still) {
  document.body.classList.toggle("paused", still);
  find("[data-paused]").hidden = !still;
  if (still) {
    find("[data-asks]").close();
    find("[data-paused]").focus();
  }
  find(".sit-b").inert = still;
  find("[data-submit]").disabled = still;
  alert(text(still ? "paused" : "goesOn"));
  if (!still) sections[current].focus({ preventScroll: true });
}

let handing = false;
async function handIn() {
  if (handing || over) return;
  handing = true;
  find("[data-submit]").disabled = true;
  find("[data-asks]").close();
  const body = await queue.submit();
  handing = false;
  if (body) return end(body);
  find("[data-submit]").disabled = false;
  return showState(queue);
}

function end(body) {
  if (over || body.state === "running") return;
  over = true;
  queue.goOn();
  if (body.state !== "timed_out" || !queue.waiting) wipe(state.id); // what came too late stays here: whoever watches may open the paper again
  location.replace(`${data.root}/training/sittings/${state.id}`);
}

const clock = new Clock(state, { say: alert, ring: () => {
  alert(text("timeUp"));
  setTimeout(handIn, Math.random() * Math.min(5000, state.grace_s * 500));
} });
const queue = new Queue(state, {
  state: showState, clock: (body) => clock.set(body, queue.trip), paused: stand, other: fromElsewhere, beaten, over: end, handIn,
  back: () => { toast(text("backAgain"), "ok"); },
  refused: (places, words) => { toast([places.join(", "), words].filter(Boolean).join(": "), "bad"); },
  signedOut: (again) => signedOut(again, true),
});

// Keys: by physical key, never while a word is composed or typed.

function cap(event) {
  const found = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  return found ? (found[1] || found[2]).toLowerCase() : event.code || event.key;
}

function onKey(event) {
  if (composing(event) || event.defaultPrevented || queue.paused || find("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    return ask();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const writes = typing(event.target);
  if (event.code === "PageDown" || event.code === "PageUp") {
    event.preventDefault();
    return go(current + (event.code === "PageDown" ? 1 : -1));
  }
  if (event.key === "Enter" && event.target.matches("input:not([type=file])")) {
    event.preventDefault();
    return go(current + 1);
  }
  if (writes || event.shiftKey) return undefined;
  const key = cap(event);
  if (key === "Enter" && !event.target.closest("button, a")) go(current + 1);
  else if (key === "j") go(current + 1);
  else if (key === "k") go(current - 1);
  else if (key === "m") sections[current].querySelector("[data-flag]").click();
  else if (!choose(sections[current], key)) return undefined;
  event.preventDefault();
  return undefined;
}

function onClick(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const { go: place, step } = button.dataset;
  const section = button.closest(".sit-q");
  if (place) go(sections.indexOf(sectionOf(place)));
  else if (step) go(current + Number(step));
  else if ("submit" in button.dataset) ask();
  else if ("asksNo" in button.dataset) { queue.goOn(); find("[data-asks]").close(); }
  else if ("flag" in button.dataset) {
    if (!flags.delete(section.dataset.place)) flags.add(section.dataset.place);
    keep(section);
  } else if ("mine" in button.dataset) {
    write(rootOf(section), mine.get(section.dataset.place) ?? null);
    keep(section);
  }
}

queue.savedAt = state.answers.map((one) => one.at).sort().pop() || "";
for (const one of state.answers) take(one);
for (const [place, one] of Object.entries(queue.held.items)) take({ place, ...one });
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
for (const kind of ["input", "change", "km:answer"]) {
  find(".sit-main").addEventListener(kind, (event) => {
    const section = event.target.closest(".sit-q");
    if (!section) return;
    if (event.target.type === "file") {
      if (kind === "change" && event.target.files[0]) upload(section, event.target.closest("[data-answer]"), event.target.files[0]);
      return;
    }
    const text_ = event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])");
    if (kind === "input" && !text_) return; // its change follows
    keep(section, kind === "input" ? PAUSE : 0);
  });
}
find("[data-asks] form").addEventListener("submit", (event) => {
  event.preventDefault();
  handIn();
});
startOrdering(find(".sit-main"), alert);
watchPage(queue);
clock.start(find("[data-clock]"));
showState(queue);
queue.start();
go(Math.max(0, sections.findIndex((section) => `#${section.id}` === location.hash)), false);
document.documentElement.classList.add("km-ready");
