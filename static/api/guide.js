// The guide of the API: sends an operation as its fields say, and shows the answer as text.

const token = document.querySelector("[data-token]");
const MOST_SHOWN = 4_000;

token.hidden = false;
for (const form of document.querySelectorAll("[data-operation]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sure || confirm(form.dataset.sure)) send(form);
  });
}

async function send(form) {
  const answer = form.querySelector("[data-answer]");
  const request = asked(form);
  answer.hidden = false;
  answer.textContent = "…";
  try {
    const response = await fetch(request.address, request.options);
    answer.textContent = `${response.status} ${response.statusText}\n\n${shown(await response.text())}`;
  } catch (error) {
    answer.textContent = String(error);
  }
}

function asked(form) {
  const key = token.querySelector("input").value.trim();
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const options = { method: form.dataset.operation, headers, credentials: "omit", cache: "no-store" };
  if (key) headers.Authorization = `Bearer ${key}`;
  let path = form.getAttribute("action");
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    const value = field.value.trim();
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (field.dataset.in === "body") options.body = value;
    else if (value && field.dataset.in === "query") query.set(field.name, value);
    else if (value) headers[field.name] = value;
  }
  if (options.body) headers["Content-Type"] = "application/json";
  return { address: query.size ? `${path}?${query}` : path, options };
}

function shown(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, MOST_SHOWN);
  } catch {
    return text.slice(0, MOST_SHOWN);
  }
}
