// What a visitor does, told home in small batches: pages, clicks, searches, carts, purchases, forms sent (never what was
// typed). An event leaves the queue when the server has answered; until then it comes again under the same id.
(function (w, d) {
  "use strict";
  var P = w.Peyvand, n = navigator, l = location;
  if (!P || P.me) return;
  var name = "pv_" + P.key, queue = [], busy = false, timer = 0, pause = 0, left = "", here = "", known = null, anew = "";
  var CLICKS = ["gclid", "gbraid", "wbraid", "msclkid", "yclid", "fbclid", "ttclid", "twclid", "li_fat_id", "igshid"];

  function store(where, key, value) {
    try {
      where = w[where + "Storage"];
      if (value === undefined) return JSON.parse(where.getItem(name + key));
      value === null ? where.removeItem(name + key) : where.setItem(name + key, JSON.stringify(value));
    } catch (e) { /* a browser that keeps nothing: the queue lives as long as the page */ }
    return null;
  }
  function id() {
    var bytes = new Uint8Array(16), now = Date.now(), text = "", i;
    crypto.getRandomValues(bytes);
    for (i = 5; i >= 0; i--) { bytes[i] = now % 256; now = Math.floor(now / 256); }
    for (i = 0; i < 16; i++) text += String.fromCharCode(bytes[i]);
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").slice(0, 22);
  }
  function host(url) { try { return new URL(url, l.href).host; } catch (e) { return ""; } }
  function save() { store("session", "q", P.consent() === "full" && queue.length ? queue : null); }

  // ── sending ──
  function flush(last) {
    if (!queue.length || (busy && !last)) return;
    clearTimeout(timer);
    timer = 0;
    var some = queue.slice(0, last ? 50 : 10), mode = P.consent();
    if (mode === "none") { queue = []; save(); return; }
    if (last) {
      if (left === some[some.length - 1].i) return;
      left = some[some.length - 1].i;
    }
    busy = true;
    P.post("/e/" + P.key, {
      v: mode === "full" ? P.token() : "", m: mode, c: P.agreed(), at: Date.now(),
      p: {
        l: n.language, s: screen.width + "x" + screen.height, z: -new Date().getTimezoneOffset(),
        first: mode === "full" ? store("local", "f") : null, last: mode === "full" ? store("local", "l") : null,
      },
      e: some,
    }, last).then(function () {
      busy = false;
      last ? wait(3000) : done(some); // nobody says what became of a beacon: whoever is still here asks again
    }, function (error) {
      busy = false;
      if (error.status >= 400 && error.status < 500 && error.status !== 429) return done(some);
      pause = Math.min(pause * 2 || 5000, 60000);
      wait(pause);
    });
  }
  function done(some) {
    pause = 0;
    var gone = some.map(function (one) { return one.i; });
    queue = queue.filter(function (one) { return gone.indexOf(one.i) < 0; });
    save();
    if (queue.length) queue.length >= 10 ? flush() : wait(3000);
  }
  function wait(ms) { timer = timer || setTimeout(function () { timer = 0; flush(); }, ms); }
  function track(kind, data) {
    if (P.consent() === "none") return;
    queue.push({ i: id(), k: kind, t: Date.now(), u: l.href, n: d.title, d: data || {} });
    if (queue.length > 100) queue.splice(0, queue.length - 100);
    save();
    queue.length >= 10 && !pause ? flush() : wait(3000);
  }

  // ── what happens ──
  function arrival() {
    var said = {}, utm = {}, click = {}, query = new URLSearchParams(l.search);
    query.forEach(function (value, key) {
      if (/^utm_/.test(key)) utm[key.slice(4)] = said.utm = value.slice(0, 150);
      if (CLICKS.indexOf(key) >= 0) click[key] = said.click = value.slice(0, 200);
    });
    if (said.utm) said.utm = utm;
    if (said.click) said.click = click;
    if (d.referrer && host(d.referrer) !== l.host) said.ref = d.referrer;
    if ((said.utm || said.click) && P.consent() === "full") {
      var touch = { at: new Date().toISOString() };
      [utm, click].forEach(function (from) { for (var key in from) touch[key] = from[key]; });
      if (!store("local", "f")) store("local", "f", touch);
      store("local", "l", touch);
    }
    return said;
  }
  function page(first) {
    if (first !== true && here === l.href) return;
    here = l.href;
    track("page", first === true ? arrival() : {});
    var query = new URLSearchParams(l.search), words = query.get("q") || query.get("s") || query.get("search");
    if (words && words.trim()) track("search", { q: words.slice(0, 200) });
    P.emit("page", here);
    personal();
  }
  function moved() { setTimeout(page, 50); }
  ["pushState", "replaceState"].forEach(function (verb) {
    var before = history[verb];
    history[verb] = function () { var answer = before.apply(this, arguments); moved(); return answer; };
  });
  w.addEventListener("popstate", moved);
  d.addEventListener("click", function (event) {
    var found = event.target.closest && event.target.closest("[data-peyvand],a[href]");
    if (!found) return;
    var word = found.getAttribute("data-peyvand"), to = found.href || "";
    if (word === null && (!/^https?:/.test(to) || host(to) === l.host)) return;
    track("click", { text: word || found.textContent.trim().slice(0, 80), to: String(to).slice(0, 500) });
  }, true);
  d.addEventListener("submit", function (event) {
    var form = event.target, word = form.getAttribute("data-peyvand") || form.id || form.getAttribute("name") || "";
    track("submit", { text: word.slice(0, 80), to: String(form.getAttribute("action") || "").split("?")[0].slice(0, 300) });
  }, true);
  d.addEventListener("visibilitychange", function () { if (d.visibilityState === "hidden") flush(true); else left = ""; });
  w.addEventListener("pagehide", function () { flush(true); });
  w.addEventListener("online", function () { pause = 0; flush(); });

  // ── who it is, and what fits them ──
  function tell(said) {
    if (P.consent() !== "full") return Promise.resolve(null);
    said.v = P.token(true);
    said.lang = P.lang;
    return P.post("/e/" + P.key + "/me", said).then(function (answer) {
      if (answer && answer.token) P.adopt(answer.token);
      known = null;
      anew = "&new=1";
      personal();
      return answer;
    });
  }
  P.me = function () {
    var token = P.consent() === "full" ? P.token() : "";
    known = known || fetch(P.base + "/p/v1/me?site=" + P.key + "&v=" + token + anew, { credentials: "omit" }).then(function (answer) {
      if (!answer.ok) throw new Error("me " + answer.status);
      return answer.json();
    });
    known.catch(function () { known = null; });
    return known;
  };
  function personal() {
    var places = d.querySelectorAll("[data-peyvand-show],[data-peyvand-text],[data-peyvand-items]");
    if (places.length) P.me().then(function (me) { places.forEach(function (one) { fit(one, me); }); }, function () {});
  }
  function fit(one, me) {
    var show = one.getAttribute("data-peyvand-show"), text = one.getAttribute("data-peyvand-text");
    if (show !== null) {
      one.hidden = !show.split(/[\s,]+/).some(function (word) {
        return word === "known" ? me.known : word === "unknown" ? !me.known : word === "class:" + me.class;
      });
    }
    if (text === "name" && me.name) one.textContent = me.name;
    if (!one.hasAttribute("data-peyvand-items")) return;
    var url = one.getAttribute("data-url") || "", most = +one.getAttribute("data-peyvand-items") || 4;
    if (me.items.length) one.textContent = "";
    me.items.slice(0, most).forEach(function (item) {
      var row = d.createElement(/^[OU]L$/.test(one.tagName) ? "li" : "div"), into = row;
      if (url) { into = d.createElement("a"); into.href = url.replace("{sku}", encodeURIComponent(item.sku)); row.appendChild(into); }
      into.textContent = item.name;
      one.appendChild(row);
    });
  }

  P.on("consent", function (mode) {
    known = null;
    if (mode !== "full") { store("local", "f", null); store("local", "l", null); }
    if (mode === "none") queue = [];
    save();
    if (mode !== "none") { here = ""; page(true); }
  });
  P.command("track", function (kind, data) { track("track:" + kind, data); });
  P.command("cart", function (data) { track("cart", data); });
  P.command("purchase", function (data) { track("purchase", data); });
  P.command("page", function () { here = ""; page(); });
  P.command("identify", function (said) {
    said = said || {};
    return tell({ id: said.id, system: said.system, signature: said.signature, email: said.email, phone: said.phone, name: said.name });
  });
  P.command("remember", function (allowed) { return tell({ remember: allowed !== false }); });
  if (P.consent() === "full") queue = (store("session", "q") || []).slice(-100);
  page(true);
})(window, document);
