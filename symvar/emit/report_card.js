// A field opens its entry; a legend button fades its outcome; printing opens the entries.
const card = document.querySelector(".symvar-card");
const open = () => {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (entry && entry.matches("details.entry")) { entry.open = true; entry.scrollIntoView(); }
};
addEventListener("hashchange", open);
open();
card.addEventListener("click", (event) => {
  const field = event.target.closest("a.cell");
  if (field && field.hash === location.hash) { open(); }
  const button = event.target.closest(".legend button");
  if (button) {
    const shown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!shown));
    card.classList.toggle("dim-" + button.dataset.outcome, shown);
  }
});
addEventListener("beforeprint", () => {
  for (const entry of document.querySelectorAll("details.entry")) { entry.open = true; }
});
