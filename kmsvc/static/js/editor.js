// The Markdown editor: draft autosave, text kept here while the line is down, preview, tables, pasted pictures.
// Autosave posts JSON: every named field of the form, plus `version`. The answer may carry `version` and `saved_at`.
import { clock, data, make, text } from "./data.js";
import { offerChoice, showConflict } from "./conflict.js";
import { signedOut } from "./session.js";
import { refusal, toast } from "./toast.js";

const WAIT = 1500; // ms of quiet before a save

function plain(words) {
  return String(words ?? "").replace(/\r\n?/g, "\n").trim();
}

class Editor {
  constructor(root, refused = false) {
    this.root = root;
    this.area = root.querySelector("textarea");
    this.form = this.area.form;
    this.status = root.querySelector("[data-editor-saved]");
    this.url = root.dataset.autosaveUrl;
    this.version = root.dataset.version;
    this.key = `km-draft:${document.body.dataset.login || ""}:${this.url || location.pathname}#${this.area.name}`;
    this.saved = this.area.value;
    this.base = this.form ? this.fields() : {};
    this.stands = this.state();
    this.dirty = false;
    this.again = () => { if (this.root.isConnected && this.dirty) this.save(); };
    this.offer();
    if (refused) this.unsaved();
    if (this.form?.dataset.theirs) offerChoice(this.form, this);
    // The fields beside the text belong to the draft where one is kept.
    (this.url && this.form ? this.form : this.area).addEventListener("input", () => this.changed());
    // Until the server has taken it, the text also lies here: the session or the line may be lost on the way.
    this.form?.addEventListener("submit", () => {
      if (this.dirty) this.keep();
      this.dirty = false;
      clearTimeout(this.timer);
    });
    this.form?.addEventListener("km:accepted", () => localStorage.removeItem(this.key));
    this.form?.addEventListener("km:not-sent", () => this.changed());
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty || !this.root.isConnected) return;
      this.keep();
      event.preventDefault();
    });
    window.addEventListener("online", this.again);
    root.querySelectorAll("[data-editor-view]").forEach((button) => button.addEventListener("click", () => this.view(button)));
    root.querySelector("[data-editor-table]")?.addEventListener("click", () => this.table());
    root.querySelectorAll("[data-editor-block]").forEach((button) => button.addEventListener("click", () => this.block(button.dataset.editorBlock)));
    if (root.dataset.uploadUrl) this.uploads();
  }

  // The form came back refused: what stands in it is nowhere else.
  unsaved() {
    this.saved = this.stands = null;
    this.dirty = true;
    this.keep();
    this.say(text("unsaved"));
  }

  say(words, kind = "") {
    this.status.textContent = words;
    this.status.className = `mde-saved ${kind}`;
  }

  changed() {
    this.dirty = this.state() !== this.stands;
    clearTimeout(this.timer);
    if (!this.dirty) return;
    this.say(text("unsaved"));
    if (!this.url) return;
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ text: this.area.value, base: this.saved, at: Date.now() }));
    } catch { /* storage full or forbidden: the warning before leaving still stands */ }
  }

  async save() {
    if (!this.url || this.saving) return;
    if (this.form.querySelector("[data-conflict]")) return this.keep(); // first the choice between the two texts
    const [sent, stands] = [this.area.value, this.state()];
    this.saving = true;
    this.say(text("saving"));
    try {
      const fields = this.fields();
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(this.version ? { ...fields, version: Number(this.version) } : fields),
      });
      if (!answer.ok) return this.refused(answer.status, await answer.text());
      const reply = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      this.stored(sent, stands, reply);
    } catch {
      this.keep();
      this.say(text("offline"), "bad");
      this.timer = setTimeout(() => this.save(), 10000);
    } finally {
      this.saving = false;
    }
  }

  /** All that would be saved, to be compared. */
  state() {
    if (!this.url || !this.form) return this.area.value;
    const { version, ...typed } = this.fields();
    return JSON.stringify(typed);
  }

  fields() {
    return Object.fromEntries([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
  }

  buildOn(version) {
    if (!version) return;
    this.version = version;
    const hidden = this.form.querySelector("input[type=hidden][name=version]");
    if (hidden) hidden.value = version;
  }

  stored(sent, stands, reply) {
    this.saved = sent;
    this.stands = stands;
    this.base = { ...this.fields(), [this.area.name]: sent };
    this.buildOn(reply.version);
    localStorage.removeItem(this.key);
    this.dirty = this.state() !== stands;
    this.say(text("saved", { time: clock(reply.saved_at ? new Date(reply.saved_at) : new Date()) }), "ok");
    if (this.dirty) this.changed();
  }

  refused(status, body) {
    this.keep();
    if (status === 401) {
      signedOut(this.again);
      return this.say(text("signedOut"), "bad");
    }
    if (status === 409 && body.startsWith("{") && this.clash(JSON.parse(body))) return;
    this.say(refusal(status, body), "bad");
    if (status >= 500) this.timer = setTimeout(() => this.save(), 10000);
  }

  // Somebody, or the same person in another window, saved first: both texts, and a choice.
  clash(problem) {
    const theirs = problem.theirs;
    if (!theirs || !problem.version) return false;
    // The request went on, but nobody touched the text: nothing to choose.
    if (Object.entries(theirs).every(([name, words]) => plain(words) === plain(this.base[name]))) {
      this.buildOn(problem.version);
      this.timer = setTimeout(() => this.save(), 0);
      return true;
    }
    this.say(text("conflictHere"), "bad");
    showConflict(this.form, problem.said || text("conflict"), this.fields(), theirs, (chosen) => {
      this.buildOn(problem.version);
      this.chose(chosen, theirs);
    });
    return true;
  }

  chose(chosen, theirs) {
    if (chosen === "theirs") {
      for (const [name, words] of Object.entries(theirs)) {
        const field = this.form.elements[name];
        if (field === this.area) this.put(words, true);
        else if (field) field.value = words;
      }
      this.saved = this.area.value;
      this.stands = this.state();
      this.dirty = false;
      clearTimeout(this.timer);
      localStorage.removeItem(this.key);
      return this.say(text("tookTheirs"));
    }
    this.area.focus();
    this.dirty = true;
    this.say(text("unsaved"));
    this.save();
  }

  // A text that never reached the server is offered again, unless the server has it by now.
  offer() {
    const stored = localStorage.getItem(this.key);
    if (!stored) return;
    const draft = JSON.parse(stored);
    if (draft.text.trim() === this.area.value.trim()) return localStorage.removeItem(this.key);
    const yes = make("button", "btn btn-s btn-plain", text("restore"));
    const no = make("button", "btn btn-s btn-quiet", text("discard"));
    const strip = make("div", "mde-restore", make("span", "grow", text("draftFound", { time: clock(new Date(draft.at)) })), yes, no);
    yes.type = no.type = "button";
    yes.addEventListener("click", () => { this.put(draft.text, true); strip.remove(); });
    no.addEventListener("click", () => { localStorage.removeItem(this.key); strip.remove(); });
    this.root.querySelector(".mde-box").prepend(strip);
  }

  put(words, all = false) {
    this.area.focus();
    if (all) this.area.select();
    // execCommand keeps the browser's undo history, which setting .value would lose.
    if (!document.execCommand("insertText", false, words)) this.area.setRangeText(words, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  view(button) {
    const preview = button.dataset.editorView === "preview";
    this.root.querySelectorAll("[data-editor-view]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    this.root.querySelector(".mde-preview").hidden = !preview;
    this.area.hidden = preview;
    this.root.querySelector(".mde-bar").hidden = preview;
    if (!preview) this.area.focus();
  }

  table() {
    const name = text("table");
    this.put(`\n| ${name} 1 | ${name} 2 | ${name} 3 |\n| --- | --- | --- |\n|  |  |  |\n|  |  |  |\n`);
  }

  // A block of its own around what is selected, the cursor inside.
  block(kind) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const before = from && !value.slice(0, from).endsWith("\n") ? "\n\n" : "";
    this.put(`${before}:::${kind}\n${value.slice(from, to)}\n:::\n`);
    const end = this.area.selectionEnd - 5;
    this.area.setSelectionRange(end, end);
  }

  uploads() {
    const take = (files) => [...files].forEach((file) => this.upload(file));
    this.root.querySelector("[data-editor-file]")?.addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });
    this.area.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files);
    });
    this.area.addEventListener("dragover", (event) => event.preventDefault());
    this.area.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    });
  }

  async upload(file) {
    this.say(text("uploading", { name: file.name }));
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch(this.root.dataset.uploadUrl, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 401) signedOut(null, true);
      if (!answer.ok) throw new Error(refusal(answer.status, await answer.text()));
      const { url, name } = await answer.json();
      const label = (name || file.name).replace(/[[\]]/g, "");
      this.say("");
      this.put(`${file.type.startsWith("image/") ? "!" : ""}[${label}](${url})\n`);
    } catch (problem) {
      const words = `${text("uploadFailed", { name: file.name })} ${problem instanceof TypeError ? text("noAnswer") : problem.message}`;
      this.say(words, "bad");
      toast(words, "bad");
    }
  }
}

export function start(root = document, refused = false) {
  root.querySelectorAll("[data-editor]").forEach((element) => {
    if (element.dataset.ready) return;
    element.dataset.ready = "1";
    new Editor(element, refused);
  });
  if (root.querySelector("markdown-toolbar") && !customElements.get("markdown-toolbar")) {
    import(new URL(`${data.vendor || "../vendor/"}markdown-toolbar-element.js`, import.meta.url).href);
  }
}
