// Before the first paint: light or dark, as the person chose or as the device is. Nothing else belongs here.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const cookie = () => (document.cookie.match(/(?:^|; )peyvand_theme=(light|dark)/) || [])[1];
  const apply = () => {
    const chosen = root.dataset.theme === 'auto' ? cookie() : root.dataset.theme;
    root.dataset.bsTheme = chosen || (dark.matches ? 'dark' : 'light');
  };
  apply();
  dark.addEventListener('change', () => { apply(); dispatchEvent(new Event('pv-theme')); });
})();
