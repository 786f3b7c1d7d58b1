// Proposing a change without leaving the page: the form of its own page, in a drawer at the side. It carries along
// where it was opened, keeps every word while it is refused, and asks before it throws words away.
import { data, icon, make, text } from "./data.js";
import { composing } from "./compose.js";
import { release } from "./forms.js";
import { signedOut } from "./session.js";
import { post } from "./submit.js";
import { refusal, toast } from "./toast.js";

let drawer = null;
let body = null;
let first = "";

/** The link leads to the form that asks for a change. */
function leads(link) {
  return data.newChange && link.origin === location.origin && link.pathname === data.newChange;
}

function button(kind, words, act, ...more) {
  const node = make("button", `btn btn-${kind}`, words, ...more);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

/** Open it; address: the form, perhaps with its process and its page; without one, for the page shown. */
export async function openDrawer(address = data.newChange) {
  if (drawer) return;
  const wanted = new URL(address, location.href);
  if (location.pathname === wanted.pathname) return document.querySelector("#ask textarea")?.focus();
  if (!wanted.searchParams.has("from")) wanted.searchParams.set("from", location.pathname);
  show(wanted.searchParams.get("from"));
  try {
    const answer = await fetch(wanted, { headers: { Accept: "text/html" } });
    const page = await answer.text();
    if (!drawer) return;
    if (answer.status === 401) return lost(wanted);
    const found = new DOMParser().parseFromString(page, "text/html");
    if (!found.querySelector("#ask")) throw new Error(refusal(answer.status, page));
    fill(found);
  } catch (error) {
    close();
    toast(error instanceof TypeError ? text("noAnswer") : error.message, "bad");
  }
}

function lost(wanted) {
  close();
  signedOut(() => openDrawer(wanted), true);
}

// In the search the form is about the answer that is shown.
function nameOf(from) {
  const answer = from === location.pathname ? null : document.querySelector("#answer :is(h1, h2)");
  return answer?.textContent.trim() || document.title.replace(/ · kmsvc$/, "");
}

function show(from) {
  const title = make("h2", "", text("propose"));
  title.id = "drawer-h";
  body = make("div", "drawer-b", make("p", "meta", text("busy")));
  drawer = make("dialog", "drawer", make("div", "panel-h", icon("branch"), title,
    make("span", "meta clip", text("openedOn", { page: nameOf(from) })),
    button("quiet btn-s push", text("close"), leave, make("kbd", "", "Esc"))), body);
  drawer.setAttribute("aria-labelledby", title.id);
  drawer.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || composing(event)) return;
    event.preventDefault();
    leave();
  });
  drawer.addEventListener("click", (event) => { if (event.target === drawer) leave(); });
  drawer.addEventListener("submit", send);
  drawer.addEventListener("close", () => { drawer.remove(); drawer = body = null; });
  document.body.append(drawer);
  drawer.showModal();
}

// The same names may stand on the page below: those of the drawer become its own.
function own(root) {
  for (const node of root.querySelectorAll("[id]")) node.id = `drawer-${node.id}`;
  for (const name of ["for", "aria-describedby"]) {
    for (const node of root.querySelectorAll(`[${name}]`)) {
      node.setAttribute(name, node.getAttribute(name).split(" ").map((id) => `drawer-${id}`).join(" "));
    }
  }
  for (const node of root.querySelectorAll("[hx-target]")) node.setAttribute("hx-target", ".drawer .alike");
  for (const node of root.querySelectorAll("[hx-include]")) node.setAttribute("hx-include", node.getAttribute("hx-include").replace("#", "#drawer-"));
}

function fill(found) {
  const form = document.adoptNode(found.querySelector("#ask"));
  form.className = "";
  form.querySelector("textarea").closest(".field").after(document.adoptNode(found.querySelector("#alike")));
  own(form.parentElement || form);
  body.replaceChildren(form);
  first = words();
  window.htmx?.process(form);
  const wrong = form.querySelector("[aria-invalid=true]");
  (wrong || form.querySelector("textarea")).focus();
  wrong?.closest(".field").scrollIntoView({ block: "center" });
}

function words() {
  const form = body?.querySelector("form");
  return form ? new URLSearchParams(new FormData(form)).toString() : "";
}

/** Close, unless something was typed: then ask first. Esc on the question goes on writing. */
function leave() {
  const asked = body.querySelector(".drawer-ask");
  if (asked) return stay(asked);
  if (words() === first) return close();
  const no = button("plain", text("keepWriting"), () => stay(question));
  const question = make("div", "drawer-ask hint warn", icon("st-warn"), make("span", "grow", text("throwAway")), no, button("back", text("throwIt"), close));
  question.setAttribute("role", "alert");
  body.prepend(question);
  no.focus();
}

function stay(question) {
  question.remove();
  body.querySelector("textarea").focus();
}

function close() {
  drawer?.close();
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const answer = await post(form, event.submitter);
  release(form);
  if (!drawer) return;
  if (!answer) return toast(text("noAnswer"), "bad");
  if (answer.status === 401) return signedOut(() => form.isConnected && form.requestSubmit(), true);
  if (answer.place) return taken(answer.place);
  if (!answer.found.querySelector("#ask")) return toast(refusal(answer.status, answer.page), "bad");
  const before = first;
  fill(answer.found);
  first = before; // refused: what stands there was typed, and is still nowhere else
}

// The request's own page tells its number, its step and who has it: the drawer shows that, the page below stays.
async function taken(place) {
  first = words();
  let found;
  try {
    found = new DOMParser().parseFromString(await (await fetch(place)).text(), "text/html");
  } catch { /* it is on record all the same */ }
  if (!drawer || !found?.querySelector(".flow-now")) return location.assign(place);
  const said = found.querySelector(".toast-i span")?.textContent || found.title;
  const open = make("a", "btn btn-primary", text("openIt"));
  open.href = place;
  const done = make("div", "drawer-done", make("p", "hint ok", icon("st-ok"), make("span", "", said)),
    make("p", "strong", found.querySelector("h1").textContent), document.adoptNode(found.querySelector(".flow-now")),
    make("div", "row-x", open, button("plain", text("close"), close, make("kbd", "", "Esc"))));
  done.setAttribute("role", "status");
  body.replaceChildren(done);
  first = "";
  open.focus();
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !leads(link)) return;
    event.preventDefault();
    openDrawer(link.href);
  });
  window.addEventListener("beforeunload", (event) => { if (drawer && words() !== first) event.preventDefault(); });
}
