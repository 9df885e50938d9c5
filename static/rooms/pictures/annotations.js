// Drawing over a picture that is open large: by finger, mouse, pen or keys. Shapes are placed by the same arithmetic as
// in tutoring/rooms/pictures/shapes.py, in whole thousandths of the picture; what is not sent stays until it is.

const END = 1000;
const MOST = 20;
const STEP = 25; // of the cursor that keys move; with Shift four times as far
const TAP = 25; // a shorter way is no drawing but a tap
const RADIUS = 80;
const SVG = document.querySelector("svg").namespaceURI; // of any icon of the page
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export function start({ dialog, stage, image, bar, close, url, tools, room }) {
  const words = JSON.parse(tools.dataset.words);
  const parts = document.importNode(tools.content, true);
  const say = parts.querySelector("[role=status]");
  const group = parts.querySelector("[role=group]");
  const typing = parts.querySelector(".field");
  const text = typing.querySelector("input");
  const undo = parts.querySelector("[data-undo]");
  const send = parts.querySelector("[data-send]");
  const width = Number(image.getAttribute("width"));
  const height = Number(image.getAttribute("height"));
  const draft = svg("svg", { class: "marks draft", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const shapes = [];
  let tool;
  let from; // the first point, while the second is sought
  let cursor; // where keys have moved it
  let clientId;
  let sending = false;

  stage.append(draft);
  dialog.insertBefore(say, bar);
  dialog.insertBefore(group, bar);
  dialog.insertBefore(typing, bar);
  bar.prepend(undo, send);
  const list = parts.querySelector("[data-list]");
  list.href = url;
  dialog.append(list);
  close.classList.add("quiet");
  tell(words.start);

  const leaving = (event) => shapes.length && event.preventDefault();
  addEventListener("beforeunload", leaving);

  function tell(said) {
    say.textContent = said;
  }

  // ---- tools ---------------------------------------------------------------------------------------------

  function choose(next) {
    tool = next;
    from = cursor = undefined;
    for (const one of group.children) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    typing.hidden = tool !== "text";
    stage.classList.toggle("drawing", Boolean(tool));
    for (const [name, value] of [
      ["tabindex", "0"],
      ["role", "application"],
      ["aria-label", words.canvas],
    ]) {
      if (tool) stage.setAttribute(name, value);
      else stage.removeAttribute(name);
    }
    paint();
    tell(hint());
  }

  const hint = () => (tool ? words[tool].replace("{n}", number()) : words.start);

  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const next = button.dataset.tool === tool ? undefined : button.dataset.tool;
    choose(next);
    // Under a finger the keyboard would cover the picture before somebody wants to write something else.
    const writes = next === "text" && (event.detail === 0 || matchMedia("(pointer: fine)").matches);
    if (writes) text.select();
    if (next) (writes ? text : stage).focus({ preventScroll: !writes });
  });

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (text.value.trim()) stage.focus();
  });

  // The next number: one more than the largest that is not sent yet.
  const number = () => Math.min(MOST, 1 + Math.max(0, ...shapes.map((shape) => shape.number ?? 0)));

  // ---- shapes --------------------------------------------------------------------------------------------

  function shapeOf(start, end) {
    const far = Math.hypot(end[0] - start[0], end[1] - start[1]) >= TAP;
    if (tool === "arrow") return { kind: tool, from: far ? start : behind(end), to: end };
    if (tool === "circle") return far ? ellipse(start, end) : { kind: tool, at: end, radius: RADIUS };
    if (tool === "number") return { kind: tool, at: end, number: number() };
    return { kind: tool, at: end, text: text.value.trim().replace(/\s+/g, " ") };
  }

  // Where an arrow begins that was only tapped: towards the middle, so that it lies on the picture.
  const behind = ([x, y]) => [x + (x < 500 ? 180 : -180), y + (y < 500 ? 180 : -180)];

  // From one corner of what is meant to the opposite one.
  function ellipse(one, other) {
    const half = (way) => clamp(Math.round(Math.abs(way) / 2), 10, END);
    const at = [0, 1].map((axis) => Math.round((one[axis] + other[axis]) / 2));
    return { kind: "circle", at, radius: half(other[0] - one[0]), tall: half(((other[1] - one[1]) * height) / width) };
  }

  function add(shape) {
    if (shape.kind === "text" && !shape.text) {
      tell(words.write);
      return text.focus();
    }
    if (shapes.length === MOST) return tell(words.full);
    shapes.push(shape);
    clientId = room.uuid(); // another drawing than one that may have arrived
    changed(words.drawn);
  }

  function changed(said) {
    undo.disabled = !shapes.length;
    send.disabled = !shapes.length;
    if (!shapes.length) {
      send.textContent = words.send;
      clientId = undefined;
    }
    paint();
    tell(said.replace("{n}", shapes.length));
  }

  undo.addEventListener("click", () => {
    if (sending) return;
    shapes.pop();
    clientId = room.uuid();
    changed(words.undone);
    if (!shapes.length) close.focus();
  });

  // ---- by finger, mouse or pen ---------------------------------------------------------------------------

  function point(event) {
    const box = image.getBoundingClientRect();
    const part = (at, begin, size) => clamp(Math.round(((at - begin) / size) * END), 0, END);
    return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
  }

  let pointer;

  stage.addEventListener("pointerdown", (event) => {
    if (!tool || sending || pointer !== undefined || event.button) return;
    event.preventDefault();
    pointer = event.pointerId;
    stage.setPointerCapture(pointer);
    cursor = undefined;
    from = point(event);
    paint(shapeOf(from, from));
  });

  stage.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) paint(shapeOf(from, point(event)));
  });

  stage.addEventListener("pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    const shape = shapeOf(from, point(event));
    pointer = from = undefined;
    paint();
    stage.focus({ preventScroll: true });
    add(shape);
  });

  stage.addEventListener("pointercancel", () => {
    pointer = from = undefined;
    paint();
  });

  // ---- by keys -------------------------------------------------------------------------------------------

  stage.addEventListener("keydown", (event) => {
    if (!tool || sending) return;
    const way = KEYS[event.key];
    if (way) {
      const step = event.shiftKey ? 4 * STEP : STEP;
      const [x, y] = cursor ?? [500, 500];
      cursor = cursor ? [clamp(x + step * way[0], 0, END), clamp(y + step * way[1], 0, END)] : [x, y];
      paint(from && shapeOf(from, cursor));
      tell(words.cursor.replace("{place}", nameOf(cursor)));
    } else if (event.key === "Enter") {
      cursor ??= [500, 500];
      if ((tool === "arrow" || tool === "circle") && !from) {
        from = cursor;
        paint();
        tell(words.first.replace("{place}", nameOf(from)));
      } else {
        const shape = shapeOf(from ?? cursor, cursor);
        from = undefined;
        add(shape);
      }
    } else return;
    event.preventDefault();
  });

  const nameOf = (at) =>
    words.places[3 * Math.min(2, Math.floor((at[1] * 3) / END)) + Math.min(2, Math.floor((at[0] * 3) / END))];

  // ---- what is seen --------------------------------------------------------------------------------------

  function paint(being) {
    draft.replaceChildren(
      ...shapes
        .concat(being && (being.kind !== "text" || being.text) ? [being] : [])
        .flatMap((shape) => drawn(shape, width, height)),
    );
    if (from && pointer === undefined) draft.append(...cross(from, "first"));
    if (cursor) draft.append(...cross(cursor, "cursor"));
  }

  function cross([left, top], kind) {
    const [x, y, arm] = [(left * width) / END, (top * height) / END, (width + height) / 40];
    const d = `M${x - arm} ${y} L${x + arm} ${y} M${x} ${y - arm} L${x} ${y + arm}`;
    return [svg("path", { class: "halo", d }), svg("path", { class: `line ${kind}`, d })];
  }

  // ---- sending -------------------------------------------------------------------------------------------

  send.addEventListener("click", async () => {
    if (sending || !shapes.length) return;
    sending = true;
    send.setAttribute("aria-disabled", "true");
    tell(words.sending);
    let answer;
    try {
      const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": room.csrf };
      const body = JSON.stringify({ client_id: clientId, shapes });
      const signal = AbortSignal.timeout?.(20_000); // whoever waits longer may try again, or leave
      answer = await (await fetch(url, { method: "POST", headers, body, signal })).json();
    } catch {
      // the network, perhaps after it arrived: the same id makes sending it again harmless
    }
    sending = false;
    send.removeAttribute("aria-disabled");
    if (answer?.ok) {
      shapes.length = 0;
      close.focus();
      choose(undefined);
      changed(words.sent);
      return room.renew();
    }
    if (answer && room.refused(answer)) return;
    send.textContent = words.again;
    tell(answer?.say ?? words.unsent);
  });

  return {
    // Escape leaves the point, then the tool, before it closes anything.
    putDown() {
      if (!tool) return false;
      const button = group.querySelector("[aria-pressed=true]");
      if (from) {
        from = undefined;
        paint();
        tell(hint());
      } else {
        choose(undefined);
        button.focus();
      }
      return true;
    },
    mayClose: () => !sending && (!shapes.length || confirm(words.lose)),
    end: () => removeEventListener("beforeunload", leaving),
  };
}

