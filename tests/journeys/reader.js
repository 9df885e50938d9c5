// What live regions would have read out: what is added below one that is not switched off, in its words.
() => {
  window.read = [];
  const words = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType !== 1 || node.ariaHidden === "true" || node.matches("script, form")) return "";
    return node.alt ?? node.ariaLabel ?? [...node.childNodes].map(words).join(" ");
  };
  const added = (node) => {
    const part = node.nodeType === 1 ? node : node.parentElement;
    const live = part?.closest("[aria-live], [role=log], [role=status], [role=alert]");
    const text = words(node).replace(/\s+/g, " ").trim();
    if (live && live.ariaLive !== "off" && text && !part.closest("[aria-hidden=true]")) window.read.push(text);
  };
  const observer = new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(added)));
  observer.observe(document.body, { childList: true, subtree: true });
};
