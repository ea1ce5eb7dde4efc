// The line of an identity asks for a system only where there is one.
(() => {
  const show = select => { select.closest('.cu-line').dataset.kind = select.value; };
  window.peyvand.each('.cu-line select[name=identity-kind]', select => { show(select); select.addEventListener('change', () => show(select)); });
})();
