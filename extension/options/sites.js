// The sites that the reader hid, to be shown again.

import { toggled } from "../lib/settings.js";
import { say } from "../lib/wording.js";
import { button, el } from "../ui/dom.js";
import { announce } from "../ui/page.js";

/** @typedef {import("../lib/settings.js").Settings} Settings */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("./options.js").Save} Save */

/** @param {Settings} settings @param {Messages} messages @param {Save} save */
export function sitesSection({ sites }, messages, save) {
  const items = sites.map((site) => el("li", el("span", site), again(site, messages, save)));
  const list = sites.length ? el("ul.sites", ...items) : el("p", say(messages, "options.no_sites"));
  const heading = el("h2", say(messages, "options.sites"));
  heading.id = "sites";
  heading.tabIndex = -1; // takes the focus of a button that has gone
  return el("section", heading, list, el("p.small", say(messages, "options.sites_why")));
}

/** @param {string} site @param {Messages} messages @param {Save} save */
function again(site, messages, save) {
  const made = button(say(messages, "hidden.show_site"), async () => {
    await save((settings) => ({ ...settings, sites: toggled(settings.sites, site, false) }));
    document.getElementById("sites")?.focus();
    announce(say(messages, "options.shown_again", { site }));
  });
  made.setAttribute("aria-label", `${say(messages, "hidden.show_site")}: ${site}`);
  return made;
}
