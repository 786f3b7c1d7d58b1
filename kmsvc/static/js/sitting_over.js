// The paper is handed in: what this browser kept of it goes.
import { wipe } from "./sitting_queue.js";

const place = document.querySelector("[data-sitting-over]");
if (place) wipe(Number(place.dataset.sittingOver));
