// The preview beside a widget's form: what is typed stands there at once.
(() => {
  const form = document.querySelector('[data-widget]'), box = document.querySelector('[data-preview]');
  if (!form || !box) return;
  const lang = box.dataset.lang, other = lang === 'fa' ? 'en' : 'fa';
  const text = name => form.elements[`${name}_${lang}`].value.trim() || form.elements[`${name}_${other}`].value.trim();
  const light = colour => {
    const parts = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16) / 255).map(one => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const show = () => {
    box.querySelector('[data-title]').textContent = text('title');
    box.querySelector('[data-greeting]').textContent = text('greeting');
    box.querySelector('[data-greeting]').hidden = !text('greeting');
    box.querySelector('[data-openings]').replaceChildren(...text('openings').split('\n').filter(Boolean).slice(0, 6).map(line => Object.assign(document.createElement('span'), { textContent: line, dir: 'auto' })));
    const accent = form.elements.accent.value;
    box.style.setProperty('--accent', accent);
    box.dataset.at = form.elements.position.value;
    const good = /^#[0-9a-f]{6}$/i.test(accent) && 1.05 / (light(accent) + 0.05) >= 4.5;
    document.querySelector('[data-contrast-good]').hidden = !good;
    document.querySelector('[data-contrast-bad]').hidden = good;
  };
  form.addEventListener('input', show);
  form.addEventListener('change', show);
  show();
})();
