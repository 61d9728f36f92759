// Everything works without this: it keeps the page's language and title in step, and finds provisions by their words.
(() => {
  const root = document.documentElement;
  const version = document.title.split(" ").pop();
  const language = () => {
    const english = document.getElementById("show-en").checked;
    root.lang = english ? "en" : "zh-Hans";
    document.title = `${english ? root.dataset.en : root.dataset.zh} ${version}`;
  };
  document.querySelectorAll("input[name=language]").forEach((input) => input.addEventListener("change", language));
  language();

  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const articles = [...document.querySelectorAll("article.rule, article.fact")];
  const texts = articles.map((article) => `${article.id} ${article.textContent}`.toLowerCase());
  find.parentElement.hidden = false;
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    articles.forEach((article, at) => {
      const here = words.every((word) => texts[at].includes(word));
      article.hidden = !here;
      count += here ? 1 : 0;
    });
    document.querySelectorAll("section.instrument").forEach((section) => {
      section.hidden = !section.querySelector("article:not([hidden])");
    });
    document.body.classList.toggle("finding", words.length > 0);
    found.value = words.length ? `${count}` : "";
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") articles.find((article) => !article.hidden)?.scrollIntoView();
  });
  // What a link leads to is shown even where a search had hidden it.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest("[hidden]")) {
      find.value = "";
      find.dispatchEvent(new Event("input"));
      target.scrollIntoView();
    }
  });
})();
