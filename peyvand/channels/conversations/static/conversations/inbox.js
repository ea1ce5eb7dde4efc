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
