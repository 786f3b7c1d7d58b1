// Keeps one empty page and its files, and shows it when a page cannot be loaded. No answer of the centre is ever kept here.
const SHELL = {{ shell|tojson }};
const FILES = [
  {{ asset("vendor/tabler.min.css")|tojson }}, {{ asset("kmsvc.css")|tojson }}, {{ asset("icon.svg")|tojson }},
{%- for name in scripts %}
  {{ asset("js/" ~ name)|tojson }}, {{ (request.script_root ~ "/static/js/" ~ name)|tojson }},
{%- endfor %}
];
const NAME = `km-offline ${SHELL} ${FILES.map((file) => file.split("v=")[1] || "").join("")}`;
const GATEWAY = [502, 503, 504];

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll([SHELL, ...FILES].map((file) => new Request(file, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

async function settle() {
  for (const name of await caches.keys()) if (name.startsWith("km-offline ") && name !== NAME) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function page(event) {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    if (!GATEWAY.includes(answer.status) || answer.headers.get("X-Request-Id")) return answer;
  } catch { /* no connection: the page that stands in */ }
  return (await caches.match(SHELL)) || Response.error();
}

async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) || Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(settle()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const { pathname, search } = new URL(event.request.url);
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(pathname + search)) event.respondWith(file(event.request));
});
