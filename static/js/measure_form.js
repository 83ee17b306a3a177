// Each kind of measure has fields of its own: those of the kind chosen are shown, and only they are sent.
const kind = document.querySelector("#kind");

function choose() {
  for (const fields of document.querySelectorAll(".kind-fields")) {
    const chosen = fields.dataset.kind === kind.value;
    fields.hidden = !chosen;
    for (const field of fields.querySelectorAll("input")) field.disabled = !chosen;
  }
}

kind?.addEventListener("change", choose);
document.querySelector("[data-kind-first]")?.remove(); // the first step of those who have no script
if (kind) choose();
