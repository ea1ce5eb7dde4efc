// The line of an identity asks for a system only where there is one; a line that is taken away is emptied, so that the
// form says which one went.
(() => {
  const show = select => { select.closest('.cu-line').dataset.kind = select.value; };
  window.peyvand.each('.cu-line select[name=identity-kind]', select => { show(select); select.addEventListener('change', () => show(select)); });
  document.addEventListener('click', event => {
    const off = event.target.closest?.('[data-line-off]');
    if (!off) return;
    const line = off.closest('[data-line]');
    const next = line.nextElementSibling?.querySelector('input:not([type=hidden])') || document.querySelector('[data-line-more]');
    if (line.querySelector('[name=identity-id]').value) {
      line.querySelector('[name=identity-value]').value = '';
      line.hidden = true;
    } else line.remove();
    next?.focus();
    document.getElementById('identities')?.dispatchEvent(new Event('change', { bubbles: true }));
  });
})();
