// Moving a session on the week of the calendar, by drag or by keys: m takes the one that has the cursor up, arrows go by day and half
// hour, [ and ] by room, Enter puts it down, Esc leaves it where it was. What speaks against the new time is asked of the server on the
// way; putting it down is the server's own change of a session, with the version that was seen, so that nobody is overwritten.
import { composing, typing } from "./compose.js";
import { data, text } from "./data.js";
import { singleKeysOff } from "./keys.js";
import { refusal, toast } from "./toast.js";

const SLOT = 30; // minutes of a row
const DAY = 24 * 60;
const bar = document.querySelector("[data-moving]");
const part = (name) => bar.querySelector(`[data-${name}]`);
const why = bar?.querySelector("input");
let held = null; // what is being moved: the element, where it was, where it would be
let undo = null; // what takes the last move back
let asked = null;
let timer = 0;

const grid = () => document.querySelector("[data-cal]");
const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const clock = (at) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;

function days() {
  return grid().dataset.days.split(" ");
}

function draw() {
  const { element, to } = held;
  const first = Number(grid().dataset.opens) * 60;
  const row = Math.max(0, Math.floor((to.starts - first) / SLOT));
  const length = Math.max(1, Math.ceil((to.ends - to.starts) / SLOT));
  element.className = `${held.look} moving-e d${days().indexOf(to.day) + 1} at${row} len${length} of1 nth0`;
  part("said").textContent = element.dataset.said;
  part("when").textContent = `${to.day} ${clock(to.starts)}–${clock(to.ends)} · ${to.room}`;
}

function same(one, other) {
  return ["day", "starts", "ends", "room"].every((name) => one[name] === other[name]);
}

/** What speaks against it there; the last question wins. */
async function ask() {
  asked?.abort();
  asked = new AbortController();
  const mine = held;
  const { to } = mine;
  const where = new URLSearchParams({ day: to.day, starts: clock(to.starts), ends: clock(to.ends), room: to.room });
  try {
    const answer = await fetch(`${data.root}/api/v1/training/plans/calendar/against/${mine.id}?${where}`, { headers: { Accept: "application/json" }, signal: asked.signal });
    if (held !== mine || mine.to !== to) return;
    if (!answer.ok) return tell(refusal(answer.status, await answer.text()), true);
    const found = await answer.json();
    mine.known = to;
    mine.refused = found.refused;
    mine.against = found.against;
    tell(found.refused || found.against.join(" ") || bar.dataset.free, Boolean(found.refused || found.against.length));
    part("why").hidden = !found.against.length || Boolean(found.refused);
    if (mine.waits) drop();
  } catch (error) {
    if (error.name !== "AbortError") tell(text("noAnswer"), true);
  }
}

function tell(words, bad = false) {
  part("told").textContent = words;
  part("told").classList.toggle("bad", bad);
}

function goTo(change) {
  const to = { ...held.to, ...change };
  if (to.starts < 0 || to.ends > DAY || !days().includes(to.day)) return;
  held.to = to;
  held.waits = false;
  draw();
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
}

function take(element) {
  if (held) stop();
  undo = null;
  const { move, version, day, starts, ends, room } = element.dataset;
  const from = { day, starts: minutes(starts), ends: minutes(ends), room };
  held = { element, id: move, version, from, to: from, was: element.className, against: [], known: null,
    look: [...element.classList].filter((name) => !/^(d|at|len|of|nth)\d+$/.test(name)).join(" ") };
  why.value = "";
  part("why").hidden = true;
  part("acts").hidden = false;
  part("undo").hidden = true;
  bar.hidden = false;
  draw();
  element.focus({ preventScroll: true });
  ask();
}

function stop() {
  clearTimeout(timer);
  asked?.abort();
  if (held) {
    held.element.className = held.was;
    held.element.focus({ preventScroll: true });
  }
  held = null;
  undo = null;
  bar.hidden = true;
}

async function send(id, version, dataset, to, reason, anyway) {
  return fetch(`${data.root}/api/v1/training/plans/sessions/${id}/edit`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "If-Match": `"${version}"` },
    body: JSON.stringify({ day: to.day, starts: clock(to.starts), ends: clock(to.ends), room: to.room, seats: Number(dataset.seats),
      trainer: Number(dataset.trainer), reason, anyway: anyway || null }),
  });
}

