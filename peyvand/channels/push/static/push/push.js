// Notices: asked for only after the visitor has pressed the bell, or an element with data-peyvand-push.
(function (w, d, P) {
  "use strict";
  if (!P || !("serviceWorker" in navigator) || !("PushManager" in w) || !("Notification" in w)) return;
  var config = P.config("push"), words = config.words, root, panel, opener;
  var test = /^#peyvand-push=(.+)$/.exec(w.location.hash);

  function made(tag, attributes, inside) {
    var element = d.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      if (name === "on") element.addEventListener("click", attributes.on);
      else element.setAttribute(name, attributes[name]);
    });
    [].concat(inside || []).forEach(function (one) { element.append(one); });
    return element;
  }
  var bell = "M10 5a2 2 0 1 1 4 0a7 7 0 0 1 4 6v3a4 4 0 0 0 2 3h-16a4 4 0 0 0 2-3v-3a7 7 0 0 1 4-6M9 17v1a3 3 0 0 0 6 0v-1";
  function sign() {
    var space = "http://www.w3.org/2000/svg", drawn = d.createElementNS(space, "svg"), path = d.createElementNS(space, "path");
    path.setAttribute("d", bell);
    drawn.setAttribute("viewBox", "0 0 24 24");
    drawn.setAttribute("aria-hidden", "true");
    drawn.append(path);
    return drawn;
  }
  var look = ":host{all:initial}*{box-sizing:border-box;font:15px/1.7 Vazirmatn,Tahoma,system-ui,sans-serif}" +
    ".bell{position:fixed;inset-block-end:20px;inset-inline-start:20px;z-index:2147483000;inline-size:48px;block-size:48px;border:0;border-radius:50%;background:#0b5c6b;color:#fff;cursor:pointer;display:grid;place-items:center;box-shadow:0 2px 10px #0004}" +
    ".bell svg{inline-size:24px;block-size:24px;fill:none;stroke:currentColor;stroke-width:2}" +
    ".panel{position:fixed;inset-block-end:80px;inset-inline-start:20px;z-index:2147483000;inline-size:min(340px,calc(100vw - 40px));max-block-size:calc(100vh - 110px);overflow:auto;background:#fff;color:#1b2529;border:1px solid #c9d3d6;border-radius:12px;padding:16px;box-shadow:0 6px 28px #0003}" +
    ".panel[hidden]{display:none}h2{font-size:17px;font-weight:700;margin:0 0 4px}p{margin:0 0 10px}label{display:flex;gap:8px;margin-block:8px;align-items:start}label small{display:block;color:#54646a;font-size:13px}input{margin-block-start:7px;inline-size:16px;block-size:16px;flex:none}" +
    ".acts{display:flex;flex-wrap:wrap;gap:8px;margin-block-start:12px}.acts button{border:1px solid #0b5c6b;border-radius:8px;padding:6px 14px;min-block-size:36px;background:#fff;color:#0b5c6b;cursor:pointer}.acts .main{background:#0b5c6b;color:#fff}" +
    "button:focus-visible,input:focus-visible{outline:3px solid #e0a100;outline-offset:2px}" +
    "@media (prefers-color-scheme:dark){.panel{background:#182124;color:#e8eef0;border-color:#3a474c}label small{color:#a9b8bd}.acts button{background:#182124;color:#8fd3df;border-color:#8fd3df}.acts .main{background:#8fd3df;color:#0b2b32}}";

  function host() {
    if (root) return root;
    var place = made("div", { lang: P.lang, dir: P.dir });
    root = place.attachShadow({ mode: "open" });
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(look);
    root.adoptedStyleSheets = [sheet];
    d.body.append(place);
    return root;
  }
  function kept(value) {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem("pv_push_" + P.key) || "null");
      value === null ? localStorage.removeItem("pv_push_" + P.key) : localStorage.setItem("pv_push_" + P.key, JSON.stringify(value));
    } catch (e) { /* it is asked anew next time */ }
    return null;
  }
  function subscribed() {
    return navigator.serviceWorker.getRegistration(config.worker).then(function (found) {
      return found ? found.pushManager.getSubscription() : null;
    }).catch(function () { return null; });
  }
  function key() {
    var text = atob(config.public.replace(/-/g, "+").replace(/_/g, "/")), bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  function post(what, body) {
    body.token = P.token(true);
    body.page = w.location.origin + w.location.pathname;
    return P.post("/push/v1/" + P.key + "/" + what, body);
  }
  function said(text, bad) {
    var line = panel.querySelector("[role=status]");
    line.textContent = text;
    if (!bad) panel.querySelector("[data-close]").focus();
  }
  function chosen() {
    return [].slice.call(panel.querySelectorAll("input:checked")).map(function (one) { return one.value; });
  }
  function allow() {
    var topics = chosen();
    if (!topics.length) return said(words.choose, true);
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") return said(words.denied, true);
      return navigator.serviceWorker.register(config.worker).then(function () { return navigator.serviceWorker.ready; }).then(function (worker) {
        return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() });
      }).then(function (subscription) {
        var body = { subscription: subscription.toJSON(), topics: topics, language: P.lang };
        if (test) body.test = decodeURIComponent(test[1]);
        return post("subscribe", body);
      }).then(function () {
        kept(topics);
        drawn(true);
        said(words.done);
        P.emit("push", true);
      });
    }).catch(function () { said(words.failed, true); });
  }
  function change(topics) {
    if (topics && !topics.length) return said(words.choose, true);
    subscribed().then(function (subscription) {
      if (!subscription) return null;
      return post(topics ? "topics" : "unsubscribe", { endpoint: subscription.endpoint, topics: topics || [] }).then(function () {
        return topics ? null : subscription.unsubscribe();
      });
    }).then(function () {
      kept(topics);
      drawn(!!topics);
      said(topics ? words.done : words.stopped);
      P.emit("push", !!topics);
    }).catch(function () { said(words.failed, true); });
  }
  function drawn(on) {
    var mine = kept();
    panel.replaceChildren(
      made("h2", { id: "t" }, words.title), made("p", {}, words.lead),
      made("div", {}, config.topics.map(function (topic) {
        var box = made("input", { type: "checkbox", value: topic.key });
        box.checked = mine ? mine.indexOf(topic.key) >= 0 : false;
        return made("label", {}, [box, made("span", {}, [topic.name].concat(topic.text ? [made("small", {}, topic.text)] : []))]);
      })),
      made("p", { role: "status" }),
      made("div", { class: "acts" }, (on
        ? [made("button", { class: "main", on: function () { change(chosen()); } }, words.save), made("button", { on: function () { change(null); } }, words.stop)]
        : [made("button", { class: "main", on: allow }, words.allow)]
      ).concat(made("button", { "data-close": "", on: closed }, words.close)))
    );
  }
  function closed() { panel.hidden = true; if (opener) opener.focus(); }
  function open(event) {
    if (event) { event.preventDefault(); opener = event.currentTarget; }
    if (!panel) {
      panel = made("div", { class: "panel", role: "dialog", "aria-labelledby": "t" });
      panel.addEventListener("keydown", function (pressed) { if (pressed.key === "Escape") closed(); });
      host().append(panel);
    }
    subscribed().then(function (subscription) {
      drawn(!!subscription && Notification.permission === "granted");
      panel.hidden = false;
      panel.querySelector("input,button").focus();
    });
  }
  function start() {
    if (config.bell || test) host().append(made("button", { class: "bell", type: "button", "aria-label": words.title, title: words.title, on: open }, sign()));
    d.querySelectorAll("[data-peyvand-push]").forEach(function (element) { element.hidden = false; element.addEventListener("click", open); });
  }
  P.command("push", function () { open(); });
  if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start); else start();
})(window, document, window.Peyvand);
