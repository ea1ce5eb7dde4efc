// A form on its page: steps one by one, questions that depend on others, the height of a frame, one press is one sending.
// Without this script all steps stand below one another and everything works.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('fm-scripted');
  const framed = window.parent !== window;
  const tall = () => { if (framed) parent.postMessage({ peyvandForm: document.body.dataset.form, height: Math.ceil(document.body.scrollHeight) }, '*'); };
  const form = document.querySelector('[data-form].fm');
  if (framed) { new ResizeObserver(tall).observe(document.body); tall(); }
  if (!form) return;

  const answered = key => {
    const found = [...form.elements].filter(input => input.name === `f.${key}` && !input.closest('[data-key]').hidden);
    const values = found.flatMap(input => input.type === 'checkbox' || input.type === 'radio' ? (input.checked ? [input.value] : []) : input.type === 'file' ? [...input.files].map(file => file.name) : input.value.trim() ? [input.value.trim()] : []);
    return found[0]?.closest('.fm-consent') ? values.map(() => 'yes') : values;
  };
  const asked = box => {
    const { whenField, whenOp, whenValue } = box.dataset, said = answered(whenField);
    if (whenOp === 'filled') return said.length > 0;
    if (whenOp === 'empty') return said.length === 0;
    return said.includes(whenValue) === (whenOp === 'is');
  };
  const boxes = [...form.querySelectorAll('[data-when-field]')];
  const weigh = () => { boxes.forEach(box => { box.hidden = !asked(box); }); tall(); };
  form.addEventListener('input', weigh);
  form.addEventListener('change', weigh);
  weigh();

  const steps = [...form.querySelectorAll('[data-step]')];
  const [back, next, send, progress] = ['back', 'next', 'send', 'progress'].map(name => form.querySelector(`[data-${name}]`));
  let at = 0;
  const digits = text => document.documentElement.lang === 'fa' ? String(text).replace(/\d/g, digit => '۰۱۲۳۴۵۶۷۸۹'[digit]) : text;
  const show = (place, lead) => {
    at = place;
    steps.forEach((step, n) => { step.hidden = n !== at; });
    back.hidden = at === 0;
    next.hidden = at === steps.length - 1;
    send.hidden = !next.hidden;
    if (progress) { progress.hidden = false; progress.textContent = digits(progress.dataset.words.replace('{n}', at + 1).replace('{all}', steps.length)); }
    if (lead) (steps[at].querySelector('h2') || steps[at].querySelector('input:not([type=hidden]),select,textarea'))?.focus();
    tall();
  };
  const empty = step => [...step.querySelectorAll('[aria-required=true]')].find(input => !input.closest('[hidden]') && !input.value.trim());
  if (steps.length > 1) {
    const wrong = steps.findIndex(step => step.querySelector('.fm-wrong'));
    show(wrong < 0 ? 0 : wrong, false);
    next.addEventListener('click', () => { const missing = empty(steps[at]); if (missing) missing.focus(); else show(at + 1, true); });
    back.addEventListener('click', () => show(at - 1, true));
    form.addEventListener('keydown', event => {
      if (event.key === 'Enter' && event.target.matches('input:not([type=file])') && at < steps.length - 1) { event.preventDefault(); next.click(); }
    });
    form.querySelectorAll('.fm-notice a').forEach(link => link.addEventListener('click', () => {
      const step = document.getElementById(link.hash.slice(1))?.closest('[data-step]');
      if (step) show(steps.indexOf(step), false);
    }));
  }
  form.addEventListener('submit', event => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { send.disabled = true; });
  });
  addEventListener('pageshow', () => { delete form.dataset.sent; send.disabled = false; });
  form.addEventListener('input', () => { if (form.dataset.start) navigator.sendBeacon(form.dataset.start, new URLSearchParams({ stamp: form.elements.stamp.value })); }, { once: true });
  document.querySelector('.fm-notice')?.scrollIntoView({ block: 'nearest' });

  if (form.dataset.place === 'kiosk') {
    // Whoever goes away in the middle leaves nothing behind for the next.
    let idle;
    const rest = () => { clearTimeout(idle); idle = setTimeout(() => { form.reset(); location.replace(location.href); }, 90000); };
    ['input', 'pointerdown', 'keydown'].forEach(name => addEventListener(name, rest));
  }

  const days = form.querySelectorAll('input[data-jdp]');
  if (days.length && window.jalaliDatepicker) {
    const latin = text => text.replace(/[۰-۹]/g, digit => '۰۱۲۳۴۵۶۷۸۹'.indexOf(digit));
    days.forEach(input => {
      input.addEventListener('focus', () => { input.value = latin(input.value); });
      input.addEventListener('blur', () => { input.value = digits(input.value); });
      input.addEventListener('jdp:change', () => { weigh(); if (document.activeElement !== input) input.value = digits(input.value); });
    });
    window.jalaliDatepicker.startWatch({ persianDigits: true, autoReadOnlyInput: false, zIndex: 80, topSpace: 4, bottomSpace: 4 });
  }
})();
