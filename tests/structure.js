// What makes one page another for whoever looks for faults in its structure: tags, attributes and states, in order.
// Words are left out, and numbers in attributes; of several like parts in a row one is told.
() => {
  const WORDS = ["alt", "title", "placeholder", "value", "src", "srcset", "href", "action", "datetime", "content", "d"];
  const SECRET = ["nonce", "name=csrf_token"];
  const plain = (text) => text.replace(/\d+/g, "#");
  const attribute = ({ name, value }) => {
    if (SECRET.includes(name)) return "";
    const within = name === "href" && value.startsWith("#");
    return WORDS.includes(name) && !within ? `${name}${value.trim() ? "=…" : ""}` : `${name}=${plain(value)}`;
  };
  const states = (one) =>
    [":checked", ":disabled", ":invalid", ":modal", ":focus", ":popover-open"].filter((state) => one.matches(state));
  const told = (node) => {
    if (node.nodeType === 3) return node.data.trim() && "…";
    if (node.nodeType !== 1) return "";
    const within = [];
    for (const child of node.childNodes) {
      const part = told(child);
      if (part && part !== within.at(-1)) within.push(part);
    }
    const own = [...node.attributes].map(attribute).sort();
    return `<${[node.localName, ...own, ...states(node)].join(" ")}>${within.join("")}</>`;
  };
  const device = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"].map(
    (one) => matchMedia(one).matches,
  );
  return JSON.stringify([
    innerWidth,
    getComputedStyle(document.documentElement).fontSize,
    device,
    told(document.documentElement),
  ]);
};
