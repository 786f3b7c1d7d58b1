// The clock of a sitting is the server's: each answer of the service says its instant, and between two of them the browser's
// steady clock counts. What somebody does to the clock of this computer changes nothing.
import { data, text } from "./data.js";

const SAID = [[300, "fiveLeft"], [60, "oneLeft"]];

export class Clock {
  /** ring: called once when nothing is left. say: tells what everybody must hear. */
  constructor(body, { ring, say }) {
    Object.assign(this, { ring, say, said: new Set(), rung: false, trip: Infinity });
    this.set(body, 0);
    for (const [seconds] of SAID) if (this.left <= seconds) this.said.add(seconds);
  }

  /** body: {at, ends_at, paused} of an answer; while the exam is paused the clock stands; trip: milliseconds it took. A quick answer tells the instant better than a slow one. */
  set(body, trip = 0) {
    const now = performance.now();
    const stood = this.stands;
    this.stands = body.paused ? Date.parse(body.at) : 0;
    if (!this.stands || this.offset === undefined) {
      const offset = Date.parse(body.at) - now + trip / 2;
      const drifted = this.offset === undefined || stood || Math.abs(offset - this.offset) > 500 + trip;
      if (drifted || trip <= this.trip) Object.assign(this, { offset, trip: Math.max(trip, 20) });
      else this.trip *= 1.05; // what was measured long ago counts less
    }
    const ends = Date.parse(body.ends_at);
    if (this.ends !== undefined && ends > this.ends + 500) {
      if (!stood) this.say(text("moreTime"));
      this.rung = false;
      for (const [seconds] of SAID) if ((ends - this.now) / 1000 > seconds) this.said.delete(seconds);
    }
    this.ends = ends;
  }

  /** The server's instant, in milliseconds. */
  get now() {
    return this.stands || performance.now() + this.offset;
  }

  /** Seconds left. */
  get left() {
    return Math.max(0, (this.ends - this.now) / 1000);
  }

  get face() {
    const all = Math.floor(this.left);
    const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60].map((one) => String(one).padStart(2, "0"));
    return hours === "00" ? `${minutes}:${seconds}` : `${Number(hours)}:${minutes}:${seconds}`;
  }

  start(place) {
    const show = () => {
      const { left } = this;
      place.querySelector("b").textContent = this.face;
      place.classList.toggle("soon", left <= 300 && left > 60);
      place.classList.toggle("now", left <= 60);
      for (const [seconds, words] of SAID) {
        if (left > seconds || this.said.has(seconds)) continue;
        this.said.add(seconds);
        if (left > seconds - 30) this.say(text(words));
      }
      if (left <= 0 && !this.rung) {
        this.rung = true;
        this.ring();
      }
    };
    show();
    setInterval(show, 250);
    document.addEventListener("visibilitychange", show);
  }
}

/** Time of day of an instant the server named, in the zone of the centre, as the line of saving shows it. */
export function timeOf(instant) {
  return new Date(instant).toLocaleTimeString(data.language?.startsWith("zh") ? "zh-CN" : "en-GB", { hour12: false, timeZone: data.zone });
}
