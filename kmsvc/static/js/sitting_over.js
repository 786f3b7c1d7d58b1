// The paper is handed in: what this browser kept of it goes. Answers that came too late are named and stay for some days, so that they are
// sent if whoever watched opens the paper again.
import { kept, wipe } from "./sitting_queue.js";

const place = document.querySelector("[data-sitting-over]");
if (place) {
  const id = Number(place.dataset.sittingOver);
  const late = Object.keys(kept(id).items);
  const hint = place.querySelector("[data-late]");
  if (hint && late.length) {
    hint.hidden = false;
    hint.querySelector("[data-late-list]").textContent = late.join(", ");
  } else wipe(id);
}
