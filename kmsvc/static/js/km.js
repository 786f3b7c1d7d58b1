// Entry: starts every part. Parts find their own markup; a page without it costs nothing.
import * as ahead from "./ahead.js";
import * as bulletins from "./bulletins.js";
import "./compose.js";
import * as confirm from "./confirm.js";
import * as contacts from "./contacts.js";
import * as copy from "./copy.js";
import * as diff from "./diff.js";
import * as drawer from "./drawer.js";
import * as fields from "./fields.js";
import * as forms from "./forms.js";
import * as keeping from "./keeping.js";
import * as keys from "./keys.js";
import * as offline from "./offline.js";
import * as later from "./later.js";
import * as live from "./live.js";
import * as palette from "./palette.js";
import * as read from "./read.js";
import * as reshapes from "./reshapes.js";
import * as scopes from "./scopes.js";
import * as search from "./search.js";
import * as secret from "./secret.js";
import * as session from "./session.js";
import * as shell from "./shell.js";
import * as submit from "./submit.js";
import * as toast from "./toast.js";
import * as twins from "./twins.js";
import * as walks from "./walks.js";

for (const part of [shell, toast, session, fields, forms, walks, submit, confirm, copy, secret, scopes, palette, drawer, diff, reshapes, bulletins, contacts, twins, read, offline, later, ahead, live, keeping]) part.start();

async function grow(root, refused = false) {
  search.start(root);
  if (root.querySelector("[data-editor]")) (await import("./editor.js")).start(root, refused);
}

grow(document);
document.addEventListener("htmx:afterSwap", (event) => grow(event.target.parentElement || document));
// A form that was refused came back in place.
document.addEventListener("km:page", (event) => {
  toast.dressAll(event.detail);
  confirm.upgrade(event.detail);
  copy.upgrade(event.detail);
  grow(event.detail, true);
  const wrong = forms.firstWrong(event.detail);
  if (wrong) fields.lead(wrong);
  else event.detail.querySelector("main")?.focus();
});

// Keys act once everything they press is there: the forms of htmx are, when the page is. Until then theme.js remembers them.
function ready() {
  keys.start();
  document.documentElement.classList.add("km-ready");
  keys.catchUp();
}

if (document.readyState === "complete") ready();
else document.addEventListener("DOMContentLoaded", ready, { once: true });
