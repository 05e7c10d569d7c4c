/** What must be open once a defect was planted, and nothing else. */
export interface ExpectedBreak {
  readonly kind: string;
  /** It follows from another one of them: it names that and risks nothing. */
  readonly isConsequence?: true;
}

interface DefectCase {
  /** The file that is wrong; without one it is not Alipay's mistake. */
  readonly report?: 'transactionItems' | 'settlementItems' | 'settlementSummary';
  /** Which of the rows that it can happen to; the first is a payment. */
  readonly nth?: number;
  readonly expected: readonly ExpectedBreak[];
}

/** Every way in which the simulator can write a wrong file, and what else can be wrong. Each leaves the rest true: the summary adds up what the items say, and the bank pays what the items come to. */
export const defects = {
  'row-missing':     { report: 'transactionItems',  nth: 1, expected: [{ kind: 'missing-at-alipay' }] },
  'row-extra':       { report: 'transactionItems',  expected: [{ kind: 'missing-with-us' }] },
  'row-duplicated':  { report: 'transactionItems',  nth: 1, expected: [{ kind: 'duplicate-line' }] },
  'amount-wrong':    { report: 'transactionItems',  expected: [{ kind: 'amount-differs' }] },
  'currency-wrong':  { report: 'transactionItems',  expected: [{ kind: 'currency-differs' }] },
  'store-wrong':     { report: 'transactionItems',  expected: [{ kind: 'wrong-store' }] },
  // The payment may be what the row is; nobody can say so before a person has looked.
  'type-unknown':    { report: 'transactionItems',  expected: [{ kind: 'unknown-type' }, { kind: 'missing-at-alipay', isConsequence: true }] },
  'refund-reversal': { report: 'transactionItems',  expected: [{ kind: 'refund-reversed' }] },
  'fee-wrong':       { report: 'settlementItems',   expected: [{ kind: 'fee-differs' }] },
  'rate-wrong':      { report: 'settlementItems',   expected: [{ kind: 'fx-differs' }] },
  'net-wrong':       { report: 'settlementItems',   expected: [{ kind: 'net-differs' }] },
  // Settled is settled: without its transaction file a day is not compared, and nothing of it is late.
  'truncated':       { report: 'transactionItems',  expected: [{ kind: 'file-truncated' }] },
  'parts-gap':       { report: 'transactionItems',  expected: [{ kind: 'file-gap' }] },
  'total-wrong':     { report: 'settlementSummary', expected: [{ kind: 'file-totals-differ' }] },
  // The bank paid what the items come to.
  'summary-wrong':   { report: 'settlementSummary', expected: [{ kind: 'items-differ-from-summary' }, { kind: 'summary-differs-from-bank', isConsequence: true }] },
  // Of one sale nobody at its chain ever hears; of all others somebody does.
  'not-acknowledged': { expected: [{ kind: 'never-acknowledged' }] },
  // It says one sale more than there was.
  'till-one-more':   { expected: [{ kind: 'till-differs' }] },
} as const satisfies Record<string, DefectCase>;

export type DefectName = keyof typeof defects;
export const defectNames = Object.keys(defects) as DefectName[];

/** A break as far as it is judged. */
export interface FoundBreak {
  readonly breakId: string;
  readonly kind: string;
  readonly causedBy: string | null;
  readonly amountAtRisk: { readonly minor: string };
}

/** What is wrong with the breaks that were found, in words; nothing when they are exactly those. */
export function compareBreaks(expected: readonly ExpectedBreak[], found: readonly FoundBreak[]): string[] {
  const count = (kind: string, all: readonly { readonly kind: string }[]): number => all.filter((each) => each.kind === kind).length;
  const kinds = [...new Set([...expected, ...found].map(({ kind }) => kind))].sort();
  const wrongCounts = kinds.flatMap((kind) => (count(kind, expected) === count(kind, found) ? [] : [`${count(kind, found)} ${kind}, not ${count(kind, expected)}`]));
  const consequences = expected.filter(({ isConsequence }) => isConsequence === true).flatMap(({ kind }) => found.filter((each) => each.kind === kind).flatMap((each) => consequenceFault(each, found)));
  const causes = found.filter(({ kind, causedBy }) => causedBy !== null && !expected.some((each) => each.kind === kind && each.isConsequence === true)).map(({ kind }) => `${kind} names a cause, and is none's consequence`);
  return [...wrongCounts, ...consequences, ...causes];
}

function consequenceFault({ kind, causedBy, amountAtRisk }: FoundBreak, found: readonly FoundBreak[]): string[] {
  const cause = found.find(({ breakId }) => breakId === causedBy);
  return [
    ...(cause === undefined || cause.kind === kind ? [`${kind} does not name its cause`] : []),
    ...(amountAtRisk.minor === '0' ? [] : [`${kind} is a consequence, and risks ${amountAtRisk.minor}`]),
  ];
}
