import type { BreakView } from '@scantill/contracts';
import { heldAtAlipay, type Books, type OrderBooks } from '../../audit/books.ts';
import { defects, type DefectName } from '../../month/defects.ts';
import { demoAccounts } from '../../stack/demo-accounts.ts';

/** A break of the day, as far as it is judged. */
export type FoundBreak = Pick<BreakView, 'breakId' | 'kind' | 'accountId' | 'transactionType' | 'orderId' | 'paymentId' | 'alipayId' | 'causedBy'>;

/** Where Alipay made a file wrong on purpose. */
export interface PlantedDefect {
  readonly kind: DefectName;
  readonly customerId: string;
  /** Of the row that it happened to; missing where it is the whole file. */
  readonly transactionId?: string;
}

/** What is known of a day once it is over. */
export interface DayFacts {
  readonly planted: readonly PlantedDefect[];
  /** Of every order, in all books. */
  readonly books: Books;
  /** How often each fault struck, as `<operation> <fault>`. */
  readonly struck: ReadonlyMap<string, number>;
}

export interface Explanations {
  /** By break, the fault that it comes from. */
  readonly explained: ReadonlyMap<string, string>;
  /** In words: breaks that no fault of the day accounts for, and defects that no break tells of. */
  readonly unexplained: readonly string[];
}

/** Money that somebody paid when it was too late: the wallet said so after the end, or the payment crossed our cancel. */
const LATE_FAULTS = ['pay pay-after-expiry', 'cancel pay-crossing-cancel'] as const;

/** Finds for each break the fault of the day's plan that it comes from. A lost answer or a lost message is none's: after the safety net nothing of it is left. */
export function explainBreaks(found: readonly FoundBreak[], facts: DayFacts): Explanations {
  const explained = new Map<string, string>();
  const noticed = new Set<PlantedDefect>();
  for (const each of found) {
    const defect = facts.planted.find((planted) => comesFrom(each, planted, facts.books));
    if (defect !== undefined) noticed.add(defect);
    const cause = defect === undefined ? lateMoney(each, facts) : `${defect.kind} in the file`;
    if (cause !== undefined) explained.set(each.breakId, cause);
  }
  // A consequence is explained with its cause.
  for (const { breakId, causedBy } of found) {
    const cause = causedBy === null ? undefined : explained.get(causedBy);
    if (cause !== undefined && !explained.has(breakId)) explained.set(breakId, cause);
  }
  return {
    explained,
    unexplained: [
      ...found.filter(({ breakId }) => !explained.has(breakId)).map((each) => `no fault explains ${textOf(each)}`),
      ...facts.planted.filter((defect) => !noticed.has(defect)).map(({ kind, customerId, transactionId }) => `no break tells of ${kind} in the files of ${customerId}${transactionId === undefined ? '' : `, row ${transactionId}`}`),
      ...tooMuchLateMoney(found, facts),
    ],
  };
}

function comesFrom(each: FoundBreak, { kind, customerId, transactionId }: PlantedDefect, books: Books): boolean {
  const account = demoAccounts.find(({ accountId }) => accountId === each.accountId);
  if (account?.customerId !== customerId) return false;
  const kinds: readonly string[] = [...defects[kind].expected.map((expected) => expected.kind), ...(isUndone(each, books) ? UNDONE : [])];
  const isRow = transactionId === undefined || each.alipayId === (kind === 'row-extra' ? strangeId(transactionId) : transactionId);
  return kinds.includes(each.kind) && isRow;
}

/** A payment that a cancel undid is listed as two rows: where one of them is wrong, the other one stands alone as well. */
const UNDONE = ['missing-with-us', 'cancelled-here-paid-there'] as const;

function isUndone(each: FoundBreak, books: Books): boolean {
  return booksOf(each, books)?.ledger.some(({ status, wasPaid }) => status === 'CANCELLED' && wasPaid) ?? false;
}

/** As the simulator writes the id of a row that nobody's payment is. */
function strangeId(transactionId: string): string {
  return `${transactionId.slice(0, 8)}99${transactionId.slice(10)}`;
}

/** Alipay holds it, with us the payment ended otherwise, and a person was told. */
function lateMoney(each: FoundBreak, { books }: DayFacts): string | undefined {
  if (each.kind !== 'paid-after-cancel') return undefined;
  const own = booksOf(each, books);
  const payment = own?.payments.find(({ id }) => id === each.paymentId);
  const entry = own?.ledger.find(({ paymentId }) => paymentId === each.paymentId);
  if (payment === undefined || entry === undefined || own === undefined) return undefined;
  const isHeld = heldAtAlipay(entry, own.refunds) > 0n;
  return isHeld && payment.status !== 'succeeded' && payment.hasAttention ? 'money that came too late and waits for a person' : undefined;
}

function tooMuchLateMoney(found: readonly FoundBreak[], { struck }: DayFacts): string[] {
  const late = found.filter(({ kind }) => kind === 'paid-after-cancel').length;
  const faults = LATE_FAULTS.reduce((sum, name) => sum + (struck.get(name) ?? 0), 0);
  return late > faults ? [`${late} payments came too late, and only ${faults} were to`] : [];
}

function booksOf({ orderId }: FoundBreak, books: Books): OrderBooks | undefined {
  for (const [key, own] of books) if (key.replace(/^[^:]*:/, '') === orderId) return own;
  return undefined;
}

function textOf({ kind, accountId, transactionType, orderId, alipayId }: FoundBreak): string {
  return `${kind} of ${transactionType} ${alipayId ?? ''} (${accountId}, order ${orderId ?? 'none'})`;
}
