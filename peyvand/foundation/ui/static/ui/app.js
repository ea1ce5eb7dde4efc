// What every page shares. No framework, no build: small behaviours found by data attributes, alive in htmx's pieces too.
(() => {
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const data = JSON.parse(($('#pv-page') || { textContent: '{"words":{},"assets":{}}' }).textContent);
  const words = data.words;
  const persian = data.language === 'fa';
  const digits = value => persian ? String(value).replace(/\d/g, d => '۰۱۲۳۴۵۶۷۸۹'[d]) : String(value);
  const number = value => new Intl.NumberFormat(persian ? 'fa-IR' : 'en').format(value);
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  // Whether one can see it: neither hidden nor in a fold that is shut.
  const seen = one => (one.checkVisibility ? one.checkVisibility() : one.offsetParent !== null);
  const csrf = () => $('meta[name=csrf-token]')?.content || '';
  const loaded = new Map();
  // A script or style sheet that few pages need, once.
  const load = url => {
    if (!loaded.has(url)) loaded.set(url, new Promise((done, failed) => {
      const css = /\.css(\?|$)/.test(url);
      const element = document.createElement(css ? 'link' : 'script');
      element.onload = done; element.onerror = failed;
      if (css) { element.rel = 'stylesheet'; element.href = url; } else element.src = url;
      document.head.append(element);
    }));
    return loaded.get(url);
  };
  const post = (url, values) => fetch(url, {
    method: 'POST', headers: { 'X-CSRFToken': csrf(), 'X-Requested-With': 'fetch' }, body: new URLSearchParams(values), credentials: 'same-origin',
  });
  window.peyvand = { data, words, persian, digits, number, say, load, post, toast, each };

  // ── behaviours that must also reach what htmx brings ──
  const wakers = [];
  function each(selector, wake) {
    const run = from => [...(from.matches?.(selector) ? [from] : []), ...$$(selector, from)].forEach(element => {
      const mark = `awake${wakers.findIndex(known => known.run === run)}`;
      if (element.dataset && !element[mark]) { element[mark] = true; wake(element); }
    });
    wakers.push({ run });
    run(document);
  }
  document.addEventListener('htmx:load', event => wakers.forEach(({ run }) => run(event.detail.elt)));

  // ── tabs: on a phone they may be wider than it, and the one that is open is shown ──
  each('.pv-tabs > [aria-current]', tab => {
    const tabs = tab.parentElement, own = tab.getBoundingClientRect(), all = tabs.getBoundingClientRect();
    if (own.left < all.left || own.right > all.right) tabs.scrollBy({ left: own.left + own.width / 2 - all.left - all.width / 2, behavior: 'instant' });
  });

  // ── theme ──
  const ground = () => {
    const meta = $('meta[name=theme-color]');
    if (meta) meta.content = getComputedStyle(root).getPropertyValue('--pv-canvas').trim();
    $$('[data-theme-toggle] .ti').forEach(icon => { icon.className = `ti ti-${root.dataset.bsTheme === 'dark' ? 'sun' : 'moon'}`; });
  };
  addEventListener('pv-theme', ground);
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-theme-toggle]');
    if (!button) return;
    const theme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
    root.dataset.bsTheme = root.dataset.theme = theme;
    document.cookie = `peyvand_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    if (button.dataset.url) post(button.dataset.url, { theme }).catch(() => toast({ text: words.offline, level: 'bad' }));
    dispatchEvent(new Event('pv-theme'));
  });
  ground();

  // ── toasts: six seconds, with a way back; Ctrl Z takes the last one ──
  function toast({ text, undo = '', level = 'good' }) {
    const element = document.createElement('div');
    element.className = 'pv-toast'; element.dataset.toast = ''; if (undo) element.dataset.undo = undo;
    const icon = Object.assign(document.createElement('i'), { className: `ti ti-${level === 'bad' ? 'alert-triangle' : 'circle-check'}` });
    icon.setAttribute('aria-hidden', 'true');
    const body = Object.assign(document.createElement('span'), { textContent: text });
    element.append(icon, body);
    if (undo) element.append(Object.assign(document.createElement('button'), { type: 'button', textContent: words.undo, onclick: () => takeBack(element) }));
    const shut = Object.assign(document.createElement('button'), { type: 'button', className: 'shut', onclick: () => drop(element) });
    shut.setAttribute('aria-label', words.close);
    shut.append(Object.assign(document.createElement('i'), { className: 'ti ti-x' }));
    element.append(shut);
    $('#pv-toasts')?.append(element);
    live(element);
  }
  const surface = () => {  // above an open dialog too
    const box = $('#pv-toasts');
    if (!box?.showPopover) return;
    if (box.matches(':popover-open')) box.hidePopover();
    if (box.children.length) box.showPopover();
  };
  const drop = element => { element.remove(); surface(); };
  const live = element => {
    surface();
    let timer;
    const start = () => { timer = setTimeout(() => drop(element), element.dataset.undo ? 12000 : 6000); };
    ['mouseenter', 'focusin'].forEach(name => element.addEventListener(name, () => clearTimeout(timer)));
    ['mouseleave', 'focusout'].forEach(name => element.addEventListener(name, start));
    start();
  };
  async function takeBack(element) {
    const url = element.dataset.undo;
    drop(element);
    try {
      const answer = await post(url, {});
      if (!answer.ok) throw new Error(answer.status);
      if (answer.redirected) location.href = answer.url; else location.reload();
    } catch { toast({ text: navigator.onLine ? words.failed : words.offline, level: 'bad' }); }
  }
  each('[data-toast]', element => {
    $('[data-undo-now]', element)?.addEventListener('click', () => takeBack(element));
    $('[data-shut]', element)?.addEventListener('click', () => drop(element));
    live(element);
  });
  document.addEventListener('pv-toast', event => toast(event.detail));

  // ── htmx: our header, the thin line on top, and honest words when something fails ──
  document.addEventListener('htmx:configRequest', event => { event.detail.headers['X-CSRFToken'] = csrf(); });
  const line = $('#pv-load');
  document.addEventListener('htmx:beforeRequest', event => { if (!event.target.closest('[hx-trigger*="every"]')) line?.classList.add('on'); });
  document.addEventListener('htmx:afterRequest', () => line?.classList.remove('on'));
  const loud = event => !event.target.closest?.('[hx-trigger*="every"], .pv-palette');
  document.addEventListener('htmx:sendError', event => { if (loud(event)) toast({ text: words.offline, level: 'bad' }); });
  document.addEventListener('htmx:timeout', event => { if (loud(event)) toast({ text: words.offline, level: 'bad' }); });
  document.addEventListener('htmx:responseError', event => {
    if (loud(event)) toast({ text: event.detail.xhr.status === 403 ? words.forbidden : words.failed, level: 'bad' });
  });
  document.addEventListener('htmx:beforeSwap', event => { if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; } });

  // ── menus ──
  const place = menu => {
    const box = $('.pv-pop', menu), at = menu.getBoundingClientRect();
    if (!box) return;
    const rtl = getComputedStyle(menu).direction === 'rtl', size = box.getBoundingClientRect();
    const from = at.left + at.width / 2 < innerWidth / 2 ? at.left : at.right - size.width;
    box.style.insetInlineStart = 'auto';
    box.style[rtl ? 'insetInlineEnd' : 'insetInlineStart'] = `${Math.max(8, Math.min(from, innerWidth - size.width - 8))}px`;
    box.style[rtl ? 'insetInlineStart' : 'insetInlineEnd'] = 'auto';
    box.style.insetBlockStart = at.bottom + 4 + size.height > innerHeight && at.top > size.height ? `${at.top - size.height - 4}px` : `${at.bottom + 4}px`;
  };
  document.addEventListener('toggle', event => {
    const menu = event.target;
    if (!menu.matches?.('[data-menu]')) return;
    if (menu.open) { $$('[data-menu][open]').forEach(other => { if (other !== menu && !other.contains(menu)) other.open = false; }); place(menu); }
  }, true);
  // Opened by key, a menu takes the keyboard along; what it still has to bring, once that is there.
  const enter = menu => {
    const first = $$('.pv-pop input:not([type=hidden]),.pv-pop select,.pv-pop summary,.pv-pop a[href],.pv-pop button', menu).find(seen);
    if (first) first.focus(); else menu.dataset.awaited = '';
  };
  document.addEventListener('htmx:afterSettle', event => {
    const menu = event.target.closest?.('[data-menu][open]');
    if (!menu) return;
    place(menu);
    if ('awaited' in menu.dataset) { delete menu.dataset.awaited; enter(menu); }
  });
  const shutMenus = () => $$('[data-menu][open]').map(menu => { menu.open = false; return menu; });
  document.addEventListener('click', event => {
    $$('[data-menu][open]').forEach(menu => { if (!menu.contains(event.target)) menu.open = false; });
    $$('.pv-fold.open').forEach(fold => { if (!fold.contains(event.target)) unfold(fold, false); });
  });
  addEventListener('resize', shutMenus);
  addEventListener('scroll', event => { if (event.target !== document && !event.target.closest?.('.pv-pop')) shutMenus(); }, true);
  const unfold = (fold, open) => { fold.classList.toggle('open', open); $('[data-fold]', fold)?.setAttribute('aria-expanded', open); };
  document.addEventListener('click', event => {
    const fold = event.target.closest('[data-fold]');
    if (fold) unfold(fold.parentElement, !fold.parentElement.classList.contains('open'));
    const end = event.target.closest('[data-end-toggle]');
    if (end) { const box = end.closest('.pv-main').querySelector('[data-end]'); end.setAttribute('aria-expanded', box.classList.toggle('open')); }
    const sheet = event.target.closest('[data-sheet-toggle]');
    if (sheet) sheet.setAttribute('aria-expanded', sheet.closest('.pv-filters').classList.toggle('open'));
  });

  // ── dialogs: palette, keys, side panel ──
  const palette = $('#pv-palette'), asked = $('input', palette || document.createElement('i')), found = $('#pv-found');
  const openPalette = (text = '') => {
    if (!palette || palette.open) return;
    palette.showModal(); asked.value = text; asked.focus();
    window.htmx?.trigger(asked, 'pv-open');
  };
  const options = () => $$('[role=option]', found);
  const choose = option => {
    options().forEach(other => other.setAttribute('aria-selected', other === option));
    asked.setAttribute('aria-activedescendant', option?.id || '');
    option?.scrollIntoView({ block: 'nearest' });
  };
  const follow = (option, apart) => { if (!option) return; if (apart) open(option.dataset.href, '_blank', 'noopener'); else location.href = option.dataset.href; };
  if (palette) {
    asked.addEventListener('keydown', event => {
      const all = options(), at = all.findIndex(option => option.getAttribute('aria-selected') === 'true');
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (all.length) choose(all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]);
      } else if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); follow(all[at], event.ctrlKey || event.metaKey); }
    });
    found.addEventListener('mousemove', event => { const option = event.target.closest('[role=option]'); if (option && option.getAttribute('aria-selected') !== 'true') choose(option); });
    found.addEventListener('click', event => follow(event.target.closest('[role=option]'), event.ctrlKey || event.metaKey));
    found.addEventListener('htmx:afterSwap', () => {
      const all = options();
      choose(all[0]);
      $('[data-palette-status]', palette).textContent = all.length ? say(words.found, { n: number(all.length) }) : words.none;
    });
  }
  const panel = $('#pv-panel');
  let opener = null;
  document.addEventListener('htmx:beforeRequest', event => { if (event.detail.target === panel) opener = document.activeElement; });
  document.addEventListener('htmx:afterSwap', event => {
    if (event.detail.target !== panel) return;
    const title = $('h2', panel);
    if (title) { title.id ||= 'pv-panel-title'; panel.setAttribute('aria-labelledby', title.id); panel.removeAttribute('aria-label'); }
    if (!panel.open && panel.childElementCount) panel.showModal();
    ($('[autofocus]', panel) || $('input:not([type=hidden]),select,textarea', panel))?.focus();
  });
  panel?.addEventListener('close', () => { panel.replaceChildren(); opener?.focus?.(); });
  document.addEventListener('pv-panel-close', () => panel?.close());
  document.addEventListener('click', event => {
    if (event.target.closest('[data-palette]')) openPalette();
    if (event.target.closest('[data-keys]')) { shutMenus(); $('#pv-keys')?.showModal(); }
    if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
    if (event.target.matches('dialog') && event.target.open) {
      const box = event.target.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) event.target.close();
    }
    const opens = event.target.closest('[data-dialog]');
    if (opens) $(`#${opens.dataset.dialog}`)?.showModal();
  });

  // ── lists and feeds: the keyboard's row, its cells, selection, the bulk bar ──
  let row = -1, anchor = -1;
  const list = () => $('[data-list],[role=feed]');
  const rows = () => list() ? $$('tbody tr,article.pv-ev', list()) : [];
  const stand = to => {
    const all = rows();
    if (!all.length) return;
    row = Math.max(0, Math.min(to, all.length - 1));
    all.forEach((line, at) => line.classList.toggle('cur', at === row));
    all[row].scrollIntoView({ block: 'nearest' });
    ($('[data-open]', all[row]) || $('a[href]', all[row]) || all[row]).focus({ preventScroll: true });
  };
  // What a letter does to a row: in the cell where one stands, else in the first that has it.
  const keyed = (line, letter) => {
    const all = $$(`[data-row-key="${letter}"]`, line);
    return all.find(one => one.closest('td')?.contains(document.activeElement)) || all[0];
  };
  const across = (line, forward) => {
    const stops = $$('a[href],button:not([disabled])', line).filter(seen), at = stops.indexOf(document.activeElement);
    stops[at + (forward ? 1 : -1)]?.focus();
  };
  const paint = () => {
    const boxes = $$('[data-check]', list() || document), chosen = boxes.filter(box => box.checked);
    boxes.forEach(box => { const line = box.closest('tr'); if (box.checked) line?.setAttribute('aria-selected', 'true'); else line?.removeAttribute('aria-selected'); });
    const all = $('[data-check-all]'), bar = $('[data-bulk]');
    if (all) { all.checked = chosen.length > 0 && chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && chosen.length < boxes.length; }
    if (!bar) return;
    bar.hidden = !chosen.length;
    const count = $('[data-bulk-count]', bar);
    if (count) count.textContent = say(chosen.length === 1 ? words.one : words.many, { n: number(chosen.length) });
    $$('input[name=ids]', bar).forEach(hidden => hidden.remove());
    chosen.forEach(box => bar.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'ids', value: box.value })));
  };
  const tick = (at, until = at) => {
    const all = rows(), on = !$('[data-check]', all[at])?.checked;
    for (let place = Math.min(at, until); place <= Math.max(at, until); place++) { const box = $('[data-check]', all[place]); if (box) box.checked = until === at ? on : true; }
    anchor = at; paint();
  };
  document.addEventListener('click', event => {
    const box = event.target.closest('[data-check]');
    if (!box) return;
    const at = rows().indexOf(box.closest('tr'));
    if (event.shiftKey && anchor >= 0) rows().slice(Math.min(at, anchor), Math.max(at, anchor) + 1).forEach(line => { const other = $('[data-check]', line); if (other) other.checked = box.checked; });
    anchor = at;
  });
  document.addEventListener('change', event => {
    if (event.target.matches('[data-check-all]')) $$('[data-check]', list()).forEach(box => { box.checked = event.target.checked; });
    if (event.target.matches('[data-check],[data-check-all]')) paint();
  });
  const clear = () => { $$('[data-check]:checked').forEach(box => { box.checked = false; }); paint(); };
  document.addEventListener('click', event => { if (event.target.closest('[data-bulk-clear]')) clear(); });
  document.addEventListener('htmx:afterSettle', paint);
  if (list()) paint();

  // ── chart or table, kept as file ──
  const figure = element => element.closest('[data-figure]');
  const swap = box => {
    const table = $('[data-table]', box), picture = $('[data-chart],[data-picture]', box), button = $('[data-table-toggle]', box);
    if (!table || !picture) return;
    table.hidden = !table.hidden; picture.hidden = !table.hidden;
    button.setAttribute('aria-pressed', !table.hidden);
    button.setAttribute('aria-label', table.hidden ? words.table : words.chart);
    if (table.hidden) dispatchEvent(new Event('resize'));
  };
  const save = (name, blob) => {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
    link.click(); setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const csv = box => {
    const cell = one => one.dataset.raw ?? one.textContent.trim();
    const text = $$('table tr', $('[data-table]', box)).map(line => window.peyvandCells.line([...line.cells].map(cell))).join('\r\n');
    save(`${$('h2', box).textContent.trim()}.csv`, new Blob(['\ufeff' + text], { type: 'text/csv' }));
  };
  document.addEventListener('click', event => {
    const toggle = event.target.closest('[data-table-toggle]');
    if (toggle) swap(figure(toggle));
    const table = event.target.closest('[data-csv]');
    if (table) { const box = figure(table); load(data.assets.cells).then(() => csv(box)); shutMenus(); }
    const picture = event.target.closest('[data-png]');
    if (picture) { shutMenus(); const box = figure(picture); window.peyvandCharts?.picture($('[data-chart]', box)).then(blob => save(`${$('h2', box).textContent.trim()}.png`, blob)); }
  });
  each('[data-chart]', () => load(data.assets.echarts).then(() => load(data.assets.charts)).then(() => window.peyvandCharts.drawAll()));

  // ── forms: leaving with unsaved words asks first; files may be dropped; long choices are searched ──
  let typed = null;
  document.addEventListener('input', event => { const form = event.target.closest('form[data-guard]'); if (form) typed = form; });
  document.addEventListener('submit', event => {
    if (event.target === typed) typed = null;
    const button = event.submitter;
    if (button && !event.target.hasAttribute('hx-post') && event.target.method === 'post') setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 8000); });
  });
  addEventListener('beforeunload', event => { if (typed?.isConnected) { event.preventDefault(); event.returnValue = words.leave; } });
  each('[data-drop]', box => {
    const input = $('input', box), name = $('[data-drop-name]', box);
    input.addEventListener('change', () => { if (input.files[0]) name.textContent = [...input.files].map(file => file.name).join(persian ? '، ' : ', '); });
    ['dragenter', 'dragover'].forEach(kind => box.addEventListener(kind, () => box.classList.add('over')));
    ['dragleave', 'drop'].forEach(kind => box.addEventListener(kind, () => box.classList.remove('over')));
  });
  each('select[data-search-select]', select => {
    load(data.assets.selectCss);
    load(data.assets.select).then(() => {
      const stood = document.activeElement === select;
      select.setAttribute('aria-hidden', 'true');
      const made = new window.TomSelect(select, {
      maxOptions: 200, plugins: select.multiple ? ['remove_button'] : [], dropdownParent: select.closest('dialog') ? null : 'body',
      render: { no_results: () => { const none = document.createElement('div'); none.className = 'no-results mut'; none.style.padding = '6px 9px'; none.textContent = words.noMatch; return none; } },
      });
      if (stood) made.focus();
    });
  });
  each('input[data-jdp]', () => { load(data.assets.jalaliCss); load(data.assets.jalali).then(() => load(data.assets.datepicker)).then(() => window.peyvandDates.start()); });

  // ── keys: by their place on the keyboard, so that a Persian layout needs no switching; never inside a field ──
  const typing = element => element.closest?.('input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true],[role=combobox]');
  const act = letter => {
    const target = $(`[data-key="${letter}"]`);
    if (!target || target.offsetParent === null) return false;
    target.focus(); target.click();
    if (target.matches('summary') && target.parentElement.open) enter(target.parentElement);
    return true;
  };
  let going = 0;
  document.addEventListener('keydown', event => {
    const command = event.ctrlKey || event.metaKey, dialog = $('dialog[open]');
    if (command && event.code === 'KeyK') { event.preventDefault(); if (palette?.open) palette.close(); else openPalette(); return; }
    if (command && event.key === 'Enter') { const form = event.target.closest?.('form'); if (form) { event.preventDefault(); form.requestSubmit(); } return; }
    if (event.key === 'Escape') {
      const menus = shutMenus();
      if (menus.length) { $('summary', menus[0])?.focus(); return; }
      $$('.pv-filters.open').forEach(bar => { bar.classList.remove('open'); $('[data-sheet-toggle]', bar)?.setAttribute('aria-expanded', false); });
      $$('.pv-fold.open').forEach(fold => unfold(fold, false));
      if (!dialog && !typing(event.target)) clear();
      return;
    }
    const menu = event.target.closest?.('[data-menu][open]');
    if (menu && (event.key === 'ArrowDown' || event.key === 'ArrowUp') && !event.target.matches('select,textarea,input:not([type=checkbox])')) {
      const items = $$('.pv-pop a,.pv-pop button,.pv-pop summary,.pv-pop input:not([type=hidden]),.pv-pop select', menu).filter(seen), at = items.indexOf(document.activeElement);
      event.preventDefault(); items.at((at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)?.focus(); return;
    }
    if (typing(event.target) || dialog) return;
    if (command && event.code === 'KeyZ' && !event.shiftKey) { const last = $$('[data-toast][data-undo]').pop(); if (last) { event.preventDefault(); takeBack(last); } return; }
    if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) { const link = $(event.key === 'ArrowDown' ? '[data-record-next]' : '[data-record-previous]'); if (link) { event.preventDefault(); link.click(); } return; }
    if (command || event.altKey) return;
    if (event.key === 'ArrowDown' && row >= 0) { event.preventDefault(); stand(row + 1); return; }
    if (event.key === 'ArrowUp' && row >= 0) { event.preventDefault(); stand(row - 1); return; }
    const line = rows()[row];
    if ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && line?.contains(document.activeElement)) {
      event.preventDefault(); across(line, (event.key === 'ArrowRight') === (getComputedStyle(line).direction === 'ltr')); return;
    }
    if (event.key === 'Enter' && line && !event.target.closest?.('a[href],button,summary')) { const open = $('[data-open]', line); if (open) { event.preventDefault(); open.click(); } return; }
    if (!data.keys) return;
    if (event.key === '?' || event.key === '؟') { event.preventDefault(); $('#pv-keys')?.showModal(); return; }
    if (event.code === 'Slash' && !event.shiftKey) { const field = $('[data-page-search]') || $('form[role=search] input[type=search]'); event.preventDefault(); if (field) field.focus(); else openPalette(); return; }
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (!letter) return;
    if (Date.now() - going < 1500) { going = 0; const place = $(`[data-go="${letter}"]`); if (place) { event.preventDefault(); place.click(); return; } }
    if (letter === 'G' && !event.shiftKey) { going = Date.now(); return; }
    const here = rows()[row];
    if (letter === 'J') stand(row + 1);
    else if (letter === 'K') stand(row - 1);
    else if (letter === 'X' && here) tick(row, event.shiftKey && anchor >= 0 ? anchor : row);
    else if (letter === 'T') { const box = $('[data-figure]:hover') || figure(document.activeElement) || $('[data-figure]'); if (box) swap(box); }
    else if (here && keyed(here, letter)) keyed(here, letter).click();
    else if (!act(letter)) return;
    event.preventDefault();
  });
  document.addEventListener('focusin', event => { const line = event.target.closest('[data-list] tbody tr,[role=feed] article.pv-ev'); if (line) { const at = rows().indexOf(line); if (at !== row) { rows().forEach(other => other.classList.toggle('cur', other === line)); row = at; } } });

  // ── installed on a phone: files and a page without a network are kept by the worker, pages never are ──
  if (data.worker && 'serviceWorker' in navigator) navigator.serviceWorker.register(data.worker).catch(() => {});
})();