// ---- shapes on a picture: as tutoring/rooms/pictures/shapes.py places and templates/rooms/_marks.html draws them --------

const [HEAD, LETTER, BADGE, WIDTH] = [0.09, 0.065, 0.055, 0.6];

function svg(name, values, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

export function drawn(shape, width, height) {
  const side = (width + height) / 2;
  const dot = ([x, y]) => [(x * width) / END, (y * height) / END];
  if (shape.kind === "arrow") return stroked("path", { d: arrow(dot(shape.from), dot(shape.to), side) });
  let [x, y] = dot(shape.at);
  if (shape.kind === "circle") {
    const [rx, ry] = [shape.radius, shape.tall ?? shape.radius].map((radius) => Math.round((radius * width) / END));
    return stroked("ellipse", { cx: Math.round(x), cy: Math.round(y), rx, ry });
  }
  let size = LETTER * side;
  if (shape.kind === "number") {
    const r = BADGE * side;
    [x, y] = [inside(x, r, width), inside(y, r, height)];
    const badge = svg("circle", { class: "badge", cx: Math.round(x), cy: Math.round(y), r: Math.round(r) });
    return [badge, letters("digit", x, y + 0.36 * size, size, String(shape.number))];
  }
  const lines = broken(shape.text);
  const longest = Math.max(...lines.map((line) => [...line].length));
  size = Math.min(size, (0.96 * width) / (WIDTH * longest));
  x = inside(x, (WIDTH * size * longest) / 2, width);
  y = inside(y, 0.7 * size * lines.length, height);
  const first = y + 0.36 * size - 0.65 * size * (lines.length - 1);
  return lines.map((line, n) => letters("word", x, first + 1.3 * size * n, size, line));
}

const stroked = (name, values) => ["halo", "line"].map((kind) => svg(name, { class: kind, ...values }));

const letters = (kind, x, foot, size, text) =>
  svg(
    "text",
    { class: kind, x: Math.round(x), y: Math.round(foot), "font-size": Math.round(size), "text-anchor": "middle" },
    text,
  );

const inside = (middle, half, end) => (2 * half > end ? end / 2 : clamp(middle, half, end - half));

function arrow(tail, tip, side) {
  const [across, down] = [tail[0] - tip[0], tail[1] - tip[1]];
  const barb = (HEAD * side) / Math.hypot(across, down);
  const [cos, sin] = [0.866 * barb, 0.5 * barb];
  const one = [tip[0] + across * cos - down * sin, tip[1] + across * sin + down * cos];
  const two = [tip[0] + across * cos + down * sin, tip[1] - across * sin + down * cos];
  const points = [tail, tip, one, tip, two].map(([x, y]) => `${Math.round(x)} ${Math.round(y)}`);
  return `M${points[0]} L${points[1]} M${points[2]} L${points[3]} L${points[4]}`;
}

function broken(text) {
  const signs = [...text];
  const gaps = signs.flatMap((sign, n) => (sign === " " ? [n] : []));
  if (signs.length <= 16 || !gaps.length) return [text];
  const off = (n) => Math.abs(n - signs.length / 2);
  const at = gaps.reduce((best, n) => (off(n) < off(best) ? n : best));
  return [signs.slice(0, at).join(""), signs.slice(at + 1).join("")];
}
