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
  });

  // ── composer ──
  const compose = () => $('[data-compose]');
  document.addEventListener('click', event => {
    const tab = event.target.closest('[data-compose] .tabs label');
    if (tab) setTimeout(() => $('[data-text]', compose())?.focus());
    const card = event.target.closest('[data-card]');
    if (card) card.setAttribute('aria-expanded', $('.cv-card').classList.toggle('open'));
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
      const seen = $('[name=seen]', compose() || document.createElement('i'));
      if (seen) seen.value = log.dataset.last;
      const one = $('[data-one]');
      if (one && document.visibilityState === "visible") window.peyvand.post(one.dataset.readUrl, {});
    }
    if (log.id === 'cv-rows' && at) rows().forEach(row => row.classList.toggle('cur', row.dataset.conv === at));
  });
  const begin = () => {
    end();
    const one = $('[data-read]');
    if (one) window.peyvand.post(one.dataset.read, {});
    $('.pv-conv[aria-current]')?.scrollIntoView({ block: 'nearest' });
  };
  if (document.readyState === 'complete') begin(); else addEventListener('load', begin);
})();
