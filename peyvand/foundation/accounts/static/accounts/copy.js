/* Copies a link or token that is shown once; without the clipboard it is selected, to be copied by hand. */
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.focus();
  field.select();
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).catch(() => {});
  const sign = button.querySelector(".ti");
  if (sign) sign.className = "ti ti-check";
});
