import { classify, type LineClass, type Ours, type Told } from './line-class.js';

const KNOWN_MAX = 10_000;

/** The rows of a file have few classes: they are told apart once for each way in which rows differ. */
export function lineClasses(ours: Ours): (told: Told) => LineClass {
  const known = new Map<string, LineClass>();
  let last: Told | undefined;
  let lastClass: LineClass = 'unknown';
  return (told) => {
    const { type, status, product, merchantId, storeId, names } = told;
    // Neighbours are alike.
    if (last !== undefined && names === last.names && type === last.type && status === last.status && product === last.product && merchantId === last.merchantId && storeId === last.storeId) return lastClass;
    // No text of a file has a NUL in it, and none of these is ever empty.
    const key = `${type}\0${status ?? ''}\0${product ?? ''}\0${merchantId ?? ''}\0${storeId ?? ''}\0${names ?? ''}`;
    lastClass = known.get(key) ?? classify(told, ours);
    if (known.size < KNOWN_MAX) known.set(key, lastClass);
    last = told;
    return lastClass;
  };
}
