// Keeps files whose name tells their content, and one page for when there is no network. No page of a person, no answer
// of the server that could differ for two people, is ever kept. `given` is written above by the server (ui/web/views.py).
const KEPT = new RegExp(given.hashed);
const asked = url => new Request(url, { credentials: 'omit', cache: 'reload' });

self.addEventListener('install', event => {
  event.waitUntil(caches.open(given.cache).then(kept => kept.addAll([...given.files, given.offline].map(asked))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', event => {
  const old = names => names.filter(name => name.startsWith('peyvand-') && name !== given.cache);
  event.waitUntil(caches.keys().then(names => Promise.all(old(names).map(name => caches.delete(name)))).then(() => self.clients.claim()));
});

const fromHere = async request => {
  const kept = await caches.open(given.cache);
  const found = await kept.match(request);
  if (found) return found;
  const fresh = await fetch(request);
  if (fresh.ok && fresh.type === 'basic') kept.put(request, fresh.clone());
  return fresh;
};

self.addEventListener('fetch', event => {
  const request = event.request, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(given.offline)));
  else if (url.pathname.startsWith(given.root) && KEPT.test(url.pathname)) event.respondWith(fromHere(request));
});
