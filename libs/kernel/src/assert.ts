/** An assumption of ours is false. Not the caller's fault, not the world's: a person has to look at the code. */
export class Defect extends Error {
  override readonly name = 'Defect';
}

export function assert(condition: unknown, assumption: string): asserts condition {
  if (!condition) throw new Defect(assumption);
}

/** Closes a switch over a union: a new member without a case does not compile. */
export function unreachable(value: never): never {
  throw new Defect(`unexpected value ${String(value)}`);
}
