// The page that stands in for one that cannot be loaded: what this window has kept, and the page itself once it can be.
import "./compose.js";
import * as copy from "./copy.js";
import * as offline from "./offline.js";
import * as read from "./read.js";
import { room } from "./room.js";

read.start();
copy.start();
offline.start();
const show = () => document.getElementById("room").replaceChildren(room(read.find(location.pathname)?.key || ""));
show();
document.addEventListener("km:wiped", show);
const comeBack = () => setTimeout(() => location.reload(), 500);
document.addEventListener("km:back", comeBack);
offline.suspect().then((gone) => { if (!gone) comeBack(); });
document.querySelector("#room input")?.focus();
