// Suggestions under the search box: the ARIA pattern of an editable combobox with a list. Without this the box still
// works; it is sent as a form.

const WAIT = 120; // ms after a key before the service is asked
const input = document.querySelector("#q");
if (input instanceof HTMLInputElement) combobox(input);

/** @param {HTMLInputElement} box */
function combobox(box) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true, role: "listbox" });
  list.setAttribute("aria-label", box.dataset.list ?? "");
  Object.assign(status, { className: "unseen", role: "status" });
  box.after(list, status);
  box.role = "combobox";
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);

  let active = -1;
  let timer = 0;
  let asking = new AbortController();
  close();

  /** @param {number} at */
  function choose(at) {
    active = at;
    [...list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  /** @param {{kind: string, name: string, detail: string, url: string, alike: boolean}[]} names */
  function show(names) {
    list.replaceChildren(...names.map(option));
    list.hidden = names.length === 0;
    box.setAttribute("aria-expanded", String(names.length > 0));
    choose(-1);
    status.textContent = names.length ? (box.dataset.count ?? "").replace("{n}", String(names.length)) : (box.dataset.none ?? "");
  }

  async function ask() {
    const text = box.value.trim();
    asking.abort();
    if (text.length < 2) return close();
    asking = new AbortController();
    const asked = new URLSearchParams({ q: text.slice(0, 200), lang: document.documentElement.lang });
    try {
      const response = await fetch(`/v1/names?${asked}`, { signal: asking.signal });
      if (response.ok && box.value.trim() === text && document.activeElement === box) show((await response.json()).names);
    } catch {
      // Asked anew meanwhile, or the service is away: the form still works.
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    const options = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && options) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active < 0 && step < 0 ? options - 1 : (active + step + options) % options);
    } else if (event.key === "ArrowDown") {
      ask();
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      go(list.children[active]);
    }
  });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("li") : null;
    if (option) go(option);
  });

  /** @param {Element} option */
  function go(option) {
    if (option instanceof HTMLElement && option.dataset.url?.startsWith("/")) location.assign(option.dataset.url);
  }

  /** @param {{kind: string, name: string, detail: string, url: string, alike: boolean}} found @param {number} at */
  function option({ kind, name, detail, url, alike }, at) {
    const item = document.createElement("li");
    Object.assign(item, { id: `suggestion-${at}`, role: "option" });
    item.dataset.url = url;
    const small = document.createElement("small");
    small.textContent = [detail, box.dataset[kind] ?? ""].filter(Boolean).join(" · ");
    item.append(alike ? (box.dataset.alike ?? "").replace("{name}", name) : name, " ", small);
    return item;
  }
}
