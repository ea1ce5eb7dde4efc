// A new field: choices are asked of lists only, a currency of amounts only.
(() => {
  const form = document.querySelector("[data-field-form]");
  const kind = form && form.querySelector("[name=kind]");
  if (!kind) return;
  const row = (name) => {
    const input = form.querySelector(`[name=${name}]`);
    return input && (input.closest(".pv-field") || input.parentElement);
  };
  const show = () => {
    const choices = row("choices");
    const currency = row("currency");
    if (choices) choices.hidden = !["choice", "choices"].includes(kind.value);
    if (currency) currency.hidden = kind.value !== "money";
  };
  kind.addEventListener("change", show);
  show();
})();
