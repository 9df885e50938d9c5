// Axe against some sets of rules; contrast of those words only that stand as none did that was looked at before.
async ([rules, known, but]) => {
  const CONTRAST = "color-contrast";
  const FIELDS = "input, select, textarea";
  const SHUT = "[disabled], fieldset:disabled, [aria-disabled=true], [inert]";
  const before = new Set(known);

  // All that colours the ground of an element: its own, and that of what it lies in.
  const grounds = new Map();
  function ground(one) {
    if (!one) return "";
    if (!grounds.has(one)) {
      const style = getComputedStyle(one);
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position } = style;
      const plain =
        backgroundColor === "rgba(0, 0, 0, 0)" &&
        backgroundImage === "none" &&
        opacity === "1" &&
        filter === "none" &&
        mixBlendMode === "normal" &&
        position !== "absolute" &&
        position !== "fixed" &&
        position !== "sticky";
      // What lies over others may lie on something that it is not in: there its name is part of it.
      const own = plain
        ? ""
        : `${[backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position === "static" || position === "relative" ? "" : one.className].join()};`;
      grounds.set(one, own + ground(one.parentElement));
    }
    return grounds.get(one);
  }

  function number(text) {
    // cyrb53
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(i), 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return 4294967296 * (2097151 & b) + (a >>> 0);
  }

  const speaks = (one) =>
    one.matches(FIELDS) || [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const seen = (one) => {
    const { width, height } = one.getBoundingClientRect();
    return (
      width > 1 &&
      height > 1 &&
      !one.closest(".sr, .skip") &&
      one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    );
  };
  const fresh = new Map();
  for (const one of document.querySelectorAll("body *")) {
    if (!speaks(one) || !seen(one)) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
    const shut = one.matches(SHUT) || !!one.closest(SHUT) || !!one.closest("label")?.control?.matches(SHUT);
    const key = number([one.localName, color, fontSize, fontWeight, textShadow, shut, ground(one)].join("|"));
    if (before.has(key)) continue;
    fresh.set(one, key);
  }
  // Style sheets are fetched anew for one rule alone, of pages that turn: tests/web/test_design_system.py holds it.
  const told = { resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, {
    ...told,
    runOnly: rules,
    rules: Object.fromEntries([CONTRAST, ...but].map((rule) => [rule, { enabled: false }])),
  });
  // A part that renewed itself meanwhile is looked at another time: axe refuses elements that are no longer there.
  const there = [...fresh.keys()].filter((one) => one.isConnected);
  if (there.length)
    violations.push(
      ...(await axe.run({ include: there }, { ...told, runOnly: { type: "rule", values: [CONTRAST] } })).violations,
    );
  return [violations, [...new Set(there.map((one) => fresh.get(one)))]];
};
