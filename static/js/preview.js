// button[data-preview] shows the text as it will stand, without leaving the page. The server renders it, with the
// same renderer as a post. Whatever goes wrong, the form is sent in the ordinary way and the server shows it there.

addEventListener("click", (event) => {
  const button = event.target.closest("button[data-preview]");
  const target = document.getElementById("preview");
  if (!button || !target || !button.form.checkValidity()) return;
  event.preventDefault();
  show(button, target).catch(() => button.form.requestSubmit(button));
});

async function show(button, target) {
  const form = button.form;
  const body = new URLSearchParams(new FormData(form));
  body.set("preview", "1");
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.getAttribute("action") ?? location.href, {
      method: "POST",
      headers: { "X-Fragment": "preview" },
      body,
    });
    if (!answer.ok || answer.redirected) throw new Error(`preview: ${answer.status}`);
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    target.replaceChildren(...fragment.body.childNodes);
  } finally {
    target.removeAttribute("aria-busy");
  }
  target.scrollIntoView({ block: "nearest" });
}
