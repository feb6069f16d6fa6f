// Small conveniences; every page works without this file.
"use strict";

// A page that came back with errors starts at the summary.
const summary = document.getElementById("error-summary");
if (summary) {
  summary.focus();
}

// Characters left of a limited text.
for (const field of document.querySelectorAll("[data-limit]")) {
  const counter = document.getElementById(field.getAttribute("data-counter"));
  const limit = Number(field.getAttribute("data-limit"));
  const show = () => {
    const left = limit - Array.from(field.value).length;
    counter.textContent = left >= 0 ? `あと${left}文字` : `${-left}文字超えています`;
  };
  field.addEventListener("input", show);
  show();
}

// A form that orders something is sent once, however often the key is pressed.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
    }
    form.setAttribute("data-sent", "");
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
  }
});

// A board that cannot refresh itself says so; old figures must not look like new ones.
const stale = (hidden) => {
  const notice = document.getElementById("stale");
  if (notice) {
    notice.hidden = hidden;
  }
};
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(failure, () => stale(false));
}
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    stale(true);
  }
});
