// The player: reports how long a lesson was looked at and where a video stands, and carries what a package keeps to the server.
const root = document.querySelector("[data-learning]");
const frame = root?.querySelector("[data-stage]");
const video = root?.querySelector("[data-video]");
const kept = root?.querySelector("[data-kept]");
const over = root?.hasAttribute("data-over");
let seconds = 0;
let place = null;
let ticking = Date.now();

function count() {
  const now = Date.now();
  if (document.visibilityState === "visible") seconds += Math.min((now - ticking) / 1000, 30);
  ticking = now;
}

async function report(leaving = false) {
  count();
  if (over || (seconds < 5 && place === null)) return;
  const body = new FormData();
  body.set("seconds", String(Math.round(seconds)));
  if (place !== null) body.set("place", place);
  if (Number.isFinite(video?.duration)) body.set("length", video.duration.toFixed(1));
  seconds = 0;
  place = null;
  try {
    await fetch(root.dataset.report, { method: "POST", body, keepalive: leaving, headers: { "X-Report": "1" } });
  } catch { /* the next report says it again, with the place of then */ }
}

if (root) {
  setInterval(count, 5000);
  setInterval(report, 30000);
  addEventListener("pagehide", () => report(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") report(true); });
  root.querySelector("[data-seconds]")?.form.addEventListener("submit", (event) => {
    count();
    event.target.querySelector("[data-seconds]").value = String(Math.round(seconds));
    seconds = 0;
    if (Number.isFinite(video?.duration)) {
      event.target.querySelector("[data-place]").value = video.currentTime.toFixed(1);
      event.target.querySelector("[data-length]").value = video.duration.toFixed(1);
    }
  }, true);
}

if (video) {
  const at = Number.parseFloat(video.dataset.at);
  if (at > 1) video.addEventListener("loadedmetadata", () => { if (at < video.duration - 2) video.currentTime = at; }, { once: true });
  video.addEventListener("timeupdate", () => { place = video.currentTime.toFixed(1); });
  video.addEventListener("pause", () => report());
  if (video.dataset.whole !== undefined && !over) watchThrough(Number.parseFloat(video.dataset.whole) || 0);
}

// A video that is to be watched through: nobody gets further than a second past what was seen; back is free.
function watchThrough(begun) {
  const said = root.querySelector("[data-watched]");
  let seen = begun;
  video.addEventListener("seeking", () => { if (video.currentTime > seen + 1) video.currentTime = seen; });
  video.addEventListener("ratechange", () => { if (video.playbackRate > 2) video.playbackRate = 2; });
  video.addEventListener("timeupdate", () => {
    if (!video.seeking && video.currentTime > seen && video.currentTime < seen + 4) seen = video.currentTime;
    if (Number.isFinite(video.duration)) said.textContent = `${Math.min(100, Math.floor(seen * 100 / video.duration))} %`;
  });
  video.addEventListener("ended", () => report());
}

// A frame of the package, at any depth: by its place in the tree, for it has no origin to go by.
function ours(source) {
  const seen = (view, depth) => view === source || (depth < 4 && Array.from({ length: Math.min(view.length, 20) }, (_, n) => view[n]).some((one) => seen(one, depth + 1)));
  return source !== null && frame.contentWindow !== null && seen(frame.contentWindow, 0);
}

let waiting = null;
let sending = false;

async function send(leaving = false) {
  if (waiting === null || (sending && !leaving)) return;
  const now = waiting;
  waiting = null;
  sending = true;
  try {
    const body = JSON.stringify(now);
    const answer = await fetch(frame.dataset.commit, { method: "POST", body, keepalive: leaving && body.length < 60000, headers: { "Content-Type": "application/json", Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    kept.textContent = new Date(said.at).toLocaleTimeString();
    root.dataset.kept = said.done ? "done" : "kept";
    if (now.ended || said.done) await refresh();
  } catch {
    root.dataset.kept = "waiting";
    waiting ??= now;
    setTimeout(send, 5000);
  } finally {
    sending = false;
  }
  if (waiting !== null && root.dataset.kept !== "waiting") send();
}

// The list of lessons and the progress as they stand now; the frame is left alone.
async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  for (const part of [".learn-steps", ".learn-nav", "main > .km-progress", "main > progress"]) {
    const [now, then] = [document.querySelector(part), page.querySelector(part)];
    if (now && then) now.replaceWith(then);
  }
}

if (frame?.dataset.stage === "cmi5" && !over) setInterval(() => { if (document.visibilityState === "visible") refresh().catch(() => {}); }, 15000);

if (frame) {
  addEventListener("message", (event) => {
    const told = event.data;
    if (!ours(event.source) || told === null || typeof told !== "object" || told.km !== "scorm" || told.item !== frame.dataset.item || typeof told.cmi !== "object") return;
    waiting = { item: told.item, cmi: told.cmi, ended: told.ended === true };
    send();
  });
  addEventListener("pagehide", () => send(true));
}
