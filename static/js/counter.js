// Tells how many characters a textarea[data-counter] still takes, counted as the server counts them. The limit does
// not cut off what is pasted. It is spoken aloud only near the end, so that a screen reader does not count along.

const NEAR_THE_END = 0.1;
const number = new Intl.NumberFormat(document.documentElement.lang);

document.querySelectorAll("textarea[data-counter][data-limit]").forEach((textarea) => {
  const { counter, counterLeft, counterOver } = textarea.dataset;
  const output = document.getElementById(counter);
  const limit = Number(textarea.dataset.limit);
  const count = () => {
    const left = limit - [...textarea.value].length;
    const isNear = left < limit * NEAR_THE_END;
    output.setAttribute("aria-live", isNear ? "polite" : "off");
    output.toggleAttribute("data-near", isNear);
    output.textContent = (left < 0 ? counterOver : counterLeft).replace("{number}", number.format(Math.abs(left)));
  };
  textarea.addEventListener("input", count);
  count();
});
