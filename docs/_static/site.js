// Names for what the theme leaves unnamed to readers of the screen.
for (const [place, name] of [[".sidebar-drawer", "Site"], [".toc-drawer", "On this page"]]) {
  document.querySelector(place)?.setAttribute("aria-label", name);
}
for (const caption of document.querySelectorAll('.caption[role="heading"]')) {
  caption.setAttribute("aria-level", "2");
}

// Whoever uses the keyboard must reach what has to be scrolled sideways.
const reach = () => {
  for (const box of document.querySelectorAll(".content :is(pre, .table-wrapper, p:has(> img))")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
