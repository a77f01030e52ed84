// The settings: what matters to the reader, what is hidden, and the data on this machine.

import { BACKEND, BUILD } from "../config.js";
import { changeSettings, loadSettings } from "../lib/settings.js";
import { agenciesOf } from "../lib/snapshot.js";
import { loadData, loadStatus } from "../lib/store.js";
import { say } from "../lib/wording.js";
import { automaticSection, isOffered } from "../ui/automatic.js";
import { dotted, el, link } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { ask, begin } from "../ui/page.js";
import { agencyChoice, kindChoice } from "./choices.js";
import { dataSection } from "./data.js";
import { eraseSection } from "./erase.js";
import { sitesSection } from "./sites.js";

/** @typedef {import("../lib/settings.js").Settings} Settings */
/** @typedef {(change: (settings: Settings) => Settings) => Promise<void>} Save */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const messages = await begin();
document.title = `govties: ${say(messages, "label.settings")}`;

/** Keeps a change, shows what follows from it, and has the icons follow. @type {Save} */
async function save(change) {
  await changeSettings(change);
  await show();
  await ask("icons");
}

async function show() {
  const [data, status, settings] = await Promise.all([loadData(), loadStatus(), loadSettings()]);
  const focused = document.activeElement?.id;
  const agencies = data ? agenciesOf(data.snapshot) : [];
  main.replaceChildren(
    el("h1", say(messages, "label.settings")),
    el("p.lead", say(messages, "options.lead")),
    ...[agencyChoice(agencies, settings, messages, save), kindChoice(settings, messages, save)],
    sitesSection(settings, messages, save),
    ...(isOffered() ? [automatic] : []),
    dataSection(data, status, messages, show),
    eraseSection(messages, show),
    el("section", el("h2", say(messages, "legend.title")), legend(messages)),
    foot(),
  );
  main.setAttribute("aria-busy", "false");
  if (focused) document.getElementById(focused)?.focus();
}

function foot() {
  const privacy = link(`${BACKEND}/privacy`, say(messages, "label.privacy"));
  return el("footer", dotted("p.small", say(messages, "options.version", { version: BUILD }), privacy));
}

const automatic = isOffered() ? await automaticSection(messages) : el("div");
await show();
