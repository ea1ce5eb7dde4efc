// The builder: another subject begins anew, and a choice is shown at once.
(() => {
  document.addEventListener('change', event => {
    if (event.target.matches('[data-quiet]')) { event.stopPropagation(); return; } // it is no part of the question
    const form = event.target.closest('form');
    if (!form) return;
    if (event.target.matches('[data-fresh]')) [...form.elements].forEach(one => { if (one !== event.target && one.name) one.disabled = true; });
    if (event.target.matches('[data-submit]')) form.requestSubmit();
  }, true);
})();
