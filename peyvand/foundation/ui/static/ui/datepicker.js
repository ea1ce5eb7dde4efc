// The Jalali picker in the reader's digits. It reads Latin digits only, so a field holds those while one is in it; it moves
// into an open dialog, since nothing outside one can be reached; and it gets the names that a screen reader says.
(() => {
  const { persian, digits, words } = window.peyvand;
  const field = element => element.matches?.('input[data-jdp]');
  const latin = text => text.replace(/[۰-۹٠-٩]/g, digit => '۰۱۲۳۴۵۶۷۸۹'.includes(digit) ? '۰۱۲۳۴۵۶۷۸۹'.indexOf(digit) : '٠١٢٣٤٥٦٧٨٩'.indexOf(digit));
  const box = () => document.querySelector('jdp-container');
  const name = () => {
    box().setAttribute('role', 'dialog');
    box().setAttribute('aria-label', words.calendar);
    box().querySelectorAll('.jdp-year select, .jdp-years select').forEach(select => select.setAttribute('aria-label', words.year));
    box().querySelectorAll('.jdp-month select, .jdp-months select').forEach(select => select.setAttribute('aria-label', words.month));
  };
  let started = false;
  const start = () => {
    if (started) return;
    started = true;
    addEventListener('focusin', event => { if (field(event.target)) event.target.value = latin(event.target.value); }, true);
    addEventListener('focusout', event => { if (field(event.target) && persian) event.target.value = digits(event.target.value); }, true);
    addEventListener('jdp:change', event => { if (field(event.target) && persian && document.activeElement !== event.target) event.target.value = digits(event.target.value); }, true);
    const inside = document.activeElement;
    if (field(inside)) inside.value = latin(inside.value);
    window.jalaliDatepicker.startWatch({ persianDigits: persian, autoReadOnlyInput: false, zIndex: 80, topSpace: 4, bottomSpace: 4 });
    let watched = null;
    document.addEventListener('focusin', event => {
      if (!field(event.target) || !box()) return;
      const home = event.target.closest('dialog') || document.body;
      ['jdp-overlay', 'jdp-container'].forEach(tag => { const part = document.querySelector(tag); if (part && part.parentElement !== home) home.append(part); });
      if (watched !== box()) { watched = box(); new MutationObserver(name).observe(watched, { childList: true }); }
      name();
    });
    document.addEventListener('keydown', event => {
      if (event.key === 'Escape' && box()?.style.visibility === 'visible') { event.preventDefault(); event.stopPropagation(); window.jalaliDatepicker.hide(); }
    }, true);
    if (field(inside)) { window.jalaliDatepicker.show(inside); name(); }
  };
  window.peyvandDates = { start };
})();
