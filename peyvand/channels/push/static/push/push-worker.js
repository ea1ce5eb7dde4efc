// Loaded by peyvand-sw.js of the shop: shows notices, opens what they lead to, tells us of a new endpoint.
(function (worker) {
  "use strict";
  worker.addEventListener("install", function () { worker.skipWaiting(); });
  worker.addEventListener("activate", function (event) { event.waitUntil(worker.clients.claim()); });
  worker.addEventListener("push", function (event) {
    var said = {};
    try { said = event.data.json(); } catch (e) { return; }
    event.waitUntil(worker.registration.showNotification(String(said.t || ""), {
      body: String(said.b || ""), tag: String(said.i || ""), lang: said.l, dir: said.d === "rtl" ? "rtl" : "ltr", data: { u: said.u },
    }));
  });
  worker.addEventListener("notificationclick", function (event) {
    event.notification.close();
    var url = worker.location.origin + "/", asked = (event.notification.data || {}).u;
    try { if (asked && /^https?:$/.test(new URL(asked).protocol)) url = asked; } catch (e) { /* the shop's own page */ }
    event.waitUntil(worker.clients.openWindow(url));
  });
  worker.addEventListener("pushsubscriptionchange", function (event) {
    var own = worker.peyvand, old = event.oldSubscription;
    if (!own || !old) return;
    var fresh = event.newSubscription ? Promise.resolve(event.newSubscription)
      : worker.registration.pushManager.subscribe(old.options);
    event.waitUntil(fresh.then(function (subscription) {
      return fetch(own.base + "/push/v1/" + own.key + "/renew", {
        method: "POST", headers: { "Content-Type": "text/plain" }, credentials: "omit",
        body: JSON.stringify({ old: old.endpoint, subscription: subscription.toJSON() }),
      });
    }));
  });
})(self);
