// A session that has ended: said where the person is, with what they typed still there. Signing in again takes a
// dialog and no other page; what waited for it goes on afterwards.
import { data, icon, make, text } from "./data.js";
import { wipe } from "./read.js";
import { toast } from "./toast.js";

const login = document.body.dataset.login || "";
let waiting = new Set();
let strip = null;

/** Tell that the session is over. again: what to do once signed in. now: ask at once, because a person pressed something. */
export function signedOut(again = null, now = false) {
  wipe(); // what was kept for a time without connection belongs to the session
  if (again) waiting.add(again);
  if (!strip) {
    const button = make("button", "btn btn-s btn-primary", text("signIn"));
    button.type = "button";
    button.addEventListener("click", ask);
    strip = make("div", "hint bad signed-out", icon("st-bad"), make("span", "grow", text("signedOut")), button);
    strip.setAttribute("role", "alert");
    document.body.prepend(strip);
  }
  if (now || document.querySelector("dialog[open]")) ask();
}

function field(name, label, type, value = "") {
  const input = make("input", "form-control");
  Object.assign(input, { name, type, value, required: true, autocomplete: type === "password" ? "current-password" : "username" });
  const words = make("label", "field", make("span", "form-label", label), input);
  return [words, input];
}

function ask() {
  if (document.querySelector("dialog.signs-in[open]")) return;
  const [who, name] = field("login", text("staffNumber"), "text", login);
  const [secret, password] = field("password", text("password"), "password");
  // Only the same person goes on with what stands here: another one would send it under their own name.
  name.readOnly = Boolean(login);
  const said = make("p", "field-e");
  said.setAttribute("role", "alert");
  const later = make("button", "btn btn-quiet", text("later"));
  later.type = "button";
  const form = make("form", "asks-b", make("h2", "asks-q", text("signIn")), make("p", "sub", text("signedOut")), who, secret, said,
    make("div", "row-x asks-f", later, make("button", "btn btn-primary", text("signIn"))));
  form.dataset.plain = "";
  const dialog = make("dialog", "asks-d signs-in", form);
  dialog.setAttribute("aria-label", text("signIn"));
  dialog.addEventListener("close", () => dialog.remove());
  later.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    said.textContent = await enter(new URLSearchParams(new FormData(form)));
    if (said.textContent) return password.select();
    dialog.close();
    goOn();
  });
  document.body.append(dialog);
  dialog.showModal();
  (login ? password : name).focus();
}

// Signs in without leaving: "" when it worked, else the server's sentence.
async function enter(body) {
  try {
    const answer = await fetch(`${data.root}/sign-in`, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 204) return "";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector(".gate-form [role=alert] span")?.textContent || text("failed", { status: answer.status });
  } catch {
    return text("noAnswer");
  }
}

export function start() {
  document.addEventListener("km:signed-out", () => signedOut());
}

function goOn() {
  strip?.remove();
  strip = null;
  toast(text("signedInAgain"), "ok");
  const todo = waiting;
  waiting = new Set();
  todo.forEach((again) => again());
  document.dispatchEvent(new CustomEvent("km:signed-in"));
}
