(() => {
  "use strict";
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const kept = (value) => { try { return value ? localStorage.setItem("tongue", value) : localStorage.getItem("tongue"); } catch { return null; } };
  const radios = all("input[name=tongue]");
  const speak = (tongue) => {
    document.documentElement.lang = tongue === "zh" ? "zh-CN" : "en";
    for (const radio of radios) radio.checked = radio.value === tongue;
  };
  const known = [kept(), ...(navigator.languages || [])].map((tag) => (tag || "").slice(0, 2).toLowerCase());
  const first = known.find((tag) => tag === "zh" || tag === "en");
  if (first) speak(first);
  for (const radio of radios) radio.addEventListener("change", () => { speak(radio.value); kept(radio.value); });

  const copy = async (button) => {
    const code = button.parentNode.querySelector("code");
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.nextElementSibling.firstElementChild.hidden = false;
  };

  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const search = (field) => {
    const lines = all("[data-line]").map((line) => [line, fold(line.querySelector("h3").textContent)]);
    const [some, none] = document.getElementById("found").children;
    const filter = () => {
      const words = fold(field.value).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const [line, title] of lines) count += !(line.hidden = !words.every((word) => title.includes(word)));
      for (const day of all("[data-day]")) day.hidden = !day.querySelector("[data-line]:not([hidden])");
      some.querySelector("b").textContent = count;
      some.hidden = !words.length || !count;
      none.hidden = !words.length || count > 0;
    };
    field.closest("[role=search]").hidden = false;
    field.addEventListener("input", filter);
    if (field.value) filter();
  };

  // A photo fills its box, an icon does not. Out of sight a picture may take its own shape without moving what is being read; a tall one must.
  const fit = ({ target: picture }) => {
    if (picture.naturalWidth >= 320) picture.classList.add("photo");
    const place = picture.getBoundingClientRect();
    if (place.top > innerHeight || picture.naturalHeight > picture.naturalWidth) picture.classList.add("own");
  };

  // A picture that cannot be had leaves its words, not its box.
  const lost = ({ target }) => { if (target.tagName === "IMG") target.classList.add("lost"); };
  document.addEventListener("error", lost, true);

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of all("[data-copy]")) { button.hidden = false; button.addEventListener("click", () => copy(button)); }
    const field = document.getElementById("q");
    if (field) search(field);
    for (const picture of all(".body img")) picture.complete && picture.naturalWidth ? fit({ target: picture }) : picture.addEventListener("load", fit);
  });
})();
