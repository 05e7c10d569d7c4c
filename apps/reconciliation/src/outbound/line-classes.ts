import { classify, isOurReference, type LineClass, type Ours, type Told } from '../core/line-class.js';

const KNOWN_MAX = 10_000;

/** The rows of a file have few classes: they are told apart once for each way in which rows differ. */
export function lineClasses(ours: Ours): (told: Told) => LineClass {
  const known = new Map<string, LineClass>();
  return (told) => {
    const named = told.reference === null ? '' : isOurReference(told.reference, ours) ? '+' : '-';
    // No text of a file has a NUL in it, and none of these is ever empty.
    const key = `${told.type}\0${told.status ?? ''}\0${told.product ?? ''}\0${told.merchantId ?? ''}\0${told.storeId ?? ''}\0${named}`;
    const answer = known.get(key) ?? classify(told, ours);
    if (known.size < KNOWN_MAX) known.set(key, answer);
    return answer;
  };
}
