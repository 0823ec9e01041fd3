// Counts how many characters of a text were typed and how many pasted or dropped, in the form's hidden field `typing`,
// because programs and copied advertisements are not typed. Only the two numbers are sent, never what was written.

const PASTED = /^insertFrom(Paste|Drop|Yank)/;

document.querySelectorAll("form textarea").forEach((textarea) => {
  const field = textarea.form.elements.typing;
  if (field) watch(textarea, field);
});

// What a script fills in, such as a draft that comes back, has no inputType: it counts as neither.
function watch(textarea, field) {
  let length = textarea.value.length;
  textarea.addEventListener("input", (event) => {
    const added = textarea.value.length - length;
    length = textarea.value.length;
    if (added > 0 && event.inputType?.startsWith("insert")) count(field, added, PASTED.test(event.inputType));
  });
}

// The field itself holds the numbers, so that a form that comes back with a complaint goes on counting.
function count(field, added, isPasted) {
  let [typed = 0, pasted = 0] = field.value.split(" ").map(Number);
  if (isPasted) pasted += added;
  else typed += added;
  field.value = `${typed} ${pasted}`;
}
