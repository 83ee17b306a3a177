// Nearest first: asks the phone where it is, then asks the server for the list in that order.
const $link = document.querySelector("[data-nearest]");
const $status = document.querySelector("[data-nearest-status]");

$link?.addEventListener("click", (event) => {
  if (!navigator.geolocation) return;
  event.preventDefault();
  $status.textContent = $link.dataset.searching;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => { location.search = `?lat=${coords.latitude.toFixed(5)}&lon=${coords.longitude.toFixed(5)}`; },
    () => { $status.textContent = $link.dataset.denied; },
    { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 },
  );
});
