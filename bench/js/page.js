// Begins before a page of the extension that is measured (bench/browsers.py): says when the answer was shown, and
// passes orders on to js/worker.js. What it finds stands in attributes of the page, where every browser's driver
// can read it.

const query = new URLSearchParams(location.search);
const page = document.documentElement;
const { tabs } = chrome;

// The popup in a tab of its own has no permission to know the address of any: it is told one.
tabs.get = async () => ({ .../** @type {any} */ (await tabs.getCurrent()), url: `https://${query.get("host")}/` });

new MutationObserver((_, observer) => {
  if (document.querySelector('main[aria-busy="false"]') === null) return;
  observer.disconnect();
  const ready = performance.now();
  requestAnimationFrame(() => setTimeout(() => {
    page.dataset.result = JSON.stringify({ ready, shown: performance.now(), text: document.body.innerText });
  }));
}).observe(document, { subtree: true, childList: true, attributes: true });

/** @param {string} name */
function order(name) {
  chrome.runtime.sendMessage(name).then((result) => {
    page.dataset.result = JSON.stringify(result);
  });
}

const given = query.get("order");
if (given) order(given);
