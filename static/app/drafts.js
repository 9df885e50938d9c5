// What somebody types in a long form stays while its page is loaded anew: by a newer version, by mistake, by a lost
// network. It lives in this tab alone, under the number of who typed it, and goes once the server has it or on leaving.
// Never kept: passwords, codes, numbers that prove something, files, and whatever stands in a form with data-undrafted.

const KEY = "draft:";
const FORMS = "form[method=post]:not([data-undrafted], #compose, #picture, [action='/sign-out'])";
const FIELDS =
  "textarea, select, input:not([type]), input[type=text], input[type=search], input[type=checkbox], input[type=radio], input[type=date], input[type=number]";
const SECRET = "[autocomplete*=password], [autocomplete=one-time-code], [inputmode=numeric], [data-undrafted]";
const SECRET_NAME = /pass|code|otp|token|secret|number|address|(^|_)pin($|_)/i;
const NEVER = /^\/report/; // who tells of danger may not be the only one who looks at this screen

const fields = (form) =>
  [...form.querySelectorAll(FIELDS)].filter(
    (one) => one.name && !one.matches(SECRET) && !SECRET_NAME.test(one.name) && one.name !== "csrf_token",
  );
const ticked = (field) => field.type === "checkbox" || field.type === "radio";
const changed = (field) =>
  ticked(field)
    ? field.checked !== field.defaultChecked
    : field.matches("select")
      ? [...field.options].some((one) => one.selected !== one.defaultSelected)
      : field.value !== field.defaultValue;

const long = (form) =>
  form.querySelector("textarea") &&
  !form.querySelector("input[type=password]") &&
  !NEVER.test(new URL(form.action, location).pathname);

// A form is known by its page and where it sends to.
const name = (who, form) => `${KEY}${who}:${location.pathname}>${new URL(form.action, location).pathname}`;

function keep(who, form) {
  const typed = fields(form)
    .map((one, at) => [at, one.name, ticked(one) ? one.checked : one.value, changed(one)])
    .filter(([, , , is]) => is);
  try {
    if (typed.length)
      sessionStorage.setItem(name(who, form), JSON.stringify(typed.map(([at, field, value]) => [at, field, value])));
    else sessionStorage.removeItem(name(who, form));
  } catch {} // full or forbidden: then it lives as long as the page
}

function bring(who, form) {
  const held = JSON.parse(sessionStorage.getItem(name(who, form)) ?? "[]");
  const all = fields(form);
  for (const [at, field, value] of held) {
    const one = all[at];
    if (one?.name !== field || changed(one)) continue; // another form now, or the browser has put it back already
    if (ticked(one)) one.checked = value;
    else one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.closest("details")?.setAttribute("open", "");
  }
}

// Whether the server answered to what was sent: then this page was come to from that of the form, not by going back, by
// loading once more, or by an address after a broken try.
function settle() {
  const sent = sessionStorage.getItem("sent:");
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  sessionStorage.removeItem("sent:");
  const from = document.referrer && new URL(document.referrer).pathname;
  if (sent && type === "navigate" && sent.includes(`:${from}>`)) sessionStorage.removeItem(sent);
}

export function watch(who) {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(KEY) && !key.startsWith(`${KEY}${who}:`)) sessionStorage.removeItem(key);
  for (const form of [...document.querySelectorAll(FORMS)].filter(long)) bring(who, form);
  // On the document: parts of a page come anew (static/app/live-regions.js), and their forms with them.
  const typed = ({ target }) => target.form?.matches(FORMS) && long(target.form) && keep(who, target.form);
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.matches(FORMS) && long(target)) sessionStorage.setItem("sent:", name(who, target));
  });
}

settle();
