// Search for the Chinese edition. mdBook's own finds words between spaces, which Chinese doesn't have. This one looks for the
// text itself in every section, which takes a few milliseconds; the book's page and its keys stay mdBook's. It needs no
// server. `scripts/book` puts it into the pages, before mdBook's own script.

(() => {
  const CHINESE = "\\u4e00-\\u9fff";
  const PARTS = new RegExp(`[${CHINESE}]+|[^\\s${CHINESE}]+`, "g");
  const IS_CHINESE = new RegExp(`^[${CHINESE}]+$`);
  const AROUND = 40;

  /** The parts of what was typed: Chinese, and what stands between spaces. */
  const partsOf = (typed) => typed.toLowerCase().match(PARTS) ?? [];

  /** Each two Chinese characters that stand side by side. */
  const pairsOf = (parts) =>
    parts.flatMap((part) => {
      if (!IS_CHINESE.test(part) || part.length < 3) return [part];
      return [...part.slice(1)].map((character, at) => part[at] + character);
    });

  const count = (text, part) => text.split(part).length - 1;

  /** What a part is worth in a section: most in its heading, something in the headings above it. */
  const worth = ({ title, breadcrumbs, body }, part) =>
    10 * Math.min(count(title, part), 1) + 3 * Math.min(count(breadcrumbs, part), 1) + Math.min(count(body, part), 5);

  /** The text around the first place where a part is found. */
  function excerpt(body, parts) {
    const lower = body.toLowerCase();
    const places = parts.map((part) => lower.indexOf(part)).filter((at) => at >= 0);
    const from = Math.max(0, Math.min(...places, lower.length) - AROUND);
    const start = places.length === 0 ? 0 : from;
    const text = body.slice(start, start + 4 * AROUND);
    return (start > 0 ? "…" : "") + text + (start + text.length < body.length ? "…" : "");
  }

  function search(sections, typed) {
    const rank = (parts, needed) =>
      sections
        .map(({ ref, doc, lower }) => {
          const worths = parts.map((part) => worth(lower, part));
          const found = worths.filter((value) => value > 0).length;
          return { ref, doc, found, score: worths.reduce((sum, value) => sum + value, 0) };
        })
        .filter(({ found }) => found > 0 && found >= needed)
        .sort((a, b) => b.found - a.found || b.score - a.score);
    let parts = partsOf(typed);
    let results = rank(parts, parts.length);
    if (results.length === 0) {
      parts = pairsOf(parts); // a whole question was typed: where is most of it?
      results = rank(parts, parts.length / 2);
    }
    shown = parts;
    return results.map((result) => ({ ...result, doc: { ...result.doc, body: excerpt(result.doc.body, parts) } }));
  }

  let shown = [];

  // mdBook asks for its index when the search is opened. It gets this in its place.
  window.elasticlunr.Index.load = ({ documentStore }) => {
    const lower = ({ title, breadcrumbs, body }) => ({
      title: title.toLowerCase(),
      breadcrumbs: breadcrumbs.toLowerCase(),
      body: body.toLowerCase(),
    });
    const sections = Object.entries(documentStore.docs).map(([ref, doc]) => ({ ref, doc, lower: lower(doc) }));
    return { search: (typed) => search(sections, typed) };
  };

  // The parts are marked in the list, and its head is in Chinese.
  const list = document.getElementById("mdbook-searchresults");
  const head = document.getElementById("mdbook-searchresults-header");
  const field = document.getElementById("mdbook-searchbar");
  if (list === null || head === null || field === null) return;
  const show = () => {
    observer.disconnect();
    for (const word of list.querySelectorAll(".teaser em")) word.replaceWith(...word.childNodes);
    list.normalize();
    new window.Mark(list).mark(shown, { element: "em", separateWordSearch: false });
    const results = list.children.length;
    head.textContent = results > 0 ? `“${field.value.trim()}”：${results} 处` : `没有找到“${field.value.trim()}”`;
    for (const link of list.querySelectorAll("a")) {
      // mdBook marks whole words on the page that it opens, separated by spaces.
      const [before, after = ""] = link.getAttribute("href").split("?highlight=");
      const anchor = after.split("#")[1] ?? "";
      link.setAttribute("href", `${before}?highlight=${encodeURIComponent(shown.join(" "))}#${anchor}`);
    }
    watch();
  };
  const observer = new MutationObserver(show);
  const watch = () => {
    for (const changes of [list, head]) observer.observe(changes, { childList: true });
  };
  watch();
})();