async function drop() {
  if (same(held.from, held.to)) return stop();
  if (held.known !== held.to) { // not judged yet: it is put down once it is
    held.waits = true;
    return undefined;
  }
  if (held.refused) return undefined;
  const reason = why.value.trim();
  if (held.against.length && !reason) {
    tell(`${held.against.join(" ")} ${bar.dataset.asks}`, true);
    why.focus();
    return undefined;
  }
  if (held.sent) return undefined;
  held.sent = true;
  const mine = held;
  let answer;
  try {
    answer = await send(mine.id, mine.version, mine.element.dataset, mine.to, reason || bar.dataset.reason, reason);
  } catch {
    mine.sent = false;
    return tell(text("noAnswer"), true);
  }
  mine.sent = false;
  if (!answer.ok) {
    const said = await answer.text();
    const words = said.includes("#stale") || answer.status === 412 ? text("stale") : refusal(answer.status, said);
    if (answer.status === 409 || answer.status === 412) { // somebody else was first: show what they made of it
      stop();
      await renew(mine.id);
      return toast(words, "bad");
    }
    return tell(words, true);
  }
  const { version } = await answer.json();
  held = null;
  const { dataset } = mine.element;
  await renew(mine.id);
  undo = { id: mine.id, version, dataset, to: mine.from };
  part("why").hidden = true;
  part("acts").hidden = true;
  part("undo").hidden = false;
  return tell(bar.dataset.done);
}

async function takeBack() {
  const mine = undo;
  if (!mine) return;
  undo = null;
  const answer = await send(mine.id, mine.version, mine.dataset, mine.to, bar.dataset.undone, mine.dataset.anyway || bar.dataset.undone);
  if (!answer.ok) {
    toast(refusal(answer.status, await answer.text()), "bad");
  } else toast(bar.dataset.back, "ok");
  bar.hidden = true;
  await renew(mine.id);
}

/** The calendar as it is now, the cursor on the same session. */
async function renew(id) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, then] = [document.querySelector(".cal-wrap"), page.querySelector(".cal-wrap")];
  if (now && then) now.replaceWith(then);
  document.querySelector(`.cal [data-move="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}

function room(step) {
  const all = JSON.parse(grid().dataset.rooms);
  if (!all.length) return;
  const at = all.indexOf(held.to.room);
  goTo({ room: all[(at + step + all.length) % all.length] });
}

function onKey(event) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const key = event.code;
  const done = () => { event.preventDefault(); event.stopImmediatePropagation(); };
  if (!held) {
    if (typing(event.target)) return;
    if (undo && key === "KeyZ" && !singleKeysOff()) { done(); takeBack(); }
    if (undo && key === "Escape") { done(); stop(); }
    if (key === "KeyM" && !singleKeysOff() && grid()) {
      const one = document.activeElement?.closest?.("[data-move]");
      done();
      if (one) take(one);
      else document.querySelector(".cal [data-move]")?.focus();
    }
    return;
  }
  if (key === "Escape") { done(); stop(); return; }
  if (key === "Enter" && !event.target.closest("button")) { done(); drop(); return; }
  if (typing(event.target)) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const half = { ArrowUp: -SLOT, ArrowDown: SLOT }[key];
  if (step) { done(); goTo({ day: days()[days().indexOf(held.to.day) + step] }); }
  if (half) { done(); goTo({ starts: held.to.starts + half, ends: held.to.ends + half }); }
  if (key === "BracketLeft" || key === "BracketRight") { done(); room(key === "BracketLeft" ? -1 : 1); }
}

/** The day and the minute under the pointer, of the empty places below what stands there. */
function under(event) {
  const slot = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.classList.contains("slot"));
  if (!slot) return null;
  const number = (name) => Number([...slot.classList].find((one) => one.startsWith(name) && /\d$/.test(one)).slice(name.length));
  const box = slot.getBoundingClientRect();
  const half = Math.floor((event.clientY - box.top) / (box.height / 2));
  return { day: days()[number("d") - 1], at: Number(grid().dataset.opens) * 60 + (number("at") + half) * SLOT };
}

function start() {
  document.addEventListener("keydown", onKey, true);
  part("drop").addEventListener("click", drop);
  part("take-back").addEventListener("click", takeBack);
  bar.querySelectorAll("[data-stop]").forEach((one) => one.addEventListener("click", stop));
  let grip = 0;
  document.addEventListener("dragstart", (event) => {
    const element = event.target.closest?.(".cal [data-move]");
    if (!element) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", element.dataset.said);
    grip = Math.floor((event.clientY - element.getBoundingClientRect().top) / (grid().querySelector(".slot").getBoundingClientRect().height / 2)) * SLOT;
    setTimeout(() => take(element)); // a box that changes while its drag begins ends the drag
  });
  document.addEventListener("dragover", (event) => {
    if (!held || !event.target.closest?.(".cal")) return;
    event.preventDefault();
    const found = under(event);
    if (!found) return;
    const starts = found.at - grip + (held.from.starts % SLOT);
    if (found.day !== held.to.day || starts !== held.to.starts) goTo({ day: found.day, starts, ends: starts + held.from.ends - held.from.starts });
  });
  document.addEventListener("drop", (event) => {
    if (!held || !event.target.closest?.(".cal")) return;
    event.preventDefault();
    held.dropped = true;
    drop();
  });
  document.addEventListener("dragend", () => { if (held && !held.dropped) stop(); });
}

if (bar) start();
