// One line on a page of ours: <script src="…/f/frame.js" data-form="KEY" async></script> puts the form there, as tall as it is.
// Where the page knows its visitor (the script of the site), the form is told who asks, by POST and never in an address.
(() => {
  'use strict';
  const here = document.currentScript, origin = new URL(here.src).origin, key = here.dataset.form || '';
  if (!/^[A-Za-z0-9_-]{8,32}$/.test(key)) return;
  const frame = document.createElement('iframe');
  const lang = here.dataset.lang || document.documentElement.lang.slice(0, 2);
  const address = `${origin}/f/${key}/?embed=1${lang === 'fa' || lang === 'en' ? `&lang=${lang}` : ''}`;
  frame.name = `peyvand-form-${key}-${Math.random().toString(36).slice(2)}`;
  frame.title = here.dataset.title || (lang === 'fa' ? 'فرم' : 'Form');
  frame.referrerPolicy = 'no-referrer';
  Object.assign(frame.style, { display: 'block', inlineSize: '100%', border: '0', blockSize: '420px', colorScheme: 'normal' });
  addEventListener('message', event => {
    if (event.source !== frame.contentWindow || event.origin !== origin || event.data?.peyvandForm !== key) return;
    clearTimeout(plain);
    if (typeof event.data.height === 'number') frame.style.blockSize = `${Math.min(Math.max(event.data.height, 80), 20000)}px`;
  });
  let plain;
  const put = () => {
    const peyvand = window.Peyvand;
    let token = '', site = here.dataset.site || '';
    try { token = peyvand?.token?.() || ''; site ||= peyvand?.site || peyvand?.key || ''; } catch { token = ''; }
    const given = { act: 'open', page: location.href.slice(0, 500), referrer: document.referrer.slice(0, 500) };
    new URLSearchParams(location.search).forEach((value, name) => { if (name.startsWith('utm_')) given[name] = value.slice(0, 500); });
    if (token && site) Object.assign(given, { visitor: token, site });
    const form = document.createElement('form');
    form.method = 'post';
    form.action = address;
    form.target = frame.name;
    form.hidden = true;
    Object.entries(given).forEach(([name, value]) => { const input = document.createElement('input'); input.type = 'hidden'; input.name = name; input.value = value; form.append(input); });
    here.after(frame);
    document.body.append(form);
    plain = setTimeout(() => { frame.src = address; }, 3000); // a page whose policy lets no form go there
    form.submit();
    form.remove();
  };
  if (document.body) put(); else addEventListener('DOMContentLoaded', put, { once: true });
})();
