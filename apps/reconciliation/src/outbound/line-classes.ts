import { classify, isOurReference, type LineClass, type Ours, type Told } from './line-class.js';

const KNOWN_MAX = 10_000;

/** The rows of a file have few classes: they are told apart once for each way in which rows differ. */
export function lineClasses(ours: Ours): (told: Told) => LineClass {
  const known = new Map<string, LineClass>();
  let last: Told | undefined;
  let lastNamed = '';
  let lastStoreId: string | null = null;
  let lastClass: LineClass = 'unknown';
  return (told) => {
    const named = told.reference === null ? '' : isOurReference(told.reference, ours) ? '+' : '-';
    // Who names our order is ours, whatever the store.
    const storeId = named === '+' ? null : told.storeId;
    // Neighbours are alike.
    if (last !== undefined && named === lastNamed && told.type === last.type && told.status === last.status && told.product === last.product && told.merchantId === last.merchantId && storeId === lastStoreId) return lastClass;
    // No text of a file has a NUL in it, and none of these is ever empty.
    const key = `${told.type}\0${told.status ?? ''}\0${told.product ?? ''}\0${told.merchantId ?? ''}\0${storeId ?? ''}\0${named}`;
    lastClass = known.get(key) ?? classify(told, ours);
    if (known.size < KNOWN_MAX) known.set(key, lastClass);
    last = told;
    lastNamed = named;
    lastStoreId = storeId;
    return lastClass;
  };
}
