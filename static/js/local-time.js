// Times are printed in Japan's own time. Here the reader's local time joins it on hover, and a "3 hours ago"
// that was printed into a kept page is counted again.

const language = document.documentElement.lang;
const yourTime = document.documentElement.dataset.yourTime;
const local = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(language);
const JST_OFFSET_MIN = -540;
const UNITS_S = [["day", 86400], ["hour", 3600], ["minute", 60]];
// Older than a week, the page prints a date.
const RELATIVE_FOR_S = 7 * 86400;

for (const element of document.querySelectorAll("time[data-ago]")) {
  const instant = new Date(element.dateTime);
  if (Number.isNaN(instant.getTime())) continue;
  if (instant.getTimezoneOffset() !== JST_OFFSET_MIN) {
    element.title += `\n${yourTime.replace("{time}", local.format(instant))}`;
  }
  const age_s = (Date.now() - instant) / 1000;
  const unit = UNITS_S.find(([, length_s]) => age_s >= length_s);
  if (unit && age_s < RELATIVE_FOR_S) element.textContent = ago.format(-Math.floor(age_s / unit[1]), unit[0]);
}
