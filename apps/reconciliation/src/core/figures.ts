/** What is added up of settlement rows of one currency, in its smallest unit. */
export interface Figures {
  readonly count: number;
  readonly net: bigint;
  /** By name of the fee. */
  readonly fees: ReadonlyMap<string, bigint>;
  readonly coupon: bigint;
}

/** One figure in which two sides do not agree. */
export interface FigureDiffers {
  /** `count`, `net`, `coupon` or the name of a fee. */
  readonly figure: string;
  readonly ours: bigint;
  readonly theirs: bigint;
}

export function emptyFigures(): Figures {
  return { count: 0, net: 0n, fees: new Map(), coupon: 0n };
}

export function addUp(one: Figures, other: Figures): Figures {
  const fees = new Map(one.fees);
  for (const [name, minor] of other.fees) fees.set(name, (fees.get(name) ?? 0n) + minor);
  return { count: one.count + other.count, net: one.net + other.net, fees, coupon: one.coupon + other.coupon };
}

/** Sums are exact, since each side adds up amounts that the other one has, too: nothing is rounded on the way. */
export function differences(ours: Figures, theirs: Figures): FigureDiffers[] {
  const names = [...new Set([...ours.fees.keys(), ...theirs.fees.keys()])].sort();
  const figures = [
    { figure: 'count', ours: BigInt(ours.count), theirs: BigInt(theirs.count) },
    { figure: 'net', ours: ours.net, theirs: theirs.net },
    ...names.map((figure) => ({ figure, ours: ours.fees.get(figure) ?? 0n, theirs: theirs.fees.get(figure) ?? 0n })),
    { figure: 'coupon', ours: ours.coupon, theirs: theirs.coupon },
  ];
  return figures.filter((each) => each.ours !== each.theirs);
}
