// The list's own movements: columns up, a condition's inputs by what is asked, a cell's form by keyboard.
(() => {
  document.addEventListener("click", (event) => {
    const up = event.target.closest?.("[data-column-up]");
    if (!up) return;
    const row = up.closest("[data-column]");
    if (row.previousElementSibling) {
      row.parentElement.insertBefore(row, row.previousElementSibling);
      up.focus();
    }
  });
  const fit = (select) => {
    const box = select.parentElement.querySelector("[data-with]");
    if (!box) return;
    const operator = select.value;
    box.hidden = ["filled", "empty", "yes", "no"].includes(operator);
    const days = box.querySelector("[data-days]");
    const inDays = ["last", "notlast"].includes(operator);
    const second = box.querySelector("[data-second]");
    for (const input of box.querySelectorAll("input[name=with]")) {
      const inSecond = second && second.contains(input);
      const off = box.hidden || (input === days ? !inDays : Boolean(days) && inDays) || (inSecond && operator !== "between");
      input.disabled = off;
      if (input.type !== "checkbox") input.hidden = off;
    }
    if (second) second.hidden = operator !== "between";
  };
  window.peyvand.each("[data-operator]", (select) => {
    fit(select);
    select.addEventListener("change", () => fit(select));
  });
  // Long choices of a condition: only those that have the letters.
  window.peyvand.each("[data-opts-search]", (field) => {
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      for (const label of field.parentElement.querySelectorAll(".tick")) {
        label.hidden = !label.textContent.toLowerCase().includes(wanted);
      }
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  });
  // A condition that opens takes the keyboard along.
  document.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (!fold.matches?.(".cu-fold") || !fold.open) return;
    const inputs = fold.querySelectorAll("select,input:not([type=hidden])");
    [...inputs].find((input) => input.offsetParent)?.focus();
  }, true);
  // Into a cell's form, and out of it to where one stood.
  document.addEventListener("htmx:afterSettle", (event) => {
    const form = event.target.querySelector?.("[data-cell-form]");
    if (form) form.querySelector("input:not([type=hidden]),select,textarea")?.focus();
    else if (event.target.matches?.("td") && !document.activeElement.closest?.("td")) event.target.querySelector(".cu-pen")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-cell-form]");
    if (!form || event.target.closest(".ts-wrapper")?.classList.contains("dropdown-active")) return;
    event.stopPropagation();
    if (event.key === "Escape") form.querySelector("[data-cell-cancel]").click();
    if (event.key === "Enter" && event.target.tagName !== "TEXTAREA" && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      form.requestSubmit();
    }
  }, true);
  document.addEventListener("dblclick", (event) => {
    event.target.closest?.("td")?.querySelector(".cu-pen")?.click();
  });
})();
