// The Jalali picker in the reader's digits; it moves into an open dialog, since nothing outside one can be reached.
(() => {
  const { persian } = window.peyvand;
  let started = false;
  window.peyvandDates = {
    start() {
      if (started) return;
      started = true;
      window.jalaliDatepicker.startWatch({
        persianDigits: persian, showTodayBtn: true, showEmptyBtn: true, autoReadOnlyInput: false, separatorChars: { date: '/' }, zIndex: 80,
        topSpace: 4, bottomSpace: 4, selector: 'input[data-jdp]',
      });
      document.addEventListener('focusin', event => {
        if (!event.target.matches('input[data-jdp]')) return;
        const home = event.target.closest('dialog') || document.body;
        ['jdp-overlay', 'jdp-container'].forEach(name => { const box = document.querySelector(name); if (box && box.parentElement !== home) home.append(box); });
      });
      document.addEventListener('keydown', event => {
        if (event.key === 'Escape' && document.querySelector('jdp-container')?.style.visibility === 'visible') { event.preventDefault(); event.stopPropagation(); window.jalaliDatepicker.hide(); }
      }, true);
      if (document.activeElement?.matches('input[data-jdp]')) window.jalaliDatepicker.show(document.activeElement);
    },
  };
})();
