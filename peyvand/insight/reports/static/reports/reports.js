// The builder: another subject begins anew, and a choice is shown at once.
(() => {
  document.addEventListener('change', event => {
    if (event.target.matches('[data-quiet]')) { event.stopPropagation(); return; } // it is no part of the question
    const form = event.target.closest('form');
    if (!form) return;
    if (event.target.matches('[data-fresh]')) [...form.elements].forEach(one => { if (one !== event.target && one.name) one.disabled = true; });
    if (event.target.matches('[data-submit]')) form.requestSubmit();
    delete event.target.dataset.typed;
  }, true);
  // What is typed while an answer is on its way is not lost when that brings the form anew.
  let typing = null;
  document.addEventListener('htmx:beforeSwap', () => {
    const field = document.activeElement;
    typing = field?.matches('#rp-form input[id]:not([type=checkbox])') ? { id: field.id, value: field.value } : null;
  });
  document.addEventListener('htmx:afterSwap', () => {
    const field = typing && document.getElementById(typing.id);
    if (field && field.value !== typing.value) { field.value = typing.value; field.dataset.typed = '1'; field.focus(); }
    typing = null;
  });
  document.addEventListener('focusout', event => {
    if (event.target.dataset?.typed) event.target.dispatchEvent(new Event('change', { bubbles: true }));
  });
})();
