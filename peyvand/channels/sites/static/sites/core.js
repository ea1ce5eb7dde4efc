// The core of a site's one script: the visitor's token, what they agreed to, calls home, and a place for the parts.
// No cookie of another party, no library; where the browser keeps nothing, everything works until the page is left.
(function (w, d, settings) {
  "use strict";
  if (w.Peyvand && w.Peyvand.base) return;
  var memory = {}, heard = {}, commands = {}, waiting = [];
  var name = "pv_" + settings.key;

  function keep(key, value) {
    memory[key] = value;
    try { value === null ? localStorage.removeItem(name + key) : localStorage.setItem(name + key, value); } catch (e) { /* kept in memory */ }
  }
  function kept(key) {
    try { var found = localStorage.getItem(name + key); if (found !== null) return found; } catch (e) { /* from memory */ }
    return memory[key] || "";
  }
  function random() {
    var bytes = new Uint8Array(16), text = "";
    crypto.getRandomValues(bytes);
    bytes.forEach(function (one) { text += String.fromCharCode(one); });
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  // A page says which language it is in; where it does not, the site's.
  var spoken = ((d.documentElement || {}).lang || "").slice(0, 2), lang = spoken === "fa" || spoken === "en" ? spoken : settings.lang;
  var P = {
    base: settings.base, key: settings.key, lang: lang, dir: lang === "fa" ? "rtl" : "ltr",
    // What may be recorded: the visitor's own word, else what the browser asks for, else the site's mode.
    consent: function (mode) {
      if (mode) {
        if (["none", "cookieless", "full"].indexOf(mode) < 0) throw new Error("consent: none, cookieless or full");
        if (mode !== "full") keep("t", null);
        keep("c", mode);
        P.emit("consent", mode);
        return mode;
      }
      return kept("c") || (navigator.globalPrivacyControl ? "none" : settings.consent);
    },
    // Whether they said so themselves.
    agreed: function () { var said = kept("c"); return said !== "" && said !== "none"; },
    // The token of this browser; "" where none may be kept. Who starts something themselves, as a chat, asks for one.
    token: function (make) {
      var found = kept("t");
      if (!found && (make || P.consent() === "full")) keep("t", (found = random()));
      return found;
    },
    adopt: function (token) { if (token) { keep("t", token); P.emit("token", token); } },
    forget: function () { keep("t", null); keep("c", "none"); P.emit("consent", "none"); },
    post: function (path, value, last) {
      var text = JSON.stringify(value);
      if (last && navigator.sendBeacon && navigator.sendBeacon(P.base + path, new Blob([text], { type: "text/plain" })))
        return Promise.resolve(null);
      return fetch(P.base + path, {
        method: "POST", body: text, headers: { "Content-Type": "text/plain" }, credentials: "omit", keepalive: text.length < 60000,
      }).then(function (answer) {
        if (!answer.ok) { var error = new Error(path + " " + answer.status); error.status = answer.status; throw error; }
        return answer.status === 204 ? null : answer.json();
      });
    },
    config: function (part) { return (settings.parts[part] || {}).config || {}; },
    file: function (file) { return P.base + settings.files[file]; },
    on: function (event, hear) { (heard[event] = heard[event] || []).push(hear); },
    emit: function (event, value) { (heard[event] || []).forEach(function (hear) { hear(value); }); },
    // peyvand("identify", …) and the like, said before or after the part that knows the word has come.
    command: function (word, run) {
      commands[word] = run;
      waiting = waiting.filter(function (said) { if (said[0] !== word) return true; run.apply(null, said.slice(1)); return false; });
    },
  };
  function said() {
    var words = [].slice.call(arguments);
    if (commands[words[0]]) return commands[words[0]].apply(null, words.slice(1));
    waiting.push(words);
  }
  var before = (w.peyvand && w.peyvand.q) || [];
  w.Peyvand = P;
  w.peyvand = said;
  P.command("consent", P.consent);
  P.command("forget", P.forget);
  [].slice.call(before).forEach(function (words) { said.apply(null, [].slice.call(words)); });
  // By a link of a message: what stands in the address is told once, and leaves the address bar whatever comes of it.
  var came = /([?&])pv_c=([\w-]+)(&|(?=#|$))/.exec(w.location.href);
  if (came) {
    var clean = w.location.href.replace(came[0], came[3] ? came[1] : "");
    try { w.history.replaceState(w.history.state, "", clean); } catch (e) { /* it stays where it may not be changed */ }
    var mine = P.token();
    if (mine) P.post("/l/v1/" + P.key, { token: mine, came: came[2] }).then(function (said) { P.adopt(said.token); }, function () { /* it proves nothing */ });
  }
  Object.keys(settings.parts).forEach(function (part) {
    var script = d.createElement("script");
    script.src = P.base + settings.parts[part].file;
    script.async = true;
    d.head.appendChild(script);
  });
})(window, document, /*settings*/);
