// Answers of a sitting that the service has not acknowledged yet: kept in this browser until it has, numbered when they are sent,
// sent again with growing pauses. All windows of one browser share them; what is kept is wiped once the paper is handed in.
import { data } from "./data.js";

const STORE = "km-sitting:";
const OLD = 3 * 24 * 3600_000;
const WAIT = 10_000;
const PAUSES = [1, 2, 3, 5, 8, 15]; // seconds
const BEAT = 25_000;
const PAUSED = 4_000; // while the exam is paused: how often this window asks whether it goes on

/** What this browser keeps of a sitting: {next, items: {place: {answer, flag, number}}, over}. */
export function kept(id) {
  try {
    const held = JSON.parse(localStorage.getItem(STORE + id));
    if (held && held.items) return held;
  } catch { /* not ours: it goes */ }
  return { next: 1, items: {}, over: false, at: Date.now() };
}

/** Forget everything kept of a sitting, and what other sittings left here long ago. */
export function wipe(id) {
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(STORE))) {
      if (key === STORE + id || Date.now() - kept(key.slice(STORE.length)).at > OLD) localStorage.removeItem(key);
    }
  } catch { /* a browser that keeps nothing has nothing to forget */ }
}

/** Which window this is; it stays through a reload. */
function device() {
  const name = "km-device";
  const fresh = [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");
  try {
    const found = sessionStorage.getItem(name) || fresh;
    sessionStorage.setItem(name, found);
    return found;
  } catch {
    return fresh;
  }
}

export class Queue {
  /** told: {state(queue), clock(body), paused(now), other(answers), refused(places, words), over(body), signedOut(again)}. */
  constructor({ id, number, mark }, told) {
    Object.assign(this, { id, known: mark, told, device: device(), savedAt: "", lostAt: 0, paused: false, tries: 0, busy: false, timer: 0, heard: performance.now() });
    this.change((held) => { held.next = Math.max(held.next, number + 1); });
    this.memory = kept(id);
  }

  get place() {
    return `${data.root}/api/v1/training/sittings/${this.id}`;
  }

  get held() {
    const found = kept(this.id);
    return this.full ? this.memory : found;
  }

  get waiting() {
    return Object.keys(this.held.items).length;
  }

  change(how) {
    const held = this.full ? this.memory : kept(this.id);
    how(held);
    held.at = Date.now();
    this.memory = held;
    try {
      localStorage.setItem(STORE + this.id, JSON.stringify(held));
      this.full = false;
    } catch {
      this.full = true; // no room: this window's memory has to do
    }
  }

  /** An answer was given: kept here at once, sent after `pause` ms. */
  put(place, answer, flag, pause = 0) {
    this.change((held) => { held.items[place] = { answer, flag, number: 0 }; });
    this.told.state(this);
    this.soon(pause);
  }

  soon(pause) {
    this.at(this.lostAt ? Math.max(pause, 500) : pause, () => this.flush());
  }

  at(pause, todo) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      todo();
    }, pause);
  }

  /** Send what waits. Answers whether nothing is left. */
  async flush() {
    if (this.busy) return false; // what came meanwhile follows it
    const places = Object.keys(this.held.items);
    if (!places.length) {
      if (this.lostAt) await this.beat();
      return !this.lostAt;
    }
    this.busy = true;
    this.change((held) => {
      for (const place of places) if (!held.items[place].number) held.items[place].number = held.next++;
    });
    const { items } = this.held;
    const sent = places.map((place) => ({ place: Number(place), ...items[place] }));
    const answer = await this.post("answers", { device: this.device, answers: sent });
    this.busy = false;
    if (!answer) return false;
    if (answer.status === 422) return this.refuse(answer.body);
    this.acknowledge(answer.body, sent);
    if (this.waiting && !this.timer) this.soon(answer.body.paused ? PAUSED : 300);
    return !this.waiting;
  }

  acknowledge(body, sent) {
    const kept = new Set(["store", "again"]);
    const lost = [];
    this.change((held) => {
      for (const { place, number, became } of body.saved) {
        if (became === "older" || became === "clash") lost.push(place);
        if (held.items[place]?.number === number && !["late", "ended", "paused"].includes(became)) delete held.items[place];
      }
      held.next = Math.max(held.next, body.number + 1);
    });
    if (body.saved.some((one) => kept.has(one.became))) this.savedAt = body.at;
    const behind = body.before > this.known || lost.length; // another device wrote what this window has not seen
    if (!behind) this.known = Math.max(this.known, body.mark);
    this.hold(body);
    this.told.state(this);
    if (lost.length) this.told.beaten(lost, sent);
    if (body.state !== "running") return this.told.over(body);
    if (behind) this.beat();
  }

  /** The clock, and whether the exam stands still. */
  hold(body) {
    const was = this.paused;
    this.paused = Boolean(body.paused);
    this.told.clock(body);
    if (was !== this.paused) this.told.paused(this.paused);
  }

  refuse(problem) {
    const wrong = Object.keys(problem.fields || {}).filter((place) => /^\d+$/.test(place));
    this.change((held) => {
      for (const place of wrong.length ? wrong : Object.keys(held.items)) delete held.items[place];
    });
    this.told.refused(wrong, Object.values(problem.fields || {}).flat(3).filter((one) => typeof one === "string").join(" ") || problem.detail);
    this.told.state(this);
    if (this.waiting) this.soon(500);
    return false;
  }

  /** Ask for the server's clock and for what other devices have answered. */
  async beat() {
    const since = this.known;
    const answer = await this.post("beat", { device: this.device, known: since });
    if (!answer || answer.status >= 400) return;
    const { body } = answer;
    this.known = Math.max(this.known, body.mark);
    this.change((held) => { held.next = Math.max(held.next, body.number + 1); });
    this.hold(body);
    this.told.other(body.answers.filter((one) => one.device !== this.device));
    this.told.state(this);
    if (body.state !== "running") this.told.over(body);
  }

  /** Hand the paper in, after what waits. Answers the server's word, or null where it has none yet. */
  async submit() {
    this.change((held) => { held.over = true; });
    while (this.busy) await new Promise((done) => setTimeout(done, 50));
    if (this.waiting && !(await this.flush()) && this.lostAt) return null;
    const answer = await this.post("submit", {});
    return answer && answer.status < 400 ? answer.body : null;
  }

  /** The person goes on instead of handing in. */
  goOn() {
    this.change((held) => { held.over = false; });
  }

  async post(verb, body) {
    const began = performance.now();
    try {
      const answer = await fetch(`${this.place}/${verb}`, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body), signal: AbortSignal.timeout(WAIT), cache: "no-store" });
      if (answer.status === 401) {
        this.told.signedOut(() => this.flush());
        return this.fail();
      }
      if (answer.status >= 500 || answer.status === 429) return this.fail();
      const found = await answer.json();
      this.heard = performance.now();
      this.trip = this.heard - began;
      this.found();
      return { status: answer.status, body: found };
    } catch {
      return this.fail();
    }
  }

  fail() {
    this.lostAt ||= Date.now();
    const pause = PAUSES[Math.min(this.tries++, PAUSES.length - 1)] * 1000;
    this.at(pause * (0.8 + Math.random() * 0.4), () => this.again());
    this.told.state(this);
    return null;
  }

  again() {
    if (this.held.over) return this.told.handIn();
    return this.flush();
  }

  found() {
    const was = this.lostAt;
    this.lostAt = this.tries = 0;
    if (was) this.told.back();
  }

  start() {
    setTimeout(() => { if (!this.lostAt) this.beat(); }, 500 + Math.random() * 2500); // the page took a while: its clock is set right
    let skew = Date.now() - performance.now();
    setInterval(() => {
      const now = Date.now() - performance.now();
      const slept = Math.abs(now - skew) > 3000; // the machine slept, or somebody set its clock: ask the server for the time
      skew = now;
      if ((slept || performance.now() - this.heard > (this.paused ? PAUSED : BEAT)) && !this.busy && !this.lostAt) this.beat();
    }, 5000);
    window.addEventListener("online", () => this.again());
    window.addEventListener("storage", (event) => { if (event.key === STORE + this.id) this.told.state(this); });
    if (this.held.over) this.told.handIn();
    else if (this.waiting) this.soon(0);
  }
}
