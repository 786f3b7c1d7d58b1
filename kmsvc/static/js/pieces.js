// A file too large for one request goes in pieces before its form is sent.
const PIECE = 20 * 1024 * 1024;

for (const form of document.querySelectorAll("form[data-pieces]")) {
  const field = form.querySelector("input[type=file]");
  const said = form.querySelector("[data-sent]");
  form.addEventListener("submit", async (event) => {
    const file = field?.files[0];
    if (!file || file.size <= PIECE) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      const key = await send(form.dataset.pieces, file, (share) => { said.textContent = `${share} %`; });
      form.elements.upload.value = key;
      form.elements.upload_name.value = file.name;
      field.value = "";
      form.requestSubmit(event.submitter);
    } catch (error) {
      said.textContent = error.message;
    }
  }, true);
}

async function send(place, file, tell) {
  let key = "";
  for (let at = 0; at < file.size; at += PIECE) {
    const body = new FormData();
    body.set("key", key);
    body.set("offset", String(at));
    body.set("file", file.slice(at, at + PIECE), "piece");
    const answer = await fetch(place, { method: "POST", body, headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(Object.values(found.fields || {}).flat()[0] || found.detail || String(answer.status));
    key = found.key;
    tell(Math.floor(Math.min(at + PIECE, file.size) * 100 / file.size));
  }
  return key;
}
