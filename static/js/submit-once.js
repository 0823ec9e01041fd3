// A form that is on its way is not sent again by an impatient second click. The button only looks disabled:
// a really disabled one would drop its own name and value from the request.

// After this time a request that was stopped or lost may be tried again.
const RETRY_AFTER_MS = 8000;

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("isSent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.isSent = "";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => release(form), RETRY_AFTER_MS);
});

// The back button may show this very page again, as it was when it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-is-sent]").forEach(release);
});

function release(form) {
  delete form.dataset.isSent;
  form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}
