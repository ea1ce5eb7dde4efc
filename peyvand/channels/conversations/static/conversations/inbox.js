// The inbox: J and K through the list, R and N into the composer, the newest words in view.
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const rows = () => [...document.querySelectorAll('#cv-rows .pv-conv')];
  const typing = element => element.closest?.('input,textarea,select,dialog');
  let at = null;
  const stand = step => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex(row => (at ? row.dataset.conv === at : row.hasAttribute('aria-current')));
    const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
    at = next.dataset.conv;
    all.forEach(row => row.classList.toggle('cur', row === next));
    next.scrollIntoView({ block: 'nearest' });
    next.focus({ preventScroll: true });
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $('dialog[open]') || !window.peyvand?.data.keys) return;
    if (event.code === 'KeyJ') stand(1);
    else if (event.code === 'KeyK') stand(-1);
    else if (event.code === 'KeyX') ($('.pv-conv.cur') || $('.pv-conv[aria-current]'))?.parentElement.querySelector('.cv-tick')?.click();
  });

  // ── several at once: X ticks, what is ticked stays so when the list is drawn again ──
  const chosen = new Set();
  const ticks = () => [...document.querySelectorAll('.cv-tick')];
  const count = () => { const shown = $('[data-ticked]'); if (shown) shown.textContent = window.peyvand.number(ticks().filter(tick => tick.checked).length); };
  document.addEventListener('change', event => {
    if (!event.target.matches('.cv-tick')) return;
    if (event.target.checked) chosen.add(event.target.value); else chosen.delete(event.target.value);
    count();
  });
  document.addEventListener('click', event => {
    const act = event.target.closest('#cv-bulk [data-do]');
    if (act) $('#cv-bulk [name=do]').value = act.dataset.do;
    if (event.target.closest('[data-untick]')) { chosen.clear(); ticks().forEach(tick => { tick.checked = false; }); count(); }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target.matches?.('#cv-bulk [name=tag]')) { event.preventDefault(); $('#cv-bulk [data-do=tag]').click(); }
  });

  // ── composer ──
  const compose = () => $('[data-compose]');
  document.addEventListener('click', event => {
    const tab = event.target.closest('[data-compose] .tabs label'), choice = tab?.control;
    if (choice && event.target !== choice) { // at once: what is typed next is text, not the keys of the page
      event.preventDefault();
      if (!choice.disabled && !choice.checked) { choice.checked = true; choice.dispatchEvent(new Event('change', { bubbles: true })); }
      $('[data-text]', compose())?.focus();
    }
    const card = event.target.closest('[data-card]');
    if (card) card.setAttribute('aria-expanded', $('.cv-card').classList.toggle('open'));
  });

  // ── files that go along: named, and left at home when the channel carries none ──
  document.addEventListener('change', event => {
    if (event.target.matches('[data-files]')) $('[data-chosen]').textContent = [...event.target.files].map(file => `\u2068${file.name}\u2069`).join(window.peyvand.persian ? '، ' : ', ');
    if (event.target.matches('[data-compose] [name=channel]') && !event.target.matches('.cv-rich')) { const files = $('[data-files]'); if (files) { files.value = ''; $('[data-chosen]').textContent = ''; } }
  });

  // ── saved replies: a stroke at the beginning of a word brings them, arrows choose, Enter puts one in ──
  const offers = () => $('#cv-offers');
  const WANTED = /(^|\s)\/([^\s/]{0,30})$/;
  let asking = 0, from = -1;
  const shut = () => { const box = offers(); if (box) { box.hidden = true; box.replaceChildren(); } $('[data-text]')?.removeAttribute('aria-activedescendant'); from = -1; };
  const point = to => {
    const all = [...offers().querySelectorAll('.cv-offer')];
    if (!all.length) return;
    const now = all.findIndex(one => one.getAttribute('aria-selected') === 'true');
    const next = all[(now + to + all.length) % all.length];
    all.forEach(one => one.setAttribute('aria-selected', one === next));
    $('[data-text]').setAttribute('aria-activedescendant', next.id);
    next.scrollIntoView({ block: 'nearest' });
  };
  const offer = async (query, start) => {
    const box = offers(), mine = ++asking;
    const answer = await fetch(`${box.dataset.offers}?q=${encodeURIComponent(query)}`, { headers: { 'X-Requested-With': 'fetch' } }).catch(() => null);
    if (mine !== asking || !answer?.ok) return;
    box.innerHTML = await answer.text();
    box.hidden = false; from = start;
    point(1);
  };
  const take = one => {
    const text = $('[data-text]'), at = text.selectionStart, start = from < 0 ? at : from;
    text.setRangeText(one.dataset.words, start, at, 'end');
    shut(); text.focus();
    text.dispatchEvent(new Event('input', { bubbles: true }));
  };
  document.addEventListener('input', event => {
    if (!event.target.matches('[data-text]') || !offers()) return;
    const before = event.target.value.slice(0, event.target.selectionStart), found = WANTED.exec(before);
    if (found) offer(found[2], before.length - found[2].length - 1); else { asking++; shut(); }
  });
  document.addEventListener('keydown', event => {
    if (!event.target.matches?.('[data-text]') || !offers() || offers().hidden) return;
    const chosen = $('.cv-offer[aria-selected=true]', offers());
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') point(event.key === 'ArrowDown' ? 1 : -1);
    else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey || event.key === 'Tab') && chosen) take(chosen);
    else if (event.key === 'Escape') shut();
    else return;
    event.preventDefault(); event.stopPropagation();
  }, true);
  document.addEventListener('click', event => {
    const one = event.target.closest('.cv-offer');
    if (one) take(one);
    else if (event.target.closest('[data-offer]')) { if (offers().hidden) { $('[data-text]').focus(); offer('', -1); } else shut(); }
    else if (offers() && !event.target.closest('#cv-offers')) shut();
  });

  // ── the thread: its end in view, words that came are seen ──
  const end = () => { const log = $('#cv-log'); if (log) log.scrollTop = log.scrollHeight; };
  let low = true;
  document.addEventListener('htmx:beforeSwap', event => { const log = event.detail.target; if (log.id === 'cv-log') low = log.scrollHeight - log.scrollTop - log.clientHeight < 80; });
  document.addEventListener('htmx:load', event => {
    const log = event.detail.elt;
    if (log.id === 'cv-log') {
      if (low) end();
      // What comes while one writes is not taken for read: the server shows it before one's own words go.
      const seen = $('[name=seen]', compose() || document.createElement('i'));
      if (seen && !$('[data-text]', compose()).value.trim()) seen.value = log.dataset.last;
      const one = $('[data-one]');
      if (one && document.visibilityState === "visible") window.peyvand.post(one.dataset.readUrl, {});
    }
    if (log.id === 'cv-rows') { waits(Number(log.dataset.waits)); ticks().forEach(tick => { tick.checked = chosen.has(tick.value); }); count(); }
    if (log.id === 'cv-rows' && at) rows().forEach(row => row.classList.toggle('cur', row.dataset.conv === at));
  });
  // ── what is new, at once: a stream of ids; while there is none, everything is asked for every ten seconds ──
  const POLL = 10_000, RARELY = 60_000, BACK = 30_000, IDLE = 6_000;
  const inbox = () => $('[data-inbox]');
  const tell = (selector, name) => $(selector)?.dispatchEvent(new CustomEvent(name));
  const look = () => { tell('#cv-rows', 'cv-news'); tell('#cv-log', 'cv-news'); };
  const waits = count => {
    const item = $('.pv-nav [data-go="I"]'), badge = item && $('.cnt', item);
    if (!item) return;
    if (!count) { badge?.remove(); return; }
    const made = badge || item.appendChild(Object.assign(document.createElement('span'), { className: 'cnt' }));
    made.textContent = window.peyvand.number(count);
  };
  let source = null, live = false, looked = Date.now();
  const hear = () => {
    if (source || !inbox() || document.visibilityState !== 'visible' || !window.EventSource) return;
    source = new EventSource(inbox().dataset.live);
    source.addEventListener('open', () => { if (!live) look(); live = true; inbox().dataset.hears = '1'; });
    source.addEventListener('news', event => {
      const { moved, present, missed } = JSON.parse(event.data), one = Number($('[data-one]')?.dataset.one);
      if (missed || moved.length) tell('#cv-rows', 'cv-news');
      if (missed || moved.includes(one)) tell('#cv-log', 'cv-news');
      if (missed || present.includes(one)) tell('#cv-here', 'cv-present');
    });
    source.addEventListener('error', () => {
      live = false; delete inbox().dataset.hears;
      if (source?.readyState === EventSource.CLOSED) { source = null; setTimeout(hear, BACK); }
    });
  };
  const still = () => { source?.close(); source = null; live = false; if (inbox()) delete inbox().dataset.hears; };
  setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    tell('#cv-here', 'cv-present');
    if (Date.now() - looked >= (live ? RARELY : POLL) - 500) { looked = Date.now(); look(); }
  }, POLL);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') { look(); tell('#cv-here', 'cv-present'); hear(); } else still(); });

  // ── who else has it before their eyes ──
  let stops = 0;
  const writing = on => {
    const field = $('#cv-here [name=typing]');
    if (!field || field.value === (on ? '1' : '0')) return;
    field.value = on ? '1' : '0';
    tell('#cv-here', 'cv-present');
  };
  document.addEventListener('input', event => {
    if (!event.target.matches('[data-text]')) return;
    writing(event.target.value.trim() !== '');
    clearTimeout(stops);
    stops = setTimeout(() => writing(false), IDLE);
  });
  addEventListener('pagehide', () => {
    still();
    const here = $('#cv-here');
    if (here) fetch(here.getAttribute('hx-post'), { method: 'POST', keepalive: true, body: new URLSearchParams({ csrfmiddlewaretoken: $('[name=csrfmiddlewaretoken]', here).value, leaving: '1' }) });
  });
  addEventListener('pageshow', event => { if (event.persisted) hear(); });

  const begin = () => {
    hear();
    tell('#cv-here', 'cv-present');
    end();
    const one = $('[data-read]');
    if (one) window.peyvand.post(one.dataset.read, {});
    $('.pv-conv[aria-current]')?.scrollIntoView({ block: 'nearest' });
  };
  if (document.readyState === 'complete') begin(); else addEventListener('load', begin);
})();
