// A guided flow that is begun beside the results of a search is walked there: the words, the list and its place stay. Esc brings the
// answer back. Without script, or where an answer is missing, the flow has a page of its own.
import { data, make, text } from "./data.js";
import { release } from "./forms.js";
import { signedOut } from "./session.js";
import { post } from "./submit.js";
import { refusal, toast } from "./toast.js";

const WALK = /\/knowledge\/flows\/(\d+(\/begin)?|walks\/\d+(\/\w+)?)$/;
const left = new WeakMap(); // pane: what stood in it before the walk
const before = new WeakMap(); // pane with the answer a walk ended with: the pane of the walk
const walked = new Map(); // answer: its pane with the walk, for who looks at another answer meanwhile

function paneOf(node) {
  return document.querySelector("[data-search]") && node instanceof Element ? node.closest("#answer") : null;
}

function leads(address) {
  const place = new URL(address, location.href);
  return place.origin === location.origin && WALK.test(place.pathname);
}

function show(pane, found) {
  const walk = document.adoptNode(found.querySelector(".walk"));
  walk.dataset.walk = "";
  if (!left.has(pane)) left.set(pane, [...pane.childNodes]);
  const inside = pane.contains(document.activeElement);
  pane.replaceChildren(make("div", "answer-b", make("div", "answer-t", make("h2", "", found.querySelector("h1").textContent.trim())), walk));
  window.htmx?.process(pane);
  const asked = walk.querySelector("#ask-h");
  if (inside && asked) {
    asked.tabIndex = -1;
    asked.focus({ preventScroll: true });
  }
  pane.scrollTop = 0;
  if (pane.getBoundingClientRect().top < 0) pane.scrollIntoView({ block: "start" });
  document.getElementById("search-said").textContent = asked?.textContent || "";
}

function leave(pane) {
  if (before.has(pane)) return pane.replaceWith(before.get(pane));
  pane.replaceChildren(...left.get(pane));
  left.delete(pane);
  walked.delete(pane.dataset.answer);
  document.querySelector("#hits [aria-selected=true]")?.focus({ preventScroll: true });
}

/** Keep the pane of a walk that makes room for another answer. */
export function stash(pane) {
  if (left.has(pane)) walked.set(pane.dataset.answer, pane);
}

/** The pane of the walk that was begun from an answer, if there is one. */
export function backTo(answer) {
  const pane = walked.get(answer);
  walked.delete(answer);
  return pane;
}

/** New words, new answers. */
export function forget() {
  walked.clear();
}

async function submit(event) {
  const pane = paneOf(event.target);
  const form = event.target;
  if (!pane || event.defaultPrevented || !leads(form.action)) return;
  event.preventDefault();
  const answer = await post(form, event.submitter);
  release(form);
  if (!answer) return toast(text("noAnswer"), "bad");
  if (answer.status === 401) return signedOut(() => form.isConnected && form.requestSubmit(event.submitter), true);
  if (answer.place) return follow(pane, answer.place);
  toast(refusal(answer.status, answer.page), "bad");
}

async function follow(pane, address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = await answer.text();
    if (answer.status === 401) return signedOut(() => follow(pane, address), true);
    if (!pane.isConnected) return;
    const found = new DOMParser().parseFromString(page, "text/html");
    if (found.querySelector(".walk")) show(pane, found);
    else location.assign(address);
  } catch {
    toast(text("noAnswer"), "bad");
  }
}

/** The answer a walk ends with, in its place; one step back leads to the walk. */
async function open(pane, answerOf) {
  const [kind, id] = answerOf.split(":");
  const q = document.querySelector("[data-search]").value.trim();
  const address = `${data.root}/search/answer?${new URLSearchParams({ kind, id, q })}`;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) return signedOut(() => open(pane, answerOf), true);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer");
    if (!answer.ok || !fresh) return toast(refusal(answer.status), "bad");
    if (!pane.isConnected) return;
    const back = make("a", "btn btn-quiet", text("backToFlow"), make("kbd", "", "Esc"));
    back.href = "#answer";
    back.dataset.leave = "";
    document.adoptNode(fresh).prepend(make("div", "row-x walk-f", back));
    stash(pane);
    before.set(fresh, pane);
    pane.replaceWith(fresh);
    window.htmx?.process(fresh);
  } catch {
    toast(text("noAnswer"), "bad");
  }
}

function click(event) {
  const pane = paneOf(event.target);
  const link = pane && event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if ((left.has(pane) || before.has(pane)) && "leave" in link.dataset) {
    event.preventDefault();
    leave(pane);
  } else if (left.has(pane) && link.dataset.answerOf) {
    event.preventDefault();
    open(pane, link.dataset.answerOf);
  } else if (leads(link.href) && (left.has(pane) || "flow" in link.dataset)) {
    event.preventDefault();
    follow(pane, link.href);
  }
}

export function start() {
  document.addEventListener("submit", submit);
  document.addEventListener("click", click);
}
