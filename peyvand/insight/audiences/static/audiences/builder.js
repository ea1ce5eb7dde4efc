// The builder of audiences. It holds the tree of conditions and its history; the server draws it, checks it, counts it
// and gives the editors of values, so that amounts, dates and choices are those of every list.
(() => {
  const root = document.querySelector('[data-audience]');
  if (!root) return;
  const P = window.peyvand, words = JSON.parse(document.getElementById('au-words').textContent);
  const urls = JSON.parse(document.getElementById('au-urls').textContent);
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const build = $('[data-build]'), side = $('[data-side]'), left = $('[data-left]'), saved = $('[data-saved]');
  const editable = root.dataset.editable === '1';
  const copy = value => JSON.parse(JSON.stringify(value));
  let tree = JSON.parse(document.getElementById('au-tree').textContent);
  let past = [], future = [], fresh = [], version = root.dataset.version, seed = 0, drawn = 0, stopped = false;

  // ── the tree ──
  const WAYS = ['all', 'any', 'none'];
  const way = group => WAYS.find(name => name in group);
  const nodes = group => group[way(group)];
  const steps = path => (path ? path.split('.').map(Number) : []);
  const at = path => steps(path).reduce((group, step) => nodes(group)[step], tree);
  const above = path => path.split('.').slice(0, -1).join('.');
  const last = path => steps(path).at(-1);
  const join = (path, step) => (path ? `${path}.${step}` : String(step));

  function change(edit, { focus = '', marked = [] } = {}) {
    past.push(copy(tree));
    future = [];
    edit();
    fresh = marked;
    draw(focus);
  }
  function move(from, to) {
    if (!from.length) return;
    to.push(copy(tree));
    tree = from.pop();
    fresh = [];
    draw('');
  }

  // ── drawing ──
  const sent = values => ({ tree: JSON.stringify(tree), ...values });
  async function draw(focus) {
    const turn = ++drawn;
    clearTimeout(keeping);  // what is not drawn yet is not kept: it may be wrong
    shutEditor(false);
    steer();
    try {
      const answer = await P.post(urls.draw, sent({ fresh: fresh.join(','), id: root.dataset.audience }));
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (turn !== drawn) return;
      build.innerHTML = found.html;
      $('[data-sentence]').innerHTML = found.sentence;
      wake(build);
      if (focus !== null) ($(focus || 'nothing', build) || $('[data-do=add]', build))?.focus({ preventScroll: !focus });
      measure();
      if (found.ok) keep(); else if (!found.empty) tell(words.unfinished, 'bad'); else if (root.dataset.audience) tell(words.empty, 'bad');
    } catch { tell(navigator.onLine ? P.words.failed : P.words.offline, 'bad'); }
  }
  const wake = element => {
    window.htmx?.process(element);
    document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: element } }));
  };
  const steer = () => {
    const back = $('[data-undo]'), on = $('[data-redo]');
    if (back) back.disabled = !past.length;
    if (on) on.disabled = !future.length;
  };

  // ── how many: three tenths of a second after the last change ──
  let waiting, asking;
  function measure(soon = 300) {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      side.setAttribute('aria-busy', 'true');
      try {
        const answer = await fetch(urls.size, {
          method: 'POST', signal: asking.signal, credentials: 'same-origin', body: new URLSearchParams(sent({ seed, id: root.dataset.audience })),
          headers: { 'X-CSRFToken': $('meta[name=csrf-token]').content, 'X-Requested-With': 'fetch' },
        });
        if (!answer.ok) throw new Error(answer.status);
        const found = await answer.json();
        side.innerHTML = found.side;
        left.innerHTML = found.left;
        for (const hit of $$('[data-hit]', build)) hit.textContent = found.after[hit.dataset.hit] ?? '';
        wake(side);
        side.removeAttribute('aria-busy');
      } catch (error) {
        if (error.name === 'AbortError') return;
        side.removeAttribute('aria-busy');
        P.toast({ text: navigator.onLine ? P.words.failed : P.words.offline, level: 'bad' });
      }
    }, soon);
  }

  // ── keeping ──
  let keeping, busy = false, again = false;
  const tell = (text, level = '') => { saved.textContent = text; saved.classList.toggle('bad', level === 'bad'); };
  function keep() {
    if (!editable || stopped) return;
    clearTimeout(keeping);
    keeping = setTimeout(write, 500);
  }
  async function write() {
    if (busy) { again = true; return; }
    busy = true;
    tell(words.saving);
    try {
      const name = $('[data-name]'), note = $('[data-note]');
      const answer = await P.post(urls.save, sent({ version, name: name.value, note: note?.value || '' }));
      const found = await answer.json();
      if (answer.status === 409) { stopped = true; tell(found.words, 'bad'); $('[data-reload]').hidden = false; return; }
      if (!answer.ok) { tell(found.words, 'bad'); return; }
      version = found.version;
      if (found.url) {  // it has just been made: from now on this is its page
        root.dataset.audience = found.id;
        Object.assign(urls, found.urls);
        history.replaceState(null, '', found.url);
        $('[data-tabs]').innerHTML = found.tabs;
        if (!name.value.trim()) name.value = found.name;
      }
      document.title = document.title.replace(/^[^·]*/, `${found.name} `);
      tell(found.saved);
    } catch { tell(navigator.onLine ? P.words.failed : P.words.offline, 'bad'); } finally {
      busy = false;
      if (again) { again = false; keep(); }
    }
  }
  addEventListener('online', () => { if (editable && saved.classList.contains('bad')) draw(null); });
  addEventListener('beforeunload', event => { if (busy) { event.preventDefault(); event.returnValue = P.words.leave; } });

  // ── the editor of one condition, below it ──
  let editor = null, opener = null, onApply = null;
  function shutEditor(focus = true) {
    if (!editor) return;
    editor.remove();
    editor = null;
    if (focus) opener?.focus();
  }
  function openBox(host, from) {
    shutEditor(false);
    opener = from;
    editor = document.createElement('div');
    editor.className = 'au-edit';
    editor.tabIndex = -1;
    host.append(editor);
    return editor;
  }
  const enter = box => ($('[data-first]', box) || $$('select,input:not([type=hidden]),button', box).find(one => one.offsetParent))?.focus();
  async function edit(host, from, leaf, apply) {
    const box = editor && editor.parentElement === host ? editor : openBox(host, from);
    onApply = apply;
    try {
      const answer = await P.post(urls.editor, { leaf: JSON.stringify(leaf), id: root.dataset.audience });
      if (!answer.ok) throw new Error(answer.status);
      box.innerHTML = await answer.text();
      wake(box);
      fit(box);
      enter(box);
      box.scrollIntoView({ block: 'nearest' });
    } catch { shutEditor(); P.toast({ text: navigator.onLine ? P.words.failed : P.words.offline, level: 'bad' }); }
  }
  function pick(host, from, path, { only = '', out = false } = {}) {
    const box = openBox(host, from);
    box.append(document.getElementById('au-rooms').content.cloneNode(true));
    if (only) $$('[data-room]', box).forEach(room => { room.hidden = room.dataset.room !== only; });
    box.dataset.path = path;
    box.dataset.out = out ? '1' : '';
    const search = $('input', box);
    const options = () => $$('button[data-pick]', box).filter(one => one.offsetParent);
    search.addEventListener('input', () => {
      const wanted = search.value.trim().toLowerCase();
      $$('[data-room]', box).forEach(room => {
        if (only && room.dataset.room !== only) return;
        const found = $$('button[data-pick]', room).filter(one => { one.hidden = !one.textContent.toLowerCase().includes(wanted); return !one.hidden; });
        room.hidden = !found.length;
      });
      $('[data-nothing]', box).hidden = Boolean(options().length);
    });
    $('[data-nothing]', box).hidden = Boolean(options().length);
    box.addEventListener('keydown', event => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      const all = [search, ...options()], place = all.indexOf(document.activeElement);
      if (place < 0) return;
      event.preventDefault();
      all[(place + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length].focus();
    });
    search.addEventListener('keydown', event => { if (event.key === 'Enter') { event.preventDefault(); options()[0]?.click(); } });
    search.focus();
    box.scrollIntoView({ block: 'nearest' });
  }
  // What an editor holds, as typed; the server reads it.
  const part = box => ({
    field: $('[name=about]', box).value, operator: $('[name=op]', box).value,
    values: $$('[name=with]', box).filter(one => !one.disabled && (one.type === 'checkbox' ? one.checked : one.value.trim())).map(one => one.value),
  });
  function collected(box) {
    const form = $('form', box);
    if (form.dataset.kind === 'field') return part($('[data-part]', form));
    const given = new FormData(form);
    if (form.dataset.kind === 'member') return { audience: Number(given.get('audience')), in: given.get('in') === '1' };
    const leaf = { did: form.dataset.did, of: $$('[data-part][open]', form).map(part), not: given.get('not') === '1', within: {} };
    if (given.get('how') === 'spent') leaf.spent = { operator: given.get('spent-op'), amount: given.get('amount'), currency: given.get('currency') };
    else leaf.count = { operator: given.get('count-op'), n: given.get('n') };
    const when = given.get('when');
    if (when === 'last') leaf.within = { last: given.get('days') };
    else if (when === 'between') leaf.within = { from: given.get('from'), to: given.get('to') };
    else if (when) leaf.within = { since: when };
    return leaf;
  }
  // Only what the choices above ask for is shown.
  const fit = box => {
    for (const choice of $$('[data-shows]', box)) {
      for (const one of $$(`[data-shown^="${choice.name}:"]`, box)) one.hidden = one.dataset.shown !== `${choice.name}:${choice.value}`;
    }
  };
  async function apply() {
    const box = editor;
    const answer = await P.post(urls.leaf, { leaf: JSON.stringify(collected(box)), id: root.dataset.audience }).catch(() => null);
    if (!answer) { P.toast({ text: P.words.offline, level: 'bad' }); return; }
    const found = answer.ok || answer.status === 422 ? await answer.json() : { words: P.words.failed };
    if (!answer.ok) {
      const wrong = $('[data-wrong]', box);
      $('span', wrong).textContent = found.words;
      wrong.hidden = false;
      const about = found.about && $(`[data-part="${found.about}"]`, box);
      if (about) { about.open = true; about.scrollIntoView({ block: 'nearest' }); }
      return;
    }
    onApply(found.leaf);
  }

  // ── what is pressed ──
  const row = path => $(`[data-row="${path}"]`, build);
  const put = path => leaf => change(() => { nodes(at(above(path)))[last(path)] = leaf; }, { focus: `[data-row="${path}"] [data-do=edit]` });
  const added = group => leaf => {
    const step = nodes(at(group)).length, path = join(group, step);
    change(() => { nodes(at(group)).push(leaf); }, { focus: `[data-row="${path}"] [data-do=edit]`, marked: [path] });
  };
  const blank = () => ({ any: [] });
  const opposite = node => ('audience' in node ? { ...node, in: !node.in } : { ...node, not: !node.not });
  const doing = {
    edit: (path, button) => edit(row(path), button, at(path), put(path)),
    add: (path, button) => pick(button.closest('[data-group]').querySelector(':scope > [data-new]'), button, path),
    exclude: (path, button) => pick(button.closest('[data-group]').querySelector(':scope > [data-new]'), button, path, { only: 'audiences', out: true }),
    group: path => {
      const step = nodes(at(path)).length;
      change(() => { nodes(at(path)).push(blank()); }, { focus: `[data-group="${join(path, step)}"] [data-do=add]` });
    },
    remove: path => change(() => { nodes(at(above(path))).splice(last(path), 1); }, { focus: `[data-group="${above(path)}"] > .au-acts [data-do=add]` }),
    twice: path => {
      const next = join(above(path), last(path) + 1);
      change(() => { nodes(at(above(path))).splice(last(path) + 1, 0, copy(at(path))); }, { focus: `[data-row="${next}"] [data-do=edit]`, marked: [next] });
    },
    not: path => change(() => { nodes(at(above(path)))[last(path)] = opposite(at(path)); }, { focus: `[data-row="${path}"] [data-do=edit]` }),
  };
  root.addEventListener('click', event => {
    const button = event.target.closest('[data-do]');
    if (button) { button.closest('[data-menu]')?.removeAttribute('open'); doing[button.dataset.do](button.dataset.path, button); return; }
    const chosen = event.target.closest('[data-pick]');
    if (chosen) {
      const group = editor.dataset.path, leaf = JSON.parse(chosen.dataset.pick);
      if ('audience' in leaf) added(group)({ ...leaf, in: editor.dataset.out !== '1' });
      else edit(editor.parentElement, opener, leaf, added(group));
      return;
    }
    if (event.target.closest('[data-cancel]')) shutEditor();
    if (event.target.closest('[data-undo]')) move(past, future);
    if (event.target.closest('[data-redo]')) move(future, past);
    if (event.target.closest('[data-another]')) { seed += 1; measure(0); }
  });
  root.addEventListener('submit', event => {
    if (event.target.matches('[data-editor]')) { event.preventDefault(); apply(); }
    if (event.target.matches('[data-words]')) { event.preventDefault(); hear(event.target); }
  });
  root.addEventListener('change', event => {
    if (event.target.matches('[data-way]')) {
      const path = event.target.dataset.way, chosen = event.target.value;
      change(() => {
        const changed = { [chosen]: nodes(at(path)) };
        if (path) nodes(at(above(path)))[last(path)] = changed; else tree = changed;
      }, { focus: `[data-way="${path}"]` });
    }
    if (event.target.matches('[data-shows]')) fit(editor);
    if (event.target.matches('[data-name],[data-note]')) keep();
  });
  root.addEventListener('keydown', event => {
    if (event.key === 'Escape' && editor) { event.preventDefault(); event.stopPropagation(); shutEditor(); }
    const token = event.target.closest?.('[data-row] [data-do=edit]');
    if (event.key === 'Delete' && token) { event.preventDefault(); doing.remove(token.dataset.path); }
    if (event.key === 'Enter' && event.target.matches('[data-name]')) event.target.blur();
  });
  // Undo of conditions comes before that of the last toast, but not while one types.
  document.addEventListener('keydown', event => {
    if (!editable || !(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches?.('input,textarea,select')) return;
    const back = event.code === 'KeyZ' && !event.shiftKey, on = event.code === 'KeyY' || (event.code === 'KeyZ' && event.shiftKey);
    if ((back && past.length) || (on && future.length)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (back) move(past, future); else move(future, past);
    }
  }, true);

  // ── in your own words ──
  async function hear(form) {
    const field = $('input[name=text]', form), heard = $('[data-heard]');
    if (!field.value.trim()) return;
    const answer = await P.post(urls.typed, { text: field.value }).catch(() => null);
    if (!answer?.ok) { P.toast({ text: navigator.onLine ? P.words.failed : P.words.offline, level: 'bad' }); return; }
    const found = await answer.json();
    heard.innerHTML = found.html;
    if (!found.nodes.length) return;
    const whole = way(tree) === 'all' || !nodes(tree).length;
    const first = whole ? nodes(tree).length : 1, marked = found.nodes.map((_node, step) => String(first + step));
    change(() => { tree = whole ? { all: [...nodes(tree), ...found.nodes] } : { all: [tree, ...found.nodes] }; }, { focus: null, marked });
    field.select();
  }

  steer();
  measure(0);
})();
