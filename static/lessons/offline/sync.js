// Sends what this device kept of lessons (static/lessons/offline/device-progress.js) to the account of who is signed in. Only what
// the server has answered for is deleted here; without a network everything stays for the next time.

const AT_ONCE = 40;

function read(key) {
  const held = JSON.parse(localStorage.getItem(key) ?? "{}");
  return { walked: held.walked ?? {}, answers: held.answers ?? [] };
}

function drop(key, lessons, answers) {
  const held = read(key); // read again: another tab may have gone on meanwhile
  const same = (name, one) => JSON.stringify(held.walked[name]) === JSON.stringify(one);
  for (const [name, one] of lessons) if (same(name, one)) delete held.walked[name];
  const gone = new Set(answers.map((one) => one?.id));
  held.answers = held.answers.filter((one) => !gone.has(one?.id));
  if (Object.keys(held.walked).length || held.answers.length) localStorage.setItem(key, JSON.stringify(held));
  else localStorage.removeItem(key);
}

async function send(key, csrf) {
  const said = [];
  for (let turn = 0; turn < 20; turn++) {
    const held = read(key);
    const lessons = Object.entries(held.walked).slice(0, AT_ONCE);
    const answers = held.answers.slice(0, AT_ONCE);
    if (!lessons.length && !answers.length) break;
    const response = await fetch("/lessons/merge", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ lessons: lessons.map(([, one]) => one), answers }),
    });
    if (!response.ok) break;
    const { say } = await response.json();
    drop(key, lessons, answers);
    if (say) said.push(say);
  }
  return said;
}

function show(text) {
  const box = document.createElement("div");
  box.className = "wrap flashes"; // before the columns of a page, which have no place for it
  box.setAttribute("role", "status");
  (document.querySelector(".shell") ?? document.querySelector("main"))?.before(box);
  const line = document.createElement("div");
  line.className = "note ok";
  line.textContent = text;
  requestAnimationFrame(() => box.append(line)); // a live region speaks when its content comes after it
}

// Whether nothing of this person's is left on the device.
export async function merge(who, csrf) {
  const keys = ["lessons:", `lessons:${who}`];
  try {
    for (const key of keys) for (const text of await send(key, csrf)) show(text);
  } catch {}
  return !localStorage.getItem(keys[1]);
}
