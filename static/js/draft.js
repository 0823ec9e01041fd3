// What is being written survives a closed tab: the textarea of a form[data-draft-key] is kept in this browser until the
// server says that it was posted. The keys hold the member's name, so that two people at one computer don't meet.

const SAVE_AFTER_MS = 300;
const { user, posted } = document.body.dataset;
const PREFIX = `engawa:draft:${user}:`;

if (posted) attempt(() => forget(posted));
document.querySelectorAll("form[data-draft-key] textarea").forEach(keep);

// Storage may be forbidden, full, or hold something else. Writing must go on without it.
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

// The server names the one-time value of the form that it took; the draft knows which form it was last written in.
function forget(value) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && JSON.parse(localStorage[name]).stamp.startsWith(value)) localStorage.removeItem(name);
  }
}

function keep(textarea) {
  const name = PREFIX + textarea.form.dataset.draftKey;
  const printed = textarea.defaultValue;
  let timer = null;

  const save = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    const text = textarea.value;
    const stamp = textarea.form.elements.idempotency?.value ?? "";
    attempt(() => {
      if (text === printed) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify({ text, printed, stamp }));
    });
  };
  textarea.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  addEventListener("pagehide", save);
  restore(textarea, attempt(() => JSON.parse(localStorage.getItem(name))), printed);
}

// A draft comes back only onto the text that it was begun on: after a refused form the page already holds the newer
// words. A fresh quotation (data-draft-append) is put behind what was already written.
function restore(textarea, draft, printed) {
  if (!draft || draft.text === printed) return;
  const isQuoting = "draftAppend" in textarea.dataset;
  if (!isQuoting && draft.printed !== printed) return;
  fill(textarea, isQuoting ? `${draft.text.trimEnd()}\n\n${printed}` : draft.text);
  textarea.before(note(textarea, printed));
}

function fill(textarea, text) {
  textarea.value = text;
  textarea.dispatchEvent(new Event("input"));
}

function note(textarea, printed) {
  const line = document.createElement("p");
  const discard = document.createElement("button");
  line.className = "hint cluster";
  line.setAttribute("role", "status");
  discard.type = "button";
  discard.className = "link-button";
  discard.textContent = textarea.dataset.draftDiscard;
  discard.addEventListener("click", () => {
    fill(textarea, printed);
    line.remove();
    textarea.focus();
  });
  line.append(textarea.dataset.draftRestored, discard);
  return line;
}
