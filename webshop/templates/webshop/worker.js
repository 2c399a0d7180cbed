// The shop's service worker. It keeps styles, fonts and pictures of the house, which are the same for everybody, and one
// page that says there is no network. No other page is kept: a price or a basket that is out of date would be a lie.
const KEPT = "shop-{{ version }}";
const OFFLINE = "{{ offline|escapejs }}";
const FILES = [{% for each in kept %}"{{ each|escapejs }}",{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    // without cookies: the page is nobody's, and what waits to be told to somebody is not used up
    await cache.addAll([OFFLINE, ...FILES].map((each) => new Request(each, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("shop-") && name !== KEPT).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// A page: from the network; without one, the page that says so. A form that is sent is left to the browser.
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

// A file of the house: from the network, so that none is old; without one, what was kept.
async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(file(request));
});
