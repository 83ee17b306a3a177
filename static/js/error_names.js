// “Fyll i det här.” may stand in a summary for several fields: each line says which it means.
for (const $link of document.querySelectorAll(".error-summary a[href^='#']")) {
  const $field = document.getElementById(decodeURIComponent($link.hash.slice(1)));
  const $name = $field?.labels?.[0] ?? $field?.closest("fieldset")?.querySelector("legend");
  const name = $name?.textContent.trim();
  if (name) $link.prepend(`${name}: `);
}
