// What the charts of the house need of a page, where the page is a stranger's and has no shell.
(() => {
  const persian = document.documentElement.lang === 'fa';
  const digits = value => persian ? String(value).replace(/\d/g, d => '۰۱۲۳۴۵۶۷۸۹'[d]) : String(value);
  const number = value => new Intl.NumberFormat(persian ? 'fa-IR' : 'en').format(value);
  window.peyvand = { persian, digits, number };
  document.addEventListener('DOMContentLoaded', () => window.peyvandCharts.drawAll());
})();
