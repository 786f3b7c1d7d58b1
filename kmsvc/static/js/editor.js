// The Markdown editor: draft autosave, text kept here while the line is down, preview, tables, pasted pictures.
// Autosave posts JSON: every named field of the form, plus `version`. The answer may carry `version` and `saved_at`.
import { clock, data, make, text } from "./data.js";
import { refusal, toast } from "./toast.js";

const WAIT = 1500; // ms of quiet before a save

class Editor {
  constructor(root) {
    this.root = root;
    this.area = root.querySelector("textarea");
    this.form = this.area.form;
    this.status = root.querySelector("[data-editor-saved]");
    this.url = root.dataset.autosaveUrl;
    this.version = root.dataset.version;
    this.key = `km-draft:${this.url || location.pathname}#${this.area.name}`;
    this.saved = this.area.value;
    this.dirty = false;
    this.offer();
    this.area.addEventListener("input", () => this.changed());
    this.form?.addEventListener("submit", () => { this.dirty = false; clearTimeout(this.timer); });
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty) return;
      this.keep();
      event.preventDefault();
    });
    window.addEventListener("online", () => { if (this.dirty) this.save(); });
    root.querySelectorAll("[data-editor-view]").forEach((button) => button.addEventListener("click", () => this.view(button)));
    root.querySelector("[data-editor-table]")?.addEventListener("click", () => this.table());
    if (root.dataset.uploadUrl) this.uploads();
  }

  say(words, kind = "") {
    this.status.textContent = words;
    this.status.className = `mde-saved ${kind}`;
  }

  changed() {
    this.dirty = this.area.value !== this.saved;
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
    const sent = this.area.value;
    this.saving = true;
    this.say(text("saving"));
    try {
      const fields = Object.fromEntries([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(this.version ? { ...fields, version: Number(this.version) } : fields),
      });
      if (!answer.ok) return this.refused(answer.status, await answer.text());
      const reply = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      this.stored(sent, reply);
    } catch {
      this.keep();
      this.say(text("offline"), "bad");
      this.timer = setTimeout(() => this.save(), 10000);
    } finally {
      this.saving = false;
    }
  }

  stored(sent, reply) {
    this.saved = sent;
    if (reply.version) {
      this.version = reply.version;
      const hidden = this.form.querySelector("input[type=hidden][name=version]");
      if (hidden) hidden.value = reply.version;
    }
    localStorage.removeItem(this.key);
    this.dirty = this.area.value !== sent;
    this.say(text("saved", { time: clock(reply.saved_at ? new Date(reply.saved_at) : new Date()) }), "ok");
    if (this.dirty) this.changed();
  }

  refused(status, body) {
    this.keep();
    this.say(status === 409 ? text("conflict") : refusal(status, body), "bad");
    if (status >= 500) this.timer = setTimeout(() => this.save(), 10000);
  }

  // A text that never reached the server is offered again, unless the server has it by now.
  offer() {
    const stored = localStorage.getItem(this.key);
    if (!stored) return;
    const draft = JSON.parse(stored);
    if (draft.text === this.area.value) return localStorage.removeItem(this.key);
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
      if (!answer.ok) throw new Error(refusal(answer.status, await answer.text()));
      const { url, name } = await answer.json();
      const label = (name || file.name).replace(/[[\]]/g, "");
      this.put(`${file.type.startsWith("image/") ? "!" : ""}[${label}](${url})\n`);
    } catch (problem) {
      toast(`${text("uploadFailed", { name: file.name })} ${problem instanceof TypeError ? text("noAnswer") : problem.message}`, "bad");
    }
  }
}

export function start(root = document) {
  root.querySelectorAll("[data-editor]").forEach((element) => {
    if (element.dataset.ready) return;
    element.dataset.ready = "1";
    new Editor(element);
  });
  if (root.querySelector("markdown-toolbar") && !customElements.get("markdown-toolbar")) {
    import(new URL(`${data.vendor || "../vendor/"}markdown-toolbar-element.js`, import.meta.url).href);
  }
}
