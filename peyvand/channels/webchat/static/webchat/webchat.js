// Live chat on a page: a button, and behind it a window in a shadow of its own. Everything that people have written is
// put in as text. What was sent is sent again until it is kept; what was heard goes on from the last line one has.
(function (w, d) {
  "use strict";
  var P = w.Peyvand, C = P && P.config("webchat");
  if (!P || !C || P.chat) return;
  var lang = P.lang, persian = lang === "fa", base = P.base + "/chat/v1/" + P.key, memory = {};
  var name = "pv_" + P.key + "chat";
  var A = null, open = false, tab = "chat", lines = [], pending = [], rooms = [], room = null, me = {};
  var last = 0, readUpTo = 0, seenUpTo = 0, typing = "", intro = [], known = false, mail = false, up = false;
  var started = false, unread = 0, socket = null, tries = 0, failed = 0, polling = false, sound = kept("sound") === "1";
  var roomLines = [], roomLast = 0, said = {}, blobs = {}, notice = "", view = "", errors = {}, code = null;
  var root, shadow, launcher, panel, body, foot, live, typer;

  function keep(key, value) {
    memory[key] = value;
    try { value === "" ? localStorage.removeItem(name + key) : localStorage.setItem(name + key, value); } catch (e) { /* in memory */ }
  }
  function kept(key) {
    try { var found = localStorage.getItem(name + key); if (found !== null) return found; } catch (e) { /* from memory */ }
    return memory[key] || "";
  }
  function id() {
    var bytes = new Uint8Array(12);
    crypto.getRandomValues(bytes);
    return [].map.call(bytes, function (one) { return ("0" + one.toString(16)).slice(-2); }).join("");
  }
  function digits(text) { return persian ? String(text).replace(/\d/g, function (n) { return "۰۱۲۳۴۵۶۷۸۹"[n]; }) : String(text); }
  function word(key, values) {
    var text = (A && A.words[key]) || "";
    return values ? text.replace(/%\((\w+)\)s/g, function (all, one) { return digits(values[one]); }) : text;
  }
  // Elements only by name, text only as text: nothing that anybody wrote can become anything else.
  function h(tag, attrs) {
    var made = d.createElement(tag), key;
    for (key in attrs || {}) {
      if (key === "on") Object.keys(attrs.on).forEach(function (one) { made.addEventListener(one, attrs.on[one]); });
      else if (attrs[key] === true) made.setAttribute(key, "");
      else if (attrs[key] !== false && attrs[key] !== null && attrs[key] !== undefined) made.setAttribute(key, attrs[key]);
    }
    [].slice.call(arguments, 2).forEach(function add(child) {
      if (Array.isArray(child)) child.forEach(add);
      else if (child !== null && child !== undefined && child !== "") made.append(child);
    });
    return made;
  }
  var PATHS = {
    chat: "M4 5h16v11H9l-5 4z", x: "M6 6l12 12M18 6L6 18", send: "M5 12L3 4l18 8-18 8 2-8zM5 12h8", clip: "M8 12l5-5a3 3 0 014 4l-7 7a5 5 0 01-7-7l7-7",
    dots: "M5 12h1M11.5 12h1M18 12h1", back: "M15 5l-7 7 7 7", flag: "M6 21V4h12l-3 4 3 4H6", pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  };
  function icon(which, flip) {
    var svg = d.createElementNS("http://www.w3.org/2000/svg", "svg"), path = d.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24"); svg.setAttribute("aria-hidden", "true");
    if (flip) svg.setAttribute("class", "flip");
    path.setAttribute("d", PATHS[which]);
    svg.append(path);
    return svg;
  }
  function time(at) { return new Date(at * 1000).toLocaleTimeString(persian ? "fa-IR" : "en-GB", { hour: "2-digit", minute: "2-digit" }); }
  function day(at) {
    var then = new Date(at * 1000);
    return then.toDateString() === new Date().toDateString() ? word("today") : then.toLocaleDateString(persian ? "fa-IR-u-ca-persian" : "en-GB", { weekday: "long", day: "numeric", month: "long" });
  }

  // ── what is sent: kept until the server says that it has it ──
  function save() {
    keep("out", JSON.stringify(pending.filter(function (one) { return !one.file; }).map(function (one) { return { t: one.t, id: one.id, text: one.text, at: one.at, room: one.room }; })));
  }
  function frame(value) {
    if (socket && socket.readyState === 1 && up) socket.send(JSON.stringify(value));
    else if (polling && value.t !== "typing") ask([value]);
  }
  function flush() { pending.forEach(function (one) { if (!one.failed) one.file ? upload(one) : frame({ t: one.t, id: one.id, text: one.text, room: one.room }); }); }
  function say(text, file) {
    var one = { t: "say", id: id(), text: text, at: Date.now() / 1000, file: file };
    pending.push(one); save(); begin(); draw(true);
    if (file) upload(one); else frame({ t: "say", id: one.id, text: text });
  }
  function settle(which) { pending = pending.filter(function (one) { return one.id !== which; }); save(); }
  function upload(one) {
    if (one.going) return;
    one.going = true;
    var head = JSON.stringify({ token: P.token(true), id: one.id, name: one.file.name, type: one.file.type, lang: lang }) + "\n";
    fetch(base + "/file", { method: "POST", credentials: "omit", body: new Blob([head, one.file], { type: "text/plain" }) })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (told) { one.going = false; take(told); })
      .catch(function (error) { one.going = false; if (/^4/.test(error.message)) { one.failed = word("failed"); draw(); } else setTimeout(function () { upload(one); }, 4000); });
  }

  // ── what is heard ──
  function add(line) {
    if (line.seq <= last && lines.some(function (one) { return one.seq === line.seq; })) return;
    if (line.id) settle(line.id);
    lines.push(line);
    lines.sort(function (a, b) { return a.seq - b.seq; });
    last = Math.max(last, line.seq);
    if (line.kind === "out" || line.kind === "ask") { typing = ""; fresh(line); }
  }
  function fresh(line) {
    if (line.seq <= readUpTo) return;
    if (!looking()) unread = lines.filter(function (one) { return one.kind === "out" && one.seq > readUpTo; }).length;
    if (sound && line.at * 1000 > Date.now() - 10000) beep();
  }
  function looking() { return open && tab === "chat" && d.visibilityState === "visible"; }
  function beep() {
    try {
      var audio = new AudioContext(), tone = audio.createOscillator(), gain = audio.createGain();
      tone.frequency.value = 660; gain.gain.value = 0.06;
      tone.connect(gain); gain.connect(audio.destination); tone.start(); tone.stop(audio.currentTime + 0.12);
    } catch (e) { /* silent */ }
  }
  function take(told) {
    var t = told.t, low = atEnd();
    if (t === "welcome") {
      up = true; tries = 0; failed = 0;
      told.lines.forEach(add);
      readUpTo = Math.max(readUpTo, told.read); seenUpTo = Math.max(seenUpTo, told.seen);
      typing = told.typing || ""; intro = told.intro; known = known || told.known; mail = mail || told.mail; rooms = told.rooms;
      if (A) { A.open = told.open; A.back = told.back; }
      unread = lines.filter(function (one) { return one.kind === "out" && one.seq > readUpTo; }).length;
      if (told.lines.length) frame({ t: "ack", seq: last });
      if (socket) flush();
      if (room && socket) frame({ t: "room", room: room.id, last: roomLast });
    } else if (t === "line") { add(told); frame({ t: "ack", seq: last }); if (told.kind === "out") speak((told.by || "") + ": " + told.text);
    } else if (t === "ok") { settled(told);
    } else if (t === "no") { refused(told);
    } else if (t === "typing") typing = told.by;
    else if (t === "seen") seenUpTo = Math.max(seenUpTo, told.seq);
    else if (t === "known") { known = true; mail = told.mail; intro = []; errors = {}; if (view === "intro") view = ""; if (held) { var text = held; held = ""; say(text); } }
    else if (t === "mailed") { view = ""; notice = word("mailed"); }
    else if (t === "code") code = told;
    else if (t === "room") inRoom(told);
    else if (t === "me") { me = told.me; errors = {}; }
    else if (t === "reported") notice = word("reported");
    else if (t === "ping") return frame({ t: "ping" });
    else if (t === "pong") return;
    draw(low);
  }
  var held = "";
  function settled(told) {
    var one = pending.filter(function (p) { return p.id === told.id; })[0];
    settle(told.id);
    // The line itself comes too; until then it stands as kept, so that nothing flickers.
    if (one && told.seq && !one.file) add({ seq: told.seq, kind: "in", text: one.text, at: told.at, id: one.id });
  }
  function refused(told) {
    var one = pending.filter(function (p) { return p.id && p.id === told.id; })[0];
    if (told.errors) { errors = told.errors; return; }
    if (one && told.code === "intro") { settle(one.id); held = one.text; view = "intro"; intro = ["name"]; return; }
    if (one && (told.code === "often" || told.code === "fault")) { setTimeout(flush, 3000); return; }
    if (one) { one.failed = told.why; return; }
    if (told.of === "enter" || told.of === "transcript") errors = { it: told.why }; else notice = told.why;
  }
  function speak(text) { if (live) live.textContent = text.slice(0, 300); }

  // ── the line to the server: a socket, else long asking ──
  function hello() { return { t: "hello", token: P.token(true), last: last, lang: lang, page: location.href.slice(0, 500), title: d.title.slice(0, 200) }; }
  function begin() { if (!started) { started = true; keep("on", "1"); connect(); } }
  function connect() {
    if (socket || polling) return;
    if (failed >= 2 || !w.WebSocket) { polling = true; poll(); return; }
    var mine, welcomed = false;
    try { mine = socket = new WebSocket(base.replace(/^http/, "ws")); } catch (e) { failed = 2; return connect(); }
    var patience = setTimeout(function () { if (!welcomed) mine.close(); }, 8000), quiet;
    function alive() { clearTimeout(quiet); quiet = setTimeout(function () { mine.close(); }, 60000); }
    mine.onopen = function () { mine.send(JSON.stringify(hello())); };
    mine.onmessage = function (event) { welcomed = true; clearTimeout(patience); alive(); take(JSON.parse(event.data)); };
    mine.onclose = function () {
      clearTimeout(patience); clearTimeout(quiet);
      if (socket !== mine) return;
      socket = null; up = false; typing = "";
      if (!welcomed) failed++;
      draw();
      setTimeout(connect, Math.min(20000, 500 * Math.pow(2, tries++)) * (0.7 + Math.random() * 0.6));
    };
  }
  function request(frames, wait) {
    var value = Object.assign(hello(), { frames: frames, wait: wait, room: room ? room.id : 0, room_last: roomLast });
    return fetch(base + "/poll", { method: "POST", credentials: "omit", headers: { "Content-Type": "text/plain" }, body: JSON.stringify(value) })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (told) { told.frames.forEach(take); });
  }
  var asked = [];
  function ask(frames) {
    asked = asked.concat(frames);
    if (asked.length > frames.length) return;
    setTimeout(function () { var some = asked.splice(0, 15); request(some, false).catch(function () { up = false; draw(); }); }, 30);
  }
  function poll() {
    var waiting = pending.filter(function (one) { return !one.file && !one.failed; }).slice(0, 10).map(function (one) { return { t: one.t, id: one.id, text: one.text, room: one.room }; });
    var began = Date.now();
    request(waiting, true).then(function () { tries = 0; setTimeout(poll, Date.now() - began < 1000 ? 1000 : 50); })
      .catch(function () { up = false; draw(); setTimeout(poll, Math.min(20000, 1000 * Math.pow(2, tries++))); });
  }

  // ── the window ──
  function read() {
    if (!looking() || !last) return;
    if (last > readUpTo) { readUpTo = last; unread = 0; keep("read", String(last)); frame({ t: "read", seq: last }); }
  }
  function atEnd() { return !body || body.scrollHeight - body.scrollTop - body.clientHeight < 60; }
  function show(on) {
    open = on;
    keep("open", on ? "1" : "");
    if (on && !A) about();
    draw(true);
    if (on) { focusIn(); if (kept("on")) begin(); } else launcher.focus();
  }
  function about() {
    fetch(base + "/about?lang=" + lang, { credentials: "omit" }).then(function (answer) { return answer.json(); }).then(function (told) { A = told; if (!rooms.length) rooms = told.rooms; draw(true); focusIn(); })
      .catch(function () { setTimeout(about, 4000); });
  }
  function focusIn() { var at = shadow.querySelector("textarea,input,button.begin"); if (open && at) at.focus({ preventScroll: true }); }
  function button(which, label, run, attrs) { return h("button", Object.assign({ type: "button", class: "ib", "aria-label": label, title: label, on: { click: run } }, attrs || {}), icon(which, which === "send" || which === "back")); }
  function draw(low) {
    if (!launcher) return;
    if (looking()) read();
    launcher.hidden = open && w.innerWidth < 480;
    launcher.setAttribute("aria-expanded", open);
    launcher.setAttribute("aria-label", open ? word("close") || C.open : unread ? C.open + (persian ? "، " : ", ") + (word("unread", { n: unread }) || digits(unread)) : C.open);
    launcher.replaceChildren(icon(open ? "x" : "chat"), unread && !open ? h("b", { class: "badge" }, digits(unread)) : "");
    panel.hidden = !open;
    if (!open || !A) return;
    if (low === undefined) low = atEnd();
    head(); content(); footer();
    if (low) body.scrollTop = body.scrollHeight;
  }
  var top_, shownHead = "", shownFoot = "", shownBody = "";
  function head() {
    var now = [tab, view, room && room.id, rooms.length, A.open, up, started, notice, typing].join("|");
    if (now === shownHead) return;
    shownHead = now;
    var title = room ? room.name : A.title || word("open");
    var back = view || room ? button("back", word("back_to"), function () { if (view) view = ""; else leaveRoom(); errors = {}; code = null; draw(true); }) : "";
    var state = !room && !A.open ? h("small", {}, word("away")) : "";
    top_.replaceChildren(
      h("div", { class: "row" }, back, h("h2", { id: "t" }, h("bdi", {}, title), state), room ? "" : button("dots", word("more"), function () { view = view === "more" ? "" : "more"; draw(true); }, { "aria-expanded": view === "more" }),
        button("x", word("close"), function () { show(false); })),
      rooms.length && !view && !room ? h("div", { class: "tabs", role: "tablist" }, tabOf("chat", word("chat")), tabOf("rooms", word("rooms"))) : "");
  }
  function tabOf(which, label) { return h("button", { type: "button", role: "tab", "aria-selected": String(tab === which), on: { click: function () { tab = which; draw(true); } } }, label); }
  function note(text, kind) { return h("p", { class: "note " + (kind || ""), role: kind === "bad" ? "alert" : null }, text); }
  function content() {
    var parts, key;
    if (view === "more") parts = more();
    else if (view === "intro") parts = form();
    else if (view === "mail") parts = mailing();
    else if (view === "code") parts = coding();
    else if (tab === "rooms") parts = room ? roomLog() : roomList();
    else { parts = log(); key = "log"; }
    // A field in which somebody types is never drawn anew under their hands.
    var typed = shadow.activeElement && body.contains(shadow.activeElement) && /INPUT|TEXTAREA/.test(shadow.activeElement.tagName);
    var state = view + JSON.stringify(errors) + (code ? code.code : "");
    if (!key && typed && state === shownBody) return;
    shownBody = state;
    body.setAttribute("role", key || room ? "log" : "group");
    body.replaceChildren.apply(body, parts);
  }
  function log() {
    var made = [], before = "";
    if (notice) made.push(note(notice));
    if (started && !up) made.push(note(word("offline"), "bad"));
    if (!A.open) made.push(note([A.away || word("leave"), A.back ? word("back", { when: day(A.back) + (persian ? "، " : ", ") + time(A.back) }) : ""].join(" "), "away"));
    else if (A.greeting) made.push(h("div", { class: "m out" }, h("div", { class: "bb", dir: "auto" }, A.greeting)));
    lines.concat().forEach(function (line, at) {
      var head = day(line.at);
      if (head !== before) { made.push(h("p", { class: "day" }, head)); before = head; }
      made.push(shown(line, at === lines.length - 1));
    });
    pending.forEach(function (one) { if (one.t === "say") made.push(waiting(one)); });
    if (!lines.length && !pending.length && A.openings.length) made.push(h("div", { class: "openings" }, A.openings.map(function (text) { return h("button", { type: "button", class: "opening", dir: "auto", on: { click: function () { wants(text); } } }, text); })));
    if (typing) made.push(h("p", { class: "typing" }, word("typing", { name: typing }), h("i"), h("i"), h("i")));
    return made;
  }
  function shown(line, latest) {
    var data = line.data || {};
    if (line.kind === "system") return h("p", { class: "day" }, data.what === "joined" ? word("joined", { name: "\u2068" + data.name + "\u2069" }) : data.what === "rated" ? word("rated", { n: data.stars }) : "");
    if (line.kind === "ask") return rating(line);
    var out = line.kind === "out", state = out ? "" : line.seq <= seenUpTo ? word("seen") : word("sent");
    return h("div", { class: out ? "m out" : "m" }, h("span", { class: "vh" }, (out ? line.by || word("somebody") : word("you")) + ": "),
      h("div", { class: "bb", dir: "auto" }, line.text, (line.files || []).map(fileOf), (data.refused || []).map(function (one) { return h("span", { class: "file off" }, word("refused", { name: "\u2068" + one + "\u2069" })); })),
      h("div", { class: "mt" }, out && line.by ? h("bdi", {}, line.by) : "", out && line.by ? " · " : "", h("time", {}, time(line.at)), state && latest ? " · " + state : ""));
  }
  function waiting(one) {
    return h("div", { class: "m" }, h("div", { class: "bb wait", dir: "auto" }, one.text || (one.file ? one.file.name : "")), h("div", { class: "mt" + (one.failed ? " bad" : "") }, one.failed || word("waits"),
      one.failed ? h("button", { type: "button", class: "lnk", on: { click: function () { one.failed = ""; flush(); draw(); } } }, word("again")) : ""));
  }
  function fileOf(file) {
    var picture = /^image\/(png|jpeg|gif|webp)$/.test(file.type) && file.size < 6e6;
    var made = h("a", { class: picture ? "pic" : "file", href: "#", role: "button", on: { click: function (event) { event.preventDefault(); blob(file, function (url) { var a = h("a", { href: url, download: file.name }); a.click(); }); } } }, picture ? "" : icon("clip"), picture ? "" : h("bdi", {}, file.name));
    if (picture) blob(file, function (url) { made.replaceChildren(h("img", { src: url, alt: word("picture") + " " + file.name })); });
    return made;
  }
  function blob(file, run) {
    if (blobs[file.id]) return run(blobs[file.id]);
    fetch(base + "/file/" + file.id, { method: "POST", credentials: "omit", headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ token: P.token(true) }) })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.blob(); })
      .then(function (found) { run((blobs[file.id] = URL.createObjectURL(found))); }).catch(function () { /* its name stands there */ });
  }
  function rating(line) {
    var given = (line.data || {}).stars || said[line.seq];
    lines.forEach(function (one) { if (one.kind === "system" && (one.data || {}).of === line.seq) given = one.data.stars; });
    return h("div", { class: "ask", role: "group", "aria-label": word("rate") }, h("p", {}, word("rate")), [1, 2, 3, 4, 5].map(function (n) {
      return h("button", { type: "button", class: given >= n ? "star on" : "star", disabled: !!given, "aria-label": word("star", { n: n }), on: { click: function () { said[line.seq] = n; frame({ t: "rate", seq: line.seq, stars: n }); draw(); } } }, given >= n ? "★" : "☆");
    }));
  }
  function wants(text) {
    begin();
    if ((intro.length || must()) && !known && !lines.length) { held = text; view = "intro"; draw(true); focusIn(); } else say(text);
  }
  function must() { return Object.keys(A.asked).length; }
  function field(key, type, needed) {
    return h("label", {}, h("span", {}, word(key), needed ? "" : h("small", {}, " " + word("optional"))), h("input", { name: key, type: type, dir: key === "name" ? "auto" : "ltr", required: needed, autocomplete: key === "phone" ? "tel" : key, "aria-invalid": !!errors[key], "aria-describedby": errors[key] ? "e-" + key : null }), errors[key] ? h("em", { id: "e-" + key, role: "alert" }, errors[key]) : "");
  }
  function form() {
    return [h("form", { novalidate: true, on: { submit: function (event) {
      event.preventDefault();
      var given = { t: "intro" };
      new FormData(event.target).forEach(function (value, key) { given[key] = key === "remember" ? true : value; });
      begin(); later(given);
    } } }, h("h3", {}, word("intro")), ["name", "email", "phone"].filter(function (key) { return A.asked[key]; }).map(function (key) { return field(key, key === "email" ? "email" : key === "phone" ? "tel" : "text", A.asked[key] === "must"); }),
      A.remembers ? h("label", { class: "tick" }, h("input", { type: "checkbox", name: "remember" }), h("span", {}, word("remember"))) : "", h("button", { class: "go" }, word("begin")))];
  }
  function later(value) { if (up) frame(value); else setTimeout(function () { later(value); }, 150); }
  function more() {
    function item(label, run) { return h("button", { type: "button", class: "item", on: { click: run } }, label); }
    return [h("div", { class: "menu" }, item(word("transcript"), function () { view = "mail"; errors = {}; draw(true); focusIn(); }),
      A.elsewhere ? item(word("elsewhere"), function () { view = "code"; code = null; begin(); later({ t: "elsewhere" }); draw(true); }) : "",
      h("label", { class: "tick item" }, h("input", { type: "checkbox", checked: sound, on: { change: function (event) { sound = event.target.checked; keep("sound", sound ? "1" : ""); if (sound) beep(); } } }), h("span", {}, word("sound"))))];
  }
  function mailing() {
    return [h("form", { novalidate: true, on: { submit: function (event) { event.preventDefault(); begin(); later({ t: "transcript", email: event.target.elements.email ? event.target.elements.email.value : "" }); } } },
      h("h3", {}, word("transcript")), mail ? "" : field("email", "email", true), errors.it ? h("em", { role: "alert" }, errors.it) : "", h("button", { class: "go" }, word("send")))];
  }
  function coding() {
    if (!code) return [note("…")];
    return [h("div", { class: "code" }, h("h3", {}, word("code")), h("output", { dir: "ltr" }, code.code), h("p", {}, word("ways")), code.ways.map(function (one) { return h("a", { class: "go", href: one.url, target: "_blank", rel: "noopener" }, one.label); }))];
  }

  // ── rooms ──
  function roomList() {
    return rooms.map(function (one) {
      return h("button", { type: "button", class: "item", on: { click: function () { begin(); room = one; roomLines = []; roomLast = 0; me = {}; later({ t: "room", room: one.id, last: 0 }); draw(true); } } }, h("b", {}, h("bdi", {}, one.name)), h("small", { dir: "auto" }, one.open ? one.topic : word("closedroom")));
    });
  }
  function leaveRoom() { room = null; frame({ t: "room", room: 0 }); }
  function inRoom(told) {
    if (!room || told.room.id !== room.id) return;
    room = told.room;
    if (told.me) me = told.me;
    told.lines.forEach(function (line) {
      roomLast = Math.max(roomLast, line.seq);
      roomLines = roomLines.filter(function (one) { return one.id !== line.id; });
      roomLines.push(line);
    });
    roomLines.sort(function (a, b) { return a.id - b.id; });
  }
  function roomLog() {
    var made = [];
    if (notice) made.push(note(notice));
    if (!room.open) made.push(note(word("closedroom"), "away"));
    if (room.pinned) made.push(h("p", { class: "pinned" }, icon("pin"), h("span", { class: "vh" }, word("pinned")), h("b", {}, h("bdi", {}, room.pinned.name)), " ", h("span", { dir: "auto" }, room.pinned.text)));
    if (!roomLines.length) made.push(note(word("empty")));
    roomLines.forEach(function (line) {
      if (line.gone) { made.push(h("p", { class: "day" }, word("gone"))); return; }
      var own = me.guest && line.guest === me.guest;
      made.push(h("div", { class: own ? "m" : "m out" }, own ? "" : h("div", { class: "by" }, h("b", {}, h("bdi", {}, line.name)), line.expert ? h("span", { class: "tag" }, word("expert")) : line.ours ? h("span", { class: "tag" }, word("ours")) : ""),
        h("div", { class: "bb", dir: "auto" }, line.text), h("div", { class: "mt" }, h("time", {}, time(line.at)), own || line.ours || !me.guest ? "" : button("flag", word("report"), function () { frame({ t: "report", room: room.id, line: line.id }); }))));
    });
    pending.forEach(function (one) { if (one.room === room.id) made.push(waiting(one)); });
    return made;
  }

  // ── where one writes ──
  function footer() {
    var inARoom = tab === "rooms";
    var now = view ? "none" : inARoom ? (room ? (room.open ? "room" + (me.guest || "enter") + (errors.it || "") : "closed") : "none") : "chat";
    if (now === shownFoot) return;
    shownFoot = now;
    foot.replaceChildren();
    if (now === "none" || now === "closed") return;
    if (inARoom && !me.guest) {
      foot.append(h("form", { class: "enter", on: { submit: function (event) { event.preventDefault(); frame({ t: "enter", room: room.id, name: event.target.elements.n.value }); } } },
        h("label", {}, h("span", {}, word("roomname")), h("input", { name: "n", maxlength: 60, required: true, dir: "auto", autocomplete: "nickname" })), errors.it ? h("em", { role: "alert" }, errors.it) : "", h("button", { class: "go" }, word("enter"))));
      return;
    }
    var text = h("textarea", { rows: 1, dir: "auto", maxlength: inARoom ? 1000 : 4000, "aria-label": word("write"), placeholder: word("write") });
    function go() {
      var words = text.value.trim();
      if (!words) return;
      text.value = ""; grow(); notice = ""; keep("draft", "");
      if (inARoom) { var one = { t: "room-say", id: id(), text: words, room: room.id, at: Date.now() / 1000 }; pending.push(one); save(); draw(true); frame(one); } else { types(false); wants(words); }
    }
    function grow() { text.style.blockSize = "auto"; text.style.blockSize = Math.min(text.scrollHeight, 120) + "px"; }
    text.addEventListener("keydown", function (event) { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); go(); } });
    text.addEventListener("input", function () { grow(); if (!inARoom) { keep("draft", text.value); types(!!text.value.trim()); } });
    if (!inARoom) text.value = kept("draft");
    var pick = h("input", { type: "file", class: "vh", tabindex: "-1", "aria-hidden": "true", on: { change: function () {
      [].slice.call(pick.files, 0, 5).forEach(function (file) { if (file.size > A.most) { notice = word("toolarge", { n: Math.round(A.most / 1048576) }); draw(); } else say("", file); });
      pick.value = "";
    } } });
    foot.append(h("div", { class: "write" }, inARoom ? "" : pick, inARoom ? "" : button("clip", word("attach"), function () { pick.click(); }), text, button("send", word("send"), go, { class: "ib send" })));
  }
  function types(on) {
    if (on === !!typer && !on) return;
    if (on && typer) { clearTimeout(typer.stop); } else frame({ t: "typing", on: on });
    typer = on ? { stop: setTimeout(function () { types(false); }, 4000) } : null;
  }

  function build() {
    root = h("div", { id: "peyvand-chat", lang: lang, dir: P.dir });
    shadow = root.attachShadow({ mode: "open" });
    launcher = h("button", { type: "button", class: "launch", "aria-label": C.open, "aria-expanded": "false", "aria-controls": "w", on: { click: function () { show(!open); } } });
    top_ = h("header"); body = h("div", { class: "body", tabindex: "0", role: "log", "aria-label": C.open }); foot = h("footer"); live = h("div", { class: "vh", "aria-live": "polite" });
    panel = h("section", { class: "panel", id: "w", role: "dialog", "aria-labelledby": "t", hidden: true }, top_, body, foot);
    shadow.append(h("div", { class: "all " + (C.position === "start" ? "start" : "end"), lang: lang, dir: P.dir }, panel, launcher, live));
    panel.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { show(false); return; }
      // On a small screen the window covers the page: there, and only there, the focus stays inside.
      if (event.key !== "Tab" || w.innerWidth >= 480) return;
      var all = [].filter.call(panel.querySelectorAll("button,input,textarea,a[href],[tabindex='0']"), function (one) { return !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null; });
      var now = shadow.activeElement;
      if (event.shiftKey && now === all[0]) { event.preventDefault(); all[all.length - 1].focus(); } else if (!event.shiftKey && now === all[all.length - 1]) { event.preventDefault(); all[0].focus(); }
    });
    fetch(P.file("webchat.css"), { credentials: "omit" }).then(function (answer) { return answer.text(); }).then(function (text) {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(text + ".all{--accent:" + C.accent + "}");
      shadow.adoptedStyleSheets = [sheet];
      d.body.append(root);
      draw();
      if (kept("open") === "1" && w.innerWidth >= 480) show(true);
    });
    try { pending = JSON.parse(kept("out") || "[]"); } catch (e) { pending = []; }
    if (kept("on") === "1" && P.token()) { about(); begin(); }
  }
  d.addEventListener("visibilitychange", function () { if (d.visibilityState === "visible") { draw(); if (started && !socket && !polling) connect(); } });
  w.addEventListener("storage", function (event) { 
    if (event.key === name + "on" && event.newValue) begin();
    if (event.key === name + "read" && +event.newValue > readUpTo) { readUpTo = +event.newValue; unread = 0; draw(); }
  });
  P.on("token", function () { lines = []; last = 0; readUpTo = 0; seenUpTo = 0; known = false; if (socket) socket.close(); });
  P.chat = { open: function () { show(true); }, close: function () { show(false); } };
  P.command("chat", function (what, text) { show(what !== "close"); if (what === "say" && text) { var wait = function () { A ? wants(String(text)) : setTimeout(wait, 100); }; wait(); } });
  if (d.body) build(); else d.addEventListener("DOMContentLoaded", build);
})(window, document);
