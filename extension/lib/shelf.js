// Where the copy lies: one record, replaced whole or not at all.
//
// Chromium's storage.local takes 10 MB without a further permission, so there it is IndexedDB. Firefox opens no IndexedDB
// in a private window, nor anywhere for those who never keep a history, and its storage.local takes what IndexedDB does.
// Both hold a Blob as it is, which is read several times faster than text or an array of the same length.

const NAME = "govties";
const KEY = "data";

/** @returns {Promise<any>} undefined where there is none */
export async function readShelf() {
  return isFirefox() ? (await chrome.storage.local.get(KEY))[KEY] : inDatabase("readonly", (store) => store.get(KEY));
}

/** @param {object} record */
export async function fillShelf(record) {
  if (isFirefox()) await chrome.storage.local.set({ [KEY]: record });
  else await inDatabase("readwrite", (store) => store.put(record, KEY));
}

export async function clearShelf() {
  if (isFirefox()) await chrome.storage.local.remove(KEY);
  else await inDatabase("readwrite", (store) => store.clear());
}

function isFirefox() {
  return chrome.runtime.getURL("").startsWith("moz-extension:");
}

/**
 * One request in a transaction of its own; done when it is on the disk.
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>}
 */
async function inDatabase(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(NAME, mode, { durability: "strict" });
      const request = work(transaction.objectStore(NAME));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(NAME);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
