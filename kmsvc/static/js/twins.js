// From an answer to the same in the other language, at the same place: the switch goes by the server, which knows the paragraph.
const TOP = 90; // what the head of the page hides, in pixels

function topmost() {
  const blocks = [...document.querySelectorAll(".km-prose .blk[id]")];
  const place = blocks.findIndex((block) => block.getBoundingClientRect().bottom > TOP);
  return place > 0 ? blocks[place].id.replace(/^b-/, "") : "";
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-switch]");
    const at = link && topmost();
    if (at) link.href = `${link.dataset.switch}&at=${encodeURIComponent(at)}`;
  });
}
