// From an answer to the same in the other language, at the same place: the switch goes by the server, which knows the paragraph.
const SLACK = 12; // pixels of a paragraph that may still show below the bars over the page

function topmost() {
  const bars = [...document.querySelectorAll(".km-top, .bulletins:has(.must)")];
  const top = Math.max(0, ...bars.map((bar) => bar.getBoundingClientRect().bottom).filter((end) => end < innerHeight / 2));
  const blocks = [...document.querySelectorAll(".km-prose .blk[id]")];
  const place = blocks.findIndex((block) => block.getBoundingClientRect().bottom > top + SLACK);
  return place > 0 ? blocks[place].id.replace(/^b-/, "") : "";
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-switch]");
    const at = link && topmost();
    if (at) link.href = `${link.dataset.switch}&at=${encodeURIComponent(at)}`;
  });
}
